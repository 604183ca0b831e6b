"""Everything about a scenario in one archive: documents, data, charts, and how to cite them.

The same scenario and the same day give the same bytes, so that a checksum can be published.
"""

import datetime
import hashlib
import textwrap
from collections.abc import Iterator, Mapping
from typing import Unpack

import roi_model
from reports.headline import on_one_line, sentence, to_fill
from reports.packing import packed
from reports.slide import slide
from reports.svg_charts import charts
from reports.tidy_results import columns, tidy_results
from reports.wishes import Wishes
from roi_model.case_files import case_text
from roi_model.evaluation import evaluate
from roi_model.scenario import Scenario
from ui.labels import perspective_label
from ui.words import Words, words_in

README, SUMS = "README.txt", "SHA256SUMS"
WIDTH = 78
INDENTED = "    "

DESCRIBED = {
    "brief.pdf": "brief",
    "slide.pptx": "slide",
    "workbook.xlsx": "workbook",
    "scenario.yaml": "yaml",
    "scenario.json": "json",
    "results.csv": "csv",
    "charts/euro.svg": "euro",
    "charts/by_outcome.svg": "by_outcome",
    "charts/by_beneficiary.svg": "by_beneficiary",
    "charts/who_pays_who_gains.svg": "who_pays_who_gains",
}
"""Each file, with the name of the sentence that says what it is."""


def archive(
    scenario: Scenario,
    **wishes: Unpack[Wishes],
) -> bytes:
    """Return the archive: every document of a scenario, a README and the checksums.

    Raises:
        ScenarioError: a document cannot be made of the scenario.
    """
    from reports.brief import brief
    from reports.workbook import workbook

    language, today, address = wishes["language"], wishes["today"], wishes.get("address")
    files: dict[str, bytes] = {
        "brief.pdf": brief(
            scenario,
            **wishes,
        ),
        "slide.pptx": slide(scenario, language=language, today=today, address=address),
        "workbook.xlsx": workbook(scenario, language=language, address=address, today=today),
        "scenario.yaml": case_text(scenario, ".yaml").encode(),
        "scenario.json": case_text(scenario, ".json").encode(),
        "results.csv": tidy_results(scenario, language=language),
        **{
            f"charts/{name}.svg": drawn.encode()
            for name, drawn in charts(scenario, language=language).items()
        },
    }
    readme = _readme(scenario, words_in(language), today=today, address=address)
    files = {README: readme.encode(), **files}
    return packed({**files, SUMS: _sums(files)}, today)


def _sums(files: Mapping[str, bytes]) -> bytes:
    """Return the SHA-256 of each file, as ``sha256sum --check`` reads them."""
    lines = [f"{hashlib.sha256(content).hexdigest()}  {name}" for name, content in files.items()]
    return ("\n".join(lines) + "\n").encode()


def _readme(scenario: Scenario, t: Words, *, today: datetime.date, address: str | None) -> str:
    """Return what each file is, and how to cite, check and open them."""
    return "\n".join(_lines(scenario, t, today, address)) + "\n"


def _lines(
    scenario: Scenario, t: Words, today: datetime.date, address: str | None
) -> Iterator[str]:
    evaluation = evaluate(scenario)
    named = on_one_line(t.of(scenario.name), t.of(scenario.period))
    perspective = perspective_label(evaluation.perspective.id, scenario, t)
    yield from _heading(t("documents.readme_title", name=named), "=")
    yield from _paragraph(f"{sentence(scenario, evaluation, t)}.")
    yield from _paragraph(t("documents.perspective", perspective=on_one_line(perspective)))
    if missing := to_fill(scenario, t):
        yield from _paragraph(t("documents.readme_to_fill"))
        for label in missing:
            yield from _item(on_one_line(label))
        yield ""
    yield from _heading(t("documents.readme_files"), "-")
    for name, described in DESCRIBED.items():
        yield name
        yield from _item(t(f"documents.file_{described}"))
    yield ""
    yield from _heading(t("documents.readme_columns"), "-")
    for column, held in columns(t):
        yield column
        yield from _item(held)
    yield ""
    yield from _paragraph(t("documents.readme_as_typed"))
    yield from _heading(t("documents.readme_cite"), "-")
    cited = {
        "name": named,
        "date": t.date(today),
        "version": roi_model.__version__,
        "fingerprint": scenario.fingerprint,
    }
    yield from _paragraph(t("documents.readme_citation", **cited))
    yield from _paragraph(t("documents.readme_studies"))
    if address is not None:
        yield t("documents.readme_link")
        yield address
        yield ""
    yield from _heading(t("documents.readme_check"), "-")
    yield from _paragraph(t("documents.readme_check_how"))
    yield f"{INDENTED}sha256sum --check {SUMS}"
    yield f"{INDENTED}roi-model evaluate scenario.yaml"


def _heading(text: str, underline: str) -> Iterator[str]:
    yield text
    yield underline * min(len(text), WIDTH)
    yield ""


def _paragraph(text: str) -> Iterator[str]:
    yield from textwrap.wrap(text, WIDTH)
    yield ""


def _item(text: str) -> Iterator[str]:
    yield from textwrap.wrap(text, WIDTH, initial_indent=INDENTED, subsequent_indent=INDENTED)
