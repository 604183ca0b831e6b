"""Case files: scenarios read from and written to YAML or JSON.

Derived numbers are computed on reading. A fault is reported with the line it stands on.
"""

import datetime
import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import ValidationError

from roi_model import formulas
from roi_model.case_bounds import require_bounds, require_few_nodes
from roi_model.consistency import field_of
from roi_model.parameters import Derivation, Factor, Name, Record, Text
from roi_model.problems import Problem, ScenarioError
from roi_model.reference_data import DATA
from roi_model.scenario import Scenario, problems_of

CASES = DATA / "cases"
RULES = get_args(Derivation.model_fields["rule"].annotation)
LARGEST_FILE = 2_000_000
"""Bytes; a case with its texts is about 20 000."""
WRITTEN_WIDTH = 100
"""Characters of a line of YAML, where a text can be folded."""
WRITTEN_FIRST = ("id", "stakeholder", "basis", "label", "help")
"""Fields that stand first in a record that is written; the others follow as in the model."""
KEPT = "kept"
"""Said by a derivation in a file: the stated value is the one that the rule gave before other
numbers of the case were changed. It is then taken as it is, and not computed again."""

Location = tuple[str | int, ...]


def shipped_cases() -> tuple[str, ...]:
    """Return the ids of the cases shipped with the model, in alphabetical order."""
    return tuple(sorted(path.stem for path in CASES.glob("*.yaml")))


def load_case(case: str | Path) -> Scenario:
    """Return a case: a shipped one by its id, or the one in a YAML or JSON file.

    Raises:
        ScenarioError: there is no such case, or it has faults; all of them are listed.
    """
    if isinstance(case, str) and case in shipped_cases():
        return _shipped(case)
    path = Path(case)
    if not _is_file(path):
        known = ", ".join(shipped_cases())
        message = f"must be an existing file or a shipped case ({known})"
        raise _file_error(path, "file_missing", message)
    return read_case(path)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long, or with a character no file system takes
        return False


@lru_cache(maxsize=32)
def _shipped(case: str) -> Scenario:
    return read_case(CASES / f"{case}.yaml")


class _RepeatedKeyError(yaml.constructor.ConstructorError):
    """A key that stands twice in one mapping."""

    def __init__(self, key: str, mark: yaml.Mark | None = None) -> None:
        super().__init__(None, None, f"the key {key!r} stands twice", mark)
        self.key = key


