"""How a reader wants the documents of a scenario: what all of them are asked for alike."""

import datetime
from typing import NotRequired, TypedDict

from roi_model.scenario import Scenario
from ui.words import Language


class Wishes(TypedDict):
    """What the brief, and so the archive, are made with; other documents take some of it."""

    language: Language
    today: datetime.date
    """Printed; with it the same scenario gives the same bytes."""
    address: NotRequired[str | None]
    """The whole link that opens the scenario live; none where only a file holds it."""
    case: NotRequired[Scenario | None]
    """What the scenario began as: the brief then says what was changed."""
    association: NotRequired[str | None]
    logo: NotRequired[bytes | None]
    """A PNG, a JPEG or an SVG."""
