"""What each convention does to a ratio, worked by hand."""

import pytest

from roi_model import evaluate, load_case
from roi_model.conventions import convention_effects
from roi_model.settings import CONVENTIONS
from tests.roi_model.building import amount, case, cost


@pytest.fixture
def ratios():
    scenario = case(
        outcomes=[amount("calm", 1_000, drop_off=0.5, benefit_period=2, attribution=0.2)],
        costs=[cost("aid", 100)],
        deadweight=0.5,
        discount_rate=0.25,
    )
    return {(one.convention, one.choice): one.ratio for one in convention_effects(scenario)}


def test_every_reading_is_worked_by_hand(ratios):
    # 1 000 kept 0.5 × 0.8 = 400 in year 1, half in year 2; 400/1.25 + 200/1.25² = 320 + 128
    assert ratios["timing", "end"] == pytest.approx(4.48)
    assert ratios["timing", "start"] == pytest.approx(5.6)  # 400 + 200/1.25
    assert ratios["timing", "mid"] == pytest.approx(4.48 * 1.25**0.5)
    assert ratios["timing", "none"] == pytest.approx(6)  # 400 + 200
    assert ratios["drop_off_from", 1] == pytest.approx(2.24)  # half of every year
    assert ratios["drop_off_from", 2] == pytest.approx(4.48)
    assert ratios["deductions", "multiply"] == pytest.approx(4.48)
    assert ratios["deductions", "add"] == pytest.approx(3.36)  # 1 - 0.5 - 0.2 = 0.3 for 0.4
    assert ratios["attribution_means", "others"] == pytest.approx(4.48)
    assert ratios["attribution_means", "credited"] == pytest.approx(1.12)  # 0.2 for 0.8


def test_one_reading_of_each_is_the_current_one_and_makes_no_difference():
    scenario = load_case("promevil").with_changes({"timing": "start", "discount_rate": 0.1})
    effects = convention_effects(scenario)
    assert {one.convention for one in effects} == set(CONVENTIONS)
    current = [one for one in effects if one.is_current]
    assert [one.choice for one in current] == ["start", 2, "multiply", "others"]
    assert all(one.difference == 0 for one in current)
    default = [one.choice for one in effects if one.is_default]
    assert default == ["end", 2, "multiply", "others"]


def test_the_point_of_view_is_the_one_asked_for():
    promevil = load_case("promevil")
    state = convention_effects(promevil, "funder-state")
    assert {one.ratio for one in state if one.is_current} == {
        evaluate(promevil, "funder-state").ratio
    }
