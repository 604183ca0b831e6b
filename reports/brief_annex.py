"""The annex for the auditor: every number, what a verifier would ask, the method, the sources."""

from collections.abc import Iterable, Iterator

import roi_model
from reports.brief_subject import Facts, Subject, badge, is_unstated
from roi_model import units
from roi_model.checks import check, rules
from roi_model.consistency import OUTCOME_NUMBERS
from roi_model.evaluation import evaluate
from roi_model.parameters import Parameter, Provenance, Source
from roi_model.reference_data import margins
from roi_model.scenario import Scenario
from roi_model.settings import AS_STATED, SETTING_NUMBERS
from roi_model.uncertainty import UncertainNumber, uncertain_numbers
from roi_model.value_map import Cost, Outcome
from ui.labels import choice_text, label_of, value_text
from ui.origins import origin_text
from ui.sentences import finding_text
from ui.words import UNDEFINED, Words, rounded, typeset

LEAST_TO_THE_CENT = 10
"""An amount from which two decimals are at least four digits."""
NEVER_ASKED = ("funding.", ".elasticity")
"""What more posts would bring is not in this result."""


def annex(subject: Subject) -> Facts:
    """Return what the annex shows."""
    t = subject.t
    return {
        "title": t("brief.annex"),
        "introduction": t("brief.annex_introduction"),
        "results": _results(subject),
        "stakeholders": _stakeholders(subject),
        "changes": _changes(subject),
        "numbers": {
            "title": t("brief.numbers"),
            "introduction": t("brief.numbers_introduction"),
            "headings": [
                t("table.number"),
                t("table.value"),
                t("brief.heading_range"),
                t("table.provenance"),
                t("table.source"),
            ],
            "groups": list(_groups(subject)),
        },
        "checks": _checks(subject),
        "method": _method(subject),
        "sources": _sources(subject),
    }


def _results(subject: Subject) -> Facts:
    """Return the steps of every outcome, those not counted included."""
    t = subject.t
    outcomes = {one.id: one for one in subject.scenario.outcomes}
    rows = [
        [
            t.of(outcomes[row.outcome].label),
            t.euros(row.gross_value),
            t.euros(row.counted_value),
            t.percent(row.kept_share, decimals=1),
            t.euros(row.impact),
            t.euros(row.present_value),
            t.percent(row.share, decimals=1),
        ]
        for row in subject.evaluation.by_outcome
    ]
    whole = [t("brief.total"), "", "", "", "", t.euros(subject.evaluation.present_value_benefits)]
    names = ("gross", "counted", "kept", "impact", "present_value")
    return {
        "title": t("brief.results"),
        "introduction": t("brief.results_introduction"),
        "headings": [
            t("table.outcome"),
            *(t(f"brief.heading_{name}") for name in names),
            t("brief.heading_share"),
        ],
        "rows": rows,
        "whole": [*whole, ""],
    }


def _stakeholders(subject: Subject) -> Facts:
    t, evaluation = subject.t, subject.evaluation
    names = {one.id: t.of(one.name) for one in subject.scenario.stakeholders}
    rows = [
        [
            names[row.stakeholder],
            t.euros(row.present_value_costs),
            t.euros(row.present_value_benefits),
            t.euros(row.net_present_value),
        ]
        for row in evaluation.by_stakeholder
    ]
    amounts = (
        evaluation.present_value_costs,
        evaluation.present_value_benefits,
        evaluation.net_present_value,
    )
    return {
        "title": t("chart.beneficiary_table"),
        "headings": [t(f"table.{name}") for name in ("stakeholder", "pays", "gains", "net")],
        "rows": rows,
        "whole": [t("brief.total"), *(t.euros(amount) for amount in amounts)],
    }


