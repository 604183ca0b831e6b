"""How sure the result is: its distribution, the numbers that decide, and what an assurer asks."""

import streamlit as st

from ui import checks, headline, long_run, reaching, switches, two_numbers, uncertainty
from ui.frame import open_page

page = open_page("uncertainty")
t = page.t
answer, asked = st.columns([7, 3], gap="large")

with asked:
    headline.strip(page, key="questions_strip")
    with st.container(border=True, key="sureness"):
        st.header(t("uncertainty.asked"), anchor=False)
        target = reaching.target(page)
        draws = long_run.control(page)
        drawn = uncertainty.drawn(page, draws)
        if drawn is not None and drawn.draws < draws:
            long_run.progress(page, draws)
    switches.reader_questions(page)

with answer:
    st.title(uncertainty.sentence(page, drawn), anchor=False)
    if said := uncertainty.left_out(page, drawn):
        st.markdown(said)
    st.markdown(uncertainty.how(page, drawn))
    uncertainty.figures(page, drawn, target)

    st.header(t("uncertainty.distribution"), anchor=False)
    uncertainty.distribution(page, drawn)

    st.header(t("uncertainty.acceptability"), anchor=False)
    reaching.acceptability(page, drawn, target)

    st.header(t("uncertainty.deciding"), anchor=False)
    uncertainty.deciding(page, drawn)

    st.header(t("uncertainty.switching"), anchor=False)
    reaching.switching(page, target)

    st.header(t("uncertainty.two_way"), anchor=False)
    two_numbers.shown(page, uncertainty.decisive(page, drawn), target)

    st.header(t("checks.title"), anchor=False)
    st.markdown(t("checks.introduction"))
    checks.findings(page)
