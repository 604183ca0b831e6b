"""The points at which a simulation evaluates the model, as raw columns of 32 random bits.

A column belongs to one uncertain number, a row to one draw. Columns come in chunks of some
thousands of rows, each computed alone: in any order, on any thread, from objects that are only
read, in a memory that does not grow with the number of draws. A column depends on the seed, on
the number of dimensions and on its own number, never on which others are asked for: with a
number for each parameter of a scenario, two variants of it share their draws, and their
difference is not noise.

Replicates are independent sets of points; how much results vary between them is their numerical
error.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint32]

CHUNK_LOG2 = 12
"""Rows of a chunk, as a power of two: a column of 4096 draws stays in the processor's cache."""


class Points(Protocol):
    """Replicates of raw points, in chunks."""

    @property
    def dimensions(self) -> int:
        """Columns that may be asked for."""

    @property
    def replicates(self) -> int:
        """Independent sets of points."""

    @property
    def per_replicate(self) -> int:
        """Points in each of them."""

    @property
    def chunk_size(self) -> int:
        """Points in a chunk; the last chunk of a replicate may have fewer."""

    @property
    def chunks(self) -> int:
        """Chunks in a replicate."""

    def columns(self, replicate: int, chunk: int, wanted: NDArray[np.intp]) -> Bits:
        """Return the ``wanted`` columns of a chunk, one a row: shape (wanted, points)."""


# --- Sobol points ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SobolPoints:
    """Scrambled Sobol points, in the order of binary numbers; made by ``sobol_points``.

    Point i is the exclusive or of a shift and of one direction for each bit of i. It is put
    together from three parts: low bits, the other bits within a chunk, and the chunk's number.
    """

    per_replicate: int
    _low: tuple[Bits, ...]  # for each replicate (dimensions, values of the low bits)
    _high: tuple[Bits, ...]  # the same of the other bits within a chunk; the shift is in it
    _chunk: tuple[Bits, ...]  # the same of the number of the chunk

    @property
    def dimensions(self) -> int:
        """Columns that may be asked for."""
        return self._low[0].shape[0]

    @property
    def replicates(self) -> int:
        """Independent scrambles."""
        return len(self._low)

    @property
    def chunk_size(self) -> int:
        """Points in every chunk."""
        return self._low[0].shape[1] * self._high[0].shape[1]

    @property
    def chunks(self) -> int:
        """Chunks in a replicate."""
        return self._chunk[0].shape[1]

    def columns(self, replicate: int, chunk: int, wanted: NDArray[np.intp]) -> Bits:
        """Return the ``wanted`` columns of a chunk, one a row: shape (wanted, points)."""
        of_chunk = self._chunk[replicate][wanted, chunk, np.newaxis]
        high = self._high[replicate][wanted] ^ of_chunk
        low = self._low[replicate][wanted]
        points: Bits = high[:, :, np.newaxis] ^ low[:, np.newaxis, :]
        return points.reshape(len(wanted), self.chunk_size)


_LOW_LOG2 = 8  # long enough an inner loop, short enough a table: measured best from 6 to 10


@lru_cache(maxsize=8)
def sobol_points(
    *,
    seed: int,
    dimensions: int,
    replicates: int,
    per_replicate_log2: int,
    chunk_log2: int = CHUNK_LOG2,
) -> SobolPoints:
    """Return ``replicates`` independent scrambles of 2 ** ``per_replicate_log2`` Sobol points.

    They are those of ``scipy.stats.qmc.Sobol`` (matrix scrambling and digital shift, 32 bits),
    in another order: SciPy's point i is our point i ^ (i >> 1), its Gray code. In each replicate
    each column has one point in each of 2 ** ``per_replicate_log2`` equal intervals. Each point
    of a replicate is needed for that: none may be left out.

    Source: Sobol (1967); Joe and Kuo (2008), SIAM J. Sci. Comput. 30(5); Matoušek (1998),
    J. Complexity 14(4).
    """
    _require_counts(seed=seed, dimensions=dimensions, replicates=replicates)
    if not 0 <= per_replicate_log2 <= 31:
        raise ValueError(f"per_replicate_log2 must be between 0 and 31 (got {per_replicate_log2})")
    chunk_bits = min(chunk_log2, per_replicate_log2)
    low_bits = min(_LOW_LOG2, chunk_bits)
    parts = []
    for source in np.random.SeedSequence(seed).spawn(replicates):
        shift, directions = _scrambled(source, dimensions, per_replicate_log2)
        no_shift = np.zeros_like(shift)
        parts.append(
            (
                _combinations(no_shift, directions[:low_bits]),
                _combinations(shift, directions[low_bits:chunk_bits]),
                _combinations(no_shift, directions[chunk_bits:]),
            )
        )
    low, high, chunk = zip(*parts, strict=True)
    return SobolPoints(per_replicate=2**per_replicate_log2, _low=low, _high=high, _chunk=chunk)


