"""The sheets that are typed in: the numbers of a scenario, and its settings with their choices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reports.provenances import name_of
from reports.workbook_layout import (
    ADDRESS,
    CAVEAT,
    COUNTED,
    FIRST_YEAR,
    HIGH,
    LABEL,
    LISTS_SHEET,
    LOW,
    ORIGINAL,
    PROVENANCE,
    RANK,
    SOURCE,
    UNIT,
    VALUE,
    YEAR,
    Line,
    Options,
    Owner,
    lines_by_owner,
    lines_in,
    options_of,
)
from reports.workbook_pen import (
    FACTOR,
    INPUT_FILL,
    LONGEST_PROMPT,
    PERCENT,
    Pen,
    Sheet,
    quoted,
)
from roi_model import units
from roi_model.discounting import FIRST_YEAR_EXPONENT, discount_factor
from roi_model.parameters import PROVENANCES, Duration, Factor, Parameter, Provenance
from roi_model.perspectives import Perspective, perspective_of
from roi_model.reference_data import correction_scale, price_index
from roi_model.scenario import Scenario
from roi_model.settings import AS_STATED, Settings
from roi_model.value_map import Cost, Outcome
from ui.origins import derivation_text
from ui.theme import LIGHT

FIRST_ROW = 4
"""Of the numbers, under the title, a note, a legend and the heads of columns."""
LONGEST_PERIOD = int(Duration.highest)
YOURS = PROVENANCES.index(Provenance.YOURS) + 1
FIRST_YEARS = (1900, 2100)
SETTINGS_IN_ORDER: Mapping[str, tuple[str, ...]] = {
    "reading": ("perspective", "lines", "years_covered", "footprint"),
    "shares": ("deadweight", "displacement", "attribution"),
    "time": ("activity_years", FIRST_YEAR, "discount_rate", "timing", "price_year"),
    "conventions": ("drop_off_from", "deductions", "attribution_means", "optimism_bias"),
}
"""Every setting of a scenario, in the groups that they are shown in."""


@dataclass(kw_only=True)
class Book:
    """What the sheets of one workbook share: where the numbers stand that formulas refer to."""

    pen: Pen
    scenario: Scenario
    sheets: Mapping[str, Sheet]
    options: Mapping[str, Options] = field(default_factory=dict)
    counted: dict[str, str] = field(default_factory=dict)
    """The cell of each number as it is counted, by address."""
    typed: dict[str, str] = field(default_factory=dict)
    """The cell that each number is typed in."""
    rank: dict[str, str] = field(default_factory=dict)
    """The cell with the rank of its provenance, from 1."""
    edited: list[tuple[str, str]] = field(default_factory=list)
    """Ranges of what is typed, each with that of what was there."""
    cells: dict[str, str] = field(default_factory=dict)
    """Other cells and ranges that several sheets refer to."""

    @property
    def perspective(self) -> Perspective:
        """Return the point of view of the scenario."""
        return perspective_of(self.scenario.settings.perspective, self.scenario.stakeholders)

    def name(self, name: str, reference: str) -> None:
        """Give a cell or a range a name that formulas call it by."""
        self.pen.book.define_name(name, f"={reference}")


def lists_sheet(book: Book) -> None:
    """Write the lists behind the choices, and the tables that formulas look things up in."""
    sheet, scenario = book.sheets[LISTS_SHEET], book.scenario
    book.options = options_of(scenario, book.pen.t)
    sheet.text(0, 0, "exponents")
    for exponent in range(LONGEST_PERIOD):
        sheet.number(1 + exponent, 0, exponent)
    book.name("exponents", sheet.rows(0, 1, LONGEST_PERIOD))
    column = 2
    for setting, options in book.options.items():
        sheet.text(0, column, setting)
        for place, (label, value) in enumerate(options):
            sheet.text(2 + place, column, label)
            if isinstance(value, str):
                sheet.text(2 + place, column + 1, value)
            else:
                sheet.number(2 + place, column + 1, value)
        last = 1 + len(options)
        book.cells[f"{setting}.labels"] = sheet.rows(column, 2, last)
        book.cells[f"{setting}.values"] = sheet.rows(column + 1, 2, last)
        book.cells[f"{setting}.rank"] = sheet.cell(1, column)
        column += 2
    index = price_index()
    for place, year in enumerate(index.years):
        sheet.number(1 + place, column, year)
        sheet.number(1 + place, column + 1, index.values[year])
    book.name("price_index_years", sheet.rows(column, 1, len(index.years)))
    book.name("price_index", sheet.rows(column + 1, 1, len(index.years)))
    for place, provenance in enumerate(PROVENANCES):
        sheet.text(1 + place, column + 2, name_of(provenance, book.pen.t))
    book.name("provenance_names", sheet.rows(column + 2, 1, len(PROVENANCES)))
    sheet.paper.hide()


def settings_sheet(book: Book) -> None:
    """Write every setting: choices from a list, common numbers, and what follows from them."""
    sheet, t = book.sheets["settings"], book.pen.t
    sheet.title_and_note(t("workbook.settings_title"), t("workbook.settings_note"))
    _heads(book, sheet)
    numbers = {line.address: line for line in lines_in(book.scenario)}
    row = FIRST_ROW
    for group, settings in SETTINGS_IN_ORDER.items():
        sheet.heading(row, t(f"workbook.group_{group}"))
        row += 1
        for setting in settings:
            if setting == FIRST_YEAR:
                _first_year(book, sheet, row)
            elif setting in numbers:
                _number(book, sheet, row, numbers[setting], t(f"setting.{setting}"), None)
            else:
                _choice(book, sheet, row, setting)
            if setting in numbers:
                book.name(setting, book.counted[setting])
            row += 1
    _ends(book, sheet, row - 1)
    row = _consequences(book, sheet, row + 1)
    last = _grades(book, sheet, row + 1)
    sheet.print_as(header=FIRST_ROW - 1, last_row=last, last_column=CAVEAT)


def inputs_sheet(book: Book) -> None:
    """Write every number of the costs, the outcomes and the funding case, in its row."""
    sheet, t = book.sheets["inputs"], book.pen.t
    sheet.title_and_note(t("workbook.inputs_title"), t("workbook.inputs_note"))
    _heads(book, sheet)
    names = {one.id: t.of(one.name) for one in book.scenario.stakeholders}
    # What is set for all outcomes comes last, and stands for what one does not state.
    owners = lines_by_owner(book.scenario)
    for line, row in zip(
        [line for _, lines in owners for line in lines], _rows_of(owners), strict=True
    ):
        book.counted[line.address] = sheet.cell(row, COUNTED)
    row, kind = FIRST_ROW, ""
    for owner, lines in owners:
        kind_of_this = _kind(owner)
        if kind_of_this != kind:
            kind = kind_of_this
            sheet.heading(row, t(f"workbook.part_{kind}"))
            row += 1
        if isinstance(owner, Outcome):
            heading = f"{t.of(owner.label)} – {names[owner.stakeholder]}"
            sheet.text(row, LABEL, heading, bold=True, top=1, border_color=LIGHT.line)
            row += 1
        for line in lines:
            label = t.of(line.label) if line.label else t(f"share.{line.name}")
            if isinstance(owner, Cost):
                label = f"{label} – {names[owner.stakeholder]}"
            _number(book, sheet, row, line, label, owner if isinstance(owner, Outcome) else None)
            row += 1
    _ends(book, sheet, row - 1)
    last = _figures(book, sheet, row + 1)
    sheet.print_as(header=FIRST_ROW - 1, last_row=last, last_column=CAVEAT)


def _rows_of(owners: Sequence[tuple[Owner, Sequence[Line]]]) -> list[int]:
    """Return the rows of the lines; a heading stands above each kind and each outcome."""
    rows, row, kind = [], FIRST_ROW, ""
    for owner, lines in owners:
        row += (_kind(owner) != kind) + isinstance(owner, Outcome)
        kind = _kind(owner)
        rows += [*range(row, row + len(lines))]
        row += len(lines)
    return rows


def _kind(owner: Owner) -> str:
    if isinstance(owner, Cost):
        return "costs"
    return "outcomes" if isinstance(owner, Outcome) else "funding"


def _heads(book: Book, sheet: Sheet) -> None:
    t = book.pen.t
    sheet.text(2, LABEL, t("workbook.legend"), font_color=LIGHT.quiet)
    sheet.text(2, VALUE, t("workbook.to_type"), bg_color=INPUT_FILL, border=1, align="center")
    heads = (
        "number", "value", "unit", "low", "high", "provenance", "year", "source", "caveat",
        "counted", "original", "address",
    )  # fmt: skip
    widths = (46, 26, 26, 13, 15, 15, 8, 40, 64, 16, 18, 34, 6)
    for column, width in enumerate(widths):
        sheet.width(column, width, hidden=column == RANK)
    sheet.header(FIRST_ROW - 1, [t(f"workbook.head_{name}") for name in heads])
    sheet.paper.freeze_panes(FIRST_ROW, VALUE)


def _ends(book: Book, sheet: Sheet, last: int) -> None:
    book.edited.append((sheet.rows(VALUE, FIRST_ROW, last), sheet.rows(ORIGINAL, FIRST_ROW, last)))


def _input_style(pen: Pen, unit: str = "") -> dict[str, object]:
    style: dict[str, object] = {"bg_color": INPUT_FILL, "border": 1, "locked": False}
    style["border_color"] = LIGHT.quiet
    return style | ({"num_format": pen.of_unit(unit)} if unit else {"text_wrap": True})


def _number(
    book: Book, sheet: Sheet, row: int, line: Line, label: str, outcome: Outcome | None
) -> None:
    """Write a number in its row: what may be typed, its papers, and what is counted of it."""
    pen, parameter = book.pen, line.parameter
    unit = parameter.unit
    shown = {"num_format": pen.of_unit(unit), "font_color": LIGHT.quiet}
    sheet.text(row, LABEL, label, text_wrap=True, indent=1)
    sheet.number(row, VALUE, line.shown, **_input_style(pen, unit))
    sheet.text(row, UNIT, pen.unit(unit), font_color=LIGHT.quiet, text_wrap=True, indent=1)
    if line.is_stated:
        sheet.number(row, LOW, parameter.low, **shown)
        sheet.number(row, HIGH, parameter.high, **shown)
        if parameter.year is not None:
            sheet.number(row, YEAR, parameter.year, font_color=LIGHT.quiet)
    source, caveat = _papers(book, line)
    sheet.text(row, SOURCE, source, text_wrap=True, indent=1)
    if line.is_stated:  # else it is the same in every outcome: a comment is enough
        sheet.text(row, CAVEAT, caveat, text_wrap=True)
    note = "\n".join(filter(None, (source, caveat)))
    if note:
        sheet.note(row, VALUE, note)
    sheet.number(row, ORIGINAL, line.shown, **shown)
    sheet.text(row, ADDRESS, line.address, font_color=LIGHT.quiet, font_size=9)
    book.typed[line.address] = sheet.cell(row, VALUE)
    book.counted[line.address] = sheet.cell(row, COUNTED)
    book.rank[line.address] = sheet.cell(row, RANK)
    _counted(book, sheet, row, line, outcome)
    _provenance(book, sheet, row, line)
    _allowed(book, sheet, row, parameter)


def _papers(book: Book, line: Line) -> tuple[str, str]:
    """Return the documents of a number, and what a reader should know of it."""
    t, parameter, scenario = book.pen.t, line.parameter, book.scenario
    if not line.is_stated:  # what stands for it is explained with the settings
        help_key = f"share.{line.name}_help"
        return "", t(help_key) if t.has(help_key) else ""
    cited = [scenario.documents[key] for key in parameter.source]
    sources = "\n".join(f"{one.title} ({one.publisher})" for one in cited)
    said = [t.of(parameter.locator), t.of(parameter.reason)]
    if isinstance(parameter, Factor):
        said.insert(0, t.of(parameter.help))
    elif line.may_be_blank and t.has(f"share.{line.name}_help"):
        said.insert(0, t(f"share.{line.name}_help"))
    rule = parameter.derivation
    if rule is not None and rule.of is not None:
        labels = {name: t.of(scenario.figure(name).label) for name in (rule.of, rule.by) if name}
        key = "derivation.quotient" if rule.rule == "quotient" else "derivation.remainder"
        said.append(t(key, of=labels[rule.of], by=labels.get(rule.by or "", "")))
    elif parameter.reason is None:
        said.append(derivation_text(parameter, scenario, t))
    return sources, "\n".join(filter(None, said))


def _counted(book: Book, sheet: Sheet, row: int, line: Line, outcome: Outcome | None) -> None:
    """Write what is counted of a number: in the prices chosen, or what stands for a blank."""
    parameter, year = line.parameter, line.parameter.year
    typed, original = f"B{row + 1}", f"K{row + 1}"
    value = parameter.value
    formula = typed
    if line.may_be_blank:
        default, otherwise = _default(book, line, outcome)
        formula = f"IF(ISBLANK({typed}),{default},{typed})"
        value = value if line.is_stated else otherwise
    elif units.is_money(parameter.unit) and year is not None:
        # As the model has it: a number typed instead is in the prices chosen already.
        value = in_chosen_prices(parameter, book.scenario.settings)
        inflated = (
            f"{typed}*INDEX(price_index,MATCH(price_year,price_index_years,0))"
            f"/INDEX(price_index,MATCH($G{row + 1},price_index_years,0))"
        )
        formula = f'IF(OR(price_year="{AS_STATED}",{typed}<>{original}),{typed},{inflated})'
    style = {"num_format": book.pen.of_unit(parameter.unit)}
    sheet.formula(row, COUNTED, formula, value, **style)
    # A number typed later may be whole where this one is not, or the other way round.
    scale = "*100" if parameter.unit == units.SHARE else ""
    sheet.paper.conditional_format(
        row,
        VALUE,
        row,
        ORIGINAL,
        {
            "type": "formula",
            "criteria": f"=IF(ISNUMBER({typed}),"
            f"ABS({typed}{scale}-ROUND({typed}{scale},0))<0.0000001,FALSE)",
            "format": book.pen.condition(num_format=book.pen.of_whole(parameter.unit)),
            "multi_range": f"B{row + 1} D{row + 1}:E{row + 1} J{row + 1}:K{row + 1}",
        },
    )


def in_chosen_prices(parameter: Parameter, settings: Settings) -> float:
    """Return a number as it is counted: money with a year in the prices that are chosen."""
    year, chosen = parameter.year, settings.price_year
    if chosen == AS_STATED or year is None or not units.is_money(parameter.unit):
        return parameter.value
    return parameter.value * price_index().inflator(year, chosen)


def _default(book: Book, line: Line, outcome: Outcome | None) -> tuple[str, float]:
    """Return what stands for a number that an outcome does not state, as formula and as value."""
    settings = book.scenario.settings
    match line.name:
        case "attribution":
            otherwise = 1.0 if settings.attribution_means == "credited" else 0.0
            return 'IF(attribution_means="credited",1,0)', otherwise
        case "optimism_bias":
            grade = outcome.evidence.grade if outcome and outcome.evidence else None
            correction = correction_scale().correction(grade).value
            formula = f'IF(optimism_bias="by_grade",{book.cells[f"grade.{grade}"]},0)'
            return formula, correction if settings.optimism_bias == "by_grade" else 0.0
        case "benefit_period":
            return "1", 1.0
        case "elasticity":
            return book.counted["funding.elasticity"], line.parameter.value
    return "0", 0.0


def _provenance(book: Book, sheet: Sheet, row: int, line: Line) -> None:
    """Write where a number comes from: it is the user's own once it is another than it was."""
    t = book.pen.t
    typed, original, rank = f"B{row + 1}", f"K{row + 1}", f"M{row + 1}"
    was = PROVENANCES.index(line.parameter.provenance) + 1 if line.is_stated else 0
    untouched = f"AND({typed}={original},ISBLANK({typed})=ISBLANK({original}))"
    sheet.formula(row, RANK, f"IF({untouched},{was},{YOURS})", was)
    word = name_of(PROVENANCES[was - 1], t) if was else t("workbook.not_stated")
    named = f"INDEX(provenance_names,{rank})"
    formula = f"IF({rank}=0,{quoted(t('workbook.not_stated'))},{named})"
    if line.parameter.is_to_fill and line.is_stated:
        word = t("workbook.to_fill")
        formula = f"IF(ISBLANK({typed}),{quoted(word)},{named})"
    sheet.formula(row, PROVENANCE, formula, word, indent=1)


