"""The two catalogues say the same things, all that the code asks for, and nothing else."""

from functools import cache
from typing import get_args

import pytest
from pydantic_core.core_schema import ErrorType

from roi_model import load_case
from roi_model.checks import Severity
from roi_model.parameters import Provenance
from roi_model.perspectives import FUNDER, LEVERAGE, PUBLIC_FINANCES, SOCIETY
from roi_model.settings import SETTING_CHOICES, Settings
from roi_model.units import BASE_UNITS
from roi_model.value_map import OUTCOME_SHARES
from tests.ui.reading_catalogues import forms, holes, said_in_both
from tests.ui.reading_code import HOLE, ROOT, SCREENS, asked_keys, constants, visible_words
from ui.frame import PAGES
from ui.words import LANGUAGES, catalogue_files

SAME_IN_BOTH = {
    "guide.menu",  # Questions
    "table.provenance",  # Provenance
    "table.ratio",  # Ratio
    "unit.EUR",  # €
    # Nothing but holes:
    "inputs.label_with_unit",
    "uncertainty.deciding_one",
    "uncertainty.short_of",
    "flows.none",
    "file_problem.written",
}
SAME_IN_BOTH_OF_THE_CASE = {"Promevil", "2015–2016"}

MODELS_NAMES = {
    *Provenance,
    *get_args(Severity),
    *Settings.model_fields,
    *OUTCOME_SHARES,
    "benefit_period",
    *BASE_UNITS,
    *(SOCIETY, PUBLIC_FINANCES, LEVERAGE, FUNDER),
    *(str(option) for options in SETTING_CHOICES.values() for option in options),
}
FAULTS = set(get_args(ErrorType)).union(
    *(
        constants((ROOT / module).read_text("utf-8"))
        for module in (
            "roi_model/case_files.py",
            "roi_model/consistency.py",
            "roi_model/parameters.py",
            "roi_model/scenario.py",
            "roi_model/value_map_files.py",
            "reports/workbook_reading.py",
            "ui/editing.py",
            "ui/link.py",
            "ui/start.py",
            "ui/typed.py",
        )
    )
)
REFUSALS = ("ui/labels.py", "ui/file_problems.py")
# What may stand in the holes of a key that begins with one.
OPEN_KEYS = {
    f"{HOLE}.{HOLE}": {
        (name, str(option)) for name, options in SETTING_CHOICES.items() for option in options
    },
    f"{HOLE}.menu": {(page,) for page in PAGES},
}


def sources():
    """Return the code of every screen, by its path."""
    return {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in SCREENS}


@cache
def asked():
    """Return what is asked for, with the names that its own module may put in the holes."""
    found = []
    for path, source in sources().items():
        names = constants(source) | MODELS_NAMES | (FAULTS if path in REFUSALS else set())
        found += [(key, names) for key in asked_keys(source, path)]
    return found


def may_ask(one, names, key):
    """Say whether a call may ask for ``key``, given what stands in its holes."""
    values = one.values(key)
    if values is None:
        return False
    if one.key.startswith(HOLE):
        return values in OPEN_KEYS[one.key]
    return set(values) <= names


KEYS = sorted(ids[0] for ids in forms("fr"))


class TestTheTwoLanguages:
    def test_have_the_same_keys_with_the_same_plurals(self):
        assert forms("fr").keys() == forms("en").keys()

    def test_have_the_same_holes_in_every_form(self):
        differing = {
            ids[0]: (language, form)
            for ids, (french, *_) in forms("fr").items()
            for language in LANGUAGES
            for form in forms(language)[ids]
            if holes(form) != holes(french)
        }
        assert differing == {}

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_leave_no_sentence_empty_and_no_brace_alone(self, language):
        for ids, written in forms(language).items():
            assert len(written) == len(ids), ids
            for form in written:
                assert form.strip(), ids
                names = dict.fromkeys(holes(form), "x")
                assert not set("{}") & set(form.format(**names)), ids

    def test_do_not_say_a_sentence_in_the_same_words(self):
        same = {ids[0] for ids in forms("fr") if forms("fr")[ids] == forms("en")[ids]}
        assert same == SAME_IN_BOTH

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_write_no_key_twice(self, language):
        text = "".join(path.read_text("utf-8") for path in catalogue_files(language))
        keys = [
            line for line in text.splitlines() if line.startswith("msgid ") and line != 'msgid ""'
        ]
        assert len(keys) == len(set(keys))

    def test_the_french_catalogue_is_typed_with_plain_spaces_and_apostrophes(self):
        # ui.words puts the French ones in; a hand would put them in here and not there
        text = "".join(path.read_text("utf-8") for path in catalogue_files("fr"))
        assert not set("\u00a0\u202f’") & set(text)

    def test_a_case_says_everything_in_both_languages(self):
        pairs = list(said_in_both(load_case("promevil")))
        assert len(pairs) > 80
        assert {one.fr for one in pairs if one.fr == one.en} == SAME_IN_BOTH_OF_THE_CASE


