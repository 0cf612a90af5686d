"""The budget, and requests that wait for each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from byom_gui.core.diagnosis import Diagnosis
from byom_gui.core.observations import Call
from tests.core.calls import body, call, only, result, run

ANSWER = body(result())


def timed(milliseconds: float, first: bool = False) -> Call:
    return replace(call(ANSWER), milliseconds=milliseconds, first=first)


def load(kind: str, milliseconds: float, status: int = 200) -> Call:
    return replace(call(ANSWER, purpose="load", status=status), kind=kind, milliseconds=milliseconds)


def ids(diagnosis: Diagnosis) -> set[str]:
    return {finding.id for finding in diagnosis.findings}


def test_slower_than_the_budget() -> None:
    calls = [timed(5000, first=True), *(timed(100) for _ in range(10)), timed(900), timed(950)]
    found = only(run(*calls, budget_ms=500), "speed.slow")
    assert "950 ms" in found.evidence
    assert "2 of 12" in found.evidence
    assert "first call took 5,000 ms" in found.evidence
    assert "first call" not in only(run(timed(900), budget_ms=500), "speed.slow").evidence


@pytest.mark.parametrize(
    ("calls", "budget"),
    [
        ([timed(9000, first=True), timed(100)], 500.0),
        ([timed(9000, first=True)], 500.0),
        ([timed(9000)], None),
        ([*(timed(100) for _ in range(19)), timed(9000)], 500.0),
        ([], 500.0),
    ],
    ids=["cold start", "nothing later", "no budget", "one of twenty", "no call"],
)
def test_within_the_budget(calls: Sequence[Call], budget: float | None) -> None:
    assert "speed.slow" not in ids(run(*calls, budget_ms=budget))


def loads(alone: Sequence[float], both: Sequence[float]) -> list[Call]:
    return [*(load("1", each) for each in alone), *(load("2", each) for each in both)]


def test_requests_that_wait_for_each_other() -> None:
    found = only(run(call(ANSWER), *loads([100, 110, 105], [105, 210, 208, 101])), "speed.serial")
    assert found.severity == "advice"
    assert "208 ms" in found.evidence


@pytest.mark.parametrize(
    ("calls", "told"),
    [
        (loads([100, 110, 105], [120, 130, 105, 210]), False),
        (loads([10, 10, 10], [20, 20, 20, 20]), True),
        (loads([100], [200, 200, 200, 200]), True),
        (loads([100, 100], [200, 200]), True),
        ([*loads([100, 100], [200, 200]), load("2", 200, 503), load("2", 200)], True),
    ],
    ids=["at once", "too fast to tell", "one alone", "one pair", "a refusal"],
)
def test_no_word_on_requests_at_once(calls: Sequence[Call], told: bool) -> None:
    diagnosis = run(call(ANSWER), *calls)
    assert "speed.serial" not in ids(diagnosis)
    assert ("speed.serial" in {each.id for each in diagnosis.not_checked}) is told
