"""Numbers and their papers."""

import datetime
import math

import pytest
from pydantic import ValidationError

from roi_model.parameters import (
    LARGEST_AMOUNT,
    LONGEST_LABEL,
    LONGEST_TEXT,
    Duration,
    Factor,
    Name,
    Provenance,
    Share,
    Source,
    Text,
    weakest,
)
from tests.roi_model.building import both, factor

PUBLISHED = {"provenance": "published", "source": "study", "locator": both("Page 12")}
ASSUMED = {"provenance": "assumed", "reason": both("Ours"), "low": 0, "high": 5_000}
DERIVED = {"provenance": "derived", "derivation": {"rule": "remainder", "of": "total"}}
YOURS = {"provenance": "yours"}


def a_factor(value=1_000, unit="person", **papers):
    return Factor.model_validate(factor("people", value, unit, **papers))


def without(papers, name):
    return {key: value for key, value in papers.items() if key != name}


def codes(refused):
    return [fault["type"] for fault in refused.value.errors()]


@pytest.mark.parametrize("papers", [PUBLISHED, ASSUMED, DERIVED, YOURS])
def test_a_number_with_its_papers_stands(papers):
    assert a_factor(**papers).value == 1_000


@pytest.mark.parametrize(
    ("papers", "missing"),
    [
        (PUBLISHED, "source"),
        (PUBLISHED, "locator"),
        (ASSUMED, "reason"),
        (ASSUMED, "low"),
        (ASSUMED, "high"),
        (DERIVED, "derivation"),
    ],
)
def test_a_number_without_one_of_its_papers_cannot_exist(papers, missing):
    with pytest.raises(ValidationError, match=f"missing: {missing}") as refused:
        a_factor(**without(papers, missing))
    assert codes(refused) == ["papers_missing"]


def test_every_missing_paper_is_named():
    with pytest.raises(ValidationError, match="missing: reason, low, high"):
        a_factor(provenance="assumed")


def test_a_provenance_outside_the_four_is_refused():
    with pytest.raises(ValidationError, match="'published', 'derived', 'yours' or 'assumed'"):
        a_factor(provenance="guessed")


def test_a_product_is_as_firm_as_its_weakest_number():
    published, derived, yours, assumed = (
        Provenance.PUBLISHED,
        Provenance.DERIVED,
        Provenance.YOURS,
        Provenance.ASSUMED,
    )
    assert weakest([published, published]) == published
    assert weakest([published, derived]) == derived
    assert weakest([yours, derived, published]) == yours
    assert weakest([yours, assumed]) == assumed


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_is_finite(value):
    with pytest.raises(ValidationError, match="finite"):
        a_factor(value, "EUR/year")


@pytest.mark.parametrize("value", ["1000", True, None, [1_000]])
def test_what_is_no_number_is_refused_and_not_converted(value):
    with pytest.raises(ValidationError, match="valid number"):
        a_factor(value)


@pytest.mark.parametrize("value", [2 * LARGEST_AMOUNT, -2 * LARGEST_AMOUNT])
def test_an_amount_too_large_to_hold_its_cents_is_refused(value):
    with pytest.raises(ValidationError, match="1000000000000000"):
        a_factor(value, "EUR/year")


@pytest.mark.parametrize(("low", "high"), [(1_001, 5_000), (0, 999), (5_000, 0)])
def test_a_range_that_does_not_hold_its_value_is_refused(low, high):
    with pytest.raises(ValidationError, match="must hold the value 1000") as refused:
        a_factor(**{**ASSUMED, "low": low, "high": high})
    assert codes(refused) == ["range_excludes_value"]


def test_a_range_may_be_a_single_point():
    assert a_factor(**{**ASSUMED, "low": 1_000, "high": 1_000}).low == 1_000


def test_a_negative_unit_value_stands_since_a_change_may_do_harm():
    assert a_factor(-25.0, "EUR/person/year").value == -25


@pytest.mark.parametrize("unit", ["person", "hour/year", "share", "job/staff"])
def test_a_negative_quantity_is_refused(unit):
    with pytest.raises(ValidationError, match="0 or more") as refused:
        a_factor(-1, unit)
    assert codes(refused) == ["negative_quantity"]


def test_a_quantity_cannot_range_below_zero_either():
    with pytest.raises(ValidationError, match="0 or more"):
        a_factor(**{**ASSUMED, "low": -1})


def test_a_factor_that_is_a_share_stays_between_0_and_1():
    assert a_factor(0.5, "share").value == 0.5
    with pytest.raises(ValidationError):
        a_factor(1.5, "share")


def test_an_unknown_unit_is_refused_and_the_known_ones_are_listed():
    with pytest.raises(
        ValidationError, match="EUR, hour, item, job, person, report, staff, year"
    ) as refused:
        a_factor(unit="people")
    assert codes(refused) == ["unknown_unit"]


@pytest.mark.parametrize("value", [-0.01, 1.01, math.nan])
def test_a_share_lies_between_0_and_1(value):
    with pytest.raises(ValidationError):
        Share.model_validate({"value": value, **YOURS})


