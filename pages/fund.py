"""What one more post brings, what a budget buys, and what goes with a funder."""

import streamlit as st

from ui import fund, fund_budget, fund_case, fund_choices, fund_growth, fund_payers
from ui.frame import open_page

page = open_page("fund")
t = page.t
funded = fund_case.opened(page)

st.title(fund.sentence(page, funded), anchor=False)
if funded is None:
    fund.missing(page)
else:
    fund.reading(page, funded)
    picture, controls = st.columns([7, 4], gap="large")
    with picture:
        fund.figures(page, funded)
        fund_growth.chart(page, funded)
    with controls:
        fund.controls(page, funded)
        fund.ratios_explained(page)
    fund_budget.budget(page, funded)
    fund_budget.target(page, funded)
    fund_payers.losing_a_funder(page, funded)
    fund.rests_on(page, funded)
fund_choices.exchange()
