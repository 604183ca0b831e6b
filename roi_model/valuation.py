"""From numbers to amounts: each outcome and each cost, for one value of a number or for draws.

``numbers`` replaces numbers of a scenario by their address with one value or an array; arrays
broadcast, so the formula that serves one result serves a hundred thousand draws of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from roi_model import formulas, units
from roi_model.discounting import present_value_of_cost, present_value_of_effect
from roi_model.formulas import Numeric
from roi_model.parameters import Factor, Parameter
from roi_model.perspectives import Perspective
from roi_model.reference_data import price_index
from roi_model.scenario import Scenario, correction_by_grade
from roi_model.settings import AS_STATED, Settings
from roi_model.value_map import Cost, Outcome

Numbers = Mapping[str, Numeric]
NumberAt = Callable[[str, Parameter | None, float], Numeric]


@dataclass(frozen=True, kw_only=True, slots=True)
class ValuedOutcome:
    """One line of the value map, from its factors to its present value. Amounts in euros."""

    gross_value: Numeric
    counted_value: Numeric
    deadweight: Numeric
    displacement: Numeric
    attribution: Numeric
    optimism_bias: Numeric
    kept_share: Numeric
    impact: Numeric
    present_value: Numeric


class Valuation:
    """The amounts of a scenario from one point of view.

    Benefits are counted with a sign: a transfer is a gain of the stakeholder who receives it
    and a loss of the one it comes from, and is nothing where both count.
    """

    def __init__(self, scenario: Scenario, perspective: Perspective) -> None:
        """Keep what does not depend on the numbers."""
        self.scenario = scenario
        self.perspective = perspective
        self.signs = tuple(
            (outcome.stakeholder in perspective.beneficiaries)
            - (outcome.transfer_from in perspective.beneficiaries)
            for outcome in scenario.outcomes
        )

    def outcome(self, outcome: Outcome, sign: int, numbers: Numbers) -> ValuedOutcome:
        """Return an outcome from its factors to its present value, counted ``sign`` times."""
        gross = self._gross_value(outcome, numbers)
        counted = self._counted_value(outcome, sign, gross, numbers)
        deductions = self._deductions(outcome, gross, numbers)
        kept = self._kept_share(deductions)
        impact = counted * kept
        return ValuedOutcome(
            gross_value=gross,
            counted_value=counted,
            **deductions,
            kept_share=kept,
            impact=impact,
            present_value=self._present_value(outcome, impact, numbers),
        )

    def present_value(self, outcome: Outcome, sign: int, numbers: Numbers) -> Numeric:
        """Return the present value of an outcome, counted ``sign`` times, in euros.

        That of ``outcome`` to the last digit; on draws sooner, as no step is held on to.
        """
        gross = self._gross_value(outcome, numbers)
        kept = self._kept_share(self._deductions(outcome, gross, numbers))
        impact = self._counted_value(outcome, sign, gross, numbers) * kept
        del gross, kept
        return self._present_value(outcome, impact, numbers)

    def _gross_value(self, outcome: Outcome, numbers: Numbers) -> Numeric:
        number = _numbers_of(numbers, f"{outcome.id}.")
        return _amount(
            [(factor, number(factor.id, factor, 0.0)) for factor in outcome.factors],
            self.scenario.settings,
        )

    def _counted_value(
        self, outcome: Outcome, sign: int, gross: Numeric, numbers: Numbers
    ) -> Numeric:
        number = _numbers_of(numbers, f"{outcome.id}.")
        share = sign * _counted_share(outcome, self.scenario.settings, number)
        return gross if isinstance(share, float | int) and share == 1 else gross * share

    def _deductions(self, outcome: Outcome, gross: Numeric, numbers: Numbers) -> dict[str, Numeric]:
        settings = self.scenario.settings
        number = _numbers_of(numbers, f"{outcome.id}.")
        common = _numbers_of(numbers, "")
        deductions = {
            name: _combined(
                number(name, getattr(outcome, name), 0.0),
                common(name, getattr(settings, name), 0.0),
            )
            for name in ("deadweight", "displacement")
        }
        deductions["attribution"] = _attribution(outcome, settings, number, common)
        deductions["optimism_bias"] = formulas.optimism_correction(
            _optimism_bias(outcome, settings, number), gross
        )
        return deductions

    def _kept_share(self, deductions: Mapping[str, Numeric]) -> Numeric:
        settings = self.scenario.settings
        return formulas.kept_share(
            **deductions,
            deductions=settings.deductions,
            attribution_means=settings.attribution_means,
        )

    def _present_value(self, outcome: Outcome, impact: Numeric, numbers: Numbers) -> Numeric:
        settings = self.scenario.settings
        number = _numbers_of(numbers, f"{outcome.id}.")
        return present_value_of_effect(
            impact,
            drop_off=number("drop_off", outcome.drop_off, 0.0),
            benefit_period=number("benefit_period", outcome.benefit_period, 1),
            discount_rate=_numbers_of(numbers, "")("discount_rate", settings.discount_rate, 0.0),
            timing=settings.timing,
            drop_off_from=settings.drop_off_from,
            activity_years=years_of_outcome(outcome, settings),
            start_year=outcome.start_year,
        )

    def benefits(self, numbers: Numbers) -> dict[str, Numeric]:
        """Return the present value of each outcome that counts, by id, in euros."""
        return {
            outcome.id: self.present_value(outcome, sign, numbers)
            for outcome, sign in zip(self.scenario.outcomes, self.signs, strict=True)
            if sign
        }

    def costs(self, numbers: Numbers) -> dict[str, Numeric]:
        """Return the present value of each cost that counts, by id, in euros."""
        return {
            cost.id: self.cost(cost, numbers)
            for cost in self.scenario.costs
            if cost.stakeholder in self.perspective.payers
        }

    def totals(self, numbers: Numbers) -> tuple[Numeric, Numeric]:
        """Return present value of benefits and of costs, in euros."""
        return (
            sum(self.benefits(numbers).values(), start=0.0),
            sum(self.costs(numbers).values(), start=0.0),
        )

    def ratio(self, numbers: Numbers) -> Numeric:
        """Return euros of benefit per euro of cost; NaN where there is no cost."""
        return formulas.ratio(*self.totals(numbers))

    def cost(self, cost: Cost, numbers: Numbers) -> Numeric:
        """Return the present value of a cost, in euros."""
        settings = self.scenario.settings
        rate = _numbers_of(numbers, "")("discount_rate", settings.discount_rate, 0.0)
        return present_value_of_cost(
            cost_amount(cost, settings, numbers),
            years=years_of_cost(cost, settings),
            discount_rate=rate,
            timing=settings.timing,
            paid=cost.timing,
            start_year=cost.start_year,
        )


def cost_amount(cost: Cost, settings: Settings, numbers: Numbers) -> Numeric:
    """Return what a cost amounts to each time it is paid, in euros."""
    addresses = (cost.id, f"{cost.id}.price")
    return _amount(
        [
            (factor, numbers.get(address, factor.value))
            for address, factor in zip(addresses, cost.factors, strict=False)
        ],
        settings,
    )


def is_paid_once(cost: Cost) -> bool:
    """Say whether a cost is an amount, and not one a year."""
    return _is_once([factor.unit for factor in cost.factors])


def years_of_cost(cost: Cost, settings: Settings) -> int:
    """Return in how many years a cost is paid: once, or to the end of the activity."""
    if is_paid_once(cost):
        return 1
    return max(0, int(settings.activity_years.value) - cost.start_year + 1)


def years_of_outcome(outcome: Outcome, settings: Settings) -> int:
    """Return in how many years of activity an outcome happens."""
    once = _is_once([factor.unit for factor in outcome.factors])
    return 1 if once else int(settings.activity_years.value)


def _is_once(stated: list[str]) -> bool:
    return dict(units.product(stated)).get("year", 0) >= 0


def _numbers_of(numbers: Numbers, prefix: str) -> NumberAt:
    """Return what gives a number by its name after ``prefix``: replaced, stated, or neither."""

    def number(name: str, stated: Parameter | None, otherwise: float) -> Numeric:
        replaced = numbers.get(prefix + name)
        if replaced is not None:
            return replaced
        return otherwise if stated is None else stated.value

    return number


def _amount(factors: list[tuple[Factor, Numeric]], settings: Settings) -> Numeric:
    """Return the product of factors, money in the prices of the settings' year."""
    values = [value for _, value in factors]
    if settings.price_year != AS_STATED:
        for position, (factor, value) in enumerate(factors):
            # A number typed without a year is taken to be in the prices the reader chose.
            if units.is_money(factor.unit) and factor.year is not None:
                inflator = price_index().inflator(factor.year, settings.price_year)
                values[position] = value * inflator
    return formulas.gross_value(values)


