"""What is said of a call that met another protocol, a redirect that leads nowhere, or a body unlike its headers."""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import replace
from typing import Any

import pytest

from byom_gui.core.diagnosis import read_call
from byom_gui.core.diagnosis.reach import of_failure
from byom_gui.core.findings import Action, Finding
from byom_gui.core.observations import CertificateFacts, NetFailure
from tests.core.calls import JSON_TYPE, body, call, failed, findings, ids, result

CERTIFICATE = CertificateFacts(
    "models.example.org", ("models.example.org",), "Example CA", "2026-10-02", "2026-12-31", self_signed=False, sent=1
)


def _worded(id: str, subject: str, url: str = "http://m.example.org:8001/infer", **more: Any) -> Finding:
    failure = NetFailure(id, "http", "evidence", 1.0, subject=subject, **more)
    (finding,) = of_failure(failure, url)
    assert (finding.id, finding.severity, finding.subject) == (id, "error", subject)
    return finding


@pytest.mark.parametrize(
    ("subject", "url", "cause", "fix"),
    [
        ("http2", "http://m.example.org:8001/infer", "HTTP/2 without TLS (gRPC), not HTTP/1.1", "8000 instead of 8001"),
        ("http2", "https://m.example.org:8001/infer", "HTTP/2 (gRPC), not HTTP/1.1", "8000 instead of 8001"),
        ("tls", "http://m.example.org/infer", "TLS", "https:// instead"),
        ("http", "https://m.example.org/infer", "without TLS", "http:// instead"),
        ("ssh", "http://m.example.org:22/infer", "SSH", "port"),
        ("headless", "http://m.example.org/infer", "own code", "HTTP library"),
        ("alpn", "https://m.example.org/infer", "does not support HTTP/1.1", "HTTP port"),
        ("websocket", "http://m.example.org/infer", "WebSocket", "POST"),
        ("interim", "http://m.example.org/infer", "announce", "final response"),
        ("", "http://m.example.org/infer", "Another kind of program", "port"),
    ],
)
def test_another_protocol_is_named_and_nothing_is_said_of_a_crash(subject: str, url: str, cause: str, fix: str) -> None:
    finding = _worded("net.protocol", subject, url)
    assert cause in finding.cause
    assert fix in finding.fix
    assert not any(word in f"{finding.what} {finding.cause} {finding.fix}" for word in ("crash", "memory", "{"))


def test_the_other_scheme_is_one_click_away() -> None:
    assert _worded("net.protocol", "tls").action == Action(
        "set-endpoint", "https://m.example.org:8001/infer", "Use https://"
    )
    assert _worded("net.protocol", "http", "https://m.example.org/infer").action == Action(
        "set-endpoint", "http://m.example.org/infer", "Use http://"
    )
    assert _worded("net.protocol", "tls", "https://m.example.org/infer").action is None


@pytest.mark.parametrize("subject", ["undecodable", "unrequested", "unfinished", ""])
def test_a_response_that_does_not_match_its_headers_names_its_status(subject: str) -> None:
    finding = _worded("http.encoding", subject, status=200)
    assert finding.evidence == "HTTP 200; evidence"
    assert finding.fix


@pytest.mark.parametrize(
    ("subject", "cause"),
    [
        ("net.dns", "inside the server's own network"),
        ("net.refused", "svc.lan:9000 refused the connection"),
        ("net.timeout-connect", "cannot be reached from here"),
        ("tls.untrusted", "was redirected to svc.lan:9000 and failed there"),
    ],
)
def test_a_redirect_that_leads_nowhere_is_blamed_on_its_target(subject: str, cause: str) -> None:
    finding = _worded("net.redirect", subject, status=308, at="http://svc.lan:9000/infer/")
    assert finding.where == "http://m.example.org:8001/infer"
    assert finding.evidence == "evidence"
    assert "svc.lan:9000" in finding.what
    assert cause in finding.cause
    assert "http://m.example.org:8001/infer/." in finding.fix
    assert "--proxy-headers" in finding.fix
    assert finding.action == Action("set-endpoint", "http://m.example.org:8001/infer/", "Use this address")


@pytest.mark.parametrize(
    ("url", "target", "direct"),
    [
        ("http://h/models/infer?key=••••••••", "http://in/infer/", "http://h/models/infer/?key=••••••••"),
        ("http://h/infer/", "http://in/infer", "http://h/infer"),
        ("http://h/infer", "http://in/other/", ""),
        ("http://h/infer", "http://in/infer", ""),
    ],
)
def test_the_slash_of_a_redirect_is_proposed_where_it_is_all_that_changes(url: str, target: str, direct: str) -> None:
    finding = _worded("net.redirect", "net.dns", url, at=target)
    assert (finding.action.argument if finding.action else "") == direct
    assert ("responds without a redirect" in finding.fix) == (not direct)


