"""How far each number may vary: the rule, what is held, and whole years."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roi_model import load_case, simulate
from roi_model.distributions import Fixed, Pert, Triangular
from roi_model.parameters import Duration, Provenance, Rate, Share
from roi_model.settings import NOT_STATED_CREDIT, NOT_STATED_PERIOD, NOT_STATED_SHARE
from roi_model.uncertainty import distribution_of, held_shares, uncertain_numbers
from tests.roi_model.building import amount, case, cost, factor, number, outcome

REASON = {"fr": "Une hypothèse", "en": "A guess"}
HELD = {"distribution": {"kind": "fixed"}}
PROMEVIL = load_case("promevil")


def assumed(kind, value, low, high, **more):
    return kind(
        value=value, low=low, high=high, provenance=Provenance.ASSUMED, reason=REASON, **more
    )


class TestARangeThatIsStated:
    @pytest.mark.parametrize("value", [0.0, 0.001, 0.2])
    def test_is_drawn_around_0_as_around_any_other_value(self, value):
        expected = Triangular(low=0.0, mode=value, high=0.5)
        assert distribution_of(assumed(Share, value, 0.0, 0.5)) == expected

    def test_is_drawn_around_a_rate_of_0_and_a_cost_of_0(self):
        assert isinstance(distribution_of(assumed(Rate, 0.0, 0.0, 0.1)), Triangular)
        unpaid = cost("town", 0, low=0, high=50)
        scenario = case(costs=[cost("aid", 100, **HELD), unpaid])
        assert [one.address for one in uncertain_numbers(scenario)] == ["town"]

    def test_is_not_drawn_where_the_number_says_so(self):
        share = assumed(Share, 0.0, 0.0, 1.0, distribution={"kind": "fixed"})
        assert distribution_of(share) == Fixed(value=0.0)


@pytest.mark.parametrize(
    "parameter",
    [
        Share(value=0.0, provenance="yours"),
        Rate(value=0.0, provenance="yours"),
        Duration(value=1, provenance="yours"),
        NOT_STATED_SHARE,
        NOT_STATED_CREDIT,
        NOT_STATED_PERIOD,
    ],
)
def test_what_claims_nothing_or_is_not_stated_is_held(parameter):
    assert distribution_of(parameter) == Fixed(value=parameter.value)


class TestHeldShares:
    def test_promevil_holds_all_three_and_says_so_in_its_data(self):
        assert held_shares(PROMEVIL) == ("deadweight", "displacement", "attribution")
        for name in held_shares(PROMEVIL):
            stated = getattr(PROMEVIL.settings, name)
            assert (stated.low, stated.high, stated.distribution.kind) == (0.0, 1.0, "fixed")

    def test_one_that_is_typed_or_drawn_is_not_among_them(self):
        typed = PROMEVIL.with_changes({"deadweight": 0.25, "quiet_nights.attribution": 0.1})
        assert held_shares(typed) == ("displacement",)
        line = amount("calm", 100) | {"displacement": number(0.0, low=0.0, high=0.3)}
        assert held_shares(case(outcomes=[line])) == ("deadweight", "attribution")

    def test_all_that_is_credited_deducts_nothing(self):
        scenario = case(outcomes=[amount("calm", 100)], attribution_means="credited")
        assert held_shares(scenario) == ("deadweight", "displacement", "attribution")
        half = scenario.with_changes({"calm.attribution": 0.5})
        assert held_shares(half) == ("deadweight", "displacement")


def ratios_of(years):
    """Return the draws of a scenario whose ratio is the years its effect lasts."""
    line = outcome("care", factor("amount", 100, "EUR/year", **HELD))
    scenario = case(outcomes=[line | {"benefit_period": years}], costs=[cost("aid", 100, **HELD)])
    return simulate(scenario, 2**14)


class TestWholeYears:
    def test_each_year_of_a_uniform_range_is_as_frequent(self):
        spread = number(2, low=1, high=3, distribution={"kind": "uniform"})
        years, counts = np.unique(np.rint(ratios_of(spread).ratios), return_counts=True)
        assert years.tolist() == [1, 2, 3]
        assert counts / counts.sum() == pytest.approx([1 / 3] * 3, abs=0.001)

    def test_the_mode_of_a_triangle_is_the_most_frequent_year_also_at_an_end(self):
        # From 0.5 to 3.5, most likely at 1, density 2/3 there: 0.5 × 2/3 / 2 before it and
        # 0.5 × (2/3 + 0.8 × 2/3) / 2 after it make 0.467 of year 1, then 0.4 and 0.133
        one = number(1, low=1, high=3) | {"provenance": "assumed", "reason": REASON}
        _, counts = np.unique(np.rint(ratios_of(one).ratios), return_counts=True)
        assert counts / counts.sum() == pytest.approx([0.4667, 0.4, 0.1333], abs=0.001)

    @pytest.mark.parametrize("value", [2, 3, 5])
    def test_a_margin_that_rounds_to_one_year_is_no_uncertainty(self, value):
        # A tenth on either side of 5 years: 4.5 to 5.5
        assert distribution_of(Duration(value=value, provenance="yours")) == Fixed(value=value)
        assert ratios_of(number(value)).varied == ()

    def test_a_wider_margin_is_drawn_as_it_is(self):
        found = distribution_of(Duration(value=8, provenance="yours"))
        assert isinstance(found, Pert)
        assert found.support == pytest.approx((7.2, 8.8))

    @given(low=st.integers(1, 20), left=st.integers(0, 9), right=st.integers(0, 9))
    def test_no_draw_leaves_the_range(self, low, left, right):
        stated = assumed(Duration, low + left, low, low + left + right)
        found = distribution_of(stated)
        ends = np.rint(found.quantile(np.array([0.0, 1.0])))
        if left + right:
            assert ends.tolist() == [stated.low, stated.high]
        else:
            assert found == Fixed(value=low)
