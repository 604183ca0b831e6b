"""The funding case: what more posts, or fewer, would cost and bring."""

from dataclasses import dataclass
from math import fsum

from roi_model import formulas
from roi_model.evaluation import perspective_in
from roi_model.perspectives import Perspective
from roi_model.problems import Problem, ScenarioError
from roi_model.scenario import Scenario
from roi_model.valuation import Valuation
from roi_model.value_map import Cost, Funding


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
    """

    perspective: Perspective
    posts_now: float
    posts: float
    benefits_now: float
    costs_now: float
    added_benefits: float
    added_costs: float
    by_outcome: tuple[FundedOutcome, ...]

    @property
    def average_ratio_now(self) -> float:
        """Euros of benefit per euro of all that is paid today."""
        return float(formulas.ratio(self.benefits_now, self.costs_now))

    @property
    def average_ratio(self) -> float:
        """Euros of benefit per euro of all that would be paid."""
        benefits = self.benefits_now + self.added_benefits
        return float(formulas.ratio(benefits, self.costs_now + self.added_costs))

    @property
    def marginal_ratio(self) -> float:
        """Euros of benefit added per euro of cost added: what the next post brings."""
        return float(formulas.ratio(self.added_benefits, self.added_costs))

    @property
    def net_present_value_added(self) -> float:
        """What the change brings beyond its cost."""
        return float(formulas.net_present_value(self.added_benefits, self.added_costs))


def funding_case(
    scenario: Scenario,
    *,
    perspective: Perspective | str | None = None,
    posts: float | None = None,
    elasticity: float | None = None,
) -> FundingCase:
    """Return what ``posts`` cost and bring beside those of today, both from one point of view.

    Every outcome follows its own elasticity, else that of the funding case, by
    ``formulas.posts_multiplier``; ``elasticity`` holds for all of them, to be varied. A post
    more costs the cost per post every year, at the moment and from the year of the cost that
    pays for it.

    Raises:
        ScenarioError: the scenario has no funding case, or no posts today to compare with.
        KeyError: the scenario has no such point of view.
    """
    funding = _funding_of(scenario)
    posts_now = float(funding.posts.value)
    wanted = float(funding.posts_wanted.value) if posts is None else float(posts)
    if wanted < 0:
        raise ScenarioError([_refused("funding.posts_wanted", wanted, "posts must be 0 or more")])
    perspective = perspective_in(scenario, perspective)
    valuation = Valuation(scenario, perspective)
    gained = {name: float(value) for name, value in valuation.benefits({}).items()}
    paid = [float(value) for value in valuation.costs({}).values()]
    lines = []
    for outcome in scenario.outcomes:
        own = float((outcome.elasticity or funding.elasticity).value)
        power = own if elasticity is None else float(elasticity)
        multiplier = float(formulas.posts_multiplier(wanted, posts_now, power))
        now = gained.get(outcome.id, 0.0)
        lines.append(
            FundedOutcome(
                outcome=outcome.id,
                elasticity=power,
                multiplier=multiplier,
                present_value_now=now,
                added_value=now * (multiplier - 1.0),
            )
        )
    return FundingCase(
        perspective=perspective,
        posts_now=posts_now,
        posts=wanted,
        benefits_now=fsum(gained.values()),
        costs_now=fsum(paid),
        added_benefits=fsum(line.added_value for line in lines),
        added_costs=_added_cost(valuation, funding, wanted - posts_now),
        by_outcome=tuple(lines),
    )


def _funding_of(scenario: Scenario) -> Funding:
    funding = scenario.funding
    if funding is None:
        raise ScenarioError([_refused("funding", None, "the scenario must have a funding case")])
    if funding.posts.value <= 0:
        message = "there must be posts today to compare with"
        raise ScenarioError([_refused("funding.posts", funding.posts.value, message)])
    return funding


def _added_cost(valuation: Valuation, funding: Funding, posts: float) -> float:
    """Return the present value of ``posts`` more, where the point of view counts who pays."""
    costs = {cost.id: cost for cost in valuation.scenario.costs}
    paying = costs[funding.cost]
    if paying.stakeholder not in valuation.perspective.payers:
        return 0.0
    per_post = funding.cost_per_post
    added: Cost = paying.model_copy(
        update={
            "value": posts * per_post.value,
            "unit": f"{valuation.scenario.currency}/year",
            "year": per_post.year,
            "price": None,
        }
    )
    return float(valuation.cost(added, {}))


def _refused(where: str, received: float | None, message: str) -> Problem:
    return Problem(
        where=where, code="no_funding_case", received=received, allowed="", message=message
    )
