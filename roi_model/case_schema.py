"""The JSON Schema of case files: what an editor completes and checks while one is written.

It describes the file. What no schema can say (that a stakeholder exists, that units cancel, that
a published number has its source) is checked when the case is read.
"""

import json
from typing import Any

from roi_model.case_files import KEPT
from roi_model.reference_data import DATA
from roi_model.scenario import Scenario
from roi_model.units import BASE_UNITS, CURRENCY, NONE, SHARE

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PUBLISHED_SCHEMA = DATA / "case.schema.json"
IN_TWO_LANGUAGES = ("Name", "Text")
COMPUTABLE = ("Factor",)
"""Numbers that a rule may compute, so that their value need not be stated."""


def case_schema() -> dict[str, Any]:
    """Return the JSON Schema, draft 2020-12, of a case file.

    It is made from the model, with what reading a file allows besides: one text for both
    languages, one source alone, a derived number without its value or with ``kept: true``.
    """
    schema: dict[str, Any] = Scenario.model_json_schema()
    definitions = schema["$defs"]
    for name in IN_TWO_LANGUAGES:
        definitions[name] = _one_text_or_two(definitions[name])
    for record in definitions.values():
        properties = record.get("properties", {})
        if "source" in properties:
            properties["source"] = _one_or_several(properties["source"])
        if "unit" in properties and "const" not in properties["unit"]:
            properties["unit"]["pattern"] = _unit_pattern()
    schema["properties"]["sources"]["additionalProperties"] = False
    for name in COMPUTABLE:
        record = definitions[name]
        record["required"].remove("value")
        record["anyOf"] = [
            {"required": ["value"]},
            {"required": ["derivation"], "properties": {"derivation": {"type": "object"}}},
        ]
    definitions["Derivation"]["anyOf"] = [{"required": ["of"]}, {"required": ["stated"]}]
    definitions["Derivation"]["properties"][KEPT] = {
        "type": "boolean",
        "default": False,
        "description": "The stated value is the one the rule gave before other numbers of the "
        "case were changed: it is taken as it is.",
    }
    return {"$schema": DIALECT, "title": "Case", **_tidy(schema)}


def schema_text() -> str:
    """Return the schema as it is published in ``data/case.schema.json``."""
    return json.dumps(case_schema(), indent=2, ensure_ascii=False) + "\n"


def _one_text_or_two(record: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a text in two languages that may also stand once for both."""
    return {
        "description": record.pop("description"),
        "anyOf": [record["properties"]["fr"], record],
    }


def _one_or_several(sources: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of the sources of a number: none, one by its id, or a list."""
    several = {"type": "array", "items": sources["items"], "maxItems": sources["maxLength"]}
    return {"anyOf": [sources["items"], several, {"type": "null"}]}


def _unit_pattern() -> str:
    base = "|".join([*sorted(BASE_UNITS), CURRENCY.pattern])
    return f"^({NONE}|{SHARE}|{base})(/({base}))*$"


def _tidy(schema: Any) -> Any:
    """Return a schema without what says nothing: titles that repeat names, defaults of nothing."""
    if isinstance(schema, list):
        return [_tidy(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {name: _tidy(one) for name, one in schema.items() if not _says_nothing(name, one)}


def _says_nothing(name: str, stated: Any) -> bool:
    # A field may itself be called title: what stands there is then its schema.
    is_title = name == "title" and isinstance(stated, str)
    return is_title or (name == "default" and (stated is None or isinstance(stated, dict | list)))
