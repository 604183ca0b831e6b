"""From a scenario to a result: one programme worked by hand, then each setting alone."""

import math

import pytest

from roi_model import evaluate, load_case
from roi_model.parameters import Provenance
from tests.roi_model.building import (
    RESIDENTS,
    STATE,
    TOWN,
    TRANSPORT,
    amount,
    case,
    cost,
    factor,
    number,
    outcome,
    people_helped,
)


def row_of(result, identifier):
    (row,) = [one for one in result.by_outcome if one.outcome == identifier]
    return row


def part_of(parts, key):
    (part,) = [one for one in parts if one.key == key]
    return part


def stakeholder_of(result, identifier):
    (one,) = [one for one in result.by_stakeholder if one.stakeholder == identifier]
    return one


class TestAProgrammeWorkedByHand:
    """Three lines, two payers, two years, 10 % a year at the end of the year.

    quiet   100 people × 50 €               = 5 000; kept 0.80 × 0.90 × 0.75 = 0.54: 2 700 a year
            2 years, half lost in the second: 2 700 / 1.1 + 1 350 / 1.21     = 3 570.25
    calls   20 hours × 60 €                 = 1 200 a year; 1 200 / 1.1      = 1 090.91
    noise   an unintended harm of            −   330 a year; −330 / 1.1      =  −300.00
    benefits                                                                 = 4 361.16
    costs   2 000 (State) + 500 (town), paid at the start                    = 2 500.00
    """

    @pytest.fixture
    def scenario(self):
        return case(
            outcomes=[
                people_helped(
                    "quiet",
                    100,
                    50.0,
                    stakeholder=RESIDENTS,
                    deadweight=0.20,
                    displacement=0.10,
                    attribution=0.25,
                    drop_off=0.50,
                    benefit_period=2,
                ),
                outcome(
                    "calls",
                    factor("hours", 20, "hour/year"),
                    factor("price", 60, "EUR/hour"),
                    stakeholder=STATE,
                    basis="estimated",
                ),
                amount("noise", -330, stakeholder=TRANSPORT, basis="balance"),
            ],
            costs=[cost("aid", 2_000), cost("grant", 500, TOWN)],
            discount_rate=0.10,
        )

    @pytest.fixture
    def result(self, scenario):
        return evaluate(scenario)

    def test_the_lines_from_quantity_to_present_value(self, result):
        quiet = row_of(result, "quiet")
        assert quiet.quantity == 100
        assert quiet.gross_value == 5_000
        assert quiet.counted_value == 5_000
        assert quiet.kept_share == pytest.approx(0.54)
        assert quiet.impact == pytest.approx(2_700)
        assert quiet.present_value == pytest.approx(3_570.247_934)
        assert row_of(result, "calls").present_value == pytest.approx(1_090.909_091)
        assert row_of(result, "noise").present_value == pytest.approx(-300)

    def test_the_ratio_and_its_companions(self, result):
        assert result.present_value_benefits == pytest.approx(4_361.157_025)
        assert result.present_value_costs == 2_500
        assert result.ratio == pytest.approx(1.744_463)  # 4 361.16 / 2 500
        assert result.net_present_value == pytest.approx(1_861.157_025)
        assert result.net_return == pytest.approx(0.744_463)

    def test_the_payback(self, result):
        # year 1: 2 454.55 + 1 090.91 − 300 = 3 245.45 of 2 500: 12 × 2 500 / 3 245.45 months
        assert result.payback_months == pytest.approx(9.243_697)

    def test_each_lines_part_of_the_whole(self, result):
        # 3 570.25 / 4 361.16
        assert row_of(result, "quiet").share == pytest.approx(0.818_647, abs=5e-7)

    def test_what_each_stakeholder_pays_and_gains(self, result):
        state = stakeholder_of(result, STATE)
        assert state.present_value_benefits == pytest.approx(1_090.909_091)
        assert state.present_value_costs == 2_000
        assert state.net_present_value == pytest.approx(-909.090_909)
        town = stakeholder_of(result, TOWN)
        assert (town.present_value_benefits, town.present_value_costs) == (0, 500)

    def test_the_split_by_what_the_lines_rest_on(self, result):
        assert result.basis("itemised").present_value == pytest.approx(3_570.247_934)
        assert result.basis("estimated").ratio == pytest.approx(0.436_364)  # 1 090.91 / 2 500
        assert result.basis("balance").present_value == pytest.approx(-300)

    @pytest.mark.parametrize(
        ("perspective", "benefits", "costs"),
        [
            ("society", 4_361.157_025, 2_500),
            ("public_finances", 1_090.909_091, 2_500),  # State and town on both sides
            ("leverage-state", 4_361.157_025, 2_000),
            ("leverage-town", 4_361.157_025, 500),
            ("funder-state", 1_090.909_091, 2_000),
            ("funder-town", 0.0, 500),
        ],
    )
    def test_each_point_of_view(self, scenario, perspective, benefits, costs):
        result = evaluate(scenario, perspective)
        assert result.perspective.id == perspective
        assert result.present_value_benefits == pytest.approx(benefits)
        assert result.present_value_costs == costs

    def test_the_settings_choose_the_point_of_view_unless_another_is_asked_for(self, scenario):
        theirs = scenario.with_changes({"perspective": "funder-state"})
        assert evaluate(theirs).perspective.id == "funder-state"
        assert evaluate(theirs, "society").perspective.id == "society"

    def test_hours_and_people_are_not_jobs(self, result):
        assert result.indirect_jobs == 0

    def test_a_line_that_a_point_of_view_does_not_count_stays_in_sight_at_zero(self, scenario):
        quiet = row_of(evaluate(scenario, "funder-state"), "quiet")
        assert (quiet.gross_value, quiet.counted_value, quiet.present_value) == (5_000, 0, 0)


