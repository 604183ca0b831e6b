"""What the columns of a table are taken for, to be corrected; and what is wrong with its rows."""

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from roi_model import Problem
from roi_model.portfolio import CHOICES
from roi_model.portfolio_columns import HIGH, ID, IGNORED, LOW, Match
from roi_model.portfolio_results import write_columns
from roi_model.portfolio_tables import Columns
from roi_model.templates import load_template
from ui import portfolio_table
from ui.frame import Page, as_written
from ui.labels import label_of
from ui.markup import table
from ui.portfolio_faults import OF_A_CELL, cut, place, wrong
from ui.portfolio_table import Reading
from ui.words import NO_BREAK, UNDEFINED, Language, Words, words_in

COLUMNS_A_PAGE = 20
SHOWN_FAULTS = 20
SAID = tuple(one for one in OF_A_CELL if one != "too_many_cells")
"""Faults of which there is something to say of what is allowed."""
HOW = ("given", "address", "label", "similar", "none")
"""How a column was matched."""
NO_BOUND = 1e12
"""A bound beyond which nobody counts: it is not said."""


# --- What columns are --------------------------------------------------------------------------


@lru_cache(maxsize=32)
def names_of(template: str, language: Language) -> dict[str, str]:
    """Return what a column may be, by its target, in the words of a reader."""
    t, loaded = words_in(language), load_template(template)
    addresses = [one for one, _ in loaded.case.parameters()]
    first = [one for one in loaded.to_fill if one in addresses]
    rest = [one for one in addresses if one not in loaded.to_fill]
    names = {IGNORED: t("portfolio.kept_as_is"), ID: t("portfolio.tells_apart")}
    for address in (*first, *rest):
        label = names[address] = label_of(address, loaded.case, t)
        names[f"{address}{LOW}"] = t("portfolio.low_of", label=label)
        names[f"{address}{HIGH}"] = t("portfolio.high_of", label=label)
    names |= {choice: label_of(choice, loaded.case, t) for choice in CHOICES}
    return names


def matched(page: Page, read: Reading) -> None:
    """Show what each column is taken for, with a list to choose something else from."""
    t = page.t
    names = names_of(read.template.id, t.language)
    used = sum(one.target not in (IGNORED, ID) for one in read.matches)
    said = t("portfolio.columns_read", used=t.number(used), columns=t.number(len(read.matches)))
    st.header(t("portfolio.columns"), anchor=False)
    st.markdown(said + " " + t("portfolio.columns_note"))
    with st.expander(t("portfolio.columns_correct"), expanded=_is_doubtful(read)):
        matches = _page_of_columns(t, read.matches)
        taken = {one.target for one in read.matches}
        options = [one for one in names if not _is_end(one) or _is_of(one, taken)]
        with st.container(key="portfolio_columns"):
            for match in matches:
                _column(t, read, match, options, names)


def _is_end(target: str) -> bool:
    return target.endswith((LOW, HIGH))


def _is_of(end: str, taken: set[str]) -> bool:
    """Say whether the number that a range is of has a column, or the range itself."""
    return end in taken or end.rpartition(".")[0] in taken


def _is_doubtful(read: Reading) -> bool:
    """Say whether a person should look; what was corrected leaves the list open."""
    return read.portfolio is None or any(
        one.how in ("similar", "given") and one.target != ID for one in read.matches
    )


def _page_of_columns(t: Words, matches: Sequence[Match]) -> Sequence[Match]:
    if len(matches) <= COLUMNS_A_PAGE:
        return matches
    starts = list(range(0, len(matches), COLUMNS_A_PAGE))
    start = st.selectbox(
        t("portfolio.columns_shown"),
        starts,
        format_func=lambda one: t(
            "portfolio.from_to",
            first=t.number(one + 1),
            last=t.number(min(one + COLUMNS_A_PAGE, len(matches))),
        ),
        key="portfolio_columns_page",
    )
    return matches[int(start or 0) :][:COLUMNS_A_PAGE]


def _column(
    t: Words, read: Reading, match: Match, options: Sequence[str], names: dict[str, str]
) -> None:
    key = f"portfolio_column_{match.position}"
    st.session_state[key] = match.target

    def take() -> None:
        portfolio_table.correct(match.heading, st.session_state[key])

    with st.container(gap="xsmall"):
        st.selectbox(
            as_written(cut(match.heading)) or t("portfolio.no_heading"),
            options if match.target in options else [*options, match.target],
            format_func=lambda one: names.get(one, one),
            key=key,
            on_change=take,
            placeholder=t("portfolio.choose"),
        )
        st.caption(_about(t, read, match))


