"""The costs by funder, and the scenario year by year, down to the month it is paid back."""

from typing import Any

from xlsxwriter.utility import xl_col_to_name

from reports.workbook_inputs import Book, in_chosen_prices
from reports.workbook_pen import FACTOR, WHOLE, Sheet, quoted
from reports.workbook_value_map import (
    COLUMN,
    FIRST,
    HEAD,
    YEARS_FIRST,
    YEARS_LINES,
    Known,
    geometric,
    is_yearly,
)
from roi_model import formulas
from roi_model.cash_flow import cash_flow
from roi_model.discounting import FIRST_YEAR_EXPONENT, discount_factors
from roi_model.evaluation import Evaluation
from roi_model.valuation import cost_amount, years_of_cost
from roi_model.value_map import Cost, Outcome
from ui.theme import LIGHT
from ui.words import UNDEFINED, Words

COSTS = (
    "funder", "cost", "kind", "quantity", "price", "amount", "paid", "start", "years",
    "present_value", "counts", "counted_value",
)  # fmt: skip
COSTS_HIDDEN = ("funder_id", "exponent", "last_year")
COSTS_READ = (
    "funder_id", "amount", "years", "present_value", "counts", "counted_value", "last_year",
)  # fmt: skip
"""Columns that formulas read whole."""
COST = {name: place for place, name in enumerate((*COSTS, *COSTS_HIDDEN))}
YEARS = (
    "year", "calendar", "benefits", "costs_at_start", "costs_with_benefits", "factor",
    "factor_at_start", "pv_benefits", "pv_costs", "cumulated",
)  # fmt: skip
PAYBACK = ("outlay", "spread", "outlay_cumulated", "reached", "months")
YEAR = {name: place for place, name in enumerate((*YEARS, *PAYBACK))}
SIGNS = YEARS_FIRST - 2
"""Row of what counts of each line."""


# --- Costs -------------------------------------------------------------------------------------


def costs_sheet(book: Book, model: Known) -> None:
    """Write the costs, one a row, and their sums by funder."""
    sheet, t = book.sheets["costs"], book.pen.t
    sheet.title_and_note(t("workbook.costs_title"), t("workbook.costs_note"))
    widths = {"funder": 34, "cost": 40, "paid": 22, "kind": 18}
    for name, place in COST.items():
        sheet.width(place, widths.get(name, 15), hidden=name in COSTS_HIDDEN)
    sheet.header(HEAD, [t(f"workbook.cost_{name}") for name in COSTS])
    sheet.header(HEAD, COSTS_HIDDEN, column=len(COSTS))
    sheet.paper.freeze_panes(FIRST, COST["kind"])
    for position, cost in enumerate(book.scenario.costs):
        _cost(book, model, position, cost)
    count = len(book.scenario.costs)
    for name in COSTS_READ:
        if count:
            book.cells[f"costs.{name}"] = sheet.rows(COST[name], FIRST, FIRST + count - 1)
    row = FIRST + count
    total = {"bold": True, "top": 1}
    for place in range(len(COSTS)):
        sheet.text(row, place, "", **total)
    sheet.text(row, 0, t("workbook.total"), **total)
    money = {"num_format": book.pen.money()}
    sums = {
        "present_value": sum(float(model.valuation.cost(one, {})) for one in book.scenario.costs),
        "counted_value": model.evaluation.present_value_costs,
    }
    for name, value in sums.items():
        formula = f"SUM({book.cells[f'costs.{name}']})" if count else "0"
        sheet.formula(row, COST[name], formula, value, **total, **money)
    book.cells["costs"] = sheet.cell(row, COST["counted_value"])
    last = _by_funder(book, model, row + 2)
    sheet.print_as(header=HEAD, last_row=last, last_column=len(COSTS) - 1)


