"""Value maps in CSV and Excel: what is read, what is refused, and that nothing is lost."""

import csv
import datetime
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roi_model import ScenarioError, evaluate, load_case
from roi_model.value_map_files import (
    COLUMNS,
    LARGEST_CELLS,
    LARGEST_COLUMNS,
    LARGEST_EXPANDED,
    LARGEST_ROWS,
    LARGEST_TABLE,
    NEEDED_COLUMNS,
    load_scenario,
    number_in,
    read_value_map,
    value_map_content,
    value_map_from,
    write_value_map,
)
from tests.roi_model import strategies
from tests.roi_model.building import amount, case, cost

TIMEBANK = """\
stakeholder,input,input_value,outcome,quantity,duration_years,proxy_value,deadweight,displacement,attribution,drop_off
Members,,,Socialisation,95,2,"3,432.00",10%,10%,10%,70%
Members,,,Well-being,95,2,600,10%,10%,10%,70%
Members,,,Independence,90,2,640,10%,10%,10%,70%
Members,,,Inclusion,95,2,4353,10%,10%,10%,70%
Funder,Investment,50000,,,,,,,,
"""
HEADER = ",".join(COLUMNS)
SMALL = "stakeholder,outcome,quantity,proxy_value\nResidents,Quiet nights,10,5\n"


def read(text, name="map.csv", **stated):
    content = text if isinstance(text, bytes) else text.encode()
    return value_map_from(content, name=name, **stated)


def problems_of(load, *arguments, **named):
    with pytest.raises(ScenarioError) as refused:
        load(*arguments, **named)
    return refused.value.problems


def refused(text, name="map.csv"):
    """Return the line, the place and the code of each problem of a table."""
    return [(one.line, one.where, one.code) for one in problems_of(read, text, name)]


def one_row(delimiter=",", **cells):
    """Return a table of one sound outcome with some cells of its own."""
    row = {"stakeholder": "Residents", "outcome": "Nights", "quantity": "10", "proxy_value": "5"}
    row |= cells
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter).writerows([row.keys(), row.values()])
    return written.getvalue()


def workbook(*rows):
    """Return the content of a workbook with these rows."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def cells_of(content):
    """Return the rows of a CSV that was written, as mappings."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


class TestTimebankIreland:
    """The published study of ``test_published_calculations``, as a table."""

    @pytest.fixture
    def result(self, tmp_path):
        path = tmp_path / "timebank.csv"
        path.write_text(TIMEBANK, encoding="utf-8")
        return evaluate(read_value_map(path, discount_rate=0.035, timing="start"))

    def test_the_totals_to_the_last_printed_digit(self, result):
        assert round(result.present_value_benefits) == 803_184
        assert round(result.ratio, 2) == 16.06

    def test_the_gross_value(self, result):
        # 95 × 3 432 + 95 × 600 + 90 × 640 + 95 × 4 353
        assert sum(row.gross_value for row in result.by_outcome) == 854_175


