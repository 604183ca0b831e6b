"""What a scenario refuses, all at once, and how one is changed."""

import copy
import math

import pytest
from pydantic import ValidationError

from roi_model import Scenario, ScenarioError, evaluate, load_case
from roi_model.case_files import scenario_from
from roi_model.parameters import Provenance
from roi_model.problems import shown
from roi_model.settings import SETTING_CHOICES, SETTING_NUMBERS
from roi_model.value_map import OUTCOME_SHARES
from tests.roi_model.building import (
    STATE,
    TRANSPORT,
    amount,
    case,
    case_data,
    cost,
    factor,
    outcome,
    people_helped,
)
from tests.roi_model.faults import ASSUMED, FAULTS, PUBLISHED, REMOVED, sound_data, with_faults


def problems_in(data):
    with pytest.raises(ScenarioError) as refused:
        scenario_from(data)
    return refused.value.problems


def is_at(place, where):
    """Say whether ``place`` is the record or field ``where``, or a field within it."""
    return place == where or place.startswith(f"{where}.")


def the_problems_at(problems, where):
    found = [problem for problem in problems if is_at(problem.where, where)]
    assert found, f"no problem at {where}, only at {[problem.where for problem in problems]}"
    return found


def test_the_data_that_the_faults_are_planted_in_is_sound():
    data, _ = with_faults([])
    assert evaluate(scenario_from(data)).ratio > 0


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.kind)
def test_a_fault_is_reported_with_its_place_what_was_received_and_what_is_allowed(fault):
    data, (identifier,) = with_faults([fault])
    problems = the_problems_at(problems_in(data), fault.where.replace("{id}", identifier))
    said = "\n".join(map(str, problems))
    assert fault.says in said
    assert fault.code in ("", *(problem.code for problem in problems))
    if fault.value is not REMOVED and fault.code != "papers_missing":
        received = fault.value if fault.received is None else fault.received
        assert shown(received).rstrip("…") in said


def test_all_the_faults_are_reported_at_once():
    data, ids = with_faults(FAULTS)
    places = [problem.where for problem in problems_in(data)]
    expected = [
        fault.where.replace("{id}", identifier)
        for fault, identifier in zip(FAULTS, ids, strict=True)
    ]
    assert [one for one in expected if not any(is_at(place, one) for place in places)] == []


def test_the_message_of_the_error_names_every_place():
    data, ids = with_faults(FAULTS)
    with pytest.raises(ScenarioError) as refused:
        scenario_from(data, source="mine.yaml")
    said = str(refused.value)
    assert said.startswith("mine.yaml: ")
    for fault, identifier in zip(FAULTS, ids, strict=True):
        assert fault.where.replace("{id}", identifier) in said


def test_two_faults_of_one_number_are_both_reported():
    data = sound_data()
    data["outcomes"][0]["factors"][0] |= {"unit": "people", "provenance": "published"}
    codes = {problem.code for problem in problems_in(data)}
    assert {"unknown_unit", "papers_missing"} <= codes


@pytest.mark.parametrize(
    "fault",
    [one for one in FAULTS if one.kind in ("nan_price", "label_too_long", "unknown_unit")],
    ids=lambda fault: fault.kind,
)
def test_one_fault_is_one_problem_and_no_blame_falls_on_its_neighbours(fault):
    data, (identifier,) = with_faults([fault])
    (problem,) = problems_in(data)
    assert is_at(problem.where, fault.where.replace("{id}", identifier))


def test_a_faulty_only_factor_is_one_problem_and_not_also_a_missing_factor():
    data = sound_data()
    data["outcomes"].append(amount("line", "much"))
    assert [problem.where for problem in problems_in(data)] == [
        "outcomes[line].factors[amount].value"
    ]


@pytest.mark.parametrize("group", ["stakeholders", "figures", "costs", "outcomes"])
def test_an_id_that_stands_twice_is_refused(group):
    data = sound_data()
    data["figures"] = [cost("total", 5) | {"provenance": "yours"}]
    del data["figures"][0]["stakeholder"]
    data[group].append(copy.deepcopy(data[group][0]))
    twice = data[group][0]["id"]
    found = [problem for problem in problems_in(data) if problem.code == "duplicate_id"]
    assert {problem.where for problem in found} == {f"{group}[{twice}].id"}
    assert {problem.received for problem in found} == {twice}


