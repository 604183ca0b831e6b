"""The page of the posts: what it answers from the case, a template, and what is typed."""

import json
import re
from itertools import pairwise

import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from roi_model import evaluate, load_case, shipped_cases
from roi_model.budget import growth_lines
from roi_model.templates import load_template, templates
from tests.pages.opening import (
    components,
    go_to,
    htmls,
    link_of,
    open_app,
    press,
    refusals,
    shown,
    tables,
)
from ui import fund_chart, link
from ui.labels import label_of
from ui.theme import DARK, LIGHT
from ui.words import LANGUAGES, words_in

CASE = load_case("promevil")
languages = pytest.mark.parametrize("language", LANGUAGES)

FILLED = {
    "case": "adulte_relais",
    "state_aid": "4",
    "employer_payment": "40000",
    "quiet_nights.people": "200",
}


def title(app):
    (found,) = app.title
    return found.value


def field(app, name):
    return app.text_input(key=f"fund:{name}")


@languages
def test_ten_posts_more_of_the_reference_case(language):
    # 10 × 7 500 €; 20.2 M€ × 10 / 200
    t = words_in(language)
    app = open_app("fund", language)
    assert not app.exception
    assert title(app) == t.counted(
        "fund.more",
        10,
        number=t.number(10),
        cost=t.euros(75_000),
        value=t.short_euros(1_000_000),  # to two digits
        ratio=t.ratio(20.2 / 1.5),
    )
    assert t("fund.assumption") in shown(app)
    assert t("provenance.assumed") in shown(app)


@languages
def test_other_posts_and_another_rule_go_into_the_link(language):
    t = words_in(language)
    app = open_app("fund", language)
    app.select_slider(key="fund:posts").set_value(250.0).run()
    app.radio(key="fund:elasticity").set_value(0.5).run()
    assert link_of(app) == {"funding.elasticity": "0.5", "funding.posts_wanted": "250"}
    # 20.2 M€ × ((250 / 200) ** 0.5 - 1) = 2.384 M€ for 375 000 €
    assert t.ratio(20_200_000 * (1.25**0.5 - 1) / 375_000) in title(app)
    app.select_slider(key="fund:posts").set_value(200.0).run()
    assert title(app) == t("fund.same")
    app.select_slider(key="fund:posts").set_value(150.0).run()
    assert t.short_euros(380_000) in title(app)  # 375 000 to two digits


def test_the_chart_and_its_table_say_the_same():
    t = words_in("fr")
    app = open_app("fund", "fr")
    (chart,) = app.main.get("plotly_chart")
    figure = json.loads(chart.proto.spec)
    rows = {row[0]: row for row in tables(app)[t("fund.chart")]}
    names = [trace["name"] for trace in figure["data"] if "name" in trace]
    assert names[:-1] == [f"effets × {times}" for times in ("2", "1,68", "1,41")]
    for position, trace in enumerate(figure["data"][:3]):
        values = dict(zip(trace["x"], trace["y"], strict=True))
        for posts in (150.0, 200.0, 210.0, 300.0):
            assert rows[t.number(posts)][2 + position].startswith(t.euros(values[posts]))


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_plotlys_own_schema_accepts_the_chart_and_no_label_covers_another(colours):
    posts = [150.0, 200.0, 300.0]
    lines = [
        fund_chart.Line(label=str(line.elasticity), amounts=line.added_benefits)
        for line in growth_lines(CASE, posts, (1.0, 0.99, 0.5))
    ]
    point = fund_chart.Point(posts=200.0, amount=0.0, label="today")
    drawn = fund_chart.growth(
        posts,
        lines,
        today=point,
        wanted=point,
        number=str,
        money=str,
        hover=lambda *_: "",
        colours=colours,
    )
    figure = go.Figure(drawn)
    places = sorted(one.y for one in figure.layout.annotations[:3])
    low, high = figure.layout.yaxis.range
    gaps = [after - before for before, after in pairwise(places)]
    assert min(gaps) >= 0.999 * fund_chart.LEAST_GAP * (high - low)


