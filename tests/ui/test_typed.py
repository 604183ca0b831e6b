"""What a person types is understood, or refused with the reason; it is never guessed."""

import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ui.typed import LONGEST, MULTIPLIERS, NotUnderstoodError, parse
from ui.words import LANGUAGES, words_in

many = settings(max_examples=300, deadline=None)
languages = st.sampled_from(LANGUAGES)
kinds = st.sampled_from(["amount", "quantity", "share", "whole"])
NO_NUMBER = {
    "amount": "not_an_amount",
    "quantity": "not_a_number",
    "share": "not_a_percentage",
    "whole": "not_whole",
}
CODES = {*NO_NUMBER.values(), "nothing_typed", "ambiguous", "not_a_share", "not_money"}

SPACES = {
    "a plain space": " ",
    "a no-break space": "\u00a0",
    "a narrow no-break space": "\u202f",
    "a thin space": "\u2009",
    "a tab": "\t",
    "a Swiss apostrophe": "'",
    "a curly apostrophe": "’",
}


def code_of(text, kind, language, **more):
    """Return the code with which ``text`` is refused."""
    with pytest.raises(NotUnderstoodError) as refused:
        parse(text, kind, language, **more)
    return refused.value.code


class TestThousands:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("space", SPACES.values(), ids=SPACES.keys())
    def test_are_set_apart_by_any_kind_of_space(self, space, language):
        assert parse(f"1{space}500{space}000", "amount", language) == 1_500_000
        assert parse(f"1{space}500", "quantity", language) == 1_500

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_need_no_mark_at_all(self, language):
        assert parse("1500000", "amount", language) == 1_500_000

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("1,500,000", 1_500_000),
            ("1.500.000", 1_500_000),
            ("1,500.50", 1_500.5),
            ("1.500,50", 1_500.5),
            ("1.500.000,25", 1_500_000.25),
            ("1,500,000.25", 1_500_000.25),
            ("1 500,50", 1_500.5),
            ("1 500.50", 1_500.5),
        ],
    )
    def test_with_marks_that_can_mean_only_one_thing_are_read_in_either_language(
        self, text, value, language
    ):
        assert parse(text, "amount", language) == value

    def test_1_500_with_a_comma_is_a_thousand_and_a_half_in_english(self):
        assert parse("1,500", "amount", "en") == 1_500
        assert parse("788,000", "amount", "en") == 788_000

    def test_1_500_with_a_comma_is_one_and_a_half_in_french(self):
        assert parse("1,500", "amount", "fr") == 1.5

    @pytest.mark.parametrize("text", ["1.500", "1.500 €", "12.345", "999.000", "-1.500"])
    def test_1_500_with_a_point_is_refused_in_french_since_it_may_be_either(self, text):
        assert code_of(text, "amount", "fr") == "ambiguous"

    def test_1_500_with_a_point_is_one_and_a_half_in_english(self):
        assert parse("1.500", "amount", "en") == 1.5

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("text", ["0.500", "0,500"])
    def test_no_thousands_begin_with_a_zero(self, text, language):
        assert parse(text, "amount", language) == 0.5

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("text", ["1 50", "1500 000", "1 5000", "1,50,000", "1.500.00"])
    def test_in_groups_of_another_size_are_refused(self, text, language):
        assert code_of(text, "amount", language) == "not_an_amount"


class TestDecimals:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("4,5", 4.5),
            ("4.5", 4.5),
            ("4,55", 4.55),
            ("4.55", 4.55),
            ("0,1041", 0.1041),
            ("0.1041", 0.1041),
            (",5", 0.5),
            (".5", 0.5),
            ("4,", 4),
            ("4.", 4),
            ("1234.567", 1_234.567),  # four digits before the point: no group of thousands
            ("1234,567", 1_234.567),
        ],
    )
    def test_take_a_comma_or_a_point(self, text, value, language):
        assert parse(text, "quantity", language) == value

    def test_leave_no_trace_of_binary_fractions(self):
        # 1.1 × 1 000 000 is 1100000.0000000002 in binary
        assert parse("1,1 M€", "amount", "fr") == 1_100_000
        assert parse("7 %", "share", "fr") == 0.07


