"""The formulas of a social return on investment, one function each.

Every function takes one value or an array of draws and broadcasts like NumPy. Shares are
fractions. Definitions follow *A Guide to Social Return on Investment* (The SROI Network,
2012), stages 4 and 5, except where a docstring says otherwise.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Numeric = float | NDArray[np.float64]

Deductions = Literal["multiply", "add"]
AttributionMeans = Literal["others", "credited"]
MONTHS_PER_YEAR = 12
EUROS_PER_MILLION = 1_000_000
CONVERTED_DECIMALS = 6


def gross_value(factors: Iterable[Numeric]) -> Numeric:
    """Return the gross value of an outcome in euros per year of activity.

    It is the product of its factors: quantities, and one value in money per unit. Without a
    factor the product is empty and the value is 1.

    Source: SROI guide, stages 3 and 4 (quantity times financial proxy).
    """
    value, *others = [*factors] or [1.0]
    for factor in others:
        value = value * factor
    return value


def converted_amount(stated: float, *, times: float = 1.0, divided_by: float = 1.0) -> float:
    """Return what a source states in another unit or prices: ``stated * times / divided_by``.

    To the sixth decimal, in the unit asked for; no source states as many.
    """
    return round(stated * times / divided_by, CONVERTED_DECIMALS)


def posts_multiplier(posts: Numeric, posts_now: Numeric, elasticity: Numeric) -> Numeric:
    """Return what a quantity is multiplied by when the posts go from ``posts_now`` to ``posts``.

    (n / n0) ** elasticity: 1 is proportional, less is diminishing returns, 0 is no effect.
    The elasticity is an assumption, to be varied.
    """
    return (posts / posts_now) ** elasticity


def combined_share(own: Numeric, common: Numeric) -> Numeric:
    """Return the share deducted when an own and a common share both apply.

    1 - (1 - own)(1 - common): the common share bears on what the outcome's own one left.
    """
    # The same value as the product of what is kept, written so that a zero share is exact.
    return own + common - own * common


def kept_share(
    *,
    deadweight: Numeric = 0.0,
    displacement: Numeric = 0.0,
    attribution: Numeric = 0.0,
    optimism_bias: Numeric = 0.0,
    deductions: Deductions = "multiply",
    attribution_means: AttributionMeans = "others",
) -> Numeric:
    """Return the fraction of a gross value that is credited to the activity.

    ``deadweight`` would have happened anyway, ``displacement`` only moved elsewhere,
    ``optimism_bias`` is cut for weak evidence. ``attribution`` is owed to **others** and
    deducted; with ``attribution_means="credited"`` it is what the activity may claim, and kept.

    With ``deductions="multiply"`` (SROI guide, stage 4) the deductions are taken one after the
    other; with ``"add"``, met in published studies, they are summed, and nothing is kept once
    they reach 1. A credited share and the optimism-bias correction multiply in both.
    """
    deducted = [deadweight, displacement]
    kept = 1 - optimism_bias
    if attribution_means == "credited":
        kept = kept * attribution
    else:
        deducted.append(attribution)
    if deductions == "add":
        return kept * np.maximum(0.0, 1 - sum(deducted))
    for share in deducted:
        kept = kept * (1 - share)
    return kept


def optimism_correction(optimism_bias: Numeric, gross: Numeric) -> Numeric:
    """Return what is cut from a line for optimism: nothing from one that is a loss.

    The correction is there because effects are overestimated the more, the weaker their evidence:
    to cut a loss by it would make the result better for being less sure of it. ``gross`` is the
    gross value of the outcome, below 0 for a loss. What a transfer takes from one stakeholder is
    what it gives the other: it is corrected by the sign of what is given, on both sides.
    """
    if isinstance(optimism_bias, float | int) and optimism_bias == 0:
        return optimism_bias
    corrected = np.where(np.asarray(gross) < 0, 0.0, optimism_bias)
    return corrected if corrected.ndim else float(corrected)


def ratio(benefits: Numeric, costs: Numeric) -> Numeric:
    """Return euros of benefit per euro of cost; NaN where there is no cost.

    Source: SROI guide, stage 5.3. With ``costs`` of zero the ratio is undefined.
    """
    if type(benefits) is float and type(costs) is float:  # one result: twenty times sooner
        return benefits / costs if costs else math.nan
    costs = np.asarray(costs, dtype=float)
    # A cost next to nothing gives a ratio beyond what a double holds: infinite, without a fuss.
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        quotient = np.where(costs == 0, np.nan, np.divide(benefits, costs))
    return quotient if quotient.ndim else float(quotient)


def net_present_value(benefits: Numeric, costs: Numeric) -> Numeric:
    """Return present value of benefits less present value of costs, in euros."""
    return benefits - costs


def net_return(benefits: Numeric, costs: Numeric) -> Numeric:
    """Return euros gained per euro of cost, the cost deducted; NaN where there is no cost.

    Source: SROI guide, stage 5.3 (net SROI ratio): (benefits - costs) / costs.
    """
    return ratio(net_present_value(benefits, costs), costs)


def payback_months(
    yearly_costs: NDArray[np.float64], yearly_benefits: NDArray[np.float64]
) -> float:
    """Return the months until cumulated benefits first reach cumulated costs; NaN if never.

    Both are those of years 1, 2, …, in present value. A cost stands at the start of its year;
    benefits, less what is paid along with them, are spread evenly over theirs. On a single
    year's flow this is cost / (benefit / 12): arithmetic on an annual flow and not a date; where
    the year brings less than it cost, no later one makes up for it, and the result is NaN.
    Without a cost there is nothing to pay back, and the result is NaN; before the first cost
    there is nothing to pay back yet.
    """
    costs = np.cumsum(yearly_costs)
    if costs[-1] <= 0:
        return float("nan")
    reached = 0.0
    for year, (cost, benefit) in enumerate(zip(costs, yearly_benefits, strict=True)):
        missing = float(cost) - reached
        if cost > 0 and (missing <= 0 or benefit >= missing):
            return float(MONTHS_PER_YEAR * (year + max(0.0, missing) / (benefit or 1.0)))
        reached += float(benefit)
    return float("nan")


def jobs_per_million_euros(jobs: Numeric, costs: Numeric) -> Numeric:
    """Return jobs per million euros of cost; NaN where there is no cost."""
    return ratio(jobs * EUROS_PER_MILLION, costs)


def cost_per_job(costs: Numeric, jobs: Numeric) -> Numeric:
    """Return euros of cost per job; NaN where there is no job, or no cost to share among them."""
    return ratio(np.where(np.asarray(costs) == 0, np.nan, costs), jobs)


def whole_percents(shares: Sequence[float]) -> list[int]:
    """Return shares in whole percents that add up as the shares do, by the largest remainder.

    So 42.1, 50.5 and 7.5 % are 42, 51 and 7, and not 99 together.
    """
    exact = [share * 100 for share in shares]
    whole = [math.floor(percent) for percent in exact]
    missing = round(math.fsum(exact)) - sum(whole)
    largest_first = sorted(range(len(exact)), key=lambda i: whole[i] - exact[i])
    for position in largest_first[:missing]:
        whole[position] += 1
    return whole
