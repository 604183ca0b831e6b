"""How sure a result is: the scenario evaluated at many draws of its uncertain numbers.

Draws come in replicates, each a set of points of its own; how much a figure differs from one
replicate to the other is its numerical error. Points belong to the seed and to the number of
numbers in the scenario, not to their values: they stay while values move, so that two variants
of a scenario differ by what was changed and by nothing else.
"""

import math
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from roi_model import formulas
from roi_model.dependence import correlated, factor
from roi_model.distributions import Sampler, sampler
from roi_model.evaluation import perspective_in
from roi_model.formulas import Numeric
from roi_model.perspectives import Perspective
from roi_model.points import Points, pseudo_random_points, sobol_points
from roi_model.problems import Problem, ScenarioError
from roi_model.scenario import Scenario
from roi_model.uncertainty import UncertainNumber, number_of_columns, uncertain_numbers
from roi_model.valuation import Valuation

Amounts = NDArray[np.float64]
Method = Literal["sobol", "pseudo_random"]

REPLICATES = 8
"""Independent sets of points: enough to tell an error from, few enough to keep each set long."""
FEWEST_DRAWS, MOST_DRAWS = 128, 2**24
DEFAULT_DRAWS = 2**14
DEFAULT_LEVEL = 0.9
"""Share of the draws that an interval holds, as many left out below as above."""


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
        """How many draws were made: with Sobol points, a power of two."""
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
) -> Simulation:
    """Return the result of ``scenario`` over at least ``draws`` draws of its uncertain numbers.

    Scrambled Sobol points by default, whose number is rounded up to a power of two; pseudo-random
    ones as the alternative. The same seed gives the same result whatever the number of
    ``threads``. Beside the draws returned, 16 bytes each, memory does not grow with their number.

    Source: Owen (1998), ACM TOMACS 8(1), for scrambled points in independent replicates.

    Raises:
        ScenarioError: a distribution or the correlations cannot be built.
        ValueError: ``draws``, ``seed`` or ``method`` is not allowed.
        KeyError: the scenario has no such point of view.
    """
    _require(draws, seed, method)
    perspective = perspective_in(scenario, perspective)
    numbers = uncertain_numbers(scenario)
    valuation = Valuation(scenario, perspective)
    model = _Model(
        valuation=valuation,
        centre={name: float(value) for name, value in valuation.benefits({}).items()},
        addresses=tuple(number.address for number in numbers),
        samplers=tuple(_sampler(number) for number in numbers),
        columns=np.array([number.column for number in numbers], dtype=np.intp),
        dependence=_dependence(scenario, numbers),
        points=_points(method, seed, max(1, number_of_columns(scenario)), draws),
    )
    points = model.points
    tasks = [(one, chunk) for one in range(points.replicates) for chunk in range(points.chunks)]
    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        parts = list(pool.map(lambda task: model.chunk(*task), tasks))
    return Simulation(
        scenario=scenario.id,
        perspective=perspective,
        method=method,
        seed=seed,
        replicates=points.replicates,
        varied=model.addresses,
        benefits=np.concatenate([part.benefits for part in parts]),
        costs=np.concatenate([part.costs for part in parts]),
        contributions=_contributions(parts, model.centre),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Part:
    """The draws of one chunk, and sums over them of each outcome that counts."""

    outcomes: tuple[str, ...]
    benefits: Amounts
    costs: Amounts
    sums: Amounts
    """Of deviations from the centre: (outcomes, 3), the deviation, its square, its product with
    that of all benefits."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Dependence:
    rows: NDArray[np.intp]
    factor: Amounts


@dataclass(frozen=True, kw_only=True, slots=True)
class _Model:
    """All that a chunk of draws needs; only read."""

    valuation: Valuation
    centre: Mapping[str, float]
    """Present value of each outcome that counts, no number varied: what draws deviate from."""
    addresses: tuple[str, ...]
    samplers: tuple[Sampler, ...]
    columns: NDArray[np.intp]
    dependence: _Dependence | None
    points: Points

    def chunk(self, replicate: int, chunk: int) -> _Part:
        raw = self.points.columns(replicate, chunk, self.columns)
        size = raw.shape[1]
        if self.dependence is not None:
            rows = self.dependence.rows
            raw[rows] = correlated(raw[rows], self.dependence.factor)
        numbers: dict[str, Numeric] = {
            address: draw(bits)
            for address, draw, bits in zip(self.addresses, self.samplers, raw, strict=True)
        }
        gained = self.valuation.benefits(numbers)
        benefits = _filled(sum(gained.values(), start=0.0), size)
        costs = _filled(sum(self.valuation.costs(numbers).values(), start=0.0), size)
        total = benefits - sum(self.centre.values())
        deviations = [gained[name] - self.centre[name] for name in gained]
        return _Part(
            outcomes=tuple(gained),
            benefits=benefits,
            costs=costs,
            sums=np.array([_sums(_filled(one, size), total) for one in deviations]).reshape(-1, 3),
        )


def _require(draws: int, seed: int, method: str) -> None:
    if not FEWEST_DRAWS <= draws <= MOST_DRAWS:
        raise ValueError(f"draws must be between {FEWEST_DRAWS} and {MOST_DRAWS} (got {draws})")
    if seed < 0:
        raise ValueError(f"seed must be 0 or more (got {seed})")
    if method not in get_args(Method):
        raise ValueError(f"method must be one of {get_args(Method)} (got {method!r})")


def _points(method: Method, seed: int, dimensions: int, draws: int) -> Points:
    per_replicate = -(-draws // REPLICATES)
    if method == "pseudo_random":
        return pseudo_random_points(
            seed=seed, dimensions=dimensions, replicates=REPLICATES, per_replicate=per_replicate
        )
    return sobol_points(
        seed=seed,
        dimensions=dimensions,
        replicates=REPLICATES,
        per_replicate_log2=(per_replicate - 1).bit_length(),
    )


def _sampler(number: UncertainNumber) -> Sampler:
    draw = sampler(number.distribution)
    return (lambda bits: np.rint(draw(bits))) if number.is_whole else draw


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
        return _Dependence(rows=np.array(rows, dtype=np.intp), factor=factor(matrix))
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
    return float(deviation.sum()), float(deviation @ deviation), float(deviation @ total)


def _contributions(parts: Sequence[_Part], centre: Mapping[str, float]) -> tuple[Contribution, ...]:
    """Return what each outcome adds, summed over chunks in their order whatever the threads."""
    first = parts[0]
    draws = sum(part.benefits.size for part in parts)
    mean, square, product = (np.sum([part.sums for part in parts], axis=0) / draws).T
    variances = np.maximum(0.0, square - mean**2)
    # The deviations of all benefits sum those of each: so do their means and covariances.
    covariances = product - mean * mean.sum()
    values = mean + np.array([centre[name] for name in first.outcomes])
    return tuple(
        Contribution(
            outcome=outcome,
            mean=float(values[row]),
            standard_deviation=math.sqrt(variances[row]),
            share_of_benefits=_quotient(values[row], values.sum()),
            share_of_variance=_quotient(covariances[row], covariances.sum()),
        )
        for row, outcome in enumerate(first.outcomes)
    )


def _quotient(part: float, whole: float) -> float:
    return float(formulas.ratio(float(part), float(whole)))
