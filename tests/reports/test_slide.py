"""The slide: the model's numbers in a chart that can be edited, words in one language."""

from io import BytesIO
from math import fsum

import pytest
from openpyxl import load_workbook
from pptx import Presentation
from pptx.oxml.ns import qn

from reports.slide import MOST_BARS, slide
from roi_model import evaluate, simulate
from roi_model.checks import check, rules
from tests.reports.scenarios import (
    ADDRESS,
    COMMAND,
    DAY,
    FORMULA,
    PROMEVIL,
    SCRIPT,
    TO_FILL,
    named_by_a_stranger,
)
from tests.roi_model.building import amount, case, cost
from ui.sentences import finding_text
from ui.words import LANGUAGES, words_in

languages = pytest.mark.parametrize("language", LANGUAGES)


def opened(scenario, language="fr", **stated):
    (page,) = Presentation(BytesIO(slide(scenario, language=language, today=DAY, **stated))).slides
    return page


def chart_of(page):
    (found,) = [shape.chart for shape in page.shapes if shape.has_chart]
    return found


def said(page):
    return "\n".join(shape.text_frame.text for shape in page.shapes if shape.has_text_frame)


def bars(chart):
    (plot,) = chart.plots
    (series,) = plot.series
    return dict(zip(plot.categories, series.values, strict=True))


def table(chart):
    """Return the cells of the workbook that the chart is edited in."""
    book = load_workbook(BytesIO(chart.part.chart_workbook.xlsx_part.blob))
    return [list(row) for row in book.active.iter_rows(min_row=2)]


@languages
def test_the_chart_holds_the_numbers_of_the_model(language):
    t, evaluation = words_in(language), evaluate(PROMEVIL)
    labels = {one.id: t.of(one.label) for one in PROMEVIL.outcomes}
    expected = {labels[row.outcome]: row.present_value for row in evaluation.by_outcome}
    chart = chart_of(opened(PROMEVIL, language))
    assert bars(chart) == expected
    assert {label.value: value.value for label, value, _ in table(chart)} == expected
    assert list(bars(chart).values()) == sorted(expected.values(), reverse=True)


@languages
def test_says_the_sentence_three_figures_the_interval_and_the_point_of_view(language):
    t, evaluation, page = words_in(language), evaluate(PROMEVIL), opened(PROMEVIL, language)
    one_euro = t.of(PROMEVIL.stakeholder("state").one_euro)
    ratio = t.ratio(evaluation.ratio)
    assert page.shapes.title.text == t("headline.leverage", one_euro=one_euro, ratio=ratio)
    for figure in ("present_value_costs", "present_value_benefits", "net_present_value"):
        assert t.short_euros(getattr(evaluation, figure)) in said(page)
    interval = simulate(PROMEVIL).interval()
    assert t.ratio(interval.low.value) in said(page)
    assert t.ratio(interval.high.value) in said(page)
    funder = t.of(PROMEVIL.stakeholder("state").name)
    assert t("perspective.leverage", funder=funder) in said(page)
    assert t.date(DAY) in said(page)


@languages
def test_the_chart_is_described_for_who_cannot_see_it(language):
    t, page = words_in(language), opened(PROMEVIL, language)
    (frame,) = [shape for shape in page.shapes if shape.has_chart]
    heard = frame._element.find(f".//{qn('p:cNvPr')}").get("descr")
    for row in evaluate(PROMEVIL).by_outcome:
        assert t.short_euros(row.present_value) in heard


@languages
def test_every_text_says_its_language(language):
    page, tag = opened(PROMEVIL, language), {"fr": "fr-FR", "en": "en-GB"}[language]
    roots = (page._element, page.notes_slide._element, chart_of(page)._chartSpace)
    runs = [run for root in roots for run in root.iter(qn("a:r"))]
    assert len(runs) > 10
    assert {run.find(qn("a:rPr")).get("lang") for run in runs} == {tag}
    assert chart_of(page)._chartSpace.find(qn("c:lang")).get("val") == tag


@languages
def test_the_notes_hold_what_must_be_said_beside_it(language):
    t, page = words_in(language), opened(PROMEVIL, language, address=ADDRESS)
    notes = page.notes_slide.notes_text_frame.text
    assert t.ratio(evaluate(PROMEVIL).basis("itemised").ratio) in notes
    known = {rule.id: rule for rule in rules()}
    for finding in check(PROMEVIL):
        assert finding_text(PROMEVIL, known[finding.rule], finding, t) in notes
    assert ADDRESS in notes


def test_the_source_is_a_link_to_the_calculation():
    links = [
        run.hyperlink.address
        for shape in opened(PROMEVIL, address=ADDRESS).shapes
        if shape.has_text_frame
        for paragraph in shape.text_frame.paragraphs
        for run in paragraph.runs
        if run.hyperlink.address
    ]
    assert links == [ADDRESS]


def test_what_has_no_room_is_summed_in_the_last_bar():
    # 1 + 2 + … + 12: the seven largest stand alone, 1 + 2 + 3 + 4 + 5 = 15 together
    many = [amount(f"line_{euros}", euros) for euros in range(1, 13)]
    scenario = case(outcomes=many, costs=[cost("aid", 10)])
    chart = chart_of(opened(scenario))
    found = list(bars(chart).values())
    assert len(found) == MOST_BARS
    assert found == [12, 11, 10, 9, 8, 7, 6, 15]
    assert fsum(found) == evaluate(scenario).present_value_benefits


def test_names_are_texts_and_never_formulas():
    page = opened(named_by_a_stranger())
    chart = chart_of(page)
    assert FORMULA.replace("'", "’") in bars(chart)
    assert {label.data_type for label, *_ in table(chart)} == {"s"}
    assert SCRIPT in said(page)
    assert COMMAND not in said(page)
    assert not any("\x07" in label for label in bars(chart))


@languages
def test_a_template_says_what_is_missing_instead(language):
    t, page = words_in(language), opened(TO_FILL, language)
    assert not any(shape.has_chart for shape in page.shapes)
    assert page.shapes.title.text == t("headline.awaits_both")
    assert t("documents.slide_to_fill") in said(page)
    assert "—" not in said(page)
    assert "nan" not in said(page).split()


def test_a_loss_keeps_its_sign_and_long_names_are_cut():
    name = "Une perte dont le nom est bien trop long pour tenir à côté d'une barre"
    loss = amount("loss", -2_000_000) | {"label": name}
    scenario = case(outcomes=[amount("gain", 3_000_000), loss], costs=[cost("aid", 10)])
    chart = chart_of(opened(scenario))
    *_, (label, value) = bars(chart).items()
    assert value == -2_000_000
    assert label.endswith("…")
    assert name.startswith(label.removesuffix("…").replace("’", "'"))
    positive, negative = chart.plots[0].data_labels.number_format.split(";")
    assert negative == f"\\-{positive}"
    assert chart.value_axis.minimum_scale < -2_000_000
