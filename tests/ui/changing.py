"""Changes that the reference case allows, for Hypothesis to draw."""

from hypothesis import strategies as st

from roi_model import load_case
from roi_model.parameters import Duration

CASE = load_case("promevil")
NUMBERS = dict(CASE.parameters())
CHOICES = CASE.choices()
ADDRESSES = (*NUMBERS, *CHOICES)


def values_at(address):
    """Return a strategy of the values that the case allows at an address."""
    if address in CHOICES:
        return st.sampled_from(CHOICES[address])
    parameter = NUMBERS[address]
    if isinstance(parameter, Duration):
        return st.integers(1, 100)
    return st.floats(*parameter.bounds)


@st.composite
def changes_of_the_case(draw):
    """Draw values that differ from the case, at any addresses."""
    addresses = draw(st.lists(st.sampled_from(ADDRESSES), unique=True, max_size=12))
    drawn = {address: draw(values_at(address)) for address in addresses}
    usual = with_choices_of(drawn)
    return {
        address: value
        for address, value in drawn.items()
        if value != (CASE if address in CHOICES else usual).value_at(address)
    }


def with_choices_of(changes):
    """Return the case read as ``changes`` choose: what an unstated share is depends on it."""
    return CASE.with_changes({name: changes[name] for name in changes if name in CHOICES})
