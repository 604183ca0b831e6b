"""How sure the result is: its distribution, the numbers that decide, and what an assurer asks."""

import streamlit as st

from ui import checks, uncertainty
from ui.frame import open_page

page = open_page("uncertainty")
t = page.t

drawn = uncertainty.drawn(page)
st.title(uncertainty.sentence(page, drawn), anchor=False)
st.markdown(uncertainty.how(page, drawn))
uncertainty.figures(page, drawn)

st.header(t("uncertainty.distribution"), anchor=False)
uncertainty.distribution(page, drawn)

st.header(t("uncertainty.deciding"), anchor=False)
uncertainty.deciding(page, drawn)

st.header(t("checks.title"), anchor=False)
st.markdown(t("checks.introduction"))
checks.findings(page)
