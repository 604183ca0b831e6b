"""Which numbers decide: each over its range, two together, and their shares of the variance."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import fsum

import numpy as np
from numpy.typing import NDArray

from roi_model import formulas
from roi_model.consistency import least_activity_years
from roi_model.distributions import Distribution, sampler
from roi_model.evaluation import perspective_in
from roi_model.formulas import Numeric
from roi_model.parameters import Duration, Parameter
from roi_model.perspectives import Perspective
from roi_model.points import SobolPoints, sobol_points
from roi_model.problems import Problem, ScenarioError
from roi_model.scenario import Scenario
from roi_model.simulation import REPLICATES
from roi_model.switching import parameter_at, ratios_over
from roi_model.uncertainty import UncertainNumber, uncertain_numbers, whole_years
from roi_model.valuation import Valuation

Amounts = NDArray[np.float64]
Function = Callable[[Amounts], Numeric]
"""A model: from draws of its inputs, shape (inputs, draws), to one result a draw."""

DEFAULT_STEPS = 7
DEFAULT_POINTS = 2**12
FEWEST_POINTS, MOST_POINTS = 2**7, 2**20
ROUNDING = 1e-12
"""Relative to the mean: results that differ no more than this differ by rounding alone."""


# --- One number at a time ----------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Swing:
    """What one number does to the result over its range, every other held at its value."""

    address: str
    low: float
    high: float
    """The ends of its range, in its own unit; of whole years, rounded to them."""
    value: float
    """What it is now."""
    ratio_at_low: float
    ratio_at_high: float
    width: float
    """How far apart the two ratios are; NaN where one is undefined for want of a cost."""
    net_value_at_low: float
    net_value_at_high: float
    """Net present value at the two ends, in euros."""


def one_at_a_time(
    scenario: Scenario, *, perspective: Perspective | str | None = None
) -> tuple[Swing, ...]:
    """Return the swing of each uncertain number, the widest first: a tornado chart.

    Ranges are those of ``uncertainty.uncertain_numbers``. What numbers do together, and how
    likely the ends are, is not seen here.

    Raises:
        ScenarioError: a stated distribution cannot be built.
        KeyError: the scenario has no such point of view.
    """
    valuation = Valuation(scenario, perspective_in(scenario, perspective))
    swings = [_swing(valuation, number) for number in uncertain_numbers(scenario)]
    return tuple(sorted(swings, key=_widest_first))


def _widest_first(swing: Swing) -> float:
    return math.inf if math.isnan(swing.width) else -swing.width


def _swing(valuation: Valuation, number: UncertainNumber) -> Swing:
    ends = _drawn(number, np.array([number.low, number.high]))
    benefits, costs = (
        np.broadcast_to(total, 2) for total in valuation.totals({number.address: ends})
    )
    ratios = np.broadcast_to(formulas.ratio(benefits, costs), 2)
    net_values = np.broadcast_to(formulas.net_present_value(benefits, costs), 2)
    return Swing(
        address=number.address,
        low=float(ends[0]),
        high=float(ends[1]),
        value=float(number.parameter.value),
        ratio_at_low=float(ratios[0]),
        ratio_at_high=float(ratios[1]),
        width=float(abs(ratios[1] - ratios[0])),
        net_value_at_low=float(net_values[0]),
        net_value_at_high=float(net_values[1]),
    )


def _drawn(number: UncertainNumber, values: Amounts) -> Amounts:
    """Return values as the number may take them: rounded where it is whole years."""
    return np.asarray(whole_years(values)) if number.is_whole else values


# --- Two numbers together ----------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class TwoWay:
    """The ratio for every pair of values of two numbers, all else as it is."""

    first: str
    second: str
    """Their addresses."""
    first_values: tuple[float, ...]
    second_values: tuple[float, ...]
    ratios: Amounts
    """Shape (first values, second values); NaN where no cost is counted."""


def two_way(
    scenario: Scenario,
    first: str,
    second: str,
    *,
    first_values: Iterable[float] | None = None,
    second_values: Iterable[float] | None = None,
    steps: int = DEFAULT_STEPS,
    perspective: Perspective | str | None = None,
) -> TwoWay:
    """Return the ratio for each value of one number with each value of another.

    Values not given are ``steps`` of them, evenly from the low to the high of the number's
    range, and its current value besides; without any range, from nothing to twice its value.

    Raises:
        ScenarioError: every address that does not exist, value that is not allowed there, and
            number that has no range to take values from.
        KeyError: the scenario has no such point of view.
        ValueError: the two numbers are one and the same, or ``steps`` is below 2.
    """
    if first == second:
        raise ValueError(f"two different numbers are needed (got {first} twice)")
    if steps < 2:
        raise ValueError(f"steps must be 2 or more (got {steps})")
    perspective = perspective_in(scenario, perspective)
    axes: list[Amounts] = []
    problems: list[Problem] = []
    for address, given in ((first, first_values), (second, second_values)):
        try:
            axes.append(_axis(scenario, address, given, steps))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    valuation = Valuation(scenario, perspective)
    rows, columns = axes
    # The years of activity are no number of a valuation: they can only go along an axis.
    if second == "activity_years":
        ratios = ratios_over(valuation, second, columns, {first: rows}).T
    else:
        ratios = ratios_over(valuation, first, rows, {second: columns})
    return TwoWay(
        first=first,
        second=second,
        first_values=tuple(rows.tolist()),
        second_values=tuple(columns.tolist()),
        ratios=ratios,
    )


def _axis(scenario: Scenario, address: str, given: Iterable[float] | None, steps: int) -> Amounts:
    """Return the values of a number in a table, those given or those of its range."""
    parameter = parameter_at(scenario, address)
    is_whole = isinstance(parameter, Duration)
    if given is None:
        low, high = _range_of(scenario, address, parameter)
        if address == "activity_years":
            low = max(low, least_activity_years(scenario))
        values = np.linspace(low, high, steps)
        return np.union1d(np.rint(values) if is_whole else values, [float(parameter.value)])
    stated = list(given)
    problems: list[Problem] = []
    for value in stated:
        try:
            scenario.with_changes({address: int(value) if is_whole and value % 1 == 0 else value})
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return np.array(stated, dtype=np.float64)


def _range_of(scenario: Scenario, address: str, parameter: Parameter) -> tuple[float, float]:
    for number in uncertain_numbers(scenario):
        if number.address == address:
            return number.low, number.high
    low, high = parameter.low, parameter.high
    if low is None or high is None:
        least, greatest = parameter.bounds
        low, high = sorted((0.0, 2.0 * parameter.value))
        low, high = max(least, low), min(greatest, high)
    if low == high:
        problem = Problem(
            where=address,
            code="no_range",
            received=parameter.value,
            allowed="",
            message="has no range: say which values to take",
        )
        raise ScenarioError([problem])
    return low, high


# --- Shares of the variance --------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class VarianceShare:
    """The share of one number in the variance of the ratio, each with its standard error.

    A share next to 0 may come out below it, by its error.
    """

    address: str
    first_order: float
    """What would go, on average, if the number alone were known: its effect by itself."""
    first_order_error: float
    total: float
    """What would be left, on average, if all others were known: with its interactions."""
    total_error: float


@dataclass(frozen=True, kw_only=True, slots=True)
class VarianceShares:
    """How the variance of the ratio is shared among the numbers that vary."""

    perspective: str
    seed: int
    points: int
    mean: float
    standard_deviation: float
    """Of the ratio, with its numbers drawn independently; NaN where it is undefined."""
    ignored_correlations: bool
    """Whether the scenario ties some of these numbers: they were drawn as independent, since
    dependent ones have no such shares, and mean and deviation are not those of a simulation."""
    numbers: tuple[VarianceShare, ...]
    """In the order of the scenario; NaN where the ratio is undefined in some draws, 0 where it
    does not vary."""

    @property
    def first_order_sum(self) -> float:
        """At most 1 but for errors; what lacks to 1 is due to interactions."""
        return fsum(one.first_order for one in self.numbers)

    @property
    def total_sum(self) -> float:
        """At least 1 but for errors: an interaction counts for each number in it."""
        return fsum(one.total for one in self.numbers)


@dataclass(frozen=True, kw_only=True, slots=True)
class InputShares:
    """Shares of each input of a function in its variance, with standard errors, and the rest."""

    first_order: tuple[float, ...]
    first_order_errors: tuple[float, ...]
    total: tuple[float, ...]
    total_errors: tuple[float, ...]
    mean: float
    standard_deviation: float
    points: int


def variance_shares(
    scenario: Scenario,
    *,
    points: int = DEFAULT_POINTS,
    seed: int = 0,
    perspective: Perspective | str | None = None,
) -> VarianceShares:
    """Return the share of each uncertain number in the variance of the ratio.

    Correlations of the scenario are left out, and the result says so. Sources and cost are
    those of ``variance_shares_of``.

    Raises:
        ScenarioError: a stated distribution cannot be built.
        KeyError: the scenario has no such point of view.
        ValueError: ``points`` or ``seed`` is not allowed.
    """
    perspective = perspective_in(scenario, perspective)
    valuation = Valuation(scenario, perspective)
    numbers = uncertain_numbers(scenario)

    def ratio(draws: Amounts) -> Numeric:
        return valuation.ratio(
            {
                number.address: _drawn(number, row)
                for number, row in zip(numbers, draws, strict=True)
            }
        )

    found = variance_shares_of(
        ratio, [number.distribution for number in numbers], points=points, seed=seed
    )
    columns = (found.first_order, found.first_order_errors, found.total, found.total_errors)
    names = ("first_order", "first_order_error", "total", "total_error")
    varied = {number.address for number in numbers}
    return VarianceShares(
        perspective=perspective.id,
        seed=seed,
        points=found.points,
        mean=found.mean,
        standard_deviation=found.standard_deviation,
        ignored_correlations=any(
            one.value != 0 and varied.issuperset(one.between) for one in scenario.correlations
        ),
        numbers=tuple(
            VarianceShare(address=number.address, **dict(zip(names, shares, strict=True)))
            for number, *shares in zip(numbers, *columns, strict=True)
        ),
    )


def deciding_numbers(shares: VarianceShares, count: int = 3) -> tuple[VarianceShare, ...]:
    """Return the numbers with the greatest total shares, those that have none left out."""
    sharing = [one for one in shares.numbers if one.total > 0]
    return tuple(sorted(sharing, key=lambda one: one.total, reverse=True)[:count])


def variance_shares_of(
    function: Function,
    distributions: Sequence[Distribution],
    *,
    points: int = DEFAULT_POINTS,
    seed: int = 0,
) -> InputShares:
    """Return first-order and total Sobol indices of independent inputs of a function.

    At least ``points`` pairs of draws, rounded up to a power of two, each evaluated once for
    every input and twice more. They come in eight independent scrambles of Sobol points; how
    much an index differs from one to the other is its error. Draws are read from the tables of
    ``distributions.sampler``. A single input has all of the variance. Without variance beyond
    rounding all indices are 0; where the function is not finite at some draws they are NaN.

    Source: Sobol (1993); Saltelli et al. (2010), Computer Physics Communications 181(2),
    table 2 (b) and (f), as ``scipy.stats.sobol_indices`` has them.

    Raises:
        ValueError: ``points`` or ``seed`` is not allowed.
    """
    if not 1 <= points <= MOST_POINTS:
        raise ValueError(f"points must be between 1 and {MOST_POINTS} (got {points})")
    inputs = len(distributions)
    sets = sobol_points(
        seed=seed,
        dimensions=max(1, 2 * inputs),
        replicates=REPLICATES,
        per_replicate_log2=(-(-max(points, FEWEST_POINTS) // REPLICATES) - 1).bit_length(),
    )
    values = _evaluated(function, distributions, sets)
    either = values[:2]
    mean, deviation = math.nan, math.nan
    if np.isfinite(values).all():
        mean, deviation = float(either.mean()), float(either.std())
    if deviation <= ROUNDING * abs(mean):
        deviation = 0.0
    pooled = _indices(values.reshape(len(values), 1, -1), deviation)[0]
    of_each = _indices(values, deviation)
    errors = of_each.std(axis=0, ddof=1) / math.sqrt(REPLICATES)
    return InputShares(
        first_order=tuple(pooled[0].tolist()),
        first_order_errors=tuple(errors[0].tolist()),
        total=tuple(pooled[1].tolist()),
        total_errors=tuple(errors[1].tolist()),
        mean=mean,
        standard_deviation=deviation,
        points=sets.replicates * sets.per_replicate,
    )


def _evaluated(
    function: Function, distributions: Sequence[Distribution], sets: SobolPoints
) -> Amounts:
    """Return the function at two sets of draws, then at the first with one input of the second.

    Shape (2 + inputs, replicates, points of a replicate).
    """
    inputs = len(distributions)
    draws = [sampler(distribution) for distribution in distributions]
    values = np.empty((2 + inputs, sets.replicates, sets.per_replicate))
    for chunk in range(sets.chunks):
        bits = [
            sets.columns(replicate, chunk, np.arange(2 * inputs))
            for replicate in range(sets.replicates)
        ]
        size = sets.replicates * sets.chunk_size
        raw = np.concatenate(bits, axis=1).reshape(2, inputs, size)
        first, second = (
            np.array([draw(row) for draw, row in zip(draws, half, strict=True)]).reshape(
                inputs, size
            )
            for half in raw
        )
        place = slice(chunk * sets.chunk_size, (chunk + 1) * sets.chunk_size)
        values[0, :, place] = _results(function, first, sets.replicates)
        values[1, :, place] = _results(function, second, sets.replicates)
        for one in range(inputs):
            kept = first[one].copy()
            first[one] = second[one]
            values[2 + one, :, place] = _results(function, first, sets.replicates)
            first[one] = kept
    return values


def _results(function: Function, draws: Amounts, replicates: int) -> Amounts:
    """Return one result a draw, also where the function gives one for all; replicates in rows."""
    results = np.asarray(function(draws), dtype=np.float64)
    return np.broadcast_to(results, draws.shape[1]).reshape(replicates, -1)


def _indices(values: Amounts, deviation: float) -> Amounts:
    """Return first-order and total indices of each replicate; shape (replicates, 2, inputs)."""
    inputs, replicates, size = values.shape[0] - 2, *values.shape[1:]
    if inputs == 0 or deviation == 0 or math.isnan(deviation):
        return np.full((replicates, 2, inputs), deviation)  # 0 or NaN, as the docstring says
    if inputs == 1:
        return np.ones((replicates, 2, 1))  # SciPy's function fails on one input
    from scipy.stats import sobol_indices

    found = [
        sobol_indices(
            func={
                "f_A": values[0, one : one + 1],
                "f_B": values[1, one : one + 1],
                "f_AB": values[2:, one : one + 1],
            },
            n=size,
        )
        for one in range(replicates)
    ]
    return np.array([(one.first_order, one.total_order) for one in found])
