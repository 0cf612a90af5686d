"""Starts the server: ``python serve.py``. Waitress serves it, in threads of one process."""

from __future__ import annotations

import argparse
import dataclasses
import ipaddress
import logging
import select
import sys

import waitress

import model
from server.app import create_app
from server.settings import Settings

log = logging.getLogger("server")


def main() -> int:
    """Serves until Ctrl+C."""
    parser = argparse.ArgumentParser(description="Serves the model in model.py to V7.")
    parser.add_argument(
        "--local",
        action="store_true",
        help="for trying it out: 'url' may fetch from this machine too; loopback only",
    )
    local = parser.parse_args().local
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        settings = dataclasses.replace(Settings.from_environment(), allow_loopback=local)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    here = is_loopback(settings.host)
    if local and not here:
        print("--local is for a loopback address: leave HOST out.", file=sys.stderr)
        return 2
    if not settings.asks_for_credentials:
        log.log(
            logging.INFO if here else logging.WARNING,
            "Nobody is asked for credentials: set SECRET_HEADER and SECRET, or BASIC_USER and "
            "BASIC_PASSWORD, before others can reach it.",
        )
    log.info("Listening on http://%s:%s/infer", settings.host, settings.port)
    waitress.serve(
        create_app(settings, model.CLASSES, model.predict),
        host=settings.host,
        port=settings.port,
        threads=settings.threads,
        ident=None,
        # A request that is still being sent takes a connection and no thread. There is room for
        # many of them beside /health, within the 1024 files that a process may usually open: each
        # may need a second one, for what does not fit into 64 kB of memory. Those that fall
        # silent are closed.
        connection_limit=400,
        channel_timeout=30,
        cleanup_interval=10,
        inbuf_overflow=64 * 1024,
        asyncore_use_poll=hasattr(select, "poll"),
        # The app itself refuses what is too large, as JSON; this is the net below it.
        max_request_body_size=settings.max_body_bytes + 1024 * 1024,
    )
    return 0


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server that listens on ``host``."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


if __name__ == "__main__":
    sys.exit(main())
