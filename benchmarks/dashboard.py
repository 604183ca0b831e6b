"""From command to first page, from change to new number, and the server's time per rerun.

Each figure of ours stands beside that of a bare Streamlit page with as many widgets and charts,
measured in turn in the same run. ``python -m benchmarks.dashboard`` prints them and writes
``test-artefacts/benchmark-dashboard.json``.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from streamlit.testing.v1 import AppTest

from tests.browser.conftest import ROOT, launch_chromium, running_server

RERUNS = 60
CHANGES = 40
PAGES = {"ours": ROOT / "dashboard.py", "bare": ROOT / "benchmarks" / "bare.py"}

WATCH_HEADING = """
() => {
  const heading = document.querySelector("[data-heading]");
  window.changedAt = null;
  window.watcher?.disconnect();
  window.watcher = new MutationObserver(() => { window.changedAt ??= performance.now(); });
  window.watcher.observe(heading, { childList: true, subtree: true, characterData: true });
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
    taken: dict[str, list[float]] = {name: [] for name in addresses}
    with sync_playwright() as playwright:
        chromium = launch_chromium(playwright)
        pages = {name: _opened(chromium.new_page(), url) for name, url in addresses.items()}
        for _ in range(CHANGES):
            for name, page in pages.items():
                page.bring_to_front()
                page.locator("input[type=range]").first.focus()
                page.evaluate(WATCH_HEADING)
                page.keyboard.press("ArrowRight")
                page.wait_for_function("window.changedAt", timeout=10_000)
                taken[name].append(page.evaluate("changedAt - pressedAt"))
                page.wait_for_timeout(400)
        chromium.close()
    return taken


def _opened(page: Page, address: str) -> Page:
    page.goto(address)
    page.locator("[data-testid=stPlotlyChart]").nth(1).wait_for()
    page.wait_for_timeout(3000)
    # The heading that follows the slider: the first one on our page, the second on the bare one.
    page.evaluate(
        """() => { const h = [...document.querySelectorAll("h1, h2")];
        (h.find(one => one.innerText.startsWith("sum")) ?? h[0]).dataset.heading = ""; }"""
    )
    return page


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
    figures["ratio of medians"] = figures["ours median"] / figures["bare median"]
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
        for title, measure in measures:
            print(title)
            results[title] = _shown(measure())
    results["cold server"] = first_page()
    for name, seconds in results["cold server"].items():
        print(f"cold server, {name}: {seconds:.2f} s")
    target = ROOT / "test-artefacts" / "benchmark-dashboard.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(results, indent=2), encoding="utf-8")
    print(f"written to {Path(target).relative_to(ROOT)}")


if __name__ == "__main__":
    main()
