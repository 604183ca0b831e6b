"""The page of many associations: a table opened, corrected, evaluated, drawn and taken away."""

import base64
import time

import numpy as np
import plotly.graph_objects
import pytest

from roi_model import ScenarioError
from roi_model.portfolio import evaluate_portfolio
from roi_model.portfolio_columns import matches_of
from roi_model.portfolio_files import portfolio_from
from roi_model.portfolio_funds import moved_funds
from roi_model.portfolio_simulation import simulate_portfolio
from roi_model.portfolio_tables import table_from
from roi_model.templates import load_template
from tests.pages.opening import go_to, htmls, open_app, press, shown, tables
from ui import portfolio_file, portfolio_funds, portfolio_run, portfolio_table
from ui.portfolio_chart import Point, funnel
from ui.theme import LIGHT
from ui.words import LANGUAGES, words_in

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


def with_table(text: str, language: str = "fr"):
    """Open the page with a table, as the callback of the file control does it."""
    app = open_app("portfolio", language, case=TEMPLATE)
    # AppTest cannot set the value of the control itself.
    app.session_state[portfolio_table.TABLE] = portfolio_table.opened_from(
        text.encode(), name="t.csv"
    )
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
def test_without_a_table_says_what_it_is_for_and_that_the_file_is_asked_again(language):
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


def test_texts_of_the_table_are_shown_as_typed():
    app = with_table(HEADINGS + ROWS + FAULTY)
    said = "".join(htmls(app))
    assert "&lt;b&gt;Gras&lt;/b&gt; *étoile*" in said
    assert "x &lt;i&gt;" in said
    assert "<b>Gras" not in said


def test_faulty_rows_are_listed_and_the_others_kept():
    app, t = with_table(HEADINGS + ROWS + FAULTY), words_in("fr")
    rows = tables(app)[t("portfolio.faults")]
    assert [row[0] for row in rows] == ["ligne 5", "ligne 6", "ligne 7"]
    assert rows[0][1] == "Habitants [quiet_nights.people]"
    assert rows[0][3] == t("portfolio.allowed_at_least", low=t.value(0, "person"))
    kept = t.counted("portfolio.rows_kept", 3, number="3")
    assert t.counted("portfolio.left_out", 3, number="3", kept=kept) in shown(app)


def test_a_table_without_a_good_row_says_why_and_shows_no_result():
    app, t = with_table(HEADINGS + FAULTY.splitlines(keepends=True)[0]), words_in("fr")
    assert not app.exception
    assert app.title[0].value == t("portfolio.sentence_before")
    assert any('role="alert"' in one for one in htmls(app))


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


def test_the_funds_that_move_are_those_of_the_model():
    app, t = with_table(HEADINGS + ROWS), words_in("fr")
    found = moved_funds(expected(HEADINGS + ROWS), away=0.1, towards=0.2, elasticity=0.8)
    assert t.short_euros(found.gain) in [one.value for one in app.metric]


def test_a_file_that_is_no_table_is_refused_with_the_reason():
    app, t = open_app("portfolio", "fr", case=TEMPLATE), words_in("fr")
    with pytest.raises(ScenarioError) as raised:
        portfolio_table.opened_from(b"id;a\n", name="<b>vide.csv")
    app.session_state[portfolio_table.REFUSED] = raised.value
    app.run()
    assert t("portfolio.fault_file_without_rows") in shown(app)
    assert any("&lt;b&gt;vide.csv" in one for one in htmls(app))
    assert not any("<b>vide" in one for one in htmls(app))


def chosen_from(text: str):
    """Return the associations of a table as the page holds them."""
    template = load_template(TEMPLATE)
    evaluation = expected(text)
    read = portfolio_table.Reading(
        key="k",
        source="t.csv",
        rows=len(evaluation.portfolio),
        template=template,
        matches=(),
        problems=(),
        evaluation=evaluation,
    )
    return portfolio_table.Chosen(key="k", reading=read, evaluation=evaluation)


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_the_results_are_taken_away_with_their_intervals(ending):
    chosen = chosen_from(HEADINGS + ROWS)
    simulation = simulate_portfolio(chosen.portfolio, 1_024)
    content = portfolio_funds.results(words_in("en"), chosen, simulation, ending)
    back = table_from(content, name=f"r.{ending}")
    low = back.column(back.headings.index("ratio_low"))
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
        run = portfolio_run.Run(expected(HEADINGS + ROWS).portfolio, 1_024, "none")
        assert not run.is_over
        run.stop()
        run.join()
    assert run.is_over
    assert run.result is None


def part(position: int, content: bytes, token: str = "1", count: int = 2):
    """Return a part as the browser sends it."""
    written = base64.b64encode(content).decode()
    return {"token": token, "position": position, "count": count, "content": written}


def test_a_file_in_parts_is_joined_in_order():
    kept, whole = portfolio_file.joined(None, part(0, b"id;a\n"))
    assert whole is None
    kept, whole = portfolio_file.joined(kept, part(1, b"1;2\n"))
    assert whole == b"id;a\n1;2\n"
    assert kept.content == b""


@pytest.mark.parametrize(
    "odd", [part(2, b"x"), part(1, b"x", token="2"), {"position": 1, "content": "%"}, {}]
)
def test_a_part_that_is_not_the_next_changes_nothing(odd):
    kept, _ = portfolio_file.joined(None, part(0, b"id;a\n"))
    assert portfolio_file.joined(kept, odd) == (kept, None)
