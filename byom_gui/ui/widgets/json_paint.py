"""Draws the rows of a ``JsonView`` that are in sight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from byom_gui.ui import icons, theme
from byom_gui.ui.widgets.json_text import LONGEST, Fold, Mark

if TYPE_CHECKING:
    from byom_gui.ui.widgets.json_view import JsonView

_TONE = {"error": "bad", "warning": "warn", "advice": "accenttext"}
_GROUND = {"error": "badbg", "warning": "warnbg", "advice": "block"}
_ICON = {"error": "bad", "warning": "warn", "advice": "advice"}


def x_of(text: str, column: int, advance: float) -> float:
    """Where a column begins; wide characters are measured, ASCII is counted."""
    part = text[:column]
    if part.isascii():
        return column * advance
    return QFontMetricsF(theme.mono()).horizontalAdvance(part) + max(column - len(text), 0) * advance


def column_at(text: str, x: float, advance: float) -> int:
    """The column nearest to ``x``."""
    if text[:LONGEST].isascii():
        return min(max(round(x / advance), 0), len(text))
    low, high = 0, len(text)
    while low < high:
        middle = (low + high) // 2
        if (x_of(text, middle, advance) + x_of(text, middle + 1, advance)) / 2 < x:
            low = middle + 1
        else:
            high = middle
    return low


def ruler(painter: QPainter, rect: QRect, marks: Sequence[tuple[float, str, bool]]) -> None:
    """Marks in the scroll bar: pale where out of sight."""
    for place, severity, near in marks:
        tone = _TONE[severity] if near else {"error": "badline", "warning": "warnline"}.get(severity, "linestrong")
        y = rect.top() + 2 + round(place * max(rect.height() - 6, 1))
        painter.fillRect(QRect(rect.left() + 3, y, rect.width() - 6, 2), theme.colour(tone))


def paint(painter: QPainter, view: JsonView) -> None:
    """Draws a view's rows."""
    port = view.viewport().rect()
    painter.fillRect(port, theme.colour("surface"))
    height = view.line_height()
    painter.setFont(theme.mono())
    drawer = _Rows(painter, view)
    for step in range(port.height() // height + 1):
        row = view.bar.value() + step
        if row >= view.folds.rows:
            break
        line, fold = view.folds.line_of(row)
        drawer.row(line, fold, QRect(0, step * height, port.width(), height))


class _Rows:
    """The measures that all rows share."""

    def __init__(self, painter: QPainter, view: JsonView) -> None:
        self.painter, self.view = painter, view
        self.advance = view.advance()
        self.left = view.text_left()
        self.shift = view.horizontalScrollBar().value()
        self.plain, self.bold = theme.mono(), theme.mono()
        self.bold.setWeight(QFont.Weight.DemiBold)
        self.metrics = QFontMetricsF(self.plain)
        self.selection = view.selection()

    def row(self, line: int, fold: Fold | None, rect: QRect) -> None:
        """One row: ground, gutter, text."""
        view = self.view
        mark = view.marks_by_line.get(line) if fold is None else None
        inside = view.block is not None and view.block[0] <= line <= view.block[1]
        if mark or inside or line in view.added:
            tone = _GROUND[mark.severity] if mark else "block" if inside else "okbg"
            self.painter.fillRect(rect, theme.colour(tone))
        if view.gutter:
            self._gutter(line, mark, rect)
        if inside:
            bar = QRect(view.gutter_width() - 1, rect.top(), 2, rect.height())
            self.painter.fillRect(bar, theme.colour("accent"))
        if line in view.added:
            self._say("+", QRect(0, rect.top(), self.left, rect.height()), "ok", Qt.AlignmentFlag.AlignHCenter)
        self.painter.save()
        self.painter.setClipRect(rect.adjusted(self.left - 2, 0, 0, 0))
        if fold is not None:
            self._pill(fold, rect)
        else:
            self._text(line, mark, rect)
        self.painter.restore()

    def _gutter(self, line: int, mark: Mark | None, rect: QRect) -> None:
        width = self.view.gutter_width()
        number = QRect(0, rect.top(), width - theme.px(8), rect.height())
        self._say(str(line + 1), number, _TONE[mark.severity] if mark else "text3", Qt.AlignmentFlag.AlignRight)
        if mark:
            side = theme.px(12)
            at = QRect(theme.px(4), rect.center().y() - side // 2 + 1, side, side)
            ratio = self.painter.device().devicePixelRatioF()
            self.painter.drawPixmap(at, icons.pixmap(_ICON[mark.severity], "", 12, ratio))

    def _say(self, text: str, rect: QRect, tone: str, side: Qt.AlignmentFlag) -> None:
        self.painter.setFont(self.plain)
        self.painter.setPen(theme.colour(tone))
        self.painter.drawText(rect, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)

    def _pill(self, fold: Fold, rect: QRect) -> None:
        """A folded part: grey, with its own words; a click opens it."""
        words = fold.text.strip()
        start = self.left - self.shift + (len(fold.text) - len(words)) * self.advance
        box = QRectF(start, rect.top() + 2, self.metrics.horizontalAdvance(words) + theme.px(8), rect.height() - 4)
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(theme.colour("pressed"))
        self.painter.drawRoundedRect(box, 4, 4)
        self._say(words, box.toRect().adjusted(theme.px(4), 0, 0, 0), "text2", Qt.AlignmentFlag.AlignLeft)

    def _text(self, line: int, mark: Mark | None, rect: QRect) -> None:
        whole = self.view.lines[line]
        text = whole[:LONGEST]
        left = self.left - self.shift
        baseline = rect.top() + (rect.height() + self.metrics.ascent() - self.metrics.descent()) / 2
        self._found(line, text, left, rect)
        self._runs(line, text, left, baseline)
        end = left + x_of(text, len(text), self.advance)
        if len(whole) > LONGEST:
            self.painter.setPen(theme.colour("text2"))
            self.painter.drawText(QPointF(end + theme.px(8), baseline), f"… {len(whole) - LONGEST:,} more")
        if mark:
            self._mark(mark, text, left, rect, end)
        self._selection(line, text, left, rect, baseline)

    def _runs(self, line: int, text: str, left: float, baseline: float) -> None:
        at = 0
        for run in self.view.runs(line):
            if run.start > at:
                self._run(text, at, run.start, left, baseline, "text")
            self.painter.setFont(self.bold if run.strong else self.plain)
            self._run(text, run.start, run.end, left, baseline, run.tone)
            self.painter.setFont(self.plain)
            at = run.end
        self._run(text, at, len(text), left, baseline, "text")

    def _run(self, text: str, start: int, end: int, left: float, baseline: float, tone: str) -> None:
        part = text[start:end]
        if part.strip():
            self.painter.setPen(theme.colour(tone))
            self.painter.drawText(QPointF(left + x_of(text, start, self.advance), baseline), part)

    def _found(self, line: int, text: str, left: float, rect: QRect) -> None:
        for start, end in self.view.found.get(line, ()):
            now = self.view.found_now == (line, start)
            box = self._box(text, start, end, left, rect).adjusted(-1, 2, 1, -2)
            self.painter.setPen(QPen(theme.colour("focus" if now else "warnline"), 2 if now else 1))
            self.painter.setBrush(theme.colour("warnbg"))
            self.painter.drawRoundedRect(box, 2, 2)

    def _box(self, text: str, start: int, end: int, left: float, rect: QRect) -> QRectF:
        x = x_of(text, start, self.advance)
        return QRectF(left + x, rect.top(), x_of(text, end, self.advance) - x, rect.height())

    def _mark(self, mark: Mark, text: str, left: float, rect: QRect, end: float) -> None:
        """The wavy line below the value, and after the line what is wrong with it."""
        tone = theme.colour(_TONE[mark.severity])
        box = self._box(text, mark.start, mark.end, left, rect)
        path = QPainterPath(QPointF(box.left(), box.bottom() - 2))
        steps = max(int(box.width() / 3), 1)
        for step in range(1, steps + 1):
            path.lineTo(box.left() + step * 3, box.bottom() - (4 if step % 2 else 2))
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.painter.strokePath(path, QPen(tone, 1.2))
        self.painter.setPen(tone)
        rest = QRect(int(end + theme.px(8)), rect.top(), theme.px(640), rect.height())
        self.painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, mark.message)

    def _selection(self, line: int, text: str, left: float, rect: QRect, baseline: float) -> None:
        (first, start), (last, end) = self.selection
        if first <= line <= last and (first, start) != (last, end):
            begin = start if line == first else 0
            until = end if line == last else len(text) + 1
            box = self._box(text, begin, until, left, rect)
            self.painter.fillRect(box, theme.colour("accent"))
            self._run(text, begin, min(until, len(text)), left, baseline, "onaccent")
        if self.view.hasFocus() and line == self.view.caret[0]:
            x = left + x_of(text, min(self.view.caret[1], len(text)), self.advance)
            self.painter.fillRect(QRectF(x, rect.top() + 2, 1, rect.height() - 4), theme.colour("text"))
