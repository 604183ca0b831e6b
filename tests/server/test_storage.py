"""Saved scenarios on both databases: nothing changes, nothing is lost, nothing is guessed."""

import json
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
)
from sqlalchemy import inspect, select, text, update

import roi_model
from roi_model import load_case
from roi_model.templates import load_template
from server import storage as storage_module
from server.database import Database, _alembic
from server.storage import SECONDS_A_DAY, Storage
from server.tables import METADATA, SCENARIO, VERSION
from tests.server.databases import opened
from ui.ledger import facts_to_keep
from ui.saving import (
    ALPHABET,
    ID_LENGTH,
    Author,
    NotAllowedError,
    NotFoundError,
    NotReadableError,
    TooMuchError,
    UnavailableError,
    pseudonym,
    split_reference,
)

CASE = load_case("promevil")
NOBODY = Author()


def changed(people: float):
    return CASE.with_changes({"quiet_nights.people": people})


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def wait(self, days: float) -> None:
        self.now += days * SECONDS_A_DAY


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def storage(database_url, clock):
    with opened(database_url) as database:
        yield Storage(database, days=30, clock=clock)


def save(storage, people=1, *, by=NOBODY, name="Test"):
    return storage.save(changed(people), began_as=CASE, name=name, by=by)


class TestSaving:
    def test_what_is_saved_is_opened_again_papers_included(self, storage, clock):
        saved = save(storage, 1200, name="Essai d'été")
        found = storage.open(saved.id)
        assert found.scenario == changed(1200)
        assert found.began_as == CASE
        assert found.name == "Essai d'été"
        assert found.model_version == roi_model.__version__
        assert found.tables == facts_to_keep()
        assert found.ratio == pytest.approx(roi_model.evaluate(changed(1200)).ratio)
        assert found.saved_at.timestamp() == clock.now
        assert split_reference(found.reference) == (saved.id, 1)

    @pytest.mark.parametrize("name", ["adulte_relais", "own_case"])
    def test_a_template_to_fill_has_no_ratio_and_is_saved_all_the_same(self, storage, name):
        case = load_template(name).case
        saved = storage.save(case, began_as=case, name="x", by=NOBODY)
        found = storage.open(saved.id)
        assert (found.scenario, found.began_as, found.ratio) == (case, case, None)

    def test_a_name_is_one_line_that_any_database_holds(self, storage):
        saved = save(storage, name="a\0b\n\u202ec" + "d" * 500)
        assert storage.open(saved.id).name.startswith("a b c")
        assert len(storage.open(saved.id).name) == 120

    def test_what_is_too_large_is_refused(self, storage, monkeypatch):
        monkeypatch.setattr(storage_module, "LARGEST_DOCUMENT", 1_000)
        with pytest.raises(TooMuchError):
            save(storage)

    def test_ids_are_long_random_and_easily_read(self, storage):
        ids = {save(storage).id for _ in range(20)}
        assert len(ids) == 20
        assert all(len(one) == ID_LENGTH and set(one) <= set(ALPHABET) for one in ids)

    def test_nothing_is_stored_of_who_saved_but_a_hash(self, storage):
        anonymous = save(storage)
        mine = save(storage, by=Author(subject=pseudonym("https://id.example.org", "jeanne")))
        with storage.database.engine.connect() as connection:
            rows = {row.id: row for row in connection.execute(select(SCENARIO))}
        assert anonymous.key not in str(rows[anonymous.id])
        assert rows[anonymous.id].owner is None
        assert rows[mine.id].key_hash is None
        assert mine.key is None
        assert "jeanne" not in str(rows[mine.id])


class TestVersions:
    def test_a_new_one_leaves_the_others_as_they_are(self, storage):
        saved = save(storage, 1)
        by = Author(key=saved.key)
        second = storage.new_version(saved.id, changed(2), began_as=CASE, name="Deux", by=by)
        assert second.number == 2
        assert storage.open(saved.id, 1).scenario == changed(1)
        assert storage.open(saved.id, 1).name == "Test"
        assert storage.open(saved.id, 2).scenario == changed(2)
        assert storage.open(saved.id).number == 2

    def test_many_at_once_are_each_kept(self, storage):
        saved = save(storage)
        by = Author(key=saved.key)

        def one(people):
            return people, storage.new_version(
                saved.id, changed(people), began_as=CASE, name="x", by=by
            )

        with ThreadPoolExecutor(6) as pool:
            made = list(pool.map(one, range(100, 118)))
        assert sorted(version.number for _, version in made) == list(range(2, 20))
        for people, version in made:
            assert storage.open(saved.id, version.number).scenario == changed(people)

    def test_there_is_an_end_to_them(self, storage, monkeypatch):
        monkeypatch.setattr(storage_module, "MOST_VERSIONS", 1)
        saved = save(storage)
        with pytest.raises(TooMuchError):
            storage.new_version(saved.id, CASE, began_as=CASE, name="x", by=Author(key=saved.key))
        assert storage.open(saved.id).number == 1

    @pytest.mark.parametrize("number", [0, 2, 999_999])
    def test_one_that_is_not_there_is_not_found(self, storage, number):
        with pytest.raises(NotFoundError):
            storage.open(save(storage).id, number)

    def test_one_that_this_model_does_not_understand_says_so(self, storage):
        saved = save(storage)
        with storage.database.engine.begin() as connection:
            connection.execute(update(VERSION).values(document='{"id": "x"}', model_version="9"))
        with pytest.raises(NotReadableError, match="9"):
            storage.open(saved.id)