@pytest.mark.parametrize("perspective", ["nobody", "leverage-nobody", "leverage-residents"])
def test_a_point_of_view_that_the_scenario_does_not_have_is_refused(perspective):
    scenario = case(outcomes=[amount("line", 10)], costs=[cost("aid", 10)])
    assert perspective not in scenario.perspective_ids
    with pytest.raises(KeyError):
        evaluate(scenario, perspective)


def line_of_1000(**shares):
    """Return a scenario of one line of 1 000 €, for a cost of 100 €."""
    return case(outcomes=[amount("line", 1_000, **shares)], costs=[cost("aid", 100)])


def benefits(scenario, **changes):
    return evaluate(scenario.with_changes(changes)).present_value_benefits


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ({"deadweight": 0.25}, 750),
        ({"displacement": 0.25}, 750),
        ({"attribution": 0.25}, 750),
        ({"deadweight": 0.25, "displacement": 0.25, "attribution": 0.25}, 421.875),  # 0.75³
        ({"deadweight": 0.25, "displacement": 0.25, "deductions": "add"}, 500),  # 1 − 0.25 − 0.25
        ({"discount_rate": 0.25}, 800),  # 1 000 / 1.25
        ({"discount_rate": 0.25, "timing": "start"}, 1_000),
        ({"discount_rate": 0.25, "timing": "none"}, 1_000),
        ({"discount_rate": 0.21, "timing": "mid"}, 909.090_909),  # 1 000 / √1.21
        ({"years_covered": 2}, 500),
    ],
)
def test_a_common_setting_bears_on_a_line_that_states_nothing(setting, expected):
    assert benefits(line_of_1000(), **setting) == pytest.approx(expected)


@pytest.mark.parametrize("name", ["deadweight", "displacement", "attribution"])
def test_a_common_share_bears_on_what_the_lines_own_left(name):
    # 1 − (1 − 20 %)(1 − 10 %) = 28 %
    assert benefits(line_of_1000(**{name: 0.20}), **{name: 0.10}) == pytest.approx(720)


def test_a_common_attribution_is_that_of_others_even_where_a_lines_own_is_credited():
    # 60 % credited, of which others keep 10 %: 1 000 × 0.6 × 0.9
    scenario = line_of_1000(attribution=0.60)
    changed = benefits(scenario, attribution_means="credited", attribution=0.10)
    assert changed == pytest.approx(540)


def test_a_line_that_states_no_attribution_is_credited_in_full():
    assert benefits(line_of_1000(), attribution_means="credited") == 1_000


def test_the_less_is_credited_the_less_is_left_down_to_nothing():
    scenario = line_of_1000().with_changes({"attribution_means": "credited"})
    credited = [benefits(scenario, **{"line.attribution": share}) for share in (0.5, 0.01, 0.0)]
    assert credited == pytest.approx([500, 10, 0])


def test_the_optimism_correction_cuts_the_line():
    assert benefits(line_of_1000(optimism_bias=0.40)) == pytest.approx(600)


def test_a_loss_is_not_made_smaller_by_weak_evidence_of_it():
    # 2 000 × 60 % of gain, and the whole loss of 500
    gain = amount("gain", 2_000, optimism_bias=0.40)
    scenario = case(outcomes=[gain, amount("harm", -500, optimism_bias=0.40)])
    assert benefits(scenario) == pytest.approx(1_200 - 500)
    harm = evaluate(scenario).by_outcome[1]
    assert (harm.optimism_bias, harm.kept_share) == (0, 1)


@pytest.mark.parametrize(("starts", "expected"), [(2, 1_000 + 900), (1, 900 + 810)])
def test_erosion_starts_in_the_second_year_or_at_once(starts, expected):
    scenario = line_of_1000(drop_off=0.10, benefit_period=2)
    assert benefits(scenario, drop_off_from=starts) == pytest.approx(expected)


