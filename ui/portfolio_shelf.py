"""What the process holds of visitors' tables and of their results: within a bound, for a time.

A visit's place is known by a token that nobody guesses. Where room is needed, results that can be
made again go first, those not used for longest before the others, and then whole visits.
"""

import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from threading import RLock, Timer
from typing import Any, Protocol, runtime_checkable

import numpy as np

MOST_BYTES = 500_000_000
"""Enough for the largest table that can be opened, or for some hundred of a thousand rows."""
SECONDS_KEPT = 60 * 60
"""After the last use; what nobody asks for goes when this has passed once more, at most."""
TOKEN_BYTES = 24
LONG = 100
"""Entries from which a list is weighed as one thing."""


@runtime_checkable
class Work(Protocol):
    """Something under way, which is stopped when there is no room for it."""

    @property
    def holds(self) -> Any:
        """Return what of it takes memory."""
        ...

    def stop(self) -> None:
        """End it."""
        ...


@dataclass(slots=True)
class _Item:
    value: Any
    parts: dict[int, int]
    """Bytes of each array, list or text in it, by its identity."""
    is_source: bool
    used_at: float


class Shelf:
    """Values by visit and name, no more bytes of them than allowed."""

    def __init__(
        self,
        most_bytes: int = MOST_BYTES,
        *,
        seconds: float = SECONDS_KEPT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin with nothing."""
        self.most_bytes = most_bytes
        self.held = 0
        """Bytes. What several values share counts once."""
        self._seconds, self._clock = seconds, clock
        self._items: dict[tuple[str, str], _Item] = {}  # the last used stands last
        self._uses: Counter[int] = Counter()
        self._lock = RLock()
        self._timer: Timer | None = None

    def place(self, visit: str, name: str, value: Any, *, is_source: bool = False) -> bool:
        """Keep a value, and say whether there is room for it; a source cannot be made again."""
        parts = dict(parts_of(value))
        with self._lock:
            self._tidy()
            before = self._items.get((visit, name))
            self._remove((visit, name), stop=before is not None and before.value is not value)
            if sum(parts.values()) > self.most_bytes:
                return False
            item = _Item(value=value, parts=parts, is_source=is_source, used_at=self._clock())
            self._items[visit, name] = item
            self._uses.update(parts.keys())
            self.held += sum(size for one, size in parts.items() if self._uses[one] == 1)
            self._make_room(visit)
            self._wake_up()
            return (visit, name) in self._items

    def find(self, visit: str, name: str) -> Any:
        """Return a value, ``None`` if it is not there; it counts as used."""
        with self._lock:
            self._tidy()
            item = self._items.pop((visit, name), None)
            if item is None:
                return None
            item.used_at = self._clock()
            self._items[visit, name] = item
            return item.value

    def weigh_again(self, visit: str, name: str) -> None:
        """Count a value anew, if it is still there: it has grown."""
        with self._lock:
            item = self._items.get((visit, name))
            if item is not None:
                self.place(visit, name, item.value, is_source=item.is_source)

    def clear(self, visit: str) -> None:
        """Keep nothing of a visit any longer."""
        with self._lock:
            for key in [one for one in self._items if one[0] == visit]:
                self._remove(key)

    def _make_room(self, visit: str) -> None:
        """Let go of what is used least, until there is room for what a visit has just placed."""
        while self.held > self.most_bytes:
            newest = next(reversed(self._items))
            others = [one for one in self._items if one != newest]
            again = next((one for one in others if not self._items[one].is_source), None)
            elsewhere = next((one for one, _ in others if one != visit), None)
            if again is None and elsewhere is not None:
                self.clear(elsewhere)
            else:
                self._remove(again or newest)

    def _remove(self, key: tuple[str, str], *, stop: bool = True) -> None:
        item = self._items.pop(key, None)
        if item is None:
            return
        self._uses.subtract(item.parts.keys())
        for one, size in item.parts.items():
            if not self._uses[one]:
                del self._uses[one]
                self.held -= size
        if stop and isinstance(item.value, Work):
            item.value.stop()

    def _tidy(self) -> None:
        """Let go of what was not used for long."""
        now = self._clock()
        for key, item in list(self._items.items()):
            if now - item.used_at < self._seconds:
                break
            self._remove(key)

    def _wake_up(self) -> None:
        """Tidy up later, even if nobody comes."""
        if self._timer is None and self._items:
            self._timer = Timer(self._seconds, self._on_time)
            self._timer.daemon = True
            self._timer.start()

    def _on_time(self) -> None:
        with self._lock:
            self._timer = None
            self._tidy()
            self._wake_up()


SHELF = Shelf()
"""That of the process."""


def new_token() -> str:
    """Return what stands for a visit."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def weight(value: Any) -> int:
    """Return the bytes of a value, what is in it twice counted once."""
    return sum(dict(parts_of(value)).values())


def parts_of(value: Any) -> Iterator[tuple[int, int]]:
    """Yield the identity and the bytes of what takes memory: arrays, texts, long lists.

    Templates, and what else is the same for all visits, weigh nothing here.
    """
    if isinstance(value, np.ndarray):
        texts = sum(map(sys.getsizeof, value.tolist())) if value.dtype == object else 0
        yield id(value), value.nbytes + texts
    elif isinstance(value, bytes | str):
        yield id(value), sys.getsizeof(value)
    elif isinstance(value, list | tuple) and len(value) > LONG:
        yield id(value), _long(value)
    elif isinstance(value, Mapping):
        yield from (part for one in value.values() for part in parts_of(one))
    elif isinstance(value, list | tuple):
        yield from (part for one in value for part in parts_of(one))
    elif isinstance(value, Work):
        yield from parts_of(value.holds)
    elif is_dataclass(value):
        yield from (part for one in _attributes(value) for part in parts_of(one))


def _attributes(value: Any) -> list[Any]:
    """Return what a dataclass holds, with what it has worked out since."""
    if hasattr(value, "__dict__"):
        return list(vars(value).values())
    return [getattr(value, one.name) for one in fields(value)]


def _long(entries: Sequence[Any]) -> int:
    total = sys.getsizeof(entries)
    for one in entries:
        total += sys.getsizeof(one)
        if isinstance(one, list | tuple):
            total += sum(map(sys.getsizeof, one))
        elif is_dataclass(one):
            total += sum(map(sys.getsizeof, _attributes(one)))
    return total
