"""Numbers with their papers: value, unit, range, provenance and source.

A published number cannot exist without a source and the place in it, an assumed one not
without a reason and a range, a derived one not without the rule that computed it.
"""

import datetime
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

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


def fault(
    code: str, received: Any, message: str, place: tuple[str | int, ...] = (), **context: Any
) -> InitErrorDetails:
    """Return one fault for a validation error: its code, what was received, what is allowed."""
    return InitErrorDetails(
        type=PydanticCustomError(code, message, context), loc=place, input=received
    )


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


def weakest(provenances: Sequence[Provenance]) -> Provenance:
    """Return the provenance of a product: that of its weakest number."""
    return max(provenances, key=PROVENANCES.index)


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


def _as_tuple(named: Any) -> Any:
    """Return one source as a tuple of one, and none as an empty one; files may list several."""
    return (named,) if isinstance(named, str) else named or ()


Citations = Annotated[tuple[Identifier, ...], BeforeValidator(_as_tuple), Field(max_length=10)]


class Parameter(Record):
    """A number with its papers. ``unit`` and bounds depend on the kind of number.

    ``year`` is that of its prices, or the last one of the period it is about.
    """

    value: Amount
    unit: str
    low: Amount | None = None
    high: Amount | None = None
    year: Annotated[int, Field(strict=True, ge=1900, le=2100)] | None = None
    provenance: Provenance
    source: Citations = ()
    locator: Text | None = None
    reason: Text | None = None
    derivation: Derivation | None = None

    @model_validator(mode="after")
    def _all_faults_at_once(self) -> Self:
        faults = list(self._faults())
        if faults:
            raise ValidationError.from_exception_data(type(self).__name__, faults)
        return self

    def _faults(self) -> Iterator[InitErrorDetails]:
        """Yield what is wrong with the number as a whole; kinds of number add their own."""
        low = self.value if self.low is None else self.low
        high = self.value if self.high is None else self.high
        if not low <= self.value <= high:
            yield fault(
                "range_excludes_value",
                (low, high),
                "the range {low} to {high} must hold the value {value}",
                low=low,
                high=high,
                value=self.value,
            )
        needed = {
            Provenance.PUBLISHED: ("source", "locator"),
            Provenance.DERIVED: ("derivation",),
            Provenance.ASSUMED: ("reason", "low", "high"),
            Provenance.YOURS: (),
        }[self.provenance]
        missing = [name for name in needed if getattr(self, name) in (None, ())]
        if missing and not self._claims_nothing():
            yield fault(
                "papers_missing",
                str(self.provenance),
                "{provenance} numbers need {needed}; missing: {missing}",
                provenance=str(self.provenance),
                needed=", ".join(needed),
                missing=", ".join(missing),
            )

    def _claims_nothing(self) -> bool:
        """Say whether the value claims nothing, so that it needs no papers."""
        return False

    def replaced(self, value: float | str) -> Self:
        """Return this number as the user's own: without the papers of the value it replaces.

        The range is widened to hold ``value``.

        Raises:
            pydantic.ValidationError: ``value`` is not one this kind of number may take.
        """
        facts: dict[str, Any] = self.model_dump() | {
            "value": value,
            "provenance": Provenance.YOURS,
            "source": (),
            **dict.fromkeys(("year", "locator", "reason", "derivation")),
        }
        if isinstance(value, int | float) and abs(value) <= LARGEST_AMOUNT:
            for bound, widened in (("low", min), ("high", max)):
                if facts[bound] is not None:
                    facts[bound] = widened(facts[bound], value)
        return type(self).model_validate(facts)


class Factor(Parameter):
    """One number of an outcome, a cost or a published figure."""

    id: Identifier
    label: Name
    help: Text

    def _faults(self) -> Iterator[InitErrorDetails]:
        yield from super()._faults()
        try:
            units.powers(self.unit)
        except units.UnitError as error:
            yield fault("unknown_unit", self.unit, "{problem}", problem=str(error))
            return
        # Only money may be negative: a transfer or an unintended effect has a negative price.
        lowest = self.value if self.low is None else min(self.value, self.low)
        if lowest < 0 and not units.is_money(self.unit):
            yield fault(
                "negative_quantity", lowest, "a quantity must be {allowed} or more", allowed=0
            )
        highest = self.value if self.high is None else max(self.value, self.high)
        if highest > 1 and self.unit == units.SHARE:
            yield fault("share_above_1", highest, "a share must be at most {allowed}", allowed=1)


class Share(Parameter):
    """A fraction between 0 and 1; where nothing is stated, 0: nothing is deducted."""

    value: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1)]
    unit: Literal["share"] = "share"
    low: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1)] | None = None
    high: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1)] | None = None

    def _claims_nothing(self) -> bool:
        return self.value == 0


class Duration(Parameter):
    """A whole number of years, 1 or more."""

    value: Annotated[int, Field(strict=True, ge=1, le=100)]
    unit: Literal["year"] = "year"
    low: Annotated[int, Field(strict=True, ge=1, le=100)] | None = None
    high: Annotated[int, Field(strict=True, ge=1, le=100)] | None = None

    def _claims_nothing(self) -> bool:
        return self.value == 1
