"""Many associations in a table: opened, corrected, drawn, found again, looked through, kept."""

import random
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from roi_model.portfolio_tables import table_from
from roi_model.templates import load_template
from tests.browser.conftest import Visitor, free_port, running_server
from tests.server.asking import running_server as python_m_server
from ui.portfolio_columns import names_of
from ui.words import Words, words_in

ROWS = 300
REGIONS = ("Bretagne", "Île-de-France", "Zélande")
HEADINGS = (
    "id;Nom;Région;Postes [state_aid];Reste (k€) [employer_payment];"
    "Habitants [quiet_nights.people];Colonne H"
)
FAULTS = {12: ("Habitants", "-5"), 100: ("Postes", "douze"), 200: ("id", "A0")}
"""By line of the file: the column and what stands there."""


def row(at: int, chance: random.Random) -> list[str]:
    posts = chance.randint(2, 9)
    people, hours = chance.randint(50, 500), chance.randint(500, 4_000)
    region = REGIONS[at % 3]
    return [
        f"A{at}",
        f"Association {at}",
        region,
        f"{posts}",
        f"{posts * 9}",
        *map(str, (people, hours)),
    ]


def table(rows: int = ROWS, faults: dict[int, tuple[str, str]] = FAULTS) -> bytes:
    """Return a table of associations as CSV, with some faults."""
    chance = random.Random(7)
    headings = HEADINGS.split(";")
    lines = [row(at, chance) for at in range(rows)]
    for line, (column, said) in faults.items():
        at = next(place for place, one in enumerate(headings) if one.startswith(column))
        lines[line - 2][at] = said
    return "\n".join([HEADINGS, *map(";".join, lines)]).encode()


def open_table(her: Visitor, t: Words, content: bytes, name: str = "associations.csv") -> None:
    """Open a file as a person does, and wait until its results are there."""
    file = {"name": name, "mimeType": "text/csv", "buffer": content}
    her.page.get_by_label(t("portfolio.file")).set_input_files(file)
    her.page.get_by_role("button", name=t("portfolio.close")).wait_for(timeout=60_000)
    her.page.get_by_role("heading", name=t("portfolio.downloads")).wait_for(timeout=60_000)
    rest(her)


def choose(her: Visitor, label: str, option: str) -> None:
    """Choose an option of a list by typing it."""
    field = her.page.get_by_role("combobox", name=label)
    # A list that opens while the page moves is closed again.
    field.evaluate("element => element.scrollIntoView({ block: 'center' })")
    her.page.wait_for_timeout(500)
    field.click()
    field.fill(option)
    her.page.get_by_role("option", name=option, exact=True).click()
    rest(her)


def rest(her: Visitor) -> None:
    """Wait until what was asked for is on the screen."""
    her.page.wait_for_timeout(300)
    her.wait()


def kept(her: Visitor) -> str | None:
    """Return what the tab of the browser keeps."""
    return her.page.evaluate("sessionStorage.getItem('roi_portfolio')")


def starting(text: str) -> re.Pattern[str]:
    return re.compile(f"^{re.escape(text)}")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_table_is_opened_corrected_drawn_found_again_looked_through_and_taken_away(
    visitor, language
):
    her, t = visitor(language), words_in(language)
    her.open(f"/portfolio?lang={language}&case=school_mediation")
    choose(her, t("portfolio.template"), t.of(load_template("adulte_relais").name))
    open_table(her, t, table())
    title = her.page.locator("h1")
    good = t.counted("portfolio.associations", 297, number=t.number(297))
    expect(title).to_contain_text(good)

    # What is wrong is listed with its line; the others are kept.
    faults = her.page.get_by_role("table", name=t("portfolio.faults"))
    expect(faults.get_by_role("row")).to_have_count(1 + len(FAULTS))
    for line, (column, said) in FAULTS.items():
        one = faults.get_by_role("row", name=t("portfolio.line", line=str(line)))
        expect(one).to_contain_text(column)
        expect(one).to_contain_text(said.replace("-", "\u2212"))

    # The column that nothing was known of is said to be the hours.
    before = title.inner_text()
    her.page.get_by_text(t("portfolio.columns_correct")).click()
    choose(her, "Colonne H", names_of("adulte_relais", language)["police_time.hours"])
    expect(title).not_to_have_text(before)
    corrected = title.inner_text()

    # Reloaded, the page shows the same table and the draws asked for, by itself.
    her.page.get_by_role("radio", name=t.number(10_240)).click()
    rest(her)
    her.page.get_by_role("button", name=t("portfolio.draw")).click()
    progress = her.page.get_by_role("progressbar")
    progress.or_(her.page.get_by_text(t("portfolio.sure_mean"))).first.wait_for()
    her.page.reload()
    her.page.get_by_role("button", name=t("portfolio.close")).wait_for()
    her.page.get_by_text(t("portfolio.sure_mean")).wait_for(timeout=90_000)
    assert corrected in title.inner_text()
    assert (
        her.page.get_by_role("radio", name=t.number(10_240)).get_attribute("aria-checked") == "true"
    )
    expect(her.page.get_by_text(t("portfolio.drawn", draws=t.number(10_240)))).to_be_visible()
    token = re.search(r'"token":"([^"]+)"', kept(her) or "")
    assert token
    assert token[1] not in her.page.url
    assert not any(token[1] in address for address in her.asked)

    # Through the ranking, page by page, the warning in sight.
    choose(her, t("portfolio.order"), t("portfolio.order_rank"))
    her.page.get_by_role("button", name=t("portfolio.after")).press("Enter")
    said = {"first": t.number(51), "last": t.number(100), "of": t.number(297)}
    expect(her.page.get_by_text(t("portfolio.from_to_of", **said))).to_be_visible()
    expect(her.page.get_by_text(t("portfolio.ranking_warning"))).to_be_visible()
    ranks = her.page.get_by_role("table", name=t("portfolio.table"), exact=True)
    expect(ranks.get_by_role("row")).to_have_count(51)
    expect(ranks.get_by_role("row").nth(1)).to_contain_text("51")
    wrong = Axe().run(her.page).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in wrong] == []

    # One region alone, taken away and read back.
    choose(her, t("portfolio.filter_by"), "Région")
    choose(her, t("portfolio.filter_kept"), "Île-de-France")
    of_region = sum(at % 3 == 1 and at + 2 not in FAULTS for at in range(ROWS))
    expect(title).to_contain_text(
        t.counted("portfolio.associations", of_region, number=t.number(of_region))
    )
    with her.page.expect_download() as waiting:
        her.page.get_by_role("button", name=t("portfolio.download_csv")).click()
    path = waiting.value.path()
    back = table_from(Path(path).read_bytes(), name="results.csv")
    assert len(back.rows) == of_region
    assert set(back.column(back.headings.index("Région"))) == {"Île-de-France"}
    assert her.failures == []


