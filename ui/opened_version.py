"""The saved version that a visit opened or saved, for as long as its scenario is on the screen."""

import streamlit as st

from roi_model import Scenario
from roi_model.editing import edits_of
from ui import link, saving
from ui.bases import load
from ui.ledger import changed_from, tables_changed_from

_VERSION, _FAULT = "opened_version", "opened_version_fault"


def take(reference: str | None, *, has_link: bool) -> saving.Version | None:
    """Return the saved version that an address names, if it can be had.

    Where it cannot and the address says nothing else, ``fault`` tells why.
    """
    st.session_state[_VERSION], st.session_state[_FAULT] = None, None
    if reference is None:
        return None
    try:
        version = saving.opened_by(reference)
    except saving.SavingError as error:
        if not has_link:
            is_late = isinstance(error, saving.UnavailableError)
            st.session_state[_FAULT] = "not_now" if is_late else "gone"
        return None
    remember(version)
    return version


def remember(version: saving.Version) -> None:
    """Keep which version is on the screen."""
    st.session_state[_VERSION], st.session_state[_FAULT] = version, None


def announced(version: saving.Version) -> link.Announced:
    """Return what a version gave, and what its case and the tables say otherwise today."""
    began_as, scenario = version.began_as, version.scenario
    try:
        today = load(began_as.id)
    except KeyError:
        today = began_as
    own = link.stated_in(edits_of(began_as, scenario))
    of_case = () if today == began_as else changed_from(began_as, today, scenario, own)
    changes = (*of_case, *tables_changed_from(version.tables, scenario))
    return link.Announced(ratio=version.ratio, changes=changes, today=today)


def forget(id: str) -> None:
    """Forget the version on the screen if it is of a scenario that was deleted."""
    version = last()
    if version is not None and version.id == id:
        st.session_state[_VERSION] = None


def opened(scenario: Scenario) -> saving.Version | None:
    """Return the version on the screen, unless the scenario was changed since."""
    version: saving.Version | None = st.session_state.get(_VERSION)
    if version is None:
        return None
    is_same = version.scenario is scenario or version.scenario == scenario
    return version if is_same else None


def last() -> saving.Version | None:
    """Return the version that the scenario was opened or saved as, changed since or not."""
    return st.session_state.get(_VERSION)


def is_not_there() -> bool:
    """Say whether the address named a saved scenario that is not there."""
    return st.session_state.get(_FAULT) == "gone"


def is_not_now() -> bool:
    """Say whether the address named a saved scenario that cannot be read at the moment."""
    return st.session_state.get(_FAULT) == "not_now"
