"""What the README and the layout of the house promise."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import roi_model

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_python_of_the_readme_gives_what_it_says():
    (code,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    names = {}
    shown = []
    for line in code.splitlines():
        statement, _, said = line.partition("  #")
        if said:
            value = eval(statement, names)
            shown.append((str(value), said.strip().rstrip("…")))
        else:
            exec(statement, names)
    assert len(shown) == 2
    for value, said in shown:
        assert value.startswith(said)


def test_the_command_line_of_the_readme_runs():
    (command,) = re.findall(r"^    python (-m roi_model .*)$", README, flags=re.MULTILINE)
    run = subprocess.run(
        [sys.executable, *command.split()], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert '"ratio": 5.66' in run.stdout


def test_the_files_that_the_readme_links_exist():
    linked = re.findall(r"\]\((?!http)([^)]+)\)", README)
    assert "docs/first-page.png" in linked
    assert [name for name in linked if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize("unwanted", ["streamlit", "plotly", "babel", "pandas"])
def test_the_model_alone_does_not_load(unwanted):
    code = f"import roi_model, sys; sys.exit({unwanted!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_the_changelog_speaks_of_this_version():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert roi_model.__version__ in changelog
