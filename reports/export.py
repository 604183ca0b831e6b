"""Any document of a scenario, by the ending of its file."""

import datetime
from collections.abc import Callable

from roi_model.case_files import case_text
from roi_model.problems import Problem, ScenarioError
from roi_model.scenario import Scenario
from ui.words import Language

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
    *,
    language: Language,
    today: datetime.date,
    address: str | None = None,
    case: Scenario | None = None,
    association: str | None = None,
    logo: bytes | None = None,
) -> bytes:
    """Return the document of a scenario that a suffix, such as ``.pdf``, asks for.

    ``.yaml`` and ``.json`` hold the scenario and read back to it, ``.csv`` its results, ``.xlsx``
    the workbook with its formulas, ``.pptx`` the slide, ``.pdf`` the brief, ``.zip`` all of them.
    ``today`` is printed, and with it the same scenario gives the same bytes; ``address`` is the
    link that opens the scenario; ``case`` is what it began as; ``association`` and ``logo``, an
    image, stand on the brief.

    Raises:
        ScenarioError: no document has that suffix, or this one cannot be made of the scenario.
    """
    require_known(suffix, where=suffix)

    def csv() -> bytes:
        from reports.tidy_results import tidy_results

        return tidy_results(scenario, language=language)

    def pdf() -> bytes:
        from reports.brief import brief

        return brief(
            scenario,
            language=language,
            today=today,
            address=address,
            case=case,
            association=association,
            logo=logo,
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
            language=language,
            today=today,
            address=address,
            case=case,
            association=association,
            logo=logo,
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
