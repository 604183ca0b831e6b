"""Reading a case, from a file in two formats or by the id of a shipped one, and writing it."""

import json
import math

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from roi_model import ScenarioError, evaluate, load_case, shipped_cases
from roi_model.case_files import (
    CASES,
    LARGEST_FILE,
    read_case,
    scenario_from,
    write_case,
)
from roi_model.case_files import case_data as data_of
from tests.roi_model import strategies
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

    @pytest.mark.parametrize(
        ("rule", "value"),
        [
            ({"stated": 120, "times": 12, "divided_by": 5}, 288),
            ({"stated": 3, "divided_by": 7}, 0.428_571),  # to the sixth decimal
            ({"stated": 1_000}, 1_000),
        ],
    )
    def test_a_price_is_converted_from_what_its_source_states(self, rule, value):
        price = derived("price", "EUR/staff/year", "conversion", **rule)
        paid = cost("posts", 2, price=price) | {"unit": "staff"}
        data = case_data(costs=[paid], outcomes=[amount("line", 300)])
        scenario = scenario_from(data)
        assert scenario.costs[0].price.value == value
        assert scenario_from(data_of(scenario)) == scenario
        data["costs"][0]["price"]["value"] = value + 1
        (problem,) = problems_of(scenario_from, data)
        assert problem.where == "costs[posts].price.value"
        assert problem.code == "not_what_the_rule_gives"

    @pytest.mark.parametrize("rule", [{}, {"stated": "much"}, {"stated": 1, "divided_by": 0}])
    def test_a_conversion_that_cannot_be_followed_is_a_problem(self, rule):
        data = data_with_derived_numbers()
        data["outcomes"][2]["factors"][0]["derivation"] = {"rule": "conversion", **rule}
        places = [problem.where for problem in problems_of(scenario_from, data)]
        assert [one.rpartition(".")[0] for one in places] == [
            "outcomes[balance].factors[amount].derivation"
        ]

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
        (problem,) = problems_of(scenario_from, data)
        assert problem.where == "outcomes[balance].factors[amount].value"
        assert (problem.code, problem.received) == ("not_what_the_rule_gives", 5.0)
        assert problem.allowed == "880200.0"

    def test_a_value_kept_from_before_other_numbers_changed_is_taken_as_it_is(self):
        data = data_with_derived_numbers()
        data["outcomes"][2]["factors"][0]["value"] = 5.0
        data["outcomes"][2]["factors"][0]["derivation"]["kept"] = True
        assert self.value(data, "balance.amount") == 5

    @pytest.mark.parametrize("kept", [False, "yes", 1])
    def test_only_a_clear_word_keeps_a_value(self, kept):
        data = data_with_derived_numbers()
        data["outcomes"][2]["factors"][0]["value"] = 5.0
        data["outcomes"][2]["factors"][0]["derivation"]["kept"] = kept
        assert any("outcomes[balance]" in one.where for one in problems_of(scenario_from, data))

    def test_a_kept_number_still_needs_its_value(self):
        data = data_with_derived_numbers()
        data["outcomes"][2]["factors"][0]["derivation"]["kept"] = True
        (problem,) = problems_of(scenario_from, data)
        assert problem.where == "outcomes[balance].factors[amount].value"

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

    @pytest.mark.parametrize("stated", [False, True])
    @pytest.mark.parametrize(
        ("way", "value", "place"),
        [
            (("figures", 0, "value"), "many", "figures[total].value"),
            (("figures", 0, "value"), math.nan, "figures[total].value"),
            (("figures", 0, "value"), True, "figures[total].value"),
            (("figures", 2, "value"), "few", "figures[staff].value"),
            (("figures", 2, "id"), None, "figures[2].id"),
            (("figures",), {"total": 1}, "figures"),
            (
                ("outcomes", 0, "factors", 0, "value"),
                "many",
                "outcomes[nights].factors[people].value",
            ),
            (("outcomes", 0, "factors"), "none", "outcomes[nights].factors"),
        ],
    )
    def test_what_a_rule_needs_is_blamed_in_place_of_what_it_gives(self, stated, way, value, place):
        data = data_with_derived_numbers()
        if stated:
            computed = scenario_from(data)
            for outcome, read in zip(data["outcomes"], computed.outcomes, strict=True):
                for factor, number in zip(outcome["factors"], read.factors, strict=True):
                    factor["value"] = number.value
        inside = data
        for step in way[:-1]:
            inside = inside[step]
        inside[way[-1]] = value
        assert [problem.where for problem in problems_of(scenario_from, data)] == [place]

    def test_a_rule_that_names_no_figure_is_told_which_there_are(self):
        data = data_with_derived_numbers()
        data["outcomes"][-1]["factors"][0]["derivation"]["of"] = "nothing"
        (problem,) = problems_of(scenario_from, data)
        assert (problem.code, problem.received) == ("unknown_figure", "nothing")
        assert "total" in problem.allowed

    def test_a_rule_that_divides_by_zero_says_by_which_figure(self):
        data = data_with_derived_numbers()
        data["figures"][2]["value"] = 0
        (problem,) = problems_of(scenario_from, data)
        assert (problem.code, problem.received) == ("divides_by_zero", "staff")

    @pytest.mark.parametrize("place", ["figure", "factor"])
    def test_a_number_of_400_digits_is_a_problem_and_not_a_crash(self, place):
        data = data_with_derived_numbers()
        record = data["figures"][0] if place == "figure" else data["outcomes"][0]["factors"][0]
        record["value"] = 10**400
        assert any(problem.received == 10**400 for problem in problems_of(scenario_from, data))


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("broken.yaml", "id: [unclosed", "file_not_readable"),
        ("broken.json", '{"id": ', "file_not_readable"),
        ("yaml_in.json", "id: example", "file_not_readable"),
        ("tab.yaml", "id:\n\t- a", "file_not_readable"),
        ("unknown_tag.yaml", "!!python/object/apply:os.getcwd []", "file_not_readable"),
        ("impossible_date.yaml", "date: 2017-02-31", "file_not_readable"),
        ("not_text.yaml", b"\xff\xfe\x00\x80", "file_not_text"),
        ("deep.json", "[" * 200_000, "file_too_deep"),
        ("deep.yaml", "[" * 2_000, "file_too_deep"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_problem_that_names_it(written, name, content, code):
    (problem,) = problems_of(load_case, written(name, content))
    assert (problem.where, problem.code) == (name, code)
    assert "YAML or JSON" in problem.message


def test_a_file_that_is_too_large_is_refused(written):
    (problem,) = problems_of(load_case, written("large.yaml", "#" * (LARGEST_FILE + 1)))
    assert (problem.where, problem.code) == ("large.yaml", "file_too_large")
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
    assert problem.code == "file_missing"
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
    assert any(line.startswith("line 1, costs[aid].value: ") for line in lines)
    assert any(line.startswith("line 1, outcomes[line].factors[amount].value: ") for line in lines)


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_what_json_lets_through_as_a_number_is_still_refused(written, word):
    text = json.dumps(case_data(costs=[cost("aid", 12_345)])).replace("12345", word)
    (problem,) = problems_of(load_case, written("mine.json", text))
    assert problem.where == "costs[aid].value"


def test_a_key_that_stands_twice_is_refused_rather_than_half_read(written):
    # A second ``settings`` would silently replace every setting of the first.
    text = yaml.safe_dump(case_data(deadweight=0.5)) + "\nsettings: {}\n"
    (problem,) = problems_of(load_case, written("twice.yaml", text))
    assert "'settings' stands twice" in problem.message
    assert problem.line == text.count("\n")  # the last line


def test_a_key_that_stands_twice_in_json_is_refused_too(written):
    text = json.dumps(case_data())[:-1] + ', "settings": {}}'
    (problem,) = problems_of(load_case, written("twice.json", text))
    assert "'settings' stands twice" in problem.message


def test_the_mark_that_windows_editors_put_at_the_start_is_passed_over(written):
    text = "\ufeff" + json.dumps(case_data())
    assert load_case(written("mine.json", text)) == load_case(written("mine.yaml", text))


def test_a_rule_on_a_number_that_is_never_computed_is_refused():
    data = case_data(costs=[cost("aid", 100)], outcomes=[amount("line", 300)])
    data["costs"][0] |= {"derivation": {"rule": "quotient", "of": "a", "by": "b"}}
    (problem,) = problems_of(scenario_from, data)
    assert problem.where == "costs[aid].derivation"
    assert problem.code == "derivation_not_possible"


YAML_WITH_FAULTS = """\
id: example
name: Example
stakeholders:
  - {id: state, name: State}
costs:
  - id: aid
    stakeholder: state
    label: Aid
    value: -5
    provenance: yours
  - &other
    id: other
    stakeholder: bank
    label: Other
    value: 1
    provenance: yours
    colour: red
outcomes:
  - id: nights
    stakeholder: state
    label: Nights
    factors:
      - id: people
        label: People
        value: many
        unit: EUR/year
        provenance: yours
    deadweight: {provenance: yours}
  - <<: {id: merged, stakeholder: state, basis: wrong}
    label: Merged
    factors: []
settings: {timing: noon,
  deductions: never}
"""
LINES = {
    "costs[aid].value": 9,
    "costs[other].colour": 17,
    "costs[other].stakeholder": 13,
    "outcomes[nights].factors[people].value": 25,
    "outcomes[nights].deadweight.value": 28,  # missing: the line of what it is missing from
    "outcomes[merged].basis": 29,
    "outcomes[merged].factors": 31,
    "settings.timing": 32,
    "settings.deductions": 33,
}


class TestLines:
    def test_every_fault_names_its_line_its_field_and_the_file(self, written):
        with pytest.raises(ScenarioError) as refused:
            load_case(written("mine.yaml", YAML_WITH_FAULTS))
        assert {one.where: one.line for one in refused.value.problems} == LINES
        heading, *lines = str(refused.value).splitlines()
        assert heading == "mine.yaml: 9 problem(s)"
        assert any(line.startswith("line 9, costs[aid].value: ") for line in lines)

    @pytest.mark.parametrize("indent", [2, "\t"])
    def test_the_lines_of_json_are_found_too(self, written, indent):
        data = case_data(costs=[cost("aid", -5)])
        text = json.dumps(data, indent=indent)
        (problem,) = problems_of(load_case, written("mine.json", text))
        assert "-5" in text.splitlines()[problem.line - 1]

    def test_a_missing_field_at_the_top_is_one_of_the_first_line(self, written):
        (problem,) = problems_of(
            load_case,
            written(
                "m.yaml",
                "# ours\n"
                + yaml.safe_dump({key: one for key, one in case_data().items() if key != "name"}),
            ),
        )
        assert (problem.where, problem.line) == ("name", 2)  # the first after the comment

    def test_what_an_alias_repeats_is_at_fault_where_it_is_written(self, written):
        text = YAML_WITH_FAULTS.replace("outcomes:", "  - *other\noutcomes:")
        found = problems_of(load_case, written("mine.yaml", text))
        repeated = [one.line for one in found if one.where.startswith("costs[other].")]
        assert {13, 17} <= set(repeated)

    @pytest.mark.parametrize(
        ("name", "content", "line"),
        [
            ("broken.yaml", "id: a\nname: [unclosed\n", 3),
            ("broken.json", '{\n"id":\n}', 3),
            ("tab.yaml", "id:\n\t- a", 2),
        ],
    )
    def test_a_file_that_cannot_be_read_says_where_it_breaks(self, written, name, content, line):
        (problem,) = problems_of(load_case, written(name, content))
        assert problem.line == line

    def test_data_that_comes_from_no_file_has_no_lines(self):
        problems = problems_of(scenario_from, case_data(costs=[cost("aid", -5)]))
        assert [one.line for one in problems] == [None]


ENDINGS = (".yaml", ".yml", ".json")


@pytest.fixture(scope="module")
def again(tmp_path_factory):
    """Return a function that writes a scenario and reads it back, in each format."""
    folder = tmp_path_factory.mktemp("written")

    def write_and_read(scenario):
        for ending in ENDINGS:
            path = folder / f"written{ending}"
            write_case(scenario, path)
            yield read_case(path)

    return write_and_read


words = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("\n\r\x85\u2028: #'\"-\t")),
    min_size=1,
    max_size=120,
)


