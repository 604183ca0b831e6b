"""A letter reaches a mail program whole, and its link stays one link on the way."""

import email
import email.policy
import re
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roi_model.editing import duplicated, edits_of
from tests.pages.opening import htmls, open_app
from tests.ui.changing import ADDRESSES, CASE, CHOICES, NUMBERS
from ui.link import address_of
from ui.sharing import LONGEST_IN_MAIL, mailto
from ui.words import words_in

# What RFC 6068 lets stand as it is in a header's value; the rest is %XX.
VALUE = r"((?:[\w.~-]|%[0-9A-F]{2})*)"
ENCODED = re.compile(rf"mailto:\?subject={VALUE}&body={VALUE}", re.ASCII)
LETTER = "Bonjour,\n\nL’effet « apaisé » : 13,47 €.\n\n{}"


def long_address():
    """Return an address near the longest that is said to be kept whole by mail programs."""
    numbers = {
        name: 0.125 for name in NUMBERS if not name.endswith(("years", "period", "elasticity"))
    }
    numbers |= {name: CHOICES[name][-1] for name in ("timing", "deductions", "lines")}
    changed = CASE.with_changes(numbers)
    address = (
        f"https://example.org/?{urlencode(address_of(CASE, edits_of(CASE, changed), 'fr', 1))}"
    )
    assert LONGEST_IN_MAIL * 0.75 < len(address) <= LONGEST_IN_MAIL
    return address


class TestTheAddressThatOpensAMailProgram:
    @given(subject=st.text(), body=st.text().filter(lambda text: "\r" not in text))
    def test_is_encoded_and_gives_back_the_letter(self, subject, body):
        found = ENCODED.fullmatch(mailto(subject, body))
        assert found is not None
        assert unquote(found[1]) == subject
        assert unquote(found[2]) == body.replace("\n", "\r\n")

    def test_breaks_lines_as_mail_does(self):
        assert mailto("é", "a\nb c&d=1") == "mailto:?subject=%C3%A9&body=a%0D%0Ab%20c%26d%3D1"


def sent(body, *, encoding):
    """Return what a reader is shown of a letter, after it was sent; a line has 998 bytes."""
    message = EmailMessage()
    message["Subject"] = "Ce que la médiation sociale apporte"
    message.set_content(body, cte=encoding)
    raw = message.as_bytes(policy=email.policy.SMTP)
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    read = email.message_from_bytes(raw, policy=email.policy.default)
    return read.get_content()


def flowed(text):
    """Return a text as format=flowed sends and shows it (RFC 3676): broken at spaces alone."""
    broken = re.sub(r"(?m)(.{60}\S* )(?=\S)", r"\1\n", text)
    return broken.replace(" \n", " ")


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64"])
def test_a_link_is_one_line_again_after_any_folding(encoding):
    address = long_address()
    shown = flowed(sent(LETTER.format(address), encoding=encoding)).splitlines()
    assert shown[-1] == address


def test_a_link_ends_in_what_no_program_takes_for_the_end_of_a_sentence():
    assert re.search(r"[0-9A-Za-z]$", long_address())


class TestThePage:
    def test_opens_a_mail_program_on_the_letter(self):
        app = open_app("share", "fr")
        (href,) = re.findall(r'href="(mailto:[^"]*)"', "".join(htmls(app)))
        query = parse_qs(urlsplit(href.replace("&amp;", "&")).query)
        assert len(href) <= LONGEST_IN_MAIL
        assert query["subject"] == [words_in("fr")("sharing.subject", name="Promevil")]
        assert query["body"][0].splitlines()[-1].startswith("/?v=1&lang=fr")

    def test_has_a_letter_copied_that_browsers_would_not_hand_over(self):
        long = CASE
        for _ in range(3):
            long = duplicated(long, "quiet_nights")
        changed = long.with_changes(
            {name: 0.123456789 for name in ADDRESSES if "." in name and "period" not in name}
        )
        app = open_app("share", "fr", **address_of(CASE, edits_of(CASE, changed), "fr", 1))
        assert "mailto:" not in "".join(htmls(app))
        assert words_in("fr")("sharing.long_mail") in [one.value for one in app.caption]
