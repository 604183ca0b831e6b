"""Value maps in columns, as CSV or an Excel workbook, read and written without loss.

One row is an outcome, an input, or both of one stakeholder. All amounts are euros: an input is
paid every year of activity, a quantity and its proxy make euros a year. Settings have no column
and are given when a map is read.

    stakeholder     who benefits from the outcome and pays the input; needed in every row
    input           what is given; without an input value it counts as zero, visibly
    input_value     its amount in euros a year
    outcome         what changes
    indicator       how it is measured: the name of the quantity
    quantity        how much of it in a year, more than 0
    duration_years  whole years it lasts; 1 if blank
    start_year      the year it begins, from 1; in a row without an outcome, that of the input
    proxy           what its unit is valued by: the name of the proxy value
    proxy_value     euros a unit
    proxy_source    where the proxy value was found
    deadweight, displacement, attribution, drop_off
                    shares as fractions (0.2) or with a sign (20 %); not stated if blank

A column may also be called as ``data/value_map_headings.yaml`` says, in either language.

A number typed in a table is the user's own (``yours``), whatever its proxy source says: that is
kept as where it was found, for a reader to follow, and is no document of ours.

A number may have spaces between its thousands, and a point or a comma before its decimals. A
mark that could be either, as in ``1,234``, is read as the file's own: decimals follow a comma in
a file delimited by semicolons, as French Excel writes them. Elsewhere they follow a point, and
``1,234`` is refused; so is ``1.234`` in a file delimited by semicolons.

Spreadsheets take a text that begins with = + - or @ for a formula. In a workbook it is stored as
a text; in CSV an apostrophe is put before it, and taken away on reading.
"""

import csv
import datetime
import difflib
import io
import re
import unicodedata
import warnings
import zipfile
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal
from unicodedata import combining

import yaml
from pydantic import ValidationError

from roi_model import formulas, units
from roi_model.case_files import case_data, load_case
from roi_model.consistency import RESERVED_IDS
from roi_model.editing import identifier
from roi_model.parameters import LONGEST_LABEL, Name, Provenance, Text
from roi_model.problems import Problem, ScenarioError
from roi_model.reference_data import DATA
from roi_model.scenario import Scenario, Value, problems_of
from roi_model.value_map import Cost, Outcome

VALUE_MAP_SUFFIXES = (".csv", ".tsv", ".xlsx")
LARGEST_TABLE = 5_000_000
"""Bytes of a file."""
LARGEST_EXPANDED = 50_000_000
"""Bytes of a workbook once it is unpacked: it is refused before anything unpacks it."""
LARGEST_CELLS = 2_000_000
"""Cells of a sheet, blank ones up to its last column included."""
LARGEST_COLUMNS = 200
LARGEST_ROWS = 1_000
"""Rows that hold something; a scenario has at most 200 outcomes and 50 costs."""
UNREAD = "?"
"""Stands for a name that is refused, so that the rest of its row is checked all the same."""

SHARES = ("deadweight", "displacement", "attribution", "drop_off")
OF_AN_OUTCOME = (
    *("indicator", "quantity", "duration_years", "proxy", "proxy_value", "proxy_source"),
    *SHARES,
)
"""Columns that say something only of an outcome."""
COLUMNS = (
    *("stakeholder", "input", "input_value", "outcome", "indicator", "quantity"),
    *("duration_years", "start_year", "proxy", "proxy_value", "proxy_source"),
    *SHARES,
)
NEEDED_COLUMNS = ("stakeholder", "outcome", "quantity", "proxy_value")
IN_MONEY = ("input_value", "proxy_value")

Language = Literal["fr", "en"]
Location = tuple[str | int, ...]
Row = Mapping[str, Any]
"""What stands in a row, by column; a blank cell is ``None`` or an empty text."""


def load_scenario(case: str | Path, **settings: Value) -> Scenario:
    """Return a case by its id, or from a case file or a value map, with some settings replaced.

    Raises:
        ScenarioError: there is no such case, or it has faults; all of them are listed.
    """
    if Path(case).suffix.lower() in VALUE_MAP_SUFFIXES:
        return read_value_map(case, **settings)
    return load_case(case).with_changes(settings)


def read_value_map(path: str | Path, **settings: Value) -> Scenario:
    """Return the scenario in a value map in CSV or Excel, named after its file.

    ``settings`` are those of ``roi_model.settings.Settings`` by name, such as ``discount_rate``
    or ``timing``; the first sheet of a workbook is read.

    Raises:
        ScenarioError: every fault, with its line, its column and, in a workbook, its cell.
    """
    path = Path(path)
    try:
        if path.stat().st_size > LARGEST_TABLE:
            message = f"must be at most {LARGEST_TABLE} bytes"
            raise _file_error(path.name, "file_too_large", message, allowed=str(LARGEST_TABLE))
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        if isinstance(error, ScenarioError):
            raise
        message = f"must be an existing file that can be read: {error}"
        raise _file_error(path.name, "file_missing", message) from error
    return value_map_from(content, name=path.name, **settings)


