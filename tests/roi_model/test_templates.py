"""Templates: sourced prices, no invented quantity, and questions that fill in the rest."""

import math
import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from roi_model import evaluate, load_case, shipped_cases, units
from roi_model.case_files import case_from, case_text
from roi_model.checks import check
from roi_model.editing import edited, edits_of, with_unit_value
from roi_model.evidence_library import evidence_library
from roi_model.parameters import Name, Provenance
from roi_model.templates import (
    FOLDER,
    Template,
    load_template,
    missing,
    numbers_missing,
    templates,
)

TEMPLATES = templates()


@pytest.fixture(params=TEMPLATES)
def template(request):
    return load_template(request.param)


@pytest.fixture
def raw(template):
    """Return the template as it is written."""
    return yaml.safe_load((FOLDER / f"{template.id}.yaml").read_text(encoding="utf-8"))


def stated(template):
    """Return the costs, prices and factors of a template, with their addresses."""
    ids = {one.id for one in template.case.costs}
    own = {
        f"{outcome.id}.{factor.id}"
        for outcome in template.case.outcomes
        for factor in outcome.factors
    }
    return {
        address: parameter
        for address, parameter in template.case.parameters()
        if address in own or address.removesuffix(".price") in ids
    }


def filled(template, value=10.0):
    return template.case.with_changes(dict.fromkeys(template.to_fill, value))


def test_the_templates_are_those_a_director_may_choose():
    # Their ids are in links: they stay.
    assert TEMPLATES == (
        "adulte_relais",
        "consumer_mediation",
        "night_correspondents",
        "own_case",
        "school_mediation",
        "transport_mediation",
    )
    assert not set(TEMPLATES) & set(shipped_cases())


def test_a_template_bears_the_name_of_its_file(template, raw):
    assert template.id == raw["case"]["id"] == template.case.id
    called = template.title or template.case.name
    assert (template.name, template.description) == (called, template.case.description)


def test_there_is_no_other_template():
    with pytest.raises(KeyError):
        load_template("unheard_of")
    with pytest.raises(KeyError):
        load_template("atlantis")


def test_no_number_is_invented(template):
    # A number is the user's to fill in, or published with its source, or converted from it.
    for address, number in stated(template).items():
        if address in template.to_fill:
            assert (number.value, number.low, number.high) == (0, 0, 0), address
            assert number.provenance == Provenance.ASSUMED, address
            assert number.is_to_fill, address
        else:
            assert number.provenance in (Provenance.PUBLISHED, Provenance.DERIVED), address
            assert number.source, address
            assert units.is_money(number.unit), address


def test_nothing_is_deducted_or_prolonged_without_a_source(template):
    for address, number in template.case.parameters():
        if address not in stated(template):
            assert number.claims_nothing or number.provenance == Provenance.PUBLISHED, address


def test_a_price_is_that_of_the_evidence_library(template, raw):
    written = {
        f"{outcome['id']}.{factor['id']}": factor["unit_value"]
        for outcome in raw["case"]["outcomes"]
        for factor in outcome["factors"]
        if "unit_value" in factor
    } | {
        f"{cost['id']}.price": cost["price"]["unit_value"]
        for cost in raw["case"]["costs"]
        if "unit_value" in cost.get("price", {})
    }
    assert written.keys() == stated(template).keys() - template.to_fill.keys()
    for address, unit_value in written.items():
        published = evidence_library().unit_value(unit_value)
        assert published.usable_as != "context"
        found = stated(template)[address]
        assert found.model_copy(update={"id": unit_value}) == published.factor()


def test_only_what_is_cited_is_a_source(template):
    cited = {key for _, number in template.case.parameters() for key in number.source}
    assert template.case.sources.keys() == cited


def test_everyone_named_pays_or_gains(template):
    case = template.case
    concerned = {one.stakeholder for one in (*case.costs, *case.outcomes)}
    concerned |= {one.transfer_from for one in case.outcomes} - {None}
    assert concerned == {one.id for one in case.stakeholders}
    assert all(one.one_euro for one in case.stakeholders)


