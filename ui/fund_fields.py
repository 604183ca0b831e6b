"""The numbers of the posts, asked for where a scenario has none: they become part of it."""

from dataclasses import replace
from html import escape

import streamlit as st

from roi_model import Problem, Scenario, ScenarioError
from roi_model.editing import rebuilt
from roi_model.funding import cost_counted_in_posts, with_funding
from roi_model.parameters import Factor
from roi_model.value_map import Cost, Funding
from ui import editing, state, typed
from ui.bases import load
from ui.frame import Page, named
from ui.inputs import number_field, papers_of, unit_words
from ui.labels import refusal_text
from ui.link import DEFAULT_CASE

UNITS = {"posts": "staff", "cost_per_post": "EUR/staff/year"}


def like() -> Funding:
    """Return the funding case that lends its labels and its elasticity to those of one's own."""
    funding = load(DEFAULT_CASE).funding
    assert funding is not None  # the published case has one
    return funding


def implied(scenario: Scenario) -> Scenario | None:
    """Return a scenario with the funding case that a cost counted in posts implies, if one is."""
    cost = cost_counted_in_posts(scenario)
    if cost is None:
        return None
    try:
        return with_funding(scenario, cost=cost.id, like=like())
    except ScenarioError:
        return None


def begun(scenario: Scenario) -> Scenario:
    """Return a scenario with the funding case that it has or implies, as far as there is one."""
    return scenario if scenario.funding is not None else implied(scenario) or scenario


def payable(scenario: Scenario) -> list[Cost]:
    """Return the costs that may pay for posts."""
    now = scenario.funding.cost if scenario.funding is not None else ""
    return [cost for cost in scenario.costs if cost.value > 0 or cost.id == now]


def numbers(page: Page, funding: Funding | None) -> None:
    """Show the numbers of the posts with their papers; ask for those that the case has not."""
    t = page.t
    is_own = page.case.funding is None
    with st.container(border=True, key="fund_numbers"):
        if is_own:
            editing.toolbar(page)
            _who_pays(page)
        for name in UNITS:
            number: Factor | None = getattr(funding, name, None)
            address = f"funding.{name}"
            if number is not None and not is_own:
                label, help_text = t.of(number.label), t.of(number.help)
                number_field(page, address, number, label=label, help=help_text)
                continue
            known = None if number is None or number.is_to_fill else number
            field, papers = st.columns([5, 6], gap="medium")
            with field:
                _field(page, name, None if known is None else known.value)
            if known is not None:
                with papers:
                    st.html(papers_of(page, address, known))
        if is_own and page.scenario.funding is not None:
            st.caption(t("fund.in_link"))
            st.button(
                t("fund.remove"),
                key="fund:remove",
                icon=":material/delete:",
                type="tertiary",
                on_click=lambda: state.edit(
                    lambda scenario: rebuilt(scenario, funding=None), at="funding"
                ),
            )


def _who_pays(page: Page) -> None:
    """Ask which cost pays for the posts, where several may."""
    t, key = page.t, "fund:cost"
    labels = {one.id: named(t.of(one.label)) for one in payable(page.scenario)}
    if len(labels) < 2:
        return
    st.session_state[key] = _paying(page.scenario)
    st.radio(
        t("fund.who_pays"),
        list(labels),
        format_func=lambda one: labels[one],
        key=key,
        on_change=lambda: state.edit(
            lambda scenario: with_funding(begun(scenario), cost=st.session_state[key], like=like()),
            at="funding.cost",
        ),
    )


def _paying(scenario: Scenario) -> str:
    """Return the cost that pays for the posts: the one chosen, one counted in posts, or a first."""
    if scenario.funding is not None:
        return scenario.funding.cost
    return (cost_counted_in_posts(scenario) or payable(scenario)[0]).id


def _field(page: Page, name: str, value: float | None) -> None:
    """Show a field for a number that the case does not have; what is not taken stays in it."""
    t, key, address = page.t, f"fund:own_{name}", f"funding.{name}"
    refusal = state.refusal(address)
    shown = "" if value is None else t.number(value)
    st.session_state[key] = refusal.text if refusal else shown
    st.text_input(
        t(f"fund.own_{name}"),
        key=key,
        help=t(f"fund.own_{name}_help"),
        max_chars=typed.LONGEST,
        autocomplete="off",
        on_change=lambda: _take(page, name, st.session_state[key]),
    )
    if refusal:
        said = refusal_text(refusal.problem, page.scenario, t)
        st.html(f'<p class="refused" role="alert">{escape(said)}</p>')


def _take(page: Page, name: str, text: str) -> None:
    """Make a number that was typed part of the scenario, or keep why it cannot be."""
    t, address = page.t, f"funding.{name}"
    scenario = state.scenario()  # not the page's: another field may have been left since
    kind: typed.Kind = "quantity" if name == "posts" else "amount"
    try:
        value = typed.parse(text, kind, t.language, unit_words=unit_words(t, UNITS[name]))
        changed = with_funding(scenario, cost=_paying(scenario), like=like(), **{name: value})
    except typed.NotUnderstoodError as error:
        said = Problem(where="", code=error.code, received=text, allowed="", message=error.code)
    except ScenarioError as error:
        said = error.problems[0]
    else:
        state.edit(lambda _: changed, at=address)
        return
    state.refuse(address, text, replace(said, where=t(f"fund.own_{name}")))
