"""An exception that nobody caught: the project is kept at once, the user is told, and the app goes on."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QWidget

from byom_gui.ui.widgets.basic import message_box
from byom_gui.ui.work.filing import Filing

WHAT = "Something went wrong in the app. Your work is saved, and you can continue."
THEN = "If it happens again, save the project, then restart the app."
REPORT = "The crash report is {}. It contains no key, image, or response, so you can send it to the app's maintainers."
NO_REPORT = "No crash report could be written."


class Crashing(QObject):
    """Told of each crash from any thread; one message at a time."""

    happened = Signal(object)
    """The report's path, or None where it could not be written."""

    def __init__(self, window: QWidget, filing: Filing) -> None:
        super().__init__(window)
        self._window, self._filing = window, filing
        self.box: QMessageBox | None = None
        self.happened.connect(self._tell)

    def _tell(self, report: Path | None) -> None:
        self._filing.autosave()
        if self.box is not None:
            return
        said = REPORT.format(report.name) if report else NO_REPORT
        self.box = message_box(self._window, "Something went wrong", WHAT, f"{THEN}\n\n{said}")
        if report is not None:
            folder = self.box.addButton("Open folder", QMessageBox.ButtonRole.ActionRole)
            folder.clicked.connect(lambda: open_folder(report.parent))
        self.box.addButton(QMessageBox.StandardButton.Close)
        self.box.finished.connect(self._closed)
        self.box.open()

    def _closed(self) -> None:
        self.box = None


def open_folder(folder: Path) -> None:
    """Shows a folder in the desktop's own file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
