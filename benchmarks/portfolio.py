"""Many associations at once: rows a second, time and memory as rows grow, and on what they run.

The template is that of adulte-relais posts; each row has ten numbers of its own, four are common.
Rows are set beside the loop that a user would write (``evaluate`` or ``simulate`` of each row's
scenario), and simulation beside the least it could take: NumPy's fastest generator drawing as many
uniforms. Each size is run in a process of its own, whose peak memory is that of all it started.

``python -m benchmarks.portfolio`` prints the figures and writes
``test-artefacts/benchmark-portfolio.json``; ``--small`` stops at 10 000 rows.
"""

import hashlib
import json
import multiprocessing
import os
import re
import resource
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from roi_model import evaluate, simulate
from roi_model.portfolio import Portfolio, portfolio_of
from roi_model.portfolio_engine import STATISTICS
from roi_model.portfolio_evaluation import evaluate_portfolio
from roi_model.portfolio_simulation import PortfolioSimulation, simulate_portfolio
from roi_model.templates import load_template
from roi_model.uncertainty import uncertain_numbers

ROOT = Path(__file__).parents[1]
SIZES = (1_000, 10_000, 100_000)
DRAWS = 10_000
LOOPED = {"evaluate": 300, "simulate": 30}
KILLED_ROWS = 10_000
CASE = load_template("adulte_relais").case

Figures = dict[str, Any]


def portfolio(rows: int) -> Portfolio:
    """Return associations of all sizes, made up."""
    rng = np.random.default_rng(0)
    posts = rng.lognormal(1, 0.6, rows)
    each = {
        "state_aid": (1, 0),
        "employer_payment": (9_000, 0.2),
        "town_payment": (3_000, 0.5),
        "quiet_nights.people": (35, 0.6),
        "police_time.hours": (60, 0.5),
        "damage.count": (5, 0.4),
        "access_to_rights.people": (20, 0.4),
        "into_work.people": (0.3, 0.3),
    }
    numbers = {one: posts * many * rng.lognormal(0, s, rows) for one, (many, s) in each.items()}
    numbers["damage.repair_cost"] = rng.lognormal(6, 0.3, rows)
    numbers["access_to_rights.value_per_person"] = rng.lognormal(4.6, 0.2, rows)
    return portfolio_of(CASE, numbers)


def seconds(function: Callable[[], Any]) -> float:
    """Return how long a call takes."""
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


