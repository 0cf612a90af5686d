"""A read-only view of JSON or other text: only the lines in sight are looked at, so 100,000 lines open at once.

Line numbers are those of the text, whatever is folded. Bad places get a tint, an icon in the gutter, a wavy line and a
mark in the scroll bar; the selected object's block gets a tint of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QMenu, QScrollBar, QToolTip

from byom_gui.ui import theme
from byom_gui.ui.widgets import json_caret, json_paint
from byom_gui.ui.widgets.basic import copy_text
from byom_gui.ui.widgets.json_caret import Place
from byom_gui.ui.widgets.json_text import Fold, FoldMap, Mark, Piece, Run, head_runs, json_runs, wrap

LINE = 20


class MarkedBar(QScrollBar):
    """A scroll bar in which bad places are marked; those in sight are darker."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self.marks: Sequence[tuple[float, str, bool]] = ()
        """Place from 0 to 1, severity, in sight or not."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """The bar, and the marks over it."""
        super().paintEvent(event)
        painter = QPainter(self)
        json_paint.ruler(painter, self.rect(), self.marks)
        painter.end()


class JsonView(QAbstractScrollArea):
    """Shows lines of text in the fixed font.

    Args:
        name: its accessible name.
        gutter: whether line numbers and outcomes stand at the left.
        wraps: whether long lines are wrapped (for short texts only: it looks at every line).
    """

    line_clicked = Signal(int)
    """A line (0-based) was clicked, or Enter pressed in it."""

    def __init__(self, name: str, *, gutter: bool = True, wraps: bool = False) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.gutter, self.wraps = gutter, wraps
        self.bar = MarkedBar()
        self.setVerticalScrollBar(self.bar)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.viewport().setMouseTracking(True)
        self._source: Sequence[str] = ()
        self._head = 0
        self._json = True
        self._pieces: list[Piece] | None = None
        self.lines: Sequence[str] = ()
        self.folds = FoldMap(0)
        self.marks: Sequence[Mark] = ()
        self.marks_by_line: dict[int, Mark] = {}
        self.active_mark = -1
        self.block: tuple[int, int] | None = None
        self.added: frozenset[int] = frozenset()
        self.found: dict[int, list[tuple[int, int]]] = {}
        self.found_now: tuple[int, int] | None = None
        self.anchor: Place = (0, 0)
        self.caret: Place = (0, 0)
        self.bar.valueChanged.connect(lambda _: self._mark_bar())
        theme.state().changed.connect(self.viewport().update)

    # What is shown

    def set_lines(self, lines: Sequence[str], *, folds: Sequence[Fold] = (), head: int = 0, json: bool = True) -> None:
        """Shows a text.

        Args:
            folds: parts that are shown as one row until they are clicked.
            head: how many lines at the start are a request line and headers.
            json: whether the rest gets the colours of JSON.
        """
        self._source, self._head, self._json = lines, head, json
        self.marks, self.marks_by_line, self.active_mark = (), {}, -1
        self.block, self.added = None, frozenset()
        self.found, self.found_now = {}, None
        self.anchor = self.caret = (0, 0)
        self._lay_out(folds)
        self.bar.setValue(0)
        self.horizontalScrollBar().setValue(0)

    def _lay_out(self, folds: Sequence[Fold]) -> None:
        self._pieces = None
        self.lines = self._source
        if self.wraps:
            columns = int((self.viewport().width() - self.text_left() - theme.px(8)) / self.advance())
            self._pieces = [
                piece for at, line in enumerate(self._source) for piece in wrap(line, self._runs_of(at, line), columns)
            ]
            self.lines = [piece.text for piece in self._pieces]
        self.folds = FoldMap(len(self.lines), folds)
        self._set_ranges()
        self.viewport().update()

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Marks bad places, in the order of their lines."""
        self.marks = sorted(marks, key=lambda mark: (mark.line, mark.start))
        self.marks_by_line = {}
        for mark in self.marks:
            self.marks_by_line.setdefault(mark.line, mark)
        self.active_mark = min(self.active_mark, len(self.marks) - 1)
        self._open(*(mark.line for mark in self.marks))
        self._set_ranges()
        self.viewport().update()

    def set_block(self, block: tuple[int, int] | None) -> None:
        """Tints the lines of the selected object (0-based, inclusive)."""
        self.block = block
        self.viewport().update()

    def set_added(self, lines: frozenset[int]) -> None:
        """Marks lines that are new with a plus and a tint."""
        self.added = lines
        self.viewport().update()

    def set_found(self, places: Sequence[tuple[int, int, int]], now: int) -> None:
        """Shows what a search found (line, start, end), and which of it is the current one."""
        self.found = {}
        for line, start, end in places:
            self.found.setdefault(line, []).append((start, end))
        self.found_now = places[now][:2] if places else None
        if places:
            self.show_line(places[now][0])
        self.viewport().update()

    def show_line(self, line: int, *, top: bool = False) -> None:
        """Brings a line into sight, unfolding it; a third from the top unless it is in sight already."""
        self._open(line)
        row, page = self.folds.row_of(line), self.page()
        first = self.bar.value()
        if top or not first <= row < first + page - 1:
            self.bar.setValue(max(row - (1 if top else page // 3), 0))
        self.viewport().update()

    def go_to_mark(self, place: int) -> None:
        """Makes a bad place the current one and shows it."""
        self.active_mark = place
        self.show_line(self.marks[place].line)

    def set_caret(self, line: int, column: int = 0) -> None:
        """Puts the caret somewhere, selecting nothing."""
        self.anchor = self.caret = (line, column)
        self.viewport().update()

    def _open(self, *lines: int) -> None:
        folds = [fold for fold in map(self.folds.fold_at, lines) if fold is not None]
        if folds:
            self.folds = self.folds.without(folds)
            self._set_ranges()

    # Measures

    def advance(self) -> float:
        """The width of one character."""
        return max(QFontMetricsF(theme.mono()).horizontalAdvance("0"), 1.0)

    def line_height(self) -> int:
        """The height of one row."""
        return theme.px(LINE)

    def gutter_width(self) -> int:
        """Room for icons and line numbers; without a gutter, for the plus of a new line."""
        if not self.gutter:
            return theme.px(20) if self.added or not self.wraps else theme.px(12)
        return theme.px(28) + int(max(len(str(len(self._source))), 2) * self.advance())

    def text_left(self) -> int:
        """Where the text begins."""
        return self.gutter_width() + (theme.px(8) if self.gutter else 0)

    def page(self) -> int:
        """How many whole rows are in sight."""
        return max(self.viewport().height() // self.line_height(), 1)

    def _set_ranges(self) -> None:
        page = self.page()
        self.bar.setPageStep(page)
        self.bar.setRange(0, max(self.folds.rows - page, 0))
        longest = min(max(map(len, self.lines), default=0), 4100)
        # What is said after a bad line has to be reached, too.
        beside = theme.px(160 if self.marks else 8)
        width = 0 if self.wraps else int(longest * self.advance()) + self.text_left() + beside
        across = self.horizontalScrollBar()
        across.setPageStep(self.viewport().width())
        across.setSingleStep(theme.px(16))
        across.setRange(0, max(width - self.viewport().width(), 0))
        self._mark_bar()

    def _mark_bar(self) -> None:
        rows = max(self.folds.rows, 1)
        first, last = self.bar.value(), self.bar.value() + self.page()
        at = {self.folds.row_of(mark.line): mark.severity for mark in self.marks}
        self.bar.marks = [(row / rows, severity, first <= row < last) for row, severity in at.items()]
        self.bar.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wraps anew where lines are wrapped."""
        super().resizeEvent(event)
        if self.wraps and event.oldSize().width() != event.size().width():
            self._lay_out(self.folds.folds)
        else:
            self._set_ranges()

    # Drawing

    def _runs_of(self, at: int, text: str) -> tuple[Run, ...]:
        if at < self._head:
            return head_runs(text, at == 0)
        return json_runs(text) if self._json else ()

    def runs(self, line: int) -> tuple[Run, ...]:
        """The colours of a line in sight."""
        return self._pieces[line].runs if self._pieces is not None else self._runs_of(line, self.lines[line])

    def selection(self) -> tuple[Place, Place]:
        """The selection's start and end."""
        return min(self.anchor, self.caret), max(self.anchor, self.caret)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Draws the rows in sight."""
        painter = QPainter(self.viewport())
        json_paint.paint(painter, self)
        painter.end()

    # Mouse and keyboard

    def _place_at(self, point: QPoint) -> tuple[Place, Fold | None]:
        row = self.bar.value() + max(point.y(), 0) // self.line_height()
        line, fold = self.folds.line_of(min(max(row, 0), max(self.folds.rows - 1, 0)))
        x = point.x() - self.text_left() + self.horizontalScrollBar().value()
        text = self.lines[line] if line < len(self.lines) else ""
        return (line, json_paint.column_at(text, x, self.advance())), fold

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Sets the caret, or opens a fold."""
        if event.button() != Qt.MouseButton.LeftButton or not self.lines:
            return
        place, fold = self._place_at(event.position().toPoint())
        if fold is not None:
            self._open(fold.first)
            self.viewport().update()
            return
        self.caret = place
        if not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.anchor = place
        self._moved()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Selects while the button is held."""
        if event.buttons() & Qt.MouseButton.LeftButton and self.lines:
            self.caret = self._place_at(event.position().toPoint())[0]
            self._keep_caret_in_sight()
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click without a selection tells its line."""
        if event.button() == Qt.MouseButton.LeftButton and self.lines and self.anchor == self.caret:
            self.line_clicked.emit(self.caret[0])

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Copy and select all."""
        menu = QMenu(self)
        copy = menu.addAction("Copy")
        copy.setEnabled(self.anchor != self.caret)
        copy.triggered.connect(self.copy_selection)
        menu.addAction("Select all").triggered.connect(self.select_all)
        menu.exec(event.globalPos())

    def viewportEvent(self, event: QEvent) -> bool:
        """Says what is wrong with the line under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            mark = self.marks_by_line.get(self._place_at(event.pos())[0][0])
            QToolTip.showText(event.globalPos(), mark.message if mark else "", self.viewport(), QRect())
            return True
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Moves the caret; copies; Enter tells its line."""
        if self._command(event):
            event.accept()
            return
        moved = json_caret.step(self, event)
        if moved is None:
            super().keyPressEvent(event)
            return
        self.caret = moved
        if not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.anchor = moved
        self._keep_caret_in_sight()
        self._moved()

    def _command(self, event: QKeyEvent) -> bool:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if control and event.key() == Qt.Key.Key_C:
            self.copy_selection()
        elif control and event.key() == Qt.Key.Key_A:
            self.select_all()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.lines:
            self._open(self.caret[0])
            self.line_clicked.emit(self.caret[0])
        else:
            return False
        return True

    def _keep_caret_in_sight(self) -> None:
        row, first = self.folds.row_of(self.caret[0]), self.bar.value()
        if row < first:
            self.bar.setValue(row)
        elif row >= first + self.page():
            self.bar.setValue(row - self.page() + 1)

    def _moved(self) -> None:
        line = self.caret[0]
        mark = self.marks_by_line.get(line)
        said = f"Line {line + 1}: {self.lines[line].strip()[:200]}" + (f" ({mark.message})" if mark else "")
        self.setAccessibleDescription(said)
        self.viewport().update()

    def select_all(self) -> None:
        """Selects the whole text."""
        if self.lines:
            self.anchor = (0, 0)
            self.caret = (len(self.lines) - 1, len(self.lines[-1]))
            self.viewport().update()

    def copy_selection(self) -> None:
        """Copies what is selected, the inside of folds too, wrapped lines as one."""
        text = self.selected_text()
        if text:
            copy_text(text)

    def selected_text(self) -> str:
        """What is selected."""
        goes_on = [piece.goes_on for piece in self._pieces] if self._pieces is not None else None
        return json_caret.text_between(self.lines, goes_on, *self.selection())
