"""Scenarios side by side: what each brings, where they differ, and what makes the difference."""

import streamlit as st

from ui import (
    compare,
    compare_bridge,
    compare_choices,
    compare_entries,
    compare_inputs,
    compare_results,
)
from ui.frame import open_page

page = open_page("compare")
t = page.t

offered = compare_entries.offered(page)
shown = compare_entries.shown(offered)
st.title(compare.sentence(page, shown), anchor=False)
st.markdown(t("compare.introduction"))
compare.notices(page, shown)

picture, controls = st.columns([7, 5], gap="large")
with controls:
    compare_choices.controls(page, offered)
with picture:
    compare_results.ratios(page, shown)

compare_bridge.difference(page, shown)

st.header(t("compare.results"), anchor=False)
compare_results.results(page, shown)

compare_inputs.inputs(page, shown)
