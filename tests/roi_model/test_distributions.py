"""Distributions against SciPy's, and draws against exact quantiles."""

import dataclasses
import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from roi_model.distributions import (
    Beta,
    Fixed,
    Lognormal,
    Normal,
    Pert,
    Standardised,
    Triangular,
    Uniform,
    beta_from_range,
    normal_from_range,
    sampler,
    standard_sampler,
    standardised,
)

Z95 = stats.norm.ppf(0.95)


def scipy_lognormal(low, high):
    sigma = math.log(high / low) / (2 * Z95)
    return stats.lognorm(sigma, scale=math.sqrt(low * high))


def scipy_normal(location, scale, lowest, highest):
    bounds = (lowest - location) / scale, (highest - location) / scale
    return stats.truncnorm(*bounds, loc=location, scale=scale)


# Ours and SciPy's of the same name, but for the lognormal with a cut, which SciPy has not.
PEERS = [
    (Uniform(low=-2, high=3), stats.uniform(-2, 5)),
    (Triangular(low=10, mode=12, high=20), stats.triang(0.2, 10, 10)),
    (Triangular(low=10, mode=10, high=20), stats.triang(0.0, 10, 10)),
    (Triangular(low=10, mode=20, high=20), stats.triang(1.0, 10, 10)),
    # alpha = 1 + 4 × 2/10 = 1.8, beta = 6 − 1.8
    (Pert(low=10, mode=12, high=20), stats.beta(1.8, 4.2, 10, 10)),
    (Pert(low=10, mode=15, high=20), stats.beta(3, 3, 10, 10)),
    (Pert(low=0, mode=0, high=1), stats.beta(1, 5)),
    (Pert(low=0, mode=1, high=1), stats.beta(5, 1)),
    (Normal(location=5, scale=2), stats.norm(5, 2)),
    (Normal(location=1, scale=2, lowest=0), scipy_normal(1, 2, 0, math.inf)),
    (Normal(location=0.9, scale=0.2, lowest=0, highest=1), scipy_normal(0.9, 0.2, 0, 1)),
    (Normal(location=-3, scale=1, lowest=0), scipy_normal(-3, 1, 0, math.inf)),
    (Normal(location=3, scale=1, highest=0), scipy_normal(3, 1, -math.inf, 0)),
    (Normal(location=-9, scale=1, lowest=0), scipy_normal(-9, 1, 0, math.inf)),
    (Lognormal(low=50, high=200), scipy_lognormal(50, 200)),
    (Lognormal(low=1, high=100), scipy_lognormal(1, 100)),
    (Beta(mean=0.3, sample_size=200), stats.beta(60, 140)),
    (Beta(mean=0.02, sample_size=10), stats.beta(0.2, 9.8)),
]
CUT = Lognormal(low=1, high=3, highest=4)
CONTINUOUS = [*(ours for ours, _ in PEERS), CUT]
NARROW = Beta(mean=0.4, sample_size=1e6)
FAR_TAIL = Normal(location=-30, scale=1, lowest=0)
TABULATED = [law for law in [*CONTINUOUS, NARROW, FAR_TAIL] if not isinstance(law, Uniform)]

each_peer = pytest.mark.parametrize(("ours", "theirs"), PEERS, ids=lambda law: str(law)[:60])


def each(laws):
    return pytest.mark.parametrize("law", laws, ids=str)


# --- Exact quantiles and moments ---------------------------------------------------------------


@each_peer
def test_quantiles_are_those_of_scipy(ours, theirs):
    shares = np.array([1e-9, 1e-6, 1e-3, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999, 1 - 1e-6])
    np.testing.assert_allclose(ours.quantile(shares), theirs.ppf(shares), rtol=1e-8, atol=1e-14)


@each_peer
@given(share=st.floats(0.001, 0.999))
def test_the_share_below_a_quantile_is_the_share_asked(ours, theirs, share):
    assert theirs.cdf(ours.quantile(share)) == pytest.approx(share, rel=1e-8)


@each_peer
def test_mean_and_standard_deviation_are_those_of_scipy(ours, theirs):
    assert ours.mean == pytest.approx(theirs.mean(), rel=1e-9)
    assert ours.standard_deviation == pytest.approx(theirs.std(), rel=1e-9)


