"""Scenarios side by side: the open one, the case, two readings of it, and links received."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from roi_model import Evaluation, Scenario, ScenarioError, evaluate
from roi_model.comparison import (
    Bridge,
    Difference,
    Kind,
    Stated,
    Step,
    bridge,
    differences,
    marked_as_assumed,
)
from roi_model.parameters import Provenance
from roi_model.readings import ambitious, prudent
from roi_model.simulation import Simulation, simulate
from ui import copy_text, link, received, state
from ui.bases import load
from ui.bridge_chart import Rung, hung, ladder
from ui.frame import PAGES, Page, PageName, named
from ui.labels import choice_text, label_of, perspective_label, refusal_text
from ui.ledger_words import notices as ledger_notices
from ui.markup import Bar, Cell, Html, badge, bars, folded, html, table
from ui.received import LONGEST_LINK, LONGEST_NAME, MOST_LINKS, Received
from ui.sentences import LARGEST_SAID
from ui.words import MINUS, UNDEFINED, Words

PUBLISHED, MINE, PRUDENT, AMBITIOUS = "published", "mine", "prudent", "ambitious"
READINGS = (PRUDENT, AMBITIOUS)
MOST_SHOWN = 4
MOST_ROWS = 12
MOST_RUNGS = 7
NAMED = 3
"""Differences that the sentence names."""
QUESTIONS = ("perspective", "lines", "years_covered", "footprint")
"""Choices that are made beside the result."""
WORD_JOINER = "\u2060"
LINE_KINDS = ("cost", "outcome")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One of the scenarios to compare."""

    key: str
    name: str
    scenario: Scenario
    """As it is shown: what a reading moves is still marked as assumed."""
    case: Scenario
    opens: Scenario
    """As it is opened."""
    evaluation: Evaluation

    @property
    def ratio(self) -> float:
        """Return euros of benefit per euro of cost; NaN where there is no cost."""
        return self.evaluation.ratio

    @property
    def is_defined(self) -> bool:
        """Say whether there is a ratio that means something."""
        return abs(self.ratio) < LARGEST_SAID


# --- What is offered and what is shown ---------------------------------------------------------


def offered(page: Page) -> list[Entry]:
    """Return the scenarios that may be compared, the open one always among them."""
    t = page.t
    entries = []
    if not page.has_published:
        case = load(link.DEFAULT_CASE)
        name = t("compare.other_published", case=t.of(case.name))
        entries.append(_entry(PUBLISHED, name, case, case))
    elif page.is_changed:
        entries.append(_entry(PUBLISHED, t("compare.published"), page.case, page.case))
    untouched = page.has_published and not page.is_changed
    mine = t("compare.mine_untouched" if untouched else "compare.mine")
    entries.append(_entry(MINE, mine, page.case, page.scenario))
    if math.isfinite(page.evaluation.ratio):
        for key, read in ((PRUDENT, prudent), (AMBITIOUS, ambitious)):
            entries += _reading(page, key, read)
    for one in received.links():
        name = one.name or t("compare.link_name", number=t.number(one.number))
        entries.append(_entry(one.key, name, one.case, one.scenario))
    return entries


def _reading(page: Page, key: str, read: Callable[[Scenario], Scenario]) -> list[Entry]:
    try:
        scenario = read(page.scenario)
    except ScenarioError:
        return []  # a number says that it varies in a way that cannot be
    shown = marked_as_assumed(scenario, page.scenario)
    return [_entry(key, page.t(f"compare.{key}"), page.case, shown, opens=scenario)]


def _entry(
    key: str, name: str, case: Scenario, scenario: Scenario, opens: Scenario | None = None
) -> Entry:
    return Entry(
        key=key,
        name=name,
        scenario=scenario,
        case=case,
        opens=opens or scenario,
        evaluation=evaluate(scenario),
    )


def shown(entries: Sequence[Entry]) -> list[Entry]:
    """Return the scenarios that the reader chose, at most four; at first those of the visit."""
    keys = [one.key for one in entries]
    kept = st.session_state.get("compare_chosen", keys)
    chosen = [key for key in keys if key in kept and key != MINE][: MOST_SHOWN - 1]
    return [one for one in entries if one.key == MINE or one.key in chosen]


