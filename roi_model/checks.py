"""What someone who verifies a scenario would ask about it: rules, and what they find.

The rules are in ``data/checks.yaml``: how serious each is, what it says in both languages, how to
settle it, the thresholds it is read with and what it rests on. Here stands, for each, when it
speaks. A rule asks and never refuses: a scenario with findings may well be right.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Literal

import numpy as np
import yaml
from pydantic import Field, model_validator

from roi_model import formulas, units
from roi_model.cash_flow import yearly_flows
from roi_model.evaluation import (
    Evaluation,
    OutcomeResult,
    evaluate,
    is_unstated,
    perspective_in,
)
from roi_model.formulas import Numeric
from roi_model.parameters import (
    PROVENANCES,
    Citations,
    Factor,
    Identifier,
    Name,
    Parameter,
    Provenance,
    Record,
    Text,
)
from roi_model.perspectives import SOCIETY, Perspective
from roi_model.reference_data import DATA, Sources, published_ratios
from roi_model.scenario import Scenario
from roi_model.settings import AS_STATED
from roi_model.valuation import Valuation
from roi_model.value_map import OUTCOME_SHARES, Outcome

Severity = Literal["serious", "warning", "notice"]
SERIOUS: Severity = "serious"
"""May overturn the result; a ``warning`` must be explained, a ``notice`` should be said."""

Hole = Literal[
    "cost",
    "outcome",
    "stakeholder",
    "source",
    "numbers",
    "share",
    "part",
    "parts",
    "ratio",
    "years",
    "calendar_year",
]
"""What a hole of a message stands for: an id, addresses with commas between them, or a number and
how it is written. The ``parts`` of a whole that are named are what each ``part`` adds up to."""

Figure = float | int | str
Language = Literal["fr", "en"]


class Reference(Record):
    """What a rule rests on: a text we read and the place in it, or the reason it is ours."""

    provenance: Literal["published", "assumed"]
    source: Citations = ()
    locator: Text | None = None
    reason: Text | None = None

    @model_validator(mode="after")
    def _has_its_papers(self) -> "Reference":
        published = self.provenance == "published"
        if published and not (self.source and self.locator):
            raise ValueError("a published reference needs its source and locator")
        if not published and self.reason is None:
            raise ValueError("an assumed reference needs its reason")
        return self


class Rule(Record):
    """One question that someone who verifies a scenario would ask."""

    id: Identifier
    severity: Severity
    title: Name
    message: Text
    """A sentence with holes between braces."""
    remedy: Text
    """How to settle it."""
    holes: Annotated[dict[Identifier, Hole], Field(max_length=10)] = Field(default_factory=dict)
    thresholds: tuple[Factor, ...] = ()
    reference: Reference


class RuleBook(Record):
    """The rules, with the documents they rest on."""

    sources: Sources
    rules: Annotated[tuple[Rule, ...], Field(min_length=1, max_length=100)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What a rule found. ``figures`` fill the holes of its message."""

    rule: str
    severity: Severity
    addresses: tuple[str, ...]
    """Addresses of numbers and settings, or ids of outcomes, that it is about."""
    figures: Mapping[str, Figure]
    """Numbers as numbers, shares as fractions; costs, outcomes and such by their id.

    Beside the parts of a whole that the message names stand those that it does not.
    """


Concern = tuple[tuple[str, ...], Mapping[str, Figure]]
"""The addresses and the figures of a finding."""
Thresholds = Mapping[str, float]
Predicate = Callable[[Scenario, Evaluation, Thresholds], Iterable[Concern]]
Line = tuple[Outcome, OutcomeResult]


@lru_cache(maxsize=1)
def rule_book() -> RuleBook:
    """Return the rules with their sources; the file is read once."""
    text = (DATA / "checks.yaml").read_text(encoding="utf-8")
    return RuleBook.model_validate(yaml.safe_load(text))


def rules() -> tuple[Rule, ...]:
    """Return the rules, the most serious first."""
    return rule_book().rules


