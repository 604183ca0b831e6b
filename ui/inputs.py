"""Fields for the numbers of a scenario: typed as a person writes them, with their papers beside."""

import re
from functools import cache
from html import escape

import streamlit as st

from roi_model import units
from roi_model.evidence_library import evidence_library
from roi_model.parameters import Duration, Factor, Parameter, Rate, Share, Text
from roi_model.reference_data import may_be_zero
from roi_model.settings import CONVENTIONS, SETTING_NUMBERS
from roi_model.templates import templates
from roi_model.value_map import OUTCOME_SHARES, Cost, Outcome
from ui import discount_rates, editing, scripts, state, typed
from ui.frame import Page, named
from ui.labels import choice_text, label_of, refusal_text, value_text
from ui.markup import Cell, Html, badge, external_link, folded, html, table
from ui.origins import origin_text
from ui.words import UNDEFINED, Words, typeset

ASKED = ("deadweight", "displacement", "attribution", "drop_off")
"""Shares that are asked for as questions."""
VIEWS = ("fields", "table")
FIVE_ANSWERS = {0.0: "nothing", 0.25: "quarter", 0.5: "half", 0.75: "three_quarters", 1.0: "all"}


def number_field(page: Page, address: str, parameter: Parameter, *, label: str, help: str) -> None:
    """Show a field for one number, and what a reader asks of it: unit, source, provenance.

    What is typed is understood in the reader's style; what is not stays on screen with a
    message, and the number keeps its last value.
    """
    field, papers = st.columns([5, 6], gap="medium", vertical_alignment="top")
    with field:
        beside = help == _caveat(parameter, page.t)
        typed_field(page, address, parameter, label=label, help="" if beside else help)
    with papers, st.container(gap="xsmall"):
        st.html(papers_of(page, address, parameter))
        _reset_button(page, address)


def typed_field(page: Page, address: str, parameter: Parameter, *, label: str, help: str) -> None:
    """Show the field alone, with the message when what was typed is not understood.

    It is empty for a number that nobody has given yet: a 0 typed there is an answer.
    """
    t = page.t
    key = f"field:{address}"
    refusal = state.refusal(address)
    written = "" if parameter.is_to_fill else t.figure(parameter.value, parameter.unit)
    st.session_state[key] = refusal.text if refusal else written
    unit = t.unit(parameter.unit)

    def take() -> None:
        text = st.session_state[key]
        if parameter.is_to_fill and not text.strip():
            state.reset(address)
        else:
            words = unit_words(t, parameter.unit, label)
            state.take_typed(address, text, kind_of(parameter), words)

    st.text_input(
        t("inputs.label_with_unit", label=named(label), unit=unit) if unit else named(label),
        key=key,
        help=named(help),
        max_chars=typed.LONGEST,
        autocomplete="off",
        on_change=take,
    )
    if refusal:
        said = [refusal_text(refusal.problem, page.scenario, t)]
        if not parameter.is_to_fill:
            said.append(t("inputs.kept", value=t.value(parameter.value, parameter.unit)))
        st.html(f'<p class="refused" role="alert">{escape(" ".join(said))}</p>')


def kind_of(parameter: Parameter) -> typed.Kind:
    """Return how a number is typed: a share in percent, a duration in whole years."""
    if isinstance(parameter, Share | Rate):
        return "share"
    if isinstance(parameter, Duration):
        return "whole"
    return "amount" if units.is_money(parameter.unit) else "quantity"


def papers_of(page: Page, address: str, parameter: Parameter) -> str:
    """Return a number's provenance, range and year, then where it comes from, as HTML."""
    t = page.t
    facts = [html(_badge(parameter, t))]
    ends = [one for one in (parameter.low, parameter.high) if one is not None]
    if isinstance(parameter, Factor) and len(set(ends)) == 2:
        low, high = (t.figure(one, parameter.unit) for one in ends)
        facts.append(f"<span class=quiet>{escape(t('inputs.range', low=low, high=high))}</span>")
    if parameter.year is not None:
        facts.append(f"<span class=quiet>{parameter.year}</span>")
    origin = origin_of(page, address, parameter)
    caveat = _caveat(parameter, t)
    wary = [escape(caveat)] if caveat else []
    lines = [" · ".join(facts), *wary, *(html(line) for line in origin)]
    return f'<div class="papers">{"<br>".join(lines)}</div>'


def _badge(parameter: Parameter, t: Words) -> Html:
    """Return the badge of a number: whether it is needed while nobody has given it."""
    if not parameter.is_to_fill:
        return badge(parameter.provenance, t)
    need = "may_be_zero" if may_be_zero(parameter) else "needed"
    return Html(f'<span class="badge waiting">{escape(t(f"inputs.{need}"))}</span>')


def _caveat(parameter: Parameter, t: Words) -> str:
    """Return what to be wary of in a value of the library; nothing for any other number."""
    said = getattr(parameter, "help", None)
    return t.of(said) if parameter.source and said in _caveats() else ""


