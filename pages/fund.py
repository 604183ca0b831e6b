"""What one more post brings, what a budget buys, and what goes with a funder."""

import streamlit as st

from ui import fund
from ui.frame import open_page

page = open_page("fund")
t = page.t
funded = fund.opened(page)

st.title(fund.sentence(page, funded), anchor=False)
if funded is None:
    fund.missing(page)
else:
    fund.reading(page, funded)
    picture, controls = st.columns([7, 4], gap="large")
    with picture:
        fund.figures(page, funded)
        fund.chart(page, funded)
    with controls:
        fund.controls(page, funded)
        fund.ratios_explained(page)
    fund.budget(page, funded)
    fund.target(page, funded)
    fund.losing_a_funder(page, funded)
    fund.rests_on(page, funded)
