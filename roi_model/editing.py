"""A scenario taken apart and put together: outcomes, costs and stakeholders added and removed.

What a scenario has become is kept as ``Edits`` of the case it began as: small enough for a link,
and applied again to the same case they give the same scenario.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, TypeVar

from pydantic import Field, ValidationError

from roi_model.consistency import OUTCOME_NUMBERS, RESERVED_IDS
from roi_model.evidence_library import UnitValue, evidence_library, sources_of
from roi_model.parameters import (
    LONGEST_LABEL,
    Correlation,
    Factor,
    Identifier,
    Name,
    Parameter,
    Provenance,
    Rate,
    Record,
    Source,
)
from roi_model.perspectives import SOCIETY
from roi_model.problems import Problem, ScenarioError
from roi_model.reference_data import discount_rates, number_to_fill
from roi_model.scenario import Scenario, Value, problems_of
from roi_model.value_map import FUNDING_NUMBERS, Cost, Funding, Outcome, Stakeholder

LONGEST_STEM = 50
"""Characters of an id made from a text; a number may follow."""

T = TypeVar("T", bound=Stakeholder | Cost | Outcome)
Lines = Annotated[tuple[Identifier, ...], Field(max_length=200)]


class Edits(Record):
    """What was changed in a case, beside nothing else of it.

    ``numbers`` are values by address; the lists hold whole records, added or put in the place of
    those with their ids; the ``removed`` ones are ids. ``funding`` is a whole funding case.
    """

    name: Name | None = None
    period: Name | None = None
    numbers: Annotated[dict[str, Value], Field(max_length=2_000)] = Field(default_factory=dict)
    discount_rate: Rate | None = None
    """The rate with its papers where it has some; its value is among ``numbers`` too."""
    sources: Annotated[dict[Identifier, Source], Field(max_length=200)] = Field(
        default_factory=dict
    )
    stakeholders: Annotated[tuple[Stakeholder, ...], Field(max_length=50)] = ()
    costs: Annotated[tuple[Cost, ...], Field(max_length=50)] = ()
    outcomes: Annotated[tuple[Outcome, ...], Field(max_length=200)] = ()
    removed_stakeholders: Lines = ()
    removed_costs: Lines = ()
    removed_outcomes: Lines = ()
    order: Lines = ()
    """Ids of the outcomes in their order, where it is not that of the case."""
    cost_order: Lines = ()
    """Those of the costs, likewise."""
    funding: Funding | None = None
    removed_funding: bool = False

    @property
    def only_numbers(self) -> Mapping[str, Value] | None:
        """Return the numbers where nothing else was changed; ``None`` where something was."""
        return self.numbers if self == Edits(numbers=self.numbers) else None


def edited(case: Scenario, edits: Edits) -> Scenario:
    """Return ``case`` with ``edits``.

    Raises:
        ScenarioError: the edits do not fit the case, or the result has faults; all are listed.
    """
    costs = _merged(case.costs, edits.costs, edits.removed_costs)
    outcomes = _merged(case.outcomes, edits.outcomes, edits.removed_outcomes)
    settings = case.settings
    if edits.discount_rate is not None:
        settings = settings.model_copy(update={"discount_rate": edits.discount_rate})
    if "perspective" in edits.numbers:  # that of the case may go with a cost
        settings = settings.model_copy(update={"perspective": SOCIETY})
    if "activity_years" in edits.numbers:  # a cost may begin as late as they say
        years = {"activity_years": edits.numbers["activity_years"]}
        longer = case.model_copy(update={"costs": ()}).with_changes(years).settings
        settings = settings.model_copy(update={"activity_years": longer.activity_years})
    scenario = rebuilt(
        case,
        settings=settings,
        name=edits.name or case.name,
        period=edits.period or case.period,
        sources={**case.sources, **edits.sources},
        stakeholders=_merged(case.stakeholders, edits.stakeholders, edits.removed_stakeholders),
        costs=_in_order(costs, edits.cost_order),
        outcomes=_in_order(outcomes, edits.order),
        correlations=_not_of(case.correlations, (*edits.removed_costs, *edits.removed_outcomes)),
        funding=None if edits.removed_funding else edits.funding or case.funding,
    )
    return scenario.with_changes(edits.numbers)


Claim = tuple[float, str, int | None]
"""What a number with papers claims: its value, unit and year."""


def claims_of(parameters: Iterable[Parameter]) -> frozenset[Claim]:
    """Return what numbers claim that are published or derived from published ones."""
    return frozenset(_claim(one) for one in parameters if one.provenance in _CLAIMING)


def believed(edits: Edits, *, claims: Collection[Claim], sources: Mapping[str, Source]) -> Edits:
    """Return edits that a stranger wrote, with the papers that the shipped data bears out.

    A number said to be published or derived that is not among ``claims`` becomes the user's own,
    without sources; so does a citation of a document that is not in ``sources`` as it is.
    """
    known = {key: one for key, one in edits.sources.items() if sources.get(key) == one}

    def number(parameter: Any) -> Any:
        if not isinstance(parameter, Parameter):
            return parameter
        cited = tuple(key for key in parameter.source if key in known or key not in edits.sources)
        if parameter.provenance in _CLAIMING and (
            cited != parameter.source or _claim(parameter) not in claims
        ):
            return parameter.model_copy(
                update={"provenance": Provenance.YOURS, "source": (), "derivation": None}
            )
        return parameter.model_copy(update={"source": cited})

    def record(line: Any) -> Any:
        numbers = {name: number(getattr(line, name)) for name in type(line).model_fields}
        if isinstance(line, Outcome):
            numbers["factors"] = tuple(number(factor) for factor in line.factors)
        own = number(line) if isinstance(line, Cost) else line
        changed = {
            name: value
            for name, value in numbers.items()
            if value is not getattr(line, name) and value != getattr(line, name)
        }
        return own.model_copy(update=changed)

    return edits.model_copy(
        update={
            "sources": known,
            "discount_rate": number(edits.discount_rate),
            "costs": tuple(record(one) for one in edits.costs),
            "outcomes": tuple(record(one) for one in edits.outcomes),
            "funding": edits.funding and record(edits.funding),
        }
    )


def disbelieved(edits: Edits, read: Edits) -> Iterator[tuple[str, Parameter]]:
    """Yield the numbers, by address, that ``believed`` made the user's own in ``read``."""
    claimed = dict(_numbers_in(edits))
    for address, parameter in _numbers_in(read):
        is_own = parameter.provenance == Provenance.YOURS
        if is_own and claimed[address].provenance in _CLAIMING:
            yield address, claimed[address]


