"""Evaluating rows of a portfolio at draws of their numbers: the work that is shared out.

A line of the value map is proportional to its factors. What it amounts to with 1 for each of those
that differ from row to row is worked out once for all rows, by the functions of the model; a row
then takes it times its own factors, and times products of standard draws that are made once. Where
a row has its own share, period or rate, the functions of the model are asked for that row.
"""

import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from roi_model import formulas, units
from roi_model.distributions import Distribution, Standardised, standard_sampler, standardised
from roi_model.formulas import Numeric
from roi_model.parameters import Duration
from roi_model.portfolio import Amounts, Portfolio, Positions
from roi_model.portfolio_draws import (
    Laws,
    LawsInMaking,
    Plan,
    Source,
    bits_of,
    own_number,
    row_key,
)
from roi_model.scenario import Scenario
from roi_model.settings import SETTING_NUMBERS
from roi_model.uncertainty import distribution_of, estimates, uncertain_numbers
from roi_model.valuation import Valuation
from roi_model.value_map import OUTCOME_SHARES, Cost, Outcome

BLOCK = 256
"""Rows that are summed together: the order of sums, and so their last digit, rests on it."""
GROUP_BLOCK = 4 * BLOCK
"""As ``BLOCK``, of the rows of a group: more at a time, since there may be many groups."""
KEPT_BYTES = 2**26
"""What the standard draws kept by a worker may take: 64 MiB."""

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


# --- The engine --------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class _Line:
    """An outcome or a cost, and which of its numbers differ from row to row."""

    line: Outcome | Cost
    sign: int
    """How often the point of view counts an outcome; 0 for a cost."""
    factors: tuple[str, ...]
    """Numbers of rows that it is proportional to."""
    others: tuple[str, ...]
    """Numbers of rows that it depends on in another way."""
    unit: Numeric | None
    """What it amounts to with 1 for each of the factors; ``None`` if that depends on the row."""


