"""Words and figures in two languages: the very characters that a reader is shown."""

import datetime
import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from roi_model import units
from roi_model.parameters import Name
from ui.words import (
    LANGUAGES,
    MissingWordError,
    preferred_language,
    rounded,
    typeset,
    words_in,
)

NARROW, NO_BREAK = "\u202f", "\u00a0"  # between thousands; before €, %, M€ and a unit
NAN = math.nan

french, english = words_in("fr"), words_in("en")
many = settings(max_examples=200, deadline=None)


class TestNumbers:
    @pytest.mark.parametrize(
        ("value", "in_french", "in_english"),
        [
            (0, "0", "0"),
            (7, "7", "7"),
            (999, "999", "999"),
            (1_000, f"1{NARROW}000", "1,000"),
            (1_234.5, f"1{NARROW}234,5", "1,234.5"),
            (20_200_000, f"20{NARROW}200{NARROW}000", "20,200,000"),
            (0.104061, "0,104061", "0.104061"),
            (1e15, NARROW.join(["1", *["000"] * 5]), ",".join(["1", *["000"] * 5])),
        ],
    )
    def test_a_number_keeps_all_its_decimals(self, value, in_french, in_english):
        assert french.number(value) == in_french
        assert english.number(value) == in_english

    @pytest.mark.parametrize(
        ("value", "decimals", "in_french", "in_english"),
        [
            (1_234.5, 0, f"1{NARROW}235", "1,235"),
            (0.5, 0, "1", "1"),  # half up, as on paper, and not to the even digit
            (2.5, 0, "3", "3"),
            (2.675, 2, "2,68", "2.68"),  # although its binary fraction is a hair less
            (27.333, 1, "27,3", "27.3"),
            (41, 1, "41,0", "41.0"),
        ],
    )
    def test_or_as_many_as_asked_for_rounded_half_up(self, value, decimals, in_french, in_english):
        assert french.number(value, decimals=decimals) == in_french
        assert english.number(value, decimals=decimals) == in_english

    def test_a_negative_number_has_its_sign(self):
        assert french.number(-1_234.5).endswith(f"1{NARROW}234,5")
        assert french.number(-1_234.5)[0] in "-−"
        assert english.number(-1_234.5)[0] in "-−"

    def test_what_rounds_to_nothing_is_not_minus_nothing(self):
        assert french.number(-0.4, decimals=0) == "0"
        assert french.euros(-0.4) == f"0{NO_BREAK}€"

    def test_what_is_not_a_number_is_a_dash(self):
        for t in (french, english):
            assert t.number(NAN) == t.number(NAN, decimals=2) == t.months(NAN) == "—"
            for written in (t.euros(NAN), t.ratio(NAN), t.short_euros(NAN), t.percent(NAN)):
                assert "—" in written
                assert "nan" not in written.lower()

    @many
    @given(st.floats(allow_nan=False, allow_infinity=False))
    @example(1e30)  # two factors, each the largest that a field takes
    @example(5e-324)
    def test_every_number_that_a_result_can_be_is_written(self, value):
        for t in (french, english):
            for written in (t.number(value), t.euros(value), t.ratio(value), t.short_euros(value)):
                assert any(character.isdigit() for character in written)


