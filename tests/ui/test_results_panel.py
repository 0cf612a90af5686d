from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from byom_gui.core.colours import assign
from byom_gui.core.predictions import Prediction, Tag
from byom_gui.ui.models.results import CLASS, CONFIDENCE, SHAPE
from byom_gui.ui.panels.results import ResultsPanel
from byom_gui.ui.widgets.table import CELL_ROLE, Cell

SOME = tuple(Prediction(at, name, name, 0.9 - at / 10, "tag", Tag()) for at, name in enumerate(("a", "b", "c")))


@pytest.fixture
def panel(qtbot: QtBot) -> ResultsPanel:
    made = ResultsPanel()
    qtbot.addWidget(made)
    made.resize(368, 500)
    made.set_predictions(SOME, assign(("a", "b", "c"), {}), (1,))
    made.show()
    qtbot.waitExposed(made)
    return made


def shown(panel: ResultsPanel) -> str:
    page = panel._pages.currentWidget()
    assert page is not None
    return " ".join(label.text() for label in page.findChildren(QLabel)).strip()


def click(qtbot: QtBot, panel: ResultsPanel, row: int, *, twice: bool = False) -> None:
    point = panel.table.visualRect(panel.model.index(row, CLASS)).center()
    QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=point)
    if twice:
        QTest.mouseDClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=point)


def test_a_click_selects_a_double_click_or_enter_activates(panel: ResultsPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.selected) as told:
        click(qtbot, panel, 4)
    assert told.args == [2]
    with qtbot.waitSignal(panel.activated) as zoomed:
        click(qtbot, panel, 1, twice=True)
    assert zoomed.args == [1]
    with qtbot.waitSignal(panel.activated) as by_key:
        QTest.keyClick(panel.table, Qt.Key.Key_Return)
    assert by_key.args == [1]


def test_a_selection_from_outside_does_not_echo_and_comes_back_when_shown_again(
    panel: ResultsPanel, qtbot: QtBot
) -> None:
    with qtbot.assertNotEmitted(panel.selected):
        panel.set_selected(2)
        panel.set_threshold(0.85)
        assert panel.table.selectionModel().selectedRows() == []
        panel.set_threshold(0.0)
        panel.sort_by(CONFIDENCE)
    current = panel.model.prediction(panel.table.currentIndex().row())
    assert current is SOME[2]
    panel.set_selected(None)
    assert panel.table.selectionModel().selectedRows() == []


def test_says_how_many_are_hidden(panel: ResultsPanel) -> None:
    panel.set_threshold(0.75)
    assert panel._count.text() == "2 of 3 shown, 1 below the threshold"
    panel.filter.setText("b")
    assert panel._count.text() == "1 of 3 shown, 1 below the threshold"


def test_every_empty_state_says_why(panel: ResultsPanel) -> None:
    panel.filter.setText("zzz")
    assert "No match" in shown(panel)
    panel.filter.clear()
    panel.set_threshold(0.99)
    assert "3 returned" in shown(panel)
    panel.set_predictions((), {}, ())
    assert "Nothing found" in shown(panel)
    panel.set_state("failed", "The server sent a web page.")
    assert "The server sent a web page." in shown(panel)
    panel.set_state("waiting")
    assert "Waiting" in shown(panel)
    panel.set_state("none")
    assert "Drop an image" in shown(panel)


def test_the_head_sorts_and_turns_round(panel: ResultsPanel) -> None:
    head = panel.table.horizontalHeader()
    head.sectionClicked.emit(CONFIDENCE)
    assert panel.model.sorted_by == (CONFIDENCE, True)
    head.sectionClicked.emit(CONFIDENCE)
    assert panel.model.sorted_by == (CONFIDENCE, False)
    head.sectionClicked.emit(CLASS)
    assert panel.model.sorted_by == (CLASS, False)


def test_the_class_keeps_its_room_where_it_is_narrow(panel: ResultsPanel) -> None:
    panel.resize(320, 500)
    cell = panel.model.index(1, SHAPE).data(CELL_ROLE)
    assert isinstance(cell, Cell)
    assert (cell.mark, cell.text) == ("tag", "")
    assert panel.model.index(1, SHAPE).data() == "tag"
    assert panel.table.columnWidth(CLASS) > 120
    panel.resize(400, 500)
    cell = panel.model.index(1, SHAPE).data(CELL_ROLE)
    assert isinstance(cell, Cell)
    assert cell.text == "tag"
