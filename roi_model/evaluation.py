"""From a scenario and a point of view to everything a reader is shown."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from math import fsum
from typing import Literal

import numpy as np

from roi_model import formulas, units
from roi_model.cash_flow import yearly_flows
from roi_model.parameters import PROVENANCES, Parameter, Provenance, weakest
from roi_model.perspectives import Perspective, perspective_of
from roi_model.reference_data import may_be_zero
from roi_model.scenario import Scenario
from roi_model.settings import Settings
from roi_model.valuation import Valuation
from roi_model.value_map import OUTCOME_SHARES, Basis, Cost, Outcome

JOBS = units.product(["job"])


@dataclass(frozen=True, kw_only=True, slots=True)
class OutcomeResult:
    """One line of the value map, from its factors to its present value. Amounts in euros."""

    outcome: str
    stakeholder: str
    basis: Basis
    provenance: Provenance
    quantity: float
    gross_value: float
    counted_value: float
    """Gross value a year, after the reading of the lines, the years covered, the footprint;
    below 0 where the point of view counts who loses a transfer, and not who gains it."""
    deadweight: float
    displacement: float
    attribution: float
    """These three with the common share of the settings; attribution as the settings mean it."""
    optimism_bias: float
    kept_share: float
    impact: float
    present_value: float
    share: float
    """Part of all the benefits counted; NaN where they sum to zero."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CostResult:
    """What one cost comes to, as the point of view counts it. Present value, euros."""

    cost: str
    stakeholder: str
    kind: Literal["cash", "in_kind"]
    present_value: float


@dataclass(frozen=True, kw_only=True, slots=True)
class StakeholderResult:
    """What a stakeholder pays and gains as the point of view counts it. Present value, euros."""

    stakeholder: str
    present_value_benefits: float
    present_value_costs: float
    net_present_value: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A part of the benefits counted, in euros of present value."""

    key: str
    present_value: float
    share: float
    ratio: float
    """What it adds to the ratio: euros per euro of cost."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Evaluation:
    """The result of a scenario from one point of view. Euros of present value."""

    scenario: str
    perspective: Perspective
    present_value_benefits: float
    present_value_costs: float
    payback_months: float
    years: int
    """Years over which the effects last; payback on a single one is arithmetic, not a date."""
    years_of_costs: int
    """Years from the first one on up to the last in which something is paid, 1 at least."""
    yearly_costs: float
    """Costs counted, undiscounted, in euros per year of activity: what jobs are set against."""
    indirect_jobs: float
    unstated_costs: tuple[str, ...]
    """Costs counted as 0 because no one stated them: the ratio is then too high."""
    by_outcome: tuple[OutcomeResult, ...]
    by_cost: tuple[CostResult, ...]
    by_stakeholder: tuple[StakeholderResult, ...]
    by_provenance: tuple[Part, ...]
    by_basis: tuple[Part, ...]

    @property
    def ratio(self) -> float:
        """Euros of benefit per euro of cost; NaN, undefined, where no cost is counted."""
        return _number(formulas.ratio(self.present_value_benefits, self.present_value_costs))

    @property
    def net_present_value(self) -> float:
        """Benefits less costs."""
        return _number(
            formulas.net_present_value(self.present_value_benefits, self.present_value_costs)
        )

    @property
    def net_return(self) -> float:
        """Euros gained per euro of cost, the cost deducted; NaN where no cost is counted."""
        return _number(formulas.net_return(self.present_value_benefits, self.present_value_costs))

    @property
    def is_never_paid_back(self) -> bool:
        """Say whether there are costs that the benefits never reach."""
        return self.present_value_costs > 0 and math.isnan(self.payback_months)

    @property
    def jobs_per_million_euros(self) -> float:
        """Indirect jobs per million euros of the costs counted; NaN without a cost.

        Jobs of one year over the costs of one, ``yearly_costs``: a job that lasts is no second
        one, and an activity of several years is as one of a single year.
        """
        return _number(formulas.jobs_per_million_euros(self.indirect_jobs, self.yearly_costs))

    @property
    def cost_per_job(self) -> float:
        """Euros a year of the costs counted per indirect job; NaN without a job."""
        return _number(formulas.cost_per_job(self.yearly_costs, self.indirect_jobs))

    def basis(self, key: Basis) -> Part:
        """Return the part of the benefits that rests on itemised lines, estimates or balance."""
        return {part.key: part for part in self.by_basis}[key]


