"""The scenarios that may be compared, and those that the reader chose."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from roi_model import Evaluation, Scenario, ScenarioError, evaluate
from roi_model.comparison import marked_as_assumed
from roi_model.readings import ambitious, prudent
from ui import link, received
from ui.bases import load
from ui.frame import Page
from ui.sentences import LARGEST_SAID

PUBLISHED, MINE, PRUDENT, AMBITIOUS = "published", "mine", "prudent", "ambitious"
READINGS = (PRUDENT, AMBITIOUS)
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

    @property
    def ratio(self) -> float:
        """Return euros of benefit per euro of cost; NaN where there is no cost."""
        return self.evaluation.ratio

    @property
    def is_defined(self) -> bool:
        """Say whether there is a ratio that means something."""
        return abs(self.ratio) < LARGEST_SAID


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
    entry = _entry(key, page.t(f"compare.{key}"), page.case, shown, opens=scenario)
    return [replace(entry, help=page.t(f"compare.{key}_help"))]


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


def first_pair(entries: Sequence[Entry]) -> tuple[Entry, Entry] | None:
    """Return the two that the page is about first: the last link, the case, a reading."""
    mine = mine_of(entries)
    others = {one.key: one for one in entries if one.is_defined and one.key != MINE}
    received = [key for key in others if key not in (PUBLISHED, *READINGS)]
    for key in (*reversed(received), PUBLISHED, *READINGS):
        if key in others and mine.is_defined:
            other = others[key]
            return (mine, other) if key in READINGS else (other, mine)
    return None
