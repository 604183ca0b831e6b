"""Where the return comes from and who benefits: rows for the charts and the tables behind them."""

from collections.abc import Sequence

import streamlit as st

from roi_model.evaluation import OutcomeResult, gains_by_provenance
from ui.frame import Page
from ui.markup import Bar, badge, bars, folded, table


def by_outcome(page: Page) -> None:
    """Draw the return by outcome, the largest first, with the table behind it."""
    t = page.t
    labels = {outcome.id: t.of(outcome.label) for outcome in page.scenario.outcomes}
    rows = sorted(_counted(page), key=lambda row: -row.present_value)
    drawn = [
        Bar(
            label=labels[row.outcome],
            written=t.short_euros(row.present_value),
            parts={row.provenance: row.present_value},
        )
        for row in rows
    ]
    _draw(page, "outcome", drawn)
    cells = [
        (
            labels[row.outcome],
            t.euros(row.present_value),
            t.percent(row.share, decimals=1),
            badge(row.provenance, t),
        )
        for row in rows
    ]
    headings = [t(f"table.{name}") for name in ("outcome", "value", "share", "provenance")]
    _behind(page, "outcome", table(t("chart.outcome_title"), headings, cells, t, numeric=(1, 2)))


def by_beneficiary(page: Page) -> None:
    """Draw the return by who benefits, the largest first, with the table behind it."""
    t = page.t
    names = {one.id: t.of(one.name) for one in page.scenario.stakeholders}
    rows = [row for row in page.evaluation.by_stakeholder if row.present_value_benefits]
    rows.sort(key=lambda row: -row.present_value_benefits)
    drawn = [
        Bar(
            label=names[row.stakeholder],
            written=t.short_euros(row.present_value_benefits),
            parts=gains_by_provenance(page.scenario, page.evaluation, row.stakeholder),
        )
        for row in rows
    ]
    _draw(page, "beneficiary", drawn)
    cells = [
        (
            names[row.stakeholder],
            t.euros(row.present_value_costs),
            t.euros(row.present_value_benefits),
            t.euros(row.net_present_value),
        )
        for row in page.evaluation.by_stakeholder
        if row.present_value_benefits or row.present_value_costs
    ]
    headings = [t(f"table.{name}") for name in ("stakeholder", "pays", "gains", "net")]
    _behind(
        page,
        "beneficiary",
        table(t("chart.beneficiary_title"), headings, cells, t, numeric=(1, 2, 3)),
    )


def _counted(page: Page) -> list[OutcomeResult]:
    return [row for row in page.evaluation.by_outcome if row.present_value]


def _draw(page: Page, name: str, rows: Sequence[Bar]) -> None:
    t = page.t
    st.header(t(f"chart.{name}_title"), anchor=False)
    if rows:
        st.html(bars(rows, t))
    else:
        st.caption(t("chart.nothing"))


def _behind(page: Page, name: str, content: str) -> None:
    st.html(folded(page.t(f"chart.{name}_table"), content))
