"""Opening a file from the visitor's disk: the browser's own control, in its own language."""

import base64
import binascii
from collections.abc import Callable
from typing import Any

import streamlit as st

LARGEST = 2_000_000
"""Bytes; a case with its texts is about 20 000."""

HTML = '<label><span></span><input type="file"></label><p role="status"></p>'
CSS = """
label span { display: block; font-weight: 600; margin-bottom: .3rem; }
input { font: inherit; color: inherit; max-width: 100%; }
input:focus-visible { outline: 3px solid var(--st-primary-color); outline-offset: 2px; }
p { margin: .3rem 0 0; min-height: 1.4em; font-size: .9rem; }
"""
JS = """
export default function ({ data, parentElement, setTriggerValue }) {
  const input = parentElement.querySelector("input");
  const status = parentElement.querySelector("p");
  parentElement.querySelector("span").textContent = data.label;
  input.accept = data.accept;
  input.onchange = () => {
    const file = input.files[0];
    if (!file) return;
    if (file.size > data.largest) { status.textContent = data.too_large; return; }
    const reader = new FileReader();
    reader.onload = () => setTriggerValue("opened", {
      name: file.name, content: reader.result.split(",")[1] ?? "" });
    reader.readAsDataURL(file);
    input.value = "";
  };
}
"""


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("open_file", html=HTML, css=CSS, js=JS)


def control(
    *, label: str, too_large: str, accept: str, opened: Callable[[str, bytes], None]
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

    words = {"label": label, "too_large": too_large, "accept": accept, "largest": LARGEST}
    _component()(data=words, key=key, on_opened_change=take)
