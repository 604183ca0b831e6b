"""The scenarios that may be compared, and those that the reader chose."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from roi_model import Evaluation, Scenario, ScenarioError, evaluate
from roi_model.comparison import marked_as_assumed
from roi_model.readings import ambitious, deducting, prudent
from roi_model.switching import ROUNDING
from ui import link, received
from ui.bases import load
from ui.frame import Page
from ui.sentences import LARGEST_SAID

PUBLISHED, MINE, PRUDENT, AMBITIOUS = "published", "mine", "prudent", "ambitious"
READINGS = (PRUDENT, AMBITIOUS)
DEDUCTIONS = {"deducted_10": 0.1, "deducted_25": 0.25, "deducted_50": 0.5}
"""Shares of the effects that may have happened anyway, where no study has said how many did."""
MOST_SHOWN = 4


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
    help: str | None = None
    is_ticked: bool = True
    """Compared at first, until the reader chooses."""
    adds_nothing: bool = False
    """It gives what the open one does: it is named, and not offered."""

    @property
    def ratio(self) -> float:
        """Return euros of benefit per euro of cost; NaN where there is no cost."""
        return self.evaluation.ratio

    @property
    def is_defined(self) -> bool:
        """Say whether there is a ratio that means something."""
        return abs(self.ratio) < LARGEST_SAID


def offered(page: Page) -> list[Entry]:
    """Return the scenarios that may be compared, the open one always among them.

    The published case is no measure of another, and is not compared with one at first. Where
    nothing else is there to compare with, the open one with more deducted is.
    """
    t = page.t
    entries = []
    if not page.has_published:
        case = load(link.DEFAULT_CASE)
        name = t("compare.other_published", case=t.of(case.name))
        entries.append(replace(_entry(PUBLISHED, name, case, case), is_ticked=False))
    elif page.is_changed:
        entries.append(_entry(PUBLISHED, t("compare.published"), page.case, page.case))
    untouched = page.has_published and not page.is_changed
    mine = t("compare.mine_untouched" if untouched else "compare.mine")
    entries.append(_entry(MINE, mine, page.case, page.scenario))
    has_ratio = math.isfinite(page.evaluation.ratio)
    readings = _readings(page) if has_ratio else []
    links = []
    for one in received.links():
        name = one.name or t("compare.link_name", number=t.number(one.number))
        links.append(_entry(one.key, name, one.case, one.scenario))
    entries += readings
    if has_ratio and not page.has_published:
        is_alone = not links and all(one.adds_nothing for one in readings)
        entries += [replace(one, is_ticked=is_alone) for one in _deducted(page)]
    return entries + links


def _readings(page: Page) -> list[Entry]:
    """Return the prudent and the ambitious reading."""
    found = []
    for key, read in ((PRUDENT, prudent), (AMBITIOUS, ambitious)):
        name, help_text = page.t(f"compare.{key}"), page.t(f"compare.{key}_help")
        found += _read(page, key, read, name, help_text)
    now = page.evaluation.ratio
    return [
        replace(one, adds_nothing=math.isclose(one.ratio, now, rel_tol=ROUNDING)) for one in found
    ]


def _deducted(page: Page) -> list[Entry]:
    """Return the open scenario with more of its effects deducted than it does itself."""
    t, found = page.t, []
    for key, share in DEDUCTIONS.items():
        if share > page.scenario.settings.deadweight.value:
            said = {"share": t.percent(share)}
            name, help_text = t("compare.deducted", **said), t("compare.deducted_help", **said)
            found += _read(page, key, partial(deducting, share=share), name, help_text)
    return found


def _read(
    page: Page, key: str, read: Callable[[Scenario], Scenario], name: str, help_text: str
) -> list[Entry]:
    try:
        scenario = read(page.scenario)
    except ScenarioError:
        return []  # a number says that it varies, or shares add up, in a way that cannot be
    shown = marked_as_assumed(scenario, page.scenario)
    return [replace(_entry(key, name, page.case, shown, opens=scenario), help=help_text)]


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
    keys = [one.key for one in entries if not one.adds_nothing]
    ticked = [one.key for one in entries if one.is_ticked]
    kept = st.session_state.get("compare_chosen", ticked)
    chosen = [key for key in keys if key in kept and key != MINE][: MOST_SHOWN - 1]
    return [one for one in entries if one.key == MINE or one.key in chosen]


def mine_of(entries: Sequence[Entry]) -> Entry:
    """Return the open scenario."""
    return next(one for one in entries if one.key == MINE)


def comparable(entries: Sequence[Entry]) -> list[Entry]:
    """Return those that are seen from the point of view of the open one."""
    own = mine_of(entries).evaluation.perspective.id
    return [one for one in entries if one.evaluation.perspective.id == own]


def first_pair(entries: Sequence[Entry]) -> tuple[Entry, Entry] | None:
    """Return the two that the page is about first: the last link, the case, a reading."""
    mine = mine_of(entries)
    others = {one.key: one for one in entries if one.is_defined and one.key != MINE}
    own = (*READINGS, *DEDUCTIONS)
    received = [key for key in others if key not in (PUBLISHED, *own)]
    for key in (*reversed(received), PUBLISHED, *own):
        if key in others and mine.is_defined:
            other = others[key]
            return (mine, other) if key in own else (other, mine)
    return None
