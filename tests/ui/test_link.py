"""The address carries the whole scenario, and nothing bad in an address is dropped in silence."""

import math
import random
import re
import string
from urllib.parse import parse_qs, parse_qsl, urlencode

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from roi_model import evaluate
from roi_model.editing import Edits, duplicated, edits_of, without
from roi_model.parameters import Duration
from tests.roi_model.building import amount, case, cost
from tests.ui.changing import (
    ADDRESSES,
    CASE,
    CHOICES,
    NUMBERS,
    changes_of_the_case,
    with_choices_of,
)
from ui.ledger import stamp_for
from ui.link import (
    COMPARED,
    LONGEST_VALUE,
    MOST_NAMES,
    VERSION,
    Announced,
    address_of,
    allowed_changes,
    decode,
    encode,
    gives_back,
    has_moved,
    opened,
)
from ui.packing import packed
from ui.words import LANGUAGES

many = settings(max_examples=150, deadline=None)


class TestAGoodLink:
    @many
    @given(changes=changes_of_the_case(), language=st.sampled_from(LANGUAGES))
    def test_gives_back_the_changes_and_the_language_it_was_made_of(self, changes, language):
        link = decode(encode(changes, language), CASE)
        assert link.changes == changes
        assert link.language == language
        assert link.ignored == ()

    @many
    @given(changes=changes_of_the_case(), language=st.sampled_from(LANGUAGES))
    def test_survives_being_written_in_a_real_address(self, changes, language):
        address = urlencode(encode(changes, language))
        query = {name: values[-1] for name, values in parse_qs(address).items()}
        assert decode(query, CASE).changes == changes

    @many
    @given(changes=changes_of_the_case())
    def test_gives_the_very_same_scenario(self, changes):
        link = decode(encode(changes, "fr"), CASE)
        assert CASE.with_changes(link.changes) == CASE.with_changes(changes)

    @many
    @given(changes=changes_of_the_case())
    def test_says_nothing_that_the_case_says_already(self, changes):
        usual = with_choices_of(changes)
        everything = {address: usual.value_at(address) for address in ADDRESSES} | changes
        kept, refused = allowed_changes(CASE, everything)
        assert kept == changes
        assert refused == ()

    def test_of_the_untouched_case_holds_only_its_version_and_the_language(self):
        assert encode({}, "fr") == {"v": VERSION, "lang": "fr"}

    def test_is_readable(self):
        changes = {
            "quiet_nights.people": 1_200.0,
            "deadweight": 0.25,
            "state_aid": 1_600_000.5,
            "lines": "itemised",
            "years_covered": 2,
            "work_integration.benefit_period": 5,
        }
        assert urlencode(encode(changes, "en")) == (
            "v=1&lang=en&deadweight=0.25&lines=itemised&quiet_nights.people=1200"
            "&state_aid=1600000.5&work_integration.benefit_period=5&years_covered=2"
        )

    def test_is_the_same_whatever_the_order_of_the_changes(self):
        one = {"deadweight": 0.1, "lines": "itemised"}
        other = dict(reversed(one.items()))
        assert list(encode(one, "fr").items()) == list(encode(other, "fr").items())

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_calls_every_number_and_choice_by_words(self, address):
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*(\.[a-z]+(_[a-z]+)*)?", address)

    @many
    @given(value=st.floats(0, 1e15))
    def test_keeps_a_number_to_its_last_digit_and_with_a_decimal_point(self, value):
        written = encode({"state_aid": value}, "fr")["state_aid"]
        assert float(written) == value
        assert len(written) <= LONGEST_VALUE
        assert re.fullmatch(r"\d+(\.\d+)?(e[+-]?\d+)?", written)

    def test_with_every_number_and_choice_changed_is_not_too_long_to_read(self):
        changes = {
            address: parameter.value + 1 if isinstance(parameter, Duration) else 0.123456789012345
            for address, parameter in NUMBERS.items()
        } | {address: CHOICES[address][-1] for address in CHOICES}
        changes |= {"perspective": "society", "footprint": "without", "drop_off_from": 1}
        differing = {name: value for name, value in changes.items() if value != CASE.value_at(name)}
        link = decode(encode(differing, "fr"), CASE)
        assert link.changes == differing
        assert link.ignored == ()


