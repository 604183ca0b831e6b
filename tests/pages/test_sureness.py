"""How sure the result is: what a reader asks, and what the page answers in words and pictures."""

import json

import pytest

from roi_model import load_case, simulate
from roi_model.scenario import SETTING_NUMBERS
from roi_model.switching import switching_value
from tests.pages.opening import htmls, open_app, shown, tables, type_in
from tests.roi_model.building import amount, case, cost, number
from tests.ui.reading_html import Tree
from ui import long_run
from ui.labels import label_of
from ui.left_out import left_out_tried
from ui.words import LANGUAGES, words_in

CASE = load_case("promevil")
languages = pytest.mark.parametrize("language", LANGUAGES)


def metrics(app):
    return {one.label: one.value for one in app.metric}


def ask(app, target):
    app.select_slider(key="uncertainty_target").set_value(target).run()
    assert not app.exception
    return app


def chart(app, name):
    (found,) = [one.proto for one in app.main.get("plotly_chart") if name in one.proto.id]
    return json.loads(found.spec), found.alt


class TestTheTarget:
    @languages
    def test_is_at_first_the_mean_of_published_ratios(self, language):
        t, app = words_in(language), open_app("uncertainty", language)
        chances = simulate(CASE).probability_above(5.0).value
        said = metrics(app)[t("uncertainty.reaches", target=t.ratio(5.0))]
        assert said == t.percent(chances, decimals=0)

    @languages
    def test_is_asked_and_answered_in_figures_words_and_picture(self, language):
        t, app = words_in(language), ask(open_app("uncertainty", language), 13.0)
        chances = t.percent(simulate(CASE).probability_above(13.0).value, decimals=0)
        assert metrics(app)[t("uncertainty.reaches", target=t.ratio(13.0))] == chances
        sentence = t("uncertainty.reaching", target=t.ratio(13.0), chances=chances)
        assert sentence in shown(app)
        figure, alt = chart(app, "chart_acceptability")
        assert alt == sentence
        assert figure["data"][1]["x"] == [13.0]

    def test_the_curve_says_what_its_table_says(self):
        t, app = words_in("fr"), ask(open_app("uncertainty", "fr"), 13.0)
        figure, _ = chart(app, "chart_acceptability")
        line = figure["data"][0]
        rows = tables(app)[t("uncertainty.acceptability")]
        drawn = dict(zip(line["x"], line["y"], strict=True))
        assert len(rows) > 4
        for target, written in rows:
            ratio = float(target.replace(",", ".").split()[0])
            near = min(drawn, key=lambda value: abs(value - ratio))
            percent = int(written.split()[0])
            assert abs(100 * drawn[near] - percent) < 6

    def test_falls_from_all_to_none(self):
        figure, _ = chart(open_app("uncertainty", "fr"), "chart_acceptability")
        heights = figure["data"][0]["y"]
        assert heights == sorted(heights, reverse=True)
        assert heights[0] > 0.99
        assert heights[-1] < 0.01


class TestHowFarEachNumberMayGo:
    @languages
    def test_is_said_in_words_and_keeps_the_ratio_on_its_side(self, language):
        t, app = words_in(language), open_app("uncertainty", language)
        found = switching_value(CASE, "state_aid", target=5.0)
        # 20.2 M€ of benefits over 5 is 4.04 M€ of aid
        assert found.value == pytest.approx(4_040_000)
        said = t(
            "uncertainty.at_most",
            label=label_of("state_aid", CASE, t),
            value=t.value(4_040_000, "EUR/year"),
            current=t.value(1_500_000, "EUR/year"),
        )
        assert said in shown(app)

    def test_an_unstated_share_has_no_range_to_be_checked_in(self):
        t, app = words_in("fr"), open_app("uncertainty", "fr")
        items = [
            one for piece in htmls(app) if "sentences" in piece for one in Tree(piece).all("li")
        ]
        of_all = [one for one in items if t("setting.deadweight") in one]
        assert of_all
        assert not any(t("uncertainty.in_range") in one for one in of_all)

    def test_of_a_gain_that_is_not_needed_it_takes_a_loss(self):
        t, app = words_in("fr"), open_app("uncertainty", "fr")
        label = label_of("sncf_savings.savings", CASE, t)
        loss = switching_value(CASE, "sncf_savings.savings", target=5.0).value
        assert loss < 0
        assert any(label in line and "même si" in line for line in shown(app).splitlines())

    def test_lists_every_number_that_has_one(self):
        t, app = words_in("fr"), open_app("uncertainty", "fr")
        labels = [row[0] for row in tables(app)[t("uncertainty.switching")]]
        assert label_of("state_aid", CASE, t) in labels
        assert len(labels) > len(SETTING_NUMBERS)


