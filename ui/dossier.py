"""What a reader leaves with: the documents of the open scenario, made when they are asked for.

Who makes them is handed over: this module shows, and knows no document.
"""

import datetime
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape
from typing import Literal
from urllib.parse import urlsplit

import streamlit as st

from roi_model import ScenarioError
from roi_model.parameters import LONGEST_LABEL
from roi_model.templates import numbers_missing
from ui import open_file
from ui.frame import PAGES, Page, address_in_full, today
from ui.labels import label_of
from ui.words import LANGUAGES, Language, Words

Document = Literal["pdf", "pptx", "xlsx", "zip", "csv", "yaml", "json"]
MEDIA_TYPES: dict[Document, str] = {
    "pdf": "application/pdf",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
    "csv": "text/csv",
    "yaml": "application/yaml",
    "json": "application/json",
}
IMAGES = ".png,.jpg,.jpeg,.svg"
REFUSED_LOGOS = ("logo_too_large", "logo_too_wide", "logo_not_an_image")
"""Why a logo may not be taken, by the code of the problem."""
NAMED = 8
"""Numbers still missing that are named; the others are counted."""


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """How the reader wants the documents."""

    language: Language
    today: datetime.date
    address: str | None
    """The whole link that opens the scenario; none where only a file holds it."""
    association: str | None
    logo: bytes | None


Maker = Callable[[str, Wishes], bytes]
"""Returns the document with an ending such as ``.pdf``."""


def to_fill(page: Page) -> None:
    """Say which numbers are still missing, so that nobody hands out a dossier of zeros unawares."""
    t = page.t
    labels = [label_of(address, page.scenario, t) for address in numbers_missing(page.scenario)]
    if not labels:
        return
    said = t("chart.separator").join(labels[:NAMED])
    sentence = t("dossier.to_fill", said=said)
    if more := len(labels[NAMED:]):
        rest = t.counted("dossier.to_fill_more", more, number=t.number(more))
        sentence += t("chart.separator") + rest
    st.html(f'<p class="to-fill" role="note">{escape(sentence)}</p>')


def wishes(page: Page, make: Maker) -> Wishes:
    """Ask for the language, the association's name and its logo; return what is wished."""
    t = page.t
    st.header(t("dossier.yours"), anchor=False)
    with st.container(border=True, key="dossier_wishes"):
        language = _language(page)
        wished = Wishes(
            language=language,
            today=today(),
            address=_address(page, language),
            association=_association(t),
            logo=st.session_state.get("dossier_logo"),
        )
        _logo(t, wished, make)
    return wished


def _language(page: Page) -> Language:
    key = "dossier_language_choice"
    st.session_state[key] = st.session_state.get("dossier_language", page.t.language)

    def take() -> None:
        st.session_state.dossier_language = st.session_state[key]

    chosen = st.segmented_control(
        page.t("dossier.language"),
        LANGUAGES,
        format_func=lambda one: page.t(
            "dossier.language_fr" if one == "fr" else "dossier.language_en"
        ),
        key=key,
        required=True,
        on_change=take,
    )
    return chosen or page.t.language


def _association(t: Words) -> str | None:
    key = "dossier_association_field"
    st.session_state[key] = st.session_state.get("dossier_association", "")

    def take() -> None:
        st.session_state.dossier_association = st.session_state[key]

    typed = st.text_input(
        t("dossier.association"),
        key=key,
        max_chars=LONGEST_LABEL,
        autocomplete="organization",
        on_change=take,
    )
    return typed.strip() or None


