"""What the page of operations says and the files to deploy hold is what happens."""

import json
import os
import re
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from roi_model import load_case
from server.asked import Asked, AskedReport, AskedSimulation
from server.backup import back_up, main
from server.settings import Settings, settings_from, variable
from server.storage import Storage
from tests.server.asking import ask, environment, free_port, is_alive, running_server
from tests.server.databases import opened, wait_until
from tests.server.test_browser import open_page, rest, visitor
from tests.ui.reading_code import ROOT
from ui.saving import Author

CASE = load_case("promevil")
DEPLOY = ROOT / "deploy"
OPERATIONS = (ROOT / "docs" / "operations.md").read_text("utf-8")
KNOWN = {variable(one.name) for one in fields(Settings)}
KUBERNETES = [
    one
    for path in sorted(DEPLOY.glob("kubernetes/*.yaml"))
    for one in yaml.safe_load_all(path.read_text())
]
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
UNIT = (DEPLOY / "roi-server.service").read_text()
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()


def kind(name: str) -> list[dict]:
    return [one for one in KUBERNETES if one["kind"] == name]


def save(storage):
    return storage.save(CASE, began_as=CASE, name="x", by=Author())


class TestThePage:
    def test_names_every_setting_with_its_default_and_no_other(self):
        rows = re.findall(r"^\| `(ROI_\w+)` \| (?:`(.*?)`)? ?\| (.*) \|$", OPERATIONS, re.MULTILINE)
        wanted = [
            (variable(one.name), one.metadata["default"], one.metadata["says"])
            for one in fields(Settings)
        ]
        assert rows == wanted
        assert set(re.findall(r"ROI_[A-Z_]+[A-Z]", OPERATIONS)) <= KNOWN | {"ROI_SIGN_IN"}

    def test_names_files_that_are_there(self):
        named = set(re.findall(r"`(deploy/[\w./-]+[\w])`", OPERATIONS))
        assert len(named) >= 4
        assert all((ROOT / one).exists() for one in named)

    def test_names_metrics_that_there_are(self, server):
        from tests.server.test_serving import metrics

        found = {re.sub(r"\{.*|_(bucket|sum|count|created)$", "", one) for one in metrics(server)}
        for named in re.findall(r"`(roi_\w+)`", OPERATIONS):
            assert (
                named in found
                or f"{named}_created" in found
                or named.removesuffix("_total")
                in {one.removesuffix("_total") for one in found} | {"roi_storage_failures"}
            )

    def test_shows_a_call_that_the_interface_answers(self, server):
        (body,) = re.findall(r"```json\n(.*?)```", OPERATIONS, re.DOTALL)
        answer = ask(
            f"{server}/api/v1/evaluate",
            method="POST",
            headers={"content-type": "application/json"},
            body=body.encode(),
        )
        # 20.2 million, with 2 000 people where there were 1 000, at 788 euros; over 1.5 million
        assert answer.json["ratio"] == pytest.approx((20_200_000 + 1_000 * 788) / 1_500_000)

    @pytest.mark.parametrize(
        ("kind", "of"), [(Asked, "all"), (AskedSimulation, "simulate"), (AskedReport, "report")]
    )
    def test_names_every_field_that_a_call_may_have_with_its_default(self, kind, of):
        rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.*) \|$", OPERATIONS, re.MULTILINE)
        told = {name: says for name, which, says in rows if which in (of, "all")}
        assert told.keys() == kind.model_fields.keys()
        for name, one in kind.model_fields.items():
            if isinstance(one.default, int | float | str):
                assert told[name].endswith(f"; {one.default}")


