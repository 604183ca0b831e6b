"""The sheet of associations: a row each, from what the table gives to the ratio, as formulas.

An outcome is what one unit of it is worth, after deductions and discounting, times its factors:
those of the row, else those of the template. Settings, shares and durations are in the value of a
unit, which is the model's, and does not follow what is typed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name

from reports.programme_subject import Programme
from reports.workbook_layout import plain
from reports.workbook_pen import ALLOWED, INPUT_FILL, PERCENT, Pen, Sheet, quoted
from roi_model.portfolio import Amounts, Positions
from roi_model.scenario import Scenario
from roi_model.valuation import Valuation
from roi_model.value_map import Cost, Outcome
from ui.theme import LIGHT
from ui.words import UNDEFINED

HEAD, TOTAL, FIRST = 2, 3, 4
"""Rows of the headings, of the sums and of the first association."""
AT_ONCE = 2_000
"""Rows whose values are held as Python numbers at a time."""
COLUMNS_A_PAGE = 12
LONGEST_TEXT = 32_000
"""Characters of a cell; Excel takes 32 767."""
KINDS = {1: "outcome", -1: "loss", 0: "transfer"}
"""What an outcome is to the point of view, by how often it counts."""
DASH = quoted(UNDEFINED)

Line = Outcome | Cost


@dataclass(frozen=True, kw_only=True, eq=False)
class Column:
    """A column of the sheet: its heading and values, and the formula of a row where it has one."""

    heading: str
    values: Any
    style: Mapping[str, Any] = field(default_factory=dict)
    formula: str = ""
    """With ``{row}`` where the number of the row goes."""
    is_text: bool = False
    is_summed: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Unit:
    """What one unit of a line is worth in present value: of all rows alike, or of each."""

    line: Line
    values: Amounts

    @property
    def is_common(self) -> bool:
        """Say whether all rows have the same."""
        return bool((self.values == self.values[0]).all())


def units_of(programme: Programme) -> list[Unit]:
    """Return what one unit is worth of each line that concerns anyone who is counted."""
    evaluation = programme.evaluation
    template, portfolio = programme.template, programme.portfolio
    counted = evaluation.perspective.beneficiaries
    outcomes = [
        one
        for one in template.outcomes
        if one.stakeholder in counted or one.transfer_from in counted
    ]
    # Those counted once stand together, then losses, then what is lost by one and gained by one.
    outcomes.sort(key=lambda one: (1, -1, 0).index(evaluation.signs[one.id]))
    costs = [one for one in template.costs if one.id in evaluation.by_cost]
    lines: list[Line] = [*outcomes, *costs]
    values = {one.id: np.empty(len(portfolio)) for one in lines}
    for scenario, positions in portfolio.groups():
        found = _units(programme, scenario, positions, [one.id for one in lines])
        for line, amount in found.items():
            values[line][positions] = amount
    return [Unit(line=one, values=values[one.id]) for one in lines]


def _units(
    programme: Programme, scenario: Scenario, positions: Positions, lines: Sequence[str]
) -> dict[str, Any]:
    valuation = Valuation(scenario, programme.evaluation.perspective)
    numbers = programme.portfolio.numbers_of(scenario, positions)
    found: dict[str, Any] = {}
    of_scenario: list[Line] = [*scenario.outcomes, *scenario.costs]
    by_id = {one.id: one for one in of_scenario}
    for line in (by_id[one] for one in lines):
        ones = numbers | dict.fromkeys(factors_of(line), 1.0)
        if isinstance(line, Outcome):
            found[line.id] = valuation.present_value(line, 1, ones)
        else:
            found[line.id] = valuation.cost(line, ones)
    return found


def factors_of(line: Line) -> tuple[str, ...]:
    """Return the addresses that the amount of a line is proportional to."""
    if isinstance(line, Outcome):
        return tuple(f"{line.id}.{one.id}" for one in line.factors)
    return (line.id,) if line.price is None else (line.id, f"{line.id}.price")


class RowsSheet:
    """The sheet of associations, and where its columns are for the other sheets."""

    def __init__(
        self,
        programme: Programme,
        pen: Pen,
        sheet: Sheet,
        *,
        units: Sequence[Unit],
        cells: Mapping[str, str],
        is_live: bool,
    ) -> None:
        """Settle what each column holds. ``cells`` has the numbers of the template by address."""
        self.programme, self.pen, self.sheet, self.t = programme, pen, sheet, programme.t
        self.units, self.cells, self.is_live = units, cells, is_live
        self.columns: dict[str, Column] = {}
        self.last = FIRST + len(programme.portfolio) - 1
        self.money = {"num_format": pen.money()}
        self.ratio = {"num_format": pen.money(decimals=2)}
        self._table()
        self._inputs()
        self._amounts()
        self._results()
        if programme.simulation is not None:
            self._draws()

    # --- What the columns are ------------------------------------------------------------------

    def _table(self) -> None:
        """Add what the table says of each row."""
        t, portfolio = self.t, self.programme.portfolio
        self.columns["id"] = Column(
            heading=t("portfolio.heading_id"), values=portfolio.ids, is_text=True
        )
        self.columns["line"] = Column(
            heading=t("programme.heading_line"),
            values=portfolio.lines,
            style=_quiet("0") | {"align": "center"},
        )
        for name, column in portfolio.labels.items():
            self.columns[f"label.{name}"] = Column(heading=name, values=column, is_text=True)

    def _inputs(self) -> None:
        """Add the numbers of each row, to be typed over where formulas follow them."""
        programme, portfolio, t = self.programme, self.programme.portfolio, self.t
        parameters = dict(programme.template.parameters())
        followed = {one for unit in self.units for one in factors_of(unit.line)}
        for address, column in portfolio.numbers.items():
            unit = parameters[address].unit
            label = programme.label(address)
            said = f"{label} ({self.pen.unit(unit)}) [{address}]"
            is_typed = self.is_live and address in followed
            number = self.pen.of_unit(unit)
            style = _typed(number) if is_typed else _quiet(number)
            self.columns[address] = Column(heading=said, values=column, style=style)
            for end, key in (("low", "portfolio.low_of"), ("high", "portfolio.high_of")):
                ends = (portfolio.lows if end == "low" else portfolio.highs).get(address)
                if ends is not None:
                    self.columns[f"{address}.{end}"] = Column(
                        heading=t(key, label=label), values=ends, style=_quiet(number)
                    )
        for name, chosen in portfolio.choices.items():
            texts = np.array(["" if one is None else str(one) for one in chosen], dtype=object)
            self.columns[name] = Column(
                heading=f"{programme.label(name)} [{name}]", values=texts, is_text=True
            )

    def _amounts(self) -> None:
        """Add what each outcome brings and what each cost comes to."""
        t, evaluation = self.t, self.programme.evaluation
        for unit in self.units:
            line = unit.line
            if not unit.is_common:
                self.columns[f"unit.{line.id}"] = Column(
                    heading=t("programme.heading_unit", label=t.of(line.label)),
                    values=unit.values,
                    style=_quiet("#,##0.00####"),
                )
        for unit in self.units:
            line = unit.line
            is_outcome = isinstance(line, Outcome)
            values = evaluation.gained[line.id] if is_outcome else evaluation.by_cost[line.id]
            kind = KINDS[evaluation.signs[line.id]] if is_outcome else "cost"
            self.columns[f"line.{line.id}"] = Column(
                heading=t(f"programme.heading_{kind}_line", label=t.of(line.label)),
                values=values,
                style=self.money,
                formula=self._product(unit),
                is_summed=True,
            )

    def _product(self, unit: Unit) -> str:
        """Return the formula of a line: its unit times its factors, those of the row if given."""
        line = unit.line
        parts = [self.cells[f"unit.{line.id}"] if unit.is_common else self.at(f"unit.{line.id}")]
        for address in factors_of(line):
            if address not in self.columns:
                parts.append(self.cells[address])
            else:
                own = self.at(address)
                parts.append(f"IF(ISBLANK({own}),{self.cells[address]},{own})")
        return "*".join(parts)

    def _results(self) -> None:
        """Add benefits, costs, what is left and the ratio."""
        t, evaluation = self.t, self.programme.evaluation
        signs = evaluation.signs
        gains = [one.line.id for one in self.units if isinstance(one.line, Outcome)]
        benefits = self._sum([one for one in gains if signs[one] > 0]) or "0"
        if losses := self._sum([one for one in gains if signs[one] < 0]):
            benefits += f"-{losses}"
        costs = self._sum([one.line.id for one in self.units if isinstance(one.line, Cost)]) or "0"
        for name, formula, values in (
            ("benefits", benefits, evaluation.benefits),
            ("costs", costs, evaluation.costs),
        ):
            self.columns[name] = Column(
                heading=t(f"programme.heading_{name}"),
                values=values,
                style=self.money,
                formula=formula,
                is_summed=True,
            )
        gained, paid = self.at("benefits"), self.at("costs")
        self.columns["net"] = Column(
            heading=t("table.net"),
            values=evaluation.net_present_values,
            style=self.money,
            formula=f"{gained}-{paid}",
            is_summed=True,
        )
        self.columns["ratio"] = Column(
            heading=t("table.ratio"),
            values=evaluation.ratios,
            style=self.ratio | {"bold": True, "align": "right"},
            formula=f"IF({paid}=0,{DASH},{gained}/{paid})",
        )

    def _sum(self, lines: Sequence[str]) -> str:
        """Return the sum of lines that stand beside each other, in a row."""
        if not lines:
            return ""
        return f"SUM({self.at(f'line.{lines[0]}')}:{self.at(f'line.{lines[-1]}')})"

    def _draws(self) -> None:
        """Add what the draws give: values, which do not follow what is typed."""
        t, simulation = self.t, self.programme.simulation
        if simulation is None:
            return
        level = t.percent(simulation.level)
        target = t.ratio(simulation.target)
        for name, values in (
            ("low", simulation.low),
            ("median", simulation.median),
            ("high", simulation.high),
        ):
            heading = t(f"programme.heading_{name}", level=level)
            self.columns[name] = Column(
                heading=heading, values=values, style=_quiet(self.pen.money(decimals=2))
            )
        self.columns["above"] = Column(
            heading=t("programme.heading_above", target=target),
            values=simulation.probability_above,
            style=_quiet(PERCENT),
        )

    # --- Where they are ------------------------------------------------------------------------

    def at(self, name: str) -> str:
        """Return the cell of a column in the row of a formula."""
        return f"${xl_col_to_name([*self.columns].index(name))}{{row}}"

    def whole(self, name: str) -> str:
        """Return the rows of a column, from any sheet."""
        return self.sheet.rows([*self.columns].index(name), FIRST, self.last)

    def total(self, name: str) -> str:
        """Return the sum of a column, from any sheet."""
        return self.sheet.cell(TOTAL, [*self.columns].index(name))

    # --- Written -------------------------------------------------------------------------------

    def write(self) -> None:
        """Write the sheet, from the top down, a few rows in memory at a time."""
        sheet, t = self.sheet, self.t
        for place, column in enumerate(self.columns.values()):
            sheet.width(place, 24 if column.is_text else 19)
        sheet.title_and_note(
            t("programme.rows_title"),
            t("programme.rows_note" if self.is_live else "programme.rows_note_values"),
        )
        sheet.header(HEAD, [one.heading for one in self.columns.values()])
        self._totals()
        paper, last_column = sheet.paper, len(self.columns) - 1
        paper.freeze_panes(FIRST, 1)
        paper.autofilter(TOTAL, 0, self.last, last_column)
        paper.protect("", dict.fromkeys((*ALLOWED, "autofilter"), True))
        for start in range(0, len(self.programme.portfolio), AT_ONCE):
            self._write_rows(start)
        wide = 1 + last_column // COLUMNS_A_PAGE
        sheet.print_as(header=HEAD, last_row=self.last, last_column=last_column, pages_wide=wide)

    def _totals(self) -> None:
        sheet, totals = self.sheet, self.programme.totals
        bold = {"bold": True, "bg_color": "#F3F6F6", "bottom": 1, "border_color": LIGHT.quiet}
        sheet.text(TOTAL, 0, self.t("programme.in_all"), **bold)
        for place, (name, column) in enumerate(self.columns.items()):
            if column.is_summed:
                amounts = column.values
                value = {"benefits": totals.benefits, "costs": totals.costs}.get(name)
                value = float(np.sum(amounts)) if value is None else value
                formula = f"SUM({self.whole(name)})"
                sheet.formula(TOTAL, place, formula, value, **bold, **column.style)
            elif name == "ratio":
                paid, gained = self.total("costs"), self.total("benefits")
                formula = f"IF({paid}=0,{DASH},{gained}/{paid})"
                style = bold | dict(column.style)
                sheet.formula(TOTAL, place, formula, totals.ratio, **style)
            elif place:
                sheet.text(TOTAL, place, "", **bold)

    def _write_rows(self, start: int) -> None:
        paper, stop = self.sheet.paper, start + AT_ONCE
        columns = list(self.columns.values())
        formats = [self.pen.style(**one.style) for one in columns]
        values = [one.values[start:stop].tolist() for one in columns]
        for offset in range(len(values[0])):
            row = FIRST + start + offset
            for place, (column, style) in enumerate(zip(columns, formats, strict=True)):
                value = values[place][offset]
                if column.is_text and value:
                    paper.write_string(row, place, plain(str(value))[:LONGEST_TEXT], style)
                elif column.is_text:
                    paper.write_blank(row, place, None, style)
                elif column.formula and self.is_live:
                    self._formula(row, place, column.formula, value, style)
                elif value == value:  # not NaN: a blank, or a ratio without a cost
                    paper.write_number(row, place, value, style)
                else:
                    paper.write_blank(row, place, None, style)

    def _formula(self, row: int, place: int, formula: str, value: float, style: Format) -> None:
        shown: float | str = value if value == value else UNDEFINED
        if not self.pen.with_results:
            shown = 0
        self.sheet.paper.write_formula(
            row, place, formula.replace("{row}", str(row + 1)), style, shown
        )


def _quiet(number_format: str) -> dict[str, Any]:
    return {"num_format": number_format, "font_color": LIGHT.quiet}


def _typed(number_format: str) -> dict[str, Any]:
    return {
        "num_format": number_format,
        "bg_color": INPUT_FILL,
        "border": 1,
        "border_color": LIGHT.line,
        "locked": False,
    }
