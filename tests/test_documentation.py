"""What the documentation shows is what happens."""

import doctest
import re
import shlex
from pathlib import Path

import pytest

from roi_model.command_line import main

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
PAGES = sorted(ROOT.glob("docs/*.md"))


@pytest.mark.parametrize(
    "page", [page for page in PAGES if ">>>" in page.read_text("utf-8")], ids=lambda page: page.name
)
def test_every_example_gives_what_it_shows(page):
    found = doctest.testfile(
        str(page), module_relative=False, optionflags=doctest.IGNORE_EXCEPTION_DETAIL
    )
    assert found.attempted > 10
    assert found.failed == 0


def commands(page):
    """Return the commands that a page shows, one a line, without their remarks."""
    lines = re.findall(r"^    roi-model (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return [line.partition("  #")[0] for line in lines]


@pytest.fixture
def at_work(tmp_path, monkeypatch):
    """Go where the commands of the documentation find the files they name."""
    (tmp_path / "mine.yaml").write_text((DATA / "cases" / "promevil.yaml").read_text("utf-8"))
    map_of_values = "stakeholder,input,input_value,outcome,quantity,proxy,proxy_value,deadweight\n"
    map_of_values += "Town,Grant,60000,Fewer repairs,120,Cost of a repair,650,20%\n"
    (tmp_path / "map.csv").write_text(map_of_values)
    associations = (
        "id;Région;Postes aidés par l'État;Reste à la charge de l'employeur;"
        "Habitants soulagés du bruit\n001;Bretagne;4;36500;120\n002;Normandie;6;60000;250\n"
    )
    (tmp_path / "associations.csv").write_text(associations, "utf-8")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    "command", [command for page in PAGES for command in commands(page)], ids=str
)
@pytest.mark.usefixtures("at_work")
def test_every_command_runs(command, capsys):
    status = main(shlex.split(command))
    said = capsys.readouterr()
    # A check that finds something says so with a 1; what is at fault is a 2.
    assert status in ((0, 1) if command.startswith("check") else (0,)), said.err
    assert not said.err
