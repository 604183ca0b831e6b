"""Databases to test on: files of SQLite, and a PostgreSQL of the tests' own."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from server.database import Database
from tests.server.asking import free_port


def postgresql_programs() -> Path | None:
    """Return where ``initdb`` and ``pg_ctl`` are, if anywhere."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("initdb")
    return next(iter([*places, *([Path(found).parent] if found else [])]), None)


class Cluster:
    """A PostgreSQL server that can be stopped, frozen and started again."""

    def __init__(self, place: Path, programs: Path) -> None:
        self.place, self.programs, self.port = place, programs, free_port()
        # The server refuses to run as root.
        self.user = "postgres" if os.getuid() == 0 else None
        if self.user:
            shutil.chown(place, self.user)
        self._run("initdb", "-D", place / "data", "-A", "trust", "-U", "roi", "--no-sync")

    def _run(self, program: str, *arguments: object) -> None:
        subprocess.run(
            [self.programs / program, *map(str, arguments)],
            check=True,
            user=self.user,
            cwd=self.place,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=60,
        )

    def start(self) -> None:
        # A process that is killed loses nothing that the machine has: waiting for the disk only
        # tells when the machine itself fails. Counted kills wait for it all the same.
        fsync = "on" if "KILLS" in os.environ else "off"
        options = f"-p {self.port} -k {self.place} -c listen_addresses=127.0.0.1 -c fsync={fsync}"
        self._run(
            "pg_ctl",
            "-D",
            self.place / "data",
            "-w",
            "-o",
            options,
            "-l",
            self.place / "log",
            "start",
        )

    def stop(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "-D", self.place / "data", "-m", mode, "-w", "stop")

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let no process of the server do anything for a while."""
        parent = int((self.place / "data" / "postmaster.pid").read_text().splitlines()[0])
        listed = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False
        )
        processes = [parent, *map(int, listed.stdout.split())]
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in processes:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGCONT)

    def new_database(self, name: str) -> str:
        """Make an empty database and return its address."""
        base = f"postgresql+psycopg://roi@127.0.0.1:{self.port}"
        engine = create_engine(f"{base}/postgres", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        engine.dispose()
        return f"{base}/{name}"


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """Give a database, and close it."""
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def wait_until(condition, seconds: float = 20) -> None:
    """Wait until something is so; fail if it is not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)
