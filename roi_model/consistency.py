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
from roi_model.perspectives import perspective_ids
from roi_model.settings import SETTING_SHARES, Settings
from roi_model.value_map import OUTCOME_SHARES

EUROS_A_YEAR = units.product(["EUR/year"])
RESERVED_IDS = frozenset(Settings.model_fields) | {"v", "case", "lang"}
"""Names that a link already uses, so that no cost or outcome may bear them."""


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
    stakeholders = set(_texts(_records(data, "stakeholders"), "id"))
    for group in ("costs", "outcomes"):
        for position, record in enumerate(_records(data, group)):
            named = field_of(record, "stakeholder")
            if isinstance(named, str) and named not in stakeholders:
                yield fault(
                    "unknown_stakeholder",
                    named,
                    "the stakeholder must be one of: {allowed}",
                    (group, position, "stakeholder"),
                    allowed=", ".join(sorted(stakeholders)),
                )
    yield from _unknown_sources(data)
    yield from _derivations_out_of_place(data)
    yield from _wrong_units(data)
    yield from _unknown_perspective(data)


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
        taken = frozenset((*OUTCOME_SHARES, "benefit_period"))
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
    """Yield rules on numbers that are never computed: only factors of outcomes are."""
    for location, record in _numbers(data):
        if field_of(record, "derivation") is not None and "factors" not in location:
            yield fault(
                "derivation_not_possible",
                field_of(field_of(record, "derivation"), "rule"),
                "only a factor of an outcome can be derived",
                (*location, "derivation"),
            )


def _numbers(data: Any) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield every record that may name a source, with its place."""
    for group in ("figures", "costs"):
        for position, record in enumerate(_records(data, group)):
            yield (group, position), record
    for position, outcome in enumerate(_records(data, "outcomes")):
        for factor_position, factor in enumerate(_records(outcome, "factors")):
            yield ("outcomes", position, "factors", factor_position), factor
        for name in (*OUTCOME_SHARES, "benefit_period"):
            yield ("outcomes", position, name), field_of(outcome, name)
    for name in SETTING_SHARES:
        yield ("settings", name), field_of(field_of(data, "settings"), name)


def _wrong_units(data: Any) -> Iterator[InitErrorDetails]:
    """Yield costs, and products of an outcome's factors, that are not in euros a year."""
    for group in ("costs", "outcomes"):
        for position, record in enumerate(_records(data, group)):
            location: tuple[str | int, ...] = (group, position)
            if group == "costs":
                stated = [field_of(record, "unit") or "EUR/year"]
                location = (*location, "unit")
            else:
                stated = [field_of(factor, "unit") for factor in _records(record, "factors")]
                location = (*location, "factors")
            try:
                found = units.product(stated)
            except (units.UnitError, AttributeError, TypeError):
                continue
            if stated and found != EUROS_A_YEAR:
                yield fault(
                    "not_euros_a_year",
                    " x ".join(stated),
                    "the product of the units must be EUR/year, not {found}",
                    location,
                    found=units.written(found),
                )


def _unknown_perspective(data: Any) -> Iterator[InitErrorDetails]:
    named = field_of(field_of(data, "settings"), "perspective")
    allowed = perspective_ids(_texts(_records(data, "costs"), "stakeholder"))
    if isinstance(named, str) and named not in allowed:
        yield fault(
            "unknown_perspective",
            named,
            "the point of view must be one of: {allowed}",
            ("settings", "perspective"),
            allowed=", ".join(allowed),
        )
