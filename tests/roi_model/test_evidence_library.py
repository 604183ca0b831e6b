"""The evidence library: values as their sources give them, found by the words a person types."""

import pytest
from pydantic import ValidationError

from roi_model import evaluate, load_case, units
from roi_model.editing import with_outcome
from roi_model.evidence_library import EvidenceLibrary, evidence_library
from roi_model.parameters import Name, Provenance
from roi_model.reference_data import price_index
from roi_model.value_map import Outcome

LIBRARY = evidence_library()
PROXIES = [one for one in LIBRARY.values if one.usable_as == "proxy"]


def found(text, language="fr", **more):
    return [one.id for one in LIBRARY.search(text, language=language, **more)]


def test_there_are_twenty_five_proxies_or_more_and_the_rest_informs():
    assert len(PROXIES) >= 25
    assert len(LIBRARY.values) > len(PROXIES)
    assert {one.trust for one in LIBRARY.values} == set(LIBRARY.trust)


@pytest.mark.parametrize(
    ("value_id", "value", "unit", "year"),
    [
        ("noise_annoyed_person_promevil", 788, "EUR/person/year", 2015),
        ("police_hour_promevil", 51, "EUR/hour", 2015),
        ("adulte_relais_state_aid", 22_810, "EUR/staff/year", 2024),
        ("fire_service_callout", 376, "EUR/item", 2019),
        ("smic_hour_2016", 9.67, "EUR/hour", 2016),
    ],
)
def test_values_are_those_of_their_sources(value_id, value, unit, year):
    one = LIBRARY.unit_value(value_id)
    assert (one.value, one.unit, one.year) == (value, unit, year)


@pytest.mark.parametrize("one", PROXIES, ids=lambda one: one.id)
class TestAProxy:
    def test_makes_euros_of_what_it_is_to_be_multiplied_by(self, one):
        made = units.product([one.unit, one.quantity_unit])
        assert made in (units.product(["EUR/year"]), units.product(["EUR"]))

    def test_has_its_papers_as_a_factor(self, one):
        factor = one.factor()
        assert (factor.value, factor.unit, factor.year) == (one.value, one.unit, one.year)
        expected = Provenance.ASSUMED if one.derived else Provenance.PUBLISHED
        assert factor.provenance == expected
        assert factor.source == (one.source,)
        assert factor.source[0] in LIBRARY.sources_of(one)

    def test_says_everything_in_both_languages(self, one):
        assert one.caveat.fr != one.caveat.en
        assert one.locator.fr != one.locator.en


def test_a_picked_value_counts_in_a_case_with_its_source():
    case = load_case("promevil")
    one = LIBRARY.unit_value("fire_service_callout")
    calls = one.factor().model_copy(
        update={"id": "calls", "value": 10.0, "unit": one.quantity_unit}
    )
    outcome = Outcome(
        id="fires",
        label=Name(fr="Feux", en="Fires"),
        stakeholder="towns",
        factors=(calls, one.factor()),
    )
    scenario = with_outcome(case, outcome, LIBRARY.sources_of(one))
    # 10 call-outs at 376 €
    assert evaluate(scenario).present_value_benefits == pytest.approx(20_203_760)
    assert scenario.sources["france_bleu_2019"].publisher == "France Bleu"


class TestPrices:
    def test_are_converted_by_the_index(self):
        # 788 € of 2015, index 100, in euros of 2022, index 112.01
        one = LIBRARY.unit_value("noise_annoyed_person_promevil")
        assert one.in_prices_of(2022) == pytest.approx(882.6388)
        assert one.in_prices_of(2015) == 788

    def test_are_not_known_outside_the_index(self):
        beyond = price_index().years[-1] + 1
        one = LIBRARY.unit_value("noise_annoyed_person_promevil")
        assert one.in_prices_of(beyond) is None
        assert LIBRARY.unit_value("rsa_month_2026").in_prices_of(2022) is None


class TestSearching:
    def test_capital_letters_and_accents_make_no_difference(self):
        assert found("GENERALISTE") == found("généraliste") == ["gp_visit_2016", "gp_visit_2024"]

    def test_every_word_counts_and_labels_come_first(self):
        assert found("consultation 2024") == ["gp_visit_2024"]
        assert found("vandalisme")[0] in ("vandalism_landlord", "vandalism_rail")
        assert found("police", "en")[0] == "police_hour_promevil"

    def test_nothing_typed_is_everything_in_order(self):
        assert found("") == [one.id for one in LIBRARY.values]

    def test_a_source_can_be_looked_up(self):
        assert "noise_annoyed_person_promevil" in found("parisien")

    def test_it_is_narrowed_by_theme_and_by_trust(self):
        assert set(found("", theme="school")) == {"school_dropout_2012", "school_dropout_2025"}
        assert {LIBRARY.unit_value(one).trust for one in found("", trust=("A",))} == {"A"}

    def test_what_is_not_there_is_not_found(self):
        assert found("licorne") == []


def changed(**changes):
    data = LIBRARY.model_dump()
    data["values"] = [dict(data["values"][0], **changes), *data["values"][1:]]
    return data


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "police_hour_promevil"},
        {"source": "nowhere"},
        {"theme": "nothing"},
        {"unit": "EUR/item"},
        {"unit": "person"},
        {"value": -1},
        {"derived": {"fr": "x", "en": "y"}},
    ],
)
def test_a_library_with_a_fault_is_refused(changes):
    with pytest.raises(ValidationError):
        EvidenceLibrary.model_validate(changed(**changes))
