"""What every request passes on its way to a page: who may ask, how much, and what is logged."""

import gzip
import logging
import mimetypes
import re
import secrets
import time
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.logs import request_id
from server.metrics import Metrics
from server.security import STREAMLIT_PAGE, is_allowed_host, is_closed
from ui.not_found import no_page
from ui.words import LANGUAGES, Language, preferred_language

LOG = logging.getLogger("roi.request")
STATIC = STREAMLIT_PAGE.parent
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
COMPRESSED = frozenset({".js", ".css", ".json", ".svg", ".html", ".map", ".txt"})
SMALLEST_COMPRESSED = 1_000
"""Bytes; below, there is nothing to gain."""
OTHERS = ("/_stcore/", "/static/", "/media/", "/component/", "/auth/", "/oauth2callback", "/api/")
"""Where no page is: Streamlit's own routes and our interface."""
OURS = ("/healthz", "/readyz", "/metrics")


def route_of(path: str) -> str:
    """Return the kind of a path: what logs and metrics may hold of it, and no more.

    The path of a short link would give away the link.
    """
    for beginning in (*OTHERS, "/s/", "/_stcore"):
        if path.startswith(beginning):
            end = path if beginning == "/api/" and path.count("/") <= 3 else beginning
            return end if re.fullmatch(r"[a-z0-9_/.-]{1,60}", end) else beginning
    return path if path in OURS else "page"