def evaluate(scenario: Scenario, perspective: Perspective | str | None = None) -> Evaluation:
    """Return the result of ``scenario``, from the point of view of its settings by default.

    Indirect jobs follow their quantities and are gross of every deduction: they are a count
    that a study publishes, not euros.

    Raises:
        KeyError: ``perspective`` is an id this scenario does not have.
    """
    perspective = perspective_in(scenario, perspective)
    valuation = Valuation(scenario, perspective)
    lines = [
        _line(valuation, outcome, sign)
        for outcome, sign in zip(scenario.outcomes, valuation.signs, strict=True)
    ]
    paid = valuation.costs({})
    by_cost = tuple(
        CostResult(
            cost=cost.id,
            stakeholder=cost.stakeholder,
            kind=cost.kind,
            present_value=_number(paid.get(cost.id, 0.0)),
        )
        for cost in scenario.costs
    )
    benefits = fsum(line.present_value for line in lines)
    costs = fsum(cost.present_value for cost in by_cost)
    rows = tuple(
        replace(line, share=_number(formulas.ratio(line.present_value, benefits))) for line in lines
    )
    flows = yearly_flows(scenario, perspective, [row.impact for row in rows])
    paid_by_year = flows.costs_at_start + flows.costs_with_benefits
    return Evaluation(
        scenario=scenario.id,
        perspective=perspective,
        present_value_benefits=benefits,
        present_value_costs=costs,
        payback_months=flows.payback_months,
        years=flows.benefits.size,
        years_of_costs=int(np.flatnonzero(paid_by_year).max(initial=0)) + 1,
        yearly_costs=fsum(paid_by_year) / int(scenario.settings.activity_years.value),
        indirect_jobs=fsum(
            row.quantity
            for outcome, row in zip(scenario.outcomes, rows, strict=True)
            if outcome.quantity_unit == JOBS
        ),
        unstated_costs=tuple(
            cost.id
            for cost in scenario.costs
            if cost.stakeholder in perspective.payers and is_unstated(cost)
        ),
        by_outcome=rows,
        by_cost=by_cost,
        by_stakeholder=_by_stakeholder(scenario, perspective, rows, by_cost),
        by_provenance=_parts(rows, PROVENANCES, lambda row: row.provenance, benefits, costs),
        by_basis=_parts(
            rows, ("itemised", "balance", "estimated"), lambda row: row.basis, benefits, costs
        ),
    )


def gains_by_provenance(
    scenario: Scenario, evaluation: Evaluation, stakeholder: str
) -> dict[Provenance, float]:
    """Return what a stakeholder gains by provenance, what is transferred to it or from it too.

    Present value, euros; its sum is what ``by_stakeholder`` says. Parts of nothing are left out.
    """
    parts: dict[Provenance, list[float]] = {}
    transfers = []
    for outcome, line in zip(scenario.outcomes, evaluation.by_outcome, strict=True):
        if line.stakeholder == stakeholder:
            parts.setdefault(line.provenance, []).append(line.present_value)
        # Counted on both sides, a transfer is nothing in its line and something to each of the two.
        if outcome.transfer_from and stakeholder in (outcome.stakeholder, outcome.transfer_from):
            transfers.append(line.provenance)
    gained = {one.stakeholder: one.present_value_benefits for one in evaluation.by_stakeholder}
    rest = gained[stakeholder] - fsum(chain.from_iterable(parts.values()))
    if transfers and rest:
        parts.setdefault(weakest(transfers), []).append(rest)
    return {one: total for one, amounts in parts.items() if (total := fsum(amounts))}


def is_unstated(cost: Cost) -> bool:
    """Say whether a cost is zero because no one stated it, and not because it may be."""
    is_zero = cost.value == 0 and cost.provenance == Provenance.ASSUMED
    return is_zero and not may_be_zero(cost)


def perspective_in(scenario: Scenario, perspective: Perspective | str | None) -> Perspective:
    """Return a point of view of ``scenario``: one given, one by its id, or that of its settings.

    Raises:
        KeyError: the scenario has none by that id.
    """
    if isinstance(perspective, Perspective):
        return perspective
    named = scenario.settings.perspective if perspective is None else perspective
    if not scenario.is_choice("perspective", named):
        raise KeyError(named)
    return perspective_of(named, scenario.stakeholders)


