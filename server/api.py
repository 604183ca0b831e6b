"""The HTTP interface, ``/api/v1``: the model for other programs, in JSON.

It checks and says what the pages and the command line check and say. Nothing is stored.
"""

import datetime
import logging
from collections.abc import Awaitable, Callable
from functools import partial, wraps
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from reports.export import exported
from roi_model import ScenarioError, evaluate, shipped_cases
from roi_model.case_files import case_data
from roi_model.editing import edits_of
from roi_model.plain_results import plain_evaluation, plain_simulation
from roi_model.simulation import simulate
from roi_model.templates import templates
from server.api_description import description
from server.asked import Asked, AskedReport, AskedSimulation, plain_problems, read, refusal
from server.limits import RateLimit
from server.settings import Settings
from server.work import BusyError, TooLongError, Workers
from ui import link
from ui.bases import load

LOG = logging.getLogger("roi.api")
PREFIX = "/api/v1"
SECONDS_TO_RETRY = 5
MOST_NUMBERS_DRAWN = 2**25
"""Uncertain numbers times draws of one simulation: about two seconds of one processor."""
REASONS = {
    "ratio": "no cost is counted from this point of view, or none is filled in yet",
    "net_return": "no cost is counted from this point of view, or none is filled in yet",
    "payback_months": "the gains never reach the costs, or there are none of either",
    "internal_rate_of_return": "no rate makes the gains worth the costs, or too many do",
    "jobs_per_million_euros": "no cost is counted from this point of view",
    "cost_per_job": "no job is counted",
}
"""Why a figure may be null; any other is so for want of a number."""

Endpoint = Callable[[Request], Awaitable[Response]]


def api_routes(settings: Settings, workers: Workers) -> list[BaseRoute]:
    """Return the interface, to stand beside the pages, and what answers where none is.

    Streamlit would answer there with a page.
    """
    nothing = Starlette(exception_handlers={HTTPException: _http_error})
    if not settings.api:
        return [Mount("/api", app=nothing)]
    interface = _Interface(settings, workers)
    top = Route(PREFIX, interface.limited(interface.top))
    return [Mount(PREFIX, app=interface.app()), top, Mount("/api", app=nothing)]


class _Interface:
    """The endpoints, with what they share."""

    def __init__(self, settings: Settings, workers: Workers) -> None:
        self.settings, self.workers = settings, workers
        self.limit = RateLimit(settings.api_rate, 60)
        self.description = description(settings)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/", self.limited(self.top)),
                Route("/openapi.json", self.limited(self.openapi)),
                Route("/cases", self.limited(self.cases)),
                Route("/cases/{case}", self.limited(self.case)),
                Route("/evaluate", self.limited(self.evaluate), methods=["POST"]),
                Route("/simulate", self.limited(self.simulate), methods=["POST"]),
                Route("/report", self.limited(self.report), methods=["POST"]),
            ],
            exception_handlers={HTTPException: _http_error},
        )

    def limited(self, endpoint: Endpoint) -> Endpoint:
        """Return an endpoint that counts calls, and says what went wrong in JSON."""

        @wraps(endpoint)
        async def answer(request: Request) -> Response:
            client = request.client.host if request.client else ""
            if (wait := self.limit.wait_for(client)) > 0:
                return _error(429, "too_many_calls", retry=max(1, round(wait + 0.5)))
            try:
                return await endpoint(request)
            except ScenarioError as error:
                return JSONResponse(
                    {"error": "invalid", "problems": plain_problems(error)}, status_code=422
                )
            except BusyError:
                return _error(503, "busy", retry=SECONDS_TO_RETRY)
            except TooLongError:
                return _error(503, "took_too_long", retry=SECONDS_TO_RETRY)
            except HTTPException:
                raise
            except Exception:  # a fault of ours: it is logged, and nothing of it is told
                LOG.exception("call failed")
                return _error(500, "internal")

        return answer

    async def top(self, _: Request) -> Response:
        return JSONResponse({"description": f"{PREFIX}/openapi.json"})

    async def openapi(self, _: Request) -> Response:
        return JSONResponse(self.description)

    async def cases(self, _: Request) -> Response:
        return JSONResponse(await self.workers.do(_cases))

    async def case(self, request: Request) -> Response:
        return JSONResponse(await self.workers.do(partial(_case, request.path_params["case"])))

    async def evaluate(self, request: Request) -> Response:
        body = await _body(request)
        return JSONResponse(await self.workers.do(partial(_evaluation, body)))

    async def simulate(self, request: Request) -> Response:
        work = partial(_simulation, await _body(request), self.settings.api_draws)
        return JSONResponse(await self.workers.do(work))

    async def report(self, request: Request) -> Response:
        work = partial(_report, await _body(request), self.settings.public_url)
        return Response(await self.workers.do(work), media_type="application/pdf")


