"""The working of one outcome, step by step: from its factors to what it adds to the ratio.

Every figure is what the functions of the model return; nothing is computed another way. What the
steps leave out is only what they have no place for: the other outcomes, which stand as one sum.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from typing import Literal, get_args

from roi_model import formulas, units
from roi_model.discounting import (
    Timing,
    discount_factors,
    timing_of_cost,
    yearly_values,
)
from roi_model.evaluation import evaluate, perspective_in
from roi_model.parameters import Factor
from roi_model.perspectives import Perspective
from roi_model.reference_data import price_index
from roi_model.scenario import Scenario
from roi_model.settings import AS_STATED, Settings
from roi_model.valuation import (
    Valuation,
    ValuedOutcome,
    cost_amount,
    years_of_cost,
    years_of_outcome,
)
from roi_model.value_map import Cost, Outcome

DeductionName = Literal["deadweight", "displacement", "attribution", "optimism_bias"]


@dataclass(frozen=True, kw_only=True, slots=True)
class FactorStep:
    """One number of a product, in the prices of the settings' year."""

    factor: Factor
    inflator: float
    """What one euro of the number's year is in euros of the settings' year; 1 if none is asked."""
    value: float


@dataclass(frozen=True, kw_only=True, slots=True)
class DeductionStep:
    """One share taken off, or credited, and what is left after it and those before it."""

    name: DeductionName
    own: float
    common: float
    """That of the settings, which bears on every outcome."""
    combined: float
    kept_share: float
    """Part of the value counted that is left so far."""
    amount: float
    """Euros left so far."""


@dataclass(frozen=True, kw_only=True, slots=True)
class YearStep:
    """One year of an effect or of a cost, in euros."""

    year: int
    """From 1, the first year of activity."""
    calendar_year: int | None
    value: float
    discount_factor: float
    present_value: float


