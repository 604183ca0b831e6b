"""Draws of many associations, made aside: found again by what the table holds, and stopped."""

from collections.abc import Callable, Mapping, Sequence
from threading import BoundedSemaphore, Event, Thread
from typing import Literal

from roi_model import ScenarioError
from roi_model.portfolio import Portfolio
from roi_model.portfolio_groups import MOST_GROUPS
from roi_model.portfolio_simulation import PortfolioSimulation, simulate_portfolio
from ui import portfolio_visit

Common = Literal["as_known", "none", "all"]
COMMON: dict[Common, float | None] = {"as_known": None, "none": 0.0, "all": 1.0}
"""What associations have in common: what the table leaves to the template, nothing, or all."""
DRAWS = (1_024, 4_096, 10_240)
AT_ONCE = 2
"""Simulations under way; others wait for their turn."""
TURNS = BoundedSemaphore(AT_ONCE)


class _StoppedError(Exception):
    """Raised inside a simulation that is no longer wanted."""


class Run:
    """A simulation under way in a thread of its own."""

    def __init__(
        self,
        portfolio: Portfolio,
        draws: int,
        common: Common,
        by: Sequence[str],
        grown: Callable[[], None],
    ) -> None:
        """Start it, ``by`` columns too; ``grown`` is called once the result is there."""
        self.share = 0.0
        self.result: PortfolioSimulation | None = None
        self.has_failed = False
        self._portfolio, self._grown = portfolio, grown
        self._stop = Event()
        self._thread = Thread(target=self._run, args=(draws, common, by), daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        """Say whether it has its result, was stopped or failed."""
        return not self._thread.is_alive()

    @property
    def holds(self) -> tuple[Portfolio, PortfolioSimulation | None]:
        """Return what of it takes memory."""
        return self._portfolio, self.result

    def stop(self) -> None:
        """Ask it to end without a result."""
        self._stop.set()

    def join(self) -> None:
        """Wait until it is over."""
        self._thread.join()

    def _run(self, draws: int, common: Common, by: Sequence[str]) -> None:
        while not TURNS.acquire(timeout=0.2):
            if self._stop.is_set():
                return
        try:
            self.result = simulate_portfolio(
                self._portfolio,
                draws,
                between_rows=COMMON[common],
                by=by,
                workers=1,
                progress=self._told,
            )
            self._grown()
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


def name_of(content: str, draws: int, common: Common) -> str:
    """Return the name that a simulation is held under."""
    return f"run:{content}:{draws}:{common}"


def found(name: str) -> Run | None:
    """Return the simulation of that name, under way or over; none if it was never asked for."""
    return portfolio_visit.held(name)


def columns_drawn(groups: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the columns whose groups are drawn too: the first, as long as there is room."""
    columns, room = [], MOST_GROUPS
    for column, texts in groups.items():
        if len(texts) <= room:
            columns.append(column)
            room -= len(texts)
    return tuple(columns)


def start(name: str, portfolio: Portfolio, draws: int, common: Common, by: Sequence[str]) -> None:
    """Start a simulation, unless it is under way or made."""
    run = found(name)
    if run is None or (run.is_over and run.result is None):
        grown = portfolio_visit.weigh_again(name)
        portfolio_visit.hold(name, Run(portfolio, draws, common, by, grown))
