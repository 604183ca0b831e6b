"""Case files: a scenario written as YAML or JSON, with its derived numbers computed on reading."""

import json
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import ValidationError

from roi_model import formulas
from roi_model.parameters import Derivation
from roi_model.problems import Problem, ScenarioError
from roi_model.reference_data import DATA
from roi_model.scenario import Scenario, problems_of

CASES = DATA / "cases"
RULES = get_args(Derivation.model_fields["rule"].annotation)
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
    if not _is_file(path):
        known = ", ".join(shipped_cases())
        raise _file_error(path, f"must be an existing file or a shipped case ({known})")
    return read_case(path)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long, or with a character no file system takes
        return False


@lru_cache(maxsize=32)
def _shipped(case: str) -> Scenario:
    return read_case(CASES / f"{case}.yaml")


class _Loader(yaml.SafeLoader):
    """YAML without code, and without keys that silently replace one another."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return a mapping; ``yaml.YAMLError`` when a key stands twice in it."""
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        repeated = [key for key, times in Counter(keys).items() if times > 1 and key != "<<"]
        if repeated:
            raise yaml.YAMLError(f"the key {repeated[0]!r} stands twice{node.start_mark}")
        return super().construct_mapping(node, deep=deep)


def read_case(path: Path) -> Scenario:
    """Return the scenario in a YAML or JSON file.

    Raises:
        ScenarioError: the file cannot be read, or its scenario has faults.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise _file_error(path, f"must be at most {LARGEST_FILE} bytes")
        text = path.read_text(encoding="utf-8")
        data = json.loads(text) if path.suffix == ".json" else yaml.load(text, Loader=_Loader)
    except ScenarioError:
        raise
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
    """Return ``data`` with the value of each derived factor computed.

    What has no rule that can be followed is left without a value, which validation reports.
    """
    try:
        figures = {
            one["id"]: one for group in ("figures", "costs") for one in data.get(group) or ()
        }
        outcomes = [
            {**outcome, "factors": [dict(factor) for factor in outcome["factors"]]}
            for outcome in data["outcomes"]
        ]
    except (KeyError, TypeError, ValueError, AttributeError):
        return data
    funding = data.get("funding")
    if isinstance(funding, Mapping):
        funding = {
            name: dict(one) if isinstance(one, Mapping) else one for name, one in funding.items()
        }
    held = [(outcome, factor) for outcome in outcomes for factor in outcome["factors"]]
    held += [({}, one) for one in (funding or {}).values() if isinstance(one, Mapping)]
    derived = [(holder, one) for holder, one in held if isinstance(one.get("derivation"), Mapping)]
    # Quotients first: a remainder needs the value of every other line.
    derived.sort(key=lambda pair: pair[1]["derivation"].get("rule") == "remainder")
    for outcome, factor in derived:
        others = [other for other in outcomes if other is not outcome]
        computed = _derived(factor["derivation"], figures, others)
        stated = factor.get("value", computed)
        # A value that is stated all the same must be the one the rule gives.
        if stated == computed and computed is not None:
            factor["value"] = computed
        else:
            factor.pop("value", None)
    return {**data, "outcomes": outcomes, **({"funding": funding} if funding else {})}


def _derived(
    rule: Mapping[str, Any], figures: Mapping[str, Any], others: list[dict[str, Any]]
) -> float | None:
    """Return what a rule gives; ``None`` when it names no figure or divides by zero.

    Where another number it needs is itself at fault the value is 0: the file is refused for
    that fault, and this number is not to be blamed.
    """
    names = ("of", "by") if rule.get("rule") == "quotient" else ("of",)
    needed = [str(rule.get(name)) for name in names]
    if rule.get("rule") not in RULES or not all(name in figures for name in needed):
        return None
    try:
        of, *by = (float(figures[name]["value"]) for name in needed)
        if by:
            return of / by[0] if by[0] else None
        return of - float(
            sum(
                formulas.gross_value(factor["value"] for factor in other["factors"])
                for other in others
            )
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        return 0.0


def _file_error(path: Path, message: str) -> ScenarioError:
    problem = Problem(where=path.name, code="file", received=str(path), allowed="", message=message)
    return ScenarioError([problem])
