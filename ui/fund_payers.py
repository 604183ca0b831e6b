"""What goes with each payer who stops paying."""

from html import escape

import streamlit as st

from roi_model import evaluate
from roi_model.budget import withdrawals
from roi_model.perspectives import SOCIETY
from ui.frame import Page
from ui.fund_case import Funded
from ui.fund_words import posts_counted
from ui.markup import table


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
                    posts=posts_counted(t, only.posts_lost),
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
