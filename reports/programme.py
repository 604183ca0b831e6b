"""A programme of many associations in a few pages for a meeting, as an accessible PDF.

Words come from the catalogues, figures from ``roi_model``; ``programme.typ`` sets them. The rules
are those of the brief: what a table holds goes to the typesetter as data, and the same portfolio
gives the same bytes.
"""

import json
from pathlib import Path
from typing import Unpack

import roi_model
from reports import programme_charts
from reports.brief_subject import Facts
from reports.programme_papers import method, numbers, sources
from reports.programme_rows import faults, funds, outliers, ranked
from reports.programme_subject import Programme, ProgrammeWishes, programme_of
from reports.programme_whole import figures, groups, outcomes, result, stakeholders
from reports.typesetting import PAPER, colours, drawable, moment_of, typeset_pdf
from roi_model.portfolio import Portfolio
from roi_model.portfolio_simulation import PortfolioSimulation

TEMPLATE = Path(__file__).with_name("programme.typ")


def programme_brief(
    portfolio: Portfolio,
    simulation: PortfolioSimulation | None = None,
    **wishes: Unpack[ProgrammeWishes],
) -> bytes:
    """Return the brief of a programme as a PDF (PDF/A-2a and PDF/UA-1), in one language.

    Associations are ranked, and the programme has an interval, only with a ``simulation``.

    Raises:
        ValueError, KeyError: as ``programme_of``.
    """
    programme = programme_of(portfolio, simulation, **wishes)
    files = {"main.typ": TEMPLATE.read_bytes(), "paper.typ": PAPER.read_bytes()}
    charts: list[Facts] = []
    for chart in (programme_charts.distribution(programme), programme_charts.funnel(programme)):
        if chart is not None:
            files[f"{chart.name}.svg"] = chart.svg.encode()
            charts.append(
                {
                    "title": chart.title,
                    "file": f"{chart.name}.svg",
                    "alt": chart.said,
                    "note": chart.note,
                }
            )
    facts = drawable(_facts(programme, charts))
    files["brief.json"] = json.dumps(facts, ensure_ascii=False).encode()
    return typeset_pdf(files, moment_of(programme.today))


def _facts(programme: Programme, charts: list[Facts]) -> Facts:
    t, today = programme.t, programme.today
    name = t.of(programme.template.name)
    foot = t(
        "programme.foot",
        version=roi_model.__version__,
        template=programme.template.fingerprint,
        table=programme.fingerprint,
    )
    return {
        "language": t.language,
        "title": t("programme.title", name=name),
        "author": t("frame.brand"),
        "brand": t("frame.brand"),
        "description": t("programme.description", name=name),
        "keywords": t("programme.keywords"),
        "day": [today.year, today.month, today.day],
        "made_on": t("brief.made_on", date=t.date(today)),
        "foot": foot,
        "page": t("brief.page", page="{page}", pages="{pages}"),
        "colours": colours(),
        "result": result(programme),
        "figures": figures(programme),
        "stakeholders": stakeholders(programme),
        "outcomes": outcomes(programme),
        "charts": charts,
        "groups": groups(programme),
        "outliers": outliers(programme),
        "ranked": ranked(programme),
        "funds": funds(programme),
        "faults": faults(programme),
        "numbers": numbers(programme),
        "method": method(programme),
        "sources": sources(programme),
    }
