"""The instructions of the Dockerfile, carried out one by one where no engine for containers is.

``python -m tests.server.building_image PLACE`` is run as root with mounts and processes of its own
(``unshare --mount --pid --fork``). This machine, seen through an overlay that takes every change,
stands for the base image, and uv for pip in the one command that would fetch 150 MB: it reads the
same list, checks the same hashes, and keeps what it fetched before. At the end the program runs as
it would in a container: as its user, with nothing to write but what is mounted for it.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
UNDER_PIP = "/opt/venv/bin/pip install"
INSTEAD = "/tmp/uv pip install --quiet --python /opt/venv/bin/python --link-mode symlink"
WRITABLE = ("data", "tmp")
OF_THE_NETWORK = {
    name: value for name, value in os.environ.items() if re.match("UV_|SSL_|https?_proxy", name)
}
"""What uv must know to fetch anything from here."""


def instructions(text: str) -> list[tuple[str, str]]:
    """Return the instructions of a Dockerfile by name, each on one line."""
    lines = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)).splitlines()
    return [(name, rest.strip()) for name, _, rest in (one.partition(" ") for one in lines if one)]


class Image:
    """A stage being built: its root, and what its instructions have said so far."""

    def __init__(self, place: Path) -> None:
        for name in ("changes", "work", "root"):
            (place / name).mkdir(parents=True)
        self.root = place / "root"
        layers = f"lowerdir=/,upperdir={place}/changes,workdir={place}/work"
        run("mount", "-t", "overlay", "overlay", "-o", layers, self.root)
        run("mount", "--rbind", "/dev", self.root / "dev")
        run("mount", "-t", "proc", "proc", self.root / "proc")
        run("mount", "-t", "tmpfs", "tmpfs", self.root / "tmp")
        # What is copied is all there is of the project.
        run("mount", "-t", "tmpfs", "tmpfs", f"{self.root}{ROOT}")
        self.directory, self.user = "/", "0"
        self.python = Path(sys.executable).resolve()
        self.variables = {"PATH": f"{self.python.parent}:/usr/sbin:/usr/bin:/sbin:/bin"}
        self.command: list[str] = []
        self.health: list[str] = []
        self._lend()

    def _lend(self) -> None:
        """Lend the image a Python that any user may read, and uv with what it keeps."""
        called = self.root / self.python.relative_to("/").with_name("python")
        if not called.exists():
            called.symlink_to(self.python.name)
        for one in (*self.python.parents, Path.home() / ".cache"):
            there = self.root / one.relative_to("/")
            if there.is_dir():
                there.chmod(there.stat().st_mode | 0o555)
        shutil.copy(Path(sys.executable).with_name("uv"), self.root / "tmp/uv")

    def inside(self, arguments: list[str], **more: str) -> list[str]:
        """Return the command that runs arguments in the image, as its user."""
        variables = [f"{name}={value}" for name, value in (self.variables | more).items()]
        place = f"cd {shlex.quote(self.directory)} && exec env -i {shlex.join(variables)} "
        user = f"--userspec={self.user}:{self.user}"
        return ["chroot", user, str(self.root), "sh", "-c", place + shlex.join(arguments)]

    def copy(self, words: list[str], stages: dict[str, "Image"]) -> None:
        """Copy from the context, as far as it may be seen, or from another stage."""
        at = ROOT
        if words[0].startswith("--from="):
            at = stages[words.pop(0).partition("=")[2]].root
        source, target = at / words[0].lstrip("/"), Path(words[1])
        target = self.root / str(self.directory / target).lstrip("/")
        if words[1].endswith("/"):
            target /= source.name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            left_out = shutil.ignore_patterns("__pycache__", "*.sqlite3*")
            shutil.copytree(source, target, symlinks=True, ignore=left_out)
        else:
            shutil.copy(source, target)

    def do(self, name: str, rest: str, stages: dict[str, "Image"]) -> None:
        """Carry out one instruction."""
        match name:
            case "RUN":
                command = ["sh", "-c", rest.replace(UNDER_PIP, INSTEAD)]
                run(*self.inside(command, HOME=str(Path.home()), **OF_THE_NETWORK))
            case "COPY":
                self.copy(shlex.split(rest), stages)
            case "ENV":
                said = dict(one.split("=", 1) for one in shlex.split(rest))
                path = self.variables["PATH"]
                self.variables |= {k: v.replace("$PATH", path) for k, v in said.items()}
            case "WORKDIR":
                self.directory = rest
                (self.root / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
            case "USER":
                self.user = rest
            case "CMD":
                self.command = json.loads(rest)
            case "HEALTHCHECK":
                self.health = json.loads(rest.partition("CMD ")[2])
            case "VOLUME" | "EXPOSE":
                pass
            case _:
                raise ValueError(f"unknown instruction {name}")


def run(*command: object) -> None:
    """Run a command, and fail with what it says where it fails."""
    done = subprocess.run(
        [str(one) for one in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if done.returncode:
        raise SystemExit(f"{command}: {done.stdout.decode(errors='replace')[-2_000:]}")


def built(place: Path) -> Image:
    """Return the last stage of the Dockerfile."""
    stages: dict[str, Image] = {}
    image: Image
    for name, rest in instructions((ROOT / "deploy" / "Dockerfile").read_text("utf-8")):
        if name == "FROM":
            called = rest.partition(" AS ")[2]
            image = stages[called] = Image(place / (called or "last"))
        else:
            image.do(name, rest, stages)
    return image


def lock(image: Image) -> None:
    """Let nothing be written but where a container has something mounted."""
    for name in WRITABLE:
        there = image.root / name
        owner = there.stat().st_uid
        run("mount", "-t", "tmpfs", "-o", f"mode=1777,uid={owner}", "tmpfs", there)
    run("mount", "-o", "remount,ro,bind", image.root)


def main(place: Path, port: str) -> None:
    """Build the image, and become its program: told to ``check``, run its check of health."""
    run("mount", "--make-rprivate", "/")
    run("mount", "-t", "tmpfs", "tmpfs", place)
    image = built(place)
    lock(image)
    health = [one.replace("8501", port) for one in image.health]
    started = image.inside(image.command, ROI_PORT=port)
    process = subprocess.Popen(started, stdout=subprocess.DEVNULL)
    for asked in sys.stdin:
        wanted = health if asked.strip() == "check" else ["sh", "-c", asked]
        done = subprocess.run(image.inside(wanted), capture_output=True, text=True, check=False)
        said = {"status": done.returncode, "said": done.stdout + done.stderr}
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()
    process.terminate()
    os._exit(process.wait(timeout=20) not in (0, -15))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