@pytest.mark.parametrize(
    ("group", "field"), [("costs", "id"), ("costs", "stakeholder"), ("stakeholders", "id")]
)
@pytest.mark.parametrize("value", [[1], {"a": 1}, 5], ids=["list", "mapping", "number"])
def test_an_id_that_is_no_text_is_a_problem_and_not_a_crash(group, field, value):
    data = sound_data()
    data[group][0][field] = value
    data["outcomes"][0]["stakeholder"] = "bank"  # so that the known ids are listed as well
    assert any(problem.received == value for problem in problems_in(data))


@pytest.mark.parametrize("data", [None, [], "text", 5])
def test_what_is_no_scenario_at_all_is_refused(data):
    (problem,) = problems_in(data)
    assert problem.where == ""
    assert problem.received == data


@pytest.mark.parametrize("field", ["id", "name", "stakeholders", "costs", "outcomes"])
def test_what_a_scenario_cannot_do_without_is_asked_for(field):
    data = sound_data()
    del data[field]
    the_problems_at(problems_in(data), field)


def test_a_scenario_has_at_least_one_stakeholder():
    data = sound_data() | {"stakeholders": []}
    the_problems_at(problems_in(data), "stakeholders")


def test_a_negative_unit_value_is_no_fault():
    scenario = case(outcomes=[people_helped("harm", 10, -5.0)], costs=[cost("aid", 100)])
    assert evaluate(scenario).present_value_benefits == -50


def test_a_cost_of_zero_is_no_fault():
    assert math.isnan(evaluate(case(costs=[cost("aid", 0)])).ratio)


def test_a_scenario_built_in_python_is_checked_like_one_that_is_read():
    sound = scenario_from(sound_data())
    facts = {name: getattr(sound, name) for name in Scenario.model_fields}
    assert Scenario(**facts) == sound
    with pytest.raises(ValidationError, match="each id may stand only once"):
        Scenario(**facts | {"outcomes": sound.outcomes * 2})


def test_a_scenario_never_changes():
    scenario = scenario_from(sound_data())
    with pytest.raises(ValidationError, match="frozen"):
        scenario.costs = ()


class TestAddresses:
    @pytest.fixture
    def scenario(self):
        return case(
            outcomes=[
                people_helped("nights", 10, 5.0, deadweight=0.2, benefit_period=2),
                amount("rides", 300),
            ],
            costs=[cost("aid", 100), cost("fee", 20, TRANSPORT)],
            discount_rate=0.03,
        )

    def test_every_number_has_one_address(self, scenario):
        addresses = [address for address, _ in scenario.parameters()]
        shares = [*OUTCOME_SHARES, "benefit_period"]
        assert addresses == [
            "aid",
            "fee",
            "nights.people",
            "nights.price",
            *(f"nights.{name}" for name in shares),
            "rides.amount",
            *(f"rides.{name}" for name in shares),
            *SETTING_NUMBERS,
        ]

    @pytest.mark.parametrize(
        ("address", "value"),
        [
            ("aid", 100),
            ("nights.people", 10),
            ("nights.deadweight", 0.2),
            ("nights.benefit_period", 2),
            ("rides.deadweight", 0),  # not stated: nothing is deducted
            ("rides.benefit_period", 1),  # not stated: one year
            ("discount_rate", 0.03),
            ("attribution", 0),
            ("timing", "end"),
            ("perspective", "society"),
            ("years_covered", 1),
        ],
    )
    def test_the_value_at_an_address(self, scenario, address, value):
        assert scenario.value_at(address) == value

    @pytest.mark.parametrize("address", ["", "nights", "nights.rides", "colour", "aid.value"])
    def test_there_is_nothing_at_another_address(self, scenario, address):
        with pytest.raises(KeyError):
            scenario.value_at(address)

    def test_the_choices_are_the_conventions_and_the_points_of_view_of_the_payers(self, scenario):
        choices = scenario.choices()
        assert choices.keys() == {"perspective", "price_year", *SETTING_CHOICES}
        assert choices["perspective"] == (
            "society",
            "public_finances",
            "leverage-state",
            "leverage-transport",
            "funder-state",
            "funder-transport",
        )

    @pytest.mark.parametrize(
        ("address", "written", "value"),
        [
            ("nights.people", "12.5", 12.5),
            ("nights.people", "1e3", 1_000.0),
            ("nights.price", "-5", -5.0),
            ("nights.benefit_period", "3", 3),
            ("years_covered", "2", 2),
            ("drop_off_from", "1", 1),
            ("timing", "mid", "mid"),
            ("timing", "noon", "noon"),  # for with_changes to refuse
        ],
    )
    def test_a_value_is_read_from_text(self, scenario, address, written, value):
        read = scenario.value_from_text(address, written)
        assert (read, type(read)) == (value, type(value))

    @pytest.mark.parametrize("written", ["", "many", "12,5", "1 000"])
    def test_text_that_is_no_number_is_left_for_the_change_to_refuse(self, scenario, written):
        assert scenario.value_from_text("nights.people", written) == written
        with pytest.raises(ScenarioError, match="must be a number"):
            scenario.with_changes({"nights.people": written})

    def test_a_stakeholder_and_a_figure_are_found_by_id(self, scenario):
        assert scenario.stakeholder(STATE).public
        with pytest.raises(KeyError):
            scenario.stakeholder("bank")
        with pytest.raises(KeyError):
            scenario.figure("bank")


