"""Opening a table from the visitor's disk, in parts: a table may be larger than one message."""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from ui.open_file import CSS, HTML, NAMED
from ui.portfolio_shelf import SHELF, new_token
from ui.words import Words

LARGEST = 30_000_000
"""Bytes: a table of 100 000 rows and 14 columns is about 11 000 000 as CSV."""
PART = 1_500_000
"""Bytes sent at a time; a message holds them in 2 000 000 letters."""
LONGEST_TOKEN = 40
ACCEPTED = ".csv,.tsv,.xlsx,.parquet"
KEY, UPLOAD, PARTS = "portfolio_file", "portfolio_upload", "parts"

JS = f"""{NAMED}
export default function ({{ data, parentElement, setTriggerValue }}) {{
  const input = parentElement.querySelector("input");
  const status = parentElement.querySelector("p");
  named(parentElement, data);
  input.accept = data.accept;
  const send = (sending, position) => {{
    sending.sent = position;
    const reader = new FileReader();
    const from = position * data.part;
    reader.onload = () => setTriggerValue("part", {{
      token: sending.token, name: sending.file.name, position, count: sending.count,
      content: reader.result.split(",")[1] ?? "" }});
    reader.readAsDataURL(sending.file.slice(from, from + data.part));
    status.textContent = data.sending;
  }};
  input.onchange = () => {{
    const file = input.files[0];
    if (!file) return;
    if (file.size > data.largest) {{ status.textContent = data.too_large; return; }}
    const count = Math.max(1, Math.ceil(file.size / data.part));
    parentElement.sending = {{ file, count, token: String(Date.now()), sent: -1 }};
    send(parentElement.sending, 0);
    input.value = "";
  }};
  const sending = parentElement.sending;
  if (!sending || sending.token !== data.token) return;
  if (data.is_lost) {{ parentElement.sending = null; status.textContent = data.lost; }}
  if (data.is_lost || data.received !== sending.sent + 1) return;
  if (data.received < sending.count) send(sending, data.received);
  else {{ parentElement.sending = null; status.textContent = ""; }}
}}
"""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What has come of a file."""

    token: str
    received: int
    content: tuple[bytes, ...] = ()
    is_lost: bool = False
    """A part came after one that is not there: there was no room for it."""


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("open_table", html=HTML, css=CSS, js=JS)


def control(t: Words, opened: Callable[[str, bytes], None]) -> None:
    """Show the control; ``opened`` is called with the name and the bytes of a file chosen."""
    upload = st.session_state.setdefault(UPLOAD, new_token())
    parts: Parts | None = SHELF.find(upload, PARTS)
    largest = min(LARGEST, SHELF.most_bytes)
    data = {
        "label": t("portfolio.file"),
        "choose": t("frame.choose_file"),
        "too_large": t("portfolio.file_too_large", size=t.number(largest / 1_000_000)),
        "sending": t("portfolio.file_sending"),
        "lost": t("portfolio.file_lost"),
        "accept": ACCEPTED,
        "largest": largest,
        "part": PART,
        "token": parts.token if parts else "",
        "received": parts.received if parts else 0,
        "is_lost": parts is not None and parts.is_lost,
    }

    def come() -> None:
        part = st.session_state[KEY].get("part") or {}
        now, whole = joined(SHELF.find(upload, PARTS), part)
        if now is not None:
            SHELF.place(upload, PARTS, now)
        if whole is not None:
            opened(str(part.get("name", "")), whole)

    _component()(data=data, key=KEY, on_part_change=come)


def joined(before: Parts | None, part: Mapping[str, Any]) -> tuple[Parts | None, bytes | None]:
    """Return what has come with one more part, and the file once it is whole.

    Anything may be sent here: what is not the next part changes nothing.
    """
    try:
        content = base64.b64decode(str(part.get("content", "")), validate=True)
        position, count = int(part.get("position", -1)), int(part.get("count", 0))
    except (binascii.Error, TypeError, ValueError):
        return before, None
    token = str(part.get("token", ""))[:LONGEST_TOKEN]
    known = Parts(token=token, received=0) if position == 0 else before
    if known is None:
        return Parts(token=token, received=0, is_lost=True), None
    if known.token != token or known.received != position:
        return known, None
    parts = (*known.content, content)
    is_last = position + 1 >= count
    if sum(map(len, parts)) > LARGEST:
        return Parts(token=token, received=0, is_lost=True), None
    now = Parts(token=token, received=position + 1, content=() if is_last else parts)
    return now, b"".join(parts) if is_last else None
