"""Any document of a scenario, by the ending of its file."""

from collections.abc import Callable
from typing import Unpack

from reports.wishes import Wishes
from roi_model.case_files import case_text
from roi_model.problems import Problem, ScenarioError
from roi_model.scenario import Scenario

SUFFIXES = (".csv", ".json", ".pdf", ".pptx", ".xlsx", ".yaml", ".yml", ".zip")


def require_known(suffix: str, *, where: str, known: tuple[str, ...] = SUFFIXES) -> None:
    """Refuse an ending that says no format.

    Raises:
        ScenarioError: ``suffix`` is not among ``known``.
    """
    if suffix.lower() not in known:
        problem = Problem(
            where=where,
            code="file",
            received=suffix,
            allowed=", ".join(known),
            message=f"must end in {', '.join(known)}",
        )
        raise ScenarioError([problem])


def exported(
    scenario: Scenario,
    suffix: str,
    **wishes: Unpack[Wishes],
) -> bytes:
    """Return the document of a scenario that a suffix, such as ``.pdf``, asks for.

    ``.yaml`` and ``.json`` hold the scenario and read back to it, ``.csv`` its results, ``.xlsx``
    the workbook with its formulas, ``.pptx`` the slide, ``.pdf`` the brief, ``.zip`` all of them.

    Raises:
        ScenarioError: no document has that suffix, or this one cannot be made of the scenario.
    """
    require_known(suffix, where=suffix)
    language, today, address = wishes["language"], wishes["today"], wishes.get("address")

    def csv() -> bytes:
        from reports.tidy_results import tidy_results

        return tidy_results(scenario, language=language)

    def pdf() -> bytes:
        from reports.brief import brief

        return brief(
            scenario,
            **wishes,
        )

    def pptx() -> bytes:
        from reports.slide import slide

        return slide(scenario, language=language, today=today, address=address)

    def xlsx() -> bytes:
        from reports.workbook import workbook

        return workbook(scenario, language=language, address=address, today=today)

    def everything() -> bytes:
        from reports.archive import archive

        return archive(
            scenario,
            **wishes,
        )

    makers: dict[str, Callable[[], bytes]] = {
        ".csv": csv,
        ".pdf": pdf,
        ".pptx": pptx,
        ".xlsx": xlsx,
        ".zip": everything,
    }
    make = makers.get(suffix.lower(), lambda: case_text(scenario, suffix).encode())
    return make()
