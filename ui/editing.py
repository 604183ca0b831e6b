"""Outcomes, costs and stakeholders added, renamed, moved and taken away."""

from collections.abc import Callable
from html import escape
from typing import Any

import streamlit as st

from roi_model import Problem, Scenario, ScenarioError
from roi_model.editing import (
    duplicated,
    identifier,
    moved,
    renamed,
    taken_ids,
    with_cost,
    with_outcome,
    with_own_words,
    with_stakeholder,
    without,
)
from roi_model.parameters import LARGEST_AMOUNT, LONGEST_LABEL, Factor, Name, Provenance, Text
from roi_model.templates import templates
from roi_model.value_map import Cost, Outcome, Stakeholder
from ui import state, typed
from ui.frame import Page
from ui.labels import refusal_text
from ui.words import Words, words_in

OTHER = "other"
"""The choice of a stakeholder that the scenario does not have yet; no id can be it twice."""

COUNTED: dict[str, tuple[str, str]] = {
    "people": ("person", "{currency}/person/year"),
    "times": ("item/year", "{currency}/item"),
    "hours": ("hour/year", "{currency}/hour"),
}
"""What an outcome of one's own may count, with the unit of the count and of its value."""
AMOUNT = "amount"
"""An outcome stated as one amount a year, nothing counted."""


def toolbar(page: Page) -> None:
    """Show the way back, and forth again, through the changes."""
    t = page.t
    with st.container(horizontal=True, key="toolbar"):
        st.button(
            t("editing.undo"),
            icon=":material/undo:",
            disabled=not state.can_undo(),
            on_click=state.undo,
        )
        st.button(
            t("editing.redo"),
            icon=":material/redo:",
            disabled=not state.can_redo(),
            on_click=state.redo,
        )


def case_name(page: Page) -> None:
    """Ask what the activity is called, and what time the numbers are about."""
    t, case, scenario = page.t, page.case, page.scenario
    is_template = case.id in templates()

    def shown(own: Name | None, of_case: Name | None) -> str:
        return "" if is_template and own == of_case else t.of(own)

    _own_text(
        "case:name",
        t("editing.case_name"),
        shown(scenario.name, case.name),
        t("editing.case_name_example"),
        lambda text: lambda scenario: renamed(case, scenario, name=text),
    )
    _own_text(
        "case:period",
        t("editing.case_period"),
        shown(scenario.period, case.period),
        t("editing.case_period_example"),
        lambda text: lambda scenario: renamed(case, scenario, period=text),
    )


def own_words(page: Page, line: str) -> None:
    """Ask what an outcome, or who a stakeholder is, in the user's own words."""
    t, case = page.t, page.case
    is_outcome = line in {one.id for one in page.scenario.outcomes}
    now, stated = (
        {one.id: one.label for one in scenario.outcomes}
        | {one.id: one.name for one in scenario.stakeholders}
        for scenario in (page.scenario, case)
    )
    if line not in now:
        st.caption(t("guide.gone"))
        return
    _own_text(
        f"words:{line}",
        t("editing.own_outcome") if is_outcome else t("editing.own_stakeholder"),
        "" if now[line] == stated[line] else t.of(now[line]),
        t("editing.own_outcome_example") if is_outcome else t("editing.own_stakeholder_example"),
        lambda text: lambda scenario: with_own_words(case, scenario, line, text),
    )


def _own_text(
    key: str,
    label: str,
    now: str,
    example: str,
    change: Callable[[str], Callable[[Scenario], Scenario]],
) -> None:
    """Show a field for a name; left empty, the scenario keeps that of its case."""
    st.session_state[key] = now
    st.text_input(
        label,
        key=key,
        placeholder=example,
        max_chars=LONGEST_LABEL,
        autocomplete="off",
        on_change=lambda: state.edit(change(st.session_state[key]), at=key),
    )