def check(
    scenario: Scenario,
    *,
    perspective: Perspective | str | None = None,
    evaluation: Evaluation | None = None,
) -> tuple[Finding, ...]:
    """Return what the rules find in ``scenario``, in their order, from a point of view.

    Without ``perspective`` it is that of the settings; ``evaluation`` is the result from there,
    where it is known. Only what the point of view counts is looked at: what is valued at zero
    claims nothing.

    Raises:
        KeyError: the scenario has no such point of view.
    """
    evaluation = evaluation or evaluate(scenario, perspective)
    return tuple(
        Finding(rule=rule.id, severity=rule.severity, addresses=addresses, figures=figures)
        for rule in rules()
        for addresses, figures in PREDICATES[rule.id](
            scenario, evaluation, {one.id: one.value for one in rule.thresholds}
        )
    )


def message(finding: Finding, scenario: Scenario, language: Language) -> str:
    """Return the sentence of ``finding``, with figures written plainly.

    Raises:
        KeyError: there is no such rule, or ``finding`` is about another scenario.
    """
    rule = {one.id: one for one in rules()}[finding.rule]
    figures = with_whole_percents(rule, finding.figures)
    filled = {
        name: _written(kind, figures[name], scenario, language) for name, kind in rule.holes.items()
    }
    sentence: str = getattr(rule.message, language)
    return sentence.format(**filled)


def with_whole_percents(rule: Rule, figures: Mapping[str, Figure]) -> Mapping[str, Figure]:
    """Return figures with the parts of a whole in whole percents, as a bar of them shows them."""
    together = [name for name, kind in rule.holes.items() if kind == "parts"]
    if not together:
        return figures
    names = [name for name in figures if name not in together]
    percents = formulas.whole_percents([float(figures[name]) for name in names])
    parts = {name: percent / 100 for name, percent in zip(names, percents, strict=True)}
    named = math.fsum(parts[name] for name in names if name in rule.holes)
    return {**parts, **dict.fromkeys(together, named)}


def _written(kind: Hole, figure: Figure, scenario: Scenario, language: Language) -> str:
    """Return a figure as a command line shows it."""
    if isinstance(figure, str):
        labels: Mapping[str, Mapping[str, Name]] = {
            "cost": {one.id: one.label for one in scenario.costs},
            "outcome": {one.id: one.label for one in scenario.outcomes},
            "stakeholder": {one.id: one.name for one in scenario.stakeholders},
        }
        if kind == "source":
            return scenario.sources[figure].title
        if kind == "numbers":
            stated = dict(scenario.parameters())
            named = (stated[address] for address in figure.split(", "))
            return ", ".join(getattr(one.label, language) for one in named if hasattr(one, "label"))
        label: str = getattr(labels[kind][figure], language)
        return label
    if kind in ("share", "part", "parts"):
        return f"{figure:.0%}" if language == "en" else f"{100 * figure:.0f}\N{NO-BREAK SPACE}%"
    if kind == "ratio":
        written = f"{figure:.2f}".rstrip("0").rstrip(".")
        return written if language == "en" else written.replace(".", ",")
    return f"{figure:.0f}"


def _counted(scenario: Scenario, evaluation: Evaluation) -> list[Line]:
    """Return the outcomes that claim something, with their results."""
    lines = zip(scenario.outcomes, evaluation.by_outcome, strict=True)
    return [(outcome, row) for outcome, row in lines if row.counted_value]


def _share_of(lines: Iterable[Line], whole: Iterable[Line]) -> float:
    """Return what ``lines`` weigh in the ``whole``, losses as much as gains; NaN of nothing."""
    part, total = ([row.present_value for _, row in group] for group in (lines, whole))
    return _part_of(part, total)


def _part_of(amounts: Iterable[Numeric], whole: Iterable[Numeric]) -> float:
    part, total = (math.fsum(abs(float(one)) for one in group) for group in (amounts, whole))
    return float(formulas.ratio(part, total))


def _nothing_deducted(name: str) -> Predicate:
    """Return the predicate: no outcome counted has anything of a share, own or common."""

    def predicate(
        scenario: Scenario, evaluation: Evaluation, thresholds: Thresholds
    ) -> Iterator[Concern]:
        lines = _counted(scenario, evaluation)
        credited = name == "attribution" and scenario.settings.attribution_means == "credited"
        if lines and all(getattr(row, name) == float(credited) for _, row in lines):
            yield (name, *(f"{outcome.id}.{name}" for outcome, _ in lines)), {}

    return predicate


