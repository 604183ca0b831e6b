"""What is wrong with a file, in the reader's language: where, what is allowed, how to mend it."""

import datetime
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from roi_model import Problem, units
from roi_model.consistency import OUTCOME_NUMBERS
from roi_model.problems import LONGEST_SHOWN, shown
from roi_model.value_map_files import COLUMNS, column_heading
from ui.words import Words

OF_FILE = ("file", "missing_row")
"""How the codes begin of faults that stand nowhere in the file."""
GROUPS = ("stakeholders", "sources", "figures", "costs", "outcomes", "factors", "correlations")
"""Fields that hold several records, each called by its id."""
FIELDS = frozenset(
    {
        *GROUPS,
        *("id", "name", "description", "period", "currency", "funding", "settings", "fr", "en"),
        *("title", "publisher", "url", "date", "one_euro", "public", "label", "help"),
        *("value", "unit", "low", "high", "year", "provenance", "source", "locator", "reason"),
        *("derivation", "rule", "of", "by", "stated", "times", "divided_by", "kept"),
        *("distribution", "kind", "price", "timing"),
        *("standard_deviation", "sample_size", "stakeholder", "transfer_from", "basis"),
        *("start_year", "evidence", "grade", "between", "cost"),
        *("posts", "posts_wanted", "cost_per_post"),
    }
)
"""Fields of a case file that have a name in words; settings and shares have theirs elsewhere."""

SINGLE = ("allowed", "expected", "ge", "gt", "le", "pattern", "problem", "error")
SEVERAL = (
    *("low", "high", "value", "kind", "provenance", "needed", "missing", "a_year", "once"),
    *("found", "first", "last", "field_type", "min_length", "max_length", "actual_length"),
)
"""What stands before each part of what is allowed: alone, or beside others."""
BOUNDS = ("allowed", "ge", "gt", "le", "min_length", "max_length")
"""Parts that say what is allowed, all of it."""
PATTERNS = {
    "url": "string_pattern_mismatch_url",
    "currency": "string_pattern_mismatch_currency",
}
"""Codes for fields whose texts follow another pattern than identifiers."""
WRITTEN = ("missing", "extra_forbidden")
"""Codes about the name of a field, which must then be given as it is written in the file."""
NOT_OF_THE_FILE = re.compile(r"\.(literal\[.*\]|int|\[key\])$", re.DOTALL)
"""Steps that pydantic adds to a place where a field may be of two kinds."""

_COLUMN = re.compile(r"column (?:number (\d+)|(.*?))(?: \((.+![A-Z]+\d+)\))?", re.DOTALL)
_CELL = re.compile(r".+![A-Z]{1,3}\d+", re.DOTALL)
_IN_A_TABLE = re.compile(rf"{_COLUMN.pattern}|{_CELL.pattern}", re.DOTALL)
_STEP = re.compile(r"([^.\[\]]+)(?:\[([^\]]*)\])?")


def file_problem_text(problem: Problem, t: Words) -> str:
    """Return a fault of a file as a sentence: its place, what is wrong, and what is allowed.

    It holds what a stranger wrote as it is written, cut where long: escape it where it is shown.
    """
    key = f"fault.{_code(problem)}"
    stated = _stated(problem.allowed)
    holes = dict.fromkeys(SEVERAL, t("file_problem.nothing"))
    holes |= {name: _value_text(value, t) for name, value in stated.items()}
    holes["allowed"] = _allowed(problem, stated, t)
    holes["received"] = _received(problem.received, t)
    holes["missing"] = _fields_named(stated.get("missing", ""), t)
    place = ", ".join(_place(problem, t))
    text = t(
        "file_problem.at",
        place=place[:1].upper() + place[1:],
        what=t(key if t.has(key) else "file_problem.other", **holes),
    )
    # Half a character, which JSON can hold, could not be sent to a screen.
    return text.encode("utf-8", "replace").decode("utf-8")


def _code(problem: Problem) -> str:
    """Return the code of the sentence: a pattern has one for each kind of text."""
    if ".price_year" in problem.where and problem.code in ("literal_error", "int_type"):
        return "price_year"
    if problem.code == "string_pattern_mismatch":
        return PATTERNS.get(problem.where.rpartition(".")[2], problem.code)
    return problem.code


# --- Place -------------------------------------------------------------------------------------


def _place(problem: Problem, t: Words) -> Iterator[str]:
    """Yield the place of a fault in words, from the line to the field."""
    if problem.line is not None:
        yield t("file_problem.line", line=t.number(problem.line))
    of_file = problem.code.startswith(OF_FILE) or not problem.where
    if of_file and problem.line is None:
        yield t("file_problem.whole")
    elif not of_file and problem.code in WRITTEN and not _IN_A_TABLE.fullmatch(problem.where):
        record, _, field = problem.where.rpartition(".")
        yield from _words_of(problem.where if problem.code == "missing" else record, t)
        yield t("file_problem.field", name=_quoted(field, t))
    elif problem.code == "missing_column":  # the file has no name for it
        heading = column_heading(problem.where.removeprefix("column "), t.language)
        yield t("file_problem.column", name=_quoted(heading, t))
    elif not of_file:
        yield from _words_of(problem.where, t)


