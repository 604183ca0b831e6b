"""The result as one sentence, and the figures that follow it."""

import math
from collections.abc import Callable
from html import escape

import streamlit as st

from roi_model.parameters import Provenance
from roi_model.settings import SETTING_NUMBERS
from roi_model.templates import own_description
from ui import sentences
from ui.frame import Page, named
from ui.words import Words


def is_defined(page: Page) -> bool:
    """Say whether there is a ratio: a cost is counted, and gains are no longer all to fill in."""
    return math.isfinite(page.evaluation.ratio) and not awaited(page)


def awaited(page: Page) -> str:
    """Return what must be filled in before there is a result; nothing if one is there."""
    return sentences.awaited(page.scenario, page.evaluation, page.t)


def sentence(page: Page, *, quote: Callable[[str], str] = str) -> str:
    """Return the ratio as a sentence; that there is none, where so.

    ``quote`` makes what a stranger wrote harmless where the sentence is shown.
    """
    if not is_defined(page):
        return awaited(page) or page.t("headline.undefined")
    return sentences.result(page.scenario, page.evaluation, page.t, quote=quote)


def one_euro(page: Page) -> str:
    """Return what the one euro of the sentence is."""
    return sentences.one_euro(page.scenario, page.evaluation, page.t)


def honesty(page: Page) -> str:
    """Return how much of the ratio is itemised by the study, and what is known to be missing."""
    t, evaluation = page.t, page.evaluation
    if not is_defined(page):
        return t("headline.awaits_note") if awaited(page) else t("headline.no_cost")
    said = [_itemised(page)]
    if evaluation.unstated_costs:
        labels = [
            t.of(one.label) for one in page.scenario.costs if one.id in evaluation.unstated_costs
        ]
        said.append(t("headline.unstated_costs", costs=t("chart.separator").join(labels)))
    return " ".join(said)


def _itemised(page: Page) -> str:
    t, evaluation = page.t, page.evaluation
    if not any(row.present_value for row in evaluation.by_outcome):
        return t("chart.nothing")
    changed = _has_own_itemised(page) or _is_read_otherwise(page)
    balance, estimated = (evaluation.basis(key).present_value for key in ("balance", "estimated"))
    if not any(outcome.basis == "itemised" for outcome in page.case.outcomes):
        return t("headline.own_lines")  # no study itemises them
    if not (balance or estimated):
        return t("headline.all_itemised_or_yours" if changed else "headline.all_itemised")
    key = "headline.of_which_itemised_or_yours" if changed else "headline.of_which_itemised"
    rest = "both" if balance and estimated else "balance" if balance else "estimated"
    itemised = t(key, itemised=t.ratio(evaluation.basis("itemised").ratio))
    return f"{itemised} {t(f'headline.rest_{rest}')}"


def _is_read_otherwise(page: Page) -> bool:
    """Say whether a reading other than the study's changes what its lines are worth."""
    numbers = (*SETTING_NUMBERS, "years_covered")
    return any(page.scenario.value_at(name) != page.case.value_at(name) for name in numbers)


def _has_own_itemised(page: Page) -> bool:
    """Say whether a line the study itemises now rests on a number of the user's."""
    return any(
        row.basis == "itemised" and row.provenance == Provenance.YOURS
        for row in page.evaluation.by_outcome
    )


def balance_note(page: Page) -> None:
    """Say under the split by provenance what was taken off the balance, where there is one."""
    if note := sentences.of_the_balance(page.case, page.evaluation, page.t):
        st.caption(note)


def described(page: Page) -> None:
    """Show what the scenario says of itself, if it does."""
    if said := own_description(page.scenario):
        st.caption(named(page.t.of(said)))


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
    if page.is_changed and page.has_published:
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
        paid_over = sentences.over_years(evaluation.years_of_costs, t)
        _figure(t, "cost", t.short_euros(evaluation.present_value_costs), paid_over)
        gained_over = sentences.over_years(evaluation.years, t)
        _figure(t, "return", t.short_euros(evaluation.present_value_benefits), gained_over)
        _figure(
            t,
            "net",
            t.short_euros(evaluation.net_present_value),
            t("figures.net_note", net_return=t.ratio(evaluation.net_return)),
        )
        if evaluation.indirect_jobs:
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
        reading = "payback" if evaluation.years == 1 else "payback_years"
        _figure(t, reading, *sentences.payback(evaluation, t))


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
