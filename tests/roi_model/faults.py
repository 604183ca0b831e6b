"""Everything that can be wrong with a scenario, one fault at a time, to plant in sound data."""

import math
from dataclasses import dataclass
from typing import Any

from tests.roi_model.building import both, case_data, cost, number, people_helped

REMOVED = object()
LONG_LABEL, LONG_TEXT = "x" * 121, "x" * 1_001


@dataclass(frozen=True)
class Fault:
    """One thing wrong in one record: what is put where, and what the problem must say."""

    kind: str
    record: str  # "outcome", "cost" or "scenario"
    path: tuple[str | int, ...]
    value: Any
    where: str  # ``{id}`` stands for the id of the record
    says: str  # what is allowed, or what is wrong
    code: str = ""  # ours alone; those of pydantic are not promised
    received: Any = None  # what was received, where that is not ``value``

    def plant(self, record: dict[str, Any]) -> None:
        *way, last = self.path
        for step in way:
            record = record[step]
        if self.value is REMOVED:
            del record[last]
        else:
            record[last] = self.value


PEOPLE = "outcomes[{id}].factors[people]"
PRICE = "outcomes[{id}].factors[price]"
PEOPLE_VALUE, PRICE_VALUE = ("factors", 0, "value"), ("factors", 1, "value")
PUBLISHED = {"provenance": "published", "source": "study", "locator": both("Page 12")}
ASSUMED = {"provenance": "assumed", "reason": both("Ours"), "low": 1, "high": 9}


