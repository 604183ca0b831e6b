"""The points at which a simulation evaluates the model, as raw columns of 32 random bits.

A column belongs to one uncertain number, a row to one draw. Replicates, each an independent set
of points, stand one after the other; how much results vary between them is their numerical error.

Any run of rows of a column is computed alone: in any order, on any thread, from objects that are
only read, in a memory that does not grow with the number of draws. A column depends on the seed,
on the number of dimensions and on its own number, never on which others are asked for: with a
number for each parameter of a scenario, two variants of it share their draws, and their
difference is not noise.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint32]

CHUNK_LOG2 = 12
"""Rows of a chunk of columns, as a power of two."""


class Points(Protocol):
    """Replicates of raw points, one after the other."""

    @property
    def dimensions(self) -> int:
        """Columns that may be asked for."""

    @property
    def replicates(self) -> int:
        """Independent sets of points."""

    @property
    def per_replicate(self) -> int:
        """Points in each of them."""

    def column(self, column: int, start: int, stop: int) -> Bits:
        """Return the rows ``start`` to ``stop``, itself not among them, of a column."""


# --- Sobol points ------------------------------------------------------------------------------

_BITS = 32
_LOW_LOG2 = 8  # long enough an inner loop, short enough a table


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SobolPoints:
    """Scrambled Sobol points, in the order of binary numbers; made by ``sobol_points``.

    Point i is the exclusive or of a shift and of one direction for each bit of i. It is put
    together from three parts: low bits, the other bits within a chunk, and the chunk's number
    together with the shift of the replicate.
    """

    per_replicate: int
    replicates: int
    """Independent shifts."""
    _low: Bits  # (dimensions, values of the low bits)
    _high: Bits  # the same of the other bits within a chunk
    _chunk: Bits  # the same of all chunks of the first replicate, then of the second …

    @property
    def dimensions(self) -> int:
        """Columns that may be asked for."""
        return self._low.shape[0]

    @property
    def chunk_size(self) -> int:
        """Points in every chunk of ``columns``."""
        return self._low.shape[1] * self._high.shape[1]

    @property
    def chunks(self) -> int:
        """Chunks in a replicate."""
        return self._chunk.shape[1] // self.replicates

    def column(self, column: int, start: int, stop: int) -> Bits:
        """Return the rows ``start`` to ``stop``, itself not among them, of a column."""
        size = self.chunk_size
        first, last = start // size, -(-stop // size)
        high = self._chunk[column, first:last, np.newaxis] ^ self._high[column]
        points = high[:, :, np.newaxis] ^ self._low[column]
        return points.reshape(-1)[start - first * size : stop - first * size]

    def columns(self, replicate: int, chunk: int, wanted: NDArray[np.intp]) -> Bits:
        """Return the ``wanted`` columns of a chunk of a replicate, one a row."""
        of_chunk = self._chunk[wanted, replicate * self.chunks + chunk]
        high = of_chunk[:, np.newaxis] ^ self._high[wanted]
        points: Bits = high[:, :, np.newaxis] ^ self._low[wanted][:, np.newaxis, :]
        return points.reshape(len(wanted), self.chunk_size)


@lru_cache(maxsize=8)
def sobol_points(
    *,
    seed: int,
    dimensions: int,
    replicates: int,
    per_replicate_log2: int,
    chunk_log2: int = CHUNK_LOG2,
) -> SobolPoints:
    """Return ``replicates`` independent shifts of 2 ** ``per_replicate_log2`` Sobol points.

    The first replicate is ``scipy.stats.qmc.Sobol`` (matrix scrambling and digital shift, 32
    bits) in another order: SciPy's point i is our point i ^ (i >> 1), its Gray code. The others
    have the same matrices and digital shifts of their own, which alone make a point uniform and
    a mean unbiased. In each replicate each column has one point in each of
    2 ** ``per_replicate_log2`` equal intervals. Each point of a replicate is needed for that:
    none may be left out.

    Source: Sobol (1967); Joe and Kuo (2008), SIAM J. Sci. Comput. 30(5); Matoušek (1998),
    J. Complexity 14(4); L'Ecuyer and Lemieux (2002), in Modeling Uncertainty, for shifts.
    """
    _require_counts(seed=seed, dimensions=dimensions, replicates=replicates)
    if not 0 <= per_replicate_log2 < _BITS:
        raise ValueError(f"per_replicate_log2 must be between 0 and 31 (got {per_replicate_log2})")
    first, *others = np.random.SeedSequence(seed).spawn(replicates)
    shift, matrix = _scramble(first, dimensions)
    shifts = np.stack([shift, *(one.generate_state(dimensions) for one in others)], axis=1)
    direction = _scrambled(_directions(dimensions, per_replicate_log2), matrix)
    chunk_bits = min(chunk_log2, per_replicate_log2)
    low_bits = min(_LOW_LOG2, chunk_bits)
    chunks = _combinations(direction[:, chunk_bits:])
    return SobolPoints(
        per_replicate=2**per_replicate_log2,
        replicates=replicates,
        _low=_combinations(direction[:, :low_bits]),
        _high=_combinations(direction[:, low_bits:chunk_bits]),
        _chunk=(shifts[:, :, np.newaxis] ^ chunks[:, np.newaxis, :]).reshape(dimensions, -1),
    )


@lru_cache(maxsize=8)
def _directions(dimensions: int, count: int) -> Bits:
    """Return the directions of the lowest bits of SciPy's Sobol points: (dimensions, count).

    Its first point is 0. The Gray code of 2 ** (k + 1) - 1 has bit k alone, so that point is
    direction k.
    """
    from scipy.stats import qmc

    engine = qmc.Sobol(dimensions, scramble=False, bits=_BITS)
    directions = np.empty((dimensions, count), dtype=np.uint32)
    for bit in range(count):
        engine.fast_forward(2 ** (bit + 1) - 1 - engine.num_generated)
        directions[:, bit] = engine.random(1)[0] * 2.0**_BITS  # exact: multiples of 2**-32
    return directions


def _scramble(source: np.random.SeedSequence, dimensions: int) -> tuple[Bits, Bits]:
    """Return the shift and the columns of the matrix of each dimension, as SciPy draws them.

    Matrices are lower triangular, their diagonal 1; a random bit is the first of 32. Those of a
    shift go from its last bit to its first; then come the matrices, row after row.
    """
    stream = np.random.PCG64(source.spawn(1)[0])
    words = stream.random_raw(dimensions * (1 + _BITS) * _BITS // 2)
    drawn = words.astype("<u8", copy=False).view("<u4") >> 31
    places = np.arange(_BITS, dtype=np.uint32)
    rising, falling = np.uint32(1) << places, np.uint32(2**31) >> places
    shift = drawn[: dimensions * _BITS].reshape(-1, _BITS) @ rising
    rows = drawn[dimensions * _BITS :].reshape(-1, _BITS, _BITS)
    columns = np.einsum("drc,r->dc", rows, falling)
    return shift, columns & (np.uint32(2**32 - 1) >> places) | falling


def _scrambled(plain: Bits, matrix: Bits) -> Bits:
    """Return directions multiplied by the matrix of their dimension; SciPy takes far longer."""
    directions = np.zeros_like(plain)
    for row in range(plain.shape[1]):  # below, plain directions have only zeros
        bits = plain >> np.uint32(_BITS - 1 - row) & 1
        directions ^= bits * matrix[:, row, np.newaxis]
    return directions


def _combinations(directions: Bits) -> Bits:
    """Return every combination of directions: shape (dimensions, 2 ** directions)."""
    dimensions, count = directions.shape
    points = np.zeros((dimensions, 2**count), dtype=np.uint32)
    for bit in range(count):
        size = 2**bit
        points[:, size : 2 * size] = points[:, :size] ^ directions[:, bit, np.newaxis]
    return points


# --- Pseudo-random points ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PseudoRandomPoints:
    """Independent pseudo-random points; made by ``pseudo_random_points``.

    Each column has a stream of its own, seeded by its number, of which each row has 32 bits.
    """

    seed: int
    dimensions: int
    replicates: int
    per_replicate: int

    def column(self, column: int, start: int, stop: int) -> Bits:
        """Return the rows ``start`` to ``stop``, itself not among them, of a column."""
        stream = np.random.PCG64DXSM(np.random.SeedSequence(self.seed, spawn_key=(column,)))
        first, last = start // 2, -(-stop // 2)  # words of 64 bits
        stream.advance(first)
        drawn = stream.random_raw(last - first)
        return drawn.astype("<u8", copy=False).view("<u4")[start - 2 * first : stop - 2 * first]


def pseudo_random_points(
    *, seed: int, dimensions: int, replicates: int, per_replicate: int
) -> PseudoRandomPoints:
    """Return ``replicates`` sets of ``per_replicate`` points of a PCG64DXSM generator."""
    _require_counts(seed=seed, dimensions=dimensions, replicates=replicates)
    if per_replicate < 1:
        raise ValueError(f"per_replicate must be 1 or more (got {per_replicate})")
    return PseudoRandomPoints(
        seed=seed, dimensions=dimensions, replicates=replicates, per_replicate=per_replicate
    )


def _require_counts(*, seed: int, dimensions: int, replicates: int) -> None:
    if seed < 0:
        raise ValueError(f"seed must be 0 or more (got {seed})")
    for name, count in (("dimensions", dimensions), ("replicates", replicates)):
        if count < 1:
            raise ValueError(f"{name} must be 1 or more (got {count})")
