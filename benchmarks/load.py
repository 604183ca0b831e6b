"""How many visitors one process holds while each moves a slider every five seconds.

Each visitor speaks Streamlit's own protocol over a socket, as a browser does, and waits for its
run to finish. ``python -m benchmarks.load`` starts ``python -m server`` and, beside it, the same
pages with the framework's defaults; visitors are added until the 95th percentile passes half a
second. Figures go to ``test-artefacts/benchmark-load.json``.
"""

import argparse
import asyncio
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets import ClientConnection, Subprotocol, connect

from tests.browser.conftest import ROOT, free_port

EVERY = 5.0
"""Seconds between two moves of one visitor."""
LIMIT = 500.0
"""Milliseconds that the 95th percentile is to stay under."""
SLIDER = "switch:deadweight"


class Visitor:
    """Someone on the results page, moving the share of what would have happened anyway."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.slider = ""
        self.page = ""
        self.query = "lang=fr"

    async def run(self, widgets: list[WidgetState]) -> float:
        """Ask for a run, wait until it is finished, and return milliseconds."""
        asked = BackMsg()
        asked.rerun_script.query_string = self.query
        asked.rerun_script.page_script_hash = self.page
        asked.rerun_script.widget_states.widgets.extend(widgets)
        started = time.perf_counter()
        await self.connection.send(asked.SerializeToString())
        while True:
            message = ForwardMsg()
            message.ParseFromString(await asyncio.wait_for(self.connection.recv(), 60))
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.page = message.new_session.page_script_hash
            elif kind == "page_info_changed":
                self.query = message.page_info_changed.query_string
            elif kind == "delta" and SLIDER in message.delta.new_element.slider.id:
                self.slider = message.delta.new_element.slider.id
            elif kind == "script_finished":
                return 1000 * (time.perf_counter() - started)

    async def move(self, percent: int) -> float:
        """Move the slider and return milliseconds to the end of the run."""
        state = WidgetState(id=self.slider)
        state.string_array_value.data.append(f"{percent}\u00a0%")
        return await self.run([state])


async def _visit(port: int, start: float, until: float, taken: list[float], seed: int) -> None:
    chance = random.Random(seed)
    await asyncio.sleep(start)
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    protocol = [Subprotocol("streamlit")]
    async with connect(address, max_size=None, subprotocols=protocol) as connection:
        visitor = Visitor(connection)
        await visitor.run([])
        await asyncio.sleep(EVERY * chance.random())
        while time.perf_counter() < until:
            began = time.perf_counter()
            taken.append(await visitor.move(chance.randint(1, 99)))
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
def _server(command: list[str], port: int, **environment: str) -> Iterator[int]:
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        time.sleep(8)
        yield process.pid
    finally:
        process.kill()
        process.wait(timeout=20)


def _resident(pid: int) -> float:
    (line,) = re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(line) / 1024


async def _come_and_go(port: int, sessions: int) -> None:
    """Open and close sessions, twenty at a time."""
    for _ in range(sessions // 20):
        await asyncio.gather(*(_visit(port, 0.0, 0.0, [], one) for one in range(20)))


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, nargs="+", default=[20, 40, 60, 80, 100])
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--sessions", type=int, default=1000, help="to open and close; 0 for none")
    options = parser.parse_args()
    port, results = free_port(), {}
    with tempfile.TemporaryDirectory() as folder:
        ours = {"ROI_PORT": str(port), "ROI_DATABASE_URL": f"sqlite:///{folder}/scenarios.sqlite3"}
        plain = ["-m", "streamlit", "run", "dashboard.py", "--server.port", str(port)]
        plain += ["--server.headless", "true", "--runner.postScriptGC", "true"]
        for name, command, environment in (
            ("server", ["-m", "server"], ours),
            ("framework's defaults", plain, {}),
        ):
            with _server(command, port, **environment) as pid:
                for visitors in options.visitors:
                    taken = asyncio.run(_load(port, visitors, options.seconds))
                    cut = statistics.quantiles(taken, n=100)
                    figures = {"p50": cut[49], "p95": cut[94], "p99": cut[98], "runs": len(taken)}
                    results[f"{name}, {visitors} visitors"] = figures
                    said = ", ".join(f"{key} {value:.0f}" for key, value in figures.items())
                    print(f"{name}, {visitors} visitors: {said}; {_resident(pid):.0f} MiB")
                    if cut[94] > LIMIT:
                        break
                if name == "server" and options.sessions:
                    before = _resident(pid)
                    asyncio.run(_come_and_go(port, options.sessions))
                    time.sleep(5)
                    after = _resident(pid)
                    results["sessions"] = {"before": before, "after": after}
                    print(
                        f"{options.sessions} sessions: {before:.0f} MiB before, {after:.0f} after"
                    )
    target = ROOT / "test-artefacts" / "benchmark-load.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(results, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
