"""The page of the points of view: one row a stakeholder, three ratios apart, one choice for all."""

import re

import pytest

from tests.pages.opening import go_to, link_of, one_html, open_app, shown, tables
from ui.words import LANGUAGES, words_in

languages = pytest.mark.parametrize("language", LANGUAGES)

WITH_A_TRANSFER = {
    "case": "adulte_relais",
    "state_aid": "4",
    "quiet_nights.people": "200",
    "into_work.people": "2",
}


def title(app):
    (found,) = app.title
    return found.value


@languages
def test_the_three_ratios_stay_three(language):
    t = words_in(language)
    app = open_app("viewpoints", language)
    cards = one_html(app, "ratios")
    # 20.2 / 1.5; (3.1 + 0.102) / 1.5; and the same as the first for want of other costs
    assert cards.all("b") == [t.ratio(20.2 / 1.5), t.ratio(3.202 / 1.5), t.ratio(20.2 / 1.5)]
    said = " ".join(cards.all("p"))
    for itemised in (8.5 / 1.5, 3.1 / 1.5):  # 5.67 and 2.07
        assert t("viewpoints.on_itemised", ratio=t.ratio(itemised)) in said
    assert t("viewpoints.equal_unstated", costs="|").split("|")[1] in said
    shared = one_html(open_app("viewpoints", language, sncf_payment="500000"), "ratios")
    assert shared.all("b")[2] == t.ratio(20.2 / 2)
    assert t("viewpoints.equal_unstated", costs="|").split("|")[1] not in " ".join(shared.all("p"))


@languages
def test_the_picture_and_its_table_say_the_same(language):
    t = words_in(language)
    app = open_app("viewpoints", language)
    rows = tables(app)[t("viewpoints.picture")]
    names = one_html(app, "key sides").all("b")
    assert names == [row[0] for row in rows]
    by_name = {row[0]: row for row in rows}
    state, society = rows[0], by_name[t("viewpoints.all_society")]
    assert state[1:3] == [t.euros(1_500_000), t.euros(3_202_000)]
    assert society[6] == t.euros(18_700_000)
    (sncf,) = [row for row in rows if row[2] == t.euros(3_000_000)]
    assert sncf[7:] == [t("viewpoints.pays_nothing")] * 2  # no ratio, and none that is infinite


def test_bars_are_to_one_scale():
    (lists,) = [
        one.proto.body
        for one in open_app("viewpoints", "fr").main.get("html")
        if 'class="plain sides"' in one.proto.body
    ]
    paid = [
        float(one) for one in re.findall(r'class="paid" style="left:[\d.]+%;width:([\d.]+)', lists)
    ]
    gained = [
        float(one) for one in re.findall(r'class="gain" style="left:[\d.]+%;width:([\d.]+)', lists)
    ]
    assert paid[-1] + gained[-1] == pytest.approx(100, abs=0.02)  # society has all of it
    assert gained[0] / paid[0] == pytest.approx(3.202 / 1.5, rel=0.01)


@languages
def test_the_choice_holds_for_the_whole_scenario(language):
    t = words_in(language)
    app = open_app("viewpoints", language)
    app.radio(key="viewpoints:perspective").set_value("society").run()
    assert link_of(app) == {"perspective": "society"}
    assert t("viewpoints.kind_society") in shown(app)
    go_to(app, "result")
    assert title(app) == t("headline.society", ratio=t.ratio(20.2 / 1.5))


@languages
def test_a_transfer_is_shown_as_one(language):
    t = words_in(language)
    app = open_app("viewpoints", language, **WITH_A_TRANSFER)
    ((_, given, received, amount, society),) = tables(app)[t("viewpoints.transfers")]
    assert society == t.euros(0)
    rows = {row[0]: row for row in tables(app)[t("viewpoints.picture")]}
    assert rows[given][5] == rows[received][4] == amount
    together = rows[t("viewpoints.all_society")]
    assert together[4:6] == [t.euros(0)] * 2
    assert t("viewpoints.no_transfer") in shown(open_app("viewpoints", language))


@pytest.mark.parametrize(
    "query",
    [
        {"case": "adulte_relais"},
        {"case": "own_case"},
        {"state_aid": "0"},
        {"perspective": "costs-state-gains-sncf"},
        {"perspective": "funder-state,towns"},
        {"work_integration.savings": "-5000000"},
    ],
    ids=str,
)
def test_opens_whatever_the_scenario(query):
    app = open_app("viewpoints", "fr", **query)
    assert not app.exception
    assert not app.warning
    assert not re.search(r"\bnan\b", shown(app))
