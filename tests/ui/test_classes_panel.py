from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.reconcile import SeenClass, rows
from byom_gui.ui import theme
from byom_gui.ui.models.classes import NAME, TEAM, TYPE, ClassesModel, Line
from byom_gui.ui.panels.classes import ClassesPanel
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.swatch import ColourMenu
from byom_gui.ui.widgets.table import Cell
from byom_gui.ui.widgets.type_picker import TypePicker

LISTED = ClassList((ClassEntry("nucleus", "polygon"), ClassEntry("mitosis", "bbox"), ClassEntry("colony", "ellipse")))
SEEN = (SeenClass("Nucleus", "polygon", 190), SeenClass("debris", "tag", 2))


@pytest.fixture
def panel(qtbot: QtBot) -> ClassesPanel:
    made = ClassesPanel()
    qtbot.addWidget(made)
    made.resize(368, 600)
    made.set_rows(rows(LISTED, None, SEEN, None))
    made.show()
    qtbot.waitExposed(made)
    return made


def at(panel: ClassesPanel, row: int, column: int) -> QPoint:
    return panel.table.visualRect(panel.model.index(row, column)).center()


def click(qtbot: QtBot, panel: ClassesPanel, point: QPoint) -> None:
    QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=point)


def test_a_name_is_edited_in_place(panel: ClassesPanel, qtbot: QtBot) -> None:
    click(qtbot, panel, at(panel, 0, NAME))
    QTest.keyClick(panel.table, Qt.Key.Key_F2)
    field = next(one for one in panel.table.viewport().findChildren(QLineEdit) if one.isVisible())
    assert field.text() == "nucleus"
    field.setText("cell")
    with qtbot.waitSignal(panel.renamed) as told:
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert told.args == [0, "cell"]


def test_an_open_editor_survives_new_rows(panel: ClassesPanel, qtbot: QtBot) -> None:
    panel.table.edit_name(1)
    field = next(one for one in panel.table.viewport().findChildren(QLineEdit) if one.isVisible())
    field.setText("half typ")
    panel.set_rows(rows(LISTED, None, (*SEEN, SeenClass("extra", "tag", 1)), None))
    assert field.isVisible()
    assert field.text() == "half typ"


@pytest.mark.parametrize(
    ("typed", "expected"), [("ellipse", "ellipse"), ("bounding box", "bounding_box"), ("rbox", "rbox")]
)
def test_a_type_is_chosen_or_typed(panel: ClassesPanel, qtbot: QtBot, typed: str, expected: str) -> None:
    panel.table.edit(panel.model.index(0, TYPE))
    picker = panel.table.viewport().findChild(TypePicker)
    assert isinstance(picker, TypePicker)
    picker.setEditText(typed)
    with qtbot.waitSignal(panel.retyped) as told:
        panel.table.commitData(picker)
    assert told.args == [0, expected]


def test_types_that_v7_has_not_named_are_marked_as_assumed(qtbot: QtBot) -> None:
    picker = TypePicker()
    qtbot.addWidget(picker)
    texts = [picker.itemText(place) for place in range(picker.count())]
    assert [text for text in texts if text.endswith("(assumed)")] == [
        "mask (assumed)",
        "directional vector (assumed)",
        "text (assumed)",
    ]


def test_add_asks_for_a_class_and_then_edits_it(panel: ClassesPanel, qtbot: QtBot) -> None:
    asked: list[ClassEntry] = []
    panel.add_requested.connect(asked.append)
    QTest.mouseClick(panel.add, Qt.MouseButton.LeftButton)
    assert asked == [ClassEntry("new_class", "ellipse")]
    panel.set_rows(rows(LISTED.add(*asked), None, SEEN, None))
    field = next(one for one in panel.table.viewport().findChildren(QLineEdit) if one.isVisible())
    assert field.text() == "new_class"