def _numbers_in(edits: Edits) -> Iterator[tuple[str, Parameter]]:
    """Yield the numbers of the whole records, and the rate with its papers, by address."""
    if edits.discount_rate is not None:
        yield "discount_rate", edits.discount_rate
    for cost in edits.costs:
        yield cost.id, cost
        if cost.price is not None:
            yield f"{cost.id}.price", cost.price
    for outcome in edits.outcomes:
        for factor in outcome.factors:
            yield f"{outcome.id}.{factor.id}", factor
        for name in OUTCOME_NUMBERS:
            if (stated := getattr(outcome, name)) is not None:
                yield f"{outcome.id}.{name}", stated
    if edits.funding is not None:
        for name in FUNDING_NUMBERS:
            yield f"funding.{name}", getattr(edits.funding, name)


_CLAIMING = (Provenance.PUBLISHED, Provenance.DERIVED)


def _claim(parameter: Parameter) -> Claim:
    return parameter.value, parameter.unit, parameter.year


def edits_of(case: Scenario, scenario: Scenario) -> Edits:
    """Return the edits that turn ``case`` into ``scenario``: ``edited`` with them gives it back.

    Figures, correlations and the papers of settings but the discount rate's are taken to be
    those of the case: nothing here edits them but by number.
    """
    numbers, kept = _renumbered(case, scenario)
    funding_differs = kept.funding != scenario.funding
    if funding_differs:  # outcomes without an elasticity of their own go by the new one
        case = case.model_copy(update={"funding": scenario.funding})
        numbers, kept = _renumbered(case, scenario)
    stakeholders = _differing(kept.stakeholders, scenario.stakeholders)
    costs = _differing(kept.costs, scenario.costs)
    outcomes = _differing(kept.outcomes, scenario.outcomes)
    whole = _ids(costs) | _ids(outcomes)
    rate = scenario.settings.discount_rate
    has_own_papers = rate != kept.settings.discount_rate
    if has_own_papers:
        numbers["discount_rate"] = rate.value
    return Edits(
        name=None if scenario.name == case.name else scenario.name,
        period=None if scenario.period == case.period else scenario.period,
        numbers={
            address: value
            for address, value in numbers.items()
            if address.partition(".")[0] not in whole
        },
        discount_rate=rate if has_own_papers else None,
        sources={
            key: source
            for key, source in scenario.sources.items()
            if case.sources.get(key) != source
        },
        stakeholders=stakeholders,
        costs=costs,
        outcomes=outcomes,
        removed_stakeholders=_missing(case.stakeholders, scenario.stakeholders),
        removed_costs=_missing(case.costs, scenario.costs),
        removed_outcomes=_missing(case.outcomes, scenario.outcomes),
        order=_order(kept.outcomes, scenario.outcomes),
        cost_order=_order(kept.costs, scenario.costs),
        funding=scenario.funding if funding_differs else None,
        removed_funding=funding_differs and scenario.funding is None,
    )


