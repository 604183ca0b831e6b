"""Case files: a scenario written as YAML or JSON, with its derived numbers computed on reading."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from roi_model import formulas
from roi_model.problems import Problem, ScenarioError
from roi_model.scenario import Scenario, problems_of

DATA = Path(__file__).resolve().parent.parent / "data"
CASES = DATA / "cases"
LARGEST_FILE = 2_000_000
"""Bytes; a case with its texts is about 20 000."""


def shipped_cases() -> tuple[str, ...]:
    """Return the ids of the cases shipped with the model, in alphabetical order."""
    return tuple(sorted(path.stem for path in CASES.glob("*.yaml")))


def load_case(case: str | Path) -> Scenario:
    """Return a case: a shipped one by its id, or the one in a YAML or JSON file.

    Raises:
        ScenarioError: there is no such case, or it has faults; all of them are listed.
    """
    if isinstance(case, str) and case in shipped_cases():
        return _shipped(case)
    path = Path(case)
    if not path.is_file():
        known = ", ".join(shipped_cases())
        raise _file_error(path, f"must be an existing file or a shipped case ({known})")
    return read_case(path)


@lru_cache(maxsize=32)
def _shipped(case: str) -> Scenario:
    return read_case(CASES / f"{case}.yaml")


def read_case(path: Path) -> Scenario:
    """Return the scenario in a YAML or JSON file.

    Raises:
        ScenarioError: the file cannot be read, or its scenario has faults.
    """
    if path.stat().st_size > LARGEST_FILE:
        raise _file_error(path, f"must be at most {LARGEST_FILE} bytes")
    try:
        text = path.read_text(encoding="utf-8")
        data = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
        raise _file_error(path, f"must be readable as YAML or JSON: {error}") from error
    return scenario_from(data, source=path.name)


def scenario_from(data: Any, *, source: str = "") -> Scenario:
    """Return the scenario that ``data``, as read from a file, describes.

    Derived numbers are computed here from the figures they name and never typed.

    Raises:
        ScenarioError: every fault, each with its place; ``source`` names the file.
    """
    completed = _with_derived_values(data)
    try:
        return Scenario.model_validate(completed)
    except ValidationError as error:
        raise ScenarioError(problems_of(error, completed), source=source) from error


def _with_derived_values(data: Any) -> Any:
    """Return ``data`` with the value of each derived factor filled in where it follows.

    What cannot be derived is left without a value, which validation then reports.
    """
    if not isinstance(data, Mapping):
        return data
    try:
        figures = {figure["id"]: figure["value"] for figure in data.get("figures") or ()}
        outcomes = [dict(outcome) for outcome in data["outcomes"]]
        for outcome in outcomes:
            outcome["factors"] = [dict(factor) for factor in outcome["factors"]]
        _fill(outcomes, figures)
    except (KeyError, TypeError, ValueError, ZeroDivisionError, AttributeError):
        return data
    return {**data, "outcomes": outcomes}


def _fill(outcomes: list[dict[str, Any]], figures: Mapping[str, float]) -> None:
    """Put values into derived factors: quotients first, since a remainder needs all the rest."""
    derived = [
        (outcome, factor, rule)
        for outcome in outcomes
        for factor in outcome["factors"]
        if (rule := factor.get("derivation")) and "value" not in factor
    ]
    for _, factor, rule in derived:
        if rule["rule"] == "quotient":
            factor["value"] = figures[rule["of"]] / figures[rule["by"]]
    for outcome, factor, rule in derived:
        if rule["rule"] == "remainder":
            others = sum(
                formulas.gross_value(other_factor["value"] for other_factor in other["factors"])
                for other in outcomes
                if other is not outcome
            )
            factor["value"] = float(figures[rule["of"]] - others)


def _file_error(path: Path, message: str) -> ScenarioError:
    problem = Problem(where=path.name, code="file", received=str(path), allowed="", message=message)
    return ScenarioError([problem])
