"""Staying up: one window, thousands of operations, and what grew meanwhile."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from typing import Any

from benchmarks.torture.groups import ROOT, group
from benchmarks.torture.row import Row

OPERATIONS = 10_000
MOST_GROWTH = 1.15


def run(say: Callable[[str], None]) -> list[Row]:
    """The soak, and what a defect does."""
    told = walk(OPERATIONS, say)
    first, last = told["first"], told["last"]
    grown = last["memory"] / first["memory"]
    happened = (
        f"memory {first['memory']:.0f} → {last['memory']:.0f} MB, threads {first['threads']} → {last['threads']}, "
        f"open files {first['files']} → {last['files']}, temporary files {first['scratch']} → {last['scratch']}, "
        f"{told['seconds']:.0f} s"
    )
    short = []
    if grown > MOST_GROWTH:
        short.append(f"memory grew to {grown:.2f} of what it was after a fifth")
    if last["threads"] > first["threads"] + 2:
        short.append("threads grew")
    if last["files"] > first["files"] + 5:
        short.append("open files grew")
    if last["scratch"] > first["scratch"]:
        short.append("temporary files were left")
    what = "pings, images, answers, selections, zoom, classes with undo, views, saving, exports, new projects"
    line = "a soak, compared with what it was after a fifth of it"
    rows = [Row(line, what, told["operations"], happened, "; ".join(short))]
    tests = ("tests/e2e/test_crash.py", "tests/ui/test_crashing.py", "tests/services/test_log.py")
    rows.append(group("a defect of the app itself", "an exception in a slot of a real process, then kill -9", *tests))
    return rows


def walk(operations: int, say: Callable[[str], None]) -> dict[str, Any]:
    """A window in a process of its own, with a home of its own; what it measured."""
    with tempfile.TemporaryDirectory(prefix="byom-soak-") as home:
        kept = {name: os.environ[name] for name in ("PATH",) if name in os.environ}
        env = {**kept, "HOME": home, "TMPDIR": home, "QT_QPA_PLATFORM": "offscreen", "LANG": "C.UTF-8"}
        command = [sys.executable, "-m", "benchmarks.torture.soak_walk", str(operations), home]
        told: dict[str, Any] = {}
        with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if line.startswith("{"):
                    told = json.loads(line)
                else:
                    say(line.strip())
        assert process.returncode == 0
        return told
