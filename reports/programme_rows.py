"""The associations of a programme one by one: ranks, those that stand out, those that move."""

import math

import numpy as np

from reports.brief_subject import Facts
from reports.programme_subject import Programme
from roi_model import portfolio_outliers
from roi_model.portfolio_funds import Move
from roi_model.portfolio_ranking import MOST_RANKED, ranking
from ui import portfolio_faults

RANKED_SHOWN = 10
OUTLIERS_SHOWN, CAUSES_SHOWN = 4, 2
LEAST_EFFECT = 0.05
"""Of a number on the logarithm of a ratio: less explains nothing."""
MOVES_SHOWN = 3
"""Of those that receive, and of those that give."""
FAULTS_SHOWN = 8


def outliers(programme: Programme) -> Facts:
    """Return the associations whose ratio is far from that of most, and the numbers behind it."""
    t = programme.t
    found = portfolio_outliers.outliers(
        programme.evaluation, most=OUTLIERS_SHOWN, causes=CAUSES_SHOWN
    )
    parameters = dict(programme.template.parameters())
    return {
        "title": t("portfolio.outliers"),
        "note": t("portfolio.outliers_note" if found else "portfolio.no_outliers"),
        "rows": [
            {
                "name": programme.name(one.position),
                "said": t(
                    "portfolio.outlier_low" if one.score < 0 else "portfolio.outlier_high",
                    line=t.number(one.line),
                    ratio=t.ratio(one.ratio),
                ),
                "causes": [
                    t(
                        "portfolio.cause",
                        label=programme.label(why.address),
                        value=_rounded(programme, why.value, parameters[why.address].unit),
                        usual=_rounded(programme, why.usual, parameters[why.address].unit),
                        times=t.number(math.exp(why.effect), decimals=2),
                    )
                    for why in one.causes
                    if abs(why.effect) >= LEAST_EFFECT
                ],
            }
            for one in found
        ],
    }


def _rounded(programme: Programme, value: float, unit: str) -> str:
    """Return a number with its unit, without decimals that nobody reads."""
    return programme.t.value(round(value) if abs(value) >= 10 else round(value, 2), unit)


def ranked(programme: Programme) -> Facts:
    """Return the first associations in the order of their ratio, with how sure that order is.

    Without draws there is no order, and it is said why.
    """
    t, simulation = programme.t, programme.simulation
    known = 0 if simulation is None else int(np.isfinite(simulation.median).sum())
    if simulation is None or not known:
        return {"title": t("programme.ranked"), "warning": t("programme.not_ranked"), "rows": []}
    falling = np.argsort(-simulation.median, kind="stable")[:known]
    is_few = known <= MOST_RANKED
    # Each row is compared with the next, and its rank is counted among all where they are few.
    found = ranking(simulation, falling[: MOST_RANKED if is_few else RANKED_SHOWN + 1].tolist())
    shown = found.rows[:RANKED_SHOWN]
    names = ("rank", "id", "ranks" if is_few else "overlaps", "median", "interval", "wrong_order")
    more = known - len(shown)
    return {
        "title": t("programme.ranked"),
        "warning": t("portfolio.ranking_warning"),
        "headings": [t(f"portfolio.heading_{name}") for name in names],
        "rows": [
            [
                t.number(one.rank),
                programme.name(one.position),
                t(
                    "portfolio.ranks_between",
                    best=t.number(one.best_rank),
                    worst=t.number(one.worst_rank),
                )
                if is_few
                else t.number(one.overlaps),
                t.ratio(one.median),
                t("portfolio.between", low=t.ratio(one.low), high=t.ratio(one.high)),
                t.percent(one.wrong_order, decimals=0),
            ]
            for one in shown
        ],
        "more": t.counted("programme.not_shown", more, number=t.number(more)) if more else "",
    }


def funds(programme: Programme) -> Facts | None:
    """Return what the programme gains if funds move, within the bounds that were asked for."""
    t, asked = programme.t, programme.funds
    if asked is None:
        return None
    found = asked["found"]
    said = [
        t(
            "programme.funds_bounds",
            away=t.percent(asked["away"]),
            towards=t.percent(asked["towards"]),
        ),
        t("programme.funds_template")
        if asked["elasticity"] is None
        else t("programme.funds_elasticity", elasticity=t.number(asked["elasticity"])),
    ]
    rows: list[Move] = []
    if not found.moves:
        said.append(t("portfolio.nothing_moves"))
    elif asked["chance"] is None:
        said.append(t("programme.funds_unsure"))
    else:
        chance = t.percent(asked["chance"], decimals=0)
        said.append(t("programme.funds_chance", chance=chance))
        rows += [one for one in found.moves[:MOVES_SHOWN] if one.added_costs > 0]
        rows += [one for one in reversed(found.moves[-MOVES_SHOWN:]) if one.added_costs < 0]
    names = ("id", "now", "change", "effect", "each_euro")
    return {
        "title": t("portfolio.funds"),
        "sentence": t(
            "programme.funds_gain",
            gain=t.short_euros(found.gain),
            moved=t.short_euros(found.moved),
            each=t.ratio(found.gain_per_euro),
        )
        if found.moves
        else "",
        "said": said,
        "warning": t("portfolio.funds_warning"),
        "headings": [t(f"portfolio.heading_{name}") for name in names],
        "rows": [_move(programme, one) for one in rows],
    }


def _move(programme: Programme, one: Move) -> list[str]:
    t = programme.t
    signed = [
        f"+{t.euros(amount)}" if amount > 0 else t.euros(amount)
        for amount in (one.added_costs, one.added_benefits)
    ]
    now = t.euros(one.costs_now)
    return [programme.name(one.position), now, *signed, t.ratio(one.marginal_ratio)]


def faults(programme: Programme) -> Facts | None:
    """Return the first rows that were left out, where each is at fault and how."""
    t, problems = programme.t, programme.problems
    if not problems:
        return None
    more = len(problems) - FAULTS_SHOWN
    return {
        "title": t("programme.faults"),
        "headings": [t(f"portfolio.heading_{name}") for name in ("line", "column", "wrong")],
        "rows": fault_rows(programme)[:FAULTS_SHOWN],
        "more": t.counted("programme.more_faults", more, number=t.number(more)) if more > 0 else "",
    }


def fault_rows(programme: Programme, most: int | None = None) -> list[list[str]]:
    """Return line, column and what is wrong, of each fault."""
    t = programme.t
    return [
        [
            t("portfolio.whole_table") if one.line is None else t("portfolio.line", line=one.line),
            portfolio_faults.place(one),
            portfolio_faults.wrong(one, t),
        ]
        for one in programme.problems[:most]
    ]
