"""The pages as visitors use them, in both languages, with the figures to the last digit."""

import math
import re
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roi_model import evaluate, load_case
from roi_model.editing import Edits
from roi_model.evidence_library import evidence_library
from roi_model.parameters import Name, Provenance
from roi_model.reference_data import (
    correction_scale,
    discount_rates,
    mediation_in_figures,
    published_ratios,
)
from roi_model.scenario import SETTING_CHOICES, SETTING_NUMBERS
from roi_model.sensitivity import one_at_a_time
from roi_model.simulation import simulate
from roi_model.verification import verification, verified_cases
from tests.pages.opening import (
    go_to,
    htmls,
    link_of,
    one_html,
    open_app,
    press,
    refusals,
    shown,
    strip,
    tables,
    type_in,
    typed_at,
)
from tests.ui.changing import ADDRESSES, changes_of_the_case
from tests.ui.reading_catalogues import only_in
from tests.ui.reading_html import Tree
from ui import link
from ui.frame import PAGES
from ui.labels import label_of, perspective_label
from ui.ledger import stamp_for
from ui.words import LANGUAGES, UNDEFINED, typeset, words_in

CASE = load_case("promevil")
NARROW, NO_BREAK = "\u202f", "\u00a0"
SAVING = "quiet_nights.saving_per_person"
PEOPLE = "quiet_nights.people"

languages = pytest.mark.parametrize("language", LANGUAGES)
pages = pytest.mark.parametrize("page", PAGES)


def written(ratio, language):
    """Return a ratio given in cents as it stands on a page: ``13,47 €`` or ``€13.47``."""
    whole, cents = divmod(ratio, 100)
    return f"{whole},{cents:02}{NO_BREAK}€" if language == "fr" else f"€{whole}.{cents:02}"


def sure_sentence(t):
    """Return between which ratios nine draws in ten fall, in words."""
    interval = simulate(CASE).interval()
    return t(
        "uncertainty.sentence",
        one_euro=t.of(CASE.stakeholder("state").one_euro),
        low=t.ratio(interval.low.value),
        high=t.ratio(interval.high.value),
    )


def title(app):
    (found,) = app.title
    return found.value


class TestEveryPage:
    @pages
    @languages
    def test_opens_with_its_title_and_menu_in_the_readers_language(self, page, language):
        app, t = open_app(page, language), words_in(language)
        assert not app.exception
        if page == "result":
            one_euro = t.of(CASE.stakeholder("state").one_euro)
            expected = t("headline.leverage", one_euro=one_euro, ratio=written(1347, language))
        elif page == "uncertainty":
            expected = sure_sentence(t)
        elif t.has(f"{page}.title"):
            expected = t(f"{page}.title")
        else:  # an answer made of the figures: its own tests read it whole
            assert any(piece in title(app) for piece in only_in(language))
            expected = title(app)
        assert title(app) == expected
        app.session_state["all_pages"] = True
        menu = [one.proto for one in app.run().main.get("page_link")]
        # only a template has questions to answer, and only a server saves
        assert {one.label for one in menu} >= {
            t(f"{name}.menu") for name in PAGES.keys() - {"guide", "saved"}
        }
        address = f"v=1&lang={language}&ratio=13.47&data={stamp_for(CASE)}"
        assert {one.query_string for one in menu} == {address}

    @pages
    @languages
    def test_says_what_case_it_shows_and_from_whose_point_of_view(self, page, language):
        t = words_in(language)
        head = shown(open_app(page, language, perspective="society"))
        assert perspective_label("society", CASE, t) in head
        assert t.of(CASE.period) in head

    @pages
    @languages
    def test_tells_the_browser_its_language(self, page, language):
        told = f"<script>document.documentElement.lang = '{language}'</script>"
        assert [one for one in htmls(open_app(page, language)) if one.startswith(told)]

    @pages
    @languages
    def test_opens_again_from_its_own_link(self, page, language):
        changes = {PEOPLE: "1200", "lines": "itemised", "deadweight": "0.25"}
        first = open_app(page, language, **changes)
        assert link_of(first) == changes
        again = open_app(page, None, **first.query_params)
        assert sorted(shown(again).splitlines()) == sorted(shown(first).splitlines())

    def test_is_french_for_a_visitor_of_whom_nothing_is_known(self):
        assert title(open_app("inputs", None)) == words_in("fr")("inputs.title")


