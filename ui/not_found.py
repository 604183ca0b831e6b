"""What is answered where there is no page: a whole small page of its own, without Streamlit."""

from html import escape

from ui.words import Language, Words, words_in


def no_page(language: Language) -> str:
    """Return the page that says that an address belongs to no page."""
    t = words_in(language)
    return _page(t, t("not_found.page"))


def no_saved_scenario(language: Language) -> str:
    """Return the page that says that a short link leads to nothing, or no longer does."""
    t = words_in(language)
    return _page(t, t("not_found.saved"))


def not_now(language: Language) -> str:
    """Return the page that says that saved scenarios cannot be read at the moment."""
    t = words_in(language)
    return _page(t, t("not_found.not_now"))


def _page(t: Words, said: str) -> str:
    title = f"<title>{escape(t('frame.brand'))}</title>"
    return (
        f'<!DOCTYPE html><html lang="{t.language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width">{title}</head>'
        f"<body><main><h1>{escape(said)}</h1><p>"
        f'<a href="/?lang={t.language}">{escape(t("not_found.way"))}</a></p></main></body></html>'
    )
