"""The command line: what programs read, what people read, and what bad input gives."""

import csv
import io
import json
import re
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
            "internal_rate_of_return",
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
        assert ",nan" not in output

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
        assert re.match(r"mine\.yaml(, line 1)?: ", messages)

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
        assert "usage: roi-model" in capsys.readouterr().err


def test_the_version_is_that_of_the_package(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--version"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out.strip() == roi_model.__version__


def run_command(capsys, *arguments):
    """Run a command and return its status, output and messages."""
    status = main(arguments)
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def as_json(capsys, *arguments):
    status, output, messages = run_command(capsys, *arguments, "--format", "json")
    assert messages == ""
    return status, json.loads(output)


@pytest.fixture
def value_map(tmp_path):
    # Timebanking Ireland: 16.06 at 3.5 %, the first year not discounted
    path = tmp_path / "map.csv"
    rows = [("socialisation", 95, 3_432), ("well-being", 95, 600), ("independence", 90, 640)]
    rows += [("inclusion", 95, 4_353)]
    lines = [
        f"Members,,,{name},{quantity},2,{proxy},10%,10%,10%,70%" for name, quantity, proxy in rows
    ]
    header = (
        "stakeholder,input,input_value,outcome,quantity,duration_years,proxy_value,"
        "deadweight,displacement,attribution,drop_off"
    )
    path.write_text("\n".join([header, "Funders,Investment,50000,,,,,,,,", *lines]), "utf-8")
    return str(path)


class TestEvaluateMore:
    def test_a_value_map_with_its_settings_as_options(self, capsys, value_map):
        settings = ("--discount-rate", "0.035", "--timing", "start")
        status, result = as_json(capsys, "evaluate", value_map, *settings)
        assert status == 0
        assert round(result["present_value_benefits"]) == 803_184
        assert round(result["ratio"], 2) == 16.06

    def test_every_convention_is_an_option(self, capsys, value_map):
        _, result = as_json(
            capsys,
            *("evaluate", value_map, "--drop-off-from", "1", "--deductions", "add"),
            *("--attribution", "others", "--timing", "none"),
        )
        # 854 175 × (1 − 0.3) × 0.3 × (1 + 0.3)
        assert result["present_value_benefits"] == pytest.approx(854_175 * 0.7 * 0.3 * 1.3)
        assert result["settings"]["deductions"] == "add"

    def test_years_who_gains_conventions_and_the_funding_case(self, capsys):
        _, result = as_json(capsys, "evaluate", "promevil")
        assert [one["year"] for one in result["by_year"]] == [1]
        rows = {row["line"]: row for row in result["who_pays_who_gains"]}
        assert rows["state_aid"]["state"] == -1_500_000
        readings = {(row["convention"], row["choice"]) for row in result["conventions"]}
        assert ("timing", "mid") in readings
        assert result["funding"]["marginal_ratio"] == pytest.approx(20.2 / 1.5)

    def test_csv_has_one_value_a_row(self, capsys):
        status, output, _ = run_command(capsys, "evaluate", "promevil", "--format", "csv")
        rows = list(csv.DictReader(io.StringIO(output)))
        assert status == 0
        assert rows[0].keys() == {"table", "line", "figure", "value"}
        values = {(row["table"], row["line"], row["figure"]): row["value"] for row in rows}
        assert float(values["whole", "", "ratio"]) == pytest.approx(20.2 / 1.5)
        assert float(values["by_outcome", "quiet_nights", "impact"]) == 788_000
        assert values["settings", "", "timing"] == "end"

    def test_csv_writes_what_is_undefined_as_nothing(self, capsys):
        arguments = ("evaluate", "promevil", "--set", "state_aid=0", "--format", "csv")
        _, output, _ = run_command(capsys, *arguments)
        values = {row["figure"]: row["value"] for row in csv.DictReader(io.StringIO(output))}
        assert values["ratio"] == ""
        assert ",nan" not in output


class TestSimulate:
    def test_the_figures_with_their_errors(self, capsys):
        status, result = as_json(
            capsys, "simulate", "promevil", "--draws", "1024", "--target", "1", "--target", "13"
        )
        assert (status, result["draws"], result["seed"]) == (0, 1_024, 0)
        mean = result["ratios"]["mean"]
        # The balance is at most its value: 5/6 of it on average, 1.13 less; the people relieved
        # are 2 000 on average for 1 000, 0.53 more
        assert mean["value"] == pytest.approx(12.85, abs=0.1)
        assert 0 < mean["error"] < 0.1
        low, high = (result["ratios"][end]["value"] for end in ("low", "high"))
        assert low < mean["value"] < high
        sure, likely = (one["value"] for one in result["probability_above"])
        assert sure == 1 > likely > 0.4
        assert result["held_at_zero"] == ["deadweight", "displacement", "attribution"]

    def test_the_same_seed_gives_the_same_result_and_another_another(self, capsys):
        first, again, other = (
            as_json(capsys, "simulate", "promevil", "--draws", "1024", "--seed", seed)[1]
            for seed in ("7", "7", "8")
        )
        assert first == again
        assert first["ratios"] != other["ratios"]

    def test_text_and_csv(self, capsys):
        _, text, _ = run_command(capsys, "simulate", "promevil", "--draws", "1024")
        assert "held at 0 in every draw: deadweight, displacement, attribution" in text
        assert "mean ratio" in text
        assert "±" in text
        arguments = ("simulate", "promevil", "--draws", "1024", "--format", "csv")
        _, output, _ = run_command(capsys, *arguments)
        assert "contributions,balance,share_of_variance," in output

    def test_without_a_cost_it_says_so(self, capsys):
        arguments = ("simulate", "promevil", "--draws", "1024", "--set", "state_aid=0")
        status, text, _ = run_command(capsys, *arguments)
        assert status == 0
        assert "undefined" in text

    @pytest.mark.parametrize("draws", ["5", "99999999999"])
    def test_a_number_of_draws_that_is_not_allowed(self, capsys, draws):
        status, output, messages = run_command(capsys, "simulate", "promevil", "--draws", draws)
        assert (status, output) == (2, "")
        assert "draws must be between" in messages

    @pytest.mark.parametrize("level", ["0", "1", "2", "much"])
    def test_a_level_that_is_none(self, level):
        with pytest.raises(SystemExit) as stopped:
            main(["simulate", "promevil", "--level", level])
        assert stopped.value.code == 2


class TestSensitivity:
    def test_the_three_answers(self, capsys):
        status, result = as_json(capsys, "sensitivity", "promevil", "--target", "13")
        assert status == 0
        assert result["one_at_a_time"][0]["address"] == "balance.amount"
        shares = {one["address"]: one["total"] for one in result["variance_shares"]["numbers"]}
        assert max(shares, key=shares.get) == "balance.amount"
        values = {one["address"]: one["value"] for one in result["switching_values"]}
        # 20.2 M€ / 13
        assert values["state_aid"] == pytest.approx(20_200_000 / 13)

    def test_text(self, capsys):
        _, text, _ = run_command(capsys, "sensitivity", "promevil", "--points", "64")
        assert "one number at a time" in text
        assert "20,200,000" in text
        assert "not possible" in text

    def test_csv(self, capsys):
        arguments = ("sensitivity", "promevil", "--points", "64", "--format", "csv")
        _, output, _ = run_command(capsys, *arguments)
        rows = list(csv.DictReader(io.StringIO(output)))
        assert {"one_at_a_time", "switching_values", "variance_shares"} <= {
            row["table"] for row in rows
        }

    @pytest.mark.parametrize(
        "option", [("--target", "0"), ("--seed", "-1"), ("--points", str(2**21))]
    )
    def test_a_number_that_is_not_allowed_is_said(self, capsys, option):
        status, output, messages = run_command(capsys, "sensitivity", "promevil", *option)
        assert (status, output) == (2, "")
        assert messages.startswith("--target, --points, --seed: ")

    @pytest.mark.parametrize("points", ["1", "100", "many"])
    def test_a_number_of_points_that_is_no_power_of_two(self, points):
        with pytest.raises(SystemExit) as stopped:
            main(["sensitivity", "promevil", "--points", points])
        assert stopped.value.code == 2


class TestCheck:
    def test_something_serious_is_status_1(self, capsys):
        status, result = as_json(capsys, "check", "promevil")
        assert status == 1
        first = result["findings"][0]
        assert (first["rule"], first["severity"]) == ("no_deadweight", "serious")
        assert first["message_fr"] != first["message_en"]

    def test_nothing_serious_is_status_0(self, capsys, value_map):
        status, text, _ = run_command(capsys, "check", value_map, "--set", "discount_rate=0.035")
        assert status == 0
        assert "serious" not in text

    @pytest.mark.parametrize(("language", "said"), [("fr", "Aucun effet"), ("en", "No outcome")])
    def test_text_in_both_languages(self, capsys, language, said):
        _, text, _ = run_command(capsys, "check", "promevil", "--language", language)
        assert said in text


class TestConvert:
    @pytest.mark.parametrize("ending", [".yaml", ".json"])
    def test_a_case_is_the_same_in_another_form(self, capsys, tmp_path, ending):
        target = tmp_path / f"copy{ending}"
        assert run_command(capsys, "convert", "promevil", str(target)) == (0, "", "")
        assert as_json(capsys, "evaluate", str(target)) == as_json(capsys, "evaluate", "promevil")

    @pytest.mark.parametrize("ending", [".yaml", ".csv", ".xlsx", ".tsv"])
    def test_a_value_map_is_the_same_in_another_form(self, capsys, tmp_path, value_map, ending):
        target = str(tmp_path / f"copy{ending}")
        assert run_command(capsys, "convert", value_map, target) == (0, "", "")
        _, result = as_json(capsys, "evaluate", target, "--timing", "none")
        _, expected = as_json(capsys, "evaluate", value_map, "--timing", "none")
        assert result["ratio"] == expected["ratio"]

    def test_what_a_value_map_cannot_hold_is_listed_with_the_way_out(self, capsys, tmp_path):
        target = tmp_path / "map.csv"
        status, _, messages = run_command(capsys, "convert", "promevil", str(target))
        assert status == 2
        assert not target.exists()
        assert "stakeholders[state].public" in messages
        assert messages.splitlines()[-1].startswith("add --lossy")
        assert run_command(capsys, "convert", "promevil", str(target), "--lossy")[0] == 0
        _, result = as_json(capsys, "evaluate", str(target))
        assert result["present_value_benefits"] == pytest.approx(20_200_000)

    def test_changes_are_written_too(self, capsys, tmp_path):
        target = str(tmp_path / "mine.yaml")
        run_command(capsys, "convert", "promevil", target, "--set", "quiet_nights.people=1200")
        _, result = as_json(capsys, "evaluate", target)
        assert result["present_value_benefits"] == pytest.approx(20_357_600)

    @pytest.mark.parametrize("target", ["mine.pdf", "nowhere/mine.yaml"])
    def test_a_target_that_cannot_be_written(self, capsys, tmp_path, target):
        status, _, messages = run_command(capsys, "convert", "promevil", str(tmp_path / target))
        assert status == 2
        assert messages


class TestVerify:
    def test_all_is_as_expected(self, capsys):
        status, text, _ = run_command(capsys, "verify")
        assert status == 0
        assert "agrees" in text
        assert "differs by 1" in text  # the public column of Perry Preschool

    def test_one_as_data(self, capsys):
        status, result = as_json(capsys, "verify", "gitman_net_present_value")
        assert status == 0
        (one,) = result["verifications"]
        assert [(row["printed"], row["agrees"]) for row in one["rows"]] == [("3065.22", True)]

    def test_one_that_does_not_exist(self, capsys):
        status, _, messages = run_command(capsys, "verify", "atlantis")
        assert status == 2
        assert "gitman_net_present_value" in messages


def test_the_schema_is_the_one_that_is_published(capsys):
    status, output, _ = run_command(capsys, "schema")
    assert status == 0
    assert json.loads(output) == json.loads((ROOT / "data" / "case.schema.json").read_text("utf-8"))


class TestFaultsInFiles:
    def test_name_file_line_and_field(self, capsys, tmp_path):
        path = tmp_path / "mine.yaml"
        text = (ROOT / "data" / "cases" / "promevil.yaml").read_text("utf-8")
        path.write_text(text.replace("    value: 1500000\n", "    value: -1500000\n"), "utf-8")
        status, _, messages = run_command(capsys, "evaluate", str(path))
        line = text[: text.index("    value: 1500000\n")].count("\n") + 1
        assert status == 2
        assert messages.splitlines()[0] == "mine.yaml: 1 problem(s)"
        assert f"line {line}, costs[state_aid].value: " in messages

    def test_name_the_column_of_a_value_map(self, capsys, tmp_path):
        path = tmp_path / "map.csv"
        path.write_text("stakeholder,outcome,quantity,proxy_value\nTown,Calm,many,5\n", "utf-8")
        status, _, messages = run_command(capsys, "evaluate", str(path))
        assert status == 2
        assert "map.csv" in messages
        assert "line 2, column quantity" in messages
