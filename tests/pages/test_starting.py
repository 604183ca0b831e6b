"""Starting, the guided path, the library and the checks, in both languages."""

import datetime
from html import escape

import pytest

from reports.workbook import workbook
from reports.workbook_reading import scenario_from_workbook
from roi_model import ScenarioError, evaluate, load_case
from roi_model.case_files import case_from, case_text
from roi_model.checks import SERIOUS, check
from roi_model.evidence_library import evidence_library
from roi_model.parameters import Correlation
from roi_model.templates import load_template, missing, templates
from roi_model.value_map_files import value_map_content
from tests.pages.opening import (
    htmls,
    link_of,
    open_app,
    press,
    refusals,
    shown,
    type_in,
    typed_at,
)
from tests.ui.reading_html import Tree
from ui import link, start
from ui.bases import believed, load
from ui.words import LANGUAGES, words_in

languages = pytest.mark.parametrize("language", LANGUAGES)
CASE = load_case("promevil")
ADULTE_RELAIS = load_template("adulte_relais")


def scenario_of(app):
    return app.session_state["scenario"]


def title(app):
    (found,) = app.title
    return found.value


class TestStarting:
    @languages
    def test_every_template_and_the_published_case_are_offered(self, language):
        app, t = open_app("start", language), words_in(language)
        said = shown(app)
        for name in templates():
            assert t.of(load_template(name).name) in said
        assert t.of(CASE.description) in said

    @languages
    @pytest.mark.parametrize("name", templates())
    def test_a_template_leads_to_its_first_question(self, name, language):
        app = open_app("start", language)
        app.button(key=f"template:{name}").click().run()
        assert not app.exception
        assert scenario_of(app) == load_template(name).case

    def test_the_published_case_can_be_opened_again_and_what_was_open_had_back(self):
        app = open_app("start", "fr", deadweight="0.5")
        press(app, words_in("fr")("start.open_published"))
        assert scenario_of(app) == CASE
        back = app.switch_page("pages/inputs.py").run()
        press(back, words_in("fr")("editing.undo"))
        assert scenario_of(back) == CASE.with_changes({"deadweight": 0.5})

    @languages
    def test_a_link_that_was_received_opens(self, language):
        app = open_app("start", language)
        address = "https://example.org/inputs?v=1&lang=en&quiet_nights.people=1200&nothing=1"
        app.text_input(key="received_link").set_value(address).run()
        assert not app.exception
        assert scenario_of(app) == CASE.with_changes({"quiet_nights.people": 1_200})

    def test_what_is_no_link_changes_nothing(self):
        app = open_app("start", "fr")
        for pasted in ("bonjour", "https://www.google.fr", "http://[", "https://a.org/?q=1"):
            app.text_input(key="received_link").set_value(pasted).run()
            assert not app.exception
            assert scenario_of(app) == CASE
            assert refusals(app) == [words_in("fr")("start.not_a_link")]
            assert app.text_input(key="received_link").value == pasted


def scenario_in(content, name):
    return start.scenario_in(content, name=name, workbook_reader=scenario_from_workbook)


class TestAFileThatWasReceived:
    @pytest.mark.parametrize("name", ["mine.yaml", "mine.json"])
    def test_may_be_a_case_file(self, name):
        written = case_text(CASE, f".{name.partition('.')[2]}").encode()
        assert scenario_in(written, name) == CASE

    def test_may_be_a_workbook_made_here(self):
        changed = CASE.with_changes({"deadweight": 0.25})
        written = workbook(changed, language="fr", today=datetime.date(2026, 11, 24))
        assert scenario_in(written, "MINE.XLSX") == changed

    @pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
    def test_may_be_a_value_map(self, suffix):
        written = value_map_content(CASE, suffix=suffix, lossy=True)
        assert len(scenario_in(written, f"map{suffix}").outcomes) == len(CASE.outcomes)

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"hello"])
    def test_may_be_no_workbook_at_all(self, content):
        with pytest.raises(ScenarioError):
            scenario_in(content, "map.xlsx")

    @languages
    def test_that_cannot_be_opened_is_said_to_be_wrong_in_the_readers_words(self, language):
        content = case_text(CASE).replace("value: 1500000", "value: <b>lots</b>").encode()
        with pytest.raises(ScenarioError) as refused:
            case_from(content, name="<i>mine.yaml")
        app, t = open_app("start", language), words_in(language)
        app.session_state["not_opened"] = refused.value
        app.run()
        (shown_as,) = [one for one in htmls(app) if 'class="refused"' in one]
        received = t("file_problem.quoted", text="<b>lots</b>")
        assert escape(t("fault.float_type", received=received)) in shown_as
        assert escape(t("start.not_opened", name="<i>mine.yaml")) in shown_as
        assert escape(refused.value.problems[0].message) not in shown_as
        assert "<b>" not in shown_as