def _one_funder(
    scenario: Scenario, evaluation: Evaluation, thresholds: Thresholds
) -> Iterator[Concern]:
    """All that is counted is paid by one, and others outside pay too or did not say."""
    funders = {cost.stakeholder for cost in evaluation.by_cost if cost.present_value}
    paid_by_others = Valuation(scenario, perspective_in(scenario, SOCIETY)).costs({})
    left_out = [
        cost.id
        for cost in scenario.costs
        if cost.stakeholder not in evaluation.perspective.payers
        and (paid_by_others.get(cost.id) or is_unstated(cost))
    ]
    if len(funders) == 1 and left_out:
        yield ("perspective", *left_out), {"stakeholder": funders.pop()}


def _rests_on_assumptions(
    scenario: Scenario, evaluation: Evaluation, thresholds: Thresholds
) -> Iterator[Concern]:
    """Most of the value is a balance, or a product with an assumed number in it."""
    lines = _counted(scenario, evaluation)
    weak = [
        (outcome, row)
        for outcome, row in lines
        if row.basis == "balance" or row.provenance == Provenance.ASSUMED
    ]
    share = _share_of(weak, lines)
    if share > thresholds["most"]:
        balance = _share_of([line for line in weak if line[1].basis == "balance"], lines)
        sound = {
            str(one): _share_of(
                [line for line in lines if line not in weak and line[1].provenance == one], lines
            )
            for one in PROVENANCES
            if one != Provenance.ASSUMED
        }
        addresses = tuple(outcome.id for outcome, _ in weak)
        named = {"share": share, "balance": balance, "assumed": share - balance}
        yield addresses, {**sound, **named}


def _footprint_counted(
    scenario: Scenario, evaluation: Evaluation, thresholds: Thresholds
) -> Iterator[Concern]:
    """Spending passed on is left in the benefits."""
    lines = _counted(scenario, evaluation)
    holding = [outcome for outcome, _ in lines if outcome.footprint and outcome.footprint.value > 0]
    if not holding:
        return
    without = scenario.with_parameters({"footprint": "without"})
    left = Valuation(without, evaluation.perspective).benefits({}).values()
    kept = _part_of(left, (row.present_value for _, row in lines))
    if kept < 1:
        addresses = ("footprint", *(f"{outcome.id}.footprint" for outcome in holding))
        yield addresses, {"share": 1 - kept}


def _beyond_published(
    scenario: Scenario, evaluation: Evaluation, thresholds: Thresholds
) -> Iterator[Concern]:
    """The ratio is above every published one."""
    highest = published_ratios().figure("highest").value
    if evaluation.ratio > highest:
        yield (), {"ratio": evaluation.ratio, "highest": highest}


def _above_mean(
    scenario: Scenario, evaluation: Evaluation, thresholds: Thresholds
) -> Iterator[Concern]:
    """The ratio is above the mean of published ones, and not above all of them."""
    mean_from, mean_to, highest = (
        published_ratios().figure(name).value for name in ("mean_from", "mean_to", "highest")
    )
    if max(mean_from, mean_to) < evaluation.ratio <= highest:
        yield (), {"ratio": evaluation.ratio, "mean_from": mean_from, "mean_to": mean_to}


def _long_without_drop_off(
    scenario: Scenario, evaluation: Evaluation, thresholds: Thresholds
) -> Iterator[Concern]:
    """An effect lasts beyond what is followed up, and loses nothing."""
    for outcome, _ in _counted(scenario, evaluation):
        years = 1 if outcome.benefit_period is None else int(outcome.benefit_period.value)
        eroded = outcome.drop_off is not None and outcome.drop_off.value > 0
        if years > thresholds["longest"] and not eroded:
            addresses = (f"{outcome.id}.benefit_period", f"{outcome.id}.drop_off")
            yield addresses, {"outcome": outcome.id, "years": years}


def _counted_twice(
    scenario: Scenario, evaluation: Evaluation, thresholds: Thresholds
) -> Iterator[Concern]:
    """Two outcomes of a stakeholder look like one change; each is named once, with an earlier."""
    lines = _counted(scenario, evaluation)
    for position, (outcome, row) in enumerate(lines):
        for other, earlier in lines[:position]:
            same_way = (row.counted_value > 0) == (earlier.counted_value > 0)
            if outcome.stakeholder == other.stakeholder and same_way and _alike(outcome, other):
                addresses = (other.id, outcome.id)
                figures = {"outcome": outcome.id, "other": other.id}
                yield addresses, {**figures, "stakeholder": outcome.stakeholder}
                break


