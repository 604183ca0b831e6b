"""Templates hold sourced unit values and no quantity that only their user knows."""

import math

import pytest

from roi_model import evaluate
from roi_model.editing import edited, edits_of
from roi_model.evidence_library import evidence_library
from roi_model.parameters import Provenance
from roi_model.templates import MOST_QUESTIONS, Template, load_template, missing, templates

NAMED = {
    "adulte_relais",
    "consumer_mediation",
    "night_correspondents",
    "own_case",
    "school_mediation",
    "transport_mediation",
}
FILLED_IN = sorted(NAMED - {"own_case"})


def test_there_are_five_and_an_empty_one():
    assert set(templates()) == NAMED
    empty = load_template("own_case")
    assert (empty.case.costs, empty.case.outcomes, empty.to_fill) == ((), (), ())


def test_one_that_does_not_exist_is_refused():
    with pytest.raises(KeyError):
        load_template("atlantis")


@pytest.mark.parametrize("name", FILLED_IN)
class TestATemplate:
    def test_bears_its_id_and_three_to_six_outcomes(self, name):
        template = load_template(name)
        assert template.case.id == template.id == name
        assert 3 <= len(template.case.outcomes) <= 6

    def test_invents_no_number(self, name):
        template = load_template(name)
        known = {
            (one.value, one.unit, one.year)
            for value in evidence_library().unit_values
            if value.usable_as != "context"
            for one in [value.factor()]
        }
        for address, number in template.case.parameters():
            if address in template.to_fill or number.claims_nothing:
                continue
            assert (number.value, number.unit, number.year) in known, address
            assert number.source

    def test_gives_nothing_until_it_is_filled(self, name):
        template = load_template(name)
        result = evaluate(template.case)
        assert result.present_value_benefits == 0
        assert missing(template, template.case) == template.to_fill

    def test_gives_a_result_once_it_is(self, name):
        template = load_template(name)
        filled = template.case.with_changes(dict.fromkeys(template.to_fill, 100))
        assert missing(template, filled) == ()
        result = evaluate(filled)
        assert math.isfinite(result.ratio)
        # in the transfer of a settled dispute what one gains the other loses
        assert all(
            row.present_value > 0
            for row, outcome in zip(result.by_outcome, template.case.outcomes, strict=True)
            if outcome.transfer_from is None
        )

    def test_takes_nothing_for_an_answer(self, name):
        template = load_template(name)
        first = template.to_fill[0]
        answered = template.case.with_changes({first: 0})
        assert missing(template, answered) == template.to_fill[1:]
        number = dict(answered.parameters())[first]
        assert (number.value, number.provenance) == (0, Provenance.YOURS)
        edits = edits_of(template.case, answered)
        assert edits.only_numbers == {first: 0}
        assert edited(template.case, edits) == answered

    def test_asks_ten_questions_at_most_for_all_that_is_missing(self, name):
        template = load_template(name)
        assert 0 < len(template.questions) <= MOST_QUESTIONS
        asked = [address for question in template.questions for address in question.fills]
        assert sorted(asked) == sorted(template.to_fill)

    def test_speaks_two_languages(self, name):
        template = load_template(name)
        texts = [template.name, template.description]
        texts += [text for one in template.questions for text in (one.text, one.help)]
        texts += [one.label for one in (*template.case.costs, *template.case.outcomes)]
        assert all(text.fr != text.en for text in texts)


def test_a_question_that_fills_nothing_known_is_refused():
    template = load_template("own_case")
    question = {"id": "a", "text": "A?", "help": "A.", "fills": ["nowhere"]}
    with pytest.raises(ValueError, match="no such number: nowhere"):
        Template.model_validate({**dict(template), "questions": [question]})


def test_a_number_that_no_question_asks_for_is_refused():
    template = load_template("adulte_relais")
    with pytest.raises(ValueError, match="no question asks for"):
        Template.model_validate({**dict(template), "questions": ()})
