"""What the shipped data said when a link was made, and what it says otherwise today.

A link names the state of the data it was made from by a stamp, a few digits of a hash.
``data/ledger.yaml`` keeps what each state said, so that a link opened after a correction says
which number was another, and what it was. The ledger only grows: a test asks for a new state
whenever a shipped number changes.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

import yaml
from pydantic import Field, TypeAdapter

from roi_model import Scenario
from roi_model.consistency import OUTCOME_NUMBERS
from roi_model.parameters import Name, Parameter, Record
from roi_model.reference_data import DATA, correction_scale, margins, price_index
from roi_model.scenario import CHOICES
from roi_model.settings import AS_STATED
from roi_model.uncertainty import estimates
from roi_model.value_map import Cost, Outcome

LEDGER = DATA / "ledger.yaml"
TABLES = "tables"
"""What stands in the ledger for the tables that every case shares."""
GRADES, PRICES, MARGINS = "grades", "price_index", "margins"
COUNTED = "*"
"""What stands for a line, beside its numbers: whose it is, when it begins, what it rests on."""
STAMP_LENGTH = 6
"""Hexadecimal digits: two states of a case share a stamp once in 16 million."""

Facts = Mapping[str, str]
"""What moves a result, by address: ``1500000 EUR/year 2016``, or a choice as links write it."""


class State(Record):
    """What a case said from some day on, as it differs from the state before it."""

    stamp: Annotated[str, Field(min_length=STAMP_LENGTH, max_length=STAMP_LENGTH)]
    says: dict[str, str] = Field(default_factory=dict)
    gone: dict[str, Name] = Field(default_factory=dict)
    """What is no longer there, a line or a number of one, with what it was called."""


Ledger = Mapping[str, tuple[State, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One thing that the data says otherwise today; ``None`` where it said or says nothing.

    A line that is new or gone is one change, whatever its numbers, under its id.
    """

    address: str
    before: str | None
    now: str | None
    label: Name | None = None
    """What it was called, where it is gone."""

    @property
    def line(self) -> str:
        """Return the id of the line, or what stands in the place of one."""
        return self.address.partition(".")[0]


def stamp_of(facts: Facts) -> str:
    """Return the stamp of what the data says: that of the same facts in any order."""
    written = json.dumps(dict(facts), sort_keys=True).encode()
    return hashlib.sha256(written).hexdigest()[:STAMP_LENGTH]


def stamp_for(case: Scenario) -> str:
    """Return what a link says of the data that it is made from: the case's, then the tables'."""
    return f"{stamp_of(facts_of(case))}.{stamp_of(facts_of_tables())}"


def facts_of(case: Scenario) -> dict[str, str]:
    """Return what a case states that moves its result: numbers, choices, how lines are counted."""
    lines: tuple[Cost | Outcome, ...] = (*case.costs, *case.outcomes)
    numbers = {address: _written(one) for address, one in _stated(case)}
    choices = {name: str(case.value_at(name)) for name in sorted(CHOICES)}
    return numbers | choices | {whole(one.id): _counted(one, case) for one in lines}


def whole(line: str) -> str:
    """Return the address of a line as a whole, beside its numbers."""
    return f"{line}.{COUNTED}"


@lru_cache(maxsize=1)
def facts_of_tables() -> Facts:
    """Return what the tables say that every case shares: corrections by grade, price index."""
    grades = {f"{GRADES}.{one.id}": _written(one.correction) for one in correction_scale().grades}
    years = {f"{PRICES}.{year}": _number(value) for year, value in price_index().values.items()}
    return grades | years


def facts_to_keep() -> Facts:
    """Return what a saved version keeps of the tables: what links go by, and the margins.

    Margins move no ratio, but the interval around it.
    """
    return {
        **facts_of_tables(),
        **{f"{MARGINS}.{one}": _written(margin) for one, margin in margins().items()},
    }


def changed_since(
    stamp: str, case: Scenario, scenario: Scenario, own: Collection[str]
) -> tuple[Change, ...] | None:
    """Return what the data says otherwise than when a link was made; ``None`` if it is not known.

    What ``scenario`` does not take from ``case`` is left out: the numbers and the whole lines in
    ``own``, which the link states itself, and the tables that it makes no use of.
    """
    of_case, _, of_tables = stamp.partition(".")
    known = _changes(case.id, of_case, facts_of(case))
    uses = _uses(scenario)
    if uses[GRADES] or uses[PRICES]:
        tables = _changes(TABLES, of_tables, facts_of_tables())
        known = None if known is None or tables is None else (*known, *tables)
    return None if known is None else _bearing_on(scenario, known, own)


def changed_from(
    began_as: Scenario, case: Scenario, scenario: Scenario, own: Collection[str]
) -> tuple[Change, ...]:
    """Return what ``case`` says otherwise today than when a saved scenario began as it was.

    Nothing where it never said what ``began_as`` does: that is a case of someone's own.
    """
    before, now = facts_of(began_as), facts_of(case)
    states = [said for _, said in states_of(case.id) if said.items() <= before.items()]
    if not states:
        return ()
    # A line of someone's own was never in the data; a setting that came since is in both.
    known = states[-1].keys() | now.keys()
    shipped = {address: said for address, said in before.items() if address in known}
    return _bearing_on(scenario, differences(shipped, now, _labels(case.id)), own)


