"""How sure the results of many associations are: draws on demand, intervals, ranks, outliers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

import numpy as np
import streamlit as st

from roi_model.portfolio import outliers
from roi_model.portfolio_simulation import MOST_RANKED, PortfolioSimulation, Ranked, ranking
from ui import charts, portfolio_run
from ui.frame import Page
from ui.labels import label_of
from ui.markup import table
from ui.portfolio_chart import Point, funnel
from ui.portfolio_columns import cut
from ui.portfolio_run import Common
from ui.portfolio_table import Chosen, kept
from ui.words import UNDEFINED, Words

ROWS_A_PAGE = 50
MOST_POINTS = 1_500
"""Points of the funnel: more hide each other, and a phone waits for them."""
MOST_OUTLIERS = 8
MOST_CAUSES = 3
LEAST_EFFECT = 0.05
"""Of a number on the logarithm of a ratio: less explains nothing."""
LABELS_SHOWN = 2
"""Columns of the table, such as a name or a region, that stand beside the results."""

Order = Literal["table", "name", "cost", "return", "rank"]
ORDERS: tuple[Order, ...] = ("table", "name", "cost", "return")
RANK: Order = "rank"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How the draws are wished."""

    draws: int
    common: Common


# --- Draws on demand ---------------------------------------------------------------------------


def asked() -> Asked:
    """Return how the draws were last wished on this visit."""
    return Asked(
        draws=st.session_state.get("portfolio_draws", portfolio_run.DRAWS[0]),
        common=st.session_state.get("portfolio_common", "as_known"),
    )


def drawn(chosen: Chosen | None) -> PortfolioSimulation | None:
    """Return the draws of these associations, if they are made."""
    if chosen is None:
        return None
    run = portfolio_run.found(_key(chosen))
    return None if run is None else run.result


def _key(chosen: Chosen) -> str:
    wished = asked()
    return portfolio_run.key_of(chosen.key, wished.draws, wished.common)


def control(page: Page, chosen: Chosen, simulation: PortfolioSimulation | None) -> None:
    """Ask how to draw, start on a click, and show how far the draws are."""
    t = page.t
    st.header(t("portfolio.sure"), anchor=False)
    st.markdown(t("portfolio.sure_introduction"))
    with st.container(border=True, key="portfolio_sure"):
        key, keep = kept("common", "as_known")
        st.radio(
            t("portfolio.common"),
            tuple(portfolio_run.COMMON),
            format_func=lambda one: t(f"portfolio.common_{one}"),
            captions=[t(f"portfolio.common_{one}_note") for one in portfolio_run.COMMON],
            key=key,
            on_change=keep,
        )
        key, keep = kept("draws", portfolio_run.DRAWS[0])
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
    t, key, wished = page.t, _key(chosen), asked()
    run = portfolio_run.found(key)
    if simulation is not None:
        st.caption(t("portfolio.drawn", draws=t.number(simulation.draws)))
        return
    if run is None or run.is_over:
        if run is not None:
            said = t("portfolio.run_failed" if run.has_failed else "portfolio.run_stopped")
            st.caption(said)

        def begin() -> None:
            portfolio_run.start(key, chosen.portfolio, wished.draws, wished.common)

        st.button(t("portfolio.draw"), type="primary", key="portfolio_draw", on_click=begin)
        return

    @st.fragment(run_every=0.5)
    def watch() -> None:
        if run.is_over:
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


# --- The associations --------------------------------------------------------------------------


def associations(page: Page, chosen: Chosen, simulation: PortfolioSimulation | None) -> None:
    """Show the associations, fifty at a time, in the order that the reader wishes."""
    t = page.t
    st.header(t("portfolio.table"), anchor=False)
    st.markdown(t("portfolio.table_sure" if simulation is not None else "portfolio.table_unsure"))
    orders = ORDERS if simulation is None else (*ORDERS, RANK)
    key, keep = kept("order", ORDERS[0])
    if st.session_state[key] not in orders:
        st.session_state[key] = ORDERS[0]
    order = st.selectbox(
        t("portfolio.order"),
        orders,
        format_func=lambda one: t(f"portfolio.order_{one}"),
        key=key,
        on_change=keep,
        placeholder=t("portfolio.choose"),
    )
    if simulation is not None and order == RANK:
        _ranked(t, chosen, simulation)
        return
    positions = _page(t, _ordered(chosen, order or ORDERS[0]), chosen.key)
    columns = _label_columns(chosen)
    names = ("cost", "return")
    headings = [t("portfolio.heading_id"), *map(cut, columns)]
    headings += [*(t(f"portfolio.heading_{name}") for name in names), t("table.ratio")]
    if simulation is not None:
        headings += [t("portfolio.heading_interval"), t("portfolio.heading_above")]
    cells = [_cells(t, chosen, simulation, columns, one) for one in positions]
    first = 1 + len(columns)
    st.html(table(t("portfolio.table"), headings, cells, t, numeric=range(first, len(headings))))


def _label_columns(chosen: Chosen) -> list[str]:
    return list(chosen.portfolio.labels)[:LABELS_SHOWN]


