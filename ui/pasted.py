"""What a link that was pasted opens: the scenario in it, or the saved version that it names.

A version is read from the store of this very site; nothing is asked of any other.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import SplitResult, parse_qs, urlencode, urlsplit

from roi_model import ScenarioError
from ui import link, opened_version, saving
from ui.bases import believed, load

SAVED = "saved"
BESIDE = ("lang", "step", *link.OF_PAGES)
"""What a link says of the reader and of the page, and not of its scenario."""
OF_THE_SCENARIO_AS_A_WHOLE = frozenset({"ratio", "data"})
_SHORT = re.compile(r".*/s/([^/]*)/?")

NotOpened = Literal[
    "unreadable", "other_site", "no_reference", "nothing_saved", "gone", "not_now", "not_readable"
]


@dataclass(frozen=True, kw_only=True)
class Pasted:
    """What a link opens, and the parameters that open it again here."""

    query: str
    opened: link.Opened
    version: saving.Version | None = None
    """The saved version, where it is one."""


def read(text: str, *, hosts: Iterable[str] = ()) -> Pasted | NotOpened:
    """Return what a link opens, whole or its parameters alone, or why it opens nothing.

    What it says of its papers is believed as far as the shipped data bears it out. A saved version
    is opened for a link of one of ``hosts``, or one without a host; if it cannot be, what else the
    link says is.
    """
    try:
        address, pairs = _split(text.strip())
        is_here = not address.netloc or _host(address) in map(_host_of, hosts)
    except ValueError:
        return "unreadable"
    short = _SHORT.fullmatch(address.path)
    reference = short[1] if short else pairs.get(SAVED)
    own = {name: said for name, said in pairs.items() if name not in (SAVED, *BESIDE)}
    found = None if short else _in_link(own)
    if reference is None:
        return found or "unreadable"
    version = _version(reference) if is_here else "other_site"
    return version if found is None or isinstance(version, Pasted) else found


def _split(text: str) -> tuple[SplitResult, dict[str, str]]:
    """Return a link in its parts, whole or its parameters alone, and these by their names."""
    before, mark, _ = text.partition("?")
    if not mark and "/" not in before:
        text = f"?{text}"
    elif before and not before.startswith("/") and "://" not in before:
        text = f"//{text}"
    address = urlsplit(text)
    return address, _pairs(address.query)


def _pairs(query: str) -> dict[str, str]:
    pairs = parse_qs(query, keep_blank_values=True, max_num_fields=link.MOST_NAMES)
    return {name: values[-1] for name, values in pairs.items()}


def _host(address: SplitResult) -> tuple[str | None, int | None]:
    port = address.port
    usual = {"http": 80, "https": 443}.get(address.scheme)
    return address.hostname, None if port == usual else port


def _host_of(url: str) -> tuple[str | None, int | None]:
    return _host(urlsplit(url))


def _in_link(pairs: Mapping[str, str]) -> Pasted | None:
    """Return the scenario that parameters hold; ``None`` if there is none in them."""
    names = pairs.keys() - OF_THE_SCENARIO_AS_A_WHOLE
    try:
        asked = link.opened(pairs, load, believed)
    except (ValueError, ScenarioError):
        return None
    lost = {one.where for one in asked.ignored}
    if not names or names <= lost or lost & {"case", "edits"}:
        return None
    return Pasted(query=urlencode(pairs), opened=asked)


def _version(reference: str) -> Pasted | NotOpened:
    """Return a version from the store, under parameters that still open it without the store."""
    if saving.split_reference(reference) is None:
        return "no_reference"
    if saving.offered() is None:
        return "nothing_saved"
    try:
        version = saving.opened_by(reference)
    except saving.UnavailableError:
        return "not_now"
    except saving.NotReadableError:
        return "not_readable"
    except saving.SavingError:
        return "gone"
    opened = link.Opened(
        case=version.began_as,
        scenario=version.scenario,
        language=None,
        ignored=(),
        announced=opened_version.announced(version),
    )
    own = saving.link_of(version, "fr") or {}
    query = {name: said for name, said in own.items() if name not in BESIDE}
    return Pasted(
        query=urlencode(query | {SAVED: version.reference}), opened=opened, version=version
    )
