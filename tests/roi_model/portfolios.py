"""The templates and tables that the tests of portfolios share."""

import csv
import io

from roi_model.portfolio_columns import matches_of
from roi_model.portfolio_files import portfolio_from
from roi_model.portfolio_tables import table_from
from roi_model.templates import load_template
from tests.roi_model.building import STATE, case, cost, people_helped

TWO_LINES = case(
    outcomes=[people_helped("quiet", 10, 100), people_helped("work", 2, 1_000, stakeholder=STATE)],
    costs=[cost("aid", 1_000)],
)
ADULTE_RELAIS = load_template("adulte_relais")


def written(*rows, delimiter=";", encoding="utf-8", name="table.csv"):
    """Return the table that rows are, written and read."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return table_from(text.getvalue().encode(encoding), name=name)


def portfolio_in(table, template=ADULTE_RELAIS, given=None):
    """Return the associations in a table."""
    return portfolio_from(table, template, matches_of(table, template, given))
