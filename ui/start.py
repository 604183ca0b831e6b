"""The ways to begin: a shipped case, a template to fill in, a link or a file someone sent."""

from html import escape
from urllib.parse import parse_qs, urlsplit

import streamlit as st

from roi_model import Scenario, ScenarioError
from roi_model.case_files import case_from
from roi_model.templates import load_template, templates
from roi_model.value_map_files import VALUE_MAP_SUFFIXES, value_map_from
from ui import link, open_file, state
from ui.bases import believed, load
from ui.frame import PAGES, Page, PageName

OWN = "own_case"
"""The template with nothing in it: a case of one's own."""
LONGEST_LINK = 20_000
SHOWN_PROBLEMS = 8
ACCEPTED = ".yaml,.yml,.json," + ",".join(VALUE_MAP_SUFFIXES)


def published(page: Page) -> None:
    """Offer the published case, untouched."""
    case = load(link.DEFAULT_CASE)
    t = page.t
    st.header(t("start.published"), anchor=False)
    with st.container(border=True, key="start_published"):
        st.markdown(f"**{t.of(case.name)}**  \n{t.of(case.description)}")
        if st.button(t("start.open_published"), type="primary", key="open:published"):
            _go_on(case, "result")


def templates_to_fill(page: Page) -> None:
    """Offer the templates, the empty one last."""
    t = page.t
    st.header(t("start.templates"), anchor=False)
    st.markdown(t("start.templates_introduction"))
    with st.container(key="cards"):
        for name in sorted(templates(), key=lambda one: one == OWN):
            template = load_template(name)
            with st.container(border=True, key=f"template_{name}"):
                st.markdown(f"**{t.of(template.name)}**  \n{t.of(template.description)}")
                if st.button(t("start.use"), key=f"template:{name}", help=t.of(template.name)):
                    state.go_to_step(0)
                    _go_on(template.case, "guide")


def received(page: Page) -> None:
    """Offer to open a link or a file that someone sent."""
    t = page.t
    st.header(t("start.received"), anchor=False)
    with st.container(border=True, key="start_received"):
        st.text_input(
            t("start.link"),
            key="received_link",
            max_chars=LONGEST_LINK,
            autocomplete="off",
            help=t("start.link_help"),
            on_change=_take_link,
        )
        open_file.control(
            label=t("start.file"),
            too_large=t("start.too_large"),
            accept=ACCEPTED,
            opened=_take_file,
        )
        _what_was_wrong(page)
    if st.session_state.pop("received", False):
        st.switch_page(PAGES["result"][0])


def _what_was_wrong(page: Page) -> None:
    """Say what is wrong with the file or the link, as far as a screen has room."""
    t = page.t
    error = st.session_state.get("not_opened")
    if error is None:
        return
    shown = [str(problem) for problem in error.problems[:SHOWN_PROBLEMS]]
    more = len(error.problems) - len(shown)
    items = "".join(f"<li>{escape(one)}</li>" for one in shown)
    rest = f"<p>{escape(t('start.more_problems', count=t.number(more)))}</p>" if more else ""
    said = escape(t("start.not_opened", name=error.source))
    st.html(f'<div class="refused" role="alert"><p>{said}</p></div><ul>{items}</ul>{rest}')


def _take_link() -> None:
    query = urlsplit(st.session_state.received_link.strip()).query
    if not query:
        return
    pairs = {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}
    asked = link.opened(pairs, load, believed)
    state.begin(asked.case, asked.scenario)
    state.say_ignored(asked.ignored, asked.ratio)
    st.session_state.received = True


def _take_file(name: str, content: bytes) -> None:
    try:
        if name.lower().endswith(tuple(VALUE_MAP_SUFFIXES)):
            scenario = value_map_from(content, name=name)
        else:
            scenario = case_from(content, name=name)
    except ScenarioError as error:
        error.source = error.source or name
        st.session_state.not_opened = error
        return
    st.session_state.pop("not_opened", None)
    state.begin(_base_of(scenario), scenario)
    st.session_state.received = True


def _base_of(scenario: Scenario) -> Scenario:
    """Return the case that a file began as, if it is one of ours; else the empty one."""
    try:
        return load(scenario.id)
    except KeyError:
        return load(OWN)


def _go_on(case: Scenario, page: PageName) -> None:
    """Begin with a case, and go to the page that comes next."""
    state.begin(case)
    st.switch_page(PAGES[page][0])
