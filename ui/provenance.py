"""Where each number comes from: the tables of the sources page."""

from collections.abc import Iterator, Mapping
from html import escape

from roi_model.parameters import Parameter, Provenance, Source
from roi_model.reference_data import published_ratios
from roi_model.settings import SETTING_NUMBERS
from ui.frame import Page
from ui.inputs import origin_of
from ui.labels import label_of
from ui.markup import Cell, Html, badge, external_link, html, table
from ui.words import Words, typeset


def key(t: Words) -> str:
    """Return the four provenances with what each means."""
    items = "".join(
        f"<li>{html(badge(one, t))} {escape(t(f'provenance.{one}_means'))}</li>"
        for one in Provenance
    )
    return f'<ul class="plain">{items}</ul>'


def numbers(page: Page) -> str:
    """Return the table of every number that the result rests on."""
    rows = [
        _row(page, address, label_of(address, page.scenario, page.t), parameter)
        for address, parameter in _used(page)
    ]
    return _table(page.t, page.t("sources.numbers"), rows)


def figures(page: Page) -> str:
    """Return the table of the published figures that are no inputs of the scenario."""
    rows = [_row(page, one.id, page.t.of(one.label), one) for one in page.case.figures]
    return _table(page.t, page.t("sources.figures"), rows)


def landmarks(page: Page) -> str:
    """Return the table of the ratios published elsewhere."""
    published = published_ratios()
    rows = [
        _row(page, one.id, page.t.of(one.label), one, published.sources)
        for one in published.figures
    ]
    return _table(page.t, page.t("sources.landmarks"), rows)


def documents(page: Page) -> str:
    """Return the list of documents, each with its link, publisher and date."""
    t = page.t
    items = []
    for source in page.scenario.sources.values():
        said = [typeset(source.publisher, "fr")]
        if source.date:
            said.append(t.date(source.date))
        link = html(external_link(source.url, typeset(source.title, "fr")))
        items.append(f'<li><cite lang="fr">{link}</cite><br>{escape(", ".join(said))}</li>')
    return f'<ul class="plain">{"".join(items)}</ul>'


def _used(page: Page) -> Iterator[tuple[str, Parameter]]:
    """Yield the numbers that are stated; a share that no one stated deducts nothing."""
    for address, parameter in page.scenario.parameters():
        if address.startswith("funding.") or address.endswith(".elasticity"):
            continue  # what more posts would bring is not in this result
        unstated = parameter.reason is None and parameter.provenance == Provenance.ASSUMED
        if not unstated or address in SETTING_NUMBERS:
            yield address, parameter


def _table(t: Words, caption: str, rows: list[list[Cell]]) -> str:
    names = ("number", "value", "provenance", "year", "source")
    return table(caption, [t(f"table.{name}") for name in names], rows, t, numeric=(1,))


def _row(
    page: Page,
    address: str,
    label: str,
    parameter: Parameter,
    sources: Mapping[str, Source] | None = None,
) -> list[Cell]:
    t = page.t
    origin = origin_of(page, address, parameter, sources or page.scenario.sources)
    return [
        label,
        t.value(parameter.value, parameter.unit),
        badge(parameter.provenance, t),
        str(parameter.year or "—"),
        Html("<br>".join(html(line) for line in origin) or "—"),
    ]