class TestTheHeadline:
    @pytest.mark.parametrize(
        ("language", "sentence", "itemised"),
        [
            ("fr", f"1{NO_BREAK}€ d’aide de l’État en rapporte 13,47{NO_BREAK}€", "5,67"),
            ("en", "€1 of State aid brings back €13.47", "5.67"),
        ],
    )
    def test_is_a_sentence_a_mayor_can_repeat_and_what_of_it_is_itemised(
        self, language, sentence, itemised
    ):
        app = open_app("result", language)
        assert title(app) == sentence
        assert any(f"**{written(567, language)}**" in one.value for one in app.markdown)
        assert itemised in written(567, language)

    @pytest.mark.parametrize(
        ("language", "figures"),
        [
            (
                "fr",
                {
                    "cost": (f"1,5{NO_BREAK}M€", "par an d’activité"),
                    "return": (f"20,2{NO_BREAK}M€", "par an d’activité"),
                    "net": (f"18,7{NO_BREAK}M€", f"12,47{NO_BREAK}€ par euro"),
                    "jobs": ("41", "27,3 par M€"),
                    "payback": ("0,9 mois", "au rythme d’un an"),
                },
            ),
            (
                "en",
                {
                    "cost": ("€1.5M", "per year of activity"),
                    "return": ("€20.2M", "per year of activity"),
                    "net": ("€18.7M", "€12.47 per euro"),
                    "jobs": ("41", "27.3 per €1M"),
                    "payback": ("0.9 months", "at a year’s pace"),
                },
            ),
        ],
    )
    def test_is_followed_by_five_figures(self, language, figures):
        # 20.2 − 1.5 = 18.7; 18.7 / 1.5 = 12.47; 41 / 1.5 = 27.3; 1.5 / (20.2 / 12) = 0.89
        t, metrics = words_in(language), open_app("result", language).metric
        assert [one.label for one in metrics] == [t(f"figures.{name}") for name in figures]
        for metric, (value, note) in zip(metrics, figures.values(), strict=True):
            assert (metric.value, plain(metric.delta)) == (value, plain(note))
            assert metric.help

    @languages
    def test_says_under_the_split_what_the_balance_left_to_assumptions(self, language):
        # 788 000 + 102 000 + 615 000 of the 11.7 M€ that the press does not itemise
        t = words_in(language)
        note = t("euro.of_the_balance", given=t.short_euros(1_505_000), whole=t.short_euros(11.7e6))
        assert note in [one.value for one in open_app("result", language).caption]
        for other in ({"lines": "itemised"}, {"balance.amount": "5000000"}):
            assert note not in [one.value for one in open_app("result", language, **other).caption]

    @languages
    def test_says_of_several_years_that_the_figures_are_of_all_of_them(self, language):
        t, metrics = words_in(language), open_app("result", language, activity_years="3").metric
        notes = {one.label: plain(one.delta) for one in metrics}
        for name in ("cost", "return"):
            assert notes[t(f"figures.{name}")] == plain(t("figures.over_years", years="3"))
        assert notes[t("figures.jobs")] == plain(t("figures.jobs_note", per_million=t.number(27.3)))

    @languages
    def test_says_that_a_cost_above_the_return_is_never_paid_back(self, language):
        t, metrics = words_in(language), open_app("result", language, state_aid="30000000").metric
        payback = next(one for one in metrics if one.label == t("figures.payback"))
        assert (payback.value, payback.delta) == (t("figures.never"), t("figures.never_note"))

    @languages
    def test_gives_the_cost_of_a_job_with_the_jobs(self, language):
        # 1 500 000 / 41 = 36 585
        (jobs,) = [
            one
            for one in open_app("result", language).metric
            if one.label == words_in(language)("figures.jobs")
        ]
        assert words_in(language).euros(36_585) in jobs.help

    @languages
    def test_is_drawn_to_scale_with_its_parts(self, language):
        euro = one_html(open_app("result", language), "euro")
        # 8.5 / 1.5, 10.195 / 1.5 and 1.505 / 1.5
        assert euro.all("b") == [written(cents, language) for cents in (567, 680, 100)]

    @languages
    def test_stands_on_every_page_that_edits(self, language):
        sentence = title(open_app("result", language))
        assert strip(open_app("result", language)) == sentence
        assert strip(open_app("inputs", language)) == sentence


def plain(text):
    """Return a text with plain spaces, where which one does not matter."""
    return re.sub(r"[\u00a0\u202f]", " ", text)


class TestWhereTheReturnComesFrom:
    @languages
    def test_the_table_adds_up_to_the_total_largest_first(self, language):
        t = words_in(language)
        rows = tables(open_app("result", language))[t("chart.outcome_title")]
        amounts = [10_195_000, 3_100_000, 3_000_000, 2_400_000, 788_000, 615_000, 102_000]
        assert sum(amounts) == 20_200_000
        assert [row[1] for row in rows] == [t.euros(amount) for amount in amounts]
        names = {outcome.id: t.of(outcome.label) for outcome in CASE.outcomes}
        assert rows[0][0] == names["balance"]
        assert {row[0] for row in rows} == set(names.values())

    @languages
    def test_each_line_has_its_share_and_its_provenance(self, language):
        t = words_in(language)
        rows = tables(open_app("result", language))[t("chart.outcome_title")]
        assert rows[0][2:] == [t.percent(0.505), t("provenance.derived")]  # 10.195 / 20.2
        assert rows[4][2:] == [t.percent(0.039), t("provenance.assumed")]  # 0.788 / 20.2

    @languages
    def test_the_table_of_stakeholders_says_who_pays_and_who_gains(self, language):
        t = words_in(language)
        rows = tables(open_app("result", language))[t("chart.beneficiary_title")]
        state = t.of(CASE.stakeholder("state").name)
        # the State pays 1.5 and saves 3.1 on work integration and 0.102 on the police
        assert [state, *map(t.euros, (1_500_000, 3_202_000, 1_702_000))] in rows

    @languages
    def test_two_charts_say_what_their_tables_say_the_largest_first(self, language):
        t = words_in(language)
        app = open_app("result", language)
        drawn = [Tree(one).all("li") for one in htmls(app) if 'class="plain bars"' in one]
        outcomes = {t.of(one.label): one.id for one in CASE.outcomes}
        values = {row.outcome: row.present_value for row in evaluate(CASE).by_outcome}
        expected = sorted(outcomes, key=lambda label: -values[outcomes[label]])
        assert drawn[0] == [
            f"{label} {t.short_euros(values[outcomes[label]])}" for label in expected
        ]
        names = {t.of(one.name): one.id for one in CASE.stakeholders}
        gains = {
            row.stakeholder: row.present_value_benefits for row in evaluate(CASE).by_stakeholder
        }
        gaining = sorted(
            (one for one in names if gains[names[one]]), key=lambda one: -gains[names[one]]
        )
        assert drawn[1] == [f"{name} {t.short_euros(gains[names[name]])}" for name in gaining]
        for rows, name in zip(drawn, ("outcome", "beneficiary"), strict=True):
            listed = [row[0] for row in tables(app)[t(f"chart.{name}_title")]]
            assert len(rows) <= len(listed)
            assert all(any(row.startswith(label) for label in listed) for row in rows)

    @languages
    def test_nothing_counted_is_said_in_words(self, language):
        t = words_in(language)
        app = open_app("result", language, deadweight="1")
        assert not app.exception
        assert [one.value for one in app.caption].count(t("chart.nothing")) == 3
        assert written(0, language) in title(app)


