"""Who pays and who gains, as each sees it."""

import streamlit as st

from ui.frame import open_page

page = open_page("viewpoints")

st.title(page.t("viewpoints.title"), anchor=False)