@languages
def test_a_budget_buys_whole_posts(language):
    t = words_in(language)
    app = open_app("fund", language)
    field(app, "budget").set_value("30 000").run()
    # 4 posts at 7 500 €, 20.2 M€ × 4 / 200
    rows = tables(app)[t("fund.budget")]
    assert rows[0][1:3] == [t.euros(404_000), t.ratio(20.2 / 1.5)]
    field(app, "budget").set_value("7 000").run()
    assert t("fund.buys_none", budget=t.euros(7_000), price=t.euros(7_500)) in shown(app)
    field(app, "budget").set_value("beaucoup").run()
    assert len(refusals(app)) == 1
    assert t("fund.budget") not in tables(app)


def test_a_target_is_held_up_to_some_posts():
    app, t = open_app("fund", "en"), words_in("en")
    field(app, "target").set_value("13").run()
    rows = tables(app)[t("fund.target")]
    # ε = 0.5: 200 × (13.4667 / 13) ** 2 = 214.6
    assert rows[2][2] == t("fund.up_to", posts="214 posts")
    assert rows[2][1] == t("fund.not_held", ratio=t.ratio(20.2 / 1.5 / 2))
    needed = tables(app)[t("fund.switching", ratio=t.ratio(13), now=t.ratio(20.2 / 1.5))]
    (aid,) = [row for row in needed if row[0] == label_of("state_aid", CASE, t)]
    # 20.2 M€ / 13 = 1 553 846 €, to four digits
    assert aid[1:3] == [t.value(1_500_000, "EUR/year"), t.value(1_554_000, "EUR/year")]
    field(app, "target").set_value("0").run()
    assert len(refusals(app)) == 1


def kept(app):
    """Return what the tab of the browser is given to keep."""
    (given,) = components(app, "kept_tab")
    return given


@languages
def test_a_budget_and_a_target_are_in_the_address_of_the_page(language):
    app, t = open_app("fund", language), words_in(language)
    assert (link_of(app), kept(app)["text"], kept(app)["is_new"]) == ({}, "", True)
    before = app.session_state["scenario"].fingerprint
    field(app, "budget").set_value(t.number(30_000.5)).run()
    field(app, "target").set_value(t.number(13.25)).run()
    assert link_of(app) == {"budget": "30000.5", "target": "13.25"}
    assert json.loads(kept(app)["text"]) == {"budget": 30_000.5, "target": 13.25}
    assert app.session_state["scenario"].fingerprint == before
    assert not app.session_state["done"]
    elsewhere = open_app("fund", language, **link_of(app))
    assert tables(elsewhere) == tables(app)
    assert not refusals(elsewhere)
    assert not elsewhere.warning
    # Another page has the link of the scenario alone; coming back, both are there.
    assert link_of(go_to(elsewhere, "inputs")) == {}
    assert link_of(go_to(elsewhere, "fund")) == link_of(app)
    # Emptied, a field is as it was at first.
    field(elsewhere, "budget").set_value("").run()
    assert link_of(elsewhere) == {"target": "13.25"}
    assert field(elsewhere, "budget").value == t.number(100_000)


@languages
@pytest.mark.parametrize("written", ["beaucoup", "", "-1", "nan", "inf", "1e16", "<b>", "1,5"])
def test_what_an_address_cannot_have_is_said_once_and_the_page_starts_as_ever(written, language):
    app, t = open_app("fund", language, budget=written, target=written), words_in(language)
    assert not app.exception
    labels = {"budget": t("fund.budget_field"), "target": t("fund.target_field")}
    begins = {name: field(app, name).value for name in labels}
    assert begins["budget"] == t.number(100_000)
    assert refusals(app) == [
        t("fund.ignored", label=labels[name], received=written, begin=begins[name])
        for name in labels
    ]
    assert link_of(app) == {}
    field(app, "budget").set_value("5").run()
    field(app, "target").set_value("5").run()
    assert not refusals(app)
    assert not app.warning  # no part of the scenario was ignored


