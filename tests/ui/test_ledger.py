"""A link made before the data was corrected says which numbers were others, and no link lies."""

import json
import re
import shutil
import subprocess
import sys
from urllib.parse import urlencode

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from roi_model import evaluate, shipped_cases
from roi_model.case_files import CASES, read_case
from roi_model.editing import duplicated, edits_of, with_outcome, with_unit_value, without
from roi_model.evidence_library import evidence_library
from roi_model.parameters import Name
from roi_model.templates import load_template, templates
from tests.ui.changing import CASE, changes_of_the_case
from ui.bases import believed, load
from ui.ledger import (
    LEDGER,
    TABLES,
    Change,
    State,
    changed_from,
    differences,
    facts_of,
    facts_of_tables,
    shipped_ledger,
    stamp_for,
    stamp_of,
    states_of,
)
from ui.ledger_words import notices
from ui.link import Announced, address_of, opened, stated_in
from ui.words import LANGUAGES, words_in

ROOT = LEDGER.parents[1]
BASES = (*shipped_cases(), *templates())
many = settings(max_examples=100, deadline=None)


def today(name):
    return facts_of_tables() if name == TABLES else facts_of(load(name))


def state_to_add(name):
    """Return the state that the ledger lacks, as it is to be written at the end of its list."""
    before = ([{}] + [facts for _, facts in states_of(name)])[-1]
    now = today(name)
    state = {"stamp": stamp_of(now)}
    state["says"] = {one: said for one, said in now.items() if before.get(one) != said}
    gone = {one.address for one in differences(before, now, {}) if one.now is None}
    state |= {"gone": {one: {"fr": "?", "en": "?"} for one in gone}} if gone else {}
    return yaml.safe_dump({name: [state]}, allow_unicode=True, sort_keys=False)


class TestTheLedger:
    @pytest.mark.parametrize("name", [*BASES, TABLES])
    def test_ends_with_what_the_data_says_today(self, name):
        states = [dict(facts) for _, facts in states_of(name)]
        assert states[-1:] == [today(name)], f"add to data/ledger.yaml:\n{state_to_add(name)}"

    def test_keeps_no_state_but_as_it_was(self):
        for name in shipped_ledger():
            for state, facts in states_of(name):
                assert state.stamp == stamp_of(facts), name

    def test_names_what_is_gone_only_where_it_was_there(self):
        for name in shipped_ledger():
            before = {}
            for state, facts in states_of(name):
                lost = {one.address for one in differences(before, facts, {}) if one.now is None}
                assert state.gone.keys() == lost
                before = facts

    def test_follows_states_one_after_the_other(self):
        label = Name(fr="Bruit", en="Noise")
        first = State(stamp="aaaaaa", says={"a": "1 staff", "b.*": "x", "b.n": "2 item"})
        second = State(stamp="bbbbbb", says={"a": "3 staff", "c": "4 item"}, gone={"b": label})
        ledger = {"own": (first, second)}
        assert [facts for _, facts in states_of("own", ledger)] == [
            {"a": "1 staff", "b.*": "x", "b.n": "2 item"},
            {"a": "3 staff", "c": "4 item"},
        ]
        assert list(states_of("other", ledger)) == []


def corrected(tmp_path, *replacements):
    """Return the case of a copy of its file, some of whose texts are replaced."""
    text = (CASES / "promevil.yaml").read_text(encoding="utf-8")
    for old, new in replacements:
        assert text.count(old) == 1
        text = text.replace(old, new)
    path = tmp_path / "promevil.yaml"
    path.write_text(text, encoding="utf-8")
    return read_case(path)


DEARER_NOISE = ("value: 788\n", "value: 800\n")
LESS_AID = ("value: 1500000\n", "value: 1400000\n")


def link_to(scenario, language="fr"):
    """Return the link that opens a scenario made of the case as it is today."""
    address = address_of(CASE, edits_of(CASE, scenario), language, evaluate(scenario).ratio)
    assert address is not None
    return address


def said(address, case, language="fr"):
    """Return what is said of a link that opens when its case has become another."""
    found = opened(address, lambda _: case, believed)
    return changes_text(found.announced, case, evaluate(found.scenario).ratio, words_in(language))


def changes_text(announced, case, ratio, t):
    """Return the one notice there is, or nothing."""
    found = list(notices(announced, case, case, ratio, t))
    assert len(found) < 2
    return found[0] if found else []


def plain(sentences):
    """Return sentences with plain spaces."""
    return [re.sub(r"\s", " ", one) for one in sentences]


def changed_at(address, case):
    """Return where the case of a link is another, in the order in which it is said."""
    return [one.address for one in opened(address, lambda _: case).announced.changes]