def outcome_actions(page: Page, outcome: Outcome) -> None:
    """Show what can be done with an outcome as a whole."""
    t, place = page.t, f"outcome:{outcome.id}"
    ids = [one.id for one in page.scenario.outcomes]
    with st.popover(t("editing.actions"), icon=":material/edit:", key=f"{place}:actions"):
        _name_field(t, f"{place}:name", outcome.label, lambda label: _relabelled(outcome, label))
        key = f"{place}:stakeholder"
        st.session_state[key] = outcome.stakeholder
        names = {one.id: t.of(one.name) for one in page.scenario.stakeholders}
        st.selectbox(
            t("editing.who_gains"),
            list(names),
            format_func=names.__getitem__,
            key=key,
            filter_mode=None,
            on_change=lambda: state.edit(
                lambda scenario: with_outcome(
                    scenario, outcome.model_copy(update={"stakeholder": st.session_state[key]})
                ),
                at=place,
            ),
        )
        _action(t, "duplicate", "content_copy", outcome.id, duplicated)
        _action(t, "up", "arrow_upward", outcome.id, _up, disabled=outcome.id == ids[0])
        _action(t, "down", "arrow_downward", outcome.id, _down, disabled=outcome.id == ids[-1])
        _action(t, "remove", "delete", outcome.id, without)
    refused(page, place)


def cost_actions(page: Page, cost: Cost) -> None:
    """Show what can be done with a cost as a whole."""
    t, place = page.t, f"cost:{cost.id}"
    funding = page.scenario.funding
    with st.popover(t("editing.actions"), icon=":material/edit:", key=f"{place}:actions"):
        _name_field(
            t,
            f"{place}:name",
            cost.label,
            lambda label: (
                lambda scenario: with_cost(scenario, cost.model_copy(update={"label": label}))
            ),
        )
        ids = [one.id for one in page.scenario.costs]
        _action(t, "up", "arrow_upward", cost.id, _up, disabled=cost.id == ids[0])
        _action(t, "down", "arrow_downward", cost.id, _down, disabled=cost.id == ids[-1])
        if funding is None or funding.cost != cost.id:  # else the funding case rests on it
            _action(t, "remove", "delete", cost.id, without)
    refused(page, place)


def new_outcome(page: Page) -> None:
    """Ask for an outcome of one's own: who gains, how many, and what each is worth."""
    t = page.t
    with st.expander(t("editing.new_outcome"), icon=":material/add:", key="new_outcome"):
        st.markdown(t("editing.new_outcome_introduction"))
        with st.form(key="new_outcome_form", border=False):
            _text(t, "new_outcome:label", "outcome_name", LONGEST_LABEL)
            _stakeholder_fields(page, "new_outcome", "editing.who_gains")
            st.selectbox(
                t("editing.counted"),
                [*COUNTED, AMOUNT],
                format_func=lambda one: t(f"editing.counted_{one}"),
                key="new_outcome:counted",
                filter_mode=None,
            )
            _text(t, "new_outcome:quantity", "quantity", typed.LONGEST)
            _text(t, "new_outcome:value", "value", typed.LONGEST)
            _text(t, "new_outcome:source", "source", 300)
            st.form_submit_button(
                t("editing.add_outcome"), type="primary", on_click=lambda: _add(_outcome_of_form)
            )
        refused(page, "new_outcome")


def new_cost(page: Page) -> None:
    """Ask for a cost: who pays, and how much a year, in money or in hours given."""
    t = page.t
    with st.expander(t("editing.new_cost"), icon=":material/add:", key="new_cost"):
        with st.form(key="new_cost_form", border=False):
            _text(t, "new_cost:label", "cost_name", LONGEST_LABEL)
            _stakeholder_fields(page, "new_cost", "editing.who_pays")
            _text(t, "new_cost:value", "amount_a_year", typed.LONGEST)
            _text(t, "new_cost:hours", "hours_a_year", typed.LONGEST)
            _text(t, "new_cost:price", "value_of_an_hour", typed.LONGEST)
            st.form_submit_button(
                t("editing.add_cost"), type="primary", on_click=lambda: _add(_cost_of_form)
            )
        refused(page, "new_cost")


