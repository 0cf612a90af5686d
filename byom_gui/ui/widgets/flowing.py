"""The content of a scrolled panel whose sentences wrap."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QScrollArea, QWidget


class Flowing(QWidget):
    """Asks for no height of its own, so that a scroll area takes the one that fits its width.

    Otherwise the least height counts every wrapped label at its narrowest, and blank space scrolls into sight.
    """

    def minimumSizeHint(self) -> QSize:
        """As narrow as its parts allow."""
        return QSize(super().minimumSizeHint().width(), 0)


def scrolled(content: QWidget | None = None) -> QScrollArea:
    """A frameless area that scrolls up and down only."""
    made = QScrollArea()
    made.setWidgetResizable(True)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    if content is not None:
        made.setWidget(content)
    return made
