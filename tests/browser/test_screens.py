"""Every page, both languages, three widths and two themes: what a stranger would see first."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from ui.frame import PAGES as FRAME_PAGES

ARTEFACTS = Path(__file__).resolve().parents[2] / "test-artefacts"
PAGES = {name: "/" if name == "result" else f"/{name}" for name in FRAME_PAGES}
WIDTHS = (1440, 768, 390)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("width", WIDTHS)
def test_a_page_fits_its_screen_and_asks_nothing_of_other_hosts(visitor, page, language, width):
    her = visitor(language, width=width)
    her.open(f"{PAGES[page]}?lang={language}")
    her.page.wait_for_timeout(1000)  # charts are drawn after the page is at rest
    main = her.page.get_by_test_id("stMain")
    inner = her.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert inner <= width
    her.page.set_viewport_size(
        {"width": width, "height": main.evaluate("element => element.scrollHeight")}
    )
    ARTEFACTS.mkdir(exist_ok=True)
    her.page.screenshot(path=ARTEFACTS / f"{page}-{language}-{width}.png")
    hosts = {urlsplit(url).hostname for url in her.asked if url.startswith("http")}
    assert hosts == {"localhost"}
    assert her.failures == []
    assert her.page.get_by_test_id("stException").count() == 0
    assert her.page.evaluate("document.documentElement.lang") == language


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "query",
    ["", "&quiet_nights.people=1200&wrong=1&footprint=without&perspective=society"],
    ids=["published", "changed"],
)
def test_axe_finds_nothing_wrong(visitor, page, theme, query):
    her = visitor("fr", theme=theme)
    her.open(f"{PAGES[page]}?lang=fr{query}")
    if page == "inputs":
        her.page.get_by_text("Ce qu’il faut en retirer").first.click()
    her.page.wait_for_timeout(2000)
    found = Axe().run(her.page).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []


def test_the_headline_stays_in_sight_while_inputs_are_edited(visitor):
    her = visitor("fr")
    her.open("/inputs")
    last = her.page.get_by_role("textbox", name="Montant du solde")
    last.scroll_into_view_if_needed()
    her.page.wait_for_timeout(300)
    strip = her.page.locator(".strip").bounding_box()
    assert strip is not None
    assert 0 <= strip["y"] < 900


@pytest.mark.parametrize(
    ("width", "shown", "hidden"), [(1440, "menu", "folded_menu"), (390, "folded_menu", "menu")]
)
def test_the_menu_folds_into_one_control_on_a_phone(visitor, width, shown, hidden):
    her = visitor("fr", width=width)
    her.open("/")
    her.page.locator(f".st-key-{shown}").wait_for(state="visible")
    her.page.locator(f".st-key-{hidden}").wait_for(state="hidden")
