"""Everything needed to compute a result: who, what it costs, what changes, how it is read."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic_core import InitErrorDetails

from roi_model import units
from roi_model.discounting import DropOffFrom, Timing
from roi_model.formulas import AttributionMeans, Deductions
from roi_model.parameters import (
    Duration,
    Factor,
    Identifier,
    Name,
    Parameter,
    Provenance,
    Record,
    Share,
    Source,
    Text,
    fault,
)
from roi_model.perspectives import perspective_ids
from roi_model.problems import Problem, ScenarioError

EUROS_A_YEAR = units.product(["EUR/year"])

NOT_STATED_SHARE = Share(value=0.0, low=0.0, high=1.0, provenance=Provenance.ASSUMED)
# Built without validation: it states nothing, so that it has no reason to give.
NOT_STATED_CREDIT = Share.model_construct(
    value=1.0, unit=units.SHARE, low=0.0, high=1.0, provenance=Provenance.ASSUMED
)
"""Attribution that no one stated, where it means the share credited: all of it."""
NOT_STATED_PERIOD = Duration(value=1, low=1, high=30, provenance=Provenance.ASSUMED)

Basis = Literal["itemised", "estimated", "balance"]
"""What a line rests on: an amount the study itemises, our estimate, or the balance to its total."""


class Stakeholder(Record):
    """Who pays or who benefits."""

    id: Identifier
    name: Name
    one_euro: Name
    """How a sentence begins that is about one euro this payer spends."""
    public: bool
    """Whether its money is public, so that the public finances' point of view counts it."""


class Cost(Factor):
    """An amount in euros a year paid by a stakeholder."""

    stakeholder: Identifier
    unit: str = "EUR/year"
    value: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1e15)]


class Outcome(Record):
    """One change that is valued: one line of the value map."""

    id: Identifier
    label: Name
    help: Text
    stakeholder: Identifier
    basis: Basis
    factors: Annotated[tuple[Factor, ...], Field(min_length=1, max_length=10)]
    deadweight: Share | None = None
    displacement: Share | None = None
    attribution: Share | None = None
    optimism_bias: Share | None = None
    drop_off: Share | None = None
    benefit_period: Duration | None = None
    footprint: Share | None = None
    """The share of the line that is spending passed on, and not a cost avoided."""

    @property
    def quantities(self) -> tuple[Factor, ...]:
        """Return the factors that count something, the unit value left out."""
        return tuple(factor for factor in self.factors if not units.is_money(factor.unit))

    @property
    def quantity_unit(self) -> units.Powers:
        """Return the unit of the product of the quantities."""
        return units.product(factor.unit for factor in self.quantities)


OUTCOME_SHARES = (
    "deadweight",
    "displacement",
    "attribution",
    "optimism_bias",
    "drop_off",
    "footprint",
)
"""The shares an outcome may carry; each applies only if stated, and is 0 otherwise."""


class Settings(Record):
    """How the scenario is read: the informed reader's questions, and the field's conventions."""

    perspective: str = "society"
    lines: Literal["all", "itemised"] = "all"
    years_covered: Literal[1, 2] = 1
    """Years the amounts of the study add up: its return is divided by them."""
    footprint: Literal["with", "without"] = "with"
    deadweight: Share = NOT_STATED_SHARE
    displacement: Share = NOT_STATED_SHARE
    attribution: Share = NOT_STATED_SHARE
    discount_rate: Share = NOT_STATED_SHARE
    timing: Timing = "end"
    drop_off_from: DropOffFrom = 2
    deductions: Deductions = "multiply"
    attribution_means: AttributionMeans = "others"


SETTING_SHARES = ("deadweight", "displacement", "attribution", "discount_rate")
"""Settings that are numbers; a common share bears on every outcome, beside its own."""

