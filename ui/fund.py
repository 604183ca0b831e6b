"""What more posts, or fewer, cost and bring: the answer, its figures, and what it is asked with."""

import math
from dataclasses import replace
from html import escape

import streamlit as st

from roi_model.budget import price_gap
from ui import fund_choices, fund_fields, state
from ui.frame import PAGES, Page, PageName
from ui.fund_case import Funded
from ui.fund_words import about, rules
from ui.inputs import papers_of
from ui.labels import perspective_label
from ui.link import OTHER_COSTS
from ui.words import Words


def sentence(page: Page, funded: Funded | None) -> str:
    """Return what the posts asked for cost and bring, in one sentence."""
    t = page.t
    if funded is None:
        return t("fund.unknown")
    case = funded.case
    added = case.posts - case.posts_now
    if not added:
        return t("fund.same")
    if not (funded.growth.cost_of_a_post and math.isfinite(case.marginal_ratio)):
        return t("fund.no_price")
    if not any(one.present_value_now for one in case.by_outcome):
        return t("fund.no_effect")
    key = "fund.more" if added > 0 else "fund.fewer"
    if funded.may_follow and not case.costs_following:
        key = "fund.more_held" if added > 0 else "fund.fewer_held"
    return t.counted(
        key,
        abs(added),
        number=t.number(abs(added), decimals=None),
        cost=about(t, abs(case.added_costs)),
        value=about(t, case.added_benefits if added > 0 else -case.added_benefits),
        ratio=t.ratio(case.marginal_ratio),
    )


def reading(page: Page, funded: Funded) -> None:
    """Say what the figures assume, and whose they are."""
    t = page.t
    st.markdown(t("fund.assumption"))
    label = perspective_label(funded.perspective, funded.scenario, t)
    is_open = funded.perspective == page.scenario.settings.perspective
    said = [t("fund.seen_from" if is_open else "fund.seen_otherwise", perspective=label)]
    said += _said_of_other_costs(t, funded)
    gap = price_gap(funded.scenario)
    if gap is not None:
        priced, stated = map(t.short_euros, gap)
        said.append(t("fund.price_differs", priced=priced, stated=stated))
    st.html(f"<p class=quiet>{escape(' '.join(said))}</p>")
    if not any(one.present_value_now for one in funded.case.by_outcome):
        st.markdown(t("fund.no_effect_yet"))
        _way_to(page, "inputs")


def _said_of_other_costs(t: Words, funded: Funded) -> list[str]:
    """Return which costs follow the posts, which are held, and which do not count."""
    growth = funded.growth
    moves = {funded.funding.cost, *growth.costs_following, *growth.costs_held}
    elsewhere = [one.id for one in funded.scenario.costs if one.value and one.id not in moves]
    labels = {one.id: t.of(one.label) for one in funded.scenario.costs}
    amounts = {
        "price": t.short_euros(growth.cost_of_a_post),
        "amount": t.short_euros(growth.other_costs_of_a_post),
    }
    return [
        t(
            f"fund.costs_{name}",
            others=t("chart.separator").join(labels[one] for one in costs),
            **amounts,
        )
        for name, costs in (
            ("follow", growth.costs_following),
            ("held", growth.costs_held),
            ("elsewhere", elsewhere),
        )
        if costs
    ]


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
        if funded.may_follow:
            _other_costs(page, funded)


def _other_costs(page: Page, funded: Funded) -> None:
    """Ask whether the costs that pay for no post follow the posts."""
    t, key = page.t, "fund:other_costs"
    st.session_state[key] = funded.other_costs
    words = {
        fund_choices.COSTS_FOLLOW: t("fund.follow"),
        fund_choices.COSTS_HELD: t("fund.held"),
    }
    label = t("fund.others")
    st.radio(
        label,
        list(words),
        format_func=lambda one: words[one],
        key=key,
        help=t("fund.others_help"),
        on_change=lambda: fund_choices.choose(OTHER_COSTS, st.session_state[key]),
    )
    if (asked := fund_choices.ignored(OTHER_COSTS)) is not None:
        begin = words[funded.other_costs]
        said = t("fund.ignored_choice", label=label, received=asked, begin=begin)
        st.html(f'<p class="refused" role="alert">{escape(said)}</p>')


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
