"""What is wrong with a file is said in the reader's language, whatever is wrong with it."""

import copy
import datetime
import io
import json
import math
import re
import zipfile
from functools import cache

import openpyxl
import pytest

import reports.workbook
from reports.workbook_layout import ADDRESS, VALUE
from reports.workbook_reading import (
    MOST_PARTS,
    MOST_ROWS,
    MOST_SHEETS,
    scenario_from_workbook,
)
from roi_model import Problem, ScenarioError, load_case
from roi_model.case_files import LARGEST_FILE, case_from, case_text, scenario_from
from roi_model.parameters import Record
from roi_model.problems import shown
from roi_model.scenario import Scenario
from roi_model.settings import SETTING_CHOICES, Settings
from roi_model.units import BASE_UNITS
from roi_model.value_map import OUTCOME_SHARES
from roi_model.value_map_files import (
    COLUMNS,
    LARGEST_CELLS,
    LARGEST_COLUMNS,
    LARGEST_EXPANDED,
    LARGEST_ROWS,
    column_heading,
    read_value_map,
    value_map_from,
)
from tests.roi_model.building import case_data, cost, factor, number, outcome, people_helped
from tests.roi_model.faults import FAULTS, PUBLISHED, with_faults
from tests.ui.reading_catalogues import forms
from ui.file_problems import FIELDS, file_problem_text
from ui.start import scenario_in
from ui.words import LANGUAGES, words_in

BAD = (
    *(None, True, 5, -5, 1.5, 1e17, 10**400, math.nan, math.inf, "", "x y", "é" * 2_000, "\ud800"),
    *([], [1] * 600, {}, {"a": 1}, b"x", {1, 2}),
    *(datetime.date(2020, 1, 1), datetime.datetime(2020, 1, 1, 5)),
)
"""What may stand in a file in the place of something else."""

ALSO_FRENCH = {
    "xml",
    "distribution",
    "excel",
    "figure",
    "https",
    "json",
    "point",
    "share",
    "text",
    "unit",
    "utf",
    "yaml",
    "yml",
}
SMALL = "stakeholder,outcome,quantity,proxy_value\nResidents,Quiet nights,10,5\n"


def refused(read, *arguments, **named):
    with pytest.raises(ScenarioError) as error:
        read(*arguments, **named)
    return error.value.problems


def rich_data():
    """Return sound data in which every field of a case file is stated."""
    price = factor("price", 5.0, "EUR/hour")
    gift = cost("gift", 3) | {"unit": "hour/year", "price": price}
    data = case_data(
        outcomes=[
            people_helped("nights", 10, 5.0, deadweight=0.2, benefit_period=2),
            outcome("rest", factor("amount", 90, "EUR/year"), stakeholder="town"),
        ],
        costs=[cost("aid", 100), gift],
        discount_rate=0.03,
        price_year=2015,
    )
    data["sources"]["study"] |= {"url": "https://example.org", "date": "2020-01-01"}
    first = data["outcomes"][0]
    first["evidence"] = {"grade": "grade_1", "reason": "ours"}
    first["transfer_from"] = "town"
    first["deadweight"] |= PUBLISHED
    first["factors"][0] |= {
        "low": 1,
        "high": 20,
        "distribution": {
            "kind": "normal",
            "low": 1,
            "high": 20,
            "standard_deviation": 2,
            "sample_size": 5,
        },
    }
    rule = {"rule": "quotient", "of": "aid", "by": "aid"}
    data["outcomes"][1]["factors"][0] |= {"provenance": "derived", "derivation": rule, "value": 1}
    data["figures"] = [factor("told", 1, "person")]
    data["correlations"] = [number(0.5, between=["aid", "nights.people"])]
    data["funding"] = {
        "cost": "aid",
        "elasticity": number(1),
        **{
            name: factor(name, 1, unit)
            for name, unit in (
                ("posts", "staff"),
                ("posts_wanted", "staff"),
                ("cost_per_post", "EUR/staff/year"),
            )
        },
    }
    for one in (*data["costs"], first["factors"][0], first["factors"][1]):
        one["year"] = 2015
    return data


