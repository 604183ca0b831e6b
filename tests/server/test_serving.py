"""The server as it is started: its routes beside the pages, its logs, its end."""

import gzip
import http.client
import json
import re
import subprocess
import sys

import pytest
from starlette.applications import Starlette

from roi_model import load_case
from server.database import Database
from server.short_links import short_link_routes
from server.storage import Storage
from tests.server.asking import ask, ask_app, environment, free_port, running_server
from tests.server.conftest import METRICS_TOKEN
from tests.server.databases import wait_until
from tests.ui.reading_code import ROOT
from ui.saving import Author

CASE = load_case("promevil")


def metrics(server: str) -> dict[str, float]:
    """Return the samples of /metrics by name and labels."""
    said = ask(f"{server}/metrics", headers={"authorization": f"Bearer {METRICS_TOKEN}"})
    assert said.status == 200
    lines = [one for one in said.text.splitlines() if not one.startswith("#")]
    return {name: float(value) for name, _, value in (one.rpartition(" ") for one in lines)}


class TestRoutes:
    def test_it_is_alive_and_ready(self, server):
        assert ask(f"{server}/healthz").text == "ok"
        ready = ask(f"{server}/readyz")
        assert (ready.status, ready.json) == (200, {"model": "ok", "database": "ok"})
        assert ask(f"{server}/readyz?exclude=database").json == {"model": "ok"}

    def test_metrics_are_for_those_who_have_the_token(self, server):
        assert ask(f"{server}/metrics").status == 401
        assert ask(f"{server}/metrics", headers={"authorization": "Bearer x"}).status == 401
        before = metrics(server)
        ask(f"{server}/api/v1/cases/promevil")
        after = metrics(server)
        name = 'roi_requests_total{method="GET",route="/api/",status="200"}'
        assert after[name] == before.get(name, 0) + 1

    def test_what_is_loaded_is_out_of_the_collectors_sight(self, server):
        assert metrics(server)["roi_frozen_objects"] > 100_000

    @pytest.mark.parametrize(
        "path",
        [
            "/_stcore/metrics",
            "/_stcore/agent/openapi.json",
            "/wp-login.php",
            "/api/v2/evaluate",
            "/api/",
            "/s/",
            "/_stcore/nothing",
            "/static/nothing.js",
            "/media/nothing",
            "/component/nothing/index.html",
        ],
    )
    def test_nothing_is_where_nothing_should_be(self, server, path):
        assert ask(f"{server}{path}").status == 404

    def test_streamlit_answers_beside_them(self, server):
        assert ask(f"{server}/_stcore/health").text == "ok"
        assert '<html lang="en">' in ask(f"{server}/inputs?lang=en").text
        assert ask(f"{server}/favicon.png").body.startswith(b"\x89PNG")

    def test_scripts_are_sent_compressed_and_kept(self, server):
        page = ask(f"{server}/").text
        script = re.findall(r"static/js/index[^\"]+", page)[0]
        plain = ask(f"{server}/{script}")
        small = ask(f"{server}/{script}", headers={"accept-encoding": "gzip"})
        assert small.headers["content-encoding"] == "gzip"
        assert "immutable" in small.headers["cache-control"]
        assert gzip.decompress(small.body) == plain.body
        assert len(small.body) < len(plain.body) / 2

    def test_a_host_that_is_not_ours_is_refused(self, server):
        assert ask(f"{server}/", headers={"host": "evil.org"}).status == 400

    def test_a_large_body_is_refused_before_it_is_sent(self, server):
        connection = http.client.HTTPConnection(server.removeprefix("http://"), timeout=10)
        connection.putrequest("POST", "/api/v1/evaluate")
        connection.putheader("Content-Length", "2000001")
        connection.endheaders()
        assert connection.getresponse().status == 413
        connection.close()