def tables_changed_from(tables: Facts | None, scenario: Scenario) -> tuple[Change, ...]:
    """Return what the tables say otherwise today than when a scenario was saved, if it uses them.

    ``None`` stands for the first state in the ledger: what was saved before its tables were kept
    had no other.
    """
    before = next(states_of(TABLES))[1] if tables is None else tables
    return _bearing_on(scenario, differences(before, facts_to_keep(), {}), ())


def _uses(scenario: Scenario) -> dict[str, bool]:
    """Return of which tables a scenario makes use."""
    settings = scenario.settings
    return {
        GRADES: settings.optimism_bias == "by_grade",
        PRICES: settings.price_year != AS_STATED,
        MARGINS: any(_needs_margin(number) for _, number in estimates(scenario)),
    }


def _needs_margin(number: Parameter) -> bool:
    """Say whether a number is an estimate that states no range of its own."""
    states_range = number.low is not None or number.distribution is not None
    return number.provenance in margins() and not (states_range or number.claims_nothing)


def _bearing_on(
    scenario: Scenario, changes: Iterable[Change], own: Collection[str]
) -> tuple[Change, ...]:
    """Return the changes of what ``scenario`` takes from the data."""
    used = _uses(scenario)
    kept = (one for one in changes if one.address not in own and whole(one.line) not in own)
    # A year or a grade more in a table corrects none that was there.
    return tuple(one for one in kept if one.line not in used or (used[one.line] and one.before))


def states_of(name: str, ledger: Ledger | None = None) -> Iterator[tuple[State, dict[str, str]]]:
    """Yield the states of a case, the first one first, with all that each said."""
    facts: dict[str, str] = {}
    for state in (shipped_ledger() if ledger is None else ledger).get(name, ()):
        gone = {address for address in facts if _names(state.gone, address) is not None}
        facts = {address: said for address, said in facts.items() if address not in gone}
        facts |= state.says
        yield state, facts


@lru_cache(maxsize=1)
def shipped_ledger() -> Ledger:
    """Return the ledger that comes with the data."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    written = yaml.load(LEDGER.read_text(encoding="utf-8"), Loader=loader)
    return TypeAdapter(dict[str, tuple[State, ...]]).validate_python(written)


def differences(before: Facts, now: Facts, labels: Mapping[str, Name]) -> Iterator[Change]:
    """Yield what differs between two states; ``labels`` name what is gone."""
    lines_before, lines_now = _lines(before), _lines(now)
    for line in sorted(lines_before - lines_now):
        yield Change(address=line, before="", now=None, label=labels.get(line))
    for line in sorted(lines_now - lines_before):
        yield Change(address=line, before=None, now="")
    for address in dict.fromkeys((*now, *before)):
        had, has = before.get(address), now.get(address)
        if had != has and address.partition(".")[0] not in lines_before ^ lines_now:
            label = _names(labels, address) if has is None else None
            yield Change(address=address, before=had, now=has, label=label)


def _changes(name: str, stamp: str, now: Facts) -> tuple[Change, ...] | None:
    if stamp == stamp_of(now):
        return ()
    found = [facts for state, facts in states_of(name) if state.stamp == stamp]
    return tuple(differences(found[-1], now, _labels(name))) if found else None


def _labels(name: str) -> dict[str, Name]:
    """Return what was ever taken out of a case, with what it was called."""
    return {address: label for state, _ in states_of(name) for address, label in state.gone.items()}


def _names(labels: Mapping[str, Name], address: str) -> Name | None:
    """Return the label of what is gone, the number itself or its whole line."""
    return labels.get(address) or labels.get(address.partition(".")[0])


def _lines(facts: Facts) -> set[str]:
    return {one.partition(".")[0] for one in facts if one.endswith(f".{COUNTED}")}


def _stated(case: Scenario) -> Iterator[tuple[str, Parameter]]:
    """Yield the numbers of a case but those that only stand for one it does not state."""
    unstated = {
        f"{one.id}.{name}"
        for one in case.outcomes
        for name in OUTCOME_NUMBERS
        if getattr(one, name) is None
    }
    return (pair for pair in case.parameters() if pair[0] not in unstated)


def _written(number: Parameter) -> str:
    year = f" {number.year}" if number.year else ""
    return f"{_number(number.value)} {number.unit}{year}"


def _number(value: float) -> str:
    return repr(value).removesuffix(".0")


def _counted(line: Cost | Outcome, case: Scenario) -> str:
    """Return how a line is counted, beside its numbers."""
    public = "public" if case.stakeholder(line.stakeholder).public else "private"
    said: list[object] = [line.stakeholder, public, line.start_year]
    if isinstance(line, Cost):
        said += [line.kind, line.timing]
    else:
        said += [line.basis, line.evidence.grade if line.evidence else "no_grade"]
        said += [f"from {line.transfer_from}"] if line.transfer_from else []
    return " ".join(map(str, said))
