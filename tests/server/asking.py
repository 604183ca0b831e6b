"""A client for an application in this process, and one for a server beside it."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.ui.reading_code import ROOT

SECONDS_TO_START = 60
Result = TypeVar("Result")


@dataclass(frozen=True)
class Answer:
    """What came back: the status, the headers in lower case, the body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Return what a coroutine returns, run in a thread of its own.

    In this one a browser that other tests drive may have its loop.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def ask_app(
    app: Any,
    path: str,
    *,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    chunks: tuple[bytes, ...] = (b"",),
    query: str = "",
) -> Answer:
    """Ask an ASGI application one thing, its body in chunks."""
    stated = {"host": "localhost"} | {k.lower(): v for k, v in (headers or {}).items()}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(k.encode(), v.encode("latin-1")) for k, v in stated.items()],
        "client": ("192.0.2.7", 4321),
        "server": ("localhost", 80),
    }
    messages = [
        {"type": "http.request", "body": one, "more_body": at < len(chunks) - 1}
        for at, one in enumerate(chunks)
    ]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    run(app(scope, receive, send))
    start = sent[0]
    return Answer(
        start["status"],
        {k.decode().lower(): v.decode("latin-1") for k, v in start["headers"]},
        b"".join(one.get("body", b"") for one in sent[1:]),
    )


def ask(
    address: str,
    *,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
    follow: bool = True,
) -> Answer:
    """Ask a server; a refusal is an answer like another."""
    request = urllib.request.Request(address, data=body, headers=headers or {}, method=method)
    opener = urllib.request.build_opener(*([] if follow else [_Stay]))
    try:
        with opener.open(request, timeout=60) as found:
            return Answer(found.status, _lower(found.headers), found.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, _lower(error.headers), error.read())


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def environment(**settings: Any) -> dict[str, str]:
    """Return the environment of a server with these settings and no others."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ROI_")}
    return kept | {f"ROI_{name.upper()}": str(value) for name, value in settings.items()}


@contextmanager
def running_server(log: Any = subprocess.DEVNULL, **settings: Any) -> Iterator[str]:
    """Start ``python -m server``, wait until it is alive, and give its address."""
    port = settings.setdefault("port", free_port())
    process = subprocess.Popen(
        [sys.executable, "-m", "server"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        env=environment(**settings),
    )
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + SECONDS_TO_START
        while not is_alive(address):
            assert process.poll() is None, "the server stopped at once"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.1)
        yield address
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def is_alive(address: str) -> bool:
    """Say whether a server answers there."""
    try:
        return ask(f"{address}/healthz").text == "ok"
    except OSError:
        return False
