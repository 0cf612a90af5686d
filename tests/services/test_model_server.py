"""Ping, inference and classes against real servers on loopback; requests as they are shown."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from byom_gui.core.cancel import CancelToken
from byom_gui.core.endpoint import MASK, Auth, Endpoint, SecretRef, parse_address
from byom_gui.core.errors import Cancelled
from byom_gui.core.image import ImageSource
from byom_gui.core.observations import PING_STAGES, NetFailure, PingReport, Reply, Stage
from byom_gui.core.project import Settings
from byom_gui.core.redact import Redactor
from byom_gui.services import images
from byom_gui.services.model_server import ModelServer
from byom_gui.services.wire import HttpResult, Options, Outgoing
from tests.limits import PROCESS
from tests.services.servers import Received, Scripted, Server, free_port, serving

GOOD = b'{"status": "succeeded", "results": [{"name": "a", "label": "a", "confidence": 0.5, "tag": {}}]}'
SETTINGS = Settings(connect_timeout=5, read_timeout=5)
NO_AUTH = Auth()
SECRETS = {"basic": "p@ss wörd", "header": "hush/hush", "query": "a b&c"}


def lookup(ref: SecretRef) -> str | None:
    return SECRETS[ref.kind]


def nothing(ref: SecretRef) -> str | None:
    return None


def endpoint(server: Server, path: str = "/api/infer", auth: Auth = NO_AUTH) -> Endpoint:
    return Endpoint(parse_address(server.url + path).address, auth)


@pytest.fixture
def sample() -> ImageSource:
    return images.small_sample()


def ping(server: ModelServer, where: Endpoint, sample: ImageSource, settings: Settings = SETTINGS) -> PingReport:
    told: list[Stage] = []
    report = server.ping(where, settings, sample, CancelToken(), told.append)
    assert tuple(told) == report.stages
    assert tuple(stage.name for stage in told) == PING_STAGES
    return report


def outcomes(report: PingReport) -> str:
    """One letter a stage: passed, failed, skipped, not-reached."""
    return "".join(stage.outcome[0] for stage in report.stages)


def test_a_ping_that_passes(sample: ImageSource) -> None:
    with serving(lambda got: Scripted(body=GOOD)) as running:
        server = ModelServer(nothing)
        first = ping(server, endpoint(running), sample)
        second = ping(server, endpoint(running), sample)
    assert outcomes(first) == "ppspppp"
    assert first.passed
    assert (first.cold, second.cold) == (True, False)
    assert first.call is not None
    assert second.call is not None
    assert (first.call.first, second.call.first, first.call.sample) == (True, False, True)
    assert first.addresses == ("127.0.0.1",)
    assert all(stage.milliseconds is not None for stage in first.stages if stage.outcome == "passed")
    assert json.loads(running.received[0].body) == {"image": {"base64": base64.b64encode(sample.data).decode()}}


@pytest.mark.parametrize(
    ("scripted", "letters"),
    [
        (Scripted(404), "ppsfnnn"),
        (Scripted(500), "ppsfnnn"),
        (Scripted(body=b"<html></html>", headers=(("Content-Type", "text/html"),)), "ppsfnnn"),
        (Scripted(401), "ppspfnn"),
        (Scripted(403), "ppspfnn"),
        (Scripted(body=b"{'status': None}"), "ppsppfn"),
        (Scripted(body=b'{"status": "ok"}'), "ppspppf"),
    ],
)
def test_where_a_ping_stops(scripted: Scripted, letters: str, sample: ImageSource) -> None:
    with serving(lambda got: scripted) as running:
        report = ping(ModelServer(nothing), endpoint(running), sample)
    assert outcomes(report) == letters
    failed = next(stage for stage in report.stages if stage.outcome == "failed")
    assert failed.detail
    assert not report.passed


def test_pings_that_never_reach_http(sample: ImageSource) -> None:
    server = ModelServer(nothing)
    refused = Endpoint(parse_address(f"http://127.0.0.1:{free_port()}/infer").address)
    unknown = Endpoint(parse_address("http://no-such-name.invalid/infer").address)
    for where, letters, finding in ((refused, "pfnnnnn", "net.refused"), (unknown, "fnnnnnn", "net.dns")):
        report = ping(server, where, sample)
        assert outcomes(report) == letters
        assert report.failure is not None
        assert report.failure.id == finding
        assert report.call is None


def test_a_ping_over_tls(sample: ImageSource, tmp_path: Path) -> None:
    import ssl

    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with serving(lambda got: Scripted(body=GOOD), context, "localhost") as running:
        server = ModelServer(nothing)
        untrusted = ping(server, endpoint(running), sample)
        trusted = ping(server, endpoint(running), sample, replace(SETTINGS, ca_file=str(tmp_path / "ca.pem")))
    assert outcomes(untrusted) == "ppfnnnn"
    assert untrusted.failure is not None
    assert untrusted.failure.id == "tls.untrusted"
    assert outcomes(trusted) == "ppppppp"


def test_a_ping_through_a_proxy_skips_what_the_proxy_does(sample: ImageSource) -> None:
    with serving(lambda got: Scripted(body=GOOD)) as proxy:
        where = Endpoint(parse_address("http://model.invalid/infer").address)
        report = ping(ModelServer(nothing), where, sample, replace(SETTINGS, proxy=proxy.url))
    assert outcomes(report) == "ssspppp"


def test_a_ping_can_be_cancelled(sample: ImageSource) -> None:
    arrived, hold, cancel = threading.Event(), threading.Event(), CancelToken()

    def answer(got: Received) -> Scripted:
        arrived.set()
        return Scripted(body=GOOD, wait=hold)

    def stop() -> None:
        arrived.wait(10)
        cancel.cancel()

    threading.Thread(target=stop, daemon=True).start()
    with serving(answer) as running, pytest.raises(Cancelled):
        ModelServer(nothing).ping(endpoint(running), SETTINGS, sample, cancel, lambda stage: None)
    hold.set()


@pytest.mark.parametrize(
    ("auth", "query", "expected"),
    [
        (Auth(), "", {}),
        (Auth("lab", ""), "", {"authorization": "Basic " + base64.b64encode("lab:p@ss wörd".encode()).decode()}),
        (Auth("", "X-Key"), "", {"x-key": "hush/hush"}),
        (Auth("lab", "X-Key"), "?key=1", {"authorization": "Basic bGFiOnBAc3Mgd8O2cmQ=", "x-key": "hush/hush"}),
        (Auth("lab", "Authorization"), "", {"authorization": "hush/hush"}),
    ],
)
def test_every_kind_of_auth(auth: Auth, query: str, expected: dict[str, str], sample: ImageSource) -> None:
    def echo(got: Received) -> Scripted:
        return Scripted(body=json.dumps([got.headers, got.path]).encode())

    with serving(echo) as running:
        where = endpoint(running, "/api/infer" + query, auth)
        call = ModelServer(lookup).infer(where, SETTINGS, sample, CancelToken())
    got = running.received[0]
    assert {name: got.headers[name] for name in ("authorization", "x-key") if name in got.headers} == expected
    assert got.path == "/api/infer" + ("?key=a+b%26c" if query else "")
    assert call.with_credentials == bool(expected or query)
    assert call.reply is not None
    assert call.readable is not None
    assert got.headers["host"] in call.reply.body.decode()
    told = f"{call} {call.readable.body!r} {call.request.curl}"
    for secret in (*SECRETS.values(), "a+b%26c", "bGFiOnBAc3Mgd8O2cmQ="):
        assert secret not in told
    assert (MASK in str(call.request)) == bool(expected or query)


def test_wrong_and_no_credentials_are_probes(sample: ImageSource) -> None:
    with serving(lambda got: Scripted(body=GOOD)) as running:
        where = endpoint(running, "/infer?key=1", Auth("lab", "X-Key"))
        server = ModelServer(lookup)
        server.infer(where, SETTINGS, sample, CancelToken(), purpose="wrong-credentials")
        server.infer(where, SETTINGS, sample, CancelToken(), purpose="no-credentials")
        assert server.is_cold(where)
    wrong, none = running.received
    assert wrong.headers["x-key"].startswith("wrong-on-purpose-")
    assert "authorization" in wrong.headers
    assert none.path == "/infer?key="
    assert not {"x-key", "authorization"} & set(none.headers)
    for got in (wrong, none):
        assert not any(secret in f"{got.headers} {got.path}" for secret in SECRETS.values())


class Slow:
    """A sender that runs out of time so many times, and notes how long it was told to wait."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.waits: list[float] = []

    def __call__(self, request: Outgoing, options: Options, redactor: Redactor, cancel: CancelToken) -> HttpResult:
        self.waits.append(options.read_timeout)
        if len(self.waits) <= self.times:
            return HttpResult(None, NetFailure("net.timeout-read", "http", "slow", 1.0), 1000.0)
        return HttpResult(Reply(200, (), GOOD), None, 10.0)