def value_map_from(content: bytes, *, name: str, **settings: Value) -> Scenario:
    """Return the scenario in the content of a value map; ``name`` is that of its file.

    Raises:
        ScenarioError: as ``read_value_map``.
    """
    read = _workbook if Path(name).suffix.lower() == ".xlsx" else _delimited
    table = read(content, name)
    return _scenario_in(table, settings.get("activity_years")).with_changes(settings)


def write_value_map(
    scenario: Scenario, path: str | Path, *, lossy: bool = False, language: Language = "fr"
) -> None:
    """Write a scenario as a value map in CSV or Excel, as the ending of ``path`` says.

    Reading it again gives the same scenario, but for its id and its name, which are those of
    the file. ``lossy`` writes it even where that is not so: the quantities of an outcome are
    then multiplied, and what has no column is left out.

    Raises:
        ScenarioError: ``path`` ends in something else, or the columns cannot hold all of the
            scenario; what would be lost is listed.
        OSError: it cannot be written.
    """
    path = Path(path)
    content = value_map_content(
        scenario, suffix=path.suffix.lower(), lossy=lossy, language=language
    )
    path.write_bytes(content)


def value_map_content(
    scenario: Scenario, *, suffix: str, lossy: bool = False, language: Language = "fr"
) -> bytes:
    """Return the content of a value map file; ``suffix`` is ``.csv``, ``.tsv`` or ``.xlsx``.

    CSV is in UTF-8 with the mark that makes Excel read its accents.

    Raises:
        ScenarioError: as ``write_value_map``.
    """
    rows = _rows_of(scenario, language)
    if suffix in VALUE_MAP_SUFFIXES and not lossy and (lost := _lost(scenario, rows)):
        raise ScenarioError(lost, source="value map")
    return _in_a_file(rows, suffix, dict(zip(COLUMNS, COLUMNS, strict=True)))


def _in_a_file(
    rows: Sequence[Mapping[str, Any]],
    suffix: str,
    headings: Mapping[str, str],
    *,
    delimiter: str = ",",
) -> bytes:
    if suffix not in VALUE_MAP_SUFFIXES:
        endings = ", ".join(VALUE_MAP_SUFFIXES)
        raise _file_error(suffix, "file_ending", f"must end in one of: {endings}")
    if suffix == ".xlsx":
        return _as_workbook([headings, *rows])
    return _as_delimited([headings, *rows], "\t" if suffix == ".tsv" else delimiter)


# --- Tables ------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class _Table:
    """What a file holds: its rows that are not blank, each with its line, the header first."""

    source: str
    records: Sequence[tuple[int, Sequence[Any]]]
    delimiter: str = ""
    sheet: str = ""

    def place(self, column: str, line: int, position: int | None) -> str:
        """Return the name of a place: its column and, in a workbook, its cell."""
        if not self.sheet or position is None:
            return f"column {column}"
        from openpyxl.utils import get_column_letter

        return f"column {column} ({self.sheet}!{get_column_letter(position + 1)}{line})"


@dataclass(frozen=True, kw_only=True, slots=True)
class _NoValue:
    """A cell that shows something but holds no value."""

    message: str
    shown: str


def _is_blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _delimited(content: bytes, source: str) -> _Table:
    """Return the table in a CSV file; its delimiter is the one that its header makes sense with.

    Excel's own first line ``sep=;`` names it instead.
    """
    text = decoded(content, source)
    named = re.match(r"sep=([,;\t])\r?\n", text)
    header = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = named[1] if named else max(",;\t", key=lambda mark: _known_columns(header, mark))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records, line = [], 1
    try:
        for cells in reader:
            if not all(map(_is_blank, cells)) and not (named and line == 1):
                records.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        message = f"must be readable as CSV: {error}"
        raise _file_error(source, "file_not_csv", message, line=line) from error
    return _Table(source=source, records=records, delimiter=delimiter)


def decoded(content: bytes, source: str) -> str:
    """Return a text in UTF-8, or as older spreadsheets write it."""
    wide = content.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _file_error(source, "file_not_text", "must be a text in UTF-8")


def _known_columns(header: str, delimiter: str) -> int:
    return sum(_column_name(cell.strip(' "')) in COLUMNS for cell in header.split(delimiter))