def toggle(name, on=True):
    return lambda app: app.toggle(key=f"switch:{name}").set_value(on).run()


def pick(key, value):
    return lambda app: app.button_group(key=f"switch:{key}").set_value(value).run()


def view(perspective):
    return lambda app: app.radio(key="switch:perspective").set_value(perspective).run()


def slide(address, share):
    return lambda app: app.select_slider(key=f"switch:{address}").set_value(share).run()


def one_after_the_other(*steps):
    def all_of_them(app):
        for step in steps:
            step(app)

    return all_of_them


SWITCHES = {
    "itemised lines only": (toggle("lines"), 567),  # 8.5 / 1.5
    "an amount for two years": (pick("years_covered", 2), 673),  # 10.1 / 1.5
    "without the footprint": (toggle("footprint"), 626),  # (8.5 + 0.788 + 0.102) / 1.5
    "without the footprint, half of the balance being it": (
        one_after_the_other(toggle("footprint"), slide("balance.footprint", 0.5)),
        966,  # (20.2 − 0.615 − 5.0975) / 1.5 = 9.658
    ),
    "itemised lines of two years": (
        one_after_the_other(toggle("lines"), pick("years_covered", 2)),
        283,  # 4.25 / 1.5
    ),
    "all funders": (view("society"), 1347),
    "all funders, SNCF paying 1.5 million": (
        one_after_the_other(view("society"), lambda app: type_in(app, "sncf_payment", "1500000")),
        673,  # 20.2 / 3.0
    ),
    "public finances": (view("public_finances"), 254),  # (3.1 + 0.102 + 0.615) / 1.5 = 2.5447
    "the State alone": (view("funder-state"), 213),  # (3.1 + 0.102) / 1.5 = 2.1347
    "the State alone, on itemised lines": (
        one_after_the_other(toggle("lines"), view("funder-state")),
        207,  # 3.1 / 1.5
    ),
    "a tenth anyway": (slide("deadweight", 0.1), 1212),  # 13.4667 × 0.9
    "a quarter anyway": (slide("deadweight", 0.25), 1010),  # × 0.75
    "a quarter moved elsewhere": (slide("displacement", 0.25), 1010),
    "half owed to others": (slide("attribution", 0.5), 673),  # × 0.5
    "a quarter of each": (
        one_after_the_other(
            slide("deadweight", 0.25), slide("displacement", 0.25), slide("attribution", 0.25)
        ),
        568,  # × 0.421875 = 5.68125
    ),
    "on and off again": (
        one_after_the_other(toggle("lines"), toggle("lines", on=False)),
        1347,
    ),
}


class TestWhatAnInformedReaderAsks:
    @languages
    @pytest.mark.parametrize(("do", "cents"), SWITCHES.values(), ids=SWITCHES.keys())
    def test_moves_the_sentence(self, do, cents, language):
        app = open_app("result", language)
        do(app)
        assert not app.exception
        assert written(cents, language) in title(app)
        assert strip(app) == title(app)

    @languages
    def test_the_published_ratio_stands_beside_ones_own(self, language):
        app, t = open_app("result", language), words_in(language)
        beside = t("headline.published", ratio=written(1347, language))
        assert beside not in shown(app)
        toggle("lines")(app)
        assert beside in shown(app)

    @languages
    def test_each_point_of_view_has_its_own_sentence(self, language):
        app = open_app("result", language)
        sentences = {title(app)}
        for perspective in ("society", "public_finances", "funder-state"):
            view(perspective)(app)
            sentences.add(re.sub(r"\d+[.,]\d\d", "", title(app)))
        assert len(sentences) == 4

    @languages
    def test_points_of_view_of_those_who_do_not_pay_are_not_offered(self, language):
        t, app = words_in(language), open_app("result", language)
        offered = app.radio(key="switch:perspective").options
        assert perspective_label("funder-state", CASE, t) in offered
        assert perspective_label("funder-sncf", CASE, t) not in offered
        paying = open_app("result", language, sncf_payment="1000")
        assert perspective_label("funder-sncf", CASE, t) in (
            paying.radio(key="switch:perspective").options
        )

    @languages
    def test_what_others_pay_is_asked_for_on_the_full_cost_alone(self, language):
        app, t = open_app("result", language), words_in(language)
        assert not app.text_input
        view("society")(app)
        assert [one.key for one in app.text_input] == [
            "field:sncf_payment",
            "field:towns_payment",
        ]
        assert t("questions.full_cost") in [one.value for one in app.caption]
        assert title(app).startswith(t("one_euro.society"))

    @languages
    def test_a_share_typed_finer_than_a_percent_has_its_place_on_the_slider(self, language):
        app = open_app("result", language, deadweight="0.125")
        slider = app.select_slider(key="switch:deadweight")
        assert words_in(language).percent(0.125) in slider.options
        assert written(1178, language) in title(app)  # 13.4667 × 0.875 = 11.783

    @languages
    def test_all_itemised_is_said_when_nothing_else_is_left(self, language):
        app, t = open_app("result", language, lines="itemised"), words_in(language)
        assert t("headline.all_itemised") in [one.value for one in app.markdown]

    @languages
    def test_ones_own_figures_on_the_itemised_lines_are_not_called_the_studys(self, language):
        own = {"work_integration.savings": "4600000"}
        app, t = open_app("result", language, **own), words_in(language)
        # (4.6 + 3.0 + 2.4) / 1.5 = 6.67
        itemised = t("headline.of_which_itemised_or_yours", itemised=written(667, language))
        assert any(one.value.startswith(itemised) for one in app.markdown)

    @languages
    @pytest.mark.parametrize(
        ("changes", "rest"),
        [
            ({}, "both"),
            ({"footprint": "without"}, "estimated"),
            ({"perspective": "funder-state"}, "estimated"),
            (dict.fromkeys((PEOPLE, "police_time.hours", "indirect_jobs.staff"), "0"), "balance"),
        ],
    )
    def test_what_is_not_itemised_is_called_what_it_is(self, changes, rest, language):
        app, t = open_app("result", language, **changes), words_in(language)
        assert any(one.value.endswith(t(f"headline.rest_{rest}")) for one in app.markdown)

    @languages
    def test_the_ratio_is_placed_among_published_ones(self, language):
        assert words_in(language)("landmarks.title") in [
            one.value for one in open_app("result", language).header
        ]


