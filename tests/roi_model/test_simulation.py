"""Simulations against closed forms, and what a reader is promised of them."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from roi_model import ScenarioError, evaluate, load_case, simulation
from roi_model.simulation import FEWEST_DRAWS, MOST_DRAWS, REPLICATES, simulate
from tests.roi_model.building import TOWN, amount, case, case_data, cost, factor, outcome
from tests.roi_model.building import people_helped as people

MANY = 2**16
Z95 = stats.norm.ppf(0.95)


def lognormal(identifier, low, high, unit):
    """Return a factor whose 5th and 95th percentiles are low and high."""
    middle = math.sqrt(low * high)
    spread = {"kind": "lognormal", "low": low, "high": high}
    return factor(identifier, middle, unit, distribution=spread)


def normal_amount(identifier, mean, deviation):
    return outcome(
        identifier,
        factor(
            "amount",
            mean,
            "EUR/year",
            distribution={"kind": "normal", "standard_deviation": deviation},
        ),
    )


def fixed_cost(euros, **more):
    return cost("aid", euros, distribution={"kind": "fixed"}, **more)


@pytest.fixture(scope="module")
def product_of_lognormals():
    # Each logarithm is normal: so is their sum, its variance the sum of theirs.
    factors = [
        lognormal("people", 80, 125, "person"),
        lognormal("visits", 2, 8, "1"),
        lognormal("euros", 10, 90, "EUR/person/year"),
    ]
    return case(outcomes=[outcome("care", *factors)], costs=[fixed_cost(1_000)])


def exact_quantile(share):
    """Return the exact quantile of the ratio of ``product_of_lognormals``."""
    ranges = [(80, 125), (2, 8), (10, 90)]
    location = sum(math.log(low * high) / 2 for low, high in ranges)
    scale = math.sqrt(sum((math.log(high / low) / (2 * Z95)) ** 2 for low, high in ranges))
    return math.exp(location + scale * stats.norm.ppf(share)) / 1_000


class TestClosedForms:
    @pytest.mark.parametrize("method", ["sobol", "pseudo_random"])
    @pytest.mark.parametrize("share", [0.05, 0.25, 0.5, 0.75, 0.95])
    def test_a_product_of_lognormals_is_lognormal(self, product_of_lognormals, method, share):
        found = simulate(product_of_lognormals, MANY, 1, method=method).quantile(share)
        assert found.value == pytest.approx(exact_quantile(share), abs=5 * found.error)
        assert found.error < 0.01 * found.value

    def test_the_probability_of_exceeding_a_target_is_exact_too(self, product_of_lognormals):
        target = exact_quantile(0.8)
        found = simulate(product_of_lognormals, MANY).probability_above(target)
        assert found.value == pytest.approx(0.2, abs=max(1e-3, 5 * found.error))

    def test_a_sum_of_normals_is_normal(self):
        # means 100 + 200 + 300 = 600; variances 30² + 40² + 120² = 130²; over a cost of 100
        lines = [
            normal_amount(f"line_{sd}", mean, sd) for mean, sd in [(100, 30), (200, 40), (300, 120)]
        ]
        result = simulate(case(outcomes=lines, costs=[fixed_cost(100)]), MANY)
        assert result.mean().value == pytest.approx(6.0, abs=1e-4)
        assert np.std(result.ratios) == pytest.approx(1.3, rel=1e-4)
        interval = result.interval(0.9)
        assert interval.low.value == pytest.approx(6 - Z95 * 1.3, abs=0.03)
        assert interval.high.value == pytest.approx(6 + Z95 * 1.3, abs=0.03)

    def test_a_sum_of_normals_gives_each_line_its_share_of_the_variance(self):
        # 900 + 1 600 + 14 400 = 16 900
        lines = [normal_amount(f"line_{sd}", 100, sd) for sd in (30, 40, 120)]
        result = simulate(case(outcomes=lines, costs=[fixed_cost(100)]), MANY)
        shares = [one.share_of_variance for one in result.contributions]
        assert shares == pytest.approx([900 / 16_900, 1_600 / 16_900, 14_400 / 16_900], abs=1e-3)
        assert sum(shares) == pytest.approx(1)

    def test_correlated_normals_add_their_covariance(self):
        # Spearman 0.5 is Pearson 2 sin(π/12) = 0.5176…: variance 1 + 1 + 2 × 0.5176
        data = case_data(
            outcomes=[normal_amount("first", 100, 1), normal_amount("second", 100, 1)],
            costs=[fixed_cost(1)],
        )
        data["correlations"] = [
            {"between": ["first.amount", "second.amount"], "value": 0.5, "provenance": "yours"}
        ]
        from roi_model.case_files import scenario_from

        result = simulate(scenario_from(data), MANY)
        assert np.var(result.ratios) == pytest.approx(2 + 4 * math.sin(math.pi / 12), rel=2e-3)

    def test_correlations_that_cannot_be_are_refused(self):
        data = case_data(
            outcomes=[normal_amount(name, 100, 1) for name in ("one", "two", "three")],
            costs=[fixed_cost(1)],
        )
        pairs = [("one", "two", 0.9), ("two", "three", 0.9), ("one", "three", -0.9)]
        data["correlations"] = [
            {"between": [f"{a}.amount", f"{b}.amount"], "value": rank, "provenance": "yours"}
            for a, b, rank in pairs
        ]
        from roi_model.case_files import scenario_from

        with pytest.raises(ScenarioError, match="correlations"):
            simulate(scenario_from(data))


def errors(scenario, method, draws, exact):
    """Return the root mean square error of the mean over sixteen seeds."""
    found = [simulate(scenario, draws, seed, method=method).mean().value for seed in range(16)]
    return math.sqrt(np.mean((np.array(found) - exact) ** 2))


def test_sobol_points_converge_faster_than_pseudo_random_ones():
    # The mean of a product of independent PERTs is the product of their means, (a + 4m + b) / 6.
    def pert(identifier, low, mode, high, unit):
        return factor(
            identifier, mode, unit, distribution={"kind": "pert", "low": low, "high": high}
        )

    scenario = case(
        outcomes=[
            outcome(
                "care",
                pert("people", 0, 100, 300, "person"),
                pert("euros", 5, 10, 30, "EUR/person/year"),
            )
        ],
        costs=[fixed_cost(1_000)],
    )
    exact = (700 / 6) * (75 / 6) / 1_000
    few, many = 2**9, 2**13
    sobol = [errors(scenario, "sobol", draws, exact) for draws in (few, many)]
    pseudo = [errors(scenario, "pseudo_random", draws, exact) for draws in (few, many)]
    assert sobol[1] < pseudo[1] / 10
    # Sixteen times the draws: a quarter of the error at random, at least a tenth with Sobol.
    assert sobol[1] < sobol[0] / 10
    assert pseudo[1] > pseudo[0] / 10


@pytest.mark.parametrize("method", ["sobol", "pseudo_random"])
def test_the_numerical_error_is_honest(product_of_lognormals, method):
    # Of forty seeds nearly all fall within three standard errors of the exact median.
    exact = exact_quantile(0.5)
    misses = 0
    for seed in range(40):
        found = simulate(product_of_lognormals, 2**10, seed, method=method).quantile(0.5)
        misses += abs(found.value - exact) > 3 * found.error
    assert misses <= 4


class TestTheSamePoints:
    def test_the_same_seed_gives_the_same_result_whatever_the_threads(self):
        promevil = load_case("promevil")
        alone, together = (simulate(promevil, MANY, 3, threads=threads) for threads in (1, 4))
        assert np.array_equal(alone.ratios, together.ratios)
        assert alone.contributions == together.contributions

    def test_another_seed_gives_other_draws(self):
        promevil = load_case("promevil")
        assert not np.array_equal(
            simulate(promevil, 256, 0).ratios, simulate(promevil, 256, 1).ratios
        )

    def test_a_number_that_moves_moves_every_draw_one_way(self):
        # Common random numbers: more people relieved of noise raise every single draw.
        promevil = load_case("promevil")
        before = simulate(promevil).ratios
        after = simulate(promevil.with_changes({"police_time.hourly_cost": 60})).ratios
        assert (after >= before).all()
        assert (after > before).any()

    def test_a_number_that_is_held_leaves_the_draws_of_the_others(self):
        # Two lines; the second becomes certain: what the first adds must not tremble.
        first = normal_amount("first", 100, 10)
        second = amount("second", 50, benefit_period=1)
        certain = outcome(
            "second", factor("amount", 50, "EUR/year", distribution={"kind": "fixed"})
        )
        varied, held = (
            simulate(case(outcomes=[first, other], costs=[fixed_cost(1)]))
            for other in (second, certain)
        )
        assert held.varied == ("first.amount",)
        spread = varied.ratios - held.ratios
        assert np.abs(spread).max() <= 5.0 + 1e-9  # the margin of a tenth of 50, and no more


def same(one, other):
    """Say whether two results are the same to the last digit."""
    arrays = [(getattr(one, name), getattr(other, name)) for name in ("benefits", "costs")]
    return one.contributions == other.contributions and all(
        np.array_equal(mine, theirs) for mine, theirs in arrays
    )


@pytest.fixture
def nothing_kept(monkeypatch):
    """Return what starts again from no draws kept, and says how many bytes are."""

    def forget():
        monkeypatch.setattr(simulation, "_KEPT", simulation._KeptDraws())

    forget()
    return forget


def kept_bytes():
    return sum(draws.nbytes for draws in simulation._KEPT._draws.values())


class TestDrawsThatAreKept:
    CHANGES = (
        {},
        {"police_time.hourly_cost": 60},
        {"police_time.hourly_cost": 60, "attribution": 0.2},
        {"discount_rate": 0.1},
        {"perspective": "funder-state"},
        {"deductions": "add"},
        {"lines": "itemised"},
        {},
    )

    @pytest.mark.parametrize("method", ["sobol", "pseudo_random"])
    def test_they_give_the_same_result_to_the_last_digit(self, nothing_kept, method):
        promevil = load_case("promevil")
        variants = [promevil.with_changes(changes) for changes in self.CHANGES]
        fresh = []
        for variant in variants:
            nothing_kept()
            fresh.append(simulate(variant, 1_000, method=method))
        nothing_kept()
        for _ in range(3):
            for variant, alone in zip(variants, fresh, strict=True):
                assert same(simulate(variant, 1_000, method=method), alone)
        assert kept_bytes() > 0

    def test_correlations_and_seeds_do_not_share_them(self, nothing_kept):
        data = case_data(
            outcomes=[normal_amount(name, 100, 1) for name in ("one", "two", "three")],
            costs=[fixed_cost(1)],
        )
        from roi_model.case_files import scenario_from

        def found(rank, seed):
            data["correlations"] = [
                {"between": ["one.amount", "two.amount"], "value": rank, "provenance": "yours"}
            ]
            return simulate(scenario_from(data), 512, seed)

        cases = [(rank, seed) for rank in (0.5, -0.5) for seed in (0, 1)]
        fresh = []
        for one in cases:
            nothing_kept()
            fresh.append(found(*one))
        nothing_kept()
        for _ in range(3):
            again = [found(*one) for one in cases]
            assert all(map(same, again, fresh))
        assert not any(same(fresh[0], other) for other in fresh[1:])

    def test_one_simulation_alone_keeps_none(self, nothing_kept):
        simulate(load_case("promevil"))
        assert kept_bytes() == 0

    def test_they_take_no_more_than_is_said(self, nothing_kept, monkeypatch):
        promevil = load_case("promevil")
        # Over fifty numbers and outcomes of 1 024 draws, of which a few seeds fit in 2 MiB
        monkeypatch.setattr(simulation, "KEPT_BYTES", 2**21)
        for seed in range(8):
            first, again = (simulate(promevil, 1_000, seed) for _ in range(2))
            assert same(first, again)
            assert 0 < kept_bytes() <= 2**21
        monkeypatch.setattr(simulation, "KEPT_BYTES", 2**10)
        nothing_kept()
        for _ in range(3):
            simulate(promevil, 1_000)
        assert kept_bytes() == 0


class TestWhatIsSaid:
    @pytest.mark.parametrize(
        ("asked", "replicates", "each"),
        [
            (128, 8, 16),
            (1_000, 8, 128),  # 16 × 64 would be as many
            (16_384, 8, 2_048),
            (20_000, 10, 2_048),
            (100_000, 13, 8_192),
            (130_000, 8, 16_384),
        ],
    )
    def test_sobol_draws_are_a_power_of_two_in_each_of_8_to_15_replicates(
        self, asked, replicates, each
    ):
        result = simulate(load_case("promevil"), asked)
        assert (result.replicates, result.draws) == (replicates, replicates * each)

    def test_pseudo_random_draws_are_rounded_up_to_8_replicates(self):
        assert simulate(load_case("promevil"), 1_001, method="pseudo_random").draws == 1_008

    def test_what_holds_for_all_draws_holds_however_many_runs_they_take(self):
        # 2 000 draws are one run, 200 000 are four, and the last may be odd.
        few, many = (
            simulate(load_case("promevil"), draws, method="pseudo_random")
            for draws in (2_000, 200_001)
        )
        assert many.benefits.size == 200_008
        gains = sum(one.mean for one in many.contributions)
        assert gains == pytest.approx(many.benefits.mean())
        assert gains == pytest.approx(few.benefits.mean(), rel=0.02)

    def test_nothing_varies_where_all_is_certain(self):
        scenario = case(
            outcomes=[
                outcome("line", factor("amount", 300, "EUR/year", distribution={"kind": "fixed"}))
            ],
            costs=[fixed_cost(100)],
        )
        result = simulate(scenario)
        assert result.varied == ()
        assert set(result.ratios) == {3.0}
        assert result.probability_above(1).value == 1
        assert result.probability_above(3).value == 0

    def test_without_a_cost_there_is_no_ratio(self):
        result = simulate(case(outcomes=[amount("line", 10)], costs=[cost("aid", 0)]))
        assert not result.is_defined
        assert math.isnan(result.probability_above(1).value)
        assert result.net_values.min() > 0

    def test_the_central_result_lies_between_the_draws(self):
        promevil = load_case("promevil")
        ratios = simulate(promevil).ratios
        assert ratios.min() < evaluate(promevil).ratio < ratios.max()

    def test_the_acceptability_curve_falls_and_is_the_probability_of_each_target(self):
        result = simulate(load_case("promevil"))
        curve = result.acceptability([0, 5, 10, 13, 15, 40])
        shares = [share for _, share in curve]
        assert shares == sorted(shares, reverse=True)
        assert (shares[0], shares[-1]) == (1, 0)
        assert [result.probability_above(target).value for target, _ in curve] == pytest.approx(
            shares
        )

    def test_the_histogram_holds_every_draw(self):
        edges, shares = simulate(load_case("promevil")).histogram(20)
        assert (len(edges), len(shares)) == (21, 20)
        assert shares.sum() == pytest.approx(1)

    def test_a_point_of_view_is_simulated_as_it_is_evaluated(self):
        result = simulate(load_case("promevil"), perspective="funder-state")
        assert {one.outcome for one in result.contributions} == {"work_integration", "police_time"}
        assert np.median(result.ratios) == pytest.approx(2.14, abs=0.1)

    def test_durations_are_drawn_in_whole_years(self):
        years = {"value": 3, "low": 1, "high": 5, "provenance": "yours"}
        line = people("care", 10, 10) | {"benefit_period": years}
        for one in line["factors"]:
            one["distribution"] = {"kind": "fixed"}
        result = simulate(case(outcomes=[line], costs=[fixed_cost(100)]))
        assert set(np.round(result.ratios, 9)) == {1, 2, 3, 4, 5}

    @pytest.mark.parametrize("draws", [0, FEWEST_DRAWS - 1, MOST_DRAWS + 1])
    def test_too_few_or_too_many_draws_are_refused(self, draws):
        with pytest.raises(ValueError, match="draws must be between"):
            simulate(load_case("promevil"), draws)

    def test_a_negative_seed_and_an_unknown_method_are_refused(self):
        with pytest.raises(ValueError, match="seed"):
            simulate(load_case("promevil"), seed=-1)
        with pytest.raises(ValueError, match="method"):
            simulate(load_case("promevil"), method="guess")


@settings(max_examples=25, deadline=None)
@given(low=st.floats(1, 50), mode=st.floats(50, 100), high=st.floats(100, 500))
def test_every_draw_stays_within_the_range(low, mode, high):
    spread = {"kind": "triangular", "low": low, "high": high}
    line = outcome("line", factor("amount", mode, "EUR/year", distribution=spread))
    result = simulate(case(outcomes=[line], costs=[fixed_cost(1, stakeholder=TOWN)]), 256)
    assert low * (1 - 1e-12) <= result.ratios.min()
    assert result.ratios.max() <= high * (1 + 1e-12)
    assert result.draws % REPLICATES == 0


class StoppedError(Exception):
    pass


class TestProgress:
    def test_is_told_up_to_the_whole_and_changes_no_draw(self):
        told = []
        scenario = load_case("promevil")
        simulation = simulate(scenario, 200_000, progress=told.append)
        assert told == sorted(told)
        assert len(told) > 1
        assert told[-1] == 1.0
        np.testing.assert_array_equal(simulation.ratios, simulate(scenario, 200_000).ratios)

    def test_stops_the_simulation_by_raising(self):
        told = []

        def stop_early(share):
            told.append(share)
            if len(told) == 2:
                raise StoppedError

        with pytest.raises(StoppedError):
            simulate(load_case("promevil"), 2_000_000, progress=stop_early)
        assert told[-1] < 0.5
