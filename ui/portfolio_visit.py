"""The table of a visit: where the process holds it, and how it is found again after a reload.

The tab of the browser keeps a token and what was chosen, and hands both back to a visit that knows
of no table. The token opens the table: it stands in no address, and is written nowhere else.
"""

import json
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import streamlit as st

from ui import kept_tab
from ui.portfolio_shelf import SHELF, new_token

TABLE = "table"
TOKEN, CLOSED, GONE = "portfolio_token", "portfolio_closed", "portfolio_gone"
TARGETS = "targets"
CHOICES = (
    *("template", TARGETS, "perspective", "filter", "filter_kept", "group", "common", "draws"),
    *("order", "away", "towards", "elasticity"),
)
"""What is chosen on the page, and found again after a reload."""
OF_THE_TABLE = (TARGETS, "filter", "filter_kept", "group")
"""Choices that make no sense with another table."""
LONGEST = 200_000
"""Letters of what a browser keeps: corrections of 200 columns are a tenth of it."""
KEY, PLACE = "portfolio_kept", "roi_portfolio"


def exchange() -> None:
    """Take what the tab of the browser keeps, where nothing is open; else let it keep this."""
    if _token() and held(TABLE) is None:
        leave()
        st.session_state[GONE] = True
    choices = {one: st.session_state[_stored(one)] for one in CHOICES if is_chosen(one)}
    kept = json.dumps({"token": _token(), "choices": choices}, separators=(",", ":"))
    kept_tab.exchange(
        PLACE,
        kept if _token() else "",
        is_new=not (_token() or st.session_state.get(CLOSED)),
        key=KEY,
        on_kept_change=_take,
    )


def _take() -> None:
    """Take what the browser hands back; anything may be written there."""
    try:
        kept = json.loads(kept_tab.handed_back(KEY, LONGEST))
    except (ValueError, RecursionError):
        kept = None
    if not isinstance(kept, dict) or _token():
        return
    token, choices = kept.get("token"), kept.get("choices")
    is_there = isinstance(token, str) and SHELF.find(token, TABLE) is not None
    for name, value in choices.items() if isinstance(choices, dict) else ():
        if name in CHOICES and (is_there or name not in OF_THE_TABLE) and _is_choice(name, value):
            st.session_state[_stored(name)] = value
    if is_there:
        st.session_state[TOKEN] = token
    else:
        st.session_state[CLOSED] = st.session_state[GONE] = True


def _is_choice(name: str, value: Any) -> bool:
    if name == TARGETS:
        return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())
    if name == "filter_kept":
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    return isinstance(value, str | int | float)


def _token() -> str:
    return st.session_state.get(TOKEN, "")


# --- What is held ------------------------------------------------------------------------------


def begin(table: Any) -> bool:
    """Open a table instead of any other, and say whether there is room for it."""
    close()
    token = new_token()
    if not SHELF.place(token, TABLE, table, is_source=True):
        return False
    st.session_state[TOKEN] = token
    return True


def close() -> None:
    """Forget the table, here and in the browser, and what was chosen for it."""
    leave()
    st.session_state.pop(GONE, None)
    for name in OF_THE_TABLE:
        st.session_state.pop(_stored(name), None)


def leave() -> None:
    """Forget the table; what was chosen stays."""
    SHELF.clear(st.session_state.pop(TOKEN, ""))
    st.session_state[CLOSED] = True


def is_gone() -> bool:
    """Say whether the table of this tab is no longer held, and must be opened again."""
    return bool(st.session_state.get(GONE))


def held(name: str) -> Any:
    """Return what is held of the visit's table under a name; ``None`` if it is not there."""
    return SHELF.find(_token(), name)


def hold(name: str, value: Any) -> None:
    """Hold something that can be made again."""
    if token := _token():
        SHELF.place(token, name, value)


def weigh_again(name: str) -> Callable[[], None]:
    """Return what counts a thing held anew, from wherever, once it has grown."""
    return partial(SHELF.weigh_again, _token(), name)


def made(name: str, key: object, make: Callable[[], Any]) -> Any:
    """Return what ``make`` gives: held as long as ``key``, which tells what it rests on, is so."""
    known = held(name)
    if known is None or known[0] != key:
        known = (key, make())
        hold(name, known)
    return known[1]


# --- What is chosen ----------------------------------------------------------------------------


def chosen(name: str, default: Any = None) -> Any:
    """Return what was last chosen."""
    return st.session_state.get(_stored(name), default)


def is_chosen(name: str) -> bool:
    """Say whether anything was chosen."""
    return _stored(name) in st.session_state


def choose(name: str, value: Any) -> None:
    """Choose something."""
    st.session_state[_stored(name)] = value


def kept(name: str, options: Iterable[Any], default: Any) -> tuple[str, Callable[[], None]]:
    """Return the key of a control whose value outlives its page, and what keeps it on a change.

    What was chosen of other options than these is not what the control shows.
    """
    key, value = f"portfolio_{name}_field", chosen(name, default)
    st.session_state[key] = value if value in options else default
    return key, lambda: choose(name, st.session_state[key])


def _stored(name: str) -> str:
    return f"portfolio_{name}"
