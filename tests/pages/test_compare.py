"""The page that sets scenarios side by side."""

import json
import random
import re
import string
from urllib.parse import urlencode

import pytest
from streamlit.testing.v1 import AppTest

from roi_model import evaluate, load_case
from roi_model.bridge import bridge
from roi_model.comparison import differences
from roi_model.editing import edits_of, rebuilt
from roi_model.parameters import Name
from roi_model.readings import ambitious, prudent
from tests.pages.opening import (
    components,
    go_to,
    htmls,
    link_of,
    one_html,
    open_app,
    press,
    shown,
    tables,
)
from ui.compare_bridge import WORD_JOINER
from ui.link import address_of
from ui.packing import packed_data
from ui.received import LONGEST_NAME
from ui.words import LANGUAGES, words_in

languages = pytest.mark.parametrize("language", LANGUAGES)
CASE = load_case("promevil")
CHANGED = {"quiet_nights.people": "400", "deadweight": "0.1"}
MINE = CASE.with_changes({"quiet_nights.people": 400, "deadweight": 0.1})
FILLED = {"case": "adulte_relais", "state_aid": "4", "quiet_nights.people": "200"}
SENT = "https://example.org/compare?v=1&lang=en&quiet_nights.people=1200&ratio=13.57#top"


def title(app):
    (found,) = app.title
    return found.value


def ladder(app):
    return [text.strip() for text in one_html(app, "plain ladder").all("b")] if ladders(app) else []


def ladders(app):
    return [one for one in htmls(app) if one.startswith('<ol class="plain ladder"')]


def paste(app, text):
    app.text_input(key="compare_link").set_value(text).run()
    assert not app.exception
    return app


def ticked(app):
    return [one.key.partition(":")[2] for one in app.checkbox if one.value]


@languages
def test_the_untouched_case_is_set_beside_its_two_readings(language):
    app, t = open_app("compare", language), words_in(language)
    assert not app.exception
    assert title(app) == t(
        "compare.sentence_readings",
        ratio=t.ratio(evaluate(CASE).ratio),
        low=t.ratio(evaluate(prudent(CASE)).ratio),
        high=t.ratio(evaluate(ambitious(CASE)).ratio),
    )
    assert ticked(app) == ["mine", "prudent", "ambitious"]


@languages
def test_a_changed_scenario_is_set_beside_the_published_case(language):
    app, t = open_app("compare", language, **CHANGED), words_in(language)
    ratio, other = t.ratio(evaluate(MINE).ratio), t.ratio(evaluate(CASE).ratio)
    assert title(app) == t("compare.sentence_published", ratio=ratio, other=other)
    results = tables(app)[t("compare.results")]
    assert [row[0] for row in results] == [
        t(f"compare.{name}") for name in ("published", "mine", "prudent", "ambitious")
    ]
    assert [row[1] for row in results[:2]] == [other, ratio]


@languages
def test_the_bridge_and_its_table_say_the_same(language):
    app, t = open_app("compare", language, **CHANGED), words_in(language)
    found = bridge(CASE, MINE)
    adds = [t.ratio(step.contribution) for step in found.steps]
    assert ladder(app) == [t.ratio(found.start), *adds, t.ratio(found.end)]
    rows = tables(app)[t("compare.bridge")]
    assert [row[-1] for row in rows[:-1]] == adds
    assert rows[-1][-1] == t.ratio(found.end - found.start)
    (why,) = [one for one in htmls(app) if one.startswith("<p><strong>")]
    assert adds[0] in why.replace(WORD_JOINER, "")


