"""Calculations that others published, recomputed to the digits they print.

Units read EUR where the study counts dollars or pesos: nothing is converted.
"""

from math import fsum

import pytest

from roi_model import evaluate, formulas
from roi_model.discounting import present_value_of_effect
from tests.roi_model.building import (
    RESIDENTS,
    STATE,
    TOWN,
    TRANSPORT,
    amount,
    case,
    cost,
    people_helped,
)


class TestNewZealandTreasuryTemplate:
    """Cost Benefit Analysis Tool, example sheet: 30 years at 8 %, flows at mid-year.

    500 000 × (1.08^-0.5 + 1.08^-1.5 + … + 1.08^-29.5); capital stands at the start.
    """

    @staticmethod
    def flow(a_year):
        return present_value_of_effect(a_year, benefit_period=30, discount_rate=0.08, timing="mid")

    @pytest.mark.parametrize(("a_year", "printed"), [(500_000, 5_849_716), (650_000, 7_604_631)])
    def test_annual_flows_to_the_last_printed_digit(self, a_year, printed):
        assert round(self.flow(a_year)) == printed

    def test_option_1_breaks_even(self):
        benefits = costs = self.flow(500_000)
        assert formulas.ratio(benefits, costs) == 1
        assert formulas.net_present_value(benefits, costs) == 0

    def test_option_2_loses_money_once_its_capital_is_counted(self):
        benefits, costs = self.flow(650_000), 2_000_000 + self.flow(500_000)
        assert round(costs) == 7_849_716
        assert round(formulas.ratio(benefits, costs), 2) == 0.97
        assert round(formulas.net_present_value(benefits, costs)) == -245_085


TIMEBANK_SHARES = {"deadweight": 0.10, "displacement": 0.10, "attribution": 0.10, "drop_off": 0.70}
TIMEBANK_ROWS = {
    "socialisation": (95, 3_432),
    "well_being": (95, 600),
    "independence": (90, 640),
    "inclusion": (95, 4_353),
}


class TestTimebankIreland:
    """Social Impact Study, May 2023: start of year, erosion from year 2, shares multiply."""

    @pytest.fixture
    def result(self):
        return evaluate(
            case(
                outcomes=[
                    people_helped(name, people, euros, benefit_period=2, **TIMEBANK_SHARES)
                    for name, (people, euros) in TIMEBANK_ROWS.items()
                ],
                costs=[cost("investment", 50_000)],
                discount_rate=0.035,
                timing="start",
            )
        )

    def test_the_gross_value(self, result):
        # 95 × 3 432 + 95 × 600 + 90 × 640 + 95 × 4 353 = 854 175
        assert fsum(row.gross_value for row in result.by_outcome) == 854_175

    def test_the_first_year_is_what_three_deductions_of_a_tenth_leave(self, result):
        # 854 175 × 0.9³ = 622 693.575, printed 622 693.58
        assert fsum(row.impact for row in result.by_outcome) == pytest.approx(622_693.575)

    def test_the_second_year_is_eroded_and_discounted(self, result):
        # 622 693.575 × 0.3 = 186 808.0725; / 1.035 = 180 490.89
        second_year = result.present_value_benefits - 622_693.575
        assert second_year * 1.035 == pytest.approx(186_808.072_5)
        assert round(second_year, 2) == 180_490.89

    def test_the_totals_to_the_last_printed_digit(self, result):
        assert round(result.present_value_benefits) == 803_184
        assert round(result.net_present_value) == 753_184
        assert round(result.ratio, 2) == 16.06


FAMILIES, ENVIRONMENT, WOMEN = TRANSPORT, TOWN, RESIDENTS
BANCO2_ROWS = {
    # name: (gross, who, shares, net as printed)
    "forest_wardens": (859_842_000, FAMILIES, {"attribution": 1.0}, 859_842_000),
    # 80 512 t × 23 000
    "carbon": (80_512 * 23_000, ENVIRONMENT, {"attribution": 1.0}, 1_851_776_000),
    # 2 280 000 000 × 0.65 × (1 − 0.10 − 0.15)
    "deforestation": (
        2_280_000_000,
        STATE,
        {"attribution": 0.65, "deadweight": 0.10, "displacement": 0.15},
        1_111_500_000,
    ),
    # 8 587 800 × 0.80 × (1 − 0.05)
    "caregivers": (8_587_800, WOMEN, {"attribution": 0.80, "drop_off": 0.05}, 6_526_728),
    # 184 080 000 × 0.60 × (1 − 0.20)
    "entrepreneurs": (
        184_080_000,
        FAMILIES,
        {"attribution": 0.60, "deadweight": 0.20},
        88_358_400,
    ),
    # 20 250 000 × 0.40
    "health": (20_250_000, STATE, {"attribution": 0.40}, 8_100_000),
}
BANCO2_READING = {
    "attribution_means": "credited",
    "deductions": "add",
    "drop_off_from": 1,
    "timing": "none",
}