def test_the_itemised_reading_leaves_out_balance_and_estimates():
    scenario = case(
        outcomes=[
            amount("one", 100, basis="itemised"),
            amount("two", 20, basis="estimated"),
            amount("three", 3, basis="balance"),
        ],
        costs=[cost("aid", 10)],
    )
    assert benefits(scenario) == 123
    assert benefits(scenario, lines="itemised") == 100


def test_the_footprint_is_counted_unless_it_is_set_apart():
    scenario = line_of_1000(footprint=0.30)
    assert benefits(scenario) == 1_000
    assert benefits(scenario, footprint="without") == pytest.approx(700)


def test_a_partial_footprint_set_apart_is_divided_by_the_years_covered_as_well():
    # 1 000 × (1 − 40 %) / 2 = 300
    scenario = line_of_1000(footprint=0.40)
    assert benefits(scenario, footprint="without", years_covered=2) == pytest.approx(300)


def test_a_cost_that_no_one_stated_is_named_where_it_counts():
    case = load_case("promevil")
    assert evaluate(case).unstated_costs == ()
    assert evaluate(case, "society").unstated_costs == ("sncf_payment", "towns_payment")
    assert evaluate(case, "public_finances").unstated_costs == ("towns_payment",)
    stated = case.with_changes({"sncf_payment": 1.0, "towns_payment": 1.0})
    assert evaluate(stated, "society").unstated_costs == ()


def test_years_covered_do_not_divide_the_cost_which_is_already_of_one_year():
    assert evaluate(line_of_1000().with_changes({"years_covered": 2})).present_value_costs == 100


def test_costs_are_paid_at_the_start_and_are_not_discounted_in_their_first_year():
    changed = line_of_1000().with_changes({"discount_rate": 0.10})
    assert evaluate(changed).present_value_costs == 100


def test_cents_are_not_lost_in_adding_up():
    # Ten dimes are one euro; added one by one, doubles make 0.999 999 999 999 999 9.
    dimes = case(
        outcomes=[amount(f"dime_{position}", 0.1) for position in range(10)],
        costs=[cost(f"dime_paid_{position}", 0.1) for position in range(10)],
    )
    result = evaluate(dimes)
    assert (result.present_value_benefits, result.present_value_costs) == (1.0, 1.0)


def test_harm_is_counted_against_the_benefits():
    scenario = case(
        outcomes=[amount("good", 1_000), amount("harm", -1_500)], costs=[cost("aid", 100)]
    )
    result = evaluate(scenario)
    assert (result.present_value_benefits, result.ratio) == (-500, -5)
    assert math.isnan(result.payback_months)


def test_without_a_cost_the_ratio_is_undefined_and_the_net_value_is_not():
    result = evaluate(case(outcomes=[amount("line", 1_000)], costs=[cost("aid", 0)]))
    assert math.isnan(result.ratio)
    assert math.isnan(result.net_return)
    assert math.isnan(result.jobs_per_million_euros)
    assert math.isnan(result.basis("itemised").ratio)
    assert result.net_present_value == 1_000


def test_without_an_outcome_the_ratio_is_zero_and_no_line_has_a_share():
    result = evaluate(case(outcomes=[], costs=[cost("aid", 100)]))
    assert (result.ratio, result.by_outcome) == (0, ())
    assert math.isnan(result.basis("itemised").share)
    assert result.is_never_paid_back


@pytest.mark.parametrize(
    ("gain", "months", "is_never"),
    [(1_200.0, 10.0, False), (1_000.0, 12.0, False), (999.0, math.nan, True)],
)
def test_a_year_pays_back_its_cost_only_where_it_brings_as_much(gain, months, is_never):
    # 1 000 / (1 200 / 12) = 10 months; below a ratio of 1 no pace pays it back
    result = evaluate(case(outcomes=[amount("line", gain)], costs=[cost("aid", 1_000)]))
    assert result.payback_months == pytest.approx(months, nan_ok=True)
    assert result.is_never_paid_back == is_never


def test_where_nothing_is_paid_nothing_is_left_unpaid():
    assert not evaluate(case(outcomes=[amount("line", 1)], costs=[])).is_never_paid_back


JOBS_LINE = outcome(
    "jobs",
    factor("staff", 200, "staff"),
    factor("jobs_per_staff", 0.1, "job/staff"),
    factor("price", 15_000, "EUR/job/year"),
    stakeholder=TOWN,
    basis="estimated",
)


