"""A workbook that came back: its yellow cells read, and the scenario they make of the case in it.

Nothing is executed. A number typed as a formula, such as ``=41*12``, counts as the value that is
stored with it, which is what its author saw; one without a stored value is refused.

What protects from a hostile file: its size, the parts of its archive and what they expand to are
bounded before anything is unpacked; a part that declares entities is refused before it is parsed;
sheets are read no further than their bounds.
"""

import base64
import binascii
import datetime
import io
import json
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import isclose
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from reports.workbook_layout import (
    ADDRESS,
    CASE_SHEET,
    FIRST_YEAR,
    FORMAT_VERSION,
    MARK,
    READ_COLUMNS,
    VALUE,
    Line,
    lines_in,
)
from roi_model import units
from roi_model.case_files import scenario_from
from roi_model.parameters import Duration, Parameter
from roi_model.problems import Problem, ScenarioError
from roi_model.scenario import Scenario, Value
from roi_model.settings import Settings
from roi_model.value_map_files import number_in, part_with_entities
from ui.words import LANGUAGES

LARGEST_FILE = 5_000_000
"""Bytes of a workbook; one of a hundred outcomes has a tenth of them."""
LARGEST_EXPANDED = 50_000_000
"""Bytes of all its parts once they are unpacked."""
MOST_PARTS = 500
MOST_SHEETS = 50
MOST_ROWS = 10_000
"""Of a sheet that is read; 200 outcomes with all their numbers have under 5 000."""
MOST_COLUMNS = 100
MOST_CELLS = 200_000
"""Of all sheets that are read, those that hold something."""
LARGEST_CASE = 5_000_000
"""Bytes of the case once it is unpacked."""
AS_SAVED = 1e-14
"""How far a number may move, in parts of itself, when it is saved with 15 digits."""

BLANK = object()
Place = tuple[str, str]
"""The name of a sheet and the address of a cell in it."""


