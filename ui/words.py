"""Words and figures in the reader's language.

A ``Words`` is a frozen value: it is handed over, never looked up, and knows nothing of
Streamlit. Sentences live in the gettext catalogues, by key; a missing one is an error.
"""

import datetime
import gettext
import io
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

from babel import Locale, dates, numbers
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from roi_model import formulas, units
from roi_model.parameters import Name, Text

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")
LOCALES = Path(__file__).parent / "locales"

NO_BREAK, NARROW, MINUS = "\u00a0", "\u202f", "\u2212"
UNDEFINED = "—"
MILLION = 1_000_000
MILLIONS_IN_A_BILLION = 1_000
MOST_DECIMALS = 6
LIGATURES = {0xE6: "ae", 0x153: "oe"}
"""Letters of two, which Unicode does not take apart."""
ENOUGH_DIGITS = 400
"""More than the largest double has; Decimal stops at 28 of its own accord."""
MONTHS_SHOWN_WITH_DECIMALS = 24


class MissingWordError(KeyError):
    """A sentence that the catalogue does not have."""


# A page typesets the same few hundred names at every rerun.
@lru_cache(maxsize=2048)
def typeset(text: str, language: Language) -> str:
    """Return ``text`` with the apostrophes, and in French the spaces, of good typography.

    Catalogues and case files are written with plain spaces and straight apostrophes; the
    no-break ones before : ; ? ! %, inside guillemets, in numbers and before units go here.
    """
    text = text.replace("'", "\u2019")
    if language != "fr":
        return text
    text = re.sub(r"(?<=\d) (?=\d{3}(?!\d))", NARROW, text)
    text = re.sub(r" (?=[;?!])", NARROW, text)
    text = re.sub(r" (?=[:»%€])", NO_BREAK, text)
    text = re.sub(r"(?<=«) ", NO_BREAK, text)
    return re.sub(r"(?<=[\d}]) (?=M€|Md€)", NO_BREAK, text)


def catalogue_files(language: Language) -> list[Path]:
    """Return the files that hold the sentences of a language, each about a part of the screens."""
    return sorted((LOCALES / language).glob("*.po"))


@cache
def _catalogue(language: Language) -> tuple[gettext.GNUTranslations, frozenset[str]]:
    """Return the sentences of a language and their keys, compiled once in memory."""
    messages = Catalog(locale=language)
    for path in catalogue_files(language):
        with path.open("rb") as written:
            for message in read_po(written, locale=language, abort_invalid=True):
                if message.id:
                    messages[message.id] = message
    for message in messages:
        if isinstance(message.string, str):
            message.string = typeset(message.string, language)
        elif message.string:
            message.string = tuple(typeset(form, language) for form in message.string)
    keys = frozenset(
        message.id if isinstance(message.id, str) else message.id[0]
        for message in messages
        if message.id
    )
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled), keys


@cache
def _locale(language: Language) -> Locale:
    return Locale.parse({"fr": "fr_FR", "en": "en_GB"}[language])


# A page writes the same few hundred numbers at every rerun; a slider alone has a hundred.
@lru_cache(maxsize=4096)
def _formatted(value: float, decimals: int | None, language: Language) -> str:
    """Return a number in the style of a language, rounded half up as on paper.

    Babel alone would round a half to the even digit.
    """
    places = MOST_DECIMALS if decimals is None else decimals
    with localcontext(prec=ENOUGH_DIGITS):
        # Adding zero turns a negative zero into a plain one.
        rounded = Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) + 0
        written = _pattern(decimals).apply(rounded, _locale(language))
    return written.replace("-", MINUS)


@cache
def _pattern(decimals: int | None) -> numbers.NumberPattern:
    """Return the pattern of numbers with so many decimals, or with those they have."""
    return numbers.parse_pattern(
        "#,##0." + ("0" * decimals if decimals is not None else "#" * MOST_DECIMALS)
    )


@lru_cache(maxsize=64)
def _dated(day: datetime.date, language: Language) -> str:
    return dates.format_date(day, format="long", locale=_locale(language))