def _alike(one: Outcome, other: Outcome) -> bool:
    """Say whether two outcomes have one name, or one quantity in one unit of value, or one amount.

    A quantity of one counts nothing, so that two amounts a unit are then compared.
    """
    for language in ("fr", "en"):
        names = {getattr(line.label, language).strip().casefold() for line in (one, other)}
        if len(names) == 1:
            return True
    if one.quantity_unit != other.quantity_unit or _money_unit(one) != _money_unit(other):
        return False
    quantities = [
        formulas.gross_value(factor.value for factor in line.quantities) for line in (one, other)
    ]
    if not math.isclose(*quantities):
        return False
    amounts = [
        formulas.gross_value(factor.value for factor in line.factors) for line in (one, other)
    ]
    return quantities[0] != 1 or math.isclose(*amounts)


def _money_unit(outcome: Outcome) -> units.Powers:
    return units.product(factor.unit for factor in outcome.factors if units.is_money(factor.unit))


def _unstated_cost(
    scenario: Scenario, evaluation: Evaluation, thresholds: Thresholds
) -> Iterator[Concern]:
    """A cost that the point of view counts is zero because no one stated it."""
    for cost in scenario.costs:
        if cost.id in evaluation.unstated_costs and cost.kind == "cash":
            yield (cost.id,), {"cost": cost.id}


def _in_kind_at_zero(
    scenario: Scenario, evaluation: Evaluation, thresholds: Thresholds
) -> Iterator[Concern]:
    """What is given in kind is listed, and costs nothing."""
    for cost in scenario.costs:
        if cost.kind == "in_kind" and cost.stakeholder in evaluation.perspective.payers:
            places = zip((cost.id, f"{cost.id}.price"), cost.factors, strict=False)
            if at_zero := tuple(address for address, factor in places if factor.value == 0):
                yield at_zero, {"cost": cost.id}


def _no_discount_rate(
    scenario: Scenario, evaluation: Evaluation, thresholds: Thresholds
) -> Iterator[Concern]:
    """Amounts stand in later years, and count as much as those of the first."""
    settings = scenario.settings
    if evaluation.years == 1:
        return
    flows = yearly_flows(
        scenario, evaluation.perspective, [row.impact for row in evaluation.by_outcome]
    )
    amounts = np.abs([flows.benefits, flows.costs_at_start, flows.costs_with_benefits])
    years = int(np.flatnonzero(amounts.any(axis=0)).max(initial=0)) + 1
    at_fault = {
        "discount_rate": settings.discount_rate.value == 0,
        "timing": settings.timing == "none",
    }
    addresses = tuple(address for address, undiscounted in at_fault.items() if undiscounted)
    if years > 1 and addresses:
        yield addresses, {"years": years}


def _years_of_prices(scenario: Scenario, evaluation: Evaluation) -> Mapping[str, int]:
    """Return the year of each amount of money counted that states one, by its address."""
    paid = {cost.cost for cost in evaluation.by_cost if cost.present_value}
    held: list[tuple[str, Factor]] = [
        (f"{outcome.id}.{factor.id}", factor)
        for outcome, _ in _counted(scenario, evaluation)
        for factor in outcome.factors
    ]
    for cost in scenario.costs:
        if cost.id in paid:
            held += zip((cost.id, f"{cost.id}.price"), cost.factors, strict=False)
    return {
        address: factor.year
        for address, factor in held
        if units.is_money(factor.unit) and factor.year is not None
    }


def _mixed_price_years(
    scenario: Scenario, evaluation: Evaluation, thresholds: Thresholds
) -> Iterator[Concern]:
    """Amounts of different years are added as they are."""
    years = _years_of_prices(scenario, evaluation)
    if _are_mixed(scenario, years) and not _beyond_index(scenario, years):
        first, last = min(years.values()), max(years.values())
        yield ("price_year", *years), {"first": first, "last": last}


