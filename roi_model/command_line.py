"""The command line: evaluate, simulate, question and check a case, or write it in another form.

Its documents are those of the package ``reports``, which stands beside this one in a checkout and
is loaded when a command asks for one: the model is installed, and works, without it.

Exit status: 0; 1 when ``check`` finds something serious or ``verify`` a figure that no longer
comes out as expected; 2 when the input is at fault.
"""

import argparse
import csv
import datetime
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, get_args

import roi_model
from roi_model import plain_results, portfolio_command, text_results
from roi_model.case_files import shipped_cases, write_case
from roi_model.case_schema import case_schema
from roi_model.checks import SERIOUS, check
from roi_model.evaluation import evaluate, perspective_in
from roi_model.portfolio_draws import Ranges
from roi_model.problems import Problem, ScenarioError
from roi_model.scenario import Scenario, Value
from roi_model.settings import CONVENTIONS
from roi_model.simulation import DEFAULT_DRAWS, DEFAULT_LEVEL, Method, simulate
from roi_model.value_map_files import VALUE_MAP_SUFFIXES, load_scenario, write_value_map
from roi_model.verification import verification, verified_cases

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
    scenario = _scenario(options)
    evaluation = evaluate(scenario)
    _write(
        options,
        plain=lambda: plain_results.plain_evaluation(scenario, evaluation),
        text=lambda: text_results.evaluation_text(scenario, evaluation, options.language),
    )
    return 0


def _simulate(options: argparse.Namespace) -> int:
    scenario = _scenario(options)
    try:
        simulation = simulate(scenario, options.draws, options.seed, method=options.method)
    except ValueError as error:
        if isinstance(error, ScenarioError):
            raise
        raise _option_error("--draws, --seed", (options.draws, options.seed), error) from error
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

    scenario = _scenario(options)
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
        raise _option_error("--target, --points, --seed", given, error) from error
    _write(
        options,
        plain=lambda: plain_results.plain_sensitivity(scenario, perspective, **found),
        text=lambda: text_results.sensitivity_text(
            scenario, perspective.id, language=options.language, **found
        ),
    )
    return 0


def _check(options: argparse.Namespace) -> int:
    scenario = _scenario(options)
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
    scenario = _scenario(options)
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
        raise _option_error("TARGET", str(target), error) from error
    return 0


def _report(options: argparse.Namespace) -> int:
    scenario = _scenario(options)
    with _documents(options.command) as documents:
        documents.report(
            scenario,
            Path(options.output),
            language=options.language,
            today=options.date,
            case=load_scenario(options.case),
            association=options.association,
            logo=None if options.logo is None else Path(options.logo),
        )
    return 0


def _export(options: argparse.Namespace) -> int:
    scenario = _scenario(options)
    with _documents(options.command) as documents:
        documents.export(
            scenario,
            Path(options.output),
            language=options.language,
            today=options.date,
            case=load_scenario(options.case),
        )
    return 0


def _portfolio_report(options: argparse.Namespace) -> int:
    drawn = {
        "draws": options.draws,
        "seed": options.seed,
        "between_rows": _between_rows(options.between_rows),
        "ranges": options.ranges,
        "level": options.level,
        "target": options.target,
        "workers": options.workers,
    }
    moved = {name: getattr(options, name) for name in ("away", "towards", "elasticity")}
    is_moved = options.away is not None and options.towards is not None
    with _documents(options.command) as documents:
        portfolio = documents.portfolio_report(
            options.table,
            Path(options.output),
            template=options.template,
            columns=dict(options.columns),
            perspective=options.perspective,
            drawn=drawn if options.draws else None,
            moved=moved if is_moved else None,
            language=options.language,
            today=options.date,
            group_by=options.group,
        )
    for problem in portfolio.problems[: portfolio_command.MOST_SHOWN]:
        print(problem, file=sys.stderr)
    if not portfolio.problems:
        return 0
    print(f"{len(portfolio.problems)} fault(s); {len(portfolio)} row(s) kept", file=sys.stderr)
    return EXIT_FOUND


