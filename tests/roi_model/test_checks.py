"""What someone who verifies a scenario would ask: each rule speaks, and is silent once settled."""

import math
from string import Formatter

import pytest
from hypothesis import given

from roi_model import evaluate, load_case
from roi_model.case_files import scenario_from
from roi_model.checks import PREDICATES, SERIOUS, check, message, rule_book, rules
from roi_model.reference_data import published_ratios
from tests.roi_model.building import (
    RESIDENTS,
    STATE,
    TOWN,
    TRANSPORT,
    amount,
    both,
    case,
    case_data,
    cost,
    factor,
    number,
    outcome,
    people_helped,
)
from tests.roi_model.strategies import scenarios

LANGUAGES = ("fr", "en")
NOT_STATED = {"provenance": "assumed", "low": 0.0, "high": 1e6, "reason": both("Not known")}
SHARES = {"deadweight": 0.1, "displacement": 0.1, "attribution": 0.1}


def settled(*outcomes, costs=None, **stated):
    """Return a scenario that no rule speaks of, with what is given in place of its own."""
    ranged = factor("amount", 200.0, "EUR/year", low=100.0, high=300.0)
    own = [outcome("calm", ranged), amount("harm", -20.0)]
    costs = [cost("aid", 100.0)] if costs is None else costs
    return case(outcomes=outcomes or own, costs=costs, **(SHARES | stated))


def with_range(line):
    """Return an outcome whose first factor has a range, so that only the rule at hand speaks."""
    value = line["factors"][0]["value"]
    line["factors"][0] |= {"low": 0.5 * value, "high": 2 * value}
    return line


def lines(*given_lines):
    """Return outcomes with a range and an unintended one beside them."""
    return [*(with_range(line) for line in given_lines), amount("harm", -1.0)]


def in_kind(hours, price, stakeholder=STATE):
    """Return hours that are given, and what one is worth."""
    return {
        "stakeholder": stakeholder,
        "kind": "in_kind",
        **factor("hours", hours, "hour/year"),
        "price": factor("price", price, "EUR/hour"),
    }


def of_year(year, identifier="calm", euros=200.0):
    """Return an amount in prices of a year."""
    return outcome(identifier, factor("amount", euros, "EUR/year", year=year))


def cited(identifier, euros, source):
    """Return a published amount."""
    papers = {"provenance": "published", "source": source, "locator": both("On a page")}
    return outcome(identifier, factor("amount", euros, "EUR/year", **papers))


def two_sources(*outcomes):
    """Return a scenario that may cite two documents."""
    data = case_data(outcomes=lines(*outcomes), costs=[cost("aid", 100.0)], **SHARES)
    data["sources"]["other"] = data["sources"]["study"] | {"url": "https://example.org/other"}
    return scenario_from(data)


def found(scenario, rule=None, perspective=None):
    """Return what was found, by one rule where it is named."""
    findings = check(scenario, perspective=perspective)
    return [one for one in findings if rule in (None, one.rule)]


def unranged():
    """Return a scenario in which no number has a range."""
    return settled(amount("calm", 200.0), amount("harm", -1.0))


def asked(hours, price):
    return settled(costs=[cost("aid", 100.0), in_kind(hours, price)])


def with_other_cost(euros, perspective, **papers):
    return settled(
        costs=[cost("aid", 100.0), cost("fare", euros, TRANSPORT, **papers)],
        perspective=perspective,
    )


def assumed_and_typed(assumed, typed):
    """Return an assumed line and a typed one; the assumed one has its papers."""
    papers = {**NOT_STATED, "low": 0.0, "high": 1e6}
    return settled(
        *lines(amount("typed", typed)),
        outcome("guess", factor("amount", assumed, "EUR/year", **papers)),
    )


