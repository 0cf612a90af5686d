"""Places at which no answer comes, or none that can be trusted: closed ports, bare sockets, certificates, proxies."""

from __future__ import annotations

import contextlib
import datetime
import socket
import ssl
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import trustme

from benchmarks.diagnosis.case import SETTINGS, Case, Place, Start, place
from benchmarks.diagnosis.servers import Spec, running

Talk = Callable[[socket.socket, threading.Event], None]
_HASTY = replace(SETTINGS, connect_timeout=1.0, read_timeout=0.5)
LONG_AGO = datetime.datetime(2021, 3, 4, tzinfo=datetime.UTC)


def at(name: str, ids: str, start: Start, images: str = "two", may: str = "") -> Case:
    """A case of a place."""
    return Case(name, frozenset(ids.split()), start, images, may=frozenset(may.split()))


def nowhere(url: str) -> Start:
    """An address behind which there is nothing; ``{port}`` in it becomes a port that is closed."""

    @contextlib.contextmanager
    def start() -> Iterator[Place]:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        yield Place(url.format(port=port), _HASTY)

    return start


def full_queue(scheme: str, host: str) -> Start:
    """A port whose queue is full, so that no connection comes about."""

    @contextlib.contextmanager
    def start() -> Iterator[Place]:
        with contextlib.ExitStack() as stack:
            listener = stack.enter_context(socket.socket())
            listener.bind((host, 0))
            listener.listen(0)
            port = listener.getsockname()[1]
            for _ in range(8):
                waiting = stack.enter_context(socket.socket())
                waiting.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    waiting.connect((host, port))
            yield Place(f"{scheme}://{host}:{port}/infer", _HASTY)

    return start


def raw(talk: Talk, scheme: str = "http", hasty: bool = True) -> Start:
    """A bare socket: ``talk`` gets each connection, and an event that is set at the end."""

    @contextlib.contextmanager
    def start() -> Iterator[Place]:
        with _talking(talk) as port:
            yield Place(f"{scheme}://127.0.0.1:{port}/infer", _HASTY if hasty else SETTINGS)

    return start


@contextlib.contextmanager
def _talking(talk: Talk) -> Iterator[int]:
    over = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def one(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(5)
            talk(connection, over)

    def accept() -> None:
        listener.settimeout(0.05)
        while not over.is_set():
            with contextlib.suppress(TimeoutError):
                threading.Thread(target=one, args=(listener.accept()[0],), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        over.set()
        thread.join(5)
        listener.close()


def request(connection: socket.socket) -> bytes:
    """Reads a whole request."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536) or b"\r\n\r\n"
    head, _, body = data.partition(b"\r\n\r\n")
    wanted = next((int(x[15:]) for x in head.lower().split(b"\r\n") if x.startswith(b"content-length:")), 0)
    while len(body) < wanted:
        body += connection.recv(65536) or b" " * wanted
    return head


def silent(connection: socket.socket, over: threading.Event) -> None:
    """Takes the request and says nothing."""
    request(connection)
    over.wait(20)


def deaf(_: socket.socket, over: threading.Event) -> None:
    """Takes the connection alone."""
    over.wait(20)


def trickling(connection: socket.socket, over: threading.Event) -> None:
    """A head, a start, and then nothing more."""
    request(connection)
    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n{"status"')
    over.wait(20)


def hanging_up(connection: socket.socket, _: threading.Event) -> None:
    """Reads the request and hangs up, as a process does that dies."""
    request(connection)


def saying(words: bytes) -> Talk:
    """Says the same to everybody, and hangs up."""

    def talk(connection: socket.socket, _: threading.Event) -> None:
        connection.recv(65536)
        connection.sendall(words)

    return talk


def deaf_and_gone(connection: socket.socket, _: threading.Event) -> None:
    """Hangs up as soon as anything comes."""
    connection.recv(1)


def odd_ciphers(context: ssl.SSLContext) -> None:
    """Offers only ciphers that no client accepts."""
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AECDH-AES256-SHA:@SECLEVEL=0")


def asking(context: ssl.SSLContext) -> None:
    """Requires a client certificate."""
    context.verify_mode = ssl.CERT_REQUIRED


def asking_by_old_tls(context: ssl.SSLContext) -> None:
    """The same, by TLS 1.2."""
    asking(context)
    context.maximum_version = ssl.TLSVersion.TLSv1_2


def secure(
    names: tuple[str, ...],
    *,
    trusted: bool,
    expired: bool = False,
    ca: str = "Acme internal CA",
    change: Callable[[ssl.SSLContext], None] = lambda _: None,
) -> Start:
    """A valid server behind a certificate for ``names``; with ``trusted`` the authority's file is in the settings."""

    @contextlib.contextmanager
    def start() -> Iterator[Place]:
        authority = trustme.CA(organization_name=ca)
        leaf = authority.issue_cert(*names, not_after=LONG_AGO) if expired else authority.issue_cert(*names)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        leaf.configure_cert(context)
        change(context)
        with tempfile.TemporaryDirectory() as folder, running(Spec(), context, "localhost") as server:
            file = Path(folder) / "ca.pem"
            authority.cert_pem.write_to_path(file)
            yield place(server, "/infer", replace(SETTINGS, ca_file=str(file) if trusted else ""))

    return start


def proxied(url: str, talk: Talk | None) -> Start:
    """An address that is asked for through a proxy; None is a proxy that is not there."""

    @contextlib.contextmanager
    def start() -> Iterator[Place]:
        with contextlib.ExitStack() as stack:
            if talk is None:
                with socket.create_server(("127.0.0.1", 0)) as listener:
                    port = listener.getsockname()[1]
            else:
                port = stack.enter_context(_talking(talk))
            yield Place(url, replace(_HASTY, proxy=f"http://127.0.0.1:{port}"))

    return start
