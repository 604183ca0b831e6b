"""Numbers that vary together: rank correlations by a Gaussian copula.

Raw columns of 32 random bits become standard normal scores; scores are mixed to the correlations
asked for; mixed scores become raw columns again. Each column keeps its uniform distribution, so
it can be given any distribution afterwards, which leaves ranks, and hence rank correlations, as
they are.

Source: Nelsen (2006), An Introduction to Copulas, 2nd ed.; Pearson (1907) for 2 sin(pi r / 6).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

ROUNDING = 1e-12
"""What an eigenvalue or a pivot may be off zero and still count as zero."""


def factor(rank_correlations: ArrayLike) -> Floats:
    """Return the lower triangular matrix that mixes independent scores to these correlations.

    ``rank_correlations`` are Spearman's, square and symmetric; those of the normal scores are
    2 sin(pi r / 6). Raise ValueError where no numbers can be so correlated. Perfect
    correlations, 1 and -1, are possible.
    """
    ranks = np.asarray(rank_correlations, dtype=np.float64)
    _require_correlations(ranks)
    scores = 2 * np.sin(np.pi / 6 * ranks)
    np.fill_diagonal(scores, 1.0)
    least = float(np.linalg.eigvalsh(scores)[0]) if scores.size else 0.0
    if least < -ROUNDING * len(scores):
        raise ValueError(
            "rank correlations must be possible together: their matrix, for normal scores, must "
            f"have no eigenvalue below 0 (smallest: {least:.6g})"
        )
    return _cholesky(scores)


def correlated(raw: NDArray[np.uint32], mixing: Floats) -> NDArray[np.uint32]:
    """Return ``raw`` columns, one a row, mixed by a ``factor``: shape (columns, draws).

    A column depends on itself and on those before it. The first is returned as it is, and so is
    each that is correlated with none before it.
    """
    from scipy.special import ndtr, ndtri

    if len(raw) != len(mixing):
        raise ValueError(
            f"there must be one column for each row of the factor "
            f"(got {len(raw)} columns, {len(mixing)} rows)"
        )
    scores = ndtri((raw + 0.5) * 2.0**-32)
    result = raw.copy()
    for row, weights in enumerate(mixing):
        before = np.flatnonzero(weights[:row])
        if not before.size:
            continue
        # Summed in this order, and not by a matrix product, the digits are the same everywhere.
        score = weights[row] * scores[row]
        for column in before:
            score += weights[column] * scores[column]
        # A score beyond 8.3 would round to 2**32, one too many.
        result[row] = np.minimum(ndtr(score) * 2.0**32, 2.0**32 - 1)
    return result


def _cholesky(scores: Floats) -> Floats:
    """Return the Cholesky factor; a column that the ones before it determine has a zero pivot."""
    size = len(scores)
    lower = np.zeros_like(scores)
    for column in range(size):
        done = lower[column, :column]
        pivot = scores[column, column] - done @ done
        if pivot <= ROUNDING * size:
            continue
        lower[column, column] = np.sqrt(pivot)
        below = slice(column + 1, None)
        rest = scores[below, column] - lower[below, :column] @ done
        lower[below, column] = np.where(np.abs(rest) > ROUNDING, rest / lower[column, column], 0.0)
    # Rounding aside, rows have length 1 already; a length of 1 keeps scores standard normal.
    return lower / np.sqrt((lower**2).sum(axis=1, keepdims=True))


def _require_correlations(ranks: Floats) -> None:
    """Refuse what is not a symmetric matrix of correlations."""
    if ranks.ndim != 2 or ranks.shape[0] != ranks.shape[1]:
        raise ValueError(f"rank correlations must be a square matrix (got shape {ranks.shape})")
    _refuse(~np.isfinite(ranks) | (np.abs(ranks) > 1), ranks, "must be between -1 and 1")
    _refuse(np.diag(np.diag(ranks) != 1), ranks, "must be 1, as of a number with itself")
    _refuse(ranks != ranks.T, ranks, "must be the same both ways round")


def _refuse(wrong: NDArray[np.bool_], ranks: Floats, requirement: str) -> None:
    """Raise for the first entry that is ``wrong``."""
    for row, column in np.argwhere(wrong).tolist():
        raise ValueError(
            f"the rank correlation of {row} and {column} {requirement} (got {ranks[row, column]})"
        )
