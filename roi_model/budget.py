"""What a budget buys, what a target ratio needs, and what goes with a funder.

All of it rests on the rule of growth of the funding case, (n / n0) to the power of an
elasticity: an assumption to be varied, and not a forecast.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Literal

import numpy as np

from roi_model import formulas
from roi_model.formulas import Numeric
from roi_model.funding import (
    FundingCase,
    Growth,
    OtherCosts,
    funding_case,
    growth_of,
    yearly_cost_per_post,
)
from roi_model.parameters import LARGEST_AMOUNT, Elasticity, Parameter
from roi_model.perspectives import FUNDER, LEVERAGE, SOCIETY, Perspective, perspective_of
from roi_model.problems import Problem, ScenarioError
from roi_model.scenario import Scenario
from roi_model.switching import ROUNDING, Status
from roi_model.valuation import Valuation

Ratio = Literal["marginal", "average"]

SEARCHED = 10.0
"""Posts are searched from a tenth to ten times those of today: a rule of growth says nothing
of an activity of another size."""
CELLS = 500
"""Steps that the search is made in, half on each side of today."""
FLAT = 1e-9
"""Relative: a difference no larger than this is the rounding of the arithmetic."""
ALIKE = 0.01
"""Relative: the posts of today, priced, and their cost are the same up to this."""
MOST_CHOICES = 200
DOUBLED = 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Bought:
    """What a yearly budget pays for, in whole posts."""

    budget: float
    cost_per_post: float
    """Euros a year, in the prices that the scenario is read in."""
    posts: int
    left: float
    """Euros a year that pay for no whole post."""
    case: FundingCase
    """These posts beside those of today."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PostsAtRatio:
    """The numbers of posts between which a ratio is at a target or above."""

    ratio: Ratio
    target: float
    elasticity: float | None
    """One for all outcomes; ``None`` where each follows its own."""
    status: Status
    """``found``; ``not_possible``: it crosses the target nowhere that is searched; ``no_effect``:
    it does not depend on the number of posts; ``undefined``: no cost is counted."""
    from_posts: float | None
    up_to_posts: float | None
    """``None``: no end that way, among the numbers searched."""
    now: float
    """The average ratio today; of the marginal one, that of the very next part of a post."""

    @property
    def is_held(self) -> bool:
        """Say whether the ratio is at the target or above today."""
        return self.now >= self.target

    @property
    def whole_from(self) -> int | None:
        """The first whole number of posts at the target or above."""
        return None if self.from_posts is None else math.ceil(self.from_posts * (1 - FLAT))

    @property
    def whole_up_to(self) -> int | None:
        """The last whole number of posts at the target or above."""
        return None if self.up_to_posts is None else math.floor(self.up_to_posts * (1 + FLAT))


@dataclass(frozen=True, kw_only=True, slots=True)
class Withdrawal:
    """What goes when one payer stops paying and no one takes its place. Present value, euros.

    Value is that of society: everyone's gains.
    """

    stakeholder: str
    share_of_costs: float
    cost_saved: float
    posts_lost: float
    posts_left: float
    value_lost: float
    own_value_lost: float
    """The part of it that the payer itself gained."""

    @property
    def value_lost_per_euro(self) -> float:
        """Euros of value lost per euro that the payer saves."""
        return float(formulas.ratio(self.value_lost, self.cost_saved))


@dataclass(frozen=True, kw_only=True, slots=True)
class GrowthLine:
    """What other numbers of posts add under one rule of growth. Present value, euros."""

    elasticity: float
    when_doubled: float
    """What effects are multiplied by when the posts double."""
    added_benefits: tuple[float, ...]
    marginal_ratios: tuple[float, ...]
    """NaN at the posts of today, and where no cost is counted."""


def what_a_budget_buys(
    scenario: Scenario,
    budget: float,
    *,
    perspective: Perspective | str | None = None,
    elasticity: float | None = None,
    other_costs: OtherCosts = "follow",
) -> Bought:
    """Return the whole posts that ``budget`` euros more a year pay for, and what they bring.

    The budget is that of the payer of the posts: other costs that follow them come on top.

    Raises:
        ScenarioError: no funding case, a post that costs nothing, or a budget below 0.
        KeyError: the scenario has no such point of view.
    """
    cost_per_post = yearly_cost_per_post(scenario)
    if not (math.isfinite(budget) and budget >= 0):
        raise ScenarioError([_refused("budget", budget, "a budget must be 0 or more")])
    if cost_per_post <= 0 or budget / cost_per_post > LARGEST_AMOUNT:
        message = "a post must cost something"
        raise ScenarioError([_refused("funding.cost_per_post", cost_per_post, message)])
    posts = math.floor(budget / cost_per_post * (1 + ROUNDING))
    now = growth_of(scenario, perspective=perspective).posts_now
    return Bought(
        budget=float(budget),
        cost_per_post=cost_per_post,
        posts=posts,
        left=max(0.0, budget - posts * cost_per_post),
        case=funding_case(
            scenario,
            perspective=perspective,
            posts=now + posts,
            elasticity=elasticity,
            other_costs=other_costs,
        ),
    )


