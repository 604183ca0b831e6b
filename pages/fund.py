"""What one more post brings."""

import streamlit as st

from ui.frame import open_page

page = open_page("fund")

st.title(page.t("fund.title"), anchor=False)
