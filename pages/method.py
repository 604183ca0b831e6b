"""Each formula with the open scenario's numbers, and how to find the same figures elsewhere."""

import streamlit as st

from ui import method, reproduce, working
from ui.frame import open_page

page = open_page("method")
t = page.t

st.title(t("method.title"), anchor=False)
st.markdown(t("method.introduction"))

found = working.chosen(page)
if found is not None:
    working.picture(page, found)
    st.header(t("method.outcome"), anchor=False)
    working.outcome_steps(page, found)
    st.header(t("method.whole"), anchor=False)
    working.whole_steps(page, found)
working.other_formulas(page)

st.header(t("method.conventions"), anchor=False)
st.markdown(t("method.conventions_introduction"))
method.conventions(page)

st.header(t("method.limits"), anchor=False)
method.limits(page)

st.header(t("method.verified"), anchor=False)
method.verified(page)

st.header(t("method.cite"), anchor=False)
reproduce.citation(page)

st.header(t("method.run"), anchor=False)
reproduce.code(page)
