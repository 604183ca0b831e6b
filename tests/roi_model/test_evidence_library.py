"""The evidence library: what may be picked, its papers, its prices, and how it is found."""

import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from roi_model import evaluate, load_case, units
from roi_model.editing import rebuilt
from roi_model.evidence_library import EvidenceLibrary, evidence_library, sources_of
from roi_model.reference_data import DATA, price_index
from tests.roi_model.building import case, outcome

LIBRARY = evidence_library()
UNIT_VALUES = LIBRARY.unit_values
IDS = [one.id for one in UNIT_VALUES]
MONEY = [one for one in UNIT_VALUES if one.is_money]
COVERED = [one for one in MONEY if one.year in price_index().years]


def raw():
    """Return the library as it is written."""
    return yaml.safe_load((DATA / "unit_values.yaml").read_text(encoding="utf-8"))


def only(**changes):
    """Return a library of one value, changed."""
    data = raw()
    value = {**data["unit_values"][0], **changes}
    return {
        **data,
        "grades": [one for one in data["grades"] if one["id"] == value["trust"]],
        "themes": [one for one in data["themes"] if one["id"] == value["theme"]],
        "stakeholders": [one for one in data["stakeholders"] if one["id"] == value["stakeholder"]],
        "sources": {"parisien_2017": data["sources"]["parisien_2017"]},
        "unit_values": [value],
    }


def refused(data):
    """Return why a library is refused."""
    with pytest.raises(ValidationError) as caught:
        EvidenceLibrary.model_validate(data)
    return str(caught.value)


def found(text, language="fr", **narrowed):
    return [one.id for one in LIBRARY.search(text, language=language, **narrowed)]


# --- what it holds -----------------------------------------------------------------------------


def test_there_is_enough_to_choose_from():
    assert len([one for one in UNIT_VALUES if one.usable_as == "proxy"]) >= 20
    assert len(UNIT_VALUES) >= 25


def test_totals_of_a_country_or_a_company_are_no_unit_values():
    # An amount a year per nothing would be multiplied by a quantity, and be anything.
    totals = [one for one in MONEY if dict(units.powers(one.unit)) == {"EUR": 1, "year": -1}]
    assert {"noise_social_cost_total_2021b", "vandalism_sncf"} <= {one.id for one in totals}
    assert {one.usable_as for one in totals} == {"context"}


def test_a_unit_value_of_an_outcome_makes_money_a_year_with_a_quantity():
    for one in UNIT_VALUES:
        if one.usable_as != "context":
            per = {base: -power for base, power in units.powers(one.unit) if base != "EUR"}
            assert set(per.values()) == {1}, one.id
            assert per.keys() - {"year"}, one.id


def test_what_promevil_cites_has_the_same_number_and_the_same_source_here():
    # The shipped case and the library must never disagree on a document under one key.
    promevil = load_case("promevil")
    shared = promevil.sources.keys() & LIBRARY.sources.keys()
    assert "parisien_2017" in shared
    assert {key: LIBRARY.sources[key] for key in shared} == {
        key: promevil.sources[key] for key in shared
    }
    prices = dict(promevil.parameters())
    for address, unit_value in (
        ("quiet_nights.saving_per_person", "noise_annoyed_person_promevil"),
        ("police_time.hourly_cost", "police_hour_promevil"),
    ):
        here = LIBRARY.unit_value(unit_value)
        there = prices[address]
        assert (here.value, here.unit, here.year) == (there.value, there.unit, there.year)


def walk(data):
    if isinstance(data, dict):
        yield data
        for value in data.values():
            yield from walk(value)
    elif isinstance(data, list):
        for value in data:
            yield from walk(value)


def test_every_text_is_in_both_languages_and_in_its_own():
    little = {
        "fr": {"le", "la", "les", "des", "du", "de", "une", "et", "pour", "dans", "par", "au"},
        "en": {"the", "of", "and", "for", "by", "in", "is", "not", "to", "from", "with"},
    }
    texts = [one for one in walk(raw()) if {"fr", "en"} & one.keys()]
    assert len(texts) > 100
    for one in texts:
        assert one.keys() == {"fr", "en"}
        for language, other in (("fr", "en"), ("en", "fr")):
            words = set(re.findall(r"\w+", one[language].lower()))
            assert len(words & little[language]) >= len(words & little[other]), one


def test_every_source_can_be_opened():
    assert [key for key, source in LIBRARY.sources.items() if source.url is None] == []


# --- what is refused ---------------------------------------------------------------------------


