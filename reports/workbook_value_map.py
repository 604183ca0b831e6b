"""The sheets that compute: the value map line by line, the costs, and the scenario year by year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from reports.provenances import name_of
from reports.workbook_inputs import Book, in_chosen_prices
from reports.workbook_pen import FACTOR, PERCENT, WHOLE, Sheet, quoted
from roi_model import formulas, units
from roi_model.cash_flow import Flows, yearly_flows
from roi_model.discounting import present_value_of_effect, yearly_values
from roi_model.evaluation import Evaluation, evaluate
from roi_model.funding import FundingCase, funding_case
from roi_model.parameters import PROVENANCES, Factor
from roi_model.scenario import Scenario
from roi_model.valuation import Valuation, ValuedOutcome, years_of_outcome
from roi_model.value_map import OUTCOME_SHARES, Cost, Outcome
from ui.theme import LIGHT
from ui.words import UNDEFINED, Words

HEAD = 3
FIRST = 4
"""Row of the first line, under a title, a note and the heads of columns."""
YEARS_FIRST, YEARS_LINES = 5, 15
"""Of the sheet of years: row of the first year, and column of the first outcome."""
MORE_YEARS, FEWEST_YEARS = 10, 20
"""Years to spare on the sheet of years beyond those of the scenario, and its fewest."""
YEARS_ON_THE_MAP = 5
"""As many as the field's usual value map has a column for."""

MAP = (
    "stakeholder", "outcome", "transfer", "basis", "provenance", "quantity", "quantity_unit",
    "proxy", "proxy_unit", "gross", "counted_share", "deadweight", "displacement", "attribution",
    "optimism_bias", "kept", "impact", "drop_off", "period", "start", "activity",
    *(f"year_{year}" for year in range(1, YEARS_ON_THE_MAP + 1)),
    "later", "factor", "present_value", "sign", "counted_value", "share",
)  # fmt: skip
HIDDEN = (
    "stakeholder_id", "transfer_id", "footprint", "itemised", "last_year", "added",
    "all_with", "itemised_with", "all_without", "itemised_without",
)  # fmt: skip
"""Columns behind the map: ids that sums are made by, and the line in each reading."""
COLUMN = {name: place for place, name in enumerate((*MAP, *HIDDEN))}
READINGS = HIDDEN[-4:]
"""Which lines are counted, and whether the footprint is."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the model makes of the scenario: the values that formulas are stored with."""

    scenario: Scenario
    evaluation: Evaluation
    valuation: Valuation
    outcomes: Sequence[ValuedOutcome]
    """Of each outcome in full, whatever the point of view counts of it."""
    by_year: Sequence[Sequence[float]]
    """What each outcome is worth in each of its years, in full, undiscounted."""
    readings: Mapping[str, Valuation]
    flows: Flows
    funding: FundingCase | None
    """What the posts asked for cost and bring; ``None`` where none are, or there are none today."""

    @property
    def funded(self) -> Sequence[float] | None:
        """Return what they add to each outcome; ``None`` where the scenario asks for none."""
        if self.scenario.funding is None:
            return None
        if self.funding is None:
            return [0.0] * len(self.outcomes)
        return [one.added_value for one in self.funding.by_outcome]

    @property
    def length(self) -> int:
        """Return the last year in which something happens."""
        return int(self.flows.benefits.size)

    @property
    def shown_years(self) -> int:
        """Return how many years the sheet of years has rows for."""
        return max(FEWEST_YEARS, self.length + MORE_YEARS)


def known(scenario: Scenario) -> Known:
    """Return what the model makes of a scenario."""
    evaluation = evaluate(scenario)
    valuation = Valuation(scenario, evaluation.perspective)
    outcomes = [valuation.outcome(one, 1, {}) for one in scenario.outcomes]
    has_posts = scenario.funding is not None and scenario.funding.posts.value > 0
    return Known(
        scenario=scenario,
        evaluation=evaluation,
        valuation=valuation,
        outcomes=outcomes,
        by_year=[
            _by_year(scenario, outcome, float(valued.impact))
            for outcome, valued in zip(scenario.outcomes, outcomes, strict=True)
        ],
        readings={
            one: Valuation(in_reading(scenario, one), evaluation.perspective) for one in READINGS
        },
        flows=yearly_flows(scenario, evaluation.perspective),
        funding=funding_case(scenario) if has_posts else None,
    )


