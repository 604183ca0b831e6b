import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roi_model import ScenarioError
from roi_model.case_files import load_case
from roi_model.parameters import Duration, Provenance
from roi_model.portfolio import portfolio_of
from tests.roi_model.building import amount, case, cost, number
from tests.roi_model.portfolios import TWO_LINES


def test_what_a_row_has_is_its_own():
    portfolio = portfolio_of(TWO_LINES, {"quiet.people": [math.nan, 30]})
    numbers = [dict(portfolio.scenario(row).parameters())["quiet.people"] for row in range(2)]
    assert numbers[0] == dict(TWO_LINES.parameters())["quiet.people"]
    assert (numbers[1].value, numbers[1].provenance) == (30, Provenance.YOURS)


SOME = load_case("promevil").with_changes({"lines": "all"})
ADDRESSES = dict(SOME.parameters())


@given(
    st.sampled_from(sorted(ADDRESSES)),
    st.one_of(
        st.floats(-3, 3), st.floats(allow_nan=False), st.integers(-2, 120).map(float), st.just(1e15)
    ),
)
@settings(max_examples=300, deadline=None)
def test_a_cell_is_refused_as_its_number_would_be(address, value):
    whole = isinstance(ADDRESSES[address], Duration) and value.is_integer()
    try:
        SOME.with_changes({address: int(value) if whole else value})
        is_allowed = True
    except ScenarioError:
        is_allowed = False
    table = {address: [value, ADDRESSES[address].value]}
    portfolio = portfolio_of(SOME, table)  # the second row keeps the table from being refused
    assert (len(portfolio) == 2) == is_allowed
    for problem in portfolio.problems:
        assert (problem.where, problem.line) == (address, 1)
        assert problem.allowed


def test_every_faulty_row_is_listed_and_the_others_kept():
    portfolio = portfolio_of(
        TWO_LINES,
        {"quiet.people": [1, -1, 3, 4, 5, 6], "aid": [10, -10, 10, 10, 10, 10]},
        ids=["a", "b", "c", "a", "e", "f"],
        lines=[2, 3, 4, 5, 7, 8],
        lows={"aid": [math.nan, math.nan, 20, math.nan, 5, math.nan]},
        highs={"aid": [math.nan, math.nan, 30, math.nan, math.nan, math.nan]},
        choices={"timing": ["end", None, None, None, None, "never"]},
    )
    assert portfolio.ids.tolist() == ["a"]
    assert [(one.line, one.where, one.code) for one in portfolio.problems] == [
        (3, "quiet.people", "number_not_allowed"),
        (3, "aid", "number_not_allowed"),
        (4, "aid", "range_excludes_value"),
        (5, "id", "duplicate_id"),
        (7, "aid", "range_excludes_value"),
        (8, "timing", "not_a_choice"),
    ]


def test_columns_must_be_of_the_template():
    with pytest.raises(ScenarioError, match="nowhere") as refused:
        portfolio_of(TWO_LINES, {"nowhere": [1]}, choices={"perspective": ["society"]})
    assert [one.where for one in refused.value.problems] == ["nowhere", "perspective"]
    with pytest.raises(ValueError, match="one length"):
        portfolio_of(TWO_LINES, {"aid": [1, 2], "quiet.people": [1]})
    with pytest.raises(ScenarioError, match="at least one row"):
        portfolio_of(TWO_LINES, {"aid": []})


def test_a_row_may_not_end_before_a_yearly_cost_begins():
    late = cost("second_site", 40) | {"start_year": 3}
    template = case(
        outcomes=[amount("gain", 230)], costs=[cost("aid", 100), late], activity_years=number(5)
    )
    portfolio = portfolio_of(template, {"activity_years": [3.0, 2.0]})
    (problem,) = portfolio.problems
    assert (problem.where, problem.code, problem.received) == (
        "activity_years",
        "number_not_allowed",
        2,
    )
    assert len(portfolio) == 1
