"""Hostile input is tried on each way in, as the code itself leads to it; faults are found so."""

import json
import subprocess
import sys
from random import Random

import pytest

from roi_model.problems import Problem, ScenarioError
from tests.fuzzing import shapes
from tests.fuzzing.promises import LEAKS, PromiseBrokenError, refused
from tests.fuzzing.seeds import workbook_cases, workbooks
from tests.fuzzing.targets import TARGETS
from tests.ui.reading_code import ROOT
from ui.file_problems import file_problem_text


def fuzzed(*arguments: str) -> tuple[int, str]:
    """Fuzz in a process of its own, which has no return; give its status and what it said."""
    pytest.importorskip("atheris", reason="atheris is not made for this machine or this Python")
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzzing", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=500,
    )
    return done.returncode, done.stdout.decode("utf-8", "replace")


def test_each_way_in_keeps_its_promise():
    status, said = fuzzed("--seconds", "1")
    assert status == 0, said[-6_000:]
    assert said.count("stat::number_of_executed_units") == len(TARGETS)


def test_a_fault_that_was_planted_is_found():
    status, said = fuzzed("planted", "--seconds", "60")
    assert status == 1
    assert "ZeroDivisionError: planted" in said
    for kept in (ROOT / "test-artefacts" / "fuzzing").glob("planted-crash-*"):
        assert kept.read_bytes().startswith(b"<!-")
        kept.unlink()


@pytest.mark.parametrize("name", TARGETS)
def test_what_fuzzing_begins_with_keeps_its_promise(name):
    seeds = list(TARGETS[name].seeds())
    assert seeds
    for seed in seeds:
        TARGETS[name].tried(seed)


FOUND = [
    # Half a character in an id, by which the refusal names the record: it could not be printed.
    ("case_json", b'{"outcomes": [{"id": "a", "factors": [{"id": "\\ud800"}]}]}'),
]


@pytest.mark.parametrize(("name", "content"), FOUND)
def test_what_fuzzing_found_stays_mended(name, content):
    TARGETS[name].tried(content)


@pytest.mark.parametrize("leak", LEAKS)
def test_a_refusal_must_not_tell_of_the_program(leak):
    problem = Problem(where="a.csv", code="file", received="", allowed="", message=f"x {leak}")
    with pytest.raises(PromiseBrokenError, match="tells"):
        refused(ScenarioError([problem]), b"", file_problem_text)
    refused(ScenarioError([problem]), leak.encode(), file_problem_text)  # the stranger wrote it


class TestShapes:
    @staticmethod
    def reversed_bytes(content: bytes, _: int) -> bytes:
        return content[::-1]

    def changed(self, shape, content):
        return [shape(content, 10**6, Random(one), self.reversed_bytes) for one in range(60)]

    def test_of_archives_change_what_is_in_them(self):
        (content,) = workbooks()
        before = shapes.parts_of(content)
        assert shapes.archive_of(before) == content
        inside = 0
        for one in self.changed(shapes.archive, content):
            try:
                parts = shapes.parts_of(one)
            except ValueError:
                continue
            differing = set(before) ^ set(parts)
            assert len({name for name, _ in differing}) <= 2
            inside += parts != before
        assert inside > 40

    def test_of_data_stay_data(self):
        (content,) = workbook_cases()
        read = 0
        for one in self.changed(shapes.data, content):
            try:
                read += json.loads(one) != json.loads(content)
            except ValueError:
                continue
        assert read > 30
