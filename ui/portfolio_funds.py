"""What the programme gains if funds move between associations; and its results as files."""

import math
from dataclasses import dataclass, replace
from functools import partial
from threading import Lock
from typing import Literal

import streamlit as st

from roi_model.portfolio_funds import Move, MovedFunds, chance_of_gain, moved_funds
from roi_model.portfolio_results import result_columns
from roi_model.portfolio_simulation import PortfolioSimulation
from ui import portfolio_visit
from ui.frame import Page
from ui.markup import heading, table
from ui.portfolio_columns import written
from ui.portfolio_faults import cut
from ui.portfolio_ranking import between
from ui.portfolio_table import Chosen
from ui.portfolio_visit import kept
from ui.words import Words

AWAY = (0, 5, 10, 15, 20, 30, 40, 50)
TOWARDS = (0, 5, 10, 15, 20, 30, 40, 50, 75, 100)
"""Percents of the funds of one association."""
ELASTICITIES = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
ONE_AT_A_TIME = Lock()
"""250 000 associations take 400 MB for some seconds."""
MOVES_SHOWN = 8
MOST_DRAWN = 50_000_000
"""Associations times draws of which chances are worked out: some seconds."""

Bound = Literal["away", "towards"]
Ending = Literal["csv", "xlsx", "parquet"]
MEDIA_TYPES: dict[Ending, str] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}


@dataclass(frozen=True, kw_only=True)
class Moved:
    """What is gained, with the moves that are shown, and the chance that anything is."""

    found: MovedFunds
    chance: float | None
    """``None`` without draws, or with too many: then no association is named."""


def moving(page: Page, chosen: Chosen, simulation: PortfolioSimulation | None) -> None:
    """Ask for the bounds and the assumption; show what is gained and, once drawn, by whom."""
    t = page.t
    st.html(heading(t("portfolio.funds"), "portfolio-funds"))
    st.markdown(t("portfolio.funds_introduction"))
    controls, answer = st.columns([5, 7], gap="large")
    with controls, st.container(border=True, key="portfolio_funds"):
        away = _percent(t, "away", AWAY, 10)
        towards = _percent(t, "towards", TOWARDS, 20)
        elasticity = _elasticity(t)
    with answer:
        with st.spinner(t("portfolio.moving")):
            moved = _moved(chosen, simulation, away, towards, elasticity)
        _gain(t, moved)
    if not moved.found.moves:
        return
    if moved.chance is not None and simulation is not None:
        _moves(t, chosen, moved.found, simulation)
    else:
        st.caption(t(f"portfolio.funds_{'unsure' if simulation is None else 'too_many'}"))


def _percent(
    t: Words, name: Literal["away", "towards"], options: tuple[int, ...], at: int
) -> float:
    key, keep = kept(name, options, at)
    percent = st.select_slider(
        t(f"portfolio.{name}"),
        options,
        format_func=lambda one: t.percent(one / 100),
        key=key,
        on_change=keep,
    )
    return float(percent) / 100


def _elasticity(t: Words) -> float:
    key, keep = kept("elasticity", ELASTICITIES, 0.8)
    chosen = st.select_slider(
        t("portfolio.elasticity"),
        ELASTICITIES,
        format_func=lambda one: t.number(one, decimals=1),
        key=key,
        on_change=keep,
    )
    st.caption(t("portfolio.elasticity_note"))
    return float(chosen)


def _moved(
    chosen: Chosen,
    simulation: PortfolioSimulation | None,
    away: float,
    towards: float,
    elasticity: float,
) -> Moved:
    def make() -> Moved:
        chance = None
        with ONE_AT_A_TIME:
            found = moved_funds(
                chosen.evaluation, away=away, towards=towards, elasticity=elasticity
            )
            if simulation is not None and len(found.moves) * simulation.draws <= MOST_DRAWN:
                chance = chance_of_gain(simulation, found, elasticity=elasticity)
        moves = found.moves
        if len(moves) > 2 * MOVES_SHOWN:
            moves = (*moves[:MOVES_SHOWN], *moves[-MOVES_SHOWN:])
        return Moved(found=replace(found, moves=moves), chance=chance)

    drawn = "" if simulation is None else simulation.plan.key
    return portfolio_visit.made("moved", (chosen.key, away, towards, elasticity, drawn), make)


