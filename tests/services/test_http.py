"""The sender against real servers on loopback: every way a call can end."""

from __future__ import annotations

import gzip
import re
import socket
import struct
import threading
import time

import pytest

from byom_gui.core.cancel import CancelToken
from byom_gui.core.endpoint import MASK
from byom_gui.core.errors import Cancelled, InputError
from byom_gui.core.redact import Redactor
from byom_gui.services import http
from byom_gui.services.wire import HttpResult, Options, Outgoing
from tests.services.servers import Received, Scripted, free_port, raw, read_request, serving

QUICK = Options(connect_timeout=5, read_timeout=5)
CREDENTIALS = frozenset({"authorization", "x-key"})


def call(url: str, options: Options = QUICK, *, method: str = "POST", secret: str = "hush!") -> HttpResult:
    """One call with a secret in its header."""
    headers = (("Content-Type", "application/json"), ("X-Key", secret))
    body = b'{"image": 1}' if method == "POST" else None
    outgoing = Outgoing(method, url, headers, body, CREDENTIALS)
    return http.send(outgoing, options, Redactor([secret]), CancelToken())


def test_a_reply_comes_back_as_it_was_sent() -> None:
    def echo(got: Received) -> Scripted:
        return Scripted(
            body=b'{"you": "' + got.headers["x-key"].encode() + b'"}', headers=(("X-Echo", got.headers["x-key"]),)
        )

    with serving(echo) as server:
        result = call(server.url + "/infer")
    assert result.reply is not None
    assert result.reply.body == b'{"you": "hush!"}'
    assert result.reply.header("x-echo") == "hush!"
    assert "hush!" not in repr(result)
    assert server.received[0].body == b'{"image": 1}'
    assert server.received[0].headers["x-key"] == "hush!"
    assert result.milliseconds > 0


def test_nothing_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    netrc = f"{tmp_path}/netrc"
    with open(netrc, "w", encoding="utf-8") as file:
        file.write("machine 127.0.0.1 login from password netrc\n")
    monkeypatch.setenv("NETRC", netrc)
    with serving(lambda got: Scripted(headers=(("Set-Cookie", "a=b"),))) as server:
        for _ in range(2):
            assert call(server.url + "/infer").reply is not None
    assert all("authorization" not in got.headers and "cookie" not in got.headers for got in server.received)


def test_a_connection_is_used_again() -> None:
    with serving(lambda got: Scripted()) as server:
        for _ in range(3):
            call(server.url + "/infer")
    assert len({got.client for got in server.received}) == 1


def test_an_old_connection_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "KEEP_ALIVE", -1)
    with serving(lambda got: Scripted()) as server:
        for _ in range(2):
            call(server.url + "/infer")
    assert len({got.client for got in server.received}) == 2


