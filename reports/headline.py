"""The result of a scenario as the sentence that opens its documents, and what is missing of it."""

import re

from reports.brief_subject import names_of
from roi_model.evaluation import Evaluation
from roi_model.perspectives import FUNDER, LEVERAGE, PUBLIC_FINANCES, SOCIETY, Perspective
from roi_model.scenario import Scenario
from roi_model.templates import numbers_missing
from ui.labels import label_of
from ui.sentences import awaited, has_ratio, result
from ui.words import Words

_BLANK = re.compile("[\\t\\n\\v\\f\\r \\x85\\u2028\\u2029]+")


def sentence(scenario: Scenario, evaluation: Evaluation, t: Words) -> str:
    """Return the ratio as a sentence that a mayor can repeat; that there is none, where so."""
    if waiting := awaited(scenario, evaluation, t):
        return waiting
    if not has_ratio(evaluation):
        return t("headline.undefined")
    return result(scenario, evaluation, t)


def view(scenario: Scenario, perspective: Perspective, t: Words) -> str:
    """Return whose costs and whose gains a ratio counts, in plain words."""
    kind = perspective.id.partition("-")[0]
    known = kind in (SOCIETY, PUBLIC_FINANCES, LEVERAGE, FUNDER)
    paying = {cost.stakeholder for cost in scenario.costs} & perspective.payers
    return t(
        f"brief.view_{kind}" if known else "brief.view_sets",
        payers=names_of(scenario, paying, t),
        gainers=names_of(scenario, perspective.beneficiaries, t),
    )


def to_fill(scenario: Scenario, t: Words) -> list[str]:
    """Return the labels of the numbers that nobody has given yet."""
    return [label_of(address, scenario, t) for address in numbers_missing(scenario)]


def printable(text: str) -> str:
    """Return ``text`` without the characters that XML, and so no document, can hold."""
    return "".join(one for one in text if _is_printable(one))


def _is_printable(character: str) -> bool:
    code = ord(character)
    return (
        character in "\t\n\r"
        or (0x20 <= code < 0xD800 and code != 0x7F)
        or (code >= 0xE000 and code & 0xFFFE != 0xFFFE)
    )


def on_one_line(*texts: str) -> str:
    """Return texts that a person typed as one line of plain text, no-break spaces kept."""
    lines = (_BLANK.sub(" ", printable(text)).strip(" ") for text in texts)
    return ", ".join(line for line in lines if line)
