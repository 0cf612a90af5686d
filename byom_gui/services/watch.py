"""What a caller may know of, and do to, the connection that a detached thread works with."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from contextvars import ContextVar
from typing import Any

from byom_gui.core.observations import StageName
from byom_gui.services.wire import Options


class Watch:
    """What the caller's thread may know of, and do to, the connection that the detached thread works with."""

    def __init__(self, options: Options, end: float) -> None:
        self.insecure = options.insecure
        self.phase: StageName = "dns"
        self.requested = False
        self.status = 0
        """The last HTTP status that came for the request under way, interim ones included."""
        self.response: Any = None
        """The ``connections.ExactResponse`` that is being read."""
        self.connect_deadline = time.monotonic() + 2 * options.connect_timeout + 5  # requests is imported first
        self._connect_seconds = 2 * options.connect_timeout
        self._end = end
        self._lock = threading.Lock()
        self._connection: Any = None
        self._abandoned = False

    def connecting(self, connection: Any) -> None:
        """A connection is about to be made."""
        self._hold(connection)
        self.phase = "dns"
        self.connect_deadline = time.monotonic() + self._connect_seconds

    def using(self, connection: Any) -> float:
        """A request is about to be sent on it; returns the seconds that sending may take."""
        self._hold(connection)
        self.phase = "http"
        self.status, self.response = 0, None
        self.connect_deadline = self._end
        self.requested = True
        return max(self._end - time.monotonic(), 0.001)

    def _hold(self, connection: Any) -> None:
        with self._lock:
            self._connection = connection
            if self._abandoned:
                raise ConnectionAbortedError

    def abandon(self) -> None:
        """Wakes the thread that reads from or writes to the socket. The plain shutdown leaves TLS state alone."""
        with self._lock:
            self._abandoned = True
            connected = getattr(self._connection, "sock", None)
        if isinstance(connected, socket.socket):
            shut(connected)

    @property
    def abandoned(self) -> bool:
        """Whether nobody waits for the call any more."""
        return self._abandoned


def shut(connected: socket.socket) -> None:
    """Shuts the socket down: whoever reads from it or writes to it goes on, and it is never used again."""
    with contextlib.suppress(OSError):
        socket.socket.shutdown(connected, socket.SHUT_RDWR)


current: ContextVar[Watch] = ContextVar("byom_watch")
"""The watch of the call that runs in this thread."""