def posts_at_ratio(
    scenario: Scenario,
    target: float,
    ratio: Ratio,
    *,
    perspective: Perspective | str | None = None,
    elasticity: float | None = None,
    other_costs: OtherCosts = "follow",
) -> PostsAtRatio:
    """Return between which posts the marginal or the average ratio is at ``target`` or above.

    Around the posts of today where it is there, else as near to them as may be.

    Raises:
        ScenarioError: the scenario has no funding case, or no posts today to compare with.
        KeyError: the scenario has no such point of view.
        ValueError: ``target`` is not above 0.
    """
    if not (math.isfinite(target) and target > 0):
        raise ValueError(f"target must be a ratio above 0 (got {target})")
    growth = growth_of(
        scenario, perspective=perspective, elasticity=elasticity, other_costs=other_costs
    )
    status, ends = _held_between(growth, target, ratio)
    return PostsAtRatio(
        ratio=ratio,
        target=float(target),
        elasticity=elasticity,
        status=status,
        from_posts=ends[0],
        up_to_posts=ends[1],
        now=_now(growth, ratio),
    )


def withdrawals(scenario: Scenario, *, elasticity: float | None = None) -> tuple[Withdrawal, ...]:
    """Return what goes with each payer, the largest first.

    Euros are taken to be alike: a payer of a share s of all that is paid pays for s of the posts,
    and posts fall from n0 to n0 (1 - s) with what others pay as it is. Each payer goes alone.

    Raises:
        ScenarioError: the scenario has no funding case, or no posts today to compare with.
    """
    growth = growth_of(scenario, perspective=SOCIETY, elasticity=elasticity)
    society = Valuation(scenario, perspective_of(SOCIETY, scenario.stakeholders))
    paid: dict[str, list[float]] = {}
    for cost in scenario.costs:
        paid.setdefault(cost.stakeholder, []).append(float(society.cost(cost, {})))
    saved = {one: fsum(amounts) for one, amounts in paid.items() if fsum(amounts) > 0}
    found = []
    for payer, cost_saved in sorted(saved.items(), key=lambda pair: -pair[1]):
        share = cost_saved / growth.costs_now
        left = growth.posts_now * max(0.0, 1.0 - share)
        own = growth_of(scenario, perspective=f"{FUNDER}-{payer}", elasticity=elasticity)
        found.append(
            Withdrawal(
                stakeholder=payer,
                share_of_costs=share,
                cost_saved=cost_saved,
                posts_lost=growth.posts_now - left,
                posts_left=left,
                value_lost=0.0 - float(growth.added_benefits(left)),
                own_value_lost=0.0 - float(own.added_benefits(left)),
            )
        )
    return tuple(found)


def growth_lines(
    scenario: Scenario,
    posts: Sequence[float],
    elasticities: Iterable[float],
    *,
    perspective: Perspective | str | None = None,
    other_costs: OtherCosts = "follow",
) -> tuple[GrowthLine, ...]:
    """Return what each number of ``posts`` adds under each rule of growth, for all outcomes.

    Raises:
        ScenarioError: the scenario has no funding case, or no posts today to compare with.
        KeyError: the scenario has no such point of view.
    """
    wanted = np.array(posts, dtype=np.float64)
    lines = []
    for elasticity in elasticities:
        growth = growth_of(
            scenario, perspective=perspective, elasticity=elasticity, other_costs=other_costs
        )
        lines.append(
            GrowthLine(
                elasticity=elasticity,
                when_doubled=float(formulas.posts_multiplier(DOUBLED, 1.0, elasticity)),
                added_benefits=tuple(_floats(growth.added_benefits(wanted))),
                marginal_ratios=tuple(_floats(growth.marginal_ratio(wanted))),
            )
        )
    return tuple(lines)


def elasticities_to_compare(current: float, stated: Elasticity) -> tuple[float, ...]:
    """Return the ends of the stated range and a value between, the current one if it may be.

    From the greatest down; without a range, the current value alone.
    """
    low, high = stated.low, stated.high
    if low is None or high is None or low == high:
        return (float(current),)
    between = current if low < current < high else (low + high) / 2
    return tuple(sorted({*map(float, (low, between, high, current))}, reverse=True))


