"""The points of a simulation: those of SciPy, evenly spread, and the same whatever is asked."""

import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.stats import qmc

from roi_model.points import pseudo_random_points, sobol_points


def sobol(**changed):
    given = {"seed": 7, "dimensions": 5, "replicates": 2, "per_replicate_log2": 10, "chunk_log2": 8}
    return sobol_points(**{**given, **changed})


def pseudo_random(**changed):
    given = {"seed": 7, "dimensions": 5, "replicates": 2, "per_replicate": 1000}
    return pseudo_random_points(**{**given, **changed})


def whole(points, replicate=0):
    """Return all the rows of a replicate, one column a row."""
    start = replicate * points.per_replicate
    rows = start, start + points.per_replicate
    return np.array([points.column(column, *rows) for column in range(points.dimensions)])


both_kinds = pytest.mark.parametrize("make", [sobol, pseudo_random])


# --- What both promise -------------------------------------------------------------------------


@both_kinds
def test_replicates_stand_one_after_the_other(make):
    points = make()
    column = points.column(3, 0, 2 * points.per_replicate)
    assert points.replicates == 2
    assert (column.size, column.dtype) == (2 * points.per_replicate, np.uint32)
    np.testing.assert_array_equal(column[points.per_replicate :], whole(points, 1)[3])


@both_kinds
@given(places=st.lists(st.integers(0, 2000), min_size=2, max_size=2, unique=True).map(sorted))
def test_any_run_of_rows_is_the_same_computed_alone(make, places):
    points = make()
    start, stop = places
    np.testing.assert_array_equal(
        points.column(2, start, stop), points.column(2, 0, 2000)[start:stop]
    )


@both_kinds
def test_the_same_seed_gives_the_same_points(make):
    np.testing.assert_array_equal(whole(make()), whole(make(replicates=3)))


@both_kinds
def test_another_seed_gives_other_points_and_0_is_a_seed(make):
    first_points = {int(whole(make(seed=seed))[0, 0]) for seed in (0, 1, 7, 2**64)}
    assert len(first_points) == 4


@both_kinds
def test_runs_can_be_computed_in_any_order_on_any_thread(make):
    points = make()
    places = [(column, start, start + 250) for column in range(5) for start in range(0, 2000, 250)]
    alone = [points.column(*place) for place in places]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda place: points.column(*place), places[::-1]))
    for one, other in zip(alone, together[::-1], strict=True):
        np.testing.assert_array_equal(one, other)


@both_kinds
def test_neither_replicates_nor_columns_nor_runs_repeat(make):
    points = make()
    beginnings = [
        points.column(column, start, start + 8)
        for column in range(5)
        for start in range(0, 2000, 250)
    ]
    assert len(np.unique(beginnings, axis=0)) == 5 * 8


@both_kinds
def test_columns_of_a_replicate_are_not_correlated(make):
    points = make()
    for replicate in (0, 1):
        correlations = np.corrcoef(whole(points, replicate)) - np.eye(5)
        assert np.abs(correlations).max() < 0.15  # 5 / √1000


@both_kinds
@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"seed": -1}, r"seed must be 0 or more \(got -1\)"),
        ({"dimensions": 0}, r"dimensions must be 1 or more \(got 0\)"),
        ({"replicates": 0}, r"replicates must be 1 or more \(got 0\)"),
    ],
)
def test_counts_that_make_no_sense_are_refused(make, bad, message):
    with pytest.raises(ValueError, match=message):
        make(**bad)


@pytest.mark.parametrize("per_replicate_log2", [-1, 32])
def test_sobol_points_are_at_most_2_to_the_31(per_replicate_log2):
    with pytest.raises(ValueError, match="per_replicate_log2 must be between 0 and 31"):
        sobol(per_replicate_log2=per_replicate_log2)


def test_there_are_pseudo_random_points():
    with pytest.raises(ValueError, match=r"per_replicate must be 1 or more \(got 0\)"):
        pseudo_random(per_replicate=0)


# --- Sobol -------------------------------------------------------------------------------------


