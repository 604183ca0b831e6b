"""Scenarios that the tests of the documents share."""

import datetime

from roi_model import load_case
from roi_model.case_files import scenario_from
from roi_model.templates import load_template
from tests.roi_model.building import amount, case_data, cost, people_helped

DAY = datetime.date(2026, 11, 24)
ADDRESS = "https://example.org/?v=1&lang=fr&ratio=13.47"
LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>'
PROMEVIL = load_case("promevil")
TO_FILL = load_template("adulte_relais").case

FORMULA = '=HYPERLINK("https://example.org","click")'
COMMAND = "+cmd|' /C calc'!A0"
SCRIPT = "<script>alert(1)</script> & co"
MARKDOWN = "**bold** [link](https://example.org) `code` \x07\x1b[31m"


def named_by_a_stranger():
    """Return a scenario whose names are formulas, commands, markup and control characters."""
    data = case_data(
        outcomes=[amount("formula", 300), people_helped("script", 10, 20), amount("loss", -50)],
        costs=[cost("aid", 100)],
    )
    labels = {"formula": FORMULA, "script": SCRIPT, "loss": MARKDOWN}
    for line in data["outcomes"]:
        line["label"] = labels[line["id"]]
    data["costs"][0]["label"] = COMMAND
    data["stakeholders"][0]["name"] = f"@{SCRIPT}"
    data["stakeholders"][3]["name"] = FORMULA
    return scenario_from({**data, "name": SCRIPT, "period": MARKDOWN})