@each(CONTINUOUS)
@given(shares=st.lists(st.floats(0, 1), min_size=2, max_size=20).map(sorted))
def test_quantiles_rise_with_the_share_and_stay_in_the_support(law, shares):
    values = law.quantile(np.array(shares))
    low, high = law.support
    before, after = values[:-1], values[1:]
    # SciPy's last digits may fall where the share hardly rises.
    assert np.all((before <= after) | np.isclose(before, after, rtol=1e-13, atol=0))
    assert low <= values[0]
    assert values[-1] <= high


@each(CONTINUOUS)
def test_the_whole_of_the_probability_reaches_from_end_to_end(law):
    assert (law.quantile(0), law.quantile(1)) == law.support


@each([*CONTINUOUS, Fixed(value=3)])
def test_many_shares_give_what_each_gives_alone(law):
    shares = np.array([[0.0, 0.1, 0.5], [0.7, 0.999, 0.05]])
    alone = [[law.quantile(share) for share in row] for row in shares.tolist()]
    np.testing.assert_array_equal(law.quantile(shares), alone)
    assert isinstance(alone[0][1], float | int)


@given(mean=st.floats(0.05, 0.95), sample_size=st.floats(1, 1e6))
def test_a_share_of_a_sample_has_its_mean_and_the_spread_of_its_size(mean, sample_size):
    law = Beta(mean=mean, sample_size=sample_size)
    assert law.shapes == pytest.approx((mean * sample_size, (1 - mean) * sample_size))
    spread = math.sqrt(mean * (1 - mean) / (sample_size + 1))
    assert law.standard_deviation == pytest.approx(spread)


@given(low=st.floats(1e-3, 1e6), ratio=st.floats(1.001, 1e4))
def test_low_and_high_of_a_lognormal_are_its_5th_and_95th_percentiles(low, ratio):
    law = Lognormal(low=low, high=low * ratio)
    assert law.quantile(0.05) == pytest.approx(low, rel=1e-12)
    assert law.quantile(0.95) == pytest.approx(low * ratio, rel=1e-12)


def test_a_lognormal_cut_above_is_that_part_of_the_whole_one():
    whole = scipy_lognormal(1, 3)
    shares = np.array([1e-6, 0.1, 0.5, 0.9, 1 - 1e-6])
    expected = whole.ppf(shares * whole.cdf(4))
    np.testing.assert_allclose(CUT.quantile(shares), expected, rtol=1e-10)
    mean = whole.expect(ub=4, conditional=True)
    spread = math.sqrt(whole.expect(lambda x: (x - mean) ** 2, ub=4, conditional=True))
    assert pytest.approx(mean, rel=1e-8) == CUT.mean
    assert pytest.approx(spread, rel=1e-8) == CUT.standard_deviation


@pytest.mark.parametrize(
    ("lowest", "highest"), [(0.2, 0.2 + 1e-6), (3, 3.01), (-0.4, 0.5), (7.9, 8.9), (-1, 1e-3)]
)
def test_a_normal_kept_to_a_narrow_interval_keeps_its_digits(lowest, highest):
    law = Normal(location=0, scale=1, lowest=lowest, highest=highest)
    # The moments, by integration of the density relative to that of the nearest point to 0.
    nodes, weights = np.polynomial.legendre.leggauss(200)
    values = (lowest + highest) / 2 + (highest - lowest) / 2 * nodes
    density = weights * np.exp((np.min(values**2) - values**2) / 2)
    density /= density.sum()
    mean = density @ values
    assert law.mean == pytest.approx(mean, rel=1e-12)
    assert law.standard_deviation == pytest.approx(
        math.sqrt(density @ (values - mean) ** 2), rel=1e-9
    )


def test_a_fixed_number_does_not_vary():
    law = Fixed(value=7.5)
    assert (law.mean, law.standard_deviation, law.support) == (7.5, 0, (7.5, 7.5))
    assert law.quantile(0.2) == 7.5
    np.testing.assert_array_equal(law.quantile(np.array([0.0, 0.3, 1.0])), [7.5] * 3)


# --- From ranges -------------------------------------------------------------------------------


def test_the_range_of_a_normal_is_its_central_90_percent():
    law = normal_from_range(mean=10, low=7, high=13)
    assert law.quantile(0.05) == pytest.approx(7)
    assert law.quantile(0.95) == pytest.approx(13)


def test_a_lopsided_range_gives_a_normal_its_width():
    law = normal_from_range(mean=10, low=9, high=15, lowest=0, highest=40)
    assert (law.location, law.lowest, law.highest) == (10, 0, 40)
    assert law.scale == pytest.approx(6 / (2 * Z95))


