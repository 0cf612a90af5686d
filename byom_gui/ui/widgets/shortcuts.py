"""Keys that hold within one part of the window, so that two panels may use the same."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget


def shortcut(keys: str | QKeySequence.StandardKey | Qt.Key, part: QWidget, call: Callable[[], object]) -> QShortcut:
    """Calls ``call`` when the keys are pressed while the focus is in ``part``.

    The context is set afterwards: PySide's constructor with a callable leaves it at the whole window.
    """
    made = QShortcut(QKeySequence(keys), part)
    made.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    made.activated.connect(lambda: call())
    return made
