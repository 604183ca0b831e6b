"""Figures that belong to no case: landmarks, mediation in figures, price index, margins.

Each file of ``data/`` is read once, when it is first asked for.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import Field, model_validator
from pydantic_core import InitErrorDetails

from roi_model import units
from roi_model.parameters import (
    Citations,
    Factor,
    Identifier,
    Name,
    Parameter,
    Provenance,
    Record,
    Share,
    Source,
    Text,
    fault,
)

_INSTALLED = Path(__file__).resolve().parent / "data"
_CHECKED_OUT = Path(__file__).resolve().parent.parent / "data"
DATA = _INSTALLED if _INSTALLED.is_dir() else _CHECKED_OUT

Sources = Annotated[dict[Identifier, Source], Field(max_length=200)]


class FigureTable(Record):
    """Figures with their sources."""

    sources: Sources
    figures: Annotated[tuple[Factor, ...], Field(min_length=1, max_length=500)]

    def figure(self, figure_id: str) -> Factor:
        """Return a figure by id; ``KeyError`` if there is none."""
        return {one.id: one for one in self.figures}[figure_id]


Place = Literal["undefined", "below_mean", "at_mean", "above_mean", "above_highest"]
"""Where a ratio stands among published ones, as far as their mean and highest tell."""


class Study(Record):
    """What a published ratio is of: without it a ratio cannot be set beside another.

    The ratio is a figure of the same file, or that of a published calculation which
    ``roi_model.verification`` recomputes.
    """

    figure: Identifier | None = None
    calculation: Identifier | None = None
    year: Annotated[int, Field(strict=True, ge=1900, le=2100)] | None = None
    """Of the study, where it is a calculation; a figure has its own."""
    country: Name
    paid: Text
    """Whose money the ratio is per unit of."""
    horizon: Text
    """Over which years the gains are counted."""
    counted: Text
    """What is counted as a gain, and to whom."""
    footprint: Literal["with", "without", "unstated"]
    """Whether wealth created by the spending itself is among the gains."""

    @model_validator(mode="after")
    def _has_one_ratio(self) -> Self:
        if (self.figure is None) == (self.calculation is None):
            raise ValueError("a study is of a figure or of a calculation, and not of both")
        if (self.calculation is None) != (self.year is None):
            raise ValueError("a calculation needs the year of its study; a figure has its own")
        return self


class PublishedRatios(FigureTable):
    """Ratios published elsewhere, with what each is of."""

    studies: Annotated[tuple[Study, ...], Field(max_length=200)] = ()

    @model_validator(mode="after")
    def _every_figure_named_exists(self) -> Self:
        known = {one.id for one in self.figures}
        missing = {one.figure for one in self.studies if one.figure is not None} - known
        if missing:
            raise ValueError(f"studies of figures that do not exist: {sorted(missing)}")
        return self

    @property
    def mean(self) -> tuple[float, float]:
        """Return between which ratios the mean of the reports gathered moved."""
        low, high = sorted(self.figure(name).value for name in ("mean_from", "mean_to"))
        return low, high

    @property
    def highest(self) -> float:
        """Return the highest ratio of the reports gathered."""
        return self.figure("highest").value

    def place(self, ratio: float) -> Place:
        """Return where a ratio stands among the reports gathered, compared to the cent.

        Only their mean and the highest are known, not how they are spread: no rank follows.
        """
        if not math.isfinite(ratio):
            return "undefined"
        to_the_cent = round(ratio, 2)
        low, high = self.mean
        if to_the_cent > self.highest:
            return "above_highest"
        if to_the_cent > high:
            return "above_mean"
        return "at_mean" if to_the_cent >= low else "below_mean"


CHANGE = "change"
"""The unit of a relative change between two years: 0.08 is 8 % more."""

POINTS = "points"
"""The unit of a difference between two shares: 0.08 is 8 points."""


class MediationFigure(Parameter):
    """One published figure on mediation, with what it must not be taken for."""

    id: Identifier
    label: Name
    counted: Name | None = None
    """What an ``item`` of the unit is."""
    caveat: Text | None = None

    def _faults(self) -> Iterator[InitErrorDetails]:
        yield from super()._faults()
        if self.year is None:
            yield fault("year_missing", None, "a figure needs the year it is about")
        if (self.counted is not None) != ("item" in self.unit.split("/")):
            yield fault("counted_missing", self.unit, "counted says what an item of the unit is")
        try:
            units.powers(units.SHARE if self.unit == CHANGE else self.unit)
        except units.UnitError as error:
            yield fault("unknown_unit", self.unit, "{problem}", problem=str(error))


class DerivedFigure(Record):
    """A figure that follows from others of the same group; each list of them is summed first.

    ``sum``: of. ``difference``: of - by. ``share``: of / by. ``change``: of / by - 1.
    """

    id: Identifier
    label: Name
    rule: Literal["sum", "difference", "share", "change"]
    of: Annotated[tuple[Identifier, ...], Field(min_length=1, max_length=20)]
    by: Annotated[tuple[Identifier, ...], Field(max_length=20)] = ()
    caveat: Text | None = None

    @model_validator(mode="after")
    def _has_what_its_rule_needs(self) -> Self:
        if (self.rule == "sum") == bool(self.by):
            raise ValueError(f"{self.id}: every rule but a sum needs by")
        return self


@dataclass(frozen=True, kw_only=True, slots=True)
class StatedFigure:
    """A figure to show, published or derived, with its papers.

    ``rule``, ``of`` and ``by`` say how a derived one is computed; its sources are those of the
    figures it follows from.
    """

    id: str
    label: Name
    value: float
    unit: str
    counted: Name | None
    year: int
    provenance: Provenance
    sources: tuple[str, ...]
    locator: Text | None
    caveat: Text | None
    rule: str | None = None
    of: tuple[str, ...] = ()
    by: tuple[str, ...] = ()


class SourceNote(Record):
    """What a document on the subject says in words, most often that it gives no figure."""

    source: Identifier
    about: Text


class FigureGroup(Record):
    """Figures that are read together."""

    id: Identifier
    figures: Annotated[tuple[MediationFigure, ...], Field(max_length=100)] = ()
    derived: Annotated[tuple[DerivedFigure, ...], Field(max_length=100)] = ()
    notes: Annotated[tuple[SourceNote, ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def _every_figure_named_exists(self) -> Self:
        published = [one.id for one in self.figures]
        ids = Counter([*published, *(one.id for one in self.derived)])
        twice = [name for name, times in ids.items() if times > 1]
        named = {name for one in self.derived for name in (*one.of, *one.by)}
        missing = named - set(published)
        if twice or missing:
            raise ValueError(f"{self.id}: stands twice {twice}, does not exist {sorted(missing)}")
        return self

    @property
    def stated(self) -> tuple[StatedFigure, ...]:
        """Return the published figures and those computed from them, in the order of the file."""
        return (
            *(_stated(one) for one in self.figures),
            *(self._computed(one) for one in self.derived),
        )

    def figure(self, figure_id: str) -> StatedFigure:
        """Return a published or derived figure by id; ``KeyError`` if there is none."""
        return {one.id: one for one in self.stated}[figure_id]

    def _computed(self, derived: DerivedFigure) -> StatedFigure:
        known = {one.id: one for one in self.figures}
        of, by = ([known[name] for name in names] for names in (derived.of, derived.by))
        total, base = (math.fsum(one.value for one in figures) for figures in (of, by))
        value = {
            "sum": lambda: total,
            "difference": lambda: total - base,
            "share": lambda: total / base,
            "change": lambda: total / base - 1,
        }[derived.rule]()
        unit = {"share": units.SHARE, "change": CHANGE}.get(derived.rule, of[0].unit)
        if derived.rule == "difference" and unit == units.SHARE:
            unit = POINTS
        return StatedFigure(
            id=derived.id,
            label=derived.label,
            value=value,
            unit=unit,
            counted=of[0].counted if unit == of[0].unit else None,
            year=of[-1].year or 0,
            provenance=Provenance.DERIVED,
            sources=tuple(dict.fromkeys(key for one in (*of, *by) for key in one.source)),
            locator=None,
            caveat=derived.caveat,
            rule=derived.rule,
            of=derived.of,
            by=derived.by,
        )


def _stated(one: MediationFigure) -> StatedFigure:
    return StatedFigure(
        id=one.id,
        label=one.label,
        value=one.value,
        unit=one.unit,
        counted=one.counted,
        year=one.year or 0,
        provenance=one.provenance,
        sources=one.source,
        locator=one.locator,
        caveat=one.caveat,
    )


class MediationInFigures(Record):
    """What is published on mediation in France and the Union, by group."""

    sources: Sources
    groups: Annotated[tuple[FigureGroup, ...], Field(min_length=1, max_length=20)]

    @model_validator(mode="after")
    def _every_source_is_there_and_cited(self) -> Self:
        cited = {
            key
            for group in self.groups
            for key in (
                *(key for one in group.figures for key in one.source),
                *(one.source for one in group.notes),
            )
        }
        if cited != self.sources.keys():
            raise ValueError(f"sources missing or not cited: {sorted(cited ^ self.sources.keys())}")
        return self

    def group(self, group_id: str) -> FigureGroup:
        """Return a group of figures by id; ``KeyError`` if there is none."""
        return {one.id: one for one in self.groups}[group_id]


class PriceIndex(Record):
    """A consumer price index, by year; only the quotient of two of its values has a meaning."""

    id: Identifier
    name: Name
    currency: Annotated[str, Field(pattern=units.CURRENCY.pattern)]
    """The one whose prices it follows; amounts in another are not to be converted by it."""
    base_year: int
    provenance: Provenance
    source: Citations
    locator: Text
    sources: Sources
    values: Annotated[dict[int, Annotated[float, Field(gt=0)]], Field(min_length=2)]

    @property
    def years(self) -> tuple[int, ...]:
        """Return the years the index covers, in order."""
        return tuple(sorted(self.values))

    def inflator(self, from_year: int, to_year: int) -> float:
        """Return what one euro of ``from_year`` is in euros of ``to_year``.

        Raises:
            KeyError: the index does not cover one of the years.
        """
        return self.values[to_year] / self.values[from_year]


class Grade(Record):
    """A grade of evidence, and the correction that goes with it."""

    id: Identifier
    label: Name
    help: Text
    correction: Share


class CorrectionScale(Record):
    """A scale of optimism-bias corrections, from the best evidence to the weakest."""

    sources: Sources
    grades: Annotated[tuple[Grade, ...], Field(min_length=2, max_length=20)]

    def correction(self, grade: str | None) -> Share:
        """Return the correction of a grade; without a grade, that of the weakest evidence.

        Raises:
            KeyError: the scale has no such grade.
        """
        if grade is None:
            return self.grades[-1].correction
        return {one.id: one.correction for one in self.grades}[grade]


@lru_cache(maxsize=1)
def published_ratios() -> PublishedRatios:
    """Return the ratios published elsewhere. They differ in scope: to place, not to rank."""
    return PublishedRatios.model_validate(_read("published_ratios"))


@lru_cache(maxsize=1)
def mediation_in_figures() -> MediationInFigures:
    """Return what is published on mediation. Most of it counts activity, not effects."""
    return MediationInFigures.model_validate(_read("mediation_in_figures"))


@lru_cache(maxsize=1)
def price_index() -> PriceIndex:
    """Return the French consumer price index, yearly averages."""
    return PriceIndex.model_validate(_read("consumer_prices"))


@lru_cache(maxsize=1)
def discount_rates() -> FigureTable:
    """Return the discount rates of public bodies, to choose from; none is a default."""
    return FigureTable.model_validate(_read("discount_rates"))


@lru_cache(maxsize=1)
def correction_scale() -> CorrectionScale:
    """Return the scale of optimism-bias corrections."""
    return CorrectionScale.model_validate(_read("optimism_bias"))


@lru_cache(maxsize=1)
def margins() -> Mapping[Provenance, Factor]:
    """Return how far a number may vary that has no range, by provenance, as a share of it."""
    table = FigureTable.model_validate(_read("margins"))
    return {Provenance(one.id): one for one in table.figures}


def number_to_fill(how: str = "needed") -> dict[str, Any]:
    """Return what stands for a number that only the user knows: 0, and nothing is claimed.

    ``needed`` ones are missed until they are typed, ``may_be_zero`` ones are not. KeyError for
    any other.
    """
    reason = _reasons_to_fill()[how]
    return {"value": 0.0, "low": 0.0, "high": 0.0, "provenance": "assumed", "reason": reason}


def may_be_zero(number: Parameter) -> bool:
    """Say whether a number that nobody has given may as well be 0: a template says so."""
    allowed = _reasons_to_fill()["may_be_zero"]
    return number.is_to_fill and number.reason is not None and number.reason.fr == allowed["fr"]


@lru_cache(maxsize=1)
def _reasons_to_fill() -> Mapping[str, Any]:
    reasons: Mapping[str, Any] = _read("numbers_to_fill")
    return reasons


def _read(name: str) -> Any:
    return yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))
