import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from scipy.stats import spearmanr

from roi_model import ScenarioError, simulate
from roi_model.case_files import scenario_from
from roi_model.portfolio import portfolio_of
from roi_model.portfolio_draws import plan_of
from roi_model.portfolio_engine import BLOCK, STATISTICS, engine_of, quantiles
from roi_model.portfolio_evaluation import evaluate_portfolio
from roi_model.portfolio_ranking import ranking
from roi_model.portfolio_simulation import simulate_portfolio
from roi_model.templates import load_template
from tests.roi_model.building import STATE, amount, case, case_data, cost, factor, number, outcome

FIXED = {"distribution": {"kind": "fixed"}}


def pert(value, wide=0.5):
    return {"distribution": {"kind": "pert", "low": value * (1 - wide), "high": value * (1 + wide)}}


def data(**stated):
    """Return a case of people times a price, with shares and a period, and a fixed cost."""
    line = outcome(
        "quiet",
        factor("people", 10, "person", **pert(10)),
        factor("price", 100, "EUR/person/year", **pert(100)),
    )
    line |= {
        "deadweight": number(0.2, **pert(0.2)),
        "drop_off": number(0.1, **pert(0.1)),
        "benefit_period": number(5, distribution={"kind": "uniform", "low": 3, "high": 8}),
    }
    return case_data(outcomes=[line], costs=[cost("aid", 500, **FIXED)], **stated)


TEMPLATE = scenario_from(data(discount_rate=0.03))


def correlated(*pairs):
    stated = data()
    stated["correlations"] = [
        {"between": [first, second], **number(rank)} for first, second, rank in pairs
    ]
    return scenario_from(stated)


def figures(simulation):
    return np.stack([getattr(simulation, name) for name in STATISTICS], axis=1)


def many(rows=2 * BLOCK + 40):
    rng = np.random.default_rng(3)
    return {
        "quiet.people": rng.lognormal(2, 1, rows),
        "aid": np.where(np.arange(rows) % 7, 300.0, math.nan),
        "quiet.deadweight": np.where(np.arange(rows) % 5, math.nan, rng.uniform(0, 1, rows)),
    }


def test_no_digit_depends_on_tasks_order_or_workers():
    table = many()
    rows = len(table["aid"])
    ids = [f"association {row}" for row in range(rows)]
    choices = {"timing": [None if row % 3 else "start" for row in range(rows)]}
    portfolio = portfolio_of(TEMPLATE, table, ids=ids, choices=choices)
    first = simulate_portfolio(portfolio, 256, 5, workers=1)
    turned = np.random.default_rng(1).permutation(rows)
    with ThreadPoolExecutor(2) as pool:
        second = simulate_portfolio(
            portfolio.rows(turned), 256, 5, executor=pool, task_rows=1, workers=1
        )
    np.testing.assert_array_equal(figures(second), figures(first)[turned])
    np.testing.assert_array_equal(second.programme.benefits, first.programme.benefits)
    assert second.by_stakeholder == first.by_stakeholder
    other = simulate_portfolio(portfolio, 256, 6, workers=1)
    assert not np.any(other.mean == first.mean)


def test_two_processes_give_the_same():
    portfolio = portfolio_of(TEMPLATE, many(BLOCK + 5))
    alone = simulate_portfolio(portfolio, 128, workers=1)
    shares = []
    together = simulate_portfolio(
        portfolio, 128, workers=2, task_rows=BLOCK, progress=shares.append
    )
    np.testing.assert_array_equal(figures(together), figures(alone))
    np.testing.assert_array_equal(together.programme.costs, alone.programme.costs)
    assert shares == [BLOCK / (BLOCK + 5), 1.0]


def test_a_row_does_not_depend_on_the_others():
    table = many(60)
    ids = [str(row) for row in range(60)]
    portfolio = portfolio_of(TEMPLATE, table, ids=ids)
    whole = figures(simulate_portfolio(portfolio, 256))
    part = figures(simulate_portfolio(portfolio.rows([7, 31]), 256))
    np.testing.assert_array_equal(part, whole[[7, 31]])


TABLES = {
    "quantities": {"quiet.people": [7.0, 40.0]},
    "shares": {"quiet.deadweight": [0.5, 0.95], "quiet.drop_off": [0.0, 0.3]},
    "a period": {"quiet.benefit_period": [1.0, 12.0], "aid": [400.0, 700.0]},
    "a rate": {"discount_rate": [0.0, 0.05], "quiet.price": [-30.0, 60.0]},
    "years": {"activity_years": [3.0, 1.0], "quiet.people": [10.0, math.nan]},
}


