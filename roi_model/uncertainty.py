"""How far each number of a scenario may vary: as its file says, else by one rule.

The rule, where a number states no distribution:

- what claims nothing (a share or a rate of 0, one year, a cost that no one stated) is held: the
  simulation is about what is said, and the reader's questions about the rest are settings;
- a range with an assumed number gives a triangular distribution, whose mode is the number: it
  keeps more weight at the ends than the next;
- a range with any other number gives a PERT distribution, whose mode is the number;
- without a range, a published, derived or typed number gives a PERT distribution on the margin
  that ``data/margins.yaml`` has for its provenance, cut to what the kind of number allows.
"""

from collections.abc import Iterator
from dataclasses import dataclass

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
from roi_model.parameters import Duration, Parameter, Provenance, StatedDistribution
from roi_model.problems import Problem, ScenarioError
from roi_model.reference_data import margins
from roi_model.scenario import Scenario
from roi_model.value_map import Cost

NEVER_VARIED = ("activity_years",)
"""Numbers that say what is appraised, and are not estimates of anything."""


@dataclass(frozen=True, kw_only=True, slots=True)
class UncertainNumber:
    """A number of a scenario and how it may vary."""

    address: str
    parameter: Parameter
    distribution: Distribution
    low: float
    high: float
    """The ends of its range, for one-at-a-time sensitivity."""
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
        return _stated(parameter, parameter.distribution)
    unstated_cost = isinstance(parameter, Cost) and parameter.value == 0
    if parameter.claims_nothing or unstated_cost:
        return Fixed(value=parameter.value)
    if parameter.low is not None and parameter.high is not None:
        low, high = parameter.low, parameter.high
    else:
        margin = margins()[parameter.provenance].value * abs(parameter.value)
        least, greatest = parameter.bounds
        low, high = max(least, parameter.value - margin), min(greatest, parameter.value + margin)
    if low == high:
        return Fixed(value=parameter.value)
    if parameter.provenance == Provenance.ASSUMED:
        return Triangular(low=low, mode=parameter.value, high=high)
    return Pert(low=low, mode=parameter.value, high=high)


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
