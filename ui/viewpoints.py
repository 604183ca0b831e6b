"""The same scenario as each stakeholder sees it: a picture, the three ratios, the transfers."""

import math
from collections.abc import Iterable, Sequence
from html import escape

import streamlit as st

from roi_model import evaluate
from roi_model.perspectives import (
    PUBLIC_FINANCES,
    SOCIETY,
    funder_of,
    perspective_of,
)
from roi_model.viewpoints import (
    PointOfView,
    PointsOfView,
    ThreeRatios,
    three_ratios,
    three_ratios_on_itemised_lines,
)
from ui import state
from ui.frame import PAGES, Page, named
from ui.labels import perspective_label
from ui.markup import folded, table
from ui.switches import shown_perspectives
from ui.words import Words

KINDS = {
    SOCIETY: "society",
    PUBLIC_FINANCES: "public_finances",
    "leverage": "leverage",
    "funder": "funder",
    "costs": "sets",
}
"""What is said of a point of view, by what its id begins with."""
LEFT = (("pays", "paid"), ("loses", "loss"), ("gives", "moved"))
RIGHT = (("gains", "gain"), ("receives", "moved"))
"""What is drawn on each side of nothing, from the middle outwards, with its look."""


def sentence(page: Page, seen: PointsOfView) -> str:
    """Return what a euro brings to all and to who pays it."""
    t = page.t
    if not seen.payers:
        return t("viewpoints.unknown")
    payer = _funder(page, seen)
    ratios = three_ratios(page.scenario, payer)
    paying = page.scenario.stakeholder(payer)
    holes = {
        "one_euro": named(t.of(paying.one_euro or paying.name)),
        "leverage": t.ratio(ratios.leverage),
        "own": t.ratio(ratios.own),
        "society": t.ratio(ratios.society),
    }
    if len(seen.payers) > 1:
        return t("viewpoints.sentence_shared", **holes)
    is_part = 0 <= ratios.own <= ratios.leverage
    return t("viewpoints.sentence" if is_part else "viewpoints.sentence_apart", **holes)


def nothing_yet(page: Page) -> None:
    """Say that no one pays or gains, and where to enter it."""
    st.markdown(page.t("viewpoints.nothing_yet"))
    path, icon = PAGES["inputs"]
    st.page_link(path, label=page.t("inputs.menu"), icon=icon, query_params=page.address)


def picture(page: Page, seen: PointsOfView) -> None:
    """Draw what each pays to the left and gains to the right, with the table behind it."""
    t = page.t
    names = _names(page)
    each = sorted(seen.concerned, key=lambda one: (one.pays == 0, -one.pays, -one.after))
    st.header(t("viewpoints.picture"), anchor=False)
    st.html(_sides([*each, seen.public_finances, seen.society], names, t))
    left_out = [names[one.id] for one in seen.stakeholders if one.role == "neither"]
    if left_out:
        said = t("viewpoints.neither", names=t("chart.separator").join(left_out))
        st.html(f"<p class=quiet>{escape(said)}</p>")
    st.html(folded(t("viewpoints.table"), _table(page, each, seen, names)))


def choice(page: Page) -> None:
    """Ask for the point of view of the whole scenario, and say whose money it counts."""
    t, scenario = page.t, page.scenario
    with st.container(border=True, key="viewpoints_choice"):
        key = "viewpoints:perspective"
        offered = shown_perspectives(page)
        st.session_state[key] = scenario.settings.perspective
        st.radio(
            t("viewpoints.choice"),
            offered,
            format_func=lambda one: named(perspective_label(one, scenario, t)),
            captions=[_worth(t, evaluate(scenario, one).ratio) for one in offered],
            key=key,
            on_change=lambda: state.change("perspective", st.session_state[key]),
        )
        st.caption(t("viewpoints.choice_note"))
        st.html(f"<p>{escape(_whose(page))}</p>")


