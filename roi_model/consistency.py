"""What no single record can see: ids, references and products of units across a scenario.

Works on raw mappings and on records alike, and passes over what is malformed: pydantic reports
that itself, and both are shown together.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import InitErrorDetails

from roi_model import units
from roi_model.parameters import fault
from roi_model.perspectives import is_perspective, perspective_ids
from roi_model.reference_data import correction_scale, price_index
from roi_model.settings import AS_STATED, SETTING_NUMBERS, Settings
from roi_model.value_map import FUNDING_NUMBERS, OUTCOME_SHARES

RESERVED_IDS = frozenset(Settings.model_fields) | {
    *("v", "case", "lang", "edits", "ratio", "step"),
    "funding",
}
"""Names that a link or an address already uses, so that no cost or outcome may bear them."""
OUTCOME_NUMBERS = (*OUTCOME_SHARES, "benefit_period", "elasticity")
"""The numbers of an outcome beside its factors."""


def field_of(record: Any, name: str) -> Any:
    """Return a field of a mapping or of a record; ``None`` where there is none."""
    return record.get(name) if isinstance(record, Mapping) else getattr(record, name, None)


def _records(data: Any, name: str) -> list[Any]:
    found = field_of(data, name)
    return list(found) if isinstance(found, list | tuple) else []


def carried_over(error: ValidationError) -> list[InitErrorDetails]:
    """Return pydantic's own faults, to stand beside ours: a place, a code and a text each.

    A list is also called too short when its items are faulty; that one is left out.
    """
    found = error.errors()
    places = [one["loc"] for one in found]
    return [
        fault(
            one["type"],
            one["input"],
            # Braces in the text would be read as holes of a template.
            one["msg"].replace("{", "(").replace("}", ")"),
            one["loc"],
            **(one.get("ctx") or {}),
        )
        for one in found
        if one["type"] != "too_short"
        or not any(place[: len(one["loc"])] == one["loc"] != place for place in places)
    ]


def cross_faults(data: Any) -> Iterator[InitErrorDetails]:
    """Yield what no single record can see: ids, references and products of units.

    Works on raw mappings and on records alike, and passes over what is malformed: pydantic
    reports that itself.
    """
    yield from _repeated_ids(data)
    yield from _unknown_stakeholders(data)
    yield from _unknown_sources(data)
    yield from _derivations_out_of_place(data)
    yield from _wrong_units(data)
    yield from _unknown_perspective(data)
    yield from _unknown_grades(data)
    yield from _unknown_addresses(data)
    yield from prices_not_known(data)
    yield from costs_after_the_activity(data)


def _texts(records: Iterable[Any], name: str) -> list[str]:
    """Return a field of each record, where it is a text."""
    return [value for record in records if isinstance(value := field_of(record, name), str)]


def _repeated_ids(data: Any) -> Iterator[InitErrorDetails]:
    """Yield ids used twice; costs, outcomes and settings share the addresses of links."""
    groups: list[tuple[tuple[str | int, ...], list[Any], frozenset[str]]] = [
        (("stakeholders",), _records(data, "stakeholders"), frozenset()),
        (("figures",), _records(data, "figures"), frozenset()),
        (("costs",), _records(data, "costs"), RESERVED_IDS),
        (
            ("outcomes",),
            _records(data, "outcomes"),
            RESERVED_IDS.union(_texts(_records(data, "costs"), "id")),
        ),
    ]
    for position, outcome in enumerate(_records(data, "outcomes")):
        taken = frozenset(OUTCOME_NUMBERS)
        groups.append((("outcomes", position, "factors"), _records(outcome, "factors"), taken))
    for location, records, taken in groups:
        counts = Counter(_texts(records, "id"))
        for position, record in enumerate(records):
            identifier = field_of(record, "id")
            if isinstance(identifier, str) and (counts[identifier] > 1 or identifier in taken):
                yield fault(
                    "duplicate_id",
                    identifier,
                    "each id may stand only once, and not for a setting or a share",
                    (*location, position, "id"),
                )


def _unknown_stakeholders(data: Any) -> Iterator[InitErrorDetails]:
    stakeholders = set(_texts(_records(data, "stakeholders"), "id"))
    for group, names in (
        ("costs", ("stakeholder",)),
        ("outcomes", ("stakeholder", "transfer_from")),
    ):
        for position, record in enumerate(_records(data, group)):
            for name in names:
                named = field_of(record, name)
                if isinstance(named, str) and named not in stakeholders:
                    yield fault(
                        "unknown_stakeholder",
                        named,
                        "the stakeholder must be one of: {allowed}",
                        (group, position, name),
                        allowed=", ".join(sorted(stakeholders)),
                    )
            giver = field_of(record, "transfer_from")
            if giver is not None and giver == field_of(record, "stakeholder"):
                yield fault(
                    "transfer_to_itself",
                    giver,
                    "a transfer must come from another stakeholder than the one who gains",
                    (group, position, "transfer_from"),
                )


def _unknown_sources(data: Any) -> Iterator[InitErrorDetails]:
    sources = field_of(data, "sources")
    known = set(sources) if isinstance(sources, Mapping) else set()
    for location, record in _numbers(data):
        cited = field_of(record, "source")
        for named in [cited] if isinstance(cited, str) else _records(record, "source"):
            if isinstance(named, str) and named not in known:
                yield fault(
                    "unknown_source",
                    named,
                    "the source must be one of: {allowed}",
                    (*location, "source"),
                    allowed=", ".join(sorted(map(str, known))),
                )


def _derivations_out_of_place(data: Any) -> Iterator[InitErrorDetails]:
    """Yield rules on numbers that are never computed."""
    for location, record in _numbers(data):
        computed = any(part in location for part in ("factors", "price", "funding"))
        if field_of(record, "derivation") is not None and not computed:
            yield fault(
                "derivation_not_possible",
                field_of(field_of(record, "derivation"), "rule"),
                "only a factor of an outcome, a price or the funding case can be derived",
                (*location, "derivation"),
            )


def _numbers(data: Any) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield every record that may name a source, with its place."""
    for group in ("figures", "costs", "correlations"):
        for position, record in enumerate(_records(data, group)):
            yield (group, position), record
            if group == "costs" and (price := field_of(record, "price")) is not None:
                yield (group, position, "price"), price
    for position, outcome in enumerate(_records(data, "outcomes")):
        for factor_position, factor in enumerate(_records(outcome, "factors")):
            yield ("outcomes", position, "factors", factor_position), factor
        for name in OUTCOME_NUMBERS:
            yield ("outcomes", position, name), field_of(outcome, name)
    for name in SETTING_NUMBERS:
        yield ("settings", name), field_of(field_of(data, "settings"), name)
    for name in FUNDING_NUMBERS:
        yield ("funding", name), field_of(field_of(data, "funding"), name)