def _cost(book: Book, model: Known, position: int, cost: Cost) -> None:
    sheet, t, money = book.sheets["costs"], book.pen.t, book.pen.money()
    row, settings = FIRST + position, book.scenario.settings
    names = {one.id: t.of(one.name) for one in book.scenario.stakeholders}

    def here(name: str) -> str:
        return f"${xl_col_to_name(COST[name])}${row + 1}"

    def formula(name: str, written: str, value: Any, number_format: str) -> None:
        sheet.formula(row, COST[name], written, float(value), num_format=number_format)

    sheet.text(row, COST["funder"], names[cost.stakeholder], text_wrap=True)
    sheet.text(row, COST["cost"], t.of(cost.label), bold=True, text_wrap=True)
    sheet.text(
        row,
        COST["kind"],
        t("workbook.kind_in_kind" if cost.kind == "in_kind" else "workbook.kind_cash"),
    )
    sheet.text(row, COST["paid"], t(f"workbook.paid_{cost.timing}"), text_wrap=True, indent=1)
    sheet.text(row, COST["funder_id"], cost.stakeholder)
    amount = float(cost_amount(cost, settings, {}))
    if cost.price is None:
        formula("amount", book.counted[cost.id], amount, money)
    else:
        price = book.counted[f"{cost.id}.price"]
        counted = in_chosen_prices(cost, settings)
        formula("quantity", book.counted[cost.id], counted, "#,##0.0##")
        in_prices = in_chosen_prices(cost.price, settings)
        formula("price", price, in_prices, book.pen.money(decimals=2))
        formula("amount", f"{here('quantity')}*{here('price')}", amount, money)
    sheet.number(row, COST["start"], cost.start_year, num_format=WHOLE)
    years = years_of_cost(cost, settings)
    in_years = f"MAX(0,activity_years-{here('start')}+1)" if is_yearly(cost) else "1"
    formula("years", in_years, years, WHOLE)
    is_paid_along = cost.timing == "benefits"
    exponent = FIRST_YEAR_EXPONENT[settings.timing] if is_paid_along else 0.0
    formula("exponent", "first_exponent" if is_paid_along else "0", exponent, "0.0")
    formula(
        "present_value",
        f"{here('amount')}*{geometric('a_year_later', here('years'))}"
        f"*a_year_later^({here('exponent')}+{here('start')}-1)",
        model.valuation.cost(cost, {}),
        money,
    )
    counts = cost.stakeholder in book.perspective.payers
    formula("counts", book.cells[f"pays.{cost.stakeholder}"], counts, "0")
    paid = model.evaluation.by_cost[position].present_value
    formula("counted_value", f"{here('present_value')}*{here('counts')}", paid, money)
    last = cost.start_year + years - 1 if counts and years else 0
    condition = f"AND({here('counts')}=1,{here('years')}>0)"
    formula("last_year", f"IF({condition},{here('start')}+{here('years')}-1,0)", last, WHOLE)


def _by_funder(book: Book, model: Known, row: int) -> int:
    """Write what each funder pays; return the last row."""
    sheet, t = book.sheets["costs"], book.pen.t
    sheet.heading(row, t("workbook.by_funder"))
    row += 1
    sheet.header(row, [t(f"workbook.cost_{name}") for name in ("funder", "present_value")])
    sheet.header(row, [t("workbook.cost_counted_value")], column=2)
    money = {"num_format": book.pen.money()}
    valued = [
        (cost.stakeholder, float(model.valuation.cost(cost, {})), result.present_value)
        for cost, result in zip(book.scenario.costs, model.evaluation.by_cost, strict=True)
    ]
    for one in book.scenario.stakeholders:
        if all(funder != one.id for funder, _, _ in valued):
            continue
        row += 1
        sheet.text(row, 0, t.of(one.name), text_wrap=True)
        for column, name in enumerate(("present_value", "counted_value"), start=1):
            sums = (book.cells["costs.funder_id"], book.cells[f"costs.{name}"])
            value = sum(amounts[column - 1] for funder, *amounts in valued if funder == one.id)
            formula = f"SUMIF({sums[0]},{quoted(one.id)},{sums[1]})"
            sheet.formula(row, column, formula, value, **money)
    return row


# --- Years -------------------------------------------------------------------------------------


def years_sheet(book: Book, model: Known) -> None:
    """Write the scenario year by year: what is paid and gained, cumulated, and paid back."""
    _Years(book, model).write()


