"""What a browser may do with our pages, and what of Streamlit nobody may ask for."""

import base64
import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

import streamlit

from server.settings import Settings
from ui.scripts import inline_scripts

STREAMLIT_PAGE = Path(streamlit.__file__).parent / "static" / "index.html"
"""The page that every address of the dashboard is answered with."""

OPEN = ("health", "host-config", "stream", "bidi-components")
"""What pages need of Streamlit's own routes. The others count visitors, take uploads, or let
programs use the pages; and where it has none, it would answer with a page."""

_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def is_closed(path: str) -> bool:
    """Say whether a path belongs to what of Streamlit is closed, below a page or not."""
    _, found, rest = path.partition("/_stcore/")
    return bool(found) and rest.split("/")[0] not in OPEN


def content_security_policy(settings: Settings) -> str:
    """Return the policy: nothing from elsewhere, and no script that is not known by its hash.

    Streamlit sets styles as it draws, and loads the code of our own components from the memory
    of the page (``blob:``).
    """
    own = _INLINE.findall(STREAMLIT_PAGE.read_text("utf-8"))
    scripts = " ".join(map(_hash, (*own, *inline_scripts())))
    framing = " ".join(
        f"'{one}'" if one in ("none", "self") else one for one in settings.frame_ancestors
    )
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' blob: {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "media-src 'self' blob:",
            "worker-src 'self' blob:",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            f"frame-ancestors {framing}",
        )
    )


def headers(settings: Settings) -> tuple[tuple[bytes, bytes], ...]:
    """Return the headers that every answer carries."""
    written = {
        "content-security-policy": content_security_policy(settings),
        "x-content-type-options": "nosniff",
        # A link holds the whole scenario: other sites are not told it.
        "referrer-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    if settings.frame_ancestors == ("none",):
        written["x-frame-options"] = "DENY"
    if settings.is_https:
        written["strict-transport-security"] = "max-age=31536000"
    return tuple((name.encode(), value.encode()) for name, value in written.items())


def is_allowed_host(host: str, allowed: Iterable[str]) -> bool:
    """Say whether the ``Host`` of a request is one that the server answers under."""
    name = host.rpartition(":")[0] if re.search(r":[0-9]*$", host) else host
    name = name.lower().rstrip(".")
    return any(
        one == "*" or name == one.lower() or (one.startswith(".") and name.endswith(one.lower()))
        for one in allowed
    )


def _hash(script: str) -> str:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"'sha256-{digest}'"
