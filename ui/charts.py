"""Charts: functions from rows to a Plotly figure. They draw what they are given and add nothing.

Figures are plain mappings, which Streamlit sends several times faster than figure objects; the
tests check them against Plotly's own schema.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ui.theme import FONT, Palette

FONT_SIZE = 14
LINE_OF_TEXT = 17

CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}


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
    layout = base_layout(colours) | {
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
                "yshift": LINE_OF_TEXT if _is_beside(mark, shown[:at], high - low) else 0,
                "xanchor": "right" if mark.value > (low + high) / 2 else "left",
                "showarrow": False,
            }
            for at, mark in enumerate(shown)
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


def _is_beside(mark: Mark, others: Sequence[Mark], width: float) -> bool:
    """Say whether the words of a mark would run into those of another, on a phone."""
    return any(abs(mark.value - one.value) < 0.45 * width for one in others)


def curve(
    points: Sequence[tuple[float, float]],
    *,
    mark: Mark,
    at: float,
    written: Callable[[float], str],
    share: Callable[[float], str],
    hover: Callable[[float, float], str],
    colours: Palette,
) -> dict[str, Any]:
    """Return the share of draws that exceed each value, falling from all to none.

    ``mark`` is the value asked about, with its words, and ``at`` the share of the draws there.
    """
    values = [value for value, _ in points]
    line = {
        "type": "scatter",
        "mode": "lines",
        "x": values,
        "y": [height for _, height in points],
        "line": {"color": colours.action, "width": 3},
        "customdata": [hover(*point) for point in points],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    point = {
        "type": "scatter",
        "mode": "markers",
        "x": [mark.value],
        "y": [at],
        "marker": {"color": colours.ink, "size": 11},
        "hoverinfo": "skip",
    }
    across, up = round_values(min(values), max(values)), (0.0, 0.25, 0.5, 0.75, 1.0)
    layout = base_layout(colours) | {
        "height": 280,
        "margin": {"l": 0, "r": 8, "t": 8, "b": 34},
        "shapes": [_line(mark.value, 0, at, colours)],
        "xaxis": {
            "tickvals": across,
            "ticktext": [written(value) for value in across],
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        },
        "yaxis": {
            "tickvals": list(up),
            "ticktext": [share(height) for height in up],
            "range": [0, 1.03],
            "automargin": True,
            "gridcolor": colours.line,
            "fixedrange": True,
        },
    }
    return {"data": [line, point], "layout": layout}


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
    layout = base_layout(colours) | {
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
    """Return the multiples of 1, 2 or 5 times a power of ten that lie between two values.

    The lower one alone where no axis could tell the two apart.
    """
    if not high - low > 1e-9 * max(abs(low), abs(high)):
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


def axis(
    ends: tuple[float, float], marked: Sequence[float], written: Callable[[float], str]
) -> dict[str, Any]:
    """Return an axis that stays where it is, with words at some of its values."""
    return {
        "range": list(ends),
        "tickvals": list(marked),
        "ticktext": [written(value) for value in marked],
        "fixedrange": True,
    }


def base_layout(colours: Palette) -> dict[str, Any]:
    """Return what the layouts of all figures have in common."""
    return {
        "font": {"family": FONT, "size": FONT_SIZE, "color": colours.ink},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 0, "r": 0, "t": 4, "b": 4},
        "showlegend": False,
        "dragmode": False,
    }
