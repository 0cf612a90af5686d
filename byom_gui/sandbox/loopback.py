"""A small HTTP server for this machine only: the base of the built-in model server and the V7 stand-in."""

from __future__ import annotations

import ipaddress
import json
import socket
import ssl
import struct
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from byom_gui.core.errors import InputError

MEGABYTE = 1024 * 1024
_DRAINED = 4
"""A body over the limit is still read (and dropped) up to this many times the limit, so that the answer arrives."""
_AT_ONCE = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
"""SO_LINGER with no time: what is not sent yet is dropped, and the other side gets an RST."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came. Header names are lower case; ``target`` is the path with its query."""

    method: str
    target: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    too_large: bool = False
    """The body passed the limit and was dropped."""

    @property
    def path(self) -> str:
        """The path without the query."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The query's values by name; the last of equal names counts."""
        return dict(parse_qsl(urlsplit(self.target).query))


@dataclass(frozen=True, slots=True)
class Response:
    """What is sent back.

    Args:
        headers: further ones; a Content-Length among them is sent in place of the true one.
        cut: only so many bytes of the body follow the header, then the line is dropped.
        more: makes what follows the body, sent in chunks.
        reset: nothing is sent, and the connection broken off (RST).
        raw: sent as it is in place of a response, then the connection is closed.
        interim: interim responses (status 100 to 199) that are sent ahead.
        after: bytes that follow the response.
    """

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    media_type: str = "application/json"
    cut: int | None = None
    more: Callable[[], Iterator[bytes]] | None = None
    reset: bool = False
    raw: bytes = b""
    interim: tuple[int, ...] = ()
    after: bytes = b""


def as_json(value: Any, status: int = 200, *headers: tuple[str, str]) -> Response:
    """A value as a JSON response. Raises ValueError where it holds a number that JSON has no word for."""
    return Response(status, json.dumps(value, allow_nan=False).encode(), headers)


def as_text(text: str, status: int = 200) -> Response:
    """A plain text response."""
    return Response(status, text.encode(), (), "text/plain; charset=utf-8")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    server: _Server

    def version_string(self) -> str:
        return self.server.owner.server_name

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: stderr belongs to the user's own messages."""

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except OSError:
            # The other side went away; there is nobody to tell.
            self.close_connection = True

    def _answer(self) -> None:
        length = self._length()
        if length is None:
            self.close_connection = True
            self._send(as_json({"error": "Say how long the body is (Content-Length)."}, 411))
            return
        limit = self.server.owner.body_limit
        body = self.rfile.read(length) if length <= limit else b""
        if length > limit:
            self._drain(min(length, _DRAINED * limit))
            self.close_connection = True
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, body, too_large=length > limit)
        self._send(self.server.owner.respond(request))

    # The base class looks methods up by these names.
    do_GET = do_HEAD = do_POST = _answer  # noqa: N815
    do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer  # noqa: N815

    def _length(self) -> int | None:
        if self.headers.get("Transfer-Encoding"):
            return None
        text = self.headers.get("Content-Length", "0")
        return int(text) if text.isascii() and text.isdigit() else None

    def _drain(self, left: int) -> None:
        while left > 0:
            got = len(self.rfile.read(min(left, 65536)))
            if not got:
                return
            left -= got

    def _send(self, response: Response) -> None:
        if response.reset:
            self.close_connection = True
            self.server.break_off(self.connection)
            return
        if response.raw:
            self.close_connection = True
            self.wfile.write(response.raw)
            return
        for status in response.interim:
            self.wfile.write(f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n\r\n".encode())
        self._send_head(response)
        if self.command == "HEAD":
            return
        if response.more is not None:
            self._send_chunks(response.body, response.more())
            return
        self.wfile.write((response.body if response.cut is None else response.body[: response.cut]) + response.after)

    def _send_head(self, response: Response) -> None:
        self.send_response(response.status)
        self.send_header("Content-Type", response.media_type)
        if response.more is not None:
            self.send_header("Transfer-Encoding", "chunked")
        elif not any(name == "Content-Length" for name, _ in response.headers):
            self.send_header("Content-Length", str(len(response.body)))
        else:
            self.close_connection = True
        for name, value in response.headers:
            self.send_header(name, value)
        if self.close_connection or response.cut is not None:
            self.close_connection = True
            self.send_header("Connection", "close")
        self.end_headers()

    def _send_chunks(self, body: bytes, more: Iterator[bytes]) -> None:
        for part in chain((body,) if body else (), more):
            self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part))
        self.wfile.write(b"0\r\n\r\n")


