"""The options that commands share, and the case that they make."""

import argparse
from collections.abc import Callable
from typing import Any

from roi_model.case_files import shipped_cases
from roi_model.problems import Problem, ScenarioError
from roi_model.scenario import Scenario, Value
from roi_model.settings import CONVENTIONS
from roi_model.value_map_files import load_scenario

EXIT_FOUND = 1
EXIT_BAD_INPUT = 2

OPTION_OF_SETTING = {
    "discount_rate": "--discount-rate",
    "timing": "--timing",
    "drop_off_from": "--drop-off-from",
    "deductions": "--deductions",
    "attribution_means": "--attribution",
}
"""Options that stand for settings: a value map in columns has no place for them."""


def add_command(
    commands: Any,
    name: str,
    run: Callable[[argparse.Namespace], int],
    help: str,
    *,
    shown: bool = True,
) -> argparse.ArgumentParser:
    """Return the parser of a command; ``shown`` ones say in what form, and in what language."""
    command: argparse.ArgumentParser = commands.add_parser(name, help=help, description=help)
    command.set_defaults(run=run)
    if shown:
        command.add_argument("--format", choices=("text", "json", "csv"), default="text")
        command.add_argument("--language", choices=("fr", "en"), default="en", help="of the labels")
    return command


def add_case(command: argparse.ArgumentParser) -> None:
    """Add the case that a command is about, and what may be changed in it."""
    command.add_argument(
        "case",
        metavar="CASE",
        help=f"a shipped case ({', '.join(shipped_cases())}), a YAML or JSON file, or a value "
        "map in .csv or .xlsx",
    )
    command.add_argument("--perspective", metavar="P", help="point of view; the case's by default")
    command.add_argument(
        "--set",
        dest="changes",
        action="append",
        default=[],
        metavar="ADDRESS=VALUE",
        help="replace a number or a setting; may be repeated",
    )
    for setting, option in OPTION_OF_SETTING.items():
        choices = CONVENTIONS.get(setting)
        command.add_argument(
            option,
            dest=setting,
            choices=None if choices is None else [str(one) for one in choices],
            metavar="RATE" if choices is None else None,
            help="a fraction, such as 0.035" if choices is None else None,
        )


def share(written: str) -> float:
    """Return the share that an option states."""
    found = float(written)
    if not 0 < found < 1:
        raise argparse.ArgumentTypeError(f"must be between 0 and 1, both excluded (got {written})")
    return found


def scenario_of(options: argparse.Namespace) -> Scenario:
    """Return the case with the settings and changes of the options.

    All that is wrong with the options is reported at once.
    """
    stated = {name: getattr(options, name) for name in OPTION_OF_SETTING}
    assigned = [one.partition("=") for one in options.changes]
    years = [written for address, _, written in assigned if address == "activity_years"]
    # A value map has no column for them, and an input of it may begin late.
    early = {"activity_years": int(years[-1])} if years and years[-1].isdecimal() else {}
    scenario = load_scenario(options.case, **early)
    changes: dict[str, Value] = {
        name: scenario.value_from_text(name, written)
        for name, written in stated.items()
        if written is not None
    }
    for address, _, written in assigned:
        changes[address] = scenario.value_from_text(address, written)
    if options.perspective is not None:
        changes["perspective"] = options.perspective
    return scenario.with_changes(changes)


def option_error(where: str, received: Any, message: Exception | str) -> ScenarioError:
    """Return the refusal of an option."""
    problem = Problem(
        where=where, code="option", received=received, allowed="", message=str(message)
    )
    return ScenarioError([problem])
