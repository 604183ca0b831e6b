import logging
import os
import signal
import warnings

import numpy as np
import pytest

from roi_model import ScenarioError
from roi_model.portfolio import portfolio_of
from roi_model.portfolio_cluster import cluster_at
from roi_model.portfolio_engine import BLOCK, STATISTICS
from roi_model.portfolio_simulation import simulate_portfolio
from tests.roi_model.building import case, cost, people_helped

distributed = pytest.importorskip("distributed")

# What Dask says of its own sockets and loops, as a worker dies, is not about this project.
pytestmark = pytest.mark.filterwarnings("ignore")

TEMPLATE = case(outcomes=[people_helped("quiet", 10, 100)], costs=[cost("aid", 500)])


@pytest.fixture(scope="module")
def cluster():
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as local:
            yield local


def test_a_lost_worker_changes_no_digit(cluster):
    rows = 24 * BLOCK
    people = np.random.default_rng(0).lognormal(2, 1, rows)
    portfolio = portfolio_of(TEMPLATE, {"quiet.people": people})
    alone = simulate_portfolio(portfolio, 512, workers=1)
    told, killed = [], []

    def kill_one(share):
        told.append(share)
        if len(told) == 2:
            killed.append(next(iter(cluster.workers.values())).pid)
            os.kill(killed[0], signal.SIGKILL)

    with cluster_at(cluster.scheduler_address) as connected:
        together = simulate_portfolio(
            portfolio,
            512,
            executor=connected.executor,
            workers=connected.workers,
            task_rows=BLOCK,
            progress=kill_one,
        )
    assert killed
    assert told[-1] == 1
    for name in STATISTICS:
        np.testing.assert_array_equal(getattr(together, name), getattr(alone, name))
    np.testing.assert_array_equal(together.programme.benefits, alone.programme.benefits)


def test_what_progress_raises_cancels_what_is_left(cluster):
    class Stopped(Exception):
        pass

    def stop(share):
        raise Stopped

    portfolio = portfolio_of(TEMPLATE, {"quiet.people": np.arange(1.0, 8 * BLOCK)})
    with cluster_at(cluster.scheduler_address) as connected, pytest.raises(Stopped):
        simulate_portfolio(
            portfolio, 512, executor=connected.executor, task_rows=BLOCK, progress=stop
        )


def test_an_address_without_a_scheduler_is_refused(monkeypatch):
    monkeypatch.setattr("roi_model.portfolio_cluster.WAITED", 1)
    with pytest.raises(ScenarioError, match="address of a scheduler"), cluster_at("tcp://[::1]:9"):
        pass
