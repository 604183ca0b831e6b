"""Mediation in figures: what is counted, drawn, tabled, and given away as a file."""

import csv
import io
from collections.abc import Iterable, Sequence
from html import escape

import streamlit as st

from roi_model import units
from roi_model.reference_data import (
    CHANGE,
    POINTS,
    FigureGroup,
    StatedFigure,
    mediation_in_figures,
)
from ui.context_chart import Bar, Row, bar_list
from ui.frame import Page
from ui.markup import Html, badge, external_link, folded, html, table
from ui.words import MILLION, MINUS, NO_BREAK, Words, typeset

SECTOR, SCHOOL, TELECOM = "sector", "school", "telecom"
PLATFORM, CONSUMER = "european_platform", "consumer"
GROUPS = (SECTOR, SCHOOL, TELECOM, PLATFORM, CONSUMER)

WHOLE = (0.0, 1.0)
"""The ends of an axis of shares."""

BYTE_ORDER_MARK = "\ufeff"
"""Without it a spreadsheet takes the accents of a file for something else."""
MOST_DIGITS = 12
"""Significant digits in a file: beyond them a share computed in binary shows its tail."""


def group(page: Page, name: str) -> None:
    """Show a group of figures: what it says, its charts, its table, its file, its limits."""
    t, figures = page.t, mediation_in_figures().group(name)
    said = _said(t, figures)
    st.header(t(f"context.{name}"), anchor=False)
    st.markdown(t(f"context.{name}_says", **said))
    _charts(t, figures)
    st.html(
        f'<p class="limits"><b>{escape(t("context.limits"))}</b> '
        f"{escape(t(f'context.{name}_limits', **said))}</p>"
    )
    if figures.stated:
        st.html(folded(t("context.table"), _table(t, figures)))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.download_button(
                t("context.download"),
                data=lambda: as_csv(figures, t),
                file_name=f"{figures.id}-{t.language}.csv",
                mime="text/csv",
                icon=":material/download:",
                on_click="ignore",
                key=f"context:{name}",
            )
            st.caption(t("context.format"))
    _documents(t, figures)


def written(t: Words, figure: StatedFigure) -> str:
    """Return a figure as a reader is shown it: with its unit, a change with its sign."""
    # A published percentage keeps its digits; a computed one has no more than a tenth of sense.
    percent = t.percent(figure.value if figure.rule is None else round(figure.value, 3))
    if figure.unit == CHANGE:
        return f"+{percent}" if figure.value > 0 else percent
    if figure.unit == POINTS:
        points = round(100 * figure.value, MOST_DIGITS)
        return t("context.points", number=t.number(points))
    if figure.unit == units.SHARE:
        return percent
    if units.is_money(figure.unit):
        if figure.counted is not None:
            return t("context.per", amount=t.euros(figure.value), item=t.of(figure.counted))
        return t("figure.millions", number=t.number(figure.value / MILLION))
    if figure.counted is not None:
        return f"{t.number(figure.value)}{NO_BREAK}{t.of(figure.counted)}"
    return t.value(figure.value, figure.unit)


def as_csv(figures: FigureGroup, t: Words) -> bytes:
    """Return the figures of a group as a file for a spreadsheet, in the reader's language.

    UTF-8 with its mark; columns parted as the language's spreadsheets expect; numbers with a
    decimal point, shares and changes as fractions of one.
    """
    out = io.StringIO()
    rows = csv.writer(out, delimiter=";" if t.language == "fr" else ",", lineterminator="\r\n")
    names = ("figure", "value", "unit", "year", "provenance", "how", "source", "address", "caveat")
    rows.writerow([t(f"context.column_{name}") for name in names])
    for one in figures.stated:
        sources = [mediation_in_figures().sources[key] for key in one.sources]
        rows.writerow(
            [
                t.of(one.label),
                f"{one.value:.{MOST_DIGITS}g}",
                _unit(t, one),
                one.year,
                t(f"provenance.{one.provenance}"),
                _how(t, figures, one),
                " | ".join(typeset(source.title, "fr") for source in sources),
                " ".join(source.url or "" for source in sources),
                t.of(one.caveat),
            ]
        )
    return (BYTE_ORDER_MARK + out.getvalue()).encode()


def _said(t: Words, figures: FigureGroup) -> dict[str, str]:
    """Return what may stand in the holes of a sentence: figures, their size without sign, years."""
    said = {one.id: written(t, one) for one in figures.stated}
    said |= {f"{one.id}_size": written(t, one).lstrip(f"+{MINUS}") for one in figures.stated}
    return said | {f"{one.id}_year": str(one.year) for one in figures.stated}


def _charts(t: Words, figures: FigureGroup) -> None:
    """Draw the figures that can be set side by side; a figure alone has its sentence."""
    draw = {SECTOR: _sector, SCHOOL: _school, TELECOM: _telecom, PLATFORM: _platform}
    if figures.id in draw:
        draw[figures.id](t, figures)


def _sector(t: Words, figures: FigureGroup) -> None:
    posts, cost = st.columns(2, gap="large")
    with posts:
        _chart(t, "posts", _rows(t, figures, ["posts_open", "posts_filled"]))
    with cost:
        _chart(t, "lille", [_years(t, figures, "lille_cost", ["lille_before", "lille_after"])])


def _school(t: Words, figures: FigureGroup) -> None:
    _chart(t, "bullying", _rows(t, figures, ["bullying_change"]), ends=(-1.0, 0.0))


