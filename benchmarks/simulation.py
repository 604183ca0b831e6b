"""A simulation beside the least it could take, and beside two libraries; how times grow.

The model is twelve outcomes over ten years: a triangular quantity, a lognormal value, and four
PERT shares each, 72 numbers that vary in all. The least is what NumPy takes to draw as many
uniforms, with the fastest of its generators. Everything is measured in turn in the same run.

``python -m benchmarks.simulation`` prints medians and minima and writes
``test-artefacts/benchmark-simulation.json``. The peers are installed by
``python -m pip install --group benchmark``; one that is absent is left out.
"""

import gc
import json
import math
import os
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from scipy import special, stats  # noqa: F401  its import is not part of a simulation

from roi_model import Scenario, discounting, distributions, evaluate, formulas, load_case, points
from roi_model import simulation as simulations
from roi_model.case_files import scenario_from
from roi_model.simulation import simulate
from tests.roi_model.building import case_data, cost, factor, outcome

ROOT = Path(__file__).parents[1]
DRAWS, OUTCOMES, YEARS, RATE = 100_000, 12, 10, 0.04
ROUNDS = 15
MONACO_DRAWS = 1_000
MEMORY_DRAWS = (100_000, 1_000_000, 4_000_000)
SHARES = {"deadweight": 0.2, "displacement": 0.1, "attribution": 0.3, "drop_off": 0.15}
GENERATORS = ("SFC64", "PCG64", "PCG64DXSM", "Philox", "MT19937")

Figures = dict[str, Any]
FIXED = {"distribution": {"kind": "fixed"}}


# --- The model ---------------------------------------------------------------------------------


def ranges(line: int, times: float = 1.0) -> dict[str, tuple[str, float, float, float]]:
    """Return kind, low, mode and high of the numbers of a line; no two are of one shape."""
    wide = 1 + 0.01 * (line % 12)
    numbers = {
        "people": ("triangular", 70 * wide, 100.0 * wide, 140.0 + line),
        "price": ("lognormal", 25 * wide, 50 * wide, 100 * wide),
    }
    for position, (name, value) in enumerate(SHARES.items()):
        high = value * (1.9 - 0.01 * position)
        numbers[name] = ("pert", value * 0.5 * wide, value, high)
    return {
        name: (kind, low * times, mode * times, high * times)
        for name, (kind, low, mode, high) in numbers.items()
    }


def model(outcomes: int = OUTCOMES, times: float = 1.0) -> Scenario:
    """Return the scenario, each number that varies ``times`` as large, and its range with it."""
    lines = []
    for position in range(outcomes):
        numbers = {
            name: {"value": mode, "distribution": {"kind": kind, "low": low, "high": high}}
            for name, (kind, low, mode, high) in ranges(position, times).items()
        }
        line = outcome(
            f"line_{position}",
            factor("people", unit="person", **numbers["people"]),
            factor("price", unit="EUR/person/year", **numbers["price"]),
        )
        for name in SHARES:
            line[name] = {"provenance": "yours", **numbers[name]}
        line["benefit_period"] = {"value": YEARS, "provenance": "yours", **FIXED}
        lines.append(line)
    data = case_data(outcomes=lines, costs=[cost("aid", 10_000, **FIXED)])
    data["settings"]["discount_rate"] = {"value": RATE, "provenance": "yours", **FIXED}
    return scenario_from(data)


def by_hand(people: Any, price: Any, *shares: Any) -> Any:
    """Return the present value of a line, for a library that has no such formula."""
    deadweight, displacement, attribution, drop_off = shares
    kept = (1 - deadweight) * (1 - displacement) * (1 - attribution)
    step = (1 - drop_off) / (1 + RATE)
    return people * price * kept * (1 - step**YEARS) / (1 - step) / (1 + RATE)


# --- What is timed -----------------------------------------------------------------------------


def uniforms(generator: str, threads: int = 1, draws: int = DRAWS) -> None:
    """Draw as many uniforms as a simulation asks for, a buffer at a time."""
    total, size = draws * OUTCOMES * 6 // threads, 2**16

    def fill(source: np.random.SeedSequence) -> None:
        stream = np.random.Generator(getattr(np.random, generator)(source))
        buffer = np.empty(size)
        for start in range(0, total, size):
            stream.random(out=buffer[: min(size, total - start)])

    sources = np.random.SeedSequence(0).spawn(threads)
    if threads == 1:
        fill(sources[0])
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(fill, sources))


def forget() -> None:
    """Empty every cache that a simulation fills: points, tables, draws that were kept."""
    for module in (points, distributions, discounting, formulas):
        for function in vars(module).values():
            if hasattr(function, "cache_clear"):
                function.cache_clear()
    simulations._KEPT = simulations._KeptDraws()
    gc.collect()


