"""The page of many associations: a table opened, corrected, evaluated, drawn and taken away."""

import base64
import json
import re
import time

import numpy as np
import plotly.graph_objects
import pytest

from roi_model import ScenarioError
from roi_model.portfolio_columns import matches_of
from roi_model.portfolio_evaluation import evaluate_portfolio
from roi_model.portfolio_files import portfolio_from
from roi_model.portfolio_funds import chance_of_gain, moved_funds
from roi_model.portfolio_groups import MOST_GROUPS
from roi_model.portfolio_ranking import MOST_RANKED, ranking
from roi_model.portfolio_simulation import simulate_portfolio
from roi_model.portfolio_tables import table_from
from roi_model.templates import load_template
from tests.pages.opening import components, go_to, htmls, open_app, press, shown, tables
from ui import portfolio_file, portfolio_funds, portfolio_run, portfolio_table, portfolio_visit
from ui.portfolio_chart import Point, funnel
from ui.portfolio_shelf import SHELF, new_token
from ui.portfolio_visit import TABLE
from ui.theme import LIGHT
from ui.words import LANGUAGES, NO_BREAK, words_in

TEMPLATE = "adulte_relais"
HEADINGS = (
    "id;Nom;Région;Postes [state_aid];Reste (k€) [employer_payment];"
    "Habitants [quiet_nights.people];Heures [police_time.hours]\n"
)
ROWS = (
    "A1;<b>Gras</b> *étoile*;Bretagne;4;36,5;120;3000\n"
    "A2;Deux;Bretagne;2;18;5;1500\n"
    "A3;Trois;Normandie;6;60;250;800\n"
)
FAULTY = "A4;Quatre;Normandie;6;60;-5;80\nA1;Cinq;Normandie;6;60;5;80\nA6;Six;;x <i>;1;1;1\n"


def held(text: str, name: str = "t.csv") -> str:
    """Hold a table as if it was opened, and return the token of its visit."""
    content, token = text.encode(), new_token()
    rows = len(portfolio_table.table_in(name, content).rows)
    opened = portfolio_table.Opened(name=name, content=content, rows=rows, digest=text)
    assert SHELF.place(token, TABLE, opened, is_source=True)
    return token


def with_table(text: str, language: str = "fr"):
    """Open the page with a table, as the callback of the file control does it."""
    app = open_app("portfolio", language, case=TEMPLATE)
    # AppTest cannot set the value of the control itself.
    app.session_state[portfolio_visit.TOKEN] = held(text)
    return app.run()


def expected(text: str):
    """Return the evaluation that the model makes of a table."""
    template = load_template(TEMPLATE)
    table = table_from(text.encode(), name="t.csv")
    return evaluate_portfolio(portfolio_from(table, template, matches_of(table, template)))