def _changes(subject: Subject) -> Facts | None:
    """Return what differs from the case the scenario began as; nothing without one."""
    t, case, edits = subject.t, subject.case, subject.edits
    if case is None:
        return None
    addresses = (*dict(case.parameters()), *case.choices())
    rows = [
        [
            label_of(address, case, t),
            value_text(address, case, t),
            value_text(address, subject.scenario, t),
        ]
        for address in addresses
        if address in edits.numbers
    ]
    lines: tuple[Cost | Outcome, ...] = (*case.costs, *case.outcomes)
    had = {one.id: one for one in lines}
    rewritten: tuple[Cost | Outcome, ...] = (*edits.costs, *edits.outcomes)
    for line in rewritten:
        before = t("brief.as_before") if line.id in had else UNDEFINED
        rows.append(
            [t.of(line.label), before, t("brief.rewritten" if line.id in had else "brief.added")]
        )
    for gone in (*edits.removed_costs, *edits.removed_outcomes):
        rows.append([t.of(had[gone].label), t("brief.as_before"), t("brief.removed")])
    return {
        "title": t("brief.changes"),
        "introduction": t("brief.changes_from", case=t.of(case.name))
        if rows
        else t("brief.nothing_changed", case=t.of(case.name)),
        "headings": [t("table.number"), t("brief.heading_case"), t("table.yours")],
        "rows": rows,
        "ratio": [
            t("table.ratio"),
            t.ratio(evaluate(case).ratio),
            t.ratio(subject.evaluation.ratio),
        ],
    }


def _groups(subject: Subject) -> Iterator[Facts]:
    """Yield the numbers of the costs, of each outcome, and the settings that are numbers."""
    t, scenario = subject.t, subject.scenario
    stated = stated_numbers(scenario)
    drawn = {one.address: drawn_ends(one) for one in uncertain_numbers(scenario)}

    def group(title: str, note: str, labels: dict[str, str]) -> Facts:
        return {
            "title": title,
            "note": note,
            "rows": [
                number_row(subject, address, label, stated[address], drawn.get(address))
                for address, label in labels.items()
                if address in stated
            ],
        }

    costs = [address for cost in scenario.costs for address in (cost.id, f"{cost.id}.price")]
    payments = {address: label_of(address, scenario, t) for address in costs}
    yield group(t("inputs.costs"), "", payments)
    for outcome in scenario.outcomes:
        gainer = t.of(scenario.stakeholder(outcome.stakeholder).name)
        note = t("brief.gained_by", gainer=gainer, help=t.of(outcome.help))
        yield group(t.of(outcome.label), note, _own_labels(subject, outcome))
    settings = {name: t(f"setting.{name}") for name in SETTING_NUMBERS}
    yield group(t("brief.settings"), conventions(subject), settings)


def stated_numbers(scenario: Scenario) -> dict[str, Parameter]:
    """Return the numbers that someone stated and that are in the result, by address."""
    return {
        address: number
        for address, number in scenario.parameters()
        if not is_unstated(address, number)
        and not address.startswith(NEVER_ASKED[0])
        and not address.endswith(NEVER_ASKED[1])
    }


def drawn_ends(number: UncertainNumber) -> tuple[float, float]:
    """Return the ends of a range as they are drawn: whole ones of a duration."""
    ends = (number.low, number.high)
    return (float(round(ends[0])), float(round(ends[1]))) if number.is_whole else ends


def _own_labels(subject: Subject, outcome: Outcome) -> dict[str, str]:
    t = subject.t
    factors = {f"{outcome.id}.{one.id}": t.of(one.label) for one in outcome.factors}
    shares = {f"{outcome.id}.{name}": t(f"share.{name}") for name in OUTCOME_NUMBERS}
    return factors | shares


def number_row(
    subject: Subject,
    address: str,
    label: str,
    number: Parameter,
    drawn: tuple[float, float] | None,
) -> Facts:
    """Return one number with its papers: value and unit, range, provenance, where it is from."""
    t = subject.t
    return {
        "label": label,
        "value": t.value(_to_the_cent(number.value, number.unit), number.unit),
        "range": _range(subject, number, drawn),
        "provenance": badge(number.provenance, t),
        "said": _said(subject, address, number),
        "sources": subject.numbered(number.source),
    }


def _range(subject: Subject, number: Parameter, drawn: tuple[float, float] | None) -> str:
    """Return between what a number lies: as stated, or as the rule has it; a dash for neither."""
    t = subject.t
    low, high = drawn or (number.low, number.high)
    if low is None or high is None or low == high:
        return UNDEFINED
    is_stated = number.low is not None or number.distribution is not None
    key = "brief.from_to" if is_stated else "brief.from_to_by_rule"
    return t(
        key if drawn else "brief.from_to_held",
        low=t.figure(_to_the_cent(low, number.unit), number.unit),
        high=t.figure(_to_the_cent(high, number.unit), number.unit),
    )


def _to_the_cent(value: float, unit: str) -> float:
    """Return an amount of money to the cent, a small one to four digits; others as they are."""
    if not units.is_money(unit):
        return value
    return round(value, 2) if abs(value) >= LEAST_TO_THE_CENT else rounded(value)


