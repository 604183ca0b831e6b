"""Each formula against a sum one can do by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roi_model import formulas
from tests.roi_model.strategies import amounts, costs, shares


def payback_of(cost, flows):
    """Return the payback of a cost paid at the start of the first year, in months."""
    paid = np.array([cost, *(0 for _ in flows[1:])], dtype=float)
    return formulas.payback_months(paid, np.array(flows))


def test_the_gross_value_is_the_product_of_the_factors():
    # 394 staff × 0.1 job each × 15 000 € a job = 591 000 €
    assert formulas.gross_value([394, 0.1, 15_000]) == pytest.approx(591_000)


def test_a_negative_unit_value_gives_a_negative_gross_value():
    # 40 complaints about the mediators × −25 € = −1 000 €
    assert formulas.gross_value([40, -25.0]) == -1_000


def test_the_shares_are_deducted_one_after_the_other():
    # kept: 80 % not anyway × 90 % not moved × 75 % ours × 50 % after optimism = 27 %
    assert formulas.kept_share(
        deadweight=0.20, displacement=0.10, attribution=0.25, optimism_bias=0.50
    ) == pytest.approx(0.27)


def test_nothing_is_deducted_unless_stated():
    assert formulas.kept_share() == 1


def test_deductions_that_add_are_summed_before_they_are_taken():
    # 1 − (20 % + 10 % + 25 %) = 45 %, where multiplying keeps 54 %
    assert formulas.kept_share(
        deadweight=0.20, displacement=0.10, attribution=0.25, deductions="add"
    ) == pytest.approx(0.45)


def test_deductions_that_add_up_to_more_than_everything_keep_nothing():
    assert formulas.kept_share(deadweight=0.7, displacement=0.6, deductions="add") == 0


def test_the_optimism_correction_multiplies_even_when_deductions_add():
    # (1 − 20 % − 10 %) × (1 − 50 %) = 35 %
    assert formulas.kept_share(
        deadweight=0.20, displacement=0.10, optimism_bias=0.50, deductions="add"
    ) == pytest.approx(0.35)


@pytest.mark.parametrize(("attribution_means", "kept"), [("others", 0.8), ("credited", 0.2)])
def test_attribution_of_20_percent_keeps_80_or_20_percent_by_its_meaning(attribution_means, kept):
    assert formulas.kept_share(
        attribution=0.2, attribution_means=attribution_means
    ) == pytest.approx(kept)


def test_a_credited_share_multiplies_the_rest_when_deductions_add():
    # 65 % credited × (1 − 10 % − 15 %) = 48.75 %
    assert formulas.kept_share(
        deadweight=0.10,
        displacement=0.15,
        attribution=0.65,
        deductions="add",
        attribution_means="credited",
    ) == pytest.approx(0.4875)


def test_an_own_and_a_common_share_combine():
    # 1 − (1 − 20 %)(1 − 10 %) = 28 %
    assert formulas.combined_share(0.20, 0.10) == pytest.approx(0.28)


@given(own=shares, common=shares)
def test_a_combined_share_is_the_complement_of_what_both_keep(own, common):
    combined = formulas.combined_share(own, common)
    assert 1 - combined == pytest.approx((1 - own) * (1 - common), abs=1e-15)
    assert combined == pytest.approx(formulas.combined_share(common, own), abs=1e-15)


@given(share=shares)
def test_a_common_share_of_zero_changes_nothing_and_one_of_100_percent_keeps_nothing(share):
    assert formulas.combined_share(share, 0.0) == share
    assert formulas.combined_share(share, 1.0) == pytest.approx(1.0, abs=1e-15)


def test_the_ratio_is_benefits_over_costs():
    # 20 200 000 / 1 500 000 = 13.4667
    assert formulas.ratio(20_200_000, 1_500_000) == pytest.approx(13.466_667, abs=5e-7)


def test_the_net_present_value_is_benefits_less_costs():
    assert formulas.net_present_value(20_200_000, 1_500_000) == 18_700_000


def test_the_net_return_is_the_ratio_less_the_euro_spent():
    # 18 700 000 / 1 500 000 = 12.4667
    assert formulas.net_return(20_200_000, 1_500_000) == pytest.approx(12.466_667, abs=5e-7)


@given(benefits=amounts, cost=costs)
def test_the_net_return_is_always_one_less_than_the_ratio(benefits, cost):
    expected = formulas.ratio(benefits, cost) - 1
    assert formulas.net_return(benefits, cost) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("benefits", [0.0, 1_000.0, -1_000.0])
def test_without_a_cost_the_ratio_and_the_net_return_are_undefined(benefits):
    assert math.isnan(formulas.ratio(benefits, 0.0))
    assert math.isnan(formulas.net_return(benefits, 0.0))


def test_harm_gives_a_negative_ratio():
    assert formulas.ratio(-500.0, 1_000.0) == -0.5


def test_a_single_flow_pays_back_after_cost_over_a_twelfth_of_the_benefit():
    # 1 500 000 / (20 200 000 / 12) = 0.891 month
    assert payback_of(1_500_000, [20_200_000.0]) == pytest.approx(0.891_089, abs=5e-7)


def test_a_payback_may_fall_within_a_later_year():
    # 1 000 after a year, 600 of the second year's 800 remain: 12 + 12 × 600 / 800 = 21 months
    assert payback_of(1_600, [1_000.0, 800.0]) == pytest.approx(21)


def test_a_cost_reached_exactly_at_the_end_of_the_year_is_paid_back_in_12_months():
    assert payback_of(1_000, [1_000.0, 0.0]) == 12


def test_harm_in_one_year_postpones_the_payback():
    # 500 − 200 = 300 after two years; the 700 left are half of the third year: 24 + 6 months
    assert payback_of(1_000, [500.0, -200.0, 1_400.0]) == pytest.approx(30)


@pytest.mark.parametrize("flows", [[0.0], [-5_000.0], [999.0], [999.0, 0.0], [400.0, 300.0, 200.0]])
def test_what_is_never_paid_back_has_no_payback(flows):
    assert math.isnan(payback_of(1_000, flows))


def test_where_nothing_is_paid_nothing_is_paid_back_and_no_job_has_a_cost():
    assert math.isnan(payback_of(0, [10.0]))
    assert math.isnan(formulas.cost_per_job(0.0, 41.0))


def test_jobs_per_million_euros_and_euros_per_job_are_two_readings_of_one_figure():
    # 41 jobs for 1.5 M€: 27.33 jobs a million, 36 585.37 € a job
    assert formulas.jobs_per_million_euros(41, 1_500_000) == pytest.approx(27.333_333)
    assert formulas.cost_per_job(1_500_000, 41) == pytest.approx(36_585.365_854)


def test_without_a_cost_or_without_a_job_the_jobs_figures_are_undefined():
    assert math.isnan(formulas.jobs_per_million_euros(41, 0.0))
    assert math.isnan(formulas.cost_per_job(1_500_000, 0.0))


def test_draws_give_what_each_value_gives_alone():
    draws = {
        "deadweight": np.array([0.0, 0.2, 1.0]),
        "displacement": np.array([0.1, 0.0, 0.3]),
        "attribution": np.array([0.5, 0.25, 0.9]),
        "optimism_bias": np.array([0.0, 0.4, 0.1]),
    }
    for deductions in ("multiply", "add"):
        for means in ("others", "credited"):
            conventions = {"deductions": deductions, "attribution_means": means}
            together = formulas.kept_share(**draws, **conventions)
            alone = [
                formulas.kept_share(
                    **{name: float(values[i]) for name, values in draws.items()}, **conventions
                )
                for i in range(3)
            ]
            np.testing.assert_array_equal(together, alone)


def test_draws_of_benefits_and_costs_give_their_ratios_and_nan_where_a_cost_is_zero():
    ratios = formulas.ratio(np.array([10.0, 10.0, 0.0]), np.array([2.0, 0.0, 5.0]))
    np.testing.assert_array_equal(ratios, [5.0, np.nan, 0.0])


def test_draws_of_factors_multiply_draw_by_draw():
    values = formulas.gross_value([np.array([10.0, 20.0]), np.array([3.0, 4.0]), 2.0])
    np.testing.assert_array_equal(values, [60.0, 160.0])


@given(
    gross=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=5),
    bias=st.floats(0, 1),
)
def test_a_correction_for_optimism_never_raises_a_value(gross, bias):
    values = np.array(gross)
    corrected = values * formulas.kept_share(
        optimism_bias=formulas.optimism_correction(bias, values)
    )
    assert (corrected <= values).all()
    assert (corrected[values < 0] == values[values < 0]).all()
    one = formulas.optimism_correction(bias, gross[0])
    assert one == (bias if gross[0] >= 0 else 0)
