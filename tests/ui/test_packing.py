"""What was added to a case fits a link, and no text that a stranger writes does harm."""

import base64
import json
import random
import string
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roi_model import load_case
from roi_model.editing import Edits, edits_of
from tests.roi_model.building import amount, case, cost, people_helped
from tests.roi_model.strategies import scenarios
from ui.packing import (
    LARGEST_UNPACKED,
    LONGEST_PACKED,
    VERSION,
    UnreadableError,
    packed,
    unpacked,
)

CASE = load_case("promevil")
OUTLOOK = 2_083
"""Characters that the shortest of the common limits allows: addresses in old mail programs."""


@settings(deadline=None)
@given(scenarios())
def test_edits_come_back_as_they_were(scenario):
    edits = edits_of(CASE, scenario)
    assert unpacked(packed(edits)) == edits


@settings(deadline=None)
@given(scenarios())
def test_a_packed_text_needs_no_escaping_in_an_address(scenario):
    text = packed(edits_of(CASE, scenario))
    assert text.isascii()
    assert text.replace("-", "").replace("_", "").isalnum()


def test_a_case_of_ones_own_with_five_outcomes_fits_the_address_of_any_mail_program():
    own = case(
        outcomes=[
            people_helped(name, 120, 788, deadweight=0.25, attribution=0.5, benefit_period=2)
            for name in ("quiet_nights", "safe_stations", "calm_schools", "fewer_fires")
        ]
        + [amount("avoided_repairs", 12_000, deadweight=0.1)],
        costs=[cost("state_aid", 22_810), cost("town_payment", 14_000, "town")],
    )
    assert len(packed(edits_of(case(costs=[cost("state_aid", 0)]), own))) < OUTLOOK / 2


def test_what_is_too_long_for_a_link_is_refused():
    chance = random.Random(0)  # so that it cannot be made shorter
    said = ["".join(chance.choices(string.ascii_letters, k=100)) for _ in range(200)]
    lines = [amount(f"line_{position}", 1) | {"label": text} for position, text in enumerate(said)]
    with pytest.raises(UnreadableError, match="too long"):
        packed(edits_of(CASE, case(outcomes=lines)))


def deflated(text: bytes) -> str:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = base64.urlsafe_b64encode(deflate.compress(text) + deflate.flush())
    return VERSION + body.decode().rstrip("=")


GOOD = packed(edits_of(CASE, CASE.with_changes({"deadweight": 0.5})))
BAD = {
    "nothing": "",
    "another version": "2" + GOOD[1:],
    "cut": GOOD[:-4],
    "one more letter": GOOD + "A",
    "a letter that is none": GOOD[:5] + "é" + GOOD[6:],
    "spaces": f" {GOOD} ",
    "too long": VERSION + "A" * LONGEST_PACKED,
    "no JSON": deflated(b"edits"),
    "a list": deflated(b"[]"),
    "an unknown field": deflated(b'{"code": "import os"}'),
    "not a number": deflated(b'{"numbers": {"deadweight": NaN, "lines": [1]}}'),
    "nested without end": deflated(b"[" * 100_000),
    "a bomb": deflated(b" " * (LARGEST_UNPACKED * 10) + b"{}"),
    "not UTF-8": deflated(b'{"name": "\xff"}'),
    "half an outcome": deflated(json.dumps({"outcomes": [{"id": "x"}]}).encode()),
    "a surrogate": deflated(b'{"name": {"fr": "\\ud800", "en": "x"}}'),
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_what_cannot_be_read_is_refused(text):
    with pytest.raises(UnreadableError):
        unpacked(text)


@settings(deadline=None, max_examples=300)
@given(st.one_of(st.text(max_size=200), st.binary(max_size=200).map(deflated)))
def test_no_text_does_anything_else(text):
    try:
        found = unpacked(text)
    except UnreadableError:
        return
    assert isinstance(found, Edits)


@settings(deadline=None, max_examples=300)
@given(st.integers(1, len(GOOD) - 1), st.characters(codec="ascii"))
def test_a_letter_changed_is_refused_or_harmless(position, letter):
    try:
        found = unpacked(GOOD[:position] + letter + GOOD[position + 1 :])
    except UnreadableError:
        return
    assert isinstance(found, Edits)
