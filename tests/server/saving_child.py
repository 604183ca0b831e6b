"""Processes that save: as fast as they can until they are killed, or as someone without rights."""

import contextlib
import itertools
import os
from multiprocessing.connection import Connection

from roi_model import load_case
from server.database import Database
from server.storage import Storage
from ui.saving import Author, UnavailableError

CASE = load_case("promevil")


def save_for_ever(url: str, told: Connection, first: int) -> None:
    """Save scenarios and further versions of them, each with a number of its own."""
    storage = Storage(Database(url))
    for people in itertools.count(first):
        scenario = CASE.with_changes({"quiet_nights.people": people % 5_000})
        if people % 3 == 0 or people == first:
            saved = storage.save(scenario, began_as=CASE, name=str(people), by=Author())
            by = Author(key=saved.key)
        else:
            saved = storage.new_version(saved.id, scenario, began_as=CASE, name=str(people), by=by)
        told.send((saved.id, saved.number, people))


def save_and_end(url: str, told: Connection) -> None:
    """Save a scenario, tell which, and end without closing anything."""
    told.send(save_one(Database(url)))
    os._exit(0)


def try_as_nobody(url: str, told: Connection, warm: str) -> None:
    """Try to save without the rights of root, each time one is told to, and tell how it went."""
    save_one(Database(warm))  # what is imported late is imported now
    os.setgid(65534)
    os.setuid(65534)
    database = Database(url)
    with contextlib.suppress(EOFError):
        while told.recv():
            try:
                save_one(database)
                told.send("saved")
            except UnavailableError as error:
                told.send(error.reason)


def save_one(database: Database) -> str:
    """Return the id of a scenario that was saved."""
    return Storage(database).save(CASE, began_as=CASE, name="x", by=Author()).id
