"""Programmes that the tests of their documents share."""

from functools import cache

import numpy as np

from roi_model.portfolio import portfolio_of
from roi_model.portfolio_simulation import simulate_portfolio
from roi_model.problems import Problem
from roi_model.templates import load_template
from tests.reports.scenarios import COMMAND, FORMULA, SCRIPT

TEMPLATE = load_template("adulte_relais")
FAULT = Problem(
    where="column Habitants soulagés du bruit",
    code="number_not_allowed",
    received=-5.0,
    allowed="0 to 1e+15 person",
    message="must be a number from 0 to 1e+15 (person)",
    line=9,
)
REGIONS = ("Bretagne", "Normandie", "Île-de-France", "Corse")


@cache
def programme(rows=60, perspective=None):
    """Return associations of all sizes in four regions, one of them far from the others.

    Two blanks keep what the template says, and the row on line 9 was left out.
    """
    rng = np.random.default_rng(4)
    posts = np.round(rng.lognormal(1, 0.6, rows), 1)
    each = {"employer_payment": 9_000, "quiet_nights.people": 35, "police_time.hours": 60,
            "into_work.people": 0.3}  # fmt: skip
    numbers = {one: np.round(posts * many * rng.lognormal(0, 0.3, rows), 1)
               for one, many in each.items()}  # fmt: skip
    numbers["state_aid"] = posts
    numbers["quiet_nights.people"][:2] = np.nan
    numbers["quiet_nights.people"][5] *= 40
    numbers["police_time.hourly_cost"] = np.where(np.arange(rows) % 3 == 0, 60.0, np.nan)
    return portfolio_of(
        TEMPLATE.case,
        numbers,
        ids=[f"A{row}" for row in range(rows)],
        lines=np.arange(2, rows + 2),
        labels={
            "Nom": [f"Association n° {row}" for row in range(rows)],
            "Région": [REGIONS[row % 4] for row in range(rows)],
        },
        faults=[(7, FAULT)],
        perspective=perspective,
    )


@cache
def drawn(rows=60, perspective=None):
    """Return draws of a programme, few of them."""
    return simulate_portfolio(programme(rows, perspective), 256, seed=3, by=["Région"], workers=1)


CONFUSING = ("Bretagne", "bretagne", "*", "a~b", "01", "1", "TRUE", "", FORMULA, COMMAND, "Île?")
"""Names of groups that a search in a spreadsheet would take one for another, or for a formula."""


def named_by_strangers():
    """Return associations whose texts are formulas, commands, markup and patterns."""
    texts = [CONFUSING[row % len(CONFUSING)] for row in range(3 * len(CONFUSING))]
    rows = len(texts)
    return portfolio_of(
        TEMPLATE.case,
        {
            "state_aid": 1.0 + np.arange(rows),
            "quiet_nights.people": 10.0 + 3 * np.arange(rows),
        },
        ids=[FORMULA, SCRIPT, *(f"-{row}" for row in range(rows - 2))],
        labels={f"{SCRIPT} {FORMULA}": texts, "@note": [COMMAND] * rows},
    )