class TestAmounts:
    @pytest.mark.parametrize(
        ("amount", "in_french", "in_english"),
        [
            (0, f"0{NO_BREAK}€", "€0"),
            (1_234, f"1{NARROW}234{NO_BREAK}€", "€1,234"),
            (1_234.56, f"1{NARROW}235{NO_BREAK}€", "€1,235"),
            (-1_234, f"−1{NARROW}234{NO_BREAK}€", "−€1,234"),
            (20_200_000, f"20{NARROW}200{NARROW}000{NO_BREAK}€", "€20,200,000"),
        ],
    )
    def test_euros(self, amount, in_french, in_english):
        assert french.euros(amount) == in_french
        assert english.euros(amount) == in_english

    def test_a_ratio_is_euros_per_euro_to_the_cent(self):
        # 20.2 / 1.5 = 13.466…; 8.5 / 1.5 = 5.666…
        assert french.ratio(20.2 / 1.5) == f"13,47{NO_BREAK}€"
        assert english.ratio(20.2 / 1.5) == "€13.47"
        assert french.ratio(8.5 / 1.5) == f"5,67{NO_BREAK}€"
        assert english.ratio(-0.25) == "−€0.25"

    @pytest.mark.parametrize(
        ("amount", "in_french", "in_english"),
        [
            (20_200_000, f"20,2{NO_BREAK}M€", "€20.2M"),
            (1_500_000, f"1,5{NO_BREAK}M€", "€1.5M"),
            (3_000_000, f"3,0{NO_BREAK}M€", "€3.0M"),
            (10_195_000, f"10,20{NO_BREAK}M€", "€10.20M"),
            (999_999.4, f"999{NARROW}999{NO_BREAK}€", "€999,999"),
            (999_999.6, f"1,00{NO_BREAK}M€", "€1.00M"),
            (420_000, f"420{NARROW}000{NO_BREAK}€", "€420,000"),
            (-12_220, f"−12{NARROW}220{NO_BREAK}€", "−€12,220"),
            (-18_700_000, f"−18,7{NO_BREAK}M€", "−€18.7M"),
            (999_980_000, f"999,98{NO_BREAK}M€", "€999.98M"),
            (999_999_000, f"1,00{NO_BREAK}Md€", "€1.00bn"),
            (-62_500_000_000, f"−62,5{NO_BREAK}Md€", "−€62.5bn"),
        ],
    )
    def test_short_amounts_are_whole_euros_below_a_million(self, amount, in_french, in_english):
        assert french.short_euros(amount) == in_french
        assert english.short_euros(amount) == in_english

    def test_two_decimals_where_one_would_hide_a_change(self):
        # 1 000 people at 1 000 € instead of 788 € add 212 000 € to 20.2 million
        assert french.short_euros(20_412_000) == f"20,41{NO_BREAK}M€"


class TestShares:
    @pytest.mark.parametrize(
        ("share", "in_french", "in_english"),
        [
            (0, f"0{NO_BREAK}%", "0%"),
            (0.125, f"12,5{NO_BREAK}%", "12.5%"),
            (0.07, f"7{NO_BREAK}%", "7%"),  # 0.07 × 100 is 7.000000000000001 in binary
            (1, f"100{NO_BREAK}%", "100%"),
            (12.34, f"1{NARROW}234{NO_BREAK}%", "1,234%"),
        ],
    )
    def test_percent(self, share, in_french, in_english):
        assert french.percent(share) == in_french
        assert english.percent(share) == in_english

    def test_percent_with_as_many_decimals_as_asked_for(self):
        # 8.5 / 20.2 = 42.079 %
        assert french.percent(8.5 / 20.2, decimals=1) == f"42,1{NO_BREAK}%"
        assert english.percent(0.5, decimals=1) == "50.0%"

    def test_whole_percents_of_the_case_do_not_read_as_99(self):
        # 42.08, 50.47 and 7.45 % are 42, 50 and 7 when each is rounded by itself
        shares = [8.5 / 20.2, 10.195 / 20.2, 1.505 / 20.2]
        assert english.whole_percents(shares) == ["42%", "51%", "7%"]

    @many
    @given(st.lists(st.integers(1, 10**9), min_size=1, max_size=12))
    def test_whole_percents_add_up_to_100_and_each_is_less_than_one_off(self, sizes):
        shares = [size / sum(sizes) for size in sizes]
        whole = [int(written.removesuffix("%")) for written in english.whole_percents(shares)]
        assert sum(whole) == 100
        for percent, share in zip(whole, shares, strict=True):
            assert abs(percent - 100 * share) < 1 + 1e-9

    def test_whole_percents_with_a_part_below_zero_still_add_up(self):
        assert english.whole_percents([1.3, -0.3]) == ["130%", "\u221230%"]

    def test_shares_of_nothing_are_dashes(self):
        assert french.whole_percents([NAN, NAN]) == ["—", "—"]
        assert french.whole_percents([]) == []


class TestTime:
    def test_dates_are_written_in_full(self):
        day = datetime.date(2017, 5, 29)
        assert french.date(day) == "29 mai 2017"
        assert english.date(day) == "29 May 2017"

    @pytest.mark.parametrize(
        ("months", "in_french", "in_english"),
        [
            (0.891, "0,9 mois", "0.9 months"),
            (1, "1,0 mois", "1.0 month"),
            (23.9, "23,9 mois", "23.9 months"),
            (24, "2,0 ans", "2.0 years"),
            (30, "2,5 ans", "2.5 years"),
        ],
    )
    def test_months_are_years_from_two_years_on(self, months, in_french, in_english):
        assert french.months(months) == in_french
        assert english.months(months) == in_english