def _allowed(book: Book, sheet: Sheet, row: int, parameter: Parameter) -> None:
    """Refuse what the number may not be, as it is typed."""
    low, high = parameter.bounds
    is_whole = isinstance(parameter, Duration)
    t = book.pen.t
    message = t(
        "workbook.allowed",
        low=t.figure(low, parameter.unit),
        high=t.figure(high, parameter.unit),
    )
    sheet.paper.data_validation(
        row,
        VALUE,
        row,
        VALUE,
        {
            "validate": "integer" if is_whole else "decimal",
            "criteria": "between",
            "minimum": low,
            "maximum": high,
            "error_title": t("workbook.refused"),
            "error_message": message[:LONGEST_PROMPT],
        },
    )


def _choice(book: Book, sheet: Sheet, row: int, setting: str) -> None:
    """Write a setting that is chosen from a list; what formulas know is the value behind it."""
    t, options = book.pen.t, book.options[setting]
    labels, values = book.cells[f"{setting}.labels"], book.cells[f"{setting}.values"]
    rank = book.cells[f"{setting}.rank"]
    current = book.scenario.value_at(setting)
    place = [value for _, value in options].index(current)
    label = options[place][0]
    sheet.text(row, LABEL, t(f"setting.{setting}"), text_wrap=True, indent=1)
    sheet.text(row, VALUE, label, **_input_style(book.pen))
    sheet.text(row, UNIT, t("workbook.choose"), font_color=LIGHT.quiet, indent=1)
    if t.has(f"setting.{setting}_help"):
        sheet.text(row, CAVEAT, t(f"setting.{setting}_help"), text_wrap=True)
        sheet.note(row, VALUE, t(f"setting.{setting}_help"))
    sheet.text(row, ORIGINAL, label, font_color=LIGHT.quiet, text_wrap=True)
    sheet.text(row, ADDRESS, setting, font_color=LIGHT.quiet, font_size=9)
    sheet.formula(
        row, COUNTED, f"IF({rank}=0,NA(),INDEX({values},{rank}))",
        current if isinstance(current, str) else float(current), font_color=LIGHT.quiet,
    )  # fmt: skip
    typed = sheet.cell(row, VALUE)
    book.typed[setting] = typed
    book.counted[setting] = sheet.cell(row, COUNTED)
    book.name(setting, book.counted[setting])
    lists = book.sheets[LISTS_SHEET]
    column = 2 + 2 * [*book.options].index(setting)
    # Not MATCH: it takes * and ? in a name for anything, and letters in any case.
    lists.formula(1, column, f"SUMPRODUCT(EXACT({labels},{typed})*(ROW({labels})-2))", place + 1)
    sheet.paper.data_validation(
        row,
        VALUE,
        row,
        VALUE,
        {
            "validate": "list",
            "source": f"={labels}",
            "error_title": t("workbook.refused"),
            "error_message": t("workbook.one_of_the_list")[:LONGEST_PROMPT],
        },
    )


