"""How a scenario is read: the informed reader's questions, and the field's conventions."""

from collections.abc import Mapping
from typing import Any, Literal, get_args

from roi_model import units
from roi_model.discounting import DropOffFrom, Timing
from roi_model.formulas import AttributionMeans, Deductions
from roi_model.parameters import Duration, Provenance, Record, Share

NOT_STATED_SHARE = Share(value=0.0, low=0.0, high=1.0, provenance=Provenance.ASSUMED)
# Built without validation: it states nothing, so that it has no reason to give.
NOT_STATED_CREDIT = Share.model_construct(
    value=1.0, unit=units.SHARE, low=0.0, high=1.0, provenance=Provenance.ASSUMED
)
"""Attribution that no one stated, where it means the share credited: all of it."""
NOT_STATED_PERIOD = Duration(value=1, low=1, high=30, provenance=Provenance.ASSUMED)


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