class TestTheGuidedPath:
    @languages
    def test_asks_one_question_at_a_time_and_says_what_is_missing(self, language):
        t = words_in(language)
        app = open_app("guide", language, case="adulte_relais")
        first = ADULTE_RELAIS.questions[0]
        assert title(app) == t("guide.name")
        press(app, t("guide.on"))
        assert title(app) == t.of(first.text)
        left = len(missing(ADULTE_RELAIS, ADULTE_RELAIS.case))
        assert t.counted("guide.missing", left, number=t.number(left)) in shown(app)
        type_in(app, first.fills[0], "10")
        assert t.counted("guide.missing", left - 1, number=t.number(left - 1)) in shown(app)
        press(app, t("guide.on"))
        assert title(app) == t.of(ADULTE_RELAIS.questions[1].text)
        press(app, t("guide.back"))
        assert title(app) == t.of(first.text)

    @languages
    def test_to_its_end_gives_a_result(self, language):
        t = words_in(language)
        app = open_app("guide", language, case="adulte_relais")
        press(app, t("guide.on"))
        for question in ADULTE_RELAIS.questions:
            assert title(app) == t.of(question.text)
            for address in question.fills:
                type_in(app, address, "10")
            press(app, t("guide.on"))
        assert title(app) == t("guide.end")
        assert t("guide.end_complete") in shown(app)
        filled = dict.fromkeys(ADULTE_RELAIS.to_fill, 10)
        expected = evaluate(ADULTE_RELAIS.case.with_changes(filled))
        assert t.ratio(expected.ratio) in shown(app)

    def test_is_resumed_where_it_was_left(self):
        t = words_in("fr")
        app = open_app("guide", "fr", case="adulte_relais", step="1")
        type_in(app, "state_aid", "12")
        press(app, t("guide.on"))
        assert app.query_params["step"] == "2"
        again = open_app("guide", None, **app.query_params)
        assert title(again) == t.of(ADULTE_RELAIS.questions[1].text)
        assert scenario_of(again) == scenario_of(app)

    @pytest.mark.parametrize("step", ["99", "-1", "x", "٣", ""])
    def test_a_step_that_does_not_exist_does_no_harm(self, step):
        app = open_app("guide", "fr", case="adulte_relais", step=step)
        assert not app.exception
        assert app.title

    @languages
    def test_begins_with_the_name_which_the_link_keeps(self, language):
        app = open_app("guide", language, case="own_case")
        app.text_input(key="case:name").set_value("Les Tilleuls").run()
        app.text_input(key="case:period").set_value("2025").run()
        again = open_app("result", None, **app.query_params)
        assert scenario_of(again) == scenario_of(app)
        assert "Les Tilleuls, 2025" in again.markdown[0].value
        assert words_in(language).of(load_template("own_case").description) not in shown(again)
        app.text_input(key="case:name").set_value("").run()
        assert scenario_of(app).name == load_template("own_case").case.name

    @languages
    def test_asks_what_changes_and_for_whom_in_the_users_own_words(self, language):
        app, t = open_app("guide", language, case="own_case", step="3"), words_in(language)
        assert [one.label for one in app.text_input] == [
            t("editing.own_outcome"),
            t("editing.own_stakeholder"),
        ]
        app.text_input(key="words:first_change").set_value("Loyers payés à l'heure").run()
        app.text_input(key="words:beneficiaries").set_value("Locataires").run()
        (outcome,) = scenario_of(app).outcomes
        assert (outcome.label.fr, outcome.help) == ("Loyers payés à l'heure", None)
        assert scenario_of(app).stakeholder("beneficiaries").name.en == "Locataires"
        again = open_app("guide", None, **app.query_params)
        assert again.text_input(key="words:beneficiaries").value == "Locataires"

    def test_asks_no_more_than_ten_questions(self):
        assert max(len(load_template(name).questions) + 1 for name in templates()) <= 10

    def test_a_zero_that_is_typed_is_an_answer_and_survives_the_link(self):
        app, t = open_app("guide", "fr", case="adulte_relais", step="8"), words_in("fr")
        assert typed_at(app, "into_work.people") == ""
        assert t("inputs.needed") in "".join(htmls(app))
        type_in(app, "into_work.people", "0")
        again = open_app("guide", None, **app.query_params)
        for one in (app, again):
            assert typed_at(one, "into_work.people") == "0"
            assert "into_work.people" not in missing(ADULTE_RELAIS, scenario_of(one))
        press(again, t("inputs.empty_one"))
        assert "into_work.people" in missing(ADULTE_RELAIS, scenario_of(again))

    @languages
    def test_does_not_go_on_from_what_it_did_not_understand(self, language):
        app, t = open_app("guide", language, case="adulte_relais", step="2"), words_in(language)
        type_in(app, "employer_payment", "douze mille")
        press(app, t("guide.on"))
        assert title(app) == t.of(ADULTE_RELAIS.questions[1].text)
        assert len(refusals(app)) == 1
        type_in(app, "employer_payment", "")
        assert refusals(app) == []
        press(app, t("guide.on"))
        assert title(app) == t.of(ADULTE_RELAIS.questions[2].text)

    @pytest.mark.parametrize("text", ["12 postes", "12 ETP", "12 postes aidés"])
    def test_takes_the_words_of_its_own_field(self, text):
        app = open_app("guide", "fr", case="adulte_relais", step="1")
        type_in(app, "state_aid", text)
        assert scenario_of(app).value_at("state_aid") == 12

    @languages
    def test_says_that_there_is_no_result_yet_and_leads_to_what_is_missing(self, language):
        app, t = open_app("result", language, case="adulte_relais"), words_in(language)
        assert title(app) == t("headline.awaits_both")
        paid = {"state_aid": "12", "employer_payment": "85000"}
        app = open_app("result", language, case="adulte_relais", **paid)
        assert title(app) == t("headline.awaits_gains")
        app.button(key="missing:police_time.hours").click().run()
        assert title(app) == t.of(ADULTE_RELAIS.questions[4].text)

    @languages
    def test_of_a_case_that_has_no_questions_leads_to_the_start(self, language):
        app, t = open_app("guide", language), words_in(language)
        assert t("guide.nothing") in shown(app)

    def test_goes_on_without_a_line_that_was_taken_out(self):
        app = open_app("inputs", "fr", case="adulte_relais")
        app.button(key="remove:damage").click().run()
        position = [one.id for one in ADULTE_RELAIS.questions].index("damage") + 1
        there = open_app("guide", None, **{**app.query_params, "step": str(position)})
        assert not there.exception
        assert words_in("fr")("guide.gone") in shown(there)


