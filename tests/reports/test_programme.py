"""The brief of a programme says what the model says, and anyone can read it."""

import csv
import itertools
import math
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from reports.programme import programme_brief
from reports.programme_charts import MOST_POINTS, distribution, funnel
from reports.programme_rows import RANKED_SHOWN
from reports.programme_subject import programme_of
from reports.typesetting import REPLACEMENT
from roi_model import load_case
from roi_model.command_line import main
from roi_model.portfolio import portfolio_of
from roi_model.portfolio_evaluation import evaluate_portfolio
from roi_model.portfolio_files import read_portfolio
from roi_model.portfolio_funds import chance_of_gain, moved_funds
from roi_model.portfolio_outliers import outliers
from roi_model.portfolio_ranking import ranking
from roi_model.portfolio_simulation import simulate_portfolio
from tests.reports.programmes import TEMPLATE, drawn, named_by_strangers, programme
from tests.reports.scenarios import DAY
from tests.reports.test_brief import (
    MARGIN,
    PAGE_WIDTH,
    needs_pdftotext,
    needs_qpdf,
    opened,
    pages_of,
    plain,
    structure,
    text_of,
)
from tests.roi_model.building import case, cost, people_helped
from ui.portfolio_deducted import not_deducted
from ui.words import LANGUAGES, words_in

KEPT = {}


def made(language="fr", *, is_drawn=True, rows=60, perspective=None, **wishes):
    """Return the brief of the programme, made once for all the tests that read it."""
    key = (language, is_drawn, rows, perspective, *wishes)
    if key not in KEPT:
        wishes = {"today": DAY, "group_by": "Région"} | wishes
        simulation = drawn(rows, perspective) if is_drawn else None
        found = programme(rows, perspective)
        KEPT[key] = programme_brief(found, simulation, language=language, **wishes)
    return KEPT[key]


def funds(**bounds):
    """Return a move of funds within bounds, as it was asked for."""
    bounds = {"away": 0.1, "towards": 0.2, "elasticity": 0.8} | bounds
    found = moved_funds(evaluate_portfolio(programme()), **bounds)
    return bounds | {"found": found, "chance": 0.72}