@pytest.mark.parametrize(
    ("read_timeout", "times", "waits", "attempts"),
    [(5, 1, [5, 20], 2), (30, 1, [30, 60], 2), (90, 1, [90, 90], 2), (5, 2, [5, 20], 2), (5, 0, [5], 1)],
)
def test_the_first_call_alone_is_repeated(
    read_timeout: float, times: int, waits: list[float], attempts: int, sample: ImageSource
) -> None:
    sender = Slow(times)
    server = ModelServer(nothing, sender)
    where = Endpoint(parse_address("http://127.0.0.1:9/infer").address)
    settings = replace(SETTINGS, read_timeout=read_timeout)
    call = server.infer(where, settings, sample, CancelToken())
    assert (sender.waits, call.attempts, call.first) == (waits, attempts, True)
    if times == 2:
        assert call.failure is not None
        assert "more time" in call.failure.detail
        assert call.milliseconds == 2000
    sender.times, sender.waits = 9, []
    late = server.infer(where, settings, sample, CancelToken())
    assert (len(sender.waits), late.attempts, late.first) == (1, 1, False)


def classes_from(paths: dict[str, Scripted], path: str = "/v1/infer", **more: str) -> tuple[str, int, list[str]]:
    """Where the class list was found, the status there, and the paths that were asked."""

    def answer(got: Received) -> Scripted:
        return paths.get(got.path, Scripted(404))

    with serving(answer) as running:
        where = endpoint(running, path)
        if more:
            where = replace(where, classes=parse_address(running.url + more["classes"]).address)
        seen = ModelServer(nothing).classes(where, SETTINGS, CancelToken())
    assert seen.call.reply is not None
    return seen.address.path, seen.call.reply.status, [got.path for got in running.received]


