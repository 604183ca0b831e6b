"""What a reader is told a number, a choice or a refusal is."""

import re

import pytest

from roi_model import Problem, ScenarioError, load_case
from roi_model.perspectives import funder_of
from roi_model.settings import SETTING_CHOICES
from roi_model.templates import load_template
from ui import link
from ui.labels import label_of, perspective_label, refusal_text, value_text
from ui.words import LANGUAGES, words_in

CASE = load_case("promevil")
NUMBERS = dict(CASE.parameters())
ADDRESSES = (*NUMBERS, *CASE.choices())

languages = pytest.mark.parametrize("language", LANGUAGES)


class TestLabels:
    @languages
    def test_every_number_and_choice_has_a_label_of_its_own(self, language):
        labels = [label_of(address, CASE, words_in(language)) for address in ADDRESSES]
        assert not set(labels) & set(ADDRESSES)
        assert len(set(labels)) == len(ADDRESSES)

    @languages
    def test_no_label_shows_the_name_of_the_code(self, language):
        for address in ADDRESSES:
            assert not re.search(r"\w[_{}]\w|\w\.\w", label_of(address, CASE, words_in(language)))

    def test_a_factor_is_named_with_its_outcome(self):
        french, english = words_in("fr"), words_in("en")
        assert label_of("quiet_nights.people", CASE, french) == (
            "Nuits plus calmes\u00a0: Personnes soulagées du bruit"
        )
        assert label_of("quiet_nights.people", CASE, english) == (
            "Quieter nights: People relieved of noise"
        )

    @languages
    def test_so_is_a_share_of_an_outcome(self, language):
        t = words_in(language)
        label = label_of("quiet_nights.deadweight", CASE, t)
        assert label.startswith(label_of("quiet_nights.people", CASE, t)[:10])
        assert label.endswith(t("share.deadweight"))

    @languages
    @pytest.mark.parametrize("stranger", ["nothing", "", "quiet_nights", "a.b.c", "{label}"])
    def test_an_address_of_nothing_is_its_own_label(self, stranger, language):
        assert label_of(stranger, CASE, words_in(language)) == stranger


class TestPointsOfView:
    @languages
    def test_each_has_a_name_of_its_own(self, language):
        t = words_in(language)
        names = {one: perspective_label(one, CASE, t) for one in CASE.perspective_ids}
        assert len(set(names.values())) == len(names) == 8
        assert not any(re.search(r"[_{}]|\w-\w", name) for name in names.values())

    @languages
    def test_that_of_a_funder_names_it(self, language):
        t = words_in(language)
        for one in CASE.perspective_ids:
            funder = funder_of(one)
            if funder is not None:
                name = t.of(CASE.stakeholder(funder).name)
                expected = 2 if one.startswith("funder") else 1  # on both sides, or one
                assert perspective_label(one, CASE, t).count(name) == expected


class TestValues:
    @languages
    def test_a_number_comes_with_its_unit(self, language):
        t = words_in(language)
        for address, parameter in NUMBERS.items():
            assert value_text(address, CASE, t) == t.value(parameter.value, parameter.unit)

    def test_as_a_reader_writes_it(self):
        assert value_text("state_aid", CASE, words_in("fr")) == (
            "1\u202f500\u202f000\u00a0€ par an"
        )
        assert value_text("quiet_nights.people", CASE, words_in("en")) == "1,000\u00a0people"
        assert value_text("deadweight", CASE, words_in("fr")) == "0\u00a0%"

    @languages
    @pytest.mark.parametrize("name", SETTING_CHOICES)
    def test_a_choice_is_said_in_words(self, name, language):
        t = words_in(language)
        for option in SETTING_CHOICES[name]:
            changed = CASE.with_changes({name: option})
            assert value_text(name, changed, t) == t(f"{name}.{option}")

    @languages
    def test_so_is_a_point_of_view(self, language):
        t = words_in(language)
        assert value_text("perspective", CASE, t) == perspective_label("leverage-state", CASE, t)


BAD_TEXTS = ("abc", "", "-1", "-0.5", "nan", "inf", "-inf", "1e400", "1e16", "2.5", "0", "1000")


def refused(name, written):
    """Return why a link is refused a value, or nothing if it is not."""
    return link.decode({name: written}, CASE).ignored


