"""One outcome from its factors to the ratio: each formula, its numbers, its source."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from html import escape

import streamlit as st

from roi_model.cash_flow import cash_flow
from roi_model.formulas import posts_multiplier
from roi_model.settings import AS_STATED
from roi_model.units import is_money
from roi_model.working import CostStep, DeductionStep, FactorStep, Working, YearStep, working
from ui.frame import Page
from ui.labels import perspective_label
from ui.markup import Cell, badge, folded, table
from ui.words import MOST_DECIMALS, NO_BREAK, UNDEFINED, Words

CHOSEN = "method_chosen"
"""Where the visit keeps the outcome that was chosen."""
MOST_DIGITS = 10
ROWS_SHOWN = 12
"""Years of a table that is not folded."""

FORMULAS = {
    "gross": r"G = f_1 \times f_2 \times \dots \times f_n",
    "counted": r"V = s \times G \times (1 - w) \div n",
    "shares": r"x = 1 - (1 - x_1)(1 - x_2)",
    "multiply_others": r"I = V\,(1-d)(1-m)(1-a)(1-b)",
    "multiply_credited": r"I = V\,(1-d)(1-m)\,a\,(1-b)",
    "add_others": r"I = V \max(0;\,1-d-m-a)\,(1-b)",
    "add_credited": r"I = V \max(0;\,1-d-m)\,a\,(1-b)",
    "eroded_from_1": r"v_t = I\,(1-e)^{t}",
    "eroded_from_2": r"v_t = I\,(1-e)^{t-1}",
    "years": r"P = \sum_t \frac{v_t}{(1+r)^{k(t)}}",
    "sum": r"B = P_1 + P_2 + \dots + P_n",
    "costs": r"C = \sum_t \frac{c_t}{(1+r)^{k(t)}}",
    "ratio": r"R = B \div C",
    "without": r"R' = (B - P) \div C",
    "net": r"N = B - C",
    "net_return": r"S = N \div C",
    "payback": r"T = 12 \times C \div B",
    "jobs": r"J \times 10^6 \div C",
    "posts": r"q' = q \times (p \div p_0)^{\varepsilon}",
    "irr": r"\sum_t \frac{b_t - c_t}{(1+i)^{k(t)}} = 0",
    "prices": r"f' = f \times \mathit{IPC}_{y'} \div \mathit{IPC}_{y}",
}
"""The formulas of ``roi_model`` as they are written on paper; the letters are said in words."""


def chosen(page: Page) -> Working | None:
    """Ask for an outcome, and return its working; none where the scenario has no outcome."""
    t, scenario = page.t, page.scenario
    labels = {one.id: t.of(one.label) for one in scenario.outcomes}
    if not labels:
        st.info(t("chart.nothing"), icon=":material/info:")
        return None
    largest = max(page.evaluation.by_outcome, key=lambda row: abs(row.present_value)).outcome
    kept = st.session_state.get(CHOSEN)
    key = "method_outcome"
    st.session_state[key] = kept if kept in labels else largest

    def keep() -> None:
        st.session_state[CHOSEN] = st.session_state[key]

    outcome = st.selectbox(
        t("method.choose"),
        list(labels),
        format_func=lambda one: labels.get(one, one),
        key=key,
        on_change=keep,
        filter_mode=None,
    )
    return working(scenario, outcome)


def picture(page: Page, found: Working) -> None:
    """Draw what the outcome is worth at each stage, to scale."""
    t = page.t
    stages = {
        "gross": found.gross_value,
        "counted": found.counted_value,
        "impact": found.impact,
        "present": found.present_value,
    }
    longest = max(map(abs, stages.values())) or 1.0
    items = "".join(
        f"<li>{escape(t(f'method.stage_{name}'))} <b>{escape(_amount(t, value))}</b>"
        f'<div class="stage"><span style="width:{100 * abs(value) / longest:.2f}%"></span></div>'
        "</li>"
        for name, value in stages.items()
    )
    st.html(f'<ul class="plain stages">{items}</ul>')


def outcome_steps(page: Page, found: Working) -> None:
    """Show the four steps from the factors to the present value."""
    t, settings = page.t, page.scenario.settings
    how = f"{settings.deductions}_{settings.attribution_means}"
    with st.container(key="working"):
        with _step(t, "gross", "gross"):
            _lines(_gross(page, found))
        with _step(t, "counted", "counted"):
            _lines([_counted(page, found)])
        with _step(t, "impact", how, "shares"):
            st.html(_deductions(page, found))
            _lines(_impact(t, found, how))
        with _step(t, "years", f"eroded_from_{settings.drop_off_from}", "years"):
            _lines(_present_value(page, found))
            if len(found.years) > 1:
                st.html(_years(t, t("method.years_table"), found.years))


def whole_steps(page: Page, found: Working) -> None:
    """Show the steps from all present values to the ratio and the figures beside it."""
    t = page.t
    with st.container(key="working_whole"):
        with _step(t, "sum", "sum"):
            _lines(_sum(page, found))
            st.html(folded(t("method.sum_table"), _outcomes(page)))
        with _step(t, "costs", "costs"):
            _lines(_costs(t, found))
            for one in found.costs:
                if one.is_counted and len(one.years) > 1:
                    st.html(_years(t, t("method.cost_years", cost=t.of(one.cost.label)), one.years))
        with _step(t, "ratio", "ratio", "without"):
            _lines(_ratio(t, found))
        # Over several years payback is read off the flow, and is no quotient.
        is_quotient = page.evaluation.years == 1 and not page.evaluation.is_never_paid_back
        of_one_year = ("payback",) if is_quotient else ()
        with _step(t, "net", "net", "net_return", *of_one_year):
            _lines(_net(page))


def other_formulas(page: Page) -> None:
    """Show the formulas that this result does not pass through, or only beside the ratio."""
    t = page.t
    with st.expander(t("method.others")), st.container(key="working_others"):
        for name, line in (
            ("jobs", _jobs(page)),
            ("irr", _rate_of_return(page)),
            ("prices", t("method.prices_where")),
            ("posts", _posts(page)),
        ):
            with _step(t, name, name):
                _lines([line])


# --- One outcome -------------------------------------------------------------------------------


def _gross(page: Page, found: Working) -> list[str]:
    t = page.t
    lines = [_factor(page, one) for one in found.factors]
    gross = _amount(t, found.gross_value)
    if len(found.factors) == 1:
        return [*lines, t("method.gross_stated", gross=gross)]
    product = " × ".join(_value(t, one.value, one.factor.unit) for one in found.factors)
    return [*lines, t("method.gross", factors=product, gross=gross)]


def _factor(page: Page, one: FactorStep) -> str:
    """Return a number with its label and, where its prices are of another year, what it becomes."""
    t, unit, prices = page.t, one.factor.unit, page.scenario.settings.price_year
    label, value = t.of(one.factor.label), _value(t, one.value, unit)
    if prices == AS_STATED or one.inflator == 1:
        return t("method.factor", label=label, value=value)
    return t(
        "method.factor_prices",
        label=label,
        stated=_value(t, one.factor.value, unit),
        year=one.factor.year,
        inflator=_number(t, one.inflator),
        value=value,
        price_year=prices,
    )


def _counted(page: Page, found: Working) -> str:
    t = page.t
    counted = _amount(t, found.counted_value)
    perspective = perspective_label(found.perspective.id, page.scenario, t)
    if found.cancels_out:
        return t("method.counted_transfer", perspective=perspective, counted=counted)
    if not found.sign:
        return t("method.counted_elsewhere", perspective=perspective, counted=counted)
    if not found.is_line_read:
        return t("method.counted_not", counted=counted)
    return t(
        "method.counted" if found.sign > 0 else "method.counted_loss",
        gross=_amount(t, found.gross_value),
        footprint=_share(t, found.footprint),
        years=t.number(found.years_covered),
        counted=counted,
    )


def _impact(t: Words, found: Working, how: str) -> list[str]:
    shares = {one.name: _share(t, one.combined) for one in found.deductions}
    formula = t(
        f"method.impact_{how}",
        counted=_amount(t, found.counted_value),
        impact=_amount(t, found.impact),
        **shares,
    )
    return [t("method.kept", kept=_share(t, found.kept_share)), formula]


def _deductions(page: Page, found: Working) -> str:
    t = page.t
    rows = [
        (
            t(f"share.{one.name}"),
            _share(t, one.own),
            UNDEFINED if one.name == "optimism_bias" else _share(t, one.common),
            _combined(page, one),
            _amount(t, one.amount),
        )
        for one in found.deductions
    ]
    names = ("share", "own", "common", "combined", "left")
    headings = [t(f"method.heading_{name}") for name in names]
    return table(t("method.deductions_table"), headings, rows, t, numeric=(1, 2, 3, 4))


def _combined(page: Page, one: DeductionStep) -> str:
    """Return the share that both come to, with the way there where both say something."""
    t = page.t
    combined = _share(t, one.combined)
    if not one.common or not one.own:
        return combined
    holes = {"own": _share(t, one.own), "common": _share(t, one.common), "combined": combined}
    credited = page.scenario.settings.attribution_means == "credited"
    is_credit = credited and one.name == "attribution"
    return t("method.credit_combined" if is_credit else "method.share_combined", **holes)


def _present_value(page: Page, found: Working) -> list[str]:
    t, settings = page.t, page.scenario.settings
    lines = [
        t(
            "method.lasting",
            period=_duration(t, found.benefit_period),
            drop_off=_share(t, found.drop_off),
            drop_off_from=t(f"drop_off_from.{settings.drop_off_from}"),
            activity=_duration(t, found.activity_years),
            start=t.number(found.outcome.start_year),
        ),
        t(
            "method.rate",
            rate=_share(t, settings.discount_rate.value),
            timing=t(f"timing.{settings.timing}"),
        ),
    ]
    present_value = _amount(t, found.present_value)
    if len(found.years) > 1:
        years = _duration(t, len(found.years))
        return [*lines, t("method.present_values", years=years, present_value=present_value)]
    (only,) = found.years
    return [
        *lines,
        t(
            "method.present_value",
            value=_amount(t, only.value),
            factor=_number(t, only.discount_factor),
            present_value=present_value,
        ),
    ]


# --- The whole ---------------------------------------------------------------------------------


def _sum(page: Page, found: Working) -> list[str]:
    t = page.t
    return [
        t(
            "method.seen_from",
            perspective=perspective_label(found.perspective.id, page.scenario, t),
        ),
        t(
            "method.sums",
            present_value=_amount(t, found.present_value),
            others=_amount(t, found.present_value_others),
            benefits=_amount(t, found.present_value_benefits),
        ),
    ]


def _outcomes(page: Page) -> str:
    t = page.t
    labels = {one.id: t.of(one.label) for one in page.scenario.outcomes}
    rows: list[Sequence[Cell]] = [
        (
            labels[row.outcome],
            _amount(t, row.gross_value),
            _amount(t, row.impact),
            _amount(t, row.present_value),
            badge(row.provenance, t),
        )
        for row in page.evaluation.by_outcome
    ]
    names = ("outcome", "gross", "impact", "present", "provenance")
    headings = [t(f"method.heading_{name}") for name in names]
    return table(t("method.sum_table"), headings, rows, t, numeric=(1, 2, 3))


def _costs(t: Words, found: Working) -> list[str]:
    lines = [_cost(t, one) for one in found.costs if one.is_counted]
    return [*lines, t("method.costs", costs=_amount(t, found.present_value_costs))]


def _cost(t: Words, one: CostStep) -> str:
    return t.counted(
        "method.cost",
        one.times,
        label=t.of(one.cost.label),
        factors=" × ".join(_value(t, part.value, part.factor.unit) for part in one.factors),
        years=t.number(one.times),
        timing=t(f"timing.{one.timing}"),
        present_value=_amount(t, one.present_value),
    )


def _ratio(t: Words, found: Working) -> list[str]:
    if not found.present_value_costs:
        return [t("headline.undefined"), t("headline.no_cost")]
    costs = _amount(t, found.present_value_costs)
    return [
        t(
            "method.ratio",
            benefits=_amount(t, found.present_value_benefits),
            costs=costs,
            exact=t.number(found.ratio),
            ratio=t.ratio(found.ratio),
        ),
        t(
            "method.without",
            others=_amount(t, found.present_value_others),
            costs=costs,
            ratio=t.ratio(found.ratio_without),
        ),
    ]


def _net(page: Page) -> list[str]:
    t, evaluation = page.t, page.evaluation
    amounts = {
        "benefits": _amount(t, evaluation.present_value_benefits),
        "costs": _amount(t, evaluation.present_value_costs),
        "net": _amount(t, evaluation.net_present_value),
        "net_return": t.ratio(evaluation.net_return),
        "months": t.months(evaluation.payback_months),
    }
    payback = "payback" if evaluation.years == 1 else "payback_years"
    if evaluation.is_never_paid_back:
        payback = "payback_never"
    return [
        t("method.net", **amounts),
        t("method.net_return", **amounts),
        t(f"method.{payback}", **amounts),
    ]


# --- Beside the ratio --------------------------------------------------------------------------


def _jobs(page: Page) -> str:
    t, evaluation = page.t, page.evaluation
    return t(
        "method.jobs",
        jobs=_number(t, evaluation.indirect_jobs),
        costs=_amount(t, evaluation.yearly_costs),
        per_million=t.number(evaluation.jobs_per_million_euros, decimals=4),
        per_job=_amount(t, evaluation.cost_per_job),
    )


def _rate_of_return(page: Page) -> str:
    t = page.t
    rate = cash_flow(page.scenario, page.evaluation.perspective).internal_rate_of_return
    written = t.percent(rate, decimals=2)
    return t("method.irr_none") if written == UNDEFINED else t("method.irr", rate=written)


def _posts(page: Page) -> str:
    t, funding = page.t, page.scenario.funding
    if funding is None or not funding.posts.value:
        return t("method.posts_none")
    wanted, now, elasticity = (
        one.value for one in (funding.posts_wanted, funding.posts, funding.elasticity)
    )
    return t(
        "method.posts",
        wanted=_number(t, wanted),
        now=_number(t, now),
        elasticity=_number(t, elasticity),
        multiplier=_number(t, float(posts_multiplier(wanted, now, elasticity))),
    )


# --- Pieces ------------------------------------------------------------------------------------


@contextmanager
def _step(t: Words, name: str, *formulas: str) -> Iterator[None]:
    """Hold a step: what it is called, its formulas, what they say, its numbers, its source."""
    with st.container(key=f"step_{name}", border=True):
        st.subheader(t(f"method.step_{name}"), anchor=False)
        for formula in formulas:
            st.latex(FORMULAS[formula])
        st.markdown(t(f"method.words_{name}"))
        yield
        st.caption(t("method.source", source=t(f"method.source_{name}")))


def _lines(lines: Iterable[str]) -> None:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    st.html(f'<ul class="plain worked">{items}</ul>')


def _years(t: Words, caption: str, years: Sequence[YearStep]) -> str:
    rows = [
        (
            t("method.year", year=one.calendar_year or one.year),
            _amount(t, one.value),
            _number(t, one.discount_factor),
            _amount(t, one.present_value),
        )
        for one in years
    ]
    names = ("year", "value", "factor", "present")
    headings = [t(f"method.heading_{name}") for name in names]
    written = table(caption, headings, rows, t, numeric=(1, 2, 3))
    return written if len(rows) <= ROWS_SHOWN else folded(caption, written)


def _duration(t: Words, years: int) -> str:
    return t.counted("method.duration", years, years=t.number(years))


def _amount(t: Words, amount: float) -> str:
    """Return euros to the cent, or to its hundredth where the cent hides what comes next."""
    return t.euros(amount, decimals=2 if round(amount, 2) == round(amount, 4) else 4)


def _number(t: Words, value: float) -> str:
    return t.number(value, decimals=_places(value))


def _share(t: Words, share: float) -> str:
    return t.percent(share, decimals=_places(share * 100))


def _value(t: Words, value: float, unit: str) -> str:
    """Return a number with its unit and all the digits that a product needs."""
    places = _places(value)
    if places <= MOST_DECIMALS or is_money(unit):
        return t.value(value, unit)
    return f"{t.number(value, decimals=places)}{NO_BREAK}{t.unit(unit, count=value)}".strip()


def _places(value: float) -> int:
    """Return how many decimals a number has, ten at most."""
    exponent = Decimal(repr(round(float(value), MOST_DIGITS))).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