class TestWhoMay:
    @pytest.mark.parametrize(
        "other",
        [NOBODY, Author(key="guess"), Author(key=""), Author(subject="0" * 64)],
        ids=["nobody", "guess", "empty", "account"],
    )
    def test_another_neither_adds_nor_deletes(self, storage, other):
        for saved in (save(storage), save(storage, by=Author(subject="1" * 64))):
            with pytest.raises(NotAllowedError):
                storage.new_version(saved.id, CASE, began_as=CASE, name="x", by=other)
            with pytest.raises(NotAllowedError):
                storage.delete(saved.id, by=other)
            assert storage.open(saved.id).number == 1

    def test_the_key_of_one_does_not_open_another(self, storage):
        first, second = save(storage), save(storage)
        with pytest.raises(NotAllowedError):
            storage.delete(second.id, by=Author(key=first.key))

    def test_one_sees_ones_own_the_last_saved_first(self, storage, clock):
        me = Author(subject="1" * 64)
        first, second = save(storage, by=me), save(storage, name="Deux", by=me)
        clock.wait(1)
        storage.new_version(first.id, CASE, began_as=CASE, name="Trois", by=me)
        save(storage, by=Author(subject="2" * 64))
        with_key, other = save(storage), save(storage)
        keys = {with_key.id: with_key.key, other.id: "guess", first.id: "guess"}
        found = storage.list_own(subject=me.subject, keys=keys)
        assert {one.id for one in found} == {first.id, second.id, with_key.id}
        assert [one.name for one in found if one.id == first.id] == ["Trois"]
        assert found[-1].saved_at <= found[0].saved_at
        assert [one.id for one in storage.list_own(subject=None, keys=keys)] == [with_key.id]
        assert storage.list_own(subject=None, keys={}) == []


class TestTheEnd:
    def test_what_is_deleted_is_gone(self, storage):
        saved = save(storage)
        storage.delete(saved.id, by=Author(key=saved.key))
        with pytest.raises(NotFoundError):
            storage.open(saved.id)
        with pytest.raises(NotFoundError):
            storage.delete(saved.id, by=Author(key=saved.key))
        with storage.database.engine.connect() as connection:
            assert connection.execute(select(VERSION)).first() is None

    def test_its_time_is_counted_from_the_last_version(self, storage, clock):
        saved = save(storage)
        by = Author(key=saved.key)
        clock.wait(29)
        storage.new_version(saved.id, CASE, began_as=CASE, name="x", by=by)
        clock.wait(29)
        assert storage.open(saved.id).number == 2
        assert storage.purge_expired() == 0
        clock.wait(1.5)
        for act in (
            lambda: storage.open(saved.id),
            lambda: storage.new_version(saved.id, CASE, began_as=CASE, name="x", by=by),
        ):
            with pytest.raises(NotFoundError):
                act()
        assert storage.list_own(subject=None, keys={saved.id: saved.key}) == []
        assert storage.purge_expired() == 1
        assert storage.purge_expired() == 0

    def test_without_a_time_it_is_kept(self, database_url, clock):
        with opened(database_url) as database:
            storage = Storage(database, days=0, clock=clock)
            saved = save(storage)
            clock.wait(100_000)
            assert storage.purge_expired() == 0
            assert storage.open(saved.id).number == 1


