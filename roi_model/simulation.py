"""How sure a result is: the scenario evaluated at many draws of its uncertain numbers.

Draws come in replicates, each a set of points of its own; how much a figure differs from one
replicate to the other is its numerical error. Points belong to the seed and to the number of
numbers in the scenario, not to their values: they stay while values move, so that two variants
of a scenario differ by what was changed and by nothing else.
"""

import math
import os
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property, partial
from threading import Lock
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from roi_model import formulas
from roi_model.dependence import correlated, factor
from roi_model.distributions import Standardised, standard_sampler, standardised
from roi_model.evaluation import perspective_in
from roi_model.formulas import Numeric
from roi_model.perspectives import Perspective
from roi_model.points import Bits, Points, pseudo_random_points, sobol_points
from roi_model.problems import Problem, ScenarioError
from roi_model.scenario import Scenario
from roi_model.settings import SETTING_NUMBERS, Settings
from roi_model.uncertainty import (
    UncertainNumber,
    number_of_columns,
    uncertain_numbers,
    whole_years,
)
from roi_model.valuation import Valuation
from roi_model.value_map import Outcome

Amounts = NDArray[np.float64]
Method = Literal["sobol", "pseudo_random"]

REPLICATES = 8
"""Independent sets of points: enough to tell an error from, few enough to keep each set long.
Where more of them come closer to the draws asked for, there are up to 15."""
FEWEST_DRAWS, MOST_DRAWS = 128, 2**24
DEFAULT_DRAWS = 2**14
DEFAULT_LEVEL = 0.9
"""Share of the draws that an interval holds, as many left out below as above."""
KEPT_BYTES = 2**27
"""What the draws kept from one simulation to the next may take: 128 MiB."""

_LONGEST_RUN, _SHORTEST_RUN, _ALIGNED = 2**16, 2**15, 2**8  # measured; see ``_runs``
_KEYS = 4096


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """A figure of a simulation and its own numerical error: one standard error of it."""

    value: float
    error: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Interval:
    """The values that hold a share of the draws, as many left out below as above."""

    low: Estimate
    high: Estimate
    level: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Contribution:
    """What one outcome adds to the benefits over the draws. Present value, euros."""

    outcome: str
    mean: float
    standard_deviation: float
    share_of_benefits: float
    """Its mean over that of all benefits."""
    share_of_variance: float
    """Its covariance with all benefits over their variance; the shares sum to 1."""


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """The result of a scenario over draws of its uncertain numbers, from one point of view."""

    scenario: str
    perspective: Perspective
    method: Method
    seed: int
    replicates: int
    varied: tuple[str, ...]
    """Addresses of the numbers that were drawn; every other was held at its value."""
    benefits: Amounts
    costs: Amounts
    """Present value in euros of each draw, replicate after replicate; shape (draws,)."""
    contributions: tuple[Contribution, ...]

    @property
    def draws(self) -> int:
        """How many draws were made: with Sobol points, a power of two in each replicate."""
        return self.benefits.size

    @cached_property
    def ratios(self) -> Amounts:
        """Euros of benefit per euro of cost of each draw; NaN without a cost."""
        return np.asarray(formulas.ratio(self.benefits, self.costs))

    @cached_property
    def net_values(self) -> Amounts:
        """Net present value of each draw, in euros."""
        return np.asarray(formulas.net_present_value(self.benefits, self.costs))

    @property
    def is_defined(self) -> bool:
        """Say whether every draw has a cost, so that there is a ratio."""
        return not bool(np.isnan(self.ratios).any())

    def mean(self, figure: Literal["ratios", "net_values"] = "ratios") -> Estimate:
        """Return the mean of a figure over the draws."""
        return self._estimate(_mean, getattr(self, figure))

    def quantile(
        self, share: float, figure: Literal["ratios", "net_values"] = "ratios"
    ) -> Estimate:
        """Return the value of a figure that a ``share`` of the draws is below."""
        return self._estimate(lambda draws: float(np.quantile(draws, share)), getattr(self, figure))

    def interval(
        self,
        level: float = DEFAULT_LEVEL,
        figure: Literal["ratios", "net_values"] = "ratios",
    ) -> Interval:
        """Return the interval that holds ``level`` of the draws of a figure."""
        outside = (1 - level) / 2
        return Interval(
            low=self.quantile(outside, figure),
            high=self.quantile(1 - outside, figure),
            level=level,
        )

    def probability_above(self, target: float = 1.0) -> Estimate:
        """Return the share of the draws whose ratio exceeds ``target``; NaN without a ratio."""
        if not self.is_defined:
            return Estimate(value=math.nan, error=math.nan)
        return self._estimate(_mean, np.asarray(self.ratios > target, dtype=np.float64))

    def acceptability(self, targets: Iterable[float]) -> tuple[tuple[float, float], ...]:
        """Return each target with the share of the draws whose ratio exceeds it.

        Source: cost-effectiveness acceptability curve, van Hout et al. (1994), Health
        Economics 3(5), with euros for health.
        """
        ordered = np.sort(self.ratios)
        return tuple(
            (
                float(target),
                1 - float(np.searchsorted(ordered, target, side="right")) / ordered.size,
            )
            for target in targets
        )

    def histogram(self, bins: int = 40) -> tuple[Amounts, Amounts]:
        """Return edges of the ratio, shape (bins + 1,), and the share of the draws between them.

        From the 0.1st to the 99.9th percentile; what lies beyond is in the bins at the ends.
        """
        low, high = np.quantile(self.ratios, [0.001, 0.999])
        counts, edges = np.histogram(np.clip(self.ratios, low, high), bins=bins, range=(low, high))
        return edges, counts / self.draws

    def _estimate(self, figure: Callable[[Amounts], float], draws: Amounts) -> Estimate:
        """Return a figure of all draws, and its error from how it differs among replicates."""
        of_each = [figure(one) for one in draws.reshape(self.replicates, -1)]
        error = float(np.std(of_each, ddof=1)) / math.sqrt(self.replicates)
        return Estimate(value=figure(draws), error=error)


