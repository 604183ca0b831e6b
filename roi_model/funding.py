"""The funding case: what more posts, or fewer, would cost and bring."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor, fsum
from typing import Literal

import numpy as np
from pydantic import ValidationError

from roi_model import formulas
from roi_model.editing import rebuilt
from roi_model.evaluation import perspective_in
from roi_model.formulas import Numeric
from roi_model.parameters import Factor, Provenance
from roi_model.perspectives import Perspective
from roi_model.problems import Problem, ScenarioError
from roi_model.reference_data import number_to_fill
from roi_model.scenario import Scenario, problems_of
from roi_model.valuation import Valuation, cost_amount, is_paid_once
from roi_model.value_map import Cost, Funding

OtherCosts = Literal["follow", "held"]
"""Whether the costs of every year that pay for no post grow in proportion to the posts all the
same, or are held as they are. What is paid once is held in both."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FundedOutcome:
    """One outcome today and with the posts asked for. Present value, euros."""

    outcome: str
    elasticity: float
    multiplier: float
    """What its quantity is multiplied by."""
    present_value_now: float
    added_value: float


@dataclass(frozen=True, kw_only=True, slots=True)
class FundingCase:
    """What a change in the number of posts costs and brings, from one point of view.

    Present values in euros. Ratios are NaN where the point of view counts no such cost.

    Where costs that would have to grow with the posts are held, the marginal ratio is flattered.
    """

    perspective: Perspective
    posts_now: float
    posts: float
    benefits_now: float
    costs_now: float
    added_benefits: float
    added_costs: float
    by_outcome: tuple[FundedOutcome, ...]
    added_other_costs: float
    """The part of ``added_costs`` that costs following the posts add, beside the price of these."""
    costs_following: tuple[str, ...]
    """Costs, by id, that the point of view counts and that grow in proportion to the posts."""
    costs_held: tuple[str, ...]
    """Costs, by id, that it counts and that stay as they are."""

    @property
    def average_ratio_now(self) -> float:
        """Euros of benefit per euro of all that is paid today."""
        return float(formulas.ratio(self.benefits_now, self.costs_now))

    @property
    def average_ratio(self) -> float:
        """Euros of benefit per euro of all that would be paid; NaN where nothing would be left."""
        benefits = self.benefits_now + self.added_benefits
        return float(_ratio_of_what_is_paid(benefits, self.costs_now + self.added_costs))

    @property
    def marginal_ratio(self) -> float:
        """Euros of benefit added per euro of cost added: what the next post brings.

        It is the average one where effects and all costs are in proportion to the posts. Costs
        that are held add nothing, also for society: see ``costs_held``.
        """
        return float(formulas.ratio(self.added_benefits, self.added_costs))

    @property
    def net_present_value_added(self) -> float:
        """What the change brings beyond its cost."""
        return float(formulas.net_present_value(self.added_benefits, self.added_costs))


@dataclass(frozen=True, kw_only=True, slots=True)
class Growth:
    """How benefits and costs follow the number of posts, from one point of view.

    Present values in euros. Every method takes one number of posts or an array of them.
    """

    perspective: Perspective
    posts_now: float
    benefits_now: Mapping[str, float]
    """By outcome, those that count."""
    elasticities: Mapping[str, float]
    """By outcome: its own, else that of the funding case."""
    costs_now: float
    cost_of_a_post: float
    """What its payer pays for it; 0 where the point of view does not count who pays."""
    other_costs_of_a_post: float
    """What the costs that follow the posts add for each one more."""
    costs_following: tuple[str, ...]
    """By id; ``costs_held`` too."""
    costs_held: tuple[str, ...]

    @property
    def whole_cost_of_a_post(self) -> float:
        """What a post more adds to all the costs that count."""
        return self.cost_of_a_post + self.other_costs_of_a_post

    def multiplier(self, outcome: str, posts: Numeric) -> Numeric:
        """Return what the quantity of an outcome is multiplied by with ``posts``.

        Infinite where it is beyond what a double holds.
        """
        # Of NumPy's kind, a number that is too large is no error.
        wanted = np.asarray(posts, dtype=np.float64)[()]
        with np.errstate(over="ignore"):
            return formulas.posts_multiplier(wanted, self.posts_now, self.elasticities[outcome])

    def added_benefits(self, posts: Numeric) -> Numeric:
        """Return what ``posts`` bring beyond those of today, in euros; below 0 for fewer."""
        added: Numeric = np.zeros(np.shape(posts))[()]
        with np.errstate(invalid="ignore", over="ignore"):
            for outcome, now in self.benefits_now.items():
                added = added + now * (self.multiplier(outcome, posts) - 1.0)
        return added

    def added_costs(self, posts: Numeric) -> Numeric:
        """Return what ``posts`` cost beyond those of today, in euros; below 0 for fewer."""
        with np.errstate(invalid="ignore", over="ignore"):
            return (posts - self.posts_now) * self.whole_cost_of_a_post

    def marginal_ratio(self, posts: Numeric) -> Numeric:
        """Return euros of benefit added per euro of cost added; NaN where no cost is added."""
        return formulas.ratio(self.added_benefits(posts), self.added_costs(posts))

    def average_ratio(self, posts: Numeric) -> Numeric:
        """Return euros of benefit per euro of all that would be paid; NaN where nothing is."""
        benefits = fsum(self.benefits_now.values()) + self.added_benefits(posts)
        return _ratio_of_what_is_paid(benefits, self.costs_now + self.added_costs(posts))


