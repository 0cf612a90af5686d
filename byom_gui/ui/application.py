"""The application object: what the system asks of the app as a whole, not of a window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication


class Application(QApplication):
    """Tells of files that macOS hands over: there a double click on a project is an event, not an argument."""

    file_opened = Signal(str)

    def event(self, event: QEvent) -> bool:
        """Turns the system's wish to open a file into a signal."""
        if isinstance(event, QFileOpenEvent) and event.file():
            self.file_opened.emit(event.file())
            return True
        return super().event(event)
