"""The dossier to leave with."""

import streamlit as st

from ui.frame import open_page

page = open_page("dossier")

st.title(page.t("dossier.title"), anchor=False)
