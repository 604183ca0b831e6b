"""The prudent and the ambitious reading of a scenario."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roi_model import evaluate, load_case
from roi_model.readings import ambitious, deducting, prudent
from roi_model.templates import load_template
from tests.roi_model import building
from tests.roi_model.strategies import costs, prices, quantities, shares

PROMEVIL = load_case("promevil")


def assumed(value, low, high):
    return {
        "value": value,
        "low": low,
        "high": high,
        "provenance": "assumed",
        "reason": building.both("A guess"),
    }


def helped(people, price=100.0, **shares):
    """Return an outcome of an assumed number of people at a typed price."""
    line = building.people_helped("helped", people["value"], price)
    line["factors"][0] |= people
    return line | shares


def moved(scenario, reading):
    before = dict(scenario.parameters())
    return {
        address: parameter.value
        for address, parameter in reading.parameters()
        if before[address].value != parameter.value
    }


class TestPromevil:
    def test_prudent_leaves_the_itemised_lines(self):
        # No people, no hours, and neither the jobs nor the balance once the footprint is apart:
        # (3.0 + 2.4 + 3.1) M€ / 1.5 M€
        reading = prudent(PROMEVIL)
        assert evaluate(reading).ratio == pytest.approx(8.5 / 1.5)
        assert moved(PROMEVIL, reading) == {"quiet_nights.people": 0, "police_time.hours": 0}
        assert reading.settings.footprint == "without"

    def test_ambitious_takes_the_other_ends(self):
        # (20 200 000 + 4 000 × 788 + 8 000 × 51 + 41 × 5 000) / 1 500 000
        reading = ambitious(PROMEVIL)
        assert evaluate(reading).ratio == pytest.approx(23_965_000 / 1_500_000)
        assert moved(PROMEVIL, reading) == {
            "quiet_nights.people": 5_000,
            "police_time.hours": 10_000,
            "indirect_jobs.value_per_job": 20_000,
        }
        assert reading.settings == PROMEVIL.settings

    @pytest.mark.parametrize("perspective", PROMEVIL.perspective_ids)
    def test_both_keep_the_point_of_view_and_lie_on_either_side(self, perspective):
        scenario = PROMEVIL.with_changes({"perspective": perspective})
        low, high = prudent(scenario), ambitious(scenario)
        assert {low.settings.perspective, high.settings.perspective} == {perspective}
        if evaluate(scenario).present_value_costs:
            assert evaluate(low).ratio <= evaluate(scenario).ratio <= evaluate(high).ratio

    def test_what_the_user_typed_stays(self):
        scenario = PROMEVIL.with_changes({"quiet_nights.people": 300})
        for reading in (prudent(scenario), ambitious(scenario)):
            assert reading.value_at("quiet_nights.people") == 300

    def test_prices_of_another_year_are_those_of_the_end_as_well(self):
        scenario = PROMEVIL.with_changes({"price_year": 2020})
        taken = PROMEVIL.with_changes({"price_year": 2020}).with_parameters(
            {
                "indirect_jobs.value_per_job": dict(PROMEVIL.parameters())[
                    "indirect_jobs.value_per_job"
                ].model_copy(update={"value": 20_000.0}),
                **{
                    address: dict(PROMEVIL.parameters())[address].model_copy(
                        update={"value": value}
                    )
                    for address, value in (
                        ("quiet_nights.people", 5_000.0),
                        ("police_time.hours", 10_000.0),
                    )
                },
            }
        )
        assert evaluate(ambitious(scenario)).ratio == pytest.approx(evaluate(taken).ratio)


def test_an_assumed_footprint_takes_its_high_end_and_a_typed_one_does_not():
    # 1 000 × 100 = 100 000; 60 % of it is footprint at most: 40 000 / 10 000 = 4
    line = helped(building.number(1_000), footprint=assumed(0.2, 0.1, 0.6))
    scenario = building.case(outcomes=[line], costs=[building.cost("paid", 10_000)])
    assert evaluate(prudent(scenario)).ratio == pytest.approx(4)
    assert ambitious(scenario) == scenario
    typed = scenario.with_changes({"helped.footprint": 0.3})
    assert evaluate(prudent(typed)).ratio == pytest.approx(7)


def test_the_direction_is_found_and_not_supposed():
    # What harms is worth less than nothing: more people lower the ratio.
    line = helped(assumed(100, 50, 200), price=-10.0)
    scenario = building.case(
        outcomes=[line, building.amount("gain", 50_000)], costs=[building.cost("paid", 10_000)]
    )
    assert moved(scenario, prudent(scenario)) == {"helped.people": 200}
    assert moved(scenario, ambitious(scenario)) == {"helped.people": 50}


def test_what_is_fixed_and_the_years_of_activity_are_held():
    unstated = building.cost("town_pays", 0, building.TOWN) | assumed(0, 0, 1e6)
    unstated["distribution"] = {"kind": "fixed"}
    stated = building.cost("paid", 1_000) | assumed(1_000, 800, 2_000)
    scenario = building.case(
        outcomes=[building.amount("gain", 4_000)],
        costs=[stated, unstated],
        activity_years=assumed(2, 1, 10),
    )
    assert moved(scenario, prudent(scenario)) == {"paid": 2_000}
    assert moved(scenario, ambitious(scenario)) == {"paid": 800}


def test_a_template_to_fill_has_nothing_to_move():
    template = load_template("adulte_relais").case
    assert moved(template, prudent(template)) == moved(template, ambitious(template)) == {}


@given(people=quantities, price=prices, cost=costs, spread=shares, dead=shares)
def test_readings_lie_on_either_side(people, price, cost, spread, dead):
    line = helped(
        assumed(people, people * (1 - spread), people * (1 + spread)),
        price,
        deadweight=assumed(dead, dead * (1 - spread), dead + (1 - dead) * spread),
    )
    scenario = building.case(outcomes=[line], costs=[building.cost("paid", cost)])
    now = evaluate(scenario).ratio
    margin = 1e-9 * now
    assert evaluate(prudent(scenario)).ratio <= now + margin
    assert evaluate(ambitious(scenario)).ratio >= now - margin


@given(st.sampled_from(["society", "public_finances", "funder-state"]))
def test_a_reading_of_a_reading_is_the_same(perspective):
    scenario = PROMEVIL.with_changes({"perspective": perspective})
    assert prudent(prudent(scenario)) == prudent(scenario)
    assert ambitious(ambitious(scenario)) == ambitious(scenario)


class TestDeducting:
    def test_takes_the_share_from_every_effect(self):
        # 20.2 M€ / 1.5 M€, three quarters of it
        assert evaluate(deducting(PROMEVIL, 0.25)).ratio == pytest.approx(0.75 * 20.2 / 1.5)

    def test_takes_the_place_of_what_was_deducted_in_common(self):
        once = deducting(PROMEVIL, 0.1)
        assert deducting(once, 0.5) == deducting(PROMEVIL, 0.5)
