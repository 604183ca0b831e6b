"""Those who speak Streamlit's own protocol over a socket, as a browser does, and their server."""

import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets import ClientConnection, Subprotocol, connect

from tests.browser.conftest import ROOT


@dataclass(frozen=True, kw_only=True)
class Served:
    """A dashboard that answers at a port of this machine, by one process or several."""

    port: int
    pids: tuple[int, ...]

    @property
    def resident(self) -> float:
        """MiB that its processes hold."""
        status = (Path(f"/proc/{pid}/status").read_text() for pid in self.pids)
        return sum(int(re.findall(r"VmRSS:\s+(\d+)", one)[0]) for one in status) / 1024

    @property
    def processor_seconds(self) -> float:
        """Seconds of processor that its processes have taken."""
        stats = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2] for pid in self.pids)
        ticks = sum(sum(map(int, one.split()[11:13])) for one in stats)
        return ticks / os.sysconf("SC_CLK_TCK")


class Visitor:
    """Someone on a page, who moves a slider and waits for the run to finish."""

    def __init__(self, connection: ClientConnection, slider: str, page: str, query: str) -> None:
        """Keep the part of a slider's id that tells which, and the page asked for first."""
        self._connection = connection
        self._wanted = slider
        self._slider = ""
        self._page_name, self._page_hash = page, ""
        self._query = query
        self._held: set[str] = set()
        """Hashes of what a browser keeps, for the server to send no second time."""

    async def run(self, widgets: list[WidgetState]) -> float:
        """Ask for a run, wait until it is finished, and return milliseconds."""
        asked = BackMsg()
        asked.rerun_script.query_string = self._query
        asked.rerun_script.page_script_hash = self._page_hash
        if not self._page_hash:
            asked.rerun_script.page_name = self._page_name
        asked.rerun_script.widget_states.widgets.extend(widgets)
        asked.rerun_script.cached_message_hashes.extend(self._held)
        started = time.perf_counter()
        await self._connection.send(asked.SerializeToString())
        while True:
            message = ForwardMsg()
            message.ParseFromString(await asyncio.wait_for(self._connection.recv(), 60))
            if message.metadata.cacheable and message.hash:
                self._held.add(message.hash)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self._page_hash = message.new_session.page_script_hash
            elif kind == "page_info_changed":
                self._query = message.page_info_changed.query_string
            elif kind == "delta":
                slider = message.delta.new_element.slider.id
                if slider and self._wanted in slider and not self._slider:
                    self._slider = slider
            elif kind == "script_finished":
                return 1000 * (time.perf_counter() - started)

    async def move(self, option: str) -> float:
        """Move the slider to an option as it is written, and return milliseconds of the run."""
        state = WidgetState(id=self._slider)
        state.string_array_value.data.append(option)
        return await self.run([state])


@asynccontextmanager
async def visiting(
    port: int, *, slider: str = "", page: str = "", query: str = "lang=fr"
) -> AsyncIterator[Visitor]:
    """Open a page as a browser does, and wait until it is made."""
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    protocol = [Subprotocol("streamlit")]
    async with connect(address, max_size=None, subprotocols=protocol) as connection:
        visitor = Visitor(connection, slider, page, query)
        await visitor.run([])
        yield visitor


@contextmanager
def served(command: list[str], port: int, **environment: str) -> Iterator[Served]:
    """Start a server that answers at ``port``."""
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        time.sleep(8)
        yield Served(port=port, pids=(process.pid,))
    finally:
        process.kill()
        process.wait(timeout=20)


@contextmanager
def streamlit_run(script: Path, port: int, *options: str) -> Iterator[Served]:
    """Start ``streamlit run`` on a script."""
    command = ["-m", "streamlit", "run", str(script), "--server.port", str(port)]
    with served([*command, "--server.headless", "true", *options], port) as started:
        yield started
