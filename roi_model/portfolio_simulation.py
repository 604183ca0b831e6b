"""How sure the results of many associations are, and of the programme that they make together.

Each row is evaluated at draws of its uncertain numbers, and the programme at the sums of rows. For
a sum it matters which numbers rows have in common:

- what the table leaves to the template (a unit value, a share that the literature gives) is one
  unknown for all: every row takes the same draw of it;
- what each association typed is an unknown of its own: rows draw it independently;
- in between, a number may have a rank correlation from 0 to 1 between any two rows, by a Gaussian
  copula with one factor.

Within a row numbers are correlated as the template states. Where it ties a number of each row to
one that all share, rows are tied through it, and only through it.

How draws are made, and made the same everywhere, is told in ``roi_model.portfolio_draws``.
"""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from roi_model import formulas
from roi_model.perspectives import Perspective
from roi_model.portfolio import Amounts, Portfolio, Positions
from roi_model.portfolio_draws import DEFAULT_DRAWS, Plan, Ranges, plan_of, row_key
from roi_model.portfolio_engine import (
    BLOCK,
    GROUP_BLOCK,
    STATISTICS,
    Engine,
    Part,
    engine_of,
    ready,
    simulate_rows,
)
from roi_model.portfolio_evaluation import shared_out
from roi_model.portfolio_groups import groups_of
from roi_model.simulation import DEFAULT_LEVEL, Contribution, Simulation
from roi_model.uncertainty import uncertain_numbers

TASK_ROWS = 4 * BLOCK
WORTH_PROCESSES = 1e8
"""Draws of rows from which starting other processes pays."""


# --- Results -----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Range:
    """A figure of the programme over the draws, in euros."""

    low: float
    mean: float
    high: float


@dataclass(frozen=True, kw_only=True, slots=True)
class StakeholderRange:
    """What a stakeholder gains and pays in all, as the point of view counts it."""

    stakeholder: str
    benefits: Range
    costs: Range


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupResult:
    """How sure the result of rows together is: figures over the draws of their sums."""

    mean: float
    low: float
    median: float
    high: float
    """Of the ratio; NaN without a cost."""
    probability_above: float
    """Share of the draws whose ratio exceeds the target."""
    net_mean: float
    """Mean net present value, in euros."""


@dataclass(frozen=True, kw_only=True, eq=False)
class PortfolioSimulation:
    """The results of rows over draws, and of the programme. Columns have one entry a row."""

    portfolio: Portfolio
    perspective: Perspective
    seed: int
    draws: int
    level: float
    """Share of the draws between the low and the high."""
    target: float
    mean: Amounts
    low: Amounts
    median: Amounts
    high: Amounts
    """Of the ratio; NaN without a cost."""
    probability_above: Amounts
    """Share of the draws whose ratio exceeds the target."""
    net_mean: Amounts
    """Mean net present value, in euros."""
    between_rows: Mapping[str, float]
    """The rank correlation between rows of each number that may vary, by address."""
    programme: Simulation
    """Sums over the rows at each draw; its errors are at most what it says."""
    by_stakeholder: tuple[StakeholderRange, ...]
    by_group: Mapping[str, Mapping[str, GroupResult]]
    """Of the columns asked for, by what they say of rows."""
    plan: Plan = field(repr=False)