def test_what_fails_behind_a_redirect_is_told_of_the_address_it_led_to() -> None:
    finding = _worded("net.timeout-read", "", at="http://other.example.org/infer", status=307)
    assert finding.where == "http://other.example.org/infer"


def test_a_required_client_certificate_is_a_finding_beside_an_untrusted_one() -> None:
    facts = replace(CERTIFICATE, client_certificate="the server requested one")
    first, second = of_failure(NetFailure("tls.untrusted", "tls", "", 1.0, facts), "https://m.example.org/infer")
    assert (first.id, second.id) == ("tls.untrusted", "tls.client-certificate")
    assert second.evidence == "the server requested one"
    (alone,) = of_failure(NetFailure("tls.client-certificate", "tls", "alert", 1.0, CERTIFICATE), "https://h/infer")
    assert alone.evidence == "alert"


@pytest.mark.parametrize(
    ("status", "headers", "raw", "expected"),
    [
        (400, (), b"<center>The plain HTTP request was sent to HTTPS port</center>", "net.protocol tls"),
        (400, (), b"Client sent an HTTP request to an HTTPS server.\n", "net.protocol tls"),
        (426, (("upgrade", "websocket"),), b"", "net.protocol websocket"),
        (400, (), b'Can "Upgrade" only to "WebSocket".', "net.protocol websocket"),
        (400, (), b"Bad Request\nwebsocket: the client is not using the websocket protocol", "net.protocol websocket"),
        (400, (("upgrade", "WebSocket"),), b"bad handshake", "net.protocol websocket"),
        (200, (), b"It looks like you are trying to access MongoDB over HTTP on the native driver port.", None),
        (400, (), b"<center>No required SSL certificate was sent</center>", "tls.client-certificate "),
        (403, (), b"Client certificate required", "tls.client-certificate "),
        (400, (), b"bad request", "http.status 400"),
        (400, (("upgrade", "h2c"),), b"", "http.status 400"),
    ],
)
def test_a_server_that_says_in_http_that_it_expects_something_else(
    status: int, headers: tuple[tuple[str, str], ...], raw: bytes, expected: str | None
) -> None:
    found = findings(raw=raw, status=status, headers=headers)
    if expected is None:
        assert "net.protocol" in ids(found)
    else:
        assert [f"{each.id} {each.subject}" for each in found] == [expected]
        assert str(status) in found[0].evidence


COMPRESSED: list[tuple[bytes, str]] = [
    (gzip.compress(b"{}", mtime=0), "gzip"),
    (zlib.compress(b"{}"), "deflate"),
    (zlib.compress(b"{}", 1), "deflate"),
    (zlib.compress(b"{}", 9), "deflate"),
    (b"\x28\xb5\x2f\xfd\x00", "zstd"),
]


@pytest.mark.parametrize(("raw", "name"), COMPRESSED)
def test_a_body_that_is_compressed_once_more_than_it_says(raw: bytes, name: str) -> None:
    (silent,) = findings(raw=raw)
    assert (silent.id, silent.subject) == ("http.encoding", "compressed")
    assert silent.evidence == f"There is no Content-Encoding, and it starts like {name}."
    (twice,) = findings(raw=raw, headers=(*JSON_TYPE, ("content-encoding", "gzip")))
    assert "Content-Encoding is gzip" in twice.evidence
    assert ids(findings(raw=raw, status=500)) == ["http.server-error"]


def test_bytes_after_the_end() -> None:
    def surplus(raw: bytes, length: str) -> Finding:
        seen = call(raw=raw, headers=(*JSON_TYPE, *((("content-length", length),) if length else ())))
        assert seen.reply is not None
        (finding,) = read_call(replace(seen, reply=replace(seen.reply, surplus=7))).findings
        assert (finding.id, finding.subject) == ("http.encoding", "surplus")
        return finding

    whole = json.dumps(body(result())).encode()
    after = surplus(whole, "130")
    assert (after.severity, after.evidence) == ("warning", "Content-Length is 130, and at least 7 more bytes followed.")
    assert surplus(whole[:-9], "121").severity == "error"
    assert surplus(whole, "").evidence.startswith("The last chunk came")


def test_a_call_knows_the_status_that_came_before_it_failed() -> None:
    assert call(status=418).status == 418
    assert failed(NetFailure("net.reset", "http", "", 1.0, status=200)).status == 200
    assert failed(NetFailure("net.reset", "http", "", 1.0)).status == 0
