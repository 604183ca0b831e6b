"""Who pays and who gains: costs and outcomes by line, stakeholders by column.

Source: Krutilla (2005), Journal of Policy Analysis and Management 24(4), who calls it the
Kaldor-Hicks tableau: transfers stand on both sides, and cancel out in the total of their line.
"""

from dataclasses import dataclass
from math import fsum
from typing import Literal

from roi_model.perspectives import SOCIETY, perspective_of
from roi_model.scenario import Scenario
from roi_model.valuation import Valuation

Kind = Literal["cost", "outcome", "transfer"]


@dataclass(frozen=True, kw_only=True, slots=True)
class TableauRow:
    """One cost or outcome, as each stakeholder meets it. Present value, euros."""

    line: str
    """The id of the cost or of the outcome."""
    kind: Kind
    amounts: tuple[float, ...]
    """One for each stakeholder, in the order of the tableau: gains above 0, costs below."""

    @property
    def total(self) -> float:
        """What the line is to society; 0 for a transfer between two of its members."""
        return fsum(self.amounts)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tableau:
    """Who pays and who gains, line by line. Present value, euros."""

    stakeholders: tuple[str, ...]
    rows: tuple[TableauRow, ...]

    def of_stakeholder(self, stakeholder: str) -> tuple[float, ...]:
        """Return what a stakeholder pays and gains, one amount a line; ValueError if unknown."""
        column = self.stakeholders.index(stakeholder)
        return tuple(row.amounts[column] for row in self.rows)

    @property
    def totals(self) -> tuple[float, ...]:
        """What is left to each stakeholder, its costs deducted."""
        return tuple(fsum(self.of_stakeholder(one)) for one in self.stakeholders)

    @property
    def total(self) -> float:
        """What is left to all of them: society's net present value."""
        return fsum(row.total for row in self.rows)


def who_pays_who_gains(scenario: Scenario) -> Tableau:
    """Return the tableau of a scenario: every stakeholder counts, whatever its point of view."""
    society = Valuation(scenario, perspective_of(SOCIETY, scenario.stakeholders))
    stakeholders = tuple(one.id for one in scenario.stakeholders)

    def row(line: str, kind: Kind, amounts: dict[str | None, float]) -> TableauRow:
        return TableauRow(
            line=line, kind=kind, amounts=tuple(amounts.get(one, 0.0) for one in stakeholders)
        )

    costs = [
        row(cost.id, "cost", {cost.stakeholder: 0.0 - float(society.cost(cost, {}))})
        for cost in scenario.costs
    ]
    outcomes = []
    for outcome in scenario.outcomes:
        gained = float(society.outcome(outcome, 1, {}).present_value)
        kind: Kind = "outcome" if outcome.transfer_from is None else "transfer"
        amounts = {outcome.transfer_from: 0.0 - gained, outcome.stakeholder: gained}
        outcomes.append(row(outcome.id, kind, amounts))
    return Tableau(stakeholders=stakeholders, rows=(*costs, *outcomes))