def test_the_class_list_is_searched_for() -> None:
    rows = Scripted(body=b'[{"name": "a", "type": "tag"}]')
    asked = ["/v1/classes", "/classes", "/api/classes"]
    assert classes_from({"/v1/classes": rows}) == ("/v1/classes", 200, asked[:1])
    assert classes_from({"/classes": rows}) == ("/classes", 200, asked[:2])
    assert classes_from({"/api/classes": rows}) == ("/api/classes", 200, asked)
    assert classes_from({}) == ("/v1/classes", 404, asked)
    assert classes_from({"/classes": Scripted(body=b"<html>")}) == ("/v1/classes", 404, asked)
    assert classes_from({"/v1/classes": Scripted(401)}) == ("/v1/classes", 401, asked[:1])
    assert classes_from({"/classes": rows}, classes="/labels") == ("/labels", 404, ["/labels"])


def test_credentials_stay_with_the_endpoints_origin() -> None:
    with serving(lambda got: Scripted(body=b"[]")) as other, serving(lambda got: Scripted(body=b"[]")) as running:
        where = endpoint(running, "/infer", Auth("lab", "X-Key"))
        server = ModelServer(lookup)
        server.classes(where, SETTINGS, CancelToken())
        server.classes(replace(where, classes=parse_address(other.url + "/classes").address), SETTINGS, CancelToken())
    assert {"authorization", "x-key"} <= set(running.received[0].headers)
    assert not {"authorization", "x-key"} & set(other.received[0].headers)


