"""A short run of what ``dev.py torture`` does at length."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.torture import answers, hostile
from benchmarks.torture.answers import Fuzz, judge
from benchmarks.torture.report import page
from benchmarks.torture.row import Row, keep, load

pytestmark = pytest.mark.usefixtures("qtbot")


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_answered_nothing_escapes(seed: int) -> None:
    tally = Fuzz(seed).run(600)
    assert {where: what for where, what in tally.failures.items() if where != "slow"} == {}
    assert tally.count == 600
    assert min(tally.painted, tally.reports, tally.sound, tally.kept) > 10


def test_a_defect_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(call: object) -> object:
        raise RuntimeError("planted")

    monkeypatch.setattr(answers, "read_call", broken)
    assert "RuntimeError: planted" in str(Fuzz(1).run(20).failures)


def test_the_same_seed_brings_the_same_answers() -> None:
    first, second = (hostile.Mutator(3) for _ in range(2))
    seeds = hostile.seeds()
    assert [first.mutated(each, seeds[0]) for each in seeds] == [second.mutated(each, seeds[0]) for each in seeds]
    assert judge is answers.judge


def test_rows_are_kept_and_become_a_page(tmp_path: Path) -> None:
    rows = {"answers": [Row("a|b", "tried", 1200, "held"), Row("c", "tried", 1, "ended", "too slow")]}
    keep(rows, tmp_path / "kept.json")
    assert load(tmp_path / "kept.json") == rows
    assert load(tmp_path / "none.json") == {}
    text = page(rows)
    assert "| a\\|b | tried | 1,200 | held |" in text
    assert "1 of 2 rows hold" in text
    assert "**Fell short:** too slow" in text
    assert "Not measured yet" in text
    assert json.loads((tmp_path / "kept.json").read_text())