def mine_of(entries: Sequence[Entry]) -> Entry:
    """Return the open scenario."""
    return next(one for one in entries if one.key == MINE)


def _first_pair(entries: Sequence[Entry]) -> tuple[Entry, Entry] | None:
    """Return the two that the page is about first: the last link, the case, a reading."""
    mine = mine_of(entries)
    others = {one.key: one for one in entries if one.is_defined and one.key != MINE}
    received = [key for key in others if key not in (PUBLISHED, *READINGS)]
    for key in (*reversed(received), PUBLISHED, *READINGS):
        if key in others and mine.is_defined:
            other = others[key]
            return (mine, other) if key in READINGS else (other, mine)
    return None


# --- The sentence ------------------------------------------------------------------------------


def sentence(page: Page, entries: Sequence[Entry]) -> str:
    """Return what the open scenario brings beside the other that matters most."""
    t, mine = page.t, mine_of(entries)
    if not mine.is_defined:
        return t("compare.undefined")
    ratio = t.ratio(mine.ratio)
    by_key = {one.key: one for one in entries}
    pair = _first_pair(entries)
    if pair is None:
        return t("compare.alone", ratio=ratio)
    other = pair[0] if pair[1].key == MINE else pair[1]
    if other.key == PRUDENT and AMBITIOUS in by_key:
        ends = {"low": t.ratio(other.ratio), "high": t.ratio(by_key[AMBITIOUS].ratio)}
        return t("compare.sentence_readings", ratio=ratio, **ends)
    if not differences(mine.scenario, other.scenario):
        return t("compare.sentence_same", ratio=ratio, name=named(other.name))
    against = t.ratio(other.ratio)
    if other.key in READINGS or (other.key == PUBLISHED and page.has_published):
        return t(f"compare.sentence_{other.key}", ratio=ratio, other=against)
    return t("compare.sentence_other", ratio=ratio, other=against, name=named(other.name))


def notices(page: Page, entries: Sequence[Entry]) -> None:
    """Say what is missing, what makes the figures hard to compare, and what was just done."""
    t = page.t
    if not mine_of(entries).is_defined:
        _to_inputs(page)
    taken = st.session_state.pop("compare_taken", None)
    if taken is not None:
        with st.container(key="compare_taken", horizontal=True, vertical_alignment="center"):
            st.html(f'<p role="status">{escape(t("compare.taken", name=taken))}</p>')
            st.button(t("editing.undo"), key="compare_undo", on_click=state.undo)
    if len({one.evaluation.perspective.id for one in entries}) > 1:
        st.warning(t("compare.points_of_view"), icon=":material/visibility:")
    if len({one.scenario.id for one in entries}) > 1:
        st.info(t("compare.two_cases"), icon=":material/info:")


# --- The controls ------------------------------------------------------------------------------


def controls(page: Page, entries: Sequence[Entry]) -> None:
    """Show which scenarios are compared, and the field for a link received."""
    t = page.t
    with st.container(border=True, key="compare_controls"):
        st.header(t("compare.which"), anchor=False)
        st.caption(t("compare.at_most", most=t.number(MOST_SHOWN)))
        on = st.session_state.compare_on = [one.key for one in shown(entries)]
        for entry in entries:
            with st.container(key=f"compare_{entry.key}", gap="xsmall"):
                _tick(page, entry, on)
        _link_field(page)
        received.exchange()


def _tick(page: Page, entry: Entry, on: list[str]) -> None:
    t = page.t
    key = f"compare_tick:{entry.key}"
    st.session_state[key] = entry.key in on

    def take() -> None:
        kept = [one for one in on if one != entry.key]
        if st.session_state[key]:
            kept.append(entry.key)
        st.session_state.compare_chosen = kept

    st.checkbox(
        named(entry.name),
        key=key,
        disabled=entry.key == MINE or (entry.key not in on and len(on) >= MOST_SHOWN),
        help=t(f"compare.{entry.key}_help") if entry.key in READINGS else None,
        on_change=take,
    )
    added = {one.key: one for one in received.links()}.get(entry.key)
    if added is not None:
        _received(page, entry, added)
    elif entry.key in READINGS and entry.key in on and entry.opens != page.scenario:
        _take_button(page, entry)


