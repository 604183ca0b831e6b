"""Who pays and who gains, as each sees it."""

import streamlit as st

from roi_model.viewpoints import points_of_view
from ui import viewpoints
from ui.frame import open_page

page = open_page("viewpoints")
t = page.t
seen = points_of_view(page.scenario)

st.title(viewpoints.sentence(page, seen), anchor=False)
st.markdown(t("viewpoints.introduction"))
if not seen.concerned:
    viewpoints.nothing_yet(page)
else:
    picture, choice = st.columns([7, 4], gap="large")
    with picture:
        viewpoints.picture(page, seen)
    with choice:
        viewpoints.choice(page)
    viewpoints.ratios(page, seen)
    viewpoints.transfers(page, seen)
