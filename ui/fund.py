"""What more posts, or fewer, cost and bring: the answer, its figures, and what it is asked with."""

import math
from dataclasses import replace
from html import escape

import streamlit as st

from roi_model.budget import price_gap
from ui import fund_fields, state
from ui.frame import PAGES, Page, PageName
from ui.fund_case import Funded
from ui.fund_words import rules
from ui.inputs import papers_of
from ui.labels import perspective_label


def sentence(page: Page, funded: Funded | None) -> str:
    """Return what the posts asked for cost and bring, in one sentence."""
    t = page.t
    if funded is None:
        return t("fund.unknown")
    case = funded.case
    added = case.posts - case.posts_now
    if not added:
        return t("fund.same")
    if not math.isfinite(case.marginal_ratio):
        return t("fund.no_price")
    if not any(one.present_value_now for one in case.by_outcome):
        return t("fund.no_effect")
    return t.counted(
        "fund.more" if added > 0 else "fund.fewer",
        abs(added),
        number=t.number(abs(added), decimals=None),
        cost=t.short_euros(abs(case.added_costs)),
        value=t.short_euros(case.added_benefits if added > 0 else -case.added_benefits),
        ratio=t.ratio(case.marginal_ratio),
    )


def reading(page: Page, funded: Funded) -> None:
    """Say what the figures assume, and whose they are."""
    t = page.t
    st.markdown(t("fund.assumption"))
    label = perspective_label(funded.perspective, funded.scenario, t)
    is_open = funded.perspective == page.scenario.settings.perspective
    said = [t("fund.seen_from" if is_open else "fund.seen_otherwise", perspective=label)]
    costs = {cost.id: cost for cost in funded.scenario.costs}
    paying = costs[funded.funding.cost]
    others = [one for one in costs.values() if one is not paying and one.value]
    if others:
        names = t("chart.separator").join(t.of(one.label) for one in others)
        said.append(t("fund.other_costs", cost=t.of(paying.label), others=names))
    gap = price_gap(funded.scenario)
    if gap is not None:
        priced, stated = map(t.short_euros, gap)
        said.append(t("fund.price_differs", priced=priced, stated=stated))
    st.html(f"<p class=quiet>{escape(' '.join(said))}</p>")
    if not any(one.present_value_now for one in funded.case.by_outcome):
        st.markdown(t("fund.no_effect_yet"))
        _way_to(page, "inputs")


def missing(page: Page) -> None:
    """Say what this scenario lacks before posts can be compared, and ask for it."""
    t = page.t
    if page.scenario.funding is None and not fund_fields.payable(page.scenario):
        st.markdown(t("fund.no_cost"))
        _way_to(page, "inputs")
        return
    st.markdown(t("fund.ask"))
    fund_fields.numbers(page, page.scenario.funding)


def figures(page: Page, funded: Funded) -> None:
    """Show what is added, and the two ratios that are never mixed."""
    t, case = page.t, funded.case
    with st.container(horizontal=True, key="fund_figures"):
        for name, value in (
            ("added_cost", t.short_euros(case.added_costs)),
            ("added_value", t.short_euros(case.added_benefits)),
            ("marginal", t.ratio(case.marginal_ratio)),
            ("average", t.ratio(case.average_ratio)),
        ):
            st.metric(
                t(f"fund.{name}"),
                value,
                t(f"fund.{name}_note", now=t.ratio(case.average_ratio_now)),
                delta_color="off",
                delta_arrow="off",
                border=True,
            )


def controls(page: Page, funded: Funded) -> None:
    """Ask how many posts, and by which rule effects follow them."""
    t, funding = page.t, funded.funding
    with st.container(border=True, key="fund_controls"):
        key = "fund:posts"
        st.session_state[key] = funded.case.posts
        st.select_slider(
            t("fund.posts"),
            funded.posts,
            format_func=lambda one: t.number(one),
            key=key,
            help=t("fund.posts_help", now=t.number(funded.case.posts_now)),
            on_change=lambda: _put("posts_wanted", st.session_state[key]),
        )
        rule = "fund:elasticity"
        st.session_state[rule] = funded.elasticity
        words = rules(t, funded)
        st.radio(
            t("fund.rule"),
            funded.elasticities,
            format_func=lambda one: words[one],
            key=rule,
            help=t("fund.rule_help"),
            on_change=lambda: _put("elasticity", st.session_state[rule]),
        )
        shown = replace(page, scenario=funded.scenario)
        st.html(papers_of(shown, "funding.elasticity", funding.elasticity))


def ratios_explained(page: Page) -> None:
    """Say in plain words what parts the marginal from the average ratio."""
    st.markdown(page.t("fund.ratios_explained"))


def rests_on(page: Page, funded: Funded) -> None:
    """Show the numbers of the posts with their papers, to be replaced."""
    st.header(page.t("fund.rests_on"), anchor=False)
    fund_fields.numbers(page, funded.funding)


def _put(name: str, value: float) -> None:
    """Put a number of the funding case in the scenario, with the whole case if it had none."""
    address = f"funding.{name}"
    if state.scenario().funding is None:
        changes = {address: value}
        state.edit(lambda one: fund_fields.begun(one).with_changes(changes), at=address)
    else:
        state.change(address, value)


def _way_to(page: Page, name: PageName) -> None:
    path, icon = PAGES[name]
    st.page_link(path, label=page.t(f"{name}.menu"), icon=icon, query_params=page.address)
