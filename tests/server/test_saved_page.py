"""The page of saved scenarios, and short links that open them, as a visitor has them."""

import json

import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from roi_model import evaluate, load_case
from roi_model.funding import with_funding
from roi_model.parameters import Correlation, Provenance
from roi_model.reference_data import margins
from roi_model.templates import load_template
from server.database import Database
from server.desk import Desk
from server.metrics import Metrics
from server.settings import settings_from
from server.short_links import query_of
from server.storage import Storage
from server.tables import VERSION
from tests.pages.opening import go_to, htmls, open_app, press, shown
from ui import bases, opened_version, saving
from ui.ledger import facts_to_keep
from ui.saving import Author, UnavailableError
from ui.words import words_in

CASE = load_case("promevil")
CHANGED = CASE.with_changes({"quiet_nights.people": 1200})
BOUND = Correlation(
    between=("quiet_nights.people", "police_time.hours"), value=0.5, provenance="yours"
)
NO_LINK = CASE.model_copy(update={"correlations": (BOUND,)})
"""A scenario that no link opens: two of its numbers vary together."""
t = words_in("fr")


@pytest.fixture
def storage(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/saved.sqlite3")
    yield Storage(database, days=30)
    database.close()


@pytest.fixture(autouse=True)
def desk(storage):
    desk = Desk(storage, settings_from({}), Metrics())
    saving.offer(desk)
    yield desk
    saving.offer(None)


def keep(storage, scenario=CHANGED, *, began_as=CASE, name="Essai"):
    return storage.save(scenario, began_as=began_as, name=name, by=Author())


def saved_page(**query: str) -> AppTest:
    app = open_app("saved", "fr", **query)
    assert not app.exception
    return app


def labels(app: AppTest) -> list[str]:
    return [one.label for one in app.button]


def test_with_no_store_the_page_says_how_else_and_the_menu_does_not_name_it():
    saving.offer(None)
    app = saved_page()
    assert app.title[0].value == t("saved.title")
    assert not app.button or t("saved.save") not in labels(app)


def test_saving_gives_a_short_link_and_a_key(storage):
    app = saved_page(v="1", **{"quiet_nights.people": "1200"})
    app.text_input(key="saved_name").set_value("Budget d'été").run()
    press(app, t("saved.save"))
    assert t("saved.done") in shown(app)
    reference = (
        app.query_params["saved"][0]
        if isinstance(app.query_params["saved"], list)
        else app.query_params["saved"]
    )
    version = saving.opened_by(reference)
    assert (version.scenario, version.name, version.number) == (CHANGED, "Budget d'été", 1)
    key, link, _ = [one.value for one in app.code]
    assert f"/s/{reference}?lang=fr" in link
    storage.delete(version.id, by=Author(key=key))


def test_a_changed_scenario_is_saved_as_a_version_beside_the_first(storage):
    app = saved_page()
    press(app, t("saved.save"))
    first = app.session_state["opened_version"]
    app.session_state["scenario"] = CHANGED
    app.run()
    press(app, t("saved.save_version", name=f"`{first.name}`"))
    assert app.session_state["opened_version"].reference == f"{first.id}.2"
    assert storage.open(first.id, 1).scenario == CASE
    assert storage.open(first.id, 2).scenario == CHANGED


def test_another_visitor_is_offered_no_version_and_no_deletion(storage):
    saved = keep(storage)
    app = saved_page(saved=f"{saved.id}.1")
    app.session_state["scenario"] = CASE
    app.run()
    assert labels(app).count(t("saved.save")) == 1
    assert not any(one in labels(app) for one in (t("saved.delete"), t("saved.open")))
    assert not any(one.startswith(t("saved.save_version", name="")) for one in labels(app))


def test_a_scenario_is_deleted_after_one_is_sure(storage):
    app = saved_page()
    press(app, t("saved.save"))
    version = app.session_state["opened_version"]
    press(app, t("saved.delete"))
    assert storage.open(version.id)
    press(app, t("saved.delete_not"))
    press(app, t("saved.delete"))
    press(app, t("saved.delete_sure"))
    assert t("saved.none") in shown(app)
    with pytest.raises(saving.NotFoundError):
        storage.open(version.id)
    assert "saved" not in app.query_params


def test_one_opens_ones_own_again_and_can_go_back(storage):
    saved = keep(storage)
    app = saved_page()
    app.session_state["saved_keys"] = {saved.id: saved.key}
    app.run()
    press(app, t("saved.open"))
    assert app.session_state["scenario"] == CHANGED
    assert app.session_state["done"][-1] == (CASE, CASE)


def test_what_fits_no_link_is_opened_from_the_store_and_stays_on_every_page(storage):
    saved = keep(storage, NO_LINK)
    version = storage.open(saved.id)
    query = query_of(version, "fr")
    assert query == {"lang": "fr", "saved": f"{saved.id}.1"}
    app = open_app("result", None, **query)
    assert app.session_state["scenario"] == NO_LINK
    go_to(app, "inputs")
    assert app.query_params["saved"] == f"{saved.id}.1" or app.query_params["saved"] == [
        f"{saved.id}.1"
    ]
    assert "Essai" in shown(app)


def test_a_version_made_of_data_corrected_since_shows_what_it_showed(storage):
    older = CASE.with_changes({"state_aid": 1_000_000})  # as the case was that day
    saved = keep(storage, older.with_changes({"quiet_nights.people": 1200}), began_as=older)
    query = query_of(storage.open(saved.id), "fr")
    assert "v" not in query  # today's link would open another scenario
    app = open_app("result", None, **query)
    assert app.session_state["scenario"].value_at("state_aid") == 1_000_000
    assert app.session_state["case"] == older
    assert not app.info  # no shipped case ever said so: it is a case of one's own


@pytest.fixture
def corrected(monkeypatch):
    """The shipped case as if it had been corrected since what is saved was saved."""
    aid = CASE.costs[0].model_copy(update={"value": 1_400_000.0})
    today = CASE.model_copy(update={"costs": (aid, *CASE.costs[1:])})
    for module in (bases, opened_version, saving):
        monkeypatch.setattr(module, "load", {CASE.id: today}.__getitem__)
    return today


@pytest.mark.parametrize("way", ["link", "list"])
def test_a_version_says_which_shipped_numbers_are_others_today(storage, corrected, way):
    saved = keep(storage)
    if way == "link":
        app = open_app("result", None, **query_of(storage.open(saved.id), "fr"))
    else:
        app = saved_page()
        app.session_state["saved_keys"] = {saved.id: saved.key}
        app.run()
        press(app, t("saved.open"))
    assert not app.exception
    (said,) = [one.value for one in app.info]
    assert said.startswith(t("saved.corrected"))
    (line,) = said.splitlines()[1:]
    before, now = (t.value(one, "EUR/year") for one in (1_500_000.0, 1_400_000.0))
    assert line == "- " + t("link.was", label=t.of(CASE.costs[0].label), before=before, now=now)
    assert app.session_state["scenario"] == CHANGED  # the version shows what it showed


def test_a_version_says_nothing_of_a_number_that_it_states_itself(storage, corrected):
    saved = keep(storage, CASE.with_changes({"state_aid": 1_600_000}))
    app = open_app("result", None, **query_of(storage.open(saved.id), "fr"))
    assert not app.info


def test_a_version_says_nothing_where_nothing_was_corrected(storage):
    app = open_app("result", None, **query_of(storage.open(keep(storage).id), "fr"))
    assert not app.info


BY_GRADE = CASE.with_changes({"optimism_bias": "by_grade", "price_year": 2017})


def saved_when_tables_said(storage, ratio, scenario=BY_GRADE, **others):
    """Return the address of a version saved when the tables said something else."""
    saved = keep(storage, scenario)
    tables = None if others == {"unknown": True} else json.dumps({**facts_to_keep(), **others})
    with storage.database.engine.begin() as connection:
        connection.execute(update(VERSION).values(tables=tables, ratio=ratio))
    return query_of(storage.open(saved.id), "fr")


def test_a_version_says_which_tables_were_corrected_and_what_that_did_to_its_result(storage):
    others = {"grades.grade_5": "0.2 share", "price_index.2015": "99", "price_index.2004": "80"}
    app = open_app("result", None, **saved_when_tables_said(storage, 9.87, **others))
    now = evaluate(BY_GRADE).ratio
    first, *rest = [one.value for one in app.info]
    assert not rest
    said, grade, prices = first.split("\n- ")
    assert said == t("saved.tables_and_moved", announced=t.ratio(9.87), ratio=t.ratio(now))
    assert (t.value(0.2, "share") in grade, t.value(0.25, "share") in grade) == (True, True)
    assert prices == t("link.prices")
    assert app.session_state["scenario"] == BY_GRADE


def test_tables_corrected_without_a_cent_of_difference_are_said_to_be(storage):
    now = evaluate(BY_GRADE).ratio
    others = {"price_index.2005": "87", "margins.published": "0.05 share"}
    query = saved_when_tables_said(storage, now, **others)
    (said,) = [one.value for one in open_app("result", None, **query).info]
    first, margin, prices = sorted(said.split("\n- "), key=len, reverse=True)
    assert (first, prices) == (t("saved.tables"), t("link.prices"))
    then, since = (t.value(one, "share") for one in (0.05, 0.1))
    label = t.of(margins()[Provenance.PUBLISHED].label)
    assert margin == t("link.was", label=label, before=then, now=since)


@pytest.mark.parametrize(
    ("scenario", "others"),
    [
        (BY_GRADE, {}),
        (BY_GRADE, {"unknown": True}),  # saved before tables were kept: there were no others
        (CHANGED, {"grades.grade_5": "0.2 share", "price_index.2015": "99"}),  # it uses none
    ],
)
def test_where_no_table_that_it_uses_was_corrected_it_is_the_computation(storage, scenario, others):
    now = evaluate(scenario).ratio
    for was in (now, now - 1):
        query = saved_when_tables_said(storage, was, scenario, **others)
        said = [one.value for one in open_app("result", None, **query).info]
        moved = t("saved.moved", announced=t.ratio(was), ratio=t.ratio(now))
        assert said == ([] if was == now else [moved])


def test_a_funding_case_of_ones_own_is_saved_with_the_rest(storage):
    case = load_template("adulte_relais").case
    filled = case.with_changes({"state_aid": 4.0})
    own = with_funding(filled, cost="state_aid", like=CASE.funding)
    saved = keep(storage, own, began_as=case)
    assert storage.open(saved.id).scenario == own
    app = open_app("result", None, **query_of(storage.open(saved.id), "fr"))
    assert app.session_state["scenario"] == own
    assert "edits" in app.query_params


def test_a_short_link_carries_the_whole_link_where_that_opens_the_same(storage):
    query = query_of(storage.open(keep(storage).id), "en")
    assert query["quiet_nights.people"] == "1200"
    assert query["lang"] == "en"


@pytest.mark.parametrize("reference", ["1" * 16, "nonsense", "<script>"])
def test_one_that_is_not_there_is_said_to_be_gone(reference):
    app = open_app("result", "fr", saved=reference)
    assert t("saved.gone") in shown(app)
    assert app.session_state["scenario"] == CASE


def test_a_name_is_shown_as_it_was_written(storage):
    name = "<img src=x onerror=alert(1)> **gras** [x](https://evil.org)"
    saved = keep(storage, name=name)
    app = saved_page(saved=f"{saved.id}.1")
    app.session_state["saved_keys"] = {saved.id: saved.key}
    app.run()
    assert not any("<img" in one for one in htmls(app))
    assert any(f"`{name}`" in one.value for one in [*app.caption, *app.markdown])


class Broken:
    """A store whose database does not answer."""

    is_open_to_all, has_sign_in, days, public_url = True, False, 30, None

    def __getattr__(self, name):
        def fail(*_, **__):
            raise UnavailableError("down")

        return fail


def test_when_the_database_is_down_the_page_says_so_and_mends_by_itself(desk):
    saving.offer(Broken())
    app = saved_page(v="1", **{"quiet_nights.people": "1200"})
    assert t("saved.not_listed") in shown(app)
    press(app, t("saved.save"))
    assert t("saved.not_saved") in shown(app)
    assert app.session_state["scenario"] == CHANGED
    go_to(app, "result")
    assert not app.exception
    saving.offer(desk)
    go_to(app, "saved")
    press(app, t("saved.save"))
    assert t("saved.done") in shown(app)


def test_a_short_link_opens_by_its_full_link_while_the_database_is_down(storage):
    query = query_of(storage.open(keep(storage).id), "fr")
    saving.offer(Broken())
    app = open_app("result", None, **query)
    assert app.session_state["scenario"] == CHANGED
    assert t("saved.not_now") not in shown(app)
    bare = open_app("result", "fr", saved=query["saved"])
    assert t("saved.not_now") in shown(bare)


def test_who_saves_too_often_is_asked_to_wait(storage):
    saving.offer(Desk(storage, settings_from({"ROI_SAVE_RATE": "1"}), Metrics()))
    app = saved_page()
    press(app, t("saved.save"))
    app.session_state["scenario"] = CHANGED
    app.run()
    press(app, t("saved.save"))
    assert t("saved.too_much") in shown(app)


@pytest.mark.parametrize(
    "kept", ["", "[]", "{", '{"x": "y"}', '{"1111111111111111": 3}', "null", "[" * 10_000]
)
def test_whatever_the_browser_says_it_keeps_is_taken_with_care(kept):
    from types import SimpleNamespace

    app = AppTest.from_function(_take_kept)
    app.session_state["kept_keys"] = SimpleNamespace(kept=kept)
    app.run()
    assert not app.exception
    assert app.session_state["found"] == {}


def _take_kept():
    import streamlit as st

    from ui import kept_keys

    kept_keys._take()
    st.session_state["found"] = kept_keys.known()
