"""The commands about many associations: ``portfolio`` and ``portfolio-table``.

Exit status of ``portfolio``: 0; 1 when rows were left out; 2 when no result could be made.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import numpy as np

import roi_model
from roi_model.command_options import EXIT_FOUND, add_command, option_error, share
from roi_model.portfolio import Portfolio
from roi_model.portfolio_columns import Match, matches_of
from roi_model.portfolio_draws import DEFAULT_DRAWS, Ranges, plan_of
from roi_model.portfolio_evaluation import evaluate_portfolio
from roi_model.portfolio_files import portfolio_from, table_to_fill
from roi_model.portfolio_groups import groups_of
from roi_model.portfolio_results import (
    fault_columns,
    group_columns,
    result_columns,
    write_columns,
)
from roi_model.portfolio_simulation import PortfolioSimulation, simulate_portfolio
from roi_model.portfolio_tables import Columns, read_table
from roi_model.problems import ScenarioError
from roi_model.scenario import Scenario
from roi_model.simulation import DEFAULT_LEVEL, Simulation
from roi_model.templates import Template, load_template, templates
from roi_model.value_map_files import load_scenario

MOST_SHOWN = 20
"""Faults that are listed on the screen; the file beside the results has all of them."""


def add_to(commands: Any) -> None:
    """Add the commands to those of a command line: what ``add_subparsers`` returned."""
    help = "evaluate and simulate many associations, one a row of a table"
    command = add_command(commands, "portfolio", _portfolio, help, shown=False)
    add_options(command)
    command.add_argument(
        "-o", "--output", required=True, metavar="FILE", help="in .parquet, .csv or .xlsx"
    )
    command.add_argument(
        "--group",
        dest="groups",
        action="append",
        default=[],
        metavar="COLUMN",
        help="of the table, to sum rows by, in FILE.groups; may be repeated",
    )
    command.add_argument(
        "--language",
        choices=("fr", "en"),
        help="of the headings of a file for people; keys for programs if none, and in .parquet",
    )

    help = "write a table to fill in, one row an association"
    command = add_command(commands, "portfolio-table", _table, help, shown=False)
    _add_template(command)
    command.add_argument("-o", "--output", required=True, metavar="FILE", help="in .csv or .xlsx")
    command.add_argument("--language", choices=("fr", "en"), default="fr", help="of the headings")


def add_options(command: argparse.ArgumentParser, *, draws: str | None = None) -> None:
    """Add what says which associations are read, and how they are simulated."""
    command.add_argument("table", metavar="TABLE", help="a file in .csv, .xlsx or .parquet")
    _add_template(command)
    command.add_argument("--perspective", metavar="P", help="point of view; the template's if none")
    command.add_argument(
        "--column",
        dest="columns",
        action="append",
        default=[],
        metavar="HEADING=ADDRESS",
        help="what a column is, where it is not guessed; nothing after = leaves it out",
    )
    command.add_argument(
        "--keep",
        action="append",
        default=[],
        metavar="COLUMN=TEXT",
        help="only the rows of which a column says this; may be repeated for more texts of it",
    )
    command.add_argument("--draws", type=int, default=DEFAULT_DRAWS, metavar="N", help=draws)
    command.add_argument("--seed", type=int, default=0, metavar="S", help="same seed, same result")
    command.add_argument(
        "--between-rows",
        action="append",
        default=[],
        metavar="ADDRESS=RANK",
        help="rank correlation of a number between rows, 0 to 1, or of all numbers: a RANK alone",
    )
    command.add_argument(
        "--ranges",
        choices=get_args(Ranges),
        default="typed",
        help="of typed numbers without one in the table: as any typed number, or the template's",
    )
    command.add_argument("--level", type=share, default=DEFAULT_LEVEL, help="of the intervals")
    command.add_argument("--target", type=float, default=1.0, metavar="RATIO")
    command.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster to run on")
    command.add_argument("--workers", type=int, metavar="N", help="processes of this machine")
    command.add_argument("--progress", action="store_true", help="even where none sees it")


def _add_template(command: argparse.ArgumentParser) -> None:
    known = ", ".join(templates())
    command.add_argument(
        "--template", required=True, metavar="T", help=f"one of {known}; or a case, or its file"
    )


# --- Commands ----------------------------------------------------------------------------------


def _portfolio(options: argparse.Namespace) -> int:
    read = associations(options)
    portfolio, template = read.portfolio, read.template
    by = _grouped_by(portfolio, options.groups)
    simulation = simulated(options, portfolio, by)
    evaluation = evaluate_portfolio(portfolio)
    output = Path(options.output)
    language = None if output.suffix.lower() == ".parquet" else options.language

    def write(columns: Columns, path: Path) -> None:
        said = _said(simulation)
        _write(lambda to: write_columns(columns, to, language=language, said=said), path)

    of_rows = template if isinstance(template, Template) else None
    write(result_columns(evaluation, simulation, template=of_rows, language=language), output)
    if by:
        groups = output.with_name(f"{output.stem}.groups{output.suffix}")
        write(group_columns(evaluation, simulation, language=language), groups)
    for match in read.matches:
        _say(f"{match.heading}: {match.target or 'kept as it is'} ({match.how})")
    _say(_programme(simulation.programme, len(portfolio), options.level))
    if not portfolio.problems:
        return 0
    faults = output.with_name(f"{output.stem}.faults.csv")
    _write(lambda path: write_columns(fault_columns(portfolio.problems), path), faults)
    return told_faults(portfolio, all_in=faults)


def _grouped_by(portfolio: Portfolio, stated: Sequence[str]) -> tuple[str, ...]:
    """Return the columns to sum rows by, each once."""
    by = tuple(dict.fromkeys(stated))
    try:
        groups_of(portfolio, by)
    except KeyError as error:
        columns = ", ".join(portfolio.labels)
        message = f"must be a column kept from the table: {columns}"
        raise option_error("--group", error.args[0], message) from error
    except ValueError as error:
        raise option_error("--group", ", ".join(by), error) from error
    return by


def _table(options: argparse.Namespace) -> int:
    output = Path(options.output)
    content = table_to_fill(
        template_of(options), suffix=output.suffix.lower(), language=options.language
    )
    _write(lambda path: path.write_bytes(content), output)
    return 0


# --- What is read and simulated ----------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Associations:
    """The associations that a command is about."""

    template: Template | Scenario
    matches: tuple[Match, ...]
    portfolio: Portfolio
    selection: tuple[str, tuple[str, ...]] | None
    """The column that rows were chosen by, and the texts that were kept."""


def template_of(options: argparse.Namespace) -> Template | Scenario:
    """Return the template that associations share."""
    named = options.template
    return load_template(named) if named in templates() else load_scenario(named)


def associations(options: argparse.Namespace) -> Associations:
    """Return the associations in a table, those alone that are to be kept.

    Raises:
        ScenarioError: the table, a column or an option is at fault.
    """
    template = template_of(options)
    table = read_table(options.table)
    matches = matches_of(table, template, dict(_pair(one) for one in options.columns))
    portfolio = portfolio_from(table, template, matches, perspective=options.perspective)
    selection = _selection(portfolio, options.keep) if options.keep else None
    if selection is not None:
        column, texts = selection
        is_kept = np.isin(portfolio.labels[column].astype(str), texts)
        portfolio = replace(portfolio.rows(is_kept), problems=portfolio.problems)
    return Associations(
        template=template, matches=matches, portfolio=portfolio, selection=selection
    )


def _selection(portfolio: Portfolio, stated: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Return the column to choose rows by, and the texts to keep: all are of that column."""
    message = f"must be COLUMN=TEXT, of one column kept: {', '.join(portfolio.labels)}"
    for column, said in portfolio.labels.items():
        begins, known = f"{column}=", set(said.astype(str))
        texts = tuple(one.removeprefix(begins) for one in stated if one.startswith(begins))
        if len(texts) == len(stated) and known.issuperset(texts):
            return column, texts
        if len(texts) == len(stated):
            rows_say = ", ".join(sorted(filter(None, known)))
            unknown = ", ".join(sorted(set(texts) - known))
            message = f"no row says {unknown} under {column}; rows say: {rows_say}"
    raise option_error("--keep", ", ".join(stated), message)