TRIGGERS = {
    # rule: (a scenario it speaks of, the same once settled, what the finding says)
    "no_deadweight": (
        settled(deadweight=0.0),
        settled(deadweight=0.1),
        (("deadweight", "calm.deadweight", "harm.deadweight"), {}),
    ),
    "all_attributed": (
        settled(attribution=0.0),
        settled(*lines(amount("calm", 200.0, attribution=0.2)), attribution=0.0),
        (("attribution", "calm.attribution", "harm.attribution"), {}),
    ),
    "one_funder": (
        with_other_cost(50.0, f"leverage-{STATE}"),
        with_other_cost(50.0, "society"),
        (("perspective", "fare"), {"stakeholder": STATE}),
    ),
    # 120 assumed beside 79 and a harm of 1: 120 / 200; then 100 beside 99 and 1: half is not more
    "rests_on_assumptions": (
        assumed_and_typed(120.0, 79.0),
        assumed_and_typed(100.0, 99.0),
        (
            ("guess",),
            {"share": 0.6, "assumed": 0.6, "balance": 0.0}
            | {"published": 0.0, "derived": 0.0, "yours": 0.4},
        ),
    ),
    # half of 199 out of 199 and a harm of 1
    "footprint_counted": (
        settled(*lines(amount("calm", 199.0, footprint=0.5))),
        settled(*lines(amount("calm", 199.0, footprint=0.5)), footprint="without"),
        (("footprint", "calm.footprint"), {"share": 0.4975}),
    ),
    # kept 0.9 ** 3 = 0.729 of 20 000 − 20, over 100
    "beyond_published": (
        settled(*lines(amount("calm", 20_001.0))),
        settled(*lines(amount("calm", 201.0))),
        ((), {"ratio": 145.8, "highest": 37.0}),
    ),
    "no_displacement": (
        settled(displacement=0.0),
        settled(*lines(amount("calm", 200.0, displacement=0.2)), displacement=0.0),
        (("displacement", "calm.displacement", "harm.displacement"), {}),
    ),
    "long_without_drop_off": (
        settled(*lines(amount("calm", 50.0, benefit_period=6)), discount_rate=0.03),
        settled(*lines(amount("calm", 50.0, benefit_period=6, drop_off=0.1)), discount_rate=0.03),
        (("calm.benefit_period", "calm.drop_off"), {"outcome": "calm", "years": 6}),
    ),
    "counted_twice": (
        settled(*lines(people_helped("calm", 20.0, 5.0), people_helped("ease", 20.0, 3.0))),
        settled(*lines(people_helped("calm", 20.0, 5.0), people_helped("ease", 21.0, 3.0))),
        (("calm", "ease"), {"outcome": "ease", "other": "calm", "stakeholder": RESIDENTS}),
    ),
    "unstated_cost": (
        with_other_cost(0.0, "society", **NOT_STATED),
        with_other_cost(0.0, "society"),
        (("fare",), {"cost": "fare"}),
    ),
    "in_kind_at_zero": (asked(10.0, 0.0), asked(10.0, 1.0), (("hours.price",), {"cost": "hours"})),
    "no_discount_rate": (
        settled(*lines(amount("calm", 200.0, benefit_period=2))),
        settled(*lines(amount("calm", 200.0, benefit_period=2)), discount_rate=0.03),
        (("discount_rate",), {"years": 2}),
    ),
    # 0.729 × (1 001 − 1) / 100 = 7.29, above 5.9 and not above 37
    "above_mean": (
        settled(*lines(amount("calm", 1_001.0))),
        settled(*lines(amount("calm", 801.0))),
        ((), {"ratio": 7.29, "mean_from": 5.0, "mean_to": 5.9}),
    ),
    "mixed_price_years": (
        settled(*lines(of_year(2015), of_year(2016, "ease", 100.0))),
        settled(*lines(of_year(2015), of_year(2016, "ease", 100.0)), price_year=2016),
        (("price_year", "calm.amount", "ease.amount"), {"first": 2015, "last": 2016}),
    ),
    "prices_beyond_index": (
        settled(*lines(of_year(2016), of_year(2024, "ease", 100.0))),
        settled(*lines(of_year(2024), of_year(2024, "ease", 100.0))),
        (("ease.amount",), {"first": 2016, "last": 2024, "numbers": "ease.amount"}),
    ),
    "other_price_year": (
        settled(*lines(of_year(2014), of_year(2016, "ease", 100.0)), price_year=2018),
        settled(*lines(of_year(2014), of_year(2016, "ease", 100.0)), price_year=2016),
        (("price_year",), {"year": 2018, "nearest": 2016}),
    ),
    "no_negative_outcome": (
        settled(with_range(amount("calm", 200.0))),
        settled(*lines(amount("calm", 200.0))),
        ((), {}),
    ),
    "no_range": (
        unranged(),
        settled(*lines(amount("calm", 200.0))),
        (("calm", "harm"), {}),
    ),
    # 199 of 200 cite one document; then 120 of 200, the other 79 another one
    "single_source": (
        two_sources(cited("calm", 120.0, "study"), cited("ease", 79.0, "study")),
        two_sources(cited("calm", 120.0, "study"), cited("ease", 79.0, "other")),
        (("calm", "ease"), {"share": 0.995, "source": "study"}),
    ),
}


