"""What a request passes on its way: hosts, bodies, headers, ids, and what is logged of it."""

import json
import logging

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse

from server.logs import JsonFormatter
from server.metrics import Metrics
from server.middleware import Documents, Guarded, Watched, route_of
from server.security import headers, is_allowed_host, is_closed
from server.settings import settings_from
from tests.server.asking import ask_app


async def echo(scope, receive, send):
    """Answer with the number of bytes received."""
    body = await Request(scope, receive).body()
    await JSONResponse({"bytes": len(body)})(scope, receive, send)


async def broken(scope, receive, send):
    raise ValueError("the secret of Madame X")


def guarded(app=echo, **settings: str):
    read = settings_from({f"ROI_{name.upper()}": value for name, value in settings.items()})
    metrics = Metrics()
    return Watched(
        Guarded(
            app,
            metrics=metrics,
            hosts=read.hosts,
            headers=headers(read),
            largest_body=read.largest_body,
            is_https=read.is_https,
        ),
        metrics,
    )


class TestHosts:
    @pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8501", "127.0.0.1:1", "[::1]:8501"])
    def test_our_own_are_answered(self, host):
        assert ask_app(guarded(), "/", headers={"host": host}).status == 200

    @pytest.mark.parametrize(
        "host", ["", "evil.org", "localhost.evil.org", "evil.org:8501", "[::2]"]
    )
    def test_others_are_refused_with_the_headers_of_every_answer(self, host):
        answer = ask_app(guarded(), "/", headers={"host": host})
        assert answer.status == 400
        assert "content-security-policy" in answer.headers

    def test_a_domain_may_be_allowed_as_a_whole(self):
        assert is_allowed_host("a.example.org", [".example.org"])
        assert not is_allowed_host("badexample.org", [".example.org"])

    def test_a_probe_comes_by_the_address_of_the_machine(self):
        assert ask_app(guarded(), "/healthz", headers={"host": "10.0.0.4:8501"}).status == 200


class TestBodies:
    def test_of_the_allowed_size_pass(self):
        answer = ask_app(guarded(largest_body="1000"), "/", method="POST", chunks=(b"x" * 1000,))
        assert answer.json == {"bytes": 1000}

    def test_that_say_they_are_too_large_are_not_read(self):
        stated = {"content-length": "1001"}
        answer = ask_app(guarded(broken, largest_body="1000"), "/", method="POST", headers=stated)
        assert (answer.status, answer.json) == (413, {"error": "body", "allowed": "1000"})

    def test_that_go_on_beyond_are_stopped(self):
        chunks = (b"x" * 600, b"x" * 600, b"x" * 600)
        answer = ask_app(guarded(largest_body="1000"), "/", method="POST", chunks=chunks)
        assert answer.status == 413


class TestClosedRoutes:
    @pytest.mark.parametrize(
        "path",
        [
            "/_stcore/metrics",
            "/inputs/_stcore/metrics",
            "/_stcore/upload_file/a/b",
            "/_stcore/agent/openapi.json",
            "/_stcore/script-health-check",
            "/api/v1/cases/a\nb",
            "/\u202e",
        ],
    )
    def test_are_not_there(self, path):
        assert ask_app(guarded(), path).status == 404

    @pytest.mark.parametrize("path", ["/_stcore/health", "/_stcore/stream", "/metrics", "/"])
    def test_others_are(self, path):
        assert not is_closed(path)


class TestHeaders:
    def test_stand_on_every_answer_once(self):
        async def with_its_own(scope, receive, send):
            own = {"content-security-policy": "default-src *"}
            await PlainTextResponse("", headers=own)(scope, receive, send)

        answer = ask_app(guarded(with_its_own), "/")
        assert answer.headers["content-security-policy"].startswith("default-src 'self'")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["x-frame-options"] == "DENY"
        assert "strict-transport-security" not in answer.headers

    def test_no_script_runs_that_is_not_known(self):
        policy = ask_app(guarded(), "/").headers["content-security-policy"]
        (scripts,) = [one for one in policy.split("; ") if one.startswith("script-src")]
        assert "unsafe" not in scripts
        assert scripts.count("sha256-") >= 3

    def test_framing_is_as_set(self):
        answer = ask_app(guarded(frame_ancestors="self, https://a.org"), "/")
        assert "frame-ancestors 'self' https://a.org" in answer.headers["content-security-policy"]
        assert "x-frame-options" not in answer.headers

    def test_over_tls_a_browser_is_told_to_stay_there(self):
        answer = ask_app(guarded(public_url="https://localhost"), "/")
        assert answer.headers["strict-transport-security"]

    @pytest.mark.parametrize(("scheme", "is_secure"), [("https", True), ("http", False)])
    def test_over_tls_cookies_stay_there_too(self, scheme, is_secure):
        async def with_a_cookie(scope, receive, send):
            await PlainTextResponse("", headers={"set-cookie": "a=b; Path=/"})(scope, receive, send)

        answer = ask_app(guarded(with_a_cookie, public_url=f"{scheme}://localhost"), "/")
        assert answer.headers["set-cookie"].endswith("; Secure") == is_secure


