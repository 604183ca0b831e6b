"""Many associations at once: one scenario filled in by each row of a table.

A portfolio is a template, which every association shares, and what the table has instead of some
of its numbers and choices. A blank stands for what the template says. Rows are checked first:
those at fault are listed and left out, the others are kept.

Rows that differ in a choice, or in the years of activity, are read group by group; all that are
read alike can go through the functions of the model at once.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from roi_model import units
from roi_model.consistency import least_activity_years
from roi_model.formulas import Numeric
from roi_model.parameters import Duration, Parameter
from roi_model.problems import Problem, ScenarioError
from roi_model.scenario import Scenario, Value
from roi_model.settings import AS_STATED, SETTING_CHOICES

Amounts = NDArray[np.float64]
Positions = NDArray[np.intp]
Texts = NDArray[np.object_]

CHOICES = (*SETTING_CHOICES, "price_year")
"""Choices that rows may make each for itself; a programme has one point of view for all."""
WHOLE_YEARS = "activity_years"
"""A number that shapes a result as a choice does: rows are grouped by it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Portfolio:
    """Associations that share a template, one a row; made by ``portfolio_of``.

    All columns have one entry a row.
    """

    template: Scenario
    """Its point of view is that of the programme."""
    ids: Texts
    lines: NDArray[np.int64]
    """Where each row stands in the table it comes from."""
    numbers: Mapping[str, Amounts]
    """By address; NaN where the row leaves the number of the template as it is."""
    lows: Mapping[str, Amounts] = field(default_factory=dict)
    highs: Mapping[str, Amounts] = field(default_factory=dict)
    """The ends of the range of a number, by its address; NaN where none is given."""
    choices: Mapping[str, Texts] = field(default_factory=dict)
    """By setting; ``None`` where the row leaves that of the template as it is."""
    labels: Mapping[str, Texts] = field(default_factory=dict)
    """What else the table says of a row, such as its name or its region."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """What a person said that columns of the table are, by heading: reading it again needs that."""
    problems: tuple[Problem, ...] = ()
    """What is wrong with the rows that were left out."""

    def __len__(self) -> int:
        """Return the number of rows kept."""
        return self.ids.size

    @property
    def perspective(self) -> str:
        """The id of the point of view that results are from."""
        return self.template.settings.perspective

    def seen_from(self, perspective: str) -> "Portfolio":
        """Return the same associations from another point of view.

        Raises:
            ScenarioError: the template has none by that id.
        """
        return replace(self, template=self.template.with_changes({"perspective": perspective}))

    def rows(self, positions: ArrayLike) -> "Portfolio":
        """Return some of the rows, in the order given; a mask of booleans will do."""
        at = np.asarray(positions)
        return replace(
            self,
            ids=self.ids[at],
            lines=self.lines[at],
            problems=(),
            numbers={name: column[at] for name, column in self.numbers.items()},
            lows={name: column[at] for name, column in self.lows.items()},
            highs={name: column[at] for name, column in self.highs.items()},
            choices={name: column[at] for name, column in self.choices.items()},
            labels={name: column[at] for name, column in self.labels.items()},
        )

    def changes(self, position: int) -> dict[str, Value]:
        """Return what a row has instead of the template's numbers and choices, by address."""
        chosen = {name: column[position] for name, column in self.choices.items()}
        typed = {address: float(column[position]) for address, column in self.numbers.items()}
        parameters = dict(self.template.parameters())
        return {name: value for name, value in chosen.items() if value is not None} | {
            address: int(value) if isinstance(parameters[address], Duration) else value
            for address, value in typed.items()
            if not math.isnan(value)
        }

    def scenario(self, position: int) -> Scenario:
        """Return the scenario of one row: its numbers are the user's own, as are their ranges."""
        scenario = self.template.with_changes(self.changes(position))
        parameters = dict(scenario.parameters())
        ranged: dict[str, Parameter] = {}
        for address in self.lows:
            low, high = float(self.lows[address][position]), float(self.highs[address][position])
            if not math.isnan(low):
                ends = {"low": low, "high": high, "distribution": None}
                ranged[address] = parameters[address].model_copy(update=ends)
        return scenario.with_parameters(ranged)

    def groups(self) -> list[tuple[Scenario, Positions]]:
        """Return the rows that one reading of the template serves, with that reading.

        A number that a row replaces has no year of prices: where prices are converted, rows also
        differ by which dated amounts they replace.
        """
        keys = self._keys()
        if not keys:
            return [(self.template, np.arange(len(self)))]
        codes = [np.unique(key.astype(str), return_inverse=True)[1] for key in keys.values()]
        _, first, group = np.unique(
            np.stack(codes, axis=1), axis=0, return_index=True, return_inverse=True
        )
        found = []
        for number, row in enumerate(first.tolist()):
            scenario = self.template.with_changes(
                {
                    address: int(key[row]) if address == WHOLE_YEARS else key[row]
                    for address, key in keys.items()
                    if address in (*CHOICES, WHOLE_YEARS) and key[row] is not None
                }
            )
            undated = {address for address, key in keys.items() if key[row] is True}
            parameters = dict(scenario.parameters())
            scenario = scenario.with_parameters(
                {address: parameters[address].replaced(1.0) for address in undated}
            )
            found.append((scenario, np.flatnonzero(group.reshape(-1) == number)))
        return found

    def _keys(self) -> dict[str, Texts]:
        """Return what rows are grouped by, one entry a row."""
        keys = dict(self.choices)
        if WHOLE_YEARS in self.numbers:
            years = self.numbers[WHOLE_YEARS]
            keys[WHOLE_YEARS] = np.array(
                [None if math.isnan(one) else one for one in years.tolist()], dtype=object
            )
        if "price_year" in self.choices or self.template.settings.price_year != AS_STATED:
            for address, parameter in self.template.parameters():
                is_dated = units.is_money(parameter.unit) and parameter.year is not None
                if is_dated and address in self.numbers:
                    keys[address] = self.is_replaced(address, parameter).astype(object)
        return keys

    def is_replaced(self, address: str, parameter: Parameter) -> NDArray[np.bool_]:
        """Return in which rows a number is the association's own, and no more the template's."""
        typed = self.numbers[address]
        return ~np.isnan(typed) & (parameter.is_to_fill | (typed != parameter.value))

    def numbers_of(self, scenario: Scenario, positions: Positions) -> dict[str, Numeric]:
        """Return the numbers of some rows that one reading of the template serves."""
        parameters = dict(scenario.parameters())
        found: dict[str, Numeric] = {}
        for address, column in self.numbers.items():
            typed = column[positions]
            if not np.isnan(typed).all():
                found[address] = np.where(np.isnan(typed), parameters[address].value, typed)
        return found


