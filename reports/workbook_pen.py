"""The pen that the sheets of a workbook are written with: cells, their style, their stored values.

Texts are written as they are typed, whatever they begin with; a formula goes with the value that
the model gives it, so that a preview which computes nothing shows it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from reports.workbook_layout import plain
from roi_model import units
from ui.theme import LIGHT
from ui.words import UNDEFINED, Words

INPUT_FILL = "#FFF4B8"
HEADER_FILL = "#E3EEED"
LONGEST_NOTE = 2_000
"""Characters of a comment; a source and a caveat are far shorter."""
LONGEST_PROMPT = 250
"""Characters that Excel takes in the message of a cell."""
A4 = 9
FONT_SIZE, LINE_HEIGHT, USUAL_WIDTH = 11, 1.3, 8.43
HIGHEST = 409.0
"""Points that a row of Excel may be high."""
ALLOWED = ("select_locked_cells", "select_unlocked_cells", "format_columns", "format_rows")
"""What a reader may do on a protected sheet."""

PERCENT = r"0.0#\ %"
WHOLE = "#,##0"
FACTOR = "0.000000"


def quoted(text: str) -> str:
    """Return a text as a constant of a formula."""
    return '"' + text.replace('"', '""') + '"'


class _OwnFormulas(Worksheet):  # type: ignore[misc]
    """A worksheet whose formulas are all ours: none has a function that is newer than 2010.

    XlsxWriter looks in each for a hundred of them, which is half of the time that writing takes.
    """

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("=")


@dataclass(kw_only=True)
class Pen:
    """What all sheets of a workbook are written with."""

    book: Workbook
    t: Words
    currency: str
    with_results: bool
    """Whether formulas are stored with their values; else with zeros."""
    _formats: dict[tuple[tuple[str, Any], ...], Format] = field(default_factory=dict)

    def style(self, **properties: Any) -> Format:
        """Return the cell format with these properties of XlsxWriter, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            base = {"valign": "top", "font_name": "Calibri", "font_size": FONT_SIZE}
            if "indent" in properties:
                base["align"] = "left"
            self._formats[key] = self.book.add_format(base | properties)
        return self._formats[key]

    def condition(self, **properties: Any) -> Format:
        """Return a format that says these properties only, for cells that meet a condition."""
        key = (("condition", True), *sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(properties)
        return self._formats[key]

    def sheet(self, title: str) -> "Sheet":
        """Return a new sheet, protected without a password."""
        return Sheet(pen=self, title=title, paper=self.book.add_worksheet(title, _OwnFormulas))

    def money(self, *, decimals: int = 0) -> str:
        """Return the number format of an amount; Excel puts in the marks of its reader."""
        digits = "#,##0" + ("." + "0" * decimals if decimals else "")
        if self.currency != units.EURO:
            return rf'{digits}\ "{self.currency}"'
        return rf'{digits}\ "€"' if self.t.language == "fr" else f'"€"{digits};-"€"{digits}'

    def of_unit(self, unit: str) -> str:
        """Return the number format of a number in a unit."""
        if unit == units.SHARE:
            return PERCENT
        if units.is_money(unit):
            return self.money(decimals=2)
        return WHOLE if unit == "year" else "#,##0.00##"

    def of_whole(self, unit: str) -> str:
        """Return the number format of a whole number in a unit: without decimals."""
        if unit == units.SHARE:
            return r"0\ %"
        return self.money() if units.is_money(unit) else WHOLE

    def unit(self, unit: str) -> str:
        """Return a unit in words; a currency other than the euro by its code."""
        if unit == units.SHARE:
            return self.t("workbook.share")
        top, slash, below = unit.partition("/")
        if not units.is_money(unit) or top == units.EURO:
            return self.t.unit(unit)
        return self.t.unit(f"EUR{slash}{below}").replace(self.t.unit("EUR"), top)


@dataclass(kw_only=True)
class Sheet:
    """One sheet of a workbook. Rows and columns count from 0."""

    pen: Pen
    title: str
    paper: Worksheet
    _widths: dict[int, float] = field(default_factory=dict)
    _heights: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Let a reader look, copy and change widths, and change only what is unlocked."""
        self.paper.protect("", dict.fromkeys(ALLOWED, True))
        self.paper.hide_gridlines(2)

    def width(self, column: int, width: float, *, hidden: bool = False) -> None:
        """Set the width of a column, in characters, before it is written in."""
        self._widths[column] = width
        self.paper.set_column(column, column, width, None, {"hidden": True} if hidden else {})

    def text(self, row: int, column: int, text: str, **style: Any) -> None:
        """Write a text as it is: never a formula, a link or a number."""
        self.paper.write_string(row, column, plain(text), self.pen.style(**style))
        self._make_room(row, column, text, style)

    def paragraph(self, row: int, text: str, *, last_column: int) -> None:
        """Write a text on as many lines as it needs, across the columns from the first."""
        style = {"text_wrap": True}
        self.paper.merge_range(row, 0, row, last_column, "", self.pen.style(**style))
        self.paper.write_string(row, 0, plain(text), self.pen.style(**style))
        width = sum(self._widths.get(one, USUAL_WIDTH) for one in range(last_column + 1))
        lines = max(1, math.ceil(len(text) / width))
        self.paper.set_row(row, min(HIGHEST, FONT_SIZE * LINE_HEIGHT * lines + 2))

    def _make_room(self, row: int, column: int, text: str, style: Mapping[str, Any]) -> None:
        """Let a row be as high as its texts: not every program does so by itself."""
        size = style.get("font_size", FONT_SIZE)
        lines = 1
        if style.get("text_wrap"):
            width = self._widths.get(column, USUAL_WIDTH) - 2 * style.get("indent", 0)
            letters = max(1.0, width * (0.95 if style.get("bold") else 1.1) * FONT_SIZE / size)
            lines = sum(max(1, math.ceil(len(line) / letters)) for line in text.split("\n"))
        height = min(HIGHEST, size * LINE_HEIGHT * lines + 2)
        if height > self._heights.get(row, 0.0):
            self._heights[row] = height
            if height > FONT_SIZE * LINE_HEIGHT + 2:
                self.paper.set_row(row, height)

    def number(self, row: int, column: int, value: float | None, **style: Any) -> None:
        """Write a number that is stated; ``None`` leaves a blank cell of that style."""
        if value is None:
            self.paper.write_blank(row, column, None, self.pen.style(**style))
        else:
            self.paper.write_number(row, column, value, self.pen.style(**style))

    def formula(
        self, row: int, column: int, formula: str, value: float | str, **style: Any
    ) -> None:
        """Write a formula with the value that the model gives it; a dash where undefined."""
        if not self.pen.with_results:
            value = 0
        elif not isinstance(value, str) and not math.isfinite(value):
            value = UNDEFINED
        self.paper.write_formula(row, column, f"={formula}", self.pen.style(**style), value)
        self._make_room(row, column, value if isinstance(value, str) else "", style)

    def link(self, row: int, column: int, address: str, text: str) -> None:
        """Write a text that opens an address of our own making."""
        style = self.pen.style(font_color=LIGHT.action, underline=1, text_wrap=True)
        self.paper.write_url(row, column, address, style, plain(text))
        self._make_room(row, column, text, {"text_wrap": True})

    def header(self, row: int, labels: Sequence[str], column: int = 0) -> None:
        """Write the heads of columns."""
        for place, label in enumerate(labels):
            self.text(
                row,
                column + place,
                label,
                bold=True,
                text_wrap=True,
                bg_color=HEADER_FILL,
                bottom=1,
                border_color=LIGHT.quiet,
                **({"align": "center"} if column + place else {}),
            )

    def heading(self, row: int, text: str, column: int = 0) -> None:
        """Write the title of a part of the sheet."""
        self.text(row, column, text, bold=True, font_size=13, font_color=LIGHT.action)

    def title_and_note(self, title: str, note: str) -> None:
        """Write the title of the sheet and what it is for, in its first two rows."""
        self.text(0, 0, title, bold=True, font_size=16, font_color=LIGHT.action)
        self.text(1, 0, note, font_color=LIGHT.quiet)

    def note(self, row: int, column: int, text: str) -> None:
        """Attach a comment to a cell."""
        shown = plain(text)[:LONGEST_NOTE]
        lines = sum(1 + len(line) // 45 for line in shown.split("\n"))
        size = {"width": 330, "height": min(400, 24 + 17 * lines)}
        self.paper.write_comment(row, column, shown, {"author": "roi_model", **size})

    def cell(self, row: int, column: int) -> str:
        """Return the reference of a cell, from any sheet of the workbook."""
        return self._of_sheet(xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True))

    def rows(self, column: int, first: int, last: int) -> str:
        """Return the reference of some rows of a column, from any sheet."""
        name = xl_col_to_name(column)
        return self._of_sheet(f"${name}${first + 1}:${name}${last + 1}")

    def columns(self, row: int, first: int, last: int) -> str:
        """Return the reference of some columns of a row, from any sheet."""
        names = f"${xl_col_to_name(first)}${row + 1}:${xl_col_to_name(last)}${row + 1}"
        return self._of_sheet(names)

    def _of_sheet(self, reference: str) -> str:
        return "'" + self.title.replace("'", "''") + f"'!{reference}"

    def print_as(
        self,
        *,
        header: int,
        last_row: int,
        last_column: int,
        pages_wide: int = 1,
        pages_high: int = 0,
    ) -> None:
        """Print on A4, landscape, with the heads of columns on every page.

        The first two columns stand on every page where there are several beside each other;
        ``pages_high`` of 0 is as many as are needed.
        """
        paper = self.paper
        paper.set_landscape()
        paper.set_paper(A4)
        paper.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        paper.fit_to_pages(pages_wide, pages_high)
        if pages_wide > 1:
            paper.repeat_columns(0, 1)
        paper.repeat_rows(header)
        paper.print_area(0, 0, max(last_row, header), last_column)
        paper.set_footer("&L&A&R&P / &N")