@needs_pdftotext
@pytest.mark.parametrize("language", LANGUAGES)
class TestTheFigures:
    def test_lead_with_the_ratio_its_interval_and_what_is_in_common(self, language):
        t, text = words_in(language), text_of(made(language))
        totals = evaluate_portfolio(programme()).totals
        interval = drawn().programme.interval()
        ranks = list(drawn().between_rows.values())
        shared, own = ranks.count(1), ranks.count(0)
        assert shared > 0
        assert own > 0
        common = t(
            "portfolio.in_common",
            shared=t.counted("portfolio.numbers", shared, number=t.number(shared)),
            own=t.counted("portfolio.numbers", own, number=t.number(own)),
        )
        counted = t.counted("portfolio.associations", 59, number="59")
        said = [
            t("portfolio.sentence", associations=counted, ratio=t.ratio(totals.ratio)),
            t.ratio(interval.low.value),
            t.ratio(interval.high.value),
            common,
            t.short_euros(totals.costs),
            t.short_euros(totals.benefits),
            t.short_euros(totals.net_present_value),
        ]
        places = [text.find(plain(one)) for one in said]
        assert -1 not in places
        assert places[:4] == sorted(places[:4])

    def test_of_who_pays_who_gains_and_of_groups_are_those_of_the_model(self, language):
        t, text = words_in(language), text_of(made(language))
        evaluation = evaluate_portfolio(programme())
        names = {one.id: t.of(one.name) for one in TEMPLATE.case.stakeholders}
        for one in evaluation.totals.by_stakeholder:
            if one.present_value_costs or one.present_value_benefits:
                row = names[one.stakeholder] + t.short_euros(one.present_value_costs)
                assert plain(row + t.short_euros(one.present_value_benefits)) in text
        for name, totals in evaluation.totals_by("Région").items():
            count = sum(programme().labels["Région"] == name)
            amounts = t.short_euros(totals.costs) + t.short_euros(totals.benefits)
            sure = drawn().by_group["Région"][name]
            between = t("portfolio.between", low=t.ratio(sure.low), high=t.ratio(sure.high))
            assert plain(f"{name}{count}{amounts}{t.ratio(totals.ratio)}{between}") in text

    def test_rank_with_intervals_and_a_warning_and_say_how_many_are_not_shown(self, language):
        t, text = words_in(language), text_of(made(language))
        assert plain(t("portfolio.ranking_warning")) in text
        found = ranking(drawn())
        for one in found.rows[:RANKED_SHOWN]:
            between = t("portfolio.between", low=t.ratio(one.low), high=t.ratio(one.high))
            assert plain(f"{t.ratio(one.median)}{between}") in text
        more = 59 - RANKED_SHOWN
        assert plain(t.counted("programme.not_shown", more, number=t.number(more))) in text

    def test_without_draws_nothing_is_ranked_and_it_is_said_why(self, language):
        t, text = words_in(language), text_of(made(language, is_drawn=False))
        assert plain(t("programme.no_draws")) in text
        assert plain(t("programme.not_ranked")) in text
        assert plain(t("portfolio.heading_rank") + t("portfolio.heading_id")) not in text
        assert plain(t("portfolio.ranking_warning")) not in text

    def test_name_who_stands_out_and_the_numbers_behind_it(self, language):
        t, text = words_in(language), text_of(made(language))
        first, *_ = outliers(evaluate_portfolio(programme()))
        assert plain(f"{first.id} · Association n° {first.id[1:]}") in text
        assert plain(t.number(math.exp(first.causes[0].effect), decimals=2)) in text

    def test_say_what_was_left_out_and_what_counts_as_0(self, language):
        t, text = words_in(language), text_of(made(language))
        assert plain(t.counted("programme.left_out", 1, number="1")) in text
        wrong = t("portfolio.fault_number_not_allowed", received=t.number(-5.0))
        row = t("portfolio.line", line=9) + "Habitants soulagés du bruit" + wrong
        assert plain(row) in text
        label = f"{t.of(TEMPLATE.case.outcomes[0].label)}"
        assert plain(label) in text[text.index(plain(t("portfolio.not_given"))) :]

    def test_of_moved_funds_stand_with_their_bounds_and_their_warning(self, language):
        t, asked = words_in(language), funds()
        text = text_of(made(language, funds=asked))
        gain = t(
            "programme.funds_gain",
            gain=t.short_euros(asked["found"].gain),
            moved=t.short_euros(asked["found"].moved),
            each=t.ratio(asked["found"].gain_per_euro),
        )
        assert plain(gain) in text
        assert plain(t("programme.funds_elasticity", elasticity=t.number(0.8))) in text
        assert plain(t("portfolio.funds_warning")) in text
        assert plain(t("programme.funds_chance", chance=t.percent(0.72, decimals=0))) in text
        assert plain(t("portfolio.heading_each_euro")) in text
        assert plain(t("portfolio.funds")) not in text_of(made(language))

    def test_name_nobody_who_would_give_or_receive_without_the_chance_of_a_gain(self, language):
        t = words_in(language)
        text = text_of(made(language, is_drawn=False, funds=funds() | {"chance": None}))
        assert plain(t("programme.funds_unsure")) in text
        assert plain(t("portfolio.heading_each_euro")) not in text

    def test_say_on_the_first_page_what_nothing_is_deducted_for(self, language):
        t = words_in(language)
        said = not_deducted(programme(), t)
        assert t("uncertainty.left_out_deadweight") in said
        assert plain(said) in plain(pages_of(made(language))[0])

    def test_are_those_of_the_point_of_view(self, language):
        t = words_in(language)
        text = text_of(made(language, perspective="funder-state"))
        ratio = evaluate_portfolio(programme(60, "funder-state")).totals.ratio
        assert plain(t.ratio(ratio)) in text
        assert plain(t("brief.view_funder", payers="\0").partition("\0")[0]) in text

    def test_cite_the_sources_and_what_makes_them_again(self, language):
        t, text = words_in(language), text_of(made(language))
        for source in TEMPLATE.case.documents.values():
            assert plain(source.url) in text
        found = programme_of(programme(), drawn(), language=language, today=DAY)
        for said in (found.fingerprint, found.template.fingerprint, found.command):
            assert plain(said) in text
        assert "--draws256--seed3" in text
        assert plain(t("programme.method_limits")) in text


