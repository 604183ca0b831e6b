"""What is promised of input that a stranger wrote: a value that works, or a refusal that says why.

Each function takes the bytes of one kind of input, and raises where the promise is broken.
"""

import base64
import zlib
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from reports.workbook_reading import scenario_from_workbook
from roi_model import Scenario, ScenarioError, evaluate
from roi_model.case_files import case_from, case_text
from roi_model.editing import edits_of
from roi_model.portfolio_columns import matches_of
from roi_model.portfolio_evaluation import evaluate_portfolio
from roi_model.portfolio_files import portfolio_from
from roi_model.portfolio_results import fault_columns, result_columns
from roi_model.portfolio_tables import csv_of, table_from
from roi_model.problems import Problem
from roi_model.templates import load_template
from roi_model.value_map_files import value_map_from
from server.api import PREFIX, api_routes
from server.settings import settings_from
from server.work import Workers
from tests.fuzzing.seeds import workbook_holding
from tests.server.asking import ask_app
from tests.ui.reading_code import ROOT
from ui import link
from ui.bases import believed, load
from ui.file_problems import file_problem_text
from ui.labels import refusal_text
from ui.packing import VERSION
from ui.words import LANGUAGES, words_in

LEAKS = ("Traceback", "site-packages", "object at 0x", 'File "', str(ROOT))
"""What would tell how the program is made, or where it stands."""
MOST_SAID = 20
"""Faults of one refusal whose sentences are looked at: each is made by itself."""


class PromiseBrokenError(AssertionError):
    """Something else than a value or a refusal, or one that does not hold."""


def refused(error: ScenarioError, content: bytes, say: Callable[..., str]) -> None:
    """Check that a refusal has faults, that each can be said, and that none tells of the program.

    ``say`` puts a fault in words; what the stranger wrote may stand in them.
    """
    if not error.problems:
        raise PromiseBrokenError("a refusal without a reason")
    written = content.decode("utf-8", "replace")
    for problem in error.problems[:MOST_SAID]:
        for text in (str(problem), *(say(problem, words_in(one)) for one in LANGUAGES)):
            text.encode()
            for leak in LEAKS:
                if leak in text and leak not in written:
                    raise PromiseBrokenError(f"a refusal tells {leak!r}: {text}")


def works(scenario: Scenario) -> None:
    """Check that a scenario that was accepted has a result, and is the same written and read."""
    evaluate(scenario)
    if case_from(case_text(scenario, ".json").encode(), name="a.json") != scenario:
        raise PromiseBrokenError("a scenario is another when it is written and read")


def file_of_a_scenario(read: Callable[..., Scenario], name: str) -> Callable[[bytes], None]:
    """Return what tries the bytes of a file on a reader of scenarios."""

    def tried(content: bytes) -> None:
        try:
            scenario = read(content, name=name)
        except ScenarioError as error:
            refused(error, content, file_problem_text)
        else:
            works(scenario)

    return tried


case_yaml = file_of_a_scenario(case_from, "a.yaml")
case_json = file_of_a_scenario(case_from, "a.json")
value_map_csv = file_of_a_scenario(value_map_from, "a.csv")
value_map_xlsx = file_of_a_scenario(value_map_from, "a.xlsx")
workbook = file_of_a_scenario(scenario_from_workbook, "a.xlsx")


def workbook_case(content: bytes) -> None:
    """Try JSON in the place of the case that a workbook carries."""
    workbook(workbook_holding(content))


def portfolio(name: str) -> Callable[[bytes], None]:
    """Return what tries the bytes of a table of associations."""

    def tried(content: bytes) -> None:
        template = load_template("adulte_relais")
        try:
            table = table_from(content, name=name)
            found = portfolio_from(table, template, matches_of(table, template))
        except ScenarioError as error:
            refused(error, content, file_problem_text)
            return
        evaluation = evaluate_portfolio(found)
        for language in (*LANGUAGES, None):
            csv_of(result_columns(evaluation, template=template, language=language), language)
        csv_of(fault_columns(found.problems), None)
        if found.problems:
            refused(ScenarioError(found.problems), content, file_problem_text)

    return tried


# --- Links -------------------------------------------------------------------------------------


def query(content: bytes) -> None:
    """Try an address: whatever it says it opens a scenario, and what it cannot have is named."""
    opens(dict(parse_qsl(content.decode("utf-8", "replace"), keep_blank_values=True)), content)


def edits(content: bytes) -> None:
    """Try JSON in the place of the edits that an address carries."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = base64.urlsafe_b64encode(deflate.compress(content) + deflate.flush())
    opens({"v": "1", "edits": VERSION + packed.decode().rstrip("=")}, content)


def opens(asked: dict[str, str], content: bytes) -> None:
    """Check that an address opens a scenario, and that its own address opens the same."""
    found = link.opened(asked, load, believed)
    if found.ignored:

        def say(problem: Problem, t: Any) -> str:
            return refusal_text(problem, found.case, t)

        refused(ScenarioError(found.ignored), content, say)
    ratio = evaluate(found.scenario).ratio
    made = edits_of(found.case, found.scenario)
    if link.gives_back(found.case, made, found.scenario):
        address = link.address_of(found.case, made, "fr", ratio)
        if address and link.opened(address, load, believed).scenario != found.scenario:
            raise PromiseBrokenError("an address opens another scenario than it was made of")


# --- The interface for other programs ----------------------------------------------------------


def evaluation(body: bytes) -> None:
    """Try a body on the evaluation."""
    answers("/evaluate", body)


def simulation(body: bytes) -> None:
    """Try a body on the simulation."""
    answers("/simulate", body)


def report(body: bytes) -> None:
    """Try a body on the brief."""
    answers("/report", body)


def answers(route: str, body: bytes) -> None:
    """Check that a call is answered with a result, or with what is wrong with it."""
    kind = {"content-type": "application/json"}
    answer = ask_app(_interface(), PREFIX + route, method="POST", headers=kind, chunks=(body,))
    if answer.status == 200 and answer.body.startswith(b"%PDF-"):
        return
    said = answer.json
    if answer.status == 200:
        return
    if answer.status != 422 or said["error"] != "invalid" or not said["problems"]:
        raise PromiseBrokenError(f"{answer.status}: {answer.body[:200]!r}")
    for problem in said["problems"]:
        for leak in LEAKS:
            if leak in problem["message"] and leak.encode() not in body:
                raise PromiseBrokenError(f"a refusal tells {leak!r}: {problem}")


@lru_cache(maxsize=1)
def _interface() -> Any:
    settings = settings_from({"ROI_API_RATE": "100000", "ROI_API_DRAWS": "256"})
    (mount, *_) = api_routes(settings, Workers(seconds=settings.api_seconds))
    return mount