def test_rows_are_deleted_and_moved_by_key(panel: ClassesPanel, qtbot: QtBot) -> None:
    click(qtbot, panel, at(panel, 1, NAME))
    with qtbot.waitSignal(panel.moved) as moved:
        QTest.keyClick(panel.table, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert moved.args == [1, 2]
    panel.set_rows(rows(LISTED.moved(1, 2), None, SEEN, None))
    assert panel.table.currentIndex().data() == "mitosis"
    with qtbot.assertNotEmitted(panel.moved):
        QTest.keyClick(panel.table, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    with qtbot.waitSignal(panel.deleted) as deleted:
        QTest.keyClick(panel.table, Qt.Key.Key_Delete)
    assert deleted.args == [(2,)]


def test_a_row_is_dragged_to_another_place(panel: ClassesPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    click(qtbot, panel, at(panel, 0, NAME))
    monkeypatch.setattr(QDropEvent, "source", lambda _: panel.table)
    low = QPointF(at(panel, 2, NAME) + QPoint(0, 8))
    data, keys = QMimeData(), Qt.KeyboardModifier.NoModifier
    move = Qt.DropAction.MoveAction
    panel.table.dragMoveEvent(QDragMoveEvent(low.toPoint(), move, data, Qt.MouseButton.LeftButton, keys))
    with qtbot.waitSignal(panel.moved) as told:
        panel.table.dropEvent(QDropEvent(low, move, data, Qt.MouseButton.LeftButton, keys))
    assert told.args == [0, 2]
    assert panel.model.rowCount() == 6


def test_list_it_takes_one_and_the_button_takes_all(panel: ClassesPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.take_seen) as one:
        click(qtbot, panel, at(panel, 4, TEAM))
    assert one.args == [("Nucleus",)]
    with qtbot.waitSignal(panel.take_seen) as every:
        QTest.mouseClick(panel.take_all, Qt.MouseButton.LeftButton)
    assert every.args == [("Nucleus", "debris")]
    panel.table.setCurrentIndex(panel.model.index(5, NAME))
    with qtbot.waitSignal(panel.take_seen) as by_key:
        QTest.keyClick(panel.table, Qt.Key.Key_Return)
    assert by_key.args == [("debris",)]


def test_the_swatch_opens_the_colours(panel: ClassesPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QPoint] = []
    monkeypatch.setattr(ColourMenu, "popup", lambda _, place: opened.append(place))
    row = panel.table.visualRect(panel.model.index(1, NAME))
    click(qtbot, panel, QPoint(16, row.center().y()))
    menu = panel.findChild(ColourMenu)
    assert isinstance(menu, ColourMenu)
    with qtbot.waitSignal(panel.recoloured) as told:
        menu.actions()[4].trigger()
    assert told.args == [1, "#8667FE"]
    with qtbot.waitSignal(panel.recoloured) as automatic:
        next(one for one in menu.actions() if one.text().startswith("Automatic")).trigger()
    assert automatic.args == [1, None]
    assert len(opened) == 1
    menu.deleteLater()


def test_the_menu_holds_all_that_can_be_done(panel: ClassesPanel, qtbot: QtBot) -> None:
    panel.select_name("mitosis")
    menu = panel.context_menu()
    assert isinstance(menu, QMenu)
    titles = [action.text() for action in menu.actions() if action.text()]
    assert titles == ["Rename", "Type", "Color", "Move up", "Move down", "Delete", "Copy name"]
    next(action for action in menu.actions() if action.text() == "Copy name").trigger()
    assert QApplication.clipboard().text() == "mitosis"
    menu.deleteLater()


def test_the_selected_rows_problem_is_told_in_words(panel: ClassesPanel, qtbot: QtBot) -> None:
    assert panel._problem.text() == "The model returned “Nucleus”, but the class list has “nucleus”."
    click(qtbot, panel, at(panel, 1, NAME))
    assert "bounding_box" in panel._problem.text()
    assert panel._more.text() == "and 3 more rows with a problem"


def test_selection_is_told_and_set_without_an_echo(panel: ClassesPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.selected) as told:
        click(qtbot, panel, at(panel, 2, NAME))
    assert told.args == ["colony"]
    with qtbot.assertNotEmitted(panel.selected):
        panel.select_name("Nucleus")
    assert panel.table.currentIndex().data() == "Nucleus"


def test_the_search_finds_and_says_where_nothing_is_found(panel: ClassesPanel, qtbot: QtBot) -> None:
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    panel.open_search()
    assert panel.search.hasFocus()
    panel.search.setText("mito")
    assert [panel.model.index(row, NAME).data() for row in range(panel.model.rowCount())] == ["mitosis"]
    panel.search.setText("nowhere")
    assert panel._pages.currentIndex() == 2
    QTest.keyClick(panel.search, Qt.Key.Key_Escape)
    assert panel.model.rowCount() == 6


def test_buttons_say_what_they_would_do_and_why_not(panel: ClassesPanel) -> None:
    panel.set_undo("delete “colony”")
    panel.set_redo(None)
    panel.set_fetch_enabled(False, "Ping the model first.")
    assert (panel.undo.isEnabled(), panel.undo.toolTip()) == (True, "Undo: delete “colony”")
    assert (panel.redo.isEnabled(), panel.redo.accessibleDescription()) == (False, "Redo: nothing to redo")
    assert (panel.fetch.isEnabled(), panel.fetch.toolTip()) == (False, "Ping the model first.")
    panel.set_narrow(True)
    assert (panel.paste.text(), panel.paste.accessibleName()) == ("", "Paste list…")


def test_without_classes_it_says_how_to_get_some(qtbot: QtBot) -> None:
    made = ClassesPanel()
    qtbot.addWidget(made)
    assert made._pages.currentIndex() == 1
    made.set_notice("The server lists 3 classes.", "ok")
    assert not made._notice_row.isHidden()


def test_ten_thousand_classes_are_only_drawn_where_they_are_seen(
    panel: ClassesPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = ClassList(tuple(ClassEntry(f"class_{at}", "polygon") for at in range(10_000)))
    asked: list[int] = []
    cell = ClassesModel._cell

    def counted(model: ClassesModel, line: Line, column: int) -> Cell:
        asked.append(column)
        return cell(model, line, column)

    monkeypatch.setattr(ClassesModel, "_cell", counted)
    panel.set_rows(rows(many, None, (), None))
    panel.repaint()
    assert 0 < len(asked) < 2_000


def test_a_low_panel_leaves_its_room_to_the_rows(panel: ClassesPanel) -> None:
    assert panel.take_all.isVisible()
    panel.resize(368, 300)
    QApplication.processEvents()
    assert not panel.take_all.isVisible()
    assert panel._problem.isVisible()
    panel.resize(368, 600)
    QApplication.processEvents()
    assert panel.take_all.isVisible()


@pytest.mark.parametrize("narrow", [True, False])
def test_no_title_of_a_column_is_cut(panel: ClassesPanel, narrow: bool) -> None:
    panel.resize(320 if narrow else 368, 500)
    panel.set_narrow(narrow)
    header = panel.table.horizontalHeader()
    metrics = header.fontMetrics()
    for column in range(header.count()):
        title = str(panel.model.headerData(column, Qt.Orientation.Horizontal))
        inset = theme.px(12) if column == header.count() - 1 else 0
        assert metrics.horizontalAdvance(title) + inset <= header.sectionSize(column), title


def test_a_long_title_of_an_empty_page_makes_no_panel_wider(qtbot: QtBot) -> None:
    page = basic.empty_state("search", "Nothing was returned for any of the images that were sent", "Text.")
    qtbot.addWidget(page)
    assert page.minimumSizeHint().width() <= 200