def _column_name(cell: Any) -> str:
    name = "" if _is_blank(cell) else _plain(str(cell))
    return _columns_called().get(name, name)


def _plain(heading: str) -> str:
    """Return a heading in small letters without accents, ``_`` between its words."""
    apart = unicodedata.normalize("NFKD", heading.strip().lower())
    return re.sub(r"[\s_'\u2019-]+", "_", "".join(one for one in apart if not combining(one)))


@lru_cache(maxsize=1)
def _headings() -> Mapping[str, Mapping[Language, Sequence[str]]]:
    """Return what each column may be called, by language; what it is called first."""
    text = (DATA / "value_map_headings.yaml").read_text(encoding="utf-8")
    read: Mapping[str, Mapping[Language, Sequence[str]]] = yaml.safe_load(text)
    return read


@lru_cache(maxsize=1)
def _columns_called() -> Mapping[str, str]:
    return {
        _plain(heading): column
        for column, called in _headings().items()
        for headings in called.values()
        for heading in headings
    }


def column_heading(column: str, language: Language) -> str:
    """Return what a column is called in a language; the text itself where it is no column."""
    return _headings()[column][language][0] if column in COLUMNS else column


def empty_value_map(*, suffix: str, language: Language) -> bytes:
    """Return the content of a value map with nothing under its headings.

    Raises:
        ScenarioError: ``suffix`` is none of a value map.
    """
    headings = {column: column_heading(column, language) for column in COLUMNS}
    return _in_a_file([], suffix, headings, delimiter=";" if language == "fr" else ",")


def _workbook(content: bytes, source: str) -> _Table:
    """Return the table in the first sheet of a workbook; a formula counts as its stored value."""
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            expanded = sum(one.file_size for one in archive.infolist())
            if expanded > LARGEST_EXPANDED:
                message = f"must be at most {LARGEST_EXPANDED} bytes once unpacked"
                raise _file_error(
                    source, "file_too_large_unpacked", message, allowed=str(LARGEST_EXPANDED)
                )
            if (part := part_with_entities(archive)) is not None:
                message = f"must declare no entities ({part} does)"
                raise _file_error(source, "file_declares_entities", message)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what openpyxl leaves out: styles, drawings
            stated, stored = (
                load_workbook(
                    io.BytesIO(content), read_only=True, data_only=data_only, keep_links=False
                ).worksheets[0]
                for data_only in (False, True)
            )
            records = list(_records_of(stated, stored, source))
    except ScenarioError:
        raise
    except Exception as error:  # a broken workbook breaks its reader in many ways
        message = f"must be an Excel workbook (.xlsx): {error}"
        raise _file_error(source, "file_not_a_workbook", message) from error
    return _Table(source=source, records=records, sheet=str(stated.title))


def part_with_entities(archive: zipfile.ZipFile) -> str | None:
    """Return the name of a part of a workbook that declares entities, or could hide that it does.

    openpyxl parses with expat and, where it is installed, lxml told to resolve no entities. That
    expat stops an expansion by itself is not relied upon. The sizes that the archive states must
    have been bounded before: no more of a part is unpacked than that.
    """
    parts = (one for one in archive.infolist() if _may_declare_entities(archive.read(one)))
    return next((one.filename for one in parts), None)


def _may_declare_entities(part: bytes) -> bool:
    """Say whether a part is XML that declares a document type, or could hide that it does."""
    begins = part.removeprefix(b"\xef\xbb\xbf").lstrip()[:2]
    if not begins.startswith((b"<", b"\0<", b"\xff\xfe", b"\xfe\xff")):
        return False  # a picture: no parser of XML takes it
    # Without a zero byte it is in no encoding that hides the word.
    return b"\0" in part or b"<!DOCTYPE" in part or b"<!ENTITY" in part


def _records_of(stated: Any, stored: Any, source: str) -> Iterator[tuple[int, Sequence[Any]]]:
    """Yield the rows of a sheet that are not blank, with their lines.

    The sheet is read twice: ``stated`` has its formulas, ``stored`` what they gave.
    """
    for sheet in (stated, stored):
        sheet.reset_dimensions()  # what the file says they are need not be so
    cells = kept = 0
    for line, pair in enumerate(zip(stated.rows, stored.rows, strict=True), start=1):
        cells += 1 + len(pair[0])
        if cells > LARGEST_CELLS:
            message = f"must have at most {LARGEST_CELLS} cells"
            allowed = str(LARGEST_CELLS)
            raise _file_error(source, "file_too_many_cells", message, allowed=allowed, line=line)
        values = [_value_of(*both) for both in zip(*pair, strict=True)]
        if not all(map(_is_blank, values)):
            kept += 1
            yield line, values
        if kept > LARGEST_ROWS + 1:
            return  # refused with what was read so far


