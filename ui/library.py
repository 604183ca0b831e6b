"""Unit values as cards: what each is worth, who says so, and what to be wary of."""

from functools import partial
from html import escape

import streamlit as st

from roi_model.editing import prices_in, with_price, with_unit_value
from roi_model.evidence_library import UnitValue, evidence_library
from roi_model.parameters import Name
from ui import editing, state
from ui.frame import PAGES, Page
from ui.labels import label_of, value_text
from ui.markup import external_link, html
from ui.words import typeset, words_in

ALL = "all"
"""The choice that narrows nothing."""


def asked_for(page: Page) -> tuple[UnitValue, ...]:
    """Ask for words, a theme and a grade of trust, and return the values that fit."""
    t, library = page.t, evidence_library()
    words, theme, trust = st.columns([3, 2, 2], vertical_alignment="bottom")
    with words:
        text = st.text_input(
            t("library.search"), key="library_search", max_chars=80, autocomplete="off"
        )
    with theme:
        themes = {one.id: t.of(one.label) for one in library.themes}
        chosen_theme = st.selectbox(
            t("library.theme"),
            [ALL, *themes],
            format_func=lambda one: themes.get(one) or t("library.all"),
            key="library_theme",
            filter_mode=None,
        )
    with trust:
        grades = {str(one.id): t.of(one.label) for one in library.grades}
        chosen_trust = st.selectbox(
            t("library.trust"),
            [ALL, *grades],
            format_func=lambda one: grades.get(one) or t("library.all"),
            key="library_trust",
            filter_mode=None,
        )
    return tuple(
        one
        for one in library.search(text or "", language=t.language)
        if chosen_theme in (ALL, one.theme) and chosen_trust in (ALL, one.trust)
    )


def values(page: Page, found: tuple[UnitValue, ...]) -> None:
    """Show the values found, each with a button that puts it into the open scenario."""
    t = page.t
    if not found:
        st.info(t("library.nothing"), icon=":material/search_off:")
        return
    st.caption(t.counted("library.found", len(found), number=t.number(len(found))))
    with st.container(key="library_cards"):
        for one in found:
            _card(page, one)


def _card(page: Page, one: UnitValue) -> None:
    t, library = page.t, evidence_library()
    with st.container(border=True, key=f"value_{one.id}"):
        grade = library.grade(one.trust)
        facts = [
            t("library.year", year=str(one.year)),
            t.of(library.theme(one.theme).label),
            t("library.grade", grade=t.of(grade.label).lower()),
        ]
        source_lines = [
            html(external_link(library.sources[key].url, typeset(library.sources[key].title, "fr")))
            + " · "
            + escape(typeset(library.sources[key].publisher, "fr"))
            for key in one.source
        ]
        st.html(
            f"<div class=value><strong>{escape(t.of(one.label))}</strong>"
            f"<b>{escape(_written(page, one))}</b>"
            f"<span class=quiet>{escape(' · '.join(facts))}</span>"
            f"<p>{escape(t.of(one.locator))} {escape(t.of(one.caveat))}</p>"
            f"<small>{'<br>'.join(source_lines)}</small></div>"
        )
        if one.usable_as == "context":
            st.caption(t("library.context"))
            return
        key = "library.add_cost" if one.usable_as == "cost" else "library.add_outcome"
        if st.button(t(key), key=f"pick:{one.id}", icon=":material/add:", help=t.of(one.label)):
            called = Name(fr=_quantity("fr", one), en=_quantity("en", one))
            state.edit(lambda scenario: with_unit_value(scenario, one, called), at=one.id)
            if state.refusal(one.id) is None:
                now = state.scenario()
                state.look_at((now.costs if one.usable_as == "cost" else now.outcomes)[-1].id)
                st.switch_page(PAGES["inputs"][0])
        _instead(page, one)
        editing.refused(page, one.id)


def _instead(page: Page, one: UnitValue) -> None:
    """Offer to put the value in the place of a price in the same unit."""
    t, scenario = page.t, page.scenario
    addresses = prices_in(scenario, one.unit)
    if not addresses:
        return
    with st.popover(t("library.instead"), icon=":material/swap_horiz:", key=f"instead:{one.id}"):
        st.markdown(t("library.instead_of"))
        for address in addresses:
            if st.button(
                t(
                    "library.priced_now",
                    label=label_of(address, scenario, t),
                    value=value_text(address, scenario, t),
                ),
                key=f"instead:{one.id}:{address}",
                type="tertiary",
            ):
                state.edit(partial(with_price, address=address, unit_value=one), at=one.id)
                if state.refusal(one.id) is None:
                    state.look_at(address)
                    st.switch_page(PAGES["inputs"][0])


def _written(page: Page, one: UnitValue) -> str:
    """Return the value with its unit, and in the prices the scenario is read in, if others."""
    t = page.t
    value = round(one.value, 2)
    unit = t.value(value, one.unit)
    if one.counted is not None and one.is_money:
        unit = t("library.per_item", value=t.figure(value, one.unit), item=t.of(one.counted))
    wanted = page.scenario.settings.price_year
    repriced = one.in_prices_of(wanted) if isinstance(wanted, int) else None
    if repriced is None or repriced.value == one.value:
        return unit
    return t("library.repriced", value=unit, then=t.euros(repriced.value, decimals=2), year=wanted)


def _quantity(language: str, one: UnitValue) -> str:
    """Return what the number is called that the value is multiplied by; its unit stands beside."""
    t = words_in("fr" if language == "fr" else "en")
    if one.counted is None:
        return t("library.how_many")
    return t("library.how_many_of", what=t.of(one.counted))
