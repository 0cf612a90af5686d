"""Folders and files of the app: the user's alone, whatever the umask, also those that an earlier version left open."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from byom_gui.services.private import private_file, private_folder, private_settings

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_missing_folders_above_are_private_too_and_others_stay(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    private_folder(tmp_path / "shared" / "state" / "byom-gui" / "ledger")
    for name in ("state", "state/byom-gui", "state/byom-gui/ledger"):
        assert mode(tmp_path / "shared" / name) == 0o700
    assert mode(tmp_path / "shared") == 0o777


def test_a_folder_that_was_left_open_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "byom-gui" / "open"
    folder.mkdir(parents=True)
    private_folder(folder)
    assert (mode(folder), mode(folder.parent)) == (0o700, 0o700)


def test_a_file_in_the_way_is_said(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    for folder in (tmp_path / "taken", tmp_path / "taken" / "below"):
        with pytest.raises(OSError, match=r"a file has its name|Not a directory"):
            private_folder(folder)


def test_a_file_is_private_and_keeps_what_it_holds(tmp_path: Path) -> None:
    for _ in range(2):
        with private_file(tmp_path / "lock") as file:
            file.write(b"x")
    assert (mode(tmp_path / "lock"), (tmp_path / "lock").read_bytes()) == (0o600, b"xx")


def test_settings_are_private_before_qt_writes_them(tmp_path: Path) -> None:
    path = tmp_path / "config" / "byom-gui.conf"
    private_settings(str(path))
    assert (mode(path.parent), mode(path)) == (0o700, 0o600)
    path.chmod(0o666)
    private_settings(str(path))
    assert mode(path) == 0o600
    private_settings(str(tmp_path / "other.plist"))
    assert not (tmp_path / "other.plist").exists()