def processor_seconds() -> float:
    """Return the time that processors gave to this process, and to those it started that ended.

    Other work on the machine hardly changes it, as it does the time on the clock.
    """
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def peak_memory(process: int) -> float:
    """Return the MiB that a process has held at its peak; 0 where there is none."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s*(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def digest(result: PortfolioSimulation) -> str:
    """Return hexadecimal digits that only the very same figures have."""
    columns = [getattr(result, name) for name in STATISTICS]
    columns += [result.programme.benefits, result.programme.costs]
    return hashlib.sha256(b"".join(one.tobytes() for one in columns)).hexdigest()[:16]


def uniforms(rows: int, numbers: int, draws: int) -> None:
    """Draw as many uniforms as a simulation of rows asks for."""
    stream = np.random.Generator(np.random.SFC64(0))
    buffer = np.empty(draws)
    for _ in range(rows * numbers):
        stream.random(out=buffer)


def evaluation(rows: int = SIZES[-1], looped: int = LOOPED["evaluate"], rounds: int = 5) -> Figures:
    """Return rows a second evaluated at once, and in a loop."""
    whole = portfolio(rows)
    part = whole.rows(range(looped))

    def loop() -> None:
        for row in range(looped):
            evaluate(CASE.with_changes(part.changes(row)))

    at_once = rows / statistics.median(
        seconds(lambda: evaluate_portfolio(whole).totals) for _ in range(rounds)
    )
    in_a_loop = looped / statistics.median(seconds(loop) for _ in range(3))
    return {"at once": at_once, "in a loop": in_a_loop, "times": at_once / in_a_loop}


def simulation(
    rows: int = SIZES[0], draws: int = DRAWS, looped: int = LOOPED["simulate"], rounds: int = 3
) -> Figures:
    """Return rows a second simulated at once on one core, in a loop, and of drawing alone."""
    whole = portfolio(rows)
    part = whole.rows(range(min(rows, looped)))
    varied = len(uncertain_numbers(whole.scenario(0)))

    def loop() -> None:
        for row in range(len(part)):
            found = simulate(part.scenario(row), draws, threads=1)
            found.interval(), found.probability_above()

    taken: dict[str, list[float]] = {"at once": [], "in a loop": [], "uniforms alone": []}
    simulate_portfolio(part, draws, workers=1)  # what is loaded and made once
    for _ in range(rounds):
        at_once = seconds(lambda: simulate_portfolio(whole, draws, workers=1))
        taken["at once"].append(at_once / rows)
        taken["in a loop"].append(seconds(loop) / len(part))
        taken["uniforms alone"].append(seconds(lambda: uniforms(100, varied, draws)) / 100)
    each = {name: statistics.median(times) for name, times in taken.items()}
    return {
        **{f"{name}, rows a second": 1 / taken for name, taken in each.items()},
        "times the loop": each["in a loop"] / each["at once"],
        "time / that of uniforms alone": each["at once"] / each["uniforms alone"],
        "numbers that vary in a row": varied,
    }


def one(rows: int, draws: int, workers: int) -> Figures:
    """Return times and peak memory of one simulation, in this process and those it starts."""
    whole = portfolio(rows)
    used = processor_seconds()
    before = peak_memory(os.getpid())
    of_workers: dict[int, float] = {}

    def look(_: float) -> None:
        for child in multiprocessing.active_children():
            of_workers[child.pid or 0] = peak_memory(child.pid or 0)

    started = time.perf_counter()
    result = simulate_portfolio(whole, draws, workers=workers, progress=look)
    taken = time.perf_counter() - started
    return {
        "seconds": taken,
        "processor seconds": processor_seconds() - used,
        "rows a second": rows / taken,
        "MiB before": before,
        "MiB": peak_memory(os.getpid()) + sum(of_workers.values()),
        "draws made": result.draws,
        "digest": digest(result),
    }


def apart(rows: int, draws: int, workers: int) -> Figures:
    """Return ``one`` of a process of its own."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.portfolio",
        "one",
        *map(str, (rows, draws, workers)),
    ]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


def on_a_cluster(rows: int, draws: int, *, kill: bool) -> Figures:
    """Return time and digest on a local Dask cluster of two workers, of which one may be lost."""
    import logging

    from distributed import LocalCluster

    from roi_model.portfolio_cluster import cluster_at

    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    lost: list[int] = []
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as local:

        def halfway(share: float) -> None:
            if kill and not lost and share >= 0.4:
                lost.append(next(iter(local.workers.values())).pid)
                os.kill(lost[0], signal.SIGKILL)

        with cluster_at(local.scheduler_address) as connected:
            started = time.perf_counter()
            result = simulate_portfolio(
                portfolio(rows),
                draws,
                executor=connected.executor,
                workers=connected.workers,
                progress=halfway,
            )
            taken = time.perf_counter() - started
    return {"seconds": taken, "digest": digest(result), "workers lost": len(lost)}


def main() -> None:
    """Measure, print and write."""
    sizes = SIZES[:2] if "--small" in sys.argv else SIZES
    report: Figures = {"cores": os.cpu_count()}
    report["evaluation, rows a second (aim: 50 times the loop)"] = evaluation()
    report[f"simulation, {DRAWS} draws, one core"] = simulation()
    for rows in sizes:
        for workers in (1, 2):
            name = f"{rows} rows x {DRAWS} draws, {workers} process(es)"
            report[name] = apart(rows, DRAWS, workers)
            print(name, report[name], flush=True)
    for kill in (False, True):
        name = f"{KILLED_ROWS} rows, Dask, two workers{', one killed' if kill else ''}"
        report[name] = on_a_cluster(KILLED_ROWS, DRAWS, kill=kill)
    same = {
        part["digest"] for name, part in report.items() if str(name).startswith(f"{KILLED_ROWS} ")
    }
    report[f"digests of {KILLED_ROWS} rows"] = sorted(same)
    print(json.dumps(report, indent=2))
    target = ROOT / "test-artefacts" / "benchmark-portfolio.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(report, indent=2), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        print(json.dumps(one(*map(int, sys.argv[2:]))))
    else:
        main()