@languages
def test_the_inputs_that_differ_have_their_provenance_and_a_way_to_the_field(language):
    app, t = open_app("compare", language, **CHANGED), words_in(language)
    rows = tables(app)[t("compare.inputs")]
    readings = prudent(MINE), ambitious(MINE)
    assert len(rows) == len(differences(CASE, MINE, *readings))
    (people,) = [row for row in rows if t.value(1_000, "person") in row[1]]
    assert t("provenance.assumed") in people[1]
    assert t("provenance.yours") in people[2]
    # What a reading moves is still our assumption.
    (hours,) = [row for row in rows if t.value(2_000, "hour/year") in row[1]]
    assert t("provenance.assumed") in hours[3]
    assert t("provenance.yours") not in hours[3]
    app.button(key="compare_way:number:quiet_nights.people").click().run()
    assert not app.exception
    assert app.text_input(key="field:quiet_nights.people").value == "400"


@languages
@pytest.mark.parametrize("text", [SENT, SENT.partition("#")[0].partition("?")[2]])
def test_a_link_is_added_named_removed(text, language):
    app, t = paste(open_app("compare", language), text), words_in(language)
    sent = CASE.with_changes({"quiet_nights.people": 1_200})
    assert "link_1" in ticked(app)
    assert t.ratio(evaluate(sent).ratio) in title(app)
    assert app.text_input(key="compare_link").value == ""
    app.text_input(key="compare_name:link_1").set_value("Le <b>maire</b> *2027*").run()
    # In the results, in the inputs and in the bridge, never as HTML.
    said = "".join(htmls(app))
    assert said.count("Le &lt;b&gt;maire&lt;/b&gt; *2027*") > 2
    assert "<b>maire" not in said
    assert "`Le <b>maire</b> *2027*`" in title(app)
    # It is still there after a visit to another page.
    again = go_to(go_to(app, "inputs"), "compare")
    assert again.text_input(key="compare_name:link_1").value == "Le <b>maire</b> *2027*"
    again.button(key="compare_remove:link_1").click().run()
    assert not again.exception
    assert "link_1" not in ticked(again)


def names(app):
    return [one.value for one in app.text_input if one.key.startswith("compare_name:")]


def kept(app):
    """Return what the tab of the browser is given to keep."""
    (given,) = components(app, "kept_tab")
    return given


def compared():
    """Return a page that compares with two links, one of them named and one not shown."""
    app = paste(open_app("compare", "fr", **CHANGED), SENT)
    app.text_input(key="compare_name:link_1").set_value("La mairie").run()
    paste(app, "v=1&lines=itemised&perspective=society")
    app.checkbox(key="compare_tick:published").uncheck().run()
    return app


@languages
def test_the_address_carries_the_links_that_are_compared(language):
    app, t = compared(), words_in(language)
    query = link_of(app)
    assert set(query) == {*CHANGED, "with"}
    elsewhere = open_app("compare", language, **query)
    assert not elsewhere.exception
    assert not elsewhere.warning[1:]  # two points of view, and nothing that was not understood
    assert names(elsewhere) == ["La mairie", ""]
    assert ticked(elsewhere) == ticked(app) == ["mine", "link_1", "link_2"]
    rows = [tables(one)[words(one)("compare.results")] for one in (app, elsewhere)]
    assert len(rows[0]) == len(rows[1]) == 3
    assert link_of(elsewhere) == query
    assert t("compare.kept") in shown(elsewhere)
    # Another page has the link of the scenario alone; coming back, the links are there.
    assert set(link_of(go_to(elsewhere, "inputs"))) == set(CHANGED)
    assert link_of(go_to(elsewhere, "compare")) == query


def words(app):
    return words_in(app.session_state["language"])


@languages
def test_the_tab_keeps_the_links_and_an_address_adds_its_own(language):
    given = kept(compared())
    assert (given["is_new"], json.loads(given["text"])["links"][0][:2]) == (False, [1, "La mairie"])

    def reloaded():
        import streamlit as st

        from ui import received

        received.say_address(st.session_state.get("address"))
        received.links()
        st.session_state[received.KEY] = {"kept": st.session_state.handed}
        received._take_kept()
        st.session_state.found = [(one.key, one.name) for one in received.links()]

    both = [("link_1", "La mairie"), ("link_2", "")]
    of_the_address = open_app("compare", language)
    paste(of_the_address, "v=1&deadweight=0.5")
    for address, found in (
        (None, both),
        (link_of(compared())["with"], both),
        (
            link_of(of_the_address)["with"],
            [("link_1", ""), ("link_2", "La mairie"), ("link_3", "")],
        ),
    ):
        tab = AppTest.from_function(reloaded)
        tab.session_state["handed"], tab.session_state["address"] = given["text"], address
        tab.run()
        assert not tab.exception
        assert tab.session_state.found == found


