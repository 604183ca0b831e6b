"""A slide for a council meeting: the sentence, a chart that can be edited, how far to trust it.

Its notes hold what must be said beside it: what the result rests on, what is missing of it, and
what someone who verifies it would ask.
"""

import datetime
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import roi_model
from reports.headline import on_one_line, printable, sentence, to_fill
from reports.packing import packed, unpacked
from reports.provenances import name_of
from roi_model.checks import check, rules
from roi_model.evaluation import Evaluation, OutcomeResult, evaluate
from roi_model.parameters import Provenance
from roi_model.scenario import Scenario
from roi_model.simulation import Simulation, simulate
from ui.labels import perspective_label
from ui.left_out import left_out
from ui.sentences import finding_text, has_ratio, one_euro
from ui.theme import LIGHT
from ui.words import MILLION, Language, Words, words_in

MOST_BARS = 8
"""Outcomes that a slide has room for; what the smaller ones add is summed in the last bar."""
MOST_NAMED = 6
"""Numbers still to be filled in that are named; the others are counted."""
LONGEST_SHOWN, LONGEST_LINK = 90, 2_000
"""Characters of an address that fit on the line, and that programs keep whole."""
SHORT_SENTENCE = 75
SHORT_LABEL, LONGEST_LABEL = 30, 45
"""Characters of a name beside its bar: beyond these it is written smaller, and cut."""
ROOM_FOR_AN_AMOUNT = 0.2
"""Of the length of the longest bar."""
FONT = "Calibri"
OVER = 0.45
"""How much of the colour of a pattern shows, as on the pages."""
BETWEEN = " · "
EUROS: dict[Language, str] = {
    "fr": '#,##0"\u00a0€";\\-#,##0"\u00a0€"',
    "en": '"€"#,##0;\\-"€"#,##0',
}
MILLIONS: dict[Language, str] = {
    "fr": '0.00,,"\u00a0M€";\\-0.00,,"\u00a0M€"',
    "en": '"€"0.00,,"M";\\-"€"0.00,,"M"',
}
"""How the chart writes its amounts: each program puts its reader's decimal mark."""
LEAST_IN_MILLIONS = 10_000
"""An amount smaller than this would be 0.00 million."""
TAGS: dict[Language, str] = {"fr": "fr-FR", "en": "en-GB"}
"""The language of the text, for spelling and for readers of the screen."""


def slide(
    scenario: Scenario,
    *,
    language: Language,
    today: datetime.date,
    address: str | None = None,
) -> bytes:
    """Return one slide as a PowerPoint presentation; ``address`` is the link to the scenario.

    The same scenario and the same day give the same bytes.

    Raises:
        ScenarioError: a stated distribution, or the correlations, cannot be built.
    """
    return _Slide(scenario, words_in(language), today, address).made()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Bar:
    label: str
    value: float
    provenance: Provenance | None
    """That of the line; none for several lines together."""


