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
    "setTimeout(() => { for (const sign of document.querySelectorAll('[data-scroll-to]'))"
    " document.querySelector('.st-key-' + CSS.escape(sign.dataset.scrollTo))"
    "?.scrollIntoView({ block: 'start' }) }, 300)"
)
"""Brings into sight the place that an element beside it names."""


def of_every_page(language: Language) -> str:
    """Return the HTML that tells the browser the language, and what to do on every page."""
    told = f"<script>{DOCUMENT_LANGUAGE[language]}</script>"
    return told + framework_words.script(language) + f"<script>{every_page()}</script>"


@cache
def every_page() -> str:
    """Return the script of copying and of coming back."""
    return f"({EVERY_PAGE.read_text(encoding='utf-8').strip()})()"


def scroll_to(key: str) -> str:
    """Return the HTML that brings the element of a key into sight."""
    return f'<i data-scroll-to="{escape(key, quote=True)}"></i><script>{SCROLL}</script>'


def inline_scripts() -> tuple[str, ...]:
    """Return every script that pages may hold, as it is written there."""
    framework = "".join(framework_words.script(language) for language in LANGUAGES)
    return (*DOCUMENT_LANGUAGE.values(), SCROLL, every_page(), *_INLINE.findall(framework))
