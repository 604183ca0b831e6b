"""The brief and the workbook of a programme, as the page of many associations offers them."""

import io

import pytest
import streamlit as st
from openpyxl import load_workbook

from roi_model.portfolio_funds import moved_funds
from tests.pages.test_portfolio_page import HEADINGS, ROWS, draw, expected, with_table
from tests.reports.test_brief import needs_pdftotext, plain, text_of
from ui.words import words_in


@pytest.fixture
def offered(monkeypatch):
    """Return what the buttons of the page hand out when they are clicked, by their key."""
    found = {}
    real = st.download_button

    def recording(label, data, **more):
        found[more["key"]] = data
        return real(label, data, **more)

    monkeypatch.setattr(st, "download_button", recording)
    return found


@needs_pdftotext
def test_both_are_made_on_a_click_of_what_the_page_shows(offered):
    t = words_in("fr")
    app = with_table(HEADINGS + ROWS)
    assert not app.exception
    evaluation = expected(HEADINGS + ROWS)
    buttons = {one.proto.label: one.proto for one in app.main.get("download_button")}
    for ending in ("pdf", "xlsx"):
        assert buttons[t(f"programme.download_{ending}")].deferred_file_id
    text = text_of(offered["portfolio_document_pdf"]())
    assert plain(t.short_euros(evaluation.totals.benefits)) in text
    assert plain(t("programme.not_ranked")) in text
    gain = moved_funds(evaluation, away=0.1, towards=0.2, elasticity=0.8).gain
    assert plain(t.short_euros(gain)) in text
    book = load_workbook(io.BytesIO(offered["portfolio_document_xlsx"]()), data_only=True)
    rows = book[t("programme.sheet_rows")]
    assert [row[0].value for row in rows.iter_rows(min_row=5)] == ["A1", "A2", "A3"]


@needs_pdftotext
def test_draws_filter_and_groups_of_the_page_are_those_of_the_brief(offered):
    t = words_in("fr")
    app = with_table(HEADINGS + ROWS)
    app.selectbox(key="portfolio_filter_field").set_value("Région").run()
    app.multiselect(key="portfolio_filter_kept_field").set_value(["Bretagne"]).run()
    app = draw(app)
    assert not app.exception
    text = text_of(offered["portfolio_document_pdf"]())
    assert plain(t("programme.selection", column="Région", kept="Bretagne")) in text
    assert plain(t("portfolio.ranking_warning")) in text
    assert plain(t("programme.groups_by", column="Région")) in text
