"""The formulas, written out with the numbers of the moment."""

from html import escape

import streamlit as st

import roi_model
from roi_model.evaluation import OutcomeResult
from roi_model.value_map import Outcome
from ui.frame import Page
from ui.labels import perspective_label


def formulas(page: Page) -> None:
    """Show the way from factors to ratio, for each outcome and for the whole."""
    t = page.t
    settings = page.scenario.settings
    st.markdown(t("method.introduction"))
    st.markdown(
        t(
            "method.conventions",
            timing=t(f"timing.{settings.timing}"),
            drop_off_from=t(f"drop_off_from.{settings.drop_off_from}"),
            deductions=t(f"deductions.{settings.deductions}"),
            attribution_means=t(f"attribution_means.{settings.attribution_means}"),
        )
    )
    results = {row.outcome: row for row in page.evaluation.by_outcome}
    steps = "".join(_outcome(page, one, results[one.id]) for one in page.scenario.outcomes)
    st.html(f'<div class="method">{steps}{_whole(page)}</div>')
    st.caption(t("method.version", version=roi_model.__version__))


def _outcome(page: Page, outcome: Outcome, result: OutcomeResult) -> str:
    """Return the steps from the factors of one outcome to its present value."""
    t = page.t
    factors = " × ".join(t.value(factor.value, factor.unit) for factor in outcome.factors)
    key = "method.gross" if len(outcome.factors) > 1 else "method.gross_stated"
    lines = [t(key, factors=factors, gross=t.euros(result.gross_value))]
    if result.counted_value != result.gross_value:
        lines.append(
            t(
                _why_counted_less(page, outcome),
                gross=t.euros(result.gross_value),
                counted=t.euros(result.counted_value),
                years=t.number(page.scenario.settings.years_covered),
                footprint=t.percent(outcome.footprint.value if outcome.footprint else 0),
            )
        )
    if result.counted_value:
        lines += _kept(page, outcome, result)
    return _block(t.of(outcome.label), lines)


def _why_counted_less(page: Page, outcome: Outcome) -> str:
    settings = page.scenario.settings
    if outcome.stakeholder not in page.evaluation.perspective.beneficiaries:
        return "method.counted_elsewhere"
    if settings.lines == "itemised" and outcome.basis != "itemised":
        return "method.counted_not"
    return "method.counted"


def _kept(page: Page, outcome: Outcome, result: OutcomeResult) -> list[str]:
    t, settings = page.t, page.scenario.settings
    shares = {
        name: t.percent(getattr(result, name), decimals=None)
        for name in ("deadweight", "displacement", "attribution")
    }
    lines = [
        t(
            f"method.impact_{settings.deductions}_{settings.attribution_means}",
            counted=t.euros(result.counted_value),
            optimism_bias=t.percent(outcome.optimism_bias.value if outcome.optimism_bias else 0),
            impact=t.euros(result.impact),
            **shares,
        )
    ]
    years = outcome.benefit_period.value if outcome.benefit_period else 1
    lines.append(
        t.counted(
            "method.present_value",
            years,
            years=t.number(years),
            drop_off=t.percent(outcome.drop_off.value if outcome.drop_off else 0),
            rate=t.percent(settings.discount_rate.value),
            present_value=t.euros(result.present_value),
        )
    )
    return lines


def _whole(page: Page) -> str:
    """Return the steps from present values to the figures of the headline."""
    t, evaluation = page.t, page.evaluation
    perspective = perspective_label(evaluation.perspective.id, page.scenario, t)
    amounts = {
        "benefits": t.euros(evaluation.present_value_benefits),
        "costs": t.euros(evaluation.present_value_costs),
        "net": t.euros(evaluation.net_present_value),
        "ratio": t.ratio(evaluation.ratio),
        "net_return": t.ratio(evaluation.net_return),
        "months": t.months(evaluation.payback_months),
        "jobs": t.number(evaluation.indirect_jobs, decimals=0),
        "per_million": t.number(evaluation.jobs_per_million_euros, decimals=1),
        "per_job": t.euros(evaluation.cost_per_job),
    }
    payback = "payback" if evaluation.years == 1 else "payback_years"
    names = ("sums", "ratio", "net", "net_return", payback, "jobs")
    lines = [t(f"method.{name}", perspective=perspective, **amounts) for name in names]
    return _block(t("method.whole"), lines)


def _block(title: str, lines: list[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<section><h3>{escape(title)}</h3><ol>{items}</ol></section>"
