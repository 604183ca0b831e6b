"""The dossier to leave with: the brief, the calculation, the data, each made when asked for."""

from dataclasses import asdict

import streamlit as st

from reports.brief import first_page
from reports.export import exported
from ui import dossier, headline
from ui.frame import open_page

page = open_page("dossier")
t = page.t


def made(suffix: str, wished: dossier.Wishes) -> bytes:
    """Return the document with that ending, as the reader wishes it."""
    return exported(page.scenario, suffix, case=page.case, **asdict(wished))


@st.cache_data(max_entries=16, show_spinner=False)
def picture(fingerprint: str, case: str, wished: dossier.Wishes) -> bytes:
    """Return the first page of the brief, the same for all who wish the same."""
    return first_page(page.scenario, case=page.case, **asdict(wished))


st.title(t("dossier.title"), anchor=False)
st.markdown(t("dossier.introduction"))
headline.strip(page)
dossier.to_fill(page)
to_hand_over, in_whose_name = st.columns([3, 2], gap="large")
with in_whose_name:
    wishes = dossier.wishes(page, made)
with to_hand_over:
    seen = picture(page.scenario.fingerprint, page.case.fingerprint, wishes)
    dossier.brief(page, wishes, made, seen)
dossier.documents(page, wishes, made)
dossier.way_back(page)
