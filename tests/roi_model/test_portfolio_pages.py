import io
import struct

import pytest

from roi_model import ScenarioError, portfolio_pages
from roi_model.portfolio_pages import unpacked_size
from roi_model.portfolio_tables import table_from

pyarrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

COLUMNS = {
    "id": [f"association {row}" for row in range(2_000)],
    "state_aid": [float(row) for row in range(2_000)],
    "people": [row % 7 if row % 5 else None for row in range(2_000)],
}


def written(columns=COLUMNS, **stated):
    content = io.BytesIO()
    parquet.write_table(pyarrow.table(columns), content, **stated)
    return content.getvalue()


def metadata_of(content):
    return parquet.ParquetFile(io.BytesIO(content)).metadata


@pytest.mark.parametrize(
    "stated",
    [
        {},
        {"compression": "none", "data_page_size": 500, "write_statistics": True},
        {"compression": "gzip", "data_page_version": "2.0", "row_group_size": 300},
        {"compression": "zstd", "use_dictionary": False, "write_page_checksum": True},
    ],
)
def test_pages_unpack_to_what_an_honest_file_says_they_do(stated):
    content = written(**stated)
    metadata = metadata_of(content)
    groups, columns = range(metadata.num_row_groups), range(metadata.num_columns)
    said = [
        metadata.row_group(group).column(at).total_uncompressed_size
        for group in groups
        for at in columns
    ]
    # Metadata count headers of pages too: some tens of bytes each, statistics more.
    assert 0.5 * sum(said) < unpacked_size(content, metadata) < sum(said)
    assert len(table_from(content, name="a.parquet").rows) == 2_000


def varint(number):
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


def test_a_page_that_unpacks_to_far_more_than_metadata_say_is_not_unpacked():
    # One text of 150 million letters, of some thousand bytes once packed; then its size in the
    # metadata at the end, and there alone, is changed to one as long to write: 150 000 000 is
    # 4 groups of 7 bits from 2 ** 27 on, as is 134 217 728.
    content = written({"id": ["x" * 150_000_000], "state_aid": [1.0]}, compression="zstd")
    (length,) = struct.unpack("<I", content[-8:-4])
    body, end = content[: -8 - length], content[-8 - length :]
    column = metadata_of(content).row_group(0).column(0)
    said = varint(2 * column.total_uncompressed_size)
    assert end.count(said) >= 1
    lying = body + end.replace(said, varint(2 * 2**27)[: len(said)])
    assert metadata_of(lying).row_group(0).column(0).total_uncompressed_size == 2**27
    assert unpacked_size(lying, metadata_of(lying)) > 150_000_000
    with pytest.raises(ScenarioError, match="once unpacked"):
        table_from(lying, name="a.parquet")


def test_texts_stated_by_their_differences_are_refused():
    content = written(
        use_dictionary=False, column_encoding={"id": "DELTA_BYTE_ARRAY", "state_aid": "PLAIN"}
    )
    with pytest.raises(ScenarioError, match="DELTA_BYTE_ARRAY"):
        table_from(content, name="a.parquet")


def test_headers_are_not_read_for_ever(monkeypatch):
    content = written()
    assert table_from(content, name="a.parquet").rows
    monkeypatch.setattr(portfolio_pages, "MOST_STEPS", 50)
    with pytest.raises(ScenarioError, match="so many"):
        table_from(content, name="a.parquet")


def test_headers_that_cannot_be_read_are_refused():
    content = written(compression="none")
    start = metadata_of(content).row_group(0).column(0).dictionary_page_offset
    for wrong in (b"\xff" * 16, b"\x15\x00\x15\x01\x15\x01\x00"):
        broken = content[:start] + wrong + content[start + len(wrong) :]
        with pytest.raises(ScenarioError, match="must be a Parquet file"):
            table_from(broken, name="a.parquet")