class TestReading:
    def test_names_become_ids(self):
        scenario = read(
            f"{HEADER}\n"
            "Élus & œuvres,Aide de l’État,1,1re nuit,,1,,,,1,,,,,\n"
            "Élus & œuvres,,,1re nuit,,1,,,,1,,,,,\n"
            "日本,Timing,1,日本,,1,,,,1,,,,,\n"
        )
        assert [one.id for one in scenario.stakeholders] == ["elus_oeuvres", "stakeholder"]
        # An id begins with a letter, and is not that of a setting.
        assert [one.id for one in scenario.outcomes] == [
            *("outcome_1re_nuit", "outcome_1re_nuit_2", "outcome"),
        ]
        assert [one.id for one in scenario.costs] == ["aide_de_letat", "timing_2"]
        assert scenario.stakeholders[0].name.fr == "Élus & œuvres"

    def test_the_scenario_has_the_name_of_its_file(self):
        scenario = read(SMALL, "Carte de valeur 2024.csv")
        assert (scenario.id, scenario.name.fr) == ("carte_de_valeur_2024", "Carte de valeur 2024")

    def test_a_number_is_the_users_own_and_keeps_where_it_was_found(self):
        scenario = read(
            one_row(indicator="People asleep", proxy="A quiet night", proxy_source="INSEE, p. 3")
        )
        quantity, proxy = scenario.outcomes[0].factors
        assert (quantity.label.en, quantity.provenance) == ("People asleep", "yours")
        assert (proxy.label.en, proxy.provenance) == ("A quiet night", "yours")
        assert (proxy.locator.en, proxy.source) == ("INSEE, p. 3", ())

    def test_what_is_blank_is_not_stated(self):
        (outcome,) = read(one_row(deadweight="", duration_years="")).outcomes
        assert (outcome.deadweight, outcome.benefit_period, outcome.start_year) == (None, None, 1)
        assert outcome.factors[0].label.fr == "Quantité"

    def test_a_zero_that_is_typed_is_stated(self):
        (outcome,) = read(one_row(deadweight="0", duration_years="1")).outcomes
        assert (outcome.deadweight.value, outcome.benefit_period.value) == (0, 1)

    def test_an_input_without_a_value_counts_as_zero_and_says_so(self):
        scenario = read(one_row(input="Time of volunteers", input_value=""))
        assert evaluate(scenario).unstated_costs == ("time_of_volunteers",)

    def test_an_input_and_an_outcome_may_share_a_row(self):
        scenario = read(one_row(input="Aid", input_value="25", start_year="3"))
        assert evaluate(scenario).ratio == 2  # 10 × 5 / 25
        assert (scenario.outcomes[0].start_year, scenario.costs[0].start_year) == (3, 1)

    def test_an_input_alone_in_its_row_has_the_start_year(self):
        text = SMALL.replace("\n", ",input,start_year\n", 1) + "State,,,,Aid,2\n"
        scenario = read(text, activity_years=2)
        assert scenario.costs[0].start_year == 2
        (lost,) = problems_of(value_map_content, scenario, suffix=".csv")
        assert (lost.where, lost.code) == ("settings.activity_years", "no_column_for_it")
        content = value_map_content(scenario, suffix=".csv", lossy=True)
        assert read(content, activity_years=2) == scenario

    def test_an_input_that_would_never_be_paid_is_refused(self):
        text = SMALL.replace("\n", ",input,start_year\n", 1) + "State,,,,Aid,2\n"
        assert refused(text) == [(3, "column start_year", "cost_after_activity")]

    def test_headers_are_read_as_people_write_them(self):
        text = one_row(**{"Drop-off": "0.5", " DURATION years ": "3"})
        (outcome,) = read(text).outcomes
        assert (outcome.drop_off.value, outcome.benefit_period.value) == (0.5, 3)

    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    def test_the_delimiter_is_found(self, delimiter):
        text = one_row(delimiter, outcome="Nights, days; and\tweeks")
        assert read(text).outcomes[0].label.fr == "Nights, days; and\tweeks"

    def test_the_line_by_which_excel_names_the_delimiter_is_passed_over(self):
        assert read("sep=;\n" + one_row(";")) == read(one_row())

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
    def test_accents_are_read_as_spreadsheets_write_them(self, encoding):
        text = one_row(outcome="Économie d’énergie, 5 €")
        assert read(text.encode(encoding)).outcomes[0].label.fr == "Économie d’énergie, 5 €"

    def test_blank_rows_are_passed_over(self):
        assert read(SMALL.replace("\n", "\n,,,\n\n")) == read(SMALL)

    def test_a_text_too_long_for_a_label_is_kept_whole(self):
        text = "Residents sleep better " * 20
        (outcome,) = read(one_row(outcome=text)).outcomes
        assert outcome.help.fr == text.strip()
        assert len(outcome.label.fr) == 120

    def test_settings_are_given_beside_the_table(self):
        scenario = read(
            SMALL,
            discount_rate=0.03,
            timing="none",
            drop_off_from=1,
            deductions="add",
            attribution_means="credited",
        )
        assert scenario.settings.discount_rate.value == 0.03
        assert scenario.settings.timing == "none"
        assert scenario.settings.attribution_means == "credited"

    def test_a_setting_that_does_not_exist_is_a_problem(self):
        assert [one.where for one in problems_of(read, SMALL, rate=0.03, timing="noon")] == [
            *("rate", "timing"),
        ]


