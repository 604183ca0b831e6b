"""What a budget buys, what a ratio needs, what goes with a funder: worked by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roi_model import ScenarioError, load_case
from roi_model.budget import (
    elasticities_to_compare,
    growth_lines,
    perspective_that_counts_posts,
    posts_at_ratio,
    posts_to_compare,
    price_gap,
    target_to_begin_with,
    what_a_budget_buys,
    withdrawals,
)
from roi_model.funding import funding_case
from tests.roi_model.building import STATE, TOWN, cost
from tests.roi_model.test_funding import funded

PROMEVIL = load_case("promevil")


class TestABudget:
    def test_buys_whole_posts_and_leaves_the_rest(self):
        # 100 000 / 7 500 = 13.3: 13 posts at 97 500 €; 20.2 M€ × 13 / 200
        bought = what_a_budget_buys(PROMEVIL, 100_000)
        assert (bought.posts, bought.cost_per_post) == (13, 7_500)
        assert bought.left == pytest.approx(2_500)
        assert bought.case.added_benefits == pytest.approx(1_313_000)

    def test_of_exactly_some_posts_buys_all_of_them(self):
        bought = what_a_budget_buys(funded(per_post=0.1), 0.3)
        assert (bought.posts, bought.left) == (3, pytest.approx(0))

    def test_is_the_payers_and_other_costs_come_on_top(self):
        bought = what_a_budget_buys(funded(elasticity=1), 350)
        assert (bought.posts, bought.left) == (3, 50)
        assert bought.case.added_costs == 360  # 3 × (100 + 200 / 10)
        held = what_a_budget_buys(funded(elasticity=1), 350, other_costs="held")
        assert held.case.added_costs == 300

    def test_too_small_for_a_post_buys_none(self):
        bought = what_a_budget_buys(PROMEVIL, 7_499)
        assert (bought.posts, bought.left) == (0, 7_499)
        assert bought.case.added_benefits == 0

    def test_is_in_the_prices_that_the_scenario_is_read_in(self):
        scenario = PROMEVIL.with_changes({"price_year": 2020})
        assert what_a_budget_buys(scenario, 1e6).cost_per_post > 7_500  # prices rose after 2016

    @pytest.mark.parametrize(
        ("scenario", "budget", "where"),
        [
            (PROMEVIL, -1.0, "budget"),
            (PROMEVIL, math.nan, "budget"),
            (funded(per_post=0), 100.0, "funding.cost_per_post"),
            (funded(per_post=1e-300), 100.0, "funding.cost_per_post"),
        ],
    )
    def test_that_is_none_is_refused(self, scenario, budget, where):
        with pytest.raises(ScenarioError) as refused:
            what_a_budget_buys(scenario, budget)
        assert refused.value.problems[0].where == where


class TestATargetRatio:
    def test_is_held_up_to_the_posts_at_which_the_average_has_fallen_to_it(self):
        # 13.47 × (n / 200) ** -0.5 = 10: n = 200 × 1.3467 ** 2 = 362.7
        found = posts_at_ratio(PROMEVIL, 10, "average", elasticity=0.5)
        assert found.up_to_posts == pytest.approx(200 * (20.2 / 15) ** 2)
        assert (found.status, found.from_posts, found.whole_up_to) == ("found", None, 362)
        assert found.is_held

    def test_is_held_up_to_the_posts_at_which_the_marginal_has_fallen_to_it(self):
        # x = n / 200: 13.47 (√x - 1) / (x - 1) = 13.47 / (√x + 1) = 5: √x = 1.693
        found = posts_at_ratio(PROMEVIL, 5, "marginal", elasticity=0.5)
        assert found.up_to_posts == pytest.approx(200 * (20.2 / 1.5 / 5 - 1) ** 2)
        assert found.now == pytest.approx(20.2 / 1.5 / 2)  # of the next part of a post

    def test_may_be_held_with_fewer_posts_alone(self):
        found = posts_at_ratio(PROMEVIL, 20, "average", elasticity=0.5)
        assert found.up_to_posts == pytest.approx(200 * (20.2 / 30) ** 2)
        assert not found.is_held

    def test_may_be_held_between_two_numbers_of_posts(self):
        # With x = √(n / 10) and 750 that others pay: 4 000 x = 2 (750 + 1 000 x²), x = 0.5 or 1.5
        found = posts_at_ratio(
            funded(costs=[cost("aid", 1_000), cost("grant", 750, TOWN)]),
            2,
            "average",
            other_costs="held",
        )
        assert (found.from_posts, found.up_to_posts) == (pytest.approx(2.5), pytest.approx(22.5))
        assert (found.whole_from, found.whole_up_to) == (3, 22)

    def test_counts_what_other_costs_add_too(self):
        # 4 000 of 10 × 100 + 200 a year: the next part of a post brings half of 3.33
        found = posts_at_ratio(funded(), 2, "marginal")
        assert found.now == pytest.approx(2_000 / 1_200)

    def test_does_not_depend_on_the_posts_when_effects_are_proportional(self):
        for ratio in ("marginal", "average"):
            found = posts_at_ratio(PROMEVIL, 10, ratio)
            assert (found.status, found.up_to_posts) == ("no_effect", None)
            assert found.now == pytest.approx(20.2 / 1.5)

    def test_may_be_out_of_reach(self):
        assert posts_at_ratio(PROMEVIL, 1, "average", elasticity=0.5).status == "not_possible"

    def test_is_undefined_without_a_cost(self):
        found = posts_at_ratio(
            funded(), 2, "marginal", perspective=f"leverage-{TOWN}", other_costs="held"
        )
        assert found.status == "undefined"

    def test_above_0_is_asked_for(self):
        with pytest.raises(ValueError, match="above 0"):
            posts_at_ratio(PROMEVIL, 0, "average")


class TestAWithdrawal:
    def test_takes_posts_and_value_in_proportion_of_its_euros(self):
        # The aid is 1 000 of 1 200: of 10 posts 1.67 are left; (1/6) ** 1 of 4 000
        aid, grant = withdrawals(funded(elasticity=1))
        assert (aid.stakeholder, grant.stakeholder) == (STATE, TOWN)
        assert aid.share_of_costs == pytest.approx(5 / 6)
        assert (aid.posts_lost, aid.posts_left) == (pytest.approx(50 / 6), pytest.approx(10 / 6))
        assert aid.value_lost == pytest.approx(4_000 * 5 / 6)
        assert aid.value_lost_per_euro == pytest.approx(4_000 / 1_200)
        assert grant.value_lost_per_euro == pytest.approx(4_000 / 1_200)

    def test_loses_less_when_returns_diminish(self):
        # 1 - (5 / 6) ** 0.5
        grant = withdrawals(funded(), elasticity=0.5)[1]
        assert grant.value_lost == pytest.approx(4_000 * (1 - math.sqrt(5 / 6)))

    def test_of_the_only_payer_takes_all(self):
        (state,) = withdrawals(PROMEVIL, elasticity=0.5)
        assert (state.posts_left, state.value_lost) == (0, pytest.approx(20_200_000))
        assert state.own_value_lost == pytest.approx(3_202_000)

    @given(st.floats(1, 1e7), st.floats(0.1, 1))
    def test_never_takes_more_than_there_is(self, paid, elasticity):
        scenario = PROMEVIL.with_changes({"sncf_payment": paid})
        for one in withdrawals(scenario, elasticity=elasticity):
            assert 0 <= one.own_value_lost <= one.value_lost <= 20_200_000 * (1 + 1e-9)


def test_growth_lines_have_a_value_for_each_number_of_posts():
    flat, straight = growth_lines(funded(), [10, 40], [0.5, 1.0])
    assert straight.when_doubled == 2
    assert flat.when_doubled == pytest.approx(math.sqrt(2))
    assert flat.added_benefits == (0, 4_000)
    assert straight.added_benefits == (0, 12_000)
    assert math.isnan(flat.marginal_ratios[0])  # nothing is added
    assert straight.marginal_ratios[1] == pytest.approx(12_000 / 3_600)
    (held,) = growth_lines(funded(), [10, 40], [1.0], other_costs="held")
    assert held.marginal_ratios[1] == pytest.approx(12_000 / 3_000)


def test_the_elasticities_compared_span_the_stated_range():
    stated = PROMEVIL.funding.elasticity
    assert elasticities_to_compare(1.0, stated) == (1.0, 0.75, 0.5)
    assert elasticities_to_compare(0.6, stated) == (1.0, 0.6, 0.5)
    assert elasticities_to_compare(1.2, stated) == (1.2, 1.0, 0.75, 0.5)
    assert elasticities_to_compare(0.8, stated.replaced(0.8)) == (0.8,)


@given(st.floats(0.1, 1e15), st.floats(0, 1e15))
def test_the_posts_to_choose_from_hold_those_of_today_and_are_few(now, wanted):
    choices = posts_to_compare(now, wanted, PROMEVIL.funding.posts_wanted)
    assert {now, wanted} <= set(choices)
    assert list(choices) == sorted(choices)
    assert len(choices) <= 204


def test_the_posts_to_choose_from_are_whole_and_around_those_of_today():
    stated = PROMEVIL.funding.posts_wanted
    assert posts_to_compare(4, 5, stated) == tuple(map(float, range(2, 9)))
    assert posts_to_compare(4, 12, stated.replaced(12)) == tuple(map(float, range(2, 13)))
    assert posts_to_compare(200, 210, stated) == tuple(map(float, range(150, 301)))  # as stated


def test_a_target_to_begin_with_is_below_the_ratio_and_not_below_1():
    assert target_to_begin_with(20.2 / 1.5) == 10
    assert target_to_begin_with(0.4) == 1
    assert target_to_begin_with(math.nan) == 1


def test_a_point_of_view_that_counts_no_post_gives_way_to_its_payers():
    assert perspective_that_counts_posts(PROMEVIL) == "leverage-state"
    society = PROMEVIL.with_changes({"perspective": "society"})
    assert perspective_that_counts_posts(society) == "society"
    sncf = PROMEVIL.with_changes({"perspective": "funder-sncf"})
    assert perspective_that_counts_posts(sncf) == "leverage-state"


def test_a_price_that_todays_posts_do_not_have_is_noticed():
    assert price_gap(PROMEVIL) is None
    dear = PROMEVIL.with_changes({"funding.cost_per_post": 22_500.0})
    assert price_gap(dear) == (pytest.approx(4_500_000), pytest.approx(1_500_000))
    # 180 posts fewer would save 4 050 000 €, more than is paid: there is no ratio of that
    assert math.isnan(funding_case(dear, posts=20).average_ratio)
