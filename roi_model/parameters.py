"""Numbers with their papers: value, unit, range, provenance and source.

A published number cannot exist without a source and the place in it, an assumed one not
without a reason and a range, a derived one not without the rule that computed it.
"""

import datetime
import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, Self

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
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
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


class _InTwoLanguages(Record):
    @model_validator(mode="before")
    @classmethod
    def _one_text_for_both(cls, said: Any) -> Any:
        """Take a plain text for both languages: not every modeller writes two."""
        return {"fr": said, "en": said} if isinstance(said, str) else said


class Name(_InTwoLanguages):
    """A short label in both languages."""

    fr: Label
    en: Label


class Text(_InTwoLanguages):
    """A sentence or two in both languages."""

    fr: Sentence
    en: Sentence


def _full_day(day: Any) -> Any:
    """Return a day that is written in full.

    pydantic would take a lone number, such as a year, for seconds since 1970.
    """
    is_in_full = isinstance(day, str) and _DAY.match(day)
    if not (day is None or isinstance(day, datetime.date) or is_in_full):
        raise PydanticCustomError("date_type", "must be a date, such as 2017-05-29")
    return day


class Source(Record):
    """A document that a number is taken from."""

    title: Sentence
    publisher: Label
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=500)] | None = None
    """Where it can be read, if anywhere that anyone may open."""
    date: Annotated[datetime.date | None, BeforeValidator(_full_day)] = None


_Multiplier = Annotated[float, Field(allow_inf_nan=False, gt=0)]


class Derivation(Record):
    """The rule by which a number follows from others, of the same case or of its source.

    ``remainder``: the figure ``of`` less the gross value of every other outcome.
    ``quotient``: the figure ``of`` divided by the figure ``by``. A cost is a figure too.
    ``conversion``: what the source has ``stated``, ``times`` one number and ``divided_by``
    another.
    """

    rule: Literal["remainder", "quotient", "conversion"]
    of: Identifier | None = None
    by: Identifier | None = None
    stated: Amount | None = None
    times: _Multiplier = 1.0
    divided_by: _Multiplier = 1.0

    @model_validator(mode="after")
    def _says_what_its_rule_needs(self) -> Self:
        needed = "stated" if self.rule == "conversion" else "of"
        if getattr(self, needed) is None:
            missing = fault("missing", self.rule, "Field required", (needed,))
            raise ValidationError.from_exception_data(type(self).__name__, [missing])
        return self


def _as_tuple(named: Any) -> Any:
    """Return one source as a tuple of one, and none as an empty one; files may list several."""
    return (named,) if isinstance(named, str) else named or ()


Citations = Annotated[tuple[Identifier, ...], BeforeValidator(_as_tuple), Field(max_length=10)]


class StatedDistribution(Record):
    """How a number may vary, where its file says so; its value is the mode, or the mean.

    ``low`` and ``high`` are those of the number unless given here: the ends of a ``uniform``,
    ``triangular`` or ``pert``, whose mode is the value; the 5th and 95th percentiles of a
    ``lognormal``; as far apart as those of a ``normal`` or a ``beta``, whose mean is the value.
    A ``normal`` may give its ``standard_deviation`` instead, a ``beta``, for a share observed on
    a sample, its ``sample_size``. No draw leaves what the kind of number allows.
    """

    kind: Literal["fixed", "uniform", "triangular", "pert", "normal", "lognormal", "beta"]
    low: Amount | None = None
    high: Amount | None = None
    standard_deviation: Annotated[float, Field(allow_inf_nan=False, gt=0)] | None = None
    sample_size: Annotated[float, Field(allow_inf_nan=False, gt=0)] | None = None

    @property
    def needs_a_range(self) -> bool:
        """Say whether the distribution is built from a low and a high."""
        given = {"normal": self.standard_deviation, "beta": self.sample_size}.get(self.kind)
        return self.kind != "fixed" and given is None


