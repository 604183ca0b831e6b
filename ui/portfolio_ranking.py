"""The associations one by one: searched, put in an order, and never ranked without an interval."""

import math
from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st

from roi_model.portfolio_ranking import MOST_RANKED, Ranking, ranking
from roi_model.portfolio_simulation import PortfolioSimulation
from ui import portfolio_visit
from ui.frame import Page
from ui.markup import table
from ui.portfolio_faults import cut
from ui.portfolio_table import Chosen
from ui.portfolio_visit import kept
from ui.words import UNDEFINED, Words, folded

ROWS_A_PAGE, ROWS_ON_A_PHONE = 50, 10
LABELS_SHOWN = 2
"""Columns of the table, such as a name or a region, that stand beside the results."""
BY_LABEL = ("label_0", "label_1")
ORDERS = ("table", "id", "cost", "return")
RANKING = ("rank", "low")
"""Orders that rank: only with intervals, and with the warning that goes with ranks."""
AT = "portfolio_rows_at"


def associations(page: Page, chosen: Chosen, simulation: PortfolioSimulation | None) -> None:
    """Show the associations, a page at a time, in the order that the reader wishes."""
    t = page.t
    st.header(t("portfolio.table"), anchor=False)
    st.markdown(t("portfolio.table_sure" if simulation is not None else "portfolio.table_unsure"))
    order, searched = _asked(t, chosen, simulation is not None)
    if order in RANKING:
        st.html(f'<p class="limits" role="note">{escape(t("portfolio.ranking_warning"))}</p>')
    in_order = _in_order(t, chosen, simulation, order)
    found = _found(chosen, in_order, searched)
    if not found.size:
        st.caption(t("portfolio.none_found"))
        return
    rows = _page_of(t, found, (chosen.key, order, searched))
    columns = _label_columns(chosen)
    if simulation is not None and order == "rank":
        names, cells = _ranked(t, chosen, simulation, in_order, rows)
        headings = [t(f"portfolio.heading_{name}") for name in names]
    else:
        headings, cells = _plain(t, chosen, simulation, rows)
    whole = [(*_names(chosen, row), *one) for row, one in zip(rows, cells, strict=True)]
    headings = [t("portfolio.heading_id"), *map(cut, columns), *headings]
    numeric = range(1 + len(columns), len(headings))
    with st.container(key="portfolio_associations"):
        st.html(table(t("portfolio.table"), headings, whole, t, numeric=numeric))


def _asked(t: Words, chosen: Chosen, is_sure: bool) -> tuple[str, str]:
    """Return the order and the text searched that the reader asks for."""
    columns = dict(zip(BY_LABEL, _label_columns(chosen), strict=False))
    orders = [*ORDERS[:2], *columns, *ORDERS[2:], *(RANKING if is_sure else ())]

    def said(order: str) -> str:
        if order in columns:
            return t("portfolio.order_label", column=cut(columns[order]))
        return t(f"portfolio.order_{order}")

    with st.container(key="portfolio_orders"):
        key, keep = kept("order", orders, orders[0])
        order = st.selectbox(
            t("portfolio.order"),
            orders,
            format_func=said,
            key=key,
            on_change=keep,
            placeholder=t("portfolio.choose"),
        )
        searched = st.text_input(t("portfolio.search"), key="portfolio_search", max_chars=80)
    return order or orders[0], folded(searched or "").strip()


def _label_columns(chosen: Chosen) -> list[str]:
    return list(chosen.portfolio.labels)[:LABELS_SHOWN]


# --- The order, and the rows of a page ---------------------------------------------------------


def _in_order(
    t: Words, chosen: Chosen, simulation: PortfolioSimulation | None, order: str
) -> np.ndarray:
    """Return all rows in an order; those without what it goes by come last."""
    drawn = simulation.plan.key if simulation is not None and order in RANKING else ""

    def make() -> np.ndarray:
        match order, simulation:
            case "cost", _:
                keys = -chosen.evaluation.costs
            case "return", _:
                keys = -chosen.evaluation.benefits
            case "rank", PortfolioSimulation():
                keys = -simulation.median
            case "low", PortfolioSimulation():
                keys = -simulation.low
            case "id", _:
                keys = _places(t, chosen.portfolio.ids)
            case (("label_0" | "label_1"), _):
                column = _label_columns(chosen)[BY_LABEL.index(order)]
                keys = _places(t, chosen.portfolio.labels[column])
            case _:
                return np.arange(len(chosen.portfolio))
        return np.argsort(keys, kind="stable")

    return portfolio_visit.made("order", (chosen.key, order, drawn), make)


def _places(t: Words, texts: np.ndarray) -> np.ndarray:
    """Return the place of each text among all, as the reader's language orders them."""
    different, which = np.unique(texts.astype(str), return_inverse=True)
    place = {one: at for at, one in enumerate(t.sorted(different.tolist()))}
    return np.array([place[one] for one in different.tolist()])[which]


