"""The workbook of a programme computes what the model does, and is safe to open.

LibreOffice recalculates files whose formulas are stored with zeros: what it says is its own.
"""

import datetime
import io
import math
import re
import tracemalloc

import numpy as np
import pytest
from openpyxl import load_workbook

from reports import programme_workbook as module
from reports.programme_workbook import SHEETS, looked_for, programme_workbook
from reports.programme_workbook_rows import FIRST, HEAD, TOTAL
from roi_model import ScenarioError
from roi_model.case_files import case_data, scenario_from
from roi_model.portfolio import portfolio_of
from roi_model.portfolio_evaluation import evaluate_portfolio
from tests.reports.programmes import CONFUSING, TEMPLATE, drawn, named_by_strangers, programme
from tests.reports.scenarios import DAY, FORMULA
from tests.reports.test_workbook import cells_of, converted, with_libreoffice
from tests.roi_model import building
from ui.portfolio_faults import cut
from ui.words import LANGUAGES, UNDEFINED, words_in

NEAR = 1e-9
PERSPECTIVES = (
    "society",
    "public_finances",
    "funder-state",
    "costs-state,employer-gains-residents",
)


def written(portfolio=None, simulation=None, language="fr", **more):
    portfolio = programme() if portfolio is None else portfolio
    more = {"today": DAY} | more
    return programme_workbook(portfolio, simulation, language=language, **more)


def changed_in_every_way():
    """Return associations that replace factors, shares, durations, choices and dated amounts."""
    rows = 12
    at = np.arange(rows)
    return portfolio_of(
        TEMPLATE.case.with_changes({"discount_rate": 0.03, "activity_years": 2}),
        {
            "state_aid": 1.5 + at,
            "employer_payment": np.where(at % 4 == 0, np.nan, 9_000.0 + 100 * at),
            "quiet_nights.people": 20.0 + 3 * at,
            "quiet_nights.value_per_person": np.where(at % 2 == 0, np.nan, 700.0 + at),
            "quiet_nights.deadweight": np.where(at % 3 == 0, np.nan, 0.1 + at / 50),
            "quiet_nights.benefit_period": np.where(at % 5 == 0, np.nan, 1.0 + at % 3),
            "into_work.people": 0.5 * (at % 3),
            "discount_rate": np.where(at % 2 == 0, np.nan, 0.05),
        },
        choices={
            "timing": [None, "mid", "end"] * 4,
            "price_year": ["as_stated", 2020, 2022, None] * 3,
        },
        labels={"Type": ["a", "b", "c"] * 4},
    )


def with_losses():
    """Return associations of a case with a transfer, a loss and costs that have a price."""
    town, residents = building.TOWN, building.RESIDENTS
    data = case_data(building.case(
        outcomes=[
            building.people_helped("gain", 10, 20, stakeholder=residents),
            building.amount("loss", -50, stakeholder=town),
            building.amount("transfer", 70, stakeholder=residents),
        ],
        costs=[building.cost("aid", 100, town)],
    ))  # fmt: skip
    data["outcomes"][2]["transfer_from"] = town
    scenario = scenario_from(data)
    return portfolio_of(scenario, {"aid": [100.0, 0.0, 300.0], "gain.people": [5.0, 6.0, math.nan]})


def programmes():
    """Return portfolios by name."""
    found = {f"view_{place}": programme().seen_from(one) for place, one in enumerate(PERSPECTIVES)}
    found |= {"every_way": changed_in_every_way(), "strangers": named_by_strangers()}
    return found | {"losses": with_losses()}


def column_of(sheet, heading):
    """Return the place of a column by its heading, or by the address in it."""
    headings = [cell.value for cell in sheet[HEAD + 1]]
    return next(
        at for at, one in enumerate(headings) if heading in (one, str(one)[-len(heading) :])
    )


def column(sheet, heading):
    """Return the values of a column, a row each."""
    at = column_of(sheet, heading)
    return [row[at] for row in sheet.iter_rows(min_row=FIRST + 1, values_only=True)]


def assert_near(found, expected):
    found = [math.nan if one in (None, UNDEFINED) else one for one in found]
    assert found == pytest.approx(list(expected), rel=NEAR, abs=1e-9, nan_ok=True)


