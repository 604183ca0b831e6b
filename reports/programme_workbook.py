"""A programme as a workbook: a row an association, sums that follow what is typed, by group too.

Written from the top down with few rows in memory, so that a hundred thousand associations fit.
What the draws give stands as values: a workbook draws nothing.
"""

import datetime
import io
from math import isfinite
from typing import Any, Unpack

from xlsxwriter import Workbook

from reports.headline import view
from reports.programme_papers import again
from reports.programme_subject import Group, Programme, ProgrammeWishes, programme_of
from reports.programme_whole import about, common, not_given, sentence
from reports.programme_workbook_papers import NumbersSheet, faults_sheet, sources_sheet
from reports.programme_workbook_rows import DASH, RowsSheet, units_of
from reports.workbook_pen import PERCENT, WHOLE, Pen, Sheet
from roi_model.portfolio import Portfolio
from roi_model.portfolio_simulation import PortfolioSimulation, Range
from roi_model.problems import Problem, ScenarioError
from ui.portfolio_deducted import not_deducted
from ui.portfolio_faults import cut
from ui.theme import LIGHT

SHEETS = ("whole", "rows", "numbers", "faults", "sources")
LIVE_ROWS = 50_000
"""Rows up to which those of associations are formulas: LibreOffice opens so many within 530 MB,
twice as many within 940 MB, and these as values within 220 MB, several times sooner."""
MOST_ROWS = 1_048_000
"""Rows of a sheet, less those of the headings."""
LAST_COLUMN = 6
"""Of the first sheet."""
LETTERS = 200
"""Of a text that Excel looks for; it takes 255."""
NO_TEXTS = frozenset({"true", "false", "vrai", "faux"})


def programme_workbook(
    portfolio: Portfolio,
    simulation: PortfolioSimulation | None = None,
    *,
    with_results: bool = True,
    live_rows: int = LIVE_ROWS,
    **wishes: Unpack[ProgrammeWishes],
) -> bytes:
    """Return the workbook of a programme, in ``.xlsx``.

    Formulas are stored with what the model makes of them; ``with_results=False`` stores zeros, to
    prove a recalculation. Above ``live_rows`` rows, those of associations are values; sums, groups
    and what stands on them stay formulas.

    Raises:
        ScenarioError: a sheet does not hold so many rows.
        ValueError, KeyError: as ``programme_of``.
    """
    if len(portfolio) > MOST_ROWS:
        raise _too_many(len(portfolio))
    programme = programme_of(portfolio, simulation, **wishes)
    t, content = programme.t, io.BytesIO()
    as_typed = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(content, {"constant_memory": True, **as_typed}) as written:
        moment = datetime.datetime.combine(programme.today, datetime.time())
        title = t("programme.title", name=t.of(programme.template.name))
        written.set_properties({"title": title, "created": moment})
        written.set_calc_mode("auto")
        currency = programme.template.currency
        pen = Pen(book=written, t=t, currency=currency, with_results=with_results)
        sheets = {name: pen.sheet(t(f"programme.sheet_{name}")) for name in SHEETS}
        units, is_live = units_of(programme), len(portfolio) <= live_rows
        numbers = NumbersSheet(programme, pen, sheets["numbers"], units=units, is_live=is_live)
        rows = RowsSheet(
            programme, pen, sheets["rows"], units=units, cells=numbers.cells, is_live=is_live
        )
        WholeSheet(programme, pen, sheets["whole"], rows).write()
        rows.write()
        numbers.write()
        faults_sheet(programme, sheets["faults"])
        sources_sheet(programme, sheets["sources"])
    return content.getvalue()


def _too_many(rows: int) -> ScenarioError:
    problem = Problem(
        where="rows",
        code="file_too_many_rows",
        received=rows,
        allowed=str(MOST_ROWS),
        message=f"a sheet holds at most {MOST_ROWS} associations",
    )
    return ScenarioError([problem])


