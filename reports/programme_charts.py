"""The charts of a programme as SVG: the ratios of its associations, and their ratios by cost.

They stand under a heading of the document: a chart has a title and a description for who listens,
and draws neither.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

from reports.headline import printable
from reports.programme_subject import Programme
from ui.charts import round_values
from ui.theme import LIGHT
from ui.words import Language

WIDTH, HEIGHT = 760, 205
LEFT, RIGHT, TOP, BOTTOM = 64, 12, 26, 42
"""Room around what is drawn, for the words of the axes."""
SIZE = 14
BINS = 30
MANY = 50
"""Rows from which the farthest ratios, two in a hundred on either side, are drawn at the ends."""
MOST_POINTS = 1_500
"""Points of the funnel: more hide each other."""
QUARTERS = (0.25, 0.5, 0.75)
FAR = 2.0
"""Times the ratio that all but two in a hundred are below: what is beyond is drawn at the top."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """A chart, what it says to who cannot see it, and what is to be known of it."""

    name: str
    title: str
    svg: str
    said: str
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Frame:
    """From values to places on the sheet."""

    across: tuple[float, float]
    up: tuple[float, float]

    def x(self, value: float) -> float:
        low, high = self.across
        return LEFT + (WIDTH - LEFT - RIGHT) * (value - low) / (high - low)

    def y(self, value: float) -> float:
        low, high = self.up
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - low) / (high - low)


def distribution(programme: Programme) -> Chart | None:
    """Return how many associations have which ratio; nothing where ratios do not differ."""
    t, ratios = programme.t, programme.evaluation.ratios
    known = ratios[np.isfinite(ratios)]
    if known.size < 2 or known.min() == known.max():
        return None
    low, quarter, three_quarters, high = np.quantile(known, (0.02, 0.25, 0.75, 0.98)).tolist()
    if known.size < MANY or low == high:
        low, high = float(known.min()), float(known.max())
    counts, edges = np.histogram(np.clip(known, low, high), bins=BINS, range=(low, high))
    frame = _Frame(across=(low, high), up=(0.0, 1.15 * float(counts.max())))
    drawn = []
    for start, end, count in zip(edges[:-1], edges[1:], counts.tolist(), strict=True):
        is_inside = quarter <= (start + end) / 2 <= three_quarters
        x, y = frame.x(start), frame.y(count)
        drawn.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{frame.x(end) - x:.1f}"'
            f' height="{frame.y(0) - y:.1f}" stroke="{LIGHT.ground}"'
            f' fill="{LIGHT.action if is_inside else LIGHT.line}"/>'
        )
    drawn += _axis_across(frame, round_values(low, high), t.ratio, t("programme.axis_ratio"))
    marks = [(1.0, t("uncertainty.mark_one"))]
    if programme.is_defined:
        whole = programme.totals.ratio
        marks.append((whole, t("portfolio.mark_all", ratio=t.ratio(whole))))
    drawn += _marks(frame, [one for one in marks if low <= one[0] <= high])
    said = t("portfolio.distribution_alt", low=t.ratio(quarter), high=t.ratio(three_quarters))
    title = t("portfolio.distribution")
    first, middle, third = (t.ratio(float(one)) for one in np.quantile(known, QUARTERS))
    note = t("programme.quarters", first=first, middle=middle, third=third)
    return Chart(
        name="distribution",
        title=title,
        svg=_svg(drawn, title, said, t.language),
        said=said,
        note=note + " " + t("portfolio.distribution_note"),
    )


def funnel(programme: Programme) -> Chart | None:
    """Return the ratio of each association by its cost; nothing for fewer than two, or all 0."""
    t, evaluation = programme.t, programme.evaluation
    rows = _drawn_rows(programme)
    costs, ratios = evaluation.costs[rows], evaluation.ratios[rows]
    if rows.size < 2 or not programme.is_defined or ratios.max() <= 0:
        return None
    programme_ratio = programme.totals.ratio
    low, high = math.log10(costs.min()), math.log10(costs.max())
    room = 0.05 * (high - low) + 0.1
    top = _top(ratios, programme_ratio)
    frame = _Frame(across=(low - room, high + room), up=(min(0.0, float(ratios.min())), top))
    drawn = []
    for value in round_values(*frame.up, most=5):
        y = frame.y(value)
        drawn.append(
            f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{LIGHT.line}"/>'
            + _text(t.ratio(value), LEFT - 8, y + 5, anchor="end")
        )
    ticks = _decades(*frame.across)
    drawn += _axis_across(
        frame, ticks, lambda power: t.short_euros(10**power), t("portfolio.funnel_cost")
    )
    drawn += [
        _point(frame.x(math.log10(cost)), frame.y(min(ratio, top)), is_beyond=ratio > top)
        for cost, ratio in zip(costs.tolist(), ratios.tolist(), strict=True)
    ]
    y = frame.y(programme_ratio)
    drawn.append(
        f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{LIGHT.ink}" stroke-dasharray="6 4"'
        ' stroke-width="1.5"/>'
    )
    label = t("portfolio.mark_all", ratio=t.ratio(programme_ratio))
    drawn.append(_text(label, WIDTH - RIGHT, y - 6, anchor="end", bold=True))
    said = t("portfolio.funnel_alt", ratio=t.ratio(programme_ratio))
    title = t("portfolio.funnel")
    return Chart(
        name="funnel",
        title=title,
        svg=_svg(drawn, title, said, t.language),
        said=said,
        note=_about_points(programme, rows.size, int(np.count_nonzero(ratios > top))),
    )


def _point(x: float, y: float, *, is_beyond: bool) -> str:
    """Return the point of an association; an arrow where it would be above the sheet."""
    fill = f'fill="{LIGHT.action}" fill-opacity=".55"'
    if is_beyond:
        return f'<path d="M{x:.1f} {y:.1f}l-6 10h12z" {fill}/>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" {fill}/>'


def _top(ratios: NDArray[np.float64], programme: float) -> float:
    """Return the highest ratio of the funnel: a few far ones would press all others flat."""
    highest = float(ratios.max())
    usual = highest if ratios.size < MANY else float(np.quantile(ratios, 0.98))
    if 0 < FAR * usual < highest:
        highest = usual
    return 1.1 * max(highest, programme)


def _about_points(programme: Programme, shown: int, beyond: int) -> str:
    """Return what the points are, how many are drawn, and how many stand beyond the top."""
    t = programme.t
    said = [t("programme.funnel_note")]
    if shown == MOST_POINTS:
        of = t.number(len(programme.portfolio))
        said.append(t("portfolio.funnel_some", shown=t.number(shown), of=of))
    if beyond:
        said.append(t.counted("programme.funnel_beyond", beyond, number=t.number(beyond)))
    return " ".join(said)


def _drawn_rows(programme: Programme) -> NDArray[np.intp]:
    """Return the rows that the funnel draws: all, or some from the least to the most costly."""
    evaluation = programme.evaluation
    rows = np.flatnonzero(np.isfinite(evaluation.ratios) & (evaluation.costs > 0))
    if rows.size <= MOST_POINTS:
        return rows
    in_order = rows[np.argsort(evaluation.costs[rows], kind="stable")]
    return in_order[np.linspace(0, rows.size - 1, MOST_POINTS).astype(int)]


def _decades(low: float, high: float) -> list[float]:
    """Return the logarithms of round values, few enough to be written under an axis."""
    steps = (1, 2, 5) if high - low < 1.3 else (1, 3) if high - low < 2.2 else (1,)
    powers = range(math.floor(low), math.ceil(high) + 1)
    found = [power + math.log10(step) for power in powers for step in steps]
    return [one for one in found if low <= one <= high]


def _axis_across(
    frame: _Frame, ticks: Sequence[float], written: Callable[[float], str], name: str
) -> list[str]:
    bottom = HEIGHT - BOTTOM
    drawn = [f'<path d="M{LEFT} {bottom}H{WIDTH - RIGHT}" stroke="{LIGHT.quiet}"/>']
    for value in ticks:
        x = frame.x(value)
        drawn.append(f'<path d="M{x:.1f} {bottom}v5" stroke="{LIGHT.quiet}"/>')
        drawn.append(_text(written(value), x, bottom + 20, anchor="middle"))
    drawn.append(_text(name, WIDTH - RIGHT, HEIGHT - 6, anchor="end", quiet=True))
    return drawn


def _marks(frame: _Frame, marks: Sequence[tuple[float, str]]) -> list[str]:
    """Return lines at values, their words on the side with more room, one above the other."""
    drawn = []
    for place, (value, label) in enumerate(sorted(marks)):
        x, y = frame.x(value), TOP - 10 + 18 * place
        is_right = x > (LEFT + WIDTH - RIGHT) / 2
        drawn.append(
            f'<path d="M{x:.1f} {y}V{HEIGHT - BOTTOM}" stroke="{LIGHT.ink}" stroke-width="1.5"/>'
        )
        side = -6 if is_right else 6
        anchor = "end" if is_right else "start"
        drawn.append(_text(label, x + side, y + 5, anchor=anchor, bold=True))
    return drawn


def _text(
    text: str, x: float, y: float, *, anchor: str, bold: bool = False, quiet: bool = False
) -> str:
    # What is pointed out stands over bars and points: it has a rim of the ground.
    over = f' font-weight="bold" paint-order="stroke" stroke="{LIGHT.ground}" stroke-width="4"'
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{over if bold else ""}'
        f' fill="{LIGHT.quiet if quiet else LIGHT.ink}">{escape(printable(text))}</text>'
    )


def _svg(drawn: Sequence[str], title: str, said: str, language: Language) -> str:
    body = "\n".join(drawn)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
        f' width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="{SIZE}" role="img"'
        f' xml:lang="{language}" lang="{language}" aria-labelledby="title description">\n'
        f'<title id="title">{escape(printable(title))}</title>\n'
        f'<desc id="description">{escape(printable(said))}</desc>\n'
        f"{body}\n</svg>\n"
    )
