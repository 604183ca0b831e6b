"""The page of the method: followed by hand, kept, cited, and done again outside of it."""

import json
import re
import subprocess
import sys
from html import escape

import pytest

from roi_model import evaluate, load_case
from roi_model.case_files import write_case
from roi_model.conventions import convention_effects
from roi_model.scenario import SETTING_CHOICES
from roi_model.templates import load_template
from roi_model.verification import verification, verified_cases
from tests.pages.opening import go_to, htmls, open_app, shown, tables
from tests.ui.reading_code import ROOT
from tests.ui.reading_html import Tree
from ui.labels import choice_text, perspective_label
from ui.words import LANGUAGES, words_in

CASE = load_case("promevil")
PEOPLE = "quiet_nights.people"
SEVERAL_YEARS = {
    PEOPLE: "1200",
    "deadweight": "0.25",
    "quiet_nights.deadweight": "0.2",
    "quiet_nights.drop_off": "0.5",
    "quiet_nights.benefit_period": "2",
    "discount_rate": "0.25",
}

languages = pytest.mark.parametrize("language", LANGUAGES)


def follow(app, outcome):
    """Choose the outcome to follow."""
    return app.selectbox(key="method_outcome").set_value(outcome).run()


def worked(app):
    """Return the lines of numbers of every step, in order."""
    lists = [one for one in htmls(app) if one.startswith('<ul class="plain worked"')]
    return [line for one in lists for line in Tree(one).all("li")]


def taken(app):
    """Return the texts to take along: citation, BibTeX, Python, command."""
    return [Tree(one).all("pre")[0] for one in htmls(app) if 'data-copies="text"' in one]


