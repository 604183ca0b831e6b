"""The result, and what a check finds, as sentences: on pages and in documents alike."""

from collections.abc import Callable

from roi_model.checks import Figure, Finding, Hole, Rule, with_whole_percents
from roi_model.evaluation import Evaluation, Part, evaluate
from roi_model.parameters import Provenance
from roi_model.perspectives import FUNDER, PUBLIC_FINANCES, SOCIETY, funder_of
from roi_model.scenario import Scenario
from roi_model.templates import load_template, numbers_missing, templates
from ui.labels import labels_of
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


def awaited(scenario: Scenario, evaluation: Evaluation, t: Words) -> str:
    """Return what must be filled in before there is a result: costs, gains; nothing if one is."""
    costs = {one.id: one.stakeholder for one in scenario.costs}
    no_cost, no_gain = not evaluation.present_value_costs, not evaluation.present_value_benefits
    lacking = numbers_missing(scenario) if no_cost or no_gain else ()
    lines = {address.partition(".")[0] for address in lacking}
    payers = evaluation.perspective.payers
    needs_cost = no_cost and any(costs[one] in payers for one in lines & costs.keys())
    needs_gain = no_gain and bool(lines - costs.keys())
    if needs_cost and needs_gain:
        return t("headline.awaits_both")
    if needs_cost:
        return t("headline.awaits_costs")
    # Without a cost at all, gains would give no ratio either.
    return t("headline.awaits_gains") if needs_gain and not no_cost else ""


def shared_goal(scenario: Scenario, t: Words) -> str:
    """Return what those who pay and those who do the work both want."""
    if scenario.id in templates():
        return t.of(load_template(scenario.id).goal)
    return t("sharing.usual_goal")


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


def over_years(years: int, t: Words) -> str:
    """Return what an amount is for: a year of activity, or several years in present value."""
    return t("figures.a_year") if years == 1 else t("figures.over_years", years=t.number(years))


def payback(evaluation: Evaluation, t: Words) -> tuple[str, str]:
    """Return how soon the costs are paid back, and how that is meant."""
    if evaluation.is_never_paid_back:
        return t("figures.never"), t("figures.never_note")
    kind = "payback" if evaluation.years == 1 else "payback_years"
    return t.months(evaluation.payback_months), t(f"figures.{kind}_note")


def rests_on(part: Part, evaluation: Evaluation, t: Words) -> str:
    """Return in words what a part of the benefits, by provenance, rests on."""
    return t("euro.balance" if _is_balance(part.key, evaluation) else f"euro.{part.key}")


def of_the_balance(case: Scenario, evaluation: Evaluation, t: Words) -> str:
    """Return how much of what the study of ``case`` leaves open our assumptions were given.

    Nothing where ``evaluation`` has no balance derived from a total, or no such line was taken
    off it.
    """
    published = evaluate(case)
    given, rest = (published.basis(one).present_value for one in ("estimated", "balance"))
    if not given or not _is_balance(Provenance.DERIVED, evaluation):
        return ""
    return t("euro.of_the_balance", given=t.short_euros(given), whole=t.short_euros(given + rest))


def _is_balance(provenance: str, evaluation: Evaluation) -> bool:
    """Say whether all that is of a provenance is the balance to an announced total."""
    rows = [
        row for row in evaluation.by_outcome if row.present_value and row.provenance == provenance
    ]
    return {row.basis for row in rows} == {"balance"}


def finding_text(scenario: Scenario, rule: Rule, finding: Finding, t: Words) -> str:
    """Return what a rule found, figures in the reader's style."""
    figures = with_whole_percents(rule, finding.figures)
    filled = {name: _written(scenario, kind, figures[name], t) for name, kind in rule.holes.items()}
    return typeset(t.of(rule.message).format(**filled), t.language)


def _written(scenario: Scenario, kind: Hole, figure: Figure, t: Words) -> str:
    if isinstance(figure, str):
        if kind == "numbers":
            return labels_of(figure, scenario, t)
        names = {
            "cost": {one.id: t.of(one.label) for one in scenario.costs},
            "outcome": {one.id: t.of(one.label) for one in scenario.outcomes},
            "stakeholder": {one.id: t.of(one.name) for one in scenario.stakeholders},
            "source": {key: typeset(one.title, "fr") for key, one in scenario.sources.items()},
        }
        return names[kind][figure]
    if kind in ("share", "part", "parts"):
        return t.percent(figure, decimals=0)
    if kind == "ratio":
        return t.number(round(figure, 2))
    return str(round(figure)) if kind == "calendar_year" else t.number(figure, decimals=0)