class _Reading:
    """The rows of a task that one reading of the template serves."""

    def __init__(
        self, engine: "Engine", scenario: Scenario, rows: Portfolio, positions: Positions
    ) -> None:
        self.engine = engine
        self.valuation = Valuation(scenario, engine.plan.perspective)
        self.parameters = {**dict(scenario.parameters()), **engine.dated}
        uncertain = {one.address: one for one in uncertain_numbers(scenario)}
        self.place = {int(position): place for place, position in enumerate(positions)}
        self.laws = {address: self._laws_of(address, rows, positions) for address in engine.of_rows}
        self.common: dict[str, Numeric] = {
            address: engine.shared_draws(address, standardised(one.distribution), one.is_whole)
            for address, one in uncertain.items()
            if address not in engine.of_rows
        }
        self.lines = [self._line(line, sign) for line, sign in engine.lines(scenario)]

    def _laws_of(self, address: str, rows: Portfolio, positions: Positions) -> Laws:
        parameter, plan = self.parameters[address], self.engine.plan
        blank = np.full(positions.size, np.nan)
        typed = rows.numbers[address][positions] if address in plan.typed else blank
        low = rows.lows[address][positions] if address in rows.lows else blank
        high = rows.highs[address][positions] if address in rows.highs else blank
        is_own = ~np.isnan(typed) & (parameter.is_to_fill | (typed != parameter.value))
        values = np.where(np.isnan(typed), float(parameter.value), typed)
        laws = LawsInMaking(values)
        if address.endswith(".footprint") and self.valuation.scenario.settings.footprint == "with":
            return laws.made()  # nothing is taken off for it

        def by_rule(value: float) -> Distribution:
            return distribution_of(own_number(parameter, value, plan.ranges))

        is_ranged = ~np.isnan(low)
        laws.place(~is_own & ~is_ranged, distribution_of(parameter))
        for row in np.flatnonzero(
            laws.place_proportional(is_own & ~is_ranged, by_rule, parameter)
        ).tolist():
            laws.place(row, by_rule(float(values[row])))
        for row in np.flatnonzero(is_ranged).tolist():
            number = parameter
            if is_own[row]:
                number = own_number(parameter, float(values[row]), "typed")
            ends = {"low": float(low[row]), "high": float(high[row]), "distribution": None}
            laws.place(row, distribution_of(number.model_copy(update=ends)))
        return laws.made()

    def _line(self, line: Outcome | Cost, sign: int) -> _Line:
        numbers = self.engine.numbers_of(line)
        factors = tuple(one for one in self.engine.factors_of(line) if one in self.laws)
        others = tuple(one for one in numbers if one in self.laws and one not in factors)
        made = _Line(line=line, sign=sign, factors=factors, others=others, unit=None)
        return made if others else replace(made, unit=self._unit(made, {}))

    def _unit(self, line: _Line, others: Mapping[str, Numeric]) -> Numeric:
        numbers = {**self.common, **dict.fromkeys(line.factors, 1.0), **others}
        if isinstance(line.line, Cost):
            return self.valuation.cost(line.line, numbers)
        return self.valuation.present_value(line.line, 1, numbers)

    def amount(self, line: _Line, place: int, start: int, drawn: dict[str, Numeric]) -> Numeric:
        """Return what a line amounts to in a row, at every draw."""
        scale, standards, draws = 1.0, [], []
        for address in line.factors:
            laws = self.laws[address]
            which = laws.which[place]
            if which < 0:
                scale *= laws.value[place]
            elif laws.location[place] == 0 and self.engine.source.is_own(address):
                standards.append((address, laws.standards[which]))
                scale *= laws.scale[place]
            else:
                draws.append(self.draws(address, place, start, drawn))
        if scale == 0:
            return 0.0
        amount = line.unit
        if amount is None:
            others = {one: self.draws(one, place, start, drawn) for one in line.others}
            amount = self._unit(line, others)
        if standards:
            draws.append(self.engine.product(tuple(standards), start))
        if np.ndim(amount) == 0:
            scale *= float(amount)
        else:
            draws.append(amount)
        return self.engine.multiplied(scale, draws)

    def draws(self, address: str, place: int, start: int, drawn: dict[str, Numeric]) -> Numeric:
        """Return the draws of a number of a row; they are kept in ``drawn`` for its other lines."""
        if address not in drawn:
            laws = self.laws[address]
            if (which := laws.which[place]) < 0:
                drawn[address] = float(laws.value[place])
            else:
                law = Standardised(
                    laws.standards[which], float(laws.scale[place]), float(laws.location[place])
                )
                is_whole = isinstance(self.parameters[address], Duration)
                drawn[address] = self.engine.row_draws(address, law, start, is_whole)
        return drawn[address]