@dataclass(frozen=True, kw_only=True, slots=True)
class CostStep:
    """What a cost comes to, in euros."""

    cost: Cost
    is_counted: bool
    """Whether the point of view counts what this payer pays."""
    factors: tuple[FactorStep, ...]
    amount: float
    """Euros each time it is paid."""
    times: int
    """In how many years it is paid."""
    timing: Timing
    """When in its year it is counted."""
    years: tuple[YearStep, ...]
    present_value: float
    """As the point of view counts it: 0 where it does not."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Working:
    """The way of one outcome from its factors to the ratio. Amounts in euros."""

    outcome: Outcome
    perspective: Perspective
    factors: tuple[FactorStep, ...]
    gross_value: float
    sign: int
    """1 where the point of view counts who gains, -1 where it counts who loses, 0 where neither or
    both."""
    is_line_read: bool
    """Whether the reading of the lines keeps this one."""
    footprint: float
    """The share left out as spending passed on; 0 unless the reading leaves it out."""
    years_covered: int
    """Years that the amounts of the study add up; they are divided by them."""
    counted_value: float
    deductions: tuple[DeductionStep, ...]
    kept_share: float
    impact: float
    drop_off: float
    benefit_period: int
    activity_years: int
    years: tuple[YearStep, ...]
    present_value: float
    present_value_others: float
    """What all the other outcomes come to."""
    present_value_benefits: float
    costs: tuple[CostStep, ...]
    present_value_costs: float
    ratio: float
    """Euros of benefit per euro of cost; NaN where no cost is counted."""
    ratio_without: float
    """The ratio without this outcome, all else as it is."""

    @property
    def cancels_out(self) -> bool:
        """Say whether the point of view counts both who gains and who loses the same amount."""
        return self.sign == 0 and self.outcome.stakeholder in self.perspective.beneficiaries


def working(
    scenario: Scenario, outcome: str, perspective: Perspective | str | None = None
) -> Working:
    """Return the working of the outcome with an id, from the settings' point of view by default.

    The years are undiscounted values and factors one by one; the model takes their sum in closed
    form, so that they add up to the present value to the last digits and not to the last one.

    Raises:
        KeyError: the scenario has no such outcome, or no such point of view.
    """
    perspective = perspective_in(scenario, perspective)
    settings = scenario.settings
    valuation = Valuation(scenario, perspective)
    line, sign = {
        one.id: (one, sign) for one, sign in zip(scenario.outcomes, valuation.signs, strict=True)
    }[outcome]
    valued = valuation.outcome(line, sign, {})
    evaluation = evaluate(scenario, perspective)
    others = fsum(row.present_value for row in evaluation.by_outcome if row.outcome != outcome)
    deductions = _deductions(scenario, line, valued)
    paid = {row.cost: row.present_value for row in evaluation.by_cost}
    drop_off = line.drop_off.value if line.drop_off else 0.0
    period = int(line.benefit_period.value) if line.benefit_period else 1
    activity = years_of_outcome(line, settings)
    return Working(
        outcome=line,
        perspective=perspective,
        factors=_factors(line.factors, settings),
        gross_value=float(valued.gross_value),
        sign=sign,
        is_line_read=settings.lines == "all" or line.basis == "itemised",
        footprint=line.footprint.value
        if line.footprint and settings.footprint == "without"
        else 0.0,
        years_covered=settings.years_covered,
        counted_value=float(valued.counted_value),
        deductions=deductions,
        kept_share=float(valued.kept_share),
        impact=float(valued.impact),
        drop_off=drop_off,
        benefit_period=period,
        activity_years=activity,
        years=_years(
            yearly_values(
                float(valued.impact),
                drop_off=drop_off,
                benefit_period=period,
                drop_off_from=settings.drop_off_from,
                activity_years=activity,
                start_year=line.start_year,
            ).tolist(),
            settings.timing,
            settings,
        ),
        present_value=float(valued.present_value),
        present_value_others=others,
        present_value_benefits=evaluation.present_value_benefits,
        costs=tuple(
            _cost(one, settings, paid[one.id], one.stakeholder in perspective.payers)
            for one in scenario.costs
        ),
        present_value_costs=evaluation.present_value_costs,
        ratio=evaluation.ratio,
        ratio_without=float(formulas.ratio(others, evaluation.present_value_costs)),
    )


def _factors(factors: Sequence[Factor], settings: Settings) -> tuple[FactorStep, ...]:
    steps = []
    for factor in factors:
        inflator = 1.0
        if (
            settings.price_year != AS_STATED
            and units.is_money(factor.unit)
            and factor.year is not None
        ):
            inflator = price_index().inflator(factor.year, settings.price_year)
        steps.append(FactorStep(factor=factor, inflator=inflator, value=factor.value * inflator))
    return tuple(steps)


def _deductions(
    scenario: Scenario, outcome: Outcome, valued: ValuedOutcome
) -> tuple[DeductionStep, ...]:
    """Return the four deductions in the order of the formula, each with what it leaves."""
    settings = scenario.settings
    stated = dict(scenario.parameters())
    so_far: dict[str, float] = {}
    if settings.attribution_means == "credited":
        so_far["attribution"] = 1.0  # all is credited until the step that says how much is
    steps = []
    name: DeductionName
    for name in get_args(DeductionName):
        so_far[name] = float(getattr(valued, name))
        kept = float(
            formulas.kept_share(
                **so_far,
                deductions=settings.deductions,
                attribution_means=settings.attribution_means,
            )
        )
        common = 0.0 if name == "optimism_bias" else float(getattr(settings, name).value)
        # A correction that follows the grade of the evidence is nobody's own number.
        by_grade = name == "optimism_bias" and outcome.optimism_bias is None
        own = so_far[name] if by_grade else float(stated[f"{outcome.id}.{name}"].value)
        steps.append(
            DeductionStep(
                name=name,
                own=own,
                common=common,
                combined=so_far[name],
                kept_share=kept,
                amount=float(valued.counted_value) * kept,
            )
        )
    return tuple(steps)


def _cost(cost: Cost, settings: Settings, present_value: float, is_counted: bool) -> CostStep:
    amount = float(cost_amount(cost, settings, {}))
    timing = timing_of_cost(settings.timing, cost.timing)
    paid = years_of_cost(cost, settings)
    values = (
        yearly_values(amount, activity_years=paid, start_year=cost.start_year).tolist()
        if paid
        else []
    )
    return CostStep(
        cost=cost,
        is_counted=is_counted,
        factors=_factors(cost.factors, settings),
        amount=amount,
        times=paid,
        timing=timing,
        years=_years(values, timing, settings),
        present_value=present_value,
    )


def _years(values: Sequence[float], timing: Timing, settings: Settings) -> tuple[YearStep, ...]:
    factors = discount_factors(
        len(values), discount_rate=settings.discount_rate.value, timing=timing
    ).tolist()
    first = settings.first_year
    return tuple(
        YearStep(
            year=position + 1,
            calendar_year=None if first is None else first + position,
            value=value,
            discount_factor=factor,
            present_value=value * factor,
        )
        for position, (value, factor) in enumerate(zip(values, factors, strict=True))
    )