def rebuilt(scenario: Scenario, **parts: Any) -> Scenario:
    """Return ``scenario`` with some of its parts replaced, checked as a whole.

    Raises:
        ScenarioError: the whole has faults; all are listed.
    """
    data = {name: getattr(scenario, name) for name in Scenario.model_fields} | parts
    try:
        return Scenario.model_validate(data)
    except ValidationError as error:
        raise ScenarioError(problems_of(error, data)) from error


def with_number(case: Scenario, scenario: Scenario, address: str, value: Value) -> Scenario:
    """Return ``scenario`` with a number or a choice replaced; what ``case`` says keeps its papers.

    Raises:
        ScenarioError: the address does not exist, or the value is not allowed there.
    """
    stated = dict(case.parameters()).get(address)
    is_as_stated = stated is not None and stated.value == value and not stated.is_to_fill
    if is_as_stated and not isinstance(value, bool):
        return restored(case, scenario, address)
    return scenario.with_changes({address: value})


def restored(case: Scenario, scenario: Scenario, *addresses: str) -> Scenario:
    """Return ``scenario`` with some numbers and choices as ``case`` has them, papers included.

    What the case does not have stays as it is, but documents that no number cites any longer.
    """
    choices = case.choices()
    chosen = {name: case.value_at(name) for name in addresses if name in choices}
    numbers = {
        address: _stated_at(case, address)
        for address in addresses
        if address not in choices and _has(case, address) and _has(scenario, address)
    }
    for cost in scenario.costs:  # its price is a number of its own
        if isinstance(original := numbers.get(cost.id), Cost):
            numbers[cost.id] = original.model_copy(update={"price": cost.price})
    return _without_uncited(case, scenario.with_changes(chosen).with_parameters(numbers))


def with_discount_rate(case: Scenario, scenario: Scenario, published: Factor) -> Scenario:
    """Return ``scenario`` with a published discount rate, papers included.

    ``published`` is one of ``reference_data.discount_rates``. A rate that ``case`` states itself
    keeps the papers it has there.
    """
    stated = case.settings.discount_rate
    if stated.value == published.value and stated.provenance in _CLAIMING:
        return restored(case, scenario, "discount_rate")
    rate = Rate(**{name: getattr(published, name) for name in _PAPERS_OF_A_RATE})
    known = discount_rates().sources
    rated = rebuilt(
        scenario,
        sources={**scenario.sources, **{key: known[key] for key in rate.source}},
        settings=scenario.settings.model_copy(update={"discount_rate": rate}),
    )
    return _without_uncited(case, rated)


