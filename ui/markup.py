"""Small pieces of HTML that Streamlit has no element for; every text is escaped here."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from roi_model.evaluation import Evaluation
from roi_model.parameters import Provenance
from ui.sentences import rests_on
from ui.words import Words


@dataclass(frozen=True)
class Html:
    """A text that is already HTML."""

    text: str


Cell = str | Html


def html(cell: Cell) -> str:
    """Return a cell as HTML: as it is, or escaped."""
    return cell.text if isinstance(cell, Html) else escape(cell)


def badge(provenance: Provenance, t: Words) -> Html:
    """Return the name of a provenance, on its colour."""
    return Html(f'<span class="badge {provenance}">{escape(t(f"provenance.{provenance}"))}</span>')


def external_link(url: str | None, text: str) -> Html:
    """Return a link to another site, opened beside this one; the text alone without an address."""
    if url is None:
        return Html(escape(text))
    return Html(
        f'<a href="{escape(url, quote=True)}" target="_blank" rel="noopener">{escape(text)}</a>'
    )


def table(
    caption: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    t: Words,
    *,
    numeric: Iterable[int] = (),
) -> str:
    """Return a table that turns into a list of cards on a narrow screen.

    The first cell of a row names it. ``numeric`` are the positions aligned to the right.
    """
    right = frozenset(numeric)
    classes = [" class=number" if position in right else "" for position in range(len(headings))]
    labels = [escape(t("table.label", label=heading), quote=True) for heading in headings]
    head = "".join(
        f'<th scope="col"{css}>{escape(heading)}</th>'
        for heading, css in zip(headings, classes, strict=True)
    )
    body = ""
    for row in rows:
        cells = "".join(
            f'<td data-label="{label}"{css}>{html(cell)}</td>'
            for label, css, cell in zip(labels[1:], classes[1:], row[1:], strict=True)
        )
        body += f'<tr><th scope="row">{html(row[0])}</th>{cells}</tr>'
    return (
        f'<table class="figures"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def heading(text: str, anchor: str) -> str:
    """Return a heading that links on the page lead to."""
    return f'<h2 id="{escape(anchor, quote=True)}">{escape(text)}</h2>'


def links_on_page(label: str, links: Mapping[str, str]) -> str:
    """Return links to headings of the page, by their anchors."""
    items = "".join(
        f'<li><a href="#{escape(anchor, quote=True)}">{escape(text)}</a></li>'
        for anchor, text in links.items()
    )
    return (
        f'<nav aria-label="{escape(label, quote=True)}"><ul class="plain jumps">{items}</ul></nav>'
    )


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar: its name, the amount as written, and its parts by provenance."""

    label: str
    written: str
    parts: Mapping[Provenance, float]

    @property
    def ends(self) -> tuple[float, float]:
        """Return how far the bar reaches below and above zero; a transfer may be on both sides."""
        below = sum(part for part in self.parts.values() if part < 0)
        above = sum(part for part in self.parts.values() if part > 0)
        return below, above


def bars(rows: Sequence[Bar], t: Words) -> str:
    """Return a list of bars to one scale, in the order given, each below its name and amount.

    A list, so that a long name takes the lines it needs and a reader of the screen hears it.
    """
    lowest = min((row.ends[0] for row in rows), default=0.0)
    width = (max((row.ends[1] for row in rows), default=0.0) - lowest) or 1.0
    items = "".join(
        f"<li>{escape(row.label)} <b>{escape(row.written)}</b>"
        f'<div class="bar">{_segments(row, lowest, width, t)}</div></li>'
        for row in rows
    )
    return f'<ul class="plain bars">{items}</ul>'


def _segments(row: Bar, lowest: float, width: float, t: Words) -> str:
    """Return the parts of a bar, those above zero to the right of it and the others to the left."""
    ends = [0.0, 0.0]
    drawn = ""
    for provenance in Provenance:
        part = row.parts.get(provenance, 0.0)
        if not part:
            continue
        side = int(part > 0)
        start = min(ends[side], ends[side] + part)
        ends[side] += part
        left, wide = 100 * (start - lowest) / width, 100 * abs(part) / width
        drawn += (
            f'<span class="{provenance}" title="{escape(t(f"provenance.{provenance}"))}"'
            f' style="left:{left:.2f}%;width:{wide:.2f}%"></span>'
        )
    return drawn + (f'<i style="left:{-100 * lowest / width:.2f}%"></i>' if lowest < 0 else "")


@dataclass(frozen=True, kw_only=True)
class Range:
    """What one number does to a figure: its name, and the figure at the ends of its range."""

    label: str
    written: str
    ends: tuple[float, float]
    provenance: Provenance


def ranges(rows: Sequence[Range], centre: float) -> str:
    """Return a list of bars from the least to the greatest figure, around a centre.

    A list, so that a long name takes the lines it needs and a reader of the screen hears it.
    """
    low = min([centre, *(row.ends[0] for row in rows)])
    width = (max([centre, *(row.ends[1] for row in rows)]) - low) or 1.0

    def share(value: float) -> str:
        return f"{100 * value / width:.2f}%"

    items = "".join(
        f"<li>{escape(row.label)} <b>{escape(row.written)}</b>"
        f'<div class="range"><span class="{row.provenance}" style="left:'
        f'{share(row.ends[0] - low)};width:{share(row.ends[1] - row.ends[0])}"></span>'
        f'<i style="left:{share(centre - low)}"></i></div></li>'
        for row in rows
    )
    return f'<ul class="plain ranges">{items}</ul>'


def folded(summary: str, content: str) -> str:
    """Return HTML behind a heading that unfolds it."""
    return f"<details><summary>{escape(summary)}</summary>{content}</details>"


def euro_to_scale(evaluation: Evaluation, paid: str, t: Words) -> str:
    """Return one euro paid above what it brings, to scale, the return split by provenance.

    The list below names each part: it is also the key to the colours of the other charts.
    Parts below zero have no width and stand in the list alone.
    """
    parts = [part for part in evaluation.by_provenance if part.present_value]
    positive = [part for part in parts if part.ratio > 0]
    full = max(1.0, math.fsum(part.ratio for part in positive))
    segments = "".join(
        f'<span class="segment {part.key}" style="width:{100 * part.ratio / full:.3f}%"></span>'
        for part in positive
    )
    percents = t.whole_percents([part.share for part in parts])
    key = "".join(
        f'<li><span class="swatch {part.key}"></span>'
        f"<b>{escape(t.ratio(part.ratio))}</b> {escape(rests_on(part, evaluation, t))}"
        f" <span class=quiet>({escape(percent)})</span></li>"
        for part, percent in zip(parts, percents, strict=True)
    )
    return (
        f'<div class="euro"><p>{escape(paid)}</p>'
        f'<div class="track" aria-hidden="true"><span class="segment paid"'
        f' style="width:{100 / full:.3f}%"></span></div>'
        f"<p>{escape(t('euro.brings', ratio=t.ratio(evaluation.ratio)))}</p>"
        f'<div class="track" aria-hidden="true">{segments}</div><ul class="key">{key}</ul></div>'
    )
