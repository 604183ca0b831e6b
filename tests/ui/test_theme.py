"""Colours that can be read, in both themes, and that do not rest on colour alone."""

import re
import tomllib

import pytest

from roi_model.parameters import Provenance
from tests.ui.reading_code import ROOT
from ui.theme import DARK, LIGHT, palette, style_sheet

STYLE_SHEET = (ROOT / "ui" / "style.css").read_text("utf-8")

PALETTES = {"light": LIGHT, "dark": DARK}
READABLE = 4.5
"""The least contrast of a text of normal size (WCAG 2.1, success criterion 1.4.3, level AA)."""
SEEN = 3.0
"""The least contrast of a shape that carries meaning (success criterion 1.4.11, level AA)."""

themes = pytest.mark.parametrize("theme", PALETTES)
provenances = pytest.mark.parametrize("provenance", Provenance)


def luminance(colour):
    """Return the relative luminance of ``#RRGGBB``, as WCAG 2.1 defines it."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """Return the contrast of two colours, from 1 to 21, as WCAG 2.1 defines it."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_contrast_is_that_of_wcag():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#FFFFFF", "#FFFFFF") == 1
    # the grey that is known to be the lightest to pass on white
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.005)


class TestTexts:
    @themes
    @pytest.mark.parametrize("name", ["ink", "quiet", "action", "refused"])
    def test_can_be_read_on_the_ground(self, theme, name):
        colours = PALETTES[theme]
        assert contrast(getattr(colours, name), colours.ground) >= READABLE

    @themes
    @provenances
    def test_can_be_read_on_the_colour_of_each_provenance(self, theme, provenance):
        colours = PALETTES[theme]
        text, ground = colours.on_provenance[provenance], colours.provenance[provenance]
        assert contrast(text, ground) >= READABLE

    @themes
    @pytest.mark.parametrize("ground", ["backgroundColor", "secondaryBackgroundColor"])
    @pytest.mark.parametrize("name", ["textColor", "linkColor"])
    def test_of_streamlits_own_can_be_read(self, theme, name, ground):
        colours = configured()[theme]
        assert contrast(colours[name], colours[ground]) >= READABLE


def pattern(provenance):
    """Return what the style sheet draws over the colour of a provenance; nothing if solid."""
    (rule,) = re.findall(rf"^\.{provenance} \{{(.*?)\}}", STYLE_SHEET, re.DOTALL | re.MULTILINE)
    return "".join(re.findall(r"background-image:(.*?);", rule, re.DOTALL)).split(" 45%")[0]


class TestProvenances:
    @themes
    def test_have_each_a_colour_of_their_own(self, theme):
        assert len(set(PALETTES[theme].provenance.values())) == len(Provenance)
        assert PALETTES[theme].provenance.keys() == set(Provenance)
        assert PALETTES[theme].on_provenance.keys() == set(Provenance)

    def test_have_each_a_pattern_of_their_own_that_survives_grey(self):
        drawn = {provenance: pattern(provenance) for provenance in Provenance}
        assert len(set(drawn.values())) == len(Provenance)
        assert [one for one in Provenance if drawn[one] == ""] == [Provenance.PUBLISHED]

    @themes
    @provenances
    def test_are_seen_against_the_ground(self, theme, provenance):
        # A lighter shape is told from the ground by its pattern, drawn in the colour on it.
        colours = PALETTES[theme]
        marks = [colours.provenance[provenance]]
        if pattern(provenance):
            marks.append(colours.on_provenance[provenance])
        assert max(contrast(mark, colours.ground) for mark in marks) >= SEEN


class TestTheTheme:
    def test_is_light_unless_it_is_dark(self):
        assert palette("dark") is DARK
        assert palette("light") is palette(None) is palette("sepia") is LIGHT

    @themes
    def test_is_that_of_streamlits_settings(self, theme):
        colours, settings = PALETTES[theme], configured()[theme]
        assert settings["textColor"] == colours.ink
        assert settings["backgroundColor"] == colours.ground
        assert settings["linkColor"] == colours.action

    @themes
    def test_gives_the_style_sheet_every_variable_it_uses(self, theme):
        sheet = style_sheet(theme)
        used = set(re.findall(r"var\(--([\w-]+)\)", sheet))
        defined = dict(re.findall(r"--([\w-]+):(#[0-9A-F]{6});", sheet))
        assert used
        # a sentence of the page of documents is handed to the sheet as a variable too
        assert used - {"not-made"} <= defined.keys()
        assert defined["ink"] == PALETTES[theme].ink
        assert defined["on-yours"] == PALETTES[theme].on_provenance[Provenance.YOURS]

    def test_is_the_only_place_of_colours(self):
        sheet = (ROOT / "ui" / "style.css").read_text("utf-8")
        assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[^{]*})", sheet) == []


def configured():
    """Return the colours that Streamlit's settings give its own elements, by theme."""
    return tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
