"""Sending the open scenario to someone: the link, a short mail, a file that holds all of it."""

from html import escape
from urllib.parse import quote

import streamlit as st

from roi_model.case_files import case_text
from roi_model.editing import identifier
from roi_model.templates import templates
from ui import copy_link, copy_text, headline, sentences
from ui.frame import PAGES, Page, PageName, address_in_full

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
    st.header(t("sharing.mail"), anchor=False)
    if not headline.is_defined(page):
        _nothing_to_say(page)
        return
    subject, body = t("sharing.subject", name=t.of(page.scenario.name)), _body(page)
    st.markdown(t("sharing.mail_introduction"))
    copy_text.block(t, body, label=t("sharing.copy_mail"), is_code=False)
    href = mailto(subject, body)
    if len(href) <= LONGEST_IN_MAIL:
        st.html(f'<p><a href="{escape(href)}">{escape(t("sharing.open_mail"))}</a></p>')
    else:
        st.caption(t("sharing.long_mail"))


def _nothing_to_say(page: Page) -> None:
    """Say that a letter needs a result, and lead to where the numbers are asked for."""
    st.markdown(page.t("sharing.no_mail"))
    name: PageName = "guide" if page.case.id in templates() else "inputs"
    path, icon = PAGES[name]
    st.page_link(path, label=page.t("published.fill"), icon=icon, query_params=page.address)


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
        file_name=f"{identifier(t.of(scenario.name))}.yaml",
        mime="application/yaml",
        icon=":material/download:",
        on_click="ignore",
    )


def _body(page: Page) -> str:
    t = page.t
    labels = {one.id: t.of(one.label) for one in page.scenario.outcomes if one.basis != "balance"}
    explained = [row for row in page.evaluation.by_outcome if row.outcome in labels]
    gains = [
        t("sharing.gain", label=labels[row.outcome], value=t.short_euros(row.present_value))
        for row in sorted(explained, key=lambda row: -row.present_value)[:GAINS_NAMED]
        if row.present_value > 0
    ]
    listed = "\n".join([t("sharing.gains"), *gains]) if gains else ""
    goal = t("sharing.goal", goal=sentences.shared_goal(page.scenario, t))
    told = t("sharing.result", name=t.of(page.scenario.name), sentence=headline.sentence(page))
    parts = [goal, told, listed]
    parts += [t("sharing.invitation"), address_in_full(page)]
    return "\n\n".join(part for part in parts if part)
