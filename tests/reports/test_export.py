"""Each ending gives its document, in both languages, the same bytes on the same day."""

import datetime
import json
import zipfile
from io import BytesIO

import pytest
from hypothesis import given, settings

from reports.export import SUFFIXES, exported
from roi_model import ScenarioError
from roi_model.case_files import case_from
from tests.reports.scenarios import ADDRESS, DAY, PROMEVIL, TO_FILL, named_by_a_stranger
from tests.roi_model.strategies import scenarios
from ui.words import LANGUAGES

BEGINS = {
    ".csv": b"\xef\xbb\xbfscope,",
    ".json": b"{\n",
    ".pdf": b"%PDF-",
    ".pptx": b"PK\x03\x04",
    ".xlsx": b"PK\x03\x04",
    ".yaml": b"id: ",
    ".yml": b"id: ",
    ".zip": b"PK\x03\x04",
}


def made(scenario, suffix, language="fr", **stated):
    stated = {"today": DAY, "address": ADDRESS} | stated
    return exported(scenario, suffix, language=language, **stated)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_each_ending_gives_its_document(suffix, language):
    assert made(PROMEVIL, suffix, language).startswith(BEGINS[suffix])


@pytest.mark.parametrize("scenario", [TO_FILL, named_by_a_stranger()], ids=["to fill", "strange"])
@pytest.mark.parametrize("suffix", [".csv", ".pdf", ".pptx", ".xlsx", ".zip"])
def test_what_is_not_filled_in_or_oddly_named_gives_its_documents_too(scenario, suffix):
    assert made(scenario, suffix, address=None).startswith(BEGINS[suffix])


def test_the_same_day_gives_the_same_bytes():
    assert made(PROMEVIL, ".zip") == made(PROMEVIL, ".zip")  # which holds all the others


@given(scenario=scenarios(negative=True))
@settings(max_examples=25, deadline=None)
def test_a_scenario_comes_back_from_its_file(scenario):
    for suffix in (".yaml", ".yml", ".json"):
        assert case_from(made(scenario, suffix), name=f"case{suffix}") == scenario


def test_names_are_kept_exactly_in_the_scenario():
    strange = named_by_a_stranger()
    for suffix in (".yaml", ".json"):
        assert case_from(made(strange, suffix), name=f"case{suffix}") == strange
    assert json.loads(made(strange, ".json"))["outcomes"][0]["label"].startswith("=HYPERLINK")


def test_an_ending_in_capitals_is_the_same_ending():
    assert made(PROMEVIL, ".YAML") == made(PROMEVIL, ".yaml")


def test_an_unknown_ending_is_refused_with_those_that_are_known():
    with pytest.raises(ScenarioError) as refused:
        made(PROMEVIL, ".docx")
    assert "must end in" in str(refused.value)
    assert all(suffix in str(refused.value) for suffix in SUFFIXES)


def test_a_day_before_all_archives_is_no_obstacle():
    old = made(PROMEVIL, ".pptx", today=datetime.date(1970, 1, 2))
    with zipfile.ZipFile(BytesIO(old)) as archive:
        assert {one.date_time[:3] for one in archive.infolist()} == {(1980, 1, 1)}
