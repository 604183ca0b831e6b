"""A programme as a whole: what it brings and how sure that is, who pays and gains, its groups."""

import math

import numpy as np

from reports.brief_subject import Facts
from reports.headline import view
from reports.programme_subject import Group, Programme
from roi_model import formulas
from roi_model.portfolio_simulation import Range
from ui.portfolio_deducted import not_deducted
from ui.portfolio_faults import cut
from ui.words import UNDEFINED

GROUPS_SHOWN = 24
"""Rows of the table of groups: more would fill pages of their own."""


def result(programme: Programme) -> Facts:
    """Return the sentence, how sure it is, whose point of view it is, and what is missing of it."""
    t, faulty = programme.t, programme.faulty_rows
    said = [
        *_interval(programme),
        view(programme.template, programme.evaluation.perspective, t),
        t("programme.not_the_mean"),
    ]
    if nothing := not_deducted(programme.portfolio, t):
        said.append(nothing)
    return {
        "title": t("programme.result_title"),
        "about": about(programme),
        "sentence": sentence(programme),
        "said": said,
        "missing": {"sentence": t("portfolio.not_given"), "rows": not_given(programme)},
        "left_out": t.counted("programme.left_out", faulty, number=t.number(faulty))
        if faulty
        else "",
    }


def not_given(programme: Programme) -> list[str]:
    """Return which numbers count as 0, each with how many rows do not say it."""
    t = programme.t
    return [
        t(
            "portfolio.not_given_one",
            label=programme.label(address),
            rows=t.counted("portfolio.rows", rows, number=t.number(rows)),
        )
        for address, rows in programme.not_given.items()
    ]


def about(programme: Programme) -> str:
    """Return which rows these are, where some were chosen."""
    if programme.selection is None:
        return ""
    column, texts = programme.selection
    t = programme.t
    kept = t("chart.separator").join(cut(one) or t("portfolio.blank") for one in texts)
    return t("programme.selection", column=cut(column), kept=kept)


def sentence(programme: Programme) -> str:
    """Return the ratio as a sentence; that there is none, where so."""
    t = programme.t
    said = programme.counted(len(programme.portfolio))
    if not programme.is_defined:
        return t("portfolio.sentence_no_cost", associations=said)
    return t("portfolio.sentence", associations=said, ratio=t.ratio(programme.totals.ratio))


def _interval(programme: Programme) -> list[str]:
    """Return between which ratios the draws lie, and what they were taken to have in common."""
    t, simulation = programme.t, programme.simulation
    if simulation is None:
        return [t("programme.no_draws")]
    if programme.sure is None:
        return [t("portfolio.no_interval")]
    interval = simulation.programme.interval(simulation.level)
    return [
        t(
            "programme.interval",
            level=t.percent(simulation.level),
            low=t.ratio(interval.low.value),
            high=t.ratio(interval.high.value),
            draws=t.number(simulation.draws),
        ),
        common(programme),
    ]


def common(programme: Programme) -> str:
    """Return what associations have in common in the draws, and what that means."""
    t, simulation = programme.t, programme.simulation
    if simulation is None:
        return ""
    ranks = simulation.between_rows.values()
    shared, own = sum(one == 1 for one in ranks), sum(one == 0 for one in ranks)
    said = t(
        "portfolio.in_common",
        shared=t.counted("portfolio.numbers", shared, number=t.number(shared)),
        own=t.counted("portfolio.numbers", own, number=t.number(own)),
    )
    if partly := len(ranks) - shared - own:
        numbers = t.counted("portfolio.numbers", partly, number=t.number(partly))
        said += " " + t("programme.partly_in_common", partly=numbers)
    return said + " " + t("programme.common_means")


def figures(programme: Programme) -> list[Facts]:
    """Return the figures that follow the sentence."""
    t, totals = programme.t, programme.totals
    above = int(np.count_nonzero(programme.evaluation.ratios > 1))
    found = [
        ("count", t.number(len(programme.portfolio)), {"above": t.number(above)}),
        ("cost", t.short_euros(totals.costs), {}),
        ("return", t.short_euros(totals.benefits), {}),
    ]
    shown = [
        {
            "label": t(f"portfolio.figure_{name}"),
            "value": value,
            "note": t(f"portfolio.figure_{name}_note", **holes),
        }
        for name, value, holes in found
    ]
    net = t.short_euros(totals.net_present_value)
    shown.append({"label": t("table.net"), "value": net, "note": t("programme.net_note")})
    if programme.sure is not None:
        chances = programme.sure.programme.probability_above(1.0).value
        shown.append(
            {
                "label": t("portfolio.sure_above"),
                "value": t.percent(chances, decimals=0),
                "note": t("portfolio.sure_above_note"),
            }
        )
    return shown


