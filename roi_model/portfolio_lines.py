"""What each outcome and cost of a row of a portfolio amounts to, at every draw.

A line of the value map is proportional to its factors. What it amounts to with 1 for each of those
that differ from row to row is worked out once for all rows, by the functions of the model; a row
then takes it times its own factors, and times products of standard draws that are made once. Where
a row has its own share, period or rate, the functions of the model are asked for that row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roi_model import units
from roi_model.distributions import Distribution, Standardised, standardised
from roi_model.formulas import Numeric
from roi_model.parameters import Duration
from roi_model.portfolio import Amounts, Portfolio, Positions
from roi_model.portfolio_draws import Laws, LawsInMaking, Plan, own_number
from roi_model.portfolio_kept_draws import KeptDraws, Product
from roi_model.scenario import Scenario
from roi_model.settings import SETTING_NUMBERS
from roi_model.uncertainty import distribution_of, uncertain_numbers
from roi_model.valuation import Valuation
from roi_model.value_map import OUTCOME_SHARES, Cost, Outcome


class Lines:
    """The outcomes and costs that concern anyone whom the point of view of a plan counts."""

    def __init__(self, plan: Plan) -> None:
        """Look at the template."""
        self.plan = plan
        valuation = Valuation(plan.template, plan.perspective)
        self.signs = {
            one.id: sign for one, sign in zip(plan.template.outcomes, valuation.signs, strict=True)
        }
        self.counted_costs = tuple(
            one.id for one in plan.template.costs if one.stakeholder in plan.perspective.payers
        )
        self.ids = tuple(line.id for line, _ in self.of(plan.template))
        self.dated = {
            address: number
            for address, number in plan.template.parameters()
            if units.is_money(number.unit) and number.year is not None
        }
        """Their values in the readings of a portfolio may stand for those of rows."""

    def of(self, scenario: Scenario) -> list[tuple[Outcome | Cost, int]]:
        """Return the lines of a reading of the template; the sign of a cost is 0."""
        counted = self.plan.perspective.beneficiaries
        found: list[tuple[Outcome | Cost, int]] = [
            (one, self.signs[one.id])
            for one in scenario.outcomes
            if one.stakeholder in counted or one.transfer_from in counted
        ]
        return found + [(one, 0) for one in scenario.costs if one.id in self.counted_costs]


def _numbers_of(line: Outcome | Cost) -> tuple[str, ...]:
    """Return the addresses that the amount of a line depends on."""
    if isinstance(line, Cost):
        return (line.id, f"{line.id}.price", "discount_rate")
    own = [*(one.id for one in line.factors), *OUTCOME_SHARES, "benefit_period"]
    return (*(f"{line.id}.{name}" for name in own), *SETTING_NUMBERS)


def _factors_of(line: Outcome | Cost) -> tuple[str, ...]:
    """Return the addresses that the amount of a line is proportional to."""
    if isinstance(line, Cost):
        return (line.id, f"{line.id}.price")
    return tuple(f"{line.id}.{one.id}" for one in line.factors)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Varied:
    """The draws that a line takes in a row, beside a scale."""

    product: Product | None
    """Of own numbers whose draws are a scale times standard draws."""
    others: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LineOfRows:
    """An outcome or a cost in the rows that one reading serves; sequences have one entry a row."""

    line: Outcome | Cost
    sign: int
    """How often the point of view counts an outcome; 0 for a cost."""
    factors: tuple[str, ...]
    """Numbers of rows that it is proportional to."""
    asked: tuple[str, ...]
    """Numbers of rows that it depends on in another way: the model is asked for each row."""
    unit: Numeric | None
    """What it amounts to with 1 for each of the factors; ``None`` if that depends on the row."""
    scale: Sequence[float]
    varied: Sequence[_Varied]

    @property
    def is_cost(self) -> bool:
        """Say whether it is a cost."""
        return isinstance(self.line, Cost)


class Reading:
    """Rows that one reading of the template serves. A row goes by its place among them."""

    def __init__(
        self,
        lines: Lines,
        kept: KeptDraws,
        scenario: Scenario,
        rows: Portfolio,
        positions: Positions,
    ) -> None:
        """Work out what all rows have in common, and how the numbers of each vary."""
        self._plan, self._kept = lines.plan, kept
        self._valuation = Valuation(scenario, lines.plan.perspective)
        self._parameters = {**dict(scenario.parameters()), **lines.dated}
        self._size = positions.size
        self._room = np.empty(kept.size)
        of_rows = [
            one
            for one in kept.columns
            if one in self._plan.typed or self._plan.between_rows[one] < 1
        ]
        self._laws = {address: self._laws_of(address, rows, positions) for address in of_rows}
        self._common: dict[str, Numeric] = {
            one.address: kept.shared(one.address, standardised(one.distribution), one.is_whole)
            for one in uncertain_numbers(scenario)
            if one.address not in self._laws
        }
        self.lines = [self._line(line, sign) for line, sign in lines.of(scenario)]

    def _laws_of(self, address: str, rows: Portfolio, positions: Positions) -> Laws:
        parameter, plan = self._parameters[address], self._plan
        blank = np.full(positions.size, np.nan)
        typed = rows.numbers[address][positions] if address in plan.typed else blank
        low = rows.lows[address][positions] if address in rows.lows else blank
        high = rows.highs[address][positions] if address in rows.highs else blank
        is_own = ~np.isnan(typed) & (parameter.is_to_fill | (typed != parameter.value))
        values = np.where(np.isnan(typed), float(parameter.value), typed)
        laws = LawsInMaking(values)
        if address.endswith(".footprint") and self._valuation.scenario.settings.footprint == "with":
            return laws.made()  # nothing is taken off for it

        def by_rule(value: float) -> Distribution:
            return distribution_of(own_number(parameter, value, plan.ranges))

        is_ranged = ~np.isnan(low)
        laws.place(~is_own & ~is_ranged, distribution_of(parameter))
        for row in np.flatnonzero(
            laws.place_proportional(is_own & ~is_ranged, by_rule, parameter)
        ).tolist():
            laws.place(row, by_rule(float(values[row])))
        for row in np.flatnonzero(is_ranged).tolist():
            number = parameter
            if is_own[row]:
                number = own_number(parameter, float(values[row]), "typed")
            ends = {"low": float(low[row]), "high": float(high[row]), "distribution": None}
            laws.place(row, distribution_of(number.model_copy(update=ends)))
        return laws.made()

    def _line(self, line: Outcome | Cost, sign: int) -> LineOfRows:
        factors = tuple(
            one
            for one in _factors_of(line)
            if one in self._laws and not self._may_turn_to_loss(line, one)
        )
        asked = tuple(one for one in _numbers_of(line) if one in self._laws and one not in factors)
        unit = None if asked else self._unit(line, factors, {})
        scale, varied = self._varied(factors)
        if isinstance(unit, float):
            scale, unit = scale * unit, 1.0
        return LineOfRows(
            line=line,
            sign=sign,
            factors=factors,
            asked=asked,
            unit=unit,
            scale=scale.tolist(),
            varied=varied,
        )

    def _may_turn_to_loss(self, line: Outcome | Cost, address: str) -> bool:
        """Say whether a number may be below 0 in a line whose gains alone are corrected."""
        correction = f"{line.id}.optimism_bias"
        if correction in self._laws:
            laws = self._laws[correction]
            is_corrected = bool(((laws.value != 0) | (laws.which >= 0)).any())
        else:
            is_corrected = correction in self._parameters and bool(
                self._parameters[correction].value
            )
        return is_corrected and self._laws[address].lowest < 0

    def _unit(
        self, line: Outcome | Cost, factors: Sequence[str], asked: Mapping[str, Numeric]
    ) -> Numeric:
        numbers = {**self._common, **dict.fromkeys(factors, 1.0), **asked}
        if isinstance(line, Cost):
            amount = self._valuation.cost(line, numbers)
        else:
            amount = self._valuation.present_value(line, 1, numbers)
        return amount if np.ndim(amount) else float(amount)

    def _varied(self, factors: Sequence[str]) -> tuple[Amounts, list[_Varied]]:
        """Return a scale for each row, and the draws that it is times: few kinds for many rows."""
        scale, kind = np.ones(self._size), np.zeros(self._size, dtype=np.intp)
        for address in factors:
            laws, is_scaled = self._laws[address], self._is_scaled(address)
            is_held = laws.which < 0
            scale *= np.where(is_held, laws.value, np.where(is_scaled, laws.scale, 1.0))
            way = np.where(is_held, 0, np.where(is_scaled, 2 + laws.which, 1))
            kind = np.unique(kind * (2 + len(laws.standards)) + way, return_inverse=True)[1]
        kinds = [
            self._varied_in(row, factors) for row in np.unique(kind, return_index=True)[1].tolist()
        ]
        return scale, [kinds[one] for one in kind.tolist()]

    def _is_scaled(self, address: str) -> NDArray[np.bool_]:
        """Return in which rows a number is a scale times standard draws of its own."""
        laws = self._laws[address]
        return (laws.which >= 0) & (laws.location == 0) & self._kept.source.is_own(address)

    def _varied_in(self, row: int, factors: Sequence[str]) -> _Varied:
        scaled = [one for one in factors if self._is_scaled(one)[row]]
        others = [one for one in factors if self._laws[one].which[row] >= 0 and one not in scaled]
        standards = tuple(
            (one, self._laws[one].standards[self._laws[one].which[row]]) for one in scaled
        )
        product = self._kept.product_of(standards) if standards else None
        return _Varied(product=product, others=tuple(others))

    def amount(self, line: LineOfRows, row: int, start: int, drawn: dict[str, Numeric]) -> Numeric:
        """Return what a line amounts to in a row, at every draw, in room that the next one takes.

        ``drawn`` keeps draws of the row for its other lines.
        """
        scale, varied, unit = line.scale[row], line.varied[row], line.unit
        if scale == 0:
            return 0.0
        draws = [self._draws(one, row, start, drawn) for one in varied.others]
        if varied.product is not None:
            draws.append(self._kept.product(varied.product, start))
        if unit is None:
            asked = {one: self._draws(one, row, start, drawn) for one in line.asked}
            unit = self._unit(line.line, line.factors, asked)
        if isinstance(unit, float):
            scale *= unit
        else:
            draws.append(unit)
        if not draws:
            return scale
        product = np.multiply(draws[0], scale, out=self._room)
        for one in draws[1:]:
            product *= one
        return product

    def _draws(self, address: str, row: int, start: int, drawn: dict[str, Numeric]) -> Numeric:
        if address not in drawn:
            laws = self._laws[address]
            if (which := laws.which[row]) < 0:
                drawn[address] = float(laws.value[row])
            else:
                law = Standardised(
                    laws.standards[which], float(laws.scale[row]), float(laws.location[row])
                )
                is_whole = isinstance(self._parameters[address], Duration)
                drawn[address] = self._kept.of_row(address, law, start, is_whole)
        return drawn[address]
