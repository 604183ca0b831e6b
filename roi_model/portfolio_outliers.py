"""Associations whose ratio is far from that of most, and the numbers behind it."""

import math
from dataclasses import dataclass, replace

import numpy as np

from roi_model import formulas, units
from roi_model.parameters import Duration, Factor, Parameter
from roi_model.portfolio import Amounts, Positions
from roi_model.portfolio_evaluation import PortfolioEvaluation, evaluate_portfolio
from roi_model.value_map import Cost

OUTLYING = 3.5
"""From this modified z-score on a value is an outlier (Iglewicz and Hoaglin, 1993)."""
NORMAL_QUARTILE = 0.6744897501960817
"""The third quartile of a standard normal."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cause:
    """A number of a row beside what is usual."""

    address: str
    value: float
    usual: float
    """The median of the rows; of what is counted or paid, the median for each euro of cost."""
    effect: float
    """What it does to the logarithm of the ratio, beside the usual number alone in its place."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlier:
    """A row whose ratio is far from that of most, and why."""

    position: int
    id: str
    line: int
    ratio: float
    score: float
    """Modified z-score of the logarithm of the ratio: below 0 where the ratio is low."""
    causes: tuple[Cause, ...]
    """The largest effect first."""


def outliers(
    evaluation: PortfolioEvaluation,
    *,
    most: int = 20,
    threshold: float = OUTLYING,
    causes: int = 5,
) -> tuple[Outlier, ...]:
    """Return the rows whose ratio lies farthest from the median, with the numbers that explain it.

    The score is 0.6745 (x - median) / (median of distances to the median), x the logarithm of the
    ratio. Rows without a ratio above 0 have no logarithm and are left out. An association of
    twice the size has twice of everything and the same ratio: what is counted or paid is set
    beside the median for each euro of cost, unit values and shares beside their median.

    Source: Iglewicz and Hoaglin (1993), How to Detect and Handle Outliers, for score and threshold.
    """
    logs = _logs(evaluation.ratios)
    known = np.flatnonzero(np.isfinite(logs))
    if known.size == 0:
        return ()
    distance = logs[known] - np.median(logs[known])
    typical = float(np.median(np.abs(distance)))
    if typical == 0:
        return ()
    scores = NORMAL_QUARTILE * distance / typical
    farthest = np.argsort(-np.abs(scores), kind="stable")[:most]
    farthest = farthest[np.abs(scores[farthest]) >= threshold]
    positions = known[farthest]
    explained = _causes(evaluation, positions, causes)
    portfolio = evaluation.portfolio
    return tuple(
        Outlier(
            position=position,
            id=str(portfolio.ids[position]),
            line=int(portfolio.lines[position]),
            ratio=float(evaluation.ratios[position]),
            score=float(score),
            causes=why,
        )
        for position, score, why in zip(
            positions.tolist(), scores[farthest].tolist(), explained, strict=True
        )
    )


def _causes(
    evaluation: PortfolioEvaluation, positions: Positions, most: int
) -> list[tuple[Cause, ...]]:
    """Return the numbers of some rows that move their ratio away from the usual one."""
    if positions.size == 0:
        return []
    portfolio, rows = evaluation.portfolio, evaluation.portfolio.rows(positions)
    costs, logs = evaluation.costs, _logs(evaluation.ratios[positions])
    parameters = dict(portfolio.template.parameters())
    found: list[list[Cause]] = [[] for _ in positions]
    for address, column in portfolio.numbers.items():
        parameter = parameters[address]
        whole = np.where(np.isnan(column), parameter.value, column)
        if is_extensive(parameter):
            usual = np.median(np.asarray(formulas.ratio(whole, costs))[costs > 0])
            usual = usual * costs[positions]
        else:
            usual = np.full(positions.size, np.median(whole))
        usual = np.clip(usual, *parameter.bounds)
        if isinstance(parameter, Duration):
            usual = np.rint(usual)
        as_usual = replace(rows, numbers={**rows.numbers, address: usual})
        effects = logs - _logs(evaluate_portfolio(as_usual, evaluation.perspective).ratios)
        for row, effect in enumerate(effects.tolist()):
            if effect and not math.isnan(effect):
                value = float(whole[positions[row]])
                cause = Cause(address=address, value=value, usual=float(usual[row]), effect=effect)
                found[row].append(cause)
    return [tuple(sorted(row, key=lambda one: -abs(one.effect))[:most]) for row in found]


def is_extensive(parameter: Parameter) -> bool:
    """Say whether a number grows with the size of an association: a quantity, or an amount paid."""
    if not isinstance(parameter, Factor):
        return False
    counted_by = [one for one in parameter.unit.split("/")[1:] if one != "year"]
    return isinstance(parameter, Cost) or (parameter.unit != units.SHARE and not counted_by)


def _logs(ratios: Amounts) -> Amounts:
    """Return logarithms; those of 0 or less are minus infinity."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(ratios > 0, np.log(ratios), np.where(np.isnan(ratios), np.nan, -np.inf))
