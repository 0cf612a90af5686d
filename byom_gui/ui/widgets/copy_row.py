"""A value laid out to be copied: its name, the value, and a button that says when it is done."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from byom_gui.ui import icons, theme
from byom_gui.ui.widgets.basic import copy_text, label

SAYS_COPIED_MS = 2000


class CopyButton(QPushButton):
    """An icon that copies; for two seconds afterwards it is a tick, and ``word`` says so."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setProperty("kind", "icon")
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.word = label("Copied", tone="ok", size="small")
        keep = self.word.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self.word.setSizePolicy(keep)
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


class CopyRow(QWidget):
    """One line: label, value, copy button. A secret's value is never here: its copying is asked for by signal.

    Args:
        name: what the value is.
        shown: what is displayed (dots for a secret).
        copied: what the button puts on the clipboard; None asks by ``copy_asked`` instead.
    """

    copy_asked = Signal()

    def __init__(self, name: str, shown: str, copied: str | None, *, mono: bool = True) -> None:
        super().__init__()
        self._copied = copied
        self.setMinimumHeight(theme.px(28))
        title = label(name, tone="second")
        title.setFixedWidth(theme.px(96))
        self.value: QLabel = label(shown, mono=mono, selectable=True)
        self.value.setAccessibleName(name)
        self.value.setToolTip(shown)
        self.value.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.copy = CopyButton(f"Copy {name[:1].lower()}{name[1:]}")
        self.copy.clicked.connect(self._copy)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.px(12), 0, theme.px(4), 0)
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
