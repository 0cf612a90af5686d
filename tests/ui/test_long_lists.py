"""Long lists cost the window's thread nothing that grows with them: workers compare, color and read them."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from byom_gui.core import reconcile
from byom_gui.core.class_text import ParsedClasses, parse_class_list
from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.ui.main_window import MainWindow
from byom_gui.ui.panels import paste_dialog
from byom_gui.ui.panels.paste_dialog import PasteDialog
from byom_gui.ui.tour import Tour
from byom_gui.ui.widgets.copy_row import CopyRow
from byom_gui.ui.wiring import classing, picturing
from tests.ui.fakes import ADDRESS, World

LATER = "\n".join(f"part {number}, polygon" for number in range(40))


@pytest.fixture
def tour(window: MainWindow, tmp_path: Path) -> Iterator[Tour]:
    made = Tour(window, tmp_path)
    made.connect(ADDRESS)
    yield made
    window.session.dirty = False


@pytest.fixture
def dialog(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> PasteDialog:
    """One that edits texts up to 100 characters."""
    monkeypatch.setattr(paste_dialog, "SHOWN", 100)
    made = PasteDialog()
    qtbot.addWidget(made)
    made.show()
    return made


def paste(dialog: PasteDialog, text: str) -> None:
    mime = QMimeData()
    mime.setText(text)
    dialog.text.insertFromMimeData(mime)


def test_a_long_paste_is_read_and_not_laid_out(dialog: PasteDialog) -> None:
    paste(dialog, LATER)
    assert dialog.text.toPlainText() == ""
    assert len(dialog.entries()) == 40
    assert dialog.windowTitle() == f"Add class list: {len(LATER):,} characters pasted"
    assert dialog.add_button.isEnabled()
    paste(dialog, "cat\ndog")
    dialog.read()
    assert dialog.text.toPlainText() == "cat\ndog"
    assert [entry.name for entry in dialog.entries()] == ["cat", "dog"], "what is typed takes its place"


def test_a_long_paste_goes_where_the_cursor_is(dialog: PasteDialog) -> None:
    """Positions are in UTF-16 units, as the text field has them."""
    dialog.text.setPlainText("😀 first\nold\nlast")
    cursor = dialog.text.textCursor()
    cursor.setPosition(len("😀 first\n") + 1)
    cursor.movePosition(QTextCursor.MoveOperation.EndOfLine, QTextCursor.MoveMode.KeepAnchor)
    dialog.text.setTextCursor(cursor)
    paste(dialog, LATER)
    names = [entry.name for entry in dialog.entries()]
    assert (names[0], names[1], names[-2], names[-1], len(names)) == ("😀 first", "part 0", "part 39", "last", 42)


def test_a_dropped_text_is_treated_the_same(dialog: PasteDialog) -> None:
    dialog.text.take("cat\n")
    assert dialog.text.toPlainText() == "cat\n"
    dialog.text.take(LATER)
    assert [entry.name for entry in dialog.entries()][:2] == ["cat", "part 0"]


def watched(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> list[str]:
    """The threads in which a function of a module runs."""
    plain: Callable[..., Any] = getattr(module, name)
    threads: list[str] = []

    def called(*given: Any) -> Any:
        threads.append(threading.current_thread().name)
        return plain(*given)

    monkeypatch.setattr(module, name, called)
    return threads


def test_many_classes_are_compared_and_colored_by_workers(
    window: MainWindow, tour: Tour, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classing, "FEW_CLASSES", 30)
    monkeypatch.setattr(picturing, "FEW_CLASSES", 30)
    tour.preview([Path("/pictures/one.png")])
    compared, coloured = watched(monkeypatch, classing, "rows"), watched(monkeypatch, picturing, "colours_of")
    entries = parse_class_list(LATER, "polygon").entries
    window.classing.add(entries)
    tour.wait("the table", lambda: window.works.jobs.busy == 0)
    tour.settle(100)
    model = window.parts.classes.model
    assert model.listed_count == len(window.session.classes) >= 40
    assert all(name.startswith("job-") for name in (*compared, *coloured))
    assert compared
    assert coloured
    assert "part 39" in window.picturing._colours
    window.session.undo()
    tour.settle(100)
    assert model.listed_count == len(window.session.classes) < 30
    assert "part 39" not in window.picturing._colours
    assert compared[-1] == coloured[-1] == threading.current_thread().name, "a short list is shown at once"


def test_a_list_that_was_replaced_meanwhile_is_not_shown(
    window: MainWindow, tour: Tour, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classing, "FEW_CLASSES", 30)
    plain, held = reconcile.rows, threading.Event()

    def rows(*given: Any) -> Any:
        if len(given[0]) > 30:
            held.wait(30)
        return plain(*given)

    monkeypatch.setattr(classing, "rows", rows)
    window.session.edit_classes("many", ClassList(parse_class_list(LATER, "polygon").entries))
    window.session.edit_classes("one", ClassList((ClassEntry("bolt", "polygon"),)))
    held.set()
    tour.wait("rest", lambda: window.works.jobs.busy == 0)
    tour.settle(100)
    assert [row.name for row in window.parts.classes.model.rows if row.row is not None] == ["bolt"]


def test_the_classes_to_register_manually_are_named_up_to_a_limit(window: MainWindow, tour: Tour) -> None:
    def shown() -> CopyRow:
        rows = window.parts.register.by_hand.findChildren(CopyRow)
        return next(row for row in rows if row.value.accessibleName().startswith("Classes:"))

    entries = tuple(ClassEntry(f"part {number}", "polygon") for number in range(1200))
    window.session.edit_classes("many", ClassList(entries))
    tour.settle(100)
    assert shown().value.text().endswith("part 18, part 19 and 1,180 more")
    QApplication.clipboard().clear()
    shown().copy.click()
    assert QApplication.clipboard().text().count("\n") == 1199
    window.session.edit_classes("two", ClassList(entries[:2]))
    tour.settle(100)
    assert shown().value.text() == "part 0, part 1"
    window.session.edit_classes("none", ClassList(()))
    tour.settle(100)
    assert shown().value.text() == "none yet"


def test_a_refused_long_paste_says_why(dialog: PasteDialog) -> None:
    paste(dialog, "<html>" + "<p>no list</p>" * 40)
    assert isinstance(dialog._parsed, ParsedClasses)
    assert not dialog.add_button.isEnabled()
    assert dialog.problems.text()


def test_what_the_first_endpoint_needs_is_loaded_by_a_worker(
    make_window: Callable[[], MainWindow], world: World, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[str] = []
    backend = replace(world.backend(), warm_up=lambda: threads.append(threading.current_thread().name))
    monkeypatch.setattr(world, "backend", lambda: backend)
    make_window()
    qtbot.waitUntil(lambda: bool(threads), timeout=20_000)
    assert threads == ["job-warm-up"]


def test_the_number_of_calls_imports_nothing_more_in_the_window_s_thread() -> None:
    script = """
import sys
from byom_gui.app.world import planned_calls, warm_up
from byom_gui.core.endpoint import Endpoint, parse_address
from byom_gui.core.project import Settings
warm_up()
endpoint = Endpoint(parse_address("http://127.0.0.1:9/infer").address)
before = set(sys.modules)
assert planned_calls(endpoint, Settings(), 3) > 3
print(sorted(set(sys.modules) - before))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout == "[]\n"
