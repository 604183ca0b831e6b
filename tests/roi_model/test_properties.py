"""Laws that hold for every scenario, whatever its numbers."""

import math
from math import fsum

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from roi_model import evaluate
from tests.roi_model.strategies import multiples, scenarios, shares

CENT = 0.01
any_scenario = scenarios(negative=True)
harmless = scenarios(attribution_means="others")
"""Benefits of zero or more, attribution read as the share of others."""


def near(expected):
    """Return ``expected`` up to the rounding of doubles."""
    return pytest.approx(expected, rel=1e-9, abs=1e-6)


def not_above(value, limit):
    """Say whether ``value`` is at most ``limit``, up to the rounding of doubles."""
    return value <= limit + 1e-9 * abs(limit) + 1e-6


def multiplied(scenario, *, costs=1.0, prices=1.0, people=1.0):
    changes = {cost.id: cost.value * costs for cost in scenario.costs}
    for outcome in scenario.outcomes:
        for factor in outcome.factors:
            by = people if factor.id == "people" else prices
            changes[f"{outcome.id}.{factor.id}"] = factor.value * by
    return scenario.with_changes(changes)


@given(scenario=any_scenario, by=multiples)
def test_the_ratio_does_not_depend_on_the_currency(scenario, by):
    # All the money times k: twice the benefits over twice the costs.
    assert evaluate(multiplied(scenario, costs=by, prices=by)).ratio == near(
        evaluate(scenario).ratio
    )


@given(scenario=any_scenario, by=multiples)
def test_costs_multiplied_divide_the_ratio(scenario, by):
    assert evaluate(multiplied(scenario, costs=by)).ratio == near(evaluate(scenario).ratio / by)


@given(scenario=any_scenario)
def test_doubling_the_quantities_doubles_the_benefits(scenario):
    twice = evaluate(multiplied(scenario, people=2)).present_value_benefits
    assert twice == near(2 * evaluate(scenario).present_value_benefits)


@given(scenario=harmless, data=st.data(), more=shares)
@pytest.mark.parametrize(
    "name", ["deadweight", "displacement", "attribution", "optimism_bias", "drop_off"]
)
def test_more_of_a_lines_own_deductions_never_raises_the_value(name, scenario, data, more):
    address = f"{data.draw(st.sampled_from(scenario.outcomes)).id}.{name}"
    share = scenario.value_at(address)
    # A correction of its own takes the place of the scale's, which may be harsher.
    scenario = scenario.with_changes({"optimism_bias": "off"})
    worse = scenario.with_changes({address: min(1.0, share + more * (1 - share))})
    after, before = (evaluate(one).present_value_benefits for one in (worse, scenario))
    assert not_above(after, before)


@given(scenario=scenarios(), more=shares)
@pytest.mark.parametrize("name", ["deadweight", "displacement", "attribution", "discount_rate"])
def test_more_of_a_common_deduction_never_raises_the_value(name, scenario, more):
    share = scenario.value_at(name)
    worse = scenario.with_changes({name: min(1.0, share + more * (1 - share))})
    after, before = (evaluate(one).present_value_benefits for one in (worse, scenario))
    assert not_above(after, before)


@given(scenario=scenarios(attribution_means="credited"), data=st.data(), share=st.floats(0.01, 1))
def test_the_more_is_credited_the_more_it_is_worth(scenario, data, share):
    address = f"{data.draw(st.sampled_from(scenario.outcomes)).id}.attribution"
    less, more = (scenario.with_changes({address: one}) for one in (share / 2, share))
    assert not_above(evaluate(less).present_value_benefits, evaluate(more).present_value_benefits)


@given(scenario=harmless, data=st.data())
def test_a_longer_effect_is_never_worth_less(scenario, data):
    address = f"{data.draw(st.sampled_from(scenario.outcomes)).id}.benefit_period"
    longer = scenario.with_changes({address: scenario.value_at(address) + 1})
    assert not_above(
        evaluate(scenario).present_value_benefits, evaluate(longer).present_value_benefits
    )


