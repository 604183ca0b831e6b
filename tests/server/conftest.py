"""Servers and databases that the tests share."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.asking import running_server
from tests.server.databases import Cluster, postgresql_programs

METRICS_TOKEN = "a-token-for-the-metrics-of-the-tests"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server as one would run it, with a database of its own."""
    place = tmp_path_factory.mktemp("server")
    with (
        (place / "log").open("wb") as log,
        running_server(
            log,
            database_url=f"sqlite:///{place}/saved.sqlite3",
            metrics_token=METRICS_TOKEN,
            api_rate=100_000,
            api_draws=2_048,
            stop_seconds=2,
            log_level="debug",
        ) as address,
    ):
        yield address


@pytest.fixture(scope="session")
def server_log(server: str, tmp_path_factory: pytest.TempPathFactory):
    """Return what that server has written so far."""
    place = next(tmp_path_factory.getbasetemp().glob("server*/log"))
    return lambda: place.read_text("utf-8")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL of our own, started for the tests."""
    programs = postgresql_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with tempfile.TemporaryDirectory(prefix="roi-postgresql-") as place:
        cluster = Cluster(Path(place), programs)
        cluster.start()
        yield cluster
        cluster.stop("immediate")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/saved.sqlite3"
    cluster: Cluster = request.getfixturevalue("cluster")
    return cluster.new_database("empty")
