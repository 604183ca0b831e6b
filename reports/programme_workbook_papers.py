"""The sheets behind a programme: the numbers of the template, the rows left out, the sources."""

from collections.abc import Sequence

from reports.brief_annex import drawn_ends, number_row, source_rows, stated_numbers
from reports.programme_rows import fault_rows
from reports.programme_subject import Programme
from reports.programme_workbook_rows import Unit, factors_of
from reports.workbook_pen import INPUT_FILL, Pen, Sheet
from roi_model.parameters import Parameter
from roi_model.uncertainty import uncertain_numbers
from ui.theme import LIGHT
from ui.words import UNDEFINED

FIRST = 4
MOST_FAULTS = 10_000
"""Faults that are listed; a table with more is to be mended, not read."""
LONGEST_LINK = 2_000
"""Characters of an address that Excel opens; a longer one is only a text."""
NUMBER_HEADS = (
    *("number", "value", "unit", "range", "provenance", "year", "caveat", "source", "given"),
    "address",
)
NUMBER_WIDTHS = (46, 18, 24, 22, 15, 8, 64, 34, 26, 34)
VALUE = 1


class NumbersSheet:
    """The numbers that associations share, and what one unit of each line is worth."""

    def __init__(
        self,
        programme: Programme,
        pen: Pen,
        sheet: Sheet,
        *,
        units: Sequence[Unit],
        is_live: bool,
    ) -> None:
        """Settle in which cell each number is."""
        self.programme, self.pen, self.sheet, self.t = programme, pen, sheet, programme.t
        self.units = [one for one in units if one.is_common]
        self.followed = (
            {one for unit in units for one in factors_of(unit.line)} if is_live else set()
        )
        shown = {*stated_numbers(programme.template), *programme.portfolio.numbers}
        shown |= {address for one in units for address in factors_of(one.line)}
        self.numbers = {
            address: number
            for address, number in programme.template.parameters()
            if address in shown
        }
        first_unit = FIRST + len(self.numbers) + 3
        self.cells = {
            address: sheet.cell(FIRST + place, VALUE) for place, address in enumerate(self.numbers)
        } | {
            f"unit.{one.line.id}": sheet.cell(first_unit + place, VALUE)
            for place, one in enumerate(self.units)
        }

    def write(self) -> None:
        """Write the sheet."""
        sheet, t = self.sheet, self.t
        for column, width in enumerate(NUMBER_WIDTHS):
            sheet.width(column, width)
        sheet.title_and_note(t("programme.sheet_numbers_title"), t("programme.sheet_numbers_note"))
        sheet.header(FIRST - 1, [t(f"programme.head_{name}") for name in NUMBER_HEADS])
        sheet.paper.freeze_panes(FIRST, VALUE)
        drawn = {one.address: drawn_ends(one) for one in uncertain_numbers(self.programme.template)}
        for place, (address, number) in enumerate(self.numbers.items()):
            self._number(FIRST + place, address, number, drawn.get(address))
        row = FIRST + len(self.numbers) + 1
        sheet.heading(row, t("programme.units"))
        sheet.text(row + 1, 0, t("programme.units_note"), font_color=LIGHT.quiet)
        for one in self.units:
            label = t.of(one.line.label)
            sheet.text(row + 2, 0, t("programme.heading_unit", label=label), text_wrap=True)
            sheet.number(row + 2, VALUE, float(one.values[0]), num_format="#,##0.00####")
            row += 1
        sheet.print_as(header=FIRST - 1, last_row=row + 2, last_column=len(NUMBER_WIDTHS) - 1)

    def _number(
        self, row: int, address: str, number: Parameter, drawn: tuple[float, float] | None
    ) -> None:
        sheet, pen, t, programme = self.sheet, self.pen, self.t, self.programme
        subject = programme.of_template
        papers = number_row(subject, address, programme.label(address), number, drawn)
        sheet.text(row, 0, papers["label"], text_wrap=True)
        style = {"num_format": pen.of_unit(number.unit)}
        if address in self.followed:
            typed = {"bg_color": INPUT_FILL, "border": 1, "border_color": LIGHT.quiet}
            sheet.number(row, VALUE, number.value, **style, **typed, locked=False)
        else:
            sheet.number(row, VALUE, number.value, **style, font_color=LIGHT.quiet)
        sheet.text(row, 2, pen.unit(number.unit), font_color=LIGHT.quiet, text_wrap=True, indent=1)
        sheet.text(row, 3, papers["range"], font_color=LIGHT.quiet, text_wrap=True)
        provenance = t(f"provenance.{number.provenance}")
        sheet.text(row, 4, t("workbook.to_fill") if number.is_to_fill else provenance)
        if number.year is not None:
            sheet.number(row, 5, number.year, font_color=LIGHT.quiet)
        sheet.text(row, 6, " ".join(papers["said"]), text_wrap=True)
        titles = [subject.scenario.documents[one].title for one in number.source]
        sheet.text(row, 7, "\n".join(titles), text_wrap=True)
        key = "programme.given" if address in programme.portfolio.numbers else "programme.shared"
        sheet.text(row, 8, t(key), text_wrap=True)
        sheet.text(row, 9, address, font_color=LIGHT.quiet, font_size=9)


def faults_sheet(programme: Programme, sheet: Sheet) -> None:
    """Write what is wrong with the rows that were left out."""
    t = programme.t
    for column, width in enumerate((18, 50, 90)):
        sheet.width(column, width)
    more = len(programme.problems) - MOST_FAULTS
    note = t("programme.sheet_faults_note")
    if more > 0:
        note = t.counted("programme.faults_beyond", more, number=t.number(more))
    sheet.title_and_note(t("programme.faults"), note if programme.problems else t("programme.none"))
    sheet.header(2, [t(f"portfolio.heading_{name}") for name in ("line", "column", "wrong")])
    sheet.paper.freeze_panes(3, 0)
    rows = fault_rows(programme, MOST_FAULTS)
    for place, cells in enumerate(rows):
        for column, text in enumerate(cells):
            sheet.text(3 + place, column, text, text_wrap=column == 2)
    sheet.print_as(header=2, last_row=2 + len(rows), last_column=2)


def sources_sheet(programme: Programme, sheet: Sheet) -> None:
    """Write the documents that the template cites."""
    t = programme.t
    for column, width in enumerate((6, 70, 50, 70)):
        sheet.width(column, width)
    sheet.title_and_note(t("brief.sources"), t("programme.sheet_sources_note"))
    heads = ("mark", "source", "publisher", "url")
    sheet.header(2, [t(f"programme.head_{name}") for name in heads])
    rows = source_rows(programme.template.documents.values(), t)
    for place, source in enumerate(rows):
        row = 3 + place
        sheet.text(row, 0, str(place + 1))
        sheet.text(row, 1, source["title"], text_wrap=True)
        sheet.text(row, 2, source["said"], text_wrap=True)
        url = source["url"]
        if url.startswith(("https://", "http://")) and len(url) <= LONGEST_LINK:
            sheet.link(row, 3, url, url)
        else:
            sheet.text(row, 3, url or UNDEFINED, text_wrap=True)
    sheet.print_as(header=2, last_row=2 + len(rows), last_column=3)
