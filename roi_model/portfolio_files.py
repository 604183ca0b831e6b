"""From a table to a portfolio: its numbers read, and a table to fill in.

Numbers are read as in value maps (``roi_model.value_map_files``); a decimal comma is that of files
delimited by semicolons, or of columns that hold one which can be nothing else. A blank, a dash or
``n.d.`` leaves the number of the template as it is.
"""

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import numpy as np

from roi_model import units
from roi_model.parameters import Factor, Parameter
from roi_model.portfolio import CHOICES, Portfolio, portfolio_of
from roi_model.portfolio_columns import (
    HIGH,
    ID,
    IGNORED,
    LOW,
    Match,
    column_fault,
    label_of,
    matches_of,
    targets_of,
)
from roi_model.portfolio_tables import (
    Language,
    Table,
    csv_of,
    file_error,
    is_blank,
    read_table,
    workbook_of,
)
from roi_model.portfolio_workbooks import NoValue
from roi_model.problems import Problem, ScenarioError
from roi_model.scenario import Scenario, Value
from roi_model.templates import Template
from roi_model.value_map_files import number_in

_NOT_KNOWN = frozenset({"-", "–", "—", "n/a", "na", "nd", "n.d.", "nc", "n.c.", "nan"})
_COMMA = re.compile(r"\d,\d{1,2}\s*%?$|\d,\d{4,}")
"""A comma that can be no other mark than that of decimals."""
_EITHER = re.compile(r"[1-9]\d{0,2}\.\d{3}")
"""Thousands, or three decimals: not to be told where other numbers have decimal commas."""
_EXAMPLE = re.compile(r"\s*ex[ae]mple\b", re.IGNORECASE)


def read_portfolio(
    path: str | Path,
    template: Template | Scenario,
    *,
    mapping: Mapping[str, str] | None = None,
    perspective: str | None = None,
) -> Portfolio:
    """Return the associations in a file; ``mapping`` corrects what columns are taken for.

    They are seen from ``perspective``, by default the point of view of the template.

    Raises:
        ScenarioError: the file cannot be read, a column is at fault, no row is left, or the
            template has no such point of view.
    """
    table = read_table(path)
    matches = matches_of(table, template, mapping)
    return portfolio_from(table, template, matches, perspective=perspective)


def portfolio_from(
    table: Table,
    template: Template | Scenario,
    matches: Sequence[Match],
    *,
    perspective: str | None = None,
) -> Portfolio:
    """Return the associations in a table, rows at fault listed with line and column.

    They are seen from ``perspective``, by default the point of view of the template. Rows whose id
    begins with *example*, as in a table to fill in, are left out.

    Raises:
        ScenarioError: as ``read_portfolio``.
    """
    scenario = template.case if isinstance(template, Template) else template
    if perspective is not None:
        scenario = scenario.with_changes({"perspective": perspective})
    wrong = [one.problem for one in matches if one.problem is not None]
    if not any(one.target not in (ID, IGNORED) for one in matches):
        message = (
            "some heading, on the first line, must be a number of the template; "
            "--column HEADING=ADDRESS says which number one is"
        )
        wrong.append(column_fault(table.source, "no_column", table.headings, message))
    if wrong:
        raise ScenarioError(wrong, source=table.source)
    table = _without_examples(table, matches)
    to_fill = template.to_fill if isinstance(template, Template) else {}
    needed = {one.id for one in scenario.costs if to_fill.get(one.id) == "needed"}
    reading = _Reading(table, scenario, matches, needed)
    heading = {one.target: one.heading for one in matches if one.target != IGNORED}
    try:
        found = reading.portfolio()
    except ScenarioError as error:
        raise ScenarioError(_located(error.problems, heading), source=table.source) from error
    return replace(
        found,
        columns={one.heading: one.target for one in matches if one.how == "given"},
        problems=tuple(_located(found.problems, heading)),
    )


def _located(problems: Iterable[Problem], heading: Mapping[str, str]) -> list[Problem]:
    """Return problems under the headings of their columns."""
    return [
        replace(one, where=f"column {heading[one.where]}") if one.where in heading else one
        for one in problems
    ]