SETTING_CHOICES: Mapping[str, tuple[Any, ...]] = {
    "lines": get_args(Settings.model_fields["lines"].annotation),
    "years_covered": get_args(Settings.model_fields["years_covered"].annotation),
    "footprint": get_args(Settings.model_fields["footprint"].annotation),
    "timing": get_args(Timing),
    "drop_off_from": get_args(DropOffFrom),
    "deductions": get_args(Deductions),
    "attribution_means": get_args(AttributionMeans),
}
"""Settings that are a choice, with what may be chosen; the point of view depends on the case."""

Value = float | int | str


class Scenario(Record):
    """Costs, outcomes and settings, with the stakeholders and sources they name."""

    id: Identifier
    name: Name
    description: Text
    period: Name
    sources: Annotated[dict[Identifier, Source], Field(max_length=200)] = Field(
        default_factory=dict
    )
    stakeholders: Annotated[tuple[Stakeholder, ...], Field(min_length=1, max_length=50)]
    figures: Annotated[tuple[Factor, ...], Field(max_length=100)] = ()
    """Published figures that others are derived from or set beside; not inputs."""
    costs: Annotated[tuple[Cost, ...], Field(max_length=50)]
    outcomes: Annotated[tuple[Outcome, ...], Field(max_length=200)]
    settings: Settings = Settings()

    @model_validator(mode="wrap")
    @classmethod
    def _every_fault_at_once(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        faults: list[InitErrorDetails] = list(_cross_faults(data))
        try:
            scenario = handler(data)
        except ValidationError as error:
            faults = _carried_over(error) + faults
        if faults:
            raise ValidationError.from_exception_data(cls.__name__, faults)
        return scenario

    def stakeholder(self, stakeholder_id: str) -> Stakeholder:
        """Return a stakeholder by id; ``KeyError`` if there is none."""
        return {one.id: one for one in self.stakeholders}[stakeholder_id]

    def figure(self, figure_id: str) -> Factor:
        """Return a published figure by id; ``KeyError`` if there is none."""
        return {one.id: one for one in self.figures}[figure_id]

    @property
    def perspective_ids(self) -> tuple[str, ...]:
        """Return the points of view that make sense here; see ``roi_model.perspectives``."""
        return perspective_ids(cost.stakeholder for cost in self.costs)

    def parameters(self) -> Iterator[tuple[str, Parameter]]:
        """Yield every number a user may change, with its address, in the order of the file.

        An address is ``cost``, ``outcome.factor``, ``outcome.share`` or the name of a setting;
        it is what links, screens and the command line call the number.
        """
        for cost in self.costs:
            yield cost.id, cost
        for outcome in self.outcomes:
            for factor in outcome.factors:
                yield f"{outcome.id}.{factor.id}", factor
            for name in OUTCOME_SHARES:
                yield f"{outcome.id}.{name}", getattr(outcome, name) or self._unstated(name)
            yield f"{outcome.id}.benefit_period", outcome.benefit_period or NOT_STATED_PERIOD
        for name in SETTING_SHARES:
            yield name, getattr(self.settings, name)

    def _unstated(self, share: str) -> Share:
        """Return what stands for a share of an outcome that no one stated."""
        credited = self.settings.attribution_means == "credited"
        return NOT_STATED_CREDIT if credited and share == "attribution" else NOT_STATED_SHARE

    def choices(self) -> dict[str, tuple[Any, ...]]:
        """Return what may be chosen for each setting that is a choice."""
        return {"perspective": self.perspective_ids, **SETTING_CHOICES}

    def value_at(self, address: str) -> Value:
        """Return the number or choice at ``address``; ``KeyError`` if there is none."""
        if address in self.choices():
            return getattr(self.settings, address)
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
        return int(number) if address.endswith(".benefit_period") and number % 1 == 0 else number

    def with_changes(self, changes: Mapping[str, Value]) -> "Scenario":
        """Return this scenario with the numbers and choices at some addresses replaced.

        A number that is replaced becomes the user's own; one set to the value it had stays
        what it was. Choices come first: what an unstated attribution is depends on one.

        Raises:
            ScenarioError: one problem for each address that does not exist or value that is
                not allowed there, in the order given; ``where`` is the address.
        """
        choices = self.choices()
        chosen = {
            address: value
            for address, value in changes.items()
            if address in choices and _is_among(value, choices[address])
        }
        scenario = self._with(chosen)
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
            elif not _is_same(value, parameters[address].value):
                try:
                    replaced[address] = parameters[address].replaced(value)
                except ValidationError as error:
                    problems.append(_refused(address, value, error))
        if problems:
            raise ScenarioError(problems)
        return scenario._with(replaced)

    def _with(self, replaced: Mapping[str, Parameter | Value]) -> "Scenario":
        """Return this scenario with whole parameters and choices put at their addresses."""
        if not replaced:
            return self
        outcomes = []
        for outcome in self.outcomes:
            own = {
                address.partition(".")[2]: new
                for address, new in replaced.items()
                if address.startswith(f"{outcome.id}.")
            }
            factors = tuple(own.pop(factor.id, factor) for factor in outcome.factors)
            outcomes.append(outcome.model_copy(update={"factors": factors, **own}))
        settings = {
            address: new for address, new in replaced.items() if address in Settings.model_fields
        }
        return self.model_copy(
            update={
                "costs": tuple(replaced.get(cost.id, cost) for cost in self.costs),
                "outcomes": tuple(outcomes),
                "settings": self.settings.model_copy(update=settings),
            }
        )


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
            place += f"[{_field(here, 'id') or step}]"
        else:
            here = _field(here, step)
            place += f".{step}" if place else step
    return place


def _is_same(value: Any, other: Any) -> bool:
    """Say whether two values are equal and of one kind: True is not 1."""
    return isinstance(value, bool) == isinstance(other, bool) and bool(value == other)


def _is_among(value: Any, choices: Iterable[Any]) -> bool:
    return any(_is_same(value, choice) for choice in choices)


def _field(record: Any, name: str) -> Any:
    """Return a field of a mapping or of a record; ``None`` where there is none."""
    return record.get(name) if isinstance(record, Mapping) else getattr(record, name, None)


def _records(data: Any, name: str) -> list[Any]:
    found = _field(data, name)
    return list(found) if isinstance(found, list | tuple) else []


def _carried_over(error: ValidationError) -> list[InitErrorDetails]:
    """Return pydantic's own faults, to stand beside ours: a place, a code and a text each.

    A list is also called too short when its items are faulty; that one is left out.
    """
    found = error.errors()
    places = [one["loc"] for one in found]
    return [
        fault(
            one["type"],
            one["input"],
            # Braces in the text would be read as holes of a template.
            one["msg"].replace("{", "(").replace("}", ")"),
            one["loc"],
            **(one.get("ctx") or {}),
        )
        for one in found
        if one["type"] != "too_short"
        or not any(place[: len(one["loc"])] == one["loc"] != place for place in places)
    ]


def _cross_faults(data: Any) -> Iterator[InitErrorDetails]:
    """Yield what no single record can see: ids, references and products of units.

    Works on raw mappings and on records alike, and passes over what is malformed: pydantic
    reports that itself.
    """
    yield from _repeated_ids(data)
    stakeholders = set(_texts(_records(data, "stakeholders"), "id"))
    for group in ("costs", "outcomes"):
        for position, record in enumerate(_records(data, group)):
            named = _field(record, "stakeholder")
            if isinstance(named, str) and named not in stakeholders:
                yield fault(
                    "unknown_stakeholder",
                    named,
                    "the stakeholder must be one of: {allowed}",
                    (group, position, "stakeholder"),
                    allowed=", ".join(sorted(stakeholders)),
                )
    yield from _unknown_sources(data)
    yield from _wrong_units(data)
    yield from _unknown_perspective(data)


def _texts(records: Iterable[Any], name: str) -> list[str]:
    """Return a field of each record, where it is a text."""
    return [value for record in records if isinstance(value := _field(record, name), str)]


def _repeated_ids(data: Any) -> Iterator[InitErrorDetails]:
    """Yield ids used twice; costs, outcomes and settings share the addresses of links."""
    groups: list[tuple[tuple[str | int, ...], list[Any], frozenset[str]]] = [
        (("stakeholders",), _records(data, "stakeholders"), frozenset()),
        (("figures",), _records(data, "figures"), frozenset()),
        (("costs",), _records(data, "costs"), RESERVED_IDS),
        (
            ("outcomes",),
            _records(data, "outcomes"),
            RESERVED_IDS.union(_texts(_records(data, "costs"), "id")),
        ),
    ]
    for position, outcome in enumerate(_records(data, "outcomes")):
        taken = frozenset((*OUTCOME_SHARES, "benefit_period"))
        groups.append((("outcomes", position, "factors"), _records(outcome, "factors"), taken))
    for location, records, taken in groups:
        counts = Counter(_texts(records, "id"))
        for position, record in enumerate(records):
            identifier = _field(record, "id")
            if isinstance(identifier, str) and (counts[identifier] > 1 or identifier in taken):
                yield fault(
                    "duplicate_id",
                    identifier,
                    "each id may stand only once, and not for a setting or a share",
                    (*location, position, "id"),
                )


def _unknown_sources(data: Any) -> Iterator[InitErrorDetails]:
    sources = _field(data, "sources")
    known = set(sources) if isinstance(sources, Mapping) else set()
    for location, record in _numbers(data):
        cited = _field(record, "source")
        for named in [cited] if isinstance(cited, str) else _records(record, "source"):
            if isinstance(named, str) and named not in known:
                yield fault(
                    "unknown_source",
                    named,
                    "the source must be one of: {allowed}",
                    (*location, "source"),
                    allowed=", ".join(sorted(map(str, known))),
                )


def _numbers(data: Any) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield every record that may name a source, with its place."""
    for group in ("figures", "costs"):
        for position, record in enumerate(_records(data, group)):
            yield (group, position), record
    for position, outcome in enumerate(_records(data, "outcomes")):
        for factor_position, factor in enumerate(_records(outcome, "factors")):
            yield ("outcomes", position, "factors", factor_position), factor
        for name in (*OUTCOME_SHARES, "benefit_period"):
            yield ("outcomes", position, name), _field(outcome, name)
    for name in SETTING_SHARES:
        yield ("settings", name), _field(_field(data, "settings"), name)


def _wrong_units(data: Any) -> Iterator[InitErrorDetails]:
    """Yield costs, and products of an outcome's factors, that are not in euros a year."""
    for group in ("costs", "outcomes"):
        for position, record in enumerate(_records(data, group)):
            location: tuple[str | int, ...] = (group, position)
            if group == "costs":
                stated = [_field(record, "unit") or "EUR/year"]
                location = (*location, "unit")
            else:
                stated = [_field(factor, "unit") for factor in _records(record, "factors")]
                location = (*location, "factors")
            try:
                found = units.product(stated)
            except (units.UnitError, AttributeError, TypeError):
                continue
            if stated and found != EUROS_A_YEAR:
                yield fault(
                    "not_euros_a_year",
                    " x ".join(stated),
                    "the product of the units must be EUR/year, not {found}",
                    location,
                    found=units.written(found),
                )


def _unknown_perspective(data: Any) -> Iterator[InitErrorDetails]:
    named = _field(_field(data, "settings"), "perspective")
    allowed = perspective_ids(_texts(_records(data, "costs"), "stakeholder"))
    if isinstance(named, str) and named not in allowed:
        yield fault(
            "unknown_perspective",
            named,
            "the point of view must be one of: {allowed}",
            ("settings", "perspective"),
            allowed=", ".join(allowed),
        )


RESERVED_IDS = frozenset(Settings.model_fields) | {"v", "case", "lang"}
"""Names that a link already uses, so that no cost or outcome may bear them."""


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