async def _body(request: Request) -> bytes:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise HTTPException(415)
    return await request.body()


def _cases() -> dict[str, Any]:
    found = [(one, "published") for one in shipped_cases()] + [
        (one, "template") for one in templates()
    ]
    return {
        "cases": [
            {
                "id": one,
                "kind": kind,
                "name": case.name.model_dump(),
                "fingerprint": case.fingerprint,
                "addresses": [address for address, _ in case.parameters()],
                "choices": {name: list(options) for name, options in case.choices().items()},
            }
            for one, kind in found
            for case in [load(one)]
        ]
    }


def _case(name: str) -> dict[str, Any]:
    try:
        return case_data(load(name))
    except KeyError as error:
        raise HTTPException(404) from error


def _evaluation(body: bytes) -> dict[str, Any]:
    scenario = read(body, Asked).scenario()
    plain = plain_evaluation(scenario, evaluate(scenario))
    return {**plain, "reasons": {name: _reason(name) for name in plain["undefined"]}}


def _reason(name: str) -> str:
    return REASONS.get(name, "a number that it needs is not defined")


def _simulation(body: bytes, most_draws: int) -> dict[str, Any]:
    asked: AskedSimulation = read(body, AskedSimulation)
    if asked.draws > most_draws:
        message = f"must be at most {most_draws}"
        wrong = refusal("draws", "less_than_equal", asked.draws, str(most_draws), message)
        raise ScenarioError([*wrong.problems, *asked.faults()])
    scenario = asked.scenario()
    numbers = sum(1 for _ in scenario.parameters())
    if numbers * asked.draws > MOST_NUMBERS_DRAWN:
        fewer = MOST_NUMBERS_DRAWN // numbers
        message = f"must be at most {fewer} for a scenario of {numbers} numbers"
        raise refusal("draws", "less_than_equal", asked.draws, str(fewer), message)
    found = simulate(scenario, asked.draws, asked.seed, method=asked.method, threads=1)
    plain = plain_simulation(scenario, found, targets=asked.targets, level=asked.level)
    undefined = [name for name in ("ratios", "net_values") if plain[name]["mean"]["value"] is None]
    reasons = dict.fromkeys(undefined, REASONS["ratio"])
    return {**plain, "undefined": undefined, "reasons": reasons}


def _report(body: bytes, public_url: str | None) -> bytes:
    asked: AskedReport = read(body, AskedReport)
    case, scenario = asked.began_as(), asked.scenario()
    edits, address = edits_of(case, scenario), None
    is_ours = isinstance(asked.case, str)
    if public_url and is_ours and link.gives_back(case, edits, scenario):
        query = link.address_of(case, edits, asked.language, evaluate(scenario).ratio)
        address = f"{public_url}/?{urlencode(query)}" if query else None
    return exported(
        scenario,
        ".pdf",
        language=asked.language,
        today=datetime.datetime.now(datetime.UTC).date(),
        address=address,
        case=case,
        association=asked.association,
    )


def _error(status: int, code: str, *, retry: int | None = None) -> Response:
    headers = {} if retry is None else {"retry-after": str(retry)}
    return JSONResponse({"error": code}, status_code=status, headers=headers)


CODES = {404: "not_found", 405: "method_not_allowed", 415: "not_json"}


async def _http_error(_: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    answer = _error(error.status_code, CODES.get(error.status_code, "refused"))
    answer.headers.update(error.headers or {})
    return answer
