"""The little square that stands for a class's colour, and the menu to choose another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QColorDialog, QMenu, QWidget

from byom_gui.core.colours import CLASS_COLOURS, ClassColour
from byom_gui.ui import theme

if TYPE_CHECKING:
    from collections.abc import Sequence

SIZE = 12


def draw(painter: QPainter, centre: QPointF, colour: ClassColour) -> None:
    """Draws a swatch 12 wide around ``centre``; a repeated colour (from the 13th class on) gets a dashed edge."""
    half = theme.px(SIZE) / 2 - 0.5
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    edge = QPen(QColor(0, 0, 0, 115), 1)
    if colour.dashed:
        edge = QPen(theme.colour("text"), 1, Qt.PenStyle.DashLine)
        edge.setDashPattern([2.0, 2.0])
    painter.setPen(edge)
    painter.setBrush(QColor(colour.hex))
    painter.drawRoundedRect(QRectF(centre.x() - half, centre.y() - half, 2 * half, 2 * half), 3, 3)
    painter.restore()


def swatch_icon(colour: ClassColour) -> QIcon:
    """The swatch for a menu, never tinted by a selection."""
    made = QIcon()
    for ratio in (1.0, 2.0):
        side = theme.px(16)
        pixmap = QPixmap(round(side * ratio), round(side * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        draw(painter, QPointF(side / 2, side / 2), colour)
        painter.end()
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Active, QIcon.Mode.Selected):
            made.addPixmap(pixmap, mode)
    return made


class Swatch(QWidget):
    """A swatch as a widget; nothing is drawn while it has no colour."""

    def __init__(self, colour: ClassColour | None = None) -> None:
        super().__init__()
        self._colour = colour
        self.setFixedSize(QSize(theme.px(SIZE) + 1, theme.px(SIZE) + 1))

    def set_colour(self, colour: ClassColour | None) -> None:
        """Shows another colour."""
        self._colour = colour
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Draws it."""
        if self._colour is not None:
            painter = QPainter(self)
            draw(painter, QRectF(self.rect()).center(), self._colour)
            painter.end()


class ColourMenu(QMenu):
    """The twelve colours of the app, any other, or the automatic one."""

    chosen = Signal(object)
    """``#RRGGBB``, or None for the automatic colour."""

    def __init__(self, current: str, colours: Sequence[str] = CLASS_COLOURS, parent: QWidget | None = None) -> None:
        super().__init__("Color", parent)
        self._current = current
        for hex_ in colours:
            action = self.addAction(swatch_icon(ClassColour(hex_)), hex_)
            action.setCheckable(True)
            action.setChecked(hex_.upper() == current.upper())
            action.triggered.connect(lambda _=False, value=hex_: self.chosen.emit(value))
        self.addSeparator()
        self.addAction("Automatic color").triggered.connect(lambda: self.chosen.emit(None))
        self.addAction("Other color…").triggered.connect(self._ask)

    def _ask(self) -> None:
        colour = QColorDialog.getColor(QColor(self._current), self.parentWidget(), "Color of the class")
        if colour.isValid():
            self.chosen.emit(colour.name().upper())
