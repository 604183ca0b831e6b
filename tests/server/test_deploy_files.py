"""The files to deploy, before the judges that those who use them run: each also sees a fault."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ui.reading_code import ROOT

DEPLOY = ROOT / "deploy"
PROGRAMS = Path(sys.executable).parent
MOST_EXPOSED = 20
"""Of 100, as systemd counts what a service may do that it need not."""
JUDGES = {
    "hadolint": ("hadolint", "--failure-threshold", "style"),
    "kubernetes": ("kubernetes-validate", "--strict", "--quiet"),
    "compose": ("check-jsonschema", "--builtin-schema", "vendor.compose-spec"),
    "unit": ("systemd-analyze", "verify"),
    "exposure": ("systemd-analyze", "security", "--offline=yes", f"--threshold={MOST_EXPOSED}"),
}
JUDGED = [
    ("hadolint", "Dockerfile", ":3.11-slim-bookworm", ":latest"),
    ("kubernetes", "kubernetes/configuration.yaml", "kind: ConfigMap", "kind: Config"),
    ("kubernetes", "kubernetes/network.yaml", "pathType: Prefix", "path_type: Prefix"),
    ("kubernetes", "kubernetes/server.yaml", "replicas: 2", "replicas: two"),
    ("compose", "compose.yaml", "restart:", "restrat:"),
    ("unit", "roi-server.service", "Restart=on-failure", "Restart=perhaps"),
    ("exposure", "roi-server.service", "CapabilityBoundingSet=\n", ""),
]


def judged(judge: str, file: Path) -> str:
    """Return what is said against a file; nothing where it is good."""
    program, *options = JUDGES[judge]
    found = shutil.which(program, path=f"{PROGRAMS}:/usr/bin:/bin")
    if found is None:
        pytest.skip(f"{program} is not made for this machine, or not installed")
    done = subprocess.run(
        [found, *options, file], capture_output=True, text=True, check=False, timeout=60
    )
    said = done.stdout + done.stderr
    # Of these two a warning is a fault: they leave out what they do not know, and are content.
    is_good = not done.returncode and not (said and judge in ("kubernetes", "unit"))
    return "" if is_good else said or "refused"


@pytest.mark.parametrize(("judge", "name", "good", "bad"), JUDGED)
def test_are_good_and_a_fault_in_them_is_seen(judge, name, good, bad, tmp_path):
    text = (DEPLOY / name).read_text("utf-8")
    # The program of the unit is where it is to be installed, not here.
    text = re.sub(r"(?<=^ExecStart=)\S+", sys.executable, text, flags=re.MULTILINE)
    file = tmp_path / Path(name).name
    file.write_text(text)
    assert judged(judge, file) == ""
    assert good in text
    file.write_text(text.replace(good, bad))
    assert judged(judge, file)


def test_none_is_left_out():
    """But nginx.conf and Procfile, which other tests run, and what is not read by a program."""
    others = {"nginx.conf", "Procfile", "Dockerfile.dockerignore", "compose.env.example"}
    there = {str(one.relative_to(DEPLOY)) for one in DEPLOY.rglob("*") if one.is_file()}
    assert there == {name for _, name, *_ in JUDGED} | others
