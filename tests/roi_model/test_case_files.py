"""Reading a case: from a file in two formats, or by the id of a shipped one."""

import json

import pytest
import yaml

from roi_model import ScenarioError, evaluate, load_case, shipped_cases
from roi_model.case_files import CASES, LARGEST_FILE, scenario_from
from tests.roi_model.building import (
    amount,
    both,
    case_data,
    cost,
    factor,
    outcome,
    people_helped,
)


def figure(identifier, value, unit):
    return factor(identifier, value, unit)


def derived(identifier, unit, rule, **names):
    """Return a factor whose value follows from figures, and is not typed."""
    stated = factor(identifier, 0, unit, provenance="derived", derivation={"rule": rule, **names})
    del stated["value"]
    return stated


def data_with_derived_numbers():
    # jobs per member of staff: 41 / 394; the balance: 1 000 000 − (100 × 788 + 41 × 1 000)
    return case_data(
        outcomes=[
            people_helped("nights", 100, 788.0),
            outcome(
                "jobs",
                factor("staff", 394, "staff"),
                derived("jobs_per_staff", "job/staff", "quotient", of="jobs", by="staff"),
                factor("price", 1_000, "EUR/job/year"),
            ),
            outcome("balance", derived("amount", "EUR/year", "remainder", of="total")),
        ],
        costs=[cost("aid", 50_000)],
    ) | {
        "figures": [
            figure("total", 1_000_000, "EUR/year"),
            figure("jobs", 41, "job"),
            figure("staff", 394, "staff"),
        ]
    }


@pytest.fixture
def written(tmp_path):
    """Return a function that writes a file and returns its path."""

    def write(name, content):
        path = tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content, encoding="utf-8")
        return path

    return write


def problems_of(load, *arguments):
    with pytest.raises(ScenarioError) as refused:
        load(*arguments)
    return refused.value.problems


def test_the_shipped_cases_are_the_files_in_the_data_folder():
    assert list(shipped_cases()) == sorted(path.stem for path in CASES.iterdir())
    assert "promevil" in shipped_cases()


def test_a_shipped_case_is_loaded_by_its_id_or_by_its_path():
    path = CASES / "promevil.yaml"
    assert load_case("promevil") == load_case(path) == load_case(str(path))


def test_json_and_yaml_give_the_same_scenario(written):
    data = data_with_derived_numbers()
    as_json = load_case(written("case.json", json.dumps(data)))
    as_yaml = load_case(written("case.yaml", yaml.safe_dump(data, allow_unicode=True)))
    assert as_json == as_yaml == scenario_from(data)


def test_the_shipped_case_written_as_json_is_the_same_scenario(written):
    data = yaml.safe_load((CASES / "promevil.yaml").read_text(encoding="utf-8"))
    path = written("promevil.json", json.dumps(data, default=str))  # dates as 2017-05-29
    assert load_case(path) == load_case("promevil")


def test_a_scenario_written_out_is_read_back_the_same(written):
    scenario = scenario_from(data_with_derived_numbers())
    assert load_case(written("again.json", scenario.model_dump_json())) == scenario


def test_accents_are_read_whatever_the_machine(written):
    data = case_data() | {"name": both("Médiation à Évry, 13 €")}
    path = written("accents.yaml", yaml.safe_dump(data, allow_unicode=True))
    assert load_case(path).name.fr == "Médiation à Évry, 13 € (fr)"


