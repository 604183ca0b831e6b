"""How far each number of a scenario may vary: as its file says, else by one rule.

The rule, where a number states no distribution:

- a range with an assumed number gives a triangular distribution, whose mode is the number: it
  keeps more weight at the ends than the next;
- a range with any other number gives a PERT distribution, whose mode is the number;
- without a range, what claims nothing (a share or a rate of 0, one year) is held, and any other
  number gives a PERT distribution on the margin that ``data/margins.yaml`` has for its
  provenance, cut to what the kind of number allows.

A range is therefore drawn wherever someone stated one, around 0 as around any other value. What
has a range to be tried, and is not to be drawn, says so: its distribution is ``fixed``. So do the
shares that no one stated (``settings.NOT_STATED_SHARE``).

A number of whole years is drawn so that each year has the weight its distribution gives it, the
ends included: a range of whole years reaches half a year beyond them before draws are rounded.
Where every draw would be rounded to one and the same year, it is held.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil, floor

import numpy as np

from roi_model.distributions import (
    Beta,
    Distribution,
    Fixed,
    Lognormal,
    Normal,
    Pert,
    Triangular,
    Uniform,
    beta_from_range,
    normal_from_range,
)
from roi_model.formulas import Numeric
from roi_model.parameters import Duration, Parameter, Provenance, StatedDistribution
from roi_model.problems import Problem, ScenarioError
from roi_model.reference_data import margins
from roi_model.scenario import Scenario

NEVER_VARIED = ("activity_years",)
"""Numbers that say what is appraised, and are not estimates of anything."""
SHARES_OF_OTHERS = ("deadweight", "displacement", "attribution")
"""What is deducted because the activity did not bring it about."""
_HALF_A_YEAR = 0.5 - 2.0**-30
"""A little less than half: an end must not be rounded to the year beyond it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class UncertainNumber:
    """A number of a scenario and how it may vary."""

    address: str
    parameter: Parameter
    distribution: Distribution
    low: float
    high: float
    """The ends of its range, for one-at-a-time sensitivity: as stated, whatever they are the ends
    of (``roi_model.distributions``)."""
    is_whole: bool
    """Whether its draws are rounded: a duration is in whole years."""
    column: int
    """Its place among all the numbers of the scenario, whether they vary or not: the same
    points serve it while only values move."""


def uncertain_numbers(scenario: Scenario) -> tuple[UncertainNumber, ...]:
    """Return the numbers that may vary, in the order of the scenario.

    Raises:
        ScenarioError: a stated distribution cannot be built; every such fault is listed.
    """
    found, problems = [], []
    for column, (address, parameter) in enumerate(estimates(scenario)):
        if address.endswith(".footprint") and scenario.settings.footprint == "with":
            continue  # nothing is taken off for it
        try:
            distribution = distribution_of(parameter)
        except ValueError as error:
            problems.append(
                Problem(
                    where=f"{address}.distribution",
                    code="distribution_not_possible",
                    received=parameter.distribution and parameter.distribution.kind,
                    allowed="",
                    message=str(error),
                )
            )
            continue
        if not isinstance(distribution, Fixed):
            low, high = _range_of(parameter, distribution)
            found.append(
                UncertainNumber(
                    address=address,
                    parameter=parameter,
                    distribution=distribution,
                    low=low,
                    high=high,
                    is_whole=isinstance(parameter, Duration),
                    column=column,
                )
            )
    if problems:
        raise ScenarioError(problems)
    return tuple(found)


def number_of_columns(scenario: Scenario) -> int:
    """Return how many numbers of a scenario could vary: the dimensions of its points."""
    return sum(1 for _ in estimates(scenario))


def distribution_of(parameter: Parameter) -> Distribution:
    """Return how a number may vary: its stated distribution, else that of the rule above.

    Raises:
        ValueError: the stated distribution cannot be built from its numbers.
    """
    if parameter.distribution is not None:
        found = _stated(parameter, parameter.distribution)
    else:
        found = _by_rule(parameter)
    return _of_whole_years(parameter, found) if isinstance(parameter, Duration) else found


