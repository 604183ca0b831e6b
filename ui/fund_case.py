"""The funding case of the open scenario, as the page of the posts shows it."""

from dataclasses import dataclass

from roi_model import Scenario, ScenarioError
from roi_model.budget import (
    elasticities_to_compare,
    perspective_that_counts_posts,
    posts_to_compare,
)
from roi_model.funding import FundingCase, Growth, OtherCosts, funding_case, growth_of
from roi_model.value_map import Funding
from ui import fund_choices, fund_fields
from ui.frame import Page


@dataclass(frozen=True, kw_only=True)
class Funded:
    """The scenario with a funding case, the point of view it is seen from, and what it gives."""

    scenario: Scenario
    funding: Funding
    perspective: str
    case: FundingCase
    other_costs: OtherCosts
    """As the reader chose: whether the costs that pay for no post follow the posts."""
    may_follow: tuple[str, ...]
    """Those that may: where there is none, the choice is not one."""
    growth: Growth
    elasticity: float
    elasticities: tuple[float, ...]
    """Those compared, the current one among them."""
    posts: tuple[float, ...]
    """Numbers of posts to choose from, those of today and those wanted among them."""


def opened(page: Page) -> Funded | None:
    """Return the funding case of the open scenario, or the one that a cost implies; else none."""
    scenario = fund_fields.begun(page.scenario)
    if scenario.funding is None:
        return None
    try:
        perspective = perspective_that_counts_posts(scenario)
        other_costs = fund_choices.other_costs()
        case = funding_case(scenario, perspective=perspective, other_costs=other_costs)
        growth = growth_of(scenario, perspective=perspective, other_costs=other_costs)
    except ScenarioError:
        return None
    published = page.case.funding or fund_fields.like()
    posts = (page.case.funding or scenario.funding).posts_wanted
    current = scenario.funding.elasticity.value
    return Funded(
        scenario=scenario,
        funding=scenario.funding,
        perspective=perspective,
        case=case,
        other_costs=other_costs,
        may_follow=growth_of(scenario, perspective=perspective).costs_following,
        growth=growth,
        elasticity=current,
        elasticities=elasticities_to_compare(current, published.elasticity),
        posts=posts_to_compare(case.posts_now, case.posts, posts),
    )
