"""Serves one image at an unguessable, expiring address, so that a model server can fetch it (``url`` inference)."""

from __future__ import annotations

import contextlib
import hmac
import ipaddress
import secrets
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, unquote_to_bytes

from byom_gui.core.consent import interface_kind
from byom_gui.core.endpoint import Origin
from byom_gui.core.errors import InputError
from byom_gui.core.image import ImageSource

_GONE_SECONDS = 5.0
_LOCAL_SUFFIXES = (".local", ".lan", ".internal", ".home.arpa")


def can_reach(origin: Origin, interface: str, addresses: Sequence[str] = ()) -> tuple[bool, str]:
    """Whether a server could fetch an image from this app, and why (not), in words.

    Args:
        origin: the model server's.
        interface: the address on which the user lets the app serve images.
        addresses: what its name resolves to, where that is known.
    """
    if origin.is_loopback or (addresses and all(_is(address, "is_loopback") for address in addresses)):
        return True, "The server is on this machine, so it can fetch an image from here."
    if not _is_near(origin.host, addresses):
        return False, (
            "The server is not on this machine or in its network, so it cannot fetch an image from here. "
            "Drop an image address."
        )
    if interface == "localhost" or interface_kind(interface) == "loopback":
        return False, (
            "The server is not on this machine, so it cannot fetch an image from here. "
            "Drop an image address, or choose an interface in the connection settings."
        )
    return True, f"The server is in a private network and may be able to fetch an image from {interface}."


def _is_near(host: str, addresses: Sequence[str]) -> bool:
    """Whether all of it lies in networks that are not the open internet; a bare or local name does."""
    if addresses:
        return not any(_is(address, "is_global") for address in addresses)
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(_LOCAL_SUFFIXES)


def _is(address: str, what: str) -> bool:
    try:
        return bool(getattr(ipaddress.ip_address(address), what))
    except ValueError:
        return False


class ImageHost:
    """A context manager; inside it ``serve`` gives the address of one image.

    Args:
        interface: an address of this machine; never a wildcard.
        clock: seconds that only go up.

    Raises:
        InputError: on entering: the interface is none of this machine's, or a wildcard.
    """

    def __init__(self, interface: str = "127.0.0.1", clock: Callable[[], float] = time.monotonic) -> None:
        self._interface = interface
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._image: ImageSource | None = None
        self._ends = 0.0
        self._fetches = 0
        self._httpd: _Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        if interface_kind(self._interface) not in ("loopback", "one"):
            raise InputError(f"{self._interface} is not the address of a network interface. Choose one from the list.")
        try:
            self._httpd = _server(self._interface, self._find)
        except OSError as error:
            raise InputError(
                f"Images cannot be served on {self._interface}. Choose a different interface.", detail=str(error)
            ) from None
        self._thread = threading.Thread(
            target=self._httpd.serve_forever, kwargs={"poll_interval": 0.05}, name="byom-image-host", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Closes the port and cuts off who is still fetching; a second call does nothing."""
        httpd, self._httpd = self._httpd, None
        thread, self._thread = self._thread, None
        with self._lock:
            self._image = None
        if httpd is None or thread is None:
            return
        httpd.shutdown()
        httpd.server_close()
        thread.join(_GONE_SECONDS)
        httpd.cut_off()

    @property
    def fetches(self) -> int:
        """How often the image was asked for with GET, by anybody, and handed out."""
        with self._lock:
            return self._fetches

    def serve(self, source: ImageSource, seconds: float = 120.0) -> str:
        """Serves this image, and no other any more, for so many seconds; returns its address."""
        if self._httpd is None:
            raise RuntimeError("the host is not running")
        token = secrets.token_urlsafe(24)
        with self._lock:
            self._token, self._image, self._ends = token, source, self._clock() + seconds
        host = f"[{self._interface}]" if ":" in self._interface else self._interface
        return f"http://{host}:{self._httpd.server_address[1]}/{token}/{quote(_name(source), safe='')}"

    def _find(self, path: str, fetch: bool) -> ImageSource | None:
        """The image where token and name are right and it is still time. ``fetch`` counts it."""
        _, _, rest = path.partition("/")
        token, _, name = rest.partition("/")
        with self._lock:
            if self._image is None or self._clock() >= self._ends:
                return None
            known = hmac.compare_digest(token.encode("utf-8", "replace"), self._token.encode())
            if not known or "/" in name or unquote_to_bytes(name) != _name(self._image).encode():
                return None
            self._fetches += fetch
            return self._image


def _name(source: ImageSource) -> str:
    """A last part of a path that no client takes for another; names of files may hold what is no text."""
    name = source.name.encode("utf-8", "replace").decode()
    return name if name.strip(".") else "image"


class _Server(ThreadingHTTPServer):
    """Knows its open connections, so that they can be ended."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self._open: dict[threading.Thread, Any] = {}
        self._open_lock = threading.Lock()
        super().__init__(address, handler)

    def server_bind(self) -> None:
        """Without HTTPServer's look-up of the interface's name, which may take seconds."""
        socketserver.TCPServer.server_bind(self)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Starts the request's thread; noted before it runs, so that none is missed."""
        thread = threading.Thread(
            target=self.process_request_thread, args=(request, client_address), name="byom-image-fetch", daemon=True
        )
        with self._open_lock:
            self._open[thread] = request
        thread.start()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answers, then forgets the connection."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._open_lock:
                self._open.pop(threading.current_thread(), None)

    def cut_off(self) -> None:
        """Ends what is still open and waits for its threads."""
        with self._open_lock:
            still_open = dict(self._open)
        for request in still_open.values():
            with contextlib.suppress(OSError):  # it ended by itself
                request.shutdown(socket.SHUT_RDWR)
        for thread in still_open:
            thread.join(_GONE_SECONDS)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away half-way is no concern of ours."""


def _server(interface: str, find: Callable[[str, bool], ImageSource | None]) -> _Server:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10
        server_version = "byom-gui"
        sys_version = ""

        def do_GET(self) -> None:
            image = find(self.path, True)
            self._head(image)
            if image is not None:
                self.wfile.write(image.data)

        def do_HEAD(self) -> None:
            self._head(find(self.path, False))

        def send_error(self, *_: object, **__: object) -> None:
            """Other methods and broken requests learn as little as a wrong address."""
            self.close_connection = True
            self.request_version = self.protocol_version  # a broken request counts as HTTP/0.9, which has no head
            self._head(None)

        def _head(self, image: ImageSource | None) -> None:
            self.send_response(404 if image is None else 200)
            if image is not None:
                self.send_header("Content-Type", image.media_type)
            self.send_header("Content-Length", "0" if image is None else str(len(image.data)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()

        def version_string(self) -> str:
            """The name alone."""
            return self.server_version

        def log_message(self, format: str, *args: object) -> None:
            """Addresses of images belong in no log."""

    return _Server((interface, 0), Handler)
