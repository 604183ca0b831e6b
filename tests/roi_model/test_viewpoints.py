"""Each sees its own side of the same scenario; the three ratios stay three."""

import math

import pytest
from hypothesis import given

from roi_model import evaluate, load_case
from roi_model.viewpoints import (
    points_of_view,
    three_ratios,
    three_ratios_on_itemised_lines,
)
from tests.roi_model.building import RESIDENTS, STATE, TOWN, TRANSPORT, amount, case, cost
from tests.roi_model.strategies import scenarios

PROMEVIL = load_case("promevil")


@pytest.fixture
def seen():
    return points_of_view(
        case(
            outcomes=[
                amount("calm", 500, stakeholder=RESIDENTS),
                amount("noise", -40, stakeholder=RESIDENTS),
                amount("savings", 90, stakeholder=STATE),
                amount("benefit", 200, stakeholder=RESIDENTS) | {"transfer_from": STATE},
            ],
            costs=[cost("aid", 100, STATE), cost("grant", 50, TOWN)],
        )
    )


def test_a_stakeholder_pays_gains_loses_gives_and_receives(seen):
    state, residents = seen.of(STATE), seen.of(RESIDENTS)
    assert (state.pays, state.gains, state.gives, state.net) == (100, 90, 200, -210)
    assert (residents.gains, residents.loses, residents.receives) == (500, 40, 200)
    assert residents.net == 660
    assert state.ratio == pytest.approx((90 - 200) / 100)  # the transfer is a loss of its own
    assert state.leverage == pytest.approx((500 - 40 + 90) / 100)  # and nothing to everyone


def test_who_pays_nothing_has_no_ratio_and_who_does_nothing_is_left_out(seen):
    assert seen.of(STATE).role == "pays_and_gains"
    assert seen.of(TOWN).role == "only_pays"
    assert seen.of(RESIDENTS).role == "only_gains"
    assert math.isnan(seen.of(RESIDENTS).ratio)
    assert math.isnan(seen.of(RESIDENTS).leverage)
    assert seen.of(TRANSPORT).role == "neither"
    assert [one.id for one in seen.concerned] == [STATE, TOWN, RESIDENTS]
    assert seen.payers == (STATE, TOWN)


def test_a_transfer_is_nothing_to_society_and_something_to_the_public_finances(seen):
    (transfer,) = seen.transfers
    assert (transfer.given_by, transfer.received_by) == (STATE, RESIDENTS)
    assert transfer.present_value == 200
    assert (seen.society.gives, seen.society.receives) == (0, 0)
    assert seen.society.net == 550 - 150
    assert (seen.public_finances.pays, seen.public_finances.gives) == (150, 200)


def test_who_only_gives_in_a_transfer_loses():
    found = points_of_view(
        case(
            outcomes=[amount("benefit", 200, stakeholder=STATE) | {"transfer_from": RESIDENTS}],
            costs=[cost("aid", 100)],
        )
    )
    assert found.of(RESIDENTS).role == "only_loses"
    assert found.of(RESIDENTS).net == -200


def test_the_three_ratios_of_the_reference_case():
    ratios = three_ratios(PROMEVIL, "state")
    assert ratios.leverage == pytest.approx(20.2 / 1.5)  # 13.47
    # 3.1 M€ of work integration and 2 000 × 51 € of police time
    assert ratios.own == pytest.approx((3_100_000 + 102_000) / 1_500_000)
    assert ratios.society == ratios.leverage  # no other funder's cost is entered
    seen = points_of_view(PROMEVIL)
    assert seen.payers == ("state",)
    assert seen.unstated_costs == ("sncf_payment", "towns_payment")


def test_the_three_ratios_of_the_reference_case_on_itemised_lines():
    ratios = three_ratios_on_itemised_lines(PROMEVIL, "state")
    assert ratios is not None
    assert ratios.leverage == pytest.approx(8.5 / 1.5)  # 5.67
    assert ratios.own == pytest.approx(3.1 / 1.5)  # 2.07
    itemised = PROMEVIL.with_changes({"lines": "itemised"})
    assert three_ratios_on_itemised_lines(itemised, "state") is None


def test_another_funder_parts_the_leverage_from_society():
    shared = PROMEVIL.with_changes({"sncf_payment": 500_000})
    ratios = three_ratios(shared, "state")
    assert ratios.leverage == pytest.approx(20.2 / 1.5)
    assert ratios.society == pytest.approx(20.2 / 2.0)
    assert three_ratios(shared, "sncf").own == pytest.approx(3.0 / 0.5)
    with pytest.raises(KeyError):
        three_ratios(PROMEVIL, "passengers")


@given(scenarios(negative=True))
def test_every_point_of_view_agrees_with_its_evaluation(scenario):
    seen = points_of_view(scenario)
    scale = seen.society.pays + math.fsum(one.after + one.before for one in seen.stakeholders)
    views = [(one, f"funder-{one.id}") for one in seen.stakeholders if one.id in seen.payers]
    views += [(seen.society, "society"), (seen.public_finances, "public_finances")]
    for one, named in views:
        evaluation = evaluate(scenario, named)
        assert one.net == pytest.approx(evaluation.net_present_value, abs=1e-9 * scale)
        assert one.pays == pytest.approx(evaluation.present_value_costs)
    assert math.fsum(one.net for one in seen.stakeholders) == pytest.approx(
        seen.society.net, abs=1e-9 * scale
    )