def _received(page: Page, entry: Entry, added: Received) -> None:
    """Show what may be done with a link received: name it, take it, remove it."""
    t, key = page.t, f"compare_name:{entry.key}"
    st.session_state[key] = added.name
    st.text_input(
        t("compare.name"),
        key=key,
        max_chars=LONGEST_NAME,
        placeholder=entry.name,
        autocomplete="off",
        on_change=lambda: received.rename(entry.key, st.session_state[key]),
    )
    with st.container(horizontal=True):
        _take_button(page, entry)
        st.button(
            t("compare.remove"),
            key=f"compare_remove:{entry.key}",
            icon=":material/close:",
            type="tertiary",
            help=named(entry.name),
            on_click=lambda: received.remove(entry.key),
        )
    said = [refusal_text(one, added.case, t) for one in added.ignored]
    now = added.scenario, entry.ratio
    for first, *rest in (
        *([[t("link.ignored"), *said]] if said else []),
        *ledger_notices(added.announced, added.case, *now, t),
    ):
        listed = "".join(f"<li>{escape(one)}</li>" for one in rest)
        st.html(f"<p>{escape(first)}</p>" + (f"<ul>{listed}</ul>" if rest else ""))


def _take_button(page: Page, entry: Entry) -> None:
    st.button(
        page.t("compare.take", name=named(entry.name)),
        key=f"compare_take:{entry.key}",
        icon=":material/input:",
        type="tertiary",
        help=page.t("compare.take_help"),
        on_click=lambda: _take(entry),
    )


def _take(entry: Entry) -> None:
    state.begin(entry.case, entry.opens)
    st.session_state.compare_taken = entry.name


def _link_field(page: Page) -> None:
    t, key = page.t, "compare_link"
    refused = st.session_state.get("compare_refused")
    st.text_input(
        t("compare.link"),
        key=key,
        max_chars=LONGEST_LINK,
        autocomplete="off",
        placeholder=t("compare.link_placeholder"),
        help=t("compare.link_help"),
        on_change=lambda: _take_link(st.session_state[key], key),
    )
    if refused in ("unreadable", "too_many"):
        said = t(f"compare.{refused}", most=t.number(MOST_LINKS))
        st.html(f'<p class="refused" role="alert">{escape(said)}</p>')
    if not received.links():
        return
    if received.in_address(page.address):
        st.caption(t("compare.kept"))
        words = {"done": t("share_link.done"), "by_hand": t("share_link.by_hand")}
        st.html(copy_text.copying_button(t("compare.copy"), copies="address", **words))
    else:
        st.caption(t("compare.kept_here"))


def _take_link(text: str, field: str) -> None:
    """Add the scenario of a link; one that cannot be read stays in the field, with the reason."""
    st.session_state.compare_refused = None
    if not text.strip():
        return
    added = received.add(text)
    if not isinstance(added, Received):
        st.session_state.compare_refused = added
        return
    _make_room(added.key)
    st.session_state[field] = ""


def _make_room(key: str) -> None:
    """Choose a scenario to be shown, in the place of a reading if four are already."""
    on = list(st.session_state.get("compare_on", ()))
    for leaves in (AMBITIOUS, PRUDENT, *on):
        if len(on) >= MOST_SHOWN and leaves in on and leaves != MINE:
            on.remove(leaves)
    st.session_state.compare_chosen = [*on, key]
    for name in ("compare_from", "compare_to"):
        st.session_state.pop(name, None)


# --- The results -------------------------------------------------------------------------------


def ratios(page: Page, entries: Sequence[Entry]) -> None:
    """Draw what one euro brings in each scenario, by how firm the numbers are."""
    t = page.t
    st.header(t("compare.ratios"), anchor=False)
    rows: list[Bar] = []
    seen: set[Provenance] = set()
    for one in entries:
        parts = {
            Provenance(part.key): part.ratio
            for part in one.evaluation.by_provenance
            if one.is_defined and part.present_value
        }
        seen |= parts.keys()
        rows.append(Bar(label=one.name, written=_ratio(t, one), parts=parts))
    key = "".join(f"<li>{html(badge(one, t))}</li>" for one in Provenance if one in seen)
    st.html(f'<ul class="key">{key}</ul>{bars(rows, t)}')
    named = "compare.perspective_shared"
    if len({one.evaluation.perspective.id for one in entries}) == 1:
        mine = mine_of(entries)
        label = perspective_label(mine.evaluation.perspective.id, mine.scenario, t)
        st.caption(t(named, perspective=label))


