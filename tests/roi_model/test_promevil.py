"""The reference case: every figure of the study, and the questions an informed reader asks."""

import math

import pytest

from roi_model import evaluate, load_case
from roi_model.parameters import Provenance

TOTAL, STATE_AID = 20_200_000, 1_500_000
ALL_OF_THE_STATE = "leverage-state"


@pytest.fixture
def case():
    return load_case("promevil")


@pytest.fixture
def ratio(case):
    """Return a function that changes the case and returns its ratio."""

    def ratio_with(changes=None, **settings):
        return evaluate(case.with_changes({**(changes or {}), **settings})).ratio

    return ratio_with


def row_of(result, identifier):
    (row,) = [one for one in result.by_outcome if one.outcome == identifier]
    return row


class TestAsPublished:
    def test_the_total_is_20_200_000_to_the_last_cent(self, case):
        assert evaluate(case).present_value_benefits == TOTAL

    def test_the_cost_is_the_states_aid(self, case):
        assert evaluate(case).present_value_costs == STATE_AID

    def test_one_euro_of_the_state_brings_13_47_euros(self, case):
        assert evaluate(case).ratio == pytest.approx(20.2 / 1.5)
        assert round(evaluate(case).ratio, 2) == 13.47

    def test_the_case_opens_on_the_leverage_of_the_state(self, case):
        assert evaluate(case).perspective.id == ALL_OF_THE_STATE

    def test_what_remains_once_the_cost_is_deducted(self, case):
        # 20.2 − 1.5 = 18.7 M€; 18.7 / 1.5 = 12.47
        result = evaluate(case)
        assert result.net_present_value == 18_700_000
        assert round(result.net_return, 2) == 12.47

    def test_the_balance_says_what_our_assumptions_were_given(self, case):
        # 788 000 + 102 000 + 615 000 of the 11.7 M€ that the press does not itemise
        assumed = evaluate(case).basis("estimated").present_value
        balance = next(one for one in case.outcomes if one.id == "balance")
        assert assumed == pytest.approx(1_505_000)
        assert "1 505 000 €" in balance.help.fr
        assert "€1,505,000" in balance.help.en

    def test_three_years_have_the_jobs_per_million_of_one(self, case):
        # 41 / 1.5 M€ = 27.3, and not 41 over the 4.5 M€ of three years
        three = evaluate(case.with_changes({"activity_years": 3}))
        assert three.jobs_per_million_euros == pytest.approx(27.3, abs=0.05)
        assert three.cost_per_job == pytest.approx(36_585, abs=0.5)

    def test_the_years_flow_repays_the_aid_in_less_than_a_month(self, case):
        # 1.5 / (20.2 / 12) = 0.89 month
        assert evaluate(case).payback_months == pytest.approx(0.891, abs=5e-4)

    @pytest.mark.parametrize(
        ("address", "value", "year"),
        [
            ("state_aid", 1_500_000, 2016),
            ("sncf_savings.savings", 3_000_000, 2016),
            ("delays_avoided.savings", 2_400_000, 2016),
            ("work_integration.savings", 3_100_000, 2015),  # 2015 alone
            ("quiet_nights.saving_per_person", 788, 2015),
            ("police_time.hourly_cost", 51, 2015),
            ("indirect_jobs.staff", 394, 2016),
        ],
    )
    def test_the_published_numbers_are_those_of_the_article(self, case, address, value, year):
        parameter = dict(case.parameters())[address]
        assert (parameter.value, parameter.year) == (value, year)
        assert parameter.provenance == Provenance.PUBLISHED
        assert parameter.source == ("parisien_2017",)

    @pytest.mark.parametrize(
        ("figure", "value", "sources"),
        [
            ("total_return", 20_200_000, ("parisien_2017", "goodwill_page")),
            ("press_ratio", 13, ("parisien_2017",)),
            ("consultants_ratio", 13.4, ("goodwill_page",)),
            ("indirect_jobs", 41, ("parisien_2017",)),
            ("staff_over_period", 394, ("parisien_2017",)),
            ("staff", 200, ("parisien_2017",)),
            ("jobs_supported", 440, ("goodwill_page",)),
        ],
    )
    def test_the_published_figures_beside_them(self, case, figure, value, sources):
        assert (case.figure(figure).value, case.figure(figure).source) == (value, sources)

    @pytest.mark.parametrize(
        "address",
        [
            "quiet_nights.people",
            "police_time.hours",
            "indirect_jobs.value_per_job",
            "sncf_payment",
            "towns_payment",
            "balance.footprint",
        ],
    )
    def test_what_the_press_does_not_give_is_assumed_with_a_reason_and_a_range(self, case, address):
        parameter = dict(case.parameters())[address]
        assert parameter.provenance == Provenance.ASSUMED
        assert parameter.reason
        assert parameter.low < parameter.high

    def test_no_number_of_the_untouched_case_is_yours(self, case):
        assert all(one.provenance != Provenance.YOURS for _, one in case.parameters())

    @pytest.mark.parametrize("figure", ["press_ratio", "consultants_ratio"])
    def test_a_ratio_is_not_a_share_that_a_page_would_show_in_percent(self, case, figure):
        assert case.figure(figure).unit != "share"


