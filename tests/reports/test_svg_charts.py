"""The charts as SVG: well formed, to scale, with the figures as written, for all to read."""

import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given, settings

from reports.svg_charts import charts
from roi_model import evaluate
from roi_model.evaluation import gains_by_provenance
from roi_model.parameters import Provenance
from tests.reports.scenarios import PROMEVIL, SCRIPT, TO_FILL, named_by_a_stranger
from tests.roi_model.building import TOWN, amount, case, cost
from tests.roi_model.strategies import scenarios
from ui.theme import LIGHT
from ui.words import LANGUAGES, words_in

SVG = "{http://www.w3.org/2000/svg}"
NAMES = ("euro", "by_outcome", "by_beneficiary", "who_pays_who_gains")
languages = pytest.mark.parametrize("language", LANGUAGES)


def drawn(scenario, name, language="fr"):
    return ElementTree.fromstring(charts(scenario, language=language)[name].encode())


def said(tree):
    return ["".join(one.itertext()) for one in tree.iter(f"{SVG}text")]


def bars(tree):
    """Return the parts drawn, without the swatches of the key: what it is, from where, how far."""
    return [
        (one.get("data-part"), float(one.get("x")), float(one.get("width")))
        for one in tree.iter(f"{SVG}rect")
        if one.get("data-part") and one.get("height") == "22"
    ]


@languages
@pytest.mark.parametrize("name", NAMES)
def test_every_chart_has_a_title_a_description_and_a_language(name, language):
    tree = drawn(PROMEVIL, name, language)
    assert tree.get("lang") == language
    assert tree.get("role") == "img"
    ids = [one.get("id") for one in (tree.find(f"{SVG}title"), tree.find(f"{SVG}desc"))]
    assert tree.get("aria-labelledby") == " ".join(ids)
    assert said(tree)[0] == tree.findtext(f"{SVG}title")
    assert len(tree.findtext(f"{SVG}desc")) > 40


@languages
def test_the_amounts_are_those_of_the_model_as_the_pages_write_them(language):
    t, evaluation = words_in(language), evaluate(PROMEVIL)
    written = " ".join(said(drawn(PROMEVIL, "by_outcome", language)))
    heard = drawn(PROMEVIL, "by_outcome", language).findtext(f"{SVG}desc")
    for row in evaluation.by_outcome:
        assert t.short_euros(row.present_value) in written
        assert t.short_euros(row.present_value) in heard
    euro = " ".join(said(drawn(PROMEVIL, "euro", language)))
    for part in evaluation.by_provenance:
        assert (t.ratio(part.ratio) in euro) == (part.present_value > 0)


def test_bars_are_to_scale_and_filled_by_provenance():
    evaluation = evaluate(PROMEVIL)
    found = bars(drawn(PROMEVIL, "by_outcome"))
    rows = sorted(evaluation.by_outcome, key=lambda row: -row.present_value)
    assert [part for part, _, _ in found] == [row.provenance for row in rows]
    for (_, _, width), row in zip(found, rows, strict=True):
        assert width / found[0][2] == pytest.approx(
            row.present_value / rows[0].present_value, abs=1e-3
        )
    paid, *brought = bars(drawn(PROMEVIL, "euro"))
    assert sum(width for *_, width in brought) / paid[2] == pytest.approx(
        evaluation.ratio, rel=1e-3
    )


def test_a_provenance_is_a_colour_and_a_pattern():
    changed = PROMEVIL.with_changes({"quiet_nights.people": 1_200})
    patterns = {
        one.get("id"): ElementTree.tostring(one, "unicode")
        for one in drawn(changed, "by_outcome").iter(f"{SVG}pattern")
    }
    assert patterns.keys() == set(Provenance)
    for provenance, pattern in patterns.items():
        assert LIGHT.provenance[Provenance(provenance)] in pattern
    bare = {key: pattern.replace(LIGHT.provenance[Provenance(key)], "").replace(key, "")
            for key, pattern in patterns.items()}  # fmt: skip
    assert len(set(bare.values())) == len(Provenance)


def test_what_is_paid_is_left_of_zero_and_what_is_gained_right_of_it():
    found = bars(drawn(PROMEVIL, "who_pays_who_gains"))
    ((_, left, width),) = [one for one in found if one[0] == "paid"]
    assert min(start for part, start, _ in found if part != "paid") == pytest.approx(left + width)


@given(scenario=scenarios(negative=True))
@settings(max_examples=10, deadline=None)
def test_every_bar_stays_on_its_sheet(scenario):
    for chart in charts(scenario, language="en").values():
        for _, start, width in bars(ElementTree.fromstring(chart.encode())):
            assert start >= 23.9
            assert start + width <= 736.1


def test_what_a_stakeholder_gains_is_the_sum_of_its_parts_transfers_included():
    transfer = amount("moved", 40) | {"transfer_from": TOWN}
    scenario = case(outcomes=[amount("gained", 300), transfer], costs=[cost("aid", 100)])
    evaluation = evaluate(scenario, "society")
    for row in evaluation.by_stakeholder:
        parts = gains_by_provenance(scenario, evaluation, row.stakeholder)
        assert sum(parts.values()) == pytest.approx(row.present_value_benefits)


def test_names_are_shown_as_typed():
    for name in NAMES[1:]:
        tree = drawn(named_by_a_stranger(), name)
        assert not list(tree.iter(f"{SVG}script"))
        shown = " ".join(said(tree))
        assert SCRIPT in shown
        assert "**bold** [link]" in shown


@languages
@pytest.mark.parametrize("name", NAMES)
def test_a_template_says_why_nothing_is_drawn(name, language):
    tree, t = drawn(TO_FILL, name, language), words_in(language)
    why = t("headline.undefined" if name == "euro" else "chart.nothing")
    assert said(tree)[-1] == why
    assert tree.findtext(f"{SVG}desc") == why
    assert bars(tree) == []
