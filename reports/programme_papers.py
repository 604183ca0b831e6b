"""What the results of a programme rest on: the numbers that associations share, method, sources."""

import roi_model
from reports.brief_annex import (
    conventions,
    drawn_ends,
    number_row,
    source_rows,
    stated_numbers,
)
from reports.brief_subject import Facts
from reports.programme_subject import Programme
from roi_model import units
from roi_model.parameters import Parameter, Provenance
from roi_model.reference_data import margins
from roi_model.uncertainty import uncertain_numbers


def shared_numbers(programme: Programme) -> dict[str, Parameter]:
    """Return the numbers of the template that count and that no column of the table gives."""
    return {
        address: number
        for address, number in stated_numbers(programme.template).items()
        if address not in programme.portfolio.numbers and not number.is_to_fill
    }


def numbers(programme: Programme) -> Facts:
    """Return what the table gives, and what it leaves to the template, with the papers of it."""
    t, subject = programme.t, programme.of_template
    drawn = {one.address: drawn_ends(one) for one in uncertain_numbers(programme.template)}
    portfolio = programme.portfolio
    typed = [programme.label(one) for one in (*portfolio.numbers, *portfolio.choices)]
    shared = shared_numbers(programme)
    nothing = [programme.label(one) for one, number in shared.items() if _is_nothing(number)]
    names = ("table.number", "table.value", "brief.heading_range", "table.provenance",
             "table.source")  # fmt: skip
    return {
        "title": t("programme.numbers"),
        "typed": t(
            "programme.typed",
            labels=t("chart.separator").join(typed),
        ),
        "introduction": t("programme.numbers_introduction"),
        "nothing": t("programme.counted_as_nothing", labels=t("chart.separator").join(nothing))
        if nothing
        else "",
        "headings": [t(name) for name in names],
        "rows": [
            number_row(subject, address, programme.label(address), number, drawn.get(address))
            for address, number in shared.items()
            if not _is_nothing(number)
        ],
    }


def _is_nothing(number: Parameter) -> bool:
    """Say whether a number is a share of 0 that nobody gave a reason for."""
    is_assumed = number.provenance == Provenance.ASSUMED and number.reason is None
    return number.unit == units.SHARE and number.value == 0 and is_assumed


def method(programme: Programme) -> Facts:
    """Return how the figures were reckoned, what they do not say, and how to make them again."""
    t = programme.t
    said = [
        t("programme.method_rows"),
        *_draws(programme),
        t("programme.method_limits"),
        conventions(programme.of_template),
    ]
    description = t.of(programme.template.description)
    return {
        "title": t("programme.method"),
        "said": [one for one in (description, *said) if one],
        "again_title": t("programme.again_title"),
        "again": again(programme),
        "command": programme.command,
    }


def _draws(programme: Programme) -> list[str]:
    """Return how draws are made, and how far each kind of number goes without a range."""
    t, simulation = programme.t, programme.simulation
    if simulation is None:
        return []
    rates = {
        name: t.percent(margins()[name].value, decimals=0)
        for name in (Provenance.PUBLISHED, Provenance.DERIVED, Provenance.YOURS)
    }
    said = t(
        "programme.method_draws",
        published=rates[Provenance.PUBLISHED],
        derived=rates[Provenance.DERIVED],
        yours=rates[Provenance.YOURS],
    )
    if simulation.plan.ranges == "template":
        said += " " + t("programme.method_ranges")
    return [said]


def again(programme: Programme) -> str:
    """Return what makes the same figures again: versions, fingerprints, seed and draws."""
    t, simulation = programme.t, programme.simulation
    papers = {
        "version": roi_model.__version__,
        "template": programme.template.fingerprint,
        "table": programme.fingerprint,
    }
    if simulation is None:
        return t("programme.again", **papers)
    return t(
        "programme.again_drawn",
        **papers,
        draws=t.number(simulation.draws),
        seed=str(simulation.seed),
    )


def sources(programme: Programme) -> Facts:
    """Return the documents that the template cites."""
    t = programme.t
    documents = programme.template.documents
    return {"title": t("brief.sources"), "rows": source_rows(documents.values(), t)}
