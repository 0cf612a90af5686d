"""Servers that are slow, break off or lie, in every phase of an answer: the call ends, in time, with what happened."""

from __future__ import annotations

import gzip
import socket
import struct
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from byom_gui.core.cancel import CancelToken
from byom_gui.core.redact import Redactor
from byom_gui.services import http
from byom_gui.services.wire import HttpResult, Options, Outgoing
from tests.services.servers import raw, read_request

Talk = Callable[[socket.socket, threading.Event], None]
HASTY = Options(connect_timeout=2, read_timeout=0.4, max_bytes=60_000)

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{" + b'"a": 12345}'
PHASES = {"nothing": 0, "status line": 9, "headers": 30, "before the body": ANSWER.index(b"{"), "body": len(ANSWER) - 4}


def call(url: str, options: Options = HASTY) -> HttpResult:
    """One call."""
    outgoing = Outgoing("POST", url + "/infer", (("Content-Type", "application/json"),), b'{"image": 1}', frozenset())
    return http.send(outgoing, options, Redactor([]), CancelToken())


def failing(talk: Talk, options: Options = HASTY) -> tuple[str, float]:
    """How a call fails, and after how many seconds."""
    with raw(talk) as server:
        begin = time.monotonic()
        result = call(server.url, options)
        seconds = time.monotonic() - begin
    assert result.failure is not None, result.reply
    assert result.failure.detail
    return result.failure.id, seconds


@pytest.mark.parametrize("phase", PHASES)
def test_slow_in_every_phase(phase: str) -> None:
    def talk(connection: socket.socket, over: threading.Event) -> None:
        read_request(connection)
        connection.sendall(ANSWER[: PHASES[phase]])
        over.wait(10)

    assert failing(talk)[0] == "net.timeout-read"


@pytest.mark.parametrize("phase", PHASES)
def test_a_byte_at_a_time_from_every_phase(phase: str) -> None:
    def talk(connection: socket.socket, over: threading.Event) -> None:
        read_request(connection)
        connection.sendall(ANSWER[: PHASES[phase]])
        for at in range(PHASES[phase], len(ANSWER)):
            if over.wait(0.1):
                return
            connection.sendall(ANSWER[at : at + 1])

    with raw(talk) as server:
        begin = time.monotonic()
        result = call(server.url)
        assert time.monotonic() - begin < 5
    # What comes whole in time is taken.
    if result.failure is None:
        assert result.reply is not None
        assert result.reply.body == ANSWER[ANSWER.index(b"{") :]
    else:
        assert result.failure.id == "net.timeout-read"


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("read", [True, False])
def test_reset_in_every_phase(phase: str, read: bool) -> None:
    def talk(connection: socket.socket, over: threading.Event) -> None:
        if read:
            read_request(connection)
        connection.sendall(ANSWER[: PHASES[phase]])
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    assert failing(talk)[0] == "net.reset"


@pytest.mark.parametrize(
    "part",
    [
        b"HTTP/1.1",
        b"HTTP/1.1 20",
        b"HTTP/1.1 200 O",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Ty",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n",
    ],
)
def test_an_end_before_the_body_is_a_broken_connection(part: bytes) -> None:
    def talk(connection: socket.socket, over: threading.Event) -> None:
        read_request(connection)
        connection.sendall(part)

    assert failing(talk)[0] == "net.reset"


def _after(head: bytes, more: bytes = b"") -> Talk:
    def talk(connection: socket.socket, over: threading.Event) -> None:
        read_request(connection)
        connection.sendall(head)
        while more and not over.is_set():
            connection.sendall(more)

    return talk


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
ZIPPED = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    ("talk", "finding"),
    [
        (_after(b"HTTP/1.1 200 OK\r\n\r\n", b" " * 4096), "http.oversized"),
        (_after(CHUNKED, b"1000\r\n" + b" " * 4096 + b"\r\n"), "http.oversized"),
        (_after(ZIPPED + gzip.compress(bytes(50_000_000))), "http.oversized"),
        (_after(ZIPPED + gzip.compress(gzip.compress(bytes(5_000_000)) * 20)[:-8]), "http.oversized"),
        (_after(CHUNKED + b"ffffffff\r\nshort"), "net.reset"),
        (_after(CHUNKED + b"zz\r\nno number\r\n0\r\n\r\n"), "http.encoding"),
        (_after(CHUNKED + b"5\r\nwhole\r\n"), "net.reset"),
        (_after(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nshort"), "net.reset"),
        (_after(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"), ""),
        (_after(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n\r\n"), "net.protocol"),
        (_after(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5_000 + b"\r\n"), "net.protocol"),
        (_after(b"HTTP/9.9 999 What\r\n\r\n"), ""),
    ],
    ids=["endless", "endless chunks", "gzip bomb", "cut gzip", "long chunk", "bad chunk", "no last chunk",
         "wrong length", "length under nothing", "long header", "many headers", "odd version"],
)  # fmt: skip
def test_lies_and_floods(talk: Talk, finding: str) -> None:
    with raw(talk) as server:
        begin = time.monotonic()
        result = call(server.url)
        assert time.monotonic() - begin < 8
    if finding:
        assert result.failure is not None
        assert result.failure.id == finding
    else:
        assert (result.failure is None) != (result.reply is None)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"HTTP/1.0 200 OK\r\n\r\nold style", b"old style"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b""),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more", b"ok"),
        (b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", b"ok"),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", b"ok"),
    ],
    ids=["HTTP/1.0", "no body", "204", "more than it says", "no reason", "continue first"],
)
def test_odd_but_whole_answers_are_taken(head: bytes, body: bytes) -> None:
    with raw(_after(head)) as server:
        result = call(server.url)
    assert result.reply is not None, result.failure
    assert result.reply.body == body


def test_a_hundred_failures_at_once_leave_nothing_behind() -> None:
    def talk(connection: socket.socket, over: threading.Event) -> None:
        read_request(connection)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    before = threading.active_count()
    with raw(talk) as server, ThreadPoolExecutor(100) as pool:
        results = list(pool.map(lambda _: call(server.url, Options(read_timeout=20)), range(100)))
    assert {result.failure.id for result in results if result.failure} == {"net.reset"}
    assert all(result.failure for result in results)
    assert threading.active_count() <= before
