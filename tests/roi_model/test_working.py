"""The steps of one outcome lead to the figures of the evaluation, by hand and by law."""

from math import fsum, prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roi_model import evaluate, load_case
from roi_model.case_files import scenario_from
from roi_model.editing import without
from roi_model.working import working
from tests.roi_model import strategies
from tests.roi_model.building import (
    RESIDENTS,
    STATE,
    TOWN,
    amount,
    case,
    case_data,
    cost,
    people_helped,
)


def close(value):
    """Compare to the last digits: the steps add up in another order than the closed form."""
    return pytest.approx(value, rel=1e-9, abs=1e-6)


def test_every_step_is_worked_by_hand():
    scenario = case(
        outcomes=[
            people_helped("nights", 1_200, 788.0, deadweight=0.2, drop_off=0.5, benefit_period=2),
            amount("calm", 50_000),
        ],
        costs=[cost("aid", 100_000), cost("grant", 25_000, TOWN)],
        deadweight=0.25,
        attribution=0.1,
        discount_rate=0.25,
    )
    found = working(scenario, "nights")
    assert [one.value for one in found.factors] == [1_200, 788]
    assert found.gross_value == found.counted_value == 945_600  # 1 200 × 788
    deadweight, displacement, attribution, optimism_bias = found.deductions
    assert (deadweight.own, deadweight.common) == (0.2, 0.25)
    assert deadweight.combined == pytest.approx(0.4)  # 1 − 0.8 × 0.75
    assert deadweight.amount == pytest.approx(567_360)  # 945 600 × 0.6
    assert displacement.amount == pytest.approx(567_360)
    assert (attribution.own, attribution.combined) == (0, pytest.approx(0.1))
    assert optimism_bias.amount == found.impact == pytest.approx(510_624)  # × 0.9
    # 510 624 / 1.25 = 408 499.20; half of it a year later, / 1.5625 = 163 399.68
    assert [one.present_value for one in found.years] == [close(408_499.20), close(163_399.68)]
    assert found.present_value == pytest.approx(571_898.88)
    # the other one keeps 0.75 × 0.9 of 50 000, a year away: 33 750 / 1.25
    assert found.present_value_others == pytest.approx(27_000)
    assert found.present_value_costs == 125_000
    assert found.ratio == pytest.approx(598_898.88 / 125_000)
    assert found.ratio_without == pytest.approx(0.216)  # 27 000 / 125 000


def test_a_share_that_is_credited_is_kept_step_by_step():
    scenario = case(
        outcomes=[amount("calm", 1_000, deadweight=0.5, attribution=0.2)],
        costs=[cost("aid", 100)],
        attribution=0.5,
        attribution_means="credited",
    )
    found = working(scenario, "calm")
    # half is left after deadweight; 0.2 credited × 0.5 common = 0.1 of that
    assert [one.amount for one in found.deductions] == [500, 500, pytest.approx(50), found.impact]
    assert found.deductions[2].combined == pytest.approx(0.1)


def test_deductions_that_add_take_off_no_more_than_all():
    scenario = case(
        outcomes=[amount("calm", 1_000, deadweight=0.5, displacement=0.25, attribution=0.75)],
        costs=[cost("aid", 100)],
        deductions="add",
    )
    amounts = [one.amount for one in working(scenario, "calm").deductions]
    assert amounts == [500, 250, 0, 0]  # 1 − 0.5; 1 − 0.75; 1 − 1.5 is nothing


def test_prices_of_another_year_are_a_step_of_their_own():
    scenario = load_case("promevil").with_changes({"price_year": 2020})
    found = working(scenario, "quiet_nights")
    people, price = found.factors
    assert people.inflator == 1
    assert price.value == 788 * price.inflator > 788
    assert found.gross_value == people.value * price.value


def test_a_transfer_counts_for_who_gains_against_who_loses_and_not_for_both():
    data = case_data(
        outcomes=[{**amount("benefit", 1_000, stakeholder=RESIDENTS), "transfer_from": STATE}],
        costs=[cost("aid", 100)],
    )
    scenario = scenario_from(data)
    both = working(scenario, "benefit", "society")
    assert (both.sign, both.cancels_out, both.counted_value) == (0, True, 0)
    loser = working(scenario, "benefit", "funder-state")
    assert (loser.sign, loser.cancels_out, loser.present_value) == (
        -1,
        False,
        pytest.approx(-1_000),
    )


def test_a_line_the_reading_leaves_out_says_so():
    scenario = load_case("promevil").with_changes({"lines": "itemised", "footprint": "without"})
    assert not working(scenario, "balance").is_line_read
    assert working(scenario, "indirect_jobs").footprint > 0
    assert working(scenario, "work_integration").is_line_read


def test_an_unknown_outcome_is_refused():
    with pytest.raises(KeyError, match="nothing"):
        working(load_case("promevil"), "nothing")


@settings(max_examples=60, deadline=None)
@given(scenario=strategies.scenarios(negative=True), data=st.data())
def test_the_chain_ends_in_the_figures_of_the_evaluation(scenario, data):
    outcome = data.draw(st.sampled_from([one.id for one in scenario.outcomes]))
    evaluation = evaluate(scenario)
    (row,) = [one for one in evaluation.by_outcome if one.outcome == outcome]
    found = working(scenario, outcome)
    # exactly what the evaluation says
    assert found.present_value == row.present_value
    assert found.impact == row.impact == found.deductions[-1].amount
    assert found.deductions[-1].kept_share == row.kept_share
    assert (found.gross_value, found.counted_value) == (row.gross_value, row.counted_value)
    assert [one.combined for one in found.deductions] == [
        row.deadweight,
        row.displacement,
        row.attribution,
        row.optimism_bias,
    ]
    assert found.ratio == evaluation.ratio
    # what a hand that follows the steps comes to
    assert prod(one.value for one in found.factors) == close(found.gross_value)
    assert fsum(one.present_value for one in found.years) == close(found.present_value)
    total = found.present_value + found.present_value_others
    assert total == close(found.present_value_benefits)
    for paid in found.costs:
        assert fsum(one.present_value for one in paid.years) == close(paid.present_value)


@settings(max_examples=20, deadline=None)
@given(scenario=strategies.scenarios(min_size=2), data=st.data())
def test_the_ratio_without_an_outcome_is_that_of_the_scenario_without_it(scenario, data):
    outcome = data.draw(st.sampled_from([one.id for one in scenario.outcomes]))
    expected = evaluate(without(scenario, outcome)).ratio
    assert working(scenario, outcome).ratio_without == expected