WRONG_CHANGES = {
    "nowhere": 5,
    "nights": 5,
    "nights.rides": 5,
    "aid": -1.0,
    "nights.people": -1.0,
    "nights.price": math.nan,
    "rides.amount": math.inf,
    "rides.deadweight": 1.5,
    "rides.drop_off": -0.5,
    "rides.benefit_period": 0,
    "nights.benefit_period": 1.5,
    "discount_rate": 2.0,
    "timing": "noon",
    "years_covered": 3,
    "drop_off_from": "1",
    "perspective": "leverage-residents",
    "attribution": 10**400,
}


class TestChanges:
    @pytest.fixture
    def scenario(self):
        return case(
            outcomes=[people_helped("nights", 10, 5.0), amount("rides", 300)],
            costs=[cost("aid", 100)],
        )

    def parameter(self, scenario, address):
        return dict(scenario.parameters())[address]

    @pytest.mark.parametrize(
        ("address", "value"),
        [
            ("aid", 250.0),
            ("nights.people", 20.0),
            ("nights.price", -2.0),
            ("rides.deadweight", 0.25),
            ("rides.benefit_period", 4),
            ("discount_rate", 0.04),
            ("displacement", 0.5),
            ("timing", "mid"),
            ("years_covered", 2),
            ("perspective", "funder-state"),
        ],
    )
    def test_a_change_moves_its_own_value_and_no_other(self, scenario, address, value):
        changed = scenario.with_changes({address: value})
        assert changed.value_at(address) == value
        for other, parameter in scenario.parameters():
            assert other == address or self.parameter(changed, other) == parameter
        for other in scenario.choices():
            assert other == address or changed.value_at(other) == scenario.value_at(other)

    def test_a_changed_number_is_yours(self):
        data = case_data(outcomes=[amount("rides", 300, basis="itemised")])
        data["outcomes"][0]["factors"][0] |= PUBLISHED
        published = scenario_from(data)
        assert self.parameter(published, "rides.amount").provenance == Provenance.PUBLISHED
        changed = published.with_changes({"rides.amount": 301.0})
        assert self.parameter(changed, "rides.amount").provenance == Provenance.YOURS

    def test_a_number_set_to_the_value_it_has_keeps_its_provenance(self):
        data = case_data(outcomes=[amount("rides", 300)])
        data["outcomes"][0]["factors"][0] |= PUBLISHED
        published = scenario_from(data)
        assert published.with_changes({"rides.amount": 300.0}) == published

    @pytest.mark.parametrize("value", [5, 0.5, 12.0])
    def test_the_range_goes_with_the_value_it_was_about(self, value):
        data = case_data(outcomes=[people_helped("nights", 4, 5.0)])
        data["outcomes"][0]["factors"][0] |= ASSUMED
        changed = scenario_from(data).with_changes({"nights.people": value})
        people = self.parameter(changed, "nights.people")
        assert (people.low, people.high) == (None, None)

    def test_the_scenario_that_is_changed_stays_as_it_was(self, scenario):
        before = scenario.model_dump()
        scenario.with_changes({"aid": 7.0, "timing": "mid", "rides.deadweight": 0.5})
        assert scenario.model_dump() == before

    def test_no_change_is_the_same_scenario(self, scenario):
        assert scenario.with_changes({}) == scenario

    def test_changes_may_be_made_together_or_one_after_the_other(self, scenario):
        together = scenario.with_changes({"aid": 7.0, "nights.people": 3.0})
        apart = scenario.with_changes({"nights.people": 3.0}).with_changes({"aid": 7.0})
        assert together == apart

    @pytest.mark.parametrize("address", WRONG_CHANGES)
    def test_a_change_that_cannot_be_is_refused_with_its_address_and_the_value(
        self, scenario, address
    ):
        with pytest.raises(ScenarioError) as refused:
            scenario.with_changes({address: WRONG_CHANGES[address]})
        (problem,) = refused.value.problems
        assert problem.where == address
        assert repr(problem.received) == repr(WRONG_CHANGES[address])
        assert problem.message

    def test_all_the_changes_that_cannot_be_are_refused_at_once(self, scenario):
        with pytest.raises(ScenarioError) as refused:
            scenario.with_changes(WRONG_CHANGES | {"nights.displacement": 0.1})
        assert [problem.where for problem in refused.value.problems] == list(WRONG_CHANGES)

    @pytest.mark.parametrize(
        ("address", "value", "allowed"),
        [
            ("aid", -1.0, "0"),
            ("rides.deadweight", 1.5, "1"),
            ("rides.benefit_period", 0, "1"),
            ("timing", "noon", "end, mid, start, none"),
            ("years_covered", 3, "1, 2"),
            ("perspective", "leverage-residents", "society, public_finances, leverage-state"),
            ("nights.people", -1.0, "0"),
        ],
    )
    def test_a_refusal_says_what_is_allowed(self, scenario, address, value, allowed):
        with pytest.raises(ScenarioError) as refused:
            scenario.with_changes({address: value})
        (problem,) = refused.value.problems
        assert problem.allowed.startswith(allowed)

    @pytest.mark.parametrize("value", ["many", None, [1], True])
    def test_what_is_no_number_is_refused_like_any_other_value(self, value):
        data = case_data(outcomes=[people_helped("nights", 4, 5.0)])
        data["outcomes"][0]["factors"][0] |= ASSUMED  # with a range to widen
        with pytest.raises(ScenarioError) as refused:
            scenario_from(data).with_changes({"nights.people": value, "nowhere": 1})
        assert [problem.where for problem in refused.value.problems] == ["nights.people", "nowhere"]