@pytest.mark.parametrize(
    ("setting", "prudent", "generous"),
    [
        ("lines", "itemised", "all"),
        ("years_covered", 2, 1),
        ("footprint", "without", "with"),
        ("drop_off_from", 1, 2),
        ("timing", "end", "mid"),
        ("timing", "mid", "start"),
        ("timing", "start", "none"),
        ("deductions", "add", "multiply"),
    ],
)
@given(scenario=scenarios())
def test_the_prudent_reading_of_a_convention_is_never_above_the_generous_one(
    setting, prudent, generous, scenario
):
    low, high = (
        evaluate(scenario.with_changes({setting: reading})).present_value_benefits
        for reading in (prudent, generous)
    )
    assert not_above(low, high)


@given(scenario=any_scenario, data=st.data())
def test_the_parts_sum_to_the_whole_to_the_cent(scenario, data):
    result = evaluate(scenario, data.draw(st.sampled_from(scenario.perspective_ids)))
    benefits = result.present_value_benefits
    for parts in (result.by_outcome, result.by_provenance, result.by_basis):
        assert fsum(part.present_value for part in parts) == pytest.approx(benefits, abs=CENT)
    by_stakeholder = result.by_stakeholder
    assert fsum(one.present_value_benefits for one in by_stakeholder) == pytest.approx(
        benefits, abs=CENT
    )
    assert fsum(one.present_value_costs for one in by_stakeholder) == pytest.approx(
        result.present_value_costs, abs=CENT
    )
    assert fsum(one.net_present_value for one in by_stakeholder) == pytest.approx(
        result.net_present_value, abs=CENT
    )


@given(scenario=any_scenario)
def test_the_parts_of_the_ratio_sum_to_the_ratio(scenario):
    result = evaluate(scenario)
    for parts in (result.by_provenance, result.by_basis):
        assert fsum(part.ratio for part in parts) == near(result.ratio)


@given(scenario=harmless)
def test_the_shares_of_the_benefits_sum_to_one_where_there_are_benefits(scenario):
    result = evaluate(scenario)
    assume(result.present_value_benefits > CENT)
    for parts in (result.by_outcome, result.by_provenance, result.by_basis):
        assert fsum(part.share for part in parts) == pytest.approx(1)


@given(scenario=any_scenario)
def test_every_point_of_view_counts_some_of_societys_lines_at_the_same_value(scenario):
    society = {row.outcome: row for row in evaluate(scenario, "society").by_outcome}
    for perspective in scenario.perspective_ids:
        result = evaluate(scenario, perspective)
        for row in result.by_outcome:
            if row.stakeholder in result.perspective.beneficiaries:
                assert row.present_value == society[row.outcome].present_value
            else:
                assert (row.counted_value, row.impact, row.present_value) == (0, 0, 0)


@given(scenario=any_scenario)
def test_every_point_of_view_counts_no_cost_that_society_does_not(scenario):
    society = evaluate(scenario, "society").present_value_costs
    for perspective in scenario.perspective_ids:
        assert evaluate(scenario, perspective).present_value_costs <= society


@given(scenario=any_scenario)
def test_leverage_never_claims_less_than_society_for_the_same_gains(scenario):
    society = evaluate(scenario, "society")
    for cost in scenario.costs:
        leverage = evaluate(scenario, f"leverage-{cost.stakeholder}")
        assert leverage.present_value_benefits == society.present_value_benefits
        assert not_above(abs(society.ratio), abs(leverage.ratio))


@given(scenario=any_scenario)
def test_the_gains_of_everyone_are_those_of_each(scenario):
    # A funder's own gains, of all the stakeholders in turn, add up to society's.
    society = evaluate(scenario, "society")
    by = {one.stakeholder: one.present_value_benefits for one in society.by_stakeholder}
    for cost in scenario.costs:
        own = evaluate(scenario, f"funder-{cost.stakeholder}").present_value_benefits
        assert own == pytest.approx(by[cost.stakeholder], abs=CENT)


