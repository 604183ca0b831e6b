"""The JSON Schema of case files, read as an editor would read it."""

import datetime
import json

import pytest
import yaml
from hypothesis import given
from jsonschema import Draft202012Validator

from roi_model import ScenarioError, load_case, shipped_cases
from roi_model.case_files import CASES, case_data, scenario_from
from roi_model.case_schema import PUBLISHED_SCHEMA, case_schema, schema_text
from tests.roi_model import strategies
from tests.roi_model.faults import FAULTS, sound_data, with_faults
from tests.roi_model.test_case_files import data_with_derived_numbers

SCHEMA = Draft202012Validator(case_schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)

BEYOND_A_SCHEMA = {
    # What refers to another place of the file, or weighs one number against another.
    *("unknown_payer", "unknown_winner", "unknown_source", "unknown_source_of_a_cost"),
    *("unknown_source_of_a_share", "unknown_point_of_view", "units_that_do_not_cancel"),
    *("cost_not_of_a_year", "cost_with_the_name_of_a_setting", "outcome_with_the_id_of_a_cost"),
    *("factors_with_one_id", "factor_with_the_name_of_a_share", "range_below_its_value"),
    *("published_without_source", "published_without_locator", "assumed_without_reason"),
    *("assumed_without_range", "assumed_cost_without_papers", "derived_without_rule"),
    *("negative_quantity", "range_with_one_end", "yearly_cost_after_the_activity"),
    # JSON has no such number.
    "nan_price",
}


def as_json(data):
    """Return data as JSON gives it: YAML has dates besides."""
    return json.loads(json.dumps(data, default=datetime.date.isoformat))


def faults_of(data):
    return [error.json_path for error in SCHEMA.iter_errors(as_json(data))]


def test_the_schema_is_one():
    Draft202012Validator.check_schema(case_schema())


def test_the_published_file_is_the_schema_of_the_model():
    assert PUBLISHED_SCHEMA.read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize("identifier", shipped_cases())
def test_every_shipped_case_is_valid_as_it_stands_and_as_it_is_written(identifier):
    as_it_stands = yaml.safe_load((CASES / f"{identifier}.yaml").read_text(encoding="utf-8"))
    assert faults_of(as_it_stands) == []
    assert faults_of(case_data(load_case(identifier))) == []


@given(scenario=strategies.scenarios(negative=True))
def test_any_scenario_written_is_valid(scenario):
    assert faults_of(case_data(scenario)) == []


def test_what_reading_adds_may_be_left_out():
    data = data_with_derived_numbers()
    data["name"] = "One text for both languages"
    data["costs"][0]["source"] = "study"
    assert faults_of(data) == []
    changed = scenario_from(data).with_changes({"nights.people": 500})
    assert faults_of(case_data(changed)) == []  # the balance is kept, and says so


def test_a_number_with_neither_value_nor_rule_is_refused():
    data = data_with_derived_numbers()
    factor = data["outcomes"][2]["factors"][0]
    for rule in ({"derivation": None}, {}):
        factor.pop("derivation", None)
        factor |= rule
        assert faults_of(data) == ["$.outcomes[2].factors[0]"]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.kind)
def test_a_fault_is_refused_by_the_schema_as_it_is_by_the_model(fault):
    data, _ = with_faults([fault])
    with pytest.raises(ScenarioError):
        scenario_from(data)
    assert (faults_of(data) == []) == (fault.kind in BEYOND_A_SCHEMA)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("id",), None),
        (("id",), "Not an id"),
        (("sources", "Not an id"), {"title": "T", "publisher": "P", "url": "https://e.org"}),
        (("sources", "study", "url"), "ftp://e.org"),
        (("sources", "study", "date"), "yesterday"),
        (("stakeholders",), []),
        (("costs",), {}),
        (("costs", 0, "timing"), "noon"),
        (("costs", 0, "source"), ["study"] * 11),
        (("outcomes", 0, "factors", 0, "unit"), "people"),
        (("outcomes", 0, "factors", 0, "derivation"), {"rule": "guess", "of": "a"}),
        (("settings", "years_covered"), 3),
        (("settings", "discount_rate"), 0.03),
    ],
)
def test_what_is_of_the_wrong_shape_is_refused_by_both(path, value):
    data = sound_data()
    target = data
    *way, last = path
    for step in way:
        target = target[step]
    target[last] = value
    assert faults_of(data)
    with pytest.raises(ScenarioError):
        scenario_from(data)


def test_sound_data_is_sound_to_both():
    assert faults_of(sound_data()) == []
    scenario_from(sound_data())