@pytest.mark.parametrize("price", [-30.0, 60.0])
def test_a_loss_of_a_row_is_not_corrected_for_optimism(price):
    line = outcome(
        "quiet",
        factor("people", 10, "person"),
        factor("price", 100, "EUR/person/year"),
        optimism_bias=0.4,
    )
    scenario = case(outcomes=[line], costs=[cost("aid", 500, **FIXED)])
    portfolio = portfolio_of(scenario, {"quiet.price": [price, 100.0]})
    found = simulate_portfolio(portfolio, 2_048, 1)
    alone = simulate(portfolio.scenario(0), 2_048)
    # 10 people at -30 € are -300 € over 500 €; at 60 € a gain of 600 €, 60 % of it kept
    assert found.mean[0] == pytest.approx(-0.6 if price < 0 else 0.72, abs=0.01)
    assert found.mean[0] == pytest.approx(alone.mean().value, abs=0.005)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize("rank", [None, 0.5, 1.0])
def test_a_row_varies_as_its_scenario_does(table, rank):
    portfolio = portfolio_of(TEMPLATE, table)
    found = simulate_portfolio(portfolio, 8_192, 1, between_rows=rank)
    for row in range(2):
        one = simulate(portfolio.scenario(row), 2**16)
        spread = float(one.ratios.std()) + 1e-9
        assert found.mean[row] == pytest.approx(one.mean().value, abs=0.01 * spread)
        interval = one.interval()
        assert found.low[row] == pytest.approx(interval.low.value, abs=0.06 * spread)
        assert found.median[row] == pytest.approx(one.quantile(0.5).value, abs=0.06 * spread)
        assert found.high[row] == pytest.approx(interval.high.value, abs=0.06 * spread)
        above = one.probability_above().value
        assert found.probability_above[row] == pytest.approx(above, abs=0.03)
        assert found.net_mean[row] == pytest.approx(one.mean("net_values").value, rel=0.01)


AMOUNTS = case(outcomes=[amount("gain", 1_000)], costs=[cost("aid", 1_000, **FIXED)])


@pytest.mark.parametrize("rank", [0.0, 0.3, 1.0])
def test_the_programme_is_as_sure_as_its_rows_are_independent(rank):
    # The variance of a sum of n alike is n (1 + (n - 1) r) times that of one; r of the draws of a
    # PERT is that of their ranks, to a hundredth.
    rows = 50
    portfolio = portfolio_of(AMOUNTS, {"gain.amount": 1_000 + np.arange(rows)})
    found = simulate_portfolio(portfolio, 4_096, 2, between_rows={"gain.amount": rank})
    one = simulate(portfolio.scenario(25), 4_096).benefits.std()
    expected = one * math.sqrt(rows * (1 + (rows - 1) * rank))
    assert found.programme.benefits.std() == pytest.approx(expected, rel=0.06)
    assert found.between_rows == {"gain.amount": rank}


def draws_of_two_rows(template, table, **stated):
    portfolio = portfolio_of(template, table)
    return engine_of(plan_of(portfolio, 8_192, **stated)).ratios(portfolio)


@pytest.mark.parametrize("rank", [0.0, 0.25, 0.8, 1.0])
def test_rows_have_the_rank_correlation_asked_for(rank):
    table = {"gain.amount": [900, 2_000]}
    first, second = draws_of_two_rows(AMOUNTS, table, between_rows=rank)
    assert spearmanr(first, second).statistic == pytest.approx(rank, abs=0.04)


def test_what_the_template_states_is_common_to_all_rows():
    table = {"aid": [500, 2_000]}
    template = case(outcomes=[amount("gain", 1_000)], costs=[cost("aid", 1_000)])
    first, second = draws_of_two_rows(template, table)
    # Both ratios have one gain in common and a cost of their own, as uncertain: about a half.
    assert spearmanr(first, second).statistic == pytest.approx(0.48, abs=0.05)
    apart = draws_of_two_rows(template, table, between_rows={"gain.amount": 0})
    assert abs(spearmanr(*apart).statistic) < 0.04


@pytest.mark.parametrize(
    "table",
    [
        {"aid": [400.0, 600.0]},  # both numbers common
        {"quiet.people": [10.0, 30.0], "quiet.price": [100.0, 50.0]},  # both of the rows
        {"quiet.people": [10.0, 30.0]},  # one of each
    ],
)
def test_numbers_are_correlated_within_rows_as_the_template_states(table):
    template = correlated(("quiet.people", "quiet.price", 0.8))
    portfolio = portfolio_of(template, table)
    found = simulate_portfolio(portfolio, 8_192)
    for row in range(2):
        one = simulate(portfolio.scenario(row), 2**16).interval()
        width = one.high.value - one.low.value
        assert found.high[row] - found.low[row] == pytest.approx(width, rel=0.03)


