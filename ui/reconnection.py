"""Coming back to a server that was started again: the page runs once, before anyone touches it.

The browser finds the server again by itself, but asks for no run until the next click. That click
would then be the first thing a new visit hears of, before it has read its scenario from the
address, and would be lost.
"""

from typing import Any

import streamlit as st

JS = """
export default function ({ setTriggerValue }) {
  const app = document.querySelector("[data-test-connection-state]");
  if (!app) return;
  let was = app.dataset.testConnectionState;
  const observer = new MutationObserver(() => {
    const is = app.dataset.testConnectionState;
    if (is === "CONNECTED" && was !== "CONNECTED") setTriggerValue("again", true);
    was = is;
  });
  observer.observe(app, { attributes: true, attributeFilter: ["data-test-connection-state"] });
  return () => observer.disconnect();
}
"""


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("reconnection", js=JS)


def watched() -> None:
    """Have the page run again as soon as it is back in touch with a server."""
    with st.container(key="reconnection"):
        _component()(key="reconnected", on_again_change=lambda: None)
