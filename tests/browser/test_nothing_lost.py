"""What a person typed or pasted is there after a reload, and where the address is opened."""

import re

from playwright.sync_api import expect

from roi_model.templates import load_template
from ui.words import words_in

t = words_in("fr")
SENT = "https://example.org/?v=1&lang=en&quiet_nights.people=2000"
TEMPLATE = "case=adulte_relais&state_aid=4&employer_payment=40000&quiet_nights.people=200"


def title(her) -> str:
    return her.page.locator("h1").inner_text()


def test_a_link_pasted_to_compare_is_there_after_a_reload_and_elsewhere(visitor):
    her = visitor("fr")
    her.open("/compare?lang=fr")
    her.type(t("compare.link"), SENT)
    her.waits_for_text("h1", "13,99")
    name = her.page.get_by_role("textbox", name=t("compare.name"))
    name.fill("Le maire")
    name.press("Enter")
    her.waits_for_text("h1", "Le maire")
    her.page.wait_for_url(re.compile("with="))
    said = title(her)

    her.page.reload()
    her.waits_for_text("h1", "Le maire")
    assert title(her) == said
    expect(name).to_have_value("Le maire")

    elsewhere = visitor("fr", width=390)
    elsewhere.open(her.page.url)
    elsewhere.waits_for_text("h1", "Le maire")
    assert title(elsewhere) == said

    # Another page has the scenario's link alone; its reload loses nothing either: the tab knows.
    her.page.get_by_role("link", name=t("result.menu"), exact=True).first.click()
    her.waits_for_text("h1", "13,47")
    assert "with=" not in her.page.url
    her.page.reload()
    her.wait()
    her.page.get_by_role("link", name=t("compare.menu"), exact=True).first.click()
    her.waits_for_text("h1", "Le maire")
    her.page.wait_for_url(re.compile("with="))

    # Removed, it does not come back.
    her.page.get_by_role("button", name=t("compare.remove")).click()
    expect(name).to_have_count(0)
    her.page.wait_for_url(lambda url: "with=" not in url)
    her.page.reload()
    her.wait()
    her.page.wait_for_timeout(1_000)
    assert "Le maire" not in her.page.locator("body").inner_text()
    assert her.failures == elsewhere.failures == []


def test_a_funding_case_that_was_typed_opens_elsewhere_with_the_same_answer(visitor):
    her = visitor("fr")
    her.open(f"/fund?lang=fr&{TEMPLATE}")
    payer = t.of(load_template("adulte_relais").case.costs[1].label)
    her.page.locator(".st-key-fund_numbers").get_by_text(payer).click()
    her.page.wait_for_url(re.compile("edits="))
    her.comes_to_rest()
    her.type(t("fund.own_posts"), "5")
    her.comes_to_rest()
    her.type(t("fund.own_cost_per_post"), "10 000")
    her.comes_to_rest()
    her.page.get_by_text(t("fund.held"), exact=True).click()
    her.waits_for_text("h1", t.euros(10_000))
    said = title(her)
    her.page.reload()
    her.waits_for_text("h1", t.euros(10_000))
    assert title(her) == said

    elsewhere = visitor("fr", width=390)
    elsewhere.open(her.page.url)
    elsewhere.waits_for_text("h1", t.euros(10_000))
    assert title(elsewhere) == said
    field = elsewhere.page.get_by_role("textbox", name=t("fund.own_cost_per_post"))
    expect(field).to_have_value(t.number(10_000))

    her.page.get_by_role("button", name=t("fund.remove")).click()
    her.page.wait_for_url(lambda url: "edits=" not in url)
    her.page.get_by_role("button", name=t("editing.undo")).click()
    her.waits_for_text("h1", said)
    assert her.failures == elsewhere.failures == []


def test_a_budget_and_a_target_are_there_after_a_reload_and_elsewhere(visitor):
    her = visitor("fr")
    her.open("/fund?lang=fr")
    her.type(t("fund.budget_field"), "30 000")
    her.page.wait_for_url(re.compile("budget=30000"))
    her.type(t("fund.target_field"), "13,25")
    her.page.wait_for_url(re.compile(r"target=13\.25"))

    elsewhere = visitor("fr", width=390)
    elsewhere.open(her.page.url)
    for one in (her, elsewhere):
        one.page.reload()
        one.wait()
        for name, text in (("budget", t.number(30_000)), ("target", "13,25")):
            field = one.page.get_by_role("textbox", name=t(f"fund.{name}_field"))
            expect(field).to_have_value(text)

    # Another page has the scenario's link alone; its reload loses nothing either: the tab knows.
    her.page.get_by_role("link", name=t("result.menu"), exact=True).first.click()
    her.page.wait_for_url(lambda url: "budget=" not in url)
    her.page.reload()
    her.wait()
    her.page.get_by_role("link", name=t("fund.menu"), exact=True).first.click()
    her.page.wait_for_url(re.compile(r"budget=30000.*target=13\.25"))

    # Emptied, it does not come back.
    her.type(t("fund.budget_field"), "")
    her.page.wait_for_url(lambda url: "budget=" not in url)
    her.page.reload()
    her.wait()
    her.page.wait_for_timeout(1_000)
    assert "budget=" not in her.page.url
    assert her.failures == elsewhere.failures == []
