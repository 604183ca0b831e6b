"""The few scripts that pages put beside Streamlit's own.

Each is a constant: a server can name its hash, and the browser then runs no other script that
finds its way into a page.
"""

import re
from functools import cache
from html import escape
from pathlib import Path

from ui import framework_words
from ui.words import LANGUAGES, Language

EVERY_PAGE = Path(__file__).parent / "every_page.js"
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)

DOCUMENT_LANGUAGE: dict[Language, str] = {
    language: f"document.documentElement.lang = '{language}'" for language in LANGUAGES
}
"""Streamlit's own page says "en" whatever is on it; readers of the screen need to know."""

SCROLL = (
    "setTimeout(() => { for (const sign of document.querySelectorAll('[data-scroll-to]')) {"
    " const place = sign.dataset.scrollTo.split(' ').map((key) =>"
    " document.querySelector('.st-key-' + CSS.escape(key))).find(Boolean);"
    " place?.scrollIntoView({ block: 'start' });"
    " place?.querySelector('input')?.focus({ preventScroll: true }) } }, 300)"
)
"""Brings into sight the first place there is of those that an element beside it names.

The reader may then type into it: the focus is in its first field.
"""
_NOT_IN_A_CLASS = re.compile(r"[^a-zA-Z0-9_-]")

FOCUS_TITLE = (
    "setTimeout(() => { const title = document.querySelector('[data-testid=stMain] h1');"
    " if (title) { title.tabIndex = -1; title.focus() } }, 300)"
)
"""Puts a reader who went on to another step at its beginning: its title."""


def of_every_page(language: Language) -> str:
    """Return the HTML that tells the browser the language, and what to do on every page."""
    told = f"<script>{DOCUMENT_LANGUAGE[language]}</script>"
    return told + framework_words.script(language) + f"<script>{every_page()}</script>"


@cache
def every_page() -> str:
    """Return the script of copying and of coming back."""
    return f"({EVERY_PAGE.read_text(encoding='utf-8').strip()})()"


def scroll_to(*keys: str) -> str:
    """Return the HTML that brings the first element there is of some keys into sight."""
    # As Streamlit writes the key of an element in its class.
    named = " ".join(_NOT_IN_A_CLASS.sub("-", key) for key in keys)
    return f'<i data-scroll-to="{escape(named, quote=True)}"></i><script>{SCROLL}</script>'


def focus_title(step: int) -> str:
    """Return the HTML that puts the focus on the title of a step."""
    return f'<i data-step="{step}"></i><script>{FOCUS_TITLE}</script>'


def inline_scripts() -> tuple[str, ...]:
    """Return every script that pages may hold, as it is written there."""
    framework = "".join(framework_words.script(language) for language in LANGUAGES)
    own = (*DOCUMENT_LANGUAGE.values(), SCROLL, FOCUS_TITLE, every_page())
    return (*own, *_INLINE.findall(framework))
