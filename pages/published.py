"""Where this ratio stands among published studies, and what each of them is of."""

import streamlit as st

from ui import published
from ui.frame import open_page

page = open_page("published")
t = page.t

st.title(published.sentence(page), anchor=False)
st.markdown(published.what_can_be_said(page))
published.to_fill(page)

picture, before = st.columns([5, 3], gap="large")
with picture:
    st.header(t("published.picture"), anchor=False)
    published.chart(page)
with before:
    published.perimeter(page)
published.sources(page)

published.prudent_reading(page)
