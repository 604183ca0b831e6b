"""The whole state in the address: which case, and what differs from it.

Where only numbers and choices differ, they stand under readable names,
``?v=1&lang=fr&quiet_nights.people=1200&lines=itemised``: names are the addresses of
``roi_model.Scenario``, numbers have a decimal point in every language. What was added, removed
or put in another order is packed into ``edits``. ``ratio`` is what the scenario gave when the
link was made, and ``data`` the state of the data it was made from: where either is another
today, a reader is told what was corrected since.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from roi_model import Problem, Scenario, ScenarioError
from roi_model.editing import Edits, edited
from roi_model.editing import disbelieved as disbelieved_of
from roi_model.parameters import Parameter
from roi_model.scenario import Value
from roi_model.value_map import Cost, Outcome
from ui.ledger import Change, changed_since, stamp_for, whole
from ui.packing import UnreadableError, packed, unpacked
from ui.sentences import LARGEST_SAID
from ui.words import LANGUAGES, Language

DEFAULT_CASE = "promevil"

VERSION = "1"
COMPARED = "with"
"""The parameter in which the page that compares keeps the links received."""
BUDGET, TARGET, OTHER_COSTS = "budget", "target", "other_costs"
"""Those in which the page of the posts keeps what is typed and chosen there."""
OF_PAGES = (COMPARED, BUDGET, TARGET, OTHER_COSTS)
"""What pages keep in their own addresses: no part of a link."""
STAMP = re.compile(r"[0-9a-f]{6}\.[0-9a-f]{6}")
MOST_NAMES = 300
LONGEST_VALUE = 60


@dataclass(frozen=True, kw_only=True)
class Link:
    """What an address says: the changes it makes to the case, and what of it was ignored."""

    changes: Mapping[str, Value]
    language: Language | None
    ignored: tuple[Problem, ...]


@dataclass(frozen=True, kw_only=True)
class Announced:
    """What was so when a link was made, as far as it says."""

    ratio: float | None = None
    """The ratio that it gave."""
    changes: tuple[Change, ...] | None = None
    """What the data says otherwise today; ``None`` if that is not known."""
    disbelieved: tuple[tuple[str, Parameter], ...] = ()
    """Numbers, by address, that it calls published and that the data does not bear out."""
    today: Scenario | None = None
    """Of a saved version, which keeps the case of its day: the case as it is today."""


@dataclass(frozen=True, kw_only=True)
class Opened:
    """The scenario that an address asks for, as far as it can be had, and what was ignored."""

    case: Scenario
    scenario: Scenario
    language: Language | None
    ignored: tuple[Problem, ...]
    announced: Announced
    step: int = 0
    """How far along the guided path it was."""


def gives_back(case: Scenario, edits: Edits, scenario: Scenario) -> bool:
    """Say whether a link to ``case`` with ``edits`` opens ``scenario``, papers included.

    A file may hold what no edit does: another currency, correlations. What only names the
    scenario is left out of it.
    """
    numbers = edits.only_numbers
    try:
        opens = edited(case, edits) if numbers is None else case.with_changes(numbers)
    except ScenarioError:
        return False
    told = Scenario.model_fields.keys() - {"id", "description", "figures"}
    return all(getattr(opens, name) == getattr(scenario, name) for name in told)


def address_of(
    case: Scenario, edits: Edits, language: Language, ratio: float, *, stamp: str | None = None
) -> dict[str, str] | None:
    """Return the parameters of the address that opens ``case`` with these edits.

    ``ratio`` is the one they give, NaN if there is none; ``stamp`` is that of the case, where it
    is known. ``None`` where what was added to the case is too long for a link.
    """
    numbers = edits.only_numbers
    address = encode({}, language)
    # First what tells that a link was cut on its way: the rest is then another scenario's.
    if case.id != DEFAULT_CASE:
        address["case"] = case.id
    if abs(ratio) < LARGEST_SAID:
        address["ratio"] = f"{ratio:.2f}"
    address["data"] = stamp or stamp_for(case)
    if numbers is not None:
        return address | encode(numbers, language)
    try:
        return address | {"edits": packed(edits)}
    except UnreadableError:
        return None


def opened(
    query: Mapping[str, str],
    load: Callable[[str], Scenario],
    believe: Callable[[Edits], Edits] = lambda edits: edits,
) -> Opened:
    """Return what an address asks for; ``load`` gives a case by its id, or raises KeyError.

    ``believe`` takes away from edits what their papers claim and the data does not bear out.
    """
    query = {name: said for name, said in query.items() if name not in OF_PAGES}
    ignored: list[Problem] = []
    own: set[str] = set()
    disbelieved: tuple[tuple[str, Parameter], ...] = ()
    named = query.pop("case", DEFAULT_CASE)
    try:
        case = load(named)
    except KeyError:
        ignored.append(_ignored("case", named, "unknown_case"))
        case = load(DEFAULT_CASE)
    scenario = case
    if (text := query.pop("edits", None)) is not None:
        try:
            claimed = unpacked(text)
            edits = believe(claimed)
            scenario, own = edited(case, edits), stated_in(edits)
            disbelieved = tuple(disbelieved_of(claimed, edits))
        except (UnreadableError, ScenarioError):
            ignored.append(_ignored("edits", text, "unreadable_edits"))
    ratio, stamp = _ratio(query.pop("ratio", None)), query.pop("data", "")
    if stamp and not STAMP.fullmatch(stamp):
        ignored.append(_ignored("data", stamp, "cut_stamp"))
    step = query.pop("step", "")
    link = decode(query, scenario)
    scenario = scenario.with_changes(link.changes)
    own |= query.keys() - {one.where for one in link.ignored}
    changes = changed_since(stamp, case, scenario, own) if case.id == named else None
    ignored += link.ignored
    if ignored and not changes:
        ratio = None  # what was ignored explains another one
    return Opened(
        case=case,
        scenario=scenario,
        language=link.language,
        ignored=tuple(ignored),
        announced=Announced(ratio=ratio, changes=changes, disbelieved=disbelieved),
        step=int(step) if step.isascii() and step.isdigit() and len(step) < 3 else 0,
    )


def is_one(query: Mapping[str, str]) -> bool:
    """Say whether the parameters of an address are those of a link of ours, whatever its version.

    By hand one may write less: only the case, or only some numbers of the published one.
    """
    return query.get("v", "").isdigit() or "case" in query or "edits" in query


def has_moved(announced: float, ratio: float) -> bool:
    """Say whether a ratio is no longer the one announced, to the two decimals of a link."""
    return f"{announced:.2f}" != f"{ratio:.2f}"


def stated_in(edits: Edits) -> set[str]:
    """Return the numbers and the lines that edits state themselves or take away."""
    lines: tuple[Cost | Outcome, ...] = (*edits.costs, *edits.outcomes)
    has_funding = edits.removed_funding or edits.funding is not None
    gone = (*edits.removed_costs, *edits.removed_outcomes, *(["funding"] if has_funding else []))
    return {*edits.numbers, *(whole(one.id) for one in lines), *map(whole, gone)}


def _ratio(written: str | None) -> float | None:
    try:
        ratio = float(written or "")
    except ValueError:
        return None
    return ratio if abs(ratio) < LARGEST_SAID else None


def encode(changes: Mapping[str, Value], language: Language) -> dict[str, str]:
    """Return the parameters of the address that gives these changes and this language."""
    return {
        "v": VERSION,
        "lang": language,
        **{address: text_of(value) for address, value in sorted(changes.items())},
    }


def decode(query: Mapping[str, str], case: Scenario) -> Link:
    """Return what an address asks of ``case``; what it cannot have is ignored and named."""
    language, ignored = None, []
    changes: dict[str, Value] = {}
    for position, (name, written) in enumerate(query.items()):
        if position >= MOST_NAMES or len(written) > LONGEST_VALUE:
            ignored.append(_ignored(name, written, "too_long"))
        elif name == "v":
            if written != VERSION:
                ignored.append(_ignored(name, written, "other_version"))
        elif name == "lang":
            language = written if written in LANGUAGES else None
            if language is None:
                ignored.append(_ignored(name, written, "not_a_choice", ", ".join(LANGUAGES)))
        else:
            changes[name] = case.value_from_text(name, written)
    changes, refused = allowed_changes(case, changes)
    return Link(
        changes=changes,
        language=language,
        ignored=(*ignored, *(replace(one, received=query[one.where]) for one in refused)),
    )


def allowed_changes(
    case: Scenario, changes: Mapping[str, Value]
) -> tuple[dict[str, Value], tuple[Problem, ...]]:
    """Return the changes that ``case`` accepts and that differ from it, and what it refuses."""
    refused: tuple[Problem, ...] = ()
    try:
        case.with_changes(changes)
    except ScenarioError as error:
        refused = error.problems
    bad = {problem.where for problem in refused}
    good = {address: value for address, value in changes.items() if address not in bad}
    # What an unstated number is may depend on the choices made.
    chosen = case.with_changes({name: good[name] for name in good if name in case.choices()})
    numbers = dict(chosen.parameters())
    kept = {
        address: value
        for address, value in good.items()
        if (
            numbers[address].is_to_fill or value != numbers[address].value
            if address in numbers
            else value != case.value_at(address)
        )
    }
    return kept, refused


def text_of(value: Value) -> str:
    """Return a value as short as it reads back to the same one."""
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def _ignored(name: str, written: str, code: str, allowed: str = "") -> Problem:
    return Problem(where=name, code=code, received=written, allowed=allowed, message=code)
