"""Tables of associations as files hold them: CSV, Excel or Parquet, read within limits, written.

CSV may have any usual separator, and be in UTF-8 or as older spreadsheets write it.
"""

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal

import numpy as np

from roi_model.portfolio_pages import unpacked_size
from roi_model.portfolio_workbooks import Row, sheet_rows
from roi_model.problems import Problem, ScenarioError
from roi_model.value_map_files import decoded, part_with_entities

Language = Literal["fr", "en"]
Columns = Mapping[str, Sequence[Any]]

PORTFOLIO_SUFFIXES = (".csv", ".tsv", ".xlsx", ".parquet")
LARGEST_TABLE = 100_000_000
"""Bytes of a file."""
LARGEST_EXPANDED = 800_000_000
"""Bytes of a workbook once it is unpacked."""
MOST_ROWS = 250_000
MOST_LINES = 1_048_576
"""Rows with those that are blank, as many as a sheet has: each takes a while."""
MOST_COLUMNS = 200
LAST_LINE_OF_HEADINGS = 10
"""Above the headings there may be a title; a table without one begins with them."""
LARGEST_NUMBER = 16
"""Bytes of a number in Parquet."""
LONGEST_FIXED = 100
"""Bytes of a value in Parquet of which all are as long."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """What a file holds, rows that are blank left out."""

    source: str
    headings: tuple[str, ...]
    """All different: what two columns share, or none has, goes by the place of the column."""
    rows: Sequence[Sequence[Any]]
    lines: Sequence[int]
    """Where each row stands in the file, from 1; in Parquet, the number of the row."""
    decimal_mark: Literal[".", ","] = "."

    def column(self, position: int) -> list[Any]:
        """Return the cells of a column; ``None`` where a row is too short."""
        return [row[position] if position < len(row) else None for row in self.rows]


def read_table(path: str | Path) -> Table:
    """Return the table in a file.

    Raises:
        ScenarioError: it cannot be read, or is too large.
    """
    path = Path(path)
    try:
        if path.stat().st_size > LARGEST_TABLE:
            message = f"must be at most {LARGEST_TABLE} bytes"
            raise file_error(path.name, "file_too_large", message, str(LARGEST_TABLE))
        content = path.read_bytes()
    except OSError as error:
        message = f"must be an existing file that can be read: {error}"
        raise file_error(path.name, "file_missing", message) from error
    return table_from(content, name=path.name)


def table_from(content: bytes, *, name: str) -> Table:
    """Return the table in the content of a file; ``name`` is that of the file.

    Raises:
        ScenarioError: as ``read_table``.
    """
    readers = {".csv": _delimited, ".tsv": _delimited, ".xlsx": _workbook, ".parquet": _parquet}
    reader = readers.get(Path(name).suffix.lower())
    if reader is None:
        endings = ", ".join(PORTFOLIO_SUFFIXES)
        raise file_error(name, "file_ending", f"must end in one of: {endings}", endings)
    if len(content) > LARGEST_TABLE:
        message = f"must be at most {LARGEST_TABLE} bytes"
        raise file_error(name, "file_too_large", message, str(LARGEST_TABLE))
    table = reader(content, name)
    if len(table.headings) > MOST_COLUMNS:
        message = f"must have at most {MOST_COLUMNS} columns"
        raise file_error(name, "file_too_many_columns", message, str(MOST_COLUMNS))
    if not table.rows:
        message = "there must be at least one row under the headings"
        raise file_error(name, "file_without_rows", message, "1")
    return replace(table, headings=_told_apart(table.headings))


def _told_apart(headings: tuple[str, ...]) -> tuple[str, ...]:
    """Return headings that are all different, so that each can be corrected by itself."""
    seen: Counter[str] = Counter()
    found = []
    for at, heading in enumerate(headings, start=1):
        seen[heading] += 1
        found.append(f"#{at} {heading}".strip() if seen[heading] > 1 or not heading else heading)
    return tuple(found)


def is_blank(cell: Any) -> bool:
    """Say whether a cell holds nothing, or spaces."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _kept(rows: Iterable[tuple[int, Sequence[Any]]], source: str) -> Iterator[tuple[int, Any]]:
    """Yield the rows that are not blank, as long as they are not too many."""
    count = 0
    for line, cells in rows:
        is_row = not all(map(is_blank, cells))
        count += is_row
        if count > MOST_ROWS + 1 or line > MOST_LINES:
            message = f"must have at most {MOST_ROWS} rows"
            raise file_error(source, "file_too_many_rows", message, str(MOST_ROWS))
        if is_row:
            yield line, cells