class TestJobs:
    def test_41_jobs_follow_from_394_staff(self, case):
        assert evaluate(case).indirect_jobs == pytest.approx(41)
        assert dict(case.parameters())["indirect_jobs.jobs_per_staff"].value == 41 / 394

    def test_27_3_jobs_a_million_euros(self, case):
        assert evaluate(case).jobs_per_million_euros == pytest.approx(27.3, abs=0.05)

    def test_36_585_euros_a_job(self, case):
        assert evaluate(case).cost_per_job == pytest.approx(36_585, abs=0.5)

    def test_staff_of_200_would_be_20_8_jobs(self, case):
        # 200 × 41 / 394 = 20.81
        fewer = evaluate(case.with_changes({"indirect_jobs.staff": 200.0}))
        assert fewer.indirect_jobs == pytest.approx(20.812, abs=5e-4)

    def test_jobs_are_money_only_through_the_assumed_value_of_one(self, case):
        # 41 × 15 000 = 615 000 €; at nothing a job, the jobs remain
        assert row_of(evaluate(case), "indirect_jobs").present_value == pytest.approx(615_000)
        free = evaluate(case.with_changes({"indirect_jobs.value_per_job": 0.0}))
        assert row_of(free, "indirect_jobs").present_value == 0
        assert free.indirect_jobs == pytest.approx(41)