@pytest.mark.parametrize("dimensions", [1, 5, 72])
@pytest.mark.parametrize(
    ("per_replicate_log2", "chunk_log2"),
    # fewer points than a chunk; as many; more; chunks with and without the high bits
    [(0, 8), (1, 8), (5, 8), (8, 8), (10, 8), (11, 10), (13, 12), (6, 0)],
)
def test_sobol_points_are_those_of_scipy_in_the_order_of_the_gray_code(
    dimensions, per_replicate_log2, chunk_log2
):
    points = sobol(
        dimensions=dimensions,
        replicates=3,
        per_replicate_log2=per_replicate_log2,
        chunk_log2=chunk_log2,
    )
    index = np.arange(2**per_replicate_log2)
    source = np.random.SeedSequence(7).spawn(3)[0]
    engine = qmc.Sobol(dimensions, scramble=True, bits=32, rng=np.random.default_rng(source))
    theirs = (engine.random_base2(per_replicate_log2) * 2.0**32).astype(np.uint32).T
    for replicate in range(3):
        ours = whole(points, replicate)
        shift = ours[:, :1] ^ theirs[:, :1]
        assert replicate > 0 or not shift.any()
        np.testing.assert_array_equal(ours[:, index ^ (index >> 1)], theirs ^ shift)


def test_shifts_are_uniform_and_independent():
    # The first point of a replicate is its shift; 200 of them in 20 columns, none of SciPy's.
    shifts = sobol(dimensions=20, replicates=201, per_replicate_log2=0)
    drawn = np.array([shifts.column(column, 1, 201) for column in range(20)]) * 2.0**-32
    assert stats.kstest(drawn.ravel(), "uniform").pvalue > 1e-4
    correlations = np.corrcoef(drawn) - np.eye(20)
    assert np.abs(correlations).max() < 0.3  # 4 / √200


def test_the_columns_of_a_chunk_are_rows_of_the_columns():
    points = sobol(per_replicate_log2=10, chunk_log2=8)
    assert (points.chunks, points.chunk_size) == (4, 256)
    wanted = np.array([4, 0, 0])
    found = points.columns(1, 2, wanted)
    start = 1024 + 2 * 256
    for row, column in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(row, points.column(column, start, start + 256))


@pytest.mark.parametrize("replicate", [0, 1])
def test_each_column_has_one_point_in_each_interval(replicate):
    points = sobol(dimensions=72)
    intervals = whole(points, replicate) >> (32 - 10)
    np.testing.assert_array_equal(
        np.sort(intervals, axis=1), np.broadcast_to(np.arange(2**10), (72, 2**10))
    )


def test_each_chunk_is_evenly_spread_too():
    intervals = whole(sobol(), 1)[:, 3 * 256 :] >> (32 - 8)
    np.testing.assert_array_equal(
        np.sort(intervals, axis=1), np.broadcast_to(np.arange(2**8), (5, 2**8))
    )


def test_the_size_of_a_chunk_does_not_change_the_points():
    np.testing.assert_array_equal(whole(sobol(chunk_log2=4)), whole(sobol(chunk_log2=9)))


def test_more_points_begin_with_the_same_ones():
    longer = whole(sobol(per_replicate_log2=12))
    np.testing.assert_array_equal(whole(sobol()), longer[:, : 2**10])


def test_a_smooth_sum_is_far_nearer_than_by_chance():
    # The mean of the sum of 5 uniforms is 2.5; by chance 1024 points would be off by 0.02.
    for replicate in (0, 1):
        total = (whole(sobol(), replicate) * 2.0**-32).sum(axis=0)
        assert total.mean() == pytest.approx(2.5, abs=0.002)


def test_sobol_points_are_set_up_once_and_small():
    points = sobol(per_replicate_log2=17, chunk_log2=12, dimensions=72)
    assert points is sobol(per_replicate_log2=17, chunk_log2=12, dimensions=72)
    tables = [getattr(points, name) for name in ("_low", "_high", "_chunk")]
    assert sum(table.nbytes for table in tables) + sys.getsizeof(points) < 100_000


# --- Pseudo-random -----------------------------------------------------------------------------


def test_pseudo_random_columns_are_uniform():
    columns = whole(pseudo_random(per_replicate=20_000)) * 2.0**-32
    for column in columns:
        assert stats.kstest(column, "uniform").pvalue > 1e-4


def test_bits_are_as_often_0_as_1():
    bits = np.unpackbits(whole(pseudo_random(per_replicate=20_000)).view(np.uint8))
    assert bits.mean() == pytest.approx(0.5, abs=5 * 0.5 / bits.size**0.5)


def test_more_pseudo_random_points_begin_with_the_same_ones():
    np.testing.assert_array_equal(
        whole(pseudo_random()), whole(pseudo_random(per_replicate=1500))[:, :1000]
    )


def test_more_dimensions_leave_pseudo_random_columns_as_they_are():
    np.testing.assert_array_equal(whole(pseudo_random(dimensions=9))[:5], whole(pseudo_random()))
