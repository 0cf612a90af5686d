"""A proxy on loopback that ends TLS itself and records what it reads, as one that a project file names might."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import trustme

from tests.services.servers import raw

HOST = "model.invalid"
ANSWER = b'{"status": "succeeded", "results": []}'


@dataclass
class Mitm:
    """Its address, the CA file that makes clients trust it, and all that came."""

    url: str
    ca_file: Path
    connections: list[str] = field(default_factory=list)
    """The first line of each connection."""
    heads: list[str] = field(default_factory=list)
    """What was read behind TLS, or in plain text."""

    def has_read(self, secret: str) -> bool:
        """Whether a secret came by."""
        return any(secret in head for head in self.heads)


def _head(connection: socket.socket) -> str:
    data = b""
    while b"\r\n\r\n" not in data and (more := connection.recv(4096)):
        data += more
    return data.decode("latin-1")


@contextlib.contextmanager
def mitm(folder: Path) -> Iterator[Mitm]:
    """Runs one until the block ends."""
    authority = trustme.CA(organization_name="Not the server's")
    authority.cert_pem.write_to_path(folder / "mitm-ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(context)
    made = Mitm("", folder / "mitm-ca.pem")

    def answer(connection: socket.socket, head: str) -> None:
        made.heads.append(head)
        length = len(ANSWER)
        connection.sendall(
            f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n"
            "Connection: close\r\n\r\n".encode()
            + ANSWER
        )
        with contextlib.suppress(OSError):  # what is left of the request, so that the answer is not reset
            connection.settimeout(0.2)
            while connection.recv(65536):
                pass

    def talk(connection: socket.socket, _over: threading.Event) -> None:
        head = _head(connection)
        made.connections.append(head.partition("\r\n")[0])
        if not head.startswith("CONNECT "):
            answer(connection, head)
            return
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with contextlib.suppress(ssl.SSLError), context.wrap_socket(connection, server_side=True) as tunnel:
            answer(tunnel, _head(tunnel))

    with raw(talk) as server:
        made.url = server.url
        yield made
