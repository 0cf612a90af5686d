from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from byom_gui.core.class_formats.decoding import DecodedText
from byom_gui.core.class_text import ParsedClasses, parse_class_list
from byom_gui.core.classes import ClassEntry
from byom_gui.ui.panels.paste_dialog import AT_ONCE, SHOWN, PasteDialog


@pytest.fixture
def dialog(qtbot: QtBot) -> PasteDialog:
    made = PasteDialog(listed=2)
    qtbot.addWidget(made)
    made.show()
    return made


def test_says_what_was_recognized_before_anything_changes(dialog: PasteDialog, qtbot: QtBot) -> None:
    assert not dialog.add_button.isEnabled()
    assert dialog.add_button.toolTip() == "Paste a list or open a file first."
    dialog.text.setPlainText("name,type\ncat,polygon\ndog,bbox")
    qtbot.waitUntil(lambda: dialog.summary.text() == "2 classes recognized (CSV table)")
    assert "Line 3" in dialog.problems.text()
    assert "cat (polygon), dog (bbox)" in dialog.preview.text()
    assert dialog.replace_button.toolTip().startswith("Replaces the 2 listed classes")


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
    assert dialog.add_button.accessibleDescription() == "No classes were recognized in the text."


def test_many_problems_are_counted_not_all_listed(dialog: PasteDialog) -> None:
    dialog.text.setPlainText("\n".join(f"c{at},oops{at}" for at in range(50)))
    dialog.read()
    assert len(dialog.problems.text().splitlines()) == 7
    assert dialog.problems.text().endswith("and 44 more problems")


def test_the_form_and_what_was_left_out_are_shown(dialog: PasteDialog) -> None:
    dialog.text.setPlainText('nc: 3\nnames:\n  1: "oar, long"\n  0: sail\n')
    assert not dialog.add_button.isEnabled(), "what is being read cannot be added yet"
    dialog.read()
    assert dialog.summary.text() == "2 classes recognized (YOLO data.yaml)"
    assert "sail (bounding box), oar, long (bounding box)" in dialog.preview.text()
    assert "“nc” is 3, but 2 names are listed" in dialog.problems.text()


def test_a_name_is_shown_with_what_nobody_sees(dialog: PasteDialog) -> None:
    dialog.text.setPlainText("sail\u200b\noar")
    dialog.read()
    assert "sail<U+200B> (bounding box)" in dialog.preview.text()
    assert "zero width space" in dialog.problems.text()


def test_long_text_is_read_by_the_reader_and_an_older_answer_is_dropped(qtbot: QtBot) -> None:
    asked: list[tuple[str, Callable[[ParsedClasses], None]]] = []
    dialog = PasteDialog(reader=lambda text, kind, then: asked.append((kind, then)))
    qtbot.addWidget(dialog)
    text = "\n".join(f"class {at}" for at in range(AT_ONCE))
    dialog.text.setPlainText(text)
    dialog.read()
    dialog.default.set_type("tag")
    dialog.read()
    assert [kind for kind, _ in asked] == ["bounding_box", "tag"]
    assert dialog.summary.text() == "Reading the list…"
    assert not dialog.add_button.isEnabled()
    asked[1][1](parse_class_list(text, "tag"))
    asked[0][1](ParsedClasses(()))
    assert dialog.summary.text() == f"{AT_ONCE:,} classes recognized (lines)"
    assert dialog.entries()[0].type == "tag"


def drop(dialog: PasteDialog, mime: QMimeData) -> None:
    """Drags over the dialog and drops."""
    action, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), action, mime, left, none)
    dialog.dragEnterEvent(enter)
    if enter.isAccepted():
        dialog.dropEvent(QDropEvent(QPointF(5, 5), action, mime, left, none))


def test_a_dropped_file_is_asked_for_and_text_is_taken(dialog: PasteDialog, qtbot: QtBot, tmp_path: Path) -> None:
    files, text = QMimeData(), QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(tmp_path / "data.yaml"))])
    text.setText("sail\noar")
    with qtbot.waitSignal(dialog.file_chosen) as chosen:
        drop(dialog, files)
    assert chosen.args == [tmp_path / "data.yaml"]
    drop(dialog, text)
    drop(dialog, QMimeData())
    assert dialog.text.toPlainText() == "sail\noar"


def test_a_file_can_be_chosen(
    dialog: PasteDialog, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen: list[Path] = []
    dialog.file_chosen.connect(chosen.append)
    for name in ("", str(tmp_path / "a.txt")):
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, name=name: (name, ""))
        QTest.mouseClick(dialog.open_button, Qt.MouseButton.LeftButton)
    assert chosen == [tmp_path / "a.txt"]


def test_a_file_is_shown_with_its_name_and_what_it_is(dialog: PasteDialog) -> None:
    dialog.show_file("a.txt", DecodedText("sail\noar"))
    assert dialog.windowTitle() == "Add class list: a.txt"
    assert dialog.text.toPlainText() == "sail\noar"
    assert len(dialog.entries()) == 2
    dialog.show_file("b.txt", DecodedText("Zähler", warning="Line 1 is not UTF-8."))
    assert dialog.problems.text() == "Line 1 is not UTF-8."
    dialog.show_file("c.png", DecodedText(binary="a PNG image"))
    assert dialog.problems.text() == "This is a PNG image, not a class list."
    assert dialog.entries() == ()
    dialog.show_file(
        "d.txt", DecodedText("\n".join(f"a class of a long file, number {at}" for at in range(SHOWN // 30)))
    )
    assert dialog.text.toPlainText() == ""
    assert len(dialog.entries()) == SHOWN // 30
    dialog.show_error("No such file.")
    assert dialog.problems.text() == "No such file."
