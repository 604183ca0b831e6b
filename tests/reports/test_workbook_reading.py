"""A workbook that came back gives the scenario a person made of it, or says why not, by cell."""

import base64
import datetime
import io
import json
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

import reports.workbook_reading as reading
from reports.workbook import workbook
from reports.workbook_layout import ADDRESS, CASE_SHEET, VALUE, lines_in, options_of
from reports.workbook_reading import scenario_from_workbook
from roi_model import ScenarioError, evaluate, load_case
from roi_model.parameters import Provenance
from roi_model.templates import load_template, templates
from roi_model.verification import published_calculation
from tests.reports.test_workbook import VERIFIED, any_scenarios, changes_of, edited
from tests.roi_model import building
from ui.file_problems import file_problem_text
from ui.labels import refusal_text
from ui.words import LANGUAGES, words_in

TODAY = datetime.date(2026, 11, 24)
FR = words_in("fr")


def written(scenario, language="fr"):
    return workbook(scenario, language=language, today=TODAY)


@pytest.fixture(scope="module")
def promevil():
    return written(load_case("promevil"))


def read(content):
    return scenario_from_workbook(content, name="file.xlsx")


def typed(content, changes, language="fr"):
    """Return a workbook with some values typed, by address, and where they stand."""
    book, t = load_workbook(io.BytesIO(content)), words_in(language)
    places = {}
    for name in ("inputs", "settings"):
        sheet = book[t(f"workbook.sheet_{name}")]
        for row in sheet.iter_rows(max_col=ADDRESS + 1):
            if row[ADDRESS].value in changes:
                row[VALUE].value = changes[row[ADDRESS].value]
                places[row[ADDRESS].value] = f"{sheet.title}!{row[VALUE].coordinate}"
    return saved(book), places


def saved(book):
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def refused(content):
    """Return what is wrong with a workbook, as problems."""
    with pytest.raises(ScenarioError) as caught:
        read(content)
    return caught.value.problems


CASES = {
    "promevil": load_case("promevil"),
    **{name: load_template(name).case for name in templates()},
    **{name: published_calculation(name).case for name in VERIFIED},
}


class TestAnUntouchedWorkbook:
    @pytest.mark.parametrize("name", CASES)
    def test_gives_the_very_scenario(self, name):
        language = LANGUAGES[len(name) % 2]
        found = read(written(CASES[name], language))
        assert found.fingerprint == CASES[name].fingerprint
        assert found == CASES[name]

    @given(any_scenarios())
    @settings(max_examples=8, deadline=None)
    def test_gives_any_scenario(self, scenario):
        assert read(written(scenario)) == scenario

    def test_does_so_whatever_its_sheets_are_called(self, promevil):
        book = load_workbook(io.BytesIO(promevil))
        titles = {"inputs": "My numbers", "settings": "My choices"}
        for name, title in titles.items():
            book[FR(f"workbook.sheet_{name}")].title = title
            key = f"roi_{name}"
            book.defined_names[key].attr_text = f"'{title}'!$A$1"
        book.create_sheet("Notes", 0)["A1"] = "a sheet of my own"
        assert read(saved(book)) == load_case("promevil")


