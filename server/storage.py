"""Saved scenarios: versions that never change, under ids that nobody guesses."""

import hashlib
import hmac
import json
import math
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, or_, select, update

import roi_model
from roi_model import Scenario, ScenarioError, evaluate
from roi_model.case_files import case_data, scenario_from
from server.database import Database
from server.tables import SCENARIO, VERSION
from ui.ledger import facts_to_keep
from ui.saving import (
    ALPHABET,
    ID_LENGTH,
    LONGEST_NAME,
    Author,
    Listed,
    NotAllowedError,
    NotFoundError,
    NotReadableError,
    Saved,
    TooMuchError,
    Version,
)

LARGEST_DOCUMENT = 1_000_000
"""Bytes; a case with its texts is about 30 000."""
MOST_VERSIONS = 500
MOST_LISTED = 200
KEY_BYTES = 24
SECONDS_A_DAY = 86_400

Clock = Callable[[], float]


class Storage:
    """Saves, opens, lists and deletes; what it returned is on the disk."""

    def __init__(self, database: Database, *, days: int = 0, clock: Clock = time.time) -> None:
        """Keep scenarios for ``days`` after their last version; 0: for ever."""
        self.database, self.days, self._clock = database, days, clock

    def save(self, scenario: Scenario, *, began_as: Scenario, name: str, by: Author) -> Saved:
        """Keep a new scenario. Without an owner, whoever holds the key returned may edit it.

        Raises:
            TooMuchError: it is too large.
            UnavailableError: the database does not work.
        """
        row = self._row(scenario, began_as, name)
        id, now = _new_id(), self._now()
        key = None if by.subject else secrets.token_urlsafe(KEY_BYTES)
        whole = {
            "id": id,
            "key_hash": key and _hash(key),
            "owner": by.subject,
            "created_at": now,
            "expires_at": self._expiry(now),
        }

        def work(connection: Connection) -> None:
            connection.execute(insert(SCENARIO).values(whole))
            connection.execute(insert(VERSION).values(scenario_id=id, number=1, **row))

        self.database.write(work)
        return Saved(id=id, number=1, key=key)

    def new_version(
        self, id: str, scenario: Scenario, *, began_as: Scenario, name: str, by: Author
    ) -> Saved:
        """Keep one more version of a scenario; those before stay as they are.

        Raises:
            NotFoundError: there is no such scenario, or no longer.
            NotAllowedError: it is someone else's.
            TooMuchError: it is too large, or has too many versions.
            UnavailableError: the database does not work.
        """
        row = self._row(scenario, began_as, name)

        def work(connection: Connection) -> int:
            self._require_own(connection, id, by)
            latest = select(func.max(VERSION.c.number)).where(VERSION.c.scenario_id == id)
            number: int = connection.execute(latest).scalar_one() + 1
            if number > MOST_VERSIONS:
                raise TooMuchError
            connection.execute(insert(VERSION).values(scenario_id=id, number=number, **row))
            expiry = self._expiry(self._now())
            connection.execute(
                update(SCENARIO).where(SCENARIO.c.id == id).values(expires_at=expiry)
            )
            return number

        return Saved(id=id, number=self.database.write(work), key=None)

    def open(self, id: str, number: int | None = None) -> Version:
        """Return a version, the last one unless told which, just as it was saved.

        Raises:
            NotFoundError: there is none, or no longer.
            NotReadableError: this model does not understand it.
            UnavailableError: the database does not work.
        """
        wanted = select(VERSION).join(SCENARIO).where(SCENARIO.c.id == id, self._is_kept())
        if number is not None:
            wanted = wanted.where(VERSION.c.number == number)
        wanted = wanted.order_by(VERSION.c.number.desc()).limit(1)
        row = self.database.read(lambda connection: connection.execute(wanted).first())
        if row is None:
            raise NotFoundError(id)
        return _version(row)

    def list_own(self, *, subject: str | None, keys: Mapping[str, str]) -> Sequence[Listed]:
        """Return the scenarios of an account and those that keys open, the last saved first.

        Raises:
            UnavailableError: the database does not work.
        """
        held = dict(list(keys.items())[:MOST_LISTED])
        newest = (
            select(VERSION.c.scenario_id, func.max(VERSION.c.number).label("number"))
            .group_by(VERSION.c.scenario_id)
            .subquery()
        )
        own: list[ColumnElement[bool]] = [SCENARIO.c.id.in_(held)]
        if subject is not None:
            own.append(SCENARIO.c.owner == subject)
        wanted = (
            select(
                SCENARIO.c.id,
                SCENARIO.c.owner,
                SCENARIO.c.key_hash,
                SCENARIO.c.expires_at,
                VERSION.c.number,
                VERSION.c.name,
                VERSION.c.saved_at,
            )
            .join(newest, newest.c.scenario_id == SCENARIO.c.id)
            .join(
                VERSION,
                (VERSION.c.scenario_id == newest.c.scenario_id)
                & (VERSION.c.number == newest.c.number),
            )
            .where(or_(*own), self._is_kept())
            .order_by(VERSION.c.saved_at.desc(), SCENARIO.c.id)
            .limit(MOST_LISTED)
        )
        rows = self.database.read(lambda connection: connection.execute(wanted).all())
        return [
            Listed(
                id=row.id,
                number=row.number,
                name=row.name,
                saved_at=_time(row.saved_at),
                expires_at=None if row.expires_at is None else _time(row.expires_at),
            )
            for row in rows
            if _is_own(row, Author(subject=subject, key=held.get(row.id)))
        ]

    def delete(self, id: str, *, by: Author) -> None:
        """Delete a scenario with all its versions.

        Raises:
            NotFoundError: there is no such scenario, or no longer.
            NotAllowedError: it is someone else's.
            UnavailableError: the database does not work.
        """

        def work(connection: Connection) -> None:
            self._require_own(connection, id, by)
            _delete(connection, [id])

        self.database.write(work)

    def purge_expired(self) -> int:
        """Delete the scenarios whose time is over; return how many there were.

        Raises:
            UnavailableError: the database does not work.
        """

        def work(connection: Connection) -> int:
            over = select(SCENARIO.c.id).where(SCENARIO.c.expires_at <= self._now()).limit(1_000)
            ids = [*connection.execute(over).scalars()]
            _delete(connection, ids)
            return len(ids)

        return self.database.write(work)

    def _require_own(self, connection: Connection, id: str, by: Author) -> None:
        wanted = select(SCENARIO).where(SCENARIO.c.id == id, self._is_kept()).with_for_update()
        row = connection.execute(wanted).first()
        if row is None:
            raise NotFoundError(id)
        if not _is_own(row, by):
            raise NotAllowedError(id)

    def _is_kept(self) -> Any:
        return or_(SCENARIO.c.expires_at.is_(None), SCENARIO.c.expires_at > self._now())

    def _now(self) -> int:
        return int(self._clock())

    def _expiry(self, now: int) -> int | None:
        return now + self.days * SECONDS_A_DAY if self.days else None

    def _row(self, scenario: Scenario, began_as: Scenario, name: str) -> dict[str, Any]:
        document = _document(scenario)
        case = None if began_as == scenario else _document(began_as)
        if max(len(document.encode()), len((case or "").encode())) > LARGEST_DOCUMENT:
            raise TooMuchError
        return {
            "name": _one_line(name)[:LONGEST_NAME],
            "document": document,
            "began_as": case,
            "tables": _json(dict(facts_to_keep())),
            "model_version": roi_model.__version__,
            "ratio": _finite(evaluate(scenario).ratio),
            "saved_at": self._now(),
        }


