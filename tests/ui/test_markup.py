"""Pieces of HTML: every text is escaped, and a reader of the screen finds her way."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roi_model import evaluate, load_case
from roi_model.parameters import Provenance
from tests.roi_model.building import amount, case, cost
from tests.ui.reading_html import Tree
from ui.markup import Bar, Html, badge, bars, euro_to_scale, external_link, folded, html, table
from ui.words import LANGUAGES, words_in

EVIL = "<script>alert('x & y')</script>"
HARMLESS = "&lt;script&gt;alert(&#x27;x &amp; y&#x27;)&lt;/script&gt;"
languages = pytest.mark.parametrize("language", LANGUAGES)


def sample(language="en"):
    return table(
        "What it costs",
        ["Figure", "Value", "Source"],
        [["State aid", "€1,500,000", Html("<b>Press</b>")], ["SNCF", "€0", "None"]],
        words_in(language),
        numeric=(1,),
    )


class TestEscaping:
    def test_a_text_is_escaped_and_html_left_alone(self):
        assert html(EVIL) == HARMLESS
        assert html(Html("<b>bold</b>")) == "<b>bold</b>"

    @languages
    def test_no_text_of_a_table_becomes_an_element(self, language):
        written = table(EVIL, [EVIL] * 2, [[EVIL, EVIL]], words_in(language), numeric=(1,))
        tree = Tree(written)
        assert "script" not in {tag for tag, _, _ in tree.found}
        assert tree.all("caption") == [EVIL]
        assert tree.all("th", scope="col") == [EVIL, EVIL]
        assert tree.all("th", scope="row") == [EVIL]
        assert tree.all("td") == [EVIL]
        assert EVIL in tree.attributes("td", "data-label")[0]

    def test_nor_of_a_link(self):
        written = html(external_link('https://example.org/?a="><b>&c', EVIL))
        tree = Tree(written)
        assert [tag for tag, _, _ in tree.found] == ["a"]
        assert tree.attributes("a", "href") == ['https://example.org/?a="><b>&c']
        assert tree.all("a") == [EVIL]

    def test_nor_of_a_summary(self):
        tree = Tree(folded(EVIL, "<p>kept</p>"))
        assert tree.all("summary") == [EVIL]
        assert tree.all("p") == ["kept"]

    @languages
    def test_nor_of_the_euro(self, language):
        written = euro_to_scale(evaluate(load_case("promevil")), EVIL, words_in(language))
        assert HARMLESS in written
        assert "<script" not in written


class TestATable:
    def test_has_a_caption_and_says_what_each_heading_is_about(self):
        tree = Tree(sample())
        assert tree.all("caption") == ["What it costs"]
        assert tree.all("th", scope="col") == ["Figure", "Value", "Source"]
        assert tree.all("th", scope="row") == ["State aid", "SNCF"]
        assert len(tree.all("th")) == 5  # each of them has a scope

    def test_keeps_its_rows_and_cells_in_order(self):
        assert Tree(sample()).all("td") == ["€1,500,000", "Press", "€0", "None"]

    @pytest.mark.parametrize(
        ("language", "labels"),
        [("en", ["Value:", "Source:"]), ("fr", ["Value\u00a0:", "Source\u00a0:"])],
    )
    def test_labels_each_cell_for_a_narrow_screen(self, language, labels):
        assert Tree(sample(language)).attributes("td", "data-label") == labels * 2

    def test_aligns_numbers_to_the_right_in_heading_and_cells(self):
        tree = Tree(sample())
        assert tree.all("th", **{"class": "number"}) == ["Value"]
        assert tree.all("td", **{"class": "number"}) == ["€1,500,000", "€0"]

    def test_of_no_rows_is_still_a_table(self):
        assert Tree(table("Empty", ["One"], [], words_in("en"))).all("th") == ["One"]

    def test_refuses_a_row_of_another_length(self):
        with pytest.raises(ValueError, match="zip"):
            table("Wrong", ["One", "Two"], [["a", "b", "c"]], words_in("en"))


class TestABadge:
    @languages
    @pytest.mark.parametrize("provenance", Provenance)
    def test_names_the_provenance_and_does_not_rest_on_colour(self, provenance, language):
        t = words_in(language)
        tree = Tree(html(badge(provenance, t)))
        assert tree.all("span") == [t(f"provenance.{provenance}")]
        assert tree.attributes("span", "class") == [f"badge {provenance}"]


def test_a_link_opens_beside_and_tells_the_other_site_nothing_of_this_page():
    tree = Tree(html(external_link("https://example.org", "A study")))
    assert tree.attributes("a", "target") == ["_blank"]
    assert tree.attributes("a", "rel") == ["noopener"]


def widths(written):
    """Return the widths of the segments, that of the euro paid first, in percent."""
    return [float(width) for width in re.findall(r'class="segment[^>]*width:([\d.]+)%', written)]


class TestOneEuroToScale:
    @languages
    def test_the_parts_of_the_published_case_add_up_to_its_ratio(self, language):
        # 8.5 + 10.195 + 1.505 = 20.2 millions, over 1.5: 5.67 + 6.80 + 1.00 = 13.47
        t = words_in(language)
        tree = Tree(euro_to_scale(evaluate(load_case("promevil")), "1 €", t))
        amounts = [t.ratio(part) for part in (8.5 / 1.5, 10.195 / 1.5, 1.505 / 1.5)]
        assert tree.all("b") == amounts
        assert any(t.ratio(20.2 / 1.5) in text for text in tree.all("p"))

    @languages
    def test_the_list_names_the_provenance_of_each_part_and_its_share(self, language):
        t = words_in(language)
        items = Tree(euro_to_scale(evaluate(load_case("promevil")), "1 €", t)).all("li")
        for item, key, share in zip(
            items, ["published", "balance", "assumed"], [0.42, 0.51, 0.07], strict=True
        ):
            assert t(f"euro.{key}") in item
            assert t.percent(share) in item

    def test_the_widths_are_to_scale_and_fill_the_track(self):
        paid, *parts = widths(euro_to_scale(evaluate(load_case("promevil")), "", words_in("en")))
        assert paid == pytest.approx(100 * 1.5 / 20.2, abs=0.001)
        assert parts == pytest.approx(
            [100 * millions / 20.2 for millions in (8.5, 10.195, 1.505)], abs=0.001
        )
        assert sum(parts) == pytest.approx(100, abs=0.002)

    def test_a_return_below_the_euro_paid_is_shorter_than_it(self):
        poor = evaluate(case(outcomes=[amount("a", 250)], costs=[cost("c", 1000)]))
        assert widths(euro_to_scale(poor, "", words_in("en"))) == [100, 25]

    def test_the_colours_are_those_of_the_provenances(self):
        written = euro_to_scale(evaluate(load_case("promevil")), "", words_in("en"))
        assert re.findall(r'class="swatch (\w+)"', written) == ["published", "derived", "assumed"]
        assert re.findall(r'class="segment (\w+)"', written) == [
            "paid",
            "published",
            "derived",
            "assumed",
        ]

    def test_a_part_below_zero_stands_in_the_list_alone(self):
        published = {
            "provenance": "published",
            "source": "study",
            "locator": {"fr": "p. 1", "en": "p. 1"},
        }
        line = amount("good", 3_000)
        line["factors"][0] |= published
        mixed = evaluate(case(outcomes=[line, amount("harm", -1_000)], costs=[cost("c", 1_000)]))
        written = euro_to_scale(mixed, "", words_in("en"))
        paid, *parts = widths(written)
        assert parts == [100]
        assert paid == pytest.approx(100 / 3, abs=0.001)
        assert Tree(written).all("b") == ["€3.00", "−€1.00"]
        assert "€2.00" in written

    def test_without_a_cost_there_is_nothing_to_draw_and_no_crash(self):
        written = euro_to_scale(
            evaluate(case(outcomes=[amount("a", 1)], costs=[cost("c", 0)])), "", words_in("en")
        )
        assert all(width <= 100 for width in widths(written))
        assert "nan" not in written.lower()

    def test_the_drawing_is_hidden_from_readers_of_the_screen_since_the_list_says_it_all(self):
        written = euro_to_scale(evaluate(load_case("promevil")), "", words_in("en"))
        assert Tree(written).all("div", **{"aria-hidden": "true"}) == ["", ""]


def bar(label, *, written="3,0 M€", **parts):
    return Bar(
        label=label,
        written=written,
        parts={Provenance(name): amount for name, amount in parts.items()},
    )


def drawn(rows):
    """Return the segments of each bar: provenance, where it starts and its width, in percent."""
    found = []
    for item in bars(rows, words_in("en")).split("<li>")[1:]:
        tree = Tree(item.removesuffix("</ul>").removesuffix("</li>"))
        styles = [re.findall(r"[\d.]+", one) for one in tree.attributes("span", "style")]
        kinds = tree.attributes("span", "class")
        found.append(
            [(kind, float(at), float(wide)) for kind, (at, wide) in zip(kinds, styles, strict=True)]
        )
    return found


class TestBars:
    def test_name_each_row_and_its_amount_in_the_order_given(self):
        rows = [bar("Balance", derived=10.0), bar("State", written="3,2 M€", published=3.0)]
        tree = Tree(bars(rows, words_in("fr")))
        assert tree.all("li") == ["Balance 3,0 M€", "State 3,2 M€"]

    def test_are_to_one_scale_and_made_of_their_parts_end_to_end(self):
        assert drawn([bar("a", derived=10.0), bar("b", published=3.0, assumed=2.0)]) == [
            [("derived", 0, 100)],
            [("published", 0, 30), ("assumed", 30, 20)],
        ]

    def test_lie_left_of_zero_for_what_does_harm_and_zero_is_marked(self):
        rows = [bar("good", published=3.0), bar("harm", yours=-1.0)]
        assert drawn(rows) == [[("published", 25, 75)], [("yours", 0, 25)]]
        zeros = Tree(bars(rows, words_in("en"))).attributes("i", "style")
        assert zeros == ["left:25.00%", "left:25.00%"]

    @given(
        st.lists(
            st.dictionaries(st.sampled_from(Provenance), st.floats(-1e9, 1e9)).map(
                lambda parts: Bar(label="a", written="b", parts=parts)
            ),
            max_size=6,
        )
    )
    def test_stay_in_their_track(self, rows):
        for segments in drawn(rows):
            for _, left, wide in segments:
                assert left >= -0.01
                assert left + wide <= 100.02

    def test_end_where_their_parts_add_up_to(self):
        assert bar("a", published=3.0, assumed=0.5, yours=-1.0).ends == pytest.approx((-1.0, 3.5))
        assert bar("b").ends == (0, 0)

    def test_no_name_becomes_an_element(self):
        assert HARMLESS in bars([bar(EVIL, written=EVIL, yours=1.0)], words_in("en"))
