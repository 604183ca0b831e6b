"""Draws of the numbers of many associations: which they share, and which each has of its own.

Rows are not drawn afresh. All share two sets of Sobol points, one for what they have in common and
one for what they have not; the second is shuffled once, and each row begins it at a place of its
own, drawn by its id, and goes round. So each row has all its points, evenly spread, and pairs them
with other points of what is common and with other points of every other row. That makes draws of a
row the same whatever rows there are, in whatever order and whoever makes them; and a row mostly
takes draws that are made once: a number whose range follows its value is its scale times a
standard draw.

Means of rows gain from it all that Sobol points give; the spread of a sum of many independent rows
is as good as from half as many fresh draws. Two given rows begin at the same place, and so move
together, with a probability of one in the number of draws. Sums do not swell with it: rows that
begin at different places move a little against each other, and over all places covariances sum to
0. Where rows are compared with each other, ``portfolio_engine`` gives each a place of its own.

Source: Owen (1998), Latin supercube sampling, ACM TOMACS 8(1), for the shuffled second set; Vasicek
(2002), Risk 15(12), for one factor between many.
"""

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from roi_model.dependence import factor
from roi_model.distributions import (
    Distribution,
    Fixed,
    Pert,
    Triangular,
    Uniform,
    standardised,
)
from roi_model.evaluation import perspective_in
from roi_model.parameters import Duration, Parameter
from roi_model.perspectives import Perspective
from roi_model.points import Bits, Points, sobol_points
from roi_model.portfolio import Amounts, Portfolio
from roi_model.problems import Problem, ScenarioError
from roi_model.scenario import Scenario
from roi_model.simulation import DEFAULT_LEVEL, FEWEST_DRAWS, points_of
from roi_model.uncertainty import estimates

Ranges = Literal["typed", "template"]
"""How far a number that a row typed may vary, where the table gives it no range."""

DEFAULT_DRAWS = 10_000
MOST_DRAWS = 2**17


# --- What is simulated -------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All that the draws of a row depend on beside the row: what a worker is given."""

    template: Scenario
    perspective: Perspective
    seed: int
    draws: int
    """As asked for."""
    level: float
    target: float
    ranges: Ranges
    typed: tuple[str, ...]
    """Addresses that the table has a column for."""
    between_rows: Mapping[str, float]

    @cached_property
    def key(self) -> str:
        """Text that equal plans share and others do not."""
        stated = (
            self.template.fingerprint,
            self.perspective,
            self.seed,
            self.draws,
            self.level,
            self.target,
            self.ranges,
            self.typed,
            sorted(self.between_rows.items()),
        )
        return hashlib.sha256(repr(stated).encode()).hexdigest()

    @cached_property
    def points(self) -> tuple[Points, Points]:
        """Points of what all rows have in common, and of what each has of its own.

        They go to workers with the plan: to make them loads much of SciPy.
        """
        common = points_of("sobol", self.seed, max(1, len(self.between_rows)), self.draws)
        own = sobol_points(
            seed=_derived(self.seed, 1),
            dimensions=common.dimensions,
            replicates=common.replicates,
            per_replicate_log2=common.per_replicate.bit_length() - 1,
        )
        return common, own


def plan_of(
    portfolio: Portfolio,
    draws: int = DEFAULT_DRAWS,
    seed: int = 0,
    *,
    perspective: Perspective | str | None = None,
    between_rows: Mapping[str, float] | float | None = None,
    ranges: Ranges = "typed",
    level: float = DEFAULT_LEVEL,
    target: float = 1.0,
) -> Plan:
    """Return what to simulate; arguments are those of ``simulate_portfolio``.

    Raises:
        ValueError, KeyError: as there.
    """
    if not FEWEST_DRAWS <= draws <= MOST_DRAWS:
        raise ValueError(f"draws must be between {FEWEST_DRAWS} and {MOST_DRAWS} (got {draws})")
    if seed < 0:
        raise ValueError(f"seed must be 0 or more (got {seed})")
    if not 0 < level < 1:
        raise ValueError(f"level must be between 0 and 1, both excluded (got {level})")
    template = portfolio.template
    named = [address for address, _ in estimates(template)]
    typed = tuple(address for address in named if address in portfolio.numbers)
    default: dict[str, float] = {one: 0.0 if one in typed else 1.0 for one in named}
    if isinstance(between_rows, Mapping):
        stated = dict(between_rows)
    else:
        stated = {} if between_rows is None else dict.fromkeys(named, float(between_rows))
    for address, rank in stated.items():
        if address not in default:
            raise ValueError(f"{address} is no number that may vary")
        if not 0 <= rank <= 1:
            raise ValueError(
                f"a rank correlation between rows must be from 0 to 1 (got {rank} for {address})"
            )
    return Plan(
        template=template,
        perspective=perspective_in(template, perspective),
        seed=seed,
        draws=draws,
        level=level,
        target=target,
        ranges=ranges,
        typed=typed,
        between_rows=default | stated,
    )