def _wrong_units(data: Any) -> Iterator[InitErrorDetails]:
    """Yield amounts that are in no money, or in another than that of the whole."""
    currency = field_of(data, "currency") or units.EURO
    if not isinstance(currency, str) or not units.CURRENCY.fullmatch(currency):
        return
    a_year, once = ((f"{currency}/year",), (currency,))
    allowed = [units.product(one) for one in (a_year, once)]
    for location, stated in _amounts(data, a_year[0]):
        try:
            found = units.product(stated)
        except (units.UnitError, AttributeError, TypeError):
            continue
        if stated and found not in allowed:
            yield fault(
                "not_money_a_year",
                " x ".join(stated),
                "the product of the units must be {a_year}, or {once} for what happens once, "
                "not {found}",
                location,
                a_year=a_year[0],
                once=currency,
                found=units.written(found),
            )


def _amounts(data: Any, cost_unit: str) -> Iterator[tuple[tuple[str | int, ...], list[Any]]]:
    """Yield the place of each amount and the units whose product it is in."""
    for position, cost in enumerate(_records(data, "costs")):
        stated = [field_of(cost, "unit") or cost_unit]
        if (price := field_of(cost, "price")) is not None:
            stated.append(field_of(price, "unit"))
        yield ("costs", position, "unit"), stated
    for position, outcome in enumerate(_records(data, "outcomes")):
        stated = [field_of(factor, "unit") for factor in _records(outcome, "factors")]
        yield ("outcomes", position, "factors"), stated


def costs_after_the_activity(data: Any) -> Iterator[InitErrorDetails]:
    """Yield yearly costs that begin once the activity is over: they would never be paid."""
    stated = field_of(field_of(field_of(data, "settings"), "activity_years"), "value")
    years = 1 if stated is None else stated
    for position, start in _yearly_starts(data):
        if isinstance(years, int) and start > years:
            yield fault(
                "cost_after_activity",
                start,
                "a yearly cost must begin while the activity runs, in year {allowed} at most",
                ("costs", position, "start_year"),
                allowed=years,
            )


def least_activity_years(data: Any) -> int:
    """Return how long an activity must run at least, for every yearly cost to be paid once."""
    return max((start for _, start in _yearly_starts(data)), default=1)


