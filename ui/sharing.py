"""Sending the open scenario to someone: the link, a short mail, a file that holds all of it."""

from html import escape
from urllib.parse import quote

import streamlit as st

from roi_model.case_files import case_text
from ui import copy_link, headline
from ui.frame import Page, address_in_full

GAINS_NAMED = 3
LONGEST_IN_MAIL = 2_000
"""Characters of an address that every browser and mail program is known to keep whole."""


def link(page: Page) -> None:
    """Show what the link holds, how long it is, and the button that copies it."""
    t = page.t
    copy_link.card(page)
    length = len(address_in_full(page))
    key = "sharing.length" if length <= LONGEST_IN_MAIL else "sharing.long"
    st.caption(t(key, length=t.number(length), longest=t.number(LONGEST_IN_MAIL)))


def mail(page: Page) -> None:
    """Show a short text that leads with the shared goal and the gains, ready to be sent."""
    t = page.t
    subject, body = t("sharing.subject"), _body(page)
    st.header(t("sharing.mail"), anchor=False)
    st.markdown(t("sharing.mail_introduction"))
    st.html(f'<pre class="letter">{escape(body)}</pre>')
    href = f"mailto:?subject={quote(subject)}&body={quote(body)}"
    st.html(f'<p><a href="{escape(href, quote=True)}">{escape(t("sharing.open_mail"))}</a></p>')


def file(page: Page) -> None:
    """Offer the scenario as a file that the model and this dashboard read."""
    t = page.t
    st.header(t("sharing.file"), anchor=False)
    st.markdown(t("sharing.file_introduction"))
    scenario = page.scenario
    st.download_button(
        t("sharing.download"),
        data=lambda: case_text(scenario),
        file_name=f"{scenario.id}.yaml",
        mime="application/yaml",
        icon=":material/download:",
        on_click="ignore",
    )


def _body(page: Page) -> str:
    t = page.t
    labels = {one.id: t.of(one.label) for one in page.scenario.outcomes}
    largest = sorted(page.evaluation.by_outcome, key=lambda row: -row.present_value)
    gains = [
        t("sharing.gain", label=labels[row.outcome], value=t.short_euros(row.present_value))
        for row in largest[:GAINS_NAMED]
        if row.present_value > 0
    ]
    listed = "\n".join([t("sharing.gains"), *gains]) if gains else ""
    parts = [t("sharing.goal"), t("sharing.result", sentence=headline.sentence(page)), listed]
    parts += [t("sharing.invitation"), address_in_full(page)]
    return "\n\n".join(part for part in parts if part)
