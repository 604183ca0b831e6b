"""The way from one ratio to another, drawn as a list of bars that hang one from the other.

A list, so that a long name takes the lines it needs and a reader of the screen hears it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One bar: its name, what changes, the figure as written, and where it begins and ends."""

    label: str
    detail: str
    written: str
    start: float
    end: float
    is_total: bool = False

    @property
    def direction(self) -> str:
        """Return the class of the bar; the sign of the figure says the same."""
        if self.is_total:
            return "total"
        return "up" if self.end >= self.start else "down"


def hung(changes: Sequence[Rung], start: float) -> list[Rung]:
    """Return rungs whose ``end`` is a change, each hung where the one before it ends."""
    found, here = [], start
    for change in changes:
        found.append(
            Rung(
                label=change.label,
                detail=change.detail,
                written=change.written,
                start=here,
                end=here + change.end,
            )
        )
        here += change.end
    return found


def ladder(rungs: Sequence[Rung]) -> str:
    """Return the bars to one scale, zero included, in the order given."""
    ends = [0.0, *(rung.start for rung in rungs), *(rung.end for rung in rungs)]
    lowest = min(ends)
    width = (max(ends) - lowest) or 1.0
    items = ""
    for rung in rungs:
        left, right = sorted((rung.start, rung.end))
        detail = f" <span class=quiet>{escape(rung.detail)}</span>" if rung.detail else ""
        items += (
            f'<li class="{rung.direction}">{escape(rung.label)}{detail}'
            f" <b>{escape(rung.written)}</b>"
            f'<div class="rung"><span style="left:{100 * (left - lowest) / width:.2f}%;'
            f'width:{100 * (right - left) / width:.2f}%"></span></div></li>'
        )
    return f'<ol class="plain ladder">{items}</ol>'
