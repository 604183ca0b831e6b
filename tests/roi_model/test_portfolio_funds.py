import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from roi_model import ScenarioError, portfolio_funds
from roi_model.case_files import load_case
from roi_model.portfolio import portfolio_of
from roi_model.portfolio_evaluation import evaluate_portfolio
from roi_model.portfolio_funds import STEPS, chance_of_gain, moved_funds
from roi_model.portfolio_simulation import simulate_portfolio
from tests.roi_model.building import STATE, TOWN, amount, case, cost

TEMPLATE = case(
    outcomes=[amount("gain", 1_000), amount("other", 0)],
    costs=[cost("aid", 1_000), cost("grant", 0, TOWN)],
)


def evaluation(gains, aid, **more):
    numbers = {"gain.amount": gains, "aid": aid, **more}
    return evaluate_portfolio(portfolio_of(TEMPLATE, numbers))


def test_by_hand():
    # Ratios 3, 1 and 2: a tenth of 1 000 euros of the second goes to the first, that of the third
    # as well, to which up to 400 may go: 100 x (3 - 1) + 100 x (3 - 2)
    found = moved_funds(
        evaluation([3_000, 1_000, 2_000], [1_000] * 3), away=0.1, towards=0.4, elasticity=1.0
    )
    assert found.moved == pytest.approx(200)
    assert found.gain == pytest.approx(300)
    assert found.gain_per_euro == pytest.approx(1.5)
    assert (found.benefits_now, found.costs_now) == (6_000, 3_000)
    assert (found.last_given, found.last_received) == pytest.approx((2, 3))
    assert [(one.id, round(one.added_costs, 9)) for one in found.moves] == [
        ("1", 200),
        ("2", -100),
        ("3", -100),
    ]
    assert [one.marginal_ratio for one in found.moves] == pytest.approx([3, 1, 2])


def test_a_bound_on_the_whole():
    rows = evaluation([3_000, 1_000, 2_000], [1_000] * 3)
    found = moved_funds(rows, away=0.1, towards=0.4, elasticity=1.0, most_moved=150)
    # 100 x (3 - 1) + 50 x (3 - 2)
    assert (found.moved, found.gain) == pytest.approx((150, 250))
    none = moved_funds(rows, away=0.1, towards=0.4, elasticity=1.0, most_moved=0)
    assert (none.moved, none.gain, none.moves) == (0, 0, ())
    assert math.isnan(none.last_given)


amounts = st.lists(st.floats(100, 10_000), min_size=2, max_size=8)


@given(amounts, amounts, st.floats(0, 1), st.floats(0, 2))
@settings(deadline=None)
def test_as_a_linear_programme(gains, costs, away, towards):
    rows = min(len(gains), len(costs))
    gains, costs = np.array(gains[:rows]), np.array(costs[:rows])
    found = moved_funds(evaluation(gains, costs), away=away, towards=towards, elasticity=1.0)
    solved = linprog(
        -gains / costs,
        A_eq=np.ones((1, rows)),
        b_eq=[0],
        bounds=[(-away * one, towards * one) for one in costs],
    )
    assert found.gain == pytest.approx(-solved.fun, rel=1e-6, abs=1e-3)
    assert math.fsum(one.added_costs for one in found.moves) == pytest.approx(0, abs=1e-6)


