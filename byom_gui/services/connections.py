"""Connections that can be reached from another thread. Imported only together with requests, as urllib3 takes time.

A response belongs to its request: interim responses are skipped, and a connection on which anything came that no
request asked for is not used again.
"""

from __future__ import annotations

import re
import socket
from http.client import BadStatusLine, HTTPResponse, LineTooLong, RemoteDisconnected, parse_headers
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from byom_gui.services import failures, watch

MOST_INTERIM = 100
"""Responses with a status from 100 to 199 that are skipped before one final response."""
_SHOWN = 256
_LONGEST_LINE = 65_536
_STATUS_LINE = re.compile(rb"(HTTP/\S*)\s+([1-9]\d\d)(\s.*)?\s*", re.DOTALL)


class _Lines:
    """A file that remembers the last line read: ``http.client`` takes headers that were cut off for complete ones."""

    def __init__(self, file: Any) -> None:
        self.file = file
        self.last = b""

    def readline(self, limit: int = -1) -> bytes:
        self.last = self.file.readline(limit)
        return self.last

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)


class ExactResponse(HTTPResponse):
    """A response that is read to its last byte and no further.

    ``http.client`` skips ``100 Continue`` alone and takes any other interim response for the answer; the real one is
    then read by the next request on that connection. It also drops what it has read beyond the end of the body.
    """

    def __init__(self, connected: socket.socket, *args: Any, **settings: Any) -> None:
        super().__init__(connected, *args, **settings)
        self._connected = connected
        self.surplus = 0
        """How many bytes were already there after the end of the body, once it was read."""
        watch.current.get().response = self

    def _read_status(self) -> tuple[str, int, str]:
        """The status line of the final response.

        Raises:
            NotHttp: the first bytes are those of something else.
            OtherProtocol: the server switches to another protocol, or sends interim responses without end.
        """
        held = watch.current.get()
        status = 0
        for _ in range(MOST_INTERIM + 1):
            first = self.fp.peek(1)
            if not b"HTTP/".startswith(first[:5]):
                raise failures.NotHttp(first[:_SHOWN])
            version, status, reason = self._status_line()
            held.status = status
            if status == 101:
                raise failures.OtherProtocol("websocket", "the server answers 101 (Switching Protocols)")
            if status // 100 != 1:
                return version, status, reason
            parse_headers(self.fp)
        raise failures.OtherProtocol("interim", f"more than {MOST_INTERIM} interim responses came, the last {status}")

    def _status_line(self) -> tuple[str, int, str]:
        """As ``http.client`` reads it, which takes a line that was cut off for a complete one."""
        line = self.fp.readline(_LONGEST_LINE + 1)
        if not line:
            raise RemoteDisconnected("Remote end closed connection without response")
        if len(line) > _LONGEST_LINE:
            raise LineTooLong("status line")
        if not line.endswith(b"\n"):
            raise ConnectionResetError("the connection ended in the middle of the status line")
        found = _STATUS_LINE.fullmatch(line)
        if found is None:
            raise BadStatusLine(line.decode("latin-1"))
        version, status, reason = (part.decode("latin-1") for part in found.groups(b""))
        return version, int(status), reason.strip()

    def begin(self) -> None:
        file = self.fp
        lines = _Lines(file)
        reading: Any = lines
        self.fp = reading
        super().begin()
        if not self.isclosed():
            self.fp = file
        if not lines.last:
            self._close_conn()
            raise ConnectionResetError("the connection ended in the middle of the headers")
        both = self.chunked and self.headers.get("content-length") is not None
        self.will_close = self.will_close or both  # two lengths: where the body ends may be read in two ways

    def _close_conn(self) -> None:
        """Called at the end of the body, and where the rest of it is given up."""
        base: Any = super()
        self.surplus = self._waiting()
        if self.surplus:
            watch.shut(self._connected)
        base._close_conn()

    def _waiting(self) -> int:
        """How many bytes are already here, at least; nothing is waited for."""
        try:
            limit = self._connected.gettimeout()
            self._connected.settimeout(0)
            try:
                return len(self.fp.peek(1))
            finally:
                self._connected.settimeout(limit)
        except (OSError, ValueError):
            return 0


def _drop_if_spoiled(connection: HTTPConnection, used: bool) -> None:
    """Closes a kept connection on which something came that nobody asked for, or that the server ended.

    One through a proxy's tunnel cannot be made again from here; the pool checked it when it handed it out.
    """
    tunnel = getattr(connection, "_tunnel_host", None)
    if used and connection.sock is not None and not tunnel and not connection.is_connected:
        connection.close()


class _Plain(HTTPConnection):
    """Tells the watch of the current call when it connects and when it sends."""

    response_class = ExactResponse
    _used = False

    def connect(self) -> None:
        watch.current.get().connecting(self)
        super().connect()

    def request(self, *args: Any, **settings: Any) -> None:
        _drop_if_spoiled(self, self._used)
        self._used = True
        if self.sock is None:
            self.connect()
        # Sending a picture may take longer than connecting may: the time-out of the socket bounds all of it.
        self.timeout = watch.current.get().using(self)
        super().request(*args, **settings)


class _Secured(HTTPSConnection):
    """The same over TLS."""

    response_class = ExactResponse
    _used = False

    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        watch.current.get().phase = "tls"
        return made

    def connect(self) -> None:
        held = watch.current.get()
        held.connecting(self)
        super().connect()
        if held.insecure:
            self.is_verified = True  # unchecked because the user said so: it is said by us, not by a warning of urllib3

    def request(self, *args: Any, **settings: Any) -> None:
        _drop_if_spoiled(self, self._used)
        self._used = True
        if self.sock is None:
            self.connect()
        self.timeout = watch.current.get().using(self)
        super().request(*args, **settings)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecuredPool(HTTPSConnectionPool):
    ConnectionCls = _Secured


POOLS: dict[str, type[HTTPConnectionPool]] = {"http": _PlainPool, "https": _SecuredPool}
