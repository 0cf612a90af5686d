"""TLS against real handshakes on loopback: which finding a failure is, and what the certificate says."""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from byom_gui.core.cancel import CancelToken
from byom_gui.core.endpoint import Endpoint, parse_address
from byom_gui.core.errors import Cancelled, ImageError, InputError
from byom_gui.core.image import ImageRef
from byom_gui.core.observations import NetFailure
from byom_gui.core.project import Settings
from byom_gui.core.redact import Redactor
from byom_gui.services import failures, http, probe, second_look, tls
from byom_gui.services.model_server import ModelServer
from byom_gui.services.previewing import read_ref
from byom_gui.services.wire import HttpResult, Options, Outgoing
from tests.services.servers import Received, Scripted, Server, free_port, raw, serving

Talk = Callable[[socket.socket, threading.Event], None]
LONG_AGO = datetime.datetime(2021, 3, 4, tzinfo=datetime.UTC)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA(organization_name="Example Authority")


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return str(tmp_path / "ca.pem")


def _context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(made)
    return made


def _post(server: Server, options: Options) -> object:
    outgoing = Outgoing("POST", server.url + "/infer", body=b"{}")
    result = http.send(outgoing, options, Redactor(), CancelToken())
    return result.reply.status if result.reply else result.failure


def _shake(server: Server, options: Options) -> probe.Secured | NetFailure:
    resolved = probe.resolve(server.host, server.port, 5, CancelToken())
    assert isinstance(resolved, probe.Resolved)
    connected = probe.connect(resolved.addresses, server.port, 5, CancelToken())
    assert isinstance(connected, probe.Connected)
    return probe.handshake(connected, server.host, server.port, options, CancelToken())


def test_a_trusted_certificate(authority: trustme.CA, ca_file: str) -> None:
    context = _context(authority.issue_cert("localhost", "127.0.0.1"))
    with serving(lambda got: Scripted(), context, "localhost") as server:
        assert _post(server, Options(ca_file=ca_file)) == 200
        shaken = _shake(server, Options(ca_file=ca_file))
    assert isinstance(shaken, probe.Secured)
    assert shaken.version.startswith("TLSv1.")
    assert shaken.certificate is not None
    assert shaken.certificate.names == ("localhost", "127.0.0.1")
    assert shaken.certificate.issuer == "Example Authority"
    assert shaken.certificate.matches_host
    assert not shaken.certificate.self_signed
    assert not shaken.certificate.expired
    assert shaken.certificate.sent == 1


@pytest.mark.parametrize(
    ("names", "expired", "trusted", "finding", "word"),
    [
        (("localhost",), True, True, "tls.expired", "2021-03-04"),
        (("elsewhere.example",), False, True, "tls.hostname", "elsewhere.example"),
        (("localhost",), False, False, "tls.untrusted", "Example Authority"),
    ],
)
def test_certificates_that_are_refused(
    authority: trustme.CA,
    ca_file: str,
    names: tuple[str, ...],
    expired: bool,
    trusted: bool,
    finding: str,
    word: str,
) -> None:
    certificate = authority.issue_cert(*names, not_after=LONG_AGO if expired else None)
    options = Options(ca_file=ca_file if trusted else "")
    with serving(lambda got: Scripted(), _context(certificate), "localhost") as server:
        for failure in (_post(server, options), _shake(server, options)):
            assert isinstance(failure, NetFailure)
            assert (failure.id, failure.stage) == (finding, "tls")
            assert word in failure.detail
            assert failure.certificate is not None
            assert failure.certificate.expired == expired
            assert failure.certificate.matches_host == (names == ("localhost",))
        assert not server.received
        assert _post(server, Options(insecure=True)) == 200
        assert isinstance(_shake(server, Options(insecure=True)), probe.Secured)


def test_a_missing_issuer_is_told(authority: trustme.CA, ca_file: str) -> None:
    middle = authority.create_child_ca()
    leaf = middle.issue_cert("localhost")
    alone = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with leaf.private_key_pem.tempfile() as key, leaf.cert_chain_pems[0].tempfile() as only:
        alone.load_cert_chain(only, key)
    with serving(lambda got: Scripted(), alone, "localhost") as server:
        failure = _shake(server, Options(ca_file=ca_file))
    assert isinstance(failure, NetFailure)
    assert failure.id == "tls.untrusted"
    assert "does not send the certificate of the issuer" in failure.detail
    assert failure.certificate is not None
    assert tls.issuer_is_missing(failure.certificate)
    with serving(lambda got: Scripted(), _context(leaf), "localhost") as server:
        whole = _shake(server, Options(ca_file=ca_file))
    assert isinstance(whole, probe.Secured)
    assert whole.certificate is not None
    assert whole.certificate.sent == 2