def test_one_value_alone_is_a_library():
    assert EvidenceLibrary.model_validate(only()).unit_values[0].value == 788


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"unit": "EUR/intervention"}, "unknown unit 'intervention'"),
        ({"unit": "EUR/item"}, "counted says what an item"),
        ({"counted": {"fr": "cas", "en": "case"}}, "counted says what an item"),
        ({"low": 800, "high": 900}, "must hold the value"),
        ({"unit": "person"}, "only money is a unit value"),
        ({"source": []}, "source"),
        ({"source": "rumour"}, "source 'rumour' is not described"),
        ({"converted": {"stated": 1, "times": 2, "how": "x"}}, "are computed, not stated"),
        (
            {"value": 2, "low": 1, "converted": {"stated": 1, "times": 2, "how": "x"}},
            "its range are computed, not stated",
        ),
        ({"value": None}, "value"),
        ({"trust": "D"}, "'A', 'B' or 'C'"),
    ],
)
def test_a_value_without_its_papers_is_refused(changes, said):
    assert said in refused(only(**changes))


def test_a_source_that_nothing_cites_is_refused():
    data = only()
    data["sources"]["ash_2015"] = raw()["sources"]["ash_2015"]
    assert "source 'ash_2015' is not used" in refused(data)


def test_an_id_stands_once():
    data = only()
    data["unit_values"] *= 2
    assert "'noise_annoyed_person_promevil' stands twice" in refused(data)


# --- conversions and earlier amounts -----------------------------------------------------------


@pytest.mark.parametrize(
    ("unit_value", "value"),
    [
        ("rsa_single", 7_820.28),  # 651.69 € a month x 12
        ("ass_year", 7_110.20),  # 19.48 € a day x 365
        ("rail_delay_passenger_hour", 45),  # 1.5e9 € / 2e9 minutes = 0.75 € x 60
        ("noise_exposed_person_2016", 1_277.777_778),  # 11.5e9 € / 9e6 people
        ("school_dropout_year_2025", 8_500),  # 340 000 € / 40 years
        ("rail_suicide_train_hours", 11.2),  # 672 minutes / 60
        ("fare_fraud_per_trip", 1.016_393),  # 248e6 € / 244e6 trips
        ("contrat_aide_avg_cost_2016", 8_250),  # 3.3e9 € / 400 000 contracts
        ("mediator_cost_market", 37_500),  # 10.2e6 € / 272 mediators
        ("vot_commute_fr_2010", 10),  # 12.6 € of 2022 / 1.26
        ("vot_other_fr_2010", 6.825_397),  # 8.6 € of 2022 / 1.26
    ],
)
def test_a_converted_value_is_computed_and_says_how(unit_value, value):
    one = LIBRARY.unit_value(unit_value)
    assert one.value == value
    assert one.factor().reason == one.converted.how
    assert one.factor().provenance == "derived"


def test_a_converted_range_is_computed_too():
    fraud = LIBRARY.unit_value("fare_fraud_per_trip")
    assert (fraud.low, fraud.high) == (0.782_787, fraud.value)  # 191e6 € / 244e6 trips


@pytest.mark.parametrize("one", UNIT_VALUES, ids=IDS)
def test_only_what_its_source_states_is_published(one):
    # A quotient of ours is no value of the source: it says so where it says where it stands.
    is_ours = "quotient" in one.locator.en.lower() or "division is ours" in one.locator.en
    if is_ours and one.id != "rail_suicide_transilien_hours":  # the minutes are what is divided
        assert one.factor().derivation.divided_by > 1
    assert (one.factor().provenance == "published") == (one.factor().derivation is None)


def test_an_amount_that_was_in_force_before():
    rsa = LIBRARY.unit_value("rsa_single")
    assert rsa.in_force_in(2026) == rsa.value
    assert rsa.in_force_in(2016) == pytest.approx(12 * 535.17)  # the last of the year
    visit = LIBRARY.unit_value("gp_visit")
    assert visit.in_force_in(2011) == 23
    assert "rtl_2017" in visit.source  # the rise from it is reported there, not by the first


def test_an_amount_that_the_file_does_not_state_is_not_guessed():
    with pytest.raises(KeyError):
        LIBRARY.unit_value("rsa_single").in_force_in(2020)


# --- prices ------------------------------------------------------------------------------------


def test_a_value_in_the_prices_of_another_year():
    # 51 € of 2015; the index goes from 100.0 to 112.01: 51 x 1.1201 = 57.1251.
    repriced = LIBRARY.unit_value("police_hour_promevil").in_prices_of(2022)
    assert repriced.value == pytest.approx(57.1251)
    assert (repriced.low, repriced.high, repriced.price_year) == (None, None, 2022)
    assert repriced.original.value == 51


def test_a_range_moves_with_its_value():
    # 2013 to 2015: 100.0 / 99.45.
    repriced = LIBRARY.unit_value("fare_fraud_per_trip").in_prices_of(2015)
    assert repriced.low == pytest.approx(0.782_787 / 0.9945)
    assert repriced.high == repriced.value == pytest.approx(1.016_393 / 0.9945)


