"""Associations in the order of their ratio, never without how sure that order is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from roi_model.portfolio import Positions
from roi_model.portfolio_engine import engine_of
from roi_model.portfolio_simulation import PortfolioSimulation

MOST_RANKED = 500
RANKING_WARNING = (
    "Rows are in the order of their median ratio. The order is as uncertain as the ratios are, "
    "and compares associations with different publics, places and data: it ranks what was "
    "counted, and not how well they work."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranked:
    """A row in the order of its ratio, among those that are ranked."""

    rank: int
    position: int
    id: str
    median: float
    low: float
    high: float
    wrong_order: float
    """The chance that the next row has the higher ratio; NaN for the last."""
    best_rank: int
    worst_rank: int
    """The ranks that hold the level of the draws, as many left out on either side."""
    overlaps: int
    """With how many of all other rows its interval overlaps: which is higher is not known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranking:
    """Rows in the order of their ratio, never without how sure that order is."""

    rows: tuple[Ranked, ...]
    of: int
    """How many rows have a ratio, ranked here or not."""
    warning: str = RANKING_WARNING


def ranking(simulation: PortfolioSimulation, positions: Sequence[int] | None = None) -> Ranking:
    """Return some rows in the order of their median ratio, with how sure that order is.

    The 100 highest by default; at most ``MOST_RANKED``, among which ranks are counted. Rows
    without a ratio are left out. The draws are made again, the same; rows that would move together,
    by the chance that ``roi_model.portfolio_draws`` tells of, are told apart.

    Raises:
        ValueError: more rows are asked for.
    """
    known = np.flatnonzero(~np.isnan(simulation.median))
    falling = known[np.argsort(-simulation.median[known], kind="stable")]
    if positions is None:
        chosen = falling[:100]
    else:
        chosen = falling[np.isin(falling, np.asarray(positions, dtype=np.intp))]
    if chosen.size > MOST_RANKED:
        raise ValueError(f"at most {MOST_RANKED} rows can be ranked at once (got {chosen.size})")
    if chosen.size == 0:
        return Ranking(rows=(), of=0)
    engine = engine_of(simulation.plan)
    ratios = engine.ratios(simulation.portfolio.rows(chosen))
    wrong = [float(np.mean(ratios[row] < ratios[row + 1])) for row in range(chosen.size - 1)]
    ranks = 1 + np.argsort(np.argsort(-ratios, axis=0, kind="stable"), axis=0)
    outside = (1 - simulation.level) / 2
    ends = np.quantile(ranks, [outside, 1 - outside], axis=1, method="inverted_cdf")
    overlaps = _overlapping(simulation, chosen)
    return Ranking(
        rows=tuple(
            Ranked(
                rank=row + 1,
                position=position,
                id=str(simulation.portfolio.ids[position]),
                median=float(simulation.median[position]),
                low=float(simulation.low[position]),
                high=float(simulation.high[position]),
                wrong_order=wrong[row] if row < len(wrong) else math.nan,
                best_rank=int(ends[0, row]),
                worst_rank=int(ends[1, row]),
                overlaps=int(overlaps[row]),
            )
            for row, position in enumerate(chosen.tolist())
        ),
        of=int(known.size),
    )


def _overlapping(simulation: PortfolioSimulation, chosen: Positions) -> Positions:
    """Return with how many others the interval of each of some rows with a ratio overlaps."""
    known = np.count_nonzero(~np.isnan(simulation.median))
    # Rows without a ratio come last where ends are sorted.
    lows, highs = (np.sort(ends)[:known] for ends in (simulation.low, simulation.high))
    above = known - np.searchsorted(lows, simulation.high[chosen], side="right")
    below = np.searchsorted(highs, simulation.low[chosen], side="left")
    return known - above - below - 1
