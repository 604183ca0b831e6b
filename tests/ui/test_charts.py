"""Charts: what is drawn is what was handed over, and Plotly's own schema accepts it."""

import plotly.graph_objects as go
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ui import charts
from ui.charts import Mark
from ui.theme import DARK, LIGHT

many = settings(max_examples=50, deadline=None)
themes = pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
amounts = st.floats(0, 1e9, allow_subnormal=False)


def histogram(colours=LIGHT, edges=(0.0, 1.0, 2.0, 3.0), shares=(0.2, 0.5, 0.3)):
    return charts.histogram(
        edges,
        shares,
        inside=(0.9, 3.0),
        marks=[Mark(value=1.2, label="now"), Mark(value=99.0, label="out of sight")],
        written=lambda value: f"{value:.1f}",
        hover=lambda low, high, share: f"{low} to {high}: {share}",
        colours=colours,
    )


def years(colours=LIGHT, gained=(1.0, 2.0), paid=(3.0, 0.0), cumulated=(-2.0, 0.0)):
    return charts.years(
        ["1", "2"],
        gained=gained,
        paid=paid,
        cumulated=cumulated,
        written=lambda value: f"{value:.1f}",
        colours=colours,
    )


def curve(colours=LIGHT):
    return charts.curve(
        [(0.0, 1.0), (1.0, 0.75), (2.0, 0.0)],
        mark=Mark(value=1.0, label="asked"),
        at=0.75,
        written=lambda value: f"{value:.1f}",
        share=lambda height: f"{height:.0%}",
        hover=lambda value, height: f"{value}: {height}",
        colours=colours,
    )


every = pytest.mark.parametrize("chart", [histogram, curve, years])


class TestEveryChart:
    @every
    @themes
    def test_is_accepted_by_plotlys_own_schema(self, chart, colours):
        assert go.Figure(chart(colours)).data

    def test_would_be_refused_with_what_plotly_does_not_know(self):
        figure = years()
        figure["layout"]["bar_mode"] = "relative"
        with pytest.raises(ValueError, match="bar_mode"):
            go.Figure(figure)

    @every
    def test_takes_the_colours_of_the_theme(self, chart):
        assert chart(DARK)["layout"]["font"]["color"] == DARK.ink
        assert chart(DARK) != chart(LIGHT)

    @every
    def test_has_no_legend_and_is_not_dragged_by_accident_on_a_phone(self, chart):
        layout = chart()["layout"]
        assert layout["showlegend"] is False
        assert layout["dragmode"] is False
        assert all(layout[axis]["fixedrange"] for axis in ("xaxis", "yaxis") if axis in layout)
        assert not charts.CONFIG["scrollZoom"]


class TestTheHistogram:
    def test_has_a_bar_for_each_share_between_its_edges(self):
        (trace,) = histogram()["data"]
        assert trace["y"] == [0.2, 0.5, 0.3]
        assert trace["x"] == [0.5, 1.5, 2.5]
        assert trace["width"] == [1.0, 1.0, 1.0]

    def test_shows_the_interval_in_full_colour_and_the_rest_faintly(self):
        (trace,) = histogram()["data"]
        assert trace["marker"]["color"] == [LIGHT.line, LIGHT.action, LIGHT.action]

    def test_points_out_the_marks_in_sight_alone(self):
        layout = histogram()["layout"]
        assert [one["text"] for one in layout["annotations"]] == ["now"]
        assert [one["x0"] for one in layout["shapes"]] == [1.2]


class TestTheCurve:
    def test_goes_through_its_points_and_marks_what_is_asked(self):
        line, point = curve()["data"]
        assert list(zip(line["x"], line["y"], strict=True)) == [(0, 1), (1, 0.75), (2, 0)]
        assert (point["x"], point["y"]) == ([1.0], [0.75])
        assert curve()["layout"]["shapes"][0]["y1"] == 0.75


class TestTheYears:
    def test_draw_gains_up_what_is_paid_down_and_their_sum(self):
        up, down, line = years()["data"]
        assert up["y"] == [1.0, 2.0]
        assert down["y"] == [-3.0, -0.0]
        assert line["y"] == [-2.0, 0.0]


@many
@given(low=st.floats(-1e9, 1e9), width=amounts)
@example(low=720575941.0, width=6e-7)
def test_round_values_lie_between_the_ends_and_are_few(low, width):
    values = charts.round_values(low, low + width)
    assert len(values) <= 7
    slack = 1e-9 * max(abs(low), abs(low + width), 1.0)
    assert all(low - slack <= value <= low + width + slack for value in values)
