"""Templates: cases to begin from, with sourced unit values and the quantities left to fill in.

A number that only its user knows stands in the file as ``to_fill``. In the scenario it is an
assumed 0 without a range: it claims nothing, is worth nothing, and is listed as missing until it
is typed, be it as 0.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import Field, model_validator

from roi_model.case_files import scenario_from
from roi_model.evidence_library import evidence_library, sources_of
from roi_model.parameters import Identifier, Name, Record, Text
from roi_model.reference_data import DATA, number_to_fill
from roi_model.scenario import Scenario

FOLDER = DATA / "templates"

ToFill = Literal["needed", "may_be_zero"]
"""Whether a 0 is not an answer yet, or may well be one: not every funder pays."""


class Question(Record):
    """A plain question, and the numbers of the case that its answer fills."""

    id: Identifier
    text: Text
    help: Text
    counted: Name | None = None
    """In what the first of its numbers is counted."""
    fills: Annotated[tuple[str, ...], Field(max_length=5)] = ()
    names: Annotated[tuple[Identifier, ...], Field(max_length=5)] = ()
    """The outcomes and the stakeholders that its answer names."""


class Template(Record):
    """A case without its quantities, and the questions that fill them in, in order."""

    case: Scenario
    title: Name | None = None
    """What it is called where one chooses it, if not as its case is."""
    goal: Text
    """What those who pay and those who do the work both want: a letter opens with it."""
    to_fill: Mapping[str, ToFill]
    """The addresses of the numbers that only the user knows, in the order of the case."""
    questions: Annotated[tuple[Question, ...], Field(min_length=1, max_length=9)]
    """What is asked once the activity has a name, which is a question too."""

    @property
    def id(self) -> str:
        """Return the id of the template, which is that of its case."""
        return self.case.id

    @property
    def name(self) -> Name:
        """Return what the template is called."""
        return self.title or self.case.name

    @property
    def description(self) -> Text | None:
        """Return what kind of activity it is for."""
        return self.case.description

    @model_validator(mode="after")
    def _every_number_to_fill_is_asked_for_once(self) -> Self:
        asked = [address for one in self.questions for address in one.fills]
        if sorted(asked) != sorted(self.to_fill):
            raise ValueError(
                f"the questions fill {sorted(asked)}, to be filled are {sorted(self.to_fill)}"
            )
        return self


def templates() -> tuple[str, ...]:
    """Return the ids of the templates, in alphabetical order."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@lru_cache(maxsize=32)
def load_template(template_id: str) -> Template:
    """Return a template by its id, its unit values taken from the evidence library.

    Raises:
        KeyError: there is no such template.
        ScenarioError: its case has faults; all are listed.
    """
    if template_id not in templates():
        raise KeyError(template_id)
    data = _read(template_id)
    case = data.pop("case")
    to_fill = {address: number.get("to_fill") for address, number in _numbers(case)}
    cited = dict(case.get("sources", {}))
    for _, number in _numbers(case):
        _complete(number, cited)
    return Template(
        case=scenario_from({**case, "sources": cited}, source=f"{template_id}.yaml"),
        to_fill={address: how for address, how in to_fill.items() if how is not None},
        **data,
    )


def missing(template: Template, scenario: Scenario) -> tuple[str, ...]:
    """Return the addresses still to be filled in ``scenario``, in the order of the questions.

    Those that may be 0 are asked for and not missing; nor is what was taken out of the scenario.
    """
    parameters = dict(scenario.parameters())
    return tuple(
        address
        for question in template.questions
        for address in question.fills
        if template.to_fill[address] == "needed"
        and address in parameters
        and parameters[address].is_to_fill
    )


def numbers_missing(scenario: Scenario) -> tuple[str, ...]:
    """Return the addresses of the numbers that nobody has given yet, and that are needed.

    Those that a template asks for come first, in the order of its questions.
    """
    waiting = tuple(address for address, number in scenario.parameters() if number.is_to_fill)
    if scenario.id not in templates():
        return waiting
    template = load_template(scenario.id)
    added = (address for address in waiting if address not in template.to_fill)
    return (*missing(template, scenario), *added)


def own_description(scenario: Scenario) -> Text | None:
    """Return what a scenario says of itself; what its template says of its kind is not that."""
    is_of_template = scenario.id in templates() and (
        scenario.description == load_template(scenario.id).description
    )
    return None if is_of_template else scenario.description


def _numbers(case: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the costs, their prices and the factors of a case in a file, with their addresses."""
    for cost in case["costs"]:
        yield cost["id"], cost
        if "price" in cost:
            yield f"{cost['id']}.price", cost["price"]
    for outcome in case["outcomes"]:
        for factor in outcome["factors"]:
            yield f"{outcome['id']}.{factor['id']}", factor


def _complete(number: dict[str, Any], cited: dict[str, Any]) -> None:
    """Give a number its value and papers, and ``cited`` the documents they name."""
    how = number.pop("to_fill", None)
    if how is not None:
        number |= number_to_fill(how)
    named = number.pop("unit_value", None)
    if named is not None:
        unit_value = evidence_library().unit_value(named)
        published = unit_value.factor().model_dump(exclude_none=True)
        number |= {**published, "id": number["id"]}
        cited |= {key: one.model_dump() for key, one in sources_of(unit_value).items()}


def _read(name: str) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), Loader=loader)
