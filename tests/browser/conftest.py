"""A server started as the README says, and visitors of it in Chromium."""

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
SECONDS_TO_START = 120
CHROMIUM_OPTIONS = [
    "--no-sandbox",  # root, as in most containers
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives Chromium, so that it can be left out where there is none."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return free.getsockname()[1]


@contextmanager
def running_server(port: int | None = None) -> Iterator[str]:
    """Start the dashboard by the README's command, at a free port, and give its address."""
    port = port or free_port()
    process = subprocess.Popen(
        ["make", "--silent", "start", f"PORT={port}"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        env={**os.environ, "BROWSER": "true"},
        text=True,
    )
    address = f"http://localhost:{port}"
    try:
        _wait_until_answering(address, process)
        yield address
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=20)


def _wait_until_answering(address: str, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"the server stopped at once:\n{process.stdout.read()}")
        try:
            # Unknown paths answer 200 too: the body tells that it is the health check.
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2) as answer:
                if answer.read() == b"ok":
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"no answer at {address} after {SECONDS_TO_START} s")


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with running_server() as address:
        yield address


@pytest.fixture
def fresh_server() -> Iterator[str]:
    """A server that nobody visited yet."""
    with running_server() as address:
        yield address


def launch_chromium(playwright: Playwright) -> Browser:
    """Start the machine's own Chromium."""
    return playwright.chromium.launch(
        executable_path=shutil.which("chromium"), args=CHROMIUM_OPTIONS
    )


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        yield browser
        browser.close()


class Visitor:
    """A person with a browser of her own; what it fetches and what fails in it is kept."""

    def __init__(self, context: BrowserContext, server: str) -> None:
        self.server = server
        self.page: Page = context.new_page()
        self.asked: list[str] = []
        self.failures: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.failures.append(str(error)))

    def open(self, address: str = "/") -> None:
        """Open an address of the dashboard and wait for the page."""
        self.page.goto(address if address.startswith("http") else self.server + address)
        self.wait()

    def wait(self) -> None:
        """Wait until the page is drawn and the script at rest."""
        self.page.locator("h1").wait_for()
        self.page.locator("[data-test-script-state=notRunning]").wait_for(state="attached")

    def type(self, label: str, text: str) -> None:
        """Type ``text`` into the field whose label begins with ``label``, and press Enter."""
        field = self.page.get_by_role("textbox", name=label)
        field.fill(text)
        field.press("Enter")

    def waits_for_text(self, selector: str, text: str) -> None:
        """Wait until the element says ``text``."""
        self.page.wait_for_function(
            "([selector, text]) => document.querySelector(selector)?.innerText.includes(text)",
            arg=[selector, text],
        )


@pytest.fixture
def visitor(chromium: Browser, server: str) -> Iterator:
    """Make visitors: ``visitor(language="fr", width=1440, theme="light")``."""
    contexts = []

    def new(
        language: str = "fr",
        *,
        width: int = 1440,
        height: int = 900,
        theme: str = "light",
        server: str = server,
    ) -> Visitor:
        locale = {"fr": "fr-FR", "en": "en-GB", "de": "de-DE"}[language]
        context = chromium.new_context(
            locale=locale, viewport={"width": width, "height": height}, color_scheme=theme
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        return Visitor(context, server)

    yield new
    for context in contexts:
        context.close()
