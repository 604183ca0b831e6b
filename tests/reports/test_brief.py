import functools
import io
import itertools
import re
import shutil
import subprocess
import sys

import pikepdf
import pytest
from PIL import Image

from reports.brief import LARGEST_LOGO, WIDEST_LOGO, brief
from reports.brief_subject import drawn_bars
from reports.provenances import rests_on
from reports.typesetting import REPLACEMENT
from roi_model import ScenarioError, evaluate
from roi_model.case_files import scenario_from
from roi_model.checks import check, rules
from roi_model.parameters import LONGEST_LABEL, Provenance
from roi_model.simulation import simulate
from roi_model.templates import load_template, missing
from tests.reports.scenarios import ADDRESS, DAY, PROMEVIL, TO_FILL
from tests.roi_model.building import (
    RESIDENTS,
    STATE,
    TOWN,
    TRANSPORT,
    amount,
    case,
    case_data,
    cost,
    people_helped,
)
from ui.labels import label_of
from ui.sentences import LARGEST_SAID, shared_goal
from ui.words import LANGUAGES, words_in

MARGIN = 19 / 25.4 * 72  # 19 mm, in points
PAGE_WIDTH = 210 / 25.4 * 72

needs_pdftotext = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="pdftotext, of poppler-utils, is not installed"
)
needs_qpdf = pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf is not installed")


KEPT = {}


def made(scenario=PROMEVIL, language="fr", **more):
    """Return the brief on a scenario, made once for all the tests that read it."""
    said = {name: getattr(one, "fingerprint", one) for name, one in more.items()}
    key = (scenario.fingerprint, language, *sorted(said.items()))
    if key not in KEPT:
        KEPT[key] = brief(scenario, language=language, today=DAY, **more)
    return KEPT[key]


def plain(text):
    """Return a text without blanks: readers of PDF differ on the narrow ones and on line ends."""
    return "".join(text.replace("\u200b", "").split())


@functools.cache
def pages_of(document):
    """Return the text of each page, as pdftotext reads it."""
    run = subprocess.run(
        ["pdftotext", "-raw", "-enc", "UTF-8", "-", "-"], input=document, capture_output=True
    )
    assert run.returncode == 0, run.stderr
    return [plain(page) for page in run.stdout.decode().split("\f")[:-1]]


def text_of(document):
    return "".join(pages_of(document))


def opened(document):
    return pikepdf.open(io.BytesIO(document))


def structure(pdf):
    """Return every element of the structure tree, in order, with the role it is mapped to."""
    found = []

    def walk(element):
        if isinstance(element, pikepdf.Array):
            for one in element:
                walk(one)
        elif isinstance(element, pikepdf.Dictionary) and "/S" in element:
            found.append((str(element.S).removeprefix("/"), element))
            if "/K" in element:
                walk(element.K)

    walk(pdf.Root.StructTreeRoot.K)
    return found


def long_case(outcomes=30, label="mot " * 30):
    """Return a case of three years, with 30 outcomes, three funders and the longest labels."""

    def named(record, position, field="label"):
        record[field] = f"{position} {label}"[:LONGEST_LABEL].strip()
        return record

    payers = (STATE, TRANSPORT, TOWN)
    lines = [
        people_helped(
            f"line_{n}",
            100 + n,
            20,
            stakeholder=(*payers, RESIDENTS)[n % 4],
            benefit_period=1 + n % 4,
        )
        for n in range(outcomes)
    ]
    data = case_data(
        outcomes=[named(line, n) for n, line in enumerate(lines)],
        costs=[named(cost(f"cost_{n}", 9_000, payers[n]), n) for n in range(3)],
        discount_rate=0.03,
    )
    for position, one in enumerate(data["stakeholders"]):
        named(one, position, "name")
    data["settings"]["activity_years"] = {"value": 3, "provenance": "yours"}
    return scenario_from(named(data, 0, "name"))


LONG = long_case()
CHANGED = PROMEVIL.with_changes({"quiet_nights.people": 2000.0, "sncf_payment": 500_000.0})


