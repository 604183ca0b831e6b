"""The result as one sentence, and the figures that follow it."""

import math
from html import escape

import streamlit as st

from roi_model.parameters import Provenance
from roi_model.perspectives import FUNDER, PUBLIC_FINANCES, SOCIETY, funder_of
from ui.frame import Page
from ui.words import Words


def is_defined(page: Page) -> bool:
    """Say whether a cost is counted, so that there is a ratio."""
    return math.isfinite(page.evaluation.ratio)


def sentence(page: Page) -> str:
    """Return the ratio as a sentence that a mayor can repeat."""
    t, evaluation = page.t, page.evaluation
    perspective = evaluation.perspective.id
    if not is_defined(page):
        return t("headline.undefined")
    ratio = t.ratio(evaluation.ratio)
    if perspective in (SOCIETY, PUBLIC_FINANCES):
        return t(f"headline.{perspective}", ratio=ratio)
    key = "headline.funder" if perspective.startswith(FUNDER) else "headline.leverage"
    return t(key, one_euro=one_euro(page), ratio=ratio)


def one_euro(page: Page) -> str:
    """Return what the one euro of the sentence is."""
    funder = funder_of(page.evaluation.perspective.id)
    if funder is None:
        return page.t(f"one_euro.{page.evaluation.perspective.id}")
    return page.t.of(page.scenario.stakeholder(funder).one_euro)


def honesty(page: Page) -> str:
    """Return how much of the ratio is itemised by the study, and what the rest is."""
    t, evaluation = page.t, page.evaluation
    if not is_defined(page):
        return t("headline.no_cost")
    itemised = t.ratio(evaluation.basis("itemised").ratio)
    others = {key: evaluation.basis(key).present_value for key in ("balance", "estimated")}
    if not any(others.values()):
        own = _has_own_itemised(page)
        return t("headline.all_itemised_or_yours" if own else "headline.all_itemised")
    key = (
        "headline.of_which_itemised_or_yours"
        if _has_own_itemised(page)
        else ("headline.of_which_itemised")
    )
    return t(key, itemised=itemised)


def _has_own_itemised(page: Page) -> bool:
    """Say whether a line the study itemises now rests on a number of the user's."""
    return any(
        row.basis == "itemised" and row.provenance == Provenance.YOURS
        for row in page.evaluation.by_outcome
    )


def beside_published(page: Page) -> str:
    """Return the published ratio, to set beside the reader's."""
    return page.t("headline.published", ratio=page.t.ratio(page.published.ratio))


def strip(page: Page, *, key: str = "strip") -> None:
    """Show the result in a strip that stays in sight while inputs are edited."""
    t, evaluation = page.t, page.evaluation
    amounts = {
        "cost": t.short_euros(evaluation.present_value_costs),
        "return": t.short_euros(evaluation.present_value_benefits),
        "net": t.short_euros(evaluation.net_present_value),
    }
    listed = "".join(
        f"<span>{escape(t(f'figures.{name}'))} <b>{escape(amount)}</b></span>"
        for name, amount in amounts.items()
    )
    if page.is_changed:
        listed += f"<span class=quiet>{escape(beside_published(page))}</span>"
    with st.container(key=key):
        st.html(
            f'<div class="strip" role="status"><strong>{escape(sentence(page))}</strong>'
            f"<div>{listed}</div></div>"
        )


def figures(page: Page) -> None:
    """Show the headline figures in one row, two by two on a phone."""
    t, evaluation = page.t, page.evaluation
    with st.container(horizontal=True, key="figures"):
        _figure(t, "cost", t.short_euros(evaluation.present_value_costs), t("figures.a_year"))
        _figure(t, "return", t.short_euros(evaluation.present_value_benefits), t("figures.a_year"))
        _figure(
            t,
            "net",
            t.short_euros(evaluation.net_present_value),
            t("figures.net_note", net_return=t.ratio(evaluation.net_return)),
        )
        _figure(
            t,
            "jobs",
            t.number(evaluation.indirect_jobs, decimals=0),
            t(
                "figures.jobs_note",
                per_million=t.number(evaluation.jobs_per_million_euros, decimals=1),
            ),
            cost_per_job=t.euros(evaluation.cost_per_job),
        )
        # Nothing is paid back where nothing is paid.
        months = evaluation.payback_months if is_defined(page) else math.nan
        _figure(t, "payback", t.months(months), t("figures.payback_note"))


def _figure(t: Words, key: str, value: str, note: str, **holes: str) -> None:
    st.metric(
        t(f"figures.{key}"),
        value,
        note,
        delta_color="off",
        delta_arrow="off",
        border=True,
        help=t(f"figures.{key}_help", **holes),
    )
