"""Serves one image at an unguessable, expiring address, so that a model server can fetch it (``url`` inference)."""

from __future__ import annotations

import hmac
import ipaddress
import re
import secrets
import socket
import threading
import time
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from byom_gui.core.endpoint import Origin
from byom_gui.core.errors import InputError
from byom_gui.core.image import ImageSource

_SAFE_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_LOCAL_SUFFIXES = (".local", ".lan", ".internal", ".home.arpa")


def can_reach(origin: Origin, interface: str, addresses: Sequence[str] = ()) -> tuple[bool, str]:
    """Whether a server could fetch an image from this app, and why (not), in one sentence.

    Args:
        origin: the model server's.
        interface: the address on which the user lets the app serve images.
        addresses: what its name resolves to, where that is known.
    """
    if origin.is_loopback or (addresses and all(_is(address, "is_loopback") for address in addresses)):
        return True, "The server is on this computer, so the app serves the image to it."
    if not _is_private(origin.host, addresses):
        return False, "The server is not in this network, so it can not fetch images from here. Give an image address."
    if _is(interface, "is_loopback"):
        return False, "The server is in a private network. Choose the interface on which the app may serve images."
    return True, f"The server is in a private network, and may fetch the image from {interface}."


def _is_private(host: str, addresses: Sequence[str]) -> bool:
    if addresses:
        return all(_is(address, "is_private") for address in addresses)
    try:
        return ipaddress.ip_address(host).is_private
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
        self._path = ""
        self._image: ImageSource | None = None
        self._ends = 0.0
        self._fetches = 0
        self._httpd: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        if not _is_one_address(self._interface):
            raise InputError(f"{self._interface} is no address of one interface. Choose one from the list.")
        try:
            self._httpd = _server(self._interface, self._find)
        except OSError as error:
            raise InputError(
                f"Images can not be served on {self._interface}. Choose another interface.", detail=str(error)
            ) from None
        self._thread = threading.Thread(
            target=self._httpd.serve_forever, kwargs={"poll_interval": 0.05}, name="byom-image-host", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._httpd is not None:
            self._httpd.shutdown()
            self._httpd.server_close()
        self._httpd = None

    @property
    def fetches(self) -> int:
        """How often the image was fetched whole, by anybody."""
        with self._lock:
            return self._fetches

    def serve(self, image: ImageSource, seconds: float = 120.0) -> str:
        """Serves this image, and no other any more, for so many seconds; returns its address."""
        if self._httpd is None:
            raise RuntimeError("the host is not running")
        name = _SAFE_NAME.sub("-", image.name).strip("-.") or "image"
        path = f"/{secrets.token_urlsafe(24)}/{name}"
        with self._lock:
            self._path, self._image, self._ends = path, image, self._clock() + seconds
        host = f"[{self._interface}]" if ":" in self._interface else self._interface
        return f"http://{host}:{self._httpd.server_address[1]}{path}"

    def _find(self, path: str, fetch: bool) -> ImageSource | None:
        with self._lock:
            fits = hmac.compare_digest(path.encode("utf-8", "replace"), self._path.encode())
            if not fits or self._image is None or self._clock() > self._ends:
                return None
            self._fetches += fetch
            return self._image


def _is_one_address(interface: str) -> bool:
    try:
        return not ipaddress.ip_address(interface).is_unspecified
    except ValueError:
        return False


def _server(interface: str, find: Callable[[str, bool], ImageSource | None]) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10
        server_version = "byom-gui"
        sys_version = ""

        def do_GET(self) -> None:
            image = find(self.path, True)
            if self._head(image) and image is not None:
                self.wfile.write(image.data)

        def do_HEAD(self) -> None:
            self._head(find(self.path, False))

        def _head(self, image: ImageSource | None) -> bool:
            self.send_response(404 if image is None else 200)
            if image is not None:
                self.send_header("Content-Type", image.media_type)
            self.send_header("Content-Length", "0" if image is None else str(len(image.data)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            return image is not None

        def log_message(self, format: str, *args: object) -> None:
            """Addresses of images belong in no log."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False
        address_family = socket.AF_INET6 if ":" in interface else socket.AF_INET

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that goes away half-way is no concern of ours."""

    return Server((interface, 0), Handler)
