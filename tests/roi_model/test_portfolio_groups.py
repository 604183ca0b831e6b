from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from roi_model.portfolio import portfolio_of
from roi_model.portfolio_engine import GROUP_BLOCK, STATISTICS
from roi_model.portfolio_groups import MOST_GROUPS
from roi_model.portfolio_simulation import simulate_portfolio
from tests.roi_model.building import case, cost, factor, outcome

FIXED = {"distribution": {"kind": "fixed"}}
QUIET = outcome(
    "quiet",
    factor("people", 10, "person", distribution={"kind": "uniform", "low": 5, "high": 15}),
    factor("price", 100, "EUR/person/year", **FIXED),
)
TEMPLATE = case(outcomes=[QUIET], costs=[cost("aid", 500, **FIXED)])


def programme(rows, **labels):
    people = 11.0 + np.random.default_rng(0).permutation(rows) % 7
    return portfolio_of(TEMPLATE, {"quiet.people": people}, labels=labels)


def figures(result):
    return [getattr(result, name) for name in STATISTICS]


def test_a_group_of_one_row_is_that_row():
    names = [f"row {row}" for row in range(30)]
    found = simulate_portfolio(programme(30, name=names), 256, by=["name"])
    for row, name in enumerate(names):
        of_row = [getattr(found, one)[row] for one in STATISTICS]
        assert figures(found.by_group["name"][name]) == of_row


def test_a_group_of_all_rows_is_the_programme():
    found = simulate_portfolio(programme(60, all=["x"] * 60), 256, by=["all"], target=2.78)
    group, whole = found.by_group["all"]["x"], found.programme
    interval = whole.interval(found.level)
    assert [group.mean, group.low, group.high] == pytest.approx(
        [whole.mean().value, interval.low.value, interval.high.value], rel=1e-12
    )
    assert group.probability_above == whole.probability_above(2.78).value
    assert 0 < group.probability_above < 1


def test_groups_of_any_column_add_up_to_the_programme():
    labels = {"half": ["a", "b"] * 30, "third": ["a", "b", ""] * 20}
    found = simulate_portfolio(programme(60, **labels), 256, by=["half", "third"])
    assert [list(one) for one in found.by_group.values()] == [["a", "b"], ["", "a", "b"]]
    for groups in found.by_group.values():
        in_all = sum(one.net_mean for one in groups.values())
        assert in_all == pytest.approx(found.programme.mean("net_values").value, rel=1e-12)


def test_errors_of_counting_even_out_in_a_group_unless_rows_share_them():
    def width(**stated):
        found = simulate_portfolio(programme(64, all=["x"] * 64), 2_048, by=["all"], **stated)
        group = found.by_group["all"]["x"]
        return group.high - group.low

    # 64 independent errors: an eighth as wide as one error of all.
    assert width() == pytest.approx(width(between_rows=1.0) / 8, rel=0.2)


def test_no_digit_of_a_group_depends_on_tasks_order_or_workers():
    rows = GROUP_BLOCK + 90
    portfolio = programme(rows, region=[f"region {row % 5}" for row in range(rows)])
    first = simulate_portfolio(portfolio, 128, by=["region"], workers=1)
    turned = portfolio.rows(np.random.default_rng(1).permutation(rows))
    with ThreadPoolExecutor(2) as pool:
        second = simulate_portfolio(
            turned, 128, by=["region"], executor=pool, task_rows=1, workers=1
        )
    assert second.by_group == first.by_group
    np.testing.assert_array_equal(second.programme.benefits, first.programme.benefits)
    without = simulate_portfolio(portfolio, 128, workers=1)
    np.testing.assert_array_equal(without.programme.benefits, first.programme.benefits)
    assert without.by_group == {}


def test_a_group_without_a_cost_has_no_ratio():
    table = {"aid": [0.0, 0.0, 10.0], "quiet.people": [1.0, 2.0, 3.0]}
    portfolio = portfolio_of(TEMPLATE, table, labels={"kind": ["free", "free", "paid"]})
    found = simulate_portfolio(portfolio, 128, by=["kind"]).by_group["kind"]
    assert np.isnan(figures(found["free"])[:-1]).all()
    assert found["free"].net_mean > 0
    assert found["paid"].low < found["paid"].high


def test_too_many_groups_and_unknown_columns_are_refused():
    rows = MOST_GROUPS + 1
    portfolio = programme(rows, name=[str(row) for row in range(rows)])
    with pytest.raises(ValueError, match=f"at most {MOST_GROUPS} groups"):
        simulate_portfolio(portfolio, 128, by=["name"])
    with pytest.raises(KeyError, match="region"):
        simulate_portfolio(portfolio, 128, by=["region"])