def _reset(connection: socket.socket, over: threading.Event) -> None:
    read_request(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _end(connection: socket.socket, over: threading.Event) -> None:
    read_request(connection)


def _half(connection: socket.socket, over: threading.Event) -> None:
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")


def _nonsense(connection: socket.socket, over: threading.Event) -> None:
    read_request(connection)
    connection.sendall(b"220 mail.example.org ESMTP\r\n")


def _silent(connection: socket.socket, over: threading.Event) -> None:
    over.wait(10)


def _drip(connection: socket.socket, over: threading.Event) -> None:
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while not over.wait(0.05):
        connection.sendall(b" ")


def _bad_gzip(connection: socket.socket, over: threading.Event) -> None:
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope")


@pytest.mark.parametrize(
    ("talk", "finding", "word"),
    [
        # Whether the system tells of the reset or of the end depends on which it sees first.
        (_reset, "net.reset", "was lost|without a response"),
        (_end, "net.reset", "without a response"),
        (_half, "net.reset", "before the complete response arrived; the response is incomplete: 4 of 100 bytes"),
        (_nonsense, "net.protocol", "220 mail.example.org ESMTP"),
        (_bad_gzip, "http.encoding", "not gzip data: it starts with “nope”"),
        (_silent, "net.timeout-read", "0.3 s per read"),
        (_drip, "net.timeout-read", "no complete answer.*incomplete: [0-9]+ of 1,000 bytes"),
    ],
)
def test_how_an_answer_can_fail(talk: object, finding: str, word: str) -> None:
    assert callable(talk)
    with raw(talk) as server:
        result = call(server.url + "/infer", Options(connect_timeout=1, read_timeout=0.3))
    assert result.failure is not None
    assert (result.failure.id, result.failure.stage) == (finding, "http")
    assert re.search(word, result.failure.detail)
    assert result.sent


def test_nothing_listens() -> None:
    result = call(f"http://127.0.0.1:{free_port()}/infer")
    assert result.failure is not None
    assert (result.failure.id, result.failure.stage) == ("net.refused", "tcp")
    assert not result.sent


def test_a_name_that_does_not_resolve() -> None:
    result = call("http://no-such-name.invalid/infer")
    assert result.failure is not None
    assert (result.failure.id, result.failure.stage) == ("net.dns", "dns")
    assert not result.sent


def test_a_connection_that_is_never_made() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        held = []
        for _ in range(3):  # fills the queue of the listener, so that the next one waits
            held.append(socket.socket())
            held[-1].setblocking(False)
            held[-1].connect_ex(("127.0.0.1", port))
        result = call(f"http://127.0.0.1:{port}/infer", Options(connect_timeout=0.3, read_timeout=5))
        for one in held:
            one.close()
    assert result.failure is not None
    assert (result.failure.id, result.failure.stage) == ("net.timeout-connect", "tcp")
    assert not result.sent


@pytest.mark.parametrize("announced", [True, False])
def test_an_answer_that_is_too_large(announced: bool) -> None:
    bomb = gzip.compress(b" " * 5_000_000)
    if announced:
        scripted = Scripted(body=b" " * 70_000)
    else:
        scripted = Scripted(body=bomb, headers=(("Content-Encoding", "gzip"),))
    assert len(bomb) < 60_000
    with serving(lambda got: scripted) as server:
        result = call(server.url + "/infer", Options(max_bytes=60_000))
    assert result.failure is not None
    assert result.failure.id == "http.oversized"
    assert "60,000" in result.failure.detail


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_within_the_origin(method: str, status: int) -> None:
    def answer(got: Received) -> Scripted:
        return Scripted() if got.path == "/new" else Scripted(status, headers=(("Location", "/new"),))

    with serving(answer) as server:
        result = call(server.url + "/infer", method=method)
    follows = method == "GET" or status in (307, 308)
    assert result.reply is not None
    assert result.reply.status == (200 if follows else status)
    assert [hop.followed for hop in result.redirects] == [follows]
    assert [hop.to for hop in result.redirects] == [server.url + "/new"]
    last = server.received[-1]
    assert (last.method, last.headers["x-key"]) == (method, "hush!")
    assert last.body == (b'{"image": 1}' if method == "POST" else b"")


def test_credentials_stay_with_their_origin() -> None:
    with serving(lambda got: Scripted()) as other:
        location = (("Location", other.url + "/there?token=seen"),)
        with serving(lambda got: Scripted(307, headers=location)) as server:
            result = call(server.url + "/infer")
    assert result.reply is not None
    assert result.reply.status == 200
    assert "x-key" not in other.received[0].headers
    assert other.received[0].body == b'{"image": 1}'
    assert result.redirects[0].dropped_credentials
    assert not result.redirects[0].same_origin
    assert result.redirects[0].to == other.url + f"/there?token={MASK}"


@pytest.mark.parametrize("location", ["{other}/there?k=hush%21", "ftp://example.org/", "http://[bad/", "{other}/hush!"])
def test_redirects_that_are_not_followed(location: str) -> None:
    with serving(lambda got: Scripted()) as other:
        to = location.format(other=other.url)
        with serving(lambda got: Scripted(307, headers=(("Location", to),))) as server:
            result = call(server.url + "/infer")
    assert result.reply is not None
    assert result.reply.status == 307
    assert [hop.followed for hop in result.redirects] == [False]
    assert "hush" not in result.redirects[0].to
    assert not other.received


def test_a_redirect_loop_ends() -> None:
    with serving(lambda got: Scripted(307, headers=(("Location", "/infer"),))) as server:
        result = call(server.url + "/infer")
    assert result.failure is not None
    assert result.failure.id == "net.redirect"
    assert len(server.received) == http.MAX_REDIRECTS + 1


def test_redirects_can_be_left_alone() -> None:
    with serving(lambda got: Scripted(307, headers=(("Location", "/new"),))) as server:
        result = call(server.url + "/infer", Options(follow_redirects=False))
    assert result.reply is not None
    assert (result.reply.status, result.redirects) == (307, ())


def test_cancel_frees_the_caller_and_ends_the_connection() -> None:
    arrived, ended = threading.Event(), threading.Event()

    def talk(connection: socket.socket, over: threading.Event) -> None:
        read_request(connection)
        arrived.set()
        assert connection.recv(1) == b""  # the client's side is shut down, not merely forgotten
        ended.set()

    cancel = CancelToken()
    times: list[float] = []

    def stop() -> None:
        arrived.wait(10)
        times.append(time.monotonic())
        cancel.cancel()

    with raw(talk) as server:
        outgoing = Outgoing("POST", server.url + "/infer", body=b"{}")
        threading.Thread(target=stop, daemon=True).start()
        with pytest.raises(Cancelled):
            http.send(outgoing, Options(read_timeout=60), Redactor(), cancel)
        freed = time.monotonic()
        assert ended.wait(10)
    assert freed - times[0] < 5  # nowhere near the 60 s of the read time-out


def test_a_cancelled_token_sends_nothing() -> None:
    cancel = CancelToken()
    cancel.cancel()
    with serving(lambda got: Scripted()) as server, pytest.raises(Cancelled):
        http.send(Outgoing("GET", server.url), QUICK, Redactor(), cancel)
    assert not server.received


def test_a_proxy_is_used_and_bypassed_for_loopback() -> None:
    with serving(lambda got: Scripted(body=b"via proxy")) as proxy:
        options = Options(proxy=proxy.url)
        far = call("http://model.invalid/infer", options)
        with serving(lambda got: Scripted(body=b"direct")) as server:
            near = call(server.url + "/infer", options)
    assert far.reply is not None
    assert near.reply is not None
    assert (far.reply.body, near.reply.body) == (b"via proxy", b"direct")
    assert proxy.received[0].path == "http://model.invalid/infer"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_fails(scheme: str) -> None:
    result = call(f"{scheme}://model.invalid/infer", Options(proxy=f"http://127.0.0.1:{free_port()}"))
    assert result.failure is not None
    assert result.failure.id == "net.proxy"
    assert not result.sent


def test_a_proxy_that_refuses_the_tunnel() -> None:
    def talk(connection: socket.socket, over: threading.Event) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

    with raw(talk) as proxy:
        result = call("https://model.invalid/infer", Options(proxy=proxy.url))
    assert result.failure is not None
    assert result.failure.id == "net.proxy"
    assert "403" in result.failure.detail


@pytest.mark.parametrize("secret", ["two\r\nlines", "\x00"])
def test_a_secret_that_no_header_can_carry(secret: str) -> None:
    with serving(lambda got: Scripted()) as server, pytest.raises(InputError) as caught:
        call(server.url + "/infer", secret=secret)
    assert secret not in f"{caught.value.sentence}{caught.value.detail}"
    assert not server.received


def test_a_secret_beyond_latin_travels_as_utf8() -> None:
    with serving(lambda got: Scripted()) as server:
        call(server.url + "/infer", secret="gehëim→")
    assert server.received[0].headers["x-key"].encode("latin-1").decode() == "gehëim→"
