"""What is said on the page of the posts and is no part of the scenario.

A budget, a target, and whether the costs that pay for no post follow the posts. They last as long
as the tab of the browser, which keeps them through a reload, and stand in the address of the page,
``?budget=30000&target=2.5&other_costs=held``: opened elsewhere, it answers the same.
"""

import json
import math
from collections.abc import Mapping
from typing import Any, get_args

import streamlit as st

from roi_model.funding import OtherCosts
from roi_model.parameters import LARGEST_AMOUNT
from ui import kept_tab, link
from ui.link import BUDGET, OTHER_COSTS, TARGET
from ui.words import MILLION

NAMES = (BUDGET, TARGET, OTHER_COSTS)
COSTS_FOLLOW, COSTS_HELD = ANSWERS = get_args(OtherCosts)
LONGEST = 200
"""Characters of what a tab keeps: two numbers and a choice by their names."""
KEY, PLACE = "fund_kept", "roi_fund"
_IS_KNOWN = "fund_choices_known"


def chosen(name: str) -> float | str | None:
    """Return what was typed or chosen, also a text that was not taken; else nothing."""
    return st.session_state.get(_stored(name))


def choose(name: str, said: float | str | None) -> None:
    """Keep a number, a choice, a text that is none, or nothing."""
    st.session_state[_stored(name)] = said
    st.session_state.pop(_ignored(name), None)
    st.session_state[_IS_KNOWN] = True


def ignored(name: str) -> str | None:
    """Return what the address asked for and could not have, until another is typed."""
    return st.session_state.get(_ignored(name))


def is_possible(name: str, value: Any) -> bool:
    """Say whether a budget, a ratio to reach or the choice may be that."""
    if name == OTHER_COSTS:
        return value in ANSWERS
    if not isinstance(value, float):
        return False
    return 0 <= value <= LARGEST_AMOUNT if name == BUDGET else 0 < value < MILLION


def other_costs() -> OtherCosts:
    """Return whether other costs follow the posts: they do unless the reader said otherwise."""
    said: Any = chosen(OTHER_COSTS)
    return said or COSTS_FOLLOW


# --- What is kept, and found again -------------------------------------------------------------


def say_address(query: Mapping[str, str]) -> None:
    """Take what an address says; what cannot be is passed over, and said on the page."""
    for name in NAMES:
        written = query.get(name)
        if written is None:
            continue
        value = written if name == OTHER_COSTS else _number(written)
        if is_possible(name, value):
            choose(name, value)
        else:
            st.session_state[_ignored(name)] = written[:LONGEST]


def in_address() -> dict[str, str]:
    """Return what the address of the page holds beside the scenario."""
    return {name: link.text_of(value) for name, value in _kept().items()}


def exchange() -> None:
    """Let the tab of the browser keep what was said; take what it kept where none is known."""
    kept = json.dumps(_kept()) if _kept() else ""
    is_new = not st.session_state.get(_IS_KNOWN)
    kept_tab.exchange(PLACE, kept, is_new=is_new, key=KEY, on_kept_change=_take_kept)


def _take_kept() -> None:
    """Take what the browser hands back; anything may be written there."""
    st.session_state[_IS_KNOWN] = True
    try:
        kept = json.loads(kept_tab.handed_back(KEY, LONGEST))
    except (ValueError, RecursionError):
        return
    for name in NAMES:
        value: Any = kept.get(name) if isinstance(kept, dict) else None
        if chosen(name) is None and is_possible(name, value):
            choose(name, value)


def _kept() -> dict[str, Any]:
    """Return what may be kept: a text that was not taken is not."""
    return {name: chosen(name) for name in NAMES if is_possible(name, chosen(name))}


def _number(written: str) -> float:
    try:
        return float(written)
    except ValueError:
        return math.nan


def _stored(name: str) -> str:
    return f"fund_{name}"


def _ignored(name: str) -> str:
    return f"fund_{name}_ignored"
