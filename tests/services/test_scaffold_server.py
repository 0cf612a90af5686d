"""The written model server as a process: half-sent bodies, hostile JSON, and images that are small as files alone."""

from __future__ import annotations

import base64
import contextlib
import http.client
import io
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from byom_gui.core.scaffold import Scaffold
from byom_gui.services.scaffold import write
from tests.commands.processes import end, wait_until
from tests.services.servers import free_port

MEGABYTE = 1024 * 1024


class Served:
    """A running server, and calls to it."""

    def __init__(self, port: int, process: subprocess.Popen[str]) -> None:
        self.port, self.process = port, process

    def get(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(connection):
            connection.request("GET", path)
            return connection.getresponse().status

    def infer(self, body: bytes) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(connection):
            connection.request("POST", "/infer", body, {"Content-Type": "application/json"})
            reply = connection.getresponse()
            return reply.status, json.loads(reply.read())["status"]

    def image(self, data: bytes) -> tuple[int, str]:
        return self.infer(json.dumps({"image": {"base64": base64.b64encode(data).decode()}}).encode())

    @property
    def peak(self) -> int:
        """The most memory that it had so far, in bytes."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("scaffold") / "model"
    write(Scaffold(folder, "detection"))
    port = free_port()
    env = {"PATH": os.environ["PATH"], "PORT": str(port), "PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8"}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([sys.executable, "serve.py"], cwd=folder, env=env, stderr=log, encoding="utf-8")
        made = Served(port, process)

        def answers() -> bool:
            with contextlib.suppress(OSError):
                return made.get("/health") == 200
            return False

        try:
            wait_until(answers, what="the server")
            yield made
        finally:
            end(process)


def test_half_sent_bodies_do_not_hold_up_the_rest(served: Served) -> None:
    head = b"POST /infer HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 900000\r\n\r\n"
    with contextlib.ExitStack() as stack:
        for number in range(160):
            sock = stack.enter_context(socket.create_connection(("127.0.0.1", served.port), 20))
            sock.sendall(head + b"x" * (number * 1000))
        assert served.get("/health") == 200
        assert served.image(picture(40, 30)) == (200, "succeeded")


@pytest.mark.parametrize(
    "body",
    [b"[" * 5_000, b'{"image":' * 90_000, b"[" * 99_000 + b"]" * 99_000, b"[" + b"{}," * 3_000_000 + b"{}]", b"{", b""],
    ids=["open", "keys", "deep", "many", "broken", "empty"],
)
def test_hostile_json_is_a_refused_request(served: Served, body: bytes) -> None:
    assert served.infer(body) == (400, "failed")
    assert served.get("/health") == 200
    assert served.peak < 400 * MEGABYTE


def picture(width: int, height: int, mode: str = "RGB", kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new(mode, (width, height)).save(file, kind)
    return file.getvalue()


def test_the_memory_for_one_image_is_bounded(served: Served) -> None:
    bomb = picture(12_000, 9_000, "1")
    assert len(bomb) < 100_000
    assert served.image(bomb) == (200, "failed")
    spaced = b'{"image": {"base64": "' + b"A " * 8_000_000 + b'"}}'
    assert served.infer(spaced)[1] == "failed"
    assert served.peak < 400 * MEGABYTE
    assert served.image(picture(7_000, 7_000, "LA")) == (200, "succeeded")
    assert served.peak < 1100 * MEGABYTE