def draw(app):
    """Ask for the draws, and wait until they are made."""
    press(app, words_in("fr")("portfolio.draw"))
    for _ in range(100):
        time.sleep(0.1)
        app.run()
        if "portfolio_draw" not in [one.key for one in app.button] and not app.get("progress"):
            return app
    raise TimeoutError


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_table_says_what_it_is_for_and_how_long_a_table_is_kept(language):
    app, t = open_app("portfolio", language), words_in(language)
    assert not app.exception
    assert app.title[0].value == t("portfolio.sentence_before")
    assert t("portfolio.keep_your_file") in shown(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentence_and_the_groups_are_those_of_the_model(language):
    app, t = with_table(HEADINGS + ROWS, language), words_in(language)
    evaluation = expected(HEADINGS + ROWS)
    assert not app.exception
    assert t.ratio(evaluation.totals.ratio) in app.title[0].value
    groups = evaluation.totals_by("Région")
    (rows,) = [rows for caption, rows in tables(app).items() if caption == t("portfolio.groups")]
    assert [(row[0], row[-1]) for row in rows] == [
        (name, t.ratio(one.ratio)) for name, one in groups.items()
    ]


def test_groups_of_any_column_have_an_interval_once_drawn():
    heading, *lines = many(40).splitlines()
    lines = [f"{line};{'un' if at % 2 else 'deux'}" for at, line in enumerate(lines)]
    t, rows = words_in("fr"), "\n".join([f"{heading};Type", *lines])
    app = draw(with_table(rows))
    portfolio = expected(rows).portfolio
    offered = app.selectbox(key="portfolio_group_field").options
    assert offered == ["Région", "Type"]
    found = simulate_portfolio(portfolio, 1_024, by=offered).by_group
    for column in offered:
        app.selectbox(key="portfolio_group_field").set_value(column).run()
        assert not app.exception
        shown_rows = {row[0]: row[-2:] for row in tables(app)[t("portfolio.groups")]}
        for name, one in found[column].items():
            between = t("portfolio.between", low=t.ratio(one.low), high=t.ratio(one.high))
            chances = t.percent(one.probability_above, decimals=0)
            assert shown_rows[name] == [between, chances]
            assert t.ratio(one.low) in "".join(htmls(app))


def test_columns_are_drawn_by_as_long_as_there_is_room():
    few, most = ("a", "b"), tuple(map(str, range(MOST_GROUPS - 1)))
    offered = {"one": few, "other": most, "third": few}
    assert portfolio_run.columns_drawn(offered) == ("one", "third")


def test_texts_of_the_table_are_shown_as_typed():
    app = with_table(HEADINGS + ROWS + FAULTY)
    said = "".join(htmls(app))
    assert "&lt;b&gt;Gras&lt;/b&gt; *étoile*" in said
    assert "x &lt;i&gt;" in said
    assert "<b>Gras" not in said


def test_faulty_rows_are_listed_and_the_others_kept():
    app, t = with_table(HEADINGS + ROWS + FAULTY), words_in("fr")
    rows = tables(app)[t("portfolio.faults")]
    assert [row[0] for row in rows] == [f"ligne{NO_BREAK}{line}" for line in (5, 6, 7)]
    assert rows[0][1] == "Habitants [quiet_nights.people]"
    assert rows[0][3] == t("portfolio.allowed_at_least", low=t.value(0, "person"))
    kept = t.counted("portfolio.rows_kept", 3, number="3")
    assert t.counted("portfolio.left_out", 3, number="3", kept=kept) in shown(app)


def test_a_table_without_a_good_row_says_why_and_shows_no_result():
    app, t = with_table(HEADINGS + FAULTY.splitlines(keepends=True)[0]), words_in("fr")
    assert not app.exception
    assert app.title[0].value == t("portfolio.sentence_before")
    assert any('role="alert"' in one for one in htmls(app))


@pytest.mark.parametrize("headings", [("Seule",), ("<b>Une", "deux"), ("a", "b", "c")])
def test_a_table_of_which_no_column_is_known_says_what_headings_were_read(headings):
    app, t = with_table(";".join(headings) + "\n" + ";".join("1" for _ in headings)), words_in("fr")
    assert not app.exception
    read = t("chart.separator").join(headings)
    (row,) = tables(app)[t("portfolio.faults")]
    assert row[2] == t("portfolio.fault_no_column", received=read)


def test_a_table_of_one_row_is_shown_and_drawn():
    one = HEADINGS + ROWS.splitlines(keepends=True)[0]
    app = draw(with_table(one))
    assert not app.exception
    found = simulate_portfolio(expected(one).portfolio, 1_024).programme.interval()
    assert words_in("fr").ratio(found.low.value) in app.title[0].value


def test_a_column_is_corrected_and_the_result_follows():
    app, t = with_table(HEADINGS + ROWS), words_in("fr")
    before = app.title[0].value
    app.selectbox(key="portfolio_column_5").set_value("").run()
    assert not app.exception
    assert app.title[0].value != before
    assert t("portfolio.how_given") in shown(app)


def test_the_filter_is_followed_by_the_sentence_and_kept_on_another_page():
    app, t = with_table(HEADINGS + ROWS), words_in("fr")
    app.selectbox(key="portfolio_filter_field").set_value("Région").run()
    app.multiselect(key="portfolio_filter_kept_field").set_value(["Normandie"]).run()
    ratio = expected(HEADINGS + ROWS).totals_by("Région")["Normandie"].ratio
    assert t.ratio(ratio) in app.title[0].value
    app = go_to(go_to(app, "uncertainty"), "portfolio")
    assert t.ratio(ratio) in app.title[0].value


def test_ranks_come_with_their_intervals_and_a_warning_once_drawn():
    app, t = with_table(HEADINGS + ROWS), words_in("fr")
    assert "rank" not in app.selectbox(key="portfolio_order_field").options
    draw(app)
    app.selectbox(key="portfolio_order_field").set_value("rank").run()
    assert not app.exception
    assert t("portfolio.ranking_warning") in shown(app)
    rows = tables(app)[t("portfolio.table")]
    assert [row[3] for row in rows] == ["1", "2", "3"]
    simulation = simulate_portfolio(expected(HEADINGS + ROWS).portfolio, 1_024)
    first = int(np.argmax(simulation.median))
    assert rows[0][5] == t.ratio(float(simulation.median[first]))


def many(rows: int) -> str:
    """Return a table of associations that all differ."""
    lines = [
        f"A{one};Nom {one};{('Île', 'Zélande', 'Bretagne')[one % 3]};{1 + one % 7};{30 + one % 11};"
        f"{100 + one};{1000 + 7 * one % 900}\n"
        for one in range(rows)
    ]
    return HEADINGS + "".join(lines)


def test_more_rows_than_can_be_ranked_together_are_ranked_page_by_page():
    rows = MOST_RANKED + 20
    app, t = draw(with_table(many(rows))), words_in("fr")
    app.selectbox(key="portfolio_order_field").set_value("rank").run()
    press(app, t("portfolio.after"))
    assert not app.exception
    said = t.number(51), t.number(100), t.number(rows)
    holes = dict(zip(("first", "last", "of"), said, strict=True))
    assert t("portfolio.from_to_of", **holes) in shown(app)
    assert t("portfolio.ranking_warning") in shown(app)
    simulation = simulate_portfolio(expected(many(rows)).portfolio, 1_024)
    in_order = np.argsort(-simulation.median, kind="stable")
    shown_rows = tables(app)[t("portfolio.table")]
    assert [row[3] for row in shown_rows] == [t.number(one) for one in range(51, 101)]
    assert shown_rows[0][0] == f"A{in_order[50]}"
    assert shown_rows[0][5] == t.ratio(float(simulation.median[in_order[50]]))
    pair = ranking(simulation, in_order[[99, 100]].tolist())  # the last shown, and the next
    assert shown_rows[-1][7] == t.percent(pair.rows[0].wrong_order, decimals=0)
    last = in_order[99]
    overlapping = (simulation.low <= simulation.high[last]) & (
        simulation.high >= simulation.low[last]
    )
    assert shown_rows[-1][4] == t.number(int(overlapping.sum()) - 1)


def test_the_associations_are_put_in_the_order_of_the_low_end_with_the_warning():
    app, t = draw(with_table(HEADINGS + ROWS)), words_in("fr")
    app.selectbox(key="portfolio_order_field").set_value("low").run()
    simulation = simulate_portfolio(expected(HEADINGS + ROWS).portfolio, 1_024)
    rows = tables(app)[t("portfolio.table")]
    ids = simulation.portfolio.ids[np.argsort(-simulation.low)]
    assert [row[0] for row in rows] == list(ids)
    assert t("portfolio.ranking_warning") in shown(app)


def test_links_at_the_top_lead_to_what_stands_far_below():
    app = with_table(HEADINGS + ROWS)
    said = "".join(htmls(app))
    assert re.findall(r'href="#(portfolio-\w+)"', said) == re.findall(r'<h2 id="([\w-]+)"', said)
    assert len(re.findall(r'href="#portfolio', said)) == 3
    assert 'href="#portfolio' not in "".join(htmls(open_app("portfolio", "fr")))


def test_an_association_is_found_by_what_the_table_says_of_it_accents_apart():
    app, t = with_table(many(60)), words_in("fr")
    app.text_input(key="portfolio_search").set_value("zelande").run()
    assert {row[2] for row in tables(app)[t("portfolio.table")]} == {"Zélande"}
    app.text_input(key="portfolio_search").set_value("nulle part").run()
    assert t("portfolio.none_found") in shown(app)


def test_groups_stand_in_the_order_of_a_dictionary():
    app, t = with_table(many(9)), words_in("fr")
    groups = [row[0] for row in tables(app)[t("portfolio.groups")]]
    assert groups == ["Bretagne", "Île", "Zélande"]
    app.selectbox(key="portfolio_order_field").set_value("label_1").run()
    regions = [row[2] for row in tables(app)[t("portfolio.table")]]
    assert regions == ["Bretagne"] * 3 + ["Île"] * 3 + ["Zélande"] * 3


@pytest.mark.parametrize("perspective", ["public_finances", "funder-state", "leverage-state"])
def test_the_point_of_view_is_followed_by_figures_draws_and_files(perspective):
    app, t = draw(with_table(HEADINGS + ROWS)), words_in("fr")
    before = app.title[0].value
    app.selectbox(key="portfolio_perspective_field").set_value(perspective).run()
    seen = evaluate_portfolio(expected(HEADINGS + ROWS).portfolio.seen_from(perspective))
    assert app.title[0].value != before
    assert t.ratio(seen.totals.ratio) in app.title[0].value
    assert "portfolio_draw" in [one.key for one in app.button]  # the others' draws are not its own
    draw(app)
    found = simulate_portfolio(seen.portfolio, 1_024).programme.interval()
    assert t.ratio(found.low.value) in app.title[0].value


def test_the_funds_that_move_are_those_of_the_model_and_nobody_is_named_before_the_draws():
    app, t = with_table(HEADINGS + ROWS), words_in("fr")
    found = moved_funds(expected(HEADINGS + ROWS), away=0.1, towards=0.2, elasticity=0.8)
    assert t.short_euros(found.gain) in [one.value for one in app.metric]
    assert t("portfolio.funds_unsure") in shown(app)
    giving, receiving = (sum(one.added_costs * sign > 0 for one in found.moves) for sign in (-1, 1))
    captions = {
        t("portfolio.giving", number=t.number(giving)),
        t("portfolio.receiving", number=t.number(receiving)),
    }
    assert not captions & tables(app).keys()
    draw(app)
    simulation = simulate_portfolio(expected(HEADINGS + ROWS).portfolio, 1_024)
    chance = chance_of_gain(simulation, found, elasticity=0.8)
    metrics = {one.label: one.value for one in app.metric}
    assert metrics[t("portfolio.funds_chance")] == t.percent(chance, decimals=0)
    assert captions <= tables(app).keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_nothing_is_deducted_for_stands_under_the_figures(language):
    app, t = with_table(HEADINGS + ROWS, language), words_in(language)
    names = ("deadweight", "displacement", "attribution")
    shares = t("chart.separator").join(t(f"uncertainty.left_out_{one}") for one in names)
    assert t("portfolio.not_deducted", shares=shares) in shown(app)
    lines = (HEADINGS + ROWS).splitlines()
    typed = "\n".join([f"{lines[0]};deadweight", *(f"{one};0,1" for one in lines[1:])])
    assert t("uncertainty.left_out_deadweight") not in shown(with_table(typed, language))


def test_a_file_that_is_no_table_is_refused_with_the_reason():
    app, t = open_app("portfolio", "fr", case=TEMPLATE), words_in("fr")
    with pytest.raises(ScenarioError) as raised:
        portfolio_table.table_in("<b>vide.csv", b"id;a\n")
    app.session_state[portfolio_table.REFUSED] = raised.value
    app.run()
    assert t("portfolio.fault_file_without_rows") in shown(app)
    assert any("&lt;b&gt;vide.csv" in one for one in htmls(app))
    assert not any("<b>vide" in one for one in htmls(app))


def chosen_from(text: str):
    """Return the associations of a table as the page holds them."""
    evaluation = expected(text)
    read = portfolio_table.Reading(
        key="k",
        source="t.csv",
        template=load_template(TEMPLATE),
        matches=(),
        problems=(),
        portfolio=evaluation.portfolio,
    )
    return portfolio_table.Chosen(key="k", reading=read, evaluation=evaluation)


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_the_results_are_taken_away_with_their_intervals(ending):
    chosen = chosen_from(HEADINGS + ROWS)
    simulation = simulate_portfolio(chosen.portfolio, 1_024)
    content = portfolio_funds.results(words_in("en"), chosen, simulation, ending)
    back = table_from(content, name=f"r.{ending}")
    heading = "ratio_low" if ending == "parquet" else "Ratio, low end of the 90% interval"
    low = back.column(back.headings.index(heading))
    assert [float(one) for one in low] == pytest.approx(simulation.low.tolist())


def test_the_funnel_draws_the_ratio_of_each_association_and_is_a_figure_of_plotly():
    evaluation = expected(HEADINGS + ROWS)
    points = [
        Point(cost=cost, ratio=ratio, words="")
        for cost, ratio in zip(evaluation.costs, evaluation.ratios, strict=True)
    ]
    figure = funnel(
        points,
        programme=evaluation.totals.ratio,
        label="",
        names=("", ""),
        cost_written=str,
        ratio_written=str,
        colours=LIGHT,
    )
    assert figure["data"][0]["y"] == evaluation.ratios.tolist()
    assert figure["layout"]["shapes"][0]["y0"] == evaluation.totals.ratio
    plotly.graph_objects.Figure(figure)


def test_draws_that_wait_for_their_turn_can_be_stopped():
    with portfolio_run.TURNS, portfolio_run.TURNS:
        run = portfolio_run.Run(
            expected(HEADINGS + ROWS).portfolio, 1_024, "none", (), lambda: None
        )
        assert not run.is_over
        run.stop()
        run.join()
    assert run.is_over
    assert run.result is None


# --- Where a table is held ---------------------------------------------------------------------


def test_the_visit_itself_holds_nothing_but_the_token_and_what_was_chosen():
    app = draw(with_table(many(300)))
    app.selectbox(key="portfolio_order_field").set_value("rank").run()
    ours = {one: app.session_state[one] for one in app.session_state if "portfolio" in one}
    # Components and buttons apart, it is plain words and numbers.
    written = json.dumps(ours, default=lambda one: f"not plain: {type(one)}")
    assert "not plain" not in written
    assert len(written) < 3_000


def test_a_table_that_is_no_longer_held_is_asked_again_and_what_was_chosen_stays():
    app, t = with_table(HEADINGS + ROWS), words_in("fr")
    app.radio(key="portfolio_common_field").set_value("all").run()
    SHELF.clear(app.session_state[portfolio_visit.TOKEN])
    app.run()
    assert not app.exception
    assert app.title[0].value == t("portfolio.sentence_before")
    assert t("portfolio.gone") in shown(app)
    (kept,) = components(app, "kept_tab")
    assert (kept["text"], kept["is_new"]) == ("", False)
    app.session_state[portfolio_visit.TOKEN] = held(HEADINGS + ROWS)
    app.run()
    assert app.radio(key="portfolio_common_field").value == "all"


def test_a_table_that_takes_more_memory_than_there_is_is_refused(monkeypatch):
    token, t = held(many(2_000)), words_in("fr")
    monkeypatch.setattr(SHELF, "most_bytes", 1_500_000)
    app = open_app("portfolio", "fr", case=TEMPLATE)
    app.session_state[portfolio_visit.TOKEN] = token
    app.run()
    assert not app.exception
    assert t("portfolio.fault_file_needs_memory", received="t.csv") in shown(app)
    assert SHELF.find(token, TABLE) is None


def test_many_visits_are_held_within_the_bound_and_each_still_has_its_table(monkeypatch):
    monkeypatch.setattr(SHELF, "most_bytes", 6_000_000)
    apps = []
    for visit in range(6):
        apps.append(with_table(many(2_000 + visit)))
        assert SHELF.held <= SHELF.most_bytes
    for visit, app in enumerate(apps):
        assert words_in("fr").number(2_000 + visit) in app.run().title[0].value
        assert SHELF.held <= SHELF.most_bytes


def part(position: int, content: bytes, token: str = "1", count: int = 2):
    """Return a part as the browser sends it."""
    written = base64.b64encode(content).decode()
    return {"token": token, "position": position, "count": count, "content": written}


def test_a_file_in_parts_is_joined_in_order():
    kept, whole = portfolio_file.joined(None, part(0, b"id;a\n"))
    assert whole is None
    kept, whole = portfolio_file.joined(kept, part(1, b"1;2\n"))
    assert whole == b"id;a\n1;2\n"
    assert kept.content == ()


@pytest.mark.parametrize(
    "odd", [part(2, b"x"), part(1, b"x", token="2"), {"position": 1, "content": "%"}, {}]
)
def test_a_part_that_is_not_the_next_changes_nothing(odd):
    kept, _ = portfolio_file.joined(None, part(0, b"id;a\n"))
    assert portfolio_file.joined(kept, odd) == (kept, None)


def test_a_part_after_those_that_there_was_no_room_for_is_told_lost():
    kept, whole = portfolio_file.joined(None, part(1, b"1;2\n"))
    assert (kept.is_lost, kept.token, whole) == (True, "1", None)
    again, _ = portfolio_file.joined(kept, part(0, b"id;a\n"))
    assert not again.is_lost
