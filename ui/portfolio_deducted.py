"""What nothing is deducted for in a programme, in a sentence: on the page and in its brief."""

from roi_model.portfolio import Portfolio
from roi_model.uncertainty import held_shares
from ui.words import Words


def not_deducted(portfolio: Portfolio, t: Words) -> str:
    """Return the shares that no association has anything deducted for; nothing without any."""
    typed = {address.rpartition(".")[2] for address in portfolio.numbers}
    names = [one for one in held_shares(portfolio.template) if one not in typed]
    if not names:
        return ""
    shares = t("chart.separator").join(t(f"uncertainty.left_out_{one}") for one in names)
    return t("portfolio.not_deducted", shares=shares)
