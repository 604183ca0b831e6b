"""The HTTP interface: the same results and refusals as everywhere, in JSON, within limits."""

import asyncio
import json
import re
import threading
import time
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from schemathesis import checks
from schemathesis.specs.openapi import checks as openapi_checks
from starlette.applications import Starlette

from roi_model import evaluate, load_case
from roi_model.case_files import case_data
from roi_model.plain_results import plain_evaluation, plain_simulation
from roi_model.simulation import simulate
from server.api import MOST_NUMBERS_DRAWN, api_routes
from server.api_description import description
from server.asked import DEEPEST, deepest, json_in
from server.settings import settings_from
from server.work import AT_A_TIME, WAITING, BusyError, TooLongError, Workers
from tests.server.asking import Answer, ask, ask_app, run

JSON = {"content-type": "application/json"}


def app(**environment: str):
    read = settings_from({f"ROI_{name.upper()}": one for name, one in environment.items()})
    return api_routes(read, Workers(seconds=read.api_seconds))[0].app


APP = app(api_rate="100000")


def post(path: str, asked: Any, *, to: Any = APP) -> Answer:
    body = asked if isinstance(asked, bytes) else json.dumps(asked).encode()
    return ask_app(to, path, method="POST", headers=JSON, chunks=(body,))


def codes(answer: Answer) -> list[tuple[str, str]]:
    """Return where and why something was refused."""
    assert answer.status == 422, answer.text
    assert answer.json["error"] == "invalid"
    return [(one["where"], one["code"]) for one in answer.json["problems"]]


