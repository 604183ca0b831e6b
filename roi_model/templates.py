"""Templates: cases to fill in, with sourced unit values and no quantity that only a user knows."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Self

import yaml
from pydantic import Field, model_validator

from roi_model.case_files import scenario_from
from roi_model.evidence_library import evidence_library
from roi_model.parameters import Identifier, Name, Record, Text
from roi_model.reference_data import DATA
from roi_model.scenario import Scenario

FOLDER = DATA / "templates"
MOST_QUESTIONS = 10

TO_FILL = {
    "value": 0,
    "low": 0,
    "high": 0,
    "provenance": "assumed",
    "reason": {"fr": "À remplir par vous.", "en": "For you to fill in."},
}
"""What stands for a number that only the user knows: nothing is claimed until it is typed."""


class Question(Record):
    """A question in plain words, and the numbers that its answer fills."""

    id: Identifier
    text: Name
    help: Text
    fills: Annotated[tuple[str, ...], Field(min_length=1, max_length=6)]


class Template(Record):
    """A case to fill in, with its questions in the order that a director knows the answers."""

    id: Identifier
    name: Name
    description: Text
    to_fill: tuple[str, ...]
    """Addresses of the numbers that only the user knows."""
    questions: Annotated[tuple[Question, ...], Field(max_length=MOST_QUESTIONS)] = ()
    case: Scenario

    @model_validator(mode="after")
    def _asks_for_all_that_is_missing(self) -> Self:
        asked = [address for question in self.questions for address in question.fills]
        unknown = set(asked) - dict(self.case.parameters()).keys()
        if unknown:
            raise ValueError(f"{self.id}: no such number: {', '.join(sorted(unknown))}")
        if set(self.to_fill) - set(asked):
            left = ", ".join(sorted(set(self.to_fill) - set(asked)))
            raise ValueError(f"{self.id}: no question asks for {left}")
        return self


def templates() -> tuple[str, ...]:
    """Return the ids of the templates, in alphabetical order."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@lru_cache(maxsize=32)
def load_template(template_id: str) -> Template:
    """Return a template by its id.

    In its file a number may be ``to_fill: true``, for one that only the user knows, or name a
    ``unit_value`` of the evidence library: a number stands once.

    Raises:
        KeyError: there is none by that id, or a unit value that the library does not have.
        ScenarioError: its case has faults.
    """
    if template_id not in templates():
        raise KeyError(template_id)
    data = yaml.safe_load((FOLDER / f"{template_id}.yaml").read_text(encoding="utf-8"))
    case = data["case"]
    to_fill: list[str] = []
    cited: list[str] = []
    for cost in case["costs"]:
        _resolve(cost, cost["id"], to_fill, cited)
        if "price" in cost:
            _resolve(cost["price"], f"{cost['id']}.price", to_fill, cited)
    for outcome in case["outcomes"]:
        for factor in outcome["factors"]:
            _resolve(factor, f"{outcome['id']}.{factor['id']}", to_fill, cited)
    library = evidence_library()
    sources = library.sources_of(*(library.unit_value(one) for one in cited))
    named = {"id": template_id, "name": data["name"], "description": data["description"]}
    scenario = scenario_from({**named, **case, "sources": sources}, source=f"{template_id}.yaml")
    return Template(
        **named, to_fill=tuple(to_fill), questions=data.get("questions", ()), case=scenario
    )


def missing(template: Template, scenario: Scenario) -> tuple[str, ...]:
    """Return the addresses of ``template`` that ``scenario`` still has to fill, in order.

    A number is filled once it is the user's own, a zero too. One that was taken out is not
    missed.
    """
    numbers = dict(scenario.parameters())
    return tuple(
        address
        for address in template.to_fill
        if address in numbers and numbers[address].is_to_fill
    )


def _resolve(number: dict[str, Any], address: str, to_fill: list[str], cited: list[str]) -> None:
    """Complete a number in place: from the library, or with what stands for one not yet known."""
    if number.pop("to_fill", False):
        to_fill.append(address)
        number.update({key: value for key, value in TO_FILL.items() if key not in number})
    value_id = number.pop("unit_value", None)
    if value_id is not None:
        cited.append(value_id)
        papers: Mapping[str, Any] = (
            evidence_library().unit_value(value_id).factor(number["id"]).model_dump()
        )
        number.update({key: value for key, value in papers.items() if key not in number})
