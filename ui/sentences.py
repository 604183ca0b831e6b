"""The result, and what a check finds, as sentences: on pages and in documents alike."""

from collections.abc import Callable

from roi_model.checks import Figure, Finding, Hole, Rule
from roi_model.evaluation import Evaluation
from roi_model.perspectives import FUNDER, PUBLIC_FINANCES, SOCIETY, funder_of
from roi_model.scenario import Scenario
from ui.words import Words, typeset

LARGEST_SAID = 1e9
"""A ratio beyond it comes from a cost next to nothing, and means nothing."""


def has_ratio(evaluation: Evaluation) -> bool:
    """Say whether there is a ratio that means something."""
    return abs(evaluation.ratio) < LARGEST_SAID


def result(
    scenario: Scenario, evaluation: Evaluation, t: Words, *, quote: Callable[[str], str] = str
) -> str:
    """Return the ratio as a sentence; it says what the euro is, and so from whose point of view.

    ``quote`` makes what a stranger wrote harmless where the sentence is shown.
    """
    ratio, perspective = t.ratio(evaluation.ratio), evaluation.perspective.id
    if perspective in (SOCIETY, PUBLIC_FINANCES):
        return t(f"headline.{perspective}", ratio=ratio)
    key = "headline.funder" if perspective.startswith(FUNDER) else "headline.leverage"
    return t(key, one_euro=quote(one_euro(scenario, evaluation, t)), ratio=ratio)


def one_euro(scenario: Scenario, evaluation: Evaluation, t: Words) -> str:
    """Return what the one euro of the sentence is, from whom it comes."""
    perspective = evaluation.perspective
    if perspective.id in (SOCIETY, PUBLIC_FINANCES):
        return t(f"one_euro.{perspective.id}")
    funder = funder_of(perspective.id)
    if funder is not None:
        payer = scenario.stakeholder(funder)
        return t.of(payer.one_euro or payer.name)
    paying = {cost.stakeholder for cost in scenario.costs} & perspective.payers
    names = (t.of(one.name) for one in scenario.stakeholders if one.id in paying)
    return t("one_euro.several", payers=t("chart.separator").join(names))


def finding_text(scenario: Scenario, rule: Rule, finding: Finding, t: Words) -> str:
    """Return what a rule found, figures in the reader's style."""
    filled = {
        name: _written(scenario, kind, finding.figures[name], t)
        for name, kind in rule.holes.items()
    }
    return typeset(t.of(rule.message).format(**filled), t.language)


def _written(scenario: Scenario, kind: Hole, figure: Figure, t: Words) -> str:
    if isinstance(figure, str):
        names = {
            "cost": {one.id: t.of(one.label) for one in scenario.costs},
            "outcome": {one.id: t.of(one.label) for one in scenario.outcomes},
            "stakeholder": {one.id: t.of(one.name) for one in scenario.stakeholders},
            "source": {key: typeset(one.title, "fr") for key, one in scenario.sources.items()},
        }
        return names[kind][figure]
    if kind == "share":
        return t.percent(figure, decimals=0)
    if kind == "ratio":
        return t.number(round(figure, 2))
    return str(round(figure)) if kind == "calendar_year" else t.number(figure, decimals=0)