@given(scenario=any_scenario, data=st.data())
def test_the_order_of_the_outcomes_and_of_the_costs_does_not_matter(scenario, data):
    shuffled = scenario.model_copy(
        update={
            "outcomes": tuple(data.draw(st.permutations(scenario.outcomes))),
            "costs": tuple(data.draw(st.permutations(scenario.costs))),
        }
    )
    one, other = evaluate(scenario), evaluate(shuffled)
    assert one.present_value_benefits == other.present_value_benefits
    assert one.present_value_costs == other.present_value_costs
    assert one.by_stakeholder == other.by_stakeholder
    assert {row.outcome: row.present_value for row in one.by_outcome} == {
        row.outcome: row.present_value for row in other.by_outcome
    }


@given(scenario=scenarios(discount_rate=0.0, drop_off_from=2))
def test_at_a_rate_of_zero_the_present_value_is_the_plain_sum(scenario):
    for outcome, row in zip(scenario.outcomes, evaluate(scenario).by_outcome, strict=True):
        kept = 1 - (outcome.drop_off.value if outcome.drop_off else 0)
        plain = fsum(row.impact * kept**year for year in range(outcome.benefit_period.value))
        assert row.present_value == near(plain)


@given(scenario=scenarios())
def test_the_net_value_of_a_line_never_exceeds_its_gross_value(scenario):
    for row in evaluate(scenario).by_outcome:
        assert 0 <= row.kept_share <= 1
        assert not_above(row.impact, row.counted_value)
        assert not_above(row.counted_value, row.gross_value)
        assert row.impact >= 0


@given(scenario=scenarios(), low=shares, high=shares, data=st.data())
def test_a_central_value_gives_a_result_between_those_of_the_extremes(scenario, low, high, data):
    outcome = data.draw(st.sampled_from(scenario.outcomes))
    address = f"{outcome.id}.{data.draw(st.sampled_from(['people', 'price']))}"
    value = scenario.value_at(address)
    lowest, central, highest = (
        evaluate(scenario.with_changes({address: one})).present_value_benefits
        for one in (value * low, value, value * (1 + high))
    )
    assert not_above(lowest, central)
    assert not_above(central, highest)


@given(scenario=scenarios(timing="none", drop_off_from=2, perspective="society"))
def test_the_benefits_cumulated_until_the_payback_are_the_costs(scenario):
    result = evaluate(scenario)
    years = [0.0] * 30
    for outcome, row in zip(scenario.outcomes, result.by_outcome, strict=True):
        kept = 1 - (outcome.drop_off.value if outcome.drop_off else 0)
        for year in range(outcome.benefit_period.value):
            years[year] += row.impact * kept**year
    if result.present_value_costs == 0:
        assert math.isnan(result.payback_months)  # there is nothing to pay back
    elif math.isnan(result.payback_months):
        assert not_above(fsum(years), result.present_value_costs)
    else:
        whole, part = divmod(result.payback_months / 12, 1)
        after = [*years, 0.0]
        reached = fsum(after[: int(whole)]) + part * after[int(whole)]
        assert reached == near(result.present_value_costs)


@given(scenario=any_scenario, data=st.data())
def test_every_number_set_to_the_value_it_has_changes_nothing(scenario, data):
    addresses = data.draw(st.lists(st.sampled_from([one for one, _ in scenario.parameters()])))
    same = {address: scenario.value_at(address) for address in addresses}
    assert scenario.with_changes(same) == scenario


@given(scenario=any_scenario)
def test_a_result_has_no_infinity_and_is_undefined_only_where_it_says_so(scenario):
    result = evaluate(scenario)
    for value in (
        result.ratio,
        result.net_return,
        result.present_value_benefits,
        result.net_present_value,
        *(row.present_value for row in result.by_outcome),
    ):
        assert math.isfinite(value)
