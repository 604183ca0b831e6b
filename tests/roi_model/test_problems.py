"""Faults as a person reads them: where, what is required, what was received."""

import pytest

from roi_model import Problem, ScenarioError
from roi_model.problems import shown


def problem(**facts):
    return Problem(
        **{
            "where": "costs[aid].value",
            "code": "greater_than_equal",
            "received": -5,
            "allowed": "ge 0",
            "message": "must be 0 or more",
            **facts,
        }
    )


def test_a_problem_reads_as_one_line():
    assert str(problem()) == "costs[aid].value: must be 0 or more (got -5)"


def test_a_problem_of_the_whole_scenario_says_so():
    assert str(problem(where="")).startswith("scenario: ")


def test_a_problem_of_a_file_begins_with_its_line():
    assert str(problem(line=12)) == "line 12, costs[aid].value: must be 0 or more (got -5)"


def test_a_file_that_cannot_be_read_begins_with_its_name():
    found = problem(where="mine.yaml", code="file", line=3)
    assert str(found) == "mine.yaml, line 3: must be 0 or more (got -5)"


def test_an_error_lists_every_problem_on_its_own_line_under_the_name_of_the_file():
    error = ScenarioError([problem(), problem(where="period.fr")], source="mine.yaml")
    assert str(error).splitlines() == [
        "mine.yaml: 2 problem(s)",
        "costs[aid].value: must be 0 or more (got -5)",
        "period.fr: must be 0 or more (got -5)",
    ]


def test_an_error_without_a_file_lists_the_problems_alone():
    assert str(ScenarioError([problem()])) == "costs[aid].value: must be 0 or more (got -5)"


def test_an_error_keeps_its_problems_for_a_screen_to_word():
    assert ScenarioError([problem(), problem()]).problems == (problem(), problem())


def test_a_scenario_error_is_a_value_error():
    with pytest.raises(ValueError, match="must be 0 or more"):
        raise ScenarioError([problem()])


@pytest.mark.parametrize(("value", "expected"), [("abc", "'abc'"), (-5, "-5"), (None, "None")])
def test_what_was_received_is_shown_as_it_is_written(value, expected):
    assert shown(value) == expected


def test_what_is_long_is_cut():
    assert len(shown("x" * 10_000)) == 60


class Leaf:
    """Something that counts how often it is written out."""

    written = 0

    def __repr__(self):
        Leaf.written += 1
        return "leaf"


def test_what_is_huge_is_not_written_out_before_it_is_cut():
    # A few lines of YAML aliases stand for 10⁹ leaves; written out, they would fill the memory.
    # Here 10⁴ are enough to count.
    huge = Leaf()
    for _ in range(4):
        huge = [huge] * 10
    Leaf.written = 0
    shown(huge)
    assert Leaf.written < 1_000
