"""Where images may be dropped. The window itself takes the drop; this says that it would."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout

from byom_gui.ui import theme
from byom_gui.ui.widgets import basic


def over_text(count: int) -> str:
    """What it says while something is held over the window; 0 where the number is not known."""
    if count == 0:
        return "Drop here"
    return f"Drop {count:,} {'image' if count == 1 else 'images'}"


class DropZone(QFrame):
    """A dashed frame; filled while something is held over the window."""

    def __init__(self, text: str = "Drop images, folders,\nor addresses", *, height: int = 56) -> None:
        super().__init__()
        basic.ground(self, "drop")
        self._rest = text
        self._label = basic.label(text, tone="second", size="small", wrap=True)
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.px(m) for m in (8, 8, 8, 8)))
        layout.addWidget(self._label)
        self.setMinimumHeight(theme.px(height))
        self.setAccessibleName(text.replace("\n", " "))

    @property
    def text(self) -> str:
        """What it says now."""
        return self._label.text()

    def set_drag_over(self, count: int | None) -> None:
        """``count`` images are held over the window (0: not known how many); None: nothing is."""
        over = count is not None
        basic.ground(self, "dropover" if over else "drop")
        self._label.setText(self._rest if count is None else over_text(count))
        basic.set_tone(self._label, "" if over else "second")
        basic.restyle(self)
