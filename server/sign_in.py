"""Signing in by OpenID Connect, through Streamlit: what it is told, and back to where one was."""

from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.settings import Settings

CALLBACK = "/oauth2callback"
LEAVING = "/auth/login"
COOKIE = "roi_return"
LONGEST_RETURN = 3_000
"""Characters; browsers keep cookies of 4096."""
MINUTES_AWAY = 10


def secrets_of(settings: Settings) -> dict[str, Any] | None:
    """Return what Streamlit's login is told; nothing without sign-in."""
    if not settings.has_sign_in:
        return None
    return {
        "auth": {
            "redirect_uri": f"{settings.public_url}{CALLBACK}",
            "cookie_secret": settings.cookie_secret,
            "client_id": settings.sign_in_client_id,
            "client_secret": settings.sign_in_client_secret,
            "server_metadata_url": settings.sign_in_metadata_url,
            # No e-mail address and no name: who it is, and nothing about the person.
            "client_kwargs": {"scope": "openid"},
        }
    }


class BackAgain:
    """Leads who comes back from signing in to the page and the scenario that were left.

    Streamlit leads everybody to the first page, where the scenario would be lost.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Stand before ``app``."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; keep where it came from, or send it back there."""
        if scope["type"] != "http" or scope["path"] not in (LEAVING, CALLBACK):
            await self.app(scope, receive, send)
            return
        asked = Headers(scope=scope)

        async def leaving(message: Message) -> None:
            if message["type"] == "http.response.start":
                place = _place(asked.get("referer", ""), asked.get("host", ""))
                if place is not None:
                    headers = MutableHeaders(scope=message)
                    headers.append("set-cookie", _cookie(place, 60 * MINUTES_AWAY))
            await send(message)

        async def back(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                place = cookie_parser(asked.get("cookie", "")).get(COOKIE, "")
                if headers.get("location") == "/" and _is_inside(place):
                    headers["location"] = place
                headers.append("set-cookie", _cookie("", 0))
            await send(message)

        await self.app(scope, receive, leaving if scope["path"] == LEAVING else back)


def _place(referer: str, host: str) -> str | None:
    """Return the path and query of a page of ours that someone comes from."""
    parts = urlsplit(referer)
    place = f"{parts.path}?{parts.query}" if parts.query else parts.path
    is_ours = parts.netloc == host and _is_inside(place) and ";" not in place
    return place if is_ours and len(place) <= LONGEST_RETURN else None


def _is_inside(place: str) -> bool:
    """Say whether a place is a path of this server, and no address of another."""
    return (
        place.startswith("/")
        and not place.startswith(("//", "/\\"))
        and place.isascii()
        and place.isprintable()
        and '"' not in place
    )


def _cookie(value: str, seconds: int) -> str:
    return f"{COOKIE}={value}; Max-Age={seconds}; Path={CALLBACK}; HttpOnly; SameSite=Lax"
