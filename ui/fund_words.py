"""Numbers of posts, and the rules by which effects follow them, in plain words."""

from roi_model.budget import GrowthLine, growth_lines
from ui.fund_case import Funded
from ui.words import Words


def posts_counted(t: Words, count: float) -> str:
    """Return a number of posts in words."""
    decimals = None if float(count).is_integer() else 1
    return t.counted("fund.posts_counted", count, number=t.number(count, decimals=decimals))


def about(t: Words, amount: float) -> str:
    """Return an amount to two digits: a sentence says no more than is known."""
    return t.short_euros(float(f"{amount:.1e}"))


def times(t: Words, line: GrowthLine) -> str:
    """Return what the effects are multiplied by when the posts double."""
    return t("fund.times", times=t.number(line.when_doubled, decimals=_decimals(line)))


def rules(t: Words, funded: Funded) -> dict[float, str]:
    """Return each rule of growth in plain words: what twice the posts do to the effects."""
    lines = growth_lines(funded.scenario, [], funded.elasticities)
    return {line.elasticity: _rule(t, line) for line in lines}


def _rule(t: Words, line: GrowthLine) -> str:
    doubled = t.number(line.when_doubled, decimals=_decimals(line))
    elasticity = t.number(line.elasticity)
    key = "fund.rule_proportional" if line.elasticity == 1 else "fund.rule_times"
    return t(key, times=doubled, elasticity=elasticity)


def _decimals(line: GrowthLine) -> int:
    return 0 if float(line.when_doubled).is_integer() else 2