class TestTwoNumbers:
    def test_are_those_that_decide_and_the_table_holds_their_ratios(self):
        t, app = words_in("fr"), open_app("uncertainty", "fr")
        (grid,) = [piece for piece in htmls(app) if 'class="grid"' in piece]
        tree = Tree(grid)
        bold = tree.all("b")
        assert len(bold) == 2
        assert t.ratio(20.2 / 1.5) in tree.all("td")

    def test_mark_what_falls_short_in_words_too(self):
        t = words_in("fr")
        app = ask(open_app("uncertainty", "fr"), 13.0)
        (grid,) = [piece for piece in htmls(app) if 'class="grid"' in piece]
        short = Tree(grid).all("td", **{"class": "number short"})
        assert short
        assert all(one.startswith("<") for one in short)
        assert t("uncertainty.two_way_note", target=t.ratio(13.0)) in shown(app)

    def test_can_be_chosen_and_are_never_one_and_the_same(self):
        app = open_app("uncertainty", "fr")
        first = app.selectbox(key="two_way_first")
        second = app.selectbox(key="two_way_second")
        assert first.value not in second.options
        taken = second.value
        app.selectbox(key="two_way_first").set_value(taken).run()
        assert not app.exception
        assert app.selectbox(key="two_way_second").value != taken


class TestManyDraws:
    def test_are_made_aside_and_take_the_place_of_the_first(self):
        t, app = words_in("fr"), open_app("uncertainty", "fr")
        app.button_group(key=long_run.KEY).set_value(2**17).run()
        run = long_run._started(CASE.fingerprint, 2**17, CASE)
        run._thread.join(60)
        app.run()
        expected = simulate(CASE, 2**17)
        said = t("uncertainty.how", draws=t.number(expected.draws), numbers="12")
        assert said in shown(app)

    def test_can_be_stopped_without_a_result(self):
        run = long_run.LongRun(CASE, 2**22)
        run.stop()
        run._thread.join(60)
        assert run.is_over
        assert run.result is None


@languages
def test_a_template_says_what_is_missing_and_draws_nothing(language):
    t, app = words_in(language), open_app("uncertainty", language, case="adulte_relais")
    assert not app.exception
    assert t("uncertainty.nothing_varies") in shown(app)
    assert "nan" not in shown(app).lower().split()


class TestWhatTheIntervalLeavesOut:
    @languages
    def test_is_said_with_the_interval_that_there_would_be(self, language):
        t, app = words_in(language), open_app("uncertainty", language)
        interval = simulate(CASE.with_changes({"deadweight": 0.25})).interval()
        low, high = t.ratio(interval.low.value), t.ratio(interval.high.value)
        (said,) = [one for one in shown(app).splitlines() if low in one and high in one]
        for name in ("deadweight", "displacement", "attribution"):
            assert t(f"uncertainty.left_out_{name}") in said

    def test_is_no_longer_said_of_what_is_typed(self):
        t, typed = words_in("en"), {"deadweight": 0.2, "attribution": 0.1}
        moved = simulate(CASE.with_changes(typed | {"displacement": 0.25}))
        said = left_out_tried(CASE.with_changes(typed), moved, 0.25, t)
        assert said.startswith("This interval leaves out what only moved elsewhere: ")
        query = {name: str(value) for name, value in typed.items()}
        assert said in shown(open_app("uncertainty", "en", **query))
        assert "leaves out" not in shown(open_app("uncertainty", "en", **query, displacement="0.1"))


@languages
def test_years_that_end_before_a_cost_begins_are_refused_beside_the_field(language):
    late = cost("second_site", 40) | {"start_year": 3}
    scenario = case(outcomes=[amount("gain", 230)], costs=[late], activity_years=number(5))
    t, app = words_in(language), open_app("inputs", language)
    app.session_state["case"] = app.session_state["scenario"] = scenario
    app.run()
    type_in(app, "activity_years", "2")
    assert not app.exception
    assert app.session_state["scenario"].settings.activity_years.value == 5
    said = t(
        "problem.activity_ends_before_cost",
        label=t("setting.activity_years"),
        received="2",
        allowed="3",
    )
    assert said in shown(app)
