"""The scenario as the one state of a visit: widgets edit it, the link carries it.

It is the case and what was changed in it. A text that was not understood is kept beside it,
so that nothing a person typed is lost.
"""

from dataclasses import dataclass, replace

import streamlit as st

from roi_model import Problem, Scenario, load_case
from roi_model.scenario import Value
from ui import link, typed
from ui.words import Language, preferred_language

CASE = "promevil"


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A text that was typed and not taken, with the reason."""

    text: str
    problem: Problem


def settle() -> None:
    """Read the link on the first run of a visit; afterwards the state is the truth."""
    if "changes" in st.session_state:
        return
    asked = link.decode(st.query_params.to_dict(), case())
    st.session_state.changes = dict(asked.changes)
    st.session_state.ignored = asked.ignored
    st.session_state.refusals = {}
    st.session_state.language = preferred_language(asked.language, st.context.locale)


def case() -> Scenario:
    """Return the case as it is shipped."""
    return load_case(CASE)


def changes() -> dict[str, Value]:
    """Return what differs from the case, by address."""
    return st.session_state.changes


def language() -> Language:
    """Return the language of the visit."""
    return st.session_state.language


def ignored() -> tuple[Problem, ...]:
    """Return what the link asked and could not have, until the reader goes on from there."""
    return st.session_state.ignored


def refusal(address: str) -> Refusal | None:
    """Return the text last typed at ``address`` if it was not taken."""
    return st.session_state.refusals.get(address)


def change(address: str, value: Value, *, text: str | None = None) -> None:
    """Put ``value`` at ``address``; when the case does not allow it, keep ``text`` and say why."""
    kept, refused = link.allowed_changes(case(), {**changes(), address: value})
    if refused:
        refuse(address, str(value) if text is None else text, refused[0])
        return
    st.session_state.changes = kept
    st.session_state.refusals.pop(address, None)
    st.session_state.ignored = ()


def refuse(address: str, text: str, problem: Problem) -> None:
    """Keep a text that was not taken, and why."""
    st.session_state.refusals[address] = Refusal(text=text, problem=replace(problem, received=text))


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
    """Return some numbers, or all when none is named, to what the case says."""
    for address in addresses or (*changes(), *st.session_state.refusals):
        st.session_state.changes.pop(address, None)
        st.session_state.refusals.pop(address, None)
    st.session_state.ignored = ()


def take_language(chosen: Language) -> None:
    """Go on in another language."""
    st.session_state.language = chosen
