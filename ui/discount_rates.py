"""Published discount rates to choose from, each with its source, beside the field of the rate."""

from functools import partial
from html import escape

import streamlit as st

from roi_model.editing import with_discount_rate
from roi_model.parameters import Factor
from roi_model.reference_data import discount_rates
from ui import state
from ui.frame import Page
from ui.markup import external_link, html
from ui.words import typeset

ADDRESS = "discount_rate"


def offered(page: Page) -> None:
    """Offer the published rates; one that is picked comes with its papers."""
    t = page.t
    with st.popover(t("inputs.published_rates"), icon=":material/percent:", key="published_rates"):
        st.markdown(t("inputs.published_rates_text"))
        for one in discount_rates().figures:
            with st.container(gap="xsmall", key=f"rate_{one.id}"):
                _rate(page, one)


def _rate(page: Page, one: Factor) -> None:
    t = page.t
    st.button(
        t("inputs.published_rate", value=t.value(one.value, one.unit), label=t.of(one.label)),
        key=f"rate:{one.id}",
        on_click=partial(_pick, one),
    )
    sources = (discount_rates().sources[key] for key in one.source)
    links = (html(external_link(source.url, typeset(source.title, "fr"))) for source in sources)
    said = [escape(t.of(one.help)), escape(t.of(one.locator)), *links]
    st.html(f"<small>{'<br>'.join(said)}</small>")


def _pick(one: Factor) -> None:
    case = state.case()
    state.edit(lambda scenario: with_discount_rate(case, scenario, one), at=ADDRESS)
