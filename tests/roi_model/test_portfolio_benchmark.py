"""The benchmark of portfolios runs on few rows and draws; no time is tested."""

from benchmarks import portfolio as benchmark


def test_every_part_runs_on_little():
    found = benchmark.evaluation(rows=20, looped=2, rounds=1)
    assert found["times"] > 0
    found = benchmark.simulation(rows=3, draws=128, looped=2, rounds=1)
    # Ten numbers of each row and four unit values of the template.
    assert found["numbers that vary in a row"] == 14
    once, twice = benchmark.one(4, 128, 1), benchmark.one(4, 128, 1)
    assert once["digest"] == twice["digest"]
