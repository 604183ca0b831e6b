"""Signing in through a real provider: one's own scenarios, and nobody else's."""

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import create_engine, select

from server.settings import settings_from
from server.sign_in import COOKIE, LONGEST_RETURN, BackAgain, secrets_of
from server.tables import SCENARIO
from tests.server.asking import ask_app, free_port, running_server
from tests.server.provider import CLIENT, PASSWORD, Provider, running_provider
from tests.server.test_browser import open_page, rest
from tests.server.test_settings import SECRET, SIGN_IN
from ui.saving import pseudonym


class TestWhatStreamlitIsTold:
    def test_asks_for_no_name_and_no_address(self):
        (said,) = secrets_of(settings_from(SIGN_IN)).values()
        assert said["client_kwargs"] == {"scope": "openid"}
        assert said["redirect_uri"] == "https://roi.example.org/oauth2callback"

    def test_is_nothing_without_sign_in(self):
        assert secrets_of(settings_from({})) is None


class TestComingBack:
    @staticmethod
    async def redirecting(scope, receive, send):
        headers = [(b"location", b"/")]
        await send({"type": "http.response.start", "status": 302, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    def leave(self, referer: str) -> str | None:
        answer = ask_app(BackAgain(self.redirecting), "/auth/login", headers={"referer": referer})
        return answer.headers.get("set-cookie")

    def come_back(self, place: str) -> str:
        headers = {"cookie": f"{COOKIE}={place}"}
        answer = ask_app(BackAgain(self.redirecting), "/oauth2callback", headers=headers)
        assert "Max-Age=0" in answer.headers["set-cookie"]
        return answer.headers["location"]

    def test_leads_to_where_one_was(self):
        cookie = self.leave("http://localhost/saved?v=1&quiet_nights.people=1200")
        assert cookie.startswith(f"{COOKIE}=/saved?v=1&quiet_nights.people=1200; ")
        assert "HttpOnly" in cookie
        assert self.come_back("/saved?v=1") == "/saved?v=1"

    @pytest.mark.parametrize(
        "referer",
        [
            "",
            "https://evil.org/saved",
            "http://localhost//evil.org",
            "http://localhost/\\evil.org",
            "http://localhost/?a=b;Path=/",
            "http://localhost/?" + "x" * LONGEST_RETURN,
        ],
    )
    def test_keeps_no_other_place(self, referer):
        assert self.leave(referer) is None

    @pytest.mark.parametrize("place", ["", "//evil.org", "https://evil.org", "/\\evil.org"])
    def test_leads_nowhere_else(self, place):
        assert self.come_back(place) == "/"


@dataclass
class Signed:
    server: str
    provider: Provider
    database: Path


@pytest.fixture(scope="module", params=["signed_in"])
def signed(request, tmp_path_factory) -> Iterator[Signed]:
    if importlib.util.find_spec("httpx2") is None and importlib.util.find_spec("httpx") is None:
        pytest.skip("signing in needs httpx2")
    place = tmp_path_factory.mktemp("signed")
    port = free_port()
    with (
        (place / "log").open("wb") as log,
        running_provider() as provider,
        running_server(
            log,
            port=port,
            public_url=f"http://127.0.0.1:{port}",
            saving=request.param,
            database_url=f"sqlite:///{place}/saved.sqlite3",
            sign_in_metadata_url=provider.metadata_url,
            sign_in_client_id=CLIENT,
            sign_in_client_secret=PASSWORD,
            cookie_secret=SECRET,
            stop_seconds=1,
        ) as server,
    ):
        yield Signed(server, provider, place / "saved.sqlite3")


def sign_in(page: Page, person: str) -> None:
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_role("link", name=person).click()
    page.locator("h1").first.wait_for()
    rest(page)


@pytest.mark.browser
def test_one_signs_in_saves_and_nobody_else_edits_it(signed, chromium):
    address = f"{signed.server}/saved?v=1&lang=fr&quiet_nights.people=1200"

    def visitor() -> Page:
        page = chromium.new_context(locale="fr-FR").new_page()
        page.set_default_timeout(20_000)
        open_page(page, address)
        return page

    jeanne = visitor()
    assert jeanne.get_by_role("button", name="Enregistrer", exact=True).count() == 0
    sign_in(jeanne, "jeanne")
    assert "quiet_nights.people=1200" in jeanne.url  # back where she was
    jeanne.get_by_role("button", name="Enregistrer", exact=True).click()
    link = jeanne.locator("code", has_text="/s/").first.inner_text()
    rest(jeanne)
    assert jeanne.get_by_role("button", name="Supprimer").count() == 1

    with create_engine(f"sqlite:///{signed.database}").connect() as connection:
        (row,) = connection.execute(select(SCENARIO)).all()
    assert row.owner == pseudonym(signed.provider.issuer, "jeanne-4711")
    assert row.key_hash is None
    assert signed.provider.scopes == {"openid"}

    karim = visitor()
    sign_in(karim, "karim")
    open_page(karim, link)  # he may look
    assert "quiet_nights.people=1200" in karim.url
    open_page(karim, f"{signed.server}/saved?{karim.url.partition('?')[2]}")
    assert karim.get_by_role("button", name="Supprimer").count() == 0
    assert karim.get_by_role("button", name="Nouvelle version").count() == 0

    jeanne.get_by_role("button", name="Se déconnecter").click()
    jeanne.wait_for_url(lambda url: "/saved" not in url and "/auth" not in url)
    open_page(jeanne, address)
    assert jeanne.get_by_role("button", name="Supprimer").count() == 0
