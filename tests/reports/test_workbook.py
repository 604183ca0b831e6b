"""The workbook computes what the model does, and is safe to open.

LibreOffice recalculates files whose formulas are stored with zeros: what it says is its own.
"""

import csv
import datetime
import io
import math
import re
import shutil
import subprocess
import zipfile
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from xlsxwriter.utility import xl_col_to_name

from reports.workbook import SHEETS, workbook
from reports.workbook_layout import ADDRESS, CASE_SHEET, LISTS_SHEET, VALUE, lines_in, options_of
from reports.workbook_reading import LARGEST_FILE, scenario_from_workbook
from reports.workbook_value_map import COLUMN, FIRST, READINGS, in_reading
from roi_model import evaluate, load_case
from roi_model.case_files import case_data, scenario_from
from roi_model.consistency import least_activity_years
from roi_model.funding import funding_case
from roi_model.templates import load_template, templates
from roi_model.verification import published_calculation
from tests.roi_model import building, strategies
from ui.words import LANGUAGES, UNDEFINED, words_in

TODAY = datetime.date(2026, 11, 24)
VERIFIED = (
    "new_zealand_option_2", "openstax_replacement_chain", "rosen_subway",
    "scottish_discounted_cash_flow", "timebank_ireland_2023", "perry_preschool_rate_of_return",
)  # fmt: skip
GENERATED = 100
NEAR = 1e-9

ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
 xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>
