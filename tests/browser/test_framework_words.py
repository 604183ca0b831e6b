"""What the framework says of itself is said in the reader's language, in a real browser."""

import pytest

from tests.browser.conftest import running_server
from ui.words import words_in

FRENCH, ENGLISH = words_in("fr"), words_in("en")

KNOWN_ENGLISH = (
    *("Help for", "Press Enter", "to apply", "Copy to clipboard", "Running...", "Stopping..."),
    *("Connection error", "Is Streamlit still running", "is not responding", "Connecting"),
    *("Skip to main content", "No results", "Clear value", "Clear all", "Choose an option"),
    *("option available", "options available", ", selected", "Show suggestions", " icon"),
    *("Fullscreen", "Page not found", "You have requested page", "has encountered an error"),
)
KNOWN_ENGLISH_NAMES = ("Close", "Open", "Copy", "Stop", "Help", "Running", "Loading")

SAID = """() => [...document.body.querySelectorAll("*")].flatMap((element) => [
  ...["aria-label", "title", "placeholder"].map((name) => element.getAttribute(name)),
  ...(["NOSCRIPT", "SCRIPT", "STYLE"].includes(element.tagName) ? [] : [...element.childNodes])
    .filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data.trim()),
]).filter(Boolean)"""

WATCHED = """(() => {
  window.watching = { observers: 0, calls: 0, milliseconds: 0 };
  const Native = MutationObserver;
  window.MutationObserver = class extends Native {
    constructor(callback) {
      super((...records) => {
        const start = performance.now();
        callback(...records);
        if (this.isOurs) {
          window.watching.calls += 1;
          window.watching.milliseconds += performance.now() - start;
        }
      });
    }
    observe(target, options) {
      this.isOurs = options.attributeFilter?.includes("placeholder");
      if (this.isOurs) window.watching.observers += 1;
      super.observe(target, options);
    }
  };
})()"""
"""Counts our observers, and the time they take, from before the page begins."""


def english_on(page):
    """Return what the page says that is known to be the framework's own English."""
    page.wait_for_function("window.frameworkWords")
    return [
        text
        for text in page.evaluate(SAID)
        if text in KNOWN_ENGLISH_NAMES or any(known in text for known in KNOWN_ENGLISH)
    ]


def names_of_help(guest):
    guest.comes_to_rest()
    return guest.page.evaluate(
        """() => [...document.querySelectorAll("[data-testid=stTooltipIcon] button")]
        .map((button) => button.getAttribute("aria-label"))"""
    )


def choose_language(guest, language):
    guest.page.get_by_role("radio", name=language.upper(), exact=True).click()
    guest.page.wait_for_function(f"document.documentElement.lang === '{language}'")
    guest.wait()


@pytest.mark.parametrize("path", ["/", "/start", "/inputs", "/uncertainty", "/compare", "/fund"])
def test_a_french_page_says_nothing_of_the_frameworks_in_english(visitor, path):
    guest = visitor("fr")
    guest.open(path)
    assert english_on(guest.page) == []
    assert guest.failures == []


def test_a_help_icon_is_named_in_the_language_that_was_chosen_again_and_again(visitor):
    guest = visitor("fr")
    guest.open("/inputs")
    french = names_of_help(guest)
    beginnings = {t.language: t("framework.help_for", text="") for t in (FRENCH, ENGLISH)}
    assert french
    assert all(name.startswith(beginnings["fr"]) for name in french)
    choose_language(guest, "en")
    english = names_of_help(guest)
    assert all(name.startswith(beginnings["en"]) for name in english)
    choose_language(guest, "fr")
    assert names_of_help(guest) == french
    assert english_on(guest.page) == []


def test_what_is_drawn_after_a_change_is_in_french_too(visitor):
    guest = visitor("fr")
    guest.open("/inputs")
    field = guest.page.locator("[data-testid=stTextInput] input:visible").first
    field.click()
    field.press("End")
    field.type("0")
    guest.page.get_by_text(FRENCH("framework.press_enter")).first.wait_for(state="attached")
    assert english_on(guest.page) == []
    field.press("Enter")
    guest.wait()
    assert english_on(guest.page) == []


def test_a_list_to_choose_from_speaks_french(visitor):
    guest = visitor("fr")
    guest.open("/method")
    field = guest.page.locator("[data-testid=stSelectbox] input").first
    field.click()
    options = guest.page.get_by_role("option")
    options.first.wait_for()
    spoken = FRENCH("framework.options", text=options.count())
    guest.page.get_by_text(spoken).first.wait_for(state="attached")
    assert english_on(guest.page) == []


@pytest.mark.parametrize("path", ["/start", "/dossier", "/portfolio"])
def test_a_file_is_chosen_in_the_language_of_the_page(visitor, path):
    guest = visitor("en")  # her browser speaks English, the page does not
    guest.open(f"{path}?lang=fr")
    shown = guest.page.get_by_text(FRENCH("frame.choose_file"), exact=True)
    shown.wait_for()
    guest.comes_to_rest()
    control = guest.page.locator("input[type=file]")
    control.focus()
    guest.page.keyboard.press("Shift+Tab")
    guest.page.keyboard.press("Tab")
    assert control.evaluate("one => one === one.getRootNode().activeElement")
    assert shown.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
    for choose in (lambda: control.press("Enter"), shown.click):
        with guest.page.expect_file_chooser():
            choose()


def test_the_server_that_stopped_is_spoken_of_in_french(visitor):
    with running_server() as address:
        guest = visitor("fr", server=address)
        guest.open("/")
    dialog = guest.page.get_by_role("dialog")
    dialog.wait_for()
    said = dialog.inner_text()
    assert FRENCH("framework.connection_lost") in said
    assert FRENCH("framework.server_stopped") in said
    assert "streamlit" not in said.lower()
    assert dialog.get_by_role("button", name=FRENCH("framework.close")).is_visible()
    assert english_on(guest.page) == []


def test_what_a_user_wrote_is_left_alone_even_where_it_reads_like_the_framework(visitor):
    guest = visitor("fr")
    guest.open("/")
    written = guest.page.evaluate(
        """async () => {
          const own = document.createElement("p");
          own.setAttribute("aria-label", "Help for all");
          own.textContent = "No results";
          document.querySelector("[data-testid=stMain]").append(own);
          await new Promise(requestAnimationFrame);
          return [own.getAttribute("aria-label"), own.textContent];
        }"""
    )
    assert written == ["Help for all", "No results"]


def test_one_observer_does_it_all_and_costs_no_time_that_is_felt(visitor):
    guest = visitor("fr")
    guest.page.add_init_script(WATCHED)
    guest.open("/")
    for language in ("en", "fr", "en", "fr"):
        choose_language(guest, language)
    guest.page.get_by_test_id("stMain").get_by_role("link").nth(1).click()  # another page
    guest.page.wait_for_url("**/inputs**")
    guest.wait()
    names_of_help(guest)
    watching = guest.page.evaluate("window.watching")
    assert watching["observers"] == 1
    # Six drawings of a whole page, each of some 100 to 1 000 elements; 22 ms in all when measured.
    assert watching["milliseconds"] / 6 < 50
    before = watching["calls"]
    guest.page.wait_for_timeout(500)
    # At rest it is not called: what it writes does not call it for ever.
    assert guest.page.evaluate("window.watching.calls") - before < 5