def _between_rows(stated: list[tuple[str, str]]) -> dict[str, float] | float | None:
    """Return rank correlations by address, or the one for all numbers."""
    try:
        ranks = {address: float(rank) for address, rank in stated}
    except ValueError as error:
        received = ", ".join("=".join(one).strip("=") for one in stated)
        message = "must be ADDRESS=RANK, or a RANK"
        raise _option_error("--between-rows", received, message) from error
    return ranks.get("", ranks or None)


def _import(options: argparse.Namespace) -> int:
    with _documents(options.command) as documents:
        documents.import_workbook(Path(options.workbook), Path(options.output))
    return 0


@contextmanager
def _documents(command: str) -> Iterator[Any]:
    """Yield the commands that make documents: they, and what they need, may not be installed."""
    try:
        from reports import commands

        yield commands
    except ImportError as error:
        message = (
            "documents need a checkout of the whole project: pip install --editable '.[reports]'"
        )
        raise _option_error(command, error.name, message) from error


def _verify(options: argparse.Namespace) -> int:
    known = verified_cases()
    if options.cases and (unknown := set(options.cases) - set(known)):
        raise _option_error("CASE", ", ".join(sorted(unknown)), f"known: {', '.join(known)}")
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


def _scenario(options: argparse.Namespace) -> Scenario:
    """Return the case with the settings and changes of the options.

    All that is wrong with the options is reported at once.
    """
    stated = {name: getattr(options, name) for name in OPTION_OF_SETTING}
    scenario = load_scenario(options.case)
    changes: dict[str, Value] = {
        name: scenario.value_from_text(name, written)
        for name, written in stated.items()
        if written is not None
    }
    for assignment in options.changes:
        address, _, written = assignment.partition("=")
        changes[address] = scenario.value_from_text(address, written)
    if options.perspective is not None:
        changes["perspective"] = options.perspective
    return scenario.with_changes(changes)


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


def _option_error(where: str, received: Any, message: Exception | str) -> ScenarioError:
    problem = Problem(
        where=where, code="option", received=received, allowed="", message=str(message)
    )
    return ScenarioError([problem])


# --- Options -----------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="roi-model",
        description="What one euro spent on social mediation brings back.",
        epilog="Exit status: 0; 1 if check or verify found something; 2 if the input is at fault.",
    )
    parser.add_argument("--version", action="version", version=roi_model.__version__)
    commands = parser.add_subparsers(dest="command", required=True)

    command = _command(commands, "evaluate", _evaluate, "print the result of a case")
    _add_case(command)

    command = _command(commands, "simulate", _simulate, "print how sure the result of a case is")
    _add_case(command)
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
        type=_share,
        default=DEFAULT_LEVEL,
        help="share of the draws that the interval holds",
    )

    command = _command(commands, "sensitivity", _sensitivity, "print which numbers decide")
    _add_case(command)
    command.add_argument(
        "--target", type=float, default=1.0, metavar="RATIO", help="of the switching values"
    )
    command.add_argument(
        "--points", type=_power_of_two, default=2**10, metavar="N", help="a power of two"
    )
    command.add_argument("--seed", type=int, default=0, metavar="S")

    command = _command(commands, "check", _check, "print what an assurer would ask about a case")
    _add_case(command)

    command = _command(commands, "convert", _convert, "write a case in another form", shown=False)
    _add_case(command)
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

    _add_document_commands(commands)

    command = _command(commands, "verify", _verify, "recompute calculations published elsewhere")
    command.add_argument("cases", nargs="*", metavar="CASE", help="all by default")

    _command(commands, "schema", _schema, "print the JSON Schema of case files", shown=False)
    portfolio_command.add_to(commands)
    return parser