GOOD = {"state_aid": "1600000", "lines": "itemised"}
BAD = {
    "a word for a number": ("quiet_nights.people", "many", "not_a_number"),
    "nothing for a number": ("quiet_nights.people", "", "not_a_number"),
    "a decimal comma": ("deadweight", "0,25", "not_a_number"),
    "not a number": ("deadweight", "nan", "finite_number"),
    "an infinite amount": ("sncf_payment", "inf", "finite_number"),
    "more than a double holds": ("sncf_payment", "1e999", "finite_number"),
    "less than infinity": ("quiet_nights.people", "-inf", "finite_number"),
    "a share above 1": ("deadweight", "7", "less_than_equal"),
    "a share below 0": ("attribution", "-0.1", "greater_than_equal"),
    "a negative cost": ("sncf_payment", "-1", "greater_than_equal"),
    "a negative quantity": ("quiet_nights.people", "-1", "negative_quantity"),
    "an amount nobody has": ("sncf_payment", "1e16", "less_than_equal"),
    "half a year": ("balance.benefit_period", "2.5", "int_type"),
    "no year": ("balance.benefit_period", "0", "greater_than_equal"),
    "a thousand years": ("balance.benefit_period", "1000", "less_than_equal"),
    "years without end": ("balance.benefit_period", "inf", "int_type"),
    "another choice": ("timing", "noon", "not_a_choice"),
    "a point of view of nobody": ("perspective", "funder-nobody", "not_a_choice"),
    "a point of view of one who does not pay": ("perspective", "funder-health", "not_a_choice"),
    "a name of nothing": ("nothing", "1", "unknown_address"),
    "a name of nothing with a word": ("nothing", "at all", "unknown_address"),
    "an outcome instead of its factor": ("quiet_nights", "1", "unknown_address"),
    "a name inside": ("costs[state_aid].value", "1", "unknown_address"),
    "an empty name": ("", "1", "unknown_address"),
    "a published figure, which is no input": ("total_return", "1", "unknown_address"),
    "another version": ("v", "2", "other_version"),
    "another language": ("lang", "de", "not_a_choice"),
    "a long value": ("deadweight", "0." + "1" * LONGEST_VALUE, "too_long"),
    "another case of the name": ("Deadweight", "0.1", "unknown_address"),
    "markup": ("<b>deadweight</b>", "1", "unknown_address"),
}


