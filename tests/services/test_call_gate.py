"""The gate in front of a check's calls: waits that are bounded, limits that hold, inputs that are to blame."""

from __future__ import annotations

import base64
import itertools
import threading
import time
from dataclasses import replace

import pytest

from byom_gui.core.cancel import CancelToken
from byom_gui.core.endpoint import Auth, Endpoint, parse_address
from byom_gui.core.errors import Cancelled
from byom_gui.core.observations import Reply
from byom_gui.core.project import Settings
from byom_gui.services import call_gate, checkup, images
from byom_gui.services.model_server import ModelServer
from tests.services.test_check_interrupted import (
    JSON,
    LIMIT,
    MEMORY,
    REFUSED,
    RESET,
    TIMEOUT,
    Outcome,
    Server,
    check,
    fast,
    from_on,
    ids,
    lookup,
    port,
)

__all__ = ["port"]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    fast(monkeypatch)


def limited(after: str, status: int = 429) -> Reply:
    return Reply(status, (*JSON, ("retry-after", after)), b"{}")


@pytest.mark.parametrize(
    ("after", "status", "calls"),
    [("0", 429, 3), ("0", 503, 3), ("61", 429, 1), ("Wed, 21 Oct 2037 07:28:00 GMT", 503, 1)],
)
def test_a_wait_past_the_bound_ends_the_check_at_once(port: int, after: str, status: int, calls: int) -> None:
    server = Server(from_on(4, limited(after, status)))
    began = time.monotonic()
    report = check(server, port)
    assert time.monotonic() - began < 30
    assert len(server.sent) == 3 + calls
    stop = report.observations.interruption
    assert stop is not None
    assert stop.call.number == 4


