"""A value laid out to be copied: its name, the value, and a button that says when it is done."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from byom_gui.ui import icons, theme
from byom_gui.ui.widgets.basic import copy_text, label, set_tip

SAYS_COPIED_MS = 2000


class CopyButton(QPushButton):
    """An icon that copies; for two seconds afterwards it is a tick, and ``word`` says so."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setProperty("kind", "icon")
        self.setAccessibleName(name)
        set_tip(self, name)
        self.word = label("Copied", tone="ok", size="small")
        self.word.hide()
        icons.set_icon(self, "copy")
        self._back = QTimer(self)
        self._back.setSingleShot(True)
        self._back.setInterval(SAYS_COPIED_MS)
        self._back.timeout.connect(self._reset)

    def say_copied(self) -> None:
        """Shows that it was copied."""
        icons.set_icon(self, "tick", "ok")
        self.setAccessibleDescription("Copied")
        self.word.show()
        self._back.start()

    def _reset(self) -> None:
        icons.set_icon(self, "copy")
        self.setAccessibleDescription("")
        self.word.hide()


class Elided(QLabel):
    """A label that ends in dots where there is no room; the tool-tip holds the whole."""

    def __init__(self, text: str, *, mono: bool) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        set_tip(self, text)
        if mono:
            self.setFont(theme.mono())
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Draws what there is room for."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()


class CopyRow(QWidget):
    """One line: label, value, copy button. A secret's value is never here: its copying is asked for by signal.

    Args:
        name: what the value is.
        shown: what is displayed (dots for a secret).
        inset, wide: left margin, and width of the name.
        copied: what the button puts on the clipboard; None asks by ``copy_asked`` instead.
    """

    copy_asked = Signal()

    def __init__(
        self, name: str, shown: str, copied: str | None, *, mono: bool = True, inset: int = 12, wide: int = 96
    ) -> None:
        super().__init__()
        self._copied = copied
        self.setMinimumHeight(theme.px(28))
        title = label(name, tone="second")
        title.setFixedWidth(theme.px(wide))
        self.value = Elided(shown, mono=mono)
        self.value.setAccessibleName(f"{name}: {shown}")
        self.copy = CopyButton(f"Copy {name[:1].lower()}{name[1:]}")
        self.copy.clicked.connect(self._copy)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.px(inset), 0, theme.px(4), 0)
        layout.setSpacing(theme.px(0))
        layout.addWidget(title)
        layout.addWidget(self.value, 1)
        layout.addWidget(self.copy.word)
        layout.addSpacing(theme.px(4))
        layout.addWidget(self.copy)

    def _copy(self) -> None:
        if self._copied is None:
            self.copy_asked.emit()
        else:
            copy_text(self._copied)
        self.copy.say_copied()