class TestTheLibrary:
    @languages
    def test_shows_each_value_with_its_source_and_caveat(self, language):
        t, said = words_in(language), "\n".join(htmls(open_app("library", language)))
        for one in evidence_library().unit_values:
            assert escape(t.of(one.label)) in said
        assert said.count("<div class=value>") == len(evidence_library().unit_values)

    @languages
    def test_is_searched_by_words(self, language):
        app, t = open_app("library", language), words_in(language)
        app.text_input(key="library_search").set_value("police").run()
        found = evidence_library().search("police", language=language)
        assert 0 < len(found) < len(evidence_library().unit_values)
        assert t.counted("library.found", len(found), number=t.number(len(found))) in shown(app)
        app.text_input(key="library_search").set_value("licorne").run()
        assert t("library.nothing") in shown(app)

    @languages
    def test_a_value_that_is_picked_is_a_line_to_fill(self, language):
        app = open_app("library", language)
        app.button(key="pick:fire_service_callout").click().run()
        assert not app.exception
        line = scenario_of(app).outcomes[-1]
        assert line.id == "fire_service_callout"
        assert line.factors[0].is_to_fill
        inputs = open_app("inputs", None, **app.query_params)
        type_in(inputs, "fire_service_callout.quantity", "10")
        # (20 200 000 + 10 × 376) / 1 500 000
        assert evaluate(scenario_of(inputs)).present_value_benefits == pytest.approx(20_203_760)

    def test_picked_values_survive_the_link_with_their_papers(self):
        app = open_app("library", "fr")
        app.button(key="pick:police_hour_tariff_2014").click().run()
        again = open_app("inputs", None, **app.query_params)
        price = scenario_of(again).outcomes[-1].factors[1]
        assert price.provenance == "published"
        assert set(price.source) <= scenario_of(again).sources.keys()


