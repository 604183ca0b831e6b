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
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

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

AT_REST = """([quiet, patience]) => new Promise((resolve, reject) => {
  let before = "", since = 0;
  const begun = performance.now();
  const look = (now) => {
    const main = document.querySelector("[data-testid=stMain]");
    const waits = document.querySelector("[data-testid=stSkeleton]");
    const moves = document.getAnimations().some((one) => one.playState === "running");
    const seen = [main?.scrollWidth, main?.scrollHeight, document.all.length].join();
    if (waits || moves || seen !== before) since = now;
    before = seen;
    if (now - since > quiet) resolve();
    else if (now - begun > patience) reject(new Error(`no rest: ${seen}`));
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""
"""Ends once nothing is awaited, moves or grows for some milliseconds: charts and colours too."""


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

    def comes_to_rest(self, milliseconds: int = 300) -> None:
        """Wait until nothing on the page was awaited, moved or grew for that long."""
        self.page.evaluate(AT_REST, [milliseconds, 20_000])

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


def new_context(
    chromium: Browser, language: str, *, width: int = 1440, height: int = 900, theme: str = "light"
) -> BrowserContext:
    """Return a browser as somebody has it who speaks that language, without any memory."""
    context = chromium.new_context(
        locale={"fr": "fr-FR", "en": "en-GB", "de": "de-DE"}[language],
        viewport={"width": width, "height": height},
        color_scheme=theme,
    )
    context.set_default_timeout(20_000)
    return context


@pytest.fixture
def visitor(chromium: Browser, server: str) -> Iterator:
    """Make visitors: ``visitor(language="fr", width=1440, theme="light")``."""
    contexts = []

    def new(language: str = "fr", *, server: str = server, **of_the_browser) -> Visitor:
        contexts.append(new_context(chromium, language, **of_the_browser))
        return Visitor(contexts[-1], server)

    yield new
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def browsers_in_use(chromium: Browser) -> Iterator:
    """Browsers that tests share, by language and theme: what they fetched once they keep."""
    contexts: dict[tuple[str, str], BrowserContext] = {}

    def in_use(language: str, theme: str) -> BrowserContext:
        if (language, theme) not in contexts:
            contexts[language, theme] = new_context(chromium, language, theme=theme)
        return contexts[language, theme]

    yield in_use
    for context in contexts.values():
        context.close()


@pytest.fixture
def reader(browsers_in_use, server: str) -> Iterator:
    """Make visitors who only look, in a browser in use: ``reader("fr", theme="light")``."""
    readers = []

    def new(language: str, *, theme: str = "light") -> Visitor:
        readers.append(Visitor(browsers_in_use(language, theme), server))
        return readers[-1]

    yield new
    for one in readers:
        one.page.close()
