"""What a person may have written is shown as it is, also where Markdown is read."""

import pytest

from roi_model import load_case, shipped_cases
from roi_model.templates import load_template, templates
from tests.browser.test_hostile_text import AT_ONCE, PAYLOADS
from tests.ui.reading_catalogues import said_in_both
from ui.frame import named
from ui.words import LANGUAGES, words_in


@pytest.mark.parametrize("text", [AT_ONCE, *PAYLOADS, "- a", "1. a", "# a", "a\nb", "www.a.com"])
def test_what_markdown_would_take_is_code(text):
    said = named(text)
    assert said.startswith("`")
    assert said.endswith("`")
    assert "`" not in said[1:-1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_we_ship_is_no_code(language):
    t = words_in(language)
    cases = [load_case(one) for one in shipped_cases()]
    cases += [load_template(one).case for one in templates()]
    lines = [line for case in cases for line in (*case.costs, *case.outcomes, *case.stakeholders)]
    texts = [t.of(one) for line in lines for one in said_in_both(line)]
    assert len(texts) > 300
    # A name of a file has underscores.
    assert [one for one in texts if named(one) != one and ".yaml" not in one] == []