def _scrambled(
    source: np.random.SeedSequence, dimensions: int, bits: int
) -> tuple[Bits, list[Bits]]:
    """Return the shift and the directions of the lowest ``bits`` of SciPy's scrambled points.

    Its first point is the shift. The Gray code of 2 ** (k + 1) - 1 has bit k alone, so that
    point is the shift and direction k.
    """
    from scipy.stats import qmc

    engine = qmc.Sobol(dimensions, scramble=True, bits=32, rng=np.random.default_rng(source))

    def next_point() -> Bits:
        return (engine.random(1)[0] * 2.0**32).astype(np.uint32)  # exact: multiples of 2**-32

    shift = next_point()
    directions = []
    for bit in range(bits):
        skipped = 2 ** (bit + 1) - 1 - engine.num_generated
        if skipped:
            engine.fast_forward(skipped)
        directions.append(next_point() ^ shift)
    return shift, directions


def _combinations(start: Bits, directions: list[Bits]) -> Bits:
    """Return ``start`` with every combination of directions: shape (dimensions, 2 ** n)."""
    points = start[:, np.newaxis]
    for direction in directions:
        points = np.concatenate([points, points ^ direction[:, np.newaxis]], axis=1)
    return points


# --- Pseudo-random points ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PseudoRandomPoints:
    """Independent pseudo-random points; made by ``pseudo_random_points``.

    Each chunk has a stream of its own, seeded by its number and its replicate's, and each column
    the stretch of it that its own number says. A stretch not asked for is skipped at no cost.
    """

    seed: int
    dimensions: int
    replicates: int
    per_replicate: int
    chunk_size: int

    @property
    def chunks(self) -> int:
        """Chunks in a replicate."""
        return -(-self.per_replicate // self.chunk_size)

    def columns(self, replicate: int, chunk: int, wanted: NDArray[np.intp]) -> Bits:
        """Return the ``wanted`` columns of a chunk, one a row: shape (wanted, points)."""
        source = np.random.SeedSequence(self.seed, spawn_key=(replicate, chunk))
        stream = np.random.PCG64DXSM(source)
        words = -(-self.chunk_size // 2)  # of 64 bits
        drawn = np.empty((len(wanted), words), dtype=np.uint64)
        reached = 0
        for row, column in enumerate(wanted.tolist()):
            if column != reached:
                stream.advance((column - reached) * words)
            drawn[row] = stream.random_raw(words)
            reached = column + 1
        rows = min(self.chunk_size, self.per_replicate - chunk * self.chunk_size)
        return drawn.astype("<u8", copy=False).view("<u4")[:, :rows]


def pseudo_random_points(
    *,
    seed: int,
    dimensions: int,
    replicates: int,
    per_replicate: int,
    chunk_size: int = 2**CHUNK_LOG2,
) -> PseudoRandomPoints:
    """Return ``replicates`` sets of ``per_replicate`` points of a PCG64DXSM generator."""
    _require_counts(seed=seed, dimensions=dimensions, replicates=replicates)
    for name, count in (("per_replicate", per_replicate), ("chunk_size", chunk_size)):
        if count < 1:
            raise ValueError(f"{name} must be 1 or more (got {count})")
    return PseudoRandomPoints(
        seed=seed,
        dimensions=dimensions,
        replicates=replicates,
        per_replicate=per_replicate,
        chunk_size=chunk_size,
    )


def _require_counts(*, seed: int, dimensions: int, replicates: int) -> None:
    if seed < 0:
        raise ValueError(f"seed must be 0 or more (got {seed})")
    for name, count in (("dimensions", dimensions), ("replicates", replicates)):
        if count < 1:
            raise ValueError(f"{name} must be 1 or more (got {count})")
