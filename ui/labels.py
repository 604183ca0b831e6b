"""What the numbers, choices and refusals of a scenario are called on screen."""

from collections.abc import Callable

from roi_model import Problem, Scenario
from roi_model.consistency import OUTCOME_NUMBERS
from roi_model.perspectives import FUNDER, LEVERAGE
from roi_model.problems import LONGEST_SHOWN, shown
from roi_model.scenario import Value
from roi_model.settings import AS_STATED, Settings
from roi_model.value_map import FUNDING_NUMBERS, Cost, Outcome
from ui.words import UNDEFINED, Words

BOUNDS = ("greater_than_equal", "less_than_equal", "negative_quantity")


def label_of(address: str, scenario: Scenario, t: Words) -> str:
    """Return the label of the number or choice at an address; the address if there is none."""
    line, _, name = address.partition(".")
    if address in Settings.model_fields:
        return t(f"setting.{address}")
    if line == "funding" and scenario.funding is not None and name in FUNDING_NUMBERS:
        is_common = name == "elasticity"  # every outcome has one, and one name is enough
        return t("share.elasticity") if is_common else t.of(getattr(scenario.funding, name).label)
    lines: tuple[Cost | Outcome, ...] = (*scenario.costs, *scenario.outcomes)
    for one in lines:
        if isinstance(one, Cost) and address == one.id:
            return t.of(one.label)
        if line == one.id and (number := _number_on(one, name, t)):
            return t("label.of_outcome", outcome=t.of(one.label), number=number)
    return address


def labels_of(addresses: str, scenario: Scenario, t: Words) -> str:
    """Return the labels of the numbers at addresses with commas between them."""
    found = (label_of(one, scenario, t) for one in addresses.split(", "))
    return t("chart.separator").join(found)


def _number_on(line: Cost | Outcome, name: str, t: Words) -> str:
    """Return the label of a number of a line by its own name; nothing if it has none."""
    if isinstance(line, Cost):
        return t.of(line.price.label) if name == "price" and line.price is not None else ""
    labels = {factor.id: t.of(factor.label) for factor in line.factors}
    return t(f"share.{name}") if name in OUTCOME_NUMBERS else labels.get(name, "")


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
    """Return the number or choice at an address, as a reader is shown it; a dash to fill in."""
    if address in scenario.choices():
        return choice_text(address, scenario.value_at(address), scenario, t)
    parameter = dict(scenario.parameters())[address]
    return UNDEFINED if parameter.is_to_fill else t.value(parameter.value, parameter.unit)


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
    if problem.code == "no_price_index":
        return labels_of(problem.allowed, scenario, t)
    if problem.code == "no_price_index_for_currency":
        return problem.allowed
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