def ratios(page: Page, seen: PointsOfView) -> None:
    """Show the three ratios apart, each in one plain sentence."""
    t = page.t
    if not seen.payers:
        return
    funder = _funder(page, seen)
    name = _names(page)[funder]
    found = three_ratios(page.scenario, funder)
    itemised = three_ratios_on_itemised_lines(page.scenario, funder)
    st.header(t("viewpoints.ratios"), anchor=False)
    cards = "".join(
        _card(
            t(f"viewpoints.{kind}", payer=name),
            t.ratio(value),
            [t(f"viewpoints.{kind}_means", payer=name), *_on_itemised(t, itemised, kind), *more],
        )
        for kind, value, more in (
            ("ratio_leverage", found.leverage, []),
            ("ratio_own", found.own, []),
            ("ratio_society", found.society, _why_equal(page, seen)),
        )
    )
    st.html(f'<div class="ratios">{cards}</div>')


def transfers(page: Page, seen: PointsOfView) -> None:
    """Show who gives what to whom; it is nothing to society."""
    t, names = page.t, _names(page)
    st.header(t("viewpoints.transfers"), anchor=False)
    st.markdown(t("viewpoints.transfers_mean"))
    if not seen.transfers:
        st.caption(t("viewpoints.no_transfer"))
        return
    labels = {one.id: t.of(one.label) for one in page.scenario.outcomes}
    rows = [
        (
            labels[one.outcome],
            names[one.given_by],
            names[one.received_by],
            t.euros(one.present_value),
            t.euros(0),
        )
        for one in seen.transfers
    ]
    kinds = ("line", "given_by", "received_by", "amount", "to_society")
    headings = [t(f"viewpoints.heading_{kind}") for kind in kinds]
    st.html(table(t("viewpoints.transfers"), headings, rows, t, numeric=(3, 4)))


def _funder(page: Page, seen: PointsOfView) -> str:
    """Return the funder that the open point of view is about, else the one who pays the most."""
    asked = funder_of(page.scenario.settings.perspective)
    return asked if asked is not None and asked in seen.payers else seen.payers[0]


def _names(page: Page) -> dict[str, str]:
    t = page.t
    names = {one.id: t.of(one.name) for one in page.scenario.stakeholders}
    together = {name: t(f"viewpoints.all_{name}") for name in (PUBLIC_FINANCES, SOCIETY)}
    return together | names


def _worth(t: Words, ratio: float) -> str:
    """Return what one euro brings from a point of view."""
    if not math.isfinite(ratio):
        return t("viewpoints.no_ratio")
    return t("viewpoints.brings", ratio=t.ratio(ratio))


def _whose(page: Page) -> str:
    """Return in words whose costs and whose gains the open point of view counts."""
    t, scenario = page.t, page.scenario
    seen_from = perspective_of(scenario.settings.perspective, scenario.stakeholders)
    everyone = frozenset(one.id for one in scenario.stakeholders)
    kind = KINDS[seen_from.id.partition("-")[0]]

    def listed(members: frozenset[str]) -> str:
        if members == everyone:
            return t("viewpoints.everyone")
        named = (t.of(one.name) for one in scenario.stakeholders if one.id in members)
        return t("chart.separator").join(named) or t("viewpoints.nobody")

    counted = t(
        "viewpoints.counted",
        payers=listed(seen_from.payers),
        gainers=listed(seen_from.beneficiaries),
    )
    return f"{counted} {t(f'viewpoints.kind_{kind}')}"


def _sides(rows: Sequence[PointOfView], names: dict[str, str], t: Words) -> str:
    """Return a list of bars around nothing, to one scale: a reader of the screen hears it."""
    before, after = (max(getattr(one, side) for one in rows) for side in ("before", "after"))
    whole = (before + after) or 1.0
    items = "".join(_side(one, names[one.id], before, whole, t) for one in rows)
    looks = [
        (kind, look)
        for kind, look in (*LEFT, *RIGHT[:1])
        if any(getattr(one, kind) for one in rows) or kind in ("pays", "gains")
    ]
    key = "".join(
        f'<li><span class="swatch {look}"></span>{escape(t(f"viewpoints.key_{kind}"))}</li>'
        for kind, look in looks
    )
    return f'<ul class="key sides">{key}</ul><ul class="plain sides">{items}</ul>'


