"""What each difference of two scenarios adds to the ratio."""

import math
from math import fsum

import pytest
from hypothesis import given, settings

from roi_model import bridge as bridge_module
from roi_model import evaluate, load_case
from roi_model.bridge import bridge
from roi_model.readings import prudent
from tests.roi_model import building
from tests.roi_model.strategies import scenarios

PROMEVIL = load_case("promevil")
MANY = {
    "quiet_nights.people": 400,
    "police_time.hours": 100,
    "deadweight": 0.1,
    "displacement": 0.05,
    "discount_rate": 0.03,
    "footprint": "without",
    "years_covered": 2,
    "timing": "mid",
    "sncf_payment": 300_000,
    "quiet_nights.deadweight": 0.2,
    "quiet_nights.benefit_period": 3,
    "activity_years": 2,
    "perspective": "society",
    "state_aid": 1_400_000,
}


def helped(people=100, price=10.0, cost=1_000, **more):
    return building.case(
        outcomes=[building.people_helped("helped", people, price)],
        costs=[building.cost("paid", cost)],
        **more,
    )


def contributions(found):
    return {step.differences[0].address: step.contribution for step in found.steps}


def total(found):
    return fsum(step.contribution for step in found.steps)


class TestTheBridge:
    def test_worked_by_hand(self):
        # 100 people at 10 € for 1 000 €: 1. Twice the people at twice the price: 4.
        # People first: +1 then +2 for the price; price first: the same the other way: 1.5 each.
        found = bridge(helped(), helped(people=200, price=20.0))
        assert (found.start, found.end, found.method) == (1, 4, "all_orders")
        assert contributions(found) == {"helped.people": 1.5, "helped.price": 1.5}

    def test_three_inputs_worked_by_hand(self):
        # From 1 to 8 by people × 2, price × 2 and a cost halved: alike, so (8 - 1) / 3 each.
        found = bridge(helped(), helped(people=200, price=20.0, cost=500))
        assert contributions(found) == pytest.approx(
            {"helped.people": 7 / 3, "helped.price": 7 / 3, "paid": 7 / 3}
        )

    def test_lines_added_and_taken_away_add_what_they_bring(self):
        costs = [building.cost("paid", 1_000)]
        lines = [building.amount("calm", 500), building.amount("school", 2_000)]
        first = building.case(outcomes=lines[:1], costs=costs)
        second = building.case(outcomes=lines[1:], costs=costs)
        assert contributions(bridge(first, second)) == pytest.approx({"school": 2, "calm": -0.5})

    def test_an_input_without_effect_adds_nothing(self):
        # A single year, not discounted: erosion has nothing to bear on.
        other = PROMEVIL.with_changes(
            {"quiet_nights.drop_off": 0.5, "quiet_nights.people": 0, "funding.posts": 300}
        )
        found = contributions(bridge(PROMEVIL, other))
        assert found["quiet_nights.drop_off"] == found["funding.posts"] == 0
        assert found["quiet_nights.people"] == pytest.approx(-788_000 / 1_500_000)

    def test_the_largest_comes_first(self):
        found = bridge(PROMEVIL, prudent(PROMEVIL))
        sizes = [abs(step.contribution) for step in found.steps]
        assert sizes == sorted(sizes, reverse=True)
        # The footprint: 11.7 M€ less the assumed people and hours, and the jobs
        assert found.steps[0].differences[0].address == "footprint"

    def test_ends_are_the_ratios_of_the_scenarios(self):
        other = PROMEVIL.with_changes(MANY)
        found = bridge(PROMEVIL, other)
        assert found.start == evaluate(PROMEVIL).ratio
        assert found.end == evaluate(other).ratio

    def test_many_differences_are_drawn_and_still_sum_and_still_change_sign(self):
        other = PROMEVIL.with_changes(MANY)
        there, back = bridge(PROMEVIL, other), bridge(other, PROMEVIL)
        assert there.method == "drawn_orders"
        assert there.orders == 2 * bridge_module.DRAWN_PAIRS
        assert total(there) == pytest.approx(there.end - there.start)
        returned = contributions(back)
        for address, contribution in contributions(there).items():
            assert returned[address] == pytest.approx(-contribution)

    def test_drawn_orders_come_near_all_of_them(self, monkeypatch):
        other = PROMEVIL.with_changes({name: MANY[name] for name in list(MANY)[:10]})
        exact = bridge(PROMEVIL, other)
        monkeypatch.setattr(bridge_module, "MOST_GROUPS", 0)
        drawn = bridge(PROMEVIL, other)
        assert (exact.method, drawn.method) == ("all_orders", "drawn_orders")
        wanted = contributions(exact)
        for step in drawn.steps:
            away = abs(step.contribution - wanted[step.differences[0].address])
            assert away <= 5 * step.error + 1e-9

    def test_an_amount_in_prices_of_another_year_is_converted_on_the_way(self):
        first = PROMEVIL.with_changes({"price_year": 2020})
        second = first.with_changes({"indirect_jobs.value_per_job": 20_000})
        found = bridge(first, second)
        assert total(found) == pytest.approx(found.end - found.start)


