"""Which rows of a portfolio belong together: those of which a column says the same."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from roi_model.portfolio import Portfolio, Positions

MOST_GROUPS = 200
"""Of all columns together: each takes memory for all of the draws. Departments are a hundred."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Groups:
    """The groups of one or more columns, and of which of them each row is."""

    named: tuple[tuple[str, str], ...]
    """Column and text of each group."""
    of_rows: Positions
    """Places among those named, one for each column; shape (rows, columns)."""


def groups_of(portfolio: Portfolio, columns: Sequence[str]) -> Groups:
    """Return the groups of rows by what columns kept from the table say.

    Raises:
        KeyError: the table has no such column.
        ValueError: there are more than ``MOST_GROUPS``.
    """
    named: list[tuple[str, str]] = []
    of_rows = np.empty((len(portfolio), len(columns)), dtype=np.intp)
    for place, column in enumerate(columns):
        texts, of_text = np.unique(portfolio.labels[column].astype(str), return_inverse=True)
        of_rows[:, place] = len(named) + of_text
        named += [(column, str(text)) for text in texts]
    if len(named) > MOST_GROUPS:
        said = ", ".join(columns)
        raise ValueError(f"at most {MOST_GROUPS} groups can be drawn (got {len(named)}: {said})")
    return Groups(named=tuple(named), of_rows=of_rows)