@pytest.mark.parametrize(
    "written",
    [
        "",
        "2",
        "9AAAA",
        "2" + "A" * 20_000,
        packed_data(7),
        packed_data([1]),
        packed_data({"links": 7}),
        packed_data({"links": [7, [1], [1, "a", 3], [1, "a", "?"], ["1", "a", "v=9"]]}),
        packed_data({"links": [[1, "a", "v=1"]] * 50}),
        packed_data({"links": [[[], "a" * 500, "v=1"]], "compare_from": [1], "compare_chosen": 7}),
        packed_data({"links": [[1, "", "v=1"]], "compare_chosen": ["nobody"], "compare_to": "x"}),
    ],
)
def test_an_address_that_says_anything_of_links_opens_the_page(written):
    app = open_app("compare", "fr", **{"with": written})
    assert not app.exception
    assert all(len(one) <= LONGEST_NAME for one in names(app))
    assert len(names(app)) < 2


@languages
def test_links_too_long_for_the_address_stay_in_the_tab_and_that_is_said(language):
    chance = random.Random(0)  # so that it cannot be made shorter
    app, t = open_app("compare", language), words_in(language)
    for at in range(4):
        label = ["".join(chance.choices(string.ascii_letters, k=110)) for _ in range(40)]
        own = CASE.outcomes[0]
        lines = [
            own.model_copy(update={"id": f"own_{at}_{place}", "label": Name(fr=one, en=one)})
            for place, one in enumerate(label)
        ]
        scenario = rebuilt(CASE, outcomes=(*CASE.outcomes, *lines))
        address = address_of(CASE, edits_of(CASE, scenario), language, 1.0)
        paste(app, urlencode(address))
    assert "with" not in link_of(app)
    assert t("compare.kept_here") in shown(app)
    assert len(json.loads(kept(app)["text"])["links"]) == 4
    for at in range(2, 5):
        app.button(key=f"compare_remove:link_{at}").click().run()
    assert "with" in link_of(app)


def test_an_address_of_a_comparison_is_pasted_as_the_scenario_it_opens():
    address = link_of(compared()) | {"saved": "1" * 16 + ".2"}
    app = paste(open_app("compare", "fr"), urlencode(address))
    assert not one_of_ignored(app)
    assert "link_1" in ticked(app)


def one_of_ignored(app):
    return [one for one in htmls(app) if words(app)("link.ignored") in one]


def test_a_link_is_taken_as_ones_own_and_had_back():
    app = paste(open_app("compare", "fr", **CHANGED), SENT)
    app.button(key="compare_take:link_1").click().run()
    assert app.session_state["scenario"] == CASE.with_changes({"quiet_nights.people": 1_200})
    app.button(key="compare_undo").click().run()
    assert not app.exception
    assert app.session_state["scenario"] == MINE


@languages
@pytest.mark.parametrize(
    "text", ["nonsense", "https://example.org/", "?case=unknown", "?v=1&edits=cut", "?a=1", "?v=9"]
)
def test_a_link_that_cannot_be_read_stays_with_the_reason(text, language):
    app, t = paste(open_app("compare", language), text), words_in(language)
    assert t("compare.unreadable") in shown(app)
    assert app.text_input(key="compare_link").value == text
    assert ticked(app) == ["mine", "prudent", "ambitious"]


