"""The open ratio among published ones, each with what it is of."""

import math
from collections.abc import Iterator, Mapping
from html import escape
from typing import Literal

import streamlit as st

from roi_model import Evaluation, ScenarioError, evaluate
from roi_model.parameters import Provenance, Source
from roi_model.perspectives import LEVERAGE, funder_of
from roi_model.readings import prudent
from roi_model.reference_data import Place, Study, published_ratios
from roi_model.scenario import Scenario
from roi_model.templates import templates
from roi_model.verification import published_calculation, verification
from ui import headline, state
from ui.frame import PAGES, Page, PageName, named
from ui.labels import perspective_label
from ui.markup import Html, badge, external_link, folded, html, table
from ui.published_chart import Landmark, ordered, places
from ui.switches import shown_perspectives
from ui.words import UNDEFINED, Words, typeset

AGE_27, AGE_40, TAXPAYERS = "perry_preschool_age_27", "perry_preschool", "perry_public"
"""Three ratios of one programme, which differ by what is counted and for how long."""

PLACES: tuple[Place, ...] = ("below_mean", "at_mean", "above_mean", "above_highest")
"""Where a ratio may stand that is defined."""


def sentence(page: Page) -> str:
    """Return the open ratio with its place among the reports gathered."""
    t, published = page.t, published_ratios()
    low, high = published.mean
    return t(
        f"published.title_{_place(page)}",
        ratio=t.ratio(page.evaluation.ratio),
        low=t.number(low),
        high=t.number(high),
        highest=t.number(published.highest),
    )


def what_can_be_said(page: Page) -> str:
    """Return of whom the ratio is, and how little the reports gathered tell of their spread."""
    t, published = page.t, published_ratios()
    perspective = page.evaluation.perspective.id
    is_leverage = perspective.startswith(LEVERAGE) and funder_of(perspective) is not None
    known = t(
        "published.known",
        reports=t.number(published.figure("reports").value),
        since=str(published.figure("mean_from").year),
        until=str(published.figure("mean_to").year),
    )
    if not headline.is_defined(page):
        return known
    key = "published.leverage" if is_leverage else "published.not_leverage"
    seen_from = perspective_label(perspective, page.scenario, t)
    return f"{t(key, perspective=named(seen_from))} {known}"


def to_fill(page: Page) -> None:
    """Say that the ratio comes once the numbers are typed, and where to type them."""
    if headline.is_defined(page):
        return
    t = page.t
    st.info(t("published.to_fill"), icon=":material/edit_note:")
    name: PageName = "guide" if page.case.id in templates() else "inputs"
    path, icon = PAGES[name]
    st.page_link(path, label=t("published.fill"), icon=icon, query_params=page.address)


def chart(page: Page) -> None:
    """Draw every ratio on one axis."""
    t = page.t
    st.caption(t("published.key"))
    st.html(places(_landmarks(page), published_ratios().mean, written=t.number))


def sources(page: Page) -> None:
    """Show the table behind the picture, across the page: it has seven columns."""
    t = page.t
    names = ("study", "ratio", "paid", "horizon", "counted", "footprint")
    headings = [t(f"published.heading_{name}") for name in names]
    rows = [
        (
            Html(f"{escape(one.label)}<br><span class=quiet>{escape(one.where)}</span>"),
            one.written,
            one.paid or UNDEFINED,
            one.horizon or UNDEFINED,
            one.counted,
            one.footprint,
            one.origin,
        )
        for one in ordered(_landmarks(page))
    ]
    shown = table(t("published.table"), [*headings, t("table.source")], rows, t, numeric=(1,))
    st.html(folded(t("published.table"), shown))


def perimeter(page: Page) -> None:
    """Ask the three questions before comparing, each with what answers it for the open ratio."""
    t, published = page.t, published_ratios()
    to_all, to_public = (t.number(published.figure(one).value) for one in (AGE_40, TAXPAYERS))
    younger = t.number(_recomputed(AGE_27).ratio, decimals=2)
    with st.container(border=True, key="perimeter"):
        st.header(t("published.before"), anchor=False)
        st.markdown(t("published.whose", to_all=to_all, to_public=to_public))
        _perspective(page)
        st.markdown(t("published.how_long", younger=younger, older=to_all))
        if any(one.basis == "itemised" for one in page.case.outcomes):
            _years(page)
        st.markdown(t("published.with_footprint"))
        if any(one.footprint is not None for one in page.case.outcomes):
            _footprint(page)


