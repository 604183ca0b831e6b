"""What each association of a portfolio brings, and what all of them bring together.

The functions of the model take arrays: all rows that are read alike go through them at once.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from roi_model import formulas
from roi_model.evaluation import StakeholderResult, perspective_in
from roi_model.perspectives import Perspective
from roi_model.portfolio import Amounts, Portfolio
from roi_model.scenario import Scenario
from roi_model.valuation import Valuation


@dataclass(frozen=True, kw_only=True, slots=True)
class Totals:
    """A programme as a whole. Present values, euros; sums are exact, whatever the order of rows."""

    benefits: float
    costs: float
    by_outcome: Mapping[str, float]
    by_cost: Mapping[str, float]
    by_stakeholder: tuple[StakeholderResult, ...]

    @property
    def ratio(self) -> float:
        """Euros of benefit per euro of cost; NaN, undefined, without a cost."""
        return float(formulas.ratio(self.benefits, self.costs))

    @property
    def net_present_value(self) -> float:
        """Benefits less costs."""
        return float(formulas.net_present_value(self.benefits, self.costs))


@dataclass(frozen=True, kw_only=True, eq=False)
class PortfolioEvaluation:
    """The result of each row, from one point of view. Present values, euros, one entry a row."""

    portfolio: Portfolio
    perspective: Perspective
    signs: Mapping[str, int]
    """How often each outcome is counted: 1, 0, or -1 for the loser's side of a transfer."""
    gained: Mapping[str, Amounts]
    """What each outcome brings to whom it goes to, whether it is counted or not."""
    by_cost: Mapping[str, Amounts]
    """Costs that are counted."""

    @cached_property
    def by_outcome(self) -> dict[str, Amounts]:
        """Each outcome as the point of view counts it."""
        return {one: sign * self.gained[one] for one, sign in self.signs.items()}

    @cached_property
    def benefits(self) -> Amounts:
        """All that is gained."""
        return sum(self.by_outcome.values(), start=np.zeros(len(self.portfolio)))

    @cached_property
    def costs(self) -> Amounts:
        """All that is paid."""
        return sum(self.by_cost.values(), start=np.zeros(len(self.portfolio)))

    @cached_property
    def ratios(self) -> Amounts:
        """Euros of benefit per euro of cost; NaN without a cost."""
        return np.asarray(formulas.ratio(self.benefits, self.costs))

    @cached_property
    def net_present_values(self) -> Amounts:
        """Benefits less costs."""
        return np.asarray(formulas.net_present_value(self.benefits, self.costs))

    @cached_property
    def by_stakeholder(self) -> dict[str, tuple[Amounts, Amounts]]:
        """What each stakeholder gains and pays, as the point of view counts it."""
        nothing = np.zeros(len(self.portfolio))
        template = self.portfolio.template
        return shared_out(template, self.perspective, self.gained, self.by_cost, nothing)

    def rows(self, positions: ArrayLike) -> "PortfolioEvaluation":
        """Return the result of some of the rows; a mask of booleans will do."""
        at = np.asarray(positions)
        return replace(
            self,
            portfolio=self.portfolio.rows(at),
            gained={one: amounts[at] for one, amounts in self.gained.items()},
            by_cost={one: amounts[at] for one, amounts in self.by_cost.items()},
        )

    def totals_by(self, label: str) -> dict[str, Totals]:
        """Return the sums over the rows that share a label, such as a region, by what it says.

        Raises:
            KeyError: the table has no such label.
        """
        said = self.portfolio.labels[label].astype(str)
        return {str(one): self.rows(said == one).totals for one in np.unique(said)}

    @cached_property
    def totals(self) -> Totals:
        """The programme as a whole: sums over the rows."""
        by_outcome = {one: math.fsum(amounts) for one, amounts in self.by_outcome.items()}
        by_cost = {one: math.fsum(amounts) for one, amounts in self.by_cost.items()}
        summed = {
            one: (math.fsum(gains), math.fsum(paid))
            for one, (gains, paid) in self.by_stakeholder.items()
        }
        return Totals(
            benefits=math.fsum(by_outcome.values()),
            costs=math.fsum(by_cost.values()),
            by_outcome=by_outcome,
            by_cost=by_cost,
            by_stakeholder=tuple(
                StakeholderResult(
                    stakeholder=one,
                    present_value_benefits=gains,
                    present_value_costs=paid,
                    net_present_value=float(formulas.net_present_value(gains, paid)),
                )
                for one, (gains, paid) in summed.items()
            ),
        )


def evaluate_portfolio(
    portfolio: Portfolio, perspective: Perspective | str | None = None
) -> PortfolioEvaluation:
    """Return the result of every row: that of ``evaluate`` of its scenario.

    From the point of view of the portfolio by default; another is that of this result only.

    Raises:
        KeyError: ``perspective`` is an id the template does not have.
    """
    template, rows = portfolio.template, len(portfolio)
    perspective = perspective_in(template, perspective)
    gained = {outcome.id: np.empty(rows) for outcome in template.outcomes}
    counted = [cost.id for cost in template.costs if cost.stakeholder in perspective.payers]
    paid = {cost: np.empty(rows) for cost in counted}
    for scenario, positions in portfolio.groups():
        valuation = Valuation(scenario, perspective)
        numbers = portfolio.numbers_of(scenario, positions)
        for outcome in scenario.outcomes:
            gained[outcome.id][positions] = valuation.present_value(outcome, 1, numbers)
        for cost, amount in valuation.costs(numbers).items():
            paid[cost][positions] = amount
    signs = Valuation(template, perspective).signs
    return PortfolioEvaluation(
        portfolio=portfolio,
        perspective=perspective,
        signs={one.id: sign for one, sign in zip(template.outcomes, signs, strict=True)},
        gained=gained,
        by_cost=paid,
    )


def shared_out(
    template: Scenario,
    perspective: Perspective,
    gained: Mapping[str, Amounts],
    paid: Mapping[str, Amounts],
    nothing: Amounts,
) -> dict[str, tuple[Amounts, Amounts]]:
    """Return what each stakeholder gains and pays, from what outcomes bring and costs are.

    A transfer is a gain of whom it goes to and a loss of whom it comes from. Arrays have any one
    shape, that of ``nothing``: zeros.
    """
    gains = {one.id: nothing for one in template.stakeholders}
    costs = dict(gains)
    for outcome in template.outcomes:
        for stakeholder, sign in ((outcome.stakeholder, 1), (outcome.transfer_from, -1)):
            if stakeholder in perspective.beneficiaries:
                gains[stakeholder] = gains[stakeholder] + sign * gained[outcome.id]
    for cost in template.costs:
        if cost.stakeholder in perspective.payers:
            costs[cost.stakeholder] = costs[cost.stakeholder] + paid[cost.id]
    return {one: (gains[one], costs[one]) for one in gains}
