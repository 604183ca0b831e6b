"""What a programme gains if funds move from some associations to others, within bounds.

It rests on the rule of growth of the funding case: with m times the funds, the quantity of an
outcome is m to the power of its elasticity times what it is. That is an assumption, to be varied,
and no forecast: what one more euro brings is not seen in what all of them have brought.
"""

import math
from dataclasses import dataclass

import numpy as np

from roi_model import formulas
from roi_model.portfolio import Amounts, PortfolioEvaluation, Positions
from roi_model.problems import Problem, ScenarioError

STEPS = 64
"""Straight pieces that a curve of diminishing returns is made of, on either side of today."""

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
    given, lost = curve.pieces(-away * share)
    received, gained = curve.pieces(towards * share)
    amounts, ends = _best(given, lost, received, gained, most_moved)
    change = amounts[1].sum(axis=1) - amounts[0].sum(axis=1)
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
        last_given=ends[0],
        last_received=ends[1],
        moves=tuple(sorted(moves, key=lambda one: -one.added_costs)),
    )


class _Curve:
    """How the benefits of rows follow their funds: of shape (outcomes, rows)."""

    def __init__(self, evaluation: PortfolioEvaluation, elasticity: float | None) -> None:
        self.costs = evaluation.costs
        self.benefits = np.array(list(evaluation.by_outcome.values()))
        self.elasticities = _elasticities(evaluation, elasticity)
        bends = (self.elasticities > 0) & (self.elasticities < 1)
        self.is_concave = np.all((self.benefits >= 0) | ~bends, axis=0)
        self.steps = STEPS if bends.any() else 1

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

    def pieces(self, farthest: Amounts) -> tuple[Amounts, Amounts]:
        """Return the straight pieces from today to the farthest share: euros, benefit a euro.

        Shapes (rows, steps), from today on.
        """
        places = [farthest * step / self.steps for step in range(self.steps + 1)]
        benefits = np.stack([self.added(one) for one in places], axis=1)
        euros = np.abs(np.diff(np.stack(places, axis=1), axis=1)) * self.costs[:, np.newaxis]
        values = np.diff(benefits, axis=1) * np.sign(farthest)[:, np.newaxis]
        return euros, np.where(euros > 0, values / np.where(euros > 0, euros, 1.0), 0.0)


def _elasticities(evaluation: PortfolioEvaluation, given: float | None) -> Amounts:
    portfolio = evaluation.portfolio
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


def _best(
    given: Amounts, lost: Amounts, received: Amounts, gained: Amounts, most: float | None
) -> tuple[tuple[Amounts, Amounts], tuple[float, float]]:
    """Return how much of each piece moves, and the benefit of the last euro of either side.

    The pieces that lose least give to those that gain most, as long as that gains. A row gains
    less from a euro more than it loses from one less, so that none does both; its pieces follow
    each other in the same order as their benefits.
    """
    cheapest = np.argsort(lost, axis=None, kind="stable")
    dearest = np.argsort(-gained, axis=None, kind="stable")
    from_, to = np.cumsum(given.ravel()[cheapest]), np.cumsum(received.ravel()[dearest])
    whole = min(from_[-1], to[-1]) if from_.size else 0.0
    if most is not None:
        whole = min(whole, most)
    marks = np.unique(np.concatenate([[0.0], from_, to]))
    marks = np.append(marks[marks < whole], whole)
    middles = (marks[1:] + marks[:-1]) / 2
    loss = lost.ravel()[cheapest[np.searchsorted(from_, middles)]]
    gain = gained.ravel()[dearest[np.searchsorted(to, middles)]]
    is_better = gain - loss > ROUNDING * np.maximum(np.abs(gain), np.abs(loss))
    pays = int(np.count_nonzero(np.logical_and.accumulate(is_better)))
    total = float(marks[pays])
    ends = (float(loss[pays - 1]), float(gain[pays - 1])) if pays else (math.nan, math.nan)
    return (
        (_taken(given, cheapest, from_, total), _taken(received, dearest, to, total)),
        ends,
    )


def _taken(pieces: Amounts, order: Positions, cumulated: Amounts, total: float) -> Amounts:
    """Return how much is taken of each piece, in their order, until the total is reached."""
    taken = np.zeros(pieces.size)
    before = np.concatenate([[0.0], cumulated[:-1]]) if cumulated.size else cumulated
    taken[order] = np.clip(total - before, 0.0, pieces.ravel()[order])
    return taken.reshape(pieces.shape)
