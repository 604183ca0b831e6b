"""Every page, both languages, three widths and two themes: what a stranger would see first."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.looking import difference, thumbnail
from ui.frame import PAGES as FRAME_PAGES
from ui.words import words_in

ARTEFACTS = Path(__file__).resolve().parents[2] / "test-artefacts"
KNOWN = Path(__file__).parent / "screens"
PAGES = {name: "/" if name == "result" else f"/{name}" for name in FRAME_PAGES}
WIDTHS = (1440, 768, 390)
TOLERATED = 0.02
"""Mean difference of brightness of two thumbnails of one page: a line of text more, at most."""

pages = pytest.mark.parametrize("page", PAGES)


def address_of(page, language):
    """Return the address of a page; that of the guided path is a template's."""
    case = "&case=adulte_relais" if page == "guide" else ""
    return f"{PAGES[page]}?lang={language}{case}"


@pages
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_fits_its_screens_looks_as_it_did_and_asks_nothing_of_other_hosts(
    reader, page, language, theme
):
    her = reader(language, theme=theme)
    her.open(address_of(page, language))
    her.comes_to_rest(500)  # charts are drawn after the script
    main = her.page.get_by_test_id("stMain")
    ARTEFACTS.mkdir(exist_ok=True)
    changed = []
    for width in WIDTHS:
        her.page.set_viewport_size({"width": width, "height": 900})
        her.comes_to_rest()
        assert main.evaluate("element => element.scrollWidth") <= width
        height = main.evaluate("element => element.scrollHeight")
        her.page.set_viewport_size({"width": width, "height": height})
        her.comes_to_rest()
        name = f"{page}-{language}-{theme}-{width}.png"
        her.page.screenshot(path=ARTEFACTS / name)
        seen, known = thumbnail(ARTEFACTS / name), KNOWN / name
        if os.environ.get("REWRITE_SCREENS"):
            known.parent.mkdir(exist_ok=True)
            seen.save(known, optimize=True)
        elif not known.is_file() or difference(seen, known) > TOLERATED:
            changed.append(name)
    # 200 % on a screen of 1 280 pixels leaves 640 to the page
    her.page.set_viewport_size({"width": 640, "height": 400})
    her.comes_to_rest()
    assert main.evaluate("element => element.scrollWidth") <= 640
    hosts = {urlsplit(url).hostname for url in her.asked if url.startswith("http")}
    assert hosts == {"localhost"}
    assert her.failures == []
    assert her.page.get_by_test_id("stException").count() == 0
    assert her.page.evaluate("document.documentElement.lang") == language
    # Look at test-artefacts/. If the change is meant: REWRITE_SCREENS=1 pytest <this file>
    assert changed == []


@pages
@pytest.mark.parametrize(
    ("theme", "query"),
    [
        ("light", ""),
        ("dark", "&quiet_nights.people=1200&wrong=1&footprint=without&perspective=society"),
    ],
    ids=["published-light", "changed-dark"],
)
def test_axe_finds_nothing_wrong(reader, page, theme, query):
    her = reader("fr", theme=theme)
    her.open(f"{address_of(page, 'fr')}{query}")
    if page == "inputs":
        her.page.get_by_text("Ce qu’il faut en retirer").first.click()
    her.comes_to_rest(500)
    found = Axe().run(her.page).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []


def test_axe_finds_nothing_wrong_in_the_table_of_outcomes(visitor):
    her = visitor("fr")
    her.open("/inputs?lang=fr")
    her.page.get_by_text("En tableau").click()
    her.page.get_by_label("Nuits plus calmes : Personnes soulagées du bruit").wait_for()
    her.comes_to_rest(500)
    found = Axe().run(her.page).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []


def test_the_headline_stays_in_sight_while_inputs_are_edited(visitor):
    her = visitor("fr")
    her.open("/inputs")
    last = her.page.get_by_role("textbox", name="Montant du solde")
    last.scroll_into_view_if_needed()
    her.comes_to_rest()
    strip = her.page.locator(".strip").bounding_box()
    assert strip is not None
    assert 0 <= strip["y"] < 900


@pytest.mark.parametrize(("width", "at_hand"), [(1440, "visible"), (390, "hidden")])
def test_the_menu_folds_into_one_control_on_a_phone(visitor, width, at_hand):
    her, t = visitor("fr", width=width), words_in("fr")
    her.open("/")
    her.page.locator(".st-key-at_hand").wait_for(state=at_hand)
    her.page.get_by_role("button", name=t("frame.menu")).click()
    groups = her.page.locator(".st-key-menu_groups")
    for name in FRAME_PAGES.keys() - {"guide", "saved"}:
        groups.get_by_role("link", name=t(f"{name}.menu"), exact=True).wait_for()
