"""How often one client may ask: a bucket of calls that fills again as time goes by."""

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

MOST_CLIENTS = 20_000
"""Clients remembered; the one that was quiet longest is forgotten first."""


class RateLimit:
    """Lets one client do something ``most`` times in ``seconds``, and no faster in the long run."""

    def __init__(
        self, most: int, seconds: float, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin with a full bucket for everybody."""
        self._most, self._seconds, self._clock = most, seconds, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait_for(self, client: str) -> float:
        """Count one call of ``client``; return the seconds it must wait, 0 when it may go on."""
        now, key = self._clock(), network_of(client)
        with self._lock:
            left, then = self._left.pop(key, (float(self._most), now))
            left = min(float(self._most), left + (now - then) * self._most / self._seconds)
            goes_on = left >= 1
            left -= goes_on
            self._left[key] = (left, now)
            if len(self._left) > MOST_CLIENTS:
                self._left.popitem(last=False)
        return 0.0 if goes_on else (1 - left) * self._seconds / self._most


def network_of(client: str) -> str:
    """Return what counts as one client: an address, or the /64 network of one in version 6.

    A household has as many addresses of version 6 as it likes.
    """
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    if address.version == 4:
        return client
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))