def test_a_template_has_a_few_outcomes_and_someone_who_pays(template):
    assert len(template.case.outcomes) in range(1 if template.id == "own_case" else 3, 7)
    needed = [address for address, how in template.to_fill.items() if how == "needed"]
    assert {one.id for one in template.case.costs} & set(needed)


def test_at_most_ten_questions_fill_everything_in_once(template):
    asked = [address for question in template.questions for address in question.fills]
    assert len(template.questions) <= 10
    assert sorted(asked) == sorted(template.to_fill)
    assert len({one.id for one in template.questions}) == len(template.questions)
    assert template.to_fill.keys() <= dict(template.case.parameters()).keys()


def test_costs_are_asked_for_before_effects(template):
    costs = {one.id for one in template.case.costs}
    about_costs = [
        address.removesuffix(".price") in costs
        for question in template.questions
        for address in question.fills
    ]
    assert about_costs == sorted(about_costs, reverse=True)


def test_every_text_is_in_both_languages_and_in_its_own(raw):
    little = {
        "fr": {"le", "la", "les", "des", "du", "de", "une", "et", "pour", "dans", "par", "ne"},
        "en": {"the", "of", "and", "for", "by", "in", "is", "not", "what", "to", "from", "with"},
    }
    texts = list(walk(raw))
    assert len(texts) > 15
    for one in texts:
        assert one.keys() == {"fr", "en"}, one
        for language, other in (("fr", "en"), ("en", "fr")):
            words = set(re.findall(r"\w+", one[language].lower()))
            assert len(words & little[language]) >= len(words & little[other]), one


def walk(data):
    """Yield every text that is written in languages."""
    if isinstance(data, dict):
        if {"fr", "en"} & data.keys():
            yield data
            return
        data = list(data.values())
    if isinstance(data, list):
        for value in data:
            yield from walk(value)


# --- unfilled, filled, in between --------------------------------------------------------------


def test_an_unfilled_template_claims_nothing_and_lists_what_is_missing(template):
    for perspective in template.case.perspective_ids:
        result = evaluate(template.case, perspective)
        assert result.present_value_benefits == 0
        assert result.present_value_costs == 0
        assert math.isnan(result.ratio)
    needed = [address for address, how in template.to_fill.items() if how == "needed"]
    assert sorted(missing(template, template.case)) == sorted(needed)
    assert {one.rule for one in check(template.case)} <= {"unstated_cost", "in_kind_at_zero"}


def test_what_is_missing_comes_in_the_order_of_the_questions(template):
    asked = [address for question in template.questions for address in question.fills]
    assert [asked.index(one) for one in missing(template, template.case)] == sorted(
        asked.index(one) for one in missing(template, template.case)
    )


def test_a_filled_template_has_a_ratio_and_misses_nothing(template):
    case = filled(template)
    assert missing(template, case) == ()
    result = evaluate(case)
    assert math.isfinite(result.ratio)
    assert result.present_value_benefits > 0
    assert result.unstated_costs == ()


@given(data=st.data())
def test_each_answer_takes_one_thing_off_the_list(data):
    template = load_template(data.draw(st.sampled_from(TEMPLATES)))
    answered = data.draw(st.sets(st.sampled_from(sorted(template.to_fill))))
    case = template.case.with_changes(dict.fromkeys(answered, 3.0))
    left = [one for one in missing(template, template.case) if one not in answered]
    assert list(missing(template, case)) == left


def test_what_a_question_names_is_in_the_case_and_every_question_asks_something(template):
    lines = {one.id for one in (*template.case.outcomes, *template.case.stakeholders)}
    for question in template.questions:
        assert question.fills or question.names
        assert set(question.names) <= lines


def test_what_is_added_to_a_template_and_not_filled_is_missing_too():
    template = load_template("adulte_relais")
    picked = evidence_library().unit_value("fire_service_callout")
    counted = Name(fr="Sorties", en="Call-outs")
    more = with_unit_value(template.case, picked, counted)
    assert numbers_missing(more) == (
        *missing(template, template.case),
        "fire_service_callout.quantity",
    )
    assert numbers_missing(load_case("promevil")) == ()


