"""How likely a ratio is, and how far each number may go before it is no longer reached."""

import math
from collections.abc import Sequence
from html import escape

import streamlit as st

from roi_model.distributions import Fixed
from roi_model.reference_data import published_ratios
from roi_model.scenario import Scenario
from roi_model.simulation import Simulation
from roi_model.switching import SwitchingValue, switching_values
from roi_model.uncertainty import distribution_of
from ui import charts
from ui.frame import Page
from ui.labels import label_of
from ui.markup import folded, table
from ui.words import rounded

TARGETS = (
    *(half / 2 for half in range(1, 20)),
    *(float(whole) for whole in range(10, 21)),
    *(25.0, 30.0, 40.0, 50.0),
)
KEY = "uncertainty_target"
CURVE_POINTS = 60
MOST_SENTENCES = 8


def target(page: Page) -> float:
    """Ask which ratio is to be reached; at first the mean of published ones, or 1."""
    t = page.t
    usual = published_ratios().figure("mean_from").value
    first = usual if usual in TARGETS and usual <= page.evaluation.ratio else 1.0
    st.session_state[KEY] = st.session_state.get(KEY, first)
    return float(
        st.select_slider(
            t("uncertainty.target"),
            TARGETS,
            format_func=t.ratio,
            key=KEY,
            help=t("uncertainty.target_help"),
        )
    )


def acceptability(page: Page, simulation: Simulation | None, wanted: float) -> None:
    """Draw the chances of reaching each ratio, with the table behind it."""
    t = page.t
    if simulation is None or not simulation.varied:
        st.caption(t("uncertainty.nothing_varies"))
        return
    low, high = (simulation.quantile(share).value for share in (0.001, 0.999))
    start, end = min(low, wanted, 1.0), max(high, wanted, 1.0)
    steps = [start + (end - start) * step / CURVE_POINTS for step in range(CURVE_POINTS + 1)]
    curve = simulation.acceptability(steps)
    ((_, chances),) = simulation.acceptability([wanted])
    said = t("uncertainty.reaching", target=t.ratio(wanted), chances=t.percent(chances, decimals=0))
    st.markdown(said)
    st.plotly_chart(
        charts.curve(
            curve,
            mark=charts.Mark(value=wanted, label=t.ratio(wanted)),
            at=chances,
            written=t.ratio,
            share=lambda value: t.percent(value, decimals=0),
            hover=lambda value, share: t(
                "uncertainty.curve_hover",
                target=t.ratio(value),
                chances=t.percent(share, decimals=0),
            ),
            colours=page.colours,
        ),
        theme=None,
        config=charts.CONFIG,
        key="chart_acceptability",
        alt=said,
    )
    listed = [one for one in TARGETS if start <= one <= end]
    rows = [
        (t.ratio(value), t.percent(share, decimals=0))
        for value, share in simulation.acceptability(listed)
    ]
    headings = [t("uncertainty.heading_target"), t("uncertainty.heading_chances")]
    st.html(
        folded(
            t("uncertainty.acceptability_table"),
            table(t("uncertainty.acceptability"), headings, rows, t, numeric=(0, 1)),
        )
    )


@st.cache_data(max_entries=64, show_spinner=False)
def _switching(fingerprint: str, target: float, _scenario: Scenario) -> tuple[SwitchingValue, ...]:
    return switching_values(_scenario, target=target)


def switching(page: Page, wanted: float) -> None:
    """Say in words how far each number may go for the ratio to stay, the nearest to it first."""
    t = page.t
    found = _switching(page.scenario.fingerprint, wanted, page.scenario)
    reachable = sorted((one for one in found if one.status == "found"), key=_distance)
    if not math.isfinite(page.evaluation.ratio) or not reachable:
        st.caption(t("uncertainty.no_switching", target=t.ratio(wanted)))
        return
    is_reached = page.evaluation.ratio >= wanted
    key = "uncertainty.switching_above" if is_reached else "uncertainty.switching_below"
    st.markdown(t(key, target=t.ratio(wanted), ratio=t.ratio(page.evaluation.ratio)))
    items = "".join(
        f"<li>{escape(_said(page, one, is_reached))}</li>" for one in reachable[:MOST_SENTENCES]
    )
    st.html(f'<ul class="sentences">{items}</ul>')
    never = [one for one in found if one.status == "not_possible"]
    if never:
        st.caption(t("uncertainty.never_switching", count=t.number(len(never))))
    st.html(
        folded(
            t("uncertainty.switching_table"),
            table(t("uncertainty.switching"), _headings(page), _rows(page, reachable), t,
                  numeric=(1, 2)),
        )
    )  # fmt: skip


def _distance(one: SwitchingValue) -> tuple[bool, float]:
    """Return how far a number is from its switching value, relative to it; losses come last."""
    value = one.value if one.value is not None else math.inf
    return _takes_a_loss(one), abs(value - one.current) / (abs(one.current) or 1.0)


def _takes_a_loss(one: SwitchingValue) -> bool:
    """Say whether a gain would have to turn into a loss."""
    return one.value is not None and one.value < 0 <= one.current


def _safe(one: SwitchingValue) -> float:
    """Return a switching value with few digits, rounded to the side where the ratio stays."""
    return rounded(one.value or 0.0, towards="up" if one.keeps == "at_least" else "down")


def _said(page: Page, one: SwitchingValue, is_reached: bool) -> str:
    """Return the switching value of a number as the end of a sentence, from what it is today."""
    t, parameter = page.t, dict(page.scenario.parameters())[one.address]
    if _takes_a_loss(one):
        side = "even_at_nothing" if is_reached else "if_a_loss"
    elif one.keeps == "at_least":
        side = "at_least" if is_reached else "if_at_least"
    else:
        side = "at_most" if is_reached else "if_at_most"
    said = t(
        f"uncertainty.{side}",
        label=label_of(one.address, page.scenario, t),
        value=t.value(abs(_safe(one)), parameter.unit),
        current=t.value(one.current, parameter.unit),
    )
    if one.is_in_range and not isinstance(distribution_of(parameter), Fixed):
        said += " " + t("uncertainty.in_range")
    return said


def _headings(page: Page) -> list[str]:
    names = ("number", "today", "switching", "range")
    return [page.t(f"uncertainty.heading_{name}") for name in names]


def _rows(page: Page, found: Sequence[SwitchingValue]) -> list[tuple[str, ...]]:
    t, parameters = page.t, dict(page.scenario.parameters())
    ranges = {True: "inside", False: "outside", None: "unknown"}
    return [
        (
            label_of(one.address, page.scenario, t),
            t.value(one.current, parameters[one.address].unit),
            t.value(_safe(one), parameters[one.address].unit),
            t(f"uncertainty.range_{ranges[one.is_in_range]}"),
        )
        for one in found
    ]
