"""What an assurer would ask about the open scenario, in plain words, and how to settle it."""

from collections import Counter
from html import escape
from typing import get_args

import streamlit as st

from roi_model.checks import Finding, Rule, Severity, check, rules
from ui import state
from ui.frame import PAGES, Page
from ui.sentences import finding_text


def findings(page: Page, *, only: Severity | None = None) -> None:
    """Show what the checks find, the most serious first, each with a way to the field concerned."""
    t = page.t
    found = check(page.scenario, evaluation=page.evaluation)
    if not found:
        st.caption(t("checks.nothing"))
        return
    known = {rule.id: rule for rule in rules()}
    if only is not None:
        counts = Counter(finding.severity for finding in found)
        said = [
            t.counted(f"checks.counted_{one}", counts[one], number=t.number(counts[one]))
            for one in get_args(Severity)
            if counts[one]
        ]
        st.markdown(f"{', '.join(said)}.")
    for position, finding in enumerate(found):
        if only in (None, finding.severity):
            _finding(page, known[finding.rule], finding, position)


def link_to_all(page: Page) -> None:
    """Show the way to the page that lists every finding."""
    st.page_link(
        PAGES["uncertainty"][0],
        label=page.t("checks.see_all"),
        icon=":material/fact_check:",
        query_params=page.address,
    )


def _finding(page: Page, rule: Rule, finding: Finding, position: int) -> None:
    t = page.t
    with st.container(key=f"finding_{position}", gap="xsmall"):
        severity = t(f"checks.{finding.severity}")
        remedy = t("checks.remedy", remedy=t.of(rule.remedy))
        st.html(
            f'<div class="finding"><span class="severity {finding.severity}">{escape(severity)}'
            f"</span> <strong>{escape(t.of(rule.title))}</strong>"
            f"<br>{escape(finding_text(page.scenario, rule, finding, t))}"
            f"<br><span class=quiet>{escape(remedy)}</span></div>"
        )
        if finding.addresses and st.button(
            t("checks.settle"),
            key=f"settle:{position}",
            icon=":material/arrow_forward:",
            type="tertiary",
            help=t.of(rule.title),
        ):
            state.look_at(finding.addresses[0])
            st.switch_page(PAGES["inputs"][0])
