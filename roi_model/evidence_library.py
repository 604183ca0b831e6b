"""The evidence library: published unit values to pick from, with what each is worth trusting.

A value comes with its source, the year of its prices, a grade of trust and a caveat; picked, it
becomes a factor of an outcome with all of these.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import Field, StringConstraints, model_validator

from roi_model import units
from roi_model.formulas import converted_amount
from roi_model.parameters import (
    Amount,
    Citations,
    Derivation,
    Factor,
    Identifier,
    Name,
    Provenance,
    Record,
    Source,
    Text,
)
from roi_model.reference_data import DATA, Sources, price_index

Language = Literal["fr", "en"]
Trust = Literal["A", "B", "C"]
"""From the firmest to the weakest; the file says what each means."""
Use = Literal["proxy", "cost", "context"]
"""The unit value of an outcome, the price of a cost, or a figure to set beside a result."""


class TrustGrade(Record):
    """What a grade of trust is called, and what it means."""

    id: Trust
    label: Name
    meaning: Text


class Theme(Record):
    """What a value is about."""

    id: Identifier
    label: Name


class Concerned(Record):
    """Who gains, or who pays where the value is the price of a cost; to suggest."""

    id: Identifier
    name: Name
    public: bool
    """Whether its money is public."""


class Conversion(Record):
    """How a value follows from what its source states: ``stated * times / divided_by``.

    Its range follows likewise from the ``low`` and the ``high`` that the source states.
    """

    stated: Amount
    low: Amount | None = None
    high: Amount | None = None
    times: Annotated[float, Field(gt=0)] = 1.0
    divided_by: Annotated[float, Field(gt=0)] = 1.0
    how: Text

    @property
    def rule(self) -> Derivation:
        """Return the rule that a factor says it follows from."""
        return Derivation(
            rule="conversion",
            stated=self.stated,
            times=self.times,
            divided_by=self.divided_by,
        )

    def applied(self, stated: float) -> float:
        """Return an amount that the source states, in the unit of the value."""
        return converted_amount(stated, times=self.times, divided_by=self.divided_by)


class Earlier(Record):
    """What an amount became at a date, as the source states it; the file may skip some."""

    since: Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d{2})?$")]
    value: Amount

    @property
    def year(self) -> int:
        """Return the year in which it came into force."""
        return int(self.since[:4])


@dataclass(frozen=True, kw_only=True, slots=True)
class Repriced:
    """A unit value in the prices of another year, beside the one it was."""

    original: "UnitValue"
    value: float
    low: float | None
    high: float | None
    price_year: int


class UnitValue(Record):
    """What one unit is worth, with the papers of the claim."""

    id: Identifier
    label: Name
    value: Amount
    low: Amount | None = None
    high: Amount | None = None
    converted: Conversion | None = None
    earlier: Annotated[tuple[Earlier, ...], Field(max_length=50)] = ()
    """The same amount before, the latest first."""
    unit: str
    counted: Name | None = None
    """What an ``item`` of the unit is."""
    year: Annotated[int, Field(strict=True, ge=1900, le=2100)]
    """The year of its prices."""
    trust: Trust
    theme: Identifier
    stakeholder: Identifier
    usable_as: Use
    source: Citations
    locator: Text
    caveat: Text

    @model_validator(mode="before")
    @classmethod
    def _value_by_its_conversion(cls, data: Any) -> Any:
        """Compute a converted value and its range, which the file must not state as well."""
        if not isinstance(data, dict) or data.get("converted") is None:
            return data
        conversion = Conversion.model_validate(data["converted"])
        stated = {"value": conversion.stated, "low": conversion.low, "high": conversion.high}
        computed = {
            name: conversion.applied(amount)
            for name, amount in stated.items()
            if amount is not None
        }
        if any(data.get(name, computed.get(name)) != computed.get(name) for name in stated):
            raise ValueError("a converted value and its range are computed, not stated")
        return {**data, **computed}

    @model_validator(mode="after")
    def _has_its_papers(self) -> Self:
        faults = [*self._faults()]
        if faults:
            raise ValueError("; ".join(faults))
        self.factor()  # unit, range and papers, as every factor is checked
        return self

    def _faults(self) -> Iterator[str]:
        """Yield what a factor would not refuse."""
        if (self.counted is not None) != ("item" in self.unit.split("/")):
            yield "counted says what an item of the unit is, and nothing else"
        if self.usable_as != "context" and not self.is_money:
            yield "only money is a unit value or a price"

    @property
    def is_money(self) -> bool:
        """Say whether it counts money; only then has it prices of a year."""
        return units.is_money(self.unit)

    def in_force_in(self, year: int) -> float:
        """Return the last amount that came into force in ``year``, in the unit of the value.

        Raises:
            KeyError: the file states none for that year.
        """
        if year == self.year:
            return self.value
        for one in sorted(self.earlier, key=lambda one: one.since, reverse=True):
            if one.year == year:
                return one.value if self.converted is None else self.converted.applied(one.value)
        raise KeyError(year)

    def in_prices_of(self, year: int) -> Repriced | None:
        """Return the value and its range in the prices of ``year``; what is no money stays.

        None where the consumer price index does not cover both years: it stops before the latest
        values, which are then to be shown in their own prices.
        """
        inflator = 1.0
        if self.is_money and year != self.year:
            try:
                inflator = price_index().inflator(self.year, year)
            except KeyError:
                return None

        def repriced(amount: float | None) -> float | None:
            return None if amount is None else amount * inflator

        return Repriced(
            original=self,
            value=self.value * inflator,
            low=repriced(self.low),
            high=repriced(self.high),
            price_year=year,
        )

    def factor(self) -> Factor:
        """Return the value as a factor of an outcome or the price of a cost, papers included.

        In the prices of its own year: a scenario converts it itself when its settings ask for
        another. One that is converted from what its source states is derived, and says the rule.
        """
        conversion = self.converted
        return Factor(
            id=self.id,
            label=self.label,
            help=self.caveat,
            value=self.value,
            low=self.low,
            high=self.high,
            unit=self.unit,
            year=self.year,
            provenance=Provenance.PUBLISHED if conversion is None else Provenance.DERIVED,
            source=self.source,
            locator=self.locator,
            reason=None if conversion is None else conversion.how,
            derivation=None if conversion is None else conversion.rule,
        )


class EvidenceLibrary(Record):
    """The unit values, with what they refer to; in the order they are shown."""

    grades: tuple[TrustGrade, ...]
    themes: tuple[Theme, ...]
    stakeholders: tuple[Concerned, ...]
    sources: Sources
    unit_values: Annotated[tuple[UnitValue, ...], Field(min_length=1, max_length=500)]

    @model_validator(mode="after")
    def _everything_named_exists_and_is_used(self) -> Self:
        named: dict[str, tuple[list[str], list[str]]] = {
            "trust": ([str(one.trust) for one in self.unit_values], _ids(self.grades)),
            "theme": ([one.theme for one in self.unit_values], _ids(self.themes)),
            "stakeholder": ([one.stakeholder for one in self.unit_values], _ids(self.stakeholders)),
            "source": ([key for one in self.unit_values for key in one.source], [*self.sources]),
        }
        faults = [
            f"{kind} {one!r} is {'not described' if one in used else 'not used'}"
            for kind, (used, known) in named.items()
            for one in sorted(set(used) ^ set(known))
        ]
        listed = (_ids(self.unit_values), *(known for _, known in named.values()))
        faults += [
            f"{one!r} stands twice"
            for ids in listed
            for one, times in Counter(ids).items()
            if times > 1
        ]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def unit_value(self, unit_value_id: str) -> UnitValue:
        """Return a unit value by id; ``KeyError`` if there is none."""
        return {one.id: one for one in self.unit_values}[unit_value_id]

    def theme(self, theme_id: str) -> Theme:
        """Return a theme by id; ``KeyError`` if there is none."""
        return {one.id: one for one in self.themes}[theme_id]

    def grade(self, trust: str) -> TrustGrade:
        """Return a grade of trust by id; ``KeyError`` if there is none."""
        return {str(one.id): one for one in self.grades}[trust]

    def stakeholder(self, stakeholder_id: str) -> Concerned:
        """Return who is concerned by id; ``KeyError`` if there is none."""
        return {one.id: one for one in self.stakeholders}[stakeholder_id]

    def search(
        self,
        text: str,
        *,
        language: Language,
        theme: str | None = None,
        trust: Trust | None = None,
        usable_as: Use | None = None,
    ) -> tuple[UnitValue, ...]:
        """Return the unit values that hold every word of ``text``, those that name it first.

        Looked for, without regard to accents or capitals, in the label, the theme, what is
        counted, who is concerned, the caveat and the sources. An empty text holds no word: all
        are returned, in the order of the library. The other arguments narrow the choice.
        """
        words = _plain(text).split()
        found = []
        for one in self.unit_values:
            narrowed = ((theme, one.theme), (trust, one.trust), (usable_as, one.usable_as))
            if any(wanted not in (None, own) for wanted, own in narrowed):
                continue
            label = _plain(getattr(one.label, language))
            everything = " ".join([label, *map(_plain, self._texts_of(one, language))])
            if all(word in everything for word in words):
                unnamed = sum(word not in label for word in words)
                found.append((unnamed, one))
        return tuple(one for _, one in sorted(found, key=lambda ranked: ranked[0]))

    def _texts_of(self, one: UnitValue, language: Language) -> Iterator[str]:
        """Yield what is searched beside the label."""
        yield getattr(self.theme(one.theme).label, language)
        yield getattr(self.stakeholder(one.stakeholder).name, language)
        yield getattr(one.caveat, language)
        if one.counted is not None:
            yield getattr(one.counted, language)
        for key in one.source:
            yield self.sources[key].title
            yield self.sources[key].publisher


@lru_cache(maxsize=1)
def evidence_library() -> EvidenceLibrary:
    """Return the evidence library of ``data/unit_values.yaml``, read when first asked for."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = (DATA / "unit_values.yaml").read_text(encoding="utf-8")
    return EvidenceLibrary.model_validate(yaml.load(text, Loader=loader))


def sources_of(unit_value: UnitValue) -> dict[str, Source]:
    """Return the documents a unit value cites, by the key under which a case must hold them."""
    known = evidence_library().sources
    return {key: known[key] for key in unit_value.source}


def _ids(records: Iterable[Any]) -> list[str]:
    return [one.id for one in records]


def _plain(text: str) -> str:
    """Return a text without accents or capitals, for comparing."""
    taken_apart = unicodedata.normalize("NFKD", text.replace("\u2019", "'"))
    return "".join(one for one in taken_apart if not unicodedata.combining(one)).casefold()
