"""The chart of what other numbers of posts add, under several rules of growth."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ui.charts import FONT_SIZE, axis, base_layout, round_values
from ui.theme import Palette

HEIGHT = 340
LEAST_GAP = 0.075
"""Between two labels, as a share of the height: less would write one over the other."""
DASHES = ("dash", "dot", "longdash", "dashdot")
ABOUT_A_CHARACTER = 7.6
"""Pixels, for the room that the labels at the right need."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """What each number of posts adds: its name, its amounts, and whether it is the one chosen."""

    label: str
    amounts: Sequence[float]
    is_chosen: bool = False
    is_cost: bool = False


@dataclass(frozen=True, kw_only=True)
class Point:
    """A place on the chart, with its words."""

    posts: float
    amount: float
    label: str


def growth(
    posts: Sequence[float],
    lines: Sequence[Line],
    *,
    today: Point,
    wanted: Point,
    number: Callable[[float], str],
    money: Callable[[float], str],
    hover: Callable[[str, float, float], str],
    colours: Palette,
) -> dict[str, Any]:
    """Return lines of what is added by number of posts, each named at its end."""
    every = [amount for line in lines for amount in line.amounts]
    low, high = min(every), max(every)
    margin = 0.08 * (high - low) or 1.0
    bottom, top = low - margin, high + 2 * margin
    drawn = list(zip(lines, _styles(lines, colours), strict=True))
    places = _apart([line.amounts[-1] for line in lines], LEAST_GAP * (top - bottom))
    traces = [_trace(posts, line, style, hover) for line, style in drawn]
    marks = {
        "type": "scatter",
        "mode": "markers",
        "x": [today.posts, wanted.posts],
        "y": [today.amount, wanted.amount],
        "marker": {"size": 10, "color": colours.ink, "line": {"width": 2, "color": colours.ground}},
        "hoverinfo": "skip",
    }
    ends = [
        {
            "text": f"<b>{line.label}</b>" if line.is_chosen else line.label,
            "x": 1.0,
            "xref": "paper",
            "xshift": 6,
            "xanchor": "left",
            "y": place,
            "yanchor": "middle",
            "align": "left",
            "showarrow": False,
            "font": {"color": style["color"], "size": FONT_SIZE},
        }
        for (line, style), place in zip(drawn, places, strict=True)
    ]
    across, up = round_values(min(posts), max(posts), most=4), round_values(bottom, top, most=5)
    longest = max(len(line.label) for line in lines)
    layout = base_layout(colours) | {
        "height": HEIGHT,
        "margin": {"l": 0, "r": 14 + ABOUT_A_CHARACTER * longest, "t": 6, "b": 34},
        "annotations": [*ends, *_named([today, wanted], posts, colours)],
        "shapes": [
            {
                "type": "line",
                "x0": one.posts,
                "x1": one.posts,
                "y0": bottom,
                "y1": top,
                "line": {"color": colours.line, "width": 1},
                "layer": "below",
            }
            for one in (today, wanted)
        ],
        "xaxis": axis((min(posts), max(posts)), across, number)
        | {"showgrid": False, "zeroline": False, "linecolor": colours.line},
        "yaxis": axis((bottom, top), up, money)
        | {"automargin": True, "gridcolor": colours.line, "zerolinecolor": colours.ink},
    }
    return {"data": [*traces, marks], "layout": layout}


def _styles(lines: Sequence[Line], colours: Palette) -> list[dict[str, Any]]:
    """Return the stroke of each line: the one chosen is solid, the cost grey, the others dashed."""
    dashes = iter(DASHES)
    styles = []
    for line in lines:
        if line.is_cost:
            styles.append({"color": colours.quiet, "width": 2, "dash": "solid"})
        elif line.is_chosen:
            styles.append({"color": colours.action, "width": 3, "dash": "solid"})
        else:
            styles.append({"color": colours.ink, "width": 2, "dash": next(dashes, "dot")})
    return styles


def _trace(
    posts: Sequence[float],
    line: Line,
    style: dict[str, Any],
    hover: Callable[[str, float, float], str],
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": line.label,
        "x": list(posts),
        "y": list(line.amounts),
        "line": style,
        "customdata": [
            hover(line.label, one, amount) for one, amount in zip(posts, line.amounts, strict=True)
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _named(
    points: Sequence[Point], posts: Sequence[float], colours: Palette
) -> list[dict[str, Any]]:
    """Return the words of points: the first at the bottom, the second at the top of the chart."""
    middle = (min(posts) + max(posts)) / 2
    return [
        {
            "text": point.label,
            "x": point.posts,
            "y": height,
            "yref": "paper",
            "yanchor": anchor,
            "xanchor": "right" if point.posts > middle else "left",
            "xshift": -5 if point.posts > middle else 5,
            "showarrow": False,
            "bgcolor": colours.ground,
            "borderpad": 1,
        }
        for point, height, anchor in zip(points, (0.0, 1.0), ("bottom", "top"), strict=True)
    ]


def _apart(values: Sequence[float], gap: float) -> list[float]:
    """Return values moved upwards as little as it takes to stand ``gap`` apart."""
    order = sorted(range(len(values)), key=lambda place: values[place])
    moved = list(values)
    for below, place in pairwise(order):
        moved[place] = max(values[place], moved[below] + gap)
    return moved
