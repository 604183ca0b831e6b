"""Every shipped case: its papers, its words, and nothing in it that is not used."""

import re
from pathlib import Path

import pytest
import yaml

from roi_model import evaluate, load_case, shipped_cases, units
from roi_model.case_files import CASES
from roi_model.settings import SETTING_NUMBERS

LANGUAGES = {"fr", "en"}
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(params=shipped_cases())
def identifier(request):
    return request.param


@pytest.fixture
def raw(identifier):
    """Return the case as it is written, before anything is derived or checked."""
    return yaml.safe_load((CASES / f"{identifier}.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def case(identifier):
    return load_case(identifier)


def walk(data, place=""):
    """Yield every mapping in ``data`` with its place."""
    if isinstance(data, dict):
        yield place, data
        for key, value in data.items():
            yield from walk(value, f"{place}.{key}" if place else str(key))
    elif isinstance(data, list):
        for position, value in enumerate(data):
            name = value.get("id", position) if isinstance(value, dict) else position
            yield from walk(value, f"{place}[{name}]")


def texts(raw):
    """Return every text that is written in languages, with its place."""
    return {place: one for place, one in walk(raw) if LANGUAGES & one.keys()}


def numbers(raw):
    """Return every number that states a provenance, with its place."""
    found = {place: one for place, one in walk(raw) if "provenance" in one}
    assert found
    return found


def money(raw):
    """Return the numbers in euros."""
    return {
        place: one for place, one in numbers(raw).items() if one.get("unit", "").startswith("EUR")
    }


def without(found, wanted):
    """Return the places of the records that lack one of the names ``wanted``."""
    return [place for place, one in found.items() if any(not one.get(name) for name in wanted)]


def of(found, provenance):
    return {place: one for place, one in found.items() if one["provenance"] == provenance}


def test_a_case_bears_the_name_of_its_file(identifier, raw):
    assert raw["id"] == identifier


def test_every_text_is_there_in_both_languages(raw):
    found = texts(raw)
    assert found
    assert [place for place, one in found.items() if one.keys() != LANGUAGES] == []
    assert [
        place for place, one in found.items() for text in one.values() if not text.strip()
    ] == []


def test_a_text_is_translated_unless_it_is_a_name_or_dates(raw):
    # The name of the association and the years of the study are the same words in both languages.
    same = {place for place, one in texts(raw).items() if one["fr"] == one["en"]}
    assert same <= {"name", "period"}


def test_no_text_stands_under_the_other_language(raw):
    # Little words tell the languages apart; a quoted title may hold one or two of the other's.
    little = {
        "fr": {
            "le",
            "la",
            "les",
            "des",
            "du",
            "de",
            "une",
            "et",
            "pour",
            "dans",
            "par",
            "ne",
            "au",
        },
        "en": {"the", "of", "and", "for", "by", "in", "is", "not", "what", "to", "from", "with"},
    }
    for place, one in texts(raw).items():
        for language, other in (("fr", "en"), ("en", "fr")):
            words = set(re.findall(r"\w+", one[language].lower()))
            assert len(words & little[language]) >= len(words & little[other]), place


def test_every_number_that_is_published_has_a_source_and_the_place_in_it(raw):
    assert without(of(numbers(raw), "published"), ["source", "locator"]) == []


def test_every_number_that_is_assumed_has_a_reason_and_a_range(raw):
    assumed = of(numbers(raw), "assumed")
    assert without(assumed, ["reason"]) == []
    assert [place for place, one in assumed.items() if not {"low", "high"} <= one.keys()] == []


def test_every_number_that_is_derived_has_its_rule_and_no_typed_value(raw):
    derived = of(numbers(raw), "derived")
    assert without(derived, ["derivation"]) == []
    assert [place for place, one in derived.items() if "value" in one] == []


def test_no_number_that_is_shipped_claims_to_be_the_users(raw):
    assert of(numbers(raw), "yours") == {}


def test_every_unit_is_known(raw):
    for place, one in walk(raw):
        for part in one.get("unit", "share").split("/"):
            assert part in {*units.BASE_UNITS, units.SHARE, "1"}, place


def test_a_share_is_a_fraction(raw):
    shares = {place: one["value"] for place, one in walk(raw) if one.get("unit") == units.SHARE}
    assert {place: value for place, value in shares.items() if not 0 <= value <= 1} == {}


def test_every_amount_of_money_has_the_year_of_its_prices(raw):
    found = money(raw)
    assert found
    assert without(found, ["year"]) == []


def cited(raw):
    """The sources that a number names: one, or a list."""
    named = [one["source"] for one in numbers(raw).values() if one.get("source")]
    return {key for keys in named for key in ([keys] if isinstance(keys, str) else keys)}


def test_every_source_that_is_named_exists(raw):
    assert cited(raw) <= raw["sources"].keys()


def test_every_source_is_cited(raw):
    assert raw["sources"].keys() - cited(raw) == set()


def test_no_two_sources_are_the_same_page(raw):
    pages = [source["url"] for source in raw["sources"].values()]
    assert len(pages) == len(set(pages))


def test_every_stakeholder_pays_or_gains(raw):
    concerned = {one["stakeholder"] for one in (*raw["costs"], *raw["outcomes"])}
    assert concerned == {one["id"] for one in raw["stakeholders"]}


def test_every_figure_is_used_by_a_rule_or_shown_on_the_page_of_sources(raw):
    rules = [one["derivation"] for one in numbers(raw).values() if "derivation" in one]
    used = {rule[name] for rule in rules for name in ("of", "by") if name in rule}
    figures = {figure["id"]: figure for figure in raw["figures"]}
    assert used <= figures.keys() | {cost["id"] for cost in raw["costs"]}
    # The page lists every figure; what it lists must be explained and published.
    assert "case.figures" in (ROOT / "ui" / "provenance.py").read_text(encoding="utf-8")
    shown = {place: figures[place] for place in figures.keys() - used}
    assert without(shown, ["label", "help", "source", "locator"]) == []


def test_a_figure_that_is_also_a_factor_has_the_same_value_in_both_places(case):
    # The staff of the quotient and the staff it multiplies: else the jobs would not come out.
    for outcome in case.outcomes:
        for factor in outcome.factors:
            if factor.derivation and factor.derivation.rule == "quotient":
                by = case.figure(factor.derivation.by)
                assert by.value in {other.value for other in outcome.factors}


def test_every_common_setting_that_is_a_number_is_stated_with_its_reason(raw):
    stated = raw["settings"]
    assert [
        name for name in SETTING_NUMBERS if name in stated and not stated[name].get("reason")
    ] == []


def test_every_case_can_be_evaluated_from_each_of_its_points_of_view(case):
    for perspective in case.perspective_ids:
        assert evaluate(case, perspective).perspective.id == perspective