class TestTheChecks:
    @languages
    def test_are_on_the_result_with_a_way_to_settle_them(self, language):
        app, t = open_app("result", language), words_in(language)
        serious = [one for one in check(CASE) if one.severity == SERIOUS]
        ways = [one for one in app.button if one.label == t("checks.settle")]
        assert len(ways) == sum(bool(one.addresses) for one in serious)

    def test_lead_to_the_field_concerned(self):
        app = open_app("uncertainty", "fr")
        position = next(at for at, one in enumerate(check(CASE)) if one.addresses)
        app.button(key=f"settle:{position}").click().run()
        assert not app.exception
        assert title(app) == words_in("fr")("inputs.title")
        places = [one for one in htmls(app) if "scrollIntoView" in one]
        assert len(places) == 1


def test_every_case_that_can_be_opened_has_its_own_link():
    for name in ("promevil", *templates()):
        case = load(name)
        query = link.address_of(case, link.Edits(), "fr", 1.0)
        assert link.opened(query, load, believed).scenario == case


def test_an_address_names_the_template():
    app = open_app("inputs", "fr", case="night_correspondents")
    assert link_of(app) == {"case": "night_correspondents"}


class TestATemplateThatWasFilledIn:
    @languages
    def test_is_not_said_to_be_a_study_and_is_not_asked_about_one(self, language):
        t = words_in(language)
        filled = {"state_aid": "10", "quiet_nights.people": "100"}
        app = open_app("result", language, case="adulte_relais", **filled)
        assert not app.exception
        said = shown(app)
        assert t("headline.own_lines") in said
        assert {one.key for one in app.toggle} == set()
        assert t("headline.published", ratio="—") not in said

    def test_draws_a_transfer_on_both_sides(self):
        filled = {"state_aid": "10", "into_work.people": "2"}
        app = open_app("result", "fr", case="adulte_relais", **filled)
        rows = evaluate(scenario_of(app)).by_stakeholder
        gains = [row.present_value_benefits for row in rows if row.present_value_benefits]
        drawn = [Tree(one).all("b") for one in htmls(app) if 'class="plain bars"' in one]
        t = words_in("fr")
        assert sorted(drawn[-1]) == sorted(t.short_euros(gain) for gain in gains)
        assert len(gains) == 2

    def test_is_asked_about_what_it_has(self):
        toggles = {one.key for one in open_app("result", "fr").toggle}
        assert toggles == {"switch:lines", "switch:footprint"}


def test_a_file_that_no_link_can_hold_is_only_offered_as_a_file():
    t = words_in("fr")
    app = open_app("share", "fr")
    bound = Correlation(
        between=("quiet_nights.people", "police_time.hours"), value=0.5, provenance="yours"
    )
    app.session_state["scenario"] = CASE.model_copy(update={"correlations": (bound,)})
    app.run()
    assert not app.exception
    assert t("link.too_long") in [one.value for one in app.warning]
    said = shown(app)
    assert t("share_link.text") not in said
    assert t("sharing.mail") not in said
    assert t("sharing.file") in said


@languages
def test_no_letter_is_written_without_a_result(language):
    app, t = open_app("share", language, case="own_case"), words_in(language)
    assert t("sharing.no_mail") in shown(app)
    assert t("sharing.copy_mail") not in shown(app)


@languages
@pytest.mark.parametrize("name", ["own_case", "consumer_mediation"])
def test_a_letter_opens_with_the_goal_of_its_template(name, language):
    t, template = words_in(language), load_template(name)
    filled = dict.fromkeys(template.to_fill, "10")
    said = shown(open_app("share", language, case=name, **filled))
    assert t("sharing.goal", goal=t.of(template.goal)) in said


@languages
def test_a_letter_names_the_largest_gains_that_a_source_explains(language):
    t, said = words_in(language), shown(open_app("share", language))
    by_id = {one.id: t.of(one.label) for one in CASE.outcomes}
    letter = said[said.index(t("sharing.gains")) : said.index(t("sharing.invitation"))]
    for named in ("work_integration", "sncf_savings", "delays_avoided"):
        assert by_id[named] in letter
    assert by_id["balance"] not in letter
