"""What the documents of a programme are drawn up from: associations, their results and draws."""

import datetime
import hashlib
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import NotRequired, TypedDict, Unpack

import numpy as np

from reports.brief_subject import Subject, subject_of
from roi_model.case_files import shipped_cases
from roi_model.portfolio import Portfolio
from roi_model.portfolio_draws import Plan
from roi_model.portfolio_evaluation import PortfolioEvaluation, Totals, evaluate_portfolio
from roi_model.portfolio_funds import MovedFunds
from roi_model.portfolio_groups import MOST_GROUPS
from roi_model.portfolio_simulation import GroupResult, PortfolioSimulation
from roi_model.problems import Problem
from roi_model.scenario import Scenario
from roi_model.simulation import DEFAULT_LEVEL
from roi_model.templates import load_template, templates
from ui.labels import label_of
from ui.portfolio_faults import cut
from ui.words import Language, Words, words_in


class Funds(TypedDict):
    """A move of funds between associations, and the bounds that it was asked for with."""

    away: float
    """At most, as a share of the funds of an association."""
    towards: float
    elasticity: float | None
    """``None``: as the funding case of the template states it."""
    found: MovedFunds
    chance: float | None
    """That anything is gained; ``None`` where that is not known: then no association is named."""


class ProgrammeWishes(TypedDict):
    """What the documents of a programme are made with."""

    language: Language
    today: datetime.date
    """Printed; with it the same portfolio gives the same bytes."""
    group_by: NotRequired[str | None]
    """A column of the table; by default the first that groups rows."""
    selection: NotRequired[tuple[str, Sequence[str]] | None]
    """The column that rows were filtered by, and the texts that were kept."""
    problems: NotRequired[Sequence[Problem] | None]
    """What is wrong with rows left out; by default those of the portfolio."""
    funds: NotRequired[Funds | None]


@dataclass(frozen=True, kw_only=True)
class Group:
    """Associations that a column says the same of."""

    name: str
    rows: int
    totals: Totals


@dataclass(frozen=True, kw_only=True, eq=False)
class Programme:
    """A portfolio, its results and its draws, with the words of the document."""

    t: Words
    evaluation: PortfolioEvaluation
    simulation: PortfolioSimulation | None
    today: datetime.date
    group_by: str | None
    selection: tuple[str, Sequence[str]] | None
    problems: tuple[Problem, ...]
    funds: Funds | None

    @property
    def portfolio(self) -> Portfolio:
        """Return the rows."""
        return self.evaluation.portfolio

    @property
    def template(self) -> Scenario:
        """Return what they share."""
        return self.portfolio.template

    @property
    def totals(self) -> Totals:
        """Return the sums over the rows."""
        return self.evaluation.totals

    @property
    def is_defined(self) -> bool:
        """Say whether the programme has a ratio."""
        return isfinite(self.totals.ratio)

    @cached_property
    def sure(self) -> PortfolioSimulation | None:
        """The draws, where the programme has a ratio at each of them."""
        found = self.simulation
        return found if found is not None and found.programme.is_defined else None

    @cached_property
    def of_template(self) -> Subject:
        """The template by itself, as a brief knows it."""
        return subject_of(
            self.template,
            language=self.t.language,
            address=None,
            case=None,
            association=None,
        )

    @cached_property
    def names(self) -> dict[str, str]:
        """What stakeholders are called."""
        return {one.id: self.t.of(one.name) for one in self.template.stakeholders}

    @cached_property
    def outcomes(self) -> dict[str, str]:
        """What outcomes are called."""
        return {one.id: self.t.of(one.label) for one in self.template.outcomes}

    def label(self, address: str) -> str:
        """Return what the number at an address is called."""
        return label_of(address, self.template, self.t)

    def counted(self, rows: int) -> str:
        """Return how many associations there are, in words."""
        return self.t.counted("portfolio.associations", rows, number=self.t.number(rows))

    def name(self, row: int) -> str:
        """Return what a row is called: its id, and what the first column kept says of it."""
        labels = self.portfolio.labels.values()
        said = [str(self.portfolio.ids[row]), *(str(one[row]) for one in list(labels)[:1])]
        return " · ".join(cut(one) for one in said if one.strip())

    @cached_property
    def faulty_rows(self) -> int:
        """How many rows were left out."""
        return len({one.line for one in self.problems if one.line is not None})

    @cached_property
    def not_given(self) -> dict[str, int]:
        """The numbers that count as 0 because rows do not say them, with how many do not."""
        needed = load_template(self.template.id).to_fill if self.template.id in templates() else {}
        found = {}
        for address, number in self.template.parameters():
            if number.is_to_fill and needed.get(address, "needed") == "needed":
                column = self.portfolio.numbers.get(address)
                rows = len(self.portfolio)
                blank = rows if column is None else int(np.isnan(column).sum())
                if blank:
                    found[address] = blank
        return found

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The sums over the rows that say the same, as the reader's language orders them."""
        if self.group_by is None:
            return ()
        said = Counter(self.portfolio.labels[self.group_by].astype(str).tolist())
        totals = self.evaluation.totals_by(self.group_by)
        return tuple(
            Group(name=name, rows=said[name], totals=totals[name]) for name in self.t.sorted(totals)
        )

    @property
    def sure_groups(self) -> Mapping[str, GroupResult]:
        """How sure the groups are, by name; none where they were not drawn."""
        if self.sure is None or self.group_by is None:
            return {}
        return self.sure.by_group.get(self.group_by, {})

    @cached_property
    def fingerprint(self) -> str:
        """16 hexadecimal digits that tables with the same numbers share, and others do not."""
        portfolio = self.portfolio
        digest = hashlib.sha256("\0".join(map(str, portfolio.ids)).encode())
        columns = {"numbers": portfolio.numbers, "lows": portfolio.lows, "highs": portfolio.highs}
        for kind, by_address in columns.items():
            for address, column in sorted(by_address.items()):
                digest.update(f"\0{kind} {address}\0".encode())
                digest.update(np.where(np.isnan(column), np.nan, column).tobytes())
        for name, chosen in sorted(portfolio.choices.items()):
            digest.update(f"\0{name}\0{chosen.tolist()!r}".encode())
        return digest.hexdigest()[:16]

    @property
    def command(self) -> str:
        """Return the command that makes the same figures from the same table, for a shell.

        ``TABLE`` stands for the table, and ``TEMPLATE`` for a template that is in a file.
        """
        template, portfolio = self.template.id, self.portfolio
        is_known = template in (*templates(), *shipped_cases())
        said = ["roi-model", "portfolio-report", "TABLE"]
        said += ["--template", template if is_known else "TEMPLATE"]
        said += ["--perspective", portfolio.perspective]
        said += [f"--column={heading}={target}" for heading, target in portfolio.columns.items()]
        if self.selection is not None:
            column, texts = self.selection
            said += [f"--keep={column}={text}" for text in texts]
        if self.group_by is not None:
            said.append(f"--group={self.group_by}")
        drawn = self.simulation
        said += ["--draws", "0"] if drawn is None else _asked_of_draws(drawn.plan)
        if self.funds is not None:
            said += ["--away", str(self.funds["away"]), "--towards", str(self.funds["towards"])]
            if self.funds["elasticity"] is not None:
                said += ["--elasticity", str(self.funds["elasticity"])]
        return shlex.join([*said, "--language", self.t.language, "-o", "programme.pdf"])


