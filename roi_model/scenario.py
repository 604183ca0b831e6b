"""Everything needed to compute a result, and the same with some of its numbers replaced."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Self, TypeVar

from pydantic import Field, ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic_core import InitErrorDetails

from roi_model import units
from roi_model.consistency import (
    carried_over,
    cross_faults,
    field_of,
    least_activity_years,
    prices_not_known,
)
from roi_model.parameters import (
    Correlation,
    Factor,
    Identifier,
    Name,
    Parameter,
    Record,
    Share,
    Source,
    Text,
)
from roi_model.perspectives import is_perspective, perspective_ids
from roi_model.problems import Problem, ScenarioError
from roi_model.reference_data import correction_scale, price_index
from roi_model.settings import (
    NOT_STATED_CREDIT,
    NOT_STATED_PERIOD,
    NOT_STATED_SHARE,
    SETTING_CHOICES,
    SETTING_NUMBERS,
    Settings,
    price_years,
)
from roi_model.value_map import (
    FUNDING_NUMBERS,
    OUTCOME_SHARES,
    Cost,
    Funding,
    Outcome,
    Stakeholder,
)

Value = float | int | str
R = TypeVar("R", bound=Record)

CHOICES = frozenset({"perspective", *SETTING_CHOICES, "price_year"})
"""The settings that are a choice."""


class Scenario(Record):
    """Costs, outcomes and settings, with the stakeholders and sources they name."""

    id: Identifier
    name: Name
    description: Text | None = None
    period: Name | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    """The one currency of all amounts, by its ISO 4217 code."""
    sources: Annotated[dict[Identifier, Source], Field(max_length=200)] = Field(
        default_factory=dict
    )
    stakeholders: Annotated[tuple[Stakeholder, ...], Field(min_length=1, max_length=50)]
    figures: Annotated[tuple[Factor, ...], Field(max_length=100)] = ()
    """Published figures that others are derived from or set beside; not inputs."""
    costs: Annotated[tuple[Cost, ...], Field(max_length=50)]
    outcomes: Annotated[tuple[Outcome, ...], Field(max_length=200)]
    correlations: Annotated[tuple[Correlation, ...], Field(max_length=500)] = ()
    funding: Funding | None = None
    settings: Settings = Settings()

    @model_validator(mode="wrap")
    @classmethod
    def _every_fault_at_once(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        faults: list[InitErrorDetails] = list(cross_faults(data))
        try:
            scenario = handler(data)
        except ValidationError as error:
            faults = carried_over(error) + faults
        if faults:
            raise ValidationError.from_exception_data(cls.__name__, faults)
        return scenario

    def stakeholder(self, stakeholder_id: str) -> Stakeholder:
        """Return a stakeholder by id; ``KeyError`` if there is none."""
        return {one.id: one for one in self.stakeholders}[stakeholder_id]

    def figure(self, figure_id: str) -> Factor:
        """Return a published figure or a cost by id; ``KeyError`` if there is none."""
        return {one.id: one for one in (*self.figures, *self.costs)}[figure_id]

    @property
    def documents(self) -> dict[str, Source]:
        """Return the documents that its numbers cite, the scale of corrections if it is on."""
        by_grade = self.settings.optimism_bias == "by_grade"
        return {**(correction_scale().sources if by_grade else {}), **self.sources}

    @property
    def fingerprint(self) -> str:
        """Return 16 hexadecimal digits that equal scenarios share and others do not."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]

    @property
    def perspective_ids(self) -> tuple[str, ...]:
        """Return the points of view to offer; ``roi_model.perspectives`` has any set besides."""
        return perspective_ids(cost.stakeholder for cost in self.costs)

    def parameters(self) -> Iterator[tuple[str, Parameter]]:
        """Yield every number a user may change, with its address, in the order of the file.

        An address is ``cost``, ``cost.price``, ``outcome.factor``, ``outcome.share``, the name
        of a setting or ``funding.number``; it is what links, screens and the command line call
        the number.
        """
        for cost in self.costs:
            yield cost.id, cost
            if cost.price is not None:
                yield f"{cost.id}.price", cost.price
        for outcome in self.outcomes:
            for factor in outcome.factors:
                yield f"{outcome.id}.{factor.id}", factor
            for name in OUTCOME_SHARES:
                stated = getattr(outcome, name)
                yield f"{outcome.id}.{name}", stated or self._unstated(name, outcome)
            yield f"{outcome.id}.benefit_period", outcome.benefit_period or NOT_STATED_PERIOD
            if self.funding is not None:
                yield f"{outcome.id}.elasticity", outcome.elasticity or self.funding.elasticity
        for name in SETTING_NUMBERS:
            yield name, getattr(self.settings, name)
        if self.funding is not None:
            for name in FUNDING_NUMBERS:
                yield f"funding.{name}", getattr(self.funding, name)

    def _unstated(self, share: str, outcome: Outcome) -> Share:
        """Return what stands for a share of an outcome that no one stated."""
        if share == "optimism_bias" and self.settings.optimism_bias == "by_grade":
            return correction_by_grade(outcome)
        credited = self.settings.attribution_means == "credited"
        return NOT_STATED_CREDIT if credited and share == "attribution" else NOT_STATED_SHARE

    def beyond_price_index(self) -> tuple[str, ...]:
        """Return the addresses of the amounts that the price index cannot convert.

        They are in prices of a year that it does not cover, or in another currency.
        """
        index = price_index()
        is_other = self.currency != index.currency
        return tuple(
            address
            for address, number in self.parameters()
            if units.is_money(number.unit)
            and number.year is not None
            and (is_other or number.year not in index.years)
        )

    def choices(self) -> dict[str, tuple[Any, ...]]:
        """Return what may be chosen for each setting that is a choice.

        A point of view may also be that of any set of stakeholders.
        """
        return {
            "perspective": self.perspective_ids,
            **SETTING_CHOICES,
            "price_year": price_years(),
        }

    def is_choice(self, setting: str, value: Any) -> bool:
        """Say whether ``value`` may be chosen for a setting that is a choice."""
        if setting == "perspective" and isinstance(value, str):
            funders = [cost.stakeholder for cost in self.costs]
            return is_perspective(value, [one.id for one in self.stakeholders], funders)
        return _is_among(value, self.choices()[setting])

    def value_at(self, address: str) -> Value:
        """Return the number or choice at ``address``; ``KeyError`` if there is none."""
        if address in CHOICES:
            return getattr(self.settings, address)
        if address in SETTING_NUMBERS:  # asked for many times a page
            return getattr(self.settings, address).value
        return dict(self.parameters())[address].value

    def value_from_text(self, address: str, written: str) -> Value:
        """Return ``written``, as a link or a command states it, as a value for ``address``.

        A choice is matched by its text; anything else is read as a number with a decimal
        point, a whole one where a duration is asked for. What cannot be read is returned as it
        is, for ``with_changes`` to refuse with all the rest.
        """
        choices = self.choices()
        if address in choices:
            return {str(choice): choice for choice in choices[address]}.get(written, written)
        try:
            number = float(written)
        except ValueError:
            return written
        whole = address.endswith(".benefit_period") or address == "activity_years"
        return int(number) if whole and number % 1 == 0 else number

    def with_changes(self, changes: Mapping[str, Value]) -> "Scenario":
        """Return this scenario with the numbers and choices at some addresses replaced.

        A number that is replaced becomes the user's own; one set to the value it had stays
        what it was, unless it only stood for one that nobody had given. Choices come first: what
        an unstated attribution is depends on one.

        Raises:
            ScenarioError: one problem for each address that does not exist or value that is
                not allowed there, in the order given; ``where`` is the address.
        """
        choices = self.choices()
        chosen = {
            address: value
            for address, value in changes.items()
            if address in choices and self.is_choice(address, value)
        }
        scenario = self.with_parameters(chosen)
        parameters = dict(scenario.parameters())
        replaced: dict[str, Parameter | Value] = {}
        problems = []
        for address, value in changes.items():
            if address in chosen:
                continue
            if address in choices:
                problems.append(_not_a_choice(address, value, choices[address]))
            elif address not in parameters:
                problems.append(_no_such_address(address, value))
            elif parameters[address].is_to_fill or not _is_same(value, parameters[address].value):
                try:
                    replaced[address] = parameters[address].replaced(value)
                except ValidationError as error:
                    problems.append(_refused(address, value, error))
        if problems:
            raise ScenarioError(problems)
        changed = scenario.with_parameters(replaced)
        if "price_year" in chosen and any(prices_not_known(changed)):
            raise ScenarioError([_no_price_index(changed, chosen["price_year"])])
        least = least_activity_years(changed)
        if "activity_years" in replaced and changed.settings.activity_years.value < least:
            raise ScenarioError([_ends_before_a_cost(changes["activity_years"], least)])
        return changed

    def with_parameters(self, replaced: Mapping[str, Parameter | Value | None]) -> "Scenario":
        """Return this scenario with whole numbers, papers included, and choices at their addresses.

        They are not checked: they must be such as the scenario has there. ``None`` takes away a
        share or a period that an outcome states.
        """
        if not replaced:
            return self

        def own(prefix: str) -> dict[str, Any]:
            return {
                address.removeprefix(f"{prefix}."): new
                for address, new in replaced.items()
                if address.startswith(f"{prefix}.")
            }

        paid: Mapping[str, Any] = replaced
        costs = (_with(paid.get(cost.id, cost), own(cost.id)) for cost in self.costs)
        outcomes = []
        for outcome in self.outcomes:
            if numbers := own(outcome.id):
                factors = tuple(numbers.pop(factor.id, factor) for factor in outcome.factors)
                numbers["factors"] = factors
            outcomes.append(_with(outcome, numbers))
        settings = {
            address: new for address, new in replaced.items() if address in Settings.model_fields
        }
        return self.model_copy(
            update={
                "costs": tuple(costs),
                "outcomes": tuple(outcomes),
                "funding": self.funding and _with(self.funding, own("funding")),
                "settings": _with(self.settings, settings),
            }
        )