class TestABadLink:
    @pytest.mark.parametrize(("name", "written", "code"), BAD.values(), ids=BAD.keys())
    def test_is_told_by_name_and_keeps_what_is_good_in_it(self, name, written, code):
        link = decode({**GOOD, name: written}, CASE)
        (problem,) = link.ignored
        assert problem.where == name
        assert problem.code == code
        assert link.changes == {"state_aid": 1_600_000, "lines": "itemised"}

    def test_has_each_of_its_faults_named(self):
        query = {name: written for name, written, _ in BAD.values()} | GOOD
        link = decode(query, CASE)
        assert {problem.where for problem in link.ignored} == query.keys() - GOOD.keys()
        assert link.changes == {"state_aid": 1_600_000, "lines": "itemised"}

    def test_of_another_language_states_none(self):
        assert decode({"lang": "de"}, CASE).language is None
        assert decode({}, CASE).language is None

    def test_of_another_version_keeps_its_language(self):
        assert decode({"v": "0", "lang": "en"}, CASE).language == "en"

    def test_with_more_names_than_a_scenario_has_is_cut_and_the_rest_named(self):
        query = {f"name_{position}": "1" for position in range(MOST_NAMES + 5)}
        link = decode(query, CASE)
        assert {problem.where for problem in link.ignored} == query.keys()
        cut = [problem.where for problem in link.ignored if problem.code == "too_long"]
        assert cut == [f"name_{position}" for position in range(MOST_NAMES, MOST_NAMES + 5)]

    def test_a_value_equal_to_the_cases_is_no_change_and_no_fault(self):
        link = decode({"state_aid": "1500000", "lines": "all", "years_covered": "1"}, CASE)
        assert (link.changes, link.ignored) == ({}, ())

    names = st.one_of(
        st.text(max_size=30),
        st.sampled_from([*ADDRESSES, "v", "lang"]),
        st.sampled_from(ADDRESSES).map(lambda address: f"{address}.value"),
    )
    written = st.one_of(
        st.text(max_size=70),
        st.floats().map(str),
        st.integers().map(str),
        st.sampled_from(["nan", "-inf", "1e309", "1_000", " 5 ", "٣", "0x1", "true", "None"]),
    )

    @settings(max_examples=400, deadline=None)
    @given(st.dictionaries(names, written, max_size=10))
    @example({"quiet_nights.people": "nan"})
    @example({"balance.benefit_period": "1e308"})
    def test_never_raises_and_accounts_for_every_name(self, query):
        link = decode(query, CASE)
        changed = CASE.with_changes(link.changes)
        ignored = {problem.where for problem in link.ignored}
        for name in query.keys() - {"v", "lang"}:
            assert (name in link.changes) + (name in ignored) <= 1
            if name not in link.changes and name not in ignored:
                assert name in ADDRESSES
                assert changed.value_at(name) == CASE.value_at(name)
        for value in link.changes.values():
            assert isinstance(value, str) or math.isfinite(value)


def test_changes_that_the_case_refuses_are_named_and_the_others_kept():
    kept, refused = allowed_changes(CASE, {"deadweight": 2.0, "sncf_payment": 5.0, "no": 1.0})
    assert kept == {"sncf_payment": 5.0}
    assert {problem.where for problem in refused} == {"deadweight", "no"}


def load(name):
    return {"promevil": CASE, "other": OTHER}[name]


OTHER = case(outcomes=[amount("calm", 300)], costs=[cost("aid", 100)]).model_copy(
    update={"id": "other"}
)