def test_a_chain_up_to_a_root_that_is_not_trusted(authority: trustme.CA) -> None:
    context, leaf = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), authority.issue_cert("localhost")
    chain = leaf.cert_chain_pems[0].bytes() + authority.cert_pem.bytes()
    with trustme.Blob(chain).tempfile() as certificates, leaf.private_key_pem.tempfile() as key:
        context.load_cert_chain(certificates, key)
    with serving(lambda got: Scripted(), context, "localhost") as server:
        failure = _shake(server, Options())
    assert isinstance(failure, NetFailure)
    assert failure.id == "tls.untrusted"
    assert "a certificate in its chain is self-signed" in failure.detail


def test_a_certificate_signed_by_itself(authority: trustme.CA, tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    (tmp_path / "both.pem").write_bytes(authority.private_key_pem.bytes() + authority.cert_pem.bytes())
    context.load_cert_chain(tmp_path / "both.pem")
    with serving(lambda got: Scripted(), context, "localhost") as server:
        failure = _shake(server, Options())
    assert isinstance(failure, NetFailure)
    assert failure.id == "tls.untrusted"
    assert "self-signed" in failure.detail
    assert failure.certificate is not None
    assert failure.certificate.self_signed


def _plain(connection: socket.socket, over: threading.Event) -> None:
    connection.recv(100)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    over.wait(10)


def _hang_up(connection: socket.socket, over: threading.Event) -> None:
    connection.recv(65536)


def _silent(connection: socket.socket, over: threading.Event) -> None:
    over.wait(10)


@pytest.mark.parametrize(
    ("talk", "finding", "word"), [(_plain, "net.protocol", "HTTP/1.1 400"), (_hang_up, "tls.handshake", "handshake")]
)
def test_what_is_no_tls(talk: Talk, finding: str, word: str) -> None:
    with raw(talk) as server:
        server.scheme = "https"
        for failure in (_post(server, Options()), _shake(server, Options())):
            assert isinstance(failure, NetFailure)
            assert (failure.id, failure.stage) == (finding, "tls")
            assert word in failure.detail


def test_a_handshake_that_never_ends() -> None:
    with raw(_silent) as server:
        server.scheme = "https"
        options = Options(connect_timeout=0.3)
        for failure in (_post(server, options), _shake(server, options)):
            assert isinstance(failure, NetFailure)
            assert (failure.id, failure.stage) == ("net.timeout-connect", "tls")


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_ca_file_that_is_none(tmp_path: Path, content: str | None) -> None:
    place = tmp_path / "mine.pem"
    if content is not None:
        place.write_text(content)
    with pytest.raises(InputError, match=r"mine\.pem"):
        http.send(Outgoing("GET", "https://127.0.0.1:1/"), Options(ca_file=str(place)), Redactor(), CancelToken())


def test_a_name_that_does_not_resolve() -> None:
    failure = probe.resolve("no-such-name.invalid", 80, 10, CancelToken())
    assert isinstance(failure, NetFailure)
    assert failure.id == "net.dns"


def test_a_name_look_up_that_hangs_can_be_left(monkeypatch: pytest.MonkeyPatch) -> None:
    hold = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **named: hold.wait(10) and [])
    slow = probe.resolve("slow.example", 80, 0.1, CancelToken())
    assert isinstance(slow, NetFailure)
    assert (slow.id, "0.1 s" in slow.detail) == ("net.dns", True)
    cancel = CancelToken()
    threading.Timer(0.1, cancel.cancel).start()
    with pytest.raises(Cancelled):
        probe.resolve("slow.example", 80, 60, cancel)
    hold.set()


def test_the_next_address_is_tried() -> None:
    with serving(lambda got: Scripted()) as server:
        connected = probe.connect(("127.0.0.2", "127.0.0.1"), server.port, 5, CancelToken())
        assert isinstance(connected, probe.Connected)
        connected.connection.close()
    assert connected.address == "127.0.0.1"
    failure = probe.connect(("127.0.0.1",), free_port(), 5, CancelToken())
    assert isinstance(failure, NetFailure)
    assert failure.id == "net.refused"


