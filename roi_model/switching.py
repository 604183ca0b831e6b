"""Switching values: what one number would have to be for the ratio to reach a target.

Source: HM Treasury, *The Green Book*, on switching values; also called goal seek or break-even.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from math import fsum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from roi_model.consistency import least_activity_years
from roi_model.evaluation import perspective_in
from roi_model.formulas import Numeric
from roi_model.parameters import Duration, Parameter, Rate
from roi_model.perspectives import Perspective
from roi_model.problems import Problem, ScenarioError
from roi_model.scenario import Scenario
from roi_model.valuation import Valuation

Status = Literal["found", "not_possible", "no_effect", "undefined"]
Keeps = Literal["at_least", "at_most"]

CELLS = 1_000
"""Equal steps that what is allowed is searched in, where the ratio is no straight line: two
crossings within one step are not seen."""
ROUNDING = 1e-12
"""Relative: a change no larger than this is the rounding of the arithmetic, and not an effect."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SwitchingValue:
    """The value of one number at which the ratio is a target, all else as it is."""

    address: str
    current: float
    """What the number is now."""
    target: float
    status: Status
    """``found``; ``not_possible``: no allowed value gives the target; ``no_effect``: the ratio
    does not depend on the number; ``undefined``: no cost is counted, so that there is no ratio."""
    value: float | None
    """In the unit of the number, and in the prices of its year; ``None`` unless found."""
    ratio: float
    """At the value, else as it is now; above the target only where the number is whole years."""
    keeps: Keeps | None
    """On which side of the value, near it, the ratio stays at the target or above."""
    is_in_range: bool | None
    """Whether the value lies within the range stated for the number; ``None`` without both."""
    lowest: float
    highest: float
    """What was searched: all that the kind of number allows."""


def switching_values(
    scenario: Scenario, *, target: float = 1.0, perspective: Perspective | str | None = None
) -> tuple[SwitchingValue, ...]:
    """Return the switching value of every number but those of the funding case, in their order.

    Raises:
        KeyError: the scenario has no such point of view.
        ValueError: ``target`` is not above 0.
    """
    seek = _Seek(scenario, target, perspective)
    return tuple(
        seek.switching_value(address, parameter)
        for address, parameter in scenario.parameters()
        if not (address.startswith("funding.") or address.endswith(".elasticity"))
    )


def switching_value(
    scenario: Scenario,
    address: str,
    *,
    target: float = 1.0,
    perspective: Perspective | str | None = None,
) -> SwitchingValue:
    """Return the value of the number at ``address`` for which the ratio is ``target``.

    Benefits less the target times the costs are a straight line in a cost, a factor and a share
    that multiplies, with another slope below 0 where optimism is corrected: solved from its ends.
    In a discount rate, a drop-off, and in shares that are summed, all that is allowed is searched,
    and each crossing solved by Brent's method; of several, the one nearest to the current value is
    given. Of a number of whole years it is the last one, from the side where the target is reached,
    at which it still is.

    A number of the funding case bears on no ratio and has no effect.

    Raises:
        ScenarioError: no number of the scenario has that address.
        KeyError: the scenario has no such point of view.
        ValueError: ``target`` is not above 0.
    """
    parameter = parameter_at(scenario, address)
    return _Seek(scenario, target, perspective).switching_value(address, parameter)


def parameter_at(scenario: Scenario, address: str) -> Parameter:
    """Return the number at ``address``.

    Raises:
        ScenarioError: no number of the scenario has that address.
    """
    found = dict(scenario.parameters()).get(address)
    if found is None:
        problem = Problem(
            where=address,
            code="unknown_address",
            received=address,
            allowed="",
            message="no number of this scenario has that name",
        )
        raise ScenarioError([problem])
    return found


