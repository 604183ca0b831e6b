"""Small input that stands for large one: what chance does not find in a few seconds."""

import io
import json
import resource
import time
from contextlib import contextmanager

import pyarrow
import pytest
from pyarrow import parquet

from roi_model import ScenarioError, portfolio_tables
from roi_model.portfolio_tables import table_from
from tests.fuzzing.promises import answers
from tests.fuzzing.seeds import portfolios_xlsx
from tests.fuzzing.shapes import archive_of, parts_of


@contextmanager
def in_little(*, seconds: float = 5, megabytes: float = 500):
    """Check that what is done takes no longer than that, and adds no more to what is held."""
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.process_time()
    yield
    assert time.process_time() - begun < seconds
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held < 1_000 * megabytes


def file_of(column: pyarrow.Array) -> bytes:
    content = io.BytesIO()
    table = pyarrow.table({"id": pyarrow.array(range(len(column))), "a": column})
    parquet.write_table(table, content, compression="zstd")
    return content.getvalue()


def said_once(value: object, kind: pyarrow.DataType, rows: int) -> pyarrow.Array:
    """Return a column of one value, which stands in the file once."""
    index = pyarrow.array([0] * rows, pyarrow.int32())
    return pyarrow.DictionaryArray.from_arrays(index, pyarrow.array([value], kind))


@pytest.mark.parametrize(
    ("column", "code"),
    [
        (said_once("x" * 50_000, pyarrow.string(), 100_000), "file_too_large"),
        (said_once(b"x" * 50_000, pyarrow.binary(50_000), 1_000), "file_not_parquet"),
        (pyarrow.array([[None] * 10_000] * 100, pyarrow.list_(pyarrow.int8())), "file_not_parquet"),
    ],
    ids=["texts", "bytes", "lists"],
)
def test_a_value_said_once_for_all_rows_of_parquet(column, code):
    content = file_of(column)
    assert len(content) < 500_000
    with in_little(), pytest.raises(ScenarioError) as error:
        table_from(content, name="a.parquet")
    assert error.value.problems[0].code == code


def test_texts_of_parquet_are_read_as_they_are():
    column = pyarrow.array(["é", None, "é"]).dictionary_encode()
    assert table_from(file_of(column), name="a.parquet").column(1) == ["é", None, "é"]


def test_blank_rows_of_a_workbook(monkeypatch):
    monkeypatch.setattr(portfolio_tables, "MOST_LINES", 1_000)
    (content,) = portfolios_xlsx()
    parts = [
        (name, part.replace(b"</sheetData>", b"<row/>" * 2_000 + b"</sheetData>"))
        for name, part in parts_of(content)
    ]
    with pytest.raises(ScenarioError) as error:
        table_from(archive_of(parts), name="a.xlsx")
    assert error.value.problems[0].code == "file_too_many_rows"


def test_a_body_of_which_each_value_has_many_faults():
    body = json.dumps({"case": {"outcomes": [{"factors": [{}] * 400_000}]}}).encode()
    with in_little():
        answers("/evaluate", body)
