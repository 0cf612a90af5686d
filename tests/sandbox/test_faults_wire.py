"""Faults below the answer, over real sockets: TLS that fails as its name says, broken lines, limits, credentials."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from pathlib import Path

import pytest

from byom_gui.sandbox.certificates import WRONG_NAME
from byom_gui.sandbox.faults import FAULTS, find_fault
from byom_gui.sandbox.faults_wire import ACCEPTED, STREAMED
from byom_gui.sandbox.loopback import MEGABYTE
from byom_gui.sandbox.model_server import ModelServer
from tests.sandbox.rehearsal import quick_model
from tests.sandbox.test_faults import PICTURE, image_of
from tests.sandbox.test_model_server import call

__all__ = ["quick_model"]

SMALL = image_of(b"no picture")


def handshake(
    server: ModelServer, name: str = "127.0.0.1", trusted: bool = True
) -> ssl.SSLCertVerificationError | None:
    """What a client that trusts the server's authority says of it; None where it is content."""
    context = ssl.create_default_context(cadata=server.ca_pem.decode() if trusted else None)
    port = int(server.base_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
        try:
            with context.wrap_socket(plain, server_hostname=name):
                return None
        except ssl.SSLCertVerificationError as error:
            return error


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("tls.expired", "expired"),
        ("tls.hostname", "mismatch"),
        ("tls.untrusted:chain", "unable to get local issuer"),
    ],
)
def test_the_one_thing_wrong_is_what_the_name_says(name: str, says: str) -> None:
    with ModelServer(fault=FAULTS[name]) as server:
        assert server.url.startswith("https://127.0.0.1:")
        error = handshake(server)
        assert error is not None
        assert says in str(error)


def test_nothing_is_wrong_but_what_the_name_says() -> None:
    with ModelServer(fault=FAULTS["tls.hostname"]) as server:
        assert handshake(server, WRONG_NAME) is None
    with ModelServer(fault=FAULTS["tls.untrusted"]) as server:
        assert handshake(server) is None
        assert handshake(server, "localhost") is None
        untrusted = handshake(server, trusted=False)
        assert untrusted is not None
        assert "self-signed" in str(untrusted)


def test_a_client_that_does_not_mind_is_answered_over_tls() -> None:
    with ModelServer(fault=FAULTS["tls.untrusted"]) as server:
        context = ssl.create_default_context(cadata=server.ca_pem.decode())
        connection = http.client.HTTPSConnection(server.base_url.removeprefix("https://"), timeout=20, context=context)
        connection.request("POST", "/infer", json.dumps(SMALL))
        reply = connection.getresponse()
        assert (reply.status, json.loads(reply.read())) == (200, {"status": "failed", "results": []})
        connection.close()


def test_a_silent_client_stops_nobody_else() -> None:
    with ModelServer(fault=FAULTS["tls.untrusted"]) as server:
        port = int(server.base_url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=10):
            assert handshake(server) is None


def test_plain_http_where_tls_is_expected() -> None:
    with ModelServer(fault=FAULTS["net.protocol:plain"]) as server:
        assert (server.url[:8], server.ca_pem) == ("https://", b"")
        port = int(server.base_url.rpartition(":")[2])
        context = ssl.create_default_context()
        with (
            socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
            pytest.raises(ssl.SSLError, match=r"(?i)wrong.version|record layer"),
        ):
            context.wrap_socket(plain, server_hostname="127.0.0.1")


def test_tls_where_plain_http_is_expected() -> None:
    with ModelServer(fault=FAULTS["net.protocol:tls"]) as server:
        assert server.url.startswith("http://")
        assert handshake(server) is None


def test_no_cipher_is_shared() -> None:
    with (
        ModelServer(fault=FAULTS["tls.handshake"]) as server,
        pytest.raises(ssl.SSLError, match=r"(?i)handshake.failure"),
    ):
        handshake(server)


@pytest.mark.parametrize("name", ["tls.client-certificate", "tls.client-certificate:tls12"])
def test_a_client_without_a_certificate_is_refused(name: str) -> None:
    with ModelServer(fault=FAULTS[name]) as server:
        context = ssl.create_default_context(cadata=server.ca_pem.decode())
        port = int(server.base_url.rpartition(":")[2])

        def listen() -> None:
            with (
                socket.create_connection(("127.0.0.1", port), timeout=20) as plain,
                context.wrap_socket(plain, server_hostname="127.0.0.1") as secured,
            ):
                secured.recv(1)

        with pytest.raises(ssl.SSLError, match=r"(?i)required|handshake.failure"):
            listen()