def _found(chosen: Chosen, in_order: np.ndarray, searched: str) -> np.ndarray:
    """Return the rows whose id or texts shown hold what is searched, accents apart."""
    if not searched:
        return in_order

    def make() -> list[str]:
        labels = (chosen.portfolio.labels[one] for one in _label_columns(chosen))
        columns = [column.astype(str).tolist() for column in (chosen.portfolio.ids, *labels)]
        return [folded("\n".join(one)) for one in zip(*columns, strict=True)]

    names = portfolio_visit.made("names", chosen.key, make)
    return in_order[np.array([searched in names[row] for row in in_order.tolist()])]


def _page_of(t: Words, rows: np.ndarray, content: object) -> list[int]:
    """Return the rows of the page that is looked at, after drawing the way to the others."""
    known = st.session_state.get(AT, (None, 0))
    start = known[1] if known[0] == content and known[1] < rows.size else 0
    # Browsers of telephones say so.
    many = ROWS_ON_A_PHONE if "Mobi" in st.context.headers.get("User-Agent", "") else ROWS_A_PAGE
    shown = rows[start : start + many]

    def go(to: int) -> None:
        st.session_state[AT] = (content, to)

    with st.container(horizontal=True, vertical_alignment="center", key="portfolio_pages"):
        if rows.size > many:
            for name, to, is_end in (
                ("before", max(0, start - many), start == 0),
                ("after", start + many, start + many >= rows.size),
            ):
                st.button(
                    t(f"portfolio.{name}"),
                    key=f"portfolio_{name}",
                    disabled=is_end,
                    on_click=go,
                    args=(to,),
                )
        said = t(
            "portfolio.from_to_of",
            first=t.number(start + 1),
            last=t.number(start + shown.size),
            of=t.number(rows.size),
        )
        st.html(f'<p class="quiet" role="status">{escape(said)}</p>')
    return shown.tolist()


# --- Cells -------------------------------------------------------------------------------------


def _names(chosen: Chosen, row: int) -> list[str]:
    labels = chosen.portfolio.labels
    texts = [str(labels[one][row]) for one in _label_columns(chosen)]
    return [cut(str(chosen.portfolio.ids[row])), *(cut(one) or UNDEFINED for one in texts)]


def _plain(
    t: Words, chosen: Chosen, simulation: PortfolioSimulation | None, rows: Sequence[int]
) -> tuple[list[str], list[tuple[str, ...]]]:
    """Return headings and cells: what each costs, brings and gives, with its interval if drawn."""
    evaluation = chosen.evaluation
    headings = [t("portfolio.heading_cost"), t("portfolio.heading_return"), t("table.ratio")]
    if simulation is not None:
        headings += [t("portfolio.heading_interval"), t("portfolio.heading_above")]
    cells = []
    for row in rows:
        one = [
            t.euros(float(evaluation.costs[row])),
            t.euros(float(evaluation.benefits[row])),
            t.ratio(float(evaluation.ratios[row])),
        ]
        if simulation is not None:
            one.append(between(t, simulation, row))
            one.append(t.percent(float(simulation.probability_above[row]), decimals=0))
        cells.append(tuple(one))
    return headings, cells


def between(t: Words, simulation: PortfolioSimulation, row: int) -> str:
    """Return the interval of an association; a dash where it has none."""
    low, high = float(simulation.low[row]), float(simulation.high[row])
    if not (math.isfinite(low) and math.isfinite(high)):
        return UNDEFINED
    return t("portfolio.between", low=t.ratio(low), high=t.ratio(high))


def _ranked(
    t: Words,
    chosen: Chosen,
    simulation: PortfolioSimulation,
    in_order: np.ndarray,
    rows: Sequence[int],
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return the names of headings and the cells: the rank of each, and how sure it is."""
    place = np.empty(in_order.size, dtype=int)
    place[in_order] = np.arange(in_order.size)
    with_ratio = int(np.isfinite(simulation.median).sum())
    is_few = with_ratio <= MOST_RANKED
    # A row is compared with the next, which need not be among those shown.
    at = place[list(rows)]
    beside = in_order if is_few else in_order[np.union1d(at, np.minimum(at + 1, place.size - 1))]
    found = _ranking(chosen, simulation, beside.tolist())
    ranked = {one.position: one for one in found.rows}
    cells: list[tuple[str, ...]] = []
    for row in rows:
        one = ranked.get(row)
        if one is None:
            cells.append((UNDEFINED,) * 5)
            continue
        best, worst = t.number(one.best_rank), t.number(one.worst_rank)
        ranks = t("portfolio.ranks_between", best=best, worst=worst)
        cells.append(
            (
                t.number(int(place[row]) + 1),
                ranks if is_few else t.number(one.overlaps),
                t.ratio(one.median),
                between(t, simulation, row),
                t.percent(one.wrong_order, decimals=0),
            )
        )
    second = "ranks" if is_few else "overlaps"
    return ("rank", second, "median", "interval", "wrong_order"), cells


def _ranking(chosen: Chosen, simulation: PortfolioSimulation, positions: Sequence[int]) -> Ranking:
    key = (chosen.key, simulation.plan.key, positions)
    return portfolio_visit.made("ranking", key, lambda: ranking(simulation, positions))