def _telecom(t: Words, figures: FigureGroup) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        referrals = ["referrals_2016", "referrals_2017", "referrals_2018"]
        _chart(t, "referrals", _rows(t, figures, referrals, by_year=True))
        reasons = ["termination_2018", "contract_2018", "technical_2018", "billing_2018"]
        _chart(t, "reasons", _rows(t, figures, reasons))
    with right:
        media = [
            _years(t, figures, "", [f"{name}_2017", f"{name}_2018"])
            for name in ("opinions", "mobile", "internet", "fibre", "landline")
        ]
        _chart(t, "media", media)
        operators = ["followed_sfr", "followed_bouygues", "followed_orange", "followed_free"]
        _chart(t, "followed", _rows(t, figures, operators), ends=WHOLE)


def _platform(t: Words, figures: FigureGroup) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        shares = _rows(t, figures, ["buying_online", "problem_2017"])
        abroad = _years(t, figures, "", ["abroad_2012", "abroad_2017"])
        _chart(t, "buyers", [shares[0], abroad, shares[1]], ends=WHOLE)
    with right:
        names = ["complaints", "complaints_french_consumers", "complaints_french_traders"]
        _chart(t, "complaints", _rows(t, figures, names))


def _chart(
    t: Words, name: str, rows: Sequence[Row], *, ends: tuple[float, float] | None = None
) -> None:
    title = f'<h3 class="chart">{escape(t(f"context.chart_{name}"))}</h3>'
    st.html(title + bar_list(rows, ends=ends))


def _rows(
    t: Words, figures: FigureGroup, names: Iterable[str], *, by_year: bool = False
) -> list[Row]:
    """Return one bar a figure, named after it or after its year."""
    return [
        Row(
            label=str(one.year) if by_year else t.of(one.label),
            bars=(Bar(value=one.value, written=written(t, one)),),
        )
        for one in map(figures.figure, names)
    ]


def _years(t: Words, figures: FigureGroup, label: str, names: Sequence[str]) -> Row:
    """Return the bars of one thing in several years, the latest last."""
    found = [figures.figure(name) for name in names]
    return Row(
        label=t(f"context.{label}") if label else t.of(found[0].label),
        bars=tuple(
            Bar(
                value=one.value,
                written=written(t, one),
                note=str(one.year),
                is_earlier=one is not found[-1],
            )
            for one in found
        ),
    )


def _table(t: Words, figures: FigureGroup) -> str:
    names = ("number", "value", "year", "provenance", "source")
    rows = [
        (
            t.of(one.label),
            written(t, one),
            str(one.year),
            badge(one.provenance, t),
            Html("<br>".join(_papers(t, figures, one))),
        )
        for one in figures.stated
    ]
    return table(
        t(f"context.{figures.id}"), [t(f"table.{name}") for name in names], rows, t, numeric=(1,)
    )


def _papers(t: Words, figures: FigureGroup, one: StatedFigure) -> list[str]:
    """Return how a figure is derived or where it is published, and its caveat."""
    known = mediation_in_figures()
    lines = []
    if one.rule is None:
        for key in one.sources:
            source = known.sources[key]
            link = html(external_link(source.url, typeset(source.title, "fr")))
            lines.append(f'<cite lang="fr">{link}</cite>')
    said = (_how(t, figures, one), t.of(one.caveat))
    return [*lines, *(escape(text) for text in said if text)]


def _how(t: Words, figures: FigureGroup, one: StatedFigure) -> str:
    """Return the sum that gives a derived figure, or the place of a published one."""
    if one.rule is None:
        return t.of(one.locator)
    of, by = (_sum(t, figures, names) for names in (one.of, one.by))
    rules = {
        "sum": t("context.rule_sum", of=of),
        "difference": t("context.rule_difference", of=of, by=by),
        "share": t("context.rule_share", of=of, by=by),
        "change": t("context.rule_change", of=of, by=by),
    }
    return rules[one.rule]


def _sum(t: Words, figures: FigureGroup, names: Iterable[str]) -> str:
    """Return the numbers of some figures as they are added up."""
    found = map(figures.figure, names)
    return " + ".join(
        t.percent(one.value) if one.unit == units.SHARE else t.number(one.value) for one in found
    )


def _unit(t: Words, one: StatedFigure) -> str:
    """Return the unit of a number in the file, where a share is a fraction."""
    if one.unit in (units.SHARE, CHANGE, POINTS):
        return t("context.fraction")
    if one.counted is not None:
        item = t.of(one.counted)
        return t("context.per", amount=t.unit("EUR"), item=item) if one.unit != "item" else item
    return t.unit(one.unit)


def _documents(t: Words, figures: FigureGroup) -> None:
    """List the documents of a group with their dates, and what some say without a figure."""
    known = mediation_in_figures().sources
    items = "".join(
        f"<li>{escape(t.of(one.about))} {_cited(t, one.source)}</li>" for one in figures.notes
    )
    if items:
        st.html(f'<ul class="plain notes">{items}</ul>')
    cited = dict.fromkeys(key for one in figures.stated for key in one.sources)
    links = t("chart.separator").join(_cited(t, key) for key in cited if key in known)
    if links:
        st.html(f"<p class=quiet>{escape(t('context.sources'))} {links}</p>")


def _cited(t: Words, key: str) -> str:
    source = mediation_in_figures().sources[key]
    link = html(external_link(source.url, typeset(source.publisher, "fr")))
    return f"{link} ({escape(t.date(source.date))})" if source.date else link
