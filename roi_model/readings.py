"""Readings of a scenario: what an auditor would keep of it, and the most it could be.

The prudent and the ambitious one move only what is ours to move: the numbers that the case
assumes. What a study publishes, what follows from it and what the user typed are the same in both.
Where they move nothing, what is left to ask is how much would have happened anyway: ``deducting``.
"""

from roi_model import units
from roi_model.evaluation import perspective_in
from roi_model.parameters import Parameter, Provenance
from roi_model.reference_data import price_index
from roi_model.scenario import Scenario, Value
from roi_model.settings import AS_STATED
from roi_model.switching import ROUNDING
from roi_model.uncertainty import uncertain_numbers
from roi_model.valuation import Valuation


def prudent(scenario: Scenario) -> Scenario:
    """Return the prudent reading of ``scenario``: what is left when each doubt goes against it.

    Three changes, and no other:

    - the economic footprint is set apart, because spending passed on is no cost avoided, and a
      finance ministry does not count it (``settings.footprint`` is ``without``);
    - the share of a line that is footprint, where it is assumed with a range, takes the high end;
    - every other assumed number takes the end of its range that lowers the ratio from the
      scenario's own point of view. Which end that is, is found by evaluating at both, each number
      by itself and the footprint set apart; one that neither end lowers stays as it is.

    Published, derived and typed numbers stay as they are. So does what a simulation holds too
    (``roi_model.uncertainty``): a number without a range of its own, or whose distribution is
    ``fixed``, the years of activity, the funding case. Where amounts are read in the prices of
    another year, so is the end taken.

    As after any ``Scenario.with_changes``, a number so moved is the user's own, without a range.
    The ends rarely come together: this is a floor to argue from, and not a probable result.

    Raises:
        ScenarioError: a stated distribution cannot be built.
    """
    apart = scenario.with_changes({"footprint": "without"})
    shares = {
        address: parameter.high
        for address, parameter in apart.parameters()
        if address.endswith(".footprint") and _is_ours(parameter) and parameter.high is not None
    }
    read = apart.with_changes(shares)
    return read.with_changes(_ends(read, sign=-1))


def ambitious(scenario: Scenario) -> Scenario:
    """Return the ambitious reading of ``scenario``: each doubt about an assumption in its favour.

    Every assumed number takes the end of its range that raises the ratio from the scenario's own
    point of view, found and limited as in ``prudent``; nothing else changes.

    Raises:
        ScenarioError: a stated distribution cannot be built.
    """
    return scenario.with_changes(_ends(scenario, sign=1))


def deducting(scenario: Scenario, share: float) -> Scenario:
    """Return ``scenario`` with ``share`` of every effect taken to have happened anyway.

    It takes the place of the common deadweight, and bears on what an outcome's own one leaves:
    0.25 makes a ratio of 0.97 one of 0.73 where nothing else is deducted in common.

    Raises:
        ScenarioError: a share that is not allowed, or too much with others where they add up.
    """
    return scenario.with_changes({"deadweight": share})


def _ends(scenario: Scenario, *, sign: int) -> dict[str, Value]:
    """Return the end that moves the ratio the way of ``sign``, for each number that has one."""
    valuation = Valuation(scenario, perspective_in(scenario, None))
    now = float(valuation.ratio({}))
    ends: dict[str, Value] = {}
    for number in uncertain_numbers(scenario):
        if not _is_ours(number.parameter):
            continue
        gains = {
            end: sign * (float(valuation.ratio({number.address: end})) - now)
            for end in (number.low, number.high)
        }
        # Written so that an undefined ratio is no gain.
        moving = [end for end, gain in gains.items() if gain > ROUNDING * abs(now)]
        if moving:
            best = max(moving, key=lambda end: gains[end])
            value = int(best) if number.is_whole else best
            ends[number.address] = _in_prices_read(value, number.parameter, scenario)
    return ends


def _is_ours(parameter: Parameter) -> bool:
    """Say whether a number is assumed, and not merely what stands for one that no one stated."""
    return parameter.provenance == Provenance.ASSUMED and parameter.reason is not None


def _in_prices_read(value: float, parameter: Parameter, scenario: Scenario) -> Value:
    """Return money in the prices the scenario is read in: a typed number has no year of its own."""
    year = scenario.settings.price_year
    if year == AS_STATED or parameter.year is None or not units.is_money(parameter.unit):
        return value
    return float(value * price_index().inflator(parameter.year, year))
