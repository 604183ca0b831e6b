"""The two pages for the meeting: the shared goal and the gains first, then how sure they are."""

import math
from collections.abc import Iterator, Mapping, Sequence

from reports.brief_subject import (
    AMONG_PUBLISHED,
    Facts,
    Subject,
    badge,
    drawn_bars,
    labelled,
)
from reports.headline import sentence, view
from reports.provenances import meaning_of, name_of, rests_on
from roi_model.editing import Edits
from roi_model.evaluation import OutcomeResult, StakeholderResult, evaluate, gains_by_provenance
from roi_model.parameters import Provenance
from roi_model.perspectives import FUNDER, LEVERAGE, PUBLIC_FINANCES, SOCIETY, funder_of
from roi_model.reference_data import published_ratios
from roi_model.scenario import Value
from roi_model.templates import numbers_missing
from ui.left_out import left_out
from ui.sentences import awaited, of_the_balance, one_euro, over_years, payback, shared_goal

GAINS_NAMED = 3
MISSING_NAMED = 12
LINES_OF_OUTCOMES, LINES_OF_STAKEHOLDERS = 13, 9
"""How many lines of text each list of bars may take, so that two pages hold the meeting."""
LETTERS_A_LINE, BETWEEN_ROWS = 38, 0.4
FEWEST_ROWS = 3
READINGS: Mapping[tuple[str, Value], str] = {
    ("lines", "all"): "lines_all",
    ("lines", "itemised"): "lines_itemised",
    ("footprint", "with"): "footprint_with",
    ("footprint", "without"): "footprint_without",
    ("years_covered", 1): "years_covered_1",
    ("years_covered", 2): "years_covered_2",
}
"""Settings that an informed reader would turn, with the name of the question each way."""
TRIED_SHARES = (0.1, 0.25, 0.5)
"""What is taken off every line in turn, where no source says what to deduct."""


def meeting(subject: Subject) -> Facts:
    """Return what the two pages show."""
    return {
        "goal": subject.t("brief.goal", goal=shared_goal(subject.scenario, subject.t)),
        "gains": _gains(subject),
        "result": _result(subject),
        "figures": list(_figures(subject)),
        "euro": _euro(subject),
        "key": _key(subject),
        "outcomes": _outcomes(subject),
        "stakeholders": _stakeholders(subject),
        "questions": {
            "title": subject.t("brief.questions"),
            "headings": [
                subject.t("brief.heading_question"),
                subject.t("brief.heading_answer"),
                subject.t("brief.heading_ratio"),
            ],
            "rows": list(_questions(subject)),
        },
        "opening": _opening(subject),
    }


def _gains(subject: Subject) -> Facts:
    """Return what mediation brings: the whole, and the largest gains that have a name."""
    t, evaluation, years = subject.t, subject.evaluation, subject.activity_years
    total = evaluation.present_value_benefits
    outcomes = {one.id: one for one in subject.scenario.outcomes}
    named = [row for row in _largest_first(subject) if row.basis != "balance"]
    everyone = {one.id for one in subject.scenario.stakeholders}
    beneficiaries = evaluation.perspective.beneficiaries
    key = "brief.gains" if beneficiaries == everyone else "brief.gains_seen"
    return {
        "title": t("brief.gains_title"),
        "sentence": t.counted(
            key,
            years,
            years=t.number(years),
            total=t.short_euros(total),
            gainers=subject.stakeholders(beneficiaries),
        )
        if total
        else t("brief.gains_waiting" if numbers_missing(subject.scenario) else "chart.nothing"),
        "introduction": t("brief.gains_named"),
        "rows": [
            {
                "gain": t(
                    "brief.gain",
                    label=t.of(outcomes[row.outcome].label),
                    value=t.short_euros(row.present_value),
                ),
                "help": t.of(outcomes[row.outcome].help),
                "gainer": t.of(subject.scenario.stakeholder(row.stakeholder).name),
            }
            for row in named[:GAINS_NAMED]
            if row.present_value > 0
        ],
    }


def _result(subject: Subject) -> Facts:
    t, scenario = subject.t, subject.scenario
    lacking = numbers_missing(scenario)
    unstated = set(subject.evaluation.unstated_costs)
    costs = [t.of(one.label) for one in scenario.costs if one.id in unstated]
    return {
        "title": t("brief.ratio_title"),
        "sentence": _sentence(subject),
        "interval": _interval(subject),
        "view": view(subject.scenario, subject.evaluation.perspective, t),
        "currency": ""
        if scenario.currency == "EUR"
        else t("brief.currency", currency=scenario.currency),
        "unstated": t("headline.unstated_costs", costs=t("chart.separator").join(costs))
        if costs and subject.is_defined
        else "",
        "changed": _changed(subject),
        "missing": {
            "sentence": t.counted("brief.missing", len(lacking), number=t.number(len(lacking))),
            "rows": labelled(subject, lacking[:MISSING_NAMED]),
            "more": _more(subject, "brief.missing_more", len(lacking) - MISSING_NAMED),
        }
        if lacking
        else None,
    }


