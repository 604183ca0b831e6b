"""Years, costs of every kind, transfers and prices, each worked by hand."""

import math

import pytest

from roi_model import evaluate
from roi_model.cash_flow import cash_flow
from roi_model.evaluation import perspective_in
from tests.roi_model.building import RESIDENTS, STATE, amount, case, cost, factor, number, outcome


def once(identifier, euros, year, **more):
    """Return an outcome that happens once, in one year."""
    return outcome(identifier, factor("amount", euros, "EUR"), **more) | {"start_year": year}


def flow_of(scenario):
    return cash_flow(scenario, perspective_in(scenario, None))


class TestNewZealandTreasury:
    """Thirty years at 8 %: flows at mid-year, capital at the start of the first."""

    @pytest.mark.parametrize(
        ("a_year", "capital", "benefits", "costs", "net"),
        [
            (500_000, 0, 5_849_716, 5_849_716, 0),
            (650_000, 2_000_000, 7_604_631, 7_849_716, -245_085),
        ],
    )
    def test_both_options_as_printed(self, a_year, capital, benefits, costs, net):
        scenario = case(
            outcomes=[amount("benefit", a_year)],
            costs=[
                cost("running", 500_000) | {"timing": "benefits"},
                cost("capital", capital) | {"unit": "EUR"},
            ],
            discount_rate=0.08,
            timing="mid",
            activity_years=number(30),
        )
        result = evaluate(scenario)
        assert round(result.present_value_benefits) == benefits
        assert round(result.present_value_costs) == costs
        assert round(result.net_present_value) == net


class TestGitman:
    """NumPy's own example of a net present value: −40 000, 5 000, 8 000, 12 000, 30 000 at 8 %."""

    @pytest.fixture
    def scenario(self):
        flows = {1: 5_000, 2: 8_000, 3: 12_000, 4: 30_000}
        return case(
            outcomes=[once(f"year_{year}", euros, year) for year, euros in flows.items()],
            costs=[cost("outlay", 40_000) | {"unit": "EUR"}],
            discount_rate=0.08,
        )

    def test_the_net_present_value_as_printed(self, scenario):
        assert round(evaluate(scenario).net_present_value, 2) == 3_065.22

    def test_at_the_internal_rate_of_return_nothing_is_left(self, scenario):
        rate = flow_of(scenario).internal_rate_of_return
        at_rate = scenario.with_changes({"discount_rate": rate})
        assert evaluate(at_rate).net_present_value == pytest.approx(0, abs=1e-4)

    def test_the_years_cumulate_to_the_net_present_value(self, scenario):
        years = flow_of(scenario).years
        assert [year.benefits for year in years] == [5_000, 8_000, 12_000, 30_000]
        assert years[-1].cumulated == pytest.approx(evaluate(scenario).net_present_value)

    def test_it_is_paid_back_in_the_fourth_year(self, scenario):
        assert 36 < evaluate(scenario).payback_months < 48


def test_a_rate_of_return_needs_an_outlay_and_a_gain():
    assert math.isnan(flow_of(case(outcomes=[amount("line", 10)])).internal_rate_of_return)


def test_three_years_of_activity_are_three_of_each():
    # 3 × 100 for 3 × 40; the effect of each year lasts two: 100, 200, 200, 100
    line = amount("line", 100, benefit_period=2)
    scenario = case(outcomes=[line], costs=[cost("aid", 40)], activity_years=number(3))
    years = flow_of(scenario).years
    assert [year.benefits for year in years] == [100, 200, 200, 100]
    assert [year.costs for year in years] == [40, 40, 40, 0]
    assert evaluate(scenario).ratio == pytest.approx(600 / 120)


def test_a_cost_that_begins_later_is_paid_to_the_end_of_the_activity():
    later = cost("second_site", 40) | {"start_year": 2}
    scenario = case(outcomes=[amount("line", 100)], costs=[later], activity_years=number(3))
    assert evaluate(scenario).present_value_costs == 80


def test_hours_given_are_a_cost_in_kind():
    hours = cost("volunteers", 1_200) | {
        "unit": "hour/year",
        "kind": "in_kind",
        "price": factor("an_hour", 12, "EUR/hour"),
    }
    scenario = case(outcomes=[amount("line", 28_800)], costs=[hours])
    assert evaluate(scenario).ratio == 2  # 28 800 / (1 200 × 12)
    assert scenario.with_changes({"volunteers.price": 24}).value_at("volunteers.price") == 24
    assert evaluate(scenario.with_changes({"volunteers.price": 24})).ratio == 1


class TestATransfer:
    @pytest.fixture
    def scenario(self):
        # Benefits no longer paid: 300 for the State, 300 less for residents who earn 1 000.
        saved = amount("welfare", 300, stakeholder=STATE) | {"transfer_from": RESIDENTS}
        earned = amount("earnings", 1_000, stakeholder=RESIDENTS)
        return case(outcomes=[saved, earned], costs=[cost("aid", 100)])

    def test_nets_out_for_society(self, scenario):
        assert evaluate(scenario, "society").present_value_benefits == 1_000

    def test_is_a_gain_of_one_and_a_loss_of_the_other(self, scenario):
        by = {row.stakeholder: row for row in evaluate(scenario, "society").by_stakeholder}
        assert by[STATE].present_value_benefits == 300
        assert by[RESIDENTS].present_value_benefits == 700

    def test_counts_as_a_loss_where_only_the_loser_counts(self, scenario):
        result = evaluate(scenario, "costs-state-gains-residents")
        assert result.present_value_benefits == 700

    def test_counts_as_a_gain_where_only_the_winner_does(self, scenario):
        assert evaluate(scenario, "funder-state").ratio == 3


class TestPrices:
    def test_of_2015_are_put_in_those_of_2016(self):
        # 788 × 100.19 / 100
        price = factor("amount", 788, "EUR/year", year=2015)
        scenario = case(
            outcomes=[outcome("line", price)], costs=[cost("aid", 788)], price_year=2016
        )
        result = evaluate(scenario)
        assert result.present_value_benefits == pytest.approx(788 * 1.0019)
        assert result.present_value_costs == 788  # no year: taken as it is

    def test_are_left_as_they_are_by_default(self):
        price = factor("amount", 788, "EUR/year", year=2015)
        assert evaluate(case(outcomes=[outcome("line", price)])).present_value_benefits == 788


class TestOptimismBias:
    LINE = amount("line", 1_000) | {"evidence": {"grade": "grade_5"}}

    def test_is_not_corrected_by_default(self):
        assert evaluate(case(outcomes=[self.LINE])).present_value_benefits == 1_000

    def test_takes_off_what_the_grade_says(self):
        # a quarter for a study whose method is not published
        result = evaluate(case(outcomes=[self.LINE], optimism_bias="by_grade"))
        assert result.present_value_benefits == 750

    def test_takes_a_line_without_a_grade_for_the_weakest(self):
        result = evaluate(case(outcomes=[amount("line", 1_000)], optimism_bias="by_grade"))
        assert result.present_value_benefits == 600
