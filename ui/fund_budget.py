"""What a budget buys and what a target ratio asks for, under each rule of growth."""

from html import escape

import streamlit as st

from roi_model import Problem, Scenario, ScenarioError
from roi_model.budget import (
    Bought,
    PostsAtRatio,
    Ratio,
    posts_at_ratio,
    target_to_begin_with,
    what_a_budget_buys,
)
from roi_model.switching import SwitchingValue, switching_value
from ui import fund_choices, typed
from ui.frame import Page
from ui.fund_case import Funded
from ui.fund_words import posts_counted, rules
from ui.labels import label_of, refusal_text
from ui.link import BUDGET, TARGET
from ui.markup import folded, table
from ui.words import Language, Words

A_BUDGET = 100_000.0
"""Euros a year that the field begins with."""
FIELD_WIDTH = 360
"""Pixels: an amount needs no more."""
COMMON_SHARES = ("deadweight", "displacement", "attribution")


def budget(page: Page, funded: Funded) -> None:
    """Ask for a budget, and show the whole posts it pays for and what they would bring."""
    t = page.t
    st.header(t("fund.budget"), anchor=False)
    amount = _asked(page, BUDGET, t("fund.budget_field"), A_BUDGET)
    if amount is None:
        return
    try:
        bought = [_bought(funded, amount, one) for one in funded.elasticities]
    except ScenarioError:
        st.markdown(t("fund.no_price"))
        return
    first = bought[0]
    holes = {"budget": t.euros(first.budget), "price": t.euros(first.cost_per_post)}
    if not first.posts:
        st.markdown(t("fund.buys_none", **holes))
        return
    st.markdown(
        t.counted(
            "fund.buys",
            first.posts,
            number=t.number(first.posts),
            left=t.euros(first.left),
            **holes,
        )
    )
    names = ("rule", "added_value", "marginal", "average")
    rows = [
        (
            rule,
            t.euros(one.case.added_benefits),
            t.ratio(one.case.marginal_ratio),
            t.ratio(one.case.average_ratio),
        )
        for one, rule in zip(bought, rules(t, funded).values(), strict=True)
    ]
    headings = [t(f"fund.heading_{name}") for name in names]
    st.html(table(t("fund.budget"), headings, rows, t, numeric=(1, 2, 3)))
    if first.case.added_other_costs:
        st.caption(t("fund.buys_others", others=t.euros(first.case.added_other_costs)))


def target(page: Page, funded: Funded) -> None:
    """Ask for a ratio, and show up to how many posts it holds and what else would give it."""
    t, case = page.t, funded.case
    st.header(t("fund.target"), anchor=False)
    st.markdown(t("fund.target_introduction"))
    begin = target_to_begin_with(case.average_ratio_now)
    wanted = _asked(page, TARGET, t("fund.target_field"), begin)
    if wanted is None:
        return
    rows = [
        (
            rule,
            *(
                _posts_needed(t, _needed(funded, wanted, ratio, elasticity))
                for ratio in ("marginal", "average")
            ),
        )
        for elasticity, rule in rules(t, funded).items()
    ]
    headings = [t(f"fund.heading_{name}") for name in ("rule", "keeps_marginal", "keeps_average")]
    st.html(table(t("fund.target"), headings, rows, t))
    found = _switching(funded.scenario.fingerprint, funded.scenario, funded.perspective, wanted)
    cells = [
        (
            label_of(one.address, funded.scenario, t),
            _written(t, funded.scenario, one.address, one.current),
            _written(t, funded.scenario, one.address, one.value or 0.0),
            t(f"fund.range_{_range(one)}"),
        )
        for one in found
    ]
    if cells:
        names = ("number", "now", "needed", "range")
        headings = [t(f"fund.heading_{name}") for name in names]
        summary = t("fund.switching", ratio=t.ratio(wanted), now=t.ratio(case.average_ratio_now))
        st.html(folded(summary, table(summary, headings, cells, t, numeric=(1, 2))))