def scenario_from_workbook(content: bytes, *, name: str) -> Scenario:
    """Return the scenario in a workbook that ``reports.workbook`` wrote, edited or not.

    An untouched workbook gives the scenario it was written of. A number that was changed becomes
    the user's own; ``name`` is that of the file.

    Raises:
        ScenarioError: it is no such workbook, it is beyond a bound, or cells hold what they may
            not: each is named, such as ``Entrées!B7``, with what is allowed there.
    """
    try:
        _require_bounds(content, name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what openpyxl leaves out: styles, validations
            read = _read(content, name)
    except ScenarioError:
        raise
    except Exception as error:  # a broken workbook breaks its reader in many ways
        raise _refused(
            name, f"must be an Excel workbook (.xlsx): {error}", "file_not_a_workbook"
        ) from error
    return _Edited(read).scenario()


# --- The file ----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Cell:
    """What stands in an input cell, and where."""

    place: Place
    value: Any
    """A number, a text, ``BLANK``, or something else that a cell may hold."""
    is_unsaved: bool = False
    """Whether it is a formula of which no value is stored."""

    @property
    def where(self) -> str:
        return f"{self.place[0]}!{self.place[1]}"


@dataclass(frozen=True, kw_only=True)
class _Read:
    """A workbook as read: the case it began as, and its input cells by address."""

    name: str
    case: Scenario
    options: Mapping[str, Mapping[str, Value]]
    language: str
    cells: Mapping[str, _Cell]
    problems: list[Problem] = field(default_factory=list)
    """Addresses that stand nowhere, or twice."""


def _refused(name: str, message: str, code: str = "file", allowed: object = "") -> ScenarioError:
    return ScenarioError(
        [Problem(where=name, code=code, received=name, allowed=str(allowed), message=message)]
    )


def _require_bounds(content: bytes, name: str) -> None:
    """Refuse an archive beyond the bounds, before it is unpacked, or that declares entities."""
    if len(content) > LARGEST_FILE:
        message = f"must be at most {LARGEST_FILE} bytes"
        raise _refused(name, message, "file_too_large", LARGEST_FILE)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS:
            message = f"must hold at most {MOST_PARTS} parts"
            raise _refused(name, message, "file_too_many_parts", MOST_PARTS)
        if sum(part.file_size for part in parts) > LARGEST_EXPANDED:
            message = f"must be at most {LARGEST_EXPANDED} bytes once unpacked"
            raise _refused(name, message, "file_too_large_unpacked", LARGEST_EXPANDED)
        if (part := part_with_entities(archive)) is not None:
            message = f"must declare no entities ({part} does)"
            raise _refused(name, message, "file_declares_entities")


def _read(content: bytes, name: str) -> _Read:
    stated, stored = (
        load_workbook(io.BytesIO(content), read_only=True, data_only=data_only, keep_links=False)
        for data_only in (False, True)
    )
    if len(stated.sheetnames) > MOST_SHEETS:
        message = f"must have at most {MOST_SHEETS} sheets"
        raise _refused(name, message, "file_too_many_sheets", MOST_SHEETS)
    if CASE_SHEET not in stated.sheetnames:
        message = f"must be a workbook of a scenario: it has no sheet {CASE_SHEET!r}"
        raise _refused(name, message)
    packed, language = _packed_case(stated[CASE_SHEET], name)
    case, options = _unpacked(packed, name)
    cells: dict[str, _Cell] = {}
    problems: list[Problem] = []
    count = 0
    for title in _titles(stated, name):
        for address, cell, filled in _input_cells(stated[title], stored[title], name):
            count += filled
            if count > MOST_CELLS:
                message = f"must have at most {MOST_CELLS} cells in what is read"
                raise _refused(name, message, "file_too_many_cells", MOST_CELLS)
            if not address:
                continue
            if address in cells:
                message = f"the number {address} stands twice; the other is {cells[address].where}"
                problems.append(_problem(cell, "duplicate", address, message))
            cells.setdefault(address, cell)
    return _Read(
        name=name, case=case, options=options, language=language, cells=cells, problems=problems
    )


def _titles(book: Any, name: str) -> Iterator[str]:
    """Yield the sheets to read, by defined names: these follow a sheet that is renamed."""
    for key in ("roi_inputs", "roi_settings"):
        defined = book.defined_names.get(key)
        found = [title for title, _ in defined.destinations] if defined is not None else []
        if len(found) != 1 or found[0] not in book.sheetnames:
            what = key.removeprefix("roi_")
            raise _refused(name, f"must have its sheet of {what}; the name {key} leads to none")
        yield found[0]


def _packed_case(sheet: Any, name: str) -> tuple[str, str]:
    """Return the case as it is packed, and the language of the workbook."""
    sheet.reset_dimensions()
    rows = [
        [cell.value for cell in row]
        for row in sheet.iter_rows(min_row=1, max_row=MOST_ROWS, max_col=2)
    ]
    texts = [str(row[0]) for row in rows if row and row[0] is not None]
    version = str(rows[0][1]) if rows and len(rows[0]) > 1 else ""
    if not texts or texts[0] != MARK or version != str(FORMAT_VERSION):
        message = f"must be a workbook of a scenario in format {FORMAT_VERSION}"
        raise _refused(name, message)
    language = str(rows[2][1])
    return "".join(texts[3:]), language if language in LANGUAGES else LANGUAGES[0]


def _unpacked(packed: str, name: str) -> tuple[Scenario, Mapping[str, Mapping[str, Value]]]:
    """Return the case and its options; it is checked as any case file is."""
    try:
        unpacker = zlib.decompressobj()
        text = unpacker.decompress(base64.b64decode(packed, validate=True), LARGEST_CASE)
        if unpacker.unconsumed_tail:
            message = f"must hold a case of at most {LARGEST_CASE} bytes"
            raise _refused(name, message, "file_too_large_unpacked", LARGEST_CASE)
        data = json.loads(text)
        options = {
            str(setting): {str(label): value for label, value in found}
            for setting, found in data["options"].items()
        }
        case = data["case"]
    except (ValueError, TypeError, KeyError, AttributeError, binascii.Error, zlib.error) as error:
        if isinstance(error, ScenarioError):
            raise
        message = f"must hold the case it was written of, unaltered, in its sheet {CASE_SHEET!r}"
        raise _refused(name, message) from error
    return scenario_from(case, source=name), options


def _input_cells(stated: Any, stored: Any, name: str) -> Iterator[tuple[str, _Cell, int]]:
    """Yield the address and the cell of each row, and how many of its cells hold something.

    The sheet is read twice: ``stated`` has its formulas, ``stored`` what they gave.
    """
    bounds = {"min_row": 1, "max_row": MOST_ROWS + 1, "max_col": MOST_COLUMNS + 1}
    for sheet in (stated, stored):
        sheet.reset_dimensions()  # what the file says they are need not be so
    pairs = zip(stated.iter_rows(**bounds), stored.iter_rows(**bounds), strict=True)
    for number, (row, values) in enumerate(pairs, start=1):
        filled = sum(cell.value is not None for cell in row)
        if number > MOST_ROWS and filled:
            message = f"must have at most {MOST_ROWS} rows in {stated.title}"
            raise _refused(name, message, "file_too_many_rows", MOST_ROWS)
        if len(row) > MOST_COLUMNS and row[MOST_COLUMNS].value is not None:
            message = f"must have at most {MOST_COLUMNS} columns in {stated.title}"
            raise _refused(name, message, "file_too_many_columns", MOST_COLUMNS)
        address, cell = "", _Cell(place=(stated.title, f"B{number}"), value=BLANK)
        if len(row) >= READ_COLUMNS:
            address = _address(row[ADDRESS].value)
            cell = _cell(cell, row[VALUE], values[VALUE])
        yield address, cell, filled


def _address(value: Any) -> str:
    text = value.strip() if isinstance(value, str) else ""
    return text if re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)?", text) else ""


