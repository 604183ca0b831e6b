"""What changed in the data since a link was made or a version saved, in sentences."""

from collections.abc import Callable, Iterator, Sequence

from roi_model import Scenario
from roi_model.evidence_library import evidence_library
from roi_model.parameters import Factor, Parameter
from roi_model.reference_data import correction_scale, margins
from roi_model.value_map import Cost, Outcome
from ui import link
from ui.labels import choice_text, label_of
from ui.ledger import GRADES, MARGINS, PRICES, Change, whole
from ui.words import Words


def notices(
    announced: link.Announced,
    case: Scenario,
    scenario: Scenario,
    ratio: float,
    t: Words,
    *,
    quote: Callable[[str], str] = str,
) -> Iterator[list[str]]:
    """Yield what a link or a saved version no longer finds as it was, where anything is not.

    Each is a sentence, then one for each number. ``ratio`` is what ``scenario`` gives today;
    ``quote`` makes what a stranger wrote harmless where the sentence is shown.
    """
    today = announced.today or case
    said = _of_link if announced.today is None else _of_version
    for first, changes in said(announced, ratio, t):
        yield list(dict.fromkeys([first, *(_change_text(one, today, t) for one in changes)]))
    if announced.disbelieved:
        numbers = (_disbelieved(*one, today, scenario, t, quote) for one in announced.disbelieved)
        yield [t("link.disbelieved"), *numbers]


Notice = tuple[str, Sequence[Change]]
"""A sentence, and the changes that it is about."""


def _of_link(announced: link.Announced, ratio: float, t: Words) -> Iterator[Notice]:
    ratios = _moved(announced.ratio, ratio, t)
    if announced.changes:
        first = t("link.changed_and_moved", **ratios) if ratios else t("link.changed")
        yield first, announced.changes
    elif ratios:
        is_known = announced.changes is not None
        yield t("link.same_data" if is_known else "link.corrected", **ratios), ()


def _of_version(announced: link.Announced, ratio: float, t: Words) -> Iterator[Notice]:
    """Yield what moved the result, the tables or the computation; then what did not."""
    ratios = _moved(announced.ratio, ratio, t)
    changes = announced.changes or ()
    of_tables = [one for one in changes if one.line in (GRADES, PRICES, MARGINS)]
    of_case = [one for one in changes if one not in of_tables]
    if of_tables:
        first = t("saved.tables_and_moved", **ratios) if ratios else t("saved.tables")
        yield first, of_tables
    elif ratios:
        yield t("saved.moved", **ratios), ()
    if of_case:
        yield t("saved.corrected"), of_case


def _moved(was: float | None, ratio: float, t: Words) -> dict[str, str]:
    """Return the ratio then and now in words, where it is another today."""
    if was is None or not link.has_moved(was, ratio):
        return {}
    return {"announced": t.ratio(was), "ratio": t.ratio(ratio)}


def _disbelieved(
    address: str,
    number: Parameter,
    case: Scenario,
    scenario: Scenario,
    t: Words,
    quote: Callable[[str], str],
) -> str:
    """Return a number that is not published as a link says, and what is."""
    values = {one.id: one for one in evidence_library().unit_values}
    known = values.get(number.id) if isinstance(number, Factor) else None
    now = known or dict(case.parameters()).get(address)
    label = t.of(known.label) if known is not None else quote(label_of(address, scenario, t))
    was = t.value(number.value, number.unit)
    if now is None or now.unit != number.unit:
        return t("link.not_published", label=label, was=was)
    return t("link.other_today", label=label, was=was, now=t.value(now.value, now.unit))


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
    if change.line == MARGINS:
        known = {f"{MARGINS}.{one}": t.of(margin.label) for one, margin in margins().items()}
        return known.get(change.address, change.address)
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
