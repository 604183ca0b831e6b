"""The command line: evaluate, simulate, question and check a case, or write it in another form.

Exit status: 0; 1 when ``check`` finds something serious or ``verify`` a figure that no longer
comes out as expected; 2 when the input is at fault.
"""

import argparse
import csv
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, get_args

import roi_model
from roi_model import document_commands, plain_results, portfolio_command, text_results
from roi_model.case_files import write_case
from roi_model.case_schema import case_schema
from roi_model.checks import SERIOUS, check
from roi_model.command_options import (
    EXIT_BAD_INPUT,
    EXIT_FOUND,
    add_case,
    add_command,
    option_error,
    scenario_of,
    share,
)
from roi_model.evaluation import evaluate, perspective_in
from roi_model.problems import ScenarioError
from roi_model.simulation import DEFAULT_DRAWS, DEFAULT_LEVEL, Method, simulate
from roi_model.value_map_files import VALUE_MAP_SUFFIXES, write_value_map
from roi_model.verification import verification, verified_cases


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except ScenarioError as error:
        print(error, file=sys.stderr)
        return EXIT_BAD_INPUT
    return status


# --- Commands ----------------------------------------------------------------------------------


def _evaluate(options: argparse.Namespace) -> int:
    scenario = scenario_of(options)
    evaluation = evaluate(scenario)
    _write(
        options,
        plain=lambda: plain_results.plain_evaluation(scenario, evaluation),
        text=lambda: text_results.evaluation_text(scenario, evaluation, options.language),
    )
    return 0


def _simulate(options: argparse.Namespace) -> int:
    scenario = scenario_of(options)
    try:
        simulation = simulate(scenario, options.draws, options.seed, method=options.method)
    except ValueError as error:
        if isinstance(error, ScenarioError):
            raise
        raise option_error("--draws, --seed", (options.draws, options.seed), error) from error
    shown = {"targets": options.target or [1.0], "level": options.level}
    _write(
        options,
        plain=lambda: plain_results.plain_simulation(scenario, simulation, **shown),
        text=lambda: text_results.simulation_text(
            scenario, simulation, language=options.language, **shown
        ),
    )
    return 0


def _sensitivity(options: argparse.Namespace) -> int:
    from roi_model.sensitivity import one_at_a_time, variance_shares
    from roi_model.switching import switching_values

    scenario = scenario_of(options)
    perspective = perspective_in(scenario, None)
    try:
        found: dict[str, Any] = {
            "swings": one_at_a_time(scenario),
            "switching": switching_values(scenario, target=options.target),
            "shares": variance_shares(scenario, points=options.points, seed=options.seed),
        }
    except ValueError as error:
        if isinstance(error, ScenarioError):
            raise
        given = (options.target, options.points, options.seed)
        raise option_error("--target, --points, --seed", given, error) from error
    _write(
        options,
        plain=lambda: plain_results.plain_sensitivity(scenario, perspective, **found),
        text=lambda: text_results.sensitivity_text(
            scenario, perspective.id, language=options.language, **found
        ),
    )
    return 0


def _check(options: argparse.Namespace) -> int:
    scenario = scenario_of(options)
    perspective = perspective_in(scenario, None)
    findings = check(scenario)
    _write(
        options,
        plain=lambda: plain_results.plain_findings(scenario, perspective, findings),
        text=lambda: text_results.findings_text(
            scenario, perspective.id, findings, options.language
        ),
    )
    return EXIT_FOUND if any(one.severity == SERIOUS for one in findings) else 0


def _convert(options: argparse.Namespace) -> int:
    scenario = scenario_of(options)
    target = Path(options.target)
    is_map = target.suffix.lower() in VALUE_MAP_SUFFIXES
    try:
        if is_map:
            write_value_map(scenario, target, lossy=options.lossy)
        else:
            write_case(scenario, target)
    except ScenarioError as error:
        hint = "add --lossy to write what the columns of a value map can hold" if is_map else ""
        print(error, *([hint] if hint else []), sep="\n", file=sys.stderr)
        return EXIT_BAD_INPUT
    except OSError as error:
        raise option_error("TARGET", str(target), error) from error
    return 0


