"""How many visitors one process holds while each moves a slider every five seconds.

Each visitor speaks Streamlit's own protocol over a socket, as a browser does, and waits for its
run to finish. ``python -m benchmarks.load`` starts ``python -m server``, two of them behind nginx
as they are deployed, and the same pages with the framework's defaults; visitors are added until the
95th percentile passes half a second. Figures go to ``test-artefacts/benchmark-load.json``.
"""

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.visitors import Served, served, streamlit_run, visiting
from tests.browser.conftest import ROOT, free_port
from tests.server.test_operations import running_nginx

EVERY = 5.0
"""Seconds between two moves of one visitor."""
LIMIT = 500.0
"""Milliseconds that the 95th percentile is to stay under."""
SLIDER = "switch:deadweight"


async def _visit(port: int, start: float, until: float, taken: list[float], seed: int) -> None:
    chance = random.Random(seed)
    await asyncio.sleep(start)
    async with visiting(port, slider=SLIDER) as visitor:
        await asyncio.sleep(EVERY * chance.random())
        while time.perf_counter() < until:
            began = time.perf_counter()
            taken.append(await visitor.move(f"{chance.randint(1, 99)}\u00a0%"))
            await asyncio.sleep(max(0.0, EVERY - (time.perf_counter() - began)))


async def _load(port: int, visitors: int, seconds: float) -> list[float]:
    taken: list[float] = []
    ramp = visitors / 15
    until = time.perf_counter() + ramp + EVERY + seconds
    await asyncio.gather(
        *(_visit(port, ramp * one / visitors, until, taken, one) for one in range(visitors))
    )
    return taken


@contextmanager
def one_server() -> Iterator[Served]:
    """Start one process."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/scenarios.sqlite3"
        settings = {"ROI_PORT": str(port), "ROI_DATABASE_URL": database}
        with served(["-m", "server"], port, **settings) as started:
            yield started


@contextmanager
def two_servers() -> Iterator[Served]:
    """Start two processes behind nginx, with the file to deploy."""
    with ExitStack() as stack:
        both = [stack.enter_context(one_server()) for _ in range(2)]
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        proxy = running_nginx(Path(folder), [one.port for one in both])
        address = stack.enter_context(proxy)
        pids = tuple(pid for one in both for pid in one.pids)
        yield Served(port=int(address.rpartition(":")[2]), pids=pids)


@contextmanager
def defaults() -> Iterator[Served]:
    """Start the same pages with the framework's defaults."""
    with streamlit_run(ROOT / "dashboard.py", free_port(), "--runner.postScriptGC", "true") as one:
        yield one


SERVERS = {"one server": one_server, "two servers": two_servers, "framework's defaults": defaults}


async def _come_and_go(port: int, sessions: int) -> None:
    """Open and close sessions, twenty at a time."""
    for _ in range(sessions // 20):
        await asyncio.gather(*(_visit(port, 0.0, 0.0, [], one) for one in range(20)))


def visited(place: Served, visitors: int, seconds: float) -> dict[str, float]:
    """Return milliseconds and processor time of a run, with so many visitors at a time."""
    before = place.processor_seconds
    taken = asyncio.run(_load(place.port, visitors, seconds))
    cut = statistics.quantiles(taken, n=100)
    return {
        "p50": cut[49],
        "p95": cut[94],
        "p99": cut[98],
        "runs": len(taken),
        "MiB": place.resident,
        "processor ms a run": 1000 * (place.processor_seconds - before) / len(taken),
    }


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--servers", nargs="+", choices=SERVERS, default=[*SERVERS])
    parser.add_argument("--visitors", type=int, nargs="+", default=[20, 60, 100, 140, 180, 220])
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--sessions", type=int, default=1000, help="to open and close; 0 for none")
    options = parser.parse_args()
    results: dict[str, dict[str, float]] = {}
    for name in options.servers:
        with SERVERS[name]() as place:
            for visitors in options.visitors:
                figures = visited(place, visitors, options.seconds)
                results[f"{name}, {visitors} visitors"] = figures
                said = ", ".join(f"{key} {value:.0f}" for key, value in figures.items())
                print(f"{name}, {visitors} visitors: {said}", flush=True)
                if figures["p95"] > LIMIT:
                    break
            if name == "one server" and options.sessions:
                before = place.resident
                asyncio.run(_come_and_go(place.port, options.sessions))
                time.sleep(5)
                results["sessions"] = {"before": before, "after": place.resident}
                print(f"MiB, {options.sessions} sessions opened and closed:", results["sessions"])
    target = ROOT / "test-artefacts" / "benchmark-load.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(results, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