def _without_examples(table: Table, matches: Sequence[Match]) -> Table:
    at = next((one.position for one in matches if one.target == ID), None)
    if at is None:
        return table
    kept = [row for row, cell in enumerate(table.column(at)) if not _EXAMPLE.match(str(cell))]
    if len(kept) == len(table.rows):
        return table
    return replace(
        table, rows=[table.rows[row] for row in kept], lines=[table.lines[row] for row in kept]
    )


class _Reading:
    """A table being read: what its cells mean, and all that is wrong with them."""

    def __init__(
        self,
        table: Table,
        scenario: Scenario,
        matches: Sequence[Match],
        needed: Collection[str] = (),
    ) -> None:
        """Read ``table``; a row says nothing without the costs ``needed``, where it has them."""
        self.table = table
        self.scenario = scenario
        self.matches = matches
        self.needed = needed
        self.units = {address: one.unit for address, one in scenario.parameters()}
        self.targets = targets_of(scenario)
        self.has_commas = self.table.decimal_mark == "," or any(
            map(self.has_decimal_comma, matches)
        )
        self.faults: list[tuple[int, Problem]] = []

    def portfolio(self) -> Portfolio:
        """Return the associations of the table."""
        numbers: dict[str, Any] = {}
        ends: dict[str, dict[str, Any]] = {LOW: {}, HIGH: {}}
        choices: dict[str, list[Value | None]] = {}
        labels: dict[str, list[str]] = {}
        ids: list[str] | None = None
        for one in self.matches:
            cells = self.table.column(one.position)
            address = self.targets.get(one.target)
            if one.target == ID:
                ids = self.ids(cells, one)
            elif address is None:
                if one.heading:
                    labels[one.heading] = ["" if is_blank(c) else str(c) for c in cells]
            elif address in CHOICES:
                choices[address] = [self.choice(address, cell) for cell in cells]
            elif one.target == address:
                numbers[address] = self.numbers(cells, one)
            else:
                ends[one.target[len(address) :]][address] = self.numbers(cells, one)
        blank = np.full(len(self.table.rows), np.nan)
        for address in (*ends[LOW], *ends[HIGH]):
            numbers.setdefault(address, blank)
        self.too_long()
        return portfolio_of(
            self.scenario,
            numbers,
            ids=ids,
            lines=np.array(self.table.lines),
            lows=ends[LOW],
            highs=ends[HIGH],
            choices=choices,
            labels=labels,
            faults=self.faults,
        )

    def refuse(
        self, row: int, where: str, code: str, received: Any, message: str, allowed: str = ""
    ) -> None:
        problem = Problem(
            where=where,
            code=code,
            received=str(received) if isinstance(received, NoValue) else received,
            allowed=allowed,
            message=message,
            line=self.table.lines[row],
        )
        self.faults.append((row, problem))

    def ids(self, cells: Sequence[Any], match: Match) -> list[str]:
        """Return what tells rows apart; a blank one is a fault, under a name of its own."""
        found = []
        for row, cell in enumerate(cells):
            if is_blank(cell):
                self.refuse(row, match.target, "missing_id", None, "every row must have an id")
                found.append(f"\0{row}")
            else:
                whole = isinstance(cell, float) and cell.is_integer()
                found.append(str(int(cell)) if whole else str(cell).strip())
        return found

    def choice(self, setting: str, cell: Any) -> Value | None:
        if is_blank(cell):
            return None
        written = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
        return self.scenario.value_from_text(setting, written.strip())

    def numbers(self, cells: Sequence[Any], match: Match) -> Any:
        """Return the numbers of a column; NaN for a blank, and for what is refused."""
        is_share = self.units[self.targets[match.target]] == units.SHARE
        mark = "," if self.has_decimal_comma(match) else self.table.decimal_mark
        found = np.full(len(cells), np.nan)
        for row, cell in enumerate(cells):
            try:
                if self.has_commas and isinstance(cell, str) and _EITHER.fullmatch(cell.strip()):
                    raise ValueError
                number = _number(cell, mark, match.scale, is_share=is_share)
            except _RefusedError as error:
                self.refuse(row, match.target, error.code, cell, str(error))
            except ValueError:
                message = "may mean two numbers: write it without marks between thousands"
                self.refuse(row, match.target, "ambiguous_number", cell, message)
            else:
                found[row] = number
                if math.isnan(number) and match.target in self.needed:
                    message = "must not be blank: without this cost the ratio would be too high"
                    self.refuse(row, match.target, "missing_cost", cell, message)
        return found

    def has_decimal_comma(self, match: Match) -> bool:
        """Say whether numbers of a column are written with a decimal comma that is nothing else."""
        if self.targets.get(match.target, ID) not in self.units:
            return False
        cells = self.table.column(match.position)
        return any(isinstance(cell, str) and _COMMA.search(cell) for cell in cells)

    def too_long(self) -> None:
        """Refuse rows that have more cells than there are headings."""
        width = len(self.table.headings)
        for row, cells in enumerate(self.table.rows):
            if len(cells) > width and not all(map(is_blank, cells[width:])):
                message = f"must have at most {width} cells, one for each heading"
                self.refuse(row, "row", "too_many_cells", len(cells), message, str(width))


