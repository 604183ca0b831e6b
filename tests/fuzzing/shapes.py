"""Input taken apart and put together again, so that a change of one part reaches what reads it.

Bytes changed at random in an archive break its checksums, and those of JSON its brackets: nothing
behind is tried. A change here is of one part of an archive, or of one place in the data.
"""

import io
import json
import warnings
import zipfile
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

Mutate = Callable[[bytes, int], bytes]
"""Changes bytes, as long as they are not more than a number of them."""
Shape = Callable[[bytes, int, Random, Mutate], bytes]
"""Changes an input, which stays of its kind; likewise."""
Parts = list[tuple[str, bytes]]
LARGEST_PART = 100_000
ODD = (
    *(None, True, 0, -1, 0.5, 1, 2, 2100, 1e-300, 1e15, 1e16, 1e308, 10**30, -0.0),
    *("", " ", "0", "é", "\u0000", "\u2028", "\ud800", "x" * 200, "EUR/year", "EUR/person/year"),
    *("yours", "published", "assumed", "derived", "perspective", "NaN", [], {}, [[]], {"": None}),
)
"""What may stand in data in the place of something else."""


def parts_of(content: bytes) -> Parts:
    """Return the parts of an archive by name.

    Raises:
        ValueError: it is no archive, or a broken one.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return [(one, archive.read(one)[:LARGEST_PART]) for one in archive.namelist()]
    except Exception as error:  # a broken archive breaks its reader in many ways
        raise ValueError("no archive") from error


def archive_of(parts: Parts) -> bytes:
    """Return parts as an archive; a name may stand in it twice."""
    content = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(content, "w") as archive:
        warnings.simplefilter("ignore")
        for name, part in parts:
            archive.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED, 1)
    return content.getvalue()


def archive(content: bytes, size: int, chance: Random, mutate: Mutate) -> bytes:
    """Change one part of an archive; now and then its own bytes."""
    try:
        parts = parts_of(content)
    except ValueError:
        return mutate(content, size)
    if not parts or chance.random() < 0.1:
        return mutate(content, size)
    at = chance.randrange(len(parts))
    name, part = parts[at]
    match chance.randrange(20):
        case 0:
            del parts[at]
        case 1:
            parts.append((name, parts[chance.randrange(len(parts))][1]))
        case 2:
            parts[at] = parts[chance.randrange(len(parts))][0], part
        case _:
            parts[at] = name, mutate(part, LARGEST_PART)
    changed = archive_of(parts)
    return changed if len(changed) <= size else content


def data(content: bytes, size: int, chance: Random, mutate: Mutate) -> bytes:
    """Change one place in JSON; now and then its bytes."""
    try:
        found = json.loads(content)
        places = list(_places(found)) if isinstance(found, dict | list) else []
    except (ValueError, RecursionError):
        return mutate(content, size)
    if not places or chance.random() < 0.2:
        return mutate(content, size)
    for _ in range(chance.randint(1, 3)):
        _change(*chance.choice(places), places, chance, mutate)
    changed = json.dumps(found).encode()
    return changed if len(changed) <= size else content


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each place in data: what holds it, and where in that."""
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    for key, one in list(inside):
        yield value, key
        if isinstance(one, dict | list):
            yield from _places(one)


def _change(
    holder: Any, key: Any, places: list[tuple[Any, Any]], chance: Random, mutate: Mutate
) -> None:
    try:
        value = holder[key]
    except (KeyError, IndexError):  # changed before
        return
    match chance.randrange(6):
        case 0:
            del holder[key]
        case 1 | 2:
            holder[key] = chance.choice(ODD)
        case 3:
            other, where = chance.choice(places)
            copied = json.dumps(other[where]) if _has(other, where) else "null"
            holder[key] = json.loads(copied)
        case 4 if isinstance(holder, dict):
            holder[chance.choice(places)[1] if chance.random() < 0.7 else "x"] = value
        case 4:
            holder.append(json.loads(json.dumps(value)))
        case _:
            holder[key] = _written_otherwise(value, chance, mutate)


def _has(holder: Any, key: Any) -> bool:
    return key in holder if isinstance(holder, dict) else key < len(holder)


def _written_otherwise(value: Any, chance: Random, mutate: Mutate) -> Any:
    """Return a number or a text that is nearly the same."""
    match value:
        case bool() | None:
            return not value
        case int() | float():
            return value * chance.choice((-1, 0.001, 0.1, 1.5, 2, 10, 1e6, 1e12))
        case str():
            return mutate(value.encode("utf-8", "replace"), 300).decode("utf-8", "replace")
    return value
