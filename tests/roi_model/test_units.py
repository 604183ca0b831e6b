"""Units of factors: read, multiplied, written."""

import pytest

from roi_model import units

EUROS_A_YEAR = (("EUR", 1), ("year", -1))


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("EUR", (("EUR", 1),)),
        ("EUR/year", EUROS_A_YEAR),
        ("EUR/person/year", (("EUR", 1), ("person", -1), ("year", -1))),
        ("hour/year", (("hour", 1), ("year", -1))),
        ("job/staff", (("job", 1), ("staff", -1))),
        ("1/year", (("year", -1),)),
        ("share", ()),
        ("share/year", (("year", -1),)),
        ("EUR/EUR", ()),  # a ratio of amounts has no dimension
    ],
)
def test_a_unit_is_a_numerator_and_what_it_is_counted_by(unit, expected):
    assert units.powers(unit) == expected


@pytest.mark.parametrize(
    "unit", ["euros", "EUR/month", "EUR/", "", "/year", "eur/year", "EUR year"]
)
def test_a_unit_outside_the_closed_list_is_refused_and_the_list_is_given(unit):
    with pytest.raises(units.UnitError, match="EUR, hour, item, job, person, report, staff, year"):
        units.powers(unit)


@pytest.mark.parametrize(
    "factors",
    [
        ["EUR/year"],
        ["person", "EUR/person/year"],
        ["hour/year", "EUR/hour"],
        ["staff", "job/staff", "EUR/job/year"],
        ["person", "share", "EUR/person/year"],
        ["EUR/person/year", "person"],  # the order does not matter
    ],
)
def test_quantities_times_a_unit_value_come_out_in_euros_a_year(factors):
    assert units.product(factors) == EUROS_A_YEAR


@pytest.mark.parametrize(
    "factors", [["person", "EUR/hour"], ["person"], ["EUR"], ["EUR/year", "EUR/year"], []]
)
def test_other_products_do_not(factors):
    assert units.product(factors) != EUROS_A_YEAR


@pytest.mark.parametrize("unit", ["EUR", "EUR/year", "EUR/person/year"])
def test_a_unit_value_is_money(unit):
    assert units.is_money(unit)


@pytest.mark.parametrize("unit", ["person", "hour/year", "share", "job/staff", "hour/EUR"])
def test_a_quantity_is_not_money(unit):
    assert not units.is_money(unit)


@pytest.mark.parametrize("unit", ["EUR/person/year", "hour/year", "EUR", "job/staff", "1/year"])
def test_a_unit_is_written_as_it_was_read(unit):
    assert units.written(units.powers(unit)) == unit


def test_a_product_that_is_not_euros_a_year_can_still_be_named_in_a_message():
    # 1 000 people at 51 €/hour is no amount a year
    assert units.written(units.product(["person", "EUR/hour"])) == "EUR*person/hour"


def test_what_has_no_dimension_is_written_1():
    assert units.written(units.powers("share")) == "1"
