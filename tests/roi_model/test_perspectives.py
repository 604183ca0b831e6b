"""Whose costs and whose benefits a ratio counts."""

import pytest

from roi_model.perspectives import funder_of, perspective_ids, perspective_of
from roi_model.value_map import Stakeholder
from tests.roi_model.building import RESIDENTS, STATE, TOWN, TRANSPORT, case_data

EVERYONE = frozenset([STATE, TRANSPORT, TOWN, RESIDENTS])
PUBLIC = frozenset([STATE, TOWN])


@pytest.fixture
def stakeholders():
    return [Stakeholder.model_validate(one) for one in case_data()["stakeholders"]]


@pytest.mark.parametrize(
    ("identifier", "payers", "beneficiaries"),
    [
        ("society", EVERYONE, EVERYONE),
        ("public_finances", PUBLIC, PUBLIC),
        ("leverage-state", {STATE}, EVERYONE),
        ("leverage-transport", {TRANSPORT}, EVERYONE),
        ("funder-state", {STATE}, {STATE}),
        ("funder-transport", {TRANSPORT}, {TRANSPORT}),
    ],
)
def test_a_point_of_view_is_who_pays_and_who_gains(identifier, payers, beneficiaries, stakeholders):
    seen = perspective_of(identifier, stakeholders)
    assert (seen.id, seen.payers, seen.beneficiaries) == (identifier, payers, beneficiaries)


@pytest.mark.parametrize(
    "identifier", ["", "State", "leverage", "leverage-", "leverage-nobody", "funder-", "society-x"]
)
def test_an_unknown_point_of_view_is_refused(identifier, stakeholders):
    with pytest.raises(KeyError):
        perspective_of(identifier, stakeholders)


def test_each_funder_adds_its_leverage_and_its_own_return():
    assert perspective_ids([STATE, TRANSPORT]) == (
        "society",
        "public_finances",
        "leverage-state",
        "leverage-transport",
        "funder-state",
        "funder-transport",
    )


def test_a_funder_that_pays_twice_is_one_point_of_view():
    assert perspective_ids([STATE, TRANSPORT, STATE]) == perspective_ids([STATE, TRANSPORT])


def test_without_a_funder_society_and_public_finances_remain():
    assert perspective_ids([]) == ("society", "public_finances")


def test_every_listed_point_of_view_exists(stakeholders):
    for identifier in perspective_ids(one.id for one in stakeholders):
        assert perspective_of(identifier, stakeholders).id == identifier


@pytest.mark.parametrize(
    ("identifier", "funder"),
    [
        ("leverage-state", STATE),
        ("funder-transport", TRANSPORT),
        ("society", None),
        ("public_finances", None),
    ],
)
def test_a_point_of_view_knows_the_funder_it_is_about(identifier, funder):
    assert funder_of(identifier) == funder
