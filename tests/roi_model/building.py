"""Small scenarios written as a case file would hold them, for tests to start from."""

from roi_model import Scenario
from roi_model.case_files import scenario_from

STATE, TRANSPORT, TOWN, RESIDENTS = "state", "transport", "town", "residents"


def both(text):
    """Return a text in both languages."""
    return {"fr": f"{text} (fr)", "en": f"{text} (en)"}


def number(value, **papers):
    """Return a number typed by the user, which needs no papers, unless some are given."""
    return {"value": value, "provenance": "yours", **papers}


def factor(identifier, value, unit, **papers):
    return {
        "id": identifier,
        "label": both(identifier),
        "help": both(f"What {identifier} is"),
        "unit": unit,
        **number(value, **papers),
    }


def cost(identifier, value, stakeholder=STATE, **papers):
    return {
        "stakeholder": stakeholder,
        **factor(identifier, value, "EUR/year", **papers),
    }


def outcome(identifier, *factors, stakeholder=RESIDENTS, basis="itemised", **shares):
    """Return an outcome; its shares and its period are given as bare numbers."""
    return {
        "id": identifier,
        "label": both(identifier),
        "help": both(f"What {identifier} is"),
        "stakeholder": stakeholder,
        "basis": basis,
        "factors": list(factors),
        **{name: number(value) for name, value in shares.items()},
    }


def amount(identifier, euros, **more):
    """Return an outcome stated as one amount in euros a year."""
    return outcome(identifier, factor("amount", euros, "EUR/year"), **more)


def people_helped(identifier, people, euros_each, **more):
    """Return an outcome of a number of people and euros for each of them a year."""
    return outcome(
        identifier,
        factor("people", people, "person"),
        factor("price", euros_each, "EUR/person/year"),
        **more,
    )


def stakeholder(identifier, *, public):
    return {
        "id": identifier,
        "name": both(identifier),
        "one_euro": both(f"1 € from {identifier}"),
        "public": public,
    }


def settings(**stated):
    """Return settings; numbers are wrapped, choices stay as they are."""
    shares = ("deadweight", "displacement", "attribution", "discount_rate")
    return {name: number(value) if name in shares else value for name, value in stated.items()}


def case_data(*, outcomes=(), costs=(), **stated):
    """Return the data of a scenario: two public payers, two private, and what is given.

    ``stated`` are settings.
    """
    return {
        "id": "example",
        "name": both("Example"),
        "description": both("A made-up association"),
        "period": both("One year"),
        "sources": {
            "study": {
                "title": "A study",
                "publisher": "A publisher",
                "url": "https://example.org/study",
            }
        },
        "stakeholders": [
            stakeholder(STATE, public=True),
            stakeholder(TRANSPORT, public=False),
            stakeholder(TOWN, public=True),
            stakeholder(RESIDENTS, public=False),
        ],
        "figures": [],
        "costs": list(costs),
        "outcomes": list(outcomes),
        "settings": settings(**stated),
    }


def case(*, outcomes=(), costs=(), **stated) -> Scenario:
    """Return the scenario of ``case_data``."""
    return scenario_from(case_data(outcomes=outcomes, costs=costs, **stated))
