"""What more posts cost and bring, worked by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roi_model import ScenarioError, evaluate, load_case
from roi_model.case_files import case_from, case_text, scenario_from
from roi_model.editing import edited, edits_of
from roi_model.funding import (
    cost_counted_in_posts,
    funding_case,
    with_funding,
    yearly_cost_per_post,
)
from roi_model.templates import load_template
from tests.roi_model.building import STATE, TOWN, amount, case, case_data, cost, factor, number


def funded(*, posts=10, wanted=40, per_post=100, elasticity=0.5, outcomes=None, costs=None, **more):
    outcomes = outcomes or [amount("calm", 4_000)]
    costs = costs or [cost("aid", 1_000), cost("grant", 200, TOWN)]
    return scenario_from(
        case_data(outcomes=outcomes, costs=costs, **more)
        | {
            "funding": {
                "cost": "aid",
                "posts": factor("posts", posts, "staff"),
                "posts_wanted": factor("posts_wanted", wanted, "staff"),
                "cost_per_post": factor("cost_per_post", per_post, "EUR/staff/year"),
                "elasticity": number(elasticity),
            }
        }
    )


def test_four_times_the_posts_with_an_elasticity_of_a_half_double_the_effects():
    found = funding_case(funded())
    assert found.added_other_costs == 600  # 30 times a tenth of the grant of 200
    assert found.added_costs == 3_600  # 30 posts at 100 too
    assert found.added_benefits == 4_000  # (40 / 10) ** 0.5 - 1 = 1
    assert found.marginal_ratio == pytest.approx(4_000 / 3_600)
    assert found.average_ratio_now == pytest.approx(4_000 / 1_200)
    assert found.average_ratio == pytest.approx(8_000 / 4_800)
    assert found.net_present_value_added == 400


def test_other_costs_of_every_year_follow_the_posts_or_are_held():
    # 40 posts for 10: 4 000 becomes 16 000, the aid of 1 000 grows by 3 000
    office = cost("office", 50, TOWN) | {"unit": "EUR"}
    costs = [cost("aid", 1_000), cost("grant", 200, TOWN), office]
    scenario = funded(elasticity=1, costs=costs)
    follow = funding_case(scenario)
    assert (follow.costs_following, follow.costs_held) == (("grant",), ("office",))
    assert (follow.added_costs, follow.added_other_costs) == (3_600, 600)
    held = funding_case(scenario, other_costs="held")
    assert (held.costs_following, held.costs_held) == ((), ("grant", "office"))
    assert (held.added_costs, held.added_other_costs) == (3_000, 0)
    assert held.marginal_ratio == 4  # 12 000 / 3 000, beside 4 000 / 1 250 on average
    # Whose costs do not count neither follow nor are held.
    state = funding_case(scenario, perspective=f"leverage-{STATE}")
    assert (state.costs_following, state.costs_held, state.added_costs) == ((), (), 3_000)


@given(st.floats(1, 1e6), st.floats(0, 1e6), st.floats(0.1, 1e3), st.integers(1, 5))
def test_where_all_is_in_proportion_the_next_post_brings_what_the_average_one_does(
    price, granted, wanted, years
):
    costs = [cost("aid", 10 * price), cost("grant", granted, TOWN)]
    scenario = funded(
        elasticity=1, per_post=price, costs=costs, activity_years=number(years), discount_rate=0.1
    )
    found = funding_case(scenario, posts=10 + wanted)
    assert found.marginal_ratio == pytest.approx(found.average_ratio_now)
    assert found.average_ratio == pytest.approx(found.average_ratio_now)


def test_fewer_posts_save_and_lose():
    # (2.5 / 10) ** 0.5 = 0.5: half the effects for 7.5 posts less
    found = funding_case(funded(), posts=2.5)
    assert (found.added_benefits, found.added_costs) == (-2_000, -900)  # 7.5 × (100 + 200 / 10)
    assert found.marginal_ratio == pytest.approx(2_000 / 900)


def test_an_outcome_follows_its_own_elasticity_unless_one_is_set_for_all():
    scenario = funded(outcomes=[amount("calm", 4_000), amount("jobs", 100, elasticity=1.0)])
    jobs = funding_case(scenario).by_outcome[1]
    assert (jobs.elasticity, jobs.multiplier, jobs.added_value) == (1, 4, 300)
    assert {one.multiplier for one in funding_case(scenario, elasticity=0).by_outcome} == {1}


def test_years_and_their_discounting_bear_on_the_posts_too():
    scenario = funded(elasticity=1, activity_years=number(2), discount_rate=0.25)
    found = funding_case(scenario)
    assert found.added_costs == pytest.approx(3_600 * (1 + 1 / 1.25))  # paid at the start
    assert found.added_benefits == pytest.approx(3 * 4_000 * (1 / 1.25 + 1 / 1.25**2))


def test_who_does_not_count_as_payer_adds_no_cost():
    found = funding_case(funded(), perspective=f"leverage-{TOWN}", other_costs="held")
    assert found.added_costs == 0
    assert math.isnan(found.marginal_ratio)
    assert funding_case(funded(), perspective=f"funder-{STATE}").added_benefits == 0


def test_the_posts_of_the_reference_case_are_proportional():
    # 10 posts of 7 500 € each; 20.2 M€ × 10 / 200
    found = funding_case(load_case("promevil"))
    assert found.added_costs == pytest.approx(75_000)
    assert found.added_benefits == pytest.approx(1_010_000)
    assert found.marginal_ratio == pytest.approx(20.2 / 1.5)


@given(st.floats(1, 1_000), st.floats(0, 1))
def test_diminishing_returns_never_beat_the_average(posts, elasticity):
    scenario = load_case("promevil")
    found = funding_case(scenario, posts=200 + posts, elasticity=elasticity)
    assert found.marginal_ratio <= evaluate(scenario).ratio * (1 + 1e-9)


@pytest.mark.parametrize(
    ("scenario", "posts", "where"),
    [
        (case(outcomes=[amount("calm", 1)], costs=[cost("aid", 1)]), None, "funding"),
        (funded(posts=0), None, "funding.posts"),
        (funded(), -1, "funding.posts_wanted"),
    ],
)
def test_what_cannot_be_compared_is_refused(scenario, posts, where):
    with pytest.raises(ScenarioError) as refused:
        funding_case(scenario, posts=posts)
    assert [one.where for one in refused.value.problems] == [where]


class TestAFundingCaseOfOnesOwn:
    LIKE = load_case("promevil").funding

    def test_is_made_of_what_one_types(self):
        scenario = case(outcomes=[amount("calm", 4_000)], costs=[cost("aid", 1_000)])
        own = with_funding(scenario, cost="aid", posts=10, cost_per_post=100, like=self.LIKE)
        assert {own.funding.posts.provenance, own.funding.cost_per_post.provenance} == {"yours"}
        assert own.funding.posts_wanted.value == 11
        assert own.funding.elasticity == self.LIKE.elasticity  # assumed, with its reason
        assert own.funding.posts.help is None  # which was about the other case
        assert funding_case(own, posts=20).marginal_ratio == 4  # 4 000 for 10 × 100
        assert yearly_cost_per_post(own) == 100

    def test_takes_posts_and_their_price_from_a_cost_that_says_both(self):
        template = load_template("adulte_relais").case
        assert cost_counted_in_posts(template) is None  # not filled in yet
        scenario = template.with_changes({"state_aid": 4.0})
        assert cost_counted_in_posts(scenario).id == "state_aid"
        own = with_funding(scenario, cost="state_aid", like=self.LIKE)
        price = scenario.costs[0].price
        assert (own.funding.posts.value, own.funding.posts_wanted.value) == (4, 5)
        assert own.funding.cost_per_post.value == price.value
        assert own.funding.cost_per_post.provenance == price.provenance == "published"
        assert own.funding.cost_per_post.source == price.source

    def test_leaves_to_fill_what_nobody_said(self):
        scenario = case(outcomes=[amount("calm", 4_000)], costs=[cost("aid", 1_000)])
        begun = with_funding(scenario, cost="aid", cost_per_post=100, like=self.LIKE)
        assert (begun.funding.posts.is_to_fill, begun.funding.cost_per_post.value) == (True, 100)
        with pytest.raises(ScenarioError, match="posts today"):
            funding_case(begun)
        whole = with_funding(begun, cost="aid", posts=10, like=self.LIKE)
        assert whole == with_funding(
            scenario, cost="aid", posts=10, cost_per_post=100, like=self.LIKE
        )

    def test_asks_for_one_post_more_until_others_are(self):
        scenario = case(outcomes=[amount("calm", 4_000)], costs=[cost("aid", 1_000)])
        own = with_funding(scenario, cost="aid", posts=4, cost_per_post=100, like=self.LIKE)
        more = with_funding(own, cost="aid", posts=5, like=self.LIKE)
        assert [one.funding.posts_wanted.value for one in (own, more)] == [5, 6]
        asked = own.with_changes({"funding.posts_wanted": 9.0})
        assert with_funding(asked, cost="aid", posts=5, like=self.LIKE).funding.posts_wanted == (
            asked.funding.posts_wanted
        )

    def test_keeps_what_was_typed_when_another_cost_pays(self):
        scenario = load_template("adulte_relais").case.with_changes(
            {"state_aid": 4.0, "employer_payment": 1_000.0}
        )
        own = with_funding(
            scenario, cost="employer_payment", posts=7, cost_per_post=100, like=self.LIKE
        ).with_changes({"funding.posts_wanted": 9.0, "funding.elasticity": 0.5})
        by_aid = with_funding(own, cost="state_aid", like=self.LIKE).funding
        assert (by_aid.posts.value, by_aid.posts_wanted.value) == (4, 9)  # the aid says four
        assert by_aid.elasticity == own.funding.elasticity
        again = with_funding(own, cost="employer_payment", cost_per_post=200, like=self.LIKE)
        assert again == own.with_changes({"funding.cost_per_post": 200.0})
        left = with_funding(
            with_funding(scenario, cost="state_aid", like=self.LIKE),
            cost="employer_payment",
            like=self.LIKE,
        ).funding  # the aid's published price is not what the employer pays
        assert (left.posts.value, left.cost_per_post.is_to_fill) == (4, True)

    def test_is_paid_by_a_cost_of_the_scenario(self):
        scenario = case(outcomes=[amount("calm", 1)], costs=[cost("aid", 1)])
        with pytest.raises(ScenarioError, match=r"funding\.cost"):
            with_funding(scenario, cost="nothing", posts=1, cost_per_post=1, like=self.LIKE)

    def test_refuses_fewer_than_no_posts(self):
        scenario = case(outcomes=[amount("calm", 1)], costs=[cost("aid", 1)])
        with pytest.raises(ScenarioError):
            with_funding(scenario, cost="aid", posts=-1, cost_per_post=1, like=self.LIKE)

    def test_is_one_of_its_edits(self):
        template = load_template("adulte_relais").case
        filled = template.with_changes({"state_aid": 4.0})
        for own in (
            with_funding(filled, cost="state_aid", like=self.LIKE),
            with_funding(filled, cost="employer_payment", posts=3, like=self.LIKE),
        ):
            assert edited(template, edits_of(template, own)) == own
            assert case_from(case_text(own, ".json").encode(), name="a.json") == own


def test_posts_that_are_too_many_to_count_are_no_error():
    found = funding_case(funded(posts=1e-300, elasticity=2))
    assert math.isinf(found.added_benefits)