def simulated(
    options: argparse.Namespace, portfolio: Portfolio, by: Sequence[str] = ()
) -> PortfolioSimulation:
    """Return the draws of associations, ``by`` columns too, made where the options say.

    Raises:
        ScenarioError: an option is at fault, or the cluster does not answer.
    """
    stated: dict[str, Any] = {
        "draws": options.draws,
        "seed": options.seed,
        "between_rows": _between_rows(options.between_rows),
        "ranges": options.ranges,
        "level": options.level,
        "target": options.target,
    }
    try:
        plan_of(portfolio, **stated)  # before a cluster is asked for
    except ScenarioError:
        raise
    except ValueError as error:
        name, message = str(error).partition(" ")[0], str(error).partition(" (got")[0]
        option = name if name in ("draws", "seed", "level") else "between_rows"
        received = getattr(options, option)
        raise option_error(f"--{option.replace('_', '-')}", received, message) from error
    with ExitStack() as stack:
        stated |= {"by": by, "workers": options.workers}
        if options.scheduler is not None:
            from roi_model.portfolio_cluster import cluster_at

            cluster = stack.enter_context(cluster_at(options.scheduler))
            stated |= {"executor": cluster.executor, "workers": cluster.workers}
        if options.progress or sys.stderr.isatty():
            stated["progress"] = _teller(len(portfolio))
        return simulate_portfolio(portfolio, **stated)


