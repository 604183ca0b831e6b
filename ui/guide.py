"""The questions of a template, one at a time, beside what they come to so far."""

import streamlit as st

from roi_model.templates import Question, Template, load_template, numbers_missing, templates
from ui import editing, headline, inputs, scripts, state
from ui.frame import PAGES, Page, named
from ui.labels import label_of

NAMED = 8
"""Numbers still missing that are named on the result; the others are counted."""
MOVED = "guide_moved"
"""Where the visit keeps that it has just gone on to another step."""


def template_of(page: Page) -> Template | None:
    """Return the template that the scenario began as, if it is one with questions."""
    return load_template(page.case.id) if page.case.id in templates() else None


def nothing_to_fill(page: Page) -> None:
    """Say that the open scenario did not begin as a template, and where they are."""
    st.markdown(page.t("guide.nothing"))
    st.page_link(
        PAGES["start"][0],
        label=page.t("start.menu"),
        icon=PAGES["start"][1],
        query_params=page.address,
    )


def question(page: Page) -> None:
    """Show the question of the step, its fields, and the way back and on.

    The first asks for the name of the activity; those of the template follow.
    """
    t, template = page.t, template_of(page)
    if template is None:
        return
    last = len(template.questions) + 1
    step = min(max(0, state.step()), last)
    asked = template.questions[step - 1] if 0 < step < last else None
    if step == last:
        _end(page)
    else:
        st.caption(t("guide.step", step=t.number(step + 1), last=t.number(last)))
        if asked is None:
            _name(page)
        else:
            _asked(page, asked)
    with st.container(horizontal=True, key="steps"):
        st.button(
            t("guide.back"),
            icon=":material/arrow_back:",
            disabled=step == 0,
            on_click=lambda: _go_to(step - 1),
        )
        if step < last:
            st.button(
                t("guide.on"),
                type="primary",
                icon=":material/arrow_forward:",
                on_click=lambda: _go_on(step, asked),
            )
    if st.session_state.pop(MOVED, False):
        st.html(scripts.focus_title(step), unsafe_allow_javascript=True)


def _name(page: Page) -> None:
    st.title(page.t("guide.name"), anchor=False)
    st.markdown(page.t("guide.name_help"))
    editing.case_name(page)


def _asked(page: Page, asked: Question) -> None:
    t = page.t
    st.title(t.of(asked.text), anchor=False)
    st.markdown(t.of(asked.help))
    for line in asked.names:
        editing.own_words(page, line)
    parameters = dict(page.scenario.parameters())
    for address in asked.fills:
        if address in parameters:
            inputs.number_field(
                page,
                address,
                parameters[address],
                label=label_of(address, page.scenario, t),
                help=t.of(getattr(parameters[address], "help", None)),
            )
        else:
            st.caption(t("guide.gone"))


def _go_on(step: int, asked: Question | None) -> None:
    """Go to the next step, unless something typed here was not understood."""
    if not any(state.refusal(address) for address in (asked.fills if asked else ())):
        _go_to(step + 1)


def _go_to(step: int) -> None:
    state.go_to_step(step)
    st.session_state[MOVED] = True


def provisional(page: Page) -> None:
    """Show the result so far, and what is still missing."""
    t = page.t
    with st.container(border=True, key="provisional"):
        st.header(t("guide.provisional"), anchor=False)
        st.markdown(f"**{headline.sentence(page, quote=named)}**")
        lacking = numbers_missing(page.scenario)
        if lacking:
            _missing(page, lacking, named_ones=len(lacking))
        else:
            st.markdown(t("guide.complete"))


def to_fill(page: Page) -> None:
    """Show on the result which numbers are still missing, each a way to where it is asked for."""
    t, lacking = page.t, numbers_missing(page.scenario)
    if not lacking:
        return
    with st.container(border=True, key="still_missing"):
        _missing(page, lacking, named_ones=NAMED)
        if template_of(page) is not None:
            st.page_link(
                PAGES["guide"][0],
                label=t("guide.resume"),
                icon=PAGES["guide"][1],
                query_params=page.address,
            )


def _missing(page: Page, lacking: tuple[str, ...], *, named_ones: int) -> None:
    """List numbers that are missing; each leads to its question, or to its field."""
    t = page.t
    st.markdown(t.counted("guide.missing", len(lacking), number=t.number(len(lacking))))
    with st.container(key="missing", gap=None):
        for address in lacking[:named_ones]:
            label = named(label_of(address, page.scenario, t))
            if st.button(label, key=f"missing:{address}", type="tertiary"):
                _lead_to(page, address)
    if more := len(lacking[named_ones:]):
        st.caption(t.counted("dossier.to_fill_more", more, number=t.number(more)))


def _lead_to(page: Page, address: str) -> None:
    template = template_of(page)
    questions = () if template is None else template.questions
    steps = [step for step, asked in enumerate(questions, 1) if address in asked.fills]
    if steps:
        _go_to(steps[0])
        st.switch_page(PAGES["guide"][0])
    state.look_at(address)
    st.switch_page(PAGES["inputs"][0])


def _end(page: Page) -> None:
    """Show what comes after the last question."""
    t = page.t
    st.title(t("guide.end"), anchor=False)
    is_complete = not numbers_missing(page.scenario)
    st.markdown(t("guide.end_complete" if is_complete else "guide.end_missing"))
    for name in ("result", "dossier", "share", "inputs"):
        st.page_link(
            PAGES[name][0],
            label=t(f"guide.then_{name}"),
            icon=PAGES[name][1],
            query_params=page.address,
        )
