"""The head of a section: a title, a figure, and what can be done there."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from byom_gui.ui import theme
from byom_gui.ui.widgets.basic import ground, label


class SideHeader(QWidget):
    """A bar 36 high (28 between lists) with a strong title, a second text, and widgets at its right end."""

    def __init__(self, title: str, *actions: QWidget, height: int = 36, on: str = "window", inset: int = 12) -> None:
        super().__init__()
        if on:
            ground(self, on)
        self.setMinimumHeight(theme.px(height))
        self.title: QLabel = label(title, strong=True)
        self.second: QLabel = label("", tone="second")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.px(inset), 0, theme.px(inset and 4), 0)
        layout.setSpacing(theme.px(8))
        layout.addWidget(self.title)
        layout.addWidget(self.second)
        layout.addStretch(1)
        for action in actions:
            layout.addWidget(action)

    def set_second(self, text: str) -> None:
        """The text beside the title."""
        self.second.setText(text)