class TestUnits:
    @pytest.mark.parametrize(
        ("unit", "in_french", "in_english"),
        [
            ("EUR", "€", "€"),
            ("EUR/year", "€ par an", "€ per year"),
            ("EUR/person/year", "€ par personne et par an", "€ per person per year"),
            ("EUR/hour", "€ par heure", "€ per hour"),
            ("hour/year", "heures par an", "hours per year"),
            ("person", "personnes", "people"),
            ("staff", "salariés", "members of staff"),
            ("job/staff", "emplois par salarié", "jobs per member of staff"),
            ("1/year", "par an", "per year"),
            ("share", "", ""),
            ("year", "ans", "years"),
        ],
    )
    def test_a_unit_reads_as_words(self, unit, in_french, in_english):
        assert french.unit(unit) == in_french
        assert english.unit(unit) == in_english

    @pytest.mark.parametrize(
        ("count", "in_french", "in_english"),
        [
            (0, "personne", "people"),  # nothing is singular in French, plural in English
            (0.5, "personne", "people"),
            (1, "personne", "person"),
            (1.5, "personne", "people"),
            (2, "personnes", "people"),
            (-1, "personne", "person"),
            (-3, "personnes", "people"),
        ],
    )
    def test_singular_and_plural_follow_each_language(self, count, in_french, in_english):
        assert french.unit("person", count=count) == in_french
        assert english.unit("person", count=count) == in_english

    @pytest.mark.parametrize("base", sorted(units.BASE_UNITS - {units.ITEM}))
    def test_every_base_unit_has_its_words(self, base):
        for t in (french, english):
            assert t.unit(base, count=1)
            assert t.unit(base, count=2)

    @pytest.mark.parametrize(
        ("value", "unit", "in_french", "in_english"),
        [
            (
                788,
                "EUR/person/year",
                f"788{NO_BREAK}€ par personne et par an",
                "€788 per person per year",
            ),
            (13.4, "EUR/EUR", f"13,4{NO_BREAK}€ par €", "€13.4 per €"),
            (1_000, "person", f"1{NARROW}000{NO_BREAK}personnes", f"1,000{NO_BREAK}people"),
            (1, "person", f"1{NO_BREAK}personne", f"1{NO_BREAK}person"),
            (
                2_000,
                "hour/year",
                f"2{NARROW}000{NO_BREAK}heures par an",
                f"2,000{NO_BREAK}hours per year",
            ),
            (45, "item/year", f"45{NO_BREAK}par an", f"45{NO_BREAK}per year"),
            (45, "item", "45", "45"),
            (380, "EUR/item", f"380{NO_BREAK}€ par unité", "€380 per unit"),
            (0.25, "share", f"25{NO_BREAK}%", "25%"),
            (1, "year", f"1{NO_BREAK}an", f"1{NO_BREAK}year"),
            (5, "year", f"5{NO_BREAK}ans", f"5{NO_BREAK}years"),
        ],
    )
    def test_a_value_comes_with_its_unit(self, value, unit, in_french, in_english):
        assert french.value(value, unit) == in_french
        assert english.value(value, unit) == in_english

    def test_a_field_shows_the_number_alone_and_a_share_in_percent(self):
        assert french.figure(1_500_000, "EUR/year") == f"1{NARROW}500{NARROW}000"
        assert french.figure(0.25, "share") == f"25{NO_BREAK}%"


class TestTypography:
    @pytest.mark.parametrize(
        ("typed", "printed"),
        [
            ("l'État", "l’État"),
            ("De qui ?", f"De qui{NARROW}?"),
            ("un ; deux !", f"un{NARROW}; deux{NARROW}!"),
            ("Impact : 3", f"Impact{NO_BREAK}: 3"),
            ("« ainsi »", f"«{NO_BREAK}ainsi{NO_BREAK}»"),
            ("12 %", f"12{NO_BREAK}%"),
            ("1 500 000 €", f"1{NARROW}500{NARROW}000{NO_BREAK}€"),
            ("20,2 M€ et 3 Md€", f"20,2{NO_BREAK}M€ et 3{NO_BREAK}Md€"),
            ("{number} M€", f"{{number}}{NO_BREAK}M€"),
            ("en 2015 et 2016", "en 2015 et 2016"),
            ("juin 2016 2017", "juin 2016 2017"),
            ("rien à faire", "rien à faire"),
        ],
    )
    def test_french_spaces_and_apostrophes_are_put_in(self, typed, printed):
        assert typeset(typed, "fr") == printed

    @many
    @given(st.text(alphabet="a1 ;:?!«»%€'M", max_size=30))
    def test_only_spaces_and_apostrophes_change_and_once_is_enough(self, text):
        plain = str.maketrans({NARROW: " ", NO_BREAK: " ", "’": "'"})
        for language in LANGUAGES:
            printed = typeset(text, language)
            assert printed.translate(plain) == text
            assert typeset(printed, language) == printed

    def test_english_takes_its_apostrophe_and_plain_spaces(self):
        assert typeset("the State's aid: 12 % ; 1 000", "en") == "the State’s aid: 12 % ; 1 000"

    def test_the_sentences_of_the_catalogues_have_them(self):
        assert french("setting.perspective").endswith(f"{NARROW}?")
        assert english("setting.perspective").endswith("view?")
        assert "’" in english("method.limits_text")

    def test_so_have_the_labels_of_a_case(self):
        label = Name(fr="Aide de l'État : 3 €", en="State's aid: 3")
        assert french.of(label) == f"Aide de l’État{NO_BREAK}: 3{NO_BREAK}€"
        assert english.of(label) == "State’s aid: 3"


