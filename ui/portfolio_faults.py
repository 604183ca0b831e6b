"""What is wrong with the rows of a table, in the reader's language: for pages and documents."""

from typing import Any

from roi_model import Problem
from ui.file_problems import file_problem_text
from ui.words import UNDEFINED, Words

OF_A_CELL = (
    *("number_not_allowed", "range_excludes_value", "missing_id", "duplicate_id"),
    *("not_a_number", "ambiguous_number", "not_a_share", "missing_cost", "too_many_cells"),
)
"""Faults of a row."""
OF_A_TABLE = (
    *("unit_mismatch", "no_column", "file_not_parquet", "file_needs_pyarrow"),
    *("file_without_rows", "file_too_many_rows", "file_needs_memory"),
)
NOWHERE = ("row", "table")
"""What stands for the place of a fault that is of no column."""
LONGEST = 60
MOST_HEADINGS = 10


def wrong(problem: Problem, t: Words) -> str:
    """Return what is wrong, without the place where there are words for it."""
    if problem.code in (*OF_A_CELL, *OF_A_TABLE):
        return t(f"portfolio.fault_{problem.code}", received=_received(problem, t))
    return file_problem_text(problem, t)


def place(problem: Problem) -> str:
    """Return the column that a fault is in; a dash where it is in none."""
    if problem.where in NOWHERE:
        return UNDEFINED
    return cut(problem.where.removeprefix("column "))


def _received(problem: Problem, t: Words) -> str:
    received = problem.received
    if problem.code == "no_column":
        more = ["…"] if len(received) > MOST_HEADINGS else []
        return t("chart.separator").join([*map(cut, received[:MOST_HEADINGS]), *more])
    if isinstance(received, tuple):
        low, high = (_written(one, t) for one in received)
        return t("portfolio.from_to", first=low, last=high)
    return _written(received, t)


def _written(received: Any, t: Words) -> str:
    return t.number(received) if isinstance(received, float | int) else cut(str(received))


def cut(text: str) -> str:
    """Return a text of a stranger's on one line, cut where it is long."""
    on_one_line = " ".join(text.split())
    return on_one_line if len(on_one_line) <= LONGEST else on_one_line[: LONGEST - 1] + "…"
