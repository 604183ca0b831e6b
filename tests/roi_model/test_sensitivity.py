"""Which numbers decide: by hand, against closed forms, on Promevil, and as laws."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roi_model import ScenarioError, evaluate, load_case
from roi_model.case_files import scenario_from
from roi_model.distributions import Fixed, Uniform
from roi_model.sensitivity import (
    deciding_numbers,
    one_at_a_time,
    two_way,
    variance_shares,
    variance_shares_of,
)
from roi_model.simulation import simulate
from roi_model.uncertainty import uncertain_numbers
from tests.roi_model import strategies
from tests.roi_model.building import amount, case, case_data, cost, factor, number, outcome

LEVERAGE = "leverage-state"


@pytest.fixture(scope="module")
def promevil():
    return load_case("promevil")


def held(identifier, euros, **more):
    return cost(identifier, euros, distribution={"kind": "fixed"}, **more)


def uniform(identifier, low, high, unit):
    """Return a factor anywhere from low to high, as likely."""
    spread = {"kind": "uniform", "low": low, "high": high}
    return factor(identifier, (low + high) / 2, unit, distribution=spread)


@pytest.fixture(scope="module")
def two_lines():
    # Widths 60 and 20 over a cost of 10: swings of 6 and 2, variances as 9 to 1.
    return case(
        outcomes=[
            outcome("narrow", uniform("euros", 40, 60, "EUR/year")),
            outcome("wide", uniform("euros", 70, 130, "EUR/year")),
        ],
        costs=[held("aid", 10)],
    )


@pytest.fixture(scope="module")
def lasting():
    """Return a scenario whose effect lasts 2 to 4 years, 3 as stated."""
    data = case_data(outcomes=[amount("calm", 100, benefit_period=3)], costs=[held("aid", 100)])
    stated = number(3, low=2, high=4)
    data["outcomes"][0]["benefit_period"] = stated
    data["outcomes"][0]["factors"][0]["distribution"] = {"kind": "fixed"}
    return scenario_from(data)


# --- One number at a time ----------------------------------------------------------------------


def test_each_number_is_moved_to_the_ends_of_its_range(two_lines):
    wide, narrow = one_at_a_time(two_lines)  # the widest first, though it stands second
    assert (wide.address, wide.low, wide.value, wide.high) == ("wide.euros", 70, 100, 130)
    assert (wide.ratio_at_low, wide.ratio_at_high, wide.width) == (12, 18, 6)
    assert (wide.net_value_at_low, wide.net_value_at_high) == (110, 170)
    assert (narrow.address, narrow.ratio_at_low, narrow.ratio_at_high) == ("narrow.euros", 14, 16)
    assert narrow.width == 2


def test_a_cost_and_a_deduction_lower_the_ratio_as_they_rise():
    aid = cost("aid", 10, distribution={"kind": "uniform", "low": 5, "high": 20})
    scenario = case(
        outcomes=[amount("calm", 100) | {"deadweight": number(0.5, low=0.25, high=0.75)}],
        costs=[aid],
    )
    swings = {one.address: one for one in one_at_a_time(scenario)}
    assert (swings["aid"].ratio_at_low, swings["aid"].ratio_at_high) == (10, 2.5)
    assert swings["aid"].width == 7.5
    share = swings["calm.deadweight"]
    assert (share.ratio_at_low, share.ratio_at_high) == (7.5, 2.5)
    assert next(iter(swings)) == "aid"


def test_years_are_moved_to_whole_ones():
    data = case_data(outcomes=[amount("calm", 100, benefit_period=3)], costs=[held("aid", 100)])
    data["outcomes"][0]["factors"][0]["distribution"] = {"kind": "fixed"}
    spread = {"kind": "uniform", "low": 1.6, "high": 4.4}
    data["outcomes"][0]["benefit_period"] = number(3, distribution=spread)
    (swing,) = one_at_a_time(scenario_from(data))
    assert (swing.low, swing.high, swing.ratio_at_low, swing.ratio_at_high) == (2, 4, 2, 4)


def test_the_number_that_decides_most_on_promevil_is_the_balance(promevil):
    swings = one_at_a_time(promevil, perspective=LEVERAGE)
    assert swings[0].address == "balance.amount"
    # 20.2 M€ less the balance of 10.195 M€, which is also the most it may be, over 1.5 M€
    assert swings[0].ratio_at_low == pytest.approx(10.005 / 1.5)
    assert swings[0].ratio_at_high == pytest.approx(20.2 / 1.5)
    assert len(swings) == len(uncertain_numbers(promevil))
    widths = [one.width for one in swings]
    assert widths == sorted(widths, reverse=True)


def test_without_a_cost_swings_are_undefined_and_net_values_are_not():
    scenario = case(outcomes=[outcome("calm", uniform("euros", 40, 60, "EUR/year"))])
    (swing,) = one_at_a_time(scenario)
    assert math.isnan(swing.ratio_at_low)
    assert math.isnan(swing.width)
    assert (swing.net_value_at_low, swing.net_value_at_high) == (40, 60)


def test_a_number_that_the_point_of_view_does_not_count_has_no_swing(two_lines):
    swings = one_at_a_time(two_lines, perspective="funder-state")
    assert [one.width for one in swings] == [0, 0]


@given(scenario=strategies.scenarios())
def test_the_ratio_lies_between_those_at_the_ends(scenario):
    # Without harm the ratio only rises, or only falls, with each number but the discount rate.
    ratio = evaluate(scenario).ratio
    for one in one_at_a_time(scenario):
        if one.address != "discount_rate":
            least, most = sorted((one.ratio_at_low, one.ratio_at_high))
            slack = 1e-9 * max(1.0, ratio)
            assert least - slack <= ratio <= most + slack


# --- Two numbers together ----------------------------------------------------------------------


def test_a_table_has_a_row_for_each_first_value_and_a_column_for_each_second(two_lines):
    table = two_way(
        two_lines, "wide.euros", "aid", first_values=[50, 150], second_values=[10, 20, 40]
    )
    assert (table.first, table.second) == ("wide.euros", "aid")
    assert table.first_values == (50, 150)
    assert table.second_values == (10, 20, 40)
    # (50 + 50) and (50 + 150) over each cost
    assert table.ratios.tolist() == [[10, 5, 2.5], [20, 10, 5]]


def test_without_values_a_table_covers_the_range_and_the_number_itself(promevil):
    table = two_way(promevil, "quiet_nights.people", "balance.amount", steps=3)
    assert table.first_values == (0, 1_000, 2_500, 5_000)
    assert table.second_values == (0, 5_097_500, 10_195_000)
    assert table.ratios.shape == (4, 3)
    assert table.ratios[1, 2] == evaluate(promevil).ratio


def test_without_a_range_a_table_goes_from_nothing_to_twice_the_number(two_lines):
    table = two_way(two_lines, "aid", "wide.euros", steps=3)  # held, and without a low or a high
    assert table.first_values == (0, 10, 20)
    assert np.isnan(table.ratios[0]).all()
    assert table.second_values == (70, 100, 130)


def test_whole_years_make_whole_rows(lasting):
    table = two_way(lasting, "calm.benefit_period", "calm.deadweight", steps=7, second_values=[0.5])
    assert table.first_values == (2, 3, 4)
    assert table.ratios[:, 0].tolist() == pytest.approx([1, 1.5, 2])


@pytest.mark.parametrize("way_round", [1, -1])
def test_the_years_of_activity_may_be_either_side(way_round):
    once = cost("van", 100) | factor("van", 1_000, "EUR")
    scenario = case(outcomes=[amount("calm", 300)], costs=[once])
    values = {"activity_years": [1, 5, 10], "calm.amount": [300, 600]}
    first, second = list(values)[::way_round]
    table = two_way(
        scenario, first, second, first_values=values[first], second_values=values[second]
    )
    ratios = table.ratios if first == "activity_years" else table.ratios.T
    assert ratios == pytest.approx(np.array([[0.3, 0.6], [1.5, 3], [3, 6]]))


def test_every_fault_of_a_table_is_reported_at_once(two_lines):
    with pytest.raises(ScenarioError) as refused:
        two_way(
            two_lines,
            "wide.euros",
            "wide.deadweight",
            first_values=[math.nan, 10],
            second_values=[0.5, 1.5, -0.5],
        )
    assert [(one.where, one.received) for one in refused.value.problems[1:]] == [
        ("wide.deadweight", 1.5),
        ("wide.deadweight", -0.5),
    ]
    assert refused.value.problems[0].where == "wide.euros"
    with pytest.raises(ScenarioError) as refused:
        two_way(two_lines, "deep.euros", "timing")
    assert [(one.where, one.code) for one in refused.value.problems] == [
        ("deep.euros", "unknown_address"),
        ("timing", "unknown_address"),
    ]


def test_half_a_year_is_no_duration(lasting):
    with pytest.raises(ScenarioError, match="benefit_period"):
        two_way(lasting, "calm.benefit_period", "aid", first_values=[2.5])


def test_a_number_of_nothing_without_a_range_needs_values():
    scenario = case(outcomes=[amount("calm", 0)], costs=[cost("aid", 10)])
    with pytest.raises(ScenarioError) as refused:
        two_way(scenario, "calm.amount", "aid")
    assert [(one.where, one.code) for one in refused.value.problems] == [
        ("calm.amount", "no_range")
    ]
    given_values = two_way(scenario, "calm.amount", "aid", first_values=[5], second_values=[10])
    assert given_values.ratios.tolist() == [[0.5]]


def test_a_table_needs_two_numbers_and_two_steps(two_lines):
    with pytest.raises(ValueError, match="different"):
        two_way(two_lines, "aid", "aid")
    with pytest.raises(ValueError, match="steps"):
        two_way(two_lines, "aid", "wide.euros", steps=1)


# By grade, what stands for a correction that no one stated is not the one that is taken off.
@given(scenario=strategies.scenarios(optimism_bias="off"), data=st.data())
def test_where_both_numbers_are_as_stated_the_table_says_the_ratio(scenario, data):
    addresses = [address for address, _ in scenario.parameters()]
    first, second = data.draw(st.permutations(addresses))[:2]
    table = two_way(
        scenario,
        first,
        second,
        first_values=[scenario.value_at(first)],
        second_values=[scenario.value_at(second)],
    )
    assert table.ratios == pytest.approx(np.array([[evaluate(scenario).ratio]]), rel=1e-12)


# --- Shares of the variance --------------------------------------------------------------------


def ishigami(x):
    return np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])


def test_the_shares_of_the_ishigami_function():
    # Ishigami and Homma (1990): with a = 7 and b = 0.1
    a, b, pi = 7, 0.1, math.pi
    alone = ((1 + b * pi**4 / 5) ** 2 / 2, a**2 / 8, 0)
    together = b**2 * pi**8 * (1 / 18 - 1 / 50)  # of the first and the third
    variance = sum(alone) + together
    first_order = [part / variance for part in alone]
    total = [(alone[0] + together) / variance, alone[1] / variance, together / variance]
    assert first_order == pytest.approx([0.3139, 0.4424, 0], abs=5e-5)
    assert total == pytest.approx([0.5576, 0.4424, 0.2437], abs=5e-5)
    inputs = [Uniform(low=-pi, high=pi)] * 3
    found = variance_shares_of(ishigami, inputs, points=2**14, seed=1)
    assert found.mean == pytest.approx(a / 2, abs=0.002)
    assert found.standard_deviation == pytest.approx(math.sqrt(variance), rel=0.005)
    assert found.first_order == pytest.approx(first_order, abs=0.01)
    assert found.total == pytest.approx(total, abs=0.01)
    for values, errors, truth in (
        (found.first_order, found.first_order_errors, first_order),
        (found.total, found.total_errors, total),
    ):
        for value, error, true in zip(values, errors, truth, strict=True):
            assert 0 < error < 0.005
            # Student's t with 7 degrees of freedom is beyond 6 once in two thousand.
            assert abs(value - true) < 6 * error


def test_the_shares_of_a_sum_are_the_variances():
    # Variances as widths squared: 1, 4, 9 of 14
    inputs = [Uniform(low=0, high=width) for width in (1, 2, 3)]
    found = variance_shares_of(lambda draws: draws.sum(axis=0), inputs)
    shares = [1 / 14, 4 / 14, 9 / 14]
    assert found.first_order == pytest.approx(shares, abs=0.002)
    assert found.total == pytest.approx(shares, abs=0.002)
    assert found.mean == pytest.approx(3, abs=1e-4)
    assert found.standard_deviation == pytest.approx(math.sqrt(14 / 12), rel=1e-3)


def test_more_points_than_a_chunk_are_all_used():
    inputs = [Uniform(low=0, high=1)] * 2
    found = variance_shares_of(lambda draws: draws[0] * draws[1], inputs, points=2**17)
    # Var = 1/9 - 1/16 = 7/144; each alone 1/48 = 3/144; together 1/144
    assert found.points == 2**17
    assert found.first_order == pytest.approx([3 / 7, 3 / 7], abs=5e-4)
    assert found.total == pytest.approx([4 / 7, 4 / 7], abs=5e-4)


def test_one_input_has_all_of_the_variance():
    found = variance_shares_of(lambda draws: draws[0] ** 2, [Uniform(low=0, high=1)])
    assert (found.first_order, found.total) == ((1,), (1,))
    assert found.mean == pytest.approx(1 / 3, abs=1e-4)


@pytest.mark.parametrize("inputs", [0, 1, 3])
def test_what_does_not_vary_has_no_shares(inputs):
    found = variance_shares_of(lambda _: 0.1 + 0.2, [Uniform(low=0, high=1)] * inputs)
    assert found.first_order == found.total == found.total_errors == (0,) * inputs
    assert found.standard_deviation == 0
    assert found.mean == pytest.approx(0.3)


def test_what_is_not_finite_somewhere_has_no_shares_that_are_numbers():
    inputs = [Uniform(low=0, high=1)] * 2
    found = variance_shares_of(lambda draws: np.where(draws[0] > 0.9, np.nan, 1.0), inputs)
    assert all(map(math.isnan, (*found.first_order, *found.total, found.mean)))


def test_a_fixed_input_has_no_share():
    found = variance_shares_of(
        lambda draws: draws.sum(axis=0), [Uniform(low=0, high=1), Fixed(value=3)]
    )
    assert (found.first_order[1], found.total[1]) == (0, 0)


def test_the_shares_of_two_lines_are_their_variances(two_lines):
    found = variance_shares(two_lines)
    assert [one.address for one in found.numbers] == ["narrow.euros", "wide.euros"]
    assert [one.first_order for one in found.numbers] == pytest.approx([0.1, 0.9], abs=0.002)
    assert [one.total for one in found.numbers] == pytest.approx([0.1, 0.9], abs=0.002)
    assert found.first_order_sum == pytest.approx(1, abs=0.003)
    assert found.total_sum == pytest.approx(1, abs=0.003)
    # (60² + 20²) / 12 over 10²
    assert found.standard_deviation == pytest.approx(math.sqrt(4_000 / 12) / 10, rel=1e-3)
    assert (found.perspective, found.points, found.ignored_correlations) == ("society", 4096, False)


def test_factors_of_one_line_share_what_they_do_together():
    # Factors of mean 1 and squared deviation v = 1/12: alone v each, together v²
    line = outcome("calm", uniform("a", 0.5, 1.5, "1"), uniform("b", 0.5, 1.5, "EUR/year"))
    found = variance_shares(case(outcomes=[line], costs=[held("aid", 1)]), points=2**14)
    v = 1 / 12
    for one in found.numbers:
        assert one.first_order == pytest.approx(v / (2 * v + v**2), abs=0.002)
        assert one.total == pytest.approx((v + v**2) / (2 * v + v**2), abs=0.002)
    assert found.first_order_sum < 1 < found.total_sum


def test_years_are_drawn_whole(lasting):
    found = variance_shares(lasting)
    # The one number that varies: the ratio is its years, 2, 3 or 4
    assert [(one.address, one.total) for one in found.numbers] == [("calm.benefit_period", 1)]
    simulated = simulate(lasting, 2**12)
    assert set(np.rint(simulated.ratios)) == {2, 3, 4}
    assert found.mean == pytest.approx(simulated.mean().value, abs=0.01)
    assert found.standard_deviation == pytest.approx(simulated.ratios.std(), rel=0.01)


def test_correlations_are_left_out_and_it_says_so(two_lines):
    data = case_data(
        outcomes=[
            outcome("narrow", uniform("euros", 40, 60, "EUR/year")),
            outcome("wide", uniform("euros", 70, 130, "EUR/year")),
        ],
        costs=[held("aid", 10)],
    )
    data["correlations"] = [{"between": ["narrow.euros", "wide.euros"], **number(0.8)}]
    tied = variance_shares(scenario_from(data))
    assert tied.ignored_correlations
    assert tied.numbers == variance_shares(two_lines).numbers


def test_a_correlation_with_a_number_that_is_held_is_not_missed():
    data = case_data(outcomes=[amount("calm", 100)], costs=[held("aid", 10)])
    data["correlations"] = [{"between": ["calm.amount", "aid"], **number(0.8)}]
    assert not variance_shares(scenario_from(data)).ignored_correlations


def test_the_shares_on_promevil_are_those_of_an_independent_simulation(promevil):
    found = variance_shares(promevil, perspective=LEVERAGE)
    decisive = deciding_numbers(found)
    assert [one.address for one in decisive] == [
        "balance.amount",
        "quiet_nights.people",
        "state_aid",
    ]
    assert decisive[0].total > 0.5
    simulated = simulate(promevil, 2**14, perspective=LEVERAGE)
    assert found.mean == pytest.approx(simulated.mean().value, rel=1e-3)
    assert found.standard_deviation == pytest.approx(simulated.ratios.std(), rel=0.01)
    assert found.first_order_sum == pytest.approx(1, abs=0.02)
    assert found.total_sum == pytest.approx(1, abs=0.02)


def test_the_same_seed_gives_the_same_shares_and_another_does_not(promevil):
    shares = variance_shares(promevil, points=2**8, seed=3)
    assert variance_shares(promevil, points=2**8, seed=3) == shares
    assert variance_shares(promevil, points=2**8, seed=4).numbers != shares.numbers


def test_the_deciding_numbers_are_as_many_as_asked_for_and_have_a_share(two_lines):
    found = variance_shares(two_lines)
    assert [one.address for one in deciding_numbers(found, 1)] == ["wide.euros"]
    assert len(deciding_numbers(found, 5)) == 2
    unseen = variance_shares(two_lines, perspective="funder-state")
    assert unseen.standard_deviation == 0
    assert deciding_numbers(unseen) == ()


def test_without_numbers_that_vary_there_is_nothing_to_share():
    still = outcome("calm", factor("euros", 50, "EUR/year", distribution={"kind": "fixed"}))
    found = variance_shares(case(outcomes=[still], costs=[held("aid", 10)]))
    assert (found.numbers, found.mean, found.standard_deviation) == ((), 5, 0)


def test_without_a_cost_no_share_is_a_number():
    scenario = case(outcomes=[amount("calm", 50), amount("trust", 50)])
    found = variance_shares(scenario)
    assert all(math.isnan(one.total) for one in found.numbers)
    assert deciding_numbers(found) == ()


def test_points_are_rounded_up_to_a_power_of_two(two_lines):
    assert variance_shares(two_lines, points=1_000).points == 1_024
    assert variance_shares(two_lines, points=2).points == 128


@pytest.mark.parametrize("wrong", [{"points": 0}, {"points": 2**21}, {"seed": -1}])
def test_points_and_seeds_that_make_no_sense_are_refused(two_lines, wrong):
    (name,) = wrong
    with pytest.raises(ValueError, match=name):
        variance_shares(two_lines, **wrong)