class TestAmounts:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("1 500,50 €", 1_500.5),
            ("1500€", 1_500),
            ("1 500 euros", 1_500),
            ("1 euro", 1),
            ("1 500 EUR", 1_500),
            ("1,5 M€", 1_500_000),
            ("1,5M€", 1_500_000),
            ("1,5 million d'euros", 1_500_000),
            ("1,5 million d’euros", 1_500_000),
            ("2 millions", 2_000_000),
            ("2 millions d'euros", 2_000_000),
            ("500 k€", 500_000),
            ("500 mille", 500_000),
            ("2 Md€", 2_000_000_000),
            ("2 Mds€", 2_000_000_000),
            ("2 milliards d'euros", 2_000_000_000),
            ("1 500 000 € par an", 1_500_000),
            ("1,5 M€ par an", 1_500_000),
        ],
    )
    def test_as_a_french_person_writes_them(self, text, value):
        assert parse(text, "amount", "fr", unit_words=("€ par an", "€")) == value

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("€1,500.50", 1_500.5),
            ("€ 1500", 1_500),
            ("€1.5M", 1_500_000),
            ("€1.5 million", 1_500_000),
            ("1.5 million euros", 1_500_000),
            ("1.5m", 1_500_000),
            ("€500k", 500_000),
            ("3 thousand", 3_000),
            ("3bn", 3_000_000_000),
            ("€3bn", 3_000_000_000),
            ("3 billion", 3_000_000_000),
            ("€1,500,000 per year", 1_500_000),
        ],
    )
    def test_as_an_english_person_writes_them(self, text, value):
        assert parse(text, "amount", "en", unit_words=("€ per year", "€", "per year")) == value

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("text", ["-5", "−5", "- 5", "−5 €", "-€5", "−€5", "- € 5", "€-5"])
    def test_below_zero_take_either_minus_sign(self, text, language):
        assert parse(text, "amount", language) == -5

    def test_a_french_billion_is_a_million_millions_so_it_is_refused(self):
        assert code_of("3 billions", "amount", "fr") == "not_an_amount"
        assert code_of("3 bn", "amount", "fr") == "not_an_amount"

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_capitals_do_not_matter(self, language):
        for word, multiplier in MULTIPLIERS[language].items():
            assert parse(f"2 {word.upper()}", "amount", language) == 2 * multiplier


class TestUnits:
    @pytest.mark.parametrize("text", ["1 200 personnes", "1200 personne", "1 200", "1,2 k"])
    def test_the_unit_may_follow_the_number(self, text):
        assert parse(text, "quantity", "fr", unit_words=("personnes", "personne")) == 1_200

    def test_a_unit_of_several_words_too(self):
        words = ("heures par an", "heure par an", "heures", "heure")
        assert parse("2 000 heures par an", "quantity", "fr", unit_words=words) == 2_000
        assert parse("2 000 heures", "quantity", "fr", unit_words=words) == 2_000

    def test_a_million_of_a_unit_too(self):
        assert parse("12 postes aidés", "quantity", "fr", unit_words=("aidés", "postes")) == 12
        assert parse("1 million de personnes", "quantity", "fr", unit_words=("personnes",)) == 1e6
        assert parse("1 million of people", "quantity", "en", unit_words=("people",)) == 1e6

    def test_another_unit_is_refused(self):
        assert code_of("12 chats", "quantity", "fr", unit_words=("personnes",)) == "not_a_number"
        assert code_of("12 personnes", "quantity", "fr") == "not_a_number"


class TestShares:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize(
        ("text", "share"),
        [
            ("12 %", 0.12),
            ("12%", 0.12),
            ("12", 0.12),
            ("12,5 %", 0.125),
            ("12.5", 0.125),
            ("0", 0),
            ("0,5", 0.005),  # half a percent: a share is always typed in percent
            ("100", 1),
            ("12 percent", 0.12),
            ("12 per cent", 0.12),
            ("12 pour cent", 0.12),
        ],
    )
    def test_are_typed_in_percent_with_or_without_the_sign(self, text, share, language):
        assert parse(text, "share", language) == share

    @pytest.mark.parametrize("kind", ["amount", "quantity", "whole"])
    def test_a_percentage_where_none_is_asked_for_is_refused(self, kind):
        assert code_of("12 %", kind, "fr") == "not_a_share"

    @pytest.mark.parametrize("kind", ["quantity", "share", "whole"])
    @pytest.mark.parametrize("text", ["12 €", "€12", "12 euros", "1,5 M€"])
    def test_money_is_no_number_of_people_no_share_and_no_year(self, kind, text):
        assert code_of(text, kind, "fr") == "not_money"

    @pytest.mark.parametrize("kind", ["share", "whole"])
    def test_nobody_means_millions_of_percent_or_of_years(self, kind):
        assert code_of("3 millions", kind, "fr") == NO_NUMBER[kind]


class TestWholeNumbers:
    @pytest.mark.parametrize("text", ["5", "5 ans", "5,0", "5.0", " 5 "])
    def test_are_taken_as_such(self, text):
        value = parse(text, "whole", "fr", unit_words=("ans", "an"))
        assert value == 5
        assert isinstance(value, int)

    @pytest.mark.parametrize("text", ["2,5", "2.5", "0,001"])
    def test_half_a_year_is_refused(self, text):
        assert code_of(text, "whole", "fr") == "not_whole"


