"""From the ratio of one scenario to that of another: what each of their differences adds."""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from roi_model import formulas, units
from roi_model.comparison import Difference, Kind, differences
from roi_model.evaluation import perspective_in
from roi_model.formulas import Numeric
from roi_model.parameters import Parameter
from roi_model.perspectives import Perspective, perspective_of
from roi_model.reference_data import price_index
from roi_model.scenario import Scenario
from roi_model.settings import AS_STATED, SETTING_NUMBERS
from roi_model.switching import ROUNDING
from roi_model.valuation import Valuation
from roi_model.value_map import Stakeholder

MOST_GROUPS = 12
"""Inputs up to which every set of them is evaluated; beyond, orders are drawn."""
DRAWN_PAIRS = 256
"""Orders that are drawn beyond, each with its reverse."""

Sets = NDArray[np.bool_]
Amounts = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What one difference adds to the ratio, or several that only have a meaning together."""

    differences: tuple[Difference, ...]
    contribution: float
    """Euros per euro of cost; below 0 where it lowers the ratio."""
    error: float
    """Standard error of it where orders were drawn, else 0."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bridge:
    """The way from the ratio of one scenario to that of another, the largest step first.

    Without steps where one of the two ratios is undefined.
    """

    start: float
    end: float
    steps: tuple[Step, ...]
    method: Literal["all_orders", "drawn_orders"]
    orders: int
    """Orders drawn; 0 where all of them are counted."""

    @property
    def is_defined(self) -> bool:
        """Say whether both scenarios have a ratio."""
        return math.isfinite(self.start) and math.isfinite(self.end)


def bridge(
    first: Scenario,
    second: Scenario,
    *,
    perspective: Perspective | str | None = None,
    seed: int = 0,
) -> Bridge:
    """Return what each difference adds on the way from the ratio of ``first`` to ``second``'s.

    The contributions are Shapley values: what an input adds when it is changed, on average over
    all orders in which the inputs may be changed one after the other. A bridge in one order gives
    an interaction to whoever comes last (twice the people at twice the price is not twice and
    twice); the average over all has no order to argue about. It is the one attribution that sums
    to the whole, gives nothing to an input without effect, treats alike what acts alike, and
    changes sign when the two scenarios are swapped.

    Up to ``MOST_GROUPS`` inputs every set of them is evaluated and the values are exact. Beyond,
    ``DRAWN_PAIRS`` orders are drawn, each with its reverse, which keeps the sum and the change of
    sign exact; each step then has its standard error, and the same ``seed`` the same result.

    Each scenario is seen from its own point of view, and where the two differ, the point of view
    is an input like another; ``perspective`` sees both from one and the same. Costs, and with
    them the point of view, are one step together where changing one alone leaves no cost and so
    no ratio; all inputs are, should that not do.

    Source: Shapley (1953), "A value for n-person games"; its use to share a difference among the
    inputs of a formula: Shorrocks (2013), Journal of Economic Inequality 11, 99-126; drawn with
    the reverse of each order: Mitchell, Cooper, Frank and Holmes (2022), JMLR 23(43).

    Raises:
        KeyError: one of the scenarios has no such point of view.
    """
    between = _Between(first, second, perspective)
    start, end = between.ends()
    found = between.differences
    moving = [position for position, one in enumerate(found) if one.bears_on_ratio]
    idle = [_step([one], 0.0, 0.0) for one in found if not one.bears_on_ratio]
    if not (math.isfinite(start) and math.isfinite(end)):
        return Bridge(start=start, end=end, steps=(), method="all_orders", orders=0)
    for groups in _groupings(found, moving):
        is_exact = len(groups) <= MOST_GROUPS
        shares = _all_orders if is_exact else _drawn_orders
        contributions, errors = shares(between, groups, np.random.default_rng(seed))
        if np.isfinite(contributions).all():
            break
    # Whoever adds no more than the rounding of the sums adds nothing.
    contributions[np.abs(contributions) <= ROUNDING * max(abs(start), abs(end))] = 0.0
    steps = [
        _step([found[position] for position in group], float(contribution), float(error))
        for group, contribution, error in zip(groups, contributions, errors, strict=True)
    ]
    return Bridge(
        start=start,
        end=end,
        steps=tuple(sorted([*steps, *idle], key=lambda step: -abs(step.contribution))),
        method="all_orders" if is_exact else "drawn_orders",
        orders=0 if is_exact else 2 * DRAWN_PAIRS,
    )