class TestTheSteps:
    @languages
    def test_have_the_numbers_of_the_moment_to_the_cent(self, language):
        t = words_in(language)
        app = follow(open_app("method", language, **SEVERAL_YEARS), "quiet_nights")
        lines = worked(app)
        euros = lambda cents: t.euros(cents, decimals=2)  # noqa: E731
        # 1 200 × 788 = 945 600; 0.8 × 0.75 is left of it
        factors = f"{t.value(1_200, 'person')} × {t.value(788, 'EUR/person/year')}"
        assert t("method.gross", factors=factors, gross=euros(945_600)) in lines
        zero = t.percent(0)
        assert (
            t(
                "method.impact_multiply_others",
                counted=euros(945_600),
                deadweight=t.percent(0.4),
                displacement=zero,
                attribution=zero,
                optimism_bias=zero,
                impact=euros(567_360),
            )
            in lines
        )
        # / 1.25 = 453 888; half of it / 1.25² = 181 555.20
        rows = tables(app)[t("method.years_table")]
        assert [row[3] for row in rows] == [euros(453_888), euros(181_555.20)]
        assert [row[2] for row in rows] == [t.number(0.8), t.number(0.64)]
        years = t.counted("method.duration", 2, years="2")
        assert t("method.present_values", years=years, present_value=euros(635_443.20)) in lines
        shares = tables(app)[t("method.deductions_table")][0]
        assert shares[1:3] == [t.percent(0.2), t.percent(0.25)]
        assert shares[3] == t(
            "method.share_combined",
            own=t.percent(0.2),
            common=t.percent(0.25),
            combined=t.percent(0.4),
        )

    @languages
    def test_end_in_the_ratio_and_say_what_it_would_be_without_the_outcome(self, language):
        t = words_in(language)
        lines = worked(follow(open_app("method", language, **{PEOPLE: "1200"}), "quiet_nights"))
        # 20 200 000 + 200 × 788 = 20 357 600; without it 20 357 600 − 945 600 = 19 412 000
        costs = t.euros(1_500_000, decimals=2)
        assert (
            t(
                "method.ratio",
                benefits=t.euros(20_357_600, decimals=2),
                costs=costs,
                exact=t.number(13.571733),
                ratio=t.ratio(13.57),
            )
            in lines
        )
        without = {"others": t.euros(19_412_000, decimals=2), "costs": costs}
        assert t("method.without", ratio=t.ratio(12.94), **without) in lines
        net = t.euros(18_857_600, decimals=2)
        said = {"benefits": t.euros(20_357_600, decimals=2), "costs": costs, "net": net}
        assert t("method.net", **said) in lines

    @languages
    def test_say_why_a_line_is_not_counted(self, language):
        t = words_in(language)
        nothing = t.euros(0, decimals=2)
        itemised = follow(open_app("method", language, lines="itemised"), "balance")
        assert t("method.counted_not", counted=nothing) in worked(itemised)
        elsewhere = follow(open_app("method", language, perspective="funder-state"), "balance")
        seen_by = perspective_label("funder-state", CASE, t)
        said = t("method.counted_elsewhere", counted=nothing, perspective=seen_by)
        assert said in worked(elsewhere)

    @pytest.mark.parametrize("deductions", SETTING_CHOICES["deductions"])
    @pytest.mark.parametrize("means", SETTING_CHOICES["attribution_means"])
    def test_follow_the_conventions_that_are_open(self, deductions, means):
        t = words_in("fr")
        changes = {"balance.deadweight": "0.2", "balance.attribution": "0.5"}
        app = open_app("method", "fr", deductions=deductions, attribution_means=means, **changes)
        # multiplied 0.8 × 0.5, added 1 − 0.2 − 0.5; a credited share is kept in both
        kept = 0.3 if (deductions, means) == ("add", "others") else 0.4
        assert t(
            f"method.impact_{deductions}_{means}",
            counted=t.euros(10_195_000, decimals=2),
            deadweight=t.percent(0.2),
            displacement=t.percent(0),
            attribution=t.percent(0.5),
            optimism_bias=t.percent(0),
            impact=t.euros(10_195_000 * kept, decimals=2),
        ) in worked(follow(app, "balance"))

    def test_keep_the_outcome_that_was_chosen(self):
        app = follow(open_app("method", "fr"), "police_time")
        app = go_to(go_to(app, "sources"), "method")
        assert app.selectbox(key="method_outcome").value == "police_time"

    @languages
    @pytest.mark.parametrize("case", ["adulte_relais", "own_case"])
    def test_a_template_says_that_no_cost_is_counted(self, case, language):
        t = words_in(language)
        app = open_app("method", language, case=case)
        assert not app.exception
        text = shown(app)
        assert "nan" not in re.findall(r"\w+", text.lower())
        outcomes = load_template(case).case.outcomes
        assert (t("headline.undefined") if outcomes else t("chart.nothing")) in text


class TestTheConventions:
    @languages
    def test_say_what_each_reading_gives(self, language):
        t = words_in(language)
        scenario = CASE.with_changes({"discount_rate": 0.1, "balance.benefit_period": 3})
        query = {"discount_rate": "0.1", "balance.benefit_period": "3"}
        found = tables(open_app("method", language, **query))
        for one in convention_effects(scenario):
            rows = {row[0]: row for row in found[t(f"setting.{one.convention}")]}
            row = rows[choice_text(one.convention, one.choice, scenario, t)]
            assert row[1] == t.ratio(one.ratio)
            assert (row[2] == t("method.open_reading")) == one.is_current


class TestWhatWasVerified:
    @languages
    def test_every_printed_figure_stands_beside_the_computed_one(self, language):
        t = words_in(language)
        app = open_app("method", language)
        found = [verification(case) for case in verified_cases()]
        rows = [row for study in found for row in study.rows]
        differing = [row for row in rows if not row.agrees]
        listed = tables(app)[t("method.differing_table")]
        assert [row[4] for row in listed] == [t.of(row.differs) for row in differing]
        assert all(row[4] for row in listed)
        (studies,) = [one for one in htmls(app) if 'class="studies"' in one]
        assert studies.count('<th scope="row">') == len(rows)
        for study in found:
            for source in study.sources[:1]:
                assert f'href="{escape(source.url)}"' in studies


