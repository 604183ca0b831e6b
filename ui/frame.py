"""What every page begins with: the visit, its language and link, the head and the menu."""

import datetime
import math
import re
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Literal
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

import roi_model
from roi_model import Evaluation, Scenario, evaluate
from roi_model.editing import Edits, edits_of
from roi_model.templates import templates
from ui import fund_choices, link, opened_version, received, reconnection, saving, scripts, state
from ui.labels import perspective_label, refusal_text
from ui.ledger_words import notices
from ui.theme import Palette, palette, style_sheet
from ui.words import LANGUAGES, Language, Words, words_in

ICON = Path(__file__).parent / "icon.svg"

QUOTE = "\u2019"
_MARKDOWN = re.compile(r"[\\`*_\[\]<>$~|]|:(?=\S)|&(?=#?\w)|www\.|^\s*(?:[-+#]|\d+[.)]\s)|\n")
"""What Markdown, as Streamlit reads it, may take for more than a text."""

PageName = Literal[
    "start",
    "guide",
    "result",
    "inputs",
    "uncertainty",
    "compare",
    "viewpoints",
    "fund",
    "share",
    "saved",
    "dossier",
    "library",
    "published",
    "portfolio",
    "context",
    "sources",
    "method",
    "glossary",
    "accessibility",
]
PAGES: dict[PageName, tuple[str, str]] = {
    "start": ("pages/start.py", ":material/play_circle:"),
    "guide": ("pages/guide.py", ":material/checklist:"),
    "result": ("dashboard.py", ":material/insights:"),
    "inputs": ("pages/inputs.py", ":material/tune:"),
    "uncertainty": ("pages/uncertainty.py", ":material/query_stats:"),
    "compare": ("pages/compare.py", ":material/compare_arrows:"),
    "viewpoints": ("pages/viewpoints.py", ":material/groups:"),
    "fund": ("pages/fund.py", ":material/payments:"),
    "share": ("pages/share.py", ":material/send:"),
    "saved": ("pages/saved.py", ":material/bookmark:"),
    "dossier": ("pages/dossier.py", ":material/picture_as_pdf:"),
    "library": ("pages/library.py", ":material/local_library:"),
    "published": ("pages/published.py", ":material/leaderboard:"),
    "portfolio": ("pages/portfolio.py", ":material/table_view:"),
    "context": ("pages/context.py", ":material/bar_chart:"),
    "sources": ("pages/sources.py", ":material/menu_book:"),
    "method": ("pages/method.py", ":material/function:"),
    "glossary": ("pages/glossary.py", ":material/dictionary:"),
    "accessibility": ("pages/accessibility.py", ":material/accessibility:"),
}