def growth_of(
    scenario: Scenario,
    *,
    perspective: Perspective | str | None = None,
    elasticity: float | None = None,
    other_costs: OtherCosts = "follow",
) -> Growth:
    """Return how benefits and costs follow the posts; ``elasticity`` holds for all outcomes.

    A post more costs its price and, of each other cost that follows, the part of a post today:

        added costs = (n - n0) * (price + others / n0)

    Raises:
        ScenarioError: the scenario has no funding case, or no posts today to compare with.
        KeyError: the scenario has no such point of view.
    """
    funding = _funding_of(scenario)
    perspective = perspective_in(scenario, perspective)
    valuation = Valuation(scenario, perspective)
    costs = {name: float(value) for name, value in valuation.costs({}).items()}
    others = [one for one in scenario.costs if one.id != funding.cost and costs.get(one.id)]
    following = [one.id for one in others if other_costs == "follow" and not is_paid_once(one)]
    posts_now = float(funding.posts.value)
    return Growth(
        perspective=perspective,
        posts_now=posts_now,
        benefits_now={name: float(value) for name, value in valuation.benefits({}).items()},
        elasticities={
            one.id: float((one.elasticity or funding.elasticity).value)
            if elasticity is None
            else float(elasticity)
            for one in scenario.outcomes
        },
        costs_now=fsum(costs.values()),
        cost_of_a_post=_cost_of_a_post(valuation, funding),
        other_costs_of_a_post=fsum(costs[one] for one in following) / posts_now,
        costs_following=tuple(following),
        costs_held=tuple(one.id for one in others if one.id not in following),
    )


def funding_case(
    scenario: Scenario,
    *,
    perspective: Perspective | str | None = None,
    posts: float | None = None,
    elasticity: float | None = None,
    other_costs: OtherCosts = "follow",
) -> FundingCase:
    """Return what ``posts`` cost and bring beside those of today, both from one point of view.

    Every outcome follows its own elasticity, else that of the funding case, by
    ``formulas.posts_multiplier``; ``elasticity`` holds for all of them, to be varied. A post
    more costs the cost per post every year, at the moment and from the year of the cost that
    pays for it; other costs of every year follow in proportion, whoever pays them, or are held as
    they are. By hand: 10 posts at 100 and 200 that others pay give 4 000 (3.33 per euro); with an
    elasticity of 1, 40 posts add 30 * (100 + 200 / 10) = 3 600 and bring 12 000 (3.33 again);
    with the 200 held they add 3 000 (4.00).

    Raises:
        ScenarioError: the scenario has no funding case, or no posts today to compare with.
        KeyError: the scenario has no such point of view.
    """
    growth = growth_of(
        scenario, perspective=perspective, elasticity=elasticity, other_costs=other_costs
    )
    wanted = float(_funding_of(scenario).posts_wanted.value) if posts is None else float(posts)
    if wanted < 0:
        raise ScenarioError([_refused("funding.posts_wanted", wanted, "posts must be 0 or more")])
    lines = []
    for outcome in scenario.outcomes:
        multiplier = float(growth.multiplier(outcome.id, wanted))
        now = growth.benefits_now.get(outcome.id, 0.0)
        lines.append(
            FundedOutcome(
                outcome=outcome.id,
                elasticity=growth.elasticities[outcome.id],
                multiplier=multiplier,
                present_value_now=now,
                added_value=now * (multiplier - 1.0),
            )
        )
    return FundingCase(
        perspective=growth.perspective,
        posts_now=growth.posts_now,
        posts=wanted,
        benefits_now=fsum(growth.benefits_now.values()),
        costs_now=growth.costs_now,
        added_benefits=float(growth.added_benefits(wanted)),
        added_costs=float(growth.added_costs(wanted)),
        by_outcome=tuple(lines),
        added_other_costs=(wanted - growth.posts_now) * growth.other_costs_of_a_post,
        costs_following=growth.costs_following,
        costs_held=growth.costs_held,
    )


def yearly_cost_per_post(scenario: Scenario) -> float:
    """Return what a post costs each year, in euros of the prices that the scenario is read in.

    Raises:
        ScenarioError: the scenario has no funding case, or no posts today to compare with.
    """
    a_post = _a_post(scenario, _funding_of(scenario))
    return float(cost_amount(a_post, scenario.settings, {}))


