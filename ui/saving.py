"""What pages know of saved scenarios: who keeps them is handed over, and may be nobody.

The server offers a store when it starts. Without one, or where it does not answer, a scenario is
still computed, and shared by its link or its file.
"""

import datetime
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from roi_model import Scenario, evaluate
from roi_model.editing import edits_of
from ui import link
from ui.bases import load
from ui.ledger import Facts
from ui.words import Language

LONGEST_NAME = 120
"""Characters of the name of a saved scenario."""
ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
"""Letters and digits that nobody takes for one another."""
ID_LENGTH = 16
"""Of 58 letters and digits: 93 bits, which nobody guesses."""
_REFERENCE = re.compile(rf"([{ALPHABET}]{{{ID_LENGTH}}})(?:\.([1-9][0-9]{{0,5}}))?", re.ASCII)

Reason = Literal["down", "slow", "busy", "full", "read_only", "newer", "failed"]
"""Why the store does not do what it is asked, for those who run it."""


class SavingError(Exception):
    """A scenario that could not be saved, found or deleted."""


class NotFoundError(SavingError):
    """There is no such scenario, or no longer."""


class NotAllowedError(SavingError):
    """It is someone else's."""


class TooMuchError(SavingError):
    """It is too large, has too many versions, or too much was saved in too short a time."""


class NotReadableError(SavingError):
    """It was saved by a version of the model that this one does not understand."""


class UnavailableError(SavingError):
    """The store does not work at the moment."""

    def __init__(self, reason: Reason) -> None:
        """Keep why."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Author:
    """Who asks: someone signed in, or who holds the key of one scenario."""

    subject: str | None = None
    """A pseudonym of the account."""
    key: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Saved:
    """What was just saved, and the key that edits it where it has no owner."""

    id: str
    number: int
    key: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """A version as it was saved; it never changes."""

    id: str
    number: int
    name: str
    scenario: Scenario
    began_as: Scenario
    """The case that it was made of, as it was that day."""
    tables: Facts | None
    """What the tables that every case shares said that day, where it is known."""
    saved_at: datetime.datetime
    model_version: str
    ratio: float | None
    """What it gave that day, if it had a ratio."""

    @property
    def reference(self) -> str:
        """Return what stands for this very version in an address."""
        return f"{self.id}.{self.number}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """One of one's own scenarios: its last version, and until when it is kept."""

    id: str
    number: int
    name: str
    saved_at: datetime.datetime
    expires_at: datetime.datetime | None


class Store(Protocol):
    """Keeps scenarios; every method may raise ``UnavailableError``."""

    @property
    def is_open_to_all(self) -> bool:
        """Say whether someone who is not signed in may save."""
        ...

    @property
    def has_sign_in(self) -> bool:
        """Say whether one can sign in."""
        ...

    @property
    def days(self) -> int:
        """Return how long a scenario is kept after its last version; 0: for ever."""
        ...

    @property
    def public_url(self) -> str | None:
        """Return how visitors reach the server, where it was told."""
        ...

    def save(
        self, scenario: Scenario, *, began_as: Scenario, name: str, by: Author, client: str
    ) -> Saved:
        """Keep a new scenario; ``client`` is who may do so only so often."""
        ...

    def new_version(
        self, id: str, scenario: Scenario, *, began_as: Scenario, name: str, by: Author, client: str
    ) -> Saved:
        """Keep one more version of a scenario."""
        ...

    def open(self, id: str, number: int | None = None) -> Version:
        """Return a version, the last one unless told which."""
        ...

    def list_own(self, *, subject: str | None, keys: Mapping[str, str]) -> Sequence[Listed]:
        """Return the scenarios of an account and those that keys open, the last saved first."""
        ...

    def delete(self, id: str, *, by: Author) -> None:
        """Delete a scenario with all its versions."""
        ...


_offered: Store | None = None


def offer(store: Store | None) -> None:
    """Let pages save in ``store`` from now on; in nothing if it is ``None``."""
    global _offered
    _offered = store


def offered() -> Store | None:
    """Return where scenarios are saved, if anywhere."""
    return _offered


def split_reference(text: str) -> tuple[str, int | None] | None:
    """Return the id and the version that ``id`` or ``id.2`` names; ``None`` if it names none."""
    found = _REFERENCE.fullmatch(text)
    if found is None:
        return None
    return found[1], int(found[2]) if found[2] else None


def opened_by(reference: str) -> Version:
    """Return the version that an address names.

    Raises:
        NotFoundError: there is none, or nothing is saved here.
        UnavailableError: the store does not work at the moment.
        NotReadableError: this model does not understand it.
    """
    named, store = split_reference(reference), offered()
    if named is None or store is None:
        raise NotFoundError(reference)
    return store.open(*named)


def pseudonym(issuer: str, subject: str) -> str:
    """Return what stands for an account: it cannot be turned back into a name or an address."""
    return hashlib.sha256(f"{issuer}\0{subject}".encode()).hexdigest()


def is_shipped_today(case: Scenario) -> bool:
    """Say whether a case is the one that its id stands for in a link today.

    A version keeps the case that it was made of; where the data was corrected since, a link
    would open another scenario.
    """
    try:
        today = load(case.id)
    except KeyError:
        return False
    return today is case or today == case


def link_of(version: Version, language: Language) -> dict[str, str] | None:
    """Return the parameters of the link that opens the very same scenario today, if one does."""
    case, scenario = version.began_as, version.scenario
    if not is_shipped_today(case):
        return None
    edits = edits_of(case, scenario)
    if not link.gives_back(case, edits, scenario):
        return None
    return link.address_of(case, edits, language, evaluate(scenario).ratio)