class TestDerivedNumbers:
    def value(self, data, address):
        return dict(scenario_from(data).parameters())[address].value

    def test_a_quotient_is_one_figure_over_another(self):
        data = data_with_derived_numbers()
        assert self.value(data, "jobs.jobs_per_staff") == pytest.approx(0.104_060_914)  # 41 / 394

    def test_a_remainder_is_a_figure_less_every_other_line(self):
        # 1 000 000 − 78 800 − 41 000 = 880 200
        data = data_with_derived_numbers()
        assert self.value(data, "balance.amount") == pytest.approx(880_200)

    def test_the_remainder_brings_the_total_to_the_figure_exactly(self):
        scenario = scenario_from(data_with_derived_numbers())
        assert evaluate(scenario).present_value_benefits == 1_000_000

    def test_the_remainder_comes_last_whatever_the_order_of_the_lines(self):
        data = data_with_derived_numbers()
        data["outcomes"].reverse()
        assert self.value(data, "balance.amount") == pytest.approx(880_200)

    def test_the_remainder_may_be_negative_where_the_lines_exceed_the_figure(self):
        data = data_with_derived_numbers()
        data["figures"][0]["value"] = 100_000  # 100 000 − 119 800
        assert self.value(data, "balance.amount") == pytest.approx(-19_800)

    def test_a_derived_number_does_not_move_once_the_case_is_read(self):
        scenario = scenario_from(data_with_derived_numbers()).with_changes({"nights.people": 500})
        assert dict(scenario.parameters())["balance.amount"].value == pytest.approx(880_200)

    def test_the_data_handed_over_stays_as_it_was(self):
        data = data_with_derived_numbers()
        scenario_from(data)
        assert data == data_with_derived_numbers()

    def test_a_number_called_derived_that_contradicts_its_rule_is_refused(self):
        data = data_with_derived_numbers()
        data["outcomes"][2]["factors"][0]["value"] = 5.0
        assert "outcomes[balance].factors[amount]" in problems_of(scenario_from, data)[0].where

    @pytest.mark.parametrize(
        ("outcome_at", "factor_at", "names", "where"),
        [
            (1, 1, {"of": "nothing"}, "outcomes[jobs].factors[jobs_per_staff]"),
            (1, 1, {"by": "nothing"}, "outcomes[jobs].factors[jobs_per_staff]"),
            (1, 1, {"by": None}, "outcomes[jobs].factors[jobs_per_staff]"),
            (2, 0, {"of": "nothing"}, "outcomes[balance].factors[amount]"),
            (2, 0, {"rule": "guess"}, "outcomes[balance].factors[amount]"),
        ],
    )
    def test_a_rule_that_cannot_be_followed_is_a_problem(self, outcome_at, factor_at, names, where):
        data = data_with_derived_numbers()
        data["outcomes"][outcome_at]["factors"][factor_at]["derivation"] |= names
        places = [problem.where for problem in problems_of(scenario_from, data)]
        assert any(place.startswith(where) for place in places)

    def test_a_quotient_by_zero_is_a_problem(self):
        data = data_with_derived_numbers()
        data["figures"][2]["value"] = 0
        places = [problem.where for problem in problems_of(scenario_from, data)]
        assert "outcomes[jobs].factors[jobs_per_staff].value" in places

    def test_a_fault_elsewhere_does_not_make_the_derived_numbers_look_faulty(self):
        data = data_with_derived_numbers()
        data["outcomes"][0]["factors"][0]["value"] = "many"
        places = [problem.where for problem in problems_of(scenario_from, data)]
        assert places == ["outcomes[nights].factors[people].value"]

    @pytest.mark.parametrize("place", ["figure", "factor"])
    def test_a_number_of_400_digits_is_a_problem_and_not_a_crash(self, place):
        data = data_with_derived_numbers()
        record = data["figures"][0] if place == "figure" else data["outcomes"][0]["factors"][0]
        record["value"] = 10**400
        assert any(problem.received == 10**400 for problem in problems_of(scenario_from, data))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("broken.yaml", "id: [unclosed"),
        ("broken.json", '{"id": '),
        ("yaml_in.json", "id: example"),
        ("tab.yaml", "id:\n\t- a"),
        ("unknown_tag.yaml", "!!python/object/apply:os.getcwd []"),
        ("impossible_date.yaml", "date: 2017-02-31"),
        ("not_text.yaml", b"\xff\xfe\x00\x80"),
        ("deep.json", "[" * 200_000),
        ("deep.yaml", "[" * 2_000),
    ],
)
def test_a_file_that_cannot_be_read_is_one_problem_that_names_it(written, name, content):
    (problem,) = problems_of(load_case, written(name, content))
    assert (problem.where, problem.code) == (name, "file")
    assert "YAML or JSON" in problem.message


def test_a_file_that_is_too_large_is_refused(written):
    (problem,) = problems_of(load_case, written("large.yaml", "#" * (LARGEST_FILE + 1)))
    assert (problem.where, problem.code) == ("large.yaml", "file")
    assert str(LARGEST_FILE) in problem.message


def test_a_file_of_the_largest_size_is_read(written):
    content = json.dumps(case_data())
    padded = content + " " * (LARGEST_FILE - len(content.encode()))
    assert load_case(written("full.json", padded)).id == "example"


@pytest.mark.parametrize(
    "case",
    ["atlantis", "no/such/file.yaml", "", "promevil.yml", "x" * 5_000],
    ids=["id", "path", "nothing", "wrong_ending", "very_long"],
)
def test_an_unknown_case_is_refused_and_the_shipped_ones_are_listed(case):
    (problem,) = problems_of(load_case, case)
    assert problem.code == "file"
    assert "promevil" in problem.message


def test_a_folder_is_not_a_case(tmp_path):
    (problem,) = problems_of(load_case, tmp_path)
    assert problem.received == str(tmp_path)


@pytest.mark.parametrize("content", ["", "just a sentence", "- a\n- b", "5"])
def test_a_readable_file_without_a_scenario_in_it_is_refused(written, content):
    (problem,) = problems_of(load_case, written("other.yaml", content))
    assert "valid dictionary" in problem.message


def test_the_faults_of_a_file_are_listed_under_its_name(written):
    data = case_data(costs=[cost("aid", -5)], outcomes=[amount("line", "much")])
    with pytest.raises(ScenarioError) as refused:
        load_case(written("mine.json", json.dumps(data)))
    heading, *lines = str(refused.value).splitlines()
    assert heading.startswith("mine.json: ")
    assert any(line.startswith("costs[aid].value: ") for line in lines)
    assert any(line.startswith("outcomes[line].factors[amount].value: ") for line in lines)


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_what_json_lets_through_as_a_number_is_still_refused(written, word):
    text = json.dumps(case_data(costs=[cost("aid", 12_345)])).replace("12345", word)
    (problem,) = problems_of(load_case, written("mine.json", text))
    assert problem.where == "costs[aid].value"


def test_a_key_that_stands_twice_is_refused_rather_than_half_read(written):
    # A second ``settings`` would silently replace every setting of the first.
    text = yaml.safe_dump(case_data(deadweight=0.5)) + "\nsettings: {}\n"
    problems_of(load_case, written("twice.yaml", text))


def test_a_rule_on_a_number_that_is_never_computed_is_refused():
    data = case_data(costs=[cost("aid", 100)], outcomes=[amount("line", 300)])
    data["costs"][0] |= {"derivation": {"rule": "quotient", "of": "a", "by": "b"}}
    (problem,) = problems_of(scenario_from, data)
    assert problem.where == "costs[aid].derivation"
    assert problem.code == "derivation_not_possible"
