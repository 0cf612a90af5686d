"""What a second, careful connection shows of a call that broke without saying why.

Nothing of the user's is sent: no path, no header, no image. At a plain address the app listens for a greeting, then
sends the first message of a TLS handshake, then the opening of HTTP/2; at a TLS address it does a handshake without
checks, listens, then sends ``HEAD /``. What answered is remembered for a few seconds, so that many failures at once
cause one look.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from byom_gui.core import protocols
from byom_gui.core.observations import NetFailure
from byom_gui.services import failures, tls

SECONDS = 3.0
"""The most that a look takes."""
_LEAST = 0.3
_LISTEN = 0.25
_ANSWER = 0.6
_REMEMBERED = 5.0
_HTTP2 = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes.fromhex("000000040000000000")


@dataclass(frozen=True, slots=True)
class Place:
    """Where to look: the address to connect to, the name to ask for, whether TLS is expected, until when."""

    address: str
    port: int
    host: str
    scheme: str
    end: float
    """On the clock of ``time.monotonic``."""

    @property
    def left(self) -> float:
        """The seconds that are left."""
        return min(self.end - time.monotonic(), SECONDS)


def explained(failure: NetFailure, error: BaseException, place: Place) -> NetFailure:
    """The same failure, or what a second look shows it to be."""
    silent = failure.id == "net.reset" and not failure.status
    if place.left < _LEAST or not (silent or failure.stage == "tls"):
        return failure
    if place.scheme == "http":
        return _foreign(failure, place) if silent else failure
    if failure.id == "tls.client-certificate" or failure.subject:
        return failure
    if failure.id == "net.timeout-connect":
        return _foreign(failure, place)
    seen = tls.look(place.address, place.port, place.host, place.left, _LISTEN if silent else 0.0)
    facts, refusal = seen.facts, seen.refusal
    if silent and protocols.recognize(seen.first) not in ("", "http"):
        return _named(failure, seen.first)
    if refusal and failure.id in ("tls.handshake", "net.reset"):
        said = tls.reason_of(failures.chain(error))
        detail = f"{refusal} ({said})" if said and said not in refusal else refusal
        return replace(failures.made("tls.client-certificate", "tls", detail, failure.seconds), certificate=facts)
    if facts is not None:
        return failures.with_certificate(failure, error, replace(facts, client_certificate=refusal))
    failure = failures.with_certificate(failure, error, None)
    return _foreign(failure, place) if failure.id == "tls.handshake" else failure


def _foreign(failure: NetFailure, place: Place) -> NetFailure:
    """``net.protocol`` where something that is not expected speaks there."""
    first = _first_bytes(place)
    key = protocols.recognize(first)
    expected = "http" if place.scheme == "http" else "tls"
    if not first or key == expected or (key == "headless" and place.scheme == "http"):
        return failure
    return _named(failure, first)


def _named(failure: NetFailure, first: bytes) -> NetFailure:
    found = failures.foreign(first, failure.stage, failure.seconds)
    return replace(found, detail=f"{failure.detail}; on a second connection, {found.detail}")


_lock = threading.Lock()
_seen: dict[tuple[str, int, str], tuple[float, bytes]] = {}


def _first_bytes(place: Place) -> bytes:
    """The first bytes that the port says, unasked or to a short greeting; empty where it says nothing."""
    key = (place.address, place.port, place.scheme)
    with _lock:
        for old in [each for each, (when, _) in _seen.items() if time.monotonic() - when > _REMEMBERED]:
            del _seen[old]
        if key not in _seen:
            _seen[key] = (time.monotonic(), _asked(place))
        return _seen[key][1]


def _asked(place: Place) -> bytes:
    if place.scheme == "https":
        head = f"HEAD / HTTP/1.1\r\nHost: {place.host}\r\nConnection: close\r\n\r\n"
        return _said(place, lambda: head.encode("ascii", "replace"))
    return _said(place, lambda: _client_hello(place.host)) or _said(place, lambda: _HTTP2, listen=0.0)


def _said(place: Place, greeting: Callable[[], bytes], listen: float = _LISTEN) -> bytes:
    """What comes on one connection: a banner, else the answer to ``greeting``."""
    with contextlib.suppress(OSError):
        if place.left <= 0:
            return b""
        with socket.create_connection((place.address, place.port), timeout=min(place.left, 1.0)) as plain:
            banner = _heard(plain, min(listen, place.left)) if listen else b""
            if banner or place.left <= 0:
                return banner
            plain.sendall(greeting())
            return _heard(plain, max(min(_ANSWER, place.left), 0.01))
    return b""


def _heard(plain: socket.socket, seconds: float) -> bytes:
    plain.settimeout(max(seconds, 0.01))
    try:
        return plain.recv(512)
    except TimeoutError:
        return b""


def _client_hello(host: str) -> bytes:
    """The first message of a TLS handshake with ``host``."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        tls.unverified().wrap_bio(incoming, outgoing, server_hostname=host).do_handshake()
    return outgoing.read()