def _value_of(stated: Any, stored: Any) -> Any:
    if stored.data_type == "e":
        return _NoValue(message="the cell is an error", shown=str(stored.value))
    if stated.data_type == "f" and stored.value is None and stored.data_type == "n":
        message = "the cell is a formula without a stored value: open the file and save it again"
        return _NoValue(message=message, shown=str(stated.value))
    return stored.value


def _file_error(
    source: str, code: str, message: str, *, allowed: str = "", line: int | None = None
) -> ScenarioError:
    problem = Problem(
        where=source, code=code, received=source, allowed=allowed, message=message, line=line
    )
    return ScenarioError([problem])


# --- Numbers and texts -------------------------------------------------------------------------

_SPACES = " \u00a0\u2009\u202f"
_BETWEEN_THOUSANDS = re.compile(rf"(?<=[0-9])[{_SPACES}](?=[0-9]{{3}}(?![0-9]))")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_FORMULA = re.compile(r"'*[=+@-]")
_MONEY = re.compile(r"^€|(€|EUR)$")


class _AmbiguousNumberError(ValueError):
    """A number whose only mark stands before decimals in some countries, thousands in others."""


def number_in(written: str, *, decimal_mark: Literal[".", ","] = ".") -> float | None:
    """Return the number in a text, as people write numbers; ``None`` where there is none.

    A sign % divides it by 100. ``decimal_mark`` is what the file it stands in is known to use.

    Raises:
        ValueError: ``1,234`` or ``1.234`` may mean two numbers, and the file does not tell.
    """
    text = written.strip().replace("−", "-")
    percent = text.endswith("%")
    text = _BETWEEN_THOUSANDS.sub("", text.removesuffix("%").strip())
    text = _with_a_point(text, decimal_mark)
    if not _NUMBER.fullmatch(text):
        return None
    return float(Decimal(text) / 100) if percent else float(text)


def _with_a_point(text: str, decimal_mark: str) -> str:
    """Return a number without marks between its thousands, and a point before its decimals."""
    marks = [one for one in text if one in ",."]
    if len(set(marks)) == 2:
        thousands, decimals = marks[0], marks[-1]
        if marks.count(decimals) > 1 or not _is_grouped(text.partition(decimals)[0], thousands):
            return ""
        return text.replace(thousands, "").replace(decimals, ".")
    if len(marks) > 1:
        return text.replace(marks[0], "") if _is_grouped(text, marks[0]) else ""
    if (
        marks
        and marks[0] != decimal_mark
        and re.fullmatch(r"[+-]?[1-9][0-9]{0,2}[,.][0-9]{3}", text)
    ):
        raise _AmbiguousNumberError(text)
    return text.replace(",", ".")


def _is_grouped(text: str, mark: str) -> bool:
    return re.fullmatch(rf"[+-]?[0-9]{{1,3}}({re.escape(mark)}[0-9]{{3}})+", text) is not None


def _written(number: float) -> str:
    """Return the shortest text that reads as that number and no other."""
    return str(int(number)) if number.is_integer() and str(number) != "-0.0" else repr(number)


def _holds_what_no_table_can(text: str) -> bool:
    return any(
        (unicodedata.category(one) in ("Cc", "Cs") and one not in "\n\t") or one in "\ufffe\uffff"
        for one in text
    )


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_LABEL else f"{text[: LONGEST_LABEL - 1]}…"


@lru_cache(maxsize=1)
def _house() -> Mapping[str, Any]:
    """Return what a scenario says where a table says nothing."""
    return yaml.safe_load((DATA / "value_map.yaml").read_text(encoding="utf-8"))


def _label_of_the_house(number: str) -> Name:
    return Name.model_validate(_house()["labels"][number])


# --- Reading -----------------------------------------------------------------------------------