def _asked(page: Page, name: str, label: str, begin: float) -> float | None:
    """Ask for an amount that this page alone keeps; ``None`` where it is not understood."""
    t, key = page.t, f"fund:{name}"
    said = fund_choices.chosen(name)
    shown = begin if said is None else said
    st.session_state[key] = shown if isinstance(shown, str) else t.number(shown)
    st.text_input(
        label,
        key=key,
        max_chars=typed.LONGEST,
        autocomplete="off",
        width=FIELD_WIDTH,
        on_change=lambda: _take(name, st.session_state[key], t.language),
    )
    if (asked := fund_choices.ignored(name)) is not None:
        _say_refused(t("fund.ignored", label=label, received=asked, begin=t.number(begin)))
    if not isinstance(shown, str):
        return shown
    problem = Problem(
        where=label, code=_why(shown, t.language), received=shown, allowed="", message=""
    )
    _say_refused(refusal_text(problem, page.scenario, t))
    return None


def _take(name: str, text: str, language: Language) -> None:
    """Keep what was typed: a number, or the text where it cannot be one; nothing if empty."""
    try:
        value = typed.parse(text, "amount", language)
    except typed.NotUnderstoodError:
        fund_choices.choose(name, text.strip() or None)
    else:
        fund_choices.choose(name, value if fund_choices.is_possible(name, value) else text)


def _why(text: str, language: Language) -> str:
    """Return the code of why a text was not taken."""
    try:
        typed.parse(text, "amount", language)
    except typed.NotUnderstoodError as error:
        return error.code
    return "other"


def _say_refused(said: str) -> None:
    st.html(f'<p class="refused" role="alert">{escape(said)}</p>')


def _bought(funded: Funded, amount: float, elasticity: float) -> Bought:
    return what_a_budget_buys(
        funded.scenario,
        amount,
        perspective=funded.perspective,
        elasticity=elasticity,
        other_costs=funded.other_costs,
    )


def _needed(funded: Funded, wanted: float, ratio: Ratio, elasticity: float) -> PostsAtRatio:
    return posts_at_ratio(
        funded.scenario,
        wanted,
        ratio,
        perspective=funded.perspective,
        elasticity=elasticity,
        other_costs=funded.other_costs,
    )


def _posts_needed(t: Words, found: PostsAtRatio) -> str:
    """Return up to, or from, how many posts a ratio is at the target; else why none is."""
    is_searched = found.status in ("found", "not_possible")
    if found.ratio == "marginal" and is_searched and not found.is_held:
        return t("fund.not_held", ratio=t.ratio(found.now))
    if found.status == "found":
        return _between(t, found)
    if found.status == "undefined":
        return t("fund.undefined")
    if found.status == "not_possible":
        return t("fund.always_searched" if found.is_held else "fund.never_searched")
    return t("fund.always" if found.is_held else "fund.never", ratio=t.ratio(found.now))


def _between(t: Words, found: PostsAtRatio) -> str:
    """Return between which whole numbers of posts a ratio is at the target."""
    first, last = found.whole_from, found.whole_up_to
    if last is None:
        return t("fund.from", posts=posts_counted(t, first or 0))
    if first is None:
        return t("fund.up_to" if found.is_held else "fund.only_up_to", posts=posts_counted(t, last))
    return t("fund.between", first=t.number(first), posts=posts_counted(t, last))


def _range(one: SwitchingValue) -> str:
    return {True: "inside", False: "outside", None: "none"}[one.is_in_range]


@st.cache_data(max_entries=32, show_spinner=False)
def _switching(
    fingerprint: str, _scenario: Scenario, perspective: str, wanted: float
) -> list[SwitchingValue]:
    """Return what one cost, factor or common share would have to be; nothing below 0 is offered."""
    addresses = [cost.id for cost in _scenario.costs]
    addresses += [
        f"{outcome.id}.{factor.id}" for outcome in _scenario.outcomes for factor in outcome.factors
    ]
    found = (
        switching_value(_scenario, one, target=wanted, perspective=perspective)
        for one in (*addresses, *COMMON_SHARES)
    )
    return [one for one in found if one.status == "found" and (one.value or 0.0) > 0]


def _written(t: Words, scenario: Scenario, address: str, value: float) -> str:
    unit = dict(scenario.parameters())[address].unit
    return t.value(float(f"{value:.4g}"), unit)
