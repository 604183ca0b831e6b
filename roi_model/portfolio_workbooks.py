"""The cells of an Excel workbook: those of its first sheet, row after row, a formula as its value.

openpyxl reads what stands beside the cells: shared strings, styles, which sheet is the first. Its
objects for cells take several times as long as the cells themselves, which expat parses here, from
an archive whose sizes are bounded and whose parts declare no entities.
"""

import io
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat

CHUNK = 2**16
"""Bytes of a sheet that are parsed at once."""

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main "
_ROW, _CELL, _VALUE, _FORMULA = f"{_MAIN}row", f"{_MAIN}c", f"{_MAIN}v", f"{_MAIN}f"
_TEXT, _PHONETIC = f"{_MAIN}t", f"{_MAIN}rPh"


@dataclass(frozen=True, slots=True)
class NoValue:
    """A cell that shows something but holds no value."""

    shown: str

    def __str__(self) -> str:
        """Return what it shows."""
        return self.shown


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A row of a sheet."""

    line: int
    """Where it stands, from 1."""
    cells: list[Any]
    percents: list[int]
    """Places of the numbers that are shown in percent."""


def sheet_rows(content: bytes, *, most_columns: int) -> Iterator[Row]:
    """Yield the rows that the first sheet of a workbook states, those that are blank too.

    What stands in columns beyond ``most_columns`` comes in one more, so that no row is longer.
    What an invalid workbook raises is of many kinds.
    """
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.styles.stylesheet import apply_stylesheet

    reader = ExcelReader(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what openpyxl leaves out: styles, drawings
        reader.read_manifest()
        reader.read_strings()
        reader.read_workbook()
        apply_stylesheet(reader.archive, reader.wb)
        targets = [
            of.target
            for _, of in reader.parser.find_sheets()
            if of.target in reader.valid_files and "chartsheet" not in of.Type
        ]
    if not targets:
        raise ValueError("it has no sheet")
    sheet = _Sheet(_Meaning(reader), most_columns)
    with reader.archive.open(targets[0]) as file:
        while chunk := file.read(CHUNK):
            yield from sheet.parsed(chunk)
        yield from sheet.parsed(b"", is_last=True)


class _Meaning:
    """What cells of a workbook mean, by their kind and their style."""

    def __init__(self, reader: Any) -> None:
        from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE

        book = reader.wb
        own = dict(enumerate(book._number_formats, start=BUILTIN_FORMATS_MAX_SIZE))
        formats: Mapping[int, str] = BUILTIN_FORMATS | own
        self.percents = {
            str(style)
            for style, one in enumerate(book._cell_styles)
            if "%" in formats.get(one.numFmtId, "")
        }
        self._strings = reader.shared_strings
        self._epoch = book.epoch
        self._dates = {str(one) for one in book._date_formats}
        self._durations = {str(one) for one in book._timedelta_formats}

    def value(self, written: str, kind: str, style: str) -> Any:
        """Return what is written in a cell."""
        if kind == "n":
            is_whole = written.isdecimal() and len(written) < 16
            number = int(written) if is_whole else float(written)
            return self._date(number, style) if style in self._dates else number
        if kind == "s":
            return self._strings[int(written)]
        if kind == "b":
            return bool(int(written))
        return written

    def _date(self, number: float, style: str) -> Any:
        from openpyxl.utils.datetime import from_excel

        try:
            return from_excel(number, self._epoch, timedelta=style in self._durations)
        except (OverflowError, ValueError):
            return "#VALUE!"


class _Sheet:
    """A sheet being parsed: what its elements say, until a row is whole."""

    def __init__(self, meaning: _Meaning, most_columns: int) -> None:
        self._meaning = meaning
        self._most = most_columns
        self._rows: list[Row] = []
        self._line = self._column = 0
        self._cells: list[Any] = []
        self._percents: list[int] = []
        self._cell: Mapping[str, str] = {}
        self._said: dict[str, str] = {}
        self._text: list[str] | None = None
        self._is_phonetic = False
        self._columns: dict[str, int] = {}
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._read

    def parsed(self, chunk: bytes, *, is_last: bool = False) -> list[Row]:
        """Return the rows that are whole once some more of the sheet is parsed."""
        self._parser.Parse(chunk, is_last)
        rows, self._rows = self._rows, []
        return rows

    def _begin(self, element: str, attributes: Mapping[str, str]) -> None:
        if element == _CELL:
            self._cell, self._said = attributes, {}
        elif element in (_VALUE, _FORMULA, _TEXT):
            self._text = []
        elif element == _PHONETIC:
            self._is_phonetic = True
        elif element == _ROW:
            line = int(float(attributes.get("r", self._line + 1)))
            if line <= self._line:
                raise ValueError(f"rows must stand in order (got {line} after {self._line})")
            self._line = line
            self._column, self._cells, self._percents = 0, [], []

    def _read(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _end(self, element: str) -> None:
        if self._text is not None and element in (_VALUE, _FORMULA, _TEXT):
            if not self._is_phonetic:
                self._said[element] = self._said.get(element, "") + "".join(self._text)
            self._text = None
        elif element == _CELL:
            self._place()
        elif element == _PHONETIC:
            self._is_phonetic = False
        elif element == _ROW:
            self._rows.append(Row(line=self._line, cells=self._cells, percents=self._percents))

    def _place(self) -> None:
        """Put a cell in its row; an empty one leaves its place blank."""
        kind, style = self._cell.get("t", "n"), self._cell.get("s", "0")
        column = self._column_of(self._cell.get("r"))
        if column <= self._column:
            raise ValueError(f"cells must stand in order (got column {column} twice or too late)")
        self._column = column
        written = self._said.get(_TEXT if kind == "inlineStr" else _VALUE)
        if written:
            value = self._meaning.value(written, kind, style)
        elif _FORMULA in self._said:
            value = NoValue(f"={self._said[_FORMULA]}")
        else:
            return
        at = min(column - 1, self._most)
        self._cells.extend([None] * (at - len(self._cells)))
        self._cells[at:] = [value]
        if kind == "n" and style in self._meaning.percents:
            self._percents.append(at)

    def _column_of(self, reference: str | None) -> int:
        """Return the number of a column, from 1: of a cell that says where it is, or the next."""
        if reference is None:
            return self._column + 1
        letters = reference.rstrip("0123456789")
        if letters not in self._columns:
            from openpyxl.utils.cell import column_index_from_string

            self._columns[letters] = column_index_from_string(letters)
        return self._columns[letters]