@pytest.mark.parametrize(("name", "start"), [("net.protocol", b"\0\0\x06\x04\0"), ("net.protocol:ssh", b"SSH-2.0-")])
def test_another_protocol_answers(name: str, start: bytes) -> None:
    with ModelServer(fault=FAULTS[name]) as server:
        port = int(server.base_url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
            plain.sendall(b"POST /infer HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}")
            assert plain.recv(100).startswith(start)


@pytest.mark.usefixtures("quick_model")
def test_an_answer_that_is_announced_as_longer_than_it_is() -> None:
    with (
        ModelServer(fault=FAULTS["http.encoding:long"]) as server,
        pytest.raises(http.client.IncompleteRead, match="500 more"),
    ):
        call(server, "POST", "/infer", image_of(PICTURE))


@pytest.mark.usefixtures("quick_model")
def test_bytes_come_after_the_announced_length() -> None:
    with ModelServer(fault=FAULTS["http.encoding:short"]) as server:
        body = json.dumps(image_of(PICTURE)).encode()
        port = int(server.base_url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
            head = f"POST /infer HTTP/1.1\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
            plain.sendall(head.encode() + body)
            answer = b"".join(iter(lambda: plain.recv(65536), b""))
    head_came, _, sent = answer.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(sent) - 10}".encode() in head_came
    assert json.loads(sent)["status"] == "succeeded"


def test_interim_responses_come_first() -> None:
    with ModelServer(fault=FAULTS["sound:interim"]) as server:
        port = int(server.base_url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
            body = json.dumps(image_of(PICTURE)).encode()
            head = f"POST /infer HTTP/1.1\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
            plain.sendall(head.encode() + body)
            answer = b"".join(iter(lambda: plain.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n")


def test_keys_stay_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with ModelServer(fault=FAULTS["tls.expired"]):
        assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("quick_model")
def test_a_line_that_breaks_in_the_middle() -> None:
    with ModelServer(fault=FAULTS["net.reset"]) as server, pytest.raises(http.client.IncompleteRead):
        call(server, "POST", "/infer", image_of(PICTURE))


def test_a_line_that_is_broken_off() -> None:
    with ModelServer(fault=FAULTS["net.reset:rst"]) as server:
        with pytest.raises(ConnectionResetError) as caught:
            call(server, "POST", "/infer", SMALL)
        # http.client's own word for an orderly end is a subclass
        assert not isinstance(caught.value, http.client.RemoteDisconnected)
        assert call(server, "GET", "/classes")[0] == 200


@pytest.mark.parametrize("name", ["net.died@2", "net.reset:once@2", "net.reset:restarts@2"])
def test_a_server_that_ends_or_breaks_off_later(name: str) -> None:
    fault = find_fault(name)
    with ModelServer(fault=fault) as server:
        assert [call(server, "POST", "/infer", SMALL)[0], call(server, "GET", "/classes")[0]] == [200, 200]
        for _ in range(fault.lasts or 5):
            with pytest.raises(ConnectionError):
                call(server, "POST", "/infer", SMALL)
        if fault.lasts:
            assert call(server, "POST", "/infer", SMALL)[0] == 200
        else:
            with pytest.raises(ConnectionRefusedError):
                call(server, "GET", "/classes")


@pytest.mark.parametrize(("name", "status"), [("http.rate-limited:later", 429), ("auth.rejected:expires", 401)])
def test_a_server_that_refuses_later(name: str, status: int) -> None:
    with ModelServer(fault=find_fault(name)) as server:
        replies = [call(server, "POST", "/infer", SMALL)[0] for _ in range(FAULTS[name].after + 2)]
        assert replies == [200] * FAULTS[name].after + [status] * 2
        assert call(server, "GET", "/classes")[0] == status


def test_a_server_that_hangs_later() -> None:
    with ModelServer(fault=find_fault("net.died:hangs@1")) as server:
        assert call(server, "POST", "/infer", SMALL)[0] == 200
        connection = http.client.HTTPConnection(server.base_url.removeprefix("http://"), timeout=0.5)
        connection.request("POST", "/infer", json.dumps(SMALL))
        with pytest.raises(TimeoutError):
            connection.getresponse()
        connection.close()


def test_a_redirect_leads_to_an_answer() -> None:
    with ModelServer(fault=FAULTS["net.redirect"]) as server:
        status, headers, _ = call(server, "POST", "/api/infer", SMALL)
        assert (status, call(server, "POST", headers["location"], SMALL)[0]) == (307, 200)


@pytest.mark.parametrize("name", ["http.not-found", "http.method"])
def test_a_neighbour_answers(name: str) -> None:
    with ModelServer(fault=FAULTS[name]) as server:
        assert call(server, "POST", "/infer", SMALL)[0] == 200


@pytest.mark.parametrize(("size", "status"), [(ACCEPTED, 200), (ACCEPTED + 1, 413)])
def test_a_limit_on_the_request(size: int, status: int) -> None:
    head = b'{"image": {"base64": "'
    body = head + b"A" * (size - len(head) - 3) + b'"}}'
    with ModelServer(fault=FAULTS["http.too-large"]) as server:
        assert (len(body), call(server, "POST", "/infer", body)[0]) == (size, status)


def test_an_answer_past_the_limit_is_sent_in_parts_and_ends() -> None:
    with ModelServer(fault=FAULTS["http.oversized"]) as server:
        _, headers, body = call(server, "POST", "/infer", SMALL)
    assert headers["transfer-encoding"] == "chunked"
    assert 64 * MEGABYTE < len(body) < STREAMED + 1000
    with ModelServer(fault=FAULTS["http.oversized:announced"]) as server:
        connection = http.client.HTTPConnection(server.base_url.removeprefix("http://"), timeout=20)
        connection.request("POST", "/infer", json.dumps(SMALL))
        assert int(connection.getresponse().headers["Content-Length"]) > 64 * MEGABYTE
        connection.close()


@pytest.mark.usefixtures("quick_model")
def test_a_limit_on_how_often() -> None:
    with ModelServer(fault=FAULTS["http.rate-limited:some"]) as server:
        seen = [call(server, "POST", "/infer", image_of(PICTURE))[:2] for _ in range(6)]
    assert [status for status, _ in seen] == [200, 200, 429] * 2
    assert seen[2][1]["retry-after"] == "2"


@pytest.mark.parametrize(("fault", "status"), [(None, 401), ("auth.not-enforced", 200)])
def test_an_open_door(fault: str | None, status: int) -> None:
    with ModelServer(user="ann", password="pw", fault=find_fault(fault) if fault else None) as server:
        for headers in ({}, {"Authorization": "Basic d3Jvbmc6d3Jvbmc="}):
            assert call(server, "POST", "/infer", SMALL, headers)[0] == status
            assert call(server, "GET", "/classes", headers=headers)[0] == status
