"""How a scenario is read: the informed reader's questions, and the field's conventions."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from roi_model import units
from roi_model.discounting import DropOffFrom, Timing
from roi_model.formulas import AttributionMeans, Deductions
from roi_model.parameters import (
    Duration,
    Provenance,
    Rate,
    Record,
    Share,
    StatedDistribution,
)
from roi_model.reference_data import price_index

AS_STATED: Literal["as_stated"] = "as_stated"
"""The choice of prices that converts none."""

_HELD = StatedDistribution(kind="fixed")
"""The range of what no one stated is what may be tried: no draw is made of it."""
NOT_STATED_SHARE = Share(
    value=0.0, low=0.0, high=1.0, provenance=Provenance.ASSUMED, distribution=_HELD
)
# Built without validation: it states nothing, so that it has no reason to give.
NOT_STATED_CREDIT = Share.model_construct(
    value=1.0,
    unit=units.SHARE,
    low=0.0,
    high=1.0,
    provenance=Provenance.ASSUMED,
    distribution=_HELD,
)
"""Attribution that no one stated, where it means the share credited: all of it."""
NOT_STATED_RATE = Rate(
    value=0.0, low=0.0, high=0.1, provenance=Provenance.ASSUMED, distribution=_HELD
)
NOT_STATED_PERIOD = Duration(
    value=1, low=1, high=30, provenance=Provenance.ASSUMED, distribution=_HELD
)


class Settings(Record):
    """How the scenario is read: the informed reader's questions, and the field's conventions."""

    perspective: str = "society"
    first_year: Annotated[int, Field(strict=True, ge=1900, le=2100)] | None = None
    """The calendar year of the first year of activity; it names the years and moves no amount."""
    activity_years: Duration = NOT_STATED_PERIOD
    """Years the activity runs, with its yearly costs and outcomes in each."""
    lines: Literal["all", "itemised"] = "all"
    years_covered: Literal[1, 2] = 1
    """Years the amounts of the study add up: its return is divided by them."""
    footprint: Literal["with", "without"] = "with"
    deadweight: Share = NOT_STATED_SHARE
    displacement: Share = NOT_STATED_SHARE
    attribution: Share = NOT_STATED_SHARE
    discount_rate: Rate = NOT_STATED_RATE
    price_year: Literal["as_stated"] | Annotated[int, Field(strict=True)] = AS_STATED
    """The year whose prices all amounts are expressed in, by the consumer price index."""
    optimism_bias: Literal["off", "by_grade"] = "off"
    """Whether what a line lacks in evidence is cut from it, by the scale in ``data/``."""
    timing: Timing = "end"
    drop_off_from: DropOffFrom = 2
    deductions: Deductions = "multiply"
    attribution_means: AttributionMeans = "others"


SETTING_NUMBERS = ("deadweight", "displacement", "attribution", "discount_rate", "activity_years")
"""Settings that are numbers; a common share bears on every outcome, beside its own."""

CONVENTIONS: Mapping[str, tuple[Any, ...]] = {
    "timing": get_args(Timing),
    "drop_off_from": get_args(DropOffFrom),
    "deductions": get_args(Deductions),
    "attribution_means": get_args(AttributionMeans),
}
"""The four conventions on which published studies differ."""

SETTING_CHOICES: Mapping[str, tuple[Any, ...]] = {
    "lines": get_args(Settings.model_fields["lines"].annotation),
    "years_covered": get_args(Settings.model_fields["years_covered"].annotation),
    "footprint": get_args(Settings.model_fields["footprint"].annotation),
    "optimism_bias": get_args(Settings.model_fields["optimism_bias"].annotation),
    **CONVENTIONS,
}
"""Settings that are a choice, with what may be chosen; the point of view depends on the case."""


def price_years() -> tuple[Any, ...]:
    """Return what may be chosen as the year of prices: none, or a year of the price index."""
    return (AS_STATED, *price_index().years)
