"""A response belongs to its request, whatever is sent ahead, with it or after it: the next call gets its own.

Each request holds a number, and each right answer names it.
"""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import trustme

from byom_gui.core.cancel import CancelToken
from byom_gui.core.errors import Cancelled
from byom_gui.core.redact import Redactor
from byom_gui.services import connections, http
from byom_gui.services.wire import HttpResult, Options, Outgoing
from tests.services.servers import Server, raw, read_request

PATIENT = Options(connect_timeout=20, read_timeout=20, max_bytes=50_000)
Send = Callable[[bytes], None]
Play = Callable[[int, Send, threading.Event], None]
"""Answers the request with this number."""


def answer(number: int, status: str = "200 OK", more: str = "") -> bytes:
    """A whole response that names its request."""
    body = json.dumps({"number": number}).encode()
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{more}\r\n".encode() + body


def ask(url: str, number: int, cancel: CancelToken | None = None, options: Options = PATIENT) -> HttpResult:
    body = json.dumps({"number": number}).encode()
    return http.send(Outgoing("POST", f"{url}/infer", (), body), options, Redactor(), cancel or CancelToken())


def told(result: HttpResult) -> object:
    """The number in the answer, or which failure it is."""
    return json.loads(result.reply.body)["number"] if result.reply else result.failure and result.failure.id


@contextlib.contextmanager
def serving(talk: Callable[[socket.socket, threading.Event], None]) -> Iterator[Server]:
    """A bare server; connections that are kept for it are closed first, so that it need not wait for their ends."""
    with raw(talk) as server:
        try:
            yield server
        finally:
            http.close_idle()


def keeping(play: Play) -> Callable[[socket.socket, threading.Event], None]:
    """Answers request after request on one connection."""

    def talk(connection: socket.socket, over: threading.Event) -> None:
        while got := read_request(connection):
            play(json.loads(got.partition(b"\r\n\r\n")[2] or b'{"number": 0}')["number"], connection.sendall, over)

    return talk


def _slowly(data: bytes, send: Send, over: threading.Event) -> None:
    for at in range(len(data)):
        over.wait(0.001)
        send(data[at : at + 1])


def _interim(*heads: bytes, together: bool = False, slow: bool = False) -> Play:
    def play(number: int, send: Send, over: threading.Event) -> None:
        ahead = b"".join(b"HTTP/1.1 " + head + b"\r\n\r\n" for head in heads)
        if together:
            send(ahead + answer(number))
        elif slow:
            _slowly(ahead + answer(number), send, over)
        else:
            send(ahead)
            over.wait(0.15)
            send(answer(number))

    return play


INTERIM = {
    "102, then work": _interim(b"102 Processing"),
    "103 with links": _interim(b"103 Early Hints\r\nLink: </a.css>; rel=preload\r\nLink: </b.js>"),
    "100 twice": _interim(b"100 Continue", b"100 Continue"),
    "199": _interim(b"199 Who Knows"),
    "104 without a reason": _interim(b"104"),
    "a mixture in one piece": _interim(b"100 Continue", b"102 A\r\nX: y", b"103 B", together=True),
    "a byte at a time": _interim(b"102 Processing", slow=True),
    "as many as are allowed": _interim(*[b"102 Processing"] * connections.MOST_INTERIM, together=True),
}


@pytest.mark.parametrize("name", INTERIM)
def test_interim_responses_are_passed_over(name: str) -> None:
    with serving(keeping(INTERIM[name])) as server:
        assert [told(ask(server.url, number)) for number in range(4)] == [0, 1, 2, 3]


@pytest.mark.parametrize("name", ["102, then work", "a mixture in one piece"])
def test_calls_at_once_each_get_their_own_answer(name: str) -> None:
    with serving(keeping(INTERIM[name])) as server, ThreadPoolExecutor(6) as pool:
        assert list(pool.map(lambda number: told(ask(server.url, number)), range(48))) == list(range(48))