def assert_says_the_same(book, evaluation, t, group_by=None):
    """Compare a recalculated workbook with the model: rows, sums, who gains, groups."""
    rows = book[t("programme.sheet_rows")]
    names = {one.id: t.of(one.label) for one in evaluation.portfolio.template.outcomes}
    for heading, values in (
        ("programme.heading_benefits", evaluation.benefits),
        ("programme.heading_costs", evaluation.costs),
        ("table.net", evaluation.net_present_values),
        ("table.ratio", evaluation.ratios),
    ):
        assert_near(column(rows, t(heading)), values)
    for one, sign in evaluation.signs.items():
        if sign > 0:
            heading = t("programme.heading_outcome_line", label=names[one])
            assert_near(column(rows, heading), evaluation.gained[one])
    whole = book[t("programme.sheet_whole")]
    lines = [row for row in whole.iter_rows(values_only=True) if row[0]]
    figures = {row[0]: row[1:] for row in reversed(lines)}
    totals = evaluation.totals
    assert_near([figures[t("portfolio.figure_ratio")][0]], [totals.ratio])
    assert_near([figures[t("table.net")][0]], [totals.net_present_value])
    assert figures[t("programme.above")][0] == int((evaluation.ratios > 1).sum())
    people = {one.id: t.of(one.name) for one in evaluation.portfolio.template.stakeholders}
    for one in totals.by_stakeholder:
        paid, gained, net, *_ = figures[people[one.stakeholder]]
        amounts = (one.present_value_costs, one.present_value_benefits, one.net_present_value)
        assert_near([paid, gained, net], amounts)
    if group_by is not None:
        start = next(at for at, row in enumerate(lines) if row[0] == cut(group_by))
        for row, name in zip(lines[start + 1 :], t.sorted(evaluation.totals_by(group_by)),
                             strict=False):  # fmt: skip
            of_group = evaluation.totals_by(group_by)[name]
            assert row[0] == (name or t("portfolio.blank"))
            assert row[1] == sum(evaluation.portfolio.labels[group_by] == name)
            assert_near(row[2:5], (of_group.costs, of_group.benefits, of_group.ratio))


@pytest.fixture(scope="module")
def recalculated(tmp_path_factory):
    """Return portfolios by name, each with its workbook as LibreOffice computes it."""
    found = programmes()
    contents = {
        name: written(one, language=LANGUAGES[place % 2], with_results=False)
        for place, (name, one) in enumerate(found.items())
    }
    contents["values"] = written(live_rows=10, with_results=False)
    contents["typed_over"] = typed_over(written(with_results=False))
    made = converted(tmp_path_factory.mktemp("recalculated"), contents, "xlsx")
    return {name: load_workbook(made / f"{name}.xlsx", data_only=True) for name in contents}


def typed_over(content):
    """Return a workbook as a person leaves it who types two numbers; nothing is computed."""
    t, book = words_in("fr"), load_workbook(io.BytesIO(content))
    rows = book[t("programme.sheet_rows")]
    people = column_of(rows, "[quiet_nights.people]")
    rows.cell(FIRST + 1 + 3, people + 1).value = 123.0
    rows.cell(FIRST + 1 + 4, people + 1).value = None
    numbers = book[t("programme.sheet_numbers")]
    for row in numbers.iter_rows(min_row=5):
        if row[9].value == "police_time.hourly_cost":
            row[1].value = 77.0
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


@with_libreoffice
class TestRecalculated:
    @pytest.mark.parametrize("name", [*programmes()])
    def test_rows_sums_and_groups_say_what_the_model_says(self, recalculated, name):
        portfolio = programmes()[name]
        t = words_in(LANGUAGES[[*programmes()].index(name) % 2])
        group_by = {"every_way": "Type", "losses": None}.get(name, "Région")
        if name == "strangers":
            group_by = next(iter(portfolio.labels))
        book = recalculated[name]
        assert_says_the_same(book, evaluate_portfolio(portfolio), t, group_by)

    def test_what_is_typed_over_is_followed_to_the_sums(self, recalculated):
        numbers = {one: column.copy() for one, column in programme().numbers.items()}
        numbers["quiet_nights.people"][3] = 123.0
        numbers["quiet_nights.people"][4] = np.nan
        changed = portfolio_of(
            TEMPLATE.case.with_changes({"police_time.hourly_cost": 77.0}),
            numbers,
            ids=programme().ids.tolist(),
            labels=programme().labels,
        )
        assert (
            evaluate_portfolio(changed).totals.ratio != evaluate_portfolio(programme()).totals.ratio
        )
        book = recalculated["typed_over"]
        assert_says_the_same(book, evaluate_portfolio(changed), words_in("fr"), "Région")

    def test_sums_stay_formulas_where_rows_are_values(self, recalculated):
        t = words_in("fr")
        assert_says_the_same(recalculated["values"], evaluate_portfolio(programme()), t, "Région")


