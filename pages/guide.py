"""The guided path: ten plain questions at most, with what is missing and a provisional result."""

import streamlit as st

from ui import guide
from ui.frame import open_page

page = open_page("guide")

if guide.template_of(page) is None:
    st.title(page.t("guide.title"), anchor=False)
    guide.nothing_to_fill(page)
else:
    question, result = st.columns([7, 4], gap="large")
    with question:
        guide.question(page)
    with result:
        guide.provisional(page)
