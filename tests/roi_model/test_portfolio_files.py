import pytest

from roi_model import ScenarioError
from roi_model.portfolio_columns import matches_of
from roi_model.portfolio_files import portfolio_from, table_to_fill
from roi_model.portfolio_results import fault_columns
from roi_model.portfolio_tables import table_from
from roi_model.templates import load_template, templates
from tests.roi_model.portfolios import portfolio_in, written


@pytest.mark.parametrize("template_id", templates())
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_the_table_to_fill_in_is_read_back(template_id, language, suffix):
    template = load_template(template_id)
    content = table_to_fill(template, suffix=suffix, language=language)
    table = table_from(content, name=f"table{suffix}")
    matches = matches_of(table, template)
    assert [one.target for one in matches] == ["id", "", *template.to_fill]
    assert {one.how for one in matches[2:]} == {"address"}
    with pytest.raises(ScenarioError, match="at least one row"):  # the example is no row
        portfolio_from(table, template, matches)


def test_every_faulty_row_is_listed_with_its_line_and_column():
    table = written(
        ["id", "Postes aidés par l'État", "deadweight", "timing"],
        ["a", "4", "0,2", "end"],
        [],
        ["b", "quatre", "0,2", ""],
        ["c", "-4", "1,2", ""],
        ["d", "1.234", "", ""],
        ["", "4", "", ""],
        ["f", "4", "", "never"],
        ["g", "4", "", "", "one more"],
        ["a", "4", "", ""],
        ["z\nz", "4", "", ""],
        ["y", "x", "", ""],
    )
    portfolio = portfolio_in(table)
    assert portfolio.ids.tolist() == ["a", "z\nz"]
    assert [(one.line, one.where, one.code) for one in portfolio.problems] == [
        (4, "column Postes aidés par l'État", "not_a_number"),
        (5, "column Postes aidés par l'État", "number_not_allowed"),
        (5, "column deadweight", "number_not_allowed"),
        (6, "column Postes aidés par l'État", "ambiguous_number"),
        (7, "column id", "missing_id"),
        (8, "column timing", "not_a_choice"),
        (9, "row", "too_many_cells"),
        (10, "column id", "duplicate_id"),
        (13, "column Postes aidés par l'État", "not_a_number"),
    ]
    columns = fault_columns(portfolio.problems)
    assert columns["line"] == [4, 5, 5, 6, 7, 8, 9, 10, 13]
    assert columns["received"][0] == "quatre"
    assert columns["allowed"][2] == "0 to 1 share"


def test_a_percentage_is_refused_where_it_is_no_share():
    table = written(["id", "deadweight", "quiet_nights.people"], ["a", "12 %", "12 %"])
    refused = [(one.where, one.code) for one in _problems(table)]
    assert refused == [("column quiet_nights.people", "not_a_share")]


def test_what_may_be_thousands_is_not_read_beside_decimal_commas():
    table = written(["id", "state_aid", "quiet_nights.people"], ["a", "7,5", "1.234"])
    refused = [(one.where, one.code) for one in _problems(table)]
    assert refused == [("column quiet_nights.people", "ambiguous_number")]


def test_decimal_commas_are_those_of_the_column():
    table = written(["id", "deadweight", "state_aid"], ["a", "0,25", "1,234"], delimiter=",")
    refused = [(one.where, one.code) for one in _problems(table)]
    assert refused == [("column state_aid", "ambiguous_number")]
    french = written(["id", "state_aid"], ["a", "1,5"], ["b", "1,234"], delimiter="\t")
    assert portfolio_in(french).numbers["state_aid"].tolist() == [1.5, 1.234]


def _problems(table):
    with pytest.raises(ScenarioError) as refused:
        portfolio_in(table)
    return refused.value.problems


def test_a_hundred_thousand_rows_are_read():
    lines = [f"A{row};{row % 9},5;{row}" for row in range(100_000)]
    text = "\n".join(["id;state_aid;quiet_nights.people", *lines])
    portfolio = portfolio_in(table_from(text.encode(), name="big.csv"))
    assert len(portfolio) == 100_000
    assert portfolio.numbers["state_aid"][99_999] == 0.5 + 99_999 % 9
