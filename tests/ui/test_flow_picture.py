"""The picture of who pays and who gains: to one scale, in words for those who do not see it."""

import re
from base64 import b64decode
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ui.reading_html import Tree
from ui.flow_picture import THINNEST, Flow, flow_picture
from ui.theme import DARK, LIGHT

SVG = "{http://www.w3.org/2000/svg}"


def flow(name, amount):
    return Flow(name=name, written=f"{amount} M€", amount=amount)


def picture(paid, gained, colours=LIGHT):
    return flow_picture(paid=paid, gained=gained, names=("Pay", "Gain"), colours=colours)


def drawing(written):
    (source,) = Tree(written).attributes("img", "src")
    return ElementTree.fromstring(b64decode(source.partition("base64,")[2]))


def nodes(written):
    """Return the place, top and height of each node: who pays, the action, who gains."""
    return [
        tuple(float(one.get(name)) for name in ("x", "y", "height"))
        for one in drawing(written).iter(f"{SVG}rect")
    ]


PAID = [flow("State", 1.5)]
GAINED = [flow("Residents", 3.0), flow("Town", 1.0)]


def test_names_who_pays_and_who_gains_with_the_amounts():
    tree = Tree(picture(PAID, GAINED))
    assert tree.all("p") == ["Pay", "Gain"]
    assert tree.all("li") == ["State 1.5 M€", "Residents 3.0 M€", "Town 1.0 M€"]
    assert tree.attributes("img", "alt") == [""]  # the lists say it all


def test_draws_both_sides_to_one_scale_and_the_action_as_high_as_the_higher():
    heights = [height for _, _, height in nodes(picture(PAID, GAINED))]
    state, action, residents, town = heights
    assert residents == pytest.approx(3 * town, rel=0.01)
    assert residents == pytest.approx(2 * state, rel=0.01)
    assert action == pytest.approx(residents + town, rel=0.01)


def test_takes_the_colours_of_the_theme():
    fills = {one.get("fill") for one in drawing(picture(PAID, GAINED, DARK)).iter(f"{SVG}rect")}
    assert fills == {DARK.ink, DARK.action, DARK.quiet}


def test_no_name_becomes_an_element():
    tree = Tree(picture([flow("<script>x</script>", 1.0)], GAINED))
    assert "script" not in {tag for tag, _, _ in tree.found}


sides = st.lists(st.floats(1e-3, 1e9), min_size=1, max_size=12).map(
    lambda amounts: [flow("a line", amount) for amount in amounts]
)


@settings(max_examples=50, deadline=None)
@given(paid=sides, gained=sides)
def test_no_flow_is_lost_and_no_two_words_share_a_place(paid, gained):
    written = picture(paid, gained)
    height = float(drawing(written).get("viewBox").split()[3])
    for _, top, tall in nodes(written):
        assert tall >= THINNEST - 0.1
        assert top >= -0.5
        assert top + tall <= height + 0.5
    for side in written.split("<img")[0], written.split("<img")[1]:
        places = [float(one) for one in re.findall(r'<li style="top:(\d+)px', side)]
        assert all(low + 70 <= high for low, high in pairwise(places))