def _verify(options: argparse.Namespace) -> int:
    known = verified_cases()
    if options.cases and (unknown := set(options.cases) - set(known)):
        raise option_error("CASE", ", ".join(sorted(unknown)), f"known: {', '.join(known)}")
    found = [verification(one) for one in options.cases or known]
    _write(
        options,
        plain=lambda: plain_results.plain_verifications(found),
        text=lambda: text_results.verifications_text(found, options.language),
    )
    return 0 if all(one.is_as_expected for one in found) else EXIT_FOUND


def _schema(_: argparse.Namespace) -> int:
    print(json.dumps(case_schema(), indent=2, ensure_ascii=False))
    return 0


# --- Input and output --------------------------------------------------------------------------


def _write(
    options: argparse.Namespace,
    *,
    plain: Callable[[], dict[str, Any]],
    text: Callable[[], str],
) -> None:
    if options.format == "text":
        print(text())
    elif options.format == "json":
        print(json.dumps(plain(), indent=2, ensure_ascii=False, allow_nan=False))
    else:
        rows = plain_results.tidy(plain())
        writer = csv.DictWriter(sys.stdout, ["table", "line", "figure", "value"])
        writer.writeheader()
        writer.writerows(rows)


# --- Options -----------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="roi-model",
        description="What one euro spent on social mediation brings back.",
        epilog="Exit status: 0; 1 if check or verify found something; 2 if the input is at fault.",
    )
    parser.add_argument("--version", action="version", version=roi_model.__version__)
    commands = parser.add_subparsers(dest="command", required=True)

    command = add_command(commands, "evaluate", _evaluate, "print the result of a case")
    add_case(command)

    command = add_command(commands, "simulate", _simulate, "print how sure the result of a case is")
    add_case(command)
    command.add_argument("--draws", type=int, default=DEFAULT_DRAWS, metavar="N")
    command.add_argument("--seed", type=int, default=0, metavar="S", help="same seed, same result")
    command.add_argument("--method", choices=get_args(Method), default="sobol")
    command.add_argument(
        "--target",
        type=float,
        action="append",
        metavar="RATIO",
        help="give the share of draws above this ratio (1 by default); may be repeated",
    )
    command.add_argument(
        "--level",
        type=share,
        default=DEFAULT_LEVEL,
        help="share of the draws that the interval holds",
    )

    command = add_command(commands, "sensitivity", _sensitivity, "print which numbers decide")
    add_case(command)
    command.add_argument(
        "--target", type=float, default=1.0, metavar="RATIO", help="of the switching values"
    )
    command.add_argument(
        "--points", type=_power_of_two, default=2**10, metavar="N", help="a power of two"
    )
    command.add_argument("--seed", type=int, default=0, metavar="S")

    command = add_command(commands, "check", _check, "print what an assurer would ask about a case")
    add_case(command)

    command = add_command(
        commands, "convert", _convert, "write a case in another form", shown=False
    )
    add_case(command)
    command.add_argument(
        "target",
        metavar="TARGET",
        help="the ending says the form: .yaml, .json, or a value map in .csv or .xlsx",
    )
    command.add_argument(
        "--lossy",
        action="store_true",
        help="write a value map even where its columns cannot hold all of the case",
    )

    document_commands.add_to(commands)

    command = add_command(commands, "verify", _verify, "recompute calculations published elsewhere")
    command.add_argument("cases", nargs="*", metavar="CASE", help="all by default")

    add_command(commands, "schema", _schema, "print the JSON Schema of case files", shown=False)
    portfolio_command.add_to(commands)
    return parser


def _power_of_two(written: str) -> int:
    number = int(written)
    if number < 2 or number & (number - 1):
        raise argparse.ArgumentTypeError(f"must be a power of two, such as 1024 (got {written})")
    return number