def squigglepy_mean(draws: int = DRAWS) -> float:
    """Return the mean ratio that squigglepy finds, the formula on its samples."""
    import squigglepy as sq

    sq.set_seed(0)
    makers = {
        "triangular": lambda low, mode, high: sq.triangular(low, mode, high),
        "lognormal": lambda low, mode, high: sq.lognorm(low, high),
        "pert": lambda low, mode, high: sq.pert(low, mode, high),
    }
    total = 0.0
    for position in range(OUTCOMES):
        total = total + by_hand(
            *(
                sq.sample(makers[kind](low, mode, high), draws)
                for kind, low, mode, high in ranges(position).values()
            )
        )
    return float(np.mean(total)) / 10_000


def monaco_mean(draws: int = MONACO_DRAWS) -> float:
    """Return the mean ratio that monaco finds, which evaluates one draw after the other."""
    import monaco

    names = [(line, name) for line in range(OUTCOMES) for name in ranges(line)]

    def before(case: Any) -> tuple[list[float]]:
        return ([case.invals[f"{name} {line}"].val for line, name in names],)

    def ratio(values: list[float]) -> tuple[float]:
        lines = (by_hand(*values[6 * line : 6 * line + 6]) for line in range(OUTCOMES))
        return (sum(lines) / 10_000,)

    def after(case: Any, found: float) -> None:
        case.addOutVal(name="ratio", val=found)

    run = monaco.Sim(
        name="peer",
        ndraws=draws,
        fcns={"preprocess": before, "run": ratio, "postprocess": after},
        seed=0,
        verbose=False,
    )
    for line, name in names:
        law, arguments = _scipy_distribution(*ranges(line)[name])
        run.addInVar(name=f"{name} {line}", dist=law, distkwargs=arguments)
    run.runSim()
    return float(np.mean(run.outvars["ratio"].nums))


def _scipy_distribution(kind: str, low: float, mode: float, high: float) -> tuple[Any, Figures]:
    if kind == "lognormal":
        sigma = math.log(high / low) / (2 * distributions.NORMAL_95TH_PERCENTILE)
        return stats.lognorm, {"s": sigma, "scale": math.sqrt(low * high)}
    place = {"loc": low, "scale": high - low}
    if kind == "triangular":
        return stats.triang, {"c": (mode - low) / (high - low), **place}
    alpha, beta = distributions.Pert(low=low, mode=mode, high=high).shapes
    return stats.beta, {"a": alpha, "b": beta, **place}


def seconds(function: Callable[[], Any]) -> float:
    """Return how long a call takes."""
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