class _Loader(yaml.SafeLoader):
    """YAML without code, and without keys that silently replace one another."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return a mapping; ``yaml.YAMLError`` when a key stands twice in it."""
        keys = [key for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        counts = Counter(key.value for key in keys)
        repeated = [key for key in keys if counts[key.value] > 1 and key.value != "<<"]
        if repeated:
            last = repeated[-1]
            raise _RepeatedKeyError(last.value, last.start_mark)
        return super().construct_mapping(node, deep=deep)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the mapping of a JSON object; ``yaml.YAMLError`` when a key stands twice in it."""
    counts = Counter(key for key, _ in pairs)
    repeated = [key for key, times in counts.items() if times > 1]
    if repeated:
        raise _RepeatedKeyError(repeated[0])
    return dict(pairs)


def read_case(path: Path) -> Scenario:
    """Return the scenario in a YAML or JSON file.

    Raises:
        ScenarioError: the file cannot be read, or its scenario has faults.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        raise _file_error(path, "file_missing", f"must be readable: {error}") from error
    return case_from(content, name=path.name)


def case_from(content: bytes, *, name: str) -> Scenario:
    """Return the scenario in the bytes of a case file; ``name`` says whether it is JSON or YAML.

    Raises:
        ScenarioError: the bytes cannot be read, or the scenario has faults.
    """
    path = Path(name)
    is_json = path.suffix.lower() == ".json"
    if len(content) > LARGEST_FILE:
        message = f"must be at most {LARGEST_FILE} bytes"
        raise _file_error(path, "file_too_large", message, allowed=str(LARGEST_FILE))
    try:
        text = content.decode("utf-8-sig")
        if not is_json:
            require_few_nodes(text)
        data = (
            json.loads(text, object_pairs_hook=_once_each)
            if is_json
            else yaml.load(text, Loader=_Loader)
        )
    except ScenarioError:
        raise
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise _unreadable(path, error) from error
    try:
        # JSON is nearly YAML: only its tabs are not.
        return _scenario(data, path.name, text.replace("\t", " ") if is_json else text)
    except UnicodeEncodeError as error:  # half a character, from an escape such as \ud800
        raise _unreadable(path, error) from error


def scenario_from(data: Any, *, source: str = "") -> Scenario:
    """Return the scenario that ``data``, as read from a file, describes.

    Derived numbers are computed here from the figures they name. One that states a value must
    state the one its rule gives, unless its derivation says ``kept: true``: the value is then
    the one the rule gave before other numbers of the case were changed.

    Raises:
        ScenarioError: every fault, each with its place; ``source`` names the file.
    """
    return _scenario(data, source)


def _scenario(data: Any, source: str, text: str = "") -> Scenario:
    """Return the scenario of ``data``; ``text`` is what it was read from, to find lines in."""
    require_bounds(data, source)
    completed, faults = _with_derived_values(data)
    try:
        return Scenario.model_validate(completed)
    except ValidationError as error:
        line_at = _lines_in(text)
        problems = [
            replace(problem, **faults.get(found["loc"], {}), line=line_at(found["loc"]))
            for problem, found in zip(problems_of(error, completed), error.errors(), strict=True)
        ]
        raise ScenarioError(problems, source=source) from error


# --- Lines -------------------------------------------------------------------------------------


def _line_of(error: Exception) -> int | None:
    """Return the line at which a file could not be read, where the error says."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return getattr(error, "lineno", None) if mark is None else mark.line + 1


def _lines_in(text: str) -> Callable[[Location], int | None]:
    """Return a function that gives the line of a place in YAML; of its parent if it is missing."""
    try:
        # The parser in C is ten times faster, and installed nearly everywhere.
        root = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, ValueError, RecursionError):
        root = None

    def line_at(location: Location) -> int | None:
        if root is None:
            return None
        line, node = root.start_mark.line + 1, root
        for step in location:
            found = _child(node, step)
            if found is None:
                break
            line, node = found
        return line

    return line_at


def _child(node: yaml.Node, step: str | int) -> tuple[int, yaml.Node] | None:
    """Return the line and the node of a field or of an item; ``None`` where there is none."""
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item = node.value[step]
        return item.start_mark.line + 1, item
    if not isinstance(node, yaml.MappingNode):
        return None
    merged: list[yaml.Node] = []
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            continue
        if key.value == str(step):
            return key.start_mark.line + 1, value
        if key.value == "<<":
            merged += value.value if isinstance(value, yaml.SequenceNode) else [value]
    return next((found for one in merged if (found := _child(one, step)) is not None), None)


# --- Derived numbers ---------------------------------------------------------------------------


class _NotDerivedError(Exception):
    """A rule that gives nothing: ``fault`` says why, unless another number is to blame."""

    def __init__(self, fault: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self.fault = fault


def _with_derived_values(data: Any) -> tuple[Any, dict[Location, Mapping[str, Any]]]:
    """Return ``data`` with the value of each derived factor computed, and what is wrong with some.

    What has no rule that can be followed is left without a value, which validation reports; so
    is a value other than the one the rule gives. Beside its place is then what to report instead.
    Where another number that a rule needs is itself at fault the file is refused for that one,
    and the derived number keeps what it states.
    """
    faults: dict[Location, Mapping[str, Any]] = {}
    if not isinstance(data, Mapping) or not isinstance(data.get("outcomes"), list | tuple):
        return data, faults
    completed = {**data, "outcomes": [_copied(outcome) for outcome in data["outcomes"]]}
    if isinstance(funding := data.get("funding"), Mapping):
        completed["funding"] = {
            name: dict(one) if isinstance(one, Mapping) else one for name, one in funding.items()
        }
    if isinstance(costs := data.get("costs"), list | tuple):
        completed["costs"] = [_with_own_price(cost) for cost in costs]
    figures, unknown = _figures(data), []
    for location, factor, others in _derived_numbers(completed):
        rule = factor["derivation"] = dict(factor["derivation"])
        if isinstance(rule.get(KEPT), bool) and rule.pop(KEPT):
            continue
        try:
            computed = _derived(rule, figures, others)
        except _NotDerivedError as error:
            if error.fault is None:
                unknown.append(factor)
            else:
                factor.pop("value", None)
                faults[*location, "value"] = error.fault
            continue
        stated = factor.pop("value", computed)
        if stated == computed:
            factor["value"] = computed
        else:
            faults[*location, "value"] = _contradiction(stated, computed)
    for factor in unknown:  # within its range, so as not to be blamed for that either
        factor.setdefault("value", factor.get("low") or 0.0)
    return completed, faults


def _copied(outcome: Any) -> Any:
    """Return an outcome whose factors may be completed; one that is malformed as it is."""
    try:
        return {**outcome, "factors": [dict(factor) for factor in outcome["factors"]]}
    except (KeyError, TypeError, ValueError):
        return outcome


def _with_own_price(cost: Any) -> Any:
    """Return a cost whose price may be completed; one that has none as it is."""
    price = field_of(cost, "price")
    both_are = isinstance(cost, Mapping) and isinstance(price, Mapping)
    return {**cost, "price": dict(price)} if both_are else cost


def _figures(data: Mapping[str, Any]) -> dict[Any, Any]:
    """Return the figures and the costs by id, what a rule may name; under None what has no id."""
    found: dict[Any, Any] = {}
    for group in (data.get(name) or () for name in ("figures", "costs")):
        for one in group if isinstance(group, list | tuple) else (group,):
            identifier = field_of(one, "id")
            found[identifier if isinstance(identifier, str) else None] = one
    return found


def _factors_of(outcome: Any) -> list[Any]:
    factors = field_of(outcome, "factors")
    return [one for one in factors if isinstance(one, Mapping)] if isinstance(factors, list) else []


def _derived_numbers(
    data: Mapping[str, Any],
) -> Iterable[tuple[Location, dict[str, Any], list[Any]]]:
    """Return each derived number with its place and the outcomes beside its own.

    Quotients come first: a remainder needs the value of every other line.
    """
    outcomes, costs, funding = data["outcomes"], data.get("costs"), data.get("funding")
    found: list[tuple[Location, Any, list[Any]]] = [
        (
            ("outcomes", position, "factors", at),
            factor,
            [other for other in outcomes if other is not outcome],
        )
        for position, outcome in enumerate(outcomes)
        for at, factor in enumerate(_factors_of(outcome))
    ]
    found += [
        (("costs", position, "price"), price, outcomes)
        for position, cost in enumerate(costs if isinstance(costs, list | tuple) else ())
        if isinstance(price := field_of(cost, "price"), Mapping)
    ]
    if isinstance(funding, Mapping):
        found += [
            (("funding", name), one, outcomes)
            for name, one in funding.items()
            if isinstance(one, Mapping)
        ]
    derived = [one for one in found if isinstance(one[1].get("derivation"), Mapping)]
    return sorted(derived, key=lambda one: one[1]["derivation"].get("rule") == "remainder")


def _derived(rule: Mapping[str, Any], figures: Mapping[Any, Any], others: list[Any]) -> float:
    """Return what a rule gives.

    Raises:
        _NotDerivedError: it names no figure or divides by zero, or what it needs is at fault.
    """
    if rule.get("rule") not in RULES:
        raise _NotDerivedError  # the rule is refused as such
    if rule["rule"] == "conversion":
        return _converted(rule)
    names = ("of", "by") if rule["rule"] == "quotient" else ("of",)
    for name in names:
        if str(rule.get(name)) not in figures and None not in figures:
            raise _NotDerivedError(_unknown_figure(name, rule.get(name), figures))
    of, *by = (_value_in(figures.get(str(rule.get(name)))) for name in names)
    if by and not by[0]:
        raise _NotDerivedError(_divided_by_zero(rule["by"]))
    if by:
        return of / by[0]
    lines = [[_value_in(factor) for factor in _factors_of(one)] for one in others]
    if not all(lines):
        raise _NotDerivedError
    return of - float(sum(formulas.gross_value(line) for line in lines))


def _converted(rule: Mapping[str, Any]) -> float:
    """Return what a source states in the unit of the number; 1 stands for what is left out."""
    names = ("stated", "times", "divided_by")
    stated, times, divided_by = (_value_in({"value": rule.get(name, 1.0)}) for name in names)
    if "stated" not in rule or divided_by <= 0:
        raise _NotDerivedError  # the rule is refused as such
    return formulas.converted_amount(stated, times=times, divided_by=divided_by)


def _value_in(number: Any) -> float:
    """Return the value of a number that a rule needs, where it has a sound one."""
    value = field_of(number, "value")
    try:
        if not isinstance(value, bool) and math.isfinite(value):
            return float(value)
    except (TypeError, OverflowError):
        pass
    raise _NotDerivedError


def _contradiction(stated: Any, computed: float) -> Mapping[str, Any]:
    return {
        "code": "not_what_the_rule_gives",
        "received": stated,
        "allowed": str(computed),
        "message": f"a derived number is what its rule gives, {computed}: leave its value out, or "
        f"say {KEPT}: true in its derivation if other numbers of the case were changed since",
    }


def _unknown_figure(name: str, named: Any, figures: Mapping[Any, Any]) -> Mapping[str, Any]:
    known = ", ".join(sorted(figures))
    return {
        "code": "unknown_figure",
        "received": named,
        "allowed": f"allowed {known}",
        "message": f"its derivation must say {name}: the id of a figure or of a cost: {known}",
    }


def _divided_by_zero(named: Any) -> Mapping[str, Any]:
    message = "its rule divides by a figure that is 0"
    return {"code": "divides_by_zero", "received": named, "allowed": "", "message": message}


# --- Writing -----------------------------------------------------------------------------------


def case_data(scenario: Scenario) -> dict[str, Any]:
    """Return a scenario as plain data, as a case file holds it: ``scenario_from`` gives it back.

    What is not stated, and what is the default, is left out; a text that is the same in both
    languages stands once. A derived number keeps its derivation and its value; where its rule
    no longer gives that value, because other numbers were changed, its derivation says so with
    ``kept: true``.
    """
    data: dict[str, Any] = _plain(scenario)
    figures = _figures(data)
    for _, factor, others in _derived_numbers(data):
        if not _is_what_its_rule_gives(factor, figures, others):
            factor["derivation"][KEPT] = True
    return data


def _is_what_its_rule_gives(
    factor: Mapping[str, Any], figures: Mapping[Any, Any], others: list[Any]
) -> bool:
    try:
        return _derived(factor["derivation"], figures, others) == factor["value"]
    except _NotDerivedError:
        return False


def write_case(scenario: Scenario, path: str | Path) -> None:
    """Write a scenario as YAML or JSON, as the ending of ``path`` says; ``load_case`` reads it.

    Raises:
        ScenarioError: ``path`` ends in something else.
        OSError: it cannot be written.
    """
    path = Path(path)
    path.write_text(case_text(scenario, path.suffix), encoding="utf-8", newline="\n")


def case_text(scenario: Scenario, suffix: str = ".yaml") -> str:
    """Return a scenario as the text of a case file, YAML or JSON, as ``suffix`` says.

    Raises:
        ScenarioError: ``suffix`` is another.
    """
    data = case_data(scenario)
    match suffix.lower():
        case ".json":
            return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
        case ".yaml" | ".yml":
            text: str = yaml.dump(
                data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=WRITTEN_WIDTH
            )
            return text
    message = "must end in .yaml, .yml or .json"
    raise _file_error(Path(f"case{suffix}"), "file_ending", message)


class _Dumper(yaml.SafeDumper):
    """YAML that keeps every character of a text."""

    def represent_text(self, text: str) -> yaml.ScalarNode:
        """Return a text, between double quotes where its line breaks would be read as others."""
        style = '"' if any(one in text for one in "\x85\u2028\u2029") else None
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _Dumper.represent_text)


def _plain(value: Any) -> Any:
    """Return a record, or what a record holds, as YAML and JSON know it."""
    match value:
        case Name() | Text() if value.fr == value.en:
            return value.fr
        case Record():
            return dict(_stated_fields(value))
        case Mapping():
            return {str(key): _plain(one) for key, one in value.items()}
        case tuple() | list():
            return [_plain(one) for one in value]
        case datetime.date():
            return value.isoformat()
        case float() if value.is_integer() and str(value) != "-0.0":
            return int(value)
        case str():  # an enumeration is written as its text
            return str(value)
    return value


def _stated_fields(record: Record) -> Iterator[tuple[str, Any]]:
    """Yield the fields of a record that say more than their default, in the order to write."""
    fields = type(record).model_fields
    first = [name for name in WRITTEN_FIRST if name in fields]
    for name in dict.fromkeys([*first, *fields]):
        value = getattr(record, name)
        default = fields[name].get_default(call_default_factory=True)
        # An amount is never without its unit.
        is_unit = name == "unit" and isinstance(record, Factor)
        if value is None or (value == default and not is_unit):
            continue
        is_one_source = name == "source" and len(value) == 1
        yield name, _plain(value[0] if is_one_source else value)


def _unreadable(path: Path, error: Exception) -> ScenarioError:
    """Return what is wrong with a file that is no YAML or no JSON."""
    code, received = "file_not_readable", str(path)
    match error:
        case _RepeatedKeyError():
            code, received = "file_key_twice", error.key
        case UnicodeError():
            code = "file_not_text"
        case RecursionError():
            code = "file_too_deep"
    message = f"must be readable as YAML or JSON: {error}"
    return _file_error(path, code, message, received=received, line=_line_of(error))


def _file_error(
    path: Path,
    code: str,
    message: str,
    *,
    received: str = "",
    allowed: str = "",
    line: int | None = None,
) -> ScenarioError:
    problem = Problem(
        where=path.name,
        code=code,
        received=received or str(path),
        allowed=allowed,
        message=message,
        line=line,
    )
    return ScenarioError([problem])
