"""Links received, to be set beside the open scenario.

They last as long as the tab of the browser, which keeps them through a reload, and stand in the
address of the page that compares, as long as there is room: opened elsewhere, it compares the same.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import parse_qs, urlencode

import streamlit as st

from roi_model import Problem, Scenario, ScenarioError
from ui import kept_tab, link
from ui.bases import believed, load
from ui.packing import LONGEST_PACKED, UnreadableError, packed_data, unpacked_data

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
_LINKS, _ADDRESS, _IS_KNOWN = "compare_links", "compare_address", "compare_known"

Refused = Literal["unreadable", "too_many"]


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

    @property
    def key(self) -> str:
        """Return what stands for it on the page."""
        return f"link_{self.number}"


def links() -> list[Received]:
    """Return the links received, in the order in which they came."""
    if (text := st.session_state.pop(_ADDRESS, None)) is not None:
        with suppress(UnreadableError):  # cut on its way: nothing of it is known
            _take(unpacked_data(text))
    return st.session_state.setdefault(_LINKS, [])


def add(text: str) -> Received | Refused:
    """Add the scenario of a link, or say why it cannot be."""
    if (query := _query(text)) is None or (asked := read_link(query)) is None:
        return "unreadable"
    if len(links()) >= MOST_LINKS:
        return "too_many"
    number = max((one.number for one in links()), default=0) + 1
    added = _received(number, "", query, asked)
    _keep([*links(), added])
    return added


def rename(key: str, name: str) -> None:
    """Call a scenario by another name."""
    plain = _one_line(name)
    _keep([replace(one, name=plain) if one.key == key else one for one in links()])


def remove(key: str) -> None:
    """Forget a link."""
    _keep([one for one in links() if one.key != key])


def read_link(text: str) -> link.Opened | None:
    """Return what a link says, whole or its parameters alone; ``None`` if it cannot be read.

    What it says of its papers is believed as far as the shipped data bears it out.
    """
    query = _query(text)
    try:
        pairs = dict(_pairs(query or ""))
        asked = link.opened(pairs, load, believed)
    except (ValueError, ScenarioError):
        return None
    lost = {one.where for one in asked.ignored}
    names = pairs.keys() - {"lang", "step", "ratio", "data"}
    if not names or names <= lost or lost & {"case", "edits"}:
        return None
    return asked


def _query(text: str) -> str | None:
    """Return the parameters of a link that say something of its scenario."""
    before, mark, after = text.strip().partition("?")
    query = (after if mark else before).partition("#")[0]
    beside = ("lang", "step", "saved", link.COMPARED)
    try:
        pairs = _pairs(query)
    except ValueError:
        return None
    return urlencode({name: said for name, said in pairs.items() if name not in beside})


def _pairs(query: str) -> dict[str, str]:
    pairs = parse_qs(query, keep_blank_values=True, max_num_fields=link.MOST_NAMES)
    return {name: values[-1] for name, values in pairs.items()}


def _received(number: int, name: str, query: str, asked: link.Opened) -> Received:
    return Received(
        number=number,
        name=name,
        query=query,
        case=asked.case,
        scenario=asked.scenario,
        ignored=asked.ignored,
        announced=asked.announced,
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
        beside = {link.COMPARED: packed_data(_said())} if links() else {}
    except UnreadableError:
        return {}
    return beside if len(urlencode({**address, **beside})) <= LONGEST_ADDRESS else {}


def exchange() -> None:
    """Let the tab of the browser keep the links, and take those that it kept."""
    kept = json.dumps(_said(), separators=(",", ":")) if links() else ""
    is_new = not st.session_state.get(_IS_KNOWN)
    kept_tab.exchange(PLACE, kept, is_new=is_new, key=KEY, on_kept_change=_take_kept)


def _keep(found: list[Received]) -> None:
    st.session_state[_LINKS], st.session_state[_IS_KNOWN] = found, True


def _said() -> dict[str, Any]:
    """Return the links and what is chosen of them, as JSON can say it."""
    picks = {name: st.session_state[name] for name in PICKS if st.session_state.get(name)}
    return {"links": [[one.number, one.name, one.query] for one in links()], **picks}


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
    is_first = not found
    for one in said["links"][:MOST_LINKS]:
        if len(found) < MOST_LINKS and (link_read := _from(one, found)) is not None:
            found.append(link_read)
    st.session_state[_LINKS] = found
    for name in PICKS if is_first else ():
        pick = said.get(name)
        if _are_texts(pick) if name == CHOSEN else isinstance(pick, str):
            st.session_state[name] = pick


def _from(said: Any, found: list[Received]) -> Received | None:
    """Return a link as it was kept, unless it is there already or cannot be read."""
    if not isinstance(said, list) or len(said) != 3:
        return None
    number, name, query = said
    if not _are_texts([name, query]) or len(query) > LONGEST_LINK:
        return None
    if query in {one.query for one in found} or (asked := read_link(query)) is None:
        return None
    numbers = {one.number for one in found}
    is_free = isinstance(number, int) and 0 < number < 1_000 and number not in numbers
    number = number if is_free else max(numbers, default=0) + 1
    return _received(number, _one_line(name), query, asked)


def _are_texts(said: Any) -> bool:
    return isinstance(said, list) and all(isinstance(one, str) for one in said)