def _new_id() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(ID_LENGTH))


def _hash(key: str) -> str:
    # A key is chosen at random and long: nothing slower than a plain hash is needed.
    return hashlib.sha256(key.encode()).hexdigest()


def _is_own(row: Any, by: Author) -> bool:
    if row.owner is not None:
        return by.subject is not None and hmac.compare_digest(row.owner, by.subject)
    return by.key is not None and hmac.compare_digest(row.key_hash, _hash(by.key))


def _delete(connection: Connection, ids: Sequence[str]) -> None:
    connection.execute(delete(VERSION).where(VERSION.c.scenario_id.in_(ids)))
    connection.execute(delete(SCENARIO).where(SCENARIO.c.id.in_(ids)))


def _document(scenario: Scenario) -> str:
    return _json(case_data(scenario))


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _version(row: Any) -> Version:
    try:
        scenario = scenario_from(json.loads(row.document))
        case = scenario if row.began_as is None else scenario_from(json.loads(row.began_as))
        tables = None if row.tables is None else json.loads(row.tables)
    except (ScenarioError, ValueError) as error:
        raise NotReadableError(row.model_version) from error
    return Version(
        id=row.scenario_id,
        number=row.number,
        name=row.name,
        scenario=scenario,
        began_as=case,
        tables=tables,
        saved_at=_time(row.saved_at),
        model_version=row.model_version,
        ratio=row.ratio,
    )


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _one_line(name: str) -> str:
    """Return a name on one line, without what PostgreSQL cannot hold or a screen cannot show."""
    seen = "".join(one if one.isprintable() else " " for one in name)
    return " ".join(seen.split())


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
