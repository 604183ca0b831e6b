"""What each scenario brings: one euro as bars, and the figures in a table."""

from collections.abc import Sequence

import streamlit as st

from roi_model import Scenario, ScenarioError
from roi_model.parameters import Provenance
from roi_model.simulation import Simulation, simulate
from ui.compare_entries import READINGS, Entry, mine_of
from ui.frame import Page
from ui.labels import perspective_label
from ui.markup import Bar, badge, bars, html, table
from ui.words import UNDEFINED, Words


def ratios(page: Page, entries: Sequence[Entry]) -> None:
    """Draw what one euro brings in each scenario, by how firm the numbers are."""
    t = page.t
    st.header(t("compare.ratios"), anchor=False)
    rows: list[Bar] = []
    seen: set[Provenance] = set()
    for one in entries:
        parts = {
            Provenance(part.key): part.ratio
            for part in one.evaluation.by_provenance
            if one.is_defined and part.present_value
        }
        seen |= parts.keys()
        rows.append(Bar(label=one.name, written=_ratio(t, one), parts=parts))
    key = "".join(f"<li>{html(badge(one, t))}</li>" for one in Provenance if one in seen)
    st.html(f'<ul class="key">{key}</ul>{bars(rows, t)}')
    named = "compare.perspective_shared"
    if len({one.evaluation.perspective.id for one in entries}) == 1:
        mine = mine_of(entries)
        label = perspective_label(mine.evaluation.perspective.id, mine.scenario, t)
        st.caption(t(named, perspective=label))


def results(page: Page, entries: Sequence[Entry]) -> None:
    """Show the figures of each scenario, one a row."""
    t = page.t
    headings = [t(f"compare.heading_{name}") for name in ("scenario", "ratio", "interval")]
    headings += [t(f"figures.{name}") for name in ("cost", "return", "net")]
    headings.append(t("compare.heading_perspective"))
    rows = [
        (
            one.name,
            _ratio(t, one),
            _interval(t, one),
            t.short_euros(one.evaluation.present_value_costs),
            t.short_euros(one.evaluation.present_value_benefits),
            t.short_euros(one.evaluation.net_present_value),
            perspective_label(one.evaluation.perspective.id, one.scenario, t),
        )
        for one in entries
    ]
    st.html(table(t("compare.results"), headings, rows, t, numeric=(1, 2, 3, 4, 5)))
    st.caption(t("compare.interval_note"))


def _ratio(t: Words, one: Entry) -> str:
    return t.ratio(one.ratio) if one.is_defined else UNDEFINED


def _interval(t: Words, one: Entry) -> str:
    """Return between which ratios nine draws in ten fall; a reading is one end of the ranges."""
    if one.key in READINGS or not one.is_defined:
        return UNDEFINED
    drawn = _drawn(one.opens.fingerprint, one.opens)
    if drawn is None or not drawn.is_defined:
        return UNDEFINED
    interval = drawn.interval()
    ends = {"low": t.ratio(interval.low.value), "high": t.ratio(interval.high.value)}
    return t("compare.interval", **ends)


@st.cache_data(max_entries=32, show_spinner=False)
def _drawn(fingerprint: str, _scenario: Scenario) -> Simulation | None:
    try:
        return simulate(_scenario)
    except ScenarioError:
        return None
