"""The security policy names every script that a page may hold, and no other."""

import base64
import hashlib
import re

import pytest

from server.security import STREAMLIT_PAGE, content_security_policy
from server.settings import settings_from
from tests.ui.reading_code import ROOT, SCREENS
from ui import scripts
from ui.words import LANGUAGES

POLICY = content_security_policy(settings_from({}))


def is_allowed(script: str) -> bool:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"'sha256-{digest}'" in POLICY


def scripts_in(html: str) -> list[str]:
    return re.findall(r"<script>(.*?)</script>", html, re.DOTALL)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_pages_hold_may_run(language):
    held = scripts_in(scripts.of_every_page(language) + scripts.scroll_to("outcome_x"))
    assert len(held) == 4
    assert all(map(is_allowed, held))


def test_what_streamlit_holds_may_run():
    held = scripts_in(STREAMLIT_PAGE.read_text("utf-8"))
    assert held
    assert all(map(is_allowed, held))


@pytest.mark.parametrize("script", ["alert(1)", "", scripts.SCROLL + " "])
def test_nothing_else_may(script):
    assert not is_allowed(script)
    assert "'unsafe-eval'" not in POLICY


def test_no_page_writes_a_script_of_its_own():
    """A script that is put together when it is shown would have no hash that could be named."""
    calls = [
        (str(path.relative_to(ROOT)), call)
        for path in SCREENS
        for call in re.findall(
            r"st\.html\(((?:[^()]|\([^()]*\))*?),?\s*unsafe_allow_javascript=True",
            path.read_text("utf-8"),
        )
    ]
    assert len(calls) >= 2
    for path, call in calls:
        assert call.strip().startswith("scripts."), (path, call)


def test_the_place_to_scroll_to_is_no_part_of_the_script():
    html = scripts.scroll_to("field:x", '"><img src=x onerror=alert(1)>')
    assert "<img" not in html
    assert scripts_in(html) == [scripts.SCROLL]