def test_a_wait_is_kept_said_and_followed_by_the_rest(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    times: list[float] = []
    server = Server(lambda number, request: limited("1") if number == 4 else None)
    server.before = lambda number: times.append(time.monotonic())
    told: list[str] = []
    report = check(server, port, told=told)
    assert times[4] - times[3] >= 0.99
    assert "The server asks to wait (HTTP 429): continuing in 1 s" in told
    assert report.verdict == "ready"
    found = next(finding for finding in report.findings if finding.id == "http.rate-limited")
    assert (found.severity, found.count) == ("warning", 1)
    assert "At call 4" in found.evidence
    assert not report.observations.unsent


def test_waits_without_a_named_time_grow_and_end(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_gate, "FIRST_WAIT", 0.2)
    times: list[float] = []
    server = Server(from_on(4, Reply(429, JSON, b"{}")))
    server.before = lambda number: times.append(time.monotonic())
    check(server, port)
    gaps = [later - one for one, later in itertools.pairwise(times[3:])]
    assert len(gaps) == 2
    assert gaps[0] >= 0.19
    assert gaps[1] >= 0.39


def test_all_waits_together_are_bounded(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each by itself is short, and the server answers in between."""
    monkeypatch.setattr(call_gate, "MAX_WAITING", 0.5)
    monkeypatch.setattr(call_gate, "retry_after", lambda reply: 0.2)
    server = Server(lambda number, request: limited("1") if number % 3 == 0 else None)
    report = check(server, port)
    assert [call.number for call in report.observations.repeated] == [3, 6]
    assert report.observations.interruption is not None
    assert report.observations.interruption.call.number == 9


def test_a_ping_that_is_turned_away_is_waited_for(port: int) -> None:
    server = Server(lambda number, request: limited("1") if number == 1 else None)
    times: list[float] = []
    server.before = lambda number: times.append(time.monotonic())
    report = check(server, port)
    assert times[1] - times[0] >= 0.99
    assert "http.rate-limited" in ids(report)
    assert report.observations.interruption is None


@pytest.mark.parametrize("outcome", [limited("50"), RESET], ids=["a wait", "a pause"])
def test_a_cancel_ends_a_wait_at_once(port: int, outcome: Outcome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_gate, "PAUSES", (50.0,))
    server, cancel = Server(from_on(3, outcome)), CancelToken()
    server.before = lambda number: threading.Timer(0.2, cancel.cancel).start() if number == 3 else None
    sample = images.small_sample()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        checkup.run(
            Endpoint(parse_address(f"http://127.0.0.1:{port}/infer").address, Auth("", "X-Key")),
            Settings(connect_timeout=5, read_timeout=5, concurrency=2),
            [replace(sample, name=f"{number}.png") for number in range(6)],
            ModelServer(lookup, server),
            cancel=cancel,
        )
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("outcome", [REFUSED, LIMIT, MEMORY], ids=["died", "limit", "memory"])
@pytest.mark.parametrize("max_calls", [5, 6, 7, 8, 24])
def test_repeats_keep_to_the_limit_of_calls(port: int, outcome: Outcome, max_calls: int) -> None:
    for first in range(2, max_calls + 1):
        server = Server(from_on(first, outcome))
        report = check(server, port, max_calls=max_calls)
        assert len(server.sent) <= max_calls
        assert report.calls == len(server.sent)
        if report.verdict == "ready":  # a limit is a warning; a refusal as the plain call is the last
            assert "http.rate-limited" in ids(report) or first > len(server.sent), first
        told = {"net.died", "net.refused", "http.server-error", "http.rate-limited"}
        assert report.verdict == "ready" or ids(report) & told, first


def test_what_does_not_fit_into_the_limit_is_listed(port: int) -> None:
    report = check(Server(lambda number, request: None), port, count=30, max_calls=24)
    open_ = {each.id: each.why for each in report.not_checked}
    assert "images were not tried: the check is limited to 24 calls." in open_["results"]
    quick = check(Server(lambda number, request: None), port, count=4, quick=True)
    assert {each.id: each.why for each in quick.not_checked}["results"] == (
        "3 images were not tried: a quick check sends one image."
    )


def test_an_image_that_ends_the_connection_each_time_is_named(port: int) -> None:
    """The server is back at once: the image is to blame, and the rest goes on."""
    sample = images.small_sample()
    bad = replace(sample, name="bad.png", data=sample.data + b"\0" * 999)
    marker = base64.b64encode(bad.data)[-400:]
    server = Server(lambda number, request: RESET if marker in (request.body or b"") else None)
    report = checkup.run(
        Endpoint(parse_address(f"http://127.0.0.1:{port}/infer").address, Auth("", "X-Key")),
        Settings(connect_timeout=5, read_timeout=5, concurrency=1),
        [sample, bad, replace(sample, name="c.png")],
        ModelServer(lookup, server),
        cancel=CancelToken(),
    )
    found = next(finding for finding in report.findings if finding.id == "net.reset")
    assert (found.severity, found.image, report.verdict) == ("error", "bad.png", "not-ready")
    assert "net.died" not in ids(report)
    assert report.observations.interruption is None
    (call,) = [call for call in report.observations.calls if call.failure]
    assert call.attempts == 2


def test_a_time_out_is_not_repeated_while_the_server_answers(port: int) -> None:
    server = Server(lambda number, request: TIMEOUT if number == 3 else None)
    report = check(server, port)
    found = next(finding for finding in report.findings if finding.id == "net.timeout-read")
    assert found.severity == "error"
    assert report.observations.repeated == ()
    assert report.observations.interruption is None


@pytest.mark.parametrize("concurrency", [2, 4])
def test_several_under_way_when_the_server_dies_are_one_death(port: int, concurrency: int) -> None:
    """The first of them counts, and no thread goes on sending."""
    together = threading.Barrier(concurrency)

    def wait(number: int) -> None:
        if 3 <= number < 3 + concurrency:
            together.wait(20)

    server = Server(from_on(3, REFUSED))
    server.before = wait
    sample = images.small_sample()
    report = checkup.run(
        Endpoint(parse_address(f"http://127.0.0.1:{port}/infer").address, Auth("", "X-Key")),
        Settings(connect_timeout=5, read_timeout=5, concurrency=concurrency),
        [replace(sample, name=f"{number}.png") for number in range(12)],
        ModelServer(lookup, server),
        cancel=CancelToken(),
    )
    found = {finding.id: finding for finding in report.findings}
    assert "call 3 of" in found["net.died"].what
    assert not {"net.refused", "net.reset"} & set(found)
    assert len(server.sent) <= 2 + concurrency + 3
    (why,) = [each.why for each in report.not_checked if each.id == "results"]
    assert why.startswith("11 images were not tried")
