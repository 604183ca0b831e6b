"""What the numbers, choices and refusals of a scenario are called on screen."""

from roi_model import Problem, Scenario
from roi_model.perspectives import FUNDER, LEVERAGE, funder_of
from roi_model.problems import shown
from roi_model.scenario import OUTCOME_SHARES, Settings
from ui.words import Words


def label_of(address: str, scenario: Scenario, t: Words) -> str:
    """Return the label of the number or choice at an address; the address if there is none."""
    names = {cost.id: t.of(cost.label) for cost in scenario.costs}
    for outcome in scenario.outcomes:
        own = {name: t(f"share.{name}") for name in (*OUTCOME_SHARES, "benefit_period")}
        own |= {factor.id: t.of(factor.label) for factor in outcome.factors}
        for name, label in own.items():
            names[f"{outcome.id}.{name}"] = t(
                "label.of_outcome", outcome=t.of(outcome.label), number=label
            )
    names |= {name: t(f"setting.{name}") for name in Settings.model_fields}
    return names.get(address, address)


def perspective_label(perspective: str, scenario: Scenario, t: Words) -> str:
    """Return the name of a point of view."""
    funder = funder_of(perspective)
    if funder is None:
        return t(f"perspective.{perspective}")
    return t(
        f"perspective.{LEVERAGE if perspective.startswith(LEVERAGE) else FUNDER}",
        funder=t.of(scenario.stakeholder(funder).name),
    )


def value_text(address: str, scenario: Scenario, t: Words) -> str:
    """Return the number or choice at an address, as a reader is shown it."""
    value = scenario.value_at(address)
    if address == "perspective":
        return perspective_label(str(value), scenario, t)
    if address in scenario.choices():
        return t(f"{address}.{value}")
    parameter = dict(scenario.parameters())[address]
    return t.value(parameter.value, parameter.unit)


def refusal_text(problem: Problem, scenario: Scenario, t: Words) -> str:
    """Return why a value was not taken: where, what was received, what is allowed."""
    key = f"problem.{problem.code}"
    return t(
        key if t.has(key) else "problem.other",
        label=label_of(problem.where, scenario, t),
        received=shown(problem.received).strip("'\""),
        allowed=problem.allowed,
    )
