"""Calculations that others published, recomputed: as printed, as computed, and whether they agree.

Each is a case file of ``data/verification/`` with the figures as its publication prints them. A
printed figure agrees with what is computed when that rounds, half up, to the same digits. One
that does not recompute is said to differ, with its reason, and is not bent to fit.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from math import fsum
from typing import Annotated, Any

import yaml
from pydantic import Field, StringConstraints

from roi_model.case_files import scenario_from
from roi_model.cash_flow import cash_flow
from roi_model.evaluation import Evaluation, evaluate
from roi_model.parameters import Record, Source, Text
from roi_model.reference_data import DATA
from roi_model.scenario import Scenario

FOLDER = DATA / "verification"


class PrintedFigure(Record):
    """One figure as a publication prints it.

    ``figure`` is the name of a field of the evaluation or of the cash flow, or a path to one:
    ``by_outcome.x.impact``, ``by_stakeholder.x.net_present_value``, ``year.2.benefits``.
    """

    figure: str
    printed: Annotated[str, StringConstraints(pattern=r"^-?\d+(\.\d+)?$")]
    perspective: str | None = None
    scale: Annotated[float, Field(gt=0)] = 1.0
    """What the computed figure is multiplied by to be in the printed unit: 100 for percent."""
    differs: Text | None = None
    """Why the printed figure is not the one that its own inputs give, where it is not."""


class PublishedCalculation(Record):
    """A case with what its publication prints of the result."""

    exercises: Text
    """What of the model it puts to the test."""
    printed: Annotated[tuple[PrintedFigure, ...], Field(min_length=1, max_length=100)]
    case: Scenario


@dataclass(frozen=True, kw_only=True, slots=True)
class VerifiedFigure:
    """A printed figure beside the computed one, in the printed unit."""

    figure: str
    perspective: str
    printed: str
    computed: float
    agrees: bool
    difference: float
    """Printed less computed, as it would be printed."""
    differs: Text | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Verification:
    """A published calculation recomputed."""

    case: str
    sources: tuple[Source, ...]
    exercises: Text
    rows: tuple[VerifiedFigure, ...]

    @property
    def is_as_expected(self) -> bool:
        """Say whether every figure agrees, save those known to differ, which still do."""
        return all(row.agrees == (row.differs is None) for row in self.rows)


def verified_cases() -> tuple[str, ...]:
    """Return the ids of the published calculations, in alphabetical order."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@lru_cache(maxsize=64)
def published_calculation(case_id: str) -> PublishedCalculation:
    """Return a published calculation by its id.

    Raises:
        KeyError: there is none by that id.
        ScenarioError: its case has faults.
    """
    if case_id not in verified_cases():
        raise KeyError(case_id)
    data = yaml.safe_load((FOLDER / f"{case_id}.yaml").read_text(encoding="utf-8"))
    case = scenario_from(data["case"], source=f"{case_id}.yaml")
    return PublishedCalculation.model_validate({**data, "case": case})


@lru_cache(maxsize=64)
def verification(case_id: str) -> Verification:
    """Return a published calculation recomputed, figure by figure.

    Raises:
        KeyError: there is none by that id, or a figure names nothing.
    """
    published = published_calculation(case_id)
    return Verification(
        case=case_id,
        sources=tuple(published.case.sources.values()),
        exercises=published.exercises,
        rows=tuple(_verified(published.case, one) for one in published.printed),
    )


def rounded_as_printed(value: float, printed: str) -> str:
    """Return ``value`` with as many decimals as ``printed`` has, rounded half up as on paper."""
    if not math.isfinite(value):
        return str(value)
    step = Decimal(1).scaleb(-len(printed.partition(".")[2]))
    # A value that is a hair under a half, such as 2.4999999999999996, is a half on paper.
    exact = Decimal(repr(float(f"{value:.12g}")))
    return str(exact.quantize(step, ROUND_HALF_UP) + 0)


def _verified(case: Scenario, one: PrintedFigure) -> VerifiedFigure:
    evaluation = evaluate(case, one.perspective)
    computed = _figure(case, evaluation, one.figure) * one.scale
    as_printed = rounded_as_printed(computed, one.printed)
    return VerifiedFigure(
        figure=one.figure,
        perspective=evaluation.perspective.id,
        printed=one.printed,
        computed=computed,
        agrees=as_printed == one.printed,
        difference=float(Decimal(one.printed) - Decimal(as_printed))
        if math.isfinite(computed)
        else math.nan,
        differs=one.differs,
    )


def _figure(case: Scenario, evaluation: Evaluation, path: str) -> float:
    """Return the figure that a path names; ``KeyError`` if there is none."""
    table, _, rest = path.partition(".")
    if rest:
        key, _, field = rest.rpartition(".")
        return float(getattr(_rows(case, evaluation, table)[key], field))
    sums: Mapping[str, Callable[[], float]] = {
        "gross_value": lambda: fsum(row.gross_value for row in evaluation.by_outcome),
        "impact": lambda: fsum(row.impact for row in evaluation.by_outcome),
        "internal_rate_of_return": lambda: (
            cash_flow(case, evaluation.perspective).internal_rate_of_return
        ),
    }
    if path in sums:
        return sums[path]()
    if not hasattr(evaluation, path):
        raise KeyError(path)
    return float(getattr(evaluation, path))


def _rows(case: Scenario, evaluation: Evaluation, table: str) -> Mapping[str, Any]:
    match table:
        case "by_outcome":
            return {row.outcome: row for row in evaluation.by_outcome}
        case "by_stakeholder":
            return {row.stakeholder: row for row in evaluation.by_stakeholder}
        case "by_cost":
            return {row.cost: row for row in evaluation.by_cost}
        case "year":
            years = cash_flow(case, evaluation.perspective).years
            return {str(one.year): one for one in years}
    raise KeyError(table)
