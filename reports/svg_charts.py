"""The charts of a scenario as SVG: what the pages draw, for a report, a slide or a poster.

Each stands alone: its title, whose point of view it is, its key. A provenance is a colour and a
pattern, those of the pages, so that it survives grey printing. Text is text, in the reader's own
sans-serif; the title and the description are what a reader of the screen hears.
"""

import math
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from reports.headline import printable, sentence
from reports.provenances import rests_on
from roi_model.evaluation import (
    Evaluation,
    OutcomeResult,
    StakeholderResult,
    evaluate,
    gains_by_provenance,
)
from roi_model.parameters import Provenance
from roi_model.scenario import Scenario
from ui.labels import perspective_label
from ui.sentences import has_ratio, one_euro
from ui.theme import LIGHT
from ui.words import Language, Words, words_in

ChartName = Literal["euro", "by_outcome", "by_beneficiary", "who_pays_who_gains"]

WIDTH, MARGIN = 760, 24
INNER = WIDTH - 2 * MARGIN
FONT = "sans-serif"
SIZE, TITLE_SIZE, NOTE_SIZE = 15, 21, 13
WIDTH_OF_A_LETTER = 0.56
"""Of its size, on average, in a wide sans-serif: no font is there to measure it."""
LINE = 1.35
"""From one line of a text to the next, of its size."""
BAR = 22
BETWEEN = " · "
PAID: Literal["paid"] = "paid"
"""What is filled with ink: an amount paid."""

Fill = Provenance | Literal["paid"]
Parts = Mapping[Fill, float]


def charts(scenario: Scenario, *, language: Language) -> dict[ChartName, str]:
    """Return every chart of a scenario by its name, each a whole SVG file."""
    drawing = _Drawing(scenario, evaluate(scenario), words_in(language))
    makers: dict[ChartName, Callable[[], str]] = {
        "euro": drawing.euro,
        "by_outcome": drawing.by_outcome,
        "by_beneficiary": drawing.by_beneficiary,
        "who_pays_who_gains": drawing.who_pays_who_gains,
    }
    return {name: make() for name, make in makers.items()}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Bar:
    label: str
    written: str
    parts: Parts

    @property
    def ends(self) -> tuple[float, float]:
        """How far the bar reaches below and above zero."""
        below = sum(part for part in self.parts.values() if part < 0)
        above = sum(part for part in self.parts.values() if part > 0)
        return below, above


class _Sheet:
    """What is drawn so far, from the top down."""

    def __init__(self) -> None:
        self.y = float(MARGIN)
        self.drawn: list[str] = []
        self.fills: set[Fill] = set()

    def text(
        self,
        text: str,
        *,
        size: int = SIZE,
        bold: bool = False,
        quiet: bool = False,
        left: float = 0,
        amount: str = "",
    ) -> None:
        """Write a text on the lines that it needs, an amount in bold at the end of the last."""
        room = max(1, int((INNER - left) / (size * WIDTH_OF_A_LETTER)))
        lines = textwrap.wrap(printable(text), room) or [""]
        if amount and len(lines[-1]) + len(amount) + 2 > room:
            lines.append("")
        weight = ' font-weight="bold"' if bold else ""
        colour = LIGHT.quiet if quiet else LIGHT.ink
        for line in lines:
            self.y += size * LINE
            end = ""
            if amount and line is lines[-1]:
                before = ' dx="10"' if line else ""
                end = f'<tspan{before} font-weight="bold">{escape(amount)}</tspan>'
            self.drawn.append(
                f'<text x="{MARGIN + left:g}" y="{self.y - 0.3 * size:.1f}" font-size="{size}"'
                f'{weight} fill="{colour}">{escape(line)}{end}</text>'
            )

    def gap(self, height: float) -> None:
        """Leave some room."""
        self.y += height

    def bar(self, parts: Parts, *, lowest: float, highest: float) -> None:
        """Draw the parts to scale from zero, those below it to its left."""
        width = (highest - lowest) or 1.0
        zero = MARGIN + INNER * -lowest / width
        reached = {True: zero, False: zero}
        self.gap(4)
        for fill, value in parts.items():
            length = INNER * abs(value) / width
            up = value > 0
            left = reached[up] if up else reached[up] - length
            reached[up] += length if up else -length
            self.rectangle(fill, left, length, BAR)
        if lowest < 0:
            self.drawn.append(
                f'<path d="M{zero:.2f} {self.y - 3:.1f}v{BAR + 6}" stroke="{LIGHT.ink}"/>'
            )
        self.gap(BAR + 6)

    def rectangle(self, fill: Fill, left: float, width: float, height: float) -> None:
        """Draw a rectangle in the colour and pattern of its fill, at the height reached."""
        self.fills.add(fill)
        paint = LIGHT.ink if fill == PAID else f"url(#{fill})"
        self.drawn.append(
            f'<rect x="{left:.2f}" y="{self.y:.1f}" width="{width:.2f}" height="{height}"'
            f' fill="{paint}" data-part="{fill}"/>'
        )

    def swatch(self, fill: Fill, text: str) -> None:
        """Draw a line of the key."""
        before = len(self.drawn)
        top = self.y
        self.text(text, left=28)
        lines, self.drawn = self.drawn[before:], self.drawn[:before]
        bottom, self.y = self.y, top + 4
        self.rectangle(fill, MARGIN, 18, 14)
        self.drawn += lines
        self.y = bottom

    def svg(self, *, title: str, description: str, language: Language) -> str:
        """Return the sheet as a file."""
        height = math.ceil(self.y + MARGIN)
        patterns = "".join(_pattern(one) for one in Provenance if one in self.fills)
        body = "\n".join(self.drawn)
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"'
            f' width="{WIDTH}" height="{height}" font-family="{FONT}" role="img"'
            f' xml:lang="{language}" lang="{language}" aria-labelledby="title description">\n'
            f'<title id="title">{escape(printable(title))}</title>\n'
            f'<desc id="description">{escape(printable(description))}</desc>\n'
            f"<defs>{patterns}</defs>\n"
            f'<rect width="{WIDTH}" height="{height}" fill="{LIGHT.ground}"/>\n'
            f"{body}\n</svg>\n"
        )