@pytest.mark.parametrize("status", [b"102 Processing", b"100 Continue"])
def test_interim_responses_without_end_are_a_failure(status: bytes) -> None:
    def play(number: int, send: Send, over: threading.Event) -> None:
        while not over.is_set():
            send(b"HTTP/1.1 " + status + b"\r\n\r\n")

    with serving(keeping(play)) as server:
        failure = ask(server.url, 1).failure
    assert failure is not None
    assert (failure.id, failure.subject, failure.status) == ("net.protocol", "interim", int(status[:3]))


@pytest.mark.parametrize(
    ("head", "finding", "subject", "status"),
    [
        (
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x05hello",
            "net.protocol",
            "websocket",
            101,
        ),
        (b"HTTP/1.1 102 Processing\r\n\r\n", "net.reset", "", 102),
        (b"HTTP/1.1 102 Processing\r\n\r\nSSH-2.0-x\r\n", "net.protocol", "ssh", 102),
        (b"HTTP/1.1 2OO OK\r\n\r\n", "net.protocol", "", 0),
        (b"HTTP/2 200\r\n\r\n", "net.protocol", "", 200),
    ],
)
def test_what_comes_in_place_of_a_final_response(head: bytes, finding: str, subject: str, status: int) -> None:
    def talk(connection: socket.socket, over: threading.Event) -> None:
        read_request(connection)
        connection.sendall(head)

    with serving(talk) as server:
        failure = ask(server.url, 1).failure
    assert failure is not None
    assert (failure.id, failure.subject, failure.status) == (finding, subject, status)


def _more(extra: Callable[[int], bytes], late: bool = False) -> Play:
    """The right answer, and something nobody asked for: at once, or before the next request."""

    def play(number: int, send: Send, over: threading.Event) -> None:
        send(answer(number) if late else answer(number) + extra(number))
        if late:
            over.wait(0.1)
            send(extra(number))

    return play


SURPLUS: dict[str, Callable[[int], bytes]] = {
    "the answer again": answer,
    "another answer": lambda number: answer(number + 100),
    "an interim response": lambda _: b"HTTP/1.1 102 Processing\r\n\r\n",
    "half a status line": lambda _: b"HTTP/1.1 2",
    "one byte": lambda _: b"\n",
    "a long body": lambda _: b" " * 20_000,
}


@pytest.mark.parametrize("name", SURPLUS)
def test_more_than_was_asked_for_is_never_the_next_answer(name: str) -> None:
    with serving(keeping(_more(SURPLUS[name]))) as server:
        results = [ask(server.url, number) for number in range(4)]
    assert [told(each) for each in results] == [0, 1, 2, 3]
    assert all(each.reply.surplus > 0 for each in results if each.reply)


def _told_beforehand(name: str, sent: threading.Event) -> Play:
    late = _more(SURPLUS[name], late=True)

    def play(number: int, send: Send, over: threading.Event) -> None:
        late(number, send, over)
        sent.set()

    return play


@pytest.mark.parametrize("name", SURPLUS)
def test_what_comes_between_two_calls_is_never_the_next_answer(name: str) -> None:
    sent = threading.Event()
    with serving(keeping(_told_beforehand(name, sent))) as server:
        for number in range(3):
            sent.clear()
            assert told(ask(server.url, number)) == number
            assert sent.wait(10)


def test_what_comes_after_the_pool_handed_the_connection_out_is_not_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("urllib3.connectionpool.is_connection_dropped", lambda connection: False)
    sent = threading.Event()
    with serving(keeping(_told_beforehand("another answer", sent))) as server:
        for number in range(3):
            sent.clear()
            assert told(ask(server.url, number)) == number
            assert sent.wait(10)


def _chunked(number: int, send: Send, over: threading.Event) -> None:
    body = json.dumps({"number": number}).encode()
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    send(head + b"%x\r\n" % len(body) + body + b"\r\n0\r\nX-Trailer: 1\r\n\r\n" + answer(number + 50))


