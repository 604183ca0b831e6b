"""Settings: defaults that run, and refusals that name every fault at once."""

import subprocess
import sys
from contextlib import suppress
from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.settings import Settings, SettingsError, settings_from, variable
from tests.server.asking import environment
from tests.ui.reading_code import ROOT

SECRET = "0123456789abcdef0123456789abcdef"
SIGN_IN = {
    "ROI_SIGN_IN_METADATA_URL": "https://id.example.org/.well-known/openid-configuration",
    "ROI_SIGN_IN_CLIENT_ID": "roi",
    "ROI_SIGN_IN_CLIENT_SECRET": "s",
    "ROI_COOKIE_SECRET": SECRET,
    "ROI_PUBLIC_URL": "https://roi.example.org",
}


def faults(**environment: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as refused:
        settings_from(environment)
    return refused.value.faults


def test_without_any_it_runs_on_one_machine_alone():
    settings = settings_from({"HOME": "/root"})
    assert settings.host == "127.0.0.1"
    assert settings.saving == "anonymous"
    assert not settings.has_sign_in
    assert settings.metrics_token is None
    assert settings.hosts == ("localhost", "127.0.0.1", "[::1]")


def test_the_host_of_the_public_address_is_answered_under():
    assert "roi.example.org" in settings_from(SIGN_IN).hosts
    assert settings_from(SIGN_IN).is_https


def test_an_empty_variable_is_one_left_out():
    assert settings_from({variable(one.name): " " for one in fields(Settings)}) == settings_from({})


def test_every_fault_is_named_at_once():
    found = faults(ROI_PORT="eighty", ROI_PROT="1", ROI_SAVING="all", ROI_API="yes")
    assert len(found) == 4
    assert "ROI_PROT is no setting: is ROI_PORT meant?" in found
    assert "ROI_PORT must be a whole number from 1 to 65535 (got 'eighty')" in found


def test_a_secret_is_not_repeated():
    (found,) = faults(ROI_DATABASE_URL="mysql://user:hunter2@host/x")
    assert "hunter2" not in found
    assert "hunter2" not in repr(settings_from({"ROI_DATABASE_URL": "postgres://u:hunter2@h/x"}))


@pytest.mark.parametrize("left_out", sorted(SIGN_IN))
def test_signing_in_needs_all_of_its_settings(left_out):
    environment = {name: value for name, value in SIGN_IN.items() if name != left_out}
    assert any(left_out in one for one in faults(**environment))


def test_saving_for_those_signed_in_needs_a_way_to_sign_in():
    assert any("ROI_SIGN_IN_METADATA_URL" in one for one in faults(ROI_SAVING="signed_in"))


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("ROI_PUBLIC_URL", "roi.example.org"),
        ("ROI_PUBLIC_URL", "https://roi.example.org/path"),
        ("ROI_PUBLIC_URL", "https://[broken"),
        ("ROI_ALLOWED_HOSTS", "a b"),
        ("ROI_ALLOWED_HOSTS", ","),
        ("ROI_FRAME_ANCESTORS", "none, self"),
        ("ROI_FRAME_ANCESTORS", "https://a.org; script-src *"),
        ("ROI_PORT", "0"),
        ("ROI_PORT", "²"),
        ("ROI_METRICS_TOKEN", "short"),
        ("ROI_DATABASE_URL", "sqlite:///"),
    ],
)
def test_what_cannot_be_is_refused(name, written):
    (found,) = faults(**{name: written})
    assert found.startswith(name)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_any_usual_address_of_postgresql_is_taken(scheme):
    settings = settings_from({"ROI_DATABASE_URL": f"{scheme}://u@h/x"})
    assert settings.database_url == "postgresql+psycopg://u@h/x"


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from([variable(one.name) for one in fields(Settings)]), st.text())
)
def test_whatever_is_written_is_taken_or_refused(environment):
    with suppress(SettingsError):
        settings_from(environment)


class TestTheCommand:
    def run(self, where, *arguments):
        return subprocess.run(
            [sys.executable, "-m", "server", *arguments],
            cwd=where,
            env=environment() | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )

    @pytest.mark.parametrize("asked", ["--help", "-h"])
    def test_lists_its_settings_and_starts_nothing(self, tmp_path, asked):
        done = self.run(tmp_path, asked)
        assert (done.returncode, done.stderr) == (0, "")
        assert "docs/operations.md" in done.stdout
        for one in fields(Settings):
            assert f"{variable(one.name)}={one.metadata['default']}\n" in done.stdout
            assert one.metadata["says"] in done.stdout
        assert not list(tmp_path.iterdir())

    @pytest.mark.parametrize("asked", [["serve"], ["--port", "80"], ["--help", "x"]])
    def test_refuses_what_it_does_not_know(self, tmp_path, asked):
        done = self.run(tmp_path, *asked)
        assert (done.returncode, done.stdout) == (2, "")
        assert "--help" in done.stderr
        assert not list(tmp_path.iterdir())