class TestAnAddress:
    @many
    @given(changes=changes_of_the_case(), language=st.sampled_from(LANGUAGES))
    def test_opens_the_scenario_and_the_language_it_was_made_of(self, changes, language):
        scenario = CASE.with_changes(changes)
        address = address_of(CASE, edits_of(CASE, scenario), language, 13.4667)
        found = opened(address, load)
        assert (found.scenario, found.case, found.language) == (scenario, CASE, language)
        assert (found.ignored, found.announced) == ((), Announced(ratio=13.47, changes=()))

    def test_names_any_case_but_the_usual_one(self):
        assert "case" not in address_of(CASE, Edits(), "fr", 1)
        address = address_of(OTHER, Edits(), "fr", 3)
        assert address == {
            "v": VERSION,
            "lang": "fr",
            "case": "other",
            "data": stamp_for(OTHER),
            "ratio": "3.00",
        }
        assert opened(address, load).scenario == OTHER

    def test_is_readable_as_long_as_only_numbers_differ(self):
        scenario = CASE.with_changes({"quiet_nights.people": 1_200})
        address = address_of(CASE, edits_of(CASE, scenario), "fr", 13.57)
        assert address["quiet_nights.people"] == "1200"
        assert "edits" not in address

    def test_holds_what_was_added_and_taken_away(self):
        scenario = without(duplicated(CASE, "quiet_nights"), "balance")
        address = address_of(CASE, edits_of(CASE, scenario), "fr", 7)
        assert address.keys() == {"v", "lang", "edits", "data", "ratio"}
        assert opened(address, load).scenario == scenario

    def test_of_a_comparison_opens_the_scenario_alone(self):
        address = address_of(CASE, Edits(), "fr", 13.4667)
        assert opened(address | {COMPARED: "2AAAA"}, load) == opened(address, load)

    def test_that_would_be_too_long_is_none(self):
        chance = random.Random(0)
        said = ["".join(chance.choices(string.ascii_letters, k=100)) for _ in range(200)]
        own = case(
            outcomes=[amount(f"line_{at}", 1) | {"label": text} for at, text in enumerate(said)]
        )
        assert address_of(CASE, edits_of(CASE, own), "fr", 1) is None

    def test_is_given_only_where_it_opens_the_very_scenario(self):
        changed = duplicated(CASE, "quiet_nights").with_changes({"deadweight": 0.5})
        without_posts = CASE.model_copy(update={"funding": None})
        assert gives_back(CASE, edits_of(CASE, changed), changed)
        assert gives_back(CASE, edits_of(CASE, without_posts), without_posts)
        for other in (
            CASE.model_copy(update={"currency": "GBP"}),
            OTHER,
        ):
            assert not gives_back(CASE, edits_of(CASE, other), other)

    @pytest.mark.parametrize(
        "scenario",
        [
            CASE.with_changes({"quiet_nights.people": 2000, "state_aid": 1_234_000}),
            duplicated(CASE, "quiet_nights"),
            OTHER.with_changes({"aid": 50}),
        ],
    )
    def test_cut_on_its_way_says_so_wherever_it_was_cut(self, scenario):
        case = load(scenario.id)
        ratio = evaluate(scenario).ratio
        sent = urlencode(address_of(case, edits_of(case, scenario), "fr", ratio))
        for end in range(sent.index("&ratio=") + len("&ratio=x"), len(sent)):
            found = opened(dict(parse_qsl(sent[:end], keep_blank_values=True)), load)
            is_said = found.ignored or has_moved(
                found.announced.ratio, evaluate(found.scenario).ratio
            )
            assert is_said or f"{evaluate(found.scenario).ratio:.2f}" == f"{ratio:.2f}", end

    def test_of_an_undefined_ratio_announces_none(self):
        address = address_of(CASE, Edits(), "fr", math.nan)
        assert opened(address, load).announced.ratio is None

    @pytest.mark.parametrize(
        ("query", "where", "code"),
        [
            ({"case": "atlantis"}, "case", "unknown_case"),
            ({"edits": "1AAAA"}, "edits", "unreadable_edits"),
            ({"edits": ""}, "edits", "unreadable_edits"),
            ({"data": "55d8"}, "data", "cut_stamp"),
            # edits of another case, which do not fit this one
            (
                {"edits": packed(edits_of(OTHER, duplicated(OTHER, "calm")))},
                "edits",
                "unreadable_edits",
            ),
        ],
    )
    def test_that_cannot_be_followed_opens_the_case_and_says_so(self, query, where, code):
        found = opened(query | {"deadweight": "0.5"}, load)
        assert [(one.where, one.code) for one in found.ignored] == [(where, code)]
        assert found.scenario == CASE.with_changes({"deadweight": 0.5})

    def test_is_believed_no_further_than_the_reader_of_it_believes(self):
        scenario = duplicated(CASE, "quiet_nights")
        address = address_of(CASE, edits_of(CASE, scenario), "fr", 1)
        assert opened(address, load, lambda _: Edits()).scenario == CASE

    @pytest.mark.parametrize("written", ["nan", "inf", "a lot", "", "1e999"])
    def test_announces_no_ratio_that_is_none(self, written):
        assert opened({"ratio": written}, load).announced.ratio is None

    def test_has_moved_when_its_two_decimals_have(self):
        assert has_moved(13.47, 20.3 / 1.5)
        assert not has_moved(13.47, 20.2 / 1.5)
        assert has_moved(13.47, math.nan)
