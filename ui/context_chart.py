"""Figures as a list of bars, each with its value written; years of one thing stand together."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar: its value, as it is written, and what tells it from the others of its row."""

    value: float
    written: str
    note: str = ""
    """The year, where a row has several."""
    is_earlier: bool = False
    """Whether another bar of the row is of a later year: it is then drawn paler, in outline."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """What the bars below its name are about."""

    label: str
    bars: tuple[Bar, ...]


def bar_list(rows: Sequence[Row], *, ends: tuple[float, float] | None = None) -> str:
    """Return rows of bars on one scale, that of their values and zero unless ``ends`` are given.

    A list, so that a long name takes the lines it needs and a reader of the screen hears it.
    """
    values = [bar.value for row in rows for bar in row.bars]
    low, high = ends or (min([0.0, *values]), max([0.0, *values]))
    width = (high - low) or 1.0
    items = ""
    for row in rows:
        drawn = "".join(_line(bar, low, width) for bar in row.bars)
        items += f"<li><span>{escape(row.label)}</span>{drawn}</li>"
    return f'<ul class="plain facts">{items}</ul>'


def _line(bar: Bar, low: float, width: float) -> str:
    left = 100 * (min(0.0, bar.value) - low) / width
    long = 100 * abs(bar.value) / width
    kind = "earlier" if bar.is_earlier else "below" if bar.value < 0 else "now"
    note = f"<small>{escape(bar.note)}</small>" if bar.note else ""
    zero = f'<i style="left:{-100 * low / width:.2f}%"></i>' if low < 0 else ""
    return (
        f'<div class="fact">{note}<b>{escape(bar.written)}</b><span class="length"'
        f' aria-hidden="true"><span class="{kind}" style="left:{left:.2f}%;width:{long:.2f}%">'
        f"</span>{zero}</span></div>"
    )
