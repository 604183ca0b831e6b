"""A small file that stands for millions of values is refused before they are made."""

import json
import time

import pytest

from roi_model import ScenarioError
from roi_model.case_bounds import MOST_RECORDS, MOST_VALUES
from roi_model.case_files import case_data, case_from, scenario_from
from tests.roi_model.building import both, case, cost, factor, outcome

THOUSAND = "{}," * 1_000


def refused(content: str, name: str) -> ScenarioError:
    """Return the refusal of a file, which takes less than one of its values would each."""
    begun = time.process_time()
    with pytest.raises(ScenarioError) as error:
        case_from(content.encode(), name=name)
    assert time.process_time() - begun < 10  # a minute and six gigabytes, without a bound
    return error.value


@pytest.mark.parametrize(
    ("name", "content", "where", "allowed"),
    [
        # 17 kilobytes: a thousand outcomes that share a thousand factors are a million.
        ("a.yaml", f"a: &a [{THOUSAND}]\noutcomes: [{'{factors: *a},' * 1_000}]", "outcomes", 200),
        ("a.yaml", f"a: &a [{THOUSAND}]\nb: [{'*a,' * 1_000}]\noutcomes: []", "", MOST_VALUES),
        ("a.yaml", "outcomes: &a [*a, *a]", "", MOST_VALUES),
        ("a.yaml", "a:\n" + "- {b: c, d: [1, 2, 3]}\n" * 40_000, "", MOST_VALUES),
        ("a.json", json.dumps({"outcomes": [{"factors": [{}] * 400_000}]}), "factors", 10),
        ("a.json", json.dumps({f"a{one}": 1 for one in range(120_000)}), "", MOST_VALUES),
    ],
)
def test_what_is_beyond_any_scenario_is_refused_at_once(name, content, where, allowed):
    (problem,) = refused(content, name).problems
    assert (problem.where, problem.code) == (where, "too_long")
    assert problem.allowed == f"allowed {allowed}"


def test_within_the_bounds_every_fault_is_told():
    data = {"outcomes": [{"factors": [{}] * 10}] * 200}
    problems = refused(json.dumps(data), "a.json").problems
    assert len(problems) > 200 * 10 * 4


def test_the_largest_scenario_is_within_them():
    shares = ("deadweight", "displacement", "attribution", "optimism_bias", "drop_off")
    assumed = {"low": 0, "high": 1, "provenance": "assumed", "reason": both("a")}
    papers = assumed | {"source": ["study"], "locator": both("b")}
    parts = [factor("amount", 1, "EUR/year", year=2020, **papers)]
    parts += [factor(f"part_{at}", 1, "share", **papers) for at in range(9)]
    lines = [
        outcome(f"line_{at}", *parts, **dict.fromkeys(shares, 0.1))
        for at in range(MOST_RECORDS["outcomes"])
    ]
    costs = [cost(f"cost_{at}", 1, **papers) for at in range(MOST_RECORDS["costs"])]
    largest = case(outcomes=lines, costs=costs)
    data = case_data(largest)
    assert values_in(data) > MOST_VALUES / 2
    assert scenario_from(data) == largest


def values_in(data) -> int:
    inside = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return 1 + sum(map(values_in, inside))