class TestBackups:
    def commands(self) -> list[str]:
        return [one.strip() for one in re.findall(r"```sh\n(.*?)```", OPERATIONS, re.DOTALL)]

    def test_of_sqlite_made_while_it_is_used_can_be_restored(self, tmp_path):
        path, copy = tmp_path / "saved.sqlite3", tmp_path / "copy.sqlite3"
        command = self.commands()[0].replace("python", sys.executable, 1)
        with opened(f"sqlite:///{path}") as database:
            storage = Storage(database)
            kept = save(storage)
            subprocess.run(
                ["sh", "-c", command],
                cwd=ROOT,
                env=environment(database_url=f"sqlite:///{path}") | {"COPY": str(copy)},
                check=True,
            )
            lost = save(storage)
        shutil.copy(copy, path)
        for beside in ("-wal", "-shm"):
            Path(f"{path}{beside}").unlink(missing_ok=True)
        with opened(f"sqlite:///{path}") as database:
            storage = Storage(database)
            assert storage.open(kept.id).scenario == CASE
            storage.delete(kept.id, by=Author(key=kept.key))
            with pytest.raises(Exception, match=lost.id):
                storage.open(lost.id)

    def test_of_the_virtual_machine_is_of_the_file_that_its_unit_names(self, tmp_path):
        (line,) = [one for one in self.commands() if "sudo" in one]
        (url,) = re.findall(r"ROI_DATABASE_URL=(\S+)", line)
        assert f"Environment=ROI_DATABASE_URL={url}\n" in UNIT
        assert f"cd {re.findall(r'WorkingDirectory=(.+)', UNIT)[0]} " in line
        assert f"--user={re.findall(r'User=(.+)', UNIT)[0]} " in line
        sudo = tmp_path / "sudo"
        sudo.write_text('#!/bin/sh\nshift\nexec "$@"\n')
        sudo.chmod(0o700)
        path, copy = tmp_path / "saved.sqlite3", tmp_path / "copy.sqlite3"
        for stated, here in (
            ("/opt/roi", str(ROOT)),
            (url, f"sqlite:///{path}"),
            (".venv/bin/python", sys.executable),
        ):
            line = line.replace(stated, here, 1)
        with opened(f"sqlite:///{path}") as database:
            kept = save(Storage(database))
        variables = environment() | {"COPY": str(copy), "PATH": f"{tmp_path}:/usr/bin:/bin"}
        subprocess.run(["sh", "-c", line], env=variables, check=True)
        with opened(f"sqlite:///{copy}") as database:
            assert Storage(database).open(kept.id).scenario == CASE

    def test_of_postgresql_can_be_restored(self, cluster, tmp_path):
        url, copy = cluster.new_database("kept"), tmp_path / "copy"
        variables = {
            "COPY": str(copy),
            "DATABASE": url.replace("+psycopg", ""),
            "PATH": f"{cluster.programs}:/usr/bin:/bin",
        }
        with opened(url) as database:
            kept = save(Storage(database))
        *_, dump, restore = self.commands()
        subprocess.run(["sh", "-c", dump], env=variables, check=True)
        with opened(cluster.new_database("kept")) as database:
            database.check()
        subprocess.run(["sh", "-c", restore], env=variables, check=True)
        with opened(url) as database:
            assert Storage(database).open(kept.id).scenario == CASE

    def test_never_write_over_a_file_and_say_what_is_wrong(self, tmp_path, monkeypatch, capsys):
        there = tmp_path / "there"
        there.write_text("no database" * 100)
        with pytest.raises(FileExistsError):
            back_up(there, there)
        with pytest.raises(FileNotFoundError, match="set ROI_DATABASE_URL as the server has it"):
            back_up(tmp_path / "nothing", tmp_path / "copy")
        with pytest.raises(sqlite3.Error):
            back_up(there, tmp_path / "copy")
        monkeypatch.setenv("ROI_DATABASE_URL", "postgresql://roi@localhost/roi")
        assert main([str(tmp_path / "copy")]) == 2
        assert "pg_dump" in capsys.readouterr().err