def _yearly_starts(data: Any) -> Iterator[tuple[int, int]]:
    """Yield the position of each cost that is paid every year, and the year it begins."""
    currency = field_of(data, "currency") or units.EURO
    for location, stated in _amounts(data, f"{currency}/year"):
        if location[0] != "costs":
            continue
        start = field_of(_records(data, "costs")[int(location[1])], "start_year")
        try:
            is_yearly = dict(units.product(stated)).get("year", 0) < 0
        except (units.UnitError, AttributeError, TypeError):
            continue
        if is_yearly and isinstance(start, int):
            yield int(location[1]), start


def _unknown_perspective(data: Any) -> Iterator[InitErrorDetails]:
    named = field_of(field_of(data, "settings"), "perspective")
    stakeholders = _texts(_records(data, "stakeholders"), "id")
    funders = _texts(_records(data, "costs"), "stakeholder")
    if isinstance(named, str) and not is_perspective(named, stakeholders, funders):
        yield fault(
            "unknown_perspective",
            named,
            "the point of view must be one of: {allowed}",
            ("settings", "perspective"),
            allowed=", ".join(perspective_ids(funders)),
        )


def _unknown_grades(data: Any) -> Iterator[InitErrorDetails]:
    for position, outcome in enumerate(_records(data, "outcomes")):
        grade = field_of(field_of(outcome, "evidence"), "grade")
        if isinstance(grade, str):
            known = [one.id for one in correction_scale().grades]
            if grade not in known:
                yield fault(
                    "unknown_grade",
                    grade,
                    "the grade of evidence must be one of: {allowed}",
                    ("outcomes", position, "evidence", "grade"),
                    allowed=", ".join(known),
                )


def addresses_in(data: Any) -> frozenset[str]:
    """Return the addresses of the numbers that a correlation may bind."""
    found = set(SETTING_NUMBERS)
    for cost in _records(data, "costs"):
        found.add(str(field_of(cost, "id")))
        if field_of(cost, "price") is not None:
            found.add(f"{field_of(cost, 'id')}.price")
    for outcome in _records(data, "outcomes"):
        names = (*_texts(_records(outcome, "factors"), "id"), *OUTCOME_NUMBERS)
        found.update(f"{field_of(outcome, 'id')}.{name}" for name in names)
    return frozenset(found)


def _unknown_addresses(data: Any) -> Iterator[InitErrorDetails]:
    cost = field_of(field_of(data, "funding"), "cost")
    costs = _texts(_records(data, "costs"), "id")
    if isinstance(cost, str) and cost not in costs:
        yield fault(
            "unknown_cost",
            cost,
            "the cost must be one of: {allowed}",
            ("funding", "cost"),
            allowed=", ".join(costs),
        )
    for position, correlation in enumerate(_records(data, "correlations")):
        between = _records(correlation, "between")
        for side, address in enumerate(between):
            if isinstance(address, str) and address not in addresses_in(data):
                yield fault(
                    "unknown_address",
                    address,
                    "a correlation binds two numbers by their addresses, such as outcome.factor",
                    ("correlations", position, "between", side),
                )
        if len(between) == 2 and between[0] == between[1]:
            yield fault(
                "correlation_with_itself",
                between[0],
                "a correlation binds two different numbers",
                ("correlations", position, "between"),
            )


def prices_not_known(data: Any) -> Iterator[InitErrorDetails]:
    """Yield amounts that the price index does not cover, where prices are converted."""
    wanted = field_of(field_of(data, "settings"), "price_year")
    if wanted in (None, AS_STATED) or not isinstance(wanted, int):
        return
    currency = field_of(data, "currency") or units.EURO
    if currency != price_index().currency:
        yield fault(
            "no_price_index_for_currency",
            currency,
            "only amounts in {allowed} can be converted: the price index is of no other currency",
            ("settings", "price_year"),
            allowed=price_index().currency,
        )
        return
    years = price_index().years
    places: list[tuple[tuple[str | int, ...], Any]] = [(("settings", "price_year"), wanted)]
    for location, record in _numbers(data):
        unit = field_of(record, "unit") or ("EUR/year" if location[0] == "costs" else "")
        if isinstance(unit, str) and units.is_money(unit) and location[0] != "figures":
            places.append(((*location, "year"), field_of(record, "year")))
    for place, year in places:
        if isinstance(year, int) and year not in years:
            yield fault(
                "no_price_index",
                year,
                "the price index covers {first} to {last}",
                place,
                first=years[0],
                last=years[-1],
            )
