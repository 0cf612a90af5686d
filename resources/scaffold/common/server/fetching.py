"""Fetches an image's address, and guards what may be fetched.

Whoever may call this server names the address. Without a guard they could read, through it, what
only your own network should see: a cloud's metadata, a database's status page, your router. So:

- http and https only, no user names in addresses, no proxy;
- every address that a name stands for has to be public, and the connection goes to the very
  address that was looked at: a second look-up could say something else;
- each redirect is looked at in the same way, and there are at most three;
- at most so many bytes, within so many seconds in all.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

MOST_REDIRECTS = 3
_HIDES_ANOTHER = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
"""IPv6 networks behind which an IPv4 address stands."""


class FetchError(OSError):
    """The address may not be fetched, or brought nothing."""


def fetch(url: str, *, most_bytes: int, seconds: float, allow_loopback: bool = False) -> bytes:
    """What stands at an address.

    Raises:
        OSError: it may not be fetched, or can not.
    """
    end = time.monotonic() + seconds
    for _ in range(MOST_REDIRECTS + 1):
        try:
            data, onward = _once(url, most_bytes, end, allow_loopback)
        except (http.client.HTTPException, ValueError) as error:  # ValueError: no address at all
            raise FetchError(type(error).__name__) from None
        if onward is None:
            return data
        url = urljoin(url, onward)
    raise FetchError("too many redirects")


def _once(url: str, most_bytes: int, end: float, allow_loopback: bool) -> tuple[bytes, str | None]:
    """The bytes, or where it redirects to."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise FetchError("not a plain http or https address")
    usual = 443 if parts.scheme == "https" else 80
    port = parts.port or usual
    connection = http.client.HTTPConnection(parts.hostname, port)
    # Host goes out without the usual port: stores sign it, and refuse another.
    connection.default_port = usual
    sock = _connected(parts, port, end, allow_loopback)
    connection.sock = sock
    try:
        with _ended_at(end, sock):
            if isinstance(sock, ssl.SSLSocket):
                sock.do_handshake()
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("GET", target, headers={"User-Agent": "model-server"})
            reply = connection.getresponse()
            onward = reply.getheader("Location")
            if reply.status in (301, 302, 303, 307, 308) and onward:
                return b"", onward
            if reply.status != 200:
                raise FetchError("it did not answer 200")
            data = reply.read(most_bytes + 1)
    finally:
        connection.close()
    if time.monotonic() >= end:
        raise FetchError("too slow")
    if len(data) > most_bytes:
        raise FetchError("too large")
    return data, None


@contextlib.contextmanager
def _ended_at(end: float, sock: socket.socket) -> Iterator[None]:
    """Breaks the connection at a time: a server that sends a byte now and then meets no time-out."""

    def break_off() -> None:
        with contextlib.suppress(OSError):
            # The plain one: SSLSocket's own takes its state from under who reads.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)

    timer = threading.Timer(_left(end), break_off)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _connected(parts: SplitResult, port: int, end: float, allow_loopback: bool) -> socket.socket:
    """A connection to one of the places that the name stands for; the handshake of TLS is still due."""
    host = parts.hostname or ""
    places = _looked_up(host, port, end)
    if not places or not all(is_allowed(str(place[0]), allow_loopback) for _, place in places):
        raise FetchError("not a public address")
    sock = _first_that_answers(places, end)
    if parts.scheme != "https":
        return sock
    try:
        return ssl.create_default_context().wrap_socket(
            sock, server_hostname=host, do_handshake_on_connect=False
        )
    except BaseException:
        sock.close()
        raise


def _looked_up(host: str, port: int, end: float) -> list[tuple[int, Any]]:
    """The places that a name stands for, none where there are none.

    A look-up knows no time-out: one that takes too long is left behind in its thread.
    """
    found: list[tuple[int, Any]] = []

    def look() -> None:
        with contextlib.suppress(OSError, UnicodeError):
            told = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend((family, place) for family, _, _, _, place in told)

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    looking.join(_left(end))
    if looking.is_alive():
        raise FetchError("too slow")
    return found


def _first_that_answers(places: list[tuple[int, Any]], end: float) -> socket.socket:
    failure: OSError = FetchError("nobody answers")
    for family, place in places:
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(_left(end))
            sock.connect(place)
        except OSError as error:
            sock.close()
            failure = error
        else:
            return sock
    raise failure


def is_allowed(text: str, allow_loopback: bool = False) -> bool:
    """Whether an IP address is one of the public internet."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            return is_allowed(str(inner), allow_loopback)
        if address.teredo is not None or any(address in each for each in _HIDES_ANOTHER):
            return False
    if allow_loopback and address.is_loopback:
        return True
    return address.is_global and not address.is_multicast and not address.is_reserved


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise FetchError("too slow")
    return left
