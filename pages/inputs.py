"""Every input, grouped by outcome, with the headline on the same screen."""

import streamlit as st

from ui import headline, inputs
from ui.frame import open_page

page = open_page("inputs")
t = page.t

st.title(t("inputs.title"), anchor=False)
st.markdown(t("inputs.introduction"))
headline.strip(page)
inputs.changed_values(page)

st.header(t("inputs.costs"), anchor=False)
with st.container(border=True):
    inputs.cost_fields(page)

st.header(t("inputs.outcomes"), anchor=False)
for outcome in page.scenario.outcomes:
    inputs.outcome_fields(page, outcome)

st.header(t("inputs.settings"), anchor=False)
st.markdown(t("inputs.settings_introduction"))
with st.container(border=True):
    inputs.setting_fields(page)
