"""Rows that are groups of the committed tests, run by torture and counted."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.torture.row import Row

Group = tuple[str, str, tuple[str, ...]]
"""What is put to the test, what is done, and the arguments of pytest."""

ROOT = Path(__file__).resolve().parents[2]
_NAMED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)
_COUNT = re.compile(r"(\d+) (passed|failed|error|errors|skipped)")


def group(line: str, tried: str, *tests: str) -> Row:
    """Runs tests (files, ``file::test``, ``-k words``) and says how many held."""
    command = [sys.executable, "-m", "pytest", "-q", "-rfE", "-p", "no:cacheprovider", "--no-header", *tests]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    counts = {word: int(number) for number, word in _COUNT.findall(done.stdout.splitlines()[-1] if done.stdout else "")}
    passed = counts.pop("passed", 0)
    short = ", ".join(f"{number} {word}" for word, number in counts.items()) or ("" if passed else "no test ran")
    if names := _NAMED.findall(done.stdout):
        short += f": {', '.join(names)}"
    elif not passed:
        short += f": {' '.join((done.stdout + done.stderr).split())[-300:]}"  # pytest did not get as far as a test
    return Row(line, tried, passed + sum(counts.values()), f"{passed} tests hold", short)


def run_all(groups: Iterable[Group], say: Callable[[str], None]) -> list[Row]:
    """A row for each group."""
    rows = []
    for line, tried, tests in groups:
        rows.append(group(line, tried, *tests))
        say(f"{line}: {rows[-1].happened} {rows[-1].short}")
    return rows