def _sentence(subject: Subject) -> str:
    """Return the ratio as a sentence that a mayor can repeat."""
    return sentence(subject.scenario, subject.evaluation, subject.t)


def _interval(subject: Subject) -> str:
    """Return the ratios that nine draws in ten lie between."""
    t, simulation = subject.t, subject.simulation
    if awaited(subject.scenario, subject.evaluation, t):
        return ""
    if not subject.is_defined:
        return t("headline.no_cost")
    if simulation is None:
        return t("brief.nothing_varies")
    interval = simulation.interval()
    said = t(
        "brief.interval",
        level=t.percent(interval.level),
        low=t.ratio(interval.low.value),
        high=t.ratio(interval.high.value),
        draws=t.number(simulation.draws),
        numbers=t.number(len(simulation.varied)),
    )
    return f"{said} {left_out(subject.scenario, t)}".rstrip()


def _changed(subject: Subject) -> str:
    """Return how much was changed in the case, and what the case gives."""
    t, case, edits = subject.t, subject.case, subject.edits
    if case is None or edits == Edits():
        return ""
    before = evaluate(case).ratio
    key = "brief.changed_from" if math.isfinite(before) else "brief.changed_template"
    return t(key, case=t.of(case.name), ratio=t.ratio(before))


def _more(subject: Subject, key: str, count: int) -> str:
    t = subject.t
    return t.counted(key, count, number=t.number(count)) if count > 0 else ""


def _figures(subject: Subject) -> Iterator[Facts]:
    """Yield the figures that follow the sentence; those that are undefined are left out."""
    t, evaluation = subject.t, subject.evaluation
    if not (evaluation.present_value_costs or evaluation.present_value_benefits):
        return
    paid_over = over_years(evaluation.years_of_costs, t)
    yield _figure(subject, "cost", t.short_euros(evaluation.present_value_costs), paid_over)
    gained_over = over_years(evaluation.years, t)
    yield _figure(subject, "return", t.short_euros(evaluation.present_value_benefits), gained_over)
    net = t.short_euros(evaluation.net_present_value)
    per_euro = t("figures.net_note", net_return=t.ratio(evaluation.net_return))
    yield _figure(subject, "net", net, per_euro if subject.is_defined else "")
    if evaluation.indirect_jobs and subject.is_defined:
        per_million = t.number(evaluation.jobs_per_million_euros, decimals=1)
        note = t("figures.jobs_note", per_million=per_million)
        jobs = t.number(evaluation.indirect_jobs, decimals=0)
        yield _figure(subject, "jobs", jobs, note)
    if evaluation.present_value_costs:
        reading = "payback" if evaluation.years == 1 else "payback_years"
        yield _figure(subject, reading, *payback(evaluation, t))


def _figure(
    subject: Subject,
    name: str,
    value: str,
    note: str,
) -> Facts:
    return {"label": subject.t(f"figures.{name}"), "value": value, "note": note}


def _euro(subject: Subject) -> Facts | None:
    """Return one euro paid beside what it brings, to scale, split by provenance."""
    t, evaluation = subject.t, subject.evaluation
    if not subject.is_defined:
        return None
    parts = [part for part in evaluation.by_provenance if part.present_value]
    percents = t.whole_percents([part.share for part in parts])
    full = max(1.0, math.fsum(part.ratio for part in parts if part.ratio > 0))
    return {
        "title": t("brief.euro_title"),
        "paid": one_euro(subject.scenario, subject.evaluation, subject.t),
        "paid_width": 1 / full,
        "brings": t("brief.euro_brings", ratio=t.ratio(evaluation.ratio)),
        "parts": [
            {
                "key": part.key,
                "width": max(0.0, part.ratio / full),
                "amount": t.ratio(part.ratio),
                "words": rests_on(part, evaluation, t),
                "share": percent,
            }
            for part, percent in zip(parts, percents, strict=True)
        ],
        "note": of_the_balance(subject.case, evaluation, t) if subject.case else "",
    }


def _key(subject: Subject) -> list[Facts]:
    t = subject.t
    seen = {row.provenance for row in subject.evaluation.by_outcome if row.present_value}
    return [badge(one, t) | {"means": meaning_of(one, t)} for one in Provenance if one in seen]