def _prices_beyond_index(
    scenario: Scenario, evaluation: Evaluation, thresholds: Thresholds
) -> Iterator[Concern]:
    """Amounts of different years are added, and some that the price index cannot convert."""
    years = _years_of_prices(scenario, evaluation)
    if _are_mixed(scenario, years) and (beyond := _beyond_index(scenario, years)):
        first, last = min(years.values()), max(years.values())
        yield beyond, {"first": first, "last": last, "numbers": ", ".join(beyond)}


def _are_mixed(scenario: Scenario, years: Mapping[str, int]) -> bool:
    return scenario.settings.price_year == AS_STATED and len(set(years.values())) > 1


def _beyond_index(scenario: Scenario, years: Mapping[str, int]) -> tuple[str, ...]:
    """Return the addresses, among some amounts, of those that the price index cannot convert."""
    return tuple(one for one in scenario.beyond_price_index() if one in years)


def _other_price_year(
    scenario: Scenario, evaluation: Evaluation, thresholds: Thresholds
) -> Iterator[Concern]:
    """Amounts are converted to the prices of a year that none of them is in."""
    chosen = scenario.settings.price_year
    years = set(_years_of_prices(scenario, evaluation).values())
    if chosen != AS_STATED and years and chosen not in years:
        nearest = min(years, key=lambda year: (abs(year - chosen), year))
        yield ("price_year",), {"year": chosen, "nearest": nearest}


def _no_negative_outcome(
    scenario: Scenario, evaluation: Evaluation, thresholds: Thresholds
) -> Iterator[Concern]:
    """Everything that changes is a gain, counted or not."""
    if _counted(scenario, evaluation) and all(
        row.gross_value >= 0 for row in evaluation.by_outcome
    ):
        yield (), {}


def _no_range(
    scenario: Scenario, evaluation: Evaluation, thresholds: Thresholds
) -> Iterator[Concern]:
    """No number of the outcomes counted says how far it may vary."""
    lines = _counted(scenario, evaluation)
    if lines and not any(_varies(one) for outcome, _ in lines for one in _numbers_of(outcome)):
        yield tuple(outcome.id for outcome, _ in lines), {}


def _numbers_of(outcome: Outcome) -> Iterator[Parameter]:
    yield from outcome.factors
    for name in (*OUTCOME_SHARES, "benefit_period"):
        if (stated := getattr(outcome, name)) is not None:
            yield stated


def _varies(number: Parameter) -> bool:
    """Say whether a number states a range or a distribution of its own."""
    if number.distribution is not None:
        return number.distribution.kind != "fixed"
    return number.low is not None and number.high is not None and number.low < number.high


def _single_source(
    scenario: Scenario, evaluation: Evaluation, thresholds: Thresholds
) -> Iterator[Concern]:
    """Almost all of the value comes from lines that cite one and the same document."""
    lines = _counted(scenario, evaluation)
    cited = [
        {source for factor in outcome.factors for source in factor.source} for outcome, _ in lines
    ]
    for document in sorted(set().union(*cited)):
        resting = [
            line for line, sources in zip(lines, cited, strict=True) if sources == {document}
        ]
        share = _share_of(resting, lines)
        if share > thresholds["almost_all"]:
            addresses = tuple(outcome.id for outcome, _ in resting)
            yield addresses, {"share": share, "source": document}


PREDICATES: Mapping[str, Predicate] = {
    "no_deadweight": _nothing_deducted("deadweight"),
    "all_attributed": _nothing_deducted("attribution"),
    "one_funder": _one_funder,
    "rests_on_assumptions": _rests_on_assumptions,
    "footprint_counted": _footprint_counted,
    "beyond_published": _beyond_published,
    "no_displacement": _nothing_deducted("displacement"),
    "long_without_drop_off": _long_without_drop_off,
    "counted_twice": _counted_twice,
    "unstated_cost": _unstated_cost,
    "in_kind_at_zero": _in_kind_at_zero,
    "no_discount_rate": _no_discount_rate,
    "above_mean": _above_mean,
    "mixed_price_years": _mixed_price_years,
    "prices_beyond_index": _prices_beyond_index,
    "other_price_year": _other_price_year,
    "no_negative_outcome": _no_negative_outcome,
    "no_range": _no_range,
    "single_source": _single_source,
}
"""When each rule speaks: one predicate for each rule of the data."""
