"""The first page: the question, the answer, and how far to trust it."""

import streamlit as st

from roi_model.checks import SERIOUS
from ui import breakdown, checks, copy_link, flows, guide, headline, inputs, switches
from ui.frame import named, open_page
from ui.markup import euro_to_scale

page = open_page("result")
t = page.t
answer, questions = st.columns([7, 3], gap="large")

with answer:
    st.title(headline.sentence(page, quote=named), anchor=False)
    st.markdown(headline.honesty(page))
    guide.to_fill(page)
    headline.described(page)
    if page.is_changed:
        if page.has_published:
            st.markdown(headline.beside_published(page))
        inputs.changed_values(page)
    if headline.is_defined(page):
        st.html(euro_to_scale(page.evaluation, headline.one_euro(page), t))
        headline.balance_note(page)
    if not headline.awaited(page):
        headline.figures(page)
    breakdown.by_outcome(page)
    breakdown.by_beneficiary(page)
    flows.who_pays_who_gains(page)
    flows.year_by_year(page)
    st.header(t("checks.title"), anchor=False)
    checks.findings(page, only=SERIOUS)
    checks.link_to_all(page)

with questions:
    headline.strip(page, key="questions_strip")
    switches.reader_questions(page)
    switches.landmarks(page)
    copy_link.card(page)