class TestACostThatIsNotPublished:
    @languages
    def test_is_said_to_make_the_ratio_too_high_until_it_is_entered(self, language):
        t = words_in(language)
        app = open_app("result", language, perspective="society")
        said = t("headline.unstated_costs", costs="")
        opening = said.partition(".")[0][:20]
        assert any(opening in one.value for one in app.markdown)
        for address in ("sncf_payment", "towns_payment"):
            type_in(app, address, "100000")
        assert not any(opening in one.value for one in app.markdown)

    @languages
    def test_is_none_of_the_concern_of_the_state_alone(self, language):
        t, app = words_in(language), open_app("result", language)
        opening = t("headline.unstated_costs", costs="")[:20]
        assert not any(opening in one.value for one in app.markdown)


class TestWithoutACost:
    @pages
    @languages
    def test_a_page_opens_and_says_that_the_ratio_is_undefined(self, page, language):
        app, t = open_app(page, language, state_aid="0"), words_in(language)
        assert not app.exception
        assert not re.search(r"\bnan\b|\binf\b", shown(app), re.IGNORECASE)
        if page == "result":
            assert title(app) == t("headline.undefined")
            assert t("headline.no_cost") in [one.value for one in app.markdown]
            figures = {one.label: one.value for one in app.metric}
            assert figures[t("figures.payback")] == "—"
            assert "— €" not in shown(app)
            assert "€—" not in shown(app)
        if page == "inputs":
            assert strip(app) == t("headline.undefined")

    @languages
    def test_a_point_of_view_that_pays_nothing_is_undefined_too(self, language):
        app = open_app("result", language, perspective="leverage-sncf")
        assert title(app) == words_in(language)("headline.undefined")

    @languages
    def test_typing_a_cost_gives_the_ratio_back(self, language):
        app = open_app("inputs", language, state_aid="0")
        type_in(app, "state_aid", "2 000 000")
        assert written(1010, language) in strip(app)  # 20.2 / 2.0


TYPED = {
    "fr": ("1 000", f"1{NARROW}000", f"1{NARROW}000{NO_BREAK}€", "1000,00 €"),
    "en": ("1,000", "1 000", "€1,000", "€1,000.00"),
}


class TestTyping:
    @pytest.mark.parametrize(
        ("language", "text"),
        [(language, text) for language, texts in TYPED.items() for text in texts],
    )
    def test_moves_the_result_at_once(self, language, text):
        # 1 000 people at 1 000 € instead of 788 €: (20.2 + 0.212) / 1.5 = 13.608
        app = open_app("inputs", language)
        type_in(app, SAVING, text)
        assert not app.exception
        assert written(1361, language) in strip(app)
        assert link_of(app) == {SAVING: "1000"}
        assert refusals(app) == []

    @languages
    def test_is_written_back_in_the_readers_style(self, language):
        app = open_app("inputs", language)
        type_in(app, "state_aid", "1600000,5" if language == "fr" else "1600000.5")
        assert typed_at(app, "state_aid") == words_in(language).number(1_600_000.5)

    @pytest.mark.parametrize(
        ("language", "address", "text", "value"),
        [
            ("fr", "state_aid", "1,6 M€", "1600000"),
            ("fr", "state_aid", "1 600 000 € par an", "1600000"),
            ("fr", "state_aid", "1,6 million d'euros", "1600000"),
            ("fr", PEOPLE, "1 200 personnes", "1200"),
            ("fr", PEOPLE, "1,2 k", "1200"),
            ("fr", "police_time.hours", "2 500 heures par an", "2500"),
            ("fr", "police_time.hours", "2 500 heures", "2500"),
            ("fr", "police_time.hourly_cost", "51,50", "51.5"),
            ("fr", "deadweight", "12,5 %", "0.125"),
            ("fr", "deadweight", "12,5", "0.125"),
            ("en", "state_aid", "€1.6M", "1600000"),
            ("en", PEOPLE, "1,200 people", "1200"),
            ("en", "deadweight", "12.5%", "0.125"),
            ("en", "discount_rate", "3.5", "0.035"),
        ],
    )
    def test_is_understood_as_people_write(self, language, address, text, value):
        app = open_app("inputs", language)
        type_in(app, address, text)
        assert refusals(app) == []
        assert link_of(app) == {address: value}

    @languages
    @pytest.mark.parametrize(
        ("address", "text", "code"),
        [
            (PEOPLE, "douze mille", "not_a_number"),
            (PEOPLE, "", "nothing_typed"),
            (PEOPLE, "12 %", "not_a_share"),
            (PEOPLE, "-3", "negative_quantity"),
            ("state_aid", "-3", "greater_than_equal"),
            ("deadweight", "150 %", "less_than_equal"),
            ("deadweight", "<b>12</b>", "not_a_percentage"),
            ("state_aid", f"1{NARROW}500{NARROW}000 x", "not_an_amount"),
        ],
    )
    def test_nonsense_stays_in_the_field_with_a_message_and_changes_nothing(
        self, address, text, code, language
    ):
        t, app = words_in(language), open_app("inputs", language)
        type_in(app, address, text)
        assert not app.exception
        assert typed_at(app, address) == text
        (message,) = refusals(app)
        before, _, after = t(
            f"problem.{code}", label=label_of(address, CASE, t), received="\0", allowed=""
        ).partition("\0")
        assert message.startswith(before + text + after[:2])
        parameter = dict(CASE.parameters())[address]
        kept = t("inputs.kept", value=t.value(parameter.value, parameter.unit))
        assert message.endswith(kept)
        assert written(1347, language) in strip(app)
        assert link_of(app) == {}

    def test_a_thousand_with_a_point_is_not_guessed_in_french(self):
        app = open_app("inputs", "fr")
        type_in(app, PEOPLE, "1.500")
        assert len(refusals(app)) == 1
        assert link_of(app) == {}
        english = open_app("inputs", "en")
        type_in(english, PEOPLE, "1,500")
        assert link_of(english) == {PEOPLE: "1500"}

    @languages
    def test_a_bound_is_told_in_percent_for_a_share(self, language):
        app = open_app("inputs", language)
        type_in(app, "deadweight", "150")
        assert words_in(language).percent(1) in refusals(app)[0]

    @languages
    def test_a_good_number_after_nonsense_takes_the_message_away(self, language):
        app = open_app("inputs", language)
        type_in(app, SAVING, "abc")
        type_in(app, SAVING, "1000")
        assert refusals(app) == []
        assert written(1361, language) in strip(app)

    @languages
    def test_nonsense_in_one_field_leaves_the_others_alone(self, language):
        app = open_app("inputs", language)
        type_in(app, PEOPLE, "abc")
        type_in(app, SAVING, "1000")
        assert typed_at(app, PEOPLE) == "abc"
        assert len(refusals(app)) == 1
        assert written(1361, language) in strip(app)

    @languages
    def test_nonsense_is_still_there_after_a_look_at_another_page(self, language):
        app = open_app("inputs", language)
        type_in(app, PEOPLE, "abc")
        go_to(go_to(app, "sources"), "inputs")
        assert typed_at(app, PEOPLE) == "abc"
        assert len(refusals(app)) == 1

    @languages
    def test_the_value_of_the_case_is_no_change(self, language):
        app = open_app("inputs", language)
        type_in(app, SAVING, "1000")
        type_in(app, SAVING, "788")
        assert link_of(app) == {}
        assert written(1347, language) in strip(app)


