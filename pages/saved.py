"""Saved scenarios: keep the open one, share it by a short link, find one's own again."""

import streamlit as st

from ui import kept_keys, saved, saving
from ui.frame import open_page

page = open_page("saved")
t = page.t
store = saving.offered()

if store is None:
    saved.nowhere(page)
else:
    st.title(t("saved.keep_title"), anchor=False)
    st.markdown(t("saved.introduction"))
    saved.account(page, store)
    if store.is_open_to_all:
        kept_keys.exchange()
    saved.save_this(page, store)
    saved.own(page, store)
    saved.what_is_stored(page, store)
