"""The dossier: every document is offered, in both languages, and each click makes its own."""

import datetime
import re

import pytest

from reports.export import exported
from roi_model import load_case
from roi_model.templates import load_template, missing
from tests.pages.opening import go_to, htmls, one_html, open_app, press, shown, strip
from tests.reports.scenarios import LOGO
from ui import dossier
from ui.dossier import MEDIA_TYPES, Wishes
from ui.labels import label_of
from ui.words import LANGUAGES, words_in

languages = pytest.mark.parametrize("language", LANGUAGES)
PROMEVIL = load_case("promevil")
TO_FILL = load_template("adulte_relais")


@languages
def test_offers_every_document_with_what_is_in_it(language):
    app, t = open_app("dossier", language), words_in(language)
    assert not app.exception
    assert app.title[0].value == t("dossier.title")
    buttons = {one.proto.label: one.proto for one in app.main.get("download_button")}
    assert buttons.keys() == {t(f"dossier.{name}_download") for name in MEDIA_TYPES}
    said = shown(app)
    for name in MEDIA_TYPES:
        assert t(f"dossier.{name}_holds") in said
        assert t(f"dossier.{name}_note") in said
    # Made on the click, which changes nothing on the page.
    assert all(one.deferred_file_id and one.ignore_rerun for one in buttons.values())


@languages
def test_says_of_a_template_what_is_missing(language):
    app, t = open_app("dossier", language, case="adulte_relais"), words_in(language)
    assert not app.exception
    (said,) = one_html(app, "to-fill").all("p")
    for address in missing(TO_FILL, TO_FILL.case)[:8]:
        assert label_of(address, TO_FILL.case, t) in said
    assert strip(app) == t("headline.awaits_both")
    assert not [one for one in htmls(open_app("dossier", language)) if "to-fill" in one]


def test_the_language_and_the_name_are_kept_from_page_to_page():
    app = open_app("dossier", "fr")
    app.segmented_control(key="dossier_language_choice").set_value("en").run()
    app.text_input(key="dossier_association_field").set_value("Les médiateurs").run()
    app = go_to(go_to(app, "result"), "dossier")
    assert not app.exception
    assert app.segmented_control(key="dossier_language_choice").value == "en"
    assert app.text_input(key="dossier_association_field").value == "Les médiateurs"
    assert app.title[0].value == words_in("fr")("dossier.title")


@languages
def test_a_logo_that_was_taken_can_be_removed(language):
    app, t = open_app("dossier", language), words_in(language)
    app.session_state["dossier_logo"] = LOGO
    app.session_state["dossier_logo_name"] = "<b>logo</b>.svg"
    app.run()
    taken = t("dossier.logo_taken", name="&lt;b&gt;logo&lt;/b&gt;.svg")
    assert any(taken in one for one in htmls(app))
    press(app, t("dossier.logo_remove"))
    assert not any(taken in one for one in htmls(app))
    assert app.session_state["dossier_logo"] is None


@languages
def test_where_no_document_comes_the_reader_is_told_in_their_language(language):
    style = dossier.not_made(words_in(language))
    (escaped,) = re.findall(r'--not-made: "(.*)";', style)
    said = re.sub(r"\\([0-9a-f]{6})", lambda one: chr(int(one[1], 16)), escaped)
    assert said == words_in(language)("dossier.not_made")


def test_a_sentence_cannot_leave_its_quotes_in_the_style():
    assert dossier._css_text('a"; } </style>') == (
        '"a\\000022\\00003b\\000020\\00007d\\000020\\00003c\\00002fstyle\\00003e"'
    )


@languages
def test_each_document_is_made_as_wished(language):
    wished = Wishes(
        language=language,
        today=datetime.date(2026, 11, 24),
        address="https://example.org/?v=1",
        association="Les médiateurs",
        logo=LOGO,
    )
    for name in MEDIA_TYPES:
        content = exported(
            PROMEVIL,
            f".{name}",
            language=wished.language,
            today=wished.today,
            address=wished.address,
            association=wished.association,
            logo=wished.logo,
        )
        # What the page says of its size, in thousands of bytes, is about right.
        note = words_in(language)(f"dossier.{name}_note")
        (thousands,) = map(int, re.findall(r"\d+", note))
        assert 0.6 < len(content) / (1_000 * thousands) < 1.2
