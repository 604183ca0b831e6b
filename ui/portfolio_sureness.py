"""How sure the results of many associations are: draws on demand, intervals, outliers."""

import math
from dataclasses import dataclass
from html import escape
from typing import Any, TypeVar

import numpy as np
import streamlit as st

from roi_model.portfolio_outliers import outliers
from roi_model.portfolio_simulation import PortfolioSimulation
from ui import charts, portfolio_run, portfolio_visit
from ui.frame import Page
from ui.labels import label_of
from ui.markup import heading
from ui.portfolio_chart import Point, funnel
from ui.portfolio_faults import cut
from ui.portfolio_run import Common
from ui.portfolio_table import Chosen
from ui.portfolio_visit import kept
from ui.words import Words

MOST_POINTS = 1_500
"""Points of the funnel: more hide each other, and a phone waits for them."""
MOST_OUTLIERS = 8
MOST_CAUSES = 3
LEAST_EFFECT = 0.05
"""Of a number on the logarithm of a ratio: less explains nothing."""

Option = TypeVar("Option")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How the draws are wished."""

    draws: int
    common: Common


# --- Draws on demand ---------------------------------------------------------------------------


def asked() -> Asked:
    """Return how the draws were last wished on this visit."""
    return Asked(
        draws=_one_of(portfolio_run.DRAWS, portfolio_visit.chosen("draws")),
        common=_one_of(tuple(portfolio_run.COMMON), portfolio_visit.chosen("common")),
    )


def _one_of(options: tuple[Option, ...], wished: Any) -> Option:
    return wished if wished in options else options[0]


def drawn(chosen: Chosen | None) -> PortfolioSimulation | None:
    """Return the draws of these associations, if they are made."""
    if chosen is None:
        return None
    run = portfolio_run.found(_name(chosen))
    return None if run is None else run.result


def _name(chosen: Chosen) -> str:
    wished = asked()
    return portfolio_run.name_of(chosen.key, wished.draws, wished.common)


def control(page: Page, chosen: Chosen, simulation: PortfolioSimulation | None) -> None:
    """Ask how to draw, start on a click, and show how far the draws are."""
    t = page.t
    st.header(t("portfolio.sure"), anchor=False)
    st.markdown(t("portfolio.sure_introduction"))
    with st.container(border=True, key="portfolio_sure"):
        commons = tuple(portfolio_run.COMMON)
        key, keep = kept("common", commons, "as_known")
        st.radio(
            t("portfolio.common"),
            commons,
            format_func=lambda one: t(f"portfolio.common_{one}"),
            captions=[t(f"portfolio.common_{one}_note") for one in portfolio_run.COMMON],
            key=key,
            on_change=keep,
        )
        key, keep = kept("draws", portfolio_run.DRAWS, portfolio_run.DRAWS[0])
        st.segmented_control(
            t("portfolio.draws"),
            portfolio_run.DRAWS,
            format_func=t.number,
            key=key,
            on_change=keep,
            required=True,
        )
        _start_or_watch(page, chosen, simulation)


def _start_or_watch(page: Page, chosen: Chosen, simulation: PortfolioSimulation | None) -> None:
    t, name, wished = page.t, _name(chosen), asked()
    run = portfolio_run.found(name)
    if simulation is not None:
        st.caption(t("portfolio.drawn", draws=t.number(simulation.draws)))
        return
    if run is None or run.is_over:
        if run is not None:
            said = t("portfolio.run_failed" if run.has_failed else "portfolio.run_stopped")
            st.caption(said)

        def begin() -> None:
            by = portfolio_run.columns_drawn(chosen.reading.groups)
            portfolio_run.start(name, chosen.portfolio, wished.draws, wished.common, by)

        st.button(t("portfolio.draw"), type="primary", key="portfolio_draw", on_click=begin)
        return

    @st.fragment(run_every=0.5)
    def watch() -> None:
        if run.is_over or portfolio_run.found(name) is not run:
            st.rerun()
        share = t.percent(run.share, decimals=0)
        st.progress(run.share, t("portfolio.under_way", draws=t.number(wished.draws), share=share))
        st.button(t("portfolio.stop"), key="portfolio_stop", on_click=run.stop)

    watch()


def interval(page: Page, simulation: PortfolioSimulation) -> None:
    """Say how sure the programme is, and what its associations were taken to have in common."""
    t, programme = page.t, simulation.programme
    if not programme.is_defined:
        st.caption(t("portfolio.no_interval"))
        return
    found = programme.interval()
    with st.container(key="portfolio_sure_figures"):
        for name, value in (
            ("mean", t.ratio(programme.mean().value)),
            ("low", t.ratio(found.low.value)),
            ("high", t.ratio(found.high.value)),
            ("above", t.percent(programme.probability_above(1.0).value, decimals=0)),
        ):
            st.metric(
                t(f"portfolio.sure_{name}"),
                value,
                t(f"portfolio.sure_{name}_note"),
                delta_color="off",
                delta_arrow="off",
                border=True,
            )
    ranks = simulation.between_rows.values()
    shared, own = sum(one == 1 for one in ranks), sum(one == 0 for one in ranks)
    st.markdown(
        t(
            "portfolio.in_common",
            shared=t.counted("portfolio.numbers", shared, number=t.number(shared)),
            own=t.counted("portfolio.numbers", own, number=t.number(own)),
        )
    )


# --- Those that stand out ----------------------------------------------------------------------


def standing_out(page: Page, chosen: Chosen) -> None:
    """Name the associations whose ratio is far from that of most, and the numbers behind it."""
    t, case = page.t, chosen.template.case
    st.html(heading(t("portfolio.outliers"), "portfolio-outliers"))
    found = portfolio_visit.made(
        "outliers",
        chosen.key,
        lambda: outliers(chosen.evaluation, most=MOST_OUTLIERS, causes=MOST_CAUSES),
    )
    if not found:
        st.caption(t("portfolio.no_outliers"))
        return
    parameters = dict(case.parameters())
    items = ""
    for one in found:
        key = "portfolio.outlier_low" if one.score < 0 else "portfolio.outlier_high"
        said = t(key, line=t.number(one.line), ratio=t.ratio(one.ratio))
        causes = "".join(
            "<li>"
            + escape(
                t(
                    "portfolio.cause",
                    label=label_of(why.address, case, t),
                    value=_rounded(t, why.value, parameters[why.address].unit),
                    usual=_rounded(t, why.usual, parameters[why.address].unit),
                    times=t.number(math.exp(why.effect), decimals=2),
                )
            )
            + "</li>"
            for why in one.causes
            if abs(why.effect) >= LEAST_EFFECT
        )
        name = escape(cut(chosen.name(one.position)))
        items += f"<li><b>{name}</b> {escape(said)}<ul>{causes}</ul></li>"
    st.markdown(t("portfolio.outliers_note"))
    st.html(f'<ul class="outliers">{items}</ul>')


def _rounded(t: Words, value: float, unit: str) -> str:
    """Return a number with its unit, without decimals that nobody reads."""
    return t.value(round(value) if abs(value) >= 10 else round(value, 2), unit)


def funnel_of(page: Page, chosen: Chosen) -> None:
    """Draw the ratio of each association beside what it costs."""
    t, evaluation = page.t, chosen.evaluation
    is_drawn = np.isfinite(evaluation.ratios) & (evaluation.costs > 0)
    rows = np.flatnonzero(is_drawn)
    if rows.size < 2:
        return
    st.header(t("portfolio.funnel"), anchor=False)
    if rows.size > MOST_POINTS:
        in_order = rows[np.argsort(evaluation.costs[rows], kind="stable")]
        rows = in_order[np.linspace(0, rows.size - 1, MOST_POINTS).astype(int)]
        st.caption(
            t("portfolio.funnel_some", shown=t.number(rows.size), of=t.number(is_drawn.sum()))
        )
    points = [
        Point(
            cost=cost,
            ratio=ratio,
            words=t(
                "portfolio.funnel_hover",
                id=escape(cut(chosen.name(row))),
                cost=t.short_euros(cost),
                ratio=t.ratio(ratio),
            ),
        )
        for row, cost, ratio in zip(
            rows.tolist(),
            evaluation.costs[rows].tolist(),
            evaluation.ratios[rows].tolist(),
            strict=True,
        )
    ]
    programme = evaluation.totals.ratio
    st.plotly_chart(
        funnel(
            points,
            programme=programme,
            label=t("portfolio.mark_all", ratio=t.ratio(programme)),
            names=(t("portfolio.funnel_cost"), t("table.ratio")),
            cost_written=t.short_euros,
            ratio_written=t.ratio,
            colours=page.colours,
        ),
        theme=None,
        config=charts.CONFIG,
        key="chart_portfolio_funnel",
        alt=t("portfolio.funnel_alt", ratio=t.ratio(programme)),
    )
    st.caption(t("portfolio.funnel_note"))