class Parameter(Record):
    """A number with its papers. ``unit`` and bounds depend on the kind of number.

    ``year`` is that of its prices, or the last one of the period it is about.
    """

    lowest: ClassVar[float] = -LARGEST_AMOUNT
    highest: ClassVar[float] = LARGEST_AMOUNT
    """What the kind of number allows; a factor that counts something starts at 0."""

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
    distribution: StatedDistribution | None = None

    @property
    def bounds(self) -> tuple[float, float]:
        """Return the least and the greatest value this number may take."""
        return self.lowest, self.highest

    @property
    def claims_nothing(self) -> bool:
        """Say whether the value claims nothing, so that it needs no papers."""
        return False

    @property
    def is_to_fill(self) -> bool:
        """Say whether the number only stands for one that nobody has given yet: 0, from 0 to 0."""
        return self.provenance == Provenance.ASSUMED and self.value == self.low == self.high == 0

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
        is_incomplete = bool(missing) and not self.claims_nothing
        if (self.low is None) != (self.high is None) and not is_incomplete:
            absent = "low" if self.low is None else "high"
            yield fault(
                "range_without_end",
                (self.low, self.high),
                "a range needs both ends; missing: {missing}",
                missing=absent,
            )
        if is_incomplete:
            yield fault(
                "papers_missing",
                str(self.provenance),
                "{provenance} numbers need {needed}; missing: {missing}",
                provenance=str(self.provenance),
                needed=", ".join(needed),
                missing=", ".join(missing),
            )
        if self.distribution is not None:
            yield from self._distribution_faults(self.distribution)

    def _distribution_faults(self, stated: StatedDistribution) -> Iterator[InitErrorDetails]:
        """Yield what is wrong with a distribution beside its number."""
        low = self.low if stated.low is None else stated.low
        high = self.high if stated.high is None else stated.high
        said: dict[str, Any] = {"kind": stated.kind, "low": low, "high": high, "value": self.value}
        place = ("distribution",)
        no_range = low is None or high is None or low >= high
        if stated.needs_a_range and no_range:
            yield fault(
                "distribution_without_range",
                (low, high),
                "a {kind} distribution needs a low below its high",
                place,
                **said,
            )
            return
        outside = low is not None and high is not None and not low <= self.value <= high
        if stated.kind in ("triangular", "pert") and outside:
            yield fault(
                "distribution_excludes_value",
                (low, high),
                "a {kind} distribution from {low} to {high} must hold the value {value}",
                place,
                **said,
            )
        if stated.kind == "lognormal" and low is not None and low <= 0:
            yield fault(
                "distribution_not_positive",
                low,
                "a lognormal distribution needs a low above 0",
                place,
                **said,
            )
        if stated.kind == "beta" and not (self.unit == units.SHARE and 0 < self.value < 1):
            yield fault(
                "distribution_not_a_share",
                self.value,
                "a beta distribution needs a share strictly between 0 and 1",
                place,
                **said,
            )

    def replaced(self, value: float | str) -> Self:
        """Return this number as the user's own: without the papers of the value it replaces.

        Its range and its distribution go too: they were about the other value.

        Raises:
            pydantic.ValidationError: ``value`` is not one this kind of number may take.
        """
        papers = ("low", "high", "year", "locator", "reason", "derivation", "distribution")
        facts: dict[str, Any] = self.model_dump() | {
            "value": value,
            "provenance": Provenance.YOURS,
            "source": (),
            **dict.fromkeys(papers),
        }
        return type(self).model_validate(facts)


class Factor(Parameter):
    """One number of an outcome, a cost or a published figure."""

    id: Identifier
    label: Name
    help: Text | None = None

    @property
    def bounds(self) -> tuple[float, float]:
        """Return the least and the greatest value: only money may be negative."""
        lowest = self.lowest if units.is_money(self.unit) else 0.0
        return lowest, 1.0 if self.unit == units.SHARE else self.highest

    def _faults(self) -> Iterator[InitErrorDetails]:
        yield from super()._faults()
        try:
            units.powers(self.unit)
        except units.UnitError as error:
            yield fault("unknown_unit", self.unit, "{problem}", problem=str(error))
            return
        # A transfer or an unintended effect has a negative price.
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

    lowest: ClassVar[float] = 0.0
    highest: ClassVar[float] = 1.0

    value: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1)]
    unit: Literal["share"] = "share"
    low: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1)] | None = None
    high: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1)] | None = None

    @property
    def claims_nothing(self) -> bool:
        """Say whether nothing is deducted."""
        return self.value == 0


LOWEST_RATE = -0.5
_Rate = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=LOWEST_RATE, le=1)]


class Rate(Parameter):
    """A yearly rate as a fraction, real where prices are; below 0 when money loses by waiting."""

    lowest: ClassVar[float] = LOWEST_RATE
    highest: ClassVar[float] = 1.0

    value: _Rate
    unit: Literal["share"] = "share"
    low: _Rate | None = None
    high: _Rate | None = None

    @property
    def claims_nothing(self) -> bool:
        """Say whether nothing is discounted."""
        return self.value == 0


_Elasticity = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=2)]


class Elasticity(Parameter):
    """How a quantity follows the posts: as (n / n0) to this power; 1 is proportional."""

    lowest: ClassVar[float] = 0.0
    highest: ClassVar[float] = 2.0

    value: _Elasticity
    unit: Literal["1"] = "1"
    low: _Elasticity | None = None
    high: _Elasticity | None = None


_RankCorrelation = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-1, le=1)]


class Correlation(Parameter):
    """How two uncertain numbers move together: Spearman's rank correlation of their draws."""

    lowest: ClassVar[float] = -1.0
    highest: ClassVar[float] = 1.0

    between: tuple[str, str]
    """The addresses of the two numbers."""
    value: _RankCorrelation
    unit: Literal["1"] = "1"
    low: _RankCorrelation | None = None
    high: _RankCorrelation | None = None


_Years = Annotated[int, Field(strict=True, ge=1, le=100)]


class Duration(Parameter):
    """A whole number of years, 1 or more."""

    lowest: ClassVar[float] = 1
    highest: ClassVar[float] = 100

    value: _Years
    unit: Literal["year"] = "year"
    low: _Years | None = None
    high: _Years | None = None

    @property
    def claims_nothing(self) -> bool:
        """Say whether the duration is a single year."""
        return self.value == 1
