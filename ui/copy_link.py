"""Sharing: a button that copies the address of this very scenario."""

import streamlit as st

from ui import copy_text
from ui.frame import Page


def card(page: Page) -> None:
    """Show what the link holds and the button that copies it, where a link holds it all."""
    t = page.t
    if not page.fits_a_link:
        return
    with st.container(border=True, key="share"):
        st.header(t("share_link.title"), anchor=False)
        st.markdown(t("share_link.text"))
        words = {name: t(f"share_link.{name}") for name in ("label", "done", "by_hand")}
        st.html(copy_text.copying_button(copies="address", **words))