def cost_counted_in_posts(scenario: Scenario) -> Cost | None:
    """Return the first cost that is a number of posts and the price of one; ``None`` if none is."""
    per_post = f"{scenario.currency}/staff/year"
    for cost in scenario.costs:
        is_counted = cost.unit == "staff" and cost.price is not None
        if is_counted and cost.price.unit == per_post and cost.value > 0:  # type: ignore[union-attr]
            return cost
    return None


def with_funding(
    scenario: Scenario,
    *,
    cost: str,
    posts: float | None = None,
    cost_per_post: float | None = None,
    like: Funding,
) -> Scenario:
    """Return ``scenario`` with a funding case in which ``cost`` pays for the posts.

    Numbers given are the user's own; the others stay as long as the same cost pays. Where another
    begins to, and is itself a number of posts and the price of one, it says both; what it does not
    say stays as the user typed it before, or is left to fill. Labels, and the elasticity with its
    range and its reason, are those of ``like``: what they assume is not about one case. One post
    more is asked for, unless others were.

    Raises:
        ScenarioError: no such cost, or a number that is not allowed.
    """
    paying = {one.id: one for one in scenario.costs}.get(cost)
    if paying is None:
        raise ScenarioError([_refused("funding.cost", None, "the scenario must have that cost")])
    had = scenario.funding

    def settled(name: str, value: float | None, stated: Factor | None, **unit: str) -> Factor:
        named = _called(getattr(like, name), **unit)
        if value is not None:
            return named.replaced(float(value))
        before: Factor | None = getattr(had, name, None)
        if before is not None and had is not None and had.cost == cost:
            return before
        return _stated(named, stated) or _typed(before) or _to_fill(named)

    per_post = f"{scenario.currency}/staff/year"
    try:
        today = settled("posts", posts, paying if paying.unit == "staff" else None)
        price = settled("cost_per_post", cost_per_post, paying.price, unit=per_post)
        wanted = _called(like.posts_wanted).replaced(_one_more(today))
    except ValidationError as error:
        raise ScenarioError(problems_of(error)) from error
    if had is not None and had.posts_wanted.value != _one_more(had.posts):
        wanted = had.posts_wanted
    funding = Funding(
        cost=cost,
        posts=today,
        posts_wanted=wanted,
        cost_per_post=price,
        elasticity=had.elasticity if had else like.elasticity,
    )
    return rebuilt(scenario, funding=funding)


def _ratio_of_what_is_paid(benefits: Numeric, costs: Numeric) -> Numeric:
    """Return a ratio; NaN at a cost below 0, where fewer posts would save more than is paid."""
    return formulas.ratio(benefits, np.maximum(costs, 0.0))


def _one_more(posts: Factor) -> float:
    """Return the next whole number of posts."""
    return floor(posts.value) + 1.0


def _called(like: Factor, **changes: str) -> Factor:
    """Return a number called as ``like`` is, without a help that is about one case."""
    return like.model_copy(update={"help": None, **changes})


def _stated(named: Factor, stated: Factor | None) -> Factor | None:
    """Return a number with the value and the papers of one stated elsewhere, if it is the same."""
    if stated is None or stated.unit != named.unit or stated.is_to_fill:
        return None
    papers = ("value", "low", "high", "year", "provenance", "source", "locator", "reason")
    return named.model_copy(
        update={
            **{name: getattr(stated, name) for name in papers},
            "derivation": None,
            "distribution": None,
        }
    )


def _typed(number: Factor | None) -> Factor | None:
    """Return a number that is the user's own; one with papers is about the cost it was of."""
    return number if number is not None and number.provenance == Provenance.YOURS else None


def _to_fill(named: Factor) -> Factor:
    """Return what stands for a number that nobody has given yet."""
    return Factor.model_validate(named.replaced(0.0).model_dump() | number_to_fill())


def _funding_of(scenario: Scenario) -> Funding:
    funding = scenario.funding
    if funding is None:
        raise ScenarioError([_refused("funding", None, "the scenario must have a funding case")])
    if funding.posts.value <= 0:
        message = "there must be posts today to compare with"
        raise ScenarioError([_refused("funding.posts", funding.posts.value, message)])
    return funding


def _cost_of_a_post(valuation: Valuation, funding: Funding) -> float:
    """Return the present value of one post more, where the point of view counts who pays."""
    a_post = _a_post(valuation.scenario, funding)
    if a_post.stakeholder not in valuation.perspective.payers:
        return 0.0
    return float(valuation.cost(a_post, {}))


def _a_post(scenario: Scenario, funding: Funding) -> Cost:
    """Return the cost of one post, paid by who pays for the posts and when it does."""
    paying = {cost.id: cost for cost in scenario.costs}[funding.cost]
    per_post = funding.cost_per_post
    return paying.model_copy(
        update={
            "value": per_post.value,
            "unit": f"{scenario.currency}/year",
            "year": per_post.year,
            "price": None,
        }
    )


def _refused(where: str, received: float | None, message: str) -> Problem:
    return Problem(
        where=where, code="no_funding_case", received=received, allowed="", message=message
    )
