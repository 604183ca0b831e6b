"""The database down, frozen, full, busy, read-only: it is said why, soon, and mends by itself."""

import multiprocessing
import os
import sqlite3
import time

import pytest

from roi_model import load_case
from server import database as database_module
from server.database import Database
from server.storage import Storage
from tests.server.databases import opened, wait_until
from tests.server.saving_child import try_as_nobody
from ui.saving import Author, UnavailableError

CASE = load_case("promevil")


@pytest.fixture(autouse=True)
def little_patience(monkeypatch):
    monkeypatch.setattr(database_module, "LONGEST", 2.0)
    monkeypatch.setattr(database_module, "LEFT_ALONE", 0.5)
    monkeypatch.setattr(database_module, "BUSY_SECONDS", 1)


def save(storage):
    return storage.save(CASE, began_as=CASE, name="x", by=Author())


def refusal(act) -> str:
    """Return why an act is refused, and check that it did not take long."""
    begun = time.monotonic()
    with pytest.raises(UnavailableError) as refused:
        act()
    assert time.monotonic() - begun < 5
    return refused.value.reason


def works(act) -> bool:
    try:
        act()
    except UnavailableError:
        return False
    return True


class TestPostgreSQL:
    def test_stopped_and_started_again(self, cluster):
        with opened(cluster.new_database("stopped")) as database:
            storage, reasons = Storage(database), []
            database._failed = reasons.append
            before = save(storage)
            cluster.stop("immediate")
            try:
                assert refusal(lambda: save(storage)) == "down"
                begun = time.monotonic()
                assert refusal(lambda: storage.open(before.id)) == "down"
                assert time.monotonic() - begun < 0.1  # left alone: nobody waits
                assert reasons == ["down"]
            finally:
                cluster.start()
            wait_until(lambda: works(lambda: save(storage)))
            assert storage.open(before.id).scenario == CASE

    def test_not_there_when_the_server_starts(self, cluster):
        url = cluster.new_database("late")
        cluster.stop("immediate")
        try:
            database = Database(url)
            assert refusal(database.check) == "down"
        finally:
            cluster.start()
        wait_until(lambda: works(database.check))
        assert save(Storage(database)).number == 1
        database.close()

    def test_frozen_and_going_on(self, cluster):
        with opened(cluster.new_database("frozen")) as database:
            storage = Storage(database)
            save(storage)
            with cluster.frozen():
                assert refusal(lambda: save(storage)) == "slow"
                assert refusal(lambda: save(storage)) == "slow"
            wait_until(lambda: works(lambda: save(storage)))


class TestSQLite:
    @pytest.fixture
    def path(self, tmp_path):
        return tmp_path / "saved.sqlite3"

    @pytest.fixture
    def storage(self, path):
        with opened(f"sqlite:///{path}") as database:
            database.check()
            yield Storage(database)

    def test_written_by_another_for_long(self, storage, path):
        saved = save(storage)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            assert refusal(lambda: save(storage)) == "busy"
            assert storage.open(saved.id).scenario == CASE  # reading goes on
        finally:
            other.execute("ROLLBACK")
            other.close()
        save(storage)

    def test_full(self, storage):
        saved = save(storage)
        with storage.database.engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
            driver = connection.connection.dbapi_connection
        reasons = {refusal(lambda: save(storage)) for _ in range(3)}
        assert reasons == {"full"}
        assert storage.open(saved.id).scenario == CASE
        driver.execute("PRAGMA max_page_count = 100000")
        save(storage)

    def test_in_a_place_that_is_not_there_yet(self, tmp_path):
        with opened(f"sqlite:///{tmp_path}/later/saved.sqlite3") as database:
            assert refusal(database.check) == "down"
            (tmp_path / "later").mkdir()
            wait_until(lambda: works(database.check))

    @pytest.mark.skipif(os.getuid() != 0, reason="only root can be someone else")
    def test_read_only(self, storage, path, tmp_path):
        saved = save(storage)
        storage.database.close()
        for parent in path.parents:
            if parent != parent.parent:
                parent.chmod(parent.stat().st_mode | 0o055)
        path.chmod(0o444)
        # Root may write anywhere: someone else tries.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["tests.server.saving_child"])
        told, telling = context.Pipe(duplex=False)
        warm = f"sqlite:///{tmp_path}/warm.sqlite3"
        child = context.Process(target=try_as_nobody, args=(f"sqlite:///{path}", telling, warm))
        child.start()
        telling.close()
        assert told.recv() in ("read_only", "down")
        child.join()
        path.chmod(0o644)
        with opened(f"sqlite:///{path}") as database:
            assert Storage(database).open(saved.id).scenario == CASE
            save(Storage(database))
