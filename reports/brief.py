"""The brief: two pages for a meeting and an annex for the auditor, as an accessible PDF.

Words come from the catalogues, figures from ``roi_model``; ``brief.typ`` sets them. What a user
typed goes to it as data and is never read as typesetting. Fonts are those of the typesetter, and
nothing depends on the clock or the machine: the same inputs give the same bytes.
"""

import datetime
import io
import json
import re
from pathlib import Path
from typing import Any, Unpack
from urllib.parse import urlsplit

import segno
import typst

import roi_model
from reports.brief_annex import annex
from reports.brief_meeting import meeting
from reports.brief_subject import Facts, Subject, subject_of
from reports.typesetting import PAPER, colours, drawable, moment_of, typeset_pdf
from reports.wishes import Wishes
from roi_model.parameters import LONGEST_LABEL
from roi_model.problems import Problem, ScenarioError
from roi_model.scenario import Scenario
from ui.theme import LIGHT

TEMPLATE = Path(__file__).with_name("brief.typ")

PREVIEW = 80.0
"""Dots per inch of the picture of a page: to be looked at, 90 kB."""
LARGEST_LOGO = 400_000
"""Bytes: the brief is to stay below a megabyte, so that any mail takes it."""
WIDEST_LOGO = 3_000
"""Pixels either way: a small file may unpack to an image that fills the memory."""
LONGEST_ADDRESS = 20_000
DENSEST_CODE = 22
"""Version of a QR code: with more modules, a print of it is no longer read by a phone."""


def brief(
    scenario: Scenario,
    **wishes: Unpack[Wishes],
) -> bytes:
    """Return the brief on ``scenario`` as a PDF (PDF/A-2a and PDF/UA-1), in one language.

    The address stands on the brief as a link and a code to photograph; without it the brief says
    that a file holds the scenario.

    Raises:
        ScenarioError: the address is no web address, the association is too long, or the logo is
            too large or no image that can be drawn.
    """
    files = _files(
        scenario,
        **wishes,
    )
    return typeset_pdf(files, moment_of(wishes["today"]))


def first_page(
    scenario: Scenario,
    **wishes: Unpack[Wishes],
) -> bytes:
    """Return the first page of the brief as a PNG, to look at before it is taken along.

    Raises:
        ScenarioError: as ``brief``.
    """
    files: Any = _files(
        scenario,
        **wishes,
    )
    pages = typst.compile(files, format="png", ppi=PREVIEW, ignore_system_fonts=True)
    first: bytes = pages[0] if isinstance(pages, list) else pages
    return first


def _files(
    scenario: Scenario,
    **wishes: Unpack[Wishes],
) -> dict[str, bytes]:
    """Return what the typesetter reads: its template, and all that the brief says as data."""
    address, association = wishes.get("address"), wishes.get("association")
    logo = wishes.get("logo")
    _require(address, association)
    subject = subject_of(
        scenario,
        language=wishes["language"],
        address=address,
        case=wishes.get("case"),
        association=association,
    )
    files = {"main.typ": TEMPLATE.read_bytes(), "paper.typ": PAPER.read_bytes()}
    if logo is not None:
        _require_image(logo)
        files["logo.json"] = _as_json(logo)
    code = _code(address)
    if code is not None:
        files["code.svg"] = code
    facts = drawable(
        _frame(subject, wishes["today"])
        | {
            "has_logo": logo is not None,
            "has_code": code is not None,
            "meeting": meeting(subject),
            "annex": annex(subject),
        }
    )
    files["brief.json"] = json.dumps(facts, ensure_ascii=False).encode()
    return files


def _frame(subject: Subject, today: datetime.date) -> Facts:
    """Return what stands around the two parts: titles, colours, the foot of every page."""
    t, scenario = subject.t, subject.scenario
    name = t.of(scenario.name)
    return {
        "language": t.language,
        "title": t("brief.title", name=name),
        "period": t.of(scenario.period),
        "brand": t("frame.brand"),
        "association": subject.association or "",
        "logo_alt": t("brief.logo_alt", association=subject.association)
        if subject.association
        else t("brief.logo"),
        "author": subject.association or t("frame.brand"),
        "description": t("brief.description", name=name),
        "keywords": t("brief.keywords"),
        "day": [today.year, today.month, today.day],
        "made_on": t("brief.made_on", date=t.date(today)),
        "foot": t(
            "brief.foot",
            date=t.date(today),
            version=roi_model.__version__,
            fingerprint=scenario.fingerprint,
        ),
        "page": t("brief.page", page="{page}", pages="{pages}"),
        "colours": colours(),
    }