# --- What the forms hold -----------------------------------------------------------------------


def _add(make: Callable[[Scenario], Scenario]) -> None:
    """Go on with what a form adds; where it cannot be had the form keeps what was typed."""
    form = "new_outcome" if make is _outcome_of_form else "new_cost"
    try:
        state.put(make(state.scenario()))
    except ScenarioError as error:
        state.refuse(form, "", error.problems[0])
        return
    st.session_state.refusals.pop(form, None)
    for key in [key for key in st.session_state if str(key).startswith(f"{form}:")]:
        st.session_state[key] = False if key.endswith(":public") else _first(key)


def _first(key: str) -> Any:
    if key.endswith(":counted"):
        return next(iter(COUNTED))
    return None if key.endswith(":stakeholder") else ""


def _outcome_of_form(scenario: Scenario) -> Scenario:
    form = "new_outcome"
    label = _required(form, "label", "editing.outcome_name")
    scenario, stakeholder = _with_stakeholder(scenario, form)
    counted = str(st.session_state[f"{form}:counted"])
    source = str(st.session_state[f"{form}:source"]).strip()
    locator = Text(fr=source, en=source) if source else None
    # An unintended effect has a negative value.
    value = _number(form, "value", "editing.value", "amount", lowest=-LARGEST_AMOUNT)
    if counted == AMOUNT:
        unit = f"{scenario.currency}/year"
        factors = [_factor(AMOUNT, "editing.value", value, unit, locator)]
    else:
        unit, per_unit = COUNTED[counted]
        price_unit = per_unit.format(currency=scenario.currency)
        quantity = _number(form, "quantity", "editing.quantity", "quantity")
        factors = [
            _factor("quantity", "editing.quantity", quantity, unit, None),
            _factor("price", "editing.value", value, price_unit, locator),
        ]
    outcome = Outcome(
        id=identifier(label, taken_ids(scenario)),
        label=Name(fr=label, en=label),
        stakeholder=stakeholder,
        factors=tuple(factors),
    )
    return with_outcome(scenario, outcome)


def _cost_of_form(scenario: Scenario) -> Scenario:
    form = "new_cost"
    label = _required(form, "label", "editing.cost_name")
    scenario, stakeholder = _with_stakeholder(scenario, form)
    named = {
        "id": identifier(label, taken_ids(scenario)),
        "label": Name(fr=label, en=label),
        "stakeholder": stakeholder,
        "provenance": Provenance.YOURS,
    }
    if st.session_state[f"{form}:hours"].strip():
        hours = _number(form, "hours", "editing.hours_a_year", "quantity")
        worth = _number(form, "price", "editing.value_of_an_hour", "amount")
        price = _factor(
            "price", "editing.value_of_an_hour", worth, f"{scenario.currency}/hour", None
        )
        in_kind = {"value": hours, "unit": "hour/year", "kind": "in_kind", "price": price}
        return with_cost(scenario, Cost.model_validate(named | in_kind))
    value = _number(form, "value", "editing.amount_a_year", "amount")
    cash = {"value": value, "unit": f"{scenario.currency}/year"}
    return with_cost(scenario, Cost.model_validate(named | cash))


def _with_stakeholder(scenario: Scenario, form: str) -> tuple[Scenario, str]:
    """Return the scenario with the stakeholder that a form names, and its id."""
    chosen = st.session_state[f"{form}:stakeholder"]
    if chosen is None:
        key = "editing.who_gains" if form == "new_outcome" else "editing.who_pays"
        raise _not_taken(form, key, "", "missing_choice")
    if chosen != OTHER:
        return scenario, str(chosen)
    name = _required(form, "other", "editing.other_name")
    newcomer = Stakeholder(
        id=identifier(name, [OTHER, *(one.id for one in scenario.stakeholders)]),
        name=Name(fr=name, en=name),
        public=bool(st.session_state[f"{form}:public"]),
    )
    return with_stakeholder(scenario, newcomer), newcomer.id


