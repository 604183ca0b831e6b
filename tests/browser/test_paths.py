"""The director's path, from the start page to a link that opens elsewhere, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from roi_model.templates import load_template
from tests.browser.conftest import free_port, running_server
from ui.words import words_in

STRIP = ".strip strong"
TEMPLATE = load_template("night_correspondents")


class Counting:
    """A visitor whose every click and typed figure counts as one action."""

    def __init__(self, her):
        self.her, self.actions = her, 0

    def press(self, name):
        self.actions += 1
        self.her.page.get_by_role("button", name=name, exact=True).first.click()

    def follow(self, name):
        self.actions += 1
        self.her.page.get_by_role("link", name=name).first.click()

    def type(self, position, text):
        self.actions += 1
        field = self.her.page.locator("[data-testid=stTextInput] input").nth(position)
        field.fill(text)
        field.press("Enter")
        self.her.wait()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_from_the_start_page_to_a_link_that_opens_elsewhere_in_under_25_actions(visitor, language):
    t, her = words_in(language), visitor(language)
    her.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    her.open(f"/start?lang={language}")
    doing = Counting(her)
    doing.actions += 1
    her.page.locator(".st-key-template_night_correspondents").get_by_role("button").click()
    her.waits_for_text("h1", t("guide.name")[:20])
    doing.press(t("guide.on"))
    for question in TEMPLATE.questions:
        her.waits_for_text("h1", t.of(question.text)[:20])
        for position in range(len(question.fills)):
            doing.type(position, "100")
        doing.press(t("guide.on"))
    her.waits_for_text("h1", t("guide.end"))
    doing.follow(t("guide.then_share"))
    her.waits_for_text("h1", t("share.title")[:12])
    doing.press(t("share_link.label"))
    her.page.get_by_text(t("share_link.done")).wait_for()
    assert doing.actions < 25
    result = her.page.locator(STRIP).inner_text()
    assert re.search(r"\d", result)

    address = her.page.evaluate("navigator.clipboard.readText()")
    his = visitor("en" if language == "fr" else "fr")
    his.open(address)
    his.waits_for_text(STRIP, result)
    assert his.page.url == address
    assert her.failures == his.failures == []


def test_a_case_of_ones_own_with_three_outcomes_one_from_the_library(visitor):
    t, her = words_in("fr"), visitor("fr")
    her.open("/inputs?lang=fr&case=own_case")
    her.page.get_by_text(t("editing.new_outcome"), exact=True).click()
    for name, quantity, value in (
        ("Halls plus propres", "12", "1 500"),
        ("Rues calmes", "3", "2,5"),
    ):
        her.page.get_by_label(t("editing.outcome_name"), exact=True).fill(name)
        who = her.page.locator(".st-key-new_outcome-stakeholder").get_by_role("combobox")
        # A list that opens while the page moves is closed again.
        who.evaluate("element => element.scrollIntoView({ block: 'center' })")
        her.page.wait_for_timeout(500)
        who.click()
        her.page.get_by_role("option", name="Bénéficiaires").click()
        her.page.get_by_label(t("editing.quantity"), exact=True).fill(quantity)
        her.page.get_by_label(t("editing.value"), exact=True).fill(value)
        her.page.get_by_role("button", name=t("editing.add_outcome")).click()
        her.page.get_by_role("heading", name=name).wait_for()
    her.page.get_by_role("button", name=t("frame.menu")).click()
    her.page.get_by_role("link", name=t("library.menu")).click()
    her.waits_for_text("h1", t("library.title")[:12])
    her.page.get_by_label(t("library.search")).fill("pompiers")
    her.page.get_by_label(t("library.search")).press("Enter")
    her.page.locator(".st-key-value_fire_service_callout").get_by_role("button").click()
    her.waits_for_text("h1", t("inputs.title"))
    her.page.wait_for_url("**edits=**")
    address = her.page.url
    assert len(address) < 2_000
    his = visitor("fr")
    his.open(address)
    for name in ("Halls plus propres", "Rues calmes", "Intervention"):
        his.page.get_by_role("heading", name=re.compile(name)).first.wait_for()
    assert his.failures == []


def test_with_the_keyboard_alone(visitor):
    t, her = words_in("fr"), visitor("fr")
    her.open("/inputs?lang=fr")
    keyboard = her.page.keyboard
    label = "Personnes soulagées du bruit (personnes)"
    her.page.get_by_role("textbox", name=label).wait_for()
    her.page.wait_for_function("!document.querySelector('[data-testid=stSkeleton]')")
    for _ in range(150):
        keyboard.press("Tab")
        focused = her.page.evaluate("document.activeElement?.getAttribute('aria-label')")
        if focused == label:
            break
    assert focused == label
    keyboard.press("Control+A")
    keyboard.type("2 000")
    keyboard.press("Tab")
    her.waits_for_text(STRIP, "13,99")
    outline = her.page.evaluate(
        "() => { const s = getComputedStyle(document.activeElement); "
        "return s.outlineStyle !== 'none' || s.boxShadow !== 'none'; }"
    )
    assert outline
    # back to the menu, and on to the result
    for _ in range(120):
        keyboard.press("Shift+Tab")
        said = her.page.evaluate("document.activeElement?.innerText ?? ''")
        if t("result.menu") in said:
            break
    keyboard.press("Enter")
    her.waits_for_text("h1", "13,99")


def test_on_a_phone(visitor):
    t, her = words_in("fr"), visitor("fr", width=390, height=800)
    her.open("/start?lang=fr")
    her.page.locator(".st-key-template_adulte_relais").get_by_role("button").click()
    her.waits_for_text("h1", t("guide.name")[:12])
    her.page.get_by_role("button", name=t("guide.on")).click()
    her.waits_for_text("h1", "Combien de postes")
    her.type("Postes aidés par l’État", "12")
    her.page.get_by_role("button", name=t("frame.menu")).click()
    her.page.get_by_role("link", name=t("result.menu")).last.click()
    her.wait()
    her.page.wait_for_url("**case=adulte_relais**state_aid=12**")
    assert her.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    assert her.failures == []


def test_a_reload_in_the_middle_of_the_guided_path_loses_nothing(visitor):
    t, her = words_in("fr"), visitor("fr")
    her.open("/guide?lang=fr&case=adulte_relais&step=1")
    her.type("Postes aidés par l’État", "12")
    her.page.wait_for_url("**state_aid=12**")
    her.page.get_by_role("button", name=t("guide.on")).click()
    her.page.wait_for_url("**step=2**")
    second = t.of(load_template("adulte_relais").questions[1].text)
    her.waits_for_text("h1", second)
    her.page.reload()
    her.wait()
    her.waits_for_text("h1", second)
    assert "state_aid=12" in her.page.url


def test_a_link_that_announces_another_ratio_says_that_the_data_was_corrected(visitor):
    her = visitor("fr")
    her.open("/?v=1&lang=fr&deadweight=0.5&ratio=9.99")
    alert = her.page.get_by_test_id("stAlert")
    expect(alert).to_contain_text("9,99")
    expect(alert).to_contain_text("6,73")


@pytest.mark.parametrize(
    "query",
    [
        "edits=1AAAAAAAA",
        "edits=<script>alert(1)</script>",
        "case=../../etc/passwd",
        "edits=" + "A" * 13_000,
        "step=999999999&case=adulte_relais",
        "perspective=<img src=x onerror=alert(1)>",
    ],
)
def test_a_tampered_link_opens_the_page_and_runs_nothing(visitor, query):
    her = visitor("fr")
    her.page.on("dialog", lambda dialog: her.failures.append(dialog.message))
    her.open(f"/?lang=fr&{query}")
    her.page.locator("h1").wait_for()
    assert her.page.get_by_test_id("stException").count() == 0
    assert her.failures == []


def test_a_dropped_connection_gives_the_same_scenario_back(visitor, fresh_server):
    her = visitor("fr", server=fresh_server)
    her.open("/inputs?lang=fr")
    her.type("Personnes soulagées du bruit", "2 000")
    her.page.wait_for_url("**quiet_nights.people=2000**")
    her.page.context.set_offline(True)
    her.page.wait_for_timeout(500)
    her.page.context.set_offline(False)
    her.page.reload()
    her.wait()
    her.waits_for_text(STRIP, "13,99")
    field = her.page.get_by_role("textbox", name="Personnes soulagées du bruit")
    expect(field).to_have_value(re.compile(r"2\s000"))


def test_a_server_that_stops_and_starts_again_loses_nothing(visitor):
    port, t = free_port(), words_in("fr")
    with running_server(port) as address:
        her = visitor("fr", server=address)
        her.open("/inputs?lang=fr")
        her.type("Personnes soulagées du bruit", "2 000")
        her.waits_for_text(STRIP, "13,99")
        her.page.wait_for_url("**quiet_nights.people=2000**")
    with running_server(port):
        # no reload: the page finds the server again by itself, and brings its scenario back
        her.page.locator("[data-test-connection-state=CONNECTED]").wait_for(
            state="attached", timeout=60_000
        )
        her.page.wait_for_timeout(2_000)
        her.wait()
        her.type("Coût de santé évité par personne", "1 000")
        expected = (20_200_000 - 788_000 + 2_000 * 1_000) / 1_500_000
        her.waits_for_text(STRIP, t.ratio(expected))
    assert her.failures == []
