"""What fuzzing begins with: input of each kind as the program itself writes it."""

import base64
import io
import json
import re
import zlib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import openpyxl

from reports.workbook import workbook as written_workbook
from roi_model import Scenario, load_case
from roi_model.case_files import case_text
from roi_model.editing import edits_of, without
from roi_model.portfolio_files import table_to_fill
from roi_model.portfolio_tables import parquet_of
from roi_model.templates import load_template
from roi_model.value_map_files import value_map_content
from tests.fuzzing.shapes import archive_of, parts_of
from tests.reports.scenarios import DAY
from tests.roi_model.building import amount, case, case_data, cost, people_helped
from ui import link

PROMEVIL = load_case("promevil")
PACKED = re.compile(rb"<t>(eN[A-Za-z0-9+/=]+)</t>")
"""The case in a workbook, among its texts."""


@lru_cache(maxsize=1)
def small() -> Scenario:
    """Return a scenario of two outcomes and one cost: most of a file is then what is changed."""
    return case(
        outcomes=[
            people_helped("quiet", 100, 20, deadweight=0.25, benefit_period=2),
            amount("harm", -50, basis="estimated"),
        ],
        costs=[cost("aid", 1_000)],
        discount_rate=0.03,
    )


def queries() -> Iterator[bytes]:
    """Yield addresses: numbers and choices, another case, edits, and what cannot be had."""
    changes = {"quiet_nights.people": 1_200.0, "lines": "itemised", "deadweight": 0.5}
    for changed in (PROMEVIL.with_changes(changes), without(PROMEVIL, "quiet_nights")):
        address = link.address_of(PROMEVIL, edits_of(PROMEVIL, changed), "fr", 13.47)
        yield urlencode(address or {}).encode()
    yield b"v=1&lang=en&case=adulte_relais&ratio=nan&step=3&nothing=1&state_aid=abc"


def edits() -> Iterator[bytes]:
    """Yield edits as they are before they are packed."""
    for changed in (without(PROMEVIL, "quiet_nights"), small()):
        yield edits_of(PROMEVIL, changed).model_dump_json(exclude_defaults=True).encode()


def bodies(**more: Any) -> Iterator[bytes]:
    """Yield what the interface is asked, of a case by its name and of a whole one."""
    changes = {"quiet_nights.people": 2_000, "lines": "itemised"}
    yield json.dumps({"case": "promevil", "changes": changes, **more}).encode()
    yield json.dumps({"case": json.loads(case_text(small(), ".json")), **more}).encode()


def cases_yaml() -> Iterator[bytes]:
    """Yield case files in YAML."""
    yield case_text(small(), ".yaml").encode()
    yield b"a: &a [1]\nb: {<<: {c: *a}}\n? [x]\n: !!binary aGk=\nd: 2020-01-01\ne: .nan\n"


def cases_json() -> Iterator[bytes]:
    """Yield case files in JSON: a small one, and a shipped one with derived numbers."""
    yield json.dumps(case_data(outcomes=[amount("sum", 5)], costs=[cost("aid", 1)])).encode()
    yield case_text(PROMEVIL, ".json").encode()


def value_maps_csv() -> Iterator[bytes]:
    """Yield value maps, with either mark before decimals."""
    content = value_map_content(small(), suffix=".csv", lossy=True)
    yield content
    yield content.replace(b",", b";").replace(b".", b",")
    yield b"sep=;\nstakeholder;outcome;quantity;proxy_value\nA;=1+1;1 200;'-3,5\n"


def value_maps_xlsx() -> Iterator[bytes]:
    """Yield value maps as workbooks, one with a formula, a date and an error in it."""
    content = value_map_content(small(), suffix=".xlsx", lossy=True)
    yield content
    book = openpyxl.load_workbook(io.BytesIO(content))
    book.worksheets[0].append(["A", "=1+1", DAY, "#DIV/0!", True, 1e300])
    changed = io.BytesIO()
    book.save(changed)
    yield changed.getvalue()


@lru_cache(maxsize=1)
def _workbook() -> bytes:
    return written_workbook(small(), language="fr", today=DAY)


def workbooks() -> Iterator[bytes]:
    """Yield a workbook of a scenario."""
    yield archive_of(parts_of(_workbook()))


def workbook_cases() -> Iterator[bytes]:
    """Yield what a workbook carries: its case, and what its options are called."""
    (packed,) = PACKED.findall(dict(parts_of(_workbook()))["xl/sharedStrings.xml"])
    yield zlib.decompress(base64.b64decode(packed))


def workbook_holding(carried: bytes) -> bytes:
    """Return that workbook with something else in the place of what it carries."""
    packed = b"<t>" + base64.b64encode(zlib.compress(carried, 1)) + b"</t>"
    return archive_of([(name, PACKED.sub(packed, part)) for name, part in parts_of(_workbook())])


def portfolios_csv() -> Iterator[bytes]:
    """Yield tables of associations as people make them."""
    template = load_template("adulte_relais")
    yield table_to_fill(template)
    filled = "id;Postes;Coût par poste (k€);part %\na;1 200,5;3;20 %\nb;n.d.;-;1,234\na;=1;x\n"
    yield filled.encode()
    yield filled.encode("cp1252").replace(b";", b"\t")


def portfolios_xlsx() -> Iterator[bytes]:
    """Yield a table to fill in."""
    yield table_to_fill(load_template("adulte_relais"), suffix=".xlsx")


def portfolios_parquet() -> Iterator[bytes]:
    """Yield a small table."""
    columns = {"id": ["a", "b"], "posts": [1.0, None], "note": ["é", ""]}
    yield parquet_of(columns, {}, "a.parquet")
