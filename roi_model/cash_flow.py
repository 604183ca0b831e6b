"""A scenario year by year: what is paid and gained, cumulated, paid back, and its yield."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roi_model import formulas
from roi_model.discounting import (
    FIRST_YEAR_EXPONENT,
    Timing,
    discount_factors,
    yearly_values,
)
from roi_model.perspectives import Perspective
from roi_model.scenario import Scenario
from roi_model.settings import Settings
from roi_model.valuation import (
    Valuation,
    cost_amount,
    years_of_cost,
    years_of_outcome,
)
from roi_model.value_map import Outcome

Amounts = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Year:
    """One year of a scenario. Amounts in euros."""

    year: int
    """From 1, the first year of activity."""
    calendar_year: int | None
    benefits: float
    costs: float
    present_value_benefits: float
    present_value_costs: float
    cumulated: float
    """Benefits less costs up to the end of this year, in present value."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CashFlow:
    """A scenario year by year, from one point of view."""

    perspective: Perspective
    years: tuple[Year, ...]
    payback_months: float
    internal_rate_of_return: float
    """The discount rate at which benefits equal costs; NaN where none or several do."""


@dataclass(frozen=True, kw_only=True)
class Flows:
    """Yearly amounts of a scenario, undiscounted, in euros; each of shape (years,)."""

    benefits: Amounts
    costs_at_start: Amounts
    costs_with_benefits: Amounts
    timing: Timing
    rate: float

    @property
    def cost_timing(self) -> Timing:
        """When costs are counted that are paid at the start of their year."""
        return "none" if self.timing == "none" else "start"

    def present_values(self, amounts: Amounts, timing: Timing) -> Amounts:
        """Return yearly amounts in present value."""
        return amounts * discount_factors(amounts.size, discount_rate=self.rate, timing=timing)

    @property
    def payback_months(self) -> float:
        """Months until benefits have paid for the costs; see ``formulas.payback_months``."""
        spread = self.present_values(self.benefits - self.costs_with_benefits, self.timing)
        at_start = self.present_values(self.costs_at_start, self.cost_timing)
        if not self.costs_at_start.any() and self.costs_with_benefits.any():
            # All of it is paid as the benefits come in: there is no outlay to recover first.
            at_start = self.present_values(self.costs_with_benefits, self.timing)
            spread = self.present_values(self.benefits, self.timing)
        return formulas.payback_months(at_start, spread)


def cash_flow(scenario: Scenario, perspective: Perspective) -> CashFlow:
    """Return ``scenario`` year by year, as ``perspective`` counts it."""
    flows = yearly_flows(scenario, perspective)
    timing = flows.timing
    benefits = flows.present_values(flows.benefits, timing)
    costs = flows.present_values(flows.costs_at_start, flows.cost_timing)
    costs = costs + flows.present_values(flows.costs_with_benefits, timing)
    cumulated = np.cumsum(benefits - costs)
    first = scenario.settings.first_year
    years = tuple(
        Year(
            year=position + 1,
            calendar_year=None if first is None else first + position,
            benefits=float(flows.benefits[position]),
            costs=float(flows.costs_at_start[position] + flows.costs_with_benefits[position]),
            present_value_benefits=float(benefits[position]),
            present_value_costs=float(costs[position]),
            cumulated=float(cumulated[position]),
        )
        for position in range(benefits.size)
    )
    return CashFlow(
        perspective=perspective,
        years=years,
        payback_months=flows.payback_months,
        internal_rate_of_return=_rate_of_return(flows),
    )


def yearly_flows(
    scenario: Scenario, perspective: Perspective, impacts: Sequence[float] | None = None
) -> Flows:
    """Return the yearly amounts of a scenario; ``impacts`` are those of its outcomes, if known."""
    settings = scenario.settings
    valuation = Valuation(scenario, perspective)
    if impacts is None:
        impacts = [
            float(valuation.outcome(outcome, sign, {}).impact)
            for outcome, sign in zip(scenario.outcomes, valuation.signs, strict=True)
        ]
    gained = [
        _effect(outcome, impact, settings)
        for outcome, impact in zip(scenario.outcomes, impacts, strict=True)
    ]
    paid: dict[bool, list[Amounts]] = {True: [], False: []}
    for cost in scenario.costs:
        if cost.stakeholder in perspective.payers and (years := years_of_cost(cost, settings)):
            amount = float(cost_amount(cost, settings, {}))
            paid[cost.timing == "start"].append(
                yearly_values(amount, activity_years=years, start_year=cost.start_year)
            )
    length = max((one.size for one in (*gained, *paid[True], *paid[False])), default=1)
    return Flows(
        benefits=_summed(gained, length),
        costs_at_start=_summed(paid[True], length),
        costs_with_benefits=_summed(paid[False], length),
        timing=settings.timing,
        rate=settings.discount_rate.value,
    )


def _effect(outcome: Outcome, impact: float, settings: Settings) -> Amounts:
    return yearly_values(
        impact,
        drop_off=outcome.drop_off.value if outcome.drop_off else 0.0,
        benefit_period=int(outcome.benefit_period.value) if outcome.benefit_period else 1,
        drop_off_from=settings.drop_off_from,
        activity_years=years_of_outcome(outcome, settings),
        start_year=outcome.start_year,
    )


def _summed(amounts: Sequence[Amounts], length: int) -> Amounts:
    total = np.zeros(length)
    for one in amounts:
        total[: one.size] += one
    return total


def _rate_of_return(flows: Flows) -> float:
    """Return the yearly internal rate of return of a scenario.

    Flows stand on half-years, at the moments the settings count them; without discounting,
    benefits stand at the end of their year.
    """
    timing: Timing = "end" if flows.timing == "none" else flows.timing
    moments = round(2 * FIRST_YEAR_EXPONENT[timing]) + 2 * np.arange(flows.benefits.size)
    amounts = np.zeros(int(moments[-1]) + 2)
    amounts[moments] += flows.benefits - flows.costs_with_benefits
    amounts[2 * np.arange(flows.benefits.size)] -= flows.costs_at_start
    signs = np.sign(amounts[amounts != 0])
    # One change of sign has one root (Descartes); with more, no rate is the rate.
    if np.count_nonzero(np.diff(signs)) != 1:
        return float("nan")
    import pyxirr  # only here: an evaluation does not need it

    a_half_year = pyxirr.irr(np.trim_zeros(amounts))
    if a_half_year is None:
        return float("nan")
    with np.errstate(over="ignore"):  # beyond what a double holds it is infinite
        return float(np.square(1.0 + a_half_year) - 1.0)
