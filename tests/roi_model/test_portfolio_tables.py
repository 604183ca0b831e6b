import io
import math

import numpy as np
import pytest
from openpyxl import Workbook

from roi_model import ScenarioError
from roi_model import portfolio_tables as tables
from roi_model.portfolio_columns import matches_of
from roi_model.portfolio_files import portfolio_from, read_portfolio
from roi_model.portfolio_tables import read_table, table_from
from roi_model.templates import load_template

ADULTE_RELAIS = load_template("adulte_relais")


def portfolio_in(table):
    return portfolio_from(table, ADULTE_RELAIS, matches_of(table, ADULTE_RELAIS))


def workbook(*rows, **formats):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for cell, number_format in formats.items():
        book.active[cell].number_format = number_format
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_a_workbook():
    content = workbook(
        ["id", "state_aid", "deadweight (%)", "discount_rate"],
        [12.0, 4, 0.2, 0.03],
        [13, 5, 20, None],
        ["14", True, "20 %", "=1/30"],
        C2="0 %",
    )
    portfolio = portfolio_in(table_from(content, name="a.xlsx"))
    assert portfolio.ids.tolist() == ["12", "13"]
    assert portfolio.numbers["deadweight"].tolist() == [0.2, 0.2]
    assert [(one.line, one.where) for one in portfolio.problems] == [
        (4, "column state_aid"),
        (4, "column discount_rate"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Associations, en 2026;;\n\nid;state_aid;Note\na;1,5;x\n",
        "Associations 2026\nà jour\nid;state_aid;Note\na;1,5;x\n",
        'Associations 2026\nid,state_aid,Note\na,"1.5",x\n',
    ],
)
def test_a_title_above_the_headings_is_left_out(text):
    table = table_from(text.encode(), name="a.csv")
    assert table.headings == ("id", "state_aid", "Note")
    assert portfolio_in(table).numbers["state_aid"].tolist() == [1.5]
    assert portfolio_in(table).lines.tolist() == [len(text.splitlines())]


def test_a_title_above_the_headings_of_a_workbook_leaves_percentages_as_they_are():
    content = workbook(["Associations"], [], ["id", "deadweight (%)"], ["a", 0.2], B4="0 %")
    portfolio = portfolio_in(table_from(content, name="a.xlsx"))
    assert portfolio.numbers["deadweight"].tolist() == [0.2]
    assert portfolio.lines.tolist() == [4]


@pytest.mark.parametrize(
    "text", ["state_aid\n1,5\n2,5\n", "state_aid\n1;2\n", "state_aid\nTotal;2\n"]
)
def test_a_single_heading_above_numbers_is_no_title(text):
    assert table_from(text.encode(), name="a.csv").headings == ("state_aid",)


def test_headings_are_told_apart():
    text = "id;state_aid;Note;;Note\na;1;x;y;z\n"
    table = table_from(text.encode(), name="a.csv")
    assert table.headings == ("id", "state_aid", "Note", "#4", "#5 Note")
    labels = portfolio_in(table).labels
    assert {name: said.tolist() for name, said in labels.items()} == {
        "Note": ["x"],
        "#4": ["y"],
        "#5 Note": ["z"],
    }


def test_a_parquet_file(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    columns = {
        "id": ["a", "b", "c"],
        "state_aid": [1.5, 2.0, None],
        "quiet_nights.people": [1_000.0, None, math.nan],
        "damage.count": [1, 2, 3],
    }
    path = tmp_path / "table.parquet"
    parquet.write_table(pyarrow.table(columns), path)
    portfolio = read_portfolio(path, ADULTE_RELAIS)
    np.testing.assert_array_equal(portfolio.numbers["quiet_nights.people"], [1_000.0, math.nan])
    assert [(one.line, one.code) for one in portfolio.problems] == [(3, "missing_cost")]


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.csv", "file_without_rows"),
        (b"id,state_aid\n", "a.csv", "file_without_rows"),
        (b"id,state_aid\n1,2", "a.txt", "file_ending"),
        (b"nothing", "a.xlsx", "file_not_a_workbook"),
        (b"nothing", "a.parquet", "file_not_parquet"),
        (b'id,a\n1,"2\n', "a.csv", "file_not_csv"),
        (
            b",".join([b"x"] * 201) + b"\n" + b",".join([b"1"] * 201),
            "a.csv",
            "file_too_many_columns",
        ),
    ],
)
def test_files_that_cannot_be_read(content, name, code):
    with pytest.raises(ScenarioError) as refused:
        table_from(content, name=name)
    assert [one.code for one in refused.value.problems] == [code]


def test_limits(monkeypatch, tmp_path):
    monkeypatch.setattr(tables, "MOST_ROWS", 2)
    lines = b"id,state_aid\na,1\nb,2\n\n"
    assert len(table_from(lines, name="a.csv").rows) == 2
    with pytest.raises(ScenarioError, match="at most 2 rows"):
        table_from(lines + b"c,3\n", name="a.csv")
    monkeypatch.setattr(tables, "LARGEST_TABLE", 10)
    (tmp_path / "a.csv").write_bytes(lines)
    with pytest.raises(ScenarioError, match="at most 10 bytes"):
        read_table(tmp_path / "a.csv")
    with pytest.raises(ScenarioError, match="existing file"):
        read_table(tmp_path / "none.csv")