class TestWriting:
    @pytest.mark.parametrize("identifier", shipped_cases())
    def test_a_shipped_case_is_read_back_the_same(self, again, identifier):
        scenario = load_case(identifier)
        assert list(again(scenario)) == [scenario] * len(ENDINGS)

    @given(scenario=strategies.scenarios(negative=True))
    def test_any_scenario_is_read_back_the_same_to_the_last_bit(self, again, scenario):
        for read in again(scenario):
            assert read == scenario
            assert read.fingerprint == scenario.fingerprint

    @given(label=words, help=words)
    def test_any_text_is_read_back_the_same(self, again, label, help):
        line = amount("line", 300) | {"label": {"fr": label, "en": help}, "help": help}
        scenario = scenario_from(case_data(outcomes=[line]))
        assert list(again(scenario)) == [scenario] * len(ENDINGS)

    @given(
        changes=st.dictionaries(
            st.sampled_from(
                [
                    *("state_aid", "quiet_nights.people", "indirect_jobs.jobs_per_staff"),
                    *("balance.amount", "balance.deadweight", "police_time.hourly_cost"),
                    *("discount_rate", "funding.posts", "funding.cost_per_post"),
                ]
            ),
            st.floats(0.01, 1),  # a cost of 0 would make the ratio undefined, equal to nothing
        )
    )
    def test_a_case_whose_numbers_were_changed_is_read_back_with_every_number(self, again, changes):
        # Among them figures that others are derived from: those stay as they were.
        scenario = load_case("promevil").with_changes(changes)
        for read in again(scenario):
            assert read == scenario
            assert evaluate(read) == evaluate(scenario)

    def test_a_derived_number_keeps_its_rule_and_says_when_it_no_longer_gives_its_value(self):
        scenario = scenario_from(data_with_derived_numbers())

        def balance(scenario):
            (factor,) = data_of(scenario)["outcomes"][2]["factors"]
            return factor["value"], factor["derivation"]

        rule = {"rule": "remainder", "of": "total"}
        assert balance(scenario) == (880_200, rule)
        changed = scenario.with_changes({"nights.people": 500})
        assert balance(changed) == (880_200, rule | {"kept": True})
        # 1 000 000 − (100 × 788 + 41 000) again
        assert balance(changed.with_changes({"nights.people": 100})) == (880_200, rule)

    def test_a_derived_number_that_the_user_replaced_has_no_rule_any_more(self):
        scenario = scenario_from(data_with_derived_numbers()).with_changes({"balance.amount": 7})
        (factor,) = data_of(scenario)["outcomes"][2]["factors"]
        assert (factor["value"], factor["provenance"]) == (7, "yours")
        assert "derivation" not in factor

    def test_the_file_says_nothing_that_goes_without_saying(self):
        aid = cost("aid", 100.0) | {"label": "Aid", "help": "What the State pays"}
        data = data_of(scenario_from(case_data(costs=[aid])))
        assert data["costs"] == [
            {
                "id": "aid",
                "stakeholder": "state",
                "label": "Aid",
                "help": "What the State pays",
                "value": 100,
                "unit": "EUR/year",
                "provenance": "yours",
            }
        ]
        assert list(data["costs"][0])[:4] == ["id", "stakeholder", "label", "help"]
        assert "settings" not in data

    def test_one_source_one_text_and_a_date_are_written_as_people_write_them(self):
        data = data_of(load_case("promevil"))
        assert data["sources"]["parisien_2017"]["date"] == "2017-05-29"
        assert data["name"] == "Promevil"
        assert data["figures"][0]["source"] == ["parisien_2017", "goodwill_page"]
        assert data["figures"][1]["source"] == "parisien_2017"

    def test_yaml_is_written_for_people(self, tmp_path):
        path = tmp_path / "case.yaml"
        write_case(load_case("promevil"), path)
        text = path.read_text(encoding="utf-8")
        assert text.startswith("id: promevil\nname: Promevil\ndescription:\n  fr: ")
        assert "Économie pour l'État" in text
        assert {"&", "*", "{", "!"}.isdisjoint(line.strip()[:1] for line in text.splitlines())

    def test_another_ending_is_refused(self, tmp_path):
        (problem,) = problems_of(write_case, load_case("promevil"), tmp_path / "case.txt")
        assert (problem.where, problem.code) == ("case.txt", "file_ending")


@pytest.mark.parametrize("name", ["half.json", "half.yaml"])
def test_half_a_character_where_it_cannot_be_listed_is_a_problem_and_not_a_crash(written, name):
    # The payer of the cost is not among the stakeholders, so that these are listed.
    data = case_data(costs=[cost("aid", 100)])
    data["stakeholders"][0]["id"] = "\ud800"
    data["costs"][0]["stakeholder"] = "bank"
    (problem,) = problems_of(load_case, written(name, json.dumps(data)))
    assert (problem.where, problem.code) == (name, "file_not_text")
