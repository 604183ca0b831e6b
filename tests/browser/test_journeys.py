"""The main job, as people do it."""

import re

import pytest
from playwright.sync_api import expect

STRIP = ".strip strong"


def paper(*, people=1000, saving=788, cost=1_500_000):
    """The ratio on paper: the published total, moved by the line of quieter nights alone."""
    return (20_200_000 - 1000 * 788 + people * saving) / cost


@pytest.mark.parametrize(
    ("language", "saving", "people", "aid", "amounts", "written"),
    [
        (
            "fr",
            "Coût de santé évité par personne",
            "Personnes soulagées du bruit",
            "Aide de l’État (contrats aidés)",
            ("1 000 €", "1 500", "1,6 M€"),
            lambda ratio: f"{ratio:.2f}\u00a0€".replace(".", ","),
        ),
        (
            "en",
            "Health cost avoided per person",
            "People relieved of noise",
            "State aid (subsidised contracts)",
            ("€1,000", "1,500", "€1.6M"),
            lambda ratio: f"€{ratio:.2f}",
        ),
    ],
)
def test_typed_by_hand_the_ratio_agrees_with_paper(
    visitor, language, saving, people, aid, amounts, written
):
    her = visitor(language)
    her.open("/inputs")
    her.waits_for_text(STRIP, written(paper()))
    her.type(saving, amounts[0])
    her.waits_for_text(STRIP, written(paper(saving=1000)))
    her.type(people, amounts[1])
    her.waits_for_text(STRIP, written(paper(saving=1000, people=1500)))
    her.type(aid, amounts[2])
    her.waits_for_text(STRIP, written(paper(saving=1000, people=1500, cost=1_600_000)))
    assert her.failures == []


def test_the_link_gives_the_same_scenario_page_and_language_in_another_browser(visitor):
    sender = visitor("fr")
    sender.open("/inputs")
    sender.type("Personnes soulagées du bruit", "2 000")
    sender.waits_for_text(STRIP, "13,99")
    sender.page.get_by_role("radio", name="EN", exact=True).click()
    sender.waits_for_text("h1", "Your data")
    sender.page.wait_for_url("**lang=en**quiet_nights.people=2000**")

    receiver = visitor("fr")
    receiver.open(sender.page.url)
    receiver.waits_for_text(STRIP, "€13.99")
    expect(receiver.page.locator("h1")).to_have_text("Your data")
    assert receiver.page.evaluate("document.documentElement.lang") == "en"
    field = receiver.page.get_by_role("textbox", name="People relieved of noise")
    expect(field).to_have_value("2,000")
    assert receiver.page.url == sender.page.url


def test_a_deep_link_is_right_on_a_server_that_nobody_visited(visitor, fresh_server):
    her = visitor("fr", server=fresh_server)
    her.open("/sources?v=1&lang=en&quiet_nights.people=2000&lines=itemised")
    expect(her.page.locator("h1")).to_have_text("Where each figure comes from, and how it counts")
    expect(her.page.get_by_role("link", name="Your data").first).to_be_visible()
    expect(her.page.locator("table.figures").first).to_contain_text(re.compile(r"2,000\speople"))
    her.page.get_by_role("link", name="Result").first.click()
    her.waits_for_text("h1", "€5.67")


def test_a_reload_and_a_walk_through_the_pages_lose_nothing(visitor):
    her = visitor("fr")
    her.open("/?lang=fr&state_aid=3000000")
    her.waits_for_text("h1", "6,73")
    for page in ("Vos données", "Points de vue", "Résultat"):
        her.page.get_by_role("link", name=page).first.click()
        her.page.wait_for_url("**state_aid=3000000**")
        her.wait()
    her.page.reload()
    her.wait()
    her.waits_for_text("h1", "6,73")


def test_what_is_not_understood_stays_on_screen_and_changes_nothing(visitor):
    her = visitor("fr")
    her.open("/inputs")
    her.type("Personnes soulagées du bruit", "douze mille")
    her.waits_for_text(".refused", "douze mille")
    field = her.page.get_by_role("textbox", name="Personnes soulagées du bruit")
    expect(field).to_have_value("douze mille")
    expect(her.page.locator(STRIP)).to_contain_text("13,47")
    her.type("Personnes soulagées du bruit", "12 000")
    her.waits_for_text(STRIP, "19,25")
    expect(her.page.locator(".refused")).to_have_count(0)


def test_a_bad_link_is_told_and_never_crashes(visitor):
    her = visitor("fr")
    her.open("/?lang=fr&quiet_nights.people=abc&nothing=1&deadweight=7&state_aid=1600000")
    warning = her.page.get_by_test_id("stAlert")
    for named in ("Personnes soulagées du bruit", "nothing", "Serait arrivé de toute façon"):
        expect(warning).to_contain_text(named)
    her.waits_for_text("h1", "12,63")  # 20.2 / 1.6: what is good in the link is kept


def test_the_reader_switches_move_the_sentence(visitor):
    her = visitor("fr")
    her.open("/")
    her.page.get_by_text("Seulement les lignes détaillées").click()
    her.waits_for_text("h1", "5,67")
    her.page.get_by_role("button", name="Tout remettre").click()
    her.waits_for_text("h1", "13,47")
    her.page.get_by_text("deux ans").click()
    her.waits_for_text("h1", "6,73")
    her.page.get_by_text("Coût : tous les financeurs").click()
    her.type("Payé par la SNCF", "1,5 M€")
    her.waits_for_text("h1", "3,37")  # 10.1 / 3.0


def test_the_copied_link_is_the_address(visitor):
    her = visitor("fr")
    her.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    her.open("/?lang=fr&deadweight=0.25")
    her.page.get_by_role("button", name="Copier le lien").click()
    her.page.get_by_text("Lien copié.").wait_for()
    assert her.page.evaluate("navigator.clipboard.readText()") == her.page.url


@pytest.mark.parametrize(("browser_language", "title"), [("en", "€1 of"), ("de", "1\u00a0€")])
def test_the_language_follows_the_browser_and_is_french_otherwise(visitor, browser_language, title):
    them = visitor(browser_language)
    them.open("/")
    them.waits_for_text("h1", title)
