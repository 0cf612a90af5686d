"""File, New model server: the choices, what is written, how to start it, and what can go wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from byom_gui.core.quoting import quoted
from byom_gui.core.scaffold import ADDRESS
from byom_gui.ui.main_window import MainWindow
from byom_gui.ui.panels.server_dialog import ServerDialog

ANSWER = [{"label": "cat", "score": 0.9, "box": {"xmin": 1, "ymin": 2, "xmax": 30, "ymax": 40}}]


def opened(window: MainWindow) -> ServerDialog:
    """The dialog, by its menu entry."""
    window.menus.actions["new-server"].trigger()
    return next(dialog for dialog in window.findChildren(ServerDialog) if dialog.isVisible())


def test_a_task_is_written_and_the_window_connects_to_it(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = opened(window)
    assert not dialog.example.isVisible()
    dialog.task.setCurrentIndex(dialog.task.findData("ocr"))
    assert dialog.example.isVisible()
    dialog.example.setChecked(True)
    dialog.folder.setText(str(tmp_path / "ocr server"))
    assert dialog.message.text() == f"Creates the project in {quoted(tmp_path / 'ocr server')}."
    dialog.write.click()
    qtbot.waitUntil(lambda: dialog.cancel.text() == "Close")
    assert "RapidOCR" in (tmp_path / "ocr server" / "model.py").read_text("utf-8")
    assert dialog.commands.code.splitlines()[0] == f"cd '{tmp_path / 'ocr server'}'"
    assert dialog._who_answers() == "It runs a real model."
    assert not dialog.write.isVisible()
    dialog.use.click()
    endpoint = window.session.endpoint
    assert endpoint is not None
    assert endpoint.infer.base == ADDRESS
    qtbot.waitUntil(lambda: window.works.jobs.busy == 0)


def test_an_answer_is_what_it_starts_from(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "answer.json").write_text(json.dumps(ANSWER))
    dialog = opened(window)
    dialog.folder.setText(str(tmp_path / "mine"))
    dialog.by_answer.setChecked(True)
    assert dialog.message.text() == "Choose the file with a response."
    assert not dialog.write.isEnabled()
    dialog.answer.setText(str(tmp_path / "answer.json"))
    dialog.write.click()
    qtbot.waitUntil(lambda: dialog.cancel.text() == "Close")
    assert 'Class("cat", "bounding_box")' in (tmp_path / "mine" / "model.py").read_text("utf-8")
    assert (tmp_path / "mine" / "adapter.py").exists()
    assert "returns your example" in dialog._who_answers()


def test_what_fails_can_be_mended(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "odd.json").write_text('{"what": 1}')
    dialog = opened(window)
    dialog.folder.setText("here")
    assert dialog.message.text() == "Choose a folder by its full path."
    dialog.folder.setText(str(tmp_path))
    assert "is not empty" in dialog.message.text()
    dialog.folder.setText(str(tmp_path / "new"))
    dialog.by_answer.setChecked(True)
    dialog.answer.setText(str(tmp_path / "odd.json"))
    dialog.write.click()
    qtbot.waitUntil(lambda: "format of this response" in dialog.message.text())
    assert not (tmp_path / "new").exists()
    dialog.by_task.setChecked(True)
    assert dialog.write.isEnabled()
    dialog.reject()
    assert window.isVisible()


def test_files_are_chosen_in_dialogs(window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.json").write_text("[]")
    (tmp_path / "empty").mkdir()
    chosen = iter([str(tmp_path), str(tmp_path / "empty"), ""])
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: next(chosen))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "a.json"), ""))
    dialog = opened(window)
    dialog.by_answer.setChecked(True)
    dialog.choose_answer.click()
    assert dialog.answer.text() == str(tmp_path / "a.json")
    for expected in ("model-server", "empty", "empty"):
        dialog.choose_folder.click()
        assert dialog._folder().name == expected
    # An empty folder may be taken as it is; a full one gets a new one inside.
    assert dialog.write.isEnabled()


def test_the_start_page_leads_there(window: MainWindow, qtbot: QtBot) -> None:

    button = next(each for each in window.parts.start.findChildren(QPushButton) if each.text() == "New model server…")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert any(dialog.isVisible() for dialog in window.findChildren(ServerDialog))