def simulate(
    scenario: Scenario,
    draws: int = DEFAULT_DRAWS,
    seed: int = 0,
    *,
    perspective: Perspective | str | None = None,
    method: Method = "sobol",
    threads: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> Simulation:
    """Return the result of ``scenario`` over at least ``draws`` draws of its uncertain numbers.

    Scrambled Sobol points by default, 8 to 15 replicates of a power of two: at most an eighth
    more than asked for. Pseudo-random ones as the alternative. The same seed gives the same
    result whatever the number of ``threads``, and whatever was simulated before.

    Standard draws of each number and present values of each outcome are kept the second time
    they are made: where values move, little is left to do but the formula, and that for the
    outcomes that they bear on. Beside those, ``KEPT_BYTES`` at most, and the draws returned,
    16 bytes each, memory does not grow with the number of draws.

    ``progress`` is told the share of the draws that are made, from whichever thread made them;
    what it raises stops the simulation and comes out of here.

    Source: Owen (1998), ACM TOMACS 8(1), for scrambled points in independent replicates.

    Raises:
        ScenarioError: a distribution or the correlations cannot be built.
        ValueError: ``draws``, ``seed`` or ``method`` is not allowed.
        KeyError: the scenario has no such point of view.
    """
    _require(draws, seed, method)
    perspective = perspective_in(scenario, perspective)
    uncertain = uncertain_numbers(scenario)
    valuation = Valuation(scenario, perspective)
    points = points_of(method, seed, max(1, number_of_columns(scenario)), draws)
    dependence = _dependence(scenario, uncertain)
    numbers = {one.address: _number(one, points, dependence) for one in uncertain}
    total = points.replicates * points.per_replicate
    lines = _lines(valuation, numbers)
    keys = [*(number.key for number in numbers.values()), *lines]
    known, room = _KEPT.lent(keys, total)
    model = _Model(
        valuation=valuation,
        centre={name: float(value) for name, value in valuation.benefits({}).items()},
        numbers=numbers,
        lines=lines,
        known=known,
        room=room,
        benefits=np.empty(total),
        costs=np.empty(total),
    )
    for number in numbers.values():  # once, before threads need it
        if number.key not in known:
            standard_sampler(number.standardised.standard)
    run = model.run if progress is None else _telling(model.run, progress, total)
    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        try:
            sums = list(pool.map(run, *_runs(total)))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    _KEPT.keep({key: room[key] for key in model.filled})
    return Simulation(
        scenario=scenario.id,
        perspective=perspective,
        method=method,
        seed=seed,
        replicates=points.replicates,
        varied=tuple(numbers),
        benefits=model.benefits,
        costs=model.costs,
        contributions=_contributions(np.sum(sums, axis=0) / total, model.centre),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Dependence:
    """How the columns of some numbers are mixed, for them to be correlated."""

    columns: tuple[int, ...]
    factor: Amounts

    def mixed(self, points: Points, start: int, stop: int) -> dict[int, Bits]:
        """Return the mixed columns by their numbers."""
        raw = np.array([points.column(column, start, stop) for column in self.columns])
        return dict(zip(self.columns, correlated(raw, self.factor), strict=True))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Number:
    """A number that varies."""

    key: Hashable
    """What its standard draws depend on."""
    standardised: Standardised
    is_whole: bool
    column: int
    points: Points
    dependence: _Dependence | None = field(compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Line:
    """An outcome that counts, and all that its present value depends on."""

    outcome: Outcome
    sign: int
    settings: Settings
    numbers: tuple[_Number, ...]

    def __hash__(self) -> int:
        return hash((self.outcome.id, self.numbers))


class _KeptDraws:
    """Draws kept from one simulation to the next, by what they depend on.

    Fresh memory takes longer to come by than draws: they are kept the second time they are made.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._made: OrderedDict[Hashable, None] = OrderedDict()
        self._draws: OrderedDict[Hashable, Amounts] = OrderedDict()

    def lent(
        self, keys: Sequence[Hashable], total: int
    ) -> tuple[dict[Hashable, Amounts], dict[Hashable, Amounts]]:
        """Return the draws that are kept, and room for those to be kept."""
        with self._lock:
            # A line on which no number bears does not know how many draws there are.
            known = {
                key: self._draws[key]
                for key in keys
                if key in self._draws and self._draws[key].size == total
            }
            again = [key for key in keys if key in self._made]
            for key in known:
                self._draws.move_to_end(key)
            for key in keys:
                self._made[key] = None
                self._made.move_to_end(key)
            while len(self._made) > _KEYS:
                self._made.popitem(last=False)
        if 8 * total * len(keys) > KEPT_BYTES:
            return known, {}
        return known, {key: np.empty(total) for key in again if key not in known}

    def keep(self, draws: Mapping[Hashable, Amounts]) -> None:
        """Keep draws; those that served longest ago make room."""
        with self._lock:
            self._draws.update(draws)
            size = sum(one.nbytes for one in self._draws.values())
            while size > KEPT_BYTES:
                size -= self._draws.popitem(last=False)[1].nbytes


_KEPT = _KeptDraws()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Model:
    """All that a run of draws needs, and where it puts its results."""

    valuation: Valuation
    centre: Mapping[str, float]
    """Present value of each outcome that counts, no number varied: what draws deviate from."""
    numbers: Mapping[str, _Number]
    lines: Sequence[_Line]
    known: Mapping[Hashable, Amounts]
    room: Mapping[Hashable, Amounts]
    """Draws that are kept, and room for those to be kept: of numbers and of lines."""
    benefits: Amounts
    costs: Amounts
    filled: set[Hashable] = field(default_factory=set)
    """What has been put into its room."""

    def run(self, start: int, stop: int) -> Amounts:
        """Evaluate some draws; return sums over them, of deviations from the centre.

        Shape (outcomes, 3): the deviation of an outcome, its square, its product with that of
        all benefits.
        """
        numbers = _Draws(self, start, stop)
        gained = [
            self.kept(line, partial(self._gain, line, numbers), start, stop) for line in self.lines
        ]
        benefits, costs = self.benefits[start:stop], self.costs[start:stop]
        benefits[:] = 0.0
        for amount in gained:
            benefits += amount
        costs[:] = sum(self.valuation.costs(numbers).values(), start=0.0)
        total = benefits - sum(self.centre.values())
        deviations = (
            _filled(amount - centre, total.size)
            for amount, centre in zip(gained, self.centre.values(), strict=True)
        )
        return np.array([_sums(deviation, total) for deviation in deviations]).reshape(-1, 3)

    def _gain(self, line: _Line, numbers: Mapping[str, Numeric]) -> Numeric:
        return self.valuation.present_value(line.outcome, line.sign, numbers)

    def kept(self, key: Hashable, made: Callable[[], Numeric], start: int, stop: int) -> Numeric:
        """Return some draws from those that are kept, else as they are ``made``."""
        if (known := self.known.get(key)) is not None:
            return known[start:stop]
        draws = made()
        if (room := self.room.get(key)) is not None:
            room[start:stop] = draws
            self.filled.add(key)
        return draws


class _Draws(Mapping[str, Numeric]):
    """The numbers that vary, at some draws: each is drawn when it is asked for."""

    def __init__(self, model: _Model, start: int, stop: int) -> None:
        self._model = model
        self._rows = start, stop
        self._common: dict[str, Amounts] = {}
        self._mixed: dict[int, Bits] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._model.numbers)

    def __len__(self) -> int:
        return len(self._model.numbers)

    def __getitem__(self, address: str) -> Amounts:
        if address in self._common:
            return self._common[address]
        number = self._model.numbers[address]
        standard = self._model.kept(number.key, partial(self._standard, number), *self._rows)
        draws = number.standardised.draws(np.asarray(standard))
        if number.is_whole:
            draws = np.asarray(whole_years(draws))
        if address in SETTING_NUMBERS:  # each outcome asks for it
            self._common[address] = draws
        return draws

    def _standard(self, number: _Number) -> Amounts:
        return standard_sampler(number.standardised.standard)(self._raw(number))

    def _raw(self, number: _Number) -> Bits:
        if number.dependence is None:
            return number.points.column(number.column, *self._rows)
        if not self._mixed:
            self._mixed = number.dependence.mixed(number.points, *self._rows)
        return self._mixed[number.column]


def _require(draws: int, seed: int, method: str) -> None:
    if not FEWEST_DRAWS <= draws <= MOST_DRAWS:
        raise ValueError(f"draws must be between {FEWEST_DRAWS} and {MOST_DRAWS} (got {draws})")
    if seed < 0:
        raise ValueError(f"seed must be 0 or more (got {seed})")
    if method not in get_args(Method):
        raise ValueError(f"method must be one of {get_args(Method)} (got {method!r})")


def points_of(method: Method, seed: int, dimensions: int, draws: int) -> Points:
    """Return the points of a simulation: the replicates and their draws, at least as many."""
    if method == "pseudo_random":
        return pseudo_random_points(
            seed=seed,
            dimensions=dimensions,
            replicates=REPLICATES,
            per_replicate=-(-draws // REPLICATES),
        )
    per_replicate_log2 = (draws // REPLICATES).bit_length() - 1
    replicates = -(-draws // 2**per_replicate_log2)
    if replicates == 2 * REPLICATES:
        replicates, per_replicate_log2 = REPLICATES, per_replicate_log2 + 1
    return sobol_points(
        seed=seed,
        dimensions=dimensions,
        replicates=replicates,
        per_replicate_log2=per_replicate_log2,
    )


def _telling(
    run: Callable[[int, int], Amounts], progress: Callable[[float], None], total: int
) -> Callable[[int, int], Amounts]:
    """Return ``run``, telling after each run what share of all draws is made."""
    lock, made = Lock(), 0

    def told(start: int, stop: int) -> Amounts:
        nonlocal made
        sums = run(start, stop)
        with lock:
            made += stop - start
            progress(made / total)
        return sums

    return told


def _runs(total: int) -> tuple[list[int], list[int]]:
    """Return where runs of draws start and where they stop, whatever the number of threads.

    Between calls to NumPy threads wait for each other, so calls must be long; but not so long
    that the columns of a run leave the processor's cache. An even number of runs serves two
    threads alike.
    """
    count = 2 * -(-total // (2 * _LONGEST_RUN)) if total > _SHORTEST_RUN else 1
    stops = [total * run // count // _ALIGNED * _ALIGNED for run in range(1, count)]
    return [0, *stops], [*stops, total]


def _number(number: UncertainNumber, points: Points, dependence: _Dependence | None) -> _Number:
    if dependence is not None and number.column not in dependence.columns:
        dependence = None
    whole = standardised(number.distribution)
    mixing = dependence and (dependence.columns, dependence.factor.tobytes())
    return _Number(
        key=(points, number.column, whole.standard, mixing),
        standardised=whole,
        is_whole=number.is_whole,
        column=number.column,
        points=points,
        dependence=dependence,
    )


def _lines(valuation: Valuation, numbers: Mapping[str, _Number]) -> list[_Line]:
    """Return the outcomes that count, each with the numbers that it may ask for."""
    scenario = valuation.scenario
    common = [number for address, number in numbers.items() if address in SETTING_NUMBERS]
    own: dict[str, list[_Number]] = {outcome.id: [] for outcome in scenario.outcomes}
    for address, number in numbers.items():
        own.get(address.partition(".")[0], []).append(number)
    return [
        _Line(
            outcome=outcome,
            sign=sign,
            settings=scenario.settings,
            numbers=(*own[outcome.id], *common),
        )
        for outcome, sign in zip(scenario.outcomes, valuation.signs, strict=True)
        if sign
    ]


def _dependence(scenario: Scenario, numbers: Sequence[UncertainNumber]) -> _Dependence | None:
    """Return how the draws of correlated numbers are tied; those that are held are left out."""
    position = {number.address: row for row, number in enumerate(numbers)}
    pairs = [
        (position[first], position[second], correlation.value)
        for correlation in scenario.correlations
        for first, second in [correlation.between]
        if first in position and second in position
    ]
    if not pairs:
        return None
    rows = sorted({row for first, second, _ in pairs for row in (first, second)})
    matrix = np.eye(len(rows))
    for first, second, rank in pairs:
        here, there = rows.index(first), rows.index(second)
        matrix[here, there] = matrix[there, here] = rank
    try:
        return _Dependence(
            columns=tuple(numbers[row].column for row in rows), factor=factor(matrix)
        )
    except ValueError as error:
        problem = Problem(
            where="correlations",
            code="correlations_not_possible",
            received=[(one.between, one.value) for one in scenario.correlations],
            allowed="",
            message=str(error),
        )
        raise ScenarioError([problem]) from error


def _mean(draws: Amounts) -> float:
    return float(np.mean(draws))


def _filled(value: Numeric, size: int) -> Amounts:
    """Return ``value`` for each draw; where no number varies it is the same for all."""
    array = np.asarray(value, dtype=np.float64)
    return array if array.ndim else np.full(size, float(value))


def _sums(deviation: Amounts, total: Amounts) -> tuple[float, float, float]:
    return (
        float(deviation.sum()),
        _product(deviation, deviation),
        _product(deviation, total),
    )


def _product(first: Amounts, second: Amounts) -> float:
    """Return the scalar product; long ones are shared among threads, whose number digits show."""
    return math.fsum(
        float(first[start : start + 4096] @ second[start : start + 4096])
        for start in range(0, first.size, 4096)
    )


def _contributions(means: Amounts, centre: Mapping[str, float]) -> tuple[Contribution, ...]:
    """Return what each outcome adds, from the means over the draws of what runs sum."""
    mean, square, product = means.T
    variances = np.maximum(0.0, square - mean**2)
    # The deviations of all benefits sum those of each: so do their means and covariances.
    covariances = product - mean * mean.sum()
    values = mean + np.array(list(centre.values()))
    return tuple(
        Contribution(
            outcome=outcome,
            mean=float(values[row]),
            standard_deviation=math.sqrt(variances[row]),
            share_of_benefits=_quotient(values[row], values.sum()),
            share_of_variance=_quotient(covariances[row], covariances.sum()),
        )
        for row, outcome in enumerate(centre)
    )


def _quotient(part: float, whole: float) -> float:
    return float(formulas.ratio(float(part), float(whole)))
