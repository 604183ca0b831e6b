"""A database that is asked within a time, says why it does not answer, and is tried again.

SQLite writes to the disk before a save is acknowledged (WAL, ``synchronous=FULL``). So does
PostgreSQL. On a read-only disk SQLite is still read.
"""

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from ui.saving import Reason, UnavailableError

LOG = logging.getLogger("roi.database")
MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 7_236_451
"""The key of the lock under which one server at a time brings the tables up to date."""

LONGEST = 8.0
"""Seconds that a page waits for the database."""
BUSY_SECONDS = 5
LEFT_ALONE = 3.0
"""Seconds that a database which does not answer is left alone, so that pages need not wait."""
THREADS = 8

Result = TypeVar("Result")


class Database:
    """Runs pieces of work on a database, each in one transaction."""

    def __init__(self, url: str, *, failed: Callable[[Reason], None] = lambda reason: None) -> None:
        """Keep the address; nothing is opened yet. ``failed`` is told why something failed."""
        self.is_sqlite = url.startswith("sqlite")
        options = _sqlite_options() if self.is_sqlite else _postgresql_options()
        self.engine = create_engine(url, **options)
        if self.is_sqlite:
            event.listen(self.engine, "do_connect", _open_sqlite)
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        self._writing = self.engine.execution_options(writes=True)
        self._failed = failed
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="database")
        self._lock = threading.Lock()
        self._is_up_to_date = False
        self._left_alone_until = 0.0
        self._left_alone_for: Reason = "down"

    def read(self, work: Callable[[Connection], Result]) -> Result:
        """Return what ``work`` reads.

        Raises:
            UnavailableError: the database does not answer.
        """
        return self._do(work, writes=False)

    def write(self, work: Callable[[Connection], Result]) -> Result:
        """Return what ``work`` returns once all that it wrote is on the disk.

        Raises:
            UnavailableError: nothing was written, or it is not known whether it was.
        """
        return self._do(work, writes=True)

    def check(self) -> None:
        """Raise unless the database answers and its tables are up to date."""
        self.read(lambda connection: connection.execute(text("SELECT 1")).scalar_one())

    def close(self) -> None:
        """Close every connection."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self.engine.dispose()

    def _do(self, work: Callable[[Connection], Result], *, writes: bool) -> Result:
        if time.monotonic() < self._left_alone_until:
            raise UnavailableError(self._left_alone_for)

        def whole() -> Result:
            self._bring_up_to_date()
            with (self._writing if writes else self.engine).begin() as connection:
                return work(connection)

        try:
            return self._pool.submit(whole).result(timeout=LONGEST)
        except FutureTimeoutError as error:
            raise self._unavailable("slow") from error
        except CommandError as error:
            raise self._unavailable("newer") from error
        except (SQLAlchemyError, OSError) as error:
            raise self._unavailable(_reason(error)) from error

    def _unavailable(self, reason: Reason) -> UnavailableError:
        if reason in ("down", "slow"):
            self._left_alone_for = reason
            self._left_alone_until = time.monotonic() + LEFT_ALONE
        if reason == "read_only":
            self.engine.dispose()  # a file that was opened for reading stays so
        LOG.warning("database does not answer", extra={"fields": {"reason": reason}})
        self._failed(reason)
        return UnavailableError(reason)

    def _bring_up_to_date(self) -> None:
        """Run the steps that the tables lack, once; others who start now wait for it."""
        with self._lock:
            if self._is_up_to_date:
                return
            if not _is_at_head(self.engine):
                with self._writing.begin() as connection:
                    if not self.is_sqlite:
                        lock = text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
                        connection.execute(lock)
                    command.upgrade(_alembic(connection), "head")
            self._is_up_to_date = True


def _alembic(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _is_at_head(engine: Any) -> bool:
    """Say whether the tables are up to date, without writing: the disk may be read-only."""
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    heads = set(ScriptDirectory.from_config(_alembic()).get_heads())
    with engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == heads


def _sqlite_options() -> dict[str, Any]:
    return {"connect_args": {"timeout": BUSY_SECONDS}}


def _postgresql_options() -> dict[str, Any]:
    return {
        "pool_pre_ping": True,
        "pool_size": THREADS,
        "max_overflow": 0,
        "pool_timeout": 3,
        "pool_recycle": 1_800,
        "connect_args": {
            "connect_timeout": 3,
            "tcp_user_timeout": 5_000,
            "options": "-c statement_timeout=6000 -c lock_timeout=5000"
            " -c idle_in_transaction_session_timeout=10000 -c synchronous_commit=on",
        },
    }


def _open_sqlite(dialect: Any, record: Any, arguments: list[Any], options: Any) -> Any:
    """Open a file that cannot change for what it is; ``None``: open it as any other.

    SQLite makes files beside one with a write-ahead log, which it cannot on a read-only disk. Told
    that it need not, it does not look into the log: there must be nothing in that.
    """
    path = Path(arguments[0]).absolute()
    log = Path(f"{path}-wal")
    record.info["is_on_read_only_disk"] = is_on_read_only_disk = _is_on_read_only_disk(path)
    record.info["cannot_change"] = is_on_read_only_disk and not (
        log.exists() and log.stat().st_size
    )
    if not record.info["cannot_change"]:
        return None
    return dialect.dbapi.connect(f"{path.as_uri()}?immutable=1", uri=True, **options)


def _is_on_read_only_disk(path: Path) -> bool:
    try:
        return bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    except (OSError, AttributeError):  # not there yet; or Windows, which cannot say
        return False


def _prepare_sqlite(connection: Any, record: Any) -> None:
    # The driver would begin transactions when it thinks best.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={1000 * BUSY_SECONDS}")
    if not record.info["cannot_change"]:
        _write_ahead(connection)
    for pragma in (
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",  # what is deleted is overwritten
    ):
        connection.execute(f"PRAGMA {pragma}")


def _write_ahead(connection: Any) -> None:
    """Turn the write-ahead log on; of those who do so at once, SQLite lets all but one wait here.

    A file that has it already, which may be on a read-only disk, is left as it is.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _begin_sqlite(connection: Connection) -> None:
    if connection.info["is_on_read_only_disk"]:
        connection.detach()  # for this once: the next time the disk may be another
    # Whoever will write takes the lock at once, and waits for it rather than fail half-way.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


_SIGNS: tuple[tuple[str, Reason], ...] = (
    ("database is locked", "busy"),
    ("lock timeout", "busy"),
    ("statement timeout", "slow"),
    ("disk is full", "full"),
    ("no space left", "full"),
    ("readonly", "read_only"),
    ("read-only", "read_only"),
    ("unable to open", "down"),
    ("connection", "down"),
    ("server closed", "down"),
    ("shutting down", "down"),
    ("starting up", "down"),
)


def _reason(error: Exception) -> Reason:
    said = str(error.orig if isinstance(error, DBAPIError) else error).lower()
    return next((reason for sign, reason in _SIGNS if sign in said), "failed")
