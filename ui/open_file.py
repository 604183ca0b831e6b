"""Opening a file from the visitor's disk: the browser's own control, in the page's language."""

import base64
import binascii
from collections.abc import Callable
from typing import Any

import streamlit as st

from ui.words import Words

LARGEST = 2_000_000
"""Bytes; a case with its texts is about 20 000."""

HTML = """<label><span class="label"></span><input type="file"><span class="button"></span></label>
<p role="status"></p>"""
CSS = """
label { display: block; position: relative; }
.label { display: block; font-weight: 600; margin-bottom: .4rem; }
.button { display: inline-block; padding: .45rem .9rem; cursor: pointer;
  border: 1px solid var(--st-border-color); border-radius: .5rem; }
.button:hover { color: var(--st-primary-color); border-color: var(--st-primary-color); }
input { position: absolute; inset: auto auto 0 0; width: 1px; height: 1px; opacity: 0; }
input:focus-visible + .button { outline: 3px solid var(--st-primary-color); outline-offset: 2px; }
p { margin: .3rem 0 0; min-height: 1.4em; font-size: .9rem; }
"""
NAMED = """
const named = (root, { label, choose }) => {
  root.querySelector(".label").textContent = label;
  root.querySelector(".button").textContent = choose;
};
"""
"""The browser's own button has the browser's language: it is there, and what is seen is ours."""
JS = f"""{NAMED}
export default function ({{ data, parentElement, setTriggerValue }}) {{
  const input = parentElement.querySelector("input");
  const status = parentElement.querySelector("p");
  named(parentElement, data);
  input.accept = data.accept;
  input.onchange = () => {{
    const file = input.files[0];
    if (!file) return;
    if (file.size > data.largest) {{ status.textContent = data.too_large; return; }}
    const reader = new FileReader();
    reader.onload = () => setTriggerValue("opened", {{
      name: file.name, content: reader.result.split(",")[1] ?? "" }});
    reader.readAsDataURL(file);
    input.value = "";
  }};
}}
"""


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("open_file", html=HTML, css=CSS, js=JS)


def control(
    t: Words, *, label: str, too_large: str, accept: str, opened: Callable[[str, bytes], None]
) -> None:
    """Show the control; ``opened`` is called with the name and the bytes of a file chosen."""
    key = "open_file"

    def take() -> None:
        value = st.session_state[key].get("opened") or {}
        try:
            content = base64.b64decode(str(value.get("content", "")), validate=True)
        except binascii.Error:
            return
        if len(content) <= LARGEST:
            opened(str(value.get("name", "")), content)

    words = {"label": label, "choose": t("frame.choose_file"), "too_large": too_large}
    _component()(
        data={**words, "accept": accept, "largest": LARGEST}, key=key, on_opened_change=take
    )