class _RefusedError(ValueError):
    """A cell that holds no number, or one that cannot be meant."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


_NO_NUMBER = ("not_a_number", "must be a number, such as 1200")


def _number(cell: Any, mark: Literal[".", ","], scale: float, *, is_share: bool) -> float:
    """Return the number in a cell, NaN where it is blank."""
    if cell is None:
        return math.nan
    if isinstance(cell, str):
        text = cell.strip()
        if text.isdecimal() and len(text) < 16:
            return int(text) * scale
        return _number_in_text(text, mark, scale, is_share=is_share)
    if not isinstance(cell, int | float | Decimal) or isinstance(cell, bool):
        raise _RefusedError(*_NO_NUMBER)
    return float(cell) * scale


def _number_in_text(text: str, mark: Literal[".", ","], scale: float, *, is_share: bool) -> float:
    if not text or text.lower() in _NOT_KNOWN:
        return math.nan
    bare = re.sub(r"^€|\s*(€|EUR|euros?)(\s*/\s*an)?$", "", text)
    number = number_in(bare, decimal_mark=mark)
    if number is None or not math.isfinite(number):
        raise _RefusedError(*_NO_NUMBER)
    is_percent = bare.endswith("%")
    if is_percent and not is_share:
        raise _RefusedError("not_a_share", "must be a number: it cannot be a percentage here")
    return number if is_percent else number * scale


# --- A table to fill in ------------------------------------------------------------------------


def table_to_fill(
    template: Template | Scenario,
    *,
    suffix: str = ".csv",
    language: Language = "fr",
    addresses: Sequence[str] | None = None,
) -> bytes:
    """Return a table with the headings of a template and one row marked as an example.

    The numbers to fill in by default, or those at ``addresses``; of a scenario that is no
    template, its quantities and costs. Reading it back matches every column.

    Raises:
        ScenarioError: ``suffix`` is neither ``.csv`` nor ``.xlsx``.
    """
    scenario = template.case if isinstance(template, Template) else template
    parameters = dict(scenario.parameters())
    if addresses is None:
        addresses = (
            tuple(template.to_fill)
            if isinstance(template, Template)
            else [one for one, number in parameters.items() if isinstance(number, Factor)]
        )
    words = {"fr": ("id", "Nom", "Exemple, à remplacer"), "en": ("id", "Name", "Example, replace")}
    identifier, name, example = words[language]
    columns: dict[str, Sequence[Any]] = {
        identifier: [{"fr": "exemple", "en": "example"}[language]],
        name: [example],
    }
    for address in addresses:
        heading = f"{label_of(address, scenario, language)} [{address}]"
        columns[heading] = [_example(parameters[address])]
    if suffix == ".xlsx":
        return workbook_of(columns)
    if suffix == ".csv":
        return csv_of(columns, language)
    raise file_error(suffix, "file_ending", "must end in one of: .csv, .xlsx", ".csv, .xlsx")


def _example(number: Parameter) -> float:
    """Return a number that only shows what is asked for: it is never read."""
    if number.value:
        return number.value
    if units.is_money(number.unit):
        return 10_000 if number.unit.partition("/")[2] in ("", "year") else 100
    return 0.1 if number.unit == units.SHARE else 10