def row_key(row_id: str) -> int:
    """Return a whole number of 64 bits that stands for an id."""
    return int.from_bytes(hashlib.blake2b(str(row_id).encode(), digest_size=8).digest(), "big")


# --- Points ------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class _Terms:
    """The normal score of a number: a weighted sum of columns, common ones and a row's own."""

    common: tuple[tuple[int, float], ...]
    own: tuple[tuple[int, float], ...]


class Source:
    """The points of every number: what is common, and what each row has of its own.

    Own ones are held twice in a row, so that any turn of them is a part of it.
    """

    def __init__(self, plan: Plan, columns: Mapping[str, int]) -> None:
        """Take the points of a plan; ``columns`` are those of each number."""
        self._common, self._own = plan.points
        self.replicates = self._common.replicates
        self.size = self.replicates * self._common.per_replicate
        shuffle = np.random.Generator(np.random.PCG64DXSM(_derived(plan.seed, 2)))
        self._order = shuffle.permutation(self.size)
        self.terms = _terms(plan, columns)

    def is_own(self, address: str) -> bool:
        """Say whether a number is drawn by each row for itself alone."""
        return not self.terms[address].common

    def is_common(self, address: str) -> bool:
        """Say whether a number is drawn once for all rows."""
        return not self.terms[address].own

    def bits(self, address: str) -> Bits:
        """Return the points of a number that is common or own: shape (draws,) or twice that."""
        terms = self.terms[address]
        weighted, raw = (terms.common, self._raw) if terms.common else (terms.own, self._own_raw)
        if len(weighted) == 1 and weighted[0][1] == 1.0:
            return raw(weighted[0][0])
        return bits_of(_scores(weighted, raw))

    def scores(self, address: str) -> tuple[Amounts, Amounts]:
        """Return both parts of the score of a number that is neither."""
        terms = self.terms[address]
        return _scores(terms.common, self._raw), _scores(terms.own, self._own_raw)

    def _raw(self, column: int) -> Bits:
        return self._common.column(column, 0, self.size)

    def _own_raw(self, column: int) -> Bits:
        once = self._own.column(column, 0, self.size)[self._order]
        return np.concatenate([once, once])


def _derived(seed: int, purpose: int) -> int:
    """Return a seed for another purpose."""
    state = np.random.SeedSequence(seed, spawn_key=(purpose,)).generate_state(2, np.uint64)
    return int(state[0]) << 64 | int(state[1])


def _scores(weighted: Sequence[tuple[int, float]], raw: Callable[[int], Bits]) -> Amounts:
    from scipy.special import ndtri

    total: Any = 0.0
    for column, weight in weighted:  # in this order, and not by a matrix product
        total = total + weight * ndtri((raw(column) + 0.5) * 2.0**-32)
    return total


def bits_of(scores: Amounts) -> Bits:
    """Return normal scores as 32 random bits, which any distribution can be read from."""
    from scipy.special import ndtr

    return np.minimum(ndtr(scores) * 2.0**32, 2.0**32 - 1).astype(np.uint32)


def _terms(plan: Plan, columns: Mapping[str, int]) -> dict[str, _Terms]:
    """Return what the scores of numbers are made of.

    Correlated numbers are mixed as the template states: those that all rows share first, so that
    the others depend on them and not the other way round.
    """
    terms = {address: _alone(columns[address], rank) for address, rank in plan.between_rows.items()}
    pairs = [one for one in plan.template.correlations if set(one.between) <= set(columns)]
    if not pairs:
        return terms
    tied = {address for one in pairs for address in one.between}
    members = sorted(tied, key=lambda one: (plan.between_rows[one] != 1, columns[one]))
    ranks = {plan.between_rows[one] for one in members} - {1.0}
    if len(ranks) > 1:
        raise ValueError(
            "numbers that are correlated within a row must have the same correlation between "
            f"rows, or be common to all (got {sorted(ranks)} for {', '.join(members)})"
        )
    matrix = np.eye(len(members))
    for one in pairs:
        first, second = (members.index(address) for address in one.between)
        matrix[first, second] = matrix[second, first] = one.value
    try:
        mixing = factor(matrix)
    except ValueError as error:
        received = [(one.between, one.value) for one in pairs]
        problem = Problem(
            where="correlations",
            code="correlations_not_possible",
            received=received,
            allowed="",
            message=str(error),
        )
        raise ScenarioError([problem]) from error
    for row, address in enumerate(members):
        common: list[tuple[int, float]] = []
        own: list[tuple[int, float]] = []
        for place, weight in enumerate(mixing[row, : row + 1].tolist()):
            if weight:
                part = terms[members[place]]
                common += [(column, weight * share) for column, share in part.common]
                own += [(column, weight * share) for column, share in part.own]
        terms[address] = _Terms(common=tuple(common), own=tuple(own))
    return terms


