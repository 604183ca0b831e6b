"""The command line: evaluate a case, as text for people or JSON for programs."""

import argparse
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import roi_model
from roi_model.case_files import load_case, shipped_cases
from roi_model.evaluation import Evaluation, evaluate
from roi_model.parameters import Provenance
from roi_model.problems import ScenarioError
from roi_model.scenario import Scenario, Value
from roi_model.settings import SETTING_NUMBERS

EXIT_BAD_INPUT = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status: 0, or 2 when the input is at fault."""
    options = _parser().parse_args(arguments)
    try:
        scenario = load_case(options.case)
        scenario = scenario.with_changes(_changes(options, scenario))
    except ScenarioError as error:
        print(error, file=sys.stderr)
        return EXIT_BAD_INPUT
    evaluation = evaluate(scenario)
    if options.format == "json":
        print(
            json.dumps(as_json(scenario, evaluation), indent=2, ensure_ascii=False, allow_nan=False)
        )
    else:
        print(_as_text(scenario, evaluation, options.language))
    return 0


def as_json(scenario: Scenario, evaluation: Evaluation) -> dict[str, Any]:
    """Return an evaluation and how it was read as plain values, under names that stay.

    What is undefined, such as a ratio without a cost, is ``None``; figures of the whole that
    are so stand in ``undefined``. ``yours`` are the numbers that differ from the case.
    """
    rows = {
        name: [asdict(row) for row in getattr(evaluation, name)]
        for name in ("by_outcome", "by_stakeholder")
    }
    for name, key in (("by_provenance", "provenance"), ("by_basis", "basis")):
        rows[name] = [
            {key: part.key, **{k: v for k, v in asdict(part).items() if k != "key"}}
            for part in getattr(evaluation, name)
        ]
    plain = {
        "scenario": evaluation.scenario,
        "model_version": roi_model.__version__,
        "perspective": evaluation.perspective.id,
        "settings": {
            name: scenario.value_at(name) for name in (*scenario.choices(), *SETTING_NUMBERS)
        },
        "yours": _yours(scenario),
        "ratio": evaluation.ratio,
        "present_value_benefits": evaluation.present_value_benefits,
        "present_value_costs": evaluation.present_value_costs,
        "net_present_value": evaluation.net_present_value,
        "net_return": evaluation.net_return,
        "payback_months": evaluation.payback_months,
        "indirect_jobs": evaluation.indirect_jobs,
        "unstated_costs": list(evaluation.unstated_costs),
        "jobs_per_million_euros": evaluation.jobs_per_million_euros,
        "cost_per_job": evaluation.cost_per_job,
        **rows,
    }
    result = {key: _defined(value) for key, value in plain.items()}
    result["undefined"] = sorted(
        key for key, value in plain.items() if isinstance(value, float) and result[key] is None
    )
    return result


def _yours(scenario: Scenario) -> dict[str, float]:
    return {
        address: parameter.value
        for address, parameter in scenario.parameters()
        if parameter.provenance == Provenance.YOURS
    }


def _defined(value: Any) -> Any:
    """Return ``value`` with ``None``, which JSON can say, for NaN and infinities."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [_defined(item) for item in value]
    if isinstance(value, dict):
        return {key: _defined(item) for key, item in value.items()}
    return value


def _as_text(scenario: Scenario, evaluation: Evaluation, language: str) -> str:
    labels = {outcome.id: getattr(outcome.label, language) for outcome in scenario.outcomes}
    width = max(map(len, labels.values()), default=0)
    ratio = (
        "undefined: no cost is counted"
        if math.isnan(evaluation.ratio)
        else (f"{evaluation.ratio:.2f}")
    )
    lines = [
        f"{getattr(scenario.name, language)}, {getattr(scenario.period, language)}"
        f" (point of view: {evaluation.perspective.id})",
        f"ratio                   {ratio}",
        f"present value benefits  {evaluation.present_value_benefits:>16,.2f} EUR",
        f"present value costs     {evaluation.present_value_costs:>16,.2f} EUR",
        f"net present value       {evaluation.net_present_value:>16,.2f} EUR",
    ]
    readings = {name: scenario.value_at(name) for name in scenario.choices()} | _yours(scenario)
    lines.append("read with               " + ", ".join(f"{k}={v}" for k, v in readings.items()))
    if evaluation.unstated_costs:
        unstated = ", ".join(evaluation.unstated_costs)
        lines.append(f"counted as 0, not stated: {unstated}; the ratio is too high")
    lines.append("")
    lines += [
        f"{labels[row.outcome]:<{width}}  {row.present_value:>16,.2f} EUR  {row.provenance}"
        for row in evaluation.by_outcome
    ]
    return "\n".join(lines)


def _changes(options: argparse.Namespace, scenario: Scenario) -> dict[str, Value]:
    """Return the ``ADDRESS=VALUE`` options and the point of view as changes."""
    changes: dict[str, Value] = {}
    for assignment in options.changes:
        address, _, written = assignment.partition("=")
        changes[address] = scenario.value_from_text(address, written)
    if options.perspective is not None:
        changes["perspective"] = options.perspective
    return changes


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m roi_model",
        description="What one euro spent on social mediation brings back.",
    )
    parser.add_argument("--version", action="version", version=roi_model.__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("evaluate", help="print the result of a case")
    command.add_argument(
        "case", help=f"a YAML or JSON file, or a shipped case: {', '.join(shipped_cases())}"
    )
    command.add_argument("--format", choices=("text", "json"), default="text")
    command.add_argument("--language", choices=("fr", "en"), default="en", help="of the labels")
    command.add_argument("--perspective", help="point of view; that of the case by default")
    command.add_argument(
        "--set",
        dest="changes",
        action="append",
        default=[],
        metavar="ADDRESS=VALUE",
        help="replace a number or a setting; may be repeated",
    )
    return parser