def _with(record: R, parts: Mapping[str, Any]) -> R:
    """Return a record with some of its parts replaced: itself, sooner to compare, with none."""
    return record.model_copy(update=parts) if parts else record


def correction_by_grade(outcome: Outcome) -> Share:
    """Return the optimism-bias correction that goes with the grade of an outcome's evidence."""
    return correction_scale().correction(outcome.evidence.grade if outcome.evidence else None)


def problems_of(error: ValidationError, data: Any = None) -> tuple[Problem, ...]:
    """Return pydantic's faults as problems, list positions replaced by the ids found there."""
    return tuple(
        Problem(
            where=_place(found["loc"], data),
            code=found["type"],
            received=found["input"],
            allowed=", ".join(f"{key} {value}" for key, value in (found.get("ctx") or {}).items()),
            message=found["msg"],
        )
        for found in error.errors()
    )


def _place(location: Iterable[str | int], data: Any) -> str:
    """Return a location such as ``outcomes[noise].factors[people].value``."""
    place, here = "", data
    for step in location:
        if isinstance(step, int):
            here = here[step] if isinstance(here, list | tuple) and step < len(here) else None
            place += f"[{field_of(here, 'id') or step}]"
        else:
            here = field_of(here, step)
            place += f".{step}" if place else step
    return place


