"""What each number does to the ratio over its range, computed once for each scenario."""

import streamlit as st

from roi_model.scenario import Scenario
from roi_model.sensitivity import Swing, one_at_a_time
from ui.frame import Page


def swings(page: Page) -> tuple[Swing, ...]:
    """Return what each number of the open scenario does to its ratio, the widest first."""
    return _swings(page.scenario.fingerprint, page.scenario)


@st.cache_data(max_entries=32, show_spinner=False)
def _swings(fingerprint: str, _scenario: Scenario) -> tuple[Swing, ...]:
    return one_at_a_time(_scenario)