_PAPERS_OF_A_RATE = ("value", "year", "provenance", "source", "locator")


def _without_uncited(case: Scenario, scenario: Scenario) -> Scenario:
    """Return ``scenario`` without the documents that neither its numbers nor ``case`` need."""
    cited = {key for _, number in scenario.parameters() for key in number.source}
    sources = {
        key: one for key, one in scenario.sources.items() if key in cited or key in case.sources
    }
    same = len(sources) == len(scenario.sources)
    return scenario if same else scenario.model_copy(update={"sources": sources})


def _has(scenario: Scenario, address: str) -> bool:
    """Say whether a scenario has a number of that address."""
    return address in dict(scenario.parameters())


def _stated_at(case: Scenario, address: str) -> Parameter | None:
    """Return the number that a case states at an address; ``None`` where it states none."""
    line, _, name = address.partition(".")
    outcome = {one.id: one for one in case.outcomes}.get(line)
    if outcome is not None and name in OUTCOME_NUMBERS:
        stated: Parameter | None = getattr(outcome, name)
        return stated
    return dict(case.parameters())[address]


def with_outcome(
    scenario: Scenario, outcome: Outcome, sources: Mapping[str, Source] | None = None
) -> Scenario:
    """Return ``scenario`` with an outcome added last, or put in the place of the one it names.

    Raises:
        ScenarioError: it does not fit the scenario.
    """
    return rebuilt(
        scenario,
        sources={**scenario.sources, **(sources or {})},
        outcomes=_merged(scenario.outcomes, (outcome,), ()),
    )


def with_cost(scenario: Scenario, cost: Cost) -> Scenario:
    """Return ``scenario`` with a cost added last, or put in the place of the one it names."""
    return rebuilt(scenario, costs=_merged(scenario.costs, (cost,), ()))


def with_stakeholder(scenario: Scenario, stakeholder: Stakeholder) -> Scenario:
    """Return ``scenario`` with a stakeholder added, or put in the place of the one it names."""
    return rebuilt(scenario, stakeholders=_merged(scenario.stakeholders, (stakeholder,), ()))


def renamed(
    case: Scenario, scenario: Scenario, *, name: str | None = None, period: str | None = None
) -> Scenario:
    """Return ``scenario`` with a name or a period as typed; blank, with that of ``case``."""
    changed: dict[str, Any] = {}
    if name is not None:
        changed["name"] = _as_typed(name) or case.name
    if period is not None:
        changed["period"] = _as_typed(period) or case.period
    return rebuilt(scenario, **changed)


def with_own_words(case: Scenario, scenario: Scenario, line: str, text: str) -> Scenario:
    """Return ``scenario`` with an outcome or a stakeholder called as typed; blank, as in ``case``.

    What ``case`` says to explain it, or of the one euro it spends, was about the other name.

    Raises:
        ScenarioError: the scenario has no such line.
    """
    name = _as_typed(text)
    if line in _ids(scenario.stakeholders):
        who = scenario.stakeholder(line)
        own = case.stakeholder(line) if name is None else None
        called = own or who.model_copy(update={"name": name, "one_euro": None})
        return with_stakeholder(scenario, called)
    outcome, had = (one.outcomes[_position(one, line)] for one in (scenario, case))
    label, note = (had.label, had.help) if name is None else (name, None)
    return with_outcome(scenario, outcome.model_copy(update={"label": label, "help": note}))


def _as_typed(text: str) -> Name | None:
    """Return a text as a name in both languages, as long as one may be; ``None`` if it is blank."""
    plain = " ".join(text.split())[:LONGEST_LABEL]
    return Name(fr=plain, en=plain) if plain else None


