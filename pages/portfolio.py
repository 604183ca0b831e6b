"""Many associations at once: a table read, its rows appraised, the programme in all."""

import streamlit as st

from reports.programme_documents import programme_document
from ui import (
    portfolio,
    portfolio_columns,
    portfolio_documents,
    portfolio_funds,
    portfolio_ranking,
    portfolio_results,
    portfolio_sureness,
    portfolio_visit,
)
from ui.frame import open_page

page = open_page("portfolio")
t = page.t
portfolio_visit.exchange()

answer = st.container()
asked, opened = st.columns(2, gap="large")
with asked:
    st.header(t("portfolio.begin"), anchor=False)
    template = portfolio.template_chosen(page)
    portfolio.to_fill(page, template)
with opened:
    st.header(t("portfolio.open"), anchor=False)
    portfolio.file_chosen(page)

read = portfolio.read(page, template)
chosen = simulation = None
if read is not None:
    portfolio_columns.matched(page, read)
    portfolio_columns.faults(page, read)
    chosen = portfolio_results.looked_at(page, read)
    simulation = portfolio_sureness.drawn(chosen)

with answer:
    st.title(portfolio_results.sentence(page, chosen, simulation), anchor=False)
    st.markdown(t("portfolio.introduction"))
    if chosen is not None:
        portfolio.ways_down(page)

if chosen is not None:
    st.header(t("portfolio.results"), anchor=False)
    portfolio_results.figures(page, chosen)
    portfolio_results.not_given(page, chosen)
    portfolio_results.who_pays(page, chosen)
    portfolio_results.distribution(page, chosen)
    portfolio_results.groups(page, chosen, simulation)
    portfolio_sureness.control(page, chosen, simulation)
    if simulation is not None:
        portfolio_sureness.interval(page, simulation)
    portfolio_ranking.associations(page, chosen, simulation)
    portfolio_sureness.funnel_of(page, chosen)
    portfolio_sureness.standing_out(page, chosen)
    portfolio_funds.moving(page, chosen, simulation)
    portfolio_funds.downloads(page, chosen, simulation)
    portfolio_documents.documents(page, chosen, simulation, programme_document)
