"""The list of projects opened last."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from byom_gui.services.recent import LIMIT, Recent


def test_newest_first_each_once_and_bounded(tmp_path: Path) -> None:
    recent = Recent(tmp_path / "config")
    paths = [tmp_path / f"p{number}.byom.json" for number in range(LIMIT + 3)]
    for path in (*paths, paths[5]):
        recent.add(path)
    items = Recent(tmp_path / "config").items()
    assert items[:2] == (paths[5], paths[-1])
    assert len(items) == len(set(items)) == LIMIT
    recent.remove(paths[5])
    assert paths[5] not in recent.items()
    recent.clear()
    assert recent.items() == ()


def test_a_relative_path_is_kept_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    recent = Recent(tmp_path)
    recent.add(Path("sub/../p.byom.json"))
    assert recent.items() == (tmp_path / "p.byom.json",)


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff", b"[]", b'{"recent": 5}', b"[" * 100_000])
def test_a_damaged_file_is_an_empty_list_and_is_mended(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "recent.json").write_bytes(damage)
    recent = Recent(tmp_path)
    assert recent.items() == ()
    recent.add(tmp_path / "p")
    assert recent.items() == (tmp_path / "p",)


def test_odd_entries_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "recent.json").write_text(json.dumps({"recent": [5, "", "/a", "/a", None, "/b"]}))
    assert Recent(tmp_path).items() == (Path("/a"), Path("/b"))


def test_a_folder_that_can_not_be_made_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    recent = Recent(tmp_path / "file" / "config")
    recent.add(tmp_path)
    assert recent.items() == ()


def test_it_is_in_the_users_config_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    Recent().add(tmp_path / "p")
    path = tmp_path / "byom-gui" / "recent.json"
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
