"""Sending the open scenario to someone: the link, a short mail, a file that holds all of it."""

from html import escape
from urllib.parse import quote

import streamlit as st

from roi_model.case_files import case_text
from ui import copy_link, copy_text, headline
from ui.frame import Page, address_in_full

GAINS_NAMED = 3
LONGEST_IN_MAIL = 2_000
"""Characters of an address that mail programs keep whole, and of one that opens them: browsers on
Windows hand over no address beyond 2 048."""


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
    copy_text.block(t, body, label=t("sharing.copy_mail"), is_code=False)
    href = mailto(subject, body)
    if len(href) <= LONGEST_IN_MAIL:
        st.html(f'<p><a href="{escape(href)}">{escape(t("sharing.open_mail"))}</a></p>')
    else:
        st.caption(t("sharing.long_mail"))


def mailto(subject: str, body: str) -> str:
    """Return the address that opens a mail program on a letter, by RFC 6068.

    Line breaks are CR LF, and nothing but letters, digits and ``_.-~`` stands as it is.
    """
    lines = body.replace("\n", "\r\n")
    return f"mailto:?subject={quote(subject, safe='')}&body={quote(lines, safe='')}"


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
    labels = {one.id: t.of(one.label) for one in page.scenario.outcomes if one.basis != "balance"}
    told = [row for row in page.evaluation.by_outcome if row.outcome in labels]
    gains = [
        t("sharing.gain", label=labels[row.outcome], value=t.short_euros(row.present_value))
        for row in sorted(told, key=lambda row: -row.present_value)[:GAINS_NAMED]
        if row.present_value > 0
    ]
    listed = "\n".join([t("sharing.gains"), *gains]) if gains else ""
    parts = [t("sharing.goal"), t("sharing.result", sentence=headline.sentence(page)), listed]
    parts += [t("sharing.invitation"), address_in_full(page)]
    return "\n\n".join(part for part in parts if part)
