"""What the cells of a workbook stand for: shared by those who write them and who read them back."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from roi_model.consistency import OUTCOME_NUMBERS
from roi_model.parameters import Name, Parameter
from roi_model.scenario import Scenario, Value
from roi_model.settings import SETTING_NUMBERS
from roi_model.value_map import FUNDING_NUMBERS, Cost, Outcome
from ui.labels import choice_text
from ui.words import Words

FORMAT_VERSION = 1
"""Of the workbook itself; a later one may put things elsewhere."""

CASE_SHEET = "roi_model"
LISTS_SHEET = "roi_model lists"
MARK = "roi_model workbook"
"""In the first cell of the sheet that holds the case."""

LABEL, VALUE, UNIT, LOW, HIGH, PROVENANCE, YEAR, SOURCE, CAVEAT, COUNTED, ORIGINAL = range(11)
ADDRESS, RANK = 11, 12
"""Columns of the sheets of inputs and of settings; the rank is that of the provenance."""
READ_COLUMNS = ADDRESS + 1

FIRST_YEAR = "first_year"


def plain(text: str) -> str:
    """Return a text without the characters that no XML file may hold."""
    if text.isprintable():
        return text
    return "".join(one for one in text if one in "\n\t" or _is_written(one))


def _is_written(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cs") and character not in "\ufffe\uffff"


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One number of a scenario, in its row."""

    address: str
    label: Name | None
    """``None`` where the catalogues name it, by the last part of the address."""
    parameter: Parameter
    is_stated: bool
    may_be_blank: bool
    """Whether a blank cell says that nothing is stated; else a number is needed."""

    @property
    def shown(self) -> float | None:
        """Return what stands in the cell of the untouched number; ``None`` where it is blank."""
        blank = not self.is_stated or self.parameter.is_to_fill
        return None if blank else self.parameter.value

    @property
    def name(self) -> str:
        """Return the last part of the address."""
        return self.address.rpartition(".")[2]


Owner = Cost | Outcome | None
"""What some numbers belong to; ``None`` is the funding case."""


def lines_by_owner(scenario: Scenario) -> list[tuple[Owner, list[Line]]]:
    """Return every number of the costs, the outcomes and the funding case, those of one together.

    Together with the settings these are all the numbers that ``Scenario.parameters`` yields.
    """
    numbers = dict(scenario.parameters())
    found: list[tuple[Owner, list[Line]]] = []
    for cost in scenario.costs:
        of_cost = [_needed(cost.id, cost, cost.label)]
        if cost.price is not None:
            of_cost.append(_needed(f"{cost.id}.price", cost.price, cost.price.label))
        found.append((cost, of_cost))
    for outcome in scenario.outcomes:
        of_outcome = [
            _needed(f"{outcome.id}.{factor.id}", factor, factor.label) for factor in outcome.factors
        ]
        of_outcome += [
            Line(
                address=f"{outcome.id}.{name}",
                label=None,
                parameter=numbers[f"{outcome.id}.{name}"],
                is_stated=getattr(outcome, name) is not None,
                may_be_blank=True,
            )
            for name in OUTCOME_NUMBERS
            if f"{outcome.id}.{name}" in numbers
        ]
        found.append((outcome, of_outcome))
    if scenario.funding is not None:
        of_funding = [
            _needed(
                f"funding.{name}",
                getattr(scenario.funding, name),
                getattr(getattr(scenario.funding, name), "label", None),
            )
            for name in FUNDING_NUMBERS
        ]
        found.append((None, of_funding))
    return found


def _needed(address: str, parameter: Parameter, label: Name | None) -> Line:
    return Line(
        address=address, label=label, parameter=parameter, is_stated=True, may_be_blank=False
    )


def lines_in(scenario: Scenario) -> Iterator[Line]:
    """Yield every number of a scenario, settings last."""
    for _, lines in lines_by_owner(scenario):
        yield from lines
    for name in SETTING_NUMBERS:
        yield _needed(name, getattr(scenario.settings, name), None)


Options = Sequence[tuple[str, Value]]
"""What may be chosen: how it is called, and the value it stands for."""


def options_of(scenario: Scenario, t: Words) -> dict[str, Options]:
    """Return the options of each setting that is a choice, called by names that differ.

    The point of view of the scenario is among them even where it is none of those offered.
    """
    found: dict[str, Options] = {}
    for setting, offered in scenario.choices().items():
        current = scenario.value_at(setting)
        values = [*offered, *([] if current in offered else [current])]
        called: dict[str, Value] = {}
        for value in values:
            text = plain(choice_text(setting, value, scenario, t))
            number, label = 1, text
            while label in called:
                number += 1
                label = f"{text} ({number})"
            called[label] = value
        found[setting] = tuple(called.items())
    return found
