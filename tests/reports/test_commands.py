"""The commands that write documents: each ending, both languages, and failures in one line."""

import sys
from pathlib import Path

import pytest

from roi_model import load_case
from roi_model.command_line import main
from tests.reports.scenarios import LOGO, PROMEVIL

ON_A_DAY = ("--date", "2026-11-24")


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    """Return a function that runs a command in an empty folder: its status and messages."""
    monkeypatch.chdir(tmp_path)

    def run_with(*arguments):
        status = main(arguments)
        said = capsys.readouterr()
        assert said.out == ""
        return status, said.err

    return run_with


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("suffix", ["csv", "json", "pdf", "pptx", "xlsx", "yaml", "yml", "zip"])
def test_export_writes_what_the_ending_says(run, suffix, language):
    name = f"case.{suffix}"
    assert run("export", "promevil", "-o", name, "--language", language) == (0, "")
    assert Path(name).stat().st_size > 1_000
    assert [one.name for one in Path().iterdir()] == [name]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_report_writes_the_brief(run, language):
    Path("logo.svg").write_bytes(LOGO)
    given = ("--association", "Les médiateurs", "--logo", "logo.svg", "--language", language)
    assert run("report", "promevil", "-o", "brief.pdf", *given) == (0, "")
    assert Path("brief.pdf").read_bytes().startswith(b"%PDF-")


def test_the_same_day_gives_the_same_bytes(run):
    for name in ("one.zip", "other.zip"):
        run("export", "promevil", "-o", name, *ON_A_DAY)
    assert Path("one.zip").read_bytes() == Path("other.zip").read_bytes()


def test_settings_and_numbers_are_set_as_for_other_commands(run):
    changes = ("--set", "quiet_nights.people=2000", "--perspective", "society")
    assert run("export", "promevil", "-o", "mine.yaml", *changes, "--timing", "mid") == (0, "")
    assert load_case("mine.yaml") == PROMEVIL.with_changes(
        {"quiet_nights.people": 2000.0, "perspective": "society", "timing": "mid"}
    )


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("target", ["mine.yaml", "mine.json"])
def test_a_workbook_comes_back_as_the_scenario_it_was(run, target, language):
    run("export", "promevil", "-o", "case.xlsx", "--language", language)
    assert run("import", "case.xlsx", "-o", target) == (0, "")
    assert load_case(target) == PROMEVIL


class TestFailures:
    def refused(self, run, *arguments):
        before = {one: one.stat().st_mtime_ns for one in Path().rglob("*")}
        status, said = run(*arguments)
        assert status == 2
        assert len(said.splitlines()) == 1
        assert "Traceback" not in said
        assert {one: one.stat().st_mtime_ns for one in Path().rglob("*")} == before
        return said

    @pytest.mark.parametrize("name", ["case.docx", "case", "case.svg"])
    def test_an_unknown_ending_says_which_are_known(self, run, name):
        said = self.refused(run, "export", "promevil", "-o", name)
        assert said.startswith(f"{name}: must end in .csv, .json, .pdf, .pptx, .xlsx, .yaml")

    def test_a_report_is_a_pdf(self, run):
        assert "must end in .pdf" in self.refused(run, "report", "promevil", "-o", "brief.docx")

    def test_a_place_that_cannot_be_written(self, run):
        said = self.refused(run, "export", "promevil", "-o", "nowhere/case.yaml")
        assert said.startswith("case.yaml: must be a file that can be written: No such file")

    def test_a_folder_is_no_place_for_a_file(self, run):
        Path("case.yaml").mkdir()
        assert "must be a file" in self.refused(run, "export", "promevil", "-o", "case.yaml")

    def test_a_logo_that_is_not_there_or_is_no_image(self, run):
        Path("logo.png").write_bytes(b"nothing")
        Path("large.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(6_000_000))
        report = ("report", "promevil", "-o", "brief.pdf", "--logo")
        assert self.refused(run, *report, "none.png").startswith("none.png: must be an existing")
        assert self.refused(run, *report, "logo.png").startswith("logo: must be a PNG, a JPEG")
        assert self.refused(run, *report, "large.png").startswith("large.png: must be at most")

    def test_what_stood_there_stays_when_a_document_cannot_be_made(self, run):
        Path("brief.pdf").write_bytes(b"the brief of yesterday")
        self.refused(run, "report", "promevil", "-o", "brief.pdf", "--association", "x" * 200)
        assert Path("brief.pdf").read_bytes() == b"the brief of yesterday"

    def test_a_change_that_the_case_does_not_allow(self, run):
        said = self.refused(run, "export", "promevil", "-o", "a.zip", "--set", "state_aid=-1")
        assert said.startswith("state_aid: ")

    def test_what_is_no_workbook(self, run):
        Path("case.xlsx").write_bytes(b"nothing")
        self.refused(run, "import", "case.xlsx", "-o", "case.yaml")
        self.refused(run, "import", "none.xlsx", "-o", "case.yaml")
        Path("case.ods").write_bytes(b"nothing")
        assert "must end in .xlsx" in self.refused(run, "import", "case.ods", "-o", "case.yaml")

    def test_a_workbook_is_imported_as_a_case_file(self, run):
        Path("case.xlsx").write_bytes(b"nothing")
        said = self.refused(run, "import", "case.xlsx", "-o", "case.csv")
        assert "must end in .yaml, .yml, .json" in said

    @pytest.mark.parametrize(
        "command",
        [
            ("report", "promevil", "-o", "brief.pdf"),
            ("export", "promevil", "-o", "case.zip"),
            ("import", "case.xlsx", "-o", "case.yaml"),
            ("portfolio-report", "t.csv", "--template", "adulte_relais", "-o", "p.pdf"),
        ],
        ids=lambda command: command[0],
    )
    def test_the_model_installed_alone_says_what_documents_need(self, run, monkeypatch, command):
        monkeypatch.setitem(sys.modules, "reports", None)  # Python's way to say: not installed
        said = self.refused(run, *command)
        assert said.startswith(f"{command[0]}: documents need a checkout of the whole project")


def test_a_link_to_a_file_is_followed_and_not_replaced(run):
    Path("real.yaml").write_text("")
    Path("link.yaml").symlink_to("real.yaml")
    assert run("export", "promevil", "-o", "link.yaml") == (0, "")
    assert Path("link.yaml").is_symlink()
    assert load_case("real.yaml") == PROMEVIL