def _line(valuation: Valuation, outcome: Outcome, sign: int) -> OutcomeResult:
    """Return a line of the value map, its share of the whole still unknown."""
    valued = valuation.outcome(outcome, sign, {})
    return OutcomeResult(
        outcome=outcome.id,
        stakeholder=outcome.stakeholder,
        basis=outcome.basis,
        provenance=_provenance(outcome, valuation.scenario.settings),
        quantity=_number(formulas.gross_value(factor.value for factor in outcome.quantities)),
        gross_value=_number(valued.gross_value),
        counted_value=_number(valued.counted_value),
        deadweight=_number(valued.deadweight),
        displacement=_number(valued.displacement),
        attribution=_number(valued.attribution),
        optimism_bias=_number(valued.optimism_bias),
        kept_share=_number(valued.kept_share),
        impact=_number(valued.impact),
        present_value=_number(valued.present_value),
        share=float("nan"),
    )


def _provenance(outcome: Outcome, settings: Settings) -> Provenance:
    """Return the provenance of the weakest of the line's own numbers.

    What the reader takes off every line alike is not one of them: it is stated beside the
    result, and would make all lines look the same.
    Its factors, those of its own shares that deduct something, and the years it lasts beyond
    the first.
    """
    shares = [
        share
        for name in OUTCOME_SHARES
        if (share := getattr(outcome, name)) is not None
        and _deducts(name, share, settings)
        and (name != "footprint" or settings.footprint == "without")
    ]
    period = outcome.benefit_period
    lasting = [period] if period is not None and period.value > 1 else []
    return weakest([number.provenance for number in (*outcome.factors, *shares, *lasting)])


def _deducts(name: str, share: Parameter, settings: Settings) -> bool:
    """Say whether a share takes something off: a credited one does unless it is all."""
    if name == "attribution" and settings.attribution_means == "credited":
        return share.value < 1
    return share.value > 0


def _by_stakeholder(
    scenario: Scenario,
    perspective: Perspective,
    rows: Iterable[OutcomeResult],
    by_cost: Iterable[CostResult],
) -> tuple[StakeholderResult, ...]:
    """Return what each stakeholder pays and gains, what it loses to another taken off."""
    gains: dict[str, list[float]] = {one.id: [] for one in scenario.stakeholders}
    costs: dict[str, list[float]] = {one.id: [] for one in scenario.stakeholders}
    valuation = Valuation(scenario, perspective)
    for outcome, row in zip(scenario.outcomes, rows, strict=True):
        value = row.present_value
        if outcome.transfer_from is not None:
            # Counted on both sides it cancels out in the row, and not for the two of them.
            value = _number(valuation.outcome(outcome, 1, {}).present_value)
        for stakeholder, sign in ((outcome.stakeholder, 1), (outcome.transfer_from, -1)):
            if stakeholder in perspective.beneficiaries:
                gains[stakeholder].append(sign * value)
    for cost in by_cost:
        costs[cost.stakeholder].append(cost.present_value)
    return tuple(
        StakeholderResult(
            stakeholder=one,
            present_value_benefits=fsum(gains[one]),
            present_value_costs=fsum(costs[one]),
            net_present_value=_number(
                formulas.net_present_value(fsum(gains[one]), fsum(costs[one]))
            ),
        )
        for one in gains
    )


def _parts(
    rows: Iterable[OutcomeResult],
    keys: Iterable[str],
    key_of: Callable[[OutcomeResult], str],
    benefits: float,
    costs: float,
) -> tuple[Part, ...]:
    """Return the benefits split by a key; keys without a line stay, at zero."""
    rows = tuple(rows)
    totals: Mapping[str, float] = {
        key: fsum(row.present_value for row in rows if key_of(row) == key) for key in keys
    }
    return tuple(
        Part(
            key=key,
            present_value=total,
            share=_number(formulas.ratio(total, benefits)),
            ratio=_number(formulas.ratio(total, costs)),
        )
        for key, total in totals.items()
    )


def _number(value: formulas.Numeric) -> float:
    return float(value)