def test_a_text_that_is_no_number_is_in_no_address():
    app = open_app("fund", "fr", budget="30000")
    field(app, "budget").set_value("beaucoup").run()
    assert field(app, "budget").value == "beaucoup"
    assert link_of(app) == {}


@pytest.mark.parametrize(
    ("handed", "address", "found"),
    [
        ('{"budget": 30000.0, "target": 2.5}', {}, {"budget": 30_000.0, "target": 2.5}),
        ('{"budget": 30000.0}', {"target": "3"}, {"budget": 30_000.0, "target": 3.0}),
        ('{"budget": 30000.0}', {"budget": "7"}, {"budget": 7.0, "target": None}),
        ('{"budget": -1.0, "target": "2"}', {}, {"budget": None, "target": None}),
        ('{"budget": NaN, "target": Infinity}', {}, {"budget": None, "target": None}),
        ("[1]", {}, {"budget": None, "target": None}),
        ("[" * 150, {}, {"budget": None, "target": None}),
        ("{" + " " * 1_000 + "}", {}, {"budget": None, "target": None}),
    ],
)
def test_the_tab_hands_back_what_it_kept(handed, address, found):
    def reloaded():
        import streamlit as st

        from ui import fund_choices

        fund_choices.say_address(st.session_state.address)
        st.session_state[fund_choices.KEY] = {"kept": st.session_state.handed}
        fund_choices._take_kept()
        st.session_state.found = {name: fund_choices.chosen(name) for name in ("budget", "target")}

    tab = AppTest.from_function(reloaded)
    tab.session_state["handed"], tab.session_state["address"] = handed, address
    tab.run()
    assert not tab.exception
    assert tab.session_state.found == found


def test_no_shipped_number_has_the_name_of_a_choice_of_a_page():
    for case in (
        *map(load_case, shipped_cases()),
        *(load_template(one).case for one in templates()),
    ):
        assert not {address for address, _ in case.parameters()} & set(link.OF_PAGES)


@languages
def test_the_only_payer_is_said_to_be_the_only_one(language):
    t = words_in(language)
    app = open_app("fund", language)
    assert t("fund.losing") not in tables(app)
    shared = open_app("fund", language, sncf_payment="500000")
    rows = tables(shared)[t("fund.losing")]
    # A quarter of 2 M€, of 200 posts and of 20.2 M€
    assert rows[1][2:4] == [t.number(50, decimals=1), t.euros(5_050_000)]


@languages
def test_a_template_says_what_is_missing_and_then_answers(language):
    t = words_in(language)
    empty = open_app("fund", language, case="adulte_relais")
    assert title(empty) == t("fund.unknown")
    assert t("fund.no_cost") in shown(empty)
    # The aid is a number of posts and the price of one: nothing more is asked. A post more costs
    # that price, 22 810 €, and a quarter of the 40 000 € that the employer pays for four.
    filled = open_app("fund", language, **FILLED)
    assert not filled.exception
    assert t.euros(33_000) in title(filled)
    assert t.euros(32_810) in shown(filled)
    assert t("fund.in_link") not in shown(filled)
    assert link_of(filled) == FILLED
    for app in (empty, filled):
        assert not re.search(r"\bnan\b", shown(app))


