"""A stage's time on an axis that all stages share."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from byom_gui.ui import theme
from byom_gui.ui.widgets.basic import set_tip


class TimingBar(QWidget):
    """A bar 4 high: its groove is the whole ping, its mark this stage. Times in milliseconds."""

    def __init__(self) -> None:
        super().__init__()
        self._span: tuple[float, float, float] | None = None
        self._tone = "text2"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """128 by 4."""
        return QSize(theme.px(128), theme.px(4))

    def set_span(self, start: float, length: float, total: float, tone: str = "text2") -> None:
        """From ``start``, ``length`` long, on an axis of ``total``; ``tone`` is a theme token."""
        self._span, self._tone = (start, length, total), tone
        set_tip(self, f"from {start:,.0f} to {start + length:,.0f} ms")
        self.update()

    def clear(self) -> None:
        """Shows nothing: the stage never ran."""
        self._span = None
        set_tip(self, "")
        self.update()

    def mark(self) -> QRectF | None:
        """Where the mark lies, in the widget's pixels; None where nothing is shown. Never under 2 wide."""
        if self._span is None:
            return None
        start, length, total = self._span
        per = self.width() / total if total > 0 else 0.0
        wide = min(max(length * per, 2.0), float(self.width()))
        return QRectF(min(start * per, self.width() - wide), 0.0, wide, float(self.height()))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt calls it
        """Groove and mark."""
        mark = self.mark()
        if mark is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        radius = self.height() / 2
        painter.setBrush(theme.colour("line"))
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        painter.setBrush(theme.colour(self._tone))
        painter.drawRoundedRect(mark, radius, radius)
        painter.end()