@pytest.mark.parametrize(
    ("name", "host", "covers"),
    [
        ("model.example", "MODEL.example.", True),
        ("*.example.org", "a.example.org", True),
        ("*.example.org", "a.b.example.org", False),
        ("*.example.org", "example.org", False),
        ("10.0.0.1", "10.0.0.1", True),
        ("::1", "0:0:0:0:0:0:0:1", True),
        ("10.0.0.1", "model.example", False),
    ],
)
def test_which_names_a_certificate_covers(name: str, host: str, covers: bool) -> None:
    assert tls.name_matches(name, host) == covers


def _asking(authority: trustme.CA, newest: ssl.TLSVersion, mode: ssl.VerifyMode) -> ssl.SSLContext:
    context = _context(authority.issue_cert("127.0.0.1"))
    context.maximum_version = newest
    context.verify_mode = mode
    authority.configure_trust(context)
    return context


VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


@pytest.mark.parametrize("newest", VERSIONS)
def test_a_client_certificate_is_required(authority: trustme.CA, ca_file: str, newest: ssl.TLSVersion) -> None:
    with serving(lambda got: Scripted(), _asking(authority, newest, ssl.CERT_REQUIRED)) as server:
        for options in (Options(ca_file=ca_file), Options(insecure=True)):
            for failure in (_post(server, options), _shake(server, options)):
                assert isinstance(failure, NetFailure)
                assert (failure.id, failure.stage, failure.status) == ("tls.client-certificate", "tls", 0)
                assert "CERTIFICATE_REQUIRED" in failure.detail or "HANDSHAKE_FAILURE" in failure.detail
        for failure in (_post(server, Options()), _shake(server, Options())):
            assert isinstance(failure, NetFailure)
            assert failure.id == "tls.untrusted"
            assert failure.certificate is not None
            assert failure.certificate.issuer == "Example Authority"
            assert "requested a client certificate" in failure.certificate.client_certificate
    assert not server.received


@pytest.mark.parametrize("newest", VERSIONS)
def test_a_client_certificate_that_is_optional_is_no_failure(
    authority: trustme.CA, ca_file: str, newest: ssl.TLSVersion
) -> None:
    with serving(lambda got: Scripted(), _asking(authority, newest, ssl.CERT_OPTIONAL)) as server:
        assert _post(server, Options(ca_file=ca_file)) == 200
        assert isinstance(_shake(server, Options(ca_file=ca_file)), probe.Secured)


def _take(secured: ssl.SSLSocket) -> None:
    secured.recv(65536)


def _secured(context: ssl.SSLContext, after: Callable[[ssl.SSLSocket], None]) -> Talk:
    def talk(connection: socket.socket, over: threading.Event) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            after(secured)

    return talk


def test_a_server_that_asks_and_hangs_up_without_a_word_requires_it_too(authority: trustme.CA, ca_file: str) -> None:
    context = _asking(authority, ssl.TLSVersion.TLSv1_3, ssl.CERT_OPTIONAL)
    with raw(_secured(context, lambda secured: None)) as server:
        server.scheme = "https"
        for failure in (_post(server, Options(ca_file=ca_file)), _shake(server, Options(ca_file=ca_file))):
            assert isinstance(failure, NetFailure)
            assert failure.id == "tls.client-certificate"
            assert "requested a client certificate" in failure.detail


