"""What is wrong with a scenario: every fault at once, each with its place and its mend."""

import reprlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

LONGEST_SHOWN = 60
_SHORT = reprlib.Repr()
_SHORT.maxlevel = _SHORT.maxlist = _SHORT.maxtuple = _SHORT.maxdict = 3
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = LONGEST_SHOWN


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One fault: where it is, what was received and what is allowed.

    ``code`` is stable: a screen looks its own sentence up by it. It begins with ``file`` where
    the whole file is at fault. ``message`` is the English sentence, for the command line and for
    exceptions. ``line`` counts from 1 in the file read.
    """

    where: str
    code: str
    received: Any
    allowed: str
    message: str
    line: int | None = None

    def __str__(self) -> str:
        """Return the fault as one line: where, what is required, what was received."""
        place = self.where or "scenario"
        if self.line is not None:
            is_file = self.code.partition("_")[0] == "file"
            place = f"{place}, line {self.line}" if is_file else f"line {self.line}, {place}"
        line = f"{place}: {self.message} (got {shown(self.received)})"
        # Half a character, which JSON can hold, could not be printed.
        return line.encode("utf-8", "backslashreplace").decode("utf-8")


class ScenarioError(ValueError):
    """A scenario that cannot be built or read, with all its faults."""

    def __init__(self, problems: Iterable[Problem], *, source: str = "") -> None:
        """Keep ``problems``; ``source`` is the file or link they were found in."""
        self.problems = tuple(problems)
        self.source = source
        heading = [f"{source}: {len(self.problems)} problem(s)"] if source else []
        super().__init__("\n".join([*heading, *map(str, self.problems)]))


def shown(value: Any) -> str:
    """Return ``value`` as a reader may be shown it: quoted, and cut when it is long.

    A nested value is never written out whole before it is cut: a few lines of YAML can stand
    for a thousand million of them.
    """
    text = _SHORT.repr(value)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