@given(
    amounts,
    amounts,
    st.sampled_from([0.0, 0.1, 1.0]),
    st.sampled_from([None, 10.0, 2_000.0]),
    st.sampled_from([0.5, 1.0]),
)
@settings(deadline=None)
def test_nothing_depends_on_the_prices_looked_at_first(gains, costs, away, most, elasticity):
    rows = min(len(gains), len(costs))
    rows = evaluation(gains[:rows], costs[:rows])
    bounds = {"away": away, "towards": 0.3, "most_moved": most, "elasticity": elasticity}
    all_of_them = moved_funds(rows, **bounds)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(portfolio_funds, "SAMPLED", 1)
        one_of_them = moved_funds(rows, **bounds)
    assert one_of_them.gain == pytest.approx(all_of_them.gain, rel=1e-9, abs=1e-6)
    assert one_of_them.moved == pytest.approx(all_of_them.moved, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("elasticity", [0.3, 0.7])
def test_diminishing_returns_as_by_brute_force(elasticity):
    gains, costs = np.array([5_000, 1_500, 900.0]), np.array([1_000, 800, 1_200.0])
    away, towards = 0.5, 0.6
    found = moved_funds(evaluation(gains, costs), away=away, towards=towards, elasticity=elasticity)
    shares = np.linspace(-away, towards, 1_101)
    first, second = np.meshgrid(shares, shares)
    third = -(first * costs[0] + second * costs[1]) / costs[2]
    all_shares = np.stack([first, second, third])
    added = np.tensordot(gains, (1 + np.maximum(all_shares, -1)) ** elasticity - 1, axes=1)
    best = added[(third >= -away - 1e-9) & (third <= towards + 1e-9)].max()
    assert found.gain == pytest.approx(best, rel=1e-3)


def test_without_bounds_that_bind_a_euro_brings_as_much_anywhere():
    # With benefits of a and b and an elasticity of a half, the marginal a / (2 sqrt(m)) of both is
    # the same where funds are as a squared to b squared: 1.2 and 0.8 of costs that are equal.
    gains = np.sqrt([1.2, 0.8]) * 1_000
    found = moved_funds(evaluation(gains, [1_000, 1_000]), away=0.5, towards=0.5, elasticity=0.5)
    assert found.moved == pytest.approx(200, abs=1_000 * 0.5 / STEPS)
    assert found.last_given == pytest.approx(found.last_received, rel=0.02)
    assert found.gain == pytest.approx(2_000 - gains.sum(), rel=0.01)


def test_the_funds_of_one_cost_and_the_elasticities_of_rows():
    rows = evaluation(
        [3_000, 1_000], [600.0, 500.0], grant=[400.0, 500.0], **{"discount_rate": [0.0, 0.0]}
    )
    found = moved_funds(rows, away=0.5, towards=0.5, elasticity=1.0, cost="grant")
    # Ratios 3 and 1; the second may give half of its 500, the first take half of its 400.
    assert (found.moved, found.gain) == pytest.approx((200, 400))
    promevil = load_case("promevil")
    address = promevil.costs[0].id
    own = f"{promevil.outcomes[0].id}.elasticity"
    portfolio = portfolio_of(promevil, {address: [1e6, 2e6], own: [math.nan, 0.5]})
    stated = moved_funds(evaluate_portfolio(portfolio), away=0.2, towards=0.2)
    assert stated.gain > 0


def test_funds_move_by_what_the_point_of_view_counts():
    # The town gains nothing by what the state's aid brings: its own money has the ratios 2 and 4.
    template = case(
        outcomes=[amount("gain", 1_000), amount("quiet", 0, stakeholder=TOWN)],
        costs=[cost("aid", 1_000), cost("grant", 100, TOWN)],
    )
    table = {"gain.amount": [9_000, 0], "quiet.amount": [200, 400]}
    portfolio = portfolio_of(template, table, perspective=f"funder-{TOWN}")
    found = moved_funds(evaluate_portfolio(portfolio), away=0.1, towards=0.1, elasticity=1.0)
    assert [(one.id, one.added_costs) for one in found.moves] == [("2", 10), ("1", -10)]
    assert found.gain == pytest.approx(10 * (4 - 2))


def test_rows_that_cannot_move_stay():
    rows = evaluation([3_000, 1_000, 500], [1_000, 0, 1_000], **{"other.amount": [0, 0, -10]})
    found = moved_funds(rows, away=0.5, towards=0.5, elasticity=0.5)
    assert found.moves == ()  # one has no cost, one harms: the other has nobody to trade with
    assert moved_funds(rows, away=0.5, towards=0.5, elasticity=1.0).gain > 0


@pytest.mark.parametrize("elasticity", [0.7, 1.0])
def test_the_chance_of_a_gain_is_counted_over_the_draws_of_each_row(elasticity):
    portfolio = portfolio_of(TEMPLATE, {"gain.amount": [1_010, 1_000], "aid": [1_000, 1_000]})
    found = moved_funds(evaluate_portfolio(portfolio), away=0.1, towards=0.1, elasticity=elasticity)
    gain = 0
    for move in found.moves:
        alone = simulate_portfolio(portfolio.rows([move.position]), 1_024).programme
        times = ((alone.costs + move.added_costs) / alone.costs) ** elasticity
        gain = gain + alone.benefits * (times - 1)
    chance = chance_of_gain(simulate_portfolio(portfolio, 1_024), found, elasticity=elasticity)
    assert 0.2 < chance < 0.8
    assert chance == np.mean(gain > 0)


def test_a_move_that_gains_at_every_draw_is_sure_and_no_move_has_no_chance():
    portfolio = portfolio_of(TEMPLATE, {"gain.amount": [9_000, 1_000], "aid": [1_000, 1_000]})
    simulation, rows = simulate_portfolio(portfolio, 1_024), evaluate_portfolio(portfolio)
    sure = moved_funds(rows, away=0.1, towards=0.1, elasticity=1.0)
    assert chance_of_gain(simulation, sure, elasticity=1.0) == 1
    none = moved_funds(rows, away=0.0, towards=0.1, elasticity=1.0)
    assert math.isnan(chance_of_gain(simulation, none, elasticity=1.0))


def test_what_makes_no_sense_is_refused():
    rows = evaluation([1, 2], [1, 1])
    with pytest.raises(ScenarioError, match="no funding case"):
        moved_funds(rows, away=0.1, towards=0.1)
    with pytest.raises(ValueError, match="elasticities"):
        moved_funds(rows, away=0.1, towards=0.1, elasticity=1.5)
    with pytest.raises(ValueError, match="away"):
        moved_funds(rows, away=1.1, towards=0.1, elasticity=1)
    with pytest.raises(ValueError, match="most_moved"):
        moved_funds(rows, away=0.1, towards=0.1, elasticity=1, most_moved=-1)
    with pytest.raises(KeyError):
        moved_funds(rows, away=0.1, towards=0.1, elasticity=1, cost=STATE)