class TestNumbers:
    @pytest.mark.parametrize(
        ("written", "expected"),
        [
            ("1234.5", 1234.5),
            ("1 234,56", 1234.56),
            ("1\u202f234\u00a0567,5", 1234567.5),
            ("1,234.56", 1234.56),
            ("1.234,56", 1234.56),
            ("1,234,567", 1234567),
            ("1.234.567", 1234567),
            ("12,5", 12.5),
            ("0,125", 0.125),  # no thousands begin with a zero
            ("1234,567", 1234.567),  # nor have four figures
            ("1.234", 1.234),
            (".5", 0.5),
            ("-3", -3),
            ("−3", -3),
            ("1e-07", 1e-07),
            ("20%", 0.2),
            ("12,5\u00a0%", 0.125),
            ("0.1%", 0.001),
        ],
    )
    def test_a_number_is_read_as_people_write_it(self, written, expected):
        assert number_in(written) == expected

    @pytest.mark.parametrize(
        "written",
        [
            *("", "many", "1 2", "12 34", "1,23,456", "1.2.3", "1,234.5.6", "1.234,567.8", "٣"),
            *("0x10", "1_000", "nan", "inf", "--1", "1e9999", "5 %%", "$5", "1,,000"),
        ],
    )
    def test_what_is_no_number_is_none(self, written):
        assert number_in(written) is None

    @pytest.mark.parametrize(("written", "mark"), [("1,234", "."), ("-1,234", "."), ("1.234", ",")])
    def test_what_may_be_two_numbers_is_refused(self, written, mark):
        with pytest.raises(ValueError, match="1"):
            number_in(written, decimal_mark=mark)

    def test_the_mark_of_the_file_settles_it(self):
        assert number_in("1,234", decimal_mark=",") == 1.234
        assert number_in("1,5", decimal_mark=",") == number_in("1.5", decimal_mark=",") == 1.5

    @given(number=st.floats(-1e15, 1e15))
    def test_every_number_of_a_program_is_read_to_the_last_bit(self, number):
        assert number_in(repr(number)) == number

    @pytest.mark.parametrize(
        ("delimiter", "proxy_value", "expected"),
        [(";", "1,234", 1.234), (",", "1.234", 1.234), (",", "€1,234.00", 1234), (";", "5 €", 5)],
    )
    def test_the_delimiter_says_which_mark_a_file_uses(self, delimiter, proxy_value, expected):
        scenario = read(one_row(delimiter, proxy_value=proxy_value))
        assert scenario.outcomes[0].factors[1].value == expected

    @pytest.mark.parametrize(
        ("column", "written", "code"),
        [
            ("proxy_value", "1,234", "ambiguous_number"),
            ("proxy_value", "five", "not_a_number"),
            ("proxy_value", "5 %", "not_a_number"),
            ("quantity", "5 €", "not_a_number"),
            ("quantity", "0", "not_positive"),
            ("quantity", "-2", "not_positive"),
            ("quantity", "", "missing"),
            ("proxy_value", "", "missing"),
            ("deadweight", "20", "not_a_share"),
            ("attribution", "120 %", "not_a_share"),
            ("drop_off", "-0.1", "not_a_share"),
            ("duration_years", "2.5", "not_whole"),
            ("duration_years", "0", "greater_than_equal"),
            ("start_year", "101", "less_than_equal"),
            ("proxy_value", "1e16", "less_than_equal"),
            ("proxy_source", "x" * 1_001, "string_too_long"),
            ("outcome", "x" * 1_001, "string_too_long"),
            ("stakeholder", "x" * 121, "string_too_long"),
            ("indicator", "\x00", "control_character"),
        ],
    )
    def test_a_cell_that_cannot_be_is_refused_by_its_line_and_column(self, column, written, code):
        found = refused("\n" + one_row(**{column: written}))
        assert found == [(3, f"column {column}", code)]


