import csv
import io

import pytest
from openpyxl import load_workbook

from roi_model import ScenarioError
from roi_model.portfolio_columns import matches_of
from roi_model.portfolio_evaluation import evaluate_portfolio
from roi_model.portfolio_files import (
    fault_columns,
    portfolio_from,
    result_columns,
    table_to_fill,
    write_columns,
)
from roi_model.portfolio_simulation import simulate_portfolio
from roi_model.portfolio_tables import table_from
from roi_model.templates import Template, load_template, templates
from tests.roi_model.building import amount, both, case, cost

ADULTE_RELAIS = load_template("adulte_relais")


def written(*rows, delimiter=";", encoding="utf-8", name="table.csv"):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return table_from(text.getvalue().encode(encoding), name=name)


def portfolio_in(table, template=ADULTE_RELAIS, given=None):
    return portfolio_from(table, template, matches_of(table, template, given))


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


@pytest.fixture
def results():
    rows = [["id", "state_aid", "Note"], ["a", "2", "=1+1"], ["b", "0", "ok"]]
    portfolio = portfolio_in(written(*rows))
    return result_columns(
        evaluate_portfolio(portfolio), simulate_portfolio(portfolio, 128), template=ADULTE_RELAIS
    )


def test_results_say_what_is_not_known(results):
    assert results["ratio"] == [0.0, None]
    assert results["ratio_high"][1] is None
    assert results["cost.state_aid"] == [45_620, 0]
    assert "quiet_nights.people" in results["unfilled"][0]
    assert "town_payment" not in results["unfilled"][0]


def in_language(language, rows, template=ADULTE_RELAIS, **simulated):
    portfolio = portfolio_in(written(*rows), template)
    simulation = simulate_portfolio(portfolio, 128, **simulated) if simulated else None
    return result_columns(
        evaluate_portfolio(portfolio),
        simulation,
        template=template if isinstance(template, Template) else None,
        language=language,
    )


@pytest.mark.parametrize("template_id", templates())
@pytest.mark.parametrize("language", ["fr", "en"])
def test_headings_for_a_person_are_as_many_as_keys_for_a_program(template_id, language):
    template = load_template(template_id)
    rows = [["id", template.case.costs[0].id], ["a", "2"]]
    said, keys = (
        in_language(one, rows, template, level=0.9, target=1.0) for one in (language, None)
    )
    assert list(said.values())[:-1] == list(keys.values())[:-1]
    assert not set(said) & set(keys)
    assert not any("{" in one or "_" in one for one in said)


def test_headings_are_in_the_language_of_the_reader():
    rows = [["id", "state_aid", "Région"], ["a", "2", "Bretagne"]]
    said = in_language("fr", rows, level=0.95, target=1.5)
    assert list(said)[:4] == [
        *("Identifiant", "Ligne du fichier", "Région"),
        "Ratio (gains ÷ coûts)",
    ]
    assert "Ratio, haut de l'intervalle à 95 %" in said
    assert "Probabilité que le ratio dépasse 1,5 (de 0 à 1)" in said
    assert said["Coût : Postes aidés par l'État (EUR)"] == [45_620]
    assert said["Ce qui est payé : État (EUR)"] == [45_620]
    missing = said["Nombres que personne n'a donnés, comptés 0"][0].split("; ")
    assert "Habitants soulagés du bruit" in missing
    assert "Outcome: Damage avoided (EUR)" in in_language("en", rows)


def test_no_column_of_the_table_is_lost():
    rows = [["id", "state_aid", "ratio", "ratio (table)"], ["a", "2", "good", "better"]]
    columns = in_language(None, rows)
    assert columns["ratio"] == [0.0]
    assert columns["ratio (table)"] == ["good"]
    assert columns["ratio (table) (table)"] == ["better"]


def test_lines_of_the_same_name_are_told_apart():
    alike = amount("other", 3) | {"label": both("gain")}
    template = case(outcomes=[amount("gain", 1), alike], costs=[cost("aid", 1)])
    found = in_language("en", [["id", "aid"], ["a", "2"]], template)
    assert found["Outcome: gain (en) (EUR) [outcome.gain]"] == [1]
    assert found["Outcome: gain (en) (EUR) [outcome.other]"] == [3]


def test_results_in_every_form(results, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    write_columns(results, tmp_path / "a.parquet", said={"seed": "0"})
    table = parquet.read_table(tmp_path / "a.parquet")
    assert table.to_pydict() == results
    assert table.schema.metadata == {b"seed": b"0"}
    write_columns(results, tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        first, second = csv.DictReader(file)
    assert float(first["pays.state"]) == 45_620
    assert (first["Note"], second["ratio"]) == ("'=1+1", "")
    write_columns(results, tmp_path / "fr.csv", language="fr")
    french = (tmp_path / "fr.csv").read_text("utf-8-sig").splitlines()[1].split(";")
    assert french[list(results).index("pays.state")] == "45620,0"
    write_columns(results, tmp_path / "a.xlsx")
    sheet = load_workbook(tmp_path / "a.xlsx").active
    assert [one.value for one in sheet[1]] == list(results)
    assert (sheet["D2"].value, sheet["C2"].data_type) == (0, "s")
    with pytest.raises(ScenarioError, match="must end in one of"):
        write_columns(results, tmp_path / "a.txt")


def test_a_hundred_thousand_rows_are_read():
    lines = [f"A{row};{row % 9},5;{row}" for row in range(100_000)]
    text = "\n".join(["id;state_aid;quiet_nights.people", *lines])
    portfolio = portfolio_in(table_from(text.encode(), name="big.csv"))
    assert len(portfolio) == 100_000
    assert portfolio.numbers["state_aid"][99_999] == 0.5 + 99_999 % 9