def results(page: Page, entries: Sequence[Entry]) -> None:
    """Show the figures of each scenario, one a row."""
    t = page.t
    headings = [t(f"compare.heading_{name}") for name in ("scenario", "ratio", "interval")]
    headings += [t(f"figures.{name}") for name in ("cost", "return", "net")]
    headings.append(t("compare.heading_perspective"))
    rows = [
        (
            one.name,
            _ratio(t, one),
            _interval(t, one),
            t.short_euros(one.evaluation.present_value_costs),
            t.short_euros(one.evaluation.present_value_benefits),
            t.short_euros(one.evaluation.net_present_value),
            perspective_label(one.evaluation.perspective.id, one.scenario, t),
        )
        for one in entries
    ]
    st.html(table(t("compare.results"), headings, rows, t, numeric=(1, 2, 3, 4, 5)))
    st.caption(t("compare.interval_note"))


def _ratio(t: Words, one: Entry) -> str:
    return t.ratio(one.ratio) if one.is_defined else UNDEFINED


def _interval(t: Words, one: Entry) -> str:
    """Return between which ratios nine draws in ten fall; a reading is one end of the ranges."""
    if one.key in READINGS or not one.is_defined:
        return UNDEFINED
    drawn = _drawn(one.scenario.fingerprint, one.scenario)
    if drawn is None or not drawn.is_defined:
        return UNDEFINED
    interval = drawn.interval()
    ends = {"low": t.ratio(interval.low.value), "high": t.ratio(interval.high.value)}
    return t("compare.interval", **ends)


@st.cache_data(max_entries=32, show_spinner=False)
def _drawn(fingerprint: str, _scenario: Scenario) -> Simulation | None:
    try:
        return simulate(_scenario)
    except ScenarioError:
        return None


# --- What differs ------------------------------------------------------------------------------


def inputs(page: Page, entries: Sequence[Entry]) -> None:
    """Show the inputs that differ, each with its provenance, and the way to the field."""
    t = page.t
    st.header(t("compare.inputs"), anchor=False)
    found = differences(*(one.scenario for one in entries))
    if not found:
        st.markdown(t("compare.nothing_differs" if len(entries) > 1 else "compare.choose_another"))
        _to_inputs(page)
        return
    st.markdown(t("compare.inputs_introduction"))
    headings = [t("compare.heading_input"), *(one.name for one in entries)]
    own = [one.key for one in entries].index(MINE)
    mine = entries[own].scenario
    unlike = [
        {(other.kind, other.address) for other in differences(mine, entry.scenario)}
        for entry in entries
    ]
    rows = [_row(page.t, one, entries, unlike) for one in found]
    st.html(table(t("compare.inputs"), headings, rows[:MOST_ROWS], t))
    if rest := rows[MOST_ROWS:]:
        summary = t.counted("compare.more_input", len(rest), number=t.number(len(rest)))
        st.html(folded(summary, table(summary, headings, rest, t)))
    _ways(page, [one for one in found if one.stated[own] is not None][:MOST_ROWS])


def _to_inputs(page: Page) -> None:
    st.page_link(
        PAGES["inputs"][0],
        label=page.t("compare.to_inputs"),
        icon=":material/tune:",
        query_params=page.address,
    )


def _row(
    t: Words, one: Difference, entries: Sequence[Entry], unlike: Sequence[set[tuple[Kind, str]]]
) -> tuple[Cell, ...]:
    """Return an input in each scenario, marked where it is not as in the open one."""
    cells = []
    for entry, stated, others in zip(entries, one.stated, unlike, strict=True):
        text = html(_cell(t, one, stated, entry))
        is_other = (one.kind, one.address) in others
        cells.append(Html(f'<span class="differs">{text}</span>' if is_other else text))
    return (_label(t, one, [entry.scenario for entry in entries]), *cells)


