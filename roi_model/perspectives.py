"""Points of view: whose costs and whose benefits a ratio counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

SOCIETY = "society"
PUBLIC_FINANCES = "public_finances"
LEVERAGE = "leverage"
FUNDER = "funder"


@dataclass(frozen=True, kw_only=True, slots=True)
class Perspective:
    """Two sets of stakeholders: those whose costs count and those whose benefits count."""

    id: str
    payers: frozenset[str]
    beneficiaries: frozenset[str]


class _Stakeholder(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def public(self) -> bool: ...


def perspective_ids(funders: Iterable[str]) -> tuple[str, ...]:
    """Return the ids of the points of view to offer for a scenario paid by ``funders``.

    ``society`` counts all. ``public_finances`` counts public payers on both sides.
    ``leverage-X`` sets the cost of funder X against everyone's gains, ``funder-X`` against its
    own savings; the two are different ratios and are never mixed. ``is_perspective`` says
    which others exist.
    """
    known = list(dict.fromkeys(funders))
    return (
        SOCIETY,
        PUBLIC_FINANCES,
        *(f"{LEVERAGE}-{funder}" for funder in known),
        *(f"{FUNDER}-{funder}" for funder in known),
    )


def is_perspective(
    perspective_id: str, stakeholders: Iterable[str], funders: Iterable[str]
) -> bool:
    """Say whether an id names a point of view among ``stakeholders`` paid by ``funders``.

    Beside those offered, any set of stakeholders has one: ``leverage-X,Y`` and ``funder-X,Y``
    count X and Y together, and ``costs-X,Y-gains-Z`` the costs of X and Y against the gains of
    Z. At least one of those whose costs are counted must pay something.
    """
    everyone = frozenset(stakeholders)
    sets = _sets(perspective_id, everyone, everyone)
    return sets is not None and (
        perspective_id in (SOCIETY, PUBLIC_FINANCES) or not sets[0].isdisjoint(funders)
    )


def funder_of(perspective_id: str) -> str | None:
    """Return the one funder a point of view is about; ``None`` when it is not about one."""
    kind, _, funder = perspective_id.partition("-")
    return funder if kind in (LEVERAGE, FUNDER) and "," not in funder else None


def perspective_of(perspective_id: str, stakeholders: Iterable[_Stakeholder]) -> Perspective:
    """Return the point of view with that id among ``stakeholders``.

    Raises:
        KeyError: no such point of view.
    """
    stakeholders = tuple(stakeholders)
    everyone = frozenset(one.id for one in stakeholders)
    public = frozenset(one.id for one in stakeholders if one.public)
    sets = _sets(perspective_id, everyone, public)
    if sets is None:
        raise KeyError(perspective_id)
    payers, beneficiaries = sets
    return Perspective(id=perspective_id, payers=payers, beneficiaries=beneficiaries)


def _sets(
    perspective_id: str, everyone: frozenset[str], public: frozenset[str]
) -> tuple[frozenset[str], frozenset[str]] | None:
    """Return payers and beneficiaries of a point of view; ``None`` if there is none by that id."""
    if perspective_id == SOCIETY:
        return everyone, everyone
    if perspective_id == PUBLIC_FINANCES:
        return public, public
    kind, *named = perspective_id.split("-")
    sets = [frozenset(one.split(",")) for one in named[::2]]
    if not all(one <= everyone for one in sets):
        return None
    match kind, named:
        case ("leverage", [_]):
            return sets[0], everyone
        case ("funder", [_]):
            return sets[0], sets[0]
        case ("costs", [_, "gains", _]):
            return sets[0], sets[1]
    return None
