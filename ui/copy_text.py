"""Buttons that copy, as HTML: the framework's own speaks English only.

``every_page.js`` does what they say.
"""

from html import escape
from typing import Literal

import streamlit as st

from ui.words import Words


def block(t: Words, text: str, *, label: str, is_code: bool = True) -> None:
    """Show a text as it is to be taken, letter by letter if it is code, and what copies it."""
    classes = "letter taken" if is_code else "letter"
    st.html(
        f'<pre class="{classes}" role="group" aria-label="{escape(label)}">{escape(text)}</pre>'
        + copying_button(
            label, copies="text", done=t("method.copied"), by_hand=t("method.copy_by_hand")
        )
    )


def copying_button(
    label: str, *, copies: Literal["address", "text"], done: str, by_hand: str
) -> str:
    """Return the button that copies the page's address, or the text of the element before it.

    Its words once that is done, and where the browser does not allow it.
    """
    words = f'data-done="{escape(done)}" data-by-hand="{escape(by_hand)}"'
    return (
        f'<div class="copying"><button type="button" data-copies="{copies}" {words}>'
        f'{escape(label)}</button><p role="status"></p></div>'
    )
