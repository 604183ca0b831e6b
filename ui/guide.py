"""The questions of a template, one at a time, beside what they come to so far."""

import streamlit as st

from roi_model.templates import Template, load_template, missing, templates
from ui import headline, inputs, state
from ui.frame import PAGES, Page
from ui.labels import label_of


def template_of(page: Page) -> Template | None:
    """Return the template that the scenario began as, if it is one with questions."""
    if page.case.id not in templates():
        return None
    template = load_template(page.case.id)
    return template if template.questions else None


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
    """Show the question of the step, its fields, and the way back and on."""
    t, template = page.t, template_of(page)
    if template is None:
        return
    last = len(template.questions)
    step = min(max(0, state.step()), last)
    if step == last:
        _end(page, template)
    else:
        asked = template.questions[step]
        st.caption(t("guide.step", step=t.number(step + 1), last=t.number(last)))
        st.title(t.of(asked.text), anchor=False)
        st.markdown(t.of(asked.help))
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
    with st.container(horizontal=True, key="steps"):
        st.button(
            t("guide.back"),
            icon=":material/arrow_back:",
            disabled=step == 0,
            on_click=lambda: state.go_to_step(step - 1),
        )
        if step < last:
            st.button(
                t("guide.on"),
                type="primary",
                icon=":material/arrow_forward:",
                on_click=lambda: state.go_to_step(step + 1),
            )


def provisional(page: Page) -> None:
    """Show the result so far, and what is still missing."""
    t, template = page.t, template_of(page)
    if template is None:
        return
    with st.container(border=True, key="provisional"):
        st.header(t("guide.provisional"), anchor=False)
        st.markdown(f"**{headline.sentence(page)}**")
        left = [label_of(address, page.scenario, t) for address in missing(template, page.scenario)]
        if left:
            st.markdown(t.counted("guide.missing", len(left), number=t.number(len(left))))
            st.markdown("\n".join(f"- {label}" for label in left))
        else:
            st.markdown(t("guide.complete"))


def _end(page: Page, template: Template) -> None:
    """Show what comes after the last question."""
    t = page.t
    st.title(t("guide.end"), anchor=False)
    is_complete = not missing(template, page.scenario)
    st.markdown(t("guide.end_complete" if is_complete else "guide.end_missing"))
    for name in ("result", "inputs", "share"):
        st.page_link(
            PAGES[name][0],
            label=t(f"guide.then_{name}"),
            icon=PAGES[name][1],
            query_params=page.address,
        )
