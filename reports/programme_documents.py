"""Any document of a programme, by the ending of its file."""

from typing import Unpack

from reports.export import require_known
from reports.programme_subject import ProgrammeWishes
from roi_model.portfolio import Portfolio
from roi_model.portfolio_simulation import PortfolioSimulation

SUFFIXES = (".pdf", ".xlsx")


def programme_document(
    suffix: str,
    portfolio: Portfolio,
    simulation: PortfolioSimulation | None = None,
    **wishes: Unpack[ProgrammeWishes],
) -> bytes:
    """Return the document of a portfolio that a suffix asks for: the brief, or the workbook.

    Raises:
        ScenarioError: no document has that suffix, or a workbook does not hold so many rows.
        ValueError, KeyError: as ``programme_of``.
    """
    require_known(suffix, where=suffix, known=SUFFIXES)
    if suffix.lower() == ".pdf":
        from reports.programme import programme_brief

        return programme_brief(portfolio, simulation, **wishes)
    from reports.programme_workbook import programme_workbook

    return programme_workbook(portfolio, simulation, **wishes)
