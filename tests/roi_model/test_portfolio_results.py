import csv

import pytest
from openpyxl import load_workbook

from roi_model import ScenarioError
from roi_model.portfolio_evaluation import evaluate_portfolio
from roi_model.portfolio_results import group_columns, result_columns, write_columns
from roi_model.portfolio_simulation import simulate_portfolio
from roi_model.templates import Template, load_template, templates
from tests.roi_model.building import amount, both, case, cost
from tests.roi_model.portfolios import ADULTE_RELAIS, TWO_LINES, portfolio_in, written


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


def of_groups(language=None):
    # People times 100 each, in and of two; "free" costs nothing, so it has no ratio.
    rows = [["id", "quiet.people", "aid", "Kind"]]
    rows += [["a", "10", "1000", "paid"], ["b", "30", "3000", "paid"], ["c", "5", "0", "free"]]
    portfolio = portfolio_in(written(*rows), TWO_LINES)
    simulation = simulate_portfolio(portfolio, 128, by=["Kind"], level=0.9, target=2.5)
    evaluation = evaluate_portfolio(portfolio)
    return group_columns(evaluation, simulation, language=language), evaluation, simulation


def test_groups_are_the_sums_of_their_rows():
    columns, evaluation, simulation = of_groups()
    assert columns["column"] == ["Kind", "Kind"]
    assert columns["group"] == ["free", "paid"]
    assert columns["rows"] == [1, 2]
    assert columns["costs"] == [0, 4_000]
    assert columns["cost.aid"] == [0, 4_000]
    assert columns["benefits"] == pytest.approx(
        [evaluation.benefits[2], evaluation.benefits[0] + evaluation.benefits[1]]
    )
    assert columns["ratio"] == [None, pytest.approx(columns["benefits"][1] / 4_000)]
    drawn = simulation.by_group["Kind"]["paid"]
    assert columns["ratio_low"] == [None, drawn.low]
    assert columns["probability_above"] == [None, drawn.probability_above]
    rows = result_columns(evaluation, simulation)
    assert set(columns) - set(rows) == {"column", "group", "rows"}


@pytest.mark.parametrize(
    ("language", "first"),
    [
        ("fr", ["Regroupées par", "Groupe", "Nombre d'associations"]),
        ("en", ["Grouped by", "Group", "Number of associations"]),
    ],
)
def test_groups_are_headed_as_rows_are(language, first):
    columns, evaluation, simulation = of_groups(language)
    assert list(columns)[:3] == first
    assert set(columns) - set(first) < set(
        result_columns(evaluation, simulation, language=language)
    )
