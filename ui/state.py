"""The scenario as the one state of a visit: widgets edit it, the link carries it.

It began as a case. A text that was not understood is kept beside it, so that nothing a person
typed is lost, and each change can be undone.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import streamlit as st

from roi_model import Evaluation, Problem, Scenario, ScenarioError, evaluate
from roi_model.editing import restored, with_number
from roi_model.scenario import Value
from ui import fund_choices, link, opened_version, received, typed
from ui.bases import believed, load
from ui.ledger import stamp_for
from ui.words import Language, preferred_language

T = TypeVar("T")

MOST_STEPS = 50
"""Changes that can be undone."""


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A text that was typed and not taken, with the reason."""

    text: str
    problem: Problem


def settle() -> None:
    """Read the link on the first run of a visit; afterwards the state is the truth."""
    if "scenario" in st.session_state:
        return
    query = st.query_params.to_dict()
    received.say_address(query.get(link.COMPARED))
    fund_choices.say_address(query)
    version = opened_version.take(query.pop("saved", None), has_link="v" in query)
    asked = link.opened(query, load, believed)
    st.session_state.language = preferred_language(asked.language, st.context.locale)
    if version is None:
        _begin(asked.case, asked.scenario)
        say_ignored(asked.ignored, asked.announced)
    else:
        _begin(version.began_as, version.scenario)
        say_ignored((), opened_version.announced(version))
    st.session_state.step = asked.step


def begin(case: Scenario, scenario: Scenario | None = None) -> None:
    """Go on with a case, or with a scenario made of it; what was open can be had back by undo."""
    remember()
    st.session_state.case = case
    st.session_state.scenario = case if scenario is None else scenario
    st.session_state.refusals = {}
    _go_on()


def _begin(case: Scenario, scenario: Scenario) -> None:
    st.session_state.case = case
    st.session_state.scenario = scenario
    st.session_state.refusals = {}
    st.session_state.done, st.session_state.undone = [], []


def case() -> Scenario:
    """Return the case that the scenario began as."""
    return st.session_state.case


def scenario() -> Scenario:
    """Return the scenario as it is now."""
    return st.session_state.scenario


def published() -> Evaluation:
    """Return the result of the untouched case."""
    return _of_case("published", evaluate)


def stamp() -> str:
    """Return what a link says of the data that the case is."""
    return _of_case("stamp", stamp_for)


def _of_case(name: str, make: Callable[[Scenario], T]) -> T:
    """Return something of the untouched case, made once for each."""
    known = st.session_state.get(name)
    if known is None or known[0] is not case():
        known = st.session_state[name] = (case(), make(case()))
    return known[1]


def language() -> Language:
    """Return the language of the visit."""
    return st.session_state.language


def ignored() -> tuple[Problem, ...]:
    """Return what the link asked and could not have, until the reader goes on from there."""
    return st.session_state.ignored


def announced() -> link.Announced:
    """Return what was so when the link was made, until the reader goes on from there."""
    return st.session_state.announced


def refusal(address: str) -> Refusal | None:
    """Return the text last typed at ``address`` if it was not taken."""
    return st.session_state.refusals.get(address)


def say_ignored(ignored: tuple[Problem, ...], announced: link.Announced) -> None:
    """Keep what a link asked and could not have, and what was so when it was made."""
    st.session_state.ignored = ignored
    st.session_state.announced = announced


def step() -> int:
    """Return how far along the guided path the visit is, from 0."""
    return st.session_state.step


def go_to_step(position: int) -> None:
    """Go to a step of the guided path."""
    st.session_state.step = position


def put(changed: Scenario) -> None:
    """Go on with a changed scenario."""
    if changed != scenario():
        remember()
        st.session_state.scenario = changed
    _go_on()


def edit(change: Callable[[Scenario], Scenario], *, at: str) -> None:
    """Change the scenario; where that is not possible, keep the reason beside ``at``."""
    st.session_state.refusals.pop(at, None)
    try:
        put(change(scenario()))
    except ScenarioError as error:
        refuse(at, "", error.problems[0])


def change(address: str, value: Value, *, text: str | None = None) -> None:
    """Put ``value`` at ``address``; when the case does not allow it, keep ``text`` and say why."""
    try:
        changed = with_number(case(), scenario(), address, value)
    except ScenarioError as error:
        refuse(address, str(value) if text is None else text, error.problems[0])
        return
    st.session_state.refusals.pop(address, None)
    put(changed)


def refuse(address: str, text: str, problem: Problem) -> None:
    """Keep a text that was not taken, and why."""
    kept = replace(problem, received=text) if text else problem
    st.session_state.refusals[address] = Refusal(text=text, problem=kept)


def take_typed(address: str, text: str, kind: typed.Kind, unit_words: tuple[str, ...] = ()) -> None:
    """Put the number typed in ``text`` at ``address``; what is not understood is kept."""
    try:
        value = typed.parse(text, kind, language(), unit_words=unit_words)
    except typed.NotUnderstoodError as error:
        problem = Problem(
            where=address, code=error.code, received=text, allowed="", message=error.code
        )
        refuse(address, text, problem)
    else:
        change(address, value, text=text)


def reset(*addresses: str) -> None:
    """Return some numbers, or the whole scenario when none is named, to what the case says."""
    for address in addresses or tuple(st.session_state.refusals):
        st.session_state.refusals.pop(address, None)
    put(restored(case(), scenario(), *addresses) if addresses else case())


def undo() -> None:
    """Return to the scenario before the last change."""
    _step(st.session_state.done, st.session_state.undone)


def redo() -> None:
    """Go again to the scenario that was undone."""
    _step(st.session_state.undone, st.session_state.done)


def can_undo() -> bool:
    """Say whether there is a change to undo."""
    return bool(st.session_state.done)


def can_redo() -> bool:
    """Say whether there is an undone change."""
    return bool(st.session_state.undone)


def look_at(address: str) -> None:
    """Say which number the page of inputs is to open at."""
    st.session_state.looked_at = address


def looked_at() -> str | None:
    """Return the number that the page of inputs is to open at, once."""
    return st.session_state.pop("looked_at", None)


def take_language(chosen: Language) -> None:
    """Go on in another language."""
    st.session_state.language = chosen


def remember() -> None:
    """Keep the scenario of now, to be returned to."""
    st.session_state.done = [*st.session_state.done, _now()][-MOST_STEPS:]
    st.session_state.undone = []


def _step(back: list[tuple[Scenario, Scenario]], forth: list[tuple[Scenario, Scenario]]) -> None:
    if not back:
        return
    forth.append(_now())
    st.session_state.case, st.session_state.scenario = back.pop()
    st.session_state.refusals = {}
    _go_on()


def _now() -> tuple[Scenario, Scenario]:
    return case(), scenario()


def _go_on() -> None:
    say_ignored((), link.Announced())
