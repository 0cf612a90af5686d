"""Servers that are slow, break off, lie, redirect, or hold a certificate that is no good; all on loopback."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.torture.groups import Group, run_all
from benchmarks.torture.row import Row

HTTP, HOSTILE, TLS = "tests/services/test_http.py", "tests/services/test_http_hostile.py", "tests/services/test_tls.py"
GROUPS: tuple[Group, ...] = (
    ("refused, unresolvable, black-holed", "nothing listens; no such name; a full listener that never answers",
     (HTTP, "-k", "nothing_listens or resolve or never_made")),
    ("slow in every phase", "silence, and a byte at a time, from each of five phases of an answer",
     (HOSTILE, "-k", "slow_in or a_byte")),
    ("reset in every phase", "before and after the request was read, in each of five phases", (HOSTILE, "-k", "reset")),
    ("lies and floods", "endless body, endless chunks, gzip bomb, cut gzip, chunks and lengths that lie, long and "
     "many headers", (HOSTILE, "-k", "lies")),
    ("odd but whole", "HTTP/1.0, no body, 204, more than was announced, no reason, 100 first", (HOSTILE, "-k", "odd")),
    ("redirects", "loops, to another host, to file:, within the origin, with credentials", (HTTP, "-k", "redirect or "
     "credentials")),
    ("keep-alive closed between calls", "an old connection is not used again", (HTTP, "-k", "connection_is")),
    ("100 failures at once", "each ends by itself; no thread is left", (HOSTILE, "-k", "hundred")),
    ("certificates", "expired, self-signed, wrong name, unknown authority, missing issuer, no TLS at all, a handshake "
     "that never ends", (TLS,)),
    ("a client certificate is wanted", "the handshake's own words are told",
     ("tests/services", "-k", "client_certificate")),
    ("a proxy, set and wrong", "used, bypassed for loopback, unreachable, one that refuses the tunnel",
     (HTTP, "-k", "proxy")),
    ("cancel", "frees the caller at once, and ends the connection", (HTTP, "-k", "cancel")),
)  # fmt: skip


def run(say: Callable[[str], None]) -> list[Row]:
    """All rows of this part."""
    return run_all(GROUPS, say)
