"""The typesetter of the documents in PDF: what they are set on, and what they can show.

What a user typed goes to it as data and is never read as typesetting. Fonts are its own, and
nothing depends on the clock or the machine: the same files give the same bytes.
"""

import datetime
import json
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from reports.brief_subject import Facts
from ui.theme import LIGHT

PAPER = Path(__file__).with_name("paper.typ")
"""What the templates of all documents import."""
STANDARDS: Any = ["a-2a", "ua-1"]
"""Archiving with its structure, and accessibility."""

_PLAIN = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x180)))) | set(
    "\u202f\u2009\u2011\u2013\u2014\u2018\u2019\u201a\u201c\u201d\u201e\u2022\u2026\u2212€×÷≈≤≥"
)
"""Characters known to be in the font; any other is looked for in it."""
_MISSING = re.compile(r'the text `"(.*?)"` could not be displayed')
REPLACEMENT = "\u25a1"
"""The white square that stands for a character that no font of the documents has."""


def typeset_pdf(files: Mapping[str, bytes], timestamp: int) -> bytes:
    """Return ``main.typ`` among files as a PDF (PDF/A-2a and PDF/UA-1)."""
    source: Any = dict(files)  # the types of the wheel do not know it yet
    made: bytes = typst.compile(
        source,
        format="pdf",
        pdf_standards=STANDARDS,
        ignore_system_fonts=True,
        timestamp=timestamp,
    )
    return made


def moment_of(day: datetime.date) -> int:
    """Return what the typesetter takes for now: midnight of a day, in Unix time."""
    midnight = datetime.datetime.combine(day, datetime.time(), tzinfo=datetime.UTC)
    return int(midnight.timestamp())


def colours() -> Facts:
    """Return the colours of the light theme, as ``paper.typ`` asks for them."""
    return {
        "ink": LIGHT.ink,
        "quiet": LIGHT.quiet,
        "line": LIGHT.line,
        "ground": LIGHT.ground,
        "action": LIGHT.action,
        "refused": LIGHT.refused,
        "provenance": {str(key): colour for key, colour in LIGHT.provenance.items()},
        "on_provenance": {str(key): colour for key, colour in LIGHT.on_provenance.items()},
    }


def drawable(facts: Facts) -> Facts:
    """Return facts whose texts hold only characters that a document can show.

    What has no form of its own (controls, marks of direction) is left out; what no font has is a
    white square.
    """
    letters: set[str] = set()
    _walk(facts, letters.update)
    unusual = letters - _PLAIN
    if not unusual:
        return facts
    replaced: dict[int, str] = {}
    for letter in unusual:
        category = unicodedata.category(letter)
        if category in ("Cc", "Cf", "Zl", "Zp"):
            replaced[ord(letter)] = " " if letter in "\n\r\t\v\f\x85\u2028\u2029" else ""
        elif category in ("Co", "Cs", "Cn"):
            replaced[ord(letter)] = REPLACEMENT
    known = frozenset(letter for letter in unusual if ord(letter) not in replaced)
    replaced |= dict.fromkeys(map(ord, _without_glyph(known)), REPLACEMENT)
    drawable: Facts = _walk(facts, lambda text: text.translate(replaced))
    return drawable


def _walk(facts: Any, change: Any) -> Any:
    """Return facts with every text replaced by what ``change`` returns of it."""
    if isinstance(facts, str):
        return change(facts)
    if isinstance(facts, Mapping):
        return {key: _walk(value, change) for key, value in facts.items()}
    if isinstance(facts, list):
        return [_walk(value, change) for value in facts]
    return facts


@lru_cache(maxsize=64)
def _without_glyph(letters: frozenset[str]) -> frozenset[str]:
    """Return those of some characters that the fonts of the documents have not."""
    if not letters:
        return frozenset()
    listed = json.dumps(sorted(letters), ensure_ascii=False)
    fonts = PAPER.read_text("utf-8").partition("#let fonts = ")[2].partition("\n")[0]
    page = (
        f'#set document(title: "x")\n#set text(font: {fonts})\n'
        '#for one in json("letters.json") [#one#parbreak()]'
    )
    try:
        typeset_pdf({"main.typ": page.encode(), "letters.json": listed.encode()}, 0)
    except typst.TypstError as error:
        said = "".join(_MISSING.findall(error.diagnostic or str(error)))
        return frozenset(letter for letter in letters if letter in said) or letters
    return frozenset()
