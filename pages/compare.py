"""Comparing scenarios."""

import streamlit as st

from ui.frame import open_page

page = open_page("compare")

st.title(page.t("compare.title"), anchor=False)