class TestShortLinks:
    @pytest.fixture
    def storage(self, server, tmp_path_factory):
        place = next(tmp_path_factory.getbasetemp().glob("server*/saved.sqlite3"))
        database = Database(f"sqlite:///{place}")
        yield Storage(database)
        database.close()

    def test_lead_to_the_scenario_and_to_each_version(self, server, storage):
        saved = storage.save(CASE, began_as=CASE, name="x", by=Author())
        more = CASE.with_changes({"quiet_nights.people": 1200})
        by = Author(key=saved.key)
        storage.new_version(saved.id, more, began_as=CASE, name="x", by=by)
        last = ask(f"{server}/s/{saved.id}?lang=en", follow=False)
        assert last.status == 302
        assert "quiet_nights.people=1200" in last.headers["location"]
        assert f"saved={saved.id}.2" in last.headers["location"]
        assert last.headers["location"].startswith("/?")
        assert last.headers["cache-control"] == "no-store"
        first = ask(f"{server}/s/{saved.id}.1", follow=False).headers["location"]
        assert "quiet_nights" not in first
        storage.delete(saved.id, by=by)
        gone = ask(f"{server}/s/{saved.id}?lang=en")
        assert gone.status == 404
        assert "leads to no scenario" in gone.text

    @pytest.mark.parametrize("reference", ["x", "1" * 16, "..%2f..%2fetc", "%00", "1" * 5_000])
    def test_that_lead_nowhere_say_so(self, server, reference):
        # Streamlit refuses odd paths before they come to us.
        assert ask(f"{server}/s/{reference}").status in (400, 404)

    def test_lead_nowhere_where_nothing_is_saved(self):
        app = Starlette(routes=short_link_routes(None))
        assert ask_app(app, f"/s/{'1' * 16}").status == 404


class TestLogs:
    def test_are_json_with_the_id_of_the_request_and_nothing_of_the_visitor(
        self, server, server_log
    ):
        ask(
            f"{server}/?lang=fr&quiet_nights.people=987654.25",
            headers={"x-request-id": "seen-in-the-log", "x-forwarded-for": "203.0.113.9"},
        )
        wait_until(lambda: "seen-in-the-log" in server_log())
        lines = [json.loads(line) for line in server_log().splitlines()]
        (line,) = [one for one in lines if one.get("request") == "seen-in-the-log"]
        assert (line["route"], line["status"], line["level"]) == ("page", 200, "info")
        written = server_log()
        assert "987654.25" not in written
        assert "quiet_nights" not in written
        assert "203.0.113.9" not in written
        assert "127.0.0.1" not in re.sub(r'"host": "127.0.0.1"', "", written)


class TestStarting:
    def start(self, **settings: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "server"],
            cwd=ROOT,
            env=environment(**settings),
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    def test_with_settings_at_fault_it_says_all_of_them_and_ends(self):
        run = self.start(port="eighty", saving="all", prot="1")
        assert run.returncode == 2
        assert run.stderr.count("\n- ") == 3
        assert "Traceback" not in run.stderr

    def test_it_ends_when_it_is_told_to_and_starts_without_its_database(self, tmp_path):
        port = free_port()
        url = f"postgresql://roi@127.0.0.1:{free_port()}/none"
        log = tmp_path / "log"
        with (
            log.open("wb") as file,
            running_server(file, port=port, database_url=url, stop_seconds=1) as address,
        ):
            ready = ask(f"{address}/readyz")
            assert (ready.status, ready.json) == (503, {"model": "ok", "database": "failing"})
            assert ask(f"{address}/readyz?exclude=database").status == 200
            assert ask(f"{address}/s/{'1' * 16}").status == 503
            assert ask(f"{address}/?lang=fr").status == 200
        assert "Traceback" not in log.read_text()
        assert '"reason": "down"' in log.read_text()


def test_without_the_server_nothing_of_it_is_loaded():
    code = (
        "import runpy, sys\n"
        "from streamlit.testing.v1 import AppTest\n"
        f"app = AppTest.from_file({str(ROOT / 'dashboard.py')!r}, default_timeout=30).run()\n"
        "assert not app.exception\n"
        "sys.exit(any(name in sys.modules for name in ('server', 'sqlalchemy', 'alembic')))\n"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, check=False, stderr=subprocess.DEVNULL
        ).returncode
        == 0
    )
