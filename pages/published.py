"""Where this ratio stands among published studies."""

import streamlit as st

from ui.frame import open_page

page = open_page("published")

st.title(page.t("published.title"), anchor=False)
