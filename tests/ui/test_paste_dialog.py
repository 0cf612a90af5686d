from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from byom_gui.core.classes import ClassEntry
from byom_gui.ui.panels.paste_dialog import PasteDialog


@pytest.fixture
def dialog(qtbot: QtBot) -> PasteDialog:
    made = PasteDialog(listed=2)
    qtbot.addWidget(made)
    made.show()
    return made


def test_says_what_was_understood_before_anything_changes(dialog: PasteDialog, qtbot: QtBot) -> None:
    assert not dialog.add_button.isEnabled()
    assert dialog.add_button.toolTip() == "Paste a list first."
    dialog.text.setPlainText("name,type\ncat,polygon\ndog,bbox")
    qtbot.waitUntil(lambda: dialog.summary.text() == "2 classes understood")
    assert "Line 3" in dialog.problems.text()
    assert "cat (polygon), dog (bbox)" in dialog.preview.text()
    assert dialog.replace_button.toolTip().startswith("Takes out the 2 listed classes")


def test_add_hands_on_all_entries_with_the_default_type(dialog: PasteDialog, qtbot: QtBot) -> None:
    dialog.default.set_type("ellipse")
    dialog.text.setPlainText("cat\n\n dog \n")
    dialog.read()
    with qtbot.waitSignal(dialog.added) as told:
        QTest.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
    assert told.args == [(ClassEntry("cat", "ellipse"), ClassEntry("dog", "ellipse"))]
    assert not dialog.isVisible()


def test_replace_is_told_apart_from_add(dialog: PasteDialog, qtbot: QtBot) -> None:
    dialog.text.setPlainText('[{"name": "cat", "type": "tag"}]')
    dialog.read()
    with qtbot.assertNotEmitted(dialog.added), qtbot.waitSignal(dialog.replaced) as told:
        QTest.mouseClick(dialog.replace_button, Qt.MouseButton.LeftButton)
    assert told.args == [(ClassEntry("cat", "tag"),)]


def test_broken_json_is_told_and_adds_nothing(dialog: PasteDialog) -> None:
    dialog.text.setPlainText('[{"name": "cat"')
    dialog.read()
    assert "line 1" in dialog.problems.text()
    assert dialog.add_button.accessibleDescription() == "No class was understood in the text."


def test_many_problems_are_counted_not_all_listed(dialog: PasteDialog) -> None:
    dialog.text.setPlainText("\n".join(f"c{at},oops{at}" for at in range(50)))
    dialog.read()
    assert len(dialog.problems.text().splitlines()) == 7
    assert dialog.problems.text().endswith("and 44 more to look at")
