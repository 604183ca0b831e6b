"""Results as CSV: the figures of the model to the last digit, and names that stay."""

import csv
import io
import math

import pytest
from hypothesis import given, settings

from reports.tidy_results import COLUMNS, tidy_results
from roi_model import evaluate, simulate
from tests.reports.scenarios import COMMAND, FORMULA, PROMEVIL, TO_FILL, named_by_a_stranger
from tests.roi_model.strategies import scenarios
from ui.words import LANGUAGES, words_in


def rows(scenario, language="fr"):
    text = tidy_results(scenario, language=language).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def values(found):
    """Return the figures of rows by scope, id and name; what is undefined is NaN."""
    return {(row["scope"], row["id"], row["figure"]): float(row["value"] or "nan") for row in found}


@pytest.fixture(scope="module")
def published():
    return rows(PROMEVIL)


def same(one, other):
    return one == other or (math.isnan(one) and math.isnan(other))


def test_one_figure_a_row_under_names_that_stay(published):
    assert (
        *("scope", "id", "label", "figure", "value", "unit", "perspective", "provenance"),
    ) == COLUMNS
    found = values(published)
    assert len(found) == len(published) > 200
    assert found["whole", "promevil", "present_value_benefits"] == 20_200_000
    assert found["whole", "promevil", "ratio"] == 20_200_000 / 1_500_000


@given(scenario=scenarios(negative=True))
@settings(max_examples=8, deadline=None)
def test_the_figures_are_those_of_the_model_to_the_last_digit(scenario):
    evaluation, written = evaluate(scenario), values(rows(scenario))
    for row in evaluation.by_outcome:
        for figure in ("gross_value", "impact", "present_value", "kept_share", "share"):
            assert same(written["outcome", row.outcome, figure], getattr(row, figure))
    for figure in ("ratio", "present_value_benefits", "net_present_value", "payback_months"):
        assert same(written["whole", scenario.id, figure], getattr(evaluation, figure))
    for one in evaluation.by_stakeholder:
        net = written["stakeholder", one.stakeholder, "net_present_value"]
        assert net == one.net_present_value


def test_the_draws_are_those_of_the_pages(published):
    interval, written = simulate(PROMEVIL).interval(), values(published)
    assert written["simulation", "ratio", "low"] == interval.low.value
    assert written["simulation", "ratio", "high"] == interval.high.value
    assert written["simulation", "ratio", "high_error"] == interval.high.error


def test_a_figure_says_its_unit_its_point_of_view_and_where_it_comes_from(published):
    found = {(row["scope"], row["id"], row["figure"]): row for row in published}
    price = found["input", "quiet_nights.saving_per_person", "value"]
    assert (price["unit"], price["provenance"], price["perspective"]) == (
        *("EUR/person/year", "published", ""),
    )
    line = found["outcome", "quiet_nights", "quantity"]
    assert (line["unit"], line["provenance"], line["perspective"]) == (
        *("person", "assumed", "leverage-state"),
    )
    assert all(row["unit"] for row in found.values())


def test_only_the_labels_follow_the_language():
    french, english = (rows(PROMEVIL, language) for language in LANGUAGES)
    labels = [row.pop("label") for row in french], [row.pop("label") for row in english]
    assert french == english
    assert labels[0] != labels[1]
    assert all(all(one) for one in labels)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_undefined_is_empty(language):
    found = {row["figure"]: row for row in rows(TO_FILL, language) if row["scope"] == "whole"}
    assert found["ratio"]["value"] == ""
    assert found["ratio"]["label"] == words_in(language)("perspective.society")
    assert not any(row["scope"] == "simulation" for row in rows(TO_FILL, language))


def test_a_name_that_looks_like_a_formula_is_made_a_text_and_a_negative_number_is_not():
    found = {(row["scope"], row["id"], row["figure"]): row for row in rows(named_by_a_stranger())}
    assert found["outcome", "formula", "present_value"]["label"] == f"'{FORMULA}"
    assert found["cost", "aid", "present_value"]["label"] == "'" + COMMAND.replace("'", "’")
    assert found["outcome", "loss", "present_value"]["value"] == "-50.0"
