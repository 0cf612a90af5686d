"""How many good answers a second came at each number of requests at once: bars with their figures."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from byom_gui.core.capacity import Level, best
from byom_gui.ui import theme


class PaceChart(QWidget):
    """Bars, one a level; the pace to plan with is in the accent's colour."""

    def __init__(self) -> None:
        super().__init__()
        self._levels: tuple[Level, ...] = ()
        self._slots = 1
        self.setAccessibleName("Valid responses per second")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Wide, and 104 high."""
        return QSize(theme.px(240), theme.px(104))

    def set_levels(self, levels: Sequence[Level], slots: int) -> None:
        """What was measured so far, and for how many levels there is room."""
        self._levels, self._slots = tuple(levels), max(slots, len(levels), 1)
        said = ", ".join(f"{each.at_once} at once: {each.per_second:.1f}" for each in levels)
        self.setAccessibleDescription(said)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt calls it
        """Bars from the ground line up, figures above, the number at once below."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.sized(11))
        line, words = theme.px(16), theme.px(16)
        ground, top = self.height() - words, float(line)
        painter.setPen(theme.colour("line"))
        painter.drawLine(0, ground, self.width(), ground)
        chosen, most = best(self._levels), max((each.per_second for each in self._levels), default=0.0)
        wide = self.width() / self._slots
        for at, level in enumerate(self._levels):
            high = (ground - top) * level.per_second / most if most else 0.0
            slot = QRectF(at * wide, 0, wide, self.height())
            bar = QRectF(slot.center().x() - theme.px(16), ground - max(high, 1.0), theme.px(32), max(high, 1.0))
            painter.fillRect(bar, theme.colour("accent" if level is chosen else "text3"))
            painter.setPen(theme.colour("text"))
            above = QRectF(slot.x(), bar.top() - line, wide, line)
            painter.drawText(above, Qt.AlignmentFlag.AlignCenter, f"{level.per_second:,.1f} /s")
            painter.setPen(theme.colour("text2"))
            painter.drawText(QRectF(slot.x(), ground, wide, words), Qt.AlignmentFlag.AlignCenter, str(level.at_once))
        painter.end()
