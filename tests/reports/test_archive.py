"""The archive: every document, what each is, and sums that hold."""

import hashlib
import zipfile
from io import BytesIO

import pytest

from reports.archive import DESCRIBED, README, SUMS, archive
from roi_model import evaluate
from roi_model.case_files import case_from
from tests.reports.scenarios import ADDRESS, DAY, PROMEVIL, TO_FILL
from ui.words import LANGUAGES, words_in

languages = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture(scope="module")
def made():
    """Return the archive of the published case in each language."""
    return {
        language: archive(PROMEVIL, language=language, today=DAY, address=ADDRESS)
        for language in LANGUAGES
    }


def files(content):
    with zipfile.ZipFile(BytesIO(content)) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist()}


@languages
def test_holds_every_document_and_says_what_each_is(made, language):
    found = files(made[language])
    assert found.keys() == {*DESCRIBED, README, SUMS}
    readme, t = found[README].decode(), words_in(language)
    joined = " ".join(readme.split())
    for name, described in DESCRIBED.items():
        assert f"\n{name}\n" in readme
        assert " ".join(t(f"documents.file_{described}").split()) in joined


@languages
def test_the_sums_are_true(made, language):
    found = files(made[language])
    lines = [line.split("  ") for line in found[SUMS].decode().splitlines()]
    assert {name for _, name in lines} == found.keys() - {SUMS}
    for digest, name in lines:
        assert hashlib.sha256(found[name]).hexdigest() == digest


@languages
def test_says_how_to_cite_and_to_open_it(made, language):
    readme, t = files(made[language])[README].decode(), words_in(language)
    assert PROMEVIL.fingerprint in readme
    assert ADDRESS in readme.splitlines()
    assert t.date(DAY) in readme
    assert t.ratio(evaluate(PROMEVIL).ratio) in readme


def test_the_scenario_in_it_is_the_scenario(made):
    found = files(made["fr"])
    for name in ("scenario.yaml", "scenario.json"):
        assert case_from(found[name], name=name) == PROMEVIL


def test_is_dated_and_readable_by_all(made):
    with zipfile.ZipFile(BytesIO(made["fr"])) as opened:
        for one in opened.infolist():
            assert one.date_time == (2026, 11, 24, 0, 0, 0)
            assert one.external_attr >> 16 == 0o644


@languages
def test_says_what_is_still_to_be_filled_in(language):
    found = files(archive(TO_FILL, language=language, today=DAY))
    readme, t = found[README].decode(), words_in(language)
    assert " ".join(t("documents.readme_to_fill").split()) in " ".join(readme.split())
    assert t("documents.readme_link") not in readme