def _table(rows: Iterator[tuple[int, Any]], source: str, mark: Literal[".", ","] = ".") -> Table:
    found = list(rows)
    first = [cells for line, cells in found if line <= LAST_LINE_OF_HEADINGS]
    at = _place_of_headings(first)
    headings = (
        ["" if is_blank(cell) else str(cell).strip() for cell in found[at][1]] if found else []
    )
    while headings and not headings[-1]:
        headings.pop()
    del found[: at + 1]
    return Table(
        source=source,
        headings=tuple(headings),
        rows=[cells for _, cells in found],
        lines=[line for line, _ in found],
        decimal_mark=mark,
    )


def _place_of_headings(rows: Sequence[Sequence[Any]]) -> int:
    """Return the place of the headings among the first rows: 0, or below lines of one text each.

    What stands under such lines are headings if it is two texts or more, and no number.
    """
    for place, cells in enumerate(rows):
        filled = [cell for cell in cells if not is_blank(cell)]
        if len(filled) > 1:
            return place if not any(map(_is_number, filled)) else 0
    return 0


def _is_number(cell: Any) -> bool:
    return not isinstance(cell, str) or not re.search(r"[^\W\d_]", cell)


def _delimited(content: bytes, source: str) -> Table:
    text = decoded(content, source)
    named = re.match(r"sep=([,;\t|])\r?\n", text)
    lines = (line for line in text.splitlines()[bool(named) :] if line.strip())
    first = list(islice(lines, LAST_LINE_OF_HEADINGS)) or [""]
    at = _place_of_headings([re.split(r"[;\t|,]", _outside_quotes(line)) for line in first])
    header = first[at]
    delimiter = named[1] if named else max(";\t|,", key=_outside_quotes(header).count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)

    def numbered() -> Iterator[tuple[int, list[str]]]:
        line = 1
        try:
            for cells in reader:
                if not (named and line == 1):
                    yield line, cells
                line = reader.line_num + 1
        except csv.Error as error:
            message = f"must be readable as CSV: {error}"
            raise file_error(source, "file_not_csv", message, line=line) from error

    return _table(_kept(numbered(), source), source, "," if delimiter == ";" else ".")


def _outside_quotes(header: str) -> str:
    return re.sub(r'"[^"]*"', "", header)