class TestAnEditedWorkbook:
    def test_makes_what_was_typed_the_users_own(self, promevil):
        content, _ = typed(promevil, {"sncf_payment": 250_000, "quiet_nights.people": 1_200})
        found = read(content)
        expected = load_case("promevil").with_changes(
            {"sncf_payment": 250_000.0, "quiet_nights.people": 1_200.0}
        )
        assert found == expected
        assert dict(found.parameters())["sncf_payment"].provenance == Provenance.YOURS

    @given(any_scenarios(), st.data())
    @settings(max_examples=8, deadline=None)
    def test_gives_what_the_same_changes_give(self, scenario, data):
        changes = changes_of(scenario, data.draw)
        content = edited(written(scenario), changes, FR, scenario)
        found, expected = read(content), scenario.with_changes(changes)
        assert evaluate(found).ratio == pytest.approx(evaluate(expected).ratio, nan_ok=True)
        for address, value in changes.items():
            # openpyxl keeps 16 digits of 17.
            kept = value if isinstance(value, str) else pytest.approx(value, rel=1e-14)
            assert found.value_at(address) == kept

    def test_takes_a_choice_from_its_list(self, promevil):
        scenario = load_case("promevil")
        labels = {value: label for label, value in options_of(scenario, FR)["perspective"]}
        changes = {"perspective": labels["society"], "price_year": 2021, "years_covered": "2"}
        found = read(typed(promevil, changes)[0]).settings
        assert (found.perspective, found.price_year, found.years_covered) == ("society", 2021, 2)

    def test_states_what_no_one_stated_and_takes_back_what_was(self, promevil):
        changes = {
            "work_integration.deadweight": 0,
            "work_integration.benefit_period": 3,
            "balance.footprint": None,
        }
        found = read(typed(promevil, changes)[0])
        integration, balance = found.outcomes[0], found.outcomes[-1]
        assert integration.deadweight.value == 0
        assert integration.benefit_period.value == 3
        assert load_case("promevil").outcomes[-1].footprint is not None
        assert balance.footprint is None

    def test_fills_a_template_in_and_takes_a_typed_0_for_an_answer(self):
        template = load_template("adulte_relais")
        content, _ = typed(written(template.case), {"state_aid": 2, "town_payment": 0})
        numbers = dict(read(content).parameters())
        assert numbers["state_aid"].value == 2
        assert numbers["town_payment"].provenance == Provenance.YOURS
        assert numbers["landlord_payment"].is_to_fill

    def test_names_its_first_year_or_no_longer_does(self, promevil):
        found = read(typed(promevil, {"first_year": 2027})[0])
        assert found.settings.first_year == 2027
        scottish = CASES["scottish_discounted_cash_flow"]
        assert scottish.settings.first_year == 2008
        assert read(typed(written(scottish), {"first_year": None})[0]).settings.first_year is None

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("1 234,5", 1234.5),
            ("1\u202f234,5 €", 1234.5),
            ("1\u00a0500\u00a0000 €", 1_500_000.0),
            ("1500000", 1_500_000.0),
            ("  2,5 ", 2.5),
        ],
    )
    def test_understands_french_numbers_typed_as_text(self, promevil, text, value):
        found = read(typed(promevil, {"sncf_payment": text})[0])
        assert found.value_at("sncf_payment") == value

    def test_with_numbers_saved_in_15_digits_is_untouched(self):
        thirds = [building.people_helped(f"line_{n}", n / 3, 100 / n) for n in range(1, 9)]
        scenario = building.case(outcomes=thirds, costs=[building.cost("paid", 2e6 / 7)])
        saved_numbers = {
            line.address: float(f"{line.shown:.15g}")
            for line in lines_in(scenario)
            if line.shown is not None
        }
        assert read(typed(written(scenario), saved_numbers)[0]) == scenario

    def test_understands_a_share_with_its_sign(self, promevil):
        assert read(typed(promevil, {"deadweight": "12,5 %"})[0]).value_at("deadweight") == 0.125

    def test_takes_an_original_value_typed_again_for_the_original(self, promevil):
        content, _ = typed(promevil, {"state_aid": "1 500 000 €"})
        assert read(content) == load_case("promevil")


class TestAFormulaInAnInput:
    def test_counts_as_the_value_stored_with_it(self, promevil):
        stored = with_formula(promevil, "sncf_payment", "41*1000", "41000")
        assert read(stored).value_at("sncf_payment") == 41_000.0

    def test_is_refused_by_its_cell_where_no_value_is_stored(self, promevil):
        content, places = typed(promevil, {"sncf_payment": "=41*1000"})
        (problem,) = refused(content)
        assert problem.where == places["sncf_payment"]
        assert problem.code == "no_value"
        assert "save it" in problem.message

    def test_is_refused_where_it_gives_an_error(self, promevil):
        (problem,) = refused(with_formula(promevil, "sncf_payment", "1/0", "#DIV/0!", "e"))
        assert problem.code == "not_a_number"


def with_formula(content, address, formula, value, kind="n"):
    """Return a workbook with a formula in an input cell, and the value that a program stored."""
    marker = 987_654_321.0
    return rewritten(
        typed(content, {address: marker})[0],
        lambda part, text: text.replace(
            'n"><v>987654321</v>', f'{kind}"><f>{formula}</f><v>{value}</v>'
        ),
    )


