"""The formulas with the numbers of the open scenario, and the limits of the method."""

import streamlit as st

from ui import method
from ui.frame import open_page

page = open_page("method")
t = page.t

st.title(t("method.title"), anchor=False)
method.formulas(page)

st.header(t("method.limits"), anchor=False)
st.markdown(t("method.limits_text"))