@needs_pdftotext
@pytest.mark.parametrize("language", LANGUAGES)
class TestTheFigures:
    def test_lead_with_the_goal_then_the_gains_then_the_ratio_and_its_interval(self, language):
        t, text = words_in(language), text_of(made(language=language))
        interval = simulate(PROMEVIL).interval()
        said = [
            t("brief.goal", goal=shared_goal(PROMEVIL, t)),
            t.short_euros(20_200_000),  # the published return
            t.of(PROMEVIL.outcomes[0].label),
            t("headline.leverage", one_euro=t.of(PROMEVIL.stakeholders[0].one_euro), ratio="")
            .strip()
            .rstrip("."),
            t.ratio(20.2 / 1.5),
            t.ratio(interval.low.value),
            t.ratio(interval.high.value),
        ]
        places = [text.find(plain(one)) for one in said]
        assert -1 not in places
        assert places == sorted(places)

    def test_are_those_of_the_model_line_by_line(self, language):
        t, text = words_in(language), text_of(made(CHANGED, language, case=PROMEVIL))
        evaluation = evaluate(CHANGED)
        for row in evaluation.by_outcome:
            assert plain(t.euros(row.present_value)) in text
            assert plain(t.short_euros(row.present_value)) in text
        for part in evaluation.by_provenance:
            if part.present_value:
                assert plain(f"{t.ratio(part.ratio)} {rests_on(part, evaluation, t)}") in text
        for row in evaluation.by_stakeholder:
            assert plain(t.euros(row.net_present_value)) in text

    @pytest.mark.parametrize(
        ("key", "changes", "perspective"),
        [
            ("ask_lines_itemised", {"lines": "itemised"}, None),
            ("ask_footprint_without", {"footprint": "without"}, None),
            ("ask_years_covered_2", {"years_covered": 2}, None),
            (
                "ask_prudent",
                {"lines": "itemised", "footprint": "without", "years_covered": 2},
                None,
            ),
            ("ask_full_cost", {}, "society"),
            ("ask_public", {}, "public_finances"),
        ],
    )
    def test_answer_what_an_informed_reader_asks(self, language, key, changes, perspective):
        t = words_in(language)
        ratio = evaluate(PROMEVIL.with_changes(changes), perspective).ratio
        text = text_of(made(language=language))
        asked = text.index(plain(t(f"brief.{key}")))
        following = min(
            (place for q in ASKED if (place := text.find(plain(t(f"brief.{q}")))) > asked),
            default=None,
        )
        assert plain(t.ratio(ratio)) in text[asked:following]

    def test_list_every_number_with_its_value_and_where_it_is_from(self, language):
        t, text = words_in(language), text_of(made(language=language))
        for outcome in PROMEVIL.outcomes:
            for factor in outcome.factors:
                assert plain(t.value(factor.value, factor.unit)) in text
                said = factor.reason or factor.locator
                assert said is None or plain(t.of(said)) in text

    def test_say_what_the_checks_find_and_how_to_answer(self, language):
        t, text = words_in(language), text_of(made(language=language))
        known = {rule.id: rule for rule in rules()}
        found = check(PROMEVIL)
        assert len(found) > 5
        for finding in found:
            assert plain(t.of(known[finding.rule].title)) in text
            assert plain(t.of(known[finding.rule].remedy)) in text

    def test_say_what_was_changed_and_what_the_case_gives(self, language):
        t, text = words_in(language), text_of(made(CHANGED, language, case=PROMEVIL))
        label = label_of("quiet_nights.people", CHANGED, t)
        row = f"{label} {t.value(1000, 'person')} {t.value(2000, 'person')}"
        assert plain(row) in text
        assert plain(t("brief.changed_from", case="Promevil", ratio=t.ratio(20.2 / 1.5))) in text

    def test_a_template_to_fill_says_what_is_missing(self, language):
        t, text = words_in(language), text_of(made(TO_FILL, language, case=TO_FILL))
        lacking = missing(load_template(TO_FILL.id), TO_FILL)
        assert len(lacking) == 9
        for address in lacking:
            assert plain(label_of(address, TO_FILL, t)) in text
        assert plain(t("headline.awaits_both")) in text
        assert not re.search(r"\bnan\b|NaN|None", text)

    @pytest.mark.parametrize(
        "perspective",
        ["society", "public_finances", "funder-state", "costs-state,sncf-gains-passengers"],
    )
    def test_are_those_of_the_point_of_view_which_is_said_in_words(self, language, perspective):
        t = words_in(language)
        scenario = CHANGED.with_changes({"perspective": perspective})
        text = text_of(made(scenario, language))
        kind = perspective.partition("-")[0]
        key = "brief.view_sets" if kind == "costs" else f"brief.view_{kind}"
        opening = t(key, payers="\0", gainers="\0").partition("\0")[0]
        assert plain(opening) in text
        assert plain(t.ratio(evaluate(scenario).ratio)) in text


