"""What more posts, or fewer, cost and bring: the fields of the page and what they come to."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape

import streamlit as st

from roi_model import Problem, Scenario, ScenarioError, evaluate
from roi_model.budget import (
    Bought,
    GrowthLine,
    PostsAtRatio,
    Ratio,
    elasticities_to_compare,
    growth_lines,
    perspective_that_counts_posts,
    posts_at_ratio,
    posts_to_compare,
    price_gap,
    target_to_begin_with,
    what_a_budget_buys,
    withdrawals,
)
from roi_model.funding import FundingCase, funding_case, growth_of
from roi_model.perspectives import SOCIETY
from roi_model.switching import SwitchingValue, switching_value
from roi_model.value_map import Funding
from ui import charts, fund_chart, fund_fields, state, typed
from ui.frame import PAGES, Page, PageName
from ui.inputs import papers_of
from ui.labels import label_of, perspective_label, refusal_text
from ui.markup import folded, table
from ui.words import MILLION, Words

A_BUDGET = 100_000.0
"""Euros a year that the field begins with."""
FIELD_WIDTH = 360
"""Pixels: an amount needs no more."""
COMMON_SHARES = ("deadweight", "displacement", "attribution")


@dataclass(frozen=True, kw_only=True)
class Funded:
    """The scenario with a funding case, the point of view it is seen from, and what it gives."""

    scenario: Scenario
    funding: Funding
    perspective: str
    case: FundingCase
    elasticity: float
    elasticities: tuple[float, ...]
    """Those compared, the current one among them."""


def opened(page: Page) -> Funded | None:
    """Return the funding case of the open scenario, or the one that a cost implies; else none."""
    scenario = fund_fields.begun(page.scenario)
    if scenario.funding is None:
        return None
    try:
        perspective = perspective_that_counts_posts(scenario)
        case = funding_case(scenario, perspective=perspective)
    except ScenarioError:
        return None
    stated = (page.case.funding or fund_fields.like()).elasticity
    current = scenario.funding.elasticity.value
    return Funded(
        scenario=scenario,
        funding=scenario.funding,
        perspective=perspective,
        case=case,
        elasticity=current,
        elasticities=elasticities_to_compare(current, stated),
    )


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


def chart(page: Page, funded: Funded) -> None:
    """Draw what each number of posts adds under each rule of growth, with the table behind it."""
    t, case = page.t, funded.case
    posts = _posts_to_choose(page, funded)
    lines = growth_lines(
        funded.scenario, posts, funded.elasticities, perspective=funded.perspective
    )
    growth = growth_of(funded.scenario, perspective=funded.perspective)
    costs = [float(growth.added_costs(one)) for one in posts]
    amounts = [amount for line in lines for amount in line.added_benefits]
    if not all(map(math.isfinite, amounts)) or not any(amounts):
        st.caption(t("chart.nothing"))
        return
    drawn = [
        fund_chart.Line(
            label=_times(t, line),
            amounts=line.added_benefits,
            is_chosen=line.elasticity == funded.elasticity,
        )
        for line in lines
    ]
    drawn.append(fund_chart.Line(label=t("fund.line_cost"), amounts=costs, is_cost=True))
    st.header(t("fund.chart"), anchor=False)
    said = _written_posts(t, case.posts, case.added_benefits)
    st.plotly_chart(
        fund_chart.growth(
            posts,
            drawn,
            today=fund_chart.Point(posts=case.posts_now, amount=0.0, label=t("fund.today")),
            wanted=fund_chart.Point(posts=case.posts, amount=case.added_benefits, label=said),
            number=t.number,
            money=t.short_euros,
            hover=lambda label, one, amount: t(
                "fund.hover", label=label, posts=_posts(t, one), amount=t.short_euros(amount)
            ),
            colours=page.colours,
        ),
        theme=None,
        config=charts.CONFIG,
        key="chart_fund",
        alt=t("fund.chart_alt", said=said, cost=t.short_euros(case.added_costs)),
    )
    st.caption(t("fund.chart_note"))
    st.html(folded(t("fund.chart_table"), _growth_table(page, funded, posts)))


def controls(page: Page, funded: Funded) -> None:
    """Ask how many posts, and by which rule effects follow them."""
    t, funding = page.t, funded.funding
    with st.container(border=True, key="fund_controls"):
        key = "fund:posts"
        st.session_state[key] = funded.case.posts
        st.select_slider(
            t("fund.posts"),
            _posts_to_choose(page, funded),
            format_func=lambda one: t.number(one),
            key=key,
            help=t("fund.posts_help", now=t.number(funded.case.posts_now)),
            on_change=lambda: _put("posts_wanted", st.session_state[key]),
        )
        rule = "fund:elasticity"
        st.session_state[rule] = funded.elasticity
        lines = growth_lines(funded.scenario, [], funded.elasticities)
        words = {line.elasticity: _rule(t, line) for line in lines}
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


def budget(page: Page, funded: Funded) -> None:
    """Ask for a budget, and show the whole posts it pays for and what they would bring."""
    t = page.t
    st.header(t("fund.budget"), anchor=False)
    amount = _asked(page, "budget", t("fund.budget_field"), A_BUDGET)
    if amount is None:
        return
    try:
        bought = [_bought(funded, amount, one) for one in funded.elasticities]
    except ScenarioError as error:
        if error.problems[0].where == "budget":
            _say_refused(page, t("fund.budget_field"), t.euros(amount), "other")
        else:
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
            _rule(t, line),
            t.euros(one.case.added_benefits),
            t.ratio(one.case.marginal_ratio),
            t.ratio(one.case.average_ratio),
        )
        for one, line in zip(
            bought, growth_lines(funded.scenario, [], funded.elasticities), strict=True
        )
    ]
    headings = [t(f"fund.heading_{name}") for name in names]
    st.html(table(t("fund.budget"), headings, rows, t, numeric=(1, 2, 3)))


def target(page: Page, funded: Funded) -> None:
    """Ask for a ratio, and show up to how many posts it holds and what else would give it."""
    t, case = page.t, funded.case
    st.header(t("fund.target"), anchor=False)
    st.markdown(t("fund.target_introduction"))
    begin = target_to_begin_with(case.average_ratio_now)
    wanted = _asked(page, "target", t("fund.target_field"), begin)
    if wanted is None:
        return
    if not 0 < wanted < MILLION:
        _say_refused(page, t("fund.target_field"), t.euros(wanted), "other")
        return
    lines = growth_lines(funded.scenario, [], funded.elasticities)
    rows = [
        (
            _rule(t, line),
            *(
                _posts_needed(t, _needed(funded, wanted, ratio, line.elasticity))
                for ratio in ("marginal", "average")
            ),
        )
        for line in lines
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


def losing_a_funder(page: Page, funded: Funded) -> None:
    """Show what goes with each payer, and say what one payer alone means."""
    t, scenario = page.t, funded.scenario
    st.header(t("fund.losing"), anchor=False)
    gone = withdrawals(scenario)
    names = {one.id: t.of(one.name) for one in scenario.stakeholders}
    if not gone:
        st.markdown(t("fund.losing_nobody"))
        return
    if len(gone) == 1:
        only = gone[0]
        st.html(
            "<p>"
            + escape(
                t(
                    "fund.losing_only",
                    payer=names[only.stakeholder],
                    saved=t.short_euros(only.cost_saved),
                    posts=_posts(t, only.posts_lost),
                    value=t.short_euros(only.value_lost),
                    own=t.short_euros(only.own_value_lost),
                )
            )
            + "</p>"
        )
    else:
        st.markdown(t("fund.losing_introduction"))
        rows = [
            (
                names[one.stakeholder],
                t("fund.saved_share", saved=t.euros(one.cost_saved),
                  share=t.percent(one.share_of_costs, decimals=0)),
                t.number(one.posts_lost, decimals=1),
                t.euros(one.value_lost),
                t.euros(one.own_value_lost),
                t.ratio(one.value_lost_per_euro),
            )
            for one in gone
        ]  # fmt: skip
        kinds = ("payer", "saved", "posts_lost", "value_lost", "own_value_lost", "lost_per_euro")
        headings = [t(f"fund.heading_{kind}") for kind in kinds]
        st.html(table(t("fund.losing"), headings, rows, t, numeric=range(1, 6)))
    unstated = evaluate(scenario, SOCIETY).unstated_costs
    if unstated:
        labels = [t.of(one.label) for one in scenario.costs if one.id in unstated]
        said = t("fund.losing_unstated", costs=t("chart.separator").join(labels))
        st.html(f"<p class=quiet>{escape(said)}</p>")


def rests_on(page: Page, funded: Funded) -> None:
    """Show the numbers of the posts with their papers, to be replaced."""
    st.header(page.t("fund.rests_on"), anchor=False)
    fund_fields.numbers(page, funded.funding)


def _asked(page: Page, name: str, label: str, begin: float) -> float | None:
    """Ask for an amount that this page alone keeps; ``None`` where it is not understood."""
    t, key, kept = page.t, f"fund:{name}", f"fund_kept_{name}"
    written = st.session_state.get(kept)
    st.session_state[key] = t.number(begin) if written is None else written

    def keep() -> None:
        st.session_state[kept] = st.session_state[key] or None

    st.text_input(
        label,
        key=key,
        max_chars=typed.LONGEST,
        autocomplete="off",
        width=FIELD_WIDTH,
        on_change=keep,
    )
    if written is None:
        return begin
    try:
        return typed.parse(written, "amount", t.language)
    except typed.NotUnderstoodError as error:
        _say_refused(page, label, written, error.code)
        return None


def _say_refused(page: Page, label: str, text: str, code: str) -> None:
    problem = Problem(where=label, code=code, received=text, allowed="", message=code)
    reason = refusal_text(problem, page.scenario, page.t)
    st.html(f'<p class="refused" role="alert">{escape(reason)}</p>')


def _put(name: str, value: float) -> None:
    """Put a number of the funding case in the scenario, with the whole case if it had none."""
    address = f"funding.{name}"
    if state.scenario().funding is None:
        changes = {address: value}
        state.edit(lambda one: fund_fields.begun(one).with_changes(changes), at=address)
    else:
        state.change(address, value)


def _posts_to_choose(page: Page, funded: Funded) -> tuple[float, ...]:
    stated = (page.case.funding or funded.funding).posts_wanted
    return posts_to_compare(funded.case.posts_now, funded.case.posts, stated)


def _growth_table(page: Page, funded: Funded, posts: Sequence[float]) -> str:
    t = page.t
    now, wanted = funded.case.posts_now, funded.case.posts
    listed = sorted({*charts.round_values(posts[0], posts[-1], most=6), now, wanted})
    lines = growth_lines(
        funded.scenario, listed, funded.elasticities, perspective=funded.perspective
    )
    growth = growth_of(funded.scenario, perspective=funded.perspective)
    rows = [
        (
            t.number(one),
            t.euros(float(growth.added_costs(one))),
            *(
                t(
                    "fund.cell",
                    value=t.euros(line.added_benefits[position]),
                    ratio=t.ratio(line.marginal_ratios[position]),
                )
                for line in lines
            ),
        )
        for position, one in enumerate(listed)
    ]
    headings = [t("fund.heading_posts"), t("fund.added_cost")]
    headings += [t("fund.heading_value", rule=_times(t, line)) for line in lines]
    return table(t("fund.chart"), headings, rows, t, numeric=range(1, len(headings)))


def _bought(funded: Funded, amount: float, elasticity: float) -> Bought:
    return what_a_budget_buys(
        funded.scenario, amount, perspective=funded.perspective, elasticity=elasticity
    )


def _needed(funded: Funded, wanted: float, ratio: Ratio, elasticity: float) -> PostsAtRatio:
    return posts_at_ratio(
        funded.scenario, wanted, ratio, perspective=funded.perspective, elasticity=elasticity
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
        return t("fund.from", posts=_posts(t, first or 0))
    if first is None:
        return t("fund.up_to" if found.is_held else "fund.only_up_to", posts=_posts(t, last))
    return t("fund.between", first=t.number(first), posts=_posts(t, last))


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


def _posts(t: Words, count: float) -> str:
    decimals = None if float(count).is_integer() else 1
    return t.counted("fund.posts_counted", count, number=t.number(count, decimals=decimals))


def _written_posts(t: Words, posts: float, amount: float) -> str:
    return t("fund.posts_and_value", posts=_posts(t, posts), value=t.short_euros(amount))


def _times(t: Words, line: GrowthLine) -> str:
    return t("fund.times", times=t.number(line.when_doubled, decimals=_decimals(line)))


def _rule(t: Words, line: GrowthLine) -> str:
    """Return a rule of growth in plain words: what twice the posts do to the effects."""
    times = t.number(line.when_doubled, decimals=_decimals(line))
    elasticity = t.number(line.elasticity)
    key = "fund.rule_proportional" if line.elasticity == 1 else "fund.rule_times"
    return t(key, times=times, elasticity=elasticity)


def _decimals(line: GrowthLine) -> int:
    return 0 if float(line.when_doubled).is_integer() else 2


def _way_to(page: Page, name: PageName) -> None:
    path, icon = PAGES[name]
    st.page_link(path, label=page.t(f"{name}.menu"), icon=icon, query_params=page.address)