def test_indirect_jobs_follow_the_staff():
    # 200 staff × 0.1 = 20 jobs; 20 / 0.5 M€ = 40 a million; 500 000 / 20 = 25 000 € each
    result = evaluate(case(outcomes=[JOBS_LINE], costs=[cost("aid", 500_000)]))
    assert result.indirect_jobs == 20
    assert result.jobs_per_million_euros == pytest.approx(40)
    assert result.cost_per_job == pytest.approx(25_000)


def test_jobs_are_set_against_the_costs_of_a_year_whatever_the_years_and_the_rate():
    # 3 years at 0.5 M€ and 0.3 M€ once: (1.5 + 0.3) / 3 = 0.6 M€ a year; 20 / 0.6 = 33.3 a million
    scenario = case(
        outcomes=[JOBS_LINE],
        costs=[cost("aid", 500_000), cost("works", 300_000, start_year=2) | {"unit": "EUR"}],
        activity_years=number(3),
        discount_rate=0.1,
    )
    result = evaluate(scenario)
    assert (result.yearly_costs, result.years_of_costs) == (600_000, 3)
    assert result.jobs_per_million_euros == pytest.approx(100 / 3)
    assert result.cost_per_job == pytest.approx(30_000)


def test_the_years_of_costs_are_not_those_of_the_effects():
    lasting = case(outcomes=[amount("line", 100, benefit_period=5)], costs=[cost("aid", 40)])
    assert (evaluate(lasting).years_of_costs, evaluate(lasting).years) == (1, 5)


def test_indirect_jobs_are_a_count_that_no_deduction_in_euros_touches():
    scenario = case(outcomes=[JOBS_LINE], costs=[cost("aid", 500_000)])
    changed = scenario.with_changes(
        {"deadweight": 0.5, "lines": "itemised", "perspective": "funder-state"}
    )
    assert evaluate(changed).indirect_jobs == 20


PAPERS = {
    "published": {
        "provenance": "published",
        "source": "study",
        "locator": {"fr": "Page 1", "en": "On page 1"},
    },
    "assumed": {
        "provenance": "assumed",
        "reason": {"fr": "À nous", "en": "Ours"},
        "low": 0,
        "high": 10_000,
    },
    "yours": {"provenance": "yours"},
}


def published_line(**shares):
    return case(
        outcomes=[
            outcome("line", factor("amount", 1_000, "EUR/year", **PAPERS["published"]), **shares)
        ],
        costs=[cost("aid", 100)],
    )


@pytest.mark.parametrize(
    ("people", "price", "expected"),
    [
        ("published", "published", Provenance.PUBLISHED),
        ("published", "yours", Provenance.YOURS),
        ("assumed", "published", Provenance.ASSUMED),
        ("assumed", "yours", Provenance.ASSUMED),
    ],
)
def test_a_line_is_as_firm_as_its_weakest_factor(people, price, expected):
    line = outcome(
        "line",
        factor("people", 10, "person", **PAPERS[people]),
        factor("price", 5, "EUR/person/year", **PAPERS[price]),
    )
    result = evaluate(case(outcomes=[line], costs=[cost("aid", 10)]))
    assert row_of(result, "line").provenance == expected
    assert part_of(result.by_provenance, expected).present_value == 50


@pytest.mark.parametrize("name", ["deadweight", "displacement", "attribution", "optimism_bias"])
def test_a_published_line_cut_by_the_users_share_is_the_users(name):
    result = evaluate(published_line(**{name: 0.10}))
    assert row_of(result, "line").provenance == Provenance.YOURS


def test_a_share_of_zero_deducts_nothing_and_leaves_a_published_line_published():
    result = evaluate(published_line(deadweight=0.0, attribution=0.0))
    assert row_of(result, "line").provenance == Provenance.PUBLISHED


def test_a_footprint_weighs_on_a_lines_provenance_only_where_it_is_set_apart():
    scenario = published_line(footprint=0.10)
    assert row_of(evaluate(scenario), "line").provenance == Provenance.PUBLISHED
    apart = evaluate(scenario.with_changes({"footprint": "without"}))
    assert row_of(apart, "line").provenance == Provenance.YOURS


def test_a_published_line_that_the_user_makes_last_three_years_is_the_users():
    # 1 000 € published become 3 000 €: two thirds of it is nobody's figure but the user's
    longer = published_line().with_changes({"line.benefit_period": 3})
    row = row_of(evaluate(longer), "line")
    assert row.present_value == 3_000
    assert row.provenance == Provenance.YOURS


def test_every_provenance_and_every_basis_is_listed_even_at_zero():
    result = evaluate(published_line())
    assert [part.key for part in result.by_provenance] == list(Provenance)
    assert {part.key for part in result.by_basis} == {"itemised", "estimated", "balance"}


def test_a_result_says_which_scenario_and_which_point_of_view_it_is_of():
    result = evaluate(published_line(), "society")
    assert (result.scenario, result.perspective.id) == ("example", "society")