class TestALinkOpenedAfterACorrection:
    def test_names_each_number_then_and_now_and_the_ratio(self, tmp_path):
        case = corrected(tmp_path, DEARER_NOISE, LESS_AID)
        french, english = (plain(said(link_to(CASE, one), case, one)) for one in LANGUAGES)
        assert french == [
            # 20 200 000 / 1 500 000, then 20 200 000 / 1 400 000: the balance makes up the total
            "Les données ont été corrigées depuis que ce lien a été fait. Il annonçait 13,47 € ; "
            "le même scénario donne aujourd’hui 14,43 €. Ce qui a changé :",
            "Aide de l’État (contrats aidés) : 1 500 000 € par an à l’époque, 1 400 000 € par an "
            "aujourd’hui",
            "Nuits plus calmes : Coût de santé évité par personne : 788 € par personne et par an à "
            "l’époque, 800 € par personne et par an aujourd’hui",
            # 1 000 people × 12 € less
            "Solde non détaillé par la presse : Montant du solde : 10 195 000 € par an à l’époque, "
            "10 183 000 € par an aujourd’hui",
            # the aid over 200 posts
            "Coût d’un poste pour le financeur : 7 500 € par salarié et par an à l’époque, 7 000 € "
            "par salarié et par an aujourd’hui",
        ]
        assert len(english) == len(french)
        assert english[1] == (
            "State aid (subsidised contracts): €1,500,000 per year then, €1,400,000 per year today"
        )

    def test_says_so_where_the_ratio_is_the_same_to_the_cent(self, tmp_path):
        case = corrected(tmp_path, DEARER_NOISE)
        first, *changes = said(link_to(CASE), case)
        assert first == words_in("fr")("link.changed")
        assert len(changes) == 2  # the value of noise, and the balance that makes up the total

    def test_says_nothing_of_a_number_that_it_states_itself(self, tmp_path):
        case = corrected(tmp_path, DEARER_NOISE)
        scenario = CASE.with_changes({"quiet_nights.saving_per_person": 900, "balance.amount": 1})
        assert changed_at(link_to(scenario), case) == []
        assert said(link_to(scenario), case) == []

    def test_says_the_price_of_a_cost_whose_quantity_it_states(self):
        template = load_template("adulte_relais").case
        filled = template.with_changes({"state_aid": 12})
        address = address_of(template, edits_of(template, filled), "fr", 0.0)
        (aid, *others) = template.costs
        price = aid.price.model_copy(update={"value": 30_000.0})
        dearer = template.model_copy(
            update={"costs": (aid.model_copy(update={"price": price}), *others)}
        )
        (change,) = opened(address, lambda _: dearer).announced.changes
        assert (change.address, change.before, change.now) == (
            "state_aid.price",
            "22810 EUR/staff/year 2024",
            "30000 EUR/staff/year 2024",
        )

    def test_of_a_case_of_ones_own_says_what_it_takes_from_the_shipped_one(self, tmp_path):
        case = corrected(tmp_path, DEARER_NOISE, LESS_AID)
        own = duplicated(without(CASE, "balance"), "police_time")
        address = link_to(own)
        assert "edits" in address
        assert changed_at(address, case) == [
            "state_aid",
            "quiet_nights.saving_per_person",
            "funding.cost_per_post",
        ]

    def test_names_lines_and_numbers_that_came_and_went(self):
        noise = next(one for one in CASE.outcomes if one.id == "quiet_nights")
        changed = duplicated(without(CASE, "sncf_savings"), "quiet_nights")
        changed = changed.model_copy(
            update={
                "outcomes": tuple(
                    one.model_copy(update={"drop_off": None, "start_year": 2})
                    if one == noise
                    else one
                    for one in changed.outcomes
                )
            }
        ).with_changes({"police_time.deadweight": 0.25, "lines": "itemised"})
        sentences = plain(said(link_to(CASE), changed))
        assert sentences[1:] == [
            # what is gone without a name in the ledger keeps that of the address
            "sncf_savings : ligne retirée depuis",
            "Nuits plus calmes : ligne ajoutée depuis",
            "Interventions de police évitées : Serait arrivé de toute façon (effet d’aubaine) : "
            "rien à l’époque, 25 % aujourd’hui",
            "Lignes comptées : toutes à l’époque, détaillées seulement aujourd’hui",
            "Nuits plus calmes : la ligne est comptée autrement (à qui elle revient, quand elle "
            "commence, sur quoi elle repose)",
        ]

    def test_names_what_is_gone_as_readers_knew_it(self):
        label = Name(fr="Bruit", en="Noise")
        before = {"noise.*": "x", "noise.people": "5 person", "fare.*": "x", "fare.price": "2 EUR"}
        now = {"fare.*": "x", "fare.count": "2 item"}
        labels = {"noise": label, "fare.price": label}
        assert list(differences(before, now, labels)) == [
            Change(address="noise", before="", now=None, label=label),
            Change(address="fare.count", before=None, now="2 item"),
            Change(address="fare.price", before="2 EUR", now=None, label=label),
        ]
        announced = Announced(changes=tuple(differences(before, now, labels)))
        sentences = plain(changes_text(announced, CASE, 1.0, words_in("en")))
        assert sentences[1::2] == [
            "Noise: a line taken out since",
            "Noise: €2 then, taken out since",
        ]

    def test_says_that_prices_are_of_another_year(self, tmp_path):
        delays = "value: 2400000\n        unit: EUR/year\n        year: {}\n"
        case = corrected(tmp_path, (delays.format(2016), delays.format(2015)))
        assert plain(said(link_to(CASE), case))[1:] == [
            "Retards évités aux voyageurs : Valeur des retards évités : prix de 2016 à "
            "l’époque, de 2015 aujourd’hui"
        ]


