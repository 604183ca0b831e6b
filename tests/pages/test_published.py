"""The page that places the ratio: what may be said of it, and of which scope."""

import re

import pytest

from roi_model import evaluate, load_case
from roi_model.readings import prudent
from roi_model.reference_data import published_ratios
from tests.pages.opening import htmls, open_app, shown, tables
from tests.ui.reading_html import Tree
from ui.labels import perspective_label
from ui.markup import Html
from ui.published_chart import Landmark, axis, places
from ui.words import LANGUAGES, words_in

CASE = load_case("promevil")
languages = pytest.mark.parametrize("language", LANGUAGES)


def drawn(app):
    """Return the name and the ratio of each item of the list, as it is drawn."""
    (picture,) = [one for one in htmls(app) if one.startswith('<div class="places"')]
    tree = Tree(picture)
    return list(zip(tree.all("b"), tree.all("span", **{"class": "ratio"}), strict=True))


@languages
@pytest.mark.parametrize(
    ("query", "place", "cents"),
    [
        ({}, "above_mean", 13.47),
        ({"lines": "itemised"}, "at_mean", 5.67),
        ({"perspective": "funder-state"}, "below_mean", 2.13),
        ({"state_aid": "300000"}, "above_highest", 67.33),
    ],
)
def test_the_title_says_the_place_and_no_more(language, query, place, cents):
    t, app = words_in(language), open_app("published", language, **query)
    assert not app.exception
    assert app.title[0].value == t(
        f"published.title_{place}",
        ratio=t.ratio(cents),
        low=t.number(5.0),
        high=t.number(5.9),
        highest=t.number(37),
    )


@languages
def test_the_picture_and_its_table_say_the_same_in_the_same_order(language):
    t, app = words_in(language), open_app("published", language)
    rows = tables(app)[t("published.table")]
    pictured = drawn(app)
    assert [row[1] for row in rows] == [ratio for _, ratio in pictured]
    assert all(row[0].startswith(name) for row, (name, _) in zip(rows, pictured, strict=True))
    # ten studies, the mean and the highest of the reports, the open scenario read twice
    assert len(rows) == len(published_ratios().studies) + 4


@languages
def test_the_open_scenario_stands_among_the_others_with_its_prudent_reading(language):
    t = words_in(language)
    ratios = dict(drawn(open_app("published", language)))
    name = t.of(CASE.name)
    assert ratios[t("published.here", case=name)] == t.number(13.47)
    assert ratios[t("published.prudent", case=name)] == t.number(
        evaluate(prudent(CASE)).ratio, decimals=2
    )


@languages
@pytest.mark.parametrize(
    ("perspective", "key"),
    [
        ("leverage-state", "published.leverage"),
        ("society", "published.not_leverage"),
        ("public_finances", "published.not_leverage"),
        ("funder-state", "published.not_leverage"),
    ],
)
def test_says_of_which_point_of_view_the_ratio_is(language, perspective, key):
    t = words_in(language)
    app = open_app("published", language, perspective=perspective)
    seen_from = perspective_label(perspective, CASE, t)
    assert t(key, perspective=seen_from) in shown(app)


@languages
def test_a_case_to_fill_shows_the_studies_and_says_that_its_ratio_will_come(language):
    t, app = words_in(language), open_app("published", language, case="adulte_relais")
    assert not app.exception
    assert app.title[0].value == t("published.title_undefined")
    assert t("published.to_fill") in shown(app)
    assert len(drawn(app)) == len(published_ratios().studies) + 2
    assert "nan" not in shown(app).lower().split()


def test_a_question_beside_the_picture_changes_the_scenario():
    app = open_app("published", "fr")
    app.radio(key="published:perspective").set_value("funder-state").run()
    assert app.query_params["perspective"] in ("funder-state", ["funder-state"])
    app.toggle(key="published:footprint").set_value(True).run()
    assert app.query_params["footprint"] in ("without", ["without"])
    assert not app.exception


def of(kind, ratio):
    return Landmark(
        kind=kind, label=kind, written=f"{ratio:g}", low=ratio, high=ratio, origin=Html("")
    )


def test_a_ratio_beyond_all_others_does_not_crush_them():
    known = [of("study", 2.0), of("highest", 40.0)]
    assert axis(known) == (0, 40)
    assert axis([*known, of("here", 1_000.0)]) == (0, 60)  # 1.5 times the highest
    assert axis([*known, of("here", -3.0)]) == (-3, 40)
    written = places([*known, of("here", 1_000.0)], (5.0, 6.0), written=str)
    assert re.findall(r'<i style="left:([\d.]+)%', written) == ["100.00", "66.67", "3.33"]
