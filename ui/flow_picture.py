"""Who pays and who gains, drawn: ribbons from those who pay to the action, and on to who gains.

Two lists of words with a drawing between them, so that names take the lines they need and a
reader of the screen hears them; nothing of it needs a script.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from ui.theme import Palette

ROOM = 72.0
"""Pixels that the words of one flow need, on a phone too."""
TALLEST = 260.0
"""Pixels of the higher of the two sides, all its flows together."""
THINNEST = 2.0
NODE = 1.6
"""Width of a node, of 100; the action stands a third of the way."""
MIDDLE = 33.0


@dataclass(frozen=True, kw_only=True)
class Flow:
    """What one pays or gains: the name, the amount as written, and the amount."""

    name: str
    written: str
    amount: float


@dataclass(frozen=True, kw_only=True)
class _Placed:
    flow: Flow
    top: float
    thickness: float
    joins: float
    """Where it meets the action, from the top."""

    @property
    def centre(self) -> float:
        return self.top + self.thickness / 2


def flow_picture(
    *, paid: Sequence[Flow], gained: Sequence[Flow], names: tuple[str, str], colours: Palette
) -> str:
    """Return the picture of what is ``paid`` and ``gained``, both to one scale.

    ``names`` head the two lists: those who pay, and those who gain.
    """
    total = max(sum(one.amount for one in side) for side in (paid, gained))
    scale = TALLEST / (total or 1.0)
    height = max(_height(paid, scale), _height(gained, scale))
    left, right = (_placed(side, scale, height) for side in (paid, gained))
    ribbons = [_ribbon(one, colours.ink, NODE, MIDDLE, one.top, one.joins) for one in left]
    ribbons += [
        _ribbon(one, colours.action, MIDDLE + NODE, 100 - NODE, one.joins, one.top) for one in right
    ]
    nodes = [_node(colours.ink, 0.0, one.top, one.thickness) for one in left]
    nodes.append(_node(colours.action, MIDDLE, *_extent([*left, *right])))
    nodes += [_node(colours.quiet, 100 - NODE, one.top, one.thickness) for one in right]
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 {height:.0f}"'
        f' preserveAspectRatio="none">{"".join([*ribbons, *nodes])}</svg>'
    )
    # The framework takes drawings out of HTML, and leaves images.
    source = b64encode(drawing.encode()).decode()
    return (
        f'<div class="flows">{_words(names[0], left, height)}'
        f'<img alt="" src="data:image/svg+xml;base64,{source}" style="height:{height:.0f}px">'
        f"{_words(names[1], right, height)}</div>"
    )


def _height(side: Sequence[Flow], scale: float) -> float:
    return sum(max(ROOM, one.amount * scale) for one in side)


def _placed(side: Sequence[Flow], scale: float, height: float) -> list[_Placed]:
    """Return each flow at its height on its own side, and stacked where it meets the action."""
    stacked = sum(max(THINNEST, one.amount * scale) for one in side)
    reached, joined = (height - _height(side, scale)) / 2, (height - stacked) / 2
    placed = []
    for flow in side:
        thickness = max(THINNEST, flow.amount * scale)
        room = max(ROOM, thickness)
        placed.append(
            _Placed(
                flow=flow, top=reached + (room - thickness) / 2, thickness=thickness, joins=joined
            )
        )
        reached, joined = reached + room, joined + thickness
    return placed


def _extent(placed: Sequence[_Placed]) -> tuple[float, float]:
    top = min(one.joins for one in placed)
    return top, max(one.joins + one.thickness for one in placed) - top


def _ribbon(
    one: _Placed, colour: str, start: float, end: float, from_top: float, to_top: float
) -> str:
    bend = (start + end) / 2
    low, high = from_top + one.thickness, to_top + one.thickness
    return (
        f'<path fill="{colour}" fill-opacity=".25" d="M{start:.1f} {from_top:.1f}'
        f"C{bend:.1f} {from_top:.1f} {bend:.1f} {to_top:.1f} {end:.1f} {to_top:.1f}"
        f'V{high:.1f}C{bend:.1f} {high:.1f} {bend:.1f} {low:.1f} {start:.1f} {low:.1f}Z"/>'
    )


def _node(colour: str, left: float, top: float, height: float) -> str:
    return (
        f'<rect fill="{colour}" x="{left:.1f}" y="{top:.1f}" width="{NODE}" height="{height:.1f}"/>'
    )


def _words(name: str, placed: Sequence[_Placed], height: float) -> str:
    items = "".join(
        f'<li style="top:{one.centre:.0f}px">{escape(one.flow.name)} '
        f"<b>{escape(one.flow.written)}</b></li>"
        for one in placed
    )
    return (
        f'<div><p class="quiet">{escape(name)}</p>'
        f'<ul class="plain" style="height:{height:.0f}px">{items}</ul></div>'
    )
