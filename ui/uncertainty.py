"""How sure a result is, in a sentence, figures and charts."""

import streamlit as st

from roi_model.scenario import Scenario
from roi_model.sensitivity import VarianceShares, deciding_numbers, variance_shares
from roi_model.simulation import DEFAULT_DRAWS, Simulation, simulate
from roi_model.uncertainty import held_shares
from ui import charts, headline, long_run
from ui.frame import Page, named
from ui.labels import label_of
from ui.left_out import left_out_tried
from ui.markup import Range, folded, ranges, table
from ui.provenance import key
from ui.sentences import has_ratio
from ui.swings import swings

MOST_BARS = 10
A_CENT = 0.01
TRIED_SHARE = 0.25
"""What is deducted to show how far an interval moves that leaves something out."""


def drawn(page: Page, draws: int = DEFAULT_DRAWS) -> Simulation | None:
    """Return the draws of the open scenario, the same for all; none without a ratio that counts.

    Where more are asked for and not made yet, those that are made at once.
    """
    if not has_ratio(page.evaluation):
        return None
    more = long_run.simulation_of(page, draws) if draws > DEFAULT_DRAWS else None
    simulation = more or _drawn(page.scenario.fingerprint, page.scenario)
    return simulation if simulation.is_defined else None


def decisive(page: Page, simulation: Simulation | None) -> tuple[str, ...]:
    """Return the addresses of the numbers that vary, those that decide most first."""
    if simulation is None:
        return ()
    shares = _shares(page.scenario.fingerprint, page.scenario)
    return tuple(one.address for one in deciding_numbers(shares, count=MOST_BARS))


@st.cache_data(max_entries=32, show_spinner=False)
def _drawn(fingerprint: str, _scenario: Scenario) -> Simulation:
    return simulate(_scenario)


@st.cache_data(max_entries=32, show_spinner=False)
def _shares(fingerprint: str, _scenario: Scenario) -> VarianceShares:
    return variance_shares(_scenario)


def sentence(page: Page, simulation: Simulation | None) -> str:
    """Return between which ratios nine draws in ten fall."""
    t = page.t
    if simulation is None:
        return headline.awaited(page) or t("headline.undefined")
    interval = simulation.interval()
    return t(
        "uncertainty.sentence",
        one_euro=named(headline.one_euro(page)),
        low=t.ratio(interval.low.value),
        high=t.ratio(interval.high.value),
    )


def left_out(page: Page, simulation: Simulation | None) -> str:
    """Return what the interval says nothing of, with the one there would be with a deduction."""
    held = held_shares(page.scenario)
    if simulation is None or not held:
        return ""
    # Each of the shares that are held bears on all outcomes, and gives the same.
    tried = page.scenario.with_changes({held[0]: TRIED_SHARE})
    return left_out_tried(page.scenario, _drawn(tried.fingerprint, tried), TRIED_SHARE, page.t)


def how(page: Page, simulation: Simulation | None) -> str:
    """Return how the draws were made."""
    t = page.t
    if simulation is None:
        return t("headline.no_cost")
    return t(
        "uncertainty.how",
        draws=t.number(simulation.draws),
        numbers=t.number(len(simulation.varied)),
    )


def figures(page: Page, simulation: Simulation | None, target: float) -> None:
    """Show the result, the mean of the draws, and the chances to pay back and to reach a ratio."""
    t = page.t
    if simulation is None:
        return
    now = page.evaluation.ratio
    mean = simulation.mean()
    error = t("uncertainty.less_than_a_cent") if mean.error < A_CENT else t.ratio(mean.error)
    with st.container(horizontal=True, key="sure_figures"):
        for name, value in (
            ("central", t.ratio(now)),
            ("mean", t.ratio(mean.value)),
            ("pays_back", t.percent(simulation.probability_above(1.0).value, decimals=0)),
            ("reaches", t.percent(simulation.probability_above(target).value, decimals=0)),
        ):
            note = t(f"uncertainty.{name}_note", error=error)
            st.metric(
                t(f"uncertainty.{name}", target=t.ratio(target)),
                value,
                note,
                delta_color="off",
                delta_arrow="off",
                border=True,
            )


