"""Sharing: a button that copies the address of this very scenario."""

from typing import Any

import streamlit as st

from ui.frame import Page

HTML = '<button type="button"></button><p role="status"></p>'
CSS = """
button { width: 100%; padding: .55rem 1rem; border-radius: .5rem; cursor: pointer;
  border: 1px solid var(--st-primary-color); background: transparent;
  color: var(--st-primary-color); font: inherit; font-weight: 600; }
button:hover, button:focus-visible { background: var(--st-secondary-background-color); }
button:focus-visible { outline: 3px solid var(--st-primary-color); outline-offset: 2px; }
p { margin: .4rem 0 0; min-height: 1.4em; font-size: .9rem; overflow-wrap: anywhere; }
"""
JS = """
export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button");
  const status = parentElement.querySelector("p");
  button.textContent = data.label;
  button.onclick = async () => {
    const address = window.location.href;
    try {
      await navigator.clipboard.writeText(address);
      status.textContent = data.done;
    } catch {
      // Browsers give no clipboard to pages served without TLS: show what to copy.
      status.textContent = data.by_hand + " " + address;
    }
  };
}
"""


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("copy_link", html=HTML, css=CSS, js=JS)


def card(page: Page) -> None:
    """Show what the link holds and the button that copies it, where a link holds it all."""
    t = page.t
    if not page.fits_a_link:
        return
    with st.container(border=True, key="share"):
        st.header(t("share_link.title"), anchor=False)
        st.markdown(t("share_link.text"))
        words = {name: t(f"share_link.{name}") for name in ("label", "done", "by_hand")}
        _component()(data=words, key="copy_link")
