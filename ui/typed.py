"""What a person types, understood: ``1 500 000``, ``1,5 M€``, ``4,5``, ``12 %``, ``€1.5M``.

A number that could mean two things is refused rather than guessed: ``1.500`` typed on a French
page is fifteen hundred to some and one and a half to others.
"""

import re
from decimal import Decimal
from typing import Literal

from ui.words import Language

Code = Literal[
    "nothing_typed", "not_a_number", "not_an_amount", "not_a_percentage",
    "ambiguous", "not_a_share", "not_money", "not_whole",
]  # fmt: skip
Kind = Literal["amount", "quantity", "share", "whole"]

NO_NUMBER: dict[Kind, Code] = {
    "amount": "not_an_amount", "share": "not_a_percentage", "whole": "not_whole",
}  # fmt: skip
"""What a text that is no number is called where the sentence gives other examples."""

LONGEST = 40

MULTIPLIERS: dict[Language, dict[str, int]] = {
    "fr": {
        "k": 10**3, "mille": 10**3,
        "m": 10**6, "million": 10**6, "millions": 10**6,
        "md": 10**9, "mds": 10**9, "milliard": 10**9, "milliards": 10**9,
    },
    "en": {
        "k": 10**3, "thousand": 10**3,
        "m": 10**6, "million": 10**6, "millions": 10**6,
        "bn": 10**9, "billion": 10**9, "billions": 10**9,
    },
}  # fmt: skip
"""A French *billion* is a million millions, so it is left out of French."""

CURRENCY = ("€", "eur", "euro", "euros")
PERCENT = ("%", "pour cent", "pourcent", "percent", "per cent")

_SPACES = re.compile(r"[\s\u00a0\u202f\u2009'\u2019]")
_PARTS = re.compile(r"(?P<sign>[-−]?) ?(?P<digits>\d(?:[\d .,]*[\d.,])?|[.,]\d+)(?P<suffix>.*)")
_CURRENCY_LAST = re.compile(rf"({'|'.join(CURRENCY)})$")
_BY_SPACE = re.compile(r"\d{1,3}(?: \d{3})+(?:[.,]\d*)?")
_BY_POINT = re.compile(r"\d{1,3}(?:\.\d{3})+,\d*|\d{1,3}(?:\.\d{3}){2,}")
_BY_COMMA = re.compile(r"\d{1,3}(?:,\d{3})+\.\d*|\d{1,3}(?:,\d{3}){2,}")
_ONE_MARK = re.compile(r"(?P<whole>\d*)(?:(?P<mark>[.,])(?P<decimals>\d*))?")


class NotUnderstoodError(ValueError):
    """A text that is no number, or could be two. ``code`` names the sentence to show."""

    def __init__(self, code: Code):
        """Keep the reason."""
        self.code = code
        super().__init__(code)


def parse(text: str, kind: Kind, language: Language, *, unit_words: tuple[str, ...] = ()) -> float:
    """Return the number in ``text``; a share as a fraction, whether or not % is typed.

    ``unit_words`` may follow the number and are passed over, such as ``personnes``.

    Raises:
        NotUnderstoodError: no number, an ambiguous one, or one of another kind.
    """
    try:
        return _number(text, kind, language, unit_words)
    except NotUnderstoodError as error:
        if error.code != "not_a_number":
            raise
        code = NO_NUMBER.get(kind, error.code) if text.strip() else "nothing_typed"
        raise NotUnderstoodError(code) from error


def _number(text: str, kind: Kind, language: Language, unit_words: tuple[str, ...]) -> float:
    cleaned = _SPACES.sub(" ", text).strip().lower()
    # The euro sign may stand before the number, as in English.
    cleaned, signs_before = re.subn(r"^([-−]?) ?€ ?", r"\1", cleaned)
    found = _PARTS.fullmatch(cleaned) if len(text) <= LONGEST else None
    if found is None:
        raise NotUnderstoodError("not_a_number")
    number = _digits(found["digits"].strip(), language)
    suffix = found["suffix"].strip()
    multiplier, is_percent = _suffix(suffix, language, unit_words)
    if kind != "amount" and (signs_before or _CURRENCY_LAST.search(suffix)):
        raise NotUnderstoodError("not_money")
    if kind in ("share", "whole") and multiplier != 1:
        raise NotUnderstoodError("not_a_number")
    # In decimals throughout: 1.1 x 1 000 000 is 1100000.0000000002 in binary.
    value = number * multiplier * (-1 if found["sign"] else 1)
    if kind == "share":
        return float(value / 100)
    if is_percent:
        raise NotUnderstoodError("not_a_share")
    if kind == "whole" and value != value.to_integral_value():
        raise NotUnderstoodError("not_whole")
    return int(value) if kind == "whole" else float(value)


def _digits(digits: str, language: Language) -> Decimal:
    """Return the number that digits, marks and spaces spell.

    Groups of thousands are recognised when they cannot be anything else. A single mark is the
    decimal one, in either style, unless exactly three digits follow the mark of the other
    language: ``1,500`` in English is 1 500, ``1.500`` in French is refused.
    """
    if _BY_SPACE.fullmatch(digits):
        return Decimal(digits.replace(" ", "").replace(",", "."))
    if _BY_POINT.fullmatch(digits):
        return Decimal(digits.replace(".", "").replace(",", "."))
    if _BY_COMMA.fullmatch(digits):
        return Decimal(digits.replace(",", ""))
    found = _ONE_MARK.fullmatch(digits)
    if found is None:
        raise NotUnderstoodError("not_a_number")
    whole, mark, decimals = found["whole"] or "0", found["mark"], found["decimals"] or "0"
    looks_grouped = len(decimals) == 3 and 1 <= len(whole) <= 3 and int(whole) > 0
    if looks_grouped and mark == "," and language == "en":
        return Decimal(whole + decimals)
    if looks_grouped and mark == "." and language == "fr":
        raise NotUnderstoodError("ambiguous")
    return Decimal(f"{whole}.{decimals}")


def _suffix(suffix: str, language: Language, unit_words: tuple[str, ...]) -> tuple[int, bool]:
    """Return the multiplier a suffix stands for, and whether it says percent."""
    if suffix in PERCENT:
        return 1, True
    known = sorted((*CURRENCY, *(word.lower() for word in unit_words)), key=len, reverse=True)
    rest = suffix
    while passed_over := next((word for word in known if word and rest.endswith(word)), ""):
        rest = rest.removesuffix(passed_over).strip()
    rest = re.sub(r" (de|d|of)$", "", rest)
    if not rest:
        return 1, False
    multiplier = MULTIPLIERS[language].get(rest)
    if multiplier is None:
        raise NotUnderstoodError("not_a_number")
    return multiplier, False