@cache
def _caveats() -> frozenset[Text]:
    return frozenset(one.caveat for one in evidence_library().unit_values)


def origin_of(page: Page, address: str, parameter: Parameter) -> list[Cell]:
    """Return where a number comes from: place or reason or rule, and source.

    For the user's own number, what the case says in its stead.
    """
    t = page.t
    silence = _silence(page, parameter)
    lines: list[Cell] = [*origin_text(address, parameter, page.case, t, not_stated=silence)]
    for cited in parameter.source:
        source = page.scenario.documents[cited]
        lines.append(external_link(source.url, typeset(source.publisher, "fr")))
    return lines


def _silence(page: Page, parameter: Parameter) -> str:
    """Return what is said of a number that no one stated: the study did not, or no one yet."""
    if page.case.id not in templates():
        return page.t("provenance.not_stated")
    deducts_nothing = parameter.value == 0 and kind_of(parameter) == "share"
    return page.t("provenance.nothing_off_yet" if deducts_nothing else "provenance.not_said_yet")


def cost_fields(page: Page) -> None:
    """Show a field for each cost."""
    for cost in page.scenario.costs:
        label, help_text = page.t.of(cost.label), page.t.of(cost.help)
        number_field(page, cost.id, cost, label=label, help=help_text)
        if cost.price is not None:
            address = f"{cost.id}.price"
            number_field(page, address, cost.price, label=page.t.of(cost.price.label), help="")
        editing.cost_actions(page, cost)


def wants_table(page: Page) -> bool:
    """Ask whether outcomes are shown as fields, with their papers, or as a table."""
    t, key = page.t, "outcomes_view"
    st.session_state[key] = st.session_state.get(key) or VIEWS[0]
    chosen = st.segmented_control(
        t("editing.view"),
        VIEWS,
        format_func=lambda view: t(f"editing.view_{view}"),
        key=key,
        required=True,
        label_visibility="collapsed",
    )
    return chosen == "table"


def outcome_fields(page: Page, outcome: Outcome) -> None:
    """Show the fields of one outcome: its factors, then what is deducted and how long it lasts."""
    t = page.t
    result = {row.outcome: row for row in page.evaluation.by_outcome}[outcome.id]
    with st.container(border=True, key=f"outcome_{outcome.id}"):
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            st.subheader(named(t.of(outcome.label)), anchor=False)
            editing.outcome_actions(page, outcome)
        beneficiary = t.of(page.scenario.stakeholder(outcome.stakeholder).name)
        st.markdown(
            t(
                "inputs.outcome_line",
                value=t.euros(result.present_value),
                stakeholder=named(beneficiary),
                help=named(t.of(outcome.help)),
            )
        )
        for factor in outcome.factors:
            address = f"{outcome.id}.{factor.id}"
            number_field(page, address, factor, label=t.of(factor.label), help=t.of(factor.help))
        _share_fields(page, outcome)


def _share_fields(page: Page, outcome: Outcome) -> None:
    """Show what is deducted from an outcome, computed only while it is unfolded."""
    t = page.t
    own = dict(page.scenario.parameters())
    names = [name for name in OUTCOME_SHARES if name != "footprint" or outcome.footprint]
    folded = st.expander(t("inputs.deductions"), key=f"deductions_{outcome.id}", on_change="rerun")
    if folded.open:
        with folded:
            for name in (*names, "benefit_period"):
                address = f"{outcome.id}.{name}"
                if name in ASKED:
                    _usual_answers(page, address, name)
                number_field(
                    page,
                    address,
                    own[address],
                    label=t(f"share.{name}"),
                    help=t(f"share.{name}_help"),
                )


def _usual_answers(page: Page, address: str, name: str) -> None:
    """Ask for a share as a question with the usual five answers; any other is typed below."""
    t, key = page.t, f"answer:{address}"
    now = page.scenario.value_at(address)
    credited = name == "attribution" and page.scenario.settings.attribution_means == "credited"
    st.session_state[key] = now if now in FIVE_ANSWERS else None

    def take() -> None:
        if st.session_state[key] is not None:
            state.change(address, st.session_state[key])

    st.segmented_control(
        t("question.credited" if credited else f"question.{name}"),
        list(FIVE_ANSWERS),
        format_func=lambda share: t(f"answer.{FIVE_ANSWERS[share]}"),
        key=key,
        on_change=take,
    )


def setting_fields(page: Page) -> None:
    """Show the settings that are numbers, then the conventions of the field."""
    t = page.t
    for name in SETTING_NUMBERS:
        number_field(
            page,
            name,
            getattr(page.scenario.settings, name),
            label=t(f"setting.{name}"),
            help=t(f"share.{name}_help"),
        )
        if name == discount_rates.ADDRESS:
            discount_rates.offered(page)
    for name in (*CONVENTIONS, "optimism_bias", "price_year"):
        choice(page, name)


