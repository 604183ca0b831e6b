"""The results of a portfolio as columns, of rows and of groups of rows, and as files."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from roi_model.portfolio import Portfolio
from roi_model.portfolio_columns import headings_of, label_of
from roi_model.portfolio_evaluation import PortfolioEvaluation, Totals
from roi_model.portfolio_simulation import GroupResult, PortfolioSimulation
from roi_model.portfolio_tables import (
    Columns,
    Language,
    csv_of,
    file_error,
    parquet_of,
    workbook_of,
)
from roi_model.problems import Problem
from roi_model.templates import Template

MOST_ROWS_OF_A_SHEET = 1_048_576

_DRAWN = {
    "ratio_mean": "mean",
    "ratio_low": "low",
    "ratio_median": "median",
    "ratio_high": "high",
    "probability_above": "probability_above",
}
"""Figures over the draws, of rows and of groups, by the key of their column."""


def result_columns(
    evaluation: PortfolioEvaluation,
    simulation: PortfolioSimulation | None = None,
    *,
    template: Template | None = None,
    language: Language | None = None,
) -> dict[str, Sequence[Any]]:
    """Return the results of rows as columns: what the table says, then figures, then parts.

    Euros of present value. What is undefined, such as a ratio without a cost, is ``None``.
    ``unfilled`` lists the numbers that stand at 0 because no one gave them; with a ``template``,
    without those that may well be 0.

    Columns and numbers are named in the ``language`` of a person; without one by keys and
    addresses, the same for every reader, which programs can rely on.
    """
    portfolio = evaluation.portfolio
    columns: dict[str, Sequence[Any]] = {
        "id": portfolio.ids.tolist(),
        "line": portfolio.lines.tolist(),
    }
    figures: dict[str, Any] = {"ratio": evaluation.ratios}
    if simulation is not None:
        figures |= {key: getattr(simulation, name) for key, name in _DRAWN.items()}
    figures |= {
        "benefits": evaluation.benefits,
        "costs": evaluation.costs,
        "net_present_value": evaluation.net_present_values,
    }
    figures |= {f"outcome.{one}": value for one, value in evaluation.by_outcome.items()}
    figures |= {f"cost.{one}": value for one, value in evaluation.by_cost.items()}
    for one, (gains, paid) in evaluation.by_stakeholder.items():
        figures |= {f"gains.{one}": gains, f"pays.{one}": paid}
    columns |= {name: _defined(value) for name, value in figures.items()}
    columns["unfilled"] = unfilled(portfolio, template, language=language)
    columns = _named(columns, evaluation, simulation, language)
    own: dict[str, Sequence[Any]] = {}
    for name, column in portfolio.labels.items():
        while name in columns or name in own:
            name += " (table)"
        own[name] = column.tolist()
    first = dict(islice(columns.items(), 2))
    return first | own | columns


def group_columns(
    evaluation: PortfolioEvaluation,
    simulation: PortfolioSimulation,
    *,
    language: Language | None = None,
) -> dict[str, Sequence[Any]]:
    """Return the results of the groups of a simulation as columns, one group a row.

    They are named as those of ``result_columns``: first which column rows are grouped by, what it
    says of them, and how many they are.
    """
    found: dict[str, list[Any]] = {}
    for column, groups in simulation.by_group.items():
        totals = evaluation.totals_by(column)
        rows = Counter(evaluation.portfolio.labels[column].astype(str).tolist())
        for text, drawn in groups.items():
            cells = {"column": column, "group": text, "rows": rows[text]}
            for key, cell in (cells | _figures_of_group(totals[text], drawn)).items():
                found.setdefault(key, []).append(cell)
    return _named(found, evaluation, simulation, language)


def _figures_of_group(totals: Totals, drawn: GroupResult) -> dict[str, float | None]:
    figures = {"ratio": totals.ratio}
    figures |= {key: getattr(drawn, name) for key, name in _DRAWN.items()}
    figures |= {
        "benefits": totals.benefits,
        "costs": totals.costs,
        "net_present_value": totals.net_present_value,
    }
    figures |= {f"outcome.{one}": value for one, value in totals.by_outcome.items()}
    figures |= {f"cost.{one}": value for one, value in totals.by_cost.items()}
    for one in totals.by_stakeholder:
        figures[f"gains.{one.stakeholder}"] = one.present_value_benefits
        figures[f"pays.{one.stakeholder}"] = one.present_value_costs
    return dict(zip(figures, _defined(list(figures.values())), strict=True))


def _named(
    columns: Columns,
    evaluation: PortfolioEvaluation,
    simulation: PortfolioSimulation | None,
    language: Language | None,
) -> dict[str, Sequence[Any]]:
    """Return columns under the headings of a language, or as they are without one."""
    if language is None:
        return dict(columns)
    level, target = (0.0, 0.0) if simulation is None else (simulation.level, simulation.target)
    template = evaluation.portfolio.template
    headings = headings_of(columns, template, language, level=level, target=target)
    return {headings[key]: column for key, column in columns.items()}


def unfilled(
    portfolio: Portfolio, template: Template | None = None, *, language: Language | None = None
) -> list[str]:
    """Return for each row the addresses that stand at 0 because no one gave their number.

    With a ``template``, those of them that it needs; with a ``language``, their labels.
    """
    empty = [
        address
        for address, one in portfolio.template.parameters()
        if one.is_to_fill and (template is None or template.to_fill.get(address) == "needed")
    ]
    found: list[list[str]] = [[] for _ in range(len(portfolio))]
    for address in empty:
        name = address if language is None else label_of(address, portfolio.template, language)
        column = portfolio.numbers.get(address)
        missing = range(len(portfolio)) if column is None else np.flatnonzero(np.isnan(column))
        for row in missing:
            found[int(row)].append(name)
    return [(" " if language is None else "; ").join(one) for one in found]


def _defined(values: Any) -> list[float | None]:
    return [one if math.isfinite(one) else None for one in np.asarray(values, float).tolist()]


def write_columns(
    columns: Columns,
    path: str | Path,
    *,
    language: Language | None = None,
    said: Mapping[str, str] | None = None,
) -> None:
    """Write columns as Parquet, CSV or Excel, as the ending of ``path`` says.

    CSV is in UTF-8, with a decimal point, or as French Excel opens it with ``language`` ``fr``.
    ``said`` (seed, draws, template …) goes with a Parquet file as its metadata.

    Raises:
        ScenarioError: ``path`` ends in something else, or cannot hold so many rows.
        OSError: it cannot be written.
    """
    path = Path(path)
    match path.suffix.lower():
        case ".parquet":
            content = parquet_of(columns, said or {}, path.name)
        case ".csv":
            content = csv_of(columns, language)
        case ".xlsx":
            if len(next(iter(columns.values()))) >= MOST_ROWS_OF_A_SHEET:
                message = f"a sheet holds at most {MOST_ROWS_OF_A_SHEET} rows"
                raise file_error(path.name, "file_too_many_rows", message)
            content = workbook_of(columns)
        case _:
            endings = ".parquet, .csv, .xlsx"
            raise file_error(path.name, "file_ending", f"must end in one of: {endings}", endings)
    path.write_bytes(content)


def fault_columns(problems: Iterable[Problem]) -> dict[str, Sequence[Any]]:
    """Return the faults of a table as columns, one fault a row."""
    found = list(problems)
    return {
        "line": [one.line for one in found],
        "where": [one.where for one in found],
        "received": ["" if one.received is None else str(one.received) for one in found],
        "allowed": [one.allowed for one in found],
        "message": [one.message for one in found],
        "code": [one.code for one in found],
    }