def fields(app):
    keys = [one.key for one in app.text_input]
    return {key.removeprefix("field:") for key in keys if key.startswith("field:")}


class TestTheFields:
    @languages
    def test_are_there_for_every_cost_factor_and_common_share(self, language):
        expected = {cost.id for cost in CASE.costs} | set(SETTING_NUMBERS)
        expected |= {
            f"{outcome.id}.{factor.id}" for outcome in CASE.outcomes for factor in outcome.factors
        }
        assert fields(open_app("inputs", language)) == expected

    @languages
    def test_show_the_value_the_unit_and_a_plain_explanation(self, language):
        t, app = words_in(language), open_app("inputs", language)
        field = app.text_input(key=f"field:{SAVING}")
        assert field.value == "788"
        assert t.unit("EUR/person/year") in field.label
        assert all(one.help for one in app.text_input if one.key.startswith("field:"))

    @pytest.mark.parametrize("outcome", [one.id for one in CASE.outcomes])
    def test_of_what_is_deducted_unfold_and_follow(self, outcome):
        app = open_app("inputs", "fr")
        app.session_state[f"deductions_{outcome}"] = True
        app.run()
        shares = {"deadweight", "displacement", "attribution", "drop_off", "benefit_period"}
        assert {f"{outcome}.{name}" for name in shares} <= fields(app)
        type_in(app, f"{outcome}.deadweight", "100 %")
        left = {row.outcome: row for row in evaluate(CASE).by_outcome}[outcome].present_value
        cents = round(100 * (20_200_000 - left) / 1_500_000)
        assert not app.exception
        assert written(cents, "fr") in strip(app)

    @languages
    def test_of_a_duration_take_whole_years_alone(self, language):
        app = open_app("inputs", language)
        app.session_state["deductions_work_integration"] = True
        app.run()
        address = "work_integration.benefit_period"
        type_in(app, address, "2,5")
        assert len(refusals(app)) == 1
        assert typed_at(app, address) == "2,5"
        type_in(app, address, "3")
        assert refusals(app) == []
        assert written(1760, language) in strip(app)  # (20.2 + 2 × 3.1) / 1.5

    @languages
    @pytest.mark.parametrize("name", ["timing", "drop_off_from", "deductions", "attribution_means"])
    def test_of_a_convention_offer_its_choices_in_words(self, name, language):
        t, app = words_in(language), open_app("inputs", language)
        box = app.selectbox(key=f"choice:{name}")
        assert box.options == [t(f"{name}.{option}") for option in SETTING_CHOICES[name]]
        # the default first said in words, then each of the others through the link
        other = next(one for one in SETTING_CHOICES[name] if one != CASE.value_at(name))
        box.set_value(other).run()
        assert not app.exception
        assert link_of(app) == {name: str(other)}

    @languages
    def test_bear_their_provenance_range_year_and_source(self, language):
        t = words_in(language)
        people = dict(CASE.parameters())[PEOPLE]
        (text,) = [
            text
            for piece in htmls(open_app("inputs", language))
            for text in Tree(piece).all("div", **{"class": "papers"})
            if t.of(people.reason) in text
        ]
        assert t("provenance.assumed") in text
        assert t("inputs.range", low="0", high=t.number(5_000)) in text
        assert "2016" in text