def _about(t: Words, read: Reading, match: Match) -> str:
    """Return how a column was matched, and in what unit its numbers are read."""
    said = [t(f"portfolio.how_{match.how}")]
    address = match.target.removesuffix(LOW).removesuffix(HIGH)
    parameter = dict(read.template.case.parameters()).get(address)
    if parameter is not None:
        unit = t.unit(parameter.unit) or t("portfolio.share_unit")
        said.append(t("portfolio.unit", unit=unit))
        if match.scale != 1:
            said.append(t("portfolio.scaled", scale=t.number(match.scale)))
    if match.problem is not None:
        said.append(t("portfolio.fault_unit_mismatch", received=as_written(cut(match.heading))))
    return " ".join(said)


# --- What is wrong -----------------------------------------------------------------------------


def faults(page: Page, read: Reading) -> None:
    """List what is wrong with rows, the first of them, and offer all of it as a file."""
    t = page.t
    if not read.problems:
        return
    kept = 0 if read.portfolio is None else len(read.portfolio)
    said = t.counted(
        "portfolio.left_out",
        read.faulty_rows,
        number=t.number(read.faulty_rows),
        kept=t.counted("portfolio.rows_kept", kept, number=t.number(kept)),
    )
    whole = [one for one in read.problems if one.line is None]
    if whole:
        said = t("portfolio.table_at_fault")
    st.html(f'<div class="refused" role="alert"><p>{escape(said)}</p></div>')
    shown = read.problems[:SHOWN_FAULTS]
    headings = [t(f"portfolio.heading_{name}") for name in ("line", "column", "wrong", "allowed")]
    st.html(table(t("portfolio.faults"), headings, [_cells(one, read, t) for one in shown], t))
    more = len(read.problems) - len(shown)
    if more:
        number = t.number(more)
        st.caption(t.counted("portfolio.more_faults", more, number=number))
    st.download_button(
        t("portfolio.faults_download"),
        data=lambda: _fault_file(read, t),
        file_name=t("portfolio.faults_file"),
        mime="text/csv",
        icon=":material/download:",
        key="portfolio_faults_download",
        on_click="ignore",
    )


def refused(page: Page) -> None:
    """Say why the last file could not be read."""
    t, error = page.t, portfolio_table.refused()
    if error is None:
        return
    said = escape(t("start.not_opened", name=cut(error.source)))
    items = "".join(f"<li>{escape(wrong(one, t))}</li>" for one in error.problems[:SHOWN_FAULTS])
    st.html(f'<div class="refused" role="alert"><p>{said}</p></div><ul>{items}</ul>')


def _cells(problem: Problem, read: Reading, t: Words) -> tuple[str, str, str, str]:
    line = t("portfolio.whole_table")
    if problem.line is not None:
        line = t("portfolio.line", line=str(problem.line)).replace(" ", NO_BREAK)
    where = UNDEFINED if problem.where == read.source else place(problem)
    return line, where, wrong(problem, t), _allowed(problem, t)


def _allowed(problem: Problem, t: Words) -> str:
    """Return what is allowed, in the unit of the number."""
    if problem.code not in SAID:
        return UNDEFINED
    bounds = re.fullmatch(r"(\S+) to (\S+) (\S+)", problem.allowed)
    if problem.code == "number_not_allowed" and bounds:
        low, high, unit = float(bounds[1]), float(bounds[2]), bounds[3]
        if high >= NO_BOUND:
            return t("portfolio.allowed_at_least", low=t.value(low, unit))
        return t("portfolio.allowed_between", low=t.value(low, unit), high=t.value(high, unit))
    if problem.code == "range_excludes_value":
        return t("portfolio.allowed_range")
    if problem.code in ("missing_id", "duplicate_id"):
        return t("portfolio.allowed_id")
    return t("portfolio.allowed_number")


def _fault_file(read: Reading, t: Words) -> bytes:
    rows = [_cells(one, read, t) for one in read.problems]
    names = [t(f"portfolio.heading_{name}") for name in ("line", "column", "wrong", "allowed")]
    return written(dict(zip(names, zip(*rows, strict=True), strict=True)), ".csv", t.language)


def written(
    columns: Columns, suffix: str, language: Language, said: dict[str, str] | None = None
) -> bytes:
    """Return columns as the content of a file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"results{suffix}"
        write_columns(columns, path, language=language, said=said)
        return path.read_bytes()
