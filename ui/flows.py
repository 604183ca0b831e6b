"""Who pays and who gains, as a diagram of flows and year by year, each with its table."""

import streamlit as st

from roi_model.cash_flow import cash_flow
from roi_model.evaluation import StakeholderResult
from roi_model.tableau import who_pays_who_gains as tableau_of
from ui import charts
from ui.flow_picture import Flow, flow_picture
from ui.frame import Page
from ui.markup import folded, table
from ui.words import Words

SMALLEST_SHARE = 0.002
"""Of the largest flow: thinner ones would not be seen, and are in the table."""


def who_pays_who_gains(page: Page) -> None:
    """Draw what goes from those who pay to the action, and from it to those who gain."""
    t = page.t
    names = {one.id: t.of(one.name) for one in page.scenario.stakeholders}
    rows = page.evaluation.by_stakeholder
    st.header(t("flows.title"), anchor=False)
    paid = _flows(rows, names, gains=False)
    gained = _flows(rows, names, gains=True)
    if not (paid and gained):
        st.caption(t("chart.nothing"))
        return
    st.html(
        flow_picture(
            paid=[_drawn(t, *pair) for pair in paid],
            gained=[_drawn(t, *pair) for pair in gained],
            names=(t("flows.paying"), t("flows.gaining")),
            colours=page.colours,
        )
    )
    st.html(folded(t("flows.table"), _tableau(page, names)))
    losing = [row for row in rows if row.present_value_benefits < 0]
    if losing:
        said = t("chart.separator").join(
            f"{names[row.stakeholder]} {t.short_euros(row.present_value_benefits)}"
            for row in losing
        )
        st.caption(t("flows.losing", losing=said))


def _drawn(t: Words, name: str, amount: float) -> Flow:
    return Flow(name=name, written=t.short_euros(amount), amount=amount)


def _tableau(page: Page, names: dict[str, str]) -> str:
    """Return what each line is to each stakeholder: every one of them, and society in all."""
    t, tableau = page.t, tableau_of(page.scenario)
    concerned = [
        position
        for position in range(len(tableau.stakeholders))
        if any(row.amounts[position] for row in tableau.rows)
    ]
    labels = {one.id: t.of(one.label) for one in page.scenario.costs}
    labels |= {one.id: t.of(one.label) for one in page.scenario.outcomes}
    rows: list[tuple[str, ...]] = [
        (
            labels[row.line],
            *(_amount(t, row.amounts[position]) for position in concerned),
            t.short_euros(row.total),
        )
        for row in tableau.rows
        if any(row.amounts)
    ]
    totals = tableau.totals
    rows.append(
        (
            t("flows.total"),
            *(t.short_euros(totals[position]) for position in concerned),
            t.short_euros(tableau.total),
        )
    )
    headings = [t("flows.line"), *(names[tableau.stakeholders[one]] for one in concerned)]
    headings.append(t("flows.society"))
    numeric = range(1, len(headings))
    return table(t("flows.title"), headings, rows, t, numeric=numeric)


def _amount(t: Words, amount: float) -> str:
    return t.short_euros(amount) if amount else t("flows.none")


def _flows(
    rows: tuple[StakeholderResult, ...], names: dict[str, str], *, gains: bool
) -> list[tuple[str, float]]:
    values = {
        row.stakeholder: row.present_value_benefits if gains else row.present_value_costs
        for row in rows
    }
    least = SMALLEST_SHARE * max(values.values(), default=0.0)
    kept = [(names[one], value) for one, value in values.items() if value > max(0.0, least)]
    return sorted(kept, key=lambda pair: -pair[1])


def year_by_year(page: Page) -> None:
    """Draw what is paid and gained in each year, and what they come to; nothing for one year."""
    t = page.t
    if page.evaluation.years < 2:
        return
    years = cash_flow(page.scenario, page.evaluation.perspective).years
    st.header(t("years.title"), anchor=False)
    names = [
        t.number(one.year) if one.calendar_year is None else str(one.calendar_year) for one in years
    ]
    st.plotly_chart(
        charts.years(
            names,
            gained=[one.present_value_benefits for one in years],
            paid=[one.present_value_costs for one in years],
            cumulated=[one.cumulated for one in years],
            written=t.short_euros,
            colours=page.colours,
        ),
        theme=None,
        config=charts.CONFIG,
        key="chart_years",
        alt=t("years.alt", years=t.number(len(years)), cumulated=t.euros(years[-1].cumulated)),
    )
    st.caption(t("years.note"))
    cells = [
        (
            name,
            t.euros(one.present_value_costs),
            t.euros(one.present_value_benefits),
            t.euros(one.cumulated),
        )
        for name, one in zip(names, years, strict=True)
    ]
    headings = [t("years.heading"), t("table.pays"), t("table.gains"), t("years.cumulated")]
    st.html(
        folded(t("years.table"), table(t("years.title"), headings, cells, t, numeric=(1, 2, 3)))
    )
