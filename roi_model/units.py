"""Units of factors: a closed list, and the product that must come out as money a year."""

import re
from collections.abc import Iterable
from functools import lru_cache

BASE_UNITS = frozenset({"EUR", "year", "hour", "person", "staff", "job", "report", "item"})
"""Every unit of the shipped cases; their names in two languages are in the catalogues."""

ITEM = "item"
"""Anything counted that has no name of its own here: what it is, the number's label says."""

NONE = "1"
"""No unit: a bare ratio."""

SHARE = "share"
"""A fraction between 0 and 1, without dimension."""

EURO = "EUR"
CURRENCY = re.compile(r"[A-Z]{3}")
"""A currency by its ISO 4217 code: a calculation may be made in any, a case in one only."""

Powers = tuple[tuple[str, int], ...]


class UnitError(ValueError):
    """A unit that cannot be read."""


@lru_cache(maxsize=512)
def powers(unit: str) -> Powers:
    """Return the base units of ``unit`` with their exponents, sorted by name.

    A unit is written ``EUR/person/year``: one numerator (``1`` or ``share`` when there is
    none), then what it is counted by.

    Raises:
        UnitError: a part is not in the closed list.
    """
    counted: dict[str, int] = {}
    for position, part in enumerate(unit.split("/")):
        if position == 0 and part in (NONE, SHARE):
            continue
        if part not in BASE_UNITS and not CURRENCY.fullmatch(part):
            allowed = ", ".join(sorted(BASE_UNITS))
            raise UnitError(f"unknown unit {part!r}; known units: {allowed}, other currencies")
        counted[part] = counted.get(part, 0) + (1 if position == 0 else -1)
    return tuple(sorted((base, power) for base, power in counted.items() if power))


def product(units: Iterable[str]) -> Powers:
    """Return the base units, with exponents, of the product of ``units``."""
    return _product(tuple(units))


@lru_cache(maxsize=1024)
def _product(units: tuple[str, ...]) -> Powers:
    counted: dict[str, int] = {}
    for unit in units:
        for base, power in powers(unit):
            counted[base] = counted.get(base, 0) + power
    return tuple(sorted((base, power) for base, power in counted.items() if power))


def is_money(unit: str) -> bool:
    """Say whether ``unit`` counts money, per anything."""
    return CURRENCY.fullmatch(unit.partition("/")[0]) is not None


def written(unit_powers: Powers) -> str:
    """Return the unit as it is written in a case file; ``1`` when nothing remains."""
    numerator = [base for base, power in unit_powers for _ in range(power)]
    denominator = [base for base, power in unit_powers for _ in range(-power)]
    return "/".join(["*".join(numerator) or NONE, *denominator])