class TestTheRules:
    def test_each_rule_has_its_predicate_and_each_predicate_its_rule_in_one_order(self):
        assert list(PREDICATES) == [rule.id for rule in rules()]

    def test_the_file_is_read_once(self):
        assert rule_book() is rule_book()

    def test_the_most_serious_come_first(self):
        order = [("serious", "warning", "notice").index(rule.severity) for rule in rules()]
        assert order == sorted(order)
        assert rules()[0].severity == SERIOUS

    @pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
    def test_the_holes_are_those_of_both_sentences_and_of_nothing_else(self, rule):
        for language in LANGUAGES:
            assert holes(getattr(rule.message, language)) == rule.holes.keys()
            assert not holes(getattr(rule.title, language) + getattr(rule.remedy, language))

    @pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
    def test_every_text_is_translated(self, rule):
        for text in (rule.title, rule.message, rule.remedy):
            assert text.fr != text.en

    def test_every_source_is_cited_and_every_source_cited_exists(self):
        book = rule_book()
        named = {source for rule in book.rules for source in rule.reference.source}
        assert named == book.sources.keys()

    @pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
    def test_a_rule_reads_each_of_its_thresholds_and_no_other(self, rule):
        read = set()

        class Read(dict):
            def __getitem__(self, name):
                read.add(name)
                return super().__getitem__(name)

        scenario, _, _ = TRIGGERS[rule.id]
        stated = {one.id: one.value for one in rule.thresholds}
        assert list(PREDICATES[rule.id](scenario, evaluate(scenario), Read(stated)))
        assert read == stated.keys()

    def test_a_threshold_of_ours_says_how_far_it_may_be_disputed(self):
        for rule in rules():
            assert [one.id for one in rule.thresholds if not one.low < one.high] == []