def _largest_first(subject: Subject) -> list[OutcomeResult]:
    counted = [row for row in subject.evaluation.by_outcome if row.present_value]
    return sorted(counted, key=lambda row: -row.present_value)


def _shown(labels: Sequence[str], room: int) -> int:
    """Return how many rows to show: as many as have room, and a few in any case."""
    lines = 0.0
    for position, label in enumerate(labels):
        lines += math.ceil(len(label) / LETTERS_A_LINE) + BETWEEN_ROWS
        is_last = position == len(labels) - 1  # its own name says more than "one other"
        if lines > room and position >= FEWEST_ROWS and not is_last:
            return position
    return len(labels)


def _outcomes(subject: Subject) -> Facts:
    """Return the return by outcome, the largest first, the smallest ones together if many."""
    t = subject.t
    rows = _largest_first(subject)
    labels = {one.id: t.of(one.label) for one in subject.scenario.outcomes}
    shown = _shown([labels[row.outcome] for row in rows], LINES_OF_OUTCOMES)
    parts: list[Mapping[Provenance, float]] = [
        {row.provenance: row.present_value} for row in rows[:shown]
    ]
    cells = [
        {
            "label": labels[row.outcome],
            "provenance": name_of(row.provenance, t),
            "value": t.short_euros(row.present_value),
            "share": t.percent(row.share, decimals=1),
        }
        for row in rows[:shown]
    ]
    if rest := rows[shown:]:
        parts.append(_parts(rest))
        cells.append(
            {
                "label": _more(subject, "brief.more_outcomes", len(rest)),
                "provenance": "",
                "value": t.short_euros(math.fsum(row.present_value for row in rest)),
                "share": t.percent(math.fsum(row.share for row in rest), decimals=1),
            }
        )
    headings = [t(f"table.{name}") for name in ("outcome", "provenance", "value", "share")]
    return {
        "title": t("chart.outcome_title"),
        "headings": headings,
        "rows": _with_bars(cells, parts),
    }


def _stakeholders(subject: Subject) -> Facts:
    """Return who pays and who gains, the one that gains most first."""
    t = subject.t
    rows = [
        row
        for row in subject.evaluation.by_stakeholder
        if row.present_value_benefits or row.present_value_costs
    ]
    rows.sort(key=lambda row: -row.present_value_benefits)
    names = {one.id: t.of(one.name) for one in subject.scenario.stakeholders}
    shown = _shown([names[row.stakeholder] for row in rows], LINES_OF_STAKEHOLDERS)
    cells = [_stakeholder(subject, names[row.stakeholder], [row]) for row in rows[:shown]]
    parts = [
        gains_by_provenance(subject.scenario, subject.evaluation, row.stakeholder)
        for row in rows[:shown]
    ]
    if rest := rows[shown:]:
        label = _more(subject, "brief.more_stakeholders", len(rest))
        cells.append(_stakeholder(subject, label, rest))
        together: dict[Provenance, float] = {}
        for row in rest:
            for provenance, amount in gains_by_provenance(
                subject.scenario, subject.evaluation, row.stakeholder
            ).items():
                together[provenance] = together.get(provenance, 0.0) + amount
        parts.append(together)
    headings = [t(f"table.{name}") for name in ("stakeholder", "gains", "pays", "net")]
    return {
        "title": t("brief.stakeholders_title"),
        "headings": headings,
        "rows": _with_bars(cells, parts),
    }


def _stakeholder(subject: Subject, label: str, rows: Sequence[StakeholderResult]) -> Facts:
    t = subject.t
    return {
        "label": label,
        "gains": t.short_euros(math.fsum(row.present_value_benefits for row in rows)),
        "pays": t.short_euros(math.fsum(row.present_value_costs for row in rows)),
        "net": t.short_euros(math.fsum(row.net_present_value for row in rows)),
    }


def _with_bars(cells: Sequence[Facts], parts: Sequence[Mapping[Provenance, float]]) -> list[Facts]:
    bars = drawn_bars(parts)
    return [cell | {"bar": bar} for cell, bar in zip(cells, bars, strict=True)]


def _parts(rows: Sequence[OutcomeResult]) -> dict[Provenance, float]:
    parts: dict[Provenance, float] = {}
    for row in rows:
        parts[row.provenance] = parts.get(row.provenance, 0.0) + row.present_value
    return parts


def _questions(subject: Subject) -> Iterator[Facts]:
    """Yield what an informed reader would ask, with the ratio it leads to; only what is defined."""
    if not subject.is_defined:
        return
    yield from _readings(subject)
    yield from _other_views(subject)
    yield from _deductions(subject)
    yield _among_published(subject)


