"""What a result rests on: the conventions it reads with, its limits, what was verified."""

from html import escape

import streamlit as st

import roi_model
from roi_model.conventions import ConventionEffect, convention_effects
from roi_model.parameters import Source
from roi_model.scenario import Scenario
from roi_model.settings import CONVENTIONS
from roi_model.verification import (
    VerifiedFigure,
    published_calculation,
    verification,
    verified_cases,
)
from ui.frame import Page
from ui.labels import choice_text, perspective_label
from ui.link import DEFAULT_CASE
from ui.markup import Cell, Html, external_link, folded, html, table
from ui.reproduce import is_as_shipped
from ui.words import Words, typeset, words_in

FIGURES = (
    "ratio",
    "present_value",
    "present_value_benefits",
    "present_value_costs",
    "net_present_value",
    "gross_value",
    "impact",
    "benefits",
    "cumulated",
    "payback_months",
    "internal_rate_of_return",
)
"""Figures that published calculations print, by the last part of their path."""
A_CENT = 0.005


def conventions(page: Page) -> None:
    """Show the four conventions, which reading is open, and what each other one would give."""
    t = page.t
    effects = _effects(page.scenario.fingerprint, page.scenario)
    with st.container(key="conventions"):
        for convention in CONVENTIONS:
            with st.container(key=f"convention_{convention}", border=True):
                st.subheader(t(f"setting.{convention}"), anchor=False)
                st.markdown(t(f"method.convention_{convention}"))
                rows = [_effect(page, one, t) for one in effects if one.convention == convention]
                names = ("reading", "ratio", "change")
                headings = [t(f"method.heading_{name}") for name in names]
                caption = t(f"setting.{convention}")
                st.html(table(caption, headings, rows, t, numeric=(1, 2)))


@st.cache_data(max_entries=32, show_spinner=False)
def _effects(fingerprint: str, _scenario: Scenario) -> tuple[ConventionEffect, ...]:
    return convention_effects(_scenario)


def _effect(page: Page, one: ConventionEffect, t: Words) -> tuple[Cell, str, str]:
    said = escape(choice_text(one.convention, one.choice, page.scenario, t))
    if one.is_current:
        return Html(f"<b>{said}</b>"), t.ratio(one.ratio), t("method.open_reading")
    if abs(one.difference) < A_CENT:
        return Html(said), t.ratio(one.ratio), t("method.no_change")
    sign = "+" if one.difference > 0 else ""
    return Html(said), t.ratio(one.ratio), sign + t.ratio(one.difference)


def limits(page: Page) -> None:
    """Show what such a result cannot say, and what this study does not."""
    t = page.t
    st.markdown(t("method.limits_text"))
    if is_as_shipped(page, DEFAULT_CASE):
        st.subheader(t("method.limits_case"), anchor=False)
        st.markdown(t("method.limits_case_text"))


def verified(page: Page) -> None:
    """Show the published calculations recomputed: how many figures agree, and those that differ."""
    counts, differing, studies = _verified(page.t.language)
    st.markdown(counts)
    st.html(differing)
    st.html(studies)
    st.caption(page.t("method.version", version=roi_model.__version__))


@st.cache_data(max_entries=4, show_spinner=False)
def _verified(language: str) -> tuple[str, str, str]:
    """Return the sentence, the figures that differ and all of them, once for all visits."""
    t = words_in("fr" if language == "fr" else "en")
    found = [verification(one) for one in verified_cases()]
    differing: list[list[Cell]] = []
    folds = []
    for study in found:
        case = published_calculation(study.case).case
        name, link = _study(study.sources[0])
        rows = [[_figure(row, case, t), *_numbers(row, t)] for row in study.rows]
        differing += [
            [Html(f"{escape(_figure(row, case, t))}<br>{link}"), *_numbers(row, t),
             t.of(row.differs)]
            for row in study.rows
            if not row.agrees
        ]  # fmt: skip
        agreeing = sum(row.agrees for row in study.rows)
        summary = t(
            "method.study",
            study=t.of(case.name),
            agreeing=t.number(agreeing),
            figures=t.number(len(study.rows)),
        )
        names = ("figure", "printed", "computed", "difference")
        written = table(name, [t(f"method.heading_{one}") for one in names], rows, t,
                        numeric=(1, 2, 3))  # fmt: skip
        folds.append(folded(summary, f"<p>{escape(t.of(study.exercises))}<br>{link}</p>{written}"))
    figures = [row for study in found for row in study.rows]
    counts = t(
        "method.verified_counts",
        studies=t.number(len(found)),
        figures=t.number(len(figures)),
        agreeing=t.number(sum(row.agrees for row in figures)),
        differing=t.number(len(differing)),
    )
    columns = ("figure", "printed", "computed", "difference", "reason")
    headings = [t(f"method.heading_{one}") for one in columns]
    caption = t("method.differing_table")
    return (
        counts,
        table(caption, headings, differing, t, numeric=(1, 2, 3)),
        folded(t("method.studies"), f'<div class="studies">{"".join(folds)}</div>'),
    )


def _study(source: Source) -> tuple[str, str]:
    """Return the name of a study, and a link to it; its title is in its own language."""
    title = typeset(source.title, "en")
    return title, f'<cite lang="en">{html(external_link(source.url, title))}</cite>'


def _figure(row: VerifiedFigure, case: Scenario, t: Words) -> str:
    """Return what a printed figure is: of which line, year or payer, seen by whom."""
    table_name, _, rest = row.figure.partition(".")
    key, _, last = (rest or table_name).rpartition(".")
    said = t(f"method.figure_{last}") if last in FIGURES else last
    if key:
        of_what = {one.id: t.of(one.label) for one in case.outcomes}
        of_what |= {one.id: t.of(one.label) for one in case.costs}
        of_what |= {one.id: t.of(one.name) for one in case.stakeholders}
        place = t("method.year", year=key) if table_name == "year" else of_what[key]
        said = t("method.figure_of", figure=said, place=place)
    if row.perspective == "society":
        return said
    return t(
        "method.figure_of",
        figure=said,
        place=perspective_label(row.perspective, case, t),
    )


def _numbers(row: VerifiedFigure, t: Words) -> tuple[str, str, str]:
    """Return a figure as printed, as computed with two digits more, and what parts them."""
    places = len(row.printed.partition(".")[2])
    difference = t.number(row.difference, decimals=places)
    return (
        t.number(float(row.printed), decimals=places),
        t.number(row.computed, decimals=places + 2),
        t("method.agrees") if row.agrees else difference,
    )