def badges(app, provenance):
    return sum(one.count(f'class="badge {provenance}"') for one in htmls(app))


class TestOnesOwnNumbers:
    @languages
    def test_are_called_ones_own_with_what_the_case_says_beside(self, language):
        t, app = words_in(language), open_app("inputs", language)
        assert badges(app, "yours") == 0
        published = badges(app, "published")
        type_in(app, SAVING, "1000")
        assert badges(app, "yours") == 1
        assert badges(app, "published") == published - 1
        stated = t.value(788, "EUR/person/year")
        instead = t(
            "provenance.instead_of", value=stated, provenance=t("provenance.published").lower()
        )
        assert instead in shown(app)

    @languages
    def test_make_their_line_ones_own_on_the_result(self, language):
        t = words_in(language)
        rows = tables(open_app("result", language, **{"sncf_savings.savings": "4000000"}))
        line = t.of({one.id: one for one in CASE.outcomes}["sncf_savings"].label)
        (found,) = [row for row in rows[t("chart.outcome_title")] if row[0] == line]
        assert found[-1] == t("provenance.yours")

    @languages
    def test_have_the_published_ratio_beside_theirs_while_they_are_typed(self, language):
        app = open_app("inputs", language)
        beside = words_in(language)("headline.published", ratio=written(1347, language))
        assert beside not in one_html(app, "strip").all("span")
        type_in(app, SAVING, "1000")
        assert beside in one_html(app, "strip").all("span")

    @languages
    def test_are_listed_with_what_the_case_says(self, language):
        t, app = words_in(language), open_app("inputs", language, lines="itemised")
        type_in(app, SAVING, "1000")
        rows = tables(app)[t.counted("inputs.changed", 2, number="2")]
        assert [label_of(SAVING, CASE, t), t.value(788, "EUR/person/year"),
                t.value(1_000, "EUR/person/year")] in rows  # fmt: skip
        assert [t("setting.lines"), t("lines.all"), t("lines.itemised")] in rows

    @languages
    def test_lines_added_changed_and_removed_are_listed_too(self, language):
        t = words_in(language)
        quiet, police = (one for one in CASE.outcomes if one.id in ("quiet_nights", "police_time"))
        renamed = quiet.model_copy(update={"label": Name(fr="Nuits", en="Nights")})
        added = police.model_copy(update={"id": "more"})
        edits = Edits(outcomes=(renamed, added), removed_outcomes=("police_time",))
        query = link.address_of(CASE, edits, language, math.nan)
        rows = tables(open_app("result", language, **query))
        there = t("inputs.line_there")
        assert rows[t.counted("inputs.differing", 3, number="3")] == [
            [t.of(renamed.label), there, t("inputs.line_changed")],
            [t.of(added.label), UNDEFINED, t("inputs.line_added")],
            [t.of(police.label), there, t("inputs.line_removed")],
        ]

    @languages
    def test_can_be_reset_one_by_one(self, language):
        app = open_app("inputs", language, **{SAVING: "1000", PEOPLE: "2000"})
        assert written(1427, language) in strip(app)  # (20.2 − 0.788 + 2.0) / 1.5 = 14.2747
        app.button(key=f"reset:{SAVING}").click().run()
        assert written(1399, language) in strip(app)  # (20.2 + 0.788) / 1.5 = 13.992
        assert link_of(app) == {PEOPLE: "2000"}
        assert typed_at(app, SAVING) == "788"

    @languages
    @pytest.mark.parametrize("page", ["result", "inputs"])
    def test_can_be_reset_all_at_once_choices_too(self, page, language):
        query = {SAVING: "1000", "lines": "itemised", "perspective": "society"}
        app, t = open_app(page, language, **query), words_in(language)
        press(app, t("inputs.reset_all"))
        assert not app.exception
        assert link_of(app) == {}
        assert written(1347, language) in strip(app)
        assert badges(app, "yours") == 0

    @languages
    def test_reset_all_clears_what_was_not_understood(self, language):
        app = open_app("inputs", language, **{SAVING: "1000"})
        type_in(app, PEOPLE, "abc")
        press(app, words_in(language)("inputs.reset_all"))
        assert refusals(app) == []
        assert typed_at(app, PEOPLE) == words_in(language).number(1_000)

    @languages
    def test_there_is_nothing_to_reset_in_the_published_case(self, language):
        app, t = open_app("inputs", language), words_in(language)
        assert not [one for one in app.button if str(one.key).startswith("reset:")]
        assert t("inputs.nothing_changed") in [one.value for one in app.caption]


class TestTheVisit:
    @languages
    def test_goes_on_from_page_to_page(self, language):
        app = open_app("inputs", language)
        type_in(app, SAVING, "1000")
        go_to(app, "result")
        assert written(1361, language) in title(app)
        toggle("lines")(app)
        go_to(app, "sources")
        assert link_of(app) == {SAVING: "1000", "lines": "itemised"}
        go_to(app, "inputs")
        assert typed_at(app, SAVING) == words_in(language).number(1_000)
        assert written(567, language) in strip(app)

    @pages
    @pytest.mark.parametrize(("one", "other"), [("fr", "en"), ("en", "fr")])
    def test_goes_on_in_the_other_language_with_the_same_scenario(self, page, one, other):
        app = open_app(page, one, **{SAVING: "1000", "deadweight": "0.25"})
        app.button_group(key="language_choice").set_value(other).run()
        assert not app.exception
        assert shown(app) == shown(open_app(page, other, **{SAVING: "1000", "deadweight": "0.25"}))
        assert app.query_params["lang"] == other
        assert link_of(app) == {SAVING: "1000", "deadweight": "0.25"}

    def test_keeps_the_language_on_the_next_page(self):
        app = open_app("result", "fr")
        app.button_group(key="language_choice").set_value("en").run()
        go_to(app, "inputs")
        assert title(app) == words_in("en")("inputs.title")

    def test_reads_a_number_again_in_the_language_it_changed_to(self):
        app = open_app("inputs", "fr")
        type_in(app, PEOPLE, "1,5")
        app.button_group(key="language_choice").set_value("en").run()
        assert typed_at(app, PEOPLE) == "1.5"
        type_in(app, PEOPLE, "1,500")
        assert link_of(app) == {PEOPLE: "1500"}

    def test_of_one_person_is_not_that_of_another(self):
        one, other = open_app("inputs", "fr"), open_app("inputs", "en")
        type_in(one, SAVING, "1000")
        other.run()
        assert link_of(other) == {}
        assert written(1347, "en") in strip(other)


