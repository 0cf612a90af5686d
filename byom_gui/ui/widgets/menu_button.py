"""A button that opens something below itself, with an arrow at its right."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton

from byom_gui.ui import icons, theme
from byom_gui.ui.widgets.basic import set_tip


class MenuButton(QPushButton):
    """Icon, text, arrow. ``flat`` has no edge."""

    def __init__(self, text: str, icon: str, on_click: Callable[[], object], *, flat: bool = False) -> None:
        super().__init__(text)
        self.setProperty("menu", True)
        if flat:
            self.setProperty("kind", "flat")
        icons.set_icon(self, icon)
        self.setAccessibleName(text)
        self.clicked.connect(lambda: on_click())

    def set_text(self, text: str, tip: str = "") -> None:
        """Changes text, accessible name and tool-tip together."""
        icons.set_words(self, text)
        self.setAccessibleName(text)
        set_tip(self, tip)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The button, then its arrow."""
        super().paintEvent(event)
        size = theme.px(14)
        painter = QPainter(self)
        arrow = icons.pixmap("down", "text2" if self.isEnabled() else "text3", 14, self.devicePixelRatioF())
        painter.drawPixmap(self.width() - size - theme.px(8), (self.height() - size) // 2, arrow)
        painter.end()