def _two_lengths(number: int, send: Send, over: threading.Event) -> None:
    body = json.dumps({"number": number}).encode()
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"
    send(head + b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n")


@pytest.mark.parametrize("play", [_chunked, _two_lengths])
def test_chunks_end_where_they_say(play: Play) -> None:
    clients = set()

    def talk(connection: socket.socket, over: threading.Event) -> None:
        clients.add(connection.getpeername())
        keeping(play)(connection, over)

    with serving(talk) as server:
        assert [told(ask(server.url, number)) for number in range(3)] == [0, 1, 2]
    assert len(clients) == 3  # none was used again


@pytest.mark.parametrize(
    ("method", "status"), [("HEAD", "200 OK"), ("GET", "204 No Content"), ("GET", "304 Not Modified")]
)
def test_a_body_where_none_belongs(method: str, status: str) -> None:
    def talk(connection: socket.socket, over: threading.Event) -> None:
        while got := read_request(connection):
            if got.startswith(b"POST"):
                connection.sendall(answer(json.loads(got.partition(b"\r\n\r\n")[2])["number"]))
            else:
                connection.sendall(answer(77, status))

    with serving(talk) as server:
        for number in range(3):
            other = http.send(Outgoing(method, server.url), PATIENT, Redactor(), CancelToken())
            assert other.reply is not None
            assert (other.reply.status, other.reply.body) == (int(status[:3]), b"")
            assert told(ask(server.url, number)) == number


def test_an_answer_that_was_given_up_is_not_read_on() -> None:
    def play(number: int, send: Send, over: threading.Event) -> None:
        if number % 2:
            send(answer(number))
        else:
            send(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n" + b" " * 60_000)

    with serving(keeping(play)) as server:
        oversized = [told(ask(server.url, number)) for number in range(6)]
    assert oversized == ["http.oversized", 1, "http.oversized", 3, "http.oversized", 5]


def test_a_cancelled_body_is_not_the_next_answer() -> None:
    begun = threading.Event()

    def play(number: int, send: Send, over: threading.Event) -> None:
        whole = answer(number)
        if number:
            send(whole)
            return
        send(whole[:-3])
        begun.set()
        over.wait(0.3)
        send(whole[-3:] + answer(99))

    cancel = CancelToken()

    def stop() -> None:
        begun.wait(10)
        cancel.cancel()

    with serving(keeping(play)) as server:
        assert told(ask(server.url, 1)) == 1
        threading.Thread(target=stop, daemon=True).start()
        with pytest.raises(Cancelled):
            ask(server.url, 0, cancel)
        assert [told(ask(server.url, number)) for number in (2, 3)] == [2, 3]


@pytest.mark.parametrize("play", [_more(answer), _more(answer, late=True), INTERIM["103 with links"]])
def test_it_is_the_same_over_tls(play: Play, tmp_path: object) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(f"{tmp_path}/ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    sent = threading.Event()

    def tell(number: int, send: Send, over: threading.Event) -> None:
        play(number, send, over)
        sent.set()

    def talk(connection: socket.socket, over: threading.Event) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            keeping(tell)(secured, over)

    options = Options(20, 20, ca_file=f"{tmp_path}/ca.pem")
    with serving(talk) as server:
        for number in range(4):
            sent.clear()
            assert told(ask(f"https://127.0.0.1:{server.port}", number, options=options)) == number
            assert sent.wait(10)


def test_a_connection_that_was_read_to_its_end_is_used_again() -> None:
    clients = []

    def talk(connection: socket.socket, over: threading.Event) -> None:
        clients.append(connection.getpeername())
        keeping(lambda number, send, over: send(answer(number)))(connection, over)

    with serving(talk) as server:
        assert [told(ask(server.url, number)) for number in range(3)] == [0, 1, 2]
    assert len(clients) == 1
