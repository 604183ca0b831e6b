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

FIRST_YEAR_EXPONENT: dict[Timing, float] = {"end": 1.0, "mid": 0.5, "start": 0.0, "none": 0.0}
"""k(1): how many years the first year's value is discounted."""


def discount_factor(years: Numeric, discount_rate: Numeric) -> Numeric:
    """Return today's value of one euro received after ``years``: (1 + rate) ** -years."""
    return (1.0 + discount_rate) ** -years


def geometric_sum(step: Numeric, terms: Numeric) -> Numeric:
    """Return 1 + step + … + step ** (terms - 1), for a step of 0 or more.

    Near a step of 1 the quotient (1 - step ** terms) / (1 - step) would lose its digits; it is
    taken through ``expm1`` and ``log1p`` of the gap to 1, which keeps them. At 1 the sum is
    ``terms``, at 0 it is 1.
    """
    gap = 1.0 - np.asarray(step, dtype=float)
    regular = (gap != 0) & (gap < 1)
    safe_gap = np.where(regular, gap, 0.5)
    total = -np.expm1(terms * np.log1p(-safe_gap)) / safe_gap
    total = np.where(regular, total, np.where(gap == 0, terms, 1.0))
    return total if total.ndim else float(total)


def present_value_of_effect(
    impact: Numeric,
    *,
    drop_off: Numeric = 0.0,
    benefit_period: Numeric = 1,
    discount_rate: Numeric = 0.0,
    timing: Timing = "end",
    drop_off_from: DropOffFrom = 2,
) -> Numeric:
    """Return the present value, in euros, of an effect that lasts ``benefit_period`` years.

    With v = 1 / (1 + rate) and q = 1 - drop_off, the sum over years of
    impact * q ** (t - 1) * v ** k(t) is geometric, so no axis of years is needed:
    impact * v ** k(1) * (1 - (q v) ** D) / (1 - q v).

    With ``drop_off_from=1`` the first year is already eroded (every year is q times its value
    under the guide's convention, which erodes from year 2). With ``timing="none"`` nothing is
    discounted whatever the rate.

    Source: SROI guide, stage 5.1 and 5.2; closed form of a geometric series.
    """
    kept_a_year = 1.0 - drop_off
    rate = 0.0 if timing == "none" else discount_rate
    a_year_later = discount_factor(1.0, rate)
    first = discount_factor(FIRST_YEAR_EXPONENT[timing], rate)
    if drop_off_from == 1:
        first = first * kept_a_year
    return impact * first * geometric_sum(kept_a_year * a_year_later, benefit_period)


def yearly_present_values(
    impact: float,
    *,
    drop_off: float = 0.0,
    benefit_period: int = 1,
    discount_rate: float = 0.0,
    timing: Timing = "end",
    drop_off_from: DropOffFrom = 2,
) -> NDArray[np.float64]:
    """Return the present value of each year of an effect, in euros; shape (benefit_period,).

    The terms that ``present_value_of_effect`` sums.
    """
    elapsed = np.arange(benefit_period, dtype=np.float64)
    rate = 0.0 if timing == "none" else discount_rate
    eroded = (1.0 - drop_off) ** (elapsed + (1 if drop_off_from == 1 else 0))
    exponents = FIRST_YEAR_EXPONENT[timing] + elapsed
    return np.asarray(impact * eroded * discount_factor(exponents, rate), dtype=np.float64)