class TestASavedScenario:
    """It keeps the case that it began as; what that says otherwise today is told."""

    def changed(self, began_as, today, scenario=None, own=()):
        found = changed_from(began_as, today, scenario or began_as, set(own))
        return [(one.address, one.before, one.now) for one in found]

    def test_names_what_the_case_says_otherwise(self, tmp_path):
        today = corrected(tmp_path, LESS_AID)
        aid = ("state_aid", "1500000 EUR/year 2016", "1400000 EUR/year 2016")
        post = ("funding.cost_per_post", "7500 EUR/staff/year 2016", "7000 EUR/staff/year 2016")
        assert self.changed(CASE, today) == [aid, post]
        assert self.changed(CASE, today, own=["funding.*"]) == [aid]
        assert self.changed(CASE, CASE) == []

    def test_of_a_case_of_ones_own_names_nothing(self, tmp_path):
        today = corrected(tmp_path, LESS_AID)
        assert self.changed(CASE.with_changes({"sncf_savings.savings": 1}), today) == []

    def test_names_no_line_that_was_never_in_the_data(self, tmp_path):
        today = corrected(tmp_path, LESS_AID)
        assert self.changed(duplicated(CASE, "quiet_nights"), today) == self.changed(CASE, today)

    def test_keeps_quiet_about_a_funding_case_of_its_own(self, tmp_path):
        funding = CASE.funding.model_copy(update={"cost_per_post": CASE.funding.posts})
        own = stated_in(edits_of(CASE, CASE.model_copy(update={"funding": funding})))
        today = corrected(tmp_path, LESS_AID)
        assert [one[0] for one in self.changed(CASE, today, own=own)] == ["state_aid"]


class TestALinkThatClaimsMoreThanTheData:
    """Its edits hold a number of the library, or of the case, that was corrected since."""

    def said(self, scenario, language="fr"):
        address = link_to(scenario, language)
        found = opened(address, load, believed)
        ratio = evaluate(found.scenario).ratio
        said = notices(found.announced, found.case, found.scenario, ratio, words_in(language))
        return [plain(one) for one in said]

    def picked(self, **changes):
        """Return the case with a line of the library, its value as it may have been once."""
        called = Name(fr="Combien", en="How many")
        value = evidence_library().unit_value("fire_service_callout")
        return with_unit_value(CASE, value.model_copy(update=changes), called)

    def test_is_believed_where_the_data_says_the_same(self):
        assert self.said(self.picked()) == []

    def test_is_told_what_the_library_says_today(self):
        value = evidence_library().unit_value("fire_service_callout")
        t = words_in("fr")
        older = {"value": value.value + 1, "low": None, "high": None}
        (said,) = self.said(self.picked(**older))
        (line,) = said[1:]
        was, now = (plain([t.value(one, value.unit)])[0] for one in (value.value + 1, value.value))
        label = plain([t.of(value.label)])[0]
        assert line == f"{label} : {was} dans le lien, {now} dans nos données aujourd’hui"

    def test_is_told_that_no_source_is_known(self):
        noise = CASE.outcomes[3]
        people, price = noise.factors
        dearer = price.model_copy(update={"value": 7_880.0})
        line = noise.model_copy(update={"id": "nights", "factors": (people, dearer)})
        ((_, english),) = self.said(with_outcome(CASE, line), "en")
        assert english.endswith(
            "Health cost avoided per person: €7,880 per person per year in the link, "
            "with no source known here"
        )


