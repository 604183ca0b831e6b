"""Results as a tidy table in CSV: one row a figure, with its unit and the point of view it is from.

The columns, and the names in ``scope``, ``id`` and ``figure``, are the same in every language;
``label`` is in the reader's. What is undefined, such as a ratio without a cost, is an empty value.

Spreadsheets take a text that begins with = + - or @ for a formula: an apostrophe is put before
such a label, as value maps in CSV have it. YAML and JSON hold the label exactly.
"""

import csv
import io
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, astuple, dataclass
from typing import Any, Literal

from reports.provenances import name_of
from roi_model import units
from roi_model.cash_flow import Year, cash_flow
from roi_model.evaluation import Evaluation, OutcomeResult, evaluate
from roi_model.perspectives import SOCIETY
from roi_model.scenario import Scenario
from roi_model.simulation import Estimate, Simulation, simulate
from roi_model.tableau import who_pays_who_gains
from roi_model.value_map import Basis, Outcome
from ui.labels import label_of, perspective_label
from ui.sentences import has_ratio
from ui.words import Language, Words, words_in

Scope = Literal[
    "input",
    "whole",
    "outcome",
    "cost",
    "stakeholder",
    "provenance",
    "basis",
    "year",
    "who_pays_who_gains",
    "simulation",
]
"""What a figure is about."""

WHOLE: Mapping[str, str] = {
    "ratio": "{euro}/{euro}",
    "present_value_benefits": "{euro}",
    "present_value_costs": "{euro}",
    "net_present_value": "{euro}",
    "net_return": "{euro}/{euro}",
    "payback_months": "month",
    "indirect_jobs": "job",
    "jobs_per_million_euros": "job/million {euro}",
    "cost_per_job": "{euro}/job",
}
"""The figures of the whole, with their units."""
OF_AN_OUTCOME: Mapping[str, str] = {
    "quantity": "{quantity}",
    "gross_value": "{gross}",
    "counted_value": "{gross}",
    "deadweight": units.SHARE,
    "displacement": units.SHARE,
    "attribution": units.SHARE,
    "optimism_bias": units.SHARE,
    "kept_share": units.SHARE,
    "impact": "{gross}",
    "present_value": "{euro}",
    "share": units.SHARE,
}
OF_A_STAKEHOLDER = ("present_value_benefits", "present_value_costs", "net_present_value")
OF_A_PART: Mapping[str, str] = {
    "present_value": "{euro}",
    "share": units.SHARE,
    "ratio": "{euro}/{euro}",
}
BASES: tuple[Basis, ...] = ("itemised", "balance", "estimated")
OF_A_YEAR = ("benefits", "costs", "present_value_benefits", "present_value_costs", "cumulated")