def choice(page: Page, name: str) -> None:
    """Show the choices of a setting as a list, the current one chosen."""
    t = page.t
    key = f"choice:{name}"
    st.session_state[key] = page.scenario.value_at(name)
    st.selectbox(
        t(f"setting.{name}"),
        page.scenario.choices()[name],
        format_func=lambda option: choice_text(name, option, page.scenario, t),
        key=key,
        help=t(f"setting.{name}_help"),
        filter_mode=None,
        on_change=lambda: state.change(name, st.session_state[key]),
    )


def changed_values(page: Page) -> None:
    """Show what differs from the case, what the case says there, and the way back."""
    t = page.t
    changed = page.edits.numbers
    if not page.is_changed:
        st.caption(t("inputs.nothing_changed" if page.has_published else "inputs.nothing_typed"))
        return
    rows = [
        (
            label_of(address, page.case, t),
            value_text(address, page.case, t),
            value_text(address, page.scenario, t),
        )
        for address in (*dict(page.case.parameters()), *page.case.choices())
        if address in changed
    ]
    lines = _changed_lines(page)
    key = "inputs.differing" if lines else "inputs.changed"
    rows += lines
    summary = t.counted(key, len(rows), number=t.number(len(rows)))
    headings = [t(f"table.{name}") for name in ("number", "published", "yours")]
    with st.container(horizontal=True, key="changed"):
        if rows:
            st.html(folded(summary, table(summary, headings, rows, t)))
        else:
            st.caption(t("inputs.changed_beside"))
        st.button(t("inputs.reset_all"), icon=":material/restart_alt:", on_click=state.reset)


def _changed_lines(page: Page) -> list[tuple[str, str, str]]:
    """Return each line changed, added or removed, and what the case and the scenario have of it."""
    t, edits = page.t, page.edits
    stated: tuple[Cost | Outcome, ...] = (*page.case.costs, *page.case.outcomes)
    had = {one.id: t.of(one.label) for one in stated}
    changed: tuple[Cost | Outcome, ...] = (*edits.costs, *edits.outcomes)
    there, none = t("inputs.line_there"), UNDEFINED
    found = []
    for one in changed:
        label = t.of(one.label)
        if one.id in had:
            found.append((label, there, t("inputs.line_changed")))
        else:
            found.append((label, none, t("inputs.line_added")))
    removed = (*edits.removed_costs, *edits.removed_outcomes)
    return found + [(had[one], there, t("inputs.line_removed")) for one in removed]


def _reset_button(page: Page, address: str) -> None:
    t = page.t
    if address not in page.edits.numbers and state.refusal(address) is None:
        return
    original = dict(page.case.parameters()).get(address)
    if original is None:
        return
    value = t.value(original.value, original.unit)
    st.button(
        t("inputs.empty_one") if original.is_to_fill else t("inputs.reset_one", value=value),
        key=f"reset:{address}",
        icon=":material/undo:",
        type="tertiary",
        help=t("inputs.reset_one_help", label=label_of(address, page.case, t)),
        on_click=lambda: state.reset(address),
    )


def unit_words(t: Words, unit: str, label: str = "") -> tuple[str, ...]:
    """Return the words that may follow a number typed in ``unit``; of a count, those of its label.

    Posts are also typed as full-time equivalents, and residents as people.
    """
    if not t.unit(unit):
        return ()
    head = unit.partition("/")[0]
    words = {t.unit(one, count=count) for one in (unit, head) for count in (1, 2)}
    if units.is_money(unit):
        return tuple(words)
    also = f"typed.words_{head}"
    words |= set(t(f"typed.words_{head}").split(", ")) if t.has(also) else set()
    of_label = set(re.findall(r"[^\W\d_]{3,}", label.lower()))
    return tuple(words | (of_label - typed.MULTIPLIERS[t.language].keys() - {*typed.CURRENCY}))


def open_looked_at(page: Page) -> tuple[str, ...]:
    """Unfold what a reader was sent to, and return the keys of its field and of what it is in."""
    address = state.looked_at()
    if address is None:
        return ()
    place = _opened_place(page, address)
    return (f"field:{address}", f"choice:{address}", place)


def _opened_place(page: Page, address: str) -> str:
    line = address.partition(".")[0]
    if line in {one.id for one in page.scenario.outcomes}:
        st.session_state[f"deductions_{line}"] = True
        st.session_state.outcomes_view = VIEWS[0]
        return f"outcome_{line}"
    return "costs" if line in {one.id for one in page.scenario.costs} else "settings"


def go_to(places: tuple[str, ...]) -> None:
    """Bring into sight, ready to be typed into, the first place that is on the page."""
    if places:
        st.html(scripts.scroll_to(*places), unsafe_allow_javascript=True)