class TestWhatIsNoNumber:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("kind", ["amount", "quantity", "share", "whole"])
    @pytest.mark.parametrize(
        "text",
        [
            "douze",
            "abc",
            "-",
            "€",
            "%",
            ".",
            ",",
            "1..5",
            "1,,5",
            "1-5",
            "--5",
            "5-",
            "1 à 5",
            "(5)",
            "=1+1",
            "1e6",
            "1/2",
            "0x10",
            "nan",
            "inf",
            "5 $",
            "£5",
            "5 5 5",
            "<b>5</b>",
            "{5}",
        ],
    )
    def test_is_refused_as_such(self, text, kind, language):
        assert code_of(text, kind, language) == NO_NUMBER[kind]

    @pytest.mark.parametrize("kind", NO_NUMBER)
    @pytest.mark.parametrize("text", ["", " ", "\u00a0"])
    def test_nothing_is_refused_as_nothing(self, text, kind):
        assert code_of(text, kind, "fr") == "nothing_typed"

    def test_what_is_longer_than_a_field_holds_is_refused(self):
        assert parse("1" * LONGEST, "amount", "fr") == float("1" * LONGEST)
        assert code_of("1" * (LONGEST + 1), "amount", "fr") == "not_an_amount"

    @many
    @given(text=st.text(max_size=50), kind=kinds, language=languages)
    @example(text="²", kind="amount", language="fr")
    @example(text="½", kind="amount", language="fr")
    @example(text="१२", kind="whole", language="en")
    @example(text="9" * LONGEST, kind="whole", language="fr")
    @example(text="9" * (LONGEST - 2) + "Md", kind="whole", language="fr")
    @example(text="0." + "9" * (LONGEST - 2), kind="share", language="en")
    def test_any_text_is_a_number_or_refused_with_a_known_code(self, text, kind, language):
        assert understood_or_refused(text, kind, language)

    @many
    @given(
        text=st.text(alphabet="0123456789 \u202f\u00a0'.,-−+€%kKmMdDsbn", max_size=LONGEST + 2),
        kind=kinds,
        language=languages,
        unit=st.sampled_from([(), ("",), ("personnes", "personne"), ("€ par an", "€")]),
    )
    def test_so_is_any_heap_of_digits_and_marks(self, text, kind, language, unit):
        assert understood_or_refused(text, kind, language, unit_words=unit)


def understood_or_refused(text, kind, language, **more):
    try:
        return math.isfinite(parse(text, kind, language, **more))
    except NotUnderstoodError as error:
        return error.code in CODES


# As far as a field takes amounts, and as fine as it shows them: six decimals.
amounts = st.one_of(
    st.integers(-(10**15), 10**15).map(float),
    st.integers(-(10**13), 10**13).map(lambda cents: cents / 100),
    st.floats(-1e9, 1e9).map(lambda value: round(value, 6)),
    st.floats(-1, 1).map(lambda value: round(value, 6)),
)


class TestWhatIsWrittenIsReadBack:
    @many
    @given(value=amounts, language=languages)
    @example(value=1.234, language="fr")  # 1,234
    @example(value=1.234, language="en")
    @example(value=1_234.0, language="en")  # 1,234
    @example(value=round(41 / 394, 6), language="fr")
    def test_numbers(self, value, language):
        written = words_in(language).number(value)
        assert parse(written, "quantity", language) == value
        assert parse(written, "amount", language) == value

    @many
    @given(value=amounts, language=languages)
    def test_euros_with_their_decimals(self, value, language):
        written = words_in(language).euros(value, decimals=None)
        assert parse(written, "amount", language) == value

    @many
    @given(value=st.integers(-(10**15), 10**15), language=languages)
    def test_whole_euros(self, value, language):
        assert parse(words_in(language).euros(value), "amount", language) == value

    @many
    @given(cents=st.integers(-(10**11), 10**11), language=languages)
    def test_ratios_to_the_cent(self, cents, language):
        assert parse(words_in(language).ratio(cents / 100), "amount", language) == cents / 100

    @many
    @given(
        hundredths=st.integers(-99_999, 99_999),
        unit=st.sampled_from([10**6, 10**9]),
        language=languages,
    )
    def test_short_amounts_to_two_decimals(self, hundredths, unit, language):
        euros = hundredths * unit // 100
        assert parse(words_in(language).short_euros(euros), "amount", language) == euros

    @many
    @given(millionths=st.integers(0, 10**8), language=languages)
    @example(millionths=12_340_000, language="fr")  # 12,34 %
    @example(millionths=1_234_000, language="fr")  # 1,234 %
    @example(millionths=1_234_000, language="en")  # 1.234%
    def test_shares_of_any_six_decimals_of_a_percent(self, millionths, language):
        share = round(millionths / 10**8, 8)
        written = words_in(language).percent(share)
        assert parse(written, "share", language) == share

    @many
    @given(percent=st.integers(0, 100), language=languages)
    def test_whole_percents(self, percent, language):
        written = words_in(language).percent(percent / 100)
        assert parse(written, "share", language) == percent / 100

    @many
    @given(value=st.integers(1, 100), language=languages)
    def test_years(self, value, language):
        t = words_in(language)
        words = (t.unit("year"), t.unit("year", count=1))
        assert parse(t.value(value, "year"), "whole", language, unit_words=words) == value

    @many
    @given(
        value=st.integers(0, 10**9),
        unit=st.sampled_from(["EUR/person/year", "person", "hour/year", "job/staff", "EUR/year"]),
        language=languages,
    )
    def test_values_with_their_units(self, value, unit, language):
        t = words_in(language)
        words = (t.unit(unit), t.unit(unit, count=1))
        per = t.unit(unit).removeprefix("€").strip()
        written = t.value(value, unit)
        assert parse(written, "amount", language, unit_words=(*words, per)) == value
