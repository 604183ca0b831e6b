"""The description of the HTTP interface, as OpenAPI 3.1."""

import json
from typing import Any

import roi_model
from roi_model.case_schema import case_schema
from roi_model.simulation import FEWEST_DRAWS
from server.asked import Asked, AskedReport, AskedSimulation
from server.settings import Settings

Schema = dict[str, Any]
NUMBER_OR_NULL: Schema = {"type": ["number", "null"]}
ROWS: Schema = {"type": "array", "items": {"type": "object"}}
TEXTS: Schema = {"type": "array", "items": {"type": "string"}}
REASONS: Schema = {
    "type": "object",
    "additionalProperties": {"type": "string"},
    "description": "For each figure that is null: why.",
}
DECIDED_FIRST = ("ratio", "net_return", "payback_months", "internal_rate_of_return")


def description(settings: Settings) -> Schema:
    """Return the description of the interface with these settings."""
    case = case_schema()
    definitions = case.pop("$defs")
    case.pop("$schema", None)
    schemas = {
        "CaseDocument": case,
        **definitions,
        "Asked": _asked(Asked),
        "AskedSimulation": _asked(AskedSimulation, most_draws=settings.api_draws),
        "AskedReport": _asked(AskedReport),
        "Evaluation": _evaluation(),
        "Simulation": _simulation(),
        "Cases": _cases(),
        "Error": _object({"error": {"type": "string"}, "allowed": {"type": "string"}}, ["error"]),
        "Invalid": _invalid(),
    }
    whole = {
        "openapi": "3.1.0",
        "info": {
            "title": "Social return on investment of social mediation",
            "version": roi_model.__version__,
            "description": "Evaluate a scenario, simulate it, have the brief on it. A scenario is "
            "a case, by its name or whole, and the numbers that differ from it.",
        },
        "servers": [{"url": "/api/v1"}],
        "paths": {
            "/cases": {"get": _reads("cases", "The cases that come with the model.", "Cases")},
            "/cases/{case}": {
                "parameters": [
                    {
                        "name": "case",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string", "pattern": "^[a-z0-9_]{1,60}$"},
                    }
                ],
                "get": _reads("case", "One case, whole.", "CaseDocument", may_miss=True),
            },
            "/evaluate": {
                "post": _asks("evaluate", "The result of a scenario.", "Asked", "Evaluation")
            },
            "/simulate": {
                "post": _asks(
                    "simulate", "How sure the result is.", "AskedSimulation", "Simulation"
                )
            },
            "/report": {"post": _asks("report", "The brief, as a PDF.", "AskedReport", None)},
        },
        "components": {"schemas": schemas},
    }
    rewritten: Schema = json.loads(json.dumps(whole).replace('"#/$defs/', '"#/components/schemas/'))
    return rewritten


def _object(properties: Schema, required: list[str]) -> Schema:
    return {"type": "object", "properties": properties, "required": required}


def _asked(kind: type[Asked], *, most_draws: int | None = None) -> Schema:
    schema = kind.model_json_schema()
    schema.pop("title", None)
    schema["properties"]["case"] = {
        "anyOf": [
            {"type": "string", "maxLength": 60, "description": "The name of a case."},
            {"$ref": "#/components/schemas/CaseDocument"},
        ]
    }
    if most_draws is not None:
        schema["properties"]["draws"] |= {"minimum": FEWEST_DRAWS, "maximum": most_draws}
    return schema


def _heading() -> Schema:
    return {
        "scenario": {"type": "string"},
        "model_version": {"type": "string"},
        "currency": {"type": "string"},
        "perspective": {"type": "string"},
        "settings": {"type": "object"},
        "yours": {"type": "object", "additionalProperties": {"type": "number"}},
        "undefined": TEXTS,
        "reasons": REASONS,
    }


def _evaluation() -> Schema:
    figures = (*DECIDED_FIRST, "present_value_benefits", "present_value_costs", "net_present_value")
    rows = ("by_outcome", "by_cost", "by_stakeholder", "by_provenance", "by_basis", "by_year")
    properties = {
        **_heading(),
        **dict.fromkeys(figures, NUMBER_OR_NULL),
        **dict.fromkeys(rows, ROWS),
        "unstated_costs": TEXTS,
        "who_pays_who_gains": ROWS,
        "conventions": ROWS,
        "funding": {"type": ["object", "null"]},
    }
    return _object(properties, list(properties))


def _simulation() -> Schema:
    estimate = _object({"value": NUMBER_OR_NULL, "error": NUMBER_OR_NULL}, ["value", "error"])
    names = ["mean", "median", "low", "high"]
    interval = _object(dict.fromkeys(names, estimate), names)
    properties = {
        **_heading(),
        "method": {"type": "string"},
        "seed": {"type": "integer"},
        "draws": {"type": "integer"},
        "replicates": {"type": "integer"},
        "varied": TEXTS,
        "held_at_zero": TEXTS,
        "level": {"type": "number"},
        "ratios": interval,
        "net_values": interval,
        "probability_above": ROWS,
        "contributions": ROWS,
    }
    return _object(properties, list(properties))


def _cases() -> Schema:
    one = {
        "id": {"type": "string"},
        "kind": {"enum": ["published", "template"]},
        "name": {"type": "object", "additionalProperties": {"type": "string"}},
        "fingerprint": {"type": "string"},
        "addresses": TEXTS,
        "choices": {"type": "object", "additionalProperties": {"type": "array"}},
    }
    return _object({"cases": {"type": "array", "items": _object(one, list(one))}}, ["cases"])


def _invalid() -> Schema:
    problem = {
        "where": {"type": "string", "description": "The address, or the place in the case."},
        "code": {"type": "string", "description": "Stable: look a sentence of your own up by it."},
        "received": {},
        "allowed": {"type": "string"},
        "message": {"type": "string"},
    }
    problems = {"type": "array", "minItems": 1, "items": _object(problem, list(problem))}
    return _object({"error": {"const": "invalid"}, "problems": problems}, ["error", "problems"])


def _content(schema: str) -> Schema:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _error(says: str, schema: str = "Error", *, retry: bool = False) -> Schema:
    answer: Schema = {"description": says, "content": _content(schema)}
    if retry:
        seconds = {"description": "Seconds to wait.", "schema": {"type": "integer"}}
        answer["headers"] = {"Retry-After": seconds}
    return answer


def _shared() -> Schema:
    return {
        "400": _error("The host is none of ours."),
        "429": _error("Too many calls for now.", retry=True),
        "503": _error("Too much is asked at the moment, or this took too long.", retry=True),
    }


def _reads(name: str, says: str, schema: str, *, may_miss: bool = False) -> Schema:
    answers = {"200": {"description": says, "content": _content(schema)}, **_shared()}
    if may_miss:
        answers["404"] = _error("There is no such case.")
    return {"operationId": name, "summary": says, "responses": answers}


def _asks(name: str, says: str, asked: str, answer: str | None) -> Schema:
    pdf = {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}
    return {
        "operationId": name,
        "summary": says,
        "requestBody": {"required": True, "content": _content(asked)},
        "responses": {
            "200": {"description": says, "content": pdf if answer is None else _content(answer)},
            "413": _error("The body is too large."),
            "415": _error("The body is not said to be JSON."),
            "422": _error("What is asked is not allowed; every fault is listed.", "Invalid"),
            **_shared(),
        },
    }
