"""Scenarios side by side: what each brings, where they differ, and what makes the difference."""

import streamlit as st

from ui import compare
from ui.frame import open_page

page = open_page("compare")
t = page.t

offered = compare.offered(page)
shown = compare.shown(offered)
st.title(compare.sentence(page, shown), anchor=False)
st.markdown(t("compare.introduction"))
compare.notices(page, shown)

picture, controls = st.columns([7, 5], gap="large")
with controls:
    compare.controls(page, offered)
with picture:
    compare.ratios(page, shown)

compare.difference(page, shown)

st.header(t("compare.results"), anchor=False)
compare.results(page, shown)

compare.inputs(page, shown)