ASKED = (
    "ask_lines_itemised",
    "ask_footprint_without",
    "ask_years_covered_2",
    "ask_prudent",
    "ask_full_cost",
    "ask_public",
    "ask_deadweight",
    "ask_published",
)


@needs_pdftotext
class TestThePages:
    @pytest.mark.parametrize("scenario", [PROMEVIL, LONG], ids=["promevil", "long"])
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_the_meeting_has_two_and_the_annex_begins_the_third(self, scenario, language):
        t, pages = words_in(language), pages_of(made(scenario, language, address=ADDRESS))
        starts = [n for n, page in enumerate(pages, 1) if page.startswith(plain(t("brief.annex")))]
        assert starts == [3]
        assert plain(t("brief.open_title")) in pages[1]

    def test_each_ends_with_the_date_the_fingerprint_and_its_number(self):
        pages = pages_of(made(LONG))
        assert len(pages) > 8
        for number, page in enumerate(pages, 1):
            assert page.endswith(f"{LONG.fingerprint}page{number}/{len(pages)}")
            assert "24novembre2026" in page

    def test_a_table_that_goes_on_says_its_headings_again(self):
        headings = plain("Chiffre Valeur Fourchette Provenance Source et précision")
        assert sum(headings in page for page in pages_of(made(LONG))) > 3

    @pytest.mark.parametrize("label", ["mot " * 30, "W" * 120], ids=["words", "one word"])
    def test_nothing_leaves_the_margins_however_long_the_names(self, label):
        document = made(long_case(4, label), association="M" * LONGEST_LABEL, address=ADDRESS)
        run = subprocess.run(
            ["pdftotext", "-bbox", "-", "-"], input=document, capture_output=True, check=True
        )
        boxes = re.findall(r'<word xMin="([\d.]+)" .*? xMax="([\d.]+)"', run.stdout.decode())
        assert len(boxes) > 500
        assert min(float(left) for left, _ in boxes) > MARGIN - 1
        assert max(float(right) for _, right in boxes) < PAGE_WIDTH - MARGIN + 1
        assert plain(f"0 {label}"[:LONGEST_LABEL]) in text_of(document)


class TestWhatAUserTyped:
    NAMES = (
        '=HYPERLINK("http://x","y")',
        '#include "x"',
        "$x$ *a* _b_ `c`",
        "<script>alert(1)</script>",
        r"\u{41} \ @ref <label> // --",
        "= Title #panic() [x] ~ {holes}",
    )

    @needs_pdftotext
    @pytest.mark.parametrize("name", NAMES)
    def test_is_shown_as_typed(self, name):
        data = case_data(outcomes=[amount("gain", 300)], costs=[cost("aid", 100)])
        data["outcomes"][0]["label"] = data["costs"][0]["label"] = name
        data["stakeholders"][0]["name"] = data["name"] = name
        document = made(scenario_from(data), "en", association=name)
        assert text_of(document).count(plain(name)) > 5
        pdf = opened(document)
        assert str(pdf.docinfo["/Title"]).startswith(name)
        assert str(pdf.docinfo["/Author"]) == name

    @needs_pdftotext
    def test_shows_a_white_square_for_what_no_font_has_and_nothing_for_controls(self):
        data = case_data(outcomes=[amount("gain", 300)], costs=[cost("aid", 100)]) | {
            "name": "Médiation 😀 中 Ω \ue000 \u202eabc\x07 ½ 🏳️‍🌈"
        }
        square = REPLACEMENT
        text = text_of(made(scenario_from(data), "en"))
        assert plain(f"Médiation {square} {square} Ω {square} abc ½ {square}") in text


