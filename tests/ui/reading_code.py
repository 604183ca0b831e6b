"""What the code of the pages says to a reader: the keys it asks for, and words that are no key."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from streamlit.delta_generator import DeltaGenerator

ROOT = Path(__file__).resolve().parents[2]
SCREENS = sorted(
    [
        ROOT / "dashboard.py",
        *(path for name in ("pages", "ui", "reports") for path in ROOT.glob(f"{name}/*.py")),
    ]
)

HOLE = "\0"
KEY = re.compile(r"[a-z_]+(\.\w+)+", re.ASCII)
TAG = re.compile(r"</?(a|b|br|button|cite|details|div|h\d|li|ol|p|section|span|strong|summary|table"
                 r"|td|th|tr|ul)\b[^<>]*>")  # fmt: skip
ELEMENTS = frozenset(name for name in dir(DeltaGenerator) if not name.startswith("_")) | {
    "set_page_config"
}
UNSEEN = frozenset(
    {"key", "icon", "page_icon", "width", "type", "layout", "autocomplete", "delta_color",
     "delta_arrow", "label_visibility", "vertical_alignment", "horizontal_alignment",
     "gap", "config", "theme", "on_change", "on_click", "filter_mode",
     "query_params", "options", "file_name", "mime"}
)  # fmt: skip
"""Arguments of Streamlit's elements that no reader sees."""


@dataclass(frozen=True)
class Asked:
    """A key that the code asks for, its holes as NUL, and where."""

    key: str
    where: str

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(r"(\w+)".join(map(re.escape, self.key.split(HOLE))))

    def matches(self, key: str) -> bool:
        """Say whether ``key`` is one that this may ask for."""
        return self.values(key) is not None

    def values(self, key: str) -> tuple[str, ...] | None:
        """Return what stands in the holes if ``key`` is asked for; ``None`` if it is not."""
        if HOLE not in self.key:
            return () if key == self.key else None
        found = self._pattern.fullmatch(key)
        return found.groups() if found else None


def asked_keys(source: str, where: str = "") -> list[Asked]:
    """Return the keys in calls such as ``t("a.b")``, ``page.t.counted(f"a.{b}", 2)``.

    A name that is handed over is followed to what the module assigns to it or calls it with.
    """
    tree = ast.parse(source)
    assigned = _assigned(tree)
    found = []
    for call in _calls_for_words(tree):
        if call.args:
            place = f"{where}:{call.lineno}"
            keys = dict.fromkeys(_strings(call.args[0], assigned))
            found += [Asked(key, place) for key in keys]
    return found


def constants(source: str) -> frozenset[str]:
    """Return every string the code holds, docstrings left out."""
    tree = ast.parse(source)
    documentation = set(map(id, _docstrings(tree)))
    return frozenset(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in documentation
    )


def visible_words(source: str) -> list[str]:
    """Return texts that a reader would see although they are no sentence of the catalogues.

    They are looked for in what is handed to Streamlit's elements, between the tags of HTML, and
    in every string with an accented letter. A document's own ``write`` is no element.
    """
    tree = ast.parse(source)
    calls = () if _is_of_a_document(tree) else ast.walk(tree)
    texts = [text for call in calls for text in _texts_of_element(call)]
    ignored = set(map(id, _docstrings(tree)))
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            ignored |= set(map(id, node.values))
        if isinstance(node, ast.JoinedStr | ast.Constant) and id(node) not in ignored:
            text = _as_text(node)
            accented = any(letter.isalpha() and not letter.isascii() for letter in text)
            if accented or TAG.search(text):
                texts.append(text)
    return [text for text in texts if any(map(str.isalpha, without_markup(text)))]


def without_markup(text: str) -> str:
    """Return a text without tags, scripts, styles, entities, icons and holes."""
    for markup in (r"(?s)<(script|style)\b.*?</\1>", r"(?s)<[^<>]*>", r"&\w+;", r":material/\w+:"):
        text = re.sub(markup, " ", text)
    return re.sub(r"%{\w+}", " ", text)


def _calls_for_words(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Attribute) and called.attr in ("counted", "has"):
                called = called.value
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            # ``self`` is the words themselves, in their own module.
            if name in ("t", "words") or (name == "self" and isinstance(called, ast.Name)):
                yield node


def _assigned(tree: ast.AST) -> dict[str, list[ast.expr]]:
    """Return what each name may stand for: assigned to it, handed over as it, or returned."""
    assigned: dict[str, list[ast.expr]] = {}
    calls: dict[str, list[ast.Call]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            calls.setdefault(_name(node.func), []).append(node)
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                assigned.setdefault(getattr(target, "id", ""), []).append(node.value)
        elif isinstance(node, ast.FunctionDef):
            returned = [one.value for one in ast.walk(node) if isinstance(one, ast.Return)]
            assigned.setdefault(f"{node.name}()", []).extend(filter(None, returned))
            for name, value in _handed_over(node, calls.get(node.name, [])):
                assigned.setdefault(name, []).append(value)
    return assigned


def _handed_over(
    function: ast.FunctionDef, calls: list[ast.Call]
) -> Iterator[tuple[str, ast.expr]]:
    """Yield what the calls of a function hand over, with the name it goes by inside."""
    names = [argument.arg for argument in function.args.args]
    own = names[1:] if names[:1] == ["self"] else names
    for call in calls:
        yield from zip(own, call.args, strict=False)


def _name(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def _strings(
    node: ast.expr, assigned: dict[str, list[ast.expr]], seen: frozenset[str] = frozenset()
) -> list[str]:
    """Return the keys an expression may be."""
    if isinstance(node, ast.Constant | ast.JoinedStr):
        text = _as_text(node)
        return [text] if KEY.fullmatch(text.replace(HOLE, "x")) else []
    if isinstance(node, ast.IfExp):
        return _strings(node.body, assigned, seen) + _strings(node.orelse, assigned, seen)
    name = f"{_name(node.func)}()" if isinstance(node, ast.Call) else getattr(node, "id", "")
    if name in seen:
        return []
    return [
        key for value in assigned.get(name, ()) for key in _strings(value, assigned, seen | {name})
    ]


def _as_text(node: ast.AST) -> str:
    """Return a string with NUL for its holes; nothing for what is no string."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_as_text(part) or HOLE for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _is_of_a_document(tree: ast.AST) -> bool:
    """Say whether code writes documents and no screen: its ``write`` is no element of Streamlit."""
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (getattr(node, "module", ""), *(one.name for one in node.names))
    }
    return bool(imported & {"reports", "xlsxwriter"}) and "streamlit" not in imported


def _texts_of_element(node: ast.AST) -> Iterator[str]:
    """Yield the literal texts in the visible arguments of a Streamlit element."""
    if not (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ELEMENTS
    ):
        return
    named = [keyword.value for keyword in node.keywords if keyword.arg not in UNSEEN]
    for argument in (*node.args, *named):
        yield from _literals(argument)


def _literals(node: ast.AST) -> Iterator[str]:
    """Yield the literal texts of an expression, without what stands in a call for words.

    Inside other calls, and in subscripts, a plain identifier is a name and not a text.
    """
    if isinstance(node, ast.JoinedStr | ast.Constant):
        yield _as_text(node)
    if any(call is node for call in _calls_for_words(node)):
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(node, ast.JoinedStr) and isinstance(child, ast.Constant):
            continue
        names_only = isinstance(node, ast.Call | ast.Subscript | ast.Dict | ast.Compare)
        for text in _literals(child):
            if not (names_only and re.fullmatch(r"[a-z0-9_.:/-]*", text)):
                yield text


def _docstrings(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield texts that document: those that stand alone as a statement."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