def test_rows_tied_to_a_common_number_are_tied_through_it():
    template = correlated(("quiet.people", "quiet.price", 1.0))
    held = {"quiet.deadweight": [0.0, 0.0], "quiet.drop_off": [0.0, 0.0]}
    table = {"quiet.people": [10.0, 30.0], "quiet.benefit_period": [1.0, 1.0], **held}
    first, second = draws_of_two_rows(template, table)
    assert spearmanr(first, second).statistic == pytest.approx(1.0, abs=1e-6)


def test_correlations_that_cannot_be_are_refused():
    impossible = correlated(
        ("quiet.people", "quiet.price", 0.9),
        ("quiet.people", "quiet.deadweight", 0.9),
        ("quiet.price", "quiet.deadweight", -0.9),
    )
    portfolio = portfolio_of(impossible, {"quiet.people": [1.0]})
    with pytest.raises(ScenarioError, match="possible together"):
        simulate_portfolio(portfolio)
    template = correlated(("quiet.people", "quiet.price", 0.8))
    portfolio = portfolio_of(template, {"quiet.people": [1.0]})
    with pytest.raises(ValueError, match="same correlation between"):
        simulate_portfolio(portfolio, between_rows={"quiet.people": 0.2, "quiet.price": 0.4})


def test_ranges_of_the_table_and_of_the_template():
    table = {"quiet.people": [20.0, 20.0]}
    ends = {"lows": {"quiet.people": [10.0, math.nan]}, "highs": {"quiet.people": [60.0, math.nan]}}
    portfolio = portfolio_of(TEMPLATE, table, **ends)
    found = simulate_portfolio(portfolio, 4_096)
    for row in range(2):
        one = simulate(portfolio.scenario(row), 2**14)
        assert found.high[row] == pytest.approx(one.interval().high.value, rel=0.03)
    assert found.high[0] > 1.3 * found.high[1]
    # As wide beside its value as in the template, 5 to 15 for 10: twice the template's result.
    as_wide = simulate_portfolio(portfolio.rows([1]), 4_096, ranges="template")
    of_template = simulate(TEMPLATE, 2**14).interval()
    assert as_wide.low[0] == pytest.approx(2 * of_template.low.value, rel=0.03)
    assert as_wide.high[0] == pytest.approx(2 * of_template.high.value, rel=0.03)


def test_rows_without_a_cost_have_no_ratio():
    table = {"aid": [0.0, 500.0], "quiet.people": [10.0, 10.0]}
    found = simulate_portfolio(portfolio_of(TEMPLATE, table), 256)
    assert np.isnan(figures(found)[0, :-1]).all()
    assert not np.isnan(found.net_mean).any()
    assert found.programme.is_defined
    assert [one.id for one in ranking(found).rows] == ["2"]


def test_totals_are_those_of_the_rows():
    template = load_template("adulte_relais").case
    table = {
        "state_aid": [2, 4, 1],
        "employer_payment": [20_000, 40_000, 5_000],
        "quiet_nights.people": [100, 300, 50],
        "into_work.people": [1, 0, 2],
    }
    portfolio = portfolio_of(template, table)
    found, expected = simulate_portfolio(portfolio, 2_048), evaluate_portfolio(portfolio).totals
    assert found.programme.mean("net_values").value == pytest.approx(
        expected.net_present_value, rel=0.01
    )
    totals = {one.stakeholder: one for one in expected.by_stakeholder}
    for one in found.by_stakeholder:
        total = totals[one.stakeholder]
        assert one.benefits.mean == pytest.approx(total.present_value_benefits, rel=0.01, abs=1)
        assert one.costs.mean == pytest.approx(total.present_value_costs, rel=0.01, abs=1)
        assert one.costs.low <= one.costs.mean <= one.costs.high
    assert sum(one.share_of_variance for one in found.programme.contributions) == pytest.approx(1)


