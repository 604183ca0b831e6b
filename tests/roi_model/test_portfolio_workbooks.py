import datetime
import io
import re
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from roi_model.portfolio_workbooks import NoValue, sheet_rows

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"


def saved(book):
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def with_sheet(rows, *, prefix=""):
    """Return a workbook whose sheet has these rows, as XML."""
    name = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
    sheet = f"<{prefix}worksheet {name}='{MAIN}'><{prefix}sheetData>{rows}</{prefix}sheetData>"
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(saved(Workbook()))) as book,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for part in book.namelist():
            written = f"{sheet}</{prefix}worksheet>" if part == SHEET else book.read(part)
            copy.writestr(part, written)
    return content.getvalue()


def lines(content, most_columns=200):
    rows = sheet_rows(content, most_columns=most_columns)
    return [(one.line, one.cells, one.percents) for one in rows]


def test_cells_are_those_that_openpyxl_reads():
    book = Workbook()
    sheet = book.active
    sheet.append(["id", "é\n<&>", None, "last"])
    sheet["A3"], sheet["C3"], sheet["F3"] = 12, -0.25, 1e300
    sheet["A5"], sheet["B5"], sheet["C5"] = True, "#N/A", "0012"
    sheet["A6"], sheet["B6"] = datetime.datetime(2026, 3, 1, 12, 30), datetime.timedelta(hours=30)
    sheet["C6"], sheet["D6"] = datetime.time(8, 15), 0.2
    sheet["D6"].number_format, sheet["A3"].number_format = "0.0 %", "# ##0 €"
    book.create_sheet("second").append(["no part of it"])
    content = saved(book)
    expected = load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
    found = lines(content)
    assert [line for line, _, _ in found] == [1, 3, 5, 6]
    for line, cells, _ in found:
        theirs = [one.value for one in next(expected.iter_rows(line, line))]
        assert cells == theirs[: len(cells)]
        assert not any(one is not None for one in theirs[len(cells) :])
        assert [type(one) for one in cells] == [type(one) for one in theirs[: len(cells)]]
    assert [percents for _, _, percents in found] == [[], [], [], [3]]


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_what_files_may_leave_out(prefix):
    rows = (
        "<row><c><v>1</v></c><c t='inlineStr'><is><t>a</t></is></c></row>"
        "<row/><row r='4'><c r='C4'><v>2.5</v></c><c s='0'/><c><v>3</v></c></row>"
        "<row><c t='inlineStr'><is><r><t>b</t></r><r><t>c</t></r><rPh><t>d</t></rPh></is></c></row>"
    )
    rows = re.sub(r"<(/?)", rf"<\1{prefix}", rows)
    assert [(line, cells) for line, cells, _ in lines(with_sheet(rows, prefix=prefix))] == [
        (1, [1, "a"]),
        (2, []),
        (4, [None, None, 2.5, None, 3]),
        (5, ["bc"]),
    ]


def test_a_formula_is_its_value_if_it_has_one():
    rows = (
        "<row><c><f>1+1</f><v>2</v></c><c><f>A1/30</f></c><c t='e'><f>B1</f><v>#REF!</v></c></row>"
    )
    assert lines(with_sheet(rows)) == [(1, [2, NoValue("=A1/30"), "#REF!"], [])]


def test_no_row_is_longer_than_asked_for():
    rows = "<row r='1'><c r='A1'><v>1</v></c><c r='D1'><v>2</v></c><c r='ZZZ1'><v>3</v></c></row>"
    assert lines(with_sheet(rows), most_columns=2) == [(1, [1, None, 3], [])]


def test_a_number_is_never_beyond_what_a_double_holds():
    (row,) = lines(with_sheet(f"<row><c><v>{'9' * 5_000}</v></c></row>"))
    assert row[1] == [float("inf")]


@pytest.mark.parametrize(
    "rows",
    [
        "<row><c><v>1</v></row>",
        "<row r='2'><c><v>1</v></c></row><row r='2'><c><v>1</v></c></row>",
        "<row><c r='B1'><v>1</v></c><c r='A1'><v>1</v></c></row>",
        "<row r='x'><c><v>1</v></c></row>",
        "<row r='1e999'><c><v>1</v></c></row>",
        "<row><c r='1'><v>1</v></c></row>",
        "<row><c t='s'><v>7</v></c></row>",
        "<row><c><v>one</v></c></row>",
    ],
)
def test_a_broken_sheet_is_refused(rows):
    with pytest.raises(Exception, match=r"."):
        lines(with_sheet(rows))
