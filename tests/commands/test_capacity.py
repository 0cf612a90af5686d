"""``capacity``: the load that was promised, no more; what was measured; a question before another's server."""

from __future__ import annotations

import itertools
import json
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from byom_gui.core import capacity
from byom_gui.sandbox.model_server import ModelServer
from byom_gui.services import call_gate
from tests.commands.conftest import Call, Said
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
    assert [line.split()[0] for line in got.out.splitlines()[:5]] == ["parallel", "1", "2", "4", "8"]


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
    calls = re.search(
        r"Stopped at 2 at once: the server’s rate limit was reached at call (\d+) of 117 \(HTTP 429\)\.", got.out
    )
    assert calls
    assert sent < 117
    assert "no faster" not in got.out


class Ending:
    """An answer to so many calls; then connections end without one, all of them or a single one."""

    def __init__(self, calls: int, *, once: bool = False) -> None:
        self._lock = threading.Lock()
        self._left, self._once = calls, once
        self.after = 0

    def __call__(self, request: Received) -> Scripted:
        with self._lock:
            self._left -= 1
            ended = self._left == -1 if self._once else self._left < 0
            self.after += ended
        if ended:
            raise ConnectionResetError
        return Scripted(body=GOOD)


FIRST = capacity.plan(60, 4)[0].calls
"""The calls of the first step, one at once, in the tests below."""


def measured(call: Call, answer: Callable[[Received], Scripted], *words: str) -> tuple[Said, int]:
    with serving(answer) as server:
        got = call(
            "capacity", f"{server.url}/infer", "--items", "500", "--max-calls", "60", "--concurrency", "4", *words
        )
        return got, len(server.received)


def test_a_server_that_dies_at_2_at_once_is_not_said_to_be_slow(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_gate, "PAUSES", (0.05, 0.05))
    ending = Ending(1 + FIRST + 5)
    got, _ = measured(call, ending, "--json", str(tmp_path / "found.json"))
    assert got.code == 1
    said = re.search(r"Stopped at 2 at once: the server stopped responding at call (\d+) of \d+\.", got.out)
    assert said
    assert int(said[1]) in (1 + FIRST + 5, 1 + FIRST + 6, 1 + FIRST + 7), "two were under way"
    assert "Nothing is known about 2 or more at once." in got.out
    assert "no faster" not in got.out
    assert "getting faster" not in got.out
    assert ending.after <= 2 + 3, "two were under way, and three tries at most followed"
    found = json.loads((tmp_path / "found.json").read_text("utf-8"))
    assert [level["at_once"] for level in found["levels"]] == [1, 2]
    assert "stopped responding" in found["stopped"]


def test_a_server_that_dies_in_the_first_step_has_no_pace(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_gate, "PAUSES", (0.05, 0.05))
    got, _ = measured(call, Ending(4))
    assert got.code == 1
    assert "Stopped at 1 at once: the server stopped responding at call 5 of" in got.out
    assert "No pace can be recommended" in got.out


def test_one_connection_that_breaks_is_counted_and_stops_nothing(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_gate, "PAUSES", (0.05, 0.05))
    got, sent = measured(call, Ending(1 + FIRST + 3, once=True))
    assert got.code == 0, got.err
    assert "2 at once: 1 of" in got.out
    assert "1 × net.reset" in got.out
    assert "Stopped" not in got.out
    assert sent <= 60


def test_a_limit_on_calls_is_named_with_the_call(call: Call) -> None:
    lock, count = threading.Lock(), itertools.count(1)

    def limit(request: Received) -> Scripted:
        with lock:
            number = next(count)
        return Scripted(body=GOOD) if number <= 1 + FIRST + 4 else Scripted(503, b"", (("Retry-After", "30"),))

    got, sent = measured(call, limit)
    assert got.code == 0, "a pace was found, and the server is there"
    assert re.search(r"Stopped at 2 at once: from call \d+ of \d+ on, the server returned HTTP 503\.", got.out)
    assert "no faster" not in got.out
    assert sent <= 1 + FIRST + 6


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Scripted(500), "500"),
        (Scripted(body=b"hello"), "no JSON answer"),
        (Scripted(body=b'{"status": "failed"}'), "answer says failed"),
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
    assert "Run the load test anyway?" in got.err
    monkeypatch.setattr(Terminal, "readline", lambda self: "y\n")
    assert call("capacity", "http://models.invalid/infer", "--items", "100").code == 3
    assert call("capacity", "http://models.invalid/infer", "--items", "100", "--yes").code == 3


@pytest.mark.parametrize(
    "words", [("--items", "0"), ("--items", "1", "--price", "x"), ("--items", "1", "--max-calls", "2")]
)
def test_what_makes_no_sense_exits_2_before_any_call(call: Call, words: tuple[str, ...]) -> None:
    assert call("capacity", f"http://127.0.0.1:{free_port()}/infer", *words).code == 2