@pytest.mark.parametrize("way", ["base64", "url", "signed"])
def test_the_curl_line_works_when_pasted(way: str, sample: ImageSource, tmp_path: Path) -> None:
    assert shutil.which("curl")
    image = replace(sample, name="it's a test.png")
    (tmp_path / image.name).write_bytes(image.data)
    url = "" if way == "base64" else "https://pictures.example/a.png" + ("?sig=x" if way == "signed" else "")
    with serving(lambda got: Scripted(body=GOOD)) as running:
        where = endpoint(running, "/in fer".replace(" ", "%20") + "?key=1", Auth("lab", "X-Key"))
        server = ModelServer(lookup)
        line = server.request_shown(
            where, SETTINGS, image, way="base64" if way == "base64" else "url", image_url=url
        ).curl
        server.infer(where, SETTINGS, image, CancelToken(), way="base64" if way == "base64" else "url", image_url=url)
        environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "BYOM_ENDPOINT_PASSWORD": SECRETS["basic"],
            "BYOM_ENDPOINT_SECRET": SECRETS["header"],
            "IMAGE_URL": url,
        }
        done = subprocess.run(
            ["sh", "-c", line], cwd=tmp_path, env=environment, capture_output=True, timeout=PROCESS, check=False
        )
    assert done.returncode == 0, done.stderr
    ours, pasted = running.received
    assert json.loads(pasted.body) == json.loads(ours.body)
    for name in ("authorization", "x-key", "content-type"):
        assert pasted.headers[name] == ours.headers[name]
    assert pasted.path == "/in%20fer?key=" + SECRETS["header"]
    assert "sig=x" not in line


def test_the_signature_of_an_images_address_comes_back_masked(sample: ImageSource) -> None:
    def echo(got: Received) -> Scripted:
        return Scripted(500, got.body)

    url = "https://reader:pass%20word@pictures.example/a.png?w=2&sig=0123456789abcdef"
    with serving(echo) as running:
        server, where = ModelServer(nothing), endpoint(running)
        call = server.infer(where, SETTINGS, sample, CancelToken(), way="url", image_url=url)
    assert json.loads(running.received[0].body) == {"image": {"url": url}}
    assert call.reply is not None
    assert b"w=2" in call.reply.body
    assert call.reply.body == running.received[0].body
    assert call.readable is not None
    told = f"{call!r} {call.readable.body!r} {call.request.curl}"
    assert "0123456789abcdef" not in told
    assert "pass%20word" not in told
    assert "$IMAGE_URL" in call.request.curl


def test_a_shown_request_is_short(sample: ImageSource) -> None:
    where = Endpoint(parse_address("https://model.example/infer?key=1").address, Auth("lab", ""))
    settings = replace(SETTINGS, insecure=True, proxy="http://proxy.example:3128")
    shown = ModelServer(lookup).request_shown(where, settings, sample)
    assert shown.url == f"https://model.example/infer?key={MASK}"
    assert dict(shown.headers)["Authorization"] == f"Basic {MASK}"
    assert " more" in shown.body
    assert len(shown.body) < 80
    assert shown.body_bytes > len(sample.data)
    assert "--insecure" in shown.curl
    assert "--proxy http://proxy.example:3128" in shown.curl
    private = replace(settings, proxy="http://lab:hush@proxy.example:3128")
    curl = ModelServer(lookup).request_shown(where, private, sample).curl
    assert '--proxy "$PROXY_URL"' in curl
    assert "hush" not in curl
    signed = ModelServer(lookup).request_shown(where, SETTINGS, sample, way="url", image_url="https://x.example/a?s=1")
    assert signed.body == f'{{"image": {{"url": "https://x.example/a?{MASK}"}}}}'
