"""The staged ping where it goes wrong: each place to fail over real sockets, what is told of it, and giving up."""

from __future__ import annotations

import contextlib
import datetime
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from byom_gui.core.cancel import CancelToken
from byom_gui.core.diagnosis import read_call
from byom_gui.core.endpoint import MASK, Auth, Endpoint, SecretRef, parse_address
from byom_gui.core.errors import Cancelled
from byom_gui.core.observations import Call, PingReport, Stage
from byom_gui.core.project import Settings
from byom_gui.sandbox.faults import FAULTS
from byom_gui.sandbox.model_server import ModelServer as BuiltIn
from byom_gui.services import images
from byom_gui.services.model_server import ModelServer
from tests.services.servers import Received, Scripted, raw, serving

GOOD = b'{"status": "succeeded", "results": [{"name": "a", "label": "a", "confidence": 0.5, "tag": {}}]}'
SETTINGS = Settings(connect_timeout=5, read_timeout=5)
SECRETS = {"basic": "p@ss wörd", "header": "hush/hush", "query": "shh & shh"}
LONG_AGO = datetime.datetime(2021, 3, 4, tzinfo=datetime.UTC)


def lookup(ref: SecretRef) -> str | None:
    return SECRETS[ref.kind]


def ping(url: str, settings: Settings = SETTINGS, server: ModelServer | None = None) -> PingReport:
    where = Endpoint(parse_address(url).address)
    sample = images.small_sample()
    return (server or ModelServer(lookup)).ping(where, settings, sample, CancelToken(), lambda stage: None)


def letters(report: PingReport) -> str:
    return "".join(stage.outcome[0] for stage in report.stages)