def _cell(t: Words, one: Difference, stated: Stated | None, entry: Entry) -> Cell:
    if stated is None:
        return t("compare.not_there")
    written = escape(_written(t, one, stated, entry.scenario))
    if stated.provenance is None:
        return Html(written)
    return Html(f"{written} {html(badge(stated.provenance, t))}")


def _written(t: Words, one: Difference, stated: Stated, scenario: Scenario) -> str:
    """Return what a scenario has: a number, a choice, or what a line comes to."""
    if one.kind == "stakeholder":
        is_public = scenario.stakeholder(one.address).public
        return t("compare.public" if is_public else "compare.not_public")
    if one.kind in LINE_KINDS:
        return t.euros(_present_value(one, evaluate(scenario)))
    if stated.value is None:
        return UNDEFINED
    if stated.unit is None:
        return choice_text(one.address, stated.value, scenario, t)
    return t.value(float(stated.value), stated.unit)


def _present_value(one: Difference, result: Evaluation) -> float:
    costs = {row.cost: row.present_value for row in result.by_cost}
    gains = {row.outcome: row.present_value for row in result.by_outcome}
    return (costs if one.kind == "cost" else gains)[one.address]


def _label(t: Words, one: Difference, scenarios: Sequence[Scenario]) -> str:
    """Return what an input is called in the first scenario that has it."""
    for scenario, stated in zip(scenarios, one.stated, strict=True):
        if stated is not None:
            if one.kind == "stakeholder":
                return t.of(scenario.stakeholder(one.address).name)
            if one.kind == "outcome":
                labels = {line.id: t.of(line.label) for line in scenario.outcomes}
                return labels[one.address]
            return label_of(one.address, scenario, t)
    return one.address


def _ways(page: Page, found: Sequence[Difference]) -> None:
    """Show a way to the field of each input that the open scenario has."""
    t = page.t
    if not found:
        return
    st.caption(t("compare.ways"))
    with st.container(horizontal=True, key="compare_ways"):
        for one in found:
            if one.kind == "stakeholder":
                continue  # who is public is not asked on any page
            scenarios = [page.scenario] * len(one.stated)
            if st.button(
                named(_label(t, one, scenarios)),
                key=f"compare_way:{one.kind}:{one.address}",
                icon=":material/edit:",
                type="tertiary",
            ):
                state.look_at(one.address)
                st.switch_page(PAGES[_page_of(one)][0])


def _page_of(one: Difference) -> PageName:
    if one.address in QUESTIONS:
        return "result"
    return "fund" if one.address.startswith("funding.") else "inputs"


# --- The bridge --------------------------------------------------------------------------------


def difference(page: Page, entries: Sequence[Entry]) -> None:
    """Draw what makes the difference between two of the scenarios, with its table."""
    t = page.t
    pair = _pair(page, [one for one in entries if one.is_defined])
    if pair is None:
        return
    first, second = pair
    names = {"first": first.name, "second": second.name}
    found = _bridge(
        first.scenario.fingerprint, second.scenario.fingerprint, first.scenario, second.scenario
    )
    moving = [step for step in found.steps if step.contribution]
    if not moving:
        key = "compare.equal_ratios" if found.steps else "compare.same_inputs"
        st.html(f"<p>{escape(t(key, **names))}</p>")
        return
    st.html(f"<p><strong>{escape(_why(page, moving, pair))}</strong></p>")
    st.html(ladder(_rungs(page, found, moving, pair)))
    caption = t("compare.bridge_note")
    if found.method == "drawn_orders":
        caption += " " + t("compare.bridge_drawn", orders=t.number(found.orders))
    st.caption(caption)
    headings = [t("compare.heading_input"), first.name, second.name, t("compare.heading_adds")]
    rows = [
        (_step_label(t, step, pair), *_step_values(t, step, pair), _signed(t, step.contribution))
        for step in found.steps
    ]
    rows.append(
        (
            t("compare.difference"),
            t.ratio(found.start),
            t.ratio(found.end),
            _signed(t, found.end - found.start),
        )
    )
    summary = t("compare.bridge_table")
    st.html(folded(summary, table(t("compare.bridge"), headings, rows, t, numeric=(3,))))


