"""What changed in the data since a link was made, in sentences."""

from roi_model import Scenario
from roi_model.reference_data import correction_scale
from roi_model.value_map import Cost, Outcome
from ui import link
from ui.labels import choice_text, label_of
from ui.ledger import GRADES, PRICES, Change, whole
from ui.words import Words


def changes_text(announced: link.Announced, case: Scenario, ratio: float, t: Words) -> list[str]:
    """Return what a link no longer finds as it was: a sentence, then one for each change.

    ``ratio`` is what its scenario gives today. Nothing is returned where nothing is to be said.
    """
    was = announced.ratio
    has_moved = was is not None and link.has_moved(was, ratio)
    ratios = {"announced": t.ratio(was), "ratio": t.ratio(ratio)} if was is not None else {}
    if not announced.changes:
        key = "link.corrected" if announced.changes is None else "link.same_data"
        return [t(key, **ratios)] if has_moved else []
    first = t("link.changed_and_moved", **ratios) if has_moved else t("link.changed")
    return list(dict.fromkeys([first, *(_change_text(one, case, t) for one in announced.changes)]))


def _change_text(change: Change, case: Scenario, t: Words) -> str:
    """Return what changed at an address, by the label that readers know."""
    if change.line == PRICES:
        return t("link.prices")
    label = _label(change, case, t)
    if change.address == whole(change.line):
        return t("link.counted", label=label)
    before, now = (_said(change.address, said, case, t) for said in (change.before, change.now))
    if change.before is None:
        return t("link.new" if now else "link.new_line", label=label, now=now)
    if change.now is None:
        return t("link.gone" if before else "link.gone_line", label=label, was=before)
    if before == now:  # the same amount, in prices of another year
        before, now = (said.rpartition(" ")[2] for said in (change.before, change.now))
        return t("link.other_year", label=label, before=before, now=now)
    return t("link.was", label=label, before=before, now=now)


def _label(change: Change, case: Scenario, t: Words) -> str:
    lines: tuple[Cost | Outcome, ...] = (*case.costs, *case.outcomes)
    labels = {one.id: one.label for one in lines}
    if change.label is not None:
        return t.of(change.label)
    if change.line == GRADES:
        grades = {f"{GRADES}.{one.id}": t.of(one.label) for one in correction_scale().grades}
        return t("link.grade", grade=grades.get(change.address, change.address))
    if change.line in labels and change.address in (change.line, whole(change.line)):
        return t.of(labels[change.line])
    return label_of(change.address, case, t)


def _said(address: str, written: str | None, case: Scenario, t: Words) -> str:
    """Return a number or a choice of the ledger as a reader is shown it; nothing for a line."""
    if not written:
        return ""
    choices = case.choices()
    if address in choices:
        known = {str(one): choice_text(address, one, case, t) for one in choices[address]}
        return known.get(written, written)
    value, unit, *_ = written.split(" ")
    return t.value(float(value), unit)