@needs_pdftotext
class TestOtherProgrammes:
    def test_a_programme_without_a_cost_has_no_ratio_and_no_nan(self):
        found = portfolio_of(TEMPLATE.case, {"quiet_nights.people": [3.0, 4.0]})
        for language in LANGUAGES:
            text = text_of(programme_brief(found, language=language, today=DAY))
            said = words_in(language).counted("portfolio.associations", 2, number="2")
            key = "portfolio.sentence_no_cost"
            assert plain(words_in(language)(key, associations=said)) in text
            assert not re.search(r"\bnan\b|NaN|None|inf\b", text)

    def test_one_association_alone_is_a_programme(self):
        found = portfolio_of(TEMPLATE.case, {"state_aid": [2.0], "quiet_nights.people": [50.0]})
        simulation = simulate_portfolio(found, 128, workers=1)
        text = text_of(programme_brief(found, simulation, language="fr", today=DAY))
        assert plain(words_in("fr").ratio(50 * 788 / (2 * 22_810))) in text

    def test_a_case_that_is_no_template_will_do(self):
        found = portfolio_of(load_case("promevil"), {"quiet_nights.people": [500.0, 1_000.0]})
        simulation = simulate_portfolio(found, 128, workers=1)
        assert len(pages_of(programme_brief(found, simulation, language="en", today=DAY))) >= 2

    def test_a_selection_is_said(self):
        texts = ("Corse", "Bretagne")
        text = text_of(made(selection=("Région", texts)))
        key = "programme.selection"
        assert plain(words_in("fr")(key, column="Région", kept="Corse ; Bretagne")) in text

    def test_more_associations_than_are_ranked_together_say_which_overlap(self):
        text = text_of(made(rows=700, group_by="Région"))
        assert plain(words_in("fr")("portfolio.heading_overlaps").split()[0]) in text

    def test_draws_of_other_rows_are_refused(self):
        with pytest.raises(ValueError, match="must be of this portfolio"):
            programme_brief(programme(), drawn(60, "funder-state"), language="fr", today=DAY)


@needs_pdftotext
class TestThePages:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_are_two_to_four_and_end_with_the_fingerprints(self, language):
        pages = pages_of(made(language, funds=funds()))
        assert 2 <= len(pages) <= 4
        found = programme_of(programme(), language=language, today=DAY)
        for number, page in enumerate(pages, 1):
            foot = words_in(language)("brief.page", page=number, pages=len(pages))
            assert page.endswith(plain(found.fingerprint + foot))

    def test_nothing_leaves_the_margins_however_long_the_texts(self):
        long = "M" * 300
        found = portfolio_of(
            TEMPLATE.case,
            {"state_aid": np.arange(1.0, 9), "quiet_nights.people": np.arange(10.0, 90, 10)},
            ids=[f"{long}{row}" for row in range(8)],
            labels={long: [long, "x"] * 4},
        )
        document = programme_brief(
            found, simulate_portfolio(found, 128, workers=1), language="fr", today=DAY
        )
        run = subprocess.run(
            ["pdftotext", "-bbox", "-", "-"], input=document, capture_output=True, check=True
        )
        boxes = re.findall(r'<word xMin="([\d.]+)" .*? xMax="([\d.]+)"', run.stdout.decode())
        assert min(float(left) for left, _ in boxes) > MARGIN - 1
        assert max(float(right) for _, right in boxes) < PAGE_WIDTH - MARGIN + 1

    def test_texts_of_the_table_are_shown_as_typed(self):
        found = named_by_strangers()
        document = programme_brief(found, language="en", today=DAY)
        text = text_of(document)
        assert plain("=HYPERLINK(") in text
        assert plain("+cmd|' /C calc'!A0") in text or plain("+cmd|’ /C calc’!A0") in text
        assert REPLACEMENT not in text


class TestTheDocument:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_has_its_title_language_and_standards(self, language):
        pdf = opened(made(language))
        t = words_in(language)
        assert str(pdf.Root.Lang).startswith(language)
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        with pdf.open_metadata() as metadata:
            assert metadata["dc:title"] == t("programme.title", name=t.of(TEMPLATE.name))
            assert metadata["pdfuaid:part"] == "1"
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")

    def test_has_a_structure_that_can_be_read_aloud(self):
        pdf = opened(made())
        elements = structure(pdf)
        roles = [role for role, _ in elements]
        assert {"Table", "TR", "TH", "TD", "Link", "Figure"} <= set(roles)
        levels = [int(role[1:]) for role in roles if re.fullmatch(r"H\d", role)]
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
        t = words_in("fr")
        spoken = [str(element.Alt) for role, element in elements if role == "Figure"]
        ratio = t.ratio(evaluate_portfolio(programme()).totals.ratio)
        assert t("portfolio.funnel_alt", ratio=ratio) in spoken
        assert len(spoken) == 2  # the spread and the funnel

    def test_the_same_day_gives_the_same_bytes(self):
        documents = {programme_brief(programme(), language="fr", today=DAY) for _ in range(2)}
        assert len(documents) == 1

    @needs_qpdf
    def test_is_sound_and_small(self, tmp_path):
        document = made(rows=700, group_by="Région")
        assert len(document) < 1_000_000
        (tmp_path / "programme.pdf").write_bytes(document)
        run = subprocess.run(
            ["qpdf", "--check", tmp_path / "programme.pdf"], capture_output=True, text=True
        )
        assert run.returncode == 0, run.stdout + run.stderr

    def test_needs_nothing_of_the_screen(self):
        code = (
            "import sys, reports.programme, reports.programme_workbook;"
            "sys.exit(any(name in sys.modules for name in ('streamlit', 'plotly')))"
        )
        assert subprocess.run([sys.executable, "-c", code]).returncode == 0