def portfolio_of(
    template: Scenario,
    numbers: Mapping[str, ArrayLike],
    *,
    ids: Sequence[str] | None = None,
    lines: ArrayLike | None = None,
    lows: Mapping[str, ArrayLike] | None = None,
    highs: Mapping[str, ArrayLike] | None = None,
    choices: Mapping[str, Sequence[Value | None]] | None = None,
    labels: Mapping[str, Sequence[str]] | None = None,
    faults: Iterable[tuple[int, Problem]] = (),
    perspective: str | None = None,
) -> Portfolio:
    """Return the associations of a table, those at fault listed in ``problems`` and left out.

    ``numbers`` are by address, one entry a row, NaN for a blank. ``ids`` tell rows apart, and
    their draws of chance: a row keeps its draws wherever it stands, as long as it keeps its id;
    without them, rows are numbered from 1. ``lows`` and ``highs`` give some numbers a range.
    ``faults`` are those already found, by the position of their row. Results are from the point of
    view of ``perspective``, by default that of the template.

    Raises:
        ScenarioError: a column is not of the template, or no row is left; all faults are listed.
            Or the template has no such point of view.
        ValueError: columns are not of one length.
    """
    if perspective is not None:
        template = template.with_changes({"perspective": perspective})
    table = _Table(
        template=template,
        numbers=_floats(numbers),
        lows=_floats(lows or {}),
        highs=_floats(highs or {}),
        choices=dict(choices or {}),
    )
    rows = table.length(ids, lines, labels)
    names = np.array([str(one) for one in (ids if ids is not None else range(1, rows + 1))])
    at = np.arange(1, rows + 1) if lines is None else np.asarray(lines, dtype=np.int64)
    found = [*faults, *table.faults(at), *_repeated(names, at)]
    found.sort(key=lambda one: one[0])
    problems = tuple(problem for _, problem in found)
    kept = np.ones(rows, dtype=bool)
    kept[[row for row, _ in found]] = False
    if not kept.any():
        raise ScenarioError(problems or [_no_row()], source="table")
    whole = Portfolio(
        template=template,
        ids=names.astype(object),
        lines=at,
        numbers=table.numbers,
        lows=table.lows,
        highs=table.highs,
        choices={name: _texts(column) for name, column in table.choices.items()},
        labels={name: _texts(column) for name, column in (labels or {}).items()},
    )
    return replace(whole if kept.all() else whole.rows(kept), problems=problems)


