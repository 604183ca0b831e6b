"""The social return on investment of social mediation: scenarios in, results out.

>>> from roi_model import evaluate, load_case
>>> round(evaluate(load_case("promevil")).ratio, 2)
13.47

What an evaluation does not need is imported when it is first asked for. A function that has the
name of its module is asked of it: ``from roi_model.cash_flow import cash_flow``.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from roi_model.case_files import load_case, shipped_cases
from roi_model.evaluation import Evaluation, evaluate
from roi_model.problems import Problem, ScenarioError
from roi_model.scenario import Scenario

if TYPE_CHECKING:
    from roi_model.simulation import Simulation, simulate

__version__ = "0.1.0"

__all__ = [
    "Evaluation",
    "Problem",
    "Scenario",
    "ScenarioError",
    "Simulation",
    "evaluate",
    "load_case",
    "shipped_cases",
    "simulate",
]

_ON_REQUEST = {
    "Simulation": "simulation",
    "simulate": "simulation",
}
"""Names imported when first asked for, with their module."""

if not TYPE_CHECKING:  # a type checker would take it that every name exists

    def __getattr__(name: str) -> object:
        if name not in _ON_REQUEST:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = getattr(import_module(f"{__name__}.{_ON_REQUEST[name]}"), name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