def posts_to_compare(now: float, wanted: float, stated: Parameter) -> tuple[float, ...]:
    """Return numbers of posts around those of today, in equal whole steps.

    From the low to the high that are ``stated`` where they hold the posts of today, else from
    half to twice these. The posts of today and those wanted are among them.
    """
    low, high = stated.low, stated.high
    if low is None or high is None or not low <= now <= high:
        low, high = now / DOUBLED, max(now * DOUBLED, now + 1)
    first, last = math.floor(min(low, wanted)), math.ceil(max(high, wanted))
    step = next(
        one * 10**power
        for power in range(16)
        for one in (1, 2, 5)
        if (last - first) / (one * 10**power) <= MOST_CHOICES
    )
    first = math.ceil(first / step) * step
    return tuple(sorted({*map(float, range(first, last + 1, step)), float(now), float(wanted)}))


def target_to_begin_with(ratio: float) -> float:
    """Return a round ratio below the one given, to begin a search with; 1 at the least."""
    return max(1.0, float(math.floor(ratio * 0.75))) if math.isfinite(ratio) else 1.0


def price_gap(scenario: Scenario) -> tuple[float, float] | None:
    """Return what the posts of today cost at the price of a post, and what the scenario says.

    Euros of present value; ``None`` where they are alike, to one per cent. Where they are not,
    the marginal and the average ratio are about posts of different prices.

    Raises:
        ScenarioError: the scenario has no funding case, or no posts today to compare with.
    """
    growth = growth_of(scenario, perspective=SOCIETY)
    valuation = Valuation(scenario, growth.perspective)
    paying = scenario.funding.cost if scenario.funding else ""
    stated = float(valuation.costs({})[paying])
    priced = growth.posts_now * growth.cost_of_a_post
    return None if math.isclose(stated, priced, rel_tol=ALIKE) else (priced, stated)


def perspective_that_counts_posts(scenario: Scenario) -> str:
    """Return the point of view of the scenario, or its payer's leverage where it counts no post.

    Raises:
        ScenarioError: the scenario has no funding case, or no posts today to compare with.
    """
    named = scenario.settings.perspective
    growth = growth_of(scenario, perspective=named)
    payer = _payer_of_posts(scenario)
    return named if payer in growth.perspective.payers else f"{LEVERAGE}-{payer}"


def _payer_of_posts(scenario: Scenario) -> str:
    paying = scenario.funding.cost if scenario.funding else ""
    return {cost.id: cost.stakeholder for cost in scenario.costs}[paying]


Ends = tuple[float | None, float | None]


def _held_between(growth: Growth, target: float, ratio: Ratio) -> tuple[Status, Ends]:
    """Return how the search ended, and the ends of where the target is held."""
    values = growth.posts_now * np.geomspace(1 / SEARCHED, SEARCHED, CELLS + 1)
    values[CELLS // 2] = growth.posts_now
    ratios = np.array([_ratio_at(growth, ratio, float(value)) for value in values])
    known = np.isfinite(ratios)
    if not known.any():
        return "undefined", (None, None)
    if np.ptp(ratios[known]) <= FLAT * np.abs(ratios[known]).max():
        return "no_effect", (None, None)
    held = known & (ratios >= target)
    if held.all() or not held.any():
        return "not_possible", (None, None)
    # The run of steps that hold the target, the nearest to today.
    near = int(min(np.flatnonzero(held), key=lambda step: abs(step - CELLS // 2)))
    first = last = near
    while first > 0 and held[first - 1]:
        first -= 1
    while last < CELLS and held[last + 1]:
        last += 1

    def end(step: int, beyond: int) -> float | None:
        if not 0 <= beyond <= CELLS or not known[beyond]:
            return None
        return _solved(growth, target, ratio, float(values[step]), float(values[beyond]))

    return "found", (end(first, first - 1), end(last, last + 1))


def _solved(growth: Growth, target: float, ratio: Ratio, one: float, other: float) -> float:
    """Return the posts between two numbers at which a ratio is the target."""
    from scipy.optimize import brentq  # only here: an evaluation must not load it

    def missing(posts: float) -> float:
        return _ratio_at(growth, ratio, posts) - target

    return float(brentq(missing, min(one, other), max(one, other), xtol=1e-12))


def _ratio_at(growth: Growth, ratio: Ratio, posts: float) -> float:
    if ratio == "average":
        return float(growth.average_ratio(posts))
    if math.isclose(posts, growth.posts_now, rel_tol=1e-9):
        return _now(growth, ratio)  # nothing over nothing, whose limit it is
    return float(growth.marginal_ratio(posts))


def _now(growth: Growth, ratio: Ratio) -> float:
    """Return a ratio at the posts of today: of the marginal one, the derivative of both sides."""
    if ratio == "average":
        return float(growth.average_ratio(growth.posts_now))
    a_post = fsum(now * growth.elasticities[one] for one, now in growth.benefits_now.items())
    return float(formulas.ratio(a_post, growth.posts_now * growth.whole_cost_of_a_post))


def _floats(amounts: Numeric) -> list[float]:
    return [float(amount) for amount in np.atleast_1d(amounts)]


def _refused(where: str, received: float, message: str) -> Problem:
    return Problem(where=where, code="no_budget", received=received, allowed="", message=message)
