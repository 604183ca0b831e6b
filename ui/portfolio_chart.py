"""The ratio of each association beside what it costs: a scatter, without Streamlit."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ui.charts import FONT_SIZE, axis, base_layout, round_values
from ui.theme import Palette


@dataclass(frozen=True, kw_only=True)
class Point:
    """An association: what it costs, its ratio, and the words that a pointer over it shows."""

    cost: float
    ratio: float
    words: str


def funnel(
    points: Sequence[Point],
    *,
    programme: float,
    label: str,
    names: tuple[str, str],
    cost_written: Callable[[float], str],
    ratio_written: Callable[[float], str],
    colours: Palette,
) -> dict[str, Any]:
    """Return points of cost, on a logarithmic axis, and ratio, with that of all as a line.

    ``names`` are those of the axes: cost and ratio.
    """
    costs = [one.cost for one in points]
    ratios = [one.ratio for one in points]
    low, high = math.log10(min(costs)), math.log10(max(costs))
    room = 0.05 * (high - low) + 0.1
    across = _decades(low - room, high + room)
    top = max(*ratios, programme) * 1.12
    bottom = min(0.0, *ratios)
    up = round_values(bottom, top)
    trace = {
        "type": "scatter",
        "mode": "markers",
        "x": costs,
        "y": ratios,
        "marker": {"color": colours.action, "size": 9, "opacity": 0.6},
        "customdata": [one.words for one in points],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    layout = base_layout(colours) | {
        "height": 356,
        "margin": {"l": 0, "r": 8, "t": 22, "b": 56},
        "shapes": [
            {
                "type": "line",
                "xref": "paper",
                "x0": 0,
                "x1": 1,
                "y0": programme,
                "y1": programme,
                "line": {"color": colours.ink, "width": 1.5, "dash": "dash"},
            }
        ],
        "annotations": [
            _words(label, x=1, y=programme, yref="y", xanchor="right"),
            _words(names[1], x=0, y=1, yref="paper", xanchor="left"),
        ],
        "xaxis": axis((low - room, high + room), across, cost_written)
        | {
            "type": "log",
            "title": {"text": names[0], "standoff": 10, "font": {"size": FONT_SIZE}},
            "showgrid": False,
            "zeroline": False,
            "linecolor": colours.line,
        },
        "yaxis": axis((bottom, top), up, ratio_written)
        | {"automargin": True, "gridcolor": colours.line},
    }
    return {"data": [trace], "layout": layout}


def _words(text: str, *, x: float, y: float, yref: str, xanchor: str) -> dict[str, Any]:
    return {
        "text": text,
        "x": x,
        "y": y,
        "xref": "paper",
        "yref": yref,
        "xanchor": xanchor,
        "yanchor": "bottom",
        "showarrow": False,
    }


def _decades(low: float, high: float) -> list[float]:
    """Return round values on a logarithmic axis, few enough to be read on a phone."""
    steps = (1, 2, 5) if high - low < 1.3 else (1, 3) if high - low < 2.2 else (1,)
    return [
        step * 10.0**power
        for power in range(math.floor(low), math.ceil(high) + 1)
        for step in steps
        if low <= math.log10(step) + power <= high
    ]
