"""Where the return comes from and who benefits: rows for the charts and the tables behind them."""

from collections.abc import Sequence

import streamlit as st

from roi_model.evaluation import OutcomeResult, StakeholderResult
from roi_model.parameters import Provenance, weakest
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
            parts=_parts_of(page, row),
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


def _parts_of(page: Page, row: StakeholderResult) -> dict[Provenance, float]:
    """Return what a stakeholder gains by provenance, what is transferred to it or from it too."""
    lines = page.evaluation.by_outcome
    parts = _parts([line for line in _counted(page) if line.stakeholder == row.stakeholder])
    # Counted on both sides, a transfer is nothing in its line and something to each of the two.
    transfers = [
        line.provenance
        for outcome, line in zip(page.scenario.outcomes, lines, strict=True)
        if outcome.transfer_from is not None
        and row.stakeholder in (outcome.stakeholder, outcome.transfer_from)
    ]
    rest = row.present_value_benefits - sum(parts.values())
    if transfers and rest:
        provenance = weakest(transfers)
        parts[provenance] = parts.get(provenance, 0.0) + rest
    return parts


def _parts(lines: Sequence[OutcomeResult]) -> dict[Provenance, float]:
    parts: dict[Provenance, float] = {}
    for line in lines:
        parts[line.provenance] = parts.get(line.provenance, 0.0) + line.present_value
    return parts


def _draw(page: Page, name: str, rows: Sequence[Bar]) -> None:
    t = page.t
    st.header(t(f"chart.{name}_title"), anchor=False)
    if rows:
        st.html(bars(rows, t))
    else:
        st.caption(t("chart.nothing"))


def _behind(page: Page, name: str, content: str) -> None:
    st.html(folded(page.t(f"chart.{name}_table"), content))
