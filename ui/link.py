"""The whole state in the address: what differs from the case, under readable names.

``?v=1&lang=fr&quiet_nights.people=1200&lines=itemised``. Names are the addresses of
``roi_model.Scenario``, numbers have a decimal point in every language.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from roi_model import Problem, Scenario, ScenarioError
from roi_model.scenario import Value
from ui.words import LANGUAGES, Language

VERSION = "1"
MOST_NAMES = 300
LONGEST_VALUE = 60


@dataclass(frozen=True, kw_only=True)
class Link:
    """What an address says: the changes it makes to the case, and what of it was ignored."""

    changes: Mapping[str, Value]
    language: Language | None
    ignored: tuple[Problem, ...]


def encode(changes: Mapping[str, Value], language: Language) -> dict[str, str]:
    """Return the parameters of the address that gives these changes and this language."""
    return {
        "v": VERSION,
        "lang": language,
        **{address: _written(value) for address, value in sorted(changes.items())},
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
    kept = {
        address: value
        for address, value in good.items()
        if value != (case if address in case.choices() else chosen).value_at(address)
    }
    return kept, refused


def _written(value: Value) -> str:
    """Return a value as short as it reads back to the same one."""
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def _ignored(name: str, written: str, code: str, allowed: str = "") -> Problem:
    return Problem(where=name, code=code, received=written, allowed=allowed, message=code)
