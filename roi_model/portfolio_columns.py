"""What the columns of a table of associations are: guessed from their headings, or given.

A column is matched to

- a number of the template, by its address (``quiet_nights.people``, alone or in brackets), or by
  its label in French or English, words in any order, accents and plurals aside;
- the low or the high of the range of a number: its name with *min* or *max*, or the like;
- a choice of the settings, by its name;
- ``id``, which tells rows apart (a SIRET, a code; else a code or a name that no two rows share).

What matches nothing is kept beside the results, as it is. Every match says how it was found, and
may be corrected. A heading may end in its unit, in brackets: k€, M€ and % are converted, a unit
of another kind is refused.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

import yaml

from roi_model import units
from roi_model.parameters import Factor, Name, Parameter
from roi_model.portfolio import CHOICES
from roi_model.portfolio_tables import Language, Table, is_blank
from roi_model.problems import Problem, ScenarioError
from roi_model.reference_data import DATA
from roi_model.scenario import Scenario
from roi_model.templates import Template

ID, IGNORED = "id", ""
LOW, HIGH = ".low", ".high"

How = Literal["given", "address", "label", "similar", "none"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """What a column is taken for."""

    heading: str
    position: int
    target: str
    """An address, with ``.low`` or ``.high`` for an end of its range; a setting; ``id``; or
    nothing: the column is kept as it is."""
    how: How
    scale: float = 1.0
    """What its numbers are multiplied by: 1 000 for k€."""
    problem: Problem | None = None


_TELLING_NOTHING = """
a an au aux avec by ce d dans de des du each en et for from in l la le les nb no nombre number of
on ou par per pour que qui s sur the their to un une year annee annuel annuelle ans total totaux
"""
_STOP = frozenset(_TELLING_NOTHING.split())
_LOW = frozenset({"low", "min", "minimum", "bas", "basse", "plancher", "lower"})
_HIGH = frozenset({"high", "max", "maximum", "haut", "haute", "plafond", "upper"})
_ENDS = frozenset({"borne", "valeur", "estimation", "bound", "end", "fourchette"})
_IDS = ("id", "identifiant", "identifier", "siret", "rna")
_CODES = ("siren", "code", "numero", "reference")
_NAMES = ("nom", "name", "association", "structure", "organisme", "raison sociale", "libelle")
_SHARE_WORDS: Mapping[str, tuple[str, ...]] = {
    "deadweight": ("effet d'aubaine", "poids mort", "aubaine", "deadweight"),
    "displacement": ("effet de déplacement", "déplacement", "displacement"),
    "attribution": ("part d'autres acteurs", "attribution"),
    "optimism_bias": ("biais d'optimisme", "optimism bias"),
    "drop_off": ("érosion", "drop-off"),
    "footprint": ("empreinte économique", "economic footprint"),
    "benefit_period": ("durée de l'effet", "benefit period"),
    "discount_rate": ("taux d'actualisation", "discount rate"),
    "activity_years": ("années d'activité", "years of activity"),
    "price": ("prix", "unit price"),
}
_KINDS: Mapping[str, tuple[str, float]] = {
    **dict.fromkeys(("€", "eur", "euro", "euros", "€/an", "eur/an", "eur/year"), ("money", 1.0)),
    **dict.fromkeys(("k€", "keur", "milliers d'euros", "thousand euros"), ("money", 1e3)),
    **dict.fromkeys(("m€", "meur", "millions d'euros", "million euros"), ("money", 1e6)),
    **dict.fromkeys(("%", "pourcent", "percent", "en %"), ("share", 0.01)),
    **dict.fromkeys(("h", "heure", "heures", "hour", "hours", "h/an"), ("hour", 1.0)),
    **dict.fromkeys(("j", "jour", "jours", "day", "days"), ("day", 1.0)),
    **dict.fromkeys(("an", "ans", "années", "year", "years"), ("year", 1.0)),
    **dict.fromkeys(("personnes", "people", "persons", "habitants"), ("person", 1.0)),
    **dict.fromkeys(("etp", "postes", "fte", "posts", "staff"), ("staff", 1.0)),
}
_WHOLE = "\0"
"""Begins the texts that put the label of a line before that of its number."""
_ALIKE = 0.55
"""Least share of words in common for a guess."""


def matches_of(
    table: Table, template: Template | Scenario, given: Mapping[str, str] | None = None
) -> tuple[Match, ...]:
    """Return what each column is taken for; ``given`` says it for some headings.

    Raises:
        ScenarioError: what is given is no heading of the table, or no target.
    """
    scenario = template.case if isinstance(template, Template) else template
    given = dict(given or {})
    targets = targets_of(scenario)
    faults = [
        column_fault(heading, "unknown_column", heading, "the table has no such column")
        for heading in given
        if heading not in table.headings
    ]
    faults += [
        column_fault(heading, "unknown_address", target, "must be an address of the template")
        for heading, target in given.items()
        if target not in (*targets, ID, IGNORED)
    ]
    if faults:
        raise ScenarioError(faults, source=table.source)
    taken = set(given.values()) - {IGNORED}
    found: dict[int, tuple[str, How]] = {
        at: (given[one], "given") for at, one in enumerate(table.headings) if one in given
    }
    for score, at, target in _candidates(table, targets, template):
        if at not in found and target not in taken:
            found[at] = target, _how(score)
            taken.add(target)
    of_rows = None if ID in taken else _id_column(table, found.keys())
    if of_rows is not None:
        found[of_rows] = ID, "similar"
    return tuple(
        _match(table, at, *found.get(at, (IGNORED, "none")), scenario)
        for at in range(len(table.headings))
    )


def _how(score: float) -> How:
    if score >= 3:
        return "address"
    return "label" if score > 1 else "similar"


def targets_of(scenario: Scenario) -> dict[str, str]:
    """Return what a column may be, each with the address it is about."""
    addresses = [address for address, _ in scenario.parameters()]
    ends = {f"{one}{end}": one for one in addresses for end in (LOW, HIGH)}
    return ends | {one: one for one in (*addresses, *CHOICES)}


def _candidates(
    table: Table, targets: Mapping[str, str], template: Template | Scenario
) -> list[tuple[float, int, str]]:
    """Return scores of columns and targets, the best first; as good as another is no guess."""
    named = _names_of(template)
    scenario = template.case if isinstance(template, Template) else template
    parameters = dict(scenario.parameters())
    scored: list[tuple[float, int, str]] = []
    for at, heading in enumerate(table.headings):
        bracketed = re.findall(r"\[([^\]]+)\]", heading)
        exact = [one for one in (heading, *bracketed) if one in targets]
        if exact:
            scored.append((3.0, at, exact[0]))
            continue
        of_heading = [
            (score, at, f"{address}{end}")
            for words, end in _readings(heading)
            for address, texts in named.items()
            if (score := max(_likeness(words, *one) for one in texts)) >= _ALIKE
            and not _unit_fault(heading, parameters.get(address))
        ]
        of_heading.sort(key=lambda one: -one[0])
        if of_heading and sum(one[0] == of_heading[0][0] for one in of_heading) == 1:
            scored.extend(of_heading)
    return sorted(scored, key=lambda one: -one[0])


def _names_of(template: Template | Scenario) -> dict[str, list[tuple[frozenset[str], float]]]:
    """Return the words that each address goes by, and what they weigh beside its own label."""
    scenario = template.case if isinstance(template, Template) else template
    labels = labels_of(scenario)
    named: dict[str, list[str]] = {}
    for address, parameter in scenario.parameters():
        line, _, number = address.partition(".")
        texts = [address.replace(".", " ").replace("_", " ")]
        if isinstance(parameter, Factor):
            own = parameter.label
            whole = labels.get(line) if number else None
            for language in ("fr", "en"):
                label = getattr(own, language)
                texts.append(label)
                if whole is not None:
                    texts.append(f"{_WHOLE}{getattr(whole, language)} {label}")
        else:
            words = _SHARE_WORDS.get(number or line, ())
            before = labels.get(line) if number else None
            for word in words:
                texts += (
                    [word] if before is None else [f"{before.fr} {word}", f"{before.en} {word}"]
                )
        named[address] = texts
    paid_by = {one.id: scenario.stakeholder(one.stakeholder).name for one in scenario.costs}
    for cost, payer in paid_by.items():
        named[cost] += [f"{word} {payer.fr}" for word in ("subvention", "participation", "payé")]
        named[cost] += [f"{word} {payer.en}" for word in ("grant", "contribution", "paid")]
    for question in template.questions if isinstance(template, Template) else ():
        if len(question.fills) == 1:
            named[question.fills[0]] += [question.text.fr, question.text.en]
    named |= {choice: [choice.replace("_", " ")] for choice in CHOICES}
    return {
        address: [(_words(one), 0.99 if one.startswith(_WHOLE) else 1.0) for one in texts]
        for address, texts in named.items()
    }


def labels_of(scenario: Scenario) -> dict[str, Name]:
    """Return what costs and outcomes are called."""
    costs = {one.id: one.label for one in scenario.costs}
    return costs | {one.id: one.label for one in scenario.outcomes}


def label_of(address: str, scenario: Scenario, language: Language) -> str:
    """Return what the number at an address is called: by its own label, or that of its line."""
    number = dict(scenario.parameters())[address]
    label = getattr(number, "label", labels_of(scenario).get(address.partition(".")[0]))
    return address if label is None else str(getattr(label, language))


@lru_cache(maxsize=4096)
def _words(text: str) -> frozenset[str]:
    """Return the words of a text that tell something, without accents and plurals."""
    bare = unicodedata.normalize("NFKD", re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", text))
    bare = "".join(one for one in bare if not unicodedata.combining(one)).lower()
    found = re.findall(r"[a-z0-9]+", bare)
    return frozenset(
        one[:-1] if len(one) > 3 and one[-1] in "sx" else one for one in found if one not in _STOP
    )


def _readings(heading: str) -> list[tuple[frozenset[str], str]]:
    """Return the words of a heading, and the end of a range that it may be, with the others."""
    whole = _words(heading)
    marked = _words(
        re.sub(r"\(\s*(min|max|bas|haut|low|high)\w*\.?\s*\)", r" \1 ", heading.lower())
    )
    for marks, end in ((_LOW, LOW), (_HIGH, HIGH)):
        if (marked & marks) and (rest := marked - marks - _ENDS):
            return [(rest, end)] if marked != whole else [(rest, end), (whole, "")]
    return [(whole, "")]


def _likeness(words: frozenset[str], others: frozenset[str], weight: float = 1.0) -> float:
    """Return the share of words in common: 1 where all are alike, 2 where all are the same."""
    if not words or not others:
        return 0.0
    if words == others:
        return 1.0 + weight
    common = sum(any(_same(one, other) for other in others) for one in words)
    return weight * min(1.0, 2 * common / (len(words) + len(others)))


def _same(one: str, other: str) -> bool:
    """Say whether two words are one, or begin alike: médiateur and médiatrice."""
    stem = min(len(one), len(other), 6)
    return one == other or (stem >= 5 and one[:stem] == other[:stem])


def _id_column(table: Table, taken: Iterable[int]) -> int | None:
    """Return the column that tells rows apart: an id by its name, else names all different."""
    free = [at for at in range(len(table.headings)) if at not in taken]
    bare = {at: " ".join(re.findall(r"[a-z]+", _plain(table.headings[at]))) for at in free}
    for wanted in _IDS:
        for at in free:
            if wanted in bare[at].split():
                return at
    for names in (_CODES, _NAMES):
        for at in free:
            if any(one in bare[at] for one in names) and _are_all_different(table, at):
                return at
    return None


def _are_all_different(table: Table, at: int) -> bool:
    cells = [str(one) for one in table.column(at) if not is_blank(one)]
    return len(set(cells)) == len(table.rows)


def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text)
    return "".join(one for one in bare if not unicodedata.combining(one)).lower().strip()


def _match(table: Table, at: int, target: str, how: How, scenario: Scenario) -> Match:
    heading = table.headings[at]
    match = Match(heading=heading, position=at, target=target, how=how)
    address = targets_of(scenario).get(target) if target not in (ID, IGNORED) else None
    if address is None or address in CHOICES:
        return match
    parameter = dict(scenario.parameters())[address]
    stated = _stated_unit(heading)
    problem = _unit_fault(heading, parameter)
    return replace(match, scale=stated[1] if stated else 1.0, problem=problem)


def _stated_unit(heading: str) -> tuple[str, float] | None:
    """Return the kind and the scale of the unit that a heading ends in, if it is a known one."""
    unit = re.search(r"\(([^)]*)\)\s*(\[[^\]]*\])?\s*$", heading)
    return _KINDS.get(unit[1].strip().lower()) if unit else None


def _unit_fault(heading: str, parameter: Parameter | None) -> Problem | None:
    """Return what is wrong with the unit of a heading, for a number of the template."""
    stated = _stated_unit(heading)
    if stated is None or parameter is None or _is_of_kind(parameter, stated[0]):
        return None
    message = f"the unit of the column must be {parameter.unit}"
    return column_fault(heading, "unit_mismatch", heading, message, parameter.unit)


def _is_of_kind(parameter: Parameter, kind: str) -> bool:
    if kind == "money":
        return units.is_money(parameter.unit)
    counted = parameter.unit.split("/")[0]
    counts = ("person", "staff", "item", "job", "report", "1")
    return counted == kind or (kind in ("person", "staff") and counted in counts)


def column_fault(
    heading: str, code: str, received: Any, message: str, allowed: str = ""
) -> Problem:
    """Return what is wrong with a column as a whole."""
    return Problem(
        where=f"column {heading}", code=code, received=received, allowed=allowed, message=message
    )


# --- What the columns of results are called ----------------------------------------------------


def headings_of(
    keys: Iterable[str],
    scenario: Scenario,
    language: Language,
    *,
    level: float,
    target: float,
) -> dict[str, str]:
    """Return what columns of results are called by a person, by their key; no two are alike.

    ``level`` and ``target`` are those that draws were looked at with, where there are any.
    """
    lines = labels_of(scenario)
    people = {one.id: one.name for one in scenario.stakeholders}
    found = {}
    for key in keys:
        kind, _, of = key.partition(".")
        label = (people if kind in ("gains", "pays") else lines).get(of)
        found[key] = getattr(_headings()[kind], language).format(
            label="" if label is None else getattr(label, language),
            currency=scenario.currency,
            level=_written(100 * level, language),
            target=_written(target, language),
        )
    times = Counter(found.values())
    return {key: f"{one} [{key}]" if times[one] > 1 else one for key, one in found.items()}


@lru_cache(maxsize=1)
def _headings() -> Mapping[str, Name]:
    text = (DATA / "portfolio_headings.yaml").read_text(encoding="utf-8")
    return {key: Name.model_validate(said) for key, said in yaml.safe_load(text).items()}


def _written(number: float, language: Language) -> str:
    text = f"{number:.10g}"
    return text.replace(".", ",") if language == "fr" else text
