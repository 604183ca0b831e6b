"""The keys of one's own saved scenarios, kept by the browser: nobody else has them."""

import json
from typing import Any

import streamlit as st

from ui.saving import split_reference

MOST_KEYS = 200
LONGEST_KEY = 64
_KEYS, _FORGOTTEN, _COMPONENT = "saved_keys", "saved_keys_forgotten", "kept_keys"

HTML = '<span hidden data-kept-keys=""></span>'
JS = """
const PLACE = "roi_saved_keys";
export default function ({ data, setStateValue }) {
  let kept = {};
  try {
    kept = JSON.parse(window.localStorage.getItem(PLACE)) || {};
    Object.assign(kept, data.keys);
    for (const id of data.forgotten) delete kept[id];
    window.localStorage.setItem(PLACE, JSON.stringify(kept));
  } catch {
    return; // a browser that keeps nothing: the key is on the page, to be copied
  }
  const written = JSON.stringify(kept);
  if (written !== JSON.stringify(data.keys)) setStateValue("kept", written);
}
"""


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("kept_keys", html=HTML, js=JS)


def exchange() -> None:
    """Take the keys that the browser keeps, and let it keep those that were added."""
    data = {"keys": known(), "forgotten": list(st.session_state.get(_FORGOTTEN, ()))}
    _component()(data=data, key=_COMPONENT, on_kept_change=_take)


def known() -> dict[str, str]:
    """Return the keys of this visit, by the id of the scenario."""
    return dict(st.session_state.get(_KEYS, {}))


def add(id: str, key: str) -> None:
    """Keep the key of a scenario."""
    st.session_state[_KEYS] = known() | {id: key}


def forget(id: str) -> None:
    """Keep the key of a scenario no longer."""
    st.session_state[_KEYS] = {one: key for one, key in known().items() if one != id}
    st.session_state[_FORGOTTEN] = {*st.session_state.get(_FORGOTTEN, ()), id}


def _take() -> None:
    """Take what the browser says it keeps; anything may be written there."""
    written = getattr(st.session_state.get(_COMPONENT), "kept", None)
    try:
        kept = json.loads(written or "{}")
        pairs = list(kept.items())[:MOST_KEYS]
    except (TypeError, ValueError, AttributeError, RecursionError):
        return
    found = {
        id: key
        for id, key in pairs
        if split_reference(id) and isinstance(key, str) and 0 < len(key) <= LONGEST_KEY
    }
    forgotten = st.session_state.get(_FORGOTTEN, ())
    st.session_state[_KEYS] = {
        id: key for id, key in (found | known()).items() if id not in forgotten
    }
