"""What the app keeps for itself: private, bounded, and no trouble when it is damaged."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from byom_gui.core.endpoint import Auth, Endpoint, parse_address
from byom_gui.core.errors import FileError
from byom_gui.core.profile import default_profile
from byom_gui.services import stores
from byom_gui.services.stores import load_profile, load_report, save_profile, save_report


def endpoint(number: int = 0, text: str = "http://127.0.0.1:9/infer") -> Endpoint:
    return Endpoint(parse_address(f"{text}{number or ''}").address)


def private(path: Path) -> bool:
    return os.name == "nt" or stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_profile_survives(tmp_path: Path) -> None:
    assert load_profile(tmp_path) == default_profile()
    mine = replace(default_profile(), path="/v2/models/{team_slug}", confirmed=True, source="pasted")
    save_profile(mine, tmp_path / "new")
    assert load_profile(tmp_path / "new") == mine
    assert private(tmp_path / "new" / "api-profile.json")


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b"3",
        b"null",
        b"[" * 100_000,
        b'{"format": "byom-profile/99"}',
        json.dumps(default_profile().to_json() | {"path": "https://evil.example/"}).encode(),
        json.dumps(default_profile().to_json() | {"fields": {"name": 3}}).encode(),
        json.dumps(default_profile().to_json() | {"method": None}).encode(),
    ],
)
def test_a_damaged_profile_is_the_packaged_one_again(damage: bytes, tmp_path: Path) -> None:
    (tmp_path / "api-profile.json").write_bytes(damage)
    assert load_profile(tmp_path) == default_profile()


def test_a_report_survives_by_its_endpoint(tmp_path: Path) -> None:
    assert load_report(endpoint(), tmp_path) is None
    save_report(endpoint(), {"verdict": "ready"}, tmp_path)
    save_report(endpoint(), {"verdict": "not-ready"}, tmp_path)
    assert load_report(endpoint(), tmp_path) == {"verdict": "not-ready"}
    assert load_report(replace(endpoint(), auth=Auth("lab")), tmp_path) == {"verdict": "not-ready"}
    assert load_report(endpoint(1), tmp_path) is None
    assert [private(path) for path in tmp_path.rglob("*.json")] == [True]


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff", b"[]", b"[" * 100_000])
def test_a_damaged_report_is_none(damage: bytes, tmp_path: Path) -> None:
    save_report(endpoint(), {}, tmp_path)
    next(tmp_path.rglob("*.json")).write_bytes(damage)
    assert load_report(endpoint(), tmp_path) is None


def test_the_name_of_a_report_holds_neither_address_nor_secret(tmp_path: Path) -> None:
    save_report(endpoint(text="http://model.example/infer?api_key=hush"), {}, tmp_path)
    (path,) = tmp_path.rglob("*.json")
    assert "model" not in path.name
    assert "hush" not in str(path)


def test_only_the_last_reports_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "KEPT_REPORTS", 3)
    for number in range(1, 6):
        save_report(endpoint(number), {"number": number}, tmp_path)
        newest = max(tmp_path.rglob("*.json"), key=lambda path: path.stat().st_mtime_ns)
        os.utime(newest, (number, number))
    save_report(endpoint(9), {}, tmp_path)
    kept = [number for number in (1, 2, 3, 4, 5, 9) if load_report(endpoint(number), tmp_path) is not None]
    assert kept == [4, 5, 9]


def test_a_folder_that_can_not_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FileError, match="could not be created"):
        save_report(endpoint(), {}, tmp_path / "file")
    with pytest.raises(FileError, match="could not be created"):
        save_profile(default_profile(), tmp_path / "file" / "deeper")
