"""Results as plain values, under names that stay: what JSON, CSV and other programs are given.

What is undefined, such as a ratio without a cost, is ``None``.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import roi_model
from roi_model.cash_flow import cash_flow
from roi_model.checks import Finding, message
from roi_model.conventions import convention_effects
from roi_model.evaluation import Evaluation
from roi_model.funding import funding_case
from roi_model.parameters import Provenance, Record
from roi_model.perspectives import Perspective
from roi_model.scenario import Scenario
from roi_model.sensitivity import Swing, VarianceShares
from roi_model.settings import SETTING_NUMBERS
from roi_model.simulation import Simulation
from roi_model.switching import SwitchingValue
from roi_model.tableau import who_pays_who_gains
from roi_model.uncertainty import held_shares
from roi_model.verification import Verification

WHOLE = "whole"
"""The table that ``tidy`` puts figures of the whole in."""

Plain = dict[str, Any]


def plain_evaluation(scenario: Scenario, evaluation: Evaluation) -> Plain:
    """Return an evaluation, how it was read, and what follows from it.

    Figures of the whole that are undefined stand in ``undefined``. ``yours`` are the numbers
    that differ from the case.
    """
    flow = cash_flow(scenario, evaluation.perspective)
    plain = {
        **_heading(scenario, evaluation.perspective),
        "ratio": evaluation.ratio,
        "present_value_benefits": evaluation.present_value_benefits,
        "present_value_costs": evaluation.present_value_costs,
        "net_present_value": evaluation.net_present_value,
        "net_return": evaluation.net_return,
        "payback_months": evaluation.payback_months,
        "internal_rate_of_return": flow.internal_rate_of_return,
        "indirect_jobs": evaluation.indirect_jobs,
        "unstated_costs": list(evaluation.unstated_costs),
        "jobs_per_million_euros": evaluation.jobs_per_million_euros,
        "cost_per_job": evaluation.cost_per_job,
        "by_outcome": _rows(evaluation.by_outcome),
        "by_cost": _rows(evaluation.by_cost),
        "by_stakeholder": _rows(evaluation.by_stakeholder),
        "by_provenance": [_renamed(row, "key", "provenance") for row in evaluation.by_provenance],
        "by_basis": [_renamed(row, "key", "basis") for row in evaluation.by_basis],
        "by_year": _rows(flow.years),
        "who_pays_who_gains": _tableau(scenario),
        "conventions": _rows(convention_effects(scenario, evaluation.perspective)),
        "funding": _funding(scenario, evaluation.perspective),
    }
    undefined = sorted(
        key for key, value in plain.items() if isinstance(value, float) and not math.isfinite(value)
    )
    return {**defined(plain), "undefined": undefined}


def plain_simulation(
    scenario: Scenario, simulation: Simulation, *, targets: Sequence[float], level: float
) -> Plain:
    """Return a simulation: mean, interval and probabilities, each with its numerical error."""
    figures: Plain = {}
    for figure in ("ratios", "net_values"):
        interval = simulation.interval(level, figure)
        figures[figure] = {
            "mean": asdict(simulation.mean(figure)),
            "median": asdict(simulation.quantile(0.5, figure)),
            "low": asdict(interval.low),
            "high": asdict(interval.high),
        }
    plain = {
        **_heading(scenario, simulation.perspective),
        "method": simulation.method,
        "seed": simulation.seed,
        "draws": simulation.draws,
        "replicates": simulation.replicates,
        "varied": list(simulation.varied),
        "held_at_zero": list(held_shares(scenario)),
        "level": level,
        **figures,
        "probability_above": [
            {"target": target, **asdict(simulation.probability_above(target))} for target in targets
        ],
        "contributions": _rows(simulation.contributions),
    }
    return defined(plain)


def plain_sensitivity(
    scenario: Scenario,
    perspective: Perspective,
    *,
    swings: Iterable[Swing],
    switching: Iterable[SwitchingValue],
    shares: VarianceShares,
) -> Plain:
    """Return the three answers to which numbers decide: ranges, switching values, variance."""
    return defined(
        {
            **_heading(scenario, perspective),
            "one_at_a_time": _rows(swings),
            "switching_values": _rows(switching),
            "variance_shares": asdict(shares),
        }
    )


def plain_findings(
    scenario: Scenario, perspective: Perspective, findings: Iterable[Finding]
) -> Plain:
    """Return what the checks found, with their sentences in both languages."""
    return defined(
        {
            **_heading(scenario, perspective),
            "findings": [
                {
                    "rule": finding.rule,
                    "severity": finding.severity,
                    "addresses": list(finding.addresses),
                    "figures": dict(finding.figures),
                    "message_fr": message(finding, scenario, "fr"),
                    "message_en": message(finding, scenario, "en"),
                }
                for finding in findings
            ],
        }
    )


def plain_verifications(verifications: Iterable[Verification]) -> Plain:
    """Return published calculations recomputed, figure by figure."""
    return defined(
        {
            "model_version": roi_model.__version__,
            "verifications": [asdict(one) for one in verifications],
        }
    )


def tidy(plain: Mapping[str, Any]) -> list[Plain]:
    """Return a plain result as rows of table, line, figure and value, one value a row.

    Figures of the whole are in the table ``whole``; each list is a table of its own, whose
    lines are named by the first column of their rows, or numbered.
    """
    return [
        {"table": table, "line": line, "figure": figure, "value": value}
        for table, line, figure, value in _cells(plain)
    ]


def defined(value: Any) -> Any:
    """Return ``value`` as plain data, with ``None``, which JSON can say, for NaN and infinities."""
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, list | tuple):
        return [defined(item) for item in value]
    if isinstance(value, Mapping):
        return {key: defined(item) for key, item in value.items()}
    return value.model_dump(mode="json") if isinstance(value, Record) else value


def _heading(scenario: Scenario, perspective: Perspective) -> Plain:
    """Return what a result is a result of: no figure goes out without it."""
    return {
        "scenario": scenario.id,
        "model_version": roi_model.__version__,
        "currency": scenario.currency,
        "perspective": perspective.id,
        "settings": {
            name: scenario.value_at(name) for name in (*scenario.choices(), *SETTING_NUMBERS)
        },
        "yours": yours(scenario),
    }


def yours(scenario: Scenario) -> dict[str, float]:
    """Return the numbers that the user typed, by address."""
    return {
        address: parameter.value
        for address, parameter in scenario.parameters()
        if parameter.provenance == Provenance.YOURS
    }


def _rows(records: Iterable[Any]) -> list[Plain]:
    return [asdict(record) for record in records]


def _renamed(record: Any, field: str, name: str) -> Plain:
    plain = asdict(record)
    return {name: plain.pop(field), **plain}


def _tableau(scenario: Scenario) -> list[Plain]:
    tableau = who_pays_who_gains(scenario)
    return [
        {
            "line": row.line,
            "kind": row.kind,
            **dict(zip(tableau.stakeholders, row.amounts, strict=True)),
        }
        for row in tableau.rows
    ]


def _funding(scenario: Scenario, perspective: Perspective) -> Plain | None:
    if scenario.funding is None or scenario.funding.posts.value <= 0:
        return None
    case = funding_case(scenario, perspective=perspective)
    return {
        "posts_now": case.posts_now,
        "posts": case.posts,
        "added_costs": case.added_costs,
        "added_benefits": case.added_benefits,
        "marginal_ratio": case.marginal_ratio,
        "average_ratio_now": case.average_ratio_now,
        "average_ratio": case.average_ratio,
        "net_present_value_added": case.net_present_value_added,
        "costs_held": list(case.costs_held),
    }


def _cells(plain: Mapping[str, Any]) -> Iterator[tuple[str, str, str, Any]]:
    for name, value in plain.items():
        if isinstance(value, Mapping):
            for figure, inner in _flat(value):
                yield name, "", figure, inner
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            for position, row in enumerate(value, start=1):
                first = next(iter(row.values()))
                named = isinstance(first, str | int)
                for figure, inner in _flat(row):
                    yield name, str(first) if named else str(position), figure, inner
        else:
            yield WHOLE, "", name, _one(value)


def _flat(row: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for figure, value in row.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{figure}.")
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            for item in value:
                first, *_ = item.values()
                yield from _flat(item, f"{prefix}{figure}.{first}.")
        else:
            yield f"{prefix}{figure}", _one(value)


def _one(value: Any) -> Any:
    """Return what stands in one cell: a list as its items on one line, nothing as an empty one."""
    if isinstance(value, list):
        return " ".join(map(str, value))
    return "" if value is None else value
