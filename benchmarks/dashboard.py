"""From command to first page, from change to new number or picture, and what a session weighs.

Each figure of ours stands beside that of a bare Streamlit page with as many widgets and charts,
measured in turn in the same run. ``python -m benchmarks.dashboard`` prints them and writes
``test-artefacts/benchmark-dashboard.json``.
"""

import asyncio
import json
import statistics
import time
from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.visitors import Served, streamlit_run, visiting
from tests.browser.conftest import ROOT, free_port, launch_chromium, running_server

RERUNS = 150
CHANGES = 40
PAGES = {"ours": ROOT / "dashboard.py", "bare": ROOT / "benchmarks" / "bare.py"}
SLIDERS = {"ours": "switch:deadweight", "bare": ""}

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
    """Return milliseconds from a slider moved to the end of the run, in turn, over a socket.

    Beside them the processor time that a run took the server, in one figure for all runs.
    """
    with ExitStack() as stack:
        places = {
            name: stack.enter_context(streamlit_run(path, free_port()))
            for name, path in PAGES.items()
        }
        return asyncio.run(_reruns(places))


async def _reruns(places: dict[str, Served]) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {name: [] for name in places}
    async with AsyncExitStack() as stack:
        visitors = {
            name: await stack.enter_async_context(visiting(place.port, slider=SLIDERS[name]))
            for name, place in places.items()
        }
        for visitor in visitors.values():
            await visitor.run([])
        before = {name: place.processor_seconds for name, place in places.items()}
        for step in range(RERUNS):
            for name, visitor in visitors.items():
                percent = step % 99 + 1
                option = f"{percent}\u00a0%" if name == "ours" else str(percent / 100)
                taken[name].append(await visitor.move(option))
                await asyncio.sleep(0.02)  # what the last run leaves to be tidied is not the next's
        spent = {name: place.processor_seconds - before[name] for name, place in places.items()}
    each = {name: 1000 * seconds / RERUNS for name, seconds in spent.items()}
    said = ", ".join(f"{name} {value:.1f} ms" for name, value in each.items())
    print(f"  processor time a run: {said}, ratio {each['ours'] / each['bare']:.2f}")
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


def memory_of_sessions(page: str, sessions: int = 50) -> dict[str, float]:
    """Return MiB of a server with one session on a page, and what each of many more adds.

    Every session has a scenario of its own, so that none shares what another computed.
    """

    async def measured(place: Served) -> dict[str, float]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(visiting(place.port, page=page))
            await asyncio.sleep(1)
            first = place.resident
            for number in range(1, sessions):
                query = f"lang=fr&quiet_nights.people={1000 + number}"
                await stack.enter_async_context(visiting(place.port, page=page, query=query))
            await asyncio.sleep(1)
            each = (place.resident - first) / (sessions - 1)
            return {"one session": first, "each more": each}

    with streamlit_run(PAGES["ours"], free_port()) as place:
        return asyncio.run(measured(place))


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
        bare = stack.enter_context(streamlit_run(PAGES["bare"], free_port()))
        addresses = {
            "ours": stack.enter_context(running_server()),
            "bare": f"http://localhost:{bare.port}",
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