BAD_LINK = {
    PEOPLE: "abc",
    "deadweight": "7",
    "timing": "noon",
    "work_integration.benefit_period": "2.5",
    "sncf_payment": "nan",
    "nothing_of_ours": "1",
}


def opens_as_asked(page, query, language):
    """Open a page by a link: it takes all of it, changes nothing in it and finds no fault."""
    app = open_app(page, None, **query)
    assert not app.exception
    t = words_in(language)
    of_links = (t("link.ignored"), t("link.too_long"))
    assert not any(one.value.startswith(of_links) for one in app.warning)
    beside = ("data", "ratio")
    assert {name: one for name, one in app.query_params.items() if name not in beside} == query


class TestALink:
    @languages
    def test_gives_the_scenario_that_was_sent(self, language):
        app = open_app(
            "result", language, state_aid="1600000", years_covered="2", perspective="society"
        )
        assert written(631, language) in title(app)  # 20.2 / 2 / 1.6 = 6.3125
        assert app.button_group(key="switch:years_covered").value == 2
        assert not app.warning

    @languages
    def test_that_is_bad_in_part_says_so_by_name_and_keeps_the_rest(self, language):
        t = words_in(language)
        app = open_app("inputs", language, state_aid="1600000", v="9", **BAD_LINK)
        (warning,) = app.warning
        assert warning.value.startswith(t("link.ignored"))
        for address, value in BAD_LINK.items():
            assert label_of(address, CASE, t) in warning.value
            if address != "nothing_of_ours":
                assert value in warning.value
        assert "9" in warning.value
        assert written(1263, language) in strip(app)  # 20.2 / 1.6 = 12.625
        assert link_of(app) == {"state_aid": "1600000"}
        assert typed_at(app, PEOPLE) == t.number(1_000)  # the value of the case
        assert typed_at(app, "deadweight") == t.percent(0)

    @languages
    @pages
    def test_that_is_all_bad_shows_the_published_case(self, page, language):
        app = open_app(page, language, **BAD_LINK)
        assert not app.exception
        assert len(app.warning) == 1
        assert link_of(app) == {}
        go_to(app, "result")
        assert written(1347, language) in title(app)

    @languages
    def test_of_a_language_we_do_not_speak_is_shown_in_french_and_told(self, language):
        app = open_app("inputs", "de")
        assert title(app) == words_in("fr")("inputs.title")
        assert "de" in app.warning[0].value
        assert language in app.warning[0].value  # which it could have been

    @languages
    def test_with_nothing_bad_in_it_warns_of_nothing(self, language):
        assert not open_app("result", language, v="1", **{PEOPLE: "1200"}).warning

    @pytest.mark.parametrize(
        "evil",
        [
            "[here](https://example.org)",
            "![picture](https://example.org/x.png)",
            "**bold**",
            "<b>bold</b>",
            "$x^2$",
            ":red[red]",
            "# Heading",
            "`code` [here](https://example.org)",
            "``[here](https://example.org)``",
            "\n\n[here](https://example.org)\n\n",
            "a\n- [here](https://example.org)",
            "a\r\n\r\n# Heading",
        ],
    )
    @pytest.mark.parametrize("place", ["name", "value"])
    def test_written_by_a_stranger_is_shown_and_not_rendered(self, place, evil):
        query = {evil: "1"} if place == "name" else {"deadweight": evil}
        app = open_app("result", "fr", **query)
        (warning,) = app.warning
        heading, *lines = warning.value.splitlines()
        assert heading == words_in("fr")("link.ignored")
        (line,) = lines  # one for what was ignored, whatever is in it
        harmless = re.sub(r"`[^`\n]*`|\\[!-/:-@\[-`{-~]", "", line.removeprefix("- "))
        assert not set("[]*<>$`#!") & set(harmless)

    @pytest.mark.parametrize(
        ("changes", "language"),
        [
            ({"state_aid": 1e-300}, "fr"),
            ({PEOPLE: 1e15, SAVING: 1e15}, "en"),
            ({"indirect_jobs.staff": 1e15, "indirect_jobs.jobs_per_staff": 1e15,
              "indirect_jobs.value_per_job": 1e15}, "fr"),
            ({"work_integration.savings": -1e15}, "fr"),
            ({"perspective": "funder-towns", "lines": "itemised"}, "fr"),
        ],
    )  # fmt: skip
    def test_with_extreme_values_opens_every_page(self, changes, language):
        for page in PAGES:
            opens_as_asked(page, link.encode(changes, language), language)

    @settings(max_examples=15, deadline=None)
    @given(
        changes=changes_of_the_case(),
        language=st.sampled_from(LANGUAGES),
        page=st.sampled_from(list(PAGES)),
    )
    def test_with_any_values_that_are_allowed_opens_any_page(self, changes, language, page):
        opens_as_asked(page, link.encode(changes, language), language)

    @settings(max_examples=12, deadline=None)
    @given(
        st.dictionaries(
            st.one_of(st.sampled_from([*ADDRESSES, "v", "lang"]), st.text(min_size=1, max_size=9)),
            st.text(max_size=20),
            min_size=1,
            max_size=4,
        )
    )
    def test_with_anything_in_it_opens(self, query):
        app = open_app("result", None, **query)
        assert not app.exception
        assert title(app)


