import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roi_model import ScenarioError, evaluate
from roi_model.case_files import scenario_from
from roi_model.evaluation import perspective_in
from roi_model.parameters import Duration
from roi_model.portfolio import CHOICES, portfolio_of
from roi_model.portfolio_evaluation import evaluate_portfolio
from roi_model.templates import load_template
from tests.roi_model import strategies
from tests.roi_model.building import (
    RESIDENTS,
    STATE,
    case,
    case_data,
    cost,
    factor,
    outcome,
    people_helped,
)
from tests.roi_model.portfolios import TWO_LINES


def test_two_rows_by_hand():
    # 10 x 100 + 2 x 1 000 = 3 000 for 1 000; 30 x 100 + 2 x 1 000 = 5 000 for 2 000
    table = {"quiet.people": [math.nan, 30], "aid": [math.nan, 2_000]}
    found = evaluate_portfolio(portfolio_of(TWO_LINES, table, ids=["here", "there"]))
    assert found.ratios.tolist() == [3.0, 2.5]
    assert found.net_present_values.tolist() == [2_000, 3_000]
    assert found.by_outcome["quiet"].tolist() == [1_000, 3_000]
    assert [list(one) for one in found.by_stakeholder[STATE]] == [[2_000, 2_000], [1_000, 2_000]]
    assert found.totals.ratio == 8_000 / 3_000
    assert found.totals.net_present_value == 5_000
    state = {one.stakeholder: one for one in found.totals.by_stakeholder}[STATE]
    assert (state.present_value_benefits, state.present_value_costs) == (4_000, 3_000)


@st.composite
def tables(draw):
    """Draw a template, numbers and choices of some rows, and a point of view."""
    template = draw(strategies.scenarios(negative=True))
    addresses = dict(template.parameters())
    rows = draw(st.integers(1, 4))

    def values(parameter):
        if isinstance(parameter, Duration):
            return st.integers(1, 12).map(float)
        low, high = parameter.bounds
        inside = st.floats(max(low, -1e4, -0.4 if high == 1 else -1e9), min(high, 1e5))
        return st.one_of(inside, st.just(float(parameter.value)))

    chosen = draw(st.lists(st.sampled_from(list(addresses)), max_size=6, unique=True))
    numbers = {
        one: draw(
            st.lists(
                st.one_of(st.just(math.nan), values(addresses[one])), min_size=rows, max_size=rows
            )
        )
        for one in chosen
    }
    options = {name: template.choices()[name] for name in CHOICES}
    named = draw(st.lists(st.sampled_from(CHOICES), max_size=2, unique=True))
    choices = {
        one: draw(
            st.lists(st.sampled_from([None, *options[one][:4]]), min_size=rows, max_size=rows)
        )
        for one in named
    }
    if not numbers and not choices:
        numbers = {template.costs[0].id: [2_000.0] * rows}
    perspective = draw(st.sampled_from(template.perspective_ids))
    return template, numbers, choices, perspective


@given(tables())
@settings(max_examples=120, deadline=None)
def test_rows_are_what_their_scenarios_are(table):
    template, numbers, choices, perspective = table
    portfolio = portfolio_of(template, numbers, choices=choices, perspective=perspective)
    found = evaluate_portfolio(portfolio)
    for row in range(len(portfolio)):
        scenario = template.with_changes(portfolio.changes(row))
        one = evaluate(scenario, perspective)
        assert perspective_in(portfolio.scenario(row), None) == one.perspective
        size = math.fsum(abs(line.present_value) for line in one.by_outcome) or 1.0
        near = {"rel": 1e-12, "abs": 1e-12 * size}
        assert found.benefits[row] == pytest.approx(one.present_value_benefits, **near)
        assert found.costs[row] == pytest.approx(one.present_value_costs, rel=1e-12)
        if one.present_value_costs:
            within = 1e-12 * size / one.present_value_costs
            assert found.ratios[row] == pytest.approx(one.ratio, rel=1e-12, abs=within)
        else:
            assert math.isnan(found.ratios[row])
        for line in one.by_outcome:
            expected = pytest.approx(line.present_value, **near)
            assert found.by_outcome[line.outcome][row] == expected
        for who in one.by_stakeholder:
            gains, paid = found.by_stakeholder[who.stakeholder]
            assert gains[row] == pytest.approx(
                who.present_value_benefits, rel=1e-12, abs=2e-12 * size
            )
            assert paid[row] == pytest.approx(who.present_value_costs, rel=1e-12)
    assert found.totals.by_cost == {one: math.fsum(paid) for one, paid in found.by_cost.items()}
    assert found.totals.costs == math.fsum(found.totals.by_cost.values())
    assert found.totals.benefits == math.fsum(map(math.fsum, found.by_outcome.values()))