def test_what_may_be_zero_is_asked_for_and_not_missing():
    template = load_template("adulte_relais")
    assert template.to_fill["town_payment"] == "may_be_zero"
    assert dict(template.case.parameters())["town_payment"].is_to_fill
    assert "town_payment" not in missing(template, template.case)
    assert evaluate(template.case).unstated_costs == ("state_aid", "employer_payment")
    # Left out it is no fault: the ratio is too high for want of the others alone.


def test_an_outcome_taken_out_is_no_longer_missing():
    template = load_template("adulte_relais")
    kept = tuple(one for one in template.case.outcomes if one.id != "damage")
    case = template.case.model_copy(update={"outcomes": kept})
    assert {"damage.count", "damage.repair_cost"} == set(missing(template, template.case)) - set(
        missing(template, case)
    )


def test_a_price_taken_from_the_library_is_filled_in():
    template = load_template("own_case")
    picked = evidence_library().unit_value("noise_annoyed_person_promevil").factor()
    address = "first_change.value_per_person"
    case = template.case.with_parameters(
        {address: picked.model_copy(update={"id": "value_per_person"})}
    )
    assert address not in missing(template, case)
    # 20 people x 788 € for 1 576 € paid
    case = case.with_changes({"first_change.people": 20, "funder_payment": 1576})
    assert evaluate(case).ratio == pytest.approx(10)


def test_an_adulte_relais_post_worked_by_hand():
    template = load_template("adulte_relais")
    case = template.case.with_changes(
        {
            "state_aid": 4,  # x 22 810 € = 91 240 €
            "employer_payment": 8_760,  # 100 000 € in all
            "quiet_nights.people": 100,  # x 788 € = 78 800 €
            "police_time.hours": 200,  # x 51 € = 10 200 €
            "into_work.people": 1,  # 7 820.28 €, a transfer
        }
    )
    assert evaluate(case).present_value_costs == pytest.approx(100_000)
    assert evaluate(case).ratio == pytest.approx(0.89)
    # The allowance is a gain for public finances alone: (10 200 + 7 820.28) / 91 240.
    assert evaluate(case, "public_finances").ratio == pytest.approx(18_020.28 / 91_240)


def test_a_drop_out_prevented_is_counted_over_a_working_life_and_discounted():
    template = load_template("school_mediation")
    case = template.case.with_changes({"employer_payment": 8_500, "drop_outs.pupils": 1})
    # 8 500 € a year at 3.2 % for 40 years, from the eleventh on, when a pupil of 15 is 25:
    # 8 500 x (1 - 1.032^-40) / 0.032 x 1.032^-10
    annuity = (1 - 1.032**-40) / 0.032 * 1.032**-10
    assert evaluate(case).ratio == pytest.approx(annuity)
    assert evaluate(case.with_changes({"discount_rate": 0.0})).ratio == pytest.approx(40)


def test_a_template_survives_being_written_and_read(template):
    for case in (template.case, filled(template)):
        read = case_from(case_text(case).encode(), name="own.yaml")
        assert read == case
        assert missing(template, read) == missing(template, case)


def test_a_question_about_no_number_is_refused():
    template = load_template("own_case")
    questions = template.questions[1:]
    with pytest.raises(ValidationError, match="to be filled are"):
        Template.model_validate(dict(template) | {"questions": questions})


def test_nothing_is_an_answer_too_once_it_is_typed():
    template = load_template("adulte_relais")
    first = next(one for one in template.to_fill if template.to_fill[one] == "needed")
    answered = template.case.with_changes({first: 0})
    number = dict(answered.parameters())[first]
    assert (number.value, number.provenance) == (0, Provenance.YOURS)
    assert first not in missing(template, answered)
    edits = edits_of(template.case, answered)
    assert edits.only_numbers == {first: 0}
    assert edited(template.case, edits) == answered
    assert case_from(case_text(answered).encode(), name="mine.yaml") == answered