class TestStartCommands:
    """Each is run as it stands, with a port and a database of the test's own."""

    @contextmanager
    def started(self, command, variables, tmp_path, cwd=ROOT):
        port = free_port()
        own = {
            "ROI_PORT": str(port),
            "PORT": str(port),
            "ROI_HOST": "127.0.0.1",
            "ROI_DATABASE_URL": f"sqlite:///{tmp_path}/saved.sqlite3",
        }
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=environment() | variables | own,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_until(lambda: process.poll() is not None or is_alive(address), 40)
            assert process.poll() is None, "it ended"
            yield address
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=20)

    @pytest.fixture
    def python(self, tmp_path):
        """The directory of a ``python`` that is ours."""
        place = tmp_path / "bin"
        place.mkdir()
        (place / "python").symlink_to(sys.executable)
        return {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}

    def test_of_the_image_and_its_health_check(self, python, tmp_path):
        stated = dict(re.findall(r"^\s+(?:ENV )?(ROI_\w+)=(\S+)", DOCKERFILE, re.MULTILINE))
        assert stated["ROI_HOST"] == "0.0.0.0"
        assert set(stated) <= KNOWN
        command = json.loads(re.findall(r"^CMD (.*)$", DOCKERFILE, re.MULTILINE)[-1])
        check = json.loads(re.findall(r"^    CMD (.*)$", DOCKERFILE, re.MULTILINE)[0])
        # As in the container: nothing can be written but in places made for it.
        quoted = shlex.quote(str(ROOT))
        locked = f"mount --bind {quoted} {quoted} && mount -o remount,ro,bind {quoted}"
        if may_mount():
            in_place = f"{locked} && cd {quoted} && exec {shlex.join(command)}"
            command = ["unshare", "--mount", "sh", "-c", in_place]
        with self.started(command, stated | python | {"HOME": str(tmp_path)}, tmp_path) as address:
            port = address.rpartition(":")[2]
            run = [one.replace("8501", port) for one in check]
            subprocess.run(run, env=python, check=True)
        assert subprocess.run(run, env=python, check=False, stderr=subprocess.DEVNULL).returncode

    def test_of_the_procfile_and_the_unit(self, python, tmp_path):
        web = (DEPLOY / "Procfile").read_text().partition("web: ")[2].strip()
        unit = (DEPLOY / "roi-server.service").read_text()
        command = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)[0]
        assert shlex.split(command)[1:] == web.split()[-2:]
        with self.started(
            ["sh", "-c", f"exec env {web.replace('0.0.0.0', '127.0.0.1')}"], python, tmp_path
        ) as address:
            assert ask(f"{address}/readyz").status == 200


def may_mount() -> bool:
    """Say whether this process may make a part of the disk read-only for another."""
    attempt = ["unshare", "--mount", "mount", "--bind", "/tmp", "/tmp"]
    return (
        shutil.which("unshare") is not None
        and not subprocess.run(attempt, check=False, stderr=subprocess.DEVNULL).returncode
    )


class TestTheImage:
    def test_copies_what_is_needed_and_runs_without_root(self):
        copied = set(re.findall(r"^COPY (?!--)(\S+)", DOCKERFILE, re.MULTILINE))
        assert copied >= {"data", "roi_model", "ui", "reports", "pages", "server", "dashboard.py"}
        assert all((ROOT / one).exists() for one in copied)
        allowed = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
        assert {f"!{one}" for one in copied} <= set(allowed)
        assert re.findall(r"^USER (\d+)$", DOCKERFILE, re.MULTILINE) == ["10001"]
        assert DOCKERFILE.index("USER 10001") < DOCKERFILE.rindex("CMD")


class TestCompose:
    def test_has_replicas_without_rights_a_database_and_a_proxy(self):
        services = COMPOSE["services"]
        for name in ("app1", "app2"):
            assert services[name]["read_only"]
            assert services[name]["cap_drop"] == ["ALL"]
            assert set(services[name]["environment"]) <= KNOWN
            assert services[name]["depends_on"]["database"]["condition"] == "service_healthy"
        assert "ports" not in services["database"]
        upstream = (DEPLOY / "nginx.conf").read_text()
        assert re.findall(r"server (app\d):8501", upstream) == ["app1", "app2"]

    def test_asks_for_every_value_that_the_example_names(self):
        text = (DEPLOY / "compose.yaml").read_text()
        example = re.findall(r"^(\w+)=", (DEPLOY / "compose.env.example").read_text(), re.MULTILINE)
        assert set(re.findall(r"\$\{(\w+)", text)) == set(example)