@given(one=st.sampled_from(COVERED), year=st.sampled_from(price_index().years))
def test_to_the_prices_of_a_year_and_back_is_nothing(one, year):
    index = price_index()
    there = one.in_prices_of(year)
    assert there.value * index.inflator(year, one.year) == pytest.approx(one.value)


@pytest.mark.parametrize("unit_value", ["adulte_relais_state_aid", "ces_cost_per_beneficiary_2004"])
def test_prices_the_index_does_not_cover_stay_what_they_are(unit_value):
    one = LIBRARY.unit_value(unit_value)
    assert one.in_prices_of(2015) is None
    assert one.in_prices_of(one.year).value == one.value
    assert one.factor().year == one.year


def test_a_year_the_index_does_not_cover_is_refused_for_all():
    assert LIBRARY.unit_value("police_hour_promevil").in_prices_of(2040) is None


def test_what_is_no_money_has_no_prices():
    one = LIBRARY.unit_value("contrat_aide_rate_nonmarket")
    assert one.in_prices_of(2022).value == 0.76


# --- into a case -------------------------------------------------------------------------------


@pytest.mark.parametrize("one", UNIT_VALUES, ids=IDS)
def test_a_value_becomes_a_factor_with_all_its_papers(one):
    factor = one.factor()
    assert (factor.id, factor.label, factor.value) == (one.id, one.label, one.value)
    assert (factor.low, factor.high, factor.unit, factor.year) == (
        one.low,
        one.high,
        one.unit,
        one.year,
    )
    assert factor.source == one.source
    assert factor.locator == one.locator
    assert factor.help == one.caveat
    assert sources_of(one).keys() == set(one.source)


def test_a_value_picked_for_an_outcome_is_counted_and_its_source_is_known():
    one = LIBRARY.unit_value("police_hour_promevil")
    hours = {"id": "hours", "label": "Hours", "unit": "hour/year", "value": 10}
    before = case(outcomes=[outcome("patrols", {**hours, "provenance": "yours"}, price(1.0))])
    line = before.outcomes[0]
    picked = line.model_copy(update={"factors": (line.factors[0], one.factor())})
    after = rebuilt(before, outcomes=(picked,), sources={**before.sources, **sources_of(one)})
    assert evaluate(after).by_outcome[0].gross_value == 510  # 10 hours x 51 €
    assert after.sources["parisien_2017"].publisher == "Le Parisien"


def price(euros):
    return {
        "id": "price",
        "label": "Price",
        "unit": "EUR/hour",
        "value": euros,
        "provenance": "yours",
    }


# --- search ------------------------------------------------------------------------------------


def test_an_empty_search_returns_all_in_order():
    assert found("  ") == IDS


def test_accents_and_capitals_do_not_matter():
    assert found("DECROCHAGE scolaire") == found("décrochage Scolaire") != []
    assert "school_dropout_2012" in found("decrochage")
    assert "sick_day_ij" in found("arret maladie")


def test_a_label_comes_before_a_mention():
    assert found("bruit")[0] == "noise_annoyed_person_promevil"
    ranked = found("chômage")
    labels = [LIBRARY.unit_value(one).label.fr.lower() for one in ranked]
    named = ["chômage" in label for label in labels]
    assert named == sorted(named, reverse=True)


def test_every_word_must_be_found_wherever_it_stands():
    assert found("heure le parisien") == ["police_hour_promevil"]  # a label and a source
    assert found("police bruit decrochage") == []


def test_a_source_a_theme_and_what_is_counted_can_be_searched():
    assert found("urssaf") == []
    assert set(found("volunteering", "en")) == {"smic_hour_gross"}
    assert "fire_service_callout" in found("call-out", "en")
    assert "rsa_single" in found("légifrance")


def test_a_search_is_in_the_language_of_the_reader():
    assert found("school drop-out", "en") != []
    assert found("school drop-out", "fr") == []


def test_a_search_is_narrowed_by_theme_trust_and_use():
    assert set(found("", theme="justice")) == {"detention_year"}
    weak = found("", trust="C")
    assert {LIBRARY.unit_value(one).trust for one in weak} == {"C"}
    assert set(found("", theme="mediation", usable_as="cost")) == {
        "adulte_relais_state_aid",
        "mediator_cost_market",
    }
    assert found("", theme="justice", trust="A") == []


@given(text=st.text(max_size=20), language=st.sampled_from(["fr", "en"]))
def test_more_words_never_find_more(text, language):
    assert set(found(f"{text} 788", language)) <= set(found(text, language))


def test_what_refers_to_a_value_can_be_looked_up():
    one = LIBRARY.unit_value("detention_year")
    assert LIBRARY.theme(one.theme).label.fr == "Justice"
    assert LIBRARY.stakeholder(one.stakeholder).public
    assert "seconde main" in LIBRARY.grade(one.trust).label.fr.lower()
    with pytest.raises(KeyError):
        LIBRARY.unit_value("unheard_of")
