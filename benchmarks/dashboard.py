"""From command to first page, from change to new number or picture, and what a session weighs.

Each figure of ours stands beside that of a bare Streamlit page with as many widgets and charts,
measured in turn in the same run. ``python -m benchmarks.dashboard`` prints them and writes
``test-artefacts/benchmark-dashboard.json``.
"""

import asyncio
import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.testing.v1 import AppTest
from websockets import ClientConnection, Subprotocol, connect

from tests.browser.conftest import ROOT, free_port, launch_chromium, running_server

RERUNS = 60
CHANGES = 40
PAGES = {"ours": ROOT / "dashboard.py", "bare": ROOT / "benchmarks" / "bare.py"}

PICTURES = {"result": "ul.bars", "certainty": ".st-key-chart_distribution .barlayer"}
"""What follows a slider on the page without draws, and on the one with 16 384."""

WATCH = """
selector => {
  const shown = () => document.querySelector(selector)?.innerHTML;
  const before = shown();
  window.changedAt = null;
  window.watcher?.disconnect();
  window.watcher = new MutationObserver(() => {
    if (window.changedAt === null && shown() !== before) window.changedAt = performance.now();
  });
  window.watcher.observe(document.body,
    { childList: true, subtree: true, characterData: true, attributes: true });
  document.addEventListener("keydown", () => { window.pressedAt = performance.now(); },
                            { once: true, capture: true });
}
"""


def reruns() -> dict[str, list[float]]:
    """Return milliseconds per rerun of each script after a slider moved, in turn."""
    apps = {name: AppTest.from_file(str(path), default_timeout=60) for name, path in PAGES.items()}
    for app in apps.values():
        app.run()
        app.run()
    taken: dict[str, list[float]] = {name: [] for name in apps}
    for step in range(1, RERUNS + 1):
        for name, app in apps.items():
            app.select_slider[0].set_value(step / 100)
            started = time.perf_counter()
            app.run()
            taken[name].append(1000 * (time.perf_counter() - started))
    return taken


def change_to_number(addresses: dict[str, str]) -> dict[str, list[float]]:
    """Return milliseconds from a key press on a slider to the new heading in the browser."""
    return _changes(addresses, dict.fromkeys(addresses, "[data-heading]"))


def change_to_picture(address: str) -> dict[str, list[float]]:
    """Return milliseconds from a key press on a slider to the new picture in the browser."""
    pages = {"result": f"{address}/?lang=fr", "certainty": f"{address}/uncertainty?lang=fr"}
    return _changes(pages, PICTURES)


def _changes(addresses: dict[str, str], watched: dict[str, str]) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {name: [] for name in addresses}
    with sync_playwright() as playwright:
        chromium = launch_chromium(playwright)
        pages = {
            name: _opened(chromium.new_page(), url, watched[name])
            for name, url in addresses.items()
        }
        for _ in range(CHANGES):
            for name, page in pages.items():
                page.bring_to_front()
                # the share of what would have happened anyway, or the first slider of a bare page
                sliders = page.locator(".st-key-questions input[type=range], input[type=range]")
                questions = page.locator(".st-key-questions input[type=range]")
                (questions if questions.count() else sliders).first.focus()
                page.evaluate(WATCH, watched[name])
                page.keyboard.press("ArrowRight")
                page.wait_for_function("window.changedAt", timeout=10_000)
                taken[name].append(page.evaluate("changedAt - pressedAt"))
                page.wait_for_timeout(400)
        chromium.close()
    return taken


def _opened(page: Page, address: str, watched: str) -> Page:
    page.goto(address)
    page.locator("input[type=range]").first.wait_for()
    page.wait_for_timeout(5000)
    # The heading that follows the slider: the first one on our page, the second on the bare one.
    page.evaluate(
        """() => { const h = [...document.querySelectorAll("h1, h2")];
        (h.find(one => one.innerText.startsWith("sum")) ?? h[0]).dataset.heading = ""; }"""
    )
    page.locator(watched).first.wait_for()
    return page


