"""The Dockerfile's own commands build something that runs, alone and without rights."""

import json
import shutil
import subprocess
import sys
from contextlib import contextmanager

import pytest

from tests.server.asking import ask, free_port, is_alive
from tests.server.building_image import instructions
from tests.server.databases import wait_until
from tests.server.test_operations import DOCKERFILE, ROOT, may_mount

OWN = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]


@contextmanager
def container(place):
    """Build the image and run it; give its address, and what runs a command in it."""
    port = str(free_port())
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [*OWN, sys.executable, "-m", "tests.server.building_image", place, port],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def do(command: str) -> tuple[int, str]:
        process.stdin.write(command + "\n")
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())
        return answer["status"], answer["said"]

    try:
        wait_until(lambda: process.poll() is not None or is_alive(address), 300)
        assert process.poll() is None, "it was not built, or ended"
        yield address, do
    finally:
        process.stdin.close()
        process.wait(timeout=30)
        process.stdout.close()


def is_an_overlay_allowed(place) -> bool:
    layers = f"lowerdir=/,upperdir={place}/changes,workdir={place}/work"
    mount = f"mount -t tmpfs tmpfs {place} && mkdir -p {place}/changes {place}/work {place}/root"
    attempt = f"{mount} && mount -t overlay overlay -o {layers} {place}/root"
    done = subprocess.run([*OWN, "sh", "-c", attempt], check=False, stderr=subprocess.DEVNULL)
    return not done.returncode


def test_what_the_dockerfile_says_is_built_and_runs(tmp_path):
    if not may_mount() or shutil.which("chroot") is None or not is_an_overlay_allowed(tmp_path):
        pytest.skip("this user may not mount an overlay of the disk")
    with container(tmp_path) as (address, do):
        assert do("check") == (0, "")
        assert do("id -u")[1].strip() == "10001"
        assert ask(f"{address}/readyz").json == {"model": "ok", "database": "ok"}
        assert ask(f"{address}/", headers={"host": "localhost"}).status == 200
        body = b'{"case": "promevil", "language": "en"}'
        kind = {"content-type": "application/json"}
        brief = ask(f"{address}/api/v1/report", method="POST", headers=kind, body=body)
        assert brief.body.startswith(b"%PDF-")
        for place in ("/app", "/opt/venv", "/etc", "/app/data"):
            status, said = do(f"touch {place}/written")
            assert status, place
            assert "written" in said
        assert do("touch /data/written /tmp/written")[0] == 0
        assert do("python -c 'import pytest'")[0] == 1  # nothing that only tests need
        assert do(f"ls {ROOT}/server")[0] != 0  # nothing but what was copied


def test_every_instruction_is_read():
    names = [name for name, _ in instructions(DOCKERFILE)]
    assert names.count("FROM") == 2
    assert names[-1] == "CMD"
    assert instructions("# a\nRUN b \\\n    && c\n") == [("RUN", "b && c")]
