"""Script, links, images and markup wherever text can be typed: shown as typed, and no more."""

import csv
import io
import json
import re
from itertools import count
from urllib.parse import urlencode

import pytest

from roi_model.case_files import case_data, scenario_from
from roi_model.editing import edits_of
from roi_model.portfolio_files import table_to_fill
from roi_model.templates import load_template
from tests.browser.test_readers import go
from tests.roi_model.building import amount, cost, people_helped
from tests.roi_model.building import case_data as small_case_data
from tests.server.asking import running_server
from tests.ui.reading_code import ROOT
from ui import link
from ui.bases import load
from ui.words import words_in

T = words_in("fr")
PAYLOADS = (
    "<img src=x onerror=__hit=1>",
    "<script>__hit=1</script>",
    "[a](javascript:__hit=1)",
    "![b](https://other.example/b.png)",
    '"><svg onload=__hit=1>',
    "{{7*7}} ${7*7} %(x)s {x}",
    r"$\href{javascript:__hit=1}{c}$",
    ":red[d] :material/home: :+1:",
    "`e` **f** ~~g~~ <b>h</b> # i",
    "https://other.example/j",
    "&lt;k&gt; &#60;l",
)
AT_ONCE = (
    "<img src=x onerror=__hit=1>![b](https://other.example/b)[a](javascript:__hit=1)$c^2$:red[d]"
)
NAMES = (AT_ONCE, *PAYLOADS[1::4])
PAGES = ["", *sorted(path.stem for path in (ROOT / "pages").glob("*.py"))]
HELD = """() => {
  const found = [];
  const links = ['href', 'src', 'srcdoc', 'action', 'formaction', 'xlink:href', 'data', 'poster'];
  const look = (root) => {
    for (const one of root.querySelectorAll('*')) {
      for (const { name, value } of one.attributes)
        if (/^on/i.test(name) || name === 'srcdoc' ||
            (links.includes(name) && /^\\s*(javascript|vbscript|data:text)/i.test(value)) ||
            (links.includes(name) && /^(https?:)?\\/\\/other[.]example/.test(value)))
          found.push(`<${one.localName} ${name}="${value}">`);
      if (one.localName === 'script' && one.textContent.includes('__hit')) found.push('<script>');
      if (one.shadowRoot) look(one.shadowRoot);
    }
  };
  look(document);
  return found;
}"""
SAID = """() => {
  const said = [];
  const look = (root) => {
    said.push(root.innerText ?? root.textContent);
    for (const one of root.querySelectorAll('*')) {
      if (one.value) said.push(one.value);
      if (one.shadowRoot) look(one.shadowRoot);
    }
  };
  look(document.body);
  return said.join('\\n');
}"""
OPEN_ALL = """() => document.querySelectorAll('details:not([open]) > summary').forEach(
  (one) => one.click())"""


def plain(text: str) -> str:
    """Return a text without its spaces, which French puts before some signs."""
    return re.sub(r"\s", "", text).replace("’", "'")


class Watched:
    """A visitor of whose browser it is seen what it runs, fetches and holds."""

    def __init__(self, her):
        self.her, self.page = her, her.page
        self.gone_to: list[str] = []
        self.asked: list[str] = []
        self.said = ""
        self.page.add_init_script("window.__hit = 0")
        self.page.on("dialog", lambda one: (self.asked.append(one.message), one.dismiss()))
        self.page.context.route(re.compile(r"^(?!data:|blob:)"), self._passed)

    def _passed(self, route):
        if route.request.url.startswith(self.her.server):
            route.continue_()
        else:
            self.gone_to.append(route.request.url)
            route.abort()

    def open(self, address: str) -> None:
        self.her.open(address)
        self.page.evaluate(OPEN_ALL)
        self.rest()

    def rest(self) -> None:
        self.page.wait_for_timeout(150)
        self.her.wait()

    def look(self, where: str) -> None:
        """Check that nothing was run, fetched or made of what was typed; keep what is said."""
        assert self.page.evaluate("window.__hit") == 0, where
        assert (self.gone_to, self.asked) == ([], []), where
        assert self.page.evaluate(HELD) == [], where
        assert self.page.get_by_test_id("stException").count() == 0, where
        self.said += plain(self.page.evaluate(SAID))

    def has_seen(self, texts) -> None:
        assert [one for one in texts if plain(one) not in self.said] == []


@pytest.fixture
def watched(visitor):
    return Watched(visitor("fr"))


def hostile():
    """Return a scenario in which every text that a person can write is all of it at once.

    Its cost is the one that a link to the first case must have.
    """
    numbers = count(1)

    def of(value):
        if isinstance(value, dict):
            if value.keys() == {"fr", "en"}:
                return f"{next(numbers)} {AT_ONCE}"
            return {key: of(one) for key, one in value.items()}
        return [of(one) for one in value] if isinstance(value, list) else value

    both = {"fr": "", "en": ""}
    assumed = {"provenance": "assumed", "low": 1, "high": 9, "reason": both}
    published = {"provenance": "published", "source": "study", "locator": both}
    data = small_case_data(
        outcomes=[
            people_helped("first", 5, 20, deadweight=0.2),
            amount("second", 300, basis="estimated"),
        ],
        costs=[cost("state_aid", 1_000, **published)],
    )
    data["outcomes"][0]["factors"][0] |= assumed
    data["sources"]["study"] |= {"title": f"t {AT_ONCE}", "publisher": f"p {AT_ONCE}"}
    return scenario_from(of(data))