def quantity_unit_of(unit: str) -> str:
    """Return the unit of what a unit value is multiplied by to be euros a year, or euros once.

    People and posts last the year that a yearly value is for; hours and events are counted by
    the year unless the value says so itself.
    """
    counted = [part for part in unit.split("/")[1:] if part != "year"]
    by_the_year = "year" in unit.split("/")
    is_event = bool(counted) and counted[0] not in ("person", "staff")
    return "/".join([*(counted[:1] or ["1"]), *(["year"] if is_event and not by_the_year else [])])


def with_unit_value(scenario: Scenario, unit_value: UnitValue, quantity: Name) -> Scenario:
    """Return ``scenario`` with a line that a unit value prices, its quantity still to fill.

    A cost where the value is the price of one, else an outcome. Who pays or gains is the
    stakeholder the value suggests, added where the scenario has none of that id. ``quantity`` is
    what its number is called.

    Raises:
        ScenarioError: the value makes no line, since it only informs.
    """
    library = evidence_library()
    concerned = library.stakeholder(unit_value.stakeholder)
    if concerned.id not in {one.id for one in scenario.stakeholders}:
        newcomer = Stakeholder(id=concerned.id, name=concerned.name, public=concerned.public)
        scenario = with_stakeholder(scenario, newcomer)
    line = {
        "id": free_id(unit_value.id, taken_ids(scenario)),
        "label": unit_value.label,
        "help": unit_value.caveat,
        "stakeholder": concerned.id,
    }
    to_fill = {**number_to_fill(), "unit": quantity_unit_of(unit_value.unit)}
    sources = {**scenario.sources, **sources_of(unit_value)}
    if unit_value.usable_as == "cost":
        in_kind = "in_kind" if unit_value.theme == "volunteers" else "cash"
        price = unit_value.factor()
        cost = Cost.model_validate({**line, **to_fill, "kind": in_kind, "price": price})
        return rebuilt(scenario, sources=sources, costs=(*scenario.costs, cost))
    counted = Factor.model_validate({"id": "quantity", "label": quantity, **to_fill})
    outcome = Outcome.model_validate({**line, "factors": (counted, unit_value.factor())})
    return rebuilt(scenario, sources=sources, outcomes=(*scenario.outcomes, outcome))


def with_price(scenario: Scenario, address: str, unit_value: UnitValue) -> Scenario:
    """Return ``scenario`` with a unit value, papers included, in the place of a price it has.

    The price keeps its address: a link, a correlation and a check still find it.

    Raises:
        ScenarioError: no factor of an outcome and no price of a cost has that address, or the
            value is in another unit.
    """
    line, _, number = address.partition(".")
    sources = {**scenario.sources, **sources_of(unit_value)}
    had = dict(scenario.parameters()).get(address)
    if not isinstance(had, Factor) or not number:
        raise ScenarioError([_no_such_line(address)])
    if had.unit != unit_value.unit:
        raise ScenarioError([_other_unit(address, had.unit, unit_value.unit)])
    price = unit_value.factor().model_copy(update={"id": had.id})
    if line in _ids(scenario.costs):
        (cost,) = (one for one in scenario.costs if one.id == line)
        priced = cost.model_copy(update={"price": price})
        return rebuilt(scenario, sources=sources, costs=_merged(scenario.costs, (priced,), ()))
    outcome = scenario.outcomes[_position(scenario, line)]
    factors = tuple(price if one.id == number else one for one in outcome.factors)
    return with_outcome(scenario, outcome.model_copy(update={"factors": factors}), sources)


def prices_in(scenario: Scenario, unit: str) -> tuple[str, ...]:
    """Return the addresses of the prices of ``scenario`` that a value in ``unit`` may replace."""
    found = [f"{one.id}.price" for one in scenario.costs if one.price and one.price.unit == unit]
    return (
        *found,
        *(
            f"{one.id}.{factor.id}"
            for one in scenario.outcomes
            for factor in one.factors
            if factor.unit == unit
        ),
    )