class TestTheSources:
    @languages
    def test_list_every_number_with_its_value_and_provenance(self, language):
        t = words_in(language)
        rows = {row[0]: row for row in tables(open_app("sources", language))[t("sources.numbers")]}
        stated = {cost.id for cost in CASE.costs} | set(SETTING_NUMBERS)
        for outcome in CASE.outcomes:
            stated |= {f"{outcome.id}.{factor.id}" for factor in outcome.factors}
        stated |= {"indirect_jobs.footprint", "balance.footprint"}
        assert rows.keys() == {label_of(address, CASE, t) for address in stated}
        for address, parameter in CASE.parameters():
            if address in stated:
                _, value, provenance, year, origin, _ = rows[label_of(address, CASE, t)]
                assert value == t.value(parameter.value, parameter.unit)
                assert provenance == t(f"provenance.{parameter.provenance}")
                assert year in (str(parameter.year), "—")
                assert origin != "—"

    @languages
    def test_list_the_numbers_that_move_the_ratio_most_first(self, language):
        t = words_in(language)
        rows = tables(open_app("sources", language))[t("sources.numbers")]
        widest, *_ = one_at_a_time(CASE)
        assert rows[0][0] == label_of(widest.address, CASE, t)
        ends = sorted((widest.ratio_at_low, widest.ratio_at_high))
        low, high = (t.ratio(one) for one in ends)
        assert rows[0][-1] == t("uncertainty.from_to", low=low, high=high)
        assert rows[-1][-1] == t("sources.moves_nothing")

    @languages
    def test_list_every_published_figure(self, language):
        t = words_in(language)
        rows = tables(open_app("sources", language))[t("sources.figures")]
        assert [row[:2] for row in rows] == [
            [t.of(figure.label), t.value(figure.value, figure.unit)] for figure in CASE.figures
        ]

    @languages
    def test_list_every_document_with_its_link_publisher_and_date(self, language):
        t = words_in(language)
        app = open_app("sources", language)
        (listed,) = [one for one in htmls(app) if "<cite" in one]
        tree = Tree(listed)
        assert tree.attributes("a", "href") == [one.url for one in CASE.sources.values()]
        text = listed.replace("&#x27;", "'")
        assert t.date(CASE.sources["parisien_2017"].date) in text
        for item, source in zip(tree.all("li"), CASE.sources.values(), strict=True):
            assert plain(source.publisher).replace("'", "’") in plain(item)

    @languages
    def test_link_every_number_to_what_it_is_taken_from(self, language):
        page = "".join(htmls(open_app("sources", language)))
        for _, parameter in CASE.parameters():
            for cited in parameter.source:
                assert f'href="{CASE.sources[cited].url}"' in page

    @languages
    def test_say_what_each_provenance_means(self, language):
        t, text = words_in(language), shown(open_app("sources", language))
        for provenance in Provenance:
            assert t(f"provenance.{provenance}_means") in text

    @languages
    def test_list_ones_own_number_as_such(self, language):
        t = words_in(language)
        app = open_app("sources", language, **{PEOPLE: "1200", "work_integration.drop_off": "0.1"})
        rows = {row[0]: row for row in tables(app)[t("sources.numbers")]}
        own = rows[label_of(PEOPLE, CASE, t)]
        assert own[1:3] == [t.value(1_200, "person"), t("provenance.yours")]
        assert t.value(1_000, "person") in own[4]  # what the case says in its stead
        assert label_of("work_integration.drop_off", CASE, t) in rows


EVENTFUL = {
    "footprint": "without",
    "perspective": "society",
    "deductions": "add",
    "attribution_means": "credited",
    PEOPLE: "1200",
    "balance.benefit_period": "3",
    "nothing_of_ours": "1",
    "deadweight": "7",
}


def without_documents(text):
    """Return a text without addresses, names of documents and of French schemes of employment."""
    documents = [
        *CASE.sources.values(),
        *published_ratios().sources.values(),
        *evidence_library().sources.values(),
        *mediation_in_figures().sources.values(),
        *discount_rates().sources.values(),
        *(one for case in verified_cases() for one in verification(case).sources),
    ]
    names = [typeset(name, "fr") for one in documents for name in (one.title, one.publisher)]
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "").replace(escape(name), "")
    # nor addresses of numbers, which stand in code
    return re.sub(r"\S*\?v=1\S*|(?i:emplois?[- ][a-z]+)|\b[a-z_]+\.[a-z_]+\b", "", text)


class TestOneLanguageOnAPage:
    @pages
    @languages
    @pytest.mark.parametrize("query", [{}, EVENTFUL, {"state_aid": "0", "lines": "itemised"}])
    def test_nothing_of_the_other_is_shown(self, query, page, language):
        (other,) = {*LANGUAGES} - {language}
        app = open_app(page, language, **query)
        if page == "inputs":
            app.session_state["deductions_balance"] = True
            app.run()
            type_in(app, PEOPLE, "abc")
        text = without_documents(shown(app))
        found = {
            piece
            for piece in only_in(other)
            if re.search(rf"(?<!\w){re.escape(piece)}(?!\w)", text)
        }
        assert found == set()
        of_its_own = [piece for piece in only_in(language) if piece in text]
        assert len(of_its_own) >= 15


@languages
def test_a_correction_by_grade_says_where_it_comes_from_on_every_page(language):
    title_of_scale = next(iter(correction_scale().sources.values())).title
    for page in PAGES:
        app = open_app(page, language, optimism_bias="by_grade")
        assert not app.exception, page
    assert title_of_scale in shown(open_app("sources", language, optimism_bias="by_grade"))