class _Slide:
    """The slide of an evaluated scenario."""

    def __init__(
        self, scenario: Scenario, t: Words, today: datetime.date, address: str | None
    ) -> None:
        self.scenario, self.t, self.today, self.address = scenario, t, today, address
        self.evaluation: Evaluation = evaluate(scenario)

    def made(self) -> bytes:
        from pptx import Presentation
        from pptx.util import Inches

        deck = Presentation()
        deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)
        self.page = deck.slides.add_slide(deck.slide_layouts[5])
        self._title()
        self._picture()
        self._figures()
        self._foot()
        self._notes()
        self._say_the_language()
        self._properties(deck)
        written = io.BytesIO()
        deck.save(written)
        return packed(unpacked(written.getvalue()), self.today)

    # --- What it says ---------------------------------------------------------------------

    @cached_property
    def sentence(self) -> str:
        return printable(sentence(self.scenario, self.evaluation, self.t))

    @cached_property
    def simulation(self) -> Simulation | None:
        """The draws; none where there is no ratio, or nothing varies."""
        if not has_ratio(self.evaluation):
            return None
        drawn = simulate(self.scenario)
        return drawn if drawn.is_defined and drawn.varied else None

    def interval(self) -> str:
        """Return between which ratios nine draws in ten fall, or why that is not known."""
        t = self.t
        if not has_ratio(self.evaluation):
            return t("headline.no_cost")
        if self.simulation is None:
            return t("uncertainty.nothing_varies")
        interval = self.simulation.interval()
        return t(
            "uncertainty.sentence",
            one_euro=one_euro(self.scenario, self.evaluation, t),
            low=t.ratio(interval.low.value),
            high=t.ratio(interval.high.value),
        )

    def left_out(self) -> list[str]:
        """Return what the interval says nothing of, where there is one."""
        said = left_out(self.scenario, self.t) if self.simulation else ""
        return [said] if said else []

    def about(self) -> str:
        """Return whose result it is, and from whose point of view."""
        t = self.t
        perspective = perspective_label(self.evaluation.perspective.id, self.scenario, t)
        named = on_one_line(t.of(self.scenario.name), t.of(self.scenario.period))
        return BETWEEN.join([named, on_one_line(perspective)])

    def bars(self) -> list[_Bar]:
        """Return the outcomes that count, the largest first, the smallest ones together."""
        labels = {one.id: _cut(on_one_line(self.t.of(one.label))) for one in self.scenario.outcomes}
        rows: list[OutcomeResult] = sorted(
            (row for row in self.evaluation.by_outcome if row.present_value),
            key=lambda row: -row.present_value,
        )
        room = len(rows) if len(rows) <= MOST_BARS else MOST_BARS - 1
        bars = [
            _Bar(label=labels[row.outcome], value=row.present_value, provenance=row.provenance)
            for row in rows[:room]
        ]
        if rest := rows[room:]:
            label = self.t("documents.slide_others", number=self.t.number(len(rest)))
            value = math.fsum(row.present_value for row in rest)
            bars.append(_Bar(label=label, value=value, provenance=None))
        return bars

    def missing(self) -> str:
        """Return what is still to be filled in, as far as a slide has room."""
        t, labels = self.t, to_fill(self.scenario, self.t)
        if not labels:
            return t("chart.nothing")
        named = [t("documents.slide_to_fill"), *map(on_one_line, labels[:MOST_NAMED])]
        if more := len(labels[MOST_NAMED:]):
            named.append(t.counted("documents.slide_to_fill_more", more, number=t.number(more)))
        return "\n".join(named)

    def caveats(self) -> list[str]:
        """Return what is to be said beside the slide."""
        t, scenario, evaluation = self.t, self.scenario, self.evaluation
        said = [t("documents.notes_perspective", perspective=self.about())]
        bases = {key: evaluation.basis(key) for key in ("itemised", "balance", "estimated")}
        if has_ratio(evaluation):
            parts = [
                t(f"documents.notes_{key}", ratio=t.ratio(part.ratio))
                for key, part in bases.items()
                if part.present_value
            ]
            said.append(t("documents.notes_rests", parts=t("chart.separator").join(parts)))
        if evaluation.unstated_costs:
            costs = [
                t.of(one.label) for one in scenario.costs if one.id in evaluation.unstated_costs
            ]
            said.append(t("headline.unstated_costs", costs=t("chart.separator").join(costs)))
        said.append(t("documents.notes_interval", interval=self.interval()))
        said += self.left_out()
        known = {rule.id: rule for rule in rules()}
        found = [finding_text(scenario, known[one.rule], one, t) for one in check(scenario)]
        if found:
            said.append(t("documents.notes_asked"))
            said += [t("documents.notes_item", said=one) for one in found]
        return [on_one_line(one) for one in said]

    # --- Where it stands ------------------------------------------------------------------

    def _title(self) -> None:
        from pptx.util import Inches, Pt

        title = self.page.shapes.title
        title.left, title.top = Inches(0.6), Inches(0.35)
        title.width, title.height = Inches(12.13), Inches(1.05)
        size = 34 if len(self.sentence) <= SHORT_SENTENCE else 26
        self._write(title.text_frame, [self.sentence], size=Pt(size), bold=True, at_bottom=True)
        self._box([self.about()], (0.6, 1.42, 12.13, 0.45), size=16, quiet=True)

    def _picture(self) -> None:
        bars = self.bars()
        if bars and has_ratio(self.evaluation):
            self._chart(bars)
            self._key({bar.provenance for bar in bars})
        else:
            self._box(self.missing().split("\n"), (0.6, 2.1, 7.5, 4.2), size=18)

    def _chart(self, bars: Sequence[_Bar]) -> None:
        from pptx.chart.data import CategoryChartData
        from pptx.enum.chart import XL_CHART_TYPE
        from pptx.util import Inches

        t, series = self.t, self.t("documents.slide_series")
        data: Any = CategoryChartData()  # type: ignore[no-untyped-call]
        data.categories = [bar.label for bar in bars]
        data.add_series(series, [bar.value for bar in bars])
        place = (Inches(0.5), Inches(1.95), Inches(7.9), Inches(4.3))
        frame = self.page.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *place, data)
        chart = frame.chart
        self._style_chart(chart, bars)
        chart.part.chart_workbook.update_from_xlsx_blob(self._table(series, bars))
        said = t("chart.separator").join(
            t("documents.bar", label=bar.label, value=t.short_euros(bar.value)) for bar in bars
        )
        title = t("documents.by_outcome_title")
        _describe(
            frame, t("documents.slide_chart"), t("documents.chart_alt", title=title, said=said)
        )

    def _style_chart(self, chart: Any, bars: Sequence[_Bar]) -> None:
        from pptx.enum.chart import XL_LABEL_POSITION, XL_TICK_LABEL_POSITION, XL_TICK_MARK
        from pptx.oxml.ns import qn
        from pptx.util import Pt

        chart.has_legend = False
        chart.has_title = True
        title = self.t("documents.by_outcome_title")
        self._write(chart.chart_title.text_frame, [title], size=Pt(16), bold=True)
        chart.font.size, chart.font.name = Pt(14), FONT
        chart.font.color.rgb = _colour(LIGHT.ink)
        names, values = chart.category_axis, chart.value_axis
        names.reverse_order = True
        names.has_major_gridlines = values.has_major_gridlines = False
        names.major_tick_mark = XL_TICK_MARK.NONE
        names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
        names.format.line.color.rgb = _colour(LIGHT.quiet)
        values.visible = False
        longest = max(len(bar.label) for bar in bars)
        names.tick_labels.font.size = Pt(14 if longest <= SHORT_LABEL else 12)
        _show_every_label(names._element)
        lowest, highest = (end(0.0, *(bar.value for bar in bars)) for end in (min, max))
        if lowest < 0:  # an amount stands left of its bar
            values.minimum_scale = lowest - ROOM_FOR_AN_AMOUNT * (highest - lowest)
        plot = chart.plots[0]
        plot.gap_width, plot.vary_by_categories = 45, False
        plot.has_data_labels = True
        labels = plot.data_labels
        labels.number_format, labels.number_format_is_linked = self._amounts(bars), False
        labels.position, labels.show_value = XL_LABEL_POSITION.OUTSIDE_END, True
        labels.font.bold, labels.font.size = True, Pt(14)
        series = plot.series[0]
        series.invert_if_negative = False
        for written in series._element.iter(qn("c:formatCode")):
            written.text = self._amounts(bars)
        for position, bar in enumerate(bars):
            _fill(series.points[position].format.fill, bar.provenance)

    def _amounts(self, bars: Sequence[_Bar]) -> str:
        """Return how the chart writes its amounts, all of them alike."""
        sizes = [abs(bar.value) for bar in bars]
        in_millions = max(sizes) >= MILLION and min(sizes) >= LEAST_IN_MILLIONS
        return (MILLIONS if in_millions else EUROS)[self.t.language]

    def _table(self, series: str, bars: Sequence[_Bar]) -> bytes:
        """Return the workbook behind the chart; a label that looks like a formula is a text."""
        from xlsxwriter import Workbook

        written, t = io.BytesIO(), self.t
        with Workbook(written, {"in_memory": True}) as book:
            book.set_properties({"created": _midnight(self.today)})
            amounts = book.add_format({"num_format": self._amounts(bars)})
            sheet = book.add_worksheet("Sheet1")
            sheet.set_column(0, 0, 40)
            sheet.set_column(1, 2, 16)
            sheet.write_string(0, 1, series)
            sheet.write_string(0, 2, t("table.provenance"))
            for line, bar in enumerate(bars, start=1):
                sheet.write_string(line, 0, bar.label)
                sheet.write_number(line, 1, bar.value, amounts)
                if bar.provenance is not None:
                    sheet.write_string(line, 2, name_of(bar.provenance, t))
        return written.getvalue()

    def _key(self, used: set[Provenance | None]) -> None:
        """Say which colour and pattern is which provenance, in a line under the chart."""
        from pptx.enum.shapes import MSO_SHAPE
        from pptx.oxml.ns import qn
        from pptx.util import Inches

        left = 0.75
        for one in Provenance:
            if one not in used:
                continue
            place = (Inches(left), Inches(6.37), Inches(0.3), Inches(0.2))
            swatch = self.page.shapes.add_shape(MSO_SHAPE.RECTANGLE, *place)
            swatch.line.fill.background()
            swatch._element.remove(swatch._element.find(qn("p:style")))  # its shadow
            _fill(swatch.fill, one)
            name = name_of(one, self.t)
            _describe(swatch, name, name)
            self._box([name], (left + 0.32, 6.25, 1.4, 0.42), size=14)
            left += 1.75

    def _figures(self) -> None:
        t, evaluation = self.t, self.evaluation
        figures = {
            "cost": evaluation.present_value_costs,
            "return": evaluation.present_value_benefits,
            "net": evaluation.net_present_value,
        }
        top = 2.05
        for name, value in figures.items() if any(figures.values()) else ():
            place = (8.75, top, 4.0, 1.0)
            self._box([t.short_euros(value), t(f"figures.{name}")], place, size=30, then=15)
            top += 1.08
        lines, place = [self.interval(), *self.left_out()], (8.75, top + 0.05, 4.0, 1.3)
        if len(lines) == 1:
            self._box(lines, place, size=16)
        else:
            self._box(lines, place, size=14, then=11)

    def _foot(self) -> None:
        t, address = self.t, self.address
        said = t(
            "documents.slide_source",
            name=on_one_line(t.of(self.scenario.name)),
            date=t.date(self.today),
            version=roi_model.__version__,
        )
        box = self._box([said], (0.6, 6.82, 12.13, 0.5), size=12, quiet=True)
        if address is None or len(address) > LONGEST_LINK:
            return
        shown = address if len(address) <= LONGEST_SHOWN else t("documents.slide_open")
        paragraph = box.text_frame.paragraphs[0]
        for text in (BETWEEN, shown):
            run = paragraph.add_run()
            run.text = text
            run.font.size, run.font.name = paragraph.runs[0].font.size, FONT
        run.hyperlink.address = address

    def _notes(self) -> None:
        lines = [self.sentence, *self.caveats()]
        if self.address is not None:
            lines.append(self.address)
        self.page.notes_slide.notes_text_frame.text = "\n".join(map(printable, lines))

    def _say_the_language(self) -> None:
        """Set the language of every text: of the slide, its chart and its notes."""
        from pptx.oxml.ns import qn

        tag = TAGS[self.t.language]
        roots = [self.page._element, self.page.notes_slide._element]
        for shape in self.page.shapes:
            if shape.has_chart:
                roots.append(shape.chart._chartSpace)
                _set_chart_language(shape.chart._chartSpace, tag)
        for root in roots:
            for run in root.iter(qn("a:r")):
                run.get_or_add_rPr().set("lang", tag)
            for properties in root.iter(qn("a:endParaRPr"), qn("a:defRPr")):
                properties.set("lang", tag)

    def _properties(self, deck: Any) -> None:
        properties = deck.core_properties
        properties.title, properties.language = self.sentence, TAGS[self.t.language]
        properties.subject = self.about()[:255]
        properties.author = properties.last_modified_by = self.t("frame.brand")
        properties.created = properties.modified = _midnight(self.today)
        properties.revision = 1

    def _box(
        self,
        lines: Sequence[str],
        place: tuple[float, float, float, float],
        *,
        size: int,
        then: int | None = None,
        quiet: bool = False,
    ) -> Any:
        """Write lines at a place in inches; the first in bold where the others are smaller."""
        from pptx.util import Inches, Pt

        box = self.page.shapes.add_textbox(*map(Inches, place))
        frame = box.text_frame
        self._write(frame, lines[:1], size=Pt(size), bold=then is not None, quiet=quiet)
        for line in lines[1:]:
            frame.add_paragraph().text = line
            smaller = Pt(size if then is None else then)
            self._style(frame.paragraphs[-1], size=smaller, quiet=quiet or then is not None)
        return box

    def _write(
        self,
        frame: Any,
        lines: Sequence[str],
        *,
        size: int,
        bold: bool = False,
        quiet: bool = False,
        at_bottom: bool = False,
    ) -> None:
        from pptx.enum.text import MSO_ANCHOR

        frame.word_wrap = True
        if at_bottom:
            frame.vertical_anchor = MSO_ANCHOR.BOTTOM
        frame.text = "\n".join(map(printable, lines))
        for paragraph in frame.paragraphs:
            self._style(paragraph, size=size, bold=bold, quiet=quiet)

    def _style(self, paragraph: Any, *, size: int, bold: bool = False, quiet: bool) -> None:
        from pptx.enum.text import PP_ALIGN

        paragraph.alignment = PP_ALIGN.LEFT
        for run in paragraph.runs:
            font = run.font
            font.size, font.bold, font.name = size, bold, FONT
            font.color.rgb = _colour(LIGHT.quiet if quiet else LIGHT.ink)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_LABEL else f"{text[: LONGEST_LABEL - 1]}…"


