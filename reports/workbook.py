"""A scenario as a workbook: every number to type over, every result a formula that follows.

The formulas are those of ``roi_model``, in functions that Excel 2016 and LibreOffice both have.
The case itself travels in a hidden sheet, so that ``reports.workbook_reading`` gives back the
scenario that a person made of it.
"""

import base64
import datetime
import io
import json
import zlib
from collections.abc import Iterator

from xlsxwriter import Workbook

from reports.workbook_flows import costs_sheet, years_sheet
from reports.workbook_inputs import Book, inputs_sheet, lists_sheet, settings_sheet
from reports.workbook_layout import CASE_SHEET, FORMAT_VERSION, LISTS_SHEET, MARK
from reports.workbook_pen import INPUT_FILL, Pen, quoted
from reports.workbook_results import Results, Viewpoints
from reports.workbook_value_map import Known, known, value_map_sheet
from roi_model import __version__
from roi_model.case_files import case_data
from roi_model.scenario import Scenario
from roi_model.templates import own_description
from ui.theme import LIGHT
from ui.words import Language, words_in

SHEETS = ("about", "inputs", "settings", "value_map", "costs", "years", "results", "viewpoints")
CHUNK = 32_000
"""Characters of the case in a cell; Excel takes 32 767."""
LONGEST_LINK = 2_000
"""Characters of an address that Excel opens; a longer one is only a text."""


def workbook(
    scenario: Scenario,
    *,
    language: Language,
    address: str | None = None,
    today: datetime.date,
    with_results: bool = True,
) -> bytes:
    """Return the workbook of a scenario, in ``.xlsx``.

    ``address`` is the link that opens the scenario, ``today`` the date it bears: with it the same
    scenario gives the same bytes. Formulas are stored with what the model makes of them, for
    previews that compute nothing; ``with_results=False`` stores zeros, to prove a recalculation.
    """
    content = io.BytesIO()
    t = words_in(language)
    as_typed = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(content, {"in_memory": True, **as_typed}) as written:
        moment = datetime.datetime.combine(today, datetime.time())
        written.set_properties({"title": t.of(scenario.name), "created": moment})
        written.set_calc_mode("auto")
        pen = Pen(book=written, t=t, currency=scenario.currency, with_results=with_results)
        sheets = {name: pen.sheet(t(f"workbook.sheet_{name}")) for name in SHEETS}
        sheets |= {title: pen.sheet(title) for title in (LISTS_SHEET, CASE_SHEET)}
        book, model = Book(pen=pen, scenario=scenario, sheets=sheets), known(scenario)
        lists_sheet(book)
        settings_sheet(book)
        inputs_sheet(book)
        viewpoints = Viewpoints(book, model)
        value_map_sheet(book, model, sheets["years"])
        costs_sheet(book, model)
        years_sheet(book, model)
        viewpoints.write()
        Results(book, model).write()
        _about(book, model, address, today)
        _case(book)
    return content.getvalue()


def _about(book: Book, model: Known, address: str | None, today: datetime.date) -> None:
    """Write the first sheet: what this is, its result, how it is used, what it is of."""
    sheet, t, scenario = book.sheets["about"], book.pen.t, book.scenario
    sheet.width(0, 40)
    sheet.width(1, 92)
    sheet.text(0, 0, t.of(scenario.name), bold=True, font_size=18, font_color=LIGHT.action)
    sheet.text(1, 0, t("workbook.about_title"), font_color=LIGHT.quiet)
    row = _headline(book, model, 3)
    sheet.heading(row, t("workbook.about_use"))
    for step in ("type", "choose", "follow", "send_back"):
        row += 1
        style = {"bg_color": INPUT_FILL, "border": 1} if step == "type" else {}
        sheet.text(row, 0, t(f"workbook.about_{step}_head"), text_wrap=True, **style)
        sheet.text(row, 1, t(f"workbook.about_{step}"), text_wrap=True)
    row += 2
    sheet.heading(row, t("workbook.about_sheets"))
    for name in SHEETS[1:]:
        row += 1
        title = book.sheets[name].title
        sheet.link(row, 0, f"internal:'{title}'!A1", title)
        sheet.text(row, 1, t(f"workbook.{name}_note"), text_wrap=True)
    row += 2
    sheet.heading(row, t("workbook.about_limits"))
    for limit in ("years", "prices", "uncertainty", "provenance", "names", "hidden"):
        row += 1
        sheet.text(row, 0, t(f"workbook.limit_{limit}_head"), text_wrap=True)
        sheet.text(row, 1, t(f"workbook.limit_{limit}", years=model.shown_years), text_wrap=True)
    row += 2
    sheet.heading(row, t("workbook.about_of"))
    for name, text in _papers(book, today):
        row += 1
        sheet.text(row, 0, t(f"workbook.of_{name}"))
        sheet.text(row, 1, text, text_wrap=True)
    if address is not None:
        row += 1
        sheet.text(row, 0, t("workbook.of_link"))
        if address.startswith(("https://", "http://")) and len(address) <= LONGEST_LINK:
            sheet.link(row, 1, address, address)
        else:
            sheet.text(row, 1, address, text_wrap=True)
    sheet.print_as(header=0, last_row=row, last_column=1, pages_high=1)
    sheet.paper.activate()


