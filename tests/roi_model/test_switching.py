"""Switching values, worked by hand, on Promevil, and as laws."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roi_model import ScenarioError, evaluate, load_case
from roi_model.case_files import scenario_from
from roi_model.editing import edited, edits_of
from roi_model.parameters import Share
from roi_model.sensitivity import two_way
from roi_model.switching import switching_value, switching_values
from roi_model.valuation import Valuation
from tests.roi_model import strategies
from tests.roi_model.building import (
    STATE,
    TOWN,
    amount,
    case,
    case_data,
    cost,
    factor,
    number,
    outcome,
    people_helped,
)

LEVERAGE = "leverage-state"


@pytest.fixture(scope="module")
def promevil():
    return load_case("promevil")


@pytest.fixture(scope="module")
def lasting():
    # 300 a year for 3 years, discounted by nothing, over 600: the ratio is 1.5
    return case(
        outcomes=[amount("calm", 300, benefit_period=3, drop_off=0.0)], costs=[cost("aid", 600)]
    )


def test_the_state_could_pay_as_much_as_it_brings(promevil):
    found = switching_value(promevil, "state_aid", perspective=LEVERAGE)
    assert (found.status, found.value, found.ratio) == ("found", 20_200_000, 1)
    assert (found.current, found.target, found.keeps) == (1_500_000, 1, "at_most")
    assert (found.lowest, found.highest) == (0, 1e15)
    assert found.is_in_range is None  # the published aid has no range


def test_no_number_of_people_takes_promevil_down_to_1(promevil):
    found = switching_value(promevil, "quiet_nights.people", perspective=LEVERAGE)
    assert (found.status, found.value, found.keeps) == ("not_possible", None, None)
    assert found.ratio == evaluate(promevil, LEVERAGE).ratio


def test_the_people_that_the_ratio_of_the_press_needs(promevil):
    # 13 × 1.5 M€ less what the other lines bring, 20.2 M€ - 788 × 1 000, at 788 € each
    found = switching_value(promevil, "quiet_nights.people", target=13, perspective=LEVERAGE)
    assert found.value == pytest.approx((13 * 1.5e6 - (20.2e6 - 788 * 1_000)) / 788, rel=1e-12)
    assert (found.keeps, found.is_in_range) == ("at_least", True)
    assert found.ratio == pytest.approx(13, rel=1e-12)


def test_a_price_may_have_to_be_outside_its_range(promevil):
    found = switching_value(promevil, "indirect_jobs.value_per_job", target=14)
    # 0.8 M€ more, over 41 jobs; the range ends at 20 000
    assert found.value == pytest.approx(15_000 + (14 * 1.5e6 - 20.2e6) / 41)
    assert found.is_in_range is False


def test_the_deadweight_of_all_lines_at_which_the_ratio_is_1(promevil):
    found = switching_value(promevil, "deadweight")
    assert found.value == pytest.approx(1 - 1.5 / 20.2, rel=1e-12)
    assert (found.keeps, found.is_in_range) == ("at_most", True)


def test_a_share_that_no_one_stated_may_be_sought(promevil):
    # Half a million of the 3 M€ less: 20.2 - 0.5 = 19.7
    found = switching_value(promevil, "sncf_savings.deadweight", target=19.7 / 1.5)
    assert (found.current, found.value) == (0, pytest.approx(1 / 6))


def test_a_discount_rate_alone_does_not_bring_promevil_to_1(promevil):
    # 20.2 / (1 + r) = 1.5 at 1 247 %
    assert switching_value(promevil, "discount_rate").status == "not_possible"
    # 20.2 / 1.5 / (1 + r) = 13
    found = switching_value(promevil, "discount_rate", target=13)
    assert found.value == pytest.approx(20.2 / 1.5 / 13 - 1, rel=1e-12)


def test_every_number_but_those_of_the_funding_case_is_sought(promevil):
    found = switching_values(promevil, target=13, perspective=LEVERAGE)
    addresses = [one.address for one in found]
    assert addresses == [
        address
        for address, _ in promevil.parameters()
        if not address.startswith("funding.") and not address.endswith(".elasticity")
    ]
    assert {one.target for one in found} == {13}
    alone = switching_value(promevil, "balance.amount", target=13, perspective=LEVERAGE)
    assert alone in found


def test_what_is_not_read_has_no_effect(promevil):
    # With the economic footprint nothing is taken off for it; the SNCF pays nothing that counts.
    for address in (
        "balance.footprint",
        "sncf_payment",
        "balance.drop_off",
        "activity_years",
        "funding.posts_wanted",
        "balance.elasticity",
    ):
        assert switching_value(promevil, address, perspective=LEVERAGE).status == "no_effect"
    prudent = promevil.with_changes({"footprint": "without"})
    assert switching_value(prudent, "balance.footprint", target=7).status == "found"


def test_a_transfer_that_cancels_out_has_no_effect():
    transfer = outcome(
        "grant", factor("euros", 50, "EUR/year"), stakeholder=TOWN, deadweight=0.25
    ) | {"transfer_from": STATE}
    scenario = case(outcomes=[transfer, amount("calm", 100)], costs=[cost("aid", 20)])
    assert switching_value(scenario, "grant.euros").status == "no_effect"
    # The town alone gains 37.5 of it: 0.75 × 53.33 = 40 would be twice the aid.
    found = switching_value(scenario, "grant.euros", target=2, perspective="costs-state-gains-town")
    assert found.value == pytest.approx(40 / 0.75)


def test_lines_that_cancel_out_leave_a_common_share_without_effect():
    # 0.1 + 0.2 - 0.3 is not 0 in doubles, and is no benefit either
    scenario = case(
        outcomes=[amount("a", 0.1), amount("b", 0.2), amount("c", -0.3)], costs=[cost("aid", 1)]
    )
    assert switching_value(scenario, "deadweight").status == "no_effect"


def test_without_a_cost_the_ratio_is_undefined():
    scenario = case(outcomes=[amount("calm", 100)], costs=[cost("aid", 0)])
    assert switching_value(scenario, "calm.amount").status == "undefined"
    assert switching_value(scenario, "calm.benefit_period").status == "undefined"
    assert switching_value(scenario, "discount_rate").status == "undefined"
    # The cost itself may be sought: 100 brought back by 50 is 2.
    found = switching_value(scenario, "aid", target=2)
    assert (found.status, found.value) == ("found", 50)


def test_no_cost_at_all_is_no_way_to_reach_a_target():
    scenario = case(outcomes=[amount("calm", 0)], costs=[cost("aid", 10)])
    assert switching_value(scenario, "aid").status == "not_possible"


def test_a_cost_in_kind_is_sought_by_its_quantity_and_by_its_price():
    hours = cost("hours", 10) | factor("hours", 10, "hour/year")
    scenario = case(
        outcomes=[amount("calm", 400)],
        costs=[hours | {"price": factor("price", 20, "EUR/hour")}],
    )
    # The 400 brought back are 20 hours at 20, or 10 hours at 40.
    assert switching_value(scenario, "hours").value == pytest.approx(20)
    assert switching_value(scenario, "hours.price").value == pytest.approx(40)


def test_the_years_are_the_last_that_still_reach_the_target(lasting):
    # 600 after 2 years is exactly the cost.
    found = switching_value(lasting, "calm.benefit_period")
    assert (found.value, found.ratio, found.keeps) == (2, 1, "at_least")
    # 300 × 5 = 1 500 is short of 2.6 × 600 = 1 560; 6 years bring 1 800
    found = switching_value(lasting, "calm.benefit_period", target=2.6)
    assert (found.value, found.ratio, found.keeps) == (6, 3, "at_least")
    # Not even 1 year brings as little as 120, nor 100 years as much as 60 000.
    for target in (0.2, 100):
        found = switching_value(lasting, "calm.benefit_period", target=target)
        assert (found.status, found.lowest, found.highest) == ("not_possible", 1, 100)


def test_a_harm_that_lasts_is_borne_for_so_many_years():
    scenario = case(
        outcomes=[amount("calm", 900), amount("noise", -200, benefit_period=1)],
        costs=[cost("aid", 100)],
    )
    # 900 - 200 n is 100 or more up to n = 4
    found = switching_value(scenario, "noise.benefit_period")
    assert (found.value, found.ratio, found.keeps) == (4, 1, "at_most")


def test_the_years_of_activity_that_pay_an_investment_back():
    once = cost("van", 100) | factor("van", 1_000, "EUR")
    scenario = case(outcomes=[amount("calm", 300)], costs=[once, cost("aid", 50)], timing="start")
    # 300 n >= 1 000 + 50 n from n = 4 on
    found = switching_value(scenario, "activity_years")
    assert (found.current, found.value, found.keeps) == (1, 4, "at_least")
    assert found.ratio == pytest.approx(1)


def test_the_rate_of_return_is_where_the_ratio_is_1(lasting):
    # 300 for 3 years against 600 at once: the internal rate of return, 23.375 192 852 825 9 %
    found = switching_value(lasting, "discount_rate")
    rate = found.value
    assert 300 / (1 + rate) + 300 / (1 + rate) ** 2 + 300 / (1 + rate) ** 3 == pytest.approx(600)
    assert rate == pytest.approx(0.233751928528259, rel=1e-9)
    assert found.keeps == "at_most"


def test_of_two_rates_the_one_nearest_to_the_present_is_given():
    # 230 after a year, -132 after two, over 100 now: 100 (1+r)² - 230 (1+r) + 132 is 0 at
    # r = 0.1 and at r = 0.2
    def scenario(rate):
        harm = amount("harm", -132)
        return case(
            outcomes=[amount("gain", 230), harm | {"start_year": 2}],
            costs=[cost("aid", 100)],
            discount_rate=rate,
        )

    near_the_first = switching_value(scenario(0.05), "discount_rate")
    near_the_second = switching_value(scenario(0.3), "discount_rate")
    assert (near_the_first.value, near_the_first.keeps) == (pytest.approx(0.1), "at_least")
    assert (near_the_second.value, near_the_second.keeps) == (pytest.approx(0.2), "at_most")


def test_a_drop_off_is_solved_along_its_curve(lasting):
    # 300 (1 + q + q²) = 525 at q = 0.5
    found = switching_value(lasting, "calm.drop_off", target=525 / 600)
    assert found.value == pytest.approx(0.5, rel=1e-12)
    # Half is left even when all is lost after the first year.
    assert switching_value(lasting, "calm.drop_off", target=0.4).status == "not_possible"


def test_shares_that_are_summed_take_off_no_more_than_all():
    scenario = case(
        outcomes=[amount("calm", 100, displacement=0.75), amount("trust", 100)],
        costs=[cost("aid", 50)],
        deductions="add",
        deadweight=0.1,
    )
    # 100 (0.25 - d) + 100 (1 - d) while d < 0.25; then 100 (1 - d) alone
    high = switching_value(scenario, "deadweight", target=2)
    assert high.value == pytest.approx((125 - 100) / 200)
    low = switching_value(scenario, "deadweight", target=0.5)
    assert low.value == pytest.approx(0.75)


def test_a_share_credited_stands_for_all_until_stated():
    scenario = case(
        outcomes=[amount("calm", 400)], costs=[cost("aid", 100)], attribution_means="credited"
    )
    found = switching_value(scenario, "calm.attribution")
    assert (found.current, found.value, found.keeps) == (1, 0.25, "at_least")


def test_money_is_sought_in_the_prices_of_its_own_year():
    data = case_data(
        outcomes=[outcome("calm", factor("amount", 100, "EUR/year", year=2010))],
        costs=[cost("aid", 100, year=2015)],
        price_year=2015,
    )
    scenario = scenario_from(data)
    found = switching_value(scenario, "calm.amount")
    assert found.value == pytest.approx(100 / evaluate(scenario).ratio)
    assert found.ratio == pytest.approx(1)


@pytest.mark.parametrize("address", ["calm.people", "timing", "", "perspective"])
def test_what_is_no_number_of_the_scenario_is_refused(lasting, address):
    with pytest.raises(ScenarioError) as refused:
        switching_value(lasting, address)
    (problem,) = refused.value.problems
    assert (problem.where, problem.code) == (address, "unknown_address")


@pytest.mark.parametrize("target", [0, -1, math.nan, math.inf])
def test_a_target_is_a_ratio_above_0(lasting, target):
    with pytest.raises(ValueError, match="target"):
        switching_values(lasting, target=target)


def test_a_point_of_view_that_the_scenario_does_not_have_is_refused(lasting):
    with pytest.raises(KeyError):
        switching_value(lasting, "aid", perspective="funder-nobody")


# --- Laws --------------------------------------------------------------------------------------


def reached(scenario, one):
    """Return the target, with what doubles can tell of the ratio at a switching value."""
    valuation = Valuation(scenario, evaluate(scenario).perspective)
    # The value itself is rounded: of a share next to 1 the last digit is much of what is kept.
    nearby = np.clip(one.value * (1 + 2e-15 * np.array([-1, 1])), one.lowest, one.highest)
    cliff = float(np.ptp(np.asarray(valuation.ratio({one.address: nearby}))))
    # Rounding is relative to the lines before their deductions, of which little may be left.
    credited = scenario.settings.attribution_means == "credited"
    nothing_off = {
        address: 1.0 if credited and address.endswith(".attribution") else 0.0
        for address, parameter in scenario.parameters()
        if isinstance(parameter, Share)
    }
    lines = valuation.benefits({one.address: one.value} | nothing_off).values()
    _, costs = valuation.totals({one.address: one.value})
    return pytest.approx(one.target, rel=1e-9, abs=cliff + 1e-14 * sum(map(abs, lines)) / costs)


@given(scenario=strategies.scenarios(), target=st.floats(0.01, 100))
def test_at_the_switching_value_of_a_factor_or_a_cost_the_ratio_is_the_target(scenario, target):
    valuation = Valuation(scenario, evaluate(scenario).perspective)
    for address in ("line_0.people", "line_0.price"):
        found = switching_value(scenario, address, target=target)
        if found.value is not None:
            assert found.ratio == valuation.ratio({address: found.value})
            assert found.ratio == reached(scenario, found)
            assert found.keeps == "at_least"
    # What the others cost already is taken off what the benefits are worth at the target.
    benefits, others = valuation.totals({"paid_by_state": 0.0})
    found = switching_value(scenario, "paid_by_state", target=target)
    if found.value is None:
        assert benefits / target - others <= 1e-6 * others
    else:
        affordable = benefits / target - others
        assert found.value == pytest.approx(affordable, rel=1e-9, abs=1e-9 * others)
        assert found.keeps == "at_most"


@given(scenario=strategies.scenarios(optimism_bias="off"), target=st.floats(0.01, 100))
def test_whatever_is_found_is_on_the_right_side(scenario, target):
    now = evaluate(scenario).ratio
    for one in switching_values(scenario, target=target):
        if one.value is None:
            continue
        if one.address.endswith(("benefit_period", "activity_years")):
            assert one.ratio >= target * (1 - 1e-9)
        else:
            assert one.ratio == reached(scenario, one)
        # Benefits that do no harm move one way: now and the value are on one line.
        if one.address != "discount_rate" and not math.isclose(now, target, rel_tol=1e-9):
            holds = (
                one.current >= one.value if one.keeps == "at_least" else one.current <= one.value
            )
            assert holds == (now >= target)


@given(scenario=strategies.scenarios(), target=st.floats(0.01, 100))
def test_where_no_value_is_possible_the_ends_are_on_one_side(scenario, target):
    valuation = Valuation(scenario, evaluate(scenario).perspective)
    for one in switching_values(scenario, target=target):
        if one.status == "not_possible" and one.address != "activity_years":
            ends = [valuation.ratio({one.address: end}) for end in (one.lowest, one.highest)]
            sides = {end > target for end in ends if not math.isnan(end)}
            assert len(sides) <= 1


def test_a_number_typed_at_its_switching_value_gives_the_target(promevil):
    # The same through the scenario itself, as a user would do it.
    for address in ("state_aid", "balance.amount", "deadweight", "quiet_nights.deadweight"):
        found = switching_value(promevil, address, target=13)
        changed = promevil.with_changes({address: found.value})
        assert evaluate(changed).ratio == pytest.approx(13, rel=1e-12)


def test_the_range_of_a_number_is_the_one_it_states():
    data = case_data(outcomes=[people_helped("care", 10, 100)], costs=[cost("aid", 500)])
    data["outcomes"][0]["deadweight"] = number(0.1, low=0.0, high=0.4)
    # 1 000 (1 - d) = 500 at 0.5
    assert switching_value(scenario_from(data), "care.deadweight").is_in_range is False


def test_a_gain_is_corrected_for_optimism_and_a_loss_is_not():
    # 300 + 0.5 × 200 over 100. To come down to 2 the line must lose 100, all of it counted;
    # to go up to 5 it must bring 400, half of it counted.
    line = amount("calm", 200, optimism_bias=0.5)
    scenario = case(outcomes=[line, amount("other", 300)], costs=[cost("aid", 100)])
    down = switching_value(scenario, "calm.amount", target=2)
    up = switching_value(scenario, "calm.amount", target=5)
    assert (down.value, down.ratio) == pytest.approx((-100, 2))
    assert (up.value, up.ratio) == pytest.approx((400, 5))


class TestAYearlyCostThatBeginsLate:
    @pytest.fixture
    def scenario(self):
        late = cost("second_site", 40) | {"start_year": 3}
        return case(
            outcomes=[amount("gain", 230)],
            costs=[cost("aid", 100), late],
            activity_years=number(5),
        )

    def test_shorter_years_are_refused_where_it_would_never_be_paid(self, scenario):
        with pytest.raises(ScenarioError) as refused:
            scenario.with_changes({"activity_years": 2})
        (problem,) = refused.value.problems
        assert (problem.where, problem.code) == ("activity_years", "activity_ends_before_cost")
        assert (problem.received, problem.allowed) == (2, "3")
        assert scenario.with_changes({"activity_years": 3}).settings.activity_years.value == 3

    def test_no_switching_value_and_no_table_goes_there(self, scenario):
        found = switching_value(scenario, "activity_years", target=2)
        # Over N years 230 N / (100 N + 40 (N - 2)): at 4 years 920 / 480, below 2; at 3, 690 / 340
        assert (found.value, found.keeps) == (3, "at_most")
        assert two_way(scenario, "activity_years", "aid").first_values[0] == 3

    def test_a_link_gives_it_back(self, scenario):
        began = case(outcomes=[amount("gain", 230)], costs=[cost("aid", 100)])
        edits = edits_of(began, scenario)
        assert edited(began, edits) == scenario
