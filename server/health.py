"""Is it alive, is it ready, and how is it doing: three routes for those who run the server."""

import hmac
import logging
from collections.abc import Callable, Iterable

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from roi_model import evaluate, load_case
from server.metrics import Metrics
from ui.link import DEFAULT_CASE

LOG = logging.getLogger("roi.health")
Check = Callable[[], None]
"""Raises when what it looks at does not work."""


def model_answers() -> None:
    """Evaluate the case that the dashboard opens with."""
    if evaluate(load_case(DEFAULT_CASE)).ratio <= 0:
        raise ValueError("the case has no ratio")


def health_routes(
    *, checks: dict[str, Check], metrics: Metrics, metrics_token: str | None
) -> Iterable[Route]:
    """Return the routes; ``checks`` are what readiness looks at, by name."""

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok", headers={"cache-control": "no-store"})

    async def readyz(request: Request) -> Response:
        left_out = request.query_params.getlist("exclude")
        found = {
            name: await to_thread.run_sync(_outcome, name, check)
            for name, check in checks.items()
            if name not in left_out
        }
        status = 200 if all(one == "ok" for one in found.values()) else 503
        return JSONResponse(found, status_code=status, headers={"cache-control": "no-store"})

    async def metrics_text(request: Request) -> Response:
        given = request.headers.get("authorization", "").encode()
        wanted = f"Bearer {metrics_token}".encode()
        if metrics_token is None or not hmac.compare_digest(given, wanted):
            return PlainTextResponse("", status_code=404 if metrics_token is None else 401)
        return Response(metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return (
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/metrics", metrics_text),
    )


def _outcome(name: str, check: Check) -> str:
    try:
        check()
    except Exception as error:  # whatever fails, the answer is that it does not work
        LOG.warning("not ready", extra={"fields": {"check": name, "error": type(error).__name__}})
        return "failing"
    return "ok"