def _require(address: str | None, association: str | None) -> None:
    """Refuse what would stand on the brief and mislead, or not fit it."""
    problems = []
    if address is not None and not _is_web_address(address):
        problems.append(
            _problem(
                "address",
                "not_a_web_address",
                address,
                "http, https",
                f"must begin with http:// or https://, without a blank, and have at most"
                f" {LONGEST_ADDRESS} characters",
            )
        )
    if association is not None and len(association) > LONGEST_LABEL:
        problems.append(
            _problem(
                "association",
                "string_too_long",
                association,
                str(LONGEST_LABEL),
                f"must have at most {LONGEST_LABEL} characters",
            )
        )
    if problems:
        raise ScenarioError(problems)


def _is_web_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    is_on_one_line = not re.search(r"[\s\x00-\x20\x7f]", address)
    fits = len(address) <= LONGEST_ADDRESS
    return parts.scheme in ("http", "https") and bool(parts.hostname) and is_on_one_line and fits


def _problem(where: str, code: str, received: Any, allowed: str, message: str) -> Problem:
    return Problem(where=where, code=code, received=received, allowed=allowed, message=message)


def _refused_logo(code: str, received: Any, allowed: str, message: str) -> ScenarioError:
    return ScenarioError([_problem("logo", code, received, allowed, message)])


def _require_image(logo: bytes) -> None:
    """Refuse a logo that is too large, or no image that can be drawn.

    Raises:
        ScenarioError: it is one of these.
    """
    if len(logo) > LARGEST_LOGO:
        raise _refused_logo(
            "logo_too_large",
            len(logo),
            str(LARGEST_LOGO),
            f"must have at most {LARGEST_LOGO} bytes",
        )
    is_known, size = _is_harmless_svg(logo), (0, 0)
    if logo.startswith(b"\x89PNG\r\n\x1a\n"):
        is_known = True
        size = (int.from_bytes(logo[16:20], "big"), int.from_bytes(logo[20:24], "big"))
    elif logo.startswith(b"\xff\xd8\xff"):
        is_known, size = True, _jpeg_size(logo)
    if max(size) > WIDEST_LOGO:
        raise _refused_logo(
            "logo_too_wide",
            size,
            str(WIDEST_LOGO),
            f"must have at most {WIDEST_LOGO} pixels either way",
        )
    if not is_known or not _is_drawn(logo):
        raise _refused_logo(
            "logo_not_an_image",
            logo[:8],
            "PNG, JPEG, SVG",
            "must be a PNG, a JPEG or an SVG without links, scripts or entities",
        )


def _jpeg_size(image: bytes) -> tuple[int, int]:
    """Return width and height as the frame header of a JPEG states them; zeros if none does."""
    place = 2
    while place + 9 <= len(image) and image[place] == 0xFF:
        marker, length = image[place + 1], int.from_bytes(image[place + 2 : place + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return (
                int.from_bytes(image[place + 7 : place + 9], "big"),
                int.from_bytes(image[place + 5 : place + 7], "big"),
            )
        place += 2 + length
    return 0, 0


_FORBIDDEN_IN_SVG = re.compile(
    rb"<!doctype|<!entity|<script|<foreignobject|<image|<feimage"
    rb"|href\s*=\s*[\"'](?!#)|url\s*\(\s*[\"']?(?!#)|@import",
    re.IGNORECASE,
)


def _is_harmless_svg(image: bytes) -> bool:
    """Say whether an SVG draws with itself alone: it is not to read files or to unpack."""
    try:
        image.decode("utf-8")
    except UnicodeDecodeError:
        return False
    begins = re.match(rb"(\xef\xbb\xbf)?\s*(<\?xml[^>]*\?>)?\s*(<!--.*?-->\s*)*<svg\b", image, re.S)
    return begins is not None and not _FORBIDDEN_IN_SVG.search(image)


def _is_drawn(image: bytes) -> bool:
    """Say whether the typesetter can draw an image within the standards."""
    page = (
        '#set document(title: "x")\n#set page(width: 9cm, height: 9cm)\n'
        '#image(bytes(json("logo.json")), alt: "x", height: 2cm)'
    )
    try:
        typeset_pdf({"main.typ": page.encode(), "logo.json": _as_json(image)}, 0)
    except typst.TypstError:
        return False
    return True


def _as_json(image: bytes) -> bytes:
    """Return an image as a list of its bytes: a file of the typesetter holds text alone."""
    return json.dumps(list(image), separators=(",", ":")).encode()


def _code(address: str | None) -> bytes | None:
    """Return the QR code of an address as SVG; none where it would be too dense to be read."""
    if address is None:
        return None
    try:
        code = min(
            (segno.make_qr(address, error=level, boost_error=False) for level in ("m", "l")),
            key=lambda one: (int(one.version) > DENSEST_CODE, one.error != "M"),
        )
    except segno.DataOverflowError:
        return None
    if int(code.version) > DENSEST_CODE:
        return None
    drawn = io.BytesIO()
    code.save(drawn, kind="svg", border=4, dark=LIGHT.ink, light="#ffffff", nl=False)
    return drawn.getvalue()