class TestWhatTheHeadlineRestsOn:
    def test_the_itemised_lines_alone_bring_5_67(self, case, ratio):
        result = evaluate(case)
        assert result.basis("itemised").present_value == 8_500_000  # 3.1 + 3.0 + 2.4
        assert round(result.basis("itemised").ratio, 2) == 5.67
        assert ratio(lines="itemised") == pytest.approx(8.5 / 1.5)

    def test_11_7_million_are_not_itemised_in_the_press(self, case):
        # the balance and the lines we estimate within it: 10 195 000 + 1 505 000
        result = evaluate(case)
        not_itemised = (
            result.basis("balance").present_value + result.basis("estimated").present_value
        )
        assert not_itemised == pytest.approx(11_700_000, abs=0.005)

    def test_the_balance_is_the_total_less_the_other_lines(self, case):
        # 20 200 000 − 8 500 000 − 1 000 × 788 − 2 000 × 51 − 41 × 15 000 = 10 195 000
        assert row_of(evaluate(case), "balance").gross_value == pytest.approx(10_195_000, abs=0.005)
        assert row_of(evaluate(case), "balance").provenance == Provenance.DERIVED

    def test_the_shares_of_the_headline(self, case):
        # 8.5 / 20.2 published, 10.195 / 20.2 derived, 1.505 / 20.2 assumed
        shares = {part.key: part.share for part in evaluate(case).by_provenance}
        assert shares == pytest.approx(
            {"published": 0.4208, "derived": 0.5047, "assumed": 0.0745, "yours": 0.0}, abs=5e-5
        )

    def test_a_total_over_two_years_halves_the_ratio_to_6_73(self, ratio):
        assert round(ratio(years_covered=2), 2) == 6.73

    def test_without_the_economic_footprint_6_26_remain(self, ratio):
        # prudent: all the balance and all the indirect jobs go; (8.5 + 0.788 + 0.102) / 1.5
        assert ratio(footprint="without") == pytest.approx(9.39 / 1.5)

    @pytest.mark.parametrize(
        ("share", "millions"),
        [
            (0.0, 19.585),  # only the indirect jobs go: 20.2 − 0.615
            (0.5, 14.4875),  # and half the balance: 19.585 − 5.0975
            (1.0, 9.39),  # and all of it: 19.585 − 10.195
        ],
    )
    def test_how_much_of_the_balance_is_footprint_is_the_readers_choice(
        self, ratio, share, millions
    ):
        without = ratio({"balance.footprint": share}, footprint="without")
        assert without == pytest.approx(millions / 1.5)

    def test_the_itemised_lines_have_no_footprint_to_set_apart(self, ratio):
        assert ratio(lines="itemised", footprint="without") == pytest.approx(8.5 / 1.5)

    @pytest.mark.parametrize("name", ["deadweight", "displacement", "attribution"])
    @pytest.mark.parametrize(
        ("share", "expected"),
        [(0.10, 12.12), (0.25, 10.10), (0.50, 6.733_333)],  # 13.4667 × 0.9, 0.75, 0.5
    )
    def test_each_share_that_is_not_published_cuts_the_ratio_by_itself(
        self, ratio, name, share, expected
    ):
        assert ratio({name: share}) == pytest.approx(expected, abs=5e-7)

    @pytest.mark.parametrize(
        ("share", "expected"),
        [
            (0.10, 9.817_2),  # 13.466 667 × 0.9³ = 0.729
            (0.25, 5.681_25),  # × 0.75³ = 0.421 875
            (0.50, 1.683_333),  # × 0.5³ = 0.125
        ],
    )
    def test_the_three_together_cut_it_by_their_product(self, ratio, share, expected):
        together = ratio(deadweight=share, displacement=share, attribution=share)
        assert together == pytest.approx(expected, abs=5e-7)

    def test_a_fifth_of_each_under_adding_is_three_fifths(self, ratio):
        # 1 − 0.2 − 0.2 − 0.2 = 0.4
        added = ratio(deadweight=0.2, displacement=0.2, attribution=0.2, deductions="add")
        assert added == pytest.approx(0.4 * 20.2 / 1.5)

    def test_the_ratio_reaches_1_at_a_deadweight_of_92_6_percent(self, ratio):
        # 1 − 1.5 / 20.2 = 0.925 743
        assert ratio(deadweight=1 - 1.5 / 20.2) == pytest.approx(1)


class TestTheThreeRatios:
    def test_the_states_leverage_is_13_47(self, case):
        assert round(evaluate(case, "leverage-state").ratio, 2) == 13.47

    def test_the_states_own_gain_on_itemised_lines_is_2_07(self, case):
        itemised = case.with_changes({"lines": "itemised"})
        assert evaluate(itemised, "funder-state").ratio == pytest.approx(3.1 / 1.5)

    def test_the_states_own_gain_with_the_police_hours_is_2_13(self, case):
        # (3 100 000 + 2 000 × 51) / 1 500 000 = 2.1347
        assert evaluate(case, "funder-state").ratio == pytest.approx(3.202 / 1.5)

    def test_society_equals_leverage_until_another_funder_pays(self, case):
        assert evaluate(case, "society").ratio == evaluate(case, "leverage-state").ratio

    def test_on_the_full_cost_society_parts_from_leverage(self, case):
        # 20.2 / (1.5 + 2.0 + 1.0) = 4.49, while the State's leverage stays at 13.47
        full = case.with_changes({"sncf_payment": 2_000_000.0, "towns_payment": 1_000_000.0})
        assert evaluate(full, "society").ratio == pytest.approx(20.2 / 4.5)
        assert evaluate(full, "leverage-state").ratio == pytest.approx(20.2 / 1.5)
        assert evaluate(full, "leverage-sncf").ratio == pytest.approx(20.2 / 2.0)
        assert evaluate(full, "funder-sncf").ratio == pytest.approx(3.0 / 2.0)

    def test_public_finances_count_the_state_the_towns_and_social_protection(self, case):
        # gains 3.1 + 0.102 + 0.615 = 3.817 M€; paid 1.5 M€, then 2.5 M€ with the towns' million
        assert evaluate(case, "public_finances").ratio == pytest.approx(3.817 / 1.5)
        with_towns = case.with_changes({"towns_payment": 1_000_000.0, "sncf_payment": 9e6})
        assert evaluate(with_towns, "public_finances").ratio == pytest.approx(3.817 / 2.5)

    def test_a_funder_that_pays_nothing_has_no_ratio(self, case):
        assert math.isnan(evaluate(case, "funder-sncf").ratio)
        assert math.isnan(evaluate(case, "leverage-towns").ratio)