def without(scenario: Scenario, line: str) -> Scenario:
    """Return ``scenario`` without the cost or the outcome of that id.

    A point of view that counted no one else's costs gives way to society's.

    Raises:
        ScenarioError: the funding case needs it.
    """
    costs = _merged(scenario.costs, (), (line,))
    lost = {one.stakeholder for one in scenario.costs} - {one.stakeholder for one in costs}
    settings = scenario.settings
    if any(funder in settings.perspective for funder in lost):
        settings = settings.model_copy(update={"perspective": SOCIETY})
    return rebuilt(
        scenario,
        costs=costs,
        outcomes=_merged(scenario.outcomes, (), (line,)),
        correlations=_not_of(scenario.correlations, (line,)),
        settings=settings,
    )


def without_stakeholder(scenario: Scenario, stakeholder: str) -> Scenario:
    """Return ``scenario`` without a stakeholder.

    Raises:
        ScenarioError: a cost or an outcome names it.
    """
    return rebuilt(scenario, stakeholders=_merged(scenario.stakeholders, (), (stakeholder,)))


def duplicated(scenario: Scenario, outcome_id: str) -> Scenario:
    """Return ``scenario`` with a second outcome like the one of that id, right after it.

    Raises:
        ScenarioError: there is no such outcome.
    """
    position = _position(scenario, outcome_id)
    found = scenario.outcomes[position]
    copy = found.model_copy(update={"id": free_id(found.id, taken_ids(scenario))})
    outcomes = list(scenario.outcomes)
    outcomes.insert(position + 1, copy)
    return rebuilt(scenario, outcomes=tuple(outcomes))


def moved(scenario: Scenario, line: str, places: int) -> Scenario:
    """Return ``scenario`` with an outcome or a cost moved down by ``places``, up where below 0.

    Raises:
        ScenarioError: there is no such line.
    """
    if line in _ids(scenario.costs):
        return rebuilt(scenario, costs=_moved(scenario.costs, line, places))
    _position(scenario, line)
    return rebuilt(scenario, outcomes=_moved(scenario.outcomes, line, places))


def _moved(records: Sequence[T], line: str, places: int) -> tuple[T, ...]:
    ids = [one.id for one in records]
    position = ids.index(line)
    ids.insert(min(max(0, position + places), len(ids) - 1), ids.pop(position))
    return _in_order(records, ids)


def taken_ids(scenario: Scenario) -> frozenset[str]:
    """Return the ids that no new cost or outcome may bear."""
    return _ids(scenario.costs) | _ids(scenario.outcomes) | RESERVED_IDS


def free_id(wanted: str, taken: Iterable[str]) -> str:
    """Return ``wanted``, or the first of ``wanted_2``, ``wanted_3`` … that is free.

    Free is what is neither taken nor reserved, as the names of settings are.
    """
    taken = frozenset(taken) | RESERVED_IDS
    number, found = 1, wanted
    while found in taken:
        number += 1
        found = f"{wanted}_{number}"
    return found


def _ids(records: Iterable[Stakeholder | Cost | Outcome]) -> frozenset[str]:
    return frozenset(one.id for one in records)


def _not_of(correlations: Iterable[Correlation], gone: Collection[str]) -> tuple[Correlation, ...]:
    """Return the correlations that bind no number of the lines that are gone."""
    return tuple(
        one
        for one in correlations
        if not any(address.partition(".")[0] in gone for address in one.between)
    )


def _missing(
    had: Iterable[Stakeholder | Cost | Outcome], has: Iterable[Stakeholder | Cost | Outcome]
) -> tuple[str, ...]:
    return tuple(sorted(_ids(had) - _ids(has)))