def places(data, way=()):
    yield way
    lists = enumerate(data) if isinstance(data, list) else ()
    for step, inside in data.items() if isinstance(data, dict) else lists:
        yield from places(inside, (*way, step))


def put(data, way, value):
    """Return data with something else in one place."""
    for step in way[:-1]:
        data = data[step]
    data[way[-1]] = value


def with_wrong_kinds():
    """Yield data in which all that stands at one depth is replaced by something else."""
    sound = rich_data()
    for depth in range(1, 1 + max(map(len, places(sound)))):
        ways = [way for way in places(sound) if len(way) == depth]
        for value in BAD:
            data = copy.deepcopy(sound)
            for way in ways:
                put(data, way, value)
            yield data
        missing = copy.deepcopy(sound)
        for *way, last in ways:
            if isinstance(last, str):
                inside = missing
                for step in way:
                    inside = inside[step]
                del inside[last]
        yield missing


def with_other_faults():
    """Yield data with faults between records, one each."""
    changes = (
        (("currency",), "euro"),
        (("outcomes", 0, "transfer_from"), "residents"),
        (("outcomes", 0, "evidence", "grade"), "gold"),
        (("outcomes", 1, "factors", 0, "value"), 7),
        (("outcomes", 1, "factors", 0, "derivation", "by"), "nothing"),
        (("costs", 0, "value"), 0),
        (("sources", "study", "date"), "2017-02-31"),
        (("outcomes", 0, "deadweight", "derivation"), {"rule": "remainder", "of": "aid"}),
        (("correlations", 0, "between", 0), "nothing"),
        (("correlations", 0, "between", 0), "nights.people"),
        (("correlations", 0, "between"), ["aid"]),
        (("funding", "cost"), "rent"),
        (("settings", "price_year"), 1900),
        (("settings", "price_year"), "soon"),
        (("sources",), {"Bad Name": {"title": "A", "publisher": "B", "url": "ftp://x"}}),
        (("outcomes", 0, "factors", 0, "distribution"), {"kind": "uniform", "low": 5, "high": 5}),
        (("outcomes", 0, "factors", 0, "distribution"), {"kind": "pert", "low": 15, "high": 20}),
        (("outcomes", 0, "factors", 0, "distribution"), {"kind": "lognormal", "low": 0}),
        (("outcomes", 0, "factors", 0, "distribution"), {"kind": "beta", "sample_size": 0}),
        (("outcomes", 0, "factors", 0, "distribution"), {"kind": "beta", "sample_size": "few"}),
        (("outcomes", 0, "factors", 0, "distribution"), {"kind": "beta", "sample_size": 9}),
        (("outcomes", 0, "factors", 0), factor("part", 2, "share")),
    )
    for way, value in changes:
        data = rich_data()
        put(data, way, value)
        yield data


def workbook(*rows):
    book, content = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(content)
    return content.getvalue()


def endless_workbook():
    rows = '<row r="99999999"><c r="A99999999"><v>1</v></c></row></sheetData>'
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(["stakeholder"]))) as read,
        zipfile.ZipFile(content, "w") as written,
    ):
        for name in read.namelist():
            written.writestr(name, read.read(name).replace(b"</sheetData>", rows.encode()))
    return content.getvalue()


def swelling_workbook():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * (LARGEST_EXPANDED + 1))
    return content.getvalue()


