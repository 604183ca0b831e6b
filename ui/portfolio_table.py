"""The table of a visit: opened, its columns matched, its rows evaluated; held by the process."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from threading import BoundedSemaphore

import numpy as np
import streamlit as st

from roi_model import Problem, ScenarioError
from roi_model.portfolio import Portfolio
from roi_model.portfolio_columns import ID, IGNORED, Match, matches_of, targets_of
from roi_model.portfolio_evaluation import PortfolioEvaluation, Totals, evaluate_portfolio
from roi_model.portfolio_files import portfolio_from
from roi_model.portfolio_tables import Table, file_error, table_from
from roi_model.templates import Template
from ui import portfolio_visit
from ui.portfolio_shelf import SHELF, weight
from ui.portfolio_visit import TABLE, TARGETS

REFUSED = "portfolio_refused"
TEXTS, READ, CHOSEN = "texts", "reading", "chosen"
MOST_GROUPS = 60
"""Different texts of a column that rows may be grouped and filtered by."""
ROOM = 3
"""Times that what is read of a table must fit: itself, what a filter keeps of it, its draws."""
READING = BoundedSemaphore(2)
"""Tables being read at a time: reading takes more memory than what is read."""


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A table as it was opened, and what tells its content from any other."""

    name: str
    content: bytes
    rows: int
    """In the file, examples among them."""
    digest: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Reading:
    """What a table gives with a template: its rows, or only what is wrong with it."""

    key: str
    source: str
    template: Template
    matches: tuple[Match, ...]
    problems: tuple[Problem, ...]
    portfolio: Portfolio | None
    """Seen as the template sees it."""

    @cached_property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Return the columns that rows can be grouped by, with what they say."""
        found = {}
        for name, column in ({} if self.portfolio is None else self.portfolio.labels).items():
            said = np.unique(column.astype(str))
            if 1 < said.size <= MOST_GROUPS and said.size < column.size:
                found[name] = tuple(map(str, said))
        return found

    @cached_property
    def faulty_rows(self) -> int:
        """Return how many rows were left out."""
        return len({one.line for one in self.problems if one.line is not None})


def take(name: str, content: bytes) -> None:
    """Open a table; where it cannot be read, keep the reason and no table."""
    forget()
    try:
        with READING:
            table = table_in(name, content)
        digest = hashlib.sha256(content).hexdigest()
        opened = Opened(name=name, content=content, rows=len(table.rows), digest=digest)
        if not portfolio_visit.begin(opened):
            raise _too_large(name)
    except ScenarioError as error:
        st.session_state[REFUSED] = error
    except MemoryError:
        st.session_state[REFUSED] = _too_large(name)
    else:
        portfolio_visit.made(TEXTS, digest, lambda: table)


def table_in(name: str, content: bytes) -> Table:
    """Return the table in a file.

    Raises:
        ScenarioError: it cannot be read.
    """
    try:
        return table_from(content, name=name)
    except ScenarioError as error:
        error.source = error.source or name
        raise


def _too_large(name: str) -> ScenarioError:
    """Return the refusal of a table that there is not enough memory for."""
    error = file_error(name, "file_needs_memory", "must fit the memory kept for tables")
    error.source = name
    return error


def opened() -> Opened | None:
    """Return the table of the visit."""
    return portfolio_visit.held(TABLE)


def refused() -> ScenarioError | None:
    """Return why the last file could not be read."""
    return st.session_state.get(REFUSED)


def forget() -> None:
    """Close the table."""
    st.session_state.pop(REFUSED, None)
    portfolio_visit.close()


def correct(heading: str, target: str) -> None:
    """Say what a column is; another that was said to be the same is guessed again."""
    said = portfolio_visit.chosen(TARGETS, {})
    kept = {one: what for one, what in said.items() if what != target or what == IGNORED}
    portfolio_visit.choose(TARGETS, kept | {heading: target})


def forget_corrections() -> None:
    """Guess all columns again, as for another template."""
    portfolio_visit.choose(TARGETS, {})


def reading(template: Template) -> Reading | None:
    """Return what the table gives with a template; it is read once.

    One that takes more memory than there is for a table is closed, and the reason is kept.
    """
    held = opened()
    if held is None:
        return None
    said = portfolio_visit.chosen(TARGETS, {})
    key = _key(held.digest, template.case.fingerprint, sorted(said.items()))
    known: Reading | None = portfolio_visit.held(READ)
    if known is not None and known.key == key:
        return known
    try:
        with READING:
            read = _read(held, template, said, key)
            is_small = ROOM * weight(read) + len(held.content) <= SHELF.most_bytes
    except MemoryError:
        is_small = False
    if not is_small:
        forget()
        st.session_state[REFUSED] = _too_large(held.name)
        return None
    portfolio_visit.hold(READ, read)
    return read


def _read(held: Opened, template: Template, said: Mapping[str, str], key: str) -> Reading:
    table: Table = portfolio_visit.made(
        TEXTS, held.digest, lambda: table_in(held.name, held.content)
    )
    targets = (*targets_of(template.case), ID, IGNORED)
    known = {one: what for one, what in said.items() if one in table.headings and what in targets}
    matches = matches_of(table, template, known)
    portfolio: Portfolio | None = None
    problems: tuple[Problem, ...] = ()
    try:
        portfolio = portfolio_from(table, template, matches)
    except ScenarioError as error:
        problems = error.problems
    else:
        problems = portfolio.problems
    return Reading(
        key=key,
        source=table.source,
        template=template,
        matches=matches,
        problems=problems,
        portfolio=portfolio,
    )


def _key(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


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

    def work_out(self) -> None:
        """Work out what every showing needs, before its memory is counted."""
        evaluation = self.evaluation
        _ = evaluation.ratios, evaluation.net_present_values, evaluation.totals

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


def chosen(
    read: Reading, perspective: str, column: str | None, kept: tuple[str, ...]
) -> Chosen | None:
    """Return the rows whose text in a column is among those kept, from one point of view.

    All rows without a filter.
    """
    if read.portfolio is None:
        return None
    is_filtered = column is not None and bool(kept)
    key = _key(read.key, perspective, *((column, sorted(kept)) if is_filtered else ()))
    known: Chosen | None = portfolio_visit.held(CHOSEN)
    if known is None or known.key != key:
        portfolio = read.portfolio.seen_from(perspective)
        if is_filtered:
            said = portfolio.labels[str(column)].astype(str)
            portfolio = portfolio.rows(np.isin(said, kept))
        known = Chosen(key=key, reading=read, evaluation=evaluate_portfolio(portfolio))
        known.work_out()
        portfolio_visit.hold(CHOSEN, known)
    return known