class TestBancO2Oriente:
    """SROI BancO2, 2025, in pesos: attribution is credited, deductions add, erosion at once."""

    @classmethod
    def scenario(cls, **reading):
        return case(
            outcomes=[
                amount(name, gross, stakeholder=who, **shares)
                for name, (gross, who, shares, _) in BANCO2_ROWS.items()
            ],
            costs=[
                cost("masbosques", 1_389_456_598, TRANSPORT),
                cost("municipalities", 347_972_436, TOWN),
                cost("cornare", 28_500_000, STATE),
            ],
            **{**BANCO2_READING, **reading},
        )

    @pytest.mark.parametrize("name", BANCO2_ROWS)
    def test_each_row_as_printed(self, name):
        (row,) = [one for one in evaluate(self.scenario()).by_outcome if one.outcome == name]
        assert row.present_value == pytest.approx(BANCO2_ROWS[name][3], abs=0.01)

    @pytest.mark.parametrize(
        ("who", "printed"),
        [
            (FAMILIES, 948_200_400),
            (ENVIRONMENT, 1_851_776_000),
            (STATE, 1_119_600_000),
            (WOMEN, 6_526_728),
        ],
    )
    def test_each_stakeholder_as_printed(self, who, printed):
        by = {row.stakeholder: row for row in evaluate(self.scenario()).by_stakeholder}
        assert by[who].present_value_benefits == pytest.approx(printed, abs=0.01)

    def test_the_total_and_the_ratio_as_printed(self):
        result = evaluate(self.scenario())
        assert result.present_value_costs == 1_765_929_034
        assert result.present_value_benefits == pytest.approx(3_926_103_128, abs=0.01)
        assert round(result.ratio, 2) == 2.22

    def test_multiplying_instead_gives_another_deforestation_row(self):
        # 2 280 000 000 × 0.65 × 0.90 × 0.85 = 1 133 730 000: the case tells the two rules apart
        rows = evaluate(self.scenario(deductions="multiply")).by_outcome
        (row,) = [one for one in rows if one.outcome == "deforestation"]
        assert row.present_value == pytest.approx(1_133_730_000, abs=0.01)

    def test_reading_attribution_as_the_share_of_others_loses_what_was_credited(self):
        # forest wardens, 100 % "credited", are then worth nothing
        rows = evaluate(self.scenario(attribution_means="others")).by_outcome
        (row,) = [one for one in rows if one.outcome == "forest_wardens"]
        assert row.present_value == 0


PARTICIPANT, PUBLIC = RESIDENTS, STATE
PERRY_LINES = {
    "child_care": (738, 0),
    "k12_efficiency": (0, 6_872),
    "adult_education": (0, 283),
    "earnings": (21_485, 8_846),
    "crime": (0, 70_381),
    "higher_education": (0, -868),
    "welfare": (-2_653, 2_918),
}


class TestPerryPreschool:
    """Federal Reserve Bank of Minneapolis, 2003: present values at 3 %, dollars of 1992.

    A transfer is negative for one party and positive for the other.
    """

    @pytest.fixture
    def scenario(self):
        return case(
            outcomes=[
                amount(f"{name}_{side}", euros, stakeholder=who)
                for name, both_sides in PERRY_LINES.items()
                for side, who, euros in zip(
                    ("own", "public"), (PARTICIPANT, PUBLIC), both_sides, strict=True
                )
            ],
            costs=[cost("programme", 12_356)],
        )

    def test_the_participant_gains_as_printed(self, scenario):
        # 738 + 21 485 − 2 653 = 19 570
        by = {row.stakeholder: row for row in evaluate(scenario).by_stakeholder}
        assert by[PARTICIPANT].present_value_benefits == 19_570

    def test_the_public_gains_one_dollar_less_than_printed_as_its_rows_are_rounded(self, scenario):
        # 6 872 + 283 + 8 846 + 70 381 − 868 + 2 918 = 88 432; printed 88 433
        assert evaluate(scenario, "funder-state").present_value_benefits == 88_432

    def test_society_gains_as_printed(self, scenario):
        assert evaluate(scenario, "society").present_value_benefits == 108_002

    def test_the_transfer_is_a_gain_of_265_to_society(self, scenario):
        rows = {row.outcome: row.present_value for row in evaluate(scenario, "society").by_outcome}
        assert rows["welfare_own"] + rows["welfare_public"] == 265  # −2 653 + 2 918
