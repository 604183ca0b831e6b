"""What a programme gains if funds move from some associations to others, within bounds.

It rests on the rule of growth of the funding case: with m times the funds, the quantity of an
outcome is m to the power of its elasticity times what it is. That is an assumption, to be varied,
and no forecast: what one more euro brings is not seen in what all of them have brought.
"""

import math
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roi_model import formulas
from roi_model.portfolio import Amounts, Portfolio, Positions
from roi_model.portfolio_engine import engine_of
from roi_model.portfolio_evaluation import PortfolioEvaluation
from roi_model.portfolio_simulation import PortfolioSimulation
from roi_model.problems import Problem, ScenarioError

STEPS = 64
"""Straight pieces that a curve of diminishing returns is made of, on either side of today."""

SAMPLED = 20_000
"""Prices that are looked at first, of as many as there are pieces."""
BEYOND = 1e300
"""Above any price."""

ROUNDING = 1e-9
"""Relative: a difference no larger than this is the rounding of the arithmetic."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """What changes for one association. Present values, euros."""

    position: int
    id: str
    costs_now: float
    added_costs: float
    """Funds that move to it; below 0 those that move away."""
    added_benefits: float

    @property
    def marginal_ratio(self) -> float:
        """Euros of benefit that go along with each euro that moves."""
        return float(formulas.ratio(self.added_benefits, self.added_costs))


@dataclass(frozen=True, kw_only=True, slots=True)
class MovedFunds:
    """What a programme gains when funds move, its costs the same. Present values, euros."""

    moved: float
    gain: float
    benefits_now: float
    costs_now: float
    last_given: float
    last_received: float
    """Benefit of the last euro, lost where it comes from and gained where it goes: as long as they
    differ, a bound keeps more from moving. NaN where nothing moves."""
    moves: tuple[Move, ...]
    """Those that change, the largest receiver first."""

    @property
    def gain_per_euro(self) -> float:
        """Euros of benefit gained for each euro that moves."""
        return float(formulas.ratio(self.gain, self.moved))


def moved_funds(
    evaluation: PortfolioEvaluation,
    *,
    away: float,
    towards: float,
    most_moved: float | None = None,
    elasticity: float | None = None,
    cost: str | None = None,
) -> MovedFunds:
    """Return the move of funds that gains the programme most benefit at the cost of today.

    A row may lose the share ``away`` of its funds, and gain the share ``towards``; those of one
    ``cost``, or all that is counted. ``most_moved`` bounds the whole, in euros of present value.
    Euros are alike: a row with m times the costs has m times the posts. Each outcome follows its
    own elasticity, else that of the funding case; ``elasticity`` holds for all of them.

    Without a bound on the whole the last euro moved brings as much where it comes from as where
    it goes, or every row is at a bound. Rows with returns to scale as elasticity 1 move to a bound
    in the order of their ratios; diminishing returns are taken in ``STEPS`` straight pieces a side,
    of which the best are chosen, exactly. Rows without a cost stay as they are, and so do those
    that have an outcome below 0 with diminishing returns: more of it would hurt less and less.

    Raises:
        ScenarioError: no elasticity is known for an outcome.
        ValueError: a bound is not allowed, or an elasticity exceeds 1: more would bring ever more,
            and the best would be to fund one association alone.
        KeyError: no such cost is counted.
    """
    if not (0 <= away <= 1 and math.isfinite(towards) and towards >= 0):
        raise ValueError(
            f"away must be a share from 0 to 1, towards 0 or more (got {away} and {towards})"
        )
    if most_moved is not None and not most_moved >= 0:
        raise ValueError(f"most_moved must be 0 or more (got {most_moved})")
    costs = evaluation.costs
    movable = costs if cost is None else evaluation.by_cost[cost]
    curve = _Curve(evaluation, elasticity)
    rows = np.flatnonzero((costs > 0) & (movable > 0) & curve.is_concave)
    curve = curve.of(rows)
    share = movable[rows] / costs[rows]
    given, received = curve.pieces(-away * share), curve.pieces(towards * share)
    bounds = [given.below(BEYOND), received.below(BEYOND)]
    bounds += [] if most_moved is None else [most_moved]
    total = min(_best(given, received), *bounds)
    change, last_given, last_received = np.zeros(rows.size), math.nan, math.nan
    if total > 0:
        leaving, last_given = given.moved(total)
        change, price = received.moved(total)
        change, last_received = change - leaving, -price
    added = curve.added(change / costs[rows])
    moves = [
        Move(
            position=row,
            id=str(evaluation.portfolio.ids[row]),
            costs_now=float(costs[row]),
            added_costs=euros,
            added_benefits=value,
        )
        for row, euros, value in zip(rows.tolist(), change.tolist(), added.tolist(), strict=True)
        if euros
    ]
    return MovedFunds(
        moved=math.fsum(one.added_costs for one in moves if one.added_costs > 0),
        gain=math.fsum(one.added_benefits for one in moves),
        benefits_now=math.fsum(evaluation.benefits),
        costs_now=math.fsum(costs),
        last_given=last_given,
        last_received=last_received,
        moves=tuple(sorted(moves, key=lambda one: -one.added_costs)),
    )


def chance_of_gain(
    simulation: PortfolioSimulation, found: MovedFunds, *, elasticity: float | None = None
) -> float:
    """Return the share of the draws at which the move of ``found`` gains benefit; NaN for none.

    The same euros move at every draw, so that the costs in all stay as they are there, and
    elasticities are held. The draws are made again, the same: this takes about as long as they did.

    Raises:
        ScenarioError, ValueError: as ``moved_funds``.
    """
    if not found.moves:
        return math.nan
    engine = engine_of(simulation.plan)
    rows = simulation.portfolio.rows([one.position for one in found.moves])
    outcomes = [one.id for one in rows.template.outcomes]
    elasticities = dict(zip(outcomes, _elasticities(rows, elasticity), strict=True))
    place = {one: at for at, one in enumerate(engine.lines.ids)}
    paid = [place[one] for one in engine.lines.counted_costs]
    counted = [(one, sign) for one, sign in engine.lines.signs.items() if sign]
    gain = np.zeros(engine.size)
    for row, (move, amounts) in enumerate(zip(found.moves, engine.lines_of(rows), strict=True)):
        costs = amounts[paid].sum(axis=0)
        funds = np.maximum(costs + move.added_costs, 0.0)
        for outcome, sign in counted:
            times = formulas.posts_multiplier(funds, costs, elasticities[outcome][row])
            gain += sign * amounts[place[outcome]] * (times - 1.0)
    return float(np.count_nonzero(gain > 0) / gain.size)


class _Curve:
    """How the benefits of rows follow their funds: of shape (outcomes, rows)."""

    def __init__(self, evaluation: PortfolioEvaluation, elasticity: float | None) -> None:
        self.costs = evaluation.costs
        self.benefits = np.array(list(evaluation.by_outcome.values()))
        self.elasticities = _elasticities(evaluation.portfolio, elasticity)
        bends = (self.elasticities > 0) & (self.elasticities < 1)
        self.is_concave = np.all((self.benefits >= 0) | ~bends, axis=0)
        self.steps = STEPS if bends.any() else 1
        if (self.elasticities == self.elasticities[0]).all():  # one curve is drawn sooner than many
            self.benefits = self.benefits.sum(axis=0, keepdims=True)
            self.elasticities = self.elasticities[:1]

    def of(self, rows: Positions) -> "_Curve":
        """Return that of some rows."""
        part = object.__new__(_Curve)
        part.costs, part.is_concave = self.costs[rows], self.is_concave[rows]
        part.benefits, part.elasticities = self.benefits[:, rows], self.elasticities[:, rows]
        part.steps = self.steps
        return part

    def added(self, share: Amounts) -> Amounts:
        """Return the benefits added with so large a share of the funds of today more."""
        times = formulas.posts_multiplier(1.0 + share, 1.0, self.elasticities)
        return np.sum(self.benefits * (times - 1.0), axis=0)

    def pieces(self, farthest: Amounts) -> "_Pieces":
        """Return the straight pieces from today to the farthest share."""
        euros = np.abs(farthest) * self.costs / self.steps
        prices = np.empty((self.steps, farthest.size))
        before = np.zeros(farthest.size)
        for step in range(self.steps):
            added = self.added(farthest * (step + 1) / self.steps)
            prices[step] = before - added
            before = added
        return _Pieces(euros=euros, prices=prices / np.where(euros > 0, euros, 1.0))


def _elasticities(portfolio: Portfolio, given: float | None) -> Amounts:
    template, rows = portfolio.template, len(portfolio)
    parameters = dict(template.parameters())
    found = []
    for outcome in template.outcomes:
        stated = given
        if stated is None and f"{outcome.id}.elasticity" in parameters:
            stated = parameters[f"{outcome.id}.elasticity"].value
        if stated is None:
            problem = Problem(
                where="elasticity",
                code="no_funding_case",
                received=None,
                allowed="0 to 1",
                message="must be given: the template has no funding case",
            )
            raise ScenarioError([problem])
        typed = portfolio.numbers.get(f"{outcome.id}.elasticity") if given is None else None
        column = np.full(rows, float(stated))
        found.append(column if typed is None else np.where(np.isnan(typed), column, typed))
    elasticities = np.array(found)
    if not ((elasticities >= 0) & (elasticities <= 1)).all():
        raise ValueError("elasticities must be from 0 to 1")
    return elasticities


@dataclass(frozen=True, kw_only=True, slots=True)
class _Pieces:
    """What may leave rows, or come to them. Pieces of the lowest price move first."""

    euros: Amounts
    """Of each piece of a row."""
    prices: Amounts
    """What a euro loses where it comes from, or the negative of what it gains where it goes. Shape
    (steps, rows)."""

    @property
    def sample(self) -> Amounts:
        """Some of the prices."""
        every = max(1, self.prices.size // SAMPLED) | 1  # odd: not of the same rows at every step
        return self.prices.ravel()[::every]

    def counts(self, price: float) -> NDArray[np.uint8]:
        """Return how many pieces of each row are below a price: ``STEPS`` at most."""
        # Bytes are summed many times sooner than booleans.
        return np.sum((self.prices < price).view(np.uint8), axis=0, dtype=np.uint8)

    def below(self, price: float) -> float:
        """Return the euros of all pieces below a price."""
        return float(self.euros @ self.counts(price))

    def between(self, low: float, high: float) -> tuple[Amounts, Amounts, Positions]:
        """Return prices from ``low`` to below ``high``, rising; with their euros and rows."""
        steps, rows = np.nonzero((self.prices >= low) & (self.prices < high))
        prices = self.prices[steps, rows]
        order = np.argsort(prices, kind="stable")
        return prices[order], self.euros[rows[order]], rows[order]

    def moved(self, total: float) -> tuple[Amounts, float]:
        """Return the euros of each row among so many in all, and the price of the last one."""
        low, high = _narrowed(self.sample, lambda price: self.below(price) >= total)
        prices, euros, rows = self.between(low, high)
        before = self.below(low) + np.cumsum(euros) - euros
        part = np.clip(total - before, 0.0, euros)
        amounts = self.euros * self.counts(low) + np.bincount(rows, part, self.euros.size)
        moving = prices[part > 0]
        if not moving.size:  # the pieces below make the total, to rounding
            moving = self.prices[self.prices < low]
        return amounts, float(moving.max())


def _narrowed(sample: Amounts, is_reached: Callable[[float], bool]) -> tuple[float, float]:
    """Return neighbours of a sample of prices of which only the higher reaches what is sought."""
    prices = np.unique(np.concatenate([[-BEYOND], sample, [BEYOND]])).tolist()
    at = bisect_left(prices, True, lo=1, hi=len(prices) - 1, key=is_reached)
    return prices[at - 1], prices[at]


def _best(given: _Pieces, received: _Pieces) -> float:
    """Return how much moves: pieces that lose least to those that gain most, as long as it gains.

    A row gains less from a euro more than it loses from one less, so that none does both; its
    pieces follow each other in the same order as their benefits.

    At a price where less would be given than received, all of that moves; where more would be,
    all that is received. Between two such prices pieces are set beside each other one by one.
    """

    def less(price: float) -> float:
        return price - ROUNDING * abs(price)

    low, high = _narrowed(
        np.concatenate([given.sample, -received.sample]),
        lambda price: given.below(less(price)) >= received.below(-price),
    )
    lost, from_, _ = given.between(less(low), less(high))
    gained, to, _ = received.between(-high, -low)
    sure_from, sure_to = given.below(less(low)), received.below(-high)
    from_, to = sure_from + np.cumsum(from_), sure_to + np.cumsum(to)
    sure = max(sure_from, sure_to)
    if not (from_.size and to.size):
        return sure
    marks = np.unique(np.concatenate([from_, to, [sure]]))
    marks = marks[(marks >= sure) & (marks <= min(from_[-1], to[-1]))]
    middles = (marks[1:] + marks[:-1]) / 2
    loss, gain = lost[np.searchsorted(from_, middles)], -gained[np.searchsorted(to, middles)]
    is_better = gain - loss > ROUNDING * np.maximum(np.abs(gain), np.abs(loss))
    pays = int(np.count_nonzero(np.logical_and.accumulate(is_better)))
    return float(marks[pays])
