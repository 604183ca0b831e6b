"""The value map: who pays or benefits, what it costs, what changes and what it is worth."""

from typing import Annotated, Literal

from pydantic import Field

from roi_model import units
from roi_model.discounting import CostTiming
from roi_model.parameters import (
    LARGEST_AMOUNT,
    Duration,
    Elasticity,
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
    one_euro: Name | None = None
    """How a sentence begins that is about one euro this payer spends."""
    public: bool = False
    """Whether its money is public, so that the public finances' point of view counts it."""


StartYear = Annotated[int, Field(strict=True, ge=1, le=100)]
"""A year of the scenario, from 1: its first year of activity."""


class Evidence(Record):
    """How good the evidence for an outcome is, on the scale of ``data/optimism_bias.yaml``."""

    grade: Identifier
    reason: Text | None = None


class Cost(Factor):
    """What a stakeholder pays: in money, or in kind as a quantity and its price.

    In euros a year it is paid in every year of activity from ``start_year`` on, in euros once.
    """

    stakeholder: Identifier
    unit: str = "EUR/year"
    value: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=LARGEST_AMOUNT)]
    price: Factor | None = None
    """Money per unit of the quantity, such as the value of an hour that a volunteer gives."""
    kind: Literal["cash", "in_kind"] = "cash"
    timing: CostTiming = "start"
    """Paid at the start of its year, or at the moment the benefits are counted."""
    start_year: StartYear = 1

    @property
    def bounds(self) -> tuple[float, float]:
        """Return the least and the greatest value: nothing is paid below 0."""
        return 0.0, self.highest

    @property
    def factors(self) -> tuple[Factor, ...]:
        """Return the numbers whose product is the amount."""
        return (self,) if self.price is None else (self, self.price)


class Outcome(Record):
    """One change that is valued: one line of the value map.

    In euros a year it happens in every year of activity, in euros once.
    """

    id: Identifier
    label: Name
    help: Text | None = None
    stakeholder: Identifier
    transfer_from: Identifier | None = None
    """Who loses what the stakeholder gains: a transfer, which nets out for society."""
    basis: Basis = "estimated"
    start_year: StartYear = 1
    """The year in which the effect of the first year of activity begins."""
    evidence: Evidence | None = None
    factors: Annotated[tuple[Factor, ...], Field(min_length=1, max_length=10)]
    deadweight: Share | None = None
    displacement: Share | None = None
    attribution: Share | None = None
    optimism_bias: Share | None = None
    drop_off: Share | None = None
    benefit_period: Duration | None = None
    footprint: Share | None = None
    """The share of the line that is spending passed on, and not a cost avoided."""
    elasticity: Elasticity | None = None
    """How the line follows the number of posts, where not as the funding case says for all."""

    @property
    def quantities(self) -> tuple[Factor, ...]:
        """Return the factors that count something, the unit value left out."""
        return tuple(factor for factor in self.factors if not units.is_money(factor.unit))

    @property
    def quantity_unit(self) -> units.Powers:
        """Return the unit of the product of the quantities."""
        return units.product(factor.unit for factor in self.quantities)


class Funding(Record):
    """What more posts would cost, and how their effects would follow."""

    cost: Identifier
    """The cost that pays for them."""
    posts: Factor
    posts_wanted: Factor
    cost_per_post: Factor
    elasticity: Elasticity


FUNDING_NUMBERS = ("posts", "posts_wanted", "cost_per_post", "elasticity")
"""The numbers of the funding case, under ``funding.`` in an address."""

OUTCOME_SHARES = (
    "deadweight",
    "displacement",
    "attribution",
    "optimism_bias",
    "drop_off",
    "footprint",
)
"""The shares an outcome may carry; each applies only if stated, and is 0 otherwise."""
