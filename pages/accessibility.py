"""What of the accessibility standard is met, what is not, and why."""

import streamlit as st

from ui.frame import open_page

page = open_page("accessibility")
t = page.t

st.title(t("accessibility.title"), anchor=False)
st.markdown(t("accessibility.introduction"))
for part in ("met", "not_met", "tested", "contact"):
    st.header(t(f"accessibility.{part}_title"), anchor=False)
    st.markdown(t(f"accessibility.{part}"))
