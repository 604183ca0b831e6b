import argparse
import csv

import pytest

from roi_model import ScenarioError
from roi_model.portfolio_command import add_to
from roi_model.portfolio_tables import table_from


def run(*arguments):
    """Run a command as the command line does."""
    parser = argparse.ArgumentParser()
    add_to(parser.add_subparsers(required=True))
    options = parser.parse_args([str(one) for one in arguments])
    return options.run(options)


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("id;Postes aidés par l'État;Remarque\na;2;x\nb;-1;y\nc;3,5;z\n", "utf-8")
    return path


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_good_rows_are_written_and_faulty_ones_listed(table, tmp_path, capsys):
    output = tmp_path / "results.csv"
    more = ("--draws", 128, "--seed", 3, "--progress", "--between-rows", "state_aid=0.5")
    status = run("portfolio", table, "--template", "adulte_relais", "-o", output, *more)
    said = capsys.readouterr()
    assert status == 1
    assert [row["id"] for row in rows_of(output)] == ["a", "c"]
    assert float(rows_of(output)[0]["costs"]) == 2 * 22_810
    (fault,) = rows_of(tmp_path / "results.faults.csv")
    assert (fault["line"], fault["received"]) == ("3", "-1.0")
    assert "100% of 2 rows" in said.err
    assert "line 3, column Postes aidés par l'État: must be a number from 0" in said.err
    assert "Postes aidés par l'État: state_aid (label)" in said.out
    assert "2 rows, 128 draws, seed 3, society" in said.out


def test_a_file_is_in_the_language_asked_for(table, tmp_path):
    output = tmp_path / "results.csv"
    more = ("--draws", 128, "--language", "fr", "--perspective", "public_finances")
    run("portfolio", table, "--template", "adulte_relais", "-o", output, *more)
    headings, first, _ = output.read_text("utf-8-sig").splitlines()
    assert headings.startswith("Identifiant;Ligne du fichier;Remarque;Ratio (gains ÷ coûts);")
    costs = headings.split(";").index("Coûts, valeur actuelle (EUR)")
    assert first.split(";")[costs] == "45620,0"


def test_the_rows_to_keep_are_chosen_by_what_a_column_says(table, tmp_path):
    table.write_text("id;state_aid;a;a=b\n1;2;b=c;d\n2;3;x;c\n3;4;;c\n", "utf-8")
    output = tmp_path / "results.csv"
    given = ("--template", "adulte_relais", "-o", output, "--draws", 128)
    for keep, ids in (
        ("--keep=a=b=c", ["1"]),
        ("--keep=a=b=d", ["1"]),
        ("--keep=a=", ["3"]),
    ):
        assert run("portfolio", table, *given, keep) == 0
        assert [row["id"] for row in rows_of(output)] == ids
    assert run("portfolio", table, *given, "--keep=a=x", "--keep=a=") == 0
    assert [row["id"] for row in rows_of(output)] == ["2", "3"]


@pytest.mark.parametrize(("suffix", "heading"), [(".csv", "Groupe"), (".parquet", "group")])
def test_results_by_group_are_written_beside(table, tmp_path, suffix, heading):
    pytest.importorskip("pyarrow")
    text = "id;state_aid;Région;Type\n1;2;Bretagne;x\n2;3;Bretagne;y\n3;4;Normandie;x\n"
    table.write_text(text, "utf-8")
    output = tmp_path / f"results{suffix}"
    given = ("--template", "adulte_relais", "-o", output, "--draws", 128, "--language", "fr")
    assert run("portfolio", table, *given, "--group", "Région", "--group=Type") == 0
    found = table_from((tmp_path / f"results.groups{suffix}").read_bytes(), name=f"a{suffix}")
    at = found.headings.index(heading)
    assert found.column(at) == ["Bretagne", "Normandie", "x", "y"]
    assert [str(one) for one in found.column(at + 1)] == ["2", "1", "2", "1"]
    output.unlink()
    (tmp_path / f"results.groups{suffix}").unlink()
    assert run("portfolio", table, *given) == 0
    assert not (tmp_path / f"results.groups{suffix}").exists()


def test_nothing_is_said_on_stderr_where_nothing_is_wrong(table, tmp_path, capsys):
    table.write_text("id,posts,Remarque\na,2,x\n")
    output = tmp_path / "results.parquet"
    pytest.importorskip("pyarrow")
    given = (
        "--column",
        "posts=state_aid",
        "--column",
        "Remarque=",
        "--perspective",
        "funder-state",
    )
    status = run(
        "portfolio", table, "--template", "adulte_relais", "-o", output, "--draws", 128, *given
    )
    assert status == 0
    assert not capsys.readouterr().err
    assert output.exists()
    assert not (tmp_path / "results.faults.csv").exists()


@pytest.mark.parametrize(
    ("more", "where"),
    [
        (("--draws", 1), "--draws"),
        (("--perspective", "nobody"), "perspective"),
        (("--between-rows", "state_aid=a"), "--between-rows"),
        (("--between-rows", "2"), "--between-rows"),
        (("--column", "nothing"), "--column"),
        (("--column", "nothing=id"), "column nothing"),
        (("--keep", "Remarque"), "--keep"),
        (("--keep", "Remarque=nowhere"), "--keep"),
        (("--keep", "Remarque=x", "--keep", "nothing=x"), "--keep"),
        (("--group", "nothing"), "--group"),
        (("--template", "nowhere"), "nowhere"),
        (("-o", "results.txt"), "results.txt"),
        (("-o", "/nowhere/results.csv"), "--output"),
        (("--scheduler", "nothing at all"), "--scheduler"),
    ],
)
def test_what_is_wrong_with_the_options_is_said(table, tmp_path, more, where):
    options = ("--template", "adulte_relais", "-o", tmp_path / "r.csv", "--draws", 128, *more)
    with pytest.raises(ScenarioError) as refused:
        run("portfolio", table, *options)
    assert refused.value.problems[0].where == where


def test_a_table_to_fill_in_is_written(tmp_path, capsys):
    path = tmp_path / "table.csv"
    assert run("portfolio-table", "--template", "own_case", "-o", path) == 0
    assert path.read_text("utf-8-sig").startswith("id;Nom;")
    case = tmp_path / "table.xlsx"
    assert run("portfolio-table", "--template", "promevil", "-o", case) == 0
    assert not capsys.readouterr().err