def _headline(book: Book, model: Known, row: int) -> int:
    """Write the ratio and what it is of; return the row after."""
    sheet, t, result = book.sheets["about"], book.pen.t, model.evaluation
    euros = {"num_format": book.pen.money(), "align": "left"}
    cents = {"num_format": book.pen.money(decimals=2), "align": "left"}
    large = {"bold": True, "font_size": 22, "font_color": LIGHT.action}
    sheet.text(row, 0, t("workbook.result_ratio"), text_wrap=True)
    sheet.formula(row, 1, book.cells["ratio"], result.ratio, **cents, **large)
    sheet.text(row + 1, 0, t("workbook.result_perspective"))
    view = book.typed["perspective"]
    chosen = {value: label for label, value in book.options["perspective"]}
    label = chosen[book.scenario.settings.perspective]
    sheet.formula(row + 1, 1, view, label, text_wrap=True)
    sheet.text(row + 2, 0, t("workbook.result_net"))
    sheet.formula(row + 2, 1, book.cells["net"], result.net_present_value, **euros)
    sheet.text(row + 3, 0, t("workbook.changed"))
    # A blank cell is equal to 0 in a formula, and is not the same to a reader.
    changed = "+".join(
        f"SUMPRODUCT(1-({typed}={was})*(ISBLANK({typed})=ISBLANK({was})))"
        for typed, was in book.edited
    )
    nothing = quoted(t("workbook.nothing_changed"))
    formula = f"IF({changed}=0,{nothing},{changed})"
    sheet.formula(row + 3, 1, formula, t("workbook.nothing_changed"), align="left")
    return row + 5


def _papers(book: Book, today: datetime.date) -> Iterator[tuple[str, str]]:
    """Yield what the workbook is of, as name and text."""
    t, scenario = book.pen.t, book.scenario
    if said := own_description(scenario):
        yield "description", t.of(said)
    if scenario.period is not None:
        yield "period", t.of(scenario.period)
    yield "fingerprint", scenario.fingerprint
    yield "model", f"roi_model {__version__}"
    yield "date", t.date(today)


def _case(book: Book) -> None:
    """Write the case itself, packed, in a hidden sheet, and names for the sheets to be read."""
    sheet, pen = book.sheets[CASE_SHEET], book.pen
    packed = packed_case(book)
    for row, (name, value) in enumerate(
        ((MARK, str(FORMAT_VERSION)), ("model", __version__), ("language", pen.t.language))
    ):
        sheet.text(row, 0, name)
        sheet.text(row, 1, value)
    for row, start in enumerate(range(0, len(packed), CHUNK), start=3):
        sheet.text(row, 0, packed[start : start + CHUNK])
    for name in ("inputs", "settings"):
        book.name(f"roi_{name}", book.sheets[name].cell(0, 0))
    sheet.paper.hide()


def packed_case(book: Book) -> str:
    """Return the case and the names of its options as letters and figures that nothing alters."""
    data = {
        "case": case_data(book.scenario),
        "options": {setting: [*options] for setting, options in book.options.items()},
    }
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode("ascii"), 9)).decode("ascii")