def _add_document_commands(commands: Any) -> None:
    endings = "the ending says the form: .xlsx, .csv, .json, .yaml, .pptx, .pdf, or .zip for all"

    command = _command(commands, "report", _report, "write the brief of a case", shown=False)
    _add_case(command)
    _add_document(command, "a file in .pdf")
    command.add_argument("--association", metavar="NAME", help="who presents the brief")
    command.add_argument("--logo", metavar="IMAGE", help="its logo, a file in .png, .jpg or .svg")

    command = _command(commands, "export", _export, "write a document of a case", shown=False)
    _add_case(command)
    _add_document(command, endings)

    _add_portfolio_report(commands)

    command = _command(
        commands, "import", _import, "write the case that an edited workbook holds", shown=False
    )
    command.add_argument("workbook", metavar="FILE", help="a workbook that export wrote, in .xlsx")
    command.add_argument(
        "-o", "--output", required=True, metavar="CASE", help="a case file in .yaml or .json"
    )


def _add_portfolio_report(commands: Any) -> None:
    command = _command(
        commands,
        "portfolio-report",
        _portfolio_report,
        "write the brief or the workbook of many associations, one a row of a table",
        shown=False,
    )
    command.add_argument("table", metavar="TABLE", help="a file in .csv, .xlsx or .parquet")
    command.add_argument("--template", required=True, metavar="T", help="or a case, or its file")
    _add_document(command, "a file in .pdf, the brief, or in .xlsx, the workbook")
    command.add_argument(
        "--draws",
        type=int,
        default=DEFAULT_DRAWS,
        metavar="N",
        help="0 for none, and then neither intervals nor ranks",
    )
    command.add_argument("--seed", type=int, default=0, metavar="S", help="same seed, same result")
    command.add_argument("--perspective", metavar="P", help="point of view; the template's if none")
    command.add_argument(
        "--column",
        dest="columns",
        type=_pair,
        action="append",
        default=[],
        metavar="HEADING=ADDRESS",
        help="what a column is, where it is not guessed",
    )
    command.add_argument(
        "--between-rows",
        type=_pair,
        action="append",
        default=[],
        metavar="ADDRESS=RANK",
        help="rank correlation of a number between rows, 0 to 1, or of all numbers: a RANK alone",
    )
    command.add_argument("--ranges", choices=get_args(Ranges), default="typed")
    command.add_argument("--level", type=_share, default=DEFAULT_LEVEL, help="of the intervals")
    command.add_argument("--target", type=float, default=1.0, metavar="RATIO")
    command.add_argument("--workers", type=int, metavar="N", help="processes of this machine")
    command.add_argument("--group", metavar="COLUMN", help="of the table, to sum rows by")
    for name, help in (
        ("away", "at most, the share of its funds that an association loses"),
        ("towards", "at most, the share of its funds that it gains: with both, funds move"),
        ("elasticity", "of quantities to funds; the template's if none"),
    ):
        command.add_argument(f"--{name}", type=float, metavar="SHARE", help=help)


def _pair(written: str) -> tuple[str, str]:
    """Return what stands before the last sign of equality, and after it."""
    before, _, after = written.rpartition("=")
    return before, after


def _add_document(command: argparse.ArgumentParser, output: str) -> None:
    command.add_argument("-o", "--output", required=True, metavar="FILE", help=output)
    command.add_argument("--language", choices=("fr", "en"), default="fr", help="of the document")
    command.add_argument(
        "--date",
        type=datetime.date.fromisoformat,
        default=datetime.date.today(),
        metavar="YYYY-MM-DD",
        help="that it bears; today by default. With it the same case gives the same bytes",
    )


def _command(
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


def _add_case(command: argparse.ArgumentParser) -> None:
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


def _share(written: str) -> float:
    share = float(written)
    if not 0 < share < 1:
        raise argparse.ArgumentTypeError(f"must be between 0 and 1, both excluded (got {written})")
    return share


def _power_of_two(written: str) -> int:
    number = int(written)
    if number < 2 or number & (number - 1):
        raise argparse.ArgumentTypeError(f"must be a power of two, such as 1024 (got {written})")
    return number