@dataclass(frozen=True)
class Words:
    """The sentences and the number formats of one language."""

    language: Language

    def __call__(self, key: str, **holes: Any) -> str:
        """Return the sentence ``key`` with its named holes filled.

        Raises:
            MissingWordError: the catalogue has no such sentence.
        """
        return self._sentence(key).format(**holes)

    def has(self, key: str) -> bool:
        """Say whether the catalogue has the sentence ``key``."""
        return key in _catalogue(self.language)[1]

    def counted(self, key: str, count: float, **holes: Any) -> str:
        """Return the sentence ``key`` in the singular or plural that ``count`` asks for."""
        translations, keys = _catalogue(self.language)
        if key not in keys:
            raise MissingWordError(f"{self.language}: no sentence {key!r}")
        # gettext counts in whole numbers; 1.5 is singular in French, 0.9 plural in English.
        size = abs(count)
        whole = math.floor(size) if self.language == "fr" or size == 1 else max(2, math.ceil(size))
        return translations.ngettext(key, f"{key}s", whole).format(**holes)

    def _sentence(self, key: str) -> str:
        translations, keys = _catalogue(self.language)
        if key not in keys:
            raise MissingWordError(f"{self.language}: no sentence {key!r}")
        return translations.gettext(key)

    def of(self, text: Name | Text | None) -> str:
        """Return what a case file says in this language; nothing where it says nothing."""
        return "" if text is None else typeset(getattr(text, self.language), self.language)

    def number(self, value: float, *, decimals: int | None = None) -> str:
        """Return a number: ``1 234,5`` or ``1,234.5``; all its decimals unless told how many.

        One that is undefined or beyond all bounds is a dash.
        """
        if not math.isfinite(value):
            return UNDEFINED
        return _formatted(float(value), decimals, self.language)

    def euros(self, amount: float, *, decimals: int | None = 0) -> str:
        """Return an amount: ``1 234 €`` or ``€1,234``."""
        return self._money(self.number(amount, decimals=decimals), "figure.euros")

    def ratio(self, value: float) -> str:
        """Return euros per euro, to the cent: ``13,47 €`` or ``€13.47``."""
        return self.euros(value, decimals=2)

    def short_euros(self, amount: float) -> str:
        """Return an amount in whole euros, from a million on in millions: ``20,2 M€``, ``€20.2M``.

        From a thousand millions on in thousands of them: ``1,5 Md€`` or ``€1.5bn``. Two decimals
        where one would hide a change.
        """
        if not math.isfinite(amount) or round(abs(amount)) < MILLION:
            return self.euros(amount)
        millions = amount / MILLION
        if round(abs(millions), 2) < MILLIONS_IN_A_BILLION:
            return self._money(self._short(millions), "figure.millions")
        return self._money(self._short(millions / MILLIONS_IN_A_BILLION), "figure.billions")

    def _short(self, number: float) -> str:
        is_exact = math.isclose(number, round(number, 1), abs_tol=1e-9)
        return self.number(number, decimals=1 if is_exact else 2)

    def _money(self, number: str, key: str) -> str:
        """Return a number with its currency, the sign before both; a dash alone if undefined."""
        if number == UNDEFINED:
            return number
        sign = MINUS if number.startswith(MINUS) else ""
        return sign + self(key, number=number.removeprefix(MINUS))

    def percent(self, share: float, *, decimals: int | None = None) -> str:
        """Return a share in percent: ``12,5 %`` or ``12.5%``; ``decimals`` as in ``number``."""
        # Rounding takes away what the binary fraction adds: 0.07 * 100 is 7.000000000000001.
        if not math.isfinite(share):
            return UNDEFINED
        percent = round(share * 100, 10)
        return self("figure.percent", number=self.number(percent, decimals=decimals))

    def sorted(self, texts: Iterable[str]) -> list[str]:
        """Return texts as a dictionary orders them: accents and capitals only tell equals apart."""
        return sorted(texts, key=lambda one: (folded(one), one))

    def whole_percents(self, shares: Sequence[float]) -> list[str]:
        """Return shares in whole percents that add up as the shares do.

        Shares of an undefined whole are dashes.
        """
        if not all(math.isfinite(share) for share in shares):
            return [UNDEFINED] * len(shares)
        return [
            self("figure.percent", number=self.number(percent))
            for percent in formulas.whole_percents(shares)
        ]

    def months(self, months: float) -> str:
        """Return a duration in months, in years from two years on; a dash when undefined."""
        if not math.isfinite(months):
            return UNDEFINED
        if months < MONTHS_SHOWN_WITH_DECIMALS:
            return self.counted("figure.month", months, number=self.number(months, decimals=1))
        years = months / 12
        return self.counted("figure.year", years, number=self.number(years, decimals=1))

    def date(self, day: datetime.date) -> str:
        """Return a date: ``29 mai 2017`` or ``29 May 2017``."""
        return _dated(day, self.language)

    def unit(self, unit: str, *, count: float = 2) -> str:
        """Return a unit in words, such as ``€ par personne et par an``; empty for a share.

        Items are not named: ``par an`` of so many a year, ``€ par unité`` of the price of one.
        """
        top, _, below = unit.partition("/")
        words = (
            ""
            if top in (units.NONE, units.SHARE, units.ITEM)
            else self.counted(f"unit.{top}", count)
        )
        for position, base in enumerate(below.split("/") if below else ()):
            key = "unit.per_first" if position == 0 else "unit.per_next"
            words = self(key, unit=words, per=self.counted(f"unit.{base}", 1)).strip()
        return words

    def value(self, value: float, unit: str) -> str:
        """Return a number with its unit: ``788 € par personne et par an``, ``25 %``."""
        if unit == units.SHARE:
            return self.percent(value)
        if units.is_money(unit):
            per = self.unit(unit).removeprefix(self.unit("EUR"))
            return self.euros(value, decimals=None if value % 1 else 0) + per
        words = self.unit(unit, count=value)
        return f"{self.number(value)}{NO_BREAK}{words}" if words else self.number(value)

    def figure(self, value: float, unit: str) -> str:
        """Return a number as a field shows it for editing: the unit stands beside, percent kept."""
        return self.percent(value) if unit == units.SHARE else self.number(value)


def folded(text: str) -> str:
    """Return a text without accents and capitals, for it to be found and put in its place."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(LIGATURES))
    return "".join(one for one in apart if not unicodedata.combining(one))


def rounded(value: float, *, towards: Literal["nearest", "up", "down"] = "nearest") -> float:
    """Return a value to as many digits as a sentence has room for: four, or whole from 100 on."""
    if not value or not math.isfinite(value):
        return value
    last = math.floor(math.log10(abs(value))) - 3
    step = Decimal(1).scaleb(max(last, 0) if abs(value) >= 100 else last)
    mode = {"nearest": ROUND_HALF_UP, "up": ROUND_CEILING, "down": ROUND_FLOOR}[towards]
    return float((Decimal(repr(value)) / step).quantize(Decimal(1), mode) * step)


@cache
def words_in(language: Language) -> Words:
    """Return the words of a language."""
    return Words(language)


def preferred_language(stated: str | None, browser: str | None) -> Language:
    """Return the language of a link if it states one, else the browser's, else French."""
    for wish in (stated, browser):
        language = (wish or "").replace("_", "-").split("-")[0].lower()
        if language in LANGUAGES:
            return language
    return "fr"
