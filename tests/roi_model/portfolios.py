"""The template that the tests of portfolios share."""

from tests.roi_model.building import STATE, case, cost, people_helped

TWO_LINES = case(
    outcomes=[people_helped("quiet", 10, 100), people_helped("work", 2, 1_000, stakeholder=STATE)],
    costs=[cost("aid", 1_000)],
)