class TestEvaluate:
    def test_gives_what_the_model_gives(self):
        scenario = load_case("promevil").with_changes({"quiet_nights.people": 900, "timing": "end"})
        answer = post(
            "/evaluate",
            {"case": "promevil", "changes": {"quiet_nights.people": 900, "timing": "end"}},
        )
        assert answer.status == 200
        wanted = json.loads(json.dumps(plain_evaluation(scenario, evaluate(scenario))))
        assert {**wanted, "reasons": {}} == answer.json

    def test_takes_a_whole_case(self):
        data = case_data(load_case("promevil"))
        assert post("/evaluate", {"case": data}).json["ratio"] == pytest.approx(13.47, abs=0.005)

    def test_says_why_a_figure_is_null(self):
        answer = post("/evaluate", {"case": "adulte_relais"}).json
        assert answer["ratio"] is None
        assert "no cost" in answer["reasons"]["ratio"]
        assert sorted(answer["reasons"]) == answer["undefined"]

    def test_lists_every_fault_with_its_place(self):
        found = post(
            "/evaluate",
            {"case": "promevil", "changes": {"nothing.here": 1, "discount_rate": 7, "timing": "x"}},
        )
        assert codes(found) == [
            ("nothing.here", "unknown_address"),
            ("discount_rate", "less_than_equal"),
            ("timing", "not_a_choice"),
        ]
        (_, rate, _) = found.json["problems"]
        assert rate["received"] == 7
        assert rate["allowed"]

    def test_lists_every_fault_of_a_case(self):
        data = case_data(load_case("promevil"))
        data["period"] = ""
        data["outcomes"][0]["label"] = ""
        places = [where for where, _ in codes(post("/evaluate", {"case": data}))]
        assert any(one.startswith("period") for one in places)
        assert any(one.startswith(f"outcomes[{data['outcomes'][0]['id']}]") for one in places)

    @pytest.mark.parametrize(
        ("asked", "where"),
        [
            ({}, "case"),
            ({"case": "../../etc/passwd"}, "case"),
            ({"case": "promevil", "more": 1}, "more"),
            ({"case": ["promevil"]}, "case"),
            ({"case": "promevil", "changes": {"discount_rate": None}}, "changes.discount_rate"),
            (
                {"case": "promevil", "changes": {"quiet_nights.people": []}},
                "changes.quiet_nights.people",
            ),
            ({"case": "promevil", "changes": []}, "changes"),
            ([], ""),
        ],
    )
    def test_refuses_what_it_was_not_made_for(self, asked, where):
        assert codes(post("/evaluate", asked))[0][0] == where

    def test_lists_what_is_wrong_with_the_scenario_beside_fields_that_there_are_not(self):
        changes = {"nope": 1, "discount_rate": True, "timing": "x"}
        asked = {"case": "promevil", "changes": changes, "foo": 2}
        assert set(codes(post("/evaluate", asked))) == {
            ("foo", "extra_forbidden"),
            ("changes.discount_rate", "float_type"),
            ("nope", "unknown_address"),
            ("timing", "not_a_choice"),
        }
        many = {"case": "promevil", "changes": {"nope": 1}, "draws": 65_537}
        assert codes(post("/simulate", many)) == [
            ("draws", "less_than_equal"),
            ("nope", "unknown_address"),
        ]

    @pytest.mark.parametrize("asked", [{"perspective": "mars"}, [], {"case": [], "changes": 1}])
    def test_says_which_fields_there_are_in_words_that_are_not_of_python(self, asked):
        answer = post("/evaluate", asked)
        said = " ".join(f"{one['allowed']} {one['message']}" for one in answer.json["problems"])
        assert not re.search(r"Asked|dict|class_name|instance|constrained", said)
        assert said.strip()
        if "perspective" in asked:
            assert "case, changes" in said
            assert "perspective, goes under changes" in said

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b'{"case": "promevil", "case": "promevil"}',
            b'{"case": "promevil", "changes": {"discount_rate": NaN}}',
            b'{"case": "promevil", "changes": {"discount_rate": -Infinity}}',
            b'{"case": "\\ud800"}',
            b'{"case": "\xff"}',
            b'{"case": ' + b"[" * 100_000,
            b'{"case": ' + b"9" * 5_000 + b"}",
        ],
        ids=range(9),
    )
    def test_refuses_what_is_no_json(self, body):
        assert codes(post("/evaluate", body))[0][1] in ("not_json", "too_deep")

    def test_numbers_beyond_all_bounds_are_refused_in_words_that_json_can_say(self):
        answer = post("/evaluate", b'{"case": "promevil", "changes": {"discount_rate": 1e999}}')
        (problem,) = answer.json["problems"]
        assert (problem["where"], problem["received"]) == ("discount_rate", "inf")

    def test_what_was_received_is_cut(self):
        answer = post("/evaluate", {"case": "x" * 100_000})
        assert len(answer.body) < 1_000


class TestSimulate:
    def test_gives_what_the_model_gives(self):
        asked = {"case": "promevil", "draws": 1024, "seed": 3, "targets": [1, 10], "level": 0.8}
        scenario = load_case("promevil")
        wanted = plain_simulation(scenario, simulate(scenario, 1024, 3), targets=[1, 10], level=0.8)
        answer = post("/simulate", asked).json
        assert answer["ratios"] == wanted["ratios"]
        assert [one["value"] for one in answer["probability_above"]] == [
            1.0,
            pytest.approx(0.97, abs=0.02),
        ]

    def test_says_why_there_is_no_ratio(self):
        answer = post("/simulate", {"case": "adulte_relais", "draws": 128}).json
        assert answer["undefined"] == ["ratios"]
        assert answer["reasons"].keys() == {"ratios"}

    @pytest.mark.parametrize(
        ("asked", "where"),
        [
            ({"draws": 65_537}, "draws"),
            ({"draws": 127}, "draws"),
            ({"draws": 1e3}, "draws"),
            ({"seed": -1}, "seed"),
            ({"level": 1}, "level"),
            ({"method": "guess"}, "method"),
            ({"targets": [1] * 21}, "targets"),
        ],
    )
    def test_keeps_within_limits(self, asked, where):
        assert codes(post("/simulate", {"case": "promevil", **asked}))[0][0] == where

    def test_a_large_scenario_has_fewer_draws(self):
        data = case_data(load_case("promevil"))
        one = next(o for o in data["outcomes"] if not any("derivation" in f for f in o["factors"]))
        data["outcomes"] += [{**one, "id": f"more_{number}"} for number in range(150)]
        data["outcomes"] = [
            o for o in data["outcomes"] if not any("derivation" in f for f in o["factors"])
        ]
        data["settings"] = {"perspective": "society"}
        found = post("/simulate", {"case": data, "draws": 65_536})
        assert codes(found) == [("draws", "less_than_equal")]
        fewer = int(found.json["problems"][0]["allowed"])
        assert fewer < 65_536 <= MOST_NUMBERS_DRAWN


