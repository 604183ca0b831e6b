"""Draws of many associations, made aside: found again by what the table holds, and stopped."""

from collections.abc import Callable
from threading import BoundedSemaphore, Event, Thread
from typing import Literal

import streamlit as st

from roi_model import ScenarioError
from roi_model.portfolio import Portfolio
from roi_model.portfolio_simulation import PortfolioSimulation, simulate_portfolio

Common = Literal["as_known", "none", "all"]
COMMON: dict[Common, float | None] = {"as_known": None, "none": 0.0, "all": 1.0}
"""What associations have in common: what the table leaves to the template, nothing, or all."""
DRAWS = (1_024, 4_096, 10_240)
KEPT = 8
"""Simulations that the process holds, whoever asked for them."""
AT_ONCE = 2
"""Simulations under way; others wait for their turn."""
TURNS = BoundedSemaphore(AT_ONCE)


class _StoppedError(Exception):
    """Raised inside a simulation that is no longer wanted."""


class Run:
    """A simulation under way in a thread of its own."""

    def __init__(self, portfolio: Portfolio, draws: int, common: Common) -> None:
        """Start it."""
        self.share = 0.0
        self.result: PortfolioSimulation | None = None
        self.has_failed = False
        self._stop = Event()
        self._thread = Thread(target=self._run, args=(portfolio, draws, common), daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        """Say whether it has its result, was stopped or failed."""
        return not self._thread.is_alive()

    def stop(self) -> None:
        """Ask it to end without a result."""
        self._stop.set()

    def join(self) -> None:
        """Wait until it is over."""
        self._thread.join()

    def _run(self, portfolio: Portfolio, draws: int, common: Common) -> None:
        while not TURNS.acquire(timeout=0.2):
            if self._stop.is_set():
                return
        try:
            self.result = simulate_portfolio(
                portfolio, draws, between_rows=COMMON[common], workers=1, progress=self._told
            )
        except _StoppedError:
            pass
        except (ScenarioError, ValueError, MemoryError):
            self.has_failed = True
        finally:
            TURNS.release()

    def _told(self, share: float) -> None:
        self.share = share
        if self._stop.is_set():
            raise _StoppedError


class _Runs:
    """The simulations of the process, the last ones asked for."""

    def __init__(self) -> None:
        self._by_key: dict[str, Run] = {}

    def find(self, key: str) -> Run | None:
        return self._by_key.get(key)

    def start(self, key: str, make: Callable[[], Run]) -> None:
        self._by_key.pop(key, None)
        while len(self._by_key) >= KEPT:
            oldest = next(iter(self._by_key))
            self._by_key.pop(oldest).stop()
        self._by_key[key] = make()


@st.cache_resource(show_spinner=False)
def _runs() -> _Runs:
    return _Runs()


def key_of(content: str, draws: int, common: Common) -> str:
    """Return what a simulation is found again by."""
    return f"{content}:{draws}:{common}"


def found(key: str) -> Run | None:
    """Return the simulation with that key, under way or over; none if it was never asked for."""
    return _runs().find(key)


def start(key: str, portfolio: Portfolio, draws: int, common: Common) -> None:
    """Start a simulation, unless it is under way or made."""
    run = found(key)
    if run is None or (run.is_over and run.result is None):
        _runs().start(key, lambda: Run(portfolio, draws, common))