class TestWhenANumberChanges:
    @pytest.mark.parametrize(
        ("address", "value", "total", "cost"),
        [
            # 1 000 people × (1 000 − 788) = + 212 000
            ("quiet_nights.saving_per_person", 1_000.0, 20_412_000, 1_500_000),
            # 200 more people × 788 = + 157 600
            ("quiet_nights.people", 1_200.0, 20_357_600, 1_500_000),
            # no police hour: − 2 000 × 51
            ("police_time.hours", 0.0, 20_098_000, 1_500_000),
            # the total does not move with the cost: 20.2 / 2.0 = 10.1
            ("state_aid", 2_000_000.0, 20_200_000, 2_000_000),
        ],
    )
    def test_the_total_moves_by_hand_and_the_balance_stays(self, case, address, value, total, cost):
        changed = evaluate(case.with_changes({address: value}))
        assert changed.present_value_benefits == pytest.approx(total, abs=0.005)
        assert changed.present_value_costs == cost
        assert changed.ratio == pytest.approx(total / cost)
        assert row_of(changed, "balance").present_value == pytest.approx(10_195_000, abs=0.005)

    def test_a_line_of_ones_own_number_is_no_longer_published(self, case):
        changed = evaluate(case.with_changes({"sncf_savings.savings": 2_000_000.0}))
        assert row_of(changed, "sncf_savings").provenance == Provenance.YOURS

    def test_the_shipped_case_is_untouched_by_what_a_reader_does_to_it(self, case):
        case.with_changes({"state_aid": 1.0, "deadweight": 0.9})
        assert evaluate(load_case("promevil")).present_value_benefits == TOTAL

    def test_each_number_of_the_case_is_used(self, case):
        # Doubled, a cost moves society's costs and a factor its benefits; a zero becomes a million.
        before = evaluate(case, "society")
        kinds = {cost.id: "cost" for cost in case.costs} | {
            f"{outcome.id}.{factor.id}": "factor"
            for outcome in case.outcomes
            for factor in outcome.factors
        }
        for address, kind in kinds.items():
            value = 2 * case.value_at(address) or 1e6
            after = evaluate(case.with_changes({address: value}), "society")
            assert (after.present_value_costs > before.present_value_costs) == (kind == "cost")
            assert (after.present_value_benefits > before.present_value_benefits) == (
                kind == "factor"
            )


class TestRanges:
    def test_the_balance_is_at_most_what_is_left_for_it(self, case):
        # The rest of the 11.7 M€ not itemised is in the lines that are estimated: not drawn twice.
        amount = dict(case.parameters())["balance.amount"]
        assert (amount.low, amount.high) == (0, amount.value)

    def test_the_central_value_lies_between_the_extremes(self, case):
        central = evaluate(case, "society").ratio
        ranged = [
            (address, one)
            for address, one in case.parameters()
            if one.low is not None and one.low < one.high and one.reason is not None
        ]
        assert len(ranged) >= 6
        for address, one in ranged:
            extremes = [
                evaluate(case.with_changes({address: bound}), "society").ratio
                for bound in (one.low, one.high)
            ]
            assert min(extremes) <= central <= max(extremes), address
