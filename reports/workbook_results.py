"""The sheets of results: the ratio and what it is made of, and the points of view side by side."""

from collections.abc import Sequence
from math import fsum

from reports.provenances import name_of
from reports.workbook_flows import COST, months_or_never
from reports.workbook_inputs import Book
from reports.workbook_pen import PERCENT, WHOLE, quoted
from reports.workbook_value_map import (
    COLUMN,
    FIRST,
    HEAD,
    READINGS,
    Known,
    geometric,
    reading_heads,
)
from roi_model import formulas
from roi_model.evaluation import JOBS, evaluate
from roi_model.funding import FundingCase
from roi_model.parameters import PROVENANCES, Provenance
from roi_model.perspectives import perspective_of
from roi_model.reference_data import may_be_zero
from roi_model.tableau import Tableau, who_pays_who_gains
from roi_model.value_map import Basis
from ui.words import UNDEFINED

LABELS, FIGURES = 0, 1
DASH = quoted(UNDEFINED)
ROWS_OF_A_PAGE = 60
ASSUMED = PROVENANCES.index(Provenance.ASSUMED) + 1
BASES: tuple[Basis, ...] = ("itemised", "balance", "estimated")


# --- Points of view ----------------------------------------------------------------------------


class Viewpoints:
    """The sheet that sets the points of view side by side, and says who counts in each."""

    def __init__(self, book: Book, model: Known) -> None:
        """Settle where its parts stand: other sheets refer to who counts."""
        self.book, self.model = book, model
        self.sheet, self.t = book.sheets["viewpoints"], book.pen.t
        self.options = book.options["perspective"]
        self.stakeholders = book.scenario.stakeholders
        self.first = FIRST
        self.first_amount = self.first + len(self.options) + 3
        self.first_payer = self.first_amount + len(self.stakeholders) + 3
        self.first_gainer = self.first_payer + len(self.stakeholders) + 3
        self.money = {"num_format": book.pen.money()}
        for place, one in enumerate(self.stakeholders):
            row = self.first_amount + place
            book.cells[f"pays.{one.id}"] = self.sheet.cell(row, 7)
            book.cells[f"gains.{one.id}"] = self.sheet.cell(row, 8)

    def write(self) -> None:
        """Write the whole sheet."""
        sheet, t = self.sheet, self.t
        sheet.title_and_note(t("workbook.viewpoints_title"), t("workbook.viewpoints_note"))
        for column in range(1 + max(9, len(self.options))):
            sheet.width(column, 19 if column else 58)
        sheet.paper.freeze_panes(FIRST, 1)
        self._views()
        self._amounts()
        self._members(self.first_payer, "payers")
        self._members(self.first_gainer, "gainers")
        last = self.first_gainer + len(self.stakeholders) - 1
        sheet.print_as(header=0, last_row=last, last_column=max(9, len(self.options)))

    def _of(self, column: int) -> str:
        rows = (self.first_amount, self.first_amount + len(self.stakeholders) - 1)
        return self.sheet.rows(column, *rows)

    def _among(self, first: int, view: int) -> str:
        return self.sheet.rows(1 + view, first, first + len(self.stakeholders) - 1)

    def _views(self) -> None:
        """Write the ratio of each point of view, as the lines are read and in each reading."""
        sheet, t = self.sheet, self.t
        heads = ("view", "costs", "benefits", "net", "ratio")
        sheet.header(HEAD, [t(f"workbook.views_{name}") for name in heads])
        sheet.header(HEAD, reading_heads(t), column=5)
        sheet.header(HEAD, [t("workbook.views_chosen")], column=9)
        for view, (label, value) in enumerate(self.options):
            row = self.first + view
            result = evaluate(self.book.scenario, str(value))
            costs = f"SUMPRODUCT({self._of(1)},{self._among(self.first_payer, view)})"
            benefits = f"SUMPRODUCT({self._of(2)},{self._among(self.first_gainer, view)})"
            at = {name: sheet.cell(row, column) for column, name in enumerate(heads)}
            sheet.text(row, 0, label, text_wrap=True)
            sheet.formula(row, 1, costs, result.present_value_costs, **self.money)
            sheet.formula(row, 2, benefits, result.present_value_benefits, **self.money)
            net = f"{at['benefits']}-{at['costs']}"
            sheet.formula(row, 3, net, result.net_present_value, **self.money)
            ratio = f"IF({at['costs']}=0,{DASH},{at['benefits']}/{at['costs']})"
            style = {"num_format": self.book.pen.money(decimals=2), "align": "right"}
            sheet.formula(row, 4, ratio, result.ratio, bold=True, **style)
            for place, reading in enumerate(READINGS):
                gained = f"SUMPRODUCT({self._of(3 + place)},{self._among(self.first_gainer, view)})"
                formula = f"IF({at['costs']}=0,{DASH},{gained}/{at['costs']})"
                read = evaluate(self.model.readings[reading].scenario, str(value))
                sheet.formula(row, 5 + place, formula, read.ratio, **style)
            chosen = quoted(t("workbook.chosen"))
            formula = f'IF({self.book.cells["perspective.rank"]}={view + 1},{chosen},"")'
            is_chosen = value == self.book.scenario.settings.perspective
            named = t("workbook.chosen") if is_chosen else ""
            sheet.formula(row, 9, formula, named, align="center", bold=True)

    def _amounts(self) -> None:
        """Write what each stakeholder pays and gains, and whether it counts as things are set."""
        sheet, t, cells = self.sheet, self.t, self.book.cells
        head = self.first_amount - 1
        sheet.heading(head - 1, t("workbook.amounts"))
        names = ["stakeholder", "pays", "gains"]
        heads = [t(f"workbook.amounts_{name}") for name in names]
        heads += reading_heads(t)
        heads += [t("workbook.counts_as_payer"), t("workbook.counts_as_gainer")]
        sheet.header(head, heads)
        chosen, rank = self.book.perspective, cells["perspective.rank"]
        as_read = who_pays_who_gains(self.book.scenario)
        by_reading = {
            reading: who_pays_who_gains(self.model.readings[reading].scenario)
            for reading in READINGS
        }
        paid, gained = _split(as_read)
        views = len(self.options)
        for place, one in enumerate(self.stakeholders):
            row = self.first_amount + place
            sheet.text(row, 0, t.of(one.name), text_wrap=True)
            sheet.formula(row, 1, self._sum("costs.funder_id", "costs.present_value", one.id),
                          paid[one.id], **self.money)  # fmt: skip
            columns = [(2, "present_value", gained)]
            columns += [
                (3 + place, reading, _split(by_reading[reading])[1])
                for place, reading in enumerate(READINGS)
            ]
            for column, name, values in columns:
                gains = self._sum("map.stakeholder_id", f"map.{name}", one.id)
                losses = self._sum("map.transfer_id", f"map.{name}", one.id)
                sheet.formula(row, column, f"{gains}-{losses}", values[one.id], **self.money)
            for column, first, group in (
                (7, self.first_payer, chosen.payers),
                (8, self.first_gainer, chosen.beneficiaries),
            ):
                members = sheet.columns(first + place, 1, views)
                counts = float(one.id in group)
                sheet.formula(row, column, f"INDEX({members},{rank})", counts, num_format="0")

    def _sum(self, ids: str, amounts: str, stakeholder: str) -> str:
        cells = self.book.cells
        if ids not in cells:
            return "0"
        return f"SUMIF({cells[ids]},{quoted(stakeholder)},{cells[amounts]})"

    def _members(self, first: int, group: str) -> None:
        """Write who counts among those who pay, or who gain, in each point of view: 1 or 0."""
        sheet, t = self.sheet, self.t
        sheet.heading(first - 2, t(f"workbook.members_{group}"))
        heads = [t("workbook.amounts_stakeholder"), *(label for label, _ in self.options)]
        sheet.header(first - 1, heads)
        for view, (_, value) in enumerate(self.options):
            seen = perspective_of(str(value), self.stakeholders)
            counted = seen.payers if group == "payers" else seen.beneficiaries
            for place, one in enumerate(self.stakeholders):
                sheet.number(first + place, 1 + view, float(one.id in counted), num_format="0")
        for place, one in enumerate(self.stakeholders):
            sheet.text(first + place, 0, t.of(one.name), text_wrap=True)