class TestFaults:
    def test_all_of_them_are_listed_at_once_under_the_name_of_the_file(self):
        text = (
            "stakeholder,input,input_value,outcome,quantity,proxy_value,deadweight\n"
            "Residents,,,Nights,none,5,20\n"
            ",Aid,-5,,,,\n"
            'Town,,,,3,,"a\nb"\n'
            "Town,,,Days,1,,,,7\n"
        )
        with pytest.raises(ScenarioError) as error:
            read(text)
        assert [(one.line, one.where) for one in error.value.problems] == [
            (2, "column quantity"),
            (2, "column deadweight"),
            (3, "column stakeholder"),
            (3, "column input_value"),
            (4, "column quantity"),
            (4, "column deadweight"),
            (6, "column number 9"),  # the row before takes two lines
            (6, "column proxy_value"),
        ]
        heading, first, *_ = str(error.value).splitlines()
        assert heading == "map.csv: 8 problem(s)"
        assert first == ("line 2, column quantity: must be a number, such as 1200 (got 'none')")

    def test_an_unknown_column_is_refused_with_the_one_that_was_meant(self):
        (problem,) = problems_of(read, one_row(dead_wieght="0.2"))
        assert (problem.line, problem.code) == (1, "unknown_column")
        assert "did you mean deadweight?" in problem.message
        assert all(column in problem.allowed for column in COLUMNS)

    def test_a_column_that_stands_twice_is_refused(self):
        assert refused(one_row(Quantity="5")) == [(1, "column quantity", "duplicate_column")]

    def test_a_first_row_of_endless_columns_is_refused(self):
        text = ",".join(map(str, range(LARGEST_COLUMNS + 1)))
        assert refused(text) == [(1, "map.csv", "file_too_many_columns")]

    def test_cells_under_no_column_are_one_problem_a_row(self):
        text = SMALL + "Residents,Days,1,1,2,3,4\n"
        assert refused(text) == [(3, "column number 5", "no_column")]

    def test_columns_that_are_missing_are_named(self):
        assert refused("whom,what\nme,that\n") == [
            (1, "column whom", "unknown_column"),
            (1, "column what", "unknown_column"),
            *((1, f"column {one}", "missing_column") for one in NEEDED_COLUMNS),
        ]

    @pytest.mark.parametrize("text", ["", "\n\n", HEADER])
    def test_a_table_without_rows_is_refused(self, text):
        assert all(line == 1 for line, _, _ in refused(text))

    def test_a_table_of_too_many_rows_is_refused(self):
        ((line, _, code),) = refused(SMALL + "Residents,Nights,1,1\n" * LARGEST_ROWS)
        assert (line, code) == (1, "wrong_number_of_rows")

    def test_a_scenario_of_too_many_outcomes_is_refused(self):
        assert refused(SMALL + "Residents,Nights,1,1\n" * 200) == [(None, "outcomes", "too_long")]

    def test_quotes_that_do_not_close_are_refused_with_their_line(self):
        assert refused(SMALL + 'Residents,"Nights,1,1\n') == [(3, "map.csv", "file_not_csv")]

    def test_bytes_that_are_no_text_are_refused(self):
        assert refused(SMALL.encode() + b"\x81\x8d") == [(None, "map.csv", "file_not_text")]

    @pytest.mark.parametrize("name", ["map.csv", "map.xlsx"])
    def test_a_file_too_large_or_missing_is_refused(self, tmp_path, name):
        path = tmp_path / name
        assert [one.where for one in problems_of(read_value_map, path)] == [name]
        path.write_bytes(b" " * (LARGEST_TABLE + 1))
        (problem,) = problems_of(read_value_map, path)
        assert str(LARGEST_TABLE) in problem.message


