"""Work that takes a while, beside the pages: few pieces at a time, each for a limited time."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")

AT_A_TIME = 2
WAITING = 8
"""Pieces that may wait; with more, one who asks is told to come back."""


class BusyError(RuntimeError):
    """Too much is asked at the moment."""


class TooLongError(RuntimeError):
    """A piece of work was not done in its time."""


class Workers:
    """Threads that do what the interface is asked, and no more than they can."""

    def __init__(self, *, seconds: float) -> None:
        """Begin with nothing to do; each piece may take ``seconds``, waiting included."""
        self.seconds = seconds
        self._pool = ThreadPoolExecutor(AT_A_TIME, thread_name_prefix="api")
        self._places = threading.BoundedSemaphore(AT_A_TIME + WAITING)

    async def do(self, work: Callable[[], Result]) -> Result:
        """Return what ``work`` returns.

        A thread cannot be stopped: one that is late keeps its place until it is done, so that
        others are turned away rather than piled up.

        Raises:
            BusyError: others are waiting already.
            TooLongError: it was not done in time.
        """
        if not self._places.acquire(blocking=False):
            raise BusyError
        future = self._pool.submit(work)
        future.add_done_callback(lambda _: self._places.release())
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self.seconds)
        except TimeoutError as error:
            raise TooLongError from error

    def close(self) -> None:
        """Forget what waits."""
        self._pool.shutdown(wait=False, cancel_futures=True)
