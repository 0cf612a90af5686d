"""What was not saved comes back after a crash, and only once its window is gone."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from byom_gui.core.errors import FileError
from byom_gui.core.project import Project
from byom_gui.core.registration import Registration
from byom_gui.services.autosave import Autosaves

PROJECT = Project(Registration("nuclei"))

CHILD = """
import sys
from pathlib import Path
from byom_gui.core.project import Project
from byom_gui.core.registration import Registration
from byom_gui.services.autosave import Autosaves
saves = Autosaves(Path(sys.argv[1]))
saves.autosave(Project(Registration("from a crash")), Path("/work/p.byom.json"))
print("saved", flush=True)
sys.stdin.read()
"""


def test_a_crash_loses_nothing_and_a_running_window_is_left_alone(tmp_path: Path) -> None:
    saves = Autosaves(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "saved\n"
        assert saves.recoverable() == (), "its window still runs"
        os.kill(child.pid, signal.SIGKILL)
    (item,) = saves.recoverable()
    assert item.project.registration.name == "from a crash"
    assert item.for_path == Path("/work/p.byom.json")
    saves.discard(item)
    assert saves.recoverable() == ()
    assert os.listdir(tmp_path) == []


def test_a_session_does_not_offer_its_own(tmp_path: Path) -> None:
    saves = Autosaves(tmp_path)
    saves.autosave(PROJECT, None)
    saves.autosave(PROJECT, None)
    assert saves.recoverable() == ()
    assert Autosaves(tmp_path).recoverable() == (), "another window in the same process neither"
    saves.close()
    saves.close()
    assert os.listdir(tmp_path) == []


def test_closing_may_keep_it_for_the_next_time(tmp_path: Path) -> None:
    saves = Autosaves(tmp_path)
    saves.autosave(PROJECT, None)
    saves.close(keep=True)
    (item,) = Autosaves(tmp_path).recoverable()
    assert (item.project, item.for_path) == (PROJECT, None)


def test_after_a_save_there_is_nothing_to_recover(tmp_path: Path) -> None:
    saves = Autosaves(tmp_path)
    saves.autosave(PROJECT, None)
    saves.forget()
    saves.close(keep=True)
    assert Autosaves(tmp_path).recoverable() == ()


def test_it_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    saves = Autosaves()
    saves.autosave(PROJECT, None)
    folder = tmp_path / "byom-gui" / "autosave"
    assert saves.folder == folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.glob("*.json")} == {0o600}
    saves.close()


def test_newest_first_and_damaged_ones_are_passed_over(tmp_path: Path) -> None:
    for hour, name in ((1, "older"), (3, "newest"), (2, "newer")):
        saves = Autosaves(tmp_path)
        saves.autosave(Project(Registration(name)), None)
        (path,) = (path for path in tmp_path.glob("*.json") if name in path.read_text())
        saves.close(keep=True)
        value = json.loads(path.read_bytes()) | {"saved": f"2026-11-23T0{hour}:00:00+00:00"}
        path.write_text(json.dumps(value))
    for number, text in enumerate(("{", "[]", '{"format": "byom-autosave/1"}', '{"format": "byom-autosave/9"}')):
        (tmp_path / f"damaged{number}.json").write_text(text)
    found = Autosaves(tmp_path).recoverable()
    assert [item.project.registration.name for item in found] == ["newest", "newer", "older"]
    assert len(list(tmp_path.glob("damaged*"))) == 4


def test_a_lock_that_can_not_be_looked_at_counts_as_running(tmp_path: Path) -> None:
    saves = Autosaves(tmp_path)
    saves.autosave(PROJECT, None)
    (path,) = tmp_path.glob("*.json")
    saves.close(keep=True)
    (tmp_path / f"{path.stem}.lock").mkdir()
    assert Autosaves(tmp_path).recoverable() == ()


def test_a_folder_that_can_not_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    saves = Autosaves(tmp_path / "file" / "autosave")
    assert saves.recoverable() == ()
    with pytest.raises(FileError, match="Save the project yourself"):
        saves.autosave(PROJECT, None)
    saves.close()
