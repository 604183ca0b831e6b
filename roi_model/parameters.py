"""Numbers with their papers: value, unit, range, provenance and source.

A published number cannot exist without a source and the place in it, an assumed one not
without a reason and a range, a derived one not without the rule that computed it.
"""

import datetime
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from roi_model import units

LONGEST_LABEL = 120
LONGEST_TEXT = 1_000
LARGEST_AMOUNT = 1e15
"""Beyond this a euro amount no longer holds its cents in a double; nobody types it in earnest."""

Identifier = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=60)
]
Label = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_LABEL)]
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT)]
Amount = Annotated[
    float, Field(strict=True, allow_inf_nan=False, ge=-LARGEST_AMOUNT, le=LARGEST_AMOUNT)
]


class Record(BaseModel):
    """A value that never changes and refuses what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Provenance(StrEnum):
    """Where a number comes from, from the firmest ground to the weakest."""

    PUBLISHED = "published"
    DERIVED = "derived"
    YOURS = "yours"
    ASSUMED = "assumed"


PROVENANCES = tuple(Provenance)


def weakest(provenances: Mapping[str, Provenance] | list[Provenance]) -> Provenance:
    """Return the provenance of a product: that of its weakest number."""
    found = list(provenances.values()) if isinstance(provenances, Mapping) else provenances
    return max(found, key=PROVENANCES.index)


class Name(Record):
    """A short label in both languages."""

    fr: Label
    en: Label


class Text(Record):
    """A sentence or two in both languages."""

    fr: Sentence
    en: Sentence


class Source(Record):
    """A document that a number is taken from."""

    title: Sentence
    publisher: Label
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=500)]
    date: datetime.date | None = None


class Derivation(Record):
    """The rule by which a number follows from others of the same case.

    ``remainder``: the figure ``of`` less the gross value of every other outcome.
    ``quotient``: the figure ``of`` divided by the figure ``by``.
    """

    rule: Literal["remainder", "quotient"]
    of: Identifier
    by: Identifier | None = None


class Parameter(Record):
    """A number with its papers. ``unit`` and bounds depend on the kind of number."""

    value: Amount
    unit: str
    low: Amount | None = None
    high: Amount | None = None
    year: Annotated[int, Field(strict=True, ge=1900, le=2100)] | None = None
    provenance: Provenance
    source: Identifier | None = None
    locator: Text | None = None
    reason: Text | None = None
    derivation: Derivation | None = None

    @model_validator(mode="after")
    def _range_holds_value(self) -> Self:
        low = self.value if self.low is None else self.low
        high = self.value if self.high is None else self.high
        if not low <= self.value <= high:
            raise PydanticCustomError(
                "range_excludes_value",
                "the range {low} to {high} must hold the value {value}",
                {"low": low, "high": high, "value": self.value},
            )
        return self

    @model_validator(mode="after")
    def _papers_are_there(self) -> Self:
        needed = {
            Provenance.PUBLISHED: ("source", "locator"),
            Provenance.DERIVED: ("derivation",),
            Provenance.ASSUMED: ("reason", "low", "high"),
            Provenance.YOURS: (),
        }[self.provenance]
        missing = [name for name in needed if getattr(self, name) is None]
        if missing and not self._needs_no_papers():
            raise PydanticCustomError(
                "papers_missing",
                "{provenance} numbers need {needed}; missing: {missing}",
                {
                    "provenance": str(self.provenance),
                    "needed": ", ".join(needed),
                    "missing": ", ".join(missing),
                },
            )
        return self

    def _needs_no_papers(self) -> bool:
        """Say whether the value claims nothing, so that it needs no reason."""
        return False

    def replaced(self, value: float) -> Self:
        """Return this number as the user's own: without the papers of the value it replaces.

        The range is widened to hold ``value``.

        Raises:
            pydantic.ValidationError: ``value`` is not one this kind of number may take.
        """
        facts: dict[str, Any] = self.model_dump() | {
            "value": value,
            "provenance": Provenance.YOURS,
            **dict.fromkeys(("year", "source", "locator", "reason", "derivation")),
        }
        for bound, widened in (("low", min), ("high", max)):
            if facts[bound] is not None and value == value:
                facts[bound] = widened(facts[bound], value)
        return type(self).model_validate(facts)


class Factor(Parameter):
    """One number of an outcome, a cost or a published figure."""

    id: Identifier
    label: Name
    help: Text

    @model_validator(mode="after")
    def _unit_is_known(self) -> Self:
        try:
            units.powers(self.unit)
        except units.UnitError as error:
            raise PydanticCustomError(
                "unknown_unit", "{problem}", {"problem": str(error)}
            ) from error
        return self

    @model_validator(mode="after")
    def _quantity_is_not_negative(self) -> Self:
        # Only money may be negative: a transfer or an unintended effect has a negative price.
        if not units.is_money(self.unit) and self.value < 0:
            raise PydanticCustomError(
                "negative_quantity", "a quantity must be 0 or more", {"value": self.value}
            )
        return self


class Share(Parameter):
    """A fraction between 0 and 1; where nothing is stated, 0: nothing is deducted."""

    value: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1)]
    unit: Literal["share"] = "share"
    low: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1)] | None = None
    high: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1)] | None = None

    def _needs_no_papers(self) -> bool:
        return self.value == 0


class Duration(Parameter):
    """A whole number of years, 1 or more."""

    value: Annotated[int, Field(strict=True, ge=1, le=100)]
    unit: Literal["year"] = "year"
    low: Annotated[int, Field(strict=True, ge=1, le=100)] | None = None
    high: Annotated[int, Field(strict=True, ge=1, le=100)] | None = None

    def _needs_no_papers(self) -> bool:
        return self.value == 1