def _by_year(scenario: Scenario, outcome: Outcome, impact: float) -> list[float]:
    settings = scenario.settings
    values: list[float] = yearly_values(
        impact,
        drop_off=outcome.drop_off.value if outcome.drop_off else 0.0,
        benefit_period=int(outcome.benefit_period.value) if outcome.benefit_period else 1,
        drop_off_from=settings.drop_off_from,
        activity_years=years_of_outcome(outcome, settings),
        start_year=outcome.start_year,
    ).tolist()
    return values


def in_reading(scenario: Scenario, reading: str) -> Scenario:
    """Return a scenario with the lines and the footprint of one of ``READINGS``."""
    lines, _, footprint = reading.partition("_")
    return scenario.with_changes({"lines": lines, "footprint": footprint})


def reading_heads(t: Words) -> list[str]:
    """Return the heads of the columns of the readings."""
    return [t(f"workbook.reading_{name}") for name in READINGS]


def is_yearly(line: Outcome | Cost) -> bool:
    """Say whether a line is in money a year, and so in each year of activity, or once."""
    return dict(units.product(one.unit for one in line.factors)).get("year", 0) < 0


def geometric(step: str, terms: str) -> str:
    """Return the formula of 1 + step + … + step ^ (terms - 1), as ``geometric_sum`` has it.

    A sum of powers and not their closed form: near a step of 1 that loses its digits. Excel has
    no value for 0 ^ 0.
    """
    return f"IF({step}=0,1,SUMPRODUCT(({step})^exponents*(exponents<{terms})))"


# --- The value map -----------------------------------------------------------------------------


def value_map_sheet(book: Book, model: Known, years: Sheet) -> None:
    """Write the value map, one outcome a row, from its factors to its present value."""
    sheet, t = book.sheets["value_map"], book.pen.t
    sheet.title_and_note(t("workbook.value_map_title"), t("workbook.value_map_note"))
    widths = {"stakeholder": 26, "outcome": 34, "transfer": 18, "quantity_unit": 16}
    widths |= {"proxy_unit": 18, "impact": 15, "present_value": 15, "counted_value": 15}
    widths |= {"proxy": 18, "basis": 14, "gross": 15, "factor": 16, "counted_share": 18}
    for name, place in COLUMN.items():
        sheet.width(place, widths.get(name, 13), hidden=name in HIDDEN)
    sheet.header(HEAD, [_map_head(book, name) for name in MAP])
    sheet.header(HEAD, HIDDEN, column=len(MAP))
    sheet.paper.freeze_panes(FIRST, COLUMN["transfer"])
    for position, outcome in enumerate(book.scenario.outcomes):
        _Line(book, model, years, position, outcome).write()
    count = len(book.scenario.outcomes)
    last = FIRST + count - 1
    for name in ("stakeholder_id", "transfer_id", "counted_value", "present_value", "sign",
                 "last_year", "basis", "added", *READINGS):  # fmt: skip
        if count:
            book.cells[f"map.{name}"] = sheet.rows(COLUMN[name], FIRST, last)
    _map_totals(book, model, last + 1)
    sheet.print_as(header=HEAD, last_row=last + 1, last_column=len(MAP) - 1,
                   pages_wide=3)  # fmt: skip


def _map_head(book: Book, name: str) -> str:
    t = book.pen.t
    if name.startswith("year_"):
        return t("workbook.map_year", year=name.removeprefix("year_"))
    return t(f"workbook.map_{name}")