def test_an_unstated_correction_is_shown_as_the_one_its_evidence_takes():
    by_grade = load_case("promevil").with_changes({"optimism_bias": "by_grade"})
    taken = {row.outcome: row.optimism_bias for row in evaluate(by_grade).by_outcome}
    shown = {one: by_grade.value_at(f"{one}.optimism_bias") for one in taken}
    assert shown == taken
    assert any(taken.values())


class TestPricesThatTheIndexDoesNotCover:
    def dated(self, **more):
        old, new = (
            outcome(name, factor("amount", 100, f"{more.get('currency', 'EUR')}/year", year=year))
            for name, year in (("old", 2016), ("new", 2024))
        )
        return scenario_from(case_data(outcomes=[old, new]) | more)

    def test_are_named_where_a_year_of_prices_is_refused(self):
        with pytest.raises(ScenarioError) as caught:
            self.dated().with_changes({"price_year": 2022})
        (problem,) = caught.value.problems
        assert (problem.where, problem.code) == ("price_year", "no_price_index")
        assert problem.allowed == "new.amount"
        assert "new.amount" in problem.message

    def test_are_all_of_them_in_another_currency(self):
        pounds = self.dated(currency="GBP")
        assert pounds.beyond_price_index() == ("old.amount", "new.amount")
        with pytest.raises(ScenarioError) as caught:
            pounds.with_changes({"price_year": 2016})
        (problem,) = caught.value.problems
        assert (problem.code, problem.allowed) == ("no_price_index_for_currency", "EUR")

    def test_are_refused_in_a_file_in_another_currency(self):
        data = case_data(outcomes=[], costs=[], price_year=2016) | {"currency": "GBP"}
        with pytest.raises(ScenarioError) as caught:
            scenario_from(data)
        assert ("settings.price_year", "no_price_index_for_currency") in [
            (one.where, one.code) for one in caught.value.problems
        ]