def holes(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


class TestEachRule:
    def test_every_rule_is_tried_here(self):
        assert TRIGGERS.keys() == PREDICATES.keys()

    def test_a_scenario_with_nothing_to_ask_has_no_finding(self):
        assert found(settled()) == []

    @pytest.mark.parametrize("rule", TRIGGERS)
    def test_it_speaks_alone_and_says_what_and_where(self, rule):
        scenario, _, (addresses, figures) = TRIGGERS[rule]
        (finding,) = found(scenario)
        assert (finding.rule, finding.addresses) == (rule, addresses)
        assert finding.figures == pytest.approx(figures)

    @pytest.mark.parametrize("rule", TRIGGERS)
    def test_it_is_silent_once_settled(self, rule):
        _, mended, _ = TRIGGERS[rule]
        assert found(mended) == []

    @pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
    def test_its_finding_fills_the_holes_and_no_more(self, rule):
        scenario, _, _ = TRIGGERS[rule.id]
        for finding in found(scenario, rule.id):
            unnamed = {"published", "derived", "yours"}  # the other parts of the whole
            assert finding.figures.keys() - unnamed == rule.holes.keys()
            assert finding.severity == rule.severity


class TestWhatIsNotBlamed:
    def test_a_share_on_one_line_is_enough(self):
        one_of_two = settled(*lines(amount("calm", 200.0, deadweight=0.2)), deadweight=0.0)
        assert found(one_of_two) == []

    def test_what_the_point_of_view_does_not_count_settles_nothing(self):
        # The State's own line has a deadweight; seen by the town, no line counted has one.
        own = amount("saving", 200.0, stakeholder=STATE, deadweight=0.2)
        scenario = settled(*lines(own, amount("calm", 150.0, stakeholder=TOWN)), deadweight=0.0)
        assert not found(scenario, "no_deadweight", "society")
        seen = found(scenario, "no_deadweight", f"costs-{STATE}-gains-{TOWN}")
        assert [one.addresses for one in seen] == [("deadweight", "calm.deadweight")]

    def test_nothing_valued_claims_nothing(self):
        assert found(settled(amount("calm", 0.0), deadweight=0.0)) == []
        assert found(settled(amount("calm", 9.0, basis="balance"), lines="itemised")) == []

    def test_attribution_may_also_be_what_is_credited(self):
        # Without an own share all of it is credited; with 0.8, a fifth is left to others.
        stated = {"attribution": 0.0, "attribution_means": "credited"}
        assert [one.rule for one in found(settled(**stated))] == ["all_attributed"]
        assert found(settled(*lines(amount("calm", 200.0, attribution=0.8)), **stated)) == []

    def test_five_years_are_not_beyond_five(self):
        assert found(settled(*lines(amount("c", 50.0, benefit_period=5)), discount_rate=0.03)) == []

    @pytest.mark.parametrize("years", [6, 10])
    def test_years_of_activity_are_not_a_lasting_effect(self, years):
        scenario = settled(discount_rate=0.03, activity_years=number(years))
        assert found(scenario) == []

    @pytest.mark.parametrize(
        ("one", "other", "is_asked"),
        [
            (amount("calm", 90.0), amount("ease", 90.0), True),  # one amount
            (amount("calm", 90.0), amount("ease", 80.0), False),
            # one name, in one language at least, however it is written
            (amount("calm", 90.0), amount("ease", 80.0) | {"label": both("calm")}, True),
            (amount("calm", 90.0), amount("ease", 80.0) | {"label": " Calm (FR) "}, True),
            (amount("calm", 90.0), amount("ease", -90.0) | {"label": both("calm")}, False),
            (amount("calm", 90.0), amount("ease", 90.0, stakeholder=TOWN), False),
            # one person is no coincidence; two prices tell the lines apart
            (people_helped("calm", 1.0, 90.0), people_helped("ease", 1.0, 80.0), False),
            (people_helped("calm", 1.0, 90.0), people_helped("ease", 1.0, 90.0), True),
            # as many people at the same price is one quantity in one unit of value
            (people_helped("calm", 9.0, 10.0), people_helped("ease", 9.0, 10.0), True),
            (people_helped("calm", 9.0, 10.0), people_helped("ease", 8.0, 10.0), False),
            # nine hours are not nine people, and ninety euros are neither
            (
                people_helped("calm", 9.0, 10.0),
                outcome("ease", factor("h", 9.0, "hour"), factor("p", 9.0, "EUR/hour/year")),
                False,
            ),
            (people_helped("calm", 9.0, 10.0), amount("ease", 90.0), False),
            # once is not every year
            (
                people_helped("calm", 9.0, 10.0),
                outcome("ease", factor("p", 9.0, "person"), factor("e", 10.0, "EUR/person")),
                False,
            ),
            (
                outcome("calm", factor("h", 9.0, "hour/year"), factor("e", 10.0, "EUR/hour")),
                outcome("ease", factor("h", 9.0, "hour"), factor("e", 10.0, "EUR/hour")),
                False,
            ),
        ],
    )
    def test_what_looks_like_one_change_counted_twice(self, one, other, is_asked):
        scenario = settled(*lines(amount("third", 5.0)), one, other)
        assert bool(found(scenario, "counted_twice")) == is_asked

    def test_three_alike_are_two_findings(self):
        alike = [people_helped(name, 20.0, 3.0) for name in ("calm", "ease", "rest")]
        pairs = [one.addresses for one in found(settled(*lines(*alike)), "counted_twice")]
        assert pairs == [("calm", "ease"), ("calm", "rest")]

    def test_a_cost_that_is_said_to_be_zero_is_no_cost_left_out(self):
        assert found(with_other_cost(0.0, f"leverage-{STATE}")) == []
        (finding,) = found(with_other_cost(0.0, f"leverage-{STATE}", **NOT_STATED))
        assert (finding.rule, finding.addresses) == ("one_funder", ("perspective", "fare"))

    def test_a_cost_in_kind_is_asked_about_once(self):
        # Zero and not stated: the rule on costs in kind speaks, and not the one on costs.
        given = in_kind(0.0, 20.0) | NOT_STATED
        (finding,) = found(settled(costs=[cost("aid", 100.0), given]))
        assert (finding.rule, finding.addresses) == ("in_kind_at_zero", ("hours",))

    def test_a_cost_in_kind_that_the_point_of_view_leaves_out_is_not_its_question(self):
        given = in_kind(10.0, 0.0, TRANSPORT)
        scenario = settled(costs=[cost("aid", 100.0), given])
        assert found(scenario, "in_kind_at_zero", "society")
        assert not found(scenario, "in_kind_at_zero", f"leverage-{STATE}")

    def test_footprint_of_what_is_worth_nothing_is_not_counted(self):
        # All of the line would have happened anyway: nothing of it is left to be footprint.
        hollow = amount("shops", 90.0, deadweight=1.0, footprint=1.0)
        assert found(settled(*lines(amount("calm", 200.0)), hollow)) == []

    def test_a_harm_that_is_valued_at_nothing_was_not_considered(self):
        scenario = settled(with_range(amount("calm", 200.0)), amount("harm", 0.0))
        assert [one.rule for one in found(scenario)] == ["no_negative_outcome"]

    def test_a_line_that_cites_two_documents_rests_on_neither_alone(self):
        scenario = two_sources(
            cited("calm", 120.0, "study"), cited("ease", 79.0, ["other", "study"])
        )
        assert found(scenario) == []

    def test_a_number_that_is_fixed_by_its_file_has_no_range(self):
        fixed = {"low": 100.0, "high": 300.0, "distribution": {"kind": "fixed"}}
        spread = {"distribution": {"kind": "normal", "standard_deviation": 10.0}}
        for papers, expected in ((fixed, ["no_range"]), (spread, [])):
            calm = outcome("calm", factor("amount", 200.0, "EUR/year", **papers))
            assert [one.rule for one in found(settled(calm, amount("harm", -1.0)))] == expected

    def test_two_funders_are_not_one(self):
        scenario = settled(
            costs=[cost("aid", 50.0), cost("grant", 50.0, TOWN), cost("fare", 50.0, TRANSPORT)]
        )
        assert found(scenario, perspective="public_finances") == []
        assert found(scenario, "one_funder", f"funder-{STATE}")

    def test_a_rate_that_the_timing_does_not_use_discounts_nothing(self):
        lasting = lines(amount("calm", 200.0, benefit_period=2))
        (finding,) = found(settled(*lasting, discount_rate=0.03, timing="none"))
        assert (finding.rule, finding.addresses) == ("no_discount_rate", ("timing",))

    def test_an_effect_that_does_not_outlive_its_year_needs_no_discounting(self):
        # Ten years stated, and all of it lost after the first.
        assert found(settled(*lines(amount("c", 200.0, benefit_period=10, drop_off=1.0)))) == []

    def test_the_year_of_what_is_not_counted_does_not_matter(self):
        dated = [of_year(2015), of_year(2016, "ease", 100.0) | {"basis": "balance"}]
        assert found(settled(*lines(*dated), lines="itemised")) == []

    def test_nor_does_that_of_a_cost_left_out(self):
        costs = [cost("aid", 100.0, year=2015), cost("fare", 50.0, TRANSPORT, year=2016)]
        scenario = settled(costs=costs)
        assert [one.rule for one in found(scenario)] == ["mixed_price_years"]
        assert not found(scenario, "mixed_price_years", f"leverage-{STATE}")

    def test_losses_weigh_as_much_as_gains(self):
        # A typed gain of 100 less an assumed harm of 300: three quarters are assumed.
        harm = {**NOT_STATED, "low": -400.0, "high": 0.0}
        scenario = settled(
            amount("calm", 100.0), outcome("harm", factor("amount", -300.0, "EUR/year", **harm))
        )
        (finding,) = found(scenario, "rests_on_assumptions")
        assert finding.figures["share"] == pytest.approx(0.75)

    def test_a_balance_counts_beside_the_assumptions_and_once(self):
        # 60 of balance, itself assumed, 20 assumed and 20 typed: 80 % of which 60 are a balance.
        guess = factor("amount", 60.0, "EUR/year", **NOT_STATED)
        scenario = settled(
            outcome("rest", guess, basis="balance"),
            outcome("guess", factor("amount", 20.0, "EUR/year", **NOT_STATED)),
            amount("typed", 20.0),
        )
        (finding,) = found(scenario, "rests_on_assumptions")
        named = {"share": 0.8, "assumed": 0.2, "balance": 0.6}
        others = {"published": 0.0, "derived": 0.0, "yours": 0.2}
        assert finding.figures == pytest.approx(named | others)

    def test_the_parts_it_names_are_rounded_as_a_bar_of_the_whole_is(self):
        # 42.1, 50.5 and 7.4 % are 42, 51 and 7, and what is not sound is 58.
        scenario = settled(
            outcome("rest", factor("amount", 505.0, "EUR/year", **NOT_STATED), basis="balance"),
            outcome("guess", factor("amount", 74.0, "EUR/year", **NOT_STATED)),
            amount("typed", 421.0),
        )
        (finding,) = found(scenario, "rests_on_assumptions")
        assert message(finding, scenario, "en").startswith("58% of")
        assert "(7%)" in message(finding, scenario, "en")
        assert "(51%)" in message(finding, scenario, "en")

    def test_without_a_cost_there_is_no_ratio_to_compare(self):
        assert found(settled(*lines(amount("calm", 1e6)), costs=[])) == []

    def test_an_unknown_point_of_view_is_refused(self):
        with pytest.raises(KeyError):
            check(settled(), perspective="nobody")


class TestPromevil:
    @pytest.fixture
    def promevil(self):
        return load_case("promevil")

    def test_what_is_found_from_its_own_settings(self, promevil):
        assert [(one.severity, one.rule) for one in check(promevil)] == [
            ("serious", "no_deadweight"),
            ("serious", "all_attributed"),
            ("serious", "one_funder"),
            ("serious", "rests_on_assumptions"),
            ("serious", "footprint_counted"),
            ("warning", "no_displacement"),
            ("notice", "above_mean"),
            ("notice", "mixed_price_years"),
            ("notice", "no_negative_outcome"),
            ("notice", "single_source"),
        ]

    def test_the_state_alone_is_in_the_denominator(self, promevil):
        (finding,) = found(promevil, "one_funder")
        assert finding.figures == {"stakeholder": "state"}
        assert finding.addresses == ("perspective", "sncf_payment", "towns_payment")

    def test_seen_by_society_the_other_costs_are_the_question(self, promevil):
        costs = [one.addresses for one in found(promevil, "unstated_cost", "society")]
        assert costs == [("sncf_payment",), ("towns_payment",)]
        assert not found(promevil, "one_funder", "society")

    def test_58_percent_rest_on_assumptions_and_the_balance(self, promevil):
        # 10.195 of balance and 0.788 + 0.102 + 0.615 assumed, of 20.2
        (finding,) = found(promevil, "rests_on_assumptions")
        named = {"share": 11.7 / 20.2, "assumed": 1.505 / 20.2, "balance": 10.195 / 20.2}
        others = {"published": 8.5 / 20.2, "derived": 0.0, "yours": 0.0}
        assert finding.figures == pytest.approx(named | others)
        assert not found(promevil.with_changes({"lines": "itemised"}), "rests_on_assumptions")

    def test_up_to_54_percent_are_held_to_be_footprint(self, promevil):
        # the indirect jobs and, in the prudent reading, all of the balance: 0.615 + 10.195
        (finding,) = found(promevil, "footprint_counted")
        assert finding.figures == pytest.approx({"share": 10.81 / 20.2})

    def test_the_ratio_is_above_the_mean_and_within_what_is_published(self, promevil):
        (finding,) = found(promevil, "above_mean")
        stated = {name: published_ratios().figure(name).value for name in ("mean_from", "mean_to")}
        assert finding.figures == pytest.approx({"ratio": 20.2 / 1.5, **stated})
        # 1.5 M€ for 20.2 M€ would be beyond 37 at an aid below 0.546 M€
        (beyond,) = found(promevil.with_changes({"state_aid": 5e5}), "beyond_published")
        assert beyond.figures == pytest.approx({"ratio": 40.4, "highest": 37.0})

    def test_97_percent_come_from_the_article(self, promevil):
        # all but the indirect jobs, whose value of a job has two other sources
        (finding,) = found(promevil, "single_source")
        assert finding.figures == {"share": pytest.approx(19.585 / 20.2), "source": "parisien_2017"}

    def test_prices_are_of_two_years_until_one_of_them_is_chosen(self, promevil):
        (finding,) = found(promevil, "mixed_price_years")
        assert finding.figures == {"first": 2015, "last": 2016}
        converted = {one.rule for one in check(promevil.with_changes({"price_year": 2016}))}
        assert not converted & {"mixed_price_years", "other_price_year"}

    def test_answering_its_questions_leaves_what_only_documents_can_settle(self, promevil):
        answered = promevil.with_changes(
            {
                **SHARES,
                "lines": "itemised",
                "perspective": "society",
                "sncf_payment": 1e6,
                "towns_payment": 1e6,
                "price_year": 2016,
            }
        )
        rules_left = [one.rule for one in check(answered)]
        assert rules_left == ["no_negative_outcome", "no_range", "single_source"]


class TestSentences:
    def test_a_finding_is_a_sentence_in_each_language(self):
        promevil = load_case("promevil")
        said = {one.rule: [message(one, promevil, x) for x in LANGUAGES] for one in check(promevil)}
        french, english = said["one_funder"]
        assert "« État »" in french
        assert "“State”" in english
        assert "13,47" in said["above_mean"][0]
        assert "5,9 " in said["above_mean"][0]
        assert "13.47" in said["above_mean"][1]
        assert said["rests_on_assumptions"][0].startswith("58\N{NO-BREAK SPACE}% de la valeur")
        assert said["rests_on_assumptions"][1].startswith("58% of the value")
        assert promevil.sources["parisien_2017"].title in said["single_source"][1]

    @pytest.mark.parametrize("rule", TRIGGERS)
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_no_hole_is_left_in_it(self, rule, language):
        scenario, _, _ = TRIGGERS[rule]
        for finding in found(scenario):
            sentence = message(finding, scenario, language)
            assert not set("{}") & set(sentence)
            assert "nan" not in sentence


@given(scenarios(negative=True))
def test_checking_never_fails_and_points_only_at_what_exists(scenario):
    known = {
        *scenario.choices(),
        *(address for address, _ in scenario.parameters()),
        *(outcome.id for outcome in scenario.outcomes),
    }
    for finding in check(scenario):
        assert known.issuperset(finding.addresses), finding
        numbers = [one for one in finding.figures.values() if not isinstance(one, str)]
        assert not any(math.isnan(one) for one in numbers), finding
        assert message(finding, scenario, "fr") != message(finding, scenario, "en")


@given(scenarios())
def test_a_case_free_of_questions_on_shares_stays_so_when_more_is_deducted(scenario):
    deducted = scenario.with_changes(dict.fromkeys(SHARES, 0.5))
    rules_found = {one.rule for one in check(deducted)}
    assert not rules_found & {"no_deadweight", "no_displacement", "all_attributed"}