class TestSentences:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_a_sentence_that_is_missing_is_an_error(self, language):
        t = words_in(language)
        with pytest.raises(MissingWordError, match=r"no\.such\.sentence"):
            t("no.such.sentence")
        with pytest.raises(MissingWordError, match=r"no\.such\.sentence"):
            t.counted("no.such.sentence", 2)
        assert not t.has("no.such.sentence")

    def test_the_plural_of_a_key_is_no_key_of_its_own(self):
        with pytest.raises(MissingWordError):
            french("inputs.changeds")

    def test_holes_are_filled_by_name(self):
        assert english("inputs.range", low="0", high="5,000") == "between 0 and 5,000"

    def test_a_hole_that_is_not_filled_is_an_error(self):
        with pytest.raises(KeyError):
            english("inputs.range", low="0")

    def test_what_fills_a_hole_is_not_read_for_holes(self):
        assert "{low}" in english("inputs.range", low="{low}", high="9")

    @pytest.mark.parametrize(
        ("count", "in_french", "in_english"),
        [
            (1, "1 valeur changée.", "1 value changed."),
            (2, "2 valeurs changées.", "2 values changed."),
        ],
    )
    def test_counted_sentences_take_singular_or_plural(self, count, in_french, in_english):
        assert french.counted("inputs.changed", count, number=count) == in_french
        assert english.counted("inputs.changed", count, number=count) == in_english


class TestPreferredLanguage:
    @pytest.mark.parametrize(
        ("link", "browser", "language"),
        [
            ("en", "fr-FR", "en"),
            ("fr", "en-GB", "fr"),
            (None, "en-US", "en"),
            (None, "fr-CA", "fr"),
            (None, "en_GB", "en"),
            (None, "EN", "en"),
            ("de", "en", "en"),
            (None, "de-DE", "fr"),
            (None, None, "fr"),
            ("", "", "fr"),
            (None, "english", "fr"),
        ],
    )
    def test_the_link_then_the_browser_then_french(self, link, browser, language):
        assert preferred_language(link, browser) == language


class TestRounding:
    @pytest.mark.parametrize(
        ("value", "nearest", "up", "down"),
        [
            (833.3333, 833, 834, 833),
            (0.03465347, 0.03465, 0.03466, 0.03465),
            (9_494_999.2, 9_495_000, 9_495_000, 9_494_000),
            (-17_537.2, -17_540, -17_530, -17_540),
            (0.0, 0.0, 0.0, 0.0),
        ],
    )
    def test_leaves_as_many_digits_as_a_sentence_has_room_for(self, value, nearest, up, down):
        assert rounded(value) == nearest
        assert rounded(value, towards="up") == up
        assert rounded(value, towards="down") == down

    @given(st.floats(-1e12, 1e12, allow_subnormal=False))
    def test_errs_on_the_side_asked_for_and_by_little(self, value):
        assert rounded(value, towards="down") <= value <= rounded(value, towards="up")
        assert abs(rounded(value) - value) <= abs(value) / 100


class TestOrder:
    def test_is_that_of_a_dictionary(self):
        in_order = ["école", "Écoles", "Île-de-France", "Ille", "Oedipe", "Œuf", "Zélande"]
        assert french.sorted(reversed(in_order)) == in_order

    @given(st.lists(st.text(max_size=5)))
    def test_is_of_the_same_texts_whatever_order_they_came_in(self, texts):
        assert french.sorted(texts) == french.sorted(reversed(texts))
        assert sorted(french.sorted(texts)) == sorted(texts)
