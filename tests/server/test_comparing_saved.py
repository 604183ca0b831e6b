"""Links of saved versions pasted to be compared: what each opens, and what is refused."""

import json
from urllib.parse import urlencode

import pytest
from streamlit.testing.v1 import AppTest

from roi_model import evaluate, load_case
from roi_model.parameters import Correlation
from server.database import Database
from server.desk import Desk
from server.metrics import Metrics
from server.settings import settings_from
from server.storage import SECONDS_A_DAY, Storage
from tests.pages.opening import components, open_app, refusals, shown
from ui import saving
from ui.pasted import Pasted, read
from ui.saving import Author, UnavailableError
from ui.words import LANGUAGES, words_in

CASE = load_case("promevil")
CHANGED = CASE.with_changes({"quiet_nights.people": 1200})
BOUND = Correlation(
    between=("quiet_nights.people", "police_time.hours"), value=0.5, provenance="yours"
)
NO_LINK = CHANGED.model_copy(update={"correlations": (BOUND,)})
"""A scenario that no link opens: two of its numbers vary together."""
HERE = "https://roi.example.org"
NOBODY = "1" * 16
languages = pytest.mark.parametrize("language", LANGUAGES)


class Clock:
    now = 1_800_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def storage(tmp_path, clock):
    database = Database(f"sqlite:///{tmp_path}/saved.sqlite3")
    yield Storage(database, days=30, clock=clock)
    database.close()


@pytest.fixture(autouse=True)
def desk(storage):
    desk = Desk(storage, settings_from({"ROI_PUBLIC_URL": HERE}), Metrics())
    saving.offer(desk)
    yield desk
    saving.offer(None)


class Down:
    """A store whose database does not answer."""

    public_url = HERE

    def open(self, *_):
        raise UnavailableError("down")


def keep(storage, scenario=NO_LINK, name="La mairie"):
    return storage.save(scenario, began_as=CASE, name=name, by=Author())


def paste(app: AppTest, text: str) -> AppTest:
    app.text_input(key="compare_link").set_value(text).run()
    assert not app.exception
    return app


class TestReading:
    @pytest.mark.parametrize(
        "link",
        [
            "/s/{id}",
            " /s/{id}.1?lang=en#top ",
            "https://roi.example.org/s/{id}",
            "HTTPS://ROI.example.org:443/s/{id}.1/",
            "roi.example.org/s/{id}.1",
            "https://roi.example.org/compare?lang=fr&saved={id}.1",
            "?saved={id}.1",
            "saved={id}",
        ],
    )
    def test_a_link_of_this_site_opens_what_was_saved(self, storage, link):
        saved = keep(storage)
        found = read(link.format(id=saved.id), hosts=[HERE])
        assert isinstance(found, Pasted)
        assert (found.opened.scenario, found.opened.case) == (NO_LINK, CASE)
        assert found.query == urlencode({"saved": f"{saved.id}.1"})

    def test_a_version_is_the_one_named_and_stays_so(self, storage):
        saved = keep(storage)
        first = read(f"/s/{saved.id}")
        storage.new_version(saved.id, CASE, began_as=CASE, name="Deux", by=Author(key=saved.key))
        assert read(f"/s/{saved.id}").opened.scenario == CASE
        assert read(f"?{first.query}").opened.scenario == NO_LINK

    @pytest.mark.parametrize(
        ("link", "why"),
        [
            (f"https://example.org/s/{NOBODY}", "other_site"),
            (f"example.org/s/{NOBODY}", "other_site"),
            (f"//example.org/s/{NOBODY}", "other_site"),
            (f"https://roi.example.org@example.org/s/{NOBODY}", "other_site"),
            (f"https://roi.example.org:8443/s/{NOBODY}", "other_site"),
            (f"https://example.org/?saved={NOBODY}.1", "other_site"),
            (f"/s/{NOBODY}", "gone"),
            ("/s/", "no_reference"),
            ("/s/nonsense", "no_reference"),
            (f"/s/{NOBODY}.0", "no_reference"),
            (f"/s/{NOBODY}.x?v=1", "no_reference"),
            ("/s/../../etc/passwd", "unreadable"),
            ("https://[/s/1", "unreadable"),
            (f"https://roi.example.org:port/s/{NOBODY}", "unreadable"),
            (NOBODY, "unreadable"),
        ],
    )
    def test_what_opens_nothing_is_told_apart(self, link, why):
        assert read(link, hosts=[HERE]) == why

    def test_one_whose_time_is_over_is_gone(self, storage, clock):
        saved = keep(storage)
        clock.now += 31 * SECONDS_A_DAY
        assert read(f"/s/{saved.id}") == "gone"

    def test_another_site_is_never_looked_up_here(self, storage):
        saved = keep(storage)
        assert read(f"https://example.org/s/{saved.id}", hosts=[HERE]) == "other_site"

    @pytest.mark.parametrize(("store", "why"), [(None, "nothing_saved"), (Down(), "not_now")])
    def test_without_the_store_only_what_the_link_says_itself_is_opened(self, storage, store, why):
        bare, whole = (read(f"/s/{keep(storage, one).id}") for one in (NO_LINK, CHANGED))
        saving.offer(store)
        assert read(f"?{bare.query}") == why
        assert read(f"?{whole.query}").opened.scenario == CHANGED


@languages
def test_a_short_link_is_compared_under_its_name(storage, language):
    saved, t = keep(storage), words_in(language)
    app = paste(open_app("compare", language), f"{HERE}/s/{saved.id}?lang=fr")
    assert app.text_input(key="compare_name:link_1").value == "La mairie"
    assert t.ratio(evaluate(NO_LINK).ratio) in app.title[0].value
    elsewhere = open_app("compare", language, **{"with": app.query_params["with"]})
    assert elsewhere.title[0].value == app.title[0].value
    elsewhere.button(key="compare_take:link_1").click().run()
    assert elsewhere.session_state["scenario"] == NO_LINK
    assert elsewhere.query_params["saved"] == f"{saved.id}.1"


@languages
def test_a_short_link_that_opens_nothing_stays_with_the_reason(language):
    t, text = words_in(language), f"https://example.org/s/{NOBODY}"
    app = paste(open_app("compare", language), text)
    assert refusals(app) == [t("compare.other_site")]
    assert app.text_input(key="compare_link").value == text
    for store, why in ((None, "compare.nothing_saved"), (Down(), "compare.not_now")):
        saving.offer(store)
        assert refusals(paste(open_app("compare", language), f"/s/{NOBODY}")) == [t(why)]


def test_a_comparison_opened_while_the_store_is_down_says_so_and_loses_nothing(storage, desk):
    app = paste(open_app("compare", "fr"), f"/s/{keep(storage).id}")
    address, t = {"with": app.query_params["with"]}, words_in("fr")
    saving.offer(Down())
    without = open_app("compare", "fr", **address)
    missing = t("compare.missing", name="La mairie", why=t("compare.not_now"))
    assert refusals(without) == [missing]
    assert without.query_params["with"] == address["with"]
    (kept,) = components(without, "kept_tab")
    assert len(json.loads(kept["text"])["links"]) == 1
    saving.offer(desk)
    assert open_app("compare", "fr", **address).title[0].value == app.title[0].value


def test_a_comparison_with_a_version_that_was_deleted_says_so(storage):
    saved, t = keep(storage), words_in("fr")
    app = paste(open_app("compare", "fr"), f"/s/{saved.id}")
    storage.delete(saved.id, by=Author(key=saved.key))
    without = open_app("compare", "fr", **{"with": app.query_params["with"]})
    assert t("compare.gone") in shown(without)
    assert "with" not in without.query_params
