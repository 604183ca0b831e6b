import numpy as np

from roi_model.portfolio import portfolio_of
from roi_model.portfolio_evaluation import evaluate_portfolio
from roi_model.portfolio_outliers import outliers
from tests.roi_model.portfolios import TWO_LINES


def test_an_outlier_is_explained_by_what_is_unusual_in_it():
    rng = np.random.default_rng(0)
    size = rng.lognormal(0, 1, 200)  # large associations are no outliers
    table = {
        "aid": 1_000 * size,
        "quiet.people": 10 * size * rng.lognormal(0, 0.1, 200),
        "work.price": 1_000 * rng.lognormal(0, 0.1, 200),
        "work.people": 2 * size,
    }
    table["work.price"][7] *= 20
    table["quiet.people"][9] /= 30
    table["work.people"][9] /= 30
    found = outliers(evaluate_portfolio(portfolio_of(TWO_LINES, table)))
    assert {(one.position, one.score > 0) for one in found[:2]} == {(9, False), (7, True)}
    by_row = {one.position: one.causes for one in found}
    assert by_row[7][0].address == "work.price"
    assert by_row[7][0].effect > 1
    assert {one.address for one in by_row[9][:2]} == {"quiet.people", "work.people"}
    assert all(one.effect < 0 for one in by_row[9][:2])
    assert outliers(evaluate_portfolio(portfolio_of(TWO_LINES, {"aid": [1, 1]}))) == ()
