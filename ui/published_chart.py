"""Ratios on one axis, as a list: each with its name, its perimeter and its place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from ui.charts import round_values
from ui.markup import Html

MOST_TIMES_THE_HIGHEST = 1.5
"""A ratio further out than this is drawn at the edge: the others would be one dot."""


@dataclass(frozen=True, kw_only=True)
class Landmark:
    """A ratio to place, with what it is of; ``low`` and ``high`` differ for a band only."""

    kind: Literal["study", "mean", "highest", "here", "prudent"]
    label: str
    written: str
    low: float
    high: float
    where: str = ""
    """Country and year."""
    paid: str = ""
    horizon: str = ""
    counted: str = ""
    footprint: str = ""
    origin: Html

    @property
    def perimeter(self) -> str:
        """Return whose money, over what time and what for, on one line."""
        return " · ".join(filter(None, (self.where, self.paid, self.horizon, self.counted)))


def axis(landmarks: Sequence[Landmark]) -> tuple[float, float]:
    """Return the ends of the axis: zero or below, and as far as the highest known ratio needs."""
    known = max(one.high for one in landmarks if one.kind not in ("here", "prudent"))
    farthest = MOST_TIMES_THE_HIGHEST * known
    low = max(-farthest, min(0.0, *(one.low for one in landmarks)))
    high = min(farthest, max(one.high for one in landmarks))
    return low, high


def ordered(landmarks: Sequence[Landmark]) -> list[Landmark]:
    """Return the landmarks from the highest ratio down."""
    return sorted(landmarks, key=lambda one: (one.high, one.low), reverse=True)


def places(
    landmarks: Sequence[Landmark],
    band: tuple[float, float],
    *,
    written: Callable[[float], str],
) -> str:
    """Return the landmarks as a list, each on the same axis, the band of means behind them all.

    ``written`` gives a tick of the axis in the reader's style.
    """
    low, high = axis(landmarks)

    def left(value: float) -> float:
        return 100 * (min(max(value, low), high) - low) / (high - low)

    behind = (
        f'<span class="band" style="left:{left(band[0]):.2f}%;'
        f'width:{left(band[1]) - left(band[0]):.2f}%"></span>'
    )
    items = ""
    for one in ordered(landmarks):
        at = f"left:{left(one.low):.2f}%"
        if one.kind == "mean":
            at += f";width:{left(one.high) - left(one.low):.2f}%"
        perimeter = f"<small>{escape(one.perimeter)}</small>" if one.perimeter else ""
        items += (
            f'<li class="{one.kind}">'
            f'<span class="what"><b>{escape(one.label)}</b>{perimeter}</span>'
            f'<span class="ratio">{escape(one.written)}</span>'
            f'<span class="axis" aria-hidden="true">{behind}'
            f'<i style="{at}"></i></span></li>'
        )
    ticks = "".join(
        f'<span style="left:{left(value):.2f}%">{escape(written(value))}</span>'
        for value in round_values(low, high)
    )
    scale = f'<div class="scale" aria-hidden="true"><span class="axis">{ticks}</span></div>'
    return f'<div class="places"><ul class="plain">{items}</ul>{scale}</div>'