def _workbook(content: bytes, source: str) -> Table:
    """Return the first sheet of a workbook; a formula counts as its stored value."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            expanded = sum(one.file_size for one in archive.infolist())
            if expanded > LARGEST_EXPANDED:
                message = f"must be at most {LARGEST_EXPANDED} bytes once unpacked"
                raise file_error(source, "file_too_large", message, str(LARGEST_EXPANDED))
            if (part := part_with_entities(archive)) is not None:
                message = f"must declare no entities ({part} does)"
                raise file_error(source, "file_declares_entities", message)
        rows = sheet_rows(content, most_columns=MOST_COLUMNS)
        return _table(_kept(_with_percents(rows), source), source)
    except ScenarioError:
        raise
    except Exception as error:  # a broken workbook breaks its reader in many ways
        message = f"must be an Excel workbook (.xlsx): {error}"
        raise file_error(source, "file_not_a_workbook", message) from error


def _with_percents(rows: Iterator[Row]) -> Iterator[tuple[int, list[Any]]]:
    """Yield rows, with percentages written as such where a heading asks for them."""
    first = list(islice(rows, LAST_LINE_OF_HEADINGS))
    above = [one.cells for one in first if one.line <= LAST_LINE_OF_HEADINGS]
    headings = above[_place_of_headings(above)] if above else []
    asked = {at for at, one in enumerate(headings) if "%" in str(one)}
    for row in chain(first, rows):
        for at in asked.intersection(row.percents):
            row.cells[at] = f"{row.cells[at] * 100:.15g}%"
        yield row.line, row.cells


def _parquet(content: bytes, source: str) -> Table:
    try:
        from pyarrow import parquet
    except ImportError as error:
        message = "reading Parquet needs pyarrow: pip install 'roi-model[portfolio]'"
        raise file_error(source, "file_needs_pyarrow", message) from error
    try:
        file = parquet.ParquetFile(io.BytesIO(content))
        if file.metadata.num_rows > MOST_ROWS:
            message = f"must have at most {MOST_ROWS} rows"
            raise file_error(source, "file_too_many_rows", message, str(MOST_ROWS))
        if file.metadata.num_columns > MOST_COLUMNS:
            message = f"must have at most {MOST_COLUMNS} columns"
            raise file_error(source, "file_too_many_columns", message, str(MOST_COLUMNS))
        cells = file.metadata.num_rows * file.metadata.num_columns
        if unpacked_size(content, file.metadata) > LARGEST_TABLE + LARGEST_NUMBER * cells:
            raise _unpacks_to_too_much(source)
        columns = _bounded(content, file.schema, source).to_pydict()
    except ScenarioError:
        raise
    except Exception as error:  # a broken file breaks its reader in many ways
        message = f"must be a Parquet file: {error}"
        raise file_error(source, "file_not_parquet", message) from error
    rows = list(zip(*columns.values(), strict=True))
    lines = range(1, len(rows) + 1)
    return Table(source=source, headings=tuple(map(str, columns)), rows=rows, lines=lines)


def _bounded(content: bytes, schema: Any, source: str) -> Any:
    """Return the table of a Parquet file, in which a text said once can stand in every row."""
    from pyarrow import compute, parquet, types

    columns = [schema.column(at) for at in range(len(schema))]
    if any(one.max_repetition_level or one.length > LONGEST_FIXED for one in columns):
        message = "must hold numbers and texts, one in each row of a column"
        raise file_error(source, "file_not_parquet", message)
    texts = [one.path for one in columns if one.physical_type == "BYTE_ARRAY"]
    table = parquet.ParquetFile(io.BytesIO(content), read_dictionary=texts).read()
    expanded = sum(
        compute.sum(compute.binary_length(chunk.dictionary).take(chunk.indices)).as_py() or 0
        for column in table.columns
        if types.is_dictionary(column.type)
        for chunk in column.chunks
    )
    if expanded > LARGEST_TABLE:
        raise _unpacks_to_too_much(source)
    return table


def _unpacks_to_too_much(source: str) -> ScenarioError:
    message = f"must be at most {LARGEST_TABLE} bytes once unpacked"
    return file_error(source, "file_too_large", message, str(LARGEST_TABLE))


# --- Written -----------------------------------------------------------------------------------


def parquet_of(columns: Columns, said: Mapping[str, str], source: str) -> bytes:
    """Return columns as Parquet, with what is said of them as its metadata.

    Raises:
        ScenarioError: pyarrow is not installed.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        message = "writing Parquet needs pyarrow: pip install 'roi-model[portfolio]'"
        raise file_error(source, "file_needs_pyarrow", message) from error
    table = pyarrow.table({name: pyarrow.array(list(one)) for name, one in columns.items()})
    buffer = io.BytesIO()
    parquet.write_table(table.replace_schema_metadata(dict(said)), buffer)
    return buffer.getvalue()


def csv_of(columns: Columns, language: Language | None) -> bytes:
    """Return columns as CSV in UTF-8: with a decimal point, or as French Excel opens it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";" if language == "fr" else ",")
    writer.writerow([_inert(one) for one in columns])
    for row in zip(*columns.values(), strict=True):
        writer.writerow([_cell(one, language) for one in row])
    return text.getvalue().encode("utf-8-sig")


def _cell(value: Any, language: Language | None) -> Any:
    if isinstance(value, str):
        return _inert(value)
    if isinstance(value, float) and language == "fr":
        return repr(value).replace(".", ",")
    return "" if value is None else value


def _inert(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula; a number stays one."""
    is_number = re.fullmatch(r"-?[0-9.,]+(e[+-]?[0-9]+)?", text)
    return f"'{text}" if re.match(r"[=+@\-\t\r]", text) and not is_number else text


def workbook_of(columns: Columns) -> bytes:
    """Return columns as an Excel workbook."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("results")
    sheet.freeze_panes = "A2"

    def cell(value: Any) -> Any:
        if isinstance(value, str):
            text = WriteOnlyCell(sheet, value=re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", " ", value))
            text.data_type = "s"
            return text
        return value.item() if isinstance(value, np.generic) else value

    sheet.append([cell(one) for one in columns])
    for row in zip(*columns.values(), strict=True):
        sheet.append([cell(one) for one in row])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def file_error(
    source: str, code: str, message: str, allowed: str = "", line: int | None = None
) -> ScenarioError:
    """Return the refusal of a whole file."""
    problem = Problem(
        where=source, code=code, received=source, allowed=allowed, message=message, line=line
    )
    return ScenarioError([problem])