def simulate_portfolio(
    portfolio: Portfolio,
    draws: int = DEFAULT_DRAWS,
    seed: int = 0,
    *,
    perspective: Perspective | str | None = None,
    between_rows: Mapping[str, float] | float | None = None,
    ranges: Ranges = "typed",
    level: float = DEFAULT_LEVEL,
    target: float = 1.0,
    by: Sequence[str] = (),
    executor: Executor | None = None,
    workers: int | None = None,
    task_rows: int = TASK_ROWS,
    progress: Callable[[float], None] | None = None,
) -> PortfolioSimulation:
    """Return the results of every row over at least ``draws`` draws, and of the programme.

    ``between_rows`` gives numbers a rank correlation between rows, from 0 (independent) to 1 (one
    draw for all), by address, or one for all numbers. By default it is 1 for what the table
    leaves to the template and 0 for what it has a column for.

    The range of a number that a row typed is the one the table gives; else, with ``ranges`` of
    ``"typed"``, that of any typed number, so that the row varies as its scenario does in
    ``simulate``; with ``"template"``, as wide beside its value as that of the template.

    ``by`` names columns kept from the table: rows of which one says the same are a group, whose
    sums at each draw give it an interval too.

    Work is done by ``executor``, in tasks of ``task_rows`` rows (rounded up to whole blocks); or,
    without one, by so many ``workers``, processes of this machine. No digit of the result depends
    on any of them. ``progress`` is told the share of the rows done; what it raises cancels the
    rest and comes out of here.

    Memory does not hold rows times draws: it grows with rows, and with draws times groups, apart.

    Raises:
        ScenarioError: a distribution or the correlations cannot be built.
        ValueError: an argument is not allowed, or there are too many groups.
        KeyError: the template has no such point of view, or the table no such column.
    """
    plan = plan_of(
        portfolio,
        draws,
        seed,
        perspective=perspective,
        between_rows=between_rows,
        ranges=ranges,
        level=level,
        target=target,
    )
    groups = groups_of(portfolio, by)
    found = np.empty((len(portfolio), len(STATISTICS)))
    block = GROUP_BLOCK if by else BLOCK
    rows = block * max(1, -(-task_rows // block))
    starts = range(0, len(portfolio), rows)
    with _executor(executor, workers, len(portfolio) * draws, len(starts)) as (pool, many):
        engine = engine_of(plan)  # faults of the template come out here, and not of a worker
        sums = np.zeros((len(engine.lines.ids), engine.size))
        of_groups = np.zeros((len(groups.named), 2, engine.size))
        order = _canonical_order(portfolio)
        tasks = [order[start : start + rows] for start in starts]
        done = 0
        chosen = ((portfolio.rows(one), groups.of_rows[one]) for one in tasks)
        with closing(_in_order(pool, many, engine.plan, chosen)) as parts:
            for positions, part in zip(tasks, parts, strict=True):
                found[positions] = part.statistics
                for lines in part.blocks:
                    sums += lines
                for of_part in part.groups:
                    for group, amounts in of_part.items():
                        of_groups[group] += amounts
                done += positions.size
                if progress is not None:
                    progress(done / len(portfolio))
    by_group: dict[str, dict[str, GroupResult]] = {column: {} for column in by}
    for (column, text), (benefits, costs) in zip(groups.named, of_groups, strict=True):
        figures = zip(STATISTICS, engine.statistics(benefits, costs), strict=True)
        by_group[column][text] = GroupResult(**dict(figures))
    return _result(portfolio, plan, engine, found, sums, by_group)


# --- Tasks -------------------------------------------------------------------------------------


def _in_order(
    pool: Executor | None, many: int, plan: Plan, tasks: Iterator[tuple[Portfolio, Positions]]
) -> Generator[Part, None, None]:
    """Yield the parts in the order of the tasks, few of them under way at any time."""
    if pool is None:
        for task in tasks:
            yield simulate_rows(plan, *task)
        return
    waiting: deque[Future[Part]] = deque()
    try:
        for task in tasks:
            waiting.append(pool.submit(simulate_rows, plan, *task))
            if len(waiting) >= many:
                yield waiting[0].result()
                waiting.popleft()
        while waiting:
            yield waiting[0].result()
            waiting.popleft()
    finally:
        for future in waiting:
            future.cancel()


@contextmanager
def _executor(
    given: Executor | None, workers: int | None, work: float, tasks: int
) -> Iterator[tuple[Executor | None, int]]:
    """Yield who does the work, if not this very thread, and how many tasks to have under way."""
    count = workers or os.cpu_count() or 1
    if given is not None:
        yield given, 3 * count
        return
    count = min(count, tasks)
    if count == 1 or (workers is None and work < WORTH_PROCESSES):
        yield None, 1
        return
    from multiprocessing import get_context

    pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"))
    try:
        for _ in range(count):
            pool.submit(ready)  # they start while this process makes the points
        yield pool, 3 * count
    finally:
        pool.shutdown(cancel_futures=True)


def _canonical_order(portfolio: Portfolio) -> Positions:
    """Return the order that rows are summed in, which is not that of the table."""
    keys = [row_key(one) for one in portfolio.ids]
    return np.array(sorted(range(len(keys)), key=lambda row: (keys[row], portfolio.ids[row])))


def _result(
    portfolio: Portfolio,
    plan: Plan,
    engine: Engine,
    found: Amounts,
    sums: Amounts,
    by_group: Mapping[str, Mapping[str, GroupResult]],
) -> PortfolioSimulation:
    lines = dict(zip(engine.lines.ids, sums, strict=True))
    template, nothing = plan.template, np.zeros(engine.size)
    counted = {one: sign * lines[one] for one, sign in engine.lines.signs.items() if sign}
    paid = {one: lines[one] for one in engine.lines.counted_costs}
    benefits = sum(counted.values(), start=nothing)
    uncertain = {one.address for one in uncertain_numbers(template)}
    varied = tuple(one for one in plan.between_rows if one in uncertain or one in portfolio.numbers)
    programme = Simulation(
        scenario=template.id,
        perspective=plan.perspective,
        method="sobol",
        seed=plan.seed,
        replicates=engine.replicates,
        varied=varied,
        benefits=benefits,
        costs=sum(paid.values(), start=nothing),
        contributions=_contributions(counted, benefits),
    )
    gained = {one: lines.get(one, nothing) for one in engine.lines.signs}
    shared = shared_out(template, plan.perspective, gained, paid, nothing)
    quantiles = partial(_range, level=plan.level)
    return PortfolioSimulation(
        portfolio=portfolio,
        perspective=plan.perspective,
        seed=plan.seed,
        draws=engine.size,
        level=plan.level,
        target=plan.target,
        **dict(zip(STATISTICS, found.T, strict=True)),
        between_rows={one: plan.between_rows[one] for one in varied},
        programme=programme,
        by_stakeholder=tuple(
            StakeholderRange(stakeholder=one, benefits=quantiles(benefits), costs=quantiles(costs))
            for one, (benefits, costs) in shared.items()
        ),
        by_group=by_group,
        plan=plan,
    )


def _range(draws: Amounts, level: float) -> Range:
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return Range(low=float(low), mean=float(draws.mean()), high=float(high))


def _contributions(counted: Mapping[str, Amounts], total: Amounts) -> tuple[Contribution, ...]:
    """Return what each outcome adds to the benefits of the programme and to their variance."""
    deviation = total - total.mean()
    variance = float(np.mean(deviation**2))
    return tuple(
        Contribution(
            outcome=one,
            mean=float(amounts.mean()),
            standard_deviation=float(amounts.std()),
            share_of_benefits=float(formulas.ratio(float(amounts.mean()), float(total.mean()))),
            share_of_variance=float(
                formulas.ratio(float(np.mean((amounts - amounts.mean()) * deviation)), variance)
            ),
        )
        for one, amounts in counted.items()
    )
