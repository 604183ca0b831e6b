"""What is not known for sure about a number: its distribution, and draws from it.

Every distribution gives its exact ``quantile`` (inverse cumulative distribution), ``mean``,
``standard_deviation`` and ``support``, in the unit of the number itself. What ``low`` and ``high``
are depends on the kind: the least and the greatest value possible of a uniform, a triangular or a
PERT distribution; the 5th and 95th percentiles of a lognormal, and of a normal or a beta made
from a range. Arguments that make no sense are refused with a ValueError.

``sampler`` turns 32 random bits into draws, through a table whose accuracy it states. Most
distributions are a standard one of the same shape, stretched and moved: ``standardised`` says
which, so that draws of a standard one can be kept while values move.

SciPy is imported by the functions that need it: a case is evaluated without it.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from roi_model.formulas import Numeric

Floats = NDArray[np.float64]
Sampler = Callable[[NDArray[np.uint32]], Floats]

NORMAL_95TH_PERCENTILE = 1.6448536269514722
"""The 95th percentile of a standard normal."""
_UNREACHED = 8.3
"""Standard deviations beyond which a normal has no probability left, to the last digit of 1."""


class _Continuous(ABC):
    """A continuous distribution, known by its quantiles counted from either end.

    Counting from the nearer end keeps the digits of small probabilities: 1 - 1e-20 is 1.
    """

    __slots__ = ()

    @property
    @abstractmethod
    def support(self) -> tuple[float, float]:
        """The least and the greatest value possible."""

    @abstractmethod
    def _from_below(self, share: Floats) -> Floats:
        """Return the values that ``share`` of the probability lies below."""

    @abstractmethod
    def _from_above(self, share: Floats) -> Floats:
        """Return the values that ``share`` of the probability lies above."""

    def quantile(self, u: Numeric) -> Numeric:
        """Return the value that a share ``u`` (0 to 1) of the probability lies below."""
        shares = np.asarray(u, dtype=np.float64)
        if not np.all((shares >= 0) & (shares <= 1)):
            raise ValueError(f"a quantile is asked for a share between 0 and 1 (got {u})")
        values = np.empty_like(shares)
        lower = shares < 0.5
        values[lower] = self._from_below(shares[lower])
        values[~lower] = self._from_above(1 - shares[~lower])
        values = np.clip(values, *self.support)
        return values if values.ndim else float(values)

    def _on_grid(self) -> Floats:
        """Return the quantiles at the shares of ``_grid``, from below and from above."""
        below, above = _grid()
        return np.array([self._from_below(below), self._from_above(above)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """A number that is taken as certain."""

    value: float

    def __post_init__(self) -> None:
        """Refuse arguments that make no sense."""
        _require_finite(value=self.value)

    @property
    def support(self) -> tuple[float, float]:
        """The value, twice."""
        return self.value, self.value

    @property
    def mean(self) -> float:
        """The value."""
        return self.value

    @property
    def standard_deviation(self) -> float:
        """Zero."""
        return 0.0

    def quantile(self, u: Numeric) -> Numeric:
        """Return the value, for each share asked."""
        return np.full(np.shape(u), self.value) if np.ndim(u) else self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Uniform(_Continuous):
    """Any value from ``low`` to ``high``, all as likely."""

    low: float
    high: float

    def __post_init__(self) -> None:
        """Refuse arguments that make no sense."""
        _require_range(low=self.low, high=self.high)

    @property
    def support(self) -> tuple[float, float]:
        """From ``low`` to ``high``."""
        return self.low, self.high

    @property
    def mean(self) -> float:
        """The middle."""
        return (self.low + self.high) / 2

    @property
    def standard_deviation(self) -> float:
        """Width over the square root of 12."""
        return (self.high - self.low) / math.sqrt(12)

    def _from_below(self, share: Floats) -> Floats:
        return self.low + (self.high - self.low) * share

    def _from_above(self, share: Floats) -> Floats:
        return self.high - (self.high - self.low) * share


@dataclass(frozen=True, slots=True, kw_only=True)
class Triangular(_Continuous):
    """From ``low`` to ``high``, ever more likely towards ``mode``, which may be at an end."""

    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        """Refuse arguments that make no sense."""
        _require_mode(low=self.low, mode=self.mode, high=self.high)

    @property
    def support(self) -> tuple[float, float]:
        """From ``low`` to ``high``."""
        return self.low, self.high

    @property
    def mean(self) -> float:
        """The average of the three points."""
        return (self.low + self.mode + self.high) / 3

    @property
    def standard_deviation(self) -> float:
        """The square root of (a² + ab + b²) / 18, a and b the distances from mode to ends."""
        left, right = self.mode - self.low, self.high - self.mode
        return math.sqrt((left**2 + left * right + right**2) / 18)

    def _from_below(self, share: Floats) -> Floats:
        width, left, right = self.high - self.low, self.mode - self.low, self.high - self.mode
        return np.where(
            share * width <= left,
            self.low + np.sqrt(share * width * left),
            self.high - np.sqrt((1 - share) * width * right),
        )

    def _from_above(self, share: Floats) -> Floats:
        width, left, right = self.high - self.low, self.mode - self.low, self.high - self.mode
        return np.where(
            share * width <= right,
            self.high - np.sqrt(share * width * right),
            self.low + np.sqrt((1 - share) * width * left),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pert(_Continuous):
    """A beta distribution from ``low`` to ``high``, most likely at ``mode``: the beta-PERT.

    alpha = 1 + 4 (mode - low) / (high - low), beta = 6 - alpha; smoother than a triangle, with
    less weight at the ends. ``mode`` may be at an end.

    Source: Malcolm, Roseboom, Clark and Fazar (1959), Operations Research 7(5); Clark (1962),
    Operations Research 10(3).
    """

    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        """Refuse arguments that make no sense."""
        _require_mode(low=self.low, mode=self.mode, high=self.high)

    @property
    def shapes(self) -> tuple[float, float]:
        """The alpha and the beta of the beta distribution."""
        width = self.high - self.low
        return 1 + 4 * (self.mode - self.low) / width, 1 + 4 * (self.high - self.mode) / width

    @property
    def support(self) -> tuple[float, float]:
        """From ``low`` to ``high``."""
        return self.low, self.high

    @property
    def mean(self) -> float:
        """The average of the three points, the mode counted four times."""
        return (self.low + 4 * self.mode + self.high) / 6

    @property
    def standard_deviation(self) -> float:
        """That of the beta distribution, times the width (Clark's sixth is an approximation)."""
        return (self.high - self.low) * _beta_deviation(*self.shapes)

    def _from_below(self, share: Floats) -> Floats:
        return self.low + (self.high - self.low) * _beta_quantile(*self.shapes, share)

    def _from_above(self, share: Floats) -> Floats:
        alpha, beta = self.shapes
        return self.high - (self.high - self.low) * _beta_quantile(beta, alpha, share)

    def _on_grid(self) -> Floats:
        width = self.high - self.low
        below, above = _beta_on_grid(*self.shapes, _pert_log_odds)
        return np.array([self.low + width * below, self.high - width * above])


@dataclass(frozen=True, slots=True, kw_only=True)
class Normal(_Continuous):
    """A normal distribution, kept to what is possible: ``lowest`` to ``highest``.

    A quantity is not negative, a share stays between 0 and 1. ``location`` and ``scale`` are
    the mean and the standard deviation before that; ``mean`` and ``standard_deviation`` are
    those of what is kept.
    """

    location: float
    scale: float
    lowest: float = -math.inf
    highest: float = math.inf

    def __post_init__(self) -> None:
        """Refuse arguments that make no sense."""
        _require_finite(location=self.location)
        _require_positive(scale=self.scale)
        if not self.lowest < self.highest:
            raise ValueError(
                f"lowest must be below highest (got lowest {self.lowest}, highest {self.highest})"
            )
        if not self._kept > 0:
            raise ValueError(
                "a normal distribution must have some probability between lowest and highest "
                f"(got location {self.location}, scale {self.scale}, "
                f"from {self.lowest} to {self.highest})"
            )

    @property
    def support(self) -> tuple[float, float]:
        """From ``lowest`` to ``highest``."""
        return self.lowest, self.highest

    @property
    def mean(self) -> float:
        """The mean of what is kept."""
        return self.location + self.scale * _truncated_moments(*self._standard_bounds)[0]

    @property
    def standard_deviation(self) -> float:
        """The standard deviation of what is kept."""
        return self.scale * _truncated_moments(*self._standard_bounds)[1]

    @property
    def _standard_bounds(self) -> tuple[float, float]:
        return (
            (self.lowest - self.location) / self.scale,
            (self.highest - self.location) / self.scale,
        )

    @property
    def _kept(self) -> float:
        return _normal_between(*self._standard_bounds)

    def _from_below(self, share: Floats) -> Floats:
        return self.location + self.scale * _truncated_quantile(*self._standard_bounds, share)

    def _from_above(self, share: Floats) -> Floats:
        low, high = self._standard_bounds
        return self.location - self.scale * _truncated_quantile(-high, -low, share)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lognormal(_Continuous):
    """A number whose logarithm is normal, ``low`` and ``high`` its 5th and 95th percentiles.

    It may be kept below ``highest``, which must exceed ``high``; ``low`` and ``high`` are then
    the percentiles before that.
    """

    low: float
    high: float
    highest: float = math.inf

    def __post_init__(self) -> None:
        """Refuse arguments that make no sense."""
        _require_positive(low=self.low)
        _require_range(low=self.low, high=self.high)
        if not self.high < self.highest:
            raise ValueError(
                f"high must be below highest (got high {self.high}, highest {self.highest})"
            )

    @property
    def support(self) -> tuple[float, float]:
        """From 0 to ``highest``."""
        return 0.0, self.highest

    @property
    def mean(self) -> float:
        """exp(mu + sigma² / 2), times the effect of the cut at ``highest``."""
        sigma, cut = self._log_scale, self._standard_cut
        kept = _normal_below(cut - sigma) / _normal_below(cut)
        return math.exp(self._log_location + sigma**2 / 2) * kept

    @property
    def standard_deviation(self) -> float:
        """The mean times the square root of exp(sigma²) - 1, with the effect of the cut."""
        sigma, cut = self._log_scale, self._standard_cut
        kept = _normal_below(cut - 2 * sigma) * _normal_below(cut) / _normal_below(cut - sigma) ** 2
        return self.mean * math.sqrt(math.expm1(sigma**2 + math.log(kept)))

    @property
    def _log_location(self) -> float:
        return (math.log(self.low) + math.log(self.high)) / 2

    @property
    def _log_scale(self) -> float:
        return math.log(self.high / self.low) / (2 * NORMAL_95TH_PERCENTILE)

    @property
    def _standard_cut(self) -> float:
        return (math.log(self.highest) - self._log_location) / self._log_scale

    def _from_below(self, share: Floats) -> Floats:
        z = _truncated_quantile(-math.inf, self._standard_cut, share)
        return np.exp(self._log_location + self._log_scale * z)

    def _from_above(self, share: Floats) -> Floats:
        z = -_truncated_quantile(-self._standard_cut, math.inf, share)
        return np.exp(self._log_location + self._log_scale * z)

    def _on_grid(self) -> Floats:
        if self._standard_cut < _UNREACHED:
            return _Continuous._on_grid(self)
        return np.exp(self._log_location + self._log_scale * _normal_on_grid())


@dataclass(frozen=True, slots=True, kw_only=True)
class Beta(_Continuous):
    """A share whose ``mean`` was observed on a sample of ``sample_size``.

    alpha = mean × sample_size, beta = (1 - mean) × sample_size.
    """

    mean: float
    sample_size: float

    def __post_init__(self) -> None:
        """Refuse arguments that make no sense."""
        if not 0 < self.mean < 1:
            raise ValueError(f"mean must be between 0 and 1, both excluded (got {self.mean})")
        _require_positive(sample_size=self.sample_size)

    @property
    def shapes(self) -> tuple[float, float]:
        """The alpha and the beta of the beta distribution."""
        return self.mean * self.sample_size, (1 - self.mean) * self.sample_size

    @property
    def support(self) -> tuple[float, float]:
        """From 0 to 1."""
        return 0.0, 1.0

    @property
    def standard_deviation(self) -> float:
        """The square root of mean × (1 - mean) / (sample_size + 1)."""
        return _beta_deviation(*self.shapes)

    def _from_below(self, share: Floats) -> Floats:
        return _beta_quantile(*self.shapes, share)

    def _from_above(self, share: Floats) -> Floats:
        alpha, beta = self.shapes
        return 1 - _beta_quantile(beta, alpha, share)

    def _on_grid(self) -> Floats:
        below, above = _beta_on_grid(*self.shapes)
        return np.array([below, 1 - above])


Distribution = Fixed | Uniform | Triangular | Pert | Normal | Lognormal | Beta


def normal_from_range(
    *,
    mean: float,
    low: float,
    high: float,
    lowest: float = -math.inf,
    highest: float = math.inf,
) -> Normal:
    """Return the normal distribution whose central 90 % interval is as wide as low to high.

    ``mean`` and the interval are those before it is kept to ``lowest`` … ``highest``.
    """
    _require_mode(low=low, mode=mean, high=high, called="mean")
    scale = (high - low) / (2 * NORMAL_95TH_PERCENTILE)
    return Normal(location=mean, scale=scale, lowest=lowest, highest=highest)


@lru_cache(maxsize=1024)
def beta_from_range(*, mean: float, low: float, high: float) -> Beta:
    """Return the beta distribution whose central 90 % interval is as wide as low to high.

    Where two sample sizes give that width, which happens to means near 0 and 1, it is the
    larger one. A range is too wide if it would make both 0 and 1 likelier than what lies between.
    """
    from scipy.optimize import brentq

    if not 0 < mean < 1:
        raise ValueError(f"mean must be between 0 and 1, both excluded (got {mean})")
    if not (0 <= low < high <= 1 and low <= mean <= high):
        raise ValueError(
            "low, mean and high must be in this order between 0 and 1 "
            f"(got low {low}, mean {mean}, high {high})"
        )

    def excess_width(log_size: float) -> float:
        law = Beta(mean=mean, sample_size=math.exp(log_size))
        return float(law.quantile(0.95)) - float(law.quantile(0.05)) - (high - low)

    # From more than a normal distribution would need, downwards: the interval widens until it
    # is wide enough, or neither alpha nor beta is above 1.
    largest = (1 + 4 * mean * (1 - mean)) * (2 * NORMAL_95TH_PERCENTILE / (high - low)) ** 2
    log_size, smallest = math.log(largest), -math.log(max(mean, 1 - mean))
    while excess_width(log_size) > 0:
        log_size += 1
    while log_size > smallest:
        smaller = max(log_size - 0.25, smallest)
        if excess_width(smaller) >= 0:
            root = brentq(excess_width, smaller, log_size, xtol=1e-12)
            return Beta(mean=mean, sample_size=math.exp(root))
        log_size = smaller
    raise ValueError(f"a share with mean {mean} must have a narrower range (got {low} to {high})")


# --- Draws -------------------------------------------------------------------------------------
#
# 32 bits, read as a signed integer s, say how far a draw is from the nearer end: u is
# (s + 0.5) / 2**32 for s >= 0, and 1 + (s + 0.5) / 2**32 below 0. As a float32, its leading bits
# are the sign, the octave, and the place in it. They number the cells of a table that is fine
# near both ends and reaches them; the quantile is a straight line in each cell.

_CELLS_LOG2 = 6
_CELLS = 2**_CELLS_LOG2  # in each octave
_OCTAVES = 31
_SHIFT = 23 - _CELLS_LOG2  # of the 23 bits of a float32's mantissa, those within a cell
_FIRST_BELOW = 127 * _CELLS  # the cell of s = 1: the exponent of 1 is written 127
_FIRST_ABOVE = _FIRST_BELOW + 2 ** (31 - _SHIFT)  # that of s = -1: bit 31 is the sign
_ROWS = _FIRST_ABOVE + _OCTAVES * _CELLS + 1


_NARROW = 1e-6  # a range that 13 digits would not hold well enough


@dataclass(frozen=True, slots=True)
class Standardised:
    """A distribution as that of ``location`` + ``scale`` × draws of a standard one."""

    standard: Distribution
    scale: float = 1.0
    location: float = 0.0

    def draws(self, standard: Floats) -> Floats:
        """Return the draws of the distribution, from those of the standard one."""
        draws = standard * self.scale
        if self.location:
            draws += self.location
        return draws


def standardised(distribution: Distribution) -> Standardised:
    """Return ``distribution`` as a standard one of the same shape, stretched and moved.

    The standard one is uniform from 0 to 1, has its farther end at 1 or -1, its median at 1 or,
    for a normal, mean 0 and deviation 1. Its numbers are rounded to 13 digits: it stays the same
    while a number moves and its range in proportion.
    """
    match distribution:
        case Uniform(low=low, high=high):
            return Standardised(Uniform(low=0.0, high=1.0), high - low, low)
        case Triangular() | Pert():
            return _standard_range(distribution)
        case Normal(location=location, scale=scale):
            lowest, highest = distribution._standard_bounds
            lowest = _at_least(lowest) if lowest > -_UNREACHED else -math.inf
            highest = -_at_least(-highest) if highest < _UNREACHED else math.inf
            if highest - lowest > _NARROW:
                standard = Normal(location=0.0, scale=1.0, lowest=lowest, highest=highest)
                return Standardised(standard, scale, location)
        case Lognormal():
            return _standard_lognormal(distribution)
    return Standardised(distribution)


def _standard_lognormal(distribution: Lognormal) -> Standardised:
    median = math.sqrt(distribution.low) * math.sqrt(distribution.high)
    spread = _rounded(math.sqrt(distribution.high / distribution.low))
    is_cut = distribution._standard_cut < _UNREACHED
    highest = -_at_least(-distribution.highest / median) if is_cut else math.inf
    if not 1 + _NARROW < spread < highest:
        return Standardised(distribution)
    return Standardised(Lognormal(low=1 / spread, high=spread, highest=highest), median)


def _standard_range(distribution: Triangular | Pert) -> Standardised:
    scale = max(abs(distribution.low), abs(distribution.high))
    low, high = _at_least(distribution.low / scale), -_at_least(-distribution.high / scale)
    if high - low < _NARROW:
        return Standardised(distribution)
    mode = min(max(low, _rounded(distribution.mode / scale)), high)
    return Standardised(type(distribution)(low=low, mode=mode, high=high), scale)


def _rounded(number: float) -> float:
    return float(f"{number:.13g}")


def _at_least(bound: float) -> float:
    """Return ``bound`` rounded upwards, its last digit aside: nothing beyond becomes possible."""
    rounded, margin = _rounded(bound), abs(bound)
    return rounded if rounded >= bound - 1e-15 * margin else _rounded(bound + 1e-12 * margin)


@lru_cache(maxsize=256)
def sampler(distribution: Distribution) -> Sampler:
    """Return a function from arrays of 32 random bits to draws of ``distribution``.

    ``raw`` bits are the share u = (raw + 0.5) / 2**32 of the probability, never 0 or 1. Fixed
    and uniform draws are exact. The others are read in a table of straight lines, 64 an octave
    of the distance to the nearer end, down to the very last one. Each line has the mean of the
    curve over its cell, so that mean and standard deviation of the draws are exact to 1e-7 of the
    latter (2e-6 for a lognormal with high / low of 100). One draw is off by less than:

    - 3e-6 of the range, for triangular and PERT;
    - 2e-5 of the standard deviation, for a normal (1e-4 if it is kept to a far tail of itself);
    - 2e-5 of its own value, for a lognormal with high / low up to 10 (5e-5 up to 100);
    - 3e-4 of the standard deviation, for a beta with alpha and beta of 0.1 or more.

    Where two lines meet, neighbouring draws may be in the wrong order by as little.

    Fastest on some ten thousand draws or more at once, where threads share the work too.
    """
    whole = standardised(distribution)
    draw = standard_sampler(whole.standard)
    return lambda raw: whole.draws(draw(raw))


@lru_cache(maxsize=256)
def standard_sampler(distribution: Distribution) -> Sampler:
    """Return what ``sampler`` draws with where ``distribution`` is a standard one already."""
    if isinstance(distribution, Fixed):
        value = distribution.value
        return lambda raw: np.full(raw.shape, value)
    if isinstance(distribution, Uniform):
        return _uniform_sampler(distribution)
    return _table_sampler(_table(distribution))


def _uniform_sampler(distribution: Uniform) -> Sampler:
    """Return the draws of a uniform distribution."""
    step = (distribution.high - distribution.low) * 2.0**-32
    first = distribution.low + step / 2

    def draw(raw: NDArray[np.uint32]) -> Floats:
        draws = raw.astype(np.float64)
        draws *= step
        draws += first
        return draws

    return draw


def _table_sampler(table: Floats) -> Sampler:
    """Return the draws of a table of lines (slope and intercept against s)."""

    # One take of pairs is faster than two of numbers, and a sign left in the index than a negative
    # index, which the processor mispredicts.
    def draw(raw: NDArray[np.uint32]) -> Floats:
        signed = raw.view(np.int32)
        cells = signed.astype(np.float32).view(np.uint32) >> _SHIFT
        lines = table.take(cells, axis=0)
        draws = signed.astype(np.float64)
        draws *= lines[..., 0]
        draws += lines[..., 1]
        return draws

    return draw


def _table(distribution: _Continuous) -> Floats:
    """Return the slope and the intercept of each cell.

    Most rows are ones that no bits lead to. They are never written, so take no memory.
    """
    widths, bending = _cells()
    edges = distribution._on_grid()
    slope = np.diff(edges) / widths
    # The curve's mean over a cell is off the chord's by a twelfth of its second derivative.
    bulge = np.empty_like(slope)
    bulge[:, 1:-1] = slope[:, 2:] - slope[:, :-2]
    bulge[:, 0], bulge[:, -1] = slope[:, 1] - slope[:, 0], slope[:, -1] - slope[:, -2]
    bulge *= bending
    start, end = edges[:, :-1], edges[:, 1:]
    low, high = distribution.support
    inside = (np.minimum(start, end) + bulge > low) & (np.maximum(start, end) + bulge < high)
    intercept = start - slope * _distances()[:-1] + np.where(inside, bulge, 0.0)
    table = np.empty((_ROWS, 2))
    for first, sign, slopes, intercepts in zip(
        (_FIRST_BELOW, _FIRST_ABOVE), (1, -1), slope, intercept, strict=True
    ):
        rows = table[first : first + _OCTAVES * _CELLS + 1]
        rows[:-1, 0], rows[:-1, 1] = sign * slopes, intercepts
        rows[-1] = rows[-2]  # s = ±2**31 is the end of the last line
    # s = 0 has no octave; its only draw is the least one.
    table[0] = 0.0, distribution._from_below(np.array([2.0**-33]))[0]
    return table


@lru_cache(maxsize=1)
def _distances() -> Floats:
    """Return the edges of the cells, as distances |s| from 1 to 2**31."""
    octaves = 2.0 ** np.arange(_OCTAVES)
    return np.append(np.outer(octaves, 1 + np.arange(_CELLS) / _CELLS).ravel(), 2.0**31)


@lru_cache(maxsize=1)
def _cells() -> tuple[Floats, Floats]:
    """Return the width of each cell, and what a twelfth of the second derivative over it is.

    The latter is a factor of the difference between the slopes of the cells before and after.
    """
    widths = np.diff(_distances())
    apart = widths.copy()
    apart[1:] += widths[:-1] / 2
    apart[:-1] += widths[1:] / 2
    apart[[0, -1]] -= widths[[0, -1]] / 2  # there it is that of the cell and of its neighbour
    return widths, -(widths**2) / 12 / apart


@lru_cache(maxsize=1)
def _grid() -> Floats:
    """Return the shares at the edges of the cells, from below and from above: shape (2, edges)."""
    return (_distances() + np.array([[0.5], [-0.5]])) * 2.0**-32


# --- The beta distribution ---------------------------------------------------------------------


def _beta_deviation(alpha: float, beta: float) -> float:
    """Return the standard deviation of a beta distribution on 0 to 1."""
    total = alpha + beta
    return math.sqrt(alpha * beta / (total + 1)) / total


def _beta_quantile(alpha: float, beta: float, share: Floats) -> Floats:
    """Return the values that ``share`` of the probability of a beta distribution lies below."""
    from scipy.special import betaincinv

    # Far below any share that is drawn, SciPy's inverse goes astray.
    values = betaincinv(alpha, beta, np.maximum(share, 1e-60))
    return np.where(share > 0, values, 0.0)


_LEAST_SHAPE_INTERPOLATED = 0.1  # below it the curve bends within a step between nodes


def _exact_log_odds(alpha: float, beta: float) -> Floats:
    """Return the log-odds of the beta quantiles at the nodes."""
    value = _beta_quantile(alpha, beta, _node_shares())
    return np.log(value) - np.log1p(-value)


def _pert_log_odds(alpha: float, beta: float) -> Floats:
    """Return the log-odds of the quantiles at the nodes, where alpha + beta is 6 as in a PERT.

    They are smooth in log(alpha / beta): a polynomial through 16 of them, exact to 1e-8.
    """
    places, weights, values = _pert_family()
    distances = math.log(alpha / beta) / math.log(5) - places
    nearest = int(np.argmin(np.abs(distances)))
    if distances[nearest] == 0:
        return values[nearest]
    shares = weights / distances
    # Summed in this order, and not by a matrix product, the digits are the same everywhere.
    return np.einsum("i,ij->j", shares / shares.sum(), values)


@lru_cache(maxsize=1)
def _pert_family() -> tuple[Floats, Floats, Floats]:
    """Return Chebyshev nodes from log(1 / 5) to log(5), their weights, and log-odds at them.

    Source: Berrut and Trefethen (2004), SIAM Review 46(3), for the weights.
    """
    angles = np.pi * (np.arange(16) + 0.5) / 16
    places = np.cos(angles)
    weights = np.sin(angles) * (-1.0) ** np.arange(16)
    alphas = 6 / (1 + 5.0**-places)
    return places, weights, np.array([_exact_log_odds(alpha, 6 - alpha) for alpha in alphas])


def _beta_on_grid(
    alpha: float,
    beta: float,
    log_odds: Callable[[float, float], Floats] = _exact_log_odds,
) -> Floats:
    """Return the beta quantiles at the shares of ``_grid``, as distances from 0 and from 1.

    A quantile costs a microsecond and the grid asks for 3 970. It is taken at 178 nodes
    and interpolated between them: the log-odds of the quantile as a cubic of those of the share,
    whose slope at the nodes is known. Near an end they are proportional. The error is below
    1e-7 of the standard deviation for shapes from 1 up, and 1e-6 from 0.1 up.
    """
    from scipy.special import betaln

    if min(alpha, beta) < _LEAST_SHAPE_INTERPOLATED:
        below, above = _grid()
        return np.array([_beta_quantile(alpha, beta, below), _beta_quantile(beta, alpha, above)])
    shapes, others = np.array([[alpha], [beta]]), np.array([[beta], [alpha]])
    odds = np.array([log_odds(alpha, beta), log_odds(beta, alpha)])
    share = _node_shares()
    log_value, log_rest = -np.log1p(np.exp(-odds)), -np.log1p(np.exp(odds))
    # d log-odds of the value / d log-odds of the share, from the density
    inverse_density = np.exp(betaln(alpha, beta) - shapes * log_value - others * log_rest)
    values = _interpolated(-odds, -share * (1 - share) * inverse_density)
    np.exp(values, out=values)
    values += 1
    return np.divide(1, values, out=values)


@lru_cache(maxsize=1)
def _node_log_odds() -> Floats:
    """Return the log-odds of the shares that curves are interpolated between.

    From beyond those of the last draw, -22.9, to beyond the middle; steps widen towards the end,
    where the curve straightens.
    """
    nodes = [0.05]
    while nodes[-1] > -23:
        nodes.append(nodes[-1] - 0.1 * (1 + 0.2 * abs(nodes[-1])))
    return np.array(nodes[::-1])


@lru_cache(maxsize=1)
def _node_shares() -> Floats:
    return 1 / (1 + np.exp(-_node_log_odds()))


def _interpolated(values: Floats, slopes: Floats) -> Floats:
    """Return the values at the shares of ``_grid``, from those and the slopes at the nodes.

    Shapes (2, shares) and (2, nodes): from below, and from above. Cubic Hermite interpolation.
    """
    before, (value, next_value, slope, next_slope) = _interpolation()
    values, slopes = values.ravel(), slopes.ravel()
    result = value * values.take(before)
    result += next_value * values[1:].take(before)
    result += slope * slopes.take(before)
    result += next_slope * slopes[1:].take(before)
    return result


@lru_cache(maxsize=1)
def _interpolation() -> tuple[NDArray[np.intp], tuple[Floats, Floats, Floats, Floats]]:
    """Return the node before each share of ``_grid``, and the weights of both its neighbours."""
    shares, nodes = _grid(), _node_log_odds()
    log_odds = np.log(shares) - np.log1p(-shares)
    before = np.searchsorted(nodes, log_odds, side="right") - 1
    step = nodes[before + 1] - nodes[before]
    way = (log_odds - nodes[before]) / step
    rest = 1 - way
    weights = (
        (1 + 2 * way) * rest**2,
        (1 + 2 * rest) * way**2,
        step * way * rest**2,
        -step * rest * way**2,
    )
    return before + np.array([[0], [nodes.size]]), weights


# --- The normal distribution, cut at standardised bounds ---------------------------------------


def _normal_below(z: float) -> float:
    """Return the probability below ``z`` of a standard normal."""
    return math.erfc(-z / math.sqrt(2)) / 2


def _normal_between(low: float, high: float) -> float:
    """Return the probability of a standard normal between bounds, exact in either tail."""
    if low > 0:
        low, high = -high, -low
    return _normal_below(high) - _normal_below(low)


def _truncated_quantile(low: float, high: float, share: Floats) -> Floats:
    """Return the values that ``share`` is below, of a standard normal kept to low … high."""
    from scipy.special import ndtri

    kept = _normal_between(low, high)
    below = _normal_below(low) + share * kept
    above = _normal_below(-high) + (1 - share) * kept
    z = ndtri(np.minimum(below, above))
    return np.where(below < above, z, -z)


@lru_cache(maxsize=1)
def _normal_on_grid() -> Floats:
    """Return the standard normal quantiles at the shares of ``_grid``."""
    return Normal(location=0.0, scale=1.0)._on_grid()


def _truncated_moments(low: float, high: float) -> tuple[float, float]:
    """Return the mean and the standard deviation of a standard normal kept to low … high."""
    width, farthest = high - low, max(abs(low), abs(high))
    if width < 1 and width * farthest < 8:
        # The closed form subtracts near equals in a narrow interval: integrate instead.
        nodes, weights = np.polynomial.legendre.leggauss(32)
        offsets = width * nodes / 2
        middle = (low + high) / 2
        density = weights * np.exp(-offsets * (middle + offsets / 2))
        density /= density.sum()
        offset = float(density @ offsets)
        return middle + offset, math.sqrt(float(density @ (offsets - offset) ** 2))
    kept = _normal_between(low, high)
    at_low, at_high = _normal_density(low) / kept, _normal_density(high) / kept
    mean = at_low - at_high
    variance = 1 - mean**2
    variance += low * at_low if math.isfinite(low) else 0.0
    variance -= high * at_high if math.isfinite(high) else 0.0
    return mean, math.sqrt(variance)


def _normal_density(z: float) -> float:
    """Return the density of a standard normal."""
    return math.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)


# --- What arguments must be --------------------------------------------------------------------


def _require_finite(**numbers: float) -> None:
    for name, number in numbers.items():
        if not math.isfinite(number):
            raise ValueError(f"{name} must be a finite number (got {number})")


def _require_positive(**numbers: float) -> None:
    _require_finite(**numbers)
    for name, number in numbers.items():
        if not number > 0:
            raise ValueError(f"{name} must be above 0 (got {number})")


def _require_range(*, low: float, high: float) -> None:
    _require_finite(low=low, high=high)
    if not low < high:
        raise ValueError(f"low must be below high (got low {low}, high {high})")


def _require_mode(*, low: float, mode: float, high: float, called: str = "mode") -> None:
    _require_range(low=low, high=high)
    if not low <= mode <= high:
        raise ValueError(
            f"{called} must be between low and high (got low {low}, {called} {mode}, high {high})"
        )
