"""Many associations: the template, the table to fill, the file, and what to show of them."""

from functools import partial
from html import escape

import streamlit as st

from roi_model.portfolio_files import table_to_fill
from roi_model.templates import Template, load_template, templates
from ui import portfolio_columns, portfolio_file, portfolio_table, portfolio_visit
from ui.dossier import not_made
from ui.frame import Page
from ui.markup import links_on_page
from ui.portfolio_faults import cut
from ui.portfolio_table import Reading
from ui.portfolio_visit import kept

OWN = "own_case"
"""The template with nothing in it has no column to fill."""
ENDINGS = ("csv", "xlsx")
MEDIA_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def template_chosen(page: Page) -> Template:
    """Ask which template the associations share, and offer the table to fill in."""
    t = page.t
    names = [one for one in templates() if one != OWN]
    key, keep = kept("template", names, page.case.id if page.case.id in names else names[0])

    def take() -> None:
        keep()
        portfolio_table.forget_corrections()

    chosen = st.selectbox(
        t("portfolio.template"),
        names,
        format_func=lambda one: t.of(load_template(one).name),
        key=key,
        on_change=take,
        placeholder=t("portfolio.choose"),
    )
    template = load_template(chosen or names[0])
    st.caption(t.of(template.description))
    return template


def to_fill(page: Page, template: Template) -> None:
    """Offer the table to fill in, with the headings of the template."""
    t = page.t
    st.html(not_made(t))
    st.markdown(t("portfolio.to_fill"))
    with st.container(horizontal=True, key="portfolio_to_fill"):
        for ending in ENDINGS:
            st.download_button(
                t(f"portfolio.to_fill_{ending}"),
                data=partial(table_to_fill, template, suffix=f".{ending}", language=t.language),
                file_name=f"{template.id}.{ending}",
                mime=MEDIA_TYPES[ending],
                icon=":material/download:",
                key=f"portfolio_to_fill_{ending}",
                on_click="ignore",
            )


def file_chosen(page: Page) -> None:
    """Offer to open a table, and say for how long it is held."""
    t, held = page.t, portfolio_table.opened()
    portfolio_file.control(t, portfolio_table.take)
    st.caption(t("portfolio.keep_your_file"))
    portfolio_columns.refused(page)
    if portfolio_visit.is_gone():
        said = escape(t("portfolio.gone"))
        st.html(f'<div class="refused" role="alert"><p>{said}</p></div>')
    if held is None:
        return
    said = t(
        "portfolio.opened",
        name=cut(held.name),
        rows=t.counted("portfolio.rows", held.rows, number=t.number(held.rows)),
    )
    st.html(f'<p role="status">{escape(said)}</p>')
    st.button(t("portfolio.close"), key="portfolio_close", on_click=portfolio_table.forget)


def ways_down(page: Page) -> None:
    """Link to what stands far below."""
    t = page.t
    names = ("outliers", "funds", "downloads")
    links = {f"portfolio-{name}": t(f"portfolio.{name}") for name in names}
    st.html(links_on_page(t("portfolio.further_down"), links))


def read(page: Page, template: Template) -> Reading | None:
    """Return what the table gives, with a word while a large one is read."""
    was_open = portfolio_table.opened() is not None
    with st.spinner(page.t("portfolio.reading")):
        found = portfolio_table.reading(template)
    if found is None and was_open:
        st.rerun()  # it did not fit, and is said to be open above
    return found
