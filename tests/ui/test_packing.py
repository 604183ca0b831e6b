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
from roi_model.editing import Edits, duplicated, edits_of, rebuilt, without
from roi_model.funding import with_funding
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


OF_VERSION_1 = (
    "1jVbLbtswEPyVRS5pAcdwAuQB5JgeeiiMNCjSUyDQ1spiI5MOSdkxggD9lp7q_kKP-rHOkpIc54WeLEvkcnd2ZpYPOyp8"
    "Up2k9Pgade5qCC4zsspnR1uAWtqNax08Lara01RVsrPl4VfZx47STgEj8bXd94k9lWqiA1rpyTCBRCHFmTV_TLNBUOWoYpo4"
    "HEHneKwdeSxvNjS1zd_ANLfa4FwY0LA79qpjM6EvZCxV1syQBjoRajfhnCZrvNaezymUrB2VrKpQUvQBHOL9UJLd1UhaI2cs"
    "JbqA-rA3cyoXdONvdvJEnW2NXxShPZK29EZpJARhUfSAZsMDqhS1XEZN8qkGEOV6YUPZ_PZMuVQQsA1QhL7EbyXHgBR7T9pT"
    "7yoDqamLuZZPylDU4kJoRrYgoQIqfHxV2Iej0avajo4UvyRTOm7Xda51ePKm_p9hMrbzSWyM6XAY0tii6wvHeIluanNH6WDD"
    "iQReVcphJX04Go36f_7jgNBoBFP1VIBjIKLNLBxIiCE1PwkjLcrPxTDLCOW01EXhuEdzHPUgOG9hHNJ3JiEAFRg7lNxLkqI5"
    "x9XAEQQpijYjeUQ2hbNzqQx7LYUVklsfSIAhXXHMg9C0lQbZ1m0X3rDHFqvLHgWMikrNwBlPeZ0U0eV_mZJzXGnMzFxSi_R-"
    "obgLIK_ZUL6_1V1unVgTzTXX9zRzza-pwHlP82aTawwApDkgHxkMKvWgfbYrmiuzpn54kK-YFzThIKIPpTK3PsIAPoIIWkYY"
    "QoEijhQJbyIJe-adnp09s-3Egc64e6Yd_9dERb-1R7UZdpzu3Qy2U7RF4zoJs_VgIBvLVjXWiBq9aK81m3PRaQoN8PB9ptFi"
    "s6_AKk_NRtY4Ds7WS8TpMbqO6uxMHp0BGq3X4JhSztHsowtRCqqq7pgVAgsjC1yS8i1PvBKCi_tnW2nuUOZCjPFJ7s1mGc1F"
    "-N-Jqm_i1vhILS36mEeOt6FfOHazWbBJrrQbHdIziSC0sJEr3B8GM9LAKvre1tx5x9yH72WkTcsXgAHh9aHf9fZhHHY3g1cv"
    "tRMYiHAHn_v77cq620ybwDDzOJBBJjMtsoS4DLWcK7X2WZsWXjwdjM_-xjm5sLhocoaLlCCuTQ7_n4bsh534vZvHfw"
)  # fmt: skip
"""The case without its balance, with quiet nights twice and a deadweight: made long ago."""


def test_a_text_of_the_first_version_is_still_read():
    scenario = without(duplicated(CASE, "quiet_nights"), "balance")
    assert unpacked(OF_VERSION_1) == edits_of(CASE, scenario.with_changes({"deadweight": 0.25}))


def test_a_funding_case_of_ones_own_adds_little_to_a_link():
    case = rebuilt(CASE, funding=None)
    own = with_funding(case, cost="state_aid", posts=4, cost_per_post=10_000, like=CASE.funding)
    assert len(packed(edits_of(case, own))) < 150


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
    "another version": "3" + GOOD[1:],
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
