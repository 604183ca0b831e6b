"""The ways to begin: a shipped case, a template to fill in, a link or a file someone sent."""

import io
import zipfile
import zlib
from functools import partial
from html import escape
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

import streamlit as st

from roi_model import Problem, Scenario, ScenarioError
from roi_model.case_files import case_from
from roi_model.templates import load_template, templates
from roi_model.value_map_files import VALUE_MAP_SUFFIXES, empty_value_map, value_map_from
from ui import link, open_file, state
from ui.bases import believed, load
from ui.file_problems import file_problem_text
from ui.frame import PAGES, Page, PageName

OWN = "own_case"
"""The template with nothing in it: a case of one's own."""
LONGEST_LINK = 20_000
SHOWN_PROBLEMS = 8
MADE_HERE = b'name="roi_model"'
"""What the list of sheets holds of a workbook that this project made."""
LONGEST_LIST_OF_SHEETS = 1_000_000
OTHER_FILES: dict[str, tuple[str, ...]] = {
    "file_to_read": (".pdf", ".docx", ".doc", ".odt", ".pptx", ".ppt", ".odp", ".txt", ".md"),
    "file_is_a_picture": (".jpg", ".jpeg", ".png", ".gif", ".webp", ".heic", ".svg"),
    "file_of_another_spreadsheet": (".xls", ".xlsm", ".xlsb", ".ods", ".numbers"),
    "file_is_an_archive": (".zip", ".rar", ".7z", ".gz"),
}
"""Files that are often taken for a scenario, by the code of what is then said; all say it by name,
before anything is read."""
ACCEPTED = ".yaml,.yml,.json," + ",".join(VALUE_MAP_SUFFIXES)


class WorkbookReader(Protocol):
    """Reads the scenario in a workbook that this project made."""

    def __call__(self, content: bytes, *, name: str) -> Scenario:
        """Return the scenario; ``ScenarioError`` where cells hold what they may not."""


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


def received(page: Page, workbook_reader: WorkbookReader) -> None:
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
        if st.session_state.get("link_refused") and st.session_state.received_link:
            st.html(f'<p class="refused" role="alert">{escape(t("start.not_a_link"))}</p>')
        open_file.control(
            t,
            label=t("start.file"),
            too_large=t("start.too_large"),
            accept=ACCEPTED,
            opened=partial(_take_file, workbook_reader),
        )
        _what_was_wrong(page)
        st.download_button(
            t("start.empty_map"),
            data=lambda: empty_value_map(suffix=".xlsx", language=t.language),
            file_name=f"{t('start.empty_map_file')}.xlsx",
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
        )
    if st.session_state.pop("received", False):
        st.switch_page(PAGES["result"][0])


def _what_was_wrong(page: Page) -> None:
    """Say what is wrong with the file or the link, as far as a screen has room."""
    t = page.t
    error = st.session_state.get("not_opened")
    if error is None:
        return
    shown = [file_problem_text(problem, t) for problem in error.problems[:SHOWN_PROBLEMS]]
    more = max(0, len(error.problems) - SHOWN_PROBLEMS)
    items = "".join(f"<li>{escape(one)}</li>" for one in dict.fromkeys(shown))
    rest = f"<p>{escape(t('start.more_problems', count=t.number(more)))}</p>" if more else ""
    said = escape(t("start.not_opened", name=error.source))
    st.html(f'<div class="refused" role="alert"><p>{said}</p></div><ul>{items}</ul>{rest}')


def _take_link() -> None:
    st.session_state.pop("link_refused", None)
    pasted = st.session_state.received_link.strip()
    pairs = _parameters(pasted)
    if not link.is_one(pairs):
        if pasted:
            st.session_state.link_refused = True
        return
    asked = link.opened(pairs, load, believed)
    state.begin(asked.case, asked.scenario)
    state.say_ignored(asked.ignored, asked.announced)
    st.session_state.received = True


def _parameters(address: str) -> dict[str, str]:
    """Return the parameters of an address; none of a text that is no address."""
    try:
        query = urlsplit(address).query
    except ValueError:
        return {}
    return {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}


def scenario_in(content: bytes, *, name: str, workbook_reader: WorkbookReader) -> Scenario:
    """Return the scenario in a file: a workbook made here, a value map, or a case file.

    Raises:
        ScenarioError: it cannot be read, or has faults; all of them are listed.
    """
    ending = name.lower()
    for code, endings in OTHER_FILES.items():
        if ending.endswith(endings):
            problem = Problem(
                where=name, code=code, received=name, allowed="", message="is no scenario"
            )
            raise ScenarioError([problem], source=name)
    if ending.endswith(".xlsx") and _is_made_here(content):
        return workbook_reader(content, name=name)
    if ending.endswith(tuple(VALUE_MAP_SUFFIXES)):
        return value_map_from(content, name=name)
    return case_from(content, name=name)


def _is_made_here(content: bytes) -> bool:
    """Say whether an Excel file has the sheet that holds the scenario it was made of."""
    try:
        with (
            zipfile.ZipFile(io.BytesIO(content)) as archive,
            archive.open("xl/workbook.xml") as sheets,
        ):
            return MADE_HERE in sheets.read(LONGEST_LIST_OF_SHEETS)
    except (KeyError, NotImplementedError, RuntimeError, OSError, zipfile.BadZipFile, zlib.error):
        return False  # the reader of value maps says what is wrong with it


def _take_file(workbook_reader: WorkbookReader, name: str, content: bytes) -> None:
    try:
        scenario = scenario_in(content, name=name, workbook_reader=workbook_reader)
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