class TestWorkbooks:
    def test_cells_are_read_as_excel_holds_them(self):
        content = workbook(
            ("Stakeholder", "Outcome", "Quantity", "Proxy value", "Proxy source", "Deadweight"),
            ("Residents", 2024, 10, "1 234,5", datetime.datetime(2017, 5, 29), 0.125),
        )
        (outcome,) = read(content, "map.xlsx").outcomes
        assert outcome.label.fr == "2024"
        assert [one.value for one in outcome.factors] == [10, 1234.5]
        assert outcome.factors[1].locator.fr == "2017-05-29"
        assert outcome.deadweight.value == 0.125

    def test_a_fault_names_its_sheet_and_its_cell(self):
        content = workbook(
            ("stakeholder", "outcome", "quantity", "proxy_value"),
            (None, None, None, None),
            ("Residents", "Nights", True, "1,234"),
        )
        assert refused(content, "map.xlsx") == [
            (3, "column quantity (Sheet!C3)", "not_a_number"),
            (3, "column proxy_value (Sheet!D3)", "ambiguous_number"),
        ]

    def test_a_formula_counts_as_its_stored_value_and_is_refused_without_one(self):
        content = workbook(
            ("stakeholder", "outcome", "quantity", "proxy_value"),
            ("Residents", "Nights", "=2*5", 5),
        )
        (problem,) = problems_of(read, content, "map.xlsx")
        assert "formula without a stored value" in problem.message
        assert (problem.where, problem.received) == ("column quantity (Sheet!C2)", "=2*5")
        # Excel stores what it computed beside the formula; openpyxl writes an empty value.
        stored = changed(content, b"<v></v>", b"<v>10</v>", b"<v />", b"<v>10</v>")
        assert read(stored, "map.xlsx").outcomes[0].factors[0].value == 10

    def test_an_error_of_excel_is_refused(self):
        content = workbook(
            ("stakeholder", "outcome", "quantity", "proxy_value"),
            ("Residents", "#N/A", 10, "#DIV/0!"),
        )
        assert {code for *_, code in refused(content, "map.xlsx")} == {"no_value"}

    def test_only_the_first_sheet_is_read(self):
        book = openpyxl.load_workbook(io.BytesIO(value_map_content(read(SMALL), suffix=".xlsx")))
        book.create_sheet("notes").append(["anything"])
        content = io.BytesIO()
        book.save(content)
        assert read(content.getvalue(), "map.xlsx") == read(SMALL)

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04", SMALL.encode()])
    def test_what_is_no_workbook_is_refused(self, content):
        (problem,) = problems_of(read, content, "map.xlsx")
        assert (problem.where, problem.code) == ("map.xlsx", "file_not_a_workbook")

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
    def test_a_workbook_that_declares_entities_is_refused_before_it_is_parsed(self, encoding):
        bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><x>&a;</x>'
        content = io.BytesIO()
        sound = value_map_content(read(SMALL), suffix=".xlsx")
        with zipfile.ZipFile(io.BytesIO(sound)) as had, zipfile.ZipFile(content, "w") as has:
            for name in had.namelist():
                is_target = name == "xl/worksheets/sheet1.xml"
                has.writestr(name, bomb.encode(encoding) if is_target else had.read(name))
        (problem,) = problems_of(read, content.getvalue(), "map.xlsx")
        assert (problem.where, problem.code) == ("map.xlsx", "file_declares_entities")
        assert "sheet1.xml" in problem.message

    def test_a_workbook_that_swells_is_refused_before_it_is_unpacked(self):
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/workbook.xml", b" " * (LARGEST_EXPANDED + 1))
        assert len(content.getvalue()) < LARGEST_TABLE
        (problem,) = problems_of(read, content.getvalue(), "map.xlsx")
        assert str(LARGEST_EXPANDED) in problem.message

    @pytest.mark.parametrize(
        ("column", "lines"),
        [
            ("XFD", range(2, 5 + LARGEST_CELLS // 16_384)),  # each as wide as Excel allows
            ("A", [99_999_999]),  # a hundred million rows down
        ],
    )
    def test_a_sheet_of_endless_blank_cells_is_refused(self, column, lines):
        rows = "".join(
            f'<row r="{line}"><c r="{column}{line}"><v>1</v></c></row>' for line in lines
        )
        end = "</sheetData>"
        content = changed(workbook(["stakeholder"]), end.encode(), f"{rows}{end}".encode())
        (problem,) = problems_of(read, content, "map.xlsx")
        assert str(LARGEST_CELLS) in problem.message


def changed(workbook, *replaced):
    """Return a workbook with some bytes of its first sheet replaced, two by two."""
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as had,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as has,
    ):
        for name in had.namelist():
            data = had.read(name)
            if name == "xl/worksheets/sheet1.xml":
                for old, new in zip(replaced[::2], replaced[1::2], strict=True):
                    data = data.replace(old, new)
            has.writestr(name, data)
    return content.getvalue()


# --- Without loss -------------------------------------------------------------------------------

texts = st.text(
    st.one_of(
        st.sampled_from("=+-@'\",;\t\n %é€œ0"),
        st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"),
    ),
    min_size=1,
    max_size=12,
)
positive = st.floats(1e-300, 1e15, allow_subnormal=False)
people = st.sampled_from(["State", "Residents", "=SUM(A1)", "'@home", "-Élus"])
OF_AN_OUTCOME = tuple(one for one in COLUMNS if one not in ("input", "input_value"))


TEXTS = ("stakeholder", "input", "outcome", "indicator", "proxy", "proxy_source")


def names_what_it_says(rows):
    """Say whether no text is blank, once the spaces around it are gone."""
    return all(row[one] == "" or row[one].strip() for row in rows for one in TEXTS)


@st.composite
def tables(draw):
    """Draw the cells of a value map, each as a program writes it."""

    def perhaps(values):
        return draw(st.one_of(st.just(""), values))

    rows = []
    for _ in range(draw(st.integers(1, 6))):
        row = dict.fromkeys(COLUMNS, "")
        row["stakeholder"] = draw(people)
        if draw(st.booleans()):
            row["input"] = draw(texts)
            row["input_value"] = perhaps(st.floats(0, 1e15, allow_subnormal=False))
        if draw(st.booleans()):
            row |= {
                "outcome": draw(texts),
                "quantity": draw(positive),
                "proxy_value": draw(strategies.signed_amounts),
                "duration_years": perhaps(strategies.periods),
                **{one: perhaps(texts) for one in ("indicator", "proxy", "proxy_source")},
                **{one: perhaps(strategies.shares) for one in COLUMNS[-4:]},
            }
        if row["outcome"]:
            row["start_year"] = perhaps(st.integers(2, 9))
        rows.append(row)
    return rows


def outcomes_in(rows):
    """Return what the rows say of outcomes, numbers as numbers."""
    return [[plain(row, name) for name in OF_AN_OUTCOME] for row in rows if row["outcome"] != ""]


def inputs_in(rows):
    """Return what the rows say of inputs; a start year beside an outcome is not theirs."""
    return [
        [
            *(plain(row, name) for name in ("stakeholder", "input", "input_value")),
            plain(row, "start_year") if row["outcome"] == "" else "",
        ]
        for row in rows
        if row["input"] != ""
    ]


def plain(row, name):
    """Return a cell as what it says: a text, a number or nothing."""
    cell = row[name]
    return cell.strip() if name in TEXTS else cell and float(cell)


def unquoted(row):
    """Return a row without the apostrophes that keep its texts from being formulas."""
    return {
        name: cell[1:] if cell[:1] == "'" and cell.lstrip("'")[:1] in tuple("=+-@") else cell
        for name, cell in row.items()
    }


class TestWithoutLoss:
    @staticmethod
    def scenario_of(rows):
        """Return the scenario of rows that a workbook holds as they are."""
        sheet = [COLUMNS, *([None if one == "" else one for one in row.values()] for row in rows)]
        book = openpyxl.Workbook()
        for line, cells in enumerate(sheet, start=1):
            for position, value in enumerate(cells, start=1):
                cell = book.active.cell(line, position)
                cell.value = repr(value) if isinstance(value, float) else value
                if isinstance(value, str):
                    cell.data_type = "s"
                elif value is not None:
                    cell.data_type = "n"
        content = io.BytesIO()
        book.save(content)
        return read(content.getvalue(), "map.xlsx")

    @settings(max_examples=25)
    @given(rows=tables().filter(names_what_it_says))
    def test_a_map_is_read_back_the_same_from_every_kind_of_file(self, rows):
        scenario = self.scenario_of(rows)
        for suffix in (".csv", ".tsv", ".xlsx"):
            content = value_map_content(scenario, suffix=suffix)
            again = read(content, f"map{suffix}")
            assert again == scenario
            assert again.fingerprint == scenario.fingerprint
            if suffix != ".xlsx":  # a workbook bears the time it was written
                assert value_map_content(again, suffix=suffix) == content

    @settings(max_examples=25)
    @given(rows=tables().filter(names_what_it_says))
    def test_what_is_written_says_what_was_read(self, rows):
        content = value_map_content(self.scenario_of(rows), suffix=".csv")
        written = [unquoted(row) for row in cells_of(content)]
        assert outcomes_in(written) == outcomes_in(rows)
        assert inputs_in(written) == inputs_in(rows)

    def test_a_table_in_its_own_form_is_written_as_it_was(self):
        text = (
            f"{HEADER}\r\n"
            "State,Aid,50000,Work,Jobs found,12,3,,A year of work,15000.5,Ministry,0.1,,,0.25\r\n"
            "State,,,Trust,,100,,2,,12,,,,0.5,\r\n"
            "Residents,Their time,,Nights,,10,1,,,5,,0,,,\r\n"
            "Funder,Grant,1000,,,,,,,,,,,,\r\n"
            "Nobody,,,,,,,,,,,,,,\r\n"
        )
        content = value_map_content(read(text), suffix=".csv")
        assert content.decode("utf-8-sig") == text

    def test_lines_keep_their_order_however_they_are_mixed(self):
        text = (
            "stakeholder,input,input_value,outcome,quantity,proxy_value\n"
            "A,,,a1,1,1\nB,b,1,,,\nC,,,c1,1,1\nA,a,1,,,\nB,,,b1,1,1\nA,,,a2,1,1\n"
        )
        scenario = read(text)
        assert read(value_map_content(scenario, suffix=".csv")) == scenario
        assert [one.id for one in scenario.costs] == ["b", "a"]
        assert [one.id for one in scenario.outcomes] == ["a1", "c1", "b1", "a2"]

    def test_no_text_becomes_a_formula(self):
        scenario = read(one_row(outcome="'=1+1", proxy="@home", indicator="-5"))
        assert scenario.outcomes[0].label.fr == "=1+1"  # the apostrophe is the file's
        (row,) = cells_of(value_map_content(scenario, suffix=".csv"))
        assert (row["outcome"], row["proxy"], row["indicator"]) == ("'=1+1", "'@home", "'-5")
        content = value_map_content(scenario, suffix=".xlsx")
        cells = openpyxl.load_workbook(io.BytesIO(content)).active[2]
        assert {cell.data_type for cell in cells if isinstance(cell.value, str)} == {"s"}

    def test_a_number_keeps_its_seventeenth_digit_in_a_workbook(self):
        third = 0.1 + 0.2  # 0.30000000000000004
        scenario = read(one_row(quantity=repr(third)))
        again = read(value_map_content(scenario, suffix=".xlsx"), "map.xlsx")
        assert again.outcomes[0].factors[0].value == third


class TestLoss:
    def test_what_the_columns_cannot_hold_is_listed_and_nothing_is_written(self, tmp_path):
        path = tmp_path / "promevil.csv"
        problems = problems_of(write_value_map, load_case("promevil"), path)
        places = {one.where for one in problems}
        assert {
            *("sources", "funding", "stakeholders[state].public", "outcomes[balance].footprint"),
            *("settings.perspective", "costs[state_aid].source", "outcomes[quiet_nights].evidence"),
        } <= places
        assert not path.exists()

    @pytest.mark.parametrize(
        ("scenario", "place"),
        [
            (read(SMALL, discount_rate=0.03), "settings.discount_rate"),
            (read(SMALL, timing="mid"), "settings.timing"),
        ],
    )
    def test_settings_are_listed_and_are_to_be_given_again(self, scenario, place):
        (problem,) = problems_of(value_map_content, scenario, suffix=".csv")
        assert problem.where == place
        content = value_map_content(scenario, suffix=".csv", lossy=True)
        stated = scenario.settings
        again = read(content, discount_rate=stated.discount_rate.value, timing=stated.timing)
        assert again == scenario

    def test_a_quantity_of_zero_cannot_be_written(self):
        scenario = read(SMALL).with_changes({"quiet_nights.quantity": 0})
        (problem,) = problems_of(value_map_content, scenario, suffix=".csv")
        assert (problem.line, problem.where) == (2, "column quantity")

    def test_a_changed_number_is_written(self):
        scenario = read(SMALL).with_changes({"quiet_nights.proxy": 7, "quiet_nights.drop_off": 0.5})
        assert read(value_map_content(scenario, suffix=".csv")) == scenario

    @pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
    def test_written_all_the_same_a_case_has_the_same_total(self, tmp_path, suffix):
        # The quantities of a line are multiplied, its price is left alone.
        scenario = load_case("promevil")
        path = tmp_path / f"promevil{suffix}"
        write_value_map(scenario, path, lossy=True, language="en")
        again = evaluate(read_value_map(path))
        assert again.present_value_benefits == pytest.approx(20_200_000, abs=1e-6)
        assert again.present_value_costs == 1_500_000

    @given(scenario=strategies.scenarios())
    def test_the_gross_value_of_every_line_survives_any_loss(self, scenario):
        content = value_map_content(scenario, suffix=".csv", lossy=True)
        gross = [
            float(row["quantity"]) * float(row["proxy_value"])
            for row in cells_of(content)
            if row["outcome"]
        ]
        assert gross == [row.gross_value for row in evaluate(scenario).by_outcome]

    def test_an_amount_without_a_quantity_is_one_of_it(self):
        scenario = case(outcomes=[amount("line", 300)], costs=[cost("aid", 100)])
        (row,) = [
            one
            for one in cells_of(value_map_content(scenario, suffix=".csv", lossy=True))
            if one["outcome"]
        ]
        assert (row["quantity"], row["proxy_value"]) == ("1", "300")

    def test_another_ending_is_refused(self, tmp_path):
        (problem,) = problems_of(write_value_map, read(SMALL), tmp_path / "map.ods")
        assert (problem.where, problem.code) == (".ods", "file_ending")


class TestAnyKindOfFile:
    def test_a_table_and_a_case_are_told_apart_by_their_ending(self, tmp_path):
        path = tmp_path / "map.CSV"
        path.write_text(SMALL, encoding="utf-8")
        assert load_scenario(path) == load_scenario(str(path)) == read(SMALL)
        assert load_scenario("promevil") == load_case("promevil")

    def test_settings_are_put_on_top_of_either(self, tmp_path):
        path = tmp_path / "map.csv"
        path.write_text(SMALL, encoding="utf-8")
        for scenario in (
            load_scenario(path, timing="mid"),
            load_scenario("promevil", timing="mid"),
        ):
            assert scenario.settings.timing == "mid"

    def test_what_does_not_exist_is_refused(self):
        for name in ("nowhere.csv", "nowhere.yaml", "nowhere"):
            assert problems_of(load_scenario, name)[0].code == "file_missing"
