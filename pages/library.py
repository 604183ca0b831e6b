"""The evidence library: unit values to look up and to pick from."""

import streamlit as st

from ui import headline, library
from ui.frame import open_page

page = open_page("library")
t = page.t

st.title(t("library.title"), anchor=False)
st.markdown(t("library.introduction"))
headline.strip(page)
library.values(page, library.asked_for(page))
