"""What is said in two languages: the sentences of the catalogues, and the texts of a case."""

import re
from functools import cache
from string import Formatter

from babel.messages.pofile import read_po

from roi_model import load_case
from roi_model.parameters import Name, Text
from ui.words import LANGUAGES, catalogue_files, typeset


@cache
def forms(language):
    """Return every sentence of a catalogue as it is written: one, or singular and plural."""
    messages = []
    for path in catalogue_files(language):
        with path.open("rb") as written:
            messages += read_po(written, locale=language, abort_invalid=True)
    return {
        (message.id,) if isinstance(message.id, str) else tuple(message.id): (
            (message.string,) if isinstance(message.string, str) else tuple(message.string)
        )
        for message in messages
        if message.id
    }


def holes(sentence):
    """Return the names of the holes of a sentence."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def said_in_both(record):
    """Yield every text of a case that stands in two languages."""
    if isinstance(record, Name | Text):
        yield record
    elif hasattr(record, "__pydantic_fields__"):
        for name in type(record).model_fields:
            yield from said_in_both(getattr(record, name))
    elif isinstance(record, tuple | dict):
        for one in record.values() if isinstance(record, dict) else record:
            yield from said_in_both(one)


@cache
def only_in(language):
    """Return pieces of what is said in a language that are nowhere in what the other one says."""
    (other,) = {*LANGUAGES} - {language}
    elsewhere = "\n".join(_said(other))
    return {
        piece
        for sentence in _said(language)
        for piece in map(str.strip, re.split(r"{\w+}|\*\*|\n|<[^>]*>", sentence))
        if re.search(r"[^\W\d_]{3}", piece) and not re.search(rf"\b{re.escape(piece)}", elsewhere)
    }


def _said(language):
    written = [form for every in forms(language).values() for form in every]
    of_case = [getattr(text, language) for text in said_in_both(load_case("promevil"))]
    return [typeset(text, language) for text in (*written, *of_case)]
