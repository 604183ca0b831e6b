import csv
import io

import pytest

from roi_model import ScenarioError
from roi_model.portfolio_columns import matches_of
from roi_model.portfolio_files import portfolio_from
from roi_model.portfolio_tables import table_from
from roi_model.templates import load_template, templates

ADULTE_RELAIS = load_template("adulte_relais")
HEADINGS = {
    "Nom de l'association": "",
    "N° SIRET": "id",
    "Région": "",
    "Nb de postes adultes-relais": "state_aid",
    "Reste à charge employeur (€)": "employer_payment",
    "Subvention de la commune": "town_payment",
    "Participation des bailleurs (k€)": "landlord_payment",
    "Habitants soulagés du bruit": "quiet_nights.people",
    "Habitants soulagés du bruit (min)": "quiet_nights.people.low",
    "Habitants soulagés du bruit, borne haute": "quiet_nights.people.high",
    "HEURES DE POLICE ÉVITÉES": "police_time.hours",
    "Dégradations évitées": "damage.count",
    "Coût moyen réparation (€)": "damage.repair_cost",
    "Personnes accompagnées jusqu'au bout": "access_to_rights.people",
    "Valeur d'une démarche": "access_to_rights.value_per_person",
    "Anciens médiateurs sortis du RSA": "into_work.people",
    "Taux d'actualisation (%)": "discount_rate",
    "timing": "timing",
}
ROW = [
    *("La Passerelle", "123 456", "Île-de-France", "4", "36 000,50 €", "-", "1,5", "1 200", "800"),
    *("1 500", "300", "25", "350", "80", "120", "1", "3,2", "start"),
]
READ = {
    "state_aid": 4,
    "employer_payment": 36_000.5,
    "landlord_payment": 1_500,
    "quiet_nights.people": 1_200,
    "police_time.hours": 300,
    "damage.count": 25,
    "damage.repair_cost": 350,
    "access_to_rights.people": 80,
    "access_to_rights.value_per_person": 120,
    "into_work.people": 1,
    "discount_rate": 0.032,
    "timing": "start",
}


def written(*rows, delimiter=";", encoding="utf-8", name="table.csv"):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return table_from(text.getvalue().encode(encoding), name=name)


def portfolio_in(table, template=ADULTE_RELAIS, given=None):
    return portfolio_from(table, template, matches_of(table, template, given))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_table_as_people_make_them(encoding, delimiter):
    table = written(list(HEADINGS), ROW, delimiter=delimiter, encoding=encoding)
    matches = matches_of(table, ADULTE_RELAIS)
    assert {one.heading: one.target for one in matches} == HEADINGS
    portfolio = portfolio_from(table, ADULTE_RELAIS, matches)
    assert portfolio.changes(0) == pytest.approx(READ)
    assert portfolio.ids.tolist() == ["123 456"]
    assert portfolio.lows["quiet_nights.people"].tolist() == [800]
    assert portfolio.highs["quiet_nights.people"].tolist() == [1_500]
    assert portfolio.labels["Région"].tolist() == ["Île-de-France"]


def test_a_match_can_be_corrected():
    table = written(["code", "Postes", "Autre chose"], ["a", "3", "5"])
    given = {"Autre chose": "quiet_nights.people", "Postes": ""}
    matches = matches_of(table, ADULTE_RELAIS, given)
    assert [(one.target, one.how) for one in matches] == [
        ("id", "similar"),
        ("", "given"),
        ("quiet_nights.people", "given"),
    ]
    with pytest.raises(ScenarioError) as refused:
        matches_of(table, ADULTE_RELAIS, {"Nulle part": "id", "Postes": "nowhere"})
    assert [one.code for one in refused.value.problems] == ["unknown_column", "unknown_address"]


def test_a_heading_that_fits_two_numbers_is_no_guess():
    table = written(["id", "Prix"], ["a", "1"])
    assert matches_of(table, load_template("own_case"))[1].target == ""
    with pytest.raises(ScenarioError, match="some heading"):
        portfolio_in(table)


def test_a_unit_of_another_kind_is_refused():
    table = written(["id", "Heures de police évitées (jours) [police_time.hours]"], ["a", "1"])
    with pytest.raises(ScenarioError, match="the unit of the column must be hour/year"):
        portfolio_in(table)
    percent = written(["id", "deadweight (%)"], ["a", "20"], ["b", "25 %"], delimiter=",")
    assert portfolio_in(percent).numbers["deadweight"].tolist() == [0.2, 0.25]


def test_names_tell_rows_apart_where_there_is_no_id():
    rows = (["Association", "state_aid"], ["Une", "1"], ["Deux", "2"])
    assert portfolio_in(written(*rows)).ids.tolist() == ["Une", "Deux"]
    again = portfolio_in(written(*rows, ["Une", "3"]))
    assert again.ids.tolist() == ["1", "2", "3"]
    assert again.labels["Association"].tolist() == ["Une", "Deux", "Une"]
    places = (["Code postal", "state_aid"], ["35000", "1"], ["35000", "12 €/an"])
    assert portfolio_in(written(*places)).ids.tolist() == ["1", "2"]


@pytest.mark.parametrize("template_id", templates())
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_number_to_fill_in_is_known_by_its_label(template_id, language):
    template = load_template(template_id)
    parameters = dict(template.case.parameters())
    headings = [getattr(parameters[one].label, language) for one in template.to_fill]
    found = matches_of(written(headings, [1] * len(headings)), template)
    assert [one.target for one in found] == list(template.to_fill)
