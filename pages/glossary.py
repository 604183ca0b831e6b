"""Every term of the pages in a plain sentence."""

import streamlit as st

from ui import glossary
from ui.frame import open_page

page = open_page("glossary")

st.title(page.t("glossary.title"), anchor=False)
st.markdown(page.t("glossary.introduction"))
st.html(glossary.terms(page.t))
