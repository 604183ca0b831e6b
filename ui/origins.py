"""Where a number comes from, in words: on pages and in documents alike."""

from roi_model import Scenario
from roi_model.parameters import Parameter, Provenance
from ui.words import Words


def origin_text(
    address: str, number: Parameter, case: Scenario, t: Words, *, not_stated: str
) -> list[str]:
    """Return the place, the reason or the rule of a number; ``not_stated`` where it has none.

    For the user's own number, first what the case says in its stead.
    """
    said = []
    if number.provenance == Provenance.YOURS:
        original = dict(case.parameters()).get(address)
        if original and not original.is_to_fill and original.value != number.value:
            stated = t.value(original.value, original.unit)
            provenance = t(f"provenance.{original.provenance}").lower()
            said.append(t("provenance.instead_of", value=stated, provenance=provenance))
    papers = number.reason or number.locator
    if papers:
        said.append(t.of(papers))
    elif number.derivation:
        said.append(derivation_text(number, case, t))
    elif number.provenance == Provenance.ASSUMED:
        said.append(not_stated)
    return said


def derivation_text(number: Parameter, case: Scenario, t: Words) -> str:
    """Return how a derived number follows from published ones, in words and figures."""
    rule = number.derivation
    if rule is None:
        return ""
    if rule.stated is not None:
        numbers = (rule.stated, rule.times, rule.divided_by)
        stated, times, divided_by = map(t.number, numbers)
        return t("derivation.conversion", stated=stated, times=times, by=divided_by)
    figures = [case.figure(name) for name in (rule.of, rule.by) if name is not None]
    written = [t.value(figure.value, figure.unit) for figure in figures]
    if rule.rule == "quotient":
        return t("derivation.quotient", of=written[0], by=written[1])
    return t("derivation.remainder", of=written[0])