class TestRequests:
    def test_have_an_id_that_may_be_given(self):
        assert len(ask_app(guarded(), "/").headers["x-request-id"]) == 16
        given = ask_app(guarded(), "/", headers={"x-request-id": "from-the-proxy.1"})
        assert given.headers["x-request-id"] == "from-the-proxy.1"
        odd = ask_app(guarded(), "/", headers={"x-request-id": 'x"\u00e9'})
        assert len(odd.headers["x-request-id"]) == 16

    def test_that_fail_are_answered_without_a_detail_and_logged_without_what_was_said(self, caplog):
        answer = ask_app(guarded(broken), "/api/v1/evaluate", query="name=Madame+X")
        assert answer.status == 500
        assert answer.json.keys() == {"error", "request"}
        written = "".join(JsonFormatter().format(one) for one in caplog.records)
        assert '"error": "ValueError"' in written
        assert "test_middleware.py" in written
        assert "Madame" not in written

    def test_are_logged_by_route_alone(self, caplog):
        caplog.set_level(logging.INFO, "roi.request")
        ask_app(guarded(), "/s/4kVhZqpJ8YFw", query="secret=1")
        (line,) = [json.loads(JsonFormatter().format(one)) for one in caplog.records]
        assert line["route"] == "/s/"
        assert line["status"] == 200
        assert not {"4kVhZqpJ8YFw", "192.0.2.7"} & set(json.dumps(line).split('"'))

    @pytest.mark.parametrize(
        ("path", "route"),
        [
            ("/", "page"),
            ("/inputs", "page"),
            ("/api/v1/evaluate", "/api/v1/evaluate"),
            ("/api/v1/cases/any", "/api/"),
            ("/api/\u00e9", "/api/"),
            ("/s/abc", "/s/"),
            ("/healthz", "/healthz"),
        ],
    )
    def test_have_few_routes(self, path, route):
        assert route_of(path) == route


class TestPages:
    app = Documents(echo, ["inputs"])

    @pytest.mark.parametrize(
        ("query", "accepted", "language"),
        [
            ("lang=en", "fr", "en"),
            ("v=1&lang=fr", "en", "fr"),
            ("", "en-GB,en;q=0.9", "en"),
            ("", "de", "fr"),
            ("lang=xx&a=%ff", "en", "en"),
        ],
    )
    def test_say_their_language_before_any_script(self, query, accepted, language):
        answer = ask_app(self.app, "/inputs", query=query, headers={"accept-language": accepted})
        assert answer.status == 200
        assert f'<html lang="{language}">' in answer.text

    @pytest.mark.parametrize("path", ["/nothing", "/healthz/", "/inputs/more", "/.env"])
    def test_an_address_of_no_page_is_not_found(self, path):
        answer = ask_app(self.app, path, query="lang=en")
        assert answer.status == 404
        assert "There is no page at this address" in answer.text

    @pytest.mark.parametrize("path", ["/favicon.png", "/_stcore/health", "/inputs/_stcore/health"])
    def test_other_routes_are_left_alone(self, path):
        assert ask_app(self.app, path).json == {"bytes": 0}

    @pytest.mark.parametrize(
        "path", ["/static/../index.html", "/static/../../../../../../etc/passwd", "/static/no.js"]
    )
    def test_a_file_that_is_not_among_the_scripts_is_not_found(self, path):
        for accepted in ({}, {"accept-encoding": "gzip"}):
            assert ask_app(self.app, path, headers=accepted).status == 404

    def test_are_only_read(self):
        assert ask_app(self.app, "/inputs", method="POST").status == 405