@contextlib.contextmanager
def black_hole() -> Iterator[str]:
    """An address whose queue of connections is full, so that the next one is never answered."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, contextlib.ExitStack() as held:
        for _ in range(4):
            filler = held.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/infer"


def test_a_connection_that_is_never_answered() -> None:
    with black_hole() as url:
        report = ping(url, replace(SETTINGS, connect_timeout=0.4))
    assert letters(report) == "pfnnnnn"
    assert report.failure is not None
    assert (report.failure.id, report.failure.stage) == ("net.timeout-connect", "tcp")
    assert "0.4 s" in report.stages[1].detail
    assert [stage.reason for stage in report.stages[2:]] == ["Connection failed."] * 5


@pytest.mark.parametrize(
    ("names", "expired", "own_ca", "finding"),
    [
        (("localhost",), True, True, "tls.expired"),
        (("elsewhere.example",), False, True, "tls.hostname"),
        (("localhost",), False, False, "tls.untrusted"),
    ],
)
def test_the_certificate_is_told_where_tls_fails(
    names: tuple[str, ...], expired: bool, own_ca: bool, finding: str, tmp_path: Path
) -> None:
    authority = trustme.CA(organization_name="Example Authority")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    leaf = authority.issue_cert(*names, common_name=names[0], not_after=LONG_AGO if expired else None)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    settings = replace(SETTINGS, ca_file=str(tmp_path / "ca.pem") if own_ca else "")
    with serving(lambda got: Scripted(body=GOOD), context, "localhost") as running:
        report = ping(running.url + "/infer", settings)
        unchecked = ping(running.url + "/infer", replace(settings, insecure=True))
        assert len(running.received) == 1  # nothing was sent where the certificate was refused
    assert letters(report) == "ppfnnnn"
    assert report.failure is not None
    assert report.failure.id == finding
    facts = report.failure.certificate
    assert facts is not None
    assert (facts.subject, facts.names, facts.issuer) == (names[0], names, "Example Authority")
    assert facts.valid_from <= facts.valid_to
    assert (facts.valid_to == "2021-03-04") == expired
    assert letters(unchecked) == "ppppppp"
    assert "not verified" in unchecked.stages[2].detail


def _mute(connection: socket.socket, over: threading.Event) -> None:
    over.wait(10)


@pytest.mark.parametrize(
    ("scheme", "expected", "finding"), [("http", "ppsfnnn", "net.timeout-read"), ("https", "ppfnnnn", "net.timeout")]
)
def test_a_server_that_takes_the_connection_and_says_nothing(scheme: str, expected: str, finding: str) -> None:
    with raw(_mute) as running:
        quick = replace(SETTINGS, connect_timeout=0.4, read_timeout=0.2)
        report = ping(f"{scheme}://127.0.0.1:{running.port}/infer", quick)
    assert letters(report) == expected
    assert report.failure is not None
    assert report.failure.id.startswith(finding)


@pytest.mark.parametrize(
    ("scripted", "expected", "words"),
    [
        (Scripted(405), "ppsfnnn", "POST"),
        (Scripted(body=GOOD[:40]), "ppsppfn", "JSON"),
        (Scripted(body=b""), "ppsppfn", "empty"),
        (Scripted(body=b'{"status": "succeeded", "results": [{"name": "a"}]}'), "ppspppf", "missing"),
        (Scripted(body=GOOD, headers=(("Content-Type", "text/plain"),)), "ppsfnnn", "its Content-Type says otherwise"),
        (Scripted(body=GOOD.replace(b"0.5", b"50")), "ppspppf", "percent"),
    ],
)
def test_the_stage_that_fails_says_why(scripted: Scripted, expected: str, words: str) -> None:
    with serving(lambda got: scripted) as running:
        report = ping(running.url + "/infer")
    assert letters(report) == expected
    assert words in next(stage.detail for stage in report.stages if stage.outcome == "failed")


@pytest.mark.parametrize(
    ("auth", "query", "words", "cause"),
    [
        (Auth(), "", "Credentials are required.", "none are set"),
        (Auth("lab"), "", "The credentials were rejected.", "is wrong"),
        (Auth("", "X-Key"), "", "The credentials were rejected.", "is wrong"),
        (Auth(), "?api_key=x", "The credentials were rejected.", "is wrong"),
    ],
)
@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (401, "application/json", b'{"detail": "no"}'),
        (401, "text/html", b"<title>Sign in</title>"),
        (403, "application/json", GOOD),
        (403, "text/plain", b""),
    ],
)
def test_a_server_that_refuses_to_answer_fails_the_stage_of_credentials(
    status: int, kind: str, body: bytes, auth: Auth, query: str, words: str, cause: str
) -> None:
    told: list[Stage] = []
    refusal = Scripted(status, body, (("Content-Type", kind), ("WWW-Authenticate", 'Basic realm="lab"')))
    with serving(lambda got: refusal) as running:
        where = Endpoint(parse_address(running.url + "/infer" + query).address, auth)
        report = ModelServer(lookup).ping(where, SETTINGS, images.small_sample(), CancelToken(), told.append)
    assert letters(report) == "ppspfnn"
    assert (report.stages[3].detail, report.stages[4].detail) == (str(status), words)
    assert [stage.reason for stage in report.stages[5:]] == ["Credentials failed."] * 2
    assert tuple(told) == report.stages
    assert len(running.received) == 1  # a refusal is not tried again
    assert report.failure is None
    assert report.call is not None
    (finding,) = read_call(report.call).findings
    assert (finding.id, finding.severity, cause in finding.cause) == ("auth.rejected", "error", True)
    assert f"HTTP {status}" in finding.evidence


def test_an_answer_that_keeps_the_contract_passes_it_and_what_it_says_is_told_beside() -> None:
    with BuiltIn(fault=FAULTS["status.failed"]) as running:
        report = ping(running.url)
    assert letters(report) == "ppspppp"
    assert "failed" in report.stages[-1].detail


def test_a_first_call_that_takes_long_is_tried_once_more_and_only_the_first() -> None:
    hold = threading.Event()
    with serving(lambda got: Scripted(body=GOOD, wait=hold)) as running:
        server = ModelServer(lookup)
        quick = replace(SETTINGS, read_timeout=0.15)
        first = ping(running.url + "/infer", quick, server)
        second = ping(running.url + "/infer", quick, server)
        hold.set()
        third = ping(running.url + "/infer", quick, server)
    assert [letters(each) for each in (first, second, third)] == ["ppsfnnn", "ppsfnnn", "ppspppp"]
    assert [each.call.attempts for each in (first, second, third) if each.call] == [2, 1, 1]
    assert [each.cold for each in (first, second, third)] == [True, False, False]
    assert len(running.received) == 4


def test_of_several_calls_at_once_one_is_the_first() -> None:
    together = threading.Barrier(3)

    def answer(got: Received) -> Scripted:
        together.wait(10)
        return Scripted(body=GOOD)

    calls: list[Call] = []
    with serving(answer) as running:
        where, server = Endpoint(parse_address(running.url + "/infer").address), ModelServer(lookup)

        def one() -> None:
            calls.append(server.infer(where, SETTINGS, images.small_sample(), CancelToken()))

        threads = [threading.Thread(target=one) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    assert sorted(call.first for call in calls) == [False, False, True]


def test_a_call_that_never_arrived_was_not_the_first() -> None:
    with serving(lambda got: Scripted(body=GOOD)) as running:
        url = running.url + "/infer"
    server = ModelServer(lookup)
    assert [ping(url, server=server).cold for _ in range(2)] == [True, True]
    where = Endpoint(parse_address(url).address)
    assert server.infer(where, SETTINGS, images.small_sample(), CancelToken()).failure is not None
    assert server.is_cold(where)


def _hold(arrived: threading.Event) -> Callable[[socket.socket, threading.Event], None]:
    def talk(connection: socket.socket, over: threading.Event) -> None:
        connection.recv(1)
        arrived.set()
        over.wait(10)

    return talk


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_cancel_frees_at_once_and_leaves_no_thread(scheme: str) -> None:
    arrived, cancel, at = threading.Event(), CancelToken(), [0.0]

    def stop() -> None:
        arrived.wait(10)
        at[0] = time.monotonic()
        cancel.cancel()

    stopper = threading.Thread(target=stop)
    stopper.start()
    told: list[Stage] = []
    with raw(_hold(arrived)) as running:
        where = Endpoint(parse_address(f"{scheme}://127.0.0.1:{running.port}/infer").address)
        with pytest.raises(Cancelled):
            ModelServer(lookup).ping(where, SETTINGS, images.small_sample(), cancel, told.append)
        freed = time.monotonic() - at[0]
        stopper.join(10)
        left = [thread for thread in threading.enumerate() if thread.name == "byom-detached"]
        for thread in left:
            thread.join(3)
        # the server still holds the connection: they ended because the socket was shut down
        assert not [thread for thread in left if thread.is_alive()]
    assert freed < 1
    assert [stage.name for stage in told] == ["dns", "tcp", "tls"][: 3 if scheme == "http" else 2]


def test_a_redirect_to_another_origin_gets_no_credentials() -> None:
    with serving(lambda got: Scripted(body=GOOD)) as other:
        moved = Scripted(307, headers=(("Location", other.url + "/infer"),))
        with serving(lambda got: moved) as running:
            address = parse_address(running.url + "/infer?api_key=x").address
            where = Endpoint(address, Auth("lab", "X-Key"))
            call = ModelServer(lookup).infer(where, SETTINGS, images.small_sample(), CancelToken())
    assert call.reply is not None
    (got,) = other.received
    assert not {"authorization", "x-key"} & set(got.headers)
    assert got.path == "/infer"
    assert got.body == running.received[0].body
    assert [hop.dropped_credentials for hop in call.redirects] == [True]


def test_a_redirect_that_carries_the_secret_away_is_not_followed() -> None:
    with serving(lambda got: Scripted(body=GOOD)) as other:

        def answer(got: Received) -> Scripted:
            return Scripted(307, headers=(("Location", other.url + got.path),))

        with serving(answer) as running:
            where = Endpoint(parse_address(running.url + "/infer?api_key=x").address)
            call = ModelServer(lookup).infer(where, SETTINGS, images.small_sample(), CancelToken())
    assert not other.received
    assert [hop.followed for hop in call.redirects] == [False]
    assert not any(form in repr(call) for form in ("shh & shh", "shh+%26+shh", "shh%20%26%20shh"))


def test_a_plain_value_of_the_query_is_a_part_of_the_address() -> None:
    body = json.dumps({"status": "succeeded", "results": [], "version": "2 of 2"}).encode()
    with serving(lambda got: Scripted(body=body)) as running:
        where = Endpoint(parse_address(running.url + "/infer?version=2&token=2").address)
        call = ModelServer(lambda ref: "2").infer(where, SETTINGS, images.small_sample(), CancelToken())
        plain = Endpoint(parse_address(running.url + "/infer?version=2").address)
        without = ModelServer(lambda ref: "2").infer(plain, SETTINGS, images.small_sample(), CancelToken())
    assert [got.path for got in running.received] == ["/infer?version=2&token=2", "/infer?version=2"]
    assert call.reply is not None
    assert call.reply.body == body
    assert call.readable is not None
    assert json.loads(call.readable.body)["version"] == f"{MASK} of {MASK}"
    assert call.request.url == f"{running.url}/infer?version=2&token={MASK}"
    assert '/infer?version=2&token=\'"$BYOM_ENDPOINT_SECRET"' in call.request.curl
    assert (without.masked, without.with_credentials) == (None, False)
    assert without.request.url == f"{running.url}/infer?version=2"
    assert f"{running.url}/infer?version=2'" in without.request.curl


def test_a_class_list_elsewhere_has_secrets_of_its_own() -> None:
    with serving(lambda got: Scripted(body=b"[]")) as other, serving(lambda got: Scripted(404)) as running:
        origin = parse_address(other.url).address.origin

        def of_origin(ref: SecretRef) -> str | None:
            return "theirs" if ref.origin == origin else "the endpoint's own"

        where = Endpoint(
            parse_address(running.url + "/infer?key=x").address,
            Auth("lab", "X-Key"),
            parse_address(other.url + "/labels?token=x").address,
        )
        seen = ModelServer(of_origin).classes(where, SETTINGS, CancelToken())
    (got,) = other.received
    assert got.path == "/labels?token=theirs"
    assert not {"authorization", "x-key"} & set(got.headers)
    assert "own" not in f"{got.path} {got.headers}"
    assert not running.received
    assert seen.tried == (where.classes,)
