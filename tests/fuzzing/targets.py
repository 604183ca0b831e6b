"""The ways in: what is tried of each, what fuzzing begins with, and what it is made of."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from roi_model.scenario import Scenario
from roi_model.value_map_files import COLUMNS
from tests.fuzzing import promises, seeds, shapes

CASE_WORDS = (
    *Scenario.model_fields,
    *("value", "unit", "low", "high", "provenance", "source", "derivation", "rule", "quotient"),
    *("remainder", "kept", "distribution", "kind", "factors", "year", "evidence", "fr", "en"),
)
XML_WORDS = ("<row", "<c r=", "<v>", "<f>", 't="s"', 't="str"', 't="e"', "<!DOCTYPE", "definedName")


@dataclass(frozen=True, kw_only=True)
class Target:
    """One way in."""

    tried: Callable[[bytes], None]
    """Raises where the promise is broken."""
    seeds: Callable[[], Iterable[bytes]]
    shape: shapes.Shape | None = None
    words: tuple[str, ...] = ()
    longest: int = 60_000
    """Bytes of an input."""


TARGETS = {
    "link": Target(
        tried=promises.query,
        seeds=seeds.queries,
        words=("edits=1", "&", "case="),
        longest=4_000,
    ),
    "edits": Target(tried=promises.edits, seeds=seeds.edits, shape=shapes.data),
    "evaluate": Target(tried=promises.evaluation, seeds=seeds.bodies, shape=shapes.data),
    "simulate": Target(
        tried=promises.simulation,
        seeds=partial(seeds.bodies, draws=128, seed=1, method="sobol", targets=[1.0], level=0.9),
        shape=shapes.data,
    ),
    "report": Target(
        tried=promises.report,
        seeds=partial(seeds.bodies, language="fr", association="A <b>"),
        shape=shapes.data,
    ),
    "case_yaml": Target(tried=promises.case_yaml, seeds=seeds.cases_yaml, words=CASE_WORDS),
    "case_json": Target(tried=promises.case_json, seeds=seeds.cases_json, shape=shapes.data),
    "value_map_csv": Target(
        tried=promises.value_map_csv, seeds=seeds.value_maps_csv, words=COLUMNS
    ),
    "value_map_xlsx": Target(
        tried=promises.value_map_xlsx,
        seeds=seeds.value_maps_xlsx,
        shape=shapes.archive,
        words=XML_WORDS,
    ),
    "workbook": Target(
        tried=promises.workbook,
        seeds=seeds.workbooks,
        shape=shapes.archive,
        words=XML_WORDS,
    ),
    "workbook_case": Target(
        tried=promises.workbook_case, seeds=seeds.workbook_cases, shape=shapes.data
    ),
    "portfolio_csv": Target(
        tried=promises.portfolio("a.csv"),
        seeds=seeds.portfolios_csv,
    ),
    "portfolio_xlsx": Target(
        tried=promises.portfolio("a.xlsx"),
        seeds=seeds.portfolios_xlsx,
        shape=shapes.archive,
        words=XML_WORDS,
    ),
    "portfolio_parquet": Target(
        tried=promises.portfolio("a.parquet"),
        seeds=seeds.portfolios_parquet,
    ),
}
