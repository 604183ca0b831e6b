"""Charts: functions from rows to a Plotly figure. They draw what they are given and add nothing.

Figures are plain mappings, which Streamlit sends several times faster than figure objects; the
tests check them against Plotly's own schema.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from roi_model.parameters import Provenance
from ui.theme import FONT, PATTERNS, Palette

ROW_HEIGHT = 58
FONT_SIZE = 14

CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar: its name, the amount as written, and its parts by provenance."""

    label: str
    written: str
    parts: dict[Provenance, float]
    hover: str

    @property
    def ends(self) -> tuple[float, float]:
        """Return how far the bar reaches below and above zero; a transfer may be on both sides."""
        below = sum(part for part in self.parts.values() if part < 0)
        above = sum(part for part in self.parts.values() if part > 0)
        return below, above


def bars(rows: Sequence[Bar], colours: Palette) -> dict[str, Any]:
    """Return horizontal bars in the order given, each with its name and amount above it.

    Above, so that long names do not squeeze the bars of a phone, nor an amount fall off its edge.
    """
    present = [one for one in Provenance if any(row.parts.get(one) for row in rows)]
    positions = list(range(len(rows)))
    lowest = min((row.ends[0] for row in rows), default=0.0)
    highest = max((row.ends[1] for row in rows), default=0.0)
    if lowest == highest:
        highest = 1.0
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "y": positions,
            "x": [row.parts.get(provenance, 0.0) for row in rows],
            "width": 0.42,
            "marker": _fill(provenance, colours),
            "customdata": [row.hover for row in rows],
            "hovertemplate": "%{customdata}<extra></extra>",
        }
        for provenance in present
    ]
    names = [
        _text(f"{row.label}  <b>{row.written}</b>", y=position, shift=23)
        for position, row in enumerate(rows)
    ]
    layout = _layout(colours) | {
        "barmode": "relative",
        "height": ROW_HEIGHT * max(1, len(rows)) + 16,
        "annotations": names,
        "xaxis": {
            "visible": False,
            "range": [lowest, highest],
            "fixedrange": True,
        },
        "yaxis": {
            "visible": False,
            "range": [len(rows) - 0.5, -0.75],
            "fixedrange": True,
        },
    }
    return {"data": traces, "layout": layout}


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A value to point out on an axis, with its words."""

    value: float
    label: str


def histogram(
    edges: Sequence[float],
    shares: Sequence[float],
    *,
    inside: tuple[float, float],
    marks: Sequence[Mark],
    written: Callable[[float], str],
    hover: Callable[[float, float, float], str],
    colours: Palette,
) -> dict[str, Any]:
    """Return bars of the share of draws between edges; those of the interval in full colour."""
    bins = list(zip(edges[:-1], edges[1:], shares, strict=True))
    middles = [(low + high) / 2 for low, high, _ in bins]
    low, high = min(edges), max(edges)
    shown = [mark for mark in marks if low <= mark.value <= high]
    top = max(shares) * 1.25 or 1.0
    trace = {
        "type": "bar",
        "x": middles,
        "y": list(shares),
        "width": [high - low for low, high, _ in bins],
        "marker": {
            "color": [
                colours.action if inside[0] <= middle <= inside[1] else colours.line
                for middle in middles
            ],
            "line": {"width": 1, "color": colours.ground},
        },
        "customdata": [hover(*one) for one in bins],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    ticks = round_values(low, high)
    layout = _layout(colours) | {
        "height": 280,
        "bargap": 0,
        "margin": {"l": 0, "r": 0, "t": 4, "b": 34},
        "shapes": [_line(mark.value, 0, top * 0.88, colours) for mark in shown],
        "annotations": [
            {
                "text": mark.label,
                "x": mark.value,
                "y": top * 0.88,
                "yanchor": "bottom",
                "xanchor": "right" if mark.value > (low + high) / 2 else "left",
                "showarrow": False,
            }
            for mark in shown
        ],
        "xaxis": {
            "range": [low, high],
            "tickvals": ticks,
            "ticktext": [written(value) for value in ticks],
            "showgrid": False,
            "zeroline": False,
            "linecolor": colours.line,
            "fixedrange": True,
        },
        "yaxis": {"visible": False, "range": [0, top], "fixedrange": True},
    }
    return {"data": [trace], "layout": layout}


Flow = tuple[str, str, float]
"""The name of a flow, its amount as written, and its amount."""


def flows(
    *, paid: Sequence[Flow], gained: Sequence[Flow], middle: str, colours: Palette
) -> dict[str, Any]:
    """Return what flows from those who pay to the middle, and from it to those who gain."""
    nodes = [*paid, (middle, "", 0.0), *gained]
    centre = len(paid)
    trace = {
        "type": "sankey",
        "arrangement": "fixed",
        "node": {
            "label": [f"{name}  <b>{written}</b>" for name, written, _ in nodes],
            "x": [0.001] * len(paid) + [0.3] + [0.999] * len(gained),
            "y": [*_stacked(paid), 0.5, *_stacked(gained)],
            "pad": 26,
            "thickness": 12,
            "color": [colours.ink] * len(paid) + [colours.action] + [colours.quiet] * len(gained),
            "line": {"width": 0},
            "hoverinfo": "skip",
        },
        "link": {
            "source": [*range(len(paid)), *[centre] * len(gained)],
            "target": [*[centre] * len(paid), *range(centre + 1, len(nodes))],
            "value": [value for _, _, value in (*paid, *gained)],
            "color": [_faded(colours.ink)] * len(paid) + [_faded(colours.action)] * len(gained),
            "customdata": [f"{name} {written}" for name, written, _ in (*paid, *gained)],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
        "textfont": {"color": colours.ink, "size": FONT_SIZE, "family": FONT},
    }
    height = 52 * max(4, len(paid), len(gained)) + 40
    layout = _layout(colours) | {
        "height": height,
        "margin": {"l": 4, "r": 4, "t": 20, "b": 20},
    }
    return {"data": [trace], "layout": layout}


def _stacked(nodes: Sequence[Flow]) -> list[float]:
    """Return how far down each node has its middle, as a share of the height.

    A thin node has the room that its name needs.
    """
    total = sum(value for _, _, value in nodes) or 1.0
    room = [max(value / total, 0.7 / len(nodes)) for _, _, value in nodes]
    places, reached = [], 0.0
    for own in room:
        places.append(min(0.999, max(0.001, (reached + own / 2) / sum(room))))
        reached += own
    return places


def _faded(colour: str) -> str:
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.28)"


def years(
    names: Sequence[str],
    *,
    gained: Sequence[float],
    paid: Sequence[float],
    cumulated: Sequence[float],
    written: Callable[[float], str],
    colours: Palette,
) -> dict[str, Any]:
    """Return a bar up for what is gained and down for what is paid in each year, and their sum."""
    bars = [
        {
            "type": "bar",
            "x": list(names),
            "y": values,
            "marker": {"color": colour, "line": {"width": 0}},
            "customdata": [written(value) for value in values],
            "hovertemplate": "%{x} : %{customdata}<extra></extra>",
        }
        for values, colour in (
            (list(gained), colours.action),
            ([-value for value in paid], colours.quiet),
        )
    ]
    line = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": list(names),
        "y": list(cumulated),
        "line": {"color": colours.ink, "width": 2, "dash": "dot"},
        "customdata": [written(value) for value in cumulated],
        "hovertemplate": "%{x} : %{customdata}<extra></extra>",
    }
    ends = [*gained, *(-value for value in paid), *cumulated, 0.0]
    ticks = round_values(min(ends), max(ends), most=5)
    layout = _layout(colours) | {
        "height": 300,
        "barmode": "relative",
        "margin": {"l": 0, "r": 0, "t": 8, "b": 30},
        "xaxis": {
            "type": "category",
            "tickangle": 0,
            "showgrid": False,
            "fixedrange": True,
        },
        "yaxis": {
            "tickvals": ticks,
            "ticktext": [written(value) for value in ticks],
            "automargin": True,
            "gridcolor": colours.line,
            "zerolinecolor": colours.ink,
            "fixedrange": True,
        },
    }
    return {"data": [*bars, line], "layout": layout}


def round_values(low: float, high: float, *, most: int = 6) -> list[float]:
    """Return the multiples of 1, 2 or 5 times a power of ten that lie between two values."""
    if not high > low:
        return [low]
    wanted = (high - low) / most
    power = 10.0 ** math.floor(math.log10(wanted))
    step = next(one * power for one in (1, 2, 5, 10) if one * power >= wanted)
    first = math.ceil(low / step)
    return [step * position for position in range(first, math.floor(high / step) + 1)]


def _line(x: float, bottom: float, top: float, colours: Palette) -> dict[str, Any]:
    return {
        "type": "line",
        "x0": x,
        "x1": x,
        "y0": bottom,
        "y1": top,
        "line": {"color": colours.ink, "width": 1.5},
    }


def _fill(provenance: Provenance, colours: Palette) -> dict[str, Any]:
    return {
        "color": colours.provenance[provenance],
        "line": {"width": 0},
        "pattern": {
            "shape": PATTERNS[provenance],
            "fillmode": "overlay",
            "fgcolor": colours.on_provenance[provenance],
            "fgopacity": 0.45,
            "size": 7,
            "solidity": 0.22,
        },
    }


def _text(text: str, *, y: float, shift: int) -> dict[str, Any]:
    """Return a text at the left edge, ``shift`` pixels above position ``y``."""
    return {
        "text": text,
        "xref": "paper",
        "x": 0,
        "y": y,
        "xanchor": "left",
        "yanchor": "middle",
        "yshift": shift,
        "showarrow": False,
        "align": "left",
    }


def _layout(colours: Palette) -> dict[str, Any]:
    return {
        "font": {"family": FONT, "size": FONT_SIZE, "color": colours.ink},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 0, "r": 0, "t": 4, "b": 4},
        "showlegend": False,
        "dragmode": False,
    }
