"""The programme to take along: a brief for a meeting and a workbook, each made on a click.

Who makes them is handed over: this module shows, and knows no document.
"""

import datetime
from collections.abc import Callable
from functools import partial
from threading import Lock
from typing import Any, Literal

import streamlit as st

from roi_model.portfolio_simulation import PortfolioSimulation
from ui import portfolio_visit
from ui.frame import Page, today
from ui.portfolio_table import Chosen
from ui.words import Words

Ending = Literal["pdf", "xlsx"]
MEDIA_TYPES: dict[Ending, str] = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ONE_AT_A_TIME = Lock()
"""A workbook of a hundred thousand rows is half a minute's work."""

Maker = Callable[..., bytes]
"""``reports.programme_documents.programme_document``."""


def documents(
    page: Page,
    chosen: Chosen,
    simulation: PortfolioSimulation | None,
    make: Maker,
) -> None:
    """Offer the brief and the workbook of the associations that are looked at."""
    t, day = page.t, today()
    wishes = {
        "language": t.language,
        "today": day,
        "problems": chosen.reading.problems,
        "group_by": _group(chosen),
        "selection": _selection(chosen),
        "funds": _funds(chosen),
    }
    st.subheader(t("programme.documents"), anchor=False)
    key = "programme.documents_sure" if simulation is not None else "programme.documents_unsure"
    st.markdown(t(key))
    with st.container(horizontal=True, key="portfolio_documents"):
        for ending in MEDIA_TYPES:
            st.download_button(
                t(f"programme.download_{ending}"),
                data=partial(made, make, ending, chosen, simulation, wishes),
                file_name=_file_name(t, chosen, day, ending),
                mime=MEDIA_TYPES[ending],
                icon=":material/download:",
                key=f"portfolio_document_{ending}",
                on_click="ignore",
            )


def made(
    make: Maker,
    ending: Ending,
    chosen: Chosen,
    simulation: PortfolioSimulation | None,
    wishes: dict[str, Any],
) -> bytes:
    """Return a document, once no other is being made."""
    with ONE_AT_A_TIME:
        return make(f".{ending}", chosen.portfolio, simulation, **wishes)


def _file_name(t: Words, chosen: Chosen, day: datetime.date, ending: Ending) -> str:
    return f"{t('programme.file')}-{chosen.template.id}-{day.isoformat()}.{ending}"


def _group(chosen: Chosen) -> str | None:
    """Return the column that the page groups by."""
    column, offered = portfolio_visit.chosen("group"), chosen.reading.groups
    return column if column in offered else next(iter(offered), None)


def _selection(chosen: Chosen) -> tuple[str, list[str]] | None:
    """Return the column that rows are filtered by, with the texts that are kept."""
    column = portfolio_visit.chosen("filter")
    offered = chosen.reading.groups.get(column, ())
    kept = [one for one in portfolio_visit.chosen("filter_kept", []) if one in offered]
    return (column, kept) if kept else None


def _funds(chosen: Chosen) -> dict[str, Any] | None:
    """Return the move of funds that the page shows, with the bounds it was asked for with."""
    shown = portfolio_visit.held("moved")
    if shown is None:
        return None
    (key, away, towards, elasticity, _), moved = shown
    if key != chosen.key:
        return None
    return {
        "away": away,
        "towards": towards,
        "elasticity": elasticity,
        "found": moved.found,
        "chance": moved.chance,
    }