@languages
def test_other_costs_follow_the_posts_unless_one_says_otherwise(language):
    app, t = open_app("fund", language, **FILLED), words_in(language)
    average = t.ratio(evaluate(app.session_state["scenario"]).ratio)
    # All is in proportion: the next post brings what the posts of today do.
    assert average in title(app)
    app.radio(key="fund:other_costs").set_value("held").run()
    assert link_of(app) == FILLED | {"other_costs": "held"}
    # 200 × 788 € / 4 = 39 400 € for 22 810 €
    assert title(app) == t.counted(
        "fund.more_held",
        1,
        number=t.number(1),
        cost=t.euros(23_000),
        value=t.euros(39_000),
        ratio=t.ratio(39_400 / 22_810),
    )
    elsewhere = open_app("fund", language, **link_of(app))
    assert title(elsewhere) == title(app)
    assert tables(elsewhere) == tables(app)
    assert json.loads(kept(elsewhere)["text"]) == {"other_costs": "held"}
    # Where no other cost is counted there is nothing to choose, and no condition to state.
    alone = open_app("fund", language, other_costs="held")
    assert title(alone) == title(open_app("fund", language))
    assert not [one for one in alone.radio if one.key == "fund:other_costs"]


def test_an_answer_that_there_is_not_is_said_and_other_costs_follow():
    app = open_app("fund", "fr", **FILLED, other_costs="half")
    assert app.radio(key="fund:other_costs").value == "follow"
    assert len(refusals(app)) == 1
    assert "half" in refusals(app)[0]
    assert link_of(app) == FILLED


def test_what_is_typed_becomes_part_of_the_scenario_of_its_link_and_of_undo():
    app, t = open_app("fund", "fr", **FILLED), words_in("fr")
    app.radio(key="fund:cost").set_value("employer_payment").run()
    # The posts are those of the aid; its published price is not what the employer pays.
    assert title(app) == t("fund.no_price")
    field(app, "own_posts").set_value("quatre").run()
    assert len(refusals(app)) == 1
    assert field(app, "own_posts").value == "quatre"
    field(app, "own_posts").set_value("5").run()
    assert not refusals(app)
    field(app, "own_cost_per_post").set_value("10 000").run()
    app.select_slider(key="fund:posts").set_value(8.0).run()
    app.radio(key="fund:other_costs").set_value("held").run()
    assert t.euros(30_000) in title(app)
    assert t("fund.in_link") in shown(app)
    assert not app.warning

    elsewhere = open_app("fund", "fr", **link_of(app))
    assert title(elsewhere) == title(app)
    assert elsewhere.session_state["scenario"] == app.session_state["scenario"]

    press(app, t("fund.remove"))
    assert link_of(app) == FILLED | {"other_costs": "held"}
    press(app, t("editing.undo"))
    assert title(app) == title(elsewhere)
    assert not app.exception


def test_half_of_what_is_asked_is_kept_too():
    query = {"case": "adulte_relais", "employer_payment": "40000"}
    app, t = open_app("fund", "fr", **query), words_in("fr")
    assert t("fund.ask") in shown(app)
    field(app, "own_cost_per_post").set_value("10 000 €").run()
    elsewhere = open_app("fund", "fr", **link_of(app))
    assert field(elsewhere, "own_cost_per_post").value == t.number(10_000)
    assert field(elsewhere, "own_posts").value == ""
    field(elsewhere, "own_posts").set_value("4").run()
    assert elsewhere.select_slider(key="fund:posts").value == 5
    assert elsewhere.session_state["scenario"].funding.posts_wanted.value == 5
    assert not elsewhere.exception


@pytest.mark.parametrize(
    "query",
    [
        {"perspective": "funder-sncf", "sncf_payment": "500000"},
        {"perspective": "public_finances"},
        {"funding.posts": "0"},
        {"funding.cost_per_post": "0"},
        {"funding.posts": "1e15", "funding.elasticity": "2"},
        {"funding.cost_per_post": "30000", "funding.posts_wanted": "150"},
        {"case": "own_case"},
    ],
    ids=str,
)
def test_opens_whatever_the_scenario(query):
    app = open_app("fund", "fr", **query)
    assert not app.exception
    assert not re.search(r"\bnan\b", shown(app))
    assert "".join(htmls(app)).count("<table") == "".join(htmls(app)).count("</table>")