def distribution(page: Page, simulation: Simulation | None) -> None:
    """Draw how often each ratio comes, with the table behind it."""
    t = page.t
    if simulation is None:
        st.caption(t("uncertainty.nothing_varies"))
        return
    interval = simulation.interval()
    edges, shares = simulation.histogram()
    if edges[0] == edges[-1] or not simulation.varied:
        st.caption(t("uncertainty.nothing_varies"))
        return
    inside = (interval.low.value, interval.high.value)
    st.plotly_chart(
        charts.histogram(
            edges.tolist(),
            shares.tolist(),
            inside=inside,
            marks=[
                charts.Mark(value=1.0, label=t("uncertainty.mark_one")),
                charts.Mark(
                    value=page.evaluation.ratio,
                    label=t("uncertainty.mark_now", ratio=t.ratio(page.evaluation.ratio)),
                ),
            ],
            written=t.ratio,
            hover=lambda low, high, share: t(
                "uncertainty.bin_hover",
                low=t.ratio(low),
                high=t.ratio(high),
                share=t.percent(share, decimals=1),
            ),
            colours=page.colours,
        ),
        theme=None,
        config=charts.CONFIG,
        key="chart_distribution",
        alt=t("uncertainty.distribution_alt", low=t.ratio(inside[0]), high=t.ratio(inside[1])),
    )
    st.caption(t("uncertainty.distribution_note"))
    rows = [
        (t.percent(share, decimals=0), t.ratio(simulation.quantile(share).value))
        for share in (0.05, 0.25, 0.5, 0.75, 0.95)
    ]
    headings = [t("uncertainty.share_below"), t("table.ratio")]
    st.html(
        folded(
            t("uncertainty.distribution_table"),
            table(t("uncertainty.distribution"), headings, rows, t, numeric=(1,)),
        )
    )


def deciding(page: Page, simulation: Simulation | None) -> None:
    """Draw what each number does to the ratio over its range, the widest first."""
    t = page.t
    moving = [one for one in swings(page) if one.width > 0]
    if simulation is None or not moving:
        st.caption(t("uncertainty.nothing_varies"))
        return
    decisive = deciding_numbers(_shares(page.scenario.fingerprint, page.scenario))
    said = t("chart.separator").join(
        t(
            "uncertainty.deciding_one",
            label=named(label_of(one.address, page.scenario, t)),
            share=t.percent(one.total, decimals=0),
        )
        for one in decisive
    )
    st.markdown(
        t("uncertainty.deciding_most", said=said) + " " + t("uncertainty.deciding_introduction")
    )
    parameters = dict(page.scenario.parameters())
    bars = []
    for one in moving[:MOST_BARS]:
        low, high = sorted((one.ratio_at_low, one.ratio_at_high))
        bars.append(
            Range(
                label=label_of(one.address, page.scenario, t),
                written=t("uncertainty.from_to", low=t.ratio(low), high=t.ratio(high)),
                ends=(low, high),
                provenance=parameters[one.address].provenance,
            )
        )
    st.html(key(t))
    st.html(ranges(bars, page.evaluation.ratio))
    st.caption(t("uncertainty.deciding_note", ratio=t.ratio(page.evaluation.ratio)))
    st.caption(t("uncertainty.ends"))
    cells = [
        (
            label_of(one.address, page.scenario, t),
            t.value(one.low, parameters[one.address].unit),
            t.ratio(one.ratio_at_low),
            t.value(one.high, parameters[one.address].unit),
            t.ratio(one.ratio_at_high),
        )
        for one in moving
    ]
    headings = [t(f"uncertainty.heading_{name}") for name in ("number", "low", "then", "high")]
    headings.append(t("uncertainty.heading_then"))
    st.html(
        folded(
            t("uncertainty.deciding_table"),
            table(t("uncertainty.deciding"), headings, cells, t, numeric=(1, 2, 3, 4)),
        )
    )