HOSTILE = hostile()
SHOWN = {one.label.fr for one in (*HOSTILE.outcomes, *HOSTILE.costs)}


def query_of_hostile() -> str:
    case = load(link.DEFAULT_CASE)
    query = link.address_of(case, edits_of(case, HOSTILE), "fr", 1.0)
    return urlencode(query)


def test_in_every_text_of_a_scenario_that_a_link_opens(watched):
    for page in (*PAGES, "?perspective=funder-state", "viewpoints?perspective=funder-state"):
        name, _, more = page.partition("?")
        watched.open(f"/{name}?{query_of_hostile()}&{more}")
        watched.look(page)
    watched.has_seen(SHOWN)


def test_in_every_text_of_a_case_file(watched):
    content = json.dumps(case_data(HOSTILE)).encode()
    watched.open("/start?lang=fr")
    file = {"name": f"{PAYLOADS[0]}.json", "mimeType": "application/json", "buffer": content}
    watched.page.locator("input[type=file]").set_input_files(file)
    watched.page.wait_for_timeout(500)
    watched.rest()
    watched.look("start")
    for page in ("inputs", "sources", "dossier", "library", "share"):
        go(watched.her, T, page)
        watched.page.evaluate(OPEN_ALL)
        watched.rest()
        watched.look(page)
    watched.has_seen({HOSTILE.name.fr, *SHOWN})


def test_a_file_that_is_refused_is_named_as_it_is(watched):
    watched.open("/start?lang=fr")
    for position, payload in enumerate(PAYLOADS):
        name = payload.replace("/", "") + (".yaml", ".csv")[position % 2]
        content = json.dumps({payload: payload, "id": payload, "outcomes": [{"id": payload}]})
        file = {"name": name, "mimeType": "text/plain", "buffer": content.encode()}
        watched.page.locator("input[type=file]").set_input_files(file)
        watched.page.wait_for_timeout(400)
        watched.rest()
        watched.look(name)
    watched.has_seen([PAYLOADS[0]])


@pytest.mark.parametrize("page", PAGES)
def test_in_every_field_of_a_page(watched, page):
    watched.open(f"/{page}?lang=fr")
    fields = watched.page.locator("[data-testid=stTextInput] input, textarea:visible")
    tried: set[str] = set()
    for position in range(fields.count()):
        if position >= fields.count():
            break  # what was typed took it away
        field, payload = fields.nth(position), PAYLOADS[position % len(PAYLOADS)]
        label = field.get_attribute("aria-label")
        if label in tried:
            continue  # the same field of another line
        tried.add(label)
        field.fill(payload)
        kept = field.input_value()  # a field may take no more than so many characters
        assert payload.startswith(kept)
        field.press("Enter")
        watched.rest()
        watched.said = ""
        watched.look(f"{page}: {label}")
        watched.has_seen([kept])


def test_in_a_link_to_compare_with(watched):
    watched.open("/compare?lang=fr")
    field = watched.page.get_by_label(T("compare.link"), exact=True)
    field.fill(f"{watched.her.server}/?{query_of_hostile()}")
    field.press("Enter")
    watched.page.get_by_text(T("compare.link_name", number="1")).first.wait_for()
    watched.page.evaluate(OPEN_ALL)
    watched.rest()
    watched.look("compare")


def test_in_a_table_of_associations(watched):
    table = table_to_fill(load_template("adulte_relais")).decode("utf-8-sig")
    headings, example = csv.reader(table.splitlines(), delimiter=";")
    written = io.StringIO()
    rows = csv.writer(written, delimiter=";")
    rows.writerow([*headings, *PAYLOADS])
    rows.writerows([one, one, *example[2:], *PAYLOADS] for one in PAYLOADS)
    watched.open("/portfolio?lang=fr")
    content = written.getvalue().encode()
    file = {"name": f"{PAYLOADS[0]}.csv", "mimeType": "text/csv", "buffer": content}
    watched.page.locator("input[type=file]").set_input_files(file)
    watched.page.wait_for_timeout(1_500)
    watched.rest()
    watched.page.evaluate(OPEN_ALL)
    watched.rest()
    watched.look("portfolio")
    watched.has_seen(PAYLOADS[:3])


def test_in_the_name_of_what_is_saved(visitor, tmp_path):
    with running_server(database_url=f"sqlite:///{tmp_path}/saved.sqlite3") as address:
        watched = Watched(visitor("fr", server=address))
        for payload in NAMES:
            watched.open(f"/saved?lang=fr&quiet_nights.people={len(watched.said) % 5_000}")
            field = watched.page.locator(".st-key-saved_name input")
            field.fill(payload)
            field.press("Enter")
            watched.page.get_by_role("button", name="Enregistrer", exact=True).click()
            watched.page.locator("code", has_text="/s/").first.wait_for()
            watched.rest()
            watched.look(payload)
        watched.open("/saved?lang=fr")
        watched.look("saved")
        watched.has_seen(NAMES)