def _first_year(book: Book, sheet: Sheet, row: int) -> None:
    """Write the calendar year of the first year, which may be blank."""
    t, first = book.pen.t, book.scenario.settings.first_year
    sheet.text(row, LABEL, t("setting.first_year"), indent=1)
    style = _input_style(book.pen) | {"num_format": "0", "align": "right"}
    sheet.number(row, VALUE, first, **style)
    sheet.text(row, CAVEAT, t("workbook.first_year_note"), text_wrap=True)
    sheet.number(row, ORIGINAL, first, num_format="0", font_color=LIGHT.quiet)
    sheet.text(row, ADDRESS, FIRST_YEAR, font_color=LIGHT.quiet, font_size=9)
    book.typed[FIRST_YEAR] = sheet.cell(row, VALUE)
    low, high = FIRST_YEARS
    sheet.paper.data_validation(
        row,
        VALUE,
        row,
        VALUE,
        {
            "validate": "integer",
            "criteria": "between",
            "minimum": low,
            "maximum": high,
            "error_title": t("workbook.refused"),
            "error_message": t("workbook.allowed", low=low, high=high),
        },
    )


def _consequences(book: Book, sheet: Sheet, row: int) -> int:
    """Write what follows from the settings for every line; return the row after."""
    t, settings = book.pen.t, book.scenario.settings
    rate = 0.0 if settings.timing == "none" else settings.discount_rate.value
    exponents = FIRST_YEAR_EXPONENT
    sheet.heading(row, t("workbook.consequences"))
    steps = (
        ("effective_rate", 'IF(timing="none",0,discount_rate)', rate, PERCENT),
        ("a_year_later", "1/(1+effective_rate)", float(discount_factor(1.0, rate)), FACTOR),
        (
            "first_exponent",
            f'IF(timing="end",{exponents["end"]},IF(timing="mid",{exponents["mid"]},0))',
            exponents[settings.timing],
            "0.0",
        ),
    )
    for name, formula, value, number_format in steps:
        row += 1
        sheet.text(row, LABEL, t(f"workbook.{name}"), text_wrap=True, indent=1)
        sheet.formula(row, VALUE, formula, value, num_format=number_format)
        book.name(name, sheet.cell(row, VALUE))
    return row + 1


