"""Those who open the director's link: an official looks for the flaw, an economist the formula."""

import re
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from roi_model import evaluate, load_case
from roi_model.sensitivity import one_at_a_time
from tests.browser.conftest import ROOT
from ui.labels import label_of, perspective_label
from ui.words import LANGUAGES, words_in

STRIP = ".strip strong"
CASE = load_case("promevil")
PEOPLE = "quiet_nights.people"
SENT = "/?v=1&lang={}&quiet_nights.people=2000&ratio=13.99"

languages = pytest.mark.parametrize("language", LANGUAGES)


def go(her, t, page):
    """Go to a page by the menu."""
    her.page.get_by_role("button", name=t("frame.menu")).click()
    menu = her.page.locator(".st-key-menu_groups")
    menu.get_by_role("link", name=t(f"{page}.menu"), exact=True).click()
    her.page.locator(".st-key-menu_groups").wait_for(state="hidden")
    her.page.wait_for_url(f"**/{page}?**")
    her.wait()


@languages
def test_an_official_looks_for_the_flaw(visitor, language):
    t, his = words_in(language), visitor(language)
    his.open(SENT.format(language))
    sent = his.page.url
    his.waits_for_text("h1", t.ratio(13.99)[:4])

    # as the State sees it
    go(his, t, "viewpoints")
    name = perspective_label("funder-state", CASE, t)
    his.page.get_by_text(name, exact=True).click()
    his.page.wait_for_url("**perspective=funder-state**")
    of_the_state = CASE.with_changes({PEOPLE: 2000, "perspective": "funder-state"})
    go(his, t, "inputs")
    his.waits_for_text(STRIP, t.ratio(evaluate(of_the_state).ratio))

    # half the people who sleep better: nothing to the State, and back among all the gains
    his.type(f"{t.of(CASE.outcomes[3].factors[0].label)}"[:12], t.number(1000))
    his.page.wait_for_url(lambda url: "quiet_nights.people" not in url)

    # beside what was sent
    go(his, t, "compare")
    field = his.page.get_by_label(t("compare.link"), exact=True)
    field.fill(sent)
    field.press("Enter")
    his.page.get_by_text(t("compare.link_name", number="1")).first.wait_for()
    his.page.get_by_text(
        t.ratio(evaluate(CASE.with_changes({PEOPLE: 2000})).ratio)
    ).first.wait_for()

    # the source of the number that decides
    go(his, t, "sources")
    widest = next(iter(one_at_a_time(CASE.with_changes({"perspective": "funder-state"}))))
    first = his.page.locator("table.figures tbody tr").first
    expect(first.locator("th")).to_have_text(label_of(widest.address, CASE, t))
    expect(first.locator("a").first).to_have_attribute("href", re.compile("^https?://"))

    # on paper: the address, the date, the version, and no control
    paper = his.page.locator(".paper")
    expect(paper).to_be_hidden()
    his.page.emulate_media(media="print")
    expect(paper).to_be_visible()
    expect(paper).to_contain_text("perspective=funder-state")
    expect(paper).to_contain_text(re.compile(r"20\d\d.*0\.1\.0"))
    for control in ("stButton", "stPopover", "stPageLink", "stButtonGroup"):
        assert not any(one.is_visible() for one in his.page.get_by_test_id(control).all())
    assert his.failures == []


@languages
def test_an_economist_finds_the_same_to_the_cent_from_the_command_line(visitor, language):
    t, hers = words_in(language), visitor(language)
    hers.open(SENT.format(language))
    go(hers, t, "method")
    outcome = next(one for one in CASE.outcomes if one.id == "quiet_nights")
    hers.page.get_by_role("combobox", name=t("method.choose")).click()
    hers.page.get_by_role("option", name=t.of(outcome.label)).click()
    written = t.euros(2000 * 788, decimals=2)
    hers.page.get_by_text(written).first.wait_for()

    shown = [one.inner_text() for one in hers.page.locator("pre.taken").all()]
    (command,) = [one for one in shown if one.startswith("roi-model evaluate")]
    arguments = [sys.executable, "-m", "roi_model", *command.replace("\\\n", " ").split()[1:]]
    said = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "1,576,000.00" in said
    assert "13.99" in said
    assert hers.failures == []
