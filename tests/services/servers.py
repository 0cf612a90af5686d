"""Real servers on loopback for tests: scripted replies over HTTP and TLS, and raw sockets that misbehave."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True)
class Received:
    """A request as the server got it; header names are lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    client: tuple[str, int]


@dataclass(frozen=True, slots=True)
class Scripted:
    """What to answer. ``wait`` blocks before the answer until the event is set, 10 s at most."""

    status: int = 200
    body: bytes = b"{}"
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)
    wait: threading.Event | None = None


Answer = Callable[[Received], Scripted]


@dataclass
class Server:
    """A running server: its address and what it received."""

    port: int
    scheme: str = "http"
    host: str = "127.0.0.1"
    received: list[Received] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its root, without a slash at the end."""
        return f"{self.scheme}://{self.host}:{self.port}"


@contextlib.contextmanager
def serving(answer: Answer, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> Iterator[Server]:
    """Serves ``answer`` with keep-alive until the block ends. ``host`` is the name in the address."""
    kept: list[Received] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            client = (str(self.client_address[0]), int(self.client_address[1]))
            got = Received(self.command, self.path, headers, self.rfile.read(length), client)
            kept.append(got)
            scripted = answer(got)
            if scripted.wait is not None:
                scripted.wait.wait(10)
            self.send_response(scripted.status)
            for name, value in scripted.headers:
                self.send_header(name, value)
            if not any(name == "Content-Length" for name, _ in scripted.headers):
                self.send_header("Content-Length", str(len(scripted.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(scripted.body)

        do_GET = do_POST = do_HEAD = do_PUT = _serve  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that goes away is what many tests do."""

    httpd = Quiet(("127.0.0.1", 0), Handler)
    if tls is not None:
        httpd.socket = tls.wrap_socket(httpd.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield Server(int(httpd.server_address[1]), "https" if tls else "http", host, kept)
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join(5)


@contextlib.contextmanager
def raw(talk: Callable[[socket.socket, threading.Event], None]) -> Iterator[Server]:
    """A bare socket: ``talk`` gets each connection and an event that is set when the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    over = threading.Event()

    def one(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(10)
            talk(connection, over)

    def accept() -> None:
        talks = []
        while not over.is_set():
            with contextlib.suppress(TimeoutError):
                talks.append(threading.Thread(target=one, args=(listener.accept()[0],), daemon=True))
                talks[-1].start()
        for thread in talks:
            thread.join(5)

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield Server(listener.getsockname()[1])
    finally:
        over.set()
        thread.join(5)
        listener.close()


def free_port() -> int:
    """A port on which nothing listens now."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])


def read_request(connection: socket.socket) -> bytes:
    """Reads one whole request from a raw connection; head and body may come in pieces."""
    got = b""
    while not _whole(got):
        part = connection.recv(65536)
        if not part:
            break
        got += part
    return got


def _whole(got: bytes) -> bool:
    head, end, body = got.partition(b"\r\n\r\n")
    length = re.search(rb"(?im)^content-length: *(\d+)", head)
    return bool(end) and len(body) >= (int(length[1]) if length else 0)
