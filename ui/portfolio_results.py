"""What many associations bring, each and in all: figures, who pays, distribution, groups."""

from collections.abc import Mapping
from html import escape
from math import isfinite

import numpy as np
import streamlit as st

from roi_model.evaluation import StakeholderResult
from roi_model.perspectives import perspective_ids
from roi_model.portfolio_simulation import GroupResult, PortfolioSimulation
from ui import charts, portfolio_table, portfolio_visit
from ui.flow_picture import Flow, flow_picture
from ui.frame import Page
from ui.labels import label_of, perspective_label
from ui.markup import folded, table
from ui.portfolio_deducted import not_deducted
from ui.portfolio_faults import cut
from ui.portfolio_table import Chosen, Group, Reading
from ui.portfolio_visit import kept
from ui.words import UNDEFINED, Words

BINS = 30
NO_FILTER = ""
MANY = 50
"""Rows from which the farthest ratios, two in a hundred on either side, are drawn at the ends."""
SMALLEST_SHARE = 0.002
"""Of the largest flow: thinner ones would not be seen, and are in the table."""


def sentence(page: Page, chosen: Chosen | None, simulation: PortfolioSimulation | None) -> str:
    """Return what the programme brings, with its interval once it is drawn."""
    t = page.t
    if chosen is None:
        return t("portfolio.sentence_before")
    rows = len(chosen.portfolio)
    totals = chosen.evaluation.totals
    said = t.counted("portfolio.associations", rows, number=t.number(rows))
    if not isfinite(totals.ratio):
        return t("portfolio.sentence_no_cost", associations=said)
    ratio = t.ratio(totals.ratio)
    if simulation is None or not simulation.programme.is_defined:
        return t("portfolio.sentence", associations=said, ratio=ratio)
    interval = simulation.programme.interval()
    return t(
        "portfolio.sentence_sure",
        associations=said,
        ratio=ratio,
        low=t.ratio(interval.low.value),
        high=t.ratio(interval.high.value),
    )


# --- What is looked at -------------------------------------------------------------------------


def looked_at(page: Page, read: Reading) -> Chosen | None:
    """Ask from whose point of view to look, and at which associations; return them."""
    if read.portfolio is None:
        return None
    st.header(page.t("portfolio.looked_at"), anchor=False)
    with st.container(key="portfolio_looked_at"):
        perspective = _perspective(page, read)
        column, said = _filtered(page, read)
    return portfolio_table.chosen(read, perspective, column, said)


def _perspective(page: Page, read: Reading) -> str:
    t, case = page.t, read.template.case
    own = case.settings.perspective
    offered = list(dict.fromkeys([own, *perspective_ids(one.stakeholder for one in case.costs)]))
    key, keep = kept("perspective", offered, own)
    with st.container(gap="xsmall"):
        asked = st.selectbox(
            t("setting.perspective"),
            offered,
            format_func=lambda one: perspective_label(one, case, t),
            key=key,
            on_change=keep,
            placeholder=t("portfolio.choose"),
        )
        st.caption(t("portfolio.perspective_note"))
    return asked or own


def _filtered(page: Page, read: Reading) -> tuple[str | None, tuple[str, ...]]:
    """Return the column to filter by and the texts that are kept."""
    t, groups = page.t, read.groups
    if not groups:
        return None, ()
    names = [NO_FILTER, *groups]
    key, keep = kept("filter", names, NO_FILTER)
    with st.container(gap="xsmall"):
        column = st.selectbox(
            t("portfolio.filter_by"),
            names,
            format_func=lambda one: cut(one) if one else t("portfolio.no_filter"),
            key=key,
            on_change=keep,
            placeholder=t("portfolio.choose"),
        )
        if not column:
            return None, ()
        options = t.sorted(groups[column])
        known = [one for one in portfolio_visit.chosen("filter_kept", []) if one in options]
        key = "portfolio_filter_kept_field"
        st.session_state[key] = known
        said = st.multiselect(
            t("portfolio.filter_kept"),
            options,
            format_func=lambda one: cut(one) or t("portfolio.blank"),
            key=key,
            on_change=lambda: portfolio_visit.choose("filter_kept", st.session_state[key]),
            placeholder=t("portfolio.filter_all"),
        )
    return column, tuple(said)


# --- Figures -----------------------------------------------------------------------------------