def test_no_more_than_four_are_shown():
    app = open_app("compare", "fr", **CHANGED)
    assert len(ticked(app)) == 4
    paste(app, SENT)
    assert ticked(app) == ["published", "mine", "prudent", "link_1"]
    (left,) = [one for one in app.checkbox if not one.value]
    assert left.disabled


@languages
def test_one_alone_says_how_to_go_on(language):
    app, t = open_app("compare", language), words_in(language)
    for key in ("prudent", "ambitious"):
        app.checkbox(key=f"compare_tick:{key}").uncheck().run()
    assert not app.exception
    assert title(app) == t("compare.alone", ratio=t.ratio(evaluate(CASE).ratio))
    assert t("compare.choose_another") in shown(app)


@languages
def test_what_is_the_same_is_said_to_be(language):
    app, t = open_app("compare", language), words_in(language)
    for key in ("prudent", "ambitious"):
        app.checkbox(key=f"compare_tick:{key}").uncheck().run()
    paste(app, "?v=1")
    assert t("compare.nothing_differs") in shown(app)


@languages
def test_points_of_view_that_differ_are_said(language):
    app = open_app("compare", language, perspective="funder-state")
    t = words_in(language)
    assert t("compare.points_of_view") in [one.value for one in app.warning]
    assert ladder(app)


@languages
def test_a_template_to_fill_says_what_is_missing(language):
    app, t = open_app("compare", language, case="adulte_relais"), words_in(language)
    assert not app.exception
    assert title(app) == t("compare.undefined")
    assert not re.search(r"\bnan\b", shown(app), re.IGNORECASE)
    assert ticked(app) == ["mine"]
    assert not app.checkbox(key="compare_tick:published").disabled


@languages
def test_a_filled_template_is_set_beside_itself_with_more_deducted(language):
    app, t = open_app("compare", language, **FILLED), words_in(language)
    assert not app.exception
    # 4 × 22 810 € of aid; 200 × 788 € of quiet nights
    ratios = [t.ratio(kept * 157_600 / 91_240) for kept in (1, 0.9, 0.75, 0.5)]
    assert title(app) == t(
        "compare.sentence_deductions",
        ratio=ratios[0],
        first=ratios[1],
        first_share=t.percent(0.1),
        last=ratios[3],
        last_share=t.percent(0.5),
    )
    assert ticked(app) == ["mine", "deducted_10", "deducted_25", "deducted_50"]
    rows = tables(app)[t("compare.results")]
    assert [row[1] for row in rows] == ratios
    assert ladder(app)[0::2] == ratios[:2]
    # Nothing there is assumed with a range: a reading adds nothing.
    assert t("compare.same_readings") in shown(app)
    assert not [one for one in app.checkbox if "prudent" in one.key or "ambitious" in one.key]
    app.button(key="compare_take:deducted_25").click().run()
    assert app.session_state["scenario"].value_at("deadweight") == 0.25
    # No less than is deducted is offered.
    assert ticked(app) == ["mine", "deducted_50"]


@languages
def test_results_of_two_points_of_view_are_never_in_one_sentence(language):
    app, t = open_app("compare", language, **FILLED), words_in(language)
    for key in ("deducted_10", "deducted_25", "deducted_50"):
        app.checkbox(key=f"compare_tick:{key}").uncheck().run()
    app.checkbox(key="compare_tick:published").check().run()
    assert t("compare.points_of_view") in [one.value for one in app.warning]
    assert title(app) == t("compare.alone", ratio=t.ratio(157_600 / 91_240))
    # Of another scenario seen from the same one, they are.
    paste(app, urlencode(FILLED | {"v": "1", "quiet_nights.people": "100"}))
    assert t.ratio(78_800 / 91_240) in title(app)


def test_a_reading_can_be_taken():
    app = open_app("compare", "fr")
    app.button(key="compare_take:prudent").click().run()
    assert app.session_state["scenario"] == prudent(CASE)
    assert not app.exception
    press(app, words_in("fr")("editing.undo"))
    assert app.session_state["scenario"] == CASE