def _readings(subject: Subject) -> Iterator[Facts]:
    """Yield the other reading of each setting that has a meaning here, then all prudent ones."""
    scenario = subject.scenario
    is_of_a_study = any(one.basis == "itemised" for one in scenario.outcomes)
    has_other_lines = any(one.basis != "itemised" for one in scenario.outcomes)
    has_footprint = any(one.footprint is not None for one in scenario.outcomes)
    asked: dict[str, tuple[Value, Value]] = {}
    if is_of_a_study and has_other_lines:
        asked["lines"] = ("all", "itemised")
    if has_footprint:
        asked["footprint"] = ("with", "without")
    if is_of_a_study:
        asked["years_covered"] = (1, 2)
    for name, options in asked.items():
        usual, prudent = options
        other = usual if scenario.value_at(name) == prudent else prudent
        yield _reading(subject, READINGS[name, other], {name: other})
    if len(asked) > 1:
        prudent_ones = {name: options[1] for name, options in asked.items()}
        yield _reading(subject, "prudent", prudent_ones)


def _reading(
    subject: Subject,
    name: str,
    changes: Mapping[str, Value],
) -> Facts:
    t = subject.t
    ratio = evaluate(subject.scenario.with_changes(changes)).ratio
    return _answered(t(f"brief.ask_{name}"), t(f"brief.answer_{name}"), t.ratio(ratio))


def _other_views(subject: Subject) -> Iterator[Facts]:
    """Yield the ratio on the full cost, the funder's own, and that of public finances."""
    t, scenario, current = subject.t, subject.scenario, subject.evaluation.perspective.id
    funder = funder_of(current)
    if current != SOCIETY:
        society = evaluate(scenario, SOCIETY)
        unstated = [t.of(one.label) for one in scenario.costs if one.id in society.unstated_costs]
        key = "brief.answer_full_cost_unstated" if unstated else "brief.answer_full_cost"
        answer = t(key, costs=t("chart.separator").join(unstated))
        yield _answered(t("brief.ask_full_cost"), answer, t.ratio(society.ratio))
    if funder is not None and current.startswith(LEVERAGE):
        payer = t.of(scenario.stakeholder(funder).name)
        own = evaluate(scenario, f"{FUNDER}-{funder}").ratio
        question = t("brief.ask_own", payer=payer)
        yield _answered(question, t("brief.answer_own", payer=payer), t.ratio(own))
    if current != PUBLIC_FINANCES and math.isfinite(
        public := evaluate(scenario, PUBLIC_FINANCES).ratio
    ):
        yield _answered(t("brief.ask_public"), t("brief.answer_public"), t.ratio(public))


def _deductions(subject: Subject) -> Iterator[Facts]:
    """Yield what is left if part of every effect would have come about anyway."""
    t, scenario = subject.t, subject.scenario
    now = scenario.settings.deadweight.value
    tried = [share for share in TRIED_SHARES if share > now]
    if not tried:
        return
    ratios = [evaluate(scenario.with_changes({"deadweight": share})).ratio for share in tried]
    yield _answered(
        t("brief.ask_deadweight"),
        t("brief.answer_deadweight", shares=" / ".join(t.percent(share) for share in tried)),
        " / ".join(t.ratio(ratio) for ratio in ratios),
    )


def _among_published(subject: Subject) -> Facts:
    t, published = subject.t, published_ratios()
    holes = {
        name: t.number(published.figure(name).value, decimals=decimals)
        for name, decimals in AMONG_PUBLISHED.items()
    }
    sources = dict.fromkeys(
        key for name in AMONG_PUBLISHED for key in published.figure(name).source
    )
    around = t("brief.from_to", low=holes["mean_from"], high=holes["mean_to"])
    answered = _answered(t("brief.ask_published"), t("landmarks.text", **holes), around)
    return answered | {"sources": subject.numbered(sources)}


def _answered(question: str, answer: str, ratio: str) -> Facts:
    return {"question": question, "answer": answer, "ratio": ratio, "sources": []}


def _opening(subject: Subject) -> Facts:
    """Return the way to open this very scenario: the link, or else a file."""
    t, address = subject.t, subject.address
    return {
        "title": t("brief.open_title"),
        "text": t("brief.open_file" if address is None else "brief.open_link"),
        "address": address,
        "link": t("brief.open_here"),
        "code": t("brief.code_alt"),
        "code_note": t("brief.code_note"),
        "no_code": t("brief.no_code"),
    }
