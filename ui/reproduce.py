"""The same result outside the dashboard: how to cite it, in Python, on the command line."""

import json
import shlex
from functools import lru_cache
from math import isfinite
from pathlib import Path
from typing import Any

import streamlit as st
import yaml

import roi_model
from roi_model.case_files import case_text
from roi_model.scenario import Value
from roi_model.templates import templates
from ui import bases, copy_text
from ui.frame import Page, address_in_full
from ui.labels import perspective_label

CITATION = Path(__file__).parent.parent / "CITATION.cff"
TYPED_IN_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{letter: f"\\{letter}" for letter in "#$%&_"},
}
PRINTED = """\
result = roi_model.evaluate(scenario)
print(f"{result.ratio:.2f}")
for line in result.by_outcome:
    print(line.outcome, f"{line.present_value:.2f}")
"""


def citation(page: Page) -> None:
    """Show how to cite the model and the open scenario, as a sentence and for BibTeX."""
    t = page.t
    copy_text.block(t, cited(page), label=t("method.copy_citation"))
    copy_text.block(t, bibtex(page), label=t("method.copy_bibtex"))
    st.caption(t("method.fingerprint", page=t("sources.menu")))


def code(page: Page) -> None:
    """Show the Python and the command that give the figures of this page, ready to be copied."""
    t = page.t
    changes = changes_by_address(page)
    needs_file = changes is None or page.case.id in templates()
    st.markdown(t("method.run_file" if needs_file else "method.run_case"))
    copy_text.block(t, python(page), label=t("method.copy_python"))
    copy_text.block(t, command(page), label=t("method.copy_command"))
    if needs_file:
        scenario = page.scenario
        st.download_button(
            t("method.download", file=_file(page)),
            data=lambda: case_text(scenario),
            file_name=_file(page),
            mime="application/yaml",
            icon=":material/download:",
            on_click="ignore",
            key="method_download",
        )


def cited(page: Page) -> str:
    """Return the sentence that cites the model and the open scenario."""
    t, known = page.t, _citation()
    said = t(
        "method.cited",
        authors=_authors(known),
        year=_year(known) or t("method.no_date"),
        title=known["title"],
        version=roi_model.__version__,
        scenario=t.of(page.scenario.name),
        perspective=perspective_label(page.evaluation.perspective.id, page.scenario, t),
        ratio=_ratio(page),
        fingerprint=page.scenario.fingerprint,
    )
    return f"{said} {address_in_full(page)}".strip()


def bibtex(page: Page) -> str:
    """Return the BibTeX entry of the model, the open scenario in its note."""
    t, known = page.t, _citation()
    note = t(
        "method.cited_note",
        scenario=t.of(page.scenario.name),
        ratio=_ratio(page),
        fingerprint=page.scenario.fingerprint,
    )
    fields = {
        "author": f"{{{_in_latex(_authors(known))}}}",
        "title": f"{{{_in_latex(known['title'])}}}",
        "version": roi_model.__version__,
        "year": _year(known),
        "url": address_in_full(page),
        "note": _in_latex(note),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join(["@software{roi_model,", *lines, "}"])


def changes_by_address(page: Page) -> dict[str, Value] | None:
    """Return what differs from a case that comes with the model; ``None`` if a file must say it."""
    changes = page.edits.only_numbers
    if changes is None or not page.fits_a_link or not _comes_with_the_model(page):
        return None
    return dict(sorted(changes.items()))


def python(page: Page) -> str:
    """Return a program that prints the ratio and the present value of each outcome."""
    changes = changes_by_address(page)
    named = page.case.id if changes is not None else _file(page)
    imported, begun, after = "roi_model", "roi_model.load_case", ""
    if changes is not None and page.case.id in templates():
        imported = "roi_model.templates"
        begun, after = "roi_model.templates.load_template", ".case"
    if changes:
        listed = "".join(
            f"    {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)},\n"
            for name, value in changes.items()
        )
        after += f".with_changes({{\n{listed}}})"
    return f"import {imported}\n\nscenario = {begun}({json.dumps(named)}){after}\n{PRINTED}"


def command(page: Page) -> str:
    """Return the command that prints the same, in the reader's language."""
    changes = changes_by_address(page)
    words = ["roi-model", "evaluate"]
    if changes is None or page.case.id in templates():
        words.append(_file(page))
    else:
        words.append(page.case.id)
        for name, value in changes.items():
            words += ["--set", f"{name}={value}"]
    return shlex.join([*words, "--language", page.t.language])


def is_as_shipped(page: Page, case_id: str) -> bool:
    """Say whether the scenario began as that case of the model."""
    return page.case.id == case_id and _comes_with_the_model(page)


def _comes_with_the_model(page: Page) -> bool:
    try:
        return bases.load(page.case.id) == page.case
    except KeyError:
        return False


def _ratio(page: Page) -> str:
    t, ratio = page.t, page.evaluation.ratio
    return (
        t("method.cited_ratio", ratio=t.ratio(ratio)) if isfinite(ratio) else t("method.no_ratio")
    )


def _file(page: Page) -> str:
    return f"{page.scenario.id}.yaml"


@lru_cache(maxsize=1)
def _citation() -> dict[str, Any]:
    known: dict[str, Any] = yaml.safe_load(CITATION.read_text(encoding="utf-8"))
    return known


def _authors(known: dict[str, Any]) -> str:
    return ", ".join(
        one.get("name") or f"{one.get('given-names', '')} {one.get('family-names', '')}".strip()
        for one in known["authors"]
    )


def _year(known: dict[str, Any]) -> str:
    return str(known.get("date-released", ""))[:4]


def _in_latex(text: str) -> str:
    return "".join(TYPED_IN_LATEX.get(letter, letter) for letter in " ".join(text.split()))
