"""Charts: functions from rows to a Plotly figure. They draw what they are given and add nothing.

Figures are plain mappings, which Streamlit sends several times faster than figure objects; the
tests check them against Plotly's own schema.
"""

from collections.abc import Sequence
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
