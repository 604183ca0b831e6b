"""What an informed reader would ask, as switches beside the answer."""

from functools import lru_cache
from typing import Any

import streamlit as st

from roi_model.parameters import Provenance
from roi_model.perspectives import FUNDER, LEVERAGE, PUBLIC_FINANCES, SOCIETY, funder_of
from roi_model.reference_data import published_ratios
from ui import state
from ui.frame import Page, named
from ui.inputs import typed_field
from ui.labels import perspective_label
from ui.markup import external_link, html
from ui.words import Words

WHOLE_PERCENTS = tuple(percent / 100 for percent in range(101))


@lru_cache(maxsize=256)
def _percents(finer: tuple[float, ...], t: Words) -> dict[float, str]:
    """Return the steps of a slider of shares with their words; finer ones have their place."""
    # By what is read: two options that are written alike would be taken for one another.
    by_words = {t.percent(share): share for share in (*WHOLE_PERCENTS, *finer)}
    return {share: words for words, share in sorted(by_words.items(), key=lambda pair: pair[1])}


def reader_questions(page: Page) -> None:
    """Show the questions as settings of the scenario, each with what it changes in its help."""
    t, settings = page.t, page.scenario.settings
    with st.container(border=True, key="questions"):
        st.header(t("questions.title"), anchor=False)
        if _is_asked(page, "lines"):
            _toggle(page, "lines", on="itemised", off="all")
        if _is_asked(page, "footprint"):
            _toggle(page, "footprint", on="without", off="with")
        if settings.footprint == "without":
            _unknown_footprints(page)
        if _is_asked(page, "years_covered"):
            _segments(page, "years_covered")
        _perspective(page)
        st.markdown(t("questions.common"))
        for name in ("deadweight", "displacement", "attribution"):
            _share(page, name, label=t(f"setting.{name}"))


def _is_asked(page: Page, name: str) -> bool:
    """Say whether a question has a meaning for the open scenario, or has been answered."""
    outcomes = page.scenario.outcomes
    is_of_a_study = any(outcome.basis == "itemised" for outcome in outcomes)
    has_meaning = {
        "lines": is_of_a_study,
        "footprint": any(outcome.footprint is not None for outcome in outcomes),
        "years_covered": is_of_a_study,
    }
    return has_meaning[name] or page.scenario.value_at(name) != page.case.value_at(name)


def landmarks(page: Page) -> None:
    """Place the ratio among published ones, with the word on perimeter that goes with it."""
    t, published = page.t, published_ratios()
    holes = {
        name: t.number(published.figure(name).value, decimals=decimals)
        for name, decimals in (("reports", 0), ("mean_from", 1), ("mean_to", 1), ("highest", 0))
    }
    source = published.sources[published.figure("reports").source[0]]
    with st.container(border=True, key="landmarks"):
        st.header(t("landmarks.title"), anchor=False)
        st.markdown(t("landmarks.text", **holes))
        st.html(f"<p>{html(external_link(source.url, source.publisher))}</p>")


def _toggle(page: Page, name: str, *, on: str, off: str) -> None:
    key = f"switch:{name}"
    st.session_state[key] = page.scenario.value_at(name) == on
    st.toggle(
        page.t(f"questions.{name}"),
        key=key,
        help=page.t(f"setting.{name}_help"),
        on_change=lambda: state.change(name, on if st.session_state[key] else off),
    )


def _unknown_footprints(page: Page) -> None:
    """Ask how much of a line is footprint, where its range leaves that open."""
    t = page.t
    for outcome in page.case.outcomes:
        share = outcome.footprint
        if share is not None and share.low != share.high:
            label = t("questions.footprint_of", outcome=named(t.of(outcome.label)))
            _share(page, f"{outcome.id}.footprint", label=label)


def _segments(page: Page, name: str) -> None:
    t, key = page.t, f"switch:{name}"
    st.session_state[key] = page.scenario.value_at(name)
    st.segmented_control(
        t(f"setting.{name}"),
        page.scenario.choices()[name],
        format_func=lambda option: t(f"{name}.{option}"),
        key=key,
        required=True,
        help=t(f"setting.{name}_help"),
        on_change=lambda: state.change(name, st.session_state[key]),
    )


def _perspective(page: Page) -> None:
    """Ask whose costs and gains count; on the full cost, ask what the others pay."""
    t, scenario = page.t, page.scenario
    key = "switch:perspective"
    st.session_state[key] = scenario.settings.perspective
    st.radio(
        t("setting.perspective"),
        shown_perspectives(page),
        format_func=lambda one: named(perspective_label(one, scenario, t)),
        key=key,
        help=t("setting.perspective_help"),
        on_change=lambda: state.change("perspective", st.session_state[key]),
    )
    asked = [
        cost
        for cost in scenario.costs
        if cost.provenance in (Provenance.ASSUMED, Provenance.YOURS)
        and cost.stakeholder in page.evaluation.perspective.payers
        and funder_of(scenario.settings.perspective) is None
    ]
    if any(cost.id in page.evaluation.unstated_costs for cost in asked):
        st.caption(t("questions.full_cost"))
    for cost in asked:
        typed_field(page, cost.id, cost, label=t.of(cost.label), help=t.of(cost.help))


def shown_perspectives(page: Page) -> list[str]:
    """Return the points of view worth offering: one funder's only if it pays something."""
    paying = [cost.stakeholder for cost in page.scenario.costs if cost.value]
    wanted = [page.case.settings.perspective, SOCIETY, PUBLIC_FINANCES]
    wanted += [f"{FUNDER}-{funder}" for funder in paying]
    wanted += [f"{LEVERAGE}-{funder}" for funder in paying]
    return list(dict.fromkeys([*wanted, page.scenario.settings.perspective]))


def _share(page: Page, address: str, *, label: str) -> None:
    """Show a share as a slider in whole percents; a finer one, once typed, has its place in it."""
    t, key = page.t, f"switch:{address}"
    current: Any = page.scenario.value_at(address)
    steps = _percents(() if current in WHOLE_PERCENTS else (float(current),), t)
    st.session_state[key] = current
    st.select_slider(
        label,
        list(steps),
        format_func=steps.__getitem__,
        key=key,
        help=t(f"share.{address.rpartition('.')[2]}_help"),
        on_change=lambda: state.change(address, st.session_state[key]),
    )
