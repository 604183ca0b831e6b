"""What the tab of a browser keeps, so that a page finds it again after a reload."""

from collections.abc import Callable
from typing import Any

import streamlit as st

JS = """
export default function ({ data, setTriggerValue }) {
  try {
    const store = window.sessionStorage;
    const kept = store.getItem(data.place);
    if (data.is_new && kept && kept !== data.text) setTriggerValue("kept", kept);
    else if (data.text) store.setItem(data.place, data.text);
    else store.removeItem(data.place);
  } catch {
    return; // a browser that keeps nothing: what was open is opened again
  }
}
"""


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("kept_tab", js=JS)


def exchange(
    place: str, text: str, *, is_new: bool, key: str, on_kept_change: Callable[[], None]
) -> None:
    """Let the tab keep a text, nothing if it is empty.

    To a visit that ``is_new`` it first hands back what it keeps, if that is another text.
    """
    with st.container(key="kept_tab"):
        data = {"place": place, "text": text, "is_new": is_new}
        _component()(data=data, key=key, on_kept_change=on_kept_change)


def handed_back(key: str, longest: int) -> str:
    """Return the text that the tab has just handed back: anyone may have written it."""
    written = str(st.session_state[key].get("kept") or "")
    return written if len(written) <= longest else ""