def _map_totals(book: Book, model: Known, row: int) -> None:
    sheet, count = book.sheets["value_map"], len(book.scenario.outcomes)
    total = {"bold": True, "top": 1, "num_format": book.pen.money()}
    for place in range(len(MAP)):
        sheet.text(row, place, "", top=1)
    sheet.text(row, 0, book.pen.t("workbook.total"), bold=True, top=1)
    sums = {
        "counted_value": model.evaluation.present_value_benefits,
        "present_value": sum(float(one.present_value) for one in model.outcomes),
        "impact": sum(float(one.impact) for one in model.outcomes),
    }
    for name, value in sums.items():
        cells = sheet.rows(COLUMN[name], FIRST, row - 1)
        sheet.formula(row, COLUMN[name], f"SUM({cells})" if count else "0", value, **total)
    book.cells["benefits"] = sheet.cell(row, COLUMN["counted_value"])


class _Line:
    """One outcome in its row of the value map."""

    def __init__(
        self, book: Book, model: Known, years: Sheet, position: int, outcome: Outcome
    ) -> None:
        self.book, self.model, self.outcome = book, model, outcome
        self.sheet, self.t = book.sheets["value_map"], book.pen.t
        self.years, self.position = years, position
        self.row = FIRST + position
        self.valued = model.outcomes[position]
        self.result = model.evaluation.by_outcome[position]

    def here(self, name: str) -> str:
        """Return the reference of a column of this row."""
        return f"${xl_col_to_name(COLUMN[name])}${self.row + 1}"

    def own(self, name: str) -> str:
        """Return the cell of one of the outcome's numbers as it is counted."""
        return self.book.counted[f"{self.outcome.id}.{name}"]

    def text(self, name: str, text: str, **style: Any) -> None:
        self.sheet.text(self.row, COLUMN[name], text, text_wrap=True, **style)

    def formula(self, name: str, formula: str, value: Any, number_format: str) -> None:
        value = value if isinstance(value, str) else float(value)
        self.sheet.formula(self.row, COLUMN[name], formula, value, num_format=number_format)

    def write(self) -> None:
        """Write the whole row."""
        self._names()
        self._gross_value()
        self._deductions()
        self._over_time()
        self._counted()
        self._readings()
        if self.model.funded is not None:
            self._added(self.model.funded[self.position])

    def _names(self) -> None:
        outcome, t = self.outcome, self.t
        names = {one.id: t.of(one.name) for one in self.book.scenario.stakeholders}
        self.text("stakeholder", names[outcome.stakeholder])
        self.text("outcome", t.of(outcome.label), bold=True)
        self.text("transfer", names[outcome.transfer_from] if outcome.transfer_from else "")
        self.text("basis", t(f"workbook.basis_{outcome.basis}"))
        self.text("stakeholder_id", outcome.stakeholder)
        self.text("transfer_id", outcome.transfer_from or "")
        self.sheet.number(self.row, COLUMN["itemised"], float(outcome.basis == "itemised"))
        rank = PROVENANCES.index(self.result.provenance)
        word = name_of(PROVENANCES[rank], t)
        formula = f"INDEX(provenance_names,MAX({','.join(self._ranks())}))"
        self.sheet.formula(self.row, COLUMN["provenance"], formula, word)

    def _ranks(self) -> list[str]:
        """Return the ranks of the numbers that the line rests on; the weakest is the line's."""
        rank = self.book.rank
        ranks = [rank[f"{self.outcome.id}.{factor.id}"] for factor in self.outcome.factors]
        for name in (*OUTCOME_SHARES, "benefit_period"):
            bears = {
                "attribution": f'IF(attribution_means="credited",{self.own(name)}<1,'
                f"{self.own(name)}>0)",
                "footprint": f'AND({self.own(name)}>0,footprint="without")',
                "benefit_period": f"{self.own(name)}>1",
            }.get(name, f"{self.own(name)}>0")
            # The rank of what no one states is 0, so that it never is the weakest.
            ranks.append(f"IF({bears},{rank[f'{self.outcome.id}.{name}']},0)")
        return ranks

    def _gross_value(self) -> None:
        outcome, pen = self.outcome, self.book.pen
        in_money = [one for one in outcome.factors if units.is_money(one.unit)]
        quantity = self._product(outcome.quantities)
        self.formula("quantity", quantity, self.result.quantity, "#,##0.0##")
        self.text("quantity_unit", self._unit(outcome.quantities), font_color=LIGHT.quiet, indent=1)
        settings = self.model.scenario.settings
        price = formulas.gross_value(in_chosen_prices(one, settings) for one in in_money)
        self.formula("proxy", self._product(in_money), price, pen.money(decimals=2))
        self.text("proxy_unit", self._unit(in_money), font_color=LIGHT.quiet, indent=1)
        gross = f"{self.here('quantity')}*{self.here('proxy')}"
        self.formula("gross", gross, self.valued.gross_value, pen.money())

    def _product(self, factors: Sequence[Factor]) -> str:
        cells = [self.book.counted[f"{self.outcome.id}.{factor.id}"] for factor in factors]
        return "*".join(cells) or "1"

    def _unit(self, factors: Sequence[Factor]) -> str:
        if not factors:
            return ""
        one_unit = factors[0].unit if len(factors) == 1 else None
        if one_unit is None:
            return " × ".join(filter(None, (self.book.pen.unit(one.unit) for one in factors)))
        return self.book.pen.unit(one_unit)

    def _deductions(self) -> None:
        settings = self.model.scenario.settings
        footprint = self.outcome.footprint.value if self.outcome.footprint else 0.0
        self.formula("footprint", self.own("footprint"), footprint, PERCENT)
        read = float(settings.lines == "all" or self.outcome.basis == "itemised")
        left_out = footprint if settings.footprint == "without" else 0.0
        self.formula(
            "counted_share",
            f'IF(AND(lines="itemised",{self.here("itemised")}=0),0,'
            f'(1-IF(footprint="without",{self.here("footprint")},0))/years_covered)',
            read * (1.0 - left_out) / settings.years_covered,
            PERCENT,
        )
        for name in ("deadweight", "displacement"):
            self.formula(name, self._combined(name), getattr(self.valued, name), PERCENT)
        own = self.own("attribution")
        credited = 'attribution_means="credited"'
        self.formula(
            "attribution",
            f"IF({credited},{own}*(1-attribution),{self._combined('attribution')})",
            self.valued.attribution,
            PERCENT,
        )
        bias = f"IF({self.here('gross')}<0,0,{self.own('optimism_bias')})"
        self.formula("optimism_bias", bias, self.valued.optimism_bias, PERCENT)
        deadweight, displacement = self.here("deadweight"), self.here("displacement")
        attribution = self.here("attribution")
        self.formula(
            "kept",
            f"(1-{self.here('optimism_bias')})*IF({credited},{attribution},1)"
            f'*IF(deductions="add",'
            f"MAX(0,1-{deadweight}-{displacement}-IF({credited},0,{attribution})),"
            f"(1-{deadweight})*(1-{displacement})*IF({credited},1,1-{attribution}))",
            self.valued.kept_share,
            PERCENT,
        )
        impact = f"{self.here('gross')}*{self.here('counted_share')}*{self.here('kept')}"
        self.formula("impact", impact, self.valued.impact, self.book.pen.money())

    def _combined(self, name: str) -> str:
        own = self.own(name)
        return f"{own}+{name}-{own}*{name}"

    def _over_time(self) -> None:
        outcome, settings = self.outcome, self.model.scenario.settings
        drop_off = outcome.drop_off.value if outcome.drop_off else 0.0
        period = int(outcome.benefit_period.value) if outcome.benefit_period else 1
        activity = years_of_outcome(outcome, settings)
        self.formula("drop_off", self.own("drop_off"), drop_off, PERCENT)
        self.formula("period", self.own("benefit_period"), period, WHOLE)
        self.sheet.number(self.row, COLUMN["start"], outcome.start_year, num_format=WHOLE)
        self.formula("activity", "activity_years" if is_yearly(outcome) else "1", activity, WHOLE)
        start, last = self.here("start"), f"{self.here('period')}-2"
        self.formula(
            "last_year",
            f"{start}+{self.here('activity')}+{last}",
            outcome.start_year + activity + period - 2,
            WHOLE,
        )
        kept = f"(1-{self.here('drop_off')})"
        self.formula(
            "factor",
            f"IF(drop_off_from=1,{kept},1)*{geometric(f'{kept}*a_year_later', self.here('period'))}"
            f"*{geometric('a_year_later', self.here('activity'))}"
            f"*a_year_later^(first_exponent+{start}-1)",
            float(
                present_value_of_effect(
                    1.0,
                    drop_off=drop_off,
                    benefit_period=period,
                    discount_rate=settings.discount_rate.value,
                    timing=settings.timing,
                    drop_off_from=settings.drop_off_from,
                    activity_years=activity,
                    start_year=outcome.start_year,
                )
            ),
            FACTOR,
        )
        self._by_year(self.model.by_year[self.position])
        present = f"{self.here('impact')}*{self.here('factor')}"
        money = self.book.pen.money()
        self.formula("present_value", present, self.valued.present_value, money)

    def _by_year(self, values: Sequence[float]) -> None:
        column, money = YEARS_LINES + self.position, self.book.pen.money()
        for year in range(YEARS_ON_THE_MAP):
            value = values[year] if year < len(values) else 0.0
            cell = self.years.cell(YEARS_FIRST + year, column)
            self.formula(f"year_{year + 1}", cell, value, money)
        first = YEARS_FIRST + YEARS_ON_THE_MAP
        later = self.years.rows(column, first, YEARS_FIRST + self.model.shown_years - 1)
        self.formula("later", f"SUM({later})", sum(values[YEARS_ON_THE_MAP:]), money)

    def _counted(self) -> None:
        outcome, counts = self.outcome, self.book.cells
        loser = outcome.transfer_from
        minus = f"-{counts[f'gains.{loser}']}" if loser else ""
        sign = self.model.valuation.signs[self.position]
        self.formula("sign", f"{counts[f'gains.{outcome.stakeholder}']}{minus}", sign, "0")
        self.formula(
            "counted_value",
            f"{self.here('present_value')}*{self.here('sign')}",
            self.result.present_value,
            self.book.pen.money(),
        )
        total = f"${xl_col_to_name(COLUMN['counted_value'])}${self._total_row() + 1}"
        self.formula(
            "share",
            f"IF({total}=0,{quoted(UNDEFINED)},{self.here('counted_value')}/{total})",
            self.result.share,
            PERCENT,
        )

    def _total_row(self) -> int:
        return FIRST + len(self.book.scenario.outcomes)

    def _added(self, value: float) -> None:
        """Write what the posts asked for add to the line, as the point of view counts it."""
        counted = self.book.counted
        posts, wanted = counted["funding.posts"], counted["funding.posts_wanted"]
        power = self.own("elasticity")
        growth = f"({wanted}/{posts})^{power}-1"
        # Without posts Excel has no value for 0 ^ 0, which leaves a line as it is.
        formula = f"IF(OR({posts}=0,{power}=0),0,{self.here('counted_value')}*({growth}))"
        self.formula("added", formula, value, self.book.pen.money())

    def _readings(self) -> None:
        """Write the line in full in each reading: which lines, and with or without footprint."""
        whole = f"{self.here('gross')}/years_covered*{self.here('kept')}*{self.here('factor')}"
        formulas_of = {
            "all_with": whole,
            "itemised_with": f"{self.here('itemised')}*{whole}",
            "all_without": f"(1-{self.here('footprint')})*{whole}",
            "itemised_without": f"{self.here('itemised')}*(1-{self.here('footprint')})*{whole}",
        }
        for reading, formula in formulas_of.items():
            value = self.model.readings[reading].present_value(self.outcome, 1, {})
            self.formula(reading, formula, value, self.book.pen.money())
