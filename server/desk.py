"""Where pages save: the storage, with who may save and how often."""

from collections.abc import Mapping, Sequence

from roi_model import Scenario
from server.limits import RateLimit
from server.metrics import Metrics
from server.settings import Settings
from server.storage import Storage
from ui.saving import Author, Listed, NotAllowedError, Saved, TooMuchError, Version

SECONDS_AN_HOUR = 3_600


class Desk:
    """A ``ui.saving.Store`` over a storage."""

    def __init__(self, storage: Storage, settings: Settings, metrics: Metrics) -> None:
        """Keep what decides who may save."""
        self._storage, self._settings, self._metrics = storage, settings, metrics
        self._limit = RateLimit(settings.save_rate, SECONDS_AN_HOUR)

    @property
    def is_open_to_all(self) -> bool:
        """Say whether someone who is not signed in may save."""
        return self._settings.saving == "anonymous"

    @property
    def has_sign_in(self) -> bool:
        """Say whether one can sign in."""
        return self._settings.has_sign_in

    @property
    def days(self) -> int:
        """Return how long a scenario is kept after its last version; 0: for ever."""
        return self._settings.saved_days

    @property
    def public_url(self) -> str | None:
        """Return how visitors reach the server, where it was told."""
        return self._settings.public_url

    def save(
        self, scenario: Scenario, *, began_as: Scenario, name: str, by: Author, client: str
    ) -> Saved:
        """Keep a new scenario."""
        self._require(by, client)
        saved = self._storage.save(scenario, began_as=began_as, name=name, by=by)
        self._metrics.saved.inc()
        return saved

    def new_version(
        self, id: str, scenario: Scenario, *, began_as: Scenario, name: str, by: Author, client: str
    ) -> Saved:
        """Keep one more version of a scenario."""
        self._require(by, client)
        saved = self._storage.new_version(id, scenario, began_as=began_as, name=name, by=by)
        self._metrics.saved.inc()
        return saved

    def open(self, id: str, number: int | None = None) -> Version:
        """Return a version, the last one unless told which."""
        return self._storage.open(id, number)

    def list_own(self, *, subject: str | None, keys: Mapping[str, str]) -> Sequence[Listed]:
        """Return the scenarios of an account and those that keys open, the last saved first."""
        return self._storage.list_own(subject=subject, keys=keys)

    def delete(self, id: str, *, by: Author) -> None:
        """Delete a scenario with all its versions."""
        self._storage.delete(id, by=by)

    def _require(self, by: Author, client: str) -> None:
        if not self.is_open_to_all and by.subject is None:
            raise NotAllowedError
        if self._limit.wait_for(by.subject or client) > 0:
            raise TooMuchError