def _ordered(chosen: Chosen, order: Order) -> np.ndarray:
    evaluation = chosen.evaluation
    match order:
        case "name":
            return np.argsort(chosen.portfolio.ids.astype(str), kind="stable")
        case "cost":
            return np.argsort(-evaluation.costs, kind="stable")
        case "return":
            return np.argsort(-evaluation.benefits, kind="stable")
    return np.arange(len(chosen.portfolio))


def _page(t: Words, positions: np.ndarray, content: str) -> list[int]:
    """Return the rows of the page that is looked at, after drawing the way to the others."""
    known = st.session_state.get("portfolio_rows_at", ("", 0))
    start = known[1] if known[0] == content and known[1] < positions.size else 0
    shown = positions[start : start + ROWS_A_PAGE]
    if positions.size > ROWS_A_PAGE:

        def go(to: int) -> None:
            st.session_state.portfolio_rows_at = (content, to)

        with st.container(horizontal=True, vertical_alignment="center", key="portfolio_pages"):
            st.button(
                t("portfolio.before"),
                key="portfolio_before",
                disabled=start == 0,
                on_click=go,
                args=(max(0, start - ROWS_A_PAGE),),
            )
            st.button(
                t("portfolio.after"),
                key="portfolio_after",
                disabled=start + ROWS_A_PAGE >= positions.size,
                on_click=go,
                args=(start + ROWS_A_PAGE,),
            )
            st.caption(
                t(
                    "portfolio.from_to_of",
                    first=t.number(start + 1),
                    last=t.number(start + shown.size),
                    of=t.number(positions.size),
                )
            )
    return shown.tolist()


def _cells(
    t: Words,
    chosen: Chosen,
    simulation: PortfolioSimulation | None,
    columns: Sequence[str],
    row: int,
) -> tuple[str, ...]:
    portfolio, evaluation = chosen.portfolio, chosen.evaluation
    cells = [cut(str(portfolio.ids[row]))]
    cells += [cut(str(portfolio.labels[name][row])) or UNDEFINED for name in columns]
    cells += [
        t.euros(float(evaluation.costs[row])),
        t.euros(float(evaluation.benefits[row])),
        t.ratio(float(evaluation.ratios[row])),
    ]
    if simulation is not None:
        cells.append(_between(t, float(simulation.low[row]), float(simulation.high[row])))
        cells.append(t.percent(float(simulation.probability_above[row]), decimals=0))
    return tuple(cells)


def _between(t: Words, low: float, high: float) -> str:
    if not (math.isfinite(low) and math.isfinite(high)):
        return UNDEFINED
    return t("portfolio.between", low=t.ratio(low), high=t.ratio(high))


def _ranked(t: Words, chosen: Chosen, simulation: PortfolioSimulation) -> None:
    """Show the associations in the order of their ratio, never without how sure the order is."""
    key = _key(chosen)
    known = st.session_state.get("portfolio_ranking")
    if known is None or known[0] != key:
        few = len(chosen.portfolio) <= MOST_RANKED
        positions = range(len(chosen.portfolio)) if few else None
        known = st.session_state["portfolio_ranking"] = (key, ranking(simulation, positions))
    found = known[1]
    st.html(f'<p class="limits" role="note">{escape(t("portfolio.ranking_warning"))}</p>')
    if len(found.rows) < found.of:
        said = t("portfolio.ranked_first", rows=t.number(len(found.rows)), of=t.number(found.of))
        st.caption(said)
    at = _page(t, np.arange(len(found.rows)), chosen.key)
    columns = _label_columns(chosen)
    headings = [t("portfolio.heading_id"), *map(cut, columns)]
    headings += [
        t(f"portfolio.heading_{name}")
        for name in ("rank", "ranks", "median", "interval", "wrong_order")
    ]
    cells = [_rank_cells(t, chosen, columns, found.rows[one]) for one in at]
    first = 1 + len(columns)
    st.html(table(t("portfolio.table"), headings, cells, t, numeric=range(first, len(headings))))


def _rank_cells(t: Words, chosen: Chosen, columns: Sequence[str], one: Ranked) -> tuple[str, ...]:
    labels = chosen.portfolio.labels
    return (
        cut(one.id),
        *(cut(str(labels[name][one.position])) or UNDEFINED for name in columns),
        t.number(one.rank),
        t(
            "portfolio.ranks_between",
            best=t.number(one.best_rank),
            worst=t.number(one.worst_rank),
        ),
        t.ratio(one.median),
        _between(t, one.low, one.high),
        t.percent(one.wrong_order, decimals=0),
    )


# --- Those that stand out ----------------------------------------------------------------------


def standing_out(page: Page, chosen: Chosen) -> None:
    """Name the associations whose ratio is far from that of most, and the numbers behind it."""
    t, case = page.t, chosen.template.case
    st.header(t("portfolio.outliers"), anchor=False)
    known = st.session_state.get("portfolio_outliers")
    if known is None or known[0] != chosen.key:
        found = outliers(chosen.evaluation, most=MOST_OUTLIERS, causes=MOST_CAUSES)
        known = st.session_state["portfolio_outliers"] = (chosen.key, found)
    if not known[1]:
        st.caption(t("portfolio.no_outliers"))
        return
    parameters = dict(case.parameters())
    items = ""
    for one in known[1]:
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