def _is_same(value: Any, other: Any) -> bool:
    """Say whether two values are equal and of one kind: True is not 1."""
    return isinstance(value, bool) == isinstance(other, bool) and bool(value == other)


def _is_among(value: Any, choices: Iterable[Any]) -> bool:
    return any(_is_same(value, choice) for choice in choices)


def _not_a_choice(address: str, value: Any, allowed: tuple[Any, ...]) -> Problem:
    listed = ", ".join(map(str, allowed))
    return Problem(
        where=address,
        code="not_a_choice",
        received=value,
        allowed=listed,
        message=f"must be one of: {listed}",
    )


def _no_such_address(address: str, value: Any) -> Problem:
    return Problem(
        where=address,
        code="unknown_address",
        received=value,
        allowed="",
        message="no number or setting of this scenario has that name",
    )


def _no_price_index(scenario: Scenario, value: Any) -> Problem:
    """Return why a year of prices cannot be: ``allowed`` names the amounts, or the one currency."""
    index = price_index()
    if scenario.currency != index.currency:
        return Problem(
            where="price_year",
            code="no_price_index_for_currency",
            received=value,
            allowed=index.currency,
            message=f"only amounts in {index.currency} can be converted, not in "
            f"{scenario.currency}: the price index is of no other currency",
        )
    amounts = ", ".join(scenario.beyond_price_index())
    return Problem(
        where="price_year",
        code="no_price_index",
        received=value,
        allowed=amounts,
        message=f"the price index covers {index.years[0]} to {index.years[-1]}, and not the year "
        f"of {amounts}",
    )


def _ends_before_a_cost(value: Any, least: int) -> Problem:
    return Problem(
        where="activity_years",
        code="activity_ends_before_cost",
        received=value,
        allowed=str(least),
        message=f"a yearly cost begins in year {least}: the activity must run until then",
    )


def _refused(address: str, value: Any, error: ValidationError) -> Problem:
    found = error.errors()[0]
    allowed = ", ".join(str(value) for value in (found.get("ctx") or {}).values())
    if found["type"] == "float_type":
        return Problem(
            where=address,
            code="not_a_number",
            received=value,
            allowed="",
            message="must be a number, such as 1200",
        )
    return Problem(
        where=address,
        code=found["type"],
        received=value,
        allowed=allowed,
        message=found["msg"],
    )