def _step(found: Sequence[Difference], contribution: float, error: float) -> Step:
    return Step(differences=tuple(found), contribution=contribution, error=error)


def _groupings(found: Sequence[Difference], moving: Sequence[int]) -> Iterator[list[list[int]]]:
    """Yield the differences in groups, in smaller ones first, in an order of their own."""
    alone = sorted(moving, key=lambda position: (found[position].kind, found[position].address))
    yield [[position] for position in alone]
    paid = [position for position in alone if _is_of_what_is_paid(found[position])]
    yield [*([position] for position in alone if position not in paid), *([paid] if paid else [])]
    yield [alone]


def _is_of_what_is_paid(one: Difference) -> bool:
    if one.kind in ("cost", "stakeholder") or one.address == "perspective":
        return True
    line, _, name = one.address.partition(".")
    return one.kind == "number" and name in ("", "price") and line not in SETTING_NUMBERS


def _all_orders(
    between: "_Between", groups: Sequence[Sequence[int]], rng: np.random.Generator
) -> tuple[Amounts, Amounts]:
    """Return the contribution of each group, exact, from the ratio of every set of groups."""
    count = len(groups)
    numbers = np.arange(2**count)
    sets = (numbers[:, None] >> np.arange(count)) & 1 == 1
    ratios = between.ratios(_spread(sets, groups, between))
    sizes = sets.sum(axis=1)
    contributions = np.zeros(count)
    for group in range(count):
        without = ~sets[:, group]
        added = ratios[numbers[without] | (1 << group)] - ratios[without]
        before = sizes[without]
        weights = [1.0 / (count * math.comb(count - 1, int(size))) for size in before]
        contributions[group] = math.fsum(added * np.array(weights))
    return contributions, np.zeros(count)


def _drawn_orders(
    between: "_Between", groups: Sequence[Sequence[int]], rng: np.random.Generator
) -> tuple[Amounts, Amounts]:
    """Return the contribution of each group over drawn orders and their reverses, with errors."""
    count = len(groups)
    drawn = [rng.permutation(count) for _ in range(DRAWN_PAIRS)]
    orders = np.array([order for one in drawn for order in (one, one[::-1])])
    # Along an order: nothing changed, its first, its first two, and so on.
    places = np.argsort(orders, axis=1)
    sets = places[:, None, :] < np.arange(count + 1)[None, :, None]
    ratios = between.ratios(_spread(sets.reshape(-1, count), groups, between))
    steps = np.diff(ratios.reshape(len(orders), count + 1), axis=1)
    added = np.take_along_axis(steps, places, axis=1)
    pairs = added.reshape(DRAWN_PAIRS, 2, count).mean(axis=1)
    return pairs.mean(axis=0), pairs.std(axis=0, ddof=1) / math.sqrt(DRAWN_PAIRS)


def _spread(sets: Sets, groups: Sequence[Sequence[int]], between: "_Between") -> Sets:
    """Return sets of groups as sets of single differences."""
    switched = np.zeros((len(sets), len(between.differences)), dtype=bool)
    for column, group in enumerate(groups):
        for position in group:
            switched[:, position] = sets[:, column]
    return switched