# --- Results -----------------------------------------------------------------------------------


class Results:
    """The sheet of results from the point of view of the settings."""

    def __init__(self, book: Book, model: Known) -> None:
        """Keep what the sheet is written from."""
        self.book, self.model, self.result = book, model, model.evaluation
        self.sheet, self.t = book.sheets["results"], book.pen.t
        self.euros = {"num_format": book.pen.money()}
        self.cents = {"num_format": book.pen.money(decimals=2)}
        self.row = 3

    def write(self) -> None:
        """Write the whole sheet."""
        sheet, t = self.sheet, self.t
        sheet.title_and_note(t("workbook.results_title"), t("workbook.results_note"))
        for column, width in enumerate((48, 32, 18, 18, 18, 18)):
            sheet.width(column, width)
        sheet.paper.freeze_panes(2, 1)
        self._whole()
        self._by_outcome()
        self._by_stakeholder()
        self._by_basis()
        if self.book.scenario.funding is not None:
            self._funding()
        high = 1 if self.row <= ROWS_OF_A_PAGE else 0
        sheet.print_as(header=0, last_row=self.row, last_column=5, pages_high=high)

    def _figure(self, name: str, formula: str, value: float | str, **style: object) -> str:
        """Write a figure with its label; return its cell."""
        self.sheet.text(self.row, LABELS, self.t(f"workbook.result_{name}"), text_wrap=True)
        self.sheet.formula(self.row, FIGURES, formula, value, align="right", **style)
        self.row += 1
        return self.sheet.cell(self.row - 1, FIGURES)

    def _whole(self) -> None:
        book, cells, result = self.book, self.book.cells, self.result
        view = next(
            label
            for label, value in book.options["perspective"]
            if value == book.scenario.settings.perspective
        )
        self._figure("perspective", book.typed["perspective"], view, text_wrap=True)
        benefits, costs = cells["benefits"], cells["costs"]
        over = f"IF({costs}=0,{DASH},{{0}}/{costs})"
        large = {"bold": True, "font_size": 14} | self.cents
        cells["ratio"] = self._figure("ratio", over.format(benefits), result.ratio, **large)
        self._figure("benefits", benefits, result.present_value_benefits, **self.euros)
        self._figure("costs", costs, result.present_value_costs, **self.euros)
        net = f"{benefits}-{costs}"
        unstated = [
            f"IF(AND({book.sheets['costs'].cell(FIRST + place, COST['counts'])}=1,"
            f"{book.counted[cost.id]}=0,{book.rank[cost.id]}={ASSUMED}),1,0)"
            for place, cost in enumerate(book.scenario.costs)
            if not may_be_zero(cost)
        ]
        count = len(result.unstated_costs)
        self._figure("unstated", "+".join(unstated) or "0", count, num_format=WHOLE)
        cells["net"] = self._figure("net", net, result.net_present_value, **self.euros)
        self._figure("net_return", over.format(f"({net})"), result.net_return, **self.cents)
        months = months_or_never(result, self.t)
        self._figure("payback", cells["payback"], months, num_format="0.0")
        self._figure("years", "last_year", result.years, num_format=WHOLE)
        quantities = [
            book.sheets["value_map"].cell(FIRST + place, COLUMN["quantity"])
            for place, outcome in enumerate(book.scenario.outcomes)
            if outcome.quantity_unit == JOBS
        ]
        one = {"num_format": "#,##0.0"}
        jobs = self._figure("jobs", "+".join(quantities) or "0", result.indirect_jobs, **one)
        paid = [cells.get(f"costs.{name}") for name in ("amount", "years", "counts")]
        a_year = f"SUMPRODUCT({','.join(filter(None, paid))})/activity_years" if all(paid) else "0"
        yearly = self._figure("yearly_costs", a_year, result.yearly_costs, **self.euros)
        million = formulas.EUROS_PER_MILLION
        per_million = f"IF({yearly}=0,{DASH},{jobs}*{million}/{yearly})"
        self._figure("jobs_per_million", per_million, result.jobs_per_million_euros, **one)
        per_job = f"IF(OR({jobs}=0,{yearly}=0),{DASH},{yearly}/{jobs})"
        self._figure("cost_per_job", per_job, result.cost_per_job, **self.euros)

    def _part(self, name: str, heads: Sequence[str]) -> None:
        """Begin a table under a heading."""
        self.sheet.heading(self.row + 1, self.t(f"workbook.{name}"))
        self.sheet.header(self.row + 2, [self.t(f"workbook.table_{head}") for head in heads])
        self.row += 3

    def _by_outcome(self) -> None:
        heads = ("outcome", "stakeholder", "provenance", "impact", "value", "share")
        self._part("by_outcome", heads)
        names = {one.id: self.t.of(one.name) for one in self.book.scenario.stakeholders}
        value_map = self.book.sheets["value_map"]
        for place, outcome in enumerate(self.book.scenario.outcomes):
            line, valued = self.result.by_outcome[place], self.model.outcomes[place]
            self.sheet.text(self.row, 0, self.t.of(outcome.label), text_wrap=True)
            self.sheet.text(self.row, 1, names[outcome.stakeholder], text_wrap=True)
            columns: tuple[tuple[str, float | str, dict[str, str]], ...] = (
                ("provenance", name_of(line.provenance, self.t), {}),
                ("impact", float(valued.impact), self.euros),
                ("counted_value", line.present_value, self.euros),
                ("share", line.share, {"num_format": PERCENT, "align": "right"}),
            )
            for column, (name, value, style) in enumerate(columns, start=2):
                cell = value_map.cell(FIRST + place, COLUMN[name])
                self.sheet.formula(self.row, column, cell, value, **style)
            self.row += 1

    def _by_stakeholder(self) -> None:
        self._part("by_stakeholder", ("who", "pays", "gains", "net"))
        viewpoints = self.book.sheets["viewpoints"]
        first = FIRST + len(self.book.options["perspective"]) + 3
        for place, one in enumerate(self.result.by_stakeholder):
            counts = [self.book.cells[f"{what}.{one.stakeholder}"] for what in ("pays", "gains")]
            amounts = [viewpoints.cell(first + place, column) for column in (1, 2)]
            name = self.book.scenario.stakeholder(one.stakeholder).name
            self.sheet.text(self.row, 0, self.t.of(name), text_wrap=True)
            values = (one.present_value_costs, one.present_value_benefits)
            for column in (0, 1):
                formula = f"{amounts[column]}*{counts[column]}"
                self.sheet.formula(self.row, 1 + column, formula, values[column], **self.euros)
            here = [self.sheet.cell(self.row, column) for column in (1, 2)]
            net = f"{here[1]}-{here[0]}"
            self.sheet.formula(self.row, 3, net, one.net_present_value, **self.euros)
            self.row += 1

    def _by_basis(self) -> None:
        self._part("by_basis", ("basis", "value", "share", "adds"))
        cells = self.book.cells
        for basis in BASES:
            part = self.result.basis(basis)
            word = self.t(f"workbook.basis_{basis}")
            self.sheet.text(self.row, 0, word)
            total = "0"
            if "map.basis" in cells:
                total = f"SUMIF({cells['map.basis']},{quoted(word)},{cells['map.counted_value']})"
            self.sheet.formula(self.row, 1, total, part.present_value, **self.euros)
            here = self.sheet.cell(self.row, 1)
            share = f"IF({cells['benefits']}=0,{DASH},{here}/{cells['benefits']})"
            self.sheet.formula(self.row, 2, share, part.share, num_format=PERCENT, align="right")
            adds = f"IF({cells['costs']}=0,{DASH},{here}/{cells['costs']})"
            self.sheet.formula(self.row, 3, adds, part.ratio, align="right", **self.cents)
            self.row += 1

    def _funding(self) -> None:
        """Write what more posts cost and bring, where the scenario asks for some."""
        self.sheet.heading(self.row + 1, self.t("workbook.funding"))
        self.row += 2
        book, cells = self.book, self.book.cells
        funding = book.scenario.funding
        assert funding is not None
        case = self.model.funding
        counted = {name: book.counted[f"funding.{name}"] for name in ("posts", "posts_wanted")}
        posts, wanted = counted["posts"], counted["posts_wanted"]
        added = f"SUM({cells['map.added']})" if "map.added" in cells else "0"
        undefined = float("nan")
        benefits = self._figure(
            "added_benefits",
            f"IF({posts}=0,{DASH},{added})",
            case.added_benefits if case else undefined,
            **self.euros,
        )
        costs = self._figure(
            "added_costs",
            f"IF({posts}=0,{DASH},({wanted}-{posts})*{self._cost_of_a_post()})",
            case.added_costs if case else undefined,
            **self.euros,
        )
        ratio = f"IF({costs}=0,{DASH},{benefits}/{costs})"
        self._guarded("marginal_ratio", posts, ratio, case)
        paid = f"({cells['costs']}+{costs})"
        average = f"IF({paid}=0,{DASH},({cells['benefits']}+{benefits})/{paid})"
        self._guarded("average_ratio", posts, average, case)

    def _guarded(self, name: str, posts: str, formula: str, case: FundingCase | None) -> None:
        value = float(getattr(case, name)) if case else float("nan")
        self._figure(name, f"IF({posts}=0,{DASH},{formula})", value, **self.cents)

    def _cost_of_a_post(self) -> str:
        """Return the formula of the present value of one post, paid as the cost that pays it."""
        funding = self.book.scenario.funding
        assert funding is not None
        position = [one.id for one in self.book.scenario.costs].index(funding.cost)
        paying = self.book.scenario.costs[position]
        sheet = self.book.sheets["costs"]
        at = {name: sheet.cell(FIRST + position, column) for name, column in COST.items()}
        years = f"MAX(0,activity_years-{at['start']}+1)"
        return (
            f"{self.book.counted['funding.cost_per_post']}"
            f"*{self.book.cells[f'pays.{paying.stakeholder}']}"
            f"*{geometric('a_year_later', years)}"
            f"*a_year_later^({at['exponent']}+{at['start']}-1)"
        )


def _split(tableau: Tableau) -> tuple[dict[str, float], dict[str, float]]:
    """Return what each stakeholder pays, and what it gains less what it loses."""
    paid = dict.fromkeys(tableau.stakeholders, 0.0)
    gained = dict.fromkeys(tableau.stakeholders, 0.0)
    for place, one in enumerate(tableau.stakeholders):
        paid[one] = fsum(-row.amounts[place] for row in tableau.rows if row.kind == "cost")
        gained[one] = fsum(row.amounts[place] for row in tableau.rows if row.kind != "cost")
    return paid, gained