class TestReport:
    @pytest.mark.parametrize("language", ["fr", "en"])
    def test_is_the_brief(self, language):
        answer = post("/report", {"case": "promevil", "language": language})
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.body.startswith(b"%PDF-")

    def test_refuses_a_language_that_it_does_not_speak(self):
        assert codes(post("/report", {"case": "promevil", "language": "de"}))[0][0] == "language"


class TestCases:
    def test_are_listed_with_what_may_be_changed(self):
        found = {one["id"]: one for one in ask_app(APP, "/cases").json["cases"]}
        assert found["promevil"]["kind"] == "published"
        assert found["adulte_relais"]["kind"] == "template"
        assert "quiet_nights.people" in found["promevil"]["addresses"]
        assert "society" in found["promevil"]["choices"]["perspective"]

    def test_one_is_given_whole_and_can_be_sent_back(self):
        data = ask_app(APP, "/cases/promevil").json
        assert post("/evaluate", {"case": data}).status == 200

    @pytest.mark.parametrize("name", ["nothing", "..", "promevil.yaml", "%2e%2e"])
    def test_another_is_not_found(self, name):
        answer = ask_app(APP, f"/cases/{name}")
        assert (answer.status, answer.json) == (404, {"error": "not_found"})


class TestTheInterface:
    def test_answers_in_json_whatever_is_asked(self):
        assert ask_app(APP, "/nothing").json == {"error": "not_found"}
        wrong = ask_app(APP, "/evaluate")
        assert (wrong.status, wrong.json) == (405, {"error": "method_not_allowed"})
        assert ask_app(APP, "/evaluate", method="POST").json == {"error": "not_json"}

    @pytest.mark.parametrize("path", ["/api/v1", "/api/v1/"])
    def test_says_at_its_top_where_it_is_described(self, path):
        whole = Starlette(routes=api_routes(settings_from({}), Workers(seconds=1)))
        answer = ask_app(whole, path)
        assert ask_app(whole, answer.json["description"]).json["openapi"] == "3.1.0"

    def test_turns_away_one_who_asks_too_often(self):
        strict = app(api_rate="2")
        answers = [ask_app(strict, "/cases/promevil") for _ in range(3)]
        assert [one.status for one in answers] == [200, 200, 429]
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 31

    def test_can_be_switched_off(self):
        off = api_routes(settings_from({"ROI_API": "off"}), Workers(seconds=1))
        answer = ask_app(Starlette(routes=off), "/api/v1/cases")
        assert (answer.status, answer.json) == (404, {"error": "not_found"})

    def test_turns_away_what_takes_too_long(self):
        answer = post("/report", {"case": "promevil"}, to=app(api_seconds="1", api_rate="9"))
        assert answer.status == 200  # it has the time

    @settings(deadline=None)
    @given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
    def test_reads_anything_without_falling_over(self, body):
        answer = post("/evaluate", body)
        assert answer.status in (200, 422)

    def test_counts_what_is_inside_one_another(self):
        assert deepest(b'{"a": [1, {"b": "]]]}}}["}]}') == 3
        assert deepest(b'"\\"[[[["') == 0
        assert json_in(b"[" * DEEPEST + b"]" * DEEPEST)