def test_draws_are_of_the_point_of_view_of_the_portfolio():
    template = case(
        outcomes=[amount("gain", 1_000), amount("saved", 400, stakeholder=STATE)],
        costs=[cost("aid", 1_000)],
    )
    table, view = {"gain.amount": [1_000, 9_000], "saved.amount": [500, 100]}, f"funder-{STATE}"
    portfolio = portfolio_of(template, table, perspective=view)
    found = simulate_portfolio(portfolio, 1_024)
    assert (found.perspective.id, found.programme.perspective.id) == (view, view)
    stated = simulate_portfolio(portfolio_of(template, table), 1_024, perspective=view)
    np.testing.assert_array_equal(figures(found), figures(stated))
    assert found.plan.key != stated.plan.key  # that of the rows' scenarios
    assert [one.id for one in ranking(found).rows] == ["1", "2"]
    one = simulate(portfolio.scenario(0), 1_024)
    assert found.mean[0] == pytest.approx(one.mean().value, rel=0.01)


def test_what_progress_raises_cancels_the_rest():
    class Stopped(Exception):
        pass

    def stop(share):
        raise Stopped

    portfolio = portfolio_of(TEMPLATE, many(3 * BLOCK))
    with ThreadPoolExecutor(1) as pool, pytest.raises(Stopped):
        simulate_portfolio(portfolio, 128, executor=pool, task_rows=BLOCK, progress=stop)


def test_a_ranking_says_how_sure_it_is():
    portfolio = portfolio_of(AMOUNTS, {"gain.amount": [1_000, 1_001, 3_000, 999]}, ids="abcd")
    found = ranking(simulate_portfolio(portfolio, 4_096))
    first, *others = found.rows
    assert first.id == "c"
    assert (first.rank, first.best_rank, first.worst_rank, first.wrong_order) == (1, 1, 1, 0.0)
    for one in others[:-1]:
        assert one.wrong_order == pytest.approx(0.5, abs=0.05)
    assert math.isnan(others[-1].wrong_order)
    assert {(one.best_rank, one.worst_rank) for one in others} == {(2, 4)}
    assert found.warning
    assert [one.overlaps for one in found.rows] == [0, 2, 2, 2]
    # What all have in common puts no order at risk.
    surer = ranking(simulate_portfolio(portfolio, 4_096, between_rows=1.0), [0, 1])
    assert [one.id for one in surer.rows] == ["b", "a"]
    assert surer.rows[0].wrong_order == 0.0


def test_many_rows_that_begin_at_the_same_places_swell_no_sum():
    # 5 000 independent rows at 1 024 places: about five at each, which move together as one.
    # Were that all, the deviation of the sum would be more than twice as large.
    rows = 5_000
    portfolio = portfolio_of(AMOUNTS, {"gain.amount": np.full(rows, 900.0)})
    found = simulate_portfolio(portfolio, 1_024, 4)
    one = simulate(portfolio.scenario(0), 4_096).benefits.std()
    assert found.programme.benefits.std() == pytest.approx(one * math.sqrt(rows), rel=0.1)


def test_a_ranking_tells_rows_apart_that_would_move_together():
    # Two hundred rows, alike, at 256 places: many begin at the same one.
    portfolio = portfolio_of(AMOUNTS, {"gain.amount": np.full(200, 900.0)})
    simulation = simulate_portfolio(portfolio, 256)
    found = ranking(simulation, range(200))
    wrong = [one.wrong_order for one in found.rows[:-1]]
    assert min(wrong) > 0.375  # as of independent rows: a half, less four deviations of 1 / 32


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"draws": 1}, "draws must be"),
        ({"seed": -1}, "seed must be"),
        ({"level": 1.0}, "level must be"),
        ({"between_rows": 1.5}, "from 0 to 1"),
        ({"between_rows": {"nothing": 0.5}}, "no number that may vary"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(stated, message):
    with pytest.raises(ValueError, match=message):
        simulate_portfolio(portfolio_of(TEMPLATE, {"aid": [1.0]}), **stated)


@pytest.mark.parametrize("size", [128, 1_000, 10_240])
def test_quantiles_are_those_of_numpy(size):
    rng = np.random.default_rng(size)
    shares = (0.05, 0.5, 0.95)
    for draws in (
        rng.lognormal(0, 1, size),
        rng.integers(0, 4, size) * 1.0,
        np.sort(rng.random(size)),
        rng.standard_cauchy(size),
        np.full(size, 2.5),
        np.r_[0.0, np.full(size - 1, 5e-324)],
    ):
        np.testing.assert_allclose(quantiles(draws, shares), np.quantile(draws, shares), rtol=1e-14)


def test_quantiles_of_ratios_beyond_what_a_double_holds():
    draws = np.r_[np.arange(100.0), np.full(50, math.inf)]
    assert quantiles(draws, (0.05, 0.5)) == pytest.approx([7.45, 74.5])
