"""What the command line does with documents: it writes them whole or not at all."""

import datetime
import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from reports.export import exported, require_known
from roi_model.case_files import case_text
from roi_model.portfolio import Portfolio
from roi_model.portfolio_evaluation import evaluate_portfolio
from roi_model.portfolio_funds import chance_of_gain, moved_funds
from roi_model.portfolio_groups import MOST_GROUPS
from roi_model.portfolio_simulation import PortfolioSimulation
from roi_model.problems import Problem, ScenarioError
from roi_model.scenario import Scenario
from ui.words import Language

LARGEST_LOGO = 5_000_000
LARGEST_WORKBOOK = 10_000_000
"""Bytes; a workbook of a hundred outcomes is a hundredth of it."""


def report(
    scenario: Scenario,
    target: Path,
    *,
    language: Language,
    today: datetime.date,
    case: Scenario,
    association: str | None = None,
    logo: Path | None = None,
) -> None:
    """Write the brief of a scenario as PDF.

    Raises:
        ScenarioError: ``target`` ends in something else, the logo cannot be read, the brief cannot
            be made, or its file not be written.
    """
    require_known(target.suffix, where=target.name, known=(".pdf",))
    image = None if logo is None else _read(logo, largest=LARGEST_LOGO)
    content = exported(
        scenario,
        target.suffix,
        language=language,
        today=today,
        case=case,
        association=association,
        logo=image,
    )
    write_whole(target, content)


def export(
    scenario: Scenario, target: Path, *, language: Language, today: datetime.date, case: Scenario
) -> None:
    """Write a scenario in the format that the ending of ``target`` says.

    Raises:
        ScenarioError: the ending says none, the document cannot be made, or not be written.
    """
    require_known(target.suffix, where=target.name)
    content = exported(scenario, target.suffix, language=language, today=today, case=case)
    write_whole(target, content)


def portfolio_report(
    portfolio: Portfolio,
    target: Path,
    *,
    drawn: Callable[[Portfolio, Sequence[str]], PortfolioSimulation] | None,
    moved: Mapping[str, Any] | None,
    language: Language,
    today: datetime.date,
    group_by: str | None,
    selection: tuple[str, Sequence[str]] | None,
) -> None:
    """Write the programme of associations as PDF or workbook.

    ``drawn`` makes the draws, by the columns it is given, and ``moved`` is what ``moved_funds`` is
    asked for, if they are.

    Raises:
        ScenarioError: ``target`` ends in something else, what is asked for is not allowed, or the
            document cannot be written.
    """
    from reports.programme_documents import SUFFIXES, programme_document
    from reports.programme_subject import Funds, groupings

    require_known(target.suffix, where=target.name, known=SUFFIXES)
    if group_by is not None and group_by not in portfolio.labels:
        kept = ", ".join(portfolio.labels)
        raise _not_allowed("--group", group_by, f"must be a column kept from the table: {kept}")
    by = groupings(portfolio)[:1]
    if group_by is not None:
        few = len(set(portfolio.labels[group_by].astype(str).tolist())) <= MOST_GROUPS
        by = [group_by] if few else []
    simulation = None if drawn is None else drawn(portfolio, by)
    funds: Funds | None = None
    if moved is not None:
        elasticity, chance = moved["elasticity"], None
        try:
            found = moved_funds(evaluate_portfolio(portfolio), **moved)
            if simulation is not None:
                chance = chance_of_gain(simulation, found, elasticity=elasticity)
        except ScenarioError:
            raise
        except ValueError as error:
            raise _not_allowed("options", "see below", str(error)) from error
        funds = {
            "away": moved["away"],
            "towards": moved["towards"],
            "elasticity": elasticity,
            "found": found,
            "chance": chance,
        }
    content = programme_document(
        target.suffix,
        portfolio,
        simulation,
        language=language,
        today=today,
        group_by=group_by,
        selection=selection,
        funds=funds,
    )
    write_whole(target, content)


def import_workbook(source: Path, target: Path) -> None:
    """Write the scenario in a workbook as YAML or JSON, as the ending of ``target`` says.

    Raises:
        ScenarioError: ``source`` is no workbook of a scenario, or holds faults, all of which are
            listed; ``target`` ends in something else or cannot be written.
    """
    from reports.workbook_reading import scenario_from_workbook

    require_known(source.suffix, where=source.name, known=(".xlsx",))
    require_known(target.suffix, where=target.name, known=(".yaml", ".yml", ".json"))
    content = _read(source, largest=LARGEST_WORKBOOK)
    scenario = scenario_from_workbook(content, name=source.name)
    write_whole(target, case_text(scenario, target.suffix).encode())


def write_whole(target: Path, content: bytes) -> None:
    """Write a file beside its place, then put it there: a reader finds all of it or the old one.

    Raises:
        ScenarioError: it cannot be written.
    """
    if target.exists() and not target.is_file():
        raise _file_error(target, "must be a file", target)
    place = target.resolve()  # what a link points to is replaced, not the link
    beside = place.with_name(f".{uuid.uuid4().hex}.part")
    try:
        try:
            beside.write_bytes(content)
            os.replace(beside, place)
        finally:
            beside.unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        raise _file_error(target, "must be a file that can be written", error) from error


def _read(path: Path, *, largest: int) -> bytes:
    """Return the content of a file; one byte too many at most is read."""
    try:
        with path.open("rb") as file:
            content = file.read(largest + 1)
    except (OSError, ValueError) as error:
        raise _file_error(path, "must be an existing file that can be read", error) from error
    if len(content) > largest:
        raise _file_error(path, f"must be at most {largest} bytes", path)
    return content


def _not_allowed(where: str, received: str, message: str) -> ScenarioError:
    problem = Problem(where=where, code="option", received=received, allowed="", message=message)
    return ScenarioError([problem])


def _file_error(path: Path, message: str, received: Any) -> ScenarioError:
    why = getattr(received, "strerror", None)
    problem = Problem(
        where=path.name or str(path),
        code="file",
        received=str(path),
        allowed="",
        message=f"{message}: {why}" if why else message,
    )
    return ScenarioError([problem])
