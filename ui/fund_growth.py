"""What each number of posts adds under each rule of growth: the chart, and the table behind it."""

import math
from collections.abc import Sequence

import streamlit as st

from roi_model.budget import GrowthLine, growth_lines
from ui import charts, fund_chart
from ui.frame import Page
from ui.fund_case import Funded
from ui.fund_words import posts_counted, times
from ui.markup import folded, table


def chart(page: Page, funded: Funded) -> None:
    """Draw what each number of posts adds under each rule of growth, with the table behind it."""
    t, case = page.t, funded.case
    posts = funded.posts
    lines = _lines(funded, posts)
    costs = [float(funded.growth.added_costs(one)) for one in posts]
    amounts = [amount for line in lines for amount in line.added_benefits]
    if not all(map(math.isfinite, amounts)) or not any(amounts):
        st.caption(t("chart.nothing"))
        return
    drawn = [
        fund_chart.Line(
            label=times(t, line),
            amounts=line.added_benefits,
            is_chosen=line.elasticity == funded.elasticity,
        )
        for line in lines
    ]
    drawn.append(fund_chart.Line(label=t("fund.line_cost"), amounts=costs, is_cost=True))
    st.header(t("fund.chart"), anchor=False)
    said = t(
        "fund.posts_and_value",
        posts=posts_counted(t, case.posts),
        value=t.short_euros(case.added_benefits),
    )
    st.plotly_chart(
        fund_chart.growth(
            posts,
            drawn,
            today=fund_chart.Point(posts=case.posts_now, amount=0.0, label=t("fund.today")),
            wanted=fund_chart.Point(posts=case.posts, amount=case.added_benefits, label=said),
            number=t.number,
            money=t.short_euros,
            hover=lambda label, one, amount: t(
                "fund.hover", label=label, posts=posts_counted(t, one), amount=t.short_euros(amount)
            ),
            colours=page.colours,
        ),
        theme=None,
        config=charts.CONFIG,
        key="chart_fund",
        alt=t("fund.chart_alt", said=said, cost=t.short_euros(case.added_costs)),
    )
    st.caption(t("fund.chart_note"))
    st.html(folded(t("fund.chart_table"), _table(page, funded)))


def _lines(funded: Funded, posts: Sequence[float]) -> tuple[GrowthLine, ...]:
    return growth_lines(
        funded.scenario,
        posts,
        funded.elasticities,
        perspective=funded.perspective,
        other_costs=funded.other_costs,
    )


def _table(page: Page, funded: Funded) -> str:
    t, posts = page.t, funded.posts
    now, wanted = funded.case.posts_now, funded.case.posts
    listed = sorted({*charts.round_values(posts[0], posts[-1], most=6), now, wanted})
    lines = _lines(funded, listed)
    rows = [
        (
            t.number(one),
            t.euros(float(funded.growth.added_costs(one))),
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
    headings += [t("fund.heading_value", rule=times(t, line)) for line in lines]
    return table(t("fund.chart"), headings, rows, t, numeric=range(1, len(headings)))
