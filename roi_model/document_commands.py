"""The commands that write documents, and the one that reads a workbook back.

Documents are those of the package ``reports``, which stands beside this one in a checkout and is
loaded when a command asks for one: the model is installed, and works, without it.
"""

import argparse
import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from roi_model import portfolio_command
from roi_model.command_options import add_case, add_command, option_error, scenario_of
from roi_model.value_map_files import load_scenario


def add_to(commands: Any) -> None:
    """Add the commands to those of a command line: what ``add_subparsers`` returned."""
    endings = "the ending says the form: .xlsx, .csv, .json, .yaml, .pptx, .pdf, or .zip for all"

    command = add_command(commands, "report", _report, "write the brief of a case", shown=False)
    add_case(command)
    _add_document(command, "a file in .pdf")
    command.add_argument("--association", metavar="NAME", help="who presents the brief")
    command.add_argument("--logo", metavar="IMAGE", help="its logo, a file in .png, .jpg or .svg")

    command = add_command(commands, "export", _export, "write a document of a case", shown=False)
    add_case(command)
    _add_document(command, endings)

    help = "write the brief or the workbook of many associations, one a row of a table"
    command = add_command(commands, "portfolio-report", _portfolio_report, help, shown=False)
    portfolio_command.add_options(command, draws="0 for none, and then neither intervals nor ranks")
    _add_document(command, "a file in .pdf, the brief, or in .xlsx, the workbook")
    command.add_argument("--group", metavar="COLUMN", help="of the table, to sum rows by")
    for name, help in (
        ("away", "at most, the share of its funds that an association loses"),
        ("towards", "at most, the share of its funds that it gains: with both, funds move"),
        ("elasticity", "of quantities to funds; the template's if none"),
    ):
        command.add_argument(f"--{name}", type=float, metavar="SHARE", help=help)

    command = add_command(
        commands, "import", _import, "write the case that an edited workbook holds", shown=False
    )
    command.add_argument("workbook", metavar="FILE", help="a workbook that export wrote, in .xlsx")
    command.add_argument(
        "-o", "--output", required=True, metavar="CASE", help="a case file in .yaml or .json"
    )


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


def _report(options: argparse.Namespace) -> int:
    scenario = scenario_of(options)
    with _documents(options.command) as documents:
        documents.report(
            scenario,
            Path(options.output),
            **_about(options),
            association=options.association,
            logo=None if options.logo is None else Path(options.logo),
        )
    return 0


def _export(options: argparse.Namespace) -> int:
    scenario = scenario_of(options)
    with _documents(options.command) as documents:
        documents.export(scenario, Path(options.output), **_about(options))
    return 0


def _about(options: argparse.Namespace) -> dict[str, Any]:
    """Return what every document of a scenario is told: its language, its date, where it began."""
    return {
        "language": options.language,
        "today": options.date,
        "case": load_scenario(options.case),
    }


def _portfolio_report(options: argparse.Namespace) -> int:
    moved = {name: getattr(options, name) for name in ("away", "towards", "elasticity")}
    is_moved = options.away is not None and options.towards is not None
    with _documents(options.command) as documents:
        read = portfolio_command.associations(options)
        documents.portfolio_report(
            read.portfolio,
            Path(options.output),
            drawn=partial(portfolio_command.simulated, options) if options.draws else None,
            moved=moved if is_moved else None,
            language=options.language,
            today=options.date,
            group_by=options.group,
            selection=read.selection,
        )
    return portfolio_command.told_faults(read.portfolio)


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
        raise option_error(command, error.name, message) from error