class _Years:
    """The sheet of years, one a row; each outcome and each cost has a column of it."""

    def __init__(self, book: Book, model: Known) -> None:
        self.book, self.model = book, model
        self.sheet: Sheet = book.sheets["years"]
        self.outcomes, self.costs = book.scenario.outcomes, book.scenario.costs
        self.last = YEARS_FIRST + model.shown_years - 1
        self.first_cost = YEARS_LINES + len(self.outcomes)
        self.money = {"num_format": book.pen.money()}
        self.of_outcomes = [_map_cells(book, place) for place in range(len(self.outcomes))]
        self.of_costs = [_cost_cells(book, place) for place in range(len(self.costs))]
        self.by_year = [
            [*years, *[0.0] * (model.shown_years - len(years))] for years in model.by_year
        ]

    def write(self) -> None:
        """Write the whole sheet."""
        book, t, sheet = self.book, self.book.pen.t, self.sheet
        sheet.title_and_note(t("workbook.years_title"), t("workbook.years_note"))
        lines: list[Outcome | Cost] = [*self.outcomes, *self.costs]
        for column in range(YEARS_LINES + len(lines)):
            sheet.width(column, 9 if column < YEAR["benefits"] else 16)
        heads = [t(f"workbook.years_{name}") for name in (*YEARS, *PAYBACK)]
        sheet.header(YEARS_FIRST - 1, [*heads, *(t.of(one.label) for one in lines)])
        sheet.paper.freeze_panes(YEARS_FIRST, 2)
        self._length()
        self._signs()
        values = self._values()
        for year in range(1, self.model.shown_years + 1):
            row = YEARS_FIRST + year - 1
            self._lines(row, year)
            self._sums(row, year, {name: column[year - 1] for name, column in values.items()})
        self._paid_back()
        book.cells["years.pv_benefits"] = self._column("pv_benefits")
        book.cells["years.pv_costs"] = self._column("pv_costs")
        sheet.print_as(header=YEARS_FIRST - 1, last_row=self.last, last_column=YEAR["cumulated"])

    def _column(self, name: str) -> str:
        return self.sheet.rows(YEAR[name], YEARS_FIRST, self.last)

    def _here(self, name: str, row: int) -> str:
        return f"${xl_col_to_name(YEAR[name])}{row + 1}"

    def _length(self) -> None:
        """Write the last year in which something happens, and whether it has a row."""
        ranges = [
            self.book.cells[name]
            for name in ("map.last_year", "costs.last_year")
            if name in self.book.cells
        ]
        row, t = YEARS_FIRST - 3, self.book.pen.t
        self.sheet.text(row, 0, t("workbook.last_year"), font_color=LIGHT.quiet)
        self.sheet.formula(
            row, 4, f"MAX({','.join(['1', *ranges])})", self.model.length, num_format=WHOLE,
            align="left",
        )  # fmt: skip
        self.book.name("last_year", self.sheet.cell(row, 4))
        beyond = quoted(t("workbook.beyond", years=self.model.shown_years))
        formula = f'IF(last_year>{self.model.shown_years},{beyond},"")'
        self.sheet.formula(row, 5, formula, "", bold=True, font_color=LIGHT.refused)

    def _signs(self) -> None:
        self.sheet.text(SIGNS, 0, self.book.pen.t("workbook.counts"), font_color=LIGHT.quiet)
        quiet = {"num_format": "0", "font_color": LIGHT.quiet}
        for position, sign in enumerate(self.model.valuation.signs):
            cell = _cell_of(self.book.cells["map.sign"], position)
            self.sheet.formula(SIGNS, YEARS_LINES + position, cell, sign, **quiet)
        for position, cost in enumerate(self.costs):
            counts = float(cost.stakeholder in self.book.perspective.payers)
            cell = _cell_of(self.book.cells["costs.counts"], position)
            self.sheet.formula(SIGNS, self.first_cost + position, cell, counts, **quiet)

    def _lines(self, row: int, year: int) -> None:
        """Write what each outcome and each cost is in a year, in full, undiscounted."""
        for position in range(len(self.outcomes)):
            at = self.of_outcomes[position]
            since = f"$A{row + 1}-{at['start']}"
            kept = f"(1-{at['drop_off']})"
            # The years of activity that still have an effect: what is left of each of them.
            left = (
                f"SUMPRODUCT({kept}^exponents*(exponents>={since}-{at['activity']}+1)"
                f"*(exponents<={since})*(exponents<{at['period']}))"
            )
            formula = (
                f"IF(OR({since}<0,$A{row + 1}>{at['last_year']}),0,{at['impact']}"
                f"*IF(drop_off_from=1,{kept},1)"
                f"*IF({kept}=0,IF({since}<{at['activity']},1,0),{left}))"
            )
            value = self.by_year[position][year - 1]
            self.sheet.formula(row, YEARS_LINES + position, formula, value, **self.money)
        for position, cost in enumerate(self.costs):
            at = self.of_costs[position]
            years = years_of_cost(cost, self.book.scenario.settings)
            is_paid = cost.start_year <= year < cost.start_year + years
            amount = float(cost_amount(cost, self.book.scenario.settings, {}))
            inside = f"AND($A{row + 1}>={at['start']},$A{row + 1}<{at['start']}+{at['years']})"
            self.sheet.formula(
                row,
                self.first_cost + position,
                f"IF({inside},{at['amount']},0)",
                amount if is_paid else 0.0,
                **self.money,
            )

    def _values(self) -> dict[str, list[float]]:
        """Return what the model has in each year, by column; nothing after its last."""
        model, settings = self.model, self.book.scenario.settings
        flow = cash_flow(self.book.scenario, self.book.perspective)
        flows, spare = model.flows, model.shown_years - model.length
        rate, count = settings.discount_rate.value, model.shown_years
        nothing = [0.0] * spare
        end = [flow.years[-1].cumulated] * spare
        along = flows.costs_with_benefits
        is_outlay = not flows.costs_at_start.any() and along.any()
        outlay = flows.present_values(
            along if is_outlay else flows.costs_at_start,
            flows.timing if is_outlay else flows.cost_timing,
        )
        spread = flows.present_values(
            flows.benefits if is_outlay else flows.benefits - along, flows.timing
        )
        return {
            "benefits": [*flows.benefits.tolist(), *nothing],
            "costs_at_start": [*flows.costs_at_start.tolist(), *nothing],
            "costs_with_benefits": [*along.tolist(), *nothing],
            "factor": discount_factors(count, discount_rate=rate, timing=flows.timing).tolist(),
            "factor_at_start": discount_factors(
                count, discount_rate=rate, timing=flows.cost_timing
            ).tolist(),
            "pv_benefits": [*(one.present_value_benefits for one in flow.years), *nothing],
            "pv_costs": [*(one.present_value_costs for one in flow.years), *nothing],
            "cumulated": [*(one.cumulated for one in flow.years), *end],
            "outlay": [*outlay.tolist(), *nothing],
            "spread": [*spread.tolist(), *nothing],
            "outlay_cumulated": [*outlay.cumsum().tolist(), *[float(outlay.sum())] * spare],
            "reached": [0.0, *spread.cumsum().tolist(), *[float(spread.sum())] * spare][:count],
        }

    def _sums(self, row: int, year: int, values: dict[str, float]) -> None:
        here = {name: self._here(name, row) for name in YEAR}
        before = {name: self._here(name, row - 1) for name in YEAR}
        first = self.book.scenario.settings.first_year
        typed = self.book.typed["first_year"]
        self.sheet.number(row, YEAR["year"], year, num_format="0", align="center")
        calendar = f'IF(ISBLANK({typed}),"",{typed}+{here["year"]}-1)'
        named = "" if first is None else first + year - 1
        self.sheet.formula(row, YEAR["calendar"], calendar, named, num_format="0", align="center")
        none = f"SUMPRODUCT(--({self._column('costs_at_start')}<>0))=0"
        some = f"SUMPRODUCT(--({self._column('costs_with_benefits')}<>0))>0"
        # All of it paid as the benefits come in: there is no outlay to recover first.
        along = f"AND({none},{some})"
        is_first = year == 1
        written = {
            "benefits": self._counted(row, YEARS_LINES, len(self.outcomes)),
            "costs_at_start": self._paid(row, "start"),
            "costs_with_benefits": self._paid(row, "benefits"),
            "factor": f"a_year_later^(first_exponent+{here['year']}-1)",
            "factor_at_start": f"a_year_later^({here['year']}-1)",
            "pv_benefits": f"{here['benefits']}*{here['factor']}",
            "pv_costs": f"{here['costs_at_start']}*{here['factor_at_start']}"
            f"+{here['costs_with_benefits']}*{here['factor']}",
            "cumulated": ("" if is_first else f"{before['cumulated']}+")
            + f"{here['pv_benefits']}-{here['pv_costs']}",
            "outlay": f"IF({along},{here['costs_with_benefits']}*{here['factor']},"
            f"{here['costs_at_start']}*{here['factor_at_start']})",
            "spread": f"({here['benefits']}-IF({along},0,{here['costs_with_benefits']}))"
            f"*{here['factor']}",
            "outlay_cumulated": ("" if is_first else f"{before['outlay_cumulated']}+")
            + here["outlay"],
            "reached": "0" if is_first else f"{before['reached']}+{before['spread']}",
        }
        for name, formula in written.items():
            style = {"num_format": FACTOR} if name.startswith("factor") else self.money
            self.sheet.formula(row, YEAR[name], formula, values[name], **style)
        missing = f"{here['outlay_cumulated']}-{here['reached']}"
        formula = (
            f"IF(AND({here['year']}<=last_year,{here['outlay_cumulated']}>0,"
            f"OR({missing}<=0,{here['spread']}>={missing})),"
            f"{formulas.MONTHS_PER_YEAR}*({here['year']}-1"
            f'+MAX(0,{missing})/IF({here["spread"]}=0,1,{here["spread"]})),"")'
        )
        self.sheet.formula(
            row, YEAR["months"], formula, self._months(year, values), num_format="0.0"
        )

    def _months(self, year: int, values: dict[str, float]) -> float | str:
        missing = values["outlay_cumulated"] - values["reached"]
        is_there = values["outlay_cumulated"] > 0 and (missing <= 0 or values["spread"] >= missing)
        if year > self.model.length or not is_there:
            return ""
        spread = values["spread"] or 1.0
        return float(formulas.MONTHS_PER_YEAR * (year - 1 + max(0.0, missing) / spread))

    def _counted(self, row: int, first: int, count: int) -> str:
        """Return the sum of some lines in a year, each as often as it counts."""
        if not count:
            return "0"
        cells = self.sheet.columns(row, first, first + count - 1)
        signs = self.sheet.columns(SIGNS, first, first + count - 1)
        return f"SUMPRODUCT({cells},{signs})"

    def _paid(self, row: int, timing: str) -> str:
        """Return the sum of the costs that are paid at a moment of their year."""
        columns = [
            self.first_cost + position
            for position, cost in enumerate(self.costs)
            if cost.timing == timing
        ]
        names = [xl_col_to_name(column) for column in columns]
        terms = [f"${name}{row + 1}*${name}${SIGNS + 1}" for name in names]
        return "+".join(terms) or "0"

    def _paid_back(self) -> None:
        """Write the payback period under the months of the years."""
        months, outlay = self._column("months"), self._column("outlay")
        never, undefined = self.book.pen.t("figures.never"), quoted(UNDEFINED)
        # Years that have no row here may yet pay it back.
        not_here = f"IF(last_year>{self.model.shown_years},{undefined},{quoted(never)})"
        by_year = f"IF(COUNT({months})=0,{not_here},MIN({months}))"
        row = YEARS_FIRST - 2
        formula = f"IF(SUM({outlay})<=0,{undefined},{by_year})"
        value = months_or_never(self.model.evaluation, self.book.pen.t)
        self.sheet.formula(row, YEAR["months"], formula, value, num_format="0.0", bold=True)
        self.book.cells["payback"] = self.sheet.cell(row, YEAR["months"])


def months_or_never(evaluation: Evaluation, t: Words) -> float | str:
    """Return the payback period in months, and a word where the costs are never paid back."""
    return t("figures.never") if evaluation.is_never_paid_back else evaluation.payback_months


def _cell_of(rows: str, position: int) -> str:
    """Return the cell at a position of a range of rows, such as ``'Map'!$A$5:$A$9``."""
    sheet, _, cells = rows.rpartition("!")
    _, column, first = cells.partition(":")[0].split("$")
    return f"{sheet}!${column}${int(first) + position}"


def _map_cells(book: Book, position: int) -> dict[str, str]:
    sheet = book.sheets["value_map"]
    return {name: sheet.cell(FIRST + position, column) for name, column in COLUMN.items()}


def _cost_cells(book: Book, position: int) -> dict[str, str]:
    sheet = book.sheets["costs"]
    return {name: sheet.cell(FIRST + position, column) for name, column in COST.items()}
