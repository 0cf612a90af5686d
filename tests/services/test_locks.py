"""One project in two windows: the second is told, and a file that changed meanwhile is noticed."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from byom_gui.services.locks import ProjectWatch
from tests.commands.processes import ROOT, end, environment, first_line

HOLD = """
import sys
from pathlib import Path
from byom_gui.services.locks import ProjectWatch
watch = ProjectWatch(Path(sys.argv[1]))
print(watch.take(Path(sys.argv[2])), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    path = tmp_path / "a.byom.json"
    path.write_text("{}")
    return path


def test_the_second_process_is_told_until_the_first_ends_however_it_ends(tmp_path: Path, project: Path) -> None:
    folder = tmp_path / "open"
    link = tmp_path / "link.byom.json"
    link.symlink_to(project)
    watch = ProjectWatch(folder)
    command = [sys.executable, "-c", HOLD, str(folder), str(link)]
    env = environment(tmp_path, PYTHONPATH=str(ROOT))
    process = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert first_line(process) == "True"
        assert not watch.take(project)
        assert not watch.take(project)
    finally:
        end(process, 9)
    assert watch.take(project)
    assert watch.take(project)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    watch.let_go()
    assert list(folder.iterdir()) == []


def test_another_project_frees_the_one_before(tmp_path: Path, project: Path) -> None:
    one, two = ProjectWatch(tmp_path / "open"), ProjectWatch(tmp_path / "open")
    assert one.take(project)
    assert not two.take(project)
    assert one.take(tmp_path / "b.byom.json")
    assert two.take(project)
    one.let_go()
    two.let_go()


def test_a_file_that_another_program_wrote_is_noticed(tmp_path: Path, project: Path) -> None:
    watch = ProjectWatch(tmp_path / "open")
    assert not watch.changed(project)
    watch.take(project)
    assert not watch.changed(project)
    project.write_text('{"name": "other"}')
    assert watch.changed(project)
    watch.take(project)
    assert not watch.changed(project)
    project.unlink()
    assert not watch.changed(project)
    watch.let_go()


def test_a_folder_that_can_not_be_used_holds_nobody_up(tmp_path: Path, project: Path) -> None:
    (tmp_path / "file").write_text("")
    watch = ProjectWatch(tmp_path / "file" / "open")
    assert watch.take(project)
    project.write_text("[]")
    assert watch.changed(project)