class TestTheDocument:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_has_its_title_language_author_and_standards(self, language):
        pdf = opened(made(language=language, association="Les Amis"))
        assert str(pdf.Root.Lang).startswith(language)
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert pdf.Root.MarkInfo.Marked
        with pdf.open_metadata() as metadata:
            title = words_in(language)("brief.title", name="Promevil")
            assert metadata["dc:title"] == title
            assert list(metadata["dc:creator"]) == ["Les Amis"]
            assert metadata["pdfuaid:part"] == "1"
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")

    def test_has_a_structure_that_can_be_read_aloud(self):
        pdf = opened(made(address=ADDRESS))
        elements = structure(pdf)
        roles = [role for role, _ in elements]
        assert {"Table", "TR", "TH", "TD", "L", "LI", "Link", "Figure", "Formula"} <= set(roles)
        levels = [int(role[1:]) for role in roles if re.fullmatch(r"H\d", role)]
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
        spoken = [element for role, element in elements if role in ("Figure", "Formula")]
        assert len(spoken) == 5  # the code and four formulas
        assert all(str(element.Alt).strip() for element in spoken)

    def test_embeds_every_font_and_takes_none_of_the_machine(self):
        fonts, pdf = {}, opened(made())
        for page in pdf.pages:
            for font in page.Resources.Font.values():
                (own,) = font.DescendantFonts
                fonts[str(own.BaseFont)] = own.FontDescriptor
        assert len(fonts) > 2
        assert all("Libertinus" in name or "NewCM" in name for name in fonts)
        assert all("/FontFile3" in one or "/FontFile2" in one for one in fonts.values())

    @needs_qpdf
    @pytest.mark.parametrize("scenario", [PROMEVIL, LONG], ids=["promevil", "long"])
    def test_is_sound(self, scenario, tmp_path):
        document = made(scenario, address=ADDRESS)
        assert len(document) < 1_000_000
        (tmp_path / "brief.pdf").write_bytes(document)
        run = subprocess.run(
            ["qpdf", "--check", tmp_path / "brief.pdf"], capture_output=True, text=True
        )
        assert run.returncode == 0, run.stdout + run.stderr

    def test_is_the_same_bytes_in_another_process(self):
        code = (
            "import datetime, sys; from roi_model import load_case;"
            "from reports.brief import brief;"
            "sys.stdout.buffer.write(brief(load_case('promevil'), language='fr',"
            f" today=datetime.date({DAY.year}, {DAY.month}, {DAY.day}), address={ADDRESS!r}))"
        )
        other = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LANG": "C"},
        ).stdout
        again = brief(PROMEVIL, language="fr", today=DAY, address=ADDRESS)
        assert made(address=ADDRESS) == again == other

    def test_needs_nothing_of_the_screen(self):
        code = (
            "import sys, reports.brief;"
            "sys.exit(any(name in sys.modules for name in ('streamlit', 'plotly')))"
        )
        assert subprocess.run([sys.executable, "-c", code]).returncode == 0