class TestPointsOfView:
    def test_each_its_own_is_a_step(self):
        # Of two payers at 1 000 € each and 4 000 € of gains: 2 for all, 4 for the State alone.
        both = building.case(
            outcomes=[building.amount("calm", 4_000)],
            costs=[building.cost("paid", 1_000), building.cost("town", 1_000, building.TOWN)],
        )
        state = both.with_changes({"perspective": "leverage-state"})
        found = bridge(both, state)
        assert contributions(found) == {"perspective": 2}

    def test_one_for_both_is_no_step(self):
        other = PROMEVIL.with_changes({"perspective": "funder-state", "quiet_nights.people": 0})
        found = bridge(PROMEVIL, other, perspective="society")
        assert list(contributions(found)) == ["quiet_nights.people"]

    def test_costs_that_replace_one_another_are_one_step(self):
        # Without either there is no cost, so that neither can be changed alone.
        gain = [building.amount("calm", 4_000)]
        first = building.case(outcomes=gain, costs=[building.cost("old", 1_000)])
        second = building.case(outcomes=gain, costs=[building.cost("new", 2_000)])
        (step,) = bridge(first, second).steps
        assert {one.address for one in step.differences} == {"old", "new"}
        assert step.contribution == -2

    def test_of_payers_without_a_common_cost(self):
        costs = [building.cost("paid", 1_000), building.cost("town", 0, building.TOWN)]
        gain = [building.amount("calm", 4_000)]
        first = building.case(outcomes=gain, costs=costs, perspective="leverage-state")
        second = first.with_changes(
            {"paid": 0, "town": 500, "perspective": "leverage-town", "calm.amount": 3_000}
        )
        found = bridge(first, second)
        assert total(found) == pytest.approx(6 - 4)
        assert {len(step.differences) for step in found.steps} == {1, 3}

    def test_without_a_cost_there_is_no_bridge(self):
        found = bridge(helped(), helped(cost=0))
        assert not found.is_defined
        assert found.steps == ()
        assert math.isnan(found.end)

    def test_one_that_a_scenario_lacks_is_refused(self):
        with pytest.raises(KeyError):
            bridge(PROMEVIL, helped(), perspective="funder-sncf")

    def test_who_is_public_may_differ(self):
        town = [building.cost("paid", 1_000, building.TOWN), building.cost("aid", 1_000)]
        data = building.case_data(
            outcomes=[building.amount("calm", 4_000, stakeholder=building.STATE)],
            costs=town,
            perspective="public_finances",
        )
        first = building.scenario_from(data)
        for one in data["stakeholders"]:
            one["public"] = one["id"] == building.STATE
        second = building.scenario_from(data)
        assert contributions(bridge(first, second)) == {building.TOWN: 2}


@settings(max_examples=25, deadline=None)
@given(first=scenarios(), second=scenarios())
def test_a_bridge_reaches_the_other_side_and_comes_back(first, second):
    there, back = bridge(first, second), bridge(second, first)
    scale = max(
        abs(there.start), abs(there.end), *(abs(one.contribution) for one in there.steps), 1e-300
    )
    assert total(there) == pytest.approx(there.end - there.start, abs=1e-9 * scale)
    returned = {
        (one.differences[0].kind, one.differences[0].address): one.contribution
        for one in back.steps
    }
    for step in there.steps:
        name = (step.differences[0].kind, step.differences[0].address)
        assert returned[name] == pytest.approx(-step.contribution, abs=1e-9 * scale)
