"""Sending the open scenario: the link, a short mail, the file."""

import streamlit as st

from ui import headline, sharing
from ui.frame import open_page

page = open_page("share")
t = page.t

st.title(t("share.title"), anchor=False)
st.markdown(t("share.introduction"))
headline.strip(page)
if page.fits_a_link:
    sharing.link(page)
    sharing.mail(page)
sharing.file(page)
