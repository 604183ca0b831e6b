"""How much a case may hold, looked at before anything is made of it.

A few lines of YAML can stand for millions of values, and each value can have several faults: what
goes beyond any scenario is refused before it is copied, checked or written about.
"""

from collections.abc import Mapping
from typing import Any

import yaml

from roi_model.problems import Problem, ScenarioError
from roi_model.scenario import Scenario
from roi_model.value_map import Outcome

MOST_VALUES = 50_000
"""Of a case, repeated ones counted each time; 200 outcomes with all their papers have half."""
DEEPEST = 100
"""Lists and mappings inside one another; a case has ten."""
MOST_RECORDS: dict[str, int] = {
    name: limit.max_length
    for record in (Scenario, Outcome)
    for name, field in record.model_fields.items()
    for limit in field.metadata
    if hasattr(limit, "max_length")
}
"""By the name of the list that holds them."""


def require_bounds(data: Any, source: str) -> None:
    """Refuse data that holds more than a scenario can; ``source`` names the file.

    Raises:
        ScenarioError: there are too many records of one kind, or values in all.
    """
    left, waiting = MOST_VALUES, [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            for name, one in value.items():
                most = MOST_RECORDS.get(name) if isinstance(name, str) else None
                if most is not None and isinstance(one, list | dict) and len(one) > most:
                    raise _too_many(name, most, len(one), source)
            value = value.values()
        elif not isinstance(value, list | tuple | set):
            continue
        left -= len(value)
        if left < 0:
            raise _too_many("", MOST_VALUES, None, source)
        waiting += value


def require_few_nodes(text: str) -> None:
    """Refuse YAML that holds more than a scenario can, before it is read.

    Raises:
        ScenarioError: there are too many values.
        RecursionError: they are too deep inside one another.
        yaml.YAMLError: it is no YAML.
    """
    try:
        # The parser in C is ten times faster, and refuses a little more.
        _count(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, UnicodeError):
        _count(text, yaml.SafeLoader)


def _count(text: str, loader: Any) -> None:
    left, depth = 2 * MOST_VALUES, 0  # the keys of mappings are counted too
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
            continue
        left -= 1
        depth += isinstance(event, yaml.CollectionStartEvent)
        if left < 0:
            raise _too_many("", MOST_VALUES, None, "")
        if depth > DEEPEST:
            raise RecursionError(f"more than {DEEPEST} lists and mappings inside one another")


def _too_many(where: str, most: int, received: int | None, source: str) -> ScenarioError:
    message = f"must have at most {most} items" if where else f"must have at most {most} values"
    problem = Problem(
        where=where, code="too_long", received=received, allowed=f"allowed {most}", message=message
    )
    return ScenarioError([problem], source=source)
