"""The dashboard as a visitor has it: opened from a link, read, typed into."""

import json
import re
from collections.abc import Iterator

from streamlit.testing.v1 import AppTest

from tests.ui.reading_code import ROOT
from tests.ui.reading_html import Tree
from ui.frame import PAGES

UNSEEN = frozenset(
    {"id", "icon", "key", "type", "tag", "format", "page", "page_script_hash", "query_string",
     "autocomplete", "component_name", "config", "css_content", "js_content", "html_content",
     "url", "deferred_file_id"}
)  # fmt: skip
"""Fields of an element that no reader sees."""


def open_app(page: str, language: str | None, **query: str) -> AppTest:
    """Open a page from a link; names of ``query`` are those of the link."""
    app = AppTest.from_file(ROOT / "dashboard.py", default_timeout=30)
    for name, value in (({"lang": language} if language else {}) | query).items():
        app.query_params[name] = value
    app.run()
    return app if page == "result" else go_to(app, page)


def go_to(app: AppTest, page: str) -> AppTest:
    """Go to another page of the same visit."""
    return app.switch_page(str(ROOT / PAGES[page][0])).run()


def link_of(app: AppTest) -> dict[str, str]:
    """Return what the address says of the scenario: not its version, language, data and result."""
    beside = ("v", "lang", "data", "ratio", "step")
    return {name: value for name, value in app.query_params.items() if name not in beside}


def type_in(app: AppTest, address: str, text: str) -> AppTest:
    """Type a text into the field of a number, and leave the field."""
    app.text_input(key=f"field:{address}").set_value(text).run()
    return app


def typed_at(app: AppTest, address: str) -> str:
    """Return what stands in the field of a number."""
    return app.text_input(key=f"field:{address}").value


def press(app: AppTest, label: str) -> AppTest:
    """Press the button with a label."""
    (button,) = [one for one in app.button if one.label == label]
    button.click().run()
    return app


def components(app: AppTest, name: str) -> list[dict[str, object]]:
    """Return what each component of that name is given to show."""
    found = [one.proto for one in app.main.get("bidi_component")]
    return [json.loads(one.json) for one in found if one.component_name == name]


def htmls(app: AppTest) -> list[str]:
    """Return every piece of HTML on the page."""
    return [one.proto.body for one in app.main.get("html")]


def one_html(app: AppTest, css_class: str) -> Tree:
    """Return the one piece of HTML that begins with an element of a class."""
    (found,) = [one for one in htmls(app) if re.match(rf'<\w+ class="{css_class}"', one)]
    return Tree(found)


def strip(app: AppTest) -> str:
    """Return the headline in the strip that stays in sight."""
    (said,) = one_html(app, "strip").all("strong")
    return said


def tables(app: AppTest) -> dict[str, list[list[str]]]:
    """Return the rows of every table of the page, by its caption."""
    found = {}
    for piece in htmls(app):
        for written in re.findall(r"<table.*?</table>", piece, re.DOTALL):
            (caption,) = Tree(written).all("caption")
            rows = re.findall(r"<tr>.*?</tr>", written, re.DOTALL)[1:]
            found[caption] = [
                ["".join(texts) for tag, _, texts in Tree(row).found if tag in ("th", "td")]
                for row in rows
            ]
    return found


def refusals(app: AppTest) -> list[str]:
    """Return the messages beside the fields whose text was not taken."""
    return [Tree(one).all("p")[0] for one in htmls(app) if one.startswith('<p class="refused"')]


def shown(app: AppTest) -> str:
    """Return every text that a reader of the page can come upon, line by line."""
    return "\n".join(text for node in app.main for text in _texts(getattr(node, "proto", None)))


def _texts(message) -> Iterator[str]:
    for field, value in message.ListFields() if hasattr(message, "ListFields") else ():
        for one in value if field.is_repeated else [value]:
            if field.type == field.TYPE_MESSAGE:
                yield from _texts(one)
            elif field.type == field.TYPE_STRING and field.name not in UNSEEN:
                if field.name in ("spec", "json"):
                    yield from _leaves(json.loads(one))
                else:
                    yield from _text_and_labels(one)


def _text_and_labels(text: str) -> Iterator[str]:
    """Yield a text, and what HTML in it says, without the tags."""
    if "</" not in text:
        yield text
        return
    yield from re.findall(r'data-label="([^"]*)"', text)
    for tag in (r"<(script|style).*?</\1>", r"<[^>]*>"):
        text = re.sub(tag, "\n", text, flags=re.DOTALL)
    yield text


def _leaves(value) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in ("template", "color", "family", "type", "xanchor", "yanchor"):
                yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    elif isinstance(value, str):
        yield value