def prudent_reading(page: Page) -> None:
    """Say what the open scenario gives when it is read prudently, and where that stands."""
    t, published = page.t, published_ratios()
    if not headline.is_defined(page):
        return
    st.header(t("published.prudent_title"), anchor=False)
    low, high = published.mean
    evaluation = _prudently(page)
    if evaluation is None:
        st.markdown(t("published.prudent_undefined"))
        return
    now, then = page.evaluation.ratio, evaluation.ratio
    key = "published.prudent_lower" if round(then, 2) < round(now, 2) else "published.prudent_same"
    said = [t(key, prudent=t.ratio(then), now=t.ratio(now))]
    said.append(
        t(
            f"published.prudent_{published.place(then)}",
            low=t.number(low),
            high=t.number(high),
            highest=t.number(published.highest),
        )
    )
    st.markdown(" ".join(said))
    st.caption(t("published.prudent_how"))


def _place(page: Page) -> str:
    place = published_ratios().place(page.evaluation.ratio)
    return place if place in PLACES else "undefined"


def _prudently(page: Page) -> Evaluation | None:
    """Return the prudent reading of the open scenario; none where it or its ratio is undefined."""
    if not headline.is_defined(page):
        return None
    evaluation = _read_prudently(page.scenario.fingerprint, page.scenario)
    return evaluation if evaluation is not None and math.isfinite(evaluation.ratio) else None


@st.cache_data(max_entries=32, show_spinner=False)
def _read_prudently(fingerprint: str, _scenario: Scenario) -> Evaluation | None:
    try:
        return evaluate(prudent(_scenario))
    except ScenarioError:  # a distribution of the case cannot be built
        return None


@st.cache_data(max_entries=32, show_spinner=False)
def _recomputed(calculation: str) -> Evaluation:
    return evaluate(published_calculation(calculation).case)


def _landmarks(page: Page) -> list[Landmark]:
    return [*_gathered(page.t), *_studies(page.t), *_here(page)]


def _gathered(t: Words) -> Iterator[Landmark]:
    """Yield what is known of the reports gathered as a whole."""
    published = published_ratios()
    low, high = published.mean
    first, last = published.figure("mean_from"), published.figure("mean_to")
    whole = t("published.reports", reports=t.number(published.figure("reports").value))
    yield Landmark(
        kind="mean",
        label=t("published.mean"),
        written=t("published.from_to", low=t.number(low), high=t.number(high)),
        low=low,
        high=high,
        where=f"{first.year}–{last.year}",
        counted=whole,
        footprint=t("published.footprint_unstated"),
        origin=_origin(t, Provenance.PUBLISHED, first.source, published.sources),
    )
    highest = published.figure("highest")
    yield Landmark(
        kind="highest",
        label=t.of(highest.label),
        written=t.number(highest.value),
        low=highest.value,
        high=highest.value,
        where=f"{first.year}–{last.year}",
        counted=whole,
        footprint=t("published.footprint_unstated"),
        origin=_origin(t, Provenance.PUBLISHED, highest.source, published.sources),
    )


def _studies(t: Words) -> Iterator[Landmark]:
    for study in published_ratios().studies:
        yield _of_calculation(t, study) if study.calculation else _of_figure(t, study)


def _of_figure(t: Words, study: Study) -> Landmark:
    published = published_ratios()
    figure = published.figure(study.figure or "")
    note = " ".join([t.of(figure.locator), t.of(figure.help)])
    origin = _origin(t, figure.provenance, figure.source, published.sources, note)
    return _study(
        t,
        study,
        label=t.of(figure.label),
        written=t.number(figure.value),
        ratio=figure.value,
        year=figure.year,
        origin=origin,
    )


