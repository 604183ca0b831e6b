"""The command line: what programs read, what people read, and what bad input gives."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import roi_model
from roi_model.command_line import main
from tests.roi_model.building import amount, case_data, cost

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run(capsys):
    """Return a function that runs the command and returns its status, output and messages."""

    def run_with(*arguments):
        status = main(["evaluate", *arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run_with


@pytest.fixture
def evaluated(run):
    """Return a function that runs the command and returns the result it writes as JSON."""

    def evaluated_with(*arguments):
        status, output, messages = run(*arguments, "--format", "json")
        assert (status, messages) == (0, "")
        return json.loads(output)

    return evaluated_with


def python_m_roi_model(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "roi_model", *arguments],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_reference_case_from_a_shell():
    done = python_m_roi_model("evaluate", "promevil", "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    result = json.loads(done.stdout)
    assert result["present_value_benefits"] == 20_200_000
    assert round(result["ratio"], 2) == 13.47


def test_bad_input_from_a_shell_is_status_2_and_a_line_without_a_traceback():
    done = python_m_roi_model("evaluate", "promevil", "--set", "state_aid=-1")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("state_aid: ")
    assert "Traceback" not in done.stderr


class TestJson:
    def test_the_names_that_others_rely_on(self, evaluated):
        assert {
            "ratio",
            "present_value_benefits",
            "present_value_costs",
            "net_present_value",
            "by_outcome",
            "by_stakeholder",
            "by_provenance",
        } <= evaluated("promevil").keys()

    def test_the_names_within_each_part(self, evaluated):
        result = evaluated("promevil")
        for part, names in {
            "by_outcome": {"outcome", "stakeholder", "provenance", "present_value", "share"},
            "by_stakeholder": {
                "stakeholder",
                "present_value_benefits",
                "present_value_costs",
                "net_present_value",
            },
            "by_provenance": {"provenance", "present_value", "share", "ratio"},
            "by_basis": {"basis", "present_value", "share", "ratio"},
        }.items():
            assert all(names <= row.keys() for row in result[part])

    def test_a_result_says_what_it_is_a_result_of(self, evaluated):
        result = evaluated("promevil")
        assert result["scenario"] == "promevil"
        assert result["perspective"] == "leverage-state"
        assert result["model_version"] == roi_model.__version__

    def test_the_provenances_are_plain_words(self, evaluated):
        assert [part["provenance"] for part in evaluated("promevil")["by_provenance"]] == [
            "published",
            "derived",
            "yours",
            "assumed",
        ]

    def test_what_is_undefined_is_null(self, evaluated):
        result = evaluated("promevil", "--set", "state_aid=0")
        assert result["ratio"] is None
        assert result["net_return"] is None
        assert result["by_provenance"][0]["ratio"] is None
        assert result["net_present_value"] == 20_200_000
        assert result["undefined"] == [
            "cost_per_job",
            "jobs_per_million_euros",
            "net_return",
            "payback_months",
            "ratio",
        ]

    def test_it_says_how_the_case_was_read_and_what_was_changed(self, evaluated):
        result = evaluated("promevil", "--set", "lines=itemised", "--set", "quiet_nights.people=7")
        assert result["settings"]["lines"] == "itemised"
        assert result["settings"]["deadweight"] == 0
        assert result["yours"] == {"quiet_nights.people": 7}
        assert evaluated("promevil")["yours"] == {}

    def test_a_cost_next_to_nothing_still_gives_a_result(self, evaluated):
        # 20.2 M€ over 1e-320 € is more than a double holds, and JSON has no infinity.
        result = evaluated("promevil", "--set", "state_aid=1e-320")
        assert result["ratio"] is None

    def test_a_file_of_ones_own(self, evaluated, tmp_path):
        path = tmp_path / "mine.json"
        data = case_data(outcomes=[amount("line", 300)], costs=[cost("aid", 100)])
        path.write_text(json.dumps(data), encoding="utf-8")
        assert evaluated(str(path))["ratio"] == 3


class TestChanges:
    def test_a_number_may_be_set(self, evaluated):
        # 200 more people × 788 € = 157 600 €
        result = evaluated("promevil", "--set", "quiet_nights.people=1200")
        assert result["present_value_benefits"] == 20_357_600

    def test_several_may_be_set(self, evaluated):
        result = evaluated("promevil", "--set", "state_aid=2000000", "--set", "years_covered=2")
        assert result["ratio"] == pytest.approx(5.05)  # 20.2 / 2 / 2

    def test_a_share_a_period_and_a_convention_may_be_set(self, evaluated):
        result = evaluated(
            "promevil",
            *("--set", "deadweight=0.5", "--set", "balance.benefit_period=2"),
            *("--set", "discount_rate=0.1", "--set", "timing=start"),
        )
        # (20.2 + 10.195 / 1.1) × 0.5
        assert result["present_value_benefits"] == pytest.approx(14_734_090.909)

    def test_what_was_set_counts_as_yours(self, evaluated):
        result = evaluated("promevil", "--set", "sncf_savings.savings=2000000")
        by = {part["provenance"]: part["present_value"] for part in result["by_provenance"]}
        assert (by["published"], by["yours"]) == (5_500_000, 2_000_000)

    def test_a_point_of_view_may_be_chosen(self, evaluated):
        result = evaluated("promevil", "--perspective", "funder-state", "--set", "lines=itemised")
        assert result["perspective"] == "funder-state"
        assert result["ratio"] == pytest.approx(3.1 / 1.5)


class TestText:
    @pytest.mark.parametrize(
        ("language", "label"),
        [("fr", "Insertion professionnelle"), ("en", "Work integration")],
    )
    def test_the_lines_in_both_languages(self, run, language, label):
        status, output, _ = run("promevil", "--language", language)
        assert status == 0
        assert label in output

    def test_the_result_and_its_lines(self, run):
        _, output, _ = run("promevil")
        for expected in (
            "leverage-state",
            "13.47",
            "20,200,000.00",
            "1,500,000.00",
            "18,700,000.00",
            "10,195,000.00 EUR  derived",
            "788,000.00 EUR  assumed",
        ):
            assert expected in output

    def test_a_ratio_without_a_cost_is_said_to_be_undefined(self, run):
        _, output, _ = run("promevil", "--set", "state_aid=0")
        assert "undefined" in output
        assert "nan" not in output

    def test_a_scenario_without_an_outcome_can_be_shown(self, run, tmp_path):
        path = tmp_path / "empty.json"
        path.write_text(json.dumps(case_data(costs=[cost("aid", 100)])), encoding="utf-8")
        status, output, _ = run(str(path))
        assert status == 0
        assert "0.00" in output


class TestBadInput:
    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["atlantis"], "promevil"),
            (["promevil", "--set", "nowhere=5"], "nowhere"),
            (["promevil", "--set", "quiet_nights.people=many"], "quiet_nights.people"),
            (["promevil", "--set", "quiet_nights.people"], "must be a number, such as"),
            (["promevil", "--set", "quiet_nights.people="], "must be a number, such as"),
            (["promevil", "--set", "quiet_nights.people=-5"], "0 or more"),
            (["promevil", "--set", "quiet_nights.people=nan"], "finite"),
            (["promevil", "--set", "quiet_nights.people=1e999"], "finite"),
            (["promevil", "--set", "state_aid=-1"], "greater than or equal to 0"),
            (["promevil", "--set", "deadweight=1.5"], "less than or equal to 1"),
            (["promevil", "--set", "balance.benefit_period=1.5"], "integer"),
            (["promevil", "--set", "balance.benefit_period=0"], "greater than or equal to 1"),
            (["promevil", "--set", "timing=noon"], "end, mid, start, none"),
            (["promevil", "--perspective", "nobody"], "society, public_finances"),
            (["promevil", "--perspective", "leverage-health"], "society, public_finances"),
        ],
    )
    def test_it_is_status_2_and_a_message_that_says_what_is_allowed(self, run, arguments, said):
        status, output, messages = run(*arguments)
        assert (status, output) == (2, "")
        assert said in messages

    @pytest.mark.parametrize("content", ["id: [", "", "- 1", "{}"])
    def test_a_file_at_fault_is_named(self, run, tmp_path, content):
        path = tmp_path / "mine.yaml"
        path.write_text(content, encoding="utf-8")
        status, _, messages = run(str(path))
        assert status == 2
        assert messages.startswith("mine.yaml: ")

    def test_all_the_faults_are_listed_one_a_line(self, run):
        _, _, messages = run(
            "promevil",
            *("--set", "nowhere=5", "--set", "state_aid=-1", "--set", "timing=noon"),
        )
        places = [line.partition(":")[0] for line in messages.splitlines()]
        assert places == ["nowhere", "state_aid", "timing"]

    def test_faults_of_different_kinds_are_listed_together(self, run):
        _, _, messages = run(
            "promevil",
            *("--set", "quiet_nights.people=many", "--set", "state_aid=-1"),
            *("--perspective", "nobody"),
        )
        places = [line.partition(":")[0] for line in messages.splitlines()]
        assert places == ["quiet_nights.people", "state_aid", "perspective"]

    def test_a_wrong_address_is_called_so_even_with_a_wrong_value(self, run):
        _, _, messages = run("promevil", "--set", "quiet_nigths.people=many")
        assert "has that name" in messages

    @pytest.mark.parametrize(
        "arguments",
        [[], ["evaluate"], ["explain", "promevil"], ["evaluate", "promevil", "--format", "pdf"]],
    )
    def test_a_command_that_does_not_exist_is_status_2_and_shows_the_usage(self, capsys, arguments):
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
        assert stopped.value.code == 2
        assert "usage: python -m roi_model" in capsys.readouterr().err


def test_the_version_is_that_of_the_package(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--version"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out.strip() == roi_model.__version__