@pytest.mark.parametrize("value", [1, 100])
def test_a_duration_is_a_whole_number_of_1_to_100_years(value):
    assert Duration.model_validate({"value": value, **YOURS}).value == value


@pytest.mark.parametrize("value", [0, -2, 101, 2.5, "3", True])
def test_any_other_duration_is_refused(value):
    with pytest.raises(ValidationError):
        Duration.model_validate({"value": value, **YOURS})


def test_a_share_of_zero_and_a_period_of_one_year_claim_nothing_and_need_no_reason():
    assert Share.model_validate({"value": 0.0, "provenance": "assumed"}).value == 0
    assert Duration.model_validate({"value": 1, "provenance": "assumed"}).value == 1


@pytest.mark.parametrize(("kind", "value"), [(Share, 0.1), (Duration, 2)])
def test_a_share_or_a_period_that_changes_the_result_needs_its_reason(kind, value):
    with pytest.raises(ValidationError, match="missing: reason, low, high"):
        kind.model_validate({"value": value, "provenance": "assumed"})


@pytest.mark.parametrize("year", [1_899, 2_101, 2_015.5, "2015"])
def test_the_year_of_a_price_is_a_year(year):
    with pytest.raises(ValidationError):
        a_factor(year=year)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(("kind", "limit"), [(Name, LONGEST_LABEL), (Text, LONGEST_TEXT)])
def test_a_text_is_there_in_both_languages_and_within_its_length(kind, limit, language):
    assert kind.model_validate(both("x") | {language: "x" * limit})
    for wrong in ("x" * (limit + 1), "", None):
        with pytest.raises(ValidationError):
            kind.model_validate(both("x") | {language: wrong})
    with pytest.raises(ValidationError):
        kind.model_validate(without(both("x"), language))


@pytest.mark.parametrize("url", ["ftp://example.org", "example.org", "javascript:alert(1)", ""])
def test_a_source_is_found_on_the_web(url):
    with pytest.raises(ValidationError):
        Source(title="A study", publisher="A publisher", url=url)


@pytest.mark.parametrize(
    "identifier", ["Noise", "noise nights", "9lives", "", "é", "a__b", "a" * 61]
)
def test_an_id_is_lower_case_words_joined_by_underscores(identifier):
    with pytest.raises(ValidationError):
        Factor.model_validate(factor("people", 1, "person") | {"id": identifier})


def test_a_record_refuses_what_it_does_not_know():
    with pytest.raises(ValidationError, match="colour"):
        a_factor(colour="red")


def test_a_record_never_changes():
    people = a_factor()
    with pytest.raises(ValidationError, match="frozen"):
        people.value = 2_000
    assert people.value == 1_000


def test_a_replaced_number_is_the_users_own():
    assert a_factor(**PUBLISHED).replaced(1_200.0).provenance == Provenance.YOURS


@pytest.mark.parametrize("papers", [PUBLISHED, ASSUMED, DERIVED])
def test_a_replaced_number_leaves_the_papers_of_the_old_one_behind(papers):
    # Else a page would show the user's 1 200 beside "Le Parisien, page 12".
    replaced = a_factor(**papers, year=2016).replaced(1_200.0)
    left = [getattr(replaced, name) for name in ("source", "locator", "reason", "derivation")]
    assert left == [(), None, None, None]
    assert (replaced.unit, replaced.label) == ("person", a_factor(**papers).label)


@pytest.mark.parametrize("value", [1_200.0, 9_000.0])
def test_a_replaced_number_loses_the_range_of_the_other_value(value):
    replaced = a_factor(**ASSUMED).replaced(value)
    assert (replaced.value, replaced.low, replaced.high) == (value, None, None)


def test_a_unit_value_may_be_replaced_by_a_negative_one():
    price = a_factor(50.0, "EUR/person/year", **{**ASSUMED, "low": 10})
    assert price.replaced(-5.0).value == -5


def test_the_number_that_is_replaced_stays_as_it_was():
    people = a_factor(**ASSUMED)
    people.replaced(9_000.0)
    assert (people.value, people.high, people.provenance) == (1_000, 5_000, "assumed")


@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf])
def test_a_number_is_not_replaced_by_one_that_cannot_stand(value):
    with pytest.raises(ValidationError):
        a_factor(**ASSUMED).replaced(value)


class TestTheDateOfASource:
    @pytest.mark.parametrize("day", ["2017-05-29", datetime.date(2017, 5, 29), None])
    def test_is_a_day_or_none(self, day):
        source = Source(title="A", publisher="B", date=day)
        assert source.date == (day and datetime.date(2017, 5, 29))

    @pytest.mark.parametrize("day", [0, 2017, 2017.0, True, "0", "2017", "", "1495929600"])
    def test_is_not_a_number_of_seconds(self, day):
        with pytest.raises(ValidationError) as caught:
            Source(title="A", publisher="B", date=day)
        assert [error["type"] for error in caught.value.errors()] == ["date_type"]