def _cell(cell: _Cell, stated: Any, stored: Any) -> _Cell:
    value = stored.value
    if stated.data_type == "f" and value is None:
        return replace(cell, value=str(stated.value), is_unsaved=True)
    if value is None or (isinstance(value, str) and not value.strip()):
        return cell
    return replace(cell, value=value)


# --- What was edited ---------------------------------------------------------------------------


class _Edited:
    """The edits of a workbook: what its cells say other than the case, and what is wrong."""

    def __init__(self, read: _Read) -> None:
        self.read, self.case = read, read.case
        self.problems = [*read.problems]
        self.changes: dict[str, Value] = {}
        """Choices, and numbers that the case has."""
        self.stated: dict[str, Value] = {}
        """Numbers that the case does not state."""
        self.removed: list[str] = []
        """Numbers that are no longer stated."""

    def scenario(self) -> Scenario:
        """Return the case with all edits.

        Raises:
            ScenarioError: cells hold what they may not; each is named.
        """
        settings: dict[str, Any] = {}
        for setting in self.case.choices():
            self._take_choice(setting)
        for line in lines_in(self.case):
            self._take_number(line)
        self._take_first_year(settings)
        scenario = self._with_changes()
        if self.problems:
            raise ScenarioError(self.problems, source=self.read.name)
        if settings:
            scenario = scenario.with_parameters(settings)
        return scenario

    def _with_changes(self) -> Scenario:
        """Return the case with what was changed, refusals named by their cells."""
        scenario = self.case
        try:
            scenario = scenario.with_changes(self.changes)
        except ScenarioError as error:
            self.problems += [self._in_its_cell(problem) for problem in error.problems]
        parameters = dict(scenario.parameters())
        replaced: dict[str, Parameter | None] = dict.fromkeys(self.removed)
        for address, value in self.stated.items():
            try:
                replaced[address] = parameters[address].replaced(value)
            except ValueError:
                low, high = parameters[address].bounds
                message = f"must be between {low:g} and {high:g}"
                cell = self.read.cells[address]
                code = "less_than_equal" if isinstance(value, str) or value > high else (
                    "greater_than_equal" if value < low else "int_type"
                )  # fmt: skip
                allowed = high if code == "less_than_equal" else low
                self.problems.append(_problem(cell, code, value, message, f"{allowed:g}"))
        return scenario if self.problems else scenario.with_parameters(replaced)

    def _in_its_cell(self, problem: Problem) -> Problem:
        """Return a refusal with the cell in place of the address, and the bounds of the number."""
        cell = self.read.cells.get(problem.where)
        parameter = dict(self.case.parameters()).get(problem.where)
        message = problem.message
        if parameter is not None:
            low, high = parameter.bounds
            message = f"{message}: a number between {low:g} and {high:g} is needed here"
        where = cell.where if cell is not None else problem.where
        return replace(problem, where=where, message=message)

    def _cell_of(self, address: str) -> _Cell | None:
        """Return the cell of an address; ``None``, and a problem, where its row is gone."""
        cell = self.read.cells.get(address)
        if cell is None:
            message = f"the row of {address} is missing, or its address in column L was changed"
            where = Problem(
                where=self.read.name, code="missing_row", received=address, allowed="",
                message=message,
            )  # fmt: skip
            self.problems.append(where)
        return cell

    def _refuse(self, cell: _Cell, code: str, message: str, allowed: str = "") -> None:
        received = None if cell.value is BLANK else cell.value
        self.problems.append(_problem(cell, code, received, message, allowed))

    def _take_choice(self, setting: str) -> None:
        cell = self._cell_of(setting)
        if cell is None:
            return
        options = self.read.options.get(setting, {})
        text = "" if cell.value is BLANK else _as_text(cell.value)
        called = {_as_text(value): value for value in options.values()}
        called |= {label.strip(): value for label, value in options.items()}
        # A name that reads like an escape sequence is stored escaped.
        for written in (text, unescape(text)):
            if written in called:
                if called[written] != self.case.value_at(setting):
                    self.changes[setting] = called[written]
                return
        allowed = ", ".join(options)
        self._refuse(cell, "not_a_choice", f"must be one of: {allowed}", allowed)

    def _take_number(self, line: Line) -> None:
        cell = self._cell_of(line.address)
        if cell is None:
            return
        if cell.value is BLANK:
            self._take_blank(line, cell)
            return
        number = self._number(line.parameter, cell)
        shown = line.shown
        if number is None or (shown is not None and isclose(number, shown, rel_tol=AS_SAVED)):
            return
        value: Value = number
        if isinstance(line.parameter, Duration) and number.is_integer():
            value = int(number)
        if line.is_stated:
            self.changes[line.address] = value
        else:
            self.stated[line.address] = value

    def _take_blank(self, line: Line, cell: _Cell) -> None:
        if line.shown is None:
            return
        if line.may_be_blank:
            self.removed.append(line.address)
            return
        low, high = line.parameter.bounds
        message = f"must hold a number between {low:g} and {high:g}; write 0 if it is nothing"
        self._refuse(cell, "missing", message, f"{low:g}, {high:g}")

    def _number(self, parameter: Parameter, cell: _Cell) -> float | None:
        """Return the number in a cell, also where it is typed as a text; else refuse it."""
        low, high = parameter.bounds
        asked = f"must be a number between {low:g} and {high:g}"
        if cell.is_unsaved:
            self._refuse(cell, "no_value", "is a formula without a stored value: open the file, "
                         "save it and send it again, or type the number itself")  # fmt: skip
            return None
        if isinstance(cell.value, str):
            return self._number_in_text(parameter, cell, asked)
        if isinstance(cell.value, bool) or not isinstance(cell.value, int | float):
            self._refuse(cell, "not_a_number", asked)
            return None
        return float(cell.value)

    def _number_in_text(self, parameter: Parameter, cell: _Cell, asked: str) -> float | None:
        text = cell.value.strip()
        if units.is_money(parameter.unit):
            text = re.sub(rf"^€|(€|{self.case.currency})$", "", text).strip()
        is_share = parameter.unit == units.SHARE
        try:
            mark = "," if self.read.language == "fr" else "."
            number = number_in(text, decimal_mark=mark)  # type: ignore[arg-type]
        except ValueError:
            self._refuse(cell, "ambiguous", f"may be read in two ways: {asked}, as 1234 or 1.5")
            return None
        if number is None or (text.endswith("%") and not is_share):
            self._refuse(cell, "not_a_number", asked)
            return None
        return number

    def _take_first_year(self, settings: dict[str, Any]) -> None:
        cell = self._cell_of(FIRST_YEAR)
        if cell is None:
            return
        was = self.case.settings.first_year
        if cell.value is BLANK:
            if was is not None:
                settings[FIRST_YEAR] = None
            return
        try:
            year = int(cell.value) if float(cell.value) == int(float(cell.value)) else None
            Settings(first_year=year)
        except (ValueError, TypeError, OverflowError):
            year = None
        if year is None:
            low, high = 1900, 2100
            message = f"must be a year from {low} to {high}, or be left blank"
            self._refuse(cell, "not_a_year", message, f"{low}, {high}")
        elif year != was:
            settings[FIRST_YEAR] = year


def _as_text(value: Any) -> str:
    """Return what a cell or an option says; a whole number without decimals."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() if not isinstance(value, datetime.date) else value.isoformat()


def _problem(cell: _Cell, code: str, received: Any, message: str, allowed: str = "") -> Problem:
    return Problem(where=cell.where, code=code, received=received, allowed=allowed, message=message)