def test_a_portfolio_has_the_point_of_view_it_is_given():
    table = {"quiet.people": [10, 30], "aid": [1_000, 2_000]}
    of_society = portfolio_of(TWO_LINES, table)
    of_state = portfolio_of(TWO_LINES, table, perspective=f"funder-{STATE}")
    assert (of_society.perspective, of_state.perspective) == ("society", f"funder-{STATE}")
    # The state pays the whole, and gains 2 x 1 000 by the work alone: 2 000 / 1 000, 2 000 / 2 000
    found = evaluate_portfolio(of_state)
    assert found.ratios.tolist() == [2.0, 1.0]
    assert (found.totals.benefits, found.totals.costs) == (4_000, 3_000)
    again = of_society.seen_from(f"funder-{STATE}")
    for one in (evaluate_portfolio(again), evaluate_portfolio(of_society, f"funder-{STATE}")):
        assert one.ratios.tolist() == [2.0, 1.0]
    assert again.rows([1]).template.fingerprint == of_state.template.fingerprint
    assert again.template.fingerprint != of_society.template.fingerprint
    with pytest.raises(ScenarioError, match="society, public_finances"):
        portfolio_of(TWO_LINES, table, perspective="nobody")


def test_a_row_that_replaces_a_dated_amount_has_no_year_of_prices():
    dated = case(
        outcomes=[
            outcome(
                "quiet",
                factor("people", 10, "person"),
                factor("price", 100, "EUR/person/year", year=2010),
            )
        ],
        costs=[cost("aid", 1_000)],
        price_year=2020,
    )
    portfolio = portfolio_of(dated, {"quiet.price": [math.nan, 200, 100]})
    found = evaluate_portfolio(portfolio)
    expected = [evaluate(portfolio.scenario(row)).ratio for row in range(3)]
    assert found.ratios.tolist() == pytest.approx(expected, rel=1e-12)
    assert found.ratios[1] == 2.0
    assert found.ratios[0] == found.ratios[2] > 1.0


def test_a_transfer_counts_on_both_sides():
    data = case_data(outcomes=[people_helped("work", 2, 1_000, stakeholder=STATE)])
    data["costs"] = [cost("aid", 1_000)]
    data["outcomes"][0]["transfer_from"] = RESIDENTS
    found = evaluate_portfolio(portfolio_of(scenario_from(data), {"work.people": [2, 3]}))
    assert found.benefits.tolist() == [0, 0]
    assert found.by_stakeholder[STATE][0].tolist() == [2_000, 3_000]
    assert found.by_stakeholder[RESIDENTS][0].tolist() == [-2_000, -3_000]


def test_years_of_activity_and_choices_group_rows():
    portfolio = portfolio_of(
        TWO_LINES,
        {"activity_years": [1, 2, math.nan, 2], "aid": [1, 2, 3, 4], "discount_rate": [0.1] * 4},
        choices={"timing": ["start", None, "start", None]},
    )
    assert len(portfolio.groups()) == 3
    found = evaluate_portfolio(portfolio).ratios
    expected = [evaluate(portfolio.scenario(row)).ratio for row in range(4)]
    assert found.tolist() == pytest.approx(expected, rel=1e-12)


def test_totals_do_not_depend_on_the_order_of_rows():
    people = np.random.default_rng(0).lognormal(3, 1, 500)
    one = evaluate_portfolio(portfolio_of(TWO_LINES, {"quiet.people": people})).totals
    other = evaluate_portfolio(portfolio_of(TWO_LINES, {"quiet.people": people[::-1]})).totals
    assert (one.benefits, one.by_outcome) == (other.benefits, other.by_outcome)


def test_totals_of_the_rows_that_share_a_label():
    table = {"quiet.people": [10, 20, 30]}
    labels = {"region": ["north", "south", "north"]}
    found = evaluate_portfolio(portfolio_of(TWO_LINES, table, labels=labels)).totals_by("region")
    # (10 + 30) x 100 + 2 x 2 000 = 8 000 for 2 000; 20 x 100 + 2 000 = 4 000 for 1 000
    assert {one: (sums.benefits, sums.ratio) for one, sums in found.items()} == {
        "north": (8_000, 4.0),
        "south": (4_000, 4.0),
    }


def test_a_template_is_filled_in_row_by_row():
    template = load_template("adulte_relais").case
    portfolio = portfolio_of(template, {"state_aid": [2, 4], "quiet_nights.people": [100, 0]})
    found = evaluate_portfolio(portfolio)
    # 2 posts at 22 810 euros; 100 people at 788 euros
    assert found.costs.tolist() == [2 * 22_810, 4 * 22_810]
    assert found.benefits.tolist() == [78_800, 0]
