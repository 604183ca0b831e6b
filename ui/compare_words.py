"""What an input is called in the scenarios that are compared, and what each has for it."""

from collections.abc import Sequence

from roi_model import Evaluation, Scenario, evaluate
from roi_model.comparison import Difference, Stated
from ui.labels import choice_text, label_of
from ui.words import UNDEFINED, Words

LINE_KINDS = ("cost", "outcome")


def difference_label(t: Words, one: Difference, scenarios: Sequence[Scenario]) -> str:
    """Return what an input is called in the first scenario that has it."""
    for scenario, stated in zip(scenarios, one.stated, strict=True):
        if stated is not None:
            if one.kind == "stakeholder":
                return t.of(scenario.stakeholder(one.address).name)
            if one.kind == "outcome":
                labels = {line.id: t.of(line.label) for line in scenario.outcomes}
                return labels[one.address]
            return label_of(one.address, scenario, t)
    return one.address


def stated_text(t: Words, one: Difference, stated: Stated, scenario: Scenario) -> str:
    """Return what a scenario has: a number, a choice, or what a line comes to."""
    if one.kind == "stakeholder":
        is_public = scenario.stakeholder(one.address).public
        return t("compare.public" if is_public else "compare.not_public")
    if one.kind in LINE_KINDS:
        return t.euros(_present_value(one, evaluate(scenario)))
    if stated.value is None:
        return UNDEFINED
    if stated.unit is None:
        return choice_text(one.address, stated.value, scenario, t)
    return t.value(float(stated.value), stated.unit)


def _present_value(one: Difference, result: Evaluation) -> float:
    costs = {row.cost: row.present_value for row in result.by_cost}
    gains = {row.outcome: row.present_value for row in result.by_outcome}
    return (costs if one.kind == "cost" else gains)[one.address]
