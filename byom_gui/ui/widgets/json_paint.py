"""What is drawn below, over and beside the text of a JSON view: tints, messages, line numbers, marks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QTextBlock, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import QScrollBar, QWidget

from byom_gui.ui import icons, theme
from byom_gui.ui.widgets.json_text import Mark, Run

_TONE = {"error": "bad", "warning": "warn", "advice": "accenttext"}
_GROUND = {"error": "badbg", "warning": "warnbg", "advice": "block"}
_ICON = {"error": "bad", "warning": "warn", "advice": "advice"}
_FAR = {"error": "badline", "warning": "warnline"}


@dataclass(frozen=True, slots=True)
class RowLook:
    """One row in sight.

    Args:
        block: of the editor.
        rect: where it is in the viewport.
        number: its line, or the first that a fold hides, from 0; None for a row that says how much more there is.
        mark: what is wrong in it.
        selected: whether it belongs to the selected object.
        new: whether it is marked as new.
        found: columns that a search found, and whether that is the current place.
    """

    block: QTextBlock
    rect: QRectF
    number: int | None
    mark: Mark | None
    selected: bool
    new: bool
    found: Sequence[tuple[int, int, bool]]

    @property
    def ground(self) -> str:
        """The theme token of its tint, or empty."""
        if self.mark is not None:
            return _GROUND[self.mark.severity]
        return "block" if self.selected else "okbg" if self.new else ""

    def box(self, start: int, end: int) -> QRectF:
        """Where columns are in the viewport; of a wrapped line, the part on the first row."""
        line = self.block.layout().lineForTextPosition(min(start, max(len(self.block.text()) - 1, 0)))
        if not line.isValid():
            return QRectF()
        last = min(end, line.textStart() + line.textLength())
        left, right = (_x_of(line.cursorToX(column)) for column in (start, last))
        return QRectF(self.rect.left() + left, self.rect.top() + line.y(), right - left, line.height())


def _x_of(found: object) -> float:
    """``cursorToX`` gives a number or a pair, by the version of PySide."""
    number = found[0] if isinstance(found, tuple) else found
    return float(number) if isinstance(number, int | float) else 0.0


def paint_grounds(painter: QPainter, rows: Iterable[RowLook], width: int) -> None:
    """Below the text: tints, and what a search found."""
    for row in rows:
        if row.ground:
            painter.fillRect(QRectF(0, row.rect.top(), width, row.rect.height()), theme.colour(row.ground))
        for start, end, now in row.found:
            box = row.box(start, end)
            painter.fillRect(box, theme.colour("warnline" if now else "warnbg"))
            if now:
                painter.setPen(theme.colour("focus"))
                painter.drawRect(box.adjusted(0, 0, -1, -1))


def paint_messages(painter: QPainter, rows: Iterable[RowLook]) -> None:
    """Over the text: below each bad value a line, and after its line what is wrong with it."""
    painter.setFont(theme.mono())
    for row in rows:
        if row.mark is not None:
            tone = theme.colour(_TONE[row.mark.severity])
            value = row.box(row.mark.start, row.mark.end)
            painter.fillRect(QRectF(value.left(), value.bottom() - 2, value.width(), 1.5), tone)
            end = row.box(0, len(row.block.text())).right()
            rest = QRectF(end + theme.px(8), row.rect.top(), theme.px(640), row.rect.height())
            painter.setPen(tone)
            painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, row.mark.message)


def text_format(run: Run) -> QTextLayout.FormatRange:
    """The colors of a run, as Qt wants them."""
    made = QTextLayout.FormatRange()
    made.start, made.length = run.start, run.end - run.start
    look = QTextCharFormat()
    look.setForeground(theme.colour(run.tone))
    if run.ground:
        look.setBackground(theme.colour(run.ground))
    if run.strong:
        look.setFontWeight(QFont.Weight.DemiBold)
    made.format = look
    return made


class Gutter(QWidget):
    """Line numbers, icons of bad places, the bar of the selected object, the plus of new lines.

    Args:
        rows: gives the rows in sight.
        numbers: whether there are line numbers.
    """

    def __init__(self, parent: QWidget, rows: Callable[[], Iterable[RowLook]], numbers: bool) -> None:
        super().__init__(parent)
        self._rows, self._numbers = rows, numbers

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - the rows in sight are few
        """All of them."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("surface"))
        painter.setFont(theme.mono())
        for row in self._rows():
            self._paint(painter, row)
        painter.end()

    def _paint(self, painter: QPainter, row: RowLook) -> None:
        width, top, height = self.width(), row.rect.top(), row.rect.height()
        if row.ground:
            painter.fillRect(QRectF(0, top, width, height), theme.colour(row.ground))
        if row.selected:
            painter.fillRect(QRectF(width - 2, top, 2, height), theme.colour("accent"))
        box = QRect(0, round(top), width - theme.px(8), round(height))
        if row.new:
            _say(painter, "+", box.adjusted(0, 0, theme.px(4), 0), "ok")
        if not self._numbers or row.number is None:
            return
        _say(painter, str(row.number + 1), box, _TONE[row.mark.severity] if row.mark else "text3")
        if row.mark is not None:
            side = theme.px(12)
            at = QRect(theme.px(4), box.center().y() - side // 2 + 1, side, side)
            painter.drawPixmap(at, icons.pixmap(_ICON[row.mark.severity], "", 12, self.devicePixelRatioF()))


def _say(painter: QPainter, text: str, box: QRect, tone: str) -> None:
    painter.setPen(theme.colour(tone))
    side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(box, side | Qt.TextFlag.TextSingleLine, text)


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
        rect = self.rect()
        for place, severity, near in self.marks:
            tone = _TONE[severity] if near else _FAR.get(severity, "linestrong")
            y = rect.top() + 2 + round(place * max(rect.height() - 6, 1))
            painter.fillRect(QRect(rect.left() + 3, y, rect.width() - 6, 2), theme.colour(tone))
        painter.end()