@given(mean=st.floats(0.02, 0.98), relative_width=st.floats(0.01, 0.9))
def test_the_range_of_a_share_is_as_wide_as_its_central_90_percent(mean, relative_width):
    reach = relative_width * min(mean, 1 - mean)
    law = beta_from_range(mean=mean, low=mean - reach, high=mean + reach)
    assert law.mean == mean
    assert law.quantile(0.95) - law.quantile(0.05) == pytest.approx(2 * reach, rel=1e-8)


@given(mean=st.floats(0.1, 0.9), sample_size=st.floats(10, 1e5))
def test_the_range_of_a_share_gives_back_the_sample_size(mean, sample_size):
    # One 90 % interval has one sample size where means are not too near 0 and 1.
    law = Beta(mean=mean, sample_size=sample_size)
    low, high = law.quantile(0.05), law.quantile(0.95)
    found = beta_from_range(mean=mean, low=low, high=high)
    assert found.sample_size == pytest.approx(sample_size, rel=1e-6)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"mean": 0.0, "low": 0.0, "high": 0.1}, "mean must be between 0 and 1"),
        ({"mean": 1.0, "low": 0.9, "high": 1.0}, "mean must be between 0 and 1"),
        ({"mean": 0.5, "low": 0.6, "high": 0.7}, "in this order between 0 and 1"),
        ({"mean": 0.5, "low": 0.5, "high": 0.5}, "in this order between 0 and 1"),
        ({"mean": 0.5, "low": -0.1, "high": 0.7}, "in this order between 0 and 1"),
        # 95 % of a share of mean 0.001 is below 0.02, whatever the rest: Markov's inequality
        ({"mean": 0.001, "low": 0.0, "high": 0.5}, r"narrower range \(got 0.0 to 0.5\)"),
        # at its widest a share of mean 0.5 is uniform, and 90 % of it is 0.9 wide
        ({"mean": 0.5, "low": 0.04, "high": 0.96}, "narrower range"),
    ],
)
def test_a_share_that_cannot_have_this_range_is_refused(bad, message):
    with pytest.raises(ValueError, match=message):
        beta_from_range(**bad)


