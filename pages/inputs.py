"""Every input, grouped by outcome, with the headline on the same screen."""

import streamlit as st

from ui import editing, headline, inputs, value_table
from ui.frame import open_page

page = open_page("inputs")
t = page.t
looked_at = inputs.open_looked_at(page)

st.title(t("inputs.title"), anchor=False)
st.markdown(t("inputs.introduction"))
headline.strip(page)
editing.toolbar(page)
inputs.changed_values(page)
with st.expander(t("editing.case"), key="case_name"):
    editing.case_name(page)

st.header(t("inputs.costs"), anchor=False)
with st.container(border=True, key="costs"):
    inputs.cost_fields(page)
editing.new_cost(page)

st.header(t("inputs.outcomes"), anchor=False)
if inputs.wants_table(page):
    value_table.editable(page)
else:
    for outcome in page.scenario.outcomes:
        inputs.outcome_fields(page, outcome)
editing.new_outcome(page)

st.header(t("inputs.settings"), anchor=False)
st.markdown(t("inputs.settings_introduction"))
with st.container(border=True, key="settings"):
    inputs.setting_fields(page)

inputs.go_to(looked_at)
