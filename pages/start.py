"""Where to start from: the published case, a template, a case of one's own, a link or a file."""

import streamlit as st

from reports.workbook_reading import scenario_from_workbook
from ui import start
from ui.frame import open_page

page = open_page("start")
t = page.t

st.title(t("start.title"), anchor=False)
st.markdown(t("start.introduction"))
start.published(page)
start.templates_to_fill(page)
start.received(page, scenario_from_workbook)
