"""The menu entry, the type of project files, and the script that puts both where a desktop looks for them."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from byom_gui.services import resources
from tests.limits import PROCESS

TYPE = "application/vnd.byom-gui.project+json"
LINUX = resources.path("linux")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the menu of a Linux desktop")


def entry(path: Path) -> dict[str, str]:
    """The one group of a desktop file."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path, encoding="utf-8")
    assert parser.sections() == ["Desktop Entry"]
    return dict(parser["Desktop Entry"])


def app_folder(place: Path) -> Path:
    """A folder laid out as the frozen app's."""
    inside = place / "_internal" / "resources"
    shutil.copytree(LINUX, inside / "linux")
    shutil.copy(resources.path("icon.svg"), inside)
    (place / "byom-gui").write_text("#!/bin/sh\n")
    (place / "byom-gui").chmod(0o755)
    return inside / "linux" / "install.sh"


def run(script: Path, share: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Runs the script for a home of its own."""
    env = {"PATH": os.environ["PATH"], "HOME": str(share.parent), "XDG_DATA_HOME": str(share)}
    return subprocess.run(
        ["sh", str(script), *words], env=env, capture_output=True, text=True, timeout=PROCESS, check=False
    )


def kind_of(name: str, share: Path) -> str:
    """What Qt's reader of the system's types calls a file."""
    source = f"from PySide6.QtCore import QMimeDatabase as D; print(D().mimeTypeForFile({name!r}).name())"
    env = {"PATH": os.environ["PATH"], "XDG_DATA_HOME": str(share), "XDG_DATA_DIRS": "/usr/share"}
    done = subprocess.run(
        [sys.executable, "-c", source], env=env, capture_output=True, text=True, timeout=PROCESS, check=True
    )
    return done.stdout.strip()


def test_the_entry_opens_projects() -> None:
    read = entry(LINUX / "byom-gui.desktop")
    assert read["Exec"] == "byom-gui %f"
    assert read["MimeType"] == f"{TYPE};"
    assert read["Type"] == "Application"


@pytest.mark.parametrize("name", ["app", 'a folder with $ % " ` \\ ü'])
def test_the_script_installs_and_takes_back(tmp_path: Path, name: str) -> None:
    script, share = app_folder(tmp_path / name), tmp_path / "share"
    done = run(script, share)
    assert done.returncode == 0, done.stderr
    read = entry(share / "applications" / "byom-gui.desktop")
    program = str(tmp_path / name / "byom-gui")
    for plain, written in (("\\", "\\" * 4), ('"', '\\\\"'), ("$", "\\\\$"), ("`", "\\\\`"), ("%", "%%")):
        program = program.replace(plain, written)
    assert read["Exec"] == f'"{program}" %f'
    assert read["MimeType"] == f"{TYPE};"
    assert (share / "icons/hicolor/scalable/apps/byom-gui.svg").read_bytes() == resources.path("icon.svg").read_bytes()
    assert kind_of("nuclei.byom.json", share) == TYPE
    assert kind_of("nuclei.json", share) == "application/json"
    assert run(script, share, "--remove").returncode == 0
    left = [path for path in share.rglob("byom-gui*") if path.is_file()]
    assert left == []


def test_the_script_says_where_it_belongs(tmp_path: Path) -> None:
    script = app_folder(tmp_path / "app")
    (tmp_path / "app" / "byom-gui").unlink()
    done = run(script, tmp_path / "share")
    assert done.returncode == 2
    assert "There is no byom-gui above" in done.stderr
    assert not (tmp_path / "share").exists()
