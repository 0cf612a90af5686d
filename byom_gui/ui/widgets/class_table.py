"""The table of classes: edited in place, sorted by hand, recoloured by a click on the swatch."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QDropEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QStyleOptionViewItem, QWidget

from byom_gui.ui import theme
from byom_gui.ui.models.classes import NAME, TEAM, TYPE, ClassesModel
from byom_gui.ui.widgets.table import INSET, Index, RowDelegate, RowTable
from byom_gui.ui.widgets.type_picker import TypePicker

WIDE = (0, 98, 62, 40, 70)
NARROW = (0, 36, 62, 40, 70)


class ClassDelegate(RowDelegate):
    """Edits a name in a field and a type in a combo box."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:  # noqa: ARG002
        """The editor of a cell."""
        if index.column() == TYPE:
            return TypePicker(parent)
        field = QLineEdit(parent)
        field.setAccessibleName("Name of the class")
        return field

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Begins with what is there; a refresh while one types changes nothing."""
        if editor.property("filled"):
            return
        editor.setProperty("filled", True)
        value = str(index.data(Qt.ItemDataRole.EditRole) or "")
        if isinstance(editor, TypePicker):
            editor.set_type(value)
        elif isinstance(editor, QLineEdit):
            editor.setText(value)
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Hands the new value to the model."""
        if isinstance(editor, TypePicker):
            model.setData(index, editor.type())
        elif isinstance(editor, QLineEdit):
            model.setData(index, editor.text())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """The name's field leaves the swatch in sight; the type's is as wide as its longest word."""
        rect = option.rect
        if index.column() == NAME:
            rect = rect.adjusted(theme.px(INSET + 14), 0, 0, 0)
        else:
            missing = max(editor.sizeHint().width() - rect.width(), 0)
            table = cast(RowTable, self.parent())
            left = min(rect.left(), max(table.viewport().width() - editor.sizeHint().width(), 0))
            rect.setLeft(left)
            rect.setWidth(rect.width() if not missing else editor.sizeHint().width())
        editor.setGeometry(rect)


class ClassTable(RowTable):
    """Signals carry places of the table, but ``moved`` those of the list."""

    swatch_clicked = Signal(int, QPoint)
    list_it = Signal(int)
    moved = Signal(int, int)
    delete_pressed = Signal()
    move_pressed = Signal(int)
    """Alt+Up: -1, Alt+Down: 1."""

    def __init__(self) -> None:
        super().__init__("Classes")
        self._drop_row = -1
        self.setItemDelegate(ClassDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed | QAbstractItemView.EditTrigger.DoubleClicked)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDragDropOverwriteMode(False)
        self.setDropIndicatorShown(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    @property
    def classes(self) -> ClassesModel:
        """The model, by its own type."""
        return cast(ClassesModel, self.model())

    def set_narrow(self, narrow: bool) -> None:
        """Types become icons."""
        self.set_widths(NARROW if narrow else WIDE)
        self.classes.set_types_as_icons(narrow)

    def _swatch_at(self, point: QPoint) -> int:
        """The row whose swatch is under the point, -1 where none is."""
        line = self.classes.line(self.rowAt(point.y()))
        inside = theme.px(INSET - 4) <= point.x() <= theme.px(INSET + 16)
        return self.rowAt(point.y()) if inside and line is not None and line.row is not None else -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A swatch opens the colours; *List it* lists."""
        point = event.position().toPoint()
        super().mousePressEvent(event)
        if event.button() != Qt.MouseButton.LeftButton or event.modifiers():
            return
        row = self.rowAt(point.y())
        line = self.classes.line(row)
        if self._swatch_at(point) >= 0:
            below = QPoint(theme.px(INSET), self.rowViewportPosition(row) + self.rowHeight(row))
            self.swatch_clicked.emit(row, self.viewport().mapToGlobal(below))
        elif line is not None and line.row is None and self.columnAt(point.x()) == TEAM:
            self.list_it.emit(row)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A hand over what a click does at once."""
        super().mouseMoveEvent(event)
        point = event.position().toPoint()
        line = self.classes.line(self.rowAt(point.y()))
        acts = self._swatch_at(point) >= 0 or (
            line is not None and line.row is None and self.columnAt(point.x()) == TEAM
        )
        shape = Qt.CursorShape.PointingHandCursor if acts else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete, and Alt with the arrows."""
        if self.state() != QAbstractItemView.State.EditingState:
            if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
                self.delete_pressed.emit()
                return
            if event.modifiers() & Qt.KeyboardModifier.AltModifier and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                self.move_pressed.emit(-1 if event.key() == Qt.Key.Key_Up else 1)
                return
        super().keyPressEvent(event)

    # Sorting by hand

    def _gap_at(self, point: QPoint) -> int:
        """Before which listed row a drop at this point would go."""
        row = self.rowAt(point.y())
        count = self.classes.listed_count
        if row < 0 or row >= count:
            return count
        middle = self.rowViewportPosition(row) + self.rowHeight(row) / 2
        return row if point.y() < middle else row + 1

    def dragMoveEvent(self, event: object) -> None:
        """Shows where the row would go."""
        super().dragMoveEvent(event)  # type: ignore[arg-type]
        if event.source() is self and not self.classes.filtered:  # type: ignore[attr-defined]
            self._drop_row = self._gap_at(event.position().toPoint())  # type: ignore[attr-defined]
            event.accept()  # type: ignore[attr-defined]
        self.viewport().update()

    def dragLeaveEvent(self, event: object) -> None:
        """Takes the mark away."""
        self._drop_row = -1
        super().dragLeaveEvent(event)  # type: ignore[arg-type]
        self.viewport().update()

    def dropEvent(self, event: QDropEvent) -> None:
        """Asks for the move; the rows come back in their new order by themselves."""
        gap, self._drop_row = self._gap_at(event.position().toPoint()), -1
        line = self.classes.line(self.currentIndex().row())
        self.viewport().update()
        # A copy, so that Qt takes no row out by itself.
        event.setDropAction(Qt.DropAction.CopyAction)
        if event.source() is not self or self.classes.filtered or line is None or line.row is None:
            event.ignore()
            return
        event.accept()
        to = gap - 1 if gap > line.row else gap
        if to != line.row:
            self.moved.emit(line.row, to)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows, and the line where a dragged one would go."""
        super().paintEvent(event)
        if self._drop_row >= 0:
            row = min(self._drop_row, self.classes.listed_count)
            y = row * self.verticalHeader().defaultSectionSize() - self.verticalScrollBar().value()
            painter = QPainter(self.viewport())
            painter.setPen(QPen(theme.colour("focus"), 2))
            painter.drawLine(theme.px(4), max(y, 1), self.viewport().width() - theme.px(4), max(y, 1))
            painter.end()

    def edit_name(self, row: int) -> None:
        """Opens the editor of a row's name."""
        index: QModelIndex = self.model().index(row, NAME)
        self.setCurrentIndex(index)
        self.scrollTo(index)
        self.edit(index)
