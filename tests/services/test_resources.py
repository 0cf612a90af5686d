"""A bundled file is found in a checkout, a wheel and a frozen app."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from byom_gui.core.errors import FileError
from byom_gui.services import resources


def test_a_checkout() -> None:
    bundled = Path(__file__).resolve().parents[2] / "resources"
    name = next(place.name for place in sorted(bundled.iterdir()))
    assert resources.path(name) == bundled / name


@pytest.mark.parametrize("below", ["resources", "byom_gui/resources"])
def test_a_frozen_app_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, below: str) -> None:
    place = tmp_path / below / "icons" / "a.svg"
    place.parent.mkdir(parents=True)
    place.touch()
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resources.path("icons/a.svg") == place


def test_a_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site-packages" / "byom_gui"
    (package / "resources").mkdir(parents=True)
    (package / "resources" / "a.txt").touch()
    monkeypatch.setattr(resources, "_PACKAGE", package)
    assert resources.path("a.txt") == package / "resources" / "a.txt"


def test_what_is_missing_or_outside() -> None:
    with pytest.raises(FileError, match="Install byom-gui again"):
        resources.path("no-such-file.txt")
    for name in ("../pyproject.toml", "/etc/passwd", ""):
        with pytest.raises(ValueError, match="no bundled file"):
            resources.path(name)