class _Server(ThreadingHTTPServer):
    request_queue_size = 64
    # The threads are counted and joined here; the base class joins none that is a daemon.
    daemon_threads = True
    block_on_close = False

    def __init__(self, owner: LoopbackServer, host: str, port: int) -> None:
        self.owner = owner
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._lock = threading.Lock()
        self._open: dict[threading.Thread, socket.socket] = {}
        self._broken: set[int] = set()
        super().__init__((host, port), _Handler)
        if owner.tls is not None:
            # The handshake is left to the connection's own thread, so that a silent client stops nobody else.
            self.socket = owner.tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def break_off(self, connection: socket.socket) -> None:
        """Has a connection closed with RST rather than in order."""
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self._broken.add(id(connection))

    def shutdown_request(self, request: Any) -> None:
        if id(request) in self._broken:
            self._broken.discard(id(request))
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def process_request(self, request: Any, client_address: Any) -> None:
        work = threading.Thread(
            target=self.process_request_thread, args=(request, client_address), daemon=True, name="loopback-request"
        )
        with self._lock:
            self._open = {t: s for t, s in self._open.items() if t.is_alive()}
            self._open[work] = request
            work.start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing: an answer that could not be sent is the client's to notice."""

    def hang_up(self) -> None:
        """Ends every open connection, and waits for its thread."""
        with self._lock:
            connections = dict(self._open)
        for connection in connections.values():
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        for thread in connections:
            thread.join(2)


class LoopbackServer:
    """Starts and stops a server on this machine. Subclasses answer in ``respond``, called from several threads.

    Args:
        host: a loopback address; any other is refused.
        port: 0 takes a free one.
        body_limit: the largest request body in bytes.
        tls: what to offer TLS with; None for plain HTTP.

    Raises:
        InputError: the host is not this machine.
    """

    server_name = "byom-gui"
    scheme = "http"

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        body_limit: int = 64 * MEGABYTE,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        if not _is_loopback(host):
            raise InputError(f"Only this machine itself may be served, and {host} is not a loopback address.")
        self._host = "127.0.0.1" if host == "localhost" else host
        self._port = port
        self.body_limit = body_limit
        self.tls = tls
        self.stopping = threading.Event()
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def respond(self, request: Request) -> Response:
        """Answers one request."""
        raise NotImplementedError

    @property
    def base_url(self) -> str:
        """``http://host:port`` (or https), without a slash at the end. Only once it was started."""
        if self._server is None:
            raise RuntimeError("the server was not started")
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{self.scheme}://{host}:{self._server.server_address[1]}"

    def start(self) -> None:
        """Binds and serves in a thread of its own. Raises InputError where the port cannot be had."""
        if self._server is not None:
            raise RuntimeError("the server was started before")
        try:
            self._server = _Server(self, self._host, self._port)
        except (OSError, OverflowError) as error:
            raise InputError(
                f"Port {self._port} cannot be used; another program may have it. Choose another, or 0 for a free one.",
                detail=str(error),
            ) from None
        self.stopping.clear()
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True, name="loopback-server"
        )
        self._thread.start()

    def stop(self) -> None:
        """Stops serving, hangs up, and waits for its threads. Calling it again does nothing."""
        server, thread = self._server, self._thread
        self._server = self._thread = None
        if server is None or thread is None:
            return
        self.stopping.set()
        server.shutdown()
        server.server_close()
        server.hang_up()
        thread.join(2)

    def close_down(self) -> None:
        """Stops listening, as a process that ended; for use while a request is answered. ``stop`` is still needed."""
        server = self._server
        if server is not None:
            server.shutdown()
            server.server_close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
