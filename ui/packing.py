"""Edits of a case packed into a short text for a link, and read back with care.

A packed text is a digit for its version, then base64url of the deflated JSON of
``roi_model.editing.Edits``. Texts of every version so far are read. Anyone can write one: it is
read within bounds of length and size, checked like any scenario, and what it claims to be
published is believed only where the data that the model ships says the same.
"""

import base64
import binascii
import json
import zlib
from typing import Any

from pydantic import ValidationError

from roi_model.editing import Edits

VERSION = "2"
"""That of the texts made today."""
LONGEST_PACKED = 12_000
"""Characters of a packed text; browsers take far longer addresses, mail programs do not."""
LARGEST_UNPACKED = 200_000
"""Bytes of JSON that a packed text may unfold to."""

# What most edits contain, so that it need not be sent; it belongs to a version and never changes.
_COMMON = (
    b'"removed_stakeholders":["removed_costs":["removed_outcomes":["order":['
    b'"sources":{"title":"","publisher":"","url":"https://www.","date":"20'
    b'"numbers":{"discount_rate":0.0"perspective":"leverage-"perspective":"society"'
    b'"stakeholders":[{"id":"","name":"","public":true},{"id":"public":false}],'
    b'"costs":[{"value":0.0,"unit":"EUR/year","provenance":"yours","id":"","label":"'
    b'","stakeholder":"","provenance":"published","source":["","year":2023,"low":,"high":'
    b'"locator":"","reason":"","help":"{"fr":"","en":"","outcomes":[{"id":"","label":"'
    b'","stakeholder":"residents","basis":"estimated","factors":[{"value":0.0,"unit":"person"'
    b',"provenance":"assumed","id":"people","label":"},{"value":1.0,"unit":"hour/year",'
    b'"provenance":"yours","id":"quantity","label":""},{"value":1.0,"unit":"EUR/item/year",'
    b'"provenance":"yours","id":"price","label":""}],"deadweight":{"value":0.25,"unit":"share",'
    b'"provenance":"yours"},"displacement":{"value":0.25,"attribution":{"value":0.5,'
    b'"drop_off":{"value":0.1,"benefit_period":{"value":1,"unit":"year","provenance":"yours"}}]}'
)

_FUNDING = (
    b'"funding":{"cost":"","posts":{"value":1.0,"unit":"staff","provenance":"yours","id":"posts",'
    b'"label":{"fr":"Postes aujourd\'hui","en":"Posts today"}},"posts_wanted":{"value":1.0,'
    b'"unit":"staff","provenance":"yours","id":"posts_wanted","label":{"fr":"Postes '
    b'demand\xc3\xa9s","en":"Posts asked for"}},"cost_per_post":{"value":10000.0,'
    b'"unit":"EUR/staff/year","provenance":"yours","id":"cost_per_post",'
    b'"label":{"fr":"Co\xc3\xbbt d\'un poste pour le financeur","en":"Cost of a post to the '
    b'funder"}},"elasticity":{"value":1.0,"unit":"1","low":0.5,"high":1.0,"provenance":"assumed",'
    b'"reason":{"fr":"Proportionnel : deux fois plus de postes, deux fois plus d\'effets. Rien '
    b"n'est publi\xc3\xa9 l\xc3\xa0-dessus ; en dessous de 1, chaque poste de plus rapporte "
    b'moins que le pr\xc3\xa9c\xc3\xa9dent.","en":"Proportional: twice the posts, twice the '
    b"effects. Nothing is published on this; below 1, each post more brings less than the one "
    b'before."}}}'
)
_COMMON_OF = {"1": _COMMON, VERSION: _FUNDING + _COMMON}


class UnreadableError(ValueError):
    """A packed text that is of another version, damaged, or beyond the bounds."""


def packed(edits: Edits) -> str:
    """Return ``edits`` as a text of letters, digits, ``-`` and ``_``.

    Raises:
        UnreadableError: it would be too long to be read back.
    """
    return packed_data(_one_text(edits.model_dump(mode="json", exclude_defaults=True)))


def unpacked(text: str) -> Edits:
    """Return the edits that a packed text holds.

    Raises:
        UnreadableError: it cannot be read, or holds no edits.
    """
    try:
        return Edits.model_validate(unpacked_data(text))
    except ValidationError as error:
        raise UnreadableError(str(error)) from error


def packed_data(data: Any) -> str:
    """Return what JSON can say as a text of letters, digits, ``-`` and ``_``.

    Raises:
        UnreadableError: it would be too long to be read back.
    """
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=_COMMON_OF[VERSION])
    body = base64.urlsafe_b64encode(deflate.compress(written) + deflate.flush())
    text = VERSION + body.decode().rstrip("=")
    if len(text) > LONGEST_PACKED or len(written) > LARGEST_UNPACKED:
        raise UnreadableError("too long for a link")
    return text


def unpacked_data(text: str) -> Any:
    """Return what a packed text says.

    Raises:
        UnreadableError: it cannot be read.
    """
    version, body = text[:1], text[1:]
    if version not in _COMMON_OF or len(text) > LONGEST_PACKED:
        raise UnreadableError("of another version, or too long")
    try:
        # Strict: the alphabet and the padding of base64url, nothing skipped.
        deflated = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        inflate = zlib.decompressobj(-15, zdict=_COMMON_OF[version])
        written = inflate.decompress(deflated, LARGEST_UNPACKED)
        if not inflate.eof or inflate.unused_data:
            raise UnreadableError("damaged, or beyond the bounds")
        return json.loads(written)
    except (binascii.Error, zlib.error, ValueError, RecursionError) as error:
        raise UnreadableError(str(error)) from error


def _one_text(value: Any) -> Any:
    """Return ``value`` with a text that is the same in both languages written once."""
    if isinstance(value, dict):
        if value.keys() == {"fr", "en"} and value["fr"] == value["en"]:
            return value["fr"]
        return {key: _one_text(item) for key, item in value.items()}
    return [_one_text(item) for item in value] if isinstance(value, list) else value