def _gain(t: Words, moved: Moved) -> None:
    found = moved.found
    if not found.moves:
        st.caption(t("portfolio.nothing_moves"))
        return
    with st.container(key="portfolio_gain"):
        for name, value in (
            ("gain", t.short_euros(found.gain)),
            ("moved", t.short_euros(found.moved)),
            ("per_euro", t.ratio(found.gain_per_euro)),
            *([] if moved.chance is None else [("chance", t.percent(moved.chance, decimals=0))]),
        ):
            st.metric(
                t(f"portfolio.funds_{name}"),
                value,
                t(f"portfolio.funds_{name}_note"),
                delta_color="off",
                delta_arrow="off",
                border=True,
            )
    if math.isfinite(found.last_given):
        st.markdown(
            t(
                "portfolio.last_euro",
                given=t.ratio(found.last_given),
                received=t.ratio(found.last_received),
            )
        )
    st.caption(t("portfolio.funds_warning"))


def _moves(t: Words, chosen: Chosen, found: MovedFunds, simulation: PortfolioSimulation) -> None:
    """List the largest moves, those that receive and those that give."""
    receiving = [one for one in found.moves[:MOVES_SHOWN] if one.added_costs > 0]
    giving = [one for one in reversed(found.moves[-MOVES_SHOWN:]) if one.added_costs < 0]
    headings = [
        t(f"portfolio.heading_{name}")
        for name in ("id", "now", "change", "effect", "each_euro", "interval_now")
    ]
    for name, moves in (("receiving", receiving), ("giving", giving)):
        if moves:
            caption = t(f"portfolio.{name}", number=t.number(len(moves)))
            cells = [
                (*_move(t, chosen, one), between(t, simulation, one.position)) for one in moves
            ]
            st.subheader(caption, anchor=False)
            with st.container(key=f"portfolio_{name}"):
                st.html(table(caption, headings, cells, t, numeric=(1, 2, 3, 4, 5)))


def _move(t: Words, chosen: Chosen, one: Move) -> tuple[str, ...]:
    return (
        cut(chosen.name(one.position)),
        t.euros(one.costs_now),
        _signed(t, one.added_costs),
        _signed(t, one.added_benefits),
        t.ratio(one.marginal_ratio),
    )


def _signed(t: Words, amount: float) -> str:
    return f"+{t.euros(amount)}" if amount > 0 else t.euros(amount)


# --- Files -------------------------------------------------------------------------------------


def downloads(page: Page, chosen: Chosen, simulation: PortfolioSimulation | None) -> None:
    """Offer the results of the associations that are looked at, made on a click."""
    t = page.t
    st.html(heading(t("portfolio.downloads"), "portfolio-downloads"))
    key = "portfolio.downloads_sure" if simulation is not None else "portfolio.downloads_unsure"
    st.markdown(t(key))
    with st.container(horizontal=True, key="portfolio_downloads"):
        for ending in MEDIA_TYPES:
            st.download_button(
                t(f"portfolio.download_{ending}"),
                data=partial(results, t, chosen, simulation, ending),
                file_name=f"{t('portfolio.results_file')}.{ending}",
                mime=MEDIA_TYPES[ending],
                icon=":material/download:",
                key=f"portfolio_download_{ending}",
                on_click="ignore",
            )


def results(
    t: Words, chosen: Chosen, simulation: PortfolioSimulation | None, ending: Ending
) -> bytes:
    """Return the results of the associations as the content of a file."""
    columns = result_columns(
        chosen.evaluation,
        simulation,
        template=chosen.template,
        language=None if ending == "parquet" else t.language,
    )
    said = {"template": chosen.template.id, "perspective": chosen.evaluation.perspective.id}
    if simulation is not None:
        said |= {"draws": str(simulation.draws), "seed": str(simulation.seed)}
    return written(columns, f".{ending}", t.language, said)
