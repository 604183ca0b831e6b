"""The social return on investment of social mediation: scenarios in, results out.

>>> from roi_model import evaluate, load_case
>>> round(evaluate(load_case("promevil")).ratio, 2)
13.47
"""

from roi_model.case_files import load_case, shipped_cases
from roi_model.evaluation import Evaluation, evaluate
from roi_model.problems import Problem, ScenarioError
from roi_model.scenario import Scenario

__version__ = "0.1.0"

__all__ = [
    "Evaluation",
    "Problem",
    "Scenario",
    "ScenarioError",
    "evaluate",
    "load_case",
    "shipped_cases",
]