class TestFormulas:
    def test_are_stored_with_what_the_model_makes_of_them(self):
        for name, portfolio in programmes().items():
            book = load_workbook(io.BytesIO(written(portfolio)), data_only=True)
            group_by = "Région" if name.startswith("view") else None
            assert_says_the_same(book, evaluate_portfolio(portfolio), words_in("fr"), group_by)

    def test_use_no_function_that_one_of_the_programs_lacks(self):
        known = {"COUNTIF", "COUNTIFS", "EXACT", "IF", "ISBLANK", "ROWS", "SUM", "SUMIFS",
                 "SUMPRODUCT"}  # fmt: skip
        used = set()
        for portfolio in programmes().values():
            for _, cell in cells_of(written(portfolio)):
                if cell.data_type == "f":
                    outside = re.sub(r'"[^"]*"|\'[^\']*\'', "", cell.value)
                    used |= set(re.findall(r"([A-Z][A-Z0-9.]*)\(", outside))
        assert used == known

    def test_above_a_number_of_rows_are_only_of_sums(self):
        t = words_in("en")
        for live_rows, is_live in ((59, True), (58, False)):
            book = load_workbook(io.BytesIO(written(language="en", live_rows=live_rows)))
            rows = book[t("programme.sheet_rows")]
            at = column_of(rows, t("table.ratio")) + 1
            assert (rows.cell(FIRST + 1, at).data_type == "f") == is_live
            assert rows.cell(TOTAL + 1, at).data_type == "f"
            said = [row[0] for row in book[t("programme.sheet_whole")].iter_rows(values_only=True)]
            key = "programme.use_live" if is_live else "programme.use_values"
            assert t(key, rows=t.number(module.LIVE_ROWS)) in said

    def test_intervals_are_values_and_it_is_said(self):
        t = words_in("fr")
        book = load_workbook(io.BytesIO(written(simulation=drawn())))
        low = t("programme.heading_low", level=t.percent(0.9))
        assert column(book[t("programme.sheet_rows")], low) == pytest.approx(drawn().low)
        whole = [*book[t("programme.sheet_whole")].iter_rows(values_only=True)]
        assert [t("programme.values_note")] in [[row[0]] for row in whole]
        (found,) = [row[1] for row in whole if row[0] == low]
        assert found == pytest.approx(drawn().programme.interval().low.value)
        head = next(at for at, row in enumerate(whole) if row[0] == "Région")
        assert whole[head][5] == low
        for row in whole[head + 1 : head + 5]:
            of_group = drawn().by_group["Région"][row[0]]
            assert row[5:7] == pytest.approx((of_group.low, of_group.high))


class TestSheets:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_bear_names_in_the_language_of_the_reader(self, language):
        t = words_in(language)
        book = load_workbook(io.BytesIO(written(language=language)))
        assert book.sheetnames == [t(f"programme.sheet_{name}") for name in SHEETS]
        for sheet in book:
            assert sheet.protection.sheet
            assert sheet.protection.password is None

    def test_let_only_what_formulas_follow_be_typed_in(self):
        t = words_in("fr")
        book = load_workbook(io.BytesIO(written(changed_in_every_way())))
        rows = book[t("programme.sheet_rows")]
        unlocked = {
            re.search(r"\[(.*)\]", rows.cell(HEAD + 1, cell.column).value)[1]
            for cell in rows[FIRST + 1]
            if not cell.protection.locked
        }
        assert unlocked == {
            "state_aid", "employer_payment", "quiet_nights.people",
            "quiet_nights.value_per_person", "into_work.people",
        }  # fmt: skip

    def test_list_the_faults_and_the_documents(self):
        t = words_in("fr")
        book = load_workbook(io.BytesIO(written()))
        faults = [*book[t("programme.sheet_faults")].iter_rows(min_row=4, values_only=True)]
        wrong = t("portfolio.fault_number_not_allowed", received=t.number(-5.0))
        assert faults == [(t("portfolio.line", line=9), "Habitants soulagés du bruit", wrong)]
        links = [row[3] for row in book[t("programme.sheet_sources")].iter_rows(values_only=True)]
        assert {one.url for one in TEMPLATE.case.documents.values()} <= set(links)

    def test_texts_of_a_table_are_never_formulas(self):
        content = written(named_by_strangers())
        texts = [cell for _, cell in cells_of(content) if cell.value in (FORMULA, *CONFUSING)]
        assert len(texts) > 30
        assert {cell.data_type for cell in texts} == {"s"}
        assert not any(
            "HYPERLINK(" in str(cell.value) for _, cell in cells_of(content)
            if cell.data_type == "f"
        )  # fmt: skip

    def test_the_same_programme_on_the_same_day_is_the_same_file(self):
        assert written() == written()
        assert written() != written(today=DAY + datetime.timedelta(days=1))

    def test_too_many_rows_for_a_sheet_are_refused(self, monkeypatch):
        monkeypatch.setattr(module, "MOST_ROWS", 58)
        with pytest.raises(ScenarioError, match="a sheet holds at most 58 associations"):
            written()

    def test_memory_does_not_grow_as_the_cells_do(self):
        # 8 000 rows of 20 columns are 160 000 cells; a cell kept as a Python object takes 100
        # bytes and more. What grows is the file itself, and the arrays of the evaluation.
        def peak(rows):
            at = np.arange(1.0, rows + 1)
            portfolio = portfolio_of(TEMPLATE.case, {"state_aid": at, "quiet_nights.people": at})
            tracemalloc.start()
            size = len(written(portfolio))
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            return most, size

        small, large = peak(4_000), peak(12_000)
        assert large[0] - small[0] < 3 * (large[1] - small[1]) + 8_000 * 20 * 30


class TestWhatASearchFinds:
    @pytest.mark.parametrize("name", ["", "*", "01", "2A", "a?", "~b", "Vrai", "TRUE", "x" * 300])
    def test_is_not_relied_on_for_what_it_could_take_for_another(self, name):
        assert looked_for([name, "Corse"]) == {"Corse"}

    def test_takes_no_two_names_that_differ_in_case_alone(self):
        assert looked_for(["Corse", "CORSE", "Ain"]) == {"Ain"}