"""
ALL_SHEETS_IN_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"

with_libreoffice = pytest.mark.skipif(
    shutil.which("soffice") is None, reason="LibreOffice, which recalculates, is not installed"
)


@dataclass(frozen=True)
class Tried:
    """A workbook to recalculate, and the scenario that its results must be those of."""

    scenario: object
    content: bytes
    language: str


def written(scenario, language="fr", **more):
    return workbook(scenario, language=language, today=TODAY, **more)


# --- Scenarios ---------------------------------------------------------------------------------


def filled_template(name):
    """Return a template with numbers in the place of those that only its user knows."""
    template = load_template(name)
    numbers = {address: 3.0 + 2 * place for place, address in enumerate(template.to_fill)}
    return template.case.with_changes(numbers)


@st.composite
def any_scenarios(draw):
    """Draw a scenario that also has transfers, later starts, one-off amounts, prices and years."""
    data = case_data(draw(strategies.scenarios(negative=True)))
    whole = st.integers(1, 4)
    years = draw(whole)
    data["settings"]["activity_years"] = building.number(years)
    for outcome in data["outcomes"]:
        others = [one["id"] for one in data["stakeholders"] if one["id"] != outcome["stakeholder"]]
        if draw(st.booleans()):
            outcome["transfer_from"] = draw(st.sampled_from(others))
        if draw(st.booleans()):
            outcome["evidence"] = {"grade": draw(st.sampled_from(["grade_2", "grade_5"]))}
        outcome["start_year"] = draw(whole)
        outcome["factors"][1]["year"] = draw(st.integers(2008, 2020))
        if draw(st.booleans()):
            outcome["factors"][1]["unit"] = "EUR/person"
    for cost in data["costs"]:
        cost["timing"] = draw(st.sampled_from(["start", "benefits"]))
        kind = draw(st.sampled_from(["yearly", "once", "priced"]))
        cost["start_year"] = draw(whole if kind == "once" else st.integers(1, years))
        if kind == "once":
            cost["unit"] = "EUR"
        if kind == "priced":
            cost["unit"] = "hour"
            cost["price"] = building.factor("price", draw(strategies.prices), "EUR/hour/year")
    scenario = scenario_from(data)
    return scenario.with_changes(
        {
            "price_year": draw(st.sampled_from(["as_stated", 2010, 2021])),
            "perspective": draw(st.sampled_from(scenario.perspective_ids)),
        }
    )


def drawn(strategy, count):
    """Return as many values of a strategy, always the same."""
    found = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(value):
        found.append(value)

    collect()
    return found[:count]


# --- Recalculating -----------------------------------------------------------------------------


def converted(folder, contents, kind):
    """Return the folder with files converted by LibreOffice, which recalculates all of them.

    It runs twice at once, each with half of the files and a profile of its own.
    """
    names, runs = [*contents], []
    for half in (0, 1):
        profile = folder / f"profile_{half}"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE, "utf-8")
        paths = []
        for name in names[half::2]:
            paths.append(folder / f"{name}.xlsx")
            paths[-1].write_bytes(contents[name])
        command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless",
                   "--convert-to", kind, "--outdir", folder / "made", *paths]  # fmt: skip
        runs.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    for run in runs:
        assert run.wait(timeout=300) == 0
    return folder / "made"


def edited(content, changes, t, scenario):
    """Return a workbook as a person leaves it who types some values; nothing is computed."""
    book = load_workbook(io.BytesIO(content))
    labels = {
        setting: {value: label for label, value in options}
        for setting, options in options_of(scenario, t).items()
    }
    for sheet in (book[t("workbook.sheet_inputs")], book[t("workbook.sheet_settings")]):
        for row in sheet.iter_rows(max_col=ADDRESS + 1):
            address = row[ADDRESS].value
            if address in changes:
                value = changes[address]
                row[VALUE].value = labels[address][value] if address in labels else value
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def changes_of(scenario, choose):
    """Return some other numbers and choices of a scenario; ``choose`` draws."""
    changes = {}
    for setting, offered in scenario.choices().items():
        if setting != "price_year" and choose(st.booleans()):
            changes[setting] = choose(st.sampled_from(offered))
    for line in lines_in(scenario):
        low, high = line.parameter.bounds
        if not choose(st.booleans()):
            continue
        if line.parameter.unit == "year":
            is_activity = line.address == "activity_years"
            least = least_activity_years(scenario) if is_activity else 1
            changes[line.address] = choose(st.integers(least, 12))
        else:
            changes[line.address] = choose(st.floats(max(low, 0.0), min(high, 1e6)))
    return changes


@st.composite
def edits(draw):
    scenario = draw(any_scenarios())
    return scenario, changes_of(scenario, draw)


@pytest.fixture(scope="module")
def tried(tmp_path_factory):
    """Return workbooks by name, each with its sheets as LibreOffice computes them."""
    cases = {"promevil": load_case("promevil")}
    cases |= {name: filled_template(name) for name in templates()}
    cases |= {name: published_calculation(name).case for name in VERIFIED}
    cases |= {
        f"generated_{place}": scenario
        for place, scenario in enumerate(drawn(any_scenarios(), GENERATED))
    }
    found = {
        name: Tried(scenario, written(scenario, language, with_results=False), language)
        for place, (name, scenario) in enumerate(cases.items())
        for language in [LANGUAGES[place % 2]]
    }
    t = words_in("fr")
    changed = [*drawn(edits(), 8), (load_case("promevil"), PROMEVIL_CHANGES)]
    for place, (scenario, changes) in enumerate(changed):
        content = edited(written(scenario, with_results=False), changes, t, scenario)
        found[f"edited_{place}"] = Tried(scenario.with_changes(changes), content, "fr")
    folder = tmp_path_factory.mktemp("recalculated")
    made = converted(folder, {name: one.content for name, one in found.items()}, ALL_SHEETS_IN_CSV)
    return {name: (one, Computed(made, name, one.language)) for name, one in found.items()}


PROMEVIL_CHANGES = {
    "perspective": "public_finances", "lines": "itemised", "footprint": "without",
    "years_covered": 2, "timing": "mid", "drop_off_from": 1, "deductions": "add",
    "attribution_means": "credited", "optimism_bias": "by_grade", "price_year": 2021,
    "discount_rate": 0.035, "activity_years": 4, "deadweight": 0.1, "attribution": 0.2,
    "work_integration.benefit_period": 6, "work_integration.drop_off": 0.15,
    "work_integration.attribution": 0.7, "sncf_payment": 250_000.0, "funding.posts_wanted": 260.0,
    "sncf_savings.deadweight": 0.25, "balance.elasticity": 0.5,
}  # fmt: skip


class Computed:
    """The sheets of a workbook as LibreOffice computed them: rows of texts."""

    def __init__(self, folder, name, language):
        self.t = words_in(language)
        self.sheets = {
            sheet: self._rows(folder / f"{name}-{self.t(f'workbook.sheet_{sheet}')}.csv")
            for sheet in ("results", "value_map", "viewpoints")
        }

    def _rows(self, path):
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))

    def result(self, name):
        """Return a figure of the sheet of results by the end of its key."""
        return number(self.written(name))

    def written(self, name):
        """Return what the sheet of results has for a figure."""
        label = self.t(f"workbook.result_{name}")
        # Lines of the case come after the figures, and may bear the same name.
        return next(row[1] for row in self.sheets["results"] if row[:1] == [label])

    def by_outcome(self, count):
        rows = self.sheets["value_map"][FIRST : FIRST + count]
        return [number(row[COLUMN["counted_value"]]) for row in rows]

    def views(self, count):
        """Return the ratio as things are set, then in each reading, of each point of view."""
        rows = self.sheets["viewpoints"][FIRST : FIRST + count]
        return [[number(one) for one in row[4:9]] for row in rows]


def number(text):
    return math.nan if text == UNDEFINED else float(text)


def size_of(scenario):
    """Return what the amounts of a scenario are made of, however much of it cancels out."""
    years = 40.0 * scenario.settings.activity_years.value
    rows = evaluate(scenario).by_outcome
    return 1e-6 + years * sum(abs(row.gross_value) for row in rows)


def assert_near(computed, expected, size=0.0):
    # A spreadsheet takes the difference of two nearly equal numbers for 0.
    is_near = math.isclose(computed, expected, rel_tol=NEAR, abs_tol=max(1e-13 * size, 1e-20))
    assert is_near or (math.isnan(computed) and math.isnan(expected)), (computed, expected)


def assert_says_the_same(one, computed):
    scenario = one.scenario
    result, size = evaluate(scenario), size_of(one.scenario)
    costs = result.present_value_costs or 1.0
    assert_near(computed.result("benefits"), result.present_value_benefits, size)
    assert_near(computed.result("costs"), result.present_value_costs)
    assert_near(computed.result("ratio"), result.ratio, size / abs(costs))
    assert_near(computed.result("net"), result.net_present_value, size + abs(costs))
    assert_near(computed.result("net_return"), result.net_return, 1 + size / abs(costs))
    if result.is_never_paid_back:
        assert computed.written("payback") == computed.t("figures.never")
    else:
        assert_near(computed.result("payback"), result.payback_months)
    assert_near(computed.result("jobs_per_million"), result.jobs_per_million_euros)
    assert_near(computed.result("cost_per_job"), result.cost_per_job)
    assert_near(computed.result("years"), result.years)
    assert_near(computed.result("unstated"), len(result.unstated_costs))
    assert_near(computed.result("jobs"), result.indirect_jobs)
    amounts = computed.by_outcome(len(scenario.outcomes))
    for amount, row in zip(amounts, result.by_outcome, strict=True):
        assert_near(amount, row.present_value, size)


def assert_views_say_the_same(one, computed):
    scenario, size = one.scenario, size_of(one.scenario)
    offered = [value for _, value in options_of(scenario, computed.t)["perspective"]]
    read = [scenario, *(in_reading(scenario, reading) for reading in READINGS)]
    for view, ratios in zip(offered, computed.views(len(offered)), strict=True):
        for reading, ratio in zip(read, ratios, strict=True):
            result = evaluate(reading, view)
            assert_near(ratio, result.ratio, size / abs(result.present_value_costs or 1.0))


@with_libreoffice
class TestRecalculated:
    @pytest.mark.parametrize("name", ["promevil", *templates(), *VERIFIED])
    def test_a_case_says_what_the_model_says(self, tried, name):
        assert_says_the_same(*tried[name])
        assert_views_say_the_same(*tried[name])

    def test_a_hundred_generated_scenarios_say_what_the_model_says(self, tried):
        names = [name for name in tried if name.startswith("generated_")]
        assert len(names) == GENERATED
        for name in names:
            assert_says_the_same(*tried[name])
        for name in names[::5]:
            assert_views_say_the_same(*tried[name])

    def test_inputs_and_settings_changed_in_the_file_are_followed(self, tried):
        names = [name for name in tried if name.startswith("edited_")]
        assert len(names) == 9
        for name in names:
            one, computed = tried[name]
            assert_says_the_same(one, computed)
            read = scenario_from_workbook(one.content, name="edited.xlsx")
            assert_near(evaluate(read).ratio, evaluate(one.scenario).ratio)

    def test_the_posts_asked_for_are_followed(self, tried):
        one, computed = tried["edited_8"]
        case = funding_case(one.scenario)
        for name in ("added_benefits", "added_costs", "marginal_ratio", "average_ratio"):
            assert_near(computed.result(name), getattr(case, name))
        assert case.added_costs > 0

    def test_a_file_saved_by_another_program_still_reads_back(self, tmp_path):
        cases = {"case": load_case("promevil"), "template": load_template("own_case").case}
        made = converted(tmp_path, {name: written(one) for name, one in cases.items()}, "xlsx")
        for name, scenario in cases.items():
            content = (made / f"{name}.xlsx").read_bytes()
            read = scenario_from_workbook(content, name="saved.xlsx")
            assert read.fingerprint == scenario.fingerprint


# --- What is in the file -----------------------------------------------------------------------


def cells_of(content, data_only=False):
    for sheet in load_workbook(io.BytesIO(content), data_only=data_only):
        for row in sheet.iter_rows():
            yield from ((sheet, cell) for cell in row if cell.value is not None)


class TestFormulas:
    def test_are_stored_with_what_the_model_makes_of_them(self):
        scenario, t = load_case("promevil"), words_in("fr")
        book = load_workbook(io.BytesIO(written(scenario)), data_only=True)
        figures = {row[0].value: row[1].value for row in book[t("workbook.sheet_results")].rows}
        assert figures[t("workbook.result_ratio")] == pytest.approx(20.2 / 1.5)
        assert figures[t("workbook.result_payback")] == pytest.approx(12 * 1.5 / 20.2)

    def test_are_all_but_the_inputs_and_the_lists(self):
        t = words_in("fr")
        stated = {t(f"workbook.sheet_{name}") for name in ("inputs", "settings", "about")}
        constants = [
            f"{sheet.title}!{cell.coordinate}"
            for sheet, cell in cells_of(written(load_case("promevil")))
            if sheet.title not in stated | {LISTS_SHEET, CASE_SHEET}
            and isinstance(cell.value, int | float)
        ]
        # Years, first years of lines, who counts (1 or 0) and what is itemised: facts of the case.
        numbered = {re.sub(r"\d+$", "", one) for one in constants}
        start, itemised = (xl_col_to_name(COLUMN[name]) for name in ("start", "itemised"))
        value_map, years = t("workbook.sheet_value_map"), t("workbook.sheet_years")
        views, costs = t("workbook.sheet_viewpoints"), t("workbook.sheet_costs")
        facts = {f"{value_map}!{start}", f"{value_map}!{itemised}", f"{years}!A", f"{costs}!H"}
        facts |= {f"{views}!{letter}" for letter in "BCDEFGHI"}
        assert numbered == facts

    def test_use_no_function_that_one_of_the_programs_lacks(self):
        known = {
            "ABS", "AND", "COUNT", "EXACT", "IF", "INDEX", "ISBLANK", "ISNUMBER", "MATCH", "MAX",
            "MIN", "NA", "OR", "ROUND", "ROW", "SUM", "SUMIF", "SUMPRODUCT",
        }  # fmt: skip
        used = set()
        for _, cell in cells_of(written(load_case("promevil"))):
            if cell.data_type == "f":
                outside = re.sub(r'"[^"]*"|\'[^\']*\'', "", cell.value)
                used |= set(re.findall(r"([A-Z][A-Z0-9.]*)\(", outside))
        assert used <= known

    def test_the_same_scenario_on_the_same_day_is_the_same_file(self):
        scenario = load_case("promevil")
        assert written(scenario) == written(scenario)


class TestSheets:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_bear_names_in_the_language_of_the_reader(self, language):
        t = words_in(language)
        book = load_workbook(io.BytesIO(written(load_case("promevil"), language)))
        named = [t(f"workbook.sheet_{name}") for name in SHEETS]
        assert book.sheetnames == [*named, LISTS_SHEET, CASE_SHEET]
        assert [sheet.sheet_state for sheet in book] == ["visible"] * 8 + ["hidden"] * 2

    def test_let_only_the_inputs_be_typed_in_and_ask_for_no_password(self):
        content, scenario = written(load_case("promevil")), load_case("promevil")
        book = load_workbook(io.BytesIO(content))
        unlocked = [
            cell.coordinate
            for sheet in book
            for row in sheet.iter_rows()
            for cell in row
            if not cell.protection.locked
        ]
        count = len(list(lines_in(scenario))) + len(scenario.choices()) + 1  # the first year
        assert len(unlocked) == count
        assert all(one.startswith("B") for one in unlocked)
        assert all(sheet.protection.sheet for sheet in book)
        assert not any(sheet.protection.password for sheet in book)

    def test_say_in_a_comment_where_a_number_comes_from(self):
        t = words_in("fr")
        book = load_workbook(io.BytesIO(written(load_case("promevil"))))
        comments = [
            row[VALUE].comment.text
            for row in book[t("workbook.sheet_inputs")].iter_rows()
            if row[ADDRESS].value == "state_aid"
        ]
        assert "Le Parisien" in comments[0]
        assert "Ce n’est pas tout ce que coûte l’association" in comments[0]

    def test_say_which_scenario_they_are_of(self):
        scenario = load_case("promevil")
        content = written(scenario, address="https://example.org/?v=1&lines=itemised")
        texts = {cell.value for _, cell in cells_of(content)}
        assert {scenario.fingerprint, "24 novembre 2026"} <= texts
        assert "https://example.org/?v=1&lines=itemised" in texts

    def test_of_a_case_to_fill_in_leave_blank_what_is_to_be_filled(self):
        template, t = load_template("adulte_relais"), words_in("fr")
        book = load_workbook(io.BytesIO(written(template.case)))
        blank = {
            row[ADDRESS].value
            for row in book[t("workbook.sheet_inputs")].iter_rows(min_row=5)
            if row[ADDRESS].value in template.to_fill and row[VALUE].value is None
        }
        assert blank == set(template.to_fill)
        shown = load_workbook(io.BytesIO(written(template.case)), data_only=True)
        figures = {row[0].value: row[1].value for row in shown[t("workbook.sheet_results")].rows}
        assert figures[t("workbook.result_ratio")] == UNDEFINED

    def test_of_the_largest_scenarios_still_read_back(self):
        outcomes = [building.people_helped(f"line_{n}", n, 2.5) for n in range(60)]
        costs = [building.cost(f"cost_{n}", 10.0) for n in range(20)]
        scenario = building.case(outcomes=outcomes, costs=costs)
        content = written(scenario)
        assert len(content) < LARGEST_FILE / 5
        assert scenario_from_workbook(content, name="x.xlsx") == scenario


HOSTILE = [
    '=HYPERLINK("http://evil.example","click")', "+cmd|' /C calc'!A0", "@SUM(1+1)", "-2+3", "=1+1",
    "{=1+1}", "<script>&\"'", "http://evil.example", "1234", "_x0041_", "a*?~b", "  spaced  ",
    "two\nlines", "bell\x07 and \ufffe", "<r>rich</r>",
]  # fmt: skip


class TestTextsOfOthers:
    @pytest.mark.parametrize("text", HOSTILE)
    def test_are_written_as_they_are_typed_and_come_back(self, text):
        data = building.case_data(
            outcomes=[building.people_helped("line", 2, 3.0)], costs=[building.cost("paid", 1.0)]
        )
        named = {"fr": text, "en": text}
        data["name"] = data["description"] = data["period"] = named
        data["stakeholders"][0]["name"] = data["stakeholders"][3]["name"] = named
        data["sources"]["study"]["title"] = data["sources"]["study"]["publisher"] = text
        for line in (data["outcomes"][0], data["costs"][0], *data["outcomes"][0]["factors"]):
            line["label"] = line["help"] = named
        data["costs"][0]["source"] = "study"
        scenario = scenario_from(data)
        plain = written(scenario_from(building.case_data(
            outcomes=[building.people_helped("line", 2, 3.0)], costs=[building.cost("paid", 1.0)]
        )))  # fmt: skip
        content = written(scenario)
        assert formulas_in(content) == formulas_in(plain)
        assert scenario_from_workbook(content, name="x.xlsx") == scenario
        texts = ("xl/sharedStrings.xml", "xl/comments", "docProps/core.xml")
        for part, xml in parts_of(content).items():
            assert "evil.example" not in xml or part.startswith(texts), part

    def test_a_link_that_is_none_is_only_a_text(self):
        content = written(load_case("promevil"), address="javascript:alert(1)")
        assert not any("javascript" in xml for part, xml in parts_of(content).items()
                       if part.endswith(".rels"))  # fmt: skip


def formulas_in(content):
    """Return every formula by its cell; texts inside quotation marks are those of the case."""
    return {
        f"{sheet.title}!{cell.coordinate}": cell.value
        for sheet, cell in cells_of(content)
        if cell.data_type == "f"
    }


def parts_of(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode("utf-8") for name in archive.namelist()}
