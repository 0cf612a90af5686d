"""The real window in this process, with a home of its own and no keyring."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from byom_gui import app
from byom_gui.app.world import World
from byom_gui.services.secrets import SecretStore
from byom_gui.ui.main_window import MainWindow

Open = Callable[[str], MainWindow]


@pytest.fixture
def open_window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Opens a window for which V7 is at an address."""
    del qtbot
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))
    made: list[tuple[MainWindow, World]] = []

    def open_at(v7: str) -> MainWindow:
        world = World(environ={"DARWIN_BASE_URL": v7}, secrets=SecretStore.session_only())
        window = app.make_window(world)
        made.append((window, world))
        window.show()
        return window

    yield open_at
    for window, world in made:
        window.session.dirty = False
        window.close()
        world.close()
