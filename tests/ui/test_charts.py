"""Charts: what is drawn is what was handed over, and Plotly's own schema accepts it."""

import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roi_model.parameters import Provenance
from ui.charts import CONFIG, Bar, bars
from ui.theme import DARK, LIGHT, PATTERNS

PUBLISHED, DERIVED, YOURS, ASSUMED = Provenance
many = settings(max_examples=100, deadline=None)


def bar(label, *, written="3,0 M€", hover="", **parts):
    return Bar(
        label=label,
        written=written,
        parts={Provenance(name): amount for name, amount in parts.items()},
        hover=hover or f"{label}, in full",
    )


ROWS = [
    bar("Balance", written="10,2 M€", derived=10.0),
    bar("State", written="3,2 M€", published=3.0, assumed=0.2),
    bar("Nights", written="0,8 M€", yours=0.8),
]

amounts = st.floats(-1e9, 1e9, allow_subnormal=False)
any_rows = st.lists(
    st.dictionaries(st.sampled_from(Provenance), amounts).map(
        lambda parts: Bar(label="a line", written="an amount", parts=parts, hover="more")
    ),
    max_size=8,
)


class TestASchema:
    @pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
    def test_of_plotlys_own_accepts_the_figure(self, colours):
        figure = go.Figure(bars(ROWS, colours))
        assert [trace.type for trace in figure.data] == ["bar"] * 4

    @many
    @given(rows=any_rows)
    def test_accepts_the_figure_whatever_the_rows(self, rows):
        assert go.Figure(bars(rows, LIGHT)).layout.annotations is not None

    def test_would_refuse_what_plotly_does_not_know(self):
        figure = bars(ROWS, LIGHT)
        figure["layout"]["bar_mode"] = "relative"
        with pytest.raises(ValueError, match="bar_mode"):
            go.Figure(figure)


class TestBars:
    def test_stand_in_the_order_given_from_top_to_bottom(self):
        figure = bars(ROWS, LIGHT)
        assert all(trace["y"] == [0, 1, 2] for trace in figure["data"])
        top, bottom = sorted(figure["layout"]["yaxis"]["range"])
        assert figure["layout"]["yaxis"]["range"] == [bottom, top]  # reversed: 0 is at the top
        assert top < 0
        assert bottom > 2

    def test_lie_on_their_side(self):
        assert {trace["orientation"] for trace in bars(ROWS, LIGHT)["data"]} == {"h"}

    def test_have_one_colour_and_pattern_for_each_provenance_in_them(self):
        drawn = {
            trace["marker"]["color"]: trace["marker"]["pattern"]
            for trace in bars(ROWS, LIGHT)["data"]
        }
        assert drawn.keys() == set(LIGHT.provenance.values())
        for provenance in Provenance:
            pattern = drawn[LIGHT.provenance[provenance]]
            assert pattern["shape"] == PATTERNS[provenance]
            assert pattern["fillmode"] == "overlay"  # the pattern lies over the colour
            assert pattern["fgcolor"] == LIGHT.on_provenance[provenance]

    def test_are_made_of_the_amounts_of_each_provenance(self):
        drawn = {trace["marker"]["color"]: trace["x"] for trace in bars(ROWS, LIGHT)["data"]}
        assert drawn == {
            LIGHT.provenance[PUBLISHED]: [0, 3.0, 0],
            LIGHT.provenance[DERIVED]: [10.0, 0, 0],
            LIGHT.provenance[YOURS]: [0, 0, 0.8],
            LIGHT.provenance[ASSUMED]: [0, 0.2, 0],
        }

    def test_lie_end_to_end_and_not_on_top_of_one_another(self):
        assert bars(ROWS, LIGHT)["layout"]["barmode"] == "relative"

    def test_leave_out_a_provenance_that_no_row_has(self):
        (trace,) = bars([bar("a", published=1.0, assumed=0.0)], LIGHT)["data"]
        assert trace["marker"]["color"] == LIGHT.provenance[PUBLISHED]

    def test_take_the_colours_of_the_theme(self):
        drawn = {trace["marker"]["color"] for trace in bars(ROWS, DARK)["data"]}
        assert drawn == set(DARK.provenance.values())
        assert bars(ROWS, DARK)["layout"]["font"]["color"] == DARK.ink

    def test_are_as_high_on_a_long_chart_as_on_a_short_one(self):
        heights = [bars(ROWS * times, LIGHT)["layout"]["height"] for times in (1, 2, 3)]
        assert heights[2] - heights[1] == heights[1] - heights[0] > 0


class TestWords:
    def test_name_each_bar_and_its_amount_beside_it(self):
        annotations = bars(ROWS, LIGHT)["layout"]["annotations"]
        assert [one["y"] for one in annotations] == [0, 1, 2]
        for row, annotation in zip(ROWS, annotations, strict=True):
            assert row.label in annotation["text"]
            assert row.written in annotation["text"]
            assert not annotation["showarrow"]

    def test_say_more_on_hovering(self):
        for trace in bars(ROWS, LIGHT)["data"]:
            assert trace["customdata"] == [row.hover for row in ROWS]
            assert "customdata" in trace["hovertemplate"]
            assert "<extra></extra>" in trace["hovertemplate"]  # no name of the trace

    def test_stand_in_no_legend(self):
        assert bars(ROWS, LIGHT)["layout"]["showlegend"] is False

    def test_stand_on_no_axis_whose_numbers_would_be_in_english(self):
        layout = bars(ROWS, LIGHT)["layout"]
        assert not layout["xaxis"]["visible"]
        assert not layout["yaxis"]["visible"]


class TestWhatIsInSight:
    @many
    @given(rows=any_rows)
    def test_is_every_bar_from_end_to_end_below_zero_too(self, rows):
        lowest, highest = bars(rows, LIGHT)["layout"]["xaxis"]["range"]
        assert lowest < highest
        assert lowest <= 0
        for row in rows:
            # what is above zero lies to the right of it end to end, what is below to the left
            above = sum(amount for amount in row.parts.values() if amount > 0)
            below = sum(amount for amount in row.parts.values() if amount < 0)
            assert above <= highest * (1 + 1e-9)
            assert below >= lowest * (1 + 1e-9)

    def test_is_a_line_that_does_harm(self):
        figure = bars([bar("Good", published=3.0), bar("Harm", yours=-2.0)], LIGHT)
        lowest, highest = figure["layout"]["xaxis"]["range"]
        assert lowest <= -2.0
        assert highest >= 3.0

    def test_is_nothing_when_there_are_no_rows(self):
        figure = bars([], LIGHT)
        assert figure["data"] == []
        assert figure["layout"]["annotations"] == []
        assert figure["layout"]["height"] > 0

    def test_is_the_name_of_a_row_worth_nothing(self):
        figure = bars([bar("Nothing", published=0.0)], LIGHT)
        assert "Nothing" in figure["layout"]["annotations"][0]["text"]
        lowest, highest = figure["layout"]["xaxis"]["range"]
        assert lowest < highest


def test_a_bar_ends_where_its_parts_add_up_to():
    assert bar("a", published=3.0, assumed=0.5, yours=-1.0).ends == pytest.approx((-1.0, 3.5))
    assert bar("b").ends == (0, 0)


def test_no_chart_can_be_dragged_or_zoomed_by_accident_on_a_phone():
    layout = bars(ROWS, LIGHT)["layout"]
    assert layout["dragmode"] is False
    assert layout["xaxis"]["fixedrange"]
    assert layout["yaxis"]["fixedrange"]
    assert not CONFIG["scrollZoom"]
