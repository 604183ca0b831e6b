"""Many associations at once: a table read, its rows appraised, the programme in all."""

import streamlit as st

from ui.frame import open_page

page = open_page("portfolio")

st.title(page.t("portfolio.title"), anchor=False)