class TestNoLinkLies:
    @many
    @given(changes=changes_of_the_case(), language=st.sampled_from(LANGUAGES))
    def test_data_that_did_not_change_is_said_to_be_the_same(self, changes, language):
        found = opened(link_to(CASE.with_changes(changes), language), load)
        assert found.announced.changes == ()
        ratio = evaluate(found.scenario).ratio
        assert changes_text(found.announced, CASE, ratio, words_in(language)) == []

    @pytest.mark.parametrize("name", BASES)
    def test_no_shipped_case_is_said_to_have_changed(self, name):
        case = load(name)
        assert opened(address_of(case, edits_of(case, case), "fr", 1), load).announced == Announced(
            ratio=1, changes=()
        )

    @many
    @given(stamp=st.one_of(st.text(max_size=20), st.from_regex(r"[0-9a-f]{6}\.[0-9a-f]{6}")))
    def test_of_a_stamp_that_nobody_made_is_not_known(self, stamp):
        address = link_to(CASE) | {"data": stamp}
        known = {state.stamp for state, _ in states_of("promevil")}
        assert (opened(address, load).announced.changes is None) == (
            stamp.partition(".")[0] not in known
        )

    def test_made_before_links_said_so_still_says_that_the_ratio_moved(self):
        announced = opened({"ratio": "9.99"}, load).announced
        t = words_in("fr")
        moved = t("link.corrected", announced=t.ratio(9.99), ratio=t.ratio(20.2 / 1.5))
        assert changes_text(announced, CASE, 20.2 / 1.5, t) == [moved]

    def test_whose_data_is_the_same_blames_no_number(self):
        announced = opened(link_to(CASE) | {"ratio": "9.99"}, load).announced
        t = words_in("en")
        said = t("link.same_data", announced=t.ratio(9.99), ratio=t.ratio(20.2 / 1.5))
        assert changes_text(announced, CASE, 20.2 / 1.5, t) == [said]

    def test_that_could_not_be_followed_announces_nothing(self):
        assert opened({"deadweight": "9", "ratio": "9.99"}, load).announced == Announced()

    def test_of_a_case_that_is_not_there_compares_it_with_no_other(self):
        address = link_to(CASE) | {"case": "atlantis"}
        assert opened(address, lambda name: {"promevil": CASE}[name]).announced == Announced()

    def test_of_tables_that_are_not_known_says_so_only_where_they_count(self):
        stamp = {"data": stamp_for(CASE)[:7] + "......"}
        assert opened(link_to(CASE) | stamp, load).announced.changes == ()
        for choice in ({"optimism_bias": "by_grade"}, {"price_year": "2020"}):
            assert opened(link_to(CASE) | stamp | choice, load).announced.changes is None

    def test_is_longer_by_one_short_name(self):
        assert len(urlencode({"data": stamp_for(CASE)})) == len("data=123456.123456")


OPENING = """
import json, sys
from streamlit.testing.v1 import AppTest
shown = []
for address in json.loads(sys.argv[1]):
    app = AppTest.from_file("dashboard.py", default_timeout=60)
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception
    shown.append([one.value for one in app.info])
sys.stdout.write(json.dumps(shown))
"""


def test_the_pages_over_other_data_say_what_changed(tmp_path):
    """Sends links of today to a copy of the dashboard whose files were corrected since."""
    for name in ("roi_model", "ui", "pages", "reports", "data"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "dashboard.py", tmp_path)
    for file, old, new in (
        ("cases/promevil.yaml", "value: 1500000\n", "value: 1400000\n"),
        ("unit_values.yaml", "value: 22810\n", "value: 23000\n"),
        ("optimism_bias.yaml", "value: 0.4\n", "value: 0.5\n"),
        ("consumer_prices.yaml", "2020: 104.73", "2020: 104.75"),
    ):
        path = tmp_path / "data" / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")
    template = load_template("adulte_relais").case
    links = [
        link_to(CASE),
        link_to(CASE.with_changes({"optimism_bias": "by_grade", "price_year": 2020}), "en"),
        address_of(template, edits_of(template, template), "en", evaluate(template).ratio),
    ]
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", OPENING, json.dumps(links)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    untouched, with_tables, to_fill = ("\n".join(one) for one in json.loads(run.stdout))
    assert "1\u202f500\u202f000\u00a0€ par an à l’époque" in untouched
    assert "14,43" in untouched
    assert "Optimism-bias correction" in with_tables
    assert words_in("en")("link.prices") in with_tables
    assert "€22,810" in to_fill
    assert "€23,000" in to_fill
