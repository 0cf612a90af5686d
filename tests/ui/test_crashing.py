"""What the user sees of a crash: one message, the work kept, and the app goes on."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from byom_gui.ui.main_window import MainWindow
from byom_gui.ui.tour import Tour
from tests.ui.fakes import World


def test_a_crash_is_told_once_and_the_project_is_kept(
    window: MainWindow, world: World, tmp_path: Path, qtbot: QtBot
) -> None:
    tour = Tour(window, tmp_path)
    window.session.set_name("draft")
    window.crashing.happened.emit(tmp_path / "crash-1.txt")
    window.crashing.happened.emit(tmp_path / "crash-2.txt")
    box = window.crashing.box
    assert box is not None
    assert "Your work is saved" in box.text()
    assert "crash-1.txt" in box.informativeText()
    tour.wait("the autosave", lambda: any(p.registration.name == "draft" for p in world.autosaved))
    words = [each.text() for each in box.findChildren(QPushButton)]
    assert "Open folder" in words
    box.close()
    qtbot.waitUntil(lambda: window.crashing.box is None)
    window.session.dirty = False


def test_without_a_report_that_is_said(window: MainWindow, qtbot: QtBot) -> None:
    window.crashing.happened.emit(None)
    box = window.crashing.box
    assert box is not None
    assert "No crash report could be written" in box.informativeText()
    assert "Open folder" not in [each.text() for each in box.findChildren(QPushButton)]
    box.close()
    qtbot.waitUntil(lambda: window.crashing.box is None)
