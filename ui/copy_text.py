"""A text to take along, with a button that copies it; the framework's own speaks English only."""

from html import escape
from typing import Any

import streamlit as st

from ui.words import Words

HTML = '<button type="button"></button><p role="status"></p>'
CSS = """
button { padding: .35rem .9rem; border-radius: .5rem; cursor: pointer; font: inherit;
  border: 1px solid var(--st-primary-color); background: transparent;
  color: var(--st-primary-color); font-weight: 600; }
button:hover, button:focus-visible { background: var(--st-secondary-background-color); }
button:focus-visible { outline: 3px solid var(--st-primary-color); outline-offset: 2px; }
p { display: inline; margin: 0 0 0 .8rem; font-size: .9rem; }
"""
JS = """
export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button");
  const status = parentElement.querySelector("p");
  button.textContent = data.label;
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(data.text);
      status.textContent = data.done;
    } catch {
      // Browsers give no clipboard to pages served without TLS: the text stands above.
      status.textContent = data.by_hand;
    }
  };
}
"""


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("copy_text", html=HTML, css=CSS, js=JS)


def block(t: Words, text: str, *, label: str, key: str) -> None:
    """Show a text as it is to be taken, and the button that copies it."""
    st.html(f'<pre class="letter taken" role="group" aria-label="{escape(label)}">'
            f"{escape(text)}</pre>")  # fmt: skip
    words = {"label": label, "done": t("method.copied"), "by_hand": t("method.copy_by_hand")}
    _component()(data={"text": text, **words}, key=f"copy_{key}")
