"""Settings of the server, from environment variables that begin with ``ROI_``.

Each has a default with which the dashboard runs on one's own machine. All are checked at start,
and every fault is named at once.
"""

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from ui.portfolio_shelf import MOST_BYTES

PREFIX = "ROI_"
SHORTEST_SECRET = 32
"""Characters: 16 random bytes in hexadecimal."""
DATABASES = {
    "sqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
"""Schemes of a database address, and the driver that each is opened with."""

Saving = Literal["anonymous", "signed_in", "off"]
LogLevel = Literal["debug", "info", "warning", "error"]


class SettingsError(ValueError):
    """Settings with which the server does not start; every fault stands in the message."""

    def __init__(self, faults: list[str]) -> None:
        """Keep ``faults``, one sentence each."""
        self.faults = tuple(faults)
        super().__init__("\n".join(["The server does not start:", *(f"- {one}" for one in faults)]))


def _text(written: str) -> str:
    return written


def _choice(options: tuple[str, ...]) -> Callable[[str], str]:
    def read(written: str) -> str:
        if written not in options:
            raise ValueError(f"must be one of {', '.join(options)}")
        return written

    return read


def _switch(written: str) -> bool:
    return _choice(("on", "off"))(written) == "on"


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(written: str) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", written) or not low <= int(written) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(written)

    return read


def _list(pattern: str, what: str) -> Callable[[str], tuple[str, ...]]:
    def read(written: str) -> tuple[str, ...]:
        items = tuple(one.strip() for one in written.split(",") if one.strip())
        if not items or not all(re.fullmatch(pattern, one) for one in items):
            raise ValueError(f"must be {what}, separated by commas")
        return items

    return read


def _web_address(written: str) -> str:
    """Return an address without the slash at its end; it has a host and nothing odd in it."""
    try:
        parts = urlsplit(written)
        is_good = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_good = False
    if not is_good or parts.scheme not in ("http", "https") or re.search(r"[\s\"'<>;,]", written):
        raise ValueError("must be an address such as https://example.org")
    return written.rstrip("/")


def _origin(written: str) -> str:
    address = _web_address(written)
    if urlsplit(address).path or "?" in address or "#" in address or "@" in address:
        raise ValueError("must be a scheme and a host, such as https://example.org, without a path")
    return address


def _metadata_url(written: str) -> str:
    address = _web_address(written)
    if not address.endswith("/.well-known/openid-configuration"):
        raise ValueError("must end in /.well-known/openid-configuration")
    return address


def _database(written: str) -> str:
    """Return the address of a database with the driver that opens it."""
    scheme, separator, rest = written.partition("://")
    if scheme not in DATABASES or not separator or not rest.strip("/"):
        raise ValueError(
            "must be sqlite:///file.sqlite3 or postgresql://user:password@host/database"
        )
    return f"{DATABASES[scheme]}://{rest}"


def _secret(written: str) -> str:
    if len(written) < SHORTEST_SECRET:
        raise ValueError(f"must have at least {SHORTEST_SECRET} characters, chosen at random")
    return written


_HOST = r"\*|\.?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\]"
_NETWORK = r"\*|[0-9A-Fa-f.:]+(/[0-9]{1,3})?"
_FRAMING = r"none|self|https?://[A-Za-z0-9*.:-]+"


def _setting(
    default: str,
    read: Callable[[str], Any],
    says: str,
    *,
    is_secret: bool = False,
) -> Any:
    """Return the field of a setting: its default as written, how it is read, what it does."""
    about = {"default": default, "read": read, "says": says, "is_secret": is_secret}
    return field(metadata=about, repr=not is_secret)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the server is told; ``settings_from`` reads and checks it."""

    host: str = _setting("127.0.0.1", _text, "address to listen at; 0.0.0.0 for every network")
    port: int = _setting("8501", _whole(1, 65_535), "port to listen at")
    public_url: str | None = _setting(
        "", _origin, "how visitors reach it, such as https://roi.example.org; stands in short links"
    )
    allowed_hosts: tuple[str, ...] = _setting(
        "localhost, 127.0.0.1, [::1]",
        _list(_HOST, "host names, .example.org for all of a domain, or *"),
        "names under which it answers; that of the public address is always among them",
    )
    trusted_proxies: tuple[str, ...] = _setting(
        "127.0.0.1",
        _list(_NETWORK, "addresses or networks"),
        "proxies whose word is taken for the visitor's address",
    )
    frame_ancestors: tuple[str, ...] = _setting(
        "none", _list(_FRAMING, "none, self or origins"), "sites that may show it in a frame"
    )
    most_connections: int = _setting(
        "1000", _whole(10, 100_000), "connections at a time; beyond, a visitor is asked to wait"
    )
    api: bool = _setting("on", _switch, "whether /api/v1 answers")
    api_rate: int = _setting("60", _whole(1, 100_000), "calls a minute for one client of the API")
    api_seconds: int = _setting("20", _whole(1, 600), "longest time for one answer of the API")
    api_draws: int = _setting(
        "65536", _whole(128, 16_777_216), "most draws of one simulation asked of the API"
    )
    largest_body: int = _setting(
        "2000000", _whole(1_000, 100_000_000), "largest body of a request, in bytes"
    )
    portfolio_memory: int = _setting(
        str(MOST_BYTES),
        _whole(50_000_000, 100_000_000_000),
        "bytes that tables of many associations, and their results, may take in memory in all",
    )
    saving: Saving = _setting(  # noqa: RUF009  a field, as the others
        "anonymous",
        _choice(get_args(Saving)),
        "who may save a scenario: anonymous (everybody), signed_in, or off (nobody)",
    )
    save_rate: int = _setting("60", _whole(1, 100_000), "scenarios that one visitor saves an hour")
    saved_days: int = _setting(
        "730", _whole(0, 36_500), "days that a scenario is kept after its last version; 0: for ever"
    )
    database_url: str = _setting(
        "sqlite:///saved-scenarios.sqlite3",
        _database,
        "where scenarios are saved: an SQLite file, or postgresql://user:password@host/database",
        is_secret=True,
    )
    sign_in_metadata_url: str | None = _setting(
        "", _metadata_url, "OpenID Connect description of the sign-in service; empty: no sign-in"
    )
    sign_in_client_id: str | None = _setting("", _text, "name of this server at that service")
    sign_in_client_secret: str | None = _setting("", _text, "its password there", is_secret=True)
    cookie_secret: str | None = _setting(
        "",
        _secret,
        "signs the cookies of those signed in; the same on every replica",
        is_secret=True,
    )
    metrics_token: str | None = _setting(
        "", _secret, "bearer token that opens /metrics; empty: /metrics is off", is_secret=True
    )
    log_level: LogLevel = _setting(  # noqa: RUF009  likewise
        "info", _choice(get_args(LogLevel)), "least severe of the lines that are logged"
    )
    stop_seconds: int = _setting(
        "10", _whole(1, 600), "time that open connections are given when it stops"
    )

    @property
    def has_sign_in(self) -> bool:
        """Say whether visitors can sign in."""
        return self.sign_in_metadata_url is not None

    @property
    def hosts(self) -> tuple[str, ...]:
        """Return the host names under which the server answers."""
        public = urlsplit(self.public_url or "").hostname
        return self.allowed_hosts if public is None else (*self.allowed_hosts, public)

    @property
    def is_https(self) -> bool:
        """Say whether visitors reach the server over TLS."""
        return (self.public_url or "").startswith("https://")


SIGN_IN = ("sign_in_metadata_url", "sign_in_client_id", "sign_in_client_secret", "cookie_secret")
"""Settings without which no one can sign in."""


def settings_from(environment: Mapping[str, str]) -> Settings:
    """Return the settings in environment variables; one left out or empty has its default.

    Raises:
        SettingsError: some are not allowed, or do not go together; all are named.
    """
    known = {variable(one.name): one for one in fields(Settings)}
    faults = [
        _unknown(name, known)
        for name in environment
        if name.startswith(PREFIX) and name not in known
    ]
    values: dict[str, Any] = {}
    for name, one in known.items():
        written = environment.get(name, "").strip() or one.metadata["default"]
        try:
            values[one.name] = one.metadata["read"](written) if written else None
        except ValueError as error:
            got = "a value that is not shown" if one.metadata["is_secret"] else repr(written)
            faults.append(f"{name} {error} (got {got})")
    faults += _at_odds(values)
    if faults:
        raise SettingsError(faults)
    return Settings(**values)


def listed() -> str:
    """Return every setting with its default, and what it says below."""
    return "".join(
        f"  {variable(one.name)}={one.metadata['default']}\n      {one.metadata['says']}\n"
        for one in fields(Settings)
    )


def variable(name: str) -> str:
    """Return the environment variable of a setting."""
    return PREFIX + name.upper()


def _unknown(name: str, known: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"{name} is no setting" + (f": is {near[0]} meant?" if near else "")


def _at_odds(values: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with settings that are each allowed."""
    faults = []
    stated = [name for name in SIGN_IN if values.get(name) is not None]
    if values.get("sign_in_metadata_url") is not None:
        missing = [variable(name) for name in (*SIGN_IN, "public_url") if not values.get(name)]
        if missing:
            faults.append(f"signing in needs {', '.join(missing)} too")
    elif any(name != "cookie_secret" for name in stated):
        faults.append(f"signing in needs {variable('sign_in_metadata_url')} too")
    if values.get("saving") == "signed_in" and values.get("sign_in_metadata_url") is None:
        faults.append(
            f"{variable('saving')}=signed_in needs {variable('sign_in_metadata_url')},"
            " or nobody could save"
        )
    if "none" in (values.get("frame_ancestors") or ()) and len(values["frame_ancestors"]) > 1:
        faults.append(f"{variable('frame_ancestors')} is none, or a list without none")
    return faults