SCENARIOS = [
    {},
    {PEOPLE: "1200", "deadweight": "0.25", "lines": "itemised"},
    {"perspective": "society", "discount_rate": "0.035", "balance.benefit_period": "3",
     "timing": "mid", "sncf_payment": "125000.5"},
]  # fmt: skip


def run(arguments, folder):
    """Run a command as a modeller would, and return what it prints."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


def printed(scenario):
    """Return what the program shown on the page prints for a scenario."""
    evaluation = evaluate(scenario)
    rows = [f"{row.outcome} {row.present_value:.2f}" for row in evaluation.by_outcome]
    return "\n".join([f"{evaluation.ratio:.2f}", *rows]) + "\n"


class TestTheSameElsewhere:
    @pytest.mark.parametrize("query", SCENARIOS)
    def test_the_program_and_the_command_give_the_figures_of_the_page(self, query, tmp_path):
        *_, python, command = taken(open_app("method", "en", **query))
        changes = {name: CASE.value_from_text(name, text) for name, text in query.items()}
        scenario = CASE.with_changes(changes)
        assert run(["-c", python], tmp_path) == printed(scenario)
        name, *arguments = command.split()
        assert name == "roi-model"
        said = run(["-m", "roi_model", *arguments, "--format", "json"], tmp_path)
        result, expected = json.loads(said), evaluate(scenario)
        assert result["ratio"] == expected.ratio
        assert [row["present_value"] for row in result["by_outcome"]] == [
            row.present_value for row in expected.by_outcome
        ]

    def test_a_scenario_with_a_line_of_its_own_goes_by_its_file(self, tmp_path):
        app = open_app("method", "fr")
        copied = CASE.outcomes[0].model_copy(update={"id": "another"})
        scenario = CASE.model_copy(update={"outcomes": (*CASE.outcomes, copied)})
        app.session_state["scenario"] = scenario
        app.run()
        assert not app.exception
        *_, python, command = taken(app)
        write_case(scenario, tmp_path / "promevil.yaml")
        assert run(["-c", python], tmp_path) == printed(scenario)
        arguments = command.split()[1:]
        assert arguments[:2] == ["evaluate", "promevil.yaml"]
        said = run(["-m", "roi_model", *arguments, "--format", "json"], tmp_path)
        assert json.loads(said)["ratio"] == evaluate(scenario).ratio

    def test_a_template_goes_by_its_own_name_in_python_and_by_its_file_in_the_command(
        self, tmp_path
    ):
        template = load_template("adulte_relais").case
        cost = template.costs[0].id
        *_, python, command = taken(
            open_app("method", "fr", case="adulte_relais", **{cost: "30000"})
        )
        scenario = template.with_changes({cost: 30_000.0})
        assert run(["-c", python], tmp_path) == printed(scenario)
        write_case(scenario, tmp_path / "adulte_relais.yaml")
        said = run(["-m", "roi_model", *command.split()[1:], "--format", "json"], tmp_path)
        assert json.loads(said)["ratio"] == evaluate(scenario).ratio


class TestTheCitation:
    @languages
    def test_names_the_model_the_version_and_this_very_scenario(self, language):
        sentence, bibtex, *_ = taken(open_app("method", language, **{PEOPLE: "1200"}))
        fingerprint = CASE.with_changes({PEOPLE: 1_200.0}).fingerprint
        for text in (sentence, bibtex):
            assert fingerprint in text
            assert "version" in text
            assert f"{PEOPLE}=1200" in text  # the address that opens it
        assert words_in(language).ratio(13.57) in sentence

    def test_is_sound_bibtex_whatever_the_scenario_is_called(self):
        app = open_app("method", "en")
        named = CASE.name.model_copy(update={"en": "50% {of} us & #1_x\\", "fr": "x"})
        app.session_state["scenario"] = CASE.model_copy(update={"name": named})
        app.run()
        _, bibtex, *_ = taken(app)
        note = re.search(r"note = \{(.*)\},", bibtex)[1]
        bare = re.sub(r"\\[{}%&#_$]|\\textbackslash\{\}", "", note)
        assert not set(bare) & set("{}%&#_$\\")
