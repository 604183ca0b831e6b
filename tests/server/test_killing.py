"""Killed in the middle of saves: nothing acknowledged is lost, nothing half-written is seen.

``KILLS=100 python -m pytest tests/server/test_killing.py`` does it a hundred times on each.
"""

import json
import multiprocessing
import os
import random
from collections import defaultdict

import pytest
from sqlalchemy import select

from roi_model.case_files import scenario_from
from server.database import Database
from server.storage import Storage
from server.tables import SCENARIO, VERSION
from tests.server.databases import opened
from tests.server.saving_child import save_for_ever

ROUNDS = {
    "sqlite": int(os.environ.get("KILLS", "20")),
    "postgresql": int(os.environ.get("KILLS", "5")),
}
LONGEST_LIFE = 0.3
"""Seconds."""
A_ROUND = 1_000_000
"""The numbers of one round begin here after those of the round before."""


def one_round(url, context, number, chance):
    """Let a process save, kill it in the middle, and return what it was told is saved."""
    told, telling = context.Pipe(duplex=False)
    process = context.Process(target=save_for_ever, args=(url, telling, number * A_ROUND))
    process.start()
    telling.close()
    acknowledged = [told.recv()]  # it has begun
    process.join(chance.uniform(0, LONGEST_LIFE))
    process.kill()
    process.join()
    try:
        while True:
            acknowledged.append(told.recv())
    except EOFError:
        told.close()
    return acknowledged


def whole(database: Database):
    """Check that everything there is whole, and return the number of each version by its name."""
    with database.engine.connect() as connection:
        scenarios = set(connection.execute(select(SCENARIO.c.id)).scalars())
        rows = connection.execute(select(VERSION)).all()
    numbers = defaultdict(list)
    for row in rows:
        numbers[row.scenario_id].append(row.number)
        people = scenario_from(json.loads(row.document)).value_at("quiet_nights.people")
        assert people == int(row.name) % 5_000
    assert numbers.keys() == scenarios
    for found in numbers.values():
        assert sorted(found) == list(range(1, len(found) + 1))
    return {(row.scenario_id, row.number): int(row.name) for row in rows}


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_nothing_acknowledged_is_lost(database_url, request):
    kind = request.node.callspec.params["database_url"]
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.server.saving_child"])
    chance = random.Random(7)
    acknowledged = []
    with opened(database_url) as database:
        database.check()
        for number in range(ROUNDS[kind]):
            acknowledged += one_round(database_url, context, number, chance)
            Storage(database).open(acknowledged[-1][0], acknowledged[-1][1])
        found = whole(database)
    assert len(acknowledged) > 2 * ROUNDS[kind]
    for id, number, people in acknowledged:
        assert found[id, number] == people
    # At most the one save of each round that was cut off before it was told is there besides.
    assert len(found) - len(acknowledged) <= ROUNDS[kind]