def _grades(book: Book, sheet: Sheet, row: int) -> int:
    """Write the scale that corrects optimism by the evidence; return its last row."""
    t, scale = book.pen.t, correction_scale()
    sheet.heading(row, t("workbook.grades"))
    for grade in scale.grades:
        row += 1
        sheet.text(row, LABEL, t.of(grade.label), text_wrap=True, indent=1)
        sheet.number(row, VALUE, grade.correction.value, num_format=PERCENT)
        sheet.text(row, PROVENANCE, name_of(grade.correction.provenance, t))
        sheet.text(row, CAVEAT, t.of(grade.help), text_wrap=True)
        book.cells[f"grade.{grade.id}"] = sheet.cell(row, VALUE)
    book.cells["grade.None"] = sheet.cell(row, VALUE)
    return row


def _figures(book: Book, sheet: Sheet, row: int) -> int:
    """Write the published figures that stand beside the case; return the last row."""
    t, pen = book.pen.t, book.pen
    if not book.scenario.figures:
        return row - 1
    sheet.heading(row, t("workbook.part_figures"))
    for figure in book.scenario.figures:
        row += 1
        line = Line(address="", label=None, parameter=figure, is_stated=True, may_be_blank=False)
        source, caveat = _papers(book, line)
        sheet.text(row, LABEL, t.of(figure.label), text_wrap=True, indent=1)
        of_value = pen.of_whole if figure.value.is_integer() else pen.of_unit
        sheet.number(row, VALUE, figure.value, num_format=of_value(figure.unit))
        sheet.text(row, UNIT, pen.unit(figure.unit), font_color=LIGHT.quiet, text_wrap=True)
        sheet.text(row, PROVENANCE, name_of(figure.provenance, t))
        if figure.year is not None:
            sheet.number(row, YEAR, figure.year, font_color=LIGHT.quiet)
        sheet.text(row, SOURCE, source, text_wrap=True, indent=1)
        sheet.text(row, CAVEAT, caveat, text_wrap=True)
    return row