class _Reading:
    """A table being read: what its cells mean, and all that is wrong with them."""

    def __init__(self, table: _Table) -> None:
        self.table = table
        self.problems: list[Problem] = []
        self.refused: set[tuple[int, str]] = set()
        self.positions: dict[str, int] = {}
        self.called: dict[str, str] = {}
        """What the file calls each column that it has."""
        self.cells: dict[Location, tuple[int, str]] = {}
        """The line and the column that a place in the data of the scenario comes from."""

    def refuse(
        self, line: int, column: str, code: str, received: Any, message: str, allowed: str = ""
    ) -> None:
        self.problems.append(
            Problem(
                where=self.table.place(
                    self.called.get(column, column), line, self.positions.get(column)
                ),
                code=code,
                received=received.shown if isinstance(received, _NoValue) else received,
                allowed=allowed,
                message=message,
                line=line,
            )
        )
        self.refused.add((line, column))

    def header(self) -> None:
        """Find the columns.

        Raises:
            ScenarioError: one that a map cannot do without is missing, or there is no row.
        """
        line, cells = self.table.records[0] if self.table.records else (1, ())
        if len(cells) > LARGEST_COLUMNS:
            message = f"must have at most {LARGEST_COLUMNS} columns"
            allowed = str(LARGEST_COLUMNS)
            source = self.table.source
            raise _file_error(source, "file_too_many_columns", message, allowed=allowed, line=line)
        for position, cell in enumerate(cells):
            name = _column_name(cell)
            if name in self.positions:
                self.refuse(line, name, "duplicate_column", cell, "a column may stand only once")
            elif name in COLUMNS:
                self.positions[name] = position
                self.called[name] = " ".join(str(cell).split())
            elif name:
                near = difflib.get_close_matches(name, COLUMNS, n=1)
                guess = f"did you mean {near[0]}? " if near else ""
                known = ", ".join(COLUMNS)
                message = f"is not a column of a value map; {guess}Known: {known}"
                self.refuse(line, str(cell).strip(), "unknown_column", cell, message, known)
        missing = [name for name in NEEDED_COLUMNS if name not in self.positions]
        for name in missing:
            message = "the first row must name this column"
            self.refuse(line, name, "missing_column", None, message)
        count = len(self.table.records) - 1
        if not missing and not 1 <= count <= LARGEST_ROWS:
            message = f"there must be between 1 and {LARGEST_ROWS} rows under the header"
            allowed = str(LARGEST_ROWS)
            self.refuse(line, "stakeholder", "wrong_number_of_rows", count, message, allowed)
            missing = ["rows"]
        if missing:
            raise ScenarioError(self.problems, source=self.table.source)

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Yield each row with its line; what stands under no column is refused."""
        header = self.table.records[0][1]
        for line, cells in self.table.records[1:]:
            beyond = [
                position
                for position, cell in enumerate(cells)
                if not _is_blank(cell) and (position >= len(header) or _is_blank(header[position]))
            ]
            if beyond:
                place, message = f"number {beyond[0] + 1}", "no column stands above this cell"
                self.refuse(line, place, "no_column", cells[beyond[0]], message)
            yield (
                line,
                {
                    name: cells[position] if position < len(cells) else None
                    for name, position in self.positions.items()
                },
            )

    def text(self, line: int, row: Row, column: str) -> str:
        """Return the text in a cell; a number or a date counts as it is written."""
        cell = row.get(column)
        if _is_blank(cell):
            return ""
        if isinstance(cell, _NoValue):
            self.refuse(line, column, "no_value", cell, cell.message)
            return ""
        if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
            cell = cell.date()
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            return _written(float(cell))
        text = re.sub(r"\r\n?", "\n", str(cell).strip())
        if _holds_what_no_table_can(text):
            message = "must hold letters, figures and signs only, no control character"
            self.refuse(line, column, "control_character", text, message)
            return ""
        if self.table.delimiter and text.startswith("'") and _FORMULA.match(text):
            return text[1:]
        return text

    def number(self, line: int, row: Row, column: str) -> float | None:
        """Return the number in a cell; ``None`` where it is blank, or refused."""
        cell = row.get(column)
        if _is_blank(cell):
            return None
        if isinstance(cell, _NoValue):
            self.refuse(line, column, "no_value", cell, cell.message)
            return None
        try:
            number = self._number(cell, column)
        except _AmbiguousNumberError:
            message = "may be read as thousands or as decimals: write 1234.0, or 1 234"
            self.refuse(line, column, "ambiguous_number", cell, message)
            return None
        if number is None:
            message = "must be a number, such as 1200" + (" or 20 %" if column in SHARES else "")
            self.refuse(line, column, "not_a_number", cell, message)
        elif column in SHARES and not 0 <= number <= 1:
            message = "must be a share between 0 and 1, such as 0.2, or 20 % with its sign"
            self.refuse(line, column, "not_a_share", cell, message, "0, 1")
            return None
        return number

    def _number(self, cell: Any, column: str) -> float | None:
        if isinstance(cell, str):
            if cell.strip().endswith("%") and column not in SHARES:
                return None
            if column in IN_MONEY:
                cell = _MONEY.sub("", cell.strip())
            return number_in(cell, decimal_mark="," if self.table.delimiter == ";" else ".")
        if isinstance(cell, bool) or not isinstance(cell, int | float):
            return None
        try:
            return float(cell)
        except OverflowError:
            return None

    def years(self, line: int, row: Row, column: str) -> int | None:
        """Return a whole number of years; ``None`` where there is none, or it is refused."""
        number = self.number(line, row, column)
        if number is None or number.is_integer():
            return None if number is None else int(number)
        self.refuse(line, column, "not_whole", row[column], "must be a whole number of years")
        return None


def _scenario_in(table: _Table, activity_years: Value | None = None) -> Scenario:
    """Return the scenario of a table, of an activity of so many years: an input may begin late.

    Raises:
        ScenarioError: every fault.
    """
    reading = _Reading(table)
    reading.header()
    data = _data(reading)
    if activity_years is not None:
        data["settings"] = {"activity_years": _yours(activity_years)}
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as error:
        found = zip(problems_of(error, data), error.errors(), strict=True)
        # A text that stands for both languages is at fault in both: one problem is enough.
        places = {(one.line, one.where) for one in reading.problems}
        for problem, one in found:
            line, where = _cell_of(reading, one["loc"]) or (None, problem.where)
            if (line, where) not in places:
                places.add((line, where))
                reading.problems.append(
                    Problem(
                        where=where,
                        code=problem.code,
                        received=problem.received,
                        allowed=problem.allowed,
                        message=problem.message,
                        line=line,
                    )
                )
    if reading.problems:
        in_order = sorted(reading.problems, key=lambda one: one.line or 0)
        raise ScenarioError(in_order, source=table.source)
    return scenario


def _cell_of(reading: _Reading, location: Location) -> tuple[int, str] | None:
    """Return the line and the name of the cell that a place in the data comes from."""
    for length in range(len(location), 0, -1):
        if (cell := reading.cells.get(location[:length])) is not None:
            line, column = cell
            return line, reading.table.place(column, line, reading.positions.get(column))
    return None


def _data(reading: _Reading) -> dict[str, Any]:
    """Return the data of a scenario in which what is refused is passed over."""
    stakeholders: dict[str, str] = {}
    costs: list[dict[str, Any]] = []
    outcomes: list[dict[str, Any]] = []
    for line, row in reading.rows():
        name = reading.text(line, row, "stakeholder")
        if not name:
            if (line, "stakeholder") not in reading.refused:
                message = "must name a stakeholder, in every row: merged cells are not read"
                reading.refuse(line, "stakeholder", "missing", None, message)
            name = UNREAD
        if name not in stakeholders:
            reading.cells["stakeholders", len(stakeholders)] = (line, "stakeholder")
            stakeholders[name] = identifier(name, stakeholders.values(), otherwise="stakeholder")
        own = {"stakeholder": stakeholders[name]}
        has_outcome = not _is_blank(row.get("outcome"))
        if not (_is_blank(row.get("input")) and _is_blank(row.get("input_value"))):
            costs.append(own | _cost(reading, line, row, ("costs", len(costs)), has_outcome))
        if has_outcome:
            outcomes.append(own | _outcome(reading, line, row, ("outcomes", len(outcomes))))
        else:
            _refuse_without_an_outcome(reading, line, row)
    taken = set(RESERVED_IDS)
    for group, otherwise in ((costs, "input"), (outcomes, "outcome")):
        for record in group:
            record["id"] = identifier(record.pop("named"), taken, otherwise=otherwise)
            taken.add(record["id"])
    stem = Path(reading.table.source).stem
    return {
        "id": identifier(stem, otherwise="value_map"),
        "name": _shortened(stem) or "value_map",
        "stakeholders": [{"id": one, "name": name} for name, one in stakeholders.items()],
        "costs": costs,
        "outcomes": outcomes,
    }


def _cost(
    reading: _Reading, line: int, row: Row, place: Location, has_outcome: bool
) -> dict[str, Any]:
    """Return the data of an input."""
    columns = {(): "input", ("value",): "input_value", ("start_year",): "start_year"}
    reading.cells |= {(*place, *way): (line, column) for way, column in columns.items()}
    text = reading.text(line, row, "input")
    value = reading.number(line, row, "input_value")
    start = None if has_outcome else reading.years(line, row, "start_year")
    return {
        "named": text,
        **_described(text, "input"),
        **(_house()["unvalued_input"] if value is None else _yours(value)),
        "start_year": 1 if start is None else start,
    }


def _outcome(reading: _Reading, line: int, row: Row, place: Location) -> dict[str, Any]:
    """Return the data of an outcome."""
    columns: dict[Location, str] = {
        (): "outcome",
        ("factors", 0): "quantity",
        ("factors", 0, "label"): "indicator",
        ("factors", 0, "help"): "indicator",
        ("factors", 1): "proxy_value",
        ("factors", 1, "label"): "proxy",
        ("factors", 1, "help"): "proxy",
        ("factors", 1, "locator"): "proxy_source",
        ("benefit_period",): "duration_years",
        ("start_year",): "start_year",
        **{(name,): name for name in SHARES},
    }
    reading.cells |= {(*place, *way): (line, column) for way, column in columns.items()}
    quantity = reading.number(line, row, "quantity")
    proxy_value = reading.number(line, row, "proxy_value")
    if quantity is not None and quantity <= 0:
        message = "an outcome needs a quantity of more than 0"
        reading.refuse(line, "quantity", "not_positive", row["quantity"], message)
        quantity = None
    for column, stated in (("quantity", quantity), ("proxy_value", proxy_value)):
        if stated is None and (line, column) not in reading.refused:
            message = f"an outcome needs a {column.replace('_', ' ')}"
            reading.refuse(line, column, "missing", row.get(column), message)
    text = reading.text(line, row, "outcome")
    years = reading.years(line, row, "duration_years")
    start = reading.years(line, row, "start_year")
    return {
        "named": text,
        **_described(text),
        "start_year": 1 if start is None else start,
        "factors": [
            {
                "id": "quantity",
                **_described(reading.text(line, row, "indicator"), "quantity"),
                "unit": "item",
                **_yours(1.0 if quantity is None else quantity),
            },
            {
                "id": "proxy",
                **_described(reading.text(line, row, "proxy"), "proxy"),
                "unit": "EUR/item/year",
                "locator": reading.text(line, row, "proxy_source") or None,
                **_yours(proxy_value or 0.0),
            },
        ],
        "benefit_period": None if years is None else _yours(years),
        **{
            name: None if (share := reading.number(line, row, name)) is None else _yours(share)
            for name in SHARES
        },
    }


def _refuse_without_an_outcome(reading: _Reading, line: int, row: Row) -> None:
    """Refuse what is said of an outcome in a row that names none."""
    for column in OF_AN_OUTCOME:
        if not _is_blank(cell := row.get(column)):
            message = "the row must name the outcome this is about"
            reading.refuse(line, column, "no_outcome", cell, message)


def _yours(value: Value) -> dict[str, Any]:
    return {"value": value, "provenance": Provenance.YOURS}


def _described(text: str, number: str = "") -> dict[str, Any]:
    """Return the label of a text, and all of it as help where it is too long for a label."""
    if not text:
        return {"label": _label_of_the_house(number) if number else UNREAD}
    label = _shortened(text)
    return {"label": label} if label == text else {"label": label, "help": text}


# --- Writing -----------------------------------------------------------------------------------


def _rows_of(scenario: Scenario, language: Language) -> list[dict[str, Any]]:
    """Return the rows of a value map: texts, numbers, and ``None`` in blank cells."""
    names = {one.id: getattr(one.name, language) for one in scenario.stakeholders}
    blank = dict.fromkeys(COLUMNS)
    return [
        blank
        | {"stakeholder": names[stakeholder]}
        | ({} if cost is None else _cells_of_cost(cost, language))
        | ({} if outcome is None else _cells_of_outcome(outcome, language))
        for stakeholder, cost, outcome in _layout(scenario)
    ]


def _layout(scenario: Scenario) -> list[tuple[str, Cost | None, Outcome | None]]:
    """Return who each row is about, with a cost, an outcome, or both.

    Costs, outcomes and stakeholders keep their order: one who comes before the lines allow it
    has a row alone. A stakeholder's rows stand together as far as that goes, and begin with
    its inputs.
    """
    place = {one.id: position for position, one in enumerate(scenario.stakeholders)}
    order = list(place)
    costs, outcomes = deque(scenario.costs), deque(scenario.outcomes)
    rows: list[tuple[str, Cost | None, Outcome | None]] = []
    introduced, current = 0, ""
    while costs or outcomes:
        heads = [lines[0].stakeholder for lines in (costs, outcomes) if lines]
        heads = [one for one in heads if place[one] <= introduced]
        if not heads:
            rows.append((order[introduced], None, None))
            introduced += 1
            continue
        current = current if current in heads else min(heads, key=place.__getitem__)
        cost = costs.popleft() if costs and costs[0].stakeholder == current else None
        # A row has one start year; in a row with an outcome it is the outcome's.
        alone = cost is not None and cost.start_year != 1
        takes_one = outcomes and outcomes[0].stakeholder == current and not alone
        rows.append((current, cost, outcomes.popleft() if takes_one else None))
        introduced = max(introduced, place[current] + 1)
    return rows + [(one, None, None) for one in order[introduced:]]


def _cells_of_cost(cost: Cost, language: Language) -> dict[str, Any]:
    is_unvalued = (
        cost.value == 0
        and cost.provenance == Provenance.ASSUMED
        and cost.reason == Text.model_validate(_house()["unvalued_input"]["reason"])
    )
    return {
        "input": _text_of(cost.label, cost.help, language, "input"),
        "input_value": None
        if is_unvalued
        else float(formulas.gross_value(one.value for one in cost.factors)),
        "start_year": None if cost.start_year == 1 else cost.start_year,
    }


def _cells_of_outcome(outcome: Outcome, language: Language) -> dict[str, Any]:
    in_money = [one for one in outcome.factors if units.is_money(one.unit)]
    counted, proxy = next(iter(outcome.quantities), None), in_money[0]
    period = outcome.benefit_period
    shares = {name: getattr(outcome, name) for name in SHARES}
    return {
        "outcome": _text_of(outcome.label, outcome.help, language),
        "indicator": counted and _text_of(counted.label, counted.help, language, "quantity"),
        "quantity": float(formulas.gross_value(one.value for one in outcome.quantities)),
        "duration_years": period and period.value,
        "start_year": None if outcome.start_year == 1 else outcome.start_year,
        "proxy": _text_of(proxy.label, proxy.help, language, "proxy"),
        "proxy_value": float(formulas.gross_value(one.value for one in in_money)),
        "proxy_source": proxy.locator and getattr(proxy.locator, language),
        **{name: None if one is None else one.value for name, one in shares.items()},
    }


def _text_of(label: Name, help: Text | None, language: Language, number: str = "") -> str | None:
    """Return the text that a label, and a help that says all of it, were made of."""
    if number and label == _label_of_the_house(number):
        return None
    short = str(getattr(label, language))
    whole = "" if help is None else str(getattr(help, language))
    return whole if whole and _shortened(whole) == short else short


def _lost(scenario: Scenario, rows: Iterable[Mapping[str, Any]]) -> list[Problem]:
    """Return what a value map of these rows does not say of a scenario: what reading it changes."""
    cells = [tuple(row[column] for column in COLUMNS) for row in rows]
    table = _Table(source=scenario.id, records=list(enumerate([COLUMNS, *cells], start=1)))
    try:
        read = case_data(_scenario_in(table, scenario.settings.activity_years.value))
    except ScenarioError as error:
        return list(error.problems)
    read["settings"] = {}
    kept = case_data(scenario)
    # The name and the id of a value map are those of its file; its settings are listed one by one.
    for data in (read, kept):
        del data["id"], data["name"]
        data.setdefault("settings", {})
    return [
        Problem(
            where=place,
            code="no_column_for_it",
            received=value,
            allowed="",
            message="a value map has no column for this setting: give it when the map is read"
            if place.startswith("settings.")
            else "a value map has no column that holds this",
        )
        for place, value in _differences(kept, read)
    ]


def _differences(kept: Any, read: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each place at which two data differ, with what stands there in the first."""
    if isinstance(kept, dict) and isinstance(read, dict):
        for name in kept | read:
            step = f"{place}.{name}" if place else name
            yield from _differences(kept.get(name), read.get(name), step)
    elif isinstance(kept, list) and isinstance(read, list) and len(kept) == len(read):
        for position, (one, other) in enumerate(zip(kept, read, strict=True)):
            named = one.get("id", position) if isinstance(one, dict) else position
            yield from _differences(one, other, f"{place}[{named}]")
    elif kept != read:
        yield place, kept


