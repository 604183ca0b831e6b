"""Links received, to be set beside the open scenario.

They last as long as the tab of the browser, which keeps them through a reload, and stand in the
address of the page that compares, as long as there is room: opened elsewhere, it compares the same.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import urlencode

import streamlit as st

from roi_model import Problem, Scenario
from ui import kept_tab, link, saving
from ui.packing import LONGEST_PACKED, UnreadableError, packed_data, unpacked_data
from ui.pasted import NotOpened, Pasted, read

MOST_LINKS = 6
LONGEST_LINK = 20_000
LONGEST_NAME = 40
LONGEST_ADDRESS = LONGEST_PACKED
"""Characters of the parameters of an address that holds links received."""
LONGEST_KEPT = MOST_LINKS * (LONGEST_LINK + 1_000)
CHOSEN = "compare_chosen"
PICKS = (CHOSEN, "compare_from", "compare_to")
"""What is chosen to be compared, by the keys of scenarios."""
KEY, PLACE = "compare_kept", "roi_compared"
_LINKS, _MISSING = "compare_links", "compare_missing"
_ADDRESS, _IS_KNOWN = "compare_address", "compare_known"

Refused = NotOpened | Literal["too_many"]


@dataclass(frozen=True, kw_only=True)
class Received:
    """A scenario that a link opened, with what the link says of it."""

    number: int
    name: str
    query: str
    """The parameters of the link."""
    case: Scenario
    scenario: Scenario
    ignored: tuple[Problem, ...]
    announced: link.Announced
    version: saving.Version | None
    """The saved version, where it is one."""

    @property
    def key(self) -> str:
        """Return what stands for it on the page."""
        return f"link_{self.number}"


@dataclass(frozen=True, kw_only=True)
class Missing:
    """A saved version that was compared, and that cannot be opened."""

    number: int
    name: str
    query: str
    reason: NotOpened

    @property
    def is_awaited(self) -> bool:
        """Say whether it may be opened later: it is kept until then."""
        return self.reason in ("not_now", "not_readable")


def links() -> list[Received]:
    """Return the links received, in the order in which they came."""
    if (text := st.session_state.pop(_ADDRESS, None)) is not None:
        with suppress(UnreadableError):  # cut on its way: nothing of it is known
            _take(unpacked_data(text))
    return st.session_state.setdefault(_LINKS, [])


def add(text: str) -> Received | Refused:
    """Add the scenario of a link, or say why it cannot be."""
    store = saving.offered()
    hosts = [st.context.url or "", (store and store.public_url) or ""]
    pasted = read(text, hosts=[one for one in hosts if one])
    if not isinstance(pasted, Pasted):
        return pasted
    if len(links()) >= MOST_LINKS:
        return "too_many"
    number = max((one.number for one in links()), default=0) + 1
    name = "" if pasted.version is None else _one_line(pasted.version.name)
    added = _received(number, name, pasted)
    _keep([*links(), added])
    return added


def missing() -> list[Missing]:
    """Return the saved versions that were compared and cannot be opened."""
    return st.session_state.get(_MISSING, [])


def rename(key: str, name: str) -> None:
    """Call a scenario by another name."""
    plain = _one_line(name)
    _keep([replace(one, name=plain) if one.key == key else one for one in links()])


def remove(key: str) -> None:
    """Forget a link."""
    _keep([one for one in links() if one.key != key])


def _received(number: int, name: str, pasted: Pasted) -> Received:
    opened = pasted.opened
    return Received(
        number=number,
        name=name,
        query=pasted.query,
        case=opened.case,
        scenario=opened.scenario,
        ignored=opened.ignored,
        announced=opened.announced,
        version=pasted.version,
    )


def _one_line(name: str) -> str:
    return " ".join(name.split())[:LONGEST_NAME]


# --- What is kept, and found again -------------------------------------------------------------


def say_address(text: str | None) -> None:
    """Keep what an address says of links received, until they are asked for."""
    if text is not None:
        st.session_state[_ADDRESS] = text


def in_address(address: Mapping[str, str]) -> dict[str, str]:
    """Return what an address is to hold besides of the links received; nothing without room."""
    try:
        beside = {link.COMPARED: packed_data(_said())} if _to_keep() else {}
    except UnreadableError:
        return {}
    return beside if len(urlencode({**address, **beside})) <= LONGEST_ADDRESS else {}


def exchange() -> None:
    """Let the tab of the browser keep the links, and take those that it kept."""
    kept = json.dumps(_said(), separators=(",", ":")) if _to_keep() else ""
    is_new = not st.session_state.get(_IS_KNOWN)
    kept_tab.exchange(PLACE, kept, is_new=is_new, key=KEY, on_kept_change=_take_kept)


def _keep(found: list[Received]) -> None:
    st.session_state[_LINKS], st.session_state[_IS_KNOWN] = found, True


def _said() -> dict[str, Any]:
    """Return the links and what is chosen of them, as JSON can say it."""
    picks = {name: st.session_state[name] for name in PICKS if st.session_state.get(name)}
    return {"links": [[one.number, one.name, one.query] for one in _to_keep()], **picks}


def _to_keep() -> list[Received | Missing]:
    return [*links(), *(one for one in missing() if one.is_awaited)]


def _take_kept() -> None:
    """Add the links that the tab kept to those that the address brought."""
    st.session_state[_IS_KNOWN] = True
    try:
        _take(json.loads(kept_tab.handed_back(KEY, LONGEST_KEPT)))
    except (ValueError, RecursionError):
        return


def _take(said: Any) -> None:
    """Take links from where anyone may have written them; what makes no sense is passed over."""
    if not isinstance(said, dict) or not isinstance(said.get("links"), list):
        return
    found: list[Received] = list(st.session_state.get(_LINKS, []))
    missing: list[Missing] = list(st.session_state.get(_MISSING, []))
    is_first = not found
    for one in said["links"][:MOST_LINKS]:
        opened = _from(one, found) if len(found) < MOST_LINKS else None
        if isinstance(opened, Received):
            found.append(opened)
        elif opened is not None and opened not in missing:
            missing.append(opened)
    st.session_state[_LINKS], st.session_state[_MISSING] = found, missing
    for name in PICKS if is_first else ():
        pick = said.get(name)
        if _are_texts(pick) if name == CHOSEN else isinstance(pick, str):
            st.session_state[name] = pick


def _from(said: Any, found: list[Received]) -> Received | Missing | None:
    """Return a link as it was kept, unless it is there already or makes no sense."""
    if not isinstance(said, list) or len(said) != 3:
        return None
    number, name, query = said
    if not _are_texts([name, query]) or len(query) > LONGEST_LINK:
        return None
    if query in {one.query for one in found}:
        return None
    numbers = {one.number for one in found}
    is_free = isinstance(number, int) and 0 < number < 1_000 and number not in numbers
    number = number if is_free else max(numbers, default=0) + 1
    name = _one_line(name)
    pasted = read(f"?{query}")
    if isinstance(pasted, Pasted):
        return _received(number, name, pasted)
    if pasted == "unreadable":
        return None
    return Missing(number=number, name=name, query=query, reason=pasted)


def _are_texts(said: Any) -> bool:
    return isinstance(said, list) and all(isinstance(one, str) for one in said)