def _midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time())


def _colour(written: str) -> Any:
    from pptx.dml.color import RGBColor

    colour: Any = RGBColor  # which says nothing of its types
    return colour(*bytes.fromhex(written.removeprefix("#")))


def _fill(fill: Any, provenance: Provenance | None) -> None:
    """Fill with the colour and the pattern of a provenance; with ink where there are several."""
    from pptx.enum.dml import MSO_PATTERN

    if provenance is None:
        fill.solid()
        fill.fore_color.rgb = _colour(LIGHT.quiet)
        return
    base = LIGHT.provenance[provenance]
    pattern = {
        Provenance.DERIVED: MSO_PATTERN.DOTTED_GRID,
        Provenance.ASSUMED: MSO_PATTERN.WIDE_UPWARD_DIAGONAL,
        Provenance.YOURS: MSO_PATTERN.DIAGONAL_CROSS,
    }.get(provenance)
    if pattern is None:
        fill.solid()
    else:
        fill.patterned()
        fill.pattern = pattern
        fill.back_color.rgb = _colour(base)
    over = base if pattern is None else _between(base, LIGHT.on_provenance[provenance])
    fill.fore_color.rgb = _colour(over)


def _between(below: str, above: str) -> str:
    """Return the colour that ``above`` gives where it lets most of ``below`` through."""
    mixed = (
        round(int(below[at : at + 2], 16) * (1 - OVER) + int(above[at : at + 2], 16) * OVER)
        for at in (1, 3, 5)
    )
    return "#" + "".join(f"{one:02X}" for one in mixed)


def _describe(shape: Any, name: str, text: str) -> None:
    """Give a shape a name and what a reader of the screen hears in its place."""
    from pptx.oxml.ns import qn

    (own,) = list(shape._element.iter(qn("p:cNvPr")))[:1]
    own.set("name", printable(name))
    own.set("descr", printable(text))


def _show_every_label(axis: Any) -> None:
    """Have no name left out where names are long."""
    from pptx.oxml.ns import qn

    skip = axis.makeelement(qn("c:tickLblSkip"), {"val": "1"})
    axis.find(qn("c:noMultiLvlLbl")).addprevious(skip)


def _set_chart_language(space: Any, tag: str) -> None:
    from pptx.oxml.ns import qn

    language = space.find(qn("c:lang"))
    if language is None:
        language = space.makeelement(qn("c:lang"), {})
        after = space.find(qn("c:date1904"))
        space.insert(0 if after is None else list(space).index(after) + 1, language)
    language.set("val", tag)
