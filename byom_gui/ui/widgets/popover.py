"""A small panel that opens under a button, inside the window: not modal, no window of its own.

Being a child, it is placed alike on every desktop, stays while the user fetches a password elsewhere, and is in
every picture of the window.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget

from byom_gui.ui import theme
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.flowing import Flowing, scrolled


class Popover(QFrame):
    """Closes on Escape, on its cross, and on a click anywhere else in the window."""

    closed = Signal()

    def __init__(self, title: str, width: int = 400) -> None:
        super().__init__()
        basic.ground(self, "popover")
        self.setAccessibleName(title)
        self.setFixedWidth(theme.px(width))
        self._anchor: QWidget | None = None
        content = Flowing()
        basic.ground(content, "surface")
        self.body = QVBoxLayout(content)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(theme.px(8))
        self._scroll = scrolled(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.px(m) for m in (16, 8, 16, 16)))
        layout.setSpacing(theme.px(8))
        cross = basic.button(icon="close", kind="icon", name="Close", on_click=self.close_again)
        self._head = basic.row(basic.label(title, strong=True), None, cross)
        layout.addWidget(self._head)
        layout.addWidget(self._scroll, 1)
        self.hide()

    def open_under(self, anchor: QWidget) -> None:
        """Opens below ``anchor``, inside its window; a second call while it is open closes it."""
        if self.isVisible():
            self.close_again()
            return
        self._anchor = anchor
        self.setParent(anchor.window())
        self.place()
        self.show()
        self.place()  # again: fonts and buttons get their size when they are first shown
        self.raise_()
        first = self.first_field()
        (first or self).setFocus(Qt.FocusReason.PopupFocusReason)
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)

    def close_again(self) -> None:
        """Closes, and gives the focus back to the button."""
        focus = QApplication.focusWidget()
        had_focus = focus is not None and (focus is self or self.isAncestorOf(focus))
        if had_focus and self._anchor is not None:
            # Before it hides: Qt would pass the focus on to the next field, and select what that holds.
            self._anchor.setFocus(Qt.FocusReason.PopupFocusReason)
        self.hide()

    def first_field(self) -> QWidget | None:
        """What gets the focus on opening."""
        return None

    def place(self) -> None:
        """Below the anchor, wholly inside the window."""
        window = self.parentWidget()
        if self._anchor is None or window is None:
            return
        gap = theme.px(4)
        wanted = min(self._wanted(), window.height() - 2 * gap)
        self.resize(self.width(), wanted)
        corner = self._anchor.mapTo(window, QPoint(0, self._anchor.height() + gap))
        left = max(gap, min(corner.x(), window.width() - self.width() - gap))
        top = max(gap, min(corner.y(), window.height() - wanted - gap))
        self.move(left, top)

    def _wanted(self) -> int:
        """The height at which nothing scrolls."""
        layout = self.layout()
        assert layout is not None
        margins = layout.contentsMargins()
        edge = 2  # of the style sheet, both sides
        wide = self.width() - margins.left() - margins.right() - edge
        body = self.body
        inner = body.totalHeightForWidth(wide) if body.hasHeightForWidth() else body.sizeHint().height()
        around = margins.top() + self._head.sizeHint().height() + layout.spacing() + margins.bottom() + edge
        return around + inner

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_again()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Goes no further: the window below must not take it for a press elsewhere."""
        event.accept()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stops listening."""
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)
        super().hideEvent(event)
        self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A press elsewhere closes it, and so does Escape there; a resized window moves it."""
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget):
            inside = watched is self or self.isAncestorOf(watched) or watched is self._anchor
            if not inside and watched.window() is self.window():
                self.hide()
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and isinstance(watched, QWidget):
            # The focus may have gone elsewhere by Tab, or because what had it was turned off.
            outside = watched is not self and not self.isAncestorOf(watched) and watched.window() is self.window()
            if outside and event.key() == Qt.Key.Key_Escape:
                self.hide()
                return True
        elif event.type() == QEvent.Type.Resize and watched is self.parentWidget():
            self.place()
        return False
