"""Results as text for people, on a terminal. English sentences, labels in either language."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from roi_model.checks import Finding, message
from roi_model.evaluation import Evaluation
from roi_model.parameters import Name
from roi_model.plain_results import yours
from roi_model.scenario import Scenario
from roi_model.sensitivity import Swing, VarianceShares
from roi_model.simulation import Estimate, Simulation
from roi_model.switching import SwitchingValue
from roi_model.uncertainty import held_shares
from roi_model.verification import Verification

Language = Literal["fr", "en"]
UNDEFINED = "undefined"


def evaluation_text(scenario: Scenario, evaluation: Evaluation, language: Language) -> str:
    """Return a result with its lines."""
    ratio = (
        "undefined: no cost is counted"
        if math.isnan(evaluation.ratio)
        else f"{evaluation.ratio:.2f}"
    )
    currency = scenario.currency
    lines = [
        _heading(scenario, evaluation.perspective.id, language),
        f"ratio                   {ratio}",
        f"present value benefits  {evaluation.present_value_benefits:>16,.2f} {currency}",
        f"present value costs     {evaluation.present_value_costs:>16,.2f} {currency}",
        f"net present value       {evaluation.net_present_value:>16,.2f} {currency}",
        _read_with(scenario),
    ]
    if evaluation.unstated_costs:
        unstated = ", ".join(evaluation.unstated_costs)
        lines.append(f"counted as 0, not stated: {unstated}; the ratio is too high")
    labels = _labels(scenario, language)
    rows = [
        (labels[row.outcome], f"{row.present_value:,.2f} {currency}  {row.provenance}")
        for row in evaluation.by_outcome
    ]
    width = max((len(label) for label, _ in rows), default=0)
    amount = max((len(said.partition("  ")[0]) for _, said in rows), default=0)
    lines.append("")
    for label, said in rows:
        value, _, provenance = said.partition("  ")
        lines.append(f"{label:<{width}}  {value:>{amount}}  {provenance}")
    return "\n".join(lines)


def simulation_text(
    scenario: Scenario,
    simulation: Simulation,
    *,
    targets: Sequence[float],
    level: float,
    language: Language,
) -> str:
    """Return how sure a result is: every figure with its own numerical error."""
    lines = [
        _heading(scenario, simulation.perspective.id, language),
        f"{simulation.draws} draws ({simulation.method}, seed {simulation.seed}) "
        f"of {len(simulation.varied)} numbers",
        _read_with(scenario),
        "",
    ]
    if simulation.is_defined:
        interval = simulation.interval(level)
        lines += [
            f"mean ratio              {_estimate(simulation.mean())}",
            f"median ratio            {_estimate(simulation.quantile(0.5))}",
            f"{level:.0%} of draws, from      {_estimate(interval.low)}",
            f"{'':<20}to  {_estimate(interval.high)}",
        ]
        if held := held_shares(scenario):
            lines.append(f"held at 0 in every draw: {', '.join(held)}")
        lines += [
            f"{f'ratio above {target:g} in':<22}  {_share(simulation.probability_above(target))}"
            for target in targets
        ]
    else:
        lines.append("ratio undefined: no cost is counted in some draws")
    labels = _labels(scenario, language)
    lines += ["", "share of the benefits, and of their variance"]
    rows = [
        (labels[one.outcome], (f"{one.share_of_benefits:.1%}", f"{one.share_of_variance:.1%}"))
        for one in simulation.contributions
    ]
    return "\n".join([*lines, *_table(rows)])


def sensitivity_text(
    scenario: Scenario,
    perspective: str,
    *,
    swings: Sequence[Swing],
    switching: Iterable[SwitchingValue],
    shares: VarianceShares,
    language: Language,
) -> str:
    """Return which numbers decide: by their ranges, by switching value, by variance."""
    lines = [_heading(scenario, perspective, language), _read_with(scenario), ""]
    lines.append("one number at a time: ratio at the ends of its range")
    lines += _table(
        [
            (
                one.address,
                (
                    f"{_number(one.low)} to {_number(one.high)}",
                    f"{_number(one.ratio_at_low, 2)} to {_number(one.ratio_at_high, 2)}",
                ),
            )
            for one in swings
        ]
    )
    lines += ["", "share of the variance of the ratio: alone, and with its interactions"]
    lines += _table(
        [
            (one.address, (f"{one.first_order:.1%}", f"{one.total:.1%}"))
            for one in sorted(shares.numbers, key=lambda one: -one.total)
        ]
    )
    switching = tuple(switching)
    target = switching[0].target if switching else 1.0
    lines += ["", f"switching values: where the ratio is {target:g}, all else as it is"]
    lines += _table([(one.address, (_switch(one),)) for one in switching])
    return "\n".join(lines)


def findings_text(
    scenario: Scenario, perspective: str, findings: Sequence[Finding], language: Language
) -> str:
    """Return what the checks found, a sentence each."""
    lines = [_heading(scenario, perspective, language), ""]
    lines += [
        f"{finding.severity}: {message(finding, scenario, language)} [{finding.rule}]"
        for finding in findings
    ]
    return "\n".join(lines if findings else [*lines, "nothing found"])


def verifications_text(verifications: Iterable[Verification], language: Language) -> str:
    """Return published calculations recomputed: as printed, as computed, and whether they agree."""
    lines: list[str] = []
    for one in verifications:
        lines += [f"{one.case}: {getattr(one.exercises, language)}"]
        rows = [
            (
                f"{row.figure} ({row.perspective})",
                (
                    f"printed {row.printed}",
                    f"computed {_number(row.computed, 6)}",
                    "agrees" if row.agrees else f"differs by {_number(row.difference, 6)}",
                ),
            )
            for row in one.rows
        ]
        lines += [*(f"  {row}" for row in _table(rows)), ""]
    return "\n".join(lines).rstrip()


def _heading(scenario: Scenario, perspective: str, language: Language) -> str:
    named = [scenario.name, *([scenario.period] if scenario.period else [])]
    said = ", ".join(_of(one, language) for one in named)
    return f"{said} (point of view: {perspective})"


def _read_with(scenario: Scenario) -> str:
    readings = {name: scenario.value_at(name) for name in scenario.choices()} | yours(scenario)
    return "read with               " + ", ".join(f"{k}={v}" for k, v in readings.items())


def _labels(scenario: Scenario, language: Language) -> Mapping[str, str]:
    return {outcome.id: _of(outcome.label, language) for outcome in scenario.outcomes}


def _of(text: Name, language: Language) -> str:
    return text.fr if language == "fr" else text.en


def _table(rows: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
    """Return rows with their names to the left and each column of values to the right."""
    width = max((len(name) for name, _ in rows), default=0)
    columns = zip(*(values for _, values in rows), strict=True)
    widths = [max(map(len, column)) for column in columns]
    return [
        "  ".join(
            [f"{name:<{width}}", *(f"{v:>{w}}" for v, w in zip(values, widths, strict=True))]
        ).rstrip()
        for name, values in rows
    ]


def _number(value: float, decimals: int = 6) -> str:
    """Return a number for people: no exponent below a million million, no trailing zeros."""
    if not math.isfinite(value):
        return UNDEFINED
    written = f"{value:,.{decimals}f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def _estimate(estimate: Estimate) -> str:
    return f"{estimate.value:.2f} ± {estimate.error:.2g}"


def _share(estimate: Estimate) -> str:
    return f"{estimate.value:.1%} of draws ± {estimate.error:.2g}"


def _switch(one: SwitchingValue) -> str:
    if one.value is None:
        return one.status.replace("_", " ")
    return f"{_number(one.value)} (now {_number(one.current)})"