class TestWorkers:
    def test_do_a_few_things_at_a_time_and_turn_others_away(self):
        gate, workers = threading.Event(), Workers(seconds=10)

        async def ask_many() -> list[Any]:
            asked = [
                asyncio.ensure_future(workers.do(gate.wait)) for _ in range(AT_A_TIME + WAITING)
            ]
            await asyncio.sleep(0.05)
            with pytest.raises(BusyError):
                await workers.do(gate.wait)
            gate.set()
            return await asyncio.gather(*asked)

        assert all(run(ask_many()))
        assert run(workers.do(lambda: 7)) == 7

    def test_give_up_on_what_is_late_and_keep_its_place(self):
        gate, workers = threading.Event(), Workers(seconds=0.05)
        begun = time.perf_counter()
        with pytest.raises(TooLongError):
            run(workers.do(lambda: gate.wait(5)))
        assert time.perf_counter() - begun < 2
        gate.set()


class TestTheDescription:
    described = description(settings_from({}))

    def test_is_a_schema_in_all_its_parts(self):
        for schema in self.described["components"]["schemas"].values():
            Draft202012Validator.check_schema(schema)

    def test_names_every_route_there_is(self):
        routes = {route.path for route in APP.routes} - {"/", "/openapi.json"}
        assert self.described["paths"].keys() == routes
        assert ask_app(APP, "/openapi.json").json["openapi"] == "3.1.0"


def described_briefly() -> dict[str, Any]:
    """Return the description with cases by name, or small: whole ones take minutes to make up."""
    whole = description(settings_from({"ROI_API_DRAWS": "2048"}))
    for name in ("Asked", "AskedSimulation", "AskedReport"):
        whole["components"]["schemas"][name]["properties"]["case"] = {
            "enum": ["promevil", "adulte_relais"]
        }
    return whole


SCHEMA = schemathesis.openapi.from_dict(described_briefly())


@SCHEMA.parametrize()
@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_the_server_answers_as_it_is_described(case: schemathesis.Case, server: str):
    case.call_and_validate(
        base_url=f"{server}/api/v1",
        checks=[
            checks.not_a_server_error,
            openapi_checks.status_code_conformance,
            openapi_checks.content_type_conformance,
            openapi_checks.response_schema_conformance,
            openapi_checks.negative_data_rejection,
        ],
    )


PLAIN_CASE = case_data(load_case("promevil"))
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
ANYTHING = st.recursive(
    SCALARS,
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=8), one, max_size=3),
    max_leaves=6,
)


def places(data: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return every place in plain data."""
    inner = data.items() if isinstance(data, dict) else ()
    inner = enumerate(data) if isinstance(data, list) else inner
    return [place, *(one for key, value in inner for one in places(value, (*place, key)))][
        0 if place else 1 :
    ]


def with_one_replaced(data: Any, place: tuple[Any, ...], value: Any) -> Any:
    if not place:
        return value
    key, *rest = place
    changed = dict(data) if isinstance(data, dict) else list(data)
    changed[key] = with_one_replaced(data[key], tuple(rest), value)
    return changed


@given(place=st.sampled_from(places(PLAIN_CASE)), value=ANYTHING)
@settings(deadline=None, max_examples=60)
def test_a_case_with_anything_in_any_place_is_taken_or_refused(place, value):
    answer = post("/evaluate", {"case": with_one_replaced(PLAIN_CASE, place, value)})
    assert answer.status in (200, 422)
    json.loads(answer.text, parse_constant=pytest.fail)  # NaN and Infinity are no JSON
    if answer.status == 422:
        assert answer.json["problems"]


def test_no_answer_gives_away_a_place_on_the_disk(server):
    for path in ("evaluate", "simulate", "report"):
        answer = ask(
            f"{server}/api/v1/{path}",
            method="POST",
            headers=JSON,
            body=json.dumps({"case": {"id": "x", "outcomes": [{"factors": 3}]}}).encode(),
        )
        assert answer.status == 422
        assert "Traceback" not in answer.text
        assert "/work" not in answer.text
        assert ".py" not in answer.text
