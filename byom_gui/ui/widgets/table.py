"""The one table of the window: rows of 28, drawn by one delegate from ``Cell`` values.

A style sheet on ``::item`` would make Qt ignore a row's own ground, so the delegate draws everything itself.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from byom_gui.core.colours import ClassColour
from byom_gui.ui import icons, theme
from byom_gui.ui.widgets import swatch

Index = QModelIndex | QPersistentModelIndex
RowKind = Literal["", "bad", "section"]

CELL_ROLE = Qt.ItemDataRole.UserRole + 1
KIND_ROLE = Qt.ItemDataRole.UserRole + 2

ROW = 28
INSET = 12
ICON = 14


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell shows.

    Args:
        tone: theme token of the text.
        mark: an icon alone, in the middle.
        icon: an outcome's icon after the text.
        count: the small figure after a section's title.
    """

    text: str = ""
    tone: str = "text"
    align: Literal["left", "centre", "right"] = "left"
    mono: bool = False
    strong: bool = False
    small: bool = False
    swatch: ClassColour | None = None
    mark: str = ""
    mark_tone: str = ""
    icon: str = ""
    count: str = ""


EMPTY = Cell()


class RowDelegate(QStyledItemDelegate):
    """Draws ground, swatch, text and outcome of a cell, and one focus edge around the whole current row."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        """As wide as the text, one row high."""
        cell = cast(Cell, index.data(CELL_ROLE) or EMPTY)
        width = QFontMetrics(_font(cell)).horizontalAdvance(cell.text) + theme.px(24 if cell.swatch else 8)
        return QSize(width, theme.px(ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws one cell."""
        cell = cast(Cell, index.data(CELL_ROLE) or EMPTY)
        kind = cast(RowKind, index.data(KIND_ROLE) or "")
        table = cast("RowTable", option.widget)
        rect = QRect(option.rect)
        painter.save()
        painter.fillRect(rect, self._ground(option, index, table, kind))
        if kind == "section":
            self._section_edges(painter, rect)
        _draw_cell(painter, self._content(table, rect, index, kind), cell)
        if kind != "section":
            self._focus_edge(painter, rect, index, table)
        painter.restore()

    def _ground(self, option: QStyleOptionViewItem, index: Index, table: RowTable, kind: RowKind) -> QColor:
        if kind == "section":
            return theme.colour("window")
        if option.state & QStyle.StateFlag.State_Selected:
            return theme.colour("sel")
        if kind == "bad":
            return theme.colour("badbg")
        return theme.colour("hover" if index.row() == table.hovered_row else "surface")

    def _section_edges(self, painter: QPainter, rect: QRect) -> None:
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawLine(rect.topLeft(), rect.topRight())
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())

    def _content(self, table: RowTable, rect: QRect, index: Index, kind: RowKind) -> QRect:
        """The cell without the table's inset at either end."""
        left, right = theme.px(4), theme.px(4)
        first, last = table.first_column(), table.last_column()
        if index.column() == first:
            left = theme.px(INSET)
        if index.column() == last or kind == "section":
            right = theme.px(INSET)
        return rect.adjusted(left, 0, -right, 0)

    def _focus_edge(self, painter: QPainter, rect: QRect, index: Index, table: RowTable) -> None:
        if not table.keyboard_focus or index.row() != table.currentIndex().row():
            return
        pen = QPen(theme.colour("focus"), 2)
        painter.setPen(pen)
        inner = rect.adjusted(0, 1, 0, -1)
        painter.drawLine(inner.topLeft(), inner.topRight())
        painter.drawLine(inner.left(), inner.bottom() + 1, inner.right(), inner.bottom() + 1)
        if index.column() == table.first_column():
            painter.drawLine(rect.left() + 1, rect.top(), rect.left() + 1, rect.bottom())
        if index.column() == table.last_column():
            painter.drawLine(rect.right(), rect.top(), rect.right(), rect.bottom())


def _font(cell: Cell) -> QFont:
    return _made_font(cell.mono, 11 if cell.small else 13, cell.strong, QApplication.font().key())


@functools.lru_cache(maxsize=32)
def _made_font(mono: bool, size: int, strong: bool, _of: str) -> QFont:
    """Made once for each look: asking the system for its fixed font for every cell is slow."""
    return theme.mono(size) if mono else theme.sized(size, strong=strong)


def _draw_cell(painter: QPainter, rect: QRect, cell: Cell) -> None:
    ratio = painter.device().devicePixelRatioF()
    if cell.mark:
        side = theme.px(ICON)
        at = QRect(0, 0, side, side)
        at.moveCenter(rect.center())
        painter.drawPixmap(at, icons.pixmap(cell.mark, cell.mark_tone, ICON, ratio))
        return
    if cell.swatch is not None:
        half = theme.px(swatch.SIZE) / 2
        swatch.draw(painter, QPointF(rect.left() + half, rect.center().y() + 0.5), cell.swatch)
        rect = rect.adjusted(theme.px(20), 0, 0, 0)
    _draw_text(painter, rect, cell, ratio)


