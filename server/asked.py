"""What the interface is asked, read from JSON within limits, and refused with every fault."""

import json
import re
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
        raise ScenarioError(problems_of(error, data)) from error


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