def _asked_of_draws(plan: Plan) -> list[str]:
    """Return the options of the command that make the same draws."""
    said = ["--draws", str(plan.draws), "--seed", str(plan.seed)]
    if plan.level != DEFAULT_LEVEL:
        said += ["--level", str(plan.level)]
    if plan.target != 1:
        said += ["--target", str(plan.target)]
    if plan.ranges != "typed":
        said += ["--ranges", plan.ranges]
    ranks = plan.between_rows
    changed = {one: rank for one, rank in ranks.items() if rank != (0 if one in plan.typed else 1)}
    if changed and len(set(ranks.values())) == 1:
        return [*said, "--between-rows", str(next(iter(ranks.values())))]
    for one, rank in changed.items():
        said += ["--between-rows", f"{one}={rank}"]
    return said


def programme_of(
    portfolio: Portfolio,
    simulation: PortfolioSimulation | None = None,
    **wishes: Unpack[ProgrammeWishes],
) -> Programme:
    """Return what the documents of a portfolio are drawn up from.

    Raises:
        ValueError: ``simulation`` is of other rows, or from another point of view.
        KeyError: the table has no column ``group_by``.
    """
    if simulation is not None and (
        simulation.perspective.id != portfolio.perspective
        or not np.array_equal(simulation.portfolio.ids, portfolio.ids)
    ):
        raise ValueError("the simulation must be of this portfolio, from its point of view")
    group_by = wishes.get("group_by")
    if group_by is None:
        group_by = next(iter(groupings(portfolio)), None)
    elif group_by not in portfolio.labels:
        raise KeyError(group_by)
    problems = wishes.get("problems")
    return Programme(
        t=words_in(wishes["language"]),
        evaluation=evaluate_portfolio(portfolio),
        simulation=simulation,
        today=wishes["today"],
        group_by=group_by,
        selection=wishes.get("selection"),
        problems=tuple(portfolio.problems if problems is None else problems),
        funds=wishes.get("funds"),
    )


def groupings(portfolio: Portfolio) -> list[str]:
    """Return the columns that rows can be grouped by."""
    found = []
    for name, column in portfolio.labels.items():
        different = len(set(column.astype(str).tolist()))
        if 1 < different <= MOST_GROUPS and different < len(column):
            found.append(name)
    return found