_FORMULA = re.compile(r"'*[=+@\-\t\r\n]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One row: what it is about, which figure of it, and its value with its unit."""

    scope: Scope
    id: str
    label: str
    figure: str
    value: float
    unit: str
    perspective: str
    """Whose costs and gains are counted; empty for an input, which is the same from all."""
    provenance: str
    """That of the number, or of the weakest number of a line; empty where several are summed."""


COLUMNS = ("scope", "id", "label", "figure", "value", "unit", "perspective", "provenance")


def tidy_results(scenario: Scenario, *, language: Language) -> bytes:
    """Return the figures of a scenario as CSV in UTF-8, with a byte order mark for spreadsheets.

    Numbers are written in full, with a decimal point: each reads back to the same double.

    Raises:
        ScenarioError: a stated distribution, or the correlations, cannot be built.
    """
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    for row in figures(scenario, language=language):
        writer.writerow([_cell(value) for value in astuple(row)])
    return written.getvalue().encode("utf-8-sig", "replace")


def figures(scenario: Scenario, *, language: Language) -> Iterator[Figure]:
    """Yield the figures of a scenario: what goes in, what comes out, and how sure that is."""
    rows = _Rows(scenario, words_in(language))
    yield from rows.inputs()
    yield from rows.whole()
    yield from rows.outcomes()
    yield from rows.costs()
    yield from rows.stakeholders()
    yield from rows.parts()
    yield from rows.years()
    yield from rows.tableau()
    yield from rows.simulation()


def columns(t: Words) -> Iterator[tuple[str, str]]:
    """Yield each column with what stands in it, in words."""
    for column in COLUMNS:
        yield column, t(f"documents.column_{column}")


class _Rows:
    """The rows of a scenario, from the point of view of its settings."""

    def __init__(self, scenario: Scenario, t: Words) -> None:
        self.scenario, self.t = scenario, t
        self.evaluation: Evaluation = evaluate(scenario)
        self.names = {one.id: t.of(one.name) for one in scenario.stakeholders}
        self.lines = {one.id: t.of(one.label) for one in scenario.costs}
        self.lines |= {one.id: t.of(one.label) for one in scenario.outcomes}

    def row(
        self,
        scope: Scope,
        identifier: str,
        label: str,
        figure: str,
        value: float,
        unit: str,
        *,
        provenance: str = "",
        perspective: str | None = None,
        **holes: str,
    ) -> Figure:
        of_the_result = self.evaluation.perspective.id
        return Figure(
            scope=scope,
            id=identifier,
            label=label,
            figure=figure,
            value=value,
            unit=unit.format(euro=self.scenario.currency, **holes),
            perspective=of_the_result if perspective is None else perspective,
            provenance=provenance,
        )

    def inputs(self) -> Iterator[Figure]:
        for address, parameter in self.scenario.parameters():
            label = label_of(address, self.scenario, self.t)
            for figure in ("value", "low", "high"):
                value = getattr(parameter, figure)
                if value is not None:
                    yield self.row(
                        "input",
                        address,
                        label,
                        figure,
                        value,
                        parameter.unit,
                        provenance=str(parameter.provenance),
                        perspective="",
                    )

    def whole(self) -> Iterator[Figure]:
        label = perspective_label(self.evaluation.perspective.id, self.scenario, self.t)
        for figure, unit in WHOLE.items():
            yield self.row(
                "whole", self.scenario.id, label, figure, getattr(self.evaluation, figure), unit
            )

    def outcomes(self) -> Iterator[Figure]:
        for outcome, result in zip(self.scenario.outcomes, self.evaluation.by_outcome, strict=True):
            yield from self._outcome(outcome, result)

    def _outcome(self, outcome: Outcome, result: OutcomeResult) -> Iterator[Figure]:
        stated = {
            "quantity": units.written(outcome.quantity_unit),
            "gross": units.written(units.product(factor.unit for factor in outcome.factors)),
        }
        for figure, unit in OF_AN_OUTCOME.items():
            yield self.row(
                "outcome",
                outcome.id,
                self.lines[outcome.id],
                figure,
                getattr(result, figure),
                unit,
                provenance=str(result.provenance),
                **stated,
            )

    def costs(self) -> Iterator[Figure]:
        for cost, result in zip(self.scenario.costs, self.evaluation.by_cost, strict=True):
            yield self.row(
                "cost",
                cost.id,
                self.lines[cost.id],
                "present_value",
                result.present_value,
                "{euro}",
                provenance=str(cost.provenance),
            )

    def stakeholders(self) -> Iterator[Figure]:
        for one in self.evaluation.by_stakeholder:
            for figure in OF_A_STAKEHOLDER:
                yield self.row(
                    "stakeholder",
                    one.stakeholder,
                    self.names[one.stakeholder],
                    figure,
                    getattr(one, figure),
                    "{euro}",
                )

    def parts(self) -> Iterator[Figure]:
        for part in self.evaluation.by_provenance:
            label = name_of(part.key, self.t)
            for figure, unit in OF_A_PART.items():
                value = getattr(part, figure)
                yield self.row(
                    "provenance", part.key, label, figure, value, unit, provenance=part.key
                )
        for key in BASES:
            part, label = self.evaluation.basis(key), self.t(f"documents.basis_{key}")
            for figure, unit in OF_A_PART.items():
                yield self.row("basis", key, label, figure, getattr(part, figure), unit)

    def years(self) -> Iterator[Figure]:
        for one in cash_flow(self.scenario, self.evaluation.perspective).years:
            label = self.t("documents.year", year=_year(one))
            for figure in OF_A_YEAR:
                value = getattr(one, figure)
                yield self.row("year", str(one.year), label, figure, value, "{euro}")

    def tableau(self) -> Iterator[Figure]:
        tableau = who_pays_who_gains(self.scenario)
        for line in tableau.rows:
            for stakeholder, amount in zip(tableau.stakeholders, line.amounts, strict=True):
                label = self.t(
                    "documents.line_of",
                    line=self.lines[line.line],
                    stakeholder=self.names[stakeholder],
                )
                yield self.row(
                    "who_pays_who_gains",
                    f"{line.line}.{stakeholder}",
                    label,
                    "present_value",
                    amount,
                    "{euro}",
                    perspective=SOCIETY,
                )

    def simulation(self) -> Iterator[Figure]:
        if not has_ratio(self.evaluation):
            return
        drawn = simulate(self.scenario)
        for name, value, unit in _of_the_draws(drawn):
            about, _, figure = name.partition(".")
            label = self.t("documents.draws", draws=self.t.number(drawn.draws))
            yield self.row("simulation", about, label, figure, value, unit)


def _of_the_draws(drawn: Simulation) -> Iterator[tuple[str, float, str]]:
    """Yield the figures of a simulation, each with its numerical error."""
    interval, net = drawn.interval(), drawn.interval(figure="net_values")
    estimates: dict[str, tuple[Estimate, str]] = {
        "ratio.mean": (drawn.mean(), "{euro}/{euro}"),
        "ratio.median": (drawn.quantile(0.5), "{euro}/{euro}"),
        "ratio.low": (interval.low, "{euro}/{euro}"),
        "ratio.high": (interval.high, "{euro}/{euro}"),
        "ratio.probability_above_1": (drawn.probability_above(1.0), units.SHARE),
        "net_present_value.mean": (drawn.mean("net_values"), "{euro}"),
        "net_present_value.low": (net.low, "{euro}"),
        "net_present_value.high": (net.high, "{euro}"),
    }
    for name, (estimate, unit) in estimates.items():
        for suffix, value in zip(("", "_error"), asdict(estimate).values(), strict=True):
            yield f"{name}{suffix}", value, unit
    yield "ratio.level", interval.level, units.SHARE


def _year(one: Year) -> str:
    return str(one.year if one.calendar_year is None else one.calendar_year)


def _cell(value: Any) -> str:
    """Return what stands in a cell: all the digits of a number, and no text as a formula."""
    if isinstance(value, str):
        return f"'{value}" if _FORMULA.match(value) else value
    return repr(float(value)) if math.isfinite(value) else ""
