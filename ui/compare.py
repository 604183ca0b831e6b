"""Scenarios side by side: the open one, the case, two readings of it, and links received."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from roi_model.comparison import differences
from ui import state
from ui.compare_entries import (
    AMBITIOUS,
    DEDUCTIONS,
    MINE,
    PRUDENT,
    PUBLISHED,
    Entry,
    comparable,
    first_pair,
    mine_of,
)
from ui.compare_inputs import to_inputs
from ui.frame import Page, named


def sentence(page: Page, entries: Sequence[Entry]) -> str:
    """Return what the open scenario brings beside the other that matters most.

    Never beside one seen from another point of view: the two are not to be compared.
    """
    t, mine = page.t, mine_of(entries)
    if not mine.is_defined:
        return t("compare.undefined")
    ratio = t.ratio(mine.ratio)
    by_key = {one.key: one for one in entries}
    pair = first_pair(comparable(entries))
    if pair is None:
        return t("compare.alone", ratio=ratio)
    other = pair[0] if pair[1].key == MINE else pair[1]
    if other.key == PRUDENT and AMBITIOUS in by_key:
        ends = {"low": t.ratio(other.ratio), "high": t.ratio(by_key[AMBITIOUS].ratio)}
        return t("compare.sentence_readings", ratio=ratio, **ends)
    if other.key in DEDUCTIONS:
        return _deducted(page, ratio, [by_key[key] for key in DEDUCTIONS if key in by_key])
    if not differences(mine.scenario, other.scenario):
        return t("compare.sentence_same", ratio=ratio, name=named(other.name))
    return _against(page, other, {"ratio": ratio, "other": t.ratio(other.ratio)})


def _deducted(page: Page, ratio: str, entries: Sequence[Entry]) -> str:
    t, first, last = page.t, entries[0], entries[-1]
    holes = {"ratio": ratio, "first": t.ratio(first.ratio)}
    holes["first_share"] = t.percent(DEDUCTIONS[first.key])
    if first is last:
        return t("compare.sentence_deducted", **holes)
    holes |= {"last": t.ratio(last.ratio), "last_share": t.percent(DEDUCTIONS[last.key])}
    return t("compare.sentence_deductions", **holes)


def _against(page: Page, other: Entry, ratios: dict[str, str]) -> str:
    t = page.t
    if other.key == PRUDENT:
        return t("compare.sentence_prudent", **ratios)
    if other.key == AMBITIOUS:
        return t("compare.sentence_ambitious", **ratios)
    if other.key == PUBLISHED and page.has_published:
        return t("compare.sentence_published", **ratios)
    return t("compare.sentence_other", name=named(other.name), **ratios)


def notices(page: Page, entries: Sequence[Entry]) -> None:
    """Say what is missing, what makes the figures hard to compare, and what was just done."""
    t = page.t
    if not mine_of(entries).is_defined:
        to_inputs(page)
    taken = st.session_state.pop("compare_taken", None)
    if taken is not None:
        with st.container(key="compare_taken", horizontal=True, vertical_alignment="center"):
            st.html(f'<p role="status">{escape(t("compare.taken", name=taken))}</p>')
            st.button(t("editing.undo"), key="compare_undo", on_click=state.undo)
    if len({one.evaluation.perspective.id for one in entries}) > 1:
        st.warning(t("compare.points_of_view"), icon=":material/visibility:")
    if len({one.scenario.id for one in entries}) > 1:
        st.info(t("compare.two_cases"), icon=":material/info:")
