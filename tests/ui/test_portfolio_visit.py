"""A visit that knows of no table, and what the tab of the browser hands back to it."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from ui import portfolio_visit
from ui.portfolio_shelf import SHELF, new_token

CHOICES = {
    "template": "adulte_relais",
    "targets": {"Postes": "state_aid"},
    "filter_kept": ["Bretagne"],
    "draws": 4_096,
}


@pytest.fixture
def token():
    token = new_token()
    SHELF.place(token, portfolio_visit.TABLE, "a table", is_source=True)
    yield token
    SHELF.clear(token)


def handed_back(written, **before):
    """Return the state of a visit once the browser has handed something back."""

    def script():
        import streamlit as st

        from ui import portfolio_visit

        st.session_state[portfolio_visit.KEY] = {"kept": st.session_state.written}
        portfolio_visit._take()
        st.session_state.table = portfolio_visit.held(portfolio_visit.TABLE)
        st.session_state.gone = portfolio_visit.is_gone()
        st.session_state.chosen = {
            one: portfolio_visit.chosen(one) for one in portfolio_visit.CHOICES
        }

    app = AppTest.from_function(script)
    for name, value in ({"written": written} | before).items():
        app.session_state[name] = value
    app.run()
    assert not app.exception
    return app.session_state


def test_the_token_opens_the_table_with_what_was_chosen(token):
    state = handed_back(json.dumps({"token": token, "choices": CHOICES}))
    assert (state.table, state.gone) == ("a table", False)
    assert {one: what for one, what in state.chosen.items() if what is not None} == CHOICES


def test_a_token_of_nothing_says_so_and_keeps_what_was_chosen_of_any_table():
    state = handed_back(json.dumps({"token": new_token(), "choices": CHOICES}))
    assert (state.table, state.gone) == (None, True)
    chosen = {one: what for one, what in state.chosen.items() if what is not None}
    assert chosen == {"template": "adulte_relais", "draws": 4_096}


def test_a_visit_with_a_table_keeps_its_own(token):
    other = new_token()
    SHELF.place(other, portfolio_visit.TABLE, "another", is_source=True)
    state = handed_back(json.dumps({"token": other}), **{portfolio_visit.TOKEN: token})
    assert state.table == "a table"
    SHELF.clear(other)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "[]",
        "{",
        "[" * 100_000,
        "x" * 300_000,
        json.dumps({"token": 7, "choices": [1]}),
        json.dumps({"token": ["a"], "choices": {"draws": {"a": 1}, "language": "xx"}}),
        json.dumps({"token": "", "choices": {"targets": {"a": 1}, "filter_kept": [1]}}),
        json.dumps({"choices": {"x" * 210_000: 1}}),
    ],
)
def test_whatever_a_browser_hands_back_is_taken_or_passed_over(written):
    state = handed_back(written)
    assert state.table is None
    assert all(what is None for what in state.chosen.values())
    assert "portfolio_language" not in state


def test_nothing_is_held_without_a_table():
    def script():
        import streamlit as st

        from ui import portfolio_visit

        portfolio_visit.hold("reading", "mine")
        st.session_state.found = portfolio_visit.held("reading")
        st.session_state.made = portfolio_visit.made("reading", 1, lambda: "made")

    app = AppTest.from_function(script).run()
    assert (app.session_state.found, app.session_state.made) == (None, "made")
    assert SHELF.find("", "reading") is None
