"""Mediation in figures: what is drawn, tabled and given away says the same."""

import csv
import io

import pytest

from roi_model.reference_data import mediation_in_figures
from tests.pages.opening import htmls, open_app, shown, tables
from tests.ui.reading_html import Tree
from ui.context import GROUPS, as_csv, written
from ui.context_chart import Bar, Row, bar_list
from ui.words import LANGUAGES, words_in

MEDIATION = mediation_in_figures()
languages = pytest.mark.parametrize("language", LANGUAGES)
WITH_FIGURES = [group for group in MEDIATION.groups if group.stated]


def test_every_group_of_the_data_is_shown():
    assert {group.id for group in MEDIATION.groups} == set(GROUPS)


@languages
class TestThePage:
    def test_tables_every_figure_with_its_source_and_its_year(self, language):
        t, app = words_in(language), open_app("context", language)
        assert not app.exception
        found = tables(app)
        for group in WITH_FIGURES:
            rows = found[t(f"context.{group.id}")]
            assert [row[:3] for row in rows] == [
                [t.of(one.label), written(t, one), str(one.year)] for one in group.stated
            ]
        page = "".join(htmls(app))
        for source in MEDIATION.sources.values():
            assert f'href="{source.url}"'.replace("&", "&amp;") in page

    def test_draws_nothing_that_its_tables_do_not_say(self, language):
        app = open_app("context", language)
        tabled = {row[1] for rows in tables(app).values() for row in rows}
        drawn = [
            value
            for piece in htmls(app)
            if 'class="plain facts"' in piece
            for value in Tree(piece).all("b")
        ]
        # 2 + 2 in the sector, 1 at school, 3 + 4 + 10 + 4 in telecommunications, 4 + 3 online
        assert len(drawn) == 33
        assert set(drawn) <= tabled

    def test_says_what_the_figures_cannot_say(self, language):
        t, text = words_in(language), shown(open_app("context", language))
        assert text.count(t("context.limits")) == len(GROUPS)
        for wanted in (t.number(4_877), t.number(5_484)):  # without fibre, and with it
            assert wanted in text

    def test_offers_a_file_for_each_group_with_figures(self, language):
        app = open_app("context", language)
        buttons = app.main.get("download_button")
        t = words_in(language)
        assert [one.proto.label for one in buttons] == [t("context.download")] * len(WITH_FIGURES)

    def test_opens_on_a_case_to_fill(self, language):
        assert not open_app("context", language, case="adulte_relais").exception


@languages
@pytest.mark.parametrize("group", WITH_FIGURES, ids=lambda one: one.id)
def test_a_file_gives_back_the_figures_in_the_readers_language(language, group):
    t = words_in(language)
    content = as_csv(group, t)
    assert content.startswith(b"\xef\xbb\xbf")
    text = content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";" if language == "fr" else ","))
    assert rows[0][:2] == [t("context.column_figure"), t("context.column_value")]
    assert [row[0] for row in rows[1:]] == [t.of(one.label) for one in group.stated]
    assert [float(row[1]) for row in rows[1:]] == pytest.approx(
        [one.value for one in group.stated], rel=1e-9
    )
    assert all(len(row) == len(rows[0]) and row[2] and row[6] and row[7] for row in rows[1:])


@pytest.mark.parametrize(
    ("group", "figure", "french", "english"),
    [
        ("telecom", "referrals_2016", "+28\u00a0%", "+28%"),
        ("telecom", "referrals_2018", "\u221212\u00a0%", "\u221212%"),
        ("telecom", "opinions_change", "\u22129\u00a0%", "\u22129%"),  # -542 / 6 026 = -8.99 %
        ("telecom", "followed_bouygues", "99,83\u00a0%", "99.83%"),
        ("telecom", "opinions_2018", "5\u202f484\u00a0avis", "5,484\u00a0opinions"),
        ("sector", "lille_after", "16,1\u00a0M€", "€16.1M"),
        ("sector", "lille_before", "11\u00a0M€", "€11M"),  # as it is quoted, and no finer
        ("european_platform", "abroad_points", "8\u00a0points", "8 percentage points"),
    ],
)
def test_a_figure_is_written_in_the_readers_style(group, figure, french, english):
    one = MEDIATION.group(group).figure(figure)
    assert written(words_in("fr"), one).replace(" ", "\u00a0") == french
    assert written(words_in("en"), one) == english


def test_bars_keep_one_scale_and_their_side_of_zero():
    rows = [Row(label="a", bars=(Bar(value=30.0, written="30"), Bar(value=-10.0, written="-10")))]
    styles = Tree(bar_list(rows)).attributes("span", "style")
    # from -10 to 30: zero is at a quarter
    assert [one for one in styles if one] == [
        "left:25.00%;width:75.00%",
        "left:0.00%;width:25.00%",
    ]
    whole = Tree(bar_list(rows[:1], ends=(-10.0, 90.0))).attributes("span", "style")
    assert next(one for one in whole if one) == "left:10.00%;width:30.00%"
