"""What the interface is asked, read from JSON within limits, and refused with every fault."""

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from roi_model import Problem, Scenario, ScenarioError
from roi_model.case_files import scenario_from
from roi_model.parameters import LONGEST_LABEL
from roi_model.problems import LONGEST_SHOWN, shown
from roi_model.scenario import problems_of
from roi_model.simulation import DEFAULT_DRAWS, DEFAULT_LEVEL, FEWEST_DRAWS, Method
from ui.bases import load
from ui.words import Language

DEEPEST = 40
"""Lists and objects inside one another; a case has ten."""
MOST_CHANGES = 2_000
MOST_PROBLEMS = 100
MOST_TARGETS = 20
MISPLACED = "; a number or a setting of the case, such as perspective, goes under changes"
EITHER = {
    "case": "the name of a case, or a case whole",
    "changes": "a number, or a text where there is a choice",
}
"""What stands where two kinds are possible."""
_KIND = re.compile(r"((case|changes)(?:\..+)?)\.(?:constrained-str|dict\[str,any\]|float|str)")
"""A place with the kind that pydantic tried there."""
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKETS = re.compile(rb"[\[\]{}]")

Line = Annotated[
    str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f-\x9f]+$", max_length=LONGEST_LABEL)
]
Number = Annotated[float, Field(allow_inf_nan=False)]


class Asked(BaseModel):
    """A case, by its name or whole, and the numbers and choices that differ from it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    case: Annotated[str, StringConstraints(max_length=60)] | dict[str, Any]
    changes: Annotated[dict[str, float | str], Field(max_length=MOST_CHANGES)] = Field(
        default_factory=dict
    )

    def began_as(self) -> Scenario:
        """Return the case without the changes."""
        if not isinstance(self.case, str):
            return scenario_from(self.case)
        try:
            return load(self.case)
        except KeyError as error:
            raise refusal("case", "unknown_case", self.case, "", "there is no such case") from error

    def scenario(self) -> Scenario:
        """Return the scenario that is asked about.

        Raises:
            ScenarioError: the case has faults, or a change is not allowed; all are listed.
        """
        return self.began_as().with_changes(self.changes)

    def faults(self) -> tuple[Problem, ...]:
        """Return what is wrong with the scenario that is asked about."""
        try:
            self.scenario()
        except ScenarioError as error:
            return error.problems
        return ()


class AskedSimulation(Asked):
    """A scenario, and how it is to be simulated."""

    draws: Annotated[int, Field(ge=FEWEST_DRAWS)] = DEFAULT_DRAWS
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    method: Method = "sobol"
    targets: Annotated[list[Number], Field(max_length=MOST_TARGETS)] = [1.0]
    level: Annotated[Number, Field(gt=0, lt=1)] = DEFAULT_LEVEL


class AskedReport(Asked):
    """A scenario, and how the brief on it is to be."""

    language: Language = "fr"
    association: Line | None = None


def refusal(where: str, code: str, received: Any, allowed: str, message: str) -> ScenarioError:
    """Return the refusal of one thing that was asked."""
    return ScenarioError(
        [Problem(where=where, code=code, received=received, allowed=allowed, message=message)]
    )


def json_in(body: bytes) -> Any:
    """Return the data in a body of JSON.

    Raises:
        ScenarioError: it is no JSON, says a key twice or a number that is none, or is too deep.
    """
    if deepest(body) > DEEPEST:
        message = f"must have at most {DEEPEST} lists and objects inside one another"
        raise refusal("", "too_deep", None, str(DEEPEST), message)
    try:
        data = json.loads(body, parse_constant=_no_number, object_pairs_hook=_once_each)
        # Half a character, from an escape such as \ud800, can be sent to nobody.
        json.dumps(data, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise refusal("", "not_json", None, "", "must be JSON in UTF-8, each key once") from error
    return data


def read(body: bytes, kind: type[Asked]) -> Any:
    """Return what a body asks.

    Raises:
        ScenarioError: it is not allowed; every fault is listed.
    """
    data = json_in(body)
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        found = _plain(problems_of(error, data), kind)
        raise ScenarioError([*found, *_faults_beside(data)]) from error


def _faults_beside(data: Any) -> tuple[Problem, ...]:
    """Return what is wrong with a scenario that can be read among other faults."""
    if not isinstance(data, dict):
        return ()
    changes = data.get("changes")
    if isinstance(changes, dict):
        changes = {
            name: value
            for name, value in changes.items()
            if isinstance(value, int | float | str) and not isinstance(value, bool)
        }
    try:
        asked = Asked.model_validate({"case": data.get("case"), "changes": changes or {}})
    except ValidationError:
        return ()
    return asked.faults()


def _plain(problems: Iterable[Problem], kind: type[Asked]) -> list[Problem]:
    """Return faults in the words of JSON, one for each place."""
    fields = ", ".join(kind.model_fields)
    found: dict[str, Problem] = {}
    for one in problems:
        change: dict[str, Any]
        if one.code == "model_type":
            change = {"allowed": fields, "message": "must be a JSON object"}
        elif one.code == "extra_forbidden":
            change = {"allowed": fields + MISPLACED, "message": "there is no such field"}
        elif one.code == "missing":
            change = {"received": None, "message": "must be given"}
        elif tried := _KIND.fullmatch(one.where):
            allowed = EITHER[tried[2]]
            change = {"where": tried[1], "allowed": allowed, "message": f"must be {allowed}"}
        else:
            change = {"message": one.message.replace("dictionary", "object")}
        plain = replace(one, **change)
        found.setdefault(plain.where, plain)
    return list(found.values())


def deepest(body: bytes) -> int:
    """Return how many lists and objects of a JSON text are inside one another at most."""
    depth = most = 0
    for bracket in _BRACKETS.findall(_STRING.sub(b"", body)):
        depth += 1 if bracket in b"[{" else -1
        most = max(most, depth)
    return most


def plain_problems(error: ScenarioError) -> list[dict[str, Any]]:
    """Return the faults as JSON can say them, the first hundred."""
    return [
        {
            "where": one.where[:200],
            "code": one.code,
            "received": _received(one.received),
            "allowed": one.allowed[:500],
            "message": one.message[:500],
        }
        for one in error.problems[:MOST_PROBLEMS]
    ]


def _received(value: Any) -> Any:
    match value:
        case None | bool():
            return value
        case int() | float() if abs(value) < 2**53:
            return value
        case str() if len(value) <= LONGEST_SHOWN:
            return value
    return shown(value)


def _no_number(written: str) -> None:
    raise ValueError(f"{written} is no number")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise ValueError("a key stands twice")
    return data
