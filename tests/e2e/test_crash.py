"""A defect in the window: the app goes on, a report without secrets is written, and even a kill loses nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from byom_gui.services.autosave import Autosaves
from tests.commands.processes import ROOT, SECRET, end, environment, files_with, wait_until


def test_a_defect_leaves_a_report_and_the_draft(tmp_path: Path) -> None:
    env = environment(tmp_path)
    state = tmp_path / ".local" / "state" / "byom-gui"
    command = [sys.executable, "-m", "tests.e2e.crashing_app"]
    with (tmp_path / "said").open("w") as said:
        process = subprocess.Popen(command, env=env, cwd=ROOT, stdout=said, stderr=said, text=True)
        try:
            wait_until(lambda: [*state.glob("log/crash-*.txt")], what="a report")
            wait_until(lambda: [*state.glob("autosave/*.json")], what="an autosave")
            log = state / "log" / "byom-gui.log"
            wait_until(lambda: "was not caught (RuntimeError, window)" in log.read_text("utf-8"), what="a log line")
            assert process.poll() is None
        finally:
            end(process, signal.SIGKILL)
    report = next(state.glob("log/crash-*.txt")).read_text(encoding="utf-8")
    assert "RuntimeError: unexpected: ••••••••" in report
    assert "in fail" in report
    assert "PySide6" in report
    (left,) = Autosaves(state / "autosave").recoverable()
    assert left.project.registration.name == "draft-of-ann"
    assert not files_with(tmp_path, [SECRET])
