"""Where each number comes from: the tables of the sources page."""

from collections.abc import Iterator
from html import escape

from roi_model.parameters import Factor, Parameter, Provenance
from roi_model.sensitivity import Swing
from roi_model.settings import SETTING_NUMBERS
from ui.frame import Page
from ui.inputs import origin_of
from ui.labels import label_of
from ui.markup import Cell, Html, badge, external_link, html, table
from ui.swings import swings
from ui.words import Words, typeset


def key(t: Words) -> str:
    """Return the four provenances with what each means."""
    items = "".join(
        f"<li>{html(badge(one, t))} {escape(t(f'provenance.{one}_means'))}</li>"
        for one in Provenance
    )
    return f'<ul class="plain">{items}</ul>'


def numbers(page: Page) -> str:
    """Return the table of every number that the result rests on, those that move it most first."""
    t, moves = page.t, {one.address: one for one in swings(page)}
    used = sorted(_used(page), key=lambda pair: -(moves[pair[0]].width if pair[0] in moves else 0))
    rows = [
        [
            *_row(page, address, label_of(address, page.scenario, t), parameter),
            _moves(t, moves.get(address)),
        ]
        for address, parameter in used
    ]
    return _table(t, t("sources.numbers"), rows, "moves")


def _moves(t: Words, swing: Swing | None) -> str:
    """Return between which ratios a number takes the result over its range."""
    if swing is None or not swing.width > 0:
        return t("sources.moves_nothing")
    low, high = sorted((swing.ratio_at_low, swing.ratio_at_high))
    return t("uncertainty.from_to", low=t.ratio(low), high=t.ratio(high))


def figures(page: Page) -> str:
    """Return the table of the published figures that are no inputs of the scenario."""
    rows = [_row(page, one.id, page.t.of(one.label), one) for one in page.case.figures]
    return _table(page.t, page.t("sources.figures"), rows)


def documents(page: Page) -> str:
    """Return the list of documents, each with its link, publisher and date."""
    t = page.t
    items = []
    for source in page.scenario.documents.values():
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


def _table(t: Words, caption: str, rows: list[list[Cell]], *more: str) -> str:
    names = ("number", "value", "provenance", "year", "source", *more)
    return table(caption, [t(f"table.{name}") for name in names], rows, t, numeric=(1,))


def _row(page: Page, address: str, label: str, parameter: Parameter) -> list[Cell]:
    t = page.t
    origin = origin_of(page, address, parameter)
    if isinstance(parameter, Factor) and parameter.help is not None:
        origin.append(Html(f"<span class=quiet>{escape(t.of(parameter.help))}</span>"))
    return [
        label,
        t.value(parameter.value, parameter.unit),
        badge(parameter.provenance, t),
        str(parameter.year or "—"),
        Html("<br>".join(html(line) for line in origin) or "—"),
    ]