def _logo(t: Words, wished: Wishes, make: Maker) -> None:
    """Offer to choose a logo; what the brief cannot draw is refused at once, with the reason."""

    def take(name: str, content: bytes) -> None:
        try:
            make(".pdf", replace(wished, logo=content))
        except ScenarioError as error:
            code = error.problems[0].code
            st.session_state.dossier_refused = code if code in REFUSED_LOGOS else REFUSED_LOGOS[-1]
            return
        st.session_state.dossier_refused = None
        st.session_state.dossier_logo = content
        st.session_state.dossier_logo_name = name

    open_file.control(
        t,
        label=t("dossier.logo"),
        too_large=t("dossier.logo_too_large"),
        accept=IMAGES,
        opened=take,
    )
    if refused := st.session_state.get("dossier_refused"):
        st.html(f'<p class="refused" role="alert">{escape(t(f"dossier.{refused}"))}</p>')
    if st.session_state.get("dossier_logo") is not None:
        name = st.session_state.dossier_logo_name
        st.html(f'<p role="status">{escape(t("dossier.logo_taken", name=name))}</p>')
        st.button(t("dossier.logo_remove"), key="dossier_logo_remove", on_click=_remove_logo)


def _remove_logo() -> None:
    st.session_state.dossier_logo = None


def brief(page: Page, wished: Wishes, make: Maker, first_page: bytes) -> None:
    """Show the first page of the brief, say what it holds, page by page, and offer it."""
    t = page.t
    st.html(not_made(t))
    st.header(t("dossier.pdf"), anchor=False)
    with st.container(border=True, key="dossier_brief"):
        contents = "".join(f"<li>{escape(line)}</li>" for line in _contents(page, wished))
        picture = b64encode(first_page).decode()
        st.html(
            f'<div class="preview"><img alt="{escape(t("dossier.preview"), quote=True)}"'
            f' src="data:image/png;base64,{picture}"><div><p>{escape(t("dossier.pdf_holds"))}</p>'
            f'<ol class="contents">{contents}</ol></div></div>'
        )
        st.caption(t("dossier.pdf_note"))
        _download(page, "pdf", wished, make, primary=True)


def _contents(page: Page, wished: Wishes) -> list[str]:
    t = page.t
    link = "dossier.pdf_link" if wished.address else "dossier.pdf_no_link"
    return [t("dossier.pdf_result"), t("dossier.pdf_questions"), t("dossier.pdf_annex"), t(link)]


def documents(page: Page, wished: Wishes, make: Maker) -> None:
    """Offer the other documents, each with what is in it, how big it is and how long it takes."""
    t = page.t
    st.header(t("dossier.others"), anchor=False)
    offered: tuple[Document, ...] = ("pptx", "xlsx", "zip", "csv", "yaml", "json")
    with st.container(key="dossier_cards"):
        for name in offered:
            with st.container(border=True, key=f"dossier_{name}"):
                st.markdown(f"**{t(f'dossier.{name}')}**  \n{t(f'dossier.{name}_holds')}")
                st.caption(t(f"dossier.{name}_note"))
                _download(page, name, wished, make)


def _download(
    page: Page, name: Document, wished: Wishes, make: Maker, *, primary: bool = False
) -> None:
    """Offer a document; a wheel turns in the button while it is made, on a click."""
    t = page.t
    st.download_button(
        t(f"dossier.{name}_download"),
        data=lambda: make(f".{name}", wished),
        file_name=f"{page.scenario.id}-{wished.today.isoformat()}.{name}",
        mime=MEDIA_TYPES[name],
        icon=":material/download:",
        type="primary" if primary else "secondary",
        key=f"download:{name}",
        on_click="ignore",
    )


def not_made(t: Words) -> str:
    """Return, for ``style.css``, what a reader is told where a document cannot be made.

    What the framework says there is in English only.
    """
    return f"<style>:root {{ --not-made: {_css_text(t('dossier.not_made'))}; }}</style>"


def _css_text(text: str) -> str:
    """Return a text as CSS has it between quotes."""
    return '"' + "".join(one if one.isalnum() else f"\\{ord(one):06x}" for one in text) + '"'


def way_back(page: Page) -> None:
    """Say how an edited workbook, or a scenario, comes back in."""
    t = page.t
    st.header(t("dossier.back"), anchor=False)
    st.markdown(t("dossier.back_how"))
    path, icon = PAGES["start"]
    st.page_link(path, label=t("start.menu"), icon=icon, query_params=page.address)


def _address(page: Page, language: Language) -> str | None:
    """Return the whole link that opens the result in a language; none without a host to name."""
    address = address_in_full(page, language)
    return address if urlsplit(address).netloc else None