def _merged(had: Sequence[T], given: Sequence[T], gone: Collection[str]) -> tuple[T, ...]:
    """Return records with those given put in the place of their namesakes, or last."""
    replaced = {one.id: one for one in given}
    known = {one.id for one in had}
    return (
        *(replaced.get(one.id, one) for one in had if one.id not in gone),
        *(one for one in given if one.id not in known),
    )


def _in_order(records: Sequence[T], ids: Sequence[str]) -> tuple[T, ...]:
    """Return records in the order of ``ids``; those it does not name last, as they were."""
    place = {one: position for position, one in enumerate(ids)}
    return tuple(sorted(records, key=lambda one: place.get(one.id, len(place))))


def _order(had: Sequence[T], has: Sequence[T]) -> tuple[str, ...]:
    """Return the ids of the records there are, where new ones do not merely come last."""
    known, ids = [one.id for one in had], [one.id for one in has]
    natural = [one for one in known if one in ids] + [one for one in ids if one not in known]
    return () if ids == natural else tuple(ids)


def _differing(had: Sequence[T], has: Sequence[T]) -> tuple[T, ...]:
    before = {one.id: one for one in had}
    return tuple(one for one in has if before.get(one.id) != one)


_BOUND_TO_LINES = ("perspective", "price_year")
"""Choices that only some costs and outcomes allow, and that change none of them."""


def _renumbered(case: Scenario, scenario: Scenario) -> tuple[dict[str, Value], Scenario]:
    """Return the numbers of ``case`` that ``scenario`` replaces, and ``case`` with them."""
    numbers = _numbers_changed(case, scenario)
    bound = {name: value for name, value in numbers.items() if name not in _BOUND_TO_LINES}
    return numbers, case.with_changes(bound)


def _numbers_changed(case: Scenario, scenario: Scenario) -> dict[str, Value]:
    """Return the choices that differ, and the numbers of ``case`` that were merely replaced."""
    changed: dict[str, Value] = {
        name: scenario.value_at(name)
        for name in case.choices()
        if scenario.value_at(name) != case.value_at(name)
    }
    chosen = {name: value for name, value in changed.items() if name not in _BOUND_TO_LINES}
    before = dict(case.with_changes(chosen).parameters())
    unstated = {
        f"{outcome.id}.{name}"
        for outcome in scenario.outcomes
        for name in OUTCOME_NUMBERS
        if getattr(outcome, name) is None
    }
    for address, parameter in scenario.parameters():
        had = before.get(address)
        if (
            had is not None
            and address not in unstated  # it stands for another number, such as all outcomes' own
            and (parameter.value != had.value or had.is_to_fill)
            and type(parameter) is type(had)
            and parameter.unit == had.unit
            and parameter == had.replaced(parameter.value)
        ):
            changed[address] = parameter.value
    return changed


def _position(scenario: Scenario, outcome_id: str) -> int:
    for position, outcome in enumerate(scenario.outcomes):
        if outcome.id == outcome_id:
            return position
    raise ScenarioError([_no_such_line(outcome_id)])


def _no_such_line(address: str) -> Problem:
    message = "no line of this scenario has that name"
    return Problem(
        where=address, code="unknown_address", received=address, allowed="", message=message
    )


def _other_unit(address: str, wanted: str, received: str) -> Problem:
    message = f"the value must be in {wanted}"
    return Problem(
        where=address, code="other_unit", received=received, allowed=wanted, message=message
    )


def identifier(text: str, taken: Iterable[str] = (), *, otherwise: str = "line") -> str:
    """Return an id that reads like ``text``: plain letters and digits, not among ``taken``.

    It begins with ``otherwise`` where ``text`` begins with no letter.
    """
    joined = text.lower().replace("œ", "oe").replace("æ", "ae")
    plain = unicodedata.normalize("NFKD", joined).encode("ascii", "ignore").decode()
    named = "_".join(re.findall(r"[a-z0-9]+", plain))[:LONGEST_STEM].strip("_")
    if not named[:1].isalpha():
        named = "_".join(filter(None, (otherwise, named)))
    return free_id(named, taken)
