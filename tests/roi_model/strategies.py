"""Values that Hypothesis draws: shares, amounts, durations, whole scenarios."""

from hypothesis import strategies as st

from roi_model.settings import SETTING_CHOICES
from tests.roi_model import building

shares = st.floats(0, 1, allow_subnormal=False)
rates = st.floats(0, 0.2, allow_subnormal=False)
amounts = st.floats(0, 1e9, allow_subnormal=False)
signed_amounts = st.floats(-1e9, 1e9, allow_subnormal=False)
costs = st.floats(1, 1e9)
quantities = st.floats(0, 1e5, allow_subnormal=False)
prices = st.floats(0, 1e4, allow_subnormal=False)
periods = st.integers(1, 30)
multiples = st.floats(0.01, 100)
stakeholders = st.sampled_from(
    [building.STATE, building.TRANSPORT, building.TOWN, building.RESIDENTS]
)
bases = st.sampled_from(["itemised", "estimated", "balance"])
timings = st.sampled_from(SETTING_CHOICES["timing"])
drop_off_starts = st.sampled_from(SETTING_CHOICES["drop_off_from"])

OWN_SHARES = ("deadweight", "displacement", "attribution", "optimism_bias", "drop_off", "footprint")


@st.composite
def value_maps(draw, *, negative=False, min_size=1):
    """Draw outcomes of people times euros; with ``negative``, some do harm."""
    price = st.one_of(prices, prices.map(lambda euros: -euros)) if negative else prices
    size = draw(st.integers(min_size, 5))
    return [
        building.people_helped(
            f"line_{position}",
            draw(quantities),
            draw(price),
            stakeholder=draw(stakeholders),
            basis=draw(bases),
            benefit_period=draw(periods),
            **{name: draw(shares) for name in OWN_SHARES if draw(st.booleans())},
        )
        for position in range(size)
    ]


@st.composite
def scenarios(draw, *, negative=False, min_size=1, **stated):
    """Draw a scenario with any conventions; ``stated`` settings are held fixed."""
    chosen = {
        **{name: draw(st.sampled_from(allowed)) for name, allowed in SETTING_CHOICES.items()},
        **{name: draw(shares) for name in ("deadweight", "displacement", "attribution")},
        "discount_rate": draw(rates),
        "perspective": "society",
        **stated,
    }
    payers = [building.STATE, building.TRANSPORT, building.TOWN][: draw(st.integers(1, 3))]
    return building.case(
        outcomes=draw(value_maps(negative=negative, min_size=min_size)),
        costs=[building.cost(f"paid_by_{payer}", draw(costs), payer) for payer in payers],
        **chosen,
    )
