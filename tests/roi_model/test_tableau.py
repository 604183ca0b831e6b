"""Who pays and who gains adds up, both ways."""

import pytest
from hypothesis import given

from roi_model import evaluate, load_case
from roi_model.tableau import who_pays_who_gains
from tests.roi_model.building import RESIDENTS, STATE, TOWN, TRANSPORT, amount, case, cost
from tests.roi_model.strategies import scenarios


@pytest.fixture
def tableau():
    return who_pays_who_gains(
        case(
            outcomes=[
                amount("calm", 500, stakeholder=RESIDENTS),
                amount("benefit", 200, stakeholder=RESIDENTS) | {"transfer_from": STATE},
            ],
            costs=[cost("aid", 100, STATE), cost("grant", 50, TOWN)],
        )
    )


def test_a_cell_is_what_a_line_is_to_a_stakeholder(tableau):
    assert tableau.stakeholders == (STATE, TRANSPORT, TOWN, RESIDENTS)
    assert [(row.line, row.kind, row.amounts) for row in tableau.rows] == [
        ("aid", "cost", (-100, 0, 0, 0)),
        ("grant", "cost", (0, 0, -50, 0)),
        ("calm", "outcome", (0, 0, 0, 500)),
        ("benefit", "transfer", (-200, 0, 0, 200)),
    ]


def test_a_transfer_is_nothing_to_society(tableau):
    assert tableau.rows[-1].total == 0
    assert tableau.totals == (-300, 0, -50, 700)  # State: -100 - 200; residents: 500 + 200
    assert tableau.total == 350  # 500 - 150


def test_a_stakeholder_that_does_not_exist_is_refused(tableau):
    with pytest.raises(ValueError, match="tuple"):
        tableau.of_stakeholder("nobody")


def test_every_stakeholder_counts_whatever_the_point_of_view():
    promevil = load_case("promevil")
    assert promevil.settings.perspective == "leverage-state"
    tableau = who_pays_who_gains(promevil)
    assert dict(zip(tableau.stakeholders, tableau.totals, strict=True))["sncf"] == 3_000_000
    assert tableau.total == pytest.approx(20_200_000 - 1_500_000)


@given(scenarios(negative=True))
def test_the_whole_is_the_net_value_to_society(scenario):
    evaluation = evaluate(scenario, "society")
    tableau = who_pays_who_gains(scenario)
    scale = evaluation.present_value_costs + sum(
        abs(row.present_value) for row in evaluation.by_outcome
    )
    assert tableau.total == pytest.approx(evaluation.net_present_value, abs=1e-9 * scale)
    for one, total in zip(evaluation.by_stakeholder, tableau.totals, strict=True):
        assert total == pytest.approx(one.net_present_value, abs=1e-9 * scale)