def in_turn(measures: dict[str, Callable[[int], float]], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each measure, all of them once a round."""
    taken: dict[str, list[float]] = {name: [] for name in measures}
    for round_ in range(rounds):
        for name, measure in measures.items():
            taken[name].append(measure(round_))
    return taken


# --- The parts of the benchmark ----------------------------------------------------------------


def speed(rounds: int = ROUNDS, draws: int = DRAWS) -> Figures:
    """Return the times of a simulation, cold and warm, of the least possible and of squigglepy."""
    threads = os.cpu_count() or 1
    moved = [model(times=1 + 0.002 * step) for step in range(1, rounds + 1)]
    base = model()
    one_moved = [
        base.with_changes({"line_3.people": 100 + step / (rounds + 1)})
        for step in range(1, rounds + 1)
    ]

    def cold(round_: int) -> float:
        forget()
        return seconds(lambda: simulate(base, draws, 1 + round_))

    def warm(scenario: Scenario) -> float:
        for _ in range(3):  # draws are kept the second time, and fetched the third
            simulate(base, draws)
        return seconds(lambda: simulate(scenario, draws))

    measures: dict[str, Callable[[int], float]] = {
        "cold: a new seed, nothing kept": cold,
        "new seed, tables known": lambda round_: seconds(
            lambda: simulate(base, draws, 1000 + round_)
        ),
        "warm: all 72 values moved": lambda round_: warm(moved[round_]),
        "warm: one value moved": lambda round_: warm(one_moved[round_]),
        **{
            f"uniforms, {name}, 1 thread": lambda _, name=name: seconds(
                lambda: uniforms(name, 1, draws)
            )
            for name in GENERATORS
        },
        f"uniforms, SFC64, {threads} threads": lambda _: seconds(
            lambda: uniforms("SFC64", threads, draws)
        ),
    }
    if _is_installed("squigglepy"):
        measures["squigglepy"] = lambda _: seconds(lambda: squigglepy_mean(draws))
    in_turn(measures, 1)  # a first round to load what is loaded once
    return {
        name: {"median": 1000 * statistics.median(taken), "min": 1000 * min(taken)}
        for name, taken in in_turn(measures, rounds).items()
    }


def ratios(figures: Figures) -> Figures:
    """Return the ratios that are aimed at, of medians."""
    median = {name: figure["median"] for name, figure in figures.items()}
    floor = min(value for name, value in median.items() if name.endswith("1 thread"))
    shared = min(value for name, value in median.items() if name.endswith(" threads"))
    cold, warm = median["cold: a new seed, nothing kept"], median["warm: all 72 values moved"]
    found = {
        "cold / uniforms (aim: under 3)": cold / floor,
        "cold / uniforms on as many threads": cold / shared,
        "warm, all values moved / uniforms (aim: under 1)": warm / floor,
        "warm, one value moved / uniforms": median["warm: one value moved"] / floor,
        "warm, all values moved / uniforms on as many threads": warm / shared,
    }
    for peer, aim in (("squigglepy", 4), ("monaco, scaled", 300)):
        if peer in median:
            found[f"{peer} / cold (aim: {aim} or more)"] = median[peer] / cold
    return found


def monaco_speed(draws: int = MONACO_DRAWS) -> Figures:
    """Return milliseconds of monaco for as many draws as the others, from a few of them."""
    taken = 1000 * seconds(lambda: monaco_mean(draws)) * DRAWS / draws
    return {"median": taken, "min": taken}


def memory(draws: Iterable[int] = MEMORY_DRAWS) -> Figures:
    """Return the MiB that a simulation takes at its peak, less 16 bytes for each draw made."""
    base = model()
    found = {}
    for count in draws:
        forget()
        tracemalloc.start()
        result = simulate(base, count)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        found[f"{count} draws"] = (peak - 16 * result.draws) / 2**20
    return found


def evaluation(calls: int = 500) -> Figures:
    """Return milliseconds to evaluate the reference case, whole, and for each of its views."""
    case = load_case("promevil")
    taken = [1000 * seconds(lambda: evaluate(case)) for _ in range(calls)]
    return {"median": statistics.median(taken), "min": min(taken)}


def growth(rounds: int = 5, scale: int = 1) -> Figures:
    """Return exponents: 1 is twice the time for twice as much, 0 is no more time."""
    small, large = model(), model(outcomes=10 * OUTCOMES)
    variants = [model(times=1 + step / 10_000) for step in range(1000 // scale)]
    few = variants[: len(variants) // 10]

    def each(scenarios: list[Scenario], function: Callable[[Scenario], Any]) -> float:
        return seconds(lambda: [function(one) for one in scenarios])

    pairs: dict[str, tuple[float, Callable[[int], float], Callable[[int], float]]] = {
        "draws, from 100 000 to 1 000 000": (
            10,
            lambda seed: seconds(lambda: simulate(small, 100_000 // scale, 10 + seed)),
            lambda seed: seconds(lambda: simulate(small, 1_000_000 // scale, 10 + seed)),
        ),
        "outcomes simulated, from 12 to 120": (
            10,
            lambda seed: seconds(lambda: simulate(small, 100_000 // scale, 20 + seed)),
            lambda seed: seconds(lambda: simulate(large, 100_000 // scale, 20 + seed)),
        ),
        "outcomes evaluated, from 12 to 120": (
            10,
            lambda _: each([small] * 20, evaluate),
            lambda _: each([large] * 20, evaluate),
        ),
        "scenarios evaluated, from 1 to 1 000": (
            len(variants),
            lambda _: each(variants[:1], evaluate),
            lambda _: each(variants, evaluate),
        ),
        "scenarios simulated at 128 draws, from 100 to 1 000": (
            10,
            lambda _: each(few, lambda one: simulate(one, 128)),
            lambda _: each(variants, lambda one: simulate(one, 128)),
        ),
    }
    found = {}
    for name, (times, less, more) in pairs.items():
        taken = in_turn({"less": less, "more": more}, rounds)
        ratio = statistics.median(taken["more"]) / statistics.median(taken["less"])
        found[name] = math.log(ratio) / math.log(times)
    return found


def _is_installed(peer: str) -> bool:
    return find_spec(peer) is not None


# --- The report --------------------------------------------------------------------------------


def main() -> None:
    """Measure, print and write."""
    for peer in ("squigglepy", "monaco"):
        if not _is_installed(peer):
            install = f"{sys.executable} -m pip install --group benchmark"
            print(f"{peer} is not installed and is left out. To include it: {install}")
    print(f"{DRAWS} draws of {OUTCOMES} outcomes x {YEARS} years, {6 * OUTCOMES} numbers that vary")
    result = simulate(model(), DRAWS)
    means = {f"here ({result.draws} draws made)": result.mean().value}
    figures = speed()
    if _is_installed("squigglepy"):
        means["squigglepy"] = squigglepy_mean()
    if _is_installed("monaco"):
        figures["monaco, scaled"] = monaco_speed()
        means[f"monaco ({MONACO_DRAWS} draws)"] = monaco_mean()
        print(f"  monaco: {MONACO_DRAWS} draws run, once, and scaled to {DRAWS}")
    for name, figure in figures.items():
        print(f"  {name:35} median {figure['median']:9.1f} ms   min {figure['min']:9.1f} ms")
    report: Figures = {"milliseconds": figures, "ratios of medians": ratios(figures)}
    report["mean ratio, as a check"] = means
    report["memory beyond the draws returned, MiB"] = memory()
    one = evaluation()
    report["evaluation of the reference case, ms (aim: under 1)"] = one
    report["growth, exponents"] = growth()
    for title, part in list(report.items())[1:]:
        print(title)
        for name, value in part.items():
            print(f"  {name:58} {value:8.2f}")
    target = ROOT / "test-artefacts" / "benchmark-simulation.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(report, indent=2), encoding="utf-8")
    print(f"written to {target.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