def _as_delimited(rows: Iterable[Mapping[str, Any]], delimiter: str) -> bytes:
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter)
    for row in rows:
        writer.writerow([_as_csv(row[column]) for column in COLUMNS])
    return written.getvalue().encode("utf-8-sig")


def _as_csv(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f"'{cell}" if _FORMULA.match(cell) else cell
    return _written(float(cell))


def _as_workbook(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return rows as a workbook, the first one in bold; likewise in ``_as_delimited``."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.worksheet.worksheet import Worksheet

    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # what a new workbook has
    sheet.title = "value map"
    sheet.freeze_panes = "B2"
    for line, row in enumerate(rows, start=1):
        for position, column in enumerate(COLUMNS, start=1):
            cell = sheet.cell(row=line, column=position)
            _fill(cell, row[column])
            if column in SHARES:
                cell.number_format = "0.0%"
            if line == 1:
                cell.font = Font(bold=True)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _fill(cell: Any, value: Any) -> None:
    """Put a text or a number in a cell, never a formula, and all the digits of a number."""
    if value is None:
        return
    if isinstance(value, str):
        cell.value = "".join(one for one in value if not _holds_what_no_table_can(one))
        cell.data_type = "s"
    else:
        # As a text of type number: openpyxl would keep 16 digits of 17.
        cell.value = _written(float(value))
        cell.data_type = "n"