def _by_rule(parameter: Parameter) -> Distribution:
    if parameter.low is not None and parameter.high is not None:
        low, high = parameter.low, parameter.high
    elif parameter.claims_nothing:
        return Fixed(value=parameter.value)
    else:
        margin = margins()[parameter.provenance].value * abs(parameter.value)
        least, greatest = parameter.bounds
        low, high = max(least, parameter.value - margin), min(greatest, parameter.value + margin)
    if low == high:
        return Fixed(value=parameter.value)
    if parameter.provenance == Provenance.ASSUMED:
        return Triangular(low=low, mode=parameter.value, high=high)
    return Pert(low=low, mode=parameter.value, high=high)


def _of_whole_years(parameter: Duration, found: Distribution) -> Distribution:
    """Return a distribution whose draws give each whole year its weight once they are rounded."""
    low, high = found.support
    if isinstance(found, Uniform | Triangular | Pert) and low % 1 == high % 1 == 0:
        found = replace(found, low=low - _HALF_A_YEAR, high=high + _HALF_A_YEAR)
        low, high = found.support
    is_one_year = np.isfinite([low, high]).all() and floor(low + 0.5) == ceil(high - 0.5)
    return Fixed(value=parameter.value) if is_one_year else found


def whole_years(draws: Numeric) -> Numeric:
    """Return draws of a number of years, rounded: never below the one year that it is at least."""
    return np.clip(np.rint(draws), Duration.lowest, Duration.highest)


def held_shares(scenario: Scenario) -> tuple[str, ...]:
    """Return which of ``SHARES_OF_OTHERS`` are 0 for every outcome, and held there.

    A simulation says nothing of them, and they may decide: no draw has anything deducted for
    them. Each is named as the setting that bears on all outcomes.
    """
    credited = scenario.settings.attribution_means == "credited"

    def deducts_nothing(address: str, parameter: Parameter) -> bool:
        is_credit = credited and address.endswith(".attribution")
        held = isinstance(distribution_of(parameter), Fixed)
        return held and parameter.value == (1.0 if is_credit else 0.0)

    parameters = list(scenario.parameters())
    return tuple(
        name
        for name in SHARES_OF_OTHERS
        if all(
            deducts_nothing(address, parameter)
            for address, parameter in parameters
            if address.rpartition(".")[2] == name
        )
    )


def estimates(scenario: Scenario) -> Iterator[tuple[str, Parameter]]:
    """Yield every number that is an estimate and bears on the result."""
    for address, parameter in scenario.parameters():
        is_funding = address.startswith("funding.") or address.endswith(".elasticity")
        if address not in NEVER_VARIED and not is_funding:
            yield address, parameter


def _range_of(parameter: Parameter, distribution: Distribution) -> tuple[float, float]:
    """Return the range of a number: as stated, else where nine draws in ten fall."""
    stated = parameter.distribution
    for given in (stated, parameter):
        if given is not None and given.low is not None and given.high is not None:
            return given.low, given.high
    if stated is None:
        return distribution.support
    return float(distribution.quantile(0.05)), float(distribution.quantile(0.95))


def _stated(parameter: Parameter, stated: StatedDistribution) -> Distribution:
    value = float(parameter.value)
    least, greatest = parameter.bounds
    if stated.kind == "fixed":
        return Fixed(value=value)
    if stated.kind == "normal" and stated.standard_deviation is not None:
        return Normal(
            location=value,
            scale=stated.standard_deviation,
            lowest=least,
            highest=greatest,
        )
    if stated.kind == "beta" and stated.sample_size is not None:
        return Beta(mean=value, sample_size=stated.sample_size)
    low = parameter.low if stated.low is None else stated.low
    high = parameter.high if stated.high is None else stated.high
    if low is None or high is None:
        raise ValueError(f"a {stated.kind} distribution needs a low below its high")
    match stated.kind:
        case "uniform":
            return Uniform(low=low, high=high)
        case "triangular":
            return Triangular(low=low, mode=value, high=high)
        case "pert":
            return Pert(low=low, mode=value, high=high)
        case "lognormal":
            return Lognormal(low=low, high=high, highest=greatest)
        case "beta":
            return beta_from_range(mean=value, low=low, high=high)
    return normal_from_range(mean=value, low=low, high=high, lowest=least, highest=greatest)