class TestTheCharts:
    def test_draw_a_point_for_each_association_and_some_of_very_many(self):
        found = programme_of(programme(), language="fr", today=DAY)
        drawn_points = funnel(found).svg
        assert drawn_points.count("<circle") + drawn_points.count("l-6 10h12z") == 59
        rng = np.random.default_rng(1)
        many = portfolio_of(
            TEMPLATE.case,
            {
                "state_aid": rng.lognormal(1, 0.5, 3_000),
                "quiet_nights.people": rng.lognormal(4, 0.5, 3_000),
            },
        )
        svg = funnel(programme_of(many, language="fr", today=DAY)).svg
        assert svg.count("<circle") + svg.count("l-6 10h12z") == MOST_POINTS

    def test_the_bars_hold_every_association(self):
        found = programme_of(programme(), language="en", today=DAY)
        heights = [
            float(one) for one in re.findall(r'height="([\d.]+)" stroke', distribution(found).svg)
        ]
        # The tallest bar is as many associations as its height says; all of them together are 59.
        ratios = found.evaluation.ratios
        low, high = np.quantile(ratios, (0.02, 0.98))
        counts, _ = np.histogram(np.clip(ratios, low, high), bins=30, range=(low, high))
        assert sum(heights) / max(heights) * counts.max() == pytest.approx(59, rel=0.01)

    def test_nothing_is_drawn_of_ratios_that_do_not_differ(self):
        same = portfolio_of(TEMPLATE.case, {"state_aid": [1.0, 1.0]})
        found = programme_of(same, language="fr", today=DAY)
        assert found.totals.ratio == 0
        assert distribution(found) is None
        assert funnel(found) is None


