"""Effects over years, and what they are worth today."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given

from roi_model.discounting import (
    discount_factor,
    discount_factors,
    geometric_sum,
    present_value_of_effect,
    yearly_values,
)
from roi_model.settings import SETTING_CHOICES
from tests.roi_model.strategies import drop_off_starts, periods, rates, shares, timings


def yearly_present_values(impact, *, discount_rate=0.0, timing="end", **effect):
    """Return the terms that a closed form sums, year by year."""
    values = yearly_values(impact, **effect)
    return values * discount_factors(len(values), discount_rate=discount_rate, timing=timing)


# The example that DESIGN.md works by hand: 1 000 € a year, a tenth lost each further year, five
# years. The five values are 1 000, 900, 810, 729 and 656.10 €.
ERODING = {"drop_off": 0.10, "benefit_period": 5}


@pytest.mark.parametrize(
    ("timing", "expected"),
    [
        # 1000/1.035 + 900/1.035² + 810/1.035³ + 729/1.035⁴ + 656.1/1.035⁵
        ("end", 3_724.616_776),
        # 1000 + 900/1.035 + 810/1.035² + 729/1.035³ + 656.1/1.035⁴, the above × 1.035
        ("start", 3_854.978_363),
        # half a year between the two: 3 724.616 776 × √1.035 (1.017 349 497)
        ("mid", 3_789.237_005),
        # 1000 + 900 + 810 + 729 + 656.10
        ("none", 4_095.10),
    ],
)
def test_the_worked_example_under_each_convention(timing, expected):
    value = present_value_of_effect(1_000, **ERODING, discount_rate=0.035, timing=timing)
    assert value == pytest.approx(expected, abs=5e-7)


def test_the_guide_discounts_at_the_end_of_the_year_and_erodes_from_the_second():
    by_default = present_value_of_effect(1_000, **ERODING, discount_rate=0.035)
    assert by_default == pytest.approx(3_724.616_776, abs=5e-7)


def test_erosion_that_starts_at_once_takes_a_tenth_of_every_year():
    # every year is 0.9 times its value under the guide: 4 095.10 × 0.9 = 3 685.59
    value = present_value_of_effect(1_000, **ERODING, timing="none", drop_off_from=1)
    assert value == pytest.approx(3_685.59)


def test_the_terms_are_the_years():
    # 1 000 / 1.1 = 909.09…; 500 / 1.21 = 413.22…; 250 / 1.331 = 187.83…
    np.testing.assert_allclose(
        yearly_present_values(1_000, drop_off=0.5, benefit_period=3, discount_rate=0.1),
        [909.090_909, 413.223_140, 187.828_700],
        atol=5e-7,
    )


def test_one_euro_in_ten_years_at_3_percent_and_a_half():
    assert discount_factor(10, 0.035) == pytest.approx(0.708_918_814)  # 1 / 1.035¹⁰


def test_one_euro_now_is_one_euro():
    assert discount_factor(0, 0.5) == 1


@pytest.mark.parametrize(
    ("step", "terms", "expected"),
    [
        (0.5, 4, 1.875),  # 1 + 0.5 + 0.25 + 0.125
        (1.0, 7, 7.0),  # seven ones
        (0.0, 7, 1.0),  # the first term alone
        (0.9, 1, 1.0),  # one term
    ],
)
def test_a_geometric_sum(step, terms, expected):
    assert geometric_sum(step, terms) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("gap", [1e-16, 2.3e-16, 1e-15, 1e-13, 1e-10, 1e-8, 1e-5, 1e-2])
def test_the_closed_form_keeps_its_digits_near_no_erosion(gap):
    # (1 − (1 − gap)³⁰) / gap would be off by whole units at a gap of 1e-15.
    expected = math.fsum((1 - gap) ** year for year in range(30))
    assert present_value_of_effect(1.0, drop_off=gap, benefit_period=30) == pytest.approx(
        expected, rel=1e-14
    )


@given(
    drop_off=shares,
    benefit_period=periods,
    discount_rate=rates,
    timing=timings,
    drop_off_from=drop_off_starts,
)
def test_the_closed_form_is_the_sum_over_the_years(**effect):
    years = yearly_present_values(1_000, **effect)
    assert len(years) == effect["benefit_period"]
    assert present_value_of_effect(1_000, **effect) == pytest.approx(math.fsum(years), rel=1e-11)


def test_the_closed_form_is_the_sum_over_the_years_at_a_negative_rate_too():
    # At −1 % a later euro is worth more: 1/0.99 + 1/0.99² + 1/0.99³ = 3.061 015…
    effect = {"benefit_period": 3, "discount_rate": -0.01}
    assert math.fsum(yearly_present_values(1.0, **effect)) == pytest.approx(3.061_015, abs=5e-7)
    assert present_value_of_effect(1.0, **effect) == pytest.approx(3.061_015, abs=5e-7)


@given(drop_off=shares, benefit_period=periods)
def test_at_a_rate_of_zero_every_timing_gives_the_plain_sum(drop_off, benefit_period):
    plain = math.fsum((1 - drop_off) ** year for year in range(benefit_period))
    for timing in SETTING_CHOICES["timing"]:
        value = present_value_of_effect(
            1.0, drop_off=drop_off, benefit_period=benefit_period, timing=timing
        )
        assert value == pytest.approx(plain, rel=1e-11)


def test_without_discounting_the_rate_does_not_matter():
    effect = {**ERODING, "timing": "none"}
    assert present_value_of_effect(1_000, **effect, discount_rate=0.5) == pytest.approx(4_095.10)


@given(discount_rate=rates, benefit_period=periods)
def test_an_effect_that_is_lost_at_once_is_worth_its_first_year(discount_rate, benefit_period):
    value = present_value_of_effect(
        1_000,
        drop_off=1.0,
        benefit_period=benefit_period,
        discount_rate=discount_rate,
        timing="start",
    )
    assert value == 1_000


def test_an_effect_lost_from_its_first_year_on_is_worth_nothing():
    assert present_value_of_effect(1_000, drop_off=1.0, benefit_period=5, drop_off_from=1) == 0


@given(drop_off=shares, benefit_period=periods, discount_rate=rates)
def test_the_later_the_convention_places_a_year_the_less_it_is_worth(**effect):
    end, mid, start = (
        present_value_of_effect(1_000, **effect, timing=timing)
        for timing in ("end", "mid", "start")
    )
    half_a_year = math.sqrt(1 + effect["discount_rate"])
    assert mid == pytest.approx(end * half_a_year)
    assert start == pytest.approx(mid * half_a_year)


@pytest.mark.parametrize(
    ("timing", "drop_off_from"),
    list(product(SETTING_CHOICES["timing"], SETTING_CHOICES["drop_off_from"])),
)
def test_draws_give_what_each_value_gives_alone(timing, drop_off_from):
    conventions = {"timing": timing, "drop_off_from": drop_off_from}
    draws = {
        "impact": np.array([1_000.0, -50.0, 0.0, 7.0, 7.0]),
        "drop_off": np.array([0.1, 0.0, 0.5, 1.0, 1e-15]),
        "benefit_period": np.array([5, 1, 30, 3, 30]),
        "discount_rate": np.array([0.035, 0.0, 0.08, 0.1, 0.0]),
    }
    alone = [
        present_value_of_effect(
            float(draws["impact"][i]),
            drop_off=float(draws["drop_off"][i]),
            benefit_period=int(draws["benefit_period"][i]),
            discount_rate=float(draws["discount_rate"][i]),
            **conventions,
        )
        for i in range(5)
    ]
    np.testing.assert_allclose(present_value_of_effect(**draws, **conventions), alone, rtol=1e-15)


def test_one_drawn_number_among_fixed_ones_gives_a_draw_of_results():
    values = present_value_of_effect(
        1_000, drop_off=np.array([0.0, 0.1]), benefit_period=5, discount_rate=0.035, timing="none"
    )
    np.testing.assert_allclose(values, [5_000, 4_095.10])


def test_single_values_give_a_plain_number():
    assert isinstance(present_value_of_effect(1_000.0, **ERODING, discount_rate=0.035), float)