def figures(page: Page, chosen: Chosen) -> None:
    """Show how many they are, what they cost and bring, and the ratio of the programme."""
    t, totals, rows = page.t, chosen.evaluation.totals, len(chosen.portfolio)
    ratios = chosen.evaluation.ratios
    above = int(np.count_nonzero(ratios > 1))
    with st.container(key="portfolio_figures"):
        for name, value, holes in (
            ("count", t.number(rows), {"above": t.number(above)}),
            ("cost", t.short_euros(totals.costs), {}),
            ("return", t.short_euros(totals.benefits), {}),
            ("ratio", t.ratio(totals.ratio), {"net": t.short_euros(totals.net_present_value)}),
        ):
            st.metric(
                t(f"portfolio.figure_{name}"),
                value,
                t(f"portfolio.figure_{name}_note", **holes),
                delta_color="off",
                delta_arrow="off",
                border=True,
            )
    perspective = chosen.evaluation.perspective.id
    label = perspective_label(perspective, chosen.template.case, t)
    st.caption(t("portfolio.seen_from", perspective=label))
    if said := not_deducted(chosen.portfolio, t):
        st.markdown(said)


def not_given(page: Page, chosen: Chosen) -> None:
    """Say which numbers count as 0 because no row, or not every row, gives them."""
    t, missing = page.t, chosen.not_given
    if not missing:
        return
    case = chosen.template.case
    lines = [
        t(
            "portfolio.not_given_one",
            label=label_of(address, case, t),
            rows=t.counted("portfolio.rows", rows, number=t.number(rows)),
        )
        for address, rows in missing.items()
    ]
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    said = escape(t("portfolio.not_given"))
    st.html(f'<div class="to-fill" role="note"><p>{said}</p><ul>{items}</ul></div>')


def who_pays(page: Page, chosen: Chosen) -> None:
    """Draw who pays and who gains in all, with the table of both."""
    t, case = page.t, chosen.template.case
    names = {one.id: t.of(one.name) for one in case.stakeholders}
    rows = chosen.evaluation.totals.by_stakeholder
    paid, gained = _flows(t, rows, names, gains=False), _flows(t, rows, names, gains=True)
    st.header(t("portfolio.who_pays"), anchor=False)
    if not (paid and gained):
        st.caption(t("portfolio.nothing_to_draw"))
        return
    st.html(
        flow_picture(
            paid=paid,
            gained=gained,
            names=(t("flows.paying"), t("flows.gaining")),
            colours=page.colours,
        )
    )
    cells = [
        (
            names[one.stakeholder],
            t.short_euros(one.present_value_costs),
            t.short_euros(one.present_value_benefits),
        )
        for one in rows
        if one.present_value_costs or one.present_value_benefits
    ]
    headings = [t("portfolio.heading_who"), t("table.pays"), t("table.gains")]
    st.html(
        folded(
            t("portfolio.who_pays_table"),
            table(t("portfolio.who_pays"), headings, cells, t, numeric=(1, 2)),
        )
    )


def _flows(
    t: Words, rows: tuple[StakeholderResult, ...], names: dict[str, str], *, gains: bool
) -> list[Flow]:
    amounts = {
        one.stakeholder: one.present_value_benefits if gains else one.present_value_costs
        for one in rows
    }
    least = SMALLEST_SHARE * max(amounts.values(), default=0.0)
    drawn = [
        Flow(name=names[one], written=t.short_euros(amount), amount=amount)
        for one, amount in amounts.items()
        if amount > max(0.0, least)
    ]
    return sorted(drawn, key=lambda one: -one.amount)


# --- The ratios of all -------------------------------------------------------------------------


def distribution(page: Page, chosen: Chosen) -> None:
    """Draw how many associations have which ratio, with the table behind it."""
    t = page.t
    st.header(t("portfolio.distribution"), anchor=False)
    known = chosen.evaluation.ratios[np.isfinite(chosen.evaluation.ratios)]
    if known.size < 2 or known.min() == known.max():
        st.caption(t("portfolio.nothing_to_spread"))
        return
    low, quarter, median, three_quarters, high = np.quantile(known, (0.02, 0.25, 0.5, 0.75, 0.98))
    if known.size < MANY or low == high:
        low, high = known.min(), known.max()
    counts, edges = np.histogram(np.clip(known, low, high), bins=BINS, range=(low, high))
    shares = counts / known.size
    programme = chosen.evaluation.totals.ratio
    st.plotly_chart(
        charts.histogram(
            edges.tolist(),
            shares.tolist(),
            inside=(float(quarter), float(three_quarters)),
            marks=[
                charts.Mark(value=1.0, label=t("uncertainty.mark_one")),
                charts.Mark(
                    value=programme, label=t("portfolio.mark_all", ratio=t.ratio(programme))
                ),
            ],
            written=t.ratio,
            hover=lambda start, end, share: t(
                "portfolio.bin_hover",
                low=t.ratio(start),
                high=t.ratio(end),
                share=t.percent(share, decimals=1),
            ),
            colours=page.colours,
        ),
        theme=None,
        config=charts.CONFIG,
        key="chart_portfolio_distribution",
        alt=t("portfolio.distribution_alt", low=t.ratio(quarter), high=t.ratio(three_quarters)),
    )
    st.caption(t("portfolio.distribution_note"))
    ends = (0.0, known.min()), (0.25, quarter), (0.5, median), (0.75, three_quarters)
    cells = [
        (t.percent(share, decimals=0), t.ratio(float(value)))
        for share, value in (*ends, (1.0, known.max()))
    ]
    headings = [t("portfolio.heading_share"), t("portfolio.heading_at_most")]
    st.html(
        folded(
            t("portfolio.distribution_table"),
            table(t("portfolio.distribution"), headings, cells, t, numeric=(1,)),
        )
    )