async def _session(port: int, page: str, query: str) -> ClientConnection:
    """Open a session as a browser does, and wait until its page is made."""
    address = f"ws://localhost:{port}/_stcore/stream"
    connection = await connect(address, max_size=None, subprotocols=[Subprotocol("streamlit")])
    asked = BackMsg()
    asked.rerun_script.query_string = query
    asked.rerun_script.page_name = page
    await connection.send(asked.SerializeToString())
    while True:
        message = ForwardMsg()
        message.ParseFromString(await asyncio.wait_for(connection.recv(), 60))
        if message.WhichOneof("type") == "script_finished":
            return connection


def memory_of_sessions(page: str, sessions: int = 50) -> dict[str, float]:
    """Return MiB of a server with one session on a page, and what each of many more adds.

    Every session has a scenario of its own, so that none shares what another computed.
    """
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(PAGES["ours"])]
    process = subprocess.Popen(
        [*command, "--server.port", str(port), "--server.headless", "true"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def resident() -> float:
        (line,) = re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())
        return int(line) / 1024

    async def measured() -> dict[str, float]:
        held = [await _session(port, page, "lang=fr")]
        await asyncio.sleep(1)
        first = resident()
        for number in range(1, sessions):
            query = f"lang=fr&quiet_nights.people={1000 + number}"
            held.append(await _session(port, page, query))
        await asyncio.sleep(1)
        return {"one session": first, "each more": (resident() - first) / (sessions - 1)}

    try:
        time.sleep(6)
        return asyncio.run(measured())
    finally:
        process.kill()
        process.wait(timeout=20)


def first_page() -> dict[str, float]:
    """Return seconds from the start command to an answer, and to the sentence on screen."""
    started = time.perf_counter()
    with running_server() as address, sync_playwright() as playwright:
        answering = time.perf_counter() - started
        chromium = launch_chromium(playwright)
        page = chromium.new_page()
        opened = time.perf_counter()
        page.goto(address)
        page.locator("h1").wait_for()
        return {"answering": answering, "first page": time.perf_counter() - opened}


@contextmanager
def _bare_server():
    port = 8765
    command = [sys.executable, "-m", "streamlit", "run", str(PAGES["bare"])]
    process = subprocess.Popen(
        [*command, "--server.port", str(port), "--server.headless", "true"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        time.sleep(5)
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def _shown(taken: dict[str, list[float]], unit: str = "ms") -> dict[str, float]:
    figures = {}
    for name, values in taken.items():
        ordered = sorted(values)
        p95 = ordered[int(0.95 * (len(ordered) - 1))]
        figures |= {f"{name} median": statistics.median(values), f"{name} p95": p95}
        print(f"  {name:5} median {figures[f'{name} median']:7.1f} {unit}   p95 {p95:7.1f} {unit}")
    one, other = (figures[f"{name} median"] for name in taken)
    figures["ratio of medians"] = max(one, other) / min(one, other)
    print(f"  ratio of medians {figures['ratio of medians']:.2f}")
    return figures


def main() -> None:
    """Measure, print and write."""
    results: dict[str, dict[str, float]] = {}
    measures: list[tuple[str, Callable[[], dict[str, list[float]]]]] = [
        ("server's time per rerun", reruns)
    ]
    with ExitStack() as stack:
        addresses = {
            "ours": stack.enter_context(running_server()),
            "bare": stack.enter_context(_bare_server()),
        }
        measures.append(("change to new number in Chromium", lambda: change_to_number(addresses)))
        measures.append(
            ("change to new picture in Chromium", lambda: change_to_picture(addresses["ours"]))
        )
        for title, measure in measures:
            print(title)
            results[title] = _shown(measure())
    results["cold server"] = first_page()
    for name, seconds in results["cold server"].items():
        print(f"cold server, {name}: {seconds:.2f} s")
    for page in ("", "uncertainty"):
        title = f"memory in MiB, page {page or 'result'}"
        results[title] = memory_of_sessions(page)
        print(title, {name: round(value, 2) for name, value in results[title].items()})
    target = ROOT / "test-artefacts" / "benchmark-dashboard.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(results, indent=2), encoding="utf-8")
    print(f"written to {Path(target).relative_to(ROOT)}")


if __name__ == "__main__":
    main()
