"""``capacity``: the load that was promised, no more; what was measured; a question before another's server."""

from __future__ import annotations

import json
import threading
import time

import pytest

from byom_gui.sandbox.model_server import ModelServer
from tests.commands.conftest import Call
from tests.services.servers import Received, Scripted, free_port, serving

GOOD = b'{"status": "succeeded", "results": []}'


class Gauge:
    """An answer that notes how many requests were under way at once."""

    def __init__(self, status: int = 200, body: bytes = GOOD, bad_from: int = 99) -> None:
        self._lock = threading.Lock()
        self._now = 0
        self.most = 0
        self._bad = Scripted(status, body)
        self._bad_from = bad_from

    def __call__(self, request: Received) -> Scripted:
        """Takes a moment, so that requests overlap."""
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
            bad = self._now >= self._bad_from
        time.sleep(0.02)
        with self._lock:
            self._now -= 1
        return self._bad if bad else Scripted(body=GOOD)


def test_it_keeps_to_its_calls_and_says_how_long_items_take(call: Call) -> None:
    gauge = Gauge()
    with serving(gauge) as server:
        got = call("capacity", f"{server.url}/infer", "--items", "10000", "--max-calls", "40", "--price", "0.25")
        sent = len(server.received)
    assert got.code == 0, got.err
    assert sent <= 40
    assert f"At most {sent} calls to 127.0.0.1, 1, 2, 4, 8 at once." in got.err
    assert f"[{sent}/{sent}] 8 at once" in got.err
    assert gauge.most <= 8
    assert "10,000 items take" in got.out
    assert "10,000 × 0.25 = 2,500 credits" in got.out
    assert [line.split()[0] for line in got.out.splitlines()[:5]] == ["at", "1", "2", "4", "8"]


def test_at_once_is_bounded_by_the_option_and_json_goes_to_stdout(call: Call) -> None:
    with ModelServer() as server:
        got = call("capacity", server.url, "--items", "5", "--max-calls", "12", "--concurrency", "2", "--json", "-")
    assert got.code == 0, got.err
    found = json.loads(got.out)
    assert (found["format"], found["items"], found["credits"]) == ("byom-capacity/1", 5, None)
    assert [level["at_once"] for level in found["levels"]] == [1, 2]
    assert sum(level["calls"] for level in found["levels"]) + 1 <= 12
    assert all(level["p50_ms"] > 0 and level["error_rate"] == 0 for level in found["levels"])


def test_a_server_that_has_enough_is_loaded_no_further(call: Call) -> None:
    with serving(Gauge(429, b"", bad_from=2)) as server:
        got = call("capacity", f"{server.url}/infer", "--items", "100")
        sent = len(server.received)
    assert got.code == 0, got.err
    assert "Stopped at 2 parallel requests: the server limits the number of requests (429)." in got.out
    assert sent < 40


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Scripted(500), "500"),
        (Scripted(body=b"hello"), "response is not JSON"),
        (Scripted(body=b'{"status": "failed"}'), "response says failed"),
    ],
)
def test_a_first_call_without_a_good_answer_is_the_last(call: Call, answer: Scripted, why: str) -> None:
    with serving(lambda request: answer) as server:
        got = call("capacity", f"{server.url}/infer", "--items", "100")
        assert len(server.received) == 1
    assert got.code == 1
    assert f"call failed ({why})" in got.out


def test_a_server_that_is_not_there_exits_3(call: Call) -> None:
    got = call("capacity", f"http://127.0.0.1:{free_port()}/infer", "--items", "100")
    assert got.code == 3
    assert "net.refused" in got.out


def test_a_server_on_another_machine_is_not_loaded_unasked(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

        def readline(self) -> str:
            return "\n"

    got = call("capacity", "http://models.invalid/infer", "--items", "100")
    assert got.code == 2
    assert "Add --yes" in got.err
    monkeypatch.setattr("sys.stdin", Terminal())
    got = call("capacity", "http://models.invalid/infer", "--items", "100")
    assert got.code == 130
    assert "May it be loaded?" in got.err
    monkeypatch.setattr(Terminal, "readline", lambda self: "y\n")
    assert call("capacity", "http://models.invalid/infer", "--items", "100").code == 3
    assert call("capacity", "http://models.invalid/infer", "--items", "100", "--yes").code == 3


@pytest.mark.parametrize(
    "words", [("--items", "0"), ("--items", "1", "--price", "x"), ("--items", "1", "--max-calls", "2")]
)
def test_what_makes_no_sense_exits_2_before_any_call(call: Call, words: tuple[str, ...]) -> None:
    assert call("capacity", f"http://127.0.0.1:{free_port()}/infer", *words).code == 2