class TestTheCommand:
    @pytest.fixture(autouse=True)
    def _table(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        rows = [["id", "Région", "state_aid", "quiet_nights.people"]]
        rows += [[f"a{row}", "NS"[row % 2], 1 + row, 20 + 30 * row] for row in range(6)]
        with Path("table.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)

    def run(self, *more, table="table.csv"):
        return main(["portfolio-report", table, "--template", "adulte_relais", *more])

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("name", ["programme.pdf", "programme.xlsx"])
    def test_writes_what_the_ending_says(self, name, language, capsys):
        drawn = ("--draws", "128", "--seed", "2", "--between-rows", "state_aid=0.5", "--group")
        assert self.run("-o", name, "--language", language, *drawn, "Région") == 0
        begins = {"programme.pdf": b"%PDF-", "programme.xlsx": b"PK"}[name]
        assert Path(name).read_bytes().startswith(begins)
        assert capsys.readouterr() == ("", "")

    def test_the_same_day_and_seed_give_the_same_bytes(self):
        for name in ("one.pdf", "other.pdf", "one.xlsx", "other.xlsx"):
            self.run("-o", name, "--draws", "128", "--date", "2026-11-24")
        assert Path("one.pdf").read_bytes() == Path("other.pdf").read_bytes()
        assert Path("one.xlsx").read_bytes() == Path("other.xlsx").read_bytes()

    @needs_pdftotext
    def test_funds_move_when_both_bounds_are_given(self):
        self.run("-o", "p.pdf", "--draws", "0", "--away", "0.1", "--towards", "0.2",
                 "--elasticity", "0.7")  # fmt: skip
        text = text_of(Path("p.pdf").read_bytes())
        assert plain(words_in("fr")("programme.funds_elasticity", elasticity="0,7")) in text

    def test_progress_is_told_where_it_is_asked_for(self, capsys):
        assert self.run("-o", "p.pdf", "--draws", "128", "--progress") == 0
        assert "100% of 6 rows" in capsys.readouterr().err

    def test_rows_at_fault_are_said_and_give_another_status(self, capsys):
        with Path("table.csv").open("a", encoding="utf-8") as file:
            file.write("b,N,-1,3\n")
        assert self.run("-o", "p.pdf", "--draws", "0") == 1
        said = capsys.readouterr().err
        assert "line 8, column state_aid: must be a number from 0" in said
        assert "1 fault(s); 6 row(s) kept" in said

    @pytest.mark.parametrize(
        ("more", "said"),
        [
            (("-o", "p.docx"), "p.docx: must end in .pdf, .xlsx"),
            (("-o", "p.pdf", "--group", "x"), "--group: must be a column kept from the table"),
            (("-o", "p.pdf", "--draws", "3"), "--draws: draws must be between"),
            (("-o", "p.pdf", "--between-rows", "much"), "--between-rows: must be ADDRESS=RANK"),
            (
                ("-o", "p.pdf", "--draws", "0", "--away", "2", "--towards", "1"),
                "options: away must",
            ),
            (("-o", "p.pdf", "--perspective", "x"), "perspective"),
            (("-o", "p.pdf", "--keep", "Région=x"), "--keep: no row says x under Région"),
            (("-o", "p.pdf", "--scheduler", "nothing at all"), "--scheduler: must be the address"),
            (("-o", "nowhere/p.pdf", "--draws", "0"), "p.pdf: must be a file that can be written"),
        ],
    )
    def test_a_refusal_is_one_line_and_writes_nothing(self, more, said, capsys):
        assert self.run(*more) == 2
        err = capsys.readouterr().err
        assert said in err
        assert "Traceback" not in err
        assert [one.name for one in Path().iterdir()] == ["table.csv"]


class TestTheCommandToDoItAgain:
    """What a document prints gives the same bytes, run by a shell."""

    HEADING = """Nb d'aides "d'État" $HOME `x` -=*"""
    GROUP = "-Région; & <b>"

    @pytest.fixture(autouse=True)
    def _at_work(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)

    def portfolio(self):
        rows = [["id", self.GROUP, self.HEADING, "quiet_nights.people", "Note", "Note"]]
        rows += [[f"a{row}", "N =S"[row % 4], 1 + row, 20 + 30 * row, row % 3, row % 2]
                 for row in range(16)]  # fmt: skip
        with Path("table 1.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
        given = {self.HEADING: "state_aid", "#6 Note": "damage.count"}
        return read_portfolio("table 1.csv", TEMPLATE, mapping=given, perspective="public_finances")

    def again(self, document, portfolio, simulation, **wishes):
        command = programme_of(portfolio, simulation, **wishes).command
        python = f"{shlex.quote(sys.executable)} -m roi_model"
        command = command.replace("roi-model", python, 1).replace("TABLE", "'table 1.csv'", 1)
        done = subprocess.run(
            f"{command} --date {DAY.isoformat()}",
            shell=True,
            check=False,
            capture_output=True,
            encoding="utf-8",
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert Path("programme.pdf").read_bytes() == document

    def test_with_all_that_can_be_asked_for(self):
        portfolio = self.portfolio()
        kept = portfolio.labels[self.GROUP] != "N"
        portfolio = portfolio.rows(kept)
        simulation = simulate_portfolio(portfolio, 200, 5, between_rows={"state_aid": 1 / 3},
                                        ranges="template", level=0.8, target=0.1,
                                        by=["Note"])  # fmt: skip
        bounds = {"away": 0.1, "towards": 1 / 7, "elasticity": 0.7}
        found = moved_funds(evaluate_portfolio(portfolio), **bounds)
        wishes = {
            "language": "en",
            "today": DAY,
            "group_by": "Note",
            "selection": (self.GROUP, ["", "=", "S"]),
            "funds": bounds
            | {
                "found": found,
                "chance": chance_of_gain(simulation, found, elasticity=bounds["elasticity"]),
            },
        }
        document = programme_brief(portfolio, simulation, **wishes)
        self.again(document, portfolio, simulation, **wishes)

    def test_with_nothing_asked_for(self):
        portfolio, wishes = self.portfolio(), {"language": "fr", "today": DAY}
        document = programme_brief(portfolio, **wishes)
        self.again(document, portfolio, None, **wishes)

    def test_a_template_in_a_file_is_not_named(self):
        own = case(outcomes=[people_helped("quiet", 10, 100)], costs=[cost("aid", 1_000)])
        portfolio = portfolio_of(own, {"aid": [1_000, 2_000]})
        assert "--template TEMPLATE " in programme_of(portfolio, language="fr", today=DAY).command


def test_two_tables_with_other_numbers_have_other_fingerprints():
    same = programme_of(programme(), language="fr", today=DAY).fingerprint
    assert programme_of(programme(), language="en", today=DAY).fingerprint == same
    changed = dict(programme().numbers)
    changed["state_aid"] = changed["state_aid"] + 1e-9
    other = portfolio_of(TEMPLATE.case, changed, ids=programme().ids.tolist())
    assert programme_of(other, language="fr", today=DAY).fingerprint != same
