"""Connections that can be reached from another thread. Imported only together with requests, as urllib3 takes time."""

from __future__ import annotations

import socket
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from byom_gui.services import watch


class _Plain(HTTPConnection):
    """Tells the watch of the current call when it connects and when it sends."""

    def connect(self) -> None:
        watch.current.get().connecting(self)
        super().connect()

    def request(self, *args: Any, **settings: Any) -> None:
        if self.sock is None:
            self.connect()
        # Sending a picture may take longer than connecting may: the time-out of the socket bounds all of it.
        self.timeout = watch.current.get().using(self)
        super().request(*args, **settings)


class _Secured(HTTPSConnection):
    """The same over TLS."""

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
        if self.sock is None:
            self.connect()
        self.timeout = watch.current.get().using(self)
        super().request(*args, **settings)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecuredPool(HTTPSConnectionPool):
    ConnectionCls = _Secured


POOLS: dict[str, type[HTTPConnectionPool]] = {"http": _PlainPool, "https": _SecuredPool}
