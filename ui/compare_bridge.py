"""What makes the difference between two of the scenarios, step by step."""

import math
from collections.abc import Sequence
from html import escape

import streamlit as st

from roi_model import Scenario
from roi_model.bridge import Bridge, Step, bridge
from ui.bridge_chart import Rung, hung, ladder
from ui.compare_entries import MINE, Entry, comparable, first_pair
from ui.compare_words import difference_label, stated_text
from ui.frame import Page
from ui.markup import folded, table
from ui.words import MINUS, Words

MOST_RUNGS = 7
NAMED = 3
"""Differences that the sentence names."""
WORD_JOINER = "\u2060"


def difference(page: Page, entries: Sequence[Entry]) -> None:
    """Draw what makes the difference between two of the scenarios, with its table."""
    t = page.t
    pair = _pair(page, [one for one in entries if one.is_defined])
    if pair is None:
        return
    first, second = pair
    names = {"first": first.name, "second": second.name}
    found = _bridge(
        first.scenario.fingerprint, second.scenario.fingerprint, first.scenario, second.scenario
    )
    moving = [step for step in found.steps if step.contribution]
    if not moving:
        key = "compare.equal_ratios" if found.steps else "compare.same_inputs"
        st.html(f"<p>{escape(t(key, **names))}</p>")
        return
    st.html(f"<p><strong>{escape(_why(page, moving, pair))}</strong></p>")
    st.html(ladder(_rungs(page, found, moving, pair)))
    caption = t("compare.bridge_note")
    if found.method == "drawn_orders":
        caption += " " + t("compare.bridge_drawn", orders=t.number(found.orders))
    st.caption(caption)
    headings = [t("compare.heading_input"), first.name, second.name, t("compare.heading_adds")]
    rows = [
        (_step_label(t, step, pair), *_step_values(t, step, pair), _signed(t, step.contribution))
        for step in found.steps
    ]
    rows.append(
        (
            t("compare.difference"),
            t.ratio(found.start),
            t.ratio(found.end),
            _signed(t, found.end - found.start),
        )
    )
    summary = t("compare.bridge_table")
    st.html(folded(summary, table(t("compare.bridge"), headings, rows, t, numeric=(3,))))


def _pair(page: Page, entries: Sequence[Entry]) -> tuple[Entry, Entry] | None:
    """Ask which two scenarios the difference is between."""
    t = page.t
    by_key = {one.key: one for one in entries}
    usual_pair = None
    if MINE in by_key:
        usual_pair = first_pair(comparable(entries)) or first_pair(entries)
    if usual_pair is None:
        return None
    st.header(t("compare.bridge"), anchor=False)
    keys = list(by_key)
    asked = []
    with st.container(key="compare_pair", horizontal=True):
        for name, usual in zip(("from", "to"), usual_pair, strict=True):
            key, kept = f"compare_pick:{name}", f"compare_{name}"
            chosen = st.session_state.get(kept)
            st.session_state[key] = chosen if chosen in by_key else usual.key
            st.selectbox(
                t(f"compare.{name}"),
                keys,
                format_func=lambda one: by_key[one].name,
                key=key,
                filter_mode=None,
                on_change=_keep,
                args=(kept, key),
            )
            asked.append(by_key[st.session_state[key]])
    if asked[0] is asked[1]:
        st.caption(t("compare.same_pick"))
        return None
    return asked[0], asked[1]


def _keep(name: str, key: str) -> None:
    st.session_state[name] = st.session_state[key]


@st.cache_data(max_entries=64, show_spinner=False)
def _bridge(first: str, second: str, _first: Scenario, _second: Scenario) -> Bridge:
    return bridge(_first, _second)


def _why(page: Page, moving: Sequence[Step], pair: tuple[Entry, Entry]) -> str:
    """Return what makes the difference, the most important first."""
    t = page.t
    said = [
        t(
            "compare.why_one",
            label=_step_label(t, step, pair),
            # A line must not end between the sign and the amount.
            adds=_signed(t, step.contribution).replace(MINUS, MINUS + WORD_JOINER),
        )
        for step in moving[:NAMED]
    ]
    if len(said) == 1:
        return t("compare.why_1", first=said[0])
    if len(said) == 2:
        return t("compare.why_2", first=said[0], second=said[1])
    return t("compare.why_3", first=said[0], second=said[1], third=said[2])


def _rungs(
    page: Page, found: Bridge, moving: Sequence[Step], pair: tuple[Entry, Entry]
) -> list[Rung]:
    """Return the bars of the bridge, those that matter least together in one."""
    t, (first, second) = page.t, pair
    alone = moving if len(moving) <= MOST_RUNGS else moving[: MOST_RUNGS - 1]
    changes = []
    for step in alone:
        values = _step_values(t, step, pair)
        detail = t("compare.change", before=values[0], after=values[1]) if any(values) else ""
        changes.append(_change(t, _step_label(t, step, pair), detail, step.contribution))
    rest = moving[len(alone) :]
    if rest:
        label = t.counted("compare.other", len(rest), number=t.number(len(rest)))
        changes.append(_change(t, label, "", math.fsum(step.contribution for step in rest)))
    return [
        _total(t, first.name, found.start),
        *hung(changes, found.start),
        _total(t, second.name, found.end),
    ]


def _change(t: Words, label: str, detail: str, adds: float) -> Rung:
    return Rung(label=label, detail=detail, written=_signed(t, adds), start=0.0, end=adds)


def _total(t: Words, name: str, ratio: float) -> Rung:
    return Rung(label=name, detail="", written=t.ratio(ratio), start=0.0, end=ratio, is_total=True)


def _step_label(t: Words, step: Step, pair: tuple[Entry, Entry]) -> str:
    scenarios = [one.scenario for one in pair]
    labels = [difference_label(t, one, scenarios) for one in step.differences]
    return t("chart.separator").join(labels[:NAMED]) + ("…" if len(labels) > NAMED else "")


def _step_values(t: Words, step: Step, pair: tuple[Entry, Entry]) -> tuple[str, str]:
    """Return what the two scenarios have where a step is one difference; else nothing."""
    if len(step.differences) > 1:
        return "", ""
    (one,) = step.differences
    before, after = (
        t("compare.not_there") if stated is None else stated_text(t, one, stated, entry.scenario)
        for stated, entry in zip(one.stated, pair, strict=True)
    )
    return before, after


def _signed(t: Words, adds: float) -> str:
    """Return what a step adds to the ratio, its sign always written."""
    written = t.ratio(adds)
    return f"+{written}" if adds > 0 else written
