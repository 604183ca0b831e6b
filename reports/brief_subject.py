"""What a brief is about: a scenario, its result and its draws, and what both parts say of them."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reports.provenances import name_of
from roi_model.editing import Edits, edits_of
from roi_model.evaluation import Evaluation, evaluate
from roi_model.parameters import PROVENANCES, Parameter, Provenance, Source
from roi_model.reference_data import published_ratios
from roi_model.scenario import Scenario
from roi_model.settings import SETTING_NUMBERS
from roi_model.simulation import Simulation, simulate
from ui.labels import label_of
from ui.sentences import has_ratio
from ui.words import Language, Words, words_in

AMONG_PUBLISHED = {"reports": 0, "mean_from": 1, "mean_to": 1, "highest": 0}
"""The published figures that a ratio is set among, and their decimals."""

Facts = dict[str, Any]
"""What the template shows: texts, numbers of the drawings, lists of them. Only JSON's types."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What the two parts of a brief are drawn up from."""

    t: Words
    scenario: Scenario
    case: Scenario | None
    """What the scenario began as."""
    evaluation: Evaluation
    simulation: Simulation | None
    """Its draws; none without a ratio that means something, or where nothing varies."""
    edits: Edits
    """What differs from the case; nothing where there is none."""
    address: str | None
    association: str | None

    @property
    def is_defined(self) -> bool:
        """Say whether there is a ratio that means something."""
        return has_ratio(self.evaluation)

    @property
    def activity_years(self) -> int:
        """Return over how many years of activity amounts add up."""
        return int(self.scenario.settings.activity_years.value)

    @property
    def documents(self) -> dict[str, Source]:
        """Return every document cited, by its key, in the order of the list of sources."""
        published = published_ratios()
        around = {
            key: published.sources[key]
            for name in AMONG_PUBLISHED
            for key in published.figure(name).source
        }
        return self.scenario.documents | around

    def numbered(self, cited: Iterable[str]) -> list[int]:
        """Return the numbers of some documents in the list of sources."""
        places = list(self.documents)
        return [places.index(key) + 1 for key in cited]

    def stakeholders(self, ids: Iterable[str]) -> str:
        """Return the names of some stakeholders, in the order of the scenario."""
        return names_of(self.scenario, ids, self.t)


def subject_of(
    scenario: Scenario,
    *,
    language: Language,
    address: str | None,
    case: Scenario | None,
    association: str | None,
) -> Subject:
    """Return what a brief on ``scenario`` is drawn up from."""
    evaluation = evaluate(scenario)
    return Subject(
        t=words_in(language),
        scenario=scenario,
        case=case,
        evaluation=evaluation,
        simulation=_drawn(scenario, evaluation),
        edits=Edits() if case is None else edits_of(case, scenario),
        address=address,
        association=association,
    )


def _drawn(scenario: Scenario, evaluation: Evaluation) -> Simulation | None:
    if not has_ratio(evaluation):
        return None
    simulation = simulate(scenario)
    return simulation if simulation.is_defined and simulation.varied else None


def names_of(scenario: Scenario, stakeholders: Iterable[str], t: Words) -> str:
    """Return the names of some stakeholders, in the order of the scenario."""
    wanted = set(stakeholders)
    return ", ".join(t.of(one.name) for one in scenario.stakeholders if one.id in wanted)


def is_unstated(address: str, parameter: Parameter) -> bool:
    """Say whether a number was stated by no one: a share that deducts nothing, a single year."""
    return (
        parameter.reason is None
        and parameter.provenance == Provenance.ASSUMED
        and address not in SETTING_NUMBERS
    )


def labelled(subject: Subject, addresses: Iterable[str]) -> list[str]:
    """Return the labels of some numbers."""
    return [label_of(one, subject.scenario, subject.t) for one in addresses]


def badge(provenance: Provenance, t: Words) -> Facts:
    """Return a provenance with its name, for a swatch and a word."""
    return {"key": str(provenance), "name": name_of(provenance, t)}


def drawn_bars(rows: Iterable[Mapping[Provenance, float]]) -> list[Facts]:
    """Return bars to one scale: where each part begins and how wide it is, as shares of the width.

    Parts above zero stand to the right of ``zero`` and the others to the left of it.
    """
    rows = list(rows)
    lowest = min([0.0, *(_side(row, -1) for row in rows)])
    width = (max([0.0, *(_side(row, 1) for row in rows)]) - lowest) or 1.0
    bars = []
    for row in rows:
        ends, parts = {-1: 0.0, 1: 0.0}, []
        for provenance in PROVENANCES:
            part = row.get(provenance, 0.0)
            if not part:
                continue
            side = 1 if part > 0 else -1
            start = min(ends[side], ends[side] + part)
            ends[side] += part
            parts.append(
                {
                    "key": str(provenance),
                    "start": (start - lowest) / width,
                    "width": abs(part) / width,
                }
            )
        bars.append({"parts": parts, "zero": -lowest / width})
    return bars


def _side(row: Mapping[Provenance, float], side: int) -> float:
    return math.fsum(part for part in row.values() if part * side > 0)
