"""The value map: who pays or benefits, what it costs, what changes and what it is worth."""

from typing import Annotated, Literal

from pydantic import Field

from roi_model import units
from roi_model.parameters import (
    LARGEST_AMOUNT,
    Duration,
    Factor,
    Identifier,
    Name,
    Record,
    Share,
    Text,
)

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
    value: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=LARGEST_AMOUNT)]


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