class Engine:
    """What makes draws of rows: points, standard draws, and the numbers of each line."""

    def __init__(self, plan: Plan) -> None:
        """Begin with no draws: they are made as they are asked for."""
        self.plan = plan
        addresses = [address for address, _ in estimates(plan.template)]
        self.columns = {address: place for place, address in enumerate(addresses)}
        self.source = Source(plan, self.columns)
        self.size = self.source.size
        self.of_rows = tuple(
            one for one in self.columns if one in plan.typed or plan.between_rows[one] < 1
        )
        self.dated = {
            address: number
            for address, number in plan.template.parameters()
            if units.is_money(number.unit) and number.year is not None
        }
        """Their values in the readings of a portfolio may stand for those of rows."""
        valuation = Valuation(plan.template, plan.perspective)
        self.signs = {
            one.id: sign for one, sign in zip(plan.template.outcomes, valuation.signs, strict=True)
        }
        self.counted_costs = tuple(
            one.id for one in plan.template.costs if one.stakeholder in plan.perspective.payers
        )
        self.line_ids = tuple(line.id for line, _ in self.lines(plan.template))
        self._room = np.empty(self.size)
        self._kept: OrderedDict[Any, Amounts] = OrderedDict()
        self._bytes = 0

    def lines(self, scenario: Scenario) -> list[tuple[Outcome | Cost, int]]:
        """Return the outcomes and costs that concern anyone whom the point of view counts."""
        counted = self.plan.perspective.beneficiaries
        found: list[tuple[Outcome | Cost, int]] = [
            (one, self.signs[one.id])
            for one in scenario.outcomes
            if one.stakeholder in counted or one.transfer_from in counted
        ]
        return found + [(one, 0) for one in scenario.costs if one.id in self.counted_costs]

    def numbers_of(self, line: Outcome | Cost) -> tuple[str, ...]:
        """Return the addresses that the amount of a line depends on."""
        if isinstance(line, Cost):
            return (line.id, f"{line.id}.price", "discount_rate")
        own = [*(one.id for one in line.factors), *OUTCOME_SHARES, "benefit_period"]
        return (*(f"{line.id}.{name}" for name in own), *SETTING_NUMBERS)

    def factors_of(self, line: Outcome | Cost) -> tuple[str, ...]:
        """Return the addresses that the amount of a line is proportional to."""
        if isinstance(line, Cost):
            return (line.id, f"{line.id}.price")
        return tuple(f"{line.id}.{one.id}" for one in line.factors)

    def shared_draws(self, address: str, law: Standardised, is_whole: bool) -> Amounts:
        """Return the draws of a number that all rows share."""
        draws = law.draws(self._standard(address, law.standard))
        return np.rint(draws) if is_whole else draws

    def row_draws(self, address: str, law: Standardised, start: int, is_whole: bool) -> Amounts:
        """Return the draws of a number of the row that begins its points at ``start``."""
        if self.source.is_common(address):
            return self.shared_draws(address, law, is_whole)
        turned = slice(start, start + self.size)
        if self.source.is_own(address):
            draws = law.draws(self._standard(address, law.standard)[turned])
        else:
            common, own = self._once(("scores", address), self._both_scores, address)
            bits = bits_of(common + np.concatenate([own, own])[turned])
            draws = law.draws(standard_sampler(law.standard)(bits))
        return np.rint(draws) if is_whole else draws

    def _both_scores(self, address: str) -> Amounts:
        common, own = self.source.scores(address)
        return np.stack([common, own[: self.size]])

    def multiplied(self, scale: float, draws: Sequence[Numeric]) -> Numeric:
        """Return a product, in room that the next one takes."""
        arrays = [one for one in draws if np.ndim(one)]
        for one in draws:
            if np.ndim(one) == 0:
                scale *= float(one)
        if not arrays:
            return scale
        product = np.multiply(arrays[0], scale, out=self._room)
        for array in arrays[1:]:
            product *= array
        return product

    def product(self, standards: tuple[tuple[str, Distribution], ...], start: int) -> Amounts:
        """Return products of standard draws of own numbers, of the row that begins there."""
        if len(standards) == 1:
            draws = self._standard(*standards[0])
        else:
            draws = self._once(standards, self._multiplied, standards)
        return draws[start : start + self.size]

    def _multiplied(self, standards: tuple[tuple[str, Distribution], ...]) -> Amounts:
        first, *others = (self._standard(*one) for one in standards)
        product = first.copy()
        for one in others:
            product *= one
        return product

    def _standard(self, address: str, standard: Distribution) -> Amounts:
        return self._once((address, standard), self._drawn, address, standard)

    def _drawn(self, address: str, standard: Distribution) -> Amounts:
        return standard_sampler(standard)(self._once(address, self.source.bits, address))

    def _once(self, key: Any, make: Callable[..., Any], *arguments: Any) -> Any:
        """Return what was made before, else make it; what served longest ago makes room."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        made = make(*arguments)
        self._kept[key] = made
        self._bytes += made.nbytes
        while self._bytes > KEPT_BYTES and len(self._kept) > 1:
            self._bytes -= self._kept.popitem(last=False)[1].nbytes
        return made

    def _readings(self, rows: Portfolio) -> list[_Reading]:
        """Return the reading that serves each row."""
        found: list[Any] = [None] * len(rows)
        for scenario, positions in rows.groups():
            reading = _Reading(self, scenario, rows, positions)
            for position in positions.tolist():
                found[position] = reading
        return found

    def _start(self, row_id: str) -> int:
        """Return where a row begins its own points."""
        key = row_key(row_id)
        words = np.random.SeedSequence(self.plan.seed, spawn_key=(3, key >> 32, key & 0xFFFFFFFF))
        return int(words.generate_state(1, np.uint64)[0] % np.uint64(self.size))

    def part(self, rows: Portfolio, groups: Positions) -> Part:
        """Return the figures of some rows, and sums over each block of them, by group too."""
        statistics = np.empty((len(rows), len(STATISTICS)))
        readings, blocks = self._readings(rows), []
        of_groups: list[dict[int, Amounts]] = []
        for position, reading in enumerate(readings):
            if position % BLOCK == 0:
                blocks.append(np.zeros((len(self.line_ids), self.size)))
            if position % GROUP_BLOCK == 0:
                of_groups.append({})
            start = self._start(rows.ids[position])
            benefits, costs = self._row(reading, position, start, blocks[-1])
            statistics[position] = self.statistics(benefits, costs)
            for group in groups[position].tolist():
                if group not in of_groups[-1]:
                    of_groups[-1][group] = np.zeros((2, self.size))
                of_groups[-1][group] += (benefits, costs)
        return Part(statistics=statistics, blocks=tuple(blocks), groups=tuple(of_groups))

    def ratios(self, rows: Portfolio) -> Amounts:
        """Return the ratio of some rows at every draw; shape (rows, draws).

        They are there to be compared: as long as there are places for all, no two begin their
        points at the same one. The next free one is as good, since points are shuffled.
        """
        found = np.empty((len(rows), self.size))
        sums = np.zeros((len(self.line_ids), self.size))
        taken: set[int] = set()
        for position, reading in enumerate(self._readings(rows)):
            start = self._start(rows.ids[position])
            while start in taken and len(taken) < self.size:
                start = (start + 1) % self.size
            taken.add(start)
            found[position] = formulas.ratio(*self._row(reading, position, start, sums))
        return found

    def _row(
        self, reading: _Reading, position: int, start: int, sums: Amounts
    ) -> tuple[Amounts, Amounts]:
        """Return benefits and costs of a row, and add what its lines amount to to ``sums``."""
        place = reading.place[position]
        drawn: dict[str, Numeric] = {}
        benefits, costs = np.zeros(self.size), np.zeros(self.size)
        for line, total in zip(reading.lines, sums, strict=True):
            amount = reading.amount(line, place, start, drawn)
            if np.ndim(amount) == 0 and amount == 0:
                continue
            total += amount
            if isinstance(line.line, Cost):
                costs += amount
            elif line.sign > 0:
                benefits += amount
            elif line.sign < 0:
                benefits -= amount
        return benefits, costs

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

    A sample tells between which values a quantile is to be found; only what lies between them is
    put in order. Where the sample misled, all draws are.
    """
    step = max(1, draws.size // 600) | 1  # odd: Sobol points a power of two apart are alike
    sample = np.sort(draws[::step])
    found = []
    for share in shares:
        place = share * (draws.size - 1)
        margin = 1 + 3 * math.sqrt(share * (1 - share) * sample.size)
        middle = share * (sample.size - 1)
        low = sample[max(0, int(middle - margin))]
        high = sample[min(sample.size - 1, math.ceil(middle + margin))]
        near = draws[(draws >= low) & (draws <= high)]
        before = int(np.count_nonzero(draws < low))
        first, last = int(place) - before, math.ceil(place) - before
        if first < 0 or last >= near.size:
            near, first, last = draws, int(place), math.ceil(place)
        ordered = np.partition(near, (first, last))
        below, above = float(ordered[first]), float(ordered[last])
        found.append(below + (above - below) * (place - int(place)))
    return found


_ENGINES = threading.local()


def engine_of(plan: Plan) -> Engine:
    """Return the engine of a plan: the last one of this thread, if it is the same."""
    if getattr(_ENGINES, "key", None) != plan.key:
        _ENGINES.engine, _ENGINES.key = Engine(plan), plan.key
    return _ENGINES.engine