class TestTheTables:
    def test_are_those_that_the_steps_make(self, database_url):
        with opened(database_url) as database:
            database.check()
            found = inspect(database.engine)
            for table in METADATA.sorted_tables:
                columns = {one["name"]: one["nullable"] for one in found.get_columns(table.name)}
                assert columns == {one.name: one.nullable for one in table.columns}
                indexes = {one["name"] for one in found.get_indexes(table.name)}
                assert indexes == {one.name for one in table.indexes}
            assert set(found.get_table_names()) == {*METADATA.tables, "alembic_version"}

    def test_are_made_once_by_many_who_start_at_once(self, database_url):
        databases = [Database(database_url) for _ in range(4)]
        gate = threading.Barrier(4)

        def start(database):
            gate.wait()
            database.check()

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(start, databases))
        for one in databases:
            one.close()

    def test_of_an_older_server_keep_what_was_saved(self, database_url):
        with opened(database_url) as database:
            saved = save(Storage(database), 7)
            with database.engine.begin() as connection:
                command.downgrade(_alembic(connection), "0001")
            columns = {one["name"] for one in inspect(database.engine).get_columns("version")}
            assert columns == {one.name for one in VERSION.columns} - {"tables"}
        with opened(database_url) as database:
            storage = Storage(database)
            found = storage.open(saved.id)
            assert (found.scenario, found.tables) == (changed(7), None)
            later = storage.new_version(
                saved.id, CASE, began_as=CASE, name="x", by=Author(key=saved.key)
            )
            assert storage.open(saved.id, later.number).tables == facts_to_keep()

    def test_of_a_newer_server_are_left_alone(self, database_url):
        with opened(database_url) as database:
            database.check()
            with database.engine.begin() as connection:
                connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with opened(database_url) as database, pytest.raises(UnavailableError) as refused:
            database.check()
        assert refused.value.reason == "newer"


@pytest.mark.parametrize(
    "text", ["", "abc", "../../etc", "1" * 17, "1" * 16 + ".0", "1" * 16 + ".x", "0" * 16, "é" * 16]
)
def test_what_is_no_reference_names_nothing(text):
    assert split_reference(text) is None


class Histories(RuleBasedStateMachine):
    """Whatever is saved, changed and deleted in whatever order: what was saved stays as it was."""

    scenarios = Bundle("scenarios")

    @initialize()
    def begin(self):
        self.clock = Clock()
        self.place = tempfile.TemporaryDirectory()
        self.database = Database(f"sqlite:///{self.place.name}/saved.sqlite3")
        self.storage = Storage(self.database, days=30, clock=self.clock)
        self.saved: dict[tuple[str, int], float] = {}
        self.keys: dict[str, str] = {}
        self.last: dict[str, float] = {}

    @rule(target=scenarios, people=st.integers(0, 5_000))
    def save(self, people):
        made = save(self.storage, people)
        self.saved[made.id, 1] = people
        self.keys[made.id], self.last[made.id] = made.key, self.clock.now
        return made.id

    def is_kept(self, id):
        return id in self.keys and self.clock.now < int(self.last[id]) + 30 * SECONDS_A_DAY

    @rule(id=scenarios, people=st.integers(0, 5_000))
    def add(self, id, people):
        by = Author(key=self.keys.get(id))
        if not self.is_kept(id):
            with pytest.raises(NotFoundError):
                self.storage.new_version(id, changed(people), began_as=CASE, name="x", by=by)
            return
        made = self.storage.new_version(id, changed(people), began_as=CASE, name="x", by=by)
        assert made.number == 1 + sum(one == id for one, _ in self.saved)
        self.saved[id, made.number] = people
        self.last[id] = self.clock.now

    @rule(id=consumes(scenarios))
    def delete(self, id):
        if self.is_kept(id):
            self.storage.delete(id, by=Author(key=self.keys.pop(id)))

    @rule(id=scenarios)
    def guess(self, id):
        with pytest.raises((NotAllowedError, NotFoundError)):
            self.storage.delete(id, by=Author(key="guess"))

    @rule(days=st.floats(0, 20))
    def wait(self, days):
        self.clock.wait(days)

    @rule()
    def purge(self):
        over = [id for id in self.keys if not self.is_kept(id)]
        assert self.storage.purge_expired() == len(over)
        for id in over:
            del self.keys[id]

    @invariant()
    def nothing_changed(self):
        for (id, number), people in getattr(self, "saved", {}).items():
            if self.is_kept(id):
                found = self.storage.open(id, number).scenario
                assert found.value_at("quiet_nights.people") == people
            else:
                with pytest.raises(NotFoundError):
                    self.storage.open(id, number)

    @invariant()
    def one_sees_ones_own(self):
        if hasattr(self, "keys"):
            found = self.storage.list_own(subject=None, keys=self.keys)
            assert {one.id for one in found} == {id for id in self.keys if self.is_kept(id)}

    def teardown(self):
        if hasattr(self, "database"):
            self.database.close()
            self.place.cleanup()


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=10, stateful_step_count=12, deadline=None)


def test_a_document_is_a_case_file(storage, tmp_path):
    saved = save(storage, 7)
    with storage.database.engine.connect() as connection:
        document = connection.execute(select(VERSION.c.document)).scalar_one()
    path = tmp_path / "case.json"
    path.write_text(json.dumps(json.loads(document)))
    assert load_case(path) == storage.open(saved.id).scenario
