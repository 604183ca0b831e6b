"""``python -m server.backup FILE`` copies saved scenarios in SQLite while they are used."""

import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from server.settings import SettingsError, settings_from, variable

EXIT_FAILED = 2


def back_up(source: Path, target: Path) -> None:
    """Copy a database as it is at one moment; who saves meanwhile need not wait.

    Raises:
        FileExistsError: there is such a file already.
        FileNotFoundError: there is nothing to copy.
        sqlite3.Error: it cannot be read, or the copy not be written.
    """
    if target.exists():
        raise FileExistsError(f"{target} exists already")
    if not source.is_file():
        raise FileNotFoundError(
            f"{source} is not there: set {variable('database_url')} as the server has it"
        )
    with closing(sqlite3.connect(source)) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))
    with closing(sqlite3.connect(target)) as copy:
        (found,) = copy.execute("PRAGMA integrity_check").fetchone()
    if found != "ok":
        raise sqlite3.DatabaseError(f"{target} is not whole: {found}")


def main(arguments: list[str]) -> int:
    """Copy the database of the settings to the file named, and return the exit status."""
    try:
        url = make_url(settings_from(os.environ).database_url)
        if not url.drivername.startswith("sqlite") or url.database is None:
            raise ValueError("this is for SQLite; for PostgreSQL there is pg_dump")
        if len(arguments) != 1:
            raise ValueError("name the file to write: python -m server.backup copy.sqlite3")
        back_up(Path(url.database), Path(arguments[0]))
    except (SettingsError, ValueError, OSError, sqlite3.Error) as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
