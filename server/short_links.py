"""Short links: ``/s/<id>`` leads to a saved scenario, ``/s/<id>.2`` to its second version.

Where today's link opens the very same scenario, that is where it leads, so that the page opens
even when the database does not answer; else the page opens it from what is saved.
"""

from urllib.parse import urlencode

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from server.limits import RateLimit
from server.middleware import language_of
from ui.not_found import no_saved_scenario, not_now
from ui.saving import (
    SavingError,
    Store,
    UnavailableError,
    Version,
    link_of,
    split_reference,
)
from ui.words import Language

OPENED_A_MINUTE = 120
"""By one client: enough for a room behind one address, too few to guess."""
LONGEST_REDIRECT = 1_800
"""Characters; proxies refuse long headers."""
HEADERS = {"cache-control": "no-store", "x-robots-tag": "noindex"}


def short_link_routes(store: Store | None) -> list[Route]:
    """Return the route of short links; without a store, they lead nowhere."""
    limit = RateLimit(OPENED_A_MINUTE, 60)

    async def follow(request: Request) -> Response:
        language = language_of(request.scope)
        client = request.client.host if request.client else ""
        if limit.wait_for(client) > 0:
            return _said(not_now(language), 429)
        named = split_reference(request.path_params["reference"])
        if named is None or store is None:
            return _said(no_saved_scenario(language), 404)
        try:
            query = await to_thread.run_sync(lambda: query_of(store.open(*named), language))
        except UnavailableError:
            return _said(not_now(language), 503)
        except SavingError:
            return _said(no_saved_scenario(language), 404)
        return RedirectResponse(f"/?{urlencode(query)}", status_code=302, headers=HEADERS)

    return [Route("/s/{reference}", follow)]


def query_of(version: Version, language: Language) -> dict[str, str]:
    """Return the parameters of the address that opens a version."""
    own = link_of(version, language)
    if own is None or len(urlencode(own)) >= LONGEST_REDIRECT:
        own = {"lang": language}
    return own | {"saved": version.reference}


def _said(page: str, status: int) -> Response:
    return HTMLResponse(page, status_code=status, headers=HEADERS)
