"""``python -m server`` starts the server with the settings in the environment."""

import logging
import os
import sys
from collections.abc import Sequence

from server.settings import Settings, SettingsError, listed, settings_from

EXIT_BAD_SETTINGS = 2
HELP = """usage: python -m server

Starts the server. Its settings are environment variables; docs/operations.md tells how to install,
run and back it up. Each setting, with its default:

"""
LARGEST_MESSAGE = 4_000_000
"""Bytes that a browser may send at once; a file of 2 MB takes a third more on its way."""


def main(arguments: Sequence[str]) -> int:
    """Start the server and return its exit status once it is stopped."""
    if arguments in (["--help"], ["-h"]):
        sys.stdout.write(HELP + listed())
        return 0
    if arguments:
        sys.stderr.write("python -m server takes no arguments: --help lists its settings\n")
        return EXIT_BAD_SETTINGS
    try:
        settings = settings_from(os.environ)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_BAD_SETTINGS
    return serve(settings)


def serve(settings: Settings) -> int:
    """Serve until told to stop; return 0, or 1 if it could not start."""
    import uvicorn

    from server.app import create_app
    from server.logs import configure

    app = create_app(settings)
    configure(settings.log_level)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            log_config=None,
            log_level="warning",  # below, it names the address of each visitor
            access_log=False,
            server_header=False,
            proxy_headers=True,
            forwarded_allow_ips=",".join(settings.trusted_proxies),
            limit_concurrency=settings.most_connections,
            timeout_graceful_shutdown=settings.stop_seconds,
            ws="websockets-sansio",
            ws_max_size=LARGEST_MESSAGE,
            # A change sends 40 kB: not worth the time that pressing takes from all visitors.
            ws_per_message_deflate=False,
        )
    )
    logging.getLogger("roi.server").info(
        "starting", extra={"fields": {"host": settings.host, "port": settings.port}}
    )
    server.run()
    return 0 if server.started else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