def _pair(page: Page, entries: Sequence[Entry]) -> tuple[Entry, Entry] | None:
    """Ask which two scenarios the difference is between."""
    t = page.t
    by_key = {one.key: one for one in entries}
    first_pair = _first_pair(entries) if MINE in by_key else None
    if first_pair is None:
        return None
    st.header(t("compare.bridge"), anchor=False)
    keys = list(by_key)
    asked = []
    with st.container(key="compare_pair", horizontal=True):
        for name, usual in zip(("from", "to"), first_pair, strict=True):
            key, kept = f"compare_pick:{name}", f"compare_{name}"
            chosen = st.session_state.get(kept)
            st.session_state[key] = chosen if chosen in by_key else usual.key
            st.selectbox(
                t(f"compare.{name}"),
                keys,
                format_func=lambda one: by_key[one].name,
                key=key,
                filter_mode=None,
                on_change=_keep,
                args=(kept, key),
            )
            asked.append(by_key[st.session_state[key]])
    if asked[0] is asked[1]:
        st.caption(t("compare.same_pick"))
        return None
    return asked[0], asked[1]


def _keep(name: str, key: str) -> None:
    st.session_state[name] = st.session_state[key]


@st.cache_data(max_entries=64, show_spinner=False)
def _bridge(first: str, second: str, _first: Scenario, _second: Scenario) -> Bridge:
    return bridge(_first, _second)


def _why(page: Page, moving: Sequence[Step], pair: tuple[Entry, Entry]) -> str:
    """Return what makes the difference, the most important first."""
    t = page.t
    said = [
        t(
            "compare.why_one",
            label=_step_label(t, step, pair),
            # A line must not end between the sign and the amount.
            adds=_signed(t, step.contribution).replace(MINUS, MINUS + WORD_JOINER),
        )
        for step in moving[:NAMED]
    ]
    if len(said) == 1:
        return t("compare.why_1", first=said[0])
    if len(said) == 2:
        return t("compare.why_2", first=said[0], second=said[1])
    return t("compare.why_3", first=said[0], second=said[1], third=said[2])


def _rungs(
    page: Page, found: Bridge, moving: Sequence[Step], pair: tuple[Entry, Entry]
) -> list[Rung]:
    """Return the bars of the bridge, those that matter least together in one."""
    t, (first, second) = page.t, pair
    alone = moving if len(moving) <= MOST_RUNGS else moving[: MOST_RUNGS - 1]
    changes = []
    for step in alone:
        values = _step_values(t, step, pair)
        detail = t("compare.change", before=values[0], after=values[1]) if any(values) else ""
        changes.append(_change(t, _step_label(t, step, pair), detail, step.contribution))
    rest = moving[len(alone) :]
    if rest:
        label = t.counted("compare.other", len(rest), number=t.number(len(rest)))
        changes.append(_change(t, label, "", math.fsum(step.contribution for step in rest)))
    return [
        _total(t, first.name, found.start),
        *hung(changes, found.start),
        _total(t, second.name, found.end),
    ]


def _change(t: Words, label: str, detail: str, adds: float) -> Rung:
    return Rung(label=label, detail=detail, written=_signed(t, adds), start=0.0, end=adds)


def _total(t: Words, name: str, ratio: float) -> Rung:
    return Rung(label=name, detail="", written=t.ratio(ratio), start=0.0, end=ratio, is_total=True)


def _step_label(t: Words, step: Step, pair: tuple[Entry, Entry]) -> str:
    scenarios = [one.scenario for one in pair]
    labels = [_label(t, one, scenarios) for one in step.differences]
    return t("chart.separator").join(labels[:NAMED]) + ("…" if len(labels) > NAMED else "")


def _step_values(t: Words, step: Step, pair: tuple[Entry, Entry]) -> tuple[str, str]:
    """Return what the two scenarios have where a step is one difference; else nothing."""
    if len(step.differences) > 1:
        return "", ""
    (one,) = step.differences
    before, after = (
        t("compare.not_there") if stated is None else _written(t, one, stated, entry.scenario)
        for stated, entry in zip(one.stated, pair, strict=True)
    )
    return before, after


def _signed(t: Words, adds: float) -> str:
    """Return what a step adds to the ratio, its sign always written."""
    written = t.ratio(adds)
    return f"+{written}" if adds > 0 else written