@dataclass(frozen=True, kw_only=True)
class _Table:
    """A table being checked against its template."""

    template: Scenario
    numbers: dict[str, Amounts]
    lows: dict[str, Amounts]
    highs: dict[str, Amounts]
    choices: dict[str, Sequence[Value | None]]

    def length(self, *others: Any) -> int:
        """Return the number of rows, once every column is known to be of the template."""
        parameters = dict(self.template.parameters())
        unknown = [one for one in self.numbers if one not in parameters]
        unknown += [one for one in self.choices if one not in CHOICES]
        unknown += [one for one in (*self.lows, *self.highs) if one not in self.numbers]
        if unknown:
            raise ScenarioError([_unknown(one) for one in dict.fromkeys(unknown)], source="table")
        columns: list[Any] = [*self.numbers.values(), *self.choices.values()]
        columns += [*self.lows.values(), *self.highs.values()]
        for other in others:
            columns += other.values() if isinstance(other, Mapping) else [other]
        lengths = {len(column) for column in columns if column is not None}
        if len(lengths) > 1:
            raise ValueError(f"columns must be of one length (got {sorted(lengths)})")
        for address in {*self.lows, *self.highs}:
            blank = np.full(next(iter(lengths)), np.nan)
            self.lows.setdefault(address, blank)
            self.highs.setdefault(address, blank)
        return lengths.pop() if lengths else 0

    def faults(self, lines: NDArray[np.int64]) -> Iterable[tuple[int, Problem]]:
        """Yield what is wrong with the cells, with the position of their row."""
        parameters = dict(self.template.parameters())
        for address, column in self.numbers.items():
            parameter = parameters[address]
            yield from _out_of_bounds(address, parameter, column, lines, self.least(address))
            if address in self.lows:
                yield from self._range_faults(address, parameter, lines)
        for name, chosen in self.choices.items():
            yield from self._choice_faults(name, chosen, lines)

    def least(self, address: str) -> float:
        """Return the least that a row may say: years of activity reach every yearly cost."""
        return least_activity_years(self.template) if address == WHOLE_YEARS else -math.inf

    def _range_faults(
        self, address: str, parameter: Parameter, lines: NDArray[np.int64]
    ) -> Iterable[tuple[int, Problem]]:
        low, high = self.lows[address], self.highs[address]
        for end, column in (("low", low), ("high", high)):
            yield from _out_of_bounds(f"{address}.{end}", parameter, column, lines)
        value = np.where(np.isnan(self.numbers[address]), parameter.value, self.numbers[address])
        given = ~np.isnan(low) | ~np.isnan(high)
        # A comparison with a missing end is false: one end alone is refused as well.
        for row in np.flatnonzero(given & ~((low <= value) & (value <= high))).tolist():
            allowed = f"low <= {value[row]:g} <= high"
            message = "a range needs both its ends, and must hold the number"
            received = (float(low[row]), float(high[row]))
            code, line = "range_excludes_value", lines[row]
            yield row, _fault(address, code, received, allowed, message, line)

    def _choice_faults(
        self, name: str, chosen: Sequence[Value | None], lines: NDArray[np.int64]
    ) -> Iterable[tuple[int, Problem]]:
        refused: dict[Any, Problem | None] = {None: None}
        for row, value in enumerate(chosen):
            if value not in refused:
                refused[value] = self._refused(name, value)
            if (problem := refused[value]) is not None:
                yield row, replace(problem, line=int(lines[row]))

    def _refused(self, name: str, value: Any) -> Problem | None:
        try:
            self.template.with_changes({name: value})
        except ScenarioError as error:
            return error.problems[0]
        return None


def _out_of_bounds(
    column: str,
    parameter: Parameter,
    values: Amounts,
    lines: NDArray[np.int64],
    least: float = -math.inf,
) -> Iterable[tuple[int, Problem]]:
    """Yield the cells that the kind of number does not allow, as the number itself would."""
    lowest, highest = parameter.bounds
    lowest = max(lowest, least)
    is_wrong = ~np.isnan(values) & ~((values >= lowest) & (values <= highest))
    is_whole = isinstance(parameter, Duration)
    if is_whole:
        with np.errstate(invalid="ignore"):
            is_wrong |= ~np.isnan(values) & (np.mod(values, 1) != 0)
    allowed = f"{lowest:g} to {highest:g} {parameter.unit}"
    kind = "a whole number" if is_whole else "a number"
    for row in np.flatnonzero(is_wrong).tolist():
        message = f"must be {kind} from {lowest:g} to {highest:g} ({parameter.unit})"
        received = float(values[row])
        yield row, _fault(column, "number_not_allowed", received, allowed, message, lines[row])


def _repeated(ids: Any, lines: NDArray[np.int64]) -> Iterable[tuple[int, Problem]]:
    """Yield the rows whose id stands in a row before them: they could not be told apart."""
    _, first = np.unique(ids, return_index=True)
    again = np.ones(len(ids), dtype=bool)
    again[first] = False
    for row in np.flatnonzero(again).tolist():
        message = "an id may stand in one row only"
        yield row, _fault("id", "duplicate_id", str(ids[row]), "", message, lines[row])


def _fault(
    where: str, code: str, received: Any, allowed: str, message: str, line: Any = None
) -> Problem:
    return Problem(
        where=where,
        code=code,
        received=received,
        allowed=allowed,
        message=message,
        line=None if line is None else int(line),
    )


def _unknown(address: str) -> Problem:
    message = "no number or choice of the template has that name"
    return _fault(address, "unknown_address", address, "", message)


def _no_row() -> Problem:
    return _fault("table", "file_without_rows", 0, "1 or more", "there must be at least one row")


def _floats(columns: Mapping[str, ArrayLike]) -> dict[str, Amounts]:
    return {name: np.array(column, dtype=np.float64) for name, column in columns.items()}


def _texts(column: Sequence[Any]) -> Texts:
    texts = np.empty(len(column), dtype=object)
    texts[:] = list(column)
    return texts
