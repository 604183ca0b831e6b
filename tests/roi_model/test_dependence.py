"""Rank correlations: as asked for, and nothing else changed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from roi_model.dependence import correlated, factor

DRAWS = 20_000


@pytest.fixture(scope="module")
def raw():
    return np.random.default_rng(11).integers(0, 2**32, (4, DRAWS), dtype=np.uint32)


def pair(correlation):
    return factor([[1, correlation], [correlation, 1]])


@pytest.mark.parametrize("asked", [-0.95, -0.5, 0.2, 0.7, 0.99])
def test_two_columns_have_the_rank_correlation_asked_for(raw, asked):
    first, second = correlated(raw[:2], pair(asked))
    # Four standard errors of a rank correlation: 4 (1 − r²) / √20 000, with a little to spare
    precision = 0.003 + 4 * (1 - asked**2) / DRAWS**0.5
    assert stats.spearmanr(first, second).statistic == pytest.approx(asked, abs=precision)


def test_four_columns_have_the_rank_correlations_asked_for(raw):
    asked = np.array([[1, 0.6, 0.3, 0], [0.6, 1, -0.2, 0.1], [0.3, -0.2, 1, 0.5], [0, 0.1, 0.5, 1]])
    found = stats.spearmanr(correlated(raw, factor(asked)), axis=1).statistic
    np.testing.assert_allclose(found, asked, atol=4 / DRAWS**0.5)


@pytest.mark.parametrize("asked", [-1, -0.6, 0.3, 0.9, 1])
def test_each_column_stays_uniform(raw, asked):
    for column in correlated(raw[:2], pair(asked)):
        assert stats.kstest((column + 0.5) / 2**32, "uniform").pvalue > 1e-3


def test_the_first_column_stays_as_it_was(raw):
    mixing = factor([[1, 0.6, 0.3], [0.6, 1, -0.2], [0.3, -0.2, 1]])
    np.testing.assert_array_equal(correlated(raw[:3], mixing)[0], raw[0])


def test_a_column_without_correlation_to_those_before_stays_as_it_was(raw):
    mixing = factor([[1, 0.6, 0], [0.6, 1, 0], [0, 0, 1]])
    mixed = correlated(raw[:3], mixing)
    np.testing.assert_array_equal(mixed[2], raw[2])
    assert not np.array_equal(mixed[1], raw[1])


def test_one_more_column_leaves_those_before_as_they_were(raw):
    three = factor([[1, 0.6, 0.3], [0.6, 1, -0.2], [0.3, -0.2, 1]])
    np.testing.assert_array_equal(
        correlated(raw[:3], three)[:2], correlated(raw[:2], three[:2, :2])
    )


def test_the_columns_given_are_not_written_to(raw):
    before = raw.copy()
    correlated(raw[:2], pair(0.9))
    np.testing.assert_array_equal(raw, before)


@given(st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=20))
def test_perfectly_correlated_columns_are_the_same_bits(bits):
    one = np.array([0, 1, *bits, 2**32 - 2, 2**32 - 1], dtype=np.uint32)
    columns = np.stack([one, one[::-1]])
    np.testing.assert_array_equal(correlated(columns, pair(1))[1], one)


@given(st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=20))
def test_perfectly_opposed_columns_are_opposite_bits(bits):
    one = np.array([0, 1, *bits, 2**32 - 2, 2**32 - 1], dtype=np.uint32)
    columns = np.stack([one, one[::-1]])
    np.testing.assert_array_equal(correlated(columns, pair(-1))[1], 2**32 - 1 - one)


def test_three_columns_may_move_as_one(raw):
    mixed = correlated(raw[:3], factor([[1, 1, -1], [1, 1, -1], [-1, -1, 1]]))
    np.testing.assert_array_equal(mixed, [raw[0], raw[0], ~raw[0]])


def test_a_column_may_follow_two_others_that_are_one(raw):
    mixed = correlated(raw[:3], factor([[1, 1, 0.5], [1, 1, 0.5], [0.5, 0.5, 1]]))
    np.testing.assert_array_equal(mixed[1], raw[0])
    assert stats.spearmanr(mixed[0], mixed[2]).statistic == pytest.approx(0.5, abs=0.03)


def test_every_score_at_its_highest_stays_within_32_bits():
    # Two scores of 6.2 weigh √2 times as much: 8.8, whose share of the probability rounds to 1.
    highest = np.full((2, 1), 2**32 - 1, dtype=np.uint32)
    np.testing.assert_array_equal(correlated(highest, pair(0.7)), highest)


@given(
    st.integers(1, 6).flatmap(
        lambda size: st.lists(
            st.lists(st.floats(-1, 1), min_size=size, max_size=size), min_size=size, max_size=size
        )
    )
)
def test_the_factor_gives_back_the_correlations_of_the_scores(directions):
    # Correlations of some numbers that do exist: the angles between random directions.
    vectors = np.array(directions) + 2 * np.eye(len(directions))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    scores = vectors @ vectors.T
    scores = np.clip((scores + scores.T) / 2, -1, 1)
    np.fill_diagonal(scores, 1)
    lower = factor(
        6 / np.pi * np.arcsin(scores / 2) * (1 - np.eye(len(scores))) + np.eye(len(scores))
    )
    np.testing.assert_allclose(lower @ lower.T, scores, atol=1e-9)
    np.testing.assert_array_equal(lower, np.tril(lower))


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([1, 0.5], r"must be a square matrix \(got shape \(2,\)\)"),
        ([[1, 0.5]], r"must be a square matrix \(got shape \(1, 2\)\)"),
        ([[1, 0.5], [0.4, 1]], r"of 0 and 1 must be the same both ways round \(got 0.5\)"),
        ([[1, 0.5], [0.5, 0.9]], r"of 1 and 1 must be 1, .* \(got 0.9\)"),
        ([[1, 1.2], [1.2, 1]], r"of 0 and 1 must be between -1 and 1 \(got 1.2\)"),
        ([[1, np.nan], [np.nan, 1]], r"of 0 and 1 must be between -1 and 1 \(got nan\)"),
        # As 0 goes with 1 and 1 with 2, 0 and 2 cannot be opposed.
        (
            [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]],
            r"must be possible together: .* no eigenvalue below 0 \(smallest: -0\.8",
        ),
    ],
)
def test_what_is_not_a_matrix_of_correlations_is_refused(matrix, message):
    with pytest.raises(ValueError, match=message):
        factor(matrix)


def test_as_many_columns_as_the_factor_has_are_required(raw):
    with pytest.raises(ValueError, match=r"got 3 columns, 2 rows"):
        correlated(raw[:3], pair(0.5))