def _draw_text(painter: QPainter, rect: QRect, cell: Cell, ratio: float) -> None:
    font = _font(cell)
    metrics = QFontMetrics(font)
    extra = theme.px(ICON + 8) if cell.icon else 0
    text = metrics.elidedText(cell.text, Qt.TextElideMode.ElideRight, max(rect.width() - extra, 0))
    painter.setFont(font)
    painter.setPen(theme.colour(cell.tone))
    flag = {"left": Qt.AlignmentFlag.AlignLeft, "centre": Qt.AlignmentFlag.AlignHCenter}.get(
        cell.align, Qt.AlignmentFlag.AlignRight
    )
    painter.drawText(rect, flag | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)
    after = rect.left() + metrics.horizontalAdvance(text) + theme.px(8)
    if cell.icon:
        side = theme.px(ICON)
        at = QRect(after, rect.center().y() - side // 2 + 1, side, side)
        painter.drawPixmap(at, icons.pixmap(cell.icon, "", ICON, ratio))
    if cell.count:
        painter.setFont(theme.sized())
        painter.setPen(theme.colour("text2"))
        rest = QRect(after, rect.top(), max(rect.right() - after, 0), rect.height())
        painter.drawText(rest, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, cell.count)


class RowTable(QTableView):
    """A table of whole rows; hover, focus and tints are the delegate's."""

    entered_row = Signal(int)
    activated_row = Signal(int)
    """A double click on, or Enter in, a row."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.hovered_row = -1
        self.keyboard_focus = False
        self.setAccessibleName(name)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(theme.px(ROW))
        rows.setDefaultSectionSize(theme.px(ROW))
        head = self.horizontalHeader()
        head.setFixedHeight(theme.px(ROW))
        head.setHighlightSections(False)
        head.setProperty("inset", True)
        head.setMinimumSectionSize(theme.px(20))
        self.setItemDelegate(RowDelegate(self))

    def set_widths(self, widths: Sequence[int], stretch: int = 0) -> None:
        """Column widths as at a 13 pixel font; one column takes what is left."""
        head = self.horizontalHeader()
        for column, width in enumerate(widths):
            mode = QHeaderView.ResizeMode.Stretch if column == stretch else QHeaderView.ResizeMode.Fixed
            head.setSectionResizeMode(column, mode)
            if column != stretch:
                self.setColumnWidth(column, theme.px(width))

    def span_sections(self) -> None:
        """Lets each section's head use the whole width; to be called when the rows changed."""
        self.clearSpans()
        for row in self.section_rows():
            self.setSpan(row, 0, 1, self.model().columnCount())

    def section_rows(self) -> Sequence[int]:
        """Where the section heads are."""
        found = getattr(self.model(), "section_rows", None)
        return found() if found is not None else ()

    def first_column(self) -> int:
        """The first column in sight."""
        return 0

    def last_column(self) -> int:
        """The last column."""
        return self.model().columnCount() - 1

    def sizeHintForColumn(self, column: int) -> int:  # noqa: ARG002
        """Never measured: with ten thousand rows that would take long."""
        return -1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Remembers the row under the pointer."""
        self._hover(self.rowAt(event.position().toPoint().y()))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: object) -> None:
        """No row is hovered any more."""
        self._hover(-1)
        super().leaveEvent(event)  # type: ignore[arg-type]

    def _hover(self, row: int) -> None:
        if row != self.hovered_row:
            self.hovered_row = row
            self.viewport().update()
            self.entered_row.emit(row)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click needs no focus edge."""
        self.keyboard_focus = False
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Activates the row."""
        super().mouseDoubleClickEvent(event)
        row = self.rowAt(event.position().toPoint().y())
        if row >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.activated_row.emit(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter activates; any key shows where the focus is."""
        self.keyboard_focus = True
        self.viewport().update()
        editing = self.state() == QAbstractItemView.State.EditingState
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not editing and self.currentIndex().isValid():
            self.activated_row.emit(self.currentIndex().row())
            event.accept()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: object) -> None:
        """Shows the focus edge where the keyboard brought the focus."""
        reason = event.reason()  # type: ignore[attr-defined]
        self.keyboard_focus = reason in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        super().focusInEvent(event)  # type: ignore[arg-type]
        self.viewport().update()

    def focusOutEvent(self, event: object) -> None:
        """Hides it again."""
        self.keyboard_focus = False
        super().focusOutEvent(event)  # type: ignore[arg-type]
        self.viewport().update()
