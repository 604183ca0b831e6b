"""Mediation in figures."""

import streamlit as st

from ui.frame import open_page

page = open_page("context")

st.title(page.t("context.title"), anchor=False)
