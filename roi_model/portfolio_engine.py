"""Evaluating rows of a portfolio at draws of their numbers: the work that is shared out."""

import math
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from roi_model import formulas
from roi_model.formulas import Numeric
from roi_model.portfolio import Amounts, Portfolio, Positions
from roi_model.portfolio_draws import Plan
from roi_model.portfolio_kept_draws import KeptDraws
from roi_model.portfolio_lines import Lines, Reading

BLOCK = 256
"""Rows that are summed together: the order of sums, and so their last digit, rests on it."""
GROUP_BLOCK = 4 * BLOCK
"""As ``BLOCK``, of the rows of a group: more at a time, since there may be many groups."""
BINS = 1_024
"""That the draws of a row are counted in."""

STATISTICS = ("mean", "low", "median", "high", "probability_above", "net_mean")


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What a task gives back: figures of its rows, and sums over each block of them."""

    statistics: Amounts
    """Shape (rows, statistics)."""
    blocks: tuple[Amounts, ...]
    """Shape (lines, draws) each."""
    groups: tuple[Mapping[int, Amounts], ...]
    """Benefits and costs of each group in every ``GROUP_BLOCK`` rows; shape (2, draws)."""


def ready() -> None:
    """Do nothing: a worker that is asked to has loaded this module."""


def simulate_rows(plan: Plan, rows: Portfolio, groups: Positions) -> Part:
    """Return the part of a simulation that some rows are, in the order given.

    ``groups`` has the groups of each row; shape (rows, columns).
    """
    return engine_of(plan).part(rows, groups)


class Engine:
    """What evaluates rows of a plan."""

    def __init__(self, plan: Plan) -> None:
        """Begin with no draws: they are made as they are asked for."""
        self.plan = plan
        self.lines = Lines(plan)
        self._kept = KeptDraws(plan)
        self.size = self._kept.size
        self.replicates = self._kept.source.replicates

    def part(self, rows: Portfolio, groups: Positions) -> Part:
        """Return the figures of some rows, and sums over each block of them, by group too."""
        statistics, blocks = np.empty((len(rows), len(STATISTICS))), []
        of_groups: list[dict[int, Amounts]] = []
        for position, (reading, place) in enumerate(self._readings(rows)):
            if position % BLOCK == 0:
                blocks.append(np.zeros((len(self.lines.ids), self.size)))
            if position % GROUP_BLOCK == 0:
                of_groups.append({})
            start = self._kept.start(rows.ids[position])
            amounts = self._row(reading, place, start, blocks[-1])
            statistics[position] = self.statistics(*amounts)
            for group in groups[position].tolist():
                if group not in of_groups[-1]:
                    of_groups[-1][group] = np.zeros((2, self.size))
                of_groups[-1][group] += amounts
        return Part(statistics=statistics, blocks=tuple(blocks), groups=tuple(of_groups))

    def ratios(self, rows: Portfolio) -> Amounts:
        """Return the ratio of some rows at every draw; shape (rows, draws).

        They are there to be compared: as long as there are places for all, no two begin their
        points at the same one. The next free one is as good, since points are shuffled.
        """
        found = np.empty((len(rows), self.size))
        sums = np.zeros((len(self.lines.ids), self.size))
        taken: set[int] = set()
        for position, (reading, place) in enumerate(self._readings(rows)):
            start = self._kept.start(rows.ids[position])
            while start in taken and len(taken) < self.size:
                start = (start + 1) % self.size
            taken.add(start)
            found[position] = formulas.ratio(*self._row(reading, place, start, sums))
        return found

    def lines_of(self, rows: Portfolio) -> Iterator[Amounts]:
        """Yield what the lines of each row amount to at every draw; shape (lines, draws)."""
        for row_id, (reading, place) in zip(rows.ids, self._readings(rows), strict=True):
            amounts = np.zeros((len(self.lines.ids), self.size))
            self._row(reading, place, self._kept.start(row_id), amounts)
            yield amounts

    def _readings(self, rows: Portfolio) -> list[tuple[Reading, int]]:
        """Return the reading that serves each row, and the place of the row there."""
        found: list[Any] = [None] * len(rows)
        for scenario, positions in rows.groups():
            reading = Reading(self.lines, self._kept, scenario, rows, positions)
            for place, position in enumerate(positions.tolist()):
                found[position] = reading, place
        return found

    def _row(self, reading: Reading, place: int, start: int, sums: Amounts) -> Amounts:
        """Return benefits and costs of a row, and add what its lines amount to to ``sums``."""
        drawn: dict[str, Numeric] = {}
        both = np.zeros((2, self.size))
        benefits, costs = both
        for line, total in zip(reading.lines, sums, strict=True):
            amount = reading.amount(line, place, start, drawn)
            if type(amount) is float and amount == 0:
                continue
            total += amount
            if line.is_cost:
                costs += amount
            elif line.sign > 0:
                benefits += amount
            elif line.sign < 0:
                benefits -= amount
        return both

    def statistics(self, benefits: Amounts, costs: Amounts) -> tuple[float, ...]:
        """Return the figures of a row, or of rows together, from their draws."""
        ratios = np.asarray(formulas.ratio(benefits, costs))
        mean = float(ratios.mean())
        net = float(formulas.net_present_value(float(benefits.mean()), float(costs.mean())))
        if math.isnan(mean):
            return (math.nan,) * 5 + (net,)
        outside = (1 - self.plan.level) / 2
        above = float(np.count_nonzero(ratios > self.plan.target) / self.size)
        low, median, high = quantiles(ratios, (outside, 0.5, 1 - outside))
        return mean, low, median, high, above, net


def quantiles(draws: Amounts, shares: Sequence[float]) -> list[float]:
    """Return quantiles, the same as those of ``numpy.quantile`` by default, several times sooner.

    Draws are counted in bins of equal width; only what the bin of a quantile holds is put in order.
    """
    bins = _bins(draws)
    upto = np.cumsum(np.bincount(bins))
    found = []
    for share in shares:
        place = share * (draws.size - 1)
        first, last = int(place), math.ceil(place)
        low, high = upto.searchsorted((first, last), side="right").tolist()
        before = int(upto[low - 1]) if low else 0
        near = draws.compress(bins == low if low == high else (low <= bins) & (bins <= high))
        near.partition((first - before, last - before))
        below, above = near.item(first - before), near.item(last - before)
        found.append(below + (above - below) * (place - first))
    return found


def _bins(draws: Amounts) -> Positions:
    """Return the bin that each draw is in: all in one where there are none of equal width."""
    lowest = float(draws.min())
    width = float(draws.max()) - lowest
    scale = BINS / width if width else math.inf
    if not 0 < scale < math.inf:
        return np.zeros(draws.size, dtype=np.intp)
    return ((draws - lowest) * scale).astype(np.intp)


_ENGINES = threading.local()


def engine_of(plan: Plan) -> Engine:
    """Return the engine of a plan: the last one of this thread, if it is the same."""
    if getattr(_ENGINES, "key", None) != plan.key:
        _ENGINES.engine, _ENGINES.key = Engine(plan), plan.key
    return _ENGINES.engine
