"""A short message at the window's lower edge that goes by itself; nothing that has to be read is told only here."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from byom_gui.ui import theme
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.basic import button, ground, label

SECONDS_SHOWN = 6
SECONDS_WITH_ACTION = 15
UNDO = "Undo"


class Notice(QFrame):
    """One message at a time, over the window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        ground(self, "notice")
        self.setAccessibleName("Message")
        self._text = label("", wrap=False)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(*(theme.px(m) for m in (12, 8, 12, 8)))
        layout.setSpacing(theme.px(12))
        layout.addWidget(self._text)
        self._action: Callable[[], object] | None = None
        self.action_button = button(UNDO, on_click=self._act)
        layout.addWidget(self.action_button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    @property
    def text(self) -> str:
        """What it says, or said last."""
        return self._text.text()

    def _act(self) -> None:
        action, self._action = self._action, None
        self.hide()
        if action is not None:
            action()

    def say(self, text: str, action: Callable[[], object] | None = None, name: str = UNDO) -> None:
        """Shows a message for some seconds; longer with a button that calls ``action``."""
        if not text:
            return
        self._action = action
        self.action_button.setText(name)
        basic.set_tip(self.action_button, "Undo this change" if name == UNDO else "")
        self.action_button.setVisible(action is not None)
        self._text.setText(text)
        self.setAccessibleDescription(text)
        self._text.setWordWrap(False)
        widest = self._window.width() - theme.px(96 if action is None else 192)
        if self._text.sizeHint().width() > widest:
            self._text.setWordWrap(True)
            self._text.setFixedWidth(widest)
        else:
            self._text.setMinimumWidth(0)
            self._text.setMaximumWidth(16777215)
        self.adjustSize()
        self.place()
        self.show()
        self.raise_()
        self._timer.start((SECONDS_SHOWN if action is None else SECONDS_WITH_ACTION) * 1000)

    def place(self) -> None:
        """In the middle, above the checklist."""
        parent = self._window
        self.move((parent.width() - self.width()) // 2, parent.height() - self.height() - theme.px(60))