def _said(subject: Subject, address: str, number: Parameter) -> list[str]:
    """Return where a number comes from, in words: its year, its place, its reason or its rule."""
    t, said = subject.t, []
    if isinstance(number, Cost):
        payer = subject.scenario.stakeholder(number.stakeholder)
        said.append(t("brief.payer", payer=t.of(payer.name)))
    origin, not_stated = subject.case or subject.scenario, t("brief.not_stated")
    said += origin_text(address, number, origin, t, not_stated=not_stated)
    if number.year:
        said.append(t("brief.of_year", year=number.year))
    if not said:
        said.append(t("brief.entered"))
    return said


def conventions(subject: Subject) -> str:
    """Return how the scenario is read: every setting that is a choice."""
    t, scenario = subject.t, subject.scenario
    choices = [name for name in scenario.choices() if name != "perspective"]
    values = [
        choice_text(name, scenario.value_at(name), scenario, t)
        for name in ("perspective", *choices)
    ]
    said = [t("brief.point_of_view", value=values[0])]
    for name, value in zip(choices, values[1:], strict=True):
        said.append(t("brief.choice", label=t(f"setting.{name}"), value=value))
    return " ".join(said)


def _checks(subject: Subject) -> Facts:
    """Return what a verifier would ask, the most serious first, and how to answer it."""
    t = subject.t
    known = {rule.id: rule for rule in rules()}
    return {
        "title": t("checks.title"),
        "introduction": t("checks.introduction"),
        "nothing": t("checks.nothing"),
        "rows": [
            {
                "severity": str(finding.severity),
                "severity_name": t(f"checks.{finding.severity}"),
                "title": t.of(known[finding.rule].title),
                "sentence": finding_text(subject.scenario, known[finding.rule], finding, t),
                "remedy": t("checks.remedy", remedy=t.of(known[finding.rule].remedy)),
            }
            for finding in check(subject.scenario)
        ],
    }


def _method(subject: Subject) -> Facts:
    """Return the formulas as the settings have them, each with its name and what it says aloud."""
    t, settings = subject.t, subject.scenario.settings
    taken = (settings.deductions, settings.attribution_means)
    rates = {
        name: t.percent(margins()[name].value, decimals=0)
        for name in (Provenance.PUBLISHED, Provenance.DERIVED, Provenance.YOURS)
    }
    simulation = subject.simulation
    return {
        "title": t("brief.method"),
        "formulas": [
            {"key": "gross", "name": t("brief.formula_gross"), "alt": t("brief.formula_gross_alt")},
            {
                "key": f"impact_{taken[0]}_{taken[1]}",
                "name": t("brief.formula_impact"),
                "alt": t(f"brief.impact_{taken[0]}_{taken[1]}_alt"),
            },
            {
                "key": f"value_{settings.drop_off_from}",
                "name": t("brief.formula_value"),
                "alt": t("brief.formula_value_alt"),
            },
            {"key": "ratio", "name": t("brief.formula_ratio"), "alt": t("brief.formula_ratio_alt")},
        ],
        "letters": t("brief.letters"),
        "words": [
            t("brief.method_time", timing=t(f"timing.{settings.timing}")),
            t("brief.method_years", years=t.number(subject.activity_years))
            if subject.activity_years > 1
            else "",
            t("brief.method_prices", year=settings.price_year)
            if settings.price_year != AS_STATED
            else "",
            t("brief.method_counted"),
            t(
                "brief.method_draws",
                draws=t.number(simulation.draws),
                published=rates[Provenance.PUBLISHED],
                derived=rates[Provenance.DERIVED],
                yours=rates[Provenance.YOURS],
            )
            if simulation is not None
            else "",
            t("brief.method_guide"),
            t(
                "brief.method_again",
                fingerprint=subject.scenario.fingerprint,
                version=roi_model.__version__,
            ),
        ],
    }


def _sources(subject: Subject) -> Facts:
    t = subject.t
    return {
        "title": t("brief.sources"),
        "rows": source_rows(subject.documents.values(), t),
        "address_title": t("brief.whole_address"),
    }


def source_rows(documents: Iterable[Source], t: Words) -> list[Facts]:
    """Return what ``paper.typ`` lists of documents, in the order of their numbers."""
    rows = []
    for source in documents:
        said = [typeset(source.publisher, "fr")]
        if source.date:
            said.append(t.date(source.date))
        rows.append(
            {"title": typeset(source.title, "fr"), "said": ", ".join(said), "url": source.url or ""}
        )
    return rows