def _of_calculation(t: Words, study: Study) -> Landmark:
    """Return a study whose ratio is recomputed: as it is printed, else as its own figures give."""
    calculation = study.calculation or ""
    case = published_calculation(calculation).case
    ratio = _recomputed(calculation).ratio
    printed = [row.printed for row in verification(calculation).rows if row.figure == "ratio"]
    written = t.number(float(printed[0])) if printed else t.number(ratio, decimals=2)
    note = t(
        "published.recomputed" if printed else "published.derived",
        ratio=t.number(ratio, decimals=2),
    )
    provenance = Provenance.PUBLISHED if printed else Provenance.DERIVED
    origin = _origin(t, provenance, tuple(case.sources), case.sources, note)
    return _study(
        t,
        study,
        label=t.of(case.name),
        written=written,
        ratio=ratio,
        year=study.year,
        origin=origin,
    )


def _study(
    t: Words,
    study: Study,
    *,
    label: str,
    written: str,
    ratio: float,
    year: int | None,
    origin: Html,
) -> Landmark:
    return Landmark(
        kind="study",
        label=label,
        written=written,
        low=ratio,
        high=ratio,
        where=f"{t.of(study.country)}, {year}",
        paid=t.of(study.paid),
        horizon=t.of(study.horizon),
        counted=t.of(study.counted),
        footprint=_footprint_said(t, study.footprint),
        origin=origin,
    )


def _here(page: Page) -> Iterator[Landmark]:
    """Yield the open scenario and its prudent reading, where they have a ratio."""
    counts_footprint = page.scenario.settings.footprint == "with" and any(
        one.footprint is not None for one in page.scenario.outcomes
    )
    if headline.is_defined(page):
        yield _own(page, "here", page.evaluation, "with" if counts_footprint else "without")
    evaluation = _prudently(page)
    if evaluation is not None:
        yield _own(page, "prudent", evaluation, "without")


def _own(
    page: Page, kind: Literal["here", "prudent"], evaluation: Evaluation, footprint: str
) -> Landmark:
    t = page.t
    return Landmark(
        kind=kind,
        label=t(f"published.{kind}", case=t.of(page.case.name)),
        written=t.number(evaluation.ratio, decimals=2),
        low=evaluation.ratio,
        high=evaluation.ratio,
        paid=headline.one_euro(page),
        horizon=t.counted("published.years", evaluation.years, years=str(evaluation.years)),
        counted=perspective_label(evaluation.perspective.id, page.scenario, t),
        footprint=_footprint_said(t, footprint),
        origin=Html(escape(t("published.own"))),
    )


def _footprint_said(t: Words, footprint: str) -> str:
    names = {"with": "with", "without": "without"}
    return t(f"published.footprint_{names.get(footprint, 'unstated')}")


def _origin(
    t: Words,
    provenance: Provenance,
    cited: tuple[str, ...],
    sources: Mapping[str, Source],
    note: str = "",
) -> Html:
    """Return the provenance, the documents and what is to be known of the number."""
    lines = [html(badge(provenance, t))]
    for key in cited:
        source = sources[key]
        link = html(external_link(source.url, typeset(source.title, "fr")))
        lines.append(f"{link}, {escape(typeset(source.publisher, 'fr'))}")
    if note:
        lines.append(escape(note))
    return Html("<br>".join(lines))


def _perspective(page: Page) -> None:
    key = "published:perspective"
    st.session_state[key] = page.scenario.settings.perspective
    st.radio(
        page.t("setting.perspective"),
        shown_perspectives(page),
        format_func=lambda one: named(perspective_label(one, page.scenario, page.t)),
        key=key,
        on_change=lambda: state.change("perspective", st.session_state[key]),
    )


def _years(page: Page) -> None:
    t, key = page.t, "published:years_covered"
    st.session_state[key] = page.scenario.value_at("years_covered")
    st.segmented_control(
        t("setting.years_covered"),
        page.scenario.choices()["years_covered"],
        format_func=lambda option: t(f"years_covered.{option}"),
        key=key,
        required=True,
        on_change=lambda: state.change("years_covered", st.session_state[key]),
    )


def _footprint(page: Page) -> None:
    key = "published:footprint"
    st.session_state[key] = page.scenario.settings.footprint == "without"
    st.toggle(
        page.t("questions.footprint"),
        key=key,
        on_change=lambda: state.change("footprint", "without" if st.session_state[key] else "with"),
    )
