"""A window on a fake backend, and settings that never touch the user's own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from byom_gui.ui import theme
from byom_gui.ui.main_window import MainWindow
from byom_gui.ui.session import Session
from tests.ui.fakes import World

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture
def world() -> World:
    """What the fake backend answers."""
    return World()


@pytest.fixture
def make_window(qtbot: QtBot, world: World, tmp_path: Path) -> Iterator[Callable[[], MainWindow]]:
    """Makes windows on the fake backend; closes them after the test."""
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    if theme.state().choice != "light":
        theme.prepare(app, "light")
    made: list[MainWindow] = []

    def make() -> MainWindow:
        backend = world.backend()
        # As app.make_window does.
        with theme.unstyled():
            window = MainWindow(Session(backend.v7.load_profile()), backend)
        made.append(window)
        window.show()
        return window

    yield make
    for window in made:
        window.session.dirty = False
        window.close()
        window.works.close()
        # At once: windows that live on would be restyled with every change of theme.
        shiboken6.delete(window)


@pytest.fixture
def window(make_window: Callable[[], MainWindow]) -> MainWindow:
    """A window, empty."""
    return make_window()