def _side(one: PointOfView, name: str, before: float, whole: float, t: Words) -> str:
    """Return the item of one point of view: its name, what is left to it, its bar, its amounts."""
    spans, place = "", before
    for kind, look in LEFT:
        amount = getattr(one, kind)
        place -= amount
        spans += _span(look, place, amount, whole)
    place = before
    for kind, look in RIGHT:
        amount = getattr(one, kind)
        spans += _span(look, place, amount, whole)
        place += amount
    css = ' class="whole"' if one.id in (SOCIETY, PUBLIC_FINANCES) else ""
    said = t("chart.separator").join(_amounts(one, t))
    left = t("viewpoints.left", net=t.short_euros(one.net))
    return (
        f'<li{css}><div class="said"><b>{escape(name)}</b> <span>{escape(left)}</span></div>'
        f'<div class="both" aria-hidden="true">{spans}'
        f'<i style="left:{100 * before / whole:.2f}%"></i></div>'
        f'<span class="quiet">{escape(said)}</span></li>'
    )


def _span(look: str, start: float, amount: float, whole: float) -> str:
    if amount <= 0:
        return ""
    left, width = (f"{100 * value / whole:.2f}%" for value in (start, amount))
    return f'<span class="{look}" style="left:{left};width:{width}"></span>'


def _amounts(one: PointOfView, t: Words) -> Iterable[str]:
    """Yield what one pays, gains, loses, gives and receives, in words; what is nothing is not said.

    That nothing is paid is.
    """
    if not one.pays:
        yield t("viewpoints.pays_nothing")
    for kind in ("pays", "gains", "loses", "gives", "receives"):
        amount = getattr(one, kind)
        if amount:
            yield t(f"viewpoints.said_{kind}", amount=t.short_euros(amount))


def _table(
    page: Page, each: Sequence[PointOfView], seen: PointsOfView, names: dict[str, str]
) -> str:
    t = page.t
    rows = [
        (
            names[one.id],
            t.euros(one.pays),
            t.euros(one.gains),
            t.euros(one.loses),
            t.euros(one.receives),
            t.euros(one.gives),
            t.euros(one.net),
            _ratio(t, one.ratio),
            _ratio(t, one.leverage),
        )
        for one in (*each, seen.public_finances, seen.society)
    ]
    kinds = ("who", "pays", "gains", "loses", "receives", "gives", "net", "ratio", "leverage")
    headings = [t(f"viewpoints.heading_{kind}") for kind in kinds]
    return table(t("viewpoints.picture"), headings, rows, t, numeric=range(1, len(kinds)))


def _ratio(t: Words, ratio: float) -> str:
    return t.ratio(ratio) if math.isfinite(ratio) else t("viewpoints.pays_nothing")


def _on_itemised(t: Words, itemised: ThreeRatios | None, kind: str) -> list[str]:
    if itemised is None:
        return []
    value = getattr(itemised, kind.removeprefix("ratio_"))
    return [t("viewpoints.on_itemised", ratio=t.ratio(value))]


def _why_equal(page: Page, seen: PointsOfView) -> list[str]:
    """Return why society's ratio is the leverage where one alone pays."""
    t = page.t
    if len(seen.payers) > 1:
        return []
    labels = [t.of(one.label) for one in page.scenario.costs if one.id in seen.unstated_costs]
    if not labels:
        return [t("viewpoints.equal_one_payer")]
    return [t("viewpoints.equal_unstated", costs=t("chart.separator").join(labels))]


def _card(heading: str, value: str, said: Iterable[str]) -> str:
    paragraphs = "".join(f"<p>{escape(one)}</p>" for one in said)
    return f"<section><h3>{escape(heading)}</h3><b>{escape(value)}</b>{paragraphs}</section>"
