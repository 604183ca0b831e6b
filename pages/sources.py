"""Where each number comes from."""

import streamlit as st

from ui import provenance
from ui.frame import open_page

page = open_page("sources")
t = page.t

st.title(t("sources.title"), anchor=False)
st.markdown(t("sources.introduction"))
st.html(provenance.key(t))

st.header(t("sources.numbers"), anchor=False)
st.html(provenance.numbers(page))

st.header(t("sources.figures"), anchor=False)
st.markdown(t("sources.figures_introduction"))
st.html(provenance.figures(page))

st.header(t("sources.documents"), anchor=False)
st.html(provenance.documents(page))