class TestKubernetes:
    def test_gives_settings_that_there_are_and_that_go_together(self):
        (config,), (secret,) = kind("ConfigMap"), kind("Secret")
        stated = config["data"] | secret["stringData"]
        assert settings_from(stated).is_https

    def test_runs_without_rights_and_asks_routes_that_there_are(self, server):
        (deployment,) = kind("Deployment")
        pod = deployment["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"]
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert container["command"] == json.loads(
            re.findall(r"^CMD (.*)$", DOCKERFILE, re.MULTILINE)[-1]
        )
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            answer = ask(
                f"{server}{container[probe]['httpGet']['path']}", headers={"host": "10.1.2.3:8501"}
            )
            assert answer.status == 200
            assert "<html" not in answer.text

    def test_selects_what_it_makes(self):
        label = {"app.kubernetes.io/name": "roi"}
        (deployment,), (service,), (policy,) = (
            kind("Deployment"),
            kind("Service"),
            kind("NetworkPolicy"),
        )
        assert deployment["spec"]["template"]["metadata"]["labels"] == label
        assert deployment["spec"]["selector"]["matchLabels"] == label
        assert service["spec"]["selector"] == label
        assert policy["spec"]["podSelector"]["matchLabels"] == label
        assert service["spec"]["ports"][0]["targetPort"] == "http"


needs_nginx = pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")


@contextmanager
def running_nginx(place: Path, ports: list[int]):
    """Run nginx with the file to deploy; only where it listens and to whom it passes differ."""
    text = (DEPLOY / "nginx.conf").read_text()
    own = free_port()
    for name, port in zip(("app1", "app2"), ports, strict=True):
        text = text.replace(f"{name}:8501", f"127.0.0.1:{port}")
    text = text.replace("listen 8080", f"listen 127.0.0.1:{own}").replace(
        "/run/nginx.pid", f"{place}/pid"
    )
    for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"):
        text = text.replace("http {", f"http {{\n  {kind}_temp_path {place}/{kind};", 1)
    file = place / "nginx.conf"
    file.write_text(text)
    subprocess.run(["nginx", "-t", "-c", file], check=True, stderr=subprocess.DEVNULL)
    process = subprocess.Popen(
        ["nginx", "-c", file, "-g", "daemon off; user root;"], stderr=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: is_alive(f"http://127.0.0.1:{own}"))
        yield f"http://127.0.0.1:{own}"
    finally:
        process.terminate()
        process.wait(timeout=10)


@needs_nginx
@pytest.mark.browser
def test_who_loses_her_replica_finds_her_scenario_on_the_other(chromium, cluster, tmp_path):
    url = cluster.new_database("replicas")
    ports = [free_port(), free_port()]
    shared = {"database_url": url.replace("+psycopg", ""), "stop_seconds": 1}
    with (
        opened(url) as database,
        running_server(port=ports[0], **shared) as first,
        running_server(port=ports[1], **shared) as second,
        running_nginx(tmp_path, ports) as address,
        visitor(chromium) as page,
    ):
        open_page(page, f"{address}/saved?v=1&lang=fr&quiet_nights.people=1200")
        page.get_by_role("button", name="Enregistrer", exact=True).click()
        reference = page.locator("code", has_text="/s/").first.inner_text().partition("/s/")[2]
        page.get_by_text(", version 1, du").wait_for()
        ours = next(one for one in (first, second) if has_visit(one))
        kill(int(ours.rpartition(":")[2]))
        # Her browser reconnects by itself; the other replica reads the address, and the database.
        connected = page.locator("[data-test-connection-state=CONNECTED]")
        wait_until(lambda: page.wait_for_timeout(20) or not connected.count())
        connected.wait_for(state="attached", timeout=60_000)
        page.wait_for_timeout(2_000)
        rest(page)
        assert has_visit(second if ours == first else first)
        page.get_by_text("EN", exact=True).first.click()
        page.get_by_text(", version 1, of").wait_for()
        assert "quiet_nights.people=1200" in page.url
        assert reference.partition("?")[0] in page.url
        identifier = reference.partition(".")[0]
        found = Storage(database).open(identifier).scenario
        assert found.value_at("quiet_nights.people") == 1200


def process_at(port: int) -> int:
    """Return the id of the process that listens at a port."""
    inode = next(
        line.split()[9]
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
        if line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A"
    )
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if str(link.readlink()) == f"socket:[{inode}]":
                return int(link.parts[2])
        except OSError:
            continue
    raise AssertionError(f"nobody listens at {port}")


def has_visit(address: str) -> bool:
    """Say whether a browser is connected to a replica."""
    port = int(address.rpartition(":")[2])
    return any(
        line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "01"
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
    )


def kill(port: int) -> None:
    os.kill(process_at(port), signal.SIGKILL)