def stakeholders(programme: Programme) -> Facts:
    """Return who pays and who gains in all, with intervals once drawn; who gains most first."""
    t, simulation = programme.t, programme.sure
    rows = [
        one
        for one in programme.totals.by_stakeholder
        if one.present_value_benefits or one.present_value_costs
    ]
    rows.sort(key=lambda one: -one.present_value_benefits)
    ranges = {} if simulation is None else {o.stakeholder: o for o in simulation.by_stakeholder}
    amounts = [(one.present_value_costs, one.present_value_benefits) for one in rows]
    widest = max((max(abs(paid), abs(gain)) for paid, gain in amounts), default=0.0) or 1.0
    headings = [t(f"table.{name}") for name in ("stakeholder", "pays", "gains")]
    headings += [] if simulation is None else [t("programme.heading_gains_between")]
    return {
        "title": t("portfolio.who_pays"),
        "headings": [*headings, t("table.net")],
        "is_sure": simulation is not None,
        "rows": [
            {
                "label": programme.names[one.stakeholder],
                "pays": t.short_euros(one.present_value_costs),
                "pays_width": max(0.0, one.present_value_costs) / widest,
                "gains": t.short_euros(one.present_value_benefits),
                "gains_width": max(0.0, one.present_value_benefits) / widest,
                "between": _between(programme, ranges[one.stakeholder].benefits)
                if ranges
                else UNDEFINED,
                "net": t.short_euros(one.net_present_value),
            }
            for one in rows
        ],
    }


def _between(programme: Programme, found: Range) -> str:
    t = programme.t
    if found.low == found.high:
        return UNDEFINED
    return t("portfolio.between", low=t.short_euros(found.low), high=t.short_euros(found.high))


def outcomes(programme: Programme) -> Facts:
    """Return what is brought by outcome, the largest first, with its share in the uncertainty."""
    t, totals, simulation = programme.t, programme.totals, programme.sure
    rows = sorted(((one, amount) for one, amount in totals.by_outcome.items() if amount),
                  key=lambda row: -row[1])  # fmt: skip
    widest = max((abs(amount) for _, amount in rows), default=0.0) or 1.0
    sureness = {}
    if simulation is not None:
        sureness = {
            one.outcome: t.percent(one.share_of_variance, decimals=0)
            for one in simulation.programme.contributions
        }
    headings = [t("table.outcome"), t("table.value"), t("table.share")]
    return {
        "title": t("chart.outcome_title"),
        "headings": [*headings, *([t("programme.heading_variance")] if sureness else [])],
        "rows": [
            {
                "label": programme.outcomes[one],
                "width": max(0.0, amount) / widest,
                "value": t.short_euros(amount),
                "share": t.percent(float(formulas.ratio(amount, totals.benefits)), decimals=0),
                "variance": sureness.get(one, ""),
            }
            for one, amount in rows
        ],
    }


def groups(programme: Programme) -> Facts | None:
    """Return the sums by region, or by what else a column says; the smaller ones together."""
    t, found = programme.t, programme.groups
    if not found:
        return None
    largest = sorted(found, key=lambda one: -one.totals.costs)[:GROUPS_SHOWN]
    shown = [one for one in found if one in largest]
    rest = [one for one in found if one not in largest]
    ratios = [one.totals.ratio for one in shown if math.isfinite(one.totals.ratio)]
    widest = max([programme.totals.ratio, *ratios, 0.0]) or 1.0
    rows = [_group(programme, one, widest) for one in shown]
    if rest:
        costs = math.fsum(one.totals.costs for one in rest)
        gains = math.fsum(one.totals.benefits for one in rest)
        number = t.number(len(rest))
        rows.append(
            {
                "label": t.counted("programme.other_groups", len(rest), number=number),
                "count": t.number(sum(one.rows for one in rest)),
                "cost": t.short_euros(costs),
                "return": t.short_euros(gains),
                "ratio": t.ratio(float(formulas.ratio(gains, costs))),
                "width": 0.0,
                "between": UNDEFINED,
            }
        )
    column = cut(str(programme.group_by))
    asked = ("count", "cost", "return")
    headings = [column, *(t(f"portfolio.heading_{name}") for name in asked), t("table.ratio")]
    is_sure = bool(programme.sure_groups)
    headings += [t("portfolio.heading_interval")] if is_sure else []
    return {
        "title": t("programme.groups_by", column=column),
        "headings": headings,
        "is_sure": is_sure,
        "rows": rows,
        "line": programme.totals.ratio / widest if programme.is_defined else None,
        "note": t("programme.groups_note", ratio=t.ratio(programme.totals.ratio)),
    }


def _group(programme: Programme, group: Group, widest: float) -> Facts:
    t, totals = programme.t, group.totals
    is_drawn = math.isfinite(totals.ratio) and totals.ratio > 0
    sure = programme.sure_groups.get(group.name)
    return {
        "label": cut(group.name) or t("portfolio.blank"),
        "count": t.number(group.rows),
        "cost": t.short_euros(totals.costs),
        "return": t.short_euros(totals.benefits),
        "ratio": t.ratio(totals.ratio),
        "width": totals.ratio / widest if is_drawn else 0.0,
        "between": UNDEFINED
        if sure is None or not math.isfinite(sure.mean)
        else t("portfolio.between", low=t.ratio(sure.low), high=t.ratio(sure.high)),
    }