class TestTheCode:
    def test_asks_for_many_sentences(self):
        literal = {one.key for one, _ in asked() if HOLE not in one.key}
        assert len(literal) > 60
        assert {"inputs.title", "headline.leverage", "method.counted_not"} <= literal

    def test_asks_for_no_sentence_that_does_not_exist(self):
        missing = [
            f"{one.where} {one.key.replace(HOLE, '{}')}"
            for one, names in asked()
            if not any(may_ask(one, names, key) for key in KEYS)
        ]
        assert missing == []

    def test_asks_for_every_sentence_there_is(self):
        unasked = [
            key for key in KEYS if not any(may_ask(one, names, key) for one, names in asked())
        ]
        assert unasked == []

    def test_finds_the_words_of_every_choice_of_the_scenario(self):
        for name, options in SETTING_CHOICES.items():
            for option in options:
                assert f"{name}.{option}" in KEYS
            assert f"setting.{name}" in KEYS

    @pytest.mark.parametrize("path", sources())
    def test_shows_no_word_that_is_not_in_the_catalogues(self, path):
        assert visible_words(sources()[path]) == []


class TestTheReadingOfTheCodeItself:
    @pytest.mark.parametrize(
        "line",
        [
            'st.title("Résultat")',
            'st.title("result")',
            'st.title(f"Ratio: {ratio}")',
            'left.metric("Cost", value)',
            'left.metric(t("a.b"), "none")',
            'st.button(label="Go")',
            'st.metric(t("a.b"), value, help="Why")',
            'st.markdown("**Total** " + t("a.b"))',
            'st.markdown("one" if few else t("a.b"))',
            'st.caption(" ".join(["Nothing here", t("a.b")]))',
            'st.html("<p>Hello</p>")',
            'st.html(folded("Details", content))',
            'cells = f"<td>{x} total</td>"',
            'label = "Coût"',
            'st.set_page_config(page_title="Dashboard")',
        ],
    )
    def test_finds_a_word_written_in_a_page(self, line):
        assert visible_words(line)

    @pytest.mark.parametrize(
        "line",
        [
            'st.title(t("a.b"), anchor=False)',
            'st.title(t("a.b", ratio=t.ratio(x)))',
            'st.button(t("a.b"), key="reset:all", icon=":material/undo:", type="tertiary")',
            'st.html("<br>")',
            "st.html(f'<div class=\"strip\">{escape(words)}</div>')",
            'st.html("<style>p { color: red }</style>")',
            'st.markdown(f":material/insights: **{name}**  \\n{subject}")',
            'st.metric(t(f"figures.{key}"), t.number(parts["cost"], decimals=1))',
            '"""Un résumé."""',
            'st.selectbox(t("a.b"), choices["timing"], format_func=lambda one: t(f"timing.{one}"))',
        ],
    )
    def test_passes_over_keys_icons_and_markup(self, line):
        assert visible_words(line) == []

    @pytest.mark.parametrize(
        ("line", "keys"),
        [
            ('t("a.b")', ["a.b"]),
            ('page.t("a.b")', ["a.b"]),
            ('self.page.t.counted("a.b", 2)', ["a.b"]),
            ('t(f"a.{x}_help")', [f"a.{HOLE}_help"]),
            ('t("a.b" if x else "a.c")', ["a.b", "a.c"]),
            ('key = "a.b" if x else "a.c"\nt(key)', ["a.b", "a.c"]),
            ('def f(key):\n    return t(key)\nf("a.b")', ["a.b"]),
            ('def f():\n    return "a.b"\nt(f())', ["a.b"]),
            ('other("a.b")', []),
        ],
    )
    def test_finds_the_keys_that_are_asked_for(self, line, keys):
        assert [one.key for one in asked_keys(line)] == keys

    def test_a_key_with_a_hole_is_asked_for_with_what_stands_in_it(self):
        (one,) = asked_keys('t(f"a.{x}_help")')
        assert one.values("a.cost_help") == ("cost",)
        assert one.values("a.cost") is None
        assert not may_ask(one, {"cost"}, "a.price_help")
