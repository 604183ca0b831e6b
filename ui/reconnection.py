"""Coming back to a server that was started again: the page runs once, before anyone touches it.

The browser finds the server again by itself, but asks for no run until the next click. That click
would then be the first thing a new visit hears of, before it has read its scenario from the
address, and would be lost.
"""

import streamlit as st

from ui.words import Words


def watched(t: Words) -> None:
    """Place what ``every_page.js`` presses as soon as it is back in touch with a server.

    The style sheet hides it from everyone else.
    """
    st.button(t("frame.again"), key="reconnected")