def test_draws_under_way_go_on_over_a_reload_and_can_still_be_stopped(visitor):
    her, t = visitor("en"), words_in("en")
    her.open("/portfolio?lang=en&case=adulte_relais")
    open_table(her, t, table(20_000, {}))
    her.page.get_by_role("radio", name=t.number(10_240)).click()
    rest(her)
    her.page.get_by_role("button", name=t("portfolio.draw")).click()
    her.page.get_by_role("progressbar").wait_for()
    her.page.reload()
    her.page.get_by_role("progressbar").wait_for()
    her.page.get_by_role("button", name=t("portfolio.stop")).click()
    her.page.get_by_text(t("portfolio.run_stopped")).wait_for()


def test_a_closed_table_is_forgotten_and_a_link_gives_it_to_nobody(visitor):
    her, t = visitor("fr"), words_in("fr")
    her.open("/portfolio?lang=fr&case=adulte_relais")
    open_table(her, t, table(30, {}))
    other = visitor("fr")
    other.open(her.page.url)
    expect(other.page.locator("h1")).to_have_text(t("portfolio.sentence_before"))
    her.page.get_by_role("button", name=t("portfolio.close")).click()
    her.waits_for_text("h1", t("portfolio.sentence_before"))
    rest(her)
    assert kept(her) is None
    her.page.reload()
    rest(her)
    expect(her.page.locator("h1")).to_have_text(t("portfolio.sentence_before"))
    assert her.page.get_by_text(t("portfolio.gone")).count() == 0


def test_after_a_new_start_of_the_server_the_file_is_asked_again_and_choices_stay(visitor):
    port, t = free_port(), words_in("fr")
    with running_server(port) as address:
        her = visitor("fr", server=address)
        her.open("/portfolio?lang=fr&case=adulte_relais")
        open_table(her, t, table(30, {}))
        her.page.get_by_role("radio", name=starting(t("portfolio.common_all"))).click(force=True)
        rest(her)
    with running_server(port):
        her.page.reload()
        her.page.get_by_text(t("portfolio.gone")).wait_for()
        open_table(her, t, table(30, {}))
        assert her.page.get_by_text(t("portfolio.gone")).count() == 0
        chosen = her.page.get_by_role("radio", name=starting(t("portfolio.common_all")))
        expect(chosen).to_be_checked()


def test_a_table_of_several_parts_is_opened_under_the_server_and_survives_a_reload(visitor):
    content, t = table(70_000, {}), words_in("fr")
    assert len(content) > 2 * 1_500_000
    with python_m_server(saving="off") as address:
        her = visitor("fr", server=address)
        said: list[str] = []
        her.page.on("console", lambda one: said.append(one.text) if one.type == "error" else None)
        her.open("/portfolio?lang=fr&case=adulte_relais")
        open_table(her, t, content)
        number = t.number(70_000)
        expect(her.page.locator("h1")).to_contain_text(number)
        her.page.reload()
        her.waits_for_text("h1", number)
        # Streamlit looks for its routes below the page, where they are not.
        assert [one for one in said if "404" not in one] == []
        assert her.failures == []