class WholeSheet:
    """The first sheet: the programme in all, who pays and gains, its groups, and what it is of."""

    def __init__(self, programme: Programme, pen: Pen, sheet: Sheet, rows: RowsSheet) -> None:
        """Keep what the sheet refers to."""
        self.programme, self.pen, self.sheet, self.rows = programme, pen, sheet, rows
        self.t = programme.t
        self.money = {"num_format": pen.money()}
        self.ratio = {"num_format": pen.money(decimals=2)}

    def write(self) -> None:
        """Write the sheet, from the top down."""
        sheet, t, programme = self.sheet, self.t, self.programme
        for column, width in enumerate((52, *[20] * LAST_COLUMN)):
            sheet.width(column, width)
        name = t.of(programme.template.name)
        title = t("programme.title", name=name)
        sheet.text(0, 0, title, bold=True, font_size=18, font_color=LIGHT.action)
        sheet.text(1, 0, sentence(programme), font_color=LIGHT.quiet)
        row = self._figures(3)
        row = self._draws(row + 1)
        row = self._stakeholders(row + 1)
        row = self._outcomes(row + 1)
        row = self._groups(row + 1)
        row = self._told(row + 1)
        sheet.print_as(header=0, last_row=row, last_column=LAST_COLUMN)
        sheet.paper.activate()

    def _figures(self, row: int) -> int:
        sheet, t, totals, rows = self.sheet, self.t, self.programme.totals, self.rows
        ratios = self.programme.evaluation.ratios
        left = {"align": "left"}
        large = {"bold": True, "font_size": 22, "font_color": LIGHT.action}
        gained, paid = rows.total("benefits"), rows.total("costs")
        lines: tuple[tuple[str, str, float, dict[str, Any]], ...] = (
            (t("portfolio.figure_ratio"), f"IF({paid}=0,{DASH},{gained}/{paid})", totals.ratio,
             self.ratio | large),
            (t("portfolio.figure_count"), f"ROWS({rows.whole('id')})", len(ratios),
             {"num_format": WHOLE}),
            (t("programme.above"), f'COUNTIF({rows.whole("ratio")},">1")', int((ratios > 1).sum()),
             {"num_format": WHOLE}),
            (t("portfolio.figure_cost"), paid, totals.costs, self.money),
            (t("portfolio.figure_return"), gained, totals.benefits, self.money),
            (t("table.net"), f"{gained}-{paid}", totals.net_present_value, self.money),
        )  # fmt: skip
        for place, (label, formula, value, style) in enumerate(lines):
            sheet.text(row + place, 0, label, text_wrap=True)
            sheet.formula(row + place, 1, formula, value, **style, **left)
        return row + len(lines)

    def _draws(self, row: int) -> int:
        """Write how sure the programme is: values, which a workbook cannot draw again."""
        sheet, t, simulation = self.sheet, self.t, self.programme.sure
        sheet.heading(row, t("portfolio.sure"))
        if simulation is None:
            is_drawn = self.programme.simulation is not None
            sheet.text(row + 1, 0, t("portfolio.no_interval" if is_drawn else "programme.no_draws"))
            return row + 2
        interval = simulation.programme.interval(simulation.level)
        target = t.ratio(simulation.target)
        level = t.percent(simulation.level)
        above = simulation.programme.probability_above(simulation.target).value
        lines = (
            (t("portfolio.sure_mean"), simulation.programme.mean().value, self.ratio),
            (t("programme.heading_low", level=level), interval.low.value, self.ratio),
            (t("programme.heading_high", level=level), interval.high.value, self.ratio),
            (t("programme.heading_above", target=target), above, {"num_format": PERCENT}),
        )
        sheet.text(row + 1, 0, t("programme.values_note"), font_color=LIGHT.quiet)
        for place, (label, value, style) in enumerate(lines):
            sheet.text(row + 2 + place, 0, label)
            sheet.number(row + 2 + place, 1, value, **style, align="left")
        sheet.paragraph(row + 6, common(self.programme), last_column=LAST_COLUMN)
        return row + 7

    def _stakeholders(self, row: int) -> int:
        """Write who pays and who gains: sums of the columns of costs and of outcomes."""
        sheet, t, programme = self.sheet, self.t, self.programme
        ranges = {}
        if programme.sure is not None:
            ranges = {one.stakeholder: one.benefits for one in programme.sure.by_stakeholder}
        sheet.heading(row, t("portfolio.who_pays"))
        heads = [t(f"table.{name}") for name in ("stakeholder", "pays", "gains", "net")]
        if ranges:
            heads += [t(f"programme.head_gains_{name}") for name in ("low", "high")]
        sheet.header(row + 1, heads)
        row += 2
        for one in programme.totals.by_stakeholder:
            sheet.text(row, 0, programme.names[one.stakeholder], text_wrap=True)
            pays, gains = self._paid(one.stakeholder), self._gained(one.stakeholder)
            sheet.formula(row, 1, pays, one.present_value_costs, **self.money)
            sheet.formula(row, 2, gains, one.present_value_benefits, **self.money)
            net = f"{sheet.cell(row, 2)}-{sheet.cell(row, 1)}"
            sheet.formula(row, 3, net, one.net_present_value, **self.money)
            if ranges:
                self._range(row, ranges[one.stakeholder])
            row += 1
        return row

    def _range(self, row: int, found: Range) -> None:
        quiet = self.money | {"font_color": LIGHT.quiet}
        self.sheet.number(row, 4, found.low, **quiet)
        self.sheet.number(row, 5, found.high, **quiet)

    def _paid(self, stakeholder: str) -> str:
        """Return the formula of what a stakeholder pays, as far as it counts."""
        paid = self.programme.evaluation.by_cost
        lines = [
            one.id
            for one in self.programme.template.costs
            if one.stakeholder == stakeholder and one.id in paid
        ]
        return "+".join(self.rows.total(f"line.{one}") for one in lines) or "0"

    def _gained(self, stakeholder: str) -> str:
        """Return the formula of what a stakeholder gains, less what leaves it, if it counts."""
        if stakeholder not in self.programme.evaluation.perspective.beneficiaries:
            return "0"
        outcomes = self.programme.template.outcomes
        gains = [one.id for one in outcomes if one.stakeholder == stakeholder]
        losses = [one.id for one in outcomes if one.transfer_from == stakeholder]
        formula = "+".join(self.rows.total(f"line.{one}") for one in gains) or "0"
        return formula + "".join(f"-{self.rows.total(f'line.{one}')}" for one in losses)

    def _outcomes(self, row: int) -> int:
        """Write what each outcome brings in all, as the point of view counts it."""
        sheet, t, programme = self.sheet, self.t, self.programme
        totals, signs = programme.totals, programme.evaluation.signs
        counted = [one for one, sign in signs.items() if sign]
        sheet.heading(row, t("chart.outcome_title"))
        sheet.header(row + 1, [t(f"table.{name}") for name in ("outcome", "value", "share")])
        gained = self.rows.total("benefits")
        row += 2
        for one in counted:
            amount = totals.by_outcome[one]
            total = self.rows.total(f"line.{one}")
            sheet.text(row, 0, programme.outcomes[one], text_wrap=True)
            sheet.formula(row, 1, total if signs[one] > 0 else f"-{total}", amount, **self.money)
            share = amount / totals.benefits if totals.benefits else float("nan")
            formula = f"IF({gained}=0,{DASH},{sheet.cell(row, 1)}/{gained})"
            sheet.formula(row, 2, formula, share, num_format=PERCENT, align="right")
            row += 1
        return row

    def _groups(self, row: int) -> int:
        """Write the sums by what a column of the table says."""
        sheet, t, programme = self.sheet, self.t, self.programme
        if not programme.groups:
            return row - 1
        column = str(programme.group_by)
        sheet.heading(row, t("programme.groups_by", column=cut(column)))
        names = ("portfolio.heading_count", "portfolio.heading_cost", "portfolio.heading_return")
        heads = [cut(column), *(t(name) for name in names), t("table.ratio")]
        if programme.sure is not None and programme.sure_groups:
            level = t.percent(programme.sure.level)
            heads += [t(f"programme.heading_{name}", level=level) for name in ("low", "high")]
        sheet.header(row + 1, heads)
        found = looked_for([one.name for one in programme.groups])
        row += 2
        for one in programme.groups:
            self._group(row, one, is_found=one.name in found)
            row += 1
        return row

    def _group(self, row: int, group: Group, *, is_found: bool) -> None:
        """Write a group; where a search could take its name for another, letters are compared."""
        sheet, rows, totals = self.sheet, self.rows, group.totals
        said = rows.whole(f"label.{self.programme.group_by}")
        name = sheet.cell(row, 0)
        paid, gained = rows.whole("costs"), rows.whole("benefits")
        if is_found:
            counts = f'COUNTIFS({said},"="&{name})'
            sums = [f'SUMIFS({one},{said},"="&{name})' for one in (paid, gained)]
        else:
            exact = f"EXACT({said},{name})" if group.name else f'EXACT({said},"")'
            counts = f"SUMPRODUCT({exact}*1)"
            sums = [f"SUMPRODUCT({exact}*{one})" for one in (paid, gained)]
        sheet.text(row, 0, group.name or self.t("portfolio.blank"))
        sheet.formula(row, 1, counts, group.rows, num_format=WHOLE)
        sheet.formula(row, 2, sums[0], totals.costs, **self.money)
        sheet.formula(row, 3, sums[1], totals.benefits, **self.money)
        cost, gain = sheet.cell(row, 2), sheet.cell(row, 3)
        formula = f"IF({cost}=0,{DASH},{gain}/{cost})"
        sheet.formula(row, 4, formula, totals.ratio, **self.ratio, align="right")
        sure = self.programme.sure_groups.get(group.name)
        if sure is not None and isfinite(sure.mean):
            quiet = self.ratio | {"font_color": LIGHT.quiet}
            sheet.number(row, 5, sure.low, **quiet)
            sheet.number(row, 6, sure.high, **quiet)

    def _told(self, row: int) -> int:
        """Write how the workbook is used, what it leaves out, and what it is of."""
        sheet, t, programme = self.sheet, self.t, self.programme
        sheet.heading(row, t("workbook.about_limits"))
        live = "programme.use_live" if self.rows.is_live else "programme.use_values"
        lacking = not_given(programme)
        said = [
            about(programme),
            t(live, rows=t.number(LIVE_ROWS)),
            t("programme.use_draws"),
            t("programme.not_the_mean"),
            view(programme.template, programme.evaluation.perspective, t),
            not_deducted(programme.portfolio, t),
            t("programme.method_limits"),
            t("portfolio.ranking_warning"),
            " ".join([t("portfolio.not_given"), t("chart.separator").join(lacking)])
            if lacking
            else "",
            again(programme),
            programme.command,
            t.date(programme.today),
        ]
        for text in (one for one in said if one):
            row += 1
            sheet.paragraph(row, text, last_column=LAST_COLUMN)
        return row


def looked_for(names: list[str]) -> set[str]:
    """Return the names that a search by criterion finds, each alone.

    A spreadsheet looks for texts in any case, takes some for numbers or dates, and * ? ~ for
    patterns: names that this could confuse are not among them.
    """
    folded = [one.casefold() for one in names]
    return {
        one
        for one, alike in zip(names, folded, strict=True)
        if one[:1].isalpha()
        and not set("*?~") & set(one)
        and folded.count(alike) == 1
        and alike not in NO_TEXTS
        and len(one) <= LETTERS
    }
