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
    """Return the ids of the points of view of a scenario paid by ``funders``.

    ``society`` counts all. ``public_finances`` counts public payers on both sides.
    ``leverage-X`` sets the cost of funder X against everyone's gains, ``funder-X`` against its
    own savings; the two are different ratios and are never mixed.
    """
    known = list(dict.fromkeys(funders))
    return (
        SOCIETY,
        PUBLIC_FINANCES,
        *(f"{LEVERAGE}-{funder}" for funder in known),
        *(f"{FUNDER}-{funder}" for funder in known),
    )


def funder_of(perspective_id: str) -> str | None:
    """Return the one funder a point of view is about; ``None`` when it is not about one."""
    kind, _, funder = perspective_id.partition("-")
    return funder if kind in (LEVERAGE, FUNDER) else None


def perspective_of(perspective_id: str, stakeholders: Iterable[_Stakeholder]) -> Perspective:
    """Return the point of view with that id among ``stakeholders``.

    Raises:
        KeyError: no such point of view.
    """
    stakeholders = tuple(stakeholders)
    everyone = frozenset(one.id for one in stakeholders)
    public = frozenset(one.id for one in stakeholders if one.public)
    payers, beneficiaries = everyone, everyone
    funder = funder_of(perspective_id)
    if funder is not None and funder in everyone:
        payers = frozenset([funder])
        if perspective_id.startswith(FUNDER):
            beneficiaries = payers
    elif perspective_id == PUBLIC_FINANCES:
        payers, beneficiaries = public, public
    elif perspective_id != SOCIETY:
        raise KeyError(perspective_id)
    return Perspective(id=perspective_id, payers=payers, beneficiaries=beneficiaries)