def ratios_over(
    valuation: Valuation, address: str, values: Iterable[float], others: Mapping[str, Numeric]
) -> NDArray[np.float64]:
    """Return the ratio at each of the ``values`` of one number, along the first axis.

    ``others`` replaces other numbers, each by one value or by an array of one and the same
    shape; the result has that shape after its first axis. The years of activity, which a
    valuation reads from its settings, are replaced there.
    """
    listed = np.array([float(value) for value in values])
    shape = np.broadcast_shapes(*(np.shape(other) for other in others.values()))
    if address != "activity_years":
        along = listed.reshape(-1, *(1 for _ in shape))
        ratios = valuation.ratio({**others, address: along})
        return np.array(np.broadcast_to(ratios, (listed.size, *shape)), dtype=np.float64)
    scenarios = (valuation.scenario.with_changes({address: int(years)}) for years in listed)
    return np.array(
        [
            np.broadcast_to(Valuation(one, valuation.perspective).ratio(others), shape)
            for one in scenarios
        ],
        dtype=np.float64,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Crossing:
    value: float
    keeps: Keeps


class _Seek:
    """The search for one target from one point of view."""

    def __init__(
        self, scenario: Scenario, target: float, perspective: Perspective | str | None
    ) -> None:
        if not (math.isfinite(target) and target > 0):
            raise ValueError(f"target must be a ratio above 0 (got {target})")
        self.valuation = Valuation(scenario, perspective_in(scenario, perspective))
        self.target = float(target)
        self.now = float(self.valuation.ratio({}))

    def switching_value(self, address: str, parameter: Parameter) -> SwitchingValue:
        outcome = self._outcome(address, parameter)
        found = outcome if isinstance(outcome, _Crossing) else None
        lowest, highest = parameter.bounds
        return SwitchingValue(
            address=address,
            current=float(parameter.value),
            target=self.target,
            status="found" if isinstance(outcome, _Crossing) else outcome,
            value=found.value if found else None,
            ratio=self._ratios(address, [found.value])[0] if found else self.now,
            keeps=found.keeps if found else None,
            is_in_range=_is_in_range(parameter, found),
            lowest=float(lowest),
            highest=float(highest),
        )

    def _ratios(self, address: str, values: Iterable[float]) -> list[float]:
        return ratios_over(self.valuation, address, values, {}).tolist()

    def _outcome(self, address: str, parameter: Parameter) -> _Crossing | Status:
        if isinstance(parameter, Duration):
            return self._of_whole_years(address, parameter)
        if self._is_straight(address, parameter):
            return self._of_straight_line(address, parameter)
        return self._of_curve(address, parameter)

    def _is_straight(self, address: str, parameter: Parameter) -> bool:
        """Say whether benefits and costs are straight lines in a number."""
        if isinstance(parameter, Rate):
            return False
        name = address.rpartition(".")[2]
        summed = self.valuation.scenario.settings.deductions == "add"
        curved = ("drop_off", *(("deadweight", "displacement", "attribution") if summed else ()))
        return parameter.unit != "share" or name not in curved

    def _of_straight_line(self, address: str, parameter: Parameter) -> _Crossing | Status:
        above = self._on_one_side(address, parameter, 1.0)
        if above == "undefined" or parameter.bounds[0] >= 0 or _value(above) >= 0:
            return above
        # A loss is not corrected for optimism: the line has another slope below 0.
        below = self._on_one_side(address, parameter, -1.0)
        if _value(below) <= 0:
            return below
        return "no_effect" if above == below == "no_effect" else "not_possible"

    def _on_one_side(self, address: str, parameter: Parameter, one: float) -> _Crossing | Status:
        """Return where the line through the results at 0 and at ``one`` crosses the target."""
        benefits, costs = (
            [_floats(amounts({address: end})) for end in (0.0, one)]
            for amounts in (self.valuation.benefits, self.valuation.costs)
        )
        if not any(chain(*costs)):
            return "undefined"
        # Line by line: what does not depend on the number leaves no rounding in the slope.
        gained, paid = (
            [one * (after - before) for before, after in zip(*ends, strict=True)]
            for ends in (benefits, costs)
        )
        changes = [*gained, *(-self.target * change for change in paid)]
        slope = fsum(changes)
        if abs(slope) <= ROUNDING * fsum(map(abs, changes)):
            return "no_effect"
        value = _within(
            (self.target * fsum(costs[0]) - fsum(benefits[0])) / slope, parameter.bounds
        )
        # At no cost, or below, benefits of as little would be a ratio of nothing.
        if value is None or fsum(costs[0]) + value * fsum(paid) <= 0:
            return "not_possible"
        return _Crossing(value=value, keeps="at_least" if slope > 0 else "at_most")

    def _of_whole_years(self, address: str, parameter: Parameter) -> _Crossing | Status:
        def last_reaching(before: float, after: float, keeps: Keeps) -> float:
            return after if keeps == "at_least" else before

        lowest, highest = parameter.bounds
        if address == "activity_years":
            lowest = least_activity_years(self.valuation.scenario)
        years = np.arange(lowest, highest + 1)
        # A year at which the ratio is the target itself reaches it, whatever the rounding.
        threshold = self.target * (1 - ROUNDING)
        return self._nearest(address, parameter, years, threshold, last_reaching)

    def _of_curve(self, address: str, parameter: Parameter) -> _Crossing | Status:
        def missing(value: float) -> float:
            return float(self.valuation.ratio({address: value})) - self.target

        def solved(before: float, after: float, _: Keeps) -> float:
            from scipy.optimize import brentq  # only here: most searches need none

            return float(brentq(missing, before, after, xtol=1e-15, maxiter=1_000))

        values = np.union1d(np.linspace(*parameter.bounds, CELLS + 1), [float(parameter.value)])
        return self._nearest(address, parameter, values, self.target, solved)

    def _nearest(
        self,
        address: str,
        parameter: Parameter,
        values: NDArray[np.float64],
        threshold: float,
        solved: Callable[[float, float, Keeps], float],
    ) -> _Crossing | Status:
        """Return the crossing nearest to the current value; ``solved`` gives that of one step."""
        ratios = ratios_over(self.valuation, address, values, {})
        if not np.isfinite(ratios).all():
            return "undefined"
        if np.ptp(ratios) <= ROUNDING * np.abs(ratios).max():
            return "no_effect"
        reached = ratios >= threshold
        crossings = []
        for step in np.flatnonzero(reached[1:] != reached[:-1]):
            keeps: Keeps = "at_least" if reached[step + 1] else "at_most"
            value = solved(float(values[step]), float(values[step + 1]), keeps)
            crossings.append(_Crossing(value=value, keeps=keeps))
        if not crossings:
            return "not_possible"
        return min(crossings, key=lambda one: abs(one.value - parameter.value))


def _value(found: _Crossing | Status) -> float:
    """Return where a line crosses the target; NaN where it does not."""
    return found.value if isinstance(found, _Crossing) else float("nan")


def _floats(amounts: Mapping[str, Numeric]) -> list[float]:
    return [float(amount) for amount in amounts.values()]


def _within(value: float, bounds: tuple[float, float]) -> float | None:
    """Return a value that is allowed, its rounding at the ends taken off; ``None`` otherwise."""
    lowest, highest = bounds
    held = min(max(value, float(lowest)), float(highest))
    # Written so that what is not a number is not allowed either.
    if not abs(held - value) <= ROUNDING * max(1.0, abs(held)):
        return None
    return held + 0.0  # -0 is 0


def _is_in_range(parameter: Parameter, found: _Crossing | None) -> bool | None:
    if found is None or parameter.low is None or parameter.high is None:
        return None
    return parameter.low <= found.value <= parameter.high