_OVER: Mapping[Provenance, str] = {
    Provenance.PUBLISHED: "",
    Provenance.DERIVED: '<circle cx="4" cy="4" r="1.2" fill="{over}" fill-opacity=".45"/>',
    Provenance.ASSUMED: '<path d="M-2 2L2-2M0 8L8 0M6 10L10 6" stroke="{over}"'
    ' stroke-opacity=".45" stroke-width="1.5"/>',
    Provenance.YOURS: '<path d="M0 8L8 0M0 0L8 8" stroke="{over}" stroke-opacity=".45"'
    ' stroke-width="1.2"/>',
}
"""What is drawn over each colour, as ``ui/style.css`` has it: solid, dots, hatched, crossed."""


def _pattern(provenance: Provenance) -> str:
    """Return the fill of a provenance."""
    over = _OVER[provenance].format(over=LIGHT.on_provenance[provenance])
    return (
        f'<pattern id="{provenance}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect width="8" height="8" fill="{LIGHT.provenance[provenance]}"/>{over}</pattern>'
    )


class _Drawing:
    """The charts of an evaluated scenario."""

    def __init__(self, scenario: Scenario, evaluation: Evaluation, t: Words) -> None:
        self.scenario, self.evaluation, self.t = scenario, evaluation, t
        self.names = {one.id: t.of(one.name) for one in scenario.stakeholders}

    def euro(self) -> str:
        """Return one euro paid above what it brings, to scale, the return by provenance."""
        t, evaluation = self.t, self.evaluation
        sheet = self._begun(t("documents.euro_title"))
        if not has_ratio(evaluation):
            return self._ended(sheet, t("documents.euro_title"), t("headline.undefined"))
        parts = [part for part in evaluation.by_provenance if part.present_value]
        brought: dict[Fill, float] = {Provenance(part.key): part.ratio for part in parts}
        ends = _Bar(label="", written="", parts=brought).ends
        scale = {"lowest": ends[0], "highest": max(1.0, ends[1])}
        sheet.text(one_euro(self.scenario, evaluation, t), bold=True)
        sheet.bar({PAID: 1.0}, **scale)
        sheet.text(t("euro.brings", ratio=t.ratio(evaluation.ratio)), bold=True)
        sheet.bar(brought, **scale)
        sheet.gap(6)
        percents = t.whole_percents([part.share for part in parts])
        said = []
        for part, percent in zip(parts, percents, strict=True):
            line = t(
                "documents.euro_part",
                ratio=t.ratio(part.ratio),
                rests=rests_on(part, evaluation, t),
                percent=percent,
            )
            said.append(line)
            sheet.swatch(Provenance(part.key), line)
        heard = t(
            "documents.euro_alt",
            sentence=sentence(self.scenario, evaluation, t),
            said=t("chart.separator").join(said),
        )
        return self._svg(sheet, t("documents.euro_title"), heard)

    def by_outcome(self) -> str:
        """Return the return by outcome, the largest first."""
        t = self.t
        labels = {outcome.id: t.of(outcome.label) for outcome in self.scenario.outcomes}
        rows: list[OutcomeResult] = sorted(
            (row for row in self.evaluation.by_outcome if row.present_value),
            key=lambda row: -row.present_value,
        )
        bars = [
            _Bar(
                label=labels[row.outcome],
                written=t.short_euros(row.present_value),
                parts={row.provenance: row.present_value},
            )
            for row in rows
        ]
        return self._bars(t("documents.by_outcome_title"), bars)

    def by_beneficiary(self) -> str:
        """Return the return by who benefits, the largest first."""
        rows = [row for row in self.evaluation.by_stakeholder if row.present_value_benefits]
        rows.sort(key=lambda row: -row.present_value_benefits)
        bars = [
            _Bar(
                label=self.names[row.stakeholder],
                written=self.t.short_euros(row.present_value_benefits),
                parts=self._parts_of(row),
            )
            for row in rows
        ]
        return self._bars(self.t("documents.by_beneficiary_title"), bars)

    def who_pays_who_gains(self) -> str:
        """Return what each stakeholder pays, to the left of zero, and gains, to its right."""
        t = self.t
        bars = []
        for row in self.evaluation.by_stakeholder:
            if not (row.present_value_benefits or row.present_value_costs):
                continue
            written = t(
                "documents.pays_gains",
                pays=t.short_euros(row.present_value_costs),
                gains=t.short_euros(row.present_value_benefits),
            )
            paid: dict[Fill, float] = {PAID: 0.0 - row.present_value_costs}
            bars.append(
                _Bar(
                    label=self.names[row.stakeholder],
                    written=written,
                    parts={**paid, **self._parts_of(row)}
                    if row.present_value_costs
                    else self._parts_of(row),
                )
            )
        return self._bars(t("documents.who_pays_who_gains_title"), bars, pays=True)

    def _parts_of(self, row: StakeholderResult) -> dict[Fill, float]:
        return dict(gains_by_provenance(self.scenario, self.evaluation, row.stakeholder).items())

    def _bars(self, title: str, bars: Sequence[_Bar], *, pays: bool = False) -> str:
        t, sheet = self.t, self._begun(title)
        if not bars:
            return self._ended(sheet, title, t("chart.nothing"))
        lowest = min(0.0, *(bar.ends[0] for bar in bars))
        highest = max(0.0, *(bar.ends[1] for bar in bars))
        for bar in bars:
            sheet.text(bar.label, amount=bar.written)
            sheet.bar(bar.parts, lowest=lowest, highest=highest)
        self._key(sheet, bars, pays=pays)
        said = t("chart.separator").join(
            t("documents.bar", label=bar.label, value=bar.written) for bar in bars
        )
        return self._svg(sheet, title, t("documents.chart_alt", title=title, said=said))

    def _key(self, sheet: _Sheet, bars: Iterable[_Bar], *, pays: bool) -> None:
        """Say what each colour and pattern means, once they are all drawn."""
        t, used = self.t, {fill for bar in bars for fill in bar.parts}
        sheet.gap(10)
        if pays and PAID in used:
            sheet.swatch(PAID, t("documents.paid"))
        for one in Provenance:
            if one in used:
                sheet.swatch(one, t(f"documents.provenance_{one}"))

    def _begun(self, title: str) -> _Sheet:
        t, sheet = self.t, _Sheet()
        sheet.text(title, size=TITLE_SIZE, bold=True)
        perspective = perspective_label(self.evaluation.perspective.id, self.scenario, t)
        about = [t.of(self.scenario.name), t.of(self.scenario.period), perspective]
        said = BETWEEN.join(one for one in about if one)
        sheet.text(said, size=NOTE_SIZE, quiet=True)
        sheet.gap(10)
        return sheet

    def _ended(self, sheet: _Sheet, title: str, why: str) -> str:
        """Return a sheet with nothing to draw, which says why."""
        sheet.text(why)
        return self._svg(sheet, title, why)

    def _svg(self, sheet: _Sheet, title: str, description: str) -> str:
        return sheet.svg(title=title, description=description, language=self.t.language)
