"""A simulation of many draws, made aside: the page goes on, says how far it is, can stop it."""

from threading import Event, Thread
from typing import Any

import streamlit as st

from roi_model.scenario import Scenario
from roi_model.simulation import DEFAULT_DRAWS, Simulation, simulate
from ui.frame import Page

CHOICES = (DEFAULT_DRAWS, 2**17, 2**20)
"""Draws to choose from; a result of the most takes 16 MiB of memory."""
KEPT = 8
"""Simulations of many draws that the process holds, whoever asked for them."""
KEY = "uncertainty_draws"


class _StoppedError(Exception):
    """Raised inside a simulation that is no longer wanted."""


class LongRun:
    """A simulation under way in a thread of its own; it serves all who ask for the same draws."""

    def __init__(self, scenario: Scenario, draws: int) -> None:
        """Start it."""
        self.share = 0.0
        self.result: Simulation | None = None
        self._stop = Event()
        self._thread = Thread(target=self._run, args=(scenario, draws), daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        """Say whether it has its result or was stopped."""
        return not self._thread.is_alive()

    def stop(self) -> None:
        """Ask it to end without a result."""
        self._stop.set()

    def _run(self, scenario: Scenario, draws: int) -> None:
        try:
            self.result = simulate(scenario, draws, threads=1, progress=self._told)
        except _StoppedError:
            self.result = None

    def _told(self, share: float) -> None:
        self.share = share
        if self._stop.is_set():
            raise _StoppedError


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _started(fingerprint: str, draws: int, _scenario: Scenario) -> LongRun:
    return LongRun(_scenario, draws)


def control(page: Page) -> int:
    """Ask for how many draws, and return the answer."""
    t = page.t
    st.session_state[KEY] = st.session_state.get(KEY, DEFAULT_DRAWS)
    chosen: Any = st.segmented_control(
        t("uncertainty.draws"),
        CHOICES,
        format_func=lambda draws: t.number(draws),
        key=KEY,
        required=True,
        help=t("uncertainty.draws_help"),
    )
    return int(chosen)


def simulation_of(page: Page, draws: int) -> Simulation | None:
    """Return the simulation of that many draws if it is made; else start it and return none."""
    fingerprint = page.scenario.fingerprint
    run = _started(fingerprint, draws, page.scenario)
    if run.result is not None or not run.is_over:
        return run.result
    _started.clear(fingerprint, draws, page.scenario)  # it had been stopped: begin again
    return _started(fingerprint, draws, page.scenario).result


def progress(page: Page, draws: int) -> None:
    """Show how far the draws are, with a way to stop, until they are made."""
    run = _started(page.scenario.fingerprint, draws, page.scenario)

    @st.fragment(run_every=0.4)
    def watch() -> None:
        t = page.t
        if run.is_over:
            st.rerun()
        share = t.percent(run.share, decimals=0)
        st.progress(run.share, t("uncertainty.under_way", draws=t.number(draws), share=share))

        def stop() -> None:
            run.stop()
            st.session_state[KEY] = DEFAULT_DRAWS

        st.button(t("uncertainty.stop"), key="uncertainty_stop", on_click=stop)

    watch()