class TestRefusals:
    @pytest.mark.parametrize("address", [*ADDRESSES, "nothing", "v", "lang"])
    def test_whatever_a_link_is_refused_has_a_sentence_of_its_own(self, address):
        for written in (*BAD_TEXTS, "x" * 100):
            for problem in refused(address, written):
                assert words_in("fr").has(f"problem.{problem.code}"), problem

    @languages
    @pytest.mark.parametrize(
        "code",
        [
            *("not_a_number", "not_an_amount", "not_a_percentage"),
            *("ambiguous", "not_a_share", "not_money", "not_whole"),
        ],
    )
    def test_so_has_whatever_a_field_is_refused(self, code, language):
        t = words_in(language)
        problem = Problem(
            where="state_aid", code=code, received="1.500", allowed="", message="unused"
        )
        text = refusal_text(problem, CASE, t)
        assert label_of("state_aid", CASE, t) in text
        assert "1.500" in text
        assert "unused" not in text

    @languages
    def test_a_year_of_prices_is_refused_with_the_numbers_that_are_of_another(self, language):
        t, template = words_in(language), load_template("adulte_relais").case
        with pytest.raises(ScenarioError) as caught:
            template.with_changes({"price_year": 2022})
        text = refusal_text(caught.value.problems[0], template, t)
        for address in template.beyond_price_index():
            assert label_of(address, template, t) in text
        assert "2005" not in text

    @languages
    def test_a_code_without_a_sentence_still_says_where_and_what(self, language):
        t = words_in(language)
        problem = Problem(
            where="state_aid", code="never_met", received="7", allowed="", message="unused"
        )
        assert refusal_text(problem, CASE, t) == t(
            "problem.other", label=label_of("state_aid", CASE, t), received="7"
        )

    @pytest.mark.parametrize(
        ("name", "written", "in_french", "in_english"),
        [
            ("deadweight", "7", "100\u00a0%", "100%"),  # and not 1.0, a share of the code
            ("deadweight", "-0.1", "0\u00a0%", "0%"),
            ("sncf_payment", "-1", "0\u00a0€", "€0"),
            ("sncf_payment", "1e16", "1\u202f000\u202f000\u202f000", "€1,000,000,000"),
            ("quiet_nights.people", "-1", "0\u00a0personne", "0\u00a0people"),
            ("balance.benefit_period", "0", "1\u00a0an", "1\u00a0year"),
            ("balance.benefit_period", "1000", "100\u00a0ans", "100\u00a0years"),
        ],
    )
    def test_a_bound_is_said_in_the_readers_unit_and_style(
        self, name, written, in_french, in_english
    ):
        (problem,) = refused(name, written)
        assert in_french in refusal_text(problem, CASE, words_in("fr"))
        assert in_english in refusal_text(problem, CASE, words_in("en"))

    @languages
    @pytest.mark.parametrize(
        ("name", "written"), [("deadweight", "7"), ("quiet_nights.people", "douze mille")]
    )
    def test_what_was_received_is_quoted_as_it_was_written(self, name, written, language):
        (problem,) = refused(name, written)
        text = refusal_text(problem, CASE, words_in(language))
        quotes = {"fr": ("«\u00a0", "\u00a0»"), "en": ("“", "”")}[language]
        assert written.join(quotes) in text

    @pytest.mark.parametrize(
        "received", ["1\u202f500 x", "1\u00a0500 x", "l'État", 'd"ici', "a\\b", "'quoted'"]
    )
    def test_spaces_and_quotes_are_not_spelled_out_as_code_does(self, received):
        problem = Problem(
            where="state_aid", code="not_a_number", received=received, allowed="", message=""
        )
        assert f"«\u00a0{received}\u00a0»" in refusal_text(problem, CASE, words_in("fr"))

    @languages
    @pytest.mark.parametrize("where", ["state_aid", "x" * 5_000])
    def test_a_long_text_or_name_is_cut(self, where, language):
        problem = Problem(
            where=where, code="not_a_number", received="y" * 5_000, allowed="", message=""
        )
        text = refusal_text(problem, CASE, words_in(language))
        assert "…" in text
        assert len(text) < 500

    @languages
    def test_holes_in_what_was_received_are_not_filled(self, language):
        (problem,) = refused("nothing {allowed}", "{label}")
        assert "{allowed}" in refusal_text(problem, CASE, words_in(language))

    @languages
    def test_a_choice_that_is_not_offered_is_answered_with_those_that_are(self, language):
        (problem,) = refused("timing", "noon")
        text = refusal_text(problem, CASE, words_in(language))
        assert "noon" in text
        assert all(option in text for option in SETTING_CHOICES["timing"])
        assert words_in(language)("timing.mid") in text
