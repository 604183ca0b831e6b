"""The benchmark of simulations runs on few draws, and on the model it says; no time is tested."""

import math

import numpy as np
import pytest

from benchmarks import simulation as benchmark
from roi_model.simulation import simulate


def test_72_numbers_vary_and_no_other():
    assert len(simulate(benchmark.model(), 128).varied) == 72


def test_by_hand_is_what_the_model_finds():
    base = benchmark.model()
    central = {address: number.value for address, number in base.parameters() if address != "aid"}
    lines = [
        benchmark.by_hand(
            *(central[f"line_{line}.{name}"] for name in ("people", "price", *benchmark.SHARES))
        )
        for line in range(benchmark.OUTCOMES)
    ]
    assert benchmark.evaluate(base).ratio == pytest.approx(sum(lines) / 10_000)


def test_values_move_and_points_stay():
    base, moved = (simulate(benchmark.model(times=times), 128) for times in (1, 1.001))
    assert np.all(base.benefits != moved.benefits)
    np.testing.assert_allclose(base.benefits, moved.benefits, rtol=0.01)


def test_forgetting_changes_no_result():
    before = simulate(benchmark.model(), 128, 3)
    benchmark.forget()
    after = simulate(benchmark.model(), 128, 3)
    np.testing.assert_array_equal(before.benefits, after.benefits)


def test_every_part_runs_on_little(monkeypatch):
    monkeypatch.setattr(benchmark, "_is_installed", lambda peer: False)
    figures = benchmark.speed(rounds=1, draws=1_000)
    assert all(figure["min"] > 0 for figure in figures.values())
    found = benchmark.ratios(figures)
    assert len(found) == 5
    assert all(math.isfinite(ratio) for ratio in found.values())
    assert benchmark.memory([1_000])["1000 draws"] > 0
    assert benchmark.evaluation(calls=2)["min"] > 0
    assert len(benchmark.growth(rounds=1, scale=100)) == 5


@pytest.mark.parametrize(
    ("peer", "mean"),
    [
        ("squigglepy", lambda: benchmark.squigglepy_mean(2_000)),
        ("monaco", lambda: benchmark.monaco_mean(100)),
    ],
)
def test_peers_find_the_same_mean(peer, mean):
    pytest.importorskip(peer)
    assert mean() == pytest.approx(simulate(benchmark.model()).mean().value, rel=0.05)
