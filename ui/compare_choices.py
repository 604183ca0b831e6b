"""Which scenarios are compared: the choice among them, and links received."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from ui import copy_text, opened_version, received, state
from ui.compare_entries import (
    AMBITIOUS,
    DEDUCTIONS,
    MINE,
    MOST_SHOWN,
    PRUDENT,
    READINGS,
    Entry,
    shown,
)
from ui.frame import Page, named
from ui.labels import refusal_text
from ui.ledger_words import notices
from ui.received import LONGEST_LINK, LONGEST_NAME, MOST_LINKS, Received, Refused
from ui.words import Words


def controls(page: Page, entries: Sequence[Entry]) -> None:
    """Show which scenarios are compared, and the field for a link received."""
    t = page.t
    with st.container(border=True, key="compare_controls"):
        st.header(t("compare.which"), anchor=False)
        st.caption(t("compare.at_most", most=t.number(MOST_SHOWN)))
        on = st.session_state.compare_on = [one.key for one in shown(entries)]
        for entry in entries:
            if entry.adds_nothing:
                continue
            with st.container(key=f"compare_{entry.key}", gap="xsmall"):
                _tick(page, entry, on)
        idle = [entry.name for entry in entries if entry.adds_nothing]
        if len(idle) == 1:
            st.caption(t("compare.same_reading", name=idle[0]))
        elif idle:
            st.caption(t("compare.same_readings"))
        _link_field(page)
        received.exchange()


def _tick(page: Page, entry: Entry, on: list[str]) -> None:
    key = f"compare_tick:{entry.key}"
    st.session_state[key] = entry.key in on

    def take() -> None:
        kept = [one for one in on if one != entry.key]
        if st.session_state[key]:
            kept.append(entry.key)
        st.session_state.compare_chosen = kept

    st.checkbox(
        named(entry.name),
        key=key,
        disabled=entry.key == MINE or (entry.key not in on and len(on) >= MOST_SHOWN),
        help=entry.help,
        on_change=take,
    )
    added = {one.key: one for one in received.links()}.get(entry.key)
    if added is not None:
        _received(page, entry, added)
    elif entry.key in (*READINGS, *DEDUCTIONS) and entry.key in on and entry.opens != page.scenario:
        _take_button(page, entry)


def _received(page: Page, entry: Entry, added: Received) -> None:
    """Show what may be done with a link received: name it, take it, remove it."""
    t, key = page.t, f"compare_name:{entry.key}"
    st.session_state[key] = added.name
    st.text_input(
        t("compare.name"),
        key=key,
        max_chars=LONGEST_NAME,
        placeholder=entry.name,
        autocomplete="off",
        on_change=lambda: received.rename(entry.key, st.session_state[key]),
    )
    _take_button(page, entry)
    st.button(
        t("compare.remove"),
        key=f"compare_remove:{entry.key}",
        icon=":material/close:",
        type="tertiary",
        help=named(entry.name),
        on_click=lambda: received.remove(entry.key),
    )
    said = [refusal_text(one, added.case, t) for one in added.ignored]
    now = added.scenario, entry.ratio
    for first, *rest in (
        *([[t("link.ignored"), *said]] if said else []),
        *notices(added.announced, added.case, *now, t),
    ):
        listed = "".join(f"<li>{escape(one)}</li>" for one in rest)
        st.html(f"<p>{escape(first)}</p>" + (f"<ul>{listed}</ul>" if rest else ""))


def _take_button(page: Page, entry: Entry) -> None:
    st.button(
        page.t("compare.take", name=named(entry.name)),
        key=f"compare_take:{entry.key}",
        icon=":material/input:",
        type="tertiary",
        help=page.t("compare.take_help"),
        on_click=lambda: _take(entry),
    )


def _take(entry: Entry) -> None:
    state.begin(entry.case, entry.opens)
    added = {one.key: one for one in received.links()}.get(entry.key)
    if added is not None and added.version is not None:
        opened_version.remember(added.version)
    st.session_state.compare_taken = entry.name


def _link_field(page: Page) -> None:
    t, key = page.t, "compare_link"
    refused = st.session_state.get("compare_refused")
    st.text_input(
        t("compare.link"),
        key=key,
        max_chars=LONGEST_LINK,
        autocomplete="off",
        placeholder=t("compare.link_placeholder"),
        help=t("compare.link_help"),
        on_change=lambda: _take_link(st.session_state[key], key),
    )
    if refused is not None:
        _say_refused(_why(refused, t))
    for one in received.missing():
        name = one.name or t("compare.link_name", number=t.number(one.number))
        _say_refused(t("compare.missing", name=name, why=_why(one.reason, t)))
    if not received.links():
        return
    if received.in_address(page.address):
        st.caption(t("compare.kept"))
        words = {"done": t("share_link.done"), "by_hand": t("share_link.by_hand")}
        st.html(copy_text.copying_button(t("compare.copy"), copies="address", **words))
    else:
        st.caption(t("compare.kept_here"))


def _why(refused: Refused, t: Words) -> str:
    """Return why a link is not compared."""
    match refused:
        case "too_many":
            return t("compare.too_many", most=t.number(MOST_LINKS))
        case "other_site":
            return t("compare.other_site")
        case "no_reference":
            return t("compare.no_reference")
        case "nothing_saved":
            return t("compare.nothing_saved")
        case "gone":
            return t("compare.gone")
        case "not_now":
            return t("compare.not_now")
        case "not_readable":
            return t("saved.not_readable")
    return t("compare.unreadable")


def _say_refused(said: str) -> None:
    st.html(f'<p class="refused" role="alert">{escape(said)}</p>')


def _take_link(text: str, field: str) -> None:
    """Add the scenario of a link; one that cannot be read stays in the field, with the reason."""
    st.session_state.compare_refused = None
    if not text.strip():
        return
    added = received.add(text)
    if not isinstance(added, Received):
        st.session_state.compare_refused = added
        return
    _make_room(added.key)
    st.session_state[field] = ""


def _make_room(key: str) -> None:
    """Choose a scenario to be shown, in the place of a reading if four are already."""
    on = list(st.session_state.get("compare_on", ()))
    for leaves in (AMBITIOUS, PRUDENT, *DEDUCTIONS, *on):
        if len(on) >= MOST_SHOWN and leaves in on and leaves != MINE:
            on.remove(leaves)
    st.session_state.compare_chosen = [*on, key]
    for name in ("compare_from", "compare_to"):
        st.session_state.pop(name, None)