def _counted_share(outcome: Outcome, settings: Settings, number: NumberAt) -> Numeric:
    """Return the share of a line's gross value that the reader's switches leave, a year."""
    if settings.lines == "itemised" and outcome.basis != "itemised":
        return 0.0
    footprint = (
        number("footprint", outcome.footprint, 0.0) if settings.footprint == "without" else 0.0
    )
    return (1.0 - footprint) / settings.years_covered


def _attribution(
    outcome: Outcome, settings: Settings, number: NumberAt, common: NumberAt
) -> Numeric:
    """Return the attribution of an outcome, the common one included, as the settings mean it."""
    of_all = common("attribution", settings.attribution, 0.0)
    if settings.attribution_means == "credited":
        # The common share is always that of others; without an own one all is credited.
        return number("attribution", outcome.attribution, 1.0) * (1.0 - of_all)
    return _combined(number("attribution", outcome.attribution, 0.0), of_all)


def _combined(own: Numeric, common: Numeric) -> Numeric:
    """Return both shares together; spared where one of them is nothing for all draws."""
    if isinstance(common, float | int) and common == 0:
        return own
    return formulas.combined_share(own, common)


def _optimism_bias(outcome: Outcome, settings: Settings, number: NumberAt) -> Numeric:
    """Return the correction of a line: its own, else that of its grade if the settings ask."""
    by_grade = settings.optimism_bias == "by_grade" and outcome.optimism_bias is None
    if not by_grade:
        return number("optimism_bias", outcome.optimism_bias, 0.0)
    return number("optimism_bias", correction_by_grade(outcome), 0.0)
