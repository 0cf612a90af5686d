"""The open arc that turns while something runs."""

from __future__ import annotations

import time

from PySide6.QtCore import QRectF, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QWidget

from byom_gui.ui import theme

DELAY_SECONDS = 0.2
"""Nothing turns before that: a flicker says less than nothing."""
_TURN_SECONDS = 1.0


def paint_arc(painter: QPainter, box: QRectF, turned: float) -> None:
    """Draws the arc into ``box``, turned by a part of a whole turn (0 to 1)."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colour("accenttext"), 1.5 * theme.px(16) / 16))
    inset = box.width() * 0.11
    painter.drawArc(box.adjusted(inset, inset, -inset, -inset), round((90 - turned * 360) * 16), -270 * 16)


class Spinner(QWidget):
    """Turns while it is shown, after 200 ms; its timer rests while it is hidden."""

    def __init__(self, size: int = 16) -> None:
        super().__init__()
        self.setFixedSize(theme.px(size), theme.px(size))
        self.setAccessibleName("Running")
        self._since = 0.0
        self._timer = QTimer(self, interval=40)
        self._timer.timeout.connect(self.update)

    def showEvent(self, event: QShowEvent) -> None:
        """Starts the wait, then the turning."""
        self._since = time.monotonic()
        self._timer.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Rests."""
        self._timer.stop()
        super().hideEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt calls it
        """The arc where it stands now."""
        seconds = time.monotonic() - self._since
        if seconds < DELAY_SECONDS:
            return
        painter = QPainter(self)
        paint_arc(painter, QRectF(self.rect()), seconds / _TURN_SECONDS % 1)
        painter.end()