def _factor(factor_id: str, key: str, value: float, unit: str, locator: Text | None) -> Factor:
    return Factor(
        id=factor_id,
        label=Name(fr=words_in("fr")(key), en=words_in("en")(key)),
        value=value,
        unit=unit,
        provenance=Provenance.YOURS,
        locator=locator,
    )


def _required(form: str, field: str, key: str) -> str:
    text = " ".join(str(st.session_state[f"{form}:{field}"]).split())
    if not text:
        raise _not_taken(form, key, text, "missing_text")
    return text


def _number(form: str, field: str, key: str, kind: typed.Kind, *, lowest: float = 0.0) -> float:
    """Return the number typed in a field of a form, within what a line may hold."""
    text = str(st.session_state[f"{form}:{field}"])
    try:
        number = float(typed.parse(text, kind, state.language()))
    except typed.NotUnderstoodError as error:
        raise _not_taken(form, key, text, error.code) from error
    if number < lowest:
        raise _not_taken(form, key, text, "greater_than_equal", lowest)
    if number > LARGEST_AMOUNT:
        raise _not_taken(form, key, text, "less_than_equal", LARGEST_AMOUNT)
    return number


def _not_taken(
    form: str, key: str, received: str, code: str, bound: float | None = None
) -> ScenarioError:
    t = words_in(state.language())
    allowed = "" if bound is None else t.number(bound)
    problem = Problem(where=t(key), code=code, received=received, allowed=allowed, message=form)
    return ScenarioError([problem])


# --- Pieces ------------------------------------------------------------------------------------


def _text(t: Words, key: str, name: str, longest: int) -> None:
    st.text_input(
        t(f"editing.{name}"),
        key=key,
        max_chars=longest,
        autocomplete="off",
        help=t(f"editing.{name}_help"),
    )


def _stakeholder_fields(page: Page, form: str, key: str) -> None:
    t = page.t
    names = {one.id: t.of(one.name) for one in page.scenario.stakeholders}
    st.selectbox(
        t(key),
        [*names, OTHER],
        format_func=lambda one: names.get(one) or t("editing.other"),
        key=f"{form}:stakeholder",
        index=None,
        placeholder=t("editing.to_choose"),
        filter_mode=None,
    )
    _text(t, f"{form}:other", "other_name", LONGEST_LABEL)
    st.toggle(t("editing.public"), key=f"{form}:public", help=t("editing.public_help"))


def _name_field(
    t: Words, key: str, label: Name, change: Callable[[Name], Callable[[Scenario], Scenario]]
) -> None:
    st.session_state[key] = t.of(label)

    def take() -> None:
        text = " ".join(st.session_state[key].split())
        if text:
            state.edit(change(Name(fr=text, en=text)), at=key)

    st.text_input(
        t("editing.name"), key=key, max_chars=LONGEST_LABEL, autocomplete="off", on_change=take
    )


def _relabelled(outcome: Outcome, label: Name) -> Callable[[Scenario], Scenario]:
    return lambda scenario: with_outcome(scenario, outcome.model_copy(update={"label": label}))


def _action(
    t: Words,
    name: str,
    icon: str,
    line: str,
    change: Callable[[Scenario, str], Scenario],
    *,
    disabled: bool = False,
) -> None:
    st.button(
        t(f"editing.{name}"),
        key=f"{name}:{line}",
        icon=f":material/{icon}:",
        type="tertiary",
        disabled=disabled,
        on_click=lambda: state.edit(lambda scenario: change(scenario, line), at=f"outcome:{line}"),
    )


def _up(scenario: Scenario, line: str) -> Scenario:
    return moved(scenario, line, -1)


def _down(scenario: Scenario, line: str) -> Scenario:
    return moved(scenario, line, 1)


def refused(page: Page, place: str) -> None:
    """Say why the last change asked for at a place was not made."""
    refusal = state.refusal(place)
    if refusal is not None:
        reason = refusal_text(refusal.problem, page.scenario, page.t)
        st.html(f'<p class="refused" role="alert">{escape(reason)}</p>')