MenuGroup = Literal["scenario", "questions", "leave_with", "understand"]
MENU: dict[MenuGroup, tuple[PageName, ...]] = {
    "scenario": ("start", "guide", "result", "inputs"),
    "questions": ("uncertainty", "compare", "viewpoints", "fund", "published", "portfolio"),
    "leave_with": ("share", "saved", "dossier"),
    "understand": ("method", "sources", "library", "context", "glossary", "accessibility"),
}
AT_HAND: tuple[PageName, ...] = (
    "result",
    "inputs",
    "uncertainty",
    "compare",
    "viewpoints",
    "fund",
    "share",
    "dossier",
)
"""The pages that a wide screen shows without opening the menu."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """What a page shows: the words, the case, the scenario made of it, and its result."""

    t: Words
    case: Scenario
    scenario: Scenario
    evaluation: Evaluation
    published: Evaluation
    """The result of the untouched case, to set beside."""
    edits: Edits
    """What differs from the case."""
    address: dict[str, str]
    """The parameters of the link that opens this scenario in this language."""
    colours: Palette

    @property
    def is_changed(self) -> bool:
        """Say whether anything differs from the case."""
        return self.edits != Edits()

    @property
    def fits_a_link(self) -> bool:
        """Say whether the address opens this very scenario; else only a file holds it."""
        return "v" in self.address or "saved" in self.address

    @property
    def has_published(self) -> bool:
        """Say whether the case has a ratio of its own, which a template to fill has not."""
        return math.isfinite(self.published.ratio)


def open_page(name: PageName) -> Page:
    """Return what page ``name`` shows, after drawing what stands above it on every page."""
    state.settle()
    t = words_in(state.language())
    st.set_page_config(
        page_title=t("frame.title", page=t(f"{name}.menu")),
        page_icon=_icon(),
        layout="wide",
    )
    case, scenario = state.case(), state.scenario()
    evaluation, edits = evaluate(scenario), edits_of(case, scenario)
    address = None
    if saving.is_shipped_today(case) and link.gives_back(case, edits, scenario):
        address = link.address_of(case, edits, t.language, evaluation.ratio, stamp=state.stamp())
    version = opened_version.opened(scenario)
    if version is not None:
        address = (address or {"lang": t.language}) | {"saved": version.reference}
    theme = st.context.theme.type
    page = Page(
        t=t,
        case=case,
        scenario=scenario,
        evaluation=evaluation,
        published=state.published(),
        edits=edits,
        address=address or {"lang": t.language},
        colours=palette(theme),
    )
    st.html(style_sheet(theme))
    st.html(scripts.of_every_page(t.language), unsafe_allow_javascript=True)
    is_guided = name == "guide" and case.id in templates()
    here = page.address | ({"step": str(state.step())} if is_guided else {})
    if name == "compare":
        here |= received.in_address(page.address)
    if name == "fund":
        here |= fund_choices.in_address()
    if st.query_params.to_dict() != here:
        st.query_params.from_dict(here)
    reconnection.watched(t)
    _head(page)
    _for_paper(page)
    _notices(page)
    if address is None:
        st.warning(t("link.too_long"), icon=":material/link_off:")
    return page


@cache
def _icon() -> str:
    """Return the icon as an address that holds it: Streamlit would read a file at each rerun."""
    return "data:image/svg+xml;base64," + b64encode(ICON.read_bytes()).decode()


def address_in_full(page: Page, language: Language | None = None) -> str:
    """Return the address that opens this very scenario on its result; nothing where none does.

    In the language of the page, unless told another.
    """
    if not page.fits_a_link:
        return ""
    here = urlsplit(st.context.url or "")
    origin = f"{here.scheme}://{here.netloc}" if here.netloc else ""
    query = page.address | ({"lang": language} if language else {})
    return f"{origin}/?{urlencode(query)}"


def today() -> datetime.date:
    """Return the day it is where the reader is, as far as the browser says."""
    try:
        return datetime.datetime.now(ZoneInfo(st.context.timezone or "UTC")).date()
    except (ZoneInfoNotFoundError, ValueError):
        return datetime.datetime.now(datetime.UTC).date()


def _for_paper(page: Page) -> None:
    """Say on a printed sheet what it shows: the address, the date, the version. Not on a screen."""
    t = page.t
    said = [
        t("frame.printed", date=t.date(today()), version=roi_model.__version__),
        t("frame.fingerprint", fingerprint=page.scenario.fingerprint),
        address_in_full(page) or t("frame.no_address"),
    ]
    st.html(f'<div class="paper">{"<br>".join(map(escape, said))}</div>')


def _head(page: Page) -> None:
    t = page.t
    with st.container(key="head", horizontal=True, vertical_alignment="center"):
        seen_from = perspective_label(page.evaluation.perspective.id, page.scenario, t)
        subject = " · ".join(map(named, (called(page), seen_from)))
        st.markdown(f":material/diversity_3: **{t('frame.brand')}**  \n{subject}")
        _language_switch(t)
    with st.container(key="menu", horizontal=True, vertical_alignment="center"):
        with st.container(key="at_hand", horizontal=True):
            for name in AT_HAND:
                _menu_link(page, name)
        menu = st.popover(
            t("frame.menu"), icon=":material/menu:", key="all_pages", on_change="rerun"
        )
        if menu.open:
            with menu:
                _all_pages(page)


def called(page: Page) -> str:
    """Return what the open scenario is called: a published case as such, any other by its name."""
    t, scenario = page.t, page.scenario
    about = ", ".join(filter(None, map(t.of, (scenario.name, scenario.period))))
    is_published = page.has_published and scenario.name == page.case.name
    return t("frame.case", case=about) if is_published else about


def _all_pages(page: Page) -> None:
    """Show the way to every page, by what one comes for."""
    with st.container(key="menu_groups"):
        for group, names in MENU.items():
            with st.container(key=f"menu_{group}", gap="xsmall"):
                st.caption(page.t(f"menu.{group}"))
                for name in names:
                    if name == "guide" and page.case.id not in templates():
                        continue  # only a template has questions
                    if name == "saved" and saving.offered() is None:
                        continue  # nothing is saved here
                    _menu_link(page, name)


def _menu_link(page: Page, name: PageName) -> None:
    path, icon = PAGES[name]
    st.page_link(path, label=page.t(f"{name}.menu"), icon=icon, query_params=page.address)


def _language_switch(t: Words) -> None:
    key = "language_choice"
    st.session_state[key] = t.language
    st.segmented_control(
        t("frame.language"),
        LANGUAGES,
        format_func=str.upper,
        key=key,
        label_visibility="collapsed",
        required=True,
        on_change=lambda: state.take_language(st.session_state[key]),
    )


def named(text: str) -> str:
    """Return a name or a note that anyone may have written; as code where Markdown would take it.

    Even a label can hold a picture, which a browser fetches from wherever it says.
    """
    return as_written(text) if _MARKDOWN.search(text) else text


def as_written(text: str) -> str:
    """Return ``text`` as code on one line, so that Markdown makes nothing of it."""
    on_one_line = " ".join(text.replace("`", QUOTE).split())
    return f"`{on_one_line}`" if on_one_line else ""


def _notices(page: Page) -> None:
    """Say what of the link was ignored, and what is no longer as it was when it was made."""
    t, ignored, announced = page.t, state.ignored(), state.announced()
    version = opened_version.opened(page.scenario)
    if version is not None:
        st.caption(
            t(
                "saved.opened",
                name=as_written(version.name),
                number=t.number(version.number),
                date=t.date(version.saved_at.date()),
            )
        )
    if opened_version.is_not_there():
        st.warning(t("saved.gone"), icon=":material/link_off:")
    if opened_version.is_not_now():
        st.warning(t("saved.not_now"), icon=":material/cloud_off:")
    if ignored:
        said = [refusal_text(one, page.case, t, quote=as_written) for one in ignored]
        lines = [f"- {sentence}" for sentence in said]
        st.warning("\n".join([t("link.ignored"), *lines]), icon=":material/link_off:")
    now = page.scenario, page.evaluation.ratio
    for said in notices(announced, page.case, *now, t, quote=named):
        st.info("\n- ".join(said), icon=":material/history:")
