"""The table of a visit: opened, its columns matched, its rows evaluated; kept across pages."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import streamlit as st

from roi_model import Problem, ScenarioError
from roi_model.portfolio import Portfolio, PortfolioEvaluation, Totals, evaluate_portfolio
from roi_model.portfolio_columns import IGNORED, Match, matches_of
from roi_model.portfolio_files import portfolio_from
from roi_model.portfolio_tables import Table, table_from
from roi_model.templates import Template

TABLE, REFUSED, TARGETS = "portfolio_table", "portfolio_refused", "portfolio_targets"
READING, CHOSEN = "portfolio_reading", "portfolio_chosen"
MOST_GROUPS = 60
"""Different texts of a column that rows may be grouped and filtered by."""


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A table as it was read, and what tells its content from any other."""

    table: Table
    digest: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Reading:
    """What a table gives with a template: its rows evaluated, or only what is wrong with it."""

    key: str
    source: str
    rows: int
    """In the file, examples among them."""
    template: Template
    matches: tuple[Match, ...]
    problems: tuple[Problem, ...]
    evaluation: PortfolioEvaluation | None

    @cached_property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Return the columns that rows can be grouped by, with what they say."""
        found = {}
        for name, column in self._labels.items():
            said = np.unique(column.astype(str))
            if 1 < said.size <= MOST_GROUPS and said.size < column.size:
                found[name] = tuple(map(str, said))
        return found

    @property
    def _labels(self) -> Mapping[str, np.ndarray]:
        return {} if self.evaluation is None else self.evaluation.portfolio.labels

    @cached_property
    def faulty_rows(self) -> int:
        """Return how many rows were left out."""
        return len({one.line for one in self.problems if one.line is not None})


def take(name: str, content: bytes) -> None:
    """Open a table; where it cannot be read, keep the reason and no table."""
    forget()
    try:
        st.session_state[TABLE] = opened_from(content, name=name)
    except ScenarioError as error:
        st.session_state[REFUSED] = error


def opened_from(content: bytes, *, name: str) -> Opened:
    """Return the table in a file.

    Raises:
        ScenarioError: it cannot be read.
    """
    try:
        table = table_from(content, name=name)
    except ScenarioError as error:
        error.source = error.source or name
        raise
    table = replace(table, headings=_told_apart(table.headings))
    return Opened(table=table, digest=hashlib.sha256(content).hexdigest())


def _told_apart(headings: tuple[str, ...]) -> tuple[str, ...]:
    """Return headings that are all different, so that each can be corrected by itself."""
    seen: Counter[str] = Counter()
    found = []
    for at, heading in enumerate(headings, start=1):
        seen[heading] += 1
        found.append(f"#{at} {heading}".strip() if seen[heading] > 1 or not heading else heading)
    return tuple(found)


def opened() -> Opened | None:
    """Return the table of the visit."""
    return st.session_state.get(TABLE)


def refused() -> ScenarioError | None:
    """Return why the last file could not be read."""
    return st.session_state.get(REFUSED)


def forget() -> None:
    """Close the table."""
    for key in (TABLE, REFUSED, TARGETS, READING, CHOSEN):
        st.session_state.pop(key, None)


def correct(heading: str, target: str) -> None:
    """Say what a column is; another that was said to be the same is guessed again."""
    said = st.session_state.get(TARGETS, {})
    kept = {one: what for one, what in said.items() if what != target or what == IGNORED}
    st.session_state[TARGETS] = kept | {heading: target}


def forget_corrections() -> None:
    """Guess all columns again, as for another template."""
    st.session_state[TARGETS] = {}


def reading(template: Template) -> Reading | None:
    """Return what the table gives with a template; it is read once."""
    held = opened()
    if held is None:
        return None
    said = st.session_state.get(TARGETS, {})
    key = hashlib.sha256(
        repr((held.digest, template.case.fingerprint, sorted(said.items()))).encode()
    ).hexdigest()
    known: Reading | None = st.session_state.get(READING)
    if known is None or known.key != key:
        known = st.session_state[READING] = _read(held.table, template, said, key)
    return known


def _read(table: Table, template: Template, said: Mapping[str, str], key: str) -> Reading:
    matches = matches_of(table, template, said)
    evaluation: PortfolioEvaluation | None = None
    problems: tuple[Problem, ...] = ()
    try:
        portfolio = portfolio_from(table, template, matches)
    except ScenarioError as error:
        problems = error.problems
    else:
        evaluation, problems = evaluate_portfolio(portfolio), portfolio.problems
    return Reading(
        key=key,
        source=table.source,
        rows=len(table.rows),
        template=template,
        matches=matches,
        problems=problems,
        evaluation=evaluation,
    )


@dataclass(frozen=True, kw_only=True)
class Group:
    """Associations that a column says the same of."""

    totals: Totals
    rows: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Chosen:
    """The associations that are looked at: all of the table, or those that a filter keeps."""

    key: str
    reading: Reading
    evaluation: PortfolioEvaluation
    _grouped: dict[str, dict[str, Group]] = field(default_factory=dict)

    @property
    def portfolio(self) -> Portfolio:
        """Return their rows."""
        return self.evaluation.portfolio

    def groups(self, column: str) -> dict[str, Group]:
        """Return the sums over the rows that say the same in a column, and how many they are."""
        if column not in self._grouped:
            totals = self.evaluation.totals_by(column)
            said = Counter(self.portfolio.labels[column].astype(str).tolist())
            self._grouped[column] = {
                name: Group(totals=one, rows=said[name]) for name, one in totals.items()
            }
        return self._grouped[column]

    def name(self, row: int) -> str:
        """Return what a row is called: its id, and what the first column kept says of it."""
        labels = self.portfolio.labels.values()
        said = [self.portfolio.ids[row], *(one[row] for one in list(labels)[:1])]
        return " · ".join(" ".join(str(one).split()) for one in said if str(one).strip())

    @property
    def template(self) -> Template:
        """Return the template that they share."""
        return self.reading.template

    @cached_property
    def not_given(self) -> dict[str, int]:
        """Return the numbers that only an association knows, with the rows that do not say them."""
        portfolio = self.portfolio
        parameters = dict(portfolio.template.parameters())
        found = {}
        for address, need in self.template.to_fill.items():
            if need == "needed" and parameters[address].is_to_fill:
                column = portfolio.numbers.get(address)
                blank = len(portfolio) if column is None else int(np.isnan(column).sum())
                if blank:
                    found[address] = blank
        return found


def chosen(read: Reading, column: str | None, kept: tuple[str, ...]) -> Chosen | None:
    """Return the rows whose text in a column is among those kept; all of them without a filter."""
    if read.evaluation is None:
        return None
    is_filtered = column is not None and bool(kept)
    key = hashlib.sha256(
        repr((read.key, column, sorted(kept)) if is_filtered else read.key).encode()
    ).hexdigest()
    known: Chosen | None = st.session_state.get(CHOSEN)
    if known is None or known.key != key:
        evaluation = read.evaluation
        if is_filtered:
            said = evaluation.portfolio.labels[str(column)].astype(str)
            evaluation = evaluation.rows(np.isin(said, kept))
        known = st.session_state[CHOSEN] = Chosen(key=key, reading=read, evaluation=evaluation)
    return known


def kept(name: str, default: Any) -> tuple[str, Callable[[], None]]:
    """Return the key of a control whose value outlives its page, and what keeps it on a change."""
    key, stored = f"portfolio_{name}_field", f"portfolio_{name}"
    st.session_state[key] = st.session_state.get(stored, default)

    def keep() -> None:
        st.session_state[stored] = st.session_state[key]

    return key, keep
