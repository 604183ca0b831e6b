"""What an interval says nothing of, in a clause: on the page and in documents alike."""

from roi_model.scenario import Scenario
from roi_model.simulation import Simulation
from roi_model.uncertainty import held_shares
from ui.words import Words


def left_out(scenario: Scenario, t: Words) -> str:
    """Return which shares no draw deducts, as one sentence; nothing where all may be drawn."""
    held = _named(scenario, t)
    return t("uncertainty.left_out", shares=held) if held else ""


def left_out_tried(scenario: Scenario, tried: Simulation, share: float, t: Words) -> str:
    """Return the same with the interval that there would be with a ``share`` deducted."""
    interval = tried.interval()
    return t(
        "uncertainty.left_out_tried",
        shares=_named(scenario, t),
        share=t.percent(share),
        low=t.ratio(interval.low.value),
        high=t.ratio(interval.high.value),
    )


def _named(scenario: Scenario, t: Words) -> str:
    *others, last = [t(f"uncertainty.left_out_{name}") for name in held_shares(scenario)] or [""]
    return t("uncertainty.and", others=", ".join(others), last=last) if others else last
