"""What the numbers, choices and refusals of a scenario are called on screen."""

from collections.abc import Callable

from roi_model import Problem, Scenario
from roi_model.consistency import OUTCOME_NUMBERS
from roi_model.perspectives import FUNDER, LEVERAGE
from roi_model.problems import LONGEST_SHOWN, shown
from roi_model.scenario import Value
from roi_model.settings import AS_STATED, Settings
from ui.words import Words

BOUNDS = ("greater_than_equal", "less_than_equal", "negative_quantity")


def label_of(address: str, scenario: Scenario, t: Words) -> str:
    """Return the label of the number or choice at an address; the address if there is none."""
    names = {cost.id: t.of(cost.label) for cost in scenario.costs}
    for cost in scenario.costs:
        if cost.price is not None:
            names[f"{cost.id}.price"] = t(
                "label.of_outcome", outcome=t.of(cost.label), number=t.of(cost.price.label)
            )
    for outcome in scenario.outcomes:
        own = {name: t(f"share.{name}") for name in OUTCOME_NUMBERS}
        own |= {factor.id: t.of(factor.label) for factor in outcome.factors}
        for name, label in own.items():
            names[f"{outcome.id}.{name}"] = t(
                "label.of_outcome", outcome=t.of(outcome.label), number=label
            )
    names |= {name: t(f"setting.{name}") for name in Settings.model_fields}
    if scenario.funding is not None:
        for name in ("posts", "posts_wanted", "cost_per_post"):
            names[f"funding.{name}"] = t.of(getattr(scenario.funding, name).label)
        names["funding.elasticity"] = t("share.elasticity")
    return names.get(address, address)


def perspective_label(perspective: str, scenario: Scenario, t: Words) -> str:
    """Return the name of a point of view."""
    kind, *named = perspective.split("-")
    if not named:
        return t(f"perspective.{perspective}")
    names = {one.id: t.of(one.name) for one in scenario.stakeholders}
    sets = [", ".join(names[one] for one in group.split(",")) for group in named[::2]]
    if kind in (LEVERAGE, FUNDER):
        return t(f"perspective.{LEVERAGE if kind == LEVERAGE else FUNDER}", funder=sets[0])
    return t("perspective.sets", payers=sets[0], gainers=sets[1])


def choice_text(setting: str, option: Value, scenario: Scenario, t: Words) -> str:
    """Return what an option of a setting means."""
    if setting == "perspective":
        return perspective_label(str(option), scenario, t)
    if setting == "price_year":
        return t("price_year.as_stated") if option == AS_STATED else str(option)
    return t(f"{setting}.{option}")


def value_text(address: str, scenario: Scenario, t: Words) -> str:
    """Return the number or choice at an address, as a reader is shown it."""
    if address in scenario.choices():
        return choice_text(address, scenario.value_at(address), scenario, t)
    parameter = dict(scenario.parameters())[address]
    return t.value(parameter.value, parameter.unit)


def refusal_text(
    problem: Problem, scenario: Scenario, t: Words, *, quote: Callable[[str], str] = str
) -> str:
    """Return why a value was not taken: where, what was received, what is allowed.

    ``quote`` makes what a stranger wrote harmless where the sentence is shown.
    """
    key = f"problem.{problem.code}"
    label = label_of(problem.where, scenario, t)
    received = problem.received if isinstance(problem.received, str) else shown(problem.received)
    return t(
        key if t.has(key) else "problem.other",
        label=quote(_cut(label)) if label == problem.where else label,
        received=quote(_cut(received)),
        allowed=_allowed(problem, scenario, t),
    )


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def _allowed(problem: Problem, scenario: Scenario, t: Words) -> str:
    """Return the bound that was passed, in the unit of the number; else what may be chosen.

    A choice has its name in a link first, then what it means.
    """
    if problem.where in scenario.choices():
        names = (
            f"{option} ({choice_text(problem.where, option, scenario, t)})"
            for option in scenario.choices()[problem.where]
        )
        return ", ".join(names)
    parameter = dict(scenario.parameters()).get(problem.where)
    if problem.code in BOUNDS and parameter is not None:
        return t.value(float(problem.allowed), parameter.unit)
    return problem.allowed
