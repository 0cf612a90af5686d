"""What a failed call is blamed on: the hop behind a redirect, another protocol, headers that do not fit the body."""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import struct
import threading
import zlib
from collections.abc import Callable

import pytest
import trustme

from byom_gui.core.cancel import CancelToken
from byom_gui.core.endpoint import Endpoint, parse_address
from byom_gui.core.errors import Cancelled
from byom_gui.core.observations import NetFailure
from byom_gui.core.project import Settings
from byom_gui.core.redact import Redactor
from byom_gui.core.report import CheckReport
from byom_gui.services import checkup, content_encoding, http, images, second_look
from byom_gui.services.failures import Misencoded
from byom_gui.services.model_server import ModelServer
from byom_gui.services.wire import HttpResult, Options, Outgoing
from tests.services.servers import Received, Scripted, free_port, raw, read_request, serving

Talk = Callable[[socket.socket, threading.Event], None]
QUICK = Options(connect_timeout=5, read_timeout=5)
HASTY = Options(connect_timeout=2, read_timeout=0.4)


@pytest.fixture(autouse=True)
def patient_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look waits longer than here is needed, so that a busy machine changes nothing; it is not remembered."""
    monkeypatch.setattr(second_look, "SECONDS", 20.0)
    monkeypatch.setattr(second_look, "_REMEMBERED", 0.0)


def call(url: str, options: Options = QUICK) -> HttpResult:
    return http.send(Outgoing("POST", url, (), b'{"image": 1}'), options, Redactor(["hush!"]), CancelToken())


def failure_of(url: str, options: Options = QUICK) -> NetFailure:
    failure = call(url, options).failure
    assert failure is not None
    return failure


def moved(to: str, status: int = 308) -> Callable[[Received], Scripted]:
    return lambda got: Scripted(status, headers=(("Location", to),)) if got.path == "/infer" else Scripted()


def _answering(data: bytes) -> Talk:
    def talk(connection: socket.socket, over: threading.Event) -> None:
        read_request(connection)
        connection.sendall(data)

    return talk


def _reset(connection: socket.socket, over: threading.Event) -> None:
    read_request(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _deaf(connection: socket.socket, over: threading.Event) -> None:
    connection.recv(1)


def _mute(connection: socket.socket, over: threading.Event) -> None:
    over.wait(10)


@pytest.mark.parametrize("status", [307, 308])
def test_a_redirect_to_a_name_known_only_inside(status: int) -> None:
    with serving(moved("http://model.inner.invalid:9000/infer/", status)) as server:
        failure = failure_of(server.url + "/infer")
    assert (failure.id, failure.stage, failure.subject, failure.status) == ("net.redirect", "http", "net.dns", status)
    assert failure.at == "http://model.inner.invalid:9000/infer/"
    assert failure.detail.startswith(f"{status} to http://model.inner.invalid:9000/infer/: the name does not resolve")


def test_a_redirect_to_a_closed_port() -> None:
    port = free_port()
    with serving(moved(f"http://127.0.0.1:{port}/infer/")) as server:
        failure = failure_of(server.url + "/infer")
    assert (failure.id, failure.subject) == ("net.redirect", "net.refused")
    assert f"127.0.0.1:{port}" in failure.detail


@pytest.mark.parametrize(
    ("talk", "scheme", "subject"),
    [(_reset, "http", "net.reset"), (_answering(b"RFB 003.008\n"), "http", "net.protocol"), (_deaf, "https", "tls.")],
)
def test_a_redirect_to_something_else(talk: Talk, scheme: str, subject: str) -> None:
    with raw(talk) as other, serving(moved(f"{scheme}://127.0.0.1:{other.port}/infer/")) as server:
        failure = failure_of(server.url + "/infer")
    assert failure.id == "net.redirect"
    assert failure.subject.startswith(subject)
    assert failure.status == 308


def test_a_slow_server_behind_a_redirect_is_slow_and_not_the_first() -> None:
    with raw(_mute) as other, serving(moved(f"http://127.0.0.1:{other.port}/infer/")) as server:
        failure = failure_of(server.url + "/infer", HASTY)
    assert (failure.id, failure.status, failure.at) == (
        "net.timeout-read", 308, f"http://127.0.0.1:{other.port}/infer/"
    )  # fmt: skip


def test_a_second_hop_on_the_same_server_that_breaks_keeps_its_name() -> None:
    def talk(connection: socket.socket, over: threading.Event) -> None:
        got = read_request(connection)
        if got.startswith(b"POST /infer HTTP"):
            connection.sendall(b"HTTP/1.1 307 X\r\nLocation: /infer/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with raw(talk) as server:
        failure = failure_of(server.url + "/infer")
    assert (failure.id, failure.status, failure.at) == ("net.reset", 307, server.url + "/infer/")


def test_a_second_hop_that_nobody_takes_any_more_is_the_redirects_fault() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/infer"

        def once() -> None:
            with listener.accept()[0] as connection:
                read_request(connection)
                listener.close()
                connection.sendall(
                    b"HTTP/1.1 307 X\r\nLocation: /infer/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                )

        thread = threading.Thread(target=once)
        thread.start()
        failure = failure_of(url)
        thread.join(10)
    assert (failure.id, failure.subject, failure.status) == ("net.redirect", "net.refused", 307)


def test_an_answer_too_large_behind_a_redirect_is_what_it_is() -> None:
    def answer(got: Received) -> Scripted:
        return (
            Scripted(body=b" " * 5000) if got.path == "/infer/" else Scripted(307, headers=(("Location", "/infer/"),))
        )

    with serving(answer) as server:
        failure = failure_of(server.url + "/infer", Options(max_bytes=1000))
    assert (failure.id, failure.status, failure.at) == ("http.oversized", 200, server.url + "/infer/")


def test_a_circle_has_a_status() -> None:
    with serving(lambda got: Scripted(307, headers=(("Location", "/infer"),))) as server:
        failure = failure_of(server.url + "/infer")
    assert (failure.id, failure.at, failure.status) == ("net.redirect", "", 307)


GOOD = json.dumps({"status": "succeeded", "results": []}).encode()
PLAIN_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def _tls(context: ssl.SSLContext) -> Talk:
    def talk(connection: socket.socket, over: threading.Event) -> None:
        with context.wrap_socket(connection, server_side=True):
            pass

    return talk


@pytest.fixture(scope="module")
def context() -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(made)
    return made


def test_tls_behind_a_plain_address(context: ssl.SSLContext) -> None:
    with raw(_tls(context)) as server:
        failure = failure_of(server.url + "/infer")
    assert (failure.id, failure.subject, failure.status) == ("net.protocol", "tls", 0)
    assert " 03 " in f" {failure.detail}"


def _greets(first: bytes) -> Talk:
    """Speaks first, and hangs up on what it does not know: the greeting may be lost with the reset."""

    def talk(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(first)
        connection.recv(1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return talk


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    ("first", "subject"),
    [
        (b"SSH-2.0-libssh_0.10\r\n", "ssh"),
        (b"220 files.example.org FTP server ready\r\n", "ftp"),
        (b"\x4a\x00\x00\x00\x0a11.4.2-MariaDB\x00", "mysql"),
        (b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64", "http2"),
        (b"-DENIED Redis is running in protected mode\r\n", "redis"),
        (b"\x01\x02\x03 of no protocol", ""),
    ],
)
def test_a_server_that_greets(first: bytes, subject: str, scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_look, "_LISTEN", 5.0)
    with raw(_greets(first)) as server:
        failure = failure_of(f"{scheme}://127.0.0.1:{server.port}/infer")
    assert (failure.id, failure.subject) == ("net.protocol", subject)
    assert failure.stage == ("tls" if scheme == "https" else "http")


def _http2_when_asked(connection: socket.socket, over: threading.Event) -> None:
    if connection.recv(24).startswith(b"PRI * HTTP/2.0"):
        connection.sendall(bytes.fromhex("000000040000000000"))


def test_http2_that_waits_for_its_opening() -> None:
    with raw(_http2_when_asked) as server:
        failure = failure_of(server.url + "/infer")
    assert (failure.id, failure.subject) == ("net.protocol", "http2")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_server_that_hangs_up_in_silence_is_accused_of_nothing(scheme: str) -> None:
    def talk(connection: socket.socket, over: threading.Event) -> None:
        connection.recv(1)

    with raw(talk) as server:
        failure = failure_of(f"{scheme}://127.0.0.1:{server.port}/infer")
    assert (failure.id, failure.subject) == ("net.reset" if scheme == "http" else "tls.handshake", "")


def test_a_model_server_that_breaks_off_is_known_to_speak_http() -> None:
    def talk(connection: socket.socket, over: threading.Event) -> None:
        if connection.recv(5) != b"POST ":
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    with raw(talk) as server:
        assert failure_of(server.url + "/infer").id == "net.reset"


def test_nothing_of_the_users_is_in_a_second_look() -> None:
    heard: list[bytes] = []

    def talk(connection: socket.socket, over: threading.Event) -> None:
        heard.append(connection.recv(65536))

    with raw(talk) as server:
        for scheme in ("http", "https"):
            url = f"{scheme}://127.0.0.1:{server.port}/secret-path?key=hush!"
            outgoing = Outgoing("POST", url, (("X-Key", "hush!"),), b"the image")
            http.send(outgoing, QUICK, Redactor(["hush!"]), CancelToken())
    looks = [each for each in heard if not each.startswith(b"POST")]
    assert len(looks) >= 4
    assert not any(word in each for each in looks for word in (b"hush", b"secret-path", b"image"))


def test_many_failures_at_once_cause_one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_look, "_REMEMBERED", 60.0)
    met: list[bytes] = []

    def talk(connection: socket.socket, over: threading.Event) -> None:
        met.append(connection.recv(4))

    with raw(talk) as server:
        for _ in range(5):
            assert failure_of(server.url + "/infer").id == "net.reset"
    assert met.count(b"POST") == 5
    assert len(met) == 7


def test_no_look_after_a_cancel() -> None:
    met: list[bytes] = []
    cancel = CancelToken()

    def talk(connection: socket.socket, over: threading.Event) -> None:
        met.append(read_request(connection)[:4])
        cancel.cancel()
        over.wait(10)

    with raw(talk) as server:
        with pytest.raises(Cancelled):
            http.send(Outgoing("POST", server.url, (), b"{}"), QUICK, Redactor(), cancel)
        for thread in threading.enumerate():
            if thread.name == "byom-detached":
                thread.join(10)
    assert met == [b"POST"]


def test_no_look_through_a_proxy() -> None:
    met: list[bytes] = []

    def talk(connection: socket.socket, over: threading.Event) -> None:
        met.append(connection.recv(4))

    with raw(talk) as proxy:
        failure = failure_of("http://model.invalid/infer", Options(5, 5, proxy=proxy.url))
    assert failure.id == "net.proxy"
    assert met == [b"POST"]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_speaks_something_else_is_blamed_itself(scheme: str) -> None:
    with raw(_answering(b"SSH-2.0-x\r\n")) as proxy:
        failure = failure_of(f"{scheme}://model.invalid/infer", Options(5, 5, proxy=proxy.url))
    assert (failure.id, failure.subject) == ("net.proxy", "")


@pytest.mark.parametrize(
    ("header", "body", "subject", "word"),
    [
        ("gzip", GOOD, "undecodable", "starts with “{"),
        ("deflate", GOOD, "undecodable", "not deflate data"),
        ("deflate", gzip.compress(GOOD, mtime=0), "undecodable", "1f 8b"),
        ("deflate", zlib.compress(GOOD) + b"more", "undecodable", "not deflate data"),
        ("gzip", zlib.compress(GOOD), "undecodable", "not gzip data"),
        ("gzip", gzip.compress(GOOD, mtime=0)[:-9], "undecodable", "incomplete"),
        ("gzip, gzip", gzip.compress(GOOD, mtime=0), "undecodable", "not gzip data"),
        ("br", GOOD, "unrequested", "br"),
        ("zstd", b"\x28\xb5\x2f\xfd\x00", "unrequested", "zstd"),
        ("utf-8", GOOD, "unrequested", "utf-8"),
        ("gzip, br", GOOD, "unrequested", "br"),
        (", ".join(["gzip"] * 6), GOOD, "undecodable", "6 encodings"),
    ],
)
def test_bodies_that_are_not(header: str, body: bytes, subject: str, word: str) -> None:
    with pytest.raises(Misencoded, match=word) as caught:
        content_encoding.decoded(body, header, 10_000)
    assert caught.value.subject == subject
    with serving(lambda got: Scripted(body=body, headers=(("Content-Encoding", header),))) as server:
        failure = failure_of(server.url + "/infer")
    assert (failure.id, failure.subject, failure.status) == ("http.encoding", subject, 200)
    assert dict(failure.headers)["content-encoding"] == header
    assert word in failure.detail
    with serving(lambda got: Scripted(503, body, (("Content-Encoding", header),))) as server:
        refused = call(server.url + "/infer").reply
    assert refused is not None
    assert (refused.status, refused.body) == (503, b"")


@pytest.mark.parametrize(
    ("sent", "finding", "word"),
    [
        (b"Content-Length: 900\r\n\r\n" + GOOD, "http.encoding", f"{len(GOOD)} of 900 bytes of the body came"),
        (b"Content-Length: 900\r\n\r\n" + GOOD[:-1], "net.reset", "incomplete"),
        (b"Content-Length: 900\r\nContent-Encoding: gzip\r\n\r\n" + GOOD, "net.reset", "incomplete"),
        (b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n" % (len(GOOD), GOOD), "http.encoding", "complete JSON"),
        (b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b" % (len(GOOD) + 3, GOOD[:-1]), "net.reset", "incomplete"),
        (b"Content-Length: 5\r\nContent-Length: 7\r\n\r\n" + GOOD, "http.encoding", "differ"),
    ],
)
def test_a_body_that_ends_too_early(sent: bytes, finding: str, word: str) -> None:
    with raw(_answering(PLAIN_HEAD + sent)) as server:
        failure = failure_of(server.url + "/infer")
    assert (failure.id, failure.status) == (finding, 200)
    assert word in failure.detail


@pytest.mark.parametrize(
    ("sent", "finding"),
    [
        (b"Content-Length: 900\r\n\r\n" + GOOD, "http.encoding"),
        (b"\r\n" + GOOD, "http.encoding"),
        (b"Content-Length: 900\r\n\r\n" + GOOD[:-1], "net.timeout-read"),
        (b"Content-Length: 900\r\n\r\n", "net.timeout-read"),
    ],
)
def test_a_body_that_stops_and_never_ends(sent: bytes, finding: str) -> None:
    def talk(connection: socket.socket, over: threading.Event) -> None:
        read_request(connection)
        connection.sendall(PLAIN_HEAD + sent)
        over.wait(10)

    with raw(talk) as server:
        failure = failure_of(server.url + "/infer", HASTY)
    assert (failure.id, failure.status) == (finding, 200)


def _dripping(connection: socket.socket, over: threading.Event) -> None:
    read_request(connection)
    connection.sendall(PLAIN_HEAD + b"\r\n" + GOOD)
    while not over.wait(0.05):
        connection.sendall(b" ")


def check(url: str, settings: Settings) -> CheckReport:
    endpoint = Endpoint(parse_address(url).address)
    model = ModelServer(lambda ref: None)
    return checkup.run(endpoint, settings, [images.small_sample()], model, quick=True, cancel=CancelToken())


def ids(report: CheckReport) -> set[str]:
    return {finding.id for finding in report.findings if finding.severity == "error"}


def test_a_body_that_drips_for_ever_is_slow_and_the_server_was_reached() -> None:
    with raw(_dripping) as server:
        report = check(server.url + "/infer", Settings(connect_timeout=1, read_timeout=0.25))
    assert ids(report) == {"net.timeout-read"}
    assert report.verdict == "not-ready"


def test_the_stages_of_a_redirect_that_leads_nowhere_are_true() -> None:
    with serving(moved("http://inner.invalid/infer/")) as server:
        report = check(server.url + "/infer", Settings(connect_timeout=5, read_timeout=5))
        (finding,) = (each for each in report.findings if each.severity == "error")
        assert finding.where == server.url + "/infer"
        assert server.url + "/infer/" in finding.fix
    assert finding.id == "net.redirect"
    assert [stage.outcome for stage in report.stages[:4]] == ["passed", "passed", "skipped", "failed"]
    assert "308 to http://inner.invalid/infer/" in report.stages[3].detail
    assert report.verdict == "not-ready"
    assert not any("127.0.0.1 is not known" in each.what or "Nothing listens" in each.what for each in report.findings)


@pytest.mark.parametrize(
    ("talk", "verdict"),
    [
        (_answering(b"HTTP/1.1 102 Processing\r\n\r\n"), "not-ready"),
        (_answering(PLAIN_HEAD + b"Content-Encoding: br\r\n\r\n"), "not-ready"),
        (_answering(PLAIN_HEAD + b"Content-Length: 9\r\n\r\n"), "not-ready"),
        (_answering(b"SSH-2.0-x\r\n"), "unreachable"),
        (_reset, "unreachable"),
    ],
)
def test_unreachable_is_where_no_status_came(talk: Talk, verdict: str) -> None:
    with raw(talk) as server:
        report = check(server.url + "/infer", Settings(connect_timeout=5, read_timeout=5))
    assert report.verdict == verdict
