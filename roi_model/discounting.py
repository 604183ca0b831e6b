"""Effects over years, and what they are worth today.

Convention for year t of an effect, t = 1 … benefit period: it is discounted by
1 / (1 + rate) ** k(t), where k(t) is t at the end of the year (the SROI guide's reading),
t - 1/2 in mid-year, t - 1 at its start, and 0 without discounting.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from roi_model.formulas import Numeric

Timing = Literal["end", "mid", "start", "none"]
DropOffFrom = Literal[1, 2]
CostTiming = Literal["start", "benefits"]

FIRST_YEAR_EXPONENT: dict[Timing, float] = {"end": 1.0, "mid": 0.5, "start": 0.0, "none": 0.0}
"""k(1): how many years the first year's value is discounted."""


def discount_factor(years: Numeric, discount_rate: Numeric) -> Numeric:
    """Return today's value of one euro received after ``years``: (1 + rate) ** -years."""
    return (1.0 + discount_rate) ** -years


def geometric_sum(step: Numeric, terms: Numeric) -> Numeric:
    """Return 1 + step + … + step ** (terms - 1), for a step of 0 or more.

    For a whole number of terms the sum is built by doubling, S(2n) = S(n) (1 + step ** n) and
    S(n + 1) = 1 + step S(n): multiplications alone, without the cancellation that the quotient
    (1 - step ** terms) / (1 - step) has near a step of 1. For draws of the number of terms the
    quotient is taken through ``expm1`` and ``log1p`` of the gap to 1, which keeps the digits.
    """
    if isinstance(terms, int | np.integer):
        return _whole_geometric_sum(step, int(terms))
    gap = 1.0 - np.asarray(step, dtype=float)
    regular = (gap != 0) & (gap < 1)
    safe_gap = np.where(regular, gap, 0.5)
    total = -np.expm1(terms * np.log1p(-safe_gap)) / safe_gap
    total = np.where(regular, total, np.where(gap == 0, terms, 1.0))
    return total if total.ndim else float(total)


def _whole_geometric_sum(step: Numeric, terms: int) -> Numeric:
    if terms < 2:
        return step * 0.0 + float(terms)
    # From two terms on, in place: it is most of the time that a hundred thousand draws take.
    digits = bin(terms)[3:]
    total, power = 1.0 + step, step
    for place, digit in enumerate(digits):
        if place:
            total *= 1.0 + power
        if place + 1 < len(digits):
            power = power * power
            if digit == "1":
                power *= step
        if digit == "1":
            total *= step
            total += 1.0
    return total


def present_value_of_effect(
    impact: Numeric,
    *,
    drop_off: Numeric = 0.0,
    benefit_period: Numeric = 1,
    discount_rate: Numeric = 0.0,
    timing: Timing = "end",
    drop_off_from: DropOffFrom = 2,
    activity_years: int = 1,
    start_year: int = 1,
) -> Numeric:
    """Return the present value, in euros, of an effect that lasts ``benefit_period`` years.

    With v = 1 / (1 + rate) and q = 1 - drop_off, the sum over years of
    impact * q ** (t - 1) * v ** k(t) is geometric, so no axis of years is needed:
    impact * v ** k(1) * (1 - (q v) ** D) / (1 - q v).

    An activity of N years has such an effect in each of them, one year after the other: times
    (1 - v ** N) / (1 - v). One that begins in year s is worth v ** (s - 1) of it.

    With ``drop_off_from=1`` the first year is already eroded (every year is q times its value
    under the guide's convention, which erodes from year 2). With ``timing="none"`` nothing is
    discounted whatever the rate.

    Source: SROI guide, stage 5.1 and 5.2; closed form of a geometric series.
    """
    kept_a_year = 1.0 - drop_off
    rate = 0.0 if timing == "none" else discount_rate
    a_year_later = discount_factor(1.0, rate)
    value = impact * geometric_sum(kept_a_year * a_year_later, benefit_period)
    first = FIRST_YEAR_EXPONENT[timing] + start_year - 1
    if first:
        value = value * discount_factor(first, rate)
    if drop_off_from == 1:
        value = value * kept_a_year
    if activity_years != 1:
        value = value * geometric_sum(a_year_later, activity_years)
    return value


def present_value_of_cost(
    amount: Numeric,
    *,
    years: int = 1,
    discount_rate: Numeric = 0.0,
    timing: Timing = "end",
    paid: CostTiming = "start",
    start_year: int = 1,
) -> Numeric:
    """Return the present value, in euros, of an amount paid in each of ``years`` years.

    At the start of its year, k(t) = t - 1, whatever the timing of the benefits; or, with
    ``paid="benefits"``, at theirs. With ``timing="none"`` nothing is discounted.

    Source: SROI guide, stage 5.2 (a first year's cost is not discounted); New Zealand
    Treasury's template has both.
    """
    return present_value_of_effect(
        amount,
        discount_rate=discount_rate,
        timing=timing_of_cost(timing, paid),
        activity_years=years,
        start_year=start_year,
    )


def timing_of_cost(timing: Timing, paid: CostTiming) -> Timing:
    """Return when in its year a cost is counted, beside benefits counted at ``timing``."""
    return timing if paid == "benefits" or timing == "none" else "start"


def yearly_values(
    impact: float,
    *,
    drop_off: float = 0.0,
    benefit_period: int = 1,
    drop_off_from: DropOffFrom = 2,
    activity_years: int = 1,
    start_year: int = 1,
) -> NDArray[np.float64]:
    """Return what an effect is worth in each year, undiscounted, in euros.

    Shape (start_year - 1 + activity_years + benefit_period - 1,): the years of activity each
    begin an effect that fades, and a year holds what is left of all of them.
    """
    elapsed = np.arange(benefit_period, dtype=np.float64)
    values = (1.0 - drop_off) ** (elapsed + (1 if drop_off_from == 1 else 0))
    if activity_years > 1:
        values = np.convolve(values, np.ones(activity_years))
    return np.concatenate([np.zeros(start_year - 1), impact * values])


def discount_factors(
    years: int, *, discount_rate: float, timing: Timing = "end"
) -> NDArray[np.float64]:
    """Return today's value of one euro of each of ``years`` years; shape (years,)."""
    rate = 0.0 if timing == "none" else discount_rate
    exponents = FIRST_YEAR_EXPONENT[timing] + np.arange(years, dtype=np.float64)
    return np.asarray(discount_factor(exponents, rate), dtype=np.float64)
