"""The database down, frozen, full, busy, read-only: it is said why, soon, and mends by itself."""

import multiprocessing
import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from roi_model import load_case
from server import database as database_module
from server.database import Database
from server.storage import Storage
from tests.server.asking import ask, running_server
from tests.server.databases import opened, wait_until
from tests.server.saving_child import save_and_end, try_as_nobody
from tests.server.test_browser import open_page, visitor
from tests.server.test_saved_page import NO_LINK
from ui.saving import Author, UnavailableError

CASE = load_case("promevil")


@pytest.fixture(autouse=True)
def little_patience(monkeypatch):
    monkeypatch.setattr(database_module, "LONGEST", 2.0)
    monkeypatch.setattr(database_module, "LEFT_ALONE", 0.5)
    monkeypatch.setattr(database_module, "BUSY_SECONDS", 1)


def save(storage, scenario=CASE):
    return storage.save(scenario, began_as=CASE, name="x", by=Author())


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
    def test_read_only_for_the_one_who_serves(self, storage, path, tmp_path):
        saved = save(storage)
        storage.database.close()
        for parent in path.parents:
            if parent != parent.parent:
                parent.chmod(parent.stat().st_mode | 0o055)
        path.parent.chmod(0o777)
        path.chmod(0o444)
        # Root may write anywhere: someone else tries.
        with child(try_as_nobody, f"sqlite:///{path}", f"sqlite:///{tmp_path}/warm.sqlite3") as her:
            her.send("try")
            assert her.recv() == "read_only"
            for one in path.parent.glob(f"{path.name}*"):
                one.chmod(0o666)
            wait_until(lambda: her.send("try") or her.recv() == "saved")
        with opened(f"sqlite:///{path}") as database:
            assert Storage(database).open(saved.id).scenario == CASE
            save(Storage(database))


@contextmanager
def child(work, url, *more):
    """Do work in a process of its own, and give what speaks with it."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.server.saving_child"])
    ours, its = context.Pipe()
    process = context.Process(target=work, args=(url, its, *more))
    process.start()
    its.close()
    try:
        yield ours
    finally:
        ours.close()
        process.join()


class Disk:
    """A disk of the test's own, which can be made read-only."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def allow(self, *, writing: bool) -> None:
        kind = "rw" if writing else "ro"
        subprocess.run(["mount", "-o", f"remount,{kind}", self.place], check=True)

    @contextmanager
    def read_only(self) -> Iterator[None]:
        self.allow(writing=False)
        try:
            yield
        finally:
            self.allow(writing=True)


@pytest.fixture
def disk(tmp_path):
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", place]
    if shutil.which("mount") is None or subprocess.run(mount, stderr=subprocess.DEVNULL).returncode:
        pytest.skip("this user may not mount a disk")
    yield Disk(place)
    subprocess.run(["umount", "--lazy", place], check=True)


class TestReadOnlyDisk:
    @pytest.fixture
    def url(self, disk):
        return f"sqlite:///{disk.place}/saved.sqlite3"

    @pytest.mark.parametrize("was_closed", [True, False])
    def test_what_is_saved_opens_and_nothing_more_is_saved_until_it_can_be(
        self, disk, url, was_closed
    ):
        if was_closed:
            with opened(url) as database:
                saved = save(Storage(database)).id
        else:
            with child(save_and_end, url) as her:
                saved = her.recv()
        beside = [one.name for one in disk.place.iterdir() if one.name.endswith("-wal")]
        assert bool(beside) is not was_closed
        with opened(url) as database:
            storage = Storage(database)
            with disk.read_only():
                assert storage.open(saved).scenario == CASE
                assert refusal(lambda: save(storage)) == "read_only"
                assert storage.open(saved).scenario == CASE
                database.check()
            more = save(storage)
            assert storage.open(more.id).scenario == CASE
            # What was opened on the read-only disk is not what is read now.
            with opened(url) as other:
                latest = save(Storage(other))
            assert storage.open(latest.id).scenario == CASE

    @pytest.mark.browser
    def test_a_server_opens_what_is_saved_and_says_that_it_can_keep_nothing(
        self, chromium, disk, url
    ):
        with opened(url) as database:
            saved = save(Storage(database), NO_LINK)
        disk.allow(writing=False)
        with running_server(database_url=url, stop_seconds=1) as address, visitor(chromium) as page:
            assert ask(f"{address}/readyz").status == 200
            open_page(page, f"{address}/s/{saved.id}")
            page.get_by_text("Scénario enregistré x, version 1").wait_for()
            open_page(page, f"{address}/saved?v=1&lang=fr&quiet_nights.people=1200")
            page.get_by_role("button", name="Enregistrer", exact=True).click()
            page.get_by_text("Le serveur ne peut pas enregistrer en ce moment").wait_for()
            open_page(page, f"{address}/?v=1&lang=fr&quiet_nights.people=1200")
            assert "13,57" in page.locator("h1").inner_text()
            disk.allow(writing=True)
            open_page(page, f"{address}/saved?v=1&lang=fr&quiet_nights.people=1200")
            page.get_by_role("button", name="Enregistrer", exact=True).click()
            page.locator("code", has_text="/s/").first.wait_for()
