"""Mediation in figures: what is counted, and what that says for an evaluation."""

import streamlit as st

from ui import context
from ui.frame import open_page

page = open_page("context")
t = page.t

st.title(t("context.title"), anchor=False)
st.markdown(t("context.introduction"))
for name in context.GROUPS:
    context.group(page, name)
