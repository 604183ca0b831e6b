"""From a scenario and a point of view to everything a reader is shown."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from math import fsum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from roi_model import formulas, units
from roi_model.discounting import present_value_of_effect, yearly_present_values
from roi_model.parameters import PROVENANCES, Parameter, Provenance, weakest
from roi_model.perspectives import Perspective, perspective_of
from roi_model.scenario import Scenario
from roi_model.settings import Settings
from roi_model.value_map import OUTCOME_SHARES, Basis, Outcome

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
    """Gross value a year, after the reading of the lines, the years covered, the footprint."""
    deadweight: float
    displacement: float
    attribution: float
    """These three with the common share of the settings; attribution as the settings mean it."""
    kept_share: float
    impact: float
    present_value: float
    share: float
    """Part of all the benefits counted; NaN where they sum to zero."""


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
    indirect_jobs: float
    unstated_costs: tuple[str, ...]
    """Costs counted as 0 because no one stated them: the ratio is then too high."""
    by_outcome: tuple[OutcomeResult, ...]
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
    def jobs_per_million_euros(self) -> float:
        """Indirect jobs per million euros of the costs counted; NaN without a cost."""
        return _number(
            formulas.jobs_per_million_euros(self.indirect_jobs, self.present_value_costs)
        )

    @property
    def cost_per_job(self) -> float:
        """Euros of the costs counted per indirect job; NaN without a job."""
        return _number(formulas.cost_per_job(self.present_value_costs, self.indirect_jobs))

    def basis(self, key: Basis) -> Part:
        """Return the part of the benefits that rests on itemised lines, estimates or balance."""
        return {part.key: part for part in self.by_basis}[key]


def evaluate(scenario: Scenario, perspective: Perspective | str | None = None) -> Evaluation:
    """Return the result of ``scenario``, from the point of view of its settings by default.

    Costs are paid at the start of their year and are not discounted in the first. Indirect
    jobs follow their quantities and are gross of every deduction: they are a count that a
    study publishes, not euros.

    Raises:
        KeyError: ``perspective`` is an id this scenario does not have.
    """
    if not isinstance(perspective, Perspective):
        named = scenario.settings.perspective if perspective is None else perspective
        if named not in scenario.perspective_ids:
            raise KeyError(named)
        perspective = perspective_of(named, scenario.stakeholders)
    settings = scenario.settings
    lines = [
        _line(outcome, settings, counts=outcome.stakeholder in perspective.beneficiaries)
        for outcome in scenario.outcomes
    ]
    benefits = fsum(line.present_value for line in lines)
    costs = fsum(cost.value for cost in scenario.costs if cost.stakeholder in perspective.payers)
    rows = tuple(
        replace(line, share=_number(formulas.ratio(line.present_value, benefits))) for line in lines
    )
    by_year = _by_year(scenario, rows)
    return Evaluation(
        scenario=scenario.id,
        perspective=perspective,
        present_value_benefits=benefits,
        present_value_costs=costs,
        payback_months=formulas.payback_months(costs, by_year),
        years=by_year.size,
        indirect_jobs=fsum(
            row.quantity
            for outcome, row in zip(scenario.outcomes, rows, strict=True)
            if outcome.quantity_unit == JOBS
        ),
        unstated_costs=tuple(
            cost.id
            for cost in scenario.costs
            if cost.stakeholder in perspective.payers
            and cost.value == 0
            and cost.provenance == Provenance.ASSUMED
        ),
        by_outcome=rows,
        by_stakeholder=_by_stakeholder(scenario, perspective, rows),
        by_provenance=_parts(rows, PROVENANCES, lambda row: row.provenance, benefits, costs),
        by_basis=_parts(
            rows, ("itemised", "balance", "estimated"), lambda row: row.basis, benefits, costs
        ),
    )


def _line(outcome: Outcome, settings: Settings, *, counts: bool) -> OutcomeResult:
    """Return an outcome from factors to present value; nothing where it does not count.

    Its share of the whole is not known yet.
    """
    gross = _number(formulas.gross_value(factor.value for factor in outcome.factors))
    counted = gross * _counted_share(outcome, settings) if counts else 0.0
    deadweight = formulas.combined_share(_value(outcome.deadweight), settings.deadweight.value)
    displacement = formulas.combined_share(
        _value(outcome.displacement), settings.displacement.value
    )
    attribution = _attribution(outcome, settings)
    kept = _number(
        formulas.kept_share(
            deadweight=deadweight,
            displacement=displacement,
            attribution=attribution,
            optimism_bias=_value(outcome.optimism_bias),
            deductions=settings.deductions,
            attribution_means=settings.attribution_means,
        )
    )
    impact = counted * kept
    return OutcomeResult(
        outcome=outcome.id,
        stakeholder=outcome.stakeholder,
        basis=outcome.basis,
        provenance=_provenance(outcome, settings),
        quantity=_number(formulas.gross_value(factor.value for factor in outcome.quantities)),
        gross_value=gross,
        counted_value=counted,
        deadweight=_number(deadweight),
        displacement=_number(displacement),
        attribution=_number(attribution),
        kept_share=kept,
        impact=impact,
        present_value=_number(present_value_of_effect(impact, **_over_time(outcome, settings))),
        share=float("nan"),
    )


def _over_time(outcome: Outcome, settings: Settings) -> dict[str, Any]:
    """Return how an outcome lasts, fades and is discounted."""
    return {
        "drop_off": _value(outcome.drop_off),
        "benefit_period": int(_value(outcome.benefit_period, 1)),
        "discount_rate": settings.discount_rate.value,
        "timing": settings.timing,
        "drop_off_from": settings.drop_off_from,
    }


def _counted_share(outcome: Outcome, settings: Settings) -> float:
    """Return the share of a line's gross value that the reader's switches leave, a year."""
    if settings.lines == "itemised" and outcome.basis != "itemised":
        return 0.0
    footprint = _value(outcome.footprint) if settings.footprint == "without" else 0.0
    return (1.0 - footprint) / settings.years_covered


def _attribution(outcome: Outcome, settings: Settings) -> formulas.Numeric:
    """Return the attribution of an outcome, the common one included, as the settings mean it."""
    common = settings.attribution.value
    if settings.attribution_means == "credited":
        # The common share is always that of others; without an own one all is credited.
        return _value(outcome.attribution, 1.0) * (1.0 - common)
    return formulas.combined_share(_value(outcome.attribution), common)


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


def _by_year(scenario: Scenario, rows: Iterable[OutcomeResult]) -> NDArray[np.float64]:
    """Return the present value of all benefits in each year."""
    flows = [
        yearly_present_values(row.impact, **_over_time(outcome, scenario.settings))
        for outcome, row in zip(scenario.outcomes, rows, strict=True)
    ]
    total = np.zeros(max((flow.size for flow in flows), default=1))
    for flow in flows:
        total[: flow.size] += flow
    return total


def _by_stakeholder(
    scenario: Scenario, perspective: Perspective, rows: Iterable[OutcomeResult]
) -> tuple[StakeholderResult, ...]:
    rows = tuple(rows)
    results = []
    for stakeholder in scenario.stakeholders:
        benefits = fsum(row.present_value for row in rows if row.stakeholder == stakeholder.id)
        costs = fsum(
            cost.value
            for cost in scenario.costs
            if cost.stakeholder == stakeholder.id and stakeholder.id in perspective.payers
        )
        results.append(
            StakeholderResult(
                stakeholder=stakeholder.id,
                present_value_benefits=benefits,
                present_value_costs=costs,
                net_present_value=_number(formulas.net_present_value(benefits, costs)),
            )
        )
    return tuple(results)


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


def _value(parameter: Parameter | None, otherwise: float = 0.0) -> float:
    return otherwise if parameter is None else parameter.value


def _number(value: formulas.Numeric) -> float:
    return float(value)