class Watched:
    """Gives each request an id, counts and logs it, and answers when all else fails."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        """Stand before ``app``."""
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] == "websocket":
            await self._visit(scope, receive, send)
        elif scope["type"] == "http":
            await self._request(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _visit(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.metrics.visits.inc()
        try:
            await self.app(scope, receive, send)
        finally:
            self.metrics.visits.dec()

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        stated = Headers(scope=scope).get("x-request-id", "")
        one = stated if REQUEST_ID.fullmatch(stated) else secrets.token_hex(8)
        token, begun, status = request_id.set(one), time.perf_counter(), 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = one
            await send(message)

        try:
            await self.app(scope, receive, answer)
        except Exception:
            LOG.exception("request failed")
            if status:  # the answer has begun: the connection can only be closed
                raise
            failed = JSONResponse({"error": "internal", "request": one}, status_code=500)
            await failed(scope, receive, answer)
        finally:
            self._count(scope, status, time.perf_counter() - begun)
            request_id.reset(token)

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        route, method = route_of(scope["path"]), scope["method"]
        method = method if method in ("GET", "HEAD", "POST", "OPTIONS") else "other"
        self.metrics.requests.labels(route, method, status).inc()
        self.metrics.seconds.labels(route).observe(seconds)
        is_routine = route in ("/static/", "/healthz", "/readyz", "/metrics", "/_stcore/")
        level = logging.DEBUG if is_routine and status < 500 else logging.INFO
        fields = {
            "method": method,
            "route": route,
            "status": status,
            "milliseconds": round(1000 * seconds, 1),
        }
        LOG.log(level, "request", extra={"fields": fields})


class Guarded:
    """Refuses hosts that are not ours, routes that are closed, and bodies that are too large.

    What is answered carries the headers that keep a browser safe.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        metrics: Metrics,
        hosts: Iterable[str],
        headers: Iterable[tuple[bytes, bytes]],
        largest_body: int,
        is_https: bool = False,
    ) -> None:
        """Stand before ``app``; over TLS, cookies are told to stay there."""
        self.app, self.metrics = app, metrics
        self.hosts, self.headers, self.largest_body = tuple(hosts), tuple(headers), largest_body
        self.is_https = is_https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        asked, is_page = Headers(scope=scope), scope["type"] == "http"
        answer = self._with_headers(send) if is_page else send
        length = asked.get("content-length", "")
        # Probes come by the address of the machine, and learn nothing.
        if scope["path"] not in OURS and not is_allowed_host(asked.get("host", ""), self.hosts):
            await self._refuse(scope, receive, answer, "host", 400)
        # A route stops at a line break, and what is no text is the path of nothing.
        elif is_closed(scope["path"]) or not scope["path"].isprintable():
            await self._refuse(scope, receive, answer, "not_found", 404)
        elif not is_page:
            await self.app(scope, receive, send)
        elif length.isdigit() and int(length[:20]) > self.largest_body:
            await self._refuse(scope, receive, answer, "body", 413)
        else:
            await self._limited(scope, receive, answer)

    async def _refuse(
        self, scope: Scope, receive: Receive, send: Send, reason: str, status: int
    ) -> None:
        self.metrics.refused.labels(reason).inc()
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
            return
        said = {"error": reason}
        if reason == "body":
            said |= {"allowed": str(self.largest_body)}
        await JSONResponse(said, status_code=status)(scope, receive, send)

    def _with_headers(self, send: Send) -> Send:
        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                ours = {name for name, _ in self.headers}
                kept = [
                    (name, value + b"; Secure" if self._is_bare_cookie(name, value) else value)
                    for name, value in message["headers"]
                    if name.lower() not in ours
                ]
                message = {**message, "headers": [*kept, *self.headers]}
            await send(message)

        return answer

    def _is_bare_cookie(self, name: bytes, value: bytes) -> bool:
        return self.is_https and name.lower() == b"set-cookie" and b"secure" not in value.lower()

    async def _limited(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and end it where its body is longer than it said."""
        received, is_begun = 0, False

        async def measured() -> Message:
            nonlocal received
            message = await receive()
            if message["type"] == "http.request":
                received += len(message.get("body", b""))
                if received > self.largest_body:
                    raise _BodyTooLargeError
            return message

        async def answer(message: Message) -> None:
            nonlocal is_begun
            is_begun = True
            await send(message)

        try:
            await self.app(scope, measured, answer)
        except _BodyTooLargeError:
            if is_begun:
                raise
            await self._refuse(scope, receive, send, "body", 413)


class _BodyTooLargeError(Exception):
    """A body that goes on beyond what is allowed."""


class Documents:
    """Answers the addresses of pages in the language asked, and those of no page with a 404.

    Streamlit would answer any address with a page in English, and its scripts uncompressed.
    """

    def __init__(self, app: ASGIApp, pages: Iterable[str]) -> None:
        """Stand before ``app``; ``pages`` are the names of the pages."""
        self.app = app
        self.pages = frozenset(["/", *(f"/{name}" for name in pages)])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a page or a file, or pass the request on."""
        answer = await self._answer(scope) if scope["type"] == "http" else None
        await (answer or self.app)(scope, receive, send)

    async def _answer(self, scope: Scope) -> Response | None:
        path, is_read = scope["path"], scope["method"] in ("GET", "HEAD")
        zipped = "gzip" in Headers(scope=scope).get("accept-encoding", "")
        if path.startswith("/static/") and is_read:
            if ".." in path.split("/") or not (STATIC / path.lstrip("/")).is_file():
                return PlainTextResponse("", status_code=404)
            return await _static(path) if zipped else None
        if path.startswith((*OTHERS, "/s/", "/_stcore")) or path in OURS:
            return None
        # A page below a page, where Streamlit's script looks for its own routes.
        if "/_stcore/" in path or (is_read and path.count("/") == 1 and _is_file(path)):
            return None
        if not is_read:
            return PlainTextResponse("", status_code=405, headers={"allow": "GET, HEAD"})
        language = language_of(scope)
        if (path.rstrip("/") or "/") not in self.pages:
            return HTMLResponse(no_page(language), status_code=404)
        body = _page(language)
        headers = {"cache-control": "no-cache", "vary": "accept-encoding, accept-language"}
        if zipped:
            return HTMLResponse(gzip.compress(body), headers=headers | {"content-encoding": "gzip"})
        return HTMLResponse(body, headers=headers)


def language_of(scope: Scope) -> Language:
    """Return the language that a link asks for, else the browser's, else French."""
    asked = re.search(rb"(?:^|&)lang=([a-z]{2})(?:&|$)", scope["query_string"])
    accepted = Headers(scope=scope).get("accept-language", "").split(",")[0]
    stated = asked[1].decode() if asked else None
    return preferred_language(stated, accepted.split(";")[0].strip())


@lru_cache(maxsize=len(LANGUAGES))
def _page(language: Language) -> bytes:
    """Return Streamlit's page with the language of the document set (WCAG 3.1.1)."""
    page = STREAMLIT_PAGE.read_text("utf-8")
    return page.replace('<html lang="en">', f'<html lang="{language}">', 1).encode()


@lru_cache(maxsize=256)
def _is_file(path: str) -> bool:
    """Say whether Streamlit has a file of its own at the root, such as its icon."""
    return path in {f"/{one.name}" for one in STATIC.iterdir() if one.name != "index.html"}


async def _static(path: str) -> Response | None:
    """Return a script or a style compressed, once for all; nothing of what is not worth it."""
    file = _static_files().get(path)
    if file is None:
        return None
    body = await to_thread.run_sync(_zipped, file)
    return Response(
        body,
        media_type=mimetypes.guess_type(file.name)[0] or "application/octet-stream",
        headers={
            "content-encoding": "gzip",
            "cache-control": "public, immutable, max-age=31536000",
            "vary": "accept-encoding",
        },
    )


@lru_cache(maxsize=1)
def _static_files() -> dict[str, Path]:
    """Return the files that are worth compressing, by path; their names change with them."""
    return {
        f"/{file.relative_to(STATIC).as_posix()}": file
        for file in (STATIC / "static").rglob("*")
        if file.suffix in COMPRESSED and file.stat().st_size >= SMALLEST_COMPRESSED
    }


@cache
def _zipped(file: Path) -> bytes:
    return gzip.compress(file.read_bytes(), 6)