def _words_of(where: str, t: Words) -> Iterator[str]:
    """Yield the steps of a place in words: a column and a cell, or records and fields."""
    if column := _COLUMN.fullmatch(where):
        number, name, cell = column.groups()
        named = t("file_problem.position", number=number) if number else _quoted(name, t)
        yield t("file_problem.column", name=named)
        where = cell or ""
    if not where or _CELL.fullmatch(where):
        if where:
            yield t("file_problem.cell", name=_cut(where))
        return
    parent = ""
    for field, item in _STEP.findall(NOT_OF_THE_FILE.sub("", where)):
        if parent == "sources":  # a mapping: the step is the name of one
            yield t("file_problem.one_sources", name=_quoted(field, t))
        elif field in GROUPS and item:
            yield t(f"file_problem.one_{field}", name=_named(item, t))
        elif field != "sources" or where == field:
            yield _field_text(field, parent, t)
            if item:
                yield _named(item, t)
        parent = "" if parent == "sources" else field


def _field_text(field: str, parent: str, t: Words) -> str:
    """Return the name of a field in words; as it is written where it has none."""
    if parent == "settings" and t.has(f"setting.{field}"):
        return _quoted(t(f"setting.{field}"), t)
    if field in OUTCOME_NUMBERS:
        return _quoted(t(f"share.{field}"), t)
    if field in FIELDS:
        return t(f"file_place.{field}")
    return t("file_problem.field", name=_quoted(field, t))


def _named(item: str, t: Words) -> str:
    """Return the id of a record, or its position where it has none."""
    if re.fullmatch(r"[0-9]{1,6}", item):
        return t("file_problem.position", number=t.number(int(item) + 1))
    return _quoted(item, t)


# --- What is allowed, and what was received ----------------------------------------------------


def _stated(allowed: str) -> dict[str, str]:
    """Return the parts of what is allowed by name, such as ``low 1, high 9``."""
    name, _, rest = allowed.partition(" ")
    if name in SINGLE:
        return {name: rest}
    _, *parts = re.split(rf"(?:^|, )({'|'.join(SEVERAL)}) ", allowed)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def _allowed(problem: Problem, stated: Mapping[str, str], t: Words) -> str:
    """Return what is allowed in words; that nothing is said of it where that is so."""
    if problem.code == "unknown_unit":
        return ", ".join(sorted(units.BASE_UNITS))
    if problem.code == "unknown_column":
        return ", ".join(column_heading(one, t.language) for one in COLUMNS)
    if "expected" in stated:
        # English puts an "or" between them.
        words = re.findall(r"'([^']*)'|\b(\d+)\b", stated["expected"])
        return ", ".join(_quoted(word or number, t) for word, number in words)
    if "error" in stated:  # a sentence of another's, in English
        return t("file_problem.not_said")
    bound = next((stated[name] for name in BOUNDS if name in stated), problem.allowed)
    return _value_text(bound, t) if bound.strip(" ,") else t("file_problem.nothing")


def _value_text(value: str, t: Words) -> str:
    """Return a number as the language writes it, and any other text as it is."""
    try:
        number = float(value)
    except ValueError:
        return t("file_problem.nothing") if value == "None" else _cut(value, longest=500)
    return _number(number, t) if math.isfinite(number) else value


def _fields_named(listed: str, t: Words) -> str:
    """Return fields in words and as they are written, from a list with commas."""
    return ", ".join(
        t("file_problem.written", field=_field_text(name, "", t), name=_quoted(name, t))
        for name in listed.split(", ")
        if name
    )


def _received(value: Any, t: Words) -> str:
    """Return what was received, in words where it is no text."""
    match value:
        case None:
            return t("file_problem.nothing")
        case bool():
            return _quoted(str(value).lower(), t)
        case int() | float():
            return _number_text(value, t)
        case str():
            return _quoted(value, t) if value.strip() else t("file_problem.empty")
        case Mapping():
            return t("file_problem.a_mapping")
        case list() | tuple() | set():
            return t("file_problem.a_list")
        case datetime.date():
            return _quoted(value.isoformat(), t)
    return _quoted(shown(value), t)


def _number_text(value: float, t: Words) -> str:
    try:
        number = float(value)
    except OverflowError:
        return _quoted(shown(value), t)
    return _number(number, t) if math.isfinite(number) else t("file_problem.not_finite")


def _number(number: float, t: Words) -> str:
    """Return a number as the language writes it, one of four digits as a year is written."""
    is_like_a_year = number.is_integer() and 1_000 <= number < 10_000
    return str(int(number)) if is_like_a_year else t.number(number)


def _quoted(text: str, t: Words) -> str:
    return t("file_problem.quoted", text=_cut(" ".join(text.split())))


def _cut(text: str, *, longest: int = LONGEST_SHOWN) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
