"""What the four conventions on which published studies differ do to the ratio of a scenario."""

from dataclasses import dataclass

from roi_model.evaluation import evaluate
from roi_model.perspectives import Perspective
from roi_model.scenario import Scenario, Value
from roi_model.settings import CONVENTIONS, Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class ConventionEffect:
    """The ratio of a scenario under one reading of one convention, all else as it is."""

    convention: str
    choice: Value
    is_current: bool
    """Whether the scenario is read so."""
    is_default: bool
    """Whether the SROI guide reads so."""
    ratio: float
    difference: float
    """The ratio less that of the scenario as it is read now."""


def convention_effects(
    scenario: Scenario, perspective: Perspective | str | None = None
) -> tuple[ConventionEffect, ...]:
    """Return the ratio under every reading of every convention, one changed at a time.

    Where two readings give the same ratio the scenario does not depend on the convention, such
    as the timing without a discount rate. Ratios are NaN where no cost is counted.

    Raises:
        KeyError: the scenario has no such point of view.
    """
    now = evaluate(scenario, perspective).ratio
    effects = []
    for convention, choices in CONVENTIONS.items():
        for choice in choices:
            ratio = evaluate(scenario.with_changes({convention: choice}), perspective).ratio
            effects.append(
                ConventionEffect(
                    convention=convention,
                    choice=choice,
                    is_current=scenario.value_at(convention) == choice,
                    is_default=Settings.model_fields[convention].default == choice,
                    ratio=ratio,
                    difference=ratio - now,
                )
            )
    return tuple(effects)
