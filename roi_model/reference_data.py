"""Figures that belong to no case: landmarks, price index, correction scale, margins.

Each file of ``data/`` is read once, when it is first asked for.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import Field

from roi_model.parameters import (
    Citations,
    Factor,
    Identifier,
    Name,
    Provenance,
    Record,
    Share,
    Source,
    Text,
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


class PriceIndex(Record):
    """A consumer price index, by year; only the quotient of two of its values has a meaning."""

    id: Identifier
    name: Name
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
def published_ratios() -> FigureTable:
    """Return the ratios published elsewhere. They differ in perimeter: to place, not to rank."""
    return FigureTable.model_validate(_read("published_ratios"))


@lru_cache(maxsize=1)
def price_index() -> PriceIndex:
    """Return the French consumer price index, yearly averages."""
    return PriceIndex.model_validate(_read("consumer_prices"))


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


@lru_cache(maxsize=1)
def _reasons_to_fill() -> Mapping[str, Any]:
    reasons: Mapping[str, Any] = _read("numbers_to_fill")
    return reasons


def _read(name: str) -> Any:
    return yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))
