"""The inputs in which the scenarios differ, and the ways to their fields."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from roi_model.comparison import Difference, Kind, Stated, differences
from ui import state
from ui.compare_entries import MINE, Entry
from ui.compare_words import difference_label, stated_text
from ui.frame import PAGES, Page, PageName, named
from ui.markup import Cell, Html, badge, folded, html, table
from ui.words import Words

MOST_ROWS = 12
QUESTIONS = ("perspective", "lines", "years_covered", "footprint")
"""Choices that are made beside the result."""


def inputs(page: Page, entries: Sequence[Entry]) -> None:
    """Show the inputs that differ, each with its provenance, and the way to the field."""
    t = page.t
    st.header(t("compare.inputs"), anchor=False)
    found = differences(*(one.scenario for one in entries))
    if not found:
        st.markdown(t("compare.nothing_differs" if len(entries) > 1 else "compare.choose_another"))
        to_inputs(page)
        return
    st.markdown(t("compare.inputs_introduction"))
    headings = [t("compare.heading_input"), *(one.name for one in entries)]
    own = [one.key for one in entries].index(MINE)
    mine = entries[own].scenario
    unlike = [
        {(other.kind, other.address) for other in differences(mine, entry.scenario)}
        for entry in entries
    ]
    rows = [_row(page.t, one, entries, unlike) for one in found]
    st.html(table(t("compare.inputs"), headings, rows[:MOST_ROWS], t))
    if rest := rows[MOST_ROWS:]:
        summary = t.counted("compare.more_input", len(rest), number=t.number(len(rest)))
        st.html(folded(summary, table(summary, headings, rest, t)))
    _ways(page, [one for one in found if one.stated[own] is not None][:MOST_ROWS])


def to_inputs(page: Page) -> None:
    """Show the way to the page of inputs."""
    st.page_link(
        PAGES["inputs"][0],
        label=page.t("compare.to_inputs"),
        icon=":material/tune:",
        query_params=page.address,
    )


def _row(
    t: Words, one: Difference, entries: Sequence[Entry], unlike: Sequence[set[tuple[Kind, str]]]
) -> tuple[Cell, ...]:
    """Return an input in each scenario, marked where it is not as in the open one."""
    cells = []
    for entry, stated, others in zip(entries, one.stated, unlike, strict=True):
        text = html(_cell(t, one, stated, entry))
        is_other = (one.kind, one.address) in others
        cells.append(Html(f'<span class="differs">{text}</span>' if is_other else text))
    return (difference_label(t, one, [entry.scenario for entry in entries]), *cells)


def _cell(t: Words, one: Difference, stated: Stated | None, entry: Entry) -> Cell:
    if stated is None:
        return t("compare.not_there")
    written = escape(stated_text(t, one, stated, entry.scenario))
    if stated.provenance is None:
        return Html(written)
    return Html(f"{written} {html(badge(stated.provenance, t))}")


def _ways(page: Page, found: Sequence[Difference]) -> None:
    """Show a way to the field of each input that the open scenario has."""
    t = page.t
    if not found:
        return
    st.caption(t("compare.ways"))
    with st.container(horizontal=True, key="compare_ways"):
        for one in found:
            if one.kind == "stakeholder":
                continue  # who is public is not asked on any page
            scenarios = [page.scenario] * len(one.stated)
            if st.button(
                named(difference_label(t, one, scenarios)),
                key=f"compare_way:{one.kind}:{one.address}",
                icon=":material/edit:",
                type="tertiary",
            ):
                state.look_at(one.address)
                st.switch_page(PAGES[_page_of(one)][0])


def _page_of(one: Difference) -> PageName:
    if one.address in QUESTIONS:
        return "result"
    return "fund" if one.address.startswith("funding.") else "inputs"
