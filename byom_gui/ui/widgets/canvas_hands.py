"""Mouse, wheel, touch pad and keys of the canvas."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication

from byom_gui.ui import theme
from byom_gui.ui.widgets.canvas_view import ZOOM_STEP, CanvasView

_NOTCH = 120.0
_PAN = 48


class Canvas(CanvasView):
    """A CanvasView that the user can work with.

    Tab walks from object to object and leaves after the last one; after Esc it leaves at once.
    """

    labels_asked = Signal()
    overlays_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._pressed: QPointF | None = None
        self._last = QPointF()
        self._dragging = False
        self._space = False
        self._walk = True
        key = Qt.Key
        step = theme.px(_PAN)
        self._keys: dict[Qt.Key, Callable[[], object]] = {
            key.Key_Left: lambda: self.pan(step, 0),
            key.Key_Right: lambda: self.pan(-step, 0),
            key.Key_Up: lambda: self.pan(0, step),
            key.Key_Down: lambda: self.pan(0, -step),
            key.Key_Plus: lambda: self.zoom_by(ZOOM_STEP),
            key.Key_Equal: lambda: self.zoom_by(ZOOM_STEP),
            key.Key_Minus: lambda: self.zoom_by(1 / ZOOM_STEP),
            key.Key_0: self.fit,
            key.Key_1: lambda: self.zoom_to(1.0),
            key.Key_N: lambda: self.step(1),
            key.Key_P: lambda: self.step(-1),
            key.Key_Return: lambda: self.zoom_to_object(self.look.selected),
            key.Key_Enter: lambda: self.zoom_to_object(self.look.selected),
            key.Key_Escape: self._clear,
            key.Key_L: self.labels_asked.emit,
            key.Key_O: self.overlays_asked.emit,
        }

    def _clear(self) -> None:
        self._walk = False
        self.pick(None)

    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab goes to the next object, and on to the next control after the last."""
        if self._walk and self.has_picture and self.step(1 if next else -1):
            return True
        return super().focusNextPrevChild(next)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tab walks again."""
        self._walk = True
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the table above; space makes every drag a pan."""
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        action = self._keys.get(Qt.Key(event.key())) if plain else None
        if event.key() == Qt.Key.Key_Space and plain:
            self._space = True
        elif action is not None and self.has_picture:
            action()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Space is up."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
        super().keyReleaseEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The start of a click or of a drag."""
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            super().mousePressEvent(event)
            return
        self._pressed = self._last = event.position()
        self._dragging = self._space or event.button() == Qt.MouseButton.MiddleButton
        if self._dragging:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drags, or names what is under the pointer."""
        at = event.position()
        if self._pressed is None:
            self.hover(self.under(at))
            return
        if not self._dragging and (at - self._pressed).manhattanLength() >= QApplication.startDragDistance():
            self._dragging = True
            self.hover(None)
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        if self._dragging:
            self.pan(at.x() - self._last.x(), at.y() - self._last.y())
            self._last = at

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The end of a drag, or a click: on an object selects it, beside all clears."""
        clicked = self._pressed is not None and not self._dragging
        self._pressed, self._dragging = None, False
        self.unsetCursor()
        if clicked and event.button() == Qt.MouseButton.LeftButton:
            self._walk = True
            self.pick(self.under(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Zooms to the object, or fits where there is none."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        index = self.under(event.position())
        if index is None:
            self.fit()
        else:
            self.pick(index)
            self.zoom_to_object(index)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer."""
        self.hover(None)
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A wheel zooms at the pointer; two fingers on a touch pad pan, with Ctrl they zoom."""
        pixels, angle = event.pixelDelta(), event.angleDelta()
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        # Some X11 drivers give pixels for a plain wheel too: whole notches without a phase are a wheel.
        fingers = event.phase() != Qt.ScrollPhase.NoScrollPhase or angle.y() % int(_NOTCH) != 0
        if not pixels.isNull() and fingers and not control:
            self.pan(pixels.x(), pixels.y())
        else:
            self.zoom_by(ZOOM_STEP ** (angle.y() / _NOTCH), event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Pinching zooms."""
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.zoom_by(1 + event.value(), event.position())
            return True
        return super().event(event)
