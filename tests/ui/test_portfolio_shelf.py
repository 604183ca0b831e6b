"""What is held of tables: never more than allowed, the least used let go first."""

import time
import tracemalloc
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roi_model.portfolio_columns import matches_of
from roi_model.portfolio_evaluation import evaluate_portfolio
from roi_model.portfolio_files import portfolio_from
from roi_model.portfolio_simulation import simulate_portfolio
from roi_model.portfolio_tables import table_from
from roi_model.templates import load_template
from ui.portfolio_shelf import Shelf, new_token, weight

KB = 1_000
TEMPLATE = load_template("adulte_relais")


def block(size: int = 10 * KB) -> bytes:
    """Return a value of so many bytes, as they are counted."""
    return b"x" * (size - weight(b""))


def table_of(rows: int, seed: int = 0) -> bytes:
    """Return a table of associations as CSV."""
    chance = np.random.default_rng(seed)
    lines = [
        f"{one};Association {one};{chance.integers(1, 9)};{chance.integers(1, 900)}"
        for one in range(rows)
    ]
    return "\n".join(["id;Nom;x [state_aid];y [quiet_nights.people]", *lines]).encode()


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_what_is_placed_is_found_by_its_visit_alone():
    shelf = Shelf(100 * KB)
    assert shelf.place("a", "rows", block())
    assert shelf.find("a", "rows") == block()
    assert shelf.find("b", "rows") is None
    shelf.clear("a")
    assert (shelf.find("a", "rows"), shelf.held) == (None, 0)


def test_what_several_hold_counts_once():
    shelf, shared = Shelf(100 * KB), np.zeros(5 * KB)
    shelf.place("a", "reading", {"x": shared})
    shelf.place("a", "chosen", (shared, np.zeros(KB)))
    assert shelf.held == 8 * (5 + 1) * KB
    shelf.place("a", "reading", None)
    assert shelf.held == 8 * (5 + 1) * KB
    shelf.place("a", "chosen", None)
    assert shelf.held == 0


def test_results_go_before_tables_and_the_least_used_first():
    shelf = Shelf(40 * KB)
    for visit in "ab":
        shelf.place(visit, "table", block(), is_source=True)
        shelf.place(visit, "reading", block())
    shelf.find("a", "reading")  # a's is the last used
    shelf.place("c", "table", block(), is_source=True)
    assert shelf.find("b", "reading") is None
    assert shelf.find("a", "reading") is not None
    shelf.place("d", "table", block(), is_source=True)
    assert [shelf.find(one, "table") is not None for one in "abcd"] == [True] * 4
    assert shelf.find("a", "reading") is None


def test_where_only_tables_are_left_whole_visits_go_the_least_used_first():
    shelf = Shelf(30 * KB)
    for visit in "abc":
        shelf.place(visit, "table", block(), is_source=True)
    shelf.find("a", "table")
    shelf.place("d", "table", block(), is_source=True)
    assert [shelf.find(one, "table") is not None for one in "abcd"] == [True, False, True, True]


def test_what_does_not_fit_beside_its_own_table_is_not_kept_and_the_table_is():
    shelf = Shelf(30 * KB)
    shelf.place("a", "table", block(20 * KB), is_source=True)
    assert not shelf.place("a", "reading", block(20 * KB))
    assert shelf.find("a", "table") is not None
    assert not shelf.place("b", "table", block(31 * KB), is_source=True)
    assert shelf.held == 20 * KB


def test_what_is_not_used_for_long_is_let_go():
    clock = Clock()
    shelf = Shelf(100 * KB, seconds=60, clock=clock)
    shelf.place("a", "table", block(), is_source=True)
    shelf.place("b", "table", block(), is_source=True)
    clock.now = 59
    shelf.find("b", "table")
    clock.now = 61
    assert shelf.find("a", "table") is None
    assert shelf.find("b", "table") is not None


def test_it_is_let_go_even_if_nobody_comes():
    shelf = Shelf(100 * KB, seconds=0.05)
    shelf.place("a", "table", block(), is_source=True)
    deadline = time.monotonic() + 10
    while shelf.held and time.monotonic() < deadline:
        time.sleep(0.05)
    assert shelf.held == 0


@dataclass
class Task:
    holds: bytes = b""
    is_stopped: bool = False

    def stop(self) -> None:
        self.is_stopped = True


def test_work_under_way_is_stopped_when_it_is_let_go_and_counted_again_when_it_has_grown():
    shelf, task = Shelf(40 * KB), Task()
    shelf.place("a", "run", task)
    task.holds = block(30 * KB)
    shelf.weigh_again("a", "run")
    assert shelf.held == 30 * KB
    assert not task.is_stopped
    shelf.place("b", "table", block(20 * KB), is_source=True)
    assert task.is_stopped
    shelf.weigh_again("a", "run")
    assert shelf.find("a", "run") is None


steps = st.lists(
    st.tuples(
        st.sampled_from(["place", "source", "find", "clear"]),
        st.sampled_from("abcd"),
        st.sampled_from(["one", "two"]),
        st.integers(0, 5),
    ),
    max_size=40,
)


@given(steps)
def test_whatever_is_done_it_holds_what_it_counts_and_no_more_than_allowed(done):
    shelf, arrays = Shelf(20 * KB), [np.zeros(one * KB) for one in range(6)]
    for step, visit, name, at in done:
        if step == "find":
            shelf.find(visit, name)
        elif step == "clear":
            shelf.clear(visit)
        else:
            shelf.place(visit, name, (arrays[at], arrays[1]), is_source=step == "source")
        there = [shelf.find(a, b) for a in "abcd" for b in ("one", "two")]
        assert shelf.held == weight(there)
        assert shelf.held <= shelf.most_bytes


def test_no_token_is_like_another_or_short():
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert min(map(len, tokens)) >= 22  # 16 bytes in base 64


@pytest.mark.parametrize("what", ["table", "portfolio", "evaluation"])
def test_what_a_table_weighs_is_what_it_takes(what):
    content = table_of(5_000)
    table = table_from(content, name="t.csv")
    portfolio = portfolio_from(table, TEMPLATE, matches_of(table, TEMPLATE))

    def make():
        if what == "table":
            return table_from(content, name="t.csv")
        if what == "portfolio":
            return portfolio_from(table, TEMPLATE, matches_of(table, TEMPLATE))
        evaluation = evaluate_portfolio(portfolio)
        _ = evaluation.totals, evaluation.ratios
        return evaluation

    tracemalloc.start()
    try:
        made = make()
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    counted = weight(made) - (weight(portfolio) if what == "evaluation" else 0)
    assert 0.75 * taken < counted < 2 * taken


def test_many_visits_with_large_tables_are_held_within_the_bound():
    most = 12_000 * KB
    shelf, kept = Shelf(most), []
    for visit in range(12):
        content = table_of(5_000, seed=visit)
        table = table_from(content, name="t.csv")
        portfolio = portfolio_from(table, TEMPLATE, matches_of(table, TEMPLATE))
        shelf.place(str(visit), "table", content, is_source=True)
        shelf.place(str(visit), "texts", table)
        shelf.place(str(visit), "reading", portfolio)
        shelf.place(str(visit), "chosen", evaluate_portfolio(portfolio))
        shelf.place(str(visit), "run", simulate_portfolio(portfolio.rows(range(200)), 128))
        kept.append(shelf.held)
    assert max(kept) <= most
    assert kept[-1] > most / 2
    assert all(shelf.find(str(visit), "table") is not None for visit in range(12))
    assert shelf.find("0", "reading") is None