class TestTheLink:
    def test_opens_the_scenario(self):
        pdf = opened(made(address=ADDRESS))
        links = [
            str(note.A.URI)
            for page in pdf.pages
            for note in page.get("/Annots", [])
            if "/A" in note and "/URI" in note.A
        ]
        assert ADDRESS in links
        assert all(link.startswith(("http://", "https://")) for link in links)

    @needs_pdftotext
    def test_too_long_for_a_code_is_printed_in_full_at_the_end(self):
        address = f"https://example.org/?{'abcdefghi&' * 200}end"
        document = made(address=address)
        pages = pages_of(document)
        assert plain(words_in("fr")("brief.no_code")) in pages[1]
        assert address in pages[-1]
        pdf = opened(document)
        assert "Figure" not in [role for role, _ in structure(pdf)]

    @needs_pdftotext
    def test_without_an_address_a_file_is_said_to_hold_it(self):
        pages = pages_of(made())
        assert plain(words_in("fr")("brief.open_file")) in pages[1]

    @pytest.mark.parametrize(
        "address",
        [
            "javascript:alert(1)",
            "file:///etc/passwd",
            "/?v=1",
            "https://",
            "https://a b",
            "https://[",
        ],
    )
    def test_is_refused_where_it_is_no_web_address(self, address):
        with pytest.raises(ScenarioError, match="address") as refused:
            made(address=address)
        assert refused.value.problems[0].code == "not_a_web_address"

    def test_a_name_too_long_is_refused_too_and_both_are_said(self):
        with pytest.raises(ScenarioError) as refused:
            made(address="x", association="m" * (LONGEST_LABEL + 1))
        assert [one.where for one in refused.value.problems] == ["address", "association"]


def picture(kind, size=(60, 30)):
    drawn = io.BytesIO()
    Image.new("RGB", size, "teal").save(drawn, kind)
    return drawn.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>'


class TestTheLogo:
    @pytest.mark.parametrize(
        "logo", [picture("PNG"), picture("JPEG"), SVG], ids=["png", "jpg", "svg"]
    )
    def test_stands_on_the_brief_with_words_for_it(self, logo):
        pdf = opened(made(logo=logo, association="Les Amis"))
        (figure,) = [element for role, element in structure(pdf) if role == "Figure"]
        assert "Les Amis" in str(figure.Alt)

    @pytest.mark.parametrize(
        ("logo", "code"),
        [
            (b"GIF89a", "logo_not_an_image"),
            (b"", "logo_not_an_image"),
            (picture("PNG")[:40], "logo_not_an_image"),
            (b"\xff\xd8\xff\xe0 not a photograph", "logo_not_an_image"),
            (SVG.replace(b"<path", b"<script>x</script><path"), "logo_not_an_image"),
            (SVG.replace(b"<path", b'<image href="/etc/passwd"/><path'), "logo_not_an_image"),
            (SVG.replace(b"<path", b'<use xlink:href="https://x/y#z"/><path'), "logo_not_an_image"),
            (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG, "logo_not_an_image"),
            (picture("PNG", (WIDEST_LOGO + 1, 1)), "logo_too_wide"),
            (picture("JPEG", (1, WIDEST_LOGO + 1)), "logo_too_wide"),
            (SVG + b" " * LARGEST_LOGO, "logo_too_large"),
        ],
    )
    def test_is_refused_where_it_cannot_or_should_not_be_drawn(self, logo, code):
        with pytest.raises(ScenarioError) as refused:
            made(logo=logo)
        assert [one.code for one in refused.value.problems] == [code]


class TestBars:
    def test_are_to_one_scale_with_losses_to_the_left(self):
        # From −10 to 30: 40 wide; zero at a quarter; 30 takes three quarters, 10 one.
        first, second = drawn_bars(
            [{Provenance.PUBLISHED: 20.0, Provenance.ASSUMED: 10.0}, {Provenance.YOURS: -10.0}]
        )
        assert first["zero"] == second["zero"] == 0.25
        assert first["parts"] == [
            {"key": "published", "start": 0.25, "width": 0.5},
            {"key": "assumed", "start": 0.75, "width": 0.25},
        ]
        assert second["parts"] == [{"key": "yours", "start": 0.0, "width": 0.25}]

    def test_of_nothing_have_no_part(self):
        assert drawn_bars([{}]) == [{"parts": [], "zero": 0.0}]


@needs_pdftotext
def test_a_cost_next_to_nothing_gives_no_ratio():
    scenario = case(outcomes=[amount("gain", 1e9)], costs=[cost("aid", 1e-9)])
    assert evaluate(scenario).ratio > LARGEST_SAID
    assert plain(words_in("fr")("headline.undefined")) in text_of(made(scenario))