def rewritten(content, change):
    """Return an archive with each of its parts of XML changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", 8) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(name, data.decode("utf-8")) if name.endswith("l") else data)
    return made.getvalue()


class TestAFaultyCell:
    FAULTS = {  # noqa: RUF012
        "state_aid": ("a lot", "not_a_number"),
        "towns_payment": (-5, "greater_than_equal"),
        "work_integration.deadweight": (20, "less_than_equal"),
        "work_integration.benefit_period": (2.5, "int_type"),
        "quiet_nights.people": (True, "not_a_number"),
        "police_time.hours": (None, "missing"),
        "police_time.hourly_cost": ("1.234", "ambiguous"),
        "balance.amount": (datetime.date(2026, 1, 1), "not_a_number"),
        "indirect_jobs.staff": ("12 %", "not_a_number"),
        "discount_rate": (3.5, "less_than_equal"),
        "activity_years": (0, "greater_than_equal"),
        "timing": ("whenever", "not_a_choice"),
        "lines": (None, "not_a_choice"),
        "price_year": (1850, "not_a_choice"),
        "first_year": (12, "not_a_year"),
    }

    def test_is_named_by_its_address_with_all_the_others(self, promevil):
        changes = {address: value for address, (value, _) in self.FAULTS.items()}
        content, places = typed(promevil, changes)
        found = {problem.where: problem.code for problem in refused(content)}
        assert found == {places[address]: code for address, (_, code) in self.FAULTS.items()}

    def test_says_what_is_allowed(self, promevil):
        content, _ = typed(promevil, {"deadweight": 20, "timing": "whenever"})
        deadweight, timing = sorted(refused(content), key=lambda one: one.code)
        assert "between 0 and 1" in deadweight.message
        assert FR("timing.mid") in timing.message

    def test_is_told_in_the_language_of_the_reader(self, promevil):
        content, places = typed(promevil, {"deadweight": 20})
        (problem,) = refused(content)
        said = refusal_text(problem, load_case("promevil"), FR)
        assert places["deadweight"] in said
        assert "trop grand" in said

    def test_a_row_that_is_gone_or_stands_twice_is_named(self, promevil):
        book = load_workbook(io.BytesIO(promevil))
        sheet = book[FR("workbook.sheet_inputs")]
        for row in sheet.iter_rows(max_col=ADDRESS + 1):
            if row[ADDRESS].value == "state_aid":
                row[ADDRESS].value = "sncf_payment"
        problems = refused(saved(book))
        assert {one.code for one in problems} == {"duplicate", "missing_row"}
        assert any("state_aid" in one.message for one in problems)

    def test_is_told_in_words_of_its_own_in_both_languages(self, promevil):
        content, _ = typed(
            promevil, {"police_time.hours": None, "sncf_payment": "=41*1000", "first_year": 12}
        )
        book = load_workbook(io.BytesIO(content))
        for row in book[FR("workbook.sheet_inputs")].iter_rows(max_col=ADDRESS + 1):
            if row[ADDRESS].value == "state_aid":
                row[ADDRESS].value = "towns_payment"
        problems = refused(saved(book))
        assert {one.code for one in problems} == {
            *("missing", "no_value", "not_a_year", "duplicate", "missing_row")
        }
        for t in map(words_in, LANGUAGES):
            general = t("file_problem.other", received="\0", allowed="\0").partition("\0")[0]
            said = [file_problem_text(one, t) for one in problems]
            assert [text for text in said if general in text] == []
            assert len(set(said)) == 5

    def test_prices_of_a_year_that_cannot_be_are_refused_in_their_cell(self):
        scenario = load_template("adulte_relais").case  # prices of 2024 and 2026
        content, places = typed(written(scenario), {"price_year": 2020})
        (problem,) = refused(content)
        assert (problem.where, problem.code) == (places["price_year"], "no_price_index")


class TestAFileThatIsNone:
    @pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04 broken"])
    def test_is_refused(self, content):
        (problem,) = refused(content)
        assert problem.code == "file_not_a_workbook"
        assert "must be an Excel workbook" in problem.message

    def test_of_another_origin_is_refused(self):
        (problem,) = refused(saved(Workbook()))
        assert "no sheet 'roi_model'" in problem.message

    def test_without_one_of_its_sheets_is_refused(self, promevil):
        book = load_workbook(io.BytesIO(promevil))
        del book[FR("workbook.sheet_settings")]
        (problem,) = refused(saved(book))
        assert "settings" in problem.message

    def test_with_another_case_in_it_is_refused_as_that_case_would_be(self, promevil):
        data = {"case": {"id": "x"}, "options": {}}
        (first, *_) = refused(with_packed_case(promevil, packed(data)))
        assert first.where in ("name", "stakeholders", "costs", "outcomes")

    @pytest.mark.parametrize("text", ["", "not base64 at all!", "AAAA", "eJwrzy8qSQUABeoCCg=="])
    def test_with_a_case_that_was_altered_is_refused(self, promevil, text):
        (problem,) = refused(with_packed_case(promevil, text))
        assert "unaltered" in problem.message


def packed(data):
    return base64.b64encode(zlib.compress(json.dumps(data).encode())).decode()


def with_packed_case(content, text):
    book = load_workbook(io.BytesIO(content))
    sheet = book[CASE_SHEET]
    sheet.delete_rows(4, sheet.max_row)
    for row, start in enumerate(range(0, len(text), 32_000), start=4):
        sheet.cell(row, 1).value = text[start : start + 32_000]
    return saved(book)


class TestAFileBeyondItsBounds:
    """Each is refused with a message that says which bound it is."""

    def message(self, content):
        (problem,) = refused(content)
        assert problem.code.startswith("file_")
        assert words_in("fr").has(f"fault.{problem.code}")
        return problem.message

    def test_of_size(self):
        assert str(reading.LARGEST_FILE) in self.message(b"PK" + bytes(reading.LARGEST_FILE))

    def test_of_expansion_before_it_is_unpacked(self):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in "abcdef":
                archive.writestr(name, bytes(10_000_000))
        assert len(made.getvalue()) < 100_000
        message = self.message(made.getvalue())
        assert str(reading.LARGEST_EXPANDED) in message
        assert "unpacked" in message

    def test_of_parts(self):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            for number in range(reading.MOST_PARTS + 1):
                archive.writestr(str(number), "")
        assert f"at most {reading.MOST_PARTS} parts" in self.message(made.getvalue())

    def test_of_sheets(self, promevil):
        book = load_workbook(io.BytesIO(promevil))
        for _ in range(reading.MOST_SHEETS):
            book.create_sheet()
        assert f"at most {reading.MOST_SHEETS} sheets" in self.message(saved(book))

    @pytest.mark.parametrize(
        ("row", "column", "bound"), [(10_001, 1, "10000 rows"), (9, 101, "100 columns")]
    )
    def test_of_rows_and_columns(self, promevil, row, column, bound):
        book = load_workbook(io.BytesIO(promevil))
        book[FR("workbook.sheet_inputs")].cell(row, column).value = 1
        assert bound in self.message(saved(book))

    def test_of_cells(self, promevil, monkeypatch):
        monkeypatch.setattr(reading, "MOST_CELLS", 100)
        assert "at most 100 cells" in self.message(promevil)

    def test_of_the_case_once_unpacked(self, promevil, monkeypatch):
        monkeypatch.setattr(reading, "LARGEST_CASE", 1_000)
        assert "at most 1000 bytes" in self.message(promevil)

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
    def test_of_entities_which_none_may_declare(self, promevil, encoding):
        bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><x>&a;</x>'
        made = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(promevil)) as old, zipfile.ZipFile(made, "w") as new:
            for name in old.namelist():
                is_target = name == "xl/worksheets/sheet2.xml"
                new.writestr(name, bomb.encode(encoding) if is_target else old.read(name))
        assert "entities" in self.message(made.getvalue())


def test_every_number_of_a_scenario_has_a_row():
    for scenario in CASES.values():
        addresses = [address for address, _ in scenario.parameters()]
        assert sorted(addresses) == sorted(line.address for line in lines_in(scenario))
        assert len(set(addresses)) == len(addresses)


def test_a_case_without_lines_has_a_workbook():
    scenario = building.case()
    assert read(written(scenario)) == scenario