@pytest.mark.parametrize("after", [_take, lambda secured: None])
def test_a_server_that_asks_for_none_and_hangs_up_is_not_accused_of_it(
    authority: trustme.CA, ca_file: str, after: Callable[[ssl.SSLSocket], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_look, "_LISTEN", 1.0)
    context = _context(authority.issue_cert("127.0.0.1"))
    with raw(_secured(context, after)) as server:
        server.scheme = "https"
        failure = _post(server, Options(ca_file=ca_file))
        assert isinstance(failure, NetFailure)
        assert failure.id == "net.reset"
        assert isinstance(_shake(server, Options(ca_file=ca_file)), probe.Secured)


def test_http2_alone_over_tls(authority: trustme.CA, ca_file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_look, "_LISTEN", 2.5)
    frame = bytes.fromhex("00000c040000000000000300000064000400100000")
    context = _context(authority.issue_cert("127.0.0.1"))
    with raw(_secured(context, lambda secured: secured.sendall(frame))) as server:
        server.scheme = "https"
        failure = _post(server, Options(ca_file=ca_file))
    assert isinstance(failure, NetFailure)
    assert (failure.id, failure.subject) == ("net.protocol", "http2")


@pytest.mark.parametrize(
    ("text", "reason", "finding", "subject"),
    [
        ("[SSL] tlsv1 alert no application protocol (_ssl.c:1006)", None, "net.protocol", "alpn"),
        ("alert", "TLSV1_ALERT_NO_APPLICATION_PROTOCOL", "net.protocol", "alpn"),
        ("[SSL] tlsv13 alert certificate required (_ssl.c:2580)", None, "tls.client-certificate", ""),
        ("alert", "SSLV3_ALERT_HANDSHAKE_FAILURE", "tls.handshake", ""),
        ("nothing that is known", None, "tls.handshake", ""),
    ],
)
def test_an_alert_is_known_by_its_name_or_its_text(text: str, reason: str | None, finding: str, subject: str) -> None:
    error = ssl.SSLError(1, text)
    if reason:
        error.reason = reason
    failure = failures.from_exception(error, "tls", "https", Options(), 0.1)
    assert (failure.id, failure.subject, failure.stage) == (finding, subject, "tls")


STATUSES = (301, 302, 303, 307, 308)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize("status", STATUSES)
def test_no_redirect_leads_from_https_to_http(authority: trustme.CA, ca_file: str, method: str, status: int) -> None:
    context = _context(authority.issue_cert("localhost"))
    outgoing = Outgoing(method, "", body=b"{}" if method == "POST" else None)
    with serving(lambda got: Scripted(), host="localhost") as plain:
        moved = Scripted(status, headers=(("Location", plain.url + "/infer"),))
        with serving(lambda got: moved, context, "localhost") as secure:
            url = secure.url + "/infer"
            result = http.send(replace(outgoing, url=url), Options(ca_file=ca_file), Redactor(), CancelToken())
    assert result.reply is not None
    assert result.reply.status == status
    assert [(hop.to, hop.followed) for hop in result.redirects] == [(plain.url + "/infer", False)]
    assert (len(secure.received), plain.received) == (1, [])


def test_no_redirect_leads_from_https_to_http_by_a_detour(authority: trustme.CA, ca_file: str) -> None:
    context = _context(authority.issue_cert("localhost"))
    with serving(lambda got: Scripted(), host="localhost") as plain:
        down = Scripted(308, headers=(("Location", plain.url + "/infer"),))
        with serving(lambda got: down, context, "localhost") as second:
            across = Scripted(307, headers=(("Location", second.url + "/infer"),))
            with serving(lambda got: across, context, "localhost") as first:
                status = _post(first, Options(ca_file=ca_file))
    assert (status, len(second.received), plain.received) == (308, 1, [])


def test_a_redirect_from_http_to_https_is_followed(authority: trustme.CA, ca_file: str) -> None:
    with serving(lambda got: Scripted(), _context(authority.issue_cert("localhost")), "localhost") as secure:
        up = Scripted(307, headers=(("Location", secure.url + "/infer"),))
        with serving(lambda got: up) as plain:
            assert _post(plain, Options(ca_file=ca_file)) == 200
    assert [got.body for got in secure.received] == [b"{}"]


@pytest.mark.parametrize("status", STATUSES)
def test_neither_a_class_list_nor_an_image_is_fetched_over_http_instead_of_https(
    authority: trustme.CA, ca_file: str, status: int
) -> None:
    def trusting(outgoing: Outgoing, options: Options, redactor: Redactor, cancel: CancelToken) -> HttpResult:
        return http.send(outgoing, replace(options, ca_file=ca_file), redactor, cancel)

    context = _context(authority.issue_cert("localhost"))
    with serving(lambda got: Scripted(body=b'["bolt"]'), host="localhost") as plain:

        def answer(got: Received) -> Scripted:
            return Scripted(status, headers=(("Location", plain.url + got.path),))

        with serving(answer, context, "localhost") as secure:
            where = Endpoint(parse_address(secure.url + "/infer").address)
            seen = ModelServer(lambda ref: None, trusting).classes(where, Settings(), CancelToken())
            picture = ImageRef("far", "url", secure.url + "/bolt.png", "bolt.png")
            with pytest.raises(ImageError, match=f"status {status}"):
                read_ref(picture, Settings(), CancelToken(), trusting)
    assert (seen.call.status, [hop.followed for hop in seen.call.redirects]) == (status, [False])
    assert [got.path for got in secure.received] == ["/classes", "/api/classes", "/bolt.png"]
    assert plain.received == []