FAULTS = [
    # amounts
    Fault(
        "negative_cost", "cost", ("value",), -5, "costs[{id}].value", "greater than or equal to 0"
    ),
    Fault("infinite_cost", "cost", ("value",), math.inf, "costs[{id}].value", "finite"),
    Fault("nan_price", "outcome", PRICE_VALUE, math.nan, f"{PRICE}.value", "finite"),
    Fault("infinite_harm", "outcome", PRICE_VALUE, -math.inf, f"{PRICE}.value", "finite"),
    Fault("absurd_price", "outcome", PRICE_VALUE, 1e16, f"{PRICE}.value", "1000000000000000"),
    Fault(
        "negative_quantity", "outcome", PEOPLE_VALUE, -5, PEOPLE, "0 or more", "negative_quantity"
    ),
    Fault("text_for_a_number", "outcome", PEOPLE_VALUE, "many", f"{PEOPLE}.value", "number"),
    Fault("yes_for_a_number", "outcome", PEOPLE_VALUE, True, f"{PEOPLE}.value", "number"),
    Fault("no_number", "outcome", PEOPLE_VALUE, None, f"{PEOPLE}.value", "number"),
    # shares and periods
    Fault(
        "share_above_1",
        "outcome",
        ("deadweight",),
        number(1.5),
        "outcomes[{id}].deadweight.value",
        "less than or equal to 1",
        received=1.5,
    ),
    Fault(
        "share_below_0",
        "outcome",
        ("drop_off",),
        number(-0.1),
        "outcomes[{id}].drop_off.value",
        "greater than or equal to 0",
        received=-0.1,
    ),
    Fault(
        "period_of_0_years",
        "outcome",
        ("benefit_period",),
        number(0),
        "outcomes[{id}].benefit_period.value",
        "greater than or equal to 1",
        received=0,
    ),
    Fault(
        "half_a_year",
        "outcome",
        ("benefit_period",),
        number(1.5),
        "outcomes[{id}].benefit_period.value",
        "integer",
        received=1.5,
    ),
    Fault(
        "common_share_above_1",
        "scenario",
        ("settings", "displacement"),
        number(7),
        "settings.displacement.value",
        "less than or equal to 1",
        received=7,
    ),
    Fault(
        "negative_rate",
        "scenario",
        ("settings", "discount_rate"),
        number(-0.75),
        "settings.discount_rate.value",
        "greater than or equal to -0.5",
        received=-0.75,
    ),
    Fault(
        "empty_period_of_study",
        "scenario",
        ("period", "fr"),
        "",
        "period.fr",
        "at least 1 character",
    ),
    # references
    Fault(
        "unknown_payer",
        "cost",
        ("stakeholder",),
        "bank",
        "costs[{id}].stakeholder",
        "residents, state, town, transport",
        "unknown_stakeholder",
    ),
    Fault(
        "unknown_winner",
        "outcome",
        ("stakeholder",),
        "bank",
        "outcomes[{id}].stakeholder",
        "residents, state, town, transport",
        "unknown_stakeholder",
    ),
    Fault(
        "unknown_source",
        "outcome",
        ("factors", 0, "source"),
        "rumour",
        f"{PEOPLE}.source",
        "study",
        "unknown_source",
    ),
    Fault(
        "unknown_source_of_a_cost",
        "cost",
        ("source",),
        "rumour",
        "costs[{id}].source",
        "study",
        "unknown_source",
    ),
    Fault(
        "unknown_source_of_a_share",
        "outcome",
        ("attribution",),
        number(0.1, source="rumour"),
        "outcomes[{id}].attribution.source",
        "study",
        "unknown_source",
        "rumour",
    ),
    Fault(
        "unknown_point_of_view",
        "scenario",
        ("settings", "perspective"),
        "leverage-nobody",
        "settings.perspective",
        "society, public_finances, leverage-",
        "unknown_perspective",
    ),
    # units
    Fault(
        "unknown_unit",
        "outcome",
        ("factors", 0, "unit"),
        "people",
        PEOPLE,
        "EUR, hour, item, job, person, report, staff, year",
        "unknown_unit",
    ),
    Fault(
        "units_that_do_not_cancel",
        "outcome",
        ("factors", 1, "unit"),
        "EUR/hour",
        "outcomes[{id}].factors",
        "EUR/year",
        "not_money_a_year",
        "person x EUR/hour",
    ),
    Fault(
        "cost_not_of_a_year",
        "cost",
        ("unit",),
        "EUR/hour",
        "costs[{id}].unit",
        "EUR/year",
        "not_money_a_year",
    ),
    # ids
    Fault(
        "cost_with_the_name_of_a_setting",
        "cost",
        ("id",),
        "timing",
        "costs[timing].id",
        "setting",
        "duplicate_id",
    ),
    Fault(
        "outcome_with_the_id_of_a_cost",
        "outcome",
        ("id",),
        "aid",
        "outcomes[aid].id",
        "only once",
        "duplicate_id",
    ),
    Fault(
        "factors_with_one_id",
        "outcome",
        ("factors", 0, "id"),
        "price",
        f"{PRICE}.id",
        "only once",
        "duplicate_id",
    ),
    Fault(
        "factor_with_the_name_of_a_share",
        "outcome",
        ("factors", 0, "id"),
        "deadweight",
        "outcomes[{id}].factors[deadweight].id",
        "share",
        "duplicate_id",
    ),
    Fault(
        "id_with_a_capital",
        "outcome",
        ("factors", 0, "id"),
        "People",
        "outcomes[{id}].factors[People].id",
        "pattern",
    ),
    # years
    Fault(
        "yearly_cost_after_the_activity",
        "cost",
        ("start_year",),
        2,
        "costs[{id}].start_year",
        "in year 1 at most",
        "cost_after_activity",
    ),
    # ranges, texts, keys
    Fault(
        "range_with_one_end",
        "outcome",
        ("factors", 0, "low"),
        3,
        PEOPLE,
        "missing: high",
        "range_without_end",
        received=(3.0, None),
    ),
    Fault(
        "range_below_its_value",
        "outcome",
        ("factors", 0, "high"),
        3,
        PEOPLE,
        "must hold the value 10",
        "range_excludes_value",
    ),
    Fault(
        "label_too_long", "outcome", ("label", "en"), LONG_LABEL, "outcomes[{id}].label.en", "120"
    ),
    Fault("help_too_long", "outcome", ("help", "fr"), LONG_TEXT, "outcomes[{id}].help.fr", "1000"),
    Fault(
        "description_too_long",
        "scenario",
        ("description", "en"),
        LONG_TEXT,
        "description.en",
        "1000",
    ),
    Fault("no_label", "outcome", ("label", "fr"), REMOVED, "outcomes[{id}].label.fr", "required"),
    Fault("unknown_key", "outcome", ("colour",), "red", "outcomes[{id}].colour", "not permitted"),
    Fault(
        "unknown_key_of_a_cost",
        "cost",
        ("currency",),
        "EUR",
        "costs[{id}].currency",
        "not permitted",
    ),
    Fault("unknown_key_at_the_top", "scenario", ("author",), "me", "author", "not permitted"),
    Fault(
        "unknown_basis",
        "outcome",
        ("basis",),
        "rumoured",
        "outcomes[{id}].basis",
        "'itemised', 'estimated' or 'balance'",
    ),
    Fault(
        "unknown_convention",
        "scenario",
        ("settings", "timing"),
        "noon",
        "settings.timing",
        "'end', 'mid', 'start' or 'none'",
    ),
    Fault("no_factor", "outcome", ("factors",), [], "outcomes[{id}].factors", "at least 1"),
    # papers
    Fault(
        "published_without_source",
        "outcome",
        ("deadweight",),
        number(0.1, **{**PUBLISHED, "source": None}),
        "outcomes[{id}].deadweight",
        "missing: source",
        "papers_missing",
    ),
    Fault(
        "published_without_locator",
        "outcome",
        ("displacement",),
        number(0.1, **{**PUBLISHED, "locator": None}),
        "outcomes[{id}].displacement",
        "missing: locator",
        "papers_missing",
    ),
    Fault(
        "assumed_without_reason",
        "outcome",
        ("benefit_period",),
        number(5, **{**ASSUMED, "reason": None}),
        "outcomes[{id}].benefit_period",
        "missing: reason",
        "papers_missing",
    ),
    Fault(
        "assumed_without_range",
        "outcome",
        ("benefit_period",),
        number(5, **{**ASSUMED, "low": None}),
        "outcomes[{id}].benefit_period",
        "missing: low",
        "papers_missing",
    ),
    Fault(
        "assumed_cost_without_papers",
        "cost",
        ("provenance",),
        "assumed",
        "costs[{id}]",
        "missing: reason, low, high",
        "papers_missing",
    ),
    Fault(
        "derived_without_rule",
        "outcome",
        ("factors", 1, "provenance"),
        "derived",
        PRICE,
        "missing: derivation",
        "papers_missing",
    ),
]


def sound_data():
    """Return a scenario without a fault."""
    return case_data(
        outcomes=[people_helped("nights", 10, 5.0, deadweight=0.2, benefit_period=2)],
        costs=[cost("aid", 100)],
        timing="end",
        discount_rate=0.03,
    )


def with_faults(faults):
    """Return sound data with a record added for each fault, and the ids of those records."""
    data, ids = sound_data(), []
    for position, fault in enumerate(faults):
        identifier = f"record_{position}"
        if fault.record == "cost":
            target = cost(identifier, 100)
            data["costs"].append(target)
        elif fault.record == "outcome":
            target = people_helped(identifier, 10, 5.0)
            data["outcomes"].append(target)
        else:
            target = data
        fault.plant(target)
        ids.append(identifier)
    return data, ids
