"""A short message at the window's lower edge that goes by itself; nothing that has to be read is told only here."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from byom_gui.ui import theme
from byom_gui.ui.widgets.basic import ground, label

SECONDS_SHOWN = 6


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
        layout.addWidget(self._text)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SECONDS_SHOWN * 1000)
        self._timer.timeout.connect(self.hide)
        self.hide()

    @property
    def text(self) -> str:
        """What it says, or said last."""
        return self._text.text()

    def say(self, text: str) -> None:
        """Shows a message for some seconds."""
        if not text:
            return
        self._text.setText(text)
        self.setAccessibleDescription(text)
        self._text.setWordWrap(False)
        widest = self._window.width() - theme.px(96)
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
        self._timer.start()

    def place(self) -> None:
        """In the middle, above the checklist."""
        parent = self._window
        self.move((parent.width() - self.width()) // 2, parent.height() - self.height() - theme.px(60))
