"""The served dashboard in Chromium: nothing it does is against its own security policy."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.server.test_serving import metrics

pytestmark = pytest.mark.browser


@contextmanager
def visitor(chromium: Browser) -> Iterator[Page]:
    """Give a page of a browser of one's own."""
    context = chromium.new_context(locale="fr-FR")
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield page
    context.close()


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    with visitor(chromium) as page:
        yield page


def open_page(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("h1").first.wait_for()
    rest(page)


def rest(page: Page) -> None:
    page.wait_for_timeout(300)
    page.locator("[data-test-script-state=notRunning]").wait_for(state="attached")


def test_no_page_does_what_the_policy_forbids(server, page):
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text) if one.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    for name in ("", "inputs", "dossier", "saved"):
        open_page(page, f"{server}/{name}?lang=en")
        assert page.evaluate("document.documentElement.lang") == "en"
    # Streamlit looks for its routes below the page, where they are not.
    assert [one for one in said if "404" not in one] == []


def test_a_rerun_sweeps_nothing(server, page):
    open_page(page, f"{server}/?lang=fr")
    name = 'python_gc_collections_total{generation="2"}'
    before = metrics(server)[name]
    for _ in range(4):
        for language in ("EN", "FR"):
            page.get_by_text(language, exact=True).first.click()
            rest(page)
    assert metrics(server)[name] - before < 4


def test_a_scenario_is_saved_and_opened_by_its_short_link_elsewhere(server, page):
    open_page(page, f"{server}/saved?v=1&lang=fr&quiet_nights.people=1200")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    link = page.locator("code", has_text="/s/").first.inner_text()
    rest(page)
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found] == []
    other = page.context.browser.new_context(locale="en-GB").new_page()
    open_page(other, link)
    assert "quiet_nights.people=1200" in other.url
    assert other.get_by_text("Scénario enregistré").count() == 1
    # The browser keeps the key: after a new visit the scenario is still one's own.
    open_page(page, f"{server}/saved?lang=fr")
    page.get_by_role("button", name="Supprimer").first.wait_for()
    assert other.evaluate("localStorage.getItem('roi_saved_keys')") is None
    other.context.close()
