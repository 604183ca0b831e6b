"""The model installs alone, with its data and its command, and starts cheaply."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

import roi_model

ROOT = Path(__file__).resolve().parents[1]
HEAVY = ("scipy", "pyxirr", "openpyxl", "pandas", "streamlit")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    _pip("wheel", str(ROOT), "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder))
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    folder = tmp_path_factory.mktemp("installed")
    _pip("install", str(wheel), "--no-deps", "--no-compile", "--target", str(folder))
    return folder


def _pip(*arguments):
    quiet = ["--quiet", "--disable-pip-version-check", "--no-index"]
    subprocess.run([sys.executable, "-m", "pip", *arguments, *quiet], check=True)


def _run(installed, folder, *command):
    """Run a command with the installed package, far from the checkout."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_wheel_holds_the_model_and_its_data(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    modules = {f"roi_model/{path.name}" for path in (ROOT / "roi_model").glob("*.py")}
    data = {
        f"roi_model/{path.relative_to(ROOT).as_posix()}"
        for path in (ROOT / "data").rglob("*")
        if path.is_file()
    }
    assert modules | data | {"roi_model/py.typed"} == {
        name for name in names if ".dist-info/" not in name
    }


def test_the_installed_module_evaluates_the_shipped_case(installed, tmp_path):
    run = _run(installed, tmp_path, "-m", "roi_model", "evaluate", "promevil", "--format", "json")
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["ratio"] == pytest.approx(20_200_000 / 1_500_000)


def test_the_installed_command_exits_with_the_status_of_main(installed, tmp_path):
    command = str(installed / "bin" / "roi-model")
    assert _run(installed, tmp_path, command, "evaluate", "promevil").returncode == 0
    refused = _run(installed, tmp_path, command, "evaluate", "nowhere")
    assert refused.returncode == 2
    assert "nowhere" in refused.stderr


def test_the_installed_model_reads_its_own_data(installed, tmp_path):
    code = "import roi_model.reference_data as data; print(data.DATA)"
    assert _run(installed, tmp_path, "-c", code).stdout.strip() == str(
        installed / "roi_model" / "data"
    )


def test_the_command_loads_no_screen(installed, tmp_path):
    code = (
        "import sys; from roi_model.command_line import main; "
        "main(['evaluate', 'promevil']); sys.exit('streamlit' in sys.modules)"
    )
    assert _run(installed, tmp_path, "-c", code).returncode == 0


@pytest.mark.parametrize("action", ["", "roi_model.evaluate(roi_model.load_case('promevil'))"])
def test_to_import_and_to_evaluate_are_cheap(installed, tmp_path, action):
    code = f"import sys, roi_model; {action or 0}; print(set({HEAVY}) & set(sys.modules))"
    run = _run(installed, tmp_path, "-c", code)
    assert run.stdout.strip() == "set()", run.stderr


def test_every_public_name_can_be_asked_for():
    assert sorted(roi_model.__all__) == roi_model.__all__
    assert set(roi_model.__all__) <= set(dir(roi_model))
    for name in roi_model.__all__:
        assert getattr(roi_model, name).__module__.startswith("roi_model.")


def test_a_public_name_is_never_that_of_a_module():
    # Importing the module would put it in the place of the function.
    modules = {path.stem for path in (ROOT / "roi_model").glob("*.py")}
    assert set(roi_model.__all__) & modules == set()


def test_the_names_imported_on_request_are_known_to_type_checkers():
    assert set(roi_model._ON_REQUEST) <= set(roi_model.__all__)


def test_a_name_that_does_not_exist_is_refused():
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = roi_model.nothing


def test_the_citation_is_of_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert citation["version"] == roi_model.__version__
    assert citation["license"] == "MIT"
    assert citation["authors"] == [{"name": "The roi_model authors"}]