def _alone(column: int, rank: float) -> _Terms:
    """Return the terms of a number with a rank correlation between rows."""
    score = 2 * math.sin(math.pi / 6 * rank)  # that of normal scores (Pearson, 1907)
    common = ((column, math.sqrt(score)),) if rank > 0 else ()
    own = ((column, math.sqrt(max(0.0, 1 - score))),) if rank < 1 else ()
    return _Terms(common=((column, 1.0),) if rank == 1 else common, own=own)


# --- What rows draw from -----------------------------------------------------------------------


LawOf = Callable[[float], Distribution]
"""The law of a typed number, from its value."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Laws:
    """How a number of each row varies: ``location`` + ``scale`` × draws of a standard."""

    value: Amounts
    standards: Sequence[Distribution]
    which: NDArray[np.intp]
    """The standard of each row; -1 where the number is held at its value."""
    scale: Amounts
    location: Amounts

    @property
    def lowest(self) -> float:
        """The least that the number may be in any row."""
        ends = [float(self.value.min(initial=math.inf))]
        for which, standard in enumerate(self.standards):
            rows = self.which == which
            for end in standard.support:
                reached = self.location[rows] + self.scale[rows] * end
                ends.append(float(reached.min(initial=math.inf)))
        return min(ends)


class LawsInMaking:
    """The laws of a number, row after row; all are held at their value until they are placed."""

    def __init__(self, values: Amounts) -> None:
        """Begin with every row held."""
        self._values = values
        self._standards: dict[Distribution, int] = {}
        self._which = np.full(values.size, -1)
        self._scale, self._location = np.ones(values.size), np.zeros(values.size)

    def place(self, rows: Any, law: Distribution, times: Any = 1.0) -> None:
        """Give some rows a law, or so many times it."""
        if isinstance(law, Fixed):
            return
        whole = standardised(law)
        self._which[rows] = self._standards.setdefault(whole.standard, len(self._standards))
        self._scale[rows] = whole.scale * times
        self._location[rows] = whole.location * times

    def place_proportional(self, rows: NDArray[np.bool_], rule: LawOf, like: Parameter) -> Any:
        """Give rows the law of a typed number; return those whose law is no other's, stretched.

        ``like`` is the number of the template, whose kind and bounds theirs has.
        """
        values, (lowest, highest) = self._values, like.bounds
        if isinstance(like, Duration):  # half a year more at either end is no proportion
            return rows
        rows = rows & (values != 0)
        for unit in (0.5, -0.1) if highest <= 1 else (10.0, -10.0):
            law = _proportional(rule, like, unit)
            if law is None:
                continue
            low, high = (end / unit for end in law.support)
            ends = np.sort(np.stack([values * low, values * high]), axis=0)
            alike = rows & (values / unit > 0) & (ends[0] >= lowest) & (ends[1] <= highest)
            self.place(alike, law, values[alike] / unit)
            rows = rows & ~alike
        return rows

    def made(self) -> Laws:
        """Return the laws."""
        return Laws(
            value=self._values,
            standards=tuple(self._standards),
            which=self._which,
            scale=self._scale,
            location=self._location,
        )


def _proportional(rule: LawOf, like: Parameter, unit: float) -> Triangular | Pert | Uniform | None:
    """Return the law of a number of ``unit``, if that of any other is the same, stretched."""
    lowest, highest = like.bounds
    if not lowest <= unit <= highest:
        return None
    law = rule(unit)
    if not isinstance(law, Triangular | Pert | Uniform):
        return None
    low, high = law.support
    is_free = high < highest and (low > lowest or low == 0)
    return law if is_free else None


def own_number(parameter: Parameter, value: float, ranges: Ranges) -> Parameter:
    """Return a number that a row typed, with the range it may have."""
    is_whole = isinstance(parameter, Duration)
    own = parameter.replaced(int(value) if is_whole else value)
    stated = parameter.distribution
    if ranges == "typed" or parameter.value == 0:
        return own
    times = value / parameter.value
    lowest, highest = own.bounds

    def moved(end: float | None) -> float | None:
        return None if end is None else min(max(end * times, lowest), highest)

    ends = [moved(parameter.low), moved(parameter.high)]
    if None not in ends and times < 0:
        ends.reverse()
    update: dict[str, Any] = {"low": ends[0], "high": ends[1]}
    if stated is not None and times > 0:
        deviation = stated.standard_deviation
        update["distribution"] = stated.model_copy(
            update={
                "low": moved(stated.low),
                "high": moved(stated.high),
                "standard_deviation": None if deviation is None else deviation * times,
            }
        )
    return own.model_copy(update=update)