def workbooks_beyond_their_bounds():
    """Yield workbooks of which one thing is too many, or that declare entities."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for number in range(MOST_PARTS + 1):
            archive.writestr(str(number), "")
    yield made.getvalue()
    yield workbook(["no workbook of ours"])
    declaring = io.BytesIO()
    with zipfile.ZipFile(declaring, "w") as archive:
        archive.writestr("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "aa">]><x>&a;</x>')
    yield declaring.getvalue()
    for spoil in (
        lambda book: [book.create_sheet() for _ in range(MOST_SHEETS)],
        lambda book: book[words_in("fr")("workbook.sheet_inputs")].cell(MOST_ROWS + 1, 1, 1),
    ):
        today = datetime.date(2026, 11, 24)
        written = reports.workbook.workbook(load_case("promevil"), language="fr", today=today)
        book = openpyxl.load_workbook(io.BytesIO(written))
        spoil(book)
        content = io.BytesIO()
        book.save(content)
        yield content.getvalue()


def edited_workbook():
    """Return a workbook of the case with something wrong in many of its cells."""
    today = datetime.date(2026, 11, 24)
    written = reports.workbook.workbook(load_case("promevil"), language="fr", today=today)
    book = openpyxl.load_workbook(io.BytesIO(written))
    wrong = (None, "abc", -5, 1e17, "1.234", "=2*5", True, "20 %", 0.5)
    for name in ("inputs", "settings"):
        rows = list(book[words_in("fr")(f"workbook.sheet_{name}")].iter_rows(max_col=ADDRESS + 1))
        addressed = [row for row in rows if re.fullmatch(r"[a-z_.0-9]+", str(row[ADDRESS].value))]
        for position, row in enumerate(addressed):
            row[VALUE].value = wrong[position % len(wrong)]
        addressed[-1][ADDRESS].value = addressed[0][ADDRESS].value
        if name == "settings":
            for row in addressed:
                if row[ADDRESS].value in ("timing", "first_year"):
                    row[VALUE].value = "soon"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def half_a_character():
    """Return JSON whose references hold half of a character, so that they cannot be listed."""
    data = rich_data()
    data["costs"][0]["id"] = "\ud800"
    return json.dumps(data).encode()


CASE_FILES = (
    ("broken.yaml", b"id: [unclosed"),
    ("broken.json", b'{"id": '),
    ("twice.yaml", b"id: a\nid: b"),
    ("twice.json", b'{"id": "a", "id": "b"}'),
    ("tag.yaml", b"!!python/object/apply:os.getcwd []"),
    ("date.yaml", b"date: 2017-02-31"),
    ("bytes.yaml", b"\xff\xfe\x00\x80"),
    ("half.json", half_a_character()),
    ("deep.json", b"[" * 200_000),
    ("deep.yaml", b"[" * 2_000),
    ("large.yaml", b"#" * (LARGEST_FILE + 1)),
    ("text.yaml", b"hello"),
    ("empty.yaml", b""),
    ("itself.yaml", b"&a [*a]"),
)
HEADER = ("stakeholder", "outcome", "quantity", "proxy_value")
TABLES = (
    ("map.csv", b""),
    ("map.csv", b"who,what\nme,that\n"),
    ("map.csv", b"stakeholder,outcome,quantity,Quantity,proxy_value\nA,B,1,2,3\n"),
    ("map.csv", SMALL.encode() + b'A,B,1,1,5\n,C,0,x\nA,,3,"1,234"\nA,D,-1,5\n'),
    ("map.csv", SMALL.encode() + b'A,"B,1,1\n'),
    ("map.csv", SMALL.encode() + b"\x81\x8d"),
    ("map.csv", SMALL.encode() + b"A,B\x07,1,1\n"),
    ("map.csv", SMALL.encode() + b"A,B,1,1\n" * LARGEST_ROWS),
    ("map.csv", SMALL.encode() + b"A,B,1,1\n" * 200),
    ("map.csv", ",".join(map(str, range(LARGEST_COLUMNS + 1))).encode()),
    ("map.csv", b"deadweight,duration_years," + SMALL.replace("\n", "\n20,1.5,", 1).encode()),
    ("map.xlsx", b""),
    ("map.xlsx", swelling_workbook()),
    ("map.xlsx", endless_workbook()),
    ("map.xlsx", workbook(HEADER, ("A", "#N/A", "=2*5", "1,234"), (None, "B", True, None))),
)


@cache
def all_problems():
    """Return one problem of each kind: of each code, place and allowance."""
    found = []
    for data in (with_faults(FAULTS)[0], *with_wrong_kinds(), *with_other_faults()):
        try:
            scenario_from(data)
        except ScenarioError as error:
            found += error.problems
        except UnicodeEncodeError:
            continue  # what is read from a file is refused for it
    for name, content in CASE_FILES:
        found += refused(case_from, content, name=name)
    for name, content in TABLES:
        found += refused(value_map_from, content, name=name)
    for ending in (".PDF", ".jpg", ".ods", ".zip"):
        found += refused(opened, b"PK", name=f"mine{ending}")
    found += refused(load_case, "atlantis")
    found += refused(read_value_map, "atlantis.csv")
    found += refused(case_text, load_case("promevil"), ".txt")
    found += refused(scenario_from_workbook, edited_workbook(), name="mine.xlsx")
    for content in (b"", *workbooks_beyond_their_bounds()):
        found += refused(scenario_from_workbook, content, name="mine.xlsx")
    kinds = {(one.code, one.where.partition("[")[0], one.allowed): one for one in found}
    return tuple(kinds.values())


def opened(content, name):
    return scenario_in(content, name=name, workbook_reader=scenario_from_workbook)


def said(problem, language="fr"):
    return file_problem_text(problem, words_in(language))


def words(text):
    return set(re.findall(r"[a-z]{3,}", text.lower()))


def words_of_files():
    choices = (str(option) for options in SETTING_CHOICES.values() for option in options)
    return words(" ".join([*BASE_UNITS, *COLUMNS, *FIELDS, *OUTCOME_SHARES, *choices, "yours"]))


class TestWhateverIsWrong:
    def test_is_known_in_many_kinds(self):
        assert len(all_problems()) > 200
        assert str(LARGEST_CELLS) in {one.allowed for one in all_problems()}

    def test_has_a_sentence_of_its_own(self):
        t = words_in("fr")
        general = t("file_problem.other", received="\0", allowed="\0").partition("\0")[0]
        assert {one.code for one in all_problems() if general in said(one)} == set()

    def test_is_met_by_every_sentence_there_is(self):
        keys = {ids[0] for ids in forms("fr") if ids[0].startswith("fault.")}
        met = {f"fault.{one.code}" for one in all_problems()}
        kinds = {"fault.price_year"} | {
            f"fault.string_pattern_mismatch_{kind}" for kind in ("url", "currency")
        }
        assert keys - met - kinds == set()

    def test_is_said_in_french_without_a_word_of_the_models_english(self):
        of_files = words_of_files()
        for one in all_problems():
            text = re.sub(r"«[^»]*»", "", said(one))
            lists = one.code == "not_a_choice" or one.allowed.startswith("allowed ")
            names = one.allowed if lists else ""
            data = words(f"{one.where} {shown(one.received)} {names}") | of_files
            assert words(text) & words(one.message) - data - ALSO_FRENCH == set(), (text, one)

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_is_a_sentence_that_a_screen_can_show(self, language):
        for one in all_problems():
            text = said(one, language)
            assert text.encode("utf-8")
            assert text.rstrip().endswith("."), text
            assert len(text) < 1_000, text


class TestTheSentence:
    @pytest.mark.parametrize(
        ("where", "line", "place"),
        [
            (
                "outcomes[noise].factors[people].value",
                12,
                "Ligne 12, effet « noise », nombre « people », valeur : ",
            ),
            ("costs[2].label.fr", 3, "Ligne 3, coût n° 3, intitulé, texte français : "),
            ("sources.study.title", None, "Document « study », titre : "),
            ("sources.Étude 1.[key]", None, "Document « Étude 1 » : "),
            ("settings.discount_rate.value", 9, "Ligne 9, réglages, « Taux d'actualisation"),
            ("outcomes[noise].drop_off", None, "Effet « noise », « Perte de l'effet"),
            ("correlations[0].between[1]", None, "Corrélation n° 1, nombres liés, n° 2 : "),
            ("sources", None, "Documents cités : "),
            (
                "column quantity (Feuille!C3)",
                3,
                "Ligne 3, colonne « quantity », cellule Feuille!C3",
            ),
            ("column number 9", 6, "Ligne 6, colonne n° 9 : "),
            ("Entrées!C7", None, "Cellule Entrées!C7 : "),
            ("", None, "Le fichier : "),
        ],
    )
    def test_begins_with_the_place_in_words(self, where, line, place):
        problem = Problem(
            where=where, code="float_type", received="x", allowed="", message="", line=line
        )
        plain = said(problem).translate({0xA0: " ", 0x202F: " ", 0x2019: "'"})
        assert plain.startswith(place)

    def test_names_a_field_that_is_missing_or_unknown_as_the_file_writes_it(self):
        data = rich_data()
        del data["outcomes"][0]["label"]["fr"]
        data["costs"][0]["colour"] = "red"
        texts = [said(one) for one in refused(scenario_from, data)]
        assert "champ « fr »" in "".join(texts).replace("\u00a0", " ")
        assert "champ « colour »" in "".join(texts).replace("\u00a0", " ")

    def test_of_an_unknown_fault_still_says_where_what_and_what_is_allowed(self):
        problem = Problem(
            where="costs[aid].value", code="never_met", received=7, allowed="1 or 2", message="no"
        )
        for language in LANGUAGES:
            text = said(problem, language)
            assert "aid" in text
            assert "7" in text
            assert "1 or 2" in text

    @pytest.mark.parametrize(
        ("where", "example"),
        [("currency", "EUR"), ("sources.study.url", "https://"), ("id", "minuscules")],
    )
    def test_says_how_each_kind_of_text_is_written(self, where, example):
        pattern = {"code": "string_pattern_mismatch", "allowed": "pattern ^x$", "message": ""}
        assert example in said(Problem(where=where, received="?", **pattern))

    def test_of_an_error_that_only_speaks_english_does_not_repeat_it(self):
        problem = Problem(
            where="", code="value_error", received={}, allowed="error unknown unit", message=""
        )
        assert "unknown" not in said(problem)

    def test_cuts_what_is_long_and_shows_what_is_nested_as_what_it_is(self):
        long = Problem(
            where="x" * 5_000, code="float_type", received="y" * 5_000, allowed="", message=""
        )
        assert len(said(long)) < 300
        nested = Problem(where="id", code="string_type", received={"a": {}}, allowed="", message="")
        assert words_in("fr")("file_problem.a_mapping") in said(nested)


def records_in(model, found):
    """Return every record that a model holds."""
    if model in found:
        return found
    found.add(model)
    for field in model.model_fields.values():
        for held in kinds_in(field.annotation):
            records_in(held, found)
    return found


def kinds_in(annotation):
    if isinstance(annotation, type) and issubclass(annotation, Record):
        yield annotation
    for inside in getattr(annotation, "__args__", ()):
        yield from kinds_in(inside)


def test_every_field_of_a_case_file_has_a_name_in_words():
    fields = {name for one in records_in(Scenario, set()) for name in one.model_fields}
    elsewhere = {*Settings.model_fields, *OUTCOME_SHARES, "benefit_period", "elasticity"}
    assert fields - FIELDS - elsewhere == set()
    assert {
        one.partition(".")[2] for (one, *_) in forms("fr") if one.startswith("file_place.")
    } == FIELDS


def test_a_column_that_is_unknown_is_answered_with_those_that_are_known():
    (problem, *_) = refused(value_map_from, b"whom\nme\n", name="map.csv")
    for language in LANGUAGES:
        headings = [column_heading(column, language) for column in COLUMNS]
        assert all(heading in said(problem, language) for heading in headings)


def test_a_column_that_is_missing_is_named_in_the_readers_language():
    problems = refused(value_map_from, b"partie prenante\nmoi\n", name="map.csv")
    assert "colonne « quantité »" in said(problems[1]).replace("\u00a0", " ")