# --- Refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "arguments", "message"),
    [
        (Fixed, {"value": math.nan}, r"value must be a finite number \(got nan\)"),
        (Uniform, {"low": 1, "high": 1}, r"low must be below high \(got low 1, high 1\)"),
        (Uniform, {"low": 2, "high": 1}, "low must be below high"),
        (Uniform, {"low": 0, "high": math.inf}, r"high must be a finite number \(got inf\)"),
        (Triangular, {"low": 1, "mode": 1, "high": 1}, "low must be below high"),
        (Triangular, {"low": 1, "mode": 3, "high": 2}, "mode must be between low and high"),
        (Pert, {"low": 1, "mode": 1, "high": 1}, "low must be below high"),
        (Pert, {"low": 1, "mode": 0, "high": 2}, r"between low and high \(got low 1, mode 0"),
        (Pert, {"low": 1, "mode": math.nan, "high": 2}, "mode must be between low and high"),
        (Normal, {"location": math.inf, "scale": 1}, "location must be a finite number"),
        (Normal, {"location": 0, "scale": 0}, r"scale must be above 0 \(got 0\)"),
        (Normal, {"location": 0, "scale": 1, "lowest": 2, "highest": 2}, "below highest"),
        (Normal, {"location": 0, "scale": 1, "lowest": math.nan}, "below highest"),
        (Normal, {"location": 0, "scale": 1, "lowest": 60}, "must have some probability"),
        (Lognormal, {"low": 0, "high": 1}, r"low must be above 0 \(got 0\)"),
        (Lognormal, {"low": 2, "high": 1}, "low must be below high"),
        (Lognormal, {"low": 1, "high": 2, "highest": 2}, "high must be below highest"),
        (Beta, {"mean": 0, "sample_size": 10}, "mean must be between 0 and 1, both excluded"),
        (Beta, {"mean": 1, "sample_size": 10}, "mean must be between 0 and 1, both excluded"),
        (Beta, {"mean": 0.5, "sample_size": 0}, "sample_size must be above 0"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(kind, arguments, message):
    with pytest.raises(ValueError, match=message):
        kind(**arguments)


def test_a_normal_from_a_range_without_its_mean_is_refused():
    with pytest.raises(ValueError, match=r"mean must be between low and high \(got low 1, mean 3"):
        normal_from_range(mean=3, low=1, high=2)


@pytest.mark.parametrize("share", [-0.1, 1.1, math.nan])
def test_a_share_beyond_0_and_1_has_no_quantile(share):
    with pytest.raises(ValueError, match="a share between 0 and 1"):
        Uniform(low=0, high=1).quantile(share)


# --- Draws -------------------------------------------------------------------------------------

# The middles of 2¹⁷ equal intervals, then values ever nearer to both ends, which are included.
STRATA = ((np.arange(2**17) + 0.5) * 2**15).astype(np.uint32)
FROM_0 = np.unique(np.append(np.arange(300), np.geomspace(1, 2**32 - 1, 5_000).astype(np.uint32)))
ENDS = np.concatenate([FROM_0, 2**32 - 1 - FROM_0]).astype(np.uint32)


def exact(law, raw):
    """Return the exact quantiles of ``raw``, counted from the nearer end."""
    return law.quantile((raw + 0.5) * 2.0**-32)


def furthest_off(law):
    """Return the largest error that ``sampler`` admits, at each of the exact values given."""
    match law:
        case Triangular() | Pert():
            return lambda _: 3e-6 * (law.high - law.low)
        case Normal(location=-30 | -9 | -3 | 3):
            return lambda _: 1e-4 * law.standard_deviation
        case Normal():
            return lambda _: 2e-5 * law.standard_deviation
        case Lognormal(low=1, high=100):
            return lambda values: 5e-5 * values
        case Lognormal():
            return lambda values: 2e-5 * values
        case Beta():
            return lambda _: 3e-4 * law.standard_deviation


@each(TABULATED)
@pytest.mark.parametrize("raw", [STRATA, ENDS], ids=["strata", "ends"])
def test_draws_are_as_near_to_the_quantiles_as_stated(law, raw):
    values = exact(law, raw)
    off = np.abs(sampler(law)(raw) - values)
    assert np.all(off <= furthest_off(law)(values))


@each(TABULATED)
def test_draws_have_the_mean_and_the_standard_deviation_of_the_quantiles(law):
    draws, values = sampler(law)(STRATA), exact(law, STRATA)
    precision = 2e-6 if law == Lognormal(low=1, high=100) else 1e-7
    assert draws.mean() == pytest.approx(values.mean(), abs=precision * law.standard_deviation)
    assert draws.std() == pytest.approx(values.std(), rel=precision)


@each([law for law in CONTINUOUS if isinstance(law, Triangular | Pert)])
def test_draws_have_the_mean_and_the_standard_deviation_of_the_law(law):
    # The middles of 2¹⁷ intervals stand for them all but for the tails: a few millionths.
    draws = sampler(law)(STRATA)
    assert draws.mean() == pytest.approx(law.mean, abs=1e-6 * law.standard_deviation)
    assert draws.std() == pytest.approx(law.standard_deviation, rel=2e-6)


@each(TABULATED)
def test_draws_stay_in_the_support(law):
    low, high = law.support
    for raw in (STRATA, ENDS):
        draws = sampler(law)(raw)
        assert low <= draws.min()
        assert draws.max() <= high


@given(
    alpha=st.floats(-1, 4).map(lambda power: 10**power),
    beta=st.floats(-1, 4).map(lambda power: 10**power),
)
def test_draws_of_any_share_are_as_near_as_stated(alpha, beta):
    law = Beta(mean=alpha / (alpha + beta), sample_size=alpha + beta)
    raw = np.concatenate([STRATA[::64], ENDS[::8]])
    draws = sampler.__wrapped__(law)(raw)
    assert np.all(np.abs(draws - exact(law, raw)) <= 3e-4 * law.standard_deviation)
    assert draws.min() >= 0
    assert draws.max() <= 1


@given(mode=st.floats(0, 1))
def test_draws_of_any_pert_are_as_near_as_stated(mode):
    law = Pert(low=-1, mode=2 * mode - 1, high=1)
    raw = np.concatenate([STRATA[::64], ENDS[::8]])
    draws = sampler.__wrapped__(law)(raw)
    assert np.all(np.abs(draws - exact(law, raw)) <= 3e-6 * 2)


def test_a_share_that_is_nearly_yes_or_no_still_draws_shares():
    # Shapes of 0.025: no interpolation, and a curve that leaps from 0 to 1.
    law = Beta(mean=0.5, sample_size=0.05)
    draws = sampler(law)(STRATA)
    assert (draws.min(), draws.max()) == pytest.approx((0, 1))
    assert draws.mean() == pytest.approx(0.5)
    assert draws.std() == pytest.approx(law.standard_deviation, rel=1e-6)


def test_uniform_draws_are_exact():
    law = Uniform(low=-2, high=3)
    np.testing.assert_allclose(sampler(law)(ENDS), exact(law, ENDS), rtol=1e-14, atol=1e-15)


def test_fixed_draws_are_the_value():
    np.testing.assert_array_equal(sampler(Fixed(value=4.0))(ENDS), np.full(ENDS.shape, 4.0))


@each([*CONTINUOUS, Fixed(value=1.0)])
def test_draws_keep_the_shape_and_the_bits(law):
    raw = STRATA[:24].reshape(4, 6)
    before = raw.copy()
    draws = sampler(law)(raw)
    assert (draws.shape, draws.dtype) == (raw.shape, np.float64)
    np.testing.assert_array_equal(draws[:, ::2], sampler(law)(raw[:, ::2]))
    np.testing.assert_array_equal(raw, before)


def test_a_sampler_is_made_once():
    assert sampler(Pert(low=0, mode=1, high=5)) is sampler(Pert(low=0, mode=1, high=5))


STATED = [
    Uniform(low=-2, high=3),
    Triangular(low=10, mode=12, high=20),
    Triangular(low=-30, mode=-12, high=-10),
    Pert(low=0.1, mode=0.2, high=0.37),
    Normal(location=5, scale=2),
    Normal(location=1, scale=2, lowest=0),
    Lognormal(low=50, high=200),
    Lognormal(low=50, high=200, highest=250),
]


def in_proportion(law, factor):
    """Return a distribution with all of its numbers so many times as large."""
    return type(law)(
        **{one.name: getattr(law, one.name) * factor for one in dataclasses.fields(law)}
    )


@each(STATED)
def test_a_number_that_moves_with_its_range_keeps_its_standard_distribution(law):
    whole, moved = standardised(law), standardised(in_proportion(law, 1.37))
    assert moved.standard == whole.standard
    assert moved.scale == pytest.approx(1.37 * whole.scale)
    assert moved.location == pytest.approx(1.37 * whole.location)


@each(STATED)
def test_standard_draws_stretched_and_moved_are_the_draws(law):
    whole = standardised(law)
    draws = whole.draws(standard_sampler(whole.standard)(STRATA))
    np.testing.assert_array_equal(draws, sampler(law)(STRATA))


def test_a_standard_distribution_is_what_it_says():
    # 10, 12 and 20 are 0.5, 0.6 and 1 times 20; the median of 50 and 200 is √(50 × 200) = 100
    assert standardised(Triangular(low=10, mode=12, high=20)) == Standardised(
        Triangular(low=0.5, mode=0.6, high=1), 20
    )
    lognormal = standardised(Lognormal(low=50, high=200))
    assert lognormal.standard == Lognormal(low=0.5, high=2)
    assert lognormal.scale == pytest.approx(100)
    assert standardised(Normal(location=5, scale=2, lowest=1)) == Standardised(
        Normal(location=0, scale=1, lowest=-2), 2, 5
    )
    assert standardised(Beta(mean=0.3, sample_size=9)).scale == 1


@each(
    [
        Triangular(low=1e9, mode=1e9 + 0.5, high=1e9 + 1),
        Pert(low=1e9, mode=1e9 + 0.5, high=1e9 + 1),
        Lognormal(low=1e9, high=1e9 + 1),
        Normal(location=0, scale=1e9, lowest=1, highest=2),
    ]
)
def test_a_range_too_narrow_for_rounding_is_its_own_standard(law):
    assert standardised(law) == Standardised(law)
    draws = sampler(law)(STRATA)
    low, high = (law.quantile(share) for share in (0.01, 0.99))
    assert np.mean(draws < low) == pytest.approx(0.01, abs=2e-3)
    assert np.mean(draws > high) == pytest.approx(0.01, abs=2e-3)


@given(bound=st.floats(1e-3, 1e3), spread=st.floats(0.05, 1))
def test_nothing_beyond_a_bound_becomes_possible(bound, spread):
    law = Normal(location=bound, scale=spread * bound, lowest=0, highest=1.1 * bound)
    draws = sampler.__wrapped__(law)(ENDS)
    assert draws.min() >= 0
    assert draws.max() <= 1.1 * bound * (1 + 1e-15)


# --- The price of an import --------------------------------------------------------------------


@pytest.mark.parametrize("module", ["distributions", "points", "dependence"])
def test_the_module_does_not_load_scipy(module):
    code = f"import roi_model.{module}, sys; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
