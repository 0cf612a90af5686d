"""Draws one row of the image strip: thumbnail, name, outcome; narrow: the thumbnail with its outcome."""

from __future__ import annotations

import time

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from byom_gui.ui import icons, theme
from byom_gui.ui.models.images import OUTCOME_ROLE, THUMB_ROLE
from byom_gui.ui.widgets.spinner import paint_arc

Index = QModelIndex | QPersistentModelIndex
NARROW = 140
"""Below this width (at a 13 pixel font) only thumbnails are drawn."""


def row_height() -> int:
    """64, and more where two lines of text need it."""
    lines = QFontMetrics(theme.sized(13)).height() + QFontMetrics(theme.sized(11)).height()
    return max(theme.px(64), lines + theme.px(12))


def is_narrow(width: int) -> bool:
    """Whether a strip of this width draws thumbnails only."""
    return width < theme.px(NARROW)


class ImageDelegate(QStyledItemDelegate):
    """Colours are taken at paint time, so a change of theme needs a repaint only."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002 - Qt calls it
        """The strip's width by 64."""
        return QSize(theme.px(80), row_height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One row."""
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter, rect, state)
        thumb = QRect(0, 0, theme.px(64), theme.px(48))
        thumb.moveTo(rect.left() + theme.px(12), rect.top() + (rect.height() - thumb.height()) // 2)
        self._thumb(painter, thumb, index.data(THUMB_ROLE))
        outcome, words = index.data(OUTCOME_ROLE)
        if is_narrow(rect.width()):
            self._badge(painter, thumb, outcome)
        else:
            left = thumb.right() + 1 + theme.px(8)
            text = QRect(left, rect.top(), rect.right() - left - theme.px(8), rect.height())
            self._text(painter, text, str(index.data()), outcome, words)
        painter.restore()

    def _ground(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.colour("sel"))
            bar = QRect(rect.left(), rect.top(), theme.px(3), rect.height())
            painter.fillRect(bar, theme.colour("accent"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.colour("hover"))
        if state & QStyle.StateFlag.State_HasFocus and state & QStyle.StateFlag.State_KeyboardFocusChange:
            painter.setPen(QPen(theme.colour("focus"), 2))
            painter.drawRect(QRectF(rect).adjusted(1, 1, -1, -1))

    def _thumb(self, painter: QPainter, box: QRect, pixmap: QPixmap | None) -> None:
        path = QPainterPath()
        radius = theme.px(4)
        path.addRoundedRect(QRectF(box), radius, radius)
        if pixmap is not None:
            painter.save()
            painter.setClipPath(path)
            painter.drawPixmap(box, pixmap)
            painter.restore()
            return
        pen = QPen(theme.colour("fieldline"), 1, Qt.PenStyle.DashLine)
        pen.setDashPattern([3, 3])
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        size = theme.px(16)
        mark = QRect(box.center().x() - size // 2 + 1, box.center().y() - size // 2 + 1, size, size)
        painter.drawPixmap(mark, icons.pixmap("image", "text2", 16, self._ratio(painter)))

    def _badge(self, painter: QPainter, thumb: QRect, outcome: str) -> None:
        size = theme.px(18)
        circle = QRectF(thumb.right() - size + theme.px(2), thumb.bottom() - size + theme.px(2), size, size)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("surface"))
        painter.drawEllipse(circle)
        inset = theme.px(2)
        self._mark(painter, circle.adjusted(inset, inset, -inset, -inset).toRect(), outcome, 14)

    def _text(self, painter: QPainter, box: QRect, name: str, outcome: str, words: str) -> None:
        font, small = theme.sized(13), theme.sized(11)
        metrics, small_metrics = QFontMetrics(font), QFontMetrics(small)
        gap = theme.px(3)
        top = box.top() + (box.height() - metrics.height() - gap - small_metrics.height()) // 2
        painter.setFont(font)
        painter.setPen(theme.colour("text"))
        line = QRect(box.left(), top, box.width(), metrics.height())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, self._cut(metrics, name, box.width(), middle=True))
        line = QRect(box.left(), line.bottom() + 1 + gap, box.width(), small_metrics.height())
        size = theme.px(12)
        mark = QRect(line.left(), line.top() + (line.height() - size) // 2, size, size)
        self._mark(painter, mark, outcome, 12)
        painter.setFont(small)
        painter.setPen(theme.colour("bad" if outcome == "bad" else "text2"))
        line.setLeft(mark.right() + 1 + theme.px(4))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, self._cut(small_metrics, words, line.width()))

    def _mark(self, painter: QPainter, box: QRect, outcome: str, size: int) -> None:
        if outcome == "running":
            painter.setBrush(Qt.BrushStyle.NoBrush)
            paint_arc(painter, QRectF(box), time.monotonic() % 1)
        else:
            painter.drawPixmap(box, icons.pixmap(outcome, "", size, self._ratio(painter)))

    @staticmethod
    def _cut(metrics: QFontMetrics, text: str, width: int, *, middle: bool = False) -> str:
        mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
        return metrics.elidedText(text, mode, width)

    @staticmethod
    def _ratio(painter: QPainter) -> float:
        return painter.device().devicePixelRatioF()
