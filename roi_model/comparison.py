"""Scenarios side by side: the inputs in which they differ."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from roi_model import units
from roi_model.consistency import OUTCOME_NUMBERS
from roi_model.parameters import Provenance, weakest
from roi_model.scenario import Scenario, Value
from roi_model.settings import AS_STATED, SETTING_CHOICES, SETTING_NUMBERS
from roi_model.value_map import FUNDING_NUMBERS, Cost, Outcome

Kind = Literal["cost", "outcome", "number", "choice", "stakeholder"]

CHOICES = ("perspective", *SETTING_CHOICES, "price_year")

_Shape = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Stated:
    """What one scenario has for an input. A line has no value, and its weakest provenance."""

    value: Value | None
    unit: str | None
    provenance: Provenance | None
    """``None`` for a choice, which is nobody's number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """An input in which scenarios differ."""

    kind: Kind
    """A ``number`` or a ``choice`` that all may have; a ``cost`` or an ``outcome`` that one of
    them lacks, or that is made of other numbers or concerns others; a ``stakeholder`` that is
    public in one of them only."""
    address: str
    """Of the number or the choice; else the id of the line or of the stakeholder."""
    stated: tuple[Stated | None, ...]
    """In the order of the scenarios; ``None`` where one has no such line."""

    @property
    def bears_on_ratio(self) -> bool:
        """Say whether the ratio may depend on it: on the case for more posts it does not."""
        return not (self.address.startswith("funding.") or self.address.endswith(".elasticity"))


def differences(first: Scenario, *others: Scenario) -> tuple[Difference, ...]:
    """Return the inputs in which scenarios differ, of one case or of several.

    Costs, outcomes, settings and funding case, in the order of the scenarios. A number differs
    when its value does, or its year where amounts are read in the prices of another; what no
    scenario states is no difference, and neither is a label. A line whose factors, units,
    stakeholders or years are not the same differs as a whole, and none of its numbers besides.
    """
    scenarios = (first, *others)
    found = [*_of_costs(scenarios), *_of_outcomes(scenarios), *_of_settings(scenarios)]
    if all(scenario.funding is not None for scenario in scenarios):
        found += _of_numbers(scenarios, [f"funding.{name}" for name in FUNDING_NUMBERS])
    return (*found, *_of_stakeholders(scenarios))


def marked_as_assumed(reading: Scenario, scenario: Scenario) -> Scenario:
    """Return a reading of ``scenario`` with what it moved marked as what it is: still assumed.

    A number put in the place of another is the user's own; one that a reading moves along its
    range stays an assumption of the case, and is to be shown as one. Nothing else is changed, so
    that the result is the same.
    """
    stated = dict(scenario.parameters())
    moved = {
        address: parameter.model_copy(
            update={
                name: getattr(stated[address], name) for name in ("provenance", "reason", "source")
            }
        )
        for address, parameter in reading.parameters()
        if address in stated
        and stated[address].provenance == Provenance.ASSUMED
        and stated[address].value != parameter.value
    }
    return reading.with_parameters(moved)


def _of_costs(scenarios: Sequence[Scenario]) -> Iterator[Difference]:
    def shape(cost: Cost) -> _Shape:
        price = cost.price and (cost.price.id, cost.price.unit)
        return cost.stakeholder, cost.unit, cost.timing, cost.start_year, price

    def addresses(cost: Cost) -> list[str]:
        return [cost.id, f"{cost.id}.price"]

    lines = [{one.id: one for one in scenario.costs} for scenario in scenarios]
    yield from _of_lines(scenarios, "cost", lines, shape, addresses)


def _of_outcomes(scenarios: Sequence[Scenario]) -> Iterator[Difference]:
    def shape(outcome: Outcome) -> _Shape:
        factors = tuple((factor.id, factor.unit) for factor in outcome.factors)
        grade = outcome.evidence and outcome.evidence.grade
        whose = (outcome.stakeholder, outcome.transfer_from)
        return *whose, outcome.basis, outcome.start_year, grade, factors

    def addresses(outcome: Outcome) -> list[str]:
        names = [*(factor.id for factor in outcome.factors), *OUTCOME_NUMBERS]
        return [f"{outcome.id}.{name}" for name in names]

    lines = [{one.id: one for one in scenario.outcomes} for scenario in scenarios]
    yield from _of_lines(scenarios, "outcome", lines, shape, addresses)


def _of_lines(
    scenarios: Sequence[Scenario],
    kind: Kind,
    lines: Sequence[Mapping[str, Any]],
    shape: Callable[[Any], _Shape],
    addresses: Callable[[Any], list[str]],
) -> Iterator[Difference]:
    """Yield the lines that differ as a whole, and the numbers of those that all have alike."""
    for line_id in dict.fromkeys(itertools.chain(*lines)):
        found = [having.get(line_id) for having in lines]
        present = [one for one in found if one is not None]
        is_one_shape = len({shape(one) for one in present}) == 1
        if len(present) < len(lines) or not is_one_shape:
            stated = tuple(None if one is None else _of_line(one) for one in found)
            yield Difference(kind=kind, address=line_id, stated=stated)
        if len(present) > 1 and is_one_shape:
            yield from _of_numbers(scenarios, addresses(present[0]))


def _of_line(line: Cost | Outcome) -> Stated:
    provenance = weakest([factor.provenance for factor in line.factors])
    return Stated(value=None, unit=None, provenance=provenance)


def _of_numbers(scenarios: Sequence[Scenario], addresses: Iterable[str]) -> Iterator[Difference]:
    """Yield the numbers at some addresses that differ among the scenarios that have them."""
    numbers = [dict(scenario.parameters()) for scenario in scenarios]
    dated = any(scenario.settings.price_year != AS_STATED for scenario in scenarios)
    for address in addresses:
        found = [having.get(address) for having in numbers]
        if not any(_is_stated(scenario, address) for scenario in scenarios):
            continue  # what stands for it follows from the settings
        seen = {
            (one.value, one.year if dated and units.is_money(one.unit) else None)
            for one in found
            if one is not None
        }
        if len(seen) > 1:
            stated = tuple(
                None
                if one is None
                else Stated(value=one.value, unit=one.unit, provenance=one.provenance)
                for one in found
            )
            yield Difference(kind="number", address=address, stated=stated)


def _is_stated(scenario: Scenario, address: str) -> bool:
    """Say whether a number is one of the scenario's own, and not what stands for one."""
    line, _, name = address.partition(".")
    if name not in OUTCOME_NUMBERS or line == "funding":
        return True
    outcome = {one.id: one for one in scenario.outcomes}.get(line)
    return outcome is not None and getattr(outcome, name) is not None


def _of_settings(scenarios: Sequence[Scenario]) -> Iterator[Difference]:
    yield from _of_numbers(scenarios, SETTING_NUMBERS)
    for name in CHOICES:
        chosen = [getattr(scenario.settings, name) for scenario in scenarios]
        if len(set(chosen)) > 1:
            stated = tuple(Stated(value=one, unit=None, provenance=None) for one in chosen)
            yield Difference(kind="choice", address=name, stated=stated)


def _of_stakeholders(scenarios: Sequence[Scenario]) -> Iterator[Difference]:
    known = [{one.id: one for one in scenario.stakeholders} for scenario in scenarios]
    for stakeholder_id in dict.fromkeys(itertools.chain(*known)):
        found = [having.get(stakeholder_id) for having in known]
        if len({one.public for one in found if one is not None}) > 1:
            stated = tuple(
                None if one is None else Stated(value=None, unit=None, provenance=None)
                for one in found
            )
            yield Difference(kind="stakeholder", address=stakeholder_id, stated=stated)
