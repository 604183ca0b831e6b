"""Calculations that others published, recomputed to the digits they print."""

import math

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from roi_model import evaluate
from roi_model.parameters import Duration
from roi_model.verification import (
    FOLDER,
    PrintedFigure,
    _verified,
    published_calculation,
    rounded_as_printed,
    verification,
    verified_cases,
)

CASES = verified_cases()
ROWS = [
    (case, position)
    for case in CASES
    for position in range(len(published_calculation(case).printed))
]


def present_value_at(case, outcome, **reading):
    """Return what an outcome of a published case is worth when it is read otherwise."""
    result = evaluate(published_calculation(case).case.with_changes(reading))
    return {row.outcome: row.present_value for row in result.by_outcome}[outcome]


def recomputed(case, printed):
    """Return the figures of a case that are printed of another."""
    return [_verified(case, one).computed for one in printed]


def another_value(number):
    """Return another value that a number may take: a tenth less, or a year more if it may."""
    if isinstance(number, Duration):
        return number.value + 1 if number.value < Duration.highest else number.value - 1
    return number.value * 0.9


def test_there_are_eleven_or_more():
    assert len(CASES) >= 11


@pytest.mark.parametrize(("case", "position"), ROWS)
def test_a_figure_is_computed_as_printed_or_differs_for_a_stated_reason(case, position):
    row = verification(case).rows[position]
    assert math.isfinite(row.computed)
    if row.differs is None:
        assert rounded_as_printed(row.computed, row.printed) == row.printed
        assert row.difference == 0
    else:
        assert rounded_as_printed(row.computed, row.printed) != row.printed
        assert row.difference != 0


@pytest.mark.parametrize("case", CASES)
class TestACase:
    def test_is_as_expected_and_has_a_figure_that_agrees(self, case):
        found = verification(case)
        assert found.is_as_expected
        assert any(row.agrees for row in found.rows)

    def test_names_its_sources_and_what_it_exercises(self, case):
        found = verification(case)
        assert found.sources
        assert found.exercises.fr != found.exercises.en

    def test_bears_the_name_of_its_file_and_published_numbers(self, case):
        scenario = published_calculation(case).case
        assert scenario.id == case
        numbers = [number for line in scenario.outcomes for number in line.factors]
        assert all(number.source and number.locator for number in numbers)

    def test_every_number_it_states_moves_a_printed_figure(self, case):
        published = published_calculation(case)
        stated = [
            (address, number) for address, number in published.case.parameters() if number.source
        ]
        as_stated = recomputed(published.case, published.printed)
        for address, number in stated:
            other = published.case.with_changes({address: another_value(number)})
            assert recomputed(other, published.printed) != as_stated, address

    def test_holds_nothing_else(self, case):
        data = yaml.safe_load((FOLDER / f"{case}.yaml").read_text("utf-8"))
        assert data.keys() == {"exercises", "printed", "case"}


def test_a_case_that_does_not_exist_is_refused():
    with pytest.raises(KeyError):
        verification("atlantis")


@pytest.mark.parametrize("figure", ["nothing", "by_nothing.x.y", "by_outcome.nothing.impact"])
def test_a_figure_that_names_nothing_is_refused(figure):
    case = published_calculation("timebank_ireland_2023").case
    with pytest.raises(KeyError):
        _verified(case, PrintedFigure(figure=figure, printed="1"))


@pytest.mark.parametrize(
    ("value", "printed", "written"),
    [
        (2.5, "3", "3"),
        (0.965, "0.97", "0.97"),  # stored a hair below the half, a half on paper
        (-245_084.6, "-245085", "-245085"),
        (-0.2, "0", "0"),
        (13.4666, "13.4", "13.5"),
        (math.nan, "1", "nan"),
    ],
)
def test_rounding_is_that_of_paper(value, printed, written):
    assert rounded_as_printed(value, printed) == written


@given(st.decimals(-(10**9), 10**9, places=2))
def test_what_has_the_printed_decimals_is_itself(value):
    assert float(rounded_as_printed(float(value), "0.00")) == float(value)


class TestTheConventionsAreToldApart:
    def test_multiplying_instead_of_adding_gives_another_row(self):
        # 2 280 000 000 × 0.65 × 0.90 × 0.85 = 1 133 730 000, printed 1 111 500 000
        found = present_value_at("banco2_oriente_2023", "deforestation", deductions="multiply")
        assert found == pytest.approx(1_133_730_000)

    def test_reading_attribution_as_the_share_of_others_loses_what_was_credited(self):
        # forest wardens, 100 % "credited", are then worth nothing
        found = present_value_at(
            "banco2_oriente_2023", "forest_wardens", attribution_means="others"
        )
        assert found == 0

    def test_discounting_the_first_year_gives_another_value(self):
        # 803 184 / 1.035
        case = published_calculation("timebank_ireland_2023").case
        late = evaluate(case.with_changes({"timing": "end"}))
        assert late.present_value_benefits == pytest.approx(803_184.464 / 1.035, abs=0.01)

    def test_a_transfer_is_a_gain_of_265_to_society(self):
        # −2 653 + 2 918
        rows = evaluate(published_calculation("perry_preschool_age_27").case, "society").by_outcome
        values = {row.outcome: row.present_value for row in rows}
        assert values["welfare_own"] + values["welfare_public"] == 265
