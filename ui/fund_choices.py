"""What is typed on the page of the posts and is no part of the scenario: a budget and a target.

Both last as long as the tab of the browser, which keeps them through a reload, and stand in the
address of the page, ``?budget=30000&target=2.5``: opened elsewhere, it answers the same.
"""

import json
import math
from collections.abc import Mapping
from typing import Any

import streamlit as st

from roi_model.parameters import LARGEST_AMOUNT
from ui import kept_tab, link
from ui.link import BUDGET, TARGET
from ui.words import MILLION

LONGEST = 200
"""Characters of what a tab keeps: two numbers by their names."""
KEY, PLACE = "fund_kept", "roi_fund"
_IS_KNOWN = "fund_choices_known"


def chosen(name: str) -> float | str | None:
    """Return the number that was typed, or the text where it was not taken; else nothing."""
    return st.session_state.get(_stored(name))


def choose(name: str, said: float | str | None) -> None:
    """Keep a number, a text that is none, or nothing."""
    st.session_state[_stored(name)] = said
    st.session_state.pop(_ignored(name), None)
    st.session_state[_IS_KNOWN] = True


def ignored(name: str) -> str | None:
    """Return what the address asked for and could not have, until another is typed."""
    return st.session_state.get(_ignored(name))


def is_possible(name: str, value: float) -> bool:
    """Say whether a budget, or a ratio to reach, may be that."""
    return 0 <= value <= LARGEST_AMOUNT if name == BUDGET else 0 < value < MILLION


# --- What is kept, and found again -------------------------------------------------------------


def say_address(query: Mapping[str, str]) -> None:
    """Take what an address says; what cannot be is passed over, and said on the page."""
    for name in (BUDGET, TARGET):
        written = query.get(name)
        if written is None:
            continue
        try:
            value = float(written)
        except ValueError:
            value = math.nan
        if is_possible(name, value):
            choose(name, value)
        else:
            st.session_state[_ignored(name)] = written


def in_address() -> dict[str, str]:
    """Return what the address of the page holds beside the scenario."""
    return {name: link.text_of(value) for name, value in _numbers().items()}


def exchange() -> None:
    """Let the tab of the browser keep the numbers; take those it kept where none is known."""
    kept = json.dumps(_numbers()) if _numbers() else ""
    is_new = not st.session_state.get(_IS_KNOWN)
    kept_tab.exchange(PLACE, kept, is_new=is_new, key=KEY, on_kept_change=_take_kept)


def _take_kept() -> None:
    """Take what the browser hands back; anything may be written there."""
    st.session_state[_IS_KNOWN] = True
    try:
        kept = json.loads(kept_tab.handed_back(KEY, LONGEST))
    except (ValueError, RecursionError):
        return
    for name in (BUDGET, TARGET):
        value: Any = kept.get(name) if isinstance(kept, dict) else None
        if isinstance(value, float) and is_possible(name, value):
            choose(name, value)


def _numbers() -> dict[str, float]:
    found = {name: chosen(name) for name in (BUDGET, TARGET)}
    return {name: value for name, value in found.items() if isinstance(value, float)}


def _stored(name: str) -> str:
    return f"fund_{name}"


def _ignored(name: str) -> str:
    return f"fund_{name}_ignored"