def groups(page: Page, chosen: Chosen, simulation: PortfolioSimulation | None) -> None:
    """Draw the ratio of each region, or of the groups of any other column; how sure, once drawn."""
    t, columns = page.t, list(chosen.reading.groups)
    st.header(t("portfolio.groups"), anchor=False)
    if not columns:
        st.caption(t("portfolio.no_groups"))
        return
    key, keep = kept("group", columns, columns[0])
    column = st.selectbox(
        t("portfolio.group_by"),
        columns,
        format_func=cut,
        key=key,
        on_change=keep,
        placeholder=t("portfolio.choose"),
    )
    totals = chosen.groups(str(column))
    found = {name: totals[name] for name in t.sorted(totals)}
    sure = {} if simulation is None else simulation.by_group.get(str(column), {})
    st.html(_group_bars(t, found, chosen.evaluation.totals.ratio, sure))
    notes = [t("portfolio.groups_note", ratio=t.ratio(chosen.evaluation.totals.ratio))]
    if simulation is not None and sure:
        notes.append(t("portfolio.groups_sure_note", level=t.percent(simulation.level)))
    st.caption(" ".join(notes))
    cells = [
        (
            cut(name) or t("portfolio.blank"),
            t.number(one.rows),
            t.short_euros(one.totals.costs),
            t.short_euros(one.totals.benefits),
            t.ratio(one.totals.ratio),
            *(_sure(t, sure[name]) if sure else ()),
        )
        for name, one in found.items()
    ]
    asked = ("count", "cost", "return")
    headings = [cut(str(column)), *(t(f"portfolio.heading_{name}") for name in asked)]
    headings.append(t("table.ratio"))
    headings += [t(f"portfolio.heading_{name}") for name in ("interval", "above")] if sure else []
    st.html(
        folded(
            t("portfolio.groups_table"),
            table(
                t("portfolio.groups"),
                headings,
                cells,
                t,
                numeric=tuple(range(1, len(headings))),
            ),
        )
    )


def _sure(t: Words, found: GroupResult) -> tuple[str, str]:
    """Return the interval of a group, and its chances of bringing more than it costs."""
    if not isfinite(found.mean):
        return UNDEFINED, UNDEFINED
    between = t("portfolio.between", low=t.ratio(found.low), high=t.ratio(found.high))
    return between, t.percent(found.probability_above, decimals=0)


def _group_bars(
    t: Words, found: dict[str, Group], programme: float, sure: Mapping[str, GroupResult]
) -> str:
    """Return a bar for each group, from 0, with that of all as a line through them."""
    known = [one for one in (programme, *(g.totals.ratio for g in found.values())) if isfinite(one)]
    lowest = min([0.0, *known])
    width = (max([0.0, *known]) - lowest) or 1.0
    line = ""
    if isfinite(programme):
        line = f'<i style="left:{100 * (programme - lowest) / width:.2f}%"></i>'
    items = ""
    for name, one in found.items():
        ratio = one.totals.ratio
        counted = t.counted("portfolio.associations", one.rows, number=t.number(one.rows))
        if name in sure and isfinite(sure[name].mean):
            low, high = t.ratio(sure[name].low), t.ratio(sure[name].high)
            counted = t("portfolio.group_sure", low=low, high=high, counted=counted)
        bar = ""
        if isfinite(ratio):
            left, wide = 100 * (min(0.0, ratio) - lowest) / width, 100 * abs(ratio) / width
            bar = f'<span class="ratio" style="left:{left:.2f}%;width:{wide:.2f}%"></span>'
        label = cut(name) or t("portfolio.blank")
        items += (
            f"<li>{escape(label)} <b>{escape(t.ratio(ratio))}</b>"
            f' <span class="quiet">{escape(counted)}</span>'
            f'<div class="bar">{bar}{line}</div></li>'
        )
    return f'<ul class="plain bars groups">{items}</ul>'
