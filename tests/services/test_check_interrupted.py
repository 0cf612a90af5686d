"""A server that changes in the middle of a check: whatever the call, the report says so, and accuses nobody else."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from byom_gui.core.cancel import CancelToken
from byom_gui.core.diagnosis.probes import BROKEN
from byom_gui.core.endpoint import Auth, Endpoint, SecretRef, parse_address
from byom_gui.core.image import ImageSource
from byom_gui.core.observations import NetFailure, Reply, Variant
from byom_gui.core.project import Settings
from byom_gui.core.redact import Redactor
from byom_gui.core.report import CheckReport
from byom_gui.services import call_gate, checkup, images, variants
from byom_gui.services.model_server import ModelServer
from byom_gui.services.wire import HttpResult, Options, Outgoing

JSON = (("content-type", "application/json"),)
BOX = {"name": "bolt", "label": "bolt", "confidence": 0.8, "bounding_box": {"x": 2, "y": 3, "w": 9, "h": 7}}
GOOD = json.dumps({"status": "succeeded", "results": [BOX]}).encode()
LIST = b'[{"name": "bolt", "type": "bounding_box"}]'
REFUSED = NetFailure("net.refused", "tcp", "nothing listens on that port", 0.0)
RESET = NetFailure("net.reset", "http", "the connection broke: reset", 0.0)
TIMEOUT = NetFailure("net.timeout-read", "http", "no whole answer within the time: 5.0 s", 5.0)
PAGE = Reply(200, (("content-type", "text/html"),), b"<html><title>Tunnel limit</title></html>")
LIMIT = Reply(429, (*JSON, ("retry-after", "0")), b'{"error": "slow down"}')
UNAVAILABLE = Reply(503, (*JSON, ("retry-after", "0")), b'{"error": "busy"}')
EXPIRED = Reply(401, JSON, b'{"error": "token expired"}')
MEMORY = Reply(500, JSON, b'{"detail": "CUDA out of memory"}')
GARBLED = Reply(200, JSON, b'{"error": "worker is gone"}')

Outcome = Reply | NetFailure


class Server:
    """Answers without a network: as a sound server, but for the calls that ``wrong`` names by their number."""

    def __init__(self, wrong: Callable[[int, Outgoing], Outcome | None]) -> None:
        self.wrong = wrong
        self.sent: list[Outgoing] = []
        self.before: Callable[[int], None] = lambda number: None

    def __call__(self, request: Outgoing, options: Options, scrub: Redactor, cancel: CancelToken) -> HttpResult:
        self.sent.append(request)
        self.before(len(self.sent))
        outcome = self.wrong(len(self.sent), request) or sound(request)
        if isinstance(outcome, NetFailure):
            return HttpResult(None, outcome, 1.0)
        return HttpResult(outcome, None, 1.0)


def sound(request: Outgoing) -> Reply:
    """What a good server says."""
    if request.method == "GET":
        return Reply(200, JSON, LIST)
    if not any(name == "X-Key" and value == "hush" for name, value in request.headers):
        return Reply(403, JSON, b"{}")
    return Reply(200, JSON, GOOD)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    fast(monkeypatch)


def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pauses; images made from images are small ones."""
    monkeypatch.setattr(call_gate, "PAUSES", (0.0, 0.0, 0.0))

    def changed(source: ImageSource, kind: str) -> tuple[ImageSource, Variant]:
        return replace(source, name=f"{kind} of {source.name}"), Variant(kind, source.name)

    def of_kind(source: ImageSource, kind: str) -> tuple[ImageSource, Variant | None]:
        return replace(source, name=f"{kind}.png"), None

    monkeypatch.setattr(variants, "changed", changed)
    monkeypatch.setattr(variants, "of_kind", of_kind)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Something that takes connections, for the first stages of the ping."""
    with socket.create_server(("127.0.0.1", 0), backlog=2000) as listener:
        yield int(listener.getsockname()[1])


def check(
    server: Server, port: int, count: int = 3, max_calls: int = 120, told: list[str] | None = None, quick: bool = False
) -> CheckReport:
    sample = images.small_sample()
    return checkup.run(
        Endpoint(parse_address(f"http://127.0.0.1:{port}/infer").address, Auth("", "X-Key")),
        Settings(connect_timeout=5, read_timeout=5, concurrency=1),
        [replace(sample, name=f"part-{number}.png") for number in range(count)],
        ModelServer(lookup, server),
        quick=quick,
        max_calls=max_calls,
        cancel=CancelToken(),
        on_progress=lambda done, total, text: (told if told is not None else []).append(text),
    )


def lookup(ref: SecretRef) -> str | None:
    return "hush"


def from_on(first: int, outcome: Outcome) -> Callable[[int, Outgoing], Outcome | None]:
    return lambda number, request: outcome if number >= first else None


def ids(report: CheckReport) -> set[str]:
    return {finding.id for finding in report.findings}


OPEN = {
    "infer": "results",
    "variant": "behaviour.constant",
    "input": "input.format",
    "url": "input.url",
    "data-uri": "input.data-uri",
    "no-credentials": "auth.not-enforced",
    "wrong-credentials": "auth.not-enforced",
}
"""What is not settled where calls of a purpose fail."""
TURNS: dict[str, tuple[Outcome, str, int]] = {
    "died": (REFUSED, "net.died", 1 + 3),
    "hangs": (TIMEOUT, "net.died", 1 + 3),
    "limit": (LIMIT, "http.rate-limited", 3),
    "busy": (UNAVAILABLE, "http.server-error", 3),
    "expired": (EXPIRED, "auth.rejected", 1 + 2),
    "memory": (MEMORY, "http.server-error", 1 + 2),
    "page": (PAGE, "http.html", 1 + 2),
    "garbled": (GARBLED, "schema.missing", 1 + 2),
}


@pytest.fixture(scope="module")
def purposes(port: int) -> dict[int, str]:
    """What each call of a check of a sound server is made for, by its number."""
    with pytest.MonkeyPatch.context() as patch:
        fast(patch)
        server = Server(lambda number, request: None)
        report = check(server, port)
    assert (report.verdict, report.calls) == ("ready", len(server.sent))
    assert report.observations.interruption is None
    assert not report.observations.unsent
    made = {
        call.number: str(call.purpose) if call.way in (None, "base64") else str(call.way)
        for call in report.observations.calls
    }
    made |= {number: "classes" for number in range(1, report.calls + 1) if number not in made}
    assert set(made) == set(range(1, report.calls + 1))
    assert {*OPEN, "ping", "classes"} == set(made.values())
    return made


@pytest.mark.parametrize("name", TURNS)
def test_a_turn_at_any_call_is_told_and_nobody_else_is_accused(name: str, port: int, purposes: dict[int, str]) -> None:
    outcome, expected, more = TURNS[name]
    sound_ids = ids(check(Server(lambda number, request: None), port))
    # the first ones of each kind of call, and then some
    every = range(2, len(purposes) + 1, 1 if name in ("died", "limit") else 3)
    for first in (2, 3, 5, 6, 7, 8, 9, *every):
        server = Server(from_on(first, outcome))
        report = check(server, port)
        at = f"{name} from call {first} on, a call for {purposes[first]}"
        found = {finding.id: finding for finding in report.findings}
        # a wrong password is refused as it should be, and the call for the list may be answered with anything
        excused = {"classes.form", "classes.not-served"} if purposes[first] == "classes" else set()
        skips = name == "expired" and purposes[first] in ("no-credentials", "wrong-credentials")
        assert expected in found, at
        assert set(found) - sound_ids <= {expected, *excused}, at
        assert report.calls == len(server.sent), at
        # the list is looked for at three places, and each refused call may be the one that tells
        assert len(server.sent) <= first - 1 + more + 4 * (purposes[first] == "classes") + 2 * skips + call_gate.ROW, at
        if name != "limit":
            assert (found[expected].severity, report.verdict) == ("error", "not-ready"), at
        if name == "died":
            assert f"at call {first} of" in found[expected].what, at
            assert len(server.sent) <= first + 3, at
        if name == "limit" and purposes[first] != "classes":
            assert f"at call {first} of" in found[expected].evidence, at
            assert len(server.sent) == first + 2, at
        unsaid = {OPEN[purposes[number]] for number in purposes if number >= first and purposes[number] in OPEN}
        unsaid -= {"auth.not-enforced"} if skips else set()
        unsaid -= {"input.data-uri"} if "input.format" in unsaid else set()
        assert unsaid <= {each.id for each in report.not_checked}, at
        stages = {stage.name: stage for stage in report.stages}
        assert stages["inputs"].outcome == "not-reached", at
        if "variant" in (purposes[number] for number in purposes if number >= first):
            assert stages["behaviour"].outcome == "not-reached", at
            assert stages["behaviour"].reason, at


def test_a_damaged_image_refused_as_it_should_be_is_not_where_a_check_stopped(
    port: int, purposes: dict[int, str]
) -> None:
    sent = check(Server(lambda number, request: None), port).observations.calls
    at = min(call.number for call in sent if call.kind in BROKEN)
    assert len(purposes) > at + 1
    refused = Reply(200, JSON, b'{"status": "failed", "results": [], "error": "no image"}')

    def wrong(number: int, request: Outgoing) -> Outcome | None:
        return refused if number == at else MEMORY if number > at else None

    report = check(Server(wrong), port)
    stop = report.observations.interruption
    assert stop is not None
    assert stop.call.number == at + 1
    assert "http.server-error" in ids(report)
    assert "status.failed" not in ids(report)


def test_one_server_error_of_the_call_by_url_blames_no_way(port: int, purposes: dict[int, str]) -> None:
    at = next(number for number, purpose in purposes.items() if purpose == "url")
    once = check(Server(lambda number, request: MEMORY if number == at else None), port)
    assert once.verdict == "ready"
    found = {finding.id: finding for finding in once.findings}
    assert found["http.server-error"].severity == "warning"
    assert "input.url" not in found
    always = check(Server(lambda number, request: MEMORY if b'"url"' in (request.body or b"") else None), port)
    assert "input.url" in ids(always)


def test_a_call_that_breaks_once_is_sent_again_and_named(port: int, purposes: dict[int, str]) -> None:
    for number in (*range(2, 12), *range(12, len(purposes) + 1, 4)):
        server = Server(lambda at, request, number=number: RESET if at == number else None)  # type: ignore[misc]
        report = check(server, port)
        (found,) = [finding for finding in report.findings if finding.id == "net.reset"]
        assert (found.severity, found.count, report.verdict) == ("warning", 1, "ready")
        assert f"call {number};" in found.evidence
        assert "sent again" in found.what
        assert report.calls == len(server.sent) == len(purposes) + 2  # what was answered before, and the call again
        assert not report.observations.unsent
        assert "net.died" not in ids(report)
