"""The same scenario as each stakeholder, the public finances and society see it."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from math import fsum
from typing import Literal

from roi_model import formulas
from roi_model.evaluation import evaluate
from roi_model.perspectives import FUNDER, LEVERAGE, PUBLIC_FINANCES, SOCIETY
from roi_model.scenario import Scenario
from roi_model.tableau import Tableau, who_pays_who_gains

Role = Literal["pays_and_gains", "only_pays", "only_gains", "only_loses", "neither"]


@dataclass(frozen=True, kw_only=True, slots=True)
class PointOfView:
    """What one stakeholder, or several together, pay and gain. Present value, euros.

    Transfers within the group leave it with nothing: they are in none of its amounts.
    """

    id: str
    """Of the stakeholder; ``public_finances`` or ``society``."""
    pays: float
    gains: float
    """By outcomes that harm no one."""
    loses: float
    """By outcomes that harm it; 0 or more."""
    receives: float
    """By transfers from others."""
    gives: float
    """By transfers to others; 0 or more."""
    ratio: float
    """Its own gains over its own cost; NaN where it pays nothing."""
    leverage: float
    """Everyone's gains over its cost; NaN where it pays nothing."""

    @property
    def net(self) -> float:
        """What is left to it."""
        return fsum((self.gains, self.receives, -self.loses, -self.gives, -self.pays))

    @property
    def before(self) -> float:
        """All that goes from it: what it pays, loses and gives."""
        return fsum((self.pays, self.loses, self.gives))

    @property
    def after(self) -> float:
        """All that comes to it: what it gains and receives."""
        return fsum((self.gains, self.receives))

    @property
    def role(self) -> Role:
        """Say whether it pays, gains, or both; to receive is to gain, and to give to lose."""
        if self.pays > 0:
            return "pays_and_gains" if self.after > 0 else "only_pays"
        if self.after > 0:
            return "only_gains"
        return "only_loses" if self.before > 0 else "neither"


@dataclass(frozen=True, kw_only=True, slots=True)
class ThreeRatios:
    """Three ratios of one scenario that are never mixed. Euros per euro; NaN without a cost."""

    leverage: float
    """Everyone's gains over the cost of one funder."""
    own: float
    """The gains of that funder over its own cost."""
    society: float
    """Everyone's gains over everyone's cost."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Transfer:
    """What one stakeholder gains because another loses it: nothing to society."""

    outcome: str
    given_by: str
    received_by: str
    present_value: float


@dataclass(frozen=True, kw_only=True, slots=True)
class PointsOfView:
    """A scenario as everyone in it sees it."""

    stakeholders: tuple[PointOfView, ...]
    """In the order of the scenario, those who neither pay nor gain included."""
    public_finances: PointOfView
    society: PointOfView
    transfers: tuple[Transfer, ...]
    payers: tuple[str, ...]
    """Those whose cost is not 0, the greatest first."""
    unstated_costs: tuple[str, ...]
    """Costs counted as 0 because no one stated them."""

    def of(self, stakeholder: str) -> PointOfView:
        """Return a point of view by the id of its stakeholder; ``KeyError`` if there is none."""
        return {one.id: one for one in self.stakeholders}[stakeholder]

    @property
    def concerned(self) -> tuple[PointOfView, ...]:
        """Those who pay or gain something."""
        return tuple(one for one in self.stakeholders if one.role != "neither")


def points_of_view(scenario: Scenario) -> PointsOfView:
    """Return what each stakeholder, the public finances and society pay and gain.

    Everyone counts, whatever the point of view of the scenario; its other settings hold.
    """
    tableau = who_pays_who_gains(scenario)
    society = evaluate(scenario, SOCIETY)
    everyone = tableau.stakeholders
    public = tuple(one.id for one in scenario.stakeholders if one.public)
    total = society.present_value_benefits

    def view(name: str, members: Iterable[str]) -> PointOfView:
        return _view(name, frozenset(members), tableau, total)

    seen = tuple(view(one, (one,)) for one in everyone)
    paying = [one for one in seen if one.pays > 0]
    return PointsOfView(
        stakeholders=seen,
        public_finances=view(PUBLIC_FINANCES, public),
        society=view(SOCIETY, everyone),
        transfers=tuple(_transfers(scenario, tableau)),
        payers=tuple(one.id for one in sorted(paying, key=lambda one: -one.pays)),
        unstated_costs=society.unstated_costs,
    )


def three_ratios(scenario: Scenario, funder: str) -> ThreeRatios:
    """Return the three ratios that concern a funder.

    Raises:
        KeyError: no cost of the scenario is paid by ``funder``.
    """
    return ThreeRatios(
        leverage=evaluate(scenario, f"{LEVERAGE}-{funder}").ratio,
        own=evaluate(scenario, f"{FUNDER}-{funder}").ratio,
        society=evaluate(scenario, SOCIETY).ratio,
    )


def three_ratios_on_itemised_lines(scenario: Scenario, funder: str) -> ThreeRatios | None:
    """Return the three ratios on the lines that a study itemises.

    ``None`` where there are none, or no others, and where nothing else is counted already.

    Raises:
        KeyError: no cost of the scenario is paid by ``funder``.
    """
    bases = {outcome.basis for outcome in scenario.outcomes}
    if scenario.settings.lines == "itemised" or "itemised" not in bases or len(bases) == 1:
        return None
    return three_ratios(scenario.with_changes({"lines": "itemised"}), funder)


def _view(name: str, members: frozenset[str], tableau: Tableau, total: float) -> PointOfView:
    """Return what ``members`` pay and gain together."""
    columns = [place for place, one in enumerate(tableau.stakeholders) if one in members]
    amounts = {
        kind: [
            fsum(row.amounts[place] for place in columns)
            for row in tableau.rows
            if row.kind == kind
        ]
        for kind in ("cost", "outcome", "transfer")
    }
    pays = 0.0 - fsum(amounts["cost"])
    own = fsum((*amounts["outcome"], *amounts["transfer"]))
    return PointOfView(
        id=name,
        pays=pays,
        gains=_above(amounts["outcome"]),
        loses=_above(-amount for amount in amounts["outcome"]),
        receives=_above(amounts["transfer"]),
        gives=_above(-amount for amount in amounts["transfer"]),
        ratio=float(formulas.ratio(own, pays)),
        leverage=float(formulas.ratio(total, pays)),
    )


def _above(amounts: Iterable[float]) -> float:
    return fsum(amount for amount in amounts if amount > 0)


def _transfers(scenario: Scenario, tableau: Tableau) -> Iterable[Transfer]:
    rows = {row.line: row for row in tableau.rows if row.kind == "transfer"}
    for outcome in scenario.outcomes:
        if outcome.transfer_from is None:
            continue
        place = tableau.stakeholders.index(outcome.stakeholder)
        amount = rows[outcome.id].amounts[place]
        if not math.isclose(amount, 0.0):
            yield Transfer(
                outcome=outcome.id,
                given_by=outcome.transfer_from,
                received_by=outcome.stakeholder,
                present_value=amount,
            )
