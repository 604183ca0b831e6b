"""The application: the pages of Streamlit with our routes beside them, in one process."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import streamlit as st
from anyio import to_thread
from starlette.middleware import Middleware
from streamlit.web import bootstrap

from server.api import api_routes
from server.database import Database
from server.desk import Desk
from server.health import Check, health_routes, model_answers
from server.metrics import Metrics
from server.middleware import Documents, Guarded, Watched
from server.security import headers
from server.settings import Settings
from server.short_links import short_link_routes
from server.sign_in import BackAgain, secrets_of
from server.storage import Storage
from server.work import Workers
from ui import saving
from ui.portfolio_shelf import SHELF

ROOT = Path(__file__).resolve().parents[1]
LOG = logging.getLogger("roi.server")
IMPORTED_EARLY = (
    "plotly.graph_objects",
    "roi_model.simulation",
    "roi_model.sensitivity",
    "reports.export",
    "reports.brief",
    "ui.frame",
)
"""What a first visitor would else wait for; and it must be there before the heap is frozen."""


SECONDS_BETWEEN_PURGES = 3_600
SECONDS_TO_RETRY = 10


def page_names() -> tuple[str, ...]:
    """Return the names of the pages, as they stand in addresses."""
    return tuple(sorted(path.stem for path in (ROOT / "pages").glob("*.py")))


def streamlit_options(settings: Settings) -> dict[str, Any]:
    """Return what Streamlit is told beside ``.streamlit/config.toml``."""
    options: dict[str, Any] = {
        "server.address": settings.host,
        "server.port": settings.port,
        "server.headless": True,
        "server.fileWatcherType": "none",
        "server.showEmailPrompt": False,
        "browser.gatherUsageStats": False,
        "client.showErrorDetails": "none",
        "global.developmentMode": False,
        # A full sweep after each rerun stops every visitor for 55 to 100 ms.
        "runner.postScriptGC": False,
    }
    if settings.cookie_secret is not None:
        options["server.cookieSecret"] = settings.cookie_secret
    return options


def create_app(settings: Settings) -> st.App:
    """Return the application, with nothing started yet."""
    metrics = Metrics()
    checks: dict[str, Check] = {"model": model_answers}
    workers = Workers(seconds=settings.api_seconds)
    desk, storage = None, _storage(settings, metrics)
    if storage is not None:
        desk = Desk(storage, settings, metrics)
        checks["database"] = storage.database.check

    @asynccontextmanager
    async def lifespan(_: st.App) -> AsyncIterator[None]:
        for name in IMPORTED_EARLY:
            import_module(name)
        model_answers()
        saving.offer(desk)
        SHELF.most_bytes = settings.portfolio_memory
        keeper = asyncio.create_task(_keep_up(storage)) if storage else None
        freeze()
        yield
        if keeper is not None:
            keeper.cancel()
        saving.offer(None)
        workers.close()
        if storage is not None:
            storage.database.close()

    app = st.App(
        ROOT / "dashboard.py",
        routes=[
            *health_routes(checks=checks, metrics=metrics, metrics_token=settings.metrics_token),
            *api_routes(settings, workers),
            *short_link_routes(desk),
        ],
        middleware=_middleware(settings, metrics),
        lifespan=lifespan,
        secrets=secrets_of(settings),
        on_script_error=lambda error: _script_error(error, metrics),
    )
    bootstrap.load_config_options(streamlit_options(settings))
    return app


def freeze() -> None:
    """Take what is loaded out of the sight of the collector: it is there for good."""
    gc.collect()
    gc.freeze()


def _middleware(settings: Settings, metrics: Metrics) -> list[Middleware]:
    return [
        Middleware(Watched, metrics=metrics),
        Middleware(
            Guarded,
            metrics=metrics,
            hosts=settings.hosts,
            headers=headers(settings),
            largest_body=settings.largest_body,
            is_https=settings.is_https,
        ),
        *([Middleware(BackAgain)] if settings.has_sign_in else []),
        Middleware(Documents, pages=page_names()),
    ]


def _storage(settings: Settings, metrics: Metrics) -> Storage | None:
    if settings.saving == "off":
        return None

    def failed(reason: saving.Reason) -> None:
        metrics.storage_failures.labels(reason).inc()

    return Storage(Database(settings.database_url, failed=failed), days=settings.saved_days)


async def _keep_up(storage: Storage) -> None:
    """Bring the tables up to date as soon as the database answers, and delete what is over."""
    while True:
        try:
            while await to_thread.run_sync(storage.purge_expired):
                pass
            await asyncio.sleep(SECONDS_BETWEEN_PURGES)
        except saving.SavingError:
            await asyncio.sleep(SECONDS_TO_RETRY)


def _script_error(error: Exception, metrics: Metrics) -> None:
    """Count and log a page that could not be shown; the visitor is told no details."""
    metrics.script_errors.inc()
    LOG.error("page failed", exc_info=(type(error), error, error.__traceback__))