def told_faults(portfolio: Portfolio, *, all_in: Path | None = None) -> int:
    """Say which rows were left out, and where all faults are listed; return the exit status."""
    if not portfolio.problems:
        return 0
    for problem in portfolio.problems[:MOST_SHOWN]:
        sys.stderr.write(f"{problem}\n")
    where = "" if all_in is None else f", all in {all_in}"
    count = len(portfolio.problems)
    sys.stderr.write(f"{count} fault(s){where}; {len(portfolio)} row(s) kept\n")
    return EXIT_FOUND


def _teller(rows: int) -> Callable[[float], None]:
    """Return what tells the progress, on one line of a terminal, or a line each."""
    started, end = time.monotonic(), "\r" if sys.stderr.isatty() else "\n"

    def tell(share: float) -> None:
        taken = time.monotonic() - started
        left = taken * (1 - share) / share
        said = f"{share:4.0%} of {rows} rows, {taken:.0f} s, {left:.0f} s left "
        sys.stderr.write(f"{said}{end if share < 1 else chr(10)}")
        sys.stderr.flush()

    return tell


def _between_rows(stated: list[str]) -> dict[str, float] | float | None:
    found: dict[str, float] = {}
    for one in stated:
        address, mark, rank = one.rpartition("=")
        try:
            if not mark:
                return float(rank)
            found[address] = float(rank)
        except ValueError as error:
            raise option_error("--between-rows", one, "must be ADDRESS=RANK, or a RANK") from error
    return found or None


def _pair(stated: str) -> tuple[str, str]:
    heading, mark, address = stated.rpartition("=")
    if not mark:
        raise option_error("--column", stated, "must be HEADING=ADDRESS")
    return heading, address


def _programme(programme: Simulation, rows: int, level: float) -> str:
    interval = programme.interval(level)
    return (
        f"{rows} rows, {programme.draws} draws, seed {programme.seed}, "
        f"{programme.perspective.id}: ratio of the programme "
        f"{programme.mean().value:.2f} ({interval.low.value:.2f} to {interval.high.value:.2f})"
    )


def _said(simulation: PortfolioSimulation) -> dict[str, str]:
    """Return how results were made, to go with them."""
    plan = simulation.plan
    return {
        "roi_model": roi_model.__version__,
        "template": plan.template.id,
        "fingerprint": plan.template.fingerprint,
        "perspective": plan.perspective.id,
        "seed": str(plan.seed),
        "draws": str(simulation.draws),
        "level": str(plan.level),
        "target": str(plan.target),
        "ranges": plan.ranges,
        "between_rows": ", ".join(
            f"{one} {rank:g}" for one, rank in simulation.between_rows.items()
        ),
    }


def _write(write: Callable[[Path], Any], path: Path) -> None:
    try:
        write(path)
    except OSError as error:
        raise option_error("--output", str(path), str(error)) from error


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