class _Between:
    """The scenarios between two: some inputs of the one, the others of the other."""

    def __init__(
        self, first: Scenario, second: Scenario, perspective: Perspective | str | None
    ) -> None:
        self.sides = (first, second)
        self.asked = perspective
        self.seen = tuple(perspective_in(one, perspective) for one in self.sides)
        found = differences(first, second)
        if perspective is not None:
            found = tuple(one for one in found if one.address != "perspective")
        self.differences = found
        self.position = {(one.kind, one.address): at for at, one in enumerate(found)}
        # Of these a valuation takes one value at a time; of the numbers, arrays.
        self.settled = [
            at
            for at, one in enumerate(found)
            if one.kind in ("choice", "stakeholder") or one.address == "activity_years"
        ]
        self.numbers = [
            at
            for at, one in enumerate(found)
            if one.kind == "number" and at not in self.settled and one.bears_on_ratio
        ]

    def ends(self) -> tuple[float, float]:
        """Return the ratios of the two scenarios."""
        start, end = (
            float(Valuation(side, seen).ratio({}))
            for side, seen in zip(self.sides, self.seen, strict=True)
        )
        return start, end

    def ratios(self, switched: Sets) -> Amounts:
        """Return the ratio of each row: where a difference is true, the second scenario's."""
        ratios = np.full(len(switched), np.nan)
        combinations, which = np.unique(switched[:, self.settled], axis=0, return_inverse=True)
        for number, combination in enumerate(combinations):
            rows = which.reshape(-1) == number
            chosen = {
                (self.differences[at].kind, self.differences[at].address): int(one)
                for at, one in zip(self.settled, combination.tolist(), strict=True)
            }
            try:
                ratios[rows] = self._ratios(switched[rows], chosen)
            except KeyError:
                continue  # an amount of a year that the price index lacks
        return ratios

    def _ratios(self, switched: Sets, chosen: Mapping[tuple[Kind, str], int]) -> Numeric:
        """Return the ratio of rows that have their choices in common."""
        settings = {
            name: getattr(self.sides[side].settings, name)
            for (kind, name), side in chosen.items()
            if kind != "stakeholder"
        }
        first, second = (side.with_parameters(settings) for side in self.sides)
        costs, paid = self._lines("cost", first.costs, second.costs, switched)
        outcomes, gained = self._lines("outcome", first.outcomes, second.outcomes, switched)
        whole = first.model_copy(
            update={
                "costs": costs,
                "outcomes": outcomes,
                "stakeholders": self._stakeholders(chosen),
            }
        )
        valuation = Valuation(whole, self._perspective(whole))
        numbers = self._numbers(first, second, switched)
        benefits: Numeric = np.zeros(len(switched))
        for outcome, sign, present in zip(outcomes, valuation.signs, gained, strict=True):
            if sign:
                benefits = benefits + present * valuation.present_value(outcome, sign, numbers)
        total: Numeric = np.zeros(len(switched))
        for cost, present in zip(costs, paid, strict=True):
            if cost.stakeholder in valuation.perspective.payers:
                total = total + present * valuation.cost(cost, numbers)
        return formulas.ratio(benefits, total)

    def _lines(
        self, kind: Kind, first: Sequence[Any], second: Sequence[Any], switched: Sets
    ) -> tuple[tuple[Any, ...], list[Numeric]]:
        """Return the lines of both, and in which rows each is there."""
        lines: list[Any] = []
        there: list[Numeric] = []
        for line in first:
            at = self.position.get((kind, line.id))
            lines.append(line)
            there.append(1.0 if at is None else (~switched[:, at]).astype(np.float64))
        for line in second:
            at = self.position.get((kind, line.id))
            if at is not None:
                lines.append(line)
                there.append(switched[:, at].astype(np.float64))
        return tuple(lines), there

    def _stakeholders(self, chosen: Mapping[tuple[Kind, str], int]) -> tuple[Stakeholder, ...]:
        known = [{one.id: one for one in side.stakeholders} for side in self.sides]
        return tuple(
            known[chosen.get(("stakeholder", one), 0 if one in known[0] else 1)][one]
            for one in dict.fromkeys(itertools.chain(*known))
        )

    def _perspective(self, whole: Scenario) -> Perspective:
        """Return the point of view among the stakeholders of both."""
        if isinstance(self.asked, Perspective):
            return self.asked
        named = whole.settings.perspective if self.asked is None else self.asked
        return perspective_of(named, whole.stakeholders)

    def _numbers(self, first: Scenario, second: Scenario, switched: Sets) -> dict[str, Numeric]:
        """Return each number that differs, in each row, as the lines of the first count it."""
        sides = dict(first.parameters()), dict(second.parameters())
        year = first.settings.price_year
        numbers: dict[str, Numeric] = {}
        for at in self.numbers:
            address = self.differences[at].address
            before, after = (side[address] for side in sides)
            is_money = units.is_money(before.unit)
            scale = _inflator(after, year) / _inflator(before, year) if is_money else 1.0
            numbers[address] = np.where(switched[:, at], after.value * scale, before.value)
        return numbers


def _inflator(number: Parameter, year: int | Literal["as_stated"]) -> float:
    """Return what an amount is multiplied by; one without a year is in the prices of ``year``."""
    if year == AS_STATED or number.year is None:
        return 1.0
    return price_index().inflator(number.year, year)
