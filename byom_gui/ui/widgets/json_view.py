"""A read-only view of JSON or other text, which a screen reader reads as text.

Of a long text the editor holds the part around the place that is looked at (``json_rows``), and colors and tints are
worked out for the rows in sight only, so a text of a million lines opens at once. Line numbers are those of the text,
whatever is folded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QEvent, QMimeData, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextCursor,
)
from PySide6.QtWidgets import QPlainTextEdit, QToolTip

from byom_gui.core.jsontext import Fold
from byom_gui.ui import theme
from byom_gui.ui.widgets.json_paint import Gutter, MarkedBar, RowLook, paint_grounds, paint_messages, text_format
from byom_gui.ui.widgets.json_rows import RowWindow
from byom_gui.ui.widgets.json_text import FoldMap, Mark, Place, Run, head_runs, json_runs


class JsonView(QPlainTextEdit):
    """Shows lines of text in the fixed font.

    Args:
        name: its accessible name.
        gutter: whether line numbers and marks are at the left.
        wraps: whether long lines are wrapped.
    """

    line_clicked = Signal(int)
    """A line (0-based) was clicked, or Enter pressed in it."""

    def __init__(self, name: str, *, gutter: bool = True, wraps: bool = False) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setProperty("bare", True)
        by = Qt.TextInteractionFlag
        self.setTextInteractionFlags(by.TextSelectableByMouse | by.TextSelectableByKeyboard)
        modes = QPlainTextEdit.LineWrapMode
        self.setLineWrapMode(modes.WidgetWidth if wraps else modes.NoWrap)
        self.setFont(theme.mono())
        self.gutter = gutter
        self.marks: Sequence[Mark] = ()
        self.active_mark = -1
        self.block: tuple[int, int] | None = None
        self.added: frozenset[int] = frozenset()
        self.found: dict[int, list[tuple[int, int]]] = {}
        self.found_now: tuple[int, int] | None = None
        self._marked: dict[int, Mark] = {}
        self._rows = RowWindow()
        self._head = 0
        self._json = True
        self._colored = 1  # blocks whose state is this have their colors
        self._side = Gutter(self, self._looks, gutter)
        self.bar = MarkedBar()
        self.setVerticalScrollBar(self.bar)
        self.updateRequest.connect(self._scrolled)
        self.cursorPositionChanged.connect(self._say_line)
        theme.state().changed.connect(self._restyle)
        self._fit_gutter()

    # What is shown

    @property
    def lines(self) -> Sequence[str]:
        """The whole text."""
        return self._rows.lines

    @property
    def folds(self) -> FoldMap:
        """The folds in force."""
        return self._rows.folds

    def set_lines(self, lines: Sequence[str], *, folds: Sequence[Fold] = (), head: int = 0, json: bool = True) -> None:
        """Shows a text.

        Args:
            folds: parts that are shown as one row until they are clicked.
            head: how many lines at the start are a request line and headers.
            json: whether the rest gets the colors of JSON.
        """
        self._rows, self._head, self._json = RowWindow(lines, folds), head, json
        self.marks, self._marked, self.active_mark = (), {}, -1
        self.block, self.added = None, frozenset()
        self.found, self.found_now = {}, None
        self._fill()
        self._fit_gutter()

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Marks bad places, in the order of their lines."""
        self.marks = sorted(marks, key=lambda mark: (mark.line, mark.start))
        self._marked = {mark.line: mark for mark in reversed(self.marks)}
        self.active_mark = min(self.active_mark, len(self.marks) - 1)
        self._open(*self._marked)
        self._refresh()

    def set_block(self, block: tuple[int, int] | None) -> None:
        """Tints the lines of the selected object (0-based, inclusive)."""
        self.block = block
        self._refresh()

    def set_added(self, lines: frozenset[int]) -> None:
        """Marks lines that are new with a plus and a tint."""
        self.added = lines
        self._fit_gutter()
        self._refresh()

    def set_found(self, places: Sequence[tuple[int, int, int]], now: int) -> None:
        """Shows what a search found (line, start, end), and which of it is the current one."""
        self.found = {}
        for line, start, end in places:
            self.found.setdefault(line, []).append((start, end))
        self.found_now = places[now][:2] if places else None
        if places:
            self.show_line(places[now][0])
        self._refresh()

    def show_line(self, line: int, *, top: bool = False) -> None:
        """Brings a line into sight, unfolding it; a third from the top unless it is in sight already."""
        self._open(line)
        at, page = self._block_of(line).firstLineNumber(), self.page()
        if top or not self.bar.value() <= at < self.bar.value() + page - 1:
            self.bar.setValue(max(at - (1 if top else page // 3), 0))

    def go_to_mark(self, place: int) -> None:
        """Makes a bad place the current one and shows it."""
        self.active_mark = place
        self.show_line(self.marks[place].line)

    @property
    def caret(self) -> Place:
        """Line and column of the caret."""
        return self._place(self.textCursor().position())

    def set_caret(self, line: int, column: int = 0) -> None:
        """Puts the caret somewhere, selecting nothing; the view stays where it is."""
        block = self._block_of(line)
        across, down = self.horizontalScrollBar().value(), self.bar.value()
        cursor = self.textCursor()
        cursor.setPosition(block.position() + min(column, max(block.length() - 1, 0)))
        self.setTextCursor(cursor)
        self.horizontalScrollBar().setValue(across)
        self.bar.setValue(down)

    def _fill(self) -> None:
        self.setPlainText(self._rows.text)
        self._refresh()

    def _block_of(self, line: int) -> QTextBlock:
        """The block that shows a line or its fold, loaded where it was not."""
        row = self.folds.row_of(line)
        if self._rows.hold(row):
            self._fill()
        return self.document().findBlockByNumber(self._rows.block_of(row))

    def _open(self, *lines: int) -> None:
        """Unfolds what hides these lines; caret and view stay where they are."""
        at, top = self.caret, self.bar.value()
        if self._rows.open(lines):
            self._fill()
            self.set_caret(*at)
            self.bar.setValue(top)

    # Measures

    def _in_sight(self) -> Iterator[tuple[QTextBlock, QRectF]]:
        """The blocks in sight and where they are in the viewport."""
        block, offset, bottom = self.firstVisibleBlock(), self.contentOffset(), self.viewport().height()
        while block.isValid():
            rect = self.blockBoundingGeometry(block).translated(offset)
            if rect.top() > bottom:
                break
            yield block, rect
            block = block.next()

    def line_height(self) -> int:
        """The height of one row."""
        return self.fontMetrics().lineSpacing()

    def page(self) -> int:
        """How many whole rows are in sight."""
        return max(self.viewport().height() // self.line_height(), 1)

    def _gutter_width(self) -> int:
        """Room for icons and line numbers; without a gutter, for the plus of a new line."""
        if not self.gutter:
            return theme.px(20) if self.added else theme.px(8)
        digits = "0" * max(len(str(len(self.lines))), 2)
        return theme.px(32) + int(QFontMetricsF(theme.mono()).horizontalAdvance(digits))

    def _fit_gutter(self) -> None:
        width, inside = self._gutter_width(), self.contentsRect()
        self.setViewportMargins(width, 0, 0, 0)
        self._side.setGeometry(QRect(inside.left(), inside.top(), width, self.viewport().height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The gutter is as high as the view."""
        super().resizeEvent(event)
        self._fit_gutter()
        self._mark_bar()

    def _scrolled(self, rect: QRect, down: int) -> None:
        self._side.scroll(0, down) if down else self._side.update(0, rect.y(), self._side.width(), rect.height())
        self._mark_bar()

    def _mark_bar(self) -> None:
        seen = [row.number for row in self._looks() if row.number is not None]
        first, last = (seen[0], seen[-1]) if seen else (0, -1)
        rows = max(self.folds.rows, 1)
        self.bar.marks = [
            (self.folds.row_of(line) / rows, mark.severity, first <= line <= last)
            for line, mark in self._marked.items()
        ]
        self.bar.update()

    def _refresh(self) -> None:
        self._mark_bar()
        self._side.update()
        self.viewport().update()

    def _restyle(self) -> None:
        self._colored += 1
        self.setFont(theme.mono())
        self._refresh()

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tints below the text, the text, and what is said about bad lines after it."""
        self._color()
        painter = QPainter(self.viewport())
        paint_grounds(painter, self._looks(), self.viewport().width())
        painter.end()
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        paint_messages(painter, self._looks())
        painter.end()

    def _color(self) -> None:
        """Gives the blocks in sight their colors, once."""
        for block, _ in list(self._in_sight()):
            if block.userState() != self._colored:
                block.setUserState(self._colored)
                block.layout().setFormats([text_format(run) for run in self._runs(block)])

    def _runs(self, block: QTextBlock) -> tuple[Run, ...]:
        line, text = self._line_in(block), block.text()
        if line is None:
            return (Run(len(text) - len(text.lstrip()), len(text), "text2", ground="pressed"),)
        if line < self._head:
            return head_runs(text, line == 0)
        return json_runs(text) if self._json else ()

    def _line_in(self, block: QTextBlock) -> int | None:
        return self._rows.line_at(block.blockNumber())

    def _mark_in(self, block: QTextBlock) -> Mark | None:
        line = self._line_in(block)
        return self._marked.get(line) if line is not None else None

    def _looks(self) -> Iterator[RowLook]:
        """The rows in sight."""
        first, last = self.block or (0, -1)
        for block, rect in self._in_sight():
            found, line = self._rows.at(block.blockNumber()), self._line_in(block)
            number = found[0] if found is not None else None
            selected = number is not None and first <= number <= last
            places = self.found.get(line, ()) if line is not None else ()
            hits = [(start, end, self.found_now == (line, start)) for start, end in places]
            yield RowLook(block, rect, number, self._mark_in(block), selected, line in self.added, hits)

    # Mouse and keyboard

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Opens a fold or more rows; elsewhere as in every text."""
        at = self.cursorForPosition(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or not self._unfold(at):
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click without a selection names its line."""
        super().mouseReleaseEvent(event)
        line = self._line_in(self.textCursor().block())
        if event.button() == Qt.MouseButton.LeftButton and line is not None and not self.textCursor().hasSelection():
            self.line_clicked.emit(line)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens a fold, or names its line."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
            return
        line = self._line_in(self.textCursor().block())
        if not self._unfold(self.textCursor()) and line is not None:
            self.line_clicked.emit(line)

    def _unfold(self, cursor: QTextCursor) -> bool:
        """Opens the fold, or the further rows, of a block; False where it is neither."""
        number = cursor.block().blockNumber()
        found = self._rows.at(number)
        if found is not None:
            if found[1] is not None:
                self._open(found[0])
            return found[1] is not None
        if self.lines:
            edge = self._rows.load_beyond(number)
            self._fill()
            self.show_line(self.folds.line_of(edge)[0])
        return bool(self.lines)

    def viewportEvent(self, event: QEvent) -> bool:
        """Says what is wrong with the line under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            mark = self._mark_in(self.cursorForPosition(event.pos()).block())
            QToolTip.showText(event.globalPos(), mark.message if mark else "", self.viewport(), QRect())
            return True
        return super().viewportEvent(event)

    def _say_line(self) -> None:
        """For screen readers: the line of the caret, and what is wrong with it."""
        block = self.textCursor().block()
        line, mark = self._line_in(block), self._mark_in(block)
        if line is not None:
            said = f"Line {line + 1}: {self.lines[line].strip()[:200]}" + (f" ({mark.message})" if mark else "")
            self.setAccessibleDescription(said)

    # Copying

    def createMimeDataFromSelection(self) -> QMimeData:
        """What is selected as the text has it: with what is folded, and without cuts."""
        made = QMimeData()
        made.setText(self.selected_text())
        return made

    def selected_text(self) -> str:
        """The selected part of the text, with what is folded or cut."""
        cursor = self.textCursor()
        if not cursor.hasSelection():
            return ""
        start, end = self._place(cursor.selectionStart()), self._place(cursor.selectionEnd(), last=True)
        return self._rows.between(start, end)

    def _place(self, position: int, *, last: bool = False) -> Place:
        block = self.document().findBlock(position)
        return self._rows.place(block.blockNumber(), position - block.position(), last=last)
